//! Examples as sentences of the rulebook, or of a file beside it.

use super::{Example, Expectation, Expected, Row};
use crate::calendar::{Cycle, PeriodId};
use crate::compile::ExampleScope;
use crate::parse::fold::fold_name;
use crate::parse::{Context, Statement};
use crate::plan::{InputKind, NodeId, Role, Type};
use crate::suggest;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// Gathers the examples of a rulebook.
pub fn collect(scope: &mut ExampleScope<'_>, statements: &[Statement<'_>]) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut at: Option<(String, String)> = None;
    // The line of the first mistake in the example: what is wrong after it may follow from it.
    let mut told = scope.findings.len();
    let mut mistaken = Vec::new();
    for statement in statements.iter().filter(|s| s.line.context == Context::Example) {
        let line = statement.line.number;
        let pair = statement.inner();
        if statement.line.opening {
            if scope.findings.len() > told {
                mistaken.extend(examples.last().map(|example| example.line));
            }
            let name =
                pair.child(Token::example_title).map(|heading| scope.original(statement, &heading)).unwrap_or_default();
            examples.push(Example { name, line, ..Example::default() });
            told = scope.findings.len();
            at = None;
            continue;
        }
        let Some(example) = examples.last_mut() else { continue };
        if scope.findings.len() > told {
            mistaken.push(example.line);
            continue;
        }
        if let Some(whole) = whole_term(scope, statement, example) {
            at = Some(whole);
            continue;
        }
        match pair.as_rule() {
            Token::example_roster => roster(scope, statement, example),
            Token::example_when => at = when(scope, statement, example),
            Token::example_expect => expect(scope, statement, example, at.as_ref()),
            _ => facts(scope, statement, example, at.as_ref()),
        }
    }
    if scope.findings.len() > told {
        mistaken.extend(examples.last().map(|example| example.line));
    }
    for example in &examples {
        if scope.term_given && example.expectations.is_empty() && !mistaken.contains(&example.line) {
            let finding = scope
                .at_line(example.line, "example-without-expectation", "这个例没有写结果")
                .help("在最后加一行：则 总分 -2分");
            scope.report(finding);
        }
    }
    examples
}

/// `单位 甲镇：类别 乡镇，人口 3万`
fn roster(scope: &mut ExampleScope<'_>, statement: &Statement<'_>, example: &mut Example) {
    let text = statement.code.text.strip_prefix("单位").unwrap_or_default().trim().to_owned();
    let (name, attributes) = text.split_once(':').unwrap_or((&text, ""));
    let mut cells = Vec::new();
    for part in attributes.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let known =
            scope.plan.attributes.iter().map(|column| column.name.as_str()).chain(["分组", "启用月份", "停用月份"]);
        let column = known.filter(|name| part.starts_with(name)).max_by_key(|name| name.len()).map(str::to_owned);
        match column {
            Some(column) => {
                let value = part[column.len()..].trim_start_matches([' ', ':', '=', '为']).trim().to_owned();
                cells.push((column, value));
            }
            None => {
                let finding = scope
                    .at_line(statement.line.number, "unknown-attribute", format!("“{part}”开头不是单位属性"))
                    .help("单位属性在开头声明：单位属性 类别");
                scope.report(finding);
            }
        }
    }
    example.add_unit(name.trim(), cells);
}

/// `2023年4月 古井司法所`, `2023年 古井司法所`
fn when(scope: &mut ExampleScope<'_>, statement: &Statement<'_>, example: &mut Example) -> Option<(String, String)> {
    let pair = statement.inner();
    let unit = fold_name(pair.child(Token::heading).expect("a unit").as_str());
    if !scope.term_given {
        // The head of the rulebook has a mistake of its own, told there.
        return None;
    }
    let calendar = &scope.plan.calendar;
    let period = period_of(scope, &pair.child(Token::example_period).expect("when"));
    let Some(period) = period.filter(|_| !unit.starts_with(|c: char| c.is_ascii_digit())) else {
        let (first, last) = (calendar.first(), calendar.last());
        let finding = scope
            .at_line(
                statement.line.number,
                "month-out-of-force",
                "例里的期间不在施行期内，或不是一个月、一个季度、半年、一年",
            )
            .expected(format!("{first}至{last}间的月份，或 {0}年第二季度、{0}年上半年、{0}年", first.year()));
        scope.report(finding);
        return None;
    };
    let name = calendar.period(period).name.clone();
    example.add_unit(&unit, Vec::new());
    Some((name, unit))
}

/// `2024至2025学年 甲师`: the term by the name that the rulebook gives it.
fn whole_term(scope: &ExampleScope<'_>, statement: &Statement<'_>, example: &mut Example) -> Option<(String, String)> {
    let name = &scope.plan.calendar.period(scope.plan.calendar.term()).name;
    let unit = statement.line.plain.text.trim().strip_prefix(name.as_str())?.strip_prefix(' ')?;
    let unit = fold_name(unit.trim());
    // 2024年 甲所 of one calendar year is read as a year.
    let is_named = name.contains(|c: char| !c.is_ascii_digit());
    if !is_named || unit.is_empty() || unit.contains(' ') {
        return None;
    }
    let name = name.clone();
    example.add_unit(&unit, Vec::new());
    Some((name, unit))
}

/// 2024年4月, 2024年第二季度, 2024年4月至6月, 2024年上半年, 2024年
fn period_of(scope: &ExampleScope<'_>, pair: &Pair<'_, Token>) -> Option<PeriodId> {
    let calendar = &scope.plan.calendar;
    if let Some(month) = pair.child(Token::year_month) {
        return calendar.month(crate::compile::month_of(&month)?);
    }
    if let Some(start) = pair.child(Token::term_start) {
        let first = crate::compile::month_of(&start);
        let last = crate::compile::end_of_stretch(&pair.child(Token::term_end)?, first)?;
        let is_meant =
            |id: &PeriodId| (calendar.period(*id).first, calendar.period(*id).last) == (first.unwrap_or(last), last);
        let periods = Cycle::ALL.into_iter().rev().flat_map(|cycle| calendar.each(cycle));
        return periods.into_iter().find(is_meant);
    }
    if let Some(years) = pair.child(Token::years) {
        let ends: Vec<i32> = years.children(Token::year_of).iter().filter_map(year_said).collect();
        let is_meant = |id: &PeriodId| {
            let period = calendar.period(*id);
            ends[..] == [period.first.year(), period.last.year()] && period.cycle > Cycle::Year
        };
        return Some(calendar.term()).filter(is_meant);
    }
    let year = pair.child(Token::year_of)?.child(Token::integer)?;
    let number = |pair: &Pair<'_, Token>| crate::compile::integer(pair);
    let named = |part: String| calendar.find(&format!("{}-{part}", number(&year)?));
    if let Some(quarter) = pair.child(Token::integer) {
        return named(format!("Q{}", number(&quarter)?));
    }
    if pair.has(Token::FIRST_HALF) || pair.has(Token::SECOND_HALF) {
        return named(if pair.has(Token::FIRST_HALF) { "H1" } else { "H2" }.to_owned());
    }
    // 2023年 of a school year that begins in it means the whole, unless years have totals of their own.
    let has_total = |id: &PeriodId| {
        let cycle = calendar.period(*id).cycle;
        cycle == scope.plan.cycle || scope.plan.rollups.iter().any(|(of, _)| *of == cycle)
    };
    let year = i32::try_from(number(&year)?).ok()?;
    let in_force = (calendar.first().year()..=calendar.last().year()).contains(&year);
    let term = in_force.then(|| calendar.term());
    calendar.find(&year.to_string()).filter(has_total).or(term)
}

fn year_said(pair: &Pair<'_, Token>) -> Option<i32> {
    crate::compile::integer(&pair.child(Token::integer)?).and_then(|year| i32::try_from(year).ok())
}

/// Columns that a fact may have beyond where, what and how much.
pub(super) fn fact_columns() -> impl Iterator<Item = &'static str> {
    Role::ALL.iter().filter(|role| role.is_detail()).map(|role| role.name())
}

/// `基层工作.2 录入件数 28件，成功件数 28件，截止日期 2023-04-28`
fn facts(
    scope: &mut ExampleScope<'_>,
    statement: &Statement<'_>,
    example: &mut Example,
    at: Option<&(String, String)>,
) {
    let line = statement.line.number;
    let Some((period, unit)) = about(scope, line, at) else { return };
    let text = statement.code.text.trim().trim_end_matches('。').to_owned();
    let mut clause: Option<(String, NodeId)> = None;
    for part in text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let columns =
            fact_columns().map(str::to_owned).chain(scope.plan.columns.iter().map(|column| column.name.clone()));
        // 处分，处分 记过: the second is the column of that name, by what it says.
        let is_cell = |name: &str| {
            let value = part[name.len()..].trim_start_matches([' ', ':', '=', '为']).trim();
            let column = scope.plan.columns.iter().find(|column| column.name == name && column.kind == Type::Text);
            column.is_some_and(|column| match &column.values {
                Some(values) => values.iter().any(|id| scope.plan.symbols.text(*id) == value),
                None => value.starts_with(|c: char| !c.is_ascii_digit()),
            })
        };
        // 位次（名）, 备注率（%）: a label of the item goes before a column that is called or begins like it.
        let is_label = |column: &String| {
            let here = clause.as_ref().map(|(_, node)| *node);
            let mut labels = scope.plan.inputs.iter().filter(|input| Some(input.node) == here);
            labels.any(|input| {
                let label = input.label.as_str();
                part.starts_with(label) && input.label.len() >= column.len() && !(label == column && is_cell(column))
            })
        };
        let column = columns.filter(|name| part.starts_with(name.as_str())).max_by_key(String::len);
        let column = column.filter(|column| !is_label(column));
        if let (Some(column), Some(row), Some(_)) =
            (&column, example.rows.last_mut().filter(|row| row.line == line), &clause)
        {
            let value = part[column.len()..].trim_start_matches([' ', ':', '=', '为']).trim().to_owned();
            row.cells.push((column.clone(), value));
            continue;
        }
        let mut rest = part;
        if let Some((first, others)) = part.split_once(' ') {
            if first == "参数" {
                clause = Some(("参数".to_owned(), NodeId(0)));
                rest = others.trim();
            } else if let Some(node) = scope.find_address(first) {
                clause = Some((first.to_owned(), node));
                rest = others.trim();
            }
        }
        let Some((address, node)) = &clause else {
            let nearest = suggest::nearest(
                part.split(' ').next().unwrap_or_default(),
                scope.plan.nodes.iter().map(|node| node.address.as_str()).filter(|address| !address.is_empty()),
            );
            let help = nearest
                .map_or("写成：板块.序号 情形 数量".to_owned(), |nearest| format!("是不是“{nearest}”？"));
            let finding = match part.split_once(' ') {
                Some((word, rest))
                    if word.chars().count() == 1
                        && expected(&|address| scope.find_address(address), rest.trim()).is_some() =>
                {
                    scope
                        .at_line(line, "misspelled-word", format!("“{word}”应当写作“则”"))
                        .help(format!("写成：则 {}", rest.trim()))
                }
                _ => scope.at_line(line, "unknown-clause", format!("“{part}”开头不是条款")).help(help),
            };
            scope.report(finding);
            return;
        };
        let labels = scope.plan.inputs.iter().filter(|input| input.node == *node).map(|input| input.label.clone());
        let label = labels.filter(|label| rest.starts_with(label.as_str())).max_by_key(String::len);
        let (label, quantity) = match label {
            Some(label) => (label.clone(), rest[label.len()..].trim().to_owned()),
            None => match rest.split_once(' ') {
                Some((label, quantity)) => (label.trim().to_owned(), quantity.trim().to_owned()),
                None => (rest.to_owned(), String::new()),
            },
        };
        if address != "参数" {
            example.name_node(*node);
        }
        let global = address == "参数"
            && scope
                .plan
                .inputs
                .iter()
                .any(|input| input.label == label && matches!(input.kind, InputKind::Parameter { global: true }));
        let cells = vec![
            (period_column(period).to_owned(), period.clone()),
            ("单位".to_owned(), if global { String::new() } else { unit.clone() }),
            ("条款".to_owned(), address.clone()),
            ("情形".to_owned(), label),
            ("数量".to_owned(), quantity),
        ];
        example.rows.push(Row { cells, line });
    }
}

/// The period and the unit that a line of an example is about; a finding where none was said before.
fn about<'a>(
    scope: &mut ExampleScope<'_>,
    line: usize,
    at: Option<&'a (String, String)>,
) -> Option<&'a (String, String)> {
    // Without a term no period was understood, and that was told.
    if at.is_none() && scope.term_given {
        let finding = scope.at_line(line, "example-without-unit", "前面没有写哪个月、哪个单位").help(before_all(scope));
        scope.report(finding);
    }
    at
}

/// What a 例 begins with.
fn before_all(scope: &ExampleScope<'_>) -> String {
    let calendar = &scope.plan.calendar;
    let (first, whole) = (calendar.first(), &calendar.period(calendar.term()).name);
    let named = if whole.contains(|c: char| !c.is_ascii_digit() && c != '-') {
        format!("；或：{whole} 单位名称")
    } else {
        String::new()
    };
    format!("先写一行：{}年{}月 单位名称{named}", first.year(), first.number())
}

/// `则 基层工作 -2分`
fn expect(
    scope: &mut ExampleScope<'_>,
    statement: &Statement<'_>,
    example: &mut Example,
    at: Option<&(String, String)>,
) {
    let line = statement.line.number;
    let Some((period, unit)) = about(scope, line, at) else { return };
    let text = statement.code.text.strip_prefix("则").unwrap_or_default().trim().trim_end_matches('。').to_owned();
    for part in text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        match expected(&|address| scope.find_address(address), part) {
            Some(what) => example.expectations.push(Expectation {
                line,
                column: 0,
                text: part.to_owned(),
                period: period.clone(),
                unit: unit.clone(),
                what,
            }),
            None => {
                let mut finding =
                    scope.at_line(line, "unknown-expectation", format!("“{part}”不是能对照的结果")).expected(EXPECTED);
                // 基层工做 -2分
                let said = part.split(' ').next().unwrap_or_default();
                let addresses = scope.plan.nodes.iter().map(|node| node.address.as_str());
                let nearest = suggest::nearest(said, addresses.filter(|address| !address.is_empty()));
                if let Some(nearest) = nearest {
                    let meant = text.replacen(said, nearest, 1);
                    if expected(&|address| scope.find_address(address), &part.replacen(said, nearest, 1)).is_some() {
                        finding = finding.help(format!("写成：则 {}", meant.replace(',', "，").replace(';', "；")));
                    }
                }
                scope.report(finding);
            }
        }
    }
}

/// What results may be expected, as a finding says it.
pub(super) const EXPECTED: &str =
    "总分 85分、基层工作 -2分、名次 第2名、等次 优秀、一票否决、取消评先资格、奖惩 奖励3000元、不予奖励、不参评";

/// A result, as a sentence says it.
pub(super) fn expected(find_address: &dyn Fn(&str) -> Option<NodeId>, part: &str) -> Option<Expected> {
    match part {
        "一票否决" => return Some(Expected::Vetoed),
        "不予奖励" => return Some(Expected::NoAward),
        "不参评" => return Some(Expected::NotAssessed),
        _ => {}
    }
    if let Some(title) = part.strip_prefix("取消") {
        return Some(Expected::Disqualified(title.trim().to_owned()));
    }
    if let Some(award) = part.strip_prefix("奖惩") {
        return Some(Expected::Award(award.trim().to_owned()));
    }
    if let Some(grade) = part.strip_prefix("等次") {
        return Some(Expected::Grade(grade.trim_start_matches([' ', '为']).trim().to_owned()));
    }
    if let Some(rank) = part.strip_prefix("名次") {
        let digits: String = rank.chars().filter(char::is_ascii_digit).collect();
        return digits.parse().ok().map(Expected::Rank);
    }
    let points = |text: &str| {
        let text = text.trim().trim_end_matches('分').trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        text.parse::<rust_decimal::Decimal>().ok().map(Number::from)
    };
    for word in ["总分", "得分", "年终得分", "总得分"] {
        if let Some(rest) = part.strip_prefix(word) {
            return points(rest).map(Expected::Total);
        }
    }
    let start = part.rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '分')))?;
    let split = start + part[start..].chars().next().map_or(1, char::len_utf8);
    let node = find_address(part[..split].trim().trim_end_matches("得分").trim())?;
    points(&part[split..]).map(|points| Expected::Node(node, points))
}

/// The column that a period's name stands in: 月份 for 2023-04, 期间 for any other.
pub(super) fn period_column(period: &str) -> &'static str {
    let is_month = period.len() == 7 && period.as_bytes()[4] == b'-' && !period.contains(['Q', 'H']);
    if is_month { "月份" } else { "期间" }
}
