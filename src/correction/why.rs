//! Why a unit moved, in sentences: its own entries, limits, values over all units, and units that passed it.

use std::collections::BTreeMap;

use super::{Change, EntryChange, Moved, PeerMoved, Side};
use crate::plan::words::{amount_text, first_of};
use crate::value::Number;

/// So many units that changed places with one are named.
const MOST_NAMES: usize = 5;

/// Fills in the reasons of all units, which depend on one another; `grouped` where places are those of a group, `alike`
/// where the numbers for all units are the same.
pub fn tell(moved: &mut [Moved], peers: &[PeerMoved], grouped: bool, alike: bool) {
    // 连续两个月排名末位: of a period whose own points all stand still, other periods are the reason.
    let is_still = |it: &Moved| it.entries.is_empty() && it.sections.is_empty() && it.difference.is_zero();
    let elsewhere = alike && moved.iter().all(is_still);
    let group = |it: &Moved| group(it).filter(|_| grouped);
    let place = |it: &Moved| (it.unit.clone(), group(it), rank(&it.old), rank(&it.new));
    let places: Vec<Places> = moved.iter().map(place).collect();
    for unit in moved {
        let mut why: Vec<String> = unit.entries.iter().map(sentence).collect();
        if unit.old.is_some() && unit.new.is_some() {
            why.extend(bounded(unit));
        }
        if unit.entries.iter().any(|entry| side(entry).is_some_and(|side| !side.peers.is_empty())) {
            why.extend(peers.iter().map(peer));
        }
        why.extend(stood(unit));
        unit.own = why.len();
        why.extend(passed(unit, group(unit), &places));
        if why.is_empty() && elsewhere {
            why.push("这一期的得分没有变，是看到的别的期（上期名次、连续几期……）或者名册改了".to_owned());
        }
        if why.is_empty() {
            why.extend(peers.iter().map(peer));
        }
        if why.is_empty() {
            why.push("随别的单位的变动".to_owned());
        }
        unit.why = why;
    }
}

type Result = super::Result;

/// A unit, its group, and its places before and after.
type Places = (String, Option<String>, Option<u32>, Option<u32>);

fn rank(result: &Option<Result>) -> Option<u32> {
    result.as_ref().and_then(|result| result.standing.rank)
}

fn group(unit: &Moved) -> Option<String> {
    unit.new.as_ref().or(unit.old.as_ref()).and_then(|result| result.standing.group.clone())
}

fn side(entry: &EntryChange) -> Option<&Side> {
    entry.new.as_ref().or(entry.old.as_ref())
}

/// Where the sections, or the total of a base period, did not move by what the entries bring: limits and the like did it.
fn bounded(unit: &Moved) -> Option<String> {
    let mut sums: BTreeMap<&str, Option<Number>> = BTreeMap::new();
    for entry in &unit.entries {
        let section = entry.clause.split('.').next().unwrap_or_default();
        let sum = sums.entry(section).or_insert(Some(Number::ZERO));
        *sum = sum.and_then(|sum| sum.plus(gain(entry)).ok());
    }
    let section = |name: &str| unit.sections.iter().find(|it| it.section == name);
    let moved = |name: &str| section(name).map_or(Ok(Number::ZERO), |it| it.new.minus(it.old)).ok();
    let mut told: Vec<String> = Vec::new();
    for (name, _) in sums.iter().filter(|(name, sum)| moved(name) != **sum) {
        told.push(match section(name) {
            Some(it) => format!("{name}{}→{}", points(it.old), points(it.new)),
            None => format!("{name}得分不变"),
        });
    }
    // The total of a longer period is made of those of shorter ones, as the rulebook says.
    let is_base = unit.entries.iter().all(|entry| entry.period.is_none());
    let own = sums.values().try_fold(Number::ZERO, |all, sum| all.plus((*sum)?).ok());
    if told.is_empty() && is_base && !unit.entries.is_empty() && own != Some(unit.difference) {
        told.push("总分".to_owned());
    }
    (!told.is_empty()).then(|| format!("封顶、保底、系数等起作用：{}", told.join("，")))
}

/// What an entry brings more than before.
fn gain(entry: &EntryChange) -> Number {
    let points = |side: &Option<Side>| side.as_ref().filter(|it| it.counted).map_or(Number::ZERO, |it| it.points);
    points(&entry.new).minus(points(&entry.old)).unwrap_or_default()
}

/// `新增 社区矫正工作.1 缺项 2项，扣1分（2023-04.csv:41）`
fn sentence(entry: &EntryChange) -> String {
    let name = match &entry.when {
        Some(period) => format!("{period} {} {}", entry.clause, entry.label),
        None => format!("{} {}", entry.clause, entry.label),
    };
    let because = entry.objection.as_ref().map_or(String::new(), |number| format!("（异议{number}成立）"));
    let told = match (entry.change, &entry.old, &entry.new) {
        (Change::Came, _, Some(new)) => format!("新增 {name}{}{}", told(new), read(new)),
        (Change::Went, Some(old), _) => format!("撤去 {name}{}", told(old)),
        (_, Some(old), Some(new)) => {
            format!("改动 {name}：原{}，现{}{}", told(old).trim_start(), told(new).trim_start(), read(new))
        }
        (_, old, new) => format!("{name}{}", old.as_ref().or(new.as_ref()).map(told).unwrap_or_default()),
    };
    told + &because
}

/// ` 2项，扣1分`
fn told(side: &Side) -> String {
    let about = [&side.matter, &side.person].into_iter().flatten().map(|it| format!("（{it}）")).collect::<String>();
    let amount = side.amount.as_ref().map_or(String::new(), |amount| format!(" {amount}"));
    let points = match (side.counted, &side.reason) {
        (true, None) => gained(side.points),
        (true, Some(reason)) => format!("{}（{reason}）", gained(side.points)),
        (false, Some(reason)) => format!("不计（{reason}）"),
        (false, None) => "不计".to_owned(),
    };
    format!("{about}{amount}，{points}")
}

fn read(side: &Side) -> String {
    side.facts.first().map_or(String::new(), |fact| format!("（{fact}）"))
}

fn gained(points: Number) -> String {
    if points.is_zero() {
        return "不加不扣".to_owned();
    }
    match points.is_negative() {
        true => format!("扣{}", self::points(Number::ZERO.minus(points).unwrap_or(points))),
        false => format!("得{}", self::points(points)),
    }
}

fn points(number: Number) -> String {
    amount_text(number, Some(&POINTS))
}

const POINTS: crate::plan::Type = crate::plan::Type::Points;

/// `全体平均（成功率）由0.93变为0.92`
pub fn peer(peer: &PeerMoved) -> String {
    let value = |value: Option<Number>| value.map_or("没有".to_owned(), |value| amount_text(value, None));
    format!("{}{}由{}变为{}", peer.group, peer.name, value(peer.old), value(peer.new))
}

/// Vetoes, titles, coming and going.
fn stood(unit: &Moved) -> Vec<String> {
    let mut told = Vec::new();
    match (&unit.old, &unit.new) {
        (None, _) => told.push("更正前没有这个单位".to_owned()),
        (_, None) => told.push("更正后没有这个单位".to_owned()),
        (Some(old), Some(new)) => {
            match (old.vetoed, new.vetoed) {
                (false, true) => told.push("一票否决".to_owned()),
                (true, false) => told.push("撤销一票否决".to_owned()),
                _ => {}
            }
            let lost = new.disqualified.iter().filter(|title| !old.disqualified.contains(title));
            told.extend(lost.map(|title| format!("取消{title}")));
            let back = old.disqualified.iter().filter(|title| !new.disqualified.contains(title));
            told.extend(back.map(|title| format!("恢复{title}")));
            let group = |result: &Result| result.standing.group.clone().unwrap_or_else(|| "没有".to_owned());
            let (was, is) = (group(old), group(new));
            told.extend((was != is).then(|| format!("分组由{was}改为{is}")));
        }
    }
    told
}

/// Units that were behind and are ahead, or the other way round: why a place changes where the points did not.
fn passed(unit: &Moved, group: Option<String>, places: &[Places]) -> Vec<String> {
    let (Some(old), Some(new)) = (rank(&unit.old), rank(&unit.new)) else { return Vec::new() };
    if old == new {
        return Vec::new();
    }
    let others = || places.iter().filter(|(name, of, ..)| *name != unit.unit && *of == group);
    // Who had no place was behind everybody.
    let place = |rank: Option<u32>| rank.unwrap_or(u32::MAX);
    let ahead = |was, is| place(was) >= old && place(is) < new;
    let behind = |was, is| place(was) < old && place(is) > new;
    let beside = |was, is| place(was) != old && place(is) == new;
    let names = |fits: &dyn Fn(Option<u32>, Option<u32>) -> bool| -> Vec<String> {
        others().filter(|(_, _, was, is)| fits(*was, *is)).map(|(name, ..)| name.clone()).collect()
    };
    let mut told = Vec::new();
    for (names, word) in [(names(&ahead), "排到前面"), (names(&behind), "退到后面"), (names(&beside), "与本单位并列")]
    {
        if names.is_empty() {
            continue;
        }
        told.push(format!("{}{word}", first_of(&names, MOST_NAMES, "个单位")));
    }
    told
}
