//! What `check` and `show --limits` say before the first fact, held against the interpreter.

#[path = "scratch/mod.rs"]
mod scratch;

use std::fs;
use std::path::Path;

use zhunsheng::analysis::limits::{Range, limits};
use zhunsheng::analysis::relaxed;
use zhunsheng::compile::{Compiled, compile_text};
use zhunsheng::diagnostic::Style;
use zhunsheng::example;
use zhunsheng::lint;
use zhunsheng::outcome::Outcome;
use zhunsheng::plan::*;
use zhunsheng::value::Number;

use scratch::random::facts as random_facts;
use scratch::{Chance, compile, folders, otherwise, rulebooks};

fn compiled(path: &Path) -> Compiled {
    let (compiled, findings) = compile(path);
    compiled.unwrap_or_else(|| panic!("{}", findings.render(Style::Human)))
}

#[test]
fn every_witness_is_confirmed_alone() {
    for path in rulebooks("rulebooks") {
        let compiled = compiled(&path);
        for confirmed in lint::confirmed(&compiled) {
            assert!(lint::holds(&compiled.plan, &confirmed), "{}: {}", path.display(), confirmed.suspicion.message);
        }
    }
}

// ---------------------------------------------------------------- limits

fn outside(range: Range, number: Number) -> bool {
    range.least.is_some_and(|least| number < least) || range.greatest.is_some_and(|greatest| greatest < number)
}

/// Scores random facts until some were scored, and holds every figure against its limits.
fn stays_within(plan: &Plan, name: &str, seeds: std::ops::Range<u64>) -> (usize, String) {
    let mut refused = String::new();
    let plan = &relaxed(plan.clone());
    let limits = limits(plan);
    let mut scored = 0;
    for seed in seeds {
        let facts = random_facts(plan, &mut Chance::new(seed));
        let last = plan.calendar.around(plan.cycle, plan.calendar.last()).unwrap();
        for period in [last, plan.calendar.term()] {
            let cycle = plan.calendar.period(period).cycle;
            let (_, outcome) = match facts.score(plan, period) {
                Ok(scored) => scored,
                Err(found) => {
                    refused = found.render(Style::Human);
                    continue;
                }
            };
            scored += 1;
            let (_, total) = limits.totals.iter().find(|(of, _)| *of == cycle).unwrap();
            for unit in outcome.units.iter().filter(|unit| unit.status == zhunsheng::outcome::Status::Assessed) {
                assert!(!outside(*total, unit.total), "{name}, seed {seed}: total {} not in {total:?}", unit.total);
                for (id, range) in &limits.nodes {
                    let Some(node) = unit.nodes.iter().find(|node| node.node == *id && node.assessed) else { continue };
                    let own = plan.nodes[id.index()].cycle;
                    // A coarser node brings nothing in a period in which it does not land.
                    if own == cycle || own > cycle && !node.points().is_zero() {
                        let address = &plan.nodes[id.index()].address;
                        assert!(
                            !outside(*range, node.points()),
                            "{name}, seed {seed}: {address} {} not in {range:?}",
                            node.points()
                        );
                    }
                }
            }
        }
    }
    (scored, refused)
}

#[test]
fn no_total_leaves_the_limits() {
    for path in rulebooks("rulebooks") {
        let compiled = compiled(&path);
        let (scored, refused) = stays_within(&compiled.plan, &path.display().to_string(), 0..16);
        assert!(scored >= 10, "{}: only {scored} were scored: {refused}", path.display());
    }
}

/// Small rulebooks, each about one construct.
#[test]
fn no_case_leaves_its_limits() {
    let mut scored = 0;
    for path in rulebooks("tests/cases").iter().filter(|path| path.ends_with("rulebook.zs")) {
        // Many are refused, and held to be by `golden.rs`.
        if let Some(compiled) = compile(path).0 {
            scored += stays_within(&compiled.plan, &path.display().to_string(), 0..6).0;
        }
    }
    assert!(scored > 150, "only {scored} were scored");
}

/// 最多计2次 is as much as two of them, whatever a row says; what runs over the year not every month can reach.
#[test]
fn so_many_times_are_a_limit() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cap/counts_so_many_times/rulebook.zs");
    let compiled = compiled(&case);
    let limits = limits(&compiled.plan);
    let of = |address: &str| {
        let (_, range) =
            limits.nodes.iter().find(|(id, _)| compiled.plan.nodes[id.index()].address == address).unwrap();
        let shown = |end: Option<Number>| end.map_or("-".to_owned(), |end| end.to_string());
        format!("{} {} {}", shown(range.least), shown(range.greatest), range.loose)
    };
    let told: Vec<String> = (1..=5).map(|item| of(&format!("加减.{item}"))).collect();
    assert_eq!(told, ["0 2 false", "0 10 false", "0 1 false", "-6 0 false", "0 - false"]);
    let text =
        fs::read_to_string(&case).unwrap().replace("     走访：每次加1分\n", "     走访：每次加1分，每月最多计1次\n");
    let bounded = compile_text("bounded.zs", &text).0.expect("in order");
    let totals = zhunsheng::analysis::limits::limits(&bounded.plan).totals;
    assert!(!totals[0].1.loose && totals[1].1.loose, "{totals:?}");
}

/// 最多加满分×20% of fixed marks is as sure as 最多加8分.
#[test]
fn a_share_of_the_marks_is_a_limit() {
    let text = "方案 示例\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 0分\n  \
                年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n板块 基层\n  \
                1. 利润（40分，加分可超过满分）\n     表扬：每次加1分，最多加满分×20%\n     缺项：每项扣1分\n";
    let compiled = compile_text("share.zs", text);
    let compiled = compiled.0.unwrap_or_else(|| panic!("{}", compiled.1.render(Style::Human)));
    let (_, range) = limits(&compiled.plan).nodes.into_iter().next_back().expect("an item");
    assert_eq!(range.greatest.map(|end| end.to_string()).as_deref(), Some("48"));
}

/// A cap and a line that change in July: the one or the other counts, never both and never neither.
#[test]
fn the_old_text_and_the_new_one_are_limits_in_turn() {
    let text = "方案 示例\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
                年终得分 = 各月得分之和\n  未写“每”的，当月只计一次\n  同分并列，其后名次顺延空出\n板块 基层\n  \
                〔至2024年6月止〕扣分封顶 每月40分\n  〔自2024年7月起〕扣分封顶 每月20分\n  1. 台账\n     \
                缺项：每项扣1分\n     〔至2024年6月止〕表扬：加3分\n     〔自2024年7月起〕表扬：加8分\n";
    let compiled = compile_text("changing.zs", text);
    let compiled = compiled.0.unwrap_or_else(|| panic!("{}", compiled.1.render(Style::Human)));
    let limits = limits(&compiled.plan);
    let shown = |range: &Range| {
        let end = |end: Option<Number>| end.map_or("-".to_owned(), |end| end.to_string());
        format!("{} {}", end(range.least), end(range.greatest))
    };
    let told: Vec<String> = limits.nodes.iter().map(|(_, range)| shown(range)).collect();
    assert_eq!(told, ["-40 8", "- 8"]);
    assert_eq!(shown(&limits.totals[0].1), "60 108");
    assert!(limits.totals[1].1.loose, "no month reaches what another does");
}

// ---------------------------------------------------------------- lints

/// Every folder of `tests/lints` is a claim about a lint: what `check` then says is in `findings.txt`, or nothing.
#[test]
fn every_lint_says_what_it_should() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lints");
    let mut wrong = Vec::new();
    for lint in folders(&root) {
        let cases = folders(&lint);
        let told = cases.iter().filter(|case| case.join("findings.txt").exists()).count();
        assert!(std::env::var_os("UPDATE_EXPECT").is_some() || 0 < told && told < cases.len(), "{}", lint.display());
        for case in cases {
            let text = fs::read_to_string(case.join("rulebook.zs")).unwrap();
            let (compiled, mut findings) = compile_text("rulebook.zs", &text);
            if let Some(compiled) = &compiled {
                lint::show_gaps(compiled, &mut findings);
                lint::run(compiled, &mut findings);
            }
            let shown = findings.sorted().render(Style::Human);
            wrong.extend(otherwise(&case.join("findings.txt"), &shown));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// ---------------------------------------------------------------- order

/// The rulebook with its sections, and the items of each, in another order.
fn shuffled(text: &str, chance: &mut Chance) -> String {
    let (mut head, mut sections, mut tail) = (String::new(), Vec::<Vec<String>>::new(), String::new());
    let stages = ["参评", "排名 ", "等次 ", "奖惩 ", "例 "];
    let mut after = false;
    for line in text.lines() {
        let item = line.trim_start().split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        after |= !sections.is_empty() && stages.iter().any(|stage| line.starts_with(stage));
        let part = if after {
            &mut tail
        } else if line.starts_with("板块 ") {
            sections.push(vec![String::new()]);
            &mut sections.last_mut().unwrap()[0]
        } else {
            match sections.last_mut() {
                None => &mut head,
                Some(parts) => {
                    if item {
                        parts.push(String::new());
                    }
                    parts.last_mut().unwrap()
                }
            }
        };
        part.push_str(line);
        part.push('\n');
    }
    for parts in &mut sections {
        let mut items = parts.split_off(1);
        chance.shuffle(&mut items);
        parts.extend(items);
    }
    chance.shuffle(&mut sections);
    head + &sections.concat().concat() + &tail
}

#[test]
fn the_order_of_sections_and_items_changes_no_score() {
    for path in rulebooks("rulebooks") {
        let compiled = compiled(&path);
        let (plan, mut compared) = (relaxed(compiled.plan.clone()), 0);
        for seed in 0..4 {
            let chance = &mut Chance::new(seed);
            let text = shuffled(&compiled.source.text, chance);
            assert_ne!(text, compiled.source.text);
            let (other, findings) = compile_text("shuffled.zs", &text);
            let other = other.unwrap_or_else(|| panic!("{}: {}", path.display(), findings.render(Style::Human)));
            assert_eq!(example::run(&other).0.failed, 0, "{}", path.display());
            let other = relaxed(other.plan);
            let facts = random_facts(&plan, chance);
            for period in [plan.calendar.around(plan.cycle, plan.calendar.last()).unwrap(), plan.calendar.term()] {
                let (Ok((_, one)), Ok((_, two))) = (facts.score(&plan, period), facts.score(&other, period)) else {
                    continue;
                };
                compared += 1;
                assert_eq!(figures(&plan, &one), figures(&other, &two), "{}, seed {seed}", path.display());
            }
        }
        assert!(compared > 0, "{}", path.display());
    }
}

/// Everything that may not depend on the order of the text.
fn figures(plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let mut figures = Vec::new();
    for unit in &outcome.units {
        let ranks: Vec<_> = unit.rankings.iter().map(|ranking| ranking.rank).collect();
        let grades: Vec<_> = unit.grades.iter().map(|grade| &grade.grade).collect();
        figures.push(format!("{} {} {ranks:?} {grades:?} {}", unit.unit, unit.total, unit.vetoed));
        for node in &unit.nodes {
            figures.push(format!("{} {} {}", unit.unit, plan.nodes[node.node.index()].address, node.points()));
        }
    }
    figures.sort();
    figures
}
