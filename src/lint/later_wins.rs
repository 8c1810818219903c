//! `later-wins` 后写的算
//!
//! *Finds* two lines of an item that say what it is worth, which may both hold and differ.
//! *Why*: the later one decides, whichever was meant.
//! *Example*: `当 台账为齐全，本项计8分` above `当 件数不低于10件，本项计5分`.
//! *Instead*: conditions that leave each other out; the narrower line last, of which nothing is told, nor of one that
//! gives nothing.

use crate::analysis::{Claim, Look, Suspicion, meaning, month_for, node_points, settle};
use crate::outcome::UnitOutcome;
use crate::plan::words::points_text;
use crate::plan::*;
use crate::value::Number;

/// Of so many lines of one item each is held against the others.
const MOST: usize = 40;

/// 当 …，本项计几分
struct Line<'p> {
    when: &'p Condition,
    points: Number,
    line: usize,
}

pub fn find(look: &mut Look<'_>) {
    for (index, node) in look.plan.nodes.iter().enumerate() {
        let lines: Vec<Line<'_>> = node.written_steps().filter_map(line).take(MOST).collect();
        for (at, later) in lines.iter().enumerate() {
            let is_settled = |earlier: &&Line<'_>| {
                let both = Condition::All(vec![earlier.when.clone(), later.when.clone()]);
                lines[at + 1..].iter().any(|last| both.implies(last.when))
            };
            let mut open = lines[..at].iter().filter(|earlier| !is_settled(earlier));
            look.found.extend(open.find_map(|earlier| suspicion(look, NodeId(index as u16), earlier, later)));
        }
    }
}

fn line<'p>((_, step, line): (usize, &'p Step, usize)) -> Option<Line<'p>> {
    match step {
        Step::Set { when, points: Expr::Number(points) } => Some(Line { when, points: *points, line }),
        _ => None,
    }
}

fn suspicion(look: &Look<'_>, node: NodeId, earlier: &Line<'_>, later: &Line<'_>) -> Option<Suspicion> {
    let plan = look.plan;
    // An exception stands behind what it is an exception of, and 不得分 behind what is lost.
    if earlier.points == later.points || later.points.is_zero() || later.when.implies(earlier.when) {
        return None;
    }
    let settings = settle(plan, [earlier.when, later.when])?;
    let month = month_for(plan, settings.rows.first()?.0);
    let (first, last) = (earlier.points, later.points);
    let decides = move |units: &[&UnitOutcome]| {
        let steps = units[0].nodes.iter().filter(|it| it.node == node).flat_map(|it| &it.steps);
        let both =
            steps.clone().any(|(_, _, after)| *after == first) && steps.clone().any(|(_, _, after)| *after == last);
        both && node_points(units[0], node) == last
    };
    let mut claim = Claim::new(plan, month, Box::new(decides)).with(settings.given);
    for (input, value) in settings.rows {
        claim = claim.row(input, value);
    }
    let said = look.source.line(earlier.line).trim();
    Some(Suspicion {
        code: "later-wins",
        line: later.line,
        text: String::new(),
        message: format!("和第{}行“{said}”可以同时合上，都合的按写在后面的这一行算", earlier.line),
        brief: format!("第{}行和第{}行", earlier.line, later.line),
        help: "按前一行算的，两行对调；都合的另计几分的，最后再写一行：当 甲 且 乙，本项计几分".to_owned(),
        shows: format!("计{}，没有计{}", points_text(later.points), points_text(earlier.points)),
        meaning: meaning(plan, &(earlier.when, earlier.points, later.when, later.points)),
        claim,
        alone: false,
    })
}
