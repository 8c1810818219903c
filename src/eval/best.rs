//! 取最高N项: which parts of a node count.

use crate::calendar::PeriodId;
use crate::eval::node::{Parts, State};
use crate::eval::rule::Draft;
use crate::eval::unit::Scorer;
use crate::outcome::Tally;
use crate::plan::{Combine, Node, NodeId, RuleId};
use crate::value::{Inexact, Number};

/// Something that may be chosen: a part of a node, or an entry by its place among the unit's drafts.
struct Candidate {
    points: Number,
    tally: Tally,
    draft: Option<u32>,
}

impl<'a> Scorer<'_, 'a> {
    pub fn add_best(
        &mut self,
        id: NodeId,
        node: &'a Node,
        period: PeriodId,
        tally: &mut Tally,
        parts: &mut Parts,
    ) -> Result<(), Inexact> {
        let Combine::Best { most, lowest, each_entry, minus_joins } = &node.combine else { return Ok(()) };
        let mut candidates = Vec::new();
        let mut outside = Tally::default();
        let own: Vec<(RuleId, PeriodId)> = node
            .rules
            .iter()
            .flat_map(|rule| self.rule_periods(*rule, period).into_iter().map(|own| (*rule, own)))
            .collect();
        for (rule, own) in own {
            self.entries(rule, own, *minus_joins, &mut candidates, &mut outside, parts)?;
        }
        for child in &node.children {
            if each_entry.contains(child) {
                let mut stack: Vec<(NodeId, PeriodId)> =
                    self.part_periods(*child, period).into_iter().rev().map(|own| (*child, own)).collect();
                while let Some((inner, own)) = stack.pop() {
                    // Scoring it tells whether it applies; what it keeps of its start stays outside the choice.
                    if self.node(inner, own).state == State::NotAssessed {
                        parts.note(State::NotAssessed);
                        continue;
                    }
                    let inner = self.program.node(inner);
                    for rule in &inner.rules {
                        for rule_period in self.rule_periods(*rule, own) {
                            self.entries(*rule, rule_period, *minus_joins, &mut candidates, &mut outside, parts)?;
                        }
                    }
                    for below in inner.children.iter().rev() {
                        stack.extend(self.part_periods(*below, own).into_iter().rev().map(|own| (*below, own)));
                    }
                }
                continue;
            }
            let part = self.part(*child, period)?;
            parts.note(part.state);
            if part.state != State::Assessed {
                continue;
            }
            let mut joined = part.tally;
            if !minus_joins {
                outside.add(&Tally { deduction: joined.deduction, ..Tally::default() })?;
                joined.deduction = Number::ZERO;
            }
            candidates.push(Candidate { points: joined.points()?, tally: joined, draft: None });
        }
        // A stable sort: among equals the first in the rulebook and the files is chosen.
        candidates.sort_by(|a, b| if *lowest { a.points.cmp(&b.points) } else { b.points.cmp(&a.points) });
        let word = if *lowest { "取最低" } else { "取最高" };
        let mut all = Number::ZERO;
        let mut chosen = Tally::default();
        let traced = self.program.traced;
        for (place, candidate) in candidates.iter().enumerate() {
            all = all.plus(candidate.points)?;
            if place < *most as usize {
                chosen.add(&candidate.tally)?;
            } else if let Some(draft) = candidate.draft {
                let draft: &mut Draft = &mut self.drafts[draft as usize];
                draft.counted = false;
                draft.points = Number::ZERO;
                draft.explain(traced, || format!("{word}{most}项，未取"));
            }
        }
        let kept = chosen.points()?;
        self.trace_step(id, period, || format!("{word}{most}项"), all, kept);
        tally.add(&chosen)?;
        tally.add(&outside)
    }

    fn entries(
        &mut self,
        rule: RuleId,
        period: PeriodId,
        minus_joins: bool,
        candidates: &mut Vec<Candidate>,
        outside: &mut Tally,
        parts: &mut Parts,
    ) -> Result<(), Inexact> {
        let score = self.rule(rule, period);
        parts.note(if score.assessed { State::Assessed } else { State::NotAssessed });
        for index in score.drafts.0..score.drafts.1 {
            let draft = &self.drafts[index as usize];
            if !draft.counted {
                continue;
            }
            let points = draft.points;
            let mut tally = Tally::default();
            tally.add_points(points)?;
            if points.is_negative() && !minus_joins {
                outside.add(&tally)?;
            } else {
                candidates.push(Candidate { points, tally, draft: Some(index) });
            }
        }
        Ok(())
    }
}
