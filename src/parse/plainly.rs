//! Words that say no more than the points beside them, and points in other words than the grammar's: 一律扣5分,
//! 得基础分6分, 每项奖励5分, 按次扣5分, 扣1分/10分钟. The line is read as if it were written without them.

use std::ops::Range;

use super::elided::parts;
use super::fold::Folded;
use super::numeral::{is_figure, is_numeral};
use super::{COMMON_UNITS, top_colon};
use crate::syntax::{self, Rule as Token};

/// What points are given with, and how the grammar says it; the longer words first.
const VERBS: &[(&str, &str)] = &[
    ("奖励", "加"),
    ("加记", "加"),
    ("加计", "加"),
    ("增加", "加"),
    ("增记", "加"),
    ("累加", "加"),
    ("给予", "给"),
    ("扣除", "扣除"),
    ("扣减", "扣减"),
    ("增", "加"),
    ("扣", "扣"),
    ("减", "减"),
    ("加", "加"),
    ("奖", "奖"),
    ("得", "得"),
    ("计", "计"),
    ("记", "记"),
    ("给", "给"),
    ("赋", "赋"),
];
/// What is given without a number.
const WHOLE: &[&str] =
    &["不得分", "不计分", "不扣分", "不加分", "得满分", "得零分", "计零分", "扣满分", "扣除满分", "加满分"];
/// Words before a verb that change nothing. The short ones may end another word (认可, 平均), and are known only where
/// nothing, or something that is whole, stands before them.
const LONG: &[&str] = &["一律", "可以", "应当", "直接", "全额", "给予", "予以"];
const SHORT: &[&str] = &["可", "应", "均", "各", "都", "只", "即"];
/// What each of them has in it.
const PARTICLES: &[char] = &['可', '应', '均', '各', '都', '只', '即', '律', '接', '额', '予'];
/// 0.1日均, 3人均: means of a figure, and no 均.
const MEANS: &[char] = &['日', '人', '月', '年', '户'];
/// What the points are called that coming up to a target gives.
const BASE: &[&str] = &["基础分", "基本分"];
/// What is whole before a short word.
const WHOLE_BEFORE: &[&str] =
    &["的", "以上", "以下", "以内", "%", "级", "等奖", "其余", "其他", "否则", "最高", "最多"];
/// What a thing is counted by in 按次扣5分: no time and no money.
const COUNTED_BY: &[&str] = &[
    "人次", "次", "件", "起", "例", "条", "项", "人", "篇", "处", "宗", "个", "户", "份", "场", "卷", "台", "辆", "天",
    "日",
];

/// What is done in time or late.
pub const DEEDS: &[&str] = &["上报", "报送", "提交", "完成", "反馈", "归档", "办结", "整改", "办理", "交付", "送达"];

/// A change of the line: what of it is written otherwise, and how.
type Change = (Range<usize>, String);

/// The line with its points said plainly.
pub fn write_out(line: &mut Folded) {
    let Some(colon) = top_colon(&line.text) else { return };
    if line.text[colon..].contains('「') {
        return;
    }
    late_deeds(line, colon);
    for (index, range) in parts(&line.text, colon).into_iter().enumerate().rev() {
        let begin = range.end - line.text[range.clone()].trim_start().len();
        let found = once_found(&line.text, begin..range.end);
        if let Some((range, with)) = found.or_else(|| within_the_year(&line.text, begin..range.end)) {
            *line = line.replaced(range, with);
        } else if let Some(said) = one_missing(&line.text, colon, begin..range.end).filter(|_| index == 0) {
            *line = line.replaced(said, "").inserted(begin, "每");
        }
    }
    // 迟到、早退：各扣1分 is for each of them.
    let several = line.text[..colon].contains('、');
    for (index, range) in parts(&line.text, colon).into_iter().enumerate().rev() {
        let begin = range.end - line.text[range.clone()].trim_start().len();
        if several && line.text[begin..].starts_with('各') {
            continue;
        }
        // 扣1分/万元 is read as it is, but not what is said of less than one behind it.
        let is_first = index == 0;
        let is_alone = is_first && !line.text[range.end..].contains("不足");
        for (range, with) in points(&line.text[begin..range.end], is_first, is_alone).into_iter().rev() {
            *line = line.replaced(begin + range.start..begin + range.end, &with);
        }
    }
}

/// What of a part is written otherwise where it gives points, in the order of the text.
fn points(part: &str, is_first: bool, is_alone: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    for (end, _) in part.match_indices('分') {
        let number = part[..end].trim_end();
        let before = number.trim_end_matches(is_figure);
        if before.len() < number.len() {
            changes.extend(given(part, before.trim_end().len(), end + '分'.len_utf8(), is_alone));
        }
    }
    // Few lines have such words, and looking for what stands behind them takes its time.
    let may_have = part.contains(PARTICLES);
    for at in WHOLE.iter().filter(|_| may_have).filter_map(|word| part.find(word)) {
        changes.extend(without_particles(part, at).map(|begin| (begin..at, String::new())));
    }
    if let Some(change) = share_of_the_marks(part, is_first) {
        changes.push(change);
    }
    changes.sort_by_key(|(range, _)| range.start);
    // One place is changed once.
    changes.dedup_by(|next, last| next.0.start < last.0.end);
    changes
}

/// Points whose verb ends at `verb_end`, and that end at `end`: 可加记5分, 得基础分6分, 扣1分/10分钟.
fn given(part: &str, verb_end: usize, end: usize, is_alone: bool) -> Option<Change> {
    let said = &part[..verb_end];
    let said = BASE
        .iter()
        .find_map(|base| said.strip_suffix(base).filter(|it| it.ends_with(['得', '扣', '除'])))
        .unwrap_or(said);
    let (word, verb) = VERBS.iter().find(|(word, _)| said.ends_with(word))?;
    let at = said.len() - word.len();
    let is_known = word == verb || *word == "奖励" || is_whole(&part[..at]) || without_particles(part, at).is_some();
    // 每增加5分 is a step.
    if part[..at].ends_with('每') || !is_known {
        return None;
    }
    let begin = without_particles(part, at).unwrap_or(at);
    if let Some((unit, behind)) = rate(part, end)
        && !part[..begin].contains('每')
        && (begin > 0 || !is_alone || !COMMON_UNITS.contains(&unit))
    {
        return Some((begin..behind, format!("每{unit}{verb}{}", &part[verb_end..end])));
    }
    // 按次扣5分
    let by = COUNTED_BY.iter().find_map(|unit| part[..begin].strip_suffix(unit)?.strip_suffix('按'));
    if let Some(by) = by.filter(|by| by.is_empty() || by.ends_with('的')) {
        return Some((by.len()..verb_end, format!("每{}{verb}", &part[by.len() + '按'.len_utf8()..begin])));
    }
    let is_same = begin == at && word == verb && said.len() == verb_end;
    (!is_same).then(|| (begin..verb_end, (*verb).to_owned()))
}

/// 10分钟 of 扣1分/10分钟, where nothing else stands behind it.
fn rate(part: &str, end: usize) -> Option<(&str, usize)> {
    let rest = part.trim_end_matches('。').trim_end();
    let said = rest.get(end..)?.strip_prefix(['/', '÷'])?.trim_start();
    let said = said.strip_prefix('(').and_then(|said| said.strip_suffix(')')).unwrap_or(said).trim();
    let unit = said.trim_start_matches(|c: char| c.is_ascii_digit() || "一二两三四五六七八九十半".contains(c));
    // 扣1分/万元 is for each as 扣1分/10分钟 is, and says as little of what is left over.
    let is_measured = || syntax::is(Token::unit_word, unit);
    (unit != "分" && !unit.is_empty() && (COMMON_UNITS.contains(&unit) || is_measured())).then_some((said, rest.len()))
}

/// Where the words begin that a verb at `at` has before it and that say nothing.
fn without_particles(part: &str, at: usize) -> Option<usize> {
    let mut begin = at;
    loop {
        let before = &part[..begin];
        let long = LONG.iter().find_map(|word| before.strip_suffix(word));
        let is_mean = |rest: &str| rest.strip_suffix(MEANS).is_some_and(|rest| rest.ends_with(is_figure));
        let short = SHORT.iter().find_map(|word| Some((before.strip_suffix(word)?, *word)));
        let short = || short.filter(|(rest, word)| is_whole(rest) && !(*word == "均" && is_mean(rest)));
        match long.or_else(|| short().map(|(rest, _)| rest)) {
            Some(rest) => begin = rest.len(),
            None => return (begin < at).then_some(begin),
        }
    }
}

/// Whether nothing that a text ends with may go on: it is empty, 每件, 达到50户, 3次以上, 国家级.
fn is_whole(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty()
        || WHOLE_BEFORE.iter().chain(LONG).any(|word| before.ends_with(word))
        || COMMON_UNITS.iter().any(|unit| {
            before
                .strip_suffix(unit)
                .is_some_and(|number| number.ends_with(is_numeral) || number.ends_with(['每', '按']))
        })
}

/// 扣分值的50%, 按分值的60%计分: what an item's marks are called in tables of points.
fn share_of_the_marks(part: &str, is_first: bool) -> Option<Change> {
    let at = part.find("分值的")?;
    let (before, behind) = (&part[..at], part[at + "分值的".len()..].trim_end_matches('。'));
    let is_number = |percent: &str| !percent.is_empty() && percent.chars().all(is_figure);
    if let Some(before) = before.strip_suffix('按') {
        let percent =
            ["计算", "计分", "得分", "计"].iter().find_map(|word| behind.strip_suffix(word)).unwrap_or(behind);
        let is_share = percent.strip_suffix('%').is_some_and(is_number) && is_whole(before);
        return is_share.then(|| (before.len()..part.len(), format!("得满分的{percent}")));
    }
    // 每次加2分，情节为严重的加分值的50% may be of the two: that is asked.
    let (verb, head) =
        ["扣除", "扣减", "扣", "得", "计"].iter().find_map(|verb| Some((*verb, before.strip_suffix(verb)?)))?;
    let is_share = behind.strip_suffix('%').is_some_and(is_number) && is_whole(head) && (is_first || verb != "扣");
    is_share.then(|| (at..at + "分值".len(), "满分".to_owned()))
}

/// The words behind the measure word in 缺一个单位的扣1分, 漏一次的，扣1分: what is given is for each of them, as in
/// 缺一次扣1分.
fn one_missing(text: &str, colon: usize, part: Range<usize>) -> Option<Range<usize>> {
    /// Who it is that something is missing of.
    const WHOSE: &[&str] = &["单位", "部门", "科室", "人员"];
    let said = &text[part.clone()];
    let word = ["缺少", "缺", "漏报", "漏"].iter().find(|word| said.starts_with(**word))?;
    let counted = ["一", "1"].iter().find_map(|one| said[word.len()..].strip_prefix(one))?;
    let thing = COMMON_UNITS.iter().find_map(|unit| counted.strip_prefix(unit))?;
    // A figure's own number is what is missing of it; of two and more a line of bands speaks.
    if text[..colon].trim_end().ends_with(')') || text[part.end..].contains(word) {
        return None;
    }
    let whose = WHOSE.iter().find(|word| thing.starts_with(**word)).map_or(0, |word| word.len());
    let gives = thing[whose..].strip_prefix('的')?.trim_start();
    let begin = part.end - thing.len();
    let end = if gives.is_empty() {
        part.end + text[part.end..].find(|c| c != ',' && c != ' ')?
    } else {
        part.end - gives.len()
    };
    let is_given = |verb: &str| text[end..].strip_prefix(verb).is_some_and(|it| it.starts_with(is_figure));
    VERBS.iter().any(|(verb, _)| is_given(verb)).then_some(begin..end)
}

/// 一经发现，扣0.5分; 一经发现未落实的，扣0.5分
fn once_found(text: &str, part: Range<usize>) -> Option<(Range<usize>, &'static str)> {
    let said = &text[part.clone()];
    let rest = ["一经发现", "一经查实"].iter().find_map(|word| said.strip_prefix(word))?;
    let rest = rest.strip_prefix('的').unwrap_or(rest);
    if !rest.is_empty() {
        let goes_on = rest.starts_with(['后', '即', '就', '立', '者']);
        return (!goes_on).then(|| (part.start..part.end - rest.len(), ""));
    }
    let behind = text[part.end..].strip_prefix(',')?.trim_start();
    Some((part.start..text.len() - behind.len(), ""))
}

/// 年内不少于3次: 全年, as the cycle is called.
fn within_the_year(text: &str, part: Range<usize>) -> Option<(Range<usize>, &'static str)> {
    const COMPARED: &[&str] = &["至少", "不少于", "不低于", "达到"];
    let said = &text[part.clone()];
    let word = ["年度内", "年内"].iter().find(|word| said.starts_with(**word))?;
    let rest = &said[word.len()..];
    let is_bound = COMPARED.iter().any(|word| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(is_figure)));
    is_bound.then(|| (part.start..part.start + word.len(), "全年"))
}

/// 每推迟上报一天, 每拖期1天: 每逾期1天.
fn late_deeds(line: &mut Folded, colon: usize) {
    const LATE: &[&str] = &["逾期", "推迟", "延迟", "延期", "延误", "拖延", "滞后", "超期", "迟", "晚"];
    const OTHERWISE: &[&str] = &["拖期", "耽误", "延后", "拖后"];
    let eaches: Vec<usize> = line.text[colon..].match_indices('每').map(|(at, each)| colon + at + each.len()).collect();
    for at in eaches.into_iter().rev() {
        let said = &line.text[at..];
        let late = LATE.iter().find_map(|word| said.strip_prefix(word));
        let other = || OTHERWISE.iter().find_map(|word| said.strip_prefix(word));
        let Some(behind) = late.or_else(other) else { continue };
        let rest = DEEDS.iter().find_map(|deed| behind.strip_prefix(deed)).unwrap_or(behind);
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '一');
        let is_days = ["天", "日", "个工作日", "工作日", "个自然日"].iter().any(|unit| number.starts_with(unit));
        if is_days && number.len() < rest.len() && (late.is_none() || rest.len() < behind.len()) {
            *line = line.replaced(at..at + said.len() - rest.len(), "逾期");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn points_are_said_plainly() {
        for (said, meant) in [
            ("获奖：一律得5分", "获奖:得5分"),
            ("获奖：可得5分", "获奖:得5分"),
            ("获奖：每项可加5分", "获奖:每项加5分"),
            ("差错：每件各扣0.5分", "差错:每件扣0.5分"),
            ("差错：每件均扣5分；级别为国家级的一律不得分", "差错:每件扣5分;级别为国家级的不得分"),
            ("道路：每项增加5分", "道路:每项加5分"),
            ("道路：每一项加记5分", "道路:每一项加5分"),
            ("获奖：每项奖励5分", "获奖:每项加5分"),
            ("获奖：每项可给予奖励5分", "获奖:每项加5分"),
            ("获奖：国家级可加5分，省级奖励3分", "获奖:国家级加5分,省级加3分"),
            ("走访（户）：达到50户得基础分6分，每增加10户加1分", "走访(户):达到50户得6分,每增加10户加1分"),
            ("申报：按次扣5分", "申报:每次扣5分"),
            ("申报：按次一律扣5分", "申报:每次扣5分"),
            ("申报：按次各扣5分", "申报:每次扣5分"),
            ("造假：直接扣满分的50%", "造假:扣满分的50%"),
            ("违规：扣除基础分5分", "违规:扣除5分"),
            ("迟到（天）：扣1分/半天", "迟到(天):每半天扣1分"),
            ("迟到（天）：扣1分/一天", "迟到(天):每一天扣1分"),
            ("迟到（分钟）：扣1分/10分钟", "迟到(分钟):每10分钟扣1分"),
            ("旷课：扣1分/课时", "旷课:扣1分/课时"),
            ("减收（万元）：扣1分/万元，不足1万元的不计", "减收(万元):每万元扣1分,不足1万元的不计"),
            ("迟到（分钟）：扣1分÷10分钟", "迟到(分钟):每10分钟扣1分"),
            ("旷课：扣1分/2次，最多扣5分", "旷课:每2次扣1分,最多扣5分"),
            ("缺席（人）：超过3人的，扣0.5分/人", "缺席(人):超过3人的,每人扣0.5分"),
            ("缺席（人）：超过3人的扣0.5分/人", "缺席(人):超过3人的每人扣0.5分"),
            ("计划：缺一个单位的扣1分", "计划:每缺一个扣1分"),
            ("计划：缺一份的，扣1分", "计划:每缺一份扣1分"),
            ("报表：每推迟上报一天扣0.5分", "报表:每逾期一天扣0.5分"),
            ("报表：每拖期1天扣0.5分", "报表:每逾期1天扣0.5分"),
            ("调整：一经发现，扣0.5分", "调整:扣0.5分"),
            ("调整：一经查实的每次扣0.5分", "调整:每次扣0.5分"),
            ("调整：一经发现未落实的，扣0.5分", "调整:未落实的,扣0.5分"),
            ("调整：一经发现即扣0.5分", "调整:一经发现即扣0.5分"),
            ("部署（次）：年内至少3次，少一次扣1分", "部署(次):全年至少3次,少一次扣1分"),
            ("造假：扣分值的50%", "造假:扣满分的50%"),
            ("论文：第二作者按分值的60%计算", "论文:第二作者按分值的60%计算"),
            ("论文：级别为市级的按分值的60%计算", "论文:级别为市级的得满分的60%"),
            ("造假：得分值的60%", "造假:得满分的60%"),
            // What says something, or ends another word.
            ("许可：未认可扣5分", "许可:未认可扣5分"),
            ("住院日（日均）：每超0.1日均扣0.2分", "住院日(日均):每超0.1日均扣0.2分"),
            ("迟到、早退：各扣1分", "迟到、早退:各扣1分"),
            ("迟到、早退：每次各扣1分", "迟到、早退:每次扣1分"),
            ("率（%）：低于全体平均扣2分", "率(%):低于全体平均扣2分"),
            ("成绩（分）：每增加5分加1分", "成绩(分):每增加5分加1分"),
            ("整改：返还所扣分值的50%", "整改:返还所扣分值的50%"),
            ("违规：每次扣1分/次", "违规:每次扣1分/次"),
            ("登记：按月扣5分", "登记:按月扣5分"),
            ("报表：每推迟1天扣0.5分", "报表:每推迟1天扣0.5分"),
            ("会议（次）：不少于4次，缺1次的扣2分", "会议(次):不少于4次,缺1次的扣2分"),
            ("登记：缺一项的扣1分，缺两项的扣3分", "登记:缺一项的扣1分,缺两项的扣3分"),
        ] {
            let mut line = fold(said, 0);
            super::write_out(&mut line);
            assert_eq!(line.text, meant);
        }
    }
}
