//! `grade-out-of-reach` 等次够不着
//!
//! *Finds* a grade whose line no total reaches.
//! *Why*: nobody can be 优秀, whatever he does, and the first to notice are those who were promised it.
//! *Example*: full marks add up to 80 and `优秀：90分以上`.
//! *Instead*: a line within reach; `show --limits` tells what is.

use crate::analysis::{Claim, Look, Suspicion, meaning};
use crate::lint::extreme::{Way, end_of, push_to};
use crate::plan::*;

/// Facts for more lines than this are not made up.
const MOST_LINES: usize = 300;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    if plan.rules.len() > MOST_LINES {
        return;
    }
    for (index, grading) in plan.gradings.iter().enumerate() {
        let total = look.bounds.total(grading.cycle);
        for grade in &grading.grades {
            let Some(way) = missed(look, &grade.condition, grading.cycle) else { continue };
            let Some(end) = end_of(total, way) else { continue };
            // Nothing lies beyond a bound; whether anything reaches it is another matter.
            let is_loose = total.loose;
            let name = grade.name.clone();
            let check = move |units: &[&crate::outcome::UnitOutcome]| {
                let is_graded =
                    |it: &crate::outcome::GradeOutcome| usize::from(it.grading) == index && it.grade == name;
                (is_loose || units[0].total == end) && !units[0].grades.iter().any(is_graded)
            };
            let month = plan.calendar.last();
            let mut claim = Some(Claim::new(plan, month, Box::new(check)));
            for rule in 0..plan.rules.len() {
                claim = claim.and_then(|claim| push_to(look, claim, RuleId(rule as u16), way));
            }
            let Some(mut claim) = claim.map(|claim| with_a_fact(plan, claim)) else { continue };
            claim.period = plan.calendar.around(grading.cycle, month).unwrap_or(claim.period);
            let line = look.line_with(1, &[&format!("等次 {}", grading.name)]).unwrap_or(1);
            let line = look.line_with(line, &[&grade.name]).unwrap_or(line);
            let word = if way == Way::Up { "最高" } else { "最低" };
            look.found.push(Suspicion {
                code: "grade-out-of-reach",
                line,
                text: String::new(),
                message: format!("总分{word}只能到{end}分，够不着“{}”", grade.name),
                brief: format!("等次“{}”的“{}”", grading.name, grade.name),
                help: "核对分数线；各项最低、最高能到几分，看 zhunsheng show 方案文件 --limits".to_owned(),
                shows: match is_loose {
                    true => format!("总分{word}到不了{end}分以外，不是“{}”", grade.name),
                    false => format!("总分{end}分，不是“{}”", grade.name),
                },
                meaning: meaning(plan, &(&grading.name, &grade.name, &grade.condition, end)),
                claim,
                alone: true,
            });
        }
    }
}

/// Who has nothing reported is not assessed: one thing that did not happen.
pub(super) fn with_a_fact(plan: &Plan, claim: Claim) -> Claim {
    let is_event = |input: &&Input| input.kind == InputKind::Event && input.needs == Needs::default();
    let event = plan.inputs.iter().position(|input| is_event(&input));
    match event.filter(|_| claim.units.iter().all(|unit| unit.rows.is_empty())) {
        Some(event) => claim.row(InputId(event as u16), crate::value::Number::ZERO),
        None => claim,
    }
}

/// On which side a line of totals lies beyond all totals.
pub(super) fn missed(look: &mut Look<'_>, condition: &Condition, cycle: crate::calendar::Cycle) -> Option<Way> {
    let total = look.bounds.total(cycle);
    let list = match condition {
        Condition::All(list) => list.as_slice(),
        other => std::slice::from_ref(other),
    };
    list.iter().find_map(|part| match part {
        Condition::Compare(left, comparison, right) => match (&**left, comparison, &**right) {
            (Expr::Total, Comparison::AtLeast, Expr::Number(line)) => {
                total.high.filter(|high| high < line).map(|_| Way::Up)
            }
            (Expr::Total, Comparison::Above, Expr::Number(line)) => {
                total.high.filter(|high| high <= line).map(|_| Way::Up)
            }
            (Expr::Total, Comparison::Below, Expr::Number(line)) => {
                total.low.filter(|low| low >= line).map(|_| Way::Down)
            }
            (Expr::Total, Comparison::AtMost, Expr::Number(line)) => {
                total.low.filter(|low| low > line).map(|_| Way::Down)
            }
            _ => None,
        },
        _ => None,
    })
}
