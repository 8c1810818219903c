//! What differs between the books, in words, and the witness that shows it.

use super::scope::Scope;
use super::{Search, Witness, prizes};
use crate::calendar::Month;
use crate::diff::trial::{Named, Result, Row, Side, Trial};
use crate::plan::words::amount_text;
use crate::plan::*;
use crate::value::Number;

/// What differs between the books, in words.
pub(super) struct Told {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) points: Option<(Number, Number)>,
}

impl Search<'_> {
    pub(super) fn witness(&self, trial: &Trial, month: u32, term: bool, unit: usize, told: Told) -> Witness {
        let (before, after) = (self.old.month(month), self.new.month(month));
        let Told { old, new, points } = told;
        let facts = |side: &Side<'_>, month: Month| {
            let facts = side.facts(&[trial], month).told();
            match (facts.is_empty(), term) {
                (true, _) if trial.units.iter().all(|(_, rows)| rows.is_empty()) => String::new(),
                (true, _) => "没有这条事实".to_owned(),
                (false, _) => facts,
            }
        };
        let has_past = trial.units.iter().flat_map(|(asked, _)| asked).any(|(it, _)| matches!(it, Named::Past { .. }));
        let telling: Vec<&Row> =
            trial.units.first().into_iter().flat_map(|(_, rows)| rows).filter(|row| !row.is_owed).collect();
        let named = match (trial.units.len(), Some(telling.as_slice())) {
            (1, Some([row])) => {
                let input = match (row.old, row.new) {
                    (_, Some(id)) => Some(&self.new.plan.inputs[id.index()]),
                    (Some(id), None) => Some(&self.old.plan.inputs[id.index()]),
                    (None, None) => None,
                };
                let is_late = input.is_some_and(|input| input.needs.deadline);
                let kind = match (row.old, row.new) {
                    (_, Some(id)) => &self.new.plan.inputs[id.index()].quantity,
                    (Some(id), None) => &self.old.plan.inputs[id.index()].quantity,
                    (None, None) => &Type::Bare,
                };
                let is_none = |named: &Named| *named == Named::Field(RowField::Quantity);
                let said = row.given.iter().find(|(named, _)| is_none(named)).map(|(_, text)| text.clone());
                let more: String = row
                    .given
                    .iter()
                    .map(|(named, text)| match named {
                        Named::Points | Named::Month => String::new(),
                        Named::Field(RowField::DaysToRepair) => format!("，{text}天整改"),
                        _ => format!("，{text}"),
                    })
                    .chain(self.judged(row))
                    .collect();
                said.unwrap_or_else(|| match is_late {
                    true => format!("逾期{}天{more}", amount_text(row.quantity, None)),
                    false => format!("{}{more}", amount_text(row.quantity, Some(kind))),
                })
            }
            (1, Some([])) if has_past => "只有以前各期的数".to_owned(),
            (1, Some([])) => "没有事实".to_owned(),
            (1, Some(rows)) => format!("{}条事实", rows.len()),
            (count, _) => format!("{count}个单位，其中{}", self.unit_name(unit)),
        };
        Witness {
            brief: format!("{named}：旧 {old}，新 {new}"),
            old_facts: facts(&self.old, before),
            new_facts: facts(&self.new, after),
            old,
            new,
            trial: trial.clone(),
            month,
            term,
            longer: self.old.longer.get(),
            alone: None,
            mixed: false,
            single: None,
            points,
        }
    }

    /// 酌情: the points that a row is given, and where one of the books does not permit them what it permits instead.
    fn judged(&self, row: &Row) -> Option<String> {
        let is_said = row.given.iter().any(|(named, _)| *named == Named::Points);
        match (self.old.points(row), self.new.points(row)) {
            (Some(a), Some(b)) if a != b => Some(format!("，分值按旧方案填{a}、按新方案填{b}")),
            (Some(points), _) | (None, Some(points)) => is_said.then(|| format!("，分值{points}")),
            (None, None) => None,
        }
    }

    fn unit_name(&self, unit: usize) -> String {
        const NAMES: &[&str] = &["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑"];
        let subject =
            if self.old.plan.subject.chars().count() <= 4 { self.old.plan.subject.as_str() } else { "单位" };
        NAMES.get(unit).map_or_else(|| format!("第{}个{subject}", unit + 1), |name| format!("{name}{subject}"))
    }

    /// What differs for a unit by itself, if the change can be what makes it differ.
    pub(super) fn told_alone(&self, scope: &Scope, x: &Result, y: &Result, term: bool) -> Option<Told> {
        let yes = |is: bool, word: &str| if is { word.to_owned() } else { format!("没有{word}") };
        let vetoed = |is: bool, plan: &Plan| match (is, term) {
            (true, true) => "年终一票否决".to_owned(),
            (false, true) => "年终没有一票否决".to_owned(),
            (true, false) => format!("{}一票否决", plan.cycle.this()),
            (false, false) => format!("{}没有一票否决", plan.cycle.this()),
        };
        if x.total != y.total && !self.by_effects {
            // The node itself shows it best, if it differs as the total does.
            let gap = y.total.minus(x.total).ok();
            let node = self.node_pairs(scope).into_iter().find_map(|(old, new)| {
                let points = |result: &Result, node: Option<NodeId>| {
                    node.and_then(|node| result.nodes.get(&node).copied()).unwrap_or_default()
                };
                let (a, b) = (points(x, old), points(y, new));
                let is_root = old.or(new).is_none_or(|node| node.index() == 0);
                (!is_root && a != b && b.minus(a).ok() == gap).then_some((a, b))
            });
            let (a, b) = node.unwrap_or((x.total, y.total));
            return Some(Told { old: a.to_string(), new: b.to_string(), points: Some((a, b)) });
        }
        let said = |old: String, new: String| Some(Told { old, new, points: None });
        if x.assessed != y.assessed {
            return said(yes(x.assessed, "参评"), yes(y.assessed, "参评"));
        }
        if x.vetoed != y.vetoed {
            return said(vetoed(x.vetoed, self.old.plan), vetoed(y.vetoed, self.new.plan));
        }
        if x.disqualified != y.disqualified {
            let shown = |list: &[String]| match list {
                [] => "不取消资格".to_owned(),
                list => format!("取消{}", list.join("、")),
            };
            return said(shown(&x.disqualified), shown(&y.disqualified));
        }
        None
    }

    /// What differs among units side by side: of the award, ranking or grading that changed; else what a clause does.
    pub(super) fn told(&self, scope: &Scope, x: &Result, y: &Result, term: bool) -> Option<Told> {
        let said = |old: String, new: String| Some(Told { old, new, points: None });
        if !scope.cohort {
            if let Some(told) = self.told_alone(scope, x, y, term) {
                return Some(told);
            }
            // A clause that sets a grade, or a place at the end, does so whatever else changed; where the rules of places
            // and prizes changed too they may be what makes the difference.
            let grades = |result: &Result| result.grades.iter().map(|(_, grade)| grade.clone()).collect::<Vec<_>>();
            if scope.closing && grades(x) != grades(y) {
                return said(grades(x).join("、"), grades(y).join("、"));
            }
            return None;
        }
        for (a, b) in &scope.rankings {
            let rank = |result: &Result, at: &Option<usize>| {
                at.and_then(|at| result.ranks.iter().find(|(ranking, _)| *ranking == at)).map(|(_, rank)| *rank)
            };
            let (p, q) = (rank(x, a), rank(y, b));
            if p != q && (p.is_some() || q.is_some()) {
                let shown = |rank: Option<Option<u32>>| match rank.flatten() {
                    Some(rank) => format!("第{rank}名"),
                    None => "没有名次".to_owned(),
                };
                return said(shown(p), shown(q));
            }
        }
        for (a, b) in &scope.gradings {
            let grade = |result: &Result, at: &Option<usize>| {
                let found = at.and_then(|at| result.grades.iter().find(|(grading, _)| *grading == at));
                found.map_or_else(|| "没有等次".to_owned(), |(_, grade)| grade.clone())
            };
            let (p, q) = (grade(x, a), grade(y, b));
            if p != q {
                return said(p, q);
            }
        }
        // An award shows where places are the same: else it may be the ranking that changed.
        let places = |result: &Result| result.ranks.iter().map(|(_, rank)| *rank).collect::<Vec<_>>();
        if places(x) == places(y) {
            // Another line may give the same.
            let changed = scope.awards.iter().filter(|_| prizes(x) != prizes(y));
            for (a, b) in changed {
                let awards = |result: &Result, at: &Option<usize>| -> Vec<(String, Option<Number>)> {
                    let mine = result.awards.iter().filter(|(award, ..)| Some(*award) == *at);
                    mine.map(|(_, text, money)| (text.clone(), *money)).collect()
                };
                let (p, q) = (awards(x, a), awards(y, b));
                if p != q {
                    let shown = |awards: &[(String, Option<Number>)], result: &Result| {
                        let place = match result.ranks.first().and_then(|(_, rank)| *rank) {
                            Some(rank) => format!("第{rank}名"),
                            None => String::new(),
                        };
                        match awards {
                            [] => format!("{place}没有这一条奖惩"),
                            list => format!(
                                "{place}{}",
                                list.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>().join("、")
                            ),
                        }
                    };
                    return said(shown(&p, x), shown(&q, y));
                }
            }
            // Whether the last place is one where all are level shows in what is given for it.
            if scope.awards.is_empty() && !scope.rankings.is_empty() {
                let (p, q) = (self.lasting_awards(x), self.lasting_awards(y));
                if p != q {
                    let shown = |awards: Vec<String>| match awards.is_empty() {
                        true => "没有奖惩".to_owned(),
                        false => awards.join("、"),
                    };
                    return said(shown(p), shown(q));
                }
            }
        }
        None
    }

    /// What a unit is given by lines that both books have.
    fn lasting_awards(&self, result: &Result) -> Vec<String> {
        let texts = |plan: &Plan| plan.awards.iter().map(|it| crate::meaning::prize_text(&it.text)).collect::<Vec<_>>();
        let (left, right) = (texts(self.old.plan), texts(self.new.plan));
        let given = result.awards.iter().map(|(_, text, _)| text);
        given.filter(|text| left.contains(text) && right.contains(text)).cloned().collect()
    }
}
