//! JSON with one element of a top-level array a line.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// Breaks the line before each element of a top-level array: small, and yet a unit's results can be compared by line.
#[derive(Default)]
pub struct OneALine {
    depth: usize,
}

impl Formatter for OneALine {
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(b"}")
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        match (first, self.depth) {
            (true, 2) => out.write_all(b"\n"),
            (false, 2) => out.write_all(b",\n"),
            (true, _) => Ok(()),
            (false, _) => out.write_all(b","),
        }
    }
}
