//! How the points of a line go together: off full marks, over the whole period, down to nothing.

use std::cmp::Ordering;

use super::beyond::moved;
use super::finish::uses_row;
use super::per::per_quantity;
use super::rest::{rest_of_the_total, speaks_of_rows};
use super::step::times;
use super::subject_value;
use super::{Arm, Draft, Subject, Way};
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::compile::units::word_of;
use crate::parse::is_figure;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 未开展：不得分: where the item has full marks of its own, nothing of them is left.
pub(super) fn nothing_left(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft) {
    let whens = std::mem::take(&mut draft.no_marks);
    if whens.is_empty() || draft.gains || draft.adds {
        return;
    }
    if scope.plan.nodes[site.node.index()].full.is_some() {
        draft.effects.extend(whens.into_iter().map(|when| RuleEffect { when, effect: Effect::ZeroNode(site.node) }));
    } else {
        let finding = scope
            .at_line(site.statement.line.number, "no-marks-of-what", "“不得分”说不清是哪一项不得分：本条没有写满分")
            .help("给本条写上满分；只有扣分的，写明扣几分；分是得来的，写成：本项计零");
        scope.report(finding);
    }
}

/// 每次扣2分，级别为国家级的每次扣5分；责任为外部的不扣分: what costs nothing for a reason of its own is looked at before all
/// that stands in front of it. Only its points are nothing; what else follows from the row does.
pub(super) fn nothing_behind(scope: &Scope<'_>, draft: &mut Draft) {
    // Among times, whether it is one of them is asked.
    if scope.in_row.is_none() || !draft.tiers.is_empty() || draft.on_total {
        return;
    }
    let goes_first = |draft: &Draft, at: usize| {
        let (before, arm) = (&draft.arms[..at], &draft.arms[at]);
        let own = subjects(&arm.when);
        let is_nothing = arm.points == zero() && arm.range.is_none() && arm.days.is_none();
        let is_plain = !own.is_empty() && !draft.no_marks.contains(&arm.when);
        // 级别为国家级且情节为轻微的扣1分；级别为国家级的不扣分: one more case of the same.
        let is_apart = |other: &Arm| {
            let known = subjects(&other.when);
            own.iter().any(|subject| !known.contains(subject))
        };
        let mut others = before.iter().filter(|other| other.points != zero()).peekable();
        let is_behind = others.peek().is_some() || !draft.extras.is_empty();
        is_nothing && is_plain && is_behind && others.all(is_apart)
    };
    let (first, others): (Vec<usize>, Vec<usize>) = (0..draft.arms.len()).partition(|at| goes_first(draft, *at));
    for at in &first {
        let but = Condition::Not(Box::new(draft.arms[*at].when.clone()));
        for (when, _) in &mut draft.extras {
            let also = std::mem::replace(when, Condition::Always);
            *when = Condition::All(vec![but.clone(), also]);
        }
    }
    let order = first.into_iter().chain(others);
    draft.arms = order.map(|at| draft.arms[at].clone()).collect();
    // What leaves the line unassessed comes before all others.
    draft.arms.sort_by_key(|arm| arm.points != Expr::NotAssessed);
}

/// What a condition looks at, in the order of the text.
pub(super) fn subjects(when: &Condition) -> Vec<&Expr> {
    match when {
        Condition::Is(of, _) | Condition::Compare(of, ..) => vec![of],
        Condition::Not(inner) => subjects(inner),
        Condition::All(list) | Condition::Any(list) => list.iter().flat_map(subjects).collect(),
        _ => Vec::new(),
    }
}

/// 每处扣1分，自查为是的减半，情节为严重的每处扣3分: are the three points halved, too?
pub(super) fn part_amid(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let Some(when) = &draft.amid else { return };
    let phrases = site.statement.body().children(Token::phrase);
    let phrase = phrases.into_iter().find(|phrase| scope.original(site.statement, phrase).starts_with(when));
    let whole = phrase.filter(|phrase| scope.original(site.statement, phrase).len() > when.len());
    // 自查为是，减半: the case stands in a phrase of its own.
    let Some(phrase) = whole.filter(|phrase| phrase.has(Token::condition) || phrase.has(Token::range)) else {
        let message = format!("“{when}”几成写在中间，说不清管不管它后面的");
        let help = "前后都管的，连同它的条件写在最后；只管前面几种的，不写几成，直接写扣几分、加几分";
        let finding = scope.at_line(site.statement.line.number, "part-of-which", message).help(help);
        scope.report(finding);
        return;
    };
    let said = scope.original(site.statement, &phrase);
    let marks = [',', ';', '，', '；', ' '];
    let rest = scope.line_with(site.statement, &phrase, "");
    let rest = ["，，", "，；", "；，", "；；"].iter().fold(rest, |rest, two| rest.replace(two, "，"));
    let help = format!(
        "前后都管的，写在最后：{}，{said}\n只管前面几种的，不写几成，{when}的直接写扣几分、加几分",
        rest.trim_end_matches(marks)
    );
    let message = format!("“{said}”写在中间，说不清管不管它后面的");
    let finding = scope.at(site.statement, &phrase, "part-of-which", message).help(help);
    scope.report(finding);
}

/// 级别为国家级的加5分，级别为省级的减半: of other values of the same column the points are a part of those said first.
pub(super) fn parts_of_the_first(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft) {
    let column = |when: &Condition| match when {
        Condition::Is(expr, _) => Some(expr.clone()),
        _ => None,
    };
    let Some(own) = draft.arms.first().and_then(|arm| column(&arm.when)) else { return };
    if draft.plain.is_some() || draft.arms.iter().any(|arm| column(&arm.when).as_ref() != Some(&own)) {
        return;
    }
    // 特大的一票否决；重大的加倍；其余每次扣1分: of what the rest has.
    if draft.otherwise.is_some() && draft.arms.iter().all(|arm| arm.points == zero()) {
        return;
    }
    let of_column = |rule: &RowRule| rule.factor.is_some() && column(&rule.when).as_ref() == Some(&own);
    let (parts, others) = std::mem::take(&mut draft.row_rules).into_iter().partition(of_column);
    draft.row_rules = others;
    let parts: Vec<RowRule> = parts;
    // 国家级加5分，省级加3分，市级减半: half of which?
    if let ([first, .., last], Some(part)) = (&draft.arms[..], parts.first()) {
        let share = |arm: &Arm| {
            let each = if let Expr::Multiply(pair) = &arm.points { &pair[0] } else { &arm.points };
            let (Expr::Number(points), Some(Expr::Number(factor))) = (each, &part.factor) else { return None };
            let points = points.times(*factor).ok()?;
            let verb = if points.is_negative() { "扣" } else { "加" };
            Some(format!("{verb}{}分", points.abs()))
        };
        let help = match (share(first), share(last)) {
            (Some(first), Some(last)) if first != last => {
                format!("直接写几分：照第一档算的，写：{first}；照前一档算的，写：{last}")
            }
            (Some(first), _) => format!("直接写几分：{first}"),
            _ => "直接写几分，如：加2分".to_owned(),
        };
        let message = format!("“{}”说不清是哪一档的几成", part.reason);
        let finding = scope.at_line(site.statement.line.number, "part-of-which", message).help(help);
        scope.report(finding);
        return;
    }
    // 级别为国家级的扣3分，级别为国家级的减半
    let meets = |part: &RowRule| draft.arms.iter().any(|arm| part.when.implies(&arm.when));
    if let Some(part) = parts.iter().find(|part| meets(part)) {
        let message = format!("“{}”的几分前面已经写了，又写了几成，说不清算几分", part.reason);
        let finding = scope.at_line(site.statement.line.number, "part-of-which", message);
        scope.report(finding.help("只留一个，直接写几分"));
        return;
    }
    let Some(first) = draft.arms.first() else { return };
    let (points, verb) = (first.points.clone(), first.verb);
    for part in parts {
        let factor = part.factor.expect("those with a factor were chosen");
        draft.arms.push(Arm::flat(part.when, times(factor, points.clone()), verb));
    }
}

/// 得40分，每低1个百分点扣2分: more than was given cannot be taken off.
fn off(given: Expr, points: Expr, verb: Option<Token>) -> Expr {
    let sum = Expr::Add(Box::new([given, points]));
    if verb == Some(Token::DEDUCT) { Expr::Of(Aggregate::Greatest, vec![sum, zero()]) } else { sum }
}

/// 低于95%的，得6分，每低1个百分点扣0.5分: what the band gives, less the steps within it.
pub(super) fn steps_in_bands(draft: &mut Draft) {
    for arm in &mut draft.arms {
        if let Some(base) = arm.base.take() {
            let steps = std::mem::replace(&mut arm.points, Expr::NotAssessed);
            arm.points = off(base, steps, arm.verb);
            draft.nets.extend(arm.verb);
            arm.verb = Some(Token::GAIN);
        }
    }
}

/// The case holds only where this holds too, and so do its consequences.
pub(super) fn narrow(arm: &mut Arm, effects: &mut [RuleEffect], also: Condition) {
    let said = std::mem::replace(&mut arm.when, Condition::Always);
    arm.when = Condition::All(vec![also, said.clone()]);
    for effect in effects.iter_mut().filter(|effect| effect.when == said) {
        effect.when = arm.when.clone();
    }
}

/// An event whose number over the period decides: what each row would give is given for all of them together.
pub(super) fn taken_together(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    let line = site.statement.line.number;
    let total = subject_value(scope, subject).expr;
    // 第2次起每次扣2分，每逾期1天扣1分，查表扣分: what has to be known of each row; 扣 数量 × 2分 is of as many as there are.
    let of_all = |points: &Expr| per_quantity(points, &total, &total).filter(|points| !speaks_of_rows(points));
    let plain = draft.plain.take().map(|plain| match of_all(&plain) {
        Some(points) => points,
        None if speaks_of_rows(&plain) => {
            let every = scope.conventions.flat_every_time == Some(true);
            moved(&plain, &total, &total).filter(|_| every).unwrap_or(plain)
        }
        None => each_or_once(scope, line, &total, plain),
    });
    draft.plain = plain;
    // 3次以上扣5分；另扣2分: of what happened too.
    for (when, points) in &mut draft.extras {
        if *when == Condition::Always && matches!(points, Expr::Number(_)) {
            *points = each_or_once(scope, line, &total, points.clone());
        }
    }
    for (_, points) in draft.extras.iter_mut().filter(|(_, points)| speaks_of_rows(points)) {
        if let Some(together) = of_all(points) {
            *points = together;
        }
    }
    for arm in &mut draft.arms {
        // 不超过3次的扣1分 speaks of what happened: never is no such number. 不超过3次的加1分 is for as few as possible.
        if let Some(Range { low: None, high: Some((_, true)), .. }) = arm.range
            && arm.steps.is_none()
            && arm.verb == Some(Token::DEDUCT)
        {
            let happened = Condition::Compare(Box::new(total.clone()), Comparison::Above, Box::new(zero()));
            narrow(arm, &mut draft.effects, happened);
        }
    }
    rest_of_the_total(draft, &total);
    if let Some(said) = speaks_of_single_rows(site) {
        let written = scope.original(site.statement, &said);
        let kind = said.as_rule();
        let help = match kind {
            Token::most_times => "限一共几分的，写成：最多扣几分（最多加几分）；",
            Token::same_matter_rule => "同一事项只报一行的，去掉它；",
            _ => "",
        };
        let message = match kind {
            Token::per => format!("“{written}”不论几次都一样，这一句别的分数又按合计的次数算，说不清几次以后还算不算"),
            _ => format!("“{written}”管的是一行一行的事实，这一句按合计的次数算，管不到"),
        };
        let finding = scope.at(site.statement, &said, "rows-and-total", message).help(format!(
            "{help}一次一次地算的，写成：每次扣几分（每次加几分）；两样都要的，分成两行写，各用一个情形"
        ));
        scope.blame(finding);
    }
}

/// 扣1分，超过3次的扣5分: once where it happened at all, or every time.
fn each_or_once(scope: &mut Scope<'_>, line: usize, total: &Expr, points: Expr) -> Expr {
    if scope.conventions.flat_every_time == Some(true) {
        return times(points, total.clone());
    }
    if scope.conventions.flat_every_time.is_none() {
        scope.missing_each(line);
    }
    let happened = Condition::Compare(Box::new(total.clone()), Comparison::Above, Box::new(zero()));
    Expr::Case { arms: vec![(happened, points)], otherwise: Box::new(zero()) }
}

/// 每逾期1天扣1分；5次以上另扣3分: what is read off a row is known of no total, and all of the line would come to nothing.
pub(super) fn no_rows_in_totals(scope: &mut Scope<'_>, line: usize, draft: &Draft, points: &Expr) {
    let mut of_rows = draft.table.is_some() || draft.judged.is_some() || !draft.row_rules.is_empty();
    of_rows |= draft.effects.iter().any(|effect| uses_row(&effect.when));
    if of_rows || speaks_of_rows(points) {
        let finding =
            scope.at_line(line, "rows-and-total", "这一行有的按每次的情况算，有的按合计的次数算，不能合在一句里").help(
                column_left_out(scope, line)
                    .unwrap_or_else(|| "分成两行写，各用一个情形；或用：第1次扣1分，第2次起每次扣2分".to_owned()),
            );
        scope.report(finding);
    }
}

/// 金额1000元以上不满5000元的扣1分，5000元以上的扣3分: the line with 金额 before each of its bands.
fn column_left_out(scope: &Scope<'_>, line: usize) -> Option<String> {
    const BOUNDS: &[&str] =
        &["不低于", "不少于", "不超过", "超过", "低于", "少于", "多于", "高于", "达到", "不足", "不满"];
    let text = scope.source.line(line).split('#').next().unwrap_or_default().trim();
    let body = text.find(['：', ':'])?;
    let is_bound = |phrase: &str| {
        phrase.starts_with(|c: char| c.is_ascii_digit()) || BOUNDS.iter().any(|word| phrase.starts_with(word))
    };
    scope.plan.columns.iter().find_map(|column| {
        let unit = word_of(&column.kind);
        let is_of_it = |phrase: &str| {
            let number = phrase.trim_start_matches(|c: char| !c.is_ascii_digit());
            number.trim_start_matches(is_figure).starts_with(unit)
        };
        let mut written = text[..body].to_owned();
        let (mut named, mut added) = (false, false);
        for phrase in text[body..].split_inclusive(['：', ':', '，', ',', '；', ';']) {
            let said = phrase.trim_start();
            let bare = is_bound(said) && is_of_it(said);
            named |= said.strip_prefix(column.name.as_str()).is_some_and(|rest| is_bound(rest) && is_of_it(rest));
            added |= bare;
            written += &format!("{}{phrase}", if bare { &column.name } else { "" });
        }
        (named && added).then(|| format!("“{}”每一档都写上，写成：{written}", column.name))
    })
}

/// What chooses among rows or bounds one of them.
fn speaks_of_single_rows<'a>(site: Site<'a, '_>) -> Option<Pair<'a, Token>> {
    const OF_ROWS: &[Token] =
        &[Token::most_times, Token::once_rule, Token::same_matter_rule, Token::refund, Token::valid_for];
    let body = site.statement.body();
    body.children(Token::phrase).into_iter().find_map(|phrase| {
        let limits_rows = |limit: &Pair<'_, Token>| {
            let whose = limit.child(Token::limit_scope);
            whose.is_some_and(|whose| whose.has(Token::PER_ROW) || whose.has(Token::PER_PERSON))
        };
        let said = OF_ROWS.iter().find_map(|kind| phrase.child(*kind));
        // 每月扣5分，3次以上另扣2分: however often, or by how often?
        let said = said.or_else(|| phrase.child(Token::per).filter(|per| per.has(Token::cycle_unit)));
        said.or_else(|| phrase.child(Token::limit_rule).filter(limits_rows))
    })
}

/// 达到90%得满分；低于90%，每低1个百分点扣1分: what is deducted goes off the full marks that the line speaks of.
pub(super) fn deduct_from_full(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    let goes_off = |arm: &Arm| matches!(arm.verb, Some(Token::DEDUCT | Token::ADD));
    // 1次得3分，超过1次的，每增加1次加2分: of what happened so often as of a figure, where steps go on; a case is of its rows.
    let by_steps = || draft.arms.iter().filter(|arm| goes_off(arm)).all(|arm| arm.steps.is_some());
    let is_of_total = matches!(subject, Subject::Value(_)) || draft.on_total && by_steps();
    if !(draft.gains && draft.arms.iter().any(goes_off) && is_of_total) {
        return;
    }
    let given: Vec<&Arm> = draft.arms.iter().filter(|arm| arm.verb == Some(Token::GAIN)).collect();
    let own_full = scope.plan.nodes[site.node.index()].full.clone();
    let is_full =
        |arm: &&&Arm| matches!(arm.points, Expr::Full(_)) || own_full.as_ref().is_some_and(|full| arm.points == *full);
    let full = given.iter().find(is_full);
    // 达到300得8分；低于300，每少10扣0.2分: what goes on step by step goes on from the band where the steps begin.
    let value = subject_value(scope, subject).expr;
    let base_of = |arm: &Arm| match (arm.steps, &given[..]) {
        (Some(way), [alone]) => points_at_steps(arm, way, alone, &value),
        (Some(way), _) => band_of_steps(arm, way, &given).and_then(|band| points_at_steps(arm, way, band, &value)),
        (None, _) => full.map(|arm| arm.points.clone()),
    };
    let bases: Option<Vec<Expr>> = draft.arms.iter().filter(|arm| goes_off(arm)).map(base_of).collect();
    let Some(bases) = bases else {
        let deducts = draft.arms.iter().any(|arm| arm.verb == Some(Token::DEDUCT));
        let message = if deducts {
            "这一行又得分又扣分，没有写从多少分里扣"
        } else {
            "这一行又得分又加分，没有写在多少分上加"
        };
        let finding = scope
            .at_line(site.statement.line.number, "gains-and-deducts", message)
            .help(match deducts {
                true => "写明从几分里扣：往下扣的前面写上得几分，如：达到几的得几分；低于几的得几分，每低1扣几分（“几”换成原文的数）",
                false => "写明在几分上加：往上加的前面写上得几分，如：达到几的得几分；超过几的得几分，每多1加几分（“几”换成原文的数）",
            });
        scope.report(finding);
        return;
    };
    for (arm, base) in draft.arms.iter_mut().filter(|arm| goes_off(arm)).zip(bases) {
        let points = std::mem::replace(&mut arm.points, Expr::NotAssessed);
        arm.points = off(base, points, arm.verb);
        draft.nets.extend(arm.verb);
    }
    // 达到100%得满分；超过100%的，每超1个百分点加0.1分: what is added lies within what earns full marks.
    draft.arms.sort_by_key(|arm| arm.points != Expr::NotAssessed && arm.verb != Some(Token::ADD));
}

/// 0件得满分，每件扣2分: each goes off what is earned where there are none.
pub(super) fn each_off_the_best(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    let Some(plain) = draft.plain.clone().filter(|_| draft.plain_verb == Some(Token::DEDUCT)) else { return };
    let total = subject_value(scope, subject).expr;
    let each = match subject {
        Subject::Event(_) => per_quantity(&plain, &total, &total),
        Subject::Value(_) => (!matches!(plain, Expr::Number(_))).then_some(plain),
    };
    let given: Vec<&Arm> = draft.arms.iter().filter(|arm| arm.verb == Some(Token::GAIN)).collect();
    let (Some(each), false) = (each, given.is_empty()) else { return };
    let own = scope.in_row;
    let is_none = |arm: &Arm| match (&arm.range, &arm.when) {
        (Some(Range { low, high: Some((end, true)), .. }), _) => {
            *end == zero() && low.as_ref().is_none_or(|(low, _)| low == end)
        }
        (None, Condition::Not(inner)) => matches!(**inner, Condition::Happened(input) if Some(input) == own),
        _ => false,
    };
    if let [best] = given[..]
        && is_none(best)
    {
        let points = off(best.points.clone(), each, Some(Token::DEDUCT));
        draft.nets.push(Token::DEDUCT);
        draft.plain = None;
        draft.on_total |= own.is_some();
        draft.arms.push(Arm::flat(Condition::Always, points, Some(Token::DEDUCT)));
        return;
    }
    let finding = scope
        .at_line(
            site.statement.line.number,
            "gains-and-deducts",
            "这一行又得分又按次数扣分，说不清从多少分里扣、从第几次扣起",
        )
        .help("从超过的部分扣起的，写成：不超过2件得满分；超过2件，每多1件扣1分；一件也不许有的，写成：0件得满分，每件扣1分");
    scope.report(finding);
}

/// What a band gives where the steps of an arm begin: 10篇以内每篇得1分，超过10篇的，每增加1篇加0.5分 goes on from ten.
fn points_at_steps(arm: &Arm, way: Way, band: &Arm, value: &Expr) -> Option<Expr> {
    let ends = |arm: &Arm| arm.range.as_ref().map(|range| (range.low.clone(), range.high.clone()));
    let near = |arm: &Arm| ends(arm).and_then(|(low, high)| if way == Way::Down { high } else { low });
    let far = |arm: &Arm| ends(arm).and_then(|(low, high)| if way == Way::Down { low } else { high });
    let is_of_value = band.points.any(|part| part == value || *part == Expr::Row(RowField::Quantity));
    let Some((begin, _)) = near(arm).filter(|_| is_of_value) else { return Some(band.points.clone()) };
    // 11篇以上, behind 10篇以内: no further than the band goes.
    let is_outside = |end: &Expr| match (end, &begin) {
        (Expr::Number(end), Expr::Number(begin)) if way == Way::Down => begin < end,
        (Expr::Number(end), Expr::Number(begin)) => begin > end,
        _ => false,
    };
    let end = far(band).map(|(end, _)| end).filter(is_outside);
    moved(&band.points, value, &end.unwrap_or(begin))
}

/// The band in which the steps of an arm begin, or whose end they go on from: 80分以上不满90分得8分；低于80分的，每低1分扣0.5分.
fn band_of_steps<'a>(arm: &Arm, way: Way, bands: &[&'a Arm]) -> Option<&'a Arm> {
    let own = arm.range.as_ref()?;
    let begin = match way {
        Way::Down => &own.high,
        Way::Up => &own.low,
    };
    let (begin, _) = begin.as_ref()?;
    let is_at = |end: &Option<(Expr, bool)>| end.as_ref().is_some_and(|(end, _)| end == begin);
    let lies = |end: &Option<(Expr, bool)>, side: Ordering| match (end, begin) {
        (None, _) => true,
        (Some((end, true)), begin) if end == begin => true,
        (Some((Expr::Number(end), _)), Expr::Number(begin)) => begin.cmp(end) == side,
        _ => false,
    };
    let ranged = || bands.iter().filter_map(|band| Some((*band, band.range.as_ref()?)));
    let around = ranged().find(|(_, range)| lies(&range.low, Ordering::Greater) && lies(&range.high, Ordering::Less));
    let beside = || ranged().find(|(_, range)| is_at(if way == Way::Down { &range.low } else { &range.high }));
    around.or_else(beside).map(|(band, _)| band)
}
