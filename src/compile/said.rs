//! What schemes write where a name is looked for, and that none declares: what to write instead.

use super::scope::{Scope, name_of};
use super::several::before;
use super::streak::in_so_many;
use crate::calendar::Cycle;
use crate::parse::{COMMON_UNITS, Context, Statement, compares, instead_of_change, is_figure, whole_earlier};
use crate::plan::words::said;
use crate::plan::{Expr, NodeId, Type};
use crate::syntax::{self, Pair, Rule as Token};

/// 按达标率折算, 按实际达标率计分: the verb was taken for the end of the name.
const SHARED_OUT: &[&str] = &["折算得分", "计算得分", "折算", "计分", "得分", "给分", "计算"];
/// How means are called.
pub(super) const MEANS: &[&str] = &["平均水平", "平均值", "平均数", "平均线"];

impl Scope<'_> {
    /// What to write, where the words are known.
    pub(super) fn in_other_words(
        &self,
        statement: &Statement<'_>,
        pair: &Pair<'_, Token>,
        (name, node): (&str, NodeId),
    ) -> Option<String> {
        let head = statement.inner().child(Token::head_name).filter(|_| statement.pair.child(Token::body).is_some());
        let label = head.map(|head| name_of(&head)).unwrap_or_default();
        let span = statement.span(pair);
        let behind = self.source.text[span.end..].lines().next().unwrap_or_default().trim_start();
        let known = |name: &str| self.everywhere.contains_key(name);
        let of = if label.is_empty() { "满意度" } else { &label };
        if let Some(help) = self.in_words_of_results(statement, pair, name) {
            return Some(help);
        }
        // 较上年同期增幅不超过5%
        if let Some(help) = instead_of_change(&statement.line.plain.text, None).filter(|_| compares(name)) {
            return Some(help);
        }
        match name {
            // 命案：未发生得10分，发生一起扣5分
            "未" | "不" | "没" | "没有"
                if !label.is_empty()
                    && statement.inner().child(Token::head_unit).is_none()
                    && ["发生", "出现"].iter().any(|word| behind.starts_with(word)) =>
            {
                let line = self.line_text(statement);
                let body =
                    line.split_once(['：', ':']).map_or("", |(_, body)| body.trim()).replacen("不发生", "未发生", 1);
                let mut counted = body.split(['一', '1', '两', '2']).skip(1);
                let unit = counted.find_map(|rest| COMMON_UNITS.iter().find(|unit| rest.starts_with(**unit)));
                return Some(format!(
                    "按一期合计的数分档的，名称后面写量词，写成：{label}（{}）：{body}",
                    unit.unwrap_or(&"起")
                ));
            }
            "比例" | "完成比例" | "实际完成比例" | "实际比例" => {
                return Some(
                    "按完成的比例得分的，写：按比例得分；按比例扣分的，写明每差多少扣几分，如：低于百分之几的，每低1个百分点扣几分"
                        .to_owned(),
                );
            }
            "目标" | "目标值" | "目标任务" if self.unit_beside(statement, pair).is_none() => {
                let unit = statement.inner().child(Token::head_unit).map(|unit| name_of(&unit));
                let bound = match unit.filter(|unit| unit != "%") {
                    Some(unit) => format!("不少于几{unit}，每少1{unit}扣几分"),
                    None => "不低于百分之几，每低1个百分点扣几分".to_owned(),
                };
                return Some(format!(
                    "目标就是一个数的，写：{bound}（超过它的，写：超额完成的，…）；各单位不一样的，在开头声明：参数 目标（件）：每单位每年一个"
                ));
            }
            "年内" | "年度内" | "一年内" | "全年内" | "季度内" | "季内" | "月内"
                if behind.starts_with(['超', '达', '不', '累']) =>
            {
                let scope = if name.contains('年') {
                    "全年连续计次"
                } else if name.contains('季') {
                    "每季度重新计次"
                } else {
                    "每月重新计次"
                };
                return Some(format!("{name}到了几次才扣的，按第几次写，如：第几次起每次扣几分，{scope}"));
            }
            // 加分封顶 3分/月
            "月" | "季度" | "季" | "半年" | "年" if self.source.text[..span.start].trim_end().ends_with('/') => {
                let text = self.line_text(statement);
                let (before, after) = text.split_once(&format!("/{name}"))?;
                let number = before.strip_suffix('分')?;
                let number = &number[number.trim_end_matches(is_figure).len()..];
                let most = before.len() - number.len() - "分".len();
                return Some(format!("写成：{}每{name}{}{after}", &before[..most], &before[most..]));
            }
            // 扣1分/次: so much each.
            _ if crate::parse::unit_is_common(name) && self.source.text[..span.start].trim_end().ends_with('/') => {
                let text = self.line_text(statement);
                let (said, each) = (format!("/{name}"), format!("每{name}"));
                if text.contains(&each) {
                    return Some(format!("“{each}”前面已经写了，写成：{}", text.replacen(&said, "", 1)));
                }
                return Some(format!("按{name}算的，写在前面：{each}扣几分（加几分）"));
            }
            _ if name.starts_with("连续") => {
                return Some(
                    "连续几期才算的，“连续”后面写一个条件，如：当 连续几个月某指标低于几件，扣几分".to_owned(),
                );
            }
            _ if name.ends_with(['元', '分']) && name.contains(|c| "壹贰叁肆伍陆柒捌玖拾佰仟".contains(c)) =>
            {
                return Some("是金额、分数的，数写成阿拉伯数字".to_owned());
            }
            // 总分 ÷ 合计（总分）
            "合计" | "最高" | "最低" | "个数" if behind.starts_with(['（', '(']) => {
                return Some(format!("写成：{}", self.line_with(statement, pair, &format!("全体{name}"))));
            }
            // 不超过本项的20%
            "本项" | "该项" | "此项" | "本条" if behind.starts_with('的') => {
                return Some(format!("按满分的比例的，写成：{}", self.line_with(statement, pair, "满分")));
            }
            // 任意一个月低于60分的，不得评为优秀
            "任意一个月" | "任何一个月" | "任一个月" | "任一月" | "任一月份" | "任意月份" | "任何月份" | "任意一月"
            | "某个月" | "有一个月" | "任意一个季度" | "任何一个季度" | "任一季度" | "任意季度" | "任何季度"
            | "有一个季度" => {
                let end = behind.find(['，', ',', '：', ':'])?;
                let (range, rest) = behind.split_at(end);
                let range = range.trim_end_matches(['的', '时']).trim_start_matches("得分");
                let cycle = if name.contains("季") { Cycle::Quarter } else { Cycle::Month };
                let in_one = in_so_many(cycle, &format!("得分{range}"), "1");
                let sign = if rest.starts_with(['：', ':']) { '：' } else { '，' };
                let rest = rest.trim_start_matches(['，', ',', '：', ':']).trim();
                return Some(format!("写成：当 {in_one}{sign}{rest}"));
            }
            // 每件扣5分；第二次发生加倍扣分
            _ if time_of_a_case(name).is_some() && repeated_behind(behind).is_some() => {
                let again = repeated_behind(behind).expect("asked by the guard");
                let from = format!("第{}次起", time_of_a_case(name).expect("asked by the guard"));
                let line = self.line_with(statement, pair, &from);
                return Some(format!("写成：{}", line.replacen(&format!("{from}{again}"), &from, 1)));
            }
            // 每次扣5分，一年内再次发生的加倍扣分
            _ if again(name).is_some() && behind.starts_with("发生的") => {
                let how = again(name).expect("asked by the guard");
                let line = self.line_with(statement, pair, "第2次起");
                return Some(format!("写成：{}，{how}", line.replacen("第2次起发生的", "第2次起", 1)));
            }
            // 按类别分组排名
            _ if name.ends_with("分组排名") => {
                return Some("写成：分组排名；按什么分组写在开头，如：分组 按类别".to_owned());
            }
            "原则上" => {
                return Some(format!("名额只有一个数，去掉“原则上”，写成：{}", self.line_with(statement, pair, "")));
            }
            _ if name.strip_prefix("其中").is_some_and(known) => {
                let column = name.trim_start_matches("其中");
                return Some(format!("写成：{}", self.line_with(statement, pair, column)));
            }
            // 应达到95%
            "应" | "须" | "需" | "要" | "应当" | "必须" | "力争" | "确保" | "要求"
                if behind.starts_with(['达', '不', '低', '高', '超']) =>
            {
                return Some(format!("去掉“{name}”，写成：{}", self.line_with(statement, pair, "")));
            }
            // 在册月数不足半年
            "半年" if self.source.text[..span.start].trim_end().ends_with(['足', '满', '于', '过']) => {
                return Some(format!("写成：{}", self.line_with(statement, pair, "6个月")));
            }
            // 整改超过7日的加倍
            "整改" if behind.starts_with(['超', '逾']) => {
                let line = self.line_with(statement, pair, "整改天数");
                return Some(format!(
                    "写成：{line}\n至今没有整改的也这样算的，写：整改天数超过几天或至今没有整改的，…"
                ));
            }
            // 当年累计三次被评为不合格的：解除合同
            _ if name.starts_with("年累计") && self.source.text[..span.start].ends_with('当') => {
                let line = self.line_text(statement).replacen("当年累计", "当 当年累计", 1);
                return Some(format!("写成：{}", line.replacen("被评为", "等次为", 1).trim()));
            }
            "至0分" | "到0分" | "至零分" | "到零分" => return Some("扣到0分为止的，写：扣完为止".to_owned()),
            "完" | "满" => return Some(format!("扣{name}的，写：本项不得分")),
            "全体平均" | "同组平均" | "全体最高" | "全体最低" => {
                return Some(format!("写明是什么的：{name}（{of}）"));
            }
            _ => {}
        }
        // 全体平均满意率
        let of_all = ["全体平均", "同组平均", "全体最高", "同组最高", "全体最低", "同组最低"];
        if let Some((word, of)) = of_all.iter().find_map(|word| Some((word, name.strip_prefix(word)?)))
            && known(of)
        {
            return Some(format!("写成：{}", self.line_with(statement, pair, &format!("{word}（{of}）"))));
        }
        // 奖金池 ÷ 有效点数合计
        if let Some(help) = self.of_all(statement, pair, name) {
            return Some(help);
        }
        if MEANS.iter().any(|word| name.ends_with(word)) {
            return Some(format!("写成算式：全体平均（{of}）；同组的写 同组平均（{of}）"));
        }
        // 高于全县平均的, of a line about 破案率: of all who are assessed.
        let of_all = name.strip_suffix("平均").filter(|whose| whose.is_empty() || whose.starts_with(['全', '各']));
        if of_all.is_some() && !label.is_empty() && known(&label) {
            let mean = format!("全体平均（{label}）");
            // 全体平均（破案率） is said in full.
            let line = self.line_text(statement).replace(name, &mean).replace(&format!("全体{mean}（{label}）"), &mean);
            return Some(format!("写成：{line}\n和同组比的，“全体”改成“同组”"));
        }
        // 学年得分 = 第一学期 × 40% + 第二学期 × 60%
        if name.contains("学期") {
            return Some(crate::parse::OF_TWO_TERMS.to_owned());
        }
        // Figures of an earlier period, without what they are of.
        if let Some(earlier) = whole_earlier(name) {
            // 利润总额低于上年的
            let before = self.source.text[..span.start].rsplit('\n').next().unwrap_or_default().trim_end();
            let compares = syntax::end(Token::comparator, before);
            let before = compares.and_then(|word| before.strip_suffix(word)).unwrap_or_default().trim_end();
            let mut ends = before.char_indices().map(|(at, _)| &before[at..]);
            if let Some(of) = ends.find(|of| of.chars().count() > 1 && of.len() < 100 && known(of)) {
                let line = self.line_with(statement, pair, &format!("{earlier}{of}（没有的不作考评）"));
                return Some(format!("写成：{line}"));
            }
            let of = if label.is_empty() { "件数" } else { &label };
            return Some(format!("写明是什么的：{earlier}{of}（没有的不作考评）"));
        }
        // 按级别查表得分
        if let Some(column) = name.strip_suffix("查表") {
            return Some(match known(column) {
                true => format!("写成：按 {column} 查表"),
                false => format!("先在开头声明这一列，斜线隔开写全各种取值，如：事实列 {column}：国家级/省级"),
            });
        }
        if let Some(figure) = SHARED_OUT.iter().find_map(|verb| name.strip_suffix(verb)) {
            let figure = figure.trim_start_matches("实际");
            if !figure.is_empty() && (known(figure) || label.contains(figure)) {
                let whole = if known(figure) { figure } else { &label };
                return Some(format!("按比例得分的，写：其余按比例得分；写成算式也可以：得 {whole}×满分"));
            }
        }
        // 损失超过50万元的 of 直接经济损失（万元）
        if !label.is_empty() && label != name && label.ends_with(name) && !behind.starts_with(['为', '是']) {
            let is_factor = behind.starts_with(['×', '÷', '*', '/', '+', '-', '－', '＋']);
            return Some(match is_factor {
                true => format!("写成：{}", self.line_with(statement, pair, &label)),
                false => format!("就是“{label}”的，去掉“{name}”，写成：{}", self.line_with(statement, pair, "")),
            });
        }
        // 一票否决，年度为不合格: the grade of the year, and no column.
        const GRADINGS: &[&str] = &["年度", "年终", "全年", "当年", "半年", "季度", "当季", "月度", "当月"];
        if GRADINGS.contains(&name) && behind.starts_with('为') {
            return Some(format!("写成：{}", self.line_with(statement, pair, &format!("{name}定"))));
        }
        // 情节为严重的
        if let Some(value) = behind.strip_prefix('为') {
            let value: String = value
                .chars()
                .take_while(|c| !matches!(c, '的' | '且' | '或' | '，' | ',' | '；' | ';' | '：' | '、'))
                .collect();
            let unit = format!("单位属性 {name}：{value}/其他");
            return Some(match label.is_empty() {
                true => format!("先在开头声明，斜线隔开写全各种取值，如：{unit}"),
                false => format!(
                    "先在开头声明，斜线隔开写全各种取值：事实表里的写“事实列 {name}：{value}/其他”；名册里的写“{unit}”"
                ),
            });
        }
        // 全年累计请假超过30天
        let whole = syntax::strip(Token::WITHIN_YEAR, name)
            .or(name.strip_prefix("年度"))
            .map(|of| of.trim_start_matches("累计"));
        if let Some(of) = whole.filter(|of| known(of)) {
            // A month of its own has no others to add up.
            if statement.line.context == Context::Node {
                let cycle = self.plan.nodes[node.index()].cycle;
                let all = format!("累计{of}");
                return Some(match cycle {
                    Cycle::Year | Cycle::Term => format!("写成：{}", self.line_with(statement, pair, of)),
                    _ => format!(
                        "“{of}”逐期加起来的，先写：{all} = {of} + {}{all}（没有的按 0 计）；再写：{}",
                        before(cycle),
                        self.line_with(statement, pair, &all)
                    ),
                });
            }
            let line = |with: &str| self.line_with(statement, pair, with);
            let sum = line(&format!("各月{of}之和"));
            // Shares do not add up.
            if let Some(parts) = self.rate_called(of) {
                let mean = line(&format!("各月{of}平均"));
                let whole = parts.map(|[one, other]| line(&format!("各月{one}之和 ÷ 各月{other}之和")));
                let whole = whole.map(|whole| format!("看全年合起来的，写成：{whole}\n")).unwrap_or_default();
                return Some(format!("{whole}看各月平均的，写成：{mean}\n各月加起来的，写成：{sum}"));
            }
            return Some(format!("“{of}”各月加起来的，写成：{sum}"));
        }
        // 队伍：专职调解员少于2人扣5分
        let figure = crate::parse::figure_behind(&self.line_text(statement)).filter(|(figure, _)| figure == name);
        figure.map(|(_, line)| format!("每期报的数写在冒号前面，写成：{line}"))
    }

    /// Whether a name is that of a share, and what it is a share of, where that is said: 投诉率 = 投诉 ÷ 客运量.
    fn rate_called(&self, name: &str) -> Option<Option<[&str; 2]>> {
        let plan = &self.plan;
        if let Some(measure) = plan.measures.iter().find(|measure| measure.name == name) {
            let mut expr = &measure.expr;
            loop {
                expr = match expr {
                    Expr::Round { expr, .. } | Expr::Assessed { expr, .. } => expr,
                    Expr::Case { otherwise, .. } => otherwise,
                    _ => break,
                }
            }
            let sides = if let Expr::Divide(pair) = expr { Some(pair) } else { None };
            return match sides {
                Some(pair) => Some(said(plan, &pair[0]).zip(said(plan, &pair[1])).map(|(one, other)| [one, other])),
                None => (measure.kind == Type::Percent).then_some(None),
            };
        }
        let input = plan.inputs.iter().find(|input| input.label == name)?;
        (input.quantity == Type::Percent).then_some(None)
    }

    /// The measure word that is written with a name: （万元） behind it, or that of the number it is compared with.
    pub(super) fn unit_beside(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> Option<String> {
        let span = statement.span(pair);
        let behind = self.source.text[span.end..].lines().next().unwrap_or_default().trim_start();
        if let Some(unit) = behind.strip_prefix(['（', '(']) {
            let unit = unit.split(['）', ')']).next()?.trim();
            return (!unit.is_empty() && unit.chars().count() <= 4).then(|| unit.to_owned());
        }
        let compared = ["超过", "低于", "高于", "不低于", "不超过", "达到", "少于", "不少于", "≥", "≤", "＞", "＜"]
            .iter()
            .find_map(|word| behind.strip_prefix(word))?;
        let unit = compared.trim_start_matches(is_figure);
        if unit.len() == compared.len() {
            return None;
        }
        let unit: String = unit.chars().take_while(|c| !"的，,；;以及且或".contains(*c)).collect();
        (!unit.is_empty() && unit.chars().count() <= 3).then_some(unit)
    }
}

/// Within what 一年内再次, 再次 are counted.
fn again(name: &str) -> Option<&'static str> {
    let within = name.strip_suffix("再次").or_else(|| name.strip_suffix("再"))?;
    let is = |rule: Token| syntax::is_all(rule, within);
    match within {
        "" => Some("全年连续计次"),
        _ if is(Token::WITHIN_YEAR) => Some("全年连续计次"),
        _ if is(Token::WITHIN_QUARTER) => Some("每季度重新计次"),
        _ if is(Token::WITHIN_MONTH) || within == "一个月内" => Some("每月重新计次"),
        _ => None,
    }
}

/// 2 of 第二次.
fn time_of_a_case(name: &str) -> Option<u32> {
    let time = name.strip_prefix('第')?.strip_suffix('次')?;
    crate::parse::whole(time)
}

/// 发生 of 发生加倍扣分, 再犯的 of 再犯的每次扣2分: that it is the case once more, which 第2次 says already.
fn repeated_behind(behind: &str) -> Option<&str> {
    const AGAIN: &[&str] = &["发生", "出现", "发现", "违反", "违规", "再犯", "再次发生", "及以上发生", "被查实"];
    let word = AGAIN.iter().find(|word| behind.starts_with(**word))?;
    let rest = behind[word.len()..].trim_start_matches(['的', '，', ',']);
    let gives = ["加倍", "双倍", "扣", "每次扣", "减半"].iter().any(|word| rest.starts_with(word));
    gives.then(|| &behind[..behind.len() - rest.len()])
}
