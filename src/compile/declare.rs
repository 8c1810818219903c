//! The first walk: the tree of nodes, and every name that lines declare.

use rust_decimal::Decimal;

use super::clause::whole_if_one_year;
use super::head_count;
use super::header::cycle_of;
use super::in_force::{self, Again};
use super::scope::{Meaning, Scope, name_of};
use super::title;
use super::units::{self, type_of_unit};
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{COMMON_UNITS, Context, InForce, Statement, item_path, says_late, unit_is_common};
use crate::plan::*;
use crate::suggest;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::Number;

/// How many numbers an item's own number may have: 2.1.3 has three.
const DEEPEST_ITEM: usize = 16;

/// Builds the nodes, then declares measures and indicators, then the labels of events.
pub fn declare(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut here = NodeId(0);
    let mut section = None;
    for statement in statements {
        let line = statement.line;
        if line.opening {
            here = match line.context {
                Context::Node => open_node(scope, statement, &mut section),
                _ => NodeId(0),
            };
        }
        scope.nodes_of.push(here);
        if !line.opening && line.context == Context::Node {
            if line.code.text.contains(['扣', '减']) {
                scope.deducting.insert(here);
            }
            let pair = statement.inner();
            match pair.as_rule() {
                Token::cycle_is => {
                    let cycle = cycle_of(&pair.child(Token::cycle).expect("考评周期 has a cycle"));
                    set_cycle(scope, here, cycle);
                }
                Token::head => {}
                _ => {}
            }
        }
    }
    in_force::conventions(scope, statements);
    in_force::gather(scope, statements);
    for (index, statement) in statements.iter().enumerate() {
        let node = scope.nodes_of[index];
        scope.mark = scope.in_force[index];
        if statement.line.opening || !matches!(statement.line.context, Context::Node | Context::Conventions) {
            continue;
        }
        let pair = statement.inner();
        match pair.as_rule() {
            // What was stopped is not there to be used.
            Token::measure if in_force::is_never(&scope.plan.calendar, scope.mark) => {}
            Token::measure => measure(scope, statement, &pair, node),
            Token::indicator => indicator(scope, statement, &pair, node),
            Token::head if pair.has(Token::head_unit) => label_with_unit(scope, statement, node),
            _ => {}
        }
    }
    for (index, statement) in statements.iter().enumerate() {
        if statement.line.opening || statement.line.context != Context::Node {
            continue;
        }
        let pair = statement.inner();
        scope.mark = scope.in_force[index];
        if pair.as_rule() == Token::head && !pair.has(Token::head_unit) {
            label(scope, statement, scope.nodes_of[index]);
        }
    }
    scope.mark = InForce::ALWAYS;
}

fn set_cycle(scope: &mut Scope<'_>, node: NodeId, cycle: Cycle) {
    scope.plan.nodes[node.index()].cycle = whole_if_one_year(scope, cycle);
}

fn open_node(scope: &mut Scope<'_>, statement: &Statement<'_>, section: &mut Option<NodeId>) -> NodeId {
    let pair = statement.inner();
    let heading = pair.child(Token::heading).expect("an opening has a heading");
    let title = name_of(&heading);
    title::check(scope, statement, &heading, &title);
    called_like_the_total(scope, statement, &heading, &title);
    called_like_one_before(scope, statement, &heading, &title);
    let (parent, address) = match pair.child(Token::item_number) {
        None => (NodeId(0), title.clone()),
        Some(number) => {
            let path = item_path(number.as_str());
            if path.len() > DEEPEST_ITEM {
                let message = format!("编号套得太深，超过{DEEPEST_ITEM}级");
                let finding = scope.at(statement, &number, "too-deep", message).help("少分几级，或另立板块");
                scope.report(finding);
                return NodeId(0);
            }
            let Some(section) = *section else {
                if scope.is_astray {
                    return NodeId(0);
                }
                let finding = scope
                    .at(statement, &number, "item-outside-section", "条目前面没有板块")
                    .help("在它前面加一行：板块 名称");
                scope.report(finding);
                scope.item_outside = true;
                return NodeId(0);
            };
            let mut parent = section;
            let mut address = scope.plan.nodes[section.index()].address.clone();
            for part in &path[..path.len() - 1] {
                address = format!("{address}.{part}");
                match scope.find_address(&address) {
                    Some(node) => parent = node,
                    None => {
                        let message = format!("没有上一级条目“{address}”");
                        let finding =
                            scope.at(statement, &number, "missing-parent-item", message).help(match path.last() {
                                // 2.12345工单
                                Some(last) if *last > 99 => {
                                    format!("先写 {part}. 这一条；名称以数字开头的，序号后面空一格")
                                }
                                _ => format!("先写 {part}. 这一条"),
                            });
                        scope.report(finding);
                    }
                }
            }
            let last = path.last().map(u32::to_string).unwrap_or_default();
            (parent, format!("{address}.{last}"))
        }
    };
    if scope.plan.nodes.len() >= usize::from(u16::MAX) {
        let finding = scope.at(statement, &pair, "too-many-items", "板块和条目太多，超过65534个");
        scope.report(finding);
        return NodeId(0);
    }
    // Items of a section whose own line did not parse seem to belong to the one before.
    if let Some(other) = scope.find_address(&address).filter(|_| !scope.is_astray) {
        let line = scope.plan.nodes[other.index()].line;
        let (code, what) =
            if parent == NodeId(0) { ("duplicate-section", "板块") } else { ("duplicate-number", "条目") };
        let finding = scope
            .at(statement, &pair, code, format!("{what}“{address}”已在{}写过", scope.source.line_name(line as usize)))
            .help(if parent == NodeId(0) {
                "换一个名称，或并到一处"
            } else if address.matches('.').count() == 1 {
                "改成没有用过的序号；上一级（一）下面的 1. 是小项，写成 1.1，再下一级的（1）写成 1.1.1"
            } else {
                "改成没有用过的序号；是上一条下面的小项的，序号再加一级，如 1.1 下面的写成 1.1.1"
            });
        scope.report(finding);
    }
    let cycle = scope.plan.nodes[parent.index()].cycle;
    let id = scope.add_node(Node::empty(Some(parent), &address, &title, cycle, statement.line.number as u32));
    if parent == NodeId(0) {
        *section = Some(id);
    }
    // A heading names its node, for formulas; items often share one, and then only the address is good.
    scope.everywhere.entry(title).or_default().push(Meaning::Node(id));
    id
}

/// 得分 of 约定, 等次 and 奖惩 is the unit's: nothing else is called so.
fn called_like_the_total(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) {
    if name == "得分" {
        let finding = scope
            .at(statement, pair, "keyword-as-name", "“得分”是语言里的词：约定、等次、奖惩里的“得分”是整个单位的得分")
            .help("换一个名称，写明是什么的得分，如：测评得分");
        scope.blame(finding);
    }
}

/// 板块 上期: 上期名次 is the place in the period before, whatever is called so.
fn called_like_one_before(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, title: &str) {
    // 板块 上半年 is of the first half of this year.
    if title != "上半年" && syntax::is_all(Token::EARLIER, title) {
        let line = scope.line_with(statement, pair, &format!("{title}情况"));
        let message = format!("“{title}”是语言里的词：“{title}名次”“{title}得分”说的是前一期的");
        let finding = scope.at(statement, pair, "keyword-as-name", message).help(format!("换一个名称，如：{line}"));
        scope.blame(finding);
    }
}

/// 奖惩：每次扣1分: a case that is called like a part of the rulebook.
fn called_like_a_part(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, label: &str) {
    if crate::parse::is_part(label) && !pair.as_str().trim_start().starts_with('「') {
        let line = scope.line_with(statement, pair, &format!("{label}问题"));
        let message = format!("“{label}”是语言里的词，后面接一部分规则，不能作情形");
        let finding = scope.at(statement, pair, "keyword-as-name", message).help(format!("换一个名称，如：{line}"));
        scope.blame(finding);
    }
}

/// 缺席人次）：the other half of the bracket was left out.
fn half_a_bracket(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, label: &str) {
    let count = |sign: char| label.matches(sign).count();
    if count('(') == count(')') || pair.as_str().trim_start().starts_with('「') {
        return;
    }
    let finding = scope.at(statement, pair, "unclosed-bracket", "括号只有一半");
    let base = label.strip_suffix(')').unwrap_or_default();
    let unit = COMMON_UNITS.iter().filter(|unit| base.ends_with(**unit)).max_by_key(|unit| unit.len());
    let finding = match unit.filter(|unit| unit.len() < base.len()) {
        Some(unit) => {
            let head = format!("{}（{unit}）", &base[..base.len() - unit.len()]);
            finding.help(format!("写成：{}", scope.line_with(statement, pair, &head)))
        }
        None => finding.help("把另一半补上"),
    };
    scope.blame(finding);
}

/// An input with nothing special about it.
pub fn new_input(node: NodeId, label: &str, kind: InputKind, quantity: Type, cycle: Cycle) -> Input {
    let range = match quantity {
        Type::Percent => (Some(Decimal::ZERO), Some(Decimal::ONE)),
        _ => (Some(Decimal::ZERO), None),
    };
    Input {
        node,
        label: label.to_owned(),
        kind,
        quantity,
        range,
        cycle,
        any_month: true,
        only_months: Vec::new(),
        needs: Needs::default(),
        columns: Vec::new(),
        missing: WhenMissing::Error,
        inapplicable: WhenMissing::NotAssessed,
        additive: false,
        versions: None,
        raters: Vec::new(),
    }
}

/// A text of another time makes an event of an indicator, or counts it in another measure.
fn changed_measure(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, label: &str) {
    let message = format!("“{label}”修改前后不是同一种东西，或者量词不同");
    let finding = scope
        .at(statement, pair, "changed-measure", message)
        .help("年中不能让一个情形换种类、换量词：新的换一个情形名");
    scope.report(finding);
    scope.refused.insert(statement.line.number);
}

/// What is written before parentheses in a formula.
const FUNCTIONS: &[&str] = &[
    "较低者",
    "较小者",
    "较高者",
    "较大者",
    "平均",
    "绝对值",
    "平方根",
    "保留",
    "步数",
    "名次",
    "条数",
    "各条合计",
    "各条平均",
    "各条最高",
    "各条最低",
    "全体最高",
    "全体最低",
    "全体平均",
    "全体合计",
    "全体名次",
    "同组最高",
    "同组最低",
    "同组平均",
    "同组名次",
    "历年最高",
    "历年最低",
    "历年平均",
    "月数",
    "季度数",
];

fn add_input(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    input: Input,
) -> Option<InputId> {
    let (node, label) = (input.node, input.label.clone());
    if label.is_empty() {
        let finding = scope.at(statement, pair, "empty-label", "冒号前面没有写情形");
        scope.report(finding);
        return None;
    }
    called_like_the_total(scope, statement, pair, &label);
    called_like_a_part(scope, statement, pair, &label);
    half_a_bracket(scope, statement, pair, &label);
    if let Some(known) = scope.declared_here(node, &label) {
        if let Meaning::Input(known) = known {
            match in_force::declare_again(scope, known, &input) {
                Some(Again::Same) => return Some(known),
                Some(Again::Other) => {
                    changed_measure(scope, statement, pair, &label);
                    return None;
                }
                None => {}
            }
        }
        let message = format!("“{label}”在本条里已经写过");
        let finding = scope.at(statement, pair, "duplicate-label", message).help("换一个情形，或并成一行");
        scope.report(finding);
        return None;
    }
    if scope.plan.inputs.len() >= usize::from(u16::MAX) - 1 {
        let finding = scope.at(statement, pair, "too-many-lines", "计分句太多，超过65534行");
        scope.report(finding);
        return None;
    }
    let id = InputId(scope.plan.inputs.len() as u16);
    let versions = in_force::versions_of(scope, &input);
    scope.plan.inputs.push(Input { versions, ..input });
    scope.declare(node, &label, Meaning::Input(id));
    Some(id)
}

/// Words that begin a line of their own: 系数 = 0.8 would only give a number a name.
const KEYWORDS: &[&str] = &[
    "系数",
    "权重",
    "满分",
    "基础分",
    "起评分",
    "扣分封顶",
    "加分封顶",
    "得分封顶",
    "考评周期",
    "依据",
    "适用",
    "保留",
];

fn measure(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    inline_indicators(scope, statement, pair, node);
    let name_pair = pair.child(Token::measure_name).expect("a measure has a name");
    let name = name_of(&name_pair);
    if KEYWORDS.contains(&name.as_str()) && !name_pair.as_str().starts_with('「') {
        let text = scope.line_text(statement);
        let value = text.split_once(['=', '＝']).map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
        let finding = scope
            .at(statement, &name_pair, "keyword-as-name", format!("“{name}”是语言里的词，后面不写等号"))
            .help(format!("写成：{name} {value}"));
        scope.blame(finding);
        return;
    }
    called_like_the_total(scope, statement, &name_pair, &name);
    if let Some(Meaning::Measure(known)) = scope.declared_here(node, &name)
        && in_force::define_again(scope, known)
    {
        return;
    }
    if scope.declared_here(node, &name).is_some() {
        let finding =
            scope.at(statement, &name_pair, "duplicate-name", format!("“{name}”已经声明过")).help("换一个名称");
        scope.report(finding);
        return;
    }
    let kind = pair.child(Token::head_unit).map_or(Type::Bare, |unit| type_of_unit(unit.as_str()));
    let cycle = scope.plan.nodes[node.index()].cycle;
    let id = MeasureId(scope.plan.measures.len() as u16);
    let line = statement.line.number as u32;
    scope.plan.measures.push(Measure { node, name: name.clone(), kind, expr: Expr::NotAssessed, cycle, line });
    scope.declare(node, &name, Meaning::Measure(id));
    in_force::note_measure(scope, id);
}

/// `成功件数（件）` inside a formula declares the indicator.
fn inline_indicators(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    for factor in pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::factor) {
        let (Some(name), Some(unit)) = (factor.child(Token::name), factor.child(Token::head_unit)) else { continue };
        // An item may be called like a unit, and is then marked: 完成课时（课时）.
        let unit_word = name_of(&unit);
        // 应收账款周转率（次/年）
        let is_rate = unit_word.split('/').count() == 2
            && unit_word
                .split('/')
                .all(|part| unit_is_common(part.trim()) || ["年", "月", "季度"].contains(&part.trim()));
        if !is_rate && unit_word.contains(['、', ',', ';', '+', '-', '×', '÷', '*', '/'])
            || unit_word.chars().any(|c| c.is_ascii_digit())
        {
            let written = name_of(&name);
            let known = FUNCTIONS.iter().find(|known| **known == written);
            let nearest = suggest::nearest(&written, FUNCTIONS.iter().copied());
            let (message, help) = match (known, nearest) {
                (Some(known), _) => {
                    (format!("“{known}”的括号里写得不对"), format!("各项之间用顿号：{known}（甲、乙）"))
                }
                (_, Some(nearest)) => (format!("没有叫“{written}”的算法"), format!("是不是“{nearest}”？")),
                _ => (format!("没有叫“{written}”的算法"), format!("可以用：{}", FUNCTIONS.join("、"))),
            };
            let finding = scope.at(statement, &name, "unknown-function", message).help(help);
            scope.blame(finding);
            continue;
        }
        if !unit_is_common(&unit_word) {
            let message = format!("“{unit_word}”不是认得的量词");
            let nearest =
                suggest::nearest(&unit_word, COMMON_UNITS.iter().copied().filter(|unit| unit.chars().count() == 1));
            let near = nearest.map(|nearest| format!("是不是“{nearest}”？不是的，")).unwrap_or_default();
            let name_of_it = name_of(&name);
            // 有效点数（合计） is no part of it.
            let of_all = scope.of_all(statement, &factor, &format!("{name_of_it}{unit_word}"));
            let of_all = of_all.or_else(|| scope.whole_of(statement, &factor, &name_of_it, &unit_word));
            let help = match (of_all, scope.everywhere.contains_key(&name_of_it)) {
                (Some(help), _) => help,
                (None, true) => format!("“{name_of_it}”声明过了，这里只写名称，不再写量词"),
                (_, false) => format!("{near}先用一行声明：指标 {name_of_it}（{unit_word}）"),
            };
            let finding = scope.at(statement, &unit, "unknown-unit-word", message).help(help);
            scope.blame(finding);
        }
        let cycle = scope.plan.nodes[node.index()].cycle;
        let input = new_input(node, &name_of(&name), InputKind::Indicator, type_of_unit(&unit_word), cycle);
        add_input(scope, statement, &name, input);
    }
}

fn indicator(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) {
    let name = pair.child(Token::head_name_short).expect("an indicator has a name");
    let unit = pair.child(Token::head_unit).expect("an indicator has a unit");
    let cycle = scope.plan.nodes[node.index()].cycle;
    let options = pair.children(Token::indicator_option);
    let halves = options.iter().any(|option| option.has(Token::HALF_DAYS));
    let quantity = with_halves(halves, type_of_unit(unit.as_str()));
    let input = new_input(node, &name_of(&name), InputKind::Indicator, quantity, cycle);
    let id = add_input(scope, statement, &name, input);
    let said = options.iter().find_map(|option| option.child(Token::collect));
    collects(scope, id, said);
}

/// `1. 台账：每项扣1分`: an item and its line in one, which would be a label that begins with a number.
fn item_in_label(scope: &Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>, label: &str) -> Option<Finding> {
    let digits = label.len() - label.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let begins = digits > 0
        && label[digits..].starts_with(['.', '、'])
        && !label[digits + 1..].starts_with(|c: char| c.is_ascii_digit());
    let title = label[digits..].trim_start_matches(['.', '、', ' ']);
    begins.then(|| {
        let line = scope.line_text(statement);
        let body = line.split_once(['：', ':']).map_or("", |(_, body)| body);
        scope
            .at(statement, pair, "item-with-line", "条目和计分句写在了一行")
            .help(format!("分成两行：\n{}. {title}\n   {title}：{body}", &label[..digits]))
    })
}

/// `录入件数（件）：…` is an indicator, whatever is said of it, unless it is pending, rated or per event.
fn label_with_unit(scope: &mut Scope<'_>, statement: &Statement<'_>, node: NodeId) {
    let head = statement.inner();
    let name = head.child(Token::head_name).expect("a head has a name");
    let unit = head.child(Token::head_unit).expect("asked for by the caller");
    let body = statement.body();
    let quantity = with_halves(speaks_of_halves(&body), type_of_unit(unit.as_str()));
    let kind = match body.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Token::pending) => InputKind::Pending(pending_reason(scope, statement, &body)),
        Some(Token::rating) => InputKind::Rating,
        _ => InputKind::Indicator,
    };
    let cycle = scope.plan.nodes[node.index()].cycle;
    let label = name_of(&name);
    if let Some(points) =
        unit.as_str().trim().strip_suffix('分').filter(|points| super::number::decimal(points.trim()).is_some())
    {
        // 满意度（10分）：扣5分: full marks belong to an item.
        let finding = scope
            .at(statement, &unit, "marks-on-a-line", format!("“（{points}分）”不是量词；满分要写在条目上"))
            .help(format!("分成两行写：\n1. {label}（{points}分）\n{label}：…"));
        scope.blame(finding);
    }
    if let Some(finding) = item_in_label(scope, statement, &name, &label) {
        scope.blame(finding);
    }
    if let Some(finding) = no_measure_word(scope, statement, &unit, &body).filter(|_| kind == InputKind::Indicator) {
        scope.blame(finding);
    }
    if matches!(quantity, Type::Date | Type::Text) {
        let message = format!("指标的数量不能{}", units::describe(&quantity));
        let finding = scope.at(statement, &unit, "wrong-measure-word", message).help("日期、文字写成事实列或单位属性");
        scope.report(finding);
    }
    // A second line about the same indicator may repeat its unit.
    if let Some(Meaning::Input(id)) = scope.declared_here(node, &label)
        && scope.plan.inputs[id.index()].quantity == quantity
        && scope.plan.inputs[id.index()].kind == kind
        && kind == InputKind::Indicator
        && !scope.is_stopped(Meaning::Input(id))
    {
        in_force::extend(scope, id);
        return;
    }
    if let Some(Meaning::Input(known)) = scope.declared_here(node, &label)
        && scope.plan.inputs[known.index()].kind == InputKind::Indicator
        && kind == InputKind::Indicator
        && !scope.is_stopped(Meaning::Input(known))
    {
        let before = units::describe(&scope.plan.inputs[known.index()].quantity);
        let message = format!("“{label}”前面{before}，这里{}", units::describe(&quantity));
        let finding = scope.at(statement, &unit, "wrong-measure-word", message).help("同一个指标，量词前后一致");
        scope.blame(finding);
        return;
    }
    let id = add_input(scope, statement, &name, new_input(node, &label, kind, quantity, cycle));
    let said = body.children(Token::phrase).iter().find_map(|phrase| phrase.child(Token::collect));
    collects(scope, id, said);
}

/// What a remark behind a name begins with.
const REMARKS: &[&str] = &["含", "不含", "包括", "包含", "不包括", "仅", "有效", "无效"];

/// 投诉（每件）：扣1分, 投诉（有效）：每件扣1分, 迟到（含早退）：每次扣1分: as a measure word it would make an indicator of
/// an event, and its points would not look at what is reported.
fn no_measure_word(
    scope: &Scope<'_>,
    statement: &Statement<'_>,
    unit: &Pair<'_, Token>,
    body: &Pair<'_, Token>,
) -> Option<Finding> {
    let word = name_of(unit);
    let is_common = unit_is_common(&word);
    if matches!(type_of_unit(&word), Type::Date | Type::Text | Type::Bare) {
        return None;
    }
    let phrases = body.children(Token::phrase);
    let has = |kinds: &[Token]| phrases.iter().any(|phrase| kinds.iter().any(|kind| phrase.has(*kind)));
    let is_each = word.strip_prefix('每').is_some_and(unit_is_common);
    let counts = |per: &Pair<'_, Token>| {
        let said = per.child(Token::unit).filter(|_| !per.has(Token::per_kind));
        said.is_some_and(|said| name_of(&said) != word && matches!(unit_of_each(per), Some(Type::Count(_))))
    };
    let counts_otherwise = phrases.iter().filter_map(|phrase| phrase.child(Token::per)).any(|per| counts(&per));
    let looks = [Token::range, Token::per, Token::rate, Token::happens, Token::condition, Token::WHEN, Token::lookup];
    let number = |phrase: &Pair<'_, Token>| {
        let first = phrase.clone().into_inner().next().filter(|first| first.as_rule() == Token::outcome)?;
        let amount = first.child(Token::amount)?;
        amount.as_str().trim().trim_end_matches('分').parse::<Decimal>().ok()
    };
    let is_flat = !has(&looks) && phrases.iter().any(|phrase| number(phrase).is_some());
    let label = statement.label();
    let text = scope.line_text(statement);
    let rest = text.split_once(['：', ':']).map(|(_, rest)| rest.trim().to_owned()).unwrap_or_default();
    // 投诉（件）：扣1分: of each, or once it happened? As an indicator it would cost as much where there is none.
    if is_common && is_flat && phrases.len() == 1 && matches!(type_of_unit(&word), Type::Count(_)) {
        let message = format!("说不清是每{word}{rest}，还是有了就{rest}：指标每月都报，这样写报0{word}也{rest}");
        let help = format!("改成其中一句：\n{label}（{word}）：每{word}{rest}\n{label}：{rest}");
        return Some(scope.at(statement, body, "missing-convention", message).help(help));
    }
    if is_common {
        return None;
    }
    let is_remark = REMARKS.iter().any(|remark| word.starts_with(remark));
    if !(is_each || counts_otherwise || is_flat || is_remark) {
        return None;
    }
    // What is measured every month keeps a measure word.
    let by_number = phrases
        .iter()
        .any(|phrase| phrase.has(Token::range) || phrase.child(Token::per).is_some_and(|per| per.has(Token::per_kind)));
    let own = body.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::unit);
    let own = own.filter(|_| by_number).map(|unit| format!("（{}）", name_of(&unit))).unwrap_or_default();
    let help = if is_each {
        let each = if has(&[Token::per]) { "" } else { word.as_str() };
        format!("写成：{label}{own}：{each}{rest}")
    } else if word.starts_with(['含', '不', '包']) {
        format!("写成两行：\n读法 {label}{word}\n{label}{own}：{rest}")
    } else {
        format!("只算“{word}”的，写进名称：\n{word}{label}{own}：{rest}\n只是说明的，去掉它：\n{label}{own}：{rest}")
    };
    let message = format!("“（{word}）”不是量词：括号里写的是数的单位，如（件）");
    Some(scope.at(statement, unit, "not-a-measure-word", message).help(help))
}

/// 取平均, 取期末数: how the monthly values of an indicator make one of a longer period.
fn collects(scope: &mut Scope<'_>, input: Option<InputId>, said: Option<Pair<'_, Token>>) {
    if let (Some(input), Some(said)) = (input, said) {
        scope.collect.insert(input, collect_of(&said));
    }
}

/// 取平均, 取期末数, 取合计
pub fn collect_of(said: &Pair<'_, Token>) -> Aggregate {
    if said.has(Token::COLLECT_MEAN) {
        Aggregate::Mean
    } else if said.has(Token::COLLECT_LAST) {
        Aggregate::Last
    } else {
        Aggregate::Sum
    }
}

fn pending_reason(scope: &Scope<'_>, statement: &Statement<'_>, body: &Pair<'_, Token>) -> String {
    let pending = body.child(Token::pending);
    pending
        .and_then(|pending| pending.child(Token::rest))
        .map(|rest| scope.original(statement, &rest))
        .unwrap_or_default()
}

/// Whose days a scoring line counts: `LATE` after a deadline, `EARLY` before one, or `None` where days are reported.
pub fn days_spoken_of(label: &str, body: &Pair<'_, Token>) -> Option<Token> {
    let phrases = body.children(Token::phrase);
    let kind = |phrase: &Pair<'_, Token>| {
        let each = phrase.child(Token::per).or_else(|| phrase.child(Token::happens))?;
        each.child(Token::per_kind)?.into_inner().next().map(|kind| kind.as_rule())
    };
    let says = |wanted: Token| phrases.iter().any(|phrase| kind(phrase) == Some(wanted));
    let has = |wanted: Token| phrases.iter().any(|phrase| phrase.has(wanted));
    if says(Token::LATE) || has(Token::late_range) {
        Some(Token::LATE)
    } else if says(Token::EARLY) {
        Some(Token::EARLY)
    } else {
        let is_late = has(Token::RUNNING_DAYS) || says_late(label);
        is_late.then_some(Token::LATE)
    }
}

/// Days that may be a half.
fn with_halves(halves: bool, kind: Type) -> Type {
    if kind == Type::Days && halves { units::days_with_halves() } else { kind }
}

/// 请假（天）：每半天扣0.25分
fn speaks_of_halves(body: &Pair<'_, Token>) -> bool {
    ["半天", "半日"].iter().any(|half| body.as_str().contains(half))
}

/// The measure word of `每项扣1分`, for what 数量 counts; days late come from the dates.
pub fn counted_unit(label: &str, body: &Pair<'_, Token>) -> Option<Type> {
    let phrases = body.children(Token::phrase);
    let is_late = phrases.iter().any(|phrase| phrase.has(Token::late_range));
    let by_dates = days_spoken_of(label, body).is_some();
    let is_counted = |kind: &Type| !(by_dates && *kind == Type::Days);
    let each = phrases.iter().find_map(|phrase| {
        let per = phrase.child(Token::per)?;
        if per.has(Token::per_kind) && !per.child(Token::per_kind)?.has(Token::FULL_STEP) {
            return None;
        }
        unit_of_each(&per).filter(is_counted)
    });
    // 逾期1至3天扣1分，4天以上扣2分 counts no days: they come from the dates.
    each.or_else(|| {
        phrases.into_iter().filter(|_| !is_late).find_map(|phrase| counted_otherwise(phrase).filter(is_counted))
    })
}

/// What a `每件`, `每人每次`, `每面`, `每低1%` counts in.
pub fn unit_of_each(pair: &Pair<'_, Token>) -> Option<Type> {
    if pair.has(Token::PERCENT_SIGN) {
        return Some(Type::Percent);
    }
    if let Some(word) = pair.child(Token::loose_unit) {
        return Some(Type::Count(name_of(&word)));
    }
    let unit = if pair.as_rule() == Token::unit { name_of(pair) } else { name_of(&pair.child(Token::unit)?) };
    let by_person = pair.as_rule() == Token::per && pair.as_str().contains("人每次");
    Some(type_of_unit(if by_person { "人次" } else { &unit }))
}

/// The measure word where no 每 stands: 发现一处扣1分, 扣1分/处, 1处扣1分.
fn counted_otherwise(phrase: Pair<'_, Token>) -> Option<Type> {
    let first = phrase.into_inner().next()?;
    match first.as_rule() {
        Token::happens | Token::rate => unit_of_each(&first),
        // 前3条每条加1分
        Token::ordinal => first.child(Token::TIME_UNIT).map(|unit| Type::Count(unit.as_str().to_owned())),
        Token::range => {
            let quantity = first.into_inner().flatten().find(|inner| inner.as_rule() == Token::quantity)?;
            unit_of_each(&quantity)
        }
        _ => None,
    }
}

/// Of what or of which time points are, and no grade and no case: 累计得5分, 当年得5分, 该项得5分, 各得5分.
pub const NO_CASES: &[&str] =
    &["各", "累计", "合计", "总共", "当年", "全年", "年度", "当季", "当季度", "当月", "该项", "本项", "此项", "本条"];

/// What a name ends with that says of points that they are not given.
const DENIALS: &[&str] = &["不", "不能", "不可", "不得", "不应", "不应当", "不予", "不再", "不可以", "不给予"];

/// Whether a name says so.
pub fn is_denied(name: &str) -> bool {
    DENIALS.iter().any(|word| name.ends_with(word))
}

/// Whether the body only gives points to names: 优秀得10分；一般得8分.
pub fn is_grades(body: &Pair<'_, Token>) -> bool {
    let phrases = body.children(Token::phrase);
    let is_named = |phrase: &Pair<'_, Token>| {
        let first = phrase.clone().into_inner().next().filter(|first| first.as_rule() == Token::name);
        // 人均得5分: by each of what, and no grade.
        // 不能得5分: it gives nothing.
        let is_case = |name: &str| !NO_CASES.contains(&name) && !name.ends_with(['各', '均']) && !is_denied(name);
        first.is_some_and(|first| is_case(&name_of(&first)))
    };
    // 得 alone grades; 国家级加10分；省级加5分 are as likely two events, and 发现1处扣1分 is a slip.
    let gains = |phrase: &Pair<'_, Token>| {
        let Some(outcome) = phrase.child(Token::outcome) else { return false };
        let verb = outcome.child(Token::verb).or_else(|| outcome.child(Token::plain_points)?.child(Token::verb));
        let marks =
            [Token::NOTHING, Token::FULL_MARKS, Token::percent_of_marks].into_iter().any(|kind| outcome.has(kind));
        marks || verb.is_some_and(|verb| verb.has(Token::GAIN))
    };
    // 台账：未建立不得分 names a fault: grades none of which gives anything are none.
    let gives = |phrase: &Pair<'_, Token>| {
        let Some(outcome) = phrase.child(Token::outcome) else { return false };
        let mut inner = outcome.clone().into_inner().flatten();
        let amount = inner.find(|inner| inner.as_rule() == Token::amount);
        !outcome.has(Token::NOTHING) && amount.is_none_or(|amount| amount.as_str().trim().trim_end_matches('分') != "0")
    };
    let count = phrases.iter().take_while(|phrase| is_named(phrase)).count();
    count > 0 && phrases.iter().take(count).all(gains) && phrases.iter().take(count).any(gives)
}

/// `得 实绩 ÷ 目标 × 满分`: points worked out from what is known of the unit, so that no fact is needed.
/// A formula over the cells of a row (数量、系数、a declared column) speaks of an event.
pub fn formula<'a>(scope: &Scope<'_>, node: NodeId, body: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let first = body.children(Token::phrase).into_iter().next()?.into_inner().next()?;
    if first.as_rule() != Token::outcome || !first.child(Token::verb)?.has(Token::GAIN) {
        return None;
    }
    let amount = first.child(Token::amount)?;
    let about_row = |inner: &Pair<'_, Token>| match inner.as_rule() {
        // 得 完成率 × 分值: those of the item, for no row but a discretionary one has any.
        Token::TIER_QUANTITY => inner.as_str().trim() != "分值",
        Token::name => matches!(scope.find(node, &name_of(inner)), Ok(Meaning::Column(_))),
        _ => false,
    };
    let computed = |inner: &Pair<'_, Token>| {
        matches!(inner.as_rule(), Token::name | Token::node_points | Token::total | Token::cohort | Token::past)
    };
    let parts = || amount.clone().into_inner().flatten();
    (parts().any(|inner| computed(&inner)) && !parts().any(|inner| about_row(&inner))).then_some(amount)
}

/// Where a limit begins in 迟到，每月最多扣3分: points that bound what stands behind the colon.
fn limit_in_label(name: &str) -> Option<usize> {
    // Asked of every label.
    if !name.ends_with('分') {
        return None;
    }
    const SCOPES: [&str; 7] = ["每月", "每季度", "每年", "全年", "每人", "每次", "累计"];
    let at = ["最多扣", "最多加", "最多得", "最高扣", "最高加"].iter().filter_map(|word| name.find(word)).min()?;
    let scope = SCOPES.iter().find(|scope| name[..at].ends_with(**scope));
    let begin = at - scope.map_or(0, |scope| scope.len());
    let is_points = name[at..].contains(|c: char| c.is_ascii_digit());
    (begin > 0 && is_points).then_some(begin)
}

/// A head without a unit: a known measure, a group of grades, a pending line, or an event.
fn label(scope: &mut Scope<'_>, statement: &Statement<'_>, node: NodeId) {
    let head = statement.inner();
    let name_pair = head.child(Token::head_name).expect("a head has a name");
    let name = name_of(&name_pair);
    if let Some(finding) = item_in_label(scope, statement, &name_pair, &name) {
        scope.blame(finding);
    }
    let body = statement.body();
    let cycle = scope.plan.nodes[node.index()].cycle;
    let first = body.clone().into_inner().next().map(|inner| inner.as_rule());
    if !matches!(first, Some(Token::pending | Token::rating | Token::imported)) && is_measured(scope, node, &name) {
        if let Some(Meaning::Input(id)) = scope.declared_here(node, &name) {
            if in_force::is_before(scope, id) {
                changed_measure(scope, statement, &name_pair, &name);
                return;
            }
            in_force::extend(scope, id);
        }
        return;
    }
    // What the name stands for was to be said in a line that did not parse.
    if scope.is_declared_in_broken(&name) {
        return;
    }
    match first {
        Some(Token::pending) => {
            let reason = pending_reason(scope, statement, &body);
            let input = new_input(node, &name, InputKind::Pending(reason), Type::Bare, cycle);
            add_input(scope, statement, &name_pair, input);
        }
        Some(Token::rating) => {
            add_input(scope, statement, &name_pair, new_input(node, &name, InputKind::Rating, Type::Points, cycle));
        }
        Some(Token::imported) => {
            add_input(scope, statement, &name_pair, new_input(node, &name, InputKind::Indicator, Type::Points, cycle));
        }
        _ if formula(scope, node, &body).is_some() => {
            let id = MeasureId(scope.plan.measures.len() as u16);
            if let Some(Meaning::Measure(known)) = scope.declared_here(node, &name)
                && in_force::define_again(scope, known)
            {
                return;
            }
            if scope.declared_here(node, &name).is_some() {
                let message = format!("“{name}”在本条里已经写过");
                let finding =
                    scope.at(statement, &name_pair, "duplicate-label", message).help("换一个情形，或并成一行");
                scope.report(finding);
                return;
            }
            let line = statement.line.number as u32;
            let measure =
                Measure { node, name: name.clone(), kind: Type::Points, expr: Expr::NotAssessed, cycle, line };
            scope.plan.measures.push(measure);
            scope.declare(node, &name, Meaning::Measure(id));
            in_force::note_measure(scope, id);
            scope.computed.insert(id);
        }
        _ if is_grades(&body) && ask_one_or_all(scope, statement, &name, &body) => {
            scope.refused.insert(statement.line.number);
        }
        _ if is_grades(&body) => {
            let mut group = None;
            for phrase in body.children(Token::phrase) {
                let Some(grade) = phrase.child(Token::name) else { continue };
                let next = InputId(scope.plan.inputs.len() as u16);
                let kind = InputKind::Grade { group: group.unwrap_or(next) };
                let mut input = new_input(node, &name_of(&grade), kind, Type::Count("次".to_owned()), cycle);
                input.any_month = false;
                input.range = (Some(Decimal::ONE), Some(Decimal::ONE));
                if let Some(id) = add_input(scope, statement, &grade, input) {
                    group = group.or(Some(id));
                }
            }
        }
        _ if limit_in_label(&name).is_some() => {
            let at = limit_in_label(&name).unwrap_or_default();
            let (label, limit) = (name[..at].trim_end_matches([',', ' ']), &name[at..]);
            let said = scope.original(statement, &body);
            let message = format!("“{limit}”写在冒号前面就成了名称的一部分，不起作用");
            let finding = scope.at(statement, &name_pair, "limit-as-label", message);
            scope.report(finding.help(format!("写成：{label}：{said}，{limit}")));
            scope.refused.insert(statement.line.number);
        }
        _ if ["最多", "至多", "最高", "不超过", "封顶"].iter().any(|word| name.ends_with(word)) => {
            let help = "管住本条所有扣分的写：扣分封顶 5分（加分写：加分封顶 5分）；只管几句的，把这几句放进一个条目，再写封顶";
            let finding = scope
                .at(statement, &name_pair, "limit-as-label", format!("“{name}”是限额，不是情形，写在冒号前面不起作用"))
                .help(help);
            scope.report(finding);
            scope.refused.insert(statement.line.number);
        }
        _ if is_range(&name) => {
            let message = format!("“{name}”是一个范围，不是情形");
            let behind = name.rsplit(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
            let unit = behind.split(['以', '及', '之', '的', '至', '(']).next().unwrap_or_default().trim();
            let unit = if unit.is_empty() { "件" } else { unit };
            let gives = scope.original(statement, &body);
            let finding = scope
                .at(statement, &name_pair, "range-as-label", message)
                .help(format!("冒号前写指标的名称（“名称”换成它）：名称（{unit}）：{name}{gives}"));
            scope.report(finding);
            scope.refused.insert(statement.line.number);
        }
        _ => {
            if let Some(finding) = head_count::find(scope, statement, node, (&name_pair, &name), &body) {
                scope.report(finding);
                scope.refused.insert(statement.line.number);
                return;
            }
            let quantity = counted_unit(&name, &body).unwrap_or(Type::Count("次".to_owned()));
            let quantity = with_halves(speaks_of_halves(&body), quantity);
            let mut input = new_input(node, &name, InputKind::Event, quantity, cycle);
            // An event of a coarser item belongs to the last base period of its cycle.
            input.any_month = cycle <= scope.plan.cycle;
            input.additive = true;
            add_input(scope, statement, &name_pair, input);
        }
    }
}

/// 低于10件, 90%以上
fn is_range(name: &str) -> bool {
    // Asked of every label: what a range begins with rules out nearly all.
    const BEGINS: &str = "0123456789低不达超高第小少早未没满至大多晚等百=<>≤≥≠-";
    name.starts_with(|c| BEGINS.contains(c))
        && name.contains(|c: char| c.is_ascii_digit())
        && syntax::is(Token::label_range, name)
}

/// Whether a head speaks of a measure or indicator declared here, around here, or alone in the rulebook.
fn is_measured(scope: &Scope<'_>, node: NodeId, name: &str) -> bool {
    let mut at = Some(node);
    while let Some(id) = at {
        match scope.declared_here(id, name) {
            Some(Meaning::Measure(_)) => return true,
            Some(Meaning::Input(input)) => {
                return matches!(
                    scope.plan.inputs[input.index()].kind,
                    InputKind::Indicator | InputKind::Parameter { .. } | InputKind::Rating
                );
            }
            _ => {}
        }
        at = scope.plan.nodes[id.index()].parent;
    }
    scope.figure_elsewhere(name).is_some()
}

/// The number zero as an expression.
pub fn zero() -> Expr {
    Expr::Number(Number::ZERO)
}

/// 有数字资源得10分，有网站得5分; 国家级得10分，省级得5分 of a column: asks whether a unit has one of them or several.
fn ask_one_or_all(scope: &mut Scope<'_>, statement: &Statement<'_>, label: &str, body: &Pair<'_, Token>) -> bool {
    const DEEDS: &[&str] = &[
        "有", "建立", "建有", "制定", "设立", "设有", "明确", "开展", "落实", "配备", "成立", "公开", "健全", "组织",
        "编制", "开通",
    ];
    let phrases = body.children(Token::phrase);
    let named = |phrase: &Pair<'_, Token>| {
        Some((name_of(&phrase.child(Token::name)?), scope.original(statement, &phrase.child(Token::outcome)?)))
    };
    let cases: Vec<(String, String)> = phrases.iter().filter_map(named).collect();
    let given = |gives: &String| !gives.starts_with('不');
    let done: Vec<&(String, String)> = cases.iter().filter(|(_, gives)| given(gives)).collect();
    if done.len() < 2 {
        return false;
    }
    let column = scope.column_that_lists(&done[0].0).map(str::to_owned);
    let is_listed = |(name, _): &&(String, String)| scope.column_that_lists(name) == column.as_deref();
    let of_column = column.clone().filter(|_| done.iter().all(is_listed));
    let is_done = |(name, _): &&(String, String)| DEEDS.iter().any(|word| name.starts_with(word));
    if of_column.is_none() && !done.iter().all(is_done) {
        return false;
    }
    let rows: Vec<String> = match &of_column {
        Some(column) => std::iter::once(format!("{label}：按 {column} 查表得分"))
            .chain(done.iter().map(|(name, gives)| format!("  {name}  {}", gives.trim_start_matches(['得', '计']))))
            .collect(),
        None => done.iter().map(|(name, gives)| format!("{name}：{gives}")).collect(),
    };
    let help = format!(
        "几样各得各的，写成：\n{}\n一个单位只评一样的，是等次：改用等次的名称，如：好得几分；较好得几分",
        rows.join("\n")
    );
    let message = format!("“{}”“{}”说不清是几样各得各的，还是只评一样", done[0].0, done[1].0);
    let finding = scope.at(statement, body, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}
