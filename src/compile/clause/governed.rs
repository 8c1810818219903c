//! What a consequence behind a comma belongs to: the band or condition before it, until a semicolon or another one.

use super::days::with_days_at;
use super::finish::uses_row;
use super::{Draft, Line, Subject, Waiting, subject_value, verbs_of};
use crate::calendar::Cycle;
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::Typed;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// How much a line had said before a phrase.
pub(super) struct Said {
    arms: usize,
    extras: usize,
    row_rules: usize,
    tiers: usize,
    plain: bool,
    rest: bool,
}

impl Said {
    pub(super) fn so_far(draft: &Draft) -> Said {
        Said {
            arms: draft.arms.len(),
            extras: draft.extras.len(),
            row_rules: draft.row_rules.len(),
            tiers: draft.tiers.len(),
            plain: draft.plain.is_some(),
            rest: draft.otherwise.is_some(),
        }
    }

    /// Notes which case the next phrase goes on with.
    pub(super) fn go_on(
        self,
        scope: &Scope<'_>,
        line: Line<'_, '_, '_>,
        draft: &mut Draft,
        waiting: &Waiting,
        phrase: &Pair<'_, Token>,
    ) {
        let leaves_out = phrase
            .child(Token::outcome)
            .is_some_and(|outcome| outcome.has(Token::NOT_COUNTED) || outcome.has(Token::NOT_ASSESSED));
        let any = |figure: Expr| Condition::Compare(Box::new(figure), Comparison::Above, Box::new(zero()));
        let by_days =
            |days: &Typed| draft.plain.as_ref().is_some_and(|plain| with_days_at(plain, &days.expr, &zero()) != *plain);
        let late = draft.late_days.clone().filter(by_days);
        let case = match () {
            _ if waiting.is_some() => waiting.clone(),
            // 原因为外部的除外，取消评先资格: of what is left.
            _ if leaves_out => None,
            _ if draft.arms.len() > self.arms => self.of_last_arm(draft, phrase),
            _ if draft.extras.len() > self.extras => draft.extras.last().map(|(when, _)| (when.clone(), None)),
            _ if draft.row_rules.len() > self.row_rules => draft.row_rules.last().map(|rule| (rule.when.clone(), None)),
            _ if draft.otherwise.is_some() && !self.rest => the_rest(scope, line, draft).map(|when| (when, None)),
            _ if draft.tiers.len() > self.tiers => draft.tiers.last().map(|(from, _)| (reaches(*from), None)),
            // 每逾期1天扣1分，取消评先资格; 0件得满分，每件扣2分，取消评先资格: of those who have any.
            _ if draft.plain.is_some() && !self.plain => match late {
                Some(days) => Some((any(days.expr), None)),
                None if draft.gains && !draft.arms.is_empty() => {
                    Some((any(subject_value(scope, line.subject).expr), None))
                }
                None => None,
            },
            _ => draft.case.take(),
        };
        draft.case = case.filter(|(when, _)| *when != Condition::Always);
    }

    fn of_last_arm(&self, draft: &Draft, phrase: &Pair<'_, Token>) -> Waiting {
        let arm = draft.arms.last()?;
        let before = self.arms.checked_sub(1).and_then(|index| draft.arms.get(index));
        // 达到1起扣5分，每多1起扣3分，取消评先资格: the steps go on from the band, and both are spoken of.
        let goes_on = phrase.clone().into_inner().next().is_some_and(|first| first.as_rule() == Token::per);
        match (&draft.case, before) {
            (Some((when, _)), Some(before)) if goes_on && before.verb == arm.verb => {
                Some((Condition::Any(vec![when.clone(), arm.when.clone()]), None))
            }
            _ => Some((arm.when.clone(), arm.range.clone())),
        }
    }
}

/// Of what a consequence is, as far as the line has said; what comes next goes on with it.
pub(super) fn governing(draft: &mut Draft, waiting: &mut Waiting) -> Condition {
    let case = waiting.take().or_else(|| draft.case.take());
    draft.case.clone_from(&case);
    case.map_or(Condition::Always, |(when, _)| when)
}

/// Whether the case that the line is at has its points.
pub(super) fn has_points(draft: &Draft, when: &Condition) -> bool {
    draft.arms.iter().any(|arm| arm.when == *when)
        || draft.row_rules.iter().any(|rule| rule.when == *when)
        || draft.extras.iter().any(|(extra, _)| extra == when)
        || matches!(when, Condition::Any(_))
}

/// 影响为重大的一票否决，当月排名末位，扣20分: the points of the case that had only consequences so far, or come on top of it.
/// Of 3次以上取消评先资格，扣1分, with nothing said of the first two, it is asked.
pub(super) fn joined(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &Draft,
    outcome: &Pair<'_, Token>,
) -> Result<Waiting, ()> {
    let Some((when, range)) = &draft.case else { return Ok(None) };
    let on_top = outcome.has(Token::ALSO);
    if !on_top && has_points(draft, when) {
        return Ok(None);
    }
    let is_more = |range: &Range| match &range.low {
        Some((Expr::Number(low), included)) => *low > Number::ONE || *low == Number::ONE && !included,
        _ => false,
    };
    let of_many = matches!(line.subject, Subject::Event(_)) && range.as_ref().is_some_and(is_more);
    if of_many && !on_top && verbs_of(&line.site.statement.pair).len() == 1 {
        ask_whose(scope, line, (outcome, outcome), false);
        return Err(());
    }
    Ok(draft.case.clone())
}

/// 低于60%的，取消评先资格，每低1个百分点扣1分: the steps begin where the band does; of 影响为重大的，取消评先资格，每次扣5分 it is
/// asked.
pub(super) fn joined_each(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &Draft,
    (pair, kind): (&Pair<'_, Token>, Option<Token>),
    outcome: &Pair<'_, Token>,
) -> Result<Waiting, ()> {
    let Some((when, range)) = &draft.case else { return Ok(None) };
    if has_points(draft, when) {
        return Ok(None);
    }
    if matches!(kind, Some(Token::SHORT | Token::OVER)) && range.is_some() {
        return Ok(draft.case.clone());
    }
    let counts_all = range.is_some() && matches!(line.subject, Subject::Event(_));
    ask_whose(scope, line, (pair, outcome), counts_all);
    Err(())
}

/// 影响为重大的，取消评先资格，每次扣5分: every time, or where it is great?
fn ask_whose(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    (pair, outcome): (&Pair<'_, Token>, &Pair<'_, Token>),
    counts_all: bool,
) {
    let statement = line.site.statement;
    let body = statement.body();
    let begins = [Token::condition, Token::range, Token::late_range];
    let before =
        body.children(Token::phrase).into_iter().filter(|phrase| phrase.as_span().end() <= pair.as_span().start());
    let found = before.rev().find_map(|phrase| {
        let said = begins.iter().find_map(|kind| phrase.child(*kind))?;
        Some((phrase.as_span().start(), said))
    });
    let gives = (pair.as_span().start(), outcome.as_span().end());
    let text = |from: usize, to: usize| scope.source.text[statement.code.span(from..to)].trim().to_owned();
    let each = text(gives.0, gives.1);
    // 迟报1天扣0.5分，漏报一次扣2分: what is never done is another thing than what comes late.
    let word = pair.child(Token::PER_EVENT).map(|word| word.as_str().trim().to_owned());
    if let Some(word) = word.filter(|word| word == "漏报")
        && let Some((_, said)) = found.as_ref().filter(|(_, said)| said.as_rule() == Token::late_range)
    {
        let (line, unit) = (scope.line_text(statement), pair.child(Token::unit));
        let unit = unit.map_or("次".to_owned(), |unit| unit.as_str().trim().to_owned());
        let (before, behind) = line.split_once(&each).unwrap_or((&line, ""));
        let before = before.trim_end_matches(['，', ',', '；', ';', ' ']);
        let said = scope.original(statement, said);
        let gives = scope.original(statement, outcome);
        let finding = scope
            .at(statement, pair, "unknown-condition", format!("“{word}”和“{said}”是两种情形，不能写在一行"))
            .help(format!("一种情形一行：\n{before}\n{word}：每{unit}{gives}{behind}"));
        scope.blame(finding);
        return;
    }
    let message = format!("说不清是哪种情形都{each}，还是只有前面说的情形才{each}");
    let finding = scope.at(statement, pair, "missing-convention", message);
    let finding = match found {
        Some((begin, said)) => {
            let separators = [',', ';', '，', '；', ' ', '的', '时', '　'];
            if let Some(further) =
                further_days(&scope.original(statement, &said), &scope.original(statement, pair), &each)
            {
                let line = scope.line_text(statement).replacen(&each, &further, 1);
                scope.blame(finding.help(format!("写成：{line}")));
                return;
            }
            let then = text(said.as_span().end(), gives.0);
            let then = then.trim_start_matches(separators).trim_end_matches(separators);
            let said = scope.original(statement, &said);
            let whole = statement.code.text.len();
            let (first, last) = (text(0, begin), text(gives.1, whole));
            let all = if counts_all { "全部" } else { "" };
            finding.help(format!(
                "改成其中一句：\n{first}{each}；{said}的，{then}{last}\n{first}{said}的，{all}{each}，{then}{last}"
            ))
        }
        None => finding.help("写在前面说的情形以前，或另起一行"),
    };
    scope.blame(finding);
}

/// 逾期1天扣1分，每增加1天加扣0.5分: what is given for each day of what lies beyond the first.
fn further_days(said: &str, step: &str, each: &str) -> Option<String> {
    let days = |text: &str| {
        let number = text.strip_suffix(['天', '日'])?;
        number.is_empty().then_some(1).or_else(|| crate::parse::whole(number))
    };
    let first = ["逾期", "超期", "延期", "迟报", "迟交"].iter().find_map(|word| said.strip_prefix(word))?;
    let more =
        ["每增加", "每再增加", "每多", "每再多", "每超", "每超过"].iter().find_map(|word| step.strip_prefix(word))?;
    let (first, more) = (days(first)?, days(more)?);
    let gives = each[step.len()..].trim_start_matches(['再', '另', '加', '，', ',']);
    gives.starts_with('扣').then(|| match more {
        1 => format!("超过{first}天的部分每天{gives}"),
        _ => format!("超过{first}天的部分每{more}天{gives}"),
    })
}

/// Whether 总分计零 says more of the veto before it.
pub(super) fn goes_with_veto(draft: &Draft) -> bool {
    let case = draft.case.as_ref().map_or(&Condition::Always, |(when, _)| when);
    draft.vetoes.last().is_some_and(|(when, _)| when == case)
}

/// 90%以上加2分；不满60%扣1分；取消评先资格: of which band, behind a semicolon?
pub(super) fn of_which(scope: &mut Scope<'_>, line: Line<'_, '_, '_>, draft: &Draft, pair: &Pair<'_, Token>) {
    let statement = line.site.statement;
    let bands = draft.arms.iter().filter(|arm| arm.when != Condition::Always).count();
    if pair.as_rule() == Token::veto {
        if bands > 0 {
            let finding = scope
                .at(statement, pair, "veto-of-which", "前面分了几档，说不清哪一档一票否决")
                .help("写在那一档后面，用逗号：1至2人扣3分；3人以上扣6分，一票否决，年终排名末位；\n各档都否决的，另起一行：当 发生死亡，一票否决，年终排名末位");
            scope.blame(finding);
        }
        return;
    }
    let by_row = matches!(line.subject, Subject::Event(_)) && !draft.on_total;
    let always = |effects: &[RuleEffect]| effects.iter().any(|effect| effect.when == Condition::Always);
    let of_all = draft.plain.is_some()
        || draft.otherwise.is_some()
        || !draft.tiers.is_empty()
        || draft.table.is_some()
        || always(&draft.effects)
        || draft.vetoes.iter().any(|(when, _)| *when == Condition::Always);
    let only_cases = bands > 0
        || !draft.extras.is_empty()
        || !draft.effects.is_empty()
        || !draft.vetoes.is_empty()
        || draft.row_rules.iter().any(|rule| rule.factor.is_some());
    let unclear = if by_row { only_cases && !of_all } else { bands > 1 };
    // Of a line that only vetoes, 当月总分计零 says more of the veto.
    let with_veto = pair.has(Token::zero_total) && goes_with_veto(draft);
    if !unclear || with_veto {
        return;
    }
    let written = scope.original(statement, pair);
    let begin = pair.as_span().start();
    let text = |from: usize, to: usize| scope.source.text[statement.code.span(from..to)].trim().to_owned();
    let before = text(0, begin);
    let joined =
        format!("{}，{}", before.trim_end_matches(['；', ';', ' ', '　']), text(begin, statement.code.text.len()));
    let finding = scope
        .at(statement, pair, "consequence-of-which", format!("前面分了几种情形，说不清“{written}”管哪一种"))
        .help(format!("只管最后一种的，用逗号：{joined}\n几种都管的，在每一种后面都写上，用逗号"));
    scope.blame(finding);
}

/// 其余扣1分，取消评先资格: those of whom nothing was said before.
fn the_rest(scope: &Scope<'_>, line: Line<'_, '_, '_>, draft: &Draft) -> Option<Condition> {
    let mut said: Vec<Condition> =
        draft.arms.iter().map(|arm| arm.when.clone()).filter(|when| *when != Condition::Always).collect();
    let said = if said.len() == 1 { said.swap_remove(0) } else { Condition::Any(said) };
    if said == Condition::Any(Vec::new()) {
        return None;
    }
    let above_zero = |expr: Expr| Condition::Compare(Box::new(expr), Comparison::Above, Box::new(zero()));
    let value = subject_value(scope, line.subject).expr;
    let spoken_of = match (line.subject, &draft.late_days) {
        (Subject::Value(_), _) => Condition::IsAssessed(Box::new(value)),
        (Subject::Event(_), Some(days)) if draft.arms.iter().all(|arm| arm.days.is_some()) => {
            above_zero(days.expr.clone())
        }
        (Subject::Event(_), _) if !uses_row(&said) => above_zero(value),
        (Subject::Event(_), _) => return Some(Condition::Not(Box::new(said))),
    };
    Some(Condition::All(vec![spoken_of, Condition::Not(Box::new(said))]))
}

/// 第3次起每次扣5分，取消评先资格: rows that are the third time or a later one; `counted` says until which, and how they are
/// counted.
fn reaches(from: u32) -> Condition {
    let mut tiers = vec![(from, Number::ONE)];
    if from > 1 {
        tiers.insert(0, (1, Number::ZERO));
    }
    let times = Expr::Escalation { tiers, per: Cycle::Term, by: CountedBy::Unit };
    Condition::Compare(Box::new(times), Comparison::Above, Box::new(zero()))
}

/// Consequences of the third time are counted as the points of the line are, and end where another time begins.
pub(super) fn counted(effects: &mut [RuleEffect], tiers: &[(u32, Number)], per: Cycle, by: CountedBy) {
    for effect in effects {
        let Condition::Compare(times, _, _) = &mut effect.when else { continue };
        let Expr::Escalation { tiers: own, per: own_per, by: own_by } = &mut **times else { continue };
        (*own_per, *own_by) = (per, by);
        let from = own.last().map_or(1, |(from, _)| *from);
        if let Some((next, _)) = tiers.iter().find(|(first, _)| *first > from) {
            own.push((*next, Number::ZERO));
        }
    }
}
