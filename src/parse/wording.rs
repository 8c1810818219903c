//! Words of schemes that say what one word of the language says, and nothing else: 前三名者, 扣1分/人/次, （扣1分）.

use super::fold::Folded;
use super::{Context, Line, is_keyword_head, top_colon};
use crate::parse::numeral::is_figure;

/// Words behind a colon, and how the language has them.
const WORDS: &[(&str, &str)] = &[("分/人/次", "分/人次")];
/// What those who are spoken of end with.
const THOSE: char = '者';
/// Whom a word names that ends so, and no case that somebody is in.
const PERSONS: &[&str] = &[
    "责任", "志愿", "劳动", "参与", "消费", "经营", "管理", "工作", "爱好", "使用", "患", "记", "作", "学", "前", "后",
    "或", "高", "低", "大", "小", "多", "少", "组织", "主持", "举报", "获奖", "当事", "领导",
];
/// What follows a case: points, what comes of it, or nothing more.
const FOLLOWS: &[&str] = &[
    "扣", "加", "得", "计", "记", "减", "奖", "给", "赋", "不", "每", "一律", "一票", "取消", "本项", "该项", "此项",
    "等次", "酌", "视", ",", ";", "。",
];

/// What is declared that those who are spoken of are held against.
pub struct Declared {
    /// Columns, their values and figures that end as those do.
    those: Vec<String>,
    /// All that the head of the rulebook lists: a value behind 为 is one of them, or the whole of what stands there.
    listed: Vec<String>,
}

pub fn declared(lines: &[Line]) -> Declared {
    let mut declared = Declared { those: Vec::new(), listed: Vec::new() };
    if !lines.iter().any(|line| line.plain.text.contains(THOSE)) {
        return declared;
    }
    for line in lines {
        let text = line.plain.text.as_str();
        let said = match line.context {
            Context::Header => text,
            Context::Node => text.split([':', '=']).next().unwrap_or_default(),
            _ => continue,
        };
        let heads = said.split(['、', ';', ',', ':', '/', '(', ' ']).map(|name| name.trim_matches(['「', '」']));
        declared.those.extend(heads.clone().filter(|name| name.ends_with(THOSE)).map(str::to_owned));
        if line.context == Context::Header {
            declared.listed.extend(heads.map(str::to_owned));
        }
    }
    declared
}

/// The line of an item in the words of the language.
pub fn write_out(line: &mut Folded, declared: &Declared) {
    let Some(colon) = top_colon(&line.text).filter(|colon| !is_keyword_head(&line.text[..*colon])) else { return };
    out_of_brackets(line, colon);
    // 得分=完成率×满分
    let body = line.text.len() - line.text[colon + 1..].trim_start().len();
    if let Some(formula) = line.text[body..].strip_prefix("得分").and_then(|rest| rest.trim_start().strip_prefix('='))
    {
        *line = line.replaced(body..line.text.len() - formula.len(), "得 ");
    }
    by_the_cycle(line, colon);
    once_more_the_limit(line, colon);
    about_it(line, colon);
    for (said, meant) in WORDS {
        // Whether it is there is known much sooner than where.
        while line.text.contains(said)
            && let Some(at) = line.text[colon..].find(said).map(|at| colon + at)
        {
            *line = line.replaced(at..at + said.len(), meant);
        }
    }
    if line.text[colon..].contains(THOSE) {
        those(line, colon, declared);
    }
}

/// `越级行文：（扣1分）`
fn out_of_brackets(line: &mut Folded, colon: usize) {
    let text = line.text.trim_end_matches('。');
    let open = text.len() - text[colon + 1..].trim_start().len();
    let inner = text[open..].strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let gives =
        |inner: &str| inner.starts_with(['扣', '加', '得', '减', '计', '记', '每']) && !inner.contains(['(', ')']);
    if inner.is_some_and(gives) {
        let close = text.len() - 1;
        *line = line.replaced(close..close + 1, "");
        *line = line.replaced(open..open + 1, "");
    }
}

/// `担任学生干部：加5分/月`
fn by_the_cycle(line: &mut Folded, colon: usize) {
    let begin = line.text.len() - line.text[colon + 1..].trim_start().len();
    let Some((gives, cycle)) = line.text[begin..].trim_end_matches('。').split_once('/') else { return };
    let number = gives.trim_start_matches(['扣', '加', '得', '减']).strip_suffix('分');
    let is_points = number.is_some_and(|number| number.len() < gives.len() && number.chars().all(is_figure));
    if is_points && ["月", "季度", "季", "年", "学年"].contains(&cycle) {
        let said = format!("每{cycle}{gives}");
        *line = line.replaced(begin..line.text.len(), &said);
    }
}

/// `最高加15分，超过15分按15分计算`: the limit said again, or for the first time.
fn once_more_the_limit(line: &mut Folded, colon: usize) {
    const ENDS: &[&str] = &["计算", "计分", "计"];
    let text = line.text.trim_end_matches('。');
    let Some(at) = text.rfind(",超过").filter(|at| *at > colon && text[colon..*at].contains('分')) else { return };
    let Some((number, rest)) = text[at + ",超过".len()..].split_once('分') else { return };
    let rest = rest.strip_prefix('的').unwrap_or(rest).trim_start_matches(',').trim_start();
    let said =
        rest.strip_prefix('按').and_then(|rest| rest.strip_prefix(number)).and_then(|rest| rest.strip_prefix('分'));
    let is_number = !number.is_empty() && number.chars().all(is_figure);
    if !is_number || said.is_none_or(|end| !ENDS.contains(&end)) || text[..colon].trim_end().ends_with("(分)") {
        return;
    }
    let before = &text[colon..at];
    let limits =
        |part: &&str| ["最高", "最多", "至多", "不超过", "封顶", "上限"].iter().any(|word| part.contains(word));
    let limits: Vec<&str> = before.split([',', ';', ':']).filter(limits).collect();
    let is_same = |part: &&str| {
        let said = part.rsplit_once('分').map_or("", |(said, _)| said);
        &said[said.trim_end_matches(is_figure).len()..] == number
    };
    let (is_again, end) = (!limits.is_empty(), text.len());
    match limits.iter().any(is_same) {
        true => *line = line.replaced(at..end, ""),
        false if !is_again => *line = line.replaced(at..end, &format!(",最多{number}分")),
        false => {}
    }
}

/// `85%得10分，加减一个百分点，加减0.5分`: from there up and down by the same.
fn about_it(line: &mut Folded, colon: usize) {
    const BOTH: &[&str] = &["每增减", "每加减", "增减", "加减"];
    let text = line.text.as_str();
    let begin = text.len() - text[colon + 1..].trim_start().len();
    let Some((base, rest)) = text[begin..].split_once(',') else { return };
    let Some(word) = BOTH.iter().find(|word| rest.starts_with(**word)) else { return };
    let Some((step, gives)) = rest[word.len()..].split_once(',') else { return };
    let Some(points) = ["加减", "增减"].iter().find_map(|word| gives.strip_prefix(word)) else { return };
    let points = points.split([',', ';', '。']).next().unwrap_or_default();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(is_figure);
    let is_points = points.strip_suffix('分').is_some_and(is_number);
    let is_base = base.strip_suffix('分').and_then(|base| base.split_once('得')).is_some_and(|(from, points)| {
        is_number(points) && from.starts_with(|c: char| c.is_ascii_digit()) && !from.ends_with(['上', '下', '内'])
    });
    if !is_base || !is_points || !step.starts_with(|c: char| is_figure(c) || c == '一') {
        return;
    }
    let up = begin + base.len() + ",".len();
    let gives = up + word.len() + step.len() + ",".len();
    let end = gives + "加减".len() + points.len();
    let down = format!(",每低{step}扣{points}");
    for (range, with) in [
        (end..end, down.as_str()),
        (gives..gives + "加减".len(), "加"),
        (up..up + word.len(), "每高"),
        (begin..begin, "达到"),
    ] {
        *line = line.replaced(range, with);
    }
}

/// `前三名者加2分`, `不及时者，每次扣2分`
fn those(line: &mut Folded, colon: usize, declared: &Declared) {
    let places: Vec<usize> = line.text.match_indices(THOSE).map(|(at, _)| at).filter(|at| *at > colon).collect();
    for at in places.into_iter().rev() {
        let (before, behind) = (&line.text[colon + 1..at], &line.text[at + THOSE.len_utf8()..]);
        let case = before.rsplit([',', ';', '。']).next().unwrap_or_default().trim();
        let is_name = declared.those.iter().any(|name| line.text[..at + THOSE.len_utf8()].ends_with(name.as_str()));
        let is_person = PERSONS.iter().any(|word| case.ends_with(word));
        // 角色为组织者, where nothing says which values there are; 情节为严重者 is one of those listed.
        let value = ["为", "是"].iter().find_map(|word| case.rsplit_once(word)).map(|(_, value)| value);
        let is_free = value.is_some_and(|value| !declared.listed.iter().any(|known| known == value));
        let quoted = before.matches('「').count() != before.matches('」').count();
        let follows = behind.trim_start();
        let is_said = follows.is_empty() || FOLLOWS.iter().any(|word| follows.starts_with(word));
        if case.chars().count() > 1 && is_said && !is_name && !is_person && !is_free && !quoted {
            *line = line.replaced(at..at + THOSE.len_utf8(), "的");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn what_schemes_say_becomes_what_the_language_has() {
        for (said, meant) in [
            ("摆放名次（名）：前三名者加2分", "摆放名次(名):前三名的加2分"),
            ("报送：不及时者，每次扣2分；漏报者扣3分", "报送:不及时的,每次扣2分;漏报的扣3分"),
            ("考勤：旷工者每次扣2分，低于90%者，本项不得分", "考勤:旷工的每次扣2分,低于90%的,本项不得分"),
            ("旷课：扣1分/人/次", "旷课:扣1分/人次"),
            ("越级行文：（扣1分）", "越级行文:扣1分"),
            ("完成率（%）：得分＝完成率×满分", "完成率(%):得 完成率×满分"),
            ("干部：加5分/月", "干部:每月加5分"),
            ("科研：每项加8分，最高加15分，超过15分按15分计算", "科研:每项加8分,最高加15分"),
            ("科研：每项加8分，超过15分的，按15分计", "科研:每项加8分,最多15分"),
            (
                "占比（%）：85%得10分，加减一个百分点，加减0.5分",
                "占比(%):达到85%得10分,每高一个百分点,加0.5分,每低一个百分点扣0.5分",
            ),
            ("科研：每项加8分，最高加10分，超过15分按15分计", "科研:每项加8分,最高加10分,超过15分按15分计"),
            ("科研：每项加8分，最高加15分，超过5分按5分计", "科研:每项加8分,最高加15分,超过5分按5分计"),
            // Persons and names are none of it.
            ("培训：志愿者每人加1分，责任者扣1分", "培训:志愿者每人加1分,责任者扣1分"),
            ("报送：旷课者扣1分", "报送:旷课者扣1分"),
            ("报送：情节为严重者扣1分", "报送:情节为严重的扣1分"),
            ("学习：角色为参加者，每次加5分", "学习:角色为参加者,每次加5分"),
            ("学习：组织者每次加5分", "学习:组织者每次加5分"),
            ("报送：缺勤扣1分，较低者", "报送:缺勤扣1分,较低者"),
            ("患者满意：「不满意者」扣1分", "患者满意:「不满意者」扣1分"),
            ("得分：（当 级别为市级，5分；其余 3分）", "得分:(当 级别为市级,5分;其余 3分)"),
        ] {
            let mut line = fold(said, 0);
            let declared = super::Declared { those: vec!["旷课者".to_owned()], listed: vec!["严重".to_owned()] };
            super::write_out(&mut line, &declared);
            assert_eq!(line.text, meant);
        }
    }
}
