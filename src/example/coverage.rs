//! What of a rulebook its examples use: scoring lines, their bands, caps, and the stages that put units side by side.

use crate::plan::walk::{each_bound, walk};
use crate::plan::words::{condition_text, kind_of, said};
use std::collections::BTreeSet;

use crate::compile::Compiled;
use crate::outcome::Use;
use crate::plan::*;
use crate::value::Number;

/// What a spot is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Line,
    /// A band, a row of a table, a condition of a line.
    Band,
    /// 封顶, 不低于, 最多…
    Cap,
    /// 排名, 等次, 奖惩
    Stage,
}

impl Part {
    pub const ALL: [Part; 4] = [Part::Line, Part::Band, Part::Cap, Part::Stage];

    pub fn word(self) -> &'static str {
        match self {
            Part::Line => "计分句",
            Part::Band => "分档",
            Part::Cap => "封顶",
            Part::Stage => "名次等次奖惩",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Part::Line => "line",
            Part::Band => "band",
            Part::Cap => "cap",
            Part::Stage => "stage",
        }
    }
}

/// What makes a spot used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Touch {
    Rule(RuleId),
    Used(Use),
    Ranked(u16),
    Graded(u16, String),
    Awarded(u16),
}

/// A part of the rulebook that an example may use.
#[derive(Clone, Debug)]
pub struct Spot {
    pub part: Part,
    /// Of the consolidated text.
    pub line: usize,
    /// `第17行`
    pub place: String,
    /// In the words of the rulebook: 基层工作.1 未建立台账.
    pub text: String,
    pub used: bool,
    pub(super) touch: Touch,
}

/// Every such part, in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub spots: Vec<Spot>,
}

impl Spot {
    /// What it is, and where it says so: 计分句 基层工作.1 未建立台账.
    pub fn told(&self) -> String {
        match self.part {
            // 排名, 等次 and 奖惩 say it themselves.
            Part::Stage => self.text.clone(),
            Part::Line | Part::Band | Part::Cap => format!("{} {}", self.part.word(), self.text),
        }
    }
}

impl Coverage {
    /// How many are used, and how many there are.
    pub fn count(&self, part: Option<Part>) -> (usize, usize) {
        let these = || self.spots.iter().filter(|spot| part.is_none_or(|part| spot.part == part));
        (these().filter(|spot| spot.used).count(), these().count())
    }

    pub fn unused(&self) -> impl Iterator<Item = &Spot> {
        self.spots.iter().filter(|spot| !spot.used)
    }

    /// Never rounded up: 100% is all of it.
    pub fn percent(&self) -> String {
        let (used, all) = self.count(None);
        let tenths = (used * 1000).checked_div(all).unwrap_or(1000);
        match tenths % 10 {
            0 => format!("{}%", tenths / 10),
            part => format!("{}.{part}%", tenths / 10),
        }
    }

    pub(super) fn new(compiled: &Compiled) -> Coverage {
        let mut coverage = Coverage::default();
        let plan = &compiled.plan;
        let mut put = |part, line: usize, text: String, touch| {
            let place = compiled.source.line_name(line.max(1));
            coverage.spots.push(Spot { part, line, place, text, used: false, touch });
        };
        for (index, rule) in plan.rules.iter().enumerate() {
            let id = RuleId(index as u16);
            let line = rule.line as usize;
            let name = format!("{} {}", plan.nodes[rule.node.index()].address, rule.label);
            put(Part::Line, line, name.clone(), Touch::Rule(id));
            for (case, arm, text) in bands(plan, rule) {
                put(Part::Band, line, format!("{name}：{text}"), Touch::Used(Use::Arm { rule: id, case, arm }));
            }
            for (index, row_rule) in rule.row_rules.iter().enumerate() {
                let touch = Touch::Used(Use::RowRule { rule: id, index: index as u16 });
                put(Part::Band, line, format!("{name}：{}", row_rule.reason), touch);
            }
            for (index, limit) in rule.limits.iter().enumerate() {
                let most = figure(&limit.most);
                let touch = Touch::Used(Use::Limit { rule: id, index: index as u16 });
                put(Part::Cap, line, format!("{name}：最多{most}"), touch);
            }
            let mut bounds = Vec::new();
            each_bound(&rule.points, &mut |_, most| bounds.push(most.abs()));
            for (index, most) in bounds.into_iter().enumerate() {
                let touch = Touch::Used(Use::Bound { rule: id, index: index as u16 });
                put(Part::Cap, line, format!("{name}：最多{most}分"), touch);
            }
            if let Some((most, _)) = rule.most_times {
                put(Part::Cap, line, format!("{name}：最多计{most}次"), Touch::Used(Use::MostTimes(id)));
            }
        }
        for (index, node) in plan.nodes.iter().enumerate() {
            for (step, what, line) in node.written_steps().filter_map(|(at, step, line)| Some((at, cap(step)?, line))) {
                let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
                let touch = Touch::Used(Use::Step { node: NodeId(index as u16), index: step as u16 });
                put(Part::Cap, line, format!("{name} {what}"), touch);
            }
        }
        for (index, ranking) in plan.rankings.iter().enumerate() {
            let line = heading(compiled, "排名", &ranking.name);
            put(Part::Stage, line, format!("排名 {}", ranking.name), Touch::Ranked(index as u16));
        }
        for (index, grading) in plan.gradings.iter().enumerate() {
            let line = heading(compiled, "等次", &grading.name);
            for grade in &grading.grades {
                let below = |line: &usize| compiled.source.line(*line).trim_start().starts_with(grade.name.as_str());
                let own = (line + 1..=compiled.source.line_count()).take(40).find(below).unwrap_or(line);
                let touch = Touch::Graded(index as u16, grade.name.clone());
                put(Part::Stage, own, format!("等次 {} {}", grading.name, grade.name), touch);
            }
        }
        for (index, award) in plan.awards.iter().enumerate() {
            put(Part::Stage, award.line as usize, format!("奖惩 {}", award.said()), Touch::Awarded(index as u16));
        }
        coverage.spots.sort_by_key(|spot| (spot.line, spot.part));
        coverage
    }

    pub(super) fn mark(&mut self, touched: &BTreeSet<Touch>) {
        self.spots.iter_mut().for_each(|spot| spot.used |= touched.contains(&spot.touch));
    }
}

/// The bands of a line: case, arm and its words.
///
/// What is not of the line's own text is none: months in force, and points that are 0 where nothing is said.
fn bands(plan: &Plan, rule: &Rule) -> Vec<(u16, u16, String)> {
    let mut found = Vec::new();
    let mut case = 0;
    walk(&rule.points, &mut |expr| {
        if let Expr::Case { arms, otherwise } = expr {
            let is_time = arms.iter().all(|(when, _)| matches!(when, Condition::During(_)));
            for (arm, (when, points)) in arms.iter().enumerate() {
                // What is not reported or not applicable comes first, unwritten.
                if is_time || *points == Expr::NotAssessed {
                    continue;
                }
                found.push((case, arm as u16, band_text(plan, rule, when)));
            }
            let is_said = !matches!(&**otherwise, Expr::NotAssessed | Expr::Case { .. })
                && **otherwise != Expr::Number(Number::ZERO);
            if is_said && !is_time {
                found.push((case, arms.len() as u16, "其余".to_owned()));
            }
            case += 1;
        }
        true
    });
    found
}

/// `成功率 低于95%`
fn band_text(plan: &Plan, rule: &Rule, when: &Condition) -> String {
    let mut first = when;
    while let Condition::All(list) | Condition::Any(list) = first {
        let Some(inner) = list.first() else { break };
        first = inner;
    }
    let subject = match first {
        Condition::Compare(left, _, _) if kind_of(plan, left) != Type::Bare => said(plan, left),
        _ => None,
    };
    let words = condition_text(plan, when);
    // What the line is called anyway need not be said again.
    let subject = subject.filter(|subject| *subject != rule.label);
    subject.map_or(words.clone(), |subject| format!("{subject}{words}"))
}

/// What a step that cuts off or lifts up is called.
fn cap(step: &Step) -> Option<String> {
    Some(match step {
        Step::CapDeduction { most, .. } => format!("扣分封顶{}", figure(most)),
        Step::CapBonus { most, .. } => format!("加分封顶{}", figure(most)),
        Step::CapPoints { most, .. } => format!("得分封顶{}", figure(most)),
        Step::Floor { least, .. } => format!("得分不低于{}", figure(least)),
        Step::Set { .. } => "当…，得分改为".to_owned(),
        Step::MultiplyWhen { .. } => "当…，得分乘以系数".to_owned(),
        Step::CapWhen { most, .. } => format!("当…，得分不超过{}", figure(most)),
        Step::Multiply(_) | Step::Round { .. } => return None,
    })
}

fn figure(expr: &Expr) -> String {
    match expr {
        Expr::Number(number) => format!("{number}分"),
        _ => String::new(),
    }
}

/// The line that opens 排名 or 等次; the first line where a rulebook has none.
fn heading(compiled: &Compiled, word: &str, name: &str) -> usize {
    let lines = || 1..=compiled.source.line_count();
    let text = |line: &usize| compiled.source.line(*line).trim_start().to_owned();
    let named =
        lines().find(|line| text(line).strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with(name)));
    named.or_else(|| lines().find(|line| text(line).starts_with("同分并列"))).unwrap_or(1)
}
