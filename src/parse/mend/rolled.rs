//! How the total of a longer period comes about, in words of schemes: as the formula that it is here.

use super::{Mend, Patient, shown};
use crate::parse::Context;

/// How many periods a year has, and of which.
const COUNTS: &[(&str, &str)] =
    &[("四个", "季度"), ("4个", "季度"), ("十二个", "月"), ("12个", "月"), ("两个", "半年"), ("2个", "半年")];

impl Patient<'_> {
    /// `年终得分 = 月度平均得分占60%，年终考核得分占40%`
    pub(super) fn rolled(&self) -> Option<Mend> {
        let text = self.text();
        if let Some(help) = shares_of_years(text).filter(|_| self.line.context == Context::Conventions) {
            return self.told("other-words", "哪一年的得分不能单独点名", 0..text.len(), help);
        }
        let mut meant = rolled_up(text).filter(|_| self.line.context == Context::Conventions)?;
        let begin = text.find('=')? + 1;
        for title in ["年终", "年度", "全年"] {
            let (head, formula) = meant.split_once('=')?;
            let said = format!("{title}得分");
            if !formula.contains(&said) {
                continue;
            }
            // 年终得分 × 40% is of the section 年终, or of nothing: the whole is no part of itself.
            self.names.longest_at(title).filter(|name| *name == title)?;
            meant = format!("{head}={}", formula.replace(&said, &format!("「{title}」得分")));
        }
        let line = self.written_as(&meant)?;
        let message = "得分怎样得来，写成算式";
        // 四个季度 are all of them.
        match COUNTS.iter().any(|(count, _)| text[begin..].contains(count)) {
            // 12个月得分平均: nothing else is in other words.
            true if !meant.contains('「') => None,
            true => self.told("other-words", message, begin..text.len(), format!("写成：{}", shown(&line))),
            false => self.mended("other-words", message, begin..text.len(), line),
        }
    }
}

/// `任期得分 = 2024年得分 × 20% + 第二年得分 × 30%`: a share that each year has of its own.
pub fn shares_of_years(text: &str) -> Option<String> {
    let (total, formula) = text.split_once('=')?;
    let total = total.trim();
    let is_year = |before: &str| before.ends_with(|c: char| c.is_ascii_digit() || "一二三四五".contains(c));
    let names_year = formula.match_indices('年').any(|(at, _)| is_year(&formula[..at]));
    let is_it = matches!(total, "任期得分" | "总得分") && names_year && formula.contains(['×', '*', '%']);
    is_it.then(|| {
        format!(
            "各年所占的不一样的，先在开头声明：参数 年度权重（%）：统一每年一个\n再写：{total} = 各年（得分 × 年度权重）之和，保留2位小数，四舍五入\n各年占多少，写在事实里"
        )
    })
}

/// `年终得分 = 季度督查平均分×60% + …`, `…占60%，…占40%`: the same as a formula; `None` where it is one.
pub fn rolled_up(text: &str) -> Option<String> {
    let (head, formula) = text.split_once('=')?;
    if !head.trim().ends_with("得分") {
        return None;
    }
    let (formula, keep) = match formula.find(",保留").or_else(|| formula.find("，保留")) {
        Some(at) => formula.split_at(at),
        None => (formula, ""),
    };
    let parts: Vec<&str> = formula.split([',', '，', ';', '；', '、']).map(str::trim).collect();
    let shared = |part: &str| {
        let (of, share) = part.split_once('占')?;
        let share = share.trim_start_matches(['比', '为']);
        let number = share.strip_suffix('%')?;
        number.chars().all(|c| c.is_ascii_digit() || c == '.').then(|| format!("{} × {share}", meant(of.trim())))
    };
    let shares: Option<Vec<String>> = parts.iter().map(|part| shared(part)).collect();
    let with = match shares {
        Some(shares) => shares.join(" + "),
        None => {
            let mut out = String::new();
            for part in formula.split_inclusive(['+', '＋', '×', '*', '(', ')', '（', '）']) {
                let sign = part.chars().next_back().filter(|c| "+＋×*()（）".contains(*c));
                let of = part.strip_suffix(|c| "+＋×*()（）".contains(c)).unwrap_or(part);
                out += &of.replace(of.trim(), &meant(of.trim()));
                out.extend(sign);
            }
            out
        }
    };
    (with.trim() != formula.trim()).then(|| format!("{} = {}{keep}", head.trim(), with.trim()))
}

/// 四个季度得分的平均值, 月度平均得分, 季度督查平均分: 各季度得分平均.
fn meant(said: &str) -> String {
    const PERIODS: &[(&str, &str)] = &[
        ("季度", "各季度"),
        ("月度", "各月"),
        ("月份", "各月"),
        ("半年度", "各半年"),
        ("半年", "各半年"),
        ("月", "各月"),
    ];
    const MEANS: &[&str] = &["平均得分", "平均分数", "平均分", "平均值", "平均数", "均值", "均分", "平均"];
    const BETWEEN: &[&str] =
        &["考核", "考评", "督查", "检查", "测评", "评价", "得分", "分数", "成绩", "总分", "分", "的"];
    const ALL: &[&str] = &["全年", "各个", "各", "每个", "每"];
    let counted = COUNTS.iter().find_map(|(count, of)| said.strip_prefix(count).filter(|rest| rest.starts_with(of)));
    let behind = counted.or_else(|| ALL.iter().find_map(|word| said.strip_prefix(word))).unwrap_or(said);
    let Some((rest, each)) = PERIODS.iter().find_map(|(word, each)| Some((behind.strip_prefix(word)?, each))) else {
        return said.to_owned();
    };
    let Some(mut rest) = MEANS.iter().find_map(|word| rest.strip_suffix(word)) else { return said.to_owned() };
    while let Some(shorter) = BETWEEN.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = shorter;
    }
    if rest.is_empty() { format!("{each}得分平均") } else { said.to_owned() }
}
