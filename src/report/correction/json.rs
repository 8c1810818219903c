//! A correction as JSON, one unit a line.

use std::io::{self, Write};

use super::super::json;
use crate::correction::Correction;

/// Writes it; the same correction, the same bytes, for `verify` computes it anew.
pub fn write(correction: &Correction, out: &mut dyn Write) -> io::Result<()> {
    json::write_document(out, correction)
}
