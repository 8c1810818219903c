//! Periods: months, quarters and the year, earlier periods, what was not reported.

use super::sheet::*;
use crate::calendar::Cycle;
use crate::plan::*;

/// `不少于N，每少1扣5分`
fn shortfall(input: InputId, least: i32) -> Expr {
    let steps =
        Expr::Steps { amount: Box::new(minus(n(least), value_of(input))), step: Box::new(n(1)), part: Part::Ignored };
    times(steps, n(-5))
}

fn quarterly(sheet: &mut Sheet) -> (NodeId, InputId) {
    let section = sheet.section("普法");
    let item = sheet.item(section, "普法.2");
    sheet.node(item).cycle = Cycle::Quarter;
    let input = sheet.indicator(item, "活动次数");
    sheet.rule(item, Basis::Period, shortfall(input, 1));
    (item, input)
}

#[test]
fn a_quarter_counts_in_its_last_month_over_all_its_months() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let (item, input) = quarterly(&mut sheet);
    for month in ["2023-04", "2023-05", "2023-06"] {
        sheet.fact("甲", month, input, 0);
    }
    sheet.fact("乙", "2023-05", input, 2);
    assert_eq!(sheet.total("甲", "2023-05"), "0");
    assert_eq!(sheet.complaints("2023-06"), ["missing-indicator: 乙 2023年4月、6月没有报送“普法.2 活动次数”"]);
    sheet.fact("乙", "2023-04", input, 0);
    sheet.fact("乙", "2023-06", input, 0);
    assert_eq!(sheet.total("甲", "2023-06"), "-5");
    assert_eq!(sheet.total("乙", "2023-06"), "0");
    let unit = sheet.unit("甲", "2023-06");
    assert_eq!(unit.entries[0].facts, ["facts.csv:2", "facts.csv:3", "facts.csv:4"]);
    assert_eq!(unit.entries[0].quantity.unwrap().to_string(), "0");
    assert!(unit.nodes[item.index()].assessed && !sheet.unit("甲", "2023-05").nodes[item.index()].assessed);
}

#[test]
fn a_short_quarter_is_assessed_by_its_months_in_force() {
    let mut sheet = Sheet::new(&["甲"]);
    let (_, input) = quarterly(&mut sheet);
    sheet.fact("甲", "2023-03", input, 0);
    assert_eq!(sheet.total("甲", "2023-03"), "-5");
    assert_eq!(sheet.total("甲", "2023"), "-5");
}

#[test]
fn a_quarter_whose_last_month_has_no_facts_is_not_in_the_year_yet() {
    let mut sheet = Sheet::new(&["甲"]);
    let (item, input) = quarterly(&mut sheet);
    sheet.fact("甲", "2023-04", input, 0);
    assert_eq!(sheet.total("甲", "2023"), "0");
    sheet.plan.rollups[0].1 = Expr::Assessed { expr: Box::new(Expr::Node(item)), otherwise: Box::new(n(7)) };
    assert_eq!(sheet.total("甲", "2023"), "7");
}

#[test]
fn a_line_of_the_year_may_put_the_year_to_zero() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let daily = sheet.section("日常");
    let (praise, _) = sheet.counted(daily, "表扬", 5);
    let whole = sheet.section("年度");
    sheet.node(whole).cycle = Cycle::Term;
    sheet.node(whole).landing = Landing::YearEnd;
    let complaints = sheet.indicator(whole, "投诉");
    let rule = sheet.rule(whole, Basis::Period, n(0));
    let many = is(value_of(complaints), Comparison::Above, n(3));
    sheet.rule_mut(rule).effects.push(RuleEffect { when: many, effect: Effect::ZeroTotal(Cycle::Term) });
    for (unit, count) in [("甲", 4), ("乙", 3)] {
        sheet.fact(unit, "2023-04", praise, 1);
        sheet.fact(unit, "2023", complaints, count);
    }
    assert_eq!((sheet.total("甲", "2023"), sheet.total("乙", "2023")), ("0".into(), "5".into()));
}

#[test]
fn a_month_below_a_score_may_put_the_year_to_zero() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let daily = sheet.section("日常");
    let (praise, _) = sheet.counted(daily, "表扬", 5);
    let rule = sheet.rule(daily, Basis::Period, n(0));
    let low = is(Expr::Total, Comparison::Below, n(6));
    sheet.rule_mut(rule).effects.push(RuleEffect { when: low, effect: Effect::ZeroTotal(Cycle::Term) });
    sheet.fact("甲", "2023-04", praise, 1);
    sheet.fact("乙", "2023-04", praise, 2);
    assert_eq!((sheet.total("甲", "2023"), sheet.total("乙", "2023")), ("0".into(), "10".into()));
}

#[test]
fn one_row_may_speak_for_the_whole_quarter() {
    let mut sheet = Sheet::new(&["甲"]);
    let (_, input) = quarterly(&mut sheet);
    sheet.fact("甲", "2023-Q2", input, 1);
    assert_eq!(sheet.total("甲", "2023-06"), "0");
}

#[test]
fn months_off_the_roster_need_no_report() {
    let mut sheet = Sheet::new(&["甲"]);
    let (_, input) = quarterly(&mut sheet);
    sheet.roster[0].first = crate::calendar::Month::new(2023, 5);
    sheet.fact("甲", "2023-05", input, 0);
    sheet.fact("甲", "2023-06", input, 0);
    assert_eq!(sheet.total("甲", "2023-06"), "-5");
    let unit = sheet.unit("甲", "2023-04");
    assert_eq!(unit.status_reason.as_deref(), Some("未启用"));
}

#[test]
fn a_hidden_indicator_is_demanded_all_the_same() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("基层工作");
    let entered = sheet.indicator(section, "录入件数");
    let settled = sheet.indicator(section, "成功件数");
    let none = is(value_of(entered), Comparison::Equal, n(0));
    let rate =
        sheet.measure(section, "成功率", when(none, Expr::NotAssessed, over(value_of(settled), value_of(entered))));
    let low = is(rate, Comparison::Below, n("0.95"));
    sheet.rule(section, Basis::Period, when(low, n(-5), n(0)));
    sheet.fact("甲", "2023-04", entered, 0);
    assert_eq!(sheet.complaints("2023-04"), ["missing-indicator: 甲 2023年4月没有报送“基层工作 成功件数”"]);
    sheet.fact("甲", "2023-04", settled, 0);
    assert_eq!(sheet.total("甲", "2023-04"), "0");
    sheet.fact("甲", "2023-05", entered, 20);
    sheet.fact("甲", "2023-05", settled, 19);
    assert_eq!(sheet.total("甲", "2023-05"), "0");
    sheet.fact("甲", "2023-06", entered, 19);
    sheet.fact("甲", "2023-06", settled, 18);
    let unit = sheet.unit("甲", "2023-06");
    assert_eq!((unit.total.to_string(), unit.entries[0].quantity.unwrap().to_string()), ("-5".into(), "18/19".into()));
}

#[test]
fn division_by_zero_and_overflow_are_findings() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (one, two) = (sheet.indicator(section, "分子"), sheet.indicator(section, "分母"));
    sheet.rule(section, Basis::Period, over(value_of(one), value_of(two)));
    let large = value_of(one);
    let squared = times(large.clone(), large);
    sheet.rule(section, Basis::Period, times(squared.clone(), squared));
    sheet.fact("甲", "2023-04", one, 99_999_999_999_i64);
    sheet.fact("甲", "2023-04", two, 0);
    assert_eq!(
        sheet.complaints("2023-04"),
        [
            "divided-by-zero: 甲 2023年4月：除数为0，在“第0条的原文”（方案第1行）",
            "number-overflow: 甲 2023年4月：结果的位数超出精确计算的范围，在“第1条的原文”（方案第2行）"
        ]
    );
}

#[test]
fn a_veto_of_a_month_vetoes_the_year_and_a_yearly_one_only_the_year() {
    let mut sheet = Sheet::new(&["甲", "乙", "丙"]);
    let section = sheet.section("板块");
    let both = sheet.veto(section, "违纪", &[Cycle::Month, Cycle::Term]);
    let late = sheet.veto(section, "泄密", &[Cycle::Term]);
    sheet.ranking(Cycle::Month);
    sheet.ranking(Cycle::Term);
    sheet.fact("甲", "2023-04", both, 1);
    sheet.fact("乙", "2023-05", late, 1);
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1乙 1丙 3甲");
    assert_eq!(order(&sheet, &sheet.score("2023-05")), "1甲 1乙 1丙");
    let year = sheet.score("2023");
    assert_eq!(order(&sheet, &year), "1丙 2甲 2乙");
    assert_eq!(year.units[1].effects[0].fact.as_deref(), Some("facts.csv:2"));
    assert_eq!(year.units[1].periods.len(), 2);
    assert_eq!(year.without_facts.len(), 8);
}

#[test]
fn a_veto_may_zero_the_total() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 5);
    let event = sheet.event(section, "事故");
    let rule = sheet.rule(section, Basis::Once(event), n(0));
    let effect = Effect::Veto { cycles: vec![Cycle::Month], moves: true, zero_total: true };
    sheet.rule_mut(rule).effects.push(RuleEffect { when: Condition::Always, effect });
    sheet.fact("甲", "2023-04", good, 1);
    sheet.fact("甲", "2023-05", good, 1);
    sheet.fact("甲", "2023-05", event, 1);
    let unit = sheet.unit("甲", "2023-05");
    assert_eq!((unit.total.to_string(), unit.nodes[0].points().to_string()), ("0".into(), "0".into()));
    let year = sheet.unit("甲", "2023");
    assert_eq!((year.total.to_string(), year.vetoed), ("5".into(), false));
}

#[test]
fn items_of_the_year_end_are_named_by_the_roll_up() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("日常");
    let (good, _) = sheet.counted(section, "采用", 1);
    let yearly = sheet.section("年终测评");
    sheet.node(yearly).cycle = Cycle::Term;
    sheet.node(yearly).landing = Landing::YearEnd;
    let (marked, _) = sheet.counted(yearly, "测评", 10);
    let months =
        Expr::Over { cycle: Cycle::Month, aggregate: Aggregate::Mean, expr: Box::new(Expr::Total), only: None };
    sheet.plan.rollups[0].1 = Expr::Add(Box::new([times(months, n("0.6")), times(Expr::Node(yearly), n("0.4"))]));
    sheet.fact("甲", "2023-04", good, 10);
    sheet.fact("甲", "2023-12", good, 20);
    sheet.fact("甲", "2023-12", marked, 5);
    assert_eq!(sheet.total("甲", "2023-12"), "20");
    let year = sheet.unit("甲", "2023");
    assert_eq!(year.total.to_string(), "29");
    assert_eq!(year.nodes[yearly.index()].points().to_string(), "50");
    assert_eq!(entries(&year), ["10", "20", "50"]);
}

#[test]
fn a_finer_cycle_rolls_up_into_its_parent() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("季度板块");
    sheet.node(section).cycle = Cycle::Quarter;
    let item = sheet.item(section, "月度条目");
    sheet.node(item).cycle = Cycle::Month;
    sheet.node(item).landing = Landing::RolledUp(Aggregate::Greatest);
    let (good, _) = sheet.counted(item, "采用", 1);
    sheet.fact("甲", "2023-04", good, 3);
    sheet.fact("甲", "2023-05", good, 5);
    sheet.fact("甲", "2023-06", good, 4);
    assert_eq!(sheet.total("甲", "2023-05"), "0");
    let unit = sheet.unit("甲", "2023-06");
    assert_eq!((unit.total.to_string(), unit.nodes[item.index()].points().to_string()), ("5".into(), "5".into()));
}

#[test]
fn earlier_periods_are_scored_or_remembered() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 1);
    let growth = sheet.section("进步");
    let before = |otherwise: Option<Expr>| Expr::Earlier {
        back: 1,
        cycle: Cycle::Month,
        expr: Box::new(Expr::Node(section)),
        name: "得分".to_owned(),
        otherwise: otherwise.map(Box::new),
    };
    sheet.rule(growth, Basis::Period, minus(Expr::Node(section), before(None)));
    sheet.fact("甲", "2023-03", good, 4);
    sheet.fact("甲", "2023-04", good, 6);
    assert_eq!(sheet.total("甲", "2023-04"), "8");
    assert_eq!(sheet.complaints("2023-03"), ["missing-history: 甲 2023年2月没有“得分”"]);
    sheet.history.push((0, "得分".to_owned(), "2023-02".to_owned(), 1.into()));
    assert_eq!(sheet.total("甲", "2023-03"), "7");
    sheet.fact("甲", "2023-06", good, 0);
    assert_eq!(sheet.complaints("2023-06"), ["missing-history: 甲 2023年5月没有“得分”"]);
    sheet.rule_mut(RuleId(1)).points = before(Some(n(0)));
    assert_eq!(sheet.total("甲", "2023-06"), "0");
    sheet.history.push((0, "产值".to_owned(), "2021".to_owned(), 30.into()));
    sheet.history.push((0, "产值".to_owned(), "2022".to_owned(), 20.into()));
    let least = Expr::Past { name: "产值".into(), cycle: Cycle::Year, aggregate: Aggregate::Least, otherwise: None };
    sheet.rule_mut(RuleId(1)).points = least;
    assert_eq!(sheet.total("甲", "2023-06"), "20");
}

#[test]
fn a_streak_must_lie_in_force() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (bad, _) = sheet.counted(section, "缺项", -1);
    let low = is(Expr::Node(section), Comparison::Below, n(0));
    let streak = Condition::Streak { count: 3, cycle: Cycle::Month, condition: Box::new(low), anew: false };
    let other = sheet.section("约谈");
    sheet.rule(other, Basis::Period, when(streak, n(-10), n(0)));
    for month in ["2023-03", "2023-04", "2023-05", "2023-07"] {
        sheet.fact("甲", month, bad, 1);
    }
    let totals = ["2023-04", "2023-05", "2023-06", "2023-07"].map(|month| sheet.total("甲", month));
    assert_eq!(totals, ["-1", "-11", "0", "-1"]);
}

#[test]
fn parameters_serve_all_periods_within_theirs() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let section = sheet.section("板块");
    let goal = sheet.input(section, "目标", InputKind::Parameter { global: false });
    let price = sheet.input(section, "单价", InputKind::Parameter { global: true });
    let done = sheet.indicator(section, "实绩");
    let share = over(value_of(done), Expr::Parameter(goal));
    sheet.rule(section, Basis::Period, times(share, Expr::Parameter(price)));
    sheet.fact("甲", "2023", goal, 50);
    sheet.fact("全体", "2023", price, 100);
    for unit in ["甲", "乙"] {
        sheet.fact(unit, "2023-04", done, 25);
    }
    assert_eq!(sheet.complaints("2023-04"), ["missing-parameter: 乙 2023年4月没有参数“目标”"]);
    sheet.fact("乙", "2023", goal, 20);
    assert_eq!((sheet.total("甲", "2023-04"), sheet.total("乙", "2023-04")), ("50".into(), "125".into()));
}

#[test]
fn a_value_that_needs_itself_is_told_not_chased() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let section = sheet.section("板块");
    sheet.rule(section, Basis::Period, Expr::Node(section));
    assert!(sheet.complaints("2023-04")[0].starts_with("circular-value"));
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let section = sheet.section("板块");
    let mean = sheet.peer(PeerKind::Mean, Expr::Node(section), false);
    sheet.rule(section, Basis::Period, mean);
    assert!(sheet.complaints("2023-04")[0].starts_with("circular-value"));
}

#[test]
fn a_chain_through_fifty_years_does_not_exhaust_the_stack() {
    let mut sheet = Sheet::in_force((2000, 1), (2049, 12), &["甲"]);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 1);
    let before = Expr::Earlier {
        back: 1,
        cycle: Cycle::Month,
        expr: Box::new(Expr::Total),
        name: "总分".to_owned(),
        otherwise: Some(Box::new(n(0))),
    };
    sheet.rule(section, Basis::Period, before);
    for month in sheet.plan.calendar.each(Cycle::Month) {
        let name = sheet.plan.calendar.period(month).name.clone();
        sheet.fact("甲", &name, good, 1);
    }
    assert_eq!(sheet.total("甲", "2049-12"), "600");
}

#[test]
fn a_period_without_a_roll_up_is_refused() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 1);
    sheet.fact("甲", "2023-04", good, 3);
    sheet.fact("甲", "2023-05", good, 1);
    assert_eq!(sheet.complaints("2023-Q2"), ["no-roll-up: 规则没有说明2023年第2季度的总分怎样得出"]);
    let mean = Expr::Over { cycle: Cycle::Month, aggregate: Aggregate::Mean, expr: Box::new(Expr::Total), only: None };
    sheet.plan.rollups.push((Cycle::Quarter, mean));
    assert_eq!(sheet.total("甲", "2023-Q2"), "2");
}
