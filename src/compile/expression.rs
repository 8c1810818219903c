//! Arithmetic: from an `expression` pair to an [`Expr`] and the type of its value.

use rust_decimal::Decimal;

use super::clause::whole_if_one_year;
use super::condition;
use super::gathered;
use super::number::{in_money_of, in_yuan, integer, number_of, percent_of, quantity};
use super::one_period;
use super::places;
use super::ranking;
use super::roll_up::cycle_of_total;
use super::rows;
use super::scope::{Meaning, Scope, name_of};
use super::several;
use super::streak;
use super::units::{agree, describe};
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{Statement, unit_is_common};
use crate::plan::*;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::{Number, Rounding};

/// An expression and what its value is.
#[derive(Clone, Debug)]
pub struct Typed {
    pub expr: Expr,
    pub kind: Type,
}

impl Typed {
    pub fn new(expr: Expr, kind: Type) -> Typed {
        Typed { expr, kind }
    }
}

/// Where an expression stands: its statement, its node, and what its lines mean there.
#[derive(Clone, Copy)]
pub struct Site<'a, 'b> {
    pub statement: &'b Statement<'a>,
    pub node: NodeId,
}

// ---------------------------------------------------------------- numbers

// ---------------------------------------------------------------- expressions

pub fn expression(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let mut result: Option<Typed> = None;
    let mut operator = Token::PLUS;
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Token::PLUS | Token::MINUS => operator = inner.as_rule(),
            Token::term => {
                let right = term(scope, site, &inner);
                if right.kind == Type::Text && pair.children(Token::term).len() > 1 {
                    require_number(scope, site, &inner, &right.kind);
                }
                result = Some(match result {
                    None if operator == Token::MINUS => Typed::new(negative(right.expr), right.kind),
                    None => right,
                    Some(left) => {
                        let right = in_money_of(right, &left.kind);
                        require_agreement(scope, site, &inner, &left.kind, &right.kind, "相加减");
                        share_and_number(scope, site, pair, &inner, (&left, &right));
                        if operator == Token::MINUS {
                            require_like_periods(scope, site, pair, (&left, &right), "相减");
                        }
                        let kind = match (&left.kind, &right.kind, operator) {
                            // So many places up or down are no place.
                            (Type::Place, Type::Place, Token::MINUS) => Type::Bare,
                            (Type::Bare, ..) => right.kind,
                            _ => left.kind,
                        };
                        let pair = Box::new([left.expr, right.expr]);
                        let expr = if operator == Token::PLUS { Expr::Add(pair) } else { Expr::Subtract(pair) };
                        Typed::new(expr, kind)
                    }
                });
            }
            _ => {}
        }
    }
    result.expect("an expression has a term")
}

/// 上季度差评 - 差评, 少于上季度差评, in an item by the month: what three months come to, beside what one does.
pub fn require_like_periods(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (left, right): (&Typed, &Typed),
    what: &str,
) {
    if !matches!(left.kind, Type::Count(_) | Type::Quantity(_) | Type::Money | Type::Percent) {
        return;
    }
    let ((Expr::Earlier { cycle, expr, name, .. }, now) | (now, Expr::Earlier { cycle, expr, name, .. })) =
        (&left.expr, &right.expr)
    else {
        return;
    };
    let own = scope.plan.nodes[site.node.index()].cycle;
    let whole = |cycle: Cycle| whole_if_one_year(scope, cycle);
    let is_sum = matches!(now, Expr::Input { collect: Aggregate::Sum, .. });
    if **expr != *now || !is_sum || whole(*cycle) == whole(own) {
        return;
    }
    let long = |cycle: Cycle| match cycle {
        Cycle::Month => "一个月",
        Cycle::Quarter => "一个季度",
        Cycle::Half => "半年",
        Cycle::Year | Cycle::Term => "一年",
    };
    let message = format!("“{name}”一头是{}的合计，一头是{}的，不能{what}", long(*cycle), long(own));
    let alike = match own {
        Cycle::Month => format!("上月{name}、上年同期{name}"),
        Cycle::Quarter => format!("上季度{name}、上年同期{name}"),
        Cycle::Half | Cycle::Year | Cycle::Term => format!("上期{name}"),
    };
    let help = format!(
        "和一样长的一期比：{alike}；要按{}比的，另立一个条目，里面写：考评周期 {}",
        cycle.word(),
        cycle.every()
    );
    let finding = scope.at(site.statement, pair, "unlike-periods", message).help(help);
    scope.blame(finding);
}

/// 增长率 - 5 where 增长率 is reported as 7%: five times the whole is hardly meant; 1 - 增长率 is.
fn share_and_number(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    sum: &Pair<'_, Token>,
    right_pair: &Pair<'_, Token>,
    (left, right): (&Typed, &Typed),
) {
    let is_share = |plan: &Plan, of: &Typed| {
        let reported = match &of.expr {
            Expr::Input { input, .. } | Expr::Parameter(input) => {
                !matches!(plan.inputs[input.index()].kind, InputKind::Event)
            }
            Expr::Attribute(_) => true,
            _ => false,
        };
        of.kind == Type::Percent && reported
    };
    let is_points = |of: &Typed| of.kind == Type::Bare && matches!(of.expr, Expr::Number(n) if n > Number::ONE);
    let pair = match (is_share(&scope.plan, left), is_share(&scope.plan, right)) {
        (true, _) if is_points(right) => right_pair.clone(),
        (_, true) if is_points(left) => match sum.child(Token::term) {
            Some(first) => first,
            None => return,
        },
        _ => return,
    };
    let shown = scope.original(site.statement, &pair);
    let code = &site.statement.code;
    let begin = pair.as_span().start();
    let end = begin + pair.as_str().trim_end().len();
    let (before, behind) = (code.span(0..begin), code.span(end..code.text.len()));
    let (before, behind) = (&scope.source.text[before], &scope.source.text[behind]);
    let line = format!("{}{shown}%{}", before.trim_start(), with_percent_divisor(behind, &shown));
    let finding = scope
        .at(site.statement, &pair, "percent-expected", format!("与百分比相加减的，这里写的是“{shown}”"))
        .expected("百分比")
        .help(format!("百分之{shown}的写成：{}", line.trim_end()));
    scope.report(finding);
}

/// `） ÷ 5 × 3` behind `（增长率 - 5`: what is divided by the same number is divided by so many in a hundred too.
fn with_percent_divisor(behind: &str, shown: &str) -> String {
    let is_gap = |c: char| matches!(c, ' ' | '）' | ')' | '÷' | '/');
    let gap = behind.len() - behind.trim_start_matches(is_gap).len();
    let (signs, rest) = behind.split_at(gap);
    let divides = signs.contains(['÷', '/']);
    match rest.strip_prefix(shown) {
        Some(rest) if divides && !rest.starts_with(|c: char| c == '%' || c == '.' || c.is_ascii_digit()) => {
            format!("{signs}{shown}%{rest}")
        }
        _ => behind.to_owned(),
    }
}

/// The same with the other sign.
pub fn negative(expr: Expr) -> Expr {
    match expr {
        Expr::Number(number) => Expr::Number(number.negated()),
        other => Expr::Negate(Box::new(other)),
    }
}

/// A finding where two types do not go together.
pub fn require_agreement(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    left: &Type,
    right: &Type,
    what: &str,
) -> bool {
    if agree(left, right) {
        return true;
    }
    let message = format!("前面{}，这里写的{}，不能{what}", describe(left), describe(right));
    let finding = scope.at(site.statement, pair, "wrong-measure-word", message);
    let mut finding = finding.help(match by_share_of_target(site, pair, left, right) {
        Some(help) => help,
        None if what == "相加减"
            && [left, right].iter().all(|kind| matches!(kind, Type::Count(_) | Type::Quantity(_))) =>
        {
            let word = super::units::word_of;
            format!(
                "折成点数、分数再加的，各项先除以它的一个单位，如：甲 ÷ 1{} × 几 + 乙 ÷ 1{} × 几；本是一样的量词的，改成一样的",
                word(left),
                word(right)
            )
        }
        None => "改成一样的量词；说的不是一回事的，另设一个指标".to_owned(),
    });
    if let Type::Count(unit) | Type::Quantity(unit) = left {
        finding = finding.expected(format!("以“{unit}”计的数"));
    }
    scope.report(finding);
    false
}

/// 利润（万元）：目标值1000万元，…每超目标值1%加0.5分: steps of a share of what was aimed at.
fn by_share_of_target(site: Site<'_, '_>, pair: &Pair<'_, Token>, left: &Type, right: &Type) -> Option<String> {
    let is_step = pair.as_rule() == Token::per && pair.has(Token::per_kind);
    if !is_step || *right != Type::Percent || !matches!(left, Type::Count(_) | Type::Quantity(_) | Type::Money) {
        return None;
    }
    let label = site.statement.label();
    let mut amounts =
        site.statement.pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::quantity);
    let target = amounts.find(|amount| amount.has(Token::unit)).map_or("目标".to_owned(), |amount| name_of(&amount));
    Some(format!(
        "按百分比算的，先另起一行算出完成率：{label}完成率 = {label} ÷ {target}\n这一句写成{label}完成率的：目标写100%，超（低）百分之几的写每高（每低）几个百分点"
    ))
}

/// 录入 ÷ 人口, where 人口 was declared without a measure word: a text is nothing to reckon with.
pub fn require_number(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, kind: &Type) -> bool {
    if !matches!(kind, Type::Text | Type::Date) {
        return true;
    }
    let shown = scope.original(site.statement, pair).trim().to_owned();
    let finding =
        scope.at(site.statement, pair, "wrong-measure-word", format!("“{shown}”{}，不能计算", describe(kind)));
    let finding = match kind {
        Type::Text => finding.help(format!("是数的，声明时写上量词：{shown}（量词）；没有量词的写（数）")),
        _ => finding.help("要算的是天数、年数的，另报一个数"),
    };
    scope.blame(finding);
    false
}

fn term(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let mut result: Option<Typed> = None;
    let mut operator = Token::TIMES;
    let mut parts = pair.clone().into_inner().peekable();
    while let Some(inner) = parts.next() {
        match inner.as_rule() {
            Token::TIMES | Token::DIVIDED => operator = inner.as_rule(),
            Token::factor => {
                let right = factor(scope, site, &inner);
                let right = match parts.next_if(|next| next.as_rule() == Token::or_none) {
                    Some(said) => or_none(scope, site, &said, right),
                    None => right,
                };
                let factors = pair.children(Token::factor).len();
                if factors > 1 {
                    require_number(scope, site, &inner, &right.kind);
                }
                result = Some(match result {
                    None => right,
                    Some(left) if operator == Token::TIMES => {
                        let kind = match (&left.kind, &right.kind) {
                            // 奖励 得分 × 100元; elsewhere what money earns is points.
                            (Type::Points, Type::Money) | (Type::Money, Type::Points) if scope.in_yuan => Type::Money,
                            (Type::Points, _) | (_, Type::Points) => Type::Points,
                            (Type::Money, _) | (_, Type::Money) => Type::Money,
                            (Type::Percent, Type::Bare) | (Type::Bare, Type::Percent) => Type::Bare,
                            (Type::Percent | Type::Bare, other) | (other, Type::Percent | Type::Bare) => other.clone(),
                            _ => Type::Bare,
                        };
                        Typed::new(Expr::Multiply(Box::new([left.expr, right.expr])), kind)
                    }
                    Some(left) => {
                        if right.expr == Expr::Number(Number::ZERO) {
                            let finding = scope
                                .at(site.statement, &inner, "zero-step", "除以0算不出数")
                                .help("核对除数；除数报来可能是0的，约定里写：除数为0的，不作考评");
                            scope.report(finding);
                        }
                        // 税收（万元） ÷ 财政收入（元）
                        let right = in_money_of(right, &left.kind);
                        require_like_periods(scope, site, pair, (&left, &right), "相除");
                        let kind = if left.kind == right.kind && !matches!(left.kind, Type::Bare | Type::Points) {
                            Type::Percent
                        } else if matches!(left.kind, Type::Points | Type::Money) && left.kind != right.kind {
                            left.kind.clone()
                        } else {
                            Type::Bare
                        };
                        Typed::new(Expr::Divide(Box::new([left.expr, right.expr])), kind)
                    }
                });
            }
            _ => {}
        }
    }
    result.expect("a term has a factor")
}

pub fn factor(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let inner = pair.clone().into_inner().next().expect("a factor is something");
    match inner.as_rule() {
        Token::expression => expression(scope, site, &inner),
        Token::quantity => quantity(scope, site, &inner),
        Token::place => {
            let place = integer(&inner.child(Token::integer).expect("a place has a number")).unwrap_or(0);
            Typed::new(Expr::Number(Number::whole(i64::from(place))), Type::Place)
        }
        Token::date => date(scope, site, &inner),
        Token::FULL => {
            let full = full_marks(scope, site, &inner);
            share_of(scope, site, pair, full)
        }
        Token::months_of => {
            let on_roster = inner.has(Token::ROSTER_MONTHS);
            if on_roster {
                several::require_more_than_a_month(scope, site, &inner);
            }
            Typed::new(Expr::Months { on_roster }, Type::Quantity("个月".to_owned()))
        }
        Token::total => {
            total_of_here(scope, site, &inner);
            Typed::new(Expr::Total, Type::Points)
        }
        Token::TIER_QUANTITY => row_word(scope, site, &inner),
        Token::node_points => node_points(scope, site, &inner),
        Token::own_rank => rows::own_rank(scope, site, &inner),
        Token::HALF_POINT => Typed::new(Expr::Number(Number::from(Decimal::new(5, 1))), Type::Bare),
        Token::name => {
            let value = name(scope, site, &inner);
            if let Some(unit) = pair.child(Token::head_unit) {
                require_unit(scope, site, &unit, &value.kind);
            }
            share_of(scope, site, pair, value)
        }
        Token::over_periods => over_periods(scope, site, &inner),
        Token::one_period => one_period::one_period(scope, site, &inner),
        Token::earlier => earlier(scope, site, &inner),
        Token::past => past(scope, site, &inner),
        Token::cohort => rows::cohort(scope, site, &inner),
        Token::rows => rows::rows(scope, site, &inner),
        Token::of_several => rows::of_several(scope, site, &inner),
        Token::rounded => {
            let value = expression(scope, site, &inner.child(Token::expression).expect("保留 has an expression"));
            let keep = inner.child(Token::keep).expect("保留 says how");
            keep_digits(scope, site, &keep, value)
        }
        Token::steps_of => steps_of(scope, site, &inner),
        Token::cased => cased(scope, site, &inner),
        other => unreachable!("the grammar gives no {other:?} in a factor"),
    }
}

/// 目标的80%: so much of a value, where the factor says it.
fn share_of(scope: &mut Scope<'_>, site: Site<'_, '_>, factor: &Pair<'_, Token>, value: Typed) -> Typed {
    let Some(share) = factor.child(Token::share_of).and_then(|share| share.child(Token::percent)) else {
        return value;
    };
    let share = percent_of(scope, site, &share).expr;
    Typed::new(Expr::Multiply(Box::new([value.expr, share])), value.kind)
}

/// What stands in parentheses behind a name is its measure word and nothing else: not 考分（折半）, 事故数（由低到高）.
fn require_unit(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, kind: &Type) {
    let word = name_of(pair);
    let finding = if !unit_is_common(&word) && super::units::type_of_unit(&word) != *kind {
        scope
            .at(site.statement, pair, "unknown-unit-word", format!("“{word}”不是认得的量词"))
            .help("名称后面的括号里只能写量词；别的写成算式或另写一句，如：考分 × 50%")
    } else if *kind != Type::Bare && super::units::type_of_unit(&word) != *kind {
        let declared = super::units::describe(kind);
        scope
            .at(site.statement, pair, "wrong-measure-word", format!("它{declared}，这里写的是“{word}”"))
            .help("去掉括号，或写成同一个量词")
    } else {
        return;
    };
    scope.report(finding);
}

fn date(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let parts: Vec<u32> = pair.children(Token::integer).iter().map(|part| integer(part).unwrap_or(0)).collect();
    let date = match parts[..] {
        [year, month, day] => chrono::NaiveDate::from_ymd_opt(year as i32, month, day),
        _ => None,
    };
    match date {
        Some(date) => Typed::new(Expr::Date(date), Type::Date),
        None => {
            let finding = scope.at(site.statement, pair, "impossible-date", "没有这一天").help("改为日历上有的日期");
            scope.report(finding);
            Typed::new(Expr::NotAssessed, Type::Date)
        }
    }
}

/// 满分 of the nearest node around that has one.
fn full_marks(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let mut at = Some(site.node);
    while let Some(id) = at {
        if scope.plan.nodes[id.index()].full.is_some() {
            return Typed::new(Expr::Full(id), Type::Points);
        }
        at = scope.plan.nodes[id.index()].parent;
    }
    let finding = scope
        .at(site.statement, pair, "no-full-marks", "本条和上级都没有写满分")
        .help("在本条的标题后面写明满分：（几分），或加一行：满分 几分");
    scope.report(finding);
    Typed::new(Expr::NotAssessed, Type::Points)
}

/// Where the cells of a row may be spoken of.
fn of_rows(scope: &Scope<'_>, site: Site<'_, '_>) -> String {
    if site.statement.inner().child(Token::head_unit).is_none() {
        return "写到情形的计分句里，如：每次扣 税额 × 5%".to_owned();
    }
    format!("发生一次报一行的，写成情形，名称后面不写量词：{}", scope.line_of_event(site.statement))
}

fn row_word(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let word = name_of(pair);
    let Some(input) = scope.in_row else {
        // 单位属性 人数（人）
        if let Ok(meaning) = scope.find(site.node, &word) {
            return of_meaning(scope, site, pair, meaning);
        }
        // 得 完成率 × 分值: what an item may give is what its marks are.
        if word == "分值" {
            return full_marks(scope, site, pair);
        }
        let message = format!("“{word}”是一条事实的格子，只能写在按条计分的句子里");
        let finding = scope.at(site.statement, pair, "row-outside-line", message).help(of_rows(scope, site));
        scope.report(finding);
        return Typed::new(Expr::NotAssessed, Type::Bare);
    };
    let needs = &mut scope.plan.inputs[input.index()].needs;
    let (field, kind) = match word.as_str() {
        "数量" => (RowField::Quantity, scope.plan.inputs[input.index()].quantity.clone()),
        "分值" => (RowField::Points, Type::Points),
        "系数" => {
            needs.coefficient = true;
            (RowField::Coefficient, Type::Bare)
        }
        "位次" => {
            needs.shares = true;
            (RowField::Place, Type::Bare)
        }
        "人数" => {
            needs.shares = true;
            (RowField::People, Type::Bare)
        }
        "原满分" => {
            needs.scale = true;
            (RowField::Scale, Type::Points)
        }
        "逾期天数" | "逾期工作日" => {
            needs.deadline = true;
            needs.completed = true;
            let workdays = match word.contains("工作日") {
                true => scope.working_days(site.statement.line.number),
                false => DayKind::All,
            };
            (RowField::DaysLate { workdays }, Type::Days)
        }
        _ => (RowField::DaysToRepair, Type::Days),
    };
    scope.plan.inputs[input.index()].additive &= field == RowField::Quantity;
    Typed::new(Expr::Row(field), kind)
}

/// 甲得分, 甲得分率, 甲满分, 甲名次
pub fn node_points(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let name_pair = pair.child(Token::name).expect("a node's points name the node");
    let what = pair.child(Token::POINTS_OF).expect("asked by the grammar").as_str().trim().to_owned();
    // 年终名次: the name of a ranking.
    let named = name_of(&name_pair);
    if what == "名次"
        && let Some(id) = scope.find_ranking(&named)
    {
        let ranking = rows::ranking_of(scope, site, pair, Some(id));
        return ranking
            .map_or(Typed::new(Expr::NotAssessed, Type::Place), |id| Typed::new(Expr::Rank(id), Type::Place));
    }
    let Some(meaning) = scope.require_name(site.statement, &name_pair, site.node) else {
        return Typed::new(Expr::NotAssessed, Type::Points);
    };
    let node = match meaning {
        Meaning::Node(node) => Some(node),
        _ => None,
    };
    // 台账名次 and 台账满分 are asked of their own.
    if let Some(node) = node.filter(|_| matches!(what.as_str(), "得分" | "得分率")) {
        gathered::require_how(scope, site, pair, node, &what);
    }
    let value = of_meaning(scope, site, &name_pair, meaning);
    match (what.as_str(), node) {
        ("得分", Some(_)) => value,
        ("得分率", Some(node)) => {
            // Its full marks may stand on a line of the node that was refused.
            if scope.plan.nodes[node.index()].full.is_none() && scope.broken.is_empty() {
                let title = name_of(&name_pair);
                let message = format!("“{title}”没有写满分，算不出得分率");
                let finding = scope
                    .at(site.statement, pair, "no-full-marks", message)
                    .help(format!("在“{title}”里加一行：满分 几分；已经是百分制的，按得分写：{title}得分低于60分"));
                scope.report(finding);
                return Typed::new(Expr::NotAssessed, Type::Percent);
            }
            Typed::new(Expr::Divide(Box::new([Expr::Node(node), Expr::Full(node)])), Type::Percent)
        }
        ("满分", Some(node)) => Typed::new(Expr::Full(node), Type::Points),
        ("名次", _) => rows::peer(
            scope,
            value.expr,
            false,
            PeerKind::Rank { low_first: false },
            &format!("{}名次", name_of(&name_pair)),
        ),
        _ => {
            let name = name_of(&name_pair);
            let message = format!("“{name}”不是板块或条目，没有{what}");
            // 按完成率得分: in proportion to a figure.
            let help = match what.as_str() {
                "得分" => format!(
                    "按它得分的，写成：得 {name}×满分，或 得 {name}×几分；说别的条目的，写条目的名称，或它的地址"
                ),
                _ => "写板块或条目的名称，或它的地址".to_owned(),
            };
            let finding = scope.at(site.statement, &name_pair, "not-a-node", message).help(help);
            scope.report(finding);
            Typed::new(Expr::NotAssessed, Type::Points)
        }
    }
}

pub fn name(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    // An item called 数量 is not what 扣 数量 × 2 of a line speaks of.
    let word = name_of(pair);
    if scope.in_row.is_some()
        && matches!(scope.find(site.node, &word), Ok(Meaning::Node(_)) | Err(_))
        && syntax::is(Token::row_word, &word)
    {
        return row_word(scope, site, pair);
    }
    match scope.require_name(site.statement, pair, site.node) {
        Some(meaning) => {
            if let Meaning::Node(node) = meaning {
                if points_or_figure(scope, site, pair, node) || own_points(scope, site, pair, node) {
                    return Typed::new(Expr::NotAssessed, Type::Bare);
                }
                gathered::require_how(scope, site, pair, node, "得分");
            }
            of_meaning(scope, site, pair, meaning)
        }
        None => Typed::new(Expr::NotAssessed, Type::Bare),
    }
}

/// 点数 in 奖惩, where a section and a figure are called so: which of the two is asked.
fn points_or_figure(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, node: NodeId) -> bool {
    let word = name_of(pair);
    let Some(place) = scope.figure_elsewhere(&word).map(|figure| scope.where_is(figure)) else { return false };
    let what = if scope.plan.nodes[node.index()].parent == Some(NodeId(0)) { "板块" } else { "条目" };
    let message = format!("{what}叫“{word}”，也有一个量叫“{word}”，说不清是哪一个");
    let finding = scope
        .at(site.statement, pair, "ambiguous-name", message)
        .help(format!("{what}的得分，写成：{word}得分\n那个量，写成：「{place} {word}」"));
    scope.blame(finding);
    true
}

/// 患者满意度（%）：满意度≥90%得10分 in an item called 满意度: its points, which the line is to give.
fn own_points(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, node: NodeId) -> bool {
    let above = std::iter::successors(Some(site.node), |id| scope.plan.nodes[id.index()].parent);
    let gives = site.statement.inner().as_rule() == Token::head;
    if !gives || !above.into_iter().any(|id| id == node) {
        return false;
    }
    let word = name_of(pair);
    let message = format!("“{word}”在这里是这一条自己的得分，这一句算出来才有");
    let line = scope.line_with(site.statement, pair, "");
    let finding = scope
        .at(site.statement, pair, "circular-stages", message)
        .help(format!("说的就是冒号前的数的，去掉它：{line}\n是另一个数的，另取一个名称"));
    scope.blame(finding);
    true
}

/// The value a name stands for.
pub fn of_meaning(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, meaning: Meaning) -> Typed {
    let value = value_of(scope, site, pair, meaning);
    in_yuan(scope, value)
}

fn value_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, meaning: Meaning) -> Typed {
    match meaning {
        Meaning::Input(id) => {
            let input = &scope.plan.inputs[id.index()];
            let kind = input.quantity.clone();
            match input.kind {
                InputKind::Parameter { .. } => {
                    gathered::require_how_of_input(scope, site, pair, id);
                    Typed::new(Expr::Parameter(id), kind)
                }
                InputKind::Rating => {
                    let rows = RowsExpr {
                        input: id,
                        aggregate: Aggregate::Mean,
                        value: Expr::Row(RowField::Quantity),
                        filter: None,
                        weight: None,
                        trim: 0,
                    };
                    Typed::new(Expr::Rows(Box::new(rows)), kind)
                }
                InputKind::Pending(ref reason) => {
                    let message = format!("“{}”待定（{reason}），不能用来计算", input.label);
                    let finding =
                        scope.at(site.statement, pair, "pending-used", message).help("先把待定的定下来，再用它计算");
                    scope.report(finding);
                    Typed::new(Expr::NotAssessed, kind)
                }
                _ => {
                    gathered::require_how_of_input(scope, site, pair, id);
                    let collect = collect_of(scope, id);
                    Typed::new(Expr::Input { input: id, collect }, kind)
                }
            }
        }
        Meaning::Measure(id) => Typed::new(Expr::Measure(id), scope.plan.measures[id.index()].kind.clone()),
        Meaning::Node(id) => Typed::new(Expr::Node(id), Type::Points),
        Meaning::Attribute(id) => Typed::new(Expr::Attribute(id), scope.plan.attributes[id.index()].kind.clone()),
        Meaning::Column(id) => {
            let kind = scope.plan.columns[id.index()].kind.clone();
            let Some(input) = scope.in_row else {
                let message = format!("事实列“{}”只能写在按条计分的句子里", scope.plan.columns[id.index()].name);
                let finding = scope.at(site.statement, pair, "row-outside-line", message).help(of_rows(scope, site));
                scope.report(finding);
                return Typed::new(Expr::NotAssessed, kind);
            };
            need_column(scope, input, id);
            Typed::new(Expr::Row(RowField::Column(id)), kind)
        }
    }
}

/// How an indicator's monthly values make one of a longer period: their sum, unless its line says otherwise.
fn collect_of(scope: &Scope<'_>, input: InputId) -> Aggregate {
    scope.collect.get(&input).copied().unwrap_or(Aggregate::Sum)
}

pub fn need_column(scope: &mut Scope<'_>, input: InputId, column: ColumnId) {
    let input = &mut scope.plan.inputs[input.index()];
    input.additive = false;
    if !input.columns.contains(&column) {
        input.columns.push(column);
    }
}

/// 年终得分 where months are spoken of, 年度得分 of a term: not the total of the period that is asked.
fn total_of_here(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    if let Some(finding) = of_a_part(scope, site, pair) {
        return scope.blame(finding);
    }
    let said = match pair.as_str().trim() {
        "年终得分" | "年度得分" | "学年得分" | "全年得分" => whole_if_one_year(scope, Cycle::Year),
        "任期得分" | "总得分" => Cycle::Term,
        _ => return,
    };
    let before = site.statement.code.text[..pair.as_span().start()].trim_end();
    let is_earlier = ["上年", "去年", "上年度", "上学年", "上期"].iter().any(|word| before.ends_with(word));
    if is_earlier || site.statement.inner().as_rule() == Token::measure {
        return;
    }
    let here = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    let here = whole_if_one_year(scope, here);
    let (name, word) = (pair.as_str().trim().to_owned(), here.title());
    let finding = match said.cmp(&here) {
        std::cmp::Ordering::Equal => return,
        std::cmp::Ordering::Greater => scope
            .at(site.statement, pair, "total-of-another-period", format!("这里说的是{word}，还没有{name}"))
            .help(format!("看{word}的，写成“得分”（计分句里写“总分”）；看{name}的，写在年终（任期）的奖惩、等次里")),
        std::cmp::Ordering::Less => scope
            .at(site.statement, pair, "total-of-another-period", format!("这里说的是{word}，{name}不止一个"))
            .help("看有几年的，写成：年数（得分低于90分）不少于1；看合成的，写“得分”"),
    };
    scope.report(finding);
}

/// 年度得分 where a section is called 年度: of the section, or of all of the year?
fn of_a_part(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<Finding> {
    let said = pair.as_str().trim();
    let title = said.strip_suffix("得分").filter(|title| !title.is_empty())?;
    let node = scope.plan.nodes.iter().find(|node| node.parent.is_some() && node.title == title)?;
    let (statement, address) = (site.statement, &node.address);
    let of_part = scope.line_with(statement, pair, &format!("「{address}」得分"));
    let of_all = scope.line_with(statement, pair, "得分");
    // 年终得分 = … + 年终得分 × 40%: the whole is no part of itself.
    let roll_up = statement.inner();
    let is_itself = roll_up.as_rule() == Token::roll_up_is && scope.stage == Some(cycle_of_total(&roll_up));
    let finding =
        scope.at(statement, pair, "missing-convention", format!("“{said}”说不清是“{address}”的得分，还是全部的得分"));
    Some(match is_itself {
        true => finding.help(format!("是“{address}”的，写成：{of_part}")),
        false => finding.help(format!("改成其中一句：\n只是“{address}”的：{of_part}\n全部的：{of_all}")),
    })
}

fn over_periods(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    if let Some(count) = pair.child(Token::PERIOD_COUNT) {
        let cycle = period_cycle(count.as_str());
        // What is counted is each month's own: its rank, its grade.
        let outer = scope.stage.replace(cycle);
        let condition = condition::condition(scope, site, &pair.child(Token::condition).expect("月数 has a condition"));
        scope.stage = outer;
        streak::require_assessed(scope, site, pair, cycle, &condition);
        ranking::require_totals(scope, site, cycle, ranking::asks_total(&condition));
        let expr = Expr::CountPeriods { cycle, condition: Box::new(condition), tallied: false };
        // 不少于2个月 and 不少于2次 say the same.
        return Typed::new(expr, Type::Bare);
    }
    let cycle = period_cycle(pair.child(Token::EACH_PERIOD).expect("各月 or the like").as_str());
    several::require_several(scope, site, pair, cycle);
    let outer = scope.stage.replace(cycle);
    let value = match pair.child(Token::factor) {
        Some(of) => factor(scope, site, &of),
        None => Typed::new(Expr::Total, Type::Points),
    };
    scope.stage = outer;
    ranking::require_totals(scope, site, cycle, ranking::reads_total(&value.expr));
    if pair.has(Token::MEAN_POINTS) {
        return Typed::new(
            Expr::Over { cycle, aggregate: Aggregate::Mean, expr: Box::new(value.expr), only: None },
            value.kind,
        );
    }
    if let Some(trim) = pair.child(Token::trim_one) {
        let without = [(Token::TRIM_HIGH, Aggregate::Greatest), (Token::TRIM_LOW, Aggregate::Least)];
        let without = without.into_iter().filter(|(word, _)| trim.has(*word)).map(|(_, which)| which).collect();
        return Typed::new(trimmed_mean(cycle, value.expr, without), value.kind);
    }
    places::put_together(scope, site, pair, (cycle, aggregate_of(pair)), value)
}

/// 各月得分去掉一个最高分和一个最低分后平均: of no more than two nothing would be left.
fn trimmed_mean(cycle: Cycle, value: Expr, without: Vec<Aggregate>) -> Expr {
    let over = |aggregate| Expr::Over { cycle, aggregate, expr: Box::new(value.clone()), only: None };
    let less = |left: Expr, right: Expr| Expr::Subtract(Box::new([left, right]));
    let gone = Expr::Number(Number::whole(without.len() as i64));
    let inner = without.into_iter().fold(over(Aggregate::Sum), |sum, which| less(sum, over(which)));
    let count = less(over(Aggregate::Count), gone.clone());
    let enough = Condition::Compare(Box::new(over(Aggregate::Count)), Comparison::Above, Box::new(gone));
    Expr::Case { arms: vec![(enough, Expr::Divide(Box::new([inner, count])))], otherwise: Box::new(Expr::NotAssessed) }
}

fn period_cycle(word: &str) -> Cycle {
    if word.contains('月') {
        Cycle::Month
    } else if word.contains('季') {
        Cycle::Quarter
    } else if word.contains("半年") {
        Cycle::Half
    } else {
        Cycle::Year
    }
}

/// 之和、平均、最高、最低 among a pair's children.
pub fn aggregate_of(pair: &Pair<'_, Token>) -> Aggregate {
    if pair.has(Token::SUM_OF) {
        Aggregate::Sum
    } else if pair.has(Token::MEAN_OF) {
        Aggregate::Mean
    } else if pair.has(Token::GREATEST_OF) {
        Aggregate::Greatest
    } else {
        Aggregate::Least
    }
}

/// 上月, 上年同期: how long the periods are, and how many of them back; 上期 is of `own` ones.
pub fn period_before(scope: &Scope<'_>, word: &str, own: Cycle) -> (Cycle, u32) {
    let is_of_year = word.contains('同');
    let cycle = match word {
        "上月" | "上个月" | "上年同月" | "去年同月" => Cycle::Month,
        "上季" | "上季度" | "上年同季" => Cycle::Quarter,
        "上半年" => Cycle::Half,
        // The year before a school year is the school year before it.
        "上年" | "去年" | "上学年" => {
            match scope.plan.calendar.is_one_year() && !scope.plan.calendar.is_calendar_year() {
                true => Cycle::Term,
                false => Cycle::Year,
            }
        }
        _ => own,
    };
    let back = match cycle {
        Cycle::Month if is_of_year => 12,
        Cycle::Quarter if is_of_year => 4,
        Cycle::Half if is_of_year => 2,
        _ => 1,
    };
    (cycle, back)
}

fn earlier(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let word = pair.child(Token::EARLIER).expect("上月 or the like").as_str().trim().to_owned();
    let (cycle, back) = period_before(scope, &word, scope.plan.nodes[site.node.index()].cycle);
    let of = pair.child(Token::factor).expect("of what");
    let value = factor(scope, site, &of);
    let of = of.into_inner().next().expect("a factor is something");
    let value = earlier_value(scope, site, pair, Before { word: &word, cycle, back }, value, &of);
    share_of(scope, site, pair, value)
}

/// 上月: which period before the current one.
pub struct Before<'w> {
    /// 上月
    pub word: &'w str,
    /// How long each is.
    pub cycle: Cycle,
    /// How many of them back.
    pub back: u32,
}

/// A value of an earlier period, which history may hold under its name.
pub fn earlier_value(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    Before { word, cycle, back }: Before<'_>,
    value: Typed,
    of: &Pair<'_, Token>,
) -> Typed {
    let name = history_name(scope, site, of);
    let otherwise = none_before(scope, site, pair);
    if otherwise.is_none() {
        let finding = scope
            .at(site.statement, pair, "missing-convention", format!("没有写“{word}”没有数时怎么办"))
            .help(match value.kind {
                Type::Place => format!("在后面加上：（没有的不作考评）；历史数据里的名称写作“{name}”"),
                // 高于上月奖金的130%, of whoever had none: more than nothing.
                _ if value.kind == Type::Money
                    || ["奖金", "绩效", "工资", "薪", "补贴", "津贴"].iter().any(|word| name.contains(word)) =>
                {
                    format!(
                    "在后面加上其中一样：（没有的按某某计）（“某某”换成本期的金额，如 应发奖金）、（没有的按 0 计）、（没有的不作考评）；历史数据里的名称写作“{name}”"
                    )
                }
                _ => format!("在后面加上其中一样：（没有的按 0 计）、（没有的不作考评）；历史数据里的名称写作“{name}”"),
            });
        scope.report(finding);
    }
    if let (Type::Place, Some(Expr::Number(place)), Some(said)) =
        (&value.kind, otherwise.as_deref(), pair.child(Token::none_before))
        && *place < Number::ONE
    {
        let written = scope.original(site.statement, &said);
        let line = scope.line_with(site.statement, &said, "没有的不作考评");
        let finding = scope
            .at(site.statement, &said, "impossible-bound", format!("名次从1数起，“{written}”比第1名还靠前"))
            .help(format!("没有名次的，不算前几名，写成：{line}"));
        scope.report(finding);
    }
    Typed::new(Expr::Earlier { back, cycle, expr: Box::new(value.expr), name, otherwise }, value.kind)
}

fn past(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let word = pair.child(Token::PAST).expect("历年 or the like").as_str().to_owned();
    let cycle = if word.contains('年') {
        Cycle::Year
    } else if word.contains('月') {
        Cycle::Month
    } else {
        Cycle::Term
    };
    let name_pair = pair.child(Token::name).or_else(|| pair.child(Token::total)).expect("of what");
    let name = if name_pair.as_rule() == Token::total { "总分".to_owned() } else { name_of(&name_pair) };
    let kind = match scope.find(site.node, &name) {
        Ok(Meaning::Input(id)) => scope.plan.inputs[id.index()].quantity.clone(),
        Ok(Meaning::Measure(id)) => scope.plan.measures[id.index()].kind.clone(),
        Ok(Meaning::Node(_)) => Type::Points,
        _ if name_pair.as_rule() == Token::total => Type::Points,
        _ => Type::Bare,
    };
    let otherwise = none_before(scope, site, pair);
    if otherwise.is_none() {
        let finding = scope
            .at(site.statement, pair, "missing-convention", format!("没有写“{word}”没有数时怎么办"))
            .help(format!("写成其中一样：\n{word}最低（{name}，没有的按 0 计）\n{word}最低（{name}，没有的不作考评）"));
        scope.report(finding);
    }
    Typed::new(Expr::Past { name, cycle, aggregate: aggregate_of(pair), otherwise }, kind)
}

/// What 历史.csv calls an earlier value: 总分, a node's address, else the name itself.
fn history_name(scope: &Scope<'_>, site: Site<'_, '_>, of: &Pair<'_, Token>) -> String {
    let name = match of.as_rule() {
        Token::total => return "总分".to_owned(),
        Token::own_rank => return "名次".to_owned(),
        _ => name_of(&of.child(Token::name).unwrap_or_else(|| of.clone())),
    };
    match scope.find(site.node, &name) {
        Ok(Meaning::Node(node)) => scope.plan.nodes[node.index()].address.clone(),
        _ => name,
    }
}

/// （没有的按 0 计）, （没有的不作考评）; only of several it can be said that they are passed over.
pub fn none_before(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<Box<Expr>> {
    let said = pair.child(Token::none_before)?;
    if said.has(Token::PASSED_OVER) {
        let written = scope.original(site.statement, &said);
        let line = |with: &str| scope.line_with(site.statement, &said, with);
        let message = format!("“{}”说不清是按0算，还是整个都算不出", written.trim());
        let help = format!("写成其中一行：\n按0算的：{}\n算不出的：{}", line("没有的按 0 计"), line("没有的不作考评"));
        let finding = scope.at(site.statement, &said, "missing-convention", message).help(help);
        scope.report(finding);
    }
    Some(Box::new(match said.child(Token::expression) {
        Some(inner) => expression(scope, site, &inner).expr,
        None => Expr::NotAssessed,
    }))
}

/// 季度考核得分（没有的按 0 计）: of a part of the scheme, which a unit may not have. Of what is reported and of what is
/// named that is said where it is declared.
fn or_none(scope: &mut Scope<'_>, site: Site<'_, '_>, said: &Pair<'_, Token>, value: Typed) -> Typed {
    let is_of_part = value.expr.any(|inner| matches!(inner, Expr::Node(_)));
    if !is_of_part && value.expr != Expr::NotAssessed {
        let written = scope.original(site.statement, said);
        let finding = scope
            .at(site.statement, said, "stray-words", format!("“{}”要写在板块、条目的得分后面", written.trim()))
            .help("指标没有数的，在那个条目里写：缺报的，按0计；除不出来的，写在算式那一行：除数为0的，不作考评");
        scope.blame(finding);
        return value;
    }
    match none_before(scope, site, said) {
        Some(otherwise) => Typed::new(Expr::Assessed { expr: Box::new(value.expr), otherwise }, value.kind),
        None => value,
    }
}

/// 保留2位小数，四舍五入
pub fn keep_digits(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, value: Typed) -> Typed {
    let places = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0).min(20);
    // A percentage is held as a fraction: 2 places of 89.97% are 4 of 0.8997.
    let places = if value.kind == Type::Percent { places + 2 } else { places };
    let rounding = match pair.child(Token::rounding) {
        Some(rounding) => rounding_of(&rounding),
        None => {
            let finding = scope
                .at(site.statement, pair, "missing-convention", "没有写怎样舍入")
                .help("写成：保留2位小数，四舍五入；或 只舍不入、只入不舍、四舍六入五成双");
            scope.report(finding);
            Rounding::HalfUp
        }
    };
    Typed::new(Expr::Round { expr: Box::new(value.expr), places, rounding }, value.kind)
}

pub fn rounding_of(pair: &Pair<'_, Token>) -> Rounding {
    match pair.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Token::ROUND_DOWN) => Rounding::Down,
        Some(Token::ROUND_UP) => Rounding::Up,
        Some(Token::HALF_EVEN) => Rounding::HalfEven,
        _ => Rounding::HalfUp,
    }
}

fn steps_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let amount = expression(scope, site, &pair.child(Token::expression).expect("of what"));
    let step_pair = pair.child(Token::quantity).expect("a step");
    let step = in_money_of(quantity(scope, site, &step_pair), &amount.kind);
    require_agreement(scope, site, &step_pair, &amount.kind, &step.kind, "相除");
    let part = part_of(&pair.child(Token::part_rule).expect("says what a part is"));
    let expr = Expr::Steps { amount: Box::new(amount.expr), step: Box::new(step.expr), part };
    Typed::new(expr, Type::Bare)
}

pub fn part_of(pair: &Pair<'_, Token>) -> Part {
    if pair.has(Token::IGNORED) {
        Part::Ignored
    } else if pair.has(Token::PROPORTIONAL) {
        Part::Proportional
    } else {
        Part::Whole
    }
}

/// 不足5个的按10个计: the count that a remainder is said to be taken for, where that is no whole step.
pub fn other_than_a_step<'a>(pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let whole = pair.child(Token::AS_WHOLE)?;
    let said = whole.child(Token::quantity).or_else(|| whole.child(Token::unit))?;
    let short = pair.child(Token::quantity).or_else(|| pair.child(Token::unit))?;
    (number_of(&said) != number_of(&short)).then_some(said)
}

/// （当 …，甲；当 …，乙；其余 丙）
pub fn cased(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let mut arms = Vec::new();
    let mut kind = Type::Bare;
    for arm in pair.children(Token::case_arm) {
        let condition = condition::condition(scope, site, &arm.child(Token::condition).expect("当 has a condition"));
        let value = expression(scope, site, &arm.child(Token::expression).expect("and a value"));
        kind = value.kind;
        arms.push((condition, value.expr));
    }
    let otherwise = match pair.child(Token::expression) {
        Some(inner) => expression(scope, site, &inner).expr,
        None => Expr::NotAssessed,
    };
    let branches: Vec<&Condition> = arms.iter().map(|(when, _)| when).collect();
    condition::require_reached(scope, site, &branches);
    Typed::new(Expr::Case { arms, otherwise: Box::new(otherwise) }, kind)
}
