//! What a scoring line leaves out because it has said it before, or because there is but one way to mean it: the verb of
//! further points (国家级加5分，省级3分), what becomes of a part of a step (每10件得1分，不足10件不计分), what a rest goes
//! beyond (3件以内不扣分，超过部分…), by how much who is late is late (逾期的扣2分), and which number none is (没有的得满分).

use super::fold::Folded;
use super::{Context, Line, top_colon};
use crate::parse::numeral::is_figure;

/// What points are given with.
const VERBS: [char; 9] = ['扣', '加', '得', '计', '记', '减', '奖', '给', '赋'];

/// What is beyond the one number that the line has said already.
const REST: &[&str] = &["超过部分", "超出部分", "超过的部分", "超出的部分"];
const PARTS: &[&str] = &["的,超出部分", "的,超过部分", "的,超出的部分", "的,超过的部分"];

/// What is said of who comes late at all.
const LATE: &[&str] = &["逾期", "超期", "误期", "迟报", "迟交", "迟延", "晚报", "晚交", "延误"];

/// A declared name that begins as lateness does, and whether it is a column: 事实列 逾期未办结：是/否.
pub struct LateName {
    name: String,
    is_column: bool,
}

/// The names that lines declare and that must not be taken for lateness.
pub fn late_names(lines: &[Line]) -> Vec<LateName> {
    let mut names = Vec::new();
    for line in lines {
        let text = line.plain.text.as_str();
        let is_column = line.context == Context::Header;
        let heads: Vec<&str> = match line.context {
            Context::Header => {
                let keyword = ["事实列", "单位属性"].iter().find_map(|keyword| text.strip_prefix(keyword));
                // 状态：逾期/未办结: what a column may hold, as well as its name.
                keyword.map(|rest| rest.split(['、', ';', ',', ':', '/']).collect()).unwrap_or_default()
            }
            Context::Node if !line.opening => vec![text.strip_prefix("指标").unwrap_or(text)],
            _ => continue,
        };
        let heads = heads.into_iter().filter_map(|head| head.split([':', '(', ',']).next());
        let heads = heads.map(str::trim).filter(|head| LATE.iter().any(|word| head.starts_with(word)));
        names.extend(heads.map(|head| LateName { name: head.to_owned(), is_column }));
    }
    names
}

/// The line with all of it said once and in full.
pub fn write_out(line: &mut Folded, names: &[LateName]) {
    let Some(colon) = top_colon(&line.text) else { return };
    if line.text.contains(['逾', '迟', '晚', '误']) || line.text.contains("超期") {
        late_at_all(line, colon, names);
    }
    if !line.text.ends_with(['分', '。', '扣', '的', '计']) {
        return;
    }
    // 超过5件的，超出部分每件扣2分
    let parts: &[&str] = if line.text.contains("部分") { PARTS } else { &[] };
    for said in parts {
        if let Some(at) = line.text.find(*said).filter(|at| *at > colon && line.text[colon..*at].contains("超")) {
            *line = line.replaced(at..at + said.len(), "的部分");
        }
    }
    if line.text.contains("部分") {
        beyond_the_bound(line, colon);
    }
    if line.text.contains("不足") {
        part_of_a_step(line, colon);
    }
    none_of_it(line, colon);
    if let Some(chained) = with_verbs(line, colon) {
        *line = chained;
    }
}

/// `3件以内不扣分，超过部分每件扣0.5分`, `发现3件以内…`: beyond the three.
fn beyond_the_bound(line: &mut Folded, colon: usize) {
    const BEFORE: &[&str] = &["发现", "发生", "出现"];
    let ranges = parts(&line.text, colon);
    let [first, second, ..] = &ranges[..] else { return };
    let (free, part) = (line.text[first.clone()].trim(), line.text[second.clone()].trim_start());
    let Some(word) = REST.iter().find(|word| part.starts_with(**word)) else { return };
    let free = BEFORE.iter().find_map(|word| free.strip_prefix(word)).unwrap_or(free);
    let bound = free.find("以内").map(|at| &free[..at]);
    let bound =
        bound.or_else(|| free.strip_prefix("不超过").map(|said| said.split(['的', '不']).next().unwrap_or(said)));
    let Some(bound) = bound.filter(|bound| bound.starts_with(|c: char| c.is_ascii_digit())) else { return };
    let begin = second.end - part.len();
    *line = line.replaced(begin..begin + word.len(), &format!("超过{bound}的部分"));
}

/// The places of a body's parts.
pub(super) fn parts(text: &str, colon: usize) -> Vec<std::ops::Range<usize>> {
    let mut begin = colon + 1;
    let ends = text.char_indices().filter(|(at, sign)| {
        *at > colon && (matches!(sign, ',' | ';' | '。') || *sign == '、' && text[..*at].ends_with('分'))
    });
    let mut parts = Vec::new();
    for (at, sign) in ends.map(|(at, sign)| (at, sign.len_utf8())).chain([(text.len(), 0)]) {
        parts.push(begin..at);
        begin = at + sign;
    }
    parts
}

/// `上访（起）：未发生得20分` with 0起: where a figure is counted, none of it is the number 0.
fn none_of_it(line: &mut Folded, colon: usize) {
    const NONE: &[&str] = &["未发生", "没有发生", "没发生", "不发生", "未出现", "没有出现", "不出现", "没有", "无"];
    let Some(unit) = counted(&line.text, colon).map(str::to_owned) else { return };
    for range in parts(&line.text, colon).into_iter().rev() {
        let part = line.text[range.clone()].trim_start();
        let begin = range.end - part.len();
        let Some(word) = NONE.iter().find(|word| part.starts_with(**word)) else { continue };
        if part[word.len()..].trim_start_matches('的').starts_with(VERBS) {
            *line = line.replaced(begin..begin + word.len(), &format!("0{unit}"));
        }
    }
}

/// `报告：逾期的扣2分`, `投诉：逾期未办结的每件扣2分`: late by a day or more.
fn late_at_all(line: &mut Folded, colon: usize, names: &[LateName]) {
    const DEEDS: &[&str] =
        &["报送", "上报", "提交", "完成", "反馈", "归档", "办结", "办理", "处理", "答复", "回复", "解除", "交", "报"];
    for range in parts(&line.text, colon).into_iter().rev() {
        let part = line.text[range.clone()].trim_start();
        let begin = range.end - part.len();
        let Some(word) = LATE.iter().find(|word| part.starts_with(**word)) else { continue };
        let behind = &part[word.len()..];
        let deed = behind.strip_prefix('未').unwrap_or(behind);
        let behind = DEEDS.iter().find_map(|deed_done| deed.strip_prefix(deed_done)).unwrap_or(behind);
        let (said, rest) = (part.len() - behind.len(), behind.strip_prefix('的'));
        let is_said = rest.is_some();
        // 逾期的，扣2分: what is given stands behind the comma.
        let rest = match rest.unwrap_or(behind) {
            "" if is_said => line.text[range.end..].trim_start_matches([',', ' ']),
            rest => rest,
        };
        if !(is_said && gives_at_once(rest) || for_each(rest).is_some()) {
            continue;
        }
        // 迟报：迟报的每次扣1分: whatever is reported there is late.
        if line.text[..colon].contains(word) && (for_each(rest).is_some() || said > word.len()) {
            continue;
        }
        let day = if line.text.contains("工作日") { "个工作日" } else { "天" };
        let late = before_more_days(&line.text, colon, range.start, for_each(rest));
        // 逾期的，扣2分 is late and nothing else, whatever stands beside it.
        let is_plain = *word == "逾期" && said == word.len() && is_said && for_each(rest).is_none();
        let is_name = |known: &LateName| known.name == part[..said] || known.name == *word;
        if names.iter().any(|known| is_name(known) && (known.is_column || !is_plain)) {
            continue;
        }
        let others = || parts(&line.text, colon).into_iter().filter(|other| other.start != range.start);
        let others = || others().map(|other| line.text[other].trim());
        // 每逾期1天扣1分，逾期未报的扣5分: what is still not done, beside what is late.
        let is_undone = part[word.len()..].starts_with('未');
        if !is_plain
            && (others().any(is_other_case)
                || is_undone && others().any(has_late_word)
                || late.is_none() && others().any(speaks_of_late))
        {
            continue;
        }
        let late = late.unwrap_or_else(|| format!("逾期1{day}以上"));
        *line = line.replaced(begin..begin + said, &format!("{late}{}", if is_said { "" } else { "的" }));
    }
}

/// 每逾期1天, 迟报的, 3天以内.
fn speaks_of_late(part: &str) -> bool {
    let is_bound = part.starts_with(|c: char| c.is_ascii_digit()) || part.starts_with(['超', '不', '满']);
    let is_of_days = is_bound && part.contains(|c: char| c.is_ascii_digit()) && part.contains(['天', '日']);
    is_of_days || has_late_word(part)
}

fn has_late_word(part: &str) -> bool {
    part.contains(['逾', '迟', '晚']) || LATE.iter().any(|word| part.contains(word))
}

/// 漏报的每次扣2分: a case, and not one of lateness, nor one that names its column.
fn is_other_case(part: &str) -> bool {
    const KNOWN: &[&str] = &["按期", "按时", "提前", "及时", "其余", "其他"];
    let Some((case, rest)) = part.split_once('的') else { return false };
    let is_known = speaks_of_late(case) || KNOWN.iter().any(|word| case.starts_with(word));
    !is_known && !case.contains('为') && !case.contains(|c: char| c.is_ascii_digit()) && gives_at_once(rest)
}

fn gives_at_once(rest: &str) -> bool {
    ["扣", "不得分", "减半", "本项", "一票否决", "取消"].iter().any(|word| rest.starts_with(word))
        || for_each(rest).is_some()
}

/// 每件 of 每件扣2分, but not 每天.
fn for_each(rest: &str) -> Option<&str> {
    const TIMES: &[char] = &['天', '日', '工', '周', '月', '季', '年', '小', '分', '半', '逾', '超', '延', '迟', '晚'];
    let unit = rest.strip_prefix('每')?;
    let end = unit.find('扣')?;
    let is_unit = unit[..end].chars().all(char::is_alphabetic) && (1..=2).contains(&unit[..end].chars().count());
    (is_unit && !unit.starts_with(TIMES)).then(|| &rest[..'每'.len_utf8() + end])
}

/// `逾期的每件扣2分，逾期超过5天的每件扣4分`: up to where more days have points of their own.
fn before_more_days(text: &str, colon: usize, own: usize, each: Option<&str>) -> Option<String> {
    let of_days = |part: &&str| part.contains(['天', '日']) && part.contains(|c: char| c.is_ascii_digit());
    let others = parts(text, colon).into_iter().filter(|range| range.start != own);
    let others: Vec<&str> = others.map(|range| text[range].trim()).filter(of_days).collect();
    let [other] = others[..] else { return None };
    let said = ["逾期", "超期"].iter().find_map(|word| other.strip_prefix(word)).unwrap_or(other);
    let beyond = said.strip_prefix("超过");
    let said = beyond.unwrap_or(said);
    let number = &said[..said.len() - said.trim_start_matches(|c: char| c.is_ascii_digit()).len()];
    let unit = ["个工作日", "天", "日"].into_iter().find(|unit| said[number.len()..].starts_with(unit))?;
    let behind = &said[number.len() + unit.len()..];
    let from = ["及以上", "以上"].iter().find_map(|word| behind.strip_prefix(word));
    let gives = from.filter(|_| beyond.is_none()).or(beyond.and(Some(behind)))?.trim_start_matches('的');
    if number.is_empty() || !gives.strip_prefix(each.unwrap_or_default())?.starts_with('扣') {
        return None;
    }
    Some(match beyond {
        Some(_) => format!("逾期1至{number}{unit}"),
        None => format!("逾期1{unit}以上不满{number}{unit}"),
    })
}

/// 起 of 上访（起）: what a figure is counted in; no percentage is.
fn counted(text: &str, colon: usize) -> Option<&str> {
    let unit = text[..colon].trim().strip_suffix(')')?.rsplit_once('(')?.1;
    (unit != "%").then_some(unit)
}

/// What stands before the number of points that a part ends with.
fn before_points(part: &str) -> Option<&str> {
    let number = part.trim_end().strip_suffix('分')?;
    let before = number.trim_end_matches(is_figure);
    (before.len() < number.len()).then_some(before.trim_end())
}

/// `国家级加5分，省级3分，市级1分` with 加 before each, `3条以上得3分，2条2分，未报0分` with 得.
fn with_verbs(line: &Folded, colon: usize) -> Option<Folded> {
    let text = &line.text;
    // 每项扣1分 has but one part.
    if !text[colon..].contains([',', ';', '、']) {
        return None;
    }
    let mut verb = None;
    let mut without = Vec::new();
    for range in parts(text, colon) {
        let part = &text[range.clone()];
        let Some(key) = before_points(part) else {
            if part.contains(VERBS) {
                return None;
            }
            continue;
        };
        let Some(said) = key.chars().next_back().filter(|last| VERBS.contains(last)) else {
            if !is_case(key.trim()) {
                return None;
            }
            without.push((range.start + key.len(), range.start));
            continue;
        };
        // 每次扣1分，省级3分 may be for each or for one.
        let case = key.trim().trim_end_matches(said);
        // 国家级每次加5分，省级3分
        let each = case.rfind('每').map(|at| &case[at..]).filter(|each| (2..=3).contains(&each.chars().count()));
        let said = format!("{}{said}", each.unwrap_or_default());
        if case.is_empty() || case.starts_with('每') || verb.as_ref().is_some_and(|verb| *verb != said) {
            return None;
        }
        verb = Some(said);
    }
    let (verb, first) = (verb?, parts(text, colon).first()?.clone());
    // What comes first says it.
    if without.is_empty() || without.iter().any(|(_, begin)| *begin == first.start) {
        return None;
    }
    let unit = counted(text, colon);
    let mut chained = line.clone();
    for (at, begin) in without.into_iter().rev() {
        chained = chained.inserted(at, &verb);
        // 未报0分 of what is counted: none of it.
        let key = text[begin..at].trim();
        if let Some(unit) = unit.filter(|_| matches!(key, "未报" | "没有" | "无" | "未开展")) {
            let begin = at - text[begin..at].trim_start().len();
            chained = chained.replaced(begin..begin + key.len(), &format!("0{unit}"));
        }
    }
    Some(chained)
}

/// Whether words before points name a case, and bound or count nothing.
fn is_case(key: &str) -> bool {
    const BOUNDS: &[&str] =
        &["最", "满分", "累计", "合计", "上限", "限", "封顶", "不超", "扣", "每", "全年", "当月", "单月"];
    const ENDS: &[char] =
        &['于', '过', '满', '足', '到', '达', '高', '多', '少', '至', '-', '~', '为', '共', '是', '超'];
    !key.is_empty()
        && !key.contains(VERBS)
        && !BOUNDS.iter().any(|word| key.contains(word))
        && !key.ends_with(ENDS)
        && key.ends_with(|c: char| c.is_alphabetic() || c == '%' || c == ')')
}

/// Nothing, and what a step must give for it to be that of a part of the step.
const NOTHING: &[(&str, Option<char>)] = &[
    ("不计分", None),
    ("不扣分", Some('扣')),
    ("不扣", Some('扣')),
    ("不加分", Some('加')),
    ("不加", Some('加')),
    ("不得分", Some('得')),
];

/// `每10件得1分，不足10件不计分`: what is short of a step gives nothing, as 不足10件的不计 says.
fn part_of_a_step(line: &mut Folded, colon: usize) {
    for range in parts(&line.text, colon).into_iter().rev() {
        let part = line.text[range.clone()].trim();
        let Some(said) = part.strip_prefix("不足") else { continue };
        let is_asked = ["不低于", "不少于"].iter().any(|word| line.text[colon..range.start].contains(word));
        let nothing = NOTHING.iter().find_map(|(word, verb)| Some((said.strip_suffix(word)?, *verb)));
        let Some((quantity, verb)) = nothing else { continue };
        let quantity = quantity.trim_end_matches(['的', ',', ' ']);
        let points = quantity.strip_suffix('%').map(|number| format!("{number}个百分点"));
        let whole = points.unwrap_or_else(|| quantity.to_owned());
        // 每低1%, 每10件: the step itself.
        let before = &line.text[colon..range.start];
        let steps = |step: &str| {
            before.match_indices(step).any(|(at, _)| {
                let (head, rest) = (&before[..at], &before[at + step.len()..]);
                let word = head.rfind('每').map(|each| &head[each..]);
                word.is_some_and(|word| word.chars().count() <= 4 && !word.contains(|c: char| c.is_ascii_digit()))
                    && match verb {
                        Some(verb) => rest.starts_with(verb) || verb == '扣' && is_asked && rest.starts_with(VERBS),
                        None => rest.starts_with(VERBS),
                    }
            })
        };
        if !quantity.starts_with(|c: char| c.is_ascii_digit()) || !(steps(quantity) || steps(&whole)) {
            continue;
        }
        let begin = range.end - line.text[range.clone()].trim_start().len();
        *line = line.replaced(begin..begin + part.len(), &format!("不足{whole}的不计"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn what_was_said_before_is_written_out() {
        for (said, meant) in [
            ("表彰：国家级加5分，省级3分，市级1分", "表彰:国家级加5分,省级加3分,市级加1分"),
            ("信息（条）：3条以上得3分，2条2分，未报0分", "信息(条):3条以上得3分,2条得2分,0条得0分"),
            ("上访（起）：未发生得20分，发生1起扣5分", "上访(起):0起得20分,发生1起扣5分"),
            ("报告：逾期的扣2分", "报告:逾期1天以上的扣2分"),
            ("报告：按期的得2分，逾期的，不得分", "报告:按期的得2分,逾期1天以上的,不得分"),
            ("投诉：逾期未办结的每件扣2分", "投诉:逾期1天以上的每件扣2分"),
            ("投诉：超期每件扣2分", "投诉:逾期1天以上的每件扣2分"),
            (
                "投诉：逾期的每件扣2分，逾期超过5个工作日的每件扣4分",
                "投诉:逾期1至5个工作日的每件扣2分,逾期超过5个工作日的每件扣4分",
            ),
            ("投诉：逾期的扣2分，5天以上扣4分", "投诉:逾期1天以上不满5天的扣2分,5天以上扣4分"),
            ("投诉：逾期的扣2分；逾期10天以上取消评先资格", "投诉:逾期1天以上的扣2分;逾期10天以上取消评先资格"),
            ("投诉（件）：3件以内不扣分，超过部分每件扣0.5分", "投诉(件):3件以内不扣分,超过3件的部分每件扣0.5分"),
            ("投诉：逾期未报的每天扣2分", "投诉:逾期未报的每天扣2分"),
            ("表彰：国家级每次加5分、省级3分", "表彰:国家级每次加5分、省级每次加3分"),
            ("表彰：国家级每次加5分，省级加3分，市级1分", "表彰:国家级每次加5分,省级加3分,市级1分"),
            ("报告：逾期的，每天扣2分", "报告:逾期的,每天扣2分"),
            ("上访（起）：每起扣5分；没有的得满分", "上访(起):每起扣5分;0起的得满分"),
            ("率（%）：≥90%得10分，其余5分", "率(%):≥90%得10分,其余得5分"),
            ("办件（件）：每10件得1分，不足10件不计分", "办件(件):每10件得1分,不足10件的不计"),
            ("率（%）：不低于25%，每低1%扣1分，不足1%不扣", "率(%):不低于25%,每低1%扣1分,不足1个百分点的不计"),
            ("差错：每件扣1分，超过5件的，超出部分每件扣2分", "差错:每件扣1分,超过5件的部分每件扣2分"),
            ("移送：每逾期5天扣1分，不足5天的不扣分", "移送:每逾期5天扣1分,不足5天的不计"),
            ("录入（件）：不少于30件，每少5件扣1分，不足5件的不扣分", "录入(件):不少于30件,每少5件扣1分,不足5件的不计"),
            ("户：每10户得1分，不足10户的不得分", "户:每10户得1分,不足10户的不计"),
            ("宣传：每5次加1分，不足5次的不加分", "宣传:每5次加1分,不足5次的不计"),
            ("差错：每5次扣1分，不足3次的不扣分", "差错:每5次扣1分,不足3次的不扣分"),
            // Which way the points go, or what they are of, is not certain.
            ("通报：市级扣5分，省级加3分，县级1分", "通报:市级扣5分,省级加3分,县级1分"),
            ("差错：每次扣1分，省级3分", "差错:每次扣1分,省级3分"),
            ("表彰：国家级加5分，最多8分", "表彰:国家级加5分,最多8分"),
            ("表彰：国家级5分，省级加3分", "表彰:国家级5分,省级加3分"),
            ("信息（条）：10条以上得5分，不足10条不计分", "信息(条):10条以上得5分,不足10条不计分"),
            ("率（%）：每增长1%加1分，不足1%不扣", "率(%):每增长1%加1分,不足1%不扣"),
        ] {
            let mut line = fold(said, 0);
            super::write_out(&mut line, &[]);
            assert_eq!(line.text, meant);
        }
    }

    #[test]
    fn what_may_be_something_else_than_late_is_left_as_it_was() {
        let column = |name: &str| super::LateName { name: name.to_owned(), is_column: true };
        let names = [column("逾期未归档"), column("超期")];
        for said in [
            "材料:每逾期1天扣1分,逾期未报的扣5分",
            "材料:逾期未报的本项不得分,每逾期1天扣1分",
            "材料:逾期报送的每次扣1分,逾期未报送的每次扣5分",
            "材料:逾期3天以内扣1分,逾期未办结的扣3分",
            "材料:逾期未报送的本项不得分,逾期报送的每次扣1分",
            "报表:迟报的每次扣1分,漏报的每次扣2分",
            "报表:漏报的每次扣1分、迟报的每次扣2分",
            "报表:逾期未办结的每件扣1分,未办结的每件扣2分",
            "工单:逾期未归档的每件扣2分",
            "工单:超期的每件扣2分",
        ] {
            let mut line = fold(said, 0);
            super::write_out(&mut line, &names);
            assert_eq!(line.text, said);
        }
    }
}
