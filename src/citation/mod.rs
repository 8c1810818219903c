//! A rulebook held against the text of its scheme: every 依据 leads somewhere, and the figures agree.

mod figure;
mod outline;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::diagnostic::{Finding, Findings, Place as Where};
use crate::parse::{self, Context, is_figure};
use crate::source::Source;
use figure::{Figure, figures};
use outline::Outline;

/// What holding the two against each other has shown.
#[derive(Debug, Default)]
pub struct Comparison {
    pub findings: Findings,
    /// How many places of the text are cited.
    pub cited: usize,
    /// Differences that a 读法, a 待定 or the text's own gap explains, a sentence each.
    pub explained: Vec<String>,
    /// Numbered places that no line cites, with their line in the text and how they begin.
    pub uncited: Vec<(usize, String, String)>,
}

/// The lines of a rulebook that stand under one citation.
#[derive(Default)]
struct Cited {
    /// The line of the 依据, and what it cites.
    line: usize,
    citation: String,
    /// Numbers and text of scoring lines.
    lines: Vec<(usize, String)>,
    /// 读法 and 待定: what they speak of needs no other explanation.
    remarks: String,
}

/// Holds a rulebook against the text of its scheme.
pub fn compare(rulebook: &Source, text: &Source) -> Comparison {
    let outline = Outline::new(&text.text);
    let mut comparison = Comparison::default();
    // By place of the text, everything that cites it.
    let mut by_place: BTreeMap<usize, Vec<Cited>> = BTreeMap::new();
    for cited in citations(rulebook) {
        match outline.find(&cited.citation) {
            Ok(at) => by_place.entry(at).or_default().push(cited),
            Err(missing) if missing.is_cut_off => comparison.explained.push(format!(
                "{}“{}”：原文“{}”在此残缺，未见“{}”",
                rulebook.line_name(cited.line),
                cited.citation,
                outline.title(missing.within),
                missing.part
            )),
            Err(missing) => {
                let message = format!("原文里没有“{}”这一处", cited.citation);
                let help = format!("在“{}”里没有找到“{}”", outline.title(missing.within), missing.part);
                comparison
                    .findings
                    .push(finding(rulebook, cited.line, "unknown-citation", message, &cited.citation).help(help));
            }
        }
    }
    comparison.cited = by_place.len();
    let places: Vec<usize> = by_place.keys().copied().collect();
    for (at, cited) in &by_place {
        figures_agree((rulebook, text), &outline, (*at, &places), cited, &mut comparison);
    }
    let mut untold: BTreeSet<usize> = BTreeSet::new();
    for (at, place) in outline.places.iter().enumerate().skip(1) {
        let is_cited = |cited: &usize| *cited == at || outline.is_below(at, *cited) || outline.is_below(*cited, at);
        if by_place.keys().any(is_cited) {
            continue;
        }
        // What stands below an uncited place is told with it.
        let is_told_above = place.parent.is_some_and(|parent| untold.contains(&parent));
        untold.insert(at);
        if !is_told_above && !place.text.is_empty() {
            let begins: String = place.text.chars().take(24).collect();
            comparison.uncited.push((place.line, outline.title(at), begins));
        }
    }
    comparison.findings = std::mem::take(&mut comparison.findings).sorted();
    comparison
}

/// Every 依据 with the lines it stands for: those of its own item or section, and of items below it that have none.
fn citations(rulebook: &Source) -> Vec<Cited> {
    // Lines that do not parse were told before.
    let lines = parse::lines(rulebook, &mut Findings::default());
    let mut all = Vec::new();
    let mut here: Option<Cited> = None;
    let mut before = Cited::default();
    let mut above = Above::default();
    for line in &lines {
        let text = line.plain.text.as_str();
        if line.opening {
            above.close(here.take(), std::mem::take(&mut before), &mut all);
            above.open(text, line.context == Context::Node);
            // The marks in a title: 信息公开（60分）.
            if let Some(at) = text.find('(').filter(|at| *at > 0 && line.context == Context::Node) {
                before.lines.push((line.number, text[at..].chars().filter(|c| !c.is_whitespace()).collect()));
            }
            continue;
        }
        if line.context != Context::Node {
            continue;
        }
        if let Some(citation) = text.strip_prefix("依据") {
            all.extend(here.take());
            let citation = citation.trim_start_matches([':', ' ']);
            let citation = rulebook.text[line.plain.span(text.len() - citation.len()..text.len())].to_owned();
            here = Some(Cited { line: line.number, citation, ..std::mem::take(&mut before) });
            continue;
        }
        let cited = here.as_mut().unwrap_or(&mut before);
        let words: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if text.starts_with("读法") {
            cited.remarks.push_str(&words);
        } else if let Some((_, reason)) = words.split_once(":待定") {
            cited.remarks.push_str(reason);
        } else {
            cited.lines.push((line.number, words));
        }
    }
    above.close(here, before, &mut all);
    all
}

/// The citations of the section and the items that a line may stand below.
#[derive(Default)]
struct Above {
    /// The number of the item at hand; empty for a section.
    number: String,
    /// By number, where the citation is among all; that of the section has an empty one.
    cited: Vec<(String, usize)>,
}

impl Above {
    /// 板块 信息公开, 1. 案卷, 1.2 初审; other openings end the section.
    fn open(&mut self, text: &str, is_node: bool) {
        let number: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        self.number = number.trim_end_matches('.').to_owned();
        if !is_node || text.starts_with("板块") {
            self.cited.clear();
        } else if self.number.is_empty() {
            // （一）, ①: by its own words, below the section.
            self.number = text.to_owned();
        }
    }

    /// What was read of an item or a section goes under its own citation, or under the nearest one above.
    fn close(&mut self, own: Option<Cited>, uncited: Cited, all: &mut Vec<Cited>) {
        match own {
            Some(own) => {
                self.cited.retain(|(number, _)| *number != self.number);
                self.cited.push((self.number.clone(), all.len()));
                all.push(own);
            }
            None => {
                let is_above = |number: &str| number.is_empty() || self.number.starts_with(&format!("{number}."));
                let nearest = self.cited.iter().filter(|(number, _)| is_above(number));
                if let Some((_, at)) = nearest.max_by_key(|(number, _)| number.len()) {
                    all[*at].lines.extend(uncited.lines);
                    all[*at].remarks.push_str(&uncited.remarks);
                }
            }
        }
    }
}

/// Both ways, for the lines that cite the place `at` among all `places` that are cited.
fn figures_agree(
    (rulebook, text): (&Source, &Source),
    outline: &Outline,
    (at, places): (usize, &[usize]),
    all: &[Cited],
    comparison: &mut Comparison,
) {
    let said = outline.text_of(at);
    let of_text = figures(&said);
    let place = outline.title(at);
    let is_cut_off = outline.is_cut_off(at);
    let has_value = |figure: &Figure| of_text.iter().any(|other| other.value == figure.value);
    let lines = || all.iter().flat_map(|cited| &cited.lines);
    let used: BTreeSet<Figure> = lines().flat_map(|(_, words)| figures(words)).collect();
    // Figures of the text that no line has: where another was written in the place of one, no gap explains it.
    let mut lost: Vec<&Figure> = of_text.iter().filter(|figure| is_told(figure) && !used.contains(figure)).collect();
    let mut has_lost = |figure: &Figure, words: &str| {
        let unit = unit_behind(words, figure);
        let takes = |other: &&Figure| {
            let is_alike = figure.is_weighty() || !unit.is_empty() && unit_behind(&said, other) == unit;
            other.kind == figure.kind && is_alike
        };
        let at = lost.iter().position(takes);
        at.map(|at| lost.remove(at)).is_some()
    };
    let remarks: String = all.iter().map(|cited| cited.remarks.as_str()).collect();
    let of_remarks = figures(&remarks);
    for cited in all {
        for (line, words) in &cited.lines {
            let own = figures(words);
            for figure in own.iter().filter(|figure| is_told(figure)) {
                let is_there = if figure.is_weighty() { of_text.contains(figure) } else { has_value(figure) };
                if is_there {
                    continue;
                }
                let shown = figure.shown();
                if of_remarks.iter().any(|other| other.value == figure.value) {
                    comparison
                        .explained
                        .push(format!("{}的“{shown}”原文“{place}”没有，见读法或待定", rulebook.line_name(*line)));
                } else if is_cut_off && !has_lost(figure, words) {
                    comparison
                        .explained
                        .push(format!("{}的“{shown}”原文“{place}”未见，原文在此残缺", rulebook.line_name(*line)));
                } else {
                    let message = format!("“{shown}”在所依据的“{place}”里没有");
                    let found = finding(rulebook, *line, "figure-not-in-source", message, &shown)
                        .expected(format!("原文（{}第{}行）：{}", text.name, outline.places[at].line, short(&said)))
                        .help("改成原文的数；原文没有、按理解定的，在本条加一行“读法”说明");
                    comparison.findings.push(found);
                }
            }
        }
    }
    // What is cited by itself below is compared there.
    let own_text = figures(&outline.text_without(at, places));
    for figure in own_text.iter().filter(|figure| figure.is_weighty() && !used.contains(figure)) {
        let shown = figure.shown();
        if of_remarks.iter().any(|other| other.value == figure.value) {
            comparison.explained.push(format!("原文“{place}”的“{shown}”没有用到，见读法或待定"));
            continue;
        }
        let message = format!("原文“{place}”里的“{shown}”没有用到");
        let found = finding(rulebook, all[0].line, "unused-figure", message, &all[0].citation)
            .expected(format!("原文（{}第{}行）：{}", text.name, outline.places[at].line, short(&said)))
            .help("补上这一句；确实不用的，在本条加一行“读法”说明");
        comparison.findings.push(found);
    }
}

/// The measure word behind a figure: 2条.
fn unit_behind(words: &str, figure: &Figure) -> String {
    let shown = figure.value.normalize().to_string();
    let found = words
        .match_indices(&shown)
        .find(|(at, _)| !words[..*at].ends_with(is_figure) && !words[at + shown.len()..].starts_with(is_figure));
    found.and_then(|(at, _)| words[at + shown.len()..].chars().next()).map(String::from).unwrap_or_default()
}

/// One thing at a time is no figure of the text (每1件), and neither is 除数为0.
fn is_told(figure: &Figure) -> bool {
    figure.is_weighty() || figure.value > Decimal::ONE
}

fn short(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        shown.push('…');
    }
    shown
}

fn finding(rulebook: &Source, line: usize, code: &'static str, message: String, wanted: &str) -> Finding {
    let whole = rulebook.line(line);
    let at = whole
        .find(wanted)
        .map_or_else(|| whole.chars().take_while(|c| c.is_whitespace()).count(), |byte| whole[..byte].chars().count());
    let (file, line) = match rulebook.origin(line) {
        Some((document, origin)) => (document.name.clone(), origin.line),
        None => (rulebook.name.clone(), line),
    };
    let place = Where { file, line, column: at + 1 };
    let text = if whole.contains(wanted) { wanted } else { whole.trim() };
    Finding::error(code, place, message).text(text).line_text(whole)
}
