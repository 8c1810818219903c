//! 部分属实的减半，重复的加倍: two cases that change the points of a row, and a row that is in both of them.

use super::Draft;
use super::reach::changes;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// Asks what holds where both do, unless the line says so before them or no row can be in both.
pub(super) fn both_change(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let rules: Vec<&RowRule> = draft.row_rules.iter().filter(|rule| rule.factor.is_some()).collect();
    let said: Vec<Vec<&Condition>> = rules.iter().map(|rule| atoms(&rule.when)).collect();
    let pairs = (0..rules.len()).flat_map(|later| (0..later).map(move |earlier| (earlier, later)));
    let unclear = pairs.into_iter().find(|(earlier, later)| {
        let (one, other) = (&said[*earlier], &said[*later]);
        // 严重且恶劣的乘以3，严重的加倍，恶劣的加倍: the first says what both come to.
        let says_both = |known: &Vec<&Condition>| {
            known.iter().all(|atom| one.contains(atom) || other.contains(atom))
                && one.iter().chain(other).all(|atom| known.contains(atom))
        };
        !one.iter().any(|atom| other.iter().any(|against| exclude(atom, against)))
            && !said[..=*earlier].iter().any(says_both)
    });
    let Some((earlier, later)) = unclear else { return };
    let line = site.statement.line.number;
    // A condition that was refused may be anything.
    if scope.has_error_at(line) {
        return;
    }
    let written = changes(scope, site);
    let help = match (written.get(earlier), written.get(later)) {
        (Some(one), Some(other)) if written.len() == rules.len() => {
            let text = scope.line_text(site.statement);
            // 严重的加倍，严重且恶劣的乘以3: the second is never looked at.
            if said[earlier].iter().all(|atom| said[later].contains(atom)) {
                let rest = text.replacen(&other.text, &one.text, 1);
                let swapped = rest.replacen(&one.text, &other.text, 1);
                let message = format!("合于“{}”的，都先合于前面的“{}”，轮不到它", other.condition, one.condition);
                let finding = scope.at_line(line, "missing-convention", message).help(format!("写成：{swapped}"));
                return scope.report(finding);
            }
            let both = format!("{}且{}", alone(&one.condition), alone(&other.condition));
            let with = |factor: Number| text.replacen(&one.text, &format!("{both}的乘以 {factor}，{}", one.text), 1);
            match (&rules[earlier].factor, &rules[later].factor) {
                (Some(Expr::Number(first)), Some(Expr::Number(second))) => {
                    // INVARIANT: numbers of a line are small; what cannot be multiplied is shown as the first alone.
                    let product = first.times(*second).unwrap_or(*first);
                    format!("连乘的，写成：{}\n只看写在前面一样的，写成：{}", with(product), with(*first))
                }
                _ => format!("在前面写明两样都合的怎样算：{both}的…"),
            }
        }
        _ => "在前面写明两样都合的怎样算：…且…的，乘以 几".to_owned(),
    };
    let message = format!("“{}”和“{}”都合的，没有写是连乘还是只看一样", rules[earlier].reason, rules[later].reason);
    let finding = scope.at_line(line, "missing-convention", message).help(help);
    scope.report(finding);
}

/// 且 binds closer than 或.
fn alone(condition: &str) -> String {
    if condition.contains('或') && !condition.starts_with('（') {
        format!("（{condition}）")
    } else {
        condition.to_owned()
    }
}

/// What has to hold, one by one.
pub(super) fn atoms(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(list) => list.iter().flat_map(atoms).collect(),
        other => vec![other],
    }
}

/// Whether no row can meet both.
fn exclude(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Any(list), single) | (single, Condition::Any(list)) => {
            list.iter().all(|inner| atoms(inner).iter().any(|atom| exclude(atom, single)))
        }
        (Condition::Not(inner), positive) | (positive, Condition::Not(inner)) => match (&**inner, positive) {
            (Condition::Is(left, not), Condition::Is(right, is)) => {
                left == right && is.iter().all(|it| not.contains(it))
            }
            (inner, positive) => inner == positive,
        },
        (Condition::Is(left, these), Condition::Is(right, those)) => {
            left == right && !these.iter().any(|it| those.contains(it))
        }
        (Condition::Compare(left, a, x), Condition::Compare(right, b, y)) if left == right => match (&**x, &**y) {
            (Expr::Number(x), Expr::Number(y)) => lie_apart((*a, *x), (*b, *y)) || lie_apart((*b, *y), (*a, *x)),
            _ => false,
        },
        _ => false,
    }
}

/// 不足10天 and 超过30天: all of the first lie below all of the second.
fn lie_apart((a, x): (Comparison, Number), (b, y): (Comparison, Number)) -> bool {
    let ends = matches!(a, Comparison::Below | Comparison::AtMost | Comparison::Equal);
    let begins = matches!(b, Comparison::Above | Comparison::AtLeast | Comparison::Equal);
    ends && begins && (x < y || x == y && (a == Comparison::Below || b == Comparison::Above))
}
