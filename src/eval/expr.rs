//! Evaluates an expression for one unit in one period.

use chrono::NaiveDate;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::memo::Known;
use crate::eval::peers::{Demand, group_of};
use crate::eval::problem::ProblemKind;
use crate::eval::unit::{At, Scorer};
use crate::facts::Cell;
use crate::plan::{Aggregate, Expr, MeasureId, PeerId, RankingId, SymbolId};
use crate::value::{Inexact, Number};

/// What an expression comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Number(Number),
    Date(NaiveDate),
    Text(SymbolId),
    /// 不作考评, not reported or not applicable.
    NotAssessed,
}

impl Value {
    pub fn number(self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(number),
            Value::Date(_) | Value::Text(_) | Value::NotAssessed => None,
        }
    }

    pub fn is_assessed(self) -> bool {
        self != Value::NotAssessed
    }
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Value {
        match cell {
            Cell::Empty => Value::NotAssessed,
            Cell::Number(number) => Value::Number(number.into()),
            Cell::Text(text) => Value::Text(text),
            Cell::Date(date) => Value::Date(date),
        }
    }
}

impl From<Option<Number>> for Value {
    fn from(number: Option<Number>) -> Value {
        number.map_or(Value::NotAssessed, Value::Number)
    }
}

pub(super) type Evaluated = Result<Value, Inexact>;

impl<'p, 'a> Scorer<'p, 'a> {
    pub fn eval(&mut self, expr: &'a Expr, at: At) -> Evaluated {
        Ok(match expr {
            Expr::Number(number) => Value::Number(*number),
            Expr::Date(date) => Value::Date(*date),
            Expr::Text(text) => Value::Text(*text),
            Expr::Input { input, collect } => self.input(*input, *collect, at)?,
            Expr::Rows(rows) => self.rows(rows, at)?,
            Expr::Row(field) => self.row_field(*field, at),
            Expr::Attribute(id) => self.roster().attributes.get(id.index()).map_or(Value::NotAssessed, |c| (*c).into()),
            Expr::Parameter(input) => self.parameter(*input, at.period)?,
            Expr::Measure(measure) => self.measure(*measure, at)?,
            Expr::Node(node) => self.points_of(*node, at.period)?,
            Expr::Full(node) => match &self.program.node(*node).full {
                Some(full) => self.eval(full, at)?,
                None => Value::NotAssessed,
            },
            Expr::Total => self.total(at.period)?,
            Expr::Add(pair) => self.add(expr, pair, at)?,
            Expr::Subtract(pair) => self.subtract(expr, pair, at)?,
            Expr::Multiply(pair) => self.arithmetic(pair, at, Number::times)?,
            Expr::Divide(pair) => self.arithmetic(pair, at, Number::divided_by)?,
            Expr::Negate(inner) => self.map(inner, at, |number| Ok(number.negated()))?,
            Expr::Of(aggregate, list) => {
                let mut values = Vec::with_capacity(list.len());
                for inner in list {
                    values.push(self.eval(inner, at)?);
                }
                self.see_bound(list, &values);
                let lacks = values.iter().any(|value| value.number().is_none());
                match aggregate {
                    // The lesser of a number and of what is not assessed is neither: 以100%为限 makes no 100% of nothing.
                    Aggregate::Least | Aggregate::Greatest if lacks => Value::NotAssessed,
                    _ => collect(*aggregate, values.into_iter().filter_map(Value::number))?,
                }
            }
            Expr::Absolute(inner) => self.map(inner, at, |number| Ok(number.abs()))?,
            Expr::Root(inner) => self.map(inner, at, Number::square_root)?,
            Expr::Round { expr, places, rounding } => {
                self.map(expr, at, |number| number.rounded(*places, *rounding))?
            }
            Expr::Steps { amount, step, part } => match (self.eval(amount, at)?, self.eval(step, at)?) {
                (Value::Number(amount), Value::Number(step)) => Value::Number(part.steps(amount, step)?),
                _ => Value::NotAssessed,
            },
            Expr::Case { arms, otherwise } => {
                for (index, (condition, value)) in arms.iter().enumerate() {
                    if self.holds(condition, at)? {
                        self.see_arm(arms, index);
                        return self.eval(value, at);
                    }
                }
                self.see_arm(arms, arms.len());
                self.eval(otherwise, at)?
            }
            Expr::Assessed { expr, otherwise } => match self.eval(expr, at)? {
                Value::NotAssessed => self.eval(otherwise, at)?,
                value => value,
            },
            Expr::Escalation { tiers, per, by } => self.escalation(tiers, *per, *by, at)?,
            Expr::Peer(peer) => self.peer(*peer, at.period),
            Expr::Rank(ranking) => self.rank(*ranking, at.period),
            Expr::RankFromLast(ranking) => self.rank_from_last(*ranking, at.period),
            Expr::Earlier { back, cycle, expr, name, otherwise } => {
                self.earlier(*back, *cycle, expr, name, otherwise.as_deref(), at)?
            }
            Expr::Past { name, cycle, aggregate, otherwise } => {
                self.past(name, *cycle, *aggregate, otherwise.as_deref(), at)?
            }
            Expr::Over { cycle, aggregate, expr, only } => {
                let mut values = Vec::new();
                for period in self.gathered_periods(*cycle, *aggregate, expr, *only, at) {
                    values.extend(self.eval(expr, at.moved(period))?.number());
                }
                collect(*aggregate, values.into_iter())?
            }
            Expr::CountPeriods { cycle, condition, tallied } => {
                let mut count = 0;
                for period in self.counted_periods(at.period, *cycle, *tallied) {
                    count += i64::from(self.holds(condition, at.moved(period))?);
                }
                Value::Number(Number::whole(count))
            }
            Expr::Months { on_roster } => Value::Number(Number::whole(if *on_roster {
                self.months_on_roster(at.period).map_or(0, |(first, last)| i64::from(last.since(first)) + 1)
            } else {
                i64::from(self.program.plan.calendar.period(at.period).months())
            })),
            Expr::NotAssessed => Value::NotAssessed,
        })
    }

    /// The periods whose values [`Expr::Over`] makes one of.
    pub fn gathered_periods(
        &mut self,
        cycle: Cycle,
        aggregate: Aggregate,
        expr: &Expr,
        only: Option<u32>,
        at: At,
    ) -> Vec<PeriodId> {
        let program = self.program;
        let mut periods = match aggregate == Aggregate::Sum && program.plan.is_of_all(expr) {
            true => program.within(at.period, cycle).filter(|id| program.has_facts(*id)).collect(),
            false => self.sub_periods(at.period, cycle),
        };
        periods.retain(|id| only.is_none_or(|number| program.plan.calendar.period(*id).number() == number));
        periods
    }

    /// A number, where the expression comes to one.
    pub fn number(&mut self, expr: &'a Expr, at: At) -> Result<Option<Number>, Inexact> {
        Ok(self.eval(expr, at)?.number())
    }

    fn map(&mut self, expr: &'a Expr, at: At, change: impl Fn(Number) -> Result<Number, Inexact>) -> Evaluated {
        Ok(match self.eval(expr, at)? {
            Value::Number(number) => Value::Number(change(number)?),
            Value::Date(_) | Value::Text(_) | Value::NotAssessed => Value::NotAssessed,
        })
    }

    /// Both sides are always looked at, so that everything that is missing is found at once.
    fn arithmetic(
        &mut self,
        pair: &'a [Expr; 2],
        at: At,
        operation: impl Fn(Number, Number) -> Result<Number, Inexact>,
    ) -> Evaluated {
        Ok(match (self.eval(&pair[0], at)?, self.eval(&pair[1], at)?) {
            (Value::Number(left), Value::Number(right)) => Value::Number(operation(left, right)?),
            _ => Value::NotAssessed,
        })
    }

    fn add(&mut self, expr: &Expr, pair: &'a [Expr; 2], at: At) -> Evaluated {
        Ok(match (self.eval(&pair[0], at)?, self.eval(&pair[1], at)?) {
            (Value::Number(left), Value::Number(right)) => Value::Number(left.plus(right)?),
            (Value::Date(date), Value::Number(days)) | (Value::Number(days), Value::Date(date)) => shifted(date, days),
            (Value::Number(value), Value::NotAssessed) | (Value::NotAssessed, Value::Number(value))
                if is_sum_over_nodes(expr) =>
            {
                Value::Number(value)
            }
            _ => Value::NotAssessed,
        })
    }

    fn subtract(&mut self, expr: &Expr, pair: &'a [Expr; 2], at: At) -> Evaluated {
        Ok(match (self.eval(&pair[0], at)?, self.eval(&pair[1], at)?) {
            (Value::Number(left), Value::Number(right)) => Value::Number(left.minus(right)?),
            (Value::Date(left), Value::Date(right)) => Value::Number(Number::whole((left - right).num_days())),
            (Value::Date(date), Value::Number(days)) => shifted(date, days.negated()),
            (Value::Number(left), Value::NotAssessed) if is_sum_over_nodes(expr) => Value::Number(left),
            (Value::NotAssessed, Value::Number(right)) if is_sum_over_nodes(expr) => Value::Number(right.negated()),
            _ => Value::NotAssessed,
        })
    }

    /// A measure for its own cycle around the current period; for a longer period, over all of it.
    pub fn measure(&mut self, id: MeasureId, at: At) -> Evaluated {
        let program = self.program;
        let measure = &program.plan.measures[id.index()];
        let period = match program.cycle(at.period) < measure.cycle {
            true => program.around(at.period, measure.cycle),
            false => at.period,
        };
        let slot = self.slot(id.index(), period);
        match self.measures.ask(slot) {
            Known::Done(value) => return Ok(value),
            Known::Busy => {
                self.complain(ProblemKind::Circular(measure.name.clone()));
                return Ok(Value::NotAssessed);
            }
            Known::New => {}
        }
        match self.eval(&measure.expr, At { period, row: None, rule: at.rule }) {
            Ok(value) => {
                self.measures.set(slot, value);
                Ok(value)
            }
            Err(fault) => {
                self.measures.forget(slot);
                Err(fault)
            }
        }
    }

    pub fn peer(&mut self, peer: PeerId, period: PeriodId) -> Value {
        match self.board.peer(peer, period) {
            Some(column) => column.of(self.unit, self.program).into(),
            None => {
                self.demands.push(Demand::Peer(peer, period));
                Value::NotAssessed
            }
        }
    }

    fn rank(&mut self, ranking: RankingId, period: PeriodId) -> Value {
        let unit = self.unit;
        self.ranks(ranking, period).and_then(|ranks| ranks[unit]).map(|rank| Number::whole(rank.into())).into()
    }

    /// As places are counted from the top, among those of the same group: equals share the place of the lowest. Where
    /// all share one place, whether anybody is last is the rulebook's to say.
    fn rank_from_last(&mut self, ranking: RankingId, period: PeriodId) -> Value {
        let (program, unit) = (self.program, self.unit);
        let Some(ranks) = self.ranks(ranking, period) else { return Value::NotAssessed };
        let Some(own) = ranks[unit] else { return Value::NotAssessed };
        let grouped = program.plan.rankings[ranking.index()].grouped;
        let group = |unit: usize| if grouped { group_of(program, unit) } else { None };
        let own_group = group(unit);
        let mut others = ranks.iter().enumerate().filter(|(other, _)| group(*other) == own_group);
        let tied_last = program.plan.rankings[ranking.index()].tied_last.unwrap_or(true);
        if !tied_last && !others.clone().any(|(_, rank)| rank.is_some_and(|rank| rank < own)) {
            return Value::NotAssessed;
        }
        let below = others.by_ref().filter(|(_, rank)| rank.is_some_and(|rank| rank > own));
        Value::Number(Number::whole(below.count() as i64 + 1))
    }

    /// The places of all units; where they are not known yet they are asked for.
    fn ranks(&mut self, ranking: RankingId, period: PeriodId) -> Option<&'p Vec<Option<u32>>> {
        let cycle = self.program.plan.rankings[ranking.index()].cycle;
        let period = if self.program.cycle(period) < cycle { self.program.around(period, cycle) } else { period };
        match self.board.ranks(ranking, period) {
            Some(ranks) => Some(ranks),
            None => {
                self.demands.push(Demand::Ranking(ranking, period));
                None
            }
        }
    }
}

fn shifted(date: NaiveDate, days: Number) -> Value {
    use rust_decimal::prelude::ToPrimitive;
    let days = days.floor().ok().and_then(|days| days.to_i64()).and_then(chrono::Duration::try_days);
    days.and_then(|days| date.checked_add_signed(days)).map_or(Value::NotAssessed, Value::Date)
}

/// A sum of nodes passes over those that are not assessed.
fn is_sum_over_nodes(expr: &Expr) -> bool {
    match expr {
        Expr::Node(_) => true,
        Expr::Add(pair) | Expr::Subtract(pair) => pair.iter().all(is_sum_over_nodes),
        Expr::Multiply(pair) => pair.iter().any(is_sum_over_nodes),
        Expr::Divide(pair) => is_sum_over_nodes(&pair[0]),
        Expr::Negate(inner) => is_sum_over_nodes(inner),
        _ => false,
    }
}

/// Brings many values to one, one by one. Nothing adds up to zero, but has no mean and no greatest.
pub(super) struct Collector {
    aggregate: Aggregate,
    count: i64,
    /// The sum, the greatest, the least or the last.
    so_far: Option<Number>,
}

impl Collector {
    pub fn new(aggregate: Aggregate) -> Collector {
        Collector { aggregate, count: 0, so_far: None }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn push(&mut self, value: Number) -> Result<(), Inexact> {
        self.count += 1;
        self.so_far = Some(match (self.aggregate, self.so_far) {
            (Aggregate::Sum | Aggregate::Mean, Some(sum)) => sum.plus(value)?,
            (Aggregate::Greatest, Some(best)) => best.max(value),
            (Aggregate::Least, Some(best)) => best.min(value),
            _ => value,
        });
        Ok(())
    }

    pub fn finish(self) -> Evaluated {
        let count = Number::whole(self.count);
        Ok(match (self.aggregate, self.so_far) {
            (Aggregate::Sum, sum) => Value::Number(sum.unwrap_or_default()),
            (Aggregate::Mean, Some(sum)) => Value::Number(sum.divided_by(count)?),
            (Aggregate::Count | Aggregate::People | Aggregate::Matters, _) => Value::Number(count),
            (_, found) => found.into(),
        })
    }
}

/// Brings many values to one.
pub(super) fn collect(aggregate: Aggregate, mut values: impl Iterator<Item = Number>) -> Evaluated {
    let mut collector = Collector::new(aggregate);
    values.try_for_each(|value| collector.push(value))?;
    collector.finish()
}

pub(super) fn sum(values: &[Number]) -> Result<Number, Inexact> {
    values.iter().try_fold(Number::ZERO, |sum, value| sum.plus(*value))
}
