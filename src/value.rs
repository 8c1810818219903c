//! Exact numbers: decimals, fractions where a quotient does not end, and the only place that rounds.

use std::cmp::Ordering;
use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use rust_decimal::{Decimal, RoundingStrategy};

/// An exact number: `numerator ÷ denominator`.
///
/// A plain decimal has the denominator 1.
/// A quotient that ends is stored as a plain decimal, so that equal numbers print alike.
#[derive(Clone, Copy, Debug, BorshSerialize, BorshDeserialize)]
pub struct Number {
    numerator: Decimal,
    /// Always positive.
    denominator: Decimal,
}

/// A result left the range of exact arithmetic (28 significant digits), or a divisor was zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inexact {
    /// More digits than a decimal holds.
    Overflow,
    /// Division by zero: `check` makes every rulebook say what it means, so this is a finding.
    DividedByZero,
}

/// How digits beyond the declared places are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, BorshSerialize, BorshDeserialize)]
pub enum Rounding {
    /// 四舍五入
    HalfUp,
    /// 只舍不入, towards zero
    Down,
    /// 只入不舍, away from zero
    Up,
    /// 四舍六入五成双
    HalfEven,
}

impl Rounding {
    fn strategy(self) -> RoundingStrategy {
        match self {
            Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Rounding::Down => RoundingStrategy::ToZero,
            Rounding::Up => RoundingStrategy::AwayFromZero,
            Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
        }
    }
}

impl Number {
    /// 0
    pub const ZERO: Number = Number { numerator: Decimal::ZERO, denominator: Decimal::ONE };
    /// 1
    pub const ONE: Number = Number { numerator: Decimal::ONE, denominator: Decimal::ONE };

    /// A whole number.
    pub fn whole(value: i64) -> Number {
        Number::from(Decimal::from(value))
    }

    /// Whether the number is a plain decimal; cheaper than comparing the denominator.
    #[inline]
    fn is_plain(&self) -> bool {
        self.denominator.mantissa() == 1 && self.denominator.scale() == 0
    }

    /// The decimal itself where the number ends, `None` for a fraction like 2/3.
    pub fn decimal(self) -> Option<Decimal> {
        self.is_plain().then_some(self.numerator)
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.numerator.is_zero()
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.numerator.is_sign_negative() && !self.numerator.is_zero()
    }

    /// Whether it is above zero.
    pub fn is_positive(self) -> bool {
        self.numerator.is_sign_positive() && !self.numerator.is_zero()
    }

    /// Whether the number has no part behind the decimal point.
    pub fn is_whole(self) -> bool {
        self.is_plain() && self.numerator.fract().is_zero()
    }

    /// With the other sign.
    pub fn negated(self) -> Number {
        Number { numerator: -self.numerator, denominator: self.denominator }
    }

    /// Without its sign.
    pub fn abs(self) -> Number {
        Number { numerator: self.numerator.abs(), denominator: self.denominator }
    }

    /// The exact sum, where digits allow.
    pub fn plus(self, other: Number) -> Result<Number, Inexact> {
        if self.is_plain() && other.is_plain() {
            return add(self.numerator, other.numerator).map(Number::from);
        }
        if self.denominator == other.denominator {
            let numerator = self.numerator.checked_add(other.numerator).ok_or(Inexact::Overflow)?;
            return Number::fraction(numerator, self.denominator);
        }
        let left = multiply(self.numerator, other.denominator)?;
        let right = multiply(other.numerator, self.denominator)?;
        let numerator = left.checked_add(right).ok_or(Inexact::Overflow)?;
        Number::fraction(numerator, multiply(self.denominator, other.denominator)?)
    }

    /// The exact difference, where digits allow.
    pub fn minus(self, other: Number) -> Result<Number, Inexact> {
        self.plus(other.negated())
    }

    /// The exact product, where digits allow.
    pub fn times(self, other: Number) -> Result<Number, Inexact> {
        let numerator = multiply(self.numerator, other.numerator)?;
        if self.is_plain() && other.is_plain() {
            return Ok(Number::from(numerator));
        }
        Number::fraction(numerator, multiply(self.denominator, other.denominator)?)
    }

    /// The exact quotient, where digits allow; a divisor of zero is an error.
    pub fn divided_by(self, other: Number) -> Result<Number, Inexact> {
        if other.is_zero() {
            return Err(Inexact::DividedByZero);
        }
        if other.is_plain() && other.numerator == Decimal::ONE {
            return Ok(self);
        }
        let numerator = multiply(self.numerator, other.denominator)?;
        let denominator = multiply(self.denominator, other.numerator)?;
        Number::fraction(numerator, denominator)
    }

    /// `numerator ÷ denominator` in lowest terms, as a plain decimal where the quotient ends.
    fn fraction(numerator: Decimal, denominator: Decimal) -> Result<Number, Inexact> {
        let scale = numerator.scale().max(denominator.scale());
        let mut top = whole_at(numerator, scale)?;
        let mut bottom = whole_at(denominator, scale)?;
        if bottom < 0 {
            (top, bottom) = (-top, -bottom);
        }
        let divisor = greatest_common_divisor(top.unsigned_abs(), bottom.unsigned_abs()).max(1) as i128;
        (top, bottom) = (top / divisor, bottom / divisor);
        if let Some(ended) = ending_quotient(top, bottom) {
            return Ok(Number::from(ended));
        }
        let numerator = Decimal::try_from_i128_with_scale(top, 0).map_err(|_| Inexact::Overflow)?;
        let denominator = Decimal::try_from_i128_with_scale(bottom, 0).map_err(|_| Inexact::Overflow)?;
        Ok(Number { numerator, denominator })
    }

    /// The number with at most `places` digits behind the point.
    pub fn rounded(self, places: u32, rounding: Rounding) -> Result<Number, Inexact> {
        if let Some(value) = self.decimal() {
            return Ok(Number::from(value.round_dp_with_strategy(places, rounding.strategy())));
        }
        // Round the exact quotient once: compare the remainder with half a unit by cross-multiplication.
        let unit = Decimal::new(1, places);
        let whole = self.divided_by(Number::from(unit))?;
        let floor = whole.floor()?;
        let rest = whole.minus(Number::from(floor))?;
        let up = match rounding {
            Rounding::Up => !whole.is_negative(),
            Rounding::Down => whole.is_negative(),
            Rounding::HalfUp | Rounding::HalfEven => match rest.cmp(&Number::from(Decimal::new(5, 1))) {
                Ordering::Greater => true,
                Ordering::Less => false,
                // A quotient that stops at a half ends, so it was a plain decimal above.
                Ordering::Equal => true,
            },
        };
        let steps = if up { floor.checked_add(Decimal::ONE).ok_or(Inexact::Overflow)? } else { floor };
        Ok(Number::from(multiply(steps, unit)?))
    }

    /// The greatest whole number that is not above this one.
    pub fn floor(self) -> Result<Decimal, Inexact> {
        if let Some(value) = self.decimal() {
            return Ok(value.floor());
        }
        let top = whole_at(self.numerator, self.numerator.scale())?;
        let bottom = whole_at(self.denominator, self.denominator.scale())?;
        Decimal::try_from_i128_with_scale(top.div_euclid(bottom), 0).map_err(|_| Inexact::Overflow)
    }

    /// The least whole number that is not below this one.
    pub fn ceil(self) -> Result<Decimal, Inexact> {
        Ok(-self.negated().floor()?)
    }

    /// As people read it: what does not end is given to four places, and said to be: `约17.8667`.
    pub fn spoken(self) -> String {
        match (self.decimal(), self.rounded(4, Rounding::HalfUp)) {
            (None, Ok(rounded)) => format!("约{rounded}"),
            _ => self.to_string(),
        }
    }

    /// The square root to 20 significant digits; only for a measure with a declared 保留.
    pub fn square_root(self) -> Result<Number, Inexact> {
        use rust_decimal::MathematicalOps;
        let value = self.numerator.checked_div(self.denominator).ok_or(Inexact::Overflow)?;
        let root = value.sqrt().ok_or(Inexact::Overflow)?;
        Ok(Number::from(root.round_sf(20).unwrap_or(root)))
    }
}

fn add(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    // Points have few digits, and mostly as many behind the point: such sums need none of the care for 96 bits.
    if left.scale() == right.scale()
        && let (Ok(left_digits), Ok(right_digits)) = (i64::try_from(left.mantissa()), i64::try_from(right.mantissa()))
        && let Some(sum) = left_digits.checked_add(right_digits)
    {
        return Ok(Decimal::new(sum, left.scale()));
    }
    left.checked_add(right).ok_or(Inexact::Overflow)
}

fn multiply(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    let product = left.checked_mul(right).ok_or(Inexact::Overflow)?;
    // `checked_mul` rounds where the scales add up to more than 28: such a product is not exact.
    if left.scale() + right.scale() > 28 && product.scale() < left.normalize().scale() + right.normalize().scale() {
        return Err(Inexact::Overflow);
    }
    Ok(product)
}

/// `value × 10^scale` as a whole number.
fn whole_at(value: Decimal, scale: u32) -> Result<i128, Inexact> {
    let factor = 10i128.checked_pow(scale - value.scale().min(scale)).ok_or(Inexact::Overflow)?;
    value.mantissa().checked_mul(factor).ok_or(Inexact::Overflow)
}

fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        if let (Ok(mut a), Ok(mut b)) = (u64::try_from(left), u64::try_from(right)) {
            while b != 0 {
                (a, b) = (b, a % b);
            }
            return a as u128;
        }
        (left, right) = (right, left % right);
    }
    left
}

/// `top ÷ bottom`, in lowest terms, where the decimal expansion ends within a decimal's digits.
fn ending_quotient(top: i128, bottom: i128) -> Option<Decimal> {
    let (mut rest, mut twos, mut fives) = (bottom, 0u32, 0u32);
    while rest % 2 == 0 {
        rest /= 2;
        twos += 1;
    }
    while rest % 5 == 0 {
        rest /= 5;
        fives += 1;
    }
    if rest != 1 {
        return None;
    }
    let scale = twos.max(fives);
    let factor = 10i128.checked_pow(scale)? / bottom;
    Decimal::try_from_i128_with_scale(top.checked_mul(factor)?, scale).ok()
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Number {
        Number { numerator: value, denominator: Decimal::ONE }
    }
}

impl Default for Number {
    fn default() -> Number {
        Number::ZERO
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        if (self.is_plain() && other.is_plain()) || self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        match (self.numerator.checked_mul(other.denominator), other.numerator.checked_mul(self.denominator)) {
            (Some(left), Some(right)) => left.cmp(&right),
            // Too large to cross-multiply: compare whole parts, then the reciprocals of the rests.
            _ => {
                let (left, right) = (self.floor(), other.floor());
                match (left, right) {
                    (Ok(left), Ok(right)) if left != right => left.cmp(&right),
                    _ => (self.numerator / self.denominator).cmp(&(other.numerator / other.denominator)),
                }
            }
        }
    }
}

/// The canonical form: no trailing zeros, no minus zero; a fraction as `2/3`.
impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numerator = self.numerator.normalize();
        let text = if numerator.is_zero() { "0".to_owned() } else { numerator.to_string() };
        if self.is_plain() {
            formatter.pad(&text)
        } else {
            formatter.pad(&format!("{text}/{}", self.denominator.normalize()))
        }
    }
}

impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::from(text.parse::<Decimal>().unwrap())
    }

    #[test]
    fn a_quotient_that_ends_is_a_decimal() {
        assert_eq!(number("1").divided_by(number("8")).unwrap().to_string(), "0.125");
        assert_eq!(number("2").divided_by(number("3")).unwrap().to_string(), "2/3");
        assert_eq!(number("-0").to_string(), "0");
    }

    #[test]
    fn rounding_a_fraction_looks_at_the_exact_rest() {
        let third = number("2").divided_by(number("3")).unwrap();
        assert_eq!(third.rounded(2, Rounding::HalfUp).unwrap().to_string(), "0.67");
        assert_eq!(third.rounded(2, Rounding::Down).unwrap().to_string(), "0.66");
        assert_eq!(third.negated().rounded(2, Rounding::Down).unwrap().to_string(), "-0.66");
        assert_eq!(third.negated().rounded(2, Rounding::HalfUp).unwrap().to_string(), "-0.67");
        assert_eq!(third.negated().rounded(0, Rounding::Up).unwrap().to_string(), "-1");
    }

    proptest! {
        #[test]
        fn dividing_and_multiplying_back_is_exact(a in -1_000_000i64..1_000_000, b in 1i64..100_000) {
            let quotient = Number::whole(a).divided_by(Number::whole(b)).unwrap();
            prop_assert_eq!(quotient.times(Number::whole(b)).unwrap(), Number::whole(a));
        }

        #[test]
        fn order_agrees_with_cross_multiplication(a in -9999i64..9999, b in 1i64..999, c in -9999i64..9999, d in 1i64..999) {
            let left = Number::whole(a).divided_by(Number::whole(b)).unwrap();
            let right = Number::whole(c).divided_by(Number::whole(d)).unwrap();
            prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
        }
    }
}
