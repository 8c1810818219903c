//! Products and quotients: one number, then what it is multiplied by, then what it is divided by.

use super::Normal;
use crate::plan::Expr;
use crate::value::Number;

/// What a product is made of.
struct Factors {
    number: Number,
    above: Vec<Expr>,
    below: Vec<Expr>,
}

impl Normal<'_> {
    pub(super) fn product(&self, expr: &mut Expr) {
        let mut factors = Factors { number: Number::ONE, above: Vec::new(), below: Vec::new() };
        if factors.gather(expr, false).is_none() {
            return;
        }
        factors.above.sort_by_cached_key(|factor| self.form(factor));
        factors.below.sort_by_cached_key(|factor| self.form(factor));
        *expr = factors.expr();
    }

    /// The number that an expression is so many times of, and what it is of; 1 where it is no product.
    pub(super) fn scale(&self, expr: &Expr) -> (Number, Expr) {
        let mut factors = Factors { number: Number::ONE, above: Vec::new(), below: Vec::new() };
        if factors.gather(expr, false).is_none() || factors.above.is_empty() || factors.number.is_zero() {
            return (Number::ONE, expr.clone());
        }
        let number = std::mem::replace(&mut factors.number, Number::ONE);
        (number, factors.expr())
    }
}

impl Factors {
    /// `None` where digits do not allow.
    fn gather(&mut self, expr: &Expr, is_below: bool) -> Option<()> {
        match expr {
            Expr::Number(number) if !is_below => self.number = self.number.times(*number).ok()?,
            Expr::Number(number) if !number.is_zero() => self.number = self.number.divided_by(*number).ok()?,
            Expr::Negate(inner) => {
                self.number = self.number.negated();
                self.gather(inner, is_below)?;
            }
            Expr::Multiply(pair) => pair.iter().try_for_each(|factor| self.gather(factor, is_below))?,
            // Below the line a quotient hides what must not be zero, unless that is a number.
            Expr::Divide(pair) if !is_below || matches!(&pair[1], Expr::Number(by) if !by.is_zero()) => {
                self.gather(&pair[0], is_below)?;
                self.gather(&pair[1], !is_below)?;
            }
            other if is_below => self.below.push(other.clone()),
            other => self.above.push(other.clone()),
        }
        Some(())
    }

    fn expr(self) -> Expr {
        let is_one = self.number == Number::ONE && !self.above.is_empty();
        let number = (!is_one).then_some(Expr::Number(self.number));
        let above = number.into_iter().chain(self.above);
        let above = above.reduce(|left, right| Expr::Multiply(Box::new([left, right])));
        let above = above.unwrap_or(Expr::Number(Number::ONE));
        self.below.into_iter().fold(above, |left, right| Expr::Divide(Box::new([left, right])))
    }
}
