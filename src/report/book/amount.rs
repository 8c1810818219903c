//! A number of the workbook: its exact value, and the formula by which a spreadsheet comes to it.

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};

use crate::value::{Inexact, Number, Rounding};

/// Spreadsheets keep 15 digits.
const PLACES: u32 = 15;

/// A value, and how a spreadsheet finds it.
#[derive(Clone, Debug)]
pub struct Amount {
    /// Exact.
    pub value: Number,
    /// Without the equals sign; `None` for what is simply written down.
    pub formula: Option<String>,
}

impl Amount {
    /// A number that is written down.
    pub const fn known(value: Number) -> Amount {
        Amount { value, formula: None }
    }

    pub fn found(value: Number, formula: impl Into<String>) -> Amount {
        Amount { value, formula: Some(formula.into()) }
    }

    /// A part of it: one of `count` equal ones.
    pub fn shared(self, count: Number) -> Option<Amount> {
        if count == Number::ONE {
            return Some(self);
        }
        let formula = self.formula.map(|formula| format!("({formula})/{}", literal(count)));
        Some(Amount { value: self.value.divided_by(count).ok()?, formula })
    }

    /// Writes the cell; a formula with its value, for readers that do not calculate.
    pub fn write(&self, sheet: &mut Worksheet, row: u32, column: u16, look: &Format) -> Result<(), XlsxError> {
        let formula = match (&self.formula, self.value.decimal()) {
            (Some(formula), _) => format!("={formula}"),
            (None, Some(value)) => {
                sheet.write_number_with_format(row, column, shown(&value.to_string()), look)?;
                return Ok(());
            }
            // What does not end is written as the fraction it is.
            (None, None) => format!("={}", literal(self.value)),
        };
        let result = match self.value.decimal() {
            Some(value) => value.to_string(),
            None => self.value.rounded(PLACES, Rounding::HalfUp).unwrap_or_default().to_string(),
        };
        sheet.write_formula_with_format(row, column, Formula::new(formula).set_result(result), look)?;
        Ok(())
    }
}

/// The nearest number that a cell can hold; nothing is calculated with it here.
fn shown(text: &str) -> f64 {
    text.parse().unwrap_or_default()
}

/// A number within a formula: `0.5`, `(-3)`, `(2/3)`.
pub fn literal(number: Number) -> String {
    if number.is_negative() || number.decimal().is_none() { format!("({number})") } else { number.to_string() }
}

/// Terms that are added up.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    value: Number,
    terms: Vec<String>,
}

/// More terms than this make a formula that nobody reads, and programs do not take.
const MOST_TERMS: usize = 200;

impl Sum {
    pub fn add(&mut self, value: Number, term: impl Into<String>) -> Result<(), Inexact> {
        self.value = self.value.plus(value)?;
        self.terms.push(term.into());
        Ok(())
    }

    pub fn value(&self) -> Number {
        self.value
    }

    /// `None` where there are too many terms for one cell.
    pub fn amount(self) -> Option<Amount> {
        match self.terms.len() {
            0 => Some(Amount::known(self.value)),
            1..=MOST_TERMS => Some(Amount::found(self.value, self.terms.join("+"))),
            _ => None,
        }
    }
}
