//! Parsing that remembers: the same words behind another label, or in another table, are parsed once.

use pest::error::Error;
use rustc_hash::FxHashMap;

use super::{Node, Rule, nodes, tree};

/// The trees of what one thread has parsed.
#[derive(Default)]
pub struct Memory<'t> {
    /// By what stands behind a clause's colon.
    bodies: FxHashMap<&'t str, Vec<Node<Rule>>>,
    /// By the whole line.
    lines: FxHashMap<&'t str, Vec<Node<Rule>>>,
}

impl<'t> Memory<'t> {
    /// What `text` is by a rule that yields one pair, as [`super::parse`] finds it.
    pub fn nodes(&mut self, rule: Rule, text: &'t str) -> Result<Vec<Node<Rule>>, Box<Error<Rule>>> {
        match rule {
            // What does not parse is parsed whole again, for an error that tells its place in the line.
            Rule::clause_line => self.clause(text).map_or_else(|| nodes(rule, text), Ok),
            Rule::node_line => match self.lines.get(text) {
                Some(known) => Ok(known.clone()),
                None => {
                    let found = nodes(rule, text)?;
                    self.lines.insert(text, found.clone());
                    Ok(found)
                }
            },
            _ => nodes(rule, text),
        }
    }

    fn clause(&mut self, text: &'t str) -> Option<Vec<Node<Rule>>> {
        let head = nodes(Rule::clause_head, text).ok()?;
        let body = &text[head.first()?.end()..];
        let known = match self.bodies.get(body) {
            Some(known) => known,
            None => {
                let found = nodes(Rule::clause_body, body).ok()?;
                self.bodies.entry(body).or_insert(found)
            }
        };
        Some(tree::joined(Rule::clause_line, head, known))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn rulebooks(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rulebooks(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "zs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn what_is_remembered_is_what_is_parsed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        rulebooks(&root.join("rulebooks"), &mut paths);
        rulebooks(&root.join("tests"), &mut paths);
        // Lines as the parser gets them, as far as folding goes: broken ones as well, and with a name marked.
        let texts: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).unwrap_or_default()).collect();
        let lines: Vec<String> = texts
            .iter()
            .flat_map(|text| text.lines())
            .map(|line| crate::parse::fold::fold(line, 0).text)
            .flat_map(|line| [line.replacen("台账", "\u{E000}台账\u{E001}", 1), line])
            .collect();
        let (mut memory, mut parsed) = (Memory::default(), 0);
        for line in &lines {
            for rule in [Rule::clause_line, Rule::node_line] {
                let (found, known) = (nodes(rule, line), memory.nodes(rule, line));
                assert_eq!(found, known, "{line}");
                assert_eq!(found, memory.nodes(rule, line), "{line}");
                parsed += usize::from(found.is_ok());
            }
        }
        assert!(parsed > 2000, "{parsed}");
    }
}
