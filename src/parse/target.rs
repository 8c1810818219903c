//! 目标值95%，达到得10分，每低1个百分点扣0.5分: a target that the rest of the line speaks of, put where it is spoken of.

use super::fold::Folded;
use super::top_colon;
use crate::parse::numeral::is_figure;

/// What a target is called, the longer names first.
pub const TARGETS: &[&str] = &[
    "年度目标任务",
    "年度目标值",
    "年度目标",
    "年度任务",
    "目标任务数",
    "目标任务",
    "目标值",
    "目标数",
    "目标",
    "任务数",
    "任务",
    "要求",
    "标准",
];
/// Of what less is better, by its name.
const BETTER_LESS: &[&str] = &[
    "投诉",
    "差错",
    "事故",
    "耗",
    "排放",
    "逾期",
    "成本",
    "费用",
    "死亡",
    "发病",
    "违",
    "流失",
    "误差",
    "不合格",
    "返工",
];
/// To be short of it, to have come up to it, to have gone beyond it; and whether the word says so without the target's
/// name.
const SHORT: &[(&str, bool)] = &[
    ("未达到", true),
    ("没有达到", true),
    ("达不到", true),
    ("未达标", true),
    ("未达", true),
    ("未完成", true),
    ("没有完成", true),
    ("低于", false),
    ("不足", false),
    ("少于", false),
];
const MET: &[(&str, bool)] = &[("达到", true), ("达标", true), ("完成", true)];
const WITHIN: &[(&str, bool)] = &[("不超过", false), ("不高于", false), ("不多于", false)];
const BEYOND: &[(&str, bool)] = &[("超额完成", true), ("超过", false), ("超出", false), ("高于", false)];
/// What lies beyond it, and no more.
const PARTS_BEYOND: &[&str] = &["超额完成部分", "超额完成的部分", "超额部分", "超额的部分", "超目标部分", "超出部分"];
/// 每低于目标1个百分点
const STEPS: &[(&str, &str)] = &[
    ("每低于", "每低"),
    ("每少于", "每少"),
    ("每低", "每低"),
    ("每少", "每少"),
    ("每高于", "每高"),
    ("每高出", "每高"),
    ("每超过", "每超"),
    ("每超出", "每超"),
    ("每超", "每超"),
    ("每多于", "每多"),
    ("每多", "每多"),
];

/// The line of an item with its target in place of 达到, 未达到 and the like.
pub fn write_out(line: &mut Folded) {
    let Some((body, target, rest)) = said_first(&line.text) else { return short_of_a_bound(line) };
    let text = &line.text;
    // 目标70微克，每差1微克扣0.5分: what is measured so may be better the less it is.
    let label = &text[..top_colon(text).unwrap_or_default()];
    let may_be_less = !is_amount("", &target) || BETTER_LESS.iter().any(|word| label.contains(word));
    if text[rest..].trim_start().starts_with("每差") && may_be_less {
        return;
    }
    let changes: Vec<_> = phrases(text, rest).filter_map(|at| spoken_of(text, at, &target)).collect();
    let first = asked_by_steps(text[rest..].trim_start()).map(|asked| format!("{asked}{target},"));
    if changes.is_empty() && first.is_none() {
        return;
    }
    for (range, with) in changes.into_iter().rev() {
        *line = line.replaced(range, &with);
    }
    *line = line.replaced(body..rest, &first.unwrap_or_default());
}

/// What a target asks for that steps begin from at once: 每低1个百分点扣1分 of at least so much, 每超1件扣1分 of at most.
fn asked_by_steps(text: &str) -> Option<&'static str> {
    let is_below = ["每低", "每少", "每差", "每降"].iter().any(|word| text.starts_with(word));
    let is_above = ["每超", "每高", "每多"].iter().any(|word| text.starts_with(word));
    // 每低1个百分点，扣0.5分: what a step gives may stand behind a comma.
    let gives = text.split([',', ';']).find(|phrase| phrase.contains(['扣', '加'])).unwrap_or_default();
    (is_below || is_above).then(|| if gives.contains('扣') == is_below { "不低于" } else { "不超过" })
}

/// 不低于95%得10分；未达到的，每低1个百分点扣1分
fn short_of_a_bound(line: &mut Folded) {
    let text = &line.text;
    let Some(body) = top_colon(text).map(|colon| behind_collect(text, colon + 1)) else { return };
    let said = &text[body..];
    let Some(said) = ["不低于", "不少于", "达到", "至少"].iter().find_map(|word| said.strip_prefix(word))
    else {
        return;
    };
    let end = choice_end(said).or_else(|| said.find([',', ';', '的', '得', '加', '扣'])).unwrap_or(said.len());
    let target = said[..end].trim();
    if !is_amount(text, target) {
        return;
    }
    let is_short = |at: &usize| SHORT.iter().chain(BEYOND).any(|(word, alone)| *alone && text[*at..].starts_with(word));
    let changes = phrases(text, text.len() - said.len() + end).filter(is_short);
    let changes: Vec<_> = changes.filter_map(|at| spoken_of(text, at, target)).collect();
    for (range, with) in changes.into_iter().rev() {
        *line = line.replaced(range, &with);
    }
}

/// Where the phrases of a line begin, from one of its places on.
fn phrases(text: &str, from: usize) -> impl Iterator<Item = usize> + '_ {
    let mut at = from;
    text[from..].split([',', ';']).map(move |phrase| {
        let begin = at + phrase.len() - phrase.trim_start().len();
        at += phrase.len() + 1;
        begin
    })
}

/// Where （当 类别为涉农，40件；其余 60件） ends, in a text that begins with it.
fn choice_end(text: &str) -> Option<usize> {
    text.trim_start().starts_with("(当").then(|| text.find(')')).flatten().map(|close| close + 1)
}

/// 95%, 30件, （当 类别为涉农，40件；其余 60件）; 70微克 of what the line counts so.
fn is_amount(line: &str, text: &str) -> bool {
    if choice_end(text) == Some(text.len()) {
        return true;
    }
    let unit = text.trim_start_matches(is_figure);
    let is_own = || line.contains(&format!("({unit}):"));
    unit.len() < text.len() && (unit == "%" || super::COMMON_UNITS.contains(&unit) || !unit.is_empty() && is_own())
}

/// 取期末数；目标90%: where a body begins, behind how its months become one.
fn behind_collect(text: &str, from: usize) -> usize {
    let trimmed = |at: usize| text.len() - text[at..].trim_start().len();
    let begin = trimmed(from);
    let said = ["取期末数", "取平均", "取合计"].iter().find_map(|word| text[begin..].strip_prefix(word));
    match said.and_then(|rest| rest.trim_start().strip_prefix([',', ';'])) {
        Some(rest) => trimmed(text.len() - rest.len()),
        None => begin,
    }
}

/// 不少于30件，完成的得15分；未完成的…: a bound that is a target, for what follows speaks of coming up to it.
fn bound_first(text: &str, body: usize) -> Option<(usize, String, usize)> {
    let said = text[body..].strip_prefix("每月").unwrap_or(&text[body..]);
    let said = ["不少于", "不低于"].iter().find_map(|word| said.strip_prefix(word))?;
    let end = said.find([',', ';'])?;
    let target = said[..end].trim();
    let next = said[end + 1..].trim_start();
    let speaks = ["完成的", "达到的", "达标的", "完成得", "达到得"].iter().any(|word| next.starts_with(word));
    (speaks && is_amount(text, target)).then(|| (body, target.to_owned(), text.len() - said.len() + end + 1))
}

/// Where a body begins that says its target first, the target, and where the rest begins.
fn said_first(text: &str) -> Option<(usize, String, usize)> {
    let colon = top_colon(text)?;
    let body = behind_collect(text, colon + 1);
    if let Some(found) = bound_first(text, body) {
        return Some(found);
    }
    let name = TARGETS.iter().find(|name| text[body..].starts_with(**name))?;
    let said = text[body + name.len()..].trim_start();
    let said = ["为", "是", ":", "="].iter().find_map(|word| said.strip_prefix(word)).unwrap_or(said).trim_start();
    let end = said.find([',', ';'])?;
    let target = said[..end].trim();
    is_amount(text, target).then(|| (body, target.to_owned(), text.len() - said.len() + end + 1))
}

/// What a phrase says of the target, and how it is written with it.
fn spoken_of(text: &str, at: usize, target: &str) -> Option<(std::ops::Range<usize>, String)> {
    let rest = &text[at..];
    let name_of = |rest: &str| TARGETS.iter().find(|name| rest.starts_with(**name)).map_or(0, |name| name.len());
    for (said, meant) in STEPS {
        let name = rest.strip_prefix(said).map_or(0, name_of);
        if name > 0 {
            // 每低于目标值的1%: a hundredth of it; of a rate that is asked about.
            let of = text[at + said.len() + name..].strip_prefix('的').map_or(0, |_| "的".len());
            return Some((at..at + said.len() + name + of, (*meant).to_owned()));
        }
    }
    if let Some(word) = PARTS_BEYOND.iter().find(|word| rest.starts_with(**word)) {
        return Some((at..at + word.len(), format!("超过{target}的部分")));
    }
    for (words, meant) in [(SHORT, "低于"), (WITHIN, "不超过"), (BEYOND, "超过"), (MET, "达到")] {
        for (word, alone) in words {
            let Some(after) = rest.strip_prefix(word) else { continue };
            let name = name_of(after);
            let end = after[name..].trim_start();
            // 达到90%: a number of its own.
            let of_it = ["的", "得", "计", "记", "加", "扣", "不", ",", "时", "按", "每"]
                .iter()
                .any(|next| end.starts_with(next));
            if (name > 0 || *alone) && (of_it || end.is_empty()) {
                return Some((at..at + word.len() + name, format!("{meant}{target}")));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn the_target_stands_where_it_is_spoken_of() {
        for (said, meant) in [
            ("率（%）：目标值95%，达到得10分，每低1个百分点扣0.5分", "率(%):达到95%得10分,每低1个百分点扣0.5分"),
            (
                "率（%）：目标95%，达到目标的得10分；未达到的，每低1个百分点扣1分",
                "率(%):达到95%的得10分;低于95%的,每低1个百分点扣1分",
            ),
            ("率（%）：目标为95%，每低于目标值1个百分点扣0.5分", "率(%):不低于95%,每低1个百分点扣0.5分"),
            ("率（%）：目标值90%，每超过目标5%加1分", "率(%):不低于90%,每超5%加1分"),
            ("利润（万元）：目标值1000万元，每低于目标值的1%扣1分", "利润(万元):不低于1000万元,每低1%扣1分"),
            ("件数（件）：目标30件，超额部分每件加1分", "件数(件):超过30件的部分每件加1分"),
            (
                "投诉（件）：目标5件，每超过目标1件扣1分，每少于目标1件加1分",
                "投诉(件):不超过5件,每超1件扣1分,每少1件加1分",
            ),
            (
                "件数（件）：任务30件，完成任务的得10分，超额完成的，每多1件加1分",
                "件数(件):达到30件的得10分,超过30件的,每多1件加1分",
            ),
            (
                "率（%）：不低于95%得10分；未达到的，每低1个百分点扣1分",
                "率(%):不低于95%得10分;低于95%的,每低1个百分点扣1分",
            ),
            (
                "件数（件）：每月不少于30件，完成的得15分；未完成的，每少1件扣1分；超额完成的，每多1件加1分",
                "件数(件):达到30件的得15分;低于30件的,每少1件扣1分;超过30件的,每多1件加1分",
            ),
            (
                "件数（件）：不少于30件得15分，超额完成的，每多5件加1分",
                "件数(件):不少于30件得15分,超过30件的,每多5件加1分",
            ),
            (
                "上报（件）：不少于（当 类别为涉农，40件；其余 60件）得满分，每少1件扣0.5分；超额完成的，每多10件加0.2分",
                "上报(件):不少于(当 类别为涉农,40件;其余 60件)得满分,每少1件扣0.5分;超过(当 类别为涉农,40件;其余 60件)的,每多10件加0.2分",
            ),
            ("率（%）：不低于95%，每低1个百分点扣1分", "率(%):不低于95%,每低1个百分点扣1分"),
            ("率（%）：目标80%，未完成年度目标任务的，每差1个百分点扣0.25分", "率(%):低于80%的,每差1个百分点扣0.25分"),
            ("能耗（吨）：目标100吨，不超过目标得满分，每多1吨扣1分", "能耗(吨):不超过100吨得满分,每多1吨扣1分"),
            ("年均值（微克）：目标70微克，每差1微克扣0.5分", "年均值(微克):目标70微克,每差1微克扣0.5分"),
            ("年均值（微克）：目标70微克，每少1微克扣0.5分", "年均值(微克):不低于70微克,每少1微克扣0.5分"),
            (
                "率（%）：取期末数；目标90%，达到得30分；未达到的，每少1个百分点扣1.5分",
                "率(%):取期末数;达到90%得30分;低于90%的,每少1个百分点扣1.5分",
            ),
            (
                "率（%）：取期末数；不低于90%得30分；未达到的，每少1个百分点扣1.5分",
                "率(%):取期末数;不低于90%得30分;低于90%的,每少1个百分点扣1.5分",
            ),
            ("件数（件）：目标30件，达到40件的加5分", "件数(件):目标30件,达到40件的加5分"),
            ("件数（件）：目标明确，每件加1分", "件数(件):目标明确,每件加1分"),
        ] {
            let mut line = fold(said, 0);
            super::write_out(&mut line);
            assert_eq!(line.text, meant);
        }
    }
}
