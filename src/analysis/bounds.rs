//! Where every value of a plan may lie, before the first fact: expressions, lines, nodes, totals.
//!
//! INVARIANT: no facts lead outside a bound. Where the truth is hard to know, the bound is wider and says so (`loose`).

use rustc_hash::{FxHashMap, FxHashSet};

use super::interval::Interval;
use super::uses;
use crate::calendar::Cycle;
use crate::plan::*;
use crate::value::Number;

/// A node's tally, and its points, which are known better than the parts they are made of.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    pub base: Interval,
    pub bonus: Interval,
    pub deduction: Interval,
    pub points: Interval,
    /// It may be left out: not applicable, not assessed.
    pub optional: bool,
}

impl Bound {
    const NOTHING: Bound = Bound {
        base: Interval::ZERO,
        bonus: Interval::ZERO,
        deduction: Interval::ZERO,
        points: Interval::ZERO,
        optional: false,
    };

    fn each(self, change: impl Fn(Interval) -> Interval) -> Bound {
        Bound {
            base: change(self.base),
            bonus: change(self.bonus),
            deduction: change(self.deduction),
            points: change(self.points),
            optional: self.optional,
        }
    }

    fn with(self, other: Bound, join: impl Fn(Interval, Interval) -> Interval) -> Bound {
        Bound {
            base: join(self.base, other.base),
            bonus: join(self.bonus, other.bonus),
            deduction: join(self.deduction, other.deduction),
            points: join(self.points, other.points),
            optional: self.optional || other.optional,
        }
    }

    /// What it brings where it may also bring nothing.
    fn brought(self) -> Bound {
        if self.optional { Bound { optional: false, ..self.each(Interval::or_zero) } } else { self }
    }

    /// The points follow from the tally too.
    fn settled(mut self) -> Bound {
        self.points = self.points.and(self.base.plus(self.bonus).minus(self.deduction));
        self
    }

    /// As [`crate::outcome::Tally::bring_to`], where the points are more than `most`.
    fn lowered(self, most: Interval) -> Bound {
        let left = most.minus(self.base).plus(self.deduction).max(Interval::ZERO);
        Bound { base: self.base.min(most.plus(self.deduction)), bonus: self.bonus.min(left), ..self }
    }

    /// As [`crate::outcome::Tally::bring_to`], where the points are less than `least`.
    fn raised(self, least: Interval) -> Bound {
        let left = self.base.plus(self.bonus).minus(least).max(Interval::ZERO);
        Bound { base: self.base.max(least.minus(self.bonus)), deduction: self.deduction.min(left), ..self }
    }

    /// Brought to `points` from either side.
    fn brought_to(self, points: Interval) -> Bound {
        Bound { points, ..self.lowered(points).with(self.raised(points), Interval::or) }
    }

    /// The base takes what brings the points to `points`.
    fn put(&mut self, points: Interval) {
        self.points = points;
        self.base = points.minus(self.bonus).plus(self.deduction);
    }
}

/// Bounds of one plan, each worked out once.
pub struct Bounds<'p> {
    plan: &'p Plan,
    rules: Vec<Option<Bound>>,
    nodes: Vec<Option<Known>>,
    measures: FxHashMap<(MeasureId, Cycle), Option<Interval>>,
    totals: FxHashMap<Cycle, Option<Interval>>,
    /// By outer and inner cycle: how many periods of the one lie in one of the other at most.
    counts: [[u32; 5]; 5],
    /// By input: how many lines look at it.
    readers: Vec<u32>,
    /// Nodes that some line may put to zero.
    zeroed: FxHashSet<NodeId>,
    /// Values that conditions around the current place have narrowed.
    known: Vec<(&'p Expr, Interval)>,
    depth: u32,
}

#[derive(Clone)]
enum Known {
    Busy,
    /// Before its steps, and after them.
    Done(Box<(Bound, Bound)>),
}

/// A chain of names deeper than this is not followed.
const DEEPEST: u32 = 200;

impl<'p> Bounds<'p> {
    pub fn new(plan: &'p Plan) -> Bounds<'p> {
        let calendar = &plan.calendar;
        let most = |outer: Cycle, inner: Cycle| {
            calendar.each(outer).map(|period| calendar.within(period, inner).count()).max().unwrap_or(1) as u32
        };
        Bounds {
            plan,
            counts: Cycle::ALL.map(|outer| Cycle::ALL.map(|inner| most(outer, inner))),
            rules: vec![None; plan.rules.len()],
            nodes: vec![None; plan.nodes.len()],
            measures: FxHashMap::default(),
            totals: FxHashMap::default(),
            readers: uses::readers(plan),
            zeroed: uses::effects(plan)
                .filter_map(|effect| match effect {
                    Effect::ZeroNode(id) => Some(*id),
                    _ => None,
                })
                .collect(),
            known: Vec::new(),
            depth: 0,
        }
    }

    /// How many periods of `inner` lie in one of `outer` at most.
    fn count(&self, inner: Cycle, outer: Cycle) -> u32 {
        if inner >= outer { 1 } else { self.counts[outer as usize][inner as usize] }
    }

    /// How often a limit holds within a period: each month of a year.
    fn parts(&self, per: Cycle, cycle: Cycle) -> Interval {
        Interval::exactly(Number::whole(self.count(per, cycle).into()))
    }

    // ------------------------------------------------------------ expressions

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
    fn elsewhere(&mut self, expr: &'p Expr, cycle: Cycle, row: Option<InputId>) -> Interval {
        let known = std::mem::take(&mut self.known);
        let interval = self.expr(expr, cycle, row);
        self.known = known;
        interval
    }

    fn pair(&mut self, pair: &'p [Expr; 2], cycle: Cycle, row: Option<InputId>) -> (Interval, Interval) {
        let (left, right) = (self.expr(&pair[0], cycle, row), self.expr(&pair[1], cycle, row));
        // Two sides that may move together do not reach every corner.
        if left.single().is_none() && right.single().is_none() {
            return (left.loosened(), right);
        }
        (left, right)
    }

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
                    Aggregate::Sum => value.up_to(Some(count)),
                    Aggregate::Mean | Aggregate::Greatest | Aggregate::Least | Aggregate::Last => value,
                    Aggregate::Count | Aggregate::People | Aggregate::Matters => whole_up_to(count),
                }
            }
            Expr::CountPeriods { cycle: inner, .. } => whole_up_to(self.count(*inner, cycle)),
            Expr::Months { .. } => whole_up_to(self.count(Cycle::Month, cycle)),
        }
    }

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

    fn case(
        &mut self,
        arms: &'p [(Condition, Expr)],
        otherwise: &'p Expr,
        cycle: Cycle,
        row: Option<InputId>,
    ) -> Interval {
        let mut hull: Option<Interval> = None;
        // What is not assessed is no number at all.
        for (condition, value) in arms.iter().filter(|(_, value)| *value != Expr::NotAssessed) {
            let Some(narrowed) = self.narrow(condition, cycle, row) else { continue };
            let loose = !matches!(condition, Condition::Compare(..) | Condition::Is(..) | Condition::Always);
            let kept = self.known.len();
            self.known.extend(narrowed);
            let mut value = self.expr(value, cycle, row);
            self.known.truncate(kept);
            value.loose |= loose;
            hull = Some(hull.map_or(value, |hull| hull.or(value)));
            if *condition == Condition::Always {
                return hull.unwrap_or(Interval::ZERO);
            }
        }
        let rest = self.expr(otherwise, cycle, row);
        hull.map_or(rest, |hull| hull.or(rest))
    }

    /// What holds where the condition does; `None` where it never does.
    pub fn narrow(
        &mut self,
        condition: &'p Condition,
        cycle: Cycle,
        row: Option<InputId>,
    ) -> Option<Vec<(&'p Expr, Interval)>> {
        match condition {
            Condition::Compare(left, comparison, right) => {
                let (a, b) = (self.expr(left, cycle, row), self.expr(right, cycle, row));
                if is_dated(self.plan, left) || is_dated(self.plan, right) {
                    return Some(Vec::new());
                }
                let (allowed, turned) = match comparison {
                    Comparison::Below | Comparison::AtMost => (Interval::new(None, b.high), Interval::new(a.low, None)),
                    Comparison::Above | Comparison::AtLeast => {
                        (Interval::new(b.low, None), Interval::new(None, a.high))
                    }
                    Comparison::Equal => (b, a),
                    Comparison::NotEqual => return Some(Vec::new()),
                };
                let is_strict = matches!(comparison, Comparison::Below | Comparison::Above);
                let touches = match comparison {
                    Comparison::Below => a.low.zip(b.high).is_some_and(|(low, high)| low >= high),
                    Comparison::Above => a.high.zip(b.low).is_some_and(|(high, low)| high <= low),
                    _ => false,
                };
                if a.misses(&allowed) || is_strict && touches {
                    return None;
                }
                Some(vec![(&**left, allowed), (&**right, turned)])
            }
            Condition::All(list) => {
                let mut all = Vec::new();
                for inner in list {
                    let narrowed = self.narrow(inner, cycle, row)?;
                    all.extend(narrowed);
                }
                // Two that leave nothing between them.
                for (index, (expr, interval)) in all.iter().enumerate() {
                    if all[..index].iter().any(|(other, apart)| other == expr && apart.misses(interval)) {
                        return None;
                    }
                }
                Some(all)
            }
            Condition::Any(list) => list.iter().any(|inner| self.narrow(inner, cycle, row).is_some()).then(Vec::new),
            _ => Some(Vec::new()),
        }
    }

    /// What a fact may report: its range, and what stands for it where it is missing.
    fn reported(&self, id: InputId) -> Interval {
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

    // ------------------------------------------------------------ lines

    /// What one row gives by itself, or the period's measures.
    fn entry(&mut self, id: RuleId) -> Interval {
        let rule = &self.plan.rules[id.index()];
        let row = match rule.basis {
            Basis::Row(input) | Basis::Once(input) => Some(input),
            Basis::Period => None,
        };
        let mut points = self.expr(&rule.points, rule.cycle, row);
        let plain = points;
        for row_rule in &rule.row_rules {
            points = match &row_rule.factor {
                None => points.or_zero(),
                Some(factor) => points.or(plain.times(self.expr(factor, rule.cycle, row))),
            };
        }
        for limit in rule.limits.iter().filter(|limit| limit.per == LimitPer::Row) {
            let most = self.expr(&limit.most, rule.cycle, row);
            points = limited(points, most, &limit.most);
        }
        points
    }

    /// A line in a period of its own cycle.
    pub fn rule(&mut self, id: RuleId) -> Bound {
        if let Some(known) = self.rules[id.index()] {
            return known;
        }
        let rule = &self.plan.rules[id.index()];
        let kept = std::mem::take(&mut self.known);
        let entry = self.entry(id);
        let mut sum = match rule.basis {
            Basis::Row(_) => entry.up_to(None),
            Basis::Once(_) | Basis::Period => entry.or_zero(),
        };
        if let (Basis::Row(input), Some((times, per))) = (&rule.basis, rule.most_times) {
            // Rows are counted: a row of many counts whole.
            if per >= rule.cycle && rule.valid_months.is_none() && !self.plan.inputs[input.index()].additive {
                sum = sum.and(entry.up_to(Some(times)));
            }
        }
        let one_sided = !(sum.may_be_negative() && sum.may_be_positive());
        let (mut bonus, mut deduction) = (sum.max(Interval::ZERO), sum.negated().max(Interval::ZERO));
        for limit in &rule.limits {
            let LimitPer::Cycle(per) = limit.per else { continue };
            let most = self.expr(&limit.most, rule.cycle, None).times(self.parts(per, rule.cycle));
            let runs = per > rule.cycle;
            if runs && !one_sided {
                continue;
            }
            sum = limited(sum, most, &limit.most);
            if one_sided {
                bonus = bonus.and(sum.max(Interval::ZERO));
                deduction = deduction.and(sum.negated().max(Interval::ZERO));
            }
        }
        let shared = match rule.basis {
            Basis::Row(input) | Basis::Once(input) => self.readers[input.index()] > 1,
            Basis::Period => uses::inputs_of(self.plan, &rule.points).iter().any(|id| self.readers[id.index()] > 1),
        };
        let loosen = |interval: Interval| if shared { interval.loosened() } else { interval };
        let bound = Bound {
            base: Interval::ZERO,
            bonus: loosen(bonus),
            deduction: loosen(deduction),
            points: loosen(sum),
            optional: false,
        };
        self.known = kept;
        self.rules[id.index()] = Some(bound);
        bound
    }

    // ------------------------------------------------------------ nodes

    /// A node in a period of its own cycle, after its steps.
    pub fn node(&mut self, id: NodeId) -> Bound {
        self.node_both(id).1
    }

    /// Before its steps, and after them.
    pub fn node_both(&mut self, id: NodeId) -> (Bound, Bound) {
        let any = Bound {
            base: Interval::ANY,
            bonus: Interval::at_least(Number::ZERO).loosened(),
            deduction: Interval::at_least(Number::ZERO).loosened(),
            points: Interval::ANY,
            optional: true,
        };
        match &self.nodes[id.index()] {
            Some(Known::Done(known)) => return **known,
            Some(Known::Busy) => return (any, any),
            None => {}
        }
        if self.depth > DEEPEST {
            return (any, any);
        }
        self.nodes[id.index()] = Some(Known::Busy);
        self.depth += 1;
        let kept = std::mem::take(&mut self.known);
        let before = self.gathered(id);
        let mut after = before;
        for step in &self.plan.nodes[id.index()].steps {
            after = self.stepped(id, step, after);
        }
        if self.zeroed.contains(&id) {
            after = Bound { optional: after.optional, ..after.each(Interval::or_zero) };
        }
        self.known = kept;
        self.depth -= 1;
        self.nodes[id.index()] = Some(Known::Done(Box::new((before, after))));
        (before, after)
    }

    fn gathered(&mut self, id: NodeId) -> Bound {
        let plan = self.plan;
        let node = &plan.nodes[id.index()];
        let start = self.expr(&node.start, node.cycle, None);
        let mut sum = Bound { base: start, points: start, ..Bound::NOTHING };
        let mut optional = node.applies != Condition::Always || !matches!(node.start, Expr::Number(_));
        if !matches!(node.combine, Combine::Best { .. }) {
            let lines = self.lines(id);
            sum = sum.with(lines, Interval::plus);
        }
        match &node.combine {
            Combine::Sum => {
                for child in &node.children {
                    let part = self.part(*child, node.cycle).brought();
                    sum = sum.with(part, Interval::plus);
                }
            }
            Combine::Mean => {
                let parts: Vec<Bound> = node.children.iter().map(|child| self.part(*child, node.cycle)).collect();
                if let Some(hull) = parts.into_iter().reduce(|a, b| a.with(b, Interval::or)) {
                    sum = sum.with(Bound { optional: true, ..hull }.brought(), Interval::plus);
                }
            }
            Combine::Weighted { renormalize } => {
                let weighted = self.weighted(node, *renormalize);
                sum = sum.with(weighted, Interval::plus);
            }
            Combine::Best { most, minus_joins, each_entry, .. } => {
                let best = self.best(id, *most, *minus_joins, each_entry);
                sum = sum.with(best, Interval::plus);
            }
        }
        // A node of which nothing is assessed is left out.
        let only_measures = |rule: &RuleId| plan.rules[rule.index()].basis == Basis::Period;
        optional |= node.rules.iter().all(only_measures) && (!node.rules.is_empty() || !node.children.is_empty());
        Bound { optional, ..sum.settled() }
    }

    /// A node's own lines; of the grades of one group only one is given.
    fn lines(&mut self, id: NodeId) -> Bound {
        let plan = self.plan;
        let cycle = plan.nodes[id.index()].cycle;
        let mut sum = Bound::NOTHING;
        let mut groups: FxHashMap<InputId, Bound> = FxHashMap::default();
        for rule in &plan.nodes[id.index()].rules {
            let own = plan.rules[rule.index()].cycle;
            let count = self.count(own, cycle);
            let bound = self.rule(*rule).each(|interval| {
                if count > 1 {
                    interval.up_to(Some(count))
                } else if own > cycle {
                    interval.or_zero()
                } else {
                    interval
                }
            });
            let group = match plan.rules[rule.index()].basis {
                Basis::Row(input) | Basis::Once(input) => match &plan.inputs[input.index()].kind {
                    InputKind::Grade { group } if plan.inputs[input.index()].cycle >= cycle => Some(*group),
                    _ => None,
                },
                Basis::Period => None,
            };
            match group {
                Some(group) => {
                    let joined = groups.get(&group).map_or(bound, |known| known.with(bound, Interval::or));
                    groups.insert(group, joined);
                }
                None => sum = sum.with(bound, Interval::plus),
            }
        }
        groups.into_values().fold(sum, |sum, bound| sum.with(bound, Interval::plus))
    }

    /// What a child brings to a period of its parent's cycle.
    fn part(&mut self, id: NodeId, cycle: Cycle) -> Bound {
        let node = &self.plan.nodes[id.index()];
        let bound = self.node(id);
        if node.cycle == cycle {
            return bound;
        }
        if node.cycle > cycle {
            return match node.landing {
                Landing::YearEnd => Bound::NOTHING,
                Landing::Last | Landing::RolledUp(_) => Bound { optional: true, ..bound },
            };
        }
        let aggregate = match &node.landing {
            Landing::RolledUp(aggregate) => *aggregate,
            Landing::Last | Landing::YearEnd => Aggregate::Sum,
        };
        let count = self.count(node.cycle, cycle);
        match aggregate {
            Aggregate::Sum => Bound { optional: false, ..bound.each(|interval| interval.up_to(Some(count))) },
            Aggregate::Mean | Aggregate::Last | Aggregate::Greatest | Aggregate::Least => {
                Bound { optional: true, ..bound }
            }
            Aggregate::Count | Aggregate::People | Aggregate::Matters => {
                Bound { base: whole_up_to(count), points: whole_up_to(count), ..Bound::NOTHING }
            }
        }
    }

    fn weighted(&mut self, node: &'p Node, renormalize: bool) -> Bound {
        let mut parts = Vec::new();
        for child in &node.children {
            let weight = match &self.plan.nodes[child.index()].weight {
                Some(weight) => self.expr(weight, node.cycle, None),
                None => Interval::exactly(Number::ONE),
            };
            let part = self.part(*child, node.cycle);
            parts.push((weight, part));
        }
        let scaled = |part: Bound, weight: Interval| {
            if weight.may_be_negative() {
                return Bound { base: part.points.times(weight), ..Bound::NOTHING }.settled();
            }
            Bound { optional: part.optional, ..part.each(|interval| interval.times(weight)) }
        };
        let any_optional = parts.iter().any(|(_, part)| part.optional);
        let plain = parts
            .iter()
            .map(|(weight, part)| scaled(*part, *weight).brought())
            .fold(Bound::NOTHING, |sum, part| sum.with(part, Interval::plus));
        if !renormalize || !any_optional {
            return plain;
        }
        // What is left shares the whole weight: somewhere between the parts.
        let all = parts.iter().map(|(weight, _)| *weight).fold(Interval::ZERO, Interval::plus);
        let hull = parts.iter().map(|(_, part)| *part).reduce(|a, b| a.with(b, Interval::or)).unwrap_or(Bound::NOTHING);
        let shared = scaled(Bound { optional: false, ..hull }, all);
        let joined = plain.with(shared, Interval::or);
        Bound { optional: false, ..joined.each(Interval::or_zero) }
    }

    /// The N best parts: no more than N times the best of them.
    fn best(&mut self, id: NodeId, most: u32, minus_joins: bool, each_entry: &'p [NodeId]) -> Bound {
        let plan = self.plan;
        let node = &plan.nodes[id.index()];
        let mut parts: Vec<Bound> = Vec::new();
        let mut outside = Interval::ZERO;
        let mut entries: Vec<RuleId> = node.rules.clone();
        let mut has_entries = !entries.is_empty();
        for child in &node.children {
            if each_entry.contains(child) {
                has_entries = true;
                entries.extend(uses::rules_below(plan, *child));
                continue;
            }
            let mut part = self.part(*child, node.cycle).brought();
            if !minus_joins {
                outside = outside.plus(part.deduction.or_zero());
                part.deduction = Interval::ZERO;
                part.points = part.base.plus(part.bonus);
            }
            parts.push(part.each(Interval::or_zero));
        }
        for rule in entries {
            // Limits only take from an entry.
            let entry = self.entry(rule).or_zero();
            let mut bound = Bound {
                base: Interval::ZERO,
                bonus: entry.max(Interval::ZERO),
                deduction: entry.negated().max(Interval::ZERO),
                points: entry,
                optional: false,
            };
            if !minus_joins {
                // Any number of deductions stand beside what is chosen.
                outside = outside.plus(bound.deduction.up_to(None));
                bound.deduction = Interval::ZERO;
                bound.points = bound.bonus;
            }
            parts.push(bound);
        }
        let hull = parts.iter().copied().reduce(|a, b| a.with(b, Interval::or)).unwrap_or(Bound::NOTHING);
        let mut chosen = hull.each(|interval| interval.up_to(Some(most)).loosened());
        if !has_entries {
            let mut highs: Vec<Option<Number>> = parts.iter().map(|part| part.points.high).collect();
            highs.sort_by(|a, b| b.is_none().cmp(&a.is_none()).then(b.cmp(a)));
            let top = highs.into_iter().take(most as usize).map(|high| Interval::new(Some(Number::ZERO), high));
            let top = top.fold(Interval::ZERO, Interval::plus);
            chosen.points.high = chosen.points.and(Interval::new(None, top.high)).high;
        }
        let outside = outside.loosened();
        Bound { deduction: chosen.deduction.plus(outside), points: chosen.points.minus(outside), ..chosen }
    }

    fn stepped(&mut self, id: NodeId, step: &'p Step, before: Bound) -> Bound {
        let cycle = self.plan.nodes[id.index()].cycle;
        let zero = Number::ZERO;
        let mut after = before;
        match step {
            Step::CapDeduction { most, per } => {
                let limit = self.expr(most, cycle, None).times(self.parts(*per, cycle));
                after.deduction = capped(before.deduction, limit, *per > cycle, most);
                // Less is taken away: the points rise, if anything.
                let raised = before.base.plus(before.bonus).minus(after.deduction);
                after.points = Interval { low: before.points.low, high: None, loose: false }.and(raised);
                if after.deduction == before.deduction {
                    after.points = before.points;
                }
            }
            Step::CapBonus { most, per } => {
                let limit = self.expr(most, cycle, None).times(self.parts(*per, cycle));
                after.bonus = capped(before.bonus, limit, *per > cycle, most);
                let lowered = before.base.plus(after.bonus).minus(before.deduction);
                after.points = Interval { low: None, high: before.points.high, loose: false }.and(lowered);
                if after.bonus == before.bonus {
                    after.points = before.points;
                }
            }
            Step::CapPoints { most, per } => {
                let limit = self.expr(most, cycle, None);
                let runs = *per > cycle;
                let points = match runs {
                    false => before.points.min(limit),
                    true if !before.points.may_be_negative() && !limit.may_be_negative() => {
                        Interval { low: Some(zero), ..before.points.min(limit) }
                    }
                    true => before.points.or_zero(),
                };
                after = if runs { before.brought_to(points) } else { Bound { points, ..before.lowered(limit) } };
                if !is_sure(most) {
                    after = after.with(before, Interval::or);
                }
            }
            Step::Floor { least, per } => {
                let limit = self.expr(least, cycle, None);
                after = match *per > cycle {
                    false => Bound { points: before.points.max(limit), ..before.raised(limit) },
                    true => before.brought_to(before.points.or_zero()),
                };
                if !is_sure(least) {
                    after = after.with(before, Interval::or);
                }
            }
            Step::Multiply(factor) => {
                let by = self.expr(factor, cycle, None);
                after = multiplied(before, by);
                after.optional |= !is_sure(factor);
            }
            Step::MultiplyWhen { factor, .. } => {
                let by = self.expr(factor, cycle, None);
                after = before.with(multiplied(before, by), Interval::or).each(Interval::loosened);
                after.optional |= !is_sure(factor);
            }
            Step::Set { points, .. } => {
                let points = self.expr(points, cycle, None).loosened();
                after = before.with(before.brought_to(points), Interval::or);
                if points.holds(zero) {
                    after = Bound { optional: after.optional, ..after.each(Interval::or_zero) };
                }
                after.optional |= !points.holds(zero) || points.single().is_none();
            }
            Step::CapWhen { most, .. } => {
                let limit = self.expr(most, cycle, None);
                let points = before.points.min(limit).loosened();
                after = before.with(Bound { points, ..before.lowered(limit) }, Interval::or);
            }
            Step::Round { places, rounding } => {
                let points = before.points.rounded(*places, *rounding);
                after.put(points);
                after.base = after.base.or(before.base);
            }
        }
        after
    }

    /// A node's points as expressions of another cycle see them.
    fn points_of(&mut self, id: NodeId, cycle: Cycle) -> Interval {
        let node = &self.plan.nodes[id.index()];
        let points = self.node(id).points;
        match node.cycle.cmp(&cycle) {
            std::cmp::Ordering::Equal => points,
            std::cmp::Ordering::Greater => points.or_zero(),
            std::cmp::Ordering::Less => match &node.landing {
                Landing::RolledUp(Aggregate::Sum) | Landing::Last | Landing::YearEnd => {
                    points.up_to(Some(self.count(node.cycle, cycle)))
                }
                Landing::RolledUp(Aggregate::Count | Aggregate::People | Aggregate::Matters) => {
                    whole_up_to(self.count(node.cycle, cycle))
                }
                Landing::RolledUp(_) => points,
            },
        }
    }

    /// The total of a unit that is assessed: of the base cycle, or by a roll-up.
    pub fn total(&mut self, cycle: Cycle) -> Interval {
        match self.totals.get(&cycle) {
            Some(Some(known)) => return *known,
            Some(None) => return Interval::ANY,
            None => {}
        }
        self.totals.insert(cycle, None);
        let plan = self.plan;
        let mut total = if cycle == plan.cycle {
            self.node(NodeId(0)).points
        } else {
            match plan.rollups.iter().find(|(of, _)| *of == cycle) {
                Some((_, expr)) => self.expr(expr, cycle, None),
                None => Interval::ANY,
            }
        };
        let zeroes = |effect: &Effect| {
            matches!(effect, Effect::Veto { zero_total: true, .. }) || *effect == Effect::ZeroTotal(cycle)
        };
        if uses::effects(plan).any(zeroes) {
            total = total.or_zero();
        }
        self.totals.insert(cycle, Some(total));
        total
    }
}

/// A limit that is a number always holds; one that is computed may not be assessed, and then it does not.
fn is_sure(limit: &Expr) -> bool {
    matches!(limit, Expr::Number(_))
}

fn limited(points: Interval, most: Interval, expr: &Expr) -> Interval {
    let within = points.within(most);
    if is_sure(expr) { within } else { within.or(points) }
}

/// A figure that is not below zero, cut off at a limit; where the limit runs over several periods, what is left of it.
fn capped(figure: Interval, limit: Interval, runs: bool, expr: &Expr) -> Interval {
    let cut = match (runs, limit.may_be_negative()) {
        (false, _) => figure.min(limit),
        (true, false) => Interval { low: Some(Number::ZERO), ..figure.min(limit) },
        (true, true) => figure.or_zero(),
    };
    if is_sure(expr) { cut } else { cut.or(figure) }
}

fn multiplied(bound: Bound, by: Interval) -> Bound {
    let scaled = Bound { optional: bound.optional, ..bound.each(|interval| interval.times(by)) };
    if !by.may_be_negative() {
        return scaled;
    }
    let net = bound.points.times(by);
    let turned = Bound { base: net, points: net, optional: bound.optional, ..Bound::NOTHING };
    scaled.with(turned, Interval::or)
}

fn whole_up_to(count: u32) -> Interval {
    Interval::between(Number::ZERO, Number::whole(count.into()))
}

fn has_node(expr: &Expr) -> bool {
    match expr {
        Expr::Node(_) => true,
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => pair.iter().any(has_node),
        Expr::Negate(inner) => has_node(inner),
        _ => false,
    }
}

/// Dates are compared too, and are no numbers.
fn is_dated(plan: &Plan, expr: &Expr) -> bool {
    match expr {
        Expr::Date(_) => true,
        Expr::Attribute(id) => plan.attributes[id.index()].kind == Type::Date,
        Expr::Row(RowField::Column(id)) => plan.columns[id.index()].kind == Type::Date,
        Expr::Row(
            RowField::Deadline | RowField::Completed | RowField::Occurred | RowField::Found | RowField::Repaired,
        ) => true,
        Expr::Add(pair) | Expr::Subtract(pair) => pair.iter().any(|inner| is_dated(plan, inner)),
        _ => false,
    }
}
