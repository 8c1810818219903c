//! One unit by itself: candidates side by side over a part of each book, what differs once more by the whole books.

use super::scope::{Scope, with_below};
use super::{Search, Witness};
use crate::diff::trial::{Result, Trial};

/// Candidates that differ in a part and are scored by the whole books.
const MOST_CONFIRMED: usize = 48;

impl Search<'_> {
    /// What trials of one unit show.
    pub(super) fn alone(&mut self, scope: &Scope, trials: &[Trial], month: u32, terms: &[bool]) -> Option<Witness> {
        terms.iter().find_map(|term| self.side_by_side(scope, trials, month, *term))
    }

    fn side_by_side(&mut self, scope: &Scope, trials: &[Trial], month: u32, term: bool) -> Option<Witness> {
        // A term of which nothing at all is reported is not scored.
        let reported: Vec<&Trial> =
            trials.iter().filter(|trial| !term || trial.units.iter().any(|(_, rows)| !rows.is_empty())).collect();
        if reported.is_empty() || self.is_spent(scope) {
            return None;
        }
        let (old_nodes, new_nodes) = self.both(scope);
        let old_part = self.old.part(&with_below(self.old.plan, &old_nodes));
        let new_part = self.new.part(&with_below(self.new.plan, &new_nodes));
        let (before, after) = (self.old.month(month), self.new.month(month));
        let mut confirmed = 0;
        // The small ones first: most changes show with the first few.
        for list in [&reported[..reported.len().min(24)], &reported[reported.len().min(24)..]] {
            if list.is_empty() {
                continue;
            }
            self.tried += list.len();
            let a = self.old.together(&old_part, list, before, term);
            let b = self.new.together(&new_part, list, after, term);
            // Whether a part is assessed may hang on what was left out of it: what differs in points comes first.
            let mut order: Vec<usize> = (0..list.len()).collect();
            order.sort_by_key(|at| match (&a[*at], &b[*at]) {
                (Some(a), Some(b)) => a.assessed != b.assessed,
                _ => true,
            });
            for (trial, a, b) in order.iter().map(|at| (&list[*at], &a[*at], &b[*at])) {
                let (Some(a), Some(b)) = (a, b) else { continue };
                let node_differs = self.nodes_differ(scope, a, b);
                let regraded = || scope.closing && a.grades.iter().map(|it| &it.1).ne(b.grades.iter().map(|it| &it.1));
                if !a.differs_alone(b) && !node_differs && !regraded() {
                    continue;
                }
                if confirmed == MOST_CONFIRMED {
                    break;
                }
                confirmed += 1;
                match self.show(scope, trial, month, term) {
                    Some(witness) => return Some(witness),
                    None if !node_differs => continue,
                    None => {}
                }
                if node_differs && self.hidden.is_none() {
                    self.hidden = Some((Trial::clone(trial), before, after));
                }
            }
        }
        None
    }

    fn nodes_differ(&self, scope: &Scope, a: &Result, b: &Result) -> bool {
        self.node_pairs(scope).into_iter().any(|(old, new)| match (old, new) {
            (Some(old), Some(new)) => a.nodes.get(&old) != b.nodes.get(&new),
            _ => false,
        })
    }
}
