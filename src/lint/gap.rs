//! Facts for the gaps that compiling notes, between bands (`gap-between-bands`), grades (`gap-between-grades`) and rows of
//! a table (`table-leaves-out`): a value, a total, a key that falls through.

use crate::analysis::{Asked, Claim, Look, Settings, line_points, month_for, reach, without_awards};
use crate::compile::{Compiled, Gap, gaps};
use crate::diagnostic::{Finding, Findings};
use crate::lint::aim::Aim;
use crate::lint::grade_out_of_reach::MOST_LINES;
use crate::outcome::UnitOutcome;
use crate::plan::words::{cell, is_whole, kind_of};
use crate::plan::*;
use crate::value::Number;

/// So many gaps of a kind are shown by facts; each takes an evaluation.
const MOST: usize = 4;
/// So many keys of a table are looked through.
const MOST_KEYS: usize = 1000;

pub fn show(compiled: &Compiled, findings: &mut Findings) {
    let is_noted =
        |finding: &Finding| ["gap-between-bands", "gap-between-grades", "table-leaves-out"].contains(&finding.code);
    if !findings.iter_mut().any(|finding| is_noted(finding)) {
        return;
    }
    let plan = &compiled.plan;
    let look = Look::new(plan, &compiled.source);
    let mut relaxed_plan = None;
    let mut holds =
        |claim: &Claim| claim.holds_alone(plan, relaxed_plan.get_or_insert_with(|| without_awards(plan.clone())));
    // A rulebook of several documents is told at the lines of each.
    let is_at = |finding: &Finding, line: u32| match compiled.source.origin(line as usize) {
        Some((document, origin)) => finding.place.file == document.name && finding.place.line == origin.line,
        None => finding.place.file == compiled.source.name && finding.place.line == line as usize,
    };
    let mut shown_of = None;
    for finding in findings.iter_mut().filter(|finding| finding.code == "gap-between-bands").take(MOST) {
        let Some(rule) = plan.rules.iter().position(|rule| is_at(finding, rule.line)) else { continue };
        // The facts are of the first gap of a line.
        if shown_of.replace(rule) == Some(rule) {
            continue;
        }
        let id = RuleId(rule as u16);
        let Some((value, claim, subject)) = claim(&look, id) else {
            let found = Rows::of(plan, id).and_then(|rows| rows.claim(plan, &rows.between(plan)?));
            if let Some((key, claim)) = found.filter(|(_, claim)| holds(claim)) {
                finding.witness = Some(format!("{}\n{key}的，表里没有写，计0分", claim.told(plan)));
            }
            continue;
        };
        if holds(&claim) {
            let shown = cell(value, &kind_of(plan, subject));
            let label = &plan.rules[rule].label;
            finding.witness = Some(format!("{}\n“{label}”是{shown}，落在空当里，计0分", claim.told(plan)));
        }
    }
    // The line of a table is that of its first rule.
    for finding in findings.iter_mut().filter(|finding| finding.code == "table-leaves-out").take(MOST) {
        let Some(rule) = plan.rules.iter().position(|rule| is_at(finding, rule.line)) else { continue };
        let rows = Rows::of(plan, RuleId(rule as u16));
        let found = rows.and_then(|rows| rows.claim(plan, &rows.unlisted(plan)?));
        if let Some((key, claim)) = found.filter(|(_, claim)| holds(claim)) {
            finding.witness = Some(format!("{}\n{key}的，表里没有写，计0分", claim.told(plan)));
        }
    }
    if plan.rules.len() > MOST_LINES {
        return;
    }
    let mut between = findings.iter_mut().filter(|finding| finding.code == "gap-between-grades").take(MOST).peekable();
    for (index, grading) in plan.gradings.iter().enumerate() {
        let mut aim = None;
        for gap in gaps(grading) {
            // Gaps are noted in this order; what is accepted, or full marks close, is not among the findings.
            let Some(finding) = between.next_if(|finding| finding.message == gap.message) else { continue };
            let aim: &Option<Aim> = aim.get_or_insert_with(|| Aim::new(&look, grading.cycle));
            let found = aim.as_ref().and_then(|aim| total_in(plan, aim, index, &gap));
            if let Some((total, claim)) = found.filter(|(_, claim)| holds(claim)) {
                finding.witness = Some(format!("{}\n总分{total}分，落在空当里", claim.told(plan)));
            }
        }
    }
}

/// A total in the gap of a grading, and facts that lead to it.
fn total_in(plan: &Plan, aim: &Aim, index: usize, gap: &Gap) -> Option<(Number, Claim)> {
    let (from, from_in) = gap.low;
    let step = |tenths: i64| from.plus(Number::whole(tenths).divided_by(Number::whole(10)).ok()?).ok();
    let halfway = gap.high.and_then(|(to, _)| from.plus(to).ok()?.divided_by(Number::whole(2)).ok());
    // Beyond the best there is no end, and whole points will do.
    let steps: Vec<i64> = if gap.high.is_some() { (0..10).collect() } else { (1..10).map(|step| step * 10).collect() };
    let is_inside = |total: &Number| {
        let above = if from_in { *total > from } else { *total >= from };
        above && gap.high.is_none_or(|(to, to_in)| if to_in { *total < to } else { *total <= to })
    };
    let totals = halfway.into_iter().chain(steps.into_iter().filter_map(step)).filter(is_inside);
    let (total, part) = totals.into_iter().find_map(|total| Some((total, aim.at(plan, total)?)))?;
    let name = plan.gradings[index].grades.iter().find(|grade| grade.condition == Condition::Always);
    let rest = name.map(|grade| grade.name.clone());
    let check = move |units: &[&UnitOutcome]| {
        let given = units[0].grades.iter().find(|it| usize::from(it.grading) == index).map(|it| &it.grade);
        units[0].total == total && given == rest.as_ref()
    };
    Some((total, aim.claim(plan, part, Box::new(check))))
}

/// The rows of the table that points are looked up in.
fn arms_of(expr: &Expr) -> Option<&Vec<(Condition, Expr)>> {
    match expr {
        Expr::Case { arms, .. } => Some(arms),
        Expr::Multiply(pair) => pair.iter().find_map(arms_of),
        Expr::Negate(inner) => arms_of(inner),
        _ => None,
    }
}

/// What one key of a table holds.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    Text(SymbolId),
    Number(Number),
}

/// A key of a table and what a row of facts has there.
type Chosen<'p> = Vec<(&'p Expr, Held)>;

/// The rows of a table as what they ask of each key.
struct Rows<'p> {
    id: RuleId,
    arms: Vec<Vec<&'p Condition>>,
}

impl<'p> Rows<'p> {
    fn of(plan: &'p Plan, id: RuleId) -> Option<Rows<'p>> {
        let mut arms = Vec::new();
        for (condition, _) in arms_of(&plan.rules[id.index()].points)? {
            let (mut parts, mut stack) = (Vec::new(), vec![condition]);
            while let Some(part) = stack.pop() {
                match part {
                    Condition::All(list) => stack.extend(list.iter().rev()),
                    Condition::Is(..) => parts.push(part),
                    Condition::Compare(_, _, end) if matches!(**end, Expr::Number(_)) => parts.push(part),
                    _ => return None,
                }
            }
            arms.push(parts);
        }
        Some(Rows { id, arms })
    }

    /// Whether some row takes what is chosen; a key that nothing was chosen for takes everything.
    fn hold(&self, chosen: &Chosen<'_>) -> bool {
        let meets = |part: &&Condition| match part {
            Condition::Is(of, values) => chosen.iter().all(|(key, held)| match held {
                Held::Text(value) => **key != **of || values.contains(value),
                Held::Number(_) => true,
            }),
            Condition::Compare(of, ..) => chosen.iter().all(|(key, held)| match held {
                Held::Number(value) => **key != **of || part.stretch().is_none_or(|range| range.ends.holds(*value)),
                Held::Text(_) => true,
            }),
            _ => false,
        };
        self.arms.iter().any(|arm| arm.iter().all(meets))
    }

    /// The keys by text that all rows ask for.
    fn texts(&self) -> Vec<&'p Expr> {
        let mut keys: Vec<&Expr> = Vec::new();
        for part in self.arms.iter().flatten() {
            if let Condition::Is(of, _) = part
                && !keys.contains(&&**of)
            {
                keys.push(of);
            }
        }
        keys
    }

    /// Keys from closed lists that no row holds.
    fn unlisted(&self, plan: &'p Plan) -> Option<Chosen<'p>> {
        let mut lists: Vec<(&Expr, &[SymbolId])> = Vec::new();
        for key in self.texts() {
            let values = match key {
                Expr::Attribute(id) => plan.attributes[id.index()].values.as_deref(),
                Expr::Row(RowField::Column(id)) => plan.columns[id.index()].values.as_deref(),
                _ => None,
            };
            lists.push((key, values?));
        }
        let all = lists.iter().try_fold(1usize, |all, (_, values)| all.checked_mul(values.len()))?;
        let chosen = |mut at: usize| -> Chosen<'p> {
            let mut held = |values: &[SymbolId]| {
                let value = values[at % values.len()];
                at /= values.len();
                Held::Text(value)
            };
            lists.iter().map(|(key, values)| (*key, held(values))).collect()
        };
        (0..all.min(MOST_KEYS)).map(chosen).find(|chosen| !self.hold(chosen))
    }

    /// What falls into the first gap between numbers.
    fn between(&self, plan: &'p Plan) -> Option<Chosen<'p>> {
        let key = self.arms.iter().flatten().find_map(|part| match part {
            Condition::Compare(of, ..) => Some(&**of),
            _ => None,
        })?;
        let kind = kind_of_key(plan, self.id, key);
        let mut seen: Vec<Chosen<'p>> = Vec::new();
        for arm in &self.arms {
            let texts = arm.iter().filter_map(|part| match part {
                Condition::Is(of, values) => Some((&**of, Held::Text(*values.first()?))),
                _ => None,
            });
            let texts: Chosen<'p> = texts.collect();
            if seen.contains(&texts) {
                continue;
            }
            seen.push(texts.clone());
            let mine = self.arms.iter().filter(|arm| {
                let alone = Rows { id: self.id, arms: vec![(*arm).clone()] };
                alone.hold(&texts)
            });
            let ends = mine.flatten().filter_map(|part| match part {
                Condition::Compare(_, _, end) => match **end {
                    Expr::Number(end) => Some(end),
                    _ => None,
                },
                _ => None,
            });
            let mut ends: Vec<Number> = ends.collect();
            ends.sort();
            ends.dedup();
            // Each end, and something between it and the next.
            let next = |low: Number, high: Number| {
                let middle = low.plus(high).and_then(|sum| sum.divided_by(Number::whole(2))).ok();
                let above = low.plus(Number::ONE).ok().filter(|above| *above < high);
                if is_whole(&kind) { above } else { middle }
            };
            let mut tried: Vec<Option<Number>> = Vec::new();
            for (at, end) in ends.iter().enumerate() {
                tried.push(Some(*end));
                tried.push(ends.get(at + 1).and_then(|high| next(*end, *high)));
            }
            let falls = |value: &Number| {
                let chosen: Chosen<'p> = texts.iter().copied().chain([(key, Held::Number(*value))]).collect();
                (!self.hold(&chosen)).then_some(chosen)
            };
            // Of several side by side in one gap the middle one shows it best.
            let mut run: Vec<Chosen<'p>> = Vec::new();
            for value in tried.into_iter().flatten() {
                match falls(&value) {
                    Some(chosen) => run.push(chosen),
                    None if run.is_empty() => {}
                    None => return Some(run.swap_remove(run.len() / 2)),
                }
            }
        }
        None
    }

    /// Facts that hold what is chosen, and how it is called.
    fn claim(&self, plan: &Plan, chosen: &Chosen<'_>) -> Option<(String, Claim)> {
        let id = self.id;
        let (Basis::Row(input) | Basis::Once(input)) = plan.rules[id.index()].basis else { return None };
        let mut settings = Settings::default();
        let mut said = Vec::new();
        for (key, held) in chosen {
            match (held, key) {
                (Held::Text(value), Expr::Attribute(of)) => {
                    settings.given.push((Asked::Attribute(*of), plan.symbols.text(*value).to_owned()));
                }
                (Held::Text(value), Expr::Row(RowField::Column(of))) => {
                    settings.given.push((Asked::Column(*of), plan.symbols.text(*value).to_owned()));
                }
                (Held::Number(value), key) => reach(plan, key, *value, &mut settings, 0)?,
                _ => return None,
            }
            said.push(match held {
                Held::Text(value) => plan.symbols.text(*value).to_owned(),
                Held::Number(value) => cell(*value, &kind_of_key(plan, id, key)),
            });
        }
        let zero = move |units: &[&UnitOutcome]| {
            units[0].entries.iter().any(|entry| entry.rule == id) && line_points(units[0], id).is_zero()
        };
        let (of_unit, of_row): (Vec<_>, Vec<_>) =
            settings.given.into_iter().partition(|(asked, _)| matches!(asked, Asked::Attribute(_)));
        let claim = Claim::new(plan, month_for(plan, input), Box::new(zero)).with(of_unit);
        let claim = claim.row_with(input, settings.quantity.unwrap_or(Number::ONE), of_row);
        Some((format!("“{}”", said.join("、")), claim))
    }
}

/// What a key of a line's table is measured in.
fn kind_of_key(plan: &Plan, id: RuleId, key: &Expr) -> Type {
    match (key, &plan.rules[id.index()].basis) {
        (Expr::Row(RowField::Quantity), Basis::Row(input) | Basis::Once(input)) => {
            plan.inputs[input.index()].quantity.clone()
        }
        (Expr::Row(RowField::Place | RowField::People), _) => Type::Count(String::new()),
        _ => kind_of(plan, key),
    }
}

/// A value between the bands of a line.
fn claim<'p>(look: &Look<'p>, id: RuleId) -> Option<(Number, Claim, &'p Expr)> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let Expr::Case { arms, .. } = &rule.points else { return None };
    let mut subject = None;
    let mut ends = Vec::new();
    let mut tests = Vec::new();
    for (condition, _) in arms.iter().filter(|(_, points)| *points != Expr::NotAssessed) {
        let mut test = Vec::new();
        let list = match condition {
            Condition::All(list) => list.as_slice(),
            other => std::slice::from_ref(other),
        };
        for inner in list {
            let Condition::Compare(left, comparison, right) = inner else { return None };
            let Expr::Number(end) = **right else { return None };
            if **subject.get_or_insert(&**left) != **left {
                return None;
            }
            ends.push(end);
            test.push((*comparison, end));
        }
        tests.push(test);
    }
    let subject = subject?;
    ends.sort();
    let kind = kind_of(plan, subject);
    // 不满3人扣1分，3人以上不满10人扣2分: none at all, before the first band begins, is in no gap.
    let ends_there = |(comparison, end): &(Comparison, Number)| {
        Some(end) == ends.first() && matches!(comparison, Comparison::Below | Comparison::AtMost)
    };
    let has_before = tests.iter().flatten().any(ends_there);
    let falls = |value: &Number| {
        (has_before || Some(value) != ends.first())
            && !tests.iter().any(|test| test.iter().all(|(comparison, end)| comparison.allows(value.cmp(end))))
    };
    let between = ends.windows(2).flat_map(|pair| {
        let middle = pair[0].plus(pair[1]).and_then(|sum| sum.divided_by(Number::whole(2))).ok();
        let next = pair[0].plus(Number::ONE).ok().filter(|next| *next < pair[1]);
        [next.filter(|_| is_whole(&kind)), middle, Some(pair[0]), Some(pair[1])]
    });
    // 1次扣1分，2次扣3分: beyond the last.
    let beyond = ends.last().and_then(|last| last.plus(Number::ONE).ok());
    let fits = |value: &Number| !is_whole(&kind) || value.is_whole();
    let value = between.flatten().chain(beyond).find(|value| falls(value) && fits(value))?;
    let mut settings = Settings::default();
    reach(plan, subject, value, &mut settings, 0)?;
    let month = settings.rows.first().map(|(input, _)| month_for(plan, *input))?;
    let zero = move |units: &[&UnitOutcome]| line_points(units[0], id).is_zero();
    let mut claim = Claim::new(plan, month, Box::new(zero)).with(settings.given);
    for (input, value) in settings.rows {
        claim = claim.row(input, value);
    }
    Some((value, claim, subject))
}
