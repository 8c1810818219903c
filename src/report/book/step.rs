//! The steps of a node as formulas: each row takes the figures of the row above it and does one thing to them.

use super::amount::{Amount, literal};
use super::row::{BY_PROGRAM, FIGURES, Three};

use crate::calendar::Cycle;
use crate::outcome::{NodeOutcome, Tally};
use crate::plan::{Expr, Plan, Step};
use crate::value::{Inexact, Number, Rounding};

/// A step that the evaluation recorded: what, points before, points after.
type Recorded<'a> = &'a (String, Number, Number);

/// A row: what it does, a remark, base, bonus and deduction after it.
type Done = (String, String, [Amount; 3]);

/// A node's figures on their way through its steps.
pub struct Chain<'a> {
    plan: &'a Plan,
    figures: Three,
    /// The row that holds them.
    row: u32,
    recorded: std::iter::Peekable<std::vec::IntoIter<Recorded<'a>>>,
}

impl<'a> Chain<'a> {
    pub fn new(plan: &'a Plan, outcome: &NodeOutcome, row: u32, recorded: Vec<Recorded<'a>>) -> Chain<'a> {
        let raw = outcome.raw();
        Chain { plan, figures: [raw.base, raw.bonus, raw.deduction], row, recorded: recorded.into_iter().peekable() }
    }

    pub fn points(&self) -> Result<Number, Inexact> {
        let [base, bonus, deduction] = self.figures;
        base.plus(bonus)?.minus(deduction)
    }

    pub fn stands_at(&mut self, row: u32) {
        self.row = row;
    }

    /// Whether nothing is left to do and the figures are those of the program.
    pub fn is_at(&mut self, tally: &Tally) -> bool {
        self.recorded.peek().is_none() && self.figures == [tally.base, tally.bonus, tally.deduction]
    }

    /// References to the figures where they stand.
    pub fn figures(&self) -> [Amount; 3] {
        [0, 1, 2].map(|at| self.same(at))
    }

    fn same(&self, at: usize) -> Amount {
        Amount::found(self.figures[at], format!("{}{}", FIGURES[at], self.row))
    }

    /// 本项计零 comes last.
    pub fn zeroed(&mut self) -> Option<[Amount; 3]> {
        self.take("本项计零").ok().flatten()?;
        self.figures = Three::default();
        Some([0, 1, 2].map(|_| Amount::known(Number::ZERO)))
    }

    /// The recorded step at hand, where it is of this kind; it is used up then.
    fn take(&mut self, word: &str) -> Result<Option<Recorded<'a>>, Inexact> {
        let points = self.points()?;
        Ok(self.recorded.next_if(|(op, before, _)| op.contains(word) && *before == points))
    }

    /// Does one step. `None` where it did nothing and depends on more than the sheet shows.
    pub fn step(&mut self, step: &Step, cycle: Cycle) -> Result<Option<Done>, Inexact> {
        let row = self.row;
        match step {
            Step::CapDeduction { most, per } => self.cap_part(2, "扣分封顶", self.fixed(most, *per, cycle)),
            Step::CapBonus { most, per } => self.cap_part(1, "加分封顶", self.fixed(most, *per, cycle)),
            Step::CapPoints { most, per } => self.bound("得分封顶", self.fixed(most, *per, cycle), Number::min),
            Step::Floor { least, per } => self.bound("不低于", self.fixed(least, *per, cycle), Number::max),
            Step::CapWhen { .. } => self.bound("得分封顶", None, Number::min),
            Step::Multiply(Expr::Number(factor)) => {
                self.take("乘以")?;
                self.multiply(*factor, String::new()).map(Some)
            }
            Step::Multiply(_) | Step::MultiplyWhen { .. } => {
                let Some((_, before, after)) = self.take("乘以")? else { return Ok(None) };
                self.multiply(after.divided_by(*before)?, format!("系数{BY_PROGRAM}")).map(Some)
            }
            Step::Set { .. } => {
                let Some((op, _, after)) = self.take("计为")? else { return Ok(None) };
                let remark = format!("是否适用{BY_PROGRAM}");
                if after.is_zero() {
                    self.figures = Three::default();
                    return Ok(Some((op.clone(), remark, [0, 1, 2].map(|_| Amount::known(Number::ZERO)))));
                }
                self.bring_to(*after).map(|figures| Some((op.clone(), remark, figures)))
            }
            Step::Round { places, rounding } => {
                self.take("保留")?;
                let [base, bonus, deduction] = self.figures;
                let mut tally = Tally { base, bonus, deduction };
                tally.round(*places, *rounding)?;
                self.figures = [tally.base, tally.bonus, tally.deduction];
                let [bonus, deduction, points] =
                    ["E", "F", "G"].map(|column| rounded(&format!("{column}{row}"), *places, *rounding));
                let figures = [
                    Amount::found(tally.base, format!("{points}-{bonus}+{deduction}")),
                    Amount::found(tally.bonus, bonus),
                    Amount::found(tally.deduction, deduction),
                ];
                Ok(Some((format!("保留{places}位小数"), String::new(), figures)))
            }
        }
    }

    /// A limit that the rulebook gives as a number, for the node's own cycle.
    fn fixed(&self, limit: &Expr, per: Cycle, cycle: Cycle) -> Option<Number> {
        match limit {
            _ if per != cycle => None,
            Expr::Number(limit) => Some(*limit),
            Expr::Full(node) => match &self.plan.nodes[node.index()].full {
                Some(Expr::Number(full)) => Some(*full),
                _ => None,
            },
            _ => None,
        }
    }

    /// A cap on the bonus or on the deduction.
    fn cap_part(&mut self, at: usize, word: &str, most: Option<Number>) -> Result<Option<Done>, Inexact> {
        let recorded = self.take(word)?;
        let figure = self.figures[at];
        let (most, text, remark) = match (most, recorded) {
            (Some(most), _) => (most, format!("{word}{most}分"), String::new()),
            (None, Some((op, before, after))) => {
                let cut = after.minus(*before)?.abs();
                (figure.minus(cut)?, op.clone(), format!("本期限额{BY_PROGRAM}"))
            }
            (None, None) => return Ok(None),
        };
        let mut figures = self.figures();
        let value = figure.min(most);
        figures[at] = Amount::found(value, format!("MIN({}{},{})", FIGURES[at], self.row, literal(most)));
        self.figures[at] = value;
        Ok(Some((text, remark, figures)))
    }

    /// A limit on the points: what is cut was bonus, what is added was deduction, and the base takes the rest.
    fn bound(
        &mut self,
        word: &str,
        limit: Option<Number>,
        keep: fn(Number, Number) -> Number,
    ) -> Result<Option<Done>, Inexact> {
        let recorded = self.take(word)?;
        let (limit, text, remark) = match (limit, recorded) {
            (Some(limit), _) => (limit, format!("{word}{limit}分"), String::new()),
            (None, Some((op, _, after))) => (*after, op.clone(), format!("本期限额{BY_PROGRAM}")),
            (None, None) => return Ok(None),
        };
        let (row, bound) = (self.row, literal(limit));
        let points = keep(self.points()?, limit);
        let [base, bonus, deduction] = self.figures;
        let mut tally = Tally { base, bonus, deduction };
        tally.bring_to(points)?;
        self.figures = [tally.base, tally.bonus, tally.deduction];
        let figures = if word == "不低于" {
            [
                Amount::found(tally.base, format!("MAX(D{row},{bound}-E{row})")),
                self.same(1),
                Amount::found(tally.deduction, format!("MIN(F{row},MAX(0,D{row}+E{row}-{bound}))")),
            ]
        } else {
            [
                Amount::found(tally.base, format!("MIN(D{row},{bound}+F{row})")),
                Amount::found(tally.bonus, format!("MIN(E{row},MAX(0,{bound}-D{row}+F{row}))")),
                self.same(2),
            ]
        };
        Ok(Some((text, remark, figures)))
    }

    fn multiply(&mut self, factor: Number, remark: String) -> Result<Done, Inexact> {
        let (row, text) = (self.row, literal(factor));
        let figures = if factor.is_negative() {
            // A bonus below zero would be a deduction: only the net keeps its meaning.
            let base = self.points()?.times(factor)?;
            self.figures = [base, Number::ZERO, Number::ZERO];
            let zero = || Amount::known(Number::ZERO);
            [Amount::found(base, format!("G{row}*{text}")), zero(), zero()]
        } else {
            let mut figures = self.figures();
            for at in 0..3 {
                let value = self.figures[at].times(factor)?;
                self.figures[at] = value;
                figures[at] = Amount::found(value, format!("{}{row}*{text}", FIGURES[at]));
            }
            figures
        };
        Ok((format!("乘以{factor}"), remark, figures))
    }

    /// Points that the program found, whatever they were before.
    fn bring_to(&mut self, points: Number) -> Result<[Amount; 3], Inexact> {
        let [base, bonus, deduction] = self.figures;
        let (row, wanted) = (self.row, literal(points));
        let mut tally = Tally { base, bonus, deduction };
        tally.bring_to(points)?;
        self.figures = [tally.base, tally.bonus, tally.deduction];
        let more_bonus = format!("MIN(E{row},MAX(0,{wanted}-D{row}+F{row}))");
        let more_deduction = format!("MIN(F{row},MAX(0,D{row}+E{row}-{wanted}))");
        let is_lower = format!("{wanted}<D{row}+E{row}-F{row}");
        Ok([
            Amount::found(
                tally.base,
                format!("IF({is_lower},MIN(D{row},{wanted}+F{row}),MAX(D{row},{wanted}-E{row}))"),
            ),
            Amount::found(tally.bonus, format!("IF({is_lower},{more_bonus},E{row})")),
            Amount::found(tally.deduction, format!("IF({is_lower},F{row},{more_deduction})")),
        ])
    }
}

/// A rounding as a formula.
pub fn rounded(what: &str, places: u32, rounding: Rounding) -> String {
    match rounding {
        Rounding::HalfUp => format!("ROUND({what},{places})"),
        // Spreadsheets calculate in binary: 0.29 × 100 is a little less than 29 there, and would lose a whole step.
        Rounding::Down => format!("ROUNDDOWN(ROUND({what},10),{places})"),
        Rounding::Up => format!("ROUNDUP(ROUND({what},10),{places})"),
        // Half to even: where the part cut off is a half, half of the number is rounded and doubled.
        Rounding::HalfEven => {
            let shifted = format!("ROUND(({what})*10^{places},6)");
            format!("IF(ABS({shifted}-TRUNC({shifted}))=0.5,2*ROUND({shifted}/2,0),ROUND({shifted},0))/10^{places}")
        }
    }
}
