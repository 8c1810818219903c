//! What changed between two rulebooks, for people and for programs.

mod json;
mod text;

pub use json::write as write_json;
pub use text::write;
