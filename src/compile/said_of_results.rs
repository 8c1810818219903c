//! What schemes write of units and their totals, where a name is looked for and none is declared: what to write instead.

use super::said::MEANS;
use super::scope::{Meaning, Scope};
use crate::calendar::Cycle;
use crate::parse::{
    Context, Statement, counted_in_periods, is_of_all_units, is_of_group, months_on_roster, quota_of_groups, rolled_up,
    shares_of_years, whole_earlier, written,
};
use crate::plan::{Landing, NodeId};
use crate::syntax::{self, Pair, Rule as Token};

/// 全体平均（得分） for 全县平均分, 同组平均（得分） for 本组平均得分; of whom another mean is, nobody can say.
pub(super) fn mean_said(said: &str, of: &str) -> Option<String> {
    let means = MEANS.iter().chain(&["平均分", "平均得分", "平均"]);
    let whose = means.filter_map(|word| said.strip_suffix(word)).min_by_key(|whose| whose.len())?;
    let is_of_all = whose.is_empty() || whose.starts_with("全体") || whose.starts_with('总') || is_of_all_units(whose);
    match is_of_group(whose) {
        true => Some(format!("同组平均（{of}）")),
        false => is_of_all.then(|| format!("全体平均（{of}）")),
    }
}

impl Scope<'_> {
    /// 年内三次末位的, 有两个季度低于60分的 of 等次 and 奖惩, as a line that counts.
    pub(super) fn counted_in_periods(&self, statement: &Statement<'_>) -> Option<String> {
        if !matches!(statement.line.context, Context::Grading | Context::Awards) {
            return None;
        }
        let is_listed = |name: &str| self.plan.gradings.iter().any(|grading| grading.has(name));
        let line = counted_in_periods(&statement.line.plain.text, |what| self.is_event(what), is_listed)?;
        let rule = match statement.line.context {
            Context::Awards => Token::award_line,
            _ => Token::grade_rule,
        };
        syntax::is(rule, &line).then_some(line)
    }

    /// What to write in 约定, 参评, 等次 or 奖惩 instead of a name that nothing has.
    pub(super) fn in_words_of_results(
        &self,
        statement: &Statement<'_>,
        pair: &Pair<'_, Token>,
        name: &str,
    ) -> Option<String> {
        let line = self.line_text(statement);
        let is_stage = matches!(statement.line.context, Context::Grading | Context::Awards | Context::Eligibility);
        if let Some(help) = self.as_taken_off(statement, name).filter(|_| is_stage) {
            return Some(help);
        }
        if let Some(meant) = self.counted_in_periods(statement).filter(|_| is_stage) {
            return Some(format!("写成：{}", written(&meant)));
        }
        match statement.line.context {
            Context::Conventions if statement.inner().as_rule() == Token::roll_up_is => {
                shares_of_years(&line).or_else(|| self.as_formula(&line))
            }
            // 同分的，以加分多者为先
            Context::Conventions | Context::Ranking if matches!(name, "加分" | "扣分" | "加分项" | "扣分项") => {
                Some(format!(
                    "“{name}”写成是哪个板块、哪一条的得分，如：同分的，以「加减分」得分高者在前，仍相同的并列，其后名次顺延空出"
                ))
            }
            Context::Eligibility => {
                let (range, months) = months_on_roster(&line)?;
                let meant = format!("{}{months}{}", &line[..range.start], &line[range.end..]);
                line[range].starts_with(name).then(|| {
                    format!(
                        "按名册上启用的月份算的，写成：{meant}\n按{name}的日期算的，先在开头声明：单位属性 {name}日期（日期），再写：当 {name}日期晚于某年某月某日，不参评"
                    )
                })
            }
            // 一票否决，当月绩效为零
            Context::Node if ["绩效", "奖金", "工资", "补贴"].iter().any(|money| name.ends_with(money)) => {
                let span = statement.span(pair);
                let behind = self.source.text[span.end..].trim_start();
                let is_nothing = ["为零", "为0", "归零", "清零"].iter().any(|word| behind.starts_with(word));
                is_nothing.then(|| {
                    "钱写在“奖惩”里，这里去掉：被一票否决的，不予奖励；另一种情形的：发生某情形的，不予奖励".to_owned()
                })
            }
            // 发生取消评优资格
            Context::Grading | Context::Awards if name.starts_with("取消") && name.ends_with("资格") => {
                let meant =
                    ["发生", "出现"].iter().map(|word| format!("{word}{name}")).find(|said| line.contains(said))?;
                Some(format!("写成：{}", line.replacen(&meant, &format!("被{name}"), 1)))
            }
            // 奖励20000元/年 by the year.
            Context::Awards if self.source.text[..statement.span(pair).start].trim_end().ends_with('/') => {
                let own = match self.stage? {
                    Cycle::Month => "月",
                    Cycle::Quarter => "季度",
                    Cycle::Half => "半年",
                    Cycle::Year | Cycle::Term => "年",
                };
                (name == own).then(|| format!("每{own}都是这样发，写成：{}", line.replacen(&format!("/{name}"), "", 1)))
            }
            // 连续三个月考核得分低于80分
            Context::Grading | Context::Awards
                if matches!(name, "考核" | "考评" | "综合" | "月度考核" | "季度考核") =>
            {
                let behind = &self.source.text[statement.span(pair).end..];
                behind
                    .trim_start()
                    .starts_with("得分")
                    .then(|| format!("写成：{}", self.line_with(statement, pair, "")))
            }
            // 上年度为较差, 四个季度均为前3名, 任一季度等次为一般
            Context::Grading | Context::Awards if let Some(help) = self.of_periods(statement, pair, name) => Some(help),
            Context::Grading | Context::Awards if let Some(help) = self.in_every_period(statement, pair, name) => {
                Some(help)
            }
            Context::Grading | Context::Awards if let Some(help) = self.around_known(statement, pair, name) => {
                Some(help)
            }
            // 一类不超过2名，二类不超过3名
            Context::Grading if let Some(column) = self.column_that_lists(name) => Some(format!(
                "“{name}”是“{column}”的取值；各类名额不一样的还不能写，一样的，写成：不超过几名，另起一行：名额按组计算"
            )),
            // 不超过本组的30%, 各组不超过30%
            Context::Grading if let Some(help) = quota_of_groups(&statement.line.plain.text) => Some(help),
            // 不超过本组学校数的25%, 比例不超过该类单位数的30%: a quota is of those who are assessed.
            Context::Grading if name == "比例" || name.ends_with('数') => {
                let span = statement.span(pair);
                let rest = self.source.text[span.end..].lines().next().unwrap_or_default();
                let end = rest.find(['，', ',', '；', ';']).unwrap_or(rest.len());
                let share = rest[..end].rsplit('的').next().filter(|share| share.trim().ends_with('%'))?.trim();
                let before = &self.source.text[..span.start];
                let begin = before.rfind(['：', ':', '，', ','])?;
                let begin = begin + before[begin..].chars().next().map_or(0, char::len_utf8);
                let said = self.source.text[begin..span.end + end].trim();
                let group = if self.plan.group.is_some() {
                    "\n各组各算各的，另起一行：名额按组计算"
                } else {
                    ""
                };
                Some(format!(
                    "名额占参评单位的几成，写成：{}{group}",
                    line.replacen(said, &format!("不超过{share}"), 1)
                ))
            }
            Context::Grading | Context::Awards => {
                let before = self.source.text[..statement.span(pair).start].trim_end();
                let before = before.strip_suffix(syntax::end(Token::comparator, before)?)?.trim_end();
                let of = ["得分", "总分"].into_iter().find(|of| before.ends_with(of))?;
                let mean = mean_said(name, of)?;
                // 低于全县平均得分
                let line = self.line_with(statement, pair, &mean).replacen(&format!("{mean}得分"), &mean, 1);
                Some(format!("写成：{line}"))
            }
            _ => None,
        }
    }

    /// 累计事故, 月均日常得分, 当月事故: what is known, with words of its time that the block has said, or that name a sum.
    fn around_known(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) -> Option<String> {
        const YEAR: &[&str] = &["年度累计", "全年累计", "年内累计", "全年", "年度", "年内", "当年", "本年度", "本年"];
        const SUM: &[&str] = &["累计", "合计", "发生总数", "总数", "总次数", "总量", "总"];
        const MEAN: &[&str] = &["月均", "月平均", "平均每月", "平均"];
        const OWN: &[(Cycle, &[&str])] =
            &[(Cycle::Month, &["当月", "本月"]), (Cycle::Quarter, &["当季度", "本季度", "当季", "本季"])];
        let known = |of: &str| match self.find(NodeId(0), of) {
            Ok(Meaning::Input(_)) => Some(None),
            Ok(Meaning::Node(id)) => Some(Some(id)),
            _ => None,
        };
        let within = |words: &[&str]| {
            let stripped = words.iter().flat_map(|word| [name.strip_prefix(word), name.strip_suffix(word)]);
            stripped.flatten().find_map(|of| Some((of.to_owned(), known(of)?)))
        };
        let stage = self.stage?;
        let (of, node, mean) = if let Some((of, node)) = within(MEAN) {
            (of, node, true)
        } else if let Some((of, node)) = within(SUM) {
            (of, node, false)
        } else if let Some((of, node)) = within(YEAR) {
            if stage < Cycle::Year {
                return Some(format!("全年的“{of}”，这里还没有：写在年终的等次、奖惩里"));
            }
            (of, node, false)
        } else {
            let own = OWN.iter().find_map(|(cycle, words)| Some((*cycle, within(words)?)));
            let (_, (of, node)) = own.filter(|(cycle, _)| *cycle == stage)?;
            (of, node, false)
        };
        let line = self.line_text(statement);
        // 累计事故 of a month: of this one, or of the year so far?
        let so_far = match stage < Cycle::Year && within(SUM).is_some() {
            true => "\n从年初累计的，写在年终的等次、奖惩里",
            false => "",
        };
        match node {
            None if mean => None,
            None => {
                let when = if so_far.is_empty() { String::new() } else { format!("只看{}的，", stage.this()) };
                Some(format!("{when}写成：{}{so_far}", self.line_with(statement, pair, &of)))
            }
            Some(id) => {
                let several = stage > self.plan.cycle && self.plan.nodes[id.index()].cycle < stage;
                let meant = match several {
                    true => format!("{}{of}得分{}", self.plan.cycle.each(), if mean { "平均" } else { "之和" }),
                    false => format!("{of}得分"),
                };
                let said = format!("{name}得分");
                line.contains(&said).then(|| format!("写成：{}", line.replacen(&said, &meant, 1)))
            }
        }
    }

    /// 且各月得分均不低于85分: in no month less.
    fn in_every_period(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) -> Option<String> {
        let count = match name {
            "各月" | "每月" | "每个月" => "月数",
            "各季度" | "每季度" | "每个季度" => "季度数",
            _ => return None,
        };
        let behind = self.source.text[statement.span(pair).end..].lines().next()?;
        let rest =
            ["得分均", "得分都", "总分均", "得分"].iter().find_map(|word| behind.trim_start().strip_prefix(word))?;
        let bound = ["不低于", "达到", "在"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        let digits = bound.len() - bound.trim_start_matches(crate::parse::is_figure).len();
        let end = digits + bound[digits..].strip_prefix('分').map(|_| "分".len())?;
        let until = bound.len() - bound[end..].trim_start_matches("以上").len();
        let begin = self.source.text[statement.span(pair).start..].find(bound)?;
        let start = statement.span(pair).start;
        let said = &self.source.text[start..start + begin + until];
        let meant = format!("{count}（得分低于{}）等于0", &bound[..end]);
        Some(format!("写成：{}", self.line_text(statement).replacen(said, &meant, 1)))
    }

    /// What a unit was in an earlier year, in all or any of its periods, in other words: no column of anybody's.
    pub(super) fn of_periods(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) -> Option<String> {
        const COUNTS: &[(&str, &str, Cycle)] = &[
            ("个季度", "季度数", Cycle::Quarter),
            ("个月", "月数", Cycle::Month),
            ("个年度", "年数", Cycle::Year),
            ("季度", "季度数", Cycle::Quarter),
            ("月", "月数", Cycle::Month),
            ("年", "年数", Cycle::Year),
        ];
        let behind = self.source.text[statement.span(pair).end..].lines().next()?.trim_start();
        // 任一季度 alone, where 等次 stands behind it.
        let (graded, behind) = behind.strip_prefix("等次").map_or(("", behind), |behind| ("等次", behind));
        let behind = behind.strip_prefix('为')?;
        let end = behind.find(['的', '，', ',', '：', ':', '；', ';', '且', '或']).unwrap_or(behind.len());
        let value = behind[..end].trim();
        let is_place = value.starts_with(['前', '第', '后']) && value.ends_with('名');
        let was = if is_place { format!("名次为{value}") } else { format!("等次为{value}") };
        let line = self.line_text(statement);
        let said = format!("{name}{graded}为{value}");
        if let Some(earlier) = whole_earlier(name) {
            return (!is_place).then(|| format!("写成：{}", line.replacen(&said, &format!("{earlier}{was}"), 1)));
        }
        // 连续三个月均为前3名
        if matches!(name, "均" | "都") {
            let was = if is_place { format!("排名{value}") } else { was };
            return Some(format!("写成：{}", line.replacen(&said, &was, 1)));
        }
        let of = |name: &str| name.trim_end_matches("等次").trim_end_matches("名次").to_owned();
        let all = name.strip_suffix(['均', '都']).map(of);
        let name = of(name);
        let any = ["任一", "任意一", "任何一", "有一", "任意", "某"].iter().find_map(|word| name.strip_prefix(word));
        let (count, how) = if let Some(all) = all {
            let (number, count, cycle) =
                COUNTS.iter().find_map(|(unit, count, cycle)| Some((all.strip_suffix(unit)?, *count, *cycle)))?;
            let number = match number {
                "各" | "每" => {
                    let calendar = &self.plan.calendar;
                    let whole = self.stage.unwrap_or(Cycle::Term);
                    calendar.each(whole).map(|id| calendar.within(id, cycle).count()).max()? as u32
                }
                number => crate::parse::whole(number)?,
            };
            (count, format!("等于{number}"))
        } else {
            let unit = any?;
            (COUNTS.iter().find(|(word, ..)| *word == unit)?.1, "不少于1".to_owned())
        };
        let meant = line.replacen(&said, &format!("{count}（{was}）{how}"), 1);
        let meant = if line.trim_start().starts_with(&said) && !line.starts_with('当') {
            format!("当 {}", meant.trim_start().replacen("的，", "，", 1))
        } else if line.contains('当') {
            meant
        } else {
            meant.replacen('：', "：当 ", 1)
        };
        Some(format!("写成：{meant}"))
    }

    /// `年终得分 = 季度督查平均分×60%+年终考核×40%`
    fn as_formula(&self, line: &str) -> Option<String> {
        let mut meant = rolled_up(line).unwrap_or_else(|| line.to_owned());
        // 年终考核 × 40%, where the one section that counts at the end of the year is called 年终.
        let mut at_the_end = self.plan.nodes.iter().filter(|node| node.landing == Landing::YearEnd);
        if let (Some(node), None) = (at_the_end.next(), at_the_end.next()) {
            let is_its_own = |term: &&str| {
                let of = term.trim_end_matches("得分").trim_end_matches("成绩");
                of != node.title && of.contains(&node.title) && !self.everywhere.contains_key(of)
            };
            let term = meant.split(['=', '+', '＋', '×', '*', '，', ',']).map(str::trim).skip(1).find(is_its_own);
            if let Some(term) = term.map(str::to_owned) {
                meant = meant.replacen(&term, &format!("「{}」得分", node.address), 1);
            }
        }
        (meant != line).then(|| format!("写成：{meant}"))
    }
}
