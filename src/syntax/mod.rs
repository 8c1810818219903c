//! The generated parser, and what it leaves of a line.

mod memory;
mod tree;

use std::ops::Range;

use pest::Parser;
use pest::error::Error;

pub use memory::Memory;
pub use tree::{Node, Pair, Pairs, Span};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/zhunsheng.pest"]
struct Grammar;

/// What `text` is by a rule that yields one pair.
pub fn parse(rule: Rule, text: &str) -> Result<Pair<'_, Rule>, Box<Error<Rule>>> {
    nodes(rule, text).map(|nodes| Pair::root(text, nodes))
}

/// The same, still without the text: what may go from one thread to another.
pub fn nodes(rule: Rule, text: &str) -> Result<Vec<Node<Rule>>, Box<Error<Rule>>> {
    Ok(tree::nodes(Grammar::parse(rule, text)?))
}

/// Whether `text` is what a rule describes.
pub fn is(rule: Rule, text: &str) -> bool {
    Grammar::parse(rule, text).is_ok()
}

/// Whether the whole of `text` is what a rule describes, which does not ask for the end itself.
pub fn is_all(rule: Rule, text: &str) -> bool {
    Grammar::parse(rule, text).is_ok_and(|pairs| pairs.as_str() == text)
}

/// What `text` begins with, if it is what a rule describes.
pub fn begin(rule: Rule, text: &str) -> Option<&str> {
    Grammar::parse(rule, text).ok().map(|pairs| pairs.as_str())
}

/// Whether `text` begins with a comparison: asked at every character of a name, and its first says so nearly always.
pub fn compares(text: &str) -> bool {
    const BEGINS: &str = "低不小少早未没达大至满高超多晚等<>=≤≥≠";
    text.starts_with(|c| BEGINS.contains(c)) && begin(Rule::comparator, text).is_some()
}

/// What stands behind 年内, 当季 and the like; asked of every name, as the above.
pub fn strip_within(text: &str) -> Option<&str> {
    const BEGINS: &str = "一本年全当季月";
    text.starts_with(|c| BEGINS.contains(c)).then(|| strip(Rule::within, text)).flatten()
}

/// What stands behind that.
pub fn strip(rule: Rule, text: &str) -> Option<&str> {
    begin(rule, text).map(|begin| &text[begin.len()..])
}

/// The first place in `text` that is what a rule describes.
pub fn find(rule: Rule, text: &str) -> Option<Range<usize>> {
    text.char_indices().find_map(|(at, _)| Some(at..at + begin(rule, &text[at..])?.len()))
}

/// The longest end of `text` that is what a rule describes.
pub fn end(rule: Rule, text: &str) -> Option<&str> {
    text.char_indices().map(|(at, _)| &text[at..]).find(|end| is_all(rule, end))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Rule, begin, compares, is, strip_within};
    use crate::parse::is_keyword_head;

    /// The end of a name that begins where `text` does; 0 where none begins.
    fn end(rule: Rule, text: &str) -> usize {
        begin(rule, text).map_or(0, str::len)
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

    /// The words of a rule's definition.
    fn words(grammar: &str, rule: &str) -> Vec<String> {
        let definition = grammar.split(&format!("\n{rule} ")).nth(1).unwrap_or_else(|| panic!("no rule {rule}"));
        let definition = definition.split("\n}").next().unwrap().split(" }\n").next().unwrap();
        definition.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn no_measure_word_hides_a_longer_one() {
        let grammar = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/zhunsheng.pest")).unwrap();
        let units = words(&grammar, "unit_word");
        assert!(units.len() > 50);
        for unit in units {
            assert_eq!(end(Rule::unit_word, &unit), unit.len(), "{unit}");
        }
    }

    #[test]
    fn what_a_comparison_begins_with_lets_every_comparison_through() {
        let grammar = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/zhunsheng.pest")).unwrap();
        let compared = "BELOW AT_LEAST AT_MOST ABOVE EQUAL NOT_EQUAL".split(' ').flat_map(|rule| words(&grammar, rule));
        let compared: Vec<String> = compared.map(|word| format!("{word}5")).collect();
        assert!(compared.len() > 30);
        // 或, 等于 and the like stand in a definition for what may follow, and are no comparisons.
        let begun: Vec<&String> = compared.iter().filter(|text| begin(Rule::comparator, text).is_some()).collect();
        assert!(begun.len() > 30);
        for text in begun {
            assert!(compares(text), "{text}");
        }
        let within = "WITHIN_YEAR WITHIN_QUARTER WITHIN_MONTH".split(' ').flat_map(|rule| words(&grammar, rule));
        let within: Vec<String> = within.collect();
        assert!(within.len() > 10);
        for word in within {
            assert_eq!(strip_within(&format!("{word}3次")), Some("3次"), "{word}");
        }
    }

    #[test]
    fn what_a_keyword_begins_with_lets_every_keyword_through() {
        let grammar = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/zhunsheng.pest")).unwrap();
        let heads =
            "CITE READING DEPARTMENT START CAP_DEDUCTION CAP_BONUS COEFFICIENT COMBINE WEIGHT APPLIES CYCLE_WORD";
        let heads: Vec<String> = heads.split(' ').flat_map(|rule| words(&grammar, rule)).collect();
        assert!(heads.len() > 20);
        for head in &heads {
            assert!(is_keyword_head(head), "{head}");
        }
        let periods = "MONTHLY QUARTERLY HALF_YEARLY YEARLY WHOLE_TERM";
        for period in periods.split(' ').flat_map(|rule| words(&grammar, rule)) {
            assert!(is(Rule::cycle, &period), "{period}");
            assert!(is_keyword_head(&format!("{period}基础分")), "{period}");
        }
    }
}
