//! The least and the greatest points that sections, items and totals can reach, as a table or JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{Rulebook, write_document};
use super::table::{Column, write_table};
use crate::analysis::limits::{Limits, Range};
use crate::calendar::Cycle;
use crate::parse::is_figure;
use crate::plan::{NodeId, Plan};
use crate::value::Number;

/// An end that may be further out than any facts reach.
const LOOSE: &str = "*";

/// A title as it stands in a header is never broken.
const ONE_LINE: usize = usize::MAX;

/// Writes the table.
pub fn write(plan: &Plan, limits: &Limits, out: &mut dyn Write) -> io::Result<()> {
    match &plan.number {
        Some(number) => writeln!(out, "{}（{number}）", plan.title)?,
        None => writeln!(out, "{}", plan.title)?,
    }
    let mut rows: Vec<(String, Cycle, Range)> = Vec::new();
    for (id, range) in &limits.nodes {
        let node = &plan.nodes[id.index()];
        let number = node.address.rsplit_once('.').map_or("", |_| number_of(&node.address));
        let indent = "  ".repeat(depth(plan, *id));
        let title = if number.is_empty() { node.title.clone() } else { format!("{number} {}", node.title) };
        rows.push((format!("{indent}{title}"), node.cycle, *range));
    }
    for (cycle, range) in &limits.totals {
        rows.push(("总分".to_owned(), *cycle, *range));
    }
    let ranges = || rows.iter().map(|(_, _, range)| range);
    let any_loose = ranges().any(|range| range.loose);
    let mark = |text: String, range: &Range, unlimited: bool| match (range.loose && !unlimited, any_loose) {
        (true, _) => format!("{text}{LOOSE}"),
        (false, true) => format!("{text} "),
        (false, false) => text,
    };
    let least = |range: &Range| mark(shown(range.least, "不封底"), range, range.least.is_none());
    let greatest = |range: &Range| mark(shown(range.greatest, "不封顶"), range, range.greatest.is_none());
    let columns = [
        Column::new("板块、条目", false, rows.iter().map(|(title, _, _)| title.clone())),
        Column::new("每", false, rows.iter().map(|(_, cycle, _)| cycle.word().to_owned())),
        Column::new("最低", true, ranges().map(least)),
        Column::new("最高", true, ranges().map(greatest)),
    ];
    write_table(&columns.iter().collect::<Vec<_>>(), ONE_LINE, out)?;
    if any_loose {
        writeln!(out, "{LOOSE} 不会越过，但未必到得了")?;
    }
    Ok(())
}

/// `2.1` of `社区矫正工作.2.1`.
fn number_of(address: &str) -> &str {
    let digits = address.trim_end_matches(is_figure);
    address[digits.len()..].trim_start_matches('.')
}

fn depth(plan: &Plan, id: NodeId) -> usize {
    let parents = std::iter::successors(plan.nodes[id.index()].parent, |parent| plan.nodes[parent.index()].parent);
    parents.count().saturating_sub(1)
}

fn shown(number: Option<Number>, unlimited: &str) -> String {
    number.map_or_else(|| unlimited.to_owned(), Number::spoken)
}

#[derive(Serialize)]
struct Document<'a> {
    rulebook: Rulebook<'a>,
    totals: Vec<Total>,
    nodes: Vec<Node<'a>>,
}

#[derive(Serialize)]
struct Total {
    cycle: &'static str,
    #[serde(flatten)]
    ends: Ends,
}

#[derive(Serialize)]
struct Node<'a> {
    clause: &'a str,
    title: &'a str,
    cycle: &'static str,
    #[serde(flatten)]
    ends: Ends,
}

/// `null` is no end.
#[derive(Serialize)]
struct Ends {
    least: Option<Number>,
    greatest: Option<Number>,
    tight: bool,
}

impl From<&Range> for Ends {
    fn from(range: &Range) -> Ends {
        Ends { least: range.least, greatest: range.greatest, tight: !range.loose }
    }
}

/// Writes the same as JSON; numbers are decimal strings.
pub fn write_json(plan: &Plan, limits: &Limits, out: &mut dyn Write) -> io::Result<()> {
    let totals = limits.totals.iter().map(|(cycle, range)| Total { cycle: cycle.word(), ends: range.into() }).collect();
    let node = |(id, range): &(NodeId, Range)| {
        let node = &plan.nodes[id.index()];
        Node { clause: &node.address, title: &node.title, cycle: node.cycle.word(), ends: range.into() }
    };
    let nodes = limits.nodes.iter().map(node).collect();
    write_document(out, &Document { rulebook: Rulebook::of(plan), totals, nodes })
}
