//! A row of a unit's sheet: a section, an item, an entry or a step, with its figures.

use super::amount::Amount;
use crate::plan::Type;
use crate::value::Number;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A unit or a month.
    Heading,
    /// The whole, a section or an item.
    Node,
    /// 起评
    Start,
    /// One counted fact, or one that does not count.
    Entry,
    /// 小计, before the steps.
    Raw,
    /// A cap, a factor, a rounding.
    Step,
}

/// Base, bonus, deduction.
pub type Three = [Number; 3];

/// The columns of [`Row::figures`]: base, bonus, deduction, points.
pub const FIGURES: [char; 4] = ['D', 'E', 'F', 'G'];
/// 计否
pub const COUNTED: char = 'H';
/// As they stand in that column.
pub const YES: &str = "计";
pub const NO: &str = "不计";
/// Stands beside what no formula gives.
pub const BY_PROGRAM: &str = "取自程序";

/// A row of a sheet.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub kind: Kind,
    /// How far in.
    pub depth: u8,
    pub clause: &'a str,
    /// The title, the label, the step.
    pub text: String,
    pub quantity: Option<(Number, Option<&'a Type>)>,
    /// 基础分, 加分, 扣分, 得分
    pub figures: [Option<Amount>; 4],
    pub counted: Option<bool>,
    /// The scoring line as the rulebook has it.
    pub line: &'a str,
    pub remark: String,
    /// Where the facts are.
    pub facts: String,
    /// 依据 and 备注
    pub papers: String,
}

impl<'a> Row<'a> {
    pub fn new(kind: Kind, depth: u8, clause: &'a str, text: impl Into<String>) -> Row<'a> {
        Row {
            kind,
            depth,
            clause,
            text: text.into(),
            quantity: None,
            figures: [const { None }; 4],
            counted: None,
            line: "",
            remark: String::new(),
            facts: String::new(),
            papers: String::new(),
        }
    }
}
