//! What is known before the first unit: the plan's cross-references, turned round and laid out as tables.

use rustc_hash::FxHashSet;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::ahead::{GatheredAhead, Stream};
use crate::eval::plain::Source;
use crate::eval::touch::moved_by_inputs;
use crate::eval::walk::Walk;
use crate::facts::Store;
use crate::plan::{
    Basis, Combine, Condition, Effect, Expr, Input, InputId, InputKind, Landing, Node, NodeId, PeerId, Plan, RankingId,
    Rule, RuleId, Step, WhenMissing,
};

/// The plan and the store of one run, with tables that every unit shares.
pub(super) struct Program<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub traced: bool,
    /// How many periods the calendar has: the row length of every (thing × period) table.
    pub periods: usize,
    /// By period: whether any month in it has facts.
    pub with_facts: Vec<bool>,
    pub rules: Vec<RuleTable<'a>>,
    pub nodes: Vec<NodeTable>,
    /// By input: the lines that are added up run by run of its rows.
    pub streams: Vec<Vec<Stream>>,
    /// How many nodes have such lines.
    pub gatherers: usize,
    /// By input: the nodes and validity of the lines that its rows move.
    pub moved: Vec<Vec<(NodeId, Cycle, u32)>>,
    /// Lines that may veto, and lines that may take a title.
    pub vetoing: Vec<RuleId>,
    pub disqualifying: Vec<RuleId>,
    /// Whether anything reads a cohort while units are scored.
    pub reads_cohorts: bool,
    /// Whether something may reach back period by period, and so deep.
    pub reaches_back: bool,
    /// By month: the period of each cycle that holds it.
    around: Vec<[PeriodId; 5]>,
    /// By period: all periods within it, months first; itself too.
    inside: Vec<Vec<PeriodId>>,
}

/// What a rule refers to.
pub(super) struct RuleTable<'a> {
    /// Inputs of indicators that a first unmet condition could hide.
    pub hidden: Vec<InputId>,
    /// All inputs that its points are made of, for a trace.
    pub inputs: Vec<InputId>,
    pub peers: Vec<PeerId>,
    /// The measure or indicator that a trace shows as the quantity.
    pub shown: Option<&'a Expr>,
    /// Nodes at or above it with a 同一事项 rule, the innermost first.
    pub scopes: Vec<NodeId>,
    /// Whether rows of earlier periods may take places or points away.
    pub looks_back: bool,
    /// Nothing but its points is to be known of it: no entries, no effects, no memory.
    pub is_plain: bool,
    /// The one or two quantities that its points depend on.
    pub source: Option<Source>,
}

/// What is known of a node.
pub(super) struct NodeTable {
    /// Without facts in a period it is worth exactly nothing.
    pub quiet: bool,
    /// It and all below it only add up plain lines of one cycle, and nobody asks for it by itself.
    pub transparent: bool,
    /// Lines whose measures are added here at once, those of transparent nodes below among them.
    pub measures: Vec<RuleId>,
    /// Likewise lines that score rows.
    pub rows: Vec<(InputId, RuleId)>,
    /// Those of both that are added up ahead.
    pub ahead: Option<GatheredAhead>,
    /// All other lines.
    pub others: Vec<RuleId>,
    /// Children that are not transparent.
    pub parts: Vec<NodeId>,
    /// Something in it is assessed whatever its measures say.
    pub has_more: bool,
    /// It has lines about indicators and lines about events, and begins with nothing: where the indicators are not
    /// assessed, there is nothing to assess until an event happens. What begins with marks keeps them until then.
    pub mixed: bool,
    /// Such nodes among this one and the transparent ones below: something is assessed once a row moves one of them.
    pub wakened: Vec<NodeId>,
    /// Lines that may put it to zero.
    pub zeroed_by: Vec<RuleId>,
    /// All lines at or below it.
    pub rules_below: Vec<RuleId>,
    /// It lands in no base period.
    pub year_end: bool,
}

impl<'a> Program<'a> {
    pub fn new(plan: &'a Plan, store: &'a Store, traced: bool) -> Program<'a> {
        let calendar = &plan.calendar;
        let around: Vec<[PeriodId; 5]> = calendar
            .each(Cycle::Month)
            .map(|month| {
                let first = calendar.period(month).first;
                Cycle::ALL.map(|cycle| calendar.around(cycle, first).expect("a month in force lies in every cycle"))
            })
            .collect();
        let all = || (0..calendar.len() as u16).map(PeriodId);
        let mut inside = vec![Vec::new(); calendar.len()];
        for inner in all() {
            let month = &around[calendar.period(inner).last.since(calendar.first()) as usize];
            for cycle in Cycle::ALL.into_iter().filter(|cycle| *cycle >= calendar.period(inner).cycle) {
                let outer = month[cycle as usize];
                if calendar.period(outer).contains(calendar.period(inner)) {
                    inside[outer.0 as usize].push(inner);
                }
            }
        }
        let waits = waits_for_reports(plan);
        let still_valid = if waits { FxHashSet::default() } else { months_still_valid(plan, store) };
        let has_facts = |month: PeriodId| store.has_facts(month) || still_valid.contains(&month);
        let with_facts = all()
            .map(|period| {
                // What counts at the year's end alone says nothing of the months it is about.
                let longer = calendar.period(period).cycle > plan.cycle;
                inside[period.0 as usize]
                    .iter()
                    .any(|inner| (longer || calendar.period(*inner).cycle == Cycle::Month) && has_facts(*inner))
            })
            .collect();
        let everything = Walk::of_plan(plan);
        let mut program = Program {
            plan,
            store,
            traced,
            periods: calendar.len(),
            with_facts,
            rules: Vec::new(),
            nodes: Vec::new(),
            streams: Vec::new(),
            gatherers: 0,
            moved: Vec::new(),
            vetoing: rules_with(plan, |effect| matches!(effect, Effect::Veto { .. })),
            disqualifying: rules_with(plan, |effect| matches!(effect, Effect::Disqualify(_))),
            reads_cohorts: everything.reads_cohorts,
            reaches_back: everything.reaches_back,
            around,
            inside,
        };
        program.rules = plan.rules.iter().map(|rule| program.rule_table(rule)).collect();
        program.nodes = (0..plan.nodes.len()).map(|index| program.node_table(NodeId(index as u16))).collect();
        program.find_quiet();
        program.find_streams();
        program.moved = moved_by_inputs(plan);
        program
    }

    pub fn node(&self, node: NodeId) -> &'a Node {
        &self.plan.nodes[node.index()]
    }

    /// Whether the text of a line is in force in a period of its cycle.
    pub fn is_in_force(&self, rule: &Rule, period: PeriodId) -> bool {
        rule.in_force.is_none_or(|months| months.hold(self.plan.calendar.period(period)))
    }

    pub fn rule(&self, rule: RuleId) -> &'a Rule {
        &self.plan.rules[rule.index()]
    }

    pub fn cycle(&self, period: PeriodId) -> Cycle {
        self.plan.calendar.period(period).cycle
    }

    /// The period of `cycle` that holds the last month of `period`.
    pub fn around(&self, period: PeriodId, cycle: Cycle) -> PeriodId {
        let month = self.plan.calendar.period(period).last.since(self.plan.calendar.first());
        self.around[month as usize][cycle as usize]
    }

    /// The periods of `cycle` within `period`, in order.
    pub fn within(&self, period: PeriodId, cycle: Cycle) -> impl Iterator<Item = PeriodId> + '_ {
        self.inside[period.0 as usize].iter().copied().filter(move |inner| self.cycle(*inner) == cycle)
    }

    /// Every period within `period`, whatever its cycle: months first, then longer ones.
    pub fn inside(&self, period: PeriodId) -> &[PeriodId] {
        &self.inside[period.0 as usize]
    }

    /// Whether two periods end with the same month.
    pub fn end_together(&self, one: PeriodId, other: PeriodId) -> bool {
        self.plan.calendar.period(one).last == self.plan.calendar.period(other).last
    }

    pub fn has_facts(&self, period: PeriodId) -> bool {
        self.with_facts[period.0 as usize]
    }

    /// The rankings that are made for periods of a cycle.
    /// Those by the total first: whoever asks for the place of a unit means one of these.
    pub fn rankings_of(&self, cycle: Cycle) -> Vec<RankingId> {
        let all = self.plan.rankings.iter().enumerate().filter(|(_, ranking)| ranking.cycle == cycle);
        let mut all: Vec<RankingId> = all.map(|(index, _)| RankingId(index as u16)).collect();
        all.sort_by_key(|id| self.plan.rankings[id.index()].value != Expr::Total);
        all
    }

    /// The gradings that are made for periods of a cycle.
    pub fn gradings_of(&self, cycle: Cycle) -> Vec<u16> {
        let all = self.plan.gradings.iter().enumerate().filter(|(_, grading)| grading.cycle == cycle);
        all.map(|(index, _)| index as u16).collect()
    }

    /// The base periods within `period` that have facts.
    pub fn scored(&self, period: PeriodId) -> Vec<PeriodId> {
        self.within(period, self.plan.cycle).filter(|base| self.has_facts(*base)).collect()
    }

    /// Earlier periods of the same cycle in the `window` around `period` that have facts, in order.
    pub fn earlier_in(&self, window: Cycle, period: PeriodId) -> Vec<PeriodId> {
        let cycle = self.cycle(period);
        if window <= cycle {
            return Vec::new();
        }
        let window = self.around(period, window);
        self.within(window, cycle).take_while(|other| *other < period).filter(|other| self.has_facts(*other)).collect()
    }

    fn rule_table(&self, rule: &'a Rule) -> RuleTable<'a> {
        let mut walk = Walk::of_line(self.plan, rule);
        walk.expr(&rule.points);
        for row_rule in &rule.row_rules {
            walk.maybe(|walk| {
                walk.condition(&row_rule.when);
                row_rule.factor.iter().for_each(|factor| walk.expr(factor));
            });
        }
        rule.limits.iter().for_each(|limit| walk.maybe(|walk| walk.expr(&limit.most)));
        for effect in &rule.effects {
            walk.maybe(|walk| walk.condition(&effect.when));
        }
        let is_indicator = |input: &InputId| self.plan.inputs[input.index()].kind == InputKind::Indicator;
        let mut scopes = Vec::new();
        let mut is_plain = !self.traced
            && rule.row_rules.is_empty()
            && rule.limits.is_empty()
            && rule.most_times.is_none()
            && rule.same_matter.is_none()
            && rule.refund.is_none()
            && rule.valid_months.is_none()
            && rule.effects.is_empty();
        let mut above = Some(rule.node);
        while let Some(node) = above {
            if self.node(node).same_matter.is_some() {
                scopes.push(node);
            }
            is_plain &= self.node(node).same_matter.is_none();
            is_plain &= !matches!(self.node(node).combine, Combine::Best { .. });
            above = self.node(node).parent;
        }
        RuleTable {
            hidden: walk.hidden.iter().copied().filter(is_indicator).collect(),
            shown: walk.shown,
            looks_back: rule.same_matter.is_some() || !scopes.is_empty(),
            inputs: walk.inputs,
            peers: walk.peers,
            scopes,
            is_plain,
            source: Source::of(self.plan, rule),
        }
    }

    fn node_table(&self, id: NodeId) -> NodeTable {
        let mut rules_below = Vec::new();
        let mut stack = vec![id];
        while let Some(next) = stack.pop() {
            rules_below.extend_from_slice(&self.node(next).rules);
            stack.extend(self.node(next).children.iter().rev());
        }
        rules_below.sort();
        let zeroes = |rule: &&Rule| rule.effects.iter().any(|effect| effect.effect == Effect::ZeroNode(id));
        let zeroed_by = self.plan.rules.iter().enumerate().filter(|(_, rule)| zeroes(rule));
        NodeTable {
            quiet: false,
            transparent: false,
            measures: Vec::new(),
            rows: Vec::new(),
            ahead: None,
            others: Vec::new(),
            parts: Vec::new(),
            has_more: false,
            mixed: false,
            wakened: Vec::new(),
            zeroed_by: zeroed_by.map(|(index, _)| RuleId(index as u16)).collect(),
            rules_below,
            year_end: self.plan.is_year_end(id),
        }
    }

    /// Children stand anywhere after or before their parents, so they are visited from the root down and back.
    fn find_quiet(&mut self) {
        let mut order = vec![NodeId(0)];
        let mut next = 0;
        while next < order.len() {
            order.extend_from_slice(&self.node(order[next]).children);
            next += 1;
        }
        for id in order.into_iter().rev() {
            let node = self.node(id);
            let plan = self.plan;
            self.nodes[id.index()].quiet = node.applies == Condition::Always
                && node.combine == Combine::Sum
                && matches!(&node.start, Expr::Number(number) if number.is_zero())
                && node.steps.iter().all(is_quiet_step)
                && node.rules.iter().all(|rule| plan.rules[rule.index()].basis != Basis::Period)
                && node.children.iter().all(|child| self.nodes[child.index()].quiet);
            self.flatten(id);
        }
    }

    /// INVARIANT: the children are flat already.
    fn flatten(&mut self, id: NodeId) {
        let node = self.node(id);
        let (mut measures, mut rows, mut others, mut parts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut has_more = node.rules.is_empty() && node.children.is_empty();
        let is_measured = |rule: &RuleId| self.rule(*rule).basis == Basis::Period;
        let keeps_marks = !matches!(&node.start, Expr::Number(number) if number.is_zero());
        let mixed = !keeps_marks && node.rules.iter().any(is_measured) && !node.rules.iter().all(is_measured);
        for rule in &node.rules {
            let is_plain = self.rules[rule.index()].is_plain && self.rule(*rule).cycle == node.cycle;
            match self.rule(*rule).basis {
                Basis::Period if is_plain => measures.push(*rule),
                Basis::Row(input) | Basis::Once(input) if is_plain => rows.push((input, *rule)),
                _ => others.push(*rule),
            }
        }
        has_more |= !rows.is_empty() && !mixed;
        let mut wakened = if mixed { vec![id] } else { Vec::new() };
        for child in &node.children {
            let below = &self.nodes[child.index()];
            if below.transparent && self.node(*child).cycle == node.cycle && node.combine == Combine::Sum {
                measures.extend_from_slice(&below.measures);
                rows.extend_from_slice(&below.rows);
                has_more |= below.has_more;
                wakened.extend_from_slice(&below.wakened);
            } else {
                parts.push(*child);
            }
        }
        let table = &mut self.nodes[id.index()];
        table.transparent = !self.traced
            && node.applies == Condition::Always
            && node.combine == Combine::Sum
            && node.steps.is_empty()
            && node.landing == Landing::Last
            && matches!(&node.start, Expr::Number(number) if number.is_zero())
            && table.zeroed_by.is_empty()
            && others.is_empty()
            && parts.is_empty()
            // The root's children are shown in every outcome.
            && node.parent.is_some_and(|parent| parent != NodeId(0));
        (table.measures, table.rows, table.others) = (measures, rows, others);
        (table.parts, table.has_more) = (parts, has_more);
        (table.mixed, table.wakened) = (mixed, wakened);
    }
}

fn rules_with(plan: &Plan, is_meant: impl Fn(&Effect) -> bool) -> Vec<RuleId> {
    let rules = plan.rules.iter().enumerate();
    let has = |rule: &Rule| rule.effects.iter().any(|effect| is_meant(&effect.effect));
    rules.filter(|(_, rule)| has(rule)).map(|(index, _)| RuleId(index as u16)).collect()
}

/// Whether nothing stays nothing.
fn is_quiet_step(step: &Step) -> bool {
    let sign = |expr: &Expr, fits: fn(rust_decimal::Decimal) -> bool| match expr {
        Expr::Number(number) => number.decimal().is_some_and(fits),
        _ => false,
    };
    match step {
        Step::CapDeduction { most, .. } | Step::CapBonus { most, .. } | Step::CapPoints { most, .. } => {
            sign(most, |most| most >= rust_decimal::Decimal::ZERO)
        }
        Step::Floor { least, .. } => sign(least, |least| least <= rust_decimal::Decimal::ZERO),
        Step::Multiply(factor) => matches!(factor, Expr::Number(_)),
        Step::Round { .. } => true,
        Step::Set { .. } | Step::MultiplyWhen { .. } | Step::CapWhen { .. } => false,
    }
}

/// Whether a month is scored only with reports of its own, so that a row that is still valid waits for them.
pub(super) fn waits_for_reports(plan: &Plan) -> bool {
    let is_asked = |input: &Input| input.kind == InputKind::Indicator && input.missing == WhenMissing::Error;
    plan.inputs.iter().any(is_asked)
}

/// How many months a period has where nothing is cut off; of a whole term validity tells nothing.
fn whole_months(cycle: Cycle) -> i32 {
    match cycle {
        Cycle::Month | Cycle::Term => 1,
        Cycle::Quarter => 3,
        Cycle::Half => 6,
        Cycle::Year => 12,
    }
}

/// 有效期3个月, 有效期2个季度: the months after a row's own in which it still counts.
fn months_still_valid(plan: &Plan, store: &Store) -> FxHashSet<PeriodId> {
    let lasting = plan.rules.iter().filter_map(|rule| match rule.basis {
        Basis::Row(input) | Basis::Once(input) => Some((input, rule.cycle, rule.valid_months?)),
        Basis::Period => None,
    });
    let lasting: Vec<(InputId, Cycle, u32)> = lasting.collect();
    let mut months = FxHashSet::default();
    if lasting.is_empty() {
        return months;
    }
    for facts in (0..store.roster.len()).map(|unit| store.unit_facts(unit)) {
        for (input, cycle, valid) in &lasting {
            for fact in facts.of(*input) {
                let last = plan.calendar.period(fact.period).last;
                let own = plan.calendar.around(*cycle, last).map_or(last, |own| plan.calendar.period(own).last);
                // What is cut off at the beginning counts as whole.
                let begin = own.plus(1 - whole_months(*cycle));
                let after = (0..*valid as i32).filter_map(|after| plan.calendar.month(begin.plus(after)));
                months.extend(after.filter(|month| plan.calendar.period(*month).last > last));
            }
        }
    }
    months
}
