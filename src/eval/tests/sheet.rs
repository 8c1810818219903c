//! A small language to write plans and facts in tests.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Calendar, Cycle, Month, PeriodId};
use crate::diagnostic::Findings;
use crate::eval::{Request, evaluate};
use crate::facts::given::{Figure, Row, store};
use crate::facts::{Detail, Origin, Store, Unit};
use crate::outcome::{Outcome, UnitOutcome};
use crate::plan::*;
use crate::value::{Number, Rounding};

/// A plan and its facts in the making.
#[derive(Clone)]
pub struct Sheet {
    pub plan: Plan,
    pub roster: Vec<Unit>,
    pub facts: Vec<Row>,
    pub history: Vec<Figure>,
}

pub fn number(value: impl ToString) -> Number {
    Number::from(value.to_string().parse::<Decimal>().unwrap())
}

pub fn n(value: impl ToString) -> Expr {
    Expr::Number(number(value))
}

pub fn value_of(input: InputId) -> Expr {
    Expr::Input { input, collect: Aggregate::Sum }
}

pub fn times(left: Expr, right: Expr) -> Expr {
    Expr::Multiply(Box::new([left, right]))
}

pub fn over(left: Expr, right: Expr) -> Expr {
    Expr::Divide(Box::new([left, right]))
}

pub fn minus(left: Expr, right: Expr) -> Expr {
    Expr::Subtract(Box::new([left, right]))
}

/// So many points per unit of 数量.
pub fn per_piece(points: impl ToString) -> Expr {
    times(Expr::Row(RowField::Quantity), n(points))
}

pub fn is(left: Expr, comparison: Comparison, right: Expr) -> Condition {
    Condition::Compare(Box::new(left), comparison, Box::new(right))
}

pub fn when(condition: Condition, then: Expr, otherwise: Expr) -> Expr {
    Expr::Case { arms: vec![(condition, then)], otherwise: Box::new(otherwise) }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl Sheet {
    /// In force March to December 2023, monthly; the year is the sum of the months.
    pub fn new(units: &[&str]) -> Sheet {
        Sheet::in_force((2023, 3), (2023, 12), units)
    }

    pub fn in_force(first: (i32, u32), last: (i32, u32), units: &[&str]) -> Sheet {
        let month = |(year, month)| Month::new(year, month).unwrap();
        let unit = |name: &&str| Unit {
            name: (*name).to_owned(),
            former: None,
            group: None,
            first: None,
            last: None,
            attributes: Vec::new(),
        };
        let over_months =
            Expr::Over { cycle: Cycle::Month, aggregate: Aggregate::Sum, expr: Box::new(Expr::Total), only: None };
        let mut sheet = Sheet {
            plan: Plan {
                title: "试行方案".to_owned(),
                subject: "单位".to_owned(),
                rollups: vec![(Cycle::Term, over_months)],
                ..Plan::empty(Calendar::new(month(first), month(last), None))
            },
            roster: units.iter().map(unit).collect(),
            facts: Vec::new(),
            history: Vec::new(),
        };
        sheet.plan.nodes.push(Node::empty(None, "", "", Cycle::Month, 1));
        sheet
    }

    pub fn section(&mut self, name: &str) -> NodeId {
        self.item(NodeId(0), name)
    }

    pub fn item(&mut self, parent: NodeId, name: &str) -> NodeId {
        let id = NodeId(self.plan.nodes.len() as u16);
        let cycle = self.plan.nodes[parent.index()].cycle;
        self.plan.nodes.push(Node::empty(Some(parent), name, name, cycle, 1));
        self.plan.nodes[parent.index()].children.push(id);
        id
    }

    pub fn node(&mut self, id: NodeId) -> &mut Node {
        &mut self.plan.nodes[id.index()]
    }

    pub fn input(&mut self, node: NodeId, label: &str, kind: InputKind) -> InputId {
        let id = InputId(self.plan.inputs.len() as u16);
        let cycle = self.plan.nodes[node.index()].cycle;
        self.plan.inputs.push(Input {
            node,
            label: label.to_owned(),
            kind,
            quantity: Type::Count("件".to_owned()),
            range: (None, None),
            cycle,
            any_month: true,
            only_months: Vec::new(),
            needs: Needs::default(),
            columns: Vec::new(),
            missing: WhenMissing::Error,
            inapplicable: WhenMissing::Error,
            additive: false,
            versions: None,
            raters: Vec::new(),
        });
        id
    }

    pub fn event(&mut self, node: NodeId, label: &str) -> InputId {
        self.input(node, label, InputKind::Event)
    }

    pub fn indicator(&mut self, node: NodeId, label: &str) -> InputId {
        self.input(node, label, InputKind::Indicator)
    }

    pub fn rule(&mut self, node: NodeId, basis: Basis, points: Expr) -> RuleId {
        let id = RuleId(self.plan.rules.len() as u16);
        let cycle = self.plan.nodes[node.index()].cycle;
        self.plan.rules.push(Rule {
            node,
            label: format!("第{}条", id.0),
            text: format!("第{}条的原文", id.0),
            line: u32::from(id.0) + 1,
            cycle,
            basis,
            points,
            row_rules: Vec::new(),
            limits: Vec::new(),
            most_times: None,
            same_matter: None,
            refund: None,
            valid_months: None,
            effects: Vec::new(),
            in_force: None,
        });
        self.plan.nodes[node.index()].rules.push(id);
        id
    }

    pub fn rule_mut(&mut self, id: RuleId) -> &mut Rule {
        &mut self.plan.rules[id.index()]
    }

    /// An event and a line that gives points per piece of it.
    pub fn counted(&mut self, node: NodeId, label: &str, points: impl ToString) -> (InputId, RuleId) {
        let input = self.event(node, label);
        (input, self.rule(node, Basis::Row(input), per_piece(points)))
    }

    /// An event that vetoes in periods of these cycles.
    pub fn veto(&mut self, node: NodeId, label: &str, cycles: &[Cycle]) -> InputId {
        let input = self.event(node, label);
        let rule = self.rule(node, Basis::Once(input), n(0));
        let effect = Effect::Veto { cycles: cycles.to_vec(), moves: true, zero_total: false };
        self.rule_mut(rule).effects.push(RuleEffect { when: Condition::Always, effect });
        input
    }

    pub fn measure(&mut self, node: NodeId, name: &str, expr: Expr) -> Expr {
        let id = MeasureId(self.plan.measures.len() as u16);
        let cycle = self.plan.nodes[node.index()].cycle;
        self.plan.measures.push(Measure { node, name: name.to_owned(), kind: Type::Bare, expr, cycle, line: 0 });
        Expr::Measure(id)
    }

    pub fn peer(&mut self, kind: PeerKind, expr: Expr, same_group: bool) -> Expr {
        let id = PeerId(self.plan.peers.len() as u16);
        self.plan.peers.push(Peer { expr, same_group, kind, name: "全体".to_owned() });
        Expr::Peer(id)
    }

    pub fn ranking(&mut self, cycle: Cycle) -> RankingId {
        let id = RankingId(self.plan.rankings.len() as u16);
        self.plan.rankings.push(Ranking {
            name: "名次".to_owned(),
            cycle,
            value: Expr::Total,
            low_first: false,
            grouped: false,
            ties: Ties::SharedLeavingGaps,
            tiebreakers: Vec::new(),
            vetoed: Vetoed::LastByValue,
            tied_last: None,
        });
        id
    }

    pub fn ranking_mut(&mut self, id: RankingId) -> &mut Ranking {
        &mut self.plan.rankings[id.index()]
    }

    pub fn grading(&mut self, cycle: Cycle, ranking: RankingId, grades: Vec<Grade>) -> &mut Grading {
        self.plan.gradings.push(Grading {
            name: "等次".to_owned(),
            cycle,
            ranking,
            grades,
            rules: Vec::new(),
            refill: false,
            set_apart: false,
            quota_rounding: Rounding::Down,
            per_group: false,
            cumulative: false,
        });
        self.plan.gradings.last_mut().unwrap()
    }

    pub fn award(&mut self, cycle: Cycle, to: AwardTo, text: &str) -> &mut Award {
        self.plan.awards.push(Award {
            cycle,
            to,
            when: Condition::Always,
            text: text.to_owned(),
            money: None,
            not_if_vetoed: true,
            not_if_disqualified: Vec::new(),
            exceptions: Vec::new(),
            passed_down: false,
            rest_of: Vec::new(),
            split: None,
            line: 1,
        });
        self.plan.awards.last_mut().unwrap()
    }

    // ------------------------------------------------------------ facts

    pub fn period(&self, name: &str) -> PeriodId {
        self.plan.calendar.find(name).unwrap()
    }

    pub fn fact(&mut self, unit: &str, period: &str, input: InputId, quantity: impl ToString) -> &mut Row {
        self.facts.push(Row {
            unit: self.roster.iter().position(|known| known.name == unit),
            input,
            period: self.period(period),
            quantity: quantity.to_string().parse().ok(),
            detail: None,
            origin: Origin { file: 0, line: self.facts.len() as u32 + 2 },
        });
        self.facts.last_mut().unwrap()
    }

    /// A row of which more is known.
    pub fn detailed(&mut self, unit: &str, period: &str, input: InputId, quantity: impl ToString) -> &mut Detail {
        let columns = self.plan.columns.len();
        self.fact(unit, period, input, quantity).detail.insert(Detail::empty(columns))
    }

    pub fn about(&mut self, unit: &str, period: &str, input: InputId, matter: &str) {
        let matter = self.plan.symbols.intern(matter);
        self.detailed(unit, period, input, 1).matter = Some(matter);
    }

    /// The one place that knows how facts are held.
    pub fn store(&self) -> Store {
        store(&self.plan, self.roster.clone(), &self.facts, &self.history)
    }

    // ------------------------------------------------------------ asking

    pub fn evaluate(&self, period: &str, traced: bool, threads: usize) -> (Option<Outcome>, Findings) {
        let store = self.store();
        evaluate(&Request { plan: &self.plan, store: &store, period: self.period(period), traced, threads })
    }

    pub fn score(&self, period: &str) -> Outcome {
        let (outcome, findings) = self.evaluate(period, true, 1);
        outcome.unwrap_or_else(|| panic!("{}", findings.render(crate::diagnostic::Style::Human)))
    }

    pub fn unit(&self, unit: &str, period: &str) -> UnitOutcome {
        let index = self.roster.iter().position(|known| known.name == unit).unwrap();
        self.score(period).units.into_iter().find(|outcome| outcome.unit == index).unwrap()
    }

    pub fn total(&self, unit: &str, period: &str) -> String {
        self.unit(unit, period).total.to_string()
    }

    /// The messages of what is wrong.
    pub fn complaints(&self, period: &str) -> Vec<String> {
        let (outcome, findings) = self.evaluate(period, false, 1);
        assert!(outcome.is_none() || !findings.has_errors());
        findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
    }
}

/// `-3 缺项` for what counted, `(未认定)` for what did not.
pub fn entries(unit: &UnitOutcome) -> Vec<String> {
    let line = |entry: &crate::outcome::Entry| match (&entry.reason, entry.counted) {
        (Some(reason), true) => format!("{} {reason}", entry.points),
        (None, true) => entry.points.to_string(),
        (reason, false) => format!("({})", reason.as_deref().unwrap_or_default()),
    };
    unit.entries.iter().map(line).collect()
}

/// Rank and name, in the order of the outcome.
pub fn order(sheet: &Sheet, outcome: &Outcome) -> String {
    let line = |unit: &UnitOutcome| {
        let rank = unit.rankings.first().and_then(|rank| rank.rank);
        format!("{}{}", rank.map_or("-".to_owned(), |rank| rank.to_string()), sheet.roster[unit.unit].name)
    };
    outcome.units.iter().map(line).collect::<Vec<_>>().join(" ")
}
