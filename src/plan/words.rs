//! Numbers, what they are measured in, and conditions of a plan, in the words of rulebooks and facts.

use std::borrow::Borrow;

use super::*;
use crate::value::Number;

/// `甲所、乙所等8个单位`: all of a few, the first of many and how many there are.
pub fn first_of(list: &[impl Borrow<str>], most: usize, unit: &str) -> String {
    match list.len() {
        count if count > most => format!("{}等{count}{unit}", list[..most].join("、")),
        _ => list.join("、"),
    }
}

/// Points as people write them: `12.5分`.
pub fn points_text(points: Number) -> String {
    amount_text(points, Some(&Type::Points))
}

/// A number as people write it: `28件`, `86.2%`; what does not end is shown rounded, and said to be.
pub fn amount_text(amount: Number, kind: Option<&Type>) -> String {
    let (amount, unit) = match kind {
        Some(Type::Count(word) | Type::Quantity(word)) => (amount, word.as_str()),
        Some(Type::Percent) => (amount.times(Number::whole(100)).unwrap_or(amount), "%"),
        Some(Type::Points) => (amount, "分"),
        Some(Type::Money) => (amount, "元"),
        Some(Type::Days) => (amount, "天"),
        Some(Type::Place) => (amount, "名"),
        Some(Type::Bare | Type::Date | Type::Text) | None => (amount, ""),
    };
    format!("{}{unit}", amount.spoken())
}

/// A number as facts write it, with its measure word.
pub fn cell(number: Number, kind: &Type) -> String {
    match kind {
        // 微克/立方米 is read as a name, not behind a number.
        Type::Quantity(word) if word.contains('/') => number.to_string(),
        kind => amount_text(number, Some(kind)),
    }
}

/// What an expression is measured in.
pub fn kind_of(plan: &Plan, expr: &Expr) -> Type {
    match expr {
        Expr::Input { input, .. } | Expr::Parameter(input) => plan.inputs[input.index()].quantity.clone(),
        Expr::Measure(id) => plan.measures[id.index()].kind.clone(),
        Expr::Attribute(id) => plan.attributes[id.index()].kind.clone(),
        Expr::Row(RowField::Column(id)) => plan.columns[id.index()].kind.clone(),
        Expr::Row(RowField::DaysToRepair) => Type::Days,
        _ => Type::Bare,
    }
}

/// Whether only whole numbers are reported.
pub fn is_whole(kind: &Type) -> bool {
    matches!(kind, Type::Count(_) | Type::Place | Type::Days)
}

/// Whether every bound of a condition is a number, which can be said.
pub fn has_words(condition: &Condition) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().all(has_words),
        Condition::Compare(_, _, right) => matches!(**right, Expr::Number(_)),
        _ => true,
    }
}

/// A condition in the words of a table: 省级、一等.
pub fn condition_text(plan: &Plan, condition: &Condition) -> String {
    match condition {
        Condition::Is(_, values) => values.iter().map(|value| plan.symbols.text(*value)).collect::<Vec<_>>().join("或"),
        Condition::All(list) => list.iter().map(|part| condition_text(plan, part)).collect::<Vec<_>>().join("、"),
        Condition::Any(list) => list.iter().map(|part| condition_text(plan, part)).collect::<Vec<_>>().join("或"),
        Condition::Compare(left, comparison, right) => {
            let word = match comparison {
                Comparison::Below => "低于",
                Comparison::AtMost => "不超过",
                Comparison::Equal => "",
                Comparison::NotEqual => "不等于",
                Comparison::AtLeast => "不低于",
                Comparison::Above => "超过",
            };
            match &**right {
                Expr::Number(number) => format!("{word}{}", cell(*number, &kind_of(plan, left))),
                _ => format!("{word}某数"),
            }
        }
        Condition::Always => "其余".to_owned(),
        _ => "某种情形".to_owned(),
    }
}

/// What an expression is called: an indicator, a measure, a column, an attribute, a value over all units.
pub fn said<'p>(plan: &'p Plan, expr: &Expr) -> Option<&'p str> {
    Some(match expr {
        Expr::Input { input, .. } | Expr::Parameter(input) => &plan.inputs[input.index()].label,
        Expr::Measure(id) => &plan.measures[id.index()].name,
        Expr::Attribute(id) => &plan.attributes[id.index()].name,
        Expr::Row(RowField::Column(id)) => &plan.columns[id.index()].name,
        Expr::Peer(id) => &plan.peers[id.index()].name,
        Expr::Round { expr, .. } | Expr::Assessed { expr, .. } => said(plan, expr)?,
        _ => return None,
    })
}

/// What a value of the results is called: 得分, 社区矫正工作得分, 各月社区矫正工作.2得分平均, 录入件数; `None` where it is worked
/// out from others.
pub fn called(plan: &Plan, value: &Expr) -> Option<String> {
    Some(match value {
        Expr::Total => "得分".to_owned(),
        Expr::Node(id) => format!("{}得分", plan.nodes[id.index()].address),
        Expr::Full(id) => format!("{}满分", plan.nodes[id.index()].address),
        Expr::Divide(pair) => match &**pair {
            [Expr::Node(id), Expr::Full(_)] => format!("{}得分率", plan.nodes[id.index()].address),
            _ => return None,
        },
        Expr::Rank(_) => "名次".to_owned(),
        Expr::RankFromLast(_) => "倒数名次".to_owned(),
        Expr::Months { on_roster: true } => "在册月数".to_owned(),
        Expr::Months { on_roster: false } => "施行月数".to_owned(),
        Expr::Over { cycle, aggregate, expr, only: None } => {
            let how = match aggregate {
                Aggregate::Sum => "之和",
                Aggregate::Mean => "平均",
                Aggregate::Greatest => "最高",
                Aggregate::Least => "最低",
                _ => return None,
            };
            format!("{}{}{how}", cycle.each(), called(plan, expr)?)
        }
        Expr::Earlier { back, cycle, expr, .. } => format!("{}{}", cycle.before(*back), called(plan, expr)?),
        Expr::Rows(rows) if rows.filter.is_none() && rows.trim == 0 && rows.value == Expr::Row(RowField::Quantity) => {
            let how = match rows.aggregate {
                Aggregate::Sum => "合计",
                Aggregate::Mean => "平均",
                Aggregate::Greatest => "最高",
                Aggregate::Least => "最低",
                _ => return None,
            };
            format!("{}各条{how}", plan.inputs[rows.input.index()].label)
        }
        other => said(plan, other)?.to_owned(),
    })
}

/// What it is measured in.
pub fn kind_of_result(plan: &Plan, value: &Expr) -> Type {
    match value {
        Expr::Total | Expr::Node(_) | Expr::Full(_) => Type::Points,
        Expr::Divide(pair) if matches!(**pair, [Expr::Node(_), Expr::Full(_)]) => Type::Percent,
        Expr::Rank(_) | Expr::RankFromLast(_) => Type::Place,
        Expr::Months { .. } => Type::Quantity("个月".to_owned()),
        Expr::Over { expr, .. }
        | Expr::Earlier { expr, .. }
        | Expr::Round { expr, .. }
        | Expr::Assessed { expr, .. } => kind_of_result(plan, expr),
        Expr::Rows(rows) if rows.value == Expr::Row(RowField::Quantity) => {
            plan.inputs[rows.input.index()].quantity.clone()
        }
        Expr::Peer(id) => {
            let peer = &plan.peers[id.index()];
            match peer.kind {
                PeerKind::Rank { .. } => Type::Place,
                PeerKind::Count => Type::Bare,
                _ => kind_of_result(plan, &peer.expr),
            }
        }
        other => kind_of(plan, other),
    }
}
