//! Phrases of scoring lines: comparisons, steps, limits, repairs, lookups.

use super::line::Writer;
use super::{sign, words};
use crate::compile::{limits_every_case, whole};
use crate::syntax::{Pair, Rule as Token};

impl<'a> Writer<'a, '_> {
    /// `低于90%`, `不少于30件`, `3条及以上`
    pub(super) fn bound(&mut self, pair: &Pair<'a, Token>) {
        let word = |token: Token| pair.child(token);
        let at_least = word(Token::AT_LEAST);
        let comparator = word(Token::comparator).and_then(|comparator| comparator.into_inner().next()).or(at_least);
        let limit = pair
            .clone()
            .into_inner()
            .find(|inner| matches!(inner.as_rule(), Token::limit | Token::expression | Token::first_places));
        let Some(limit) = limit else { return self.children(pair) };
        if let Some(comparator) = comparator {
            let text = self.comparison(&comparator, &limit);
            self.word(comparator.as_rule(), &text);
            self.pair(&limit, Token::bound);
            return;
        }
        self.pair(&limit, Token::bound);
        let Some(end) = pair.clone().into_inner().last().filter(|end| end.as_rule() != limit.as_rule()) else { return };
        let kind = kind_of(&limit);
        match end.as_rule() {
            // Of places 以上 has two readings; what was written stays, and is told by `check`.
            Token::OR_MORE | Token::OR_LESS if kind.place => {
                let written: String = end.as_str().chars().map(sign::full).collect();
                self.word(end.as_rule(), &written);
            }
            Token::OR_LESS if end.as_str().ends_with('内') => self.word(Token::OR_LESS, "以内"),
            _ => self.pair(&end, Token::bound),
        }
    }

    /// The word for a comparison: what is counted is 不足 or 不少于, the rest 低于 or 不低于, dates are 早于 or 晚于.
    pub(super) fn comparison(&self, comparator: &Pair<'a, Token>, limit: &Pair<'a, Token>) -> String {
        let kind = kind_of(limit);
        let written = comparator.as_str().trim();
        if kind.place || kind.unit.is_none() && self.is_about_places(comparator) {
            return written.to_owned();
        }
        let counted =
            kind.unit.as_deref().or(self.unit.as_deref().filter(|_| !kind.percent)).is_some_and(words::is_counted);
        let word = match (comparator.as_rule(), kind.date, counted) {
            (Token::BELOW, true, _) => "早于",
            (Token::BELOW, _, true) => "不足",
            (Token::BELOW, _, false) => "低于",
            (Token::AT_LEAST, true, _) => "不早于",
            (Token::AT_LEAST, _, true) => "不少于",
            (Token::AT_LEAST, _, false) => "不低于",
            (Token::AT_MOST, true, _) => "不晚于",
            (Token::AT_MOST, false, _) => "不超过",
            (Token::ABOVE, true, _) => "晚于",
            (Token::ABOVE, false, _) => "超过",
            (Token::NOT_EQUAL, ..) => "不等于",
            (Token::EQUAL, ..) => "等于",
            _ => written,
        };
        word.to_owned()
    }

    /// `名次大于3`: 高于 would have two readings there.
    pub(super) fn is_about_places(&self, comparator: &Pair<'a, Token>) -> bool {
        let before = &self.statement.code.text[..comparator.as_span().start()];
        let before = before.trim_end_matches(|c: char| sign::is_invisible(c) || "在列为".contains(c));
        before.ends_with("名次") || self.unit.as_deref() == Some("名")
    }

    /// `每项`, `每少1件`, `每逾期1个工作日`
    pub(super) fn per(&mut self, pair: &Pair<'a, Token>) {
        // 每面, 每高1%, 每迟到1次, 每有一个差评, 每人每次: the author's words.
        let free = [Token::loose_unit, Token::PERCENT_SIGN, Token::deed, Token::noun, Token::ALL_OF_THEM];
        if free.into_iter().any(|kind| pair.has(kind)) || pair.as_str().matches('每').count() > 1 {
            return self.children(pair);
        }
        self.word(Token::EACH, "每");
        let unit = pair.child(Token::unit);
        if let Some(kind) = pair.child(Token::per_kind) {
            let inner = kind.into_inner().next().expect("a kind is something");
            let unit = unit.as_ref().map(|unit| unit.as_str()).unwrap_or_default();
            let rate = unit.contains('%') || unit.contains("百分点") || unit == "分";
            match inner.as_rule() {
                // 每降1名 is a larger number, 每少1名 a smaller one.
                Token::SHORT | Token::OVER if matches!(unit, "名" | "位") => self.leaf(&inner, Token::per),
                Token::SHORT => self.word(Token::SHORT, if rate { "低" } else { "少" }),
                Token::OVER => self.word(Token::OVER, if rate { "高" } else { "多" }),
                _ => self.leaf(&inner, Token::per),
            }
        }
        let event = pair.has(Token::PER_EVENT);
        self.some(pair, Token::PER_EVENT);
        let number = pair.child(Token::number);
        match (&number, &unit) {
            // 每1项 is 每项, 每少件 is 每少1件.
            (None, Some(_)) if event || pair.has(Token::per_kind) => self.word(Token::number, "1"),
            (Some(number), Some(_))
                if !event && !pair.has(Token::per_kind) && whole(number.as_str().trim()) == Some(1) => {}
            (Some(number), _) => self.pair(number, Token::per),
            (None, _) => {}
        }
        self.some(pair, Token::unit);
        self.some(pair, Token::cycle_unit);
    }

    /// `第1名至第3名`, `前3名`, `后3名`
    pub(super) fn places(&mut self, pair: &Pair<'a, Token>) {
        let numbers = pair.children(Token::integer);
        let is_list = numbers.len() > 1 && !pair.has(Token::TO);
        if is_list || pair.has(Token::LAST_PLACE) || pair.has(Token::ONLY_FROM_LAST) {
            return self.children(pair);
        }
        match pair.clone().into_inner().next() {
            Some(first) if matches!(first.as_rule(), Token::TOP | Token::BOTTOM) => self.pair(&first, Token::places),
            _ => self.push("第"),
        }
        self.pair(&numbers[0], Token::places);
        self.push("名");
        if let Some(last) = numbers.get(1) {
            self.push("至第");
            self.pair(last, Token::places);
            self.push("名");
        }
    }

    /// Whether the line says more than once how many points there are.
    fn has_several_cases(&self) -> bool {
        let body = self.statement.pair.child(Token::body);
        let phrases = body.map(|body| body.children(Token::phrase)).unwrap_or_default();
        phrases.iter().filter(|phrase| phrase.has(Token::outcome)).count() > 1
    }

    /// `最多加3分`, `每次最多扣5分`, `全年累计不超过5分`
    pub(super) fn limit(&mut self, pair: &Pair<'a, Token>) {
        let scope = pair.child(Token::limit_scope);
        let by_row = scope.as_ref().is_some_and(|scope| scope.has(Token::PER_ROW) || scope.has(Token::PER_PERSON));
        let limited = pair.child(Token::verb_noun).or_else(|| pair.child(Token::UP_TO));
        let until_full = pair.has(Token::UP_TO_FULL);
        match &scope {
            // 每人每月最多扣3分: the month is the item's own.
            Some(scope) if scope.has(Token::PER_PERSON) => self.word(Token::PER_PERSON, "每人"),
            Some(scope) if scope.has(Token::PER_ROW) || scope.has(Token::cycle) => self.children(scope),
            // Of the whole line, not only of the band before it.
            Some(_) if limited.is_some() => self.push("累计"),
            // 最多扣5分 would be of the case before it alone; where there is but one it is the shorter word.
            None if limited.is_some() && limits_every_case(pair) && self.has_several_cases() => self.push("累计"),
            _ => {}
        }
        match limited {
            Some(limited) => {
                self.push("最多");
                let word = if limited.has(Token::NOUN_DEDUCT) || limited.as_str().contains('扣') {
                    "扣"
                } else if limited.as_str().contains('得') {
                    "得"
                } else {
                    "加"
                };
                self.word(Token::verb_noun, word);
            }
            None if until_full => {
                self.push("最多");
                self.word(Token::verb_noun, "得");
            }
            None if by_row => self.word(Token::LIMIT, "最多"),
            None => self.word(Token::LIMIT, "累计不超过"),
        }
        match pair.child(Token::amount) {
            Some(amount) => self.pair(&amount, Token::limit_rule),
            None if until_full => {
                self.space();
                self.word(Token::FULL, "满分");
            }
            None => {
                self.some(pair, Token::number);
                self.word(Token::unit, "分");
            }
        }
    }

    /// `不足1件的不计`, `不足5件的按5件计`
    pub(super) fn part(&mut self, pair: &Pair<'a, Token>) {
        let step = |writer: &mut Self, pair: &Pair<'a, Token>| match pair.child(Token::quantity) {
            Some(quantity) => writer.pair(&quantity, Token::part_rule),
            None if pair.has(Token::unit) => {
                writer.word(Token::number, "1");
                writer.some(pair, Token::unit);
            }
            None => writer.push("一步"),
        };
        self.push("不足");
        step(self, pair);
        self.push("的");
        match pair.child(Token::AS_WHOLE) {
            Some(whole) => {
                self.push("按");
                step(self, &whole);
                self.push("计");
            }
            None => self.last(pair),
        }
    }

    /// `30日内整改的，返还该条扣分的80%`
    pub(super) fn refund(&mut self, pair: &Pair<'a, Token>) {
        if let Some(days) = pair.child(Token::integer) {
            self.pair(&days, Token::refund);
            match pair.child(Token::WORKDAYS_WITHIN) {
                Some(_) => self.word(Token::WORKDAYS_WITHIN, "个工作日内"),
                None => self.push("日内"),
            }
        }
        self.push("整改的，");
        match pair.child(Token::percent) {
            Some(percent) => {
                self.push("返还该条扣分的");
                self.pair(&percent, Token::refund);
            }
            None => self.last(pair),
        }
    }

    /// `按 级别、等第 查表加分`, `查下表得分`
    pub(super) fn lookup(&mut self, pair: &Pair<'a, Token>) {
        if pair.has(Token::unit) || pair.has(Token::EACH) {
            self.word(Token::EACH, "每");
            self.some(pair, Token::unit);
        }
        let keys = pair.children(Token::name);
        if keys.is_empty() {
            self.push("查下表");
        } else {
            self.push("按");
            self.space();
            self.list(&keys, "、");
            self.space();
            self.push("查表");
        }
        self.some(pair, Token::verb);
        self.push("分");
    }

    /// `本项计5分`, `本项不超过80分`, `本项乘以 0.5`; the others are told by their children.
    pub(super) fn action(&mut self, pair: &Pair<'a, Token>) -> bool {
        let text = pair.as_str();
        if pair.has(Token::verb) {
            return false;
        }
        if let Some(amount) = pair.child(Token::amount) {
            let most = text.contains("封顶") || text.contains("不超过");
            self.word(Token::node_action, if most { "本项不超过" } else { "本项计" });
            self.pair(&amount, Token::node_action);
        } else if let Some(factor) = pair.child(Token::expression) {
            self.word(Token::node_action, "本项乘以");
            self.space();
            self.pair(&factor, Token::node_action);
        } else {
            return false;
        }
        true
    }
}

/// What a limit is measured in.
#[derive(Default)]
struct Kind {
    unit: Option<String>,
    percent: bool,
    place: bool,
    date: bool,
}

fn kind_of(limit: &Pair<'_, Token>) -> Kind {
    let mut kind = Kind::default();
    // Of an expression with several figures none is its measure.
    let factors = limit.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::factor).count();
    if factors > 1 {
        return kind;
    }
    for inner in limit.clone().into_inner().flatten() {
        match inner.as_rule() {
            Token::unit => kind.unit = Some(inner.as_str().trim_matches(sign::is_invisible).to_owned()),
            Token::percent => kind.percent = true,
            Token::place => kind.place = true,
            Token::date => kind.date = true,
            _ => {}
        }
    }
    kind
}
