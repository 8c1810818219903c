//! What happens to a node's points after its parts are put together: caps, floors, factors, rounding.

use std::collections::BTreeMap;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::unit::{At, Scorer};
use crate::outcome::{Tally, Use};
use crate::plan::{Expr, NodeId, Step};
use crate::value::{Inexact, Number, Rounding};

/// A limit on a figure of the tally over a whole `per`, which may be longer or shorter than the node's own cycle.
struct Running<'a> {
    limit: &'a Expr,
    per: Cycle,
    /// The figure.
    watch: fn(&Tally) -> Result<Number, Inexact>,
    /// What is left of a figure at a limit.
    keep: fn(Number, Number) -> Number,
    /// Brings the figure to what is left.
    put: fn(&mut Tally, Number) -> Result<(), Inexact>,
}

impl<'a> Scorer<'_, 'a> {
    /// Applies one step; `false` where it leaves the node not assessed.
    pub fn step(
        &mut self,
        id: NodeId,
        index: u8,
        step: &'a Step,
        period: PeriodId,
        tally: &mut Tally,
    ) -> Result<bool, Inexact> {
        let at = At::period(period);
        let before = tally.points()?;
        let cycle = self.program.node(id).cycle;
        let name: Box<dyn FnOnce() -> String> = match step {
            Step::CapDeduction { most, per } => {
                let running = Running {
                    limit: most,
                    per: *per,
                    watch: |tally| Ok(tally.deduction),
                    keep: Number::min,
                    put: |tally, left| {
                        tally.deduction = left;
                        Ok(())
                    },
                };
                let Some(most) = self.run((id, index, period), running, tally)? else { return Ok(true) };
                Box::new(move || format!("扣分封顶{}{}分", longer(*per, cycle), most.spoken()))
            }
            Step::CapBonus { most, per } => {
                let running = Running {
                    limit: most,
                    per: *per,
                    watch: |tally| Ok(tally.bonus),
                    keep: Number::min,
                    put: |tally, left| {
                        tally.bonus = left;
                        Ok(())
                    },
                };
                let Some(most) = self.run((id, index, period), running, tally)? else { return Ok(true) };
                Box::new(move || format!("加分封顶{}{}分", longer(*per, cycle), most.spoken()))
            }
            Step::CapPoints { most, per } => {
                let running =
                    Running { limit: most, per: *per, watch: Tally::points, keep: Number::min, put: Tally::bring_to };
                let Some(most) = self.run((id, index, period), running, tally)? else { return Ok(true) };
                Box::new(move || format!("得分封顶{}{}分", longer(*per, cycle), most.spoken()))
            }
            Step::Floor { least, per } => {
                let running =
                    Running { limit: least, per: *per, watch: Tally::points, keep: Number::max, put: Tally::bring_to };
                let Some(least) = self.run((id, index, period), running, tally)? else { return Ok(true) };
                Box::new(move || format!("{}不低于{}分", longer(*per, cycle), least.spoken()))
            }
            Step::Multiply(factor) => {
                let Some(factor) = self.number(factor, at)? else { return Ok(false) };
                *tally = tally.scaled(factor)?;
                Box::new(move || format!("乘以{}", factor.spoken()))
            }
            Step::Set { when, points } => {
                if !self.holds(when, at)? {
                    return Ok(true);
                }
                let Some(points) = self.number(points, at)? else { return Ok(false) };
                if points.is_zero() {
                    *tally = Tally::default();
                } else {
                    tally.bring_to(points)?;
                }
                Box::new(move || format!("计为{}分", points.spoken()))
            }
            Step::MultiplyWhen { when, factor } => {
                if !self.holds(when, at)? {
                    return Ok(true);
                }
                let Some(factor) = self.number(factor, at)? else { return Ok(false) };
                *tally = tally.scaled(factor)?;
                Box::new(move || format!("乘以{}", factor.spoken()))
            }
            Step::CapWhen { when, most } => {
                if !self.holds(when, at)? {
                    return Ok(true);
                }
                let Some(most) = self.number(most, at)? else { return Ok(true) };
                if before > most {
                    tally.bring_to(most)?;
                }
                Box::new(move || format!("得分封顶{}分", most.spoken()))
            }
            Step::Round { places, rounding } => {
                tally.round(*places, *rounding)?;
                let (places, rounding) = (*places, *rounding);
                Box::new(move || format!("保留{places}位小数，{}", rounding_word(rounding)))
            }
        };
        let after = tally.points()?;
        if before != after {
            self.see(|| Use::Step { node: id, index: index.into() });
        }
        self.trace_step(id, period, name, before, after);
        Ok(true)
    }

    /// Gives a period what a limit leaves it, and says the limit itself; `None` where there is none.
    fn run(
        &mut self,
        (id, index, period): (NodeId, u8, PeriodId),
        Running { limit, per, watch, keep, put }: Running<'a>,
        tally: &mut Tally,
    ) -> Result<Option<Number>, Inexact> {
        let here = watch(tally)?;
        let mut earlier_sum = None;
        if per > self.program.cycle(period) {
            self.before_step.insert((id, index, period), *tally);
            for earlier in self.earlier_in(per, period) {
                if !self.is_on_roster(earlier) {
                    continue;
                }
                self.node(id, earlier);
                // A limit that came into force inside the year counts from then on.
                if self.number(limit, At::period(earlier))?.is_none() {
                    continue;
                }
                if let Some(tally) = self.before_step.get(&(id, index, earlier)) {
                    let sum: Number = earlier_sum.unwrap_or_default();
                    earlier_sum = Some(sum.plus(watch(tally)?)?);
                }
            }
        }
        let Some(limit) = self.number(limit, At::period(period))? else { return Ok(None) };
        let shorter = per < self.program.cycle(period);
        let granted = match earlier_sum {
            // 加分封顶 每月3分 of a year: what is left of each month, and no more than is left of all.
            None if shorter => {
                let mut left = Number::ZERO;
                for part in self.by_cycle(id, period, per)?.values() {
                    left = left.plus(keep(watch(part)?, limit))?;
                }
                keep(here, left)
            }
            None => keep(here, limit),
            Some(sum) => keep(sum.plus(here)?, limit).minus(keep(sum, limit))?,
        };
        if granted != here {
            put(tally, granted)?;
        }
        Ok(Some(limit))
    }

    /// What the rows at or below a node come to, by the periods of a shorter cycle that they are about.
    fn by_cycle(&mut self, id: NodeId, period: PeriodId, per: Cycle) -> Result<BTreeMap<PeriodId, Tally>, Inexact> {
        let program = self.program;
        let mut parts: BTreeMap<PeriodId, Tally> = BTreeMap::new();
        let mut nodes = vec![id];
        while let Some(id) = nodes.pop() {
            let node = program.node(id);
            if !self.applies_here(id, period)? {
                continue;
            }
            nodes.extend(&node.children);
            for rule in &node.rules {
                let (begin, end) = self.rule(*rule, period).drafts;
                for index in begin as usize..end as usize {
                    let draft = &self.drafts[index];
                    let Some(row) = draft.fact.filter(|_| draft.counted) else { continue };
                    let points = draft.points;
                    let about = program.around(self.fact(row).period(), per);
                    parts.entry(about).or_insert(Tally::NOTHING).add_points(points)?;
                }
            }
        }
        Ok(parts)
    }

    pub fn trace_step(
        &mut self,
        id: NodeId,
        period: PeriodId,
        name: impl FnOnce() -> String,
        before: Number,
        after: Number,
    ) {
        if self.program.traced && before != after {
            self.steps.entry((id, period)).or_default().push((name(), before, after));
        }
    }
}

/// Named where the limit runs longer or shorter than the node's own cycle.
fn longer(per: Cycle, cycle: Cycle) -> String {
    if per != cycle { per.every() } else { String::new() }
}

fn rounding_word(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::HalfUp => "四舍五入",
        Rounding::Down => "只舍不入",
        Rounding::Up => "只入不舍",
        Rounding::HalfEven => "四舍六入五成双",
    }
}
