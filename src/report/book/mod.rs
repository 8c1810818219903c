//! The workbook of a period, for those who check it: every total is recomputed by formulas from its entries.

mod amount;
mod columns;
mod gather;
mod looks;
mod names;
mod notes;
mod page;
mod ranking;
mod rollup;
mod row;
mod step;
mod tree;
mod unit;
mod year;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use rustc_hash::FxHashMap;

use super::letter::Letter;
use crate::outcome::{Outcome, UnitOutcome};
use crate::scored::Scored;

use looks::Looks;
use names::Names;
use unit::Unit;

/// With more units than this they stand one below the other, and a year shows its months without their entries.
pub const MOST_SHEETS: usize = 300;

/// Programs take 1,048,576 rows on a sheet.
const MOST_ROWS: u32 = 1_000_000;

/// A unit's rows and the sheet that they are on.
struct Block<'a> {
    sheet: String,
    unit: Unit<'a>,
}

/// The workbook as bytes: the same results, the same bytes. `months` are the traced outcomes of the base periods, where
/// the period is a roll-up.
pub fn workbook(scored: Scored<'_>, months: &[Outcome], letter: &Letter) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut names = Names::default();
    let ranking_name = names.free("排名");
    let sections_name = names.free("板块合计");
    let sections = scored.sections_that_count();
    let section_names: Vec<String> =
        sections.iter().map(|id| names.free(&scored.plan.nodes[id.index()].title)).collect();
    let notes_name = names.free("说明");
    let blocks = blocks(scored, months, &mut names);
    let title = format!("{}　{}", scored.plan.title, scored.period().name);
    let mut sheets = vec![(ranking_name, ranking::standing(scored, &blocks, &title, &looks)?)];
    if !scored.outcome.scored.is_empty() {
        sheets.push((sections_name, ranking::sections(scored, &blocks, &title, &looks)?));
    }
    for (id, name) in sections.iter().zip(section_names) {
        sheets.push((name, ranking::section(scored, &blocks, *id, &looks)?));
    }
    // A province is large: what is on its sheet need not be held beside it.
    let mut rest = blocks.into_iter().peekable();
    while let Some(first) = rest.next() {
        let name = first.sheet.clone();
        let mut own = vec![first];
        own.extend(std::iter::from_fn(|| rest.next_if(|block| block.sheet == name)));
        sheets.push((name, units(scored, own, &looks)?));
    }
    sheets.push((notes_name, notes::sheet(scored, letter, &looks)?));
    let mut book = Workbook::new();
    let first = scored.period().first;
    let made = ExcelDateTime::from_ymd(first.year() as u16, first.number() as u8, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    for (name, mut sheet) in sheets {
        sheet.set_name(name)?;
        book.push_worksheet(sheet);
    }
    book.save_to_buffer()
}

/// Every unit's rows, with the sheets they go to.
fn blocks<'a>(scored: Scored<'a>, months: &'a [Outcome], names: &mut Names) -> Vec<Block<'a>> {
    let units = scored.units_on_roster();
    let apart = units.len() <= MOST_SHEETS;
    let places: Vec<(Scored<'a>, FxHashMap<usize, &'a UnitOutcome>)> = months
        .iter()
        .map(|outcome| (Scored { outcome, ..scored }, outcome.units.iter().map(|unit| (unit.unit, unit)).collect()))
        .collect();
    let mut sheet = if apart { String::new() } else { names.free("明细") };
    let mut next = page::HEADER + 2;
    let mut blocks = Vec::with_capacity(units.len());
    for outcome in units {
        let own: Vec<(Scored<'a>, &'a UnitOutcome)> =
            places.iter().filter_map(|(month, units)| Some((*month, *units.get(&outcome.unit)?))).collect();
        if apart {
            sheet = names.free(scored.name(outcome));
            next = page::HEADER + 2;
        }
        let rows_from = |first: u32| match scored.outcome.scored.is_empty() {
            true => Unit::of_one(scored, outcome, first),
            false => year::unit(scored, outcome, &own, first, apart),
        };
        let mut unit = rows_from(next);
        if unit.next_row() > MOST_ROWS {
            sheet = names.free("明细");
            next = page::HEADER + 2;
            unit = rows_from(next);
        }
        next = unit.next_row();
        blocks.push(Block { sheet: sheet.clone(), unit });
    }
    blocks
}

/// A sheet of one unit, or of many.
fn units(scored: Scored<'_>, blocks: Vec<Block<'_>>, looks: &Looks) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    let name = match blocks.as_slice() {
        [one] => scored.full_name(one.unit.outcome),
        several => format!("{}等{}个单位", scored.name(several[0].unit.outcome), several.len()),
    };
    page::begin(&mut sheet, &format!("{name}　{}", scored.period().name), looks)?;
    let last = blocks.last().map_or(page::HEADER, |block| block.unit.next_row() - 1);
    for block in blocks {
        page::rows(&mut sheet, block.unit.first, &block.unit.rows, looks)?;
        page::fold(&mut sheet, &block.unit)?;
    }
    page::end(&mut sheet, last, looks)?;
    Ok(sheet)
}
