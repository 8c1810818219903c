//! What changed between two rulebooks, and whom it moves: for people, for web pages and for programs.

mod impact;
mod json;
mod markdown;
mod page;
mod slope;
mod text;
pub mod three;

pub(in crate::report) use impact::{awards_told, from_to, place, shown, signed};
pub use json::write as write_json;
pub use markdown::write as write_markdown;
pub use page::write as write_page;
pub use text::write;
