//! Values over many: ranks, all units of a period, the rows of an event.

use super::condition;
use super::expression::{self, Site, Typed, require_agreement};
use super::number::{self, integer};
use super::ranking;
use super::scope::{Meaning, Scope, name_of};
use super::streak::in_so_many;
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 名次, 年终名次: the unit's own place, in the ranking of the stage's period or the one named.
pub fn own_rank(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    match ranking_of(scope, site, pair, None) {
        Some(ranking) => Typed::new(Expr::Rank(ranking), Type::Place),
        None => Typed::new(Expr::NotAssessed, Type::Place),
    }
}

/// The ranking of a period, where it says which, else of the stage's own; a finding where there is none to be read.
pub fn ranking_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    said: Option<RankingId>,
) -> Option<RankingId> {
    // 测评（名）：排名第1至3名的得20分: what is reported, and not where the points put the unit.
    let head = site.statement.inner().child(Token::head_unit).map(|unit| name_of(&unit));
    if scope.stage.is_none() && said.is_none() && head.is_some_and(|unit| matches!(unit.as_str(), "名" | "位")) {
        let written = scope.original(site.statement, pair);
        let place = ["排名为", "名次为", "排名", "名次"].iter().find_map(|word| written.strip_prefix(word));
        let line = scope.line_with(site.statement, pair, place.unwrap_or_default());
        let message = format!("“{written}”是按得分排的名次，得分又要由这一句算出来");
        let finding = scope.at(site.statement, pair, "circular-stages", message);
        scope.blame(finding.help(format!("就是报来的名次的，写成：{line}")));
        return None;
    }
    let here = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    if said.is_none() && is_one_of_several(scope, here) {
        let finding = which_of_several(scope, site, pair, here);
        scope.report(finding);
        return None;
    }
    // 月数（排名后3名） of a scheme by the quarter.
    if said.is_none() && here < scope.plan.cycle {
        let own = scope.plan.cycle;
        let line = scope.line_text(site.statement);
        let meant = match own {
            Cycle::Quarter => line.replace("月数", "季度数").replace("个月", "个季度"),
            Cycle::Year => line.replace("月数", "年数").replace("季度数", "年数"),
            _ => line.clone(),
        };
        let message = format!("本方案按{}考评，没有{}的名次", own.word(), here.title());
        let help = match meant == line {
            true => format!("改写成{}的名次", own.title()),
            false => format!("写成：{meant}"),
        };
        let finding = scope.at(site.statement, pair, "unknown-ranking", message).help(help);
        scope.report(finding);
        return None;
    }
    let Some(id) = said.or_else(|| scope.ranking_of_cycle(here)) else {
        let finding = scope
            .at(site.statement, pair, "unknown-ranking", "说不清这里的名次是哪一个排名的")
            .help(format!("加上“排名 {}”，在它下面写：按 总分 由高到低排名", here.title()));
        scope.report(finding);
        return None;
    };
    let cycle = scope.plan.rankings[id.index()].cycle;
    if cycle != here && scope.stage.is_some() {
        let (word, stage) = (cycle.title(), here.title());
        let (message, help) = if cycle < here {
            let so_many = in_so_many(cycle, "名次为第1名", "2");
            let help = format!("写明有几个，如：{so_many}；或 连续2{}名次为第1名", cycle.counted());
            (format!("{stage}里有好几个{word}的名次"), help)
        } else {
            (format!("{stage}还没有{word}的名次"), format!("写在“奖惩 {word}”或“等次 {word}”里"))
        };
        let finding = scope.at(site.statement, pair, "rank-of-another-period", message).help(help);
        scope.report(finding);
        return None;
    }
    Some(id)
}

/// 月数（名次为后3名） in 等次 年终, where a month has two rankings, neither of them called as the block is.
fn is_one_of_several(scope: &Scope<'_>, here: Cycle) -> bool {
    let of_cycle = || scope.plan.rankings.iter().filter(|ranking| ranking.cycle == here);
    let title = scope.stage_title.as_deref();
    if of_cycle().count() < 2 || of_cycle().any(|ranking| Some(ranking.name.as_str()) == title) {
        return false;
    }
    // Where a block speaks of its own period the one that is just called by it is meant.
    let is_own = title.is_some_and(|title| ranking::cycle_of_heading(scope, title) == here);
    !is_own || !of_cycle().any(|ranking| ranking.name == here.title())
}

fn which_of_several(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, here: Cycle) -> Finding {
    let names = || scope.plan.rankings.iter().filter(|ranking| ranking.cycle == here).map(|it| it.name.as_str());
    let said = scope.original(site.statement, pair);
    let lines: Vec<String> = match pair.as_rule() {
        Token::ranked | Token::own_rank => {
            names().map(|name| scope.line_with(site.statement, pair, &format!("{name}{said}"))).collect()
        }
        _ => names().map(|name| format!("奖惩 {name}")).collect(),
    };
    let message = format!("“{said}”没有写是哪一套排名：{}都有", names().collect::<Vec<_>>().join("、"));
    let way =
        if lines.iter().any(|line| line.contains(&said)) { "写成其中一行" } else { "标题写成其中一个" };
    let finding = scope.at(site.statement, pair, "missing-convention", message);
    finding.help(format!("{way}：\n{}", lines.join("\n")))
}

pub fn cohort(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let value = expression::expression(scope, site, &pair.child(Token::expression).expect("over what"));
    let low_first = pair.has(Token::LOW_FIRST);
    let same_group = pair.has(Token::SAME_GROUP);
    if same_group && scope.plan.group.is_none() {
        let finding = scope
            .at(site.statement, pair, "no-groups", "没有写怎样分组，“同组”无从谈起")
            .help("在开头加上：分组 按名册；或 分组 按某个单位属性");
        scope.report(finding);
    }
    let ranks =
        pair.has(Token::RANK_OF) || pair.child(Token::cohort_kind).is_some_and(|kind| kind.has(Token::COHORT_RANK));
    if ranks && value.kind == Type::Place && !low_first && !pair.has(Token::HIGH_FIRST) {
        place_of_places(scope, site, pair);
    }
    let kind = match pair.child(Token::cohort_kind).or_else(|| pair.child(Token::best_kind)) {
        None => PeerKind::Rank { low_first },
        Some(kind) => {
            let inner = kind.into_inner().next().expect("a kind of cohort value");
            match inner.as_rule() {
                Token::COHORT_MAX => PeerKind::Greatest,
                Token::COHORT_MIN => PeerKind::Least,
                Token::COHORT_MEAN => PeerKind::Mean,
                Token::COHORT_SUM => PeerKind::Sum,
                Token::COHORT_COUNT => PeerKind::Count,
                Token::COHORT_MEDIAN => PeerKind::Median,
                Token::COHORT_DEVIATION => PeerKind::Deviation,
                Token::BEST_MEAN => {
                    PeerKind::MeanOfBest(inner.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1))
                }
                _ => PeerKind::Rank { low_first },
            }
        }
    };
    let name = scope.original(site.statement, pair);
    let result = peer(scope, value.expr, same_group, kind, &name);
    match kind {
        PeerKind::Rank { .. } | PeerKind::Count => result,
        _ => Typed::new(result.expr, value.kind),
    }
}

/// 名次（名次）: of places the least number is the best one, and would come last.
fn place_of_places(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let written = scope.original(site.statement, pair);
    let with = |order: &str| {
        let call = written.trim_end_matches([')', '）']);
        scope.line_with(site.statement, pair, &format!("{call}，{order}）"))
    };
    let message = format!("“{written}”是给名次再排名次，没有写数小的在前还是数大的在前");
    let help = format!("第1名仍在最前的，写成：{}\n从最后一名数起的，写成：{}", with("由低到高"), with("由高到低"));
    let finding = scope.at(site.statement, pair, "ambiguous-place", message).help(help);
    scope.report(finding);
}

/// The peer value, shared with every other place that asks the same.
pub fn peer(scope: &mut Scope<'_>, expr: Expr, same_group: bool, kind: PeerKind, name: &str) -> Typed {
    let known = scope
        .plan
        .peers
        .iter()
        .position(|peer| peer.expr == expr && peer.same_group == same_group && peer.kind == kind);
    let id = known.unwrap_or_else(|| {
        scope.plan.peers.push(Peer { expr, same_group, kind, name: name.to_owned() });
        scope.plan.peers.len() - 1
    });
    let of = match kind {
        PeerKind::Rank { .. } => Type::Place,
        PeerKind::Count => Type::Count("个".to_owned()),
        _ => Type::Bare,
    };
    Typed::new(Expr::Peer(PeerId(id as u16)), of)
}

pub fn rows(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let name_pair = pair.child(Token::name).expect("of which line");
    let word = pair.child(Token::ROWS).expect("a word for it").into_inner().next().expect("one of several").as_rule();
    let Some(Meaning::Input(input)) = scope.require_name(site.statement, &name_pair, site.node) else {
        return Typed::new(Expr::NotAssessed, Type::Bare);
    };
    scope.plan.inputs[input.index()].additive = false;
    let outer = scope.in_row.replace(input);
    let mut result = RowsExpr {
        input,
        aggregate: match word {
            Token::ROW_SUM => Aggregate::Sum,
            Token::ROW_MEAN => Aggregate::Mean,
            Token::ROW_MAX => Aggregate::Greatest,
            Token::ROW_MIN => Aggregate::Least,
            Token::ROW_COUNT => Aggregate::Count,
            Token::ROW_PEOPLE => Aggregate::People,
            _ => Aggregate::Matters,
        },
        value: Expr::Row(RowField::Quantity),
        filter: None,
        weight: None,
        trim: 0,
    };
    match word {
        Token::ROW_PEOPLE => scope.plan.inputs[input.index()].needs.person = true,
        Token::ROW_MATTERS => scope.plan.inputs[input.index()].needs.matter = true,
        _ => {}
    }
    for option in pair.children(Token::row_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::weight_by => {
                let by = inner.child(Token::name).expect("by what");
                if !matches!(word, Token::ROW_SUM | Token::ROW_MEAN | Token::ROW_COUNT) {
                    let said = pair.child(Token::ROWS).map(|word| scope.original(site.statement, &word));
                    let message = format!("“{}”不按权重计", said.unwrap_or_default());
                    let finding = scope.at(site.statement, &inner, "unread-word", message);
                    scope.report(finding.help("去掉这一句；要加权的，写成 各条合计 或 各条平均"));
                }
                result.weight = Some(expression::name(scope, site, &by).expr);
            }
            Token::trim => result.trim = trim_of(scope, site, &inner),
            _ => result.filter = Some(condition::condition(scope, site, &inner)),
        }
    }
    scope.in_row = outer;
    weigh(&mut result);
    let kind = match word {
        Token::ROW_COUNT | Token::ROW_MATTERS => Type::Bare,
        Token::ROW_PEOPLE => Type::Count("人".to_owned()),
        _ => scope.plan.inputs[input.index()].quantity.clone(),
    };
    Typed::new(Expr::Rows(Box::new(result)), kind)
}

/// Only a mean has weights of its own: a weighted sum or number is the sum of what the weights make of each row.
fn weigh(rows: &mut RowsExpr) {
    let times_weight = |value: &Expr, weight| Expr::Multiply(Box::new([value.clone(), weight]));
    match (rows.aggregate, rows.weight.take()) {
        (Aggregate::Sum, Some(weight)) => {
            rows.value = times_weight(&rows.value, weight);
        }
        (Aggregate::Count, Some(weight)) => {
            rows.aggregate = Aggregate::Sum;
            rows.value = weight;
        }
        (_, weight) => rows.weight = weight,
    }
}

/// 去掉最高最低各1个, 去掉一个最高分和一个最低分
pub fn trim_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> u32 {
    let counts: Vec<u32> = pair.children(Token::integer).iter().map(|n| integer(n).unwrap_or(0)).collect();
    if counts.windows(2).any(|two| two[0] != two[1]) {
        let finding = scope
            .at(site.statement, pair, "uneven-trim", "去掉的最高分和最低分个数不同")
            .expected("一样多，如：去掉最高最低各1个");
        scope.report(finding);
    }
    counts.first().copied().unwrap_or(0)
}

pub fn of_several(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let mut values = Vec::new();
    let mut kind = Type::Bare;
    for inner in pair.children(Token::expression) {
        let value = number::in_money_of(expression::expression(scope, site, &inner), &kind);
        require_agreement(scope, site, &inner, &kind, &value.kind, "放在一起比较");
        if kind == Type::Bare {
            kind = value.kind;
        }
        values.push(value.expr);
    }
    let word = pair.clone().into_inner().next().expect("a word").as_rule();
    if matches!(word, Token::ABSOLUTE | Token::ROOT) && values.len() != 1 {
        let finding = scope
            .at(site.statement, pair, "wrong-number-of-values", "这里只能写一个数")
            .help("只留一个；几个数的，用较低者、较高者或平均");
        scope.report(finding);
    }
    let expr = match word {
        Token::LESSER => Expr::Of(Aggregate::Least, values),
        Token::GREATER => Expr::Of(Aggregate::Greatest, values),
        Token::MEAN_WORD => Expr::Of(Aggregate::Mean, values),
        Token::ABSOLUTE => Expr::Absolute(Box::new(values.swap_remove(0))),
        _ => Expr::Root(Box::new(values.swap_remove(0))),
    };
    Typed::new(expr, kind)
}
