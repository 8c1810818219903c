//! What a mend must leave as it is: the numbers, and the words that turn a sentence round or make it speak of something
//! else.

use crate::parse::numeral::is_figure;
use crate::parse::whole;

/// Words that say which side of a bound, which period, or whether points go up or down; the longest first.
const WORDS: &[&str] = &[
    "不低于",
    "不高于",
    "不少于",
    "不多于",
    "不超过",
    "不大于",
    "不小于",
    "不早于",
    "不晚于",
    "低于",
    "高于",
    "少于",
    "多于",
    "超过",
    "大于",
    "小于",
    "早于",
    "晚于",
    "不足",
    "不满",
    "以上",
    "以下",
    "以内",
    "以外",
    "最高",
    "最低",
    "上个月",
    "上季度",
    "上月",
    "上年",
    "去年",
    "下月",
    "下季度",
    "下年",
    "当月",
    "当季",
    "当年",
    "本月",
    "本季度",
    "本年",
    "每月",
    "每季度",
    "每年",
    "全年",
    "年终",
    "半年",
    "前",
    "后",
    "首",
    "末位",
    "升",
    "降",
    "增",
    "扣",
    "加",
    "减",
];

/// Words that deny.
const DENIALS: &[char] = &['不', '未', '没', '非'];

/// Whether a line still says what it said about sides, periods, signs, denials and numbers, or only says more;
/// `may_deny`: a denial may come in where a look-alike of it stood.
pub(super) fn keeps_meaning(before: &str, after: &str, may_deny: bool) -> bool {
    // 排名未位 is 末位 with a look-alike.
    let denials = |text: &str| text.replace("未位", "").chars().filter(|c| DENIALS.contains(c)).count();
    let mut kept = words(after);
    let held = |word: &str| kept.iter().position(|other| *other == word).map(|at| kept.swap_remove(at)).is_some();
    let (denied, denies) = (denials(before), denials(after));
    (denied == denies || may_deny && denied < denies) && words(before).into_iter().all(held)
}

/// The words of [`WORDS`] and the numbers of a line, in order.
fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(is_figure).len();
        let word = WORDS.iter().find(|word| rest.starts_with(**word)).map(|word| word.len());
        let length = word.or((digits > 0).then_some(digits));
        let (taken, left) = rest.split_at(length.unwrap_or(first.len_utf8()));
        if length.is_some() && taken != "." {
            found.push(taken);
        }
        rest = left;
    }
    found
}

/// Whether a mend has every number of a line and no other; a number said in words may be written in digits.
pub(super) fn keeps_numbers(before: &str, after: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // 2。5分; 施行 2024年1月1日至… says months and no days.
    if digits(before) == digits(after) || before.starts_with("施行") {
        return true;
    }
    let (had, mut has) = (numbers(before), numbers(after));
    let said = said_in_words(before);
    let is_known = |number: &&str| had.contains(number) || said.iter().any(|said| said == number);
    if !has.iter().all(is_known) {
        return false;
    }
    // 迟报1次扣1分 is 每次扣1分; 12个月得分平均 is 各月得分平均.
    let each = |text: &str| text.matches('每').count();
    let in_months =
        |number: &str| whole(number).and_then(|years| years.checked_mul(12)).map(|months| months.to_string());
    let implied = |number: &str| match number {
        _ if before.contains(&format!("{number}年")) => {
            in_months(number).is_some_and(|months| after.contains(&format!("{months}个月")))
        }
        "1" => each(after) > each(before),
        "12" => after.contains("各月"),
        "4" => after.contains("各季度"),
        _ => false,
    };
    had.into_iter().all(|number| {
        let held = has.iter().position(|other| *other == number).map(|at| has.swap_remove(at));
        held.is_some() || implied(number)
    })
}

/// The numbers of a text in digits, in order.
fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|part| part.trim_matches('.'));
    parts.filter(|part| !part.is_empty()).collect()
}

/// The numbers that words of a text stand for: 三次, 以后每次, 一半, 超额, 有效期两年, 零投诉.
fn said_in_words(text: &str) -> Vec<String> {
    let is_numeral = |c: char| "一二三四五六七八九十百两".contains(c);
    let mut said: Vec<String> = Vec::new();
    for part in text.split(|c: char| !is_numeral(c)).filter(|part| !part.is_empty()) {
        let Some(number) = whole(part) else { continue };
        said.extend([number.to_string(), number.saturating_mul(12).to_string()]);
    }
    let whole_numbers = || numbers(text).into_iter().chain(said.iter().map(String::as_str)).filter_map(whole);
    let later: Vec<String> = match ["以后", "其后", "此后"].iter().any(|word| text.contains(word)) {
        true => whole_numbers().map(|number| number.saturating_add(1).to_string()).collect(),
        false => Vec::new(),
    };
    let months: Vec<String> = match text.contains('年') {
        true => whole_numbers().map(|number| number.saturating_mul(12).to_string()).collect(),
        false => Vec::new(),
    };
    let words = [("一半", "50"), ("半数", "50"), ("超额", "100"), ("半年", "6")];
    said.extend(words.iter().filter(|(word, _)| text.contains(word)).map(|(_, number)| (*number).to_owned()));
    if ["零", "无", "没", "未"].iter().any(|word| text.contains(word)) {
        said.push("0".to_owned());
    }
    said.into_iter().chain(later).chain(months).collect()
}

#[cfg(test)]
mod tests {
    use super::{keeps_meaning, keeps_numbers};

    #[test]
    fn a_mend_neither_turns_a_line_round_nor_moves_it_to_another_period() {
        for (before, after) in [
            ("当 得分率低于60%,扣5分", "当 得分不低于60%,扣5分"),
            ("等次不得低于一般", "等次不得高于一般"),
            ("满分 20分,扣分可超过满分", "满分 20分,加分可超过满分"),
            ("当 上月排名末位,扣1分", "当 当月排名末位,扣1分"),
            ("缺项:每项扣15分", "缺项:每项扣1分"),
            ("是予奖励", "不予奖励"),
        ] {
            assert!(!keeps_meaning(before, after, false), "{before} → {after}");
        }
    }

    #[test]
    fn what_a_slip_left_out_may_be_added() {
        for (before, after) in [
            ("缺项:每项和1分", "缺项:每项扣1分"),
            ("件数(件):不少干30件,每少1件扣1分", "件数(件):不少于30件,每少1件扣1分"),
            ("100分每月基础分", "每月基础分 100分"),
            ("缺项 每项扣1分", "缺项:每项扣1分"),
        ] {
            assert!(keeps_meaning(before, after, false), "{before} → {after}");
        }
    }

    #[test]
    fn a_mend_keeps_every_number_and_brings_in_none() {
        for (before, after) in [
            ("满意率:满意率×40为得分", "满意率:满意率×40为100分得分"),
            ("上报:迟报1次扣1分,漏报1次扣2分", "上报:每次扣1分"),
            ("走访(次):20次得10分,每少1次扣1分", "走访(次):不少于30次得10分,每少1次扣1分"),
            ("缺项:扣5分", "缺项:扣2分,扣5分"),
        ] {
            assert!(!keeps_numbers(before, after), "{before} → {after}");
        }
        for (before, after) in [
            ("漏报1件扣2分", "每件扣2分"),
            ("第1次扣1分,以后每次扣2分", "第1次扣1分,第2次起每次扣2分"),
            ("每降一个名次扣0.5分", "每降1名扣0.5分"),
            ("每降1名扣0。5分", "每降1名扣0.5分"),
            ("表彰:加5分,有效期两年", "表彰:加5分,有效期24个月"),
            ("零信访得10分", "0件得10分"),
            ("年终得分=12个月得分平均", "年终得分=各月得分平均"),
        ] {
            assert!(keeps_numbers(before, after), "{before} → {after}");
        }
    }
}
