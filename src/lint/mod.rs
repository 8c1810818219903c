//! What is legal in a rulebook and still looks odd: one page per lint, each finding with facts that show it.
//!
//! A lint only suspects. What is printed the interpreter has confirmed, by scoring the facts of the suspicion.

mod aim;
mod award_out_of_reach;
mod extreme;
mod free_beyond_cap;
mod full_out_of_reach;
mod gap;
mod grade_out_of_reach;
mod hit_twice;
mod later_wins;
mod limit_out_of_reach;
mod look_alike;
mod missing_citation;
mod overshadowed;
mod places_uncovered;
mod top_meets_bottom;
mod unused;
mod without_effect;

use crate::analysis::{Acceptance, Look, Suspicion, confirm, fingerprint, lapsed, told_at, without_amounts};
use crate::compile::{Compiled, NOTED};
use crate::diagnostic::{Finding, Findings, Place};
use crate::plan::Plan;
use crate::threads;

/// A kind of finding: its stable name, its Chinese name for 认可, and what finds it.
struct Lint {
    code: &'static str,
    title: &'static str,
    find: fn(&mut Look<'_>),
}

const LINTS: &[Lint] = &[
    Lint { code: "free-beyond-cap", title: "扣满不再扣", find: free_beyond_cap::find },
    Lint { code: "limit-out-of-reach", title: "限额够不着", find: limit_out_of_reach::find },
    Lint { code: "overshadowed", title: "总轮不到", find: overshadowed::find },
    Lint { code: "full-out-of-reach", title: "满分够不着", find: full_out_of_reach::find },
    Lint { code: "grade-out-of-reach", title: "等次够不着", find: grade_out_of_reach::find },
    Lint { code: "award-out-of-reach", title: "奖惩够不着", find: award_out_of_reach::find },
    Lint { code: "place-without-award", title: "名次空档", find: places_uncovered::find },
    Lint { code: "top-meets-bottom", title: "首尾重叠", find: top_meets_bottom::find },
    Lint { code: "without-effect", title: "不起作用", find: without_effect::find },
    Lint { code: "hit-twice", title: "一事两计", find: hit_twice::find },
    Lint { code: "later-wins", title: "后写的算", find: later_wins::find },
    Lint { code: "look-alike-names", title: "形近名称", find: look_alike::find },
    Lint { code: "unused-name", title: "没有用到", find: unused::find },
    Lint { code: "missing-citation", title: "没有依据", find: missing_citation::find },
];

/// Claims tried in all; in a large rulebook each costs more, and nobody reads so many.
fn most_claims(plan: &Plan) -> usize {
    (12_000 / (plan.rules.len() + 500)).clamp(4, 24)
}

/// A confirmed suspicion, for tests that confirm it once more.
pub struct Confirmed {
    pub suspicion: Suspicion,
    print: String,
}

/// Everything odd about a rulebook that the interpreter confirms, accepted or not.
pub fn confirmed(compiled: &Compiled) -> Vec<Confirmed> {
    look(compiled).0
}

/// What is confirmed, and the names of what there was no time to try.
fn look(compiled: &Compiled) -> (Vec<Confirmed>, Vec<&'static str>) {
    let plan = &compiled.plan;
    let found = suspected(compiled);
    let verdicts = confirm(plan, &found, most_claims(plan));
    let untried = found.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_none()).map(|(it, _)| it.code).collect();
    let kept = found.into_iter().zip(verdicts).filter(|(_, verdict)| *verdict == Some(true));
    let print = |it: &Suspicion| fingerprint(it.code, &it.meaning);
    (kept.map(|(suspicion, _)| Confirmed { print: print(&suspicion), suspicion }).collect(), untried)
}

/// What every lint suspects, in the order of the lints.
fn suspected(compiled: &Compiled) -> Vec<Suspicion> {
    let plan = &compiled.plan;
    // In a smaller rulebook a thread costs more than it saves.
    let threads = if plan.rules.len() < 500 { 1 } else { threads::available().min(LINTS.len()) };
    let found = threads::on_each(threads, |thread| {
        let mut look = Look::new(plan, &compiled.source);
        let mut own = Vec::new();
        for (at, lint) in LINTS.iter().enumerate().skip(thread).step_by(threads) {
            (lint.find)(&mut look);
            own.push((at, std::mem::take(&mut look.found)));
        }
        own
    });
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().flat_map(|(_, suspicions)| suspicions).collect()
}

/// Whether a suspicion holds when its facts are scored alone.
pub fn holds(plan: &Plan, confirmed: &Confirmed) -> bool {
    confirmed.suspicion.claim.holds_alone(plan, &without_amounts(plan.clone()))
}

/// Facts for the gaps among what compiling found.
pub fn show_gaps(compiled: &Compiled, findings: &mut Findings) {
    gap::show(compiled, findings);
}

/// What `check` prints beside errors.
pub fn run(compiled: &Compiled, findings: &mut Findings) {
    let mut used = vec![false; compiled.accepted.len()];
    let (mut list, untried) = look(compiled);
    let mut prints = Vec::new();
    for lint in LINTS {
        let (mine, others): (Vec<_>, Vec<_>) = list.into_iter().partition(|it| it.suspicion.code == lint.code);
        list = others;
        if mine.is_empty() {
            continue;
        }
        let group = group_print(&mine);
        if accept(compiled, lint, &group, &mut used) {
            continue;
        }
        let open: Vec<Confirmed> =
            mine.into_iter().filter(|it| !accept(compiled, lint, &it.print, &mut used)).collect();
        let more = untried.iter().filter(|code| **code == lint.code).count();
        if let Some(finding) = told(compiled, lint, &open, more) {
            findings.push(finding);
            prints.push((lint.code, group_print(&open)));
        }
    }
    tell_lapsed(compiled, &used, &prints, findings);
}

/// One fingerprint for all of a kind: the same as that of the only one.
fn group_print(list: &[Confirmed]) -> String {
    match list {
        [only] => only.print.clone(),
        _ => {
            let mut prints: Vec<&str> = list.iter().map(|it| it.print.as_str()).collect();
            prints.sort_unstable();
            fingerprint(list[0].suspicion.code, &prints.join(","))
        }
    }
}

fn is_named(acceptance: &Acceptance, lint: &Lint) -> bool {
    acceptance.name == lint.title || acceptance.name == lint.code
}

fn accept(compiled: &Compiled, lint: &Lint, print: &str, used: &mut [bool]) -> bool {
    let mut accepted = false;
    for (acceptance, used) in compiled.accepted.iter().zip(used) {
        if is_named(acceptance, lint) && acceptance.print == print {
            (accepted, *used) = (true, true);
        }
    }
    accepted
}

/// Several of a kind are one finding: the first with its facts, the others by name.
fn told(compiled: &Compiled, lint: &Lint, open: &[Confirmed], untried: usize) -> Option<Finding> {
    const SHOWN: usize = 12;
    let (first, others) = open.split_first()?;
    let it = &first.suspicion;
    let mut message = it.message.clone();
    if !others.is_empty() {
        let briefs: Vec<&str> = others.iter().take(SHOWN).map(|other| other.suspicion.brief.as_str()).collect();
        let more = if others.len() > SHOWN { "等" } else { "" };
        message.push_str(&format!("。另有{}处：{}{more}", others.len(), briefs.join("；")));
    }
    if untried > 0 {
        message.push_str(&format!("。可能还有{untried}处，没有逐一核对"));
    }
    let line = compiled.source.line(it.line.clamp(1, compiled.source.line_count()));
    let text = if it.text.is_empty() || !line.contains(&it.text) { line.trim() } else { it.text.as_str() };
    let column = line.find(text).map_or(1, |at| line[..at].chars().count() + 1);
    let place = Place { file: compiled.source.name.clone(), line: it.line, column };
    // What stands before the first section, and what several share, is accepted among the conventions.
    let is_local = others.is_empty() && compiled.plan.nodes.get(1).is_some_and(|node| it.line >= node.line as usize);
    let spot = if is_local { "这里" } else { "约定里" };
    let help = format!("{}\n就是要这样的，在{spot}加一行：认可 {}（{}）：理由", it.help, lint.title, group_print(open));
    let finding = Finding::warning(lint.code, place, message).text(text).line_text(line).help(help);
    Some(finding.witness(format!("{}\n{}", it.claim.told(&compiled.plan), it.shows)))
}

/// Acceptances of what is not found any more, or not in this form; compiling tells those of what it notes itself.
fn tell_lapsed(compiled: &Compiled, used: &[bool], prints: &[(&str, String)], findings: &mut Findings) {
    let source = &compiled.source;
    for (acceptance, _) in compiled.accepted.iter().zip(used).filter(|(_, used)| !**used) {
        if NOTED.iter().any(|(code, title)| [*code, *title].contains(&acceptance.name.as_str())) {
            continue;
        }
        let Some(lint) = LINTS.iter().find(|lint| is_named(acceptance, lint)) else {
            let titles = LINTS.iter().map(|lint| lint.title).chain(NOTED.iter().map(|(_, title)| *title));
            let help = format!("可以认可的有：{}", titles.collect::<Vec<_>>().join("、"));
            findings.push(told_at(source, acceptance, format!("没有叫“{}”的提醒", acceptance.name), help));
            continue;
        };
        let still = prints.iter().find(|(code, _)| *code == lint.code).map(|(_, print)| print.as_str());
        findings.push(lapsed(source, acceptance, lint.title, still));
    }
}
