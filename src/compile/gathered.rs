//! Points of a part where a longer period is spoken of: their sum or their mean, as the text must say.

use super::expression::Site;
use super::scope::Scope;
use super::streak::in_so_many;
use crate::calendar::Cycle;
use crate::parse::{Context, Statement};
use crate::plan::walk::walk;
use crate::plan::{Aggregate, Expr, InputId, InputKind, Landing, NodeId, Type};
use crate::syntax::{self, Pair, Rule as Token};

/// 当 台账得分低于15分 of a year, where 台账 has points every month; `what`: 得分, 得分率.
pub fn require_how(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, node: NodeId, what: &str) {
    // What a ranking goes by is asked once it is known how totals come about.
    let Some(stage) = scope.stage.filter(|_| site.statement.line.context != Context::Ranking) else { return };
    let before = site.statement.code.text[..pair.as_span().start()].trim_end_matches(['\u{E000}', ' ']);
    // 上月 says by itself which one period is meant.
    if syntax::end(Token::EARLIER, before).is_none() {
        ask(scope, site, pair, (node, stage), what);
    }
}

/// 按 安全得分 由高到低排名, 同分的，依次比较安全得分: a unit that was assessed for fewer months has the lower sum, and not
/// the lower mean.
pub fn require_in_rankings(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut next = 0;
    let mut current = None;
    for statement in statements {
        let context = statement.line.context;
        if statement.line.opening {
            current = (context == Context::Ranking).then_some(next);
            next += usize::from(context == Context::Ranking);
            continue;
        }
        let pair = statement.inner();
        let whose: Vec<usize> = match (context, pair.as_rule()) {
            (Context::Ranking, Token::rank_by | Token::ties_rule) => current.into_iter().collect(),
            (Context::Conventions, Token::ties_rule) => {
                let said = scope.conventions.ties.as_ref().map(|(_, breakers)| breakers);
                let all = scope.plan.rankings.iter().enumerate();
                all.filter(|(_, ranking)| Some(&ranking.tiebreakers) == said).map(|(index, _)| index).collect()
            }
            _ => continue,
        };
        let written = pair.child(Token::tie_break).unwrap_or_else(|| pair.clone()).children(Token::expression);
        let asked = whose.into_iter().flat_map(|index| {
            let ranking = &scope.plan.rankings[index];
            let values: Vec<&Expr> = match pair.as_rule() {
                Token::rank_by => vec![&ranking.value],
                _ => ranking.tiebreakers.iter().map(|(value, _)| value).collect(),
            };
            let parts = values.into_iter().map(|value| read_now(value));
            written.iter().zip(parts).map(|(pair, parts)| (pair, parts, ranking.cycle)).collect::<Vec<_>>()
        });
        let asked: Vec<_> = asked.collect();
        let site = Site { statement, node: NodeId(0) };
        let mut told: Vec<NodeId> = Vec::new();
        for (pair, parts, stage) in asked {
            for (node, what) in parts {
                if !told.contains(&node) && ask(scope, site, pair, (node, stage), what) {
                    told.push(node);
                }
            }
        }
    }
}

/// The parts whose points of the current period an expression reads, and whether as a share of their marks.
fn read_now(expr: &Expr) -> Vec<(NodeId, &'static str)> {
    let mut parts = Vec::new();
    walk(expr, &mut |inner| {
        match inner {
            Expr::Divide(pair) => {
                if let [Expr::Node(node), Expr::Full(_)] = **pair {
                    parts.push((node, "得分率"));
                    return false;
                }
            }
            Expr::Node(node) => parts.push((*node, "得分")),
            // Of other periods it is said which.
            Expr::Over { .. } | Expr::Earlier { .. } | Expr::Past { .. } | Expr::CountPeriods { .. } => return false,
            _ => {}
        }
        true
    });
    parts
}

/// Asks how the points of a part come together over a longer period; `false` where there is nothing to ask.
fn ask(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (node, stage): (NodeId, Cycle),
    what: &str,
) -> bool {
    let calendar = &scope.plan.calendar;
    let cycle = scope.plan.nodes[node.index()].cycle;
    let landing = &scope.plan.nodes[node.index()].landing;
    if cycle >= stage.min(Cycle::Year)
        || *landing != Landing::Last
        || calendar.each(cycle).len() <= calendar.each(stage).len()
        || what == "得分" && is_sum(scope, stage)
    {
        return false;
    }
    let each = cycle.each();
    let word = stage.title();
    let name = match (pair.child(Token::name), pair.as_rule()) {
        (Some(name), _) => scope.original(site.statement, &name),
        (None, Token::name) => scope.original(site.statement, pair),
        (None, _) => scope.plan.nodes[node.index()].address.clone(),
    };
    let (message, ways) = match what {
        "得分率" => (format!("“{name}”{each}都有得分率，没有写{word}看的是它们的平均还是最低的"), ["平均", "最低"]),
        _ => (format!("“{name}”{each}都有得分，没有写{word}是它们的和还是平均"), ["之和", "平均"]),
    };
    let lines = ways.map(|way| format!("{each}{name}{what}{way}")).join("\n");
    let counted = match (site.statement.pair.as_rule(), site.statement.line.context) {
        (Token::convention_line, _) | (_, Context::Ranking) => String::new(),
        _ => format!("\n数有几个的，写：{}", in_so_many(cycle, &format!("{name}{what}低于…"), "1")),
    };
    let finding = scope
        .at(site.statement, pair, "missing-convention", message)
        .help(format!("把“{name}{what}”换成其中一个：\n{lines}{counted}"));
    scope.report(finding);
    true
}

/// 当 满意度不低于90% of a year, where 满意度 is reported every month: percentages and marks do not add up.
pub fn require_how_of_input(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, id: InputId) {
    let Some(stage) = scope.stage else { return };
    let input = &scope.plan.inputs[id.index()];
    let calendar = &scope.plan.calendar;
    let is_parameter = matches!(input.kind, InputKind::Parameter { .. });
    if !is_parameter && (input.kind != InputKind::Indicator || !matches!(input.quantity, Type::Percent | Type::Points))
        || input.cycle >= stage.min(Cycle::Year)
        || calendar.each(input.cycle).len() <= calendar.each(stage).len()
        || scope.collect.contains_key(&id)
    {
        return;
    }
    let unit = if input.quantity == Type::Percent { "%" } else { "分" };
    let label = input.label.clone();
    let each = input.cycle.each();
    let word = stage.title();
    if is_parameter {
        let message = format!("“{label}”{each}都有一个，没有写{word}看的是它们的和还是平均");
        let help = format!("把“{label}”换成其中一个：\n{each}{label}之和\n{each}{label}平均");
        let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
        scope.report(finding);
        return;
    }
    let message = format!("“{label}”{each}都报，没有写{word}看的是它们的平均，还是期末的数");
    let help = format!(
        "把“{label}”换成：\n{each}{label}平均\n处处都一样的，在那个条目里写上其中一行：\n指标 {label}（{unit}），取平均\n指标 {label}（{unit}），取期末数"
    );
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.report(finding);
}

/// Whether the total of a longer period is the sum of the shorter ones': then that of its parts is, too.
fn is_sum(scope: &Scope<'_>, stage: Cycle) -> bool {
    let sums =
        |expr: &Expr| matches!(expr, Expr::Over { aggregate: Aggregate::Sum, expr, .. } if **expr == Expr::Total);
    scope.plan.rollups.iter().any(|(of, expr)| *of == stage && sums(expr))
}
