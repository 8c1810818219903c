//! What a table leaves out, and rows of it that run into each other.

use super::clause::{Table, percent_text};
use super::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// More combinations than this are not looked through.
const MOST_COMBINATIONS: usize = 1000;
/// How many of what is left out are named.
const MOST_NAMED: usize = 6;

/// Values of closed lists that no row holds score nothing, and that is noted.
pub fn unlisted(scope: &mut Scope<'_>, line: usize, table: &Table) {
    // A row that was refused may have been the one.
    if table.otherwise.is_some() || table.refused || table.arms.is_empty() || scope.findings.has_errors() {
        return;
    }
    let mut lists: Vec<(Expr, Vec<SymbolId>)> = Vec::new();
    for key in &table.keys {
        let closed = match &key.expr {
            Expr::Attribute(id) => scope.plan.attributes[id.index()].values.clone(),
            Expr::Row(RowField::Column(id)) => scope.plan.columns[id.index()].values.clone(),
            _ => None,
        };
        let Some(values) = closed else { return };
        lists.push((key.expr.clone(), values));
    }
    let count = lists.iter().try_fold(1usize, |all, (_, values)| all.checked_mul(values.len()));
    if count.is_none_or(|count| count > MOST_COMBINATIONS) {
        return;
    }
    let mut chosen: Vec<Vec<SymbolId>> = vec![Vec::new()];
    for (_, values) in &lists {
        chosen = chosen
            .iter()
            .flat_map(|before| values.iter().map(|value| before.iter().copied().chain([*value]).collect()))
            .collect();
    }
    let is_listed = |chosen: &Vec<SymbolId>| table.arms.iter().any(|(when, _)| holds(when, &lists, chosen));
    let left: Vec<String> = chosen
        .iter()
        .filter(|chosen| !is_listed(chosen))
        .map(|chosen| chosen.iter().map(|value| scope.plan.symbols.text(*value)).collect::<Vec<_>>().join("、"))
        .collect();
    if left.is_empty() {
        return;
    }
    let more = if left.len() > MOST_NAMED { format!("等{}种", left.len()) } else { String::new() };
    let named: Vec<String> = left.iter().take(MOST_NAMED).map(|keys| format!("“{keys}”")).collect();
    let message = format!("表里没有写{}{more}，按0分计", named.join(""));
    let rows = if left.len() == 1 { "这一行" } else { "这几行" };
    let help = format!("补上{rows}，或在最后写：其余 0分");
    let finding = scope.at_line(line, "table-leaves-out", message).help(help).noted();
    scope.report(finding);
}

/// Whether a row's condition holds for the chosen values; what is no text is taken to hold.
fn holds(when: &Condition, lists: &[(Expr, Vec<SymbolId>)], chosen: &[SymbolId]) -> bool {
    match when {
        Condition::All(all) => all.iter().all(|when| holds(when, lists, chosen)),
        Condition::Is(expr, values) => {
            let at = lists.iter().position(|(key, _)| key == expr.as_ref());
            at.is_none_or(|at| values.contains(&chosen[at]))
        }
        _ => true,
    }
}

/// Rows that differ in one number alone, with what else they hold for: “国家级”的.
struct Group<'t> {
    texts: Vec<&'t Condition>,
    said: String,
    rows: Vec<(End, End)>,
    /// One of them takes every number that the others leave.
    is_closed: bool,
}

/// The rows of a table with one key by number, each with those of the same other keys; `None` where more decides.
fn groups<'t>(scope: &Scope<'_>, table: &'t Table) -> Option<Vec<Group<'t>>> {
    let key = table.keys.iter().find(|key| key.kind != Type::Text)?;
    if table.keys.iter().filter(|key| key.kind != Type::Text).count() > 1 {
        return None;
    }
    let mut groups: Vec<Group<'t>> = Vec::new();
    for (when, _) in &table.arms {
        let parts = match when {
            Condition::All(parts) if table.keys.len() > 1 => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let (texts, numbers): (Vec<_>, Vec<_>) = parts.iter().partition(|part| matches!(part, Condition::Is(..)));
        let row = match numbers[..] {
            [] => None,
            [one] => Some(one.stretch().filter(|row| *row.of == key.expr)?),
            _ => return None,
        };
        // 其余 of another key holds beside every row.
        if texts.len() + 1 != table.keys.len() {
            return None;
        }
        let at = groups.iter().position(|group| group.texts == texts).unwrap_or_else(|| {
            let said = |text: &&Condition| match text {
                Condition::Is(_, values) => values.iter().map(|value| scope.plan.symbols.text(*value)).collect(),
                _ => Vec::new(),
            };
            let said: Vec<String> = texts.iter().map(|text| said(text).join("或")).collect();
            let said = if said.is_empty() { String::new() } else { format!("“{}”的", said.join("、")) };
            groups.push(Group { texts, said, rows: Vec::new(), is_closed: false });
            groups.len() - 1
        });
        match row {
            Some(row) => groups[at].rows.push((row.ends.low, row.ends.high)),
            None => groups[at].is_closed = true,
        }
    }
    Some(groups)
}

/// Rows by number must not overlap, since the first would win unseen; what they leave between them is noted.
pub fn bands(scope: &mut Scope<'_>, line: usize, table: &Table) {
    if table.refused || scope.is_broken_below(line) {
        return;
    }
    let Some(key) = table.keys.iter().find(|key| key.kind != Type::Text) else { return };
    let Some(groups) = groups(scope, table) else { return };
    let show = |number: Number| if key.kind == Type::Percent { percent_text(number) } else { number.to_string() };
    let whole = matches!(key.kind, Type::Count(_) | Type::Place | Type::Days);
    let mut gaps: Vec<String> = Vec::new();
    for Group { said, mut rows, is_closed, .. } in groups {
        rows.sort_by(|(a, _), (b, _)| match (a, b) {
            (None, None) => std::cmp::Ordering::Equal,
            (None, _) => std::cmp::Ordering::Less,
            (_, None) => std::cmp::Ordering::Greater,
            (Some(x), Some(y)) => x.0.cmp(&y.0).then(y.1.cmp(&x.1)),
        });
        for pair in rows.windows(2) {
            let (before, after) = (pair[0].1, pair[1].0);
            let overlap = match (before, after) {
                (Some((high, high_in)), Some((low, low_in))) => low < high || low == high && low_in && high_in,
                _ => true,
            };
            if overlap {
                let from = after.map(|(low, _)| format!("，后一行从{}起", show(low))).unwrap_or_default();
                let to = before.map_or("没有上限".to_owned(), |(high, _)| format!("到{}", show(high)));
                let message = format!("表里{said}有两行互相重叠：前一行{to}{from}");
                let finding = scope
                    .at_line(line, "overlapping-bands", message)
                    .help("写明每一行的两头，让它们首尾相接，如：80至89分、90分以上");
                scope.report(finding);
                return;
            }
            let (Some((high, high_in)), Some((low, low_in))) = (before, after) else { continue };
            let next = |value: Number| value.plus(Number::ONE).unwrap_or(value);
            let adjacent = if whole {
                (if low_in { low } else { next(low) }) <= (if high_in { next(high) } else { high })
            } else {
                low == high && (low_in || high_in)
            };
            if !adjacent && table.otherwise.is_none() && !is_closed {
                gaps.push(format!("{said}{}与{}", show(high), show(low)));
            }
        }
    }
    if !gaps.is_empty() {
        let message = format!("表里{}之间没有写，按0分计", gaps.join("、"));
        let rows = if gaps.len() == 1 { "这一行" } else { "这几行" };
        let help = format!("补上{rows}，或在最后写：其余 0分");
        let finding = scope.at_line(line, "gap-between-bands", message).help(help).noted();
        scope.report(finding);
    }
}
