//! A second opinion on the 2023 scheme, written from its table of lines and sharing nothing with the evaluator.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

/// Points and quantities in ten-thousandths.
pub type Amount = i64;

/// One.
pub const ONE: Amount = 10_000;

/// How an amount is written in results.
pub fn shown(amount: Amount) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, rest) = (amount.abs() / ONE, amount.abs() % ONE);
    format!("{sign}{whole}.{rest:04}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads a plain decimal.
pub fn amount(text: &str) -> Amount {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    whole.parse::<i64>().unwrap() * ONE + format!("{rest:0<4}").parse::<i64>().unwrap()
}

/// The sections in the order of the rulebook, each with the most that may be deducted in a month.
pub const SECTIONS: [(&str, Option<i64>); 14] = [
    ("综合事项", None),
    ("基层工作", Some(40)),
    ("社区矫正工作", Some(40)),
    ("法律援助工作", Some(40)),
    ("普法宣传工作", Some(40)),
    ("信息工作", Some(20)),
    ("机关效能和意识形态工作", Some(20)),
    ("平安建设工作", Some(40)),
    ("法治建设工作", Some(40)),
    ("扫黑除恶工作", Some(10)),
    ("公共法律服务工作", None),
    ("加分事项", None),
    ("扣分事项", None),
    ("评先资格", None),
];

/// 计分方式
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 当月计一次
    Once,
    /// 每…计
    Each,
    /// 一票否决
    Veto,
    /// 取消评先资格
    Disqualify,
    /// 指标每少一
    Shortfall,
    /// 指标低于
    Below,
    /// 比率低于
    RatioBelow,
    /// 分档
    Tiers,
    /// 每迟一天
    Late,
    /// 每逾期一天(跨月分摊)
    Running,
    /// 酌情
    Discretion,
    /// 等次
    Grade,
    /// 待定(原文残缺)
    Pending,
}

/// A row of `clauses.csv`.
#[derive(Clone, Debug)]
pub struct Line {
    pub section: String,
    /// `社区矫正工作.2`
    pub clause: String,
    pub label: String,
    pub kind: Kind,
    /// With its sign; 0 where there is none.
    pub points: Amount,
    /// 计量单位
    pub unit: String,
    /// 参数
    pub settings: BTreeMap<String, String>,
}

impl Line {
    fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    pub fn is_indicator(&self) -> bool {
        matches!(self.kind, Kind::Shortfall | Kind::Below | Kind::RatioBelow | Kind::Tiers)
    }

    pub fn is_quarterly(&self) -> bool {
        self.setting("考核期") == Some("季")
    }

    /// Whether an event may be about the month.
    pub fn is_open(&self, month: u32) -> bool {
        match self.setting("只在") {
            None => true,
            Some("季度末月份") => month.is_multiple_of(3),
            Some("12月") => month == 12,
            Some(other) => panic!("{other}"),
        }
    }

    /// 不少于 or 界限
    pub fn bound(&self) -> Amount {
        amount(self.setting("不少于").or(self.setting("界限")).unwrap())
    }

    /// 至少 and 至多 of a discretionary line
    pub fn range(&self) -> (Amount, Amount) {
        (amount(self.setting("至少").unwrap()), amount(self.setting("至多").unwrap()))
    }

    pub fn has_matter(&self) -> bool {
        self.setting("同一事项只计最高") == Some("年")
    }

    /// Whether a veto counts in its month; it always counts in the year.
    pub fn vetoes_month(&self) -> bool {
        self.setting("影响").is_some_and(|effect| effect.contains("当月"))
    }
}

/// Reads `clauses.csv`.
pub fn lines(table: &str) -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let line = |row: csv::StringRecord| {
        let [section, number, _, label, kind, sign, points, unit, settings] = std::array::from_fn(|at| &row[at]);
        let kind = match kind {
            "当月计一次" => Kind::Once,
            "每…计" => Kind::Each,
            "一票否决" => Kind::Veto,
            "取消评先资格" => Kind::Disqualify,
            "指标每少一" => Kind::Shortfall,
            "指标低于" => Kind::Below,
            "比率低于" => Kind::RatioBelow,
            "分档" => Kind::Tiers,
            "每迟一天" => Kind::Late,
            "每逾期一天(跨月分摊)" => Kind::Running,
            "酌情" => Kind::Discretion,
            "等次" => Kind::Grade,
            "待定(原文残缺)" => Kind::Pending,
            other => panic!("{other}"),
        };
        let size = if points.is_empty() { 0 } else { amount(points) };
        let settings = settings.split("; ").filter_map(|pair| pair.split_once('='));
        Line {
            section: section.to_owned(),
            clause: format!("{section}.{number}"),
            label: label.to_owned(),
            kind,
            points: match (sign, kind) {
                ("加", Kind::Discretion) => ONE,
                ("扣", Kind::Discretion) => -ONE,
                ("加", _) => size,
                _ => -size,
            },
            unit: unit.to_owned(),
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }
    };
    reader.records().map(|row| line(row.unwrap())).collect()
}

/// A row of a fact file, understood.
#[derive(Clone, Debug)]
pub struct Fact {
    pub month: u32,
    pub clause: String,
    pub label: String,
    /// `None` is an empty cell.
    pub quantity: Option<Amount>,
    pub points: Option<Amount>,
    pub matter: String,
    pub deadline: Option<NaiveDate>,
    pub completed: Option<NaiveDate>,
}

/// A section's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub bonus: Amount,
    pub before_cap: Amount,
    pub deduction: Amount,
}

impl Section {
    pub fn points(self) -> Amount {
        self.bonus - self.deduction
    }
}

/// A unit in a month, or in the year.
#[derive(Clone, Debug, Default)]
pub struct Result {
    pub unit: usize,
    pub rank: usize,
    pub total: Amount,
    pub vetoed: bool,
    pub disqualified: bool,
    pub awards: Vec<&'static str>,
    pub sections: Vec<Section>,
    /// Of a year: its months' totals.
    pub months: BTreeMap<u32, Amount>,
    vetoes_year: bool,
}

/// Scores facts by the lines.
pub struct Oracle<'a> {
    pub lines: &'a [Line],
    /// By unit.
    pub facts: &'a [Vec<Fact>],
}

impl Oracle<'_> {
    /// The results of a month, in rank order.
    pub fn month(&self, month: u32) -> Vec<Result> {
        let mut results: Vec<Result> = (0..self.facts.len()).map(|unit| self.unit(unit, month)).collect();
        rank(&mut results);
        results
    }

    /// The results of the year, in rank order.
    pub fn year(&self) -> Vec<Result> {
        let months: BTreeSet<u32> = self.facts.iter().flatten().map(|fact| fact.month).collect();
        let mut results: Vec<Result> = (0..self.facts.len())
            .map(|unit| {
                let mut year = Result { unit, sections: vec![Section::default(); SECTIONS.len()], ..Result::default() };
                for month in &months {
                    let part = self.unit(unit, *month);
                    year.total += part.total;
                    year.vetoed |= part.vetoed || part.vetoes_year;
                    year.disqualified |= part.disqualified;
                    year.months.insert(*month, part.total);
                    for (sum, part) in year.sections.iter_mut().zip(part.sections) {
                        sum.bonus += part.bonus;
                        sum.before_cap += part.before_cap;
                        sum.deduction += part.deduction;
                    }
                }
                year
            })
            .collect();
        rank(&mut results);
        let ranks: Vec<usize> = results.iter().map(|result| result.rank).collect();
        for result in &mut results {
            let worse = ranks.iter().filter(|rank| **rank > result.rank).count();
            let mut give = |when: bool, award| result.awards.extend(when.then_some(award));
            let worthy = !result.vetoed && !result.disqualified;
            give(worthy && result.rank <= 3, "奖励3000元");
            give(worthy && (4..=5).contains(&result.rank), "奖励2000元");
            give(worthy && result.rank <= 8, "使用车辆1年");
            give(worse < 3, "约谈检讨表态");
        }
        results
    }

    fn unit(&self, unit: usize, month: u32) -> Result {
        let mut result = Result { unit, sections: vec![Section::default(); SECTIONS.len()], ..Result::default() };
        let mut items: BTreeMap<&str, Vec<(Amount, Option<Amount>)>> = BTreeMap::new();
        let mut matters_done = false;
        for line in self.lines {
            let points = match line.kind {
                _ if line.has_matter() => {
                    // The four levels of 表彰 are one thing.
                    let first = !std::mem::replace(&mut matters_done, true);
                    if first { self.matters(unit, month) } else { 0 }
                }
                kind => {
                    let struck = !line.is_indicator() && self.count(line, unit, month) > 0;
                    match kind {
                        Kind::Veto => {
                            result.vetoed |= struck && line.vetoes_month();
                            result.vetoes_year |= struck;
                        }
                        Kind::Disqualify => result.disqualified |= struck,
                        _ => {}
                    }
                    self.line(line, unit, month)
                }
            };
            let most = line.setting("本项每月最多加").map(amount);
            items.entry(&line.clause).or_default().push((points, most));
        }
        for (clause, points) in items {
            let section = clause.split('.').next().unwrap();
            let section = SECTIONS.iter().position(|(name, _)| *name == section).unwrap();
            let bonus: Amount = points.iter().map(|(points, _)| (*points).max(0)).sum();
            let most = points.iter().find_map(|(_, most)| *most).unwrap_or(Amount::MAX);
            result.sections[section].bonus += bonus.min(most);
            result.sections[section].before_cap += points.iter().map(|(points, _)| (-points).max(0)).sum::<Amount>();
        }
        for (section, (_, most)) in result.sections.iter_mut().zip(SECTIONS) {
            section.deduction = section.before_cap.min(most.map_or(Amount::MAX, |most| most * ONE));
            result.total += section.points();
        }
        result
    }

    fn rows<'a>(&'a self, clause: &'a str, label: &'a str, unit: usize) -> impl Iterator<Item = &'a Fact> {
        self.facts[unit].iter().filter(move |fact| fact.clause == clause && fact.label == label)
    }

    /// How often an event happened in the month.
    fn count(&self, line: &Line, unit: usize, month: u32) -> Amount {
        let rows = self.rows(&line.clause, &line.label, unit).filter(|fact| fact.month == month);
        rows.map(|fact| fact.quantity.unwrap_or(ONE)).sum()
    }

    /// What was reported for an indicator in the month.
    fn reported(&self, clause: &str, label: &str, unit: usize, month: u32) -> Amount {
        let mut rows = self.rows(clause, label, unit).filter(|fact| fact.month == month);
        let row = rows.next().unwrap_or_else(|| panic!("nobody reported {clause} {label} of {unit} in {month}"));
        row.quantity.unwrap()
    }

    /// What a line gives in the month.
    fn line(&self, line: &Line, unit: usize, month: u32) -> Amount {
        if line.is_indicator() {
            let months: Vec<u32> = match line.is_quarterly() {
                // The scheme is in force from March on.
                true if month.is_multiple_of(3) => ((month - 2).max(3)..=month).collect(),
                true => return 0,
                false => vec![month],
            };
            let sum = |label| months.iter().map(|month| self.reported(&line.clause, label, unit, *month)).sum();
            let value: Amount = sum(&line.label);
            return match line.kind {
                Kind::Shortfall => line.points * ((line.bound() - value).max(0) / ONE),
                Kind::Below if value < line.bound() => line.points,
                Kind::RatioBelow => {
                    let whole: Amount = sum(line.setting("分母").unwrap());
                    // value ÷ whole < bound
                    if whole > 0 && value * ONE < line.bound() * whole { line.points } else { 0 }
                }
                Kind::Tiers => match value / ONE {
                    0 => 0,
                    1 => 2 * ONE,
                    2 => 4 * ONE,
                    _ => 5 * ONE,
                },
                _ => 0,
            };
        }
        let rows = || {
            let rows = self.rows(&line.clause, &line.label, unit).filter(|fact| fact.month == month);
            rows.filter(|fact| fact.quantity != Some(0))
        };
        let happened = rows().next().is_some();
        match line.kind {
            Kind::Once | Kind::Grade | Kind::Veto if happened => line.points,
            Kind::Each => line.points * (self.count(line, unit, month) / ONE),
            Kind::Discretion => {
                // 每件 where there is a measure word, else one decision a row.
                let times = |fact: &Fact| if line.unit.is_empty() { 1 } else { fact.quantity.unwrap_or(ONE) / ONE };
                rows().map(|fact| line.points.signum() * fact.points.unwrap() * times(fact)).sum()
            }
            Kind::Late | Kind::Running => {
                let (first, last) = month_ends(month);
                let days = |fact: &Fact| {
                    let from = fact.deadline.unwrap().succ_opt().unwrap();
                    let until = fact.completed.unwrap_or(last);
                    match line.kind {
                        Kind::Running => (until.min(last) - from.max(first)).num_days() + 1,
                        _ => (until - from).num_days() + 1,
                    }
                };
                rows().map(|fact| line.points * days(fact).max(0)).sum()
            }
            _ => 0,
        }
    }

    /// 表彰: over the year only a matter's highest counts, once; what was counted before is topped up.
    fn matters(&self, unit: usize, month: u32) -> Amount {
        let level = |fact: &Fact| {
            let line = self.lines.iter().find(|line| line.clause == fact.clause && line.label == fact.label).unwrap();
            (line.has_matter() && fact.quantity != Some(0)).then_some(line.points)
        };
        let mut best: BTreeMap<&str, (Amount, Amount)> = BTreeMap::new();
        for fact in self.facts[unit].iter().filter(|fact| fact.month <= month && fact.clause == "加分事项.1") {
            let Some(points) = level(fact) else { continue };
            let (before, until_now) = best.entry(&fact.matter).or_default();
            if fact.month < month {
                *before = points.max(*before);
            }
            *until_now = points.max(*until_now);
        }
        best.values().map(|(before, until_now)| until_now - before).sum()
    }
}

/// Sorts by rank, ties in roster order: vetoed units come last, ordered by total among themselves.
fn rank(results: &mut [Result]) {
    let key = |result: &Result| (result.vetoed, -result.total);
    let keys: Vec<_> = results.iter().map(key).collect();
    for result in results.iter_mut() {
        result.rank = 1 + keys.iter().filter(|other| **other < key(result)).count();
    }
    results.sort_by_key(|result| (result.rank, result.unit));
}

/// First and last day.
pub fn month_ends(month: u32) -> (NaiveDate, NaiveDate) {
    let first = NaiveDate::from_ymd_opt(2023, month, 1).unwrap();
    let next = first + chrono::Days::new(31);
    (first, next.with_day(1).unwrap().pred_opt().unwrap())
}
