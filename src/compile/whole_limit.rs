//! 年终得分不超过100分: a limit of the total of a longer period, which comes about by a formula.

use super::in_force;
use super::scope::Scope;
use crate::analysis::Bounds;
use crate::calendar::Cycle;
use crate::parse::{Context, InForce, Statement};
use crate::plan::*;
use crate::syntax::Rule as Token;

/// A total with the limits that lines say of it. Where it is the sum of its months, those may go no further than the limit
/// as they come; a mean or anything else is limited when it is known.
pub fn limited(scope: &mut Scope<'_>, statements: &[Statement<'_>], cycle: Cycle, total: Expr) -> Expr {
    if cycle <= scope.plan.cycle || is_sum(&total, scope.plan.cycle) {
        return total;
    }
    let mut amended = Vec::new();
    let stays = |line: u32| {
        let of_line = statements.iter().find(|statement| statement.line.number == line as usize);
        of_line.is_none_or(|statement| statement.line.in_force != InForce::ALWAYS)
    };
    let root = &mut scope.plan.nodes[0];
    let steps = std::mem::take(&mut root.steps).into_iter().zip(std::mem::take(&mut root.step_lines));
    let mut limited = total;
    for (step, line) in steps {
        let end = match step {
            Step::CapPoints { ref most, per } if per == cycle => Some((Aggregate::Least, most.clone())),
            Step::Floor { ref least, per } if per == cycle => Some((Aggregate::Greatest, least.clone())),
            _ => None,
        };
        let stays = stays(line);
        amended.extend((stays && end.is_some()).then_some(line));
        match end.filter(|_| !stays) {
            Some((which, end)) => limited = Expr::Of(which, vec![limited, end]),
            None => {
                root.steps.push(step);
                root.step_lines.push(line);
            }
        }
    }
    // Of a limit that is amended the text before and after are two lines.
    if let Some(line) = amended.pop() {
        let said = scope.source.line(line as usize).trim().to_owned();
        let message = format!("“{said}”只管一段时间，说不清怎样限：这个得分是算出来的，不是各期一步一步加上去的");
        let help = "写进算式里，这一行放在“自…起”的前面：修改 约定 年终得分 = 较低者（原来的算式、90分）（“90分”换成原文的数）";
        let finding = scope.at_line(line as usize, "unclear-limit", message).help(help);
        scope.report(finding);
    }
    limited
}

/// 各月得分之和, of the periods that are scored.
fn is_sum(total: &Expr, base: Cycle) -> bool {
    match total {
        Expr::Round { expr, .. } => is_sum(expr, base),
        Expr::Over { cycle, aggregate: Aggregate::Sum, expr, only: None } => *cycle == base && **expr == Expr::Total,
        _ => false,
    }
}

/// 各月得分平均, 各季度得分之和
fn is_of_totals(total: &Expr) -> bool {
    match total {
        Expr::Round { expr, .. } => is_of_totals(expr),
        Expr::Over { expr, .. } => **expr == Expr::Total,
        Expr::Of(_, parts) => parts.first().is_some_and(is_of_totals),
        _ => false,
    }
}

/// 总分不超过100分, where the year's total has parts that no month's has.
pub fn ask_of_which(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let Some((of, _)) = scope.plan.rollups.iter().find(|(_, total)| !is_of_totals(total)) else { return };
    let (base, of) = (scope.plan.cycle, *of);
    for statement in statements.iter().filter(|statement| statement.line.context == Context::Conventions) {
        let pair = statement.inner();
        if !matches!(pair.as_rule(), Token::cap | Token::floor) || statement.line.opening || pair.has(Token::cycle) {
            continue;
        }
        let word = pair.child(Token::CAP_POINTS).or_else(|| pair.child(Token::FLOOR));
        let mark = in_force::of_line(scope, statement);
        if word.is_none_or(|word| !word.has(Token::OF_TOTAL)) || in_force::is_never(&scope.plan.calendar, mark) {
            continue;
        }
        let said = scope.line_text(statement);
        let said = said.trim_end_matches('。');
        let (_, bound) = said.split_once("总分").unwrap_or(("", said));
        let whole = match of {
            Cycle::Quarter | Cycle::Half => format!("每{}", of.word()),
            _ if scope.plan.calendar.is_one_year() => "年终".to_owned(),
            _ => "每任期".to_owned(),
        };
        let message = format!("“{said}”没有写是{}的得分，还是{}的得分", base.each(), whole.trim_start_matches('每'));
        let help = format!("改成其中一句，两样都管的写两行：\n{}得分{bound}\n{whole}得分{bound}", base.every());
        let finding = scope.at(statement, &pair, "missing-convention", message).help(help);
        scope.report(finding);
    }
}

/// 全年加分不超过3分 of all that the months add: a part that counts at the end of the year may add more by itself.
pub fn refuse_outdone(scope: &mut Scope<'_>) {
    if !scope.is_sound() {
        return;
    }
    let plan = &scope.plan;
    let mut bounds = Bounds::new(plan);
    let mut found = Vec::new();
    for (_, step, line) in plan.nodes[0].written_steps() {
        let (what, most, is_bonus) = match step {
            Step::CapBonus { most: Expr::Number(most), per } if *per > plan.cycle => ("加分", *most, true),
            Step::CapDeduction { most: Expr::Number(most), per } if *per > plan.cycle => ("扣分", *most, false),
            _ => continue,
        };
        for id in plan.nodes[0].children.iter().filter(|id| plan.is_year_end(**id)) {
            let bound = bounds.node(*id);
            let part = if is_bonus { bound.bonus } else { bound.deduction };
            if part.high.is_none_or(|high| high > most) {
                found.push((line, what, most, plan.nodes[id.index()].address.clone()));
            }
        }
    }
    for (line, what, most, address) in found {
        let message = format!("这一行只管各期的{what}，“{address}”计入年终，它的{what}不止{most}分");
        let help = format!(
            "“{address}”也限{most}分的，在它里面写：{what}封顶 {most}分（标题里写了最多几分的，改那个数）；只管各期的，移到各期的板块里"
        );
        let finding = scope.at_line(line, "limits-at-odds", message).help(help);
        scope.report(finding);
    }
}
