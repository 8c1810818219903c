//! 满分: where a node begins, what bounds it, and whether the marks of its parts add up.

use super::beyond_full;
use super::scope::Scope;
use super::shared_marks;
use crate::plan::*;
use crate::syntax::Rule as Token;
use crate::value::Number;

/// 满分 N: start at N and deduct, unless something below gives points; never above N unless the line says so.
pub fn settle(scope: &mut Scope<'_>) {
    assessed_in_some_months(scope);
    for index in 0..scope.plan.nodes.len() {
        let node = NodeId(index as u16);
        let Some(full) = scope.plan.nodes[index].full.clone() else { continue };
        let rules = scope.rules_within(node);
        let gives = rules.iter().any(|rule| scope.gains.contains(rule)) || children_give_points(scope, node);
        // 约定 may say 基础分 0分 and 满分 150分: where the total begins, and what bounds it.
        let has_start =
            scope.plan.nodes[index].start != Expr::Number(Number::ZERO) || index == 0 && scope.conventions.base_points;
        if !gives && !has_start && !scope.from_zero.contains(&node) {
            scope.plan.nodes[index].start = full.clone();
        }
        let over = scope.over_full.get(&node).copied();
        let line = scope.plan.nodes[index].line as usize;
        let only_adds = !gives && !has_start && !scope.from_zero.contains(&node) && only_adds(scope, &rules);
        // 满分20分，加分不超过满分, and nothing but bonuses: it begins full and stays full, whatever happens.
        if over == Some(false) && only_adds {
            let shown = if let Expr::Number(full) = &full { full.to_string() } else { "…".to_owned() };
            let finding = scope
                .at_line(
                    line,
                    "bonus-cannot-count",
                    "这里只有加分：从满分起算又不超过满分，加分永远加不进去，没有加分也得满分",
                )
                .help(format!(
                    "从零加起、最多加{shown}分的，去掉满分，写：最多加{shown}分\n也是满分的，写：满分 {shown}分，从零计起，加分不超过满分"
                ));
            scope.report(finding);
        }
        full_of_parts(scope, node);
        if over.is_none() && index > 0 && may_exceed(scope, node) {
            let shown = if let Expr::Number(full) = &full { full.to_string() } else { "…".to_owned() };
            if only_adds && scope.broken.is_empty() {
                bonus_with_marks(scope, node, &shown);
            } else if scope.broken.is_empty() {
                let finding = scope
                    .at_line(line, "missing-convention", "有满分也有加分，没有写加分能不能超过满分")
                    .expected("在这一条里写明")
                    .help(format!(
                        "在这一条里写上其中一行：\n满分 {shown}分，加分不超过满分\n满分 {shown}分，加分可超过满分{}",
                        asked_above(scope, node)
                    ));
                scope.report(finding);
            }
        }
        let per = scope.plan.nodes[index].cycle;
        let mut steps = Vec::new();
        if over != Some(true) {
            steps.push(Step::CapPoints { most: full, per });
        }
        // 得分不低于 -10分: may go below zero, as far as it says.
        let below_zero =
            |step: &Step| matches!(step, Step::Floor { least: Expr::Number(least), .. } if least.is_negative());
        if !scope.plan.nodes[index].steps.iter().any(below_zero) {
            steps.push(Step::Floor { least: Expr::Number(Number::ZERO), per });
        }
        // Whatever 扣分封顶 and 加分封顶 leave, what comes out lies between nothing and the full marks.
        let own = &mut scope.plan.nodes[index];
        let is_part = |step: &Step| matches!(step, Step::CapDeduction { .. } | Step::CapBonus { .. });
        let behind = own.steps.iter().take_while(|step| is_part(step)).count();
        own.step_lines.splice(behind..behind, steps.iter().map(|_| 0));
        own.steps.splice(behind..behind, steps);
    }
    scope.plan.nodes.iter_mut().for_each(shorter_first);
    shared_marks::settle(scope);
    started_twice(scope);
    capped_within(scope);
    earned_beside_bonus(scope);
    beyond_full::refuse(scope);
}

/// 只在12月考评 with marks: in the other months it is not assessed, and does not keep them whatever happens. What begins at
/// nothing has nothing to keep.
fn assessed_in_some_months(scope: &mut Scope<'_>) {
    for (node, numbers) in scope.only_months.clone() {
        let plan = &scope.plan;
        let mut below = vec![node];
        let mut has_marks = false;
        while let Some(part) = below.pop() {
            let part = &plan.nodes[part.index()];
            has_marks |= part.full.is_some() || part.start != Expr::Number(Number::ZERO);
            below.extend(&part.children);
        }
        let calendar = &plan.calendar;
        let periods: Vec<_> = calendar.each(plan.nodes[node.index()].cycle).map(|id| calendar.period(id)).collect();
        let is_in = |period: &&&crate::calendar::Period| {
            (0..period.months()).any(|month| numbers.contains(&period.first.plus(month).number()))
        };
        let open: Vec<Condition> = periods
            .iter()
            .filter(is_in)
            .map(|period| Condition::During(Months { first: period.first, last: period.last }))
            .collect();
        if !has_marks || open.len() == periods.len() {
            continue;
        }
        let open = Condition::Any(open);
        let applies = &mut scope.plan.nodes[node.index()].applies;
        *applies = match std::mem::replace(applies, Condition::Always) {
            Condition::Always => open,
            applies => Condition::All(vec![applies, open]),
        };
    }
}

/// Whether some lines there are, and none does anything but add.
fn only_adds(scope: &Scope<'_>, rules: &[RuleId]) -> bool {
    let deducts = |id: &RuleId| {
        let rule = &scope.plan.rules[id.index()];
        !scope.adds.contains(id) || rule.text.contains(['扣', '减']) || !rule.effects.is_empty()
    };
    !rules.is_empty() && !rules.iter().any(deducts)
}

/// 加分项（10分） over nothing but bonuses: no more than ten may be added, and nobody begins with them.
fn bonus_with_marks(scope: &mut Scope<'_>, node: NodeId, full: &str) {
    let line = scope.plan.nodes[node.index()].line as usize;
    let text = scope.source.line(line).trim().to_owned();
    let title = ["（", "("].iter().filter_map(|open| text.rfind(open)).max().filter(|at| text[*at..].contains(full));
    let most = format!("最多加{full}分");
    let help = match title {
        Some(at) => format!("写成：{}（{most}）", &text[..at]),
        None => format!("去掉满分，写：{most}"),
    };
    let message = format!("这里只有加分，{full}分是从零加起、最多能加的，写成满分，没有加分的也先得{full}分");
    let finding = scope
        .at_line(line, "missing-convention", message)
        .help(format!("{help}\n人人先得{full}分、再往上加的，在这一条里写：满分 {full}分，加分可超过满分"));
    scope.report(finding);
}

/// 加分封顶 全年12分 and 加分封顶 每月6分, or full marks: what the month does not grant takes nothing from the year, in
/// whatever order the lines stand. What comes between two limits (系数, 保留) keeps them apart.
fn shorter_first(node: &mut Node) {
    let period = |step: &Step| match step {
        Step::CapDeduction { per, .. } | Step::CapBonus { per, .. } => Some(*per),
        Step::CapPoints { per, .. } | Step::Floor { per, .. } => Some(*per),
        _ => None,
    };
    let all: Vec<(Step, u32)> = node.steps.drain(..).zip(node.step_lines.drain(..)).collect();
    for run in all.chunk_by(|(a, _), (b, _)| period(a).is_some() == period(b).is_some()) {
        let mut run = run.to_vec();
        run.sort_by_key(|(step, _)| period(step));
        let is_part = |step: &Step| matches!(step, Step::CapDeduction { .. } | Step::CapBonus { .. });
        let last = run.iter().rposition(|(step, _)| is_part(step) && period(step) > Some(node.cycle));
        // What the year has left of bonuses or deductions lies between nothing and the full marks, too.
        let bounds = last.map_or(&[][..], |last| &run[..last]).iter().filter(|(_, line)| *line == 0);
        let bounds: Vec<(Step, u32)> = bounds.cloned().collect();
        let behind = last.map_or(run.len(), |last| last + 1);
        run.splice(behind..behind, bounds);
        for (step, line) in run {
            node.steps.push(step);
            node.step_lines.push(line);
        }
    }
}

/// 加分不超过 5分 over 得10分 and 加1分: what is earned would be cut as if it were a bonus.
fn earned_beside_bonus(scope: &mut Scope<'_>) {
    for (node, line) in std::mem::take(&mut scope.bonus_caps) {
        let rules = scope.rules_within(node);
        // Where nothing has full marks, 得 is a bonus by another word.
        let is_earned = |rule: &&RuleId| {
            let is_gain = scope.gains.contains(rule) && !scope.adds.contains(rule);
            is_gain && has_full_marks(scope, scope.plan.rules[rule.index()].node)
        };
        let Some(earned) = rules.iter().find(is_earned) else { continue };
        let bonus = rules.iter().filter(|rule| scope.adds.contains(rule) && !scope.gains.contains(rule));
        let mut parts: Vec<String> = Vec::new();
        for rule in bonus {
            let address = &scope.plan.nodes[scope.plan.rules[rule.index()].node.index()].address;
            let part = if node == NodeId(0) { address.split('.').next().unwrap_or_default() } else { address };
            if !parts.iter().any(|known| known == part) {
                parts.push(part.to_owned());
            }
        }
        if parts.is_empty() {
            continue;
        }
        let earned = scope.plan.rules[earned.index()].label.clone();
        let most = scope.plan.nodes[node.index()].steps.iter().find_map(|step| match step {
            Step::CapBonus { most: Expr::Number(most), .. } => Some(most.to_string()),
            _ => None,
        });
        let most = most.unwrap_or_else(|| "…".to_owned());
        let only_bonus = match &parts[..] {
            [part] => format!("只限加分的，把这一行移到“{part}”里：最多加{most}分"),
            _ => format!(
                "只限加分的，几处（“{}”）合在一起还限不了：把加分的句子放进一个板块，在那里写 最多加{most}分；各限各的，在各处写",
                parts.join("”“")
            ),
        };
        let all = if node == NodeId(0) { "总分不超过" } else { "得分不超过" };
        let finding = scope
            .at_line(
                line,
                "missing-convention",
                format!("这里有得的分也有加的分，说不清“{earned}”得的分受不受加分的限额管"),
            )
            .help(format!("{only_bonus}\n得的分也一起限的，改成：{all} {most}分"));
        scope.report(finding);
    }
}

/// 扣分封顶 5分 over 得满分，每少1户扣0.2分: what goes off what the same sentence gives is no deduction of the item.
fn capped_within(scope: &mut Scope<'_>) {
    let deductions = std::mem::take(&mut scope.deduction_caps).into_iter().map(|cap| (cap, Token::DEDUCT, "扣"));
    let bonuses = scope.bonus_caps.clone().into_iter().map(|cap| (cap, Token::ADD, "加"));
    for ((node, line), said, word) in deductions.chain(bonuses) {
        let rules = scope.rules_within(node);
        let Some((rule, _)) = scope.nets.iter().find(|(rule, net)| *net == said && rules.contains(rule)) else {
            continue;
        };
        let label = scope.plan.rules[rule.index()].label.clone();
        let most = scope.plan.nodes[node.index()].steps.iter().find_map(|step| match step {
            Step::CapDeduction { most: Expr::Number(most), .. } if said == Token::DEDUCT => Some(most.to_string()),
            Step::CapBonus { most: Expr::Number(most), .. } if said == Token::ADD => Some(most.to_string()),
            _ => None,
        });
        let most = most.unwrap_or_else(|| "几".to_owned());
        let finding = scope
            .at_line(
                line,
                "cap-within-a-line",
                format!("“{label}”一句里先得分再{word}分，合起来是得的分，这里限的{word}分管不到它"),
            )
            .help(format!(
                "写到那一句里，跟在{word}分后面：，最多{word}{most}分；这一行管别的句子的，移到只有那些句子的条目里"
            ));
        scope.report(finding);
    }
}

/// Whether a node or one above it has full marks.
fn has_full_marks(scope: &Scope<'_>, node: NodeId) -> bool {
    let parent = |id: &NodeId| scope.plan.nodes[id.index()].parent;
    std::iter::successors(Some(node), parent).any(|id| scope.plan.nodes[id.index()].full.is_some())
}

/// The full marks of the parts should add up to those of the whole: what is over would be cut off unseen.
fn full_of_parts(scope: &mut Scope<'_>, node: NodeId) {
    let own = &scope.plan.nodes[node.index()];
    let Some(Expr::Number(full)) = &own.full else { return };
    let is_weighted = matches!(own.combine, Combine::Weighted { .. });
    if !(is_weighted || own.combine == Combine::Sum) || own.children.is_empty() {
        return;
    }
    let parts = own.children.iter().map(|child| &scope.plan.nodes[child.index()]);
    // A part for some units only stands beside another for the rest.
    if parts.clone().any(|part| part.applies != Condition::Always) {
        return;
    }
    let known = parts.clone().map(|part| {
        let once = match (&part.full, &part.weight) {
            (Some(Expr::Number(full)), Some(Expr::Number(weight))) if is_weighted => full.times(*weight).ok(),
            (Some(Expr::Number(full)), _) if !is_weighted => Some(*full),
            _ => None,
        };
        once.and_then(|full| full.times(Number::whole(times_within(scope, own, part))).ok())
    });
    let Ok(sum) = known.flatten().try_fold(Number::ZERO, |sum, full| sum.plus(full)) else { return };
    if sum > *full {
        // 会议（4分）, 考评周期 每季度，各季度之和: four marks in each quarter.
        let several = parts.clone().find(|part| part.full.is_some() && times_within(scope, own, part) > 1);
        let (message, help) = match is_weighted {
            _ if let Some(part) = several => {
                let times = times_within(scope, own, part);
                let Some(Expr::Number(marks)) = part.full else { return };
                let all = marks.times(Number::whole(times)).unwrap_or(marks);
                let each = part.cycle.word();
                let title = &part.title;
                (
                    format!(
                        "“{title}”每{each}各有满分{marks}分，{times}个{each}合起来{all}分；下级各项合计{sum}分，超过满分{full}分，扣了也可能还是满分"
                    ),
                    format!(
                        "{marks}分是合起来的满分的，“各{each}之和”改成“各{each}平均”，或把“{title}”的满分写成一个{each}的；真是每{each}{marks}分的，上级的满分写{sum}分"
                    ),
                )
            }
            true => {
                let scaled = full.divided_by(sum).ok().and_then(|share| share.decimal());
                let factor = scaled.map_or(format!("{full} ÷ {sum}"), |share| share.to_string());
                (
                    format!("满分{full}分，下级各项加权后的满分合计{sum}分，超出的会被封掉"),
                    format!(
                        "加权后仍是{full}分的，下级的满分也写{full}分；加权后再折成{full}分的，满分写{sum}分，加一行：系数 {factor}"
                    ),
                )
            }
            false => (format!("满分{full}分，下级各项的满分合计{sum}分，对不上"), "核对各项的满分".to_owned()),
        };
        let finding = scope.at_line(own.line as usize, "full-marks-differ", message).help(help).noted();
        scope.report(finding);
    }
}

/// How often the marks of a part are summed within its whole: 各季度之和 of a year's four quarters.
fn times_within(scope: &Scope<'_>, whole: &Node, part: &Node) -> i64 {
    if part.landing != Landing::RolledUp(Aggregate::Sum) || part.cycle >= whole.cycle {
        return 1;
    }
    let calendar = &scope.plan.calendar;
    let parts: Vec<_> = calendar.each(part.cycle).map(|id| calendar.period(id)).collect();
    let within = calendar.each(whole.cycle).map(|id| {
        let whole = calendar.period(id);
        parts.iter().filter(|part| whole.first <= part.first && part.last <= whole.last).count()
    });
    within.max().unwrap_or(1).max(1) as i64
}

/// 基础分 100分 and sections that each begin with their full marks: the total begins with both.
fn started_twice(scope: &mut Scope<'_>) {
    let root = &scope.plan.nodes[0];
    let Expr::Number(base) = root.start else { return };
    if !scope.conventions.base_points || !base.is_positive() || root.combine != Combine::Sum {
        return;
    }
    let sections = root.children.iter().map(|child| &scope.plan.nodes[child.index()]);
    let full = sections.filter_map(|section| match (&section.start, &section.full) {
        (Expr::Number(start), Some(Expr::Number(full))) if start == full && full.is_positive() => {
            Some((section.title.clone(), *full))
        }
        _ => None,
    });
    let full: Vec<(String, Number)> = full.collect();
    let Ok(all) = full.iter().try_fold(base, |sum, (_, full)| sum.plus(*full)) else { return };
    let Some((first, marks)) = full.first() else { return };
    let more = if full.len() > 1 { format!("等{}个板块", full.len()) } else { String::new() };
    let message = format!("总分从基础分{base}分起算，“{first}”{more}又从满分起算，合起来从{all}分起算");
    let finding = scope
        .at_line(scope.base_line, "started-twice", message)
        .help(format!(
            "各板块的满分合起来就是总分的，约定写：基础分 0分；从零开始挣的板块，写：满分 {marks}分，从零计起"
        ))
        .noted();
    scope.report(finding);
}

/// Whether bonuses at or below a node may carry it over its full marks: those of a part that stops at its own do not.
/// What goes over the marks of a part comes to be asked of the whole: said at once rather than in the next run.
fn asked_above(scope: &Scope<'_>, node: NodeId) -> String {
    let parent = |id: &NodeId| scope.plan.nodes[id.index()].parent;
    let above = std::iter::successors(parent(&node), parent).filter(|id| {
        id.index() > 0 && scope.plan.nodes[id.index()].full.is_some() && !scope.over_full.contains_key(id)
    });
    let names: Vec<&str> = above.map(|id| scope.plan.nodes[id.index()].address.as_str()).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("\n可以超过的，上级“{}”的满分也要写明", names.join("”“")),
    }
}

fn may_exceed(scope: &Scope<'_>, node: NodeId) -> bool {
    let own = &scope.plan.nodes[node.index()];
    own.rules.iter().any(|rule| scope.adds.contains(rule))
        || own.children.iter().any(|child| {
            let full = scope.plan.nodes[child.index()].full.is_some();
            match (full, scope.over_full.get(child)) {
                (true, Some(true)) => true,
                (true, _) => false,
                (false, _) => may_exceed(scope, *child),
            }
        })
}

fn children_give_points(scope: &Scope<'_>, node: NodeId) -> bool {
    scope.plan.nodes[node.index()].children.iter().any(|child| {
        let child_node = &scope.plan.nodes[child.index()];
        child_node.full.is_some()
            || child_node.start != Expr::Number(Number::ZERO)
            || children_give_points(scope, *child)
    })
}
