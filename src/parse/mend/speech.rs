//! Lines as a scheme says them that the language says otherwise: a value without its column, words that do not count.

use super::cases::VERBS;
use super::{Mend, Patient, shown, written};
use crate::parse::Context;
use crate::parse::numeral::is_figure;

/// Words of a scheme and what they are here.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("扣一半", "扣满分的50%"),
    ("得一半", "得满分的50%"),
    ("扣除一半", "扣满分的50%"),
    ("扣半数", "扣满分的50%"),
    ("得分=", "得 "),
    ("得分 =", "得 "),
    ("第一次以后", "第2次起"),
    ("以后每", ",超过的部分,每"),
    ("佐证材料", "佐证"),
    ("减完为止", "扣完为止"),
    ("扣完为止,不计负分", "扣完为止"),
    ("扣完为止,不得负分", "扣完为止"),
    ("扣完为止,不倒扣", "扣完为止"),
    (",不计负分", ",扣完为止"),
    (",不得负分", ",扣完为止"),
    (",不倒扣", ",扣完为止"),
    ("取最高分", "取最高"),
    (",取最高不重复计分", ",同一事项按最高级别计一次"),
    (",取最高,不重复计分", ",同一事项按最高级别计一次"),
    (",取最高分,不重复计分", ",同一事项按最高级别计一次"),
    ("同一事项就高不就低", "同一事项按最高级别计一次"),
    ("就高不就低,不累计计分", "同一事项按最高级别计一次"),
    ("就高不就低,不累计加分", "同一事项按最高级别计一次"),
    ("就高不就低,不重复计分", "同一事项按最高级别计一次"),
    ("就高不就低,不重复加分", "同一事项按最高级别计一次"),
    ("就高不就低,不累计", "同一事项按最高级别计一次"),
    ("就高不就低,不重复", "同一事项按最高级别计一次"),
    (",满分", ",最多得"),
    (",不重复计分", ",同一事项不重复计分"),
    ("多次获奖的按最高级别计分", "同一事项按最高级别计一次"),
    ("同类奖项就高不就低", "同一奖项按最高级别计一次"),
    ("就高不就低", "同一事项按最高级别计一次"),
    ("就高计分", "同一事项按最高级别计一次"),
    ("超额完成部分每超", "超过100%的,每超"),
    ("超额部分每超", "超过100%的,每超"),
    ("满分为止", "最多得满分"),
    ("未完成的按比例", "其余按比例"),
    ("达不到的按比例", "其余按比例"),
    ("按人员计次,全年:", "按人员计次,全年连续计次,"),
    ("要求不少于", "不少于"),
    ("应不少于", "不少于"),
    ("应当不少于", "不少于"),
    ("不得少于", "不少于"),
    ("不能少于", "不少于"),
    ("不得低于", "不低于"),
    ("不能低于", "不低于"),
    ("不得超过", "不超过"),
    ("不能超过", "不超过"),
    ("不得高于", "不高于"),
    ("不能高于", "不高于"),
    ("不得多于", "不多于"),
    ("不应低于", "不低于"),
    ("不应超过", "不超过"),
    ("要求", "不少于"),
    ("至少完成", "不少于"),
    ("应召开", "不少于"),
    ("应开展", "不少于"),
    ("应组织", "不少于"),
    ("应完成", "不少于"),
    (":超", ":超过"),
    ("1个名次", "1名"),
    ("一个名次", "1名"),
    ("1个位次", "1名"),
    ("一个位次", "1名"),
    ("次扣分不超过", "次最多扣"),
    ("件扣分不超过", "件最多扣"),
    ("处扣分不超过", "处最多扣"),
    ("起扣分不超过", "起最多扣"),
    ("人扣分不超过", "人最多扣"),
    ("项扣分不超过", "项最多扣"),
];

/// A repair in time, without the days.
const IN_TIME: &[&str] = &["期限内整改", "限期整改", "按期整改", "及时整改"];

/// Words that change no number.
const FILLERS: &[&str] = &[
    "实行",
    ",以最高分计",
    "经核实的,",
    "经查实的,",
    "经核实,",
    "经查实,",
    "经认定,",
    "经核实",
    "经查实",
    "予以",
    "给予",
    "应当",
    "一律",
    "直接",
    "均",
    "应",
    "各",
    "则",
    "排",
    "获得",
    "发生的,",
    "发生的",
];

impl Patient<'_> {
    /// One thing said in the scheme's way where the language has its own.
    pub(super) fn spoken(&self) -> Option<Mend> {
        let text = self.text();
        if self.line.context != Context::Node || self.line.opening {
            return None;
        }
        let colon = crate::parse::top_colon(text)?;
        // 系数：得 系数 × 2
        if crate::parse::is_keyword_head(&text[..colon])
            && VERBS.iter().any(|verb| text[colon + 1..].trim_start().starts_with(verb))
        {
            let word = text[..colon].trim();
            let help = format!("换一个名称，如：{word}情况");
            return self.told("keyword-as-name", format!("“{word}”是语言里的词，不能作情形"), 0..word.len(), help);
        }
        if let Some(mend) = self.numbered_line(text, colon) {
            return Some(mend);
        }
        for (cycle, how) in [(",全年", "连续计次"), (",每月", "重新计次"), (",每季度", "重新计次")] {
            if text.ends_with(cycle)
                && let Some(line) = self.parsed(text.len()..text.len(), how)
            {
                let range = text.len() - cycle.len() + 1..text.len();
                return self.mended("missing-word", format!("没有写{}怎样计次", &cycle[1..]), range, line);
            }
        }
        if let Some(body) = text.strip_suffix(';')
            && let Some(line) = self.parsed(body.trim_end().len()..text.len(), "")
        {
            return self.mended("wrong-sign", "行末不写分号", text.len() - 1..text.len(), line);
        }
        // 缺一项扣1分（最多扣5分）
        if let Some(open) = text.rfind('(').filter(|open| *open > colon)
            && let Some(close) = text[open..].find(')').map(|at| open + at)
            && let Some(line) = self.parsed(open..close + 1, &format!(",{}", &text[open + 1..close]))
        {
            return self.mended("wrong-sign", "括号里的话写在逗号后面", open..close + 1, line);
        }
        if let Some(mend) = self.without_verb(colon) {
            return Some(mend);
        }
        for word in IN_TIME {
            for (at, _) in text.match_indices(word).filter(|(at, _)| *at > colon) {
                let range = at..at + word.len();
                if self.parsed(range.clone(), "30日内整改").is_some() {
                    let help = "写明几日，写成“几日内整改的”，“几”换成日数；不论多久都算的，写：整改的";
                    return self.told("other-words", format!("“{word}”没有写几日内"), range, help);
                }
            }
        }
        // 每月1次，缺1次扣5分
        for cycle in ["每月", "每季度", "每半年", "每年", "每季"] {
            let said = text[colon + 1..].trim_start();
            let Some(rest) = said.strip_prefix(cycle) else { continue };
            let at = text.len() - rest.len();
            let number =
                ["上报", "报送", "完成", "开展", "召开", "组织"].iter().find_map(|word| rest.strip_prefix(word));
            let number = number.unwrap_or(rest);
            // 每月1次得1分 may be for each of them.
            let short = ["缺", "少", "每少", "多", "每多"].iter().any(|word| number.contains(&format!(",{word}")));
            if number.starts_with(|c: char| c.is_ascii_digit())
                && short
                && let Some(line) = self.parsed(at..text.len() - number.len(), "不少于")
            {
                let range = at - cycle.len()..at;
                return self.mended("other-words", format!("“{cycle}”后面少了“不少于”"), range, line);
            }
        }
        if let Some(mend) = None
            .or_else(|| self.completed(colon))
            .or_else(|| self.levels(colon))
            .or_else(|| self.marked(colon))
            .or_else(|| self.the_rest(colon))
            .or_else(|| self.beyond_it(colon))
            .or_else(|| self.times_said_twice(colon))
            .or_else(|| self.none_of_it(colon))
            .or_else(|| self.about_a_base(colon))
            .or_else(|| self.no_more(colon))
            .or_else(|| self.repaired_or_not(colon))
            .or_else(|| self.against_the_mean(colon))
            .or_else(|| self.side_of_a_target(colon))
        {
            return Some(mend);
        }
        for (said, meant) in OTHER_WORDS {
            for (at, _) in text.match_indices(said).filter(|(at, _)| *at > colon) {
                // 未按要求 names no number; 得一半 of a row is half of what the line gives.
                if *said == "要求" && text[..at].ends_with('按') {
                    continue;
                }
                let of_a_row = !text[..colon].contains('(')
                    && text[colon..at].contains('分')
                    && (said.ends_with("一半") || said.ends_with("半数"));
                let meant = if of_a_row { "减半" } else { meant };
                // 同一荣誉就高不就低 says of what.
                let part = text[..at].rsplit([',', ';', ':', '。']).next().unwrap_or_default();
                let meant = match meant.strip_prefix("同一事项") {
                    Some(how) if part.trim_start().starts_with("同一") => how,
                    _ => meant,
                };
                // 要求95%以上 says its side already.
                let says_side = text[at + said.len()..].starts_with(|c: char| c.is_ascii_digit())
                    && text[at..]
                        .split([',', ';'])
                        .next()
                        .is_some_and(|part| part.ends_with("以上") || part.ends_with("以内"));
                let meant = if says_side && matches!(*said, "要求") { "" } else { meant };
                if let Some(line) = self.parsed(at..at + said.len(), meant) {
                    let message = match meant {
                        "" => format!("“{}”不影响计分，不写", written(said)),
                        _ => format!("“{}”在这里写作“{}”", written(said), written(meant.trim())),
                    };
                    let help = format!("写成：{}", shown(&line));
                    let range = at..at + said.len();
                    return Some(Mend { code: "other-words", message, range, lines: vec![line], help: Some(help) });
                }
            }
        }
        for filler in FILLERS {
            for (at, _) in text.match_indices(filler).filter(|(at, _)| *at > colon) {
                if let Some(line) = self.parsed(at..at + filler.len(), "") {
                    let message = format!("“{}”不影响计分，不写", written(filler.trim_matches(',')));
                    let range = at..at + filler.len();
                    let help = format!("写成：{}", shown(&line));
                    return Some(Mend { code: "other-words", message, range, lines: vec![line], help: Some(help) });
                }
            }
        }
        self.capped(colon)
            .or_else(|| self.allowed(colon))
            .or_else(|| self.product_without_verb(colon))
            .or_else(|| self.respectively(colon))
            .or_else(|| self.cases_with_colons(colon))
            .or_else(|| self.doubled_figure(colon))
            .or_else(|| self.each_of_what(colon))
            .or_else(|| self.once_a_person(colon))
            .or_else(|| self.each_below(colon))
            .or_else(|| self.tariff(colon))
            .or_else(|| self.without_column(colon))
    }

    /// `目标任务完成率：完成的得满分；未完成的，按完成比例得分`: all of it is done at 100%.
    fn completed(&self, colon: usize) -> Option<Mend> {
        const DONE: &[(&str, &str)] = &[("未完成", "低于100%"), ("没有完成", "低于100%"), ("完成", "达到100%")];
        const WHAT: &[&str] = &["年度目标任务", "目标任务", "年度任务", "任务", "目标", ""];
        let (text, label) = (self.text(), self.text()[..colon].trim());
        let is_called = label.ends_with("完成率(%)") || label.ends_with("完成率") && self.names.figure(label).is_some();
        let is_rate = is_called && !label.contains("未完成");
        let said = |part: &str| {
            let begin = part.len() - part.trim_start().len();
            let (word, meant) = DONE.iter().find(|(word, _)| part[begin..].starts_with(word))?;
            let rest = &part[begin + word.len()..];
            let rest = WHAT.iter().find_map(|what| rest.strip_prefix(what)).filter(|rest| rest.starts_with('的'))?;
            Some(format!("{}{meant}{rest}", &part[..begin]))
        };
        let body = text[colon + 1..].split_inclusive([',', ';']);
        let body: String = body.map(|part| said(part).unwrap_or_else(|| part.to_owned())).collect();
        let line = self.written_as(&format!("{label}:{body}")).filter(|_| is_rate && body != text[colon + 1..])?;
        let message = format!("“完成”在“{}”里写明是百分之几", written(label));
        self.told("other-words", message, colon + 1..text.len(), format!("写成：{}", shown(&line)))
    }

    /// `国家级记5分，省部级记4分`: all that there are, or one of them?
    fn levels(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_end_matches('。');
        fn marks(part: &str) -> Option<(&str, &str)> {
            let (level, points) = part.trim().split_once(['计', '记'])?;
            let level = level.trim_end_matches('的');
            points.strip_suffix('分')?.parse::<f64>().ok()?;
            (level.ends_with('级') && level.chars().all(char::is_alphabetic)).then_some((level, points))
        }
        let cases: Vec<(&str, &str)> = body.split(['、', ',', ';']).map(marks).collect::<Option<_>>()?;
        let joined =
            |with: &dyn Fn(&(&str, &str)) -> String, sign: &str| cases.iter().map(with).collect::<Vec<_>>().join(sign);
        let one = self.parsed(colon + 1..text.len(), &joined(&|(level, points)| format!("{level}得{points}"), ";"))?;
        let label = written(text[..colon].trim());
        let values = joined(&|(level, _)| (*level).to_owned(), "/");
        let each = joined(&|(level, points)| format!("级别为{level}的每次加{points}"), "，");
        let message = format!("没有写几次“{label}”都计，还是一期只定其中一级");
        let help = format!(
            "都计的，先在开头声明一列：事实列 级别：{values}；再写：{label}：{each}\n只定一级的，写成：{}",
            shown(&one)
        );
        self.told("missing-convention", message, colon + 1..text.len(), help).filter(|_| cases.len() > 1)
    }

    /// `优秀计10分、良好计8分`
    fn marked(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_end_matches('。');
        let marks = |part: &str| {
            let (grade, points) = part.trim().split_once(['计', '得', '记'])?;
            let grade = ["被评为", "评定为", "评为"].iter().find_map(|word| grade.strip_prefix(word)).unwrap_or(grade);
            let grade = grade.trim_end_matches('的');
            let number = points.strip_suffix('分')?;
            let is_grade = grade.chars().count() > 1 && grade.chars().all(char::is_alphabetic);
            (is_grade && number.parse::<f64>().is_ok()).then(|| format!("{grade}得{points}"))
        };
        let parts: Option<Vec<String>> = body.split(['、', ',', ';']).map(marks).collect();
        let line = self.parsed(colon + 1..text.len(), &parts?.join(";"))?;
        self.mended("wrong-sign", "各档写几分用“得”，各档之间用分号", colon + 1..text.len(), line)
    }

    /// `7日内整改的，不扣；未整改的每处扣1分`: what is given first, then what is given back.
    fn repaired_or_not(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let (repaired, rest) = text[colon + 1..].split_once(';')?;
        let gives =
            ["未整改的", "没有整改的", "逾期未整改的"].iter().find_map(|word| rest.trim().strip_prefix(word))?;
        let (gives, repaired) = (gives.trim_start_matches(',').trim_end_matches('。'), repaired.trim());
        let line = self.parsed(colon + 1..text.len(), &format!("{gives},{repaired}"))?;
        self.mended("wrong-order", "先写每处扣几分，再写整改的怎么算", colon + 1..text.len(), line)
    }

    /// `国家级：5分；省级：3分`: a table.
    fn cases_with_colons(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let row = |part: &str| {
            let (case, points) = part.trim().split_once(':')?;
            let (case, number) = (case.trim(), points.trim().strip_suffix('分')?);
            let verb = number.chars().next().filter(|verb| ['扣', '加', '得', '计'].contains(verb));
            let number = number.trim_start_matches(['扣', '加', '得', '计']);
            number.parse::<f64>().ok().map(|_| (case.to_owned(), number.to_owned(), verb))
        };
        let rows: Option<Vec<_>> = text[colon + 1..].trim_end_matches('。').split([';', ',']).map(row).collect();
        let rows = rows.filter(|rows| rows.len() > 1)?;
        let verb = rows[0].2.filter(|verb| rows.iter().all(|row| row.2 == Some(*verb)));
        let how = verb.map_or("加分".to_owned(), |verb| format!("{}分", if verb == '计' { '得' } else { verb }));
        let table: Vec<String> = rows.iter().map(|(case, number, _)| format!("  {case} {number}分")).collect();
        let also = if verb.is_some() { "" } else { "\n扣分的，“加分”改成“扣分”" };
        let help = format!(
            "写成表，一行一种（“级别”换成事实里的那一列）：\n{}：按 级别 查表{how}\n{}{also}",
            text[..colon].trim(),
            table.join("\n")
        );
        self.told("other-words", "几种各是几分，写成表", colon + 1..text.len(), help)
    }

    /// `死亡（人）：每死亡1人扣2分，死亡2人以上的加倍`
    fn doubled_figure(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let label = text[..colon].trim();
        let (at, word) = ["加倍", "减半"].iter().find_map(|word| Some((text.rfind(word)?, *word)))?;
        let (name, unit) = label.strip_suffix(')')?.rsplit_once('(')?;
        let help = format!(
            "各档写明一{unit}几分，如：不超过几{unit}的，每{unit}扣几分；超过几{unit}的，每{unit}扣几分；\n发生一次报一行的，写成情形，名称后面不写量词：{name}：每次扣几分，（条件）的{word}"
        );
        self.told("unknown-condition", format!("指标按数分档，不能写“{word}”"), at..at + word.len(), help)
    }

    /// `优秀60分，良好50分`, `80%以下0分`: points without 得, 扣 or 加 before them.
    fn without_verb(&self, colon: usize) -> Option<Mend> {
        const BOUNDS: &[&str] = &["以上", "以下", "以内", "以后", "名", "位", "其余", "其他", "%", "的"];
        let text = self.text();
        let body = &text[colon + 1..];
        let named =
            |part: &str| part.chars().count() > 1 && part.chars().all(char::is_alphabetic) && !part.contains('每');
        let given = |part: &str| part.contains(['得', '扣', '加', '计', '记', '减', '奖', '给', '赋', '满', '最']);
        let parts = || body.split([',', ';', '、']).map(|part| part.trim().trim_end_matches('。'));
        let without_points = |part: &str| {
            let before = part.strip_suffix('分')?.trim_end_matches(is_figure);
            (before.len() + "分".len() < part.len()).then(|| before.to_owned())
        };
        // 优秀60分，良好50分; one word before points is more likely a misspelled verb.
        let several = parts().filter_map(without_points).filter(|part| named(part) && !given(part)).count() > 1;
        let mut plain = self.line.plain.clone();
        let mut range = None;
        // From the end, so that what was found before stays where it is.
        for (at, _) in text.rmatch_indices('分').filter(|(at, _)| *at > colon) {
            let ends = text[at + "分".len()..].trim_start().chars().next().is_none_or(|c| ",;、。".contains(c));
            let before = text[..at].trim_end_matches(is_figure);
            let part = before.rsplit([',', ';', '、', ':']).next().unwrap_or_default().trim();
            let bound = BOUNDS.iter().any(|word| part.ends_with(word));
            if !ends || before.len() == at || given(part) || !(bound || several && named(part)) {
                continue;
            }
            plain = plain.inserted(before.len(), "得");
            range = Some(before.len()..at + "分".len());
        }
        let range = range?;
        let mut line = self.with_plain(plain.clone());
        if !self.parses(&line, false) {
            // 国家级10分、省级5分
            while let Some(at) = plain.text.find("分、") {
                plain = plain.replaced(at..at + "分、".len(), "分;");
            }
            line = self.with_plain(plain);
            if !self.parses(&line, false) {
                return None;
            }
        }
        let message = format!("“{}”前面没有写得、扣还是加", &text[range.clone()]);
        // 国家级加5分，省级3分 of cases that are not declared: the verb said before.
        if let Some(verb) = ['扣', '加'].into_iter().find(|verb| body.contains(*verb)) {
            let other = if verb == '扣' { '加' } else { '扣' };
            let only = !body.contains(['得', '计', '减', other]);
            let said = &text[range.clone()];
            let verb = verb.to_string();
            return only.then(|| {
                self.told("missing-verb", message, range, format!("在它前面写上“{verb}”：{verb}{}", written(said)))
            })?;
        }
        let gains = body.contains(['得', '计']);
        if gains {
            let help = format!("在它前面写上“得”：得{}", written(&text[range.clone()]));
            return Some(Mend { code: "missing-verb", message, range, lines: vec![line], help: Some(help) });
        }
        let help = format!("得分的写：{}\n扣分、加分的，“得”改成“扣”“加”", shown(&line));
        self.told("missing-verb", message, range, help)
    }

    /// `3次以上的自第3次起每次扣2分`: the same said twice.
    fn times_said_twice(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let (at, said) =
            ["的,自第", "的,从第", "的自第", "的从第"].iter().find_map(|word| Some((text.find(word)?, *word)))?;
        let begin = colon + 1 + text[colon + 1..at].rfind([',', ';']).map_or(0, |sign| sign + 1);
        let times = text[begin..at].trim().strip_suffix("次以上")?;
        let from = text[at + said.len()..].split('次').next()?;
        let line = (times == from).then(|| self.parsed(begin..at + said.len(), "第"))??;
        let help = format!("写成：{}", shown(&line));
        self.told("other-words", "从第几次起写一遍就够了", begin..at + "的".len(), help)
    }

    /// `每低于95%一个百分点扣1分`
    fn each_below(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        for (said, bound, each) in [
            ("每低于", "低于", "每低"),
            ("每少于", "少于", "每少"),
            ("每高于", "高于", "每高"),
            ("每超过", "超过", "每多"),
        ] {
            for (at, _) in text.match_indices(said).filter(|(at, _)| *at > colon) {
                let rest = &text[at + said.len()..];
                let digits = rest.len() - rest.trim_start_matches(is_figure).len();
                let unit: usize =
                    rest[digits..].chars().take_while(|c| !c.is_ascii_digit() && *c != '一').map(char::len_utf8).sum();
                let (limit, step) = rest.split_at(digits + unit);
                let step_number =
                    if let Some(step) = step.strip_prefix('一') { format!("1{step}") } else { step.to_owned() };
                if digits == 0 || limit.len() > digits + 9 {
                    continue;
                }
                if let Some(line) = self.parsed(at..text.len(), &format!("{bound}{limit},{each}{step_number}")) {
                    return self.mended("wrong-order", "界限写在“每”的前面", at..at + said.len() + limit.len(), line);
                }
            }
        }
        None
    }

    /// `按等级加分，一级10分，二级6分`: a table.
    fn tariff(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim();
        let rest = body.strip_prefix('按')?;
        let (at, verb) =
            ["加分", "扣分", "得分", "计分"].iter().filter_map(|verb| Some((rest.find(verb)?, *verb))).min()?;
        let column = rest[..at].trim().trim_end_matches("查表").trim();
        let rows = rest[at + verb.len()..].trim_start_matches([',', ':', ';']);
        let rows: Vec<&str> = rows.split([',', ';', '、']).map(str::trim).filter(|row| !row.is_empty()).collect();
        // 核心每篇2分，普通每篇1分: for each, and no part of what the column says.
        let each = rows.first().and_then(|row| {
            let each = &row[row.find('每')?..];
            Some(each.trim_end_matches('分').trim_end_matches(is_figure))
        });
        let each = each.map(|each| each.trim_end_matches(['加', '扣', '得', '计']));
        let each = each.filter(|each| rows.iter().all(|row| row.contains(each))).unwrap_or("").to_owned();
        if each.is_empty() && rows.iter().any(|row| row.contains('每')) {
            return None;
        }
        let rows: Vec<String> = rows.iter().map(|row| row.replacen(&each, "", 1)).collect();
        let is_row = |row: &String| {
            let key = row.trim_end_matches('分').trim_end_matches(is_figure);
            row.ends_with('分') && !key.is_empty() && key.len() + "分".len() < row.len()
        };
        if rows.is_empty() || !rows.iter().all(is_row) || column.is_empty() {
            return None;
        }
        let verb = if verb == "计分" { "得分" } else { verb };
        let rows: Vec<String> = rows
            .iter()
            .map(|row| {
                let key = row.trim_end_matches('分').trim_end_matches(is_figure);
                let key = key.trim_end_matches(['加', '扣', '得', '计']);
                let points = row.trim_start_matches(key).trim_start_matches(['加', '扣', '得', '计']);
                format!("  {key} {points}")
            })
            .collect();
        let label = text[..colon].trim();
        let help = format!("写成表，一行一种：\n{label}：{each}按 {column} 查表{verb}\n{}", rows.join("\n"));
        self.told("other-words", "几种各是几分，写成表", colon + 1..text.len(), help)
    }

    /// `（1）缺项：每项扣1分`: an item and its line in one.
    fn numbered_line(&self, text: &str, colon: usize) -> Option<Mend> {
        let close = text.strip_prefix('(')?.find(')')? + 1;
        let number = crate::parse::whole(&text[1..close])?;
        let label = text[close + 1..colon].trim();
        if label.is_empty() {
            return None;
        }
        let line = self.with_plain(self.line.plain.slice(close + 1..text.len()));
        let help = format!(
            "分成两行，小项的序号写全（1.1、1.1.{number}）：\n1.{number} {}\n    {}",
            written(label),
            self.parses(&line, false).then(|| shown(&line))?
        );
        self.told("item-with-line", "条目和计分句写在了一行", 0..close + 1, help)
    }

    /// `国家级的每次加10分`, where 级别 lists 国家级.
    fn without_column(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let mut plain = self.line.plain.clone();
        let mut first = None;
        let mut values: Vec<(&str, &str)> = self.names.values().collect();
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        for (value, column) in &values {
            let is_one = values.iter().filter(|(other, _)| other == value).count() == 1;
            let mut from = colon;
            while let Some(at) = plain.text[from..].find(value).map(|at| from + at) {
                let end = at + value.len();
                from = end;
                // 国家级每次加5分、省级每次加3分
                let pause = plain.text[..at].ends_with("分、");
                let begins = pause || plain.text[..at].ends_with([',', ';', ':', ' ']);
                let rest = plain.text[end..].trim_start();
                let ends = ["的", "每", "扣", "加", "得", "酌", "减半", "按"].iter().any(|word| rest.starts_with(word));
                if !(is_one && begins && ends) {
                    continue;
                }
                let of = if rest.starts_with('的') { "" } else { "的" };
                let comma = if pause { "," } else { "" };
                let with = format!("{comma}{column}为{value}{of}");
                let at = if pause { at - "、".len() } else { at };
                plain = plain.replaced(at..end, &with);
                from = at + with.len();
                first = first.or_else(|| text[colon..].find(value).map(|at| (colon + at, *value, *column)));
            }
        }
        let (at, value, column) = first?;
        let line = self.with_plain(plain);
        let message = format!("“{value}”是“{column}”的取值，前面少了“{column}为”");
        self.parses(&line, false).then(|| self.mended("missing-word", message, at..at + value.len(), line))?
    }
}

/// Whether a label or a case says that something was handed in or done too late; 迟到 is nobody's deadline.
pub fn says_late(label: &str) -> bool {
    const LATE: &[&str] = &["逾期", "迟报", "迟交", "迟延", "晚报", "晚交", "延误", "延迟", "拖延", "超期", "误期"];
    const UNTIMELY: &[&str] = &["未按时", "未按期", "未及时", "不按时", "不按期", "不及时", "没有按时", "没有按期"];
    const DONE: &[&str] = &["报", "交", "完成", "整改", "反馈", "归档", "办结", "更新", "录入", "解除"];
    // Asked of every line, and nearly always in vain.
    let begins = |words: &[&str], at: usize| words.iter().any(|word| label[at..].starts_with(word));
    let is_said = |(at, begin): (usize, char)| match begin {
        '逾' | '迟' | '晚' | '延' | '拖' | '超' | '误' => begins(LATE, at),
        '未' | '不' | '没' => begins(UNTIMELY, at) && DONE.iter().any(|word| label.contains(word)),
        _ => false,
    };
    label.char_indices().any(is_said)
}

/// 每10万元加1分 of a declared figure, as an amount worked out from it.
pub fn steps_of(figure: &str, gives: &str) -> Option<String> {
    let (gives, rest) = gives.split_at(gives.find(['，', ',']).unwrap_or(gives.len()));
    let said = gives.trim().strip_prefix('每')?;
    let at = said.find(['加', '扣', '得'])?;
    let (step, points) = said.split_at(at);
    let verb = points.chars().next()?;
    let points = points[verb.len_utf8()..].trim().strip_suffix('分')?;
    let step = if step.starts_with(|c: char| c.is_ascii_digit()) { step.to_owned() } else { format!("1{step}") };
    // 不足1平方米按1平方米计: what the line says itself.
    let is_part = |phrase: &&str| phrase.starts_with("不足") && phrase.ends_with(['计', '算', '例']);
    let part = rest.split(['，', ',']).map(str::trim).find(is_part);
    let rest: String =
        rest.split_inclusive(['，', ',']).filter(|phrase| part.is_none_or(|part| !phrase.contains(part))).collect();
    let rest = if part.is_some() { rest.trim_end_matches(['，', ',']) } else { &rest };
    let part = part.map_or_else(|| format!("不足{step}的不计"), str::to_owned);
    let is_number = points.parse::<rust_decimal::Decimal>().is_ok();
    is_number.then(|| format!("{verb} 步数（{figure}，每{step}，{part}） × {points}分{rest}"))
}
