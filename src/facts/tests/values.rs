//! What sound rows give.

use super::*;
use crate::calendar::PeriodId;
use crate::facts::text::{NotDate, NotNumber, amount, date, month, period};

fn only(store: &Store, unit: usize, input: InputId) -> Vec<(String, String, u32)> {
    let calendar = plan().calendar;
    let facts = store.unit_facts(unit);
    let quantity = |fact: &Fact| fact.quantity.map_or("不适用".to_owned(), |quantity| quantity.to_string());
    facts.of(input).map(|fact| (calendar.period(fact.period).name.clone(), quantity(&fact), fact.rows)).collect()
}

fn row(period: &str, quantity: &str, rows: u32) -> (String, String, u32) {
    (period.to_owned(), quantity.to_owned(), rows)
}

#[test]
fn plain_rows_are_read_and_events_are_added_up() {
    let (store, findings) = read_rows(concat!(
        "2023-04,古井司法所,综合事项.2,省厅采用,2,,,,,,\n",
        "2023-04,古井司法所,综合事项.2,省厅采用,,,,,,某文,见附件\n",
        "2023-04,古井司法所,基层工作.2,录入件数,30,,,,,,\n",
        "2023-05,古井司法所,基层工作.2,同步率,89.9%,,,,,,\n",
        "2023-05,芦庙司法所,基层工作.2,同步率,不适用,,,,,,\n",
    ));
    assert_eq!(codes(&findings), Vec::<String>::new());
    assert_eq!(only(&store, 0, ADOPTED), [row("2023-04", "3", 2)]);
    assert_eq!(only(&store, 0, RECORDED), [row("2023-04", "30", 1)]);
    assert_eq!(only(&store, 0, SYNCED), [row("2023-05", "0.899", 1)]);
    assert_eq!(only(&store, 1, SYNCED), [row("2023-05", "不适用", 1)]);
    assert_eq!(store.unit_facts(0).all().map(|fact| fact.input).collect::<Vec<_>>(), [ADOPTED, RECORDED, SYNCED]);
    assert!(store.has_facts(PeriodId(1)) && store.has_facts(PeriodId(2)) && !store.has_facts(PeriodId(3)));
}

#[test]
fn entries_are_kept_apart_with_their_places_where_asked() {
    let rows =
        "2023-04,古井司法所,综合事项.2,省厅采用,2,,,,,,\n2023-04,古井司法所,综合事项.2,省厅采用,,,,,,某文,见附件\n";
    let (store, findings) = read_all(&[file("a/四月.csv", format!("{HEADER}{rows}"))], true);
    assert!(findings.is_empty());
    let facts = store.unit_facts(0);
    let rows: Vec<_> = facts.of(ADOPTED).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(store.origin_text(rows[1].origin.unwrap()), "a/四月.csv:3");
    assert_eq!(rows[1].detail.as_ref().unwrap().note.as_deref(), Some("见附件"));
    assert_eq!(rows[0].detail, None);
}

#[test]
fn untidy_spellings_mean_the_same() {
    let (store, findings) = read_rows(concat!(
        "\r\n　２０２３年４月 , 古井司法所　,基层工作。２,录入件数,３０件,,,,,,\r\n",
        ",,,,,,,,,,\n",
        "\"202304\",\"芦庙司法所\",基层工作 ． 2,\"录入件数\",\"+28\",,,,,\"见\n附件，\"\"二\"\"\",\n",
        "2023/4,芦庙司法所,基层工作·2,同步率,98％,,,,,,,,\n",
    ));
    assert_eq!(codes(&findings), Vec::<String>::new());
    assert_eq!(only(&store, 0, RECORDED), [row("2023-04", "30", 1)]);
    assert_eq!(only(&store, 1, RECORDED), [row("2023-04", "28", 1)]);
    assert_eq!(only(&store, 1, SYNCED), [row("2023-04", "0.98", 1)]);
}

#[test]
fn details_are_kept_for_what_asks_for_them() {
    let text = concat!(
        "月份,单位,条款,情形,数量,分值,事项,截止日期,完成日期,备注,级别,编号,针对编号,整改日期,认定\n",
        "2023-04,古井司法所,综合事项.6,表现突出,,3,,,,很好,,1,,,\n",
        "2023-04,古井司法所,综合事项.6,受到表彰,,,文明单位,2023年4月10日,20230430,,省级,2,,,待核\n",
        "2023-05,古井司法所,综合事项.6,表现突出,,,,,,,,,１,2023/5/6,\n",
    );
    let (store, findings) = read_all(&[file("a.csv", text)], false);
    assert_eq!(codes(&findings), Vec::<String>::new());
    let facts = store.unit_facts(0);
    let praised: Vec<_> = facts.of(DISCRETION).collect();
    assert_eq!(praised.len(), 1);
    let detail = praised[0].detail.as_ref().unwrap();
    assert_eq!((detail.points, detail.repaired), (Some(Decimal::from(3)), date("2023-05-06").ok()));
    let honored: Vec<_> = facts.of(PRAISE).collect();
    let detail = honored[0].detail.as_ref().unwrap();
    assert!(!detail.counted);
    assert_eq!(store.symbol(detail.matter.unwrap()), "文明单位");
    assert_eq!((detail.deadline, detail.completed), (date("2023-04-10").ok(), date("2023-04-30").ok()));
    let super::super::Cell::Text(level) = detail.columns[0] else { panic!("级别 is a text") };
    assert_eq!(plan().symbols.text(level), "省级");
}

#[test]
fn groups_parameters_and_periods() {
    let text = concat!(
        "期间,月份,对象分组,单位,条款,情形,数量\n",
        ",2023-04,甲,,综合事项.2,省厅采用,1\n",
        "2023,,,,参数,工作日数,250\n",
        "2023,,,古井司法所,,签约目标,12个\n",
        "2023年第二季度,,,古井司法所,基层工作.7,优秀,\n",
        ",2023-06,,古井司法所,基层工作.7,培训迟报,2\n",
    );
    let (store, findings) = read_all(&[file("a.csv", text)], false);
    assert_eq!(codes(&findings), Vec::<String>::new());
    assert_eq!(only(&store, 0, ADOPTED), [row("2023-04", "1", 1)]);
    assert_eq!(only(&store, 1, ADOPTED), [row("2023-04", "1", 1)]);
    assert_eq!(only(&store, 2, ADOPTED), []);
    assert_eq!(store.globals(TARGET).map(|fact| fact.quantity).collect::<Vec<_>>(), [Some(Decimal::from(250))]);
    assert_eq!(only(&store, 0, InputId(12)), [row("2023", "12", 1)]);
    assert_eq!(only(&store, 0, GOOD), [row("2023-Q2", "1", 1)]);
    assert_eq!(only(&store, 0, TRAINED), [row("2023-06", "2", 1)]);
    assert!(!store.has_facts(PeriodId(0)) && store.has_facts(PeriodId(1)) && store.has_facts(PeriodId(3)));
    assert!(!store.has_facts(PeriodId(9)), "a parameter is about no month");
}

#[test]
fn large_sums_and_many_rows_stay_exact() {
    let rows: String = (0..70_000).map(|_| "2023-04,古井司法所,综合事项.2,省厅采用,67108863,,,,,,\n").collect();
    let (store, findings) = read_rows(&rows);
    assert!(findings.is_empty());
    assert_eq!(only(&store, 0, ADOPTED), [row("2023-04", "4697620410000", 70_000)]);
}

#[test]
fn history_and_attributes() {
    let roster = "单位,成立日期,类别,增幅\n古井司法所,2001-02-03,甲类,-3.5%\n芦庙司法所,,,\n";
    let history = "期间,单位,名称,数值\n2022,古井司法所,得分,98.5\n2021年,古井司法所,得分,-1\n";
    let mut plan = plan();
    let attribute = |name: &str, kind| Column { name: name.to_owned(), kind, values: None, optional: false };
    plan.attributes =
        vec![attribute("类别", Type::Text), attribute("成立日期", Type::Date), attribute("增幅", Type::Percent)];
    let (roster, history) = (file("单位.csv", roster), file("历史.csv", history));
    let (store, findings) = read(&plan, Some(&roster), Some(&history), &[], &options());
    assert_eq!(codes(&findings), Vec::<String>::new());
    let [super::super::Cell::Text(kind), founded, growth] = store.roster[0].attributes[..] else { panic!("three") };
    assert_eq!(store.symbol(kind), "甲类");
    assert_eq!(founded, super::super::Cell::Date(date("2001-02-03").unwrap()));
    assert_eq!(growth, super::super::Cell::Number("-0.035".parse().unwrap()));
    assert_eq!(store.history(0, "得分", "2022"), Some("98.5".parse().unwrap()));
    let past: Vec<_> = store.past(0, "得分").map(|(period, value)| (period.to_owned(), value.to_string())).collect();
    assert_eq!(past, [("2021".to_owned(), "-1".to_owned()), ("2022".to_owned(), "98.5".to_owned())]);
}

#[test]
fn numbers_months_and_dates() {
    assert_eq!(amount("89.9%").unwrap().value.to_string(), "0.899");
    assert_eq!(amount("28 件").unwrap().word, "件");
    for (text, wrong) in [
        ("-1", NotNumber::Negative),
        ("1e5", NotNumber::Exponent),
        ("1,000", NotNumber::Thousands),
        ("0x1F", NotNumber::Other),
        ("NaN", NotNumber::Other),
        ("5.", NotNumber::Other),
        (".5", NotNumber::Other),
        ("", NotNumber::Other),
        ("12345678901234567890123456789", NotNumber::TooManyDigits),
        ("0.00000000000000000000000000001", NotNumber::TooManyDigits),
    ] {
        assert_eq!(amount(text), Err(wrong), "{text}");
    }
    for text in ["2023-04", "2023年4月", "202304", "2023-4", "2023/4", "2023.4", "2023年04月"] {
        assert_eq!(month(text), Ok(Month::new(2023, 4).unwrap()), "{text}");
    }
    assert_eq!(month("2023-13"), Err(NotDate::Impossible));
    for text in ["2023-4-", "23-04", "2023-04-01", "四月", "2023年4", "2023-4月"] {
        assert_eq!(month(text), Err(NotDate::Form), "{text}");
    }
    assert_eq!(date("2023-02-30"), Err(NotDate::Impossible));
    assert_eq!(date("2023-02/03"), Err(NotDate::Form));
    let calendar = plan().calendar;
    for text in ["2023-H1", "2023年上半年", "2023上半年"] {
        assert_eq!(period(&calendar, text), calendar.find("2023-H1"), "{text}");
    }
    assert_eq!(period(&calendar, "2023年度"), Some(calendar.term()));
    assert_eq!(period(&calendar, "2022-Q1"), None);
}
