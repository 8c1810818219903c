//! Frozen results: numbered batches in a folder, each bound to the one before by its sum; and folders of reports, which
//! come in whole as batches do.

mod archive;
mod bind;
mod disk;
mod ledger;
mod manifest;
pub mod replace;
pub mod verify;

pub use archive::{Archive, Batch, Draft, UNFINISHED, Unread, read_bytes};
pub use bind::{Totals, called_now, months, standings, totals};
pub use disk::{Disk, Failed, Listed, Scale, Shape, Tried, Weighed, weigh};
pub use ledger::LEDGER;
pub use manifest::{
    Document, FORMAT, File, MANIFEST, Manifest, Missing, Month, Reading, Reference, Rulebook, batch_name,
};

/// The files of a batch beside its manifest: results as `score --format json` and `--format csv` give them…
pub const RESULTS: &str = "结果.json";
pub const RANKS: &str = "排名.csv";
/// …what changed, where it is a correction…
pub const CHANGES: &str = "更正.json";
/// …and what they come from.
pub const RULEBOOK_FOLDER: &str = "方案";
pub const FACTS_FOLDER: &str = "事实";
