//! A figure held against the mean of all, as schemes say it: 每低于平均值1个百分点, 高于全市平均水平的.

use super::band::REST;
use super::whole::OF_GROUP;
use super::{Mend, Patient, shown, written};

/// What means are called, the longer words first.
const MEANS: &[&str] = &["平均水平", "平均值", "平均数", "平均线", "平均"];
/// Of whom, as it stands before them.
pub(super) const OF_ALL: &[&str] =
    &["全体", "全市", "全县", "全区", "全省", "全乡", "全镇", "全州", "全校", "全院", "全局", "全系统", "各单位"];
/// Steps away from it, the bound they begin at, and what each is.
const STEPS: &[(&str, &str, &str)] = &[
    ("每低于", "低于", "每低"),
    ("每少于", "少于", "每少"),
    ("每高于", "超过", "每高"),
    ("每高出", "超过", "每高"),
    ("每超过", "超过", "每高"),
    ("每超出", "超过", "每高"),
];

impl Patient<'_> {
    /// `每低于平均值1个百分点扣0.5分`
    pub(super) fn against_the_mean(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let label = text[..colon].trim().strip_suffix(')')?.rsplit_once('(')?.0.trim();
        let mut mended = self.line.plain.clone();
        let mut first = None;
        let mut from = colon + 1;
        while let Some(at) = mended.text[from..].find("平均").map(|at| from + at) {
            let word = MEANS.iter().find(|word| mended.text[at..].starts_with(**word))?;
            let (mut begin, mut end) = (at, at + word.len());
            from = end;
            if mended.text[end..].trim_start().starts_with('(') {
                continue;
            }
            let before = mended.text[..at].strip_suffix('的').unwrap_or(&mended.text[..at]);
            let whose = |words: &[&str]| words.iter().find_map(|word| before.strip_suffix(word)).map(str::len);
            let group = whose(OF_GROUP);
            begin = group.or(whose(OF_ALL)).unwrap_or(begin);
            let mean = format!("{}平均({label})", if group.is_some() { "同组" } else { "全体" });
            let step = STEPS.iter().find(|(said, ..)| mended.text[..begin].ends_with(said));
            let with = match step {
                Some((said, bound, each)) => {
                    begin -= said.len();
                    // 每低于平均值的1个百分点
                    end += if mended.text[end..].starts_with('的') { "的".len() } else { 0 };
                    format!("{bound}{mean}的,{each}")
                }
                None => match how_far(&mended.text[..begin], &mended.text[end..]) {
                    // 高于平均5个百分点以上: so far above it and further.
                    Some((compared, far, (bound, sign))) => {
                        begin -= compared.len();
                        let said = format!("{bound}{mean} {sign} {}", &mended.text[end..end + far]);
                        end += far + "以上".len();
                        said
                    }
                    None => mean,
                },
            };
            first = first.or(Some(begin..end));
            mended = mended.replaced(begin..end, &with);
            from = begin + with.len();
        }
        let range = first?;
        // 超过平均的，…；低于的，…: below the same mean.
        let means: Vec<&str> =
            ["全体", "同组"].into_iter().filter(|whose| mended.text.contains(&format!("{whose}平均("))).collect();
        if let [whose] = means[..] {
            let rest = REST.iter().find_map(|word| Some((mended.text.find(&format!(";{word}"))? + 1, word.len())));
            if let Some((at, length)) = rest {
                mended = mended.replaced(at..at + length, &format!("低于{whose}平均({label})的"));
            }
        }
        let line = self.with_plain(mended);
        if !self.parses(&line, false) {
            return None;
        }
        let mut help = format!("写成：{}", shown(&line));
        if help.contains("全体平均") {
            help += "\n和同组比的，“全体”改成“同组”";
        }
        let message = format!("“{}”写明是谁的平均、每差多少", written(&text[range.clone()]));
        Some(Mend { code: "other-words", message, range, lines: vec![line], help: Some(help) })
    }
}

/// The comparison before a mean, how long the difference behind it is, and what both come to.
fn how_far(before: &str, behind: &str) -> Option<(&'static str, usize, (&'static str, char))> {
    const ABOVE: &[&str] = &["高于", "高出", "超过", "超出", "多于", "大于"];
    const BELOW: &[&str] = &["低于", "少于", "小于", "不足"];
    let far = behind.find("以上").filter(|at| behind.starts_with(|c: char| c.is_ascii_digit()) && *at > 1)?;
    if behind[..far].contains([',', ';', ':', '的', '%']) {
        return None;
    }
    let ends = |words: &'static [&'static str]| words.iter().find(|word| before.ends_with(**word)).copied();
    match (ends(ABOVE), ends(BELOW)) {
        (Some(word), _) => Some((word, far, ("不低于", '+'))),
        (None, Some(word)) => Some((word, far, ("不超过", '-'))),
        (None, None) => None,
    }
}
