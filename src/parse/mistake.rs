//! What to say of a line that does not parse: where it stopped making sense, and what could have stood there.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::mend::{self, Mend};
use super::{Context, Line, Names};
use crate::diagnostic::{Finding, Place};
use crate::source::Source;
use crate::syntax::{self, Rule as Token};

/// Where a line stopped making sense.
pub fn offset(line: &Line, error: Option<&Error<Token>>) -> usize {
    let offset = match error.map(|error| &error.location) {
        Some(InputLocation::Pos(at) | InputLocation::Span((at, _))) => *at,
        None => 0,
    };
    offset.min(line.plain.text.len())
}

/// One finding for a broken line that has a likely mend.
pub fn mended(source: &Source, line: &Line, mend: &Mend, names: &Names) -> Finding {
    let span = line.plain.span(mend.range.clone());
    let place = place(source, line, span.start);
    let text = source.text[span].to_owned();
    let help = match (&mend.help, &mend.lines[..]) {
        (Some(help), _) => help.clone(),
        (None, [line]) => format!("写成：{}", mend::shown(line)),
        (None, _) => help_for(line, names),
    };
    Finding::error(mend.code, place, mend.message.clone()).text(text).line_text(source.line(line.number)).help(help)
}

fn place(source: &Source, line: &Line, offset: usize) -> Place {
    let (_, column) = source.place(offset);
    Place { file: source.name.clone(), line: line.number, column }
}

/// One finding for a broken line that has none.
pub fn describe(source: &Source, line: &Line, offset: usize, error: Option<&Error<Token>>, names: &Names) -> Finding {
    let code = &line.plain;
    let rest = &code.text[offset..];
    // A sign that should not be there is shown with what follows it.
    let sign = rest.chars().take_while(|c| matches!(c, ',' | ';' | '。')).count();
    let follows = rest.chars().skip(sign).take_while(|c| !matches!(c, ',' | ';' | '。'));
    // Of a row without a table nothing is understood.
    let length: usize = rest.chars().take(sign).chain(follows).take(12).map(char::len_utf8).sum();
    let is_row =
        error.is_none() && code.text.trim_end().ends_with(['分', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let (name, message, range) = if is_row {
        ("row-without-table", "这像表里的一行，前面却没有“查表”的计分句".to_owned(), 0..code.text.len())
    } else if rest.is_empty() {
        let last = code.text.char_indices().next_back().map_or(0, |(at, _)| at);
        ("unfinished-line", "这一行没有写完".to_owned(), last..code.text.len())
    } else {
        let range = offset..offset + length;
        let written = &source.text[code.span(range.clone())];
        ("unreadable-line", format!("“{}”写在这里看不懂", written.trim()), range)
    };
    let span = code.span(range);
    let mut finding = Finding::error(name, place(source, line, span.start), message)
        .text(source.text[span].to_owned())
        .line_text(source.line(line.number));
    let expected = error.map(|error| expected_words(&error.variant)).unwrap_or_default();
    if !expected.is_empty() {
        finding = finding.expected(expected.join("、"));
    }
    finding.help(if is_row {
        "在它前面写：获奖：按 级别 查表加分".to_owned()
    } else {
        help_for(line, names)
    })
}

/// The words that would have been understood, in Chinese.
fn expected_words(variant: &ErrorVariant<Token>) -> Vec<&'static str> {
    let ErrorVariant::ParsingError { positives, .. } = variant else { return Vec::new() };
    let mut words: Vec<&'static str> = positives.iter().filter_map(|rule| word_for(*rule)).collect();
    words.dedup();
    let mut seen = Vec::new();
    words.retain(|word| {
        let new = !seen.contains(word);
        seen.push(*word);
        new
    });
    words.truncate(8);
    words
}

fn word_for(rule: Token) -> Option<&'static str> {
    Some(match rule {
        Token::number | Token::integer | Token::quantity | Token::percent => "数字",
        Token::name | Token::bare | Token::marked | Token::quoted => "名称",
        Token::unit | Token::unit_word => "量词（件、次、人…）",
        Token::DEDUCT | Token::ADD | Token::GAIN | Token::verb | Token::outcome => "扣几分、加几分或得几分",
        Token::comparator | Token::BELOW | Token::AT_LEAST | Token::AT_MOST | Token::ABOVE => {
            "低于、不低于、超过或不超过"
        }
        Token::expression | Token::factor => "算式",
        Token::condition | Token::compared => "条件",
        Token::PLUS | Token::MINUS | Token::TIMES | Token::DIVIDED => "＋－×÷",
        Token::EOI => "行尾",
        Token::cycle => "每月、每季度、每半年、每年",
        Token::heading => "标题",
        Token::values | Token::value => "取值",
        Token::rounding => "四舍五入、只舍不入或只入不舍",
        _ => return None,
    })
}

/// How lines are written that begin with a word of the language.
const PATTERNS: &[(&str, &str)] = &[
    ("施行", "施行 2024年1月至2024年12月"),
    ("考评周期", "考评周期 每月（每季度、每半年、每年、任期内）"),
    ("事实列", "事实列 级别：国家级/省级、学分（学分）"),
    ("单位属性", "单位属性 类别：街道/乡镇、人口（人）、成立日期（日期）"),
    ("参数", "参数 目标（件）：每单位每年一个；全体合用的写 统一每年一个"),
    ("分组", "分组 按名册；或 分组 按 某个单位属性"),
    ("指标", "指标 录入件数（件）"),
    ("满分", "满分 20分，扣完为止"),
    ("扣分封顶", "扣分封顶 每月40分"),
    ("加分封顶", "加分封顶 全年5分；分情形的写：加分封顶：当 类别为街道，5分；其余 4分"),
    ("起评", "起评：当 资料为齐全，100分；当 资料为缺一类，93分；其余 90分"),
    ("得分封顶", "得分封顶 30分"),
    ("权重", "权重 30%"),
    ("适用", "适用 类别为街道的"),
    ("系数", "系数 0.8；或 系数：当 岗位为兼任，0.8；其余 1"),
    ("保留", "保留2位小数，四舍五入"),
    ("只在", "只在6月、12月考评"),
    ("各项", "各项相加、各项加权、各项平均，或 各项取最高3项"),
    ("基础分", "基础分 60分"),
    ("每月基础分", "每月基础分 100分"),
    ("年终得分", "年终得分 = 各月得分之和；或 各月得分平均，保留2位小数，四舍五入"),
    ("季度得分", "季度得分 = 各月得分之和"),
    ("同分", "同分并列，其后名次顺延空出；或 同分并列，其后名次不空；或 同分的，按名册先后排列"),
    ("一票否决的", "一票否决的排在末位，相互间按得分高低排序；或 并列末位、不参加排名、名次不变"),
    ("未写", "未写“每”的，当月只计一次；或 未写“每”的，每次都计"),
    ("逾期", "逾期按自然日计算，截止当日不计；或 逾期按工作日计算，截止当日不计"),
    ("缺报的", "缺报的，按0计；或 缺报的，不作考评"),
    ("不予奖励的名次", "不予奖励的名次不递补；或 不予奖励的名次依次递补"),
    ("当", "当 发生泄密，本项计零；或 本项不超过几分、取消评先资格、等次不得高于良好"),
    ("同一", "同一事项按最高级别计一次；管一年的，写：同一事项全年按最高级别计一次，已计分的补足差额"),
];

/// Whether a line begins like one that changes another rulebook.
pub fn is_amendment(text: &str) -> bool {
    ["修改 ", "增加 ", "删除 ", "停用 "].iter().any(|verb| text.starts_with(verb))
}

/// What a line of an item was to be, by a word in it that a scheme uses for it.
fn said_of_node(text: &str) -> Option<&'static str> {
    const SAID: &[(&str, &str)] = &[
        ("年底", "只在12月考评；或 考评周期 每年，计入年终"),
        ("考核一次", "考评周期 每季度，计入最后一个月（每半年、每年）"),
        ("考评一次", "考评周期 每季度，计入最后一个月（每半年、每年）"),
        ("不考核", "适用 类别为乡镇的（先在开头声明：单位属性 类别：街道/乡镇）"),
        ("仅考核", "适用 类别为乡镇的（先在开头声明：单位属性 类别：街道/乡镇）"),
        ("只考核", "适用 类别为乡镇的（先在开头声明：单位属性 类别：街道/乡镇）"),
        ("取平均", "各项平均"),
        ("取最高", "各项取最高几项（“几”换成数）"),
        ("系数", "系数 0.8"),
        ("小数", "保留2位小数，四舍五入"),
        ("全年不超过", "加分封顶 每月5分，另起一行：加分封顶 全年10分"),
    ];
    SAID.iter().find(|(word, _)| text.contains(word)).map(|(_, how)| *how)
}

/// `发生涉水案、断面或通报的，不得评为优秀`: who may not have a grade, in the scheme's own cases.
fn barred_grade(text: &str, names: &Names) -> Option<String> {
    let (at, bar) = ["不得评", "不能评", "不予评", "等次不得高于", "定为"]
        .iter()
        .find_map(|word| Some((text.find(word)?, &text[text.find(word)?..])))?;
    let cases = text[..at].trim().trim_start_matches("当 ").trim();
    // Of what period it is, the set of grades says.
    let periods = ["当季度", "当季", "当月", "当年度", "当年", "本季度", "本季", "本月", "本年度", "本年"];
    let cases = periods.iter().find_map(|period| cases.strip_prefix(period)).unwrap_or(cases);
    // 受处分的直接确定为不称职, 发生漏报的单位不得评为优秀
    let cases = ["直接确", "直接", "确", "的单位"].iter().find_map(|end| cases.strip_suffix(end)).unwrap_or(cases);
    let cases = cases.trim_end_matches([',', '的', '时', ' ', '一', '律']);
    let cases = ["各组的", "各组", "各类"].iter().find_map(|group| cases.strip_prefix(group)).unwrap_or(cases);
    let then = mend::written(bar);
    // 后2名的，不得评为优秀、良好: at most the next.
    if ["末位", "最后", "后", "倒数"].iter().any(|word| cases.starts_with(word)) {
        // 不得评为良好以上
        if let Some(grade) = then.strip_prefix("不得评为").and_then(|grade| grade.strip_suffix("以上")) {
            return Some(format!("写成：排名{cases}的，等次不得高于（{grade}的下一等）"));
        }
        let several = match then.contains('、') {
            true => "；几等都不得评的，写：等次不得高于（其中最低一等的下一等）",
            false => "",
        };
        return Some(format!("写成：排名{cases}的，{then}{several}"));
    }
    // 取消评优资格的，不得评为优秀
    let lost = cases.trim_start_matches('被');
    if lost.ends_with("资格") && ["取消", "丧失", "失去"].iter().any(|word| lost.starts_with(word)) {
        return Some(format!("写成：被{}的，{then}", lost.replacen("丧失", "取消", 1).replacen("失去", "取消", 1)));
    }
    // 连续两个季度较差, 有一个季度较差: how often they had the grade.
    if let Some(help) = graded_so_often(cases, &then) {
        return Some(help);
    }
    // 初中, where 类别 lists it.
    if let Some((value, column)) = names.values().find(|(value, _)| cases == *value) {
        return Some(format!("“{value}”是“{column}”的取值，写成：{column}为{value}的，{then}"));
    }
    let cases = ["发生", "出现", "存在", "有"].iter().find_map(|word| cases.strip_prefix(word)).unwrap_or(cases);
    let cases: Vec<&str> = cases.split(['、', '或']).map(|case| case.trim().trim_start_matches("发生")).collect();
    let is_case = |case: &&str| {
        let is_word = |c: char| c.is_alphabetic() && !matches!(c, '为' | '低' | '高' | '超' | '满' | '不' | '被');
        !case.is_empty()
            && case.chars().all(is_word)
            && !case.contains("情形")
            && !case.contains("之一")
            && !["个季度", "个月", "连续", "次以上", "年内", "上年"].iter().any(|word| case.contains(word))
    };
    if let Some(help) = unknown_case(&cases, &then, names) {
        return Some(help);
    }
    if cases.iter().all(is_case) {
        let happened = |case: &&str| {
            if case.ends_with("一票否决") { "被一票否决".to_owned() } else { format!("发生{case}") }
        };
        let joined: Vec<String> = cases.iter().map(happened).collect();
        return Some(format!("几种情形用“或”连，各写“发生”，写成：当 {}，{}", joined.join("或"), mend::written(bar)));
    }
    Some(format!("条件写在前面，一种情形一行：当 发生某种情形，{}（“某种情形”换成计分句里的名称）", mend::written(bar)))
}

/// `主要负责人受处分的，不得评为优秀`: a case that no line has, which may be one of the rows of another.
fn unknown_case(cases: &[&str], then: &str, names: &Names) -> Option<String> {
    let [case] = cases else { return None };
    let is_known = |name: &str| names.longest_at(name) == Some(name);
    if is_known(case)
        || case.ends_with("一票否决")
        || case.chars().count() < 4
        || !case.chars().all(char::is_alphabetic)
    {
        return None;
    }
    // 主要负责人 of 职务, 处分
    let of_rows = names.values().find_map(|(value, column)| {
        let rest = case.strip_prefix(value)?;
        let done = ["受到", "受", "被", "因", "有", "发生", "的"].iter().find_map(|word| rest.strip_prefix(word));
        let event = done.unwrap_or(rest);
        is_known(event).then(|| format!("写成：当 条数（{event}，{column}为{value}）不少于1，{then}"))
    });
    let is_word =
        |c: char| matches!(c, '为' | '低' | '高' | '超' | '满' | '不' | '情' | '后' | '前' | '季' | '月' | '年');
    of_rows.or_else(|| {
        (!case.contains(is_word)).then(|| {
            format!("没有叫“{case}”的情形，先在板块里写上，如：{case}：每次扣几分（不扣分的写 扣0分）\n再写：当 发生{case}，{then}")
        })
    })
}

/// `连续两个季度较差`, `有一个季度较差`: a grade, so many times in a row or in all.
fn graded_so_often(cases: &str, then: &str) -> Option<String> {
    let cases = syntax::strip(Token::WITHIN_YEAR, cases).unwrap_or(cases);
    let (in_a_row, rest) = match cases.strip_prefix("连续") {
        Some(rest) => (true, rest),
        None => (
            false,
            ["累计", "有", "任意", "任何", "任"].iter().find_map(|word| cases.strip_prefix(word)).unwrap_or(cases),
        ),
    };
    let unit = ["个季度", "个月", "个半年"].into_iter().find(|unit| rest.contains(unit))?;
    let (number, grade) = rest.split_once(unit)?;
    let number = super::whole(number)?;
    let grade = ["的等次为", "等次为", "被评为", "被评定为", "评为", "为"]
        .iter()
        .find_map(|word| grade.strip_prefix(word))
        .unwrap_or(grade);
    let (grade, least) = ["及以上", "以上"]
        .iter()
        .find_map(|word| grade.strip_suffix(word))
        .map_or((grade, ""), |grade| (grade, "以上"));
    if grade.ends_with("以下")
        || grade.is_empty()
        || grade.chars().count() > 4
        || !grade.chars().all(char::is_alphabetic)
    {
        return None;
    }
    let count = match unit {
        "个季度" => "季度数",
        "个月" => "月数",
        _ => return None,
    };
    let is = if least.is_empty() { format!("等次为{grade}") } else { format!("等次{grade}{least}") };
    Some(match in_a_row {
        true => format!("写成：当 连续{number}{unit}{is}，{then}"),
        false => format!("写成：当 {count}（{is}）不少于{number}，{then}"),
    })
}

/// How lines of this kind are written.
fn help_for(line: &Line, names: &Names) -> String {
    let text = line.plain.text.as_str();
    // 修改记录：… is a label like any other.
    if is_amendment(text) {
        return "“修改、增加、删除、停用”只用在沿用了别的规则书的文件里：在开头加一行，如 沿用 「2023.zs」".to_owned();
    }
    if let (Context::Grading, Some(help)) = (line.context, barred_grade(text, names)) {
        return help;
    }
    let pattern = PATTERNS.iter().filter(|(word, _)| text.starts_with(word)).max_by_key(|(word, _)| word.len());
    if let Some((_, pattern)) = pattern.filter(|_| line.context != Context::Example) {
        return format!("写作：{pattern}");
    }
    match line.context {
        Context::Header => "开头写：方案、文号、施行、考评对象、考评周期、事实列、单位属性、参数、分组；说明写在 # 后面".to_owned(),
        Context::Conventions => {
            "约定一行写一条，如：每月基础分 0分；年终得分 = 各月得分之和；同分并列，其后名次顺延空出；对原文的理解写：读法 …".to_owned()
        }
        Context::Node if text.contains('=') => "等号后面写算式，如：完成率 = 完成数（件） ÷ 目标数（件）".to_owned(),
        Context::Node if !text.contains(':') => match said_of_node(text) {
            Some(how) => format!("写作：{how}"),
            None => "计分句写作“情形：每项扣1分”；其他行以 依据、读法、考评周期、满分、扣分封顶 等开头".to_owned(),
        },
        Context::Node => {
            "计分句如：缺项：每项扣1分；录入件数（件）：不少于30件，每少1件扣1分；数据同步率（%）：低于90%扣2分"
                .to_owned()
        }
        Context::Ranking => "排名写：按 得分 由高到低；同分并列，其后名次顺延空出".to_owned(),
        Context::Grading if text.contains("月度") => {
            "看更短期间的等次、名次，写成：优秀：前20%且月数（等次为A）不少于3".to_owned()
        }
        Context::Awards if ["奖励", "发放"].iter().any(|word| text.starts_with(word)) => {
            "写明给谁；人人都有的，写成：当 得分不低于0分：奖励 资金池 × 总分 ÷ 全体合计（总分），保留2位小数，四舍五入"
                .to_owned()
        }
        Context::Awards if text.contains('%') => {
            "按比例的先定等次：优秀：前10%；一般：前90%；末段：其余；名额自上而下累计；再写：优秀：奖励3000元；末段：约谈".to_owned()
        }
        Context::Awards if text.contains("各组") => {
            "各组分别排名的，先写一段“排名 年终”，里面写：分组排名；奖惩里再写：第1名：奖励10万元".to_owned()
        }
        Context::Grading => "等次写：优秀：90分以上，不超过15%".to_owned(),
        Context::Awards => "奖惩写：第1名至第3名：奖励3000元；后3名：约谈；一票否决的，不予奖励".to_owned(),
        Context::Eligibility => {
            "写成：当 （条件），不参评；条件如 在册月数不足几个月、身份为某类（“身份”在开头声明：单位属性 身份：正式/试用）".to_owned()
        }
        Context::Example => "例写三行：2023年4月 单位；条款 情形 数量；则 条款 -2分".to_owned(),
    }
}
