//! The first sheet: ranks, totals, what they are made of, and what follows from them.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::Block;
use super::amount::Amount;
use super::looks::{self, Looks, text, width};
use super::names::cell;
use super::tree::FIGURES;
use super::unit::Unit;
use crate::outcome::{Status, UnitOutcome};
use crate::plan::NodeId;
use crate::scored::Scored;
use crate::value::Number;
use crate::word::printable;

/// The row of the header, counted from 0.
const HEADER: u32 = 2;

/// Programs take 65,530 links on a sheet; nobody follows that many.
const MOST_LINKS: usize = 10_000;

/// 排名: one row a unit.
pub fn standing(scored: Scored<'_>, blocks: &[Block<'_>], title: &str, looks: &Looks) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    text(&mut sheet, 0, 0, title, &looks.title)?;
    text(&mut sheet, 1, 0, &hint(scored), &looks.hint)?;
    let mut page = Columns { sheet: &mut sheet, looks, blocks, next: 0, tallest: 20.0 };
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
        for id in scored.sections() {
            page.amounts(&scored.plan.nodes[id.index()].title, &looks.number, Otherwise::Zero, |unit| unit.node(*id))?;
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
    let mut page = Columns { sheet: &mut sheet, looks, blocks, next: 0, tallest: 20.0 };
    page.numbers("名次", |unit| scored.rank(unit).map(|rank| Number::whole(i64::from(rank))))?;
    page.names(scored)?;
    for id in scored.sections() {
        page.amounts(&scored.plan.nodes[id.index()].title, &looks.number, Otherwise::Zero, |unit| unit.node(*id))?;
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
    let mut about: Vec<String> = node.department.iter().map(|department| format!("责任部门：{department}")).collect();
    about.extend(node.citation.iter().map(|citation| format!("依据：{citation}")));
    about.push("各数取自各单位的表。".to_owned());
    text(&mut sheet, 1, 0, &about.join("　"), &looks.hint)?;
    let mut page = Columns { sheet: &mut sheet, looks, blocks, next: 0, tallest: 20.0 };
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
        for period in &scored.outcome.scored {
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

/// What stands where a unit has no row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    /// Nothing happened there.
    Zero,
    /// It was not assessed then.
    Blank,
}

/// A sheet that is filled column by column.
struct Columns<'s, 'a> {
    sheet: &'s mut Worksheet,
    looks: &'s Looks,
    blocks: &'s [Block<'a>],
    next: u16,
    /// The height of the header.
    tallest: f64,
}

impl<'s, 'a> Columns<'s, 'a> {
    fn begin(&mut self, title: &str, wide: f64) -> Result<u16, XlsxError> {
        let column = self.next;
        self.next += 1;
        text(self.sheet, HEADER, column, title, &self.looks.header)?;
        self.sheet.set_column_width(column, wide)?;
        // Titles are broken within their columns; programs do not all make room by themselves.
        let lines = (title.width() as f64 + 1.0) / wide;
        self.tallest = self.tallest.max(lines.ceil() * 16.0);
        self.sheet.set_row_height(HEADER, self.tallest)?;
        Ok(column)
    }

    fn rows(&self) -> impl Iterator<Item = (u32, &'s Block<'a>)> + use<'s, 'a> {
        (HEADER + 1..).zip(self.blocks)
    }

    /// The names of units, each leading to its own rows.
    fn names(&mut self, scored: Scored<'_>) -> Result<(), XlsxError> {
        let names = self.blocks.iter().map(|block| scored.name(block.unit.outcome));
        let column = self.begin(&scored.plan.subject, width(names, 10.0, 34.0))?;
        for (row, block) in self.rows() {
            text(self.sheet, row, column, scored.name(block.unit.outcome), &self.looks.link)?;
            if self.blocks.len() <= MOST_LINKS {
                let place = Url::new(format!("internal:{}", cell(&block.sheet, 'A', block.unit.total)));
                let name = printable(scored.name(block.unit.outcome));
                self.sheet.write_url_with_options(row, column, place, name, "", Some(&self.looks.link))?;
            }
        }
        Ok(())
    }

    /// Texts; the column is left out where nobody has one.
    fn texts(&mut self, title: &str, of: impl Fn(&'a UnitOutcome) -> String) -> Result<(), XlsxError> {
        let all: Vec<String> = self.blocks.iter().map(|block| of(block.unit.outcome)).collect();
        if all.iter().all(String::is_empty) {
            return Ok(());
        }
        let column = self.begin(title, width(all.iter().map(String::as_str), 8.0, 40.0))?;
        for (row, cell) in (HEADER + 1..).zip(&all) {
            text(self.sheet, row, column, cell, &self.looks.text)?;
        }
        Ok(())
    }

    /// Numbers that no formula gives: places, money.
    fn numbers(&mut self, title: &str, of: impl Fn(&UnitOutcome) -> Option<Number>) -> Result<(), XlsxError> {
        let all: Vec<Option<Number>> = self.blocks.iter().map(|block| of(block.unit.outcome)).collect();
        if all.iter().all(Option::is_none) {
            return Ok(());
        }
        let column = self.begin(title, width([title].into_iter(), 7.0, 14.0))?;
        for (row, number) in (HEADER + 1..).zip(all) {
            match number {
                Some(number) => Amount::known(number).write(self.sheet, row, column, &self.looks.centred)?,
                None => text(self.sheet, row, column, "—", &self.looks.centred)?,
            }
        }
        Ok(())
    }

    /// Points of a row of each unit; where it has none `otherwise`.
    fn amounts(
        &mut self,
        title: &str,
        look: &Format,
        otherwise: Otherwise,
        place: impl Fn(&Unit<'a>) -> Option<u32>,
    ) -> Result<(), XlsxError> {
        self.figures(title, look, otherwise, 3, place)
    }

    /// One figure of a row of each unit.
    fn figures(
        &mut self,
        title: &str,
        look: &Format,
        otherwise: Otherwise,
        figure: usize,
        place: impl Fn(&Unit<'a>) -> Option<u32>,
    ) -> Result<(), XlsxError> {
        let column = self.begin(title, 9.5)?;
        for (row, block) in self.rows() {
            let found = place(&block.unit).map(|place| (place, block.unit.row(place)));
            match found {
                None if otherwise == Otherwise::Zero => {
                    Amount::known(Number::ZERO).write(self.sheet, row, column, look)?;
                }
                None => text(self.sheet, row, column, "", look)?,
                Some((place, content)) => match &content.figures[figure] {
                    Some(amount) => {
                        let there = cell(&block.sheet, FIGURES[figure], place);
                        Amount::found(amount.value, there).write(self.sheet, row, column, look)?;
                    }
                    None => text(self.sheet, row, column, "—", look)?,
                },
            }
        }
        Ok(())
    }
}

fn hint(scored: Scored<'_>) -> String {
    let plan = scored.plan;
    let number = plan.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
    format!(
        "依{}{number}，{}个单位。总分、各板块得分随各单位的表重算；名次、等次、奖惩取自程序。",
        plan.title,
        scored.outcome.units.len()
    )
}

fn marks(unit: &UnitOutcome) -> String {
    let status = match unit.status {
        Status::Assessed => None,
        Status::NotAssessed => Some("不参评".to_owned()),
        Status::Pending => Some("待定".to_owned()),
    };
    let vetoed = unit.vetoed.then(|| "一票否决".to_owned());
    let lost = unit.disqualified.iter().map(|title| format!("取消{title}"));
    status.into_iter().chain(vetoed).chain(lost).collect::<Vec<_>>().join("；")
}
