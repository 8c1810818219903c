//! Tests of the reading, over plans built by hand.

mod messages;
mod sameness;
mod values;
mod view;

use std::io::Cursor;

use rust_decimal::Decimal;

use crate::calendar::{Calendar, Cycle, Month};
use crate::diagnostic::Findings;
use crate::plan::*;
use crate::value::Number;

use super::{Fact, Options, SourceFile, Store, read};

/// A plan of two 板块 with one input of each kind.
pub fn plan() -> Plan {
    let month = |number| Month::new(2023, number).unwrap();
    let addresses = ["", "综合事项", "综合事项.2", "综合事项.6", "基层工作", "基层工作.2", "基层工作.7", "基层工作.12"];
    let mut symbols = Symbols::default();
    let levels = ["国家级", "省级"].map(|level| symbols.intern(level));
    let column = |name: &str, kind, values| Column { name: name.to_owned(), kind, values, optional: false };
    Plan {
        title: "试行方案".to_owned(),
        subject: "司法所".to_owned(),
        columns: vec![
            column("级别", Type::Text, Some(levels.to_vec())),
            column("学分", Type::Points, None),
            column("到岗日", Type::Date, None),
        ],
        symbols,
        nodes: addresses.iter().map(|address| node(address)).collect(),
        inputs: inputs(),
        rollups: vec![(Cycle::Term, Expr::Number(Number::ZERO))],
        ..Plan::empty(Calendar::new(month(3), month(12), None))
    }
}

fn node(address: &str) -> Node {
    Node::empty(None, address, address, Cycle::Month, 1)
}

pub fn input(node: u16, label: &str, kind: InputKind, quantity: Type) -> Input {
    let percent = quantity == Type::Percent;
    Input {
        node: NodeId(node),
        label: label.to_owned(),
        additive: kind == InputKind::Event,
        kind,
        quantity,
        range: (Some(Decimal::ZERO), percent.then_some(Decimal::ONE)),
        cycle: Cycle::Month,
        any_month: true,
        versions: None,
        only_months: Vec::new(),
        needs: Needs::default(),
        columns: Vec::new(),
        missing: WhenMissing::Error,
        inapplicable: WhenMissing::NotAssessed,
        raters: Vec::new(),
    }
}

pub const ADOPTED: InputId = InputId(0);
pub const RECORDED: InputId = InputId(1);
pub const SYNCED: InputId = InputId(2);
pub const GOOD: InputId = InputId(3);
pub const TRAINED: InputId = InputId(5);
pub const DISCRETION: InputId = InputId(6);
pub const PRAISE: InputId = InputId(7);
pub const TARGET: InputId = InputId(9);

fn inputs() -> Vec<Input> {
    let count = |word: &str| Type::Count(word.to_owned());
    let points = Some((Decimal::ONE, Decimal::from(5)));
    vec![
        input(2, "省厅采用", InputKind::Event, count("篇")),
        input(5, "录入件数", InputKind::Indicator, count("件")),
        input(5, "同步率", InputKind::Indicator, Type::Percent),
        Input { cycle: Cycle::Quarter, ..input(6, "优秀", InputKind::Grade { group: GOOD }, Type::Bare) },
        Input { cycle: Cycle::Quarter, ..input(6, "良好", InputKind::Grade { group: GOOD }, Type::Bare) },
        Input { any_month: false, cycle: Cycle::Quarter, ..input(6, "培训迟报", InputKind::Event, count("次")) },
        Input {
            additive: false,
            needs: Needs { points, ..Needs::default() },
            ..input(3, "表现突出", InputKind::Event, count("次"))
        },
        Input {
            additive: false,
            needs: Needs { matter: true, deadline: true, ..Needs::default() },
            columns: vec![ColumnId(0)],
            ..input(3, "受到表彰", InputKind::Event, count("次"))
        },
        input(7, "书面卷不足", InputKind::Pending("原文残缺".to_owned()), count("件")),
        Input { cycle: Cycle::Year, ..input(0, "工作日数", InputKind::Parameter { global: true }, Type::Days) },
        Input { only_months: vec![12], ..input(7, "示范村", InputKind::Event, count("个")) },
        Input {
            needs: Needs { rater: true, ..Needs::default() },
            ..input(7, "测评分", InputKind::Rating, Type::Points)
        },
        Input { cycle: Cycle::Year, ..input(0, "签约目标", InputKind::Parameter { global: false }, count("个")) },
    ]
}

pub const HEADER: &str = "月份,单位,条款,情形,数量,分值,事项,截止日期,完成日期,依据,备注\n";
pub const ROSTER: &str =
    "单位,分组,启用月份,停用月份\n古井司法所,甲,,\n芦庙司法所,甲,,\n华佗司法所,乙,2023-05,2023-09\n";

pub fn file<'a>(name: &str, bytes: impl Into<Vec<u8>>) -> SourceFile<'a> {
    let bytes: Vec<u8> = bytes.into();
    let size = bytes.len() as u64;
    SourceFile { name: name.to_owned(), size, open: Box::new(move || Ok(Box::new(Cursor::new(bytes.clone())))) }
}

pub fn options<'a>() -> Options<'a> {
    Options { keep_entries: false, threads: 2, progress: None }
}

pub fn read_all(files: &[SourceFile<'_>], keep_entries: bool) -> (Store, Findings) {
    let roster = file("单位.csv", ROSTER);
    read(&plan(), Some(&roster), None, files, &Options { keep_entries, ..options() })
}

/// Reads rows under the usual header.
pub fn read_rows(rows: &str) -> (Store, Findings) {
    read_all(&[file("2023-04.csv", format!("{HEADER}{rows}"))], false)
}

/// The codes of findings with line and column.
pub fn codes(findings: &Findings) -> Vec<String> {
    findings.iter().map(|f| format!("{}:{}:{}", f.code, f.place.line, f.place.column)).collect()
}

/// Everything in a store that does not depend on places.
pub fn contents(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for (unit, named) in store.roster.iter().enumerate() {
        let facts = store.unit_facts(unit);
        let shown = |fact: Fact| (fact.input, shown(store, named.name.as_str(), &fact));
        let mut rows: Vec<(InputId, String)> = facts.all().map(shown).collect();
        rows.sort();
        all.extend(rows.into_iter().map(|(_, row)| row));
    }
    all
}

fn shown(store: &Store, unit: &str, fact: &Fact) -> String {
    let matter = fact.detail.as_ref().and_then(|detail| detail.matter).map(|matter| store.symbol(matter));
    let quantity = fact.quantity.map(|quantity| quantity.normalize());
    let detail = fact.detail.as_ref().map(|detail| (detail.counted, detail.points, detail.deadline, detail.repaired));
    format!("{unit} {} {} {quantity:?} {} {matter:?} {detail:?}", fact.input.0, fact.period.0, fact.rows)
}
