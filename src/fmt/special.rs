//! Pairs whose words change places, come or go: what makes lines of the same meaning the same line.

use super::line::Writer;
use super::sign;
use crate::compile::whole;
use crate::parse::item_path;
use crate::syntax::{Pair, Rule as Token};

/// 当月 of 本月考核计0分: of which period the total is.
fn total_period(zero: &Pair<'_, Token>) -> String {
    if zero.has(Token::THIS_PERIOD) {
        return "当期".to_owned();
    }
    let Some(cycle) = zero.child(Token::cycle) else { return String::new() };
    let word = match cycle.clone().into_inner().next().map(|word| word.as_rule()) {
        Some(Token::MONTHLY) => "当月",
        Some(Token::QUARTERLY) => "当季",
        Some(Token::YEARLY) => "全年",
        _ => cycle.as_str().trim(),
    };
    word.to_owned()
}

impl<'a> Writer<'a, '_> {
    /// 权重30%, 最多加5分, 20分，扣完为止
    fn heading_part(&mut self, mark: &Pair<'a, Token>) {
        if mark.as_rule() == Token::mark_share {
            self.push("权重");
            self.some(mark, Token::percent);
            self.some(mark, Token::number);
            return;
        }
        if mark.as_rule() == Token::mark_cap {
            self.push(if mark.has(Token::MOST_ADDED) { "最多加" } else { "最多扣" });
        }
        self.some(mark, Token::number);
        self.push("分");
        for (kind, words) in [
            (Token::STOP_AT_ZERO, "，扣完为止"),
            (Token::FROM_ZERO, "，从零计起"),
            (Token::WITHIN_FULL, "，加分不超过满分"),
            (Token::OVER_FULL, "，加分可超过满分"),
        ] {
            if mark.has(kind) {
                self.push(words);
            }
        }
    }

    /// Pairs whose words change places, come or go. `false` where there is nothing special about them.
    pub(super) fn special(&mut self, pair: &Pair<'a, Token>, parent: Token) -> bool {
        self.head(pair, parent)
            || self.convention(pair)
            || self.phrase(pair, parent)
            || self.stage(pair)
            || self.example_line(pair)
    }

    /// The lines above the scoring lines, and titles.
    fn head(&mut self, pair: &Pair<'a, Token>, parent: Token) -> bool {
        match pair.as_rule() {
            Token::item_number => self.item_number(pair),
            Token::heading_mark => {
                self.push("（");
                for (index, mark) in pair.clone().into_inner().enumerate() {
                    if index > 0 {
                        self.push("，");
                    }
                    self.heading_part(&mark);
                }
                self.push("）");
            }
            Token::term_end if pair.children(Token::integer).len() < 2 => return false,
            Token::year_month | Token::term_start | Token::term_end => {
                let parts = pair.children(Token::integer);
                self.date_part(&parts[0], "年");
                self.date_part(&parts[1], "月");
            }
            Token::FULL => {
                self.word(Token::FULL, "满分");
                if parent == Token::full {
                    self.space();
                }
            }
            Token::START => {
                let choices =
                    matches!(parent, Token::start | Token::base_points) && self.statement.inner().has(Token::choices);
                self.word(Token::START, if choices { "起评" } else { "基础分" });
                self.space();
            }
            Token::cite | Token::reading | Token::department => {
                let keyword = pair.clone().into_inner().next().expect("a line has its keyword");
                self.pair(&keyword, pair.as_rule());
                self.some(pair, Token::rest);
            }
            Token::cap | Token::coefficient | Token::start => {
                let mut inner = pair.clone().into_inner();
                self.pair(&inner.next().expect("a line has its keyword"), pair.as_rule());
                if pair.has(Token::choices) {
                    self.push("：");
                }
                inner.for_each(|inner| self.pair(&inner, pair.as_rule()));
            }
            Token::base_points => {
                self.some(pair, Token::cycle);
                self.some(pair, Token::START);
                if pair.has(Token::choices) {
                    self.push("：");
                }
                self.some(pair, Token::amount);
                self.some(pair, Token::choices);
            }
            Token::grouping => {
                self.push("分组");
                self.space();
                self.push(if pair.has(Token::name) { "按" } else { "按名册" });
                self.some(pair, Token::name);
            }
            // 2024年1-12月 and 2024年度 stay as they are.
            Token::in_force if pair.has(Token::whole_year) || pair.has(Token::day) => return false,
            Token::in_force => {
                let (start, end) = (pair.child(Token::term_start), pair.child(Token::term_end));
                let (start, end) = (start.expect("a term has a start"), end.expect("a term has an end"));
                if end.children(Token::integer).len() < 2 {
                    return false;
                }
                self.push("施行");
                self.space();
                self.pair(&start, Token::in_force);
                self.word(Token::TO, "至");
                self.pair(&end, Token::in_force);
                if let Some(name) = pair.child(Token::quoted).or_else(|| pair.child(Token::rest)) {
                    self.push("，称");
                    self.space();
                    let name = sign::name(self.original(&name).trim_matches(sign::is_quote));
                    self.word(Token::rest, name.trim());
                }
            }
            _ => return false,
        }
        true
    }

    /// The lines of 约定.
    fn convention(&mut self, pair: &Pair<'a, Token>) -> bool {
        match pair.as_rule() {
            Token::flat_once => {
                self.push("未写“每”的，");
                self.some(pair, Token::ONCE_A_PERIOD);
                if pair.has(Token::EVERY_TIME) {
                    self.word(Token::EVERY_TIME, "每次都计");
                }
            }
            Token::ties_rule if is_plain_tie(pair) => self.ties(pair),
            Token::vetoed_rule => {
                self.push("一票否决的");
                self.last(pair);
            }
            Token::due_rule => {
                let day = pair.child(Token::integer).expect("says the day");
                self.push("报送期限");
                self.space();
                let workdays = pair.has(Token::DUE_WORKDAY);
                self.push(if workdays { "次月第" } else { "次月" });
                self.pair(&day, Token::due_rule);
                self.push(if workdays { "个工作日" } else { "日" });
            }
            Token::workday_rule => {
                let holidays = pair.has(Token::HOLIDAYS_OFF);
                self.push("工作日");
                self.push(if holidays { "按法定节假日安排" } else { "只除去周六、周日" });
            }
            Token::correction_rule => {
                if let Some(name) = pair.child(Token::name) {
                    self.push("更正计入发现的月份，记入");
                    self.space();
                    self.pair(&name, Token::correction_rule);
                } else {
                    self.push("更正已公布月份的，重新计算当月");
                }
            }
            Token::landing_rule => {
                let text = pair.as_str().replace(' ', "");
                let (which, _) = text.split_once("考评的").unwrap_or((&text, ""));
                self.push(&format!("{which}考评的，"));
                self.some(pair, Token::landing);
            }
            Token::parameter => self.parameter(pair),
            Token::missing_rule => {
                let first = pair.clone().into_inner().next().expect("says when");
                self.pair(&first, Token::missing_rule);
                self.push("，");
                self.counted_or_said(pair);
            }
            _ => return false,
        }
        true
    }

    /// What scoring lines are made of.
    fn phrase(&mut self, pair: &Pair<'a, Token>, parent: Token) -> bool {
        match pair.as_rule() {
            // The whole's marks: 本项计零 would be the item's.
            Token::zero_item if pair.has(Token::zero_total) => self.children(pair),
            Token::zero_total => {
                let text = format!("{}总分计零", total_period(pair));
                self.word(Token::zero_total, &text);
            }
            Token::percent => {
                self.some(pair, Token::number);
                self.push("%");
            }
            Token::expression => return self.expression(pair, parent),
            Token::cycle => self.cycle(pair, parent),
            Token::choice => self.choice(pair),
            Token::zero_divisor => {
                self.push("除数为0的，");
                self.counted_or_said(pair);
            }
            Token::when_not => {
                self.some(pair, Token::condition);
                self.some(pair, Token::ENDING);
                self.push("，");
                self.counted_or_said(pair);
            }
            Token::none_before => match pair.child(Token::expression) {
                Some(value) => {
                    self.word(Token::NONE_BEFORE, "没有的按");
                    self.pair(&value, Token::none_before);
                    self.push("计");
                }
                None if pair.has(Token::PASSED_OVER) => self.word(Token::PASSED_OVER, "没有的不计入"),
                None => self.word(Token::NOT_ASSESSED, "没有的不作考评"),
            },
            Token::keep => {
                if parent != Token::rounded {
                    self.push("保留");
                }
                self.digits(pair);
            }
            Token::node_keep => {
                self.push("保留");
                self.digits(pair);
            }
            Token::bound => self.bound(pair),
            Token::range if pair.has(Token::bound) => {
                for (index, bound) in pair.children(Token::bound).iter().enumerate() {
                    if index > 0 {
                        self.push("且");
                    }
                    self.bound(bound);
                }
            }
            Token::happened => {
                let not = pair.has(Token::NOT_HAPPENED);
                self.word(Token::HAPPENED, if not { "未发生" } else { "发生" });
                self.some(pair, Token::name);
            }
            Token::of_parts => {
                for which in [Token::ANY_PART, Token::ONE_PART, Token::NO_PART, Token::EVERY_PART] {
                    self.some(pair, which);
                }
                match pair.child(Token::POINTS_OF) {
                    Some(what) => self.pair(&what, Token::of_parts),
                    None => self.word(Token::POINTS_OF, "得分"),
                }
                self.some(pair, Token::range);
            }
            Token::all_of => {
                for (index, atom) in pair.children(Token::atom).iter().enumerate() {
                    if index > 0 {
                        self.word(Token::AND, "且");
                    }
                    self.pair(atom, Token::all_of);
                }
            }
            Token::values => self.list(&pair.children(Token::value), "、"),
            Token::within if parent == Token::count_scope => {
                let inner = pair.clone().into_inner().next().expect("within a time");
                match inner.as_rule() {
                    Token::WITHIN_MONTH => self.word(Token::MONTHLY, "每月"),
                    Token::WITHIN_QUARTER => self.word(Token::QUARTERLY, "每季度"),
                    _ => self.word(Token::YEARLY, "全年"),
                }
            }
            Token::least_given => {
                self.push("最低得");
                self.some(pair, Token::number);
                self.push("分");
            }
            // 三个月内有效, 连续计3个月
            Token::valid_for => {
                self.push("有效期");
                self.some(pair, Token::lasting);
            }
            Token::per => self.per(pair),
            Token::ordinal
                if [
                    Token::FIRST_TIMES,
                    Token::TIME_UNIT,
                    Token::FIRST_TIME,
                    Token::AGAIN,
                    Token::AFTERWARDS,
                    Token::within,
                    Token::SAME_PERSON,
                    Token::SAME_THING,
                    Token::PER_EVENT,
                ]
                .into_iter()
                .any(|kind| pair.has(kind)) =>
            {
                self.children(pair)
            }
            Token::ordinal => {
                let numbers = pair.children(Token::integer);
                self.push("第");
                self.pair(&numbers[0], Token::ordinal);
                self.push("次");
                match numbers.get(1) {
                    Some(last) => {
                        self.push("至第");
                        self.pair(last, Token::ordinal);
                        self.push("次");
                    }
                    None => self.some(pair, Token::ONWARDS),
                }
                if pair.as_str().trim_end().ends_with("每次") {
                    self.push("每次");
                }
            }
            Token::discretion => {
                let numbers = pair.children(Token::number);
                // 经领导小组研究 says who judges.
                let judged = pair.child(Token::JUDGED).expect("酌情 is said");
                self.between(pair.as_span().start()..judged.as_span().start(), Token::discretion);
                self.word(Token::JUDGED, "酌情");
                self.some(pair, Token::verb);
                self.pair(&numbers[0], Token::discretion);
                self.push("分至");
                self.pair(&numbers[1], Token::discretion);
                self.push("分");
            }
            Token::counted_by if pair.has(Token::manifold) => {
                let times = pair.child(Token::manifold).expect("so many times");
                self.push("乘以");
                self.space();
                self.some(&times, Token::number);
            }
            Token::counted_by => {
                let value = pair.child(Token::expression).expect("says by what");
                if pair.as_str().starts_with('乘') {
                    self.push("乘以");
                    self.space();
                    self.pair(&value, Token::counted_by);
                } else {
                    self.counted_as(&value);
                }
            }
            Token::limit_rule => self.limit(pair),
            Token::part_rule => self.part(pair),
            Token::refund => self.refund(pair),
            Token::day_kind => {
                let workdays = pair.has(Token::WORKDAYS);
                self.word(Token::day_kind, if workdays { "按工作日计算" } else { "按自然日计算" });
            }
            Token::lookup => self.lookup(pair),
            Token::scale_from => {
                self.push("原满分");
                self.some(pair, Token::number);
                self.push("分");
            }
            Token::node_action => return self.action(pair),
            Token::table_row => self.table_row(pair),
            Token::bar_row => self.bar_row(pair),
            _ => return false,
        }
        true
    }

    /// The lines of 参评, 排名, 等次 and 奖惩.
    fn stage(&mut self, pair: &Pair<'a, Token>) -> bool {
        match pair.as_rule() {
            Token::places => self.places(pair),
            Token::rank_by => {
                self.push("按");
                self.space();
                self.some(pair, Token::expression);
                self.space();
                self.push(if pair.has(Token::LOW_FIRST) { "由低到高排名" } else { "由高到低排名" });
            }
            Token::by_ranking => {
                self.push("依据");
                self.space();
                self.some(pair, Token::name);
                self.space();
                self.push("排名");
            }
            Token::refill_rule => {
                self.push("空出的名额");
                self.last(pair);
            }
            Token::withheld => {
                self.list(&pair.children(Token::withheld_who), "、");
                self.push("的，不予奖励");
            }
            Token::award_places => {
                if pair.has(Token::WHEN) {
                    self.word(Token::WHEN, "当");
                    self.space();
                    self.some(pair, Token::condition);
                    self.some(pair, Token::ENDING);
                    self.push("，");
                }
                self.list(&pair.children(Token::place_prizes), "；");
                self.further(pair);
            }
            Token::further_award if !pair.has(Token::place_prizes) => {
                // A grade may be called 其他.
                self.some(pair, Token::REST_OR_GRADE);
                self.list(&pair.children(Token::further_name), "、");
                self.push("：");
                self.some(pair, Token::prizes);
            }
            Token::award_named => {
                self.some(pair, Token::head_name_short);
                self.push("：");
                self.some(pair, Token::prizes);
                self.further(pair);
            }
            Token::place_prizes => {
                self.some(pair, Token::places);
                self.push("：");
                self.some(pair, Token::prizes);
            }
            Token::prizes => {
                for (index, prize) in pair.children(Token::prize).iter().enumerate() {
                    if index > 0 {
                        self.push(if prize.has(Token::exception) { "，" } else { "；" });
                    }
                    self.pair(prize, Token::prizes);
                }
            }
            Token::award_grade => {
                self.push("等次为");
                self.some(pair, Token::values);
                self.push("的：");
                self.some(pair, Token::prizes);
                self.further(pair);
            }
            Token::award_when => {
                self.word(Token::WHEN, "当");
                self.space();
                self.some(pair, Token::condition);
                self.some(pair, Token::ENDING);
                self.push("：");
                self.some(pair, Token::prizes);
                self.further(pair);
            }
            // The words of an award are what results show.
            Token::MONEY_VERB => {
                let text = self.original(pair);
                self.word(Token::MONEY_VERB, text);
            }
            Token::excluded => {
                let within = pair.child(Token::NOT_TAKING_PART).and_then(|verb| verb.child(Token::cycle));
                if let Some(cycle) = pair.child(Token::cycle).or(within) {
                    self.pair(&cycle, Token::excluded);
                    self.push("，");
                }
                self.word(Token::WHEN, "当");
                self.space();
                self.some(pair, Token::condition);
                self.some(pair, Token::ENDING);
                self.push("，不参评");
            }
            _ => return false,
        }
        true
    }

    /// 例 and 认可.
    fn example_line(&mut self, pair: &Pair<'a, Token>) -> bool {
        match pair.as_rule() {
            // The name of a finding: words of the language in it are no words.
            Token::accepted => {
                self.word(Token::ACCEPTED, "认可");
                self.space();
                if let Some(name) = pair.child(Token::accepted_name) {
                    let text = self.original(&name);
                    self.human(Token::accepted_name, text);
                }
                self.push("（");
                self.some(pair, Token::accepted_print);
                self.push("）：");
                self.some(pair, Token::rest);
            }
            Token::example_expect | Token::example_roster | Token::example_fact => self.example(pair),
            Token::example_when => {
                self.some(pair, Token::example_period);
                self.some(pair, Token::heading);
            }
            Token::EXAMPLE => {
                self.word(Token::EXAMPLE, "例");
                self.space();
            }
            _ => return false,
        }
        true
    }

    /// The parts of a line of 奖惩 that begin anew.
    fn further(&mut self, pair: &Pair<'a, Token>) {
        for part in pair.children(Token::further_award) {
            self.push("；");
            self.pair(&part, pair.as_rule());
        }
    }

    pub(super) fn last(&mut self, pair: &Pair<'a, Token>) {
        if let Some(inner) = pair.clone().into_inner().last() {
            self.pair(&inner, pair.as_rule());
        }
    }

    /// `2.1.`, `（三）`, `四、` and `⑤` become 2.1, 3., 4. and 5.
    pub(super) fn item_number(&mut self, pair: &Pair<'a, Token>) {
        let parts: Vec<String> = pair
            .as_str()
            .split(['.', '、', '(', ')'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                item_path(part).first().filter(|number| **number > 0).map_or_else(|| part.to_owned(), u32::to_string)
            })
            .collect();
        let text = if parts.len() == 1 { format!("{}.", parts[0]) } else { parts.join(".") };
        self.word(Token::item_number, &text);
    }

    /// 04 in a date is 4.
    pub(super) fn date_part(&mut self, pair: &Pair<'a, Token>, unit: &str) {
        let text = whole(pair.as_str().trim()).map_or_else(|| pair.as_str().trim().to_owned(), |part| part.to_string());
        self.word(Token::integer, &text);
        self.push(unit);
    }

    pub(super) fn cycle(&mut self, pair: &Pair<'a, Token>, parent: Token) {
        let inner = pair.clone().into_inner().next().expect("a cycle is something");
        let each = matches!(parent, Token::cycle_is | Token::parameter | Token::base_points);
        match inner.as_rule() {
            Token::YEARLY => self.word(Token::YEARLY, if each { "每年" } else { "全年" }),
            _ => self.leaf(&inner, parent),
        }
    }

    /// An expression with an operator is set off from the words around it.
    pub(super) fn expression(&mut self, pair: &Pair<'a, Token>, parent: Token) -> bool {
        let terms = pair.children(Token::term);
        let compound = terms.len() > 1 || terms.iter().any(|term| term.children(Token::factor).len() > 1);
        let number = terms.len() == 1 && !compound && {
            let factor = terms[0].child(Token::factor).expect("a term has a factor");
            factor.has(Token::quantity)
        };
        // 得 完成率 reads as two words; 以目标为限 and 低于目标 as one.
        if compound || !number && matches!(parent, Token::amount | Token::money_prize) {
            self.space();
        }
        let mut first = true;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                // The sign of what follows, not an operator.
                Token::MINUS if first => self.word(Token::MINUS, "-"),
                _ => self.pair(&inner, Token::expression),
            }
            first = false;
        }
        if compound {
            self.space();
        }
        true
    }

    pub(super) fn counted_as(&mut self, value: &Pair<'a, Token>) {
        self.push("按");
        self.pair(value, Token::counted_by);
        self.push("计");
    }

    /// 按…计 where a value is given, else the words that say what comes instead.
    fn counted_or_said(&mut self, pair: &Pair<'a, Token>) {
        match pair.child(Token::expression) {
            Some(value) => self.counted_as(&value),
            None => self.last(pair),
        }
    }

    pub(super) fn choice(&mut self, pair: &Pair<'a, Token>) {
        if pair.has(Token::OTHERWISE) {
            self.word(Token::OTHERWISE, "其余");
            self.space();
        } else {
            if pair.has(Token::condition) {
                self.word(Token::WHEN, "当");
                self.space();
            }
            self.some(pair, Token::condition);
            self.some(pair, Token::range);
            self.push("，");
        }
        self.some(pair, Token::amount);
    }

    pub(super) fn ties(&mut self, pair: &Pair<'a, Token>) {
        let end = pair.child(Token::tie_end).and_then(|end| end.into_inner().next()).expect("says what a tie is");
        match pair.child(Token::tie_break) {
            Some(by) => {
                self.push("同分的，依次比较");
                self.list(&by.children(Token::expression), "、");
                self.push("，仍相同的");
            }
            None if end.as_rule() == Token::BY_ROSTER => self.push("同分的，"),
            None => self.push("同分"),
        }
        self.pair(&end, Token::tie_end);
    }

    pub(super) fn parameter(&mut self, pair: &Pair<'a, Token>) {
        self.push("参数");
        self.space();
        self.some(pair, Token::head_name_short);
        if let Some(unit) = pair.child(Token::head_unit) {
            self.in_parentheses(&unit);
        }
        self.push("：");
        self.some(pair, Token::PER_UNIT);
        self.some(pair, Token::GLOBAL);
        self.some(pair, Token::cycle);
        self.push("一个");
        if let Some(missing) = pair.child(Token::missing_rule) {
            self.push("，");
            self.pair(&missing, Token::parameter);
        }
    }

    /// `2位小数，四舍五入`, `整数，只舍不入`
    pub(super) fn digits(&mut self, pair: &Pair<'a, Token>) {
        match pair.child(Token::integer) {
            Some(places) => {
                self.pair(&places, Token::keep);
                self.push("位小数");
            }
            None => self.word(Token::WHOLE_NUMBER, "整数"),
        }
        if let Some(rounding) = pair.child(Token::rounding) {
            self.push("，");
            self.pair(&rounding, Token::keep);
        }
    }
}

/// 同分的，依次比较…，仍相同的… or no comparison at all.
fn is_plain_tie(pair: &Pair<'_, Token>) -> bool {
    let by = pair.child(Token::tie_break);
    pair.has(Token::tie_end) && by.is_none_or(|by| !by.has(Token::HIGHER) && !by.has(Token::LOWER))
}
