//! Which inputs, measures and cohorts an expression refers to, found without evaluating it.

use crate::plan::{Condition, Expr, Input, InputId, InputKind, MeasureId, PeerId, Plan, RowsExpr, Rule};

/// The value that a line is called by: GDP增速：得 完成分 ＋ 排名分.
#[derive(Clone, Copy)]
enum Called {
    Measure(MeasureId),
    Input(InputId),
}

/// What a walk over expressions has met.
pub(super) struct Walk<'a> {
    plan: &'a Plan,
    /// Every input, in the order of the text.
    pub inputs: Vec<InputId>,
    /// Inputs met only where an earlier condition decides whether they are looked at.
    pub hidden: Vec<InputId>,
    sure: Vec<InputId>,
    pub peers: Vec<PeerId>,
    /// The first measure, else the first indicator; of a line that is called as a value is, that value alone.
    pub shown: Option<&'a Expr>,
    called: Option<Called>,
    pub reads_cohorts: bool,
    pub reaches_back: bool,
    /// Measures already walked, and how.
    measures: Vec<(MeasureId, bool, bool)>,
    conditional: bool,
    /// Within an expression about other periods.
    elsewhere: bool,
}

impl<'a> Walk<'a> {
    pub fn new(plan: &'a Plan) -> Walk<'a> {
        Walk {
            plan,
            inputs: Vec::new(),
            hidden: Vec::new(),
            sure: Vec::new(),
            peers: Vec::new(),
            shown: None,
            called: None,
            reads_cohorts: false,
            reaches_back: false,
            measures: Vec::new(),
            conditional: false,
            elsewhere: false,
        }
    }

    /// For what a line gives.
    pub fn of_line(plan: &'a Plan, rule: &Rule) -> Walk<'a> {
        let measure = plan.measures.iter().position(|it| it.node == rule.node && it.name == rule.label);
        let input = || {
            let is_it = |input: &Input| input.node == rule.node && input.label == rule.label;
            plan.inputs.iter().position(is_it).map(|at| Called::Input(InputId(at as u16)))
        };
        let called = measure.map(|at| Called::Measure(MeasureId(at as u16))).or_else(input);
        Walk { called, ..Walk::new(plan) }
    }

    /// Everything a plan says.
    pub fn of_plan(plan: &'a Plan) -> Walk<'a> {
        let mut walk = Walk::new(plan);
        plan.values().for_each(|value| walk.expr(value));
        plan.conditions().for_each(|condition| walk.condition(condition));
        walk
    }

    /// What is walked here is only looked at when something else allows it.
    pub fn maybe(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.conditional, true);
        walk(self);
        self.conditional = outer;
    }

    fn input(&mut self, input: InputId) {
        if !self.inputs.contains(&input) {
            self.inputs.push(input);
        }
        if self.elsewhere {
            return;
        }
        if !self.conditional {
            if !self.sure.contains(&input) {
                self.sure.push(input);
            }
            self.hidden.retain(|hidden| *hidden != input);
        } else if !self.sure.contains(&input) && !self.hidden.contains(&input) {
            self.hidden.push(input);
        }
    }

    fn is_indicator(&self, input: InputId) -> bool {
        self.plan.inputs[input.index()].kind == InputKind::Indicator
    }

    fn show(&mut self, expr: &'a Expr) {
        if self.elsewhere {
            return;
        }
        let better = match (self.shown, expr) {
            _ if self.called.is_some() => match (self.called, expr) {
                (Some(Called::Measure(own)), Expr::Measure(id)) => own == *id,
                (Some(Called::Input(own)), Expr::Input { input, .. }) => own == *input,
                _ => false,
            },
            (None, _) => true,
            (Some(Expr::Input { .. }), Expr::Measure(_)) => true,
            // Events only where there is nothing else: 每3人扣1分.
            (Some(Expr::Input { input, .. }), Expr::Input { .. }) => !self.is_indicator(*input),
            (Some(_), _) => false,
        };
        if better {
            self.shown = Some(expr);
        }
    }

    pub fn expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Number(_) | Expr::Date(_) | Expr::Text(_) | Expr::Row(_) | Expr::Attribute(_) | Expr::Node(_) => {}
            Expr::Full(_) | Expr::Total | Expr::Months { .. } | Expr::NotAssessed | Expr::Escalation { .. } => {}
            Expr::Input { input, .. } => {
                if self.is_indicator(*input) || self.plan.inputs[input.index()].kind == InputKind::Event {
                    self.show(expr);
                }
                self.input(*input);
            }
            Expr::Parameter(input) => self.input(*input),
            Expr::Rows(rows) => self.rows(rows),
            Expr::Measure(measure) => {
                self.show(expr);
                let key = (*measure, self.conditional, self.elsewhere);
                if !self.measures.contains(&key) {
                    self.measures.push(key);
                    self.expr(&self.plan.measures[measure.index()].expr);
                }
            }
            Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
                pair.iter().for_each(|side| self.expr(side));
            }
            Expr::Negate(expr) | Expr::Absolute(expr) | Expr::Root(expr) | Expr::Round { expr, .. } => self.expr(expr),
            Expr::Of(_, exprs) => exprs.iter().for_each(|expr| self.expr(expr)),
            Expr::Steps { amount, step, .. } => {
                self.expr(amount);
                self.expr(step);
            }
            Expr::Case { arms, otherwise } => {
                for (index, (condition, value)) in arms.iter().enumerate() {
                    if index == 0 {
                        self.condition(condition);
                    } else {
                        self.maybe(|walk| walk.condition(condition));
                    }
                    self.maybe(|walk| walk.expr(value));
                }
                self.maybe(|walk| walk.expr(otherwise));
            }
            Expr::Assessed { expr, otherwise } => {
                self.expr(expr);
                self.maybe(|walk| walk.expr(otherwise));
            }
            Expr::Peer(peer) => {
                self.reads_cohorts = true;
                if !self.peers.contains(peer) {
                    self.peers.push(*peer);
                }
            }
            Expr::Rank(_) | Expr::RankFromLast(_) => self.reads_cohorts = true,
            // What lies in other periods is demanded there, not here.
            Expr::Earlier { expr, otherwise, .. } => {
                self.reaches_back = true;
                self.aside(|walk| walk.expr(expr));
                if let Some(otherwise) = otherwise {
                    self.maybe(|walk| walk.expr(otherwise));
                }
            }
            Expr::Past { otherwise, .. } => {
                if let Some(otherwise) = otherwise {
                    self.maybe(|walk| walk.expr(otherwise));
                }
            }
            Expr::Over { expr, .. } => self.aside(|walk| walk.expr(expr)),
            Expr::CountPeriods { condition, .. } => self.aside(|walk| walk.condition(condition)),
        }
    }

    /// Notes what is read, but not as demanded here.
    fn aside(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.elsewhere, true);
        walk(self);
        self.elsewhere = outer;
    }

    fn rows(&mut self, rows: &'a RowsExpr) {
        self.input(rows.input);
        self.maybe(|walk| {
            walk.expr(&rows.value);
            rows.filter.iter().for_each(|filter| walk.condition(filter));
            rows.weight.iter().for_each(|weight| walk.expr(weight));
        });
    }

    pub fn condition(&mut self, condition: &'a Condition) {
        match condition {
            Condition::Always | Condition::Vetoed | Condition::Disqualified(_) | Condition::During(_) => {}
            Condition::Graded(..) => self.reads_cohorts = true,
            Condition::Compare(left, _, right) => {
                self.expr(left);
                self.expr(right);
            }
            Condition::Is(expr, _) | Condition::IsAssessed(expr) => self.expr(expr),
            Condition::Happened(input) => self.input(*input),
            Condition::Not(inner) => self.condition(inner),
            Condition::All(list) | Condition::Any(list) => {
                for (index, inner) in list.iter().enumerate() {
                    if index == 0 {
                        self.condition(inner);
                    } else {
                        self.maybe(|walk| walk.condition(inner));
                    }
                }
            }
            Condition::Streak { condition, .. } => self.aside(|walk| walk.condition(condition)),
        }
    }
}
