//! What a rulebook can come to, before the first fact: bounds, and facts that show what is odd about it.

mod accept;
mod bounds;
mod claim;
mod facts;
mod interval;
pub mod limits;
mod meaning;
mod part;
mod settle;
mod suspicion;
mod uses;

pub use accept::{Acceptance, accept_line, collect, fingerprint, lapsed, told_at};
pub use bounds::Bounds;
pub use claim::{Check, Claim, Part, line_points, node_points};
pub use facts::{
    Asked, Facts, Row, base_period, month_for, month_of, relaxed, said_period, without_amounts, without_awards,
};
pub use interval::Interval;
pub use meaning::meaning;
pub use part::part_of;
pub use settle::{Settings, estimate, reach, settle, usual};
pub use suspicion::{Look, Suspicion, confirm};
pub use uses::{applying, effects, everything, inputs_of, rules_below};
