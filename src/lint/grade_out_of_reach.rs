//! `grade-out-of-reach` 等次够不着
//!
//! *Finds* a grade that no unit falls into: its line lies beyond what can be reached, or the grades before it take all
//! that it would have; and a line that moves grades by points that nobody comes to.
//! *Why*: nobody can be 优秀, whatever he does, or nobody 不合格; the first to notice are those who were promised it.
//! *Example*: full marks add up to 80 and `优秀：90分以上`; no total below 70, `合格：60分以上` and `不合格：其余`.
//! *Instead*: a line within reach; `show --limits` tells what is.

use crate::analysis::{
    Check, Claim, Interval, Look, Part, Row, Suspicion, effects, meaning, node_points, without_awards,
};
use crate::calendar::Cycle;
use crate::lint::aim::Aim;
use crate::lint::extreme::{Way, end_of, push_to};
use crate::outcome::UnitOutcome;
use crate::plan::words::called;
use crate::plan::*;
use crate::value::Number;

/// Facts for more lines than this are not made up.
pub(super) const MOST_LINES: usize = 300;
/// So many totals of a grade are tried.
const MOST_TOTALS: i64 = 12;

pub fn find(look: &mut Look<'_>) {
    if look.plan.rules.len() > MOST_LINES {
        return;
    }
    for index in 0..look.plan.gradings.len() {
        // What lines bring is worked out once for all grades.
        let mut aim = None;
        for at in 0..look.plan.gradings[index].grades.len() {
            let suspicion = beyond(look, index, at).or_else(|| taken(look, index, at, &mut aim));
            look.found.extend(suspicion);
        }
        for at in 0..look.plan.gradings[index].rules.len() {
            let suspicion = moves_nobody(look, index, at);
            look.found.extend(suspicion);
        }
    }
}

/// 扣分项得分超过10分的，不得评为优秀, of a section that only takes away.
fn moves_nobody(look: &mut Look<'_>, index: usize, at: usize) -> Option<Suspicion> {
    let plan = look.plan;
    let grading = &plan.gradings[index];
    let rule = &grading.rules[at];
    let missed = missed(look, &rule.when, grading.cycle)?;
    let reason = rule.reason.clone();
    let not_moved = move |unit: &UnitOutcome| {
        let mut own = unit.grades.iter().filter(|grade| usize::from(grade.grading) == index);
        own.all(|grade| !grade.reasons.contains(&reason))
    };
    let (claim, _) = missed.claim(look, grading.cycle, || Box::new(not_moved.clone()));
    let (what, word, end) = (missed.said(plan), missed.word(), missed.end);
    let line = look.line_with(1, &[&format!("等次 {}", grading.name)]).unwrap_or(1);
    let line = look.line_with(line + 1, &[&rule.reason]).unwrap_or(line);
    Some(Suspicion {
        code: "grade-out-of-reach",
        line,
        text: String::new(),
        message: format!("{what}{word}只能到{end}分，“{}”管不到谁", rule.reason),
        brief: format!("“{}”", rule.reason),
        help: "核对分数；扣了几分的，得分在0分以下；各项最低、最高能到几分，看 zhunsheng show 方案文件 --limits"
            .to_owned(),
        shows: "等次不动".to_owned(),
        meaning: meaning(plan, &(&grading.name, &rule.when, end)),
        claim,
        alone: true,
    })
}

/// A grade whose line is beyond all facts.
fn beyond(look: &mut Look<'_>, index: usize, at: usize) -> Option<Suspicion> {
    let plan = look.plan;
    let grading = &plan.gradings[index];
    let grade = &grading.grades[at];
    if is_moved_to(plan, grading, at) {
        return None;
    }
    let missed = missed(look, &grade.condition, grading.cycle)?;
    let (what, end) = (missed.said(plan), missed.end);
    let (claim, is_reached) = missed.claim(look, grading.cycle, || not_graded(index, grade));
    let word = missed.word();
    Some(Suspicion {
        message: format!("{what}{word}只能到{end}分，够不着“{}”", grade.name),
        shows: match is_reached {
            true => format!("{what}{end}分，不是“{}”", grade.name),
            false => format!("{what}{word}到不了{end}分以外，不是“{}”", grade.name),
        },
        ..suspicion(look, index, at, end, claim)
    })
}

/// A grade all of whose totals an earlier one takes: tried from the first, none is left for it.
fn taken(look: &mut Look<'_>, index: usize, at: usize, aim: &mut Option<Option<Aim>>) -> Option<Suspicion> {
    let plan = look.plan;
    let grading = &plan.gradings[index];
    let grade = &grading.grades[at];
    let total = Expr::Total;
    let ends_of = |condition: &Condition| Some(condition.stretch().filter(|band| *band.of == total)?.ends);
    let own = match &grade.condition {
        Condition::Always => Ends::ALL,
        condition => ends_of(condition)?,
    };
    let earlier: Vec<&Grade> = grading.grades[..at].iter().filter(|grade| grade.quotas.is_empty()).collect();
    let bands: Vec<Ends> = earlier.iter().filter_map(|grade| ends_of(&grade.condition)).collect();
    if bands.is_empty() || is_moved_to(plan, grading, at) {
        return None;
    }
    let reach = look.bounds.total(grading.cycle);
    let (low, high) = (tighter(own.low, reach.low, true), tighter(own.high, reach.high, false));
    if !covered(low, high, bands) {
        return None;
    }
    let is_rest = grade.condition == Condition::Always;
    let name = &grade.name;
    let suspicion = |claim: Claim, end: Number, look: &Look<'_>| {
        let before: Vec<String> = earlier.iter().map(|grade| format!("“{}”", grade.name)).collect();
        let before = before.join("");
        // What is written below the least total falls to nobody, and that is the shorter story.
        let least = reach.low.filter(|least| own.low.is_none_or(|(low, _)| low < *least));
        let message = match least {
            Some(least) => format!("总分最低也有{least}分，前面的{before}都占了，落不到“{name}”"),
            None => format!("“{name}”的分数，前面的{before}先占了，评不到这一等"),
        };
        Suspicion {
            message,
            shows: format!("总分{end}分，不是“{name}”"),
            help: "核对各等的分数线；总分最低、最高能到几分，看 zhunsheng show 方案文件 --limits".to_owned(),
            ..suspicion(look, index, at, end, claim)
        }
    };
    // Where nothing is left below, the least total shows it.
    if let (true, Some(end)) = (is_rest, reach.low.filter(|_| !reach.loose)) {
        let missed = Missed { of: &total, way: Way::Down, end, loose: false };
        let (claim, is_reached) = missed.claim(look, grading.cycle, || not_graded(index, grade));
        if is_reached {
            return Some(suspicion(claim, end, look));
        }
    }
    let aim = aim.get_or_insert_with(|| Aim::new(look, grading.cycle)).as_ref()?;
    let from = low.or(high)?.0;
    let steps = (0..MOST_TOTALS).flat_map(|step| [Number::whole(step), Number::whole(-step)]);
    let (end, part) = steps.filter_map(|step| from.plus(step).ok()).find_map(|end| {
        let is_inside = own.holds(end) && reach.holds(end);
        Some((end, aim.at(plan, end).filter(|_| is_inside)?))
    })?;
    let not_graded = not_graded(index, grade);
    let check = move |units: &[&UnitOutcome]| units[0].total == end && not_graded(units[0]);
    Some(suspicion(aim.claim(plan, part, Box::new(check)), end, look))
}

/// What is told of a grade, but for the words.
fn suspicion(look: &Look<'_>, index: usize, at: usize, end: Number, claim: Claim) -> Suspicion {
    let grading = &look.plan.gradings[index];
    let grade = &grading.grades[at];
    let line = look.line_with(1, &[&format!("等次 {}", grading.name)]).unwrap_or(1);
    let line = look.line_with(line + 1, &[&grade.name]).unwrap_or(line);
    let before: Vec<_> = grading.grades[..at].iter().map(|grade| &grade.condition).collect();
    let about = if grade.condition == Condition::Always { before } else { Vec::new() };
    Suspicion {
        code: "grade-out-of-reach",
        line,
        text: String::new(),
        message: String::new(),
        brief: format!("等次“{}”的“{}”", grading.name, grade.name),
        help: "核对分数线；各项最低、最高能到几分，看 zhunsheng show 方案文件 --limits".to_owned(),
        shows: String::new(),
        meaning: match about.is_empty() {
            true => meaning(look.plan, &(&grading.name, &grade.name, &grade.condition, end)),
            false => meaning(look.plan, &(&grading.name, &grade.name, &about, end)),
        },
        claim,
        alone: true,
    }
}

type OfOne = Box<dyn Fn(&UnitOutcome) -> bool + Send + Sync>;

fn not_graded(index: usize, grade: &Grade) -> OfOne {
    let name = grade.name.clone();
    Box::new(move |unit| !unit.grades.iter().any(|it| usize::from(it.grading) == index && it.grade == name))
}

/// Whether a line moves units to a grade, whatever its band.
fn is_moved_to(plan: &Plan, grading: &Grading, at: usize) -> bool {
    let is_last = at + 1 == grading.grades.len();
    let name = &grading.grades[at].name;
    let by_rule = grading.rules.iter().any(|rule| match &rule.change {
        GradeChange::Set(grade) | GradeChange::AtMost(grade) => grade == name,
        GradeChange::Up(_) => !is_last,
        GradeChange::Down(_) => at > 0,
    });
    by_rule
        || effects(plan).any(|effect| match effect {
            Effect::SetGrade { grade, .. } | Effect::GradeAtMost { grade, .. } => grade == name,
            Effect::LowerGrade { .. } => at > 0,
            _ => false,
        })
}

/// The nearer of an end that is written and one that nothing passes.
fn tighter(written: End, reached: Option<Number>, is_low: bool) -> End {
    match (written, reached) {
        (Some((end, _)), Some(reached)) if if is_low { reached > end } else { reached < end } => Some((reached, true)),
        (None, Some(reached)) => Some((reached, true)),
        (written, _) => written,
    }
}

/// Whether bands leave nothing between two ends.
fn covered(low: End, high: End, mut bands: Vec<Ends>) -> bool {
    bands.sort_by_key(|band| band.low.map(|(end, is_in)| (end, !is_in)));
    // The first number that is not known to be covered, and whether it is itself open.
    let mut from = low;
    for band in bands {
        let begins = match (band.low, from) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((begin, begin_in)), Some((open, open_in))) => begin < open || begin == open && (begin_in || !open_in),
        };
        if !begins {
            return false;
        }
        let Some((end, end_in)) = band.high else { return true };
        if from.is_none_or(|(open, open_in)| open < end || open == end && open_in && end_in) {
            from = Some((end, !end_in));
        }
        if high.is_some_and(|(high, high_in)| high < end || high == end && (end_in || !high_in)) {
            return true;
        }
    }
    false
}

/// A comparison that no facts meet.
pub(super) struct Missed<'p> {
    /// The total, or the points of a node.
    of: &'p Expr,
    pub way: Way,
    /// How far facts go that way.
    pub end: Number,
    /// Perhaps not even so far.
    pub loose: bool,
}

impl<'p> Missed<'p> {
    pub fn word(&self) -> &'static str {
        if self.way == Way::Up { "最高" } else { "最低" }
    }

    /// What is compared, in words.
    pub fn said(&self, plan: &Plan) -> String {
        match self.of {
            Expr::Node(id) => format!("“{}”的得分", plan.nodes[id.index()].address),
            Expr::Over { .. } => called(plan, self.of).unwrap_or_else(|| "得分".to_owned()),
            _ => "总分".to_owned(),
        }
    }

    /// Facts that go as far that way as any do, or as far as they are easily found, and whether they go so far; what
    /// must come out besides. That nothing lies beyond is known without them.
    pub fn claim(&self, look: &mut Look<'_>, cycle: Cycle, besides: impl Fn() -> OfOne) -> (Claim, bool) {
        let plan = look.plan;
        let (node, is_other) = match self.of {
            Expr::Node(id) => (Some(*id), plan.nodes[id.index()].cycle != cycle),
            _ => (None, false),
        };
        let month = plan.calendar.last();
        let mut unit = Part::default();
        let mut is_whole = !self.loose && !is_other && !matches!(self.of, Expr::Over { .. });
        for rule in 0..plan.rules.len() {
            is_whole &= push_to(look, month, &mut unit, RuleId(rule as u16), self.way).is_some();
        }
        let claim = |check: Check| {
            let mut claim = Claim::new(plan, month, check);
            claim.units = vec![unit.clone()];
            claim.period = plan.calendar.around(cycle, month).unwrap_or(claim.period);
            with_a_fact(plan, claim)
        };
        let (end, also) = (self.end, besides());
        let value = move |unit: &UnitOutcome| node.map_or(unit.total, |id| node_points(unit, id));
        let exact = claim(Box::new(move |units| value(units[0]) == end && also(units[0])));
        if is_whole && exact.holds_alone(plan, &without_awards(plan.clone())) {
            return (exact, true);
        }
        let also = besides();
        (claim(Box::new(move |units| also(units[0]))), false)
    }
}

/// Who has nothing reported is not assessed: one thing that did not happen.
pub(super) fn with_a_fact(plan: &Plan, claim: Claim) -> Claim {
    match nothing_happened(plan).filter(|_| claim.units.iter().all(|unit| unit.rows.is_empty())) {
        Some((event, none, _)) => claim.row(event, none),
        None => claim,
    }
}

/// A row that says of something that it did not happen.
pub(super) fn nothing_happened(plan: &Plan) -> Option<Row> {
    let is_event = |input: &Input| input.kind == InputKind::Event && input.needs == Needs::default();
    let event = plan.inputs.iter().position(is_event)?;
    Some((InputId(event as u16), Number::ZERO, Vec::new()))
}

/// The first comparison of a condition that lies beyond all totals, or all points of a node.
pub(super) fn missed<'p>(look: &mut Look<'p>, condition: &'p Condition, cycle: Cycle) -> Option<Missed<'p>> {
    let list = match condition {
        Condition::All(list) => list.as_slice(),
        other => std::slice::from_ref(other),
    };
    list.iter().find_map(|part| {
        let Condition::Compare(of, comparison, line) = part else { return None };
        let Expr::Number(line) = **line else { return None };
        let interval: Interval = match &**of {
            Expr::Total => look.bounds.total(cycle),
            Expr::Node(_) => look.bounds.expr(of, cycle, None),
            Expr::Over { expr, .. } if matches!(**expr, Expr::Node(_)) => look.bounds.expr(of, cycle, None),
            // 月数（扣分项得分超过5分）不少于2: in no month.
            Expr::CountPeriods { condition, cycle: inner, .. }
                if *comparison == Comparison::AtLeast && line >= Number::ONE
                    || *comparison == Comparison::Above && !line.is_negative() =>
            {
                return missed(look, condition, *inner);
            }
            _ => return None,
        };
        let (way, is_missed): (Way, fn(Number, Number) -> bool) = match comparison {
            Comparison::AtLeast => (Way::Up, |end, line| end < line),
            Comparison::Above => (Way::Up, |end, line| end <= line),
            Comparison::Below => (Way::Down, |end, line| end >= line),
            Comparison::AtMost => (Way::Down, |end, line| end > line),
            Comparison::Equal | Comparison::NotEqual => return None,
        };
        let end = end_of(interval, way).filter(|end| is_missed(*end, line))?;
        Some(Missed { of, way, end, loose: interval.loose })
    })
}
