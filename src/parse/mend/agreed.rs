//! 约定 as schemes say them: how many points at most, how to round, equal places, what is not reported.

use rust_decimal::Decimal;

use super::{Mend, Patient, written};
use crate::parse::numeral::{is_figure, is_numeral};
use crate::parse::{Context, Line, whole};

/// Words of a line, one of each list, and what to write; what can be meant in several ways is told in all of them.
const TOLD: &[(&[&[&str]], &str)] = &[
    (
        &[&["未报送", "没有报送", "未上报", "不报送", "未填报", "未按时报送"]],
        "改成其中一句：\n缺报的，按0计（当作报了0）\n缺报的，不作考评（那一句不加不扣）\n没有报就要扣分的，写成板块里的一种情形：未报送：每次扣几分",
    ),
    (
        &[&["不涉及", "未涉及", "不适用"], &["得满分", "计满分", "按满分"]],
        "写在有满分的那一条里，另起一行：当 某指标未报，本项计几分（“几”换成满分；哪些单位不适用，在事实里数量写“不适用”）",
    ),
    (
        &[&["不涉及", "无此项", "没有此项", "未涉及", "无该项", "没有该项", "不承担"]],
        "改成其中一句：\n不适用的按其余得分率折算\n不适用的计0分\n哪些单位没有这一项，在那一条里写：适用 …",
    ),
    (
        &[&["得分相同", "总分相同", "分数相同", "同分"], &["加分", "扣分"]],
        "比的是哪个板块、哪一条的得分，写它的名称，如：同分的，以加减分得分高者在前，仍相同的并列，其后名次顺延空出",
    ),
    (
        &[&["并列", "同分"]],
        "改成其中一句：\n同分并列，其后名次顺延空出  # 1、2、2、4\n同分并列，其后名次不空  # 1、2、2、3\n同分的，依次比较甲得分、乙得分，仍相同的并列，其后名次顺延空出",
    ),
    (
        &[&["得分相同", "总分相同", "分数相同"]],
        "“甲”换成板块、条目的名称：同分的，依次比较甲得分，仍相同的并列，其后名次顺延空出",
    ),
    (
        &[&["分别排名", "分类排名", "分组排名", "分类排序", "分别排序"]],
        "按什么分组写在开头，如：分组 按类别；再另起一段：排名 年终，下面写：分组排名",
    ),
    (
        &[&["总分计零", "得分计零", "总分为零", "计零分", "总分清零"]],
        "哪一种情形一票否决、总分计不计零，写在那一句里：…：一票否决，总分计零，年终排名末位；约定里只写名次怎样排：一票否决的并列末位",
    ),
];

/// What bounds the total from above and from below.
const MOST: &[&str] = &["最高不超过", "最高为", "上限为", "不超过", "上限", "最高", "满分"];
const LEAST: &[&str] = &["最低不低于", "最低为", "下限为", "不低于", "下限", "最低"];

impl Patient<'_> {
    /// What such a line is here.
    pub(super) fn agreed(&self) -> Option<Mend> {
        let text = self.text();
        if self.line.context != Context::Conventions || self.line.opening || text.contains('=') {
            return None;
        }
        let mend = self.interpolated().or_else(|| self.bounds_of_total()).or_else(|| self.places_to_keep());
        if let Some(mend) = mend {
            return Some(mend);
        }
        let says = |lists: &[&[&str]]| lists.iter().all(|words| words.iter().any(|word| text.contains(word)));
        let help = TOLD.iter().find(|(lists, _)| says(lists)).map(|(_, help)| *help)?;
        self.told("other-words", format!("“{}”约定里不这样写", written(text)), 0..text.len(), help)
    }

    /// `考核系数：得分120分以上的2.0；100分的1.5；80分的1.0；其间按线性内插法计算`: a figure by the points, piece by piece.
    fn interpolated(&self) -> Option<Mend> {
        let text = self.text();
        let colon = crate::parse::top_colon(text)?;
        let name = text[..colon].trim();
        ["内插", "插值"].iter().any(|word| text.contains(word)).then_some(())?;
        let mut points: Vec<(Decimal, Decimal)> = Vec::new();
        let mut below: Option<(Decimal, Decimal)> = None;
        for part in text[colon + 1..].split([',', ';']) {
            let figure = |text: &str| text[..text.len() - text.trim_start_matches(is_figure).len()].to_owned();
            let from = |text: &str| text.find(|c: char| c.is_ascii_digit()).map(|at| figure(&text[at..]));
            let Some(number) = from(part) else { continue };
            let (_, behind) = part.split_once(&format!("{number}分"))?;
            // Below zero the pieces are written in another way.
            (!part.contains(['-', '负'])).then_some(())?;
            let point = (number.parse().ok()?, from(behind)?.parse().ok()?);
            match ["以下", "不足", "低于", "不满"].iter().any(|word| part.contains(word)) {
                true => below = Some(point),
                false => points.push(point),
            }
        }
        points.sort_by_key(|point| std::cmp::Reverse(point.0));
        // 80分的1.0；60分以下的0: between the two it still goes down.
        let lowest = points.last()?.0;
        points.extend(below.filter(|(bound, _)| *bound < lowest));
        (below.is_none_or(|(bound, _)| bound <= lowest)).then_some(())?;
        let falls = |pair: &[(Decimal, Decimal)]| pair[0].0 > pair[1].0 && pair[0].1 > pair[1].1;
        (points.len() >= 2 && points.windows(2).all(falls)).then_some(())?;
        let mut arms = vec![format!("当 总分不低于{}分，{}", points[0].0, points[0].1)];
        for pair in points.windows(2) {
            let [(above, more), (from, least)] = pair else { continue };
            let (wide, far) = ((above - from).normalize(), (more - least).normalize());
            arms.push(format!("当 总分不低于{from}分，{least} + （总分 - {from}分） ÷ {wide}分 × {far}"));
        }
        let (rest, note) = match below {
            Some((_, value)) => (value.to_string(), ""),
            None => ("几".to_owned(), "（“几”换成最低一段以下的数）"),
        };
        let help = format!("其间按比例的，一段一段写成算式{note}：\n{name} = （{}；其余 {rest}）", arms.join("；"));
        self.told("other-words", "按得分内插的量写成算式", 0..text.len(), help)
    }

    /// `四舍五入保留两位小数`, `得分保留到小数点后两位`, `结果保留整数`
    fn places_to_keep(&self) -> Option<Mend> {
        let text = self.text();
        let how = ["四舍五入", "只舍不入", "只入不舍"].into_iter().find(|how| text.contains(how));
        let keep = match text.find('位').filter(|_| text.contains("小数")) {
            Some(at) => {
                // The number stays as it is written.
                let number = &text[text[..at].trim_end_matches(is_numeral).len()..at];
                whole(number)?;
                format!("保留{number}位小数")
            }
            None if ["保留整数", "取整数", "保留到整数", "取整"].iter().any(|word| text.contains(word)) => {
                "保留整数".to_owned()
            }
            None => return None,
        };
        let message = format!("“{}”约定里不这样写", written(text));
        // 年终得分保留两位小数 is of that total alone.
        let own = ["年终", "年度", "全年", "季度", "半年", "月度"].into_iter().find(|period| text.starts_with(period));
        if let Some(own) = own {
            let how = how.unwrap_or("怎样取舍照原文");
            let help =
                format!("只管{own}的，接在它的算式后面：{own}得分 = …，{keep}，{how}\n各期都管的，写成：{keep}，{how}");
            return self.told("other-words", message, 0..text.len(), help);
        }
        match how {
            Some(how) => {
                let line = self.written_as(&format!("{keep},{how}"))?;
                self.mended("other-words", message, 0..text.len(), line)
            }
            None => {
                let choices = ["四舍五入", "只舍不入", "只入不舍"].map(|how| format!("{keep}，{how}"));
                let help = format!("怎样取舍照原文，写成其中一行：\n{}", choices.join("\n"));
                self.told("other-words", message, 0..text.len(), help)
            }
        }
    }

    /// `总分最高不超过100分`, `信用分上限100分，下限0分`, `基础分100分，扣完为止`
    fn bounds_of_total(&self) -> Option<Mend> {
        let text = self.text();
        let line = |part: &str| -> Option<Line> {
            let part = part.trim();
            if matches!(part, "扣完为止" | "不计负分" | "不得负分" | "不倒扣") {
                return self.written_as("得分不低于 0分");
            }
            let before = part.strip_suffix("封顶").unwrap_or(part).strip_suffix('分')?;
            let number = &before[before.trim_end_matches(|c| is_figure(c) || c == '-').len()..];
            let words = before[..before.len() - number.len()].trim_end();
            let is_of_total = |of: &str| {
                ["", "总分", "得分", "信用分", "考核得分", "考核分", "总得分", "分数", "最终得分"].contains(&of)
            };
            let said = |list: &[&str]| list.iter().any(|word| words.strip_suffix(word).is_some_and(is_of_total));
            let begins = match () {
                _ if number.is_empty() => return None,
                _ if words == "基础分" => "基础分",
                _ if said(LEAST) => "得分不低于",
                _ if said(MOST) || part.ends_with("封顶") && is_of_total(words) => "得分封顶",
                _ => return None,
            };
            self.written_as(&format!("{begins} {number}分"))
        };
        let lines: Vec<Line> = text.trim_end_matches('。').split([',', ';']).map(line).collect::<Option<_>>()?;
        let shown: Vec<String> = lines.iter().map(super::shown).collect();
        let (says, help) = match &shown[..] {
            [only] => ("总分的上下限换一种说法", format!("写成：{only}")),
            _ => ("约定一行写一样", format!("一行写一样：\n{}", shown.join("\n"))),
        };
        // 扣完为止 has no number of its own: the lines have one that the text has not.
        if ["扣完", "不计负分", "不得负分", "不倒扣"].iter().any(|word| text.contains(word)) {
            return self.told("other-words", says, 0..text.len(), help);
        }
        self.split("other-words", says, 0..text.len(), (lines, help))
    }
}
