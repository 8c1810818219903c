//! A draft becomes a rule: its basis, its points, its limits.

use super::bands::{by_case, check_bands, none_costs_nothing};
use super::beyond::left_whole;
use super::combine::{
    deduct_from_full, each_off_the_best, no_rows_in_totals, nothing_behind, nothing_left, part_amid,
    parts_of_the_first, steps_in_bands, taken_together,
};
use super::contradiction::{self, judged_and_fixed, streak_behind_bands, swallowed, within_full};
use super::limit::never_reached;
use super::ordinal::escalate;
use super::rest::rest_of_the_late;
use super::step::{by_quantity, times};
use super::table::from_table;
use super::veto::veto_effect;
use super::{
    Arm, Draft, Subject, Table, at_odds, covered, figures, interpolate, own_standard, subject_value, unreached,
};
use crate::compile::declare::zero;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::compile::shorter::{refuse_totals, shorter_cycle};
use crate::parse::first_of_all;
use crate::plan::*;
use crate::syntax::Rule as Token;
use crate::value::Number;

pub(super) fn uses_row(condition: &Condition) -> bool {
    condition.any_expr(|expr| matches!(expr, Expr::Row(_)))
}

/// The rule that a line's phrases make; a lookup comes back to take its rows.
pub(super) fn finish(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    name: &str,
    subject: Subject,
    mut draft: Draft,
) -> Option<Table> {
    let line = site.statement.line.number;
    // 每2次扣1分，6次以上扣5分: what holds always holds where nothing else does.
    draft.arms.sort_by_key(|arm| arm.when == Condition::Always);
    parts_of_the_first(scope, site, &mut draft);
    nothing_behind(scope, &mut draft);
    interpolate::fill(scope, site, &mut draft, &subject);
    let (cases, told) = (by_case(&draft), scope.findings.len());
    for draft in std::iter::once(&draft).chain(&cases) {
        if scope.findings.len() == told {
            check_bands(scope, line, draft, &subject);
        }
    }
    none_costs_nothing(scope, &mut draft, &subject);
    contradiction::ask(scope, site, &draft, &subject);
    covered::ask(scope, site, &draft, &subject);
    for case in &cases {
        covered::ask_of_case(scope, site, case, &subject);
    }
    unreached::ask(scope, site, &draft, &subject);
    met_at_all(scope, line, &subject, &mut draft);
    veto_effect(scope, line, &mut draft);
    escalate(scope, site, &subject, &mut draft);
    // 情节为严重的另扣5分, and nothing else in the line for it to come on top of.
    if draft.plain.is_none() && draft.arms.is_empty() && draft.table.is_none() && !draft.extras.is_empty() {
        draft.flat |= draft.judged.is_none();
        draft.arms = draft.extras.drain(..).map(|(when, points)| Arm::flat(when, points, None)).collect();
    }
    if !draft.parts.is_empty() {
        left_whole(&mut draft, &subject_value(scope, &subject).expr);
    }
    judged_and_fixed(scope, line, &draft);
    let has_points = draft.plain.is_some() || !draft.arms.is_empty() || draft.table.is_some();
    if !has_points && draft.effects.is_empty() && draft.row_rules.is_empty() {
        if !matches!(subject, Subject::Value(_)) {
            let finding = scope.at_line(line, "line-without-points", "这一行没有写扣几分、加几分，也没有写后果");
            scope.report(finding.help("写成：缺项：每项扣1分；或 泄密：一票否决，年终排名末位"));
        } else if !draft.limits.is_empty() {
            only_limited(scope, site, name);
        }
        return None;
    }
    if figures::under_a_label(scope, site, (name, &subject), &draft) {
        return None;
    }
    own_standard::behind_all(scope, site, &subject, &draft);
    part_amid(scope, site, &draft);
    swallowed(scope, site, &draft);
    streak_behind_bands(scope, site, &draft);
    steps_in_bands(&mut draft);
    deduct_from_full(scope, site, &subject, &mut draft);
    each_off_the_best(scope, site, &subject, &mut draft);
    let no_marks = draft.no_marks.clone();
    nothing_left(scope, site, &mut draft);
    if draft.on_total && matches!(subject, Subject::Event(_)) {
        taken_together(scope, site, &subject, &mut draft);
    }
    rest_of_the_late(&mut draft, name);
    beside_a_table(scope, line, &mut draft);
    let own = scope.plan.nodes[site.node.index()].cycle;
    // 每月扣5分 in an item by the year: the first of each month.
    if let Some(once) = draft.once.filter(|once| *once < own && matches!(subject, Subject::Event(_))) {
        draft.most_times = Some((1, once));
        draft.once = None;
    }
    let by_row = matches!(&subject, Subject::Event(_) if is_by_row(&draft));
    // 3次以上扣5分 of all of them together is five points however many there are.
    if by_row && draft.per_row && !draft.on_total {
        every_time(scope, site, &mut draft);
    }
    let points = points_of_all(scope, &subject, &mut draft);
    let (basis, mut points) = basis_of(scope, line, &subject, &draft, by_row, points);
    if draft.on_total && matches!(subject, Subject::Event(_)) {
        no_rows_in_totals(scope, line, &draft, &points);
    }
    limit_across_months(scope, line, &draft, &points);
    if let Some(said) = shorter_cycle(&draft.limits, draft.most_times, own)
        && (basis == Basis::Period && matches!(subject, Subject::Event(_)) || draft.valid_months.is_some())
    {
        refuse_totals(scope, line, own, said);
    }
    // 每件最多加8分: two of them in a row have twice as much; so have two papers that are late.
    let by_piece = draft.by_piece_limit || draft.late_days.is_some();
    if by_piece && draft.judged.is_none() && matches!(basis, Basis::Row(_)) {
        never_reached(scope, site, &draft, &points);
        for limit in draft.limits.iter_mut().filter(|limit| limit.per == LimitPer::Row) {
            limit.most = Expr::Multiply(Box::new([limit.most.clone(), Expr::Row(RowField::Quantity)]));
        }
    }
    for factor in std::mem::take(&mut draft.factors) {
        points = times(factor, points);
    }
    if let Some(least) = draft.least {
        // What is not assessed has nothing left either.
        let lacks = Condition::Not(Box::new(Condition::IsAssessed(Box::new(points.clone()))));
        let at_least = |points: Expr| Expr::Of(Aggregate::Greatest, vec![points, Expr::Number(least)]);
        let left = match points {
            // 当 增幅低于0%，不得分；第1名得10分，每降1名扣0.5分，最低得3分: whoever earns nothing is left with nothing.
            Expr::Case { arms, otherwise } if !no_marks.is_empty() => {
                let arm = |(when, points): (Condition, Expr)| match no_marks.contains(&when) {
                    true => (when, points),
                    false => (when, at_least(points)),
                };
                Expr::Case { arms: arms.into_iter().map(arm).collect(), otherwise: Box::new(at_least(*otherwise)) }
            }
            points => at_least(points),
        };
        points = Expr::Case { arms: vec![(lacks, Expr::NotAssessed)], otherwise: Box::new(left) };
    }
    if let Some((places, rounding)) = draft.keep {
        points = Expr::Round { expr: Box::new(points), places, rounding };
    }
    add_rule(scope, site, name, &subject, draft, (basis, points))
}

/// 收入（万元）：最高得5分: so many at most of what? The first of all units may be meant.
fn only_limited(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str) {
    let line = scope.line_text(site.statement);
    let body = line.split_once(['：', ':']).map_or("", |(_, body)| body.trim());
    let message = format!("“{body}”只限了最多几分，没有写怎样得分、扣分");
    let mut help = format!("限额前面写上怎样计分，如：{name}：每几（单位）得几分，{body}");
    let (head, plain) = site.statement.line.plain.text.split_once(':').unwrap_or_default();
    for end in ["最高", "最多"] {
        let given = plain.trim().strip_prefix(end).filter(|given| given.starts_with(['得', '加']));
        let first = given.and_then(|given| first_of_all(&format!("{head}:{end}的{given}")));
        if let (Some(given), Some((_, first))) = (given, first) {
            help += &format!("\n各单位里{end}的才{given}的，{first}");
        }
    }
    let finding = scope.at_line(site.statement.line.number, "line-without-points", message).help(help);
    scope.blame(finding);
}

/// 亡人事故（起）：一票否决, and nothing of how many: of a number that is counted, one is enough.
fn met_at_all(scope: &mut Scope<'_>, line: usize, subject: &Subject, draft: &mut Draft) {
    let Subject::Value(value) = subject else { return };
    let has_points =
        draft.plain.as_ref().is_some_and(|points| *points != zero()) || draft.table.is_some() || draft.judged.is_some();
    if has_points || !draft.arms.is_empty() || !draft.extras.is_empty() || !draft.row_rules.is_empty() {
        return;
    }
    let effects = draft.effects.iter_mut().map(|effect| &mut effect.when);
    let whens = effects.chain(draft.vetoes.iter_mut().map(|(when, _)| when)).chain(&mut draft.no_marks);
    let mut whens = whens.filter(|when| **when == Condition::Always).peekable();
    if whens.peek().is_none() {
        return;
    }
    if matches!(value.kind, Type::Count(_) | Type::Days) {
        let any = Condition::Compare(Box::new(value.expr.clone()), Comparison::Above, Box::new(zero()));
        whens.for_each(|when| *when = any.clone());
        return;
    }
    let finding = scope.at_line(line, "unfinished-line", "没有写这个数是多少的时候");
    scope.report(finding.help("在后果前面写上条件，如：低于80%，取消评先资格"));
}

/// The rule itself, and what others have to know of it.
fn add_rule(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    name: &str,
    subject: &Subject,
    mut draft: Draft,
    (basis, mut points): (Basis, Expr),
) -> Option<Table> {
    let line = site.statement.line.number;
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    if let Subject::Event(input) = subject {
        let plain_rows = draft.row_rules.is_empty()
            && draft.same_matter.is_none()
            && draft.most_times.is_none()
            && draft.refund.is_none();
        let input = &mut scope.plan.inputs[input.index()];
        input.additive &= plain_rows;
        input.needs.matter |= draft.same_matter.is_some();
        input.needs.occurred |= draft.same_matter.is_some_and(|same| same.by_day);
    }
    // 全年最多加12分，每月最多加6分: what a month does not grant takes nothing from the year.
    draft.limits.sort_by_key(|limit| match limit.per {
        LimitPer::Row => None,
        LimitPer::Person => Some(cycle),
        LimitPer::Cycle(per) => Some(per),
    });
    // 情节为严重的加倍，来源为媒体的不计: what does not count is not doubled either.
    draft.row_rules.sort_by_key(|rule| rule.factor.is_some());
    let id = RuleId(scope.plan.rules.len() as u16);
    let row_basis = matches!(basis, Basis::Row(_));
    let text = scope.line_text(site.statement);
    let rule_cycle = draft.once.filter(|once| *once > cycle).unwrap_or(cycle);
    if let (Some(once), false) = (draft.once, row_basis) {
        // 每次扣2分，每月只计1次 is one time's worth; 每季度扣6分 is 6 points, however many times a row speaks of.
        if !draft.per_row && once != cycle {
            points = by_quantity(points);
        }
        if draft.per_row || once != cycle {
            draft.most_times = Some((1, rule_cycle));
        }
    }
    scope.plan.rules.push(Rule {
        node: site.node,
        label: name.to_owned(),
        text,
        line: line as u32,
        cycle,
        basis,
        points,
        row_rules: draft.row_rules,
        limits: draft.limits,
        most_times: draft.most_times,
        same_matter: draft.same_matter,
        refund: draft.refund,
        valid_months: draft.valid_months,
        effects: draft.effects,
        in_force: None,
    });
    scope.plan.nodes[site.node.index()].rules.push(id);
    at_odds::limits(scope, id);
    if draft.gains {
        scope.gains.insert(id);
    }
    scope.nets.extend(draft.nets.into_iter().map(|said| (id, said)));
    // 每增加50加0.5分，最高得10分 of 10 marks never comes above them.
    if draft.adds && !(draft.gains && within_full(scope, id)) {
        scope.adds.insert(id);
    }
    draft.table.map(|(keys, sign)| Table {
        rule: id,
        keys,
        sign,
        columns: None,
        arms: Vec::new(),
        otherwise: None,
        // 查表扣分，情节为严重的扣9分: the line as a whole is of as many as there are.
        by_row: row_basis && (draft.per_row || !draft.flat),
        refused: draft.refused,
    })
}

/// 查表扣分，情节为严重的扣9分: what the table gives is what holds where no condition does.
fn beside_a_table(scope: &mut Scope<'_>, line: usize, draft: &mut Draft) {
    let looked_up = draft.table.as_ref().is_some_and(|(_, sign)| *sign != 0);
    if looked_up && draft.plain.is_some() {
        let finding = scope
            .at_line(line, "two-outcomes", "这一行查表，又写了分数，说不清是哪一个，还是都算")
            .help("都算的写“另扣”“另加”；有条件的在分数前写明条件");
        scope.report(finding);
    }
    if looked_up && (!draft.arms.is_empty() || !draft.extras.is_empty()) {
        draft.plain = Some(from_table());
        draft.flat = true;
    }
}

/// Whether each row is taken by itself, as far as the draft says so.
pub(super) fn is_by_row(draft: &Draft) -> bool {
    draft.per_row
        || draft.by_row_limit
        || draft.extras.iter().any(|(condition, _)| uses_row(condition))
        || draft.judged.is_some()
        || draft.table.is_some()
        || !draft.row_rules.is_empty()
        || draft.same_matter.is_some()
        || draft.most_times.is_some()
        || draft.refund.is_some()
        || !draft.factors.is_empty()
        || draft.valid_months.is_some() && draft.once.is_none()
}

/// 每次扣1分，后果为严重的扣2分, where every time counts: 3次 in a row are 6分, as in three rows; so is 另扣2分. Where a line
/// without 每 counts once, 扣1分，级别为国家级的每次扣5分 does not say what it is.
fn every_time(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft) {
    let every = scope.conventions.flat_every_time == Some(true);
    let is_flat = |points: &Expr| matches!(points, Expr::Number(flat) if !flat.is_zero());
    let says_how_often = says_how_often(draft);
    // 每月扣5分，级别为国家级的每次另扣1分 says how often the five are.
    let of_all = draft.plain.as_mut().filter(|plain| is_flat(plain) && draft.once.is_none());
    let mut flat: Vec<&mut Expr> = Vec::new();
    if let Some(plain) = of_all {
        if !every && !says_how_often {
            return once_or_each(scope, site, draft.plain_at);
        }
        flat.push(plain);
    }
    let counts_each = |arm: &Arm| arm.points.any(|part| *part == Expr::Row(RowField::Quantity));
    // 级别为国家的每次扣5分，级别为省的扣3分: two in one row cost ten of the first, and three of the second.
    let is_mixed = draft.arms.iter().any(|arm| is_flat(&arm.points)) && draft.arms.iter().any(counts_each);
    if is_mixed
        && !every
        && !says_how_often
        && let Some(said) = flat_case(site)
    {
        return once_or_each(scope, site, said);
    }
    if every && all_people_or_each(scope, site) {
        return;
    }
    if every {
        flat.extend(draft.arms.iter_mut().map(|arm| &mut arm.points));
        flat.extend(draft.extras.iter_mut().map(|(_, points)| points));
        flat.extend(&mut draft.otherwise);
    }
    for points in flat.into_iter().filter(|points| is_flat(points)) {
        *points = times(points.clone(), Expr::Row(RowField::Quantity));
    }
}

/// Where a case gives points without 每.
fn flat_case(site: Site<'_, '_>) -> Option<(usize, usize)> {
    let phrases = site.statement.body().children(Token::phrase).into_iter();
    let cases = phrases.filter(|phrase| phrase.has(Token::condition) && !phrase.has(Token::per));
    let mut outcomes = cases.filter_map(|case| case.child(Token::outcome));
    let outcome = outcomes.find(|outcome| super::verb_of(outcome).is_some() && !outcome.has(Token::ALSO))?;
    Some((outcome.as_span().start(), outcome.as_span().end()))
}

/// 每人扣2分，规模为较大的扣10分, where every time counts: a row is one time, and of so many people.
fn all_people_or_each(scope: &mut Scope<'_>, site: Site<'_, '_>) -> bool {
    let counts_people = |input: InputId| scope.plan.inputs[input.index()].quantity == Type::Count("人".to_owned());
    if !scope.in_row.is_some_and(counts_people) {
        return false;
    }
    let phrases = site.statement.body().children(Token::phrase).into_iter();
    let cases = phrases.filter(|phrase| phrase.has(Token::condition) && !phrase.has(Token::per));
    let mut outcomes = cases.filter_map(|case| case.child(Token::outcome));
    let Some(outcome) = outcomes.find(|outcome| super::verb_of(outcome).is_some() && !outcome.has(Token::ALSO)) else {
        return false;
    };
    let gives = scope.original(site.statement, &outcome);
    let message = format!("数量报的是人，“{gives}”没有写“每”，说不清是每人都算，还是几人一起只算一次");
    let help = format!(
        "每人都算的，写成：{}\n几人一起只算一次的，这一种单写一行，另立一个情形：每起{gives}",
        scope.line_with(site.statement, &outcome, &format!("每人{gives}"))
    );
    let finding = scope.at(site.statement, &outcome, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}

/// 扣1分，级别为国家级的每次扣5分: whether the one point is of each of them too.
fn once_or_each(scope: &mut Scope<'_>, site: Site<'_, '_>, said: (usize, usize)) {
    let line = site.statement.line.number;
    if scope.conventions.flat_every_time.is_none() {
        return scope.missing_each(line);
    }
    let (code, source) = (&site.statement.code, &scope.source.text);
    let text = |from: usize, to: usize| source[code.span(from..to)].trim().to_owned();
    let (gives, whole) = (text(said.0, said.1), code.text.len());
    let help = format!(
        "每次都算的，写成：{}每次{gives}{}\n一共只算一次的，分成两行写，各用一个情形",
        text(0, said.0),
        text(said.1, whole)
    );
    let message = format!("“{gives}”没有写“每”，句里别的分数一次一次地算，说不清它是每次都算，还是一共只算一次");
    let finding = scope.at_line(line, "missing-convention", message).help(help);
    scope.report(finding);
}

/// 最多计2次, 同一事项只计一次, 每人最多扣3分: the line itself says which of several count.
fn says_how_often(draft: &Draft) -> bool {
    draft.most_times.is_some()
        || draft.same_matter.is_some()
        || draft.valid_months.is_some()
        || draft.by_row_limit
        || draft.table.is_some()
}

/// The points of all phrases together.
fn points_of_all(scope: &Scope<'_>, subject: &Subject, draft: &mut Draft) -> Expr {
    let plain = draft.plain.take();
    let bounds_that_may_lack = bounds_that_may_lack(&scope.plan, &draft.arms);
    let mut points = match (plain, draft.arms.is_empty()) {
        (Some(plain), true) => plain,
        (plain, false) => {
            let mut arms: Vec<(Condition, Expr)> =
                std::mem::take(&mut draft.arms).into_iter().map(|arm| (arm.when, arm.points)).collect();
            if let Subject::Value(value) = subject {
                // What is not assessed lies in no band, and is not outside all of them either; nor is what is compared
                // with it: 不低于上年同期占比（没有的，不作考评）.
                let of = std::iter::once(value.expr.clone()).chain(bounds_that_may_lack);
                let lacks = of.map(|of| Condition::Not(Box::new(Condition::IsAssessed(Box::new(of)))));
                arms.splice(0..0, lacks.map(|lacks| (lacks, Expr::NotAssessed)).collect::<Vec<_>>());
            }
            let otherwise = draft.otherwise.take().or(plain).unwrap_or_else(zero);
            Expr::Case { arms, otherwise: Box::new(otherwise) }
        }
        (None, true) => match &draft.table {
            Some((_, 0)) => Expr::Number(Number::ONE),
            Some(_) => from_table(),
            None => zero(),
        },
    };
    for (when, extra) in std::mem::take(&mut draft.extras) {
        let extra = match when {
            Condition::Always => extra,
            when => Expr::Case { arms: vec![(when, extra)], otherwise: Box::new(zero()) },
        };
        points = Expr::Add(Box::new([points, extra]));
    }
    if let Some(otherwise) = draft.zero_divisor.take().or_else(|| scope.conventions.zero_divisor.clone()) {
        points = crate::compile::node::guard_division(points, &otherwise);
    }
    points
}

/// What bands are told by that may be not assessed itself.
fn bounds_that_may_lack(plan: &Plan, arms: &[Arm]) -> Vec<Expr> {
    let mut bounds: Vec<Expr> = Vec::new();
    for range in arms.iter().filter_map(|arm| arm.range.as_ref()) {
        for (bound, _) in range.low.iter().chain(&range.high) {
            if !bounds.contains(bound) && may_lack(plan, bound, 0) {
                bounds.push(bound.clone());
            }
        }
    }
    bounds
}

/// Whether there is 不作考评 in it: of what is not there, or of a divisor of zero.
fn may_lack(plan: &Plan, expr: &Expr, depth: u8) -> bool {
    expr.any(|inner| match inner {
        Expr::NotAssessed => true,
        Expr::Measure(id) => depth < 16 && may_lack(plan, &plan.measures[id.index()].expr, depth + 1),
        _ => false,
    })
}

/// Of what there are points: each row, whether it happened at all, or the period.
fn basis_of(
    scope: &mut Scope<'_>,
    line: usize,
    subject: &Subject,
    draft: &Draft,
    by_row: bool,
    mut points: Expr,
) -> (Basis, Expr) {
    let basis = match subject {
        Subject::Value(_) => Basis::Period,
        Subject::Event(_) if draft.on_total => Basis::Period,
        Subject::Event(input) => {
            let conditional_row =
                matches!(&points, Expr::Case { arms, .. } if arms.iter().any(|(condition, _)| uses_row(condition)));
            let by_row = by_row || conditional_row;
            let flat = draft.flat && draft.judged.is_none() && !draft.per_row;
            if draft.once.is_some() || !by_row && (!draft.flat || points == zero()) {
                Basis::Once(*input)
            } else if by_row && !flat {
                Basis::Row(*input)
            } else if by_row && says_how_often(draft) {
                points = by_quantity(points);
                Basis::Row(*input)
            } else {
                // 扣1分，情节为严重的加倍 is without 每 as 扣1分 is.
                match scope.conventions.flat_every_time {
                    Some(true) => {
                        points = by_quantity(points);
                        Basis::Row(*input)
                    }
                    Some(false) => Basis::Once(*input),
                    None => {
                        scope.missing_each(line);
                        Basis::Once(*input)
                    }
                }
            }
        }
    };
    (basis, points)
}

/// 按日累计，每起最多扣5分: one matter makes a row a month, and each row would have the whole limit.
fn limit_across_months(scope: &mut Scope<'_>, line: usize, draft: &Draft, points: &Expr) {
    let running = |inner: &Expr| matches!(inner, Expr::Row(RowField::DaysLateHere { .. }));
    if points.any(running) && draft.limits.iter().any(|limit| limit.per == LimitPer::Row) {
        let finding = scope
            .at_line(line, "limit-across-months", "按日累计的一件跨几个月就报几行，“每件最多”只管得住一个月里的一行")
            .help("改成其中一句：\n去掉“按日累计，至完成之日止”，完成时一次算清\n把“每起最多”改成“全年最多”，管住全年的合计");
        scope.report(finding);
    }
}
