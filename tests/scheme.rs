//! The 2023 rulebook and the evaluator against a second opinion on the scheme, line by line and over random years.

mod oracle;
mod scratch;

use std::collections::BTreeSet;
use std::fs;

use chrono::Days;
use oracle::{Amount, Fact, Kind, Line, ONE, Oracle, SECTIONS, amount, month_ends, shown};
use scratch::{Chance, HEADER, Scratch, beside, run_score, score, score_json};
use serde_json::{Map, Value, json};

fn table() -> Vec<Line> {
    oracle::lines(&fs::read_to_string(beside("year/clauses.csv")).unwrap())
}

// ---------------------------------------------------------------- facts

fn fact(line: &Line, month: u32) -> Fact {
    let (clause, label) = (line.clause.clone(), line.label.clone());
    let (quantity, points, matter, deadline, completed) = Default::default();
    Fact { month, clause, label, quantity, points, matter, deadline, completed }
}

/// 成功件数 is a line, 录入件数 as well: every indicator is the label of a line.
fn indicators(lines: &[Line]) -> impl Iterator<Item = &Line> {
    lines.iter().filter(|line| line.is_indicator())
}

/// Everything reported just as it should be.
fn quiet_month(lines: &[Line], month: u32) -> Vec<Fact> {
    let enough = |line: &Line| match line.kind {
        Kind::Tiers => 0,
        Kind::RatioBelow => 30 * ONE,
        _ => line.bound(),
    };
    indicators(lines).map(|line| Fact { quantity: Some(enough(line)), ..fact(line, month) }).collect()
}

fn quantity_text(line: &Line, quantity: Amount) -> String {
    if line.unit == "%" { format!("{}%", shown(quantity * 100)) } else { shown(quantity) }
}

fn row(lines: &[Line], unit: &str, fact: &Fact) -> String {
    let line = lines.iter().find(|line| line.clause == fact.clause && line.label == fact.label).unwrap();
    let quantity = fact.quantity.map(|quantity| quantity_text(line, quantity)).unwrap_or_default();
    let points = fact.points.map(shown).unwrap_or_default();
    let date = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let note = if fact.points.is_some() { "有依据" } else { "" };
    let Fact { month, clause, label, matter, .. } = fact;
    let (deadline, completed) = (date(fact.deadline), date(fact.completed));
    format!("2023-{month:02},{unit},{clause},{label},{quantity},{points},{matter},{deadline},{completed},,{note}\n")
}

fn unit_name(unit: usize) -> String {
    format!("第{}司法所", unit + 1)
}

fn write(folder: &Scratch, lines: &[Line], facts: &[Vec<Fact>], order: Option<u64>) {
    let units = facts.iter().enumerate().map(|(unit, facts)| (unit_name(unit), facts));
    let mut rows: Vec<String> =
        units.clone().flat_map(|(unit, facts)| facts.iter().map(move |fact| row(lines, &unit, fact))).collect();
    if let Some(seed) = order {
        Chance::new(seed).shuffle(&mut rows);
    }
    let names: String = units.map(|(unit, _)| unit + "\n").collect();
    folder.write("单位.csv", format!("单位\n{names}"));
    folder.write("事实.csv", HEADER.to_owned() + &rows.concat());
}

// ---------------------------------------------------------------- comparing

/// The results in the words of the contract.
fn expected(results: &[oracle::Result], of_year: bool) -> Vec<Value> {
    let one = |result: &oracle::Result| {
        let sections = result.sections.iter().zip(SECTIONS).map(|(section, (name, _))| {
            json!({
                "section": name, "bonus": shown(section.bonus), "deduction_before_cap": shown(section.before_cap),
                "deduction": shown(section.deduction), "points": shown(section.points()),
            })
        });
        let mut unit = json!({
            "unit": unit_name(result.unit), "rank": result.rank, "total": shown(result.total),
            "vetoed": result.vetoed, "disqualified": result.disqualified, "sections": sections.collect::<Vec<_>>(),
        });
        if of_year {
            let months = result.months.iter().map(|(month, total)| (format!("2023-{month:02}"), json!(shown(*total))));
            unit["months"] = Value::Object(months.collect::<Map<_, _>>());
            unit["awards"] = json!(result.awards);
        }
        unit
    };
    results.iter().map(one).collect()
}

/// What the contract names, of what was printed.
fn contract(printed: &Value, of_year: bool) -> Vec<Value> {
    let kept = |value: &Value, keys: &[&str]| -> Value {
        let pairs = keys.iter().map(|key| ((*key).to_owned(), value.get(key).cloned().unwrap_or(json!(false))));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    let unit = |unit: &Value| {
        let keys = ["unit", "rank", "total", "vetoed", "disqualified", "sections", "months", "awards"];
        let mut all = kept(unit, if of_year { &keys } else { &keys[..6] });
        let section = |section| kept(section, &["section", "bonus", "deduction_before_cap", "deduction", "points"]);
        all["sections"] = unit["sections"].as_array().unwrap().iter().map(section).collect();
        all
    };
    printed["units"].as_array().unwrap().iter().map(unit).collect()
}

/// The entries that count come to what each section deducts before its cap.
#[track_caller]
fn entries_add_up(printed: &Value) {
    for unit in printed["units"].as_array().unwrap() {
        for section in unit["sections"].as_array().unwrap() {
            let name = section["section"].as_str().unwrap();
            let of_section = |entry: &&Value| entry["clause"].as_str().unwrap().split('.').next() == Some(name);
            let entries = unit["entries"].as_array().unwrap().iter().filter(of_section);
            let taken = entries.filter(|entry| entry["counted"] == true);
            let taken = taken.filter_map(|entry| entry["points"].as_str().unwrap().strip_prefix('-'));
            let sum: Amount = taken.map(amount).sum();
            assert_eq!(json!(shown(sum)), section["deduction_before_cap"], "{} {name}", unit["unit"]);
        }
    }
}

/// The sheet says the same as the JSON: it is worked out without entries, on a way of its own.
#[track_caller]
fn sheet_agrees(folder: &Scratch, period: &str, printed: &Value) {
    let sheet = score(&folder.path, period, &["--format", "csv"]);
    let sheet = sheet.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut reader = csv::Reader::from_reader(sheet);
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let units = printed["units"].as_array().unwrap();
    assert_eq!(rows.len(), units.len());
    for (row, unit) in rows.iter().zip(units) {
        let cell = |name: &str| &row[header.iter().position(|known| known == name).unwrap()];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let awards = unit.get("awards").and_then(Value::as_array);
        let awards: Vec<String> = awards.into_iter().flatten().map(text).collect();
        assert_eq!(cell("单位"), text(&unit["unit"]), "{period}");
        assert_eq!(cell("名次"), unit["rank"].to_string(), "{period} {unit}");
        assert_eq!(cell("总分"), text(&unit["total"]), "{period} {unit}");
        assert_eq!(cell("一票否决"), if unit["vetoed"] == true { "是" } else { "否" }, "{period} {unit}");
        assert_eq!(cell("取消资格").is_empty(), unit.get("disqualified") != Some(&json!(true)), "{period} {unit}");
        assert_eq!(cell("奖惩"), awards.join("；"), "{period} {unit}");
        for section in unit["sections"].as_array().unwrap() {
            assert_eq!(cell(section["section"].as_str().unwrap()), section["points"], "{period} {unit}");
        }
    }
}

#[track_caller]
fn agrees(folder: &Scratch, period: &str, results: &[oracle::Result], what: &str) {
    let of_year = period == "2023";
    let printed = score_json(&folder.path, period);
    let (expected, found) = (expected(results, of_year), contract(&printed, of_year));
    for (expected, found) in expected.iter().zip(&found) {
        if expected != found {
            let kept = keep(folder, what);
            panic!("{what}, {period}: facts kept in {kept}\n{}", difference(expected, found));
        }
    }
    assert_eq!(expected.len(), found.len());
    entries_add_up(&printed);
    sheet_agrees(folder, period, &printed);
}

/// The parts of a unit's results that differ.
fn difference(expected: &Value, found: &Value) -> String {
    let mut text = format!("expected {}, found {}\n", expected["unit"], found["unit"]);
    let parts = |value: &Value| -> Vec<String> {
        let sections = value["sections"].as_array().unwrap().iter().map(Value::to_string);
        let own = value.as_object().unwrap().iter().filter(|(name, _)| *name != "sections");
        own.map(|(name, value)| format!("{name} {value}")).chain(sections).collect()
    };
    for (expected, found) in parts(expected).iter().zip(&parts(found)).filter(|(expected, found)| expected != found) {
        text.push_str(&format!("- {expected}\n+ {found}\n"));
    }
    text
}

/// Copies facts that show a disagreement to where they stay.
fn keep(folder: &Scratch, what: &str) -> String {
    let kept = std::env::temp_dir().join(format!("zhunsheng-disagreement-{}", what.replace(' ', "-")));
    let _ = fs::create_dir_all(&kept);
    for name in ["单位.csv", "事实.csv"] {
        let _ = fs::copy(folder.path.join(name), kept.join(name));
    }
    kept.display().to_string()
}

#[track_caller]
fn all_agree(lines: &[Line], facts: &[Vec<Fact>], what: &str) {
    let folder = Scratch::new();
    write(&folder, lines, facts, Some(facts.len() as u64));
    let oracle = Oracle { lines, facts };
    let months: BTreeSet<u32> = facts.iter().flatten().map(|fact| fact.month).collect();
    for month in months {
        agrees(&folder, &format!("2023-{month:02}"), &oracle.month(month), what);
    }
    agrees(&folder, "2023", &oracle.year(), what);
}

// ---------------------------------------------------------------- line by line

#[test]
fn the_table_of_lines_is_whole() {
    let lines = table();
    assert_eq!(lines.len(), 136);
    let sections: BTreeSet<&str> = lines.iter().map(|line| line.section.as_str()).collect();
    assert_eq!(sections, SECTIONS.iter().map(|(name, _)| *name).collect());
    let named: BTreeSet<_> = lines.iter().map(|line| (&line.clause, &line.label)).collect();
    assert_eq!(named.len(), lines.len());
}

/// Facts that show what a line is worth: one unit for each, beside one that has nothing to say.
fn showing(line: &Line, lines: &[Line]) -> Vec<Vec<Fact>> {
    let quantities = |list: &[Option<Amount>]| -> Vec<Vec<Fact>> {
        list.iter().map(|quantity| vec![Fact { quantity: *quantity, ..fact(line, 12) }]).collect()
    };
    let discretion = |points| vec![Fact { points: Some(points), ..fact(line, 12) }];
    let late = |deadline: u64, completed: Option<u64>| {
        let day = |days: u64| month_ends(12).0 + Days::new(days) - Days::new(10);
        vec![Fact { deadline: Some(day(deadline)), completed: completed.map(day), ..fact(line, 12) }]
    };
    let indicator = |quantity: Amount| {
        let mut facts = Vec::new();
        let months = if line.is_quarterly() { vec![10, 11, 12] } else { vec![12] };
        for month in months {
            // What a quarter needs may come in its last month.
            let quantity = if month == 12 { quantity } else { 0 };
            facts.push(Fact { quantity: Some(quantity), ..fact(line, month) });
        }
        facts
    };
    match line.kind {
        Kind::Once | Kind::Each | Kind::Veto | Kind::Disqualify | Kind::Grade if line.has_matter() => {
            let once = |quantity| vec![Fact { quantity, matter: "某事".to_owned(), ..fact(line, 12) }];
            vec![once(None), once(Some(ONE)), once(Some(0)), once(Some(2 * ONE))]
        }
        Kind::Once | Kind::Each | Kind::Veto | Kind::Disqualify => {
            let mut all = quantities(&[None, Some(0), Some(ONE), Some(3 * ONE)]);
            all.push(vec![fact(line, 12), fact(line, 12)]);
            all
        }
        Kind::Grade => quantities(&[None, Some(ONE)]),
        Kind::Discretion => {
            let (least, most) = line.range();
            let mut all = vec![discretion(least), discretion(most), discretion((least + most) / 2)];
            all.push([discretion(least), discretion(most)].concat());
            all
        }
        Kind::Late | Kind::Running => {
            let mut all = vec![late(12, Some(14)), late(12, Some(12)), late(12, Some(3)), late(3, Some(14))];
            all.extend([late(12, Some(60)), late(3, Some(60))]);
            // How late in all is known when it is over; day by day it is known before.
            all.extend((line.kind == Kind::Running).then(|| late(12, None)));
            all
        }
        Kind::Shortfall | Kind::Below => {
            let step = if line.unit == "%" { ONE / 1000 } else { ONE };
            [0, line.bound() - step, line.bound(), line.bound() + step].map(indicator).into()
        }
        Kind::Tiers => [0, 1, 2, 3, 4, 100].map(|count| indicator(count * ONE)).into(),
        Kind::RatioBelow => {
            let recorded = lines.iter().find(|line| line.label == "录入件数").unwrap();
            let pairs = [(40, 38), (40, 37), (1000, 949), (1000, 950), (0, 0), (40, 0)];
            let both = |(of, succeeded): (i64, i64)| {
                let of = Fact { quantity: Some(of * ONE), ..fact(recorded, 12) };
                vec![of, Fact { quantity: Some(succeeded * ONE), ..fact(line, 12) }]
            };
            pairs.map(both).into()
        }
        Kind::Pending => Vec::new(),
    }
}

#[test]
fn every_line_of_the_table_is_in_the_rulebook_and_scores_the_same() {
    let lines = table();
    for line in lines.iter().filter(|line| line.kind != Kind::Pending) {
        let mut facts = showing(line, &lines);
        facts.push(Vec::new());
        for facts in &mut facts {
            for quiet in [10, 11, 12].iter().flat_map(|month| quiet_month(&lines, *month)) {
                let same =
                    |fact: &Fact| (fact.month, &fact.clause, &fact.label) == (quiet.month, &quiet.clause, &quiet.label);
                if !facts.iter().any(same) {
                    facts.push(quiet);
                }
            }
        }
        let folder = Scratch::new();
        write(&folder, &lines, &facts, None);
        let oracle = Oracle { lines: &lines, facts: &facts };
        let what = format!("{} {}", line.clause, line.label);
        agrees(&folder, "2023-12", &oracle.month(12), &what);
        agrees(&folder, "2023", &oracle.year(), &what);
    }
}

#[test]
fn every_pending_line_exists_by_name_and_stops_the_run() {
    let lines = table();
    let pending: Vec<&Line> = lines.iter().filter(|line| line.kind == Kind::Pending).collect();
    assert!(!pending.is_empty());
    for line in pending {
        let mut facts = quiet_month(&lines, 4);
        facts.push(fact(line, 4));
        let folder = Scratch::new();
        write(&folder, &lines, &[facts], None);
        let output = run_score(&folder.path, "2023-04", &["--diagnostics", "short"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{told}");
        assert!(
            told.contains(": pending-clause: ") && told.contains(&line.label) && told.lines().count() == 1,
            "{told}"
        );
    }
}

#[test]
fn the_measure_word_of_every_line_is_taken_and_another_refused() {
    let lines = table();
    let numbered = lines.iter().filter(|line| !line.unit.is_empty() && line.unit != "%" && line.kind != Kind::Pending);
    let mut rows = String::new();
    let (mut wrong, mut count) = (String::new(), 0);
    for line in numbered.filter(|line| !matches!(line.kind, Kind::Late | Kind::Running)) {
        let points = if line.kind == Kind::Discretion { "1" } else { "" };
        let many = if line.kind == Kind::Discretion { 1 } else { 100 };
        let matter = if line.has_matter() { "某事" } else { "" };
        let row = |out: &mut String, quantity: String| {
            let Line { clause, label, .. } = line;
            out.push_str(&format!("2023-12,第1司法所,{clause},{label},{quantity},{points},{matter},,,,有依据\n"));
        };
        row(&mut rows, format!("{many}{}", line.unit));
        row(&mut wrong, format!("{many}{}", if line.unit == "篇" { "起" } else { "篇" }));
        row(&mut wrong, format!("1.5{}", line.unit));
        count += 2;
    }
    let folder = Scratch::new();
    folder.write("单位.csv", "单位\n第1司法所\n");
    let told = |rows: &str| {
        folder.write("事实.csv", HEADER.to_owned() + rows);
        let output = run_score(&folder.path, "2023-12", &["--diagnostics", "short"]);
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let right = told(&rows);
    assert!(right.lines().all(|line| line.contains(": missing-indicator: ")), "{right}");
    let wrong = told(&wrong);
    let refused = wrong.lines().filter(|line| line.contains("wrong-measure-word") || line.contains("fractional-count"));
    assert_eq!(refused.count(), count, "{wrong}");
}

// ---------------------------------------------------------------- random years

/// How wild a random year is.
struct Weather {
    units: usize,
    months: std::ops::RangeInclusive<u32>,
    /// Events of a unit in a month, at most.
    events: u64,
    /// One in so many events is a veto or the loss of a title.
    heavy: u64,
    /// One in so many units copies its neighbor's facts: ties.
    copies: u64,
}

fn random_year(lines: &[Line], weather: &Weather, seed: u64) -> Vec<Vec<Fact>> {
    let mut chance = Chance::new(seed);
    let mut all: Vec<Vec<Fact>> = Vec::new();
    for unit in 0..weather.units {
        if unit > 0 && chance.one_in(weather.copies) {
            let copied = all[chance.below(unit as u64) as usize].clone();
            all.push(copied);
            continue;
        }
        let mut facts = Vec::new();
        for month in weather.months.clone() {
            for line in indicators(lines) {
                facts.push(random_indicator(line, month, &mut chance, &facts));
            }
            for _ in 0..chance.below(weather.events + 1) {
                facts.extend(random_event(lines, month, weather.heavy, &mut chance));
            }
            random_grade(lines, month, &mut chance, &mut facts);
        }
        random_overdue(lines, weather, &mut chance, &mut facts);
        all.push(facts);
    }
    all
}

fn random_indicator(line: &Line, month: u32, chance: &mut Chance, before: &[Fact]) -> Fact {
    let quantity = match line.kind {
        Kind::Tiers => chance.below(6) as i64 * ONE,
        Kind::RatioBelow => {
            let recorded = before.iter().rev().find(|fact| fact.label == "录入件数").unwrap().quantity.unwrap();
            // Around 95%, often just on it.
            let exactly = (recorded * 95 / 100 + ONE / 2) / ONE * ONE;
            match chance.below(4) {
                0 => recorded,
                1 => (exactly - ONE).max(0),
                2 => exactly.min(recorded),
                _ => (recorded - chance.below(4) as i64 * ONE).max(0),
            }
        }
        _ if line.unit == "%" => match chance.below(6) {
            0 => line.bound(),
            1 => line.bound() - 1,
            2 => ONE,
            3 => 0,
            _ => 8000 + chance.below(2000) as i64,
        },
        _ if line.label == "录入件数" => match chance.below(8) {
            0 => 0,
            1 => 20 * ONE,
            2 => 40 * ONE,
            _ => (26 + chance.below(8) as i64) * ONE,
        },
        _ if chance.one_in(3) => chance.below(line.bound() as u64 / ONE as u64 + 3) as i64 * ONE,
        _ => line.bound(),
    };
    Fact { quantity: Some(quantity), ..fact(line, month) }
}

fn random_event(lines: &[Line], month: u32, heavy: u64, chance: &mut Chance) -> Option<Fact> {
    let is_heavy = |line: &&Line| matches!(line.kind, Kind::Veto | Kind::Disqualify);
    let wanted = chance.one_in(heavy);
    let light = |line: &&Line| {
        let event = matches!(line.kind, Kind::Once | Kind::Each | Kind::Discretion | Kind::Late);
        event && line.is_open(month)
    };
    let open: Vec<&Line> = lines.iter().filter(|line| if wanted { is_heavy(line) } else { light(line) }).collect();
    let line = *chance.pick(&open);
    let mut event = fact(line, month);
    event.quantity = match (line.kind, chance.below(8)) {
        // A row is one decision, or one delay.
        (Kind::Late | Kind::Discretion, even) => (even % 2 == 0).then_some(ONE),
        (_, 0) => None,
        (_, 1) => Some(0),
        (_, 2..=4) => Some(ONE),
        _ => Some((1 + chance.below(4) as i64) * ONE),
    };
    match line.kind {
        Kind::Discretion => {
            let (least, most) = line.range();
            event.points = Some(least + chance.below((most - least) as u64 / 2500 + 1) as i64 * 2500);
        }
        Kind::Late => {
            let (first, _) = month_ends(month);
            event.deadline = Some(first + Days::new(chance.below(40)) - Days::new(10));
            event.completed = Some(first + Days::new(chance.below(31)));
        }
        _ => {}
    }
    if line.has_matter() {
        event.matter = format!("事项{}", chance.below(6));
    }
    Some(event)
}

fn random_grade(lines: &[Line], month: u32, chance: &mut Chance, facts: &mut Vec<Fact>) {
    if month.is_multiple_of(3) && !chance.one_in(4) {
        let grades: Vec<&Line> = lines.iter().filter(|line| line.kind == Kind::Grade).collect();
        facts.push(fact(chance.pick::<&Line>(&grades), month));
    }
}

/// People overdue: reported anew each month until it is over.
fn random_overdue(lines: &[Line], weather: &Weather, chance: &mut Chance, facts: &mut Vec<Fact>) {
    let line = lines.iter().find(|line| line.kind == Kind::Running).unwrap();
    for _ in 0..chance.below(4) {
        let deadline = month_ends(*weather.months.start()).0 + Days::new(chance.below(300)) - Days::new(20);
        let completed = (!chance.one_in(3)).then(|| deadline + Days::new(chance.below(80)));
        for month in weather.months.clone() {
            let (first, last) = month_ends(month);
            let is_over = completed.is_some_and(|completed| completed < first);
            if deadline <= last && !is_over && !chance.one_in(6) {
                // Whoever reports a month may know already when it was over, or not yet.
                let known = completed.filter(|completed| *completed <= last || chance.one_in(2));
                facts.push(Fact { deadline: Some(deadline), completed: known, ..fact(line, month) });
            }
        }
    }
}

fn random_years(seeds: std::ops::Range<u64>, weather: &Weather) {
    let lines = table();
    for seed in seeds {
        let facts = random_year(&lines, weather, seed);
        all_agree(&lines, &facts, &format!("year {seed} of {} units", weather.units));
    }
}

#[test]
fn random_years_of_few_units_agree() {
    random_years(0..6, &Weather { units: 3, months: 3..=12, events: 12, heavy: 20, copies: 3 });
    random_years(6..9, &Weather { units: 7, months: 3..=12, events: 30, heavy: 60, copies: 4 });
}

#[test]
fn random_years_of_an_usual_number_of_units_agree() {
    random_years(20..23, &Weather { units: 25, months: 3..=12, events: 10, heavy: 150, copies: 6 });
}

#[test]
fn a_random_year_of_many_units_agrees() {
    random_years(30..31, &Weather { units: 60, months: 3..=12, events: 16, heavy: 100, copies: 5 });
}

#[test]
fn parts_of_a_year_agree() {
    for (seed, months) in [(40, 3..=3), (41, 4..=5), (42, 10..=12), (43, 7..=11), (44, 3..=8)] {
        random_years(seed..seed + 1, &Weather { units: 9, months, events: 20, heavy: 40, copies: 3 });
    }
}

#[test]
fn years_with_many_vetoes_agree() {
    random_years(50..54, &Weather { units: 12, months: 3..=6, events: 3, heavy: 6, copies: 2 });
}
