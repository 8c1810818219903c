//! What schemes say that no line says here in those words: known by them, and told with the way round it.

use super::{Mend, OTHER_TIMES, Patient, shown, written};
use crate::parse::Context;
use crate::parse::numeral::is_numeral;
use crate::parse::plainly::DEEDS;
use crate::parse::words::WORDS;
use crate::syntax::{self, Rule as Token};

/// How the two terms of a school year are written.
pub const OF_TWO_TERMS: &str = "写成：考评周期 每学年\n一个学期写成一个板块，如：板块 第一学期，板块 第二学期；里面各写一行：权重 40%，权重 60%；约定里写：各项加权\n两个学期直接相加的，不写权重";

/// Of several prizes the highest alone: what is wrong with that, and what to write.
pub const ONE_PRIZE: (&str, &str) = (
    "几份奖励只给最高的一份，不能另起一行限定",
    "名次、等次写成互不重叠的，一个单位就只有一份，如：第1名：奖励5000元；第2名至第3名：奖励3000元\n几样条件各给多少钱、只给最多的，合成一笔：当 得分不低于0分：奖励 较高者（（当 名次为第1名，几元；其余 0元）、（当 另一样条件，几元；其余 0元））（“几”换成原文的数）",
);

/// Words, what is wrong with them, and what to write.
const TOLD: &[(&[&str], &str, &str)] = &[
    (&["每学期", "各学期"], "还没有按学期的周期，学期也不是半年", OF_TWO_TERMS),
    (
        &["并扣总分", "再扣总分", "另扣总分", "并从总分中扣", "从总分中另扣", "从总分中扣"],
        "一句扣的分都在本条里，扣不到别处的总分",
        "在没有满分的板块里另立一个条目，用另一个情形报：情形：扣几分；本条扣完还要倒扣的，另起一行：当 （条件），本项计-几分（“几”换成原文的数）",
    ),
    (
        &["可倒扣", "可以倒扣"],
        "倒扣不写在句里：没有满分、没有下限的，扣分本来就可以扣到0分以下",
        "去掉这几个字；本条有满分、又要扣到0分以下的，把扣分的句子写在另一个没有满分的条目里",
    ),
    (
        &["以此类推", "依此类推", "依次类推", "余类推", "以下类推"],
        "以下各档是多少分没有写",
        "名次每降一名差一样多的，写成：第一名得几分，每降1名扣几分（“几”换成原文的数）；差得不一样的，各档一一写全",
    ),
    (
        &["逾期1周", "逾期一周", "超期1周", "超期一周", "延期1周", "延期一周", "迟报1周", "迟报一周"],
        "逾期按天算，没有周",
        "一周写7天，零头写明：每逾期7天扣几分，不足7天的不计；或 不足7天的按7天计（“几”换成原文的数）",
    ),
    (
        &["每周累计加分", "每周累计扣分", "每周加分", "每周扣分", "每周最多", "一周最多", "每周累计最多"],
        "限额按每次、每人、每月、每季度、每年，没有按周的",
        "一周的合成一行报的（数量写几次），写：每次最多几分；按月限的，写：每月最多几分（“几”换成原文的数）",
    ),
    (
        &["任一月份", "任意一个月", "任何一个月", "任一个月", "个月以上得分", "个月以上总分"],
        "几个月怎样的，写成“月数”",
        "写成：当 月数（得分低于几分）不少于几，…（“几”换成原文的数；任一个月的，不少于1）",
    ),
    (
        &["月底前整改的", "月末前整改的", "当月整改的", "次月整改的", "期限内整改的", "限期内整改的"],
        "整改的期限写几日内，从发现日期数起",
        "写成：几日内整改的，…（“几”换成数）；到月底为止的还不能写；不论几天的，写：整改的，…",
    ),
    (
        &["信用分计零", "信用分归零", "信用得分计零"],
        "信用分是各条合起来的总分，这里写“总分计零”",
        "写成：当月总分计零（按季考评的写 当季总分计零，每年的写 当年总分计零），等次定为…；管一段时间的，末尾写：，有效期几个月（“几”换成原文的数）；列入名单的写在“奖惩”里",
    ),
    (
        &["奖励只取最高", "只取最高奖", "奖不重复", "奖励不重复", "不重复奖励", "奖励就高", "就高奖励", "奖励以最高"],
        ONE_PRIZE.0,
        ONE_PRIZE.1,
    ),
    (
        &[
            "奖励累计不超过",
            "奖金累计不超过",
            "全年奖励不超过",
            "全年奖金不超过",
            "奖励合计不超过",
            "全年奖金最多",
            "全年奖励最多",
            "全年最多奖励",
            "全年奖金封顶",
        ],
        "一个单位几期的奖金合起来的限额，不能另起一行限定",
        "写成年终的一笔：在“奖惩 年终”里写算式，如：当 得分不低于0分：奖励 较低者（月数（名次为第1名） × 几元、几元）（“几”换成原文的数），各期的奖惩里不写",
    ),
    (&["责令整改"], "不是分数，计分句里不写", "没有整改要扣分的，写成：未整改的，扣几分；只是处理的，写在“奖惩”里"),
    (
        &["不参加排名", "不参与排名", "不列入排名", "不纳入排名"],
        "参加不参加排名不写在计分句里",
        "不参加考评的，写在“参评”里：当 发生几样事，不参评；被一票否决的，约定里写：一票否决的不参加排名",
    ),
    (
        &["当年有效", "年内有效", "年度内有效", "全年有效"],
        "“有效”到年底，说不清是当月计一次，还是以后每月都计",
        "当月计一次、随各月进全年的，去掉这几个字；以后每月都计的，写几个月：有效期几个月（过了年的不计）",
    ),
    (&["有效期至", "有效期到"], "有效期写几个月，不写到哪一天", "写成：有效期几个月；只算当年的，不必写有效期"),
    (
        &["两个最低", "两个最高", "2个最低", "2个最高", "三个最低", "三个最高", "两个月最低", "两个月最高"],
        "各月得分里去掉的最高、最低只能各一个，去掉几个的还没有写法",
        "改成各去掉一个的，写成：年终得分 = 各月得分去掉一个最高分和一个最低分后平均，保留2位小数，四舍五入；只去掉一头的，写：各月得分去掉一个最低分后平均",
    ),
    (
        &["去掉最高、最低", "去掉最高和最低", "去掉一个最高", "去掉最高月", "去掉最低月"],
        "去掉最高、最低的，写在“各月得分”后面、“平均”前面",
        "写成：年终得分 = 各月得分去掉一个最高分和一个最低分后平均，保留2位小数，四舍五入",
    ),
    (
        &["返还1分", "返还2分", "返还3分", "返还5分", "返还0.5分", "返还一分", "返还两分"],
        "返还写占扣分的百分之几，不写几分",
        "写成：30日内整改的，返还该条扣分的50%；或 整改的，减半",
    ),
    (
        &["同一人同一", "同一人按最高", "同一人员按最高", "同一人、同一", "同一单位同一"],
        "同一事项只认“事项”这一列，人和项目合起来认还不能写",
        "写成：同一事项按最高级别计一次；报事实时“事项”里把人和项目都写上，如：张三 论文",
    ),
    (
        &["上月排名", "上个月排名", "上季度排名", "上期排名"],
        "前一期的排名还不能直接作条件",
        "从前数的名次写成算式再计分，如：\n上月第一 = （当 上月名次（没有的不作考评）为第1名，1；其余 0）\n上月第一：加 上月第一\n从后数的（末位、后几名）还不能写，由人报成一种情形",
    ),
    (
        &["等次不得低于", "等次不低于", "等级不得低于"],
        "等次的下限还不能这样写",
        "把条件写进那一等次，如：合格：当 得分不低于95分或名次为前5名；一律定为哪一等的，写：当 得分不低于95分，等次定为合格",
    ),
    (
        &["高于单位等次", "高于单位的等次", "高于年度等次", "高于所在单位", "高于单位考核等次", "高于本单位等次"],
        "“等次不得高于”后面写一等的名称，不写另一套等次",
        "另一套的一等写一行，如：当 年度等次为良好，等次不得高于称职（等次的标题是“年度”的；哪一等对哪一等照原文）",
    ),
    (
        &["扣分可超过满分", "扣分可突破满分", "扣分可以超过满分", "扣分超过满分"],
        "写了满分的一条，扣分到满分为止，扣过头的还不能写在这一条里",
        "扣过头的另放一个不写满分的板块或条目；整个方案从多少分扣起的，写在约定里：每月基础分 100分",
    ),
];

/// 国家级, 加5分, and whether that is a part of what another case gives.
type Case<'a> = (&'a str, &'a str, bool);

/// 表彰：国家级加5分，省级减半: the column that would tell them apart, and the line with it.
pub fn column_of_parts(text: &str) -> Option<String> {
    let colon = crate::parse::top_colon(text)?;
    let mut cases = Vec::new();
    for part in text[colon + 1..].split([',', ';', '、']).map(|part| part.trim().trim_end_matches('。')) {
        let begin = part.find(['的', '每', '加', '扣', '得', '减', '按'])?;
        let (name, gives) = (&part[..begin], part[begin..].trim_start_matches('的'));
        let is_part = gives == "减半" || gives.starts_with('按') && gives.contains('%');
        let is_points = gives.starts_with(['每', '加', '扣', '得']) && gives.ends_with('分');
        if !(is_part || is_points) || name.chars().count() < 2 || name.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        cases.push((name, gives, is_part));
    }
    if cases.first().is_none_or(|(.., is_part)| *is_part) || !cases.iter().any(|(.., is_part)| *is_part) {
        return None;
    }
    // 一区加10分，二区加6分，第二作者减半: of several marks a half is told by a column of its own.
    let (parts, points): (Vec<&Case<'_>>, Vec<&Case<'_>>) = cases.iter().partition(|(.., is_part)| *is_part);
    let apart = points.len() > 1;
    let of_points = || cases.iter().filter(|(.., is_part)| !(apart && *is_part));
    let all_end = |word: char| of_points().all(|(name, ..)| name.ends_with(word));
    let column = if all_end('级') {
        "级别"
    } else if all_end('等') {
        "等级"
    } else {
        "情况"
    };
    // 级别为市级 names its column.
    let is_told = |name: &str| name.contains('为');
    let with = |column: &str, (name, gives, _): &Case<'_>| match is_told(name) {
        true => format!("{name}的{gives}"),
        false => format!("{column}为{name}的{gives}"),
    };
    let names: Vec<&str> = of_points().map(|(name, ..)| *name).filter(|name| !is_told(name)).collect();
    let said: Vec<String> = of_points().map(|case| with(column, case)).collect();
    let halves: Vec<&str> = parts.iter().map(|(name, ..)| *name).filter(|name| !is_told(name)).collect();
    let mut columns = Vec::new();
    if !names.is_empty() {
        columns.push(format!("{column}：{}", names.join("/")));
    }
    let mut body = said.join(",");
    if apart {
        if !halves.is_empty() {
            columns.push(format!("附注：{}/其他", halves.join("/")));
        }
        let said: Vec<String> = parts.iter().map(|case| with("附注", case)).collect();
        body = format!("{body};{}", said.join(","));
    }
    (!columns.is_empty()).then(|| {
        format!(
            "先在开头声明{}，事实里写明：\n事实列 {}\n再写：\n{}：{}",
            if columns.len() > 1 { "两列" } else { "一列" },
            columns.join("、"),
            written(text[..colon].trim()),
            written(&body)
        )
    })
}

impl Patient<'_> {
    /// A line with words of which only the scheme's author knows what they come to.
    pub(super) fn unsayable(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        if let Some(mend) = self.going_down().or_else(|| self.rater_shares()).or_else(|| self.both_limited()) {
            return Some(mend);
        }
        if let Some(mend) = self.mean_of_each() {
            return Some(mend);
        }
        if let Some(mend) = self.one_extreme().or_else(|| self.tallied_consequence()) {
            return Some(mend);
        }
        if let Some(mend) = self.highest_of_a_matter().or_else(|| self.once_a_day()).or_else(|| self.of_a_time()) {
            return Some(mend);
        }
        if let Some(mend) = self.trimmed_rating() {
            return Some(mend);
        }
        let found = TOLD.iter().find_map(|(words, message, help)| {
            let (at, word) = words.iter().find_map(|word| Some((self.text().find(word)?, *word)))?;
            self.told("other-words", *message, at..at + word.len(), *help)
        });
        found
            .or_else(|| self.first_of_all())
            .or_else(|| self.months_by_number())
            .or_else(|| self.year_end_bonus())
            .or_else(|| self.bare_rate())
            .or_else(|| self.the_higher())
            .or_else(|| self.compared())
            .or_else(|| self.without_when())
            .or_else(|| self.again_by_one())
            .or_else(|| self.not_repaired())
            .or_else(|| self.not_taking_part())
            .or_else(|| self.treatment())
            .or_else(|| self.share_below())
            .or_else(|| self.total_said())
            .or_else(|| self.by_share_of_places())
            .or_else(|| self.share_from_last())
            .or_else(|| self.missed_in_a_row())
            .or_else(|| self.part_of_the_first())
            .or_else(|| self.percent_of())
            .or_else(|| self.deducted_below())
            .or_else(|| self.early_by_days())
    }

    /// `评分，主管领导70分，处室互评30分`: how much the mean of each group counts.
    fn rater_shares(&self) -> Option<Mend> {
        let text = self.text();
        let body = text.find("评分").filter(|at| text[..*at].trim_end().ends_with(':'))?;
        let mut mended = text.to_owned();
        let (mut sum, mut first, mut last) = (0, None, 0);
        for part in text[body..].split([',', '、', ';']) {
            let Some(points) = part.strip_suffix('分') else { continue };
            let name = points.trim_end_matches(|c: char| c.is_ascii_digit());
            let is_group =
                name.chars().count() >= 2 && !name.contains("满分") && !name.contains(|c: char| c.is_ascii_digit());
            let Some(share) = points[name.len()..].parse::<u32>().ok().filter(|_| is_group) else { continue };
            let at = part.as_ptr() as usize - text.as_ptr() as usize;
            mended = mended.replacen(part, &format!("{}占{share}%", name.trim_end_matches('占')), 1);
            (sum, first, last) = (sum + share, first.or(Some(at)), at + part.len());
        }
        let line = self.written_as(&mended).filter(|_| sum == 100)?;
        self.mended("other-words", "各组评分所占的比例写百分数", first?..last, line)
    }

    /// `每篇倒扣40分`
    fn deducted_below(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find("倒扣").filter(|at| !text[..*at].ends_with('不'))?;
        // 最多倒扣10分: so far below zero, and no limit of what is taken.
        let most = ["最多", "最高", "至多"].iter().find_map(|word| text[..at].strip_suffix(word));
        let number = text[at + "倒扣".len()..].split('分').next().filter(|number| number.parse::<f64>().is_ok());
        if let (Some(before), Some(number)) = (most, number) {
            let floor = format!("得分不低于 -{number}分");
            let rest = before.trim_end_matches([',', ';', ' ', ':']);
            let help = match crate::parse::top_colon(before) {
                Some(_) => format!(
                    "扣到0分以下几分为止，是整条的下限：这一句去掉“扣完为止”和它，写成：{}\n条目里另起一行：{floor}",
                    written(rest.trim_end_matches(",扣完为止"))
                ),
                None => format!("写成：{floor}"),
            };
            return self.told("other-words", "“最多倒扣”是得分的下限", before.len()..at + "倒扣".len(), help);
        }
        self.told(
            "other-words",
            "倒扣不写在句里：扣就是扣，能不能扣到0分以下由条目说",
            at..at + "倒扣".len(),
            "把“倒扣”写成“扣”；本条有满分、又要扣到0分以下的，条目里再写一行：得分不低于 -几分",
        )
    }

    /// `提前10天以上办结的每件加1分`: only each day is counted.
    fn early_by_days(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let at = text[colon..].find("提前").map(|at| colon + at)?;
        let said = &text[at + "提前".len()..];
        let unit = said.trim_start_matches(is_numeral);
        let number = &said[..said.len() - unit.len()];
        let word = ["个工作日", "天", "日"].into_iter().find(|word| unit.starts_with(word))?;
        let behind = &unit[word.len()..];
        let behind = ["及以上", "以上"].iter().find_map(|more| behind.strip_prefix(more))?;
        // 提前3天以上5天以内办结的 says more.
        let between = behind[..behind.find('的')?].trim();
        (between.is_empty() || DEEDS.contains(&between)).then_some(())?;
        let end = text.len() - behind.len() + behind.find('的')?;
        let line = self.parsed(at..end, &format!("提前天数不少于{number}天")).filter(|_| !number.is_empty())?;
        let message = format!("“提前{number}{word}以上”按天数分档，天数要报一列");
        let help = format!("先在开头声明一列：事实列 提前天数（天）；再写：{}", shown(&line));
        self.told("unknown-condition", message, at..end, help)
    }

    /// `第一名得10分，依次递减1分`; `每月递减1分`
    fn going_down(&self) -> Option<Mend> {
        let text = self.text();
        let (at, word) = ["递减", "递增"].iter().find_map(|word| Some((text.find(word)?, *word)))?;
        let by_place = text[..at].contains('名') && !text.contains('月');
        let (message, help) = match by_place {
            true => (
                "每往后一名差几分，写成“每降1名”",
                "写成：第一名得几分，每降1名扣几分（“几”换成原文的数）".to_owned(),
            ),
            false => (
                "逐月递减、递增的分数，一行里写不出来",
                "有效期内每月一样多的，写：加几分，有效期几个月；每月不一样多的，一个月报一行，写：酌情加几分至几分，须有依据"
                    .to_owned(),
            ),
        };
        self.told("other-words", message, at..at + word.len(), help)
    }

    /// `得分封顶 季度考核得分的5%`
    fn percent_of(&self) -> Option<Mend> {
        let text = self.text();
        text.match_indices('的').find_map(|(at, of)| {
            let end = at + of.len();
            let number = text[end..].trim_end_matches('。').strip_suffix('%')?;
            number.parse::<f64>().ok()?;
            // 分值 is a cell of a row, and of tables the marks of an item.
            let line = self.parsed(at..end, "×").filter(|_| !text[..at].ends_with("分值"))?;
            self.mended("other-words", format!("“的{number}%”在这里写作“×{number}%”"), at..text.len(), line)
        })
    }

    /// `年终得分 = 平时考核得分平均 × 60% + …`: the mean of which of its points?
    fn mean_of_each(&self) -> Option<Mend> {
        let text = self.text();
        let equals = crate::parse::top_level(text, '=')?;
        let at = equals + text[equals..].find("得分平均").or_else(|| text[equals..].find("得分的平均"))?;
        let begin = text[..at].rfind(|c: char| "=+-×÷*/( ,".contains(c)).map_or(0, |sign| sign + 1);
        let begin = text[..at].char_indices().map(|(at, _)| at).find(|start| *start >= begin)?;
        let of = text[begin..at].trim();
        if of.is_empty() || of.contains('各') {
            return None;
        }
        let line = self.parsed(begin..begin, "各季度")?;
        let help = format!("按季度考评的，写成：{}\n按月考评的，“各季度”写作“各月”", shown(&line));
        let message = format!("没有写是各月、各季度的“{of}得分”平均");
        self.told("missing-word", message, begin..at + "得分".len(), help)
    }

    /// `同一点位一周内只计一次`, `同一问题整改后第2次起每次扣2分`: times by which nothing is counted.
    fn of_a_time(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        for part in text[colon + 1..].split([',', ';', '。']) {
            let at = part.as_ptr() as usize - text.as_ptr() as usize;
            let begin = at + (part.len() - part.trim_start().len());
            // 同一点位同一时段只计一次: two things, of which a row has one column.
            if let Some(mend) = self.of_two_things(begin..at + part.len()) {
                return Some(mend);
            }
            let is_once = ["只计", "不重复", "不累计"].iter().any(|word| part.contains(word));
            let is_nth = part.split('第').skip(1).any(|rest| {
                let behind = rest.trim_start_matches(is_numeral);
                behind.len() < rest.len() && behind.starts_with('次')
            });
            if !is_once && !is_nth {
                continue;
            }
            let Some((word, from)) =
                OTHER_TIMES.iter().find_map(|word| Some((*word, begin + text[begin..at + part.len()].find(word)?)))
            else {
                continue;
            };
            let help = match is_once {
                true => {
                    "同一事项可以按日、月、季度、年只计一次：同一事项当日只计一次，同一事项全年按最高级别计一次；别的期限、次序还不能写，由报事实的人只报算数的那一行"
                }
                false => {
                    "第几次只能按月、季度、年数下来：每月重新计次、全年连续计次；别的期限、次序还不能写，另是一种情形的（如：整改后再犯），单写一行"
                }
            };
            return self.told("other-words", format!("按“{word}”还不能写"), from..from + word.len(), help);
        }
        None
    }

    /// `同一点位同一时段只计一次`: what makes a matter only together.
    fn of_two_things(&self, part: std::ops::Range<usize>) -> Option<Mend> {
        let said = self.text()[part.clone()].strip_prefix("同一")?;
        let (one, rest) = said.split_once("同一")?;
        let ends = ["在", "全", "年", "每", "当", "按", "只", "计", "取", "不", "第"];
        let other = &rest[..ends.iter().filter_map(|word| rest.find(word)).min()?];
        let whole = part.start..part.start + 2 * "同一".len() + one.len() + other.len();
        let line = self.parsed(whole.clone(), "同一事项")?;
        let message = format!("{one}、{other}都一样的才是同一件，事实里只有“事项”一栏");
        let help = format!("报事实时“事项”里把{one}、{other}都写上，这一句写成：{}", shown(&line));
        self.told("other-words", message, whole, help)
    }

    /// `年终得分 = 12个月得分平均`
    fn months_by_number(&self) -> Option<Mend> {
        let text = self.text();
        let (at, words) = [("12个月", "各月"), ("十二个月", "各月"), ("四个季度", "各季度"), ("4个季度", "各季度")]
            .iter()
            .find_map(|(said, meant)| Some((text.find(said)?, (*said, *meant))))?;
        let range = at..at + words.0.len();
        let line = self.parsed(range.clone(), words.1)?;
        self.mended("misspelled-word", format!("“{}”在这里写作“{}”", words.0, words.1), range, line)
    }

    /// `年终得分 = 各月平均得分 + 年终加分`
    fn year_end_bonus(&self) -> Option<Mend> {
        let text = self.text();
        let from = text.find('=')?;
        let (at, word) = ["年终加分", "年终扣分", "年度加分", "年度扣分"]
            .iter()
            .find_map(|word| Some((from + text[from..].find(word)?, *word)))?;
        let help = format!(
            "年终另加、另扣的写成一个板块：\n板块 {word}\n  考评周期 每年，计入年终\n算式里写它的得分：年终得分 = 各月得分平均 + {word}得分，保留2位小数，四舍五入"
        );
        self.told("unknown-name", format!("没有名为“{word}”的板块"), at..at + word.len(), help)
    }

    /// `年终得分 = 各月得分去掉最低的一个月后平均`, `…去掉两个最低分后平均`
    fn one_extreme(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find("去掉").filter(|at| text[..*at].trim_end().ends_with("得分"))?;
        let (said, _) = text[at..].split_once("平均")?;
        let which = match (said.contains("最高"), said.contains("最低")) {
            (true, false) => "最高",
            (false, true) => "最低",
            _ => return None,
        };
        let range = at..at + said.len();
        // 去掉一个最低分后三个季度平均: only what stands before says how many are left out.
        let (before, after) = said.split_at(said.find(which)?);
        let after = after.split('后').next().unwrap_or_default();
        let many = |said: &str| ["两", "二", "三", "四", "2", "3", "4"].iter().any(|number| said.contains(number));
        if many(before) || many(after) {
            let message = format!("只能去掉一个{which}分，去掉几个的还没有这样的写法");
            let help = "由人算好平均分，年终报一次，写成年终的一条：\n板块 年度均分\n  考评周期 每年，计入年终\n  均分（分）：得 均分\n再写成：年终得分 = 年度均分得分";
            return self.told("other-words", message, range, help.to_owned());
        }
        let line = self.parsed(range.clone(), &format!("去掉一个{which}分后"))?;
        self.mended("other-words", format!("“{}”在这里写作“去掉一个{which}分后”", written(said)), range, line)
    }

    /// `差错：每次扣1分，一年内累计达到3次的，等次不得高于良好`, in an item by the month.
    fn tallied_consequence(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        const THEN: &[&str] = &["等次不得高于", "等次不高于", "不得评为", "取消评"];
        let within = syntax::find(Token::WITHIN_YEAR, &text[colon..])?;
        let (at, behind) = (colon + within.start, &text[colon + within.end..]);
        let word = &text[at..text.len() - behind.strip_prefix("累计").unwrap_or(behind).len()];
        let then = THEN.iter().filter_map(|word| text[at..].find(word)).min().map(|then| at + then)?;
        let range = text[at + word.len()..then].trim().trim_end_matches([',', '的', ' ']);
        if !range.contains(|c: char| c.is_ascii_digit()) || range.contains([',', ';']) {
            return None;
        }
        // 年度内被约谈2次 of 约谈: what is counted is the label.
        let label = text[..colon].trim();
        let range = range.strip_prefix('被').unwrap_or(range).trim_start_matches(label);
        let line = written(&format!("{}{range}的,{}", &text[..at], &text[then..]));
        let help = format!("本条按年考评的，写成：{line}\n按月、按季考评的，先在条目里加一行：考评周期 每年");
        self.told("other-words", format!("“{word}”不写在句里，次数照本条的考评周期数"), at..at + word.len(), help)
    }

    /// `同一事件就高不就低`
    fn the_higher(&self) -> Option<Mend> {
        let text = self.text();
        let end = text.find("就高不就低").filter(|_| text.starts_with("同一"))? + "就高不就低".len();
        let words = ["不重复扣分,", "不重复加分,", "不重复计分,", ",", ""];
        let (begin, line) = words.iter().find_map(|before| {
            let begin = text[..end - "就高不就低".len()].strip_suffix(before)?.len();
            Some((begin, self.parsed(begin..end, "按最高级别计一次")?))
        })?;
        self.mended("other-words", "“就高不就低”在这里写作“按最高级别计一次”", begin..end, line)
    }

    /// `当 得分率低于60%`: of what?
    fn bare_rate(&self) -> Option<Mend> {
        let text = self.text();
        let begins = |at: usize| at == 0 || text[..at].ends_with([' ', ',', '且', '或', '当', '凡', '(']);
        let (at, word) = text.match_indices("得分率").find(|(at, _)| begins(*at))?;
        let help = "写明是哪一条的，那一条要写满分，如：当 台账得分率低于60%；总分的写分数，如：当 得分低于60分";
        self.told("missing-word", "没有写是哪一条的得分率", at..at + word.len(), help)
    }

    /// `收入（万元）：最高的得5分`
    fn first_of_all(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let (message, help) = first_of_all(text)?;
        self.told("other-words", message, colon + 1..text.len(), help)
    }

    /// `得票（票）：前30%得60分，中间40%得48分，后30%得36分`: places are worked out first, then their bands.
    fn by_share_of_places(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let body = text[colon + 1..].trim();
        // 按组内排名赋分，前20%得30分; 组内前20%得30分
        let in_group =
            ["组内", "同组", "本组"].iter().find_map(|word| body.trim_start_matches('按').strip_prefix(word));
        let ranks = ["排名赋分,", "名次赋分,", "排名计分,"];
        let body = in_group.map_or(body, |body| ranks.iter().find_map(|word| body.strip_prefix(word)).unwrap_or(body));
        let (place, count) =
            if in_group.is_some() { ("同组名次", "同组个数") } else { ("名次", "全体个数") };
        let head = text[..colon].trim();
        let (label, unit) = match head.split_once('(') {
            Some((label, unit)) => (label.trim(), Some(unit.trim_end_matches(')').trim())),
            None => (head, None),
        };
        let parts: Vec<&str> = body.split([',', ';', '、']).map(|part| part.trim().trim_end_matches('。')).collect();
        // 前20%, 前50%: the second from the first place on, or behind the first?
        let (mut so_far, mut bands) = (0u32, Vec::new());
        let mut goes_over = false;
        let (mut from_first, mut several) = (Some((0u32, Vec::new())), false);
        for (index, part) in parts.iter().enumerate() {
            let part = ["得分", "成绩"].iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part);
            let part = ["排名", "名次", "排序"].iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part);
            let part =
                ["位列", "位于", "在", "列", "为"].iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part);
            let places = ["前", "中间", "其次", "中", "最后", "后", "末"];
            let rest = places.iter().find_map(|word| part.strip_prefix(word));
            let (share, gives) = match (rest.and_then(|rest| rest.split_once('%')), part.strip_prefix("其余")) {
                (Some((share, gives)), _) => (Some(share.trim().parse::<u32>().ok()?), gives),
                (None, Some(gives)) => (None, gives),
                (None, None) => return None,
            };
            let gives = gives.trim_start_matches(['的', '者']).trim();
            if index == 0 && !part.starts_with('前') || !gives.starts_with(['得', '加', '扣', '计', '记']) {
                return None;
            }
            let end = share.map_or(100, |share| so_far.saturating_add(share));
            let is_last = index + 1 == parts.len();
            let band = |from: u32, end: u32| match (from, end >= 100 && is_last) {
                (_, true) => format!("超过{from}%{gives}"),
                (0, false) => format!("不超过{end}%{gives}"),
                (from, false) => format!("超过{from}%且不超过{end}%{gives}"),
            };
            bands.push(band(so_far, end));
            goes_over |= end > 100;
            so_far = end;
            let is_from_first = share.is_some() && part.starts_with('前');
            several |= index > 0 && is_from_first;
            from_first = from_first.and_then(|(last, mut bands)| {
                let end = match share {
                    Some(share) if is_from_first => share,
                    Some(share) => last.saturating_add(share),
                    None => 100,
                };
                bands.push(band(last, end));
                (end > last && end <= 100).then_some((end, bands))
            });
        }
        let apart = (!goes_over).then_some(bands);
        let (first, other) = match (from_first.map(|(_, bands)| bands).filter(|_| several), apart) {
            (Some(from_first), apart) => (from_first, apart),
            (None, Some(apart)) => (apart, None),
            (None, None) => return None,
        };
        if first.is_empty() || label.is_empty() {
            return None;
        }
        let reported = unit.map(|unit| format!("指标 {label}（{unit}）\n")).unwrap_or_default();
        // Of what are places already, the least number comes first.
        let is_place = matches!(unit, Some("名" | "位"))
            || unit.is_none() && ["排名", "名次", "位次", "排位"].iter().any(|word| label.ends_with(word));
        let order = if is_place { "，由低到高" } else { "" };
        let help = format!(
            "先算名次占全体的几成，再分档：\n{reported}{label}位次 = {place}（{label}{order}） ÷ {count}（{label}），除数为0的，不作考评\n{label}位次：{}{}{}",
            written(&first.join(";")),
            other.map_or_else(String::new, |other| format!(
                "\n这是都从第1名数起；各占各的几成、一档接着一档的，最后一行写成：\n{label}位次：{}",
                written(&other.join(";"))
            )),
            match in_group {
                Some(_) => String::new(),
                None => format!("\n同组之内排的，写：同组名次（{label}{order}） ÷ 同组个数（{label}）"),
            }
        );
        self.told("other-words", "按名次的比例分档，要先算出名次", colon + 1..text.len(), help)
    }

    /// `表彰：国家级加5分，省级的按50%计`, where no column says 国家级.
    fn part_of_the_first(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let help = column_of_parts(text)?;
        let known = self.names.values().any(|(value, _)| text[colon + 1..].trim_start().starts_with(value));
        let message = "说不清每一档是哪一种情形";
        (!known).then(|| self.told("unknown-condition", message, colon + 1..text.len(), help))?
    }

    /// `不合格：后10%`: grades are taken from the top.
    fn share_from_last(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Grading)?;
        let body = text[colon + 1..].trim();
        let said = ["排名", "名次", "得分"].iter().find_map(|word| body.strip_prefix(word)).unwrap_or(body);
        let said = ["最后", "倒数", "后", "末"].iter().find_map(|word| said.strip_prefix(word))?;
        let grade = text[..colon].trim();
        let above = if grade == "合格" { "良好" } else { "合格" };
        let range = colon + 1..text.len();
        if let Some(share) = said.trim_end_matches('的').strip_suffix('%') {
            let share: u32 = share.trim().parse().ok().filter(|share| (1..100).contains(share))?;
            let help = format!(
                "写在前面各等之后：\n{above}：前{}%\n{grade}：其余\n再加一行（各等的“前…%”都从第1名数起）：\n名额，自上而下累计",
                100 - share
            );
            let message = format!("名额从第1名数起，后{share}%就是前{}%以外的", 100 - share);
            return self.told("other-words", message, range, help);
        }
        let count = said.trim_end_matches('的').strip_suffix(['名', '个', '家', '位'])?;
        let count = crate::parse::whole(count.trim())?;
        let help = format!("写成前面一等以外的，把它们放在最后：\n{above}：并非（名次为后{count}名）\n{grade}：其余");
        self.told("other-words", "等次从第1名数起，后几名就是前面各等以外的", range, help)
    }

    /// `任务（件）：不少于3件，每少1件扣1分；连续3个月未完成的扣5分`: on top of what each month costs.
    fn missed_in_a_row(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let at = colon + text[colon..].find("连续")?;
        if !text[..at].trim_end().ends_with([',', ';', ':']) {
            return None;
        }
        let phrase = &text[at..];
        let unit = ["个月", "个季度", "季度", "次考评"].iter().find_map(|unit| Some((phrase.find(unit)?, *unit)))?;
        let streak = &phrase[..unit.0 + unit.1.len()];
        crate::parse::whole(streak["连续".len()..unit.0].trim())?;
        let rest = phrase[streak.len()..].trim_start_matches(['均', '都', ',']);
        let label = text[..colon].split('(').next().unwrap_or_default().trim();
        let bound = |words: &[&str]| {
            words.iter().find_map(|word| {
                let said = text[colon..at].split(word).nth(1)?;
                let end = said.find([',', ';', '的', '得', '扣']).unwrap_or(said.len());
                said.starts_with(|c: char| c.is_ascii_digit()).then(|| said[..end].to_owned())
            })
        };
        let missed = ["未完成", "没有完成", "未达到", "没有达到", "达不到", "未达标", "不达标"];
        let (is, gives) = match missed.iter().find_map(|word| rest.strip_prefix(word)) {
            Some(rest) => {
                let wanted = bound(&["不少于", "不低于", "达到", "至少"])?;
                let rest =
                    ["任务", "目标", "要求", "标准"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
                (format!("低于{wanted}"), rest)
            }
            None => {
                let end = rest.find(['的', ',', '扣', '加'])?;
                let compares = ["低于", "不足", "少于", "超过", "高于", "不少于", "不低于"];
                compares.iter().any(|word| rest.starts_with(word)).then(|| (rest[..end].to_owned(), &rest[end..]))?
            }
        };
        let gives = gives.trim_start_matches(['的', ',']);
        let gives = gives.split([',', ';', '。']).next().filter(|gives| gives.starts_with(['扣', '加', '另', '再']))?;
        let gives = gives.trim_start_matches(['另', '再']);
        let line = written(&format!("当 {streak}{label}{is},{gives}"));
        let help = format!("从这一行里去掉，另起一行：\n{line}");
        self.told("other-words", "连续几期的，另写一行“当”", at..text.len(), help)
    }

    /// `类别为街道的，加5分`, `通报3次以上的，本项不得分`: a condition, without 当.
    fn without_when(&self) -> Option<Mend> {
        const THEN: &[&str] = &["本项", "此项", "该项", "本条", "取消", "一票否决", "等次", "不得评"];
        let text = self.text();
        if self.line.context != Context::Node
            || crate::parse::top_colon(text).is_some()
            || text.starts_with("当 ")
            || text.starts_with('凡')
            || text.contains('=')
        {
            return None;
        }
        if let Some(is) = text.find('为')
            && let Some(end) = text[is..].find(',').map(|at| is + at)
            && let Some(line) = self.parsed(0..end, &format!("当 {}", text[..end].trim_end_matches('的')))
        {
            return self.mended("missing-word", "条件前面少了“当”", 0..end, line);
        }
        // 通报3次以上本项不得分
        let gives_at =
            || ["的扣", "的加", "的得"].iter().filter_map(|word| text.find(word)).map(|at| at + "的".len()).min();
        let then = || THEN.iter().filter_map(|word| text.find(word)).filter(|at| *at > 0).min();
        let (end, begin) = match text.find(',') {
            Some(comma) => (comma, comma + ','.len_utf8()),
            None => then().or_else(gives_at).map(|at| (at, at))?,
        };
        let case = text[..end].trim().trim_end_matches(['的', '时']);
        let gives = text[begin..].trim();
        let follows = THEN.iter().any(|word| gives.starts_with(word));
        if case.is_empty() || !(follows || gives.starts_with(['扣', '加', '得'])) {
            return None;
        }
        if let Some(condition) = self.condition_said(case)
            && let Some(line) = self.parsed(0..begin, &format!("当 {condition},"))
        {
            return self.mended("missing-word", "条件前面少了“当”", 0..end, line);
        }
        // 当月通报3次以上: as often as in a period of the item.
        let cycles = ["当月", "本月", "当季", "本季度", "当年", "本年度"];
        if let Some((cycle, rest)) = cycles.iter().find_map(|cycle| Some((cycle, case.strip_prefix(cycle)?)))
            && let Some(condition) = self.condition_said(rest)
            && let Some(line) = self.parsed(0..begin, &format!("当 {condition},"))
        {
            let help = format!("本条就是按{}考评的，写成：{}", cycle.trim_start_matches(['当', '本']), shown(&line));
            return self.told("other-words", format!("“{cycle}”不写，次数照本条的考评周期数"), 0..cycle.len(), help);
        }
        // 情节严重的，本项不得分: of what?
        let counts = case.contains(|c: char| c.is_ascii_digit());
        // 满分 20分，扣完为至 speaks of no case.
        let is_word = WORDS.iter().any(|word| text.starts_with(word));
        if !follows && !counts || is_word || self.written_as(&format!("情形:{gives}")).is_none() {
            return None;
        }
        let own = match counts {
            true => format!("上面报数的，写成：当 （名称）不少于几，{}", written(gives)),
            false => format!("自己是一种情形、发生了就报的，写成：{case}：{}", written(gives)),
        };
        let help = format!("是上面某一句的，接在那一句后面：，{case}的，{}\n{own}", written(gives));
        self.told("unknown-condition", format!("说不清“{case}”是哪一种情形的"), 0..end, help)
    }

    /// 通报3次以上, 没有通报, 被通报, where 通报 is counted: as a condition.
    fn condition_said(&self, case: &str) -> Option<String> {
        let is_known = |name: &str| self.names.longest_at(name) == Some(name);
        const NONE: &[&str] = &["未发生", "没有发生", "未出现", "没有", "未被", "无"];
        if let Some(name) = NONE.iter().find_map(|word| case.strip_prefix(word)).filter(|name| is_known(name)) {
            return Some(format!("未发生{name}"));
        }
        if let Some(name) = ["被", "受到", "发生", "出现", "有"].iter().find_map(|word| case.strip_prefix(word))
            && is_known(name)
        {
            return Some(format!("发生{name}"));
        }
        let name = self.names.longest_at(case)?;
        let range = &case[name.len()..];
        let compares = ["不", "低", "高", "超", "达", "少", "多"].iter().any(|word| range.starts_with(word));
        (compares || range.starts_with(|c: char| c.is_ascii_digit())).then(|| case.to_owned())
    }

    /// `评分，…，去掉一个最高分和一个最低分取平均值`
    fn trimmed_rating(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find("去掉").filter(|_| self.line.context == Context::Node && text.contains("评分"))?;
        if let Some(mend) = self.trimmed_group(at) {
            return Some(mend);
        }
        let end = at + text[at..].find([',', ';']).unwrap_or(text.len() - at);
        let low = ["最低分", "最低"].iter().find_map(|word| Some(at + text[at..end].find(word)? + word.len()))?;
        let rest = text[low..end].trim_start_matches(['后', '的', '再']);
        let mean =
            ["取平均值", "取平均分", "取平均", "求平均", "计算平均", "平均"].iter().any(|word| rest.starts_with(word));
        let line = mean.then(|| self.parsed(low..end, "后平均"))??;
        self.mended("other-words", "写作“后平均”", at..end, line)
    }

    /// `评分，…，部门互评占20%（去掉一个最高分和一个最低分），…`: of one group, said behind all of them.
    fn trimmed_group(&self, at: usize) -> Option<Mend> {
        let text = self.text();
        let begin = text[..at].trim_end().strip_suffix('(')?.len();
        let end = at + text[at..].find(')')?;
        let part = &text[text[..begin].rfind([',', ';', '、', ':'])? + 1..begin];
        let group = part.split_once('占')?.0.trim();
        let rest = &text[end + 1..];
        let keep = rest.find(",保留").or_else(|| rest.find(",折为")).unwrap_or(rest.len());
        let (others, keep) = rest.split_at(keep);
        let line = self.written_as(&format!("{}{others},{group}{}{keep}", &text[..begin], &text[at..end]))?;
        self.mended("wrong-order", "一组去掉最高、最低的，写在各组后面", begin..end + 1, line)
    }

    /// `一般违章：每次扣0.5分，同一人重复违章的加倍`: from the second time on.
    fn again_by_one(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let at = colon + text[colon..].find("同一")?;
        let end = at + text[at..].find([',', ';', '。']).unwrap_or(text.len() - at);
        let part = &text[at..end];
        let who = &part[..part.find("重复").or_else(|| part.find("再次"))?];
        let effect = ["加倍", "双倍"].iter().find(|word| part.ends_with(**word))?;
        let line = |scope: &str| Some(shown(&self.parsed(at..end, &format!("{who}第2次起{effect},{scope}"))?));
        let help =
            format!("全年数下来的，写成：{}\n每月从头数的，写成：{}", line("全年连续计次")?, line("每月重新计次")?);
        self.told("other-words", format!("“{}”是第2次起", written(part)), at..end, help)
    }

    /// `差评：每个扣1分，7日内未整改的加倍`, `24小时内整改的不扣`
    fn not_repaired(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let at = colon + text[colon..].find("整改")?;
        let begin = text[..at].rfind([',', ';', ':']).map_or(0, |sign| sign + 1);
        let end = at + text[at..].find(['的', ',']).unwrap_or(text.len() - at);
        let part = text[begin..at].trim();
        let digits = part.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0)?;
        let (number, unit) = part.split_at(digits);
        if unit.starts_with("小时内") {
            let help = "事实里的日期只到天，写明几日内，如：几日内整改的，不扣";
            return self.told("other-words", "整改按日算，没有小时", begin..end, help);
        }
        let days = ["日内", "天内", "个自然日内"].iter().find_map(|word| unit.strip_prefix(word))?;
        ["未", "没有", "未能"].contains(&days).then_some(())?;
        let line = self.parsed(begin..end, &format!("整改天数超过{number}天或至今没有整改"))?;
        let message = format!("“{}”写成整改用了几天", written(&text[begin..end]));
        self.mended("other-words", message, begin..end, line)
    }

    /// `培训：累计缺席3次的，不参加当月评比`: who takes part is said elsewhere.
    fn not_taking_part(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let at = colon + text[colon..].find("不参加").or_else(|| text[colon..].find("不参与"))?;
        let what = &text[at + "不参加".len()..];
        let what = what.split([',', ';', '。']).next()?;
        let is_assessment =
            ["评比", "考核", "考评", "评先", "评优", "评选", "评定"].iter().any(|word| what.ends_with(word));
        let cycle = ["当月", "当季", "本月", "本季", "年度", "当年", "年终", ""]
            .iter()
            .find(|word| what.starts_with(**word))?;
        let help = match what.ends_with("评先") || what.ends_with("评优") || what.ends_with("评选") {
            true => "写成：取消评先资格（影响什么，写在“奖惩”里）".to_owned(),
            false => format!(
                "不参加{cycle}考评的，写在“参评”里，如：当 （名称）不少于几，不参评；只是不评先评优的，这里写：取消评先资格"
            ),
        };
        let message = "参加不参加考评不写在计分句里";
        is_assessment.then(|| self.told("other-words", message, at..at + "不参加".len() + what.len(), help))?
    }

    /// `累计3次以上的，召回`: what is done with somebody is no matter of points.
    fn treatment(&self) -> Option<Mend> {
        const TREATMENTS: &[&str] =
            &["召回", "约谈", "诫勉谈话", "通报批评", "书面检查", "调整岗位", "解除合同", "解聘"];
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let end = text.trim_end_matches('。').len();
        let word = TREATMENTS.iter().find(|word| text[..end].ends_with(**word))?;
        let at = end - word.len();
        let before = text[..at].strip_suffix("予以").unwrap_or(&text[..at]).strip_suffix(',')?;
        let begin = before.rfind([',', ';', ':']).map_or(0, |sign| sign + 1);
        if begin <= colon && before.len() == colon {
            return None;
        }
        let condition = before[begin..].trim().trim_end_matches('的');
        let help = format!("从这一行里去掉，写在“奖惩”里，前面写明条件：当 （{condition}）：{word}");
        self.told("other-words", format!("“{word}”不是分数，计分句里不写"), at..end, help)
    }

    /// `≥65%得5分，不足65%的按比例得分`: in proportion to what?
    fn share_below(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let at = text.find("的按比例得分").filter(|at| *at > colon)?;
        let begin = text[..at].rfind([',', ';'])?;
        let below = text[begin + 1..at].trim();
        let bound = ["不足", "低于", "不到", "未达到", "不满"].iter().find_map(|word| below.strip_prefix(word))?;
        let label = text[..colon].split('(').next().unwrap_or_default().trim();
        let points = text[colon..begin].rsplit('得').next()?.strip_suffix('分')?;
        points.parse::<f64>().ok()?;
        let end = at + "的按比例得分".len();
        let line = |formula: String| Some(shown(&self.parsed(begin + 1..end, &format!("低于{bound}的,得 {formula}"))?));
        let help = format!(
            "按占{bound}的比例的，写成：{}\n按占100%的比例的，写成：{}",
            line(format!("{label}÷{bound}×{points}"))?,
            line(format!("{label}×{points}"))?
        );
        self.told("proportion-of-what", "“按比例得分”没有写按占多少的比例", at..end, help)
    }

    /// `年度得分为各月得分的平均值`, `年终得分 = 各月得分平均，以100分为限，四舍五入保留两位小数`
    fn total_said(&self) -> Option<Mend> {
        let text = self.text();
        let total = ["年终得分", "年度得分", "全年得分", "总得分", "任期得分", "季度得分"]
            .into_iter()
            .find(|word| text.starts_with(word))?;
        if let Some(is) = ["为", "是", "按"].iter().find(|word| text[total.len()..].trim_start().starts_with(**word))
        {
            let end = text.len() - text[total.len()..].trim_start().len() + is.len();
            let line = self.parsed(total.len()..end, " = ")?;
            return self.mended("wrong-sign", "得分怎样得来写等号", total.len()..end, line);
        }
        // 以100分为限
        let equals = crate::parse::top_level(text, '=')?;
        let capped = ["以", "不超过", "最高", "最多"]
            .iter()
            .find_map(|word| Some((text.find(&format!(",{word}"))?, word.len())));
        if let Some((at, word)) = capped {
            let begin = at + ','.len_utf8() + word;
            let number = text[begin..].split('分').next().filter(|number| number.parse::<f64>().is_ok())?;
            let rest = text[begin + number.len() + "分".len()..].trim_start_matches("为限");
            let formula = text[equals + 1..at].trim();
            let line = self.written_as(&format!("{total} = 较低者({formula}、{number}){rest}"))?;
            let message = format!("得分最多{number}分，写成较低者");
            return self.mended("other-words", message, at + 1..text.len() - rest.len(), line);
        }
        self.places_kept()
    }

    /// `四舍五入保留2位小数`, `保留2位小数（四舍五入）`: how many places, then how.
    fn places_kept(&self) -> Option<Mend> {
        let text = self.text();
        let how = ["四舍五入", "只舍不入", "只入不舍"].into_iter().find(|how| text.contains(how))?;
        let keep = text.find("保留")?;
        let end = keep + text[keep..].find("位小数")? + "位小数".len();
        let begin = text[..keep.min(text.find(how)?)].trim_end_matches(['(', ',', ' ']).len();
        let rest = text[end.max(text.find(how)? + how.len())..].trim_start_matches(')');
        let line = self.written_as(&format!("{},{},{how}{rest}", &text[..begin], &text[keep..end]))?;
        self.mended("wrong-order", "先写保留几位，再写怎样取舍，中间用逗号", begin..text.len() - rest.len(), line)
    }
}

/// `收入（万元）：最高的得5分，其余得3分`: the first of all, which only places know, and no limit of 5分. What is told, and what
/// to write.
pub fn first_of_all(text: &str) -> Option<(String, String)> {
    const UP: &str = "，由低到高";
    const ENDS: &[(&str, &str)] =
        &[("最高", ""), ("最多", ""), ("最大", ""), ("最快", UP), ("最低", UP), ("最少", UP), ("最小", UP)];
    let (head, body) = text.split_at(crate::parse::top_colon(text)?);
    let body = body.trim_start_matches(':').trim().trim_end_matches('。');
    let (end, order) = ENDS.iter().find(|(end, _)| body.starts_with(end))?;
    let rest = body[end.len()..].trim_start_matches("单位").strip_prefix(['的', '者'])?.trim_start_matches("单位");
    let gives = rest.trim_start_matches(',');
    if !gives.starts_with(['得', '加', '扣', '计', '记']) {
        return None;
    }
    let said = &body[..body.len() - rest.len()];
    let gives = match gives.strip_prefix(['计', '记']) {
        Some(points) => format!("得{points}"),
        None => gives.to_owned(),
    };
    let label = head.split('(').next()?.trim();
    let reported = if head.contains('(') { format!("指标 {}\n", written(head.trim())) } else { String::new() };
    let help = format!(
        "先算名次，再写第1名：\n{reported}{label}位次 = 名次（{label}{order}）\n{label}位次：第1名{}",
        written(&gives.replace(",其余", ";其余"))
    );
    Some((format!("“{said}”是全体中的第1名，要先算名次"), help))
}
