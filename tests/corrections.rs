//! Corrections from outside: a new batch of a frozen period, who moved and why, and what the rulebook says about it.

mod office_at_work;
mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use office_at_work::{MONTHS, Office, manifest, run};
use scratch::{RULEBOOK, Scratch, libreoffice};
use serde_json::Value;

/// The rulebook with a convention more.
fn declared(office: &Office, line: &str) -> PathBuf {
    let text = fs::read_to_string(RULEBOOK).unwrap();
    let at = text.find("  读法").unwrap();
    office.scratch.write("方案.zs", format!("{}  {line}\n{}", &text[..at], &text[at..]));
    office.scratch.path.join("方案.zs")
}

fn append(office: &Office, month: &str, rows: &str) {
    let path = office.data().join(format!("{month}.csv"));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text + rows).unwrap();
}

fn correct(office: &Office, period: &str, more: &[&str]) -> (i32, String) {
    let (archive, data) = (office.archive(), office.data());
    let arguments = ["correct", archive.to_str().unwrap(), data.to_str().unwrap(), "--period", period];
    run(&[&arguments[..], &["--date", "2024-01-10", "--diagnostics", "short"], more].concat())
}

fn changes(office: &Office, batch: &str) -> Value {
    serde_json::from_slice(&fs::read(office.archive().join(batch).join("更正.json")).unwrap()).unwrap()
}

const RECOMPUTE: &str = "更正已公布月份的，重新计算当月";

#[test]
fn a_correction_is_a_batch_of_its_own() {
    let office = Office::new();
    MONTHS.iter().for_each(|month| office.froze(month));
    office.froze("2023");
    let before = fs::read(office.archive().join("0002-2023-04/批次.json")).unwrap();
    append(&office, "2023-04", "2023-04,古井司法所,社区矫正工作.1,缺项,2,,,,,,\n");
    append(&office, "2023-04", "2023-04,魏岗司法所,机关效能和意识形态工作.2,被通报,1,,,,,,\n");

    // Nothing is corrected that the rulebook says nothing about.
    let (code, told) = correct(&office, "2023-04", &[]);
    assert!(code == 1 && told.contains("missing-convention: 方案没有写已公布的月份怎样更正"), "{told}");
    let book = declared(&office, RECOMPUTE);
    let out = office.scratch.path.join("更正");
    let more = ["--rulebook", book.to_str().unwrap(), "--reason", "补报漏报的事项", "--out", out.to_str().unwrap()];
    #[cfg(feature = "office")]
    let more = [&more[..], &["--issuer", "谯城区司法局", "--number", "谯司〔2024〕3号"]].concat();
    let (code, told) = correct(&office, "2023-04", &more);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("others-to-correct: 改好的事实也影响到2023，"), "{told}");
    assert_eq!(fs::read(office.archive().join("0002-2023-04/批次.json")).unwrap(), before);
    let own = manifest(&office.archive(), "0012-2023-04");
    assert_eq!(own["corrects"]["batch"], "0002-2023-04");
    assert_eq!(own["reason"], "补报漏报的事项");
    who_moved(&changes(&office, "0012-2023-04"));

    // The year still stands on the old batch, until it is corrected too; the convention is frozen with the month only.
    let (code, told) = office.verify(&[]);
    assert!(code == 0 && told.contains("months-corrected-since: “0011-2023”依据2023-04的“0002-2023-04”"), "{told}");
    let (code, told) = correct(&office, "2023-04", &[]);
    assert!(code == 1 && told.contains("nothing-to-correct"), "{told}");
    // Whoever was interrupted before the pages were written has them yet, the same, and no batch more.
    let page = out.join("0012-2023-04 更正.html");
    let written = fs::read(&page).unwrap();
    fs::remove_file(&page).unwrap();
    assert_eq!(correct(&office, "2023-04", &more[2..]).0, 0);
    assert!(fs::read(&page).unwrap() == written && !office.archive().join("0013-2023-04").exists());
    // What cannot be written is told before there is a batch, and nothing goes among the batches.
    append(&office, "2023-04", "2023-04,古井司法所,社区矫正工作.1,缺项,1,,,,,,\n");
    for (place, wanted) in [(page.clone(), "cannot-access"), (office.archive().join("更正"), "reports-among-facts")] {
        let (code, told) = correct(&office, "2023-04", &["--out", place.to_str().unwrap()]);
        assert!(code == 2 && told.contains(wanted), "{told}");
    }
    assert!(!office.archive().join("0013-2023-04").exists());
    let path = office.data().join("2023-04.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("2023-04,古井司法所,社区矫正工作.1,缺项,1,,,,,,\n", "")).unwrap();
    let year = ["--out", out.to_str().unwrap()];
    let (code, told) = correct(&office, "2023", &[&more[..2], &year].concat());
    assert_eq!(code, 0, "{told}");
    let page = fs::read_to_string(out.join("0013-2023 更正.html")).unwrap();
    assert!(page.contains("<h1>谯城区2023年司法所综合考评年度结果更正</h1>"), "{page}");
    let months = manifest(&office.archive(), "0013-2023")["months"].clone();
    assert_eq!(months[1]["batch"], "0012-2023-04");
    let (code, told) = office.verify(&[]);
    assert_eq!((code, told.as_str()), (0, ""));
    let told = office.after(|archive| {
        office_at_work::replace(archive.join("0012-2023-04/更正.json"), "\"rank\":18", "\"rank\":17");
    });
    assert!(told.contains("batch-file-changed"), "{told}");
    pages(&out);
}

/// Every unit that moved is listed with the reason: own entries, vetoes, and others that went past it.
fn who_moved(changes: &Value) {
    let moved = changes["moved"].as_array().unwrap();
    let of = |name: &str| moved.iter().find(|unit| unit["unit"] == name).unwrap_or_else(|| panic!("{name} is missing"));
    let gujing = of("古井司法所");
    assert_eq!(gujing["difference"], "-2");
    assert_eq!(gujing["entries"][0]["change"], "came");
    assert_eq!(gujing["why"][0], "新增 社区矫正工作.1 缺项 2项，扣2分（2023-04.csv:555）");
    let weigang = of("魏岗司法所");
    assert_eq!((&weigang["new"]["vetoed"], &weigang["new"]["rank"]), (&Value::Bool(true), &25.into()));
    assert!(weigang["why"].as_array().unwrap().iter().any(|why| why == "一票否决"));
    let shatu = of("沙土司法所");
    assert_eq!(shatu["difference"], "0");
    assert_eq!(shatu["why"], serde_json::json!(["魏岗司法所退到后面"]));
    // Whoever has another place is there, and nobody else.
    for unit in moved {
        assert!(unit["old"] != unit["new"] || !unit["entries"].as_array().unwrap().is_empty(), "{unit}");
        assert!(!unit["why"].as_array().unwrap().is_empty(), "{unit}");
    }
}

/// The web page asks for nothing; the notice opens in the word processor.
fn pages(out: &std::path::Path) {
    let html = fs::read_to_string(out.join("0012-2023-04 更正.html")).unwrap();
    assert!(html.contains("default-src 'none'") && html.contains("魏岗司法所退到后面"));
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("<script"));
    if cfg!(feature = "office") && libreoffice(&["--convert-to", "txt:Text", "0012-2023-04 更正.docx"], out) {
        let text = fs::read_to_string(out.join("0012-2023-04 更正.txt")).unwrap();
        assert!(text.contains("关于更正谯城区2023年司法所综合考评\n4月结果的通知\n谯司〔2024〕3号"), "{text}");
        assert!(
            text.contains("停止使用，以本通知为准。")
                && text.contains("谯城区司法局\n2024年1月10日\n封存批次 0012-2023-04，校验码 "),
            "{text}"
        );
        assert!(text.contains("因补报漏报的事项，") && text.contains("2024年1月10日"), "{text}");
        assert!(text.contains("新增 社区矫正工作.1 缺项 2项，扣2分"), "{text}");
    }
}

#[test]
fn only_facts_are_corrected() {
    let office = Office::new();
    office.froze("2023-03");
    let (code, told) = correct(&office, "2023-09", &[]);
    assert!(code == 2 && told.contains("not-frozen: 2023-09还没有封存"), "{told}");
    let text = fs::read_to_string(RULEBOOK).unwrap().replace("缺项：每项扣1分", "缺项：每项扣2分");
    office.scratch.write("别的.zs", text);
    let other = office.scratch.path.join("别的.zs");
    let (code, told) = correct(&office, "2023-03", &["--rulebook", other.to_str().unwrap()]);
    assert!(code == 1 && told.contains("another-rulebook"), "{told}");
    // Mistakes in the corrected facts are told as everywhere, and nothing is written.
    let book = declared(&office, RECOMPUTE);
    append(&office, "2023-03", "2023-03,古井司法所,社区矫正工作.1,缺像,2,,,,,,\n");
    let (code, told) = correct(&office, "2023-03", &["--rulebook", book.to_str().unwrap()]);
    assert!(code == 1 && told.contains("2023-03.csv:"), "{told}");
    assert!(!office.archive().join("0002-2023-03").exists());
    assert_eq!(office.verify(&[]), (0, String::new()));
}

/// Where corrections count in the month in which they are found, the frozen month stays, and the difference becomes
/// facts that the later month takes like any others.
#[test]
fn differences_go_into_the_month_of_discovery() {
    let office = Office::new();
    let book = "方案 示例\n施行 2023年3月至2023年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
        年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  更正计入发现的月份，记入 工作.2\n\
        板块 工作\n  1. 台账\n     迟报：每次扣5分\n  2. 更正\n     补加：酌情加0至40分\n     补扣：酌情扣0至40分\n";
    office.scratch.write("方案.zs", book);
    let path = office.scratch.path.join("方案.zs");
    let (path, archive) = (path.to_str().unwrap().to_owned(), office.archive());
    let data = office.scratch.path.join("小数据");
    let write = |late: u32| {
        let rows = format!(
            "月份,单位,条款,情形,数量\n2023-04,甲所,工作.1,迟报,{late}\n2023-04,乙所,工作.1,迟报,1\n2023-05,乙所,工作.1,迟报,1\n"
        );
        office.scratch.write("小数据/事实.csv", rows);
    };
    office.scratch.write("小数据/单位.csv", "单位\n甲所\n乙所\n");
    write(3);
    let data = data.to_str().unwrap();
    let score = |period: &str| {
        let output = scratch::zhunsheng(["score", &path, data, "--period", period, "--format", "csv"]);
        String::from_utf8(output.stdout).unwrap()
    };
    let (code, told) = run(&[
        "score",
        &path,
        data,
        "--period",
        "2023-04",
        "--freeze",
        archive.to_str().unwrap(),
        "--diagnostics",
        "short",
    ]);
    assert_eq!(code, 0, "{told}");
    write(1);
    let arguments = ["correct", archive.to_str().unwrap(), data, "--period", "2023-04", "--diagnostics", "short"];
    let (code, told) = run(&arguments);
    assert!(code == 2 && told.contains("month-found-unsaid"), "{told}");
    let (code, told) = run(&[&arguments[..], &["--found", "2023-05", "--out", data, "--reason", "核实"]].concat());
    assert_eq!(code, 0, "{told}");
    // The mistake itself is put back: it was paid for in April.
    write(3);
    let carried = fs::read_to_string(PathBuf::from(data).join("2023-05 更正2023-04.csv")).unwrap();
    assert!(carried.contains("2023-05,甲所,工作.2,补加,,10,"), "{carried}");
    // The month keeps its places, and nothing is said of them.
    let note = "更正2023-04：改动 工作.1 迟报：原3次，扣15分，现1次，扣5分（事实.csv:2）（0001-2023-04，核实）";
    assert!(carried.lines().nth(1).is_some_and(|row| row.ends_with(note)), "{carried}");
    assert!(
        score("2023-04").contains("甲所")
            && score("2023-05").lines().any(|line| line.contains("甲所") && line.contains("110"))
    );
    assert_eq!(run(&["verify", archive.to_str().unwrap()]).0, 0);
    assert!(!archive.join("0002-2023-04").exists());

    // A month that has passed takes no difference, nor one that is frozen, nor what is no month.
    write(1);
    let found = |month: &str| run(&[&arguments[..], &["--found", month, "--out", data]].concat());
    for month in ["2023-03", "2023-04"] {
        let (code, told) = found(month);
        let wanted = format!("month-found-unfit: {month}不在2023-04以后");
        assert!(code == 2 && told.contains(&wanted), "{told}");
    }
    let (code, told) = found("2023");
    assert!(code == 2 && told.contains("unknown-period: 差额随发现的那一期计分，按月计，“2023”不是"), "{told}");
    // The fact was not put back: the difference is in the data already.
    let (code, told) = found("2023-06");
    assert!(code == 1 && told.contains("difference-carried: 甲所的差额10分，数据里已经有一次"), "{told}");
    write(3);
    let freeze = |period: &str| run(&["score", &path, data, "--period", period, "--freeze", archive.to_str().unwrap()]);
    assert_eq!(freeze("2023-05").0, 0);
    write(1);
    let (code, told) = found("2023-05");
    assert!(code == 2 && told.contains("month-found-unfit: 2023-05已经封存为“0002-2023-05”"), "{told}");
    let (code, told) = freeze("2023");
    assert!(code == 1 && told.contains("把2023-04的事实改回封存时的样子"), "{told}");
}

/// A difference is points alone: a veto that comes with the correction, and what the item does not take, are not lost.
#[test]
fn what_no_difference_can_say_is_refused() {
    let office = Office::new();
    let book = "方案 示例\n施行 2023年3月至2023年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
        年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  一票否决的排在末位，相互间按得分高低排序\n  \
        更正计入发现的月份，记入 工作.2\n板块 工作\n  1. 台账\n     迟报：每次扣5分\n     泄密：一票否决，年终排名末位\n  \
        2. 更正\n     补加：酌情加0至40分\n     补扣：酌情扣0至40分\n";
    office.scratch.write("方案.zs", book);
    let path = |name: &str| office.scratch.path.join(name).to_str().unwrap().to_owned();
    let (archive, data) = (office.archive().to_str().unwrap().to_owned(), path("小数据"));
    let write = |rows: &str| {
        office
            .scratch
            .write("小数据/事实.csv", format!("月份,单位,条款,情形,数量\n2023-04,乙所,工作.1,迟报,1\n{rows}"));
    };
    office.scratch.write("小数据/单位.csv", "单位\n甲所\n乙所\n");
    write("");
    assert_eq!(run(&["score", &path("方案.zs"), &data, "--period", "2023-04", "--freeze", &archive]).0, 0);
    let out = path("更正");
    let correct = || {
        let all = ["correct", &archive, &data, "--period", "2023-04", "--found", "2023-06", "--out", &out];
        run(&[&all[..], &["--diagnostics", "short"]].concat())
    };
    write("2023-04,甲所,工作.1,泄密,1\n");
    let (code, told) = correct();
    assert!(code == 1 && told.contains("effect-not-carried: 甲所的“工作.1 泄密”新增一票否决"), "{told}");
    write("2023-04,甲所,工作.1,迟报,9\n");
    let (code, told) = correct();
    assert!(code == 1 && told.contains("difference-too-large: 甲所的差额45分，“工作.2 补扣”一次最多扣40分"), "{told}");
    assert!(!office.scratch.path.join("更正").exists());
    write("2023-04,甲所,工作.1,迟报,8\n");
    assert_eq!(correct(), (0, String::new()));
}

/// What a month of discovery has taken already is taken off, so that limits and matters hold over both corrections; and
/// an upheld objection that was carried changes its own month no more.
#[test]
fn a_month_may_be_corrected_twice() {
    let office = Office::new();
    let book = "方案 示例\n施行 2023年3月至2023年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
        年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  更正计入发现的月份，记入 更正.1\n\
        板块 工作\n  扣分封顶 每月20分\n  1. 台账\n     迟报：每次扣5分\n     缺页：每次扣5分\n\
        板块 更正\n  1. 差额\n     补加：酌情加0至40分\n     补扣：酌情扣0至40分\n";
    office.scratch.write("方案.zs", book);
    let path = |name: &str| office.scratch.path.join(name).to_str().unwrap().to_owned();
    let (book, archive, data) = (path("方案.zs"), office.archive().to_str().unwrap().to_owned(), path("小数据"));
    let write = |rows: &str| {
        office
            .scratch
            .write("小数据/事实.csv", format!("月份,单位,条款,情形,数量\n2023-04,甲所,工作.1,迟报,2\n{rows}"));
    };
    office.scratch.write("小数据/单位.csv", "单位\n甲所\n乙所\n");
    write("");
    assert_eq!(run(&["score", &book, &data, "--period", "2023-04", "--freeze", &archive]).0, 0);
    let correct = |found: &str| {
        let all = ["correct", &archive, &data, "--period", "2023-04", "--out", &data, "--diagnostics", "short"];
        run(&[&all[..], &["--found", found]].concat())
    };
    let carried = |name: &str| fs::read_to_string(PathBuf::from(&data).join(name)).unwrap();
    write("2023-04,甲所,工作.1,缺页,1\n");
    assert_eq!(correct("2023-06"), (0, String::new()));
    assert!(carried("2023-06 更正2023-04.csv").contains("甲所,更正.1,补扣,,5,"));
    // The second alone says nothing of the cap over both.
    write("2023-04,甲所,工作.1,迟报,5\n");
    let (code, told) = correct("2023-07");
    assert!(code == 1 && told.contains("difference-unclear: 甲所的2023-04以前计入过差额"), "{told}");
    write("2023-04,甲所,工作.1,缺页,1\n2023-04,甲所,工作.1,迟报,5\n");
    assert_eq!(correct("2023-07"), (0, String::new()));
    assert!(carried("2023-07 更正2023-04.csv").contains("甲所,更正.1,补扣,,5,"), "of 20 in all, 10 were taken, then 5");
    // Once more comes to nothing, in a file of its own.
    let (code, told) = correct("2023-07");
    assert!(code == 1 && told.contains("difference-carried"), "{told}");

    // An objection that is upheld.
    fs::remove_file(PathBuf::from(&data).join("2023-06 更正2023-04.csv")).unwrap();
    fs::remove_file(PathBuf::from(&data).join("2023-07 更正2023-04.csv")).unwrap();
    write("");
    let register = |carried: &str| {
        let header = "编号,期间,单位,条款,情形,事实,理由,提出日期,状态,决定,决定日期,改数量,改分值,计入\n";
        let row = "1,2023-04,甲所,工作.1,迟报,事实.csv:2,只有一次,2023-05-10,成立,改为一次,2023-05-20,1,,";
        office.scratch.write("小数据/异议.csv", format!("{header}{row}{carried}\n"));
    };
    register("");
    assert_eq!(correct("2023-06"), (0, String::new()));
    let year = || {
        let output = scratch::zhunsheng([
            "score",
            &book,
            &data,
            "--period",
            "2023",
            "--format",
            "csv",
            "--diagnostics",
            "short",
        ]);
        let [out, told] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        out + &told
    };
    assert!(year().contains("objection-carried: 异议1的差额已经计入2023-06，2023-04又照它改了一次"), "{}", year());
    register("2023-06");
    // 90 in April as published, 105 in June.
    assert!(year().contains("甲所,,195,"), "{}", year());
    register("2023-03");
    assert!(year().contains("objection-carried: “计入”写的是“2023-03”，不是2023-04以后的一期"), "{}", year());
}

/// A scheme that was amended from July on still corrects what was frozen before: its facts are read as they are now.
#[test]
fn an_amendment_of_later_months_corrects_earlier_ones() {
    let office = Office::new();
    let head = "方案 示例\n施行 2023年3月至2023年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
        年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  更正已公布月份的，重新计算当月\n\
        板块 工作\n  1. 台账\n     迟报：每次扣5分\n";
    office.scratch.write("方案.zs", head);
    let amended =
        "沿用 「方案.zs」\n自2023年7月起\n修改 工作.1 迟报：每次扣2分\n增加 工作.2 案卷\n     缺页：每页扣1分\n";
    office.scratch.write("修订.zs", amended);
    office.scratch.write("小数据/单位.csv", "单位\n甲所\n乙所\n");
    let write = |month: &str, rows: &str| {
        office.scratch.write(&format!("小数据/{month}.csv"), format!("月份,单位,条款,情形,数量\n{rows}"));
    };
    write("2023-04", "2023-04,甲所,工作.1,迟报,1\n");
    let path = |name: &str| office.scratch.path.join(name).to_str().unwrap().to_owned();
    let (archive, data) = (office.archive().to_str().unwrap().to_owned(), path("小数据"));
    let freeze =
        |book: &str, period: &str| run(&["score", &path(book), &data, "--period", period, "--freeze", &archive]).0;
    assert_eq!(freeze("方案.zs", "2023-04"), 0);
    write("2023-07", "2023-07,甲所,工作.1,迟报,1\n2023-07,乙所,工作.2,缺页,3\n");
    assert_eq!(freeze("修订.zs", "2023-07"), 0);
    write("2023-04", "2023-04,甲所,工作.1,迟报,1\n2023-04,乙所,工作.1,迟报,2\n");
    let correct = |book: &str| {
        let all = ["correct", &archive, &data, "--period", "2023-04", "--diagnostics", "short", "--rulebook"];
        run(&[&all[..], &[path(book).as_str()]].concat())
    };
    // The frozen text knows nothing of what came in July.
    let (code, told) = correct("方案.zs");
    assert!(code == 1 && told.contains("unknown-item"), "{told}");
    let (_, told) = run(&["correct", &archive, &data, "--period", "2023-04"]);
    assert!(told.contains("不要改它，更正时加 --rulebook 修订本"), "{told}");
    // What reaches back is another rulebook.
    office.scratch.write("早改.zs", amended.replace("自2023年7月起", "自2023年4月起"));
    let (code, told) = correct("早改.zs");
    assert!(code == 1 && told.contains("another-rulebook"), "{told}");
    let (code, told) = correct("修订.zs");
    assert_eq!((code, told.as_str()), (0, ""));
    let moved = changes(&office, "0003-2023-04")["moved"].clone();
    assert_eq!((moved[1]["unit"].as_str(), moved[1]["difference"].as_str()), (Some("乙所"), Some("-10")), "{moved}");
    assert_eq!(moved[1]["why"][0], "新增 工作.1 迟报 2次，扣10分（2023-04.csv:3）");
    assert_eq!(run(&["verify", &archive]), (0, String::new()));
}

/// A small office: a rulebook, a roster and a file of facts for each month.
struct Small {
    office: Office,
}

impl Small {
    fn new(book: &str, roster: &str) -> Small {
        let small = Small { office: Office::new() };
        small.office.scratch.write("方案.zs", book);
        small.office.scratch.write("小数据/单位.csv", roster);
        small
    }

    fn path(&self, name: &str) -> String {
        self.office.scratch.path.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, month: &str, rows: &str) {
        self.office.scratch.write(&format!("小数据/{month}.csv"), format!("月份,单位,条款,情形,数量\n{rows}"));
    }

    #[track_caller]
    fn freeze(&self, period: &str) -> String {
        let [book, data, archive] = ["方案.zs", "小数据", "存档"].map(|name| self.path(name));
        let arguments = ["score", &book, &data, "--period", period, "--freeze", &archive, "--diagnostics", "short"];
        let (code, told) = run(&arguments);
        assert_eq!(code, 0, "{told}");
        told
    }

    fn correct(&self, period: &str, more: &[&str]) -> (i32, String) {
        let [data, archive] = ["小数据", "存档"].map(|name| self.path(name));
        let arguments =
            ["correct", &archive, &data, "--period", period, "--date", "2024-12-20", "--diagnostics", "short"];
        run(&[&arguments[..], more].concat())
    }

    /// The reasons of a unit in a correction.
    fn why(&self, batch: &str, unit: &str) -> String {
        let moved = changes(&self.office, batch)["moved"].clone();
        let own = moved.as_array().unwrap().iter().find(|it| it["unit"] == unit).unwrap_or_else(|| panic!("{moved}"));
        own["why"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>().join("；")
    }
}

const QUARTERS: &str = "方案 示例\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n分组 按名册\n\
    参数 资金池（元）：统一每季度一个\n约定\n  每月基础分 100分\n  季度得分 = 各月得分平均，保留2位小数，四舍五入\n  \
    年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  更正已公布月份的，重新计算当月\n\
    板块 工作\n  扣分封顶 每月10分\n  1. 台账\n     迟报：每次扣3分\n  2. 更正\n     补加：酌情加0至40分\n     \
    补扣：酌情扣0至40分\n排名 月度\n  按 总分 由高到低排名\n排名 季度\n  按 总分 由高到低排名\n\
    奖惩 季度\n  第1名：奖励 资金池 × 50%\n  不予奖励的名次不递补\n";

/// Why each unit moved is told: by whom it was passed where places are of all, by a number for all, by its group; and a
/// limit only where there is one.
#[test]
fn every_unit_that_moved_reads_why() {
    let roster = |group: &str, more: &str| format!("单位,分组,启用月份\n甲所,东,\n乙所,西,\n丙所,{group},\n{more}");
    let small = Small::new(QUARTERS, &roster("西", ""));
    small.office.scratch.write("小数据/资金.csv", "期间,单位,条款,情形,数量\n2024-Q1,全体,参数,资金池,1000\n");
    for month in ["2024-01", "2024-02", "2024-03"] {
        small.write(month, &format!("{month},甲所,工作.1,迟报,1\n{month},丙所,工作.1,迟报,2\n"));
        small.freeze(month);
    }
    small.freeze("2024-Q1");
    // 甲所 falls behind 乙所 and 丙所, which are of another group.
    small.write("2024-01", "2024-01,甲所,工作.1,迟报,3\n2024-01,丙所,工作.1,迟报,2\n");
    let (code, told) = small.correct("2024-01", &[]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(small.why("0005-2024-01", "丙所"), "甲所退到后面");
    let own = small.why("0005-2024-01", "甲所");
    assert!(own.starts_with("改动 工作.1 迟报：原1次，扣3分，现3次，扣9分") && !own.contains("封顶"), "{own}");
    // The quarter's total is a mean; no limit is at work.
    let (code, told) = small.correct("2024-Q1", &[]);
    assert_eq!(code, 0, "{told}");
    let own = small.why("0006-2024-Q1", "甲所");
    assert!(own.starts_with("改动 1月 工作.1 迟报") && !own.contains("封顶"), "{own}");
    // A number for all.
    small.office.scratch.write("小数据/资金.csv", "期间,单位,条款,情形,数量\n2024-Q1,全体,参数,资金池,2000\n");
    let out = small.path("更正");
    let (code, told) = small.correct("2024-Q1", &["--out", &out]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(small.why("0007-2024-Q1", "乙所"), "2024年第1季度资金池由1000变为2000");
    let page = fs::read_to_string(Path::new(&out).join("0007-2024-Q1 更正.html")).unwrap();
    assert!(page.contains("由1000变为2000") && !page.contains("1000→2000"), "{page}");
    // Above the limit, and there it is told.
    small.write("2024-01", "2024-01,甲所,工作.1,迟报,5\n2024-01,丙所,工作.1,迟报,2\n");
    let (code, told) = small.correct("2024-01", &[]);
    assert_eq!(code, 0, "{told}");
    assert!(
        small.why("0008-2024-01", "甲所").contains("封顶、保底、系数等起作用：工作-9分→-10分"),
        "{}",
        small.why("0008-2024-01", "甲所")
    );
    // Another group.
    small.office.scratch.write("小数据/单位.csv", roster("东", ""));
    let (code, told) = small.correct("2024-02", &[]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(small.why("0009-2024-02", "丙所"), "分组由西改为东");
    // Who comes later is nothing to the months before.
    small.office.scratch.write("小数据/单位.csv", roster("东", "丁所,东,2024-05\n"));
    let (code, told) = small.correct("2024-02", &[]);
    assert!(code == 1 && told.contains("nothing-to-correct"), "{told}");
    small.write("2024-04", "2024-04,甲所,工作.1,迟报,1\n");
    let told = small.freeze("2024-04");
    assert!(!told.contains("2024-02按现在的事实算"), "{told}");
    assert_eq!(run(&["verify", &small.path("存档")]).0, 0);
}

/// What a later month gives by the places of a corrected one is told, though no total of it moves.
#[test]
fn prizes_that_look_back_are_corrected_too() {
    let office = Office { scratch: Scratch::new() };
    let (data, archive) = (office.data(), office.archive());
    let write = |month: &str, unit: &str| {
        office.scratch.write(
            &format!("数据/{month}.csv"),
            format!("月份,单位,条款,情形,数量\n{month},{unit},工作,缺项,2\n{month},乙所,工作,缺项,1\n"),
        );
    };
    office.scratch.write(
        "方案.zs",
        "方案 连续末位\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
         年终得分 = 各月得分平均，保留2位小数，四舍五入\n  同分并列，其后名次顺延空出\n  更正已公布月份的，重新计算当月\n\
         板块 工作\n  缺项：每项扣1分\n奖惩 月度\n  当 连续2个月排名末位：扣发500元\n",
    );
    office.scratch.write("数据/单位.csv", "单位\n甲所\n乙所\n丙所\n");
    write("2024-01", "甲所");
    write("2024-02", "甲所");
    let book = office.scratch.path.join("方案.zs");
    for month in ["2024-01", "2024-02"] {
        let arguments = ["score", book.to_str().unwrap(), data.to_str().unwrap(), "--period", month, "--freeze"];
        let (code, told) = run(&[&arguments[..], &[archive.to_str().unwrap(), "--date", "2024-03-10"]].concat());
        assert_eq!(code, 0, "{told}");
    }
    write("2024-01", "丙所");
    let (code, told) = correct(&office, "2024-01", &[]);
    assert!(code == 0 && told.contains("others-to-correct: 改好的事实也影响到2024-02，"), "{told}");
    let (code, told) = office.verify(&[]);
    assert!(code == 0 && told.contains("others-to-correct: 照“0003-2024-01”更正的事实，2024-02也变了"), "{told}");
    let (code, told) = correct(&office, "2024-02", &[]);
    assert_eq!(code, 0, "{told}");
    let moved = &changes(&office, "0004-2024-02")["moved"];
    assert_eq!(moved.as_array().map(Vec::len), Some(1), "{moved}");
    assert!(moved[0]["why"][0].as_str().is_some_and(|why| why.starts_with("这一期的得分没有变")), "{moved}");
    assert!(!office.verify(&[]).1.contains("others-to-correct"));
}

/// A quarter is put together from its months, and a unit that has left has no later month.
#[test]
fn differences_are_of_months_in_which_the_unit_is_there() {
    let book = QUARTERS.replace("更正已公布月份的，重新计算当月", "更正计入发现的月份，记入 工作.2");
    let book = book.replace("奖惩 季度\n  第1名：奖励 资金池 × 50%\n  不予奖励的名次不递补\n", "");
    let small = Small::new(&book, "单位,分组,停用月份\n甲所,东,\n乙所,西,2024-03\n");
    for month in ["2024-01", "2024-02", "2024-03"] {
        small.write(month, &format!("{month},甲所,工作.1,迟报,1\n{month},乙所,工作.1,迟报,1\n"));
        small.freeze(month);
    }
    small.freeze("2024-Q1");
    small.write("2024-01", "2024-01,甲所,工作.1,迟报,2\n2024-01,乙所,工作.1,迟报,1\n");
    let out = small.path("更正");
    let found = ["--found", "2024-05", "--out", &out];
    let (code, told) = small.correct("2024-Q1", &found);
    assert!(code == 2 && told.contains("month-found-unfit: 2024-Q1由各月得出，差额按月计入"), "{told}");
    let (code, told) = small.correct("2024-01", &found);
    assert_eq!((code, told.as_str()), (0, ""));
    small.write("2024-01", "2024-01,甲所,工作.1,迟报,1\n2024-01,乙所,工作.1,迟报,2\n");
    let (code, told) = small.correct("2024-01", &found);
    assert!(code == 1 && told.contains("month-found-unfit: 乙所2024-05不在册，差额-3分计不进去"), "{told}");
}

/// The pages of a correction are written once more where they are gone, by whichever rulebook is named, and never over
/// what somebody has worked on.
#[test]
fn pages_are_written_again_and_never_over_changed_ones() {
    let small = Small::new(QUARTERS, "单位,分组\n甲所,东\n乙所,西\n");
    small.office.scratch.write("小数据/资金.csv", "期间,单位,条款,情形,数量\n2024-Q1,全体,参数,资金池,1000\n");
    small.write("2024-01", "2024-01,甲所,工作.1,迟报,1\n");
    small.freeze("2024-01");
    small.write("2024-01", "2024-01,甲所,工作.1,迟报,2\n");
    let out = small.path("更正");
    let (code, told) = small.correct("2024-01", &["--out", &out]);
    assert_eq!((code, told.as_str()), (0, ""));
    let page = PathBuf::from(&out).join("0002-2024-01 更正.html");
    let first = fs::read_to_string(&page).unwrap();
    fs::remove_file(&page).unwrap();
    // An amendment that puts lines before the others.
    let amended =
        "沿用 「方案.zs」\n自2024年7月起\n修改 工作.1 迟报：每次扣2分\n增加 工作.3 案卷\n     缺页：每页扣1分\n";
    small.office.scratch.write("修订.zs", amended);
    let (code, told) = small.correct("2024-01", &["--out", &out, "--rulebook", &small.path("修订.zs")]);
    assert_eq!((code, told.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&page).unwrap(), first);
    fs::write(&page, first.replace("甲所", "甲所（改过）")).unwrap();
    let (code, told) = small.correct("2024-01", &["--out", &out]);
    assert!(code == 2 && told.contains("not-a-report-folder") && told.contains("没有换"), "{told}");
    assert!(fs::read_to_string(&page).unwrap().contains("甲所（改过）"));
}
