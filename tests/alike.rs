//! What a comparison says of two rulebooks, held against facts made up at random: one fingerprint is one result, and a
//! change that never gives more never does.

mod scratch;

use std::fs;
use std::path::Path;

use scratch::edits::edits;
use scratch::random::facts;
use scratch::{Chance, beside};
use zhunsheng::analysis::{Facts, relaxed};
use zhunsheng::compile::{Compiled, compile_with};
use zhunsheng::diff::{Direction, compare};
use zhunsheng::outcome::{Outcome, Status, UnitOutcome};
use zhunsheng::plan::Plan;

fn compiled(text: &str) -> Option<Compiled> {
    let name = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks/试.zs").display().to_string();
    compile_with(&name, text, &mut |name: &str| fs::read_to_string(name).map_err(|error| error.to_string())).0
}

/// Small rulebooks and whole ones.
fn texts() -> Vec<String> {
    let small =
        ["diff/small.zs", "diff/graded.zs", "diff/bare.zs"].map(|name| fs::read_to_string(beside(name)).unwrap());
    let large =
        ["2023.zs", "教师考核.zs", "信用评价.zs", "乡镇综合考核.zs", "环境考核.zs", "分公司绩效.zs", "县乡镇考核.zs"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks");
    small.into_iter().chain(large.iter().map(|name| fs::read_to_string(folder.join(name)).unwrap())).collect()
}

/// Facts without what a plan does not know.
fn known(facts: &Facts, plan: &Plan) -> Facts {
    let cell = |row: &[(String, String)], name: &str| {
        row.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.clone()).unwrap_or_default()
    };
    let mut facts = facts.clone();
    facts.rows.retain(|row| {
        let (clause, label) = (cell(row, "条款"), cell(row, "情形"));
        let is_it = |input: &zhunsheng::plan::Input| {
            input.label == label && (clause == "参数" || plan.nodes[input.node.index()].address == clause)
        };
        plan.inputs.iter().any(is_it)
    });
    facts
}

/// What a plan makes of facts in its last period and over the term.
fn scored(plan: &Plan, facts: &Facts) -> Vec<Option<Outcome>> {
    let last = plan.calendar.around(plan.cycle, plan.calendar.last()).unwrap();
    let facts = known(facts, plan);
    [last, plan.calendar.term()].map(|period| facts.score(plan, period).ok().map(|(_, outcome)| outcome)).to_vec()
}

/// Pairs of what two plans make of the same facts, unit by unit.
fn beside_one_another<'o>(
    old: &'o [Option<Outcome>],
    new: &'o [Option<Outcome>],
) -> impl Iterator<Item = (&'o UnitOutcome, &'o UnitOutcome)> {
    let outcomes = old.iter().zip(new).filter_map(|(old, new)| Some((old.as_ref()?, new.as_ref()?)));
    outcomes
        .flat_map(|(old, new)| old.units.iter().filter_map(|a| Some((a, new.units.iter().find(|b| b.unit == a.unit)?))))
}

/// All that a unit comes to, whatever the order of the lines that it comes to it by.
fn result(unit: &UnitOutcome) -> String {
    let mut ranks: Vec<_> = unit.rankings.iter().map(|ranking| ranking.rank).collect();
    let mut grades: Vec<_> = unit.grades.iter().map(|grade| &grade.grade).collect();
    let mut awards: Vec<_> = unit.awards.iter().map(|award| (award.money, award.withheld.is_some())).collect();
    ranks.sort_unstable();
    grades.sort_unstable();
    awards.sort();
    let is_assessed = unit.status == Status::Assessed;
    format!("{is_assessed} {} {} {:?} {ranks:?} {grades:?} {awards:?}", unit.total, unit.vetoed, unit.disqualified)
}

/// A text with something else in it that a clerk may write otherwise and mean the same, or not.
fn respelled(text: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = chance.below(lines.len() as u64 - 1) as usize;
    let between = |line: &str, mark: char, chance: &mut Chance| {
        let head = line.rfind('：').map_or(0, |at| at + '：'.len_utf8());
        let mut parts: Vec<&str> = line[head..].split(mark).collect();
        let (a, b) = (chance.below(parts.len() as u64) as usize, chance.below(parts.len() as u64) as usize);
        match chance.below(3) {
            0 if parts.len() > 1 => drop(parts.remove(a)),
            _ => parts.swap(a, b),
        }
        format!("{}{}", &line[..head], parts.join(&mark.to_string()))
    };
    match chance.below(6) {
        0 => lines.swap(at, at + 1),
        1 => drop(lines.remove(at)),
        2 => lines[at] = between(&lines[at], '；', chance),
        3 => lines[at] = between(&lines[at], '，', chance),
        4 => lines[at] = between(&lines[at], '且', chance),
        _ => {
            let pairs = [("不低于", "超过"), ("低于", "不超过"), ("不少于", "超过"), ("及以上", "以上"), ("% ", " ")];
            let more = [
                ("每次", ""),
                ("，最多扣", "，每月最多扣"),
                ("（含）", "（不含）"),
                ("1至", "0至"),
                ("得满分", "得 满分 × 100%"),
            ];
            let (from, to) = *chance.pick(&[pairs.as_slice(), more.as_slice()].concat());
            lines[at] = lines[at].replacen(from, to, 1);
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn one_fingerprint_is_one_result() {
    // More of them where someone has the time: ALIKE_ROUNDS=400.
    let rounds = std::env::var("ALIKE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40u64);
    let (mut alike, mut compared) = (0, 0);
    for text in texts() {
        let before = compiled(&text).unwrap();
        let plan = relaxed(before.plan.clone());
        let mut known: Vec<(Facts, Vec<Option<Outcome>>)> = Vec::new();
        for round in 0..rounds {
            let other = respelled(&text, &mut Chance::new(round));
            let Some(after) = Some(&other).filter(|other| **other != text).and_then(|other| compiled(other)) else {
                continue;
            };
            if after.plan.hash() != before.plan.hash() || after.plan == before.plan {
                continue;
            }
            alike += 1;
            if known.is_empty() {
                known.extend((0..4).map(|seed| facts(&plan, &mut Chance::new(seed))).map(|facts| {
                    let outcomes = scored(&plan, &facts);
                    (facts, outcomes)
                }));
            }
            let new = relaxed(after.plan);
            for (facts, old) in &known {
                for (a, b) in beside_one_another(old, &scored(&new, facts)) {
                    assert_eq!(result(a), result(b), "{other}");
                    compared += 1;
                }
            }
        }
    }
    println!("{alike} are alike, {compared} results");
    assert!(alike >= 10 && compared >= 10 * alike, "{alike}, {compared}");
}

#[test]
fn no_facts_go_against_a_direction() {
    let rounds = std::env::var("ALIKE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40u64);
    let mut held = 0u64;
    for (book, text) in texts().into_iter().enumerate() {
        let before = compiled(&text).unwrap();
        let old = relaxed(before.plan.clone());
        let mut list = edits(&text, &mut Chance::new(7));
        Chance::new(book as u64).shuffle(&mut list);
        for (at, edit) in list.into_iter().take(if book < 3 { rounds } else { rounds / 10 } as usize).enumerate() {
            let Some(after) = compiled(&edit.text) else { continue };
            let comparison = compare(&before, &after);
            let mut meant = comparison.meant();
            let (Some(change), None) = (meant.next(), meant.next()) else { continue };
            if change.direction == Direction::Unknown {
                continue;
            }
            held += 1;
            let new = relaxed(after.plan.clone());
            for seed in 0..3 {
                // What only one of the books knows is reported in turn.
                let of = if seed % 2 == 0 { &old } else { &new };
                let facts = facts(of, &mut Chance::new(at as u64 * 3 + seed));
                for (a, b) in beside_one_another(&scored(&old, &facts), &scored(&new, &facts)) {
                    assert_eq!(a.status, b.status, "{}", change.sentence);
                    let holds = match change.direction {
                        Direction::NeverMore => b.total <= a.total,
                        _ => b.total >= a.total,
                    };
                    assert!(holds, "{:?} {}: {} {}", change.direction, change.sentence, a.total, b.total);
                }
            }
        }
    }
    println!("{held} directions");
    assert!(held >= rounds, "{held}");
}
