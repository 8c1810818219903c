//! Figures of all units together as formulas of schemes call them, where a name is looked for: 有效点数合计, 全院平均奖金;
//! and which declared names are another thing than the one that is written, however near.

use super::scope::{Meaning, Scope};
use super::units::{agree, type_of_unit};
use crate::parse::{Statement, is_of_all_units, is_of_group, is_off, taken_off};
use crate::plan::{InputKind, NodeId, Type};
use crate::suggest;
use crate::syntax::{Pair, Rule as Token};

/// What a name ends with, and how that of all is called.
const KINDS: &[(&str, &str)] = &[
    ("合计", "合计"),
    ("总和", "合计"),
    ("之和", "合计"),
    ("总计", "合计"),
    ("总数", "合计"),
    ("总额", "合计"),
    ("总量", "合计"),
    ("平均值", "平均"),
    ("平均数", "平均"),
    ("均值", "平均"),
    ("平均", "平均"),
    ("最高值", "最高"),
    ("最大值", "最高"),
    ("最高", "最高"),
    ("最低值", "最低"),
    ("最小值", "最低"),
    ("最低", "最低"),
];
/// Words that make another thing of a name: a whole of a part, a share of a number, what is meant of what is.
const ANOTHER: &[&str] = &[
    "合计", "总", "和", "全", "各", "本", "均", "最", "率", "比", "占", "上", "下", "前", "后", "同", "增", "减", "降",
    "加", "扣", "未", "不", "无", "非", "已", "应", "实", "净", "高", "低", "优", "良", "差", "多", "少", "内", "外",
    "省", "市", "县", "区", "乡", "镇", "男", "女", "新", "老", "旧", "年", "季", "月", "周", "一", "二", "三", "四",
    "五", "甲", "乙", "丙", "丁", "名次", "得分", "目标", "计划", "累计", "系数", "点值",
];

impl Scope<'_> {
    /// 奖金池 ÷ 有效点数合计: what all units have together.
    pub(super) fn of_all(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) -> Option<String> {
        let of_group = is_of_group(name);
        // 全院, 各科室; 总点数, Σ点数
        let all_of_them = is_of_all_units(name);
        let whole = all_of_them || name.starts_with(['总', 'Σ', '∑']) || name.starts_with("合计");
        let (of, kind) = KINDS
            .iter()
            .find_map(|(word, kind)| Some((name.strip_suffix(word)?, *kind)))
            .or((whole || of_group).then_some((name, "合计")))?;
        let is_known =
            |name: &str| self.everywhere.get(name).is_some_and(|all| all.iter().all(|it| self.is_reckoned(*it)));
        let is_figure = |name: &str| matches!(name, "总分" | "得分") || is_known(name);
        // 全院平均奖金: the longest figure that the rest ends with.
        let before = |at: usize| if whole || of_group { at > 0 } else { at == 0 };
        let found = of.char_indices().map(|(at, _)| (at, &of[at..])).find(|(at, of)| before(*at) && is_figure(of));
        let Some((at, of)) = found else {
            return self.which_of_all(statement, pair, of, kind).filter(|_| whole);
        };
        let between = &name[..at];
        let kind = ["平均", "最高", "最低"].into_iter().find(|kind| between.ends_with(kind)).unwrap_or(kind);
        if at > 0 && between.chars().count() > 6 {
            return None;
        }
        let line = |with: String| self.line_with(statement, pair, &with);
        let all = line(format!("全体{kind}（{of}）"));
        let in_group = line(format!("同组{kind}（{of}）"));
        Some(match (of_group, self.plan.group.is_some()) {
            (true, true) => format!("写成：{in_group}"),
            (true, false) => format!("先在开头写明怎样分组，如：分组 按名册；再写：{in_group}"),
            (false, _) if all_of_them || self.divides_what_is_shared(statement, pair) => format!("写成：{all}"),
            (false, is_grouped) => {
                let group = if is_grouped { format!("\n同组各单位的：{in_group}") } else { String::new() };
                let own = line(format!("各条{kind}（{of}）"));
                let rows =
                    if self.is_event(of) { format!("\n本单位各条事实的：{own}") } else { String::new() };
                format!("写明是谁的{kind}，写成其中一行：\n各单位的：{all}{group}{rows}")
            }
        })
    }

    /// 有效点数（合计）, where 有效点数 may stand further down.
    pub(super) fn whole_of(
        &self,
        statement: &Statement<'_>,
        pair: &Pair<'_, Token>,
        of: &str,
        word: &str,
    ) -> Option<String> {
        let (_, kind) = KINDS.iter().find(|(known, _)| *known == word)?;
        let all = self.line_with(statement, pair, &format!("全体{kind}（{of}）"));
        Some(format!("各单位合起来的，写成：{all}"))
    }

    /// 全院总点数, where figures are called 工作量点数 and 有效点数.
    fn which_of_all(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, of: &str, kind: &str) -> Option<String> {
        let ends = of.char_indices().skip(1).map(|(at, _)| &of[at..]).filter(|end| end.chars().count() >= 2);
        let figures = |end: &str| -> Vec<&str> {
            let measures = self.plan.measures.iter().map(|measure| measure.name.as_str());
            let inputs = self.plan.inputs.iter().filter(|input| input.kind == InputKind::Indicator);
            measures.chain(inputs.map(|input| input.label.as_str())).filter(|name| name.ends_with(end)).collect()
        };
        let meant = ends.map(figures).find(|found| !found.is_empty()).filter(|found| found.len() <= 4)?;
        let line = |of: &str| self.line_with(statement, pair, &format!("全体{kind}（{of}）"));
        let lines: Vec<String> = meant.into_iter().map(|of| format!("{of}的：{}", line(of))).collect();
        Some(format!("各单位合起来的，写成其中一行：\n{}", lines.join("\n")))
    }

    /// Whether `奖金池 ÷` stands before it, of which there is one for all.
    fn divides_what_is_shared(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> bool {
        let before = self.source.text[..statement.span(pair).start].trim_end();
        let Some(before) = before.strip_suffix(['÷', '/']).map(str::trim_end) else { return false };
        let is_one = |kind: &InputKind| matches!(kind, InputKind::Parameter { global: true, .. });
        self.plan.inputs.iter().any(|input| is_one(&input.kind) && before.ends_with(&input.label))
    }

    fn is_reckoned(&self, meaning: Meaning) -> bool {
        match meaning {
            Meaning::Input(_) | Meaning::Measure(_) | Meaning::Node(_) => true,
            Meaning::Attribute(id) => self.plan.attributes[id.index()].kind != Type::Text,
            Meaning::Column(_) => false,
        }
    }

    pub(super) fn is_event(&self, name: &str) -> bool {
        let Some([Meaning::Input(id)]) = self.everywhere.get(name).map(Vec::as_slice) else { return false };
        self.plan.inputs[id.index()].kind == InputKind::Event
    }

    /// 减分超过5分, where nothing is called 减分.
    pub(super) fn as_taken_off(&self, statement: &Statement<'_>, name: &str) -> Option<String> {
        let text = statement.line.plain.text.as_str();
        let longest = |text: &'_ str| -> usize {
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.filter(|end| self.everywhere.contains_key(&text[..*end])).max().unwrap_or_default()
        };
        let off = taken_off(text, |text| Some(&text[..longest(text)]).filter(|name| !name.is_empty()))?;
        if !off.is_said_in(name, text) {
            return None;
        }
        let sections = self.plan.nodes.iter().filter(|node| node.parent == Some(NodeId(0)));
        let sections: Vec<&str> = sections.map(|node| node.title.as_str()).filter(|title| is_off(title)).collect();
        Some(off.help(text, &sections))
    }

    /// The declared name nearest to a wrong one, where it may be what was meant.
    pub(super) fn nearest(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) -> Option<String> {
        let kind = self.unit_beside(statement, pair).map(|unit| type_of_unit(&unit));
        let goes_with = |known: &str| {
            let Some(kind) = &kind else { return true };
            self.everywhere.get(known).into_iter().flatten().any(|meaning| match meaning {
                Meaning::Node(_) => *kind == Type::Points,
                Meaning::Input(id) => agree(&self.plan.inputs[id.index()].quantity, kind),
                Meaning::Attribute(id) => agree(&self.plan.attributes[id.index()].kind, kind),
                Meaning::Column(id) => agree(&self.plan.columns[id.index()].kind, kind),
                // What it is may not be known yet.
                Meaning::Measure(_) => true,
            })
        };
        let known = self.everywhere.keys().map(String::as_str);
        let known = known.filter(|known| !is_another(name, known) && goes_with(known));
        suggest::nearest(name, known).map(str::to_owned)
    }
}

/// 有效点数合计 and 有效点数, 投诉率 and 投诉: what tells them apart is no slip of the pen.
fn is_another(wrong: &str, known: &str) -> bool {
    let start = wrong.chars().zip(known.chars()).take_while(|(a, b)| a == b).count();
    let most = wrong.chars().count().min(known.chars().count()) - start;
    let end = wrong.chars().rev().zip(known.chars().rev()).take(most).take_while(|(a, b)| a == b).count();
    let rest =
        |name: &str| -> Vec<char> { name.chars().skip(start).take(name.chars().count() - start - end).collect() };
    let (wrong, known) = (rest(wrong), rest(known));
    // A look-alike or the same sound is a slip whatever it says.
    if wrong.len() == known.len() && wrong.iter().zip(&known).all(|(a, b)| suggest::cost(*a, *b) <= 2) {
        return false;
    }
    let says = |rest: &[char]| {
        let rest: String = rest.iter().collect();
        ANOTHER.iter().any(|word| rest.contains(word))
    };
    says(&wrong) || says(&known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_is_no_slip_for_its_part() {
        assert!(is_another("有效点数合计", "有效点数"));
        assert!(is_another("投诉", "投诉率"));
        assert!(!is_another("投诉律", "投诉率"));
        assert!(!is_another("录入件", "录入件数"));
    }
}
