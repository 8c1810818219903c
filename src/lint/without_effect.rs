//! `without-effect` 不起作用
//!
//! *Finds* a veto that moves no rank, total, grade or award, a title whose loss nothing looks at, and grades and awards
//! that look at vetoes of a period in which no veto counts.
//! *Why*: the harshest words of a scheme come to nothing, since no later line minds them.
//! *Example*: `造假：取消评优资格` in a line, and no `取消评优资格的，不予奖励` under 奖惩.
//! *Instead*: the line of 奖惩 or 等次 that minds it. (A title spelled in two ways is `unknown-title`.)

use rustc_hash::FxHashSet;

use crate::analysis::{Claim, Look, Suspicion, everything, meaning, month_for};
use crate::calendar::Cycle;
use crate::plan::walk::{each_condition, walk_condition};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let (mut titles, mut minds_veto) = (FxHashSet::default(), false);
    everything(plan, &mut |_| {}, &mut |condition| match condition {
        Condition::Disqualified(title) => _ = titles.insert(title.clone()),
        Condition::Vetoed => minds_veto = true,
        _ => {}
    });
    titles.extend(plan.awards.iter().flat_map(|award| award.not_if_disqualified.iter().cloned()));
    minds_veto |= plan.awards.iter().any(|award| award.not_if_vetoed);
    minds_veto |= plan.rankings.iter().any(|ranking| ranking.vetoed != Vetoed::InPlace);
    vetoes_elsewhere(look);
    let mut seen = FxHashSet::default();
    for (index, rule) in plan.rules.iter().enumerate() {
        let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { continue };
        let id = RuleId(index as u16);
        for effect in &rule.effects {
            match &effect.effect {
                Effect::Disqualify(title) if !titles.contains(title) && seen.insert(title.clone()) => {
                    let help = format!("在奖惩里加一行：取消{title}的，不予奖励");
                    let lost = title.clone();
                    let check = move |units: &[&crate::outcome::UnitOutcome]| {
                        units[0].disqualified.contains(&lost) && units[0].awards.iter().all(|it| it.withheld.is_none())
                    };
                    let said = format!("取消{title}");
                    let odd = (said, help, "取消了资格，奖惩照给".to_owned());
                    let mut claim = Claim::new(plan, month_for(plan, input), Box::new(check)).row(input, Number::ONE);
                    claim.period = plan.calendar.term();
                    push(look, id, odd, claim);
                }
                Effect::Veto { zero_total: false, .. } if !minds_veto && rule.effects.len() == 1 => {
                    let help =
                        "在约定里写：一票否决的排在末位，相互间按得分高低排序；或在奖惩里写：一票否决的，不予奖励";
                    let check = |units: &[&crate::outcome::UnitOutcome]| {
                        let rank = |at: usize| units[at].rankings.first().and_then(|ranking| ranking.rank);
                        units[0].vetoed && !units[1].vetoed && rank(0) == Some(1) && rank(1) == Some(2)
                    };
                    // Someone without a veto who is behind all the same.
                    let Some(fault) = fault(plan, input) else { continue };
                    let month = month_for(plan, input);
                    let claim = Claim::new(plan, month, Box::new(check)).row(input, Number::ONE).another();
                    let odd = ("一票否决".to_owned(), help.to_owned(), "被一票否决的排第1名，另一个排第2名".to_owned());
                    push(look, id, odd, claim.row(fault, Number::ONE));
                }
                _ => {}
            }
        }
    }
}

/// Of which periods a condition asks for a veto: its own, and those that it counts (季度数（被一票否决）).
fn cycles_asked(condition: &Condition, own: Cycle) -> Vec<Cycle> {
    let mut cycles: Vec<Cycle> = asks(condition).then_some(own).into_iter().collect();
    // 连续2个月被一票否决
    each_condition(condition, &mut |inner| {
        if let Condition::Streak { cycle, condition, .. } = inner
            && asks(condition)
        {
            cycles.push(*cycle);
        }
        true
    });
    walk_condition(condition, &mut |expr| {
        if let Expr::CountPeriods { cycle, condition, .. } = expr
            && asks(condition)
        {
            cycles.push(*cycle);
        }
        true
    });
    cycles
}

/// 一票否决的，不予奖励 of the year, where every veto is of its month.
fn vetoes_elsewhere(look: &mut Look<'_>) {
    let plan = look.plan;
    let vetoes = |rule: &Rule| rule.effects.iter().any(|effect| matches!(effect.effect, Effect::Veto { .. }));
    let veto = plan.rules.iter().enumerate().find_map(|(index, rule)| match rule.basis {
        Basis::Row(input) | Basis::Once(input) if vetoes(rule) => Some((RuleId(index as u16), input)),
        _ => None,
    });
    let Some((id, input)) = veto else { return };
    let mut minding: Vec<(Cycle, usize)> = Vec::new();
    for award in &plan.awards {
        let mut cycles = cycles_asked(&award.when, award.cycle);
        cycles.extend(award.not_if_vetoed.then_some(award.cycle));
        let line = look.line_with(award.line as usize, &["一票否决"]);
        minding.extend(line.iter().flat_map(|line| cycles.iter().map(|cycle| (*cycle, *line))));
    }
    for grading in &plan.gradings {
        let cycles: Vec<Cycle> =
            grading.rules.iter().flat_map(|rule| cycles_asked(&rule.when, grading.cycle)).collect();
        if cycles.is_empty() {
            continue;
        }
        let heading = [format!("等次 {}", grading.name), format!("等次　{}", grading.name)];
        let heading = look.line_with(1, &[&heading[0], &heading[1]]);
        let line = heading.and_then(|line| look.line_with(line, &["一票否决"]));
        minding.extend(line.iter().flat_map(|line| cycles.iter().map(|cycle| (*cycle, *line))));
    }
    minding.sort_by_key(|(cycle, line)| (*line, *cycle));
    minding.dedup();
    for (cycle, line) in minding {
        if plan.rules.iter().flat_map(|rule| &rule.effects).any(|effect| effect.effect.vetoes_in(cycle)) {
            continue;
        }
        let month = month_for(plan, input);
        let Some(period) = plan.calendar.around(cycle, month) else { continue };
        let word = plan.calendar.period(period).spoken();
        let own = &plan.rules[id.index()];
        let said = match cycle {
            Cycle::Month => "当月",
            Cycle::Quarter => "当季",
            Cycle::Half => "半年",
            Cycle::Year => "年终",
            Cycle::Term if plan.calendar.is_one_year() => "年终",
            Cycle::Term => "任期",
        };
        let check = |units: &[&crate::outcome::UnitOutcome]| !units[0].vetoed;
        let mut claim = Claim::new(plan, month, Box::new(check)).row(input, Number::ONE);
        claim.period = period;
        look.found.push(Suspicion {
            code: "without-effect",
            line,
            text: "一票否决".to_owned(),
            message: "这里看的“一票否决”不会成立：没有一句一票否决管到这一期".to_owned(),
            brief: "看一票否决的一句".to_owned(),
            help: format!("在“{}”等句子里写明管到哪里：一票否决，{said}排名末位", own.label),
            shows: format!("{word}不算被一票否决"),
            meaning: meaning(plan, &(&own.label, &own.effects)),
            claim,
            alone: false,
        });
    }
}

/// Whether a condition asks for a veto of its own period.
fn asks(condition: &Condition) -> bool {
    match condition {
        Condition::Vetoed => true,
        Condition::Not(inner) => asks(inner),
        Condition::All(list) | Condition::Any(list) => list.iter().any(asks),
        _ => false,
    }
}

/// A line that takes points off for a row of the same month.
fn fault(plan: &Plan, input: InputId) -> Option<InputId> {
    plan.rules.iter().find_map(|rule| match (&rule.basis, &rule.points) {
        (Basis::Row(other), Expr::Multiply(pair)) if month_for(plan, *other) == month_for(plan, input) => {
            matches!(pair[0], Expr::Number(each) if each.is_negative()).then_some(*other)
        }
        _ => None,
    })
}

fn push(look: &mut Look<'_>, id: RuleId, (said, help, shows): (String, String, String), claim: Claim) {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    look.found.push(Suspicion {
        code: "without-effect",
        line: rule.line as usize,
        text: said.clone(),
        message: format!("“{}”的“{said}”没有影响到任何地方", rule.label),
        brief: format!("{}的“{said}”", look.called(id)),
        help,
        shows,
        meaning: meaning(plan, &(&rule.label, &rule.effects)),
        claim,
        alone: true,
    });
}
