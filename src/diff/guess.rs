//! Which facts might tell two books apart: values at and beside the limits that the changed lines speak of.

use rust_decimal::Decimal;

use super::numbers::near;
use super::trial::{Named, Row, Translate, Trial};
use crate::analysis::{Asked, Settings, everything, inputs_of, reach, rules_below, settle};
use crate::plan::words::{is_whole, kind_of};
use crate::plan::*;
use crate::value::Number;

/// So many rows that someone judges fill a node at most.
const MOST_JUDGED: usize = 40;

/// Lines of a node that are tried for filling it, those with the largest step first: others have limits of their own.
const MOST_STEPPED: usize = 10;

/// So many values of one subject are tried.
const MOST_VALUES: usize = 48;

/// Trials for lines of one book; `values` are worth trying, whichever book they come from.
pub fn of_rules(say: &Translate<'_, '_>, rules: &[RuleId], values: &[Number], out: &mut Vec<Trial>) {
    for id in rules {
        let rule = &say.plan.rules[id.index()];
        match rule.basis {
            Basis::Row(input) | Basis::Once(input) => of_rows(say, rule, input, values, out),
            Basis::Period => of_period(say, rule, values, out),
        }
    }
}

fn of_rows(say: &Translate<'_, '_>, rule: &Rule, input: InputId, values: &[Number], out: &mut Vec<Trial>) {
    let kind = &say.plan.inputs[input.index()].quantity;
    let fitting = fitting(values, kind, &say.plan.inputs[input.index()].range);
    let mut all: Vec<Settings> = vec![Settings::default()];
    let mut conditions = conditions_of(rule);
    conditions.truncate(24);
    for (index, condition) in conditions.iter().enumerate() {
        all.extend(settle(say.plan, [*condition]));
        for other in &conditions[index + 1..conditions.len().min(index + 6)] {
            all.extend(settle(say.plan, [*condition, *other]));
        }
    }
    // 整改 in time, and too late.
    for days in rule.refund.iter().flat_map(|refund| {
        let within = refund.within_days.unwrap_or(1);
        [within, within + 1]
    }) {
        let given = vec![(Asked::Field(RowField::DaysToRepair), days.to_string())];
        all.push(Settings { given, ..Settings::default() });
    }
    // Columns that decide and that no condition settles: 其余 of a table.
    if let Some((column, texts)) = other_text(say.plan, rule) {
        all.extend(
            texts
                .into_iter()
                .map(|text| Settings { given: vec![(Asked::Column(column), text)], ..Settings::default() }),
        );
    }
    if let Some((least, most)) = say.plan.inputs[input.index()].needs.points {
        let values = values.iter().filter(|value| Number::from(least) <= **value && **value <= Number::from(most));
        let points: Vec<Number> =
            [Number::from(most), Number::from(least)].into_iter().chain(values.copied()).collect();
        all.extend(
            points
                .into_iter()
                .map(|value| Settings { given: vec![(Asked::Points, value.to_string())], ..Settings::default() }),
        );
    }
    if say.plan.inputs[input.index()].needs.coefficient {
        let halved = |settings: &Settings| {
            let mut settings = settings.clone();
            settings.given.push((Asked::Field(RowField::Coefficient), "0.5".to_owned()));
            settings
        };
        let halved: Vec<Settings> = all.iter().take(8).map(halved).collect();
        all.extend(halved);
    }
    for settings in &all {
        out.push(say.trial(Some((input, Number::ONE)), settings));
        if settings.quantity.is_none() {
            for value in fitting.iter().take(if settings.given.is_empty() { MOST_VALUES } else { 12 }) {
                out.push(say.trial(Some((input, *value)), settings));
            }
        }
    }
    for settings in all.iter().filter(|settings| !settings.given.is_empty()).take(4) {
        let row = say.trial(Some((input, Number::ONE)), settings);
        for count in [2, 3, 6] {
            let (asked, rows) = &row.units[0];
            out.push(Trial::one(asked.clone(), rows.iter().cycle().take(rows.len() * count).cloned().collect()));
        }
    }
    // One after another: 第2次起, 最多计2次, 同一事项.
    let asks_matter = say.plan.inputs[input.index()].needs.matter;
    for count in 2..=6 {
        let row = say.row(input, Number::ONE, &[]);
        if asks_matter {
            let of = |matter: usize| vec![(Asked::Field(RowField::Matter), format!("第{matter}件事"))];
            let rows = (1..=count).map(|matter| say.row(input, Number::ONE, &of(matter)));
            out.push(Trial::one(Vec::new(), rows.collect()));
        }
        out.push(Trial::one(Vec::new(), vec![row; count]));
    }
    // Of several persons, where each counts by itself.
    if say.plan.inputs[input.index()].needs.person {
        let of = |person: usize| vec![(Asked::Field(RowField::Person), format!("第{person}人"))];
        for count in [2, 3] {
            let rows = (1..=count).map(|person| say.row(input, Number::ONE, &of(person)));
            out.push(Trial::one(Vec::new(), rows.collect()));
        }
    }
    // What the points read besides.
    for other in inputs_of(say.plan, &rule.points).into_iter().filter(|other| *other != input) {
        let value = some_value(say.plan, other);
        for count in [Number::ONE, Number::whole(10)] {
            let rows = vec![say.row(input, count, &[]), say.row(other, value, &[])];
            out.push(Trial::one(Vec::new(), rows));
        }
    }
}

fn of_period(say: &Translate<'_, '_>, rule: &Rule, values: &[Number], out: &mut Vec<Trial>) {
    let plan = say.plan;
    let mut subjects: Vec<&Expr> = Vec::new();
    let mut note = |expr: &Expr| -> bool {
        matches!(expr, Expr::Input { .. } | Expr::Measure(_) | Expr::Parameter(_) | Expr::Attribute(_))
    };
    collect(&rule.points, &mut note, &mut subjects);
    for condition in conditions_of(rule) {
        collect_condition(condition, &mut note, &mut subjects);
        if let Some(settings) = settle(plan, [condition]) {
            out.push(say.trial(None, &settings));
        }
    }
    let everything = inputs_of(plan, &rule.points);
    everything.iter().for_each(|input| of_marks(say, *input, out));
    for subject in &subjects {
        let kind = kind_of(plan, subject);
        let range = match subject {
            Expr::Input { input, .. } | Expr::Parameter(input) => plan.inputs[input.index()].range,
            _ => (None, None),
        };
        for value in fitting(values, &kind, &range).into_iter().take(MOST_VALUES) {
            let mut settings = Settings::default();
            if reach(plan, subject, value, &mut settings, 0).is_none() {
                continue;
            }
            out.push(say.trial(None, &settings));
            // With all that the line reads reported, a formula is assessed.
            let mut full = settings.clone();
            let missing = everything.iter().filter(|input| !settings.rows.iter().any(|(known, _)| known == *input));
            let missing: Vec<(InputId, Number)> = missing.map(|input| (*input, some_value(plan, *input))).collect();
            if !missing.is_empty() {
                full.rows.extend(missing);
                out.push(say.trial(None, &full));
            }
        }
    }
    for scale in [Number::ONE, Number::whole(10), Number::whole(100), Number::ZERO] {
        let rows = everything.iter().map(|input| (*input, fitted(plan, *input, scale)));
        let settings = Settings { rows: rows.collect(), ..Settings::default() };
        out.push(say.trial(None, &settings));
    }
    let inapplicable = (Asked::Field(RowField::Quantity), "不适用".to_owned());
    for input in everything.iter().filter(|input| plan.inputs[input.index()].kind == InputKind::Indicator).take(3) {
        let row = say.row(*input, Number::ONE, std::slice::from_ref(&inapplicable));
        out.push(Trial::one(Vec::new(), vec![row]));
    }
    out.push(Trial::one(Vec::new(), Vec::new()));
}

/// Rows of one input side by side: the marks of several groups, each of them low or high in turn, and rows of which some
/// weigh more than others.
fn of_marks(say: &Translate<'_, '_>, input: InputId, out: &mut Vec<Trial>) {
    let of = &say.plan.inputs[input.index()];
    let (low, high) = (sized(say.plan, input, 0), sized(say.plan, input, 100));
    let (mut trim, mut weights) = (0, Vec::new());
    let mut see = |expr: &Expr| {
        if let Expr::Rows(rows) = expr
            && rows.input == input
        {
            trim = trim.max(rows.trim);
            if let Some(Expr::Row(RowField::Column(column))) = &rows.weight {
                weights.push(*column);
            }
        }
    };
    everything(say.plan, &mut see, &mut |_| {});
    if let Some(column) = weights.first() {
        let row =
            |quantity: Number, weight: &str| say.row(input, quantity, &[(Asked::Column(*column), weight.to_owned())]);
        out.push(Trial::one(Vec::new(), vec![row(high, "1"), row(low, "3")]));
    }
    if of.kind != InputKind::Rating {
        return;
    }
    let groups: Vec<&str> = of.raters.iter().map(|group| say.plan.symbols.text(*group)).collect();
    let count = 1 + 2 * trim.max(1) as usize;
    let marks = |group: &str, marks: &mut dyn Iterator<Item = Number>| -> Vec<Row> {
        let given = [(Asked::Field(RowField::Rater), group.to_owned())];
        marks.take(count).map(|mark| say.row(input, mark, &given)).collect()
    };
    for favored in &groups {
        let mark = |group: &&str| if group == favored { high } else { low };
        let rows = groups.iter().flat_map(|group| marks(group, &mut std::iter::repeat(mark(group))));
        out.push(Trial::one(Vec::new(), rows.collect()));
    }
    // One low, the others high.
    let whose = if groups.is_empty() { vec!["某人"] } else { groups };
    let one_low = || std::iter::once(low).chain(std::iter::repeat(high));
    out.push(Trial::one(Vec::new(), whose.iter().flat_map(|group| marks(group, &mut one_low())).collect()));
}

fn some_value(plan: &Plan, input: InputId) -> Number {
    fitted(plan, input, Number::whole(10))
}

/// A value of about this size that may be reported; of percentages so many of a hundred.
pub fn sized(plan: &Plan, input: InputId, size: i64) -> Number {
    let of = &plan.inputs[input.index()];
    let value = match of.quantity {
        Type::Percent => Number::from(Decimal::new(size, 2)),
        _ => Number::whole(size),
    };
    let value = of.range.1.map_or(value, |high| value.min(Number::from(high)));
    of.range.0.map_or(value, |low| value.max(Number::from(low)))
}

/// A value of about this size that may be reported.
fn fitted(plan: &Plan, input: InputId, value: Number) -> Number {
    let of = &plan.inputs[input.index()];
    let mut value = if of.quantity == Type::Percent { Number::from(Decimal::new(5, 1)) } else { value };
    if let Some(high) = of.range.1.map(Number::from) {
        value = value.min(high);
    }
    if let Some(low) = of.range.0.map(Number::from) {
        value = value.max(low);
    }
    value
}

/// Values of a kind, in range, each once, the smallest first; of percentages those that a line may call percentage
/// points last.
fn fitting(values: &[Number], kind: &Type, range: &(Option<Decimal>, Option<Decimal>)) -> Vec<Number> {
    let fits = |value: &Number| {
        !value.is_negative()
            && value.decimal().is_some()
            && (!is_whole(kind) || value.is_whole())
            && range.0.is_none_or(|low| Number::from(low) <= *value)
            && range.1.is_none_or(|high| *value <= Number::from(high))
            && (*kind != Type::Percent || *value <= Number::whole(2))
    };
    let mut list: Vec<Number> = values.iter().copied().filter(fits).collect();
    list.sort_unstable();
    list.dedup();
    if *kind == Type::Percent {
        let hundredth = Number::from(Decimal::new(1, 2));
        let points = values.iter().filter_map(|value| value.times(hundredth).ok()).filter(fits);
        let mut points: Vec<Number> = points.filter(|value| !list.contains(value)).collect();
        points.sort_unstable();
        points.dedup();
        list.extend(points);
    }
    list
}

/// Trials that fill a node up to and beyond limits.
pub fn of_node(say: &Translate<'_, '_>, node: NodeId, limits: &[Number], out: &mut Vec<Trial>) {
    let plan = say.plan;
    let rules = rules_below(plan, node);
    let mut singles: Vec<(InputId, Number)> = Vec::new();
    let mut scaled: Vec<(InputId, Number)> = Vec::new();
    for id in &rules {
        let rule = &plan.rules[id.index()];
        let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { continue };
        match &rule.points {
            Expr::Multiply(pair) => {
                if let (Expr::Number(each), Expr::Row(RowField::Quantity)) = (&pair[0], &pair[1])
                    && !each.is_zero()
                    && rule.limits.is_empty()
                {
                    scaled.push((input, each.abs()));
                }
            }
            Expr::Number(points) if !points.is_zero() => singles.push((input, points.abs())),
            _ => {}
        }
    }
    // The larger the step the smaller the figure.
    scaled.sort_by_key(|(input, each)| (std::cmp::Reverse(*each), input.index()));
    let (gains, losses): (Vec<_>, Vec<_>) = scaled.iter().copied().partition(|(input, _)| {
        rules.iter().any(|id| {
            let rule = &plan.rules[id.index()];
            matches!(rule.basis, Basis::Row(own) if own == *input)
                && matches!(&rule.points, Expr::Multiply(pair) if matches!(&pair[0], Expr::Number(each) if each.is_positive()))
        })
    });
    for list in [&gains, &losses] {
        for (input, each) in list.iter().take(MOST_STEPPED) {
            let mut counts: Vec<Number> = Vec::new();
            for limit in limits {
                if let Some(count) =
                    limit.abs().divided_by(*each).ok().and_then(|count| count.ceil().ok()).map(Number::from)
                {
                    counts.extend([count, count.plus(Number::ONE).unwrap_or(count)]);
                    counts.extend(count.minus(Number::ONE).ok());
                }
            }
            counts.extend([Number::ONE, Number::whole(1000)]);
            counts.sort_unstable();
            counts.dedup();
            for count in counts.into_iter().filter(|count| count.is_positive()) {
                out.push(Trial::one(Vec::new(), vec![say.row(*input, count, &[])]));
            }
        }
    }
    for count in 1..=singles.len().min(12) {
        let rows: Vec<Row> = singles[..count].iter().map(|(input, _)| say.row(*input, Number::ONE, &[])).collect();
        out.push(Trial::one(Vec::new(), rows));
    }
    // What is judged row by row, as often as it takes.
    for id in &rules {
        let Basis::Row(input) = plan.rules[id.index()].basis else { continue };
        let Some((_, most)) = plan.inputs[input.index()].needs.points.filter(|(_, most)| !most.is_zero()) else {
            continue;
        };
        for limit in limits {
            let count =
                limit.abs().divided_by(Number::from(most)).ok().and_then(|count| count.ceil().ok()?.try_into().ok());
            if let Some(count) = count.filter(|count: &usize| (1..=MOST_JUDGED).contains(count)) {
                let rows = vec![say.row(input, Number::ONE, &[]); count];
                out.push(Trial::one(Vec::new(), rows));
            }
        }
    }
    // Bonus and deduction together.
    if let (Some((gain, _)), Some((loss, _))) = (gains.first(), losses.first()) {
        for (more, less) in [(1000, 1), (1, 1000), (1, 1), (1000, 1000)] {
            let rows = vec![say.row(*gain, Number::whole(more), &[]), say.row(*loss, Number::whole(less), &[])];
            out.push(Trial::one(Vec::new(), rows));
        }
    }
    of_rules(say, &rules[..rules.len().min(8)], &near(limits), out);
    out.push(Trial::one(Vec::new(), Vec::new()));
}

/// Units that meet conditions of 适用 and the like.
pub fn with_attributes(say: &Translate<'_, '_>, conditions: &[&Condition], out: &mut Vec<Trial>) {
    let mut asked: Vec<Vec<(Named, String)>> = Vec::new();
    for condition in conditions {
        if let Some(settings) = settle(say.plan, [*condition]) {
            let given: Vec<_> =
                settings.given.iter().filter(|(asked, _)| matches!(asked, Asked::Attribute(_))).cloned().collect();
            asked.push(say.named(&given));
        }
    }
    // Of a closed list every value, for 其余.
    for attribute in &say.plan.attributes {
        for value in attribute.values.iter().flatten() {
            asked.push(vec![(Named::Attribute(attribute.name.clone()), say.plan.symbols.text(*value).to_owned())]);
        }
    }
    asked.retain(|list| !list.is_empty());
    asked.dedup();
    // The first, which are the simplest, and some of every kind behind them.
    let apart = out.len().div_ceil(24).max(1);
    let plain: Vec<Trial> = out.iter().take(12).chain(out.iter().skip(12).step_by(apart)).cloned().collect();
    for asked in asked.into_iter().take(12) {
        for trial in &plain {
            let mut trial = trial.clone();
            for (own, _) in &mut trial.units {
                own.retain(|(named, _)| !asked.iter().any(|(other, _)| other == named));
                own.extend(asked.iter().cloned());
            }
            out.push(trial);
        }
    }
}

/// All conditions that decide what a line comes to.
fn conditions_of(rule: &Rule) -> Vec<&Condition> {
    let mut list: Vec<&Condition> = Vec::new();
    cases(&rule.points, &mut list);
    list.extend(rule.row_rules.iter().map(|row| &row.when));
    list.extend(rule.effects.iter().map(|effect| &effect.when));
    list
}

/// Conditions of choices, however deep.
pub fn cases<'p>(expr: &'p Expr, list: &mut Vec<&'p Condition>) {
    match expr {
        Expr::Case { arms, otherwise } => {
            for (condition, value) in arms {
                list.push(condition);
                cases(value, list);
            }
            cases(otherwise, list);
        }
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
            pair.iter().for_each(|inner| cases(inner, list));
        }
        Expr::Negate(inner) | Expr::Round { expr: inner, .. } | Expr::Assessed { expr: inner, .. } => {
            cases(inner, list)
        }
        Expr::Of(_, inner) => inner.iter().for_each(|inner| cases(inner, list)),
        _ => {}
    }
}

/// A column that a table goes by, with texts that no row of it names.
fn other_text(plan: &Plan, rule: &Rule) -> Option<(ColumnId, Vec<String>)> {
    let mut found = None;
    for condition in conditions_of(rule) {
        let mut conditions = vec![condition];
        while let Some(condition) = conditions.pop() {
            match condition {
                Condition::All(list) | Condition::Any(list) => conditions.extend(list),
                Condition::Is(subject, _) => {
                    if let Expr::Row(RowField::Column(id)) = **subject {
                        found = found.or(Some(id));
                    }
                }
                _ => {}
            }
        }
    }
    let column = found?;
    let values = plan.columns[column.index()].values.iter().flatten();
    Some((column, values.map(|value| plan.symbols.text(*value).to_owned()).collect()))
}

fn collect<'p>(expr: &'p Expr, is_wanted: &mut dyn FnMut(&Expr) -> bool, out: &mut Vec<&'p Expr>) {
    // `walk` lends what it visits for the call only: the places are found by walking ourselves.
    let mut stack = vec![expr];
    while let Some(expr) = stack.pop() {
        if is_wanted(expr) {
            if !out.contains(&expr) {
                out.push(expr);
            }
            continue;
        }
        match expr {
            Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
                stack.extend(pair.iter())
            }
            Expr::Negate(inner) | Expr::Absolute(inner) | Expr::Root(inner) | Expr::Round { expr: inner, .. } => {
                stack.push(inner)
            }
            Expr::Of(_, list) => stack.extend(list),
            Expr::Steps { amount, step, .. } => stack.extend([&**amount, &**step]),
            Expr::Case { arms, otherwise } => {
                for (condition, value) in arms {
                    collect_condition(condition, is_wanted, out);
                    stack.push(value);
                }
                stack.push(otherwise);
            }
            Expr::Assessed { expr, otherwise } => stack.extend([&**expr, &**otherwise]),
            _ => {}
        }
    }
}

fn collect_condition<'p>(condition: &'p Condition, is_wanted: &mut dyn FnMut(&Expr) -> bool, out: &mut Vec<&'p Expr>) {
    match condition {
        Condition::Compare(left, _, right) => {
            collect(left, is_wanted, out);
            collect(right, is_wanted, out);
        }
        Condition::Is(subject, _) | Condition::IsAssessed(subject) => collect(subject, is_wanted, out),
        Condition::Not(inner) => collect_condition(inner, is_wanted, out),
        Condition::All(list) | Condition::Any(list) => {
            list.iter().for_each(|inner| collect_condition(inner, is_wanted, out))
        }
        _ => {}
    }
}
