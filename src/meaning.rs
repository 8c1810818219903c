//! What two rulebooks must share to mean the same, and the fingerprint of it.
//!
//! A plan in its normal form (`normal`) is taken apart into pieces (its header, each node, input, line, named value, ranking, grading, award and
//! reading), each written canonically under its name and sorted: ids, the order of lines, layout, comments and the
//! way a number is written leave no trace. Fields of `plan` that `serde` skips are wording or follow from others.
//! What stays of the text is what results show or facts address: titles, labels, names, texts of awards, and every 读法.
//!
//! Order counts where the rulebook gives it a meaning: steps of a node, conditions of a line, rankings and gradings.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::canonical::{Called, Canonical};
use crate::normal::normal;
use crate::parse::fold::{fold_character, one_width};
use crate::plan::*;

/// Changes when the same meaning would be written in other bytes.
const VERSION: &str = "zhunsheng meaning 3";

/// A fingerprint that two rulebooks share exactly where they mean the same.
pub fn fingerprint(plan: &Plan) -> String {
    let (plan, called) = (normal(plan), Called::default());
    let pieces = Pieces::of(&plan, &called);
    let mut hasher = blake3::Hasher::new();
    hasher.update(VERSION.as_bytes());
    for piece in pieces.sorted() {
        hasher.update(&(piece.len() as u64).to_le_bytes()).update(piece);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Pieces in one buffer.
struct Pieces<'p> {
    canonical: Canonical<'p>,
    ends: Vec<usize>,
}

impl<'p> Pieces<'p> {
    fn of(plan: &'p Plan, called: &'p Called) -> Pieces<'p> {
        let mut pieces = Pieces { canonical: Canonical::new(plan, called), ends: Vec::new() };
        // A field of the plan that is added later has to be placed here before this compiles again.
        let Plan {
            title,
            number,
            calendar,
            cycle,
            subject,
            symbols: _,
            columns,
            attributes,
            nodes,
            inputs,
            rules,
            measures,
            peers: _,
            rollups,
            excluded,
            rankings,
            gradings,
            awards,
            readings,
            group,
            corrections: _,
            due: _,
            lines: _,
        } = plan;
        let term = &calendar.period(calendar.term()).name;
        pieces
            .put("header", &(one_width(title), number, calendar.first(), calendar.last(), term, cycle, subject, group));
        columns.iter().for_each(|column| pieces.put("column", column));
        attributes.iter().for_each(|column| pieces.put("attribute", column));
        for (index, node) in nodes.iter().enumerate() {
            let id = NodeId(index as u16);
            // A stopped node stays in the plan, as nobody's child.
            let is_part = node.parent.is_none_or(|parent| nodes[parent.index()].children.contains(&id));
            pieces.put("node", &(id, &node.title, node.parent, is_part, node));
        }
        for input in inputs {
            pieces.put("input", &(input.node, &input.label, input));
        }
        for rule in rules {
            pieces.put("rule", &(rule.node, rule_label(rule), rule));
        }
        for measure in measures {
            pieces.put("measure", &(measure.node, &measure.name, measure));
        }
        rollups.iter().for_each(|rollup| pieces.put("rollup", rollup));
        excluded.iter().for_each(|exclusion| pieces.put("excluded", exclusion));
        rankings.iter().enumerate().for_each(|ranking| pieces.put("ranking", &ranking));
        gradings.iter().enumerate().for_each(|grading| pieces.put("grading", &grading));
        joined_places(awards).iter().for_each(|award| pieces.put("award", award));
        // 约定 and 待定 are lines of the rulebook, already in the plan; a 读法 is nothing but its text.
        for reading in readings.iter().filter(|reading| reading.kind == "读法") {
            pieces.put("reading", &(&reading.clause, folded_text(&reading.text)));
        }
        pieces
    }

    fn put<T: Serialize + ?Sized>(&mut self, kind: &str, piece: &T) {
        self.canonical.text(kind);
        self.canonical.write(piece);
        self.ends.push(self.canonical.out.len());
    }

    fn sorted(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let mut pieces: Vec<&[u8]> =
            starts.zip(&self.ends).map(|(start, end)| &self.canonical.out[start..*end]).collect();
        pieces.sort_unstable();
        pieces
    }
}

/// What a line is called; `当 件数低于10件，扣5分` has no label but its own words, and no fact speaks of it.
pub fn rule_label(rule: &Rule) -> &str {
    if rule.text.starts_with('当') { "" } else { &rule.label }
}

/// Awards without regard to how their lines divide the places: 第1名 and 第2名 that are given the same, each by itself,
/// are 第1名至第2名.
pub fn joined_places<'p>(awards: impl IntoIterator<Item = &'p Award>) -> Vec<Award> {
    let first_of = |award: &Award| match award.to {
        AwardTo::Places { first, .. } => first,
        _ => 0,
    };
    // Wherever it is written and however its reasons are worded.
    let plain = |award: &Award| Award {
        to: AwardTo::Meeting,
        text: prize_text(&award.text),
        exceptions: award.exceptions.iter().map(|(when, _)| (when.clone(), String::new())).collect(),
        line: 0,
        ..award.clone()
    };
    let mut awards: Vec<&Award> = awards.into_iter().collect();
    awards.sort_by_key(|award| first_of(award));
    let mut joined: Vec<Award> = Vec::new();
    for award in awards {
        let before = match award.to {
            AwardTo::Places { ranking, first, .. } => joined.iter_mut().find(|known| {
                let ends = |to: &AwardTo| matches!(to, AwardTo::Places { ranking: of, last, .. } if *of == ranking && last + 1 == first);
                ends(&known.to) && plain(known) == plain(award)
            }),
            _ => None,
        };
        match (before.map(|known| &mut known.to), &award.to) {
            (Some(AwardTo::Places { last, .. }), AwardTo::Places { last: further, .. }) => *last = *further,
            _ => joined.push(award.clone()),
        }
    }
    joined
}

/// A citation, whatever its width.
pub fn citation<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().map(one_width).serialize(serializer)
}

/// A text as it is read: without spaces, signs in one width.
pub fn folded_text(text: &str) -> String {
    text.chars().map(fold_character).filter(|c| !c.is_whitespace()).collect()
}

/// What an award says, its money in 元: 奖励5万元 and 奖励50000.00元 are one.
pub fn prize_text(text: &str) -> String {
    let (folded, mut said) = (folded_text(text), String::new());
    let mut rest = folded.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(from.len());
        let (figure, behind) = from.split_at(end);
        let unit = [("元", 0), ("万元", 4), ("亿元", 8)].into_iter().find(|(unit, _)| behind.starts_with(unit));
        let amount = unit.and_then(|(unit, zeros)| {
            let amount = figure.parse::<Decimal>().ok()?.checked_mul(Decimal::from(10_i64.pow(zeros)))?;
            Some((amount.normalize().to_string() + "元", unit.len()))
        });
        let (amount, taken) = amount.unwrap_or_else(|| (figure.to_owned(), 0));
        said.extend([before, &amount]);
        rest = &behind[taken..];
    }
    said + rest
}

// ---------------------------------------------------------------- how single fields of the plan are written

pub fn prize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&prize_text(text))
}

/// The reasons beside the conditions are wording.
pub fn conditions<S: Serializer>(list: &[(Condition, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(|(condition, _)| condition))
}

pub fn range<S: Serializer>(range: &(Option<Decimal>, Option<Decimal>), serializer: S) -> Result<S::Ok, S::Error> {
    (range.0.map(plain), range.1.map(plain)).serialize(serializer)
}

pub fn limits<S: Serializer>(limits: &Option<(Decimal, Decimal)>, serializer: S) -> Result<S::Ok, S::Error> {
    limits.map(|(least, most)| (plain(least), plain(most))).serialize(serializer)
}

pub fn date<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// Wording inside an enum.
pub fn nothing<S: Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_unit()
}

/// 1.50 and 1.5 are one number.
fn plain(decimal: Decimal) -> String {
    decimal.normalize().to_string()
}
