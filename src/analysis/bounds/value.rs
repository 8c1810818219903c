//! Where values may lie: of expressions, of what facts report, of measures and over all units.

use super::{Bounds, DEEPEST, whole_up_to};
use crate::analysis::interval::Interval;
use crate::calendar::Cycle;
use crate::plan::{Aggregate, Expr, InputId, InputKind, MeasureId, Part, PeerId, PeerKind, RowField, WhenMissing};
use crate::value::Number;

impl<'p> Bounds<'p> {
    /// An expression in a period of this cycle, and, where rows are scored, of a row of this input.
    pub fn expr(&mut self, expr: &'p Expr, cycle: Cycle, row: Option<InputId>) -> Interval {
        if self.depth > DEEPEST {
            return Interval::ANY;
        }
        self.depth += 1;
        let mut interval = self.open(expr, cycle, row);
        self.depth -= 1;
        for (known, narrowed) in &self.known {
            if *known == expr {
                interval = interval.and(*narrowed);
            }
        }
        interval
    }

    /// For another row, period or unit: what is known here says nothing there.
    pub(super) fn elsewhere(&mut self, expr: &'p Expr, cycle: Cycle, row: Option<InputId>) -> Interval {
        let known = std::mem::take(&mut self.known);
        let interval = self.expr(expr, cycle, row);
        self.known = known;
        interval
    }

    /// Both sides of an operation.
    fn pair(&mut self, pair: &'p [Expr; 2], cycle: Cycle, row: Option<InputId>) -> (Interval, Interval) {
        let (left, right) = (self.expr(&pair[0], cycle, row), self.expr(&pair[1], cycle, row));
        // Two sides that may move together do not reach every corner.
        if left.single().is_none() && right.single().is_none() {
            return (left.loosened(), right);
        }
        (left, right)
    }

    /// As [`Bounds::expr`], without what conditions around it say.
    fn open(&mut self, expr: &'p Expr, cycle: Cycle, row: Option<InputId>) -> Interval {
        let plan = self.plan;
        match expr {
            Expr::Number(number) => Interval::exactly(*number),
            Expr::Date(_) | Expr::Text(_) => Interval::ANY,
            Expr::NotAssessed => Interval::ZERO,
            Expr::Input { input, collect } => self.input(*input, *collect, cycle),
            Expr::Parameter(input) => self.reported(*input),
            Expr::Rows(rows) => {
                let value = self.elsewhere(&rows.value, cycle, Some(rows.input)).loosened();
                match rows.aggregate {
                    Aggregate::Sum => value.up_to(None),
                    Aggregate::Mean | Aggregate::Greatest | Aggregate::Least | Aggregate::Last => value,
                    Aggregate::Count | Aggregate::People | Aggregate::Matters => Interval::at_least(Number::ZERO),
                }
            }
            Expr::Row(field) => self.cell(*field, cycle, row),
            Expr::Attribute(_) => Interval::ANY,
            Expr::Measure(id) => self.measure(*id, cycle),
            Expr::Node(id) => self.points_of(*id, cycle),
            Expr::Full(id) => match &plan.nodes[id.index()].full {
                Some(full) => self.expr(full, cycle, None),
                None => Interval::ZERO,
            },
            Expr::Total => self.total(cycle),
            Expr::Add(pair) => {
                let (left, right) = self.pair(pair, cycle, row);
                // A sum over nodes passes over one that is not assessed.
                if has_node(expr) { left.or_zero().plus(right.or_zero()) } else { left.plus(right) }
            }
            Expr::Subtract(pair) => {
                let (left, right) = self.pair(pair, cycle, row);
                if has_node(expr) { left.or_zero().minus(right.or_zero()) } else { left.minus(right) }
            }
            Expr::Multiply(pair) => {
                let (left, right) = self.pair(pair, cycle, row);
                left.times(right)
            }
            Expr::Divide(pair) => {
                let (left, right) = self.pair(pair, cycle, row);
                left.divided_by(right)
            }
            Expr::Negate(inner) => self.expr(inner, cycle, row).negated(),
            Expr::Absolute(inner) => self.expr(inner, cycle, row).absolute(),
            Expr::Root(inner) => {
                let inner = self.expr(inner, cycle, row).max(Interval::ZERO);
                inner.map(Number::square_root)
            }
            Expr::Round { expr, places, rounding } => self.expr(expr, cycle, row).rounded(*places, *rounding),
            Expr::Of(aggregate, list) => self.of(*aggregate, list, cycle, row),
            Expr::Steps { amount, step, part } => {
                let amount = self.expr(amount, cycle, row).max(Interval::ZERO);
                let step = self.expr(step, cycle, row);
                // No step taken is always possible, and a step must be above zero.
                let steps = amount.divided_by(step).max(Interval::ZERO);
                let steps = match part {
                    Part::Ignored => steps.map(|steps| Ok(steps.floor()?.into())),
                    Part::Proportional => steps,
                    Part::Whole => steps.map(|steps| Ok(steps.ceil()?.into())),
                };
                if amount.holds(Number::ZERO) { steps.or_zero() } else { steps }
            }
            Expr::Case { arms, otherwise } => self.case(arms, otherwise, cycle, row),
            Expr::Assessed { expr, otherwise } => {
                self.expr(expr, cycle, row).or(self.expr(otherwise, cycle, row)).loosened()
            }
            Expr::Escalation { tiers, .. } => {
                let each = tiers.iter().map(|(_, points)| Interval::exactly(*points)).reduce(Interval::or);
                let quantity = row.map_or(Interval::ANY, |input| self.reported(input));
                each.unwrap_or(Interval::ZERO).or_zero().times(quantity)
            }
            Expr::Peer(id) => self.peer(*id, cycle),
            Expr::Rank(_) | Expr::RankFromLast(_) => Interval::at_least(Number::ONE).loosened(),
            // History may hold any figure.
            Expr::Earlier { .. } | Expr::Past { .. } => Interval::ANY,
            Expr::Over { expr, cycle: inner, only: Some(_), .. } => self.elsewhere(expr, *inner, None),
            Expr::Over { cycle: inner, aggregate, expr, only: None } => {
                let value = self.elsewhere(expr, *inner, None);
                let count = self.count(*inner, cycle);
                match aggregate {
                    Aggregate::Sum => self.added_up(value, count),
                    Aggregate::Mean if self.runs && count > 1 => value.loosened(),
                    Aggregate::Mean | Aggregate::Greatest | Aggregate::Least | Aggregate::Last => value,
                    Aggregate::Count | Aggregate::People | Aggregate::Matters => whole_up_to(count),
                }
            }
            Expr::CountPeriods { cycle: inner, tallied, .. } => {
                whole_up_to(self.count(*inner, if *tallied || *inner >= cycle { Cycle::Term } else { cycle }))
            }
            Expr::Months { .. } => whole_up_to(self.count(Cycle::Month, cycle)),
        }
    }

    /// 较低者, 较高者, 平均 of several.
    fn of(&mut self, aggregate: Aggregate, list: &'p [Expr], cycle: Cycle, row: Option<InputId>) -> Interval {
        let all: Vec<Interval> = list.iter().map(|inner| self.expr(inner, cycle, row)).collect();
        let hull = all.iter().copied().reduce(Interval::or).unwrap_or(Interval::ZERO);
        // One that is not assessed is passed over; a number always is there.
        let is_sure = |at: usize| matches!(list[at], Expr::Number(_));
        let sure = (0..list.len()).filter(|at| is_sure(*at)).map(|at| all[at]);
        match aggregate {
            Aggregate::Greatest => match sure.reduce(Interval::max) {
                Some(sure) => Interval { high: hull.high, ..sure },
                None => hull,
            },
            Aggregate::Least => match sure.reduce(Interval::min) {
                Some(sure) => Interval { low: hull.low, ..sure },
                None => hull,
            },
            Aggregate::Sum => all.into_iter().map(Interval::or_zero).fold(Interval::ZERO, Interval::plus).loosened(),
            Aggregate::Mean | Aggregate::Last => hull.loosened(),
            Aggregate::Count | Aggregate::People | Aggregate::Matters => whole_up_to(list.len() as u32),
        }
    }

    /// What a fact may report: its range, and what stands for it where it is missing.
    pub(super) fn reported(&self, id: InputId) -> Interval {
        let input = &self.plan.inputs[id.index()];
        let low = input.range.0.map_or(Number::ZERO, Number::from);
        let mut interval = Interval::new(Some(low), input.range.1.map(Number::from));
        for stand_in in [&input.missing, &input.inapplicable] {
            if let WhenMissing::Value(value) = stand_in {
                interval = interval.or(Interval::exactly(*value));
            }
        }
        if matches!(input.kind, InputKind::Event | InputKind::Grade { .. }) {
            interval = interval.or(Interval::exactly(Number::ONE));
        }
        interval
    }

    /// An indicator or event over a period.
    fn input(&self, id: InputId, aggregate: Aggregate, cycle: Cycle) -> Interval {
        let input = &self.plan.inputs[id.index()];
        let each = self.reported(id);
        let months = self.count(Cycle::Month, cycle.max(input.cycle));
        let is_rows = !matches!(input.kind, InputKind::Indicator | InputKind::Parameter { .. });
        match aggregate {
            Aggregate::Sum if is_rows => each.up_to(None),
            Aggregate::Sum => each.or(each.times(Interval::exactly(Number::whole(months.into())))),
            Aggregate::Mean | Aggregate::Greatest | Aggregate::Least | Aggregate::Last => each,
            Aggregate::Count | Aggregate::People | Aggregate::Matters if is_rows => Interval::at_least(Number::ZERO),
            Aggregate::Count | Aggregate::People | Aggregate::Matters => whole_up_to(months),
        }
    }

    /// A cell of a row.
    fn cell(&self, field: RowField, cycle: Cycle, row: Option<InputId>) -> Interval {
        let input = row.map(|id| &self.plan.inputs[id.index()]);
        match field {
            RowField::Quantity => row.map_or(Interval::at_least(Number::ZERO), |id| self.reported(id)),
            RowField::Points => match input.and_then(|input| input.needs.points) {
                Some((least, most)) => Interval::between(least.into(), most.into()),
                None => Interval::at_least(Number::ZERO),
            },
            RowField::Coefficient => Interval::between(Number::ZERO, Number::ONE),
            RowField::Place | RowField::People | RowField::Scale => Interval::at_least(Number::ZERO),
            RowField::DaysLate { .. } | RowField::DaysEarly { .. } => Interval::at_least(Number::ZERO),
            RowField::DaysLateHere { .. } => whole_up_to(31 * self.count(Cycle::Month, cycle)),
            RowField::Column(_)
            | RowField::DaysToRepair
            | RowField::Rater
            | RowField::Evidence
            | RowField::Person
            | RowField::Matter
            | RowField::Deadline
            | RowField::Completed
            | RowField::Occurred
            | RowField::Found
            | RowField::Repaired => Interval::ANY,
        }
    }

    fn measure(&mut self, id: MeasureId, cycle: Cycle) -> Interval {
        let measure = &self.plan.measures[id.index()];
        let cycle = cycle.max(measure.cycle);
        match self.measures.get(&(id, cycle)) {
            Some(Some(known)) => return *known,
            // It reads itself in another period: anything.
            Some(None) => return Interval::ANY,
            None => {}
        }
        self.measures.insert((id, cycle), None);
        let interval = self.elsewhere(&measure.expr, cycle, None);
        self.measures.insert((id, cycle), Some(interval));
        interval
    }

    fn peer(&mut self, id: PeerId, cycle: Cycle) -> Interval {
        let peer = &self.plan.peers[id.index()];
        let value = self.elsewhere(&peer.expr, cycle, None).loosened();
        match peer.kind {
            PeerKind::Greatest | PeerKind::Least | PeerKind::Mean | PeerKind::Median | PeerKind::MeanOfBest(_) => value,
            PeerKind::Sum => value.up_to(None),
            PeerKind::Count | PeerKind::Rank { .. } | PeerKind::Deviation => {
                Interval::at_least(Number::ZERO).loosened()
            }
        }
    }
}

/// Whether an expression reckons with points of nodes.
fn has_node(expr: &Expr) -> bool {
    match expr {
        Expr::Node(_) => true,
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => pair.iter().any(has_node),
        Expr::Negate(inner) => has_node(inner),
        _ => false,
    }
}
