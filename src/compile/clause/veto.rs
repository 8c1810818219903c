//! 一票否决 and 总分计零: which of a line they go with, and where they count.

use super::governed::governing;
use super::modifier::whole_if_one_year;
use super::{Draft, Waiting};
use crate::calendar::Cycle;
use crate::compile::expression::Site;
use crate::compile::header::cycle_of;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// A veto, until the line has said what it does.
#[derive(Clone, Default)]
pub struct Veto {
    /// 当月排名末位
    ranks_of: Vec<Cycle>,
    /// 名次不变
    keeps_rank: bool,
    /// One of the two, or something was refused.
    says_rank: bool,
    /// 总分计零 without a period.
    zero: bool,
    /// 当月总分计零
    zero_of: Vec<Cycle>,
}

impl Veto {
    /// 总分计零
    pub(super) fn leaves_nothing(&self) -> bool {
        self.zero || !self.zero_of.is_empty()
    }
}

/// 一票扣20分 in a line that counts no votes: how many a piece costs, or a veto whose other half was left out?
pub(super) fn one_vote(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, body: &Pair<'_, Token>) -> bool {
    let said = body.as_str();
    let Some(at) = said.find("一票").filter(|at| !said[..*at].ends_with(['每', '有', '少', '多'])) else {
        return false;
    };
    let rest = &said[at + "一票".len()..];
    if name.contains(['票', '选']) || !rest.starts_with(['扣', '加', '得']) {
        return false;
    }
    let line = scope.line_text(site.statement);
    let with = |words: &str| line.replacen("一票", words, 1);
    let message = "“一票”说不清是“一票否决”，还是按票数计分";
    let finding = scope.at(site.statement, body, "unread-word", message).help(format!(
        "一票否决的，写成：{}，一票否决，{}排名末位\n按发生几次计分的，写成：{}\n真是按票数的，写成：{}",
        with("每起").trim().trim_end_matches('。'),
        scope.plan.cycle.current(),
        with("每次").trim(),
        with("每票").trim()
    ));
    scope.blame(finding);
    true
}

/// 当月排名末位, 年终排名末位, 名次不变
pub fn veto_rank(scope: &mut Scope<'_>, site: Site<'_, '_>, veto: &mut Veto, pair: &Pair<'_, Token>) {
    veto.says_rank = true;
    let own = scope.plan.cycle;
    let said = pair.as_str().trim();
    let this = match PERIODS.iter().find(|(word, _)| said.starts_with(word)) {
        Some((word, cycle)) if *cycle < own => {
            let other = said.replacen(word, own.current(), 1);
            return of_another_cycle(scope, site, pair, "名次", &format!("{other}，或 年终排名末位"));
        }
        Some((_, cycle)) => *cycle,
        None => own,
    };
    let year = whole_if_one_year(scope, Cycle::Year);
    let ranks: &[Cycle] = match pair.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Token::VETO_BOTH) => &[this, year],
        Some(Token::VETO_PERIOD) => &[this],
        Some(Token::VETO_YEAR) => &[year],
        _ => &[],
    };
    veto.keeps_rank |= ranks.is_empty();
    veto.ranks_of.extend_from_slice(ranks);
    let line = site.statement.line.number;
    if !ranks.is_empty() {
        scope.moved_last.push((line, said.to_owned()));
    }
    // 当季排名末位 of a scheme by the month, which may rank its quarters too.
    if this > own && this < Cycle::Year {
        scope.totals_needed.push((line, this, false));
    }
}

/// What periods are called before 排名末位.
const PERIODS: &[(&str, Cycle)] = &[
    ("当月", Cycle::Month),
    ("当季", Cycle::Quarter),
    ("季度", Cycle::Quarter),
    ("半年", Cycle::Half),
    ("任期", Cycle::Term),
];

pub(super) fn veto_scope(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let Some((when, mut veto)) = draft.vetoes.pop() else {
        let said = scope.original(site.statement, pair);
        let help = format!("写成：{}", scope.line_with(site.statement, pair, &format!("一票否决，{said}")));
        let finding = scope.at(site.statement, pair, "scope-without-veto", "前面没有写一票否决").help(help);
        scope.report(finding);
        return;
    };
    veto_rank(scope, site, &mut veto, pair);
    draft.vetoes.push((when, veto));
}

fn of_another_cycle(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, of: &str, lines: &str) {
    let own = match scope.plan.cycle {
        Cycle::Month => "月",
        Cycle::Quarter => "季度",
        _ => "这一期",
    };
    let said = scope.original(site.statement, pair);
    let message = format!("本方案按{own}考评，“{said}”说的不是这一期的{of}");
    let finding =
        scope.at(site.statement, pair, "veto-of-another-cycle", message).help(format!("改成其中一句：{lines}"));
    scope.report(finding);
}

/// 当月考核计0分, 年度总分计零, 总分计零: of which period, as far as it is said; an error where it cannot be.
fn zeroed_period(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Result<Option<Cycle>, ()> {
    let own = scope.plan.cycle;
    if pair.has(Token::THIS_PERIOD) {
        return Ok(Some(own));
    }
    let Some(said) = pair.child(Token::cycle) else { return Ok(None) };
    let cycle = whole_if_one_year(scope, cycle_of(&said));
    if cycle < own {
        let lines = format!("{}总分计零，或 全年总分计零", own.current());
        of_another_cycle(scope, site, pair, "总分", &lines);
        return Err(());
    }
    if cycle > own && cycle != Cycle::Term {
        scope.totals_needed.push((site.statement.line.number, cycle, true));
    }
    Ok(Some(cycle))
}

fn zero(own: Cycle, cycle: Cycle) -> Effect {
    if cycle == own { Effect::ZeroNode(NodeId(0)) } else { Effect::ZeroTotal(cycle) }
}

/// 总分计零 of a line without a veto; `None` where it was refused.
pub fn zero_total(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<Effect> {
    let written = scope.original(site.statement, pair);
    let said = written.replace("不得分", "");
    let of_what = ["总分", "得分", "成绩", "考核", "考评"].iter().any(|word| said.contains(word));
    let cycle = zeroed_period(scope, site, pair).ok()?;
    let own = scope.plan.cycle;
    // 考核分清零 of no period may be what the item gives.
    let of_what = of_what && (cycle.is_some() || !said.starts_with("考核分") && !said.starts_with("考评分"));
    if !of_what {
        let message = format!("“{written}”说不清是本条不得分，还是总分不得分");
        let words = match cycle {
            Some(cycle) if cycle != own => vec!["全年"],
            None if own < Cycle::Year => vec![own.current(), "全年"],
            _ => vec![own.current()],
        };
        let lines: String = words.iter().map(|word| format!("\n{word}总分计零")).collect();
        let help = format!("改成其中一句：\n本项计零{lines}");
        let finding = scope.at(site.statement, pair, "no-marks-of-what", message).help(help);
        scope.report(finding);
        return None;
    }
    match cycle {
        Some(cycle) => Some(zero(own, cycle)),
        // Where the whole is assessed at once there is but one total.
        None if own == Cycle::Term => Some(zero(own, own)),
        None => {
            which_total(scope, site.statement.line.number, &written);
            None
        }
    }
}

/// 总分计零: the month's, or the year's?
fn which_total(scope: &mut Scope<'_>, line: usize, written: &str) {
    let this = scope.plan.cycle.current();
    let message = format!("“{written}”没有写是哪一期的总分");
    let finding = scope
        .at_line(line, "missing-convention", message)
        .help(format!("改成其中一句：\n{this}总分计零\n全年总分计零"));
    scope.report(finding);
}

/// 一票否决，当月考核计0分
pub fn veto_zero(scope: &mut Scope<'_>, site: Site<'_, '_>, veto: &mut Veto, pair: &Pair<'_, Token>) {
    match zeroed_period(scope, site, pair) {
        Ok(Some(cycle)) => veto.zero_of.push(cycle),
        Ok(None) => veto.zero = true,
        // Refused: nothing more is asked.
        Err(()) => veto.says_rank = true,
    }
}

/// 1至2人扣3分；3人以上扣6分，一票否决: of those the comma joins it to.
pub(super) fn veto_of(draft: &mut Draft, waiting: &mut Waiting) {
    let when = governing(draft, waiting);
    draft.vetoes.push((when, Veto::default()));
}

/// What the vetoes of a line do, which it has to say.
pub(super) fn veto_effect(scope: &mut Scope<'_>, line: usize, draft: &mut Draft) {
    let mut effects = Vec::new();
    for (when, veto) in std::mem::take(&mut draft.vetoes) {
        // 一票否决，等次定为D级: a veto in the periods that the grade is of.
        let graded = draft.effects.iter().filter(|effect| effect.when == when);
        let graded: Vec<Cycle> = graded.flat_map(|effect| graded_in(scope, &effect.effect)).collect();
        let own = effects_of(scope, line, veto, &graded);
        effects.extend(own.into_iter().map(|effect| RuleEffect { when: when.clone(), effect }));
    }
    draft.effects.splice(0..0, effects);
}

/// The cycles of the gradings in which an effect sets a grade.
fn graded_in(scope: &Scope<'_>, effect: &Effect) -> Vec<Cycle> {
    let Some(name) = effect.grading() else { return Vec::new() };
    let gradings = scope.plan.gradings.iter().filter(|grading| name.is_empty() || grading.name == name);
    gradings.map(|grading| grading.cycle).collect()
}

/// A veto with all that goes with it, which the line has to say; `graded` are the cycles whose grades it sets.
pub fn effects_of(scope: &mut Scope<'_>, line: usize, veto: Veto, graded: &[Cycle]) -> Vec<Effect> {
    let own = scope.plan.cycle;
    let Veto { ranks_of: mut cycles, keeps_rank, says_rank, zero: zero_total, zero_of } = veto;
    if !says_rank && !zero_total && zero_of.is_empty() && graded.is_empty() {
        let help = match own {
            Cycle::Term => "，年终排名末位\n，总分计零".to_owned(),
            _ => {
                let this = own.current();
                format!("，{this}和年终排名末位\n，{this}排名末位\n，年终排名末位\n，{this}总分计零\n，全年总分计零")
            }
        };
        let finding = scope
            .at_line(line, "missing-convention", "没有写一票否决影响哪里")
            .help(format!("在后面加上其中一句：\n{help}"));
        scope.report(finding);
    }
    // 一票否决，总分计零，当月排名末位: where the rank falls, the total does. What is assessed at once has but one total.
    if zero_total && cycles.is_empty() {
        match own {
            Cycle::Term => cycles.push(own),
            _ => which_total(scope, line, "总分计零"),
        }
    }
    // What is said of the total of a period makes a veto of that period, and of the grade where nothing else is said.
    cycles.extend_from_slice(&zero_of);
    if cycles.is_empty() {
        cycles.extend_from_slice(graded);
    }
    // 一票否决，名次不变: a mark, for whatever minds it.
    if keeps_rank && cycles.is_empty() {
        cycles = Cycle::ALL.into_iter().filter(|cycle| *cycle >= own).collect();
    }
    cycles.sort_unstable();
    cycles.dedup();
    let veto = Effect::Veto { cycles, moves: !keeps_rank, zero_total };
    std::iter::once(veto).chain(zero_of.into_iter().map(|cycle| zero(own, cycle))).collect()
}
