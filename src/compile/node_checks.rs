//! What must hold of a node as a whole: its indents, its caps, its weights, that it is not empty.

use rustc_hash::FxHashMap;

use super::scope::Scope;
use crate::parse::{Context, Statement};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// A line that a node can only have once: the later one would silently take the place of the earlier.
pub fn require_once(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    node: NodeId,
    seen: &mut FxHashMap<(NodeId, String), usize>,
) {
    let kind = match pair.as_rule() {
        Token::cycle_is => "考评周期".to_owned(),
        Token::only_months => "只在哪几个月考评".to_owned(),
        Token::start => "基础分".to_owned(),
        Token::combine => "怎样合成".to_owned(),
        Token::weight => "权重".to_owned(),
        Token::applies => "适用".to_owned(),
        Token::matter_scope => "同一事项".to_owned(),
        // Of two caps of a kind and a period one is idle; a month's and a year's both hold.
        Token::cap if pair.has(Token::amount) => {
            let cycle = pair.child(Token::cycle).map(|cycle| cycle.as_str().trim().to_owned());
            let what = match () {
                _ if pair.has(Token::CAP_DEDUCTION) || pair.has(Token::MOST_TAKEN) => "扣分封顶",
                _ if pair.has(Token::CAP_BONUS) || pair.has(Token::MOST_ADDED) => "加分封顶",
                _ => "得分封顶",
            };
            cycle.unwrap_or_default() + what
        }
        _ => return,
    };
    let line = statement.line.number;
    if let Some(first) = seen.insert((node, kind.clone()), line) {
        let message = format!("“{kind}”已在第{first}行写过");
        let finding = scope.at(statement, pair, "duplicate-line", message).help("只留一行");
        scope.report(finding);
    }
}

/// 扣分封顶 of a section, written behind its items where the section's lines begin: it is the last item's all the same.
pub fn check_indents(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    // Lines of amendments stand as their documents have them.
    if !scope.source.documents.is_empty() {
        return;
    }
    // Of the item around: how far in it stands, and how far the lines of its own do so far.
    let mut item: Option<(usize, Option<usize>)> = None;
    for (index, statement) in statements.iter().enumerate() {
        let line = statement.line;
        let text = scope.source.line(line.number);
        let indent = text.len() - text.trim_start().len();
        if line.opening {
            let is_item = line.context == Context::Node && statement.inner().has(Token::item_number);
            item = is_item.then_some((indent, None));
            continue;
        }
        let Some((own, inside)) = item.as_mut().filter(|_| line.context == Context::Node) else { continue };
        // What a section may say as well as an item.
        let is_either = matches!(
            statement.inner().as_rule(),
            Token::cap
                | Token::floor
                | Token::full
                | Token::combine
                | Token::coefficient
                | Token::when_node
                | Token::applies
                | Token::weight
                | Token::node_keep
        );
        let within = *inside;
        *inside = within.max(Some(indent));
        if is_either && indent <= *own && within.is_some_and(|within| within > indent && within >= *own) {
            let address = scope.plan.nodes[scope.nodes_of[index].index()].address.clone();
            let message = format!("这一行缩进得像是“{address}”外面的，却只管“{address}”");
            let finding = scope
                .at_line(line.number, "misplaced-line", message)
                .help("管整个板块的，写在板块标题下面、第一个条目前面；就是这一条的，缩进与这一条别的行对齐")
                .noted();
            scope.report(finding);
        }
    }
}

/// A heading with nothing below it: what was to stand there is probably missing.
pub fn check_empty(scope: &mut Scope<'_>) {
    if !scope.broken.is_empty() || !scope.refused.is_empty() {
        return;
    }
    let mut filled = vec![false; scope.plan.nodes.len()];
    scope.plan.inputs.iter().for_each(|input| filled[input.node.index()] = true);
    scope.plan.measures.iter().for_each(|measure| filled[measure.node.index()] = true);
    // What was stopped is shown, and what stands around it had something in it.
    for stopped in &scope.stopped {
        filled[stopped.index()] = true;
        if let Some(parent) = scope.plan.nodes[stopped.index()].parent {
            filled[parent.index()] = true;
        }
    }
    let empty: Vec<(usize, String, Option<Expr>)> = (scope.plan.nodes.iter().zip(&filled).skip(1))
        .filter(|(node, filled)| {
            let nothing = node.children.is_empty() && node.rules.is_empty() && node.steps.is_empty();
            let gives = node.start != Expr::Number(Number::ZERO) && node.full.is_none();
            nothing && !**filled && !gives
        })
        .map(|(node, _)| (node.line as usize, node.address.clone(), node.full.clone()))
        .collect();
    for (line, address, full) in empty {
        let given = match full {
            Some(Expr::Number(full)) => format!("，每个单位都得满分{full}分"),
            Some(_) => "，每个单位都得满分".to_owned(),
            None => String::new(),
        };
        let finding = scope
            .at_line(line, "empty-item", format!("“{address}”下面什么也没有写{given}"))
            .help("写上计分句；原文看不清的，写：某情形：待定，原文残缺")
            .noted();
        scope.report(finding);
    }
}

/// A number that is written, with its sign.
pub fn constant(expr: &Expr) -> Option<Number> {
    match expr {
        Expr::Number(number) => Some(*number),
        Expr::Negate(inner) => constant(inner).map(Number::negated),
        _ => None,
    }
}

/// 扣分封顶 每月5分 beside 扣分封顶 每年3分: a month is never so far.
pub fn check_caps(scope: &mut Scope<'_>) {
    let cap = |step: &Step| match step {
        Step::CapDeduction { most: Expr::Number(most), per } => Some(("扣分封顶", *per, *most)),
        Step::CapBonus { most: Expr::Number(most), per } => Some(("加分封顶", *per, *most)),
        _ => None,
    };
    let mut wrong = Vec::new();
    for node in &scope.plan.nodes {
        let caps: Vec<_> = node.written_steps().filter_map(|(_, step, line)| Some((cap(step)?, line))).collect();
        for ((what, per, most), line) in &caps {
            let longer = caps.iter().find(|((of, longer, other), _)| of == what && longer > per && other < most);
            if let Some(((_, longer, other), _)) = longer {
                wrong.push((*line, format!("{what}{}{most}分，比{}的{other}分还多", per.every(), longer.this())));
            }
        }
    }
    for (line, message) in wrong {
        let finding = scope.at_line(line, "limits-at-odds", message);
        scope.report(finding.help("核对这两个数；只限较长一期的，去掉较短一期的封顶"));
    }
}

/// A floor above 满分 would always be what comes out.
pub fn check_floors(scope: &mut Scope<'_>) {
    let mut wrong = Vec::new();
    for node in &scope.plan.nodes {
        let Some(Expr::Number(full)) = &node.full else { continue };
        for step in &node.steps {
            if let Step::Floor { least: Expr::Number(least), .. } = step
                && least >= full
            {
                wrong.push((node.line as usize, *least, *full));
            }
        }
    }
    for (line, least, full) in wrong {
        let message = format!("得分不低于{least}分，满分只有{full}分，怎样扣都是一个分数");
        let finding = scope.at_line(line.max(1), "floor-above-full", message).help("下限要小于满分");
        scope.report(finding);
    }
}
