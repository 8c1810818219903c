//! Lines: what rows count, limits, same matter, refunds, escalation.

use super::sheet::*;
use crate::calendar::Cycle;
use crate::plan::*;

#[test]
fn each_row_gives_its_points_and_what_does_not_count_is_listed() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (missing, _) = sheet.counted(section, "缺项", -1);
    sheet.fact("甲", "2023-04", missing, 3);
    sheet.detailed("甲", "2023-04", missing, 2).counted = false;
    sheet.fact("甲", "2023-05", missing, 7);
    let unit = sheet.unit("甲", "2023-04");
    assert_eq!(unit.total.to_string(), "-3");
    assert_eq!(entries(&unit), ["-3", "(未认定)"]);
    assert_eq!(unit.entries[0].facts, ["facts.csv:2"]);
    assert_eq!(unit.nodes[section.index()].tally.deduction.to_string(), "3");
}

#[test]
fn a_bare_line_counts_once_a_month() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let late = sheet.event(section, "迟报");
    sheet.rule(section, Basis::Once(late), n(-5));
    sheet.fact("甲", "2023-04", late, 1);
    sheet.fact("甲", "2023-04", late, 4);
    sheet.fact("甲", "2023-05", late, 1);
    let unit = sheet.unit("甲", "2023-04");
    assert_eq!(entries(&unit), ["-5", "(当月只计一次)"]);
    assert_eq!(sheet.total("甲", "2023"), "-10");
}

#[test]
fn row_rules_double_or_drop_and_limits_bite_the_last_entries() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (event, rule) = sheet.counted(section, "出错", -2);
    let row_rule = |from: i32, factor: Option<Expr>, reason: &str| RowRule {
        when: is(Expr::Row(RowField::Quantity), Comparison::AtLeast, n(from)),
        factor,
        reason: reason.to_owned(),
    };
    sheet.rule_mut(rule).row_rules =
        vec![row_rule(10, None, "非本所原因的，不计"), row_rule(3, Some(n(2)), "情节严重的，加倍")];
    sheet.rule_mut(rule).limits =
        vec![Limit { most: n(10), per: LimitPer::Row }, Limit { most: n(15), per: LimitPer::Cycle(Cycle::Month) }];
    for quantity in [1, 3, 10, 4] {
        sheet.fact("甲", "2023-04", event, quantity);
    }
    let unit = sheet.unit("甲", "2023-04");
    let expected = [
        "-2",
        "-10 情节严重的，加倍；每次最多扣10分",
        "(非本所原因的，不计)",
        "-3 情节严重的，加倍；每次最多扣10分；本条每月累计最多扣15分",
    ];
    assert_eq!(entries(&unit), expected[..3].iter().chain(&expected[3..]).copied().collect::<Vec<_>>());
    assert_eq!(unit.total.to_string(), "-15");
}

#[test]
fn a_yearly_limit_leaves_later_months_what_is_left() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (praise, rule) = sheet.counted(section, "采用", 4);
    sheet.rule_mut(rule).limits = vec![
        Limit { most: n(6), per: LimitPer::Cycle(Cycle::Month) },
        Limit { most: n(9), per: LimitPer::Cycle(Cycle::Year) },
    ];
    for month in ["2023-04", "2023-06", "2023-07"] {
        sheet.fact("甲", month, praise, 2);
    }
    assert_eq!(sheet.total("甲", "2023-04"), "6");
    assert_eq!(sheet.total("甲", "2023-06"), "3");
    assert_eq!(sheet.total("甲", "2023-07"), "0");
    assert_eq!(sheet.total("甲", "2023"), "9");
}

#[test]
fn the_same_matter_counts_highest_once_and_a_later_higher_one_adds_the_difference() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let section = sheet.section("加分事项");
    let (county, _) = sheet.counted(section, "区级", 5);
    let (nation, _) = sheet.counted(section, "国家级", 10);
    sheet.node(section).same_matter = Some(SameMatter { per: Cycle::Year, by_day: false, later: LaterHigher::TopUp });
    sheet.about("甲", "2023-04", county, "标兵");
    sheet.about("甲", "2023-04", county, "标兵");
    sheet.about("甲", "2023-05", nation, "标兵");
    sheet.about("甲", "2023-05", county, "能手");
    sheet.about("甲", "2023-06", nation, "标兵");
    sheet.fact("甲", "2023-06", county, 1);
    assert_eq!(entries(&sheet.unit("甲", "2023-04")), ["5", "(同一事项只计最高一次)"]);
    assert_eq!(entries(&sheet.unit("甲", "2023-05")), ["5", "5 同一事项已计分的，补足差额"]);
    assert_eq!(entries(&sheet.unit("甲", "2023-06")), ["5", "(同一事项只计最高一次)"]);
    assert_eq!(sheet.total("甲", "2023"), "20");
    sheet.node(section).same_matter =
        Some(SameMatter { per: Cycle::Year, by_day: false, later: LaterHigher::FirstStands });
    assert_eq!(sheet.total("甲", "2023-05"), "5");
    assert_eq!(sheet.total("甲", "2023"), "15");
}

#[test]
fn an_inner_same_matter_comes_before_an_outer_one() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let item = sheet.item(section, "板块.1");
    let (one, rule) = sheet.counted(item, "通报", -2);
    let (other, _) = sheet.counted(section, "批评", -3);
    let same = SameMatter { per: Cycle::Month, by_day: false, later: LaterHigher::TopUp };
    sheet.rule_mut(rule).same_matter = Some(same);
    sheet.node(section).same_matter = Some(same);
    sheet.about("甲", "2023-04", one, "火灾");
    sheet.about("甲", "2023-04", one, "火灾");
    sheet.about("甲", "2023-04", other, "火灾");
    assert_eq!(sheet.total("甲", "2023-04"), "-3");
    assert_eq!(sheet.unit("甲", "2023-04").nodes[item.index()].points().to_string(), "0");
}

#[test]
fn the_earliest_occurrences_count_up_to_most_times() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (event, rule) = sheet.counted(section, "采用", 2);
    sheet.rule_mut(rule).most_times = Some((3, Cycle::Year));
    sheet.detailed("甲", "2023-04", event, 1).occurred = Some(day("2023-04-20"));
    sheet.detailed("甲", "2023-05", event, 2).occurred = Some(day("2023-05-20"));
    sheet.detailed("甲", "2023-05", event, 1).occurred = Some(day("2023-05-02"));
    assert_eq!(entries(&sheet.unit("甲", "2023-05")), ["2 每年最多计3次，本行计1次", "2"]);
    assert_eq!(sheet.total("甲", "2023"), "6");
}

#[test]
fn a_repair_in_time_gives_part_of_the_points_back() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (event, rule) = sheet.counted(section, "问题", -1);
    sheet.rule_mut(rule).refund = Some(Refund { within_days: Some(30), workdays: DayKind::All, share: number("0.8") });
    for repaired in ["2023-05-10", "2023-05-11"] {
        let detail = sheet.detailed("甲", "2023-04", event, 1);
        detail.found = Some(day("2023-04-10"));
        detail.repaired = Some(day(repaired));
    }
    assert_eq!(
        entries(&sheet.unit("甲", "2023-04")),
        ["-0.2 2023-05-10已整改，返还0.8分", "-1 2023-05-11才整改，超过30日，不返还"]
    );
}

#[test]
fn each_overdue_day_counts_in_its_own_month() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let event = sheet.event(section, "逾期");
    let days = Expr::Row(RowField::DaysLateHere { workdays: DayKind::All });
    sheet.rule(section, Basis::Row(event), times(days, n(-1)));
    for month in ["2023-04", "2023-05"] {
        let detail = sheet.detailed("甲", month, event, 1);
        detail.deadline = Some(day("2023-04-28"));
        detail.completed = Some(day("2023-05-03"));
    }
    assert_eq!(sheet.total("甲", "2023-04"), "-2");
    assert_eq!(sheet.total("甲", "2023-05"), "-3");
}

#[test]
fn repetition_escalates_by_person_over_the_year() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let event = sheet.event(section, "迟到");
    let tiers = vec![(1, number(-1)), (2, number(-2))];
    let points = Expr::Escalation { tiers, per: Cycle::Year, by: CountedBy::Field(RowField::Person) };
    sheet.rule(section, Basis::Row(event), points);
    for (month, date, person, times) in [
        ("2023-05", "2023-05-08", "张三", 1),
        ("2023-04", "2023-04-08", "张三", 2),
        ("2023-05", "2023-05-02", "李四", 1),
    ] {
        let person = sheet.plan.symbols.intern(person);
        let detail = sheet.detailed("甲", month, event, times);
        detail.occurred = Some(day(date));
        detail.person = Some(person);
    }
    assert_eq!(sheet.total("甲", "2023-04"), "-3");
    assert_eq!(sheet.total("甲", "2023-05"), "-3");
}

#[test]
fn a_row_with_a_term_of_validity_counts_in_each_of_its_months() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("板块");
    let (event, rule) = sheet.counted(section, "荣誉", 2);
    sheet.rule_mut(rule).valid_months = Some(3);
    sheet.fact("甲", "2023-04", event, 1);
    let (other, _) = sheet.counted(section, "其他", -1);
    sheet.fact("甲", "2023-07", other, 1);
    let totals = ["2023-03", "2023-04", "2023-05", "2023-06", "2023-07"].map(|month| sheet.total("甲", month));
    assert_eq!(totals, ["0", "2", "2", "2", "-1"]);
}

#[test]
fn ratings_are_averaged_without_their_extremes() {
    let mut sheet = Sheet::new(&["甲"]);
    let section = sheet.section("民主测评");
    let rating = sheet.input(section, "打分", InputKind::Rating);
    let rows = RowsExpr {
        input: rating,
        aggregate: Aggregate::Mean,
        value: Expr::Row(RowField::Quantity),
        filter: None,
        weight: None,
        trim: 1,
    };
    let mean = sheet.measure(section, "平均", Expr::Rows(Box::new(rows)));
    sheet.rule(section, Basis::Period, mean);
    for mark in [60, 80, 90, 91, 100] {
        sheet.fact("甲", "2023-04", rating, mark);
    }
    assert_eq!(sheet.total("甲", "2023-04"), "87");
    // Two marks leave none, and none at all are missing.
    for mark in [60, 80] {
        sheet.fact("甲", "2023-05", rating, mark);
    }
    assert!(sheet.complaints("2023-05")[0].starts_with("too-few-ballots: "));
    let (other, _) = sheet.counted(section, "其他", 1);
    sheet.fact("甲", "2023-06", other, 1);
    assert!(sheet.complaints("2023-06")[0].starts_with("missing-ballots: "));
}
