//! 每: points by the row, by the month, by steps of a total.

use super::case::{arm, plain, set_plain};
use super::days::days_meant;
use super::late::by_days;
use super::modifier::whole_if_one_year;
use super::outcome::outcome_of;
use super::short::by_steps;
use super::step::{by_quantity, step_of, steps, times, too_fine};
use super::unclear_step::{some_or_all, steps_of_a_case};
use super::{Arm, Draft, Line, Outcome, Subject, Waiting, subject_value, verb_of};
use crate::calendar::Cycle;
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::number;
use crate::compile::scope::Scope;
use crate::compile::shorter::count_within;
use crate::plan::*;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::Number;

/// 每1件扣1分: what stands between the commas.
pub(super) struct Each<'p, 'a> {
    /// 每1件
    pub(super) pair: &'p Pair<'a, Token>,
    /// 扣1分
    pub(super) outcome: &'p Pair<'a, Token>,
    /// With its sign.
    pub(super) points: Expr,
    /// 1件
    pub(super) step: Typed,
    /// 超过30件的部分: of what lies beyond alone.
    pub(super) beyond: bool,
}

impl Each<'_, '_> {
    /// 每1件 and 扣1分 as they were written.
    pub(super) fn written(&self, scope: &Scope<'_>, site: Site<'_, '_>) -> (String, String) {
        (scope.original(site.statement, self.pair), scope.original(site.statement, self.outcome))
    }
}

/// 每项扣1分, 每少1件扣1分, 每逾期1天扣1分.
pub(super) fn per(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    (pair, kind): (&Pair<'_, Token>, Option<Token>),
    outcome: &Pair<'_, Token>,
    waiting: Waiting,
) {
    let Line { site, subject, .. } = line;
    if pair.has(Token::cycle_unit) {
        return by_the_cycle(scope, line, draft, (pair, kind), outcome, waiting);
    }
    if each_lateness(scope, site, pair, outcome) {
        return;
    }
    let step = step_of(scope, site, pair);
    let step = match subject {
        Subject::Value(value) => number::in_money_of(step, &value.kind),
        Subject::Event(_) => step,
    };
    if step.expr == zero() || !says_which_way(scope, line, pair, kind, waiting.is_some()) {
        return;
    }
    if too_fine(scope, site, pair, &step, &subject_value(scope, subject).expr) {
        return;
    }
    let each = match outcome_of(scope, site, draft, outcome, &Condition::Always) {
        Outcome::Points(points) => points,
        Outcome::Judged(points) => {
            set_plain(scope, site, draft, outcome, points);
            return;
        }
        // 发生一起不得分: nothing is left, however often.
        Outcome::NoMarks
            if matches!(subject, Subject::Event(_))
                && !pair.as_str().contains('每')
                && step.expr == Expr::Number(Number::ONE)
                && waiting.is_none() =>
        {
            return plain(scope, site, draft, subject, outcome);
        }
        given => {
            let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
            let help = match given {
                Outcome::NoMarks => format!("有一次就不得分的，去掉“{each}”：{gives}"),
                _ => format!("写成：{each}扣几分，或 {each}加几分"),
            };
            let finding = scope.at(site.statement, outcome, "points-expected", "“每”后面要写扣几分或加几分").help(help);
            scope.report(finding);
            return;
        }
    };
    let mut beyond = std::mem::take(&mut draft.beyond);
    let range = waiting.as_ref().and_then(|(_, range)| range.as_ref());
    let up_to = range.filter(|range| range.low.is_none()).and_then(|range| range.high.as_ref());
    // 100万元以内的部分，每10万元得2分: of each of them, and the first of several such parts.
    let first_part = beyond && matches!(up_to, Some((_, true))) && draft.arms.is_empty() && draft.plain.is_none();
    beyond &= !first_part;
    // 少于20件的部分，每件扣2分: what is missing.
    let way = if up_to.is_some() { Token::SHORT } else { Token::OVER };
    // 超过4次的部分每满2次扣2分
    let is_full = beyond && kind == Some(Token::FULL_STEP);
    let line = if is_full { Line { part: line.part.or(Some(Part::Ignored)), ..line } } else { line };
    let kind = kind.filter(|_| !is_full).or(beyond.then_some(way));
    // 大要案（万元）：10万元以上每件加2分: the range is of money, what is counted are cases.
    if let (None, Some(_), Subject::Value(value)) = (kind, range, subject)
        && !expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算")
    {
        return;
    }
    // 每满5件 is 每5件, less what is left of a step.
    let of_steps = kind.is_none_or(|kind| kind == Token::FULL_STEP);
    if of_steps && !first_part && !pair.has(Token::ALL_OF_THEM) && some_or_all(scope, line, pair, outcome, range) {
        return;
    }
    if matches!((kind, &waiting), (Some(Token::SHORT | Token::OVER), Some((_, None)))) {
        return steps_of_a_case(scope, site, pair);
    }
    let each = Each { pair, outcome, points: each, step, beyond };
    match (kind, subject) {
        (Some(kind @ (Token::SHORT | Token::OVER)), _) => {
            by_steps(scope, line, draft, each, kind, waiting.and_then(|(_, range)| range))
        }
        (Some(kind @ (Token::LATE | Token::EARLY)), Subject::Event(_)) => {
            by_days(scope, line, draft, each, kind, waiting.map(|(condition, _)| condition))
        }
        (Some(Token::LATE | Token::EARLY), Subject::Value(_)) => {
            super::late::late_figure(scope, site, pair);
        }
        (_, Subject::Event(input)) => of_events(scope, line, draft, each, kind, *input, waiting),
        (_, Subject::Value(value)) => of_value(scope, line, draft, each, kind, value, waiting),
    }
}

/// 每逾期扣0.5分: for each day, or each time? Then it is told.
fn each_lateness(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, outcome: &Pair<'_, Token>) -> bool {
    // Asked of every 每: 每项 is not looked at any further.
    if !pair.as_str().trim().trim_start_matches('每').starts_with(|c| "逾迟晚延拖推滞误超提".contains(c)) {
        return false;
    }
    let written = scope.original(site.statement, pair);
    let Some(late) = written.trim().strip_prefix('每').filter(|word| syntax::is(Token::lateness, word)) else {
        return false;
    };
    let gives = scope.original(site.statement, outcome);
    let line = scope.line_text(site.statement);
    let with = |each: &str| line.replacen(&written, each, 1);
    let lines = [with(&format!("每{late}1天")), with("每次")].join("\n");
    let finding = scope
        .at(site.statement, pair, "missing-convention", format!("“{written}{gives}”没有写是每天，还是每次"))
        .help(format!("改成其中一句：\n{lines}"));
    scope.blame(finding);
    true
}

/// 每月扣5分: by the month, however often.
fn by_the_cycle(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    (pair, kind): (&Pair<'_, Token>, Option<Token>),
    outcome: &Pair<'_, Token>,
    waiting: Waiting,
) {
    let Line { site, subject, .. } = line;
    let cycle = match pair.child(Token::cycle_unit).expect("asked before").as_str().trim() {
        "月" => Cycle::Month,
        "季" | "季度" => Cycle::Quarter,
        "学年" => Cycle::Term,
        _ => Cycle::Year,
    };
    let cycle = whole_if_one_year(scope, cycle);
    if kind.is_some() || pair.has(Token::PER_EVENT) || draft.once.is_some_and(|once| once != cycle) {
        let finding = scope
            .at(site.statement, pair, "unread-word", "“每月”“每季度”“每年”前后的字没有读懂")
            .help("按期计一次的写：每月扣5分");
        scope.blame(finding);
        return;
    }
    count_within(scope, site, pair, cycle);
    draft.once = Some(cycle);
    match waiting {
        Some(waiting) => arm(scope, site, draft, waiting, outcome, pair),
        None => plain(scope, site, draft, subject, outcome),
    }
}

/// 每下滑1个百分点, 每缺1次 of an indicator: not the number reported, but how far it is from another.
fn says_which_way(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    pair: &Pair<'_, Token>,
    kind: Option<Token>,
    waits: bool,
) -> bool {
    let Subject::Value(value) = line.subject else { return true };
    let is_share = value.kind == Type::Percent;
    let unclear = is_share && pair.has(Token::deed) || pair.has(Token::PER_EVENT) && (is_share || waits);
    if kind.is_some() || !unclear {
        return true;
    }
    let written = scope.original(line.site.statement, pair);
    let unit = if is_share { "每低1个百分点" } else { "每少1件" };
    let finding = scope
        .at(line.site.statement, pair, "shortfall-without-target", format!("“{written}”说不清是低多少还是高多少"))
        .expected("每少、每多；百分点写每低、每高")
        .help(format!(
            "少了扣的写：不低于（不少于）多少，{unit}扣1分；多了加的写：超过多少的，{}加1分",
            unit.replace('低', "高").replace('少', "多")
        ));
    scope.report(finding);
    false
}

/// What happened so many times.
fn of_events(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    each: Each<'_, '_>,
    kind: Option<Token>,
    input: InputId,
    waiting: Waiting,
) {
    let Line { site, part, .. } = line;
    let Each { pair, outcome, points: each, step, .. } = each;
    let value = subject_value(scope, line.subject);
    if !expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算") {
        return;
    }
    let verb = verb_of(outcome);
    let one_each = step.expr == Expr::Number(Number::ONE) && kind.is_none();
    match (one_each, waiting) {
        (true, Some((when, Some(range)))) => {
            // 不超过3次的，每次扣1分: how often it was decides, so that all are taken together.
            draft.on_total = true;
            draft.ranges.push(range.clone());
            draft.arms.push(Arm { range: Some(range), ..Arm::flat(when, times(each, value.expr), verb) });
        }
        (true, waiting) => {
            let condition = waiting.map(|(condition, _)| condition);
            push_row(scope, site, draft, condition, by_quantity(each), outcome);
        }
        (false, waiting) => {
            // 每满3次扣1分 looks at the period's total.
            let total = Expr::Input { input, collect: Aggregate::Sum };
            let part = part.or((kind == Some(Token::FULL_STEP)).then_some(Part::Ignored));
            let amount = steps(scope, site, pair, total, &value.kind, &step, part);
            draft.on_total = true;
            let points = times(each, amount);
            match waiting {
                Some((when, _)) if outcome.has(Token::ALSO) => draft.extras.push((when, points)),
                Some((when, _)) => draft.arms.push(Arm::flat(when, points, verb)),
                // 每次加1分，每满5次另加2分: on top, or in place of the first?
                None if draft.plain.is_some() || outcome.has(Token::ALSO) && !draft.arms.is_empty() => {
                    set_plain(scope, site, draft, outcome, points)
                }
                None => draft.arms.push(Arm::flat(Condition::Always, points, verb)),
            }
        }
    }
}

/// So much of a figure.
fn of_value(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    each: Each<'_, '_>,
    kind: Option<Token>,
    value: &Typed,
    waiting: Waiting,
) {
    let Line { site, part, .. } = line;
    let Each { pair, outcome, points: each, step, .. } = each;
    expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算");
    let part = part.or((kind == Some(Token::FULL_STEP)).then_some(Part::Ignored));
    let amount = steps(scope, site, pair, value.expr.clone(), &value.kind, &step, part);
    let points = times(each, amount);
    match waiting {
        Some((when, range)) => draft.arms.push(Arm { range, ..Arm::flat(when, points, verb_of(outcome)) }),
        // What holds where none of the line's bands does.
        None => set_plain(scope, site, draft, outcome, points),
    }
}

pub(super) fn push_row(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    condition: Option<Condition>,
    points: Expr,
    outcome: &Pair<'_, Token>,
) {
    draft.per_row = true;
    match condition {
        Some(when) if outcome.has(Token::ALSO) => draft.extras.push((when, points)),
        Some(when) => draft.push(Arm::flat(when, points, verb_of(outcome))),
        None => set_plain(scope, site, draft, outcome, points),
    }
}

/// 扣1分/次
pub(super) fn rate(scope: &mut Scope<'_>, line: Line<'_, '_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let Line { site, subject, .. } = line;
    let number = pair.child(Token::number).expect("a rate has points");
    let points = Number::from(number::number(scope, site, &number));
    let verb = pair.child(Token::verb).expect("a rate has a verb");
    draft.gains |= verb.has(Token::GAIN);
    draft.adds |= verb.has(Token::ADD);
    let step = step_of(scope, site, &pair.child(Token::unit).expect("a rate has a measure word"));
    let points = Expr::Number(if verb.has(Token::DEDUCT) { points.negated() } else { points });
    draft.per_row |= matches!(subject, Subject::Event(_));
    // 迟报：扣1分/天
    if line.days.is_some() && step.kind == Type::Days {
        let Some(days) = days_meant(scope, line, draft, pair) else { return };
        let points = times(times(points, days.expr), Expr::Row(RowField::Quantity));
        return set_plain(scope, site, draft, pair, points);
    }
    let value = subject_value(scope, subject);
    expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算");
    let points = times(points, counted(scope, subject));
    set_plain(scope, site, draft, pair, points);
}

/// What 每 counts: the row's quantity, or the value of the period.
pub(super) fn counted(scope: &Scope<'_>, subject: &Subject) -> Expr {
    match subject {
        Subject::Event(_) => Expr::Row(RowField::Quantity),
        Subject::Value(_) => subject_value(scope, subject).expr,
    }
}

/// Points by the quantity of one row, as the points of another amount.
pub(super) fn per_quantity(points: &Expr, value: &Expr, amount: &Expr) -> Option<Expr> {
    let is_quantity = |expr: &Expr| *expr == Expr::Row(RowField::Quantity) || expr == value;
    match points {
        expr if is_quantity(expr) => Some(amount.clone()),
        Expr::Of(Aggregate::Greatest, list) if list.first().is_some_and(is_quantity) => Some(amount.clone()),
        Expr::Multiply(pair) => Some(times(pair[0].clone(), per_quantity(&pair[1], value, amount)?)),
        // 每件扣2分，最多扣10分
        Expr::Of(aggregate, list) => match &list[..] {
            [points, limit @ Expr::Number(_)] => {
                Some(Expr::Of(*aggregate, vec![per_quantity(points, value, amount)?, limit.clone()]))
            }
            _ => None,
        },
        _ => None,
    }
}
