//! Cohorts: peers, ranks, grades and awards.

use super::sheet::*;
use crate::calendar::Cycle;
use crate::facts::Cell;
use crate::outcome::Status;
use crate::plan::*;

const NAMES: [&str; 5] = ["甲", "乙", "丙", "丁", "戊"];

/// Five units with these points in April.
fn ranked(points: [i32; 5]) -> (Sheet, NodeId, RankingId) {
    let mut sheet = Sheet::new(&NAMES);
    let section = sheet.section("板块");
    let (good, _) = sheet.counted(section, "采用", 1);
    for (name, points) in NAMES.iter().zip(points) {
        if points != 0 {
            sheet.fact(name, "2023-04", good, points);
        }
    }
    let ranking = sheet.ranking(Cycle::Month);
    (sheet, section, ranking)
}

fn grade(name: &str, condition: Condition, quota: Option<Quota>) -> Grade {
    Grade { name: name.to_owned(), condition, quotas: quota.into_iter().collect() }
}

fn at_least(points: i32) -> Condition {
    is(Expr::Total, Comparison::AtLeast, n(points))
}

fn grades(sheet: &Sheet) -> String {
    let outcome = sheet.score("2023-04");
    let mut grades = vec!["-".to_owned(); NAMES.len()];
    for unit in &outcome.units {
        if let Some(grade) = unit.grades.first() {
            grades[unit.unit] = grade.grade.clone();
        }
    }
    grades.join(" ")
}

#[test]
fn ties_share_a_rank_and_vetoed_units_come_last() {
    let (mut sheet, section, ranking) = ranked([9, 7, 7, 8, 20]);
    let veto = sheet.veto(section, "违纪", &[Cycle::Month, Cycle::Term]);
    sheet.fact("戊", "2023-04", veto, 1);
    sheet.fact("甲", "2023-04", veto, 1);
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1丁 2乙 2丙 4戊 5甲");
    sheet.ranking_mut(ranking).ties = Ties::SharedWithoutGaps;
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1丁 2乙 2丙 3戊 4甲");
    sheet.ranking_mut(ranking).ties = Ties::RosterOrder;
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1丁 2乙 3丙 4戊 5甲");
    sheet.ranking_mut(ranking).vetoed = Vetoed::LastTogether;
    sheet.ranking_mut(ranking).ties = Ties::SharedLeavingGaps;
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1丁 2乙 2丙 4甲 4戊");
    sheet.ranking_mut(ranking).vetoed = Vetoed::Unranked;
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1丁 2乙 2丙 -甲 -戊");
    sheet.ranking_mut(ranking).vetoed = Vetoed::InPlace;
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1戊 2甲 3丁 4乙 4丙");
}

#[test]
fn tie_breakers_decide_among_equals() {
    let (mut sheet, section, ranking) = ranked([5, 5, 5, 1, 0]);
    let (bad, _) = sheet.counted(section, "缺项", -1);
    let (good, _) = sheet.counted(section, "补充", 1);
    sheet.fact("甲", "2023-04", bad, 1);
    sheet.fact("甲", "2023-04", good, 1);
    sheet.ranking_mut(ranking).tiebreakers = vec![(value_of(bad), true)];
    assert_eq!(order(&sheet, &sheet.score("2023-04")), "1乙 1丙 3甲 4丁 5戊");
}

#[test]
fn groups_are_ranked_by_themselves() {
    let (mut sheet, _, ranking) = ranked([9, 7, 7, 8, 20]);
    let (town, street) = (sheet.plan.symbols.intern("乡镇"), sheet.plan.symbols.intern("街道"));
    for (unit, group) in [town, street, town, street, town].into_iter().enumerate() {
        sheet.roster[unit].group = Some(group);
    }
    sheet.plan.group = Some(Grouping::Roster);
    sheet.ranking_mut(ranking).grouped = true;
    let outcome = sheet.score("2023-04");
    assert_eq!(order(&sheet, &outcome), "1戊 2甲 3丙 1丁 2乙");
    let first = &outcome.units[0].rankings[0];
    assert_eq!((first.group.as_deref(), first.of), (Some("乡镇"), 3));
    let best = sheet.peer(PeerKind::Greatest, Expr::Total, true);
    sheet.plan.awards.clear();
    sheet.award(Cycle::Month, AwardTo::Meeting, "{}").money = Some(best);
    let money: Vec<String> = sheet.score("2023-04").units.iter().map(|unit| unit.awards[0].text.clone()).collect();
    assert_eq!(money, ["20", "20", "20", "8", "8"]);
}

#[test]
fn peers_are_taken_over_the_assessed_units_of_the_month() {
    let mut sheet = Sheet::new(&["甲", "乙", "丙"]);
    let section = sheet.section("板块");
    let indicator = sheet.indicator(section, "件数");
    let best = sheet.peer(PeerKind::Greatest, value_of(indicator), false);
    let mean = sheet.peer(PeerKind::Mean, value_of(indicator), false);
    sheet.rule(section, Basis::Period, times(over(value_of(indicator), best), n(100)));
    let below = is(value_of(indicator), Comparison::Below, mean);
    sheet.rule(section, Basis::Period, when(below, n(-1), n(0)));
    sheet.roster[2].last = crate::calendar::Month::new(2023, 4);
    for (month, values) in [("2023-04", [10, 20, 40]), ("2023-05", [10, 20, 0])] {
        for (unit, value) in ["甲", "乙", "丙"].into_iter().zip(values).take(if month == "2023-05" { 2 } else { 3 })
        {
            sheet.fact(unit, month, indicator, value);
        }
    }
    assert_eq!(sheet.total("甲", "2023-04"), "24");
    assert_eq!(sheet.total("丙", "2023-04"), "100");
    assert_eq!(sheet.total("乙", "2023-05"), "100");
    assert_eq!(sheet.total("甲", "2023"), "73");
    let unit = sheet.unit("甲", "2023-04");
    let peer =
        |at: usize| unit.entries[at].peers.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>();
    assert_eq!(peer(0), ["全体 40"]);
    assert_eq!(peer(1), ["全体 70/3"]);
    let left = sheet.unit("丙", "2023-05");
    assert_eq!((left.status, left.status_reason.as_deref()), (Status::NotAssessed, Some("已停用")));
}

#[test]
fn every_kind_of_peer() {
    let mut sheet = Sheet::new(&NAMES);
    let section = sheet.section("板块");
    let indicator = sheet.indicator(section, "件数");
    for (name, value) in NAMES.iter().zip([2, 4, 4, 5, 5]) {
        sheet.fact(name, "2023-04", indicator, value);
    }
    let value = |kind| {
        let mut sheet = sheet.clone();
        let peer = sheet.peer(kind, value_of(indicator), false);
        sheet.rule(section, Basis::Period, peer);
        sheet.total("乙", "2023-04")
    };
    assert_eq!(value(PeerKind::Least), "2");
    assert_eq!(value(PeerKind::Sum), "20");
    assert_eq!(value(PeerKind::Count), "5");
    assert_eq!(value(PeerKind::Median), "4");
    assert_eq!(value(PeerKind::MeanOfBest(4)), "4.5");
    assert_eq!(value(PeerKind::Rank { low_first: false }), "3");
    assert_eq!(value(PeerKind::Rank { low_first: true }), "2");
    assert_eq!(value(PeerKind::Deviation), "1.0954451150103322269");
}

#[test]
fn a_peer_may_read_an_earlier_peer_and_a_ranking() {
    let (mut sheet, section, ranking) = ranked([9, 7, 7, 8, 20]);
    sheet.ranking_mut(ranking).value = Expr::Node(section);
    let other = sheet.section("名次分");
    let top = is(Expr::Rank(ranking), Comparison::AtMost, n(2));
    let points = sheet.measure(other, "前两名", when(top, n(3), n(1)));
    let most = sheet.peer(PeerKind::Sum, points.clone(), false);
    let share = sheet.peer(PeerKind::Greatest, over(points, most), false);
    sheet.rule(other, Basis::Period, share);
    assert_eq!(sheet.total("甲", "2023-04"), number("28").divided_by(number("3")).unwrap().to_string());
    assert_eq!(
        sheet.complaints("2023"),
        [
            "period-without-facts: 2023年：2023-03、2023-05、2023-06、2023-07、2023-08、2023-09、2023-10、2023-11、2023-12没有事实，未计入"
        ]
    );
}

#[test]
fn a_year_can_add_up_monthly_rank_points() {
    let (mut sheet, _, ranking) = ranked([9, 7, 7, 8, 20]);
    let (extra, _) = sheet.counted(NodeId(1), "另计", 1);
    sheet.fact("乙", "2023-05", extra, 1);
    let rank = Expr::Rank(ranking);
    sheet.plan.rollups[0].1 =
        Expr::Over { cycle: Cycle::Month, aggregate: Aggregate::Sum, expr: Box::new(rank.clone()), only: None };
    let year = sheet.ranking(Cycle::Term);
    sheet.ranking_mut(year).low_first = true;
    let last_two = Condition::Compare(Box::new(rank), Comparison::AtLeast, Box::new(n(3)));
    let often = Expr::CountPeriods { cycle: Cycle::Month, condition: Box::new(last_two), tallied: false };
    sheet.award(Cycle::Term, AwardTo::Meeting, "约谈").when = is(often, Comparison::AtLeast, n(1));
    let outcome = sheet.score("2023");
    assert_eq!(order(&sheet, &outcome), "1戊 2甲 3乙 3丁 5丙");
    let awarded: Vec<usize> = outcome.units.iter().filter(|unit| !unit.awards.is_empty()).map(|u| u.unit).collect();
    assert_eq!(awarded, [1, 3, 2]);
}

#[test]
fn beyond_a_quota_units_fall_to_the_next_grade_with_room() {
    let (mut sheet, _, ranking) = ranked([99, 98, 97, 96, 10]);
    let bands = vec![
        grade("优秀", at_least(90), Some(Quota::Share(number("0.4")))),
        grade("良好", at_least(80), Some(Quota::Count(1))),
        grade("合格", at_least(60), None),
        grade("不合格", Condition::Always, None),
    ];
    sheet.grading(Cycle::Month, ranking, bands);
    assert_eq!(grades(&sheet), "优秀 优秀 良好 合格 不合格");
    let unit = sheet.unit("丁", "2023-04");
    assert_eq!(unit.grades[0].before.as_deref(), Some("优秀"));
    assert_eq!(unit.grades[0].reasons, ["优秀名额2个，按名次未进入", "良好名额1个，按名次未进入"]);
    let lower = GradeRule {
        when: is(Expr::Total, Comparison::AtLeast, n(99)),
        change: GradeChange::AtMost("合格".to_owned()),
        reason: "有缺项的，不得高于合格".to_owned(),
    };
    sheet.plan.gradings[0].rules.push(lower);
    assert_eq!(grades(&sheet), "合格 优秀 良好 合格 不合格");
    sheet.plan.gradings[0].refill = true;
    assert_eq!(grades(&sheet), "合格 优秀 优秀 良好 不合格");
}

#[test]
fn effects_and_rules_move_grades() {
    let (mut sheet, section, ranking) = ranked([99, 98, 97, 70, 10]);
    let event = sheet.event(section, "严重问题");
    let rule = sheet.rule(section, Basis::Once(event), n(0));
    let effect = |effect| RuleEffect { when: Condition::Always, effect };
    sheet.rule_mut(rule).effects = vec![
        effect(Effect::LowerGrade { grading: String::new(), steps: 1 }),
        effect(Effect::Disqualify("评先资格".into())),
    ];
    let veto = sheet.event(section, "否决");
    let rule = sheet.rule(section, Basis::Once(veto), n(0));
    sheet.rule_mut(rule).effects =
        vec![effect(Effect::SetGrade { grading: "等次".into(), grade: "不合格".into() })];
    sheet.fact("乙", "2023-04", event, 1);
    sheet.fact("丙", "2023-04", veto, 1);
    let bands = vec![
        grade("优秀", at_least(90), None),
        grade("合格", at_least(60), None),
        grade("不合格", Condition::Always, None),
    ];
    let up = GradeRule {
        when: Condition::All(vec![
            Condition::Graded(0, vec!["合格".into()]),
            Condition::Not(Box::new(Condition::Disqualified("评先资格".into()))),
        ]),
        change: GradeChange::Up(1),
        reason: "晋一档".to_owned(),
    };
    sheet.grading(Cycle::Month, ranking, bands).rules = vec![up];
    assert_eq!(grades(&sheet), "优秀 合格 不合格 优秀 不合格");
    sheet.award(Cycle::Month, AwardTo::Graded { grading: 0, grades: vec!["优秀".into()] }, "表扬");
    let unit = sheet.unit("丁", "2023-04");
    assert_eq!((unit.awards[0].text.as_str(), unit.grades[0].reasons.join("")), ("表扬", "晋一档".to_owned()));
    assert!(sheet.unit("乙", "2023-04").awards.is_empty());
}

#[test]
fn awards_follow_rank_and_are_withheld_or_passed_down() {
    let (mut sheet, section, ranking) = ranked([9, 8, 8, 6, 5]);
    let event = sheet.event(section, "不良影响");
    let rule = sheet.rule(section, Basis::Once(event), n(0));
    sheet.rule_mut(rule).effects =
        vec![RuleEffect { when: Condition::Always, effect: Effect::Disqualify("评先资格".to_owned()) }];
    sheet.fact("甲", "2023-04", event, 1);
    let places = |first, last| AwardTo::Places { ranking, first, last };
    sheet.award(Cycle::Month, places(1, 2), "奖励3000元").not_if_disqualified = vec!["评先资格".to_owned()];
    sheet.award(Cycle::Month, AwardTo::Bottom { ranking, count: 3 }, "约谈");
    let given = |sheet: &Sheet| {
        let mut given = vec![String::new(); NAMES.len()];
        for unit in sheet.score("2023-04").units {
            let texts = unit.awards.iter().map(|award| match &award.withheld {
                Some(reason) => format!("（{reason}）"),
                None => award.text.clone(),
            });
            given[unit.unit] = texts.collect::<Vec<_>>().join("、");
        }
        given
    };
    let withheld = "（取消评先资格，不予奖励）";
    assert_eq!(given(&sheet), [withheld, "奖励3000元、约谈", "奖励3000元、约谈", "约谈", "约谈"]);
    sheet.plan.awards[0].to = places(1, 1);
    assert_eq!(given(&sheet), [withheld, "约谈", "约谈", "约谈", "约谈"]);
    sheet.plan.awards[0].passed_down = true;
    assert_eq!(given(&sheet), [withheld, "奖励3000元、约谈", "奖励3000元、约谈", "约谈", "约谈"]);
    sheet.plan.awards[1].to = AwardTo::Bottom { ranking, count: 2 };
    assert_eq!(given(&sheet)[1], "奖励3000元");
    assert!(sheet.unit("甲", "2023-04").disqualified == ["评先资格"]);
    let (outcome, _) = sheet.evaluate("2023-04", false, 1);
    assert!(outcome.unwrap().units[0].awards.is_empty());
}

#[test]
fn who_does_not_take_part_is_neither_ranked_nor_asked_for_indicators() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let section = sheet.section("板块");
    let indicator = sheet.indicator(section, "件数");
    sheet.rule(section, Basis::Period, value_of(indicator));
    sheet.plan.attributes.push(Column { name: "类别".into(), kind: Type::Text, values: None, optional: false });
    let young = sheet.plan.symbols.intern("新设");
    sheet.roster[0].attributes = vec![Cell::Text(young)];
    sheet.plan.excluded = vec![Exclusion {
        when: Condition::Is(Box::new(Expr::Attribute(AttributeId(0))), vec![young]),
        text: "新设立的，不参评".into(),
        cycles: (Cycle::Month, Cycle::Term),
        uncounted: Vec::new(),
    }];
    sheet.ranking(Cycle::Month);
    sheet.fact("乙", "2023-04", indicator, 3);
    let outcome = sheet.score("2023-04");
    assert_eq!(order(&sheet, &outcome), "1乙 -甲");
    assert_eq!(outcome.units[1].status_reason.as_deref(), Some("新设立的，不参评"));
    assert_eq!(outcome.units[0].rankings[0].of, 1);
}

#[test]
fn a_peer_may_read_itself_of_an_earlier_month() {
    let mut sheet = Sheet::new(&["甲", "乙"]);
    let section = sheet.section("板块");
    let indicator = sheet.indicator(section, "件数");
    let before = Expr::Earlier {
        back: 1,
        cycle: Cycle::Month,
        expr: Box::new(Expr::Peer(PeerId(0))),
        name: "累计".to_owned(),
        otherwise: Some(Box::new(n(0))),
    };
    let total = sheet.peer(PeerKind::Greatest, Expr::Add(Box::new([value_of(indicator), before])), false);
    sheet.rule(section, Basis::Period, total);
    for month in ["2023-03", "2023-04", "2023-05"] {
        sheet.fact("甲", month, indicator, 1);
        sheet.fact("乙", month, indicator, 2);
    }
    assert_eq!(sheet.total("甲", "2023-05"), "6");
    assert_eq!(sheet.total("甲", "2023"), "12");
}
