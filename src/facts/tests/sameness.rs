//! What must not matter: order, columns, encoding, widths, files, threads. And bytes of no meaning do no harm.

use proptest::prelude::*;

use super::*;

const COLUMNS: [&str; 6] = ["月份", "单位", "条款", "情形", "数量", "备注"];

/// Sound rows: no two reports of one indicator.
fn sound_rows() -> impl Strategy<Value = Vec<[String; 6]>> {
    let event = (3u32..13, 0..2usize, 0u32..2000, "[a-z一二三,\"]{0,4}").prop_map(|(month, unit, quantity, note)| {
        let unit = ["古井司法所", "芦庙司法所"][unit];
        [format!("2023-{month:02}"), unit.into(), "综合事项.2".into(), "省厅采用".into(), quantity.to_string(), note]
    });
    let indicator = |number: usize| {
        let (month, unit) = (number / 2 % 10 + 3, ["古井司法所", "芦庙司法所"][number % 2]);
        let quantity = format!("{}.{}%", number % 100, number % 7);
        [format!("2023-{month:02}"), unit.into(), "基层工作.2".into(), "同步率".into(), quantity, String::new()]
    };
    (prop::collection::vec(event, 0..60), prop::sample::subsequence((0..20usize).collect::<Vec<_>>(), 0..20)).prop_map(
        move |(mut rows, numbers)| {
            rows.extend(numbers.into_iter().map(indicator));
            rows
        },
    )
}

fn csv(rows: &[[String; 6]], order: &[usize]) -> String {
    let line = |cells: [&str; 6]| {
        let cells = order.iter().map(|at| match cells[*at] {
            cell if cell.contains([',', '"']) => format!("\"{}\"", cell.replace('"', "\"\"")),
            cell => cell.to_owned(),
        });
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let rows = rows.iter().map(|row| line(row.each_ref().map(String::as_str)));
    line(COLUMNS) + &rows.collect::<String>()
}

fn wide(text: &str) -> String {
    let digit = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c };
    text.chars().map(digit).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_facts_however_they_are_written(
        rows in sound_rows(),
        order in Just(vec![0usize, 1, 2, 3, 4, 5]).prop_shuffle(),
        seed in any::<u64>(),
    ) {
        let usual = [0, 1, 2, 3, 4, 5];
        let plain = csv(&rows, &usual);
        let (store, findings) = read_all(&[file("a.csv", plain.as_str())], false);
        prop_assert_eq!(codes(&findings), Vec::<String>::new());
        let expected = contents(&store);
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| row.join("").bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)));
        let (first, second) = shuffled.split_at(shuffled.len() / 2);
        let (gb18030, ..) = encoding_rs::GB18030.encode(&plain);
        let variants = [
            vec![file("a.csv", csv(&shuffled, &usual))],
            vec![file("a.csv", csv(&rows, &order))],
            vec![file("b.csv", csv(first, &usual)), file("a.csv", csv(second, &order))],
            vec![file("a.csv", gb18030.into_owned())],
            vec![file("a.csv", format!("\u{feff}{}", plain.replace('\n', "\r\n")))],
            vec![file("a.csv", wide(&plain))],
        ];
        for files in &variants {
            let (store, findings) = read_all(files, false);
            prop_assert_eq!(codes(&findings), Vec::<String>::new());
            prop_assert_eq!(&contents(&store), &expected);
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300), keep in any::<bool>()) {
        let mut behind = HEADER.as_bytes().to_vec();
        behind.extend_from_slice(&bytes);
        read_all(&[file("a.csv", bytes.clone()), file("b.csv", behind)], keep);
        let (roster, history) = (file("单位.csv", bytes.clone()), file("历史.csv", bytes));
        read(&plan(), Some(&roster), Some(&history), &[], &options());
    }

    #[test]
    fn any_cells_are_read_without_harm(
        cells in prop::collection::vec("[0-9.%,\"\n\r 年月日件２％，-]{0,12}|古井司法所|综合事项\\.[0-9]|省厅采用|2023-0[0-9]", 0..60),
        keep in any::<bool>(),
    ) {
        let text = format!("{HEADER}{}", cells.join(","));
        read_all(&[file("a.csv", text)], keep);
    }
}

#[test]
fn threads_and_blocks_do_not_matter() {
    let mut text = HEADER.to_owned();
    for at in 0..60_000 {
        let (month, unit) = (at % 10 + 3, ["古井司法所", "芦庙司法所"][at / 10 % 2]);
        let note = if at % 1000 == 0 { "\"见\n附件\"" } else { "" };
        let unit = if at % 5000 == 7 { "古丼司法所" } else { unit };
        text.push_str(&format!("2023-{month:02},{unit},综合事项.2,省厅采用,{},,,,,,{note}\n", at % 9));
        if at % 3000 == 1 {
            text.push_str(&format!("2023-{month:02},{unit},基层工作.2,录入件数,{at},,,,,,\n"));
        }
    }
    let (gb18030, ..) = encoding_rs::GB18030.encode(&text);
    let roster = file("单位.csv", ROSTER);
    let read = |bytes: &[u8], threads| {
        let files = [file("a.csv", bytes), file("b.csv", HEADER)];
        let (store, findings) = read(&plan(), Some(&roster), None, &files, &Options { threads, ..options() });
        (contents(&store), findings)
    };
    let one = read(text.as_bytes(), 1);
    assert!(one.1.len() > 12);
    for threads in [2, 3, 8] {
        assert_eq!(read(text.as_bytes(), threads), one);
    }
    assert_eq!(read(&gb18030, 2), one);
}
