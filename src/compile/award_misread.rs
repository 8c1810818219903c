//! Words of 奖惩 that would do something if they were not mere words.

use super::award_bound;
use super::award_meant::{as_formula, excepted_event, plain_amount, taken_share, takes_all, verb_of, without_marks};
use super::expression::Site;
use super::scope::{Scope, name_of};
use crate::syntax::{self, Pair, Rule as Token};

/// Words that would do something elsewhere, or an amount nobody reads; whether there are any.
pub(super) fn misread(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let text = pair.as_str().trim();
    if let Some((wrong, right)) = letters_for_digits(text) {
        let line = scope.line_text(site.statement);
        let finding = scope
            .at(site.statement, pair, "unreadable-number", format!("“{wrong}”不是数：数字写成了字母"))
            .help(format!("写成：{}", line.replacen(&wrong, &right, 1)));
        scope.report(finding);
        return true;
    }
    if is_title(scope, text) {
        return false;
    }
    let says_so = ["奖励", "各奖励", "发放", "扣发"].iter().any(|verb| text.starts_with(verb));
    // 奖励 （当 得分低于60分，0.5；其余 1） × 奖金池: cut where its condition has a semicolon.
    let is_cut = text.matches('(').count() > text.matches(')').count();
    if says_so
        && (is_cut || text.contains(['×', '÷']))
        && let Some((wrong, right)) = wrong_in_formula(scope, site)
    {
        let line = scope.line_text(site.statement);
        let finding = scope
            .at(site.statement, pair, "unread-award", format!("算式没有读懂：“{wrong}”应为“{right}”"))
            .help(format!("写成：{}", line.replacen(&wrong, &right, 1)));
        scope.blame(finding);
        return true;
    }
    if text.contains(['×', '÷']) || says_so && is_cut {
        let formula = as_formula(scope, site, pair).filter(|_| !says_so);
        let help = match says_so || verb_of(text).is_some() {
            _ if formula.is_some() => format!("写成：{}\n只是一句话的，加引号", formula.unwrap_or_default()),
            true => "两个数、两个名称之间要有 ＋－×÷，名称要声明过，如：奖励 奖金总额 × 总分 ÷ 全体合计（总分），保留整数，四舍五入；只是一句话的，加引号".to_owned(),
            false => format!("算钱的，前面写“奖励”：\n{}\n只是一句话的，加引号", scope.line_with(site.statement, pair, &format!("奖励 {}", scope.original(site.statement, pair)))),
        };
        let message = format!("“{}”是算式，没有读懂", scope.original(site.statement, pair).trim());
        let finding = scope.at(site.statement, pair, "unread-award", message).help(help);
        scope.blame(finding);
        return true;
    }
    if let Some((written, unit)) = almost_yuan(text) {
        let line = scope.line_text(site.statement);
        let finding = scope
            .at(site.statement, pair, "money-without-unit", format!("“{written}”没有写成元"))
            .help(format!("写成：{}", line.replacen(&written, &format!("{}元", written.trim_end_matches(unit)), 1)));
        scope.report(finding);
        return true;
    }
    if award_bound::by_event(scope, site, pair) || award_bound::behind_money(scope, site, pair) {
        return true;
    }
    if let Ok(parsed) = syntax::parse(Token::not_mere_words, &without_marks(scope, text)) {
        let found = parsed.child(Token::misread).expect("says what it found");
        let words = match text.contains('\u{E000}') {
            true => scope.original(site.statement, pair).trim().to_owned(),
            false => name_of(&found),
        };
        if let Some(plain) = plain_amount(text, &scope.plan.subject) {
            let message = format!("“{}”在这里写作“{plain}”", scope.original(site.statement, pair).trim());
            let line = scope.line_with(site.statement, pair, &plain);
            let finding = scope.at(site.statement, pair, "other-words", message).help(format!("写成：{line}"));
            scope.report(finding);
            return true;
        }
        let kind = found.into_inner().next().map(|inner| inner.as_rule());
        let given_nothing = on_condition(scope, site).filter(|_| takes_all(text)).unwrap_or_default();
        let excepted = excepted_event(scope, site, pair).unwrap_or_default();
        let share = taken_share(scope, site, pair).unwrap_or_default();
        let keeps_from = matches!(kind, Some(Token::CHANGES_GRADE | Token::grade_effect)) && keeps_from_grade(text);
        let better = || award_bound::at_most(scope, site, text).or_else(|| award_bound::not_best(scope, site, text));
        let better = keeps_from.then(better).flatten().unwrap_or_default();
        let so_often = award_bound::so_often(scope, site, pair).unwrap_or_default();
        let help = match kind {
            _ if !better.is_empty() => &better,
            Some(Token::NEXT_PLACE) => {
                "名次由后面的补上的，另起一行：不予奖励的名次依次递补；不补的：不予奖励的名次不递补；只是一句话的，加引号"
            }
            Some(
                Token::CHANGES_GRADE | Token::VETO | Token::disqualify | Token::grade_effect | Token::CHANGES_RANK,
            ) => {
                "一票否决、取消资格、升降等次写在板块的计分句或“等次”里才起作用；只是一句话的，加引号：「取消评先资格」"
            }
            Some(Token::LIMITS_PRIZES) if !so_often.is_empty() => &so_often,
            Some(Token::LIMITS_PRIZES) => {
                "限几次、限几个的话没有读懂，照给就多了。限名额的写在“等次”里：优秀：90分以上，不超过2名；并列的不奖几个，写排名同分怎样分先后；只是一句话的，加引号"
            }
            Some(Token::BINDS_PRIZE) => award_bound::HOW,
            Some(Token::GIVEN_BEFORE) => {
                "别的期间发的、扣的，这里不知道有多少，不能补发、收回。要发、要扣的写成算式，如：发放 几元 × 人数、扣发 几元；只是一句话的，加引号"
            }
            Some(Token::NOTHING_GIVEN | Token::PRIZE_TAKEN) if !given_nothing.is_empty() => &given_nothing,
            Some(Token::NOTHING_GIVEN | Token::PRIZE_TAKEN | Token::CHANGES_MONEY) if !share.is_empty() => &share,
            Some(Token::EXCEPTED) if !excepted.is_empty() => &excepted,
            Some(Token::EXCEPTED) => {
                "不给哪些单位，条件写成认得的，如：但发生某情形的除外、但得分低于几分的除外；只是一句话的，加引号"
            }
            Some(Token::NOTHING_GIVEN | Token::PRIZE_TAKEN) => {
                "一概不给的，另起一行，如：得分低于几分的，不予奖励；少给的，写明少多少元：扣发几元；只是一句话的，加引号"
            }
            Some(Token::CHANGES_MONEY) if text.contains("系数") => {
                "系数写进算式，如：发放 绩效基数 × 系数（“绩效基数”在开头声明：参数 绩效基数（元）：每单位每年一个）；只是一句话的，加引号"
            }
            Some(Token::CHANGES_MONEY) if text.contains("比例") => {
                "按比例的写成算式，如：发放 补贴标准 × 得分 ÷ 100，保留2位小数，四舍五入（“补贴标准”在开头声明：参数 补贴标准（元）：每单位每年一个）；只是一句话的，加引号"
            }
            Some(Token::CHANGES_MONEY) => {
                "会改变金额的话没有读懂，照全额发就错了。金额写成定数或算式：奖励几元，或 奖励 几元 × 人数 × 几%；有条件的分行写：当 得分低于几分：奖励几元；只是一句话的，加引号"
            }
            Some(Token::CHANGES_POINTS) => {
                "到了奖惩，得分已经算完，不再加减。按名次、等次加减下一期的，写成板块里的一条：上月第一 = （当 上月名次（没有的不作考评）为第1名，1；其余 0），再写：上月第一：加 上月第一；按等次加减年终的，写进汇总：年终得分 = 各月得分平均 + 月数（等次为优秀）× 1分；只是一句话的，加引号：「扣2分」"
            }
            Some(Token::SAYS_WHEN) => {
                "条件要写在冒号前面，另起一行：当 连续2次等次为黑榜：通报批评；不给哪些单位的，写：末位：约谈，但得分不低于90分的除外；只是一句话的，加引号"
            }
            Some(Token::MONEY_VERB | Token::number) => {
                "金额写成：奖励几元，或 奖励 几元 × 在册月数 ÷ 12，保留整数，四舍五入；只是一句话的，加引号"
            }
            _ => "每个名次写一行，如：第1名：奖励3000元；只是一句话的，加引号",
        };
        let finding =
            scope.at(site.statement, pair, "unread-award", format!("“{words}”写在这里只是一句话，不起作用")).help(help);
        scope.report(finding);
        return true;
    }
    if let Some(said) = sets_grade(scope, text) {
        let message = format!("“{said}”写在这里只是一句话，不起作用");
        let whole = scope.original(site.statement, pair);
        let whole = whole.trim();
        let help = award_bound::at_most(scope, site, text).unwrap_or_else(|| {
            format!("等次在“等次”里改，如：当 …，等次定为…（“…”照原文）；只是一句话的，加引号：「{whole}」")
        });
        let finding = scope.at(site.statement, pair, "unread-award", message).help(help);
        scope.report(finding);
        return true;
    }
    false
}

/// 视为不合格, 升为优秀, where there is such a grade.
fn sets_grade(scope: &Scope<'_>, text: &str) -> Option<String> {
    const SETS: &[&str] = &[
        "视为",
        "视同",
        "列为",
        "升为",
        "认定为",
        "确定为",
        "记为",
        "计为",
        "调为",
        "不高于",
        "不超过",
        "不低于",
        "低于",
        "高于",
        "最高",
        "最低",
    ];
    // 按一等奖的标准 is of a prize.
    const AS: &[&str] = &["等次", "等级", "对待", "处理", "确定", "认定"];
    let grades = scope.plan.gradings.iter().flat_map(|grading| &grading.grades).map(|grade| grade.name.as_str());
    let sets = |said: &String| text.contains(said.as_str());
    let is_as = |said: &String| {
        text.split_once(said.as_str()).is_some_and(|(_, behind)| {
            let behind = behind.trim_start_matches('级');
            behind.is_empty() || behind.starts_with([',', ';']) || AS.iter().any(|word| behind.starts_with(word))
        })
    };
    let said = grades.flat_map(|grade| {
        let by = Some(format!("按{grade}")).filter(is_as);
        SETS.iter().map(move |word| format!("{word}{grade}")).filter(sets).chain(by)
    });
    said.max_by_key(String::len)
}

/// 不得评优, rather than 升档 or 降低一个等次.
fn keeps_from_grade(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "不得评",
        "不能评",
        "不可评",
        "不予评",
        "不得参评",
        "取消评",
        "不参",
        "不列入",
        "不纳入",
        "不评",
        "无评",
        "没有评",
    ];
    WORDS.iter().any(|word| text.contains(word)) || text.contains("资格")
}

/// 评为先进单位, where no grade is called so: a title like any other that is given, and nothing behind it that does more.
fn is_title(scope: &Scope<'_>, text: &str) -> bool {
    const TITLES: &[&str] = &["先进", "标兵", "模范", "示范", "十佳", "最佳", "文明"];
    const MONEY: &[&str] = &["奖", "发", "扣", "元", "绩效", "补"];
    let Some(title) = text.strip_prefix("被").unwrap_or(text).strip_prefix("评为") else { return false };
    let title = title.trim_start_matches(['「', '“']).trim_end_matches(['」', '”']);
    let mut grades = scope.plan.gradings.iter().flat_map(|grading| &grading.grades);
    // 评为进步社区 moves no grade where there is none.
    (TITLES.iter().any(|word| title.starts_with(word)) || scope.plan.gradings.is_empty())
        && title.chars().all(char::is_alphabetic)
        && !MONEY.iter().any(|word| title.contains(word))
        && syntax::parse(Token::not_mere_words, title).is_err()
        && !grades.any(|grade| title.starts_with(&grade.name))
}

/// 合计（总分） of all units, or x where × is meant: what is wrong in a formula, and what was meant.
fn wrong_in_formula(scope: &Scope<'_>, site: Site<'_, '_>) -> Option<(String, String)> {
    let line = scope.line_text(site.statement);
    for word in ["合计", "平均", "最高", "最低"] {
        let of_all = line.match_indices(word).find(|(at, _)| {
            let (before, after) = (line[..*at].trim_end(), line[at + word.len()..].trim_start());
            after.starts_with(['（', '(']) && before.ends_with(['×', '÷', '+', '-', '＋', '－', '*', '/', '（', '('])
        });
        if let Some((at, _)) = of_all {
            let sign = line[..at]
                .trim_end()
                .chars()
                .next_back()
                .map(|sign| format!("{sign}{}", &line[line[..at].trim_end().len()..at]));
            let sign = sign.unwrap_or_default();
            return Some((format!("{sign}{word}"), format!("{sign}全体{word}")));
        }
    }
    let sign = line.match_indices(['x', 'X', 'ｘ', '✕', '╳', '·']).find(|(at, sign)| {
        let (before, after) = (&line[..*at], &line[at + sign.len()..]);
        let beside = |c: Option<char>| c.is_some_and(|c| !c.is_ascii_alphabetic());
        beside(before.chars().next_back()) && beside(after.chars().next())
    });
    sign.map(|(_, sign)| (sign.to_owned(), "×".to_owned()))
}

/// 5OOO of 奖励5OOO元, and the number that was meant.
fn letters_for_digits(text: &str) -> Option<(String, String)> {
    let digit = |c: char| match c {
        'O' | 'o' => Some('0'),
        'l' | 'I' => Some('1'),
        c if c.is_ascii_digit() || c == '.' => Some(c),
        _ => None,
    };
    text.match_indices(['元', '万']).find_map(|(at, _)| {
        let begin = text[..at].trim_end_matches(|c| digit(c).is_some()).len();
        let written = &text[begin..at];
        let is_mixed = written.contains(char::is_alphabetic) && written.contains(|c: char| c.is_ascii_digit());
        is_mixed.then(|| (written.to_owned(), written.chars().filter_map(digit).collect()))
    })
}

/// 3000园 of 奖励3000园.
fn almost_yuan(text: &str) -> Option<(String, char)> {
    const DIGITS: &str = "0123456789.零一二两三四五六七八九十百千万";
    let rest = ["各奖励", "奖励", "发放", "扣发"].iter().find_map(|verb| text.strip_prefix(verb))?.trim();
    let amount = rest.trim_start_matches(|c| DIGITS.contains(c));
    let unit = amount.chars().next().filter(|unit| "园员圆块".contains(*unit))?;
    let ends = amount[unit.len_utf8()..].chars().next().is_none_or(|next| ",;。钱整".contains(next));
    let length = rest.len() - amount.len() + unit.len_utf8();
    (ends && length > unit.len_utf8()).then(|| (rest[..length].to_owned(), unit))
}

/// 发生事故的：取消奖励, 末位：取消年终奖, as the line that withholds.
fn on_condition(scope: &Scope<'_>, site: Site<'_, '_>) -> Option<String> {
    let line = scope.line_text(site.statement);
    let (head, given) = line.split_once(['：', ':'])?;
    if given.contains([';', '；', ',', '，']) {
        return None;
    }
    let written = match head.trim() {
        head if head.starts_with('当') => format!("{head}：不予奖励"),
        head if head.ends_with('的') => format!("{head}，不予奖励"),
        head if scope.plan.gradings.iter().flat_map(|grading| &grading.grades).any(|grade| grade.name == head) => {
            format!("等次为{head}的，不予奖励")
        }
        "末位" => "排名末位的，不予奖励".to_owned(),
        head if head.starts_with(['前', '后']) && head.ends_with('名') => format!("名次为{head}的，不予奖励"),
        _ => return None,
    };
    Some(format!("写成：{written}；只是一句话的，加引号"))
}
