//! Every kind of finding: its name, what it means, why it is told, and how to write it wrong and right.
//!
//! `zhunsheng check --explain` prints these pages; `tests/kinds.rs` proves them, and that no finding has another name.

mod amend;
mod archive;
mod clause;
mod facts;
mod file;
mod formula;
mod lint;
mod node;
mod reading;
mod stage;

use crate::suggest;

pub use amend::BASE;
pub use archive::KINDS as ARCHIVE;

/// A kind of finding.
#[derive(Debug)]
pub struct Kind {
    /// Kebab-case, never renamed.
    pub name: &'static str,
    pub meaning: &'static str,
    pub why: &'static str,
    pub wrong: Example,
    pub right: Example,
}

/// What shows a kind, or the lack of it.
#[derive(Debug)]
pub enum Example {
    /// Lines of a rulebook; what they leave out is in `FRAME`.
    Rulebook(&'static str),
    /// Lines of a rulebook, and the files of a data folder by name; where there is no 单位.csv, there is one unit.
    Facts(&'static str, &'static [(&'static str, &'static str)]),
    /// A rulebook that builds on 原案.zs, which is `BASE`.
    Amendment(&'static str),
    /// Lines of a rulebook without a mistake; what is odd about them the lints tell.
    Odd(&'static str),
    /// What a few lines cannot show.
    Said(&'static str),
}

/// The pages by chapter.
const CHAPTERS: &[(&str, &[Kind])] = &[
    ("写法", reading::KINDS),
    ("板块和条目", node::KINDS),
    ("计分句", clause::KINDS),
    ("名称、算式和条件", formula::KINDS),
    ("排名、等次、奖惩和例", stage::KINDS),
    ("事实", facts::KINDS),
    ("沿用和修改", amend::KINDS),
    ("没有错、但是奇怪", lint::KINDS),
    ("封存、更正", archive::KINDS),
    ("文件和计算", file::KINDS),
];

const fn book(
    name: &'static str,
    meaning: &'static str,
    why: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Kind {
    Kind { name, meaning, why, wrong: Example::Rulebook(wrong), right: Example::Rulebook(right) }
}

const fn said(
    name: &'static str,
    meaning: &'static str,
    why: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Kind {
    Kind { name, meaning, why, wrong: Example::Said(wrong), right: Example::Said(right) }
}

/// Every kind.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    CHAPTERS.iter().flat_map(|(_, kinds)| kinds.iter())
}

pub fn find(name: &str) -> Option<&'static Kind> {
    all().find(|kind| kind.name == name)
}

/// The known name nearest to a wrong one.
pub fn nearest(name: &str) -> Option<&'static str> {
    suggest::nearest(name, all().map(|kind| kind.name))
}

/// All names with their meanings, by chapter.
pub fn list() -> String {
    let mut out = String::new();
    for (title, kinds) in CHAPTERS {
        out.push_str(&format!("{title}\n"));
        let width = kinds.iter().map(|kind| kind.name.len()).max().unwrap_or(0);
        for kind in *kinds {
            out.push_str(&format!("  {:width$}  {}\n", kind.name, kind.meaning));
        }
        out.push('\n');
    }
    out.push_str("一种问题的说明和例子：zhunsheng check --explain 名称\n");
    out
}

impl Kind {
    /// The page that `check --explain` prints.
    pub fn page(&self) -> String {
        let mut out = format!("{}：{}\n\n{}\n", self.name, self.meaning, self.why);
        out.push_str(&format!("\n这样写不行：\n{}", self.wrong.shown()));
        out.push_str(&format!("\n这样写可以：\n{}", self.right.shown()));
        if let Example::Amendment(_) = self.wrong {
            out.push_str(&format!("\n原案.zs：\n{}", Example::Said(BASE).shown()));
        }
        if matches!(self.wrong, Example::Rulebook(text) | Example::Facts(text, _) | Example::Odd(text) if !text.starts_with("方案"))
        {
            out.push_str("\n（例子省去了方案、施行等开头和常用的约定；没有写板块的，在某个条目下面。）\n");
        }
        out
    }
}

impl Example {
    fn shown(&self) -> String {
        let indented = |text: &str| text.lines().map(|line| format!("  {line}\n")).collect::<String>();
        match self {
            Example::Rulebook(text) | Example::Amendment(text) | Example::Odd(text) | Example::Said(text) => {
                indented(text)
            }
            Example::Facts(text, files) => {
                let mut out = indented(text);
                for (name, rows) in *files {
                    out.push_str(&format!("  {name}\n"));
                    out.push_str(&rows.lines().map(|row| format!("    {row}\n")).collect::<String>());
                }
                out
            }
        }
    }

    /// The rulebook whole, with what the example leaves out.
    pub fn rulebook(&self) -> Option<String> {
        match self {
            Example::Rulebook(text) | Example::Facts(text, _) | Example::Odd(text) => Some(whole(text)),
            Example::Amendment(text) => Some((*text).to_owned()),
            Example::Said(_) => None,
        }
    }
}

const HEADER_WORDS: &[&str] = &["事实列", "单位属性", "参数", "分组", "考评周期"];

const CONVENTIONS: &[&str] = &[
    "每月基础分 100分",
    "年终得分 = 各月得分之和",
    "未写“每”的，当月只计一次",
    "同分并列，其后名次顺延空出",
    "一票否决的并列末位",
    "逾期按自然日计算，截止当日不计",
    "按季度考评的，计入最后一个月",
];

/// The smallest rulebook around a part of one: its own header lines and conventions come first.
fn whole(part: &str) -> String {
    if part.starts_with("方案") {
        return part.to_owned();
    }
    let mut lines = part.lines().peekable();
    let mut out = String::from("方案 示例\n施行 2024年1月至2024年12月\n考评对象 单位\n");
    let mut cycle = false;
    while let Some(line) = lines.next_if(|line| HEADER_WORDS.iter().any(|word| line.starts_with(word))) {
        cycle |= line.starts_with("考评周期");
        out.push_str(&format!("{line}\n"));
    }
    if !cycle {
        out.push_str("考评周期 每月\n");
    }
    out.push_str("约定\n");
    CONVENTIONS.iter().for_each(|line| out.push_str(&format!("  {line}\n")));
    if lines.next_if(|line| *line == "约定").is_some() {
        while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
            out.push_str(&format!("{line}\n"));
        }
    }
    let rest: Vec<&str> = lines.collect();
    let begins = |words: &[&str]| rest.first().is_none_or(|line| words.iter().any(|word| line.starts_with(word)));
    if begins(&["参评", "排名", "等次 ", "奖惩", "例"]) {
        out.push_str("板块 示例\n  1. 事项\n     违规：每次扣1分\n");
    } else if !rest.iter().any(|line| line.starts_with("板块")) {
        out.push_str("板块 示例\n");
        if !begins(&["1.", "1 "]) {
            out.push_str("  1. 事项\n");
        }
    }
    rest.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    out
}
