//! What a scheme says in one breath and the language says apart: a limit, a verb, the points of each of several.

use super::{Mend, Patient, shown, written};
use crate::parse::numeral::is_figure;
use crate::parse::words::UNITS;
use crate::syntax::{self, Rule as Token};

/// 发生一起越级上访 as a case that is counted: 越级上访 and 每起.
pub(super) fn counted_case(case: &str) -> Option<(String, String)> {
    let rest = ["发生", "发现", "出现"].iter().find_map(|word| case.strip_prefix(word)).unwrap_or(case);
    let rest = rest.strip_prefix(['一', '1']).or_else(|| rest.strip_prefix("有一"))?;
    let unit = ["人次", "起", "次", "件", "例", "处", "项", "个", "宗"].iter().find(|unit| rest.starts_with(**unit))?;
    let label = rest[unit.len()..].trim();
    // 一个月以上 counts no pieces.
    let is_time =
        ["月", "季", "年", "工作日", "自然日", "学期", "星期", "小时"].iter().any(|time| label.starts_with(time));
    (label.chars().count() >= 2 && !is_time).then(|| (label.to_owned(), format!("每{unit}")))
}

/// 缺席一次 as a case that is counted: 缺席 and 每次.
pub(super) fn case_and_count(case: &str) -> Option<(String, String)> {
    let unit = ["人次", "起", "次", "件", "例", "处", "项", "个", "宗", "条", "户", "人", "名", "家", "份", "篇", "卷"];
    let unit = unit.iter().find(|unit| case.ends_with(**unit))?;
    let label = case.strip_suffix(unit)?.strip_suffix(['一', '1'])?.trim();
    let label = ["发生", "发现", "出现"].iter().find_map(|word| label.strip_prefix(word)).unwrap_or(label);
    (label.chars().count() >= 2).then(|| (label.to_owned(), format!("每{unit}")))
}

/// 缺1人 beside other cases: 缺人 and 每人.
pub(super) fn one_lacking(label: &str, case: &str) -> Option<(String, String)> {
    let word = case.chars().next().filter(|word| ['缺', '少', '漏', '错', '差'].contains(word))?;
    let unit = case[word.len_utf8()..].strip_prefix(['一', '1'])?;
    UNITS.contains(&unit).then(|| (format!("{label}{word}{unit}"), format!("每{unit}")))
}

/// 一次 is the first, 两次 the second.
const TIMES: [&[&str]; 5] =
    [&["一次", "1次"], &["二次", "两次", "2次"], &["三次", "3次"], &["四次", "4次"], &["五次", "5次"]];

/// What a product is given with.
const VERBS: [char; 4] = ['得', '扣', '加', '计'];

/// 排名1-5名, 前3名: each of the places.
fn places_between(cases: &str) -> Option<Vec<String>> {
    const MOST: u32 = 20;
    let said = ["排名", "名次", "位居", "位列"].iter().find_map(|word| cases.strip_prefix(word)).unwrap_or(cases);
    let said = said.trim_start_matches('在').strip_suffix(['名', '位'])?;
    let number = |part: &str| crate::parse::whole(part.trim_start_matches('第').trim_end_matches('名'));
    let (from, to) = match said.strip_prefix('前') {
        Some(to) => (1, number(to)?),
        None => said.split_once(['-', '~', '至', '到']).and_then(|(from, to)| Some((number(from)?, number(to)?)))?,
    };
    (1 <= from && from < to && to - from < MOST).then(|| (from..=to).map(|place| format!("第{place}名")).collect())
}

impl Patient<'_> {
    /// `一次整改不到位扣2分，二次整改不到位扣5分，三次取消资格`: the first, the second and the third time.
    pub(super) fn times_counted(&self, colon: usize) -> Option<Mend> {
        const GIVES: &[&str] = &["不得分", "不扣", "不加", "扣", "加", "得", "取消", "一票否决", "本项"];
        let text = self.text();
        let parts: Vec<&str> = text[colon + 1..].trim_end_matches('。').split([',', ';']).map(str::trim).collect();
        let mut case = None;
        let mut tiers = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let rest = TIMES.get(index)?.iter().find_map(|time| part.strip_prefix(time))?;
            let gives = GIVES.iter().filter_map(|word| rest.find(word)).min()?;
            let (said, gives) = (rest[..gives].trim_end_matches('的'), &rest[gives..]);
            // 三次取消资格 leaves out of what.
            // 三次及以上 is a bound.
            if !said.is_empty() && case.is_some_and(|known| known != said) || said.contains("以上") {
                return None;
            }
            case = case.or((!said.is_empty()).then_some(said));
            let is_points = gives.starts_with(['扣', '加', '得']);
            let last = if index + 1 == parts.len() && index > 0 { "起每次" } else { "" };
            tiers.push(match is_points {
                true => format!("第{}次{last}{gives}", index + 1),
                false => format!("第{}次起每次扣几分，{gives}", index + 1),
            });
        }
        let case = case.filter(|_| tiers.len() > 1)?;
        let begin = text.len() - text[colon + 1..].trim_start().len();
        let help = format!(
            "几次就按第几次写（“几”换成原文的数；每月从头数的，末尾写 每月重新计次）：\n{}：{}，全年连续计次",
            written(text[..colon].trim()),
            written(&tiers.join("，"))
        );
        let message = format!("“{}”一次、二次是第几次", written(case));
        self.told("unknown-condition", message, begin..begin + parts[0].len(), help)
    }

    /// `处罚：一年内受到两次行政处罚的扣10分，三次以上的扣20分`
    pub(super) fn so_often_of(&self, colon: usize) -> Option<Mend> {
        const GOT: &[&str] = &["累计", "受到", "受", "被", "发生", "出现", ""];
        let text = self.text();
        let mut name = None;
        let mut bands = Vec::new();
        for part in text[colon + 1..].trim_end_matches('。').split([',', ';']).map(str::trim) {
            let rest = syntax::strip(Token::WITHIN_YEAR, part).unwrap_or(part);
            let rest = GOT.iter().find_map(|word| rest.strip_prefix(word))?;
            let (number, behind) = rest.split_once('次')?;
            let number = crate::parse::whole(number)?;
            let (said, gives) = behind.split_once('的')?;
            let bound = ["及以上", "以上"].iter().find(|bound| said.starts_with(**bound)).map_or("", |bound| *bound);
            let of = &said[bound.len()..];
            if !of.is_empty() && name.is_some_and(|known| known != of) {
                return None;
            }
            name = name.or((!of.is_empty()).then_some(of));
            bands.push(format!("{number}次{bound}{gives}"));
        }
        let name = name.filter(|name| name.chars().count() > 1 && name.chars().all(char::is_alphabetic))?;
        let line = self.written_as(&format!("{name}:{}", bands.join(",")))?;
        let help = format!("次数照本条的考评周期数，写成：{}\n看一年的，本条再写一行：考评周期 每年", shown(&line));
        let end = text[colon + 1..].find([',', ';']).map_or(text.len(), |end| colon + 1 + end);
        self.told("unknown-condition", format!("“{}”写在冒号前面", written(name)), colon + 1..end, help)
    }

    /// `死亡人数：全部责任按100%、主要责任按70%计`: what part counts, of points that are said elsewhere.
    pub(super) fn parts_alone(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim().trim_end_matches('。');
        let part = |part: &'_ str| {
            let (name, share) = part.trim().split_once('按')?;
            let number = share.trim_end_matches(['计', '算', '分', '扣']).strip_suffix('%')?;
            let name = name.trim_end_matches('的');
            let is_name = name.chars().count() > 1 && name.chars().all(char::is_alphabetic);
            (is_name && number.parse::<f64>().is_ok()).then(|| (name.to_owned(), format!("按{number}%计")))
        };
        let parts: Vec<(String, String)> = body.split(['、', ',', ';']).map(part).collect::<Option<_>>()?;
        let [(first, _), .., (last, _)] = &parts[..] else { return None };
        // 责任 of 全部责任 and 主要责任
        let common = last.char_indices().map(|(at, _)| &last[at..]);
        let common = common
            .filter(|end| end.chars().count() > 1)
            .find(|end| parts.iter().all(|(name, _)| name.ends_with(*end) && name != *end));
        let column = common.unwrap_or("情况");
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        let said: Vec<String> = parts.iter().map(|(name, share)| format!("{column}为{name}的{share}")).collect();
        let help = format!(
            "先在开头声明一列：事实列 {column}：{}\n接在写几分的那一句后面：，{}",
            names.join("/"),
            said.join("，")
        );
        let begin = colon + 1 + text[colon + 1..].find(first.as_str())?;
        self.told("unknown-condition", "没有写是几分的百分之几", begin..begin + first.len(), help)
    }

    /// `停工：每次扣2分，整改合格的恢复1分`: points that come back, as an event of their own.
    pub(super) fn given_back(&self, colon: usize) -> Option<Mend> {
        if let Some(mend) = self.share_given_back(colon) {
            return Some(mend);
        }
        let text = self.text();
        let label = text[..colon].trim();
        let (own, part) = text.trim_end_matches('。').rsplit_once([',', ';'])?;
        let (case, gives) = part.trim().split_once('的')?;
        let points = ["恢复", "返还", "退还", "退回", "补回"].iter().find_map(|word| gives.strip_prefix(word))?;
        let points =
            points.trim_start_matches('扣').strip_suffix('分').filter(|points| points.parse::<f64>().is_ok())?;
        let taken = own.rsplit(['扣']).nth(1)?;
        let each = taken.rsplit_once('每').map_or(String::new(), |(_, unit)| format!("每{unit}"));
        let lines = [own.to_owned(), format!("{label}{case}:{each}加{points}分")];
        let lines = lines.iter().map(|line| self.written_as(line)).collect::<Option<Vec<_>>>()?;
        let help =
            format!("退回来的分另报一种情形，分成两行写：\n{}", lines.iter().map(shown).collect::<Vec<_>>().join("\n"));
        let begin = own.len() + 1;
        self.split("unknown-condition", format!("“{}”没有读懂", written(part)), begin..text.len(), (lines, help))
    }

    /// `扣3分，30日内纠正的，修复加分2.4分`: so much of what the line takes.
    fn share_given_back(&self, colon: usize) -> Option<Mend> {
        let text = self.text().trim_end_matches('。');
        let at =
            ["整改的", "更正的", "改正的", "纠正的"].iter().find_map(|word| Some(text.find(word)? + word.len()))?;
        let said = text[at..].trim_start_matches([',', ' ']);
        let said = ["修复", "恢复", "返还", "退还", "加回"].iter().find_map(|word| said.strip_prefix(word))?;
        let said = ["加分", "扣分", "加", "扣", ""].iter().find_map(|word| said.strip_prefix(word))?;
        let number = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
        let given = number(said.strip_suffix('分')?)?;
        let own = text[colon + 1..at].split([',', ';']).next()?;
        let taken = number(own.rsplit_once('扣')?.1.strip_suffix('分')?)?;
        let share = given.checked_mul(100.into())?.checked_div(taken)?.normalize();
        if share.scale() > 2 || share > 100.into() {
            return None;
        }
        let line = self.parsed(at..self.text().len(), &format!(",返还{share}%"))?;
        let message = "返还写占扣分的百分之几，不写几分";
        let help = format!("{taken}分的{share}%就是{given}分，写成：{}", shown(&line));
        self.told("other-words", message, at..self.text().len(), help)
    }

    /// `每项扣1分，扣5分封顶`
    pub(super) fn capped(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let at = text.find("分封顶").filter(|at| *at > colon)?;
        let number = text[..at].trim_end_matches(is_figure).len();
        let verb = text[..number].chars().next_back().filter(|verb| ['扣', '加', '得'].contains(verb))?;
        let begin = number - verb.len_utf8();
        if number == at || !text[..begin].ends_with([',', ';']) {
            return None;
        }
        let end = at + "分封顶".len();
        let line = self.parsed(begin..end, &format!("最多{}分", &text[begin..at]))?;
        let message = format!("“{}”在这里写作“最多{}分”", &text[begin..end], &text[begin..at]);
        self.mended("other-words", message, begin..end, line)
    }

    /// `满意度×10分`: what is given, without a verb.
    pub(super) fn product_without_verb(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_end_matches('。');
        let (product, behind) = body.find([',', ';']).map_or((body, ""), |end| body.split_at(end));
        let product = product.strip_suffix("为得分").unwrap_or(product).trim();
        let factor = product.strip_suffix('分').unwrap_or(product);
        let number = factor.rsplit(['×', '*']).next().unwrap_or_default().trim();
        let is_number = number.parse::<f64>().is_ok();
        if !product.contains(['×', '÷', '*']) || !(is_number || number == "满") || product.starts_with(VERBS) {
            return None;
        }
        // 完成率×40分 of 发展党员计划完成率
        let label = text[..colon].split('(').next().unwrap_or_default().trim();
        let name = product.split(['×', '÷', '*', '(']).next().unwrap_or_default().trim();
        let is_short = name.chars().count() > 1 && label != name && label.ends_with(name);
        let whole = if is_short { product.replacen(name, label, 1) } else { product.to_owned() };
        let product = whole.as_str();
        let most = if is_number { format!("最多得{number}分") } else { "最多得满分".to_owned() };
        let no_more = ["超额不加分", "超额完成不加分", "超额部分不加分", "超出部分不加分", "超过的不加分"];
        let more = behind.trim_start_matches([',', ';']);
        let behind = match no_more.iter().find_map(|said| more.strip_prefix(said)) {
            Some(rest) => format!(",{most}{rest}"),
            None => behind.to_owned(),
        };
        let line = self.parsed(colon + 1..text.len(), &format!("得 {product}{behind}"))?;
        let end = text.len() - more.len();
        self.mended("missing-word", "算式前面少了“得”", colon + 1..end, line)
    }

    /// `国家级、省级、市级分别加5分、3分、1分`; `国家级、省级、市级推广的加5分、3分、1分`
    pub(super) fn respectively(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let is_said = |at: &usize| text[*at..].starts_with(|c: char| c.is_ascii_digit());
        let said = ["分别", "依次"].iter().find_map(|word| Some((colon + text[colon..].find(word)?, word.len())));
        let (end, at) = match said {
            Some((at, word)) => (at, at + word),
            // Several numbers for several cases are for each its own, whether it says so or not.
            None => {
                let verbs = VERBS.iter().flat_map(|verb| text[colon..].match_indices(*verb)).map(|(at, _)| colon + at);
                let at = verbs.filter(|at| is_said(&(at + '加'.len_utf8()))).min()?;
                let (label, cases) = (text[..colon].trim(), &text[colon..at]);
                let is_listed = cases.contains('、') && !cases.contains([',', ';']);
                let has_bounds = !label.ends_with(')') && cases.contains(|c: char| c.is_ascii_digit() || c == '第');
                (is_listed && !has_bounds).then_some((at, at))?
            }
        };
        let (cases, gives) = (&text[colon + 1..end], &text[at..]);
        let verb = gives.chars().next().filter(|verb| VERBS.contains(verb) || *verb == '赋')?;
        let is_number = |part: &str| part.trim_end_matches('分').parse::<rust_decimal::Decimal>().is_ok();
        let mut tail = gives[verb.len_utf8()..].trim_start_matches('予').trim_end_matches('。').trim();
        let mut points: Vec<&str> = Vec::new();
        while !tail.is_empty() {
            let (part, rest) = tail.split_once(['、', ',']).unwrap_or((tail, ""));
            if !is_number(part.trim()) {
                break;
            }
            points.push(part.trim());
            tail = rest.trim();
        }
        let cases = cases.trim_end_matches(',').trim_end_matches('的').trim();
        let cases = cases.strip_prefix('按').unwrap_or(cases);
        // 市级每项: each of them is given for each.
        let (cases, each) = cases.find('每').map_or((cases, ""), |each| cases.split_at(each));
        // 排名1-5名的: each place of them.
        let listed = places_between(cases).map(|places| places.join("、"));
        let cases = listed.as_deref().unwrap_or(cases);
        let cases: Vec<&str> = cases.split('、').map(|case| case.trim().trim_end_matches('的')).collect();
        let message = "几种情形各是几分，不能写在一行";
        let range = end..text.len();
        if cases[0].is_empty() && points.len() > 1 && tail.is_empty() {
            let message = "“分别”前面没有写是哪几种情形";
            let gives: Vec<String> =
                points.iter().map(|part| format!("{verb}{}分", part.trim_end_matches('分'))).collect();
            let help = format!("一种情形写一行，依次是：{}", gives.join("、"));
            return self.told("unknown-condition", message, range, help);
        }
        if cases.len() < 2 || points.len() < 2 {
            return None;
        }
        if cases.len() != points.len() {
            let message = format!("前面是{}种情形，后面是{}个数，对不上", cases.len(), points.len());
            let help = "一种情形写一行，情形的名称自己写全，如：国家级一等奖：每人次加几分";
            return self.told("unknown-condition", message, range, help);
        }
        // 第一名、第二名、第三名 of a figure are its bands.
        if text[..colon].trim_end().ends_with(')') {
            let bands: Vec<String> = cases
                .iter()
                .zip(&points)
                .map(|(case, points)| format!("{case}{each}{verb}{}分", points.trim_end_matches('分')))
                .collect();
            let tail = if tail.is_empty() { String::new() } else { format!(";{tail}") };
            let line = self.parsed(colon + 1..text.len(), &format!("{}{tail}", bands.join(";")))?;
            let message = "几档各是几分，一档写一段";
            // The places between are no numbers of the line.
            if listed.is_some() {
                let help = format!("写成：{}", shown(&line));
                return self.told("other-words", message, colon + 1..text.len(), help);
            }
            return self.mended("other-words", message, colon + 1..text.len(), line);
        }
        // 国家级一、二、三等奖; 第1、2、3名; 被中央、县通报的: what each is called cannot be told from the words.
        let long = cases.iter().any(|case| case.chars().count() > 2);
        let unclear =
            |case: &&str| case.contains([',', ':']) || case.starts_with('第') || long && case.chars().count() < 2;
        if cases.iter().any(unclear) {
            let help = "一种情形写一行，情形的名称自己写全，如：国家级一等奖：每人次加几分";
            return self.told("unknown-condition", message, range, help);
        }
        // 级别为国家级、省级、市级: conditions of one kind of event.
        if let Some((column, value)) = cases[0].split_once('为') {
            let tail = if tail.is_empty() { String::new() } else { format!(";{tail}") };
            let case = |(index, (case, points)): (usize, (&&str, &&str))| {
                let value = if index == 0 { value } else { case };
                format!("{column}为{value}的{each}{verb}{}分", points.trim_end_matches('分'))
            };
            let body: Vec<String> = cases.iter().zip(&points).enumerate().map(case).collect();
            let line = self.parsed(colon + 1..text.len(), &format!("{}{tail}", body.join(";")))?;
            return self.mended("unknown-condition", "几种情形各是几分，一种写一段", colon + 1..text.len(), line);
        }
        // 获国家级、省级、市级表彰: what stands around the first and behind the last is said of each.
        let before = ["获得", "获", "受到", "受", "被"].iter().find(|word| cases[0].starts_with(**word)).copied();
        let first = cases[0].trim_start_matches(before.unwrap_or(""));
        let last = cases[cases.len() - 1];
        let level = ["级", "等奖", "等"].iter().find_map(|word| Some(last.find(word)? + word.len()));
        let behind = level.map_or("", |end| &last[end..]);
        // 国家、省、市级
        let of_all =
            (last.ends_with('级') && cases.iter().filter(|case| case.ends_with('级')).count() == 1).then_some("级");
        let lines = cases.iter().zip(&points).enumerate().map(|(index, (case, points))| {
            let case = if index == 0 { first } else { case };
            let case = case.trim_end_matches(behind);
            let level = of_all.filter(|level| !case.ends_with(level)).unwrap_or("");
            self.written_as(&format!("{case}{level}{behind}:{each}{verb}{}分", points.trim_end_matches('分')))
        });
        let lines = lines.collect::<Option<Vec<_>>>()?;
        let help = format!("一种情形一行：\n{}", lines.iter().map(shown).collect::<Vec<_>>().join("\n"));
        if !tail.is_empty() {
            // 就高不重复, 最多加10分: of each of them or of all.
            let help = format!("{help}\n“{}”管每一种的，接在每一行后面；管几种合起来的，另写一行", written(tail));
            return self.told("unknown-condition", message, colon + 1..text.len(), help);
        }
        self.split("unknown-condition", message, colon + 1..text.len(), (lines, help))
    }

    /// `每发生1起进京上访，扣2分`: what is counted stands behind its measure word.
    pub(super) fn each_of_what(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_start();
        let said = body.strip_prefix('每')?;
        // 每有一个断面不达标扣5分
        let verb = || said.find(['扣', '加', '得']).filter(|_| said.starts_with('有') && !said.contains([',', ';']));
        let (case, gives) = said.split_once(',').or_else(|| Some(said.split_at(verb()?)))?;
        // 每次扣10分；票据不合规的每张扣0.5分；设立小金库的，…: that each time costs something is said already.
        if case.contains([';', '分']) {
            return None;
        }
        let case = ["发生", "发现", "出现", "有"].iter().find_map(|word| case.strip_prefix(word)).unwrap_or(case);
        let case = if case.starts_with(['1', '一']) { case.to_owned() } else { format!("一{case}") };
        let (label, each) = counted_case(&case)?;
        // 每件加2分，第3件起…; 每项知1分: points are no case.
        if label.ends_with('分') && label.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let line = self.written_as(&format!("{label}:{each}{}", gives.trim_start()))?;
        let help = format!("“{label}”是一种情形，写在冒号前面：{}", shown(&line));
        let begin = text.len() - body.len();
        let end = begin + "每".len() + said.find(gives)?;
        let end = begin + text[begin..end].trim_end_matches(',').len();
        self.told("unknown-condition", format!("说不清“{}”是哪一种情形", written(&text[begin..end])), begin..end, help)
    }
}
