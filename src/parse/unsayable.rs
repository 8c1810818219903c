//! What schemes say that no line says here in those words: known by them, and told with the way round it.

use super::Context;
use super::mend::{Mend, Patient, written};

/// Words, what is wrong with them, and what to write.
const TOLD: &[(&[&str], &str, &str)] = &[
    (
        &["递减", "递增"],
        "逐月递减、递增的分数，一行里写不出来",
        "有效期内每月一样多的，写：加6分，有效期3个月；每月不一样多的，一个月报一行，写：酌情加1分至6分，须有依据",
    ),
    (&["有效期至", "有效期到"], "有效期写几个月，不写到哪一天", "写成：有效期12个月；只算当年的，不必写有效期"),
    (
        &["扣分和加分", "加分和扣分", "加扣分均", "加、扣分均"],
        "扣分的限额和加分的限额各写一行",
        "分成两行：\n扣分封顶 5分\n加分封顶 5分",
    ),
    (
        &["去掉最高、最低", "去掉最高和最低", "去掉一个最高", "去掉最高月", "去掉最低月"],
        "各期得分里去掉最高、最低的，写不出来",
        "各期都算：各月得分平均；评分可以去掉最高最低：评分，去掉最高最低各1个",
    ),
    (
        &["返还1分", "返还2分", "返还3分", "返还5分", "返还0.5分", "返还一分", "返还两分"],
        "返还写占扣分的百分之几，不写几分",
        "写成：30日内整改的，返还该条扣分的50%；或 整改的，减半",
    ),
];

impl Patient<'_> {
    /// A line with words of which only the scheme's author knows what they come to.
    pub(super) fn unsayable(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        let found = TOLD.iter().find_map(|(words, message, help)| {
            let (at, word) = words.iter().find_map(|word| Some((self.text().find(word)?, *word)))?;
            self.told("other-words", *message, at..at + word.len(), *help)
        });
        found
            .or_else(|| self.months_by_number())
            .or_else(|| self.year_end_bonus())
            .or_else(|| self.compared())
            .or_else(|| self.without_when())
    }

    /// `获奖：每次加5分，每人只计一次`
    pub(super) fn once_a_person(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let at =
            [",每人只计", ",每人最多计", ",同一人只计", ",同一人最多计"].iter().find_map(|said| text.find(said))?;
        let said = text[at + 1..].split([',', ';', '。']).next()?.trim();
        let times = said
            .trim_start_matches(|c: char| !c.is_ascii_digit() && !"一两二三四五六七八九十".contains(c))
            .strip_suffix('次')?;
        let times = super::whole(times)?;
        let gives = text[colon + 1..at].trim().strip_prefix("每次")?;
        if times == 0 || gives.contains([',', ';']) {
            return None;
        }
        let nothing = if gives.starts_with('加') { "不加" } else { "不扣" };
        let first =
            if times == 1 { format!("第1次{gives}") } else { format!("第1次至第{times}次每次{gives}") };
        let help = format!(
            "写成：{}：{}，第{}次起{nothing}，按人员计次，每月重新计次（或 全年连续计次）",
            text[..colon].trim(),
            written(&first),
            times + 1
        );
        let message = format!("“{}”在这里写成按人员计次", written(said));
        self.told("other-words", message, at + 1..at + 1 + said.len(), help)
    }

    /// `年终得分 = 12个月得分平均`
    fn months_by_number(&self) -> Option<Mend> {
        let text = self.text();
        let (at, words) = [("12个月", "各月"), ("十二个月", "各月"), ("四个季度", "各季度"), ("4个季度", "各季度")]
            .iter()
            .find_map(|(said, meant)| Some((text.find(said)?, (*said, *meant))))?;
        let range = at..at + words.0.len();
        let line = self.parsed(range.clone(), words.1)?;
        self.mended("misspelled-word", format!("“{}”在这里写作“{}”", words.0, words.1), range, line)
    }

    /// `年终得分 = 各月平均得分 + 年终加分`
    fn year_end_bonus(&self) -> Option<Mend> {
        let text = self.text();
        let from = text.find('=')?;
        let (at, word) = ["年终加分", "年终扣分", "年度加分", "年度扣分"]
            .iter()
            .find_map(|word| Some((from + text[from..].find(word)?, *word)))?;
        let help = format!(
            "年终另加、另扣的写成一个板块：\n板块 {word}\n  考评周期 每年，计入年终\n算式里写它的得分：年终得分 = 各月得分平均 + {word}得分，保留2位小数，四舍五入"
        );
        self.told("unknown-name", format!("没有名为“{word}”的板块"), at..at + word.len(), help)
    }

    /// `信访量（件）：较上年同期每上升1件扣2分`
    fn compared(&self) -> Option<Mend> {
        let text = self.text();
        let colon = super::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        const WORDS: &[(&str, &str)] = &[
            ("较上年同期", "上年同期"),
            ("比上年同期", "上年同期"),
            ("较去年同期", "上年同期"),
            ("比去年同期", "上年同期"),
            ("较上月", "上月"),
            ("比上月", "上月"),
            ("较上季度", "上季度"),
            ("比上季度", "上季度"),
            ("较上年", "上年"),
            ("比上年", "上年"),
            ("同比", "上年同期"),
            ("环比", "上月"),
        ];
        let (at, said, before) =
            WORDS.iter().find_map(|(word, before)| Some((colon + text[colon..].find(word)?, *word, *before)))?;
        let head = text[..colon].trim();
        let (label, unit) = match head.split_once('(') {
            Some((label, unit)) => (label.trim(), unit.trim_end_matches(')').trim()),
            None => (head, "件"),
        };
        let each = text[at + said.len()..].trim_start_matches([',', '每']);
        let points = each.find(['扣', '加', '得']).map_or("扣1分", |verb| &each[verb..]);
        let less = ["降", "少", "减", "低", "退"].iter().any(|word| each.starts_with(word));
        let (step, bound) = if less { ("每少", "低于0") } else { ("每多", "超过0") };
        let one = if unit == "%" { "1个百分点".to_owned() } else { format!("1{unit}") };
        let help = format!(
            "先写出比较的算式，再按它计分：\n指标 {label}（{unit}）\n{label}增减 = {label} - {before}{label}（没有的按 0 计）\n{label}增减：{bound}，{step}{one}{}",
            written(points)
        );
        self.told("unknown-condition", format!("“{}”要先算出来，才能计分", written(said)), at..at + said.len(), help)
    }

    /// `类别为街道的，加5分`, without a label.
    fn without_when(&self) -> Option<Mend> {
        let text = self.text();
        let is = text.find("为").filter(|_| self.line.context == Context::Node)?;
        if super::top_colon(text).is_some() || text.starts_with('当') || text.contains('=') {
            return None;
        }
        let end = is + text[is..].find(',')?;
        let condition = text[..end].trim_end_matches('的');
        let line = self.parsed(0..end, &format!("当 {condition}"))?;
        self.mended("missing-word", "条件前面少了“当”", 0..end, line)
    }
}
