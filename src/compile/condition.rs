//! Conditions and ranges: what must hold, with the ends of Chinese law (以上、以下、以内 include, 超过、不满 exclude).

use chrono::Datelike;

use super::above_zero;
use super::award;
use super::away;
use super::comparable::{is_never_below_zero, require_comparable, require_room_below};
use super::expression::{self, Site, Typed};
use super::first_places;
use super::grade_before;
use super::graded::graded;
use super::node;
use super::number::{self, integer};
use super::one_period;
use super::parts;
use super::rows;
use super::scope::{Meaning, Scope, name_of};
use super::several;
use super::streak;
use super::units::describe;
use crate::parse::{Context, is_figure};
use crate::plan::words::{condition_text, has_words};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub fn condition(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let mut all_of: Vec<Vec<Condition>> = Vec::new();
    for all in pair.children(Token::all_of) {
        all_of.push(all.children(Token::atom).iter().map(|part| atom(scope, site, part)).collect());
    }
    streak::ask_how_far(scope, site, pair, &all_of);
    let all = |mut parts: Vec<Condition>| if parts.len() == 1 { parts.swap_remove(0) } else { Condition::All(parts) };
    let mut any: Vec<Condition> = all_of.into_iter().map(all).collect();
    if any.len() == 1 { any.swap_remove(0) } else { Condition::Any(any) }
}

pub(super) fn atom(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let inner = pair.clone().into_inner().next().expect("an atom is something");
    match inner.as_rule() {
        Token::condition => condition(scope, site, &inner),
        Token::negated => {
            let negated = condition(scope, site, &inner.child(Token::condition).expect("not what"));
            Condition::Not(Box::new(negated))
        }
        Token::streak | Token::tallied => streak::over_periods(scope, site, &inner),
        Token::vetoed => {
            if matches!(site.statement.line.context, Context::Grading | Context::Awards | Context::Eligibility) {
                award::require_veto(scope, site, &inner);
            }
            if inner.has(Token::NOT_VETOED) { Condition::Not(Box::new(Condition::Vetoed)) } else { Condition::Vetoed }
        }
        Token::disqualified => {
            let title = name_of(&inner.child(Token::title).expect("a title"));
            if matches!(site.statement.line.context, Context::Grading | Context::Awards | Context::Eligibility) {
                award::require_title(scope, site, &inner, &title);
            }
            Condition::Disqualified(title)
        }
        Token::graded => match inner.child(Token::which_period) {
            Some(which) => one_period::holds_in(scope, site, &which, |scope| graded(scope, site, &inner)),
            None => graded(scope, site, &inner),
        },
        // 上半年等次 of a year is that of its first half; of a half-year that of the one before.
        Token::grade_before => match one_period::first_half(scope, site, &inner) {
            Some(which) => one_period::holds_in(scope, site, &which, |scope| graded(scope, site, &inner)),
            None => grade_before::before(scope, site, &inner),
        },
        Token::grade_moved => grade_before::moved(scope, site, &inner),
        Token::ranked => match inner.child(Token::which_period) {
            Some(which) => one_period::holds_in(scope, site, &which, |scope| ranked(scope, site, &inner)),
            None => ranked(scope, site, &inner),
        },
        Token::happened => {
            let name = inner.child(Token::name).expect("what happened");
            match scope.require_name(site.statement, &name, site.node) {
                Some(Meaning::Input(id)) => {
                    let happened = Condition::Happened(id);
                    if inner.has(Token::NOT_HAPPENED) { Condition::Not(Box::new(happened)) } else { happened }
                }
                Some(_) => {
                    let message = format!("“{}”不是会发生的情形", name_of(&name));
                    let finding = scope
                        .at(site.statement, &name, "not-an-event", message)
                        .help("“发生”后面写计分句的情形；数写成比较，如：件数超过3件");
                    scope.report(finding);
                    Condition::Always
                }
                None => Condition::Always,
            }
        }
        Token::repaired => {
            let Some(input) = scope.in_row else {
                let message = format!("“{}”说的是一条事实，只能写在按条计分的句子里", inner.as_str().trim());
                let finding = scope.at(site.statement, &inner, "row-outside-line", message);
                scope.report(finding.help("写到情形的计分句里，如：问题：每处扣2分，至今没有整改的加倍"));
                return Condition::Always;
            };
            scope.plan.inputs[input.index()].additive = false;
            let repaired = Condition::IsAssessed(Box::new(Expr::Row(RowField::DaysToRepair)));
            if inner.has(Token::NOT_REPAIRED) { Condition::Not(Box::new(repaired)) } else { repaired }
        }
        Token::of_parts => parts::of_parts(scope, site, &inner),
        Token::is_text => is_text(scope, site, &inner),
        Token::assessed => {
            let name = inner.child(Token::name).expect("of what");
            let Some(meaning) = scope.require_name(site.statement, &name, site.node) else { return Condition::Always };
            let value = expression::of_meaning(scope, site, &name, meaning);
            let assessed = Condition::IsAssessed(Box::new(value.expr));
            if inner.has(Token::NOT_REPORTED) { Condition::Not(Box::new(assessed)) } else { assessed }
        }
        Token::compared => {
            let left = inner.child(Token::expression).expect("what is compared");
            let range_pair = inner.child(Token::range).expect("with what");
            let in_clause = site.statement.pair.child(Token::body).is_some();
            if in_clause && left.as_str().trim() == "满分" && is_points(range_pair.as_str().trim()) {
                most_said_as_full(scope, site, &inner, &range_pair);
                return Condition::Always;
            }
            let mut value = expression::expression(scope, site, &left);
            // Who is to have a prize, a grade or a place is settled for all at once: nothing may stop it.
            if scope.stage.is_some() && node::has_open_division(&value.expr) {
                value.expr = divided(scope, site, &left, value.expr);
            }
            if let Expr::Number(_) = value.expr {
                number_first(scope, site, &inner, &range_pair);
                return Condition::Always;
            }
            if let Some(places) = first_places::among(&range_pair).filter(|_| !first_places::has_places(&value.kind)) {
                first_places::refuse(scope, site, &places, &value, Some(&left));
                return Condition::Always;
            }
            let is_said = inner.has(Token::IS);
            let range = range(scope, site, &range_pair, &value);
            if !is_said && ask_of_more(scope, site, &range_pair, &value, &range) {
                return Condition::Always;
            }
            if value.expr == (Expr::Months { on_roster: true }) {
                let ends = [&range.low, &range.high].map(|end| end.as_ref().map(|(end, _)| end));
                several::require_within_reach(scope, site, &inner, ends);
            }
            above_zero::note(scope, site, (&inner, &range_pair), &value.expr);
            range.condition
        }
        other => unreachable!("the grammar gives no {other:?} in a condition"),
    }
}

/// 事故1次的，等次降一级: of whoever had two? Told by `true`.
fn ask_of_more(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    subject: &Typed,
    range: &Range,
) -> bool {
    let is_stage = matches!(site.statement.line.context, Context::Grading | Context::Awards | Context::Eligibility);
    let [bound] = &pair.children(Token::bound)[..] else { return false };
    let is_bare = bound.clone().into_inner().all(|inner| inner.as_rule() == Token::limit);
    let is_number = bound.child(Token::limit).is_some_and(|limit| limit.has(Token::quantity));
    let is_nothing = matches!(&range.low, Some((Expr::Number(number), _)) if number.is_zero());
    let happens =
        matches!(&subject.expr, Expr::Input { input, .. } if scope.plan.inputs[input.index()].kind == InputKind::Event);
    if !(is_stage || happens)
        || !is_bare
        || !is_number
        || is_nothing
        || matches!(subject.kind, Type::Place | Type::Text)
    {
        return false;
    }
    let said = scope.original(site.statement, pair);
    let line = |word: &str| scope.line_with(site.statement, pair, &format!("{word}{said}"));
    let message = format!("“{said}”说不清再多的算不算");
    let help = format!("写成其中一行：\n再多的也算：{}\n正好这么多的才算：{}", line("不少于"), line("等于"));
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}

/// 当 投诉 ÷ 上月投诉 低于70%：奖励2000元: what holds where nothing was complained of before, the conventions say.
fn divided(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, value: Expr) -> Expr {
    if let Some(otherwise) = scope.conventions.zero_divisor.clone() {
        return node::guard_division(value, &otherwise);
    }
    let written = scope.original(site.statement, pair);
    let finding = scope
        .at(site.statement, pair, "missing-convention", format!("没有写“{}”的除数为0时怎么办", written.trim()))
        .help("在约定里加上其中一行：\n除数为0的，不作考评\n除数为0的，按 100% 计");
    scope.report(finding);
    value
}

/// Whether the bounds of a condition keep their order: 120% of a target that may be below zero is less than the target.
fn is_sure(scope: &Scope<'_>, when: &Condition) -> bool {
    match when {
        Condition::Compare(_, _, end) => match &**end {
            Expr::Multiply(pair) => pair.iter().all(|side| is_never_below_zero(scope, side)),
            _ => true,
        },
        Condition::All(list) => list.iter().all(|inner| is_sure(scope, inner)),
        _ => true,
    }
}

/// 当 规模超过10倍，1.1；当 规模超过50倍，1.2: what an earlier branch always takes is never come to.
pub fn require_reached(scope: &mut Scope<'_>, site: Site<'_, '_>, branches: &[&Condition]) {
    let sure: Vec<&Condition> = branches.iter().copied().filter(|when| is_sure(scope, when)).collect();
    let Some((later, earlier)) = Condition::hidden_among(&sure) else { return };
    let line = site.statement.line.number;
    // A condition that was refused may be anything.
    if scope.has_error_at(line) {
        return;
    }
    // 达到目标的80%加10分；达到目标加15分: bounds that have no words.
    if !has_words(later) {
        let finding = scope
            .at_line(line, "overlapping-bands", "有一档总轮不到：够得上它的，都先够得上写在前面的一档")
            .help("要求高的一档写在前面");
        return scope.report(finding);
    }
    let said = condition_text(&scope.plan, later);
    let finding = match later == earlier {
        true => scope
            .at_line(line, "overlapping-bands", format!("“{said}”写了两遍，后一遍总轮不到"))
            .help("只留一个，或改其中一个的条件"),
        false => scope
            .at_line(
                line,
                "overlapping-bands",
                format!("“{said}”总轮不到：合它的都先合了前面的“{}”", condition_text(&scope.plan, earlier)),
            )
            .help("把范围窄的写在前面"),
    };
    scope.report(finding);
}

/// `80%≤合格率<90%`: what is compared stands first.
fn number_first(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, range: &Pair<'_, Token>) {
    let number = pair.child(Token::expression).map(|left| scope.original(site.statement, &left)).unwrap_or_default();
    let mut help = "把比较的东西写在前面，如：合格率不低于80%且低于90%".to_owned();
    // 第1名5分: a band and its points, without their verb.
    let points = scope.original(site.statement, range);
    if is_points(&points) && !number.ends_with(|c: char| c.is_ascii_digit()) {
        let line = with_verbs(&scope.line_text(site.statement));
        let finding = scope
            .at(site.statement, range, "missing-verb", format!("“{points}”前面没有写得、扣还是加"))
            .help(format!("得分的写：{line}\n扣分、加分的，“得”改成“扣”“加”"));
        scope.blame(finding);
        return;
    }
    let bounds = range.children(Token::bound);
    if let Some(first) = bounds.first()
        && let (Some(sign), Some(name)) = (first.child(Token::comparator), first.child(Token::expression))
    {
        let turned = match comparison_of(&sign) {
            Comparison::AtMost => "不低于",
            Comparison::Below => "超过",
            Comparison::AtLeast => "不超过",
            Comparison::Above => "低于",
            Comparison::Equal => "等于",
            Comparison::NotEqual => "不等于",
        };
        let name = scope.original(site.statement, &name);
        let rest =
            bounds.get(1).map(|bound| format!("且{}", scope.original(site.statement, bound))).unwrap_or_default();
        help = format!("改成：{name}{turned}{number}{rest}\n冒号前就是“{name}”的，改成：{turned}{number}{rest}");
    }
    let finding =
        scope.at(site.statement, pair, "number-first", format!("比较的左边是“{number}”，不知道拿什么来比")).help(help);
    scope.blame(finding);
}

fn is_points(text: &str) -> bool {
    text.strip_suffix('分').is_some_and(|number| number.parse::<rust_decimal::Decimal>().is_ok())
}

/// 第1名5分，第2名4分 with 得 before the points.
fn with_verbs(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(is_figure).len();
        let (number, behind) = rest.split_at(if digits > 0 { digits } else { first.len_utf8() });
        let ends = behind
            .strip_prefix('分')
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['，', '；', ',', ';', '。']));
        if digits > 0 && ends && out.ends_with(['名', '位', '上', '下', '余', '%']) {
            out.push('得');
        }
        out.push_str(number);
        rest = behind;
    }
    out
}

/// `每门得10分，满分40分`: how much the line gives at most, and no condition.
fn most_said_as_full(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, range: &Pair<'_, Token>) {
    let verb = if site.statement.code.text.contains('得') { "得" } else { "加" };
    let points = scope.original(site.statement, range);
    let most = format!("最多{verb}{points}");
    let (said, line) = (scope.original(site.statement, pair), scope.line_with(site.statement, pair, &most));
    let finding = scope
        .at(site.statement, pair, "other-words", format!("“{said}”在计分句里写作“{most}”"))
        .help(format!("写成：{line}\n是整条的满分的，在条目里另起一行：满分 {points}"));
    scope.blame(finding);
}

/// 排名末位, 名次为后2名, 月度排名前3名
fn ranked(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let named = pair.child(Token::marked).map(|name| name_of(&name));
    let said = match &named {
        Some(name) => scope.find_ranking(name),
        None => pair.child(Token::cycle).and_then(|cycle| scope.ranking_of_cycle(scope.cycle_said(&cycle))),
    };
    if let Some(name) = named.filter(|_| said.is_none()) {
        let finding = scope
            .at(site.statement, pair, "unknown-ranking", format!("“{name}”不是排名，没有末位、后几名可数"))
            .help(format!("另写一段排名，再写它的名次：\n排名 年终{name}\n  按 {name}得分 由高到低排名"));
        scope.report(finding);
        return Condition::Always;
    }
    let Some(ranking) = rows::ranking_of(scope, site, pair, said) else { return Condition::Always };
    let Some(last) = pair.child(Token::last_places) else {
        let own = Typed::new(Expr::Rank(ranking), Type::Place);
        return range(scope, site, &pair.child(Token::range).expect("which places"), &own).condition;
    };
    let place = last.child(Token::integer).map_or(1, |n| integer(&n).unwrap_or(0));
    let comparison = if last.has(Token::ONLY_FROM_LAST) { Comparison::Equal } else { Comparison::AtMost };
    let place = Box::new(Expr::Number(Number::whole(i64::from(place))));
    Condition::Compare(Box::new(Expr::RankFromLast(ranking)), comparison, place)
}

/// 适用 街道: the one attribute whose listed values hold all of these.
pub fn is_of_kind(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let names: Vec<String> = pair.children(Token::value).iter().map(name_of).collect();
    let symbols: Vec<SymbolId> = names.iter().map(|name| scope.plan.symbols.intern(name)).collect();
    let lists = |column: &Column| column.values.as_ref().is_some_and(|all| symbols.iter().all(|one| all.contains(one)));
    let found: Vec<usize> = (0..scope.plan.attributes.len()).filter(|at| lists(&scope.plan.attributes[*at])).collect();
    if let [attribute] = found[..] {
        return Condition::Is(Box::new(Expr::Attribute(AttributeId(attribute as u16))), symbols);
    }
    let shown = names.join("、");
    let attributes = &scope.plan.attributes;
    let named = attributes.iter().map(|column| column.name.clone()).find(|name| names[0].starts_with(name.as_str()));
    if let Some(name) = named {
        let value = &shown[name.len()..];
        let finding = scope
            .at(site.statement, pair, "missing-word", format!("“{name}”后面少了“为”"))
            .help(format!("写成：适用 {name}为{value}的"));
        scope.report(finding);
        return Condition::Always;
    }
    let message = format!("说不清“{shown}”是哪个单位属性的取值");
    let attribute = scope.plan.attributes.first().map_or("类别", |column| column.name.as_str());
    let finding =
        scope.at(site.statement, pair, "unknown-value", message).help(format!("写成：适用 {attribute}为{shown}的"));
    scope.report(finding);
    Condition::Always
}

/// 类别为街道、乡镇
fn is_text(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let name_pair = pair.child(Token::name).expect("of what");
    let raw = name_of(&name_pair);
    let value = match raw.as_str() {
        "评分人" | "评价组" if scope.in_row.is_some() => Typed::new(Expr::Row(RowField::Rater), Type::Text),
        "佐证" if scope.in_row.is_some() => Typed::new(Expr::Row(RowField::Evidence), Type::Text),
        "人员" if scope.in_row.is_some() => Typed::new(Expr::Row(RowField::Person), Type::Text),
        _ => match scope.require_name(site.statement, &name_pair, site.node) {
            Some(meaning) => {
                let meaning = scope.cell_of_row(meaning);
                expression::of_meaning(scope, site, &name_pair, meaning)
            }
            None => return Condition::Always,
        },
    };
    if let (Some(input), Expr::Row(_)) = (scope.in_row, &value.expr) {
        scope.plan.inputs[input.index()].additive = false;
    }
    let values_pair = pair.child(Token::values).expect("is what");
    if let Some(condition) = of_a_sign(&value, &values_pair) {
        if let Condition::Compare(_, Comparison::Below, end) = &condition {
            require_room_below(scope, site, &values_pair, &value, end);
        }
        return if pair.has(Token::IS_NOT) { Condition::Not(Box::new(condition)) } else { condition };
    }
    if value.kind != Type::Text {
        let message = format!("“{raw}”{}，不能与文字比较", describe(&value.kind));
        // 位次为前2名
        let said = scope.original(site.statement, &values_pair);
        let help = match value.kind == Type::Place && said.starts_with('前') && said.ends_with(['名', '位']) {
            true => format!("去掉“为”，写成：{}", scope.line_with(site.statement, pair, &format!("{raw}{said}"))),
            false => format!(
                "写成比较，如：{raw}不低于几{0}、{raw}低于几{0}（“几”换成原文的数）",
                super::units::word_of(&value.kind).trim_start_matches('数')
            ),
        };
        let finding = scope.at(site.statement, &values_pair, "wrong-measure-word", message).help(help);
        scope.report(finding);
        return Condition::Always;
    }
    let mut symbols = Vec::new();
    for text in values_pair.children(Token::value) {
        let symbol = scope.plan.symbols.intern(&name_of(&text));
        let closed = match &value.expr {
            Expr::Attribute(id) => scope.plan.attributes[id.index()].values.clone(),
            Expr::Row(RowField::Column(id)) => scope.plan.columns[id.index()].values.clone(),
            _ => None,
        };
        if let Some(values) = closed.filter(|values| !values.contains(&symbol)) {
            let known: Vec<&str> = values.iter().map(|value| scope.plan.symbols.text(*value)).collect();
            let said = name_of(&text);
            let finding = match run_on(&said, &known) {
                // 级别为国家级扣15分
                Some((value, rest)) => {
                    let with = format!("{value}的{rest}");
                    scope
                        .at(site.statement, &text, "missing-word", format!("“{value}”后面少了“的”"))
                        .help(format!("写成：{}", scope.line_with(site.statement, &text, &with)))
                }
                None => {
                    let message = format!("“{raw}”没有“{said}”这个取值");
                    let finding = scope.at(site.statement, &text, "unknown-value", message).expected(known.join("、"));
                    // 级别为国家级、角色为主持的
                    let other = said.split(['为', '是']).next().filter(|name| name.len() < said.len());
                    match other.is_some_and(|name| scope.find(site.node, name).is_ok()) {
                        true => finding
                            .help(format!("“{said}”是另一个条件：都要符合的，前面写“且”；符合一个就算的，写“或者”")),
                        false => finding,
                    }
                }
            };
            scope.report(finding);
        }
        symbols.push(symbol);
    }
    let condition = Condition::Is(Box::new(value.expr), symbols);
    if pair.has(Token::IS_NOT) { Condition::Not(Box::new(condition)) } else { condition }
}

/// 利润总额为负, 增幅为正数: on which side of zero a figure is.
fn of_a_sign(value: &Typed, said: &Pair<'_, Token>) -> Option<Condition> {
    let [word] = &said.children(Token::value)[..] else { return None };
    let comparison = match name_of(word).as_str() {
        "负" | "负数" | "负值" => Comparison::Below,
        "正" | "正数" | "正值" => Comparison::Above,
        // Of a sum it would be less than the year before, which is another figure.
        "负增长" if value.kind == Type::Percent => Comparison::Below,
        "正增长" if value.kind == Type::Percent => Comparison::Above,
        _ => return None,
    };
    let is_figure = !matches!(value.kind, Type::Text | Type::Date | Type::Place);
    let zero = Box::new(Expr::Number(Number::ZERO));
    is_figure.then(|| Condition::Compare(Box::new(value.expr.clone()), comparison, zero))
}

/// A known value and what is given for it, where 的 between them was left out.
fn run_on<'s>(said: &'s str, known: &[&str]) -> Option<(&'s str, &'s str)> {
    let value = known.iter().filter(|value| said.starts_with(**value)).max_by_key(|value| value.len())?;
    let (value, rest) = said.split_at(value.len());
    let gives = ["扣", "加", "得", "每", "减半", "一票否决", "本项", "不"];
    gives.iter().any(|word| rest.starts_with(word)).then_some((value, rest))
}

// ---------------------------------------------------------------- ranges

/// A range of a subject: the condition, and its ends for steps and for gap and overlap checks.
#[derive(Clone, Debug)]
pub struct Range {
    pub condition: Condition,
    /// The lower end and whether it is included; `None` where open.
    pub low: Option<(Expr, bool)>,
    pub high: Option<(Expr, bool)>,
}

impl Range {
    /// What lies in both: 不低于90%，低于95%的.
    pub fn and(self, other: Range) -> Range {
        Range {
            condition: Condition::All(vec![self.condition, other.condition]),
            low: self.low.or(other.low),
            high: self.high.or(other.high),
        }
    }

    /// Its ends as numbers; `None` where one is computed, and not known before there are facts.
    pub fn ends(&self) -> Option<Ends> {
        let end = |end: &Option<(Expr, bool)>| match end {
            Some((Expr::Number(number), is_in)) => Some(Some((*number, *is_in))),
            None => Some(None),
            Some(_) => None,
        };
        Some(Ends { low: end(&self.low)?, high: end(&self.high)? })
    }

    /// From its lower end on, without an upper one.
    pub fn and_more(self, value: &Expr) -> Range {
        let Some((least, is_included)) = self.low else { return self };
        let comparison = if is_included { Comparison::AtLeast } else { Comparison::Above };
        let condition = Condition::Compare(Box::new(value.clone()), comparison, Box::new(least.clone()));
        Range { condition, low: Some((least, is_included)), high: None }
    }
}

/// `不低于80%低于90%`, `1至3件`, `3件及以上`, `第1名`
pub fn range(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, subject: &Typed) -> Range {
    if let Some(told) = away::how_far(scope, site, pair) {
        return told;
    }
    let mut conditions = Vec::new();
    let (mut low, mut high) = (None, None);
    let mut add = |comparison: Comparison, end: Expr, conditions: &mut Vec<Condition>| {
        match comparison {
            Comparison::AtLeast => low = Some((end.clone(), true)),
            Comparison::Above => low = Some((end.clone(), false)),
            Comparison::AtMost => high = Some((end.clone(), true)),
            Comparison::Below => high = Some((end.clone(), false)),
            Comparison::Equal => {
                low = Some((end.clone(), true));
                high = Some((end.clone(), true));
            }
            Comparison::NotEqual => {}
        }
        conditions.push(Condition::Compare(Box::new(subject.expr.clone()), comparison, Box::new(end)));
    };
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Token::between => {
                let limits = inner.children(Token::limit);
                let second = limit(scope, site, &limits[1], subject, None);
                let first = limit(scope, site, &limits[0], subject, Some(&second.kind));
                if let (Expr::Number(a), Expr::Number(b)) = (&first.expr, &second.expr)
                    && a > b
                {
                    let finding = scope
                        .at(site.statement, &inner, "range-upside-down", "范围的起点大于终点")
                        .help("把两个数对调");
                    scope.report(finding);
                }
                // 80%（含）至90%（不含）: an end that is not said to be left out is included.
                let (mut low, mut high, mut ends) = (Comparison::AtLeast, Comparison::AtMost, 0);
                for part in inner.clone().into_inner() {
                    match part.as_rule() {
                        Token::limit => ends += 1,
                        Token::inclusion if !part.has(Token::LEFT_OUT) => {}
                        Token::inclusion if ends == 1 => low = Comparison::Above,
                        Token::inclusion => high = Comparison::Below,
                        _ => {}
                    }
                }
                add(low, first.expr, &mut conditions);
                add(high, second.expr, &mut conditions);
            }
            // In a table no formula stands behind the comparison: points follow.
            Token::bound | Token::key_bound => {
                let suffix = inner.clone().into_inner().find_map(|child| match child.as_rule() {
                    Token::OR_MORE => Some(Comparison::AtLeast),
                    Token::OR_LESS => Some(Comparison::AtMost),
                    Token::OUTSIDE => Some(Comparison::Above),
                    Token::AND_AFTER | Token::BEHIND => Some(Comparison::AtLeast),
                    _ => None,
                });
                // 脱管超过1个月 of people: no place, and told as another measure word.
                let is_other = |unit: &Pair<'_, Token>| {
                    unit.as_rule() == Token::unit && !matches!(name_of(unit).as_str(), "名" | "位")
                };
                let of_other = inner.clone().into_inner().flatten().any(|unit| is_other(&unit));
                if subject.kind == Type::Place && has_direction(&inner) && !of_other {
                    let finding = scope
                        .at(site.statement, &inner, "ambiguous-place", "名次的高低、以上以下有两种读法")
                        .expected("前3名、第3名以内、第8名及以后，或 第4名至第6名");
                    // 每名扣5分，超过3名的，另扣5分: of people, who have no places.
                    let line = scope.line_text(site.statement);
                    scope.report(match scope.in_row.is_some() && line.contains("每名") {
                        true => finding.help(format!("数的是人的，“名”写成“人”：{}", in_people(&line))),
                        false => finding,
                    });
                }
                if let Some(behind) = inner.child(Token::BEHIND) {
                    behind_which(scope, site, &inner, &behind);
                }
                if let Some(first) = inner.child(Token::first_places) {
                    if !first_places::has_places(&subject.kind) && !first_places::told(scope, site, &first, subject) {
                        require_comparable(scope, site, &first, subject, &Typed::new(Expr::NotAssessed, Type::Place));
                    }
                    let place = first.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0);
                    add(Comparison::AtMost, Expr::Number(Number::whole(i64::from(place))), &mut conditions);
                } else if let Some(limit_pair) = inner.child(Token::limit) {
                    if let Some(place) = limit_pair.child(Token::place) {
                        first_places::told(scope, site, &place, subject);
                    }
                    let end = limit(scope, site, &limit_pair, subject, None);
                    expression::require_like_periods(scope, site, &limit_pair, (subject, &end), "相比");
                    let compared = inner.child(Token::comparator).map(|comparator| comparison_of(&comparator));
                    add(suffix.or(compared).unwrap_or(Comparison::Equal), end.expr, &mut conditions);
                } else if let (Some(comparator), Some(value)) =
                    (inner.child(Token::comparator), inner.child(Token::expression))
                {
                    if subject.kind == Type::Date && dashed(scope, site, &value) {
                        continue;
                    }
                    if beyond_which(scope, site, &comparator, &value) {
                        continue;
                    }
                    let end = expression::expression(scope, site, &value);
                    let end = number::in_money_of(end, &subject.kind);
                    require_comparable(scope, site, &value, subject, &end);
                    expression::require_like_periods(scope, site, &value, (subject, &end), "相比");
                    let comparison = comparison_of(&comparator);
                    if comparison == Comparison::Below {
                        require_room_below(scope, site, &inner, subject, &end.expr);
                    }
                    add(comparison, end.expr, &mut conditions);
                }
            }
            _ => {}
        }
    }
    if let (Some((Expr::Number(a), a_in)), Some((Expr::Number(b), b_in))) = (&low, &high)
        && (a > b || (a == b && !(*a_in && *b_in)))
    {
        let finding = scope
            .at(site.statement, pair, "range-upside-down", "没有数能同时满足这两个界限")
            .help("检查两个界限的大小");
        scope.report(finding);
    }
    let condition = if conditions.len() == 1 { conditions.swap_remove(0) } else { Condition::All(conditions) };
    Range { condition, low, high }
}

/// 3次以下不扣分，超过部分每次扣0.5分: whether the third is free is not said, so the line is shown. Told by `true`.
fn beyond_which(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    comparator: &Pair<'_, Token>,
    value: &Pair<'_, Token>,
) -> bool {
    if scope.original(site.statement, value) != "部分" || scope.find(site.node, "部分").is_ok() {
        return false;
    }
    let line = scope.line_text(site.statement);
    let said = format!("{}部分", scope.original(site.statement, comparator));
    let before = line.split(&said).next().unwrap_or_default();
    let bound = ["以内", "以下"].iter().find_map(|end| before.rfind(end)).map_or("", |at| &before[..at]);
    let amount = bound.rfind(|c: char| c.is_ascii_digit()).map(|last| {
        let digits = bound[..=last].trim_end_matches(is_figure).len();
        &bound[digits..]
    });
    let finding = scope.at(site.statement, value, "other-words", format!("“{said}”没有写超过多少"));
    let finding = match amount {
        Some(amount) => {
            let behind = line.split(&said).nth(1).unwrap_or_default();
            let comma = if behind.starts_with(['，', ',']) { "" } else { "，" };
            finding.help(format!("写成：{}", line.replacen(&said, &format!("超过{amount}的部分{comma}"), 1)))
        }
        None => finding.help("写明超过多少，如：超过几天的部分，每天扣几分"),
    };
    scope.blame(finding);
    true
}

/// 第7名以后 is from the seventh on where 第4至6名 stands before it; alone it may begin with the eighth.
fn behind_which(scope: &mut Scope<'_>, site: Site<'_, '_>, bound: &Pair<'_, Token>, behind: &Pair<'_, Token>) {
    let place = bound.child(Token::limit).and_then(|limit| limit.child(Token::place));
    let Some(number) = place.and_then(|place| integer(&place.child(Token::integer)?)) else { return };
    let before = &site.statement.code.text[..bound.as_span().start()];
    let last = format!("{}名", number.saturating_sub(1));
    let is_next = before.rfind(&last).is_some_and(|at| !before[..at].ends_with(|c: char| c.is_ascii_digit()));
    if !is_next {
        let finding = scope
            .at(site.statement, behind, "ambiguous-place", format!("“第{number}名以后”说不清第{number}名算不算"))
            .help(format!(
                "算的，写成：第{number}名及以后\n从下一名起的，写成：第{}名及以后",
                number.saturating_add(1)
            ));
        scope.report(finding);
    }
}

/// 低于第8名 may be a worse place or a smaller number.
fn has_direction(bound: &Pair<'_, Token>) -> bool {
    let word = |kind: Token| bound.child(kind).map(|inner| inner.as_str().to_owned()).unwrap_or_default();
    word(Token::comparator).contains(['高', '低', '超', '满', '达'])
        || word(Token::OR_MORE).contains("以上")
        || word(Token::OR_LESS).contains("以下")
}

pub(super) fn comparison_of(pair: &Pair<'_, Token>) -> Comparison {
    match pair.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Token::BELOW) => Comparison::Below,
        Some(Token::AT_LEAST) => Comparison::AtLeast,
        Some(Token::AT_MOST) => Comparison::AtMost,
        Some(Token::ABOVE) => Comparison::Above,
        Some(Token::NOT_EQUAL) => Comparison::NotEqual,
        _ => Comparison::Equal,
    }
}

/// One end; `1至3件` lends its unit to the bare first number.
fn limit(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    subject: &Typed,
    lent: Option<&Type>,
) -> Typed {
    let mut parts = pair.clone().into_inner();
    let mut inner = parts.next().expect("a limit is something");
    let below_zero = inner.as_rule() == Token::MINUS;
    if below_zero {
        inner = parts.next().expect("below zero by how much");
    }
    let mut value = match inner.as_rule() {
        Token::place => {
            let place = inner.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0);
            Typed::new(Expr::Number(Number::whole(i64::from(place))), Type::Place)
        }
        Token::number => {
            let number = number::number(scope, site, &inner);
            match lent {
                Some(Type::Percent) => {
                    let hundredth = rust_decimal::Decimal::new(1, 2);
                    Typed::new(Expr::Number(Number::from((number * hundredth).normalize())), Type::Percent)
                }
                Some(kind) => Typed::new(Expr::Number(Number::from(number)), kind.clone()),
                None => Typed::new(Expr::Number(Number::from(number)), Type::Bare),
            }
        }
        Token::date => {
            let parts: Vec<u32> =
                inner.children(Token::integer).iter().map(|part| integer(part).unwrap_or(0)).collect();
            match chrono::NaiveDate::from_ymd_opt(parts[0] as i32, parts[1], parts[2]) {
                Some(date) => Typed::new(Expr::Date(date), Type::Date),
                None => {
                    let finding =
                        scope.at(site.statement, &inner, "impossible-date", "没有这一天").help("改为日历上有的日期");
                    scope.report(finding);
                    Typed::new(Expr::NotAssessed, Type::Date)
                }
            }
        }
        _ => number::quantity(scope, site, &inner),
    };
    if below_zero {
        value.expr = expression::negative(value.expr);
    }
    let value = number::in_money_of(value, &subject.kind);
    require_comparable(scope, site, pair, subject, &value);
    value
}

/// 2024-06-30, as facts have it, would be subtracted; told by `true`.
fn dashed(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let written = scope.original(site.statement, pair);
    let Ok(day) = chrono::NaiveDate::parse_from_str(written.trim(), "%Y-%m-%d") else { return false };
    let day = format!("{}年{}月{}日", day.year(), day.month(), day.day());
    let line = scope.line_with(site.statement, pair, &day);
    let message = format!("日期在句子里写作“{day}”，写成“{}”是相减", written.trim());
    let finding = scope.at(site.statement, pair, "other-words", message).help(format!("写成：{line}"));
    scope.blame(finding);
    true
}

/// 每人扣5分，超过3人的 for 每名扣5分，超过3名的: what the line counts, and no other 名.
fn in_people(line: &str) -> String {
    let mut out = String::new();
    for c in line.chars() {
        let counts = c == '名' && out.ends_with(|before: char| before == '每' || is_figure(before));
        out.push(if counts { '人' } else { c });
    }
    out
}
