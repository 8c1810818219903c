//! `信访量（件）：较上年同期每上升1件扣2分`: a line by the change since another period, told with the lines that work
//! the change out and go by it.

use std::ops::Range;

use super::limit::most_of_both;
use super::{Mend, Patient, written};
use crate::parse::{Context, earlier, is_keyword_head, is_part, top_colon};

const RISES: &[&str] = &[
    "增长", "增加", "增多", "增高", "上升", "上涨", "提高", "提升", "升高", "前进", "进位", "上扬", "增", "升", "进",
    "多",
];
const FALLS: &[&str] = &[
    "下降", "下滑", "下跌", "减少", "降低", "减低", "回落", "后退", "退位", "倒退", "退步", "压降", "缩减", "降", "减",
    "退", "少",
];
/// What a change is called: 增幅不超过5% says of all changes which are meant.
const CALLED_RISE: &[&str] = &["增长率", "增长幅度", "上升幅度", "增幅", "升幅", "涨幅", "增速"];
const CALLED_FALL: &[&str] = &["下降率", "下降幅度", "降幅", "减幅", "跌幅"];
const EACH: &[&str] = &["再每", "另每", "每"];
const SAME: &[&str] = &["持平", "不变", "相同", "一样"];

/// Whether it is more than before, or less.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    More,
    Less,
}

/// What an amount is counted in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// As the indicator itself.
    Itself,
    /// A share of what it was.
    Share,
}

/// A part of the line.
enum Part<'t> {
    /// 持平的得8分
    Same(&'t str),
    /// 每下降1件扣1分, and whether it goes on from a band: 每再下降1件
    Each(Way, &'t str, &'t str, bool),
    /// 下降5%以上的得10分; 下降的加2分, with no amount
    Band(Way, &'t str, &'t str),
    /// 增幅不超过5%得10分: a range of the change itself, whichever way it goes
    Range(Way, &'t str, &'t str),
    /// 最多加3分
    Tail(&'t str),
}

/// The lines to write, folded, and what the sentence leaves open that they decide.
struct Lines {
    lines: Vec<String>,
    open: Option<String>,
}

impl From<Vec<String>> for Lines {
    fn from(lines: Vec<String>) -> Lines {
        Lines { lines, open: None }
    }
}

/// What is known of a figure whose line does not say its measure word.
pub enum Declared {
    /// 指标 满意率（%）
    In(String),
    /// 满意率 = 满意数 ÷ 总数
    WorkedOut,
}

/// What is compared.
struct Subject {
    label: String,
    unit: String,
    /// Whether another line declares it.
    is_declared: bool,
    /// 第3名 is more than 第5名.
    is_place: bool,
    before: String,
}

impl Patient<'_> {
    pub(super) fn compared(&self) -> Option<Mend> {
        if self.line.context != Context::Node {
            return None;
        }
        let (subject, said) = Subject::of(self.text(), |label| {
            let unit = self.names.figure(label)?;
            Some(unit.map_or(Declared::WorkedOut, |unit| Declared::In(unit.to_owned())))
        })?;
        // The indicator may not be declared yet.
        let (more, less) = (subject.name(Way::More), subject.name(Way::Less));
        let names = self.names.with(&[&subject.label, &more, &less], &subject.unit);
        let told = Patient { names: &names, tries: self.tries.clone(), ..*self };
        let help = subject.help(self.text(), &self.text()[said.clone()], |line| told.written_as(line).is_some());
        let message = format!("“{}”要先算出来，才能计分", written(&self.text()[said.clone()]));
        self.told("unknown-condition", message, said, help)
    }
}

/// Whether words begin to compare with another period: 较上年同期增幅.
pub fn compares(words: &str) -> bool {
    comparison(words).is_some()
}

/// 较上年同期, 与上月相比, 同比: how a text begins to compare, and with which period.
fn comparison(text: &str) -> Option<(&str, &str)> {
    let of_its_own = [("同比", "上年同期"), ("环比", "上期")];
    if let Some((said, before)) = of_its_own.iter().find(|(said, _)| text.starts_with(said)) {
        // 同比较上年下降
        let (more, before) = comparison(&text[said.len()..]).unwrap_or(("", before));
        return Some((&text[..said.len() + more.len()], before));
    }
    let sign = text.chars().next().filter(|sign| "较比与".contains(*sign))?;
    let (said, before) = earlier(&text[sign.len_utf8()..])?;
    let end = sign.len_utf8() + said.len();
    let end = if sign == '与' { end + text[end..].starts_with("相比").then_some("相比".len())? } else { end };
    // The same month a year ago, of what is reported by the month.
    Some((&text[..end], if before.contains('同') { "上年同期" } else { before }))
}

/// What to write for a line, folded, that compares with another period; `None` where it does not.
pub fn instead_of_change(text: &str, declared: Option<Declared>) -> Option<String> {
    let (subject, said) = Subject::of(text, |_| declared)?;
    Some(subject.help(text, &text[said], |_| true))
}

impl Subject {
    /// What a line compares, and where it says so.
    fn of(text: &str, declared: impl FnOnce(&str) -> Option<Declared>) -> Option<(Subject, Range<usize>)> {
        let colon = top_colon(text)?;
        let mut places = text[colon..].char_indices().map(|(at, _)| colon + at);
        let (at, (said, before)) = places.find_map(|at| Some((at, comparison(&text[at..])?)))?;
        let head = text[..colon].trim();
        // 解决率 = 解决数 ÷ 办结数: what goes up by points of it is a share.
        let is_rate = |label: &str| ["率", "占比", "比例", "比重", "百分比"].iter().any(|word| label.ends_with(word));
        let (label, unit, is_declared) = match head.split_once('(') {
            Some((label, unit)) => (label.trim(), unit.trim_end_matches(')').trim().to_owned(), false),
            None => match declared(head) {
                Some(Declared::In(unit)) => (head, unit, true),
                Some(Declared::WorkedOut) if is_rate(head) || text[at..].contains("百分点") => {
                    (head, "%".to_owned(), true)
                }
                Some(Declared::WorkedOut) => (head, String::new(), true),
                None => (head, if is_rate(head) { "%" } else { "件" }.to_owned(), false),
            },
        };
        let places = ["位次", "名次", "排名", "排位", "序位", "进退"];
        let is_place = matches!(unit.as_str(), "位" | "名") || places.iter().any(|word| label.contains(word));
        let unit = match is_place && unit == "件" {
            true if text[at..].contains('位') => "位".to_owned(),
            true => "名".to_owned(),
            false => unit,
        };
        // 排名（名）：较上月每进1名: a word of the language names nothing.
        let label = if is_keyword_head(label) || is_part(label) { format!("{label}情况") } else { label.to_owned() };
        Some((Subject { label, unit, is_declared, is_place, before: before.to_owned() }, at..at + said.len()))
    }

    /// The lines to write, if each of them can be read; else how they look in general.
    fn help(&self, text: &str, said: &str, reads: impl Fn(&String) -> bool) -> String {
        let body = top_colon(text).map_or("", |colon| &text[colon + 1..]);
        let (first, Lines { lines, open }) = match self.lines(body, said).filter(|it| it.lines.iter().all(reads)) {
            Some(lines) => ("先写出比较的算式，再按它计分", lines),
            None => ("先写出比较的算式，再按它计分（“几”换成原文的数）", self.in_general(body).into()),
        };
        let declares = (!self.is_declared).then(|| format!("指标 {}（{}）", self.label, self.unit));
        let lines = declares.into_iter().chain(lines.into_iter().chain(open).map(|line| written(&line)));
        format!("{first}：\n{}", lines.collect::<Vec<String>>().join("\n"))
    }
}

impl Subject {
    /// The lines that say the same, folded; `None` where the line is not understood in all its parts.
    fn lines(&self, body: &str, said: &str) -> Option<Lines> {
        let mut parts = Vec::new();
        let mut way = None;
        for phrase in body.split([',', ';', '。']).map(str::trim).filter(|phrase| !phrase.is_empty()) {
            let before = parts.last().and_then(|part| if let Part::Range(way, ..) = part { Some(*way) } else { None });
            match self.part(phrase, said, way, before)? {
                // 下降的，每下降1件扣1分: the next phrase says what it comes to.
                Part::Band(new, "", "") => way = Some(new),
                // 与上年相比，下降的加2分
                Part::Tail("") => {}
                part => {
                    way = part.way().or(way);
                    parts.push(part);
                }
            }
        }
        // 上升的不得分, beside 下降的得5分: nothing is nothing without a line.
        let gives = |way: Way| parts.iter().any(|part| part.goes(way) && !part.is_for_nothing());
        let ways: Vec<Way> =
            [Way::Less, Way::More].into_iter().filter(|way| parts.iter().any(|part| part.goes(*way))).collect();
        // 每升1%扣1分，每降1件加1分: of what they are shares is one thing for a line.
        let of = parts.iter().filter_map(|part| self.counted_in(part)).collect::<Vec<Of>>();
        let (of, first) = (of.first().copied().unwrap_or(Of::Itself), parts.iter().find_map(Part::way)?);
        if parts.iter().filter_map(|part| self.counted_in(part)).any(|other| other != of) {
            return None;
        }
        let is_all = !ways.iter().any(|way| gives(*way));
        // 不超过30起得5分，同比下降的加2分: what stands before speaks of the figure itself.
        let ahead = parts.iter().map_while(|part| if let Part::Tail(tail) = part { Some(*tail) } else { None });
        let ahead = ahead.collect::<Vec<&str>>();
        let mut lines = match ahead.is_empty() {
            true => Vec::new(),
            false => vec![format!("{}:{}", self.label, ahead.join(","))],
        };
        if let Some(netted) = self.netted(&parts[ahead.len()..], of) {
            lines.extend(netted.lines);
            return Some(Lines { lines, ..netted });
        }
        for way in if first == Way::Less { ways } else { ways.into_iter().rev().collect() } {
            if !is_all && !gives(way) {
                continue;
            }
            lines.push(self.formula(way, of));
            lines.extend(self.scoring(way, of, &parts, first)?);
        }
        // 上升的不得分，最多得5分: a limit of what is left out.
        let is_kept = |part: &Part<'_>| match part {
            Part::Tail(tail) => lines.iter().any(|line| line.contains(&with_verb(tail, line))),
            _ => true,
        };
        let of_both = |index: &usize| ways_of(&parts, *index, first).len() > 1;
        let bare = |tail: &&str| {
            is_limit(tail)
                && !["扣", "加", "得", "累计", "单项", "均", "各", "封顶"].iter().any(|word| tail.contains(word))
        };
        let open =
            parts.iter().enumerate().filter(|(index, _)| of_both(index)).find_map(|(_, part)| part.tail().filter(bare));
        let open = open.map(|tail| format!("“{tail}”上面两样都管；只管后一样的，前一样后面的去掉"));
        parts.iter().all(is_kept).then_some(Lines { lines, open })
    }

    /// 提高的得10分，每下降1个百分点扣1分: what goes off goes off what the line gives, so that both stay in one line.
    fn netted(&self, parts: &[Part<'_>], of: Of) -> Option<Lines> {
        let (mut bands, mut same, mut steps, mut tails) = (Vec::new(), None, None, Vec::new());
        for part in parts {
            match part {
                Part::Band(way, amount, gives) if gives.starts_with('得') => bands.push((*way, *amount, *gives)),
                Part::Same(gives) if same.is_none() && gives.starts_with('得') => same = Some(*gives),
                Part::Each(way, amount, gives, _) if steps.is_none() && gives.starts_with('扣') => {
                    steps = Some((*way, *amount, *gives));
                }
                Part::Tail(tail) if steps.is_some() => tails.push(format!(",{tail}")),
                Part::Band(..) | Part::Range(..) | Part::Same(_) | Part::Each(..) | Part::Tail(_) => return None,
            }
        }
        let ((way, ..), (other, amount, steps)) = (*bands.first()?, steps?);
        if bands.iter().any(|(own, ..)| *own != way) || way == other {
            return None;
        }
        let each = if self.unit == "%" || of == Of::Share { "每低" } else { "每少" };
        let (name, amount) = (self.name(way), self.amount(amount, of));
        let (begins, left, open) = match &bands[..] {
            [(_, "", best)] => match same {
                Some(same) => (format!("超过0的{best};等于0的{same}"), same, None),
                None => (format!("不低于0的{best}"), *best, None),
            },
            // 下降5%以上的得10分，下降不足5%的得8分: what is next to no change is what goes off.
            bands => {
                let is_next = |amount: &str| bounded(amount).is_some_and(|band| band.starts_with("超过0"));
                // What did not change is in no band of theirs, and is not worth less than what got worse.
                let band = |amount: &str| {
                    let band = bounded(amount)?;
                    Some(if same.is_none() { band.replacen("超过0", "不低于0", 1) } else { band })
                };
                let said = bands.iter().map(|(_, amount, gives)| Some(format!("{}的{gives}", band(amount)?)));
                let said =
                    said.chain(same.map(|same| Some(format!("等于0的{same}")))).collect::<Option<Vec<String>>>()?;
                let left = match same {
                    Some(same) => same,
                    None => bands.iter().rfind(|(_, amount, _)| is_next(amount))?.2,
                };
                let most = bands.iter().map(|(.., gives)| *gives).find(|gives| *gives != left);
                let from =
                    most.map(|most| format!("，从{}里扣的，“低于0的{left}”改成“低于0的{most}”", &most["得".len()..]));
                let open = format!("没有写从几分里扣，上面是从{}里扣{}", &left["得".len()..], from.unwrap_or_default());
                let unchanged =
                    if same.is_some() { "" } else { "；持平的得几分也没有写，上面照最近的一档" };
                (said.join(";"), left, Some(open + unchanged))
            }
        };
        let line = format!("{name}:{begins};低于0的{left},{each}{amount}{steps}{}", tails.concat());
        Some(Lines { lines: vec![self.formula(way, of), line], open })
    }

    /// An amount of change in the measure word of what is compared.
    fn amount(&self, amount: &str, of: Of) -> String {
        if self.unit == "%" || of == Of::Share {
            return format!("{}个百分点", amount.trim_end_matches("个百分点").trim_end_matches('%'));
        }
        let of_place = ["个位次", "个名次", "位次", "名次", "位", "名"];
        match of_place.iter().find_map(|word| amount.strip_suffix(word)).filter(|_| self.is_place) {
            Some(number) => format!("{number}{}", self.unit),
            None => amount.to_owned(),
        }
    }

    /// One phrase; `way` is what the phrases before it spoke of, `before` whose range the last one was.
    fn part<'t>(&self, phrase: &'t str, said: &str, way: Option<Way>, before: Option<Way>) -> Option<Part<'t>> {
        // 每较上年增1件 is 较上年每增1件.
        let (phrase, is_ahead) = strip(phrase, EACH);
        let phrase = phrase.strip_prefix(said).unwrap_or(phrase).trim();
        if phrase.contains(said) {
            return None;
        }
        let (phrase, is_behind) = strip(phrase, EACH);
        let is_each = is_ahead || is_behind;
        let named = [(CALLED_RISE, !self.is_place), (CALLED_FALL, self.is_place)];
        let named = named
            .iter()
            .find_map(|(words, more)| Some((words.iter().find_map(|word| phrase.strip_prefix(word))?, *more)));
        if let Some((rest, more)) = named.filter(|_| !is_each) {
            let (amount, gives) = split_at_points(rest.trim_start_matches(['在', '为', '的']));
            let way = if more { Way::More } else { Way::Less };
            return range_of(way, amount, gives);
        }
        // 每再增长10%
        let (phrase, is_further) = if is_each { strip(phrase, &["再", "另"]) } else { (phrase, false) };
        let (same, is_same) = strip(phrase, SAME);
        if is_same && !is_each {
            return Some(Part::Same(same.trim_start_matches('的')));
        }
        let new = self.way(phrase);
        let rest = new.map_or(phrase, |(_, rest)| rest).trim_start_matches('了');
        let Some(way) = new.map(|(way, _)| way).or(way.filter(|_| is_each)) else {
            // 增幅不超过5%得10分，超过5%不得分
            let (amount, gives) = split_at_points(phrase);
            let goes_on = before.filter(|_| !is_each).and_then(|way| range_of(way, amount, gives));
            return goes_on.or((!is_each).then_some(Part::Tail(phrase)));
        };
        if !is_each && let Some(each) = rest.strip_prefix("的").unwrap_or(rest).strip_prefix("每") {
            let (again, each) = self.way(each).unwrap_or((way, each));
            let (amount, gives) = split_at_points(each);
            let is_said = again == way && !amount.is_empty() && !gives.is_empty();
            return is_said.then_some(Part::Each(way, amount, gives, false));
        }
        let (amount, gives) = split_at_points(rest);
        let amount = amount.trim_end_matches('的').trim();
        match is_each {
            true => (!amount.is_empty() && !gives.is_empty()).then_some(Part::Each(way, amount, gives, is_further)),
            false => (!gives.is_empty() || amount.is_empty()).then_some(Part::Band(way, amount, gives)),
        }
    }

    /// The way a phrase begins with, and what follows.
    fn way<'t>(&self, phrase: &'t str) -> Option<(Way, &'t str)> {
        let (rises, falls) = (strip(phrase, RISES), strip(phrase, FALLS));
        let (rest, rose) = match (rises, falls) {
            ((rest, true), _) => (rest, true),
            (_, (rest, true)) => (rest, false),
            _ => return None,
        };
        // Who comes nearer to the first has a smaller number.
        Some((if rose != self.is_place { Way::More } else { Way::Less }, rest))
    }

    /// What a part's amount is counted in; `None` where it has none.
    fn counted_in(&self, part: &Part<'_>) -> Option<Of> {
        let (Part::Each(_, amount, ..) | Part::Band(_, amount, _) | Part::Range(_, amount, _)) = part else {
            return None;
        };
        if amount.is_empty() {
            return None;
        }
        let is_share = amount.contains('%') || amount.contains("个百分点");
        Some(if is_share && self.unit != "%" { Of::Share } else { Of::Itself })
    }

    /// `火灾起数降幅`
    fn name(&self, way: Way) -> String {
        let word = match (way, self.is_place) {
            (Way::Less, true) => "进位",
            (Way::More, true) => "退位",
            (Way::Less, false) => "降幅",
            (Way::More, false) => "增幅",
        };
        format!("{}{word}", self.label)
    }

    fn formula(&self, way: Way, of: Of) -> String {
        let (now, before) = (&self.label, format!("{}{}(没有的,不作考评)", self.before, self.label));
        let change = match way {
            Way::Less => format!("{before} - {now}"),
            Way::More => format!("{now} - {before}"),
        };
        match of {
            Of::Itself => format!("{} = {change}", self.name(way)),
            Of::Share => format!("{} = ({change}) ÷ {before},除数为0的,不作考评", self.name(way)),
        }
    }

    /// The lines that score one way; what is the same as before goes into the first.
    fn scoring(&self, way: Way, of: Of, parts: &[Part<'_>], first: Way) -> Option<Vec<String>> {
        let mut lines: Vec<String> = Vec::new();
        let mut in_band = false;
        for (index, part) in parts.iter().enumerate() {
            let said = match part {
                // 增长10%以上加1分，每再增长10%加0.5分: the steps go on from the band. Without 再 they may begin anywhere.
                Part::Each(other, amount, gives, is_further) if *other == way && (in_band || *is_further) => {
                    (in_band && *is_further).then_some(())?;
                    *lines.last_mut()? += &format!(",每多{}{}", self.amount(amount, of), gives);
                    continue;
                }
                Part::Same(gives) => (way == first && !gives.is_empty()).then(|| format!("等于0的{gives}")),
                Part::Each(other, amount, gives, _) if *other == way => {
                    let amount = self.amount(amount, of);
                    Some(format!("超过0的,每多{amount}{}", gives.trim_start_matches(['再', '另'])))
                }
                Part::Band(other, amount, gives) if *other == way => {
                    in_band = !amount.is_empty();
                    Some(format!("{}的{gives}", bounded(amount)?))
                }
                Part::Range(other, amount, gives) if *other == way => {
                    in_band = true;
                    Some(format!("{}的{gives}", amount.trim_end_matches('的')))
                }
                Part::Each(..) | Part::Band(..) | Part::Range(..) => None,
                Part::Tail(tail) => {
                    let ways = ways_of(parts, index, first);
                    // What adds up over the year is of both ways together, which no two lines say.
                    let is_longer = ["年", "季"].iter().any(|cycle| tail.contains(cycle)) && is_limit(tail);
                    if is_longer && ways.len() > 1 && !gives_apart(parts) {
                        return None;
                    }
                    if let Some(line) = lines.last_mut().filter(|_| ways.contains(&way)) {
                        let tail = with_verb(tail, line);
                        *line += &format!(",{tail}");
                    }
                    continue;
                }
            };
            let Some(said) = said else { continue };
            match lines.last_mut() {
                // 提高的加1分，每提高1%再加0.5分: steps on top of it are a line of their own.
                Some(line) if !matches!(part, Part::Each(..)) => *line += &format!(";{said}"),
                _ => lines.push(format!("{}:{said}", self.name(way))),
            }
        }
        Some(lines)
    }

    /// Where the words of the line are not understood.
    fn in_general(&self, body: &str) -> Vec<String> {
        let of = if body.contains('%') && self.unit != "%" { Of::Share } else { Of::Itself };
        let one = if self.unit == "%" || of == Of::Share {
            "几个百分点".to_owned()
        } else {
            format!("几{}", self.unit)
        };
        // Which way is rewarded is not ours to say.
        let line = |way| format!("{}:超过0的,每多{one}扣几分(或 加几分)", self.name(way));
        [Way::Less, Way::More].into_iter().flat_map(|way| [self.formula(way, of), line(way)]).collect()
    }
}

impl Part<'_> {
    fn way(&self) -> Option<Way> {
        match self {
            Part::Each(way, ..) | Part::Band(way, ..) | Part::Range(way, ..) => Some(*way),
            Part::Same(_) | Part::Tail(_) => None,
        }
    }

    fn goes(&self, way: Way) -> bool {
        self.way() == Some(way)
    }

    fn tail(&self) -> Option<&str> {
        if let Part::Tail(tail) = self { Some(tail) } else { None }
    }

    /// What it gives, if anything.
    fn gives(&self) -> &str {
        match self {
            Part::Each(_, _, gives, _) | Part::Band(_, _, gives) | Part::Range(_, _, gives) | Part::Same(gives) => {
                gives
            }
            Part::Tail(_) => "",
        }
    }

    fn is_for_nothing(&self) -> bool {
        matches!(self, Part::Band(_, _, "不得分" | "不加分" | "不扣分" | "得0分"))
    }
}

/// 最多加3分, 单项累计不超过3分
fn is_limit(tail: &str) -> bool {
    ["最多", "最高", "至多", "不超过", "封顶", "上限", "为限"].iter().any(|word| tail.contains(word))
}

/// Whether one way adds and the other takes away.
fn gives_apart(parts: &[Part<'_>]) -> bool {
    let gives = |way: Way, verb: char| parts.iter().any(|part| part.goes(way) && part.gives().contains(verb));
    !['加', '扣', '得'].iter().any(|verb| gives(Way::Less, *verb) && gives(Way::More, *verb))
}

/// Which ways the tail at an index is said of. Behind a way that another follows it is of that one; at the end a limit
/// is of every way that gives what it limits, and 不足5%的不计 of every way by steps of 5%.
fn ways_of(parts: &[Part<'_>], index: usize, first: Way) -> Vec<Way> {
    let (before, behind) = parts.split_at(index);
    let Some(tail) = parts[index].tail() else { return Vec::new() };
    let last = before.iter().rev().find_map(|part| match part {
        Part::Same(_) => Some(first),
        part => part.way(),
    });
    let is_last = behind.iter().all(|part| matches!(part, Part::Tail(_)));
    let verb = ['扣', '加', '得'].into_iter().find(|verb| tail.contains(*verb) && most_of_both(tail).is_none());
    let is_meant = |part: &Part<'_>| match part {
        _ if is_limit(tail) => verb.map_or(!part.is_for_nothing(), |verb| part.gives().contains(verb)),
        Part::Each(_, amount, ..) => {
            let number = |text: &str| text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
            ["不足", "不满"].iter().any(|word| tail.starts_with(word) && number(&tail[word.len()..]) == number(amount))
        }
        _ => false,
    };
    let meant = |way: &Way| before.iter().any(|part| part.goes(*way) && is_meant(part));
    let meant: Vec<Way> = [Way::Less, Way::More].into_iter().filter(meant).collect();
    match (is_last, meant.is_empty()) {
        (true, false) => meant,
        _ => last.into_iter().collect(),
    }
}

/// A phrase without one of these words before it, and whether there was one.
fn strip<'t>(phrase: &'t str, words: &[&str]) -> (&'t str, bool) {
    words.iter().find_map(|word| phrase.strip_prefix(word)).map_or((phrase, false), |rest| (rest, true))
}

/// 最多3分 of a line that adds: 最多加3分.
fn with_verb(tail: &str, line: &str) -> String {
    let verbs = |verb: &char| line.contains(*verb);
    // 加扣分不超过2分 of a line that adds.
    if let (Some(most), Some(verb)) = (most_of_both(tail), ['加', '扣'].into_iter().find(verbs)) {
        return most.replacen("最多", &format!("最多{verb}"), 1);
    }
    let most = ["最多", "最高", "至多"].iter().find(|word| tail.starts_with(**word));
    let verb = ['加', '扣'].into_iter().filter(|verb| line.contains(*verb)).collect::<Vec<char>>();
    match (most, &verb[..]) {
        (Some(most), [verb]) if tail[most.len()..].starts_with(|c: char| c.is_ascii_digit()) => {
            tail.replacen(most, &format!("{most}{verb}"), 1)
        }
        _ => tail.to_owned(),
    }
}

/// A range of the change itself; `None` where its ends are not understood.
fn range_of<'t>(way: Way, amount: &'t str, gives: &'t str) -> Option<Part<'t>> {
    let begins =
        ["超过", "高于", "大于", "不低于", "不少于", "达到", "不超过", "不高于", "低于", "不足", "不满", "小于"];
    let is_range =
        begins.iter().any(|word| amount.starts_with(word)) || amount.contains("以上") || amount.contains("以下");
    (is_range && amount.contains(|c: char| c.is_ascii_digit()) && !gives.is_empty())
        .then_some(Part::Range(way, amount, gives))
}

/// Before and from the word that gives or takes.
fn split_at_points(text: &str) -> (&str, &str) {
    let verbs = [
        "再加",
        "再扣",
        "另加",
        "另扣",
        "不得分",
        "不加分",
        "不扣分",
        "扣",
        "加",
        "得",
        "减",
        "计",
        "奖",
        "另",
        "一票否决",
        "取消",
        "本项",
    ];
    let at = verbs.iter().filter_map(|verb| text.find(verb)).min().unwrap_or(text.len());
    (text[..at].trim(), &text[at..])
}

/// A band of changes that begins above nothing; `None` where its end is not understood.
fn bounded(amount: &str) -> Option<String> {
    if amount.is_empty() {
        return Some("超过0".to_owned());
    }
    let below = ["不足", "不满", "低于", "小于", "少于", "未达到"];
    if let Some(number) = below.iter().find_map(|word| amount.strip_prefix(word)) {
        return Some(format!("超过0不足{number}"));
    }
    if let Some(number) = amount.strip_prefix("不超过") {
        return Some(format!("超过0不超过{number}"));
    }
    let is_range = amount.contains("以上") || amount.contains(['至', '-', '~']);
    if let Some(number) = ["以内", "以下"].iter().find_map(|word| amount.strip_suffix(word)).filter(|_| !is_range) {
        return Some(format!("超过0不超过{}", number.trim_end_matches("(含)")));
    }
    let begins = ["超过", "高于", "大于", "不低于", "不少于", "达到"].iter().any(|word| amount.starts_with(word));
    (is_range || begins).then(|| amount.to_owned())
}
