//! A small plan and its outcomes, built by hand for tests.

use rust_decimal::Decimal;

use crate::calendar::{Calendar, Cycle, Month, PeriodId};
use crate::facts::given::store;
use crate::facts::{Store, Unit};
use crate::outcome::*;
use crate::plan::*;
use crate::scored::Scored;
use crate::value::Number;

pub struct Sample {
    plan: Plan,
    store: Store,
    outcome: Outcome,
}

impl Sample {
    pub fn scored(&self) -> Scored<'_> {
        Scored { plan: &self.plan, store: &self.store, outcome: &self.outcome }
    }
}

/// The year 2023 of three units: one with an award, one cut by a cap and disqualified, one vetoed.
pub fn year() -> Sample {
    let plan = plan();
    let term = plan.calendar.term();
    let months = vec![(PeriodId(0), number("-1")), (PeriodId(1), number("8.5"))];
    let mut first = unit(0, "7.5", 1);
    first.periods = months;
    first.nodes = vec![
        node(0, ("0", "10", "2.5"), ("10", "2.5")),
        node(1, ("0", "0", "2.5"), ("0", "2.5")),
        node(2, ("0", "0", "2.5"), ("0", "2.5")),
        node(3, ("0", "10", "0"), ("10", "0")),
    ];
    first.grades = vec![grade("优秀", Some("合格"))];
    first.awards = vec![AwardOutcome {
        award: 0,
        text: "奖励3000元".into(),
        money: Some(number("3000")),
        withheld: None,
        figures: vec![],
    }];
    let mut second = unit(1, "-40", 2);
    second.periods = vec![(PeriodId(0), number("0")), (PeriodId(1), number("-40"))];
    second.disqualified = vec!["评先资格".into()];
    second.nodes = vec![
        node(0, ("0", "0", "40"), ("0", "40")),
        node(1, ("0", "0", "62"), ("0", "40")),
        node(2, ("0", "0", "62"), ("0", "62")),
        node(3, ("0", "0", "0"), ("0", "0")),
    ];
    second.nodes[1].steps = vec![("扣分封顶40分".into(), number("-62"), number("-40"))];
    second.grades = vec![grade("合格", None)];
    second.entries = vec![
        Entry { facts: vec!["2023-04.csv:41".into()], ..entry(0, "62", "-62", None) },
        Entry {
            counted: false,
            matter: Some("核查".into()),
            facts: vec!["2023-04.csv:42".into()],
            ..entry(0, "1", "0", Some("认定为驳回"))
        },
        Entry {
            facts: vec!["2023-04.csv:2".into(), "2023-04.csv:3".into()],
            peers: vec![("全体平均（数据同步率）".into(), number("0.93"))],
            ..entry(1, "0.862", "0", None)
        },
    ];
    let mut third = unit(2, "0", 3);
    third.vetoed = true;
    third.demoted = true;
    third.nodes = (0..4).map(|id| node(id, ("0", "0", "0"), ("0", "0"))).collect();
    third.grades = vec![grade("不合格", None)];
    third.awards = vec![
        AwardOutcome { award: 1, text: "约谈检讨表态".into(), money: None, withheld: None, figures: vec![] },
        AwardOutcome {
            award: 0,
            text: "奖励3000元".into(),
            money: None,
            withheld: Some("一票否决".into()),
            figures: vec![],
        },
    ];
    third.effects = vec![EffectOutcome {
        rule: RuleId(0),
        input: None,
        period: PeriodId(1),
        effect: "一票否决".into(),
        fact: Some("2023-04.csv:7".into()),
        also: vec![],
    }];
    let outcome = Outcome {
        period: term,
        scored: vec![PeriodId(0), PeriodId(1)],
        without_facts: vec![],
        units: vec![first, second, third],
        peers: vec![],
        uses: Default::default(),
    };
    let names = ["芦庙司法所", "古井司法所", "=华佗,\"司法所\""];
    let roster = names.map(|name| Unit {
        name: name.into(),
        former: None,
        group: None,
        first: None,
        last: None,
        attributes: vec![],
    });
    let store = store(&plan, roster.into(), &[], &[]);
    Sample { plan, store, outcome }
}

/// April of a unit that reported nothing and one that is not assessed, without a trace.
pub fn month() -> Sample {
    let Sample { plan, store, .. } = year();
    let mut away = unit(1, "0", 1);
    away.status = Status::NotAssessed;
    away.status_reason = Some("当月新设".into());
    away.rankings = vec![];
    let outcome = Outcome {
        period: PeriodId(1),
        scored: vec![],
        without_facts: vec![],
        units: vec![UnitOutcome { rankings: vec![], ..unit(0, "0", 1) }, away],
        peers: vec![],
        uses: Default::default(),
    };
    Sample { plan, store, outcome }
}

/// The base periods of [`year`], as far as the second unit is concerned.
pub fn months() -> Vec<Outcome> {
    let mut quiet = unit(1, "0", 1);
    quiet.nodes = (0..4).map(|id| node(id, ("0", "0", "0"), ("0", "0"))).collect();
    let year = year().outcome.units.swap_remove(1);
    let busy = UnitOutcome { nodes: year.nodes, entries: year.entries, ..unit(1, "-40", 2) };
    let month = |id, unit| Outcome {
        period: PeriodId(id),
        scored: vec![],
        without_facts: vec![],
        units: vec![unit],
        peers: vec![],
        uses: Default::default(),
    };
    vec![month(0, quiet), month(1, busy)]
}

/// Compares with a file of `tests/reports`; `UPDATE_EXPECT=1` rewrites it.
pub fn expect(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "tests/reports/{name}");
}

fn plan() -> Plan {
    let month = |number| Month::new(2023, number).unwrap();
    let percent_input = Input {
        node: NodeId(2),
        label: "数据同步率".into(),
        kind: InputKind::Indicator,
        quantity: Type::Percent,
        range: (None, None),
        cycle: Cycle::Month,
        any_month: true,
        only_months: vec![],
        needs: Needs::default(),
        columns: vec![],
        missing: WhenMissing::Error,
        inapplicable: WhenMissing::NotAssessed,
        additive: false,
        versions: None,
        raters: Vec::new(),
    };
    let event = Input {
        label: "缺项".into(),
        kind: InputKind::Event,
        quantity: Type::Count("项".into()),
        ..percent_input.clone()
    };
    let mut item = plan_node(Some(0), "社区矫正工作.1", "智能化监管平台");
    item.rules = vec![RuleId(0), RuleId(1)];
    item.citation = Some("细则·社区矫正·1".into());
    Plan {
        title: "谯城区2023年司法所综合考评".into(),
        number: Some("谯司〔2023〕1号".into()),
        subject: "司法所".into(),
        nodes: vec![
            Node { children: vec![NodeId(1), NodeId(3)], ..plan_node(None, "", "") },
            Node {
                children: vec![NodeId(2)],
                steps: vec![Step::CapDeduction { most: Expr::Number(number("40")), per: Cycle::Month }],
                step_lines: vec![1],
                ..plan_node(Some(0), "社区矫正工作", "社区矫正工作")
            },
            Node { parent: Some(NodeId(1)), ..item },
            plan_node(Some(0), "加分事项", "加分事项"),
        ],
        inputs: vec![event, percent_input],
        rules: vec![
            rule("缺项", "缺项：每项扣1分", 12, Basis::Row(InputId(0))),
            rule("数据同步率", "数据同步率（%）：低于全体平均扣2分", 13, Basis::Period),
        ],
        rollups: vec![(Cycle::Term, Expr::Total)],
        rankings: vec![Ranking {
            name: "年终".into(),
            cycle: Cycle::Term,
            value: Expr::Total,
            low_first: false,
            grouped: false,
            ties: Ties::SharedLeavingGaps,
            tiebreakers: vec![],
            vetoed: Vetoed::LastByValue,
            tied_last: None,
        }],
        gradings: vec![Grading {
            name: "等次".into(),
            cycle: Cycle::Term,
            ranking: RankingId(0),
            grades: vec![],
            rules: vec![],
            refill: false,
            set_apart: false,
            quota_rounding: crate::value::Rounding::Down,
            per_group: false,
            cumulative: false,
        }],
        awards: vec![
            award("奖励3000元", AwardTo::Places { ranking: RankingId(0), first: 1, last: 1 }, Some("3000")),
            award("约谈检讨表态", AwardTo::Bottom { ranking: RankingId(0), count: 1 }, None),
        ],
        readings: vec![
            Reading { kind: "约定", clause: String::new(), text: "年终得分 = 各月得分之和".into() },
            Reading { kind: "读法", clause: "社区矫正工作.1".into(), text: "缺项按项计".into() },
        ],
        ..Plan::empty(Calendar::new(month(3), month(4), None))
    }
}

fn number(text: &str) -> Number {
    Number::from(text.parse::<Decimal>().unwrap())
}

fn unit(unit: usize, total: &str, rank: u32) -> UnitOutcome {
    UnitOutcome {
        rankings: vec![RankOutcome {
            ranking: 0,
            group: None,
            rank: Some(rank),
            of: 3,
            value: number(total),
            tiebreakers: Vec::new(),
        }],
        ..UnitOutcome::bare(unit, Status::Assessed, number(total))
    }
}

fn node(id: u16, raw: (&str, &str, &str), tally: (&str, &str)) -> NodeOutcome {
    let raw = Tally { base: number(raw.0), bonus: number(raw.1), deduction: number(raw.2) };
    let tally = Tally { base: raw.base, bonus: number(tally.0), deduction: number(tally.1) };
    NodeOutcome {
        node: NodeId(id),
        assessed: true,
        before: Some(Box::new(raw)),
        before_is_lost: false,
        tally,
        steps: vec![],
    }
}

fn grade(grade: &str, before: Option<&str>) -> GradeOutcome {
    let reasons = before.map(|_| "名额有余，递补".to_owned()).into_iter().collect();
    GradeOutcome { grading: 0, grade: grade.into(), before: before.map(str::to_owned), is_moved: false, reasons }
}

fn entry(rule: u16, quantity: &str, points: &str, reason: Option<&str>) -> Entry {
    Entry {
        rule: RuleId(rule),
        period: PeriodId(1),
        quantity: Some(number(quantity)),
        points: number(points),
        counted: true,
        reason: reason.map(str::to_owned),
        facts: vec![],
        matter: None,
        person: None,
        late: None,
        basis: None,
        note: None,
        peers: vec![],
    }
}

fn plan_node(parent: Option<u16>, address: &str, title: &str) -> Node {
    Node::empty(parent.map(NodeId), address, title, Cycle::Month, 1)
}

fn rule(label: &str, text: &str, line: u32, basis: Basis) -> Rule {
    Rule {
        node: NodeId(2),
        label: label.into(),
        text: text.into(),
        line,
        cycle: Cycle::Month,
        basis,
        points: Expr::Number(Number::ZERO),
        row_rules: vec![],
        limits: vec![],
        most_times: None,
        same_matter: None,
        refund: None,
        valid_months: None,
        effects: vec![],
        in_force: None,
    }
}

fn award(text: &str, to: AwardTo, money: Option<&str>) -> Award {
    Award {
        cycle: Cycle::Term,
        to,
        when: Condition::Always,
        text: text.into(),
        money: money.map(|money| Expr::Number(number(money))),
        not_if_vetoed: true,
        not_if_disqualified: vec!["评先资格".into()],
        exceptions: vec![],
        passed_down: false,
        rest_of: Vec::new(),
        split: None,
        line: 40,
    }
}
