//! A table for the terminal, narrow or wide, with a legend of the marks that it uses.

use std::io::{self, Write};
use std::iter::repeat_n;

use unicode_width::UnicodeWidthStr;

use crate::outcome::{NodeOutcome, Status, UnitOutcome};
#[cfg(feature = "office")]
use crate::plan::Combine;
use crate::plan::{Expr, NodeId, Plan, Step};
use crate::scored::Scored;
use crate::value::Number;

const CAPPED: &str = "*";
const NOTHING: &str = "—";
const VETOED: &str = "否";
const DISQUALIFIED: &str = "取消";

/// Characters of a section's title that stand on one line of its header: the first that fits is taken.
const HEADER_WIDTHS: [usize; 3] = [4, 3, 2];

/// Writes the period's results; `width` is that of the terminal, `None` for no limit.
pub fn write(scored: &Scored<'_>, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let plan = scored.plan;
    match &plan.number {
        Some(number) => writeln!(out, "{}（{number}）", plan.title)?,
        None => writeln!(out, "{}", plan.title)?,
    }
    writeln!(out, "{}，{}个单位", scored.period().name, scored.units_on_roster().len())?;
    let (left, right) = (standing(scored), consequences(scored));
    let sections: Vec<Column> = scored.sections_that_count().into_iter().map(|id| section(scored, id)).collect();
    let limit = width.unwrap_or(usize::MAX);
    let mut omitted = Vec::new();
    let fitting = HEADER_WIDTHS.iter().copied().find(|chars| {
        table_width(left.iter().chain(&right), 0)
            + sections.iter().map(|column| column.width(*chars) + 3).sum::<usize>()
            <= limit
    });
    if let Some(chars) = fitting {
        let columns: Vec<&Column> = left.iter().chain(&sections).chain(&right).collect();
        write_table(&columns, chars, out)?;
    } else {
        // Too narrow for one table: the standing first, then the sections with something in them, a few at a time.
        let columns: Vec<&Column> = left.iter().chain(&right).collect();
        write_table(&columns, HEADER_WIDTHS[0], out)?;
        let (kept, zeros): (Vec<&Column>, Vec<&Column>) = sections.iter().partition(|column| !column.all_zero);
        omitted = zeros.iter().map(|column| column.title.as_str()).collect();
        write_tables(&left[..2], &kept, limit, out)?;
    }
    write_legend(scored, &omitted, out)
}

/// As many tables as the columns need, each with the first columns of all.
pub(super) fn write_tables(first: &[Column], columns: &[&Column], limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = columns;
    while !rest.is_empty() {
        let count = fitting_count(rest, table_width(first.iter(), 0), limit);
        let columns: Vec<&Column> = first.iter().chain(rest[..count].iter().copied()).collect();
        write_table(&columns, HEADER_WIDTHS[0], out)?;
        rest = &rest[count..];
    }
    Ok(())
}

pub(super) struct Column {
    title: String,
    cells: Vec<String>,
    right: bool,
    all_zero: bool,
}

impl Column {
    pub(super) fn new(title: &str, right: bool, cells: impl Iterator<Item = String>) -> Column {
        let cells: Vec<String> = cells.map(|cell| printable(&cell)).collect();
        Column { title: printable(title), all_zero: cells.iter().all(|cell| cell.trim() == "0"), cells, right }
    }

    fn header(&self, chars: usize) -> String {
        let title: Vec<char> = self.title.chars().collect();
        let lines: Vec<String> = title.chunks(chars.max(1)).map(|line| line.iter().collect()).collect();
        lines.join("\n")
    }

    /// In terminal cells, without the frame.
    fn width(&self, chars: usize) -> usize {
        let header = self.header(chars);
        let header = header.lines().map(UnicodeWidthStr::width);
        header.chain(self.cells.iter().map(|cell| cell.width())).max().unwrap_or(0)
    }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Rank, unit, group, total and further ranks.
fn standing(scored: &Scored<'_>) -> Vec<Column> {
    let units = scored.units_on_roster();
    let place = |rank: Option<u32>| rank.map_or_else(|| NOTHING.to_owned(), |rank| rank.to_string());
    let mut columns = vec![
        Column::new("名次", true, units.iter().map(|unit| place(scored.rank(unit)))),
        Column::new("单位", false, units.iter().map(|unit| scored.name(unit).to_owned())),
    ];
    if scored.plan.group.is_some() {
        columns.push(Column::new(
            "分组",
            false,
            units.iter().map(|unit| scored.group(unit).unwrap_or(NOTHING).to_owned()),
        ));
    }
    columns.push(Column::new(
        "总分",
        true,
        units.iter().map(|unit| match unit.status {
            Status::NotAssessed => NOTHING.to_owned(),
            Status::Assessed => unit.total.spoken(),
        }),
    ));
    let rankings = units.iter().map(|unit| unit.rankings.len()).max().unwrap_or(0);
    for index in 1..rankings {
        let name = units.iter().find_map(|unit| unit.rankings.get(index));
        let name = name.map_or("", |one| scored.plan.rankings[usize::from(one.ranking)].name.as_str());
        let ranks = units.iter().map(|unit| place(unit.rankings.get(index).and_then(|one| one.rank)));
        columns.push(Column::new(&format!("{name}名次"), true, ranks));
    }
    columns
}

fn section(scored: &Scored<'_>, id: NodeId) -> Column {
    let results: Vec<Option<&NodeOutcome>> =
        scored.units_on_roster().into_iter().map(|unit| scored.node(unit, id)).collect();
    let any_capped = results.iter().flatten().any(|node| is_capped(scored.plan, node));
    let cells = results.iter().map(|node| match node {
        Some(node) if !node.assessed => NOTHING.to_owned(),
        Some(node) if is_capped(scored.plan, node) => format!("{}{CAPPED}", node.points().spoken()),
        // The figures stay in line where others of the column carry a mark.
        Some(node) if any_capped => format!("{} ", node.points().spoken()),
        Some(node) => node.points().spoken(),
        None => "0".to_owned(),
    });
    Column::new(&scored.plan.nodes[id.index()].title, true, cells)
}

/// Whether a limit cut something off; a factor makes it less, and cuts nothing.
pub(super) fn is_capped(plan: &Plan, node: &NodeOutcome) -> bool {
    let mut factor = Number::ONE;
    let mut is_limited = false;
    for step in &plan.nodes[node.node.index()].steps {
        match step {
            Step::CapDeduction { .. } | Step::CapBonus { .. } | Step::CapPoints { .. } => is_limited = true,
            Step::Floor { .. } | Step::CapWhen { .. } => is_limited = true,
            Step::Multiply(Expr::Number(by)) => match factor.times(*by) {
                Ok(product) if !by.is_negative() => factor = product,
                _ => return false,
            },
            Step::Multiply(_) | Step::MultiplyWhen { .. } | Step::Set { .. } => return false,
            Step::Round { .. } => {}
        }
    }
    let is_less = |kept: Number, raw: Number| raw.times(factor).is_ok_and(|raw| kept < raw);
    is_limited && (is_less(node.tally.deduction, node.raw().deduction) || is_less(node.tally.bonus, node.raw().bonus))
}

/// Marks, grades and awards; only the columns that say something.
fn consequences(scored: &Scored<'_>) -> Vec<Column> {
    let units = scored.units_on_roster();
    let grades = |unit: &UnitOutcome| {
        let names: Vec<&str> = unit.grades.iter().map(|grade| grade.grade.as_str()).collect();
        names.join("；")
    };
    let awards = |unit: &UnitOutcome| scored.awards(unit).collect::<Vec<_>>().join("；");
    let columns = [
        Column::new("标记", false, units.iter().copied().map(marks)),
        Column::new("等次", false, units.iter().copied().map(grades)),
        Column::new("奖惩", false, units.iter().copied().map(awards)),
    ];
    columns.into_iter().filter(|column| column.cells.iter().any(|cell| !cell.is_empty())).collect()
}

fn marks(unit: &UnitOutcome) -> String {
    match (unit.vetoed, unit.disqualified.is_empty()) {
        (false, true) => String::new(),
        (true, true) => VETOED.to_owned(),
        (false, false) => DISQUALIFIED.to_owned(),
        (true, false) => format!("{VETOED} {DISQUALIFIED}"),
    }
}

fn table_width<'c>(columns: impl Iterator<Item = &'c Column>, extra: usize) -> usize {
    1 + extra + columns.map(|column| column.width(HEADER_WIDTHS[0]) + 3).sum::<usize>()
}

/// How many columns fit beside `used` cells: at least one.
fn fitting_count(columns: &[&Column], used: usize, limit: usize) -> usize {
    let mut width = used;
    let fits = |column: &&&Column| {
        width += column.width(HEADER_WIDTHS[0]) + 3;
        width <= limit
    };
    columns.iter().take_while(fits).count().max(1)
}

/// A frame, the header on as many lines as it needs, and a line for each unit.
pub(super) fn write_table(columns: &[&Column], chars: usize, out: &mut dyn Write) -> io::Result<()> {
    let widths: Vec<usize> = columns.iter().map(|column| column.width(chars)).collect();
    let headers: Vec<String> = columns.iter().map(|column| column.header(chars)).collect();
    let header_lines = headers.iter().map(|header| header.lines().count()).max().unwrap_or(0);
    write_rule(&widths, ["┌", "─", "┬", "┐"], out)?;
    for line in 0..header_lines {
        write_row(columns, &widths, |index| headers[index].lines().nth(line).unwrap_or_default(), out)?;
    }
    write_rule(&widths, ["╞", "═", "╪", "╡"], out)?;
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        write_row(columns, &widths, |index| &columns[index].cells[row], out)?;
    }
    write_rule(&widths, ["└", "─", "┴", "┘"], out)
}

fn write_rule(widths: &[usize], [left, line, middle, right]: [&str; 4], out: &mut dyn Write) -> io::Result<()> {
    let spans: Vec<String> = widths.iter().map(|width| line.repeat(width + 2)).collect();
    writeln!(out, "{left}{}{right}", spans.join(middle))
}

/// Pads by terminal cells: a Chinese character takes two, which `{:>8}` does not know.
fn write_row<'c>(
    columns: &[&Column],
    widths: &[usize],
    text: impl Fn(usize) -> &'c str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (index, (column, width)) in columns.iter().zip(widths).enumerate() {
        let text = text(index);
        let room = width.saturating_sub(text.width());
        let (before, after) = if column.right { (room, 0) } else { (0, room) };
        line.push(if index == 0 { '│' } else { '┆' });
        line.extend(repeat_n(' ', before + 1));
        line.push_str(text);
        line.extend(repeat_n(' ', after + 1));
    }
    line.push_str("│\n");
    out.write_all(line.as_bytes())
}

fn write_legend(scored: &Scored<'_>, omitted: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let units = scored.units_on_roster();
    let sections = scored.sections_that_count();
    let nodes = || units.iter().flat_map(|unit| sections.iter().filter_map(|id| scored.node(unit, *id)));
    let mut legend = Vec::new();
    if nodes().any(|node| is_capped(scored.plan, node)) {
        legend.push(format!("{CAPPED} 到了封顶，超出的没有计"));
    }
    if units.iter().any(|unit| unit.vetoed) {
        legend.push(format!("{VETOED} 一票否决"));
    }
    if units.iter().any(|unit| !unit.disqualified.is_empty()) {
        let mut titles: Vec<&str> = units.iter().flat_map(|unit| &unit.disqualified).map(String::as_str).collect();
        titles.sort_unstable();
        titles.dedup();
        legend.push(format!("{DISQUALIFIED} 取消{}", titles.join("、")));
    }
    if nodes().any(|node| !node.assessed) || units.iter().any(|unit| scored.rank(unit).is_none()) {
        legend.push(format!("{NOTHING} 不作考评或不排名"));
    }
    if !legend.is_empty() {
        writeln!(out, "{}", legend.join("；"))?;
    }
    for unit in units.iter().filter(|unit| unit.lacks_parts) {
        writeln!(out, "{}没有得分：{}", scored.name(unit), unit.status_reason.as_deref().unwrap_or_default())?;
    }
    if units.iter().any(|unit| !adds_up(scored, unit)) {
        writeln!(out, "各板块是各期得分之和；总分按方案的算式从各期得来，不是各板块相加")?;
    }
    if !omitted.is_empty() {
        writeln!(out, "没有列出的板块，各单位都是0分：{}", omitted.join("、"))?;
    }
    write_reading_counts(scored, out)
}

/// Whether the total of several periods is what they and the sections that count at the year's end add up to.
pub(super) fn adds_up(scored: &Scored<'_>, unit: &UnitOutcome) -> bool {
    if scored.outcome.scored.is_empty() || unit.status != Status::Assessed {
        return true;
    }
    let year_ends = scored.sections().iter().filter(|id| scored.plan.is_year_end(**id));
    let parts = std::iter::once(&NodeId(0)).chain(year_ends).filter_map(|id| scored.node(unit, *id));
    let sum = parts.map(|node| node.points()).try_fold(Number::ZERO, Number::plus);
    sum.is_ok_and(|sum| sum == unit.total)
}

/// What a unit starts from before any section: 每月基础分 of a single period, where its sections are added to it.
#[cfg(feature = "office")]
pub(super) fn own_base(scored: &Scored<'_>, unit: &UnitOutcome) -> Number {
    let root = scored.node(unit, NodeId(0)).filter(|node| node.assessed && scored.outcome.scored.is_empty());
    let is_sum = matches!(scored.plan.nodes.first().map(|root| &root.combine), Some(Combine::Sum));
    let Some(root) = root.filter(|_| is_sum) else { return Number::ZERO };
    let sections = scored.sections().iter().filter_map(|id| scored.node(unit, *id)).map(|node| node.tally.base);
    let own = sections.map(Ok).reduce(|sum, base| sum?.plus(base?)).unwrap_or(Ok(Number::ZERO));
    own.and_then(|sections| root.raw().base.minus(sections)).unwrap_or_default()
}

fn write_reading_counts(scored: &Scored<'_>, out: &mut dyn Write) -> io::Result<()> {
    let count = |kind: &str| scored.plan.readings.iter().filter(|reading| reading.kind == kind).count();
    let counts: Vec<String> = ["约定", "读法", "待定"]
        .into_iter()
        .map(|kind| (kind, count(kind)))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{kind}{count}条"))
        .collect();
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "结果依{}得出，全文见 zhunsheng show 方案文件 --readings", counts.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, expect};

    fn table(width: Option<usize>) -> String {
        let sample = sample::year();
        let mut out = Vec::new();
        write(&sample.scored(), width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_wide_table_holds_everything() {
        expect("year-wide.txt", &table(None));
    }

    #[test]
    fn a_narrow_terminal_gets_several_tables() {
        expect("year-narrow.txt", &table(Some(70)));
    }

    #[test]
    fn every_line_of_a_table_is_equally_wide() {
        for width in [None, Some(60), Some(20)] {
            let text = table(width);
            for block in text.split('┌').skip(1) {
                let lines = block.lines().take_while(|line| !line.starts_with(['没', '结', '*']));
                let mut widths: Vec<usize> =
                    lines.map(|line| line.width() + usize::from(!line.starts_with(['│', '╞', '└']))).collect();
                widths.dedup();
                assert_eq!(widths.len(), 1, "{text}");
            }
        }
    }
}
