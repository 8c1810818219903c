//! What wrong rows are told.

use super::*;

/// The codes for one row under the usual header, without places.
fn told(row: &str) -> Vec<String> {
    let (_, findings) = read_rows(&format!("{row}\n"));
    findings.iter().map(|finding| finding.code.to_owned()).collect()
}

#[track_caller]
fn says(row: &str, code: &str, part: &str) {
    let (_, findings) = read_rows(&format!("{row}\n"));
    let all = findings.render(crate::diagnostic::Style::Human);
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [code], "{all}");
    assert!(all.contains(part), "{all}");
}

#[test]
fn names() {
    says("2023-04,古丼司法所,综合事项.2,省厅采用,1,,,,,,", "unknown-unit", "是不是“古井司法所”？");
    says("2023-04,古井司法所,宗合事项.2,省厅采用,1,,,,,,", "unknown-section", "是不是“综合事项”？");
    says("2023-04,古井司法所,综合事项.3,省厅采用,1,,,,,,", "unknown-item", "是不是“综合事项.2”？");
    says("2023-04,古井司法所,综合事项.2,省庭采用,1,,,,,,", "unknown-label", "是不是“省厅采用”？");
    says("2023-04,古井司法所,综合事项.2,录入件数,1,,,,,,", "unknown-label", "在基层工作.2里");
    says("2023-04,,综合事项.2,省厅采用,1,,,,,,", "missing-unit", "补上单位");
    says("2023-04,古井司法所,,省厅采用,1,,,,,,", "missing-clause", "条款");
    says("2023-04,古井司法所,综合事项.2,,1,,,,,,", "missing-label", "情形");
    says("2023-04,古井司法所,基层工作.12,书面卷不足,1,,,,,,", "pending-clause", "原文残缺");
}

/// A unit that was renamed stands in every row of the months before: it is told once.
#[test]
fn one_mistake_in_many_cells_is_told_once() {
    let rows = "2023-04,古丼司法所,综合事项.2,省厅采用,1,,,,,,\n".repeat(6);
    let (_, findings) = read_rows(&format!("{rows}2023-04,第一中学,综合事项.2,省厅采用,1,,,,,,\n"));
    let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(told, ["单位.csv里没有“古丼司法所”，是不是“古井司法所”？（这样的有6处）", "单位.csv里没有“第一中学”"]);
    // An old workbook has no percentages: one is enough to say so.
    let rates: String =
        (1..=6).map(|month| format!("2023-{month:02},古井司法所,基层工作.2,同步率,0.943,,,,,,\n")).collect();
    let sheet = format!("{HEADER}{}", rates.replace("2023-01", "2023-08").replace("2023-02", "2023-09"));
    let (_, findings) = read_all(&[file("四月.xls 表!", sheet)], false);
    let told: Vec<(&str, bool)> = findings
        .iter()
        .map(|finding| (finding.code, finding.help.as_ref().is_some_and(|help| help.contains("另存为.xlsx"))))
        .collect();
    assert_eq!(told, [("bare-percentage", true)]);
}

/// A unit that the roster lost is wrong in every row: the roster is told first, and never left out.
#[test]
fn the_roster_is_told_first() {
    let roster = file("单位.csv", format!("{ROSTER}古井司法所,,,\n"));
    let rows = "2023-04,古井司法所,综合事项.2,没有的,1,,,,,,\n".repeat(1200);
    let facts = [file("2023-04.csv", format!("{HEADER}{rows}"))];
    let (_, findings) = read(&plan(), Some(&roster), None, &facts, &options());
    let sorted = findings.sorted();
    let first = sorted.iter().next().unwrap();
    assert_eq!((first.place.file.as_str(), first.place.line), ("单位.csv", 5), "{first:?}");
}

/// What stands under a wrong name is not missing under the right one.
#[test]
fn what_a_wrong_name_reports_is_reported() {
    let rows = "2023-04,古丼司法所,基层工作.2,录入件数,3,,,,,,\n2023-04,第一中学,基层工作.2,录入件数,3,,,,,,\n";
    for threads in [1, 4] {
        // Many names that are nobody's stand before it, in files that any thread may read.
        let others: String = (0..500).map(|at| format!("2023-04,某{at}校,基层工作.2,录入件数,3,,,,,,\n")).collect();
        let files = ["a.csv", "b.csv", "c.csv"]
            .map(|name| file(name, format!("{HEADER}{rows}{others}{}", "\n".repeat(1 << 20))));
        let roster = file("单位.csv", ROSTER);
        let (store, _) = read(&plan(), Some(&roster), None, &files, &Options { threads, ..options() });
        let april = plan().calendar.find("2023-04").unwrap();
        let told = [0, 1].map(|unit| store.may_be_reported(unit, RECORDED, april));
        assert_eq!(told, [true, false], "{threads}");
    }
}

/// Nor what stands under a wrong label or number, where it is plain which was meant.
#[test]
fn what_a_wrong_label_reports_is_reported() {
    let reported = |clause: &str, label: &str| {
        let (store, _) = read_rows(&format!("2023-04,古井司法所,{clause},{label},3,,,,,,\n"));
        store.may_be_reported(0, RECORDED, plan().calendar.find("2023-04").unwrap())
    };
    assert!(reported("基层工作.2", "录入件敌") && reported("基层工作.22", "录入件数"));
    assert!(!reported("基层工作.2", "走访") && !reported("基层工作.2", "同步串"));
}

#[test]
fn quantities() {
    let counted = |quantity: &str| format!("2023-04,古井司法所,基层工作.2,录入件数,{quantity},,,,,,");
    says(&counted("1.5件"), "fractional-count", "不是整数");
    says(&counted("28人"), "wrong-measure-word", "以“件”计，不能用“人”");
    says(&counted("28%"), "unexpected-percentage", "百分号");
    says(&counted("-3"), "negative-number", "小于0");
    says(&counted("1e3"), "number-with-exponent", "科学记数法");
    says(&counted("\"1,000\""), "thousands-separator", "千分位");
    says(&counted("abc"), "not-a-number", "不是数");
    says(&counted("NaN"), "not-a-number", "不是数");
    says(&counted(&"9".repeat(60)), "too-many-digits", "28位");
    says(&counted(""), "missing-quantity", "不适用");
    let percent = |quantity: &str| format!("2023-04,古井司法所,基层工作.2,同步率,{quantity},,,,,,");
    says(&percent("89.9"), "bare-percentage", "写成89.9%");
    says(&percent("0.899"), "bare-percentage", "写成89.9%");
    says(&percent("101%"), "quantity-out-of-range", "0%至100%");
    says("2023-04,古井司法所,综合事项.2,省厅采用,不适用,,,,,,", "inapplicable-event", "不是指标");
}

#[test]
fn months() {
    let at = |month: &str, rest: &str| format!("{month},{rest},1,,,,,,");
    let event = "古井司法所,综合事项.2,省厅采用";
    says(&at("2023-13", event), "impossible-month", "没有“2023-13”这个月份");
    says(&at("2023-02", event), "month-out-of-force", "历史.csv");
    says(&at("四月", event), "bad-month", "不是月份");
    says(&at("", event), "missing-month", "月份");
    says(&at("2023-04", "华佗司法所,综合事项.2,省厅采用"), "unit-not-active", "2023-05至2023-09");
    says(&at("2023-04", "古井司法所,基层工作.7,培训迟报"), "wrong-month", "2023-03、2023-06、2023-09、2023-12");
    says(&at("2023-11", "古井司法所,基层工作.12,示范村"), "wrong-month", "2023-12");
    assert_eq!(told(&at("2023-05", "华佗司法所,综合事项.2,省厅采用")), Vec::<String>::new());
    assert_eq!(told(&at("2023-12", "古井司法所,基层工作.12,示范村")), Vec::<String>::new());
}

#[test]
fn needed_cells() {
    let discretion = |points: &str, note: &str| format!("2023-04,古井司法所,综合事项.6,表现突出,,{points},,,,,{note}");
    says(&discretion("", "好"), "missing-points", "没有写分值");
    says(&discretion("6", "好"), "points-out-of-range", "1至5分");
    says(&discretion("3", ""), "missing-note", "没有写备注");
    says("2023-04,古井司法所,综合事项.2,省厅采用,1,3,,,,,", "unexpected-points", "分值由方案定");
    says("2023-04,古井司法所,综合事项.2,省厅采用,1,,,2023-02-30,,,", "impossible-date", "不存在");
    says("2023-04,古井司法所,综合事项.2,省厅采用,1,,,,月底,,", "bad-date", "不是日期");
    let codes = told("2023-04,古井司法所,综合事项.6,受到表彰,,,,,,,");
    assert_eq!(codes, ["missing-column-value", "missing-matter", "missing-date"]);
    assert_eq!(told("2023-04,古井司法所,基层工作.12,测评分,90,,,,,,"), ["missing-rater"]);
}

#[test]
fn all_mistakes_of_a_row_are_told_at_once_with_their_places() {
    let (_, findings) = read_rows("2023-13,古丼司法所,综合事项.2,省厅采用,-1,,,,,,\n");
    let mut found = codes(&findings);
    found.sort();
    assert_eq!(found, ["impossible-month:2:1", "negative-number:2:27", "unknown-unit:2:9"]);
    let first = findings.iter().next().unwrap();
    assert_eq!((first.place.file.as_str(), first.text.as_str()), ("2023-04.csv", "2023-13"));
    assert_eq!(first.line_text, "2023-13,古丼司法所,综合事项.2,省厅采用,-1,,,,,,");
}

#[test]
fn headers() {
    let header = |header: &str| {
        let (_, findings) = read_all(&[file("a.csv", format!("{header}\n"))], false);
        codes(&findings)
    };
    assert_eq!(header("月份,单位,条款,情形"), Vec::<String>::new());
    assert_eq!(header(" 月份,单　位 ,条款,情形,数量"), Vec::<String>::new());
    assert_eq!(header("月份,条款,情形"), ["missing-column:1:0"]);
    assert_eq!(header("月份,单位,条款,情形,心情"), ["unknown-column:1:13"]);
    assert_eq!(header("月份,单位,条款,情形,完成日斯"), ["misspelled-column:1:13"]);
    assert_eq!(header("月分,单位,条款,情形"), ["misspelled-column:1:1"]);
    assert_eq!(header("月份,单位,条款,情形,数量（项）"), ["misspelled-column:1:13"]);
    assert_eq!(header("月份,单位,条款,情形,件数"), ["misspelled-column:1:13"]);
    assert_eq!(header("月份,单位,条款,情形,件数,数量"), ["unknown-column:1:13"]);
    assert_eq!(header("月份,单位,条款,情形,数量,数量"), ["duplicate-column:1:16"]);
    let (_, findings) = read_all(&[file("a.csv", "")], false);
    assert_eq!(codes(&findings), ["empty-file:1:0"]);
}

#[test]
fn rows_out_of_form() {
    says("2023-04,古井司法所,综合事项.2,省厅采用,1", "short-row", "只有5格");
    says("2023-04,古井司法所,综合事项.2,省厅采用,1,,,,,,,,多", "too-many-cells", "有13格");
    says("2023-04,古井司法所,综合事项.2,省厅采用,1,,,,,\"某\"文,", "text-behind-quote", "引号");
    says("2023-04,古井司法所,综合事项.2,省厅采用,1,,,,,\"某文,", "unclosed-quote", "没有配对");
    says(&format!("2023-04,古井司法所,综合事项.2,省厅采用,1,,,,,,{}", "长".repeat(30_000)), "cell-too-long", "64 KiB");
    says(&"长".repeat(1_000_000), "row-too-long", "1 MiB");
    let mut bytes = format!("{HEADER}2023-04,古井司法所,综合事项.2,省厅采用,1,,,,,,").into_bytes();
    bytes.extend_from_slice(b"\xff\xfe\n");
    let (_, findings) = read_all(&[file("a.csv", bytes)], false);
    assert_eq!(codes(&findings), ["broken-encoding:2:34"]);
}

#[test]
fn rosters() {
    let read = |roster: Option<&str>| {
        let roster = roster.map(|roster| file("单位.csv", roster));
        let mut plan = plan();
        plan.attributes =
            vec![Column {
                name: "编制".to_owned(), kind: Type::Count("人".to_owned()), values: None, optional: false
            }];
        codes(&super::super::read(&plan, roster.as_ref(), None, &[], &options()).1)
    };
    assert_eq!(read(None), ["missing-roster:0:0"]);
    assert_eq!(read(Some("单位,编制\n")), ["empty-roster:1:0"]);
    assert_eq!(read(Some("单位\n古井司法所\n")), ["missing-column:1:0"]);
    assert_eq!(read(Some("单位,编制\n古井司法所,3人\n古井司法所,\n")), ["duplicate-unit:3:1"]);
    assert_eq!(read(Some("单位,编制,颜色\n古井司法所,1.5,红\n")), ["unknown-column:1:7", "fractional-count:2:7"]);
}

#[test]
fn mistakes_between_rows() {
    let first = format!("{HEADER}2023-04,古井司法所,基层工作.2,录入件数,30,,,,,,\n");
    let second = format!("{HEADER}\n2023-04,古井司法所,基层工作.2,录入件数,31,,,,,,\n");
    for keep in [false, true] {
        let (_, findings) = read_all(&[file("a.csv", first.as_str()), file("b.csv", second.as_str())], keep);
        assert_eq!(codes(&findings), ["reported-twice:3:22"]);
        let finding = findings.iter().next().unwrap();
        assert!(finding.message.contains("a.csv:2和b.csv:3"), "{}", finding.message);
    }
    says(
        "2023-04,古井司法所,基层工作.7,优秀,,,,,,,\n2023-05,古井司法所,基层工作.7,良好,,,,,,,",
        "two-grades",
        "“优秀”和“良好”",
    );
    let text =
        "期间,月份,单位,条款,情形,数量\n2023-Q2,,古井司法所,基层工作.7,优秀,\n,2023-05,古井司法所,基层工作.7,优秀,\n";
    assert_eq!(codes(&read_all(&[file("a.csv", text)], false).1), ["two-grades:3:23"]);
    let numbers = concat!(
        "月份,单位,条款,情形,编号,针对编号,整改日期\n",
        "2023-04,古井司法所,综合事项.2,省厅采用,1,,\n",
        "2023-05,古井司法所,综合事项.2,省厅采用,1,,\n",
        "2023-05,古井司法所,综合事项.2,省厅采用,,3,2023-05-02\n",
        "2023-05,古井司法所,综合事项.2,省厅采用,,1,\n",
    );
    let found = codes(&read_all(&[file("a.csv", numbers)], false).1);
    assert_eq!(found, ["duplicate-number:3:27", "unknown-number:4:28", "missing-repair-date:5:30"]);
}

#[test]
fn a_thousand_findings_are_enough() {
    let rows: String = (0..5000).map(|at| format!("2023-04,没有的所{at},综合事项.2,省厅采用,1,,,,,,\n")).collect();
    let (_, findings) = read_rows(&rows);
    assert_eq!(findings.len(), 1001);
    assert!(findings.iter().last().unwrap().message.contains("还有4000处"));
    assert!(findings.iter().zip(2..).take(1000).all(|(finding, line)| finding.place.line == line));
}

#[test]
fn hostile_files_end_soon() {
    let started = std::time::Instant::now();
    let commas = ",列".repeat(150_000);
    let (_, findings) = read_all(&[file("a.csv", format!("月份{commas}\n"))], false);
    assert_eq!(codes(&findings)[0], "too-many-columns:1:1");
    let long = "长".repeat(20_000);
    let rows: String = (0..100).map(|_| format!("2023-04,{long},{long}.2,{long},1,,,,,,\n")).collect();
    let (_, findings) = read_rows(&rows);
    assert_eq!(findings.len(), 101);
    let quotes = format!("{HEADER}{}", "\"".repeat(3_000_001));
    assert_eq!(codes(&read_all(&[file("a.csv", quotes)], false).1), ["row-too-long:2:0"]);
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn without_a_roster_units_are_not_called_unknown() {
    let facts = file("a.csv", format!("{HEADER}2023-04,古井司法所,综合事项.2,省厅采用,-1,,,,,,\n"));
    let (_, findings) = read(&plan(), None, None, &[facts], &options());
    assert_eq!(codes(&findings), ["missing-roster:0:0", "negative-number:2:27"]);
}

#[test]
fn cells_of_fixed_columns_are_checked_where_nobody_needs_them() {
    let told = |column: &str, cell: &str| {
        let text = format!("月份,单位,条款,情形,{column}\n2023-04,古井司法所,综合事项.2,省厅采用,{cell}\n");
        codes(&read_all(&[file("a.csv", text)], false).1)
    };
    assert_eq!(told("系数", "80%"), Vec::<String>::new());
    assert_eq!(told("系数", "1.2"), ["coefficient-out-of-range:2:27"]);
    assert_eq!(told("位次", "0"), ["fractional-count:2:27"]);
    assert_eq!(told("人数", "3%"), ["not-a-number:2:27"]);
    assert_eq!(told("原满分", "0"), ["scale-out-of-range:2:27"]);
    assert_eq!(told("认定", "大概"), ["unknown-standing:2:27"]);
    assert_eq!(told("级别", "省极"), ["unknown-value:2:27"]);
    assert_eq!(told("学分", "3分"), Vec::<String>::new());
    assert_eq!(told("到岗日", "2023-02-29"), ["impossible-date:2:27"]);
}
