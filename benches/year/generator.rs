//! A random but repeatable year of facts for any number of offices, for the 2023 rulebook.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use zhunsheng::calendar::{Cycle, Month, Period};
use zhunsheng::plan::{Input, InputKind, Plan, Type};

/// A small generator of repeatable numbers (xorshift64*).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written {
    pub rows: u64,
    pub bytes: u64,
}

/// Writes `单位.csv` and one fact file a month; `events` is how many events an office has in a month, on average.
pub fn write_year(plan: &Plan, units: &[String], folder: &Path, events: u64, seed: u64) -> io::Result<Written> {
    fs::create_dir_all(folder)?;
    let mut roster = String::from("单位\n");
    for unit in units {
        roster.push_str(unit);
        roster.push('\n');
    }
    fs::write(folder.join("单位.csv"), roster)?;
    let mut written = Written::default();
    let mut chance = Chance::new(seed);
    for id in plan.calendar.each(Cycle::Month) {
        let month = plan.calendar.period(id);
        let path = folder.join(format!("{}.csv", month.name));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        writeln!(out, "月份,单位,条款,情形,数量,分值,事项,截止日期,完成日期,依据,备注")?;
        for (number, unit) in units.iter().enumerate() {
            written.rows += unit_month(plan, &mut out, &mut chance, month, unit, number, events)?;
        }
        out.flush()?;
        written.bytes += fs::metadata(&path)?.len();
    }
    Ok(written)
}

/// Offices beyond the named ones are numbered.
pub fn unit_names(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("第{number:05}司法所")).collect()
}

fn unit_month(
    plan: &Plan,
    out: &mut impl Write,
    chance: &mut Chance,
    month: &Period,
    unit: &str,
    number: usize,
    events: u64,
) -> io::Result<u64> {
    let mut rows = 0;
    // Some offices do better than others, so that totals spread.
    let care = 2 + (number % 7) as u64;
    let ends_quarter = month.first.number().is_multiple_of(3);
    let mut recorded = 0;
    for input in plan.inputs.iter().filter(|input| input.kind == InputKind::Indicator) {
        let value = indicator(input, chance, care, &mut recorded);
        writeln!(
            out,
            "{},{unit},{},{},{value},,,,,,",
            month.name,
            plan.nodes[input.node.index()].address,
            input.label
        )?;
        rows += 1;
    }
    let happen: Vec<&Input> = plan
        .inputs
        .iter()
        .filter(|input| input.kind == InputKind::Event && allowed(input, month.first, ends_quarter))
        .filter(|input| plan.rules.iter().all(|rule| rule.label != input.label || rule.effects.is_empty()))
        .collect();
    for _ in 0..chance.below(2 * events + 1) {
        let input = happen[chance.below(happen.len() as u64) as usize];
        event(plan, out, chance, month, unit, input)?;
        rows += 1;
    }
    // A veto or a lost title now and then.
    let heavy: Vec<&Input> = plan
        .inputs
        .iter()
        .filter(|input| input.kind == InputKind::Event)
        .filter(|input| {
            plan.rules
                .iter()
                .any(|rule| rule.label == input.label && rule.node == input.node && !rule.effects.is_empty())
        })
        .collect();
    if !heavy.is_empty() && chance.one_in(220) {
        let input = heavy[chance.below(heavy.len() as u64) as usize];
        event(plan, out, chance, month, unit, input)?;
        rows += 1;
    }
    if ends_quarter {
        let grades: Vec<&Input> =
            plan.inputs.iter().filter(|input| matches!(input.kind, InputKind::Grade { .. })).collect();
        if !grades.is_empty() {
            let grade = grades[chance.below(grades.len() as u64) as usize];
            event(plan, out, chance, month, unit, grade)?;
            rows += 1;
        }
    }
    Ok(rows)
}

fn allowed(input: &Input, month: Month, ends_quarter: bool) -> bool {
    (input.any_month || ends_quarter) && (input.only_months.is_empty() || input.only_months.contains(&month.number()))
}

fn indicator(input: &Input, chance: &mut Chance, care: u64, recorded: &mut u64) -> String {
    match &input.quantity {
        Type::Percent => format!("{}.{}%", 88 + chance.below(12), chance.below(10)),
        _ if input.label == "录入件数" => {
            *recorded = 26 + care + chance.below(6);
            recorded.to_string()
        }
        _ if input.label == "成功件数" => recorded.saturating_sub(chance.below(3)).to_string(),
        _ if input.label == "咨询登记条数" => (8 + chance.below(care)).to_string(),
        _ if input.label == "工作动态条数" => (3 + chance.below(care)).to_string(),
        _ => (chance.below(care).min(4) + u64::from(!chance.one_in(care))).to_string(),
    }
}

fn event(
    plan: &Plan,
    out: &mut impl Write,
    chance: &mut Chance,
    month: &Period,
    unit: &str,
    input: &Input,
) -> io::Result<()> {
    let quantity = match input.kind {
        InputKind::Grade { .. } => "1".to_owned(),
        _ if input.needs.points.is_some() || input.needs.deadline => String::new(),
        _ => (1 + chance.below(2)).to_string(),
    };
    let points = input.needs.points.map(|(least, _)| least.to_string()).unwrap_or_default();
    let matter = if input.needs.matter { format!("事项{:03}", chance.below(40)) } else { String::new() };
    let (deadline, completed) = if input.needs.deadline {
        let due = 1 + chance.below(20);
        let done = due + chance.below(6);
        (format!("{}-{due:02}", month.name), format!("{}-{done:02}", month.name))
    } else {
        (String::new(), String::new())
    };
    let note = if input.needs.points.is_some() { "见检查记录" } else { "" };
    let address = &plan.nodes[input.node.index()].address;
    writeln!(
        out,
        "{},{unit},{address},{},{quantity},{points},{matter},{deadline},{completed},,{note}",
        month.name, input.label
    )
}
