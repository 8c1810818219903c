//! A sheet with a row for each unit, filled column by column.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::Block;
use super::amount::Amount;
use super::looks::{Looks, make_room, text, width};
use super::names::cell;
use super::row::FIGURES;
use super::unit::Unit;
use crate::outcome::UnitOutcome;
use crate::scored::Scored;
use crate::value::Number;
use crate::word::printable;

/// The row of the header, counted from 0.
pub const HEADER: u32 = 2;

/// Programs take 65,530 links on a sheet; nobody follows that many.
const MOST_LINKS: usize = 10_000;

/// What stands where a unit has no row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// Nothing happened there.
    Zero,
    /// It was not assessed then.
    Blank,
}

/// A sheet that is filled column by column.
pub struct Columns<'s, 'a> {
    sheet: &'s mut Worksheet,
    looks: &'s Looks,
    blocks: &'s [Block<'a>],
    next: u16,
    /// The height of the header.
    tallest: f64,
}

impl<'s, 'a> Columns<'s, 'a> {
    pub fn new(sheet: &'s mut Worksheet, looks: &'s Looks, blocks: &'s [Block<'a>]) -> Columns<'s, 'a> {
        Columns { sheet, looks, blocks, next: 0, tallest: 20.0 }
    }

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
    pub fn names(&mut self, scored: Scored<'_>) -> Result<(), XlsxError> {
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
    pub fn texts(&mut self, title: &str, of: impl Fn(&'a UnitOutcome) -> String) -> Result<(), XlsxError> {
        let all: Vec<String> = self.blocks.iter().map(|block| of(block.unit.outcome)).collect();
        if all.iter().all(String::is_empty) {
            return Ok(());
        }
        let wide = width(all.iter().map(String::as_str), 8.0, 40.0);
        let column = self.begin(title, wide)?;
        for (row, cell) in (HEADER + 1..).zip(&all) {
            text(self.sheet, row, column, cell, &self.looks.text)?;
            make_room(self.sheet, row, &[(cell, wide)])?;
        }
        Ok(())
    }

    /// Numbers that no formula gives: places, money.
    pub fn numbers(&mut self, title: &str, of: impl Fn(&UnitOutcome) -> Option<Number>) -> Result<(), XlsxError> {
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
    pub fn amounts(
        &mut self,
        title: &str,
        look: &Format,
        otherwise: Otherwise,
        place: impl Fn(&Unit<'a>) -> Option<u32>,
    ) -> Result<(), XlsxError> {
        self.figures(title, look, otherwise, 3, place)
    }

    /// One figure of a row of each unit.
    pub fn figures(
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
