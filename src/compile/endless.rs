//! Points that may be a fraction without end, and no 保留 on their way to the total.

use rustc_hash::FxHashMap;

use super::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// Points that may not come out even, and no 保留 on their way to the total: a fraction nobody would publish.
pub fn require_digits(scope: &mut Scope<'_>) {
    if !scope.is_sound() {
        return;
    }
    let rounds = |node: &Node| node.steps.iter().any(|step| matches!(step, Step::Round { .. }));
    let is_rounded = |mut node: NodeId| loop {
        let here = &scope.plan.nodes[node.index()];
        if rounds(here) {
            return true;
        }
        match here.parent {
            Some(parent) => node = parent,
            None => return false,
        }
    };
    let mut known = FxHashMap::default();
    let mut inside: Vec<usize> = scope
        .plan
        .rules
        .iter()
        .filter(|rule| may_not_end(&scope.plan, &rule.points, &mut known) && !is_rounded(rule.node))
        .map(|rule| rule.line as usize)
        .collect();
    let mut alone: Vec<usize> = Vec::new();
    for (cycle, expr) in &scope.plan.rollups {
        if may_not_end(&scope.plan, expr, &mut known) {
            alone.extend(scope.roll_up_lines.iter().filter(|(of, _)| of == cycle).map(|(_, line)| *line));
        }
    }
    let mut shared = Vec::new();
    // Shares of weights, a mean of parts, a factor that is a quotient: nothing of it shows in a line's own points.
    for (index, node) in scope.plan.nodes.iter().enumerate() {
        let may_not_come_out_even = may_share_unevenly(&scope.plan, node)
            || node.steps.iter().any(|step| match step {
                Step::Multiply(factor) | Step::MultiplyWhen { factor, .. } => {
                    may_not_end(&scope.plan, factor, &mut known)
                }
                _ => false,
            });
        // What each of its cycles is kept to is not what their mean is kept to, where more is done behind it.
        let is_kept = node.kept_places().is_some() || node.parent.is_some_and(is_rounded);
        if may_not_come_out_even && !is_rounded(NodeId(index as u16))
            || is_a_mean_of_many(&scope.plan, node) && !is_kept
        {
            shared.push(node.line.max(1) as usize);
        }
    }
    for award in &scope.plan.awards {
        if award.money.as_ref().is_some_and(|money| may_not_end(&scope.plan, money, &mut known)) {
            alone.push(award.line as usize);
        }
    }
    inside.sort_unstable();
    inside.dedup();
    alone.dedup();
    let here = "在后面加上：，保留2位小数，四舍五入";
    let around = format!("{here}；或在所在的条目、板块里加一行：保留2位小数，四舍五入");
    let lines =
        inside.into_iter().map(|line| (line, around.as_str())).chain(alone.into_iter().map(|line| (line, here)));
    for (line, help) in lines {
        let finding = scope.at_line(line, "missing-convention", "这里可能除不尽，没有写保留几位小数").help(help);
        scope.report(finding);
    }
    for line in shared {
        let finding = scope
            .at_line(line, "missing-convention", "各部分合成时可能除不尽，没有写保留几位小数")
            .help("在它下面加一行：保留2位小数，四舍五入");
        scope.report(finding);
    }
}

/// 考评周期 每季度，各季度平均: of three periods, where nothing was reported for one of the four.
fn is_a_mean_of_many(plan: &Plan, node: &Node) -> bool {
    let Some(parent) = node.parent else { return false };
    let (calendar, around) = (&plan.calendar, plan.nodes[parent.index()].cycle);
    let is_mean = node.landing.aggregate() == Aggregate::Mean && node.cycle < around;
    is_mean && calendar.each(around).any(|period| calendar.within(period, node.cycle).count() > 2)
}

/// Whether the shares that a node's parts have of it may be fractions without end, whichever of them are not assessed.
fn may_share_unevenly(plan: &Plan, node: &Node) -> bool {
    let is_even = |part: Number, whole: Number| {
        whole.is_zero() || part.divided_by(whole).is_ok_and(|share| share.decimal().is_some())
    };
    let (doubtful, certain): (Vec<NodeId>, Vec<NodeId>) =
        node.children.iter().copied().partition(|child| !is_always_assessed(plan, *child));
    match node.combine {
        Combine::Sum | Combine::Best { .. } | Combine::Weighted { renormalize: false } => false,
        Combine::Mean => {
            (certain.len().max(1)..=node.children.len()).any(|count| !is_even(Number::ONE, Number::whole(count as i64)))
        }
        Combine::Weighted { renormalize: true } => {
            let weight = |child: &NodeId| match &plan.nodes[child.index()].weight {
                Some(Expr::Number(weight)) => Some(*weight),
                _ => None,
            };
            let weights = |parts: &[NodeId]| parts.iter().map(weight).collect::<Option<Vec<Number>>>();
            let (Some(doubtful), Some(certain)) = (weights(&doubtful), weights(&certain)) else { return true };
            // Each part in doubt is there or not; of many, some sum is uneven anyway.
            doubtful.len() > 8
                || (0..1usize << doubtful.len()).any(|chosen| {
                    let there =
                        doubtful.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, part)| part);
                    let parts: Vec<Number> = certain.iter().chain(there).copied().collect();
                    let whole = parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(*part));
                    whole.is_ok_and(|whole| parts.iter().any(|part| !is_even(*part, whole)))
                })
        }
    }
}

/// Whether a node is assessed whatever is reported: it holds for every unit, and nothing in it can be not applicable.
fn is_always_assessed(plan: &Plan, id: NodeId) -> bool {
    let node = &plan.nodes[id.index()];
    node.applies == Condition::Always
        && node.rules.iter().all(|rule| plan.rules[rule.index()].basis != Basis::Period)
        && node.children.iter().all(|child| is_always_assessed(plan, *child))
}

/// Whether a value may be a fraction without end: a quotient or a mean that nothing rounds. `known` remembers measures.
fn may_not_end(plan: &Plan, expr: &Expr, known: &mut FxHashMap<MeasureId, bool>) -> bool {
    if let Expr::Measure(id) = expr {
        // A measure of measures ends somewhere: circles were refused before.
        if let Some(known) = known.get(id) {
            return *known;
        }
        let endless = may_not_end(plan, &plan.measures[id.index()].expr, known);
        known.insert(*id, endless);
        return endless;
    }
    let mut again = |inner: &Expr| may_not_end(plan, inner, known);
    match expr {
        Expr::Divide(pair) => match &pair[1] {
            Expr::Number(number) => {
                Number::ONE.divided_by(*number).is_ok_and(|part| part.decimal().is_none()) || again(&pair[0])
            }
            _ => true,
        },
        Expr::Over { aggregate, expr, .. } => *aggregate == Aggregate::Mean || again(expr),
        Expr::Rows(rows) => rows.aggregate == Aggregate::Mean || again(&rows.value),
        Expr::Of(aggregate, list) => *aggregate == Aggregate::Mean || list.iter().any(&mut again),
        Expr::Input { collect, .. } => *collect == Aggregate::Mean,
        Expr::Peer(id) => match plan.peers[id.index()].kind {
            PeerKind::Mean | PeerKind::Median | PeerKind::MeanOfBest(_) | PeerKind::Deviation => true,
            PeerKind::Rank { .. } | PeerKind::Count => false,
            PeerKind::Greatest | PeerKind::Least | PeerKind::Sum => again(&plan.peers[id.index()].expr),
        },
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) => again(&pair[0]) || again(&pair[1]),
        Expr::Negate(inner) | Expr::Absolute(inner) => again(inner),
        Expr::Root(_) => true,
        Expr::Case { arms, otherwise } => arms.iter().any(|(_, value)| again(value)) || again(otherwise),
        Expr::Assessed { expr, otherwise } => again(expr) || again(otherwise),
        Expr::Steps { amount, step, part } => {
            *part == Part::Proportional
                && (again(amount)
                    || match &**step {
                        Expr::Number(step) => Number::ONE.divided_by(*step).is_ok_and(|part| part.decimal().is_none()),
                        _ => true,
                    })
        }
        _ => false,
    }
}
