//! Words of a scoring line that would do nothing: said twice, or without what they speak of.

use rust_decimal::Decimal;

use super::expression::{Site, part_of};
use super::scope::Scope;
use super::units::{days_with_halves, word_of};
use crate::plan::Type;
use crate::syntax::{Pair, Rule as Token};

/// What a line can say once: a second time would silently take the place of the first.
const ONCE: &[(Token, &str)] = &[
    (Token::refund, "整改"),
    (Token::valid_for, "有效期"),
    (Token::least_given, "最低得几分"),
    (Token::once_rule, "只计几次"),
    (Token::most_times, "最多计几次"),
    (Token::same_matter_rule, "同一事项"),
    (Token::count_scope, "怎样计次"),
    (Token::keep, "保留几位"),
    (Token::veto, "一票否决"),
    (Token::lookup, "查表"),
    (Token::zero_divisor, "除数为0"),
    (Token::collect, "怎样合成"),
];

/// 10日内整改的返还50%，30日内整改的返还20%, as bands of how long the repair took.
fn refunds_by_days(said: &[Pair<'_, Token>]) -> Option<String> {
    let band = |refund: &Pair<'_, Token>| {
        let days = match refund.child(Token::integer) {
            Some(days) => days.as_str().trim().parse::<u32>().ok()?,
            // However late.
            None => u32::MAX,
        };
        let percent = super::number::number_of(&refund.child(Token::percent)?)?;
        let left = (rust_decimal::Decimal::ONE_HUNDRED - percent) / rust_decimal::Decimal::ONE_HUNDRED;
        (!refund.has(Token::WORKDAYS_WITHIN)).then(|| (days, left.normalize()))
    };
    let mut bands = said.iter().map(band).collect::<Option<Vec<_>>>()?;
    bands.sort();
    // However late is said once, behind a number of days.
    if bands.len() < 2 || bands[bands.len() - 2].0 == u32::MAX {
        return None;
    }
    let mut begin = None;
    let parts = bands.iter().map(|(days, left)| match begin.replace(*days) {
        None => format!("整改天数{days}天以内且已经整改的乘以 {left}"),
        Some(from) if *days == u32::MAX => format!("整改天数超过{from}天且已经整改的乘以 {left}"),
        Some(from) => format!("整改天数超过{from}天且不超过{days}天的乘以 {left}"),
    });
    let parts: Vec<String> = parts.collect();
    Some(format!("几天以内各返还多少的，换成（乘以的是剩下的）：{}", parts.join("，")))
}

/// 每次加1分，每月最多计2次，全年最多计10次: so many times as points, where each time gives the same.
fn as_points(line: &str) -> Option<String> {
    let (head, body) = line.split_once(['：', ':'])?;
    let mut phrases = body.trim_end_matches('。').split(['，', ',']).map(str::trim);
    let each = phrases.next()?;
    let at = each.find(['加', '扣']).filter(|at| each[..*at].chars().count() == 2 && each.starts_with('每'))?;
    let verb = &each[at..at + "加".len()];
    let points: Decimal = each[at + verb.len()..].strip_suffix('分')?.parse().ok()?;
    let limit = |phrase: &str| {
        let (cycle, times) = phrase.split_once("最多计").or_else(|| phrase.split_once("最多"))?;
        let digits = times.trim_end_matches(|c: char| !c.is_ascii_digit());
        let times: Decimal = digits.parse().ok().filter(|_| !cycle.is_empty())?;
        Some(format!("，{cycle}最多{verb}{}分", times.checked_mul(points)?.normalize()))
    };
    let limits = phrases.map(limit).collect::<Option<Vec<String>>>()?;
    Some(format!("两种期间都限次数的，还不能写；每次一样多，限分数就是限次数，写成：{head}：{each}{}", limits.concat()))
}

/// A finding for each thing that a line says twice.
pub fn said_twice(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>) {
    let phrases = body.children(Token::phrase);
    if phrases.len() < 2 {
        return;
    }
    for (kind, what) in ONCE {
        let said: Vec<Pair<'_, Token>> = phrases.iter().filter_map(|phrase| phrase.child(*kind)).collect();
        if let [_, second, ..] = &said[..] {
            let finding = scope
                .at(site.statement, second, "said-twice", format!("这一句里“{what}”说了两次，不知道照哪一个"))
                .help(match *kind {
                    Token::refund => {
                        refunds_by_days(&said).unwrap_or_else(|| "只留一个；分情形的，分成几句写".to_owned())
                    }
                    Token::most_times => as_points(&scope.line_text(site.statement)).unwrap_or_else(|| {
                        "两种期间都限次数的，还不能写；次数限短的一种，长的一种限分数，如：全年最多加几分（扣几分）；分情形的，分成几句写".to_owned()
                    }),
                    _ => "只留一个；分情形的，分成几句写".to_owned(),
                });
            scope.report(finding);
        }
    }
    let parts: Vec<Pair<'_, Token>> = phrases.iter().filter_map(|phrase| phrase.child(Token::part_rule)).collect();
    if let Some(other) = parts.iter().skip(1).find(|other| other.as_str().trim() != parts[0].as_str().trim()) {
        let finding = scope
            .at(site.statement, other, "said-twice", "这一句里零头怎么算说了两次，不知道照哪一个")
            .help("只留一个；几档不同的，分成几句写");
        scope.report(finding);
    }
    // 步数（面积，每1平方米，不足1平方米的不计） × 0.05分，不足1平方米按1平方米计
    let within = body.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::steps_of);
    let within =
        within.filter_map(|steps| steps.child(Token::part_rule)).map(|rule| part_of(&rule)).collect::<Vec<_>>();
    if let Some(other) = parts.iter().find(|other| within.iter().any(|part| *part != part_of(other))) {
        let finding = scope
            .at(site.statement, other, "said-twice", "这一句里零头怎么算说了两次，“步数”里已经写了")
            .help("去掉句末的这一段，“步数”里写对的一种");
        scope.report(finding);
    }
    // 每月最多计2次，全年只计5次
    let times: Vec<Pair<'_, Token>> = phrases
        .iter()
        .filter_map(|phrase| phrase.child(Token::once_rule).or(phrase.child(Token::most_times)))
        .collect();
    if let [first, second, ..] = &times[..]
        && first.as_rule() != second.as_rule()
    {
        let finding = scope
            .at(site.statement, second, "said-twice", "这一句里限了两次计几次，只能限一个期间的")
            .help("只留一个；另一个期间的改成限分数，如：全年最多扣5分");
        scope.report(finding);
    }
    // 最多计2次，每次最多扣0.5分
    let most_times = phrases.iter().find_map(|phrase| phrase.child(Token::most_times));
    let mut limits = phrases.iter().filter_map(|phrase| phrase.child(Token::limit_rule));
    let by_row = limits.find(|limit| limit.child(Token::limit_scope).is_some_and(|whose| whose.has(Token::PER_ROW)));
    if let (Some(times), Some(limit)) = (most_times, by_row) {
        let (times, written) = (scope.original(site.statement, &times), scope.original(site.statement, &limit));
        let message = format!("“{written}”按一行事实限，“{times}”按次数限，一行报了几次的说不清先照哪一个");
        let finding =
            scope.at(site.statement, &limit, "said-twice", message).help("只留一个；限一共几分的，改成“最多扣几分”");
        scope.report(finding);
    }
    // 最多扣3分，不封顶
    let free = phrases.iter().find_map(|phrase| phrase.child(Token::NO_LIMIT));
    if let Some(free) = free.filter(|_| phrases.iter().any(|phrase| phrase.has(Token::limit_rule))) {
        let finding =
            scope.at(site.statement, &free, "said-twice", "这一句里又写了限额，又写了不封顶").help("留下对的一个");
        scope.report(finding);
    }
}

/// What speaks of single rows: who, when, with what proof.
const OF_ROWS: &[Token] =
    &[Token::ordinal, Token::once_rule, Token::same_matter_rule, Token::needs, Token::refund, Token::valid_for];

/// 走访（次）：每次得0.1分，须有佐证: a figure of the period has no rows that could be told apart.
pub fn words_of_rows(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>) -> bool {
    let phrases = body.children(Token::phrase);
    let said = phrases.iter().find_map(|phrase| OF_ROWS.iter().find_map(|kind| phrase.child(*kind)));
    let Some(said) = said else { return false };
    let written = scope.original(site.statement, &said);
    let head = site.statement.inner();
    let label = site.statement.label();
    let help = match head.child(Token::head_unit) {
        Some(_) => {
            format!("发生一次报一行的，写成情形，名称后面不写量词：{}", scope.line_of_event(site.statement))
        }
        None => format!("发生一次报一行的，另写一个情形，如：{label}情况：每次扣几分，{written}"),
    };
    let message = format!("“{written}”说的是一行一行的事实，指标一个单位一期只报一个数，分不出来");
    let finding = scope.at(site.statement, &said, "words-of-rows", message).help(help);
    scope.blame(finding);
    true
}

/// A finding for each word that speaks of what the line does not have.
pub fn idle_words(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>, is_event: bool) {
    let phrases = body.children(Token::phrase);
    let has = |kind: Token| phrases.iter().any(|phrase| phrase.has(kind));
    let find = |kind: Token| phrases.iter().find_map(|phrase| phrase.child(kind));
    let by_times = has(Token::ordinal);
    // 逾期天数 in a formula is a word of the line, whatever the phrase.
    let speaks_of_days = || {
        const LATE: &[&str] = &["逾期", "迟", "晚", "超期", "超时", "延", "拖", "误期", "滞后", "提前"];
        let mut steps = phrases.iter().filter_map(|phrase| phrase.child(Token::per));
        steps.any(|per| per.as_str().contains(['天', '日'])) || LATE.iter().any(|word| body.as_str().contains(word))
    };
    let mut idle: Vec<(Pair<'_, Token>, &str)> = Vec::new();
    if !by_times {
        for kind in [Token::by_person, Token::by_matter, Token::by_unit, Token::by_column, Token::count_scope] {
            idle.extend(find(kind).map(|said| {
                (said, "计次用在“第几次”上：第1次扣1分，第2次起每次扣2分，全年连续计次；限次数的写：全年只计1次")
            }));
        }
    }
    let of_days: Vec<_> =
        [Token::day_kind, Token::RUNNING_DAYS, Token::UNTIL_DONE].into_iter().filter_map(find).collect();
    if !of_days.is_empty() && !speaks_of_days() {
        let help = "算天数的，写：每逾期1天扣1分，按日累计，至完成之日止";
        idle.extend(of_days.into_iter().map(|said| (said, help)));
    } else if !has(Token::RUNNING_DAYS) {
        idle.extend(find(Token::UNTIL_DONE).map(|said| (said, "逐日算到完成的，在它前面写：按日累计")));
    }
    if is_event {
        idle.extend(
            find(Token::collect)
                .map(|said| (said, "发生了才报的情形只能相加；每月要报的数写成指标：满意率（%）：取平均；…")),
        );
    }
    for (said, help) in idle {
        let written = scope.original(site.statement, &said);
        let finding = scope
            .at(site.statement, &said, "idle-words", format!("“{written}”在这一句里不起作用"))
            .help(format!("删去；{help}"));
        scope.report(finding);
    }
}

/// 迟到：每次扣1分，可报半天: only days may be a half, and those between two dates are whole.
pub fn half_days(scope: &mut Scope<'_>, site: Site<'_, '_>, said: &Pair<'_, Token>, kind: &Type) {
    if *kind == days_with_halves() {
        return;
    }
    let written = scope.original(site.statement, said);
    let message = format!("“{written}”不起作用：这里报的数以“{}”计，不是天数", word_of(kind));
    let help = "删去；报的是天数的，写成按天计，如：每天扣几分，可报半天；指标的量词写“天”".to_owned();
    let finding = scope.at(site.statement, said, "idle-words", message).help(help);
    scope.report(finding);
}
