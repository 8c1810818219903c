//! Freezing and verifying from outside: a year of batches, and every way in which somebody may lay hands on them.

mod office_at_work;
mod scratch;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use office_at_work::{MONTHS, Office, copy, manifest, replace, run};
use scratch::{Chance, RULEBOOK};
use serde_json::Value;

#[test]
fn a_year_is_bound_to_its_months() {
    let office = Office::new();
    let (code, told) = office.freeze("2023");
    assert_eq!(code, 1);
    assert!(told.contains("month-not-frozen: 2023-03、2023-04、2023-05"), "{told}");
    MONTHS.iter().for_each(|month| office.froze(month));
    let (code, told) = office.freeze("2023-05");
    assert!(code == 1 && told.contains("already-frozen: 2023-05已经封存为“0003-2023-05”"), "{told}");

    // Facts that were changed since do not get into the year behind the months' back.
    let facts = office.data().join("2023-05.csv");
    let text = fs::read_to_string(&facts).unwrap();
    fs::write(&facts, text.clone() + "2023-05,古井司法所,社区矫正工作.1,缺项,1,,,,,,\n").unwrap();
    let (code, told) = office.freeze("2023");
    assert!(code == 1 && told.contains("month-differs: 2023-05按现在的事实算，与封存的“0003-2023-05”不同"), "{told}");
    assert!(office.verify(&[]).0 == 0 && !office.archive().join("0011-2023").exists());
    fs::write(&facts, text).unwrap();
    office.froze("2023");

    let (code, told) = office.verify(&[]);
    assert_eq!((code, told.as_str()), (0, ""));
    let year = manifest(&office.archive(), "0011-2023");
    let months = year["months"].as_array().unwrap();
    assert_eq!(months.len(), 10);
    for (month, reference) in MONTHS.iter().zip(months) {
        assert_eq!(reference["period"], *month);
        let bytes = fs::read(office.archive().join(reference["batch"].as_str().unwrap()).join("批次.json")).unwrap();
        assert_eq!(reference["sha256"], zhunsheng::batch::weigh(&bytes[..]).unwrap().sha256);
    }
    // What is frozen is what is printed.
    let printed = scratch::score(&office.data(), "2023", &["--format", "json"]);
    assert_eq!(fs::read(office.archive().join("0011-2023/结果.json")).unwrap(), printed);
    let printed = scratch::score(&office.data(), "2023-04", &["--format", "csv"]);
    assert_eq!(fs::read(office.archive().join("0002-2023-04/排名.csv")).unwrap(), printed);
    hands_laid_on(&office);
}

/// Changes a file of the last batch, and every sum that knows it.
fn forge(archive: &Path, batch: &str, file: &str, from: &str, to: &str) {
    let sum = |path: &Path| zhunsheng::batch::weigh(&fs::read(path).unwrap()[..]).unwrap().sha256;
    let own = archive.join(batch).join("批次.json");
    let before = sum(&own);
    let known = manifest(archive, batch)["files"].clone();
    let known = known.as_array().unwrap().iter().find(|it| it["path"] == file).unwrap();
    let path = archive.join(batch).join(file);
    replace(path.clone(), from, to);
    let weighed = zhunsheng::batch::weigh(&fs::read(path).unwrap()[..]).unwrap();
    let old = known["sha256"].as_str().unwrap();
    replace(
        own.clone(),
        &format!("\"bytes\": {},\n      \"sha256\": \"{old}\"", known["bytes"]),
        &format!("\"bytes\": {},\n      \"sha256\": \"{}\"", weighed.bytes, weighed.sha256),
    );
    replace(archive.join("总账.sha256"), old, &weighed.sha256);
    replace(archive.join("总账.sha256"), &before, &sum(&own));
}

/// Everything that may be done to an archive is a finding.
fn hands_laid_on(office: &Office) {
    let told = office.after(|archive| replace(archive.join("0002-2023-04/结果.json"), "\"rank\":1", "\"rank\":2"));
    assert!(told.contains("batch-file-changed: “0002-2023-04/结果.json”改动过：长短没变，内容变了"), "{told}");
    let told = office.after(|archive| {
        let path = archive.join("0003-2023-05/事实/2023-05.csv");
        let bytes = fs::read(&path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    });
    assert!(told.contains("batch-file-changed") && told.contains("少了"), "{told}");
    let told = office.after(|archive| fs::remove_file(archive.join("0003-2023-05/方案/2023.zs")).unwrap());
    assert!(told.contains("batch-file-missing: 没有“0003-2023-05/方案/2023.zs”"), "{told}");
    let told = office.after(|archive| fs::write(archive.join("0003-2023-05/事实/补.csv"), "月份\n").unwrap());
    assert!(told.contains("batch-file-extra: 封存时没有“0003-2023-05/事实/补.csv”"), "{told}");
    let told = office.after(|archive| replace(archive.join("0011-2023/批次.json"), "2024-01-06", "2023-12-31"));
    assert!(told.contains("ledger-differs: “0011-2023/批次.json”与总账不符"), "{told}");
    let told = office.after(|archive| replace(archive.join("0002-2023-04/批次.json"), "2024-01-06", "2023-12-31"));
    assert!(told.contains("chain-broken: “0003-2023-05”接在“0002-2023-04”后面"), "{told}");
    assert!(told.contains("chain-broken: “0011-2023”依据的是“0002-2023-04”"), "{told}");
    let told = office.after(|archive| fs::write(archive.join("0002-2023-04/批次.json"), "{}\n").unwrap());
    assert!(told.contains("batch-unreadable: 批次“0002-2023-04”读不了"), "{told}");
    let told = office.after(|archive| fs::remove_dir_all(archive.join("0004-2023-06")).unwrap());
    assert!(told.contains("batch-missing: 没有第4批"), "{told}");
    // The last one leaves no gap, but the ledger knows it.
    let told = office.after(|archive| fs::remove_dir_all(archive.join("0011-2023")).unwrap());
    assert!(told.contains("batch-missing: 总账里有批次“0011-2023”"), "{told}");
    let told = office.after(|archive| {
        fs::rename(archive.join("0002-2023-04"), archive.join("x")).unwrap();
        fs::rename(archive.join("0003-2023-05"), archive.join("0002-2023-04")).unwrap();
        fs::rename(archive.join("x"), archive.join("0003-2023-05")).unwrap();
    });
    assert!(told.contains("batch-renamed: “0002-2023-04”里面是批次“0003-2023-05”"), "{told}");
    let told = office.after(|archive| copy(&archive.join("0002-2023-04"), &archive.join("0002-2023-04 副本")));
    assert!(told.contains("batch-twice: “0002-2023-04 副本”是“0002-2023-04”的副本"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    // Whatever number it is given, and however its folder is called.
    let told = office.after(|archive| copy(&archive.join("0002-2023-04"), &archive.join("0012-2023-04")));
    assert!(told.contains("batch-twice: “0012-2023-04”是“0002-2023-04”的副本") && told.lines().count() == 1, "{told}");
    let told = office.after(|archive| fs::rename(archive.join("0002-2023-04"), archive.join("2023年4月")).unwrap());
    assert!(told.contains("2023年4月:0:0: batch-renamed: “2023年4月”里面是批次“0002-2023-04”"), "{told}");
    assert!(!told.contains("not-in-archive") && !told.contains("batch-missing"), "{told}");
    // A forger who mends every sum has to write other results, and they do not come out again.
    let told = office.after(|archive| {
        let bytes = fs::read(archive.join("0011-2023/结果.json")).unwrap();
        let first = serde_json::from_slice::<Value>(&bytes).unwrap()["units"][0]["total"].clone();
        let total = format!("\"total\":\"{}\"", first.as_str().unwrap());
        forge(archive, "0011-2023", "结果.json", &total, "\"total\":\"999\"");
    });
    assert!(told.contains("result-differs: “0011-2023”重算的结果与封存的不同"), "{told}");
    // What was published at the time tells a whole archive from a forged one.
    let sum = zhunsheng::batch::weigh(&fs::read(office.archive().join("0011-2023/批次.json")).unwrap()[..]).unwrap();
    assert_eq!(office.verify(&["--batch", "11", "--expect", &sum.sha256]).0, 0);
    let (code, told) = office.verify(&["--batch", "0011-2023", "--expect", &"0".repeat(64)]);
    assert!(code == 1 && told.contains("chain-broken: 没有一批的校验码是"), "{told}");
    assert_eq!(office.verify(&["--batch", "99"]).0, 2);
}

/// Anyone can check an archive with what every system has.
#[test]
fn the_ledger_is_for_sha256sum() {
    let office = Office::new();
    office.froze("2023-03");
    office.froze("2023-04");
    let check = Command::new("sha256sum").args(["-c", "--quiet", "总账.sha256"]).current_dir(office.archive()).output();
    match check {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
        Err(error) => assert!(std::env::var_os("ZHUNSHENG_CI").is_none(), "sha256sum: {error}"),
    }
    let second = manifest(&office.archive(), "0002-2023-04");
    let first =
        zhunsheng::batch::weigh(&fs::read(office.archive().join("0001-2023-03/批次.json")).unwrap()[..]).unwrap();
    assert_eq!(second["previous"]["sha256"], first.sha256);
}

/// The same period from the same facts is the same batch, whenever and wherever it is frozen.
#[test]
fn the_same_facts_give_the_same_bytes() {
    let (one, two) = (Office::new(), Office::new());
    for office in [&one, &two] {
        office.froze("2023-03");
        office.froze("2023-04");
    }
    let ledger = |office: &Office| fs::read_to_string(office.archive().join("总账.sha256")).unwrap();
    assert_eq!(ledger(&one), ledger(&two));
}

#[test]
fn a_rulebook_is_kept_with_what_it_builds_on() {
    let office = Office::new();
    fs::create_dir_all(office.scratch.path.join("旧")).unwrap();
    fs::copy(RULEBOOK, office.scratch.path.join("旧/2023.zs")).unwrap();
    let amended = "方案 谯城区2023年司法所综合考评（修订）\n沿用 「../旧/2023.zs」\n";
    office.scratch.write("新/2023.zs", amended);
    let (book, data, archive) = (office.scratch.path.join("新/2023.zs"), office.data(), office.archive());
    let paths = [&book, &data, &archive].map(|path| path.to_str().unwrap().to_owned());
    let freeze = ["score", &paths[0], &paths[1], "--period", "2023-04", "--freeze", &paths[2], "--date", "2023-05-05"];
    let (code, told) = run(&freeze);
    assert_eq!(code, 0, "{told}");
    // What the batch was made from may go.
    fs::remove_dir_all(office.scratch.path.join("旧")).unwrap();
    fs::remove_dir_all(office.scratch.path.join("新")).unwrap();
    fs::remove_dir_all(office.data()).unwrap();
    let (code, told) = office.verify(&[]);
    assert_eq!((code, told.as_str()), (0, ""));
    let documents = &manifest(&office.archive(), "0001-2023-04")["rulebook"]["documents"];
    assert_eq!(documents[1]["name"], "../旧/2023.zs");
    assert_eq!(documents[1]["path"], "方案/沿用1-2023.zs");
}

#[test]
fn wrong_folders_are_refused_and_left_alone() {
    let office = Office::new();
    let data = office.data();
    let inside = data.join("存档");
    let arguments = ["score", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--diagnostics", "short"];
    let (code, told) = run(&[&arguments[..], &["--freeze", inside.to_str().unwrap()]].concat());
    assert!(code == 2 && told.contains("archive-among-facts"), "{told}");
    assert!(!inside.exists());
    let other = office.scratch.path.join("桌面");
    office.scratch.write("桌面/照片.jpg", "");
    let (code, told) = run(&[&arguments[..], &["--freeze", other.to_str().unwrap()]].concat());
    assert!(code == 2 && told.contains("not-an-archive"), "{told}");
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    let (code, told) = run(&["verify", other.to_str().unwrap(), "--diagnostics", "short"]);
    assert!(code == 2 && told.contains("not-an-archive"), "{told}");
    // What cannot be scored is not frozen.
    fs::remove_file(data.join("2023-03.csv")).unwrap();
    assert_eq!(office.freeze("2023-03").0, 1);
    assert!(!office.archive().exists());
    let (code, told) = run(&[&arguments[..], &["--freeze", "x", "--date", "昨天"]].concat());
    assert!(code == 2 && told.contains("--date <日期> 不能是“昨天”"), "{told}");
}

/// The process is killed at random times; what the disk itself may lose is in `batches_crash.rs`.
#[test]
fn killing_leaves_no_half_batch() {
    let office = Office::new();
    let (data, archive) = (office.data(), office.archive());
    let mut chance = Chance::new(11);
    let mut frozen = 0;
    let mut killed = 0;
    for _ in 0..400 {
        let Some(month) = MONTHS.get(frozen) else { break };
        let arguments = ["score", RULEBOOK, data.to_str().unwrap(), "--period", month, "--freeze"];
        let mut child = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
            .args(arguments)
            .args([archive.to_str().unwrap(), "--date", "2024-01-06"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Long enough to get anywhere between the first write and the last.
        std::thread::sleep(Duration::from_micros(chance.below(180_000)));
        let _ = child.kill();
        let whole = child.wait().unwrap().success();
        killed += usize::from(!whole);
        if archive.exists() && (frozen > 0 || fs::read_dir(&archive).unwrap().any(|it| is_batch(&it.unwrap().path()))) {
            let (code, told) = office.verify(&[]);
            assert!(code == 0, "{told}");
        }
        let now = if archive.exists() {
            fs::read_dir(&archive).unwrap().filter(|it| is_batch(&it.as_ref().unwrap().path())).count()
        } else {
            0
        };
        assert!(now == frozen || now == frozen + 1, "{now} batches after {frozen}");
        assert!(!whole || now == frozen + 1);
        frozen = now;
    }
    MONTHS[frozen..].iter().for_each(|month| office.froze(month));
    office.froze("2023");
    let (code, told) = office.verify(&[]);
    assert_eq!((code, told.as_str()), (0, ""), "{killed} were killed");
    assert!(killed > 3, "{killed}");
}

fn is_batch(path: &Path) -> bool {
    path.file_name().unwrap().to_string_lossy().starts_with("00")
}

/// Two at once: one writes, the other is told to wait, and nothing is lost.
#[test]
fn one_writes_at_a_time() {
    let office = Office::new();
    let (data, archive) = (office.data(), office.archive());
    let start = |month: &str| {
        Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
            .args(["score", RULEBOOK, data.to_str().unwrap(), "--period", month, "--freeze"])
            .args([archive.to_str().unwrap(), "--date", "2024-01-06", "--diagnostics", "short"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = MONTHS[..4].iter().map(|month| start(month)).collect();
    let mut frozen = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => frozen += 1,
            Some(2) => assert!(told.contains("archive-in-use"), "{told}"),
            other => panic!("{other:?}: {told}"),
        }
    }
    assert!(frozen >= 1);
    assert_eq!(office.verify(&[]).0, 0);
    assert_eq!(fs::read_dir(&archive).unwrap().filter(|it| is_batch(&it.as_ref().unwrap().path())).count(), frozen);
}

/// A spreadsheet that begins with a year is no batch of that number.
#[test]
fn what_somebody_put_beside_the_batches_is_no_batch() {
    let office = Office::new();
    office.froze("2023-03");
    fs::write(office.archive().join("2023-04 督查室.xlsx"), "表").unwrap();
    let (code, told) = office.verify(&[]);
    let wanted = "2023-04 督查室.xlsx:0:0: not-in-archive: “2023-04 督查室.xlsx”不是批次，核对时不看它\n";
    assert_eq!((code, told.as_str()), (0, wanted));
    office.froze("2023-04");
    assert!(office.archive().join("0002-2023-04").exists());
}

/// A unit that is not there yet has no total, and batches that say 0 for it are as they were.
#[test]
fn who_is_not_assessed_has_no_total() {
    let office = Office::new();
    let roster = office.data().join("单位.csv");
    let text = fs::read_to_string(&roster).unwrap();
    let (header, units) = text.split_once('\n').unwrap();
    let units: String = units.lines().map(|line| format!("{line},\n")).collect();
    fs::write(&roster, format!("{},启用月份\n{units}新设司法所,2023-05\n", header.trim_end())).unwrap();
    office.froze("2023-03");
    let ranks = fs::read_to_string(office.archive().join("0001-2023-03/排名.csv")).unwrap();
    assert!(ranks.contains("\n,新设司法所,,,不作考评,"), "{ranks}");
    forge(&office.archive(), "0001-2023-03", "排名.csv", ",新设司法所,,,", ",新设司法所,,0,");
    assert_eq!(office.verify(&[]), (0, String::new()));
    let told = office.after(|archive| forge(archive, "0001-2023-03", "排名.csv", ",新设司法所,,0,", ",新设司法所,,1,"));
    assert!(told.contains("0001-2023-03/排名.csv:0:0: result-differs"), "{told}");
    let data = office.data();
    let why = scratch::zhunsheng([
        "explain",
        RULEBOOK,
        data.to_str().unwrap(),
        "--period",
        "2023-03",
        "--unit",
        "新设司法所",
    ]);
    let why = String::from_utf8(why.stdout).unwrap();
    assert!(why.contains("按总分从高到低排列；") && !why.contains("本单位0分"), "{why}");
}

/// What is odd about freezing now is told at once, and not when the year is frozen.
#[test]
fn what_is_odd_about_freezing_now_is_told() {
    let office = Office::new();
    let freeze = |period: &str, date: &str| {
        let (data, archive) = (office.data(), office.archive());
        let (data, archive) = (data.to_str().unwrap(), archive.to_str().unwrap());
        let arguments = ["score", RULEBOOK, data, "--period", period, "--format", "json", "--freeze", archive];
        let (code, told) = run(&[&arguments[..], &["--date", date, "--diagnostics", "short"]].concat());
        assert_eq!(code, 0, "{told}");
        told
    };
    let told = freeze("2023-03", "2023-03-10");
    assert!(told.contains("frozen-before-end: 封存的日期2023-03-10时，2023-03还没有过完（2023-03-31）"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    // What is frozen keeps its date.
    let (data, archive) = (office.data(), office.archive());
    let (data, archive) = (data.to_str().unwrap(), archive.to_str().unwrap());
    let again = |period: &str, date: &str| {
        run(&["score", RULEBOOK, data, "--period", period, "--freeze", archive, "--date", date])
    };
    let (code, told) = again("2023-04", "2999-01-01");
    assert!(code == 2 && told.contains("封存的日期2999-01-01还没有到"), "{told}");
    // Whoever was interrupted after the batch was written needs its reports, and no correction.
    let (code, told) = again("2023-03", "2023-04-10");
    assert!(code == 1 && told.contains("一字不差，不用再封存；要写报告的，去掉 --freeze"), "{told}");
    let march = office.data().join("2023-03.csv");
    let text = fs::read_to_string(&march).unwrap() + "2023-03,古井司法所,社区矫正工作.1,缺项,1,,,,,,\n";
    fs::write(&march, text).unwrap();
    let (code, told) = again("2023-03", "2023-04-10");
    assert!(code == 1 && told.contains("改好数据再更正"), "{told}");
    let told = freeze("2023-05", "2023-06-08");
    assert!(told.contains("month-not-frozen: 2023-04有事实，还没有封存"), "{told}");
    assert!(told.contains("month-differs: 2023-03按现在的事实算，与封存的不同"), "{told}");
    let told = freeze("2023-06", "2023-06-30");
    assert!(told.contains("frozen-before-end"), "{told}");
    let told = freeze("2023-07", "2022-08-08");
    assert!(told.contains("frozen-out-of-order: 封存的日期2022-08-08早于前一批“0003-2023-06”的2023-06-30"), "{told}");
}
