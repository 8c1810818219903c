//! What a correction changed: for people on a web page and in a notice, for programs as JSON.

mod json;
#[cfg(feature = "office")]
mod notice;
mod page;
mod words;

pub use json::write as write_json;
#[cfg(feature = "office")]
pub use notice::write as write_notice;
pub use page::write as write_page;
pub use words::{summary, write, write_carried};

use crate::correction::Correction;
use crate::plan::Plan;

/// A correction and what it belongs to.
#[derive(Clone, Copy)]
pub struct Corrected<'a> {
    pub correction: &'a Correction,
    pub plan: &'a Plan,
    /// The batch that was corrected, and the one that takes its place.
    pub old: &'a str,
    pub new: &'a str,
    /// The checksum of the new one.
    pub sha256: &'a str,
    /// The day of the correction: `2023-05-20`.
    pub date: &'a str,
    /// Why, as the office says it.
    pub reason: Option<&'a str>,
}
