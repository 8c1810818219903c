//! What holds for any facts: order and threads do not matter, caps add up, a trace changes nothing.

use proptest::prelude::*;

use super::sheet::*;
use crate::calendar::Cycle;
use crate::outcome::Outcome;
use crate::plan::*;
use crate::value::Number;

const UNITS: [&str; 4] = ["甲", "乙", "丙", "丁"];
const MONTHS: [&str; 5] = ["2023-03", "2023-04", "2023-06", "2023-07", "2023-12"];

/// Unit, month, event, quantity, matter.
type Fact = (usize, usize, usize, u32, Option<u8>);

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let fact = (0..UNITS.len(), 0..MONTHS.len(), 0..4usize, 0..6u32, proptest::option::of(0..3u8));
    proptest::collection::vec(fact, 0..40)
}

/// A plan with every kind of running limit, and these facts.
fn sheet(facts: &[Fact]) -> Sheet {
    let mut sheet = Sheet::new(&UNITS);
    let capped = sheet.section("封顶");
    let (bad, rule) = sheet.counted(capped, "缺项", -1);
    sheet.rule_mut(rule).limits = vec![Limit { most: n(7), per: LimitPer::Cycle(Cycle::Quarter) }];
    let (worse, _) = sheet.counted(capped, "差错", -2);
    sheet.node(capped).steps = vec![
        Step::CapDeduction { most: n(6), per: Cycle::Month },
        Step::CapDeduction { most: n(12), per: Cycle::Year },
    ];
    let honors = sheet.section("表彰");
    let (county, _) = sheet.counted(honors, "区级", 3);
    let (nation, rule) = sheet.counted(honors, "国家级", 5);
    sheet.rule_mut(rule).most_times = Some((4, Cycle::Year));
    sheet.node(honors).same_matter = Some(SameMatter { per: Cycle::Year, by_day: false, later: LaterHigher::TopUp });
    sheet.node(honors).steps = vec![Step::CapPoints { most: n(20), per: Cycle::Term }];
    let relative = sheet.section("相对");
    let best = sheet.peer(PeerKind::Greatest, value_of(nation), false);
    let share = when(is(best.clone(), Comparison::Above, n(0)), over(value_of(nation), best), n(0));
    sheet.rule(relative, Basis::Period, share);
    sheet.ranking(Cycle::Month);
    let year = sheet.ranking(Cycle::Term);
    sheet.award(Cycle::Term, AwardTo::Places { ranking: year, first: 1, last: 2 }, "奖励");
    let events = [bad, worse, county, nation];
    for (unit, month, event, quantity, matter) in facts {
        match matter {
            Some(matter) => {
                sheet.about(UNITS[*unit], MONTHS[*month], events[*event], &format!("事项{matter}"));
                let row = sheet.facts.last_mut().unwrap();
                row.quantity = Some((*quantity).into());
            }
            None => _ = sheet.fact(UNITS[*unit], MONTHS[*month], events[*event], quantity),
        }
    }
    sheet
}

/// All that must not depend on the order of rows.
fn result(outcome: &Outcome) -> Vec<String> {
    let line = |unit: &crate::outcome::UnitOutcome| {
        let nodes: Vec<String> = unit
            .nodes
            .iter()
            .filter(|node| node.node.0 < 4)
            .map(|node| format!("{} {} {}", node.raw().deduction, node.tally.deduction, node.points()))
            .collect();
        let ranks: Vec<_> = unit.rankings.iter().map(|rank| (rank.rank, rank.of, rank.value.to_string())).collect();
        let awards: Vec<_> = unit.awards.iter().filter(|a| a.withheld.is_none()).map(|a| a.text.clone()).collect();
        format!("{} {} {:?} {nodes:?} {ranks:?} {awards:?}", unit.unit, unit.total, unit.periods)
    };
    outcome.units.iter().map(line).collect()
}

fn sum<'a>(values: impl Iterator<Item = &'a Number>) -> Number {
    values.fold(Number::ZERO, |sum, value| sum.plus(*value).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rows_does_not_matter(mut facts in facts(), seed in any::<u64>()) {
        let before = result(&sheet(&facts).score("2023"));
        let mut state = seed | 1;
        for index in (1..facts.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            facts.swap(index, (state >> 33) as usize % (index + 1));
        }
        prop_assert_eq!(before, result(&sheet(&facts).score("2023")));
    }

    #[test]
    fn a_trace_changes_nothing(facts in facts()) {
        let sheet = sheet(&facts);
        for period in ["2023-06", "2023"] {
            let traced = sheet.evaluate(period, true, 1).0.unwrap();
            let plain = sheet.evaluate(period, false, 2).0.unwrap();
            prop_assert_eq!(result(&traced), result(&plain));
        }
    }

    #[test]
    fn months_add_up_to_the_year_and_running_caps_to_its_limit(facts in facts()) {
        let sheet = sheet(&facts);
        let year = sheet.score("2023");
        for unit in &year.units {
            let months = sheet_months(&sheet, unit.unit);
            prop_assert_eq!(unit.total, sum(months.iter()));
            prop_assert_eq!(unit.total, unit.nodes[0].points());
            let capped = &unit.nodes[1];
            // Twice capped: by month, then over the year what the months left.
            let monthly: Number = sum(monthly_deductions(&sheet, unit.unit).iter());
            prop_assert_eq!(capped.tally.deduction, monthly.min(number(12)));
            let honors = &unit.nodes[2];
            prop_assert_eq!(honors.points(), honors.raw().points().unwrap().min(number(20)));
        }
    }

    #[test]
    fn entries_add_up_to_what_nodes_have_before_their_steps(facts in facts()) {
        let sheet = sheet(&facts);
        for unit in &sheet.score("2023").units {
            for node in &unit.nodes[1..] {
                let own = unit.entries.iter().filter(|entry| sheet.plan.rules[entry.rule.index()].node == node.node);
                prop_assert!(own.clone().all(|entry| entry.counted || entry.points.is_zero()));
                let points: Vec<Number> = own.map(|entry| entry.points).collect();
                prop_assert_eq!(sum(points.iter()), node.raw().points().unwrap());
                let steps = node.steps.iter().map(|(_, before, after)| after.minus(*before).unwrap());
                let moved: Vec<Number> = steps.collect();
                prop_assert_eq!(node.raw().points().unwrap().plus(sum(moved.iter())).unwrap(), node.points());
                prop_assert_eq!(node.tally.points().unwrap(), node.points());
            }
        }
    }
}

fn sheet_months(sheet: &Sheet, unit: usize) -> Vec<Number> {
    let scored = sheet.score("2023").scored;
    let month = |period: &crate::calendar::PeriodId| {
        let name = sheet.plan.calendar.period(*period).name.clone();
        sheet.unit(UNITS[unit], &name).total
    };
    scored.iter().map(month).collect()
}

/// The deductions of each month after the monthly cap alone.
fn monthly_deductions(sheet: &Sheet, unit: usize) -> Vec<Number> {
    let mut sheet = sheet.clone();
    sheet.plan.nodes[1].steps.truncate(1);
    let scored = sheet.score("2023").scored;
    let month = |period: &crate::calendar::PeriodId| {
        let name = sheet.plan.calendar.period(*period).name.clone();
        sheet.unit(UNITS[unit], &name).nodes[1].tally.deduction
    };
    scored.iter().map(month).collect()
}

#[test]
fn many_threads_say_what_one_says() {
    let names: Vec<String> = (0..300).map(|index| format!("单位{index}")).collect();
    let mut sheet = Sheet::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let section = sheet.section("板块");
    let indicator = sheet.indicator(section, "件数");
    let mean = sheet.peer(PeerKind::Mean, value_of(indicator), false);
    sheet.rule(section, Basis::Period, minus(value_of(indicator), mean));
    sheet.ranking(Cycle::Month);
    for (index, name) in names.iter().enumerate() {
        sheet.fact(name, "2023-04", indicator, index * 7919 % 101);
    }
    let one = sheet.evaluate("2023-04", true, 1).0.unwrap();
    let many = sheet.evaluate("2023-04", true, 7).0.unwrap();
    assert_eq!(format!("{one:?}"), format!("{many:?}"));
    // What most lack is told once; of the others each.
    sheet.facts.truncate(160);
    let render = |threads| sheet.evaluate("2023-04", true, threads).1.render(crate::diagnostic::Style::Short);
    assert_eq!(render(1), render(5));
    assert_eq!(render(1).lines().count(), 140);
}
