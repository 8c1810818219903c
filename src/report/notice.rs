//! 通报: the results of a period as a notice, with what they are made of and what they rest on in annexes.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::letter::{Letter, grades, marks, months, period_words, place, total, within_title};
use super::paper;
use crate::calendar::PeriodId;
use crate::objection;
use crate::outcome::{Status, UnitOutcome};
use crate::plan::words::{amount_text, first_of, points_text};
use crate::plan::{NodeId, Plan};
use crate::report::table::{adds_up, own_base};
use crate::scored::Scored;
use crate::value::{Number, Rounding};
use crate::word::{Align, Column, Document, Style, Table};

/// At most so many sections and units are named in a sentence.
const MOST_NAMED: usize = 5;

/// The notice as the bytes of a Word file: the same results, the same bytes.
pub fn write(scored: &Scored<'_>, letter: &Letter) -> io::Result<Vec<u8>> {
    let plan = scored.plan;
    let period = period_words(scored.period());
    let mut document = Document::new();
    let within = within_title(&plan.title, &period);
    paper::title(&mut document, &format!("关于{}", plan.title), &format!("{within}结果的通报"));
    document.say(Style::Centred, letter.number());
    document.say(Style::Flush, &format!("各{}：", plan.subject));
    let number = plan.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
    document.say(Style::Body, &format!("根据《{}》{number}，现将{period}考评结果通报如下。", plan.title));
    let mut headings = ["一", "二", "三", "四", "五"].into_iter();
    let mut heading = |document: &mut Document, text: &str| {
        let number = headings.next().unwrap_or_default();
        document.say(Style::Heading, &format!("{number}、{text}"));
    };
    heading(&mut document, "总体情况");
    overview(&mut document, scored);
    heading(&mut document, "考评结果");
    document.table(&ranking(scored));
    let renamed = scored
        .outcome
        .units
        .iter()
        .filter_map(|unit| Some(format!("{}原名{}", scored.name(unit), scored.former(unit)?)));
    let renamed: Vec<String> = renamed.collect();
    if !renamed.is_empty() {
        document.say(Style::Remark, &format!("{}。", renamed.join("；")));
    }
    heading(&mut document, "加分和扣分");
    sections(&mut document, scored);
    if scored.outcome.units.iter().any(|unit| !unit.awards.is_empty()) {
        heading(&mut document, "结果运用");
        awards(&mut document, scored);
    }
    heading(&mut document, "异议");
    let words = format!(
        "对结果有异议的，在本通报印发之日起{}内，按结果告知书所附的申请表，写明条款、事实和理由，附上依据，报{}。经核实确有错误的，更正后重新计分排名，另行通报。",
        letter.objections(),
        letter.office()
    );
    document.say(Style::Body, &words);
    let open: Vec<String> = objection::open_within(scored).map(|it| format!("{}（{}）", it.unit, it.name())).collect();
    if !open.is_empty() {
        document.say(Style::Body, &format!("下列异议正在处理，决定以前按原结果：{}。", open.join("；")));
    }
    document.say(Style::Enclosure, "");
    document.say(Style::Enclosure, &format!("附件：1．{}", details_title(scored)));
    // Below the first one's number.
    document.say(Style::Enclosure, "　　　2．约定、读法和待定");
    paper::sign(&mut document, letter);
    document.turn(true);
    document.say(Style::Annex, "附件1");
    details(&mut document, scored);
    document.turn(false);
    document.say(Style::Annex, "附件2");
    paper::readings(&mut document, scored, letter);
    document.bytes(scored.period().first)
}

/// How many, the best, the last, the mean, and who is marked.
fn overview(document: &mut Document, scored: &Scored<'_>) {
    let (units, subject) = (scored.units_on_roster(), &scored.plan.subject);
    let assessed: Vec<&UnitOutcome> = units.iter().copied().filter(|unit| unit.status == Status::Assessed).collect();
    let mut text = format!("本期共有{}{}个，参加考评{}个。", subject, units.len(), assessed.len());
    let best = assessed.iter().max_by_key(|unit| unit.total);
    let last = assessed.iter().min_by_key(|unit| unit.total);
    if let (Some(best), Some(last)) = (best, last) {
        let sharing = |total: Number| {
            let names: Vec<&str> =
                assessed.iter().filter(|unit| unit.total == total).map(|unit| scored.name(unit)).collect();
            first_of(&names, MOST_NAMED, "个")
        };
        text.push_str(&format!("最高{}（{}），", points_text(best.total), sharing(best.total)));
        text.push_str(&format!("最低{}（{}）", points_text(last.total), sharing(last.total)));
        let sum = assessed.iter().try_fold(Number::ZERO, |sum, unit| sum.plus(unit.total));
        let count = Number::whole(assessed.len() as i64);
        let mean = sum.and_then(|sum| sum.divided_by(count)).and_then(|mean| mean.rounded(2, Rounding::HalfUp));
        if let Ok(mean) = mean {
            text.push_str(&format!("，平均{}", points_text(mean)));
        }
        text.push('。');
    }
    document.say(Style::Body, &text);
    let mut marked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for unit in units {
        if unit.status != Status::Assessed {
            marked.entry(marks(unit)).or_default().push(scored.name(unit).to_owned());
            continue;
        }
        let vetoed = unit.vetoed.then(|| "一票否决".to_owned());
        for mark in vetoed.into_iter().chain(unit.disqualified.iter().map(|title| format!("取消{title}"))) {
            let why = reasons(scored, unit, &mark);
            marked.entry(mark).or_default().push(format!("{}{why}", scored.name(unit)));
        }
    }
    for (mark, names) in marked {
        document.say(Style::Body, &format!("{mark}的{}个：{}。", names.len(), names.join("、")));
    }
    let calendar = &scored.plan.calendar;
    let missing = months(calendar, &scored.outcome.without_facts);
    if !missing.is_empty() {
        document.say(Style::Body, &format!("在施行期内但没有事实、没有计入的：{missing}。"));
    }
}

/// `（社区矫正工作.3 疏漏致脱管，4月）`: by which lines a unit is marked, where it is known.
fn reasons(scored: &Scored<'_>, unit: &UnitOutcome, mark: &str) -> String {
    let calendar = &scored.plan.calendar;
    let mut lines: Vec<(String, Vec<PeriodId>)> = Vec::new();
    for effect in unit.effects.iter().filter(|effect| effect.effect == mark) {
        let rule = &scored.plan.rules[effect.rule.index()];
        let name = format!("{} {}", scored.plan.nodes[rule.node.index()].address, rule.label);
        match lines.iter_mut().find(|(known, _)| *known == name) {
            Some((_, periods)) => periods.push(effect.period),
            None => lines.push((name, vec![effect.period])),
        }
    }
    let each = lines.into_iter().map(|(name, periods)| match periods.iter().all(|id| *id == scored.outcome.period) {
        true => name,
        false => format!("{name}，{}", months(calendar, &periods)),
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { String::new() } else { format!("（{}）", each.join("；")) }
}

/// 名次、单位、总分 and what there is to say.
fn ranking(scored: &Scored<'_>) -> Table {
    let units = scored.units_on_roster();
    let mut columns = vec![
        Column::new("名次", 7, Align::Centre),
        Column::new(&scored.plan.subject, 22, Align::Left),
        Column::new("总分", 10, Align::Right),
    ];
    let grouped = scored.plan.group.is_some();
    let graded = units.iter().any(|unit| !unit.grades.is_empty());
    if grouped {
        columns.insert(2, Column::new("分组", 12, Align::Centre));
    }
    if graded {
        columns.push(Column::new("等次", 10, Align::Centre));
    }
    let paid = |unit: &UnitOutcome| scored.money(unit).filter(|money| !money.is_zero());
    let money = units.iter().any(|unit| paid(unit).is_some());
    if money {
        columns.push(Column::new("奖金（元）", 13, Align::Right));
    }
    let marked = units.iter().any(|unit| !marks(unit).is_empty());
    if marked {
        columns.push(Column::new("备注", 24, Align::Left));
    }
    let row = |unit: &UnitOutcome| {
        let mut cells = vec![place(scored.rank(unit)), scored.name(unit).to_owned()];
        cells.extend(grouped.then(|| scored.group(unit).unwrap_or_default().to_owned()));
        cells.push(total(unit));
        cells.extend(graded.then(|| grades(unit)));
        cells.extend(money.then(|| paid(unit).map_or_else(String::new, |money| amount_text(money, None))));
        cells.extend(marked.then(|| marks(unit)));
        cells
    };
    Table { columns, rows: units.into_iter().map(row).collect() }
}

/// Where points were gained and lost.
fn sections(document: &mut Document, scored: &Scored<'_>) {
    let sums = |pick: fn(&crate::outcome::Tally) -> Number, without_marks: bool| {
        let mut sums: Vec<(Number, usize, NodeId)> = Vec::new();
        for id in scored.sections().iter().filter(|id| !(without_marks && has_marks(scored.plan, **id))) {
            let tallies = scored.outcome.units.iter().filter_map(|unit| scored.node(unit, *id));
            let values: Vec<Number> =
                tallies.map(|node| pick(&node.tally)).filter(|value| value.is_positive()).collect();
            let sum = values.iter().try_fold(Number::ZERO, |sum, value| sum.plus(*value));
            sums.extend(sum.ok().filter(|sum| sum.is_positive()).map(|sum| (sum, values.len(), *id)));
        }
        sums.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)));
        sums.truncate(MOST_NAMED);
        sums
    };
    let sentence = |word: &str, sums: &[(Number, usize, NodeId)]| {
        let each = sums.iter().map(|(sum, count, id)| {
            let title = &scored.plan.nodes[id.index()].title;
            format!("{title}{count}个单位共{word}{}", points_text(*sum))
        });
        match sums.is_empty() {
            true => format!("本期没有{word}分。"),
            false => format!("{word}分较多的板块：{}。", each.collect::<Vec<_>>().join("；")),
        }
    };
    document.say(Style::Body, &sentence("扣", &sums(|tally| tally.deduction, false)));
    let bonus = sums(|tally| tally.bonus, true);
    // Where all points are earned nobody speaks of 加分.
    if !bonus.is_empty() || !scored.sections().iter().any(|id| has_marks(scored.plan, *id)) {
        document.say(Style::Body, &sentence("加", &bonus));
    }
}

/// Whether points below a node are earned towards full marks: such are no 加分.
fn has_marks(plan: &Plan, id: NodeId) -> bool {
    let node = &plan.nodes[id.index()];
    node.full.is_some() || node.children.iter().any(|child| has_marks(plan, *child))
}

/// Who gets what, and who does not and why.
fn awards(document: &mut Document, scored: &Scored<'_>) {
    let mut given: Vec<(u16, &str, Vec<&str>)> = Vec::new();
    for unit in &scored.outcome.units {
        for award in unit.awards.iter().filter(|award| award.withheld.is_none()) {
            match given.iter_mut().find(|(_, known, _)| *known == award.text) {
                Some((_, _, names)) => names.push(scored.name(unit)),
                None => given.push((award.award, &award.text, vec![scored.name(unit)])),
            }
        }
    }
    // As the rulebook has them, and those of one line by rank.
    given.sort_by_key(|(award, ..)| *award);
    for (_, text, names) in given {
        document.say_led(Style::Body, &format!("{text}："), &format!("{}。", names.join("、")));
    }
    for unit in &scored.outcome.units {
        for award in &unit.awards {
            if let Some(reason) = &award.withheld {
                document.say(Style::Body, &format!("{}不予{}：{reason}。", scored.name(unit), award.text));
            }
        }
    }
    let money = scored.outcome.units.iter().filter_map(|unit| scored.money(unit));
    if let Some(sum) = money.map(Some).reduce(|sum, one| sum.and_then(|sum| sum.plus(one?).ok())).flatten() {
        document.say(Style::Body, &format!("奖金合计{sum}元。"));
    }
}

/// What 附件1 is called, here and where it is listed.
fn details_title(scored: &Scored<'_>) -> &'static str {
    if scored.outcome.scored.is_empty() { "各板块得分" } else { "各期得分和各板块得分" }
}

/// 附件1: the sections of every unit; for a year its months before.
fn details(document: &mut Document, scored: &Scored<'_>) {
    let units = scored.units_on_roster();
    let begin = || vec![Column::new("名次", 8, Align::Centre), Column::new(&scored.plan.subject, 20, Align::Left)];
    let first = |unit: &UnitOutcome| vec![place(scored.rank(unit)), scored.name(unit).to_owned()];
    document.say(Style::Title, details_title(scored));
    if !scored.outcome.scored.is_empty() {
        document.say(Style::Heading, "一、各期得分");
        let calendar = &scored.plan.calendar;
        let mut columns = begin();
        let periods = &scored.outcome.scored;
        columns.extend(periods.iter().map(|id| Column::new(&months(calendar, &[*id]), 10, Align::Right)));
        columns.push(Column::new("总分", 11, Align::Right));
        let row = |unit: &UnitOutcome| {
            let mut cells = first(unit);
            cells.extend(periods.iter().map(|id| {
                let own = unit.periods.iter().find(|(period, _)| period == id);
                own.map_or_else(|| "—".to_owned(), |(_, total)| amount_text(*total, None))
            }));
            cells.push(total(unit));
            cells
        };
        document.table(&Table { columns, rows: units.iter().copied().map(row).collect() });
        document.new_page();
        document.say(Style::Heading, "二、各板块得分");
    }
    let mut columns = begin();
    let sections = scored.sections_that_count();
    columns.extend(sections.iter().map(|id| Column::new(&scored.plan.nodes[id.index()].title, 10, Align::Right)));
    columns.push(Column::new("总分", 11, Align::Right));
    let row = |unit: &UnitOutcome| {
        let mut cells = first(unit);
        cells.extend(sections.iter().map(|id| match scored.node(unit, *id) {
            Some(node) if !node.assessed => "—".to_owned(),
            Some(node) => amount_text(node.points(), None),
            None => "0".to_owned(),
        }));
        cells.push(total(unit));
        cells
    };
    let table = Table { columns, rows: units.iter().copied().map(row).collect() };
    document.table(&table);
    let starts: BTreeSet<Number> = units.iter().map(|unit| own_base(scored, unit)).collect();
    let mut remark = "各板块得分为封顶以后的得分。".to_owned();
    if table.rows.iter().flatten().any(|cell| cell == "—") {
        remark.push_str("“—”是不作考评或者不参评。");
    }
    if units.iter().any(|unit| !adds_up(scored, unit)) {
        remark.push_str("各板块是各期得分之和；总分按方案的算式从各期得来，不是各板块相加。");
    }
    match starts.into_iter().filter(|start| !start.is_zero()).collect::<Vec<_>>()[..] {
        [] => {}
        [start] => remark.push_str(&format!("总分另含基础分{}。", points_text(start))),
        [..] => remark.push_str("总分另含各单位的基础分。"),
    }
    document.say(Style::Remark, &remark);
}
