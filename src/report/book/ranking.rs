//! The first sheet: ranks, totals, what they are made of, and what follows from them.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Block;
use super::columns::{Columns, HEADER, Otherwise};
use super::looks::{self, Looks, text};
use super::unit::{Month, Unit};
use crate::outcome::{Status, UnitOutcome};
use crate::plan::NodeId;
use crate::scored::Scored;
use crate::value::Number;

/// 排名: one row a unit.
pub fn standing(scored: Scored<'_>, blocks: &[Block<'_>], title: &str, looks: &Looks) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    text(&mut sheet, 0, 0, title, &looks.title)?;
    text(&mut sheet, 1, 0, &hint(scored), &looks.hint)?;
    let mut page = Columns::new(&mut sheet, looks, blocks);
    page.numbers("名次", |unit| scored.rank(unit).map(|rank| Number::whole(i64::from(rank))))?;
    page.names(scored)?;
    if scored.plan.group.is_some() {
        page.texts("分组", |unit| scored.group(unit).unwrap_or_default().to_owned())?;
    }
    page.amounts("总分", &looks.total, Otherwise::Blank, |unit| Some(unit.total))?;
    let rankings = blocks.iter().map(|block| block.unit.outcome.rankings.len()).max().unwrap_or(0);
    for index in 1..rankings {
        let one = |unit: &UnitOutcome| unit.rankings.get(index).cloned();
        let name = blocks.iter().find_map(|block| one(block.unit.outcome));
        let name = name.map_or("", |one| scored.plan.rankings[usize::from(one.ranking)].name.as_str());
        page.numbers(&format!("{name}名次"), |unit| one(unit)?.rank.map(|rank| Number::whole(i64::from(rank))))?;
    }
    if scored.outcome.scored.is_empty() {
        for id in scored.sections_that_count() {
            page.amounts(&scored.plan.nodes[id.index()].title, &looks.number, Otherwise::Zero, |unit| unit.node(id))?;
        }
    } else {
        for period in &scored.outcome.scored {
            let month =
                |unit: &Unit<'_>| unit.periods.iter().find(|month| month.period == *period).map(|month| month.total);
            page.amounts(&scored.plan.calendar.period(*period).name, &looks.number, Otherwise::Blank, month)?;
        }
    }
    page.texts("标记", marks)?;
    page.texts("等次", |unit| unit.grades.iter().map(|grade| grade.grade.as_str()).collect::<Vec<_>>().join("；"))?;
    page.texts("奖惩", |unit| scored.awards(unit).collect::<Vec<_>>().join("；"))?;
    page.numbers("奖金", |unit| scored.money(unit))?;
    sheet.set_row_height(0, 26)?;
    looks::page(&mut sheet, HEADER, 2)?;
    Ok(sheet)
}

/// 板块合计 of a year: units and sections.
pub fn sections(scored: Scored<'_>, blocks: &[Block<'_>], title: &str, looks: &Looks) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    text(&mut sheet, 0, 0, title, &looks.title)?;
    text(&mut sheet, 1, 0, "各板块全年得分，取自各单位的表。", &looks.hint)?;
    let mut page = Columns::new(&mut sheet, looks, blocks);
    page.numbers("名次", |unit| scored.rank(unit).map(|rank| Number::whole(i64::from(rank))))?;
    page.names(scored)?;
    for id in scored.sections_that_count() {
        page.amounts(&scored.plan.nodes[id.index()].title, &looks.number, Otherwise::Zero, |unit| unit.node(id))?;
    }
    page.amounts("总分", &looks.total, Otherwise::Blank, |unit| Some(unit.total))?;
    looks::page(&mut sheet, HEADER, 2)?;
    Ok(sheet)
}

/// One section: units and its items, or its months.
pub fn section(scored: Scored<'_>, blocks: &[Block<'_>], id: NodeId, looks: &Looks) -> Result<Worksheet, XlsxError> {
    let node = &scored.plan.nodes[id.index()];
    let mut sheet = Worksheet::new();
    let period = &scored.period().name;
    text(&mut sheet, 0, 0, &format!("{}　{period}", node.title), &looks.title)?;
    let mut about: Vec<String> = node.department.iter().map(|department| format!("由{department}负责")).collect();
    about.extend(node.citation.iter().map(|citation| format!("依据：{citation}")));
    about.push("各数取自各单位的表。".to_owned());
    text(&mut sheet, 1, 0, &about.join("　"), &looks.hint)?;
    let mut page = Columns::new(&mut sheet, looks, blocks);
    page.numbers("名次", |unit| scored.rank(unit).map(|rank| Number::whole(i64::from(rank))))?;
    page.names(scored)?;
    if scored.outcome.scored.is_empty() {
        for child in &node.children {
            let below = &scored.plan.nodes[child.index()];
            if blocks.iter().any(|block| block.unit.node(*child).is_some()) {
                let number = below.address.rsplit('.').next().unwrap_or_default();
                let name = if below.title == below.address {
                    below.title.clone()
                } else {
                    format!("{number} {}", below.title)
                };
                page.amounts(&name, &looks.number, Otherwise::Zero, |unit| unit.node(*child))?;
            }
        }
        page.figures("基础分", &looks.number, Otherwise::Zero, 0, |unit| unit.node(id))?;
        page.figures("加分", &looks.number, Otherwise::Zero, 1, |unit| unit.node(id))?;
        page.figures("封顶前扣分", &looks.number, Otherwise::Zero, 2, |unit| unit.raw(id))?;
        page.figures("扣分", &looks.number, Otherwise::Zero, 2, |unit| unit.node(id))?;
    } else {
        let shown = |month: &Month| !month.nodes.is_empty();
        let any = blocks.iter().any(|block| block.unit.periods.iter().any(shown));
        for period in scored.outcome.scored.iter().filter(|_| any) {
            let place = |unit: &Unit<'_>| {
                let month = unit.periods.iter().find(|month| month.period == *period)?;
                month.nodes.iter().find(|place| place.node == id).map(|place| place.row)
            };
            page.amounts(&scored.plan.calendar.period(*period).name, &looks.number, Otherwise::Blank, place)?;
        }
        page.figures("加分", &looks.number, Otherwise::Zero, 1, |unit| unit.node(id))?;
        page.figures("扣分", &looks.number, Otherwise::Zero, 2, |unit| unit.node(id))?;
    }
    page.figures("得分", &looks.total, Otherwise::Zero, 3, |unit| unit.node(id))?;
    looks::page(&mut sheet, HEADER, 2)?;
    Ok(sheet)
}

fn hint(scored: Scored<'_>) -> String {
    let plan = scored.plan;
    let number = plan.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
    format!(
        "依{}{number}，{}个单位。总分、各板块得分随各单位的表重算；名次、等次、奖惩取自程序。",
        plan.title,
        scored.units_on_roster().len()
    )
}

fn marks(unit: &UnitOutcome) -> String {
    let status = match unit.status {
        Status::Assessed => None,
        Status::NotAssessed => Some("不参评".to_owned()),
    };
    let vetoed = unit.vetoed.then(|| "一票否决".to_owned());
    let lost = unit.disqualified.iter().map(|title| format!("取消{title}"));
    status.into_iter().chain(vetoed).chain(lost).collect::<Vec<_>>().join("；")
}
