//! What is given, for how many of what, and until when.

use super::{Mend, Patient, shown, written};
use crate::parse::words::UNITS;
use crate::suggest;

impl Patient<'_> {
    /// `施行 2024年1月至12月`, `施行 2024年1月1日至2024年12月31日`, `早于2024年`, `有效期1年`
    pub(super) fn dates(&self) -> Option<Mend> {
        let text = self.text();
        let number_before =
            |at: usize| at - (text[..at].len() - text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).len());
        if text.starts_with("施行") {
            if let Some(end) = text.find('年').map(|at| at + "年".len()) {
                let year = &text[number_before(end - "年".len())..end];
                if let Some(line) = self.parsed(self.stopped..self.stopped, year) {
                    return self.mended("missing-word", "止月没有写年", self.stopped..text.len(), line);
                }
            }
            let mut plain = self.line.plain.clone();
            while let Some(day) = plain.text.find('日') {
                let digits =
                    plain.text[..day].len() - plain.text[..day].trim_end_matches(|c: char| c.is_ascii_digit()).len();
                plain = plain.replaced(day - digits..day + "日".len(), "");
            }
            let line = self.with_plain(plain);
            let parses = self.parses(&line, false);
            return parses.then(|| self.mended("stray-words", "施行只写到月", "施行".len()..text.len(), line))?;
        }
        for (at, year) in text.match_indices('年') {
            let from = number_before(at);
            let end = at + year.len();
            if from == at {
                continue;
            }
            if let Some(line) = self.parsed(end..end, "1月1日") {
                // 超过3年的每件扣3分: how long, and no year of the calendar.
                let before = ["不超过", "超过", "不满", "不足", "满", "达到", "低于", "高于"]
                    .iter()
                    .find_map(|word| text[..from].strip_suffix(word));
                if let (Some(before), Ok(years @ 1..=50)) = (before, text[from..at].parse::<u32>()) {
                    let said = written(&text[before.len()..end]);
                    let with = format!("{before}时长{}{}个月{}", &text[before.len()..from], years * 12, &text[end..]);
                    let help = format!("时长由事实报，先在开头声明一列：事实列 时长（个月）；再写：{}", written(&with));
                    let message = format!("“{said}”是多久，没有写是什么的时长");
                    return self.told("missing-word", message, before.len()..end, help);
                }
                let help = format!("写到日，例如：{}", shown(&line));
                return self.told("incomplete-date", "日期没有写到日", from..end, help);
            }
            let months = text[from..at].parse::<u32>().ok().and_then(|years| years.checked_mul(12));
            if text[..from].ends_with("有效期")
                && let Some(months) = months
                && let Some(line) = self.parsed(from..end, &format!("{months}个月"))
            {
                return self.mended("unknown-unit-word", "有效期按月写", from..end, line);
            }
        }
        None
    }

    /// `每项罚1分`, `每项1分`: what is done with the points.
    pub(super) fn verb(&self) -> Option<Mend> {
        let text = self.text();
        let digit = |c: char| c.is_ascii_digit();
        let told = |begin: usize, end: usize| {
            // 低于九成扣5分
            if let Some(tenths) = text[begin..end].strip_prefix('成').map(|_| text[..begin].chars().next_back())
                && let Some(tenth) = tenths.and_then(|tenths| "一二三四五六七八九".chars().position(|c| c == tenths))
            {
                let from = begin - "九".len();
                let percent = format!("{}%", 10 * (tenth + 1));
                let said = &text[from..begin + "成".len()];
                self.parsed(from..begin + "成".len(), &percent)?;
                let message = format!("“{}”在这里写作“{percent}”", written(said));
                return self.told("other-words", message, from..begin + "成".len(), format!("写成百分数：{percent}"));
            }
            let apart = match &text[begin..end] {
                // 最低6分, of what the line itself gives.
                "最低" | "最少" => Some(match self.parsed(begin..end, "最低得") {
                    Some(line) => {
                        format!("只管这一句的，写成：{}\n整条的，另起一行：得分不低于 几分", shown(&line))
                    }
                    None => "分数的下限另起一行：得分不低于 几分".to_owned(),
                }),
                "共" | "共计" | "计" => {
                    Some("共多少分的，写在条目的标题后面：（10分），或另起一行：满分 10分".to_owned())
                }
                _ => None,
            };
            if let Some(help) = apart.filter(|_| text[..begin].contains(',')) {
                let message = format!("“{}”写在句里说不清是扣分还是加分", written(&text[begin..end]));
                return self.told("missing-verb", message, begin..end, help);
            }
            // 每篇加3分，限9分: how much at most.
            if matches!(&text[begin..end], "限" | "限为") {
                let most = if text[..begin].contains('扣') { "最多扣" } else { "最多加" };
                let line = self.parsed(begin..end, most).filter(|_| text[..begin].contains(['扣', '加']))?;
                return self.mended("other-words", format!("“限几分”写作“{most}几分”"), begin..end, line);
            }
            // 第1名加5分，每降1名少加1分: off what the first has.
            if let ("少加" | "少得", Some(at)) = (&text[begin..end], text[..begin].find(['加', '得'])) {
                let less = text.replace(&text[begin..end], "扣");
                let line = self.written_as(&format!("{}得{}", &less[..at], &less[at + '加'.len_utf8()..]))?;
                return self.mended("other-words", "少加的，从前面得的分里扣", begin..end, line);
            }
            // 当月0分: nothing left, of the item or of the whole.
            let is_nothing = text[end..].starts_with("0分");
            let periods = ["当月", "本月", "当季", "当期", "本期", "全年", "年度", "年终", "总分", "得分"];
            if let Some(period) = periods.iter().find(|period| is_nothing && text[begin..end] == ***period) {
                let whole = match *period {
                    "总分" | "得分" => "当期",
                    "本月" => "当月",
                    "本期" => "当期",
                    "年度" | "年终" => "全年",
                    period => period,
                };
                let message = format!("“{period}0分”说不清是本条不得分，还是总分不得分");
                let help = format!("改成其中一句：\n本项计零\n{whole}总分计零");
                return self.told("no-marks-of-what", message, begin..end + "0分".len(), help);
            }
            // 每次不应当扣5分 gives and takes nothing.
            if text[begin..end].contains(['不', '免', '未']) {
                return None;
            }
            let (line, other) = (self.parsed(begin..end, "扣")?, self.parsed(begin..end, "加")?);
            let help = match text.contains(",满分") {
                // How much at most, by the verb.
                true => {
                    let most = |verb: &str, line: String| line.replace("，满分", &format!("，最多{verb}"));
                    let gained = self.parsed(begin..end, "得").map(|line| most("得", shown(&line)));
                    format!(
                        "得分的写：{}\n加分的写：{}\n扣分的写：{}",
                        gained?,
                        most("加", shown(&other)),
                        most("扣", shown(&line))
                    )
                }
                false => format!("扣分的写：{}；加分的写：{}", shown(&line), shown(&other)),
            };
            let message = match &text[begin..end] {
                "" => "没有写是扣分还是加分".to_owned(),
                verb => format!("“{verb}”说不清是扣分还是加分"),
            };
            let end = if end == begin { begin + 1 } else { end };
            self.told("missing-verb", message, begin..end, help)
        };
        // Behind a measure word or a sign, since 每项罚扣1分 would make a measure word of 项罚.
        let numbers =
            text.char_indices().filter(|(at, c)| digit(*c) && !text[..*at].ends_with(|c| digit(c) || c == '.'));
        for (number, _) in numbers {
            let rest = text[number..].trim_start_matches(|c| digit(c) || c == '.');
            if !rest.starts_with('分') {
                continue;
            }
            let mut begin = number;
            for _ in 0..=2 {
                let before = &text[..begin];
                let is_counted = UNITS.iter().any(|u| before.ends_with(u)) || before.ends_with("百分点");
                if before.ends_with([':', ',']) || before.contains('每') && is_counted {
                    if let Some(mend) = told(begin, number) {
                        return Some(mend);
                    }
                    break;
                }
                // 其余4分, 每门10分: what is in the way is no verb.
                if before.ends_with(|c: char| "余他每门上下内的名位".contains(c)) {
                    break;
                }
                begin -= before.chars().next_back().map_or(0, char::len_utf8);
            }
        }
        let begin = self.stopped;
        for length in 0..=2 {
            let end = text[begin..].char_indices().nth(length).map(|(at, _)| begin + at)?;
            let behind = text[end..].trim_start_matches(|c| digit(c) || c == '.');
            if !text[end..].starts_with(digit) || text[..begin].ends_with(digit) || !behind.starts_with(['分', '%']) {
                continue;
            }
            if text[begin..end].contains(|c: char| "余他每门上下内的名位".contains(c)) {
                continue;
            }
            if let Some(mend) = told(begin, end) {
                return Some(mend);
            }
        }
        None
    }

    /// `扣1至5分`: who chooses is not said.
    pub(super) fn judged(&self) -> Option<Mend> {
        let text = self.text();
        for verb in ["扣", "加"] {
            for (at, _) in text.match_indices(verb) {
                let line = self.parsed(at..at, "酌情");
                if let Some(line) = line {
                    let end = text[at..].find([',', ';']).map_or(text.len(), |end| at + end);
                    return self.mended("missing-judged", "几分到几分，没有写是酌情", at..end, line);
                }
            }
        }
        None
    }

    /// `每向扣1分`, `每低1%扣1分`.
    pub(super) fn unit(&self) -> Option<Mend> {
        let text = self.text();
        let verb = |at: usize| text[at..].find(['扣', '加', '得']).map(|end| at + end);
        for (at, _) in text.match_indices('每') {
            let begin = at + "每".len();
            let Some(end) = verb(begin) else { continue };
            let between = &text[begin..end];
            if let Some(percent) = between.find('%') {
                let range = begin + percent..begin + percent + 1;
                if let Some(line) = self.parsed(range.clone(), "个百分点") {
                    return self.mended("wrong-sign", "百分比的差写作百分点", range, line);
                }
            }
            // 每日最多扣2分 is a limit, whatever it is of.
            if let Some(whose) = ["最多", "至多", "最高"].iter().find_map(|word| between.strip_suffix(word)) {
                let message = format!("限额按“每{whose}”还不能写");
                let help = format!(
                    "限额只能按每次（一行事实）、每人、每月、每季度、全年；“{whose}”的事实合成一行报（数量写几次），写：每次最多…"
                );
                if self.parsed(begin..begin + whose.len(), "次").is_some() {
                    return self.told("unread-word", message, at..end, help);
                }
            }
            // 每降一个位次
            if let Some(places) = ["个位次", "个名次", "位次", "位"].iter().find(|word| between.ends_with(**word))
                && let Some(line) = self.parsed(end - places.len()..end, "名")
            {
                let message = format!("“{places}”在这里写作“名”");
                return self.mended("other-words", message, end - places.len()..end, line);
            }
            let unit = between.trim_start_matches(|c: char| c.is_ascii_digit() || "少多低高超满 ".contains(c));
            let range = end - unit.len()..end;
            if unit.is_empty() || unit.chars().count() > 3 {
                continue;
            }
            // 每月1次得1分: for each of them, or once a month?
            let cycle = ["月", "季度", "季", "半年", "年"].iter().find_map(|cycle| unit.strip_prefix(cycle));
            if let Some(times) = cycle.filter(|times| times.starts_with(|c: char| c.is_ascii_digit())) {
                let said = &text[at..end];
                let given = text[end..].split([',', ';', '。']).next().unwrap_or_default();
                let whole = said.strip_suffix(times).unwrap_or(said);
                let help = format!("有几次算几次的，写：每{times}{given}；一期只算一次的，写：{whole}{given}");
                return self.told("other-words", format!("“{said}”说不清是按次数算，还是一期算一次"), at..end, help);
            }
            let near = |known: &&&str| {
                let pair = (unit.chars().next(), known.chars().next());
                unit.chars().count() == 1 && matches!(pair, (Some(a), Some(b)) if suggest::cost(a, b) <= 2)
            };
            let message = format!("“{unit}”不是认得的量词");
            if let Some(known) = UNITS.iter().find(near)
                && let Some(line) = self.parsed(range.clone(), known)
            {
                return self.mended("unknown-unit-word", message, range, line);
            }
            if self.parsed(range.clone(), "次").is_some() {
                let help = "用认得的量词（件、次、人、条、项…）；别的量词先声明：指标 名称（张）";
                return self.told("unknown-unit-word", message, range, help);
            }
        }
        None
    }
}
