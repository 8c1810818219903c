//! The fenced blocks of the documents, and the smallest rulebook around a part of one.

/// A fenced block of a document.
pub struct Block {
    /// The words behind the backticks.
    pub info: Vec<String>,
    /// Of its first line of text in the manual.
    #[allow(dead_code, reason = "only tests that run commands name a block by it")]
    pub line: usize,
    pub text: String,
}

/// The fenced blocks of a document.
pub fn blocks(manual: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (index, line) in manual.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), inside) {
            (Some(_), true) => inside = false,
            (Some(info), false) => {
                let info = info.split_whitespace().map(str::to_owned).collect();
                blocks.push(Block { info, line: index + 2, text: String::new() });
                inside = true;
            }
            (None, true) => {
                let block = blocks.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!inside, "a block is never closed");
    blocks
}

const HEAD: &[&str] = &["文号", "施行", "考评对象", "考评周期", "事实列", "单位属性", "参数", "分组"];

const STAGES: &[&str] = &["约定", "板块", "参评", "排名", "等次", "奖惩", "例"];

/// What a part of a rulebook need not say: the words that tell that it does, and the line.
const DEFAULTS: &[(&str, &str)] = &[
    ("基础分", "每月基础分 0分"),
    ("年终得分", "年终得分 = 各月得分之和"),
    ("未写", "未写“每”的，当月只计一次"),
    ("同分", "同分并列，其后名次顺延空出"),
    ("一票否决的", "一票否决的排在末位，相互间按得分高低排序"),
    ("逾期", "逾期按自然日计算，截止当日不计"),
    ("除数为0", "除数为0的，不作考评"),
    ("考评的，计入", "按季度考评的，计入最后一个月"),
];

fn starts_with_any(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line == *word || line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '　'])))
}

/// The smallest rulebook around a part of one.
pub fn whole(part: &str) -> String {
    if part.starts_with("方案") || part.starts_with("沿用") {
        return part.to_owned();
    }
    let (mut head, mut conventions, mut body) = (Vec::new(), Vec::new(), Vec::new());
    let mut in_conventions = false;
    let begins_with_head = part.lines().next().is_some_and(|line| starts_with_any(line.trim(), HEAD));
    for line in part.lines().filter(|line| !line.trim().is_empty()) {
        let text = line.trim();
        if starts_with_any(text, STAGES) {
            in_conventions = text == "约定";
            if in_conventions {
                continue;
            }
        }
        if in_conventions {
            conventions.push(text);
        } else if begins_with_head && body.is_empty() && starts_with_any(text, HEAD) {
            head.push(text);
        } else {
            body.push(line);
        }
    }
    let said = |list: &[&str], word: &str| list.iter().any(|line| line.contains(word));
    let mut out = String::from("方案 手册示例\n");
    for (word, line) in
        [("施行", "施行 2024年1月至2024年12月"), ("考评对象", "考评对象 单位"), ("考评周期", "考评周期 每月")]
    {
        if !said(&head, word) {
            out.push_str(line);
            out.push('\n');
        }
    }
    let yearly = head.iter().any(|line| line.starts_with("考评周期") && !line.contains('月') && !line.contains('季'));
    for line in head {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str("约定\n");
    for (word, line) in DEFAULTS {
        let start = *word == "基础分" && said(&conventions, "起评");
        let is_settled = said(&conventions, word) || start || yearly && *word == "年终得分";
        if !is_settled {
            out.push_str(&format!("  {line}\n"));
        }
    }
    for line in conventions {
        out.push_str(&format!("  {line}\n"));
    }
    let first = body.first().map_or("", |line| line.trim());
    if !body.iter().any(|line| line.trim().starts_with("板块")) {
        out.push_str("板块 示例\n");
        if starts_with_any(first, STAGES) || first.is_empty() {
            out.push_str("  1. 事项\n     违规：每次扣1分\n     表扬：每次加1分\n");
        } else if !first.starts_with(|c: char| c.is_ascii_digit()) {
            out.push_str("  1. 事项\n");
        }
    }
    for line in body {
        out.push_str(line);
        out.push('\n');
    }
    out
}
