//! A clause's meaning as a text that does not change when others are added around it.

use serde::Serialize;

use crate::canonical::{Called, Canonical};
use crate::plan::Plan;

/// A piece of a plan in its canonical form: what 认可 lapses by, so it depends on meaning alone.
pub fn meaning<T: Serialize>(plan: &Plan, piece: &T) -> String {
    Canonical::form(plan, &Called::default(), piece)
}
