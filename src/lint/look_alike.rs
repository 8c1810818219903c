//! `look-alike-names` 形近名称
//!
//! *Finds* two labels that differ in characters that look or sound alike only: 未报 and 末报, 台账 and 台帐.
//! *Why*: it is one thing spelled in two ways; facts written the one way are refused or counted under the other.
//! *Example*: `未更新：扣1分` in one item and `末更新：扣1分` in the next.
//! *Instead*: one spelling.

use rustc_hash::FxHashMap;

use crate::analysis::{Claim, Look, Suspicion, line_points, month_for};
use crate::plan::*;
use crate::value::Number;

/// Characters that are taken for one another, by eye or by ear; the first stands for all.
const ALIKE: &[&str] = &[
    "已己巳",
    "矫娇骄",
    "管菅",
    "般股",
    "项顶",
    "未末",
    "戌戍戊",
    "人入",
    "土士",
    "日曰",
    "干千于",
    "大太犬",
    "侯候",
    "账帐",
    "象像",
    "作做",
    "决绝",
    "记纪计",
    "启起",
    "练炼",
    "的地得",
    "采彩",
    "侧测",
    "辨辩辫",
    "汇会",
    "即既",
    "复覆",
    "报抱",
    "令今",
    "刺剌",
    "拨拔",
    "折拆析",
    "泄泻",
    "治冶",
    "历厉",
    "籍藉",
    "度渡",
    "坐座",
    "须需",
    "订定",
    "制治",
    "查察",
    "其期",
    "密秘",
    "部布",
    "服伏",
    "副付",
    "准淮",
    "隐稳",
    "检捡",
    "考老",
    "旷矿",
    "赔陪培",
    "梳疏",
    "晴睛",
    "揭竭",
    "徒徙",
    "亳毫",
    "祟崇",
    "○〇0",
    "1l",
    "—一",
];

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut stands: FxHashMap<char, char> = FxHashMap::default();
    for group in ALIKE {
        let first = group.chars().next().unwrap_or_default();
        for character in group.chars() {
            stands.entry(character).or_insert(first);
        }
    }
    let skeleton = |name: &str| name.chars().map(|c| stands.get(&c).copied().unwrap_or(c)).collect::<String>();
    let mut seen: FxHashMap<String, RuleId> = FxHashMap::default();
    for (index, rule) in plan.rules.iter().enumerate() {
        let id = RuleId(index as u16);
        if rule.label.chars().count() < 2 {
            continue;
        }
        let bones = skeleton(&rule.label);
        match seen.get(&bones).copied() {
            None => _ = seen.insert(bones, id),
            Some(first) if plan.rules[first.index()].label != rule.label => {
                let suspicion = suspect(look, first, id);
                look.found.extend(suspicion);
            }
            Some(_) => {}
        }
    }
}

fn suspect(look: &Look<'_>, first: RuleId, second: RuleId) -> Option<Suspicion> {
    let plan = look.plan;
    let (a, b) = (&plan.rules[first.index()], &plan.rules[second.index()]);
    let mut different = a.label.chars().zip(b.label.chars()).filter(|(x, y)| x != y);
    let (x, y) = different.next()?;
    if different.next().is_some() {
        return None;
    }
    let input = |rule: &Rule| match rule.basis {
        Basis::Row(input) | Basis::Once(input) => Some(input),
        Basis::Period => plan
            .inputs
            .iter()
            .position(|it| it.node == rule.node && it.label == rule.label)
            .map(|at| InputId(at as u16)),
    };
    let reported = input(b)?;
    let check = move |units: &[&crate::outcome::UnitOutcome]| {
        let touched = |rule: RuleId| units[0].entries.iter().any(|entry| entry.rule == rule && !entry.facts.is_empty());
        touched(second) && !touched(first) && line_points(units[0], first).is_zero()
    };
    let claim = Claim::new(plan, month_for(plan, reported), Box::new(check)).row(reported, Number::ONE);
    Some(Suspicion {
        code: "look-alike-names",
        line: b.line as usize,
        text: b.label.clone(),
        message: format!("“{}”与第{}行的“{}”只差一个形近（音近）的字：“{y}”和“{x}”", b.label, a.line, a.label),
        brief: format!("“{}”与“{}”", a.label, b.label),
        help: format!("是同一件事的，都写成“{}”；不是的，换个不容易混的名称", a.label),
        shows: format!("只算“{}”，与“{}”无关", look.called(second), a.label),
        meaning: format!("{}·{}", look.called(first), look.called(second)),
        claim,
        alone: false,
    })
}
