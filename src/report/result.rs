//! 结果告知书: one unit's results, how they came about, and how to object.

use std::io;

use super::letter::{Letter, grades, marks, months, period_words, signed, total};
use super::paper;
use crate::calendar::PeriodId;
use crate::explain::{About, Explainer};
use crate::objection;
use crate::outcome::{Entry, UnitOutcome};
use crate::plan::words::amount_text;
use crate::report::table::own_base;
use crate::scored::Scored;
use crate::value::Number;
use crate::word::{Align, Column, Document, Style, Table};

/// Empty lines for objections.
const LINES: usize = 4;

/// The sheet as the bytes of a Word file.
pub fn write<'a>(
    scored: &Scored<'a>,
    explainer: &Explainer<'a>,
    unit: &'a UnitOutcome,
    letter: &Letter,
) -> io::Result<Vec<u8>> {
    let (plan, period) = (scored.plan, period_words(scored.period()));
    let mut document = Document::new();
    document.say(Style::Title, "考评结果告知书");
    document.say(Style::Centred, &format!("（{period}）"));
    document.say(Style::Flush, &format!("{}：", scored.full_name(unit)));
    let number = plan.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
    document.say(Style::Body, &format!("根据《{}》{number}，现将{period}考评结果告知如下。", plan.title));
    document.say(Style::Heading, "一、结果");
    document.table(&standing(scored, unit));
    document.say(Style::Heading, "二、各板块得分");
    document.table(&sections(scored, unit));
    // A year's tables have more columns.
    let is_wide = !unit.periods.is_empty();
    let mut headings = ["三", "四", "五", "六"].into_iter();
    let mut heading = |document: &mut Document, text: &str| {
        document.say(Style::Heading, &format!("{}、{text}", headings.next().unwrap_or_default()));
    };
    if is_wide {
        document.turn(true);
        heading(&mut document, "各期得分");
        document.table(&periods(scored, unit));
    }
    heading(&mut document, "加分、扣分和没有计的事项");
    let entries = entries(scored, unit);
    if entries.rows.is_empty() {
        document.say(Style::Body, "没有。");
    } else {
        document.table(&entries);
        document.say(Style::Remark, "“事实所在”是文件和行号，可向考评办公室查看原始材料。");
    }
    if is_wide {
        document.turn(false);
    }
    for open in objection::open_within(scored).filter(|open| open.unit == scored.name(unit)) {
        document.say(Style::Body, &format!("{}的异议（编号{}）正在处理，决定以前按原结果。", open.name(), open.number));
    }
    heading(&mut document, "说明");
    // Grades and awards, the place they rest on, vetoes and lost titles.
    for tree in explainer.about(unit, About::Awards) {
        paper::outline(&mut document, &tree, 0);
    }
    let steps = explainer.steps(unit);
    if !steps.branches.is_empty() {
        paper::outline(&mut document, &steps, 0);
    }
    paper::frozen(&mut document, letter);
    heading(&mut document, "怎样提出异议");
    objections(&mut document, letter);
    paper::sign(&mut document, letter);
    document.new_page();
    form(&mut document, scored, unit, &period);
    document.bytes(scored.period().first)
}

/// The total, the place and what follows, two columns.
fn standing(scored: &Scored<'_>, unit: &UnitOutcome) -> Table {
    let mut rows = vec![("总分", total(unit))];
    for one in &unit.rankings {
        let name = scored.plan.rankings[usize::from(one.ranking)].name.as_str();
        let group = one.group.as_ref().map(|group| format!("{group}内")).unwrap_or_default();
        let place = match one.rank {
            Some(rank) => format!("第{rank}名（{group}共{}个）", one.of),
            None => "不排名".to_owned(),
        };
        rows.push((if unit.rankings.len() > 1 { name } else { "名次" }, place));
    }
    rows.push(("等次", grades(unit)));
    rows.push(("备注", marks(unit)));
    rows.push(("奖惩", scored.awards(unit).collect::<Vec<_>>().join("；")));
    rows.push((
        "奖金",
        scored.money(unit).filter(|money| !money.is_zero()).map(|money| format!("{money}元")).unwrap_or_default(),
    ));
    let filled = rows.into_iter().filter(|(_, text)| !text.is_empty());
    Table {
        columns: vec![Column::new("项目", 20, Align::Centre), Column::new("结果", 80, Align::Left)],
        rows: filled.map(|(name, text)| vec![name.to_owned(), text]).collect(),
    }
}

/// What the unit had in each period: side by side in a year, one below the other in a term.
fn periods(scored: &Scored<'_>, unit: &UnitOutcome) -> Table {
    const WIDEST: usize = 12;
    let name = |id: &PeriodId| months(&scored.plan.calendar, &[*id]);
    if unit.periods.len() > WIDEST {
        let row = |(id, total): &(PeriodId, Number)| vec![name(id), amount_text(*total, None)];
        return Table {
            columns: vec![Column::new("期间", 1, Align::Centre), Column::new("得分", 1, Align::Centre)],
            rows: unit.periods.iter().map(row).collect(),
        };
    }
    Table {
        columns: unit.periods.iter().map(|(id, _)| Column::new(&name(id), 1, Align::Centre)).collect(),
        rows: vec![unit.periods.iter().map(|(_, total)| amount_text(*total, None)).collect()],
    }
}

fn sections(scored: &Scored<'_>, unit: &UnitOutcome) -> Table {
    let number = |name: &str, width: u32| Column::new(name, width, Align::Right);
    let start = own_base(scored, unit);
    let shown = amount_text(start, None);
    let start = (!start.is_zero()).then(|| ["基础分", &shown, "0", "0", "0", &shown].map(str::to_owned).to_vec());
    let sections = scored.sections_that_count();
    let rows = sections.iter().map(|id| {
        let title = scored.plan.nodes[id.index()].title.clone();
        let figures = match scored.node(unit, *id) {
            None => ["0"; 5].map(str::to_owned),
            Some(node) if !node.assessed => ["—", "—", "—", "—", "不作考评"].map(str::to_owned),
            Some(node) => {
                let (raw, tally) = (&node.raw(), &node.tally);
                [tally.base, tally.bonus, raw.deduction, tally.deduction, node.points()]
                    .map(|value| amount_text(value, None))
            }
        };
        std::iter::once(title).chain(figures).collect()
    });
    Table {
        columns: vec![
            Column::new("板块", 30, Align::Left),
            number("基础分", 11),
            number("加分", 11),
            number("扣分（封顶前）", 20),
            number("扣分（计入）", 17),
            number("得分", 11),
        ],
        rows: start.into_iter().chain(rows).collect(),
    }
}

/// What gave or cost points, and what did not count and why.
fn entries(scored: &Scored<'_>, unit: &UnitOutcome) -> Table {
    let several = !unit.periods.is_empty();
    // On wide pages the scoring lines have the room that makes them short.
    let widths = if several { [24, 34, 16, 8, 20] } else { [23, 23, 17, 10, 26] };
    let aligned = [Align::Left, Align::Left, Align::Right, Align::Right, Align::Left];
    let names = ["条款和情形", "计分句", "数量", "计分", "事实所在"];
    let each = names.into_iter().zip(widths).zip(aligned);
    let mut columns: Vec<Column> = each.map(|((name, width), align)| Column::new(name, width, align)).collect();
    if several {
        columns.insert(0, Column::new("期间", 11, Align::Centre));
    }
    let reasons = |entry: &Entry| objection::reasons(scored, scored.name(unit), entry);
    let says = |entry: &&Entry| !entry.points.is_zero() || !entry.counted || !reasons(entry).is_empty();
    let rows = unit.entries.iter().filter(says).map(|entry| {
        let rule = &scored.plan.rules[entry.rule.index()];
        let address = &scored.plan.nodes[rule.node.index()].address;
        let quantity = entry.quantity.map(|quantity| amount_text(quantity, scored.quantity_type(rule)));
        let points = if entry.counted { signed(entry.points) } else { "不计".to_owned() };
        let mut remarks = reasons(entry);
        remarks.extend(entry.person.iter().map(|person| format!("人员：{person}")));
        remarks.extend(entry.matter.iter().map(|matter| format!("事项：{matter}")));
        remarks.extend(entry.late.map(|late| late.sentence()));
        remarks.extend(entry.basis.iter().map(|basis| format!("依据：{basis}")));
        remarks.extend(entry.note.iter().map(|note| format!("备注：{note}")));
        remarks.extend(entry.peers.iter().map(|(peer, value)| format!("所比：{peer} {}", value.spoken())));
        let mut cells = vec![
            format!("{address} {}", rule.label),
            rule.text.trim().to_owned(),
            quantity.unwrap_or_default(),
            points,
            entry.places_by_line(),
            remarks.join("；"),
        ];
        if several {
            cells.insert(0, months(&scored.plan.calendar, &[entry.period]));
        }
        cells
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    if rows.iter().any(|cells| cells.last().is_some_and(|remark| !remark.is_empty())) {
        columns.push(Column::new("说明", 19, Align::Left));
    } else {
        rows.iter_mut().for_each(|cells| cells.truncate(columns.len()));
    }
    Table { columns, rows }
}

fn objections(document: &mut Document, letter: &Letter) {
    let (within, office) = (letter.objections(), letter.office());
    document.say(Style::Body, &format!("对结果有异议的，自通报印发之日起{within}内，填写所附的申请表，报{office}。"));
    document.say(Style::Body, "申请表按笔填写：写明条款和情形、事实所在、认为应当怎样计，以及理由；附上依据。对别的单位的结果、对名次有异议的，也写在表里。");
    document.say(Style::Body, "经核实确有错误的，更正事实，重新计分排名，印发更正通报；没有错误的，书面答复理由。");
}

/// 异议申请表
fn form(document: &mut Document, scored: &Scored<'_>, unit: &UnitOutcome, period: &str) {
    document.say(Style::Title, "异议申请表");
    document.say(Style::Centred, &format!("{}　{period}", scored.name(unit)));
    let column = |name: &str, width: u32| Column::new(name, width, Align::Left);
    document.table_to_fill(&Table {
        columns: vec![
            column("条款和情形", 24),
            column("事实所在", 18),
            column("认为应当怎样计", 22),
            column("理由和依据", 36),
        ],
        rows: vec![vec![String::new(); 4]; LINES],
    });
    document.say(Style::Flush, "");
    document.say(Style::Flush, "负责人（签字、盖章）：　　　　　　　　年　　月　　日");
}
