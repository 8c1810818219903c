//! What can go wrong while a unit is scored, held small until it is told.

use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Place};
use crate::eval::program::Program;
use crate::plan::{InputId, InputKind, NodeId, RuleId, SymbolId};
use crate::value::Inexact;
use crate::value::Number;

/// Found for one unit; the order is the order in which they are told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    pub unit: u32,
    pub kind: ProblemKind,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ProblemKind {
    /// An indicator that nobody reported for a month.
    Missing(InputId, PeriodId),
    /// 不适用 where the rulebook does not say what holds then.
    Inapplicable(InputId, PeriodId),
    /// A rating without any mark (of one group).
    NoBallots(InputId, Option<SymbolId>, PeriodId),
    /// So many marks, and as many or more to drop from both ends together.
    TooFewBallots(InputId, Option<SymbolId>, PeriodId, u32, u32),
    MissingParameter(InputId, PeriodId),
    /// An earlier figure that is neither scored nor in 历史.csv.
    MissingHistory(String, String),
    /// An award whose amount is worked out from what is not known: the attribute that the roster leaves empty.
    NoAmount(u16, PeriodId, Option<u16>),
    /// An award's amount comes out below zero.
    TurnedAmount(u16, PeriodId, Number),
    /// A result that no exact number holds, or a division by zero.
    Arithmetic(Where, PeriodId, bool),
    /// Working days were counted in a year whose holidays are not known.
    UnknownHolidays(i32),
    /// Something that needs itself; `check` lets none through.
    Circular(String),
}

/// Where a computation stands in the rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    Rule(RuleId),
    Node(NodeId),
    Peer(u16),
    Ranking(u16),
    Grading(u16),
    Award(u16),
    Excluded,
    Total,
}

impl Problem {
    pub fn arithmetic(unit: usize, place: Where, period: PeriodId, fault: Inexact) -> Problem {
        let kind = ProblemKind::Arithmetic(place, period, fault == Inexact::DividedByZero);
        Problem { unit: unit as u32, kind }
    }

    /// Something that was not reported, rather than wrong.
    pub fn is_about_reporting(&self) -> bool {
        match self.kind {
            ProblemKind::Missing(..)
            | ProblemKind::Inapplicable(..)
            | ProblemKind::NoBallots(..)
            | ProblemKind::TooFewBallots(..)
            | ProblemKind::MissingParameter(..)
            | ProblemKind::NoAmount(..)
            | ProblemKind::TurnedAmount(..)
            | ProblemKind::MissingHistory(..) => true,
            ProblemKind::Arithmetic(..) | ProblemKind::UnknownHolidays(_) | ProblemKind::Circular(_) => false,
        }
    }

    pub fn finding(&self, program: &Program) -> Finding {
        let plan = program.plan;
        let unit = program.store.roster.get(self.unit as usize).map_or("", |unit| unit.name.as_str());
        let period = |period: &PeriodId| spoken(&plan.calendar.period(*period).name);
        let input = |id: &InputId| plan.input_name(*id);
        let error = |code, message: String| Finding::error(code, Place::default(), message);
        match &self.kind {
            ProblemKind::Missing(id, month) => {
                // In a form that came back its cell is empty.
                let place = program.store.blanks.get(&(self.unit, *id, *month)).cloned().unwrap_or_default();
                let message = format!("{unit} {}没有报送“{}”", period(month), input(id));
                Finding::error("missing-indicator", place, message).help("补报数量；没有发生的填0，不适用的填“不适用”")
            }
            ProblemKind::Inapplicable(id, month) => error(
                "inapplicable-indicator",
                format!("{unit} {}的“{}”报为“不适用”，规则没有说此时怎样考评", period(month), input(id)),
            )
            .help(
                "改报数量；或者在规则里写明：不看满分的，这一句后面写 ，不适用的，不作考评；有满分的，约定里写 不适用的按其余得分率折算，或 不适用的计0分；照给分的，条目里写 当 某指标未报，本项计几分",
            ),
            ProblemKind::NoBallots(id, group, at) => {
                let whose = group.map(|group| plan.symbols.text(group)).unwrap_or_default();
                let whose = if whose.is_empty() { String::new() } else { format!("{whose}的") };
                error("missing-ballots", format!("{unit} {}的“{}”没有{whose}评分", period(at), input(id)))
                    .help("补报评分；没有就不作考评的，在规则里写：缺报的，不作考评（总分由它算出来的，那个单位就没有总分，不参评）")
            }
            ProblemKind::TooFewBallots(id, group, at, count, trim) => {
                let whose = group.map(|group| plan.symbols.text(group)).unwrap_or_default();
                let message = format!(
                    "{unit} {}的“{}”{whose}只有{count}个评分，去掉最高最低各{trim}个就没有了",
                    period(at),
                    input(id)
                );
                error("too-few-ballots", message).help("补报评分；或在规则里改少去掉的个数")
            }
            ProblemKind::MissingParameter(id, at) => {
                let is_global = matches!(plan.inputs[id.index()].kind, InputKind::Parameter { global: true });
                let whose = if is_global { "" } else { unit };
                let message = format!("{whose} {}没有参数“{}”", period(at), plan.inputs[id.index()].label);
                error("missing-parameter", message.trim().to_owned()).help("在事实里补报这个参数")
            }
            ProblemKind::MissingHistory(name, at) => {
                error("missing-history", format!("{unit} {}没有“{name}”", spoken(at)))
                    .help("在 历史.csv 里补上，或者在规则里写明没有时怎样计算")
            }
            ProblemKind::NoAmount(award, at, empty) => {
                let award = &plan.awards[usize::from(*award)];
                let whose = format!("{unit} {}的“{}”", period(at), award.said());
                let place = program.plan.line_name(award.line);
                match empty.and_then(|id| plan.attributes.get(usize::from(id))) {
                    Some(attribute) => error(
                        "amount-without-figure",
                        format!("{whose}算不出金额：名册里它的“{}”空着（{place}）", attribute.name),
                    )
                    .help(format!("在 单位.csv 的“{}”一列里补上", attribute.name)),
                    None => {
                        error("amount-without-figure", format!("{whose}算不出金额：算式里有不作考评的数（{place}）"))
                            .help("在算式里写明没有时怎样计算，如：（当 某项得分不低于0分，500元；其余 0元）")
                    }
                }
            }
            ProblemKind::TurnedAmount(award, at, amount) => {
                let award = &plan.awards[usize::from(*award)];
                let (whose, place) = (format!("{unit} {}的“{}”", period(at), award.said()), plan.line_name(award.line));
                let (amount, taken) = match *amount < Number::ZERO {
                    true => (amount.negated(), "成了扣钱"),
                    false => (*amount, "成了发钱"),
                };
                error("amount-below-zero", format!("{whose}算出来是负{}元，{taken}（{place}）", amount.spoken()))
                    .help("低到没有奖金为止的，写成：奖励 较高者（算式、0元）；另有条件的，在前面写：当 得分不低于90分：奖励 …")
            }
            ProblemKind::Arithmetic(place, at, divided_by_zero) => {
                let (code, what) = if *divided_by_zero {
                    ("divided-by-zero", "除数为0")
                } else {
                    ("number-overflow", "结果的位数超出精确计算的范围")
                };
                let (text, line) = place.describe(program);
                let place = program.plan.line_name(line);
                let at_line = if line > 0 { format!("（{place}）") } else { String::new() };
                error(code, format!("{unit} {}：{what}，在“{text}”{at_line}", period(at)))
                    .text(text)
                    .help("在规则里写明除数为0时怎样计分，或者用“保留”限定小数位数")
            }
            ProblemKind::UnknownHolidays(year) => {
                error("holidays-unknown", format!("{unit}：不知道{year}年的节假日，按工作日算不出"))
                    .help("在数据文件夹里放一个节假日.csv：日期、类别（休或班），写上这一年的节假日和调休")
            }
            ProblemKind::Circular(what) => error("circular-value", format!("{unit}：“{what}”的计算用到了它自己")),
        }
    }
}

impl Where {
    fn describe(self, program: &Program) -> (String, u32) {
        let plan = program.plan;
        match self {
            Where::Rule(id) => (program.rule(id).text.clone(), program.rule(id).line),
            Where::Node(id) => (program.node(id).title.clone(), program.node(id).line),
            Where::Peer(id) => (plan.peers[id as usize].name.clone(), 0),
            Where::Ranking(id) => (format!("{}排名", plan.rankings[id as usize].name), 0),
            Where::Grading(id) => (plan.gradings[id as usize].name.clone(), 0),
            Where::Award(id) => (plan.awards[id as usize].said(), plan.awards[id as usize].line),
            Where::Excluded => ("不参评".to_owned(), 0),
            Where::Total => ("总分".to_owned(), 0),
        }
    }
}

/// `2023-04` as people say it: 2023年4月.
pub(super) fn spoken(name: &str) -> String {
    let Some((year, rest)) = name.split_once('-') else {
        let is_year = name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit());
        return if is_year { format!("{name}年") } else { name.to_owned() };
    };
    match rest.as_bytes() {
        [b'Q', quarter] => format!("{year}年第{}季度", *quarter as char),
        [b'H', b'1'] => format!("{year}年上半年"),
        [b'H', _] => format!("{year}年下半年"),
        _ => format!("{year}年{}月", rest.trim_start_matches('0')),
    }
}
