//! Points for what is neither a range nor a condition: what could have been meant.

use crate::compile::expression::Site;
use crate::compile::scope::{Meaning, Scope, name_of};
use crate::diagnostic::Finding;
use crate::parse::{OTHER_TIMES, Once, column_and_value, counted, unit_is_common};
use crate::plan::Type;
use crate::syntax::{Pair, Rule as Token};

/// `逾期1天扣1分`, `国家级加10分；省级加5分`, `酌情扣5分`: points for what is neither a range nor a condition.
pub(super) fn stray_case(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    case: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) -> Finding {
    let name = name_of(case);
    let points = given(scope, site, outcome);
    if ["酌情", "视情"].iter().any(|word| name.starts_with(word)) {
        return scope
            .at(site.statement, case, "judged-without-range", "酌情没有写几分到几分")
            .help(judged_range(&name, &points));
    }
    // 扣完为止，最多倒扣10分
    if ["最多倒", "最高倒", "至多倒"].contains(&name.as_str()) && points.starts_with('扣') {
        let least = points.trim_start_matches('扣');
        let line = scope.line_text(site.statement);
        let rest =
            line.split_once(&name).map_or(line.as_str(), |(before, _)| before).trim_end_matches(['，', '；', ',', ';']);
        let rest = rest.strip_suffix("，扣完为止").unwrap_or(rest);
        return scope
            .at(site.statement, case, "other-words", "“最多倒扣”是得分的下限，整条一个")
            .help(format!("分成两行：\n{rest}\n得分不低于 -{least}"));
    }
    // 倒扣5分
    if ["倒", "并倒", "另倒", "再倒", "同时倒"].contains(&name.as_str()) {
        let line = scope.line_text(site.statement);
        // 挪用：本项不得分，并倒扣5分
        if ["不得分", "计零", "计0分", "零分"].iter().any(|word| line.contains(word)) {
            let least = points.trim_start_matches(['扣', '减']);
            return scope.at(site.statement, case, "unknown-condition", "不得分以外还要倒扣的，本项就是负几分").help(
                // 本项不得分 itself would come last, and make it nothing again.
                format!("这一行分成两行写：\n{0}：不加不扣\n当 发生{0}，本项计-{least}", site.statement.label()),
            );
        }
        return scope
            .at(site.statement, case, "unknown-condition", "“倒扣”没有说能不能扣到0分以下")
            .expected("扣几分；能不能扣到0分以下，由所在的条目说")
            .help(format!(
                "写成：{points}\n条目写了满分的，扣到0分为止；还要往下扣的，条目里再写一行：得分不低于 -几分"
            ));
    }
    // 卓情扣1至5分
    if outcome.has(Token::unjudged)
        && let Some(word) = crate::suggest::nearest(&name, ["酌情", "视情", "视情节", "视情况"].into_iter())
    {
        let written = scope.original(site.statement, case);
        let line = scope.line_text(site.statement).replacen(&written, word, 1);
        return scope
            .at(site.statement, case, "misspelled-word", format!("“{written}”应当写作“{word}”"))
            .help(format!("写成：{line}"));
    }
    if let Some(finding) = without_column(scope, site, case) {
        return finding;
    }
    // 收入（万元）：最高者得5分，其余得3分
    if let Some((message, help)) = crate::parse::first_of_all(&site.statement.line.plain.text) {
        return scope.at(site.statement, case, "unknown-condition", message).help(help);
    }
    let finding = scope.at(site.statement, case, "unknown-condition", format!("说不清“{name}”是哪一种情形"));
    if let Some(help) = crate::parse::column_of_parts(&site.statement.line.plain.text) {
        return finding.help(help);
    }
    if name.contains("不重复") || name.contains("就高") {
        return finding.expected("同一什么").help(matter_once(scope, site, case, outcome));
    }
    let limits = ["最多", "至多", "最高", "上限", "封顶", "不超过"];
    if let Some(whose) = limits.iter().find_map(|word| name.strip_suffix(word)).filter(|whose| !whose.contains("计")) {
        let message = format!("限额按“{whose}”还不能写");
        // 本小项最多扣6分: of this line, or of the item with all its lines?
        if ["本", "该", "此"].iter().any(|word| whose.starts_with(word)) {
            let verb = if points.contains('扣') { "扣分" } else { "加分" };
            let most = points.trim_start_matches(['扣', '加', '得']);
            return scope
                .at(site.statement, case, "unread-word", message)
                .help(format!("只限这一句的，写：最多{points}；限整条几句的，在条目里另起一行：{verb}封顶 {most}"));
        }
        return scope
            .at(site.statement, case, "unread-word", message)
            .expected("每次（一行事实）、每人、每月、每季度、全年，或不写（每个考评周期）")
            .help(format!("“{whose}”的事实合成一行报（数量写几次），写：每次最多{points}"));
    }
    if ["合计", "总计", "累计最多", "共最多"].iter().any(|word| name.contains(word)) {
        return finding
            .expected("只限这一句的，写：最多扣5分")
            .help("几句合在一起限分的，放进一个小项，在它下面写限额：\n1.1 名称\n    扣分封顶 5分\n    （这几句）");
    }
    let unit = site.statement.inner().child(Token::head_unit);
    let none = ["无", "没有", "未发生", "未开展", "未组织", "未举办", "未召开", "零"];
    if let (Some(unit), true) = (&unit, none.iter().any(|word| name.starts_with(word))) {
        let none = format!("等于0{}", unit.as_str().trim());
        return finding.expected("数").help(format!("写成：{}", scope.line_with(site.statement, case, &none)));
    }
    if let (Some(unit), true) = (&unit, name.starts_with('负')) {
        let below = format!("低于0{}的，", unit.as_str().trim());
        return finding.expected("范围").help(format!("写成：{}", scope.line_with(site.statement, case, &below)));
    }
    if name.starts_with("超额") && outcome.has(Token::NOTHING) {
        let help = "超出的不算，写在算式里：完成率 = 完成数 ÷ 任务数，完成率以100%为限；或在句末限分：最多得满分";
        return finding.expected("范围").help(help);
    }
    if let Some(help) = from_the_back(scope, site, (case, &name), &points) {
        return finding.expected("第几名").help(help);
    }
    if ["首次", "初次", "初犯", "再次", "再犯", "重犯"].iter().any(|word| name.contains(word)) {
        let help = match first_and_again(&scope.line_text(site.statement)) {
            Some(line) => format!("按第几次计的，写成：{line}"),
            None => "按第几次计的，写：第1次扣几分，第2次起每次扣几分，全年连续计次（“几”换成原文的数）".to_owned(),
        };
        return finding.expected("“第1次”“第2次起”").help(help);
    }
    // 第三次本项不得分: what that time brings, and not its points.
    if let Some(time) = name.strip_suffix("本项").filter(|time| time.starts_with('第') && time.ends_with('次')) {
        let said = scope.original(site.statement, case);
        let line = scope.line_text(site.statement);
        let written = format!("{said}{points}");
        let with = |own: &str| line.replacen(&written, &format!("{time}起{own}，本项计零"), 1);
        return finding.expected("“第3次起”").help(format!(
            "不另扣分的，写成：{}\n另扣分的，写成（“几”换成原文的数）：{}",
            with("不扣分"),
            with("每次扣几分")
        ));
    }
    if let Some(help) = counted_by_a_time(&name) {
        return finding.expected("每月、每季度、全年").help(help);
    }
    if name.chars().any(|c| c.is_ascii_digit()) && outcome.has(Token::FULL_MARKS) {
        let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        return finding.expected("范围").help(format!("够了就得满分的，写：{number}及以上{points}"));
    }
    if name.chars().any(|c| c.is_ascii_digit()) {
        return numbered_case(scope, site, finding, (case, &name), &points);
    }
    // 每处扣0.2分，免扣3处
    if matches!(name.as_str(), "免" | "可免") && points.starts_with('扣') && !points.ends_with('分') {
        let line = scope.line_text(site.statement);
        let free = format!("{}{points}", scope.original(site.statement, case));
        let own = line.split_once(['：', ':']).map(|(label, body)| (label, body.replacen(&free, "", 1)));
        let own = own.map(|(label, body)| (label, body.trim().trim_end_matches(['，', ',']).replace("，，", "，")));
        if let Some((label, body)) = own.filter(|(_, body)| body.starts_with('每')) {
            let many = points.trim_start_matches('扣');
            return finding.help(format!("写成：{label}：超过{many}的部分，{body}"));
        }
    }
    let finding = finding.expected("范围（低于90%）或条件（当 级别为国家级）");
    // 不能得5分
    if crate::compile::declare::is_denied(&name) {
        return finding.help(format!("“{name}{points}”不给分也不扣分的，写成：不得分、不扣分或不加分"));
    }
    // A figure has bands and no cases.
    if unit.is_some() {
        return finding.help(format!("指标按数分档：写出“{name}”是多少，如 低于多少的，{points}；或另写一个情形"));
    }
    // 可减半: by what, or by whom?
    if matches!(name.as_str(), "可" | "可以") {
        let line = scope.line_with(site.statement, case, "");
        return finding.help(format!(
            "都{points}的，去掉“{name}”，写成：{line}\n有的才{points}的，写明是哪一种，先在开头声明一列，如：事实列 情节：轻微/其他；再写：情节为轻微的{points}"
        ));
    }
    // 重复投诉加倍扣分 changes what the line gives.
    if [Token::DOUBLED, Token::HALVED, Token::NOT_COUNTED].iter().any(|kind| outcome.has(*kind)) {
        let (column, value) = column_and_value(&name);
        let line = scope.line_with(site.statement, case, &format!("{column}为{value}的"));
        return finding.help(format!("先在开头声明一列，如：事实列 {column}：{value}/其他；再写：{line}"));
    }
    // 获得一次加2分
    let got = ["获得", "受到", "获", "受"].iter().find_map(|word| name.strip_prefix(word));
    let is_times = |rest: &&str| {
        rest.starts_with(|c: char| "一二三四五六七八九十两".contains(c)) && rest.ends_with(['次', '项', '个'])
    };
    if let Some(rest) = got.filter(is_times) {
        return finding.help(format!("写成：{}", scope.line_with(site.statement, case, rest)));
    }
    if let Some(help) = several_cases(scope, site) {
        return finding.help(help);
    }
    // 一次不合格扣5分，两次不合格扣10分
    if let Some(help) = by_times(scope, site) {
        return finding.help(help);
    }
    // 最多倒扣10分, 缺一份扣1分: what bounds or counts is no case.
    if counted(&name).is_some() || ["最多", "最高", "最低", "至多", "不超过"].iter().any(|word| name.contains(word))
    {
        return finding.help(format!(
            "“{name}{points}”说的是怎样计、计到哪里为止，不是一种情形：改成认得的写法，如：每次扣几分，最多扣几分"
        ));
    }
    // As often as it says: 无台账扣5分 is not 每次.
    finding.help(format!("“{name}”自己就是一种情形的，另起一行：{name}：{points}（几次就算几次的，写：每次{points}）"))
}

/// 一次不合格扣5分，两次不合格扣10分: so many times of one case.
fn by_times(scope: &Scope<'_>, site: Site<'_, '_>) -> Option<String> {
    let phrases = site.statement.pair.child(Token::body)?.children(Token::phrase);
    let mut of: Option<String> = None;
    let tiers = phrases.iter().map(|phrase| {
        let name = name_of(&phrase.child(Token::name)?);
        let (times, case) = name.split_once('次')?;
        let times = crate::parse::whole(times)?;
        let known = of.get_or_insert_with(|| case.to_owned());
        (known == case && case.chars().count() > 1).then_some(())?;
        Some(format!("{times}次{}", given(scope, site, &phrase.child(Token::outcome)?)))
    });
    let tiers: Vec<String> = tiers.collect::<Option<_>>()?;
    let label = site.statement.label();
    let case = of.filter(|_| tiers.len() > 1)?;
    Some(format!(
        "本期一共几次的，写成：{label}{case}：{}\n第几次各扣各的，写成（每月从头数的，末尾改成 每月重新计次）：{label}{case}：{}，全年连续计次",
        tiers.join("，"),
        tiers.iter().map(|tier| format!("第{tier}")).collect::<Vec<_>>().join("，")
    ))
}

/// 后三名扣2分, 末位扣2分, 最后一名扣2分 of a place: a ranking of its own, from the back.
fn from_the_back(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    (case, name): (&Pair<'_, Token>, &str),
    points: &str,
) -> Option<String> {
    let unit = site.statement.inner().child(Token::head_unit).map(|unit| name_of(&unit));
    let label = site.statement.label();
    let is_place = match &unit {
        Some(unit) => matches!(unit.as_str(), "名" | "位"),
        None => match scope.find(site.node, &label) {
            Ok(Meaning::Measure(id)) => scope.plan.measures[id.index()].kind == Type::Place,
            _ => false,
        },
    };
    // What else the line gives stays where it is.
    let line = scope.line_with(site.statement, case, "").replacen(points, "", 1);
    let others = line.split_once(['：', ':']).map_or("", |(_, body)| body);
    let others = others.trim_matches(['，', ',', '；', ';', ' ']).replace("，，", "，").replace("；；", "；");
    is_place.then(|| crate::parse::from_the_back((&label, unit.as_deref()), name, points, &others))?
}

/// 当日第1次, 同一路段每周第2次: times by which nothing is counted.
pub(super) fn counted_by_a_time(name: &str) -> Option<String> {
    let word = OTHER_TIMES.iter().find(|word| name.contains(**word)).filter(|_| name.contains('第'))?;
    Some(format!("次数只能按月、季度、年数下来：每月重新计次、全年连续计次；按“{word}”数的还不能写"))
}

/// 全省前10名, 后3名, 逾期3天内, 二次整改1处: words with a number before the points.
fn numbered_case(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    finding: Finding,
    (case, name): (&Pair<'_, Token>, &str),
    points: &str,
) -> Finding {
    let finding = finding.expected("“每”或范围");
    let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let before = &name[..name.len() - number.len()];
    let is_place = name.ends_with(['名', '位']);
    // 排名（名）：后3名扣5分: what is reported is counted from the front.
    if is_place && ["倒数", "最后", "后", "末"].iter().any(|word| before.ends_with(word)) {
        return finding.help(format!("报来的名次从前面数，“{name}”写明是第几名起，如：第几名及以后{points}"));
    }
    // 满意度（%）：全县排名第1名得10分: of a figure that is no place.
    let unit_of_label = site.statement.inner().child(Token::head_unit).map(|unit| name_of(&unit));
    let ranks = ["排名", "名次", "位列", "居"].iter().any(|word| before.contains(word)) && before.ends_with('第');
    if let Some(unit) = unit_of_label.as_ref().filter(|unit| is_place && ranks && !matches!(unit.as_str(), "名" | "位"))
    {
        let label = site.statement.label();
        let line = scope.line_with(site.statement, case, &format!("第{number}"));
        let body = line.split_once(['：', ':']).map_or("", |(_, body)| body.trim());
        return finding.help(format!(
            "由本方案算名次的，先算出来再分档：\n指标 {label}（{unit}）\n{label}名次 = 名次（{label}）\n{label}名次：{body}\n别处排好的，各单位直接报名次：{label}位次（名）：{body}"
        ));
    }
    // 全省前10名: of all who are ranked, wherever the place comes from.
    if let Some(whose) = before.strip_suffix('前').filter(|whose| is_place && !whose.is_empty()) {
        let first = &name[whose.len()..];
        return finding.help(format!(
            "报来的就是{whose}的名次的，去掉“{whose}”，写成：{}",
            scope.line_with(site.statement, case, first)
        ));
    }
    // 不超过5件，超1件扣1分，超3件扣5分: three beyond what is asked for.
    const BEYOND: &[(&str, &str, &str)] = &[
        ("超出", "以上", "加上"),
        ("超", "以上", "加上"),
        ("多", "以上", "加上"),
        ("少", "以下", "减去"),
        ("缺", "以下", "减去"),
    ];
    let beyond = BEYOND.iter().find(|(word, ..)| before == *word);
    if let Some((word, end, sum)) = beyond.filter(|_| site.statement.inner().has(Token::head_unit)) {
        let unit = number.trim_start_matches(|c: char| c.is_ascii_digit());
        let line = scope.line_with(site.statement, case, &format!("几{unit}{end}"));
        return finding.help(format!("比要求{word}{number}的，写成范围（“几”换成要求的数{sum}{number}）：{line}"));
    }
    // 打处数（人）：完成任务数20人得10分: what is asked for.
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if unit_of_label.as_deref() == Some(unit) && !before.is_empty() && !before.contains(['每', '第', '后', '前']) {
        let is_task = ["任务", "目标", "计划", "指标"].iter().any(|word| before.contains(word));
        let reached = if is_task { format!("任务{number}，达到") } else { format!("达到{number}") };
        return finding.help(format!("写成：{}", scope.line_with(site.statement, case, &reached)));
    }
    // 逾期3天内
    if let Some(within) = name.strip_suffix('内') {
        return finding.help(format!("写成：{within}以内{points}"));
    }
    // 当月考核计0分并取消评优资格扣5分
    if unit.starts_with('分') && !unit.starts_with("分钟") {
        return finding
            .help(format!("“{name}”已经说了几分，“{points}”是另一样：各写一段，用逗号隔开；只有一样的，去掉另一样"));
    }
    if let Some(help) = one_of_them(scope, site, case, (name, number), points) {
        return finding.help(help);
    }
    // What says which, or from where to where, is no number of times.
    let is_bound = before.ends_with(['第', '前', '后', '足', '满', '于', '过', '到']);
    let ends = ["以上", "以下", "以内", "以外", "以后", "之间", "起"].iter().any(|word| name.ends_with(word));
    let is_name = !before.is_empty() && counted(name).is_none() && !is_bound && !ends;
    finding.help(match (is_bound || ends || name.contains('每'), is_name) {
        (true, _) => format!("写明“{name}”是什么到了多少，如：指标写 低于几的、几以上的，{points}"),
        (false, true) => {
            format!("按次数计的，写：每{number}{points}；是一种情形的，另起一行：{name}：{points}")
        }
        _ => format!("按次数计的，写：每{number}{points}"),
    })
}

/// 检查发现1处不合格: so many of what the label counts, or of a case of its own.
fn one_of_them(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    case: &Pair<'_, Token>,
    (name, number): (&str, &str),
    points: &str,
) -> Option<String> {
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &number[..number.len() - unit.len()];
    let ends = unit.char_indices().map(|(at, _)| at).skip(1).filter(|end| unit_is_common(&unit[..*end]));
    let (unit, rest) = unit.split_at(ends.last()?);
    let each = if digits == "1" { format!("每{unit}") } else { format!("每{digits}{unit}") };
    let before = &name[..name.len() - number.len()];
    let is_found = ["", "发现", "查出", "查实", "出现", "发生", "存在", "有"].iter().any(|word| before.ends_with(word));
    // 死亡3人以上 is a bound, 漏报2次未更正 more than one thing.
    let is_noun = rest.chars().count() > 1 && !rest.ends_with(['上', '下', '内', '外', '间', '后', '的']);
    (is_found && is_noun).then(|| {
        let label = site.statement.label();
        let own = scope.line_with(site.statement, case, &each);
        let body = own.split_once(['：', ':']).map_or("", |(_, body)| body.trim());
        let other = match body.starts_with(&format!("{each}{points}")) {
            true => format!("{rest}：{body}"),
            false => format!("{rest}：{each}{points}"),
        };
        format!("“{rest}”都报在“{label}”名下的，写成：{own}\n另是一种、事实单独报的，写成：{other}")
    })
}

/// 首次不合格扣5分，第二次不合格扣10分, and what else the line says, as the first and every later time.
fn first_and_again(line: &str) -> Option<String> {
    const FIRST: &[&str] = &["首次", "初次", "第一次", "第1次"];
    const AGAIN: &[&str] = &["第二次起", "第2次起", "再次", "再犯", "第二次", "第2次"];
    let (label, body) = line.split_once(['：', ':'])?;
    let mut parts = body.split(['，', ',', '；', ';']).map(str::trim);
    let told = |part: &str, words: &[&str]| {
        let rest = words.iter().find_map(|word| part.strip_prefix(word))?;
        let at = rest.find(['扣', '加'])?;
        let points = rest[at..].strip_prefix(['扣', '加'])?.strip_suffix('分')?;
        let is_number = points.parse::<rust_decimal::Decimal>().is_ok();
        is_number.then(|| (rest[..at].trim_end_matches(['的', '每']).to_owned(), rest[at..].to_owned()))
    };
    let ((case, first), (again, later)) = (told(parts.next()?, FIRST)?, told(parts.next()?, AGAIN)?);
    let rest: Vec<&str> = parts.collect();
    // 第三次取消资格: more than two tiers are for the writer to say.
    let is_more = rest.iter().any(|part| part.starts_with(['第', '三', '多']));
    let is_same = case == again || again.is_empty() || again == "发生";
    let counts = rest.iter().any(|part| part.contains("计次") || part.contains("累计"));
    let rest: String = rest.iter().map(|part| format!("，{part}")).collect();
    let how = if counts { "" } else { "，全年连续计次" };
    (is_same && !is_more).then(|| {
        let label = if case.is_empty() || label.contains(&case) { label.to_owned() } else { format!("{label}{case}") };
        format!("{label}：第1次{first}，第2次起每次{later}{rest}{how}")
    })
}

/// 乡镇减半, where 类别 lists 乡镇; 部级加3分 beside 国家级加5分, where 级别 lists 国家级 alone.
fn without_column(scope: &Scope<'_>, site: Site<'_, '_>, case: &Pair<'_, Token>) -> Option<Finding> {
    let phrases = site.statement.pair.child(Token::body)?.children(Token::phrase);
    let named = |phrase: &Pair<'_, Token>| {
        Some((name_of(&phrase.child(Token::name)?), given(scope, site, &phrase.child(Token::outcome)?)))
    };
    let names: Vec<String> = phrases.iter().filter_map(named).map(|(name, _)| name).collect();
    let column = names.iter().find_map(|name| scope.column_that_lists(name))?;
    let is_listed = |name: &String| scope.column_that_lists(name) == Some(column);
    let said = phrases.iter().map(|phrase| match named(phrase) {
        Some((name, points)) => format!("{column}为{name}的{points}"),
        None => scope.original(site.statement, phrase),
    });
    let said: Vec<String> = said.collect();
    let line = scope.line_text(site.statement);
    let label = line.split(['：', ':']).next().unwrap_or_default();
    let line = format!("{label}：{}", said.join("，"));
    // 国家级加10分；个人减半, where 对象 lists 个人
    if let Some(other) = names.iter().find(|name| !is_listed(name))
        && let Some(its) = scope.column_that_lists(other)
    {
        let said = phrases.iter().map(|phrase| match named(phrase) {
            Some((name, points)) => match scope.column_that_lists(&name) {
                Some(column) => format!("{column}为{name}的{points}"),
                None => format!("{name}{points}"),
            },
            None => scope.original(site.statement, phrase),
        });
        let line = format!("{label}：{}", said.collect::<Vec<String>>().join("，"));
        let message = format!("“{other}”是“{its}”的取值，前面少了“{its}为”");
        return Some(scope.at(site.statement, case, "missing-word", message).help(format!("写成：{line}")));
    }
    if let Some(other) = names.iter().find(|name| !is_listed(name)) {
        let help = format!(
            "“{other}”就是“{column}”列出的一种、几种的，改写成那几种；不在其中的，加进“{column}”的声明。再写：\n{line}"
        );
        let message = format!("“{column}”没有“{other}”这个取值");
        return Some(scope.at(site.statement, case, "unknown-value", message).help(help));
    }
    let name = name_of(case);
    let message = format!("“{name}”是“{column}”的取值，前面少了“{column}为”");
    Some(scope.at(site.statement, case, "missing-word", message).help(format!("写成：{line}")))
}

/// What is given, with the verb where the line leaves it out: 国家级加5分，省级3分.
fn given(scope: &Scope<'_>, site: Site<'_, '_>, outcome: &Pair<'_, Token>) -> String {
    let written = scope.original(site.statement, outcome);
    if written.starts_with(|c: char| c.is_ascii_digit()) { name_of(outcome) } else { written }
}

/// 视情加重, 酌情扣5分: from how many points to how many.
fn judged_range(name: &str, points: &str) -> String {
    let verb = if points.starts_with('加') && points.ends_with('分') { "加" } else { "扣" };
    let most = points.trim_start_matches(['加', '扣', '减']);
    match most.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("写明几分到几分：{name}{verb}几分至{most}；就是{most}的，去掉“{name}”：{verb}{most}"),
        false => format!("写明几分到几分：{name}{verb}几分至几分"),
    }
}

/// 同一投诉就高扣分, 当日不重复扣分, 同一人当月不重复扣分: the words for it, with the verb of the line.
fn matter_once(scope: &Scope<'_>, site: Site<'_, '_>, case: &Pair<'_, Token>, outcome: &Pair<'_, Token>) -> String {
    let name = name_of(case);
    let verb = if scope.original(site.statement, outcome).contains('扣') { "扣分" } else { "加分" };
    let is_highest = name.contains("就高");
    let end = name.find("不重复").or_else(|| name.find("就高")).unwrap_or(name.len());
    let said = name[..end].trim_end_matches(['，', ',']);
    let Some(once) = Once::of(said) else {
        return format!(
            "写成：同一事项不重复{verb}；或 同一事项按最高级别计一次（事实里写“事项”）；另有期限的，只能按日、月、季度、年：同一事项当日不重复{verb}"
        );
    };
    if let Some(highest) = once.phrase("按最高级别计一次").filter(|_| is_highest) {
        return format!("写成：{highest}（事实里写“事项”）");
    }
    let line = scope.line_text(site.statement);
    let (label, body) = line.split_once(['：', ':']).unwrap_or(("", &line));
    // What else the line gives would be lost.
    let written = format!("{}{}", scope.original(site.statement, case), scope.original(site.statement, outcome));
    let gives = body.trim_end_matches('。').strip_suffix(&written);
    let gives = gives.map(|gives| gives.trim().trim_end_matches(['，', ',', '；', ';']));
    once.help(label.trim(), gives.filter(|gives| !gives.contains(['，', ',', '；', ';'])), 1, verb)
}

/// 一等奖加5分，二等奖加3分: each is a case of its own, and all of them are told.
fn several_cases(scope: &Scope<'_>, site: Site<'_, '_>) -> Option<String> {
    const GROWTH: &[(&str, &str)] = &[("正增长", "大于0"), ("零增长", "等于0"), ("负增长", "小于0")];
    let phrases = site.statement.pair.child(Token::body)?.children(Token::phrase);
    let is_growth = |phrase: &Pair<'_, Token>| {
        phrase.child(Token::name).is_some_and(|name| GROWTH.iter().any(|(word, _)| name_of(&name) == *word))
    };
    // 增幅：正增长得10分，零增长得5分: where the figure lies.
    if phrases.iter().all(is_growth) {
        let line = scope.line_text(site.statement);
        let compared = GROWTH.iter().fold(line, |line, (word, range)| line.replace(word, range));
        return Some(format!("写成：{compared}"));
    }
    let case = |phrase: &Pair<'_, Token>| {
        let outcome = phrase.child(Token::outcome)?;
        let points = given(scope, site, &outcome);
        // 有制度得5分 begins as a condition does.
        let said = || scope.original(site.statement, phrase).strip_suffix(&points).map(str::to_owned);
        let name = phrase
            .child(Token::name)
            .map(|name| name_of(&name))
            .or_else(|| said().filter(|it| it.starts_with('有')))?;
        // 被省级媒体曝光一次扣5分: how often stands behind the colon.
        let (name, each) = match ["一次", "1次"].iter().find_map(|once| name.strip_suffix(once)) {
            Some(case) if !case.is_empty() => (case.to_owned(), "每次"),
            _ => (name, ""),
        };
        Some(format!("{name}：{each}{points}"))
    };
    let cases: Vec<String> = phrases.iter().filter_map(case).collect();
    let counts = |case: &String| case.split('：').next().is_some_and(|name| counted(name).is_some());
    if cases.len() < 2 || cases.iter().any(counts) {
        return None;
    }
    let label = site.statement.label();
    let others = phrases.iter().filter(|phrase| case(phrase).is_none());
    let others: Vec<String> = others.map(|phrase| scope.original(site.statement, phrase)).collect();
    let others = match &others[..] {
        [] => String::new(),
        others => format!("\n“{}”接在它管的那一行后面", others.join("，")),
    };
    let verb = ["扣", "加"].into_iter().find(|verb| cases.iter().all(|case| case.contains(verb))).unwrap_or("得");
    Some(format!(
        "一种情形一行（几次就算几次的，写“每次{verb}几分”）：\n{}{others}\n事实里另有一列说明是哪一种的，先在开头声明这一列，再写成表，如：{label}：按 级别 查表{verb}分",
        cases.join("\n")
    ))
}
