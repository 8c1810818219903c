//! What a line says beside its points: limits, how often it counts, consequences, what a fact must bring.

use rust_decimal::Decimal;

use super::governed::governing;
use super::grade::{ask_how_often, ask_which_grading, grade_effect, require_grading};
use super::indicator::require_own_cycle;
use super::limit::{least_given, limit};
use super::ordinal::count_by;
use super::outcome::full_of;
use super::step::times;
use super::table::lookup;
use super::valid::valid_months;
use super::veto::zero_total;
use super::{Draft, Subject, Waiting, subject_value, verbs_of};
use crate::calendar::Cycle;
use crate::compile::body;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::header::cycle_of;
use crate::compile::idle;
use crate::compile::number::{self, integer};
use crate::compile::scope::{Meaning, Scope, name_of};
use crate::compile::shorter::{count_within, require_months_within};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn modifier(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    pair: &Pair<'_, Token>,
    waiting: &mut Waiting,
) {
    match pair.as_rule() {
        Token::disqualify => {
            let title = name_of(&pair.child(Token::title).expect("取消 what"));
            let when = governing(draft, waiting);
            draft.effects.push(RuleEffect { when, effect: Effect::Disqualify(title) });
        }
        Token::zero_item => {
            let when = governing(draft, waiting);
            let effect = match pair.child(Token::zero_total) {
                Some(zero) => zero_total(scope, site, &zero),
                None => Some(Effect::ZeroNode(site.node)),
            };
            // A refused one still is what the line does.
            let effect = effect.unwrap_or(Effect::ZeroNode(NodeId(0)));
            draft.effects.push(RuleEffect { when, effect });
        }
        Token::zero_divisor => {
            draft.zero_divisor = Some(match pair.child(Token::expression) {
                Some(inner) => expression::expression(scope, site, &inner).expr,
                None => Expr::NotAssessed,
            });
        }
        Token::grade_effect => {
            let when = governing(draft, waiting);
            require_grading(scope, site, pair);
            if let Some(effect) = grade_effect(scope, pair) {
                ask_which_grading(scope, site, pair, &effect);
                ask_how_often(scope, site, pair, &effect);
                draft.effects.push(RuleEffect { when, effect });
            }
        }
        // Full marks stop at zero of themselves: there must be some.
        Token::STOP_AT_ZERO => _ = full_of(scope, site, pair),
        Token::limit_rule => limit(scope, site, draft, pair),
        Token::least_given => least_given(scope, site, draft, pair),
        Token::clamp => {
            let inner = pair.child(Token::expression).expect("以 what");
            let most = expression::expression(scope, site, &inner).expr;
            let per = LimitPer::Cycle(scope.plan.nodes[site.node.index()].cycle);
            draft.limits.push(Limit { most, per });
        }
        Token::once_rule => {
            let cycle = pair.child(Token::cycle).map(|cycle| whole_if_one_year(scope, cycle_of(&cycle)));
            if let Some(cycle) = cycle {
                count_within(scope, site, pair, cycle);
            }
            match pair.child(Token::integer).and_then(|n| integer(&n)) {
                // 全年只计2次 is 全年最多计2次.
                Some(count) if count != 1 => draft.most_times = cycle.map(|cycle| (count, cycle)),
                _ => draft.once = cycle,
            }
        }
        Token::most_times if matches!(subject, Subject::Value(_)) => {
            most_of_a_figure(scope, site, draft, subject, pair)
        }
        Token::most_times => {
            let count = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
            let own = scope.plan.nodes[site.node.index()].cycle;
            let cycle = pair.child(Token::cycle).map_or(own, |cycle| whole_if_one_year(scope, cycle_of(&cycle)));
            count_within(scope, site, pair, cycle);
            if count == 0 {
                of_no_time(scope, site, pair, "最多计0次，一次也不计", "写明最多计几次；不再计的，停用或删去这一句");
            }
            // 最多计2处: what is counted is what the line counts.
            if let (Some(unit), Some(input)) = (pair.child(Token::unit), scope.in_row) {
                let counted = scope.plan.inputs[input.index()].quantity.clone();
                let said = Type::Count(name_of(&unit));
                expression::require_agreement(scope, site, pair, &counted, &said, "一起算");
            }
            draft.most_times = Some((count, cycle));
        }
        Token::by_person => count_by(scope, site, draft, pair, CountedBy::Field(RowField::Person)),
        Token::by_matter => count_by(scope, site, draft, pair, CountedBy::Field(RowField::Matter)),
        Token::by_unit => count_by(scope, site, draft, pair, CountedBy::Unit),
        Token::by_column => {
            let name = pair.child(Token::marked).expect("按 what");
            match scope.require_name(site.statement, &name, site.node) {
                Some(Meaning::Column(id)) => count_by(scope, site, draft, pair, CountedBy::Field(RowField::Column(id))),
                // An item or a case of that name does not take the words away.
                Some(_) if ["事项", "问题"].contains(&name_of(&name).as_str()) => {
                    count_by(scope, site, draft, pair, CountedBy::Field(RowField::Matter));
                }
                Some(_) if ["人员", "人"].contains(&name_of(&name).as_str()) => {
                    count_by(scope, site, draft, pair, CountedBy::Field(RowField::Person));
                }
                Some(_) => {
                    let message = format!("“{}”不是事实列，一行事实里看不出是哪一个", name_of(&name));
                    let finding = scope
                        .at(site.statement, &name, "not-a-column", message)
                        .help("按单位以外计次的，写：按人员计次、按事项计次；或先在开头声明一列：事实列 班组");
                    scope.report(finding);
                }
                None => {}
            }
        }
        Token::count_scope => {
            let said = time_of(pair).map(|cycle| whole_if_one_year(scope, cycle));
            if let Some(said) = said {
                count_within(scope, site, pair, said);
            }
            if draft.count_scope.is_some() && draft.count_scope != said {
                let finding = scope
                    .at(site.statement, pair, "two-count-scopes", "这一行写了两种计次的期间")
                    .help("只留一种：全年连续计次，或 每月重新计次");
                scope.blame(finding);
            }
            draft.count_scope = said;
        }
        Token::same_matter_rule => draft.same_matter = Some(same_matter(scope, site, pair)),
        Token::refund => draft.refund = Some(refund(scope, site, pair)),
        Token::valid_for => draft.valid_months = valid_months(scope, site, pair),
        Token::keep => {
            let rounding = pair.child(Token::rounding);
            if rounding.is_none() {
                let finding = scope
                    .at(site.statement, pair, "missing-convention", "没有写怎样舍入")
                    .help("写成：保留2位小数，四舍五入");
                scope.report(finding);
            }
            let places = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0).min(20);
            draft.keep =
                Some((places, rounding.map_or(crate::value::Rounding::HalfUp, |r| expression::rounding_of(&r))));
        }
        Token::needs => needs(scope, pair),
        Token::missing_rule => {
            let of = subject_value(scope, subject).kind;
            let rule = body::missing_rule(scope, site.statement, pair, site.node, &of);
            if let Subject::Value(Typed { expr: Expr::Input { input, .. }, .. }) = subject {
                body::stand_in(scope, *input, rule);
            } else {
                let finding = scope.at(site.statement, pair, "missing-rule-misplaced", "只有指标才会缺报或不适用");
                scope.report(finding.help("写在声明这个指标的那一行"));
            }
        }
        Token::HALF_DAYS => idle::half_days(scope, site, pair, &subject_value(scope, subject).kind),
        Token::lookup => lookup(scope, site, draft, subject, pair),
        Token::shares => {
            if let Some(input) = scope.in_row {
                let input = &mut scope.plan.inputs[input.index()];
                input.needs.shares = true;
                input.additive = false;
            }
            let keys = vec![
                Typed::new(Expr::Row(RowField::People), Type::Count("人".to_owned())),
                Typed::new(Expr::Row(RowField::Place), Type::Place),
            ];
            draft.table = Some((keys, 0));
        }
        _ => {}
    }
}

/// 走访（次）：每次得0.1分，最多计20次: no more of the figure counts than that.
fn most_of_a_figure(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    pair: &Pair<'_, Token>,
) {
    if pair.has(Token::cycle) {
        require_own_cycle(scope, site, pair);
    }
    let said = Type::Count(pair.child(Token::unit).map_or("次".to_owned(), |unit| name_of(&unit)));
    let kind = subject_value(scope, subject).kind;
    if !expression::require_agreement(scope, site, pair, &kind, &said, "一起算") {
        return;
    }
    let count = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
    let counted = match draft.arms.last_mut() {
        Some(arm) if arm.steps.is_some() => Some(&mut arm.points),
        Some(_) => None,
        None => draft.plain.as_mut(),
    };
    let within = counted.and_then(|points| {
        *points = at_most(points, count)?;
        Some(())
    });
    if within.is_none() {
        let written = scope.original(site.statement, pair);
        let message = format!("“{written}”在这一句里说不清限的是哪一部分");
        let finding = scope
            .at(site.statement, pair, "unclear-limit", message)
            .help("写在“每次得…分”或“每多1次加…分”后面；限分数的，写：最多得几分");
        scope.report(finding);
    }
}

/// So much for each, of so many at most.
fn at_most(points: &Expr, count: u32) -> Option<Expr> {
    match points {
        Expr::Of(Aggregate::Greatest, _) => {
            let most = Expr::Number(Number::whole(i64::from(count)));
            Some(Expr::Of(Aggregate::Least, vec![points.clone(), most]))
        }
        Expr::Multiply(pair) => Some(times(pair[0].clone(), at_most(&pair[1], count)?)),
        _ => None,
    }
}

/// 全年, 年内: the time that is said, either way.
pub fn time_of(pair: &Pair<'_, Token>) -> Option<Cycle> {
    if let Some(cycle) = pair.child(Token::cycle) {
        return Some(cycle_of(&cycle));
    }
    let within = pair.child(Token::within)?.into_inner().next()?;
    Some(match within.as_rule() {
        Token::WITHIN_MONTH => Cycle::Month,
        Token::WITHIN_QUARTER => Cycle::Quarter,
        _ => Cycle::Year,
    })
}

/// 全年 of a scheme in force for one year is its whole term.
pub fn whole_if_one_year(scope: &Scope<'_>, cycle: Cycle) -> Cycle {
    if cycle == Cycle::Year && scope.plan.calendar.is_one_year() { Cycle::Term } else { cycle }
}

/// 同一事项全年按最高级别计一次，已计分的补足差额
pub fn same_matter(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> SameMatter {
    let own = scope.plan.nodes[site.node.index()].cycle;
    let by_day = pair.has(Token::ONE_DAY);
    let per = time_of(pair).map_or(own, |cycle| whole_if_one_year(scope, cycle));
    require_months_within(scope, site, pair, per);
    several_of_a_matter(scope, site, pair);
    // 同一路段当日只计一次 beside 事实列 路段
    if let Some(thing) = pair.child(Token::SAME_MATTER)
        && let Some(column) = scope.column_of_thing(thing.as_str())
    {
        let (said, name) = (scope.original(site.statement, &thing), scope.plan.columns[column.index()].name.clone());
        let line = scope.line_with(site.statement, &thing, "同一事项");
        let message = format!("“{said}”按“事项”认，不看“{name}”这一列");
        let finding = scope
            .at(site.statement, &thing, "other-words", message)
            .help(format!("报事实时“事项”里把{name}写上，这一句写成：{line}"));
        scope.blame(finding);
    }
    let later = pair.child(Token::later_higher).map(|later| later.has(Token::TOP_UP));
    if later.is_none() && per > own {
        let finding = scope
            .at(site.statement, pair, "missing-convention", "没有写先计了低的、后来又有高的怎么办")
            .help("在后面加上其中一句：\n，已计分的补足差额\n，已计分的不再计");
        scope.report(finding);
    }
    let later = if later.unwrap_or(true) { LaterHigher::TopUp } else { LaterHigher::FirstStands };
    SameMatter { per, by_day, later }
}

/// 同一事项最多计2次: of one matter only one counts; the first so many are said by 按事项计次.
fn several_of_a_matter(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let times = pair.children(Token::integer).iter().filter_map(integer).find(|times| *times != 1);
    let Some(times) = times else { return };
    let line = site.statement.pair.child(Token::body).and_then(|body| {
        let each = body.children(Token::phrase).into_iter().find(|phrase| phrase.has(Token::per))?;
        let gives = scope.original(site.statement, &each.child(Token::outcome)?);
        let head = scope.original(site.statement, &site.statement.inner());
        let last = if times > 1 { format!("第1次至第{times}次每次{gives}") } else { format!("第1次{gives}") };
        let next = times.saturating_add(1);
        let (cycle, other) = match pair.child(Token::cycle).or(pair.child(Token::within)) {
            Some(cycle) => (format!("{}连续计次", cycle.as_str().trim().replace('内', "")), String::new()),
            None => ("每月重新计次".to_owned(), "（或 全年连续计次）".to_owned()),
        };
        let nothing = if gives.contains('加') { "不加" } else { "不扣" };
        (times > 0).then(|| format!("写成：{head}：{last}，第{next}次起{nothing}，按事项计次，{cycle}{other}"))
    });
    let help = line.unwrap_or_else(|| {
        "同一事项只计一次的写“只计一次”；前几次才计的，写在计分句里：第1次至第2次每次扣5分，第3次起不扣，按事项计次，每月重新计次".to_owned()
    });
    let message = format!("同一事项计{times}次还不能写，同一事项只能计一次");
    let finding = scope.at(site.statement, pair, "same-matter-times", message).help(help);
    scope.blame(finding);
}

/// 最多计0次, 有效期0个月: nothing is left of the line.
pub(super) fn of_no_time(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, message: &str, help: &str) {
    let finding = scope.at(site.statement, pair, "zero-step", message).help(help);
    scope.report(finding);
}

pub(super) fn refund(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Refund {
    let within_days = pair.child(Token::integer).and_then(|n| integer(&n));
    if within_days == Some(0) {
        of_no_time(scope, site, pair, "0日内谁也来不及整改", "写明几日内；不论几天的，写“整改的”");
    }
    let share = if let Some(percent) = pair.child(Token::percent) {
        match number::percent_of(scope, site, &percent).expr {
            Expr::Number(number) => number,
            _ => Number::ONE,
        }
    } else if pair.has(Token::REFUND_HALF) {
        Number::from(Decimal::new(5, 1))
    } else {
        Number::ONE
    };
    if share > Number::ONE {
        let finding = scope.at(site.statement, pair, "share-out-of-range", "返还的比扣的还多").expected("0%至100%");
        scope.report(finding);
    }
    if !verbs_of(&site.statement.pair).contains(&Token::DEDUCT) {
        let finding = scope
            .at(site.statement, pair, "refund-without-deduction", "这一句没有扣分，整改了也没有可返还的")
            .help("返还写在扣分的句子后面：填报不实：每项扣2分，30日内整改的，返还该条扣分的80%");
        scope.report(finding);
    }
    if let Some(input) = scope.in_row {
        let input = &mut scope.plan.inputs[input.index()];
        input.additive = false;
        input.needs.found |= within_days.is_some();
    }
    let workdays = match pair.has(Token::WORKDAYS_WITHIN) {
        true => scope.working_days(site.statement.line.number),
        false => DayKind::All,
    };
    Refund { within_days, workdays, share }
}

pub(super) fn needs(scope: &mut Scope<'_>, pair: &Pair<'_, Token>) {
    let Some(input) = scope.in_row else { return };
    let input = &mut scope.plan.inputs[input.index()];
    for need in pair.children(Token::need) {
        match need.as_str().trim() {
            "依据" => input.needs.basis = true,
            "佐证" => input.needs.evidence = true,
            "事项" => input.needs.matter = true,
            "人员" => input.needs.person = true,
            "发生日期" => input.needs.occurred = true,
            "发现日期" => input.needs.found = true,
            "备注" => input.needs.note = true,
            "系数" => input.needs.coefficient = true,
            _ => input.needs.shares = true,
        }
        input.additive = false;
    }
}
