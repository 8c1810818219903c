//! Words around 每 that are read, and those that nothing reads: each of them is refused.

use super::Subject;
use super::stray::counted_by_a_time;
use crate::compile::declare::days_spoken_of;
use crate::compile::expression::{Site, Typed};
use crate::compile::scope::{Scope, name_of};
use crate::parse::{COMMON_UNITS, Declared, counted, instead_of_change, unit_is_common, whole};
use crate::plan::*;
use crate::suggest;
use crate::syntax::{self, Pair, Rule as Token};

/// What a 每 counts: what is missing, what is too much, days late. The words on places go the other way: 每降1名.
pub(super) fn kind_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    subject: &Subject,
    pair: &Pair<'_, Token>,
) -> Result<Option<Token>, ()> {
    let Some(kind) = pair.child(Token::per_kind).and_then(|kind| kind.into_inner().next()) else {
        // 每缺1万元 of a figure is what is missing; 每缺1项 of an event is an event.
        let lacks = pair.child(Token::PER_EVENT).is_some_and(|word| matches!(word.as_str().trim(), "缺" | "缺少"));
        return Ok((lacks && matches!(subject, Subject::Value(_))).then_some(Token::SHORT));
    };
    let is_place = matches!(subject, Subject::Value(Typed { kind: Type::Place, .. }));
    match (kind.as_rule(), kind.as_str().trim()) {
        (Token::SHORT, "降" | "降低" | "下降" | "下滑" | "落后" | "后退" | "退") if is_place => {
            Ok(Some(Token::OVER))
        }
        (Token::OVER, "上升" | "提升" | "提高" | "升") if is_place => Ok(Some(Token::SHORT)),
        (Token::SHORT | Token::OVER, "低" | "低于" | "高" | "高出" | "高于") if is_place => {
            let finding = scope
                .at(site.statement, pair, "ambiguous-place", "名次的高低有两种读法")
                .expected("每落后1名、每上升1名");
            scope.blame(finding);
            Err(())
        }
        (kind, _) => Ok(Some(kind)),
    }
}

/// 后移, 名次每降, 以后每降: which way a place goes, in other words or with more of them than it needs.
fn way_of_a_place(name: &str) -> Option<&str> {
    const BEFORE: &[&str] = &["名次", "位次", "排名", "排位", "以后", "其后", "此后", "之后", "往后"];
    let way = BEFORE.iter().find_map(|word| name.strip_prefix(word)).and_then(|rest| rest.strip_prefix('每'));
    match way.unwrap_or(name) {
        "后移" | "下移" | "靠后" | "降" | "下降" | "落后" | "后退" | "退" => Some("降"),
        "前移" | "上移" | "靠前" | "升" | "上升" | "前进" | "进" => Some("升"),
        _ => None,
    }
}

/// 信息（条）：每采用1条得2分: what makes each of them count.
const MAKING: &[&str] = &["采用", "录用", "采纳", "刊发", "刊登", "刊载", "发布", "发表"];
/// 投稿（篇）, 上报信息（条）: not all that was sent in is taken.
const SENT: &[char] = &['投', '稿', '报', '交', '申', '荐'];

/// Words of a 每 that nothing reads (每严重1次) and that are not those of the label (迟到：每迟到1次).
fn unread_word<'a>(site: Site<'_, 'a>, subject: &Subject, pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let head = site.statement.inner().child(Token::head_name)?;
    let label = name_of(&head);
    // 每少组织1次, 每多完成1件: what is done of what the line counts anyway.
    const DOING: &[&str] = &["组织", "开展", "完成", "举办", "召开", "参加", "报送", "上报", "提交", "办理"];
    let stepped = pair.has(Token::per_kind);
    let unit = pair.child(Token::unit).map(|unit| name_of(&unit));
    let counted = matches!(subject, Subject::Value(Typed { kind: Type::Count(of), .. }) if Some(of) == unit.as_ref());
    let unread = |word: &Pair<'a, Token>| {
        let word = name_of(word);
        let makes = counted && MAKING.contains(&word.as_str()) && !label.contains(SENT);
        !(label.contains(&word) || stepped && DOING.contains(&word.as_str()) || makes)
    };
    // 漏报1件 of a figure counts neither what is there nor what is missing.
    let event = pair
        .child(Token::PER_EVENT)
        .filter(|word| matches!(subject, Subject::Value(_)) && matches!(word.as_str().trim(), "漏" | "漏报"));
    event.or_else(|| {
        let words = [Token::deed, Token::noun, Token::loose_unit].into_iter().filter_map(|kind| pair.child(kind));
        words.into_iter().find(|word| match word.as_rule() {
            // 每严重次: a measure word that ends like a known one and is longer than 批次.
            Token::loose_unit => {
                let word_of = name_of(word);
                let known = unit_is_common(&word_of[word_of.char_indices().next_back().map_or(0, |(at, _)| at)..]);
                known && word_of.chars().count() > 2 && unread(word)
            }
            _ => unread(word),
        })
    })
}

/// What is known of the figure of a line that does not say its measure word.
fn declared_elsewhere(site: Site<'_, '_>, subject: &Subject) -> Option<Declared> {
    let has_unit = site.statement.inner().child(Token::head_unit).is_some();
    match subject {
        Subject::Value(Typed { kind, expr }) if !has_unit => Some(match (kind, expr) {
            (Type::Percent, _) => Declared::In("%".to_owned()),
            (Type::Count(unit) | Type::Quantity(unit), _) => Declared::In(unit.clone()),
            (_, Expr::Measure(_)) => Declared::WorkedOut,
            _ => Declared::In("件".to_owned()),
        }),
        _ => None,
    }
}

/// 超期1天 of 每件超期1天 and 每件每超期1天: days behind a deadline.
fn days_late(name: &str) -> Option<&str> {
    let name = name.strip_prefix('每').unwrap_or(name);
    let digit = name.find(|c: char| c.is_ascii_digit() || c == '一')?;
    let is_late = syntax::is(Token::lateness, &name[..digit]);
    (is_late && name.ends_with(['天', '日'])).then_some(name)
}

/// 每逾期一个月, 每超期2周 behind another 每: late by something else than days, and by how many of it.
fn late_otherwise(name: &str) -> Option<(&'static str, u32)> {
    let late = name.strip_prefix('每')?;
    let digit = late.find(|c: char| c.is_ascii_digit() || "一两二三四五六七八九十半".contains(c))?;
    if !syntax::is(Token::lateness, &late[..digit]) {
        return None;
    }
    let step = ["个月", "月", "周", "季度", "年", "小时"].into_iter().find(|step| late.ends_with(step))?;
    let number = whole(late[digit..].strip_suffix(step)?)?;
    Some((if step == "月" { "个月" } else { step }, number))
}

/// Measure words of one character that look or sound like a commoner one, and are none of its misspellings.
const OWN_UNITS: &str = "间级届节步层页字乡镇县区市省组社队班年段章座幢栋棵株只支枝根张枚块片面套双对副堂课站点线路街巷院园\
    校店厂港桥井旗苗员任位款首集回趟遍声笔单桩股束串盘盒箱包袋瓶桶车船艘架艇里寸尺丈斤克两升株顶列封通句段排列批星档周旬季月";

/// 每像扣1分: a measure word that nobody declared, and that is one letter off a known one.
pub(super) fn misspelled_unit(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>) -> bool {
    let found = body.clone().into_inner().flatten().find_map(|inner| {
        let word = (inner.as_rule() == Token::loose_unit).then(|| name_of(&inner))?;
        let mut characters = word.chars();
        let (Some(said), None) = (characters.next(), characters.next()) else { return None };
        let known = COMMON_UNITS.iter().filter(|unit| unit.chars().count() == 1);
        let near = known.filter_map(|unit| Some((suggest::cost(said, unit.chars().next()?), *unit)));
        let (cost, meant) = near.min_by_key(|(cost, _)| *cost)?;
        let is_own = OWN_UNITS.contains(said) && (said, meant) != ('顶', "项");
        (cost <= 2 && !is_own).then_some((inner, word, meant))
    });
    let Some((pair, word, meant)) = found else { return false };
    let line = scope.line_text(site.statement);
    let line = line.replacen(&format!("每{word}"), &format!("每{meant}"), 1);
    let finding = scope
        .at(site.statement, &pair, "misspelled-word", format!("“{word}”应当写作“{meant}”"))
        .help(format!("写成：{}", line.trim()));
    scope.blame(finding);
    true
}

/// 轻伤1人扣1分，重伤1人扣5分: what each word means is not known; where they are several events, each has its line.
pub(super) fn refuse_unread(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    body: &Pair<'_, Token>,
    subject: &Subject,
) -> bool {
    let mut words = Vec::new();
    let mut unread = None;
    for phrase in body.children(Token::phrase) {
        // 迟报一次: late, but not so many days.
        let late = phrase.child(Token::late_range);
        if let (Some(late), Some(outcome)) = (&late, phrase.child(Token::outcome))
            && !late.as_str().contains(['天', '日'])
            && let Some(word) = late.child(Token::LATE)
            && let Some(quantity) = late.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::quantity)
        {
            words.push((word, quantity, outcome));
        }
        let each = [Token::per, Token::happens].into_iter().find_map(|kind| phrase.child(kind));
        if let (Some(each), Some(outcome)) = (each, phrase.child(Token::outcome)) {
            let word = unread_word(site, subject, &each);
            unread = unread.or_else(|| word.clone().map(|_| words.len()));
            // 漏报一次扣3分，错报一次扣1分: the known one is one of the several.
            let late = || each.child(Token::per_kind)?.child(Token::LATE);
            if let Some(word) = word.or_else(|| each.child(Token::PER_EVENT)).or_else(late) {
                words.push((word, each, outcome));
            }
        }
    }
    let Some((first, each, _)) = unread.map(|index| &words[index]) else { return false };
    let name = name_of(first);
    let label = site.statement.label();
    // 发生到市上访1起扣1分 before 到省上访1起扣3分: a case as they are, though its words were read.
    let before: Option<Vec<String>> = body
        .children(Token::phrase)
        .iter()
        .take_while(|phrase| phrase.as_span().end() <= words[0].0.as_span().start())
        .map(|phrase| {
            let said = scope.original(site.statement, phrase);
            match said.starts_with('每') {
                true => Some(format!("{label}：{said}")),
                false => counted_in_words(&said),
            }
        })
        .collect();
    let several = words.len() > 1 || before.as_ref().is_none_or(|before| !before.is_empty());
    let unit = each.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let gives = |outcome: &Pair<'_, Token>| scope.original(site.statement, outcome);
    let starts = |list: &[&str]| list.iter().any(|word| name.starts_with(word));
    let help = if let Some(help) = counted_by_a_time(&name) {
        help
    } else if name == "学期" {
        "还没有按学期的周期：一个学期写成一个板块，这一行写在里面，去掉“每学期”".to_owned()
    } else if let Some(word) = name.strip_suffix('第')
        && unit == "次"
    {
        let line = scope.line_text(site.statement);
        let rest = line.split_once(&name).map(|(_, rest)| format!("第{rest}")).unwrap_or_default();
        format!("是另一种情形的，写成：{word}：{rest}\n只是说“{label}”的，去掉它：{label}：{rest}")
    } else if unit == "名"
        && matches!(subject, Subject::Value(Typed { kind: Type::Place, .. }))
        && let Some(way) = way_of_a_place(&name)
    {
        let number = each.child(Token::number).or_else(|| each.child(Token::one));
        let number = number.map_or("1".to_owned(), |number| name_of(&number));
        format!("写成：{}", scope.line_with(site.statement, each, &format!("每{way}{number}名")))
    } else if starts(&["倒数", "后", "末", "最后"]) && unit == "名" {
        // Of places the greatest number is the last one, of figures the least.
        let is_place = matches!(subject, Subject::Value(Typed { kind: Type::Place, .. }));
        let order = if is_place { "由高到低" } else { "由低到高" };
        let places = scope.original(site.statement, each).replacen(&name, "第", 1);
        format!(
            "名次从后面数的，另算一个名次，分成几行，这一行里去掉这一段：\n{label}倒排 = 名次（{label}，{order}）\n{label}倒排：{}{}",
            places.replace("第第", "第"),
            gives(&words[0].2)
        )
    } else if let Some(help) = instead_of_change(&site.statement.line.plain.text, declared_elsewhere(site, subject)) {
        help
    } else if unit == "名" && starts(&["进", "退", "升", "降", "前移", "后移"]) {
        // 进位1名加1分，退位1名扣1分: of a place, nearer the first is less.
        let lines = words.iter().map(|(word, each, outcome)| {
            let nearer = ["进", "升", "前"].iter().any(|begin| name_of(word).starts_with(begin));
            let number = each.child(Token::number).or_else(|| each.child(Token::one));
            let number = number.map_or("1".to_owned(), |number| name_of(&number));
            let (bound, step) = if nearer { ("低于0", "每少") } else { ("超过0", "每多") };
            format!("{bound}，{step}{number}名{}", gives(outcome))
        });
        let lines: Vec<String> = lines.collect();
        let reported =
            if matches!(subject, Subject::Value(_)) { String::new() } else { format!("指标 {label}（名）\n") };
        format!(
            "先写出比上一期的算式，再按它计分（名次的数小了是进）：\n{reported}{label}增减 = {label} - 上月{label}（没有的，不作考评）\n{label}增减：{}",
            lines.join("；")
        )
    } else if let Some(days) = days_late(&name).filter(|_| matches!(subject, Subject::Event(_))) {
        // 每件超期1天扣0.2分: for each day; 每件 is what 数量 says.
        let line = scope.line_with(site.statement, each, &format!("每{days}"));
        format!("逾期几天算几天，几{unit}一样的“数量”写几{unit}，写成：{line}")
    } else if let Some((step, number)) = late_otherwise(&name).filter(|_| matches!(subject, Subject::Event(_))) {
        // 每个每逾期一个月扣1分: of lateness only the days are known.
        let days = number.saturating_mul(30);
        let line = |rest: &str| {
            let line = scope.line_with(site.statement, each, &format!("每逾期{days}天"));
            let said = gives(&words[0].2);
            line.replacen(&said, &format!("{said}，{rest}"), 1)
        };
        match step {
            "个月" => format!(
                "截止日期、完成日期算到天，几{unit}一样的“数量”写几{unit}。改成其中一句：\n{}\n{}",
                line(&format!("不足{days}天的不计")),
                line(&format!("不足{days}天的按{days}天计"))
            ),
            _ => format!(
                "截止日期、完成日期只算到天：写明几天算一{step}，写：每逾期几天扣（加）几分（“几”换成天数、分数），几{unit}一样的“数量”写几{unit}"
            ),
        }
    } else if matches!(name.as_str(), "每天" | "每日") && days_spoken_of(&label, body).is_some() {
        // 逾期未整改：每项每天扣1分
        format!("几项都是逾期几天算几天的，“数量”写几项：{label}：每逾期1天{}", gives(&words[0].2))
    } else if counted(&name).is_some() || name.contains('每') {
        // 每名党员每少1学时扣0.1分: two numbers, and no line multiplies them.
        let each = scope.original(site.statement, each);
        format!(
            "“{each}”里数了两样，一句里只数一样：两样都乘的，先合成一个数，写成一个指标报上来，按它“每…”计；只数一样的，去掉另一个“每”"
        )
    } else if starts(&["未超", "不超", "允许", "控制在"]) {
        format!("写成：不超过1{unit}，每多1{unit}{}；或 不超过1{unit}的，{}", gives(&words[0].2), gives(&words[0].2))
    } else if matches!(subject, Subject::Value(_)) {
        // 恶化, 新增, 未完成: which way the number goes is not ours to say.
        let way = format!(
            "数大了计分的，写：{label}：超过几{unit}的，每多1{unit}{0}\n数小了计分的，写：{label}：不足几{unit}的，每少1{unit}{0}\n（“几”换成从哪里算起的数）逾期的写成情形：每逾期1天",
            gives(&words[0].2)
        );
        // 考勤（天）：每缺勤一天扣1分: what is reported by itself.
        match subject {
            Subject::Value(Typed { kind: Type::Count(_) | Type::Days, .. })
                if words.len() == 1 && name.chars().count() > 1 =>
            {
                let own = match MAKING.contains(&name.as_str()) {
                    true => {
                        let line = scope.line_with(site.statement, first, "");
                        format!("“{label}”报的就是{name}了几{unit}的，去掉它：{line}\n")
                    }
                    false => String::new(),
                };
                format!("{own}“{name}”几{unit}单独报的，写成一种情形：{name}：每{unit}{}\n{way}", gives(&words[0].2))
            }
            _ => way,
        }
    } else {
        let lines = words.iter().map(|(word, each, outcome)| {
            let unit = each.child(Token::unit).or_else(|| each.child(Token::loose_unit));
            let unit = unit.map_or("次".to_owned(), |unit| name_of(&unit));
            let number = each.child(Token::number).map(|number| number.as_str().trim().to_owned());
            let number = number.filter(|number| number != "1" && number != "一").unwrap_or_default();
            let word = name_of(word);
            // 错 of 每错1项 is no name for facts to use.
            let word = if word.chars().count() == 1 { format!("{word}{unit}") } else { word };
            format!("{word}：每{number}{unit}{}", gives(outcome))
        });
        let lines: Vec<String> = lines.collect();
        if several && before.is_none() {
            "一种情形写一行，情形的名称写在冒号前面，冒号后面写：每次扣几分（或 每件、每起）".to_owned()
        } else if several {
            let mut lines = [before.unwrap_or_default(), lines].concat();
            // What else the line says belongs to one of them or to all.
            let counted = |phrase: &Pair<'_, Token>| {
                let said = phrase.as_span();
                words
                    .iter()
                    .any(|(word, ..)| said.start() <= word.as_span().start() && word.as_span().end() <= said.end())
                    || said.end() <= words[0].0.as_span().start()
            };
            let phrases = body.children(Token::phrase);
            let others = phrases.iter().filter(|phrase| !counted(phrase));
            // 漏管1人扣3分: a case as the others are, though its first word was read.
            let others = others.filter_map(|phrase| {
                let said = scope.original(site.statement, phrase);
                let case = counted_in_words(&said);
                let is_case = case.is_some();
                lines.extend(case);
                (!is_case).then_some((said, phrase.has(Token::limit_rule)))
            });
            let (limits, others): (Vec<_>, Vec<_>) = others.partition(|(_, is_limit)| *is_limit);
            let joined =
                |list: Vec<(String, bool)>| list.into_iter().map(|(said, _)| said).collect::<Vec<_>>().join("，");
            let limits = match limits.len() {
                0 => String::new(),
                _ => format!(
                    "\n“{}”几种合起来的，把这几行放进一个小项，在它下面写“扣分封顶”“加分封顶”；只管其中一种的，接在那一行后面",
                    joined(limits)
                ),
            };
            let others = match others.len() {
                0 => limits,
                _ => format!("{limits}\n“{}”接在它管的那一行后面", joined(others)),
            };
            format!("不同的情形各写一行：\n{}{others}", lines.join("\n"))
        } else {
            let own = scope.line_with(site.statement, first, "");
            let body = own.split_once(['：', ':']).map(|(_, rest)| rest.trim()).unwrap_or_default();
            let case = lines[0].split_once('：').map(|(case, _)| case).unwrap_or_default();
            match name.contains(|c: char| c.is_ascii_digit()) {
                // What has a number says more than the label does.
                true => format!("是另一种情形的，写成：{case}：{body}"),
                false => format!("是另一种情形的，写成：{case}：{body}\n只是说“{label}”的，去掉它：{own}"),
            }
        }
    };
    let finding = scope
        .at(site.statement, first, "unread-word", format!("“{name}”没有读懂，不能当作没有写"))
        .expected("少、多、超、逾期等认得的词，或 每1件、每次")
        .help(help);
    scope.blame(finding);
    true
}

/// 发生到市上访1起扣1分 as a line of its own; 错一字扣0.1分 too, whose word alone is no name.
fn counted_in_words(phrase: &str) -> Option<String> {
    let phrase = phrase.trim();
    let phrase = ["发生", "发现", "出现"].iter().find_map(|word| phrase.strip_prefix(word)).unwrap_or(phrase);
    let one = phrase.find(['一', '1'])?;
    let (name, rest) = (&phrase[..one], &phrase[one + phrase[one..].chars().next()?.len_utf8()..]);
    let unit = &rest[..rest.find(['扣', '加', '得'])?];
    let is_unit = (1..=2).contains(&unit.chars().count()) && unit.chars().all(char::is_alphabetic);
    let is_name = !name.is_empty() && name.chars().all(char::is_alphabetic) && !name.contains(['每', '第', '的']);
    let name = if name.chars().count() == 1 { format!("{name}{unit}") } else { name.to_owned() };
    (is_unit && is_name).then(|| format!("{name}：每{unit}{}", &rest[unit.len()..]))
}
