//! 按直线插值: what lies between two bands goes evenly from the points of the one to those of the other.

use super::step::shown_number;
use super::{Arm, Draft, Subject, subject_value};
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::{Site, Typed};
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// What a phrase says, until all bands of the line are known.
#[derive(Clone)]
pub(super) struct Between {
    /// 70%至90%; `None` of 其间, all that no band speaks of.
    range: Option<Range>,
    /// 从6分至10分: what the two ends give, where the line says so itself.
    given: Option<(Number, Number)>,
    /// Where it is written.
    at: (usize, usize),
}

/// From one number and its points to another.
struct Stretch {
    low: (Number, Expr),
    high: (Number, Expr),
    verb: Option<Token>,
}

/// Notes a phrase: behind a range, or of all that lies between the bands of the line.
pub(super) fn note(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    (when, range, given): (Option<Condition>, Option<Range>, Option<(Number, Number)>),
    outcome: &Pair<'_, Token>,
) {
    let pair = outcome.child(Token::interpolated).expect("says so");
    let of_all = when.is_none() && given.is_none() && draft.between.iter().all(|other| other.range.is_some());
    if range.is_none() && !of_all {
        let finding = scope
            .at(site.statement, &pair, "unfinished-line", "插值前面没有写是从多少到多少")
            .help("两头都写成数，如：70%至90%的，按直线插值");
        return scope.blame(finding);
    }
    draft.between.push(Between { range, given, at: (pair.as_span().start(), pair.as_span().end()) });
}

/// Makes a band of each stretch between two.
pub(super) fn fill(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, subject: &Subject) {
    let asked = std::mem::take(&mut draft.between);
    let Some(last) = asked.last() else { return };
    let value = subject_value(scope, subject);
    let stretches = match subject {
        Subject::Event(_) => Err((
            "indicator-without-unit",
            format!("插值要按报的数算，“{}”却没有写量词", site.statement.label()),
            format!("在名称后面写上量词，如：{}（%）：…", site.statement.label()),
        )),
        Subject::Value(_) => {
            let each = asked.iter().map(|asked| stretches(draft, &value.kind, asked));
            each.collect::<Result<Vec<_>, Told>>().map(|all| all.into_iter().flatten().collect::<Vec<Stretch>>())
        }
    };
    let checked = stretches.and_then(|stretches| match nothing_beyond(scope, draft, &value, &stretches) {
        Some((message, help)) => Err(("unfinished-line", message, help)),
        None => Ok(stretches),
    });
    match checked {
        Ok(stretches) => {
            draft.gains |= asked.iter().any(|asked| asked.given.is_some());
            draft.flat = true;
            for stretch in stretches {
                let arm = arm(draft, &value.expr, stretch);
                draft.ranges.extend(arm.range.clone());
                draft.arms.push(arm);
            }
        }
        Err((code, message, help)) => {
            let finding = scope.at(site.statement, &find(site, last), code, message).help(help);
            scope.blame(finding);
        }
    }
}

/// The band of a stretch: an end that another band holds belongs to that one.
fn arm(draft: &Draft, value: &Expr, Stretch { low: (low, from), high: (high, to), verb }: Stretch) -> Arm {
    let holds = |end: Number| known(draft).any(|(_, ends)| ends.holds(end));
    let ends = Ends { low: Some((low, !holds(low))), high: Some((high, !holds(high))) };
    let condition = Condition::All(ends.conditions(value));
    let end = |end: End| end.map(|(number, is_in)| (Expr::Number(number), is_in));
    let range = Range { condition: condition.clone(), low: end(ends.low), high: end(ends.high) };
    let rise = match (&from, &to) {
        (Expr::Number(from), Expr::Number(to)) => to.minus(*from).map(Expr::Number).unwrap_or(zero()),
        _ => Expr::Subtract(Box::new([to, from.clone()])),
    };
    let run = high.minus(low).map(Expr::Number).unwrap_or(zero());
    let beyond = Expr::Subtract(Box::new([value.clone(), Expr::Number(low)]));
    let more = Expr::Divide(Box::new([Expr::Multiply(Box::new([beyond, rise])), run]));
    Arm { range: Some(range), ..Arm::flat(condition, Expr::Add(Box::new([from, more])), verb) }
}

type Told = (&'static str, String, String);

/// What a phrase speaks of, with the points at the ends.
fn stretches(draft: &Draft, kind: &Type, asked: &Between) -> Result<Vec<Stretch>, Told> {
    let unfinished = |message: &str, help: &str| ("unfinished-line", message.to_owned(), help.to_owned());
    let ends = match asked.range.as_ref().map(Range::ends) {
        Some(Some(Ends { low: Some((low, _)), high: Some((high, _)) })) => vec![(low, high)],
        Some(_) => {
            return Err(unfinished("插值前面没有写是从多少到多少", "两头都写成数，如：70%至90%的，按直线插值"));
        }
        None => gaps(draft),
    };
    if ends.is_empty() {
        return Err(unfinished("前面没有隔开的两档，不知道插在哪里", "写明两头，如：70%至90%的，按直线插值"));
    }
    let stretch = |(low, high): (Number, Number)| {
        let own = |points: Number| Some((Expr::Number(points), Some(Token::GAIN)));
        let at = |end: Number, given: Option<Number>| given.map_or_else(|| points_at(draft, end), own);
        let (from, to) = (at(low, asked.given.map(|(from, _)| from)), at(high, asked.given.map(|(_, to)| to)));
        match (from, to) {
            (Some((from, verb)), Some((to, other))) => {
                Ok(Stretch { low: (low, from), high: (high, to), verb: verb.or(other) })
            }
            (from, _) => {
                let missing = shown_number(if from.is_none() { low } else { high }, kind);
                let (low, high) = (shown_number(low, kind), shown_number(high, kind));
                let help =
                    format!("补上两头的一档；或写在一起（“几”换成原文的数）：{low}至{high}的，从几分至几分按直线插值");
                Err(("unfinished-line", format!("正好{missing}得几分没有写，插值算不出来"), help))
            }
        }
    };
    ends.into_iter().map(stretch).collect()
}

/// 70%得6分，90%得10分，其间按直线插值, and nothing of 95%: what does better would have nothing.
fn nothing_beyond(scope: &Scope<'_>, draft: &Draft, value: &Typed, stretches: &[Stretch]) -> Option<(String, String)> {
    let range = match &value.expr {
        Expr::Input { input, .. } => scope.plan.inputs[input.index()].range,
        _ => (None, None),
    };
    let all = || known(draft).map(|(_, ends)| ends);
    let others =
        |is_beyond: &dyn Fn(Number) -> bool| stretches.iter().any(|it| is_beyond(it.low.0) || is_beyond(it.high.0));
    let open = |stretch: &Stretch| {
        let ((low, from), (high, to)) = (&stretch.low, &stretch.high);
        let is_below = all().any(|ends| ends.low.is_none_or(|(end, _)| end < *low)) || others(&|end| end < *low);
        let is_above = all().any(|ends| ends.high.is_none_or(|(end, _)| end > *high)) || others(&|end| end > *high);
        if !is_below && *from != zero() && range.0.map(Number::from) != Some(*low) {
            return Some(("低于", "以下", *low));
        }
        (!is_above && *to != zero() && range.1.map(Number::from) != Some(*high)).then_some(("超过", "以上", *high))
    };
    let (beyond, band, end) = stretches.iter().filter(|_| draft.otherwise.is_none()).find_map(open)?;
    let end = shown_number(end, &value.kind);
    let help = format!("写成：{end}{band}得几分（“几”换成原文的数）；确实不得分的，写：{beyond}{end}的，不得分");
    Some((format!("{beyond}{end}的没有写得几分，这样就是0分"), help))
}

/// The bands with numbers at their ends.
fn known(draft: &Draft) -> impl Iterator<Item = (&Arm, Ends)> {
    draft.arms.iter().filter_map(|arm| Some((arm, arm.range.as_ref()?.ends()?)))
}

/// What the band gives throughout that holds a number, or else that ends just before it.
fn points_at(draft: &Draft, at: Number) -> Option<(Expr, Option<Token>)> {
    let touches = |ends: &Ends| [ends.low, ends.high].into_iter().flatten().any(|(end, _)| end == at);
    let found = known(draft).find(|(_, ends)| ends.holds(at)).or_else(|| known(draft).find(|(_, ends)| touches(ends)));
    let (arm, _) = found.filter(|(arm, _)| arm.steps.is_none())?;
    Some((arm.points.clone(), arm.verb))
}

/// Between one band and the next.
fn gaps(draft: &Draft) -> Vec<(Number, Number)> {
    let mut bands: Vec<Ends> = known(draft).map(|(_, ends)| ends).collect();
    bands.sort_by_key(|ends| ends.low.map(|(low, _)| low));
    let gap = |pair: &[Ends]| match (pair[0].high, pair[1].low) {
        (Some((high, _)), Some((low, _))) if high < low => Some((high, low)),
        _ => None,
    };
    bands.windows(2).filter_map(gap).collect()
}

/// Where it is written.
fn find<'a>(site: Site<'_, 'a>, asked: &Between) -> Pair<'a, Token> {
    let all = site.statement.pair.clone().into_inner().flatten();
    let mut here = all.filter(|pair| (pair.as_span().start(), pair.as_span().end()) == asked.at);
    here.find(|pair| pair.as_rule() == Token::interpolated).expect("written in the line")
}
