//! Points that hold under a condition or in a range, and points with nothing before them.

use super::another_figure::another_figure;
use super::beyond::without_each;
use super::counted_by::factor_of_a_band;
use super::finish::uses_row;
use super::interpolate;
use super::key::text_key;
use super::modifier::modifier;
use super::outcome::outcome_of;
use super::stray::stray_case;
use super::{Arm, Draft, Line, Outcome, Subject, Waiting, verb_of};
use crate::calendar::Cycle;
use crate::compile::condition::Range;
use crate::compile::declare::{NO_CASES, zero};
use crate::compile::expression::{Site, Typed};
use crate::compile::scope::{Scope, name_of};
use crate::diagnostic::Finding;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// A condition or range with what follows from it.
pub(super) fn arm(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    (condition, range): (Condition, Option<Range>),
    outcome: &Pair<'_, Token>,
    at: &Pair<'_, Token>,
) {
    let verb = verb_of(outcome);
    if range.is_none() && another_figure(scope, site, draft, (&condition, verb), (at, outcome)) {
        return;
    }
    let given = outcome_of(scope, site, draft, outcome, &condition);
    if std::mem::take(&mut draft.beyond) {
        return without_each(scope, site, draft, outcome, &given);
    }
    match given {
        // 每人扣2分，职务为正职的另扣5分: on top of what the line gives anyway.
        Outcome::Points(points) if outcome.has(Token::ALSO) => {
            draft.on_total |= scope.in_row.is_some() && range.is_some();
            draft.extras.push((condition, points));
        }
        Outcome::Points(points) => {
            draft.flat = true;
            draft.on_total |= scope.in_row.is_some() && (range.is_some() || of_own_total(scope, &condition));
            draft.ranges.extend(range.clone());
            draft.push(Arm { range, ..Arm::flat(condition, points, verb) });
        }
        Outcome::NoMarks => {
            draft.flat = true;
            draft.ranges.extend(range.clone());
            draft.no_marks.push(condition.clone());
            draft.on_total |= scope.in_row.is_some() && range.is_some();
            draft.arms.push(Arm { range, ..Arm::flat(condition, zero(), None) });
        }
        Outcome::Between(given) => interpolate::note(scope, site, draft, (Some(condition), range, given), outcome),
        Outcome::Judged(points) if outcome.has(Token::ALSO) => draft.extras.push((condition, points)),
        Outcome::Judged(points) => draft.arms.push(Arm::flat(condition, points, verb)),
        Outcome::NotAssessed => {
            draft.ranges.extend(range);
            draft.arms.insert(0, Arm::flat(condition, Expr::NotAssessed, None));
        }
        Outcome::NotCounted if range.is_some() && (scope.in_row.is_some() || open_above(&range)) => {
            let finding = scope
                .at(site.statement, at, "unclear-limit", "这里说不清是超过以后的不计，还是一次也不计")
                .help("超过以后的不计，写成：最多加5分（最多计3次；第4次起每次不扣）；一次也不计的，写成：超过5件的，不加分");
            scope.report(finding);
        }
        Outcome::NotCounted => {
            let reason = scope.original(site.statement, at);
            draft.row_rules.push(RowRule { when: condition, factor: None, reason });
        }
        Outcome::Factor(factor) if scope.in_row.is_none() => factor_of_a_band(scope, site, draft, outcome, &factor),
        Outcome::Factor(factor) => {
            let reason = scope.original(site.statement, at);
            draft.row_rules.push(RowRule { when: condition, factor: Some(factor), reason });
            let gives = draft.plain.is_some() || draft.otherwise.is_some() || draft.table.is_some();
            if !gives && draft.arms.is_empty() && draft.tiers.is_empty() && draft.judged.is_none() {
                draft.leading = draft.row_rules.len();
            }
        }
    }
}

/// An outcome with nothing before it.
pub(super) fn plain(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    outcome: &Pair<'_, Token>,
) {
    match outcome_of(scope, site, draft, outcome, &Condition::Always) {
        Outcome::NoMarks => {
            draft.flat = true;
            draft.no_marks.push(Condition::Always);
            draft.plain = Some(zero());
        }
        Outcome::Points(points) => {
            draft.flat |= draft.plain.is_none() || !outcome.has(Token::ALSO);
            set_plain(scope, site, draft, outcome, points);
        }
        Outcome::Between(given) => interpolate::note(scope, site, draft, (None, None, given), outcome),
        Outcome::Judged(points) => set_plain(scope, site, draft, outcome, points),
        // 加倍 and 减半 are for some cases; for all of them the points themselves would say so.
        Outcome::Factor(_) if outcome.has(Token::DOUBLED) || outcome.has(Token::HALVED) => {
            let finding = scope
                .at(site.statement, outcome, "outcome-without-condition", "没有写在什么情形下这样处理")
                .help("在前面写明条件，如：情节为严重的加倍");
            scope.report(finding);
        }
        Outcome::Factor(factor) => draft.factors.push(factor),
        Outcome::NotAssessed | Outcome::NotCounted => {
            let _ = subject;
            let finding = scope.at(site.statement, outcome, "outcome-without-condition", "没有写在什么情形下这样处理");
            scope.report(finding.help("在前面写明条件，如：录入件数为0时，不作考评"));
        }
    }
}

/// Points without any condition: only once a line, unless 另、再 say that they come on top.
pub(super) fn set_plain(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    outcome: &Pair<'_, Token>,
    points: Expr,
) {
    let always = draft.arms.iter().any(|arm| arm.when == Condition::Always);
    // 3次以上扣5分；每5次另扣2分: on top of the bands too.
    let on_bands = outcome.has(Token::ALSO) && !draft.arms.is_empty();
    if draft.plain.is_none() && !always && !on_bands {
        draft.plain = Some(points);
        draft.plain_verb = verb_of(outcome);
        draft.plain_at = (outcome.as_span().start(), outcome.as_span().end());
    } else if outcome.has(Token::ALSO) {
        draft.extras.push((Condition::Always, points));
    } else if !std::mem::replace(&mut draft.two_outcomes, true) {
        let finding = scope
            .at(site.statement, outcome, "two-outcomes", "这一行写了两个分数，说不清是哪一个，还是都算")
            .help("不同的情形分行写；各有条件的，在每个分数前写明条件；都算的，后一个写“另扣”“另加”");
        scope.blame(finding);
    }
}

pub(super) fn both(waiting: Waiting, then: Condition) -> Condition {
    match waiting {
        Some((first, _)) => Condition::All(vec![first, then]),
        None => then,
    }
}

/// 情节为严重的本项不得分, 2起以上的一票否决
pub(super) fn consequence(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    pair: &Pair<'_, Token>,
    waiting: &mut Waiting,
) {
    let then = pair.clone().into_inner().next().expect("a consequence is something");
    if then.as_rule() == Token::veto {
        super::veto::veto_of(draft, waiting);
    } else {
        modifier(scope, site, draft, subject, &then, waiting);
    }
}

/// 资质：一级加5分；二级加3分
pub(super) fn named_case(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    waiting: &mut Waiting,
    name: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let Line { site, subject, .. } = line;
    if let Subject::Value(value @ Typed { kind: Type::Text, .. }) = subject {
        let condition = text_key(scope, site, name, &name_of(name), value);
        arm(scope, site, draft, (condition, None), outcome, name);
        return;
    }
    // 成功率不作考评: the name only repeats what the line is about.
    let label = site.statement.label();
    match waiting.take() {
        Some(_) if !label.contains(&name_of(name)) => {
            let word = name_of(name);
            let finding = scope.at(site.statement, name, "unread-word", format!("“{word}”没有读懂，不能当作没有写"));
            let head = site.statement.inner().child(Token::head).unwrap_or_else(|| site.statement.inner());
            // 不少于1次，未开展扣5分: none at all, and nothing that was met.
            let none = ["未开展", "未组织", "未举办", "未召开", "未完成", "没有", "无"].contains(&word.as_str());
            let finding = match head.child(Token::head_unit).filter(|_| none) {
                Some(unit) => {
                    let (head, unit) = (scope.original(site.statement, &head), unit.as_str().trim().to_owned());
                    let points = scope.original(site.statement, outcome);
                    finding.help(format!(
                        "一{unit}也没有才{points}的，写成：{head}：等于0{unit}{points}\n不到要求就{points}的，写成：少于几{unit}的，{points}"
                    ))
                }
                None => {
                    let line = scope.line_with(site.statement, name, "");
                    finding.help(format!("去掉它，写成：{line}\n是另一种情形的，另起一行"))
                }
            };
            scope.blame(finding);
        }
        Some(waiting) => arm(scope, site, draft, waiting, outcome, name),
        None => {
            let finding = said_of_no_case(scope, line, name, outcome);
            let finding = finding.unwrap_or_else(|| stray_case(scope, site, name, outcome));
            scope.blame(finding);
        }
    }
}

/// 获奖：累计得5分, 获奖：该项得5分: however often, and instead of what else there is?
fn said_of_no_case(
    scope: &Scope<'_>,
    line: Line<'_, '_, '_>,
    name: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) -> Option<Finding> {
    let Line { site, subject: Subject::Event(_), .. } = line else { return None };
    let word = name_of(name);
    if !NO_CASES.contains(&word.as_str()) {
        return None;
    }
    let (label, gives) = (site.statement.label(), scope.original(site.statement, outcome));
    let plain = scope.line_with(site.statement, name, "");
    if word == "各" {
        let each: Vec<String> = label.split('、').map(|case| format!("{}：{gives}", case.trim())).collect();
        let message = format!("“{label}”是几种情形，“各{gives}”一行里算不了");
        let finding = scope.at(site.statement, name, "other-words", message);
        return Some(finding.help(format!("一种情形一行：\n{}", each.join("\n"))));
    }
    let other = match word.as_str() {
        "该项" | "本项" | "此项" | "本条" => {
            // 本项计 puts aside what else the line gives.
            if site.statement.body().children(Token::phrase).len() > 1 {
                return None;
            }
            let points = match gives.strip_prefix(['扣', '减']) {
                Some(taken) => format!("-{taken}"),
                None => gives.trim_start_matches(['得', '计', '记', '给', '加']).to_owned(),
            };
            format!("{label}：不加不扣\n当 发生{label}，本项计{points}")
        }
        _ => {
            let cycle = match word.as_str() {
                "当年" | "全年" | "年度" => Cycle::Year,
                "当季" | "当季度" => Cycle::Quarter,
                "当月" => Cycle::Month,
                _ => scope.plan.nodes[site.node.index()].cycle,
            };
            let cycle = cycle.every();
            format!("{plain}，{cycle}只计1次")
        }
    };
    let message = format!("“{word}{gives}”说不清是发生一次就{gives}，还是一共{gives}");
    let finding = scope.at(site.statement, name, "missing-convention", message);
    Some(finding.help(format!("改成其中一句：\n{plain}\n{other}")))
}

/// 当 迟到超过3次: how often the line's own event happened in the period, whatever each row says.
pub(super) fn of_own_total(scope: &Scope<'_>, condition: &Condition) -> bool {
    let is_own = |expr: &Expr| matches!(expr, Expr::Input { input, .. } if Some(*input) == scope.in_row);
    (condition.any_expr(is_own) || speaks_of_itself(scope, condition)) && !uses_row(condition)
}

/// 上访：未发生上访的得满分
fn speaks_of_itself(scope: &Scope<'_>, condition: &Condition) -> bool {
    match condition {
        Condition::Happened(input) => Some(*input) == scope.in_row,
        Condition::Not(inner) => speaks_of_itself(scope, inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| speaks_of_itself(scope, part)),
        _ => false,
    }
}

/// A range with a lower end alone: 超过3次.
fn open_above(range: &Option<Range>) -> bool {
    range.as_ref().is_some_and(|range| range.low.is_some() && range.high.is_none())
}
