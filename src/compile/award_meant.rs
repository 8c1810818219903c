//! What was meant by words of 奖惩 that speak of money and are no award as they stand.

use super::award_said::by_the_point;
use super::expression::Site;
use super::scope::{Meaning, Scope};
use super::units::word_of;
use crate::parse::{is_figure, is_numeral};
use crate::plan::{InputKind, NodeId};
use crate::syntax::{self, Pair, Rule as Token};

/// Words without the marks of names in them; a name for money is money in words too: 暂停补贴.
pub(super) fn without_marks(scope: &Scope<'_>, text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split(['\u{E000}', '\u{E001}']).enumerate() {
        let unit = match scope.find(NodeId(0), part) {
            Ok(Meaning::Input(id)) if index % 2 == 1 => word_of(&scope.plan.inputs[id.index()].quantity),
            Ok(Meaning::Measure(id)) if index % 2 == 1 => word_of(&scope.plan.measures[id.index()].kind),
            _ => "",
        };
        plain += if unit.ends_with('元') { "奖金" } else { part };
    }
    plain
}

/// Whether words take all that there is, and no part of it.
pub(super) fn takes_all(text: &str) -> bool {
    // 绩效为0
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (digits.is_empty() || digits == "0")
        && !["核减", "减", "降", "下调", "扣", "少发"].iter().any(|word| text.contains(word))
}

/// 扣减 1000元 × 20% with the verb that it has here.
pub(super) fn as_formula(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<String> {
    let text = pair.as_str().trim();
    let (said, verb) = verb_of(text)?;
    let meant = format!("当 得分不低于0分:{verb} {}", text[said.len()..].trim_start());
    let parsed = syntax::parse(Token::award_line, &meant).ok()?;
    let is_money = parsed.into_inner().flatten().any(|inner| inner.as_rule() == Token::money_prize);
    let written = scope.original(site.statement, pair);
    let rest = written.trim().strip_prefix(said)?.trim_start();
    is_money.then(|| scope.line_with(site.statement, pair, &format!("{verb} {rest}")))
}

/// A verb of money as schemes have it, and as it is here.
pub(super) fn verb_of(text: &str) -> Option<(&'static str, &'static str)> {
    const VERBS: &[(&str, &str)] = &[
        ("扣发", "扣发"),
        ("扣减", "扣发"),
        ("核减", "扣发"),
        ("核扣", "扣发"),
        ("扣除", "扣发"),
        ("扣罚", "扣发"),
        ("减发", "扣发"),
        ("少发", "扣发"),
        ("罚款", "扣发"),
        ("罚扣", "扣发"),
        ("扣", "扣发"),
        ("奖励", "奖励"),
        ("奖补", "奖励"),
        ("奖", "奖励"),
        ("补助", "发放"),
        ("补贴", "发放"),
        ("拨付", "发放"),
        ("拨给", "发放"),
        ("发放", "发放"),
        ("发给", "发放"),
        ("支付", "发放"),
    ];
    VERBS.iter().find(|(said, _)| text.starts_with(said)).copied()
}

/// 一次性奖励1万元, 补贴30万元, 给予30万元补助, 每个班组奖励1000元: so much and nothing more.
pub(super) fn plain_amount(text: &str, subject: &str) -> Option<String> {
    const BEFORE: &[&str] = &["一次性", "给予", "予以", "每个单位", "每单位", "每家", "各", "另", "再"];
    const NOUNS: &[&str] =
        &["奖励资金", "补助资金", "补贴资金", "奖补资金", "工作经费", "奖励", "补助", "补贴", "奖补", "奖金", "资金"];
    let each = |rest: &'_ str| {
        let of = rest.strip_prefix("每个").or(rest.strip_prefix('每'))?.strip_prefix(subject)?;
        (!subject.is_empty()).then_some(rest.len() - of.len())
    };
    let bare = |mut rest: &'_ str| {
        let begin = |rest: &str| {
            each(rest).or_else(|| BEFORE.iter().find(|word| rest.starts_with(**word)).map(|word| word.len()))
        };
        let mut at = 0;
        while let Some(length) = begin(rest) {
            let behind = rest[length..].trim_start();
            at += rest.len() - behind.len();
            rest = behind;
        }
        at
    };
    let mut rest = &text[bare(text)..];
    let verb = verb_of(rest);
    rest = verb.map_or(rest, |(said, _)| rest[said.len()..].trim_start());
    rest = &rest[bare(rest)..];
    rest = NOUNS.iter().find_map(|noun| rest.strip_prefix(noun)).unwrap_or(rest).trim_start();
    let digits = rest.len() - rest.trim_start_matches(is_numeral).len();
    let unit = ["万元", "元"].into_iter().find(|unit| digits > 0 && rest[digits..].starts_with(unit))?;
    let amount = &rest[..digits + unit.len()];
    // 2千元: thousands are written out.
    let thousands = rest[..digits].strip_suffix('千').and_then(|number| number.parse::<rust_decimal::Decimal>().ok());
    let thousands = thousands.filter(|_| unit == "元").map(|number| number * rust_decimal::Decimal::ONE_THOUSAND);
    let thousands = thousands.map(|number| format!("{}元", number.normalize()));
    let behind = rest[amount.len()..].trim().trim_start_matches('的');
    let noun = NOUNS.iter().find(|noun| **noun == behind);
    let verb = match (verb, noun) {
        (Some((_, verb)), _) if behind.is_empty() || noun.is_some() => verb,
        (None, Some(noun)) if noun.starts_with('奖') => "奖励",
        (None, Some(_)) => "发放",
        _ => return None,
    };
    Some(format!("{verb}{}", thousands.as_deref().unwrap_or(amount)))
}

/// 泄密的除外, where 泄密 is a case.
pub(super) fn excepted_event(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<String> {
    let who = pair.as_str().trim().trim_start_matches('但').strip_suffix("除外")?.trim_end_matches(',');
    let name = who.trim_end_matches('的').strip_prefix('\u{E000}')?.strip_suffix('\u{E001}')?;
    let Ok(Meaning::Input(id)) = scope.find(NodeId(0), name) else {
        return None;
    };
    let is_event = scope.plan.inputs[id.index()].kind == InputKind::Event;
    is_event.then(|| {
        let line = scope.line_with(site.statement, pair, &format!("但发生{name}的除外"));
        format!("写成：{line}\n只是一句话的，加引号")
    })
}

/// 核减奖励20%: of how much is not said; of 每低1分扣减1% so much for each point.
pub(super) fn taken_share(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<String> {
    let text = pair.as_str().trim();
    if text.contains('每') {
        return by_the_point(&scope.line_text(site.statement), &scope.original(site.statement, pair));
    }
    let at = text.find('%')?;
    let share = &text[text[..at].trim_end_matches(is_figure).len()..at];
    let takes = ["核减", "扣减", "减", "降", "下调", "扣", "少发"].iter().any(|word| text.contains(word));
    (takes && !share.is_empty()).then(|| {
        let line = scope.line_with(site.statement, pair, &format!("扣发 几元 × {share}%"));
        format!("写明是多少元的{share}%，“几”换成这个数：{line}\n只是一句话的，加引号")
    })
}
