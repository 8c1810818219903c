//! Several cases in one line, 一般事故每起扣5分；较大事故每起扣10分: each is one that facts name, with a line of its own.

use super::{Mend, Patient, apart, says_late, shown, steps_of, written};
use crate::parse::words::UNITS;
use crate::parse::{Context, Line, counted, is_figure, whole};

type Place = std::ops::Range<usize>;

/// What a case is followed by.
pub(super) const VERBS: &[&str] = &[
    "不得分",
    "不扣分",
    "不加分",
    "计零",
    "每",
    "扣",
    "加",
    "得",
    "酌情",
    "本项",
    "该项",
    "一票否决",
    "减半",
    "除外",
    "不计",
    "不扣",
    "另扣",
    "并扣",
    "再扣",
    "加扣",
];
/// What is said of some rows of a case.
const FOR_SOME: &[&str] = &["加倍", "减半", "除外", "不计", "不扣", "另扣", "并扣", "再扣", "加扣", "按"];

/// What goes on with a case.
const ON: &[&str] = &["累计", "合计", "全年", "不足", "同一", "直至"];
/// How much at most, of one case or of all of them.
const LIMITS: &[&str] = &["最多", "最高", "至多", "封顶", "不超过", "上限", "为限", "扣完", "扣满", "为止"];

/// How long the words may be that are taken for a case of their own.
const LONGEST_CASE: usize = 16;

/// A case and what it comes to.
struct Case {
    name: String,
    gives: String,
    /// Whether it has a limit of its own.
    is_limited: bool,
}

impl Case {
    fn line(&self) -> String {
        format!("{}:{}", self.name, self.gives)
    }
}

/// What stands behind several cases and is of the last of them or of all: 最高不超过10分, 媒体曝光的加倍.
struct Behind<'t> {
    said: &'t str,
    place: Place,
    /// As a line of them says it.
    read: String,
    /// 媒体曝光, where no column lists it.
    value: Option<String>,
    is_limit: bool,
    /// 取消评优资格: what follows, of the last case or of all of them.
    is_tail: bool,
    /// The last case before it.
    after: usize,
}

/// `在原计分基础上加2倍计分`: twice or three times in all?
fn upon_what_it_gives(text: &str, colon: usize, case: &str, gives: &str) -> Option<String> {
    let (number, behind) = gives.strip_prefix(['加', '扣'])?.split_once('倍')?;
    let times: u32 = number.parse().ok().filter(|_| case.ends_with("基础上"))?;
    let written_here = format!("{case}{gives}");
    let body = text[colon..].find(&written_here).map(|at| colon + at)?;
    let ending = if behind.is_empty() { "计" } else { behind };
    let with =
        |times: u32| written(&format!("{}按{times}倍{ending}{}", &text[..body], &text[body + written_here.len()..]));
    Some(format!(
        "一共{}倍的，写成：{}\n一共{times}倍的，写成：{}",
        times.checked_add(1)?,
        with(times + 1),
        with(times)
    ))
}

/// 每次 of 每发生一次, which says nothing of points.
fn each_alone(said: &str) -> Option<String> {
    let rest = said.strip_prefix('每')?;
    let rest = ["发生", "发现", "出现"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let unit = rest.trim_start_matches(['一', '1']);
    UNITS.contains(&unit).then(|| format!("每{unit}"))
}

/// 情况为及时的扣3分，否则扣5分, each for every one of them.
fn for_each(line: &str, each: &str) -> String {
    let with = |part: &str| {
        let at = ["否则", "其余", "其他"].iter().find_map(|word| part.starts_with(word).then_some(word.len()));
        let at = at.or_else(|| Some(part.find('的')? + '的'.len_utf8()));
        match at.filter(|at| part[*at..].starts_with(['扣', '加', '得'])) {
            Some(at) => format!("{}{each}{}", &part[..at], &part[at..]),
            None => part.to_owned(),
        }
    };
    line.split_inclusive(['，', '；']).map(with).collect()
}

/// 每宗0.3分 before what is taken off: 每宗扣0.3分.
fn with_verb_of(said: &str, gives: &str) -> String {
    let number =
        said.strip_suffix('分').map(|rest| rest.trim_end_matches(is_figure)).filter(|rest| rest.starts_with('每'));
    const GIVES: [char; 3] = ['扣', '加', '得'];
    let verb = gives.chars().find(|c| GIVES.contains(c));
    match (number, verb) {
        (Some(each), Some(verb)) if each.len() + "分".len() < said.len() && !each.ends_with(GIVES) => {
            format!("{each}{verb}{}", &said[each.len()..])
        }
        _ => said.to_owned(),
    }
}

/// 情况严重, 被市领导指出则: a column that may hold it, and what it is called there.
pub fn column_and_value(said: &str) -> (&str, &str) {
    let value = said.trim_end_matches('则');
    let nouns = ["情况", "情节", "后果", "影响", "性质"].into_iter();
    let mut named = nouns.filter_map(|noun| Some((noun, value.strip_prefix(noun)?)));
    named.find(|(_, rest)| !rest.is_empty()).unwrap_or(("情况", value))
}

impl Patient<'_> {
    /// `一般事故每起扣5分；较大事故每起扣10分`
    pub(super) fn own_labels(&self) -> Option<Mend> {
        let text = self.text();
        if self.line.context != Context::Node || self.line.opening {
            return None;
        }
        let colon = crate::parse::top_colon(text)?;
        let has_own_words =
            ["外部", "评分", "待定"].iter().any(|word| text[colon + 1..].trim_start().starts_with(word));
        let by_ordinal = text.match_indices('第').any(|(at, first)| {
            let counted = text[at + first.len()..]
                .chars()
                .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c));
            text[at + first.len()..].chars().nth(counted.count()) == Some('次')
        });
        let label = text[..colon].trim();
        // 7日内整改的: and not 未在规定时限内整改的, which is a case.
        let repaired_in_days = ["日内整改", "天内整改", "日内已整改"].iter().any(|words| text.contains(words));
        let found = self.remark_first(colon).or_else(|| self.times_counted(colon)).or_else(|| self.so_often_of(colon));
        if let Some(mend) = found.or_else(|| self.parts_alone(colon)).or_else(|| self.given_back(colon)) {
            return Some(mend);
        }
        // A figure has bands and no cases.
        if by_ordinal || has_own_words || repaired_in_days || label.ends_with(')') {
            return None;
        }
        // What the line itself gives, and what it says of some cases: 每次扣1分，情节严重的加倍.
        let mut own: Vec<&str> = Vec::new();
        // What gives nothing: 限3日内整改.
        let mut unread: Vec<&str> = Vec::new();
        let mut cases: Vec<Case> = Vec::new();
        let mut behind: Vec<Behind<'_>> = Vec::new();
        // 同一稿件按最高级别计分: of all the cases together.
        let mut shared: Vec<&str> = Vec::new();
        let mut first: Option<Place> = None;
        let mut has_tail = false;
        // 每起, where a case was counted so: 发生一起轻伤.
        let mut counted_by: Option<String> = None;
        // A case before the comma that ends it, and where it stands.
        let mut begun: Option<(String, Place)> = None;
        for place in parts(text, colon) {
            let (part, from, end) = (&text[place.clone()], place.start, place.end);
            // 发生一般事故的，每起扣5分
            if begun.is_none() && part.ends_with('的') && !part.contains(|c: char| c.is_ascii_digit() || c == '为') {
                let case = part.trim_end_matches('的');
                begun = Some((case.to_owned(), from..from + case.len()));
                first = first.or(Some(place));
                continue;
            }
            let of_a_matter = part.starts_with("同一") || !shared.is_empty() && part.starts_with("不重复");
            if of_a_matter && cases.len() > 1 {
                shared.push(part);
                continue;
            }
            let is_limit = is_limit(part);
            if is_limit || ON.iter().any(|word| part.starts_with(word)) {
                let of_several = cases.len() > 1 && !cases.iter().any(|case| case.is_limited);
                let after = cases.len().saturating_sub(1);
                match cases.last_mut() {
                    None => own.push(part),
                    Some(_) if is_limit && of_several || !behind.is_empty() => {
                        behind.push(Behind {
                            said: part,
                            place,
                            read: part.to_owned(),
                            value: None,
                            is_limit,
                            is_tail: false,
                            after,
                        });
                    }
                    // What goes on with the case before: 最多扣5分.
                    Some(case) => {
                        case.gives += &format!(",{part}");
                        case.is_limited |= is_limit;
                    }
                }
                continue;
            }
            let (case, gives, place) = match begun.take() {
                Some((case, place)) => (case, part, place),
                None => {
                    // 参建的按50%计
                    let part_of = part.find("的按").filter(|_| part.ends_with("%计")).map(|at| at + "的".len());
                    let verb = part_of.or_else(|| verb_at(part));
                    let by_a_table = part.starts_with('按') && part.contains("查表");
                    if (verb == Some(0) || by_a_table || is_one_of_it(part)) && cases.is_empty() {
                        own.push(part);
                        continue;
                    }
                    // 取消评优资格, 年终排名末位, 有效期24个月: of the case before it.
                    let tail = part.trim_start_matches(['并', '且']).trim_start_matches("同时");
                    if begun.is_none()
                        && let Some(after) = cases.len().checked_sub(1)
                        && self.goes_with(&cases[after], tail)
                    {
                        // Behind several cases that only commas part it may be of all of them.
                        let of_veto = tail.ends_with("末位") && cases[after].gives.contains("一票否决");
                        let is_of_last = after == 0 || of_veto || has_tail || text[colon..from].contains(';');
                        if is_of_last {
                            cases[after].gives += &format!(",{tail}");
                        } else {
                            let read = tail.to_owned();
                            behind.push(Behind {
                                said: part,
                                place,
                                read,
                                value: None,
                                is_limit: false,
                                is_tail: true,
                                after,
                            });
                        }
                        has_tail = true;
                        continue;
                    }
                    let Some(verb) = verb.filter(|verb| *verb > 0) else {
                        // 级别为国家级的 is whose the points behind it are.
                        let list = if part.ends_with('的') && cases.is_empty() { &mut own } else { &mut unread };
                        list.push(part);
                        continue;
                    };
                    let case = part[..verb].trim_end_matches('的').trim();
                    // 被上级通报的一次扣5分
                    let head = case
                        .rsplit_once('的')
                        .filter(|(_, count)| count.strip_prefix(['一', '1']).is_some_and(|unit| UNITS.contains(&unit)));
                    match head {
                        Some((head, count)) => (format!("{head}{count}"), &part[verb..], from..from + case.len()),
                        None => (case.to_owned(), &part[verb..], from..from + case.len()),
                    }
                }
            };
            // 国家级每次加5分, where 级别 lists 国家级: no case of its own, and the next would seem to be one of it.
            if own.is_empty() && cases.is_empty() && self.names.values().any(|(value, _)| case == value) {
                return None;
            }
            // 情节严重的加倍, where 情节 lists 严重.
            let listed = self
                .names
                .values()
                .find(|(value, column)| case.strip_prefix(column).is_some_and(|rest| rest == *value) || case == *value);
            let is_points = gives.starts_with(['每', '扣', '加', '得', '酌']) && !starts_with(gives, FOR_SOME);
            if let (Some((value, column)), Some(before)) = (listed, cases.last()) {
                if case == value && is_points {
                    return self.unlisted_value(colon, column, &before.name);
                }
                let (after, read) = (cases.len() - 1, format!("{column}为{value}的{gives}"));
                match &mut cases[..] {
                    [case] => case.gives += &format!(",{read}"),
                    _ => {
                        let said = &text[place.start..end];
                        behind.push(Behind { said, place, read, value: None, is_limit: false, is_tail: false, after });
                    }
                }
                continue;
            }
            // 发生一起越级上访扣5分, 缺席一次扣2分
            let gives = &gives.replace("加扣", "另扣");
            let by_count = || {
                let counted = apart::case_and_count(&case).or_else(|| apart::one_lacking(label, &case));
                counted.filter(|_| gives.starts_with(['扣', '加', '得']))
            };
            let (case, gives) = match apart::counted_case(&case).or_else(by_count) {
                Some((case, each)) => {
                    let gives = format!("{each}{}", gives.trim_start_matches("每次"));
                    counted_by = Some(each);
                    (case, gives)
                }
                // 发生一起轻伤扣2分，重伤扣5分: the second by the piece, too.
                None => match &counted_by {
                    Some(each) if is_points && !gives.starts_with('每') && !gives.starts_with('酌') => {
                        (case, format!("{each}{gives}"))
                    }
                    _ => (case, gives.to_owned()),
                },
            };
            let case = with_subject(case, cases.last())?;
            let is_case = (2..=LONGEST_CASE).contains(&case.chars().count())
                && case.chars().all(|c| c.is_alphanumeric() || c == '、')
                && !case.contains('的')
                && (!case.contains(|c: char| c.is_ascii_digit()) || is_of_time(&case))
                // 连续两次通报, 缺一份, 两次 are how often, and no other case.
                && !starts_with(&case, &["连续", "累计"])
                && counted(&case).is_none()
                // 期间信用分 is what comes to nothing, and nothing that happens.
                && !["得分", "总分", "信用分", "考核分", "积分"].iter().any(|word| case.ends_with(word))
                // 情节严重 of a declared 情节 lacks its 为.
                && self.names.longest_at(&case).is_none_or(|name| name == case || name == label);
            // 每处扣0.5分，连续两次通报的每次扣2分: enough of them are a row.
            if !is_case && !own.is_empty() && is_points && counted(&case).is_some_and(|it| !it.label.is_empty()) {
                let case = format!("「{case}」");
                return self.counted_apart(label, &text[colon + 1..place.start], (&case, &gives, &text[end..]), place);
            }
            if !is_case {
                return self.so_many_times(label, &case, &gives, place);
            }
            first = first.or(Some(place.clone()));
            // 分别扣1分、3分: of what is not said.
            if case.starts_with("分别") || gives.starts_with("分别") {
                return None;
            }
            // 国家级加5分，省级减半: half of what is not said.
            let is_of_some = starts_with(&gives, FOR_SOME);
            if own.is_empty() && is_of_some && ["级", "等", "奖"].iter().any(|word| case.ends_with(word)) {
                return None;
            }
            let by_days = own.iter().any(|part| says_late(part) && part.contains(['天', '日']));
            // 每3人扣1分，死亡每人扣3分: groups of three are of all there are.
            let by_several = own.iter().any(|part| {
                part.strip_prefix('每').is_some_and(|many| {
                    let unit = many.trim_start_matches(|c: char| c.is_ascii_digit());
                    unit.len() < many.len() && !many.starts_with('1')
                })
            });
            let by_several = by_several && gives.starts_with('每');
            if !own.is_empty() && !is_of_some && (by_days || by_several || counted_otherwise(&own, &gives)) {
                return self.counted_apart(label, &text[colon + 1..first?.start], (&case, &gives, &text[end..]), place);
            }
            if is_of_some && cases.len() > 1 {
                let value = case.strip_prefix("其中").unwrap_or(&case).to_owned();
                let (said, read) = (&text[place.start..end], format!("情况为{value}的{gives}"));
                let after = cases.len() - 1;
                behind.push(Behind { said, place, read, value: Some(value), is_limit: false, is_tail: false, after });
                continue;
            }
            if !own.is_empty() || is_of_some {
                // What is said of some goes with the case before it: 发现问题每个扣0.2分，整改不到位加倍.
                let before = own.is_empty().then(|| cases.last()).flatten();
                let range = if before.is_some() { place } else { first.clone()? };
                let said = written(text[range.clone()].trim_end_matches(['的', ',']));
                // What the line says behind the case stays.
                let rest = text[end..].trim_start_matches([',', ';', '、']).trim();
                let sign = text[end..].chars().next().filter(|sign| matches!(sign, ',' | ';') && !rest.is_empty());
                let sign = sign.map(String::from).unwrap_or_default();
                // 县级批示另加0.5分
                let case = case.trim_end_matches(['另', '再', '并']).to_owned();
                if let Some(help) = upon_what_it_gives(text, colon, &case, &gives) {
                    let message = format!("“{said}{}”没有写一共是几倍", written(&gives));
                    return self.told("missing-convention", message, range, help);
                }
                let (column, value) = column_and_value(case.strip_prefix("其中").unwrap_or(&case));
                // 三日以内整改的，返还50%: half of it is left, for no days are counted.
                let gives = left_of_refund(&gives).unwrap_or(gives);
                let case_line = written(&format!("{column}为{value}的{gives}{sign}{rest}"));
                let begun = match (&own[..], before) {
                    ([], Some(case)) => format!("再写：{}，{case_line}", written(&case.line())),
                    ([], None) => format!("前面写明每次扣几分、加几分，后面接：，{case_line}"),
                    (_, _) => {
                        let ahead = text[colon + 1..first.clone()?.start].trim_end_matches([',', ' ']);
                        let (ahead, case_line) = match each_alone(ahead.trim()) {
                            Some(each) => (String::new(), for_each(&case_line, &each)),
                            None => (with_verb_of(ahead, &gives), case_line),
                        };
                        let joint = if ahead.is_empty() || ahead.ends_with([';', ':']) { "" } else { "，" };
                        format!("再写：{label}：{}{joint}{case_line}", written(ahead.trim()))
                    }
                };
                let help = format!("先在开头声明一列：事实列 {column}：{value}/其他；{begun}");
                let message = format!("“{said}”没有声明过，看不出哪一行事实是这样的");
                return self.told("unknown-condition", message, range, help);
            }
            // A limit that another case follows is of the case before it, and so is what follows from it.
            for limit in behind.extract_if(.., |behind| behind.is_limit || behind.is_tail) {
                cases[limit.after].gives += &format!(",{}", limit.read);
                cases[limit.after].is_limited |= limit.is_limit;
            }
            cases.push(Case { name: case, gives, is_limited: false });
        }
        match (begun, &behind[..]) {
            (Some(_), _) => None,
            (None, []) => self.a_line_each(label, first?, &cases, &shared, &unread),
            (None, behind) if unread.is_empty() => self.of_which(label, first?, &cases, &shared, behind),
            _ => None,
        }
    }

    /// One line for each case of a line, what holds for all of them behind; `range` is the first of them.
    fn a_line_each(&self, label: &str, range: Place, cases: &[Case], shared: &[&str], unread: &[&str]) -> Option<Mend> {
        let text = self.text();
        let read: Option<Vec<Line>> = cases.iter().map(|case| self.written_as(&case.line())).collect();
        let mut read = read.filter(|lines| !lines.is_empty())?;
        let lines: Vec<String> = read.iter().map(shown).collect();
        let shared = match shared {
            [] => String::new(),
            parts => {
                let line = self.written_as(&parts.join(","))?;
                let said = format!("\n{}", shown(&line));
                read.push(line);
                said
            }
        };
        let is_whole = unread.is_empty();
        let unread = match unread {
            [] => String::new(),
            parts if parts.iter().any(|part| bears_on_points(part)) => {
                format!(
                    "\n“{}”也算分、也有后果，不能不写：写明是哪一种情形的，接在那一行后面，或另起一行",
                    written(&parts.join(","))
                )
            }
            parts => format!("\n“{}”看不懂：算分的另写一行，只是说明的写在 # 后面", written(&parts.join(","))),
        };
        let case = written(text[range.clone()].trim_end_matches('的'));
        // 获省级以上的: which levels, is for the line to say in full.
        let of_column = self.names.values().find(|(value, _)| case.contains(value));
        let same = match &lines[..] {
            [_] if of_column.is_some() => {
                let (value, column) = of_column.expect("asked by the guard");
                format!(
                    "“{value}”是“{column}”的取值，“{case}”是哪几种要写全，如：{column}为{value}的，扣（加）几分；是另一种情形的，"
                )
            }
            // 涉案金额每10万元加1分, where 涉案金额 is declared: its figure, and not how many times.
            [line] if is_whole && self.names.longest_at(&case) == Some(&case) => {
                let gives = line.split_once('：').map_or("", |(_, gives)| gives);
                // 不足1000元的不计 behind it is of these steps.
                let rest = shared.trim_start();
                let gives = if rest.is_empty() { gives.to_owned() } else { format!("{gives}，{rest}") };
                match steps_of(&case, &gives) {
                    Some(steps) => {
                        format!("“{case}”是声明过的，按它的数计分的，写成：{label}：{steps}\n另是一种、事实单独报的，")
                    }
                    None => String::new(),
                }
            }
            [line] if is_whole => {
                let gives = line.split_once('：').map_or("", |(_, gives)| gives);
                format!(
                    "“{case}”只说明“{label}”为什么计分、事实都报在“{label}”名下的，写成：{label}：{gives}\n另是一种、事实单独报的，"
                )
            }
            _ => String::new(),
        };
        // 未按时报送的，每天扣1分: so many days late, and not so many reported.
        let late = match &lines[..] {
            [line] if says_late(&case) => line.split_once('：').and_then(|(_, gives)| {
                gives
                    .strip_prefix("每天")
                    .or_else(|| gives.strip_prefix("每日"))
                    .map(|gives| format!("写成：{label}：每逾期1天{gives}{}", shared.trim_start()))
            }),
            _ => None,
        };
        if let Some(help) = late.filter(|_| is_whole) {
            return self.told("unknown-condition", format!("“{case}”每天，是每逾期1天"), range, help);
        }
        let help = format!(
            "{same}一种情形一行：\n{}{shared}\n事实里是同一种情形、另有一列说明的，先在开头声明这一列，如：事实列 情节：一般/严重；再写：情节为严重的，扣几分{unread}",
            lines.join("\n")
        );
        let message = format!("说不清“{case}”是哪一种情形");
        if is_whole {
            return self.split("unknown-condition", message, range, (read, help));
        }
        self.told("unknown-condition", message, range, help)
    }

    /// `档案：一人一档，缺一份扣1分`, `上报：每月5日前上报，逾期一天扣0.5分`: what is wanted, before what a lack of it costs.
    fn remark_first(&self, colon: usize) -> Option<Mend> {
        const BY_THEN: &[&str] = &["前上报", "前报送", "前提交", "前报告", "前完成", "前报"];
        let text = self.text();
        let comma = colon + text[colon..].find(',')?;
        let remark = text[colon + 1..comma].trim();
        let signs: Vec<char> = remark.chars().collect();
        let is_each = matches!(signs[..], ['一', _, '一', _]);
        let by_then = BY_THEN.iter().any(|word| remark.ends_with(word)) && remark.contains(['日', '月']);
        let line = self.parsed(colon + 1..comma + 1, "").filter(|_| is_each || by_then)?;
        let said = written(remark);
        let begin = comma - text[colon + 1..comma].trim_start().len();
        let help = format!("移到另一行：读法 {said}\n这一行写成：{}", shown(&line));
        self.told("other-words", format!("“{said}”是要求，不是计分"), begin..comma, help)
    }

    /// `县委通报：年内两次的，降一个等次`: how often, before what follows from it.
    fn so_many_times(&self, label: &str, case: &str, gives: &str, place: Place) -> Option<Mend> {
        if gives.starts_with(['扣', '加', '得', '每']) {
            return None;
        }
        let times = counted(case).filter(|counted| counted.label.is_empty())?.words;
        let at = times.find("次")?;
        let digits = times[..at].trim_start_matches(|c: char| !c.is_ascii_digit() && whole(&c.to_string()).is_none());
        let number = whole(digits)?;
        let message = format!("“{}”是几次，不是一种情形", written(case));
        let grade =
            self.written_as(&format!("{label}:{gives}")).filter(|_| gives.contains("等次") || gives.contains('档'));
        let help = match grade {
            Some(_) => {
                format!("几次才升降等次的，写在那一套“等次”下面：当 {label}不少于{number}次，{}", written(gives))
            }
            None => format!(
                "几次才有的，按第几次写（“几”换成原文的数）：{label}：第1次扣几分，第{number}次起每次扣几分，{}，全年连续计次",
                written(gives)
            ),
        };
        self.told("unknown-condition", message, place, help)
    }

    /// Whether what stands behind a case can be read of it: what follows from it, how long it counts.
    fn goes_with(&self, case: &Case, tail: &str) -> bool {
        const TAILS: &[&str] = &["取消", "一票否决", "有效期", "本项", "等次", "等级", "总分", "排名", "名次"];
        let begins =
            TAILS.iter().any(|word| tail.starts_with(word)) || tail.ends_with("排名末位") || tail.contains("总分计零");
        begins && self.written_as(&format!("{},{tail}", case.line())).is_some()
    }

    /// `甲每件扣1分，乙每件扣2分，最多扣10分`: what stands behind may be of the last alone or of all of them together.
    fn of_which(
        &self,
        label: &str,
        first: Place,
        cases: &[Case],
        shared: &[&str],
        behind: &[Behind<'_>],
    ) -> Option<Mend> {
        let lines = |of: &dyn Fn(usize, usize) -> bool| -> Option<String> {
            let with = |(index, case): (usize, &Case)| {
                let tails = behind.iter().filter(|behind| of(index, behind.after));
                let line = tails.fold(case.line(), |line, behind| format!("{line},{}", behind.read));
                Some(shown(&self.written_as(&line)?))
            };
            let lines: Option<Vec<String>> = cases.iter().enumerate().map(with).collect();
            let of_all =
                (!shared.is_empty()).then(|| self.written_as(&shared.join(","))).map(|line| line.as_ref().map(shown));
            let of_all = if let Some(line) = of_all { vec![line?] } else { Vec::new() };
            Some([lines?, of_all].concat().join("\n"))
        };
        let of_last = lines(&|index, after| index == after)?;
        let said: Vec<String> = behind.iter().map(|behind| format!("“{}”", written(behind.said))).collect();
        let said = said.join("");
        let last = &cases[behind.first()?.after].name;
        let values: Vec<&str> = behind.iter().filter_map(|behind| behind.value.as_deref()).collect();
        let declared = match &values[..] {
            [] => String::new(),
            values => format!("先在开头声明一列：事实列 情况：{}/其他；再写：\n", values.join("/")),
        };
        let is_limit = |behind: &Behind<'_>| behind.is_limit;
        let of_all = match (behind.iter().all(is_limit), behind.iter().any(is_limit)) {
            (true, _) => self.in_one_line(label, cases, shared, behind),
            (_, true) => None,
            _ => Some(format!("管前面每一种的，一种情形一行：\n{}", lines(&|index, after| index <= after)?)),
        };
        let of_all = of_all.unwrap_or_else(|| {
            "管前面每一种的，下面每一行后面都接上；几种合起来的限额，放进一个小项，在它下面写“封顶”".to_owned()
        });
        let help = format!("{declared}{of_all}\n只管“{last}”的，写成：\n{of_last}");
        let (message, place) = match behind.iter().find_map(|behind| Some((behind.value.as_ref()?, behind))) {
            Some((value, behind)) => {
                (format!("“{value}”没有声明过，看不出哪一行事实是这样的，也没有写管哪几种"), behind.place.clone())
            }
            None => (format!("{said}没有写管哪几种情形"), first),
        };
        self.told("unknown-condition", message, place, help)
    }

    /// Limits of all the cases together: in one line they have them in common, whatever else the item counts.
    fn in_one_line(&self, label: &str, cases: &[Case], shared: &[&str], limits: &[Behind<'_>]) -> Option<String> {
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        let limits =
            limits.iter().map(|limit| limit.read.as_str()).chain(shared.iter().copied()).collect::<Vec<_>>().join(",");
        // 甲、乙类 in quotes is one value.
        let quoted = |name: &str| match name.contains(['、', '的', '时', '且', '或']) {
            true => format!("「{name}」"),
            false => name.to_owned(),
        };
        let said: Vec<String> =
            cases.iter().map(|case| format!("情况为{}的{}", quoted(&case.name), case.gives)).collect();
        let line = self.written_as(&format!("{label}:{};{limits}", said.join(";")))?;
        let names: Vec<String> = names.iter().map(|name| written(&quoted(name))).collect();
        Some(format!("几种合起来的，先在开头声明一列：事实列 情况：{}；再写：\n{}", names.join("/"), shown(&line)))
    }

    /// `中央级每次扣10分，省级每次扣5分`, where 级别 lists 省级 and no 中央级.
    fn unlisted_value(&self, colon: usize, column: &str, case: &str) -> Option<Mend> {
        let text = self.text();
        let listed: Vec<&str> = self.names.values().filter(|(_, of)| *of == column).map(|(value, _)| value).collect();
        let mut body = text.to_owned();
        let mut first = None;
        for place in parts(text, colon).into_iter().rev() {
            let part = &text[place.clone()];
            let Some(verb) = verb_at(part) else { continue };
            let value = part[..verb].trim_end_matches('的').trim();
            if value != case && !listed.contains(&value) {
                continue;
            }
            if value == case {
                first = Some(place.start..place.start + case.len());
            }
            body.replace_range(place.start..place.start + verb, &format!("{column}为{value}的"));
        }
        let help = format!(
            "列出的是：{}。“{case}”就是其中一种、几种的，改写成那几种，如：{column}为{}的；不在其中的，加进“{column}”的声明。再写：\n{}",
            listed.join("、"),
            listed.iter().take(2).copied().collect::<Vec<_>>().join("、"),
            written(&body)
        );
        self.told("unknown-value", format!("“{column}”没有“{case}”这个取值"), first?, help)
    }

    /// `差错：每发现一处扣0.2分，造成严重后果的每次扣2分`: what is counted by another measure word is another line.
    fn counted_apart(
        &self,
        label: &str,
        ahead: &str,
        (case, gives, rest): (&str, &str, &str),
        place: Place,
    ) -> Option<Mend> {
        let own = self.written_as(&format!("{label}:{}", ahead.trim().trim_end_matches([',', ';'])))?;
        let other = self.written_as(&format!("{case}:{gives}{}", rest.trim_end_matches(';')))?;
        let case = case.trim_start_matches('「').trim_end_matches('」');
        let help = format!("数法不一样的，各写一行：\n{}\n{}", shown(&own), shown(&other));
        let limit = rest.split([',', ';']).map(str::trim).find(|part| LIMITS.iter().any(|word| part.contains(word)));
        let help = match limit {
            Some(limit) => help + &bounded_together((label, ahead), (case, gives), limit),
            None => help,
        };
        self.split("unknown-condition", format!("说不清“{case}”是哪一种情形"), place, (vec![own, other], help))
    }
}

/// 每起扣1分，过火面积每亩扣0.1分，单起最多扣3分: what a limit of both becomes once they are two lines.
fn bounded_together((label, ahead): (&str, &str), (case, gives): (&str, &str), limit: &str) -> String {
    let shown = written(limit);
    let number = limit.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number = &number[..number.len() - number.trim_start_matches(is_figure).len()];
    let points = |said: &str| {
        let verb = said.find(['扣', '加'])?;
        let number = said[verb + "扣".len()..].strip_suffix('分')?.trim().to_owned();
        number.chars().all(is_figure).then(|| (said[..verb + "扣".len()].to_owned(), number))
    };
    let of_each = limit.starts_with(['每', '单', '一']) && !limit.contains(['月', '季', '年']);
    let both = points(ahead.trim().trim_end_matches([',', ';'])).zip(points(gives.trim().trim_end_matches([',', ';'])));
    let verb = if limit.contains('加') { "加分封顶" } else { "扣分封顶" };
    let line = match both {
        Some(((each, one), (other, more))) if of_each => {
            let unit = other.trim_start_matches('每').trim_end_matches(['扣', '加']);
            format!(
                "在开头声明：事实列 {case}（{unit}），写成一行：\n{label}：{each} 较低者（{one}分 + {case} ÷ 1{unit} × {more}分、{number}分）"
            )
        }
        _ => format!("两行放在同一个条目里，条目里写：{verb} {number}分"),
    };
    format!("\n“{shown}”这样只管后一行；两样合起来限的，{line}")
}

/// The places of a body's parts, without the signs between them.
fn parts(text: &str, colon: usize) -> Vec<Place> {
    let mut at = colon + 1;
    // 国家级加10分、省级加5分: a pause behind points ends a case as a comma does.
    let ends = |(at, sign): (usize, char)| match sign {
        ',' | ';' => Some(at + sign.len_utf8()),
        '、' if text[..at].ends_with('分') => Some(at + sign.len_utf8()),
        _ => None,
    };
    let behind_colon = text.char_indices().filter(|(at, _)| *at > colon);
    let ends: Vec<usize> = behind_colon.filter_map(ends).chain([text.len()]).collect();
    let part = |end: usize| {
        let from = std::mem::replace(&mut at, end);
        let begin = end - text[from..end].trim_start().len();
        begin..begin + text[begin..end].trim_end_matches([',', ';', '、']).trim_end().len()
    };
    ends.into_iter().map(part).collect()
}

/// Whether words that are not read change points, or what follows from them: 每少1次扣1分, 取消评定资格, 列入黑名单1年.
fn bears_on_points(part: &str) -> bool {
    const WORDS: &[&str] = &[
        "扣", "加", "得", "分", "最多", "最高", "取消", "资格", "否决", "等次", "等级", "排名", "末位", "名单", "有效",
        "期限", "每", "除外", "不计", "减半",
    ];
    part.contains(|c: char| c.is_ascii_digit()) || WORDS.iter().any(|word| part.contains(word))
}

fn starts_with(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

/// Where a case ends and what it comes to begins: 每, 扣5分, 加倍; the 加 of 未参加 and the 得 of 不得评为 are none.
fn verb_at(part: &str) -> Option<usize> {
    let is_verb = |at: usize, word: &str| {
        let (before, behind) = (&part[..at], &part[at + word.len()..]);
        let gives = behind.starts_with(|c: char| c.is_ascii_digit() || " -+满分本该全一半几倍除减回完至".contains(c));
        !matches!(word, "扣" | "加" | "得") || gives && !before.ends_with(['参', '增', '附', '获', '取', '追', '不'])
    };
    let first = |word: &&str| part.match_indices(*word).map(|(at, _)| at).find(|at| is_verb(*at, word));
    VERBS.iter().filter_map(first).min()
}

/// Whether a part says how much at most: 最高不超过10分, 以20分为限, 扣完为止.
fn is_limit(part: &str) -> bool {
    let ends = ["封顶", "为限", "为止"].iter().any(|word| part.ends_with(word));
    let at = LIMITS.iter().filter_map(|word| part.find(word)).min();
    let begins = [
        "",
        "每月",
        "每年",
        "每季度",
        "每季",
        "全年",
        "当月",
        "当季",
        "年度",
        "累计",
        "合计",
        "总计",
        "每次",
        "每人",
        "单次",
        "单件",
        "每件",
        "单条",
        "每条",
        "单起",
        "每起",
        "单项",
        "每项",
        "单篇",
        "每篇",
    ];
    let before = |at: usize| {
        ["扣分", "加分", "得分"].iter().find_map(|word| part[..at].strip_suffix(word)).unwrap_or(&part[..at])
    };
    ends && verb_at(part).is_none_or(|verb| verb == 0) || at.is_some_and(|at| begins.contains(&before(at).trim()))
}

/// 一次扣1分, 发现一处扣0.2分: one of what the label says.
fn is_one_of_it(part: &str) -> bool {
    let Some(verb) = verb_at(part) else { return false };
    let said = part[..verb].trim();
    let said = ["发生", "发现", "出现", "查实"].iter().find_map(|word| said.strip_prefix(word)).unwrap_or(said);
    said.strip_prefix(['一', '1']).is_some_and(|unit| UNITS.contains(&unit))
}

/// 拖欠3个月以内: how long, and no number of them.
fn is_of_time(case: &str) -> bool {
    ["个月", "年", "周", "小时"].iter().any(|time| {
        ["以上", "以内", "以下", "之内"]
            .iter()
            .any(|end| case.strip_suffix(end).is_some_and(|case| case.ends_with(time)))
    })
}

/// 一个月以上 behind 拖欠工资一个月以内: of the same.
fn with_subject(case: String, before: Option<&Case>) -> Option<String> {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十两半".contains(c);
    let is_band = ["以上", "以内", "以下", "以外", "之内"].iter().any(|word| case.ends_with(word));
    if !is_band || !case.starts_with(is_number) {
        return Some(case);
    }
    let before = &before?.name;
    let subject = &before[..before.find(is_number)?];
    (!subject.is_empty()).then(|| format!("{subject}{case}"))
}

/// Whether what is given goes by a measure word that the line itself does not count by.
fn counted_otherwise(own: &[&str], gives: &str) -> bool {
    let counted = |part: &str| {
        let begin = part.find('每')?;
        let end = begin + part[begin..].find(['扣', '加', '得'])?;
        Some(part[begin..end].to_owned())
    };
    let Some(unit) = counted(gives) else { return false };
    let unit = unit.rsplit('每').next().unwrap_or_default().trim().to_owned();
    let mut by = own.iter().filter_map(|part| counted(part)).peekable();
    // 每3人扣1分，死亡每人扣3分: three of them together, and one by one.
    let of_several = |own: &str| own.trim_start_matches('每').starts_with(|c| ('2'..='9').contains(&c));
    by.peek().is_some() && UNITS.contains(&unit.as_str()) && by.all(|own| !own.contains(&unit) || of_several(&own))
}

/// 乘以 40%, for 返还60%.
fn left_of_refund(gives: &str) -> Option<String> {
    let share = gives.strip_prefix("返还")?;
    let share = ["该条扣分的", "扣分的", "所扣分的"].iter().find_map(|word| share.strip_prefix(word)).unwrap_or(share);
    let share = share.strip_suffix('%')?.parse::<u32>().ok().filter(|share| *share < 100)?;
    Some(format!("乘以 {}%", 100 - share))
}
