//! How a unit's points came about: entries with their facts and reasons, and effects.

use crate::calendar::PeriodId;
use crate::eval::expr::Value;
use crate::eval::node::State;
use crate::eval::unit::{At, Fired, Scorer};
use crate::outcome::{EffectOutcome, Entry, Late};
use crate::plan::walk::days_late;
use crate::plan::{Basis, DayKind, Effect, InputId, InputKind, NodeId, RowField, Rule, RuleId};
use crate::value::{Inexact, Number};

impl<'a> Scorer<'_, 'a> {
    /// Every entry of the period, by base period, then in the order of the rulebook.
    pub fn entry_outcomes(&mut self, period: PeriodId, bases: &[PeriodId]) -> Result<Vec<Entry>, Inexact> {
        let program = self.program;
        let mut entries = Vec::new();
        let rules = || (0..program.plan.rules.len() as u16).map(RuleId);
        for base in bases {
            for id in rules().filter(|id| !program.nodes[program.rule(*id).node.index()].year_end) {
                for own in self.landing_in(*base, program.rule(id).cycle) {
                    self.entries_of(id, own, &mut entries)?;
                }
            }
        }
        if program.cycle(period) != program.plan.cycle {
            for id in rules().filter(|id| program.nodes[program.rule(*id).node.index()].year_end) {
                for own in program.within(period, program.rule(id).cycle).collect::<Vec<_>>() {
                    self.entries_of(id, own, &mut entries)?;
                }
            }
        }
        Ok(entries)
    }

    fn entries_of(&mut self, id: RuleId, own: PeriodId, entries: &mut Vec<Entry>) -> Result<(), Inexact> {
        let program = self.program;
        let rule = program.rule(id);
        let node_period = program.around(own, program.node(rule.node).cycle);
        let node = self.nodes.find(self.slot(rule.node.index(), node_period));
        if node.is_none_or(|node| node.state != State::Assessed) {
            self.rows_of_no_use(id, own, entries);
            return Ok(());
        }
        let Some(score) = self.rules.find(self.slot(id.index(), own)) else { return Ok(()) };
        for index in score.drafts.0..score.drafts.1 {
            let draft = self.drafts[index as usize].clone();
            let mut entry = Entry {
                rule: id,
                period: own,
                quantity: None,
                points: draft.points,
                counted: draft.counted,
                reason: draft.reason.map(String::from),
                facts: Vec::new(),
                matter: None,
                person: None,
                late: None,
                basis: None,
                note: None,
                peers: self.peers_used(id, own),
            };
            match draft.fact {
                Some(row) => {
                    let fact = self.fact(row);
                    entry.quantity = fact.quantity().map(Number::from);
                    entry.facts.extend(fact.origin().map(|origin| program.store.origin_text(origin)));
                    let text = |id| program.store.symbol(id).to_owned();
                    entry.matter = fact.detail().and_then(|detail| detail.matter).map(text);
                    entry.late = self.late(id, At { row: Some(row), ..At::period(own) });
                    entry.person = fact.detail().and_then(|detail| detail.person).map(text);
                    if let Some(detail) = fact.detail() {
                        entry.basis = detail.basis.as_deref().map(str::to_owned);
                        entry.note = detail.note.as_deref().map(str::to_owned);
                    }
                }
                None => {
                    if let Some(shown) = program.rules[id.index()].shown {
                        entry.quantity = self.number(shown, At::period(own))?;
                    }
                    entry.facts = self.facts_read(id, own);
                }
            }
            entries.push(entry);
        }
        Ok(())
    }

    /// How late a row is, as its line counts the days.
    fn late(&self, id: RuleId, at: At) -> Option<Late> {
        let field = days_late(&self.program.rule(id).points)?;
        let (RowField::DaysLate { workdays } | RowField::DaysLateHere { workdays }) = field else { return None };
        let days = |field: RowField| match self.row_field(field, at) {
            Value::Number(days) => days.to_string().parse::<i64>().ok(),
            _ => None,
        };
        let detail = self.detail(at.row?)?;
        Some(Late {
            deadline: detail.deadline?,
            completed: detail.completed,
            days: days(RowField::DaysLate { workdays })?,
            here: matches!(field, RowField::DaysLateHere { .. }).then(|| days(field)).flatten(),
            workdays: workdays != DayKind::All,
        })
    }

    /// Rows about an item that is not assessed for this unit: shown, so that nobody looks for their points.
    fn rows_of_no_use(&mut self, id: RuleId, own: PeriodId, entries: &mut Vec<Entry>) {
        let program = self.program;
        let (Basis::Row(input) | Basis::Once(input)) = program.rule(id).basis else { return };
        if !self.is_on_roster(own) {
            return;
        }
        for row in self.within(input, own) {
            let fact = self.fact(row);
            entries.push(Entry {
                rule: id,
                period: own,
                quantity: fact.quantity().map(Number::from),
                points: Number::ZERO,
                counted: false,
                reason: Some("本项对本单位不适用".to_owned()),
                facts: fact.origin().map(|origin| program.store.origin_text(origin)).into_iter().collect(),
                matter: None,
                person: None,
                late: None,
                basis: None,
                note: None,
                peers: Vec::new(),
            });
        }
    }

    /// Where everything that a measure reads was reported.
    fn facts_read(&self, id: RuleId, period: PeriodId) -> Vec<String> {
        let program = self.program;
        let mut rows = Vec::new();
        for input in &program.rules[id.index()].inputs {
            rows.extend(self.rows_read(*input, period));
        }
        let origins = rows.into_iter().filter_map(|row| self.fact(row).origin());
        origins.map(|origin| program.store.origin_text(origin)).collect()
    }

    fn rows_read(&self, input: InputId, period: PeriodId) -> Vec<u32> {
        let program = self.program;
        let cycle = program.plan.inputs[input.index()].cycle;
        match program.plan.inputs[input.index()].kind {
            InputKind::Indicator | InputKind::Parameter { .. } if cycle > program.cycle(period) => {
                self.within(input, program.around(period, cycle))
            }
            _ => self.within(input, period),
        }
    }

    /// 全体平均（成功率）, 0.93
    fn peers_used(&mut self, id: RuleId, period: PeriodId) -> Vec<(String, Number)> {
        let program = self.program;
        let mut used = Vec::new();
        for peer in &program.rules[id.index()].peers {
            if let Value::Number(value) = self.peer(*peer, period) {
                used.push((program.plan.peers[peer.index()].name.clone(), value));
            }
        }
        used
    }

    pub fn effect_outcomes(&self, period: PeriodId) -> Vec<EffectOutcome> {
        let program = self.program;
        let mut fired: Vec<&Fired> = self.fired.iter().filter(|fired| self.counts_in(fired, period)).collect();
        fired.sort_by_key(|fired| (fired.period, fired.rule));
        let origin = |row: u32| self.fact(row).origin().map(|origin| program.store.origin_text(origin));
        let outcome = |fired: &Fired| EffectOutcome {
            rule: fired.rule,
            input: input_of(program.rule(fired.rule)),
            period: fired.period,
            effect: words(fired.effect),
            fact: fired.fact.and_then(origin),
            also: fired.also.iter().copied().filter_map(origin).collect(),
        };
        fired.into_iter().map(outcome).collect()
    }
}

fn input_of(rule: &Rule) -> Option<InputId> {
    match rule.basis {
        Basis::Row(input) | Basis::Once(input) => Some(input),
        Basis::Period => None,
    }
}

fn words(effect: &Effect) -> String {
    match effect {
        Effect::Veto { .. } => "一票否决".to_owned(),
        Effect::Disqualify(name) => format!("取消{name}"),
        Effect::ZeroNode(NodeId(0)) => "总分计零".to_owned(),
        Effect::ZeroNode(_) => "本项计零".to_owned(),
        Effect::ZeroTotal(cycle) => format!("{}总分计零", cycle.this()),
        Effect::SetGrade { grade, .. } => format!("等次定为{grade}"),
        Effect::GradeAtMost { grade, .. } => format!("等次不得高于{grade}"),
        Effect::LowerGrade { steps, .. } => format!("等次降{steps}档"),
    }
}
