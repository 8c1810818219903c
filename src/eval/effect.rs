//! What else a line does when it takes effect: vetoes, titles lost, items put to zero, grades moved.

use crate::eval::memo::Known;
use crate::eval::rule::{Draft, sum_of};
use crate::eval::unit::{At, Fired, Scorer};
use crate::plan::{Basis, Condition, Effect, Expr, InputId, Rule, RuleEffect, RuleId};
use crate::value::Inexact;

impl<'a> Scorer<'_, 'a> {
    /// Draws those effects that waited for points and are asked for; those of a period whose total is being worked out
    /// wait on.
    pub fn draw_effects(&mut self, is_meant: impl Fn(&Rule) -> bool) -> Result<(), Inexact> {
        for (id, period) in std::mem::take(&mut self.waiting) {
            if !is_meant(self.program.rule(id)) {
                self.waiting.push((id, period));
                continue;
            }
            match self.totals.ask(period.0 as usize) {
                Known::Busy => {
                    self.waiting.push((id, period));
                    continue;
                }
                Known::New => self.totals.forget(period.0 as usize),
                Known::Done(_) => {}
            }
            let at = At { period, row: None, rule: Some(id) };
            self.fire(id, self.program.rule(id), &[], at)?;
        }
        Ok(())
    }

    /// Notes the effects of a line that hold in a period, for the first row that each holds for; what looks at the number of
    /// them all (3次以上) is of all of them.
    pub fn fire(&mut self, id: RuleId, rule: &'a Rule, drafts: &[Draft], at: At) -> Result<(), Inexact> {
        for effect in &rule.effects {
            let (mut strike, mut also) = (None, Vec::new());
            match (&rule.basis, &effect.when) {
                (Basis::Period, Condition::Always) if !sum_of(drafts)?.is_zero() => strike = Some(None),
                (Basis::Period, Condition::Always) => {}
                (Basis::Period, when) if self.holds(when, at)? => strike = Some(None),
                (Basis::Period, _) => {}
                (Basis::Row(input) | Basis::Once(input), when) => {
                    let struck = || drafts.iter().filter(|draft| draft.struck).filter_map(|draft| draft.fact);
                    for row in struck() {
                        if self.holds(when, At { row: Some(row), ..at })? {
                            strike = Some(Some(row));
                            if counts_all(when, *input) {
                                also = struck().filter(|other| *other != row).collect();
                            }
                            break;
                        }
                    }
                }
            }
            if let Some(fact) = strike {
                self.fired.push(Fired { rule: id, effect: &effect.effect, period: at.period, fact, also });
            }
        }
        Ok(())
    }
}

/// 3次以上: whether a condition looks at how many rows there are, and at none of them by itself.
fn counts_all(when: &Condition, own: InputId) -> bool {
    let reads_row = |expr: &Expr| matches!(expr, Expr::Row(_) | Expr::Escalation { .. });
    let counts = |expr: &Expr| matches!(expr, Expr::Input { input, .. } if *input == own);
    when.any_expr(counts) && !when.any_expr(reads_row)
}

/// Whether all that a line does is to take titles, or to veto, on a condition: what zeroes points cannot wait for them.
pub(super) fn may_wait(rule: &Rule) -> bool {
    let waits = |effect: &RuleEffect| {
        let zeroes = match effect.effect {
            Effect::ZeroNode(_) | Effect::Veto { zero_total: true, .. } => true,
            // A month's points are there before a longer period is put to zero; the line's own period is not.
            Effect::ZeroTotal(cycle) => cycle == rule.cycle,
            _ => false,
        };
        effect.when != Condition::Always && !zeroes
    };
    rule.basis == Basis::Period && !rule.effects.is_empty() && rule.effects.iter().all(waits)
}
