//! What a mend must leave as it is: the words that turn a sentence round or make it speak of something else.

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
    let denials = |text: &str| text.chars().filter(|c| DENIALS.contains(c)).count();
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
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
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

#[cfg(test)]
mod tests {
    use super::keeps_meaning;

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
}
