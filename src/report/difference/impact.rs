//! The impact on real facts as words and cells, whatever they are written into.

use std::collections::BTreeMap;

use crate::diff::{Comparison, Impact, Moved, Part, Standing};
use crate::plan::words::amount_text;
use crate::value::{Number, Rounding};

/// A table: its header and rows.
pub struct Table {
    pub header: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// Everyone whose result is not the same.
pub fn table(impact: &Impact) -> Table {
    let has = |pick: &dyn Fn(&Standing) -> bool| impact.units.iter().any(|unit| pick(&unit.old) || pick(&unit.new));
    let grades = has(&|it| !it.grades.is_empty());
    let money = has(&|it| it.money.is_some());
    let awards = has(&|it| !it.awards.is_empty());
    let mut header = vec!["单位", "原得分", "新得分", "增减", "名次"];
    header.extend(grades.then_some("等次"));
    header.extend(money.then_some("奖金"));
    header.extend(awards.then_some("奖惩"));
    header.push("增减从哪里来");
    let rows = impact.units.iter().filter(|unit| unit.has_changed()).map(|unit| {
        let (old, new) = (&unit.old, &unit.new);
        let mut row = vec![
            unit.unit.clone(),
            shown(old.total),
            shown(new.total),
            signed(unit.difference),
            from_to(&place(old.rank), &place(new.rank)),
        ];
        if grades {
            row.push(from_to(&old.grades.join("、"), &new.grades.join("、")));
        }
        if money {
            let amount = |money: Option<Number>| money.map_or(String::new(), |money| format!("{money}元"));
            row.push(from_to(&amount(old.money), &amount(new.money)));
        }
        if awards {
            row.push(awards_told(old, new));
        }
        row.push(causes_told(unit));
        row
    });
    Table { header, rows: rows.collect() }
}

pub fn awards_told(old: &Standing, new: &Standing) -> String {
    let lost: Vec<&str> = old.awards.iter().filter(|it| !new.awards.contains(it)).map(String::as_str).collect();
    let won: Vec<&str> = new.awards.iter().filter(|it| !old.awards.contains(it)).map(String::as_str).collect();
    let mut told = Vec::new();
    if !lost.is_empty() {
        told.push(format!("失去{}", lost.join("、")));
    }
    if !won.is_empty() {
        told.push(format!("得到{}", won.join("、")));
    }
    if told.is_empty() { "不变".to_owned() } else { told.join("；") }
}

/// `第2处 -6，第5处 +3`
pub fn parts(parts: &[Part]) -> String {
    let told = parts.iter().map(|part| match part.change {
        0 => format!("合在一起 {}", signed(part.points)),
        change => format!("第{change}处 {}", signed(part.points)),
    });
    told.collect::<Vec<_>>().join("，")
}

/// Where a unit's points come from, then its place and its money, where they moved.
fn causes_told(unit: &Moved) -> String {
    let of = |change: usize| match change {
        0 => "合在一起".to_owned(),
        change => format!("第{change}处"),
    };
    let mut told = parts(&unit.parts);
    let places = unit.place_parts.iter().map(|part| {
        let way = if part.places.is_negative() { "升" } else { "降" };
        format!("{} {way}{}", of(part.change), averaged(part.places.abs()))
    });
    let money = unit.money_parts.iter().map(|part| {
        let sign = if part.money.is_negative() { "-" } else { "+" };
        format!("{} {sign}{}元", of(part.change), averaged(part.money.abs()))
    });
    let because = unit.because.iter().map(|change| of(*change));
    let lists = [("名次", places.collect::<Vec<_>>()), ("奖金", money.collect()), ("出自", because.collect())];
    for (what, list) in lists {
        if !list.is_empty() {
            let mark = if told.is_empty() { "" } else { "；" };
            told.push_str(&format!("{mark}{what}：{}", list.join("，")));
        }
    }
    told
}

/// An average over orders: two places say enough.
fn averaged(number: Number) -> String {
    match number.rounded(2, Rounding::HalfUp) {
        Ok(rounded) if rounded == number => rounded.to_string(),
        Ok(rounded) => format!("约{rounded}"),
        Err(_) => shown(number),
    }
}

pub fn place(rank: Option<u32>) -> String {
    rank.map_or_else(|| "没有名次".to_owned(), |rank| format!("第{rank}名"))
}

pub fn from_to(old: &str, new: &str) -> String {
    if old == new { old.to_owned() } else { format!("{old}→{new}") }
}

/// Fractions are shown rounded.
pub fn shown(number: Number) -> String {
    amount_text(number, None)
}

pub fn signed(number: Number) -> String {
    if number.is_positive() { format!("+{}", shown(number)) } else { shown(number) }
}

/// `2023：10个单位，得分升2个、降5个；名次升1个、降3个`
pub fn summary(impact: &Impact) -> String {
    let count = |pick: &dyn Fn(&Moved) -> bool| impact.units.iter().filter(|unit| pick(unit)).count();
    let (up, down) = (count(&|it| it.difference.is_positive()), count(&|it| it.difference.is_negative()));
    let moved = |better: bool| {
        count(&|it| match (it.old.rank, it.new.rank) {
            (Some(old), Some(new)) => {
                if better {
                    new < old
                } else {
                    new > old
                }
            }
            _ => false,
        })
    };
    let mut told = format!(
        "{}个单位：得分增加的{up}个，减少的{down}个；名次上升的{}个，下降的{}个",
        impact.units.len(),
        moved(true),
        moved(false)
    );
    for (count, what) in [
        (count(&|it| it.old.rank.is_some() && it.new.rank.is_none()), "不再有名次"),
        (count(&|it| it.old.rank.is_none() && it.new.rank.is_some()), "新有名次"),
    ] {
        if count > 0 {
            told.push_str(&format!("，{what}的{count}个"));
        }
    }
    let grades = count(&|it| it.old.grades != it.new.grades);
    if grades > 0 {
        told.push_str(&format!("；等次变了的{grades}个"));
    }
    let awards = count(&|it| it.old.awards != it.new.awards);
    if awards > 0 {
        told.push_str(&format!("；奖惩变了的{awards}个"));
    }
    let money = impact.units.iter().filter_map(|unit| {
        let (old, new) = (unit.old.money.unwrap_or_default(), unit.new.money.unwrap_or_default());
        new.minus(old).ok()
    });
    let sum = money.fold(Number::ZERO, |sum, money| sum.plus(money).unwrap_or(sum));
    if !sum.is_zero() {
        told.push_str(&format!("；奖金合计{}元", signed(sum)));
    }
    let shorter = impact.shorter.iter().flat_map(|period| &period.units).count();
    if shorter > 0 {
        told.push_str(&format!("；其中各期自己的等次、奖惩另有{shorter}处不同"));
        let sum = given_in_parts(impact);
        if !sum.is_zero() {
            told.push_str(&format!("，各期奖金合计{}元", signed(sum)));
        }
    }
    told
}

/// By how much the money of shorter periods grows, or shrinks.
fn given_in_parts(impact: &Impact) -> Number {
    let units = impact.shorter.iter().flat_map(|period| &period.units);
    units.fold(Number::ZERO, |sum, unit| {
        let (old, new) = (unit.old.money.unwrap_or_default(), unit.new.money.unwrap_or_default());
        new.minus(old).and_then(|gain| sum.plus(gain)).unwrap_or(sum)
    })
}

/// What each change comes to over all units, with its sentence.
pub fn causes(comparison: &Comparison<'_>, impact: &Impact) -> Vec<String> {
    let mut sums: BTreeMap<(bool, usize), Sums> = BTreeMap::new();
    let mut add = |change: usize, put: &dyn Fn(&mut Sums)| put(sums.entry((change == 0, change)).or_default());
    for part in &impact.totals {
        add(part.change, &|sums| sums.points = part.points);
    }
    for unit in &impact.units {
        for part in &unit.place_parts {
            add(part.change, &|sums| sums.placed += 1);
        }
        for change in &unit.because {
            add(*change, &|sums| sums.decided += 1);
        }
        for part in &unit.money_parts {
            add(part.change, &|sums| sums.money = sums.money.plus(part.money).unwrap_or(sums.money));
        }
    }
    // Of shorter periods the shares are not worked out; where one change alone can move anything it is all of them.
    if let Some(only) = comparison.only().filter(|_| !impact.shorter.is_empty()) {
        add(only, &|sums| {
            sums.shorter = impact.shorter.iter().map(|period| period.units.len()).sum();
            sums.in_parts = given_in_parts(impact);
        });
    }
    let told = sums.into_iter().filter_map(|((_, number), sums)| {
        let mut told = Vec::new();
        if !sums.points.is_zero() {
            told.push(format!("共{}分", signed(sums.points)));
        }
        if sums.placed > 0 {
            told.push(format!("{}个单位的名次有它一份", sums.placed));
        }
        if sums.decided > 0 {
            told.push(format!("{}个单位的名次、等次或奖惩出自它", sums.decided));
        }
        if !sums.money.is_zero() {
            let sign = if sums.money.is_negative() { "-" } else { "+" };
            told.push(format!("奖金共{sign}{}元", averaged(sums.money.abs())));
        }
        if sums.shorter > 0 {
            let money = if sums.in_parts.is_zero() {
                String::new()
            } else {
                format!("，奖金共{}元", signed(sums.in_parts))
            };
            told.push(format!("各期自己的等次、奖惩{}处不同都出自它{money}", sums.shorter));
        }
        let change = comparison.changes.iter().find(|change| change.number == number);
        let sentence = change.map_or("几处合在一起，分不到哪一处（取最高、加权、进位等）", |change| &change.sentence);
        let mark = if number == 0 { String::new() } else { format!("第{number}处 ") };
        (!told.is_empty()).then(|| format!("{mark}{sentence}：{}", told.join("，")))
    });
    told.collect()
}

/// What a change comes to over all units.
#[derive(Default)]
struct Sums {
    points: Number,
    placed: usize,
    decided: usize,
    money: Number,
    /// Of shorter periods: how many units, and the money.
    shorter: usize,
    in_parts: Number,
}

/// `2024-01 南湖区：奖金200000元→250000元；失去奖励200000元；得到奖励250000元`
pub fn shorter(impact: &Impact) -> Vec<String> {
    let amount = |money: Option<Number>| money.map_or_else(|| "没有".to_owned(), |money| format!("{money}元"));
    let told = impact.shorter.iter().flat_map(|period| {
        period.units.iter().map(|unit| {
            let (old, new) = (&unit.old, &unit.new);
            let mut told = Vec::new();
            if old.grades != new.grades {
                let shown =
                    |grades: &[String]| if grades.is_empty() { "没有".to_owned() } else { grades.join("、") };
                told.push(format!("等次{}→{}", shown(&old.grades), shown(&new.grades)));
            }
            if old.money != new.money {
                told.push(format!("奖金{}→{}", amount(old.money), amount(new.money)));
            }
            if old.awards != new.awards {
                told.push(awards_told(old, new));
            }
            format!("{} {}：{}", period.period, unit.unit, told.join("；"))
        })
    });
    told.collect()
}

/// Facts and books that do not fit, one sentence each.
pub fn misfits(impact: &Impact) -> Vec<String> {
    let mut told: Vec<String> = impact.misfits.term.iter().cloned().collect();
    for unknown in &impact.misfits.unknown {
        let name = format!("{} {}", unknown.clause, unknown.label);
        told.push(format!("新方案不再有“{}”，{}条事实没有计入", name.trim(), unknown.rows));
    }
    told.extend(impact.misfits.required.iter().cloned());
    told
}

/// How differences are shared, for the foot of every page.
pub const SHARING: &str = "增减按各处改动分摊：没有碰到封顶、保底的，谁的改动归谁；几处改动在同一个封顶、保底下相互影响的，\
按各种先后次序逐处改过去，取各处带来的增减的平均（夏普利值），各部分相加正好等于总的增减。\
名次、奖金也这样分摊：按各种先后次序逐处改过去，每一步照那时各单位的得分重排名次、重算奖金。";
