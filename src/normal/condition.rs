//! Conditions: in one order, each said once, ranges as two ends.

use super::Normal;
use crate::plan::walk::parts_of_condition;
use crate::plan::*;
use crate::value::Number;

impl Normal<'_> {
    pub(super) fn condition(&self, condition: &mut Condition) {
        parts_of_condition(condition, &mut |part| self.part(part));
        match condition {
            Condition::Compare(..) => self.comparison(condition),
            Condition::Is(_, values) => {
                values.sort_by_key(|value| self.plan.symbols.text(*value));
                values.dedup();
            }
            Condition::Not(inner) => {
                if let Condition::Not(inner) = &mut **inner {
                    *condition = std::mem::replace(inner, Condition::Always);
                }
            }
            Condition::All(list) => {
                let mut all = flat(std::mem::take(list), true);
                all.retain(|part| *part != Condition::Always);
                *condition = match self.sorted(self.ranges(all)) {
                    list if list.is_empty() => Condition::Always,
                    list => one(list, Condition::All),
                };
            }
            Condition::Any(list) => {
                let list = self.sorted(flat(std::mem::take(list), false));
                *condition = match list.contains(&Condition::Always) {
                    true => Condition::Always,
                    false => one(list, Condition::Any),
                };
            }
            _ => {}
        }
    }

    /// Numbers stand on the right, and nothing but the number is multiplied; of whole things both ends belong to a range.
    fn comparison(&self, condition: &mut Condition) {
        let Condition::Compare(left, how, right) = condition else { return };
        if matches!(**left, Expr::Number(_)) && !matches!(**right, Expr::Number(_)) {
            std::mem::swap(left, right);
            *how = how.mirrored();
        }
        let (by, subject) = self.scale(left);
        if by != Number::ONE {
            let mut other = Expr::Divide(Box::new([(**right).clone(), Expr::Number(by)]));
            self.product(&mut other);
            (**left, **right) = (subject, other);
            if by.is_negative() {
                *how = how.mirrored();
            }
        }
        if let (Expr::Number(number), true) = (&mut **right, self.is_whole(left)) {
            let end = match how {
                Comparison::Below => number.ceil().map(|end| Number::from(end).minus(Number::ONE)),
                Comparison::AtMost => number.floor().map(|end| Ok(end.into())),
                Comparison::AtLeast => number.ceil().map(|end| Ok(end.into())),
                Comparison::Above => number.floor().map(|end| Number::from(end).plus(Number::ONE)),
                Comparison::Equal | Comparison::NotEqual => return,
            };
            if let Ok(Ok(end)) = end {
                *number = end;
                *how = match how {
                    Comparison::Below | Comparison::AtMost => Comparison::AtMost,
                    _ => Comparison::AtLeast,
                };
            }
        }
    }

    /// Whether a value is a number of whole things.
    pub(super) fn is_whole(&self, expr: &Expr) -> bool {
        let Expr::Input { input, collect } = expr else { return false };
        let input = &self.plan.inputs[input.index()];
        let fits = |missing: &WhenMissing| match missing {
            WhenMissing::Value(value) => value.is_whole() && !value.is_negative(),
            WhenMissing::Error | WhenMissing::NotAssessed => true,
        };
        matches!(input.quantity, Type::Count(_))
            && *collect != Aggregate::Mean
            && input.versions.is_none()
            && fits(&input.missing)
            && fits(&input.inapplicable)
    }

    /// The least that whole things may be, where they cannot be fewer than none.
    pub(super) fn least(&self, expr: &Expr) -> End {
        let Expr::Input { input, .. } = expr else { return None };
        let least = self.plan.inputs[input.index()].range.0?;
        (self.is_whole(expr) && !least.is_sign_negative()).then_some((Number::ZERO, true))
    }

    /// All comparisons of one expression with numbers as one range.
    fn ranges(&self, list: Vec<Condition>) -> Vec<Condition> {
        let mut ranges: Vec<(Expr, Ends)> = Vec::new();
        let mut rest = Vec::new();
        for condition in list {
            match self.range(&condition) {
                Some((of, range)) => match ranges.iter_mut().find(|(known, _)| known == of) {
                    Some((_, known)) => *known = known.and(range),
                    None => ranges.push((of.clone(), range)),
                },
                None => rest.push(condition),
            }
        }
        rest.extend(ranges.iter().flat_map(|(of, range)| range.conditions(of)));
        rest
    }

    /// The one comparison with a number that a condition is.
    fn range<'c>(&self, condition: &'c Condition) -> Option<(&'c Expr, Ends)> {
        let Condition::Compare(of, how, end) = condition else { return None };
        let Expr::Number(end) = **end else { return None };
        Some((of, Ends::of(*how, end)?))
    }

    /// The range of one expression that alone decides.
    pub(super) fn stretch<'c>(&self, condition: &'c Condition) -> Option<(&'c Expr, Ends)> {
        let Condition::All(list) = condition else { return self.range(condition) };
        let first = self.range(list.first()?)?.0;
        list.iter().try_fold((first, Ends::ALL), |(first, all), part| {
            let (of, range) = self.range(part)?;
            (first == of).then(|| (first, all.and(range)))
        })
    }

    fn sorted(&self, list: Vec<Condition>) -> Vec<Condition> {
        let mut list: Vec<(String, Condition)> = list.into_iter().map(|part| (self.form(&part), part)).collect();
        list.sort_by(|(left, _), (right, _)| left.cmp(right));
        list.dedup_by(|(left, _), (right, _)| left == right);
        list.into_iter().map(|(_, part)| part).collect()
    }
}

/// Whether two conditions never hold both.
pub(super) fn exclude(left: &Condition, right: &Condition) -> bool {
    parts(left).iter().any(|a| parts(right).iter().any(|b| contradict(a, b)))
}

fn contradict(left: &Condition, right: &Condition) -> bool {
    use Comparison::{Above, AtLeast, AtMost, Below, Equal, NotEqual};
    match (left, right) {
        (Condition::Is(a, some), Condition::Is(b, others)) => {
            !some.iter().any(|value| others.contains(value)) && a == b
        }
        (Condition::Compare(a, how, x), Condition::Compare(b, other, y)) if a == b => match (&**x, &**y) {
            (Expr::Number(x), Expr::Number(y)) => {
                let ranges = Ends::of(*how, *x).zip(Ends::of(*other, *y));
                ranges.is_some_and(|(a, b)| a.and(b).is_empty())
            }
            (x, y) => {
                let pairs = [(Below, Above), (Below, AtLeast), (AtMost, Above), (Equal, NotEqual)];
                let strict = [(Below, Equal), (Above, Equal)];
                let all = pairs.iter().chain(&strict);
                all.copied().any(|(a, b)| (*how, *other) == (a, b) || (*how, *other) == (b, a)) && x == y
            }
        },
        (Condition::Not(inner), other) | (other, Condition::Not(inner)) => **inner == *other,
        _ => false,
    }
}

/// 80分及以上且低于90分 below 90分及以上 is 80分及以上: whoever is better has the better grade, or is good enough for this
/// one all the same.
pub(super) fn open_above(grades: &mut [Grade]) {
    for at in 1..grades.len() {
        let (better, rest) = grades.split_at_mut(at);
        let Condition::All(list) = &mut rest[0].condition else { continue };
        let is_reached = |of: &Expr, end: Number, is_in: bool| {
            better.iter().any(|grade| match &grade.condition {
                Condition::Compare(other, Comparison::AtLeast, from) => {
                    **other == *of && matches!(**from, Expr::Number(from) if from <= end)
                }
                Condition::Compare(other, Comparison::Above, from) => {
                    **other == *of && matches!(**from, Expr::Number(from) if from < end || from == end && is_in)
                }
                _ => false,
            })
        };
        list.retain(|part| match part {
            Condition::Compare(of, how @ (Comparison::Below | Comparison::AtMost), end) => {
                let Expr::Number(end) = **end else { return true };
                !is_reached(of, end, *how == Comparison::AtMost)
            }
            _ => true,
        });
        if list.len() == 1 {
            let only = list.remove(0);
            rest[0].condition = only;
        }
    }
}

fn parts(condition: &Condition) -> &[Condition] {
    match condition {
        Condition::All(list) => list,
        one => std::slice::from_ref(one),
    }
}

fn flat(list: Vec<Condition>, all: bool) -> Vec<Condition> {
    let inner = |part: Condition| match part {
        Condition::All(list) if all => list,
        Condition::Any(list) if !all => list,
        other => vec![other],
    };
    list.into_iter().flat_map(inner).collect()
}

fn one(mut list: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    if list.len() == 1 { list.remove(0) } else { several(list) }
}
