//! The head of the rulebook: 方案, 施行, 考评对象, 考评周期, 事实列, 单位属性, 参数, 分组.

use super::scope::{Meaning, Scope, name_of};
use super::units;
use crate::calendar::{Calendar, Cycle, Month};
pub use crate::parse::in_force::{end_of_stretch, ends_of_term, month_of};
use crate::parse::{Context, Statement};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// Reads every line of the head, and refuses a rulebook without the lines it cannot do without.
pub fn declare(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut term = None;
    let mut seen: Vec<(Token, usize)> = Vec::new();
    let mut parameters = Vec::new();
    for statement in statements.iter().filter(|s| s.line.context == Context::Header) {
        let pair = statement.inner();
        let kind = pair.as_rule();
        let many = matches!(kind, Token::columns | Token::attributes | Token::parameter | Token::reading | Token::cite);
        if !many && let Some((_, first)) = seen.iter().find(|(rule, _)| *rule == kind) {
            let message = format!("这一行与{}重复", scope.source.line_name(*first));
            let finding = scope.at(statement, &pair, "duplicate-line", message).help("只留一行");
            scope.report(finding);
            continue;
        }
        seen.push((kind, statement.line.number));
        match kind {
            Token::scheme => scope.plan.title = rest(scope, statement, &pair),
            Token::scheme_number => scope.plan.number = Some(rest(scope, statement, &pair)),
            Token::subject => scope.plan.subject = rest(scope, statement, &pair),
            Token::in_force => term = in_force(scope, statement, &pair),
            Token::cycle_is => scope.plan.cycle = cycle_of(&pair.child(Token::cycle).expect("考评周期 has a cycle")),
            Token::columns => declarations(scope, statement, &pair, false),
            Token::attributes => declarations(scope, statement, &pair, true),
            Token::parameter => parameters.push((statement, pair)),
            Token::reading => super::node::reading(scope, statement, &pair, NodeId(0)),
            _ => {}
        }
    }
    let broken = !scope.broken.is_empty();
    let first = statements.first().map_or(1, |statement| statement.line.number);
    let require = |scope: &mut Scope<'_>, kind: Token, message: &str, line: &str| {
        if !broken && !seen.iter().any(|(rule, _)| *rule == kind) {
            let finding =
                scope.at_line(first, "missing-header", message.to_owned()).help(format!("在开头加上一行：{line}"));
            scope.report(finding);
        }
    };
    require(scope, Token::scheme, "没有写方案的名称", "方案 某某区2024年综合考评");
    require(scope, Token::in_force, "没有写施行的起止年月", "施行 2024年1月至2024年12月");
    require(scope, Token::cycle_is, "没有写考评周期", "考评周期 每月");
    if let Some((first, last, name)) = term {
        scope.plan.calendar = Calendar::new(first, last, name.as_deref());
        scope.term_given = true;
    }
    // A yearly scheme of one year has only one period: the whole.
    if scope.plan.cycle == Cycle::Year && scope.plan.calendar.is_one_year() {
        scope.plan.cycle = Cycle::Term;
    }
    scope.plan.nodes[0].cycle = scope.plan.cycle;
    for (statement, pair) in parameters {
        parameter(scope, statement, &pair);
    }
    for statement in statements.iter().filter(|s| s.line.context == Context::Header) {
        let pair = statement.inner();
        if pair.as_rule() == Token::grouping {
            grouping(scope, statement, &pair);
        }
    }
}

/// 考评周期 每半年 from September to August: three periods, of which the first and the last are cut short.
pub fn require_whole_periods(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let cycle = scope.plan.cycle;
    let whole = match cycle {
        Cycle::Quarter => 3,
        Cycle::Half => 6,
        Cycle::Year => 12,
        Cycle::Month | Cycle::Term => return,
    };
    let calendar = &scope.plan.calendar;
    let periods: Vec<_> = calendar.each(cycle).map(|id| calendar.period(id)).collect();
    if scope.conventions.short_period || !scope.term_given || periods.iter().all(|period| period.months() == whole) {
        return;
    }
    let is_cycle = |statement: &&Statement<'_>| {
        statement.line.context == Context::Header && statement.inner().as_rule() == Token::cycle_is
    };
    let Some(statement) = statements.iter().find(is_cycle) else { return };
    let spans =
        periods.iter().filter(|period| period.months() < whole).map(|period| match period.first == period.last {
            true => period.first.to_string(),
            false => format!("{}至{}", period.first, period.last),
        });
    let (spans, count) = (spans.collect::<Vec<_>>().join("、"), periods.len());
    let word = cycle.word();
    let message = format!("施行期按{word}分成{count}期，{spans}不是整{word}，没有写怎样考评");
    let first = calendar.first();
    let other = match cycle {
        Cycle::Half => {
            "\n说的是学期的，学期不是半年：写 考评周期 每学年，两个学期各写成一个板块（权重各占多少）".to_owned()
        }
        // 2024年7月至2026年6月: two years that begin in July, or three of the calendar?
        Cycle::Year if calendar.period(calendar.term()).months() % 12 == 0 => {
            format!("\n一个年度不从1月算起的，一个年度写一份规则书，开头写：施行 {first}至{}", first.plus(11))
        }
        _ => String::new(),
    };
    let finding = scope
        .at_line(statement.line.number, "missing-convention", message)
        .expected("在“约定”里写明")
        .help(format!("就是这{count}期的，在“约定”里加上一行：\n不足一期的，按施行的月份考评{other}"));
    scope.report(finding);
}

fn rest(scope: &Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> String {
    pair.child(Token::rest).map(|rest| scope.original(statement, &rest)).unwrap_or_default()
}

/// 每月、全年、任期内…
pub fn cycle_of(pair: &Pair<'_, Token>) -> Cycle {
    let inner = pair.clone().into_inner().next().map(|inner| inner.as_rule());
    match inner {
        Some(Token::MONTHLY) => Cycle::Month,
        Some(Token::QUARTERLY) => Cycle::Quarter,
        Some(Token::HALF_YEARLY) => Cycle::Half,
        Some(Token::YEARLY) => Cycle::Year,
        _ => Cycle::Term,
    }
}

fn in_force(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
) -> Option<(Month, Month, Option<String>)> {
    let mut months = Vec::new();
    for (end, month) in ends_of_term(pair) {
        match month {
            Some(month) => months.push(month),
            None => {
                let finding = scope
                    .at(statement, &end, "impossible-month", "没有这个年月")
                    .expected("1900年到2999年间的年月，如 2023年3月");
                scope.report(finding);
            }
        }
    }
    let [first, last] = months[..] else { return None };
    if first > last {
        let finding = scope.at(statement, pair, "range-upside-down", "施行的起月在止月之后").help("把起止年月对调");
        scope.report(finding);
        return None;
    }
    let days: Vec<Pair<'_, Token>> = pair.children(Token::day);
    let is_edge = |day: &Pair<'_, Token>| {
        let number = day.child(Token::integer).and_then(|day| super::number::integer(&day));
        // The day of the first month stands before 至, that of the last one behind it.
        let is_first = pair.child(Token::TO).is_some_and(|to| day.as_span().start() < to.as_span().start());
        number == Some(if is_first { 1 } else { chrono::Datelike::day(&last.last_day()) })
    };
    if let Some(day) = days.iter().find(|day| !is_edge(day)) {
        let finding = scope
            .at(statement, day, "part-of-a-month", "施行以整月计，从月初到月末")
            .help("写成：施行 2024年1月至2024年12月");
        scope.report(finding);
    }
    if last.since(first) >= Calendar::MOST_MONTHS {
        let finding = scope.at(statement, pair, "term-too-long", "施行期超过五十年").help("核对起止的年份");
        scope.report(finding);
        return None;
    }
    let name = pair.child(Token::quoted).or_else(|| pair.child(Token::rest)).map(|name| name_of(&name));
    Some((first, last, name))
}

/// Columns of 单位.csv with a meaning of their own.
const ROSTER_COLUMNS: &[&str] = &["单位", "分组", "启用月份", "停用月份"];

fn declarations(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, attribute: bool) {
    let mut all = pair.children(Token::declaration).into_iter().peekable();
    while let Some(declaration) = all.next() {
        let name_pair = declaration.child(Token::head_name_short).expect("a declaration has a name");
        let name = name_of(&name_pair);
        let unit = declaration.child(Token::head_unit).map(|unit| unit.as_str().to_owned());
        let kind = match unit.as_deref() {
            None => Type::Text,
            Some(unit) => units::type_of_unit(unit),
        };
        let mut values: Vec<SymbolId> =
            declaration.children(Token::value).iter().map(|value| scope.plan.symbols.intern(&name_of(value))).collect();
        // 类别：街道、乡镇: a list of one value is none, so the bare names behind it are its values too.
        if values.len() == 1 {
            let bare = |next: &Pair<'_, Token>| !next.has(Token::head_unit) && !next.has(Token::value);
            while let Some(next) = all.next_if(bare) {
                let value = next.child(Token::head_name_short).expect("a declaration has a name");
                values.push(scope.plan.symbols.intern(&name_of(&value)));
            }
            if values.len() == 1 {
                let finding = scope
                    .at(statement, &declaration, "single-value", format!("“{name}”只有一个取值，分不出什么"))
                    .help(format!("取值之间用“/”隔开：{name}：甲/乙；不限取值的，只写：{name}"));
                scope.report(finding);
            }
        }
        if let Some(unit) = unit.as_deref().filter(|unit| lists_values(unit)) {
            let finding = scope
                .at(statement, &declaration, "values-in-parentheses", format!("括号里写的是单位，“{unit}”是几个取值"))
                .help(format!("写成：{name}：{}", unit.replace('、', "/")));
            scope.report(finding);
        }
        let (is_fixed, table) = match attribute {
            true => (ROSTER_COLUMNS.contains(&name.as_str()), "单位.csv "),
            false => (Role::ALL.iter().any(|role| role.name() == name), "事实表"),
        };
        if is_fixed {
            let finding = scope
                .at(statement, &name_pair, "fixed-column", format!("“{name}”是{table}里本来就有的一列，另有用处"))
                .help(format!("不用声明；要另设一列的，换一个名称，如：{name}类别"));
            scope.report(finding);
        }
        if scope.declared_here(NodeId(0), &name).is_some() {
            let finding =
                scope.at(statement, &name_pair, "duplicate-name", format!("“{name}”已经声明过")).help("换一个名称");
            scope.report(finding);
            continue;
        }
        let column =
            Column { name: name.clone(), kind, values: (!values.is_empty()).then_some(values), optional: false };
        let meaning = if attribute {
            scope.plan.attributes.push(column);
            Meaning::Attribute(AttributeId(scope.plan.attributes.len() as u16 - 1))
        } else {
            scope.plan.columns.push(column);
            Meaning::Column(ColumnId(scope.plan.columns.len() as u16 - 1))
        };
        scope.declare(NodeId(0), &name, meaning);
    }
}

/// Whether what stands where a unit belongs is a list of values: 街道/乡镇, but not 元/人.
fn lists_values(unit: &str) -> bool {
    let is_unit = |part: &str| crate::parse::unit_is_common(part.trim());
    unit.contains('、') || unit.split_once('/').is_some_and(|(over, under)| !is_unit(over) && !is_unit(under))
}

fn parameter(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    let name_pair = pair.child(Token::head_name_short).expect("a parameter has a name");
    let name = name_of(&name_pair);
    let unit = pair.child(Token::head_unit).map(|unit| unit.as_str().to_owned()).unwrap_or_default();
    let cycle = pair.child(Token::cycle).map_or(Cycle::Term, |cycle| cycle_of(&cycle));
    if scope.declared_here(NodeId(0), &name).is_some() {
        let finding =
            scope.at(statement, &name_pair, "duplicate-name", format!("“{name}”已经声明过")).help("换一个名称");
        scope.report(finding);
        return;
    }
    let quantity = units::type_of_unit(&unit);
    let id = InputId(scope.plan.inputs.len() as u16);
    let mut input = super::declare::new_input(
        NodeId(0),
        &name,
        InputKind::Parameter { global: pair.has(Token::GLOBAL) },
        quantity,
        cycle,
    );
    input.additive = false;
    scope.plan.inputs.push(input);
    let rules = pair.children(Token::missing_rule);
    let ranges = pair.children(Token::range);
    let of = |rule: &Pair<'_, Token>| rule.has(Token::WHEN_MISSING);
    let again = ranges.get(1).or_else(|| {
        let twice = (1..rules.len()).find(|at| rules[..*at].iter().any(|rule| of(rule) == of(&rules[*at])));
        twice.map(|at| &rules[at])
    });
    if let Some(again) = again {
        let written = scope.original(statement, again);
        let message = format!("“{written}”前面已经写过一样的一句，不知道照哪一个");
        let finding = scope.at(statement, again, "said-twice", message).help("只留一个");
        scope.report(finding);
    }
    // 增长目标（%）：每单位每年一个，-10%至50%
    if let Some(range) = pair.child(Token::range) {
        let site = super::expression::Site { statement, node: NodeId(0) };
        scope.plan.inputs[id.index()].range = super::node::reported_range(scope, site, &range, id);
    }
    for rule in rules {
        let of = scope.plan.inputs[id.index()].quantity.clone();
        let rule = super::body::missing_rule(scope, statement, &rule, NodeId(0), &of);
        super::body::stand_in(scope, id, rule);
    }
    scope.declare(NodeId(0), &name, Meaning::Input(id));
}

fn grouping(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    let Some(name) = pair.child(Token::name) else {
        scope.plan.group = Some(Grouping::Roster);
        return;
    };
    if name_of(&name) == "分组" || name_of(&name) == "名册" {
        scope.plan.group = Some(Grouping::Roster);
        return;
    }
    match scope.require_name(statement, &name, NodeId(0)) {
        Some(Meaning::Attribute(id)) => scope.plan.group = Some(Grouping::Attribute(id)),
        Some(_) => {
            let finding = scope
                .at(statement, &name, "not-an-attribute", format!("“{}”不是单位属性", name_of(&name)))
                .help(format!("先声明：单位属性 {}", name_of(&name)));
            scope.report(finding);
        }
        None => {}
    }
}
