//! Lines that move grades in one order, as far as their order makes no difference.

use super::Normal;
use crate::plan::walk::walk_grades;
use crate::plan::*;

impl Normal<'_> {
    /// Of those that may come next always the first: a veto, then limits, then what is set or moved, by their forms. What
    /// may not come before another never does.
    pub(super) fn order_rules(&self, grading: &mut Grading, index: u16) {
        let (grades, rules) = (&grading.grades, &mut grading.rules);
        let places = |name: &String| grades.iter().position(|grade| grade.name == *name);
        let mut left: Vec<((bool, String, String), bool, GradeRule)> = Vec::new();
        for rule in rules.drain(..) {
            let mut reads = false;
            walk_grades(&rule.when, &mut |other| reads |= other == index);
            let key = (rule.when != Condition::Vetoed, self.form(&rule.change), self.form(&rule.when));
            left.push((key, reads, rule));
        }
        while !left.is_empty() {
            let may_come = |at: &usize| {
                let (_, reads, rule) = &left[*at];
                left[..*at].iter().all(|(_, other_reads, other)| {
                    !reads && !other_reads && do_commute(&rule.change, &other.change, grades.len(), &places)
                })
            };
            let next = (0..left.len()).filter(may_come).min_by_key(|at| &left[*at].0).unwrap_or(0);
            rules.push(left.remove(next).2);
        }
    }
}

/// Whether two changes come to the same in either order, whatever the grade before.
fn do_commute(one: &GradeChange, other: &GradeChange, count: usize, places: &dyn Fn(&String) -> Option<usize>) -> bool {
    let change = |change: &GradeChange, now: Option<usize>| match change {
        GradeChange::Set(name) => places(name),
        GradeChange::AtMost(name) => now.map(|now| places(name).map_or(now, |place| now.max(place))),
        GradeChange::Up(steps) => now.map(|now| now.saturating_sub(*steps as usize)),
        GradeChange::Down(steps) => now.map(|now| now.saturating_add(*steps as usize).min(count.saturating_sub(1))),
    };
    let mut all = (0..count).map(Some).chain([None]);
    all.all(|now| change(one, change(other, now)) == change(other, change(one, now)))
}
