//! The lines of a node: 依据, 满分, caps, coefficients, conditions, measures, and its scoring lines.

use rustc_hash::FxHashMap;

use super::award;
use super::body;
use super::clause::{self, Table, whole_if_one_year};
use super::condition;
use super::expression::{self, Site, Typed};
use super::header::cycle_of;
use super::idle;
use super::in_force;
use super::node_checks::{check_caps, check_empty, check_floors, check_indents, constant, require_once};
use super::number::{self, integer};
use super::scope::{Meaning, Scope, name_of};
use super::shorter::require_months_within;
use super::streak::in_so_many;
use super::weight;
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{Context, InForce, Statement, is_numeral};
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::{Number, Rounding};

/// Walks the lines of all nodes in order.
pub fn define(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    // 满分 is read by other lines, which may stand before it.
    for (index, statement) in statements.iter().enumerate() {
        let line = statement.line;
        if in_force::is_never(&scope.plan.calendar, scope.in_force[index]) {
            continue;
        }
        if line.context == Context::Node && line.opening {
            heading_mark(scope, statement, scope.nodes_of[index]);
        }
        let says_full = !line.opening && statement.inner().as_rule() == Token::full;
        if says_full && matches!(line.context, Context::Node | Context::Conventions) {
            full(scope, statement, &statement.inner(), scope.nodes_of[index]);
        }
    }
    let mut table: Option<Table> = None;
    let mut seen: FxHashMap<(NodeId, String), usize> = FxHashMap::default();
    // The line before, but for rows: where one between did not parse, it may have begun the table.
    let mut before = 0;
    for (index, statement) in statements.iter().enumerate() {
        let node = scope.nodes_of[index];
        let row = !statement.line.opening
            && statement.line.context == Context::Node
            && matches!(statement.inner().as_rule(), Token::table_row | Token::share_row);
        if !row && let Some(done) = table.take() {
            clause::close_table(scope, done);
        }
        if !row {
            before = statement.line.number;
        }
        if statement.line.opening || statement.line.context != Context::Node {
            continue;
        }
        scope.mark = scope.in_force[index];
        if in_force::is_never(&scope.plan.calendar, scope.mark) || scope.refused.contains(&statement.line.number) {
            continue;
        }
        let pair = statement.inner();
        match (pair.as_rule(), table.as_mut()) {
            (Token::table_row, Some(table)) => clause::table_row(scope, statement, &pair, node, table),
            (Token::table_row, None) => {
                // 按级别查表得分, read as something else: its rows follow from it.
                let above = statements[..index].iter().rev().find(|above| above.inner().as_rule() != Token::table_row);
                let of_a_table = above
                    .is_some_and(|above| above.line.plain.text.contains("查表") && scope.has_told(above.line.number));
                if of_a_table || scope.broken.range(before..statement.line.number).next().is_some() {
                    continue;
                }
                let finding = scope.at(statement, &pair, "unreadable-line", "这一行看不懂").help(
                    "计分句写作“情形：扣5分”；只报数、不计分的写作“指标 名称（件）”；表写在“按 级别 查表加分”的下面",
                );
                scope.report(finding);
                scope.broken.insert(statement.line.number);
            }
            (Token::share_row, table) => clause::share_row(scope, statement, &pair, node, table),
            (Token::head, _) => {
                if node == NodeId(0) {
                    if scope.is_astray {
                        continue;
                    }
                    // An item before the first section was told already.
                    if scope.item_outside {
                        continue;
                    }
                    let finding = scope
                        .at(statement, &pair, "line-outside-section", "计分句前面没有板块")
                        .help("在它前面加一行：板块 名称");
                    scope.report(finding);
                } else {
                    table = in_force::under(scope, statement, node, |scope| clause::define(scope, statement, node));
                }
            }
            _ => {
                // What comes and goes may be said again for other months.
                if statement.line.in_force == InForce::ALWAYS {
                    require_once(scope, statement, &pair, node, &mut seen);
                }
                in_force::under(scope, statement, node, |scope| line(scope, statement, &pair, node));
            }
        }
    }
    scope.mark = InForce::ALWAYS;
    if let Some(done) = table {
        clause::close_table(scope, done);
    }
    weight::leave_out(scope);
    weight::check(scope);
    check_floors(scope);
    check_caps(scope);
    check_indents(scope, statements);
    check_empty(scope);
}

/// 依据：引用不准的，每处扣2分: a scoring line whose case is called as a line of the language is, and no citation.
fn scores(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> bool {
    let text = statement.line.plain.text.as_str();
    let Some(colon) = crate::parse::top_colon(text) else { return false };
    if !crate::parse::is_keyword_head(&text[..colon]) || !crate::parse::gives_points(&text[colon + 1..]) {
        return false;
    }
    let (word, body) = (text[..colon].trim(), text[colon + 1..].trim());
    // 依据引用不准：每处扣2分; a longer name is none of the language's.
    let case = body.split_once("的,").filter(|(case, _)| !case.contains([',', ';']));
    let case = case.map(|(case, gives)| format!("{word}{case}:{gives}"));
    let longer = [case, Some(format!("{word}问题:{body}"))];
    let longer = longer.into_iter().flatten().find(|line| syntax::is(Token::clause_line, line));
    let renamed = longer
        .map_or("换一个名称".to_owned(), |line| format!("换一个名称，写成：{}", crate::parse::written(&line)));
    let message = format!("“{word}”是语言里的词，不能作情形：这一行的分数不起作用");
    let finding = scope
        .at(statement, pair, "keyword-as-name", message)
        .help(format!("{renamed}\n不是计分的，去掉冒号：{word} {}", crate::parse::written(body)));
    scope.blame(finding);
    true
}

/// One line of a node that is not a scoring line; 约定 share some of them for the root.
pub fn line(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let site = Site { statement, node };
    let index = node.index();
    match pair.as_rule() {
        Token::cite | Token::department if scores(scope, statement, pair) => {}
        Token::cite => {
            let text = rest(scope, statement, pair);
            if text.is_empty() {
                let finding = scope
                    .at(statement, pair, "unfinished-line", "“依据”后面没有写是哪一条")
                    .help("写明是原文的哪一条；没有的，删去这一行");
                scope.report(finding);
            }
            let citation = &mut scope.plan.nodes[index].citation;
            *citation = Some(match citation.take() {
                Some(known) => format!("{known}；{text}"),
                None => text,
            });
        }
        Token::reading => reading(scope, statement, pair, node),
        Token::department => scope.plan.nodes[index].department = Some(rest(scope, statement, pair)),
        Token::cycle_is => cycle(scope, statement, pair, node),
        Token::only_months => only_months(scope, statement, pair, node),
        Token::start => {
            let points = body::amount_or_choices(scope, site, pair);
            scope.plan.nodes[index].start = points;
        }
        Token::full => {}
        Token::cap => {
            require_own_points(scope, statement, pair, node);
            let per = cap_cycle(scope, pair, node);
            let of_part = !pair.has(Token::CAP_POINTS);
            if of_part && per < scope.plan.nodes[index].cycle {
                scope.shorter_caps.push((node, statement.line.number, per));
            } else {
                require_months_within(scope, site, pair, per);
            }
            let most = body::amount_or_choices(scope, site, pair);
            body::require_positive(scope, site, pair, &most);
            let step = if pair.has(Token::CAP_DEDUCTION) || pair.has(Token::MOST_TAKEN) {
                scope.deduction_caps.push((node, statement.line.number));
                Step::CapDeduction { most, per }
            } else if pair.has(Token::CAP_BONUS) || pair.has(Token::MOST_ADDED) {
                scope.bonus_caps.push((node, statement.line.number));
                Step::CapBonus { most, per }
            } else {
                Step::CapPoints { most, per }
            };
            scope.plan.nodes[index].push_step(step, statement.line.number);
        }
        Token::floor => {
            require_own_points(scope, statement, pair, node);
            let per = cap_cycle(scope, pair, node);
            require_months_within(scope, site, pair, per);
            let least = body::amount_or_choices(scope, site, pair);
            scope.plan.nodes[index].push_step(Step::Floor { least, per }, statement.line.number);
        }
        Token::unlimited => {}
        Token::MARKS_LOST => scope.marks_lost.push((node, statement.line.number)),
        Token::SHARED_MARKS => scope.shared_marks.push((node, statement.line.number)),
        Token::combine => combine(scope, statement, pair, node),
        Token::weight => weight::define(scope, site, pair),
        Token::applies => {
            let applies = match (pair.child(Token::condition), pair.child(Token::values)) {
                (Some(inner), _) => condition::condition(scope, site, &inner),
                (None, Some(values)) => condition::is_of_kind(scope, site, &values),
                (None, None) => return,
            };
            scope.plan.nodes[index].applies =
                match std::mem::replace(&mut scope.plan.nodes[index].applies, Condition::Always) {
                    during @ Condition::During(_) => Condition::All(vec![during, applies]),
                    _ => applies,
                };
        }
        Token::coefficient => {
            let factor = match (pair.child(Token::choices), pair.child(Token::expression)) {
                (Some(inner), _) => body::factors(scope, site, &inner),
                (_, Some(inner)) => {
                    let value = expression::expression(scope, site, &inner);
                    expression::require_number(scope, site, &inner, &value.kind);
                    value.expr
                }
                _ => return,
            };
            if let Some(number) = constant(&factor).filter(|number| !number.is_positive()) {
                let message = match number.is_zero() {
                    true => "系数是0，这里的分一分也不计",
                    false => "系数是负数，扣分变成了加分",
                };
                let finding = scope
                    .at(statement, pair, "factor-not-positive", message)
                    .expected("大于0的数")
                    .help("一分也不计的，停用或删去这一部分；只对有些单位的，写：适用 …");
                scope.report(finding);
            }
            scope.plan.nodes[index].push_step(Step::Multiply(factor), statement.line.number);
        }
        Token::matter_scope => {
            let rule = pair.child(Token::same_matter_rule).expect("says how");
            scope.plan.nodes[index].same_matter = Some(clause::same_matter(scope, site, &rule));
        }
        Token::node_keep => {
            let (places, rounding) = rounding_of(pair);
            scope.plan.nodes[index].push_step(Step::Round { places, rounding }, statement.line.number);
        }
        Token::when_node => when(scope, site, pair),
        Token::measure => measure(scope, site, pair),
        Token::indicator => indicator(scope, site, pair),
        _ => {}
    }
}

fn rest(scope: &Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> String {
    pair.child(Token::rest).map(|rest| scope.original(statement, &rest)).unwrap_or_default()
}

/// 读法 …
pub fn reading(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let text = rest(scope, statement, pair);
    let clause = scope.plan.nodes[node.index()].address.clone();
    scope.plan.readings.push(Reading { kind: "读法", clause, text });
}

fn rounding_of(pair: &Pair<'_, Token>) -> (u32, Rounding) {
    let places = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0).min(20);
    let rounding = pair.child(Token::rounding).map_or(Rounding::HalfUp, |rounding| expression::rounding_of(&rounding));
    (places, rounding)
}

/// 总分不超过100分 bounds the whole, so it stands in 约定.
fn require_own_points(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let word = pair.child(Token::CAP_POINTS).or_else(|| pair.child(Token::FLOOR));
    if node != NodeId(0) && word.is_some_and(|word| word.has(Token::OF_TOTAL)) {
        let finding = scope
            .at(statement, pair, "total-in-a-part", "总分的上下限写在“约定”里，这里是一个板块或条目")
            .help("移到“约定”里；说的是本板块、本条的，写成：得分不超过 …分；得分不低于 …分");
        scope.report(finding);
    }
}

fn cap_cycle(scope: &Scope<'_>, pair: &Pair<'_, Token>, node: NodeId) -> Cycle {
    match pair.child(Token::cycle) {
        Some(cycle) => whole_if_one_year(scope, cycle_of(&cycle)),
        None => scope.plan.nodes[node.index()].cycle,
    }
}

fn cycle(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let own = scope.plan.nodes[node.index()].cycle;
    let parent = scope.plan.nodes[node.index()].parent.map_or(own, |parent| scope.plan.nodes[parent.index()].cycle);
    if own > parent {
        let said = pair.child(Token::landing).map(|landing| landing_of(&landing));
        let said = match pair.child(Token::AT_TERM_END) {
            Some(_) if own == Cycle::Term => Some(Landing::YearEnd),
            Some(at_term_end) => {
                let line = scope.line_with(statement, &at_term_end, "计入年终");
                let finding = scope.at(statement, &at_term_end, "unread-word", "“计入任期”只用在任期考评一次的");
                return scope.blame(finding.help(format!("写成：{line}")));
            }
            None => said,
        };
        // The whole term is a year's: 按年考评的.
        let by_year = own.min(Cycle::Year);
        let agreed = scope.conventions.landings.iter().find(|(cycle, _)| *cycle == by_year);
        match said.or(agreed.map(|(_, landing)| landing.clone())) {
            Some(landing) => scope.plan.nodes[node.index()].landing = landing,
            // The term is no year of it, and no convention speaks of it.
            None if own == Cycle::Term && !scope.plan.calendar.is_one_year() => {
                let line = scope.line_text(statement);
                let finding = scope
                    .at(statement, pair, "missing-convention", "没有写任期考评一次的计入哪里")
                    .help(format!("写成：{}，计入年终", line.trim_end_matches('。')));
                scope.report(finding);
            }
            None => scope.missing_convention(
                statement.line.number,
                "没有写按季度、年考评的计入哪一个月",
                &["按季度考评的，计入最后一个月", "按年考评的，计入年终"],
            ),
        }
        let calendar = &scope.plan.calendar;
        let short = calendar.each(own).any(|id| calendar.period(id).months() < own_months(own));
        if short && !scope.conventions.short_period && own != Cycle::Term {
            scope.missing_convention(
                statement.line.number,
                "施行期里有不足一季（年）的，没有写怎样考评",
                &["不足一季的季度，按施行的月份考评"],
            );
        }
    } else if own < parent {
        match pair.child(Token::roll_up) {
            Some(roll_up) => {
                scope.plan.nodes[node.index()].landing = Landing::RolledUp(expression::aggregate_of(&roll_up));
            }
            None => {
                let each = own.each();
                let finding = scope
                    .at(statement, pair, "missing-convention", "没有写各期的分数怎样合成")
                    .help(format!("在后面加上其中一句：\n，{each}之和\n，{each}平均\n，{each}最高"));
                scope.report(finding);
            }
        }
    }
}

fn own_months(cycle: Cycle) -> i32 {
    match cycle {
        Cycle::Month => 1,
        Cycle::Quarter => 3,
        Cycle::Half => 6,
        Cycle::Year => 12,
        Cycle::Term => 0,
    }
}

/// 计入最后一个月, 计入年终
pub fn landing_of(pair: &Pair<'_, Token>) -> Landing {
    if pair.has(Token::AT_YEAR_END) { Landing::YearEnd } else { Landing::Last }
}

fn only_months(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    for month in pair.children(Token::integer) {
        if !integer(&month).is_some_and(|month| (1..=12).contains(&month)) {
            let finding = scope.at(statement, &month, "impossible-month", "没有这个月").expected("1月至12月");
            scope.report(finding);
        }
    }
    let months: Vec<u32> = pair.children(Token::integer).iter().filter_map(integer).collect();
    let mut below = vec![node];
    while let Some(part) = below.pop() {
        below.extend(&scope.plan.nodes[part.index()].children);
        for input in scope.plan.inputs.iter_mut().filter(|input| input.node == part) {
            input.only_months = months.clone();
        }
    }
    scope.only_months.push((node, months));
}

fn full(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let site = Site { statement, node };
    let points = body::amount(scope, site, &pair.child(Token::amount).expect("满分 has an amount"));
    body::require_positive(scope, site, pair, &points);
    // A heading's （15分） may be said again in full: 满分 15分，加分可超过满分.
    let before = scope.plan.nodes[node.index()].full.clone();
    if before.is_some() && !(before.as_ref() == Some(&points) && scope.headed_full.remove(&node)) {
        let finding = scope.at(statement, pair, "duplicate-line", "本条已经写过满分").help("只留一行");
        scope.report(finding);
    }
    scope.plan.nodes[node.index()].full = Some(points);
    if pair.has(Token::OVER_FULL) {
        scope.over_full.insert(node, true);
    } else if pair.has(Token::WITHIN_FULL) {
        scope.over_full.insert(node, false);
    }
    if pair.has(Token::FROM_ZERO) {
        scope.from_zero.insert(node);
    }
}

/// 板块 党的建设（20分）, 1. 经济发展（权重35%）
fn heading_mark(scope: &mut Scope<'_>, statement: &Statement<'_>, node: NodeId) {
    let opening = statement.inner();
    let Some(mark) = opening.child(Token::heading_mark) else { return };
    let site = Site { statement, node };
    if let Some(again) = mark.children(Token::mark_full).get(1).or(mark.children(Token::mark_share).get(1)) {
        let finding = scope.at(statement, again, "duplicate-line", "标题里写了两次").help("只留一个");
        scope.report(finding);
    }
    if let Some(number) = mark.child(Token::mark_full).and_then(|mark| mark.child(Token::number)) {
        let full = number::number(scope, site, &number);
        scope.plan.nodes[node.index()].full = Some(Expr::Number(Number::from(full)));
        scope.headed_full.insert(node);
        let full = mark.child(Token::mark_full).expect("asked above");
        if full.has(Token::OVER_FULL) || full.has(Token::WITHIN_FULL) {
            scope.over_full.insert(node, full.has(Token::OVER_FULL));
        }
        if full.has(Token::FROM_ZERO) {
            scope.from_zero.insert(node);
        }
    }
    if let Some(share) = mark.child(Token::mark_share) {
        weight::define(scope, site, &share);
    }
    for cap in mark.children(Token::mark_cap) {
        let number = number::number(scope, site, &cap.child(Token::number).expect("a cap has a number"));
        let (most, per) = (Expr::Number(Number::from(number)), scope.plan.nodes[node.index()].cycle);
        let is_bonus = cap.has(Token::MOST_ADDED);
        let step = if is_bonus { Step::CapBonus { most, per } } else { Step::CapDeduction { most, per } };
        scope.plan.nodes[node.index()].push_step(step, statement.line.number);
    }
}

fn combine(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let combine = if let Some(best) = pair.child(Token::best_of) {
        let mut each_entry = Vec::new();
        let mut minus = None;
        for option in best.children(Token::best_option) {
            let inner = option.into_inner().next().expect("an option");
            match inner.as_rule() {
                Token::each_entry => {
                    for name in inner.children(Token::name) {
                        match scope.require_name(statement, &name, node) {
                            Some(Meaning::Node(id)) => each_entry.push(id),
                            Some(_) => {
                                let message = format!("“{}”不是条目", name_of(&name));
                                let finding = scope.at(statement, &name, "not-a-node", message).help(
                                    "“逐条参选”前面写下一级条目的名称或地址；本条自己的计分句本来就一句一句参选，去掉这几个字",
                                );
                                scope.report(finding);
                            }
                            None => {}
                        }
                    }
                }
                Token::MINUS_JOINS => minus = Some(true),
                _ => minus = Some(false),
            }
        }
        let has_minus = has_deductions(scope, node);
        if minus.is_none() && has_minus {
            let finding = scope
                .at(statement, pair, "missing-convention", "下面有扣分，没有写扣分是否参加取最高")
                .help("在后面加上其中一句：\n，扣分不参选，另扣\n，扣分参选");
            scope.report(finding);
        }
        let most = best.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
        let below = scope.plan.nodes[node.index()].children.len();
        if each_entry.is_empty() && below > 0 && most as usize > below {
            let message = format!("下面只有{below}项，不够取{most}项");
            let finding = scope.at(statement, pair, "too-few-parts", message).help("减少项数，或补上缺的条目").noted();
            scope.report(finding);
        }
        Combine::Best { most, lowest: best.has(Token::WORST), each_entry, minus_joins: minus.unwrap_or(true) }
    } else if let Some(weighted) = pair.child(Token::weighted) {
        if weighted.has(Token::COUNT_ZERO) {
            scope.counted_zero.insert(node);
        }
        Combine::Weighted { renormalize: weighted.has(Token::RENORMALIZE) }
    } else if pair.has(Token::MEAN_WORD) {
        Combine::Mean
    } else {
        Combine::Sum
    };
    scope.plan.nodes[node.index()].combine = combine;
    scope.combined.insert(node);
}

/// Whether any line below deducts; the lines are declared but not yet all compiled.
fn has_deductions(scope: &Scope<'_>, node: NodeId) -> bool {
    let below = |mut at: NodeId| loop {
        if at == node {
            return true;
        }
        match scope.plan.nodes[at.index()].parent {
            Some(parent) => at = parent,
            None => return false,
        }
    };
    let mut inputs = scope.plan.inputs.iter();
    scope.deducting.iter().any(|deducting| below(*deducting))
        && inputs
            .any(|input| below(input.node) && matches!(input.kind, InputKind::Event) && input.needs.points.is_none())
}

/// 当 …，本项计零
fn when(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let inner = pair.child(Token::condition).expect("当 has a condition");
    let when = condition::condition(scope, site, &inner);
    let action = pair.child(Token::node_action).expect("and an action");
    if of_which_time(scope, site, pair, &when) {
        return;
    }
    let text = action.as_str();
    if let Some(verb) = action.child(Token::verb) {
        clause::points_when(scope, site, when, &verb, &action);
        return;
    }
    let zero_item = action.child(Token::zero_item);
    let zero_total = zero_item.as_ref().and_then(|zero| zero.child(Token::zero_total));
    let step = if let Some(zero) = zero_total {
        // The whole's, not the item's.
        if let Some(effect) = clause::zero_total(scope, site, &zero) {
            add_effects(scope, site, when, vec![effect]);
        }
        return;
    } else if zero_item.is_some() {
        Step::Set { when, points: Expr::Number(Number::ZERO) }
    } else if let Some(amount) = action.child(Token::amount) {
        let points = body::amount(scope, site, &amount);
        if text.contains("封顶") || text.contains("不超过") {
            Step::CapWhen { when, most: points }
        } else {
            Step::Set { when, points }
        }
    } else if let Some(factor) = action.child(Token::expression) {
        let value = expression::expression(scope, site, &factor);
        expression::require_number(scope, site, &factor, &value.kind);
        Step::MultiplyWhen { when, factor: value.expr }
    } else {
        effect_line(scope, site, when, &action);
        return;
    };
    scope.plan.nodes[site.node.index()].push_step(step, site.statement.line.number);
}

/// 当 事故超过3起，全年总分计零: three in a month, or in the year that is lost? Told by `true`.
fn of_which_time(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, when: &Condition) -> bool {
    let own = scope.plan.nodes[site.node.index()].cycle;
    let takes_the_year = pair.clone().into_inner().flatten().any(|inner| {
        inner.as_rule() == Token::zero_total && inner.child(Token::cycle).is_some_and(|cycle| cycle_of(&cycle) > own)
    });
    if !takes_the_year || own >= Cycle::Year || !award::bounds_a_sum(scope, when) {
        return false;
    }
    let mut counted = None;
    walk_condition(when, &mut |expr| {
        if let Expr::Input { input, .. } = expr {
            counted = counted.or(Some(*input));
        }
        true
    });
    let Some(input) = counted else { return false };
    let label = scope.plan.inputs[input.index()].label.clone();
    let said = pair.child(Token::condition).map(|when| scope.original(site.statement, &when)).unwrap_or_default();
    let each = own.each();
    let of_year = of_the_sum(&said, &label, &format!("{each}{label}之和"));
    let in_one = in_so_many(own, &said, "1");
    let message = format!("“{said}”没有写是看一{}的数，还是看全年合计的数", own.counted());
    let help = format!(
        "删去这一行，年终得分写成其中一行：\n看全年合计的：年终得分 = （当 {of_year}，0分；其余 原来的算式）\n看一{}的：年终得分 = （当 {in_one}，0分；其余 原来的算式）",
        own.counted()
    );
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}

/// 各月命案之和不少于3起, for 发生命案3起以上 and 发生3起以上命案.
fn of_the_sum(said: &str, label: &str, sum: &str) -> String {
    let bare = said.trim();
    let bare = ["发生", "出现"].iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare);
    let bound = bare.strip_prefix(label).or(bare.strip_suffix(label)).filter(|bound| bound.starts_with(is_numeral));
    let least = bound.and_then(|bound| ["及以上", "以上"].iter().find_map(|word| bound.strip_suffix(word)));
    match least {
        Some(least) => format!("{sum}不少于{least}"),
        None => bare.replacen(label, sum, 1),
    }
}

/// 当 …，一票否决 / 取消…资格 / 等次…: a line without points that has an effect.
fn effect_line(scope: &mut Scope<'_>, site: Site<'_, '_>, when: Condition, action: &Pair<'_, Token>) {
    let effects = if let Some(lost) = action.child(Token::disqualify) {
        vec![Effect::Disqualify(name_of(&lost.child(Token::title).expect("取消 what")))]
    } else if let Some(grade) = action.child(Token::grade_effect) {
        clause::require_grading(scope, site, &grade);
        match clause::grade_effect(scope, &grade) {
            Some(effect) => {
                clause::ask_which_grading(scope, site, &grade, &effect);
                clause::ask_how_often(scope, site, &grade, &effect);
                vec![effect]
            }
            None => return,
        }
    } else {
        let mut veto = clause::Veto::default();
        for said in action.children(Token::veto_scope) {
            clause::veto_rank(scope, site, &mut veto, &said);
        }
        for zero in action.children(Token::zero_total) {
            clause::veto_zero(scope, site, &mut veto, &zero);
        }
        clause::effects_of(scope, site.statement.line.number, veto, &[])
    };
    add_effects(scope, site, when, effects);
}

fn add_effects(scope: &mut Scope<'_>, site: Site<'_, '_>, when: Condition, effects: Vec<Effect>) {
    let nothing = Expr::Number(Number::ZERO);
    let id = clause::add_rule(scope, site, &scope.line_text(site.statement), Basis::Period, nothing);
    let effects = effects.into_iter().map(|effect| RuleEffect { when: when.clone(), effect });
    scope.plan.rules[id.index()].effects = effects.collect();
}

/// 总分 = 甲项得分 × 60% + 乙项得分 × 40%
pub fn total_by_formula(scope: &Scope<'_>, statement: &Statement<'_>, at: &Pair<'_, Token>, name: &str) -> Finding {
    let (message, help) = instead_of_a_total(scope, name);
    scope.at(statement, at, "total-by-formula", message).help(help)
}

/// What to tell of a formula for the whole, which is put together without one.
pub fn instead_of_a_total(scope: &Scope<'_>, name: &str) -> (String, String) {
    let rolled_up = match scope.plan.cycle {
        Cycle::Year | Cycle::Term => "",
        _ => "；年终怎样汇总，写：年终得分 = …",
    };
    (
        format!("“{name}”是各板块合成的，另写的算式不起作用"),
        format!("各板块按权重合成的，约定里写“各项加权”，各板块里写“权重 60%”；相加的，去掉这一行{rolled_up}"),
    )
}

/// 平安得分 = 治安得分 × 60% + 稳定得分 × 40%, where 平安得分 is the points of the section already.
fn points_by_formula(scope: &Scope<'_>, site: Site<'_, '_>, at: &Pair<'_, Token>, title: &str) -> Finding {
    let message = format!("“{title}得分”是“{title}”里各条合成的，另写的算式不起作用");
    let help = format!(
        "按权重合成的，在“{title}”里写“各项加权”，各条里写“权重 60%”；相加的，去掉这一行；另算一个数的，换一个名称"
    );
    scope.at(site.statement, at, "total-by-formula", message).help(help)
}

/// ，以150%为限: the lesser of a value and its limit; ，最低0%: the greater.
fn bounded(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    value: Typed,
    (which, limit): (Aggregate, Typed),
) -> Typed {
    let limit = number::in_money_of(limit, &value.kind);
    expression::require_agreement(scope, site, pair, &value.kind, &limit.kind, "比较大小");
    // 最高150 of a share: 150%, and hardly 150 times the whole.
    if let (Type::Percent, Type::Bare, Expr::Number(number)) = (&value.kind, &limit.kind, &limit.expr)
        && *number >= Number::whole(10)
    {
        let said = scope.original(site.statement, pair);
        let finding = scope
            .at(site.statement, pair, "percent-expected", format!("算出来的是百分比，这里写的是“{number}”"))
            .expected("百分比")
            .help(format!("写成：{}", scope.line_with(site.statement, pair, &format!("{}%", said.trim()))));
        scope.report(finding);
    }
    // 在120%至50%之间, 最低120%，最高100%: the last limit is all that is left.
    if let (Expr::Of(other, parts), Expr::Number(limit)) = (&value.expr, &limit.expr)
        && let [_, Expr::Number(before)] = &parts[..]
        && matches!((other, which), (Aggregate::Greatest, Aggregate::Least) | (Aggregate::Least, Aggregate::Greatest))
        && (which == Aggregate::Least && limit < before || which == Aggregate::Greatest && limit > before)
    {
        let said = scope.original(site.statement, pair);
        let message = format!("到“{}”，最低的比最高的还高，算出来是多少都一样", said.trim());
        let finding = scope
            .at(site.statement, pair, "limits-at-odds", message)
            .help("核对这两个数，最低的写小的，最高的写大的，如：在50%至120%之间");
        scope.report(finding);
    }
    Typed::new(Expr::Of(which, vec![value.expr, limit.expr]), value.kind)
}

/// 成功率 = 成功件数（件） ÷ 录入件数，除数为0的，不作考评
pub fn measure(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let name_pair = pair.child(Token::measure_name).expect("a measure has a name");
    let name = name_of(&name_pair);
    let Some(Meaning::Measure(id)) = scope.declared_here(site.node, &name) else { return };
    if site.node == NodeId(0) && ["总分", "得分", "月度得分", "每月得分", "考核得分"].contains(&name.as_str())
    {
        let finding = total_by_formula(scope, site.statement, &name_pair, &name);
        scope.blame(finding);
        return;
    }
    // 上半年得分 = 各月得分之和 would be of all months.
    if let Some(title) = name.strip_suffix("得分").filter(|_| site.node == NodeId(0))
        && let Some((said, kind)) =
            super::title::one_period(title).filter(|(said, _)| said == title.trim_start_matches('第'))
    {
        let message = format!("“{name}”不能另写：{said}的得分照“{kind}得分”的算式得来");
        let finding = scope.at(site.statement, &name_pair, "total-by-formula", message);
        let help = match kind {
            "月" => "去掉这一行：按月考评的，各月的得分就是考评得来的".to_owned(),
            _ => format!("写成：{kind}得分 = …；用到它的算式里照写“{name}”"),
        };
        scope.blame(finding.help(help));
        return;
    }
    if let Some(title) = name.strip_suffix("得分")
        && let Ok(Meaning::Node(_)) = scope.find(site.node, title)
    {
        let finding = points_by_formula(scope, site, &name_pair, title);
        scope.blame(finding);
        return;
    }
    let findings = scope.findings.len();
    let mut value = if let Some(inner) = pair.child(Token::cased) {
        expression::cased(scope, site, &inner)
    } else if let Some(inner) = pair.child(Token::choices_measure) {
        Typed::new(body::choices(scope, site, &inner, None), Type::Bare)
    } else {
        expression::expression(scope, site, &pair.child(Token::expression).expect("a measure has a value"))
    };
    let mut guarded = !has_open_division(&value.expr);
    for option in pair.children(Token::measure_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::keep => value = expression::keep_digits(scope, site, &inner, value),
            Token::clamp => {
                let most = expression::expression(scope, site, &inner.child(Token::expression).expect("以 what"));
                value = bounded(scope, site, &inner, value, (Aggregate::Least, most));
            }
            Token::own_clamp => {
                if let Some(said) = inner.child(Token::name).filter(|said| name_of(said) != name) {
                    let finding = scope
                        .at(
                            site.statement,
                            &said,
                            "other-name",
                            format!("这一行算的是“{name}”，限的却是“{}”", name_of(&said)),
                        )
                        .help("写成：，以120%为限；限别的，写在那一行");
                    scope.report(finding);
                    continue;
                }
                let most = inner.child(Token::expression).expect("a limit has a number");
                let most = expression::expression(scope, site, &most);
                value = bounded(scope, site, &inner, value, (Aggregate::Least, most));
            }
            Token::own_floor => {
                let least = inner.child(Token::expression).expect("a limit has a number");
                let least = expression::expression(scope, site, &least);
                value = bounded(scope, site, &inner, value, (Aggregate::Greatest, least));
            }
            Token::own_bounds => {
                let ends = inner.children(Token::quantity);
                let [least, most] = [0, 1].map(|at| number::quantity(scope, site, &ends[at]));
                value = bounded(scope, site, &inner, value, (Aggregate::Greatest, least));
                value = bounded(scope, site, &inner, value, (Aggregate::Least, most));
            }
            Token::zero_divisor => {
                let otherwise = instead_of(scope, site, &inner, &value);
                value.expr = guard_division(value.expr, &otherwise);
                guarded = true;
            }
            Token::when_not => {
                let when = condition::condition(scope, site, &inner.child(Token::condition).expect("when"));
                let instead = instead_of(scope, site, &inner, &value);
                value.expr = Expr::Case { arms: vec![(when, instead)], otherwise: Box::new(value.expr) };
                guarded = true;
            }
            _ => {}
        }
    }
    ask_of_stocks(scope, site, &value.expr);
    if !guarded {
        match scope.conventions.zero_divisor.clone() {
            Some(otherwise) => value.expr = guard_division(value.expr, &otherwise),
            None => {
                let finding = scope
                    .at_line(
                        site.statement.line.number,
                        "missing-convention",
                        format!("没有写“{name}”的除数为0时怎么办"),
                    )
                    .help("在后面加上其中一句：\n，除数为0的，不作考评\n，除数为0的，按 100% 计");
                scope.report(finding);
            }
        }
    }
    // What a mistaken formula comes to is not known: lines that use it are not to be blamed.
    if scope.findings.len() > findings {
        scope.mistaken.insert(id);
        value.kind = Type::Bare;
    }
    let measure = &mut scope.plan.measures[id.index()];
    measure.expr = value.expr;
    if measure.kind == Type::Bare {
        measure.kind = value.kind;
    }
}

/// 按 100% 计: what a measure is where it cannot be worked out.
fn instead_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, of: &Typed) -> Expr {
    let Some(inner) = pair.child(Token::expression) else { return Expr::NotAssessed };
    let instead = expression::expression(scope, site, &inner);
    // 提前 ÷ 总数 is a share, whatever else it is called; 提前 ÷ 总数 × 20 may be points.
    let is_share = of.kind == Type::Percent || matches!(of.expr, Expr::Divide(_)) && instead.kind == Type::Points;
    let kind = if is_share { Type::Percent } else { of.kind.clone() };
    body::require_as_reported(scope, site, pair, (&inner, &instead), &kind);
    instead.expr
}

/// Measure words of what is there rather than of what happens: three months of 1000人 are no 3000人.
const STOCKS: &[&str] =
    &["人", "万人", "户", "万户", "家", "村", "亩", "公里", "平方公里", "平方米", "辆", "台", "张", "床"];

/// 签约（人） ÷ 人口（人） over a quarter: are the months of 人口 added up?
fn ask_of_stocks(scope: &mut Scope<'_>, site: Site<'_, '_>, expr: &Expr) {
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    if !matches!(cycle, Cycle::Quarter | Cycle::Half) {
        return;
    }
    let mut divisors = Vec::new();
    walk(expr, &mut |inner| {
        if let Expr::Divide(pair) = inner
            && let Expr::Input { input, collect: Aggregate::Sum } = &pair[1]
        {
            divisors.push(*input);
        }
        true
    });
    for id in divisors {
        let input = &scope.plan.inputs[id.index()];
        let (label, unit) = match &input.quantity {
            Type::Count(unit) | Type::Quantity(unit) if STOCKS.contains(&unit.as_str()) => (&input.label, unit),
            _ => continue,
        };
        if input.kind != InputKind::Indicator || scope.collect.contains_key(&id) {
            continue;
        }
        let message = format!("“{label}”逐月报送，没有写各月的数怎样合成一个");
        let help = format!(
            "在前面加上其中一行，算式里只写 {label}：\n指标 {label}（{unit}），取平均\n指标 {label}（{unit}），取期末数\n指标 {label}（{unit}），取合计"
        );
        let finding = scope.at_line(site.statement.line.number, "missing-convention", message).help(help);
        scope.report(finding);
    }
}

/// A division by anything but a written number.
pub fn has_open_division(expr: &Expr) -> bool {
    expr.any(|inner| {
        let Expr::Divide(pair) = inner else { return false };
        !matches!(&pair[1], Expr::Number(number) if !number.is_zero()) && !matches!(pair[1], Expr::Full(_))
    })
}

/// Every open division first asks whether its divisor is zero.
pub fn guard_division(expr: Expr, otherwise: &Expr) -> Expr {
    let mut divisors = Vec::new();
    walk(&expr, &mut |inner| {
        if let Expr::Divide(pair) = inner
            && !matches!(&pair[1], Expr::Number(_))
        {
            divisors.push(pair[1].clone());
        }
        true
    });
    let arms: Vec<(Condition, Expr)> = divisors
        .into_iter()
        .map(|divisor| {
            let zero = Condition::Compare(Box::new(divisor), Comparison::Equal, Box::new(Expr::Number(Number::ZERO)));
            (zero, otherwise.clone())
        })
        .collect();
    if arms.is_empty() { expr } else { Expr::Case { arms, otherwise: Box::new(expr) } }
}

/// -100%至300%: what may be reported; without a lower end no less than nothing.
pub fn reported_range(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    id: InputId,
) -> (Option<rust_decimal::Decimal>, Option<rust_decimal::Decimal>) {
    let subject = Typed::new(Expr::NotAssessed, scope.plan.inputs[id.index()].quantity.clone());
    let range = condition::range(scope, site, pair, &subject);
    let end = |end: Option<(Expr, bool)>| match end {
        Some((Expr::Number(number), _)) => number.decimal(),
        _ => None,
    };
    (end(range.low).or(Some(rust_decimal::Decimal::ZERO)), end(range.high))
}

/// 指标 录入件数（件），取平均；0件至100件
fn indicator(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let name = name_of(&pair.child(Token::head_name_short).expect("an indicator has a name"));
    let Some(Meaning::Input(id)) = scope.declared_here(site.node, &name) else { return };
    for option in pair.children(Token::indicator_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::missing_rule => {
                let of = scope.plan.inputs[id.index()].quantity.clone();
                let rule = body::missing_rule(scope, site.statement, &inner, site.node, &of);
                body::stand_in(scope, id, rule);
            }
            Token::range => {
                scope.plan.inputs[id.index()].range = reported_range(scope, site, &inner, id);
            }
            Token::HALF_DAYS => {
                let kind = scope.plan.inputs[id.index()].quantity.clone();
                idle::half_days(scope, site, &inner, &kind);
            }
            _ => {}
        }
    }
}
