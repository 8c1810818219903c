//! The generated parser.

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/zhunsheng.pest"]
pub struct Grammar;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use pest::Parser;

    use super::{Grammar, Rule};

    /// The end of a name that begins where `text` does; 0 where none begins.
    fn end(rule: Rule, text: &str) -> usize {
        Grammar::parse(rule, text).map_or(0, |pairs| pairs.as_str().len())
    }

    #[test]
    fn names_end_where_their_definition_says() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let grammar = fs::read_to_string(root.join("grammar/zhunsheng.pest")).unwrap();
        let rulebook = fs::read_to_string(root.join("rulebooks/2023.zs")).unwrap();
        // The grammar's own keywords are what ends names, behind one character and behind several.
        let keywords = grammar.split('"').skip(1).step_by(2);
        let behind = keywords.flat_map(|word| [format!("甲{word}5分"), format!("甲乙{word}乙{word}「丙」")]);
        let lines = rulebook.lines().map(str::to_owned);
        for text in lines.chain(behind) {
            for (at, _) in text.char_indices() {
                let rest = &text[at..];
                assert_eq!(end(Rule::bare, rest), end(Rule::bare_slowly, rest), "{rest}");
            }
        }
    }
}
