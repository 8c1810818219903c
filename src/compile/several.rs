//! 各月…之和 where there is but one month to look at, 累计N次 where there is no saying what is counted.

use super::expression::Site;
use super::scope::{Meaning, Scope, name_of};
use super::units::word_of;
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{Context, whole};
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 各月到位资金之和 in a quantity with a name, refused where what is assessed by the month reads it.
pub struct Held {
    /// Where the quantity is written.
    line: usize,
    /// 各月
    cycle: Cycle,
    finding: Finding,
}

/// 各月事故之和 in a line, a prize or a grade by the month: there is but one month to look at.
pub fn require_several(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, cycle: Cycle) {
    let is_step = site.statement.inner().as_rule() == Token::when_node;
    let of_item = || (site.node != NodeId(0) || is_step).then(|| scope.plan.nodes[site.node.index()].cycle);
    let Some(own) = scope.stage.or_else(of_item).filter(|own| *own <= cycle) else { return };
    let said = scope.original(site.statement, pair);
    let what = match scope.stage {
        Some(stage) => format!("这里说的是{}", stage.title()),
        None => format!("这一条按{}考评", own.word()),
    };
    let message = format!("{what}，“{said}”只有{}的，加不起来", own.this());
    let help = instead_of_sum(scope, site, pair, own);
    let finding = scope.at(site.statement, pair, "months-of-a-month", message).help(help);
    match scope.stage.is_none() && site.statement.inner().as_rule() == Token::measure {
        // A quantity with a name may be meant for the year's grades and prizes.
        true => scope.held.push(Held { line: site.statement.line.number, cycle, finding }),
        false => scope.report(finding),
    }
}

/// 在册月数 of what is given by the month: there is but one. It says how long a unit was there in the period, and not since
/// when it is there.
pub fn require_more_than_a_month(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let own = scope.stage.or_else(|| (site.node != NodeId(0)).then(|| scope.plan.nodes[site.node.index()].cycle));
    if own.is_none_or(|own| own != Cycle::Month) {
        return;
    }
    let help = match site.statement.line.context {
        Context::Eligibility => "说的是全年的，写成：年终，当 在册月数不足6个月，不参评".to_owned(),
        _ => format!("说的是全年的，写在年终的一套里；{}", newly_there()),
    };
    let message = "一个月里的在册月数总是1，月数也不会超过1";
    let finding = scope.at(site.statement, pair, "months-of-a-month", message).help(help);
    match scope.stage.is_none() && site.statement.inner().as_rule() == Token::measure {
        true => scope.held.push(Held { line: site.statement.line.number, cycle: Cycle::Month, finding }),
        false => scope.report(finding),
    }
}

/// 在册月数不足6个月 of a quarter, which has three.
pub fn require_within_reach(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    bounds: [Option<&Expr>; 2],
) {
    let calendar = &scope.plan.calendar;
    let Some(own) = scope.stage.filter(|own| matches!(own, Cycle::Quarter | Cycle::Half)) else { return };
    let most = calendar.each(own).map(|id| i64::from(calendar.period(id).months())).max().unwrap_or_default();
    let is_beyond = |end: &Expr| matches!(end, Expr::Number(end) if *end > Number::whole(most));
    if !bounds.into_iter().flatten().any(is_beyond) {
        return;
    }
    let message =
        format!("{}里的在册月数最多是{most}，“{}”总是一样", own.title(), scope.original(site.statement, pair).trim());
    let help = format!("说的是全年的，写在年终的一套里；{}", newly_there());
    let finding = scope.at(site.statement, pair, "months-of-a-month", message).help(help);
    scope.report(finding);
}

/// 奖励1000元 × 在册月数 ÷ 12 of a quarter, which has three: nobody would have more than a quarter of it.
pub fn require_share_of_own_months(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, money: &Expr) {
    let calendar = &scope.plan.calendar;
    let Some(own) = scope.stage.filter(|own| matches!(own, Cycle::Quarter | Cycle::Half)) else { return };
    let most = calendar.each(own).map(|id| i64::from(calendar.period(id).months())).max().unwrap_or_default();
    let is_months = |expr: &Expr| matches!(expr, Expr::Months { on_roster: true });
    let is_beyond = |expr: &Expr| match expr {
        Expr::Divide(two) => {
            two[0].any(is_months) && matches!(&two[1], Expr::Number(whole) if *whole > Number::whole(most))
        }
        _ => false,
    };
    if !money.any(is_beyond) {
        return;
    }
    let message = format!("{}里的在册月数最多是{most}，除下来谁也得不到整份", own.title());
    let help =
        format!("按{}里在册的月数分的，除以施行月数：在册月数 ÷ 施行月数；按全年的，写在年终的奖惩里", own.this());
    let finding = scope.at(site.statement, pair, "months-of-a-month", message).help(help);
    scope.report(finding);
}

/// How a unit that is there for a few months so far is told from the others, month by month.
pub fn newly_there() -> String {
    "到这一期为止新设不满几个月的，逐月报，先在开头声明：参数 新设期（项）：每单位每月一个，缺报的，按0项计；再写条件：新设期不少于1项".to_owned()
}

/// What to write instead of 各月…之和.
fn instead_of_sum(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, own: Cycle) -> String {
    const BY_YEAR: &str = "把条目改成“考评周期 每年”；奖惩、等次写在年终的一套里";
    if site.node == NodeId(0) && scope.stage.is_none() {
        let said = scope.original(site.statement, pair);
        return format!(
            "看全年的，写进年终得分的算式：年终得分 = （当 {said}…，…；其余 原来的算式）；或写在年终的等次、奖惩里"
        );
    }
    let name = pair.child(Token::factor).map(|of| name_of(&of));
    let input = name.as_deref().and_then(|name| match scope.find(site.node, name) {
        Ok(Meaning::Input(id)) => Some(&scope.plan.inputs[id.index()]),
        _ => None,
    });
    let is_sum = pair.has(Token::SUM_OF) && scope.stage.is_none();
    match input {
        Some(input) if is_sum && input.kind == InputKind::Event => {
            format!("看全年一共多少的，写：第2次起每次扣2分，全年连续计次；或{BY_YEAR}")
        }
        Some(input) if is_sum && input.kind == InputKind::Indicator => {
            let (label, before, said) = (&input.label, before(own), scope.original(site.statement, pair));
            format!(
                "从年初累计到{}的，先写一行：\n累计{label} = {label} + {before}累计{label}（没有的按 0 计）\n再把“{said}”换成“累计{label}”\n看全年的，{BY_YEAR}",
                own.this()
            )
        }
        _ => format!("看全年的，{BY_YEAR}"),
    }
}

/// Tells of the quantities that something by the month reads.
pub fn settle(scope: &mut Scope<'_>) {
    let held = std::mem::take(&mut scope.held);
    for Held { line, cycle, finding } in held {
        if is_read_by(&scope.plan, line, cycle) {
            scope.report(finding);
        }
    }
}

/// Whether anything that is worked out for a cycle, or for a shorter one, reads the quantity of a line.
fn is_read_by(plan: &Plan, line: usize, cycle: Cycle) -> bool {
    let mut search = Search { plan, line, cycle, seen: Vec::new(), found: false };
    for node in &plan.nodes {
        node.values().for_each(|value| search.expr(value, node.cycle));
        node.conditions().for_each(|when| search.condition(when, node.cycle));
    }
    for rule in &plan.rules {
        rule.values().for_each(|value| search.expr(value, rule.cycle));
        rule.conditions().for_each(|when| search.condition(when, rule.cycle));
    }
    for exclusion in &plan.excluded {
        search.condition(&exclusion.when, exclusion.cycles.0);
    }
    for ranking in &plan.rankings {
        ranking.values().for_each(|value| search.expr(value, ranking.cycle));
    }
    for grading in &plan.gradings {
        grading.conditions().for_each(|when| search.condition(when, grading.cycle));
    }
    for award in &plan.awards {
        award.conditions().for_each(|when| search.condition(when, award.cycle));
        award.money.iter().for_each(|money| search.expr(money, award.cycle));
    }
    search.found
}

struct Search<'p> {
    plan: &'p Plan,
    line: usize,
    cycle: Cycle,
    seen: Vec<(MeasureId, Cycle)>,
    found: bool,
}

impl Search<'_> {
    fn expr(&mut self, expr: &Expr, at: Cycle) {
        let mut read = Vec::new();
        walk(expr, &mut |inner| self.note(inner, &mut read));
        self.follow(read, at);
    }

    fn condition(&mut self, condition: &Condition, at: Cycle) {
        let mut read = Vec::new();
        walk_condition(condition, &mut |inner| self.note(inner, &mut read));
        self.follow(read, at);
    }

    /// A quantity is worked out for the longer of its own cycle and its reader's.
    fn follow(&mut self, read: Vec<MeasureId>, at: Cycle) {
        for id in read {
            let measure = &self.plan.measures[id.index()];
            let at = at.max(measure.cycle);
            self.found |= measure.line as usize == self.line && at <= self.cycle;
            // What goes in a circle is told elsewhere.
            if !self.found && at <= self.cycle && !self.seen.contains(&(id, at)) {
                self.seen.push((id, at));
                self.expr(&measure.expr, at);
            }
        }
    }

    /// The quantities that an expression reads of its own period, itself or of all units.
    fn note(&self, expr: &Expr, read: &mut Vec<MeasureId>) -> bool {
        match expr {
            Expr::Measure(id) => read.push(*id),
            Expr::Peer(id) => walk(&self.plan.peers[id.index()].expr, &mut |inner| self.note(inner, read)),
            _ => {}
        }
        !matches!(expr, Expr::Over { .. } | Expr::CountPeriods { .. } | Expr::Earlier { .. } | Expr::Past { .. })
    }
}

/// 累计3次发生处分: three times, or in three months? Told by `true`.
pub fn ask_what_is_counted(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (count, cycle): (u32, Cycle),
) -> bool {
    let Some(unit) = pair.child(Token::STREAK_UNIT).filter(|unit| unit.as_str().trim() == "次") else { return false };
    let Some(happened) = pair.child(Token::atom).as_ref().and_then(happened_in) else { return false };
    let (said, word) = (scope.original(site.statement, pair), cycle.counted());
    let by_period = scope.line_with(site.statement, &unit, word);
    let name = happened.child(Token::name);
    let input = name.as_ref().and_then(|name| match scope.find(site.node, &name_of(name)) {
        Ok(Meaning::Input(id)) => Some(&scope.plan.inputs[id.index()]),
        _ => None,
    });
    let here = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    let in_a_row = pair.as_rule() == Token::streak;
    let by_times = input.filter(|_| !in_a_row).map(|input| {
        let unit = match &input.quantity {
            Type::Count(_) => word_of(&input.quantity),
            _ => "次",
        };
        let label = &input.label;
        match here >= Cycle::Year {
            true => scope.line_with(site.statement, pair, &format!("{label}不少于{count}{unit}")),
            false => {
                let line = scope.line_text(site.statement);
                let then = line.split_once(['，', ',']).map_or("", |(_, then)| then);
                let before = if count == 2 {
                    "第1次".to_owned()
                } else {
                    format!("第1次至第{}次每次", count.saturating_sub(1))
                };
                format!("{label}：{before}扣几分，第{count}次起每次扣几分，{then}，全年连续计次")
            }
        }
    });
    let by_times =
        by_times.map(|line| format!("\n一共{count}次、不论在几{word}里的，写成：\n{line}")).unwrap_or_default();
    let which = if in_a_row { format!("连着{count}{word}都有") } else { format!("有{count}{word}发生过") };
    let message = format!("“{said}”说不清是{which}，还是发生了{count}次");
    let finding = scope
        .at(site.statement, pair, "missing-convention", message)
        .help(format!("{which}的（一{word}里几次也只算一{word}），写成：\n{by_period}{by_times}"));
    scope.blame(finding);
    true
}

/// 年内累计3次排名末位：扣发3000元 by the month: when the third is reached, or in every month from then on? So 等次降1档 of a
/// month's grade. Told by `true`.
pub fn ask_when_given(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (count, cycle): (u32, Cycle),
) -> bool {
    let does = match (site.statement.line.context, site.statement.inner().as_rule()) {
        (Context::Awards, _) => "给",
        (Context::Grading, Token::grade_rule) => "管",
        (Context::Node, Token::when_node) if moves_a_grade(&site.statement.inner()) => "管",
        _ => return false,
    };
    let is_once = pair.as_rule() == Token::tallied && !pair.has(Token::ANEW);
    let stage = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    if !is_once || stage >= Cycle::Year {
        return false;
    }
    let said = scope.original(site.statement, pair);
    let (said, word) = (said.trim(), cycle.counted());
    let of =
        pair.child(Token::atom).map(|of| scope.original(site.statement, &of).trim().to_owned()).unwrap_or_default();
    let line = |with: &str| {
        let line = scope.line_with(site.statement, pair, with);
        if line.starts_with('当') { line } else { format!("当 {line}") }
    };
    let here = stage.this();
    let mut help = format!(
        "写成其中一行：\n每满{count}{word}{does}一次，再满{count}{word}再{does}的：\n{}",
        line(&format!("每累计{count}{word}{of}"))
    );
    if let Some(periods) = cycle.counter().filter(|_| stage == cycle) {
        let once = line(&format!("{periods}（{of}）等于{count}且{of}"));
        let always = line(&format!("{periods}（{of}）不少于{count}"));
        help +=
            &format!("\n只{does}满{count}{word}的那一期的：\n{once}\n从满{count}{word}起期期都{does}的：\n{always}");
    }
    let message =
        format!("“{said}”没有写是只{does}满{count}{word}的那一期，还是以后期期都{does}：这里{does}的是{here}的");
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}

/// 当 年内累计3个月…，等次降1档 in a section.
fn moves_a_grade(pair: &Pair<'_, Token>) -> bool {
    pair.child(Token::node_action).is_some_and(|action| action.has(Token::grade_effect))
}

/// 累计2年, 连续2年 where there is but one, 年内 in a term of several years. Told by `true`.
pub fn cannot_be_reached(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (count, cycle): (u32, Cycle),
) -> bool {
    let said = scope.original(site.statement, pair);
    let calendar = &scope.plan.calendar;
    let stage = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    let is_term = stage == Cycle::Term && !calendar.is_one_year();
    let within = &said[..said.find("累计").unwrap_or_default()];
    let of_term = ["任期内", "全期内"].contains(&within.trim());
    if of_term && !is_term && cycle < Cycle::Year && !calendar.is_one_year() {
        let message = format!("“{within}”要到任期结束才数得完，这里说的是{}，累计从年初数起", stage.title());
        let finding = scope.at(site.statement, pair, "which-period", message);
        scope.report(finding.help("整个任期的，写在“奖惩 任期”里；从年初数起的，把“任期内”去掉"));
        return true;
    }
    if !of_term && is_term && !within.is_empty() {
        let whole = said[within.len()..].to_owned();
        let message = format!("“{within}”说不清是哪一年：这里说的是全期，全期有几年");
        let finding = scope.at(site.statement, pair, "which-period", message).help(format!(
            "全期里的，写成：{}\n一年里的，写在“奖惩 年度”里",
            scope.line_with(site.statement, pair, &whole)
        ));
        scope.report(finding);
        return true;
    }
    let count_in = |id| calendar.within(id, cycle).count();
    let is_streak = pair.as_rule() == Token::streak;
    let most = match is_term || is_streak || cycle >= Cycle::Year {
        true => calendar.each(cycle).count(),
        false => calendar.each(Cycle::Year).map(count_in).max().unwrap_or_default(),
    };
    if most == 0 || count as usize <= most {
        return false;
    }
    let word = cycle.counted();
    let message = format!("“{said}”总不成立：从头数到底也只有{most}{word}");
    let help = match cycle {
        Cycle::Year => {
            "规则书只管施行期；往年的由名册报，如开头写“单位属性 上年等次：各等次/没有”，再写：当 等次为…且上年等次为…"
        }
        _ => "改小这个数，或改数更短的期间",
    };
    let finding = scope.at(site.statement, pair, "which-period", message).help(help);
    scope.report(finding);
    true
}

/// 连续三年等次为不合格 of a rulebook for one year: the year before is in 历史.csv, how many years it was so before that
/// the roster says. Told by `true`.
pub fn years_before(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (count, cycle): (u32, Cycle),
) -> bool {
    let places = pair.child(Token::atom).and_then(|atom| atom.child(Token::ranked));
    if let Some(places) = places.filter(|_| cycle == Cycle::Year && count > 1 && scope.plan.calendar.is_one_year()) {
        let (said, own) = (scope.original(site.statement, pair), scope.original(site.statement, &places));
        let own = own.trim();
        let place = ["得分", "排名", "名次", "为", "在", "列"]
            .iter()
            .fold(own, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        let (declared, before) = places_before(&format!("连续{count}"), place);
        let line = scope.line_with(site.statement, pair, &format!("{own}且{before}"));
        let message = format!("规则书只管一年，“{said}”里往年的名次它不知道");
        let help = format!("往年的由名册报，先在开头声明：{declared}\n再写成：{line}");
        let finding = scope.at(site.statement, pair, "rank-of-another-period", message).help(help);
        scope.blame(finding);
        return true;
    }
    let graded = pair.child(Token::atom).and_then(|atom| atom.child(Token::graded));
    let is_known = |name: &String| scope.plan.gradings.iter().any(|grading| grading.has(name));
    let graded = graded.filter(|graded| super::graded::graded_names(graded).iter().all(is_known));
    let Some(graded) = graded.filter(|_| cycle == Cycle::Year && count > 1 && scope.plan.calendar.is_one_year()) else {
        return false;
    };
    let (said, own) = (scope.original(site.statement, pair), scope.original(site.statement, &graded));
    let (said, own) = (said.trim(), own.trim());
    let line = |before: &str| scope.line_with(site.statement, pair, &format!("{own}且{before}"));
    let message = format!("规则书只管一年，“{said}”里往年的等次它不知道");
    let help = match count {
        2 => format!("上一年的在 历史.csv 里，“名称”写 等次，“数值”写是哪一等；写成：{}", line(&format!("上年{own}"))),
        _ => {
            let (declared, before) = years_on_roster("连续", count);
            format!(
                "往年已经连续几次的，由名册报，先在开头声明：{declared}\n再写成：{}（连今年就是{count}年）",
                line(&before)
            )
        }
    };
    let finding = scope.at(site.statement, pair, "grade-of-another-period", message).help(help);
    scope.blame(finding);
    true
}

/// What the roster says of 连续三年末位 in a rulebook for one year: declared, and as a condition beside this year's place.
/// `often` is 连续三, 累计两.
pub fn places_before(often: &str, place: &str) -> (String, String) {
    let so_far = if often.starts_with("累计") { "累计" } else { "连续" };
    match whole(often.trim_start_matches(so_far)) {
        Some(count) if count > 2 || so_far == "累计" => years_on_roster(so_far, count),
        _ => (format!("单位属性 上年{place}：是/否"), format!("上年{place}为是")),
    }
}

/// How often it was so before this year, where with this one it comes to `count`.
fn years_on_roster(so_far: &str, count: u32) -> (String, String) {
    let before = count.saturating_sub(1);
    (format!("单位属性 往年{so_far}次数（次）"), format!("往年{so_far}次数不少于{before}次"))
}

/// 发生处分 in what is counted.
fn happened_in<'a>(pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    if pair.as_rule() == Token::happened && !pair.has(Token::NOT_HAPPENED) {
        return Some(pair.clone());
    }
    pair.clone().into_inner().find_map(|inner| happened_in(&inner))
}

/// 上月
pub fn before(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Month => "上月",
        Cycle::Quarter => "上季度",
        Cycle::Half => "上半年",
        Cycle::Year | Cycle::Term => "上年",
    }
}
