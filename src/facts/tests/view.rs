//! What is read once for two plans is what each of them would have read by itself.

use super::*;
use crate::facts::{Cell, Held, Reading, read_by};

/// The same rulebook with everything in another order.
fn turned() -> Plan {
    let mut plan = plan();
    plan.symbols = Symbols::default();
    let levels = ["市级", "省级", "国家级"].map(|level| plan.symbols.intern(level));
    plan.columns.reverse();
    plan.columns[2].values = Some(levels.to_vec());
    let last = plan.inputs.len() as u16 - 1;
    plan.inputs.reverse();
    for input in &mut plan.inputs {
        input.columns.iter_mut().for_each(|column| column.0 = 2 - column.0);
        if let InputKind::Grade { group } = &mut input.kind {
            group.0 = last - group.0;
        }
    }
    plan
}

const ROWS: &str = "月份,单位,条款,情形,数量,分值,事项,级别,学分,截止日期,完成日期,备注,认定\n\
    2023-04,古井司法所,综合事项.2,省厅采用,2,,,,,,,,\n\
    2023-04,古井司法所,综合事项.2,省厅采用,1,,,,,,,,\n\
    2023-04,古井司法所,综合事项.6,受到表彰,1,,换届,国家级,3分,2023-04-10,,,\n\
    2023-05,古井司法所,综合事项.6,受到表彰,1,,防汛,省级,,2023-05-10,2023-05-09,,待核\n\
    2023-04,芦庙司法所,综合事项.6,表现突出,1,3,,,,,,见记录,\n\
    2023-04,芦庙司法所,基层工作.2,录入件数,28,,,,,,,,\n\
    2023-04,芦庙司法所,基层工作.2,同步率,不适用,,,,,,,,\n\
    2023-06,华佗司法所,基层工作.7,优秀,,,,,,,,,\n\
    2023-06,,参数,工作日数,250,,,,,,,,\n";

fn told(store: &Store) -> Vec<String> {
    let text = |cell: &Cell| match cell {
        Cell::Text(id) => store.symbol(*id).to_owned(),
        cell => format!("{cell:?}"),
    };
    let mut all = Vec::new();
    for (unit, named) in store.roster.iter().enumerate() {
        all.push(format!("{} {:?}", named.name, named.group.map(|group| store.symbol(group))));
        store.unit_facts(unit).each(|held: Held| {
            let detail = held.detail().map(|detail| {
                let columns: Vec<String> = detail.columns.iter().map(text).collect();
                let matter = detail.matter.map(|matter| store.symbol(matter));
                (columns, matter, detail.counted, detail.points, detail.deadline, detail.completed)
            });
            let (input, period, rows) = (held.input().0, held.period().0, held.rows());
            all.push(format!("{input} {period} {:?} {rows} {detail:?}", held.quantity()));
        });
    }
    let inputs = 0..13;
    all.extend(inputs.flat_map(|id| store.globals(InputId(id)).map(|fact| format!("{fact:?}")).collect::<Vec<_>>()));
    all.extend((0..20).map(|period| store.has_facts(crate::calendar::PeriodId(period)).to_string()));
    all
}

#[test]
fn one_reading_serves_two_plans() {
    let (one, other) = (plan(), turned());
    let roster = file("单位.csv", ROSTER);
    let files = [file("2023.csv", ROWS)];
    let (reading, view) = Reading::of_both(&one, &other).expect("both take the same rows");
    let (store, findings) = read_by(&reading, &one, Some(&roster), None, &files, &options());
    assert!(!findings.has_errors(), "{:?}", codes(&findings));
    let (own, _) = read(&one, Some(&roster), None, &files, &options());
    assert_eq!(told(&store), told(&own));
    let (apart, _) = read(&other, Some(&roster), None, &files, &options());
    let seen = store.seen_by(&other, view);
    assert_eq!(told(&seen), told(&apart));
    assert!(told(&seen).iter().any(|line| line.contains("国家级") && line.contains("换届")), "{:?}", told(&seen));
    let of = |store: &Store, input: u16| {
        store.unit_facts(0).of(InputId(input)).map(|fact| (fact.period, fact.quantity)).collect::<Vec<_>>()
    };
    (0..13).for_each(|input| assert_eq!(of(&seen, input), of(&apart, input), "{input}"));
}

#[test]
fn what_the_other_adds_up_no_more_is_kept_apart_for_both() {
    let (one, mut other) = (plan(), plan());
    other.inputs[ADOPTED.index()].additive = false;
    let roster = file("单位.csv", ROSTER);
    let files = [file("2023.csv", ROWS)];
    let (reading, view) = Reading::of_both(&one, &other).expect("both take the same rows");
    let (store, _) = read_by(&reading, &one, Some(&roster), None, &files, &options());
    let (apart, _) = read(&other, Some(&roster), None, &files, &options());
    assert_eq!(told(&store.seen_by(&other, view)), told(&apart));
    assert_eq!(store.unit_facts(0).of(ADOPTED).count(), 2);
}

#[test]
fn plans_that_ask_for_other_rows_are_read_for_apart() {
    let change = |change: &dyn Fn(&mut Plan)| {
        let mut other = plan();
        change(&mut other);
        Reading::of_both(&plan(), &other).is_none()
    };
    assert!(!change(&|_| {}));
    assert!(!change(&|plan| plan.inputs[ADOPTED.index()].range = (Some(Decimal::ZERO), None)));
    assert!(change(&|plan| plan.inputs[ADOPTED.index()].needs.matter = true));
    assert!(change(&|plan| plan.inputs[ADOPTED.index()].columns = vec![ColumnId(0)]));
    assert!(change(&|plan| plan.inputs[ADOPTED.index()].range.1 = Some(Decimal::ONE)));
    assert!(change(&|plan| plan.inputs[RECORDED.index()].kind = InputKind::Event));
    assert!(change(&|plan| plan.inputs[RECORDED.index()].label = "另一个".to_owned()));
    assert!(change(&|plan| plan.inputs[DISCRETION.index()].needs.points = None));
    assert!(change(&|plan| plan.inputs[10].only_months.clear()));
    assert!(change(&|plan| plan.columns[0].values.as_mut().unwrap().truncate(1)));
    assert!(change(&|plan| {
        let more = plan.columns[0].clone();
        plan.columns.push(Column { name: "另一列".to_owned(), ..more });
    }));
}
