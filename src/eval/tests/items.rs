//! Nodes: caps, weights, best of, effects on nodes.

use super::sheet::*;
use crate::calendar::Cycle;
use crate::outcome::Status;
use crate::plan::*;
use crate::value::Rounding;

#[test]
fn a_cap_on_deductions_leaves_bonuses_alone() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (bad, _) = sheet.counted(section, "缺项", -1);
    let (good, _) = sheet.counted(section, "采用", 5);
    sheet.node(section).steps = vec![Step::CapDeduction { most: n(40), per: Cycle::Month }];
    sheet.fact("甲", "2023-04", bad, 47);
    sheet.fact("甲", "2023-04", good, 2);
    let unit = sheet.unit("甲", "2023-04");
    assert_eq!(unit.total.to_string(), "-30");
    let node = &unit.nodes[section.index()];
    assert_eq!((node.raw().deduction.to_string(), node.tally.deduction.to_string()), ("47".into(), "40".into()));
    let (name, before, after) = &node.steps[0];
    assert_eq!((name.as_str(), before.to_string(), after.to_string()), ("扣分封顶40分", "-37".into(), "-30".into()));
}

#[test]
fn a_running_cap_forgets_no_month_and_asks_for_no_other_indicators() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (bad, _) = sheet.counted(section, "缺项", -1);
    sheet.node(section).steps = vec![Step::CapDeduction { most: n(10), per: Cycle::Year }];
    let other = sheet.section("别的");
    let indicator = sheet.indicator(other, "件数");
    sheet.rule(other, Basis::Period, value_of(indicator));
    for (month, quantity) in [("2023-04", 7), ("2023-05", 7), ("2023-06", 7)] {
        sheet.fact("甲", month, bad, quantity);
    }
    sheet.fact("甲", "2023-05", indicator, 0);
    assert_eq!(sheet.total("甲", "2023-05"), "-3");
    assert_eq!(sheet.complaints("2023-04"), ["missing-indicator: 甲 2023年4月没有报送“别的 件数”"]);
}

#[test]
fn full_marks_start_high_and_stop_at_zero() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (bad, _) = sheet.counted(section, "缺项", -4);
    sheet.node(section).start = n(10);
    sheet.node(section).steps = vec![Step::Floor { least: n(0), per: Cycle::Month }];
    sheet.fact("甲", "2023-04", bad, 2);
    sheet.fact("甲", "2023-05", bad, 3);
    assert_eq!(sheet.total("甲", "2023-04"), "2");
    assert_eq!(sheet.total("甲", "2023-05"), "0");
    let tally = sheet.unit("甲", "2023-05").nodes[section.index()].tally;
    assert_eq!(tally.points().unwrap().to_string(), "0");
    assert_eq!(sheet.total("甲", "2023-06"), "10");
}

#[test]
fn weights_of_parts_that_are_not_assessed_are_shared_out() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let mut parts = Vec::new();
    for (name, weight) in [("一", "0.5"), ("二", "0.3"), ("三", "0.2")] {
        let item = sheet.item(section, name);
        sheet.node(item).weight = Some(n(weight));
        let indicator = sheet.indicator(item, "得分");
        sheet.plan.inputs[indicator.index()].inapplicable = WhenMissing::NotAssessed;
        sheet.rule(item, Basis::Period, value_of(indicator));
        parts.push(indicator);
    }
    sheet.node(section).combine = Combine::Weighted { renormalize: true };
    sheet.fact("甲", "2023-04", parts[0], 80);
    sheet.fact("甲", "2023-04", parts[1], 90);
    sheet.fact("甲", "2023-04", parts[2], "不适用");
    assert_eq!(sheet.total("甲", "2023-04"), "83.75");
    sheet.node(section).combine = Combine::Weighted { renormalize: false };
    assert_eq!(sheet.total("甲", "2023-04"), "67");
    for part in &parts {
        sheet.fact("甲", "2023-05", *part, "不适用");
    }
    let unit = sheet.unit("甲", "2023-05");
    assert_eq!((unit.status, unit.status_reason.as_deref()), (Status::NotAssessed, Some("没有可考评的内容")));
}

#[test]
fn the_best_entries_are_chosen_and_deductions_stay_outside() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("加分");
    let honors = sheet.item(section, "荣誉");
    let activity = sheet.item(section, "主题活动");
    let (honor, _) = sheet.counted(honors, "荣誉", 3);
    let (held, _) = sheet.counted(activity, "举办", 1);
    let (bad, _) = sheet.counted(honors, "撤销", -1);
    sheet.node(section).combine =
        Combine::Best { most: 2, lowest: false, each_entry: vec![honors], minus_joins: false };
    for quantity in [1, 2, 1] {
        sheet.fact("甲", "2023-04", honor, quantity);
    }
    sheet.fact("甲", "2023-04", held, 4);
    sheet.fact("甲", "2023-04", bad, 1);
    let unit = sheet.unit("甲", "2023-04");
    assert_eq!(unit.total.to_string(), "9");
    assert_eq!(entries(&unit), ["(取最高2项，未取)", "6", "(取最高2项，未取)", "4", "-1"]);
    let steps = &unit.nodes[section.index()].steps;
    assert_eq!(
        (steps[0].0.as_str(), steps[0].1.to_string(), steps[0].2.to_string()),
        ("取最高2项", "16".into(), "10".into())
    );
}

#[test]
fn an_item_is_put_to_zero_by_a_line_elsewhere() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 5);
    let fraud = sheet.event(NodeId(0), "弄虚作假");
    let rule = sheet.rule(NodeId(0), Basis::Once(fraud), n(0));
    sheet.rule_mut(rule).effects.push(RuleEffect { when: Condition::Always, effect: Effect::ZeroNode(section) });
    sheet.fact("甲", "2023-04", good, 2);
    sheet.fact("甲", "2023-05", good, 2);
    sheet.fact("甲", "2023-05", fraud, 1);
    assert_eq!(sheet.total("甲", "2023-04"), "10");
    let unit = sheet.unit("甲", "2023-05");
    assert_eq!((unit.total.to_string(), unit.effects[0].effect.as_str()), ("0".into(), "本项计零"));
    assert_eq!(unit.nodes[section.index()].steps[0].0, "本项计零");
}

#[test]
fn steps_apply_in_the_order_written() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 1);
    let cap = Step::CapPoints { most: n(10), per: Cycle::Month };
    let factor = Step::Multiply(n("1.25"));
    let round = Step::Round { places: 0, rounding: Rounding::HalfUp };
    sheet.fact("甲", "2023-04", good, 11);
    sheet.node(section).steps = vec![cap.clone(), factor.clone(), round.clone()];
    assert_eq!(sheet.total("甲", "2023-04"), "13");
    sheet.node(section).steps = vec![factor, cap, round];
    assert_eq!(sheet.total("甲", "2023-04"), "10");
}

#[test]
fn a_node_that_does_not_apply_demands_nothing() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let street = sheet.plan.symbols.intern("街道");
    sheet.plan.attributes.push(Column { name: "类别".into(), kind: Type::Text, values: None, optional: false });
    sheet.roster[0].attributes = vec![crate::facts::Cell::Text(street)];
    sheet.roster[1].attributes = vec![crate::facts::Cell::Empty];
    let section = sheet.section("板块");
    sheet.node(section).applies = Condition::Is(Box::new(Expr::Attribute(AttributeId(0))), vec![street]);
    let indicator = sheet.indicator(section, "件数");
    sheet.rule(section, Basis::Period, value_of(indicator));
    let other = sheet.section("别的");
    let (good, _) = sheet.counted(other, "采用", 1);
    sheet.fact("乙", "2023-04", good, 1);
    assert_eq!(sheet.complaints("2023-04"), ["missing-indicator: 甲 2023年4月没有报送“板块 件数”"]);
    sheet.fact("甲", "2023-04", indicator, 3);
    assert_eq!(sheet.total("甲", "2023-04"), "3");
    assert!(!sheet.unit("乙", "2023-04").nodes[section.index()].assessed);
}

#[test]
fn a_condition_on_another_item_decides() {
    let mut sheet = Sheet::new(&["甲"]);
    let gate = sheet.section("门槛");
    let section = sheet.section("板块");
    let (bad, _) = sheet.counted(gate, "出错", -1);
    let (good, _) = sheet.counted(section, "采用", 2);
    let failed = is(Expr::Node(gate), Comparison::Below, n(0));
    sheet.node(section).steps = vec![Step::Set { when: failed, points: n(1) }];
    sheet.fact("甲", "2023-04", good, 3);
    sheet.fact("甲", "2023-05", good, 3);
    sheet.fact("甲", "2023-05", bad, 1);
    assert_eq!(sheet.total("甲", "2023-04"), "6");
    assert_eq!(sheet.total("甲", "2023-05"), "0");
}
