//! Names of sheets: no longer than programs take, without the signs they refuse, each once.

use std::collections::BTreeSet;

use crate::word::printable;

/// In UTF-16 units, as spreadsheets count.
const LONGEST: usize = 31;

/// The names that are taken.
#[derive(Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A free name for a sheet, as near to the wanted one as may be.
    pub fn free(&mut self, wanted: &str) -> String {
        let plain = plain(wanted);
        let numbered = (2..).map(|number| {
            let tail = format!("（{number}）");
            format!("{}{tail}", cut(&plain, LONGEST - tail.encode_utf16().count()))
        });
        let mut names = std::iter::once(cut(&plain, LONGEST).to_owned()).chain(numbered);
        let free = names.find(|name| self.taken.insert(name.to_lowercase()));
        free.expect("there is always one number more")
    }
}

/// Without `[]:*?/\`; an apostrophe would end the name within a formula, and some names are kept for the program.
fn plain(wanted: &str) -> String {
    let refused = |c: char| r"[]:*?/\'’".contains(c);
    let plain: String = printable(wanted).chars().map(|c| if refused(c) { '_' } else { c }).collect();
    let plain = plain.trim();
    if plain.is_empty() || plain.eq_ignore_ascii_case("history") { format!("_{plain}") } else { plain.to_owned() }
}

fn cut(name: &str, most: usize) -> &str {
    let mut units = 0;
    let end = name.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > most
    });
    end.map_or(name, |(end, _)| &name[..end])
}

/// A cell of another sheet: `'古井司法所'!G5`.
pub fn cell(sheet: &str, column: char, row: u32) -> String {
    format!("'{sheet}'!{column}{row}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_has_a_name_that_programs_take() {
        let mut names = Names::default();
        let long = "某".repeat(40);
        let free = ["a/b", "a\\b", "", "History", "'古井'", &long, &long, "=1+1"].map(|name| names.free(name));
        assert_eq!(free[..5], ["a_b", "a_b（2）", "_", "_History", "_古井_"]);
        assert_eq!(free[5], "某".repeat(31));
        assert_eq!(free[6], format!("{}（2）", "某".repeat(28)));
        assert_eq!(free[7], "=1+1");
    }
}
