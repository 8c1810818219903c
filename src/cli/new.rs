//! `zhunsheng new`: start next year's rulebook over this year's.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Ended;
use super::cases;
use super::rulebook;
use super::session::{Session, Status, place_of};
use super::usage;
use crate::calendar::{Calendar, Month};
use crate::compile::Compiled;
use crate::diagnostic::{Finding, Findings};
use crate::parse::{self, Context, Line};
use crate::plan::{Expr, NodeId, Step};

/// 沿用一本方案，开始写下一年的
#[derive(Args)]
#[command(help_template = usage::TEMPLATE, override_usage = "zhunsheng new --from <方案文件> --year <年份> [--out <文件>]", next_help_heading = "选项")]
pub struct New {
    /// 沿用哪一本
    #[arg(long, value_name = "方案文件")]
    from: PathBuf,
    /// 新的一年：2024
    #[arg(long, value_name = "年份", value_parser = clap::value_parser!(i32).range(1900..=2999))]
    year: i32,
    /// 写到哪个文件（默认写在原方案旁边，如 2024.zs）；已有的文件不覆盖
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
}

impl New {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let compiled = rulebook::load(&self.from, session)?;
        let folder = self.from.parent().unwrap_or(Path::new(""));
        let out = self.out.unwrap_or_else(|| folder.join(format!("{}.zs", self.year)));
        let Some(base) = path_from(&out, &self.from) else {
            let message = "新文件和原方案的路径说不清谁在谁的旁边";
            let finding = Finding::error("unclear-path", place_of(&out), message);
            return Err(session.unable(finding.help("两个都写相对路径，或者都写绝对路径")));
        };
        let left: Vec<String> = cases::beside(&self.from)
            .iter()
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        let mut text = first_text(&compiled, &base, self.year);
        if !left.is_empty() {
            let own = out.file_stem().unwrap_or_default().to_string_lossy();
            let _ =
                writeln!(text, "\n# {}里的例没有带过来：还用得着的抄到 {own}.例.zs，改成今年的月份。", left.join("、"));
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&out)
            .map_err(|error| session.cannot("写", &out, &error))?;
        file.write_all(text.as_bytes()).map_err(|error| session.cannot("写", &out, &error))?;
        session.print(|stdout| {
            writeln!(stdout, "已写好：{}", out.display())?;
            left.iter().try_for_each(|name| writeln!(stdout, "没有带过来：{name}（里面的例是原来的月份）"))
        })?;
        Ok(Status::Fine)
    }
}

/// The way to the base from the folder of the new file, with `/`.
fn path_from(out: &Path, base: &Path) -> Option<String> {
    let (out, base) = match out.is_absolute() == base.is_absolute() {
        true => (out.to_owned(), base.to_owned()),
        false => (std::path::absolute(out).ok()?, std::path::absolute(base).ok()?),
    };
    let parts = |path: &Path| -> Vec<String> {
        let parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        parts.filter(|part| part != ".").collect()
    };
    let (mut from, to) = (parts(&out), parts(&base));
    from.pop();
    let shared = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
    // What `..` leads back to cannot be told without looking at the disk.
    if from[shared..].iter().any(|part| part == "..") {
        return None;
    }
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    Some(up.chain(to[shared..].iter().cloned()).collect::<Vec<_>>().join("/"))
}

/// The head for the year, 沿用, and how amendments are written, with addresses of this very rulebook.
fn first_text(compiled: &Compiled, base: &str, year: i32) -> String {
    let (plan, examples) = (&compiled.plan, &compiled.examples);
    let later = year - plan.calendar.first().year();
    let title = match years_later(&plan.title, later) {
        same if same == plan.title => format!("{same}（{year}年）"),
        moved => moved,
    };
    let mut text = String::new();
    let _ = writeln!(text, "# {title}，沿用上一本，只写改动。\n");
    let _ = writeln!(text, "方案      {title}");
    if plan.number.is_some() {
        text.push_str("# 文号    （新的文号印发以后写在这里，去掉行首的 #；上一本的不沿用）\n");
    }
    let _ = writeln!(text, "施行      {}\n", term(&plan.calendar, year));
    let _ = writeln!(text, "沿用 「{base}」\n");
    text.push_str("# 改动一句一行，去掉行首的 # 就生效：\n");
    let item = plan.rules.iter().find(|rule| plan.nodes[rule.node.index()].address.contains('.'));
    if let Some(rule) = item {
        let address = &plan.nodes[rule.node.index()].address;
        let _ = writeln!(text, "#   修改 {address} {}", rule.text.trim());
        let _ = writeln!(text, "#   停用 {address} {}", rule.label);
        let _ = writeln!(text, "#   删除 {address}");
    }
    let section = plan.nodes[0].children.first().map(|id: &NodeId| &plan.nodes[id.index()]);
    if let Some(section) = section {
        let number = |address: &str| address.rsplit('.').next().and_then(|number| number.parse::<u32>().ok());
        let used = section.children.iter().filter_map(|id| number(&plan.nodes[id.index()].address));
        let next = used.max().unwrap_or(0) + 1;
        let _ = writeln!(text, "#   增加 {}.{next} 新的事项", section.address);
        text.push_str("#     未完成：每次扣1分\n");
    }
    // A cap that is there, as it is: what is to be changed of it is the writer's to say.
    let cap = plan.nodes.iter().skip(1).find_map(|node| {
        node.steps.iter().find_map(|step| match step {
            Step::CapDeduction { most: Expr::Number(most), per } => Some((node, "扣分封顶", *most, *per)),
            Step::CapBonus { most: Expr::Number(most), per } => Some((node, "加分封顶", *most, *per)),
            _ => None,
        })
    });
    if let Some((node, word, most, per)) = cap {
        let _ = writeln!(text, "#   修改 {} {word} {}{most}分", node.address, per.every());
    }
    let (first, last) = (plan.calendar.first(), plan.calendar.last());
    let middle = first.plus(6).min(last).plus((year - first.year()) * 12);
    let (year, month) = (middle.year(), middle.number());
    let _ = writeln!(text, "#   自{year}年{month}月起   # 这一行下面的改动，从那个月起施行");
    let dated = with_dates(compiled);
    if !dated.is_empty() {
        text.push_str("\n# 下面几句写着年月日，照旧带过来了；要换成今年的，各写一句“修改 …”：\n");
        dated.iter().for_each(|(place, line)| _ = writeln!(text, "#   {place}：{line}"));
    }
    if !examples.is_empty() {
        text.push_str("\n# 原来的例说的是原来的月份；还用得着的，改写成今年的：修改 例 …\n");
    }
    for example in examples {
        let _ = writeln!(text, "删除 例 {}", example.name);
    }
    text
}

/// Lines that say a day: 当 成立日期晚于2024年6月30日，不参评. The term, titles and citations have their own.
fn with_dates(compiled: &Compiled) -> Vec<(String, String)> {
    const OWN: &[&str] = &["方案", "文号", "施行", "依据", "读法", "认可"];
    let source = &compiled.source;
    let lines = parse::lines(source, &mut Findings::default());
    let says_a_day = |text: &str| {
        text.match_indices('年').any(|(at, year)| {
            let digits = text[..at].len() - text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let month = text[at + year.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
            digits == 4 && month.len() < text.len() - at - year.len() && month.starts_with('月')
        })
    };
    let is_meant = |line: &&Line| {
        let text = line.plain.text.as_str();
        line.context != Context::Example && !OWN.iter().any(|word| text.starts_with(word)) && says_a_day(text)
    };
    let told = |line: &Line| (source.line_name(line.number), source.line(line.number).trim().to_owned());
    lines.iter().filter(is_meant).map(told).collect()
}

/// 施行 of the new year: the whole of it, or as many months as before where those are of two years.
fn term(calendar: &Calendar, year: i32) -> String {
    let (first, last) = (calendar.first(), calendar.last());
    if first.year() == last.year() {
        return format!("{year}年1月至{year}年12月");
    }
    let later = year - first.year();
    let month = |month: Month| format!("{}年{}月", month.year() + later, month.number());
    let name = &calendar.period(calendar.term()).name;
    let usual = Calendar::new(first, last, None);
    let named = match *name == usual.period(usual.term()).name {
        true => String::new(),
        false => format!("，称 {}", years_later(name, later)),
    };
    format!("{}至{}{named}", month(first), month(last))
}

/// A name with every year in it moved.
fn years_later(name: &str, later: i32) -> String {
    let mut moved = String::new();
    let mut digits = String::new();
    for character in name.chars().chain(['\0']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        match digits.parse::<i32>() {
            Ok(year) if digits.len() == 4 => moved.push_str(&(year + later).to_string()),
            _ => moved.push_str(&digits),
        }
        digits.clear();
        moved.push(character);
    }
    moved.pop();
    moved
}
