//! What an amendment speaks of: a line, an item, a section, a stage, by its address in the older text.

use super::book::{Book, word_of};
use super::statement::Verb;
use crate::parse::fold::Folded;
use crate::parse::{Context, item_path};
use crate::suggest;

/// The place in the older text.
#[derive(Debug)]
pub enum Target {
    /// A line of a block, as written behind its address.
    Line { block: usize, rest: Folded },
    /// A whole block, with the new heading where one is given.
    Whole { block: usize, title: Option<Folded> },
    /// Something that is not there yet.
    New(New),
}

/// An item, a section or a stage to be.
#[derive(Debug)]
pub struct New {
    pub context: Context,
    pub name: String,
    /// The number of an item.
    pub path: Vec<u32>,
    /// What it will stand in, for an item.
    pub parent: Option<usize>,
    /// An item's title; the whole opening of anything else.
    pub heading: Folded,
    /// 增加 约定 …: the line that a block is made for.
    pub first: Option<Folded>,
}

/// Why there is no such place.
pub struct Astray {
    pub message: String,
    pub help: String,
}

pub(super) const HEADER: &[&str] =
    &["方案", "文号", "施行", "考评对象", "考评周期", "事实列", "单位属性", "参数", "分组", "责任股室", "读法"];

const STAGES: &[Context] = &[
    Context::Conventions,
    Context::Eligibility,
    Context::Ranking,
    Context::Grading,
    Context::Awards,
    Context::Example,
];

/// Finds what a statement speaks of.
pub fn resolve(book: &Book, verb: Verb, rest: &Folded) -> Result<Target, Astray> {
    let text = rest.text.as_str();
    let (word, after) = text.split_once(' ').map_or((text, ""), |(word, after)| (word, after.trim_start()));
    let after_at = text.len() - after.len();
    if verb == Verb::Own || HEADER.contains(&word) && book.find(Context::Node, word).is_none() {
        return Ok(Target::Line { block: 0, rest: rest.clone() });
    }
    if let Some(context) = STAGES.iter().copied().find(|context| word_of(*context) == word) {
        return stage(book, verb, context, rest, after_at);
    }
    if word == "板块" {
        return section(book, verb, rest, after_at);
    }
    node(book, verb, rest)
}

fn slice(rest: &Folded, from: usize) -> Folded {
    let text = &rest.text[from..];
    rest.slice(from + text.len() - text.trim_start().len()..rest.text.len())
}

/// 约定, 参评, 排名, 等次, 奖惩, 例
fn stage(book: &Book, verb: Verb, context: Context, rest: &Folded, after: usize) -> Result<Target, Astray> {
    let text = &rest.text[after..];
    let named = !matches!(context, Context::Conventions | Context::Eligibility);
    let ends_name = |rest: &str| rest.is_empty() || rest.starts_with(' ') && context != Context::Example;
    let fits = |name: &str| text.strip_prefix(name).is_some_and(ends_name);
    let blocks = book.blocks.iter().enumerate().filter(|(_, block)| block.context == context);
    let found = blocks.filter(|(_, block)| !named || fits(&block.name)).max_by_key(|(_, block)| block.name.len());
    let word = word_of(context);
    match found {
        Some((index, block)) => {
            let line = slice(rest, after + if named { block.name.len() } else { 0 });
            match line.text.is_empty() {
                true => Ok(Target::Whole { block: index, title: None }),
                false => Ok(Target::Line { block: index, rest: line }),
            }
        }
        None if verb == Verb::Insert => {
            let line = (!named).then(|| slice(rest, after)).filter(|line| !line.text.is_empty());
            let heading = if named { rest.clone() } else { rest.slice(0..word.len()) };
            let name = if named { text.to_owned() } else { String::new() };
            Ok(Target::New(New { context, name, path: Vec::new(), parent: None, heading, first: line }))
        }
        None => {
            let known: Vec<&str> =
                book.blocks.iter().filter(|block| block.context == context).map(|block| block.name.as_str()).collect();
            let said = text.split(' ').next().unwrap_or_default();
            let nearest = suggest::nearest(said, known.iter().copied()).or(known.first().copied().filter(|_| named));
            let help = match nearest {
                Some(nearest) => format!("是不是“{word} {nearest}”？"),
                None => format!("原来没有{word}；要新写的用“增加 {word} …”"),
            };
            Err(Astray { message: format!("被沿用的规则书里没有“{}”", rest.text.trim()), help })
        }
    }
}

/// 板块 党的建设（25分）
fn section(book: &Book, verb: Verb, rest: &Folded, after: usize) -> Result<Target, Astray> {
    let text = &rest.text[after..];
    match longest_node(book, text) {
        Some((block, length)) if !book.blocks[block].name.contains('.') => {
            Ok(behind_address(block, slice(rest, after + length)))
        }
        _ if verb == Verb::Insert => {
            let name = text.split(['(', ' ']).next().unwrap_or_default().to_owned();
            let (path, heading) = (Vec::new(), rest.clone());
            Ok(Target::New(New { context: Context::Node, name, path, parent: None, heading, first: None }))
        }
        _ => Err(nowhere(book, text.split(' ').next().unwrap_or_default(), verb)),
    }
}

/// The section that 增加 板块 … adds.
pub(super) fn new_section(rest: &Folded) -> Option<String> {
    let text = rest.text.strip_prefix("板块 ")?.trim();
    text.split(['(', ' ']).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What stands behind a known address: nothing, a mark （25分）, 标题 …, or a line.
fn behind_address(block: usize, rest: Folded) -> Target {
    if rest.text.is_empty() {
        return Target::Whole { block, title: None };
    }
    if rest.text.starts_with('(') {
        return Target::Whole { block, title: Some(rest) };
    }
    if rest.text.starts_with("标题 ") {
        return Target::Whole { block, title: Some(slice(&rest, "标题".len())) };
    }
    Target::Line { block, rest }
}

fn node(book: &Book, verb: Verb, rest: &Folded) -> Result<Target, Astray> {
    let text = rest.text.as_str();
    if let Some((block, length)) = longest_node(book, text) {
        return Ok(behind_address(block, slice(rest, length)));
    }
    let word = text.split(' ').next().unwrap_or_default();
    let address = plain_address(word);
    let parent = address.rsplit_once('.').and_then(|(parent, number)| {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| book.find(Context::Node, parent)).flatten()
    });
    match parent {
        Some(parent) if verb == Verb::Insert => {
            let section = &book.blocks[parent].name;
            let section = section.split('.').next().unwrap_or_default().len();
            let path = item_path(&address[section..]);
            let heading = slice(rest, word.len());
            Ok(Target::New(New {
                context: Context::Node,
                name: address,
                path,
                parent: Some(parent),
                heading,
                first: None,
            }))
        }
        Some(parent) => {
            let mut known: Vec<&str> =
                book.blocks[book.whole(parent)].iter().map(|block| block.name.as_str()).collect();
            known.remove(0);
            let help = match known[..] {
                [] => format!("“{}”里没有条目", book.blocks[parent].name),
                [only] => format!("只有“{only}”"),
                [first, .., last] => format!("有“{first}”至“{last}”"),
            };
            Err(Astray { message: format!("被沿用的规则书里没有“{address}”"), help })
        }
        None => Err(nowhere(book, word, verb)),
    }
}

fn nowhere(book: &Book, word: &str, verb: Verb) -> Astray {
    let addresses = book.blocks.iter().filter(|block| block.context == Context::Node).map(|block| block.name.as_str());
    let address = plain_address(word);
    // 基层.5.1, and there is no 基层.5.
    if let Some((above, number)) = address.rsplit_once('.').filter(|_| verb == Verb::Insert)
        && let Some((section, _)) = above.split_once('.')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && book.find(Context::Node, section).is_some()
    {
        let number = address[section.len()..].trim_start_matches('.');
        let help = format!("写到“增加 {above} 名称”下面的几行里，作它的小项：{number} 名称");
        return Astray {
            message: format!("“{address}”的上一级“{above}”，被沿用的规则书里没有"), help
        };
    }
    let help = match suggest::nearest(&address, addresses) {
        Some(nearest) => format!("是不是“{nearest}”？"),
        None if verb == Verb::Insert => format!("要新写一个板块：增加 板块 {word}"),
        None => "后面写条款地址，如：板块名.1，约定，奖惩 年终".to_owned(),
    };
    Astray { message: format!("被沿用的规则书里没有“{word}”"), help }
}

/// The node with the longest address that the text begins with, and how much of the text that is.
fn longest_node(book: &Book, text: &str) -> Option<(usize, usize)> {
    let nodes = book.blocks.iter().enumerate().filter(|(_, block)| block.context == Context::Node);
    nodes.filter_map(|(index, block)| Some((index, length_of(text, &block.name)?))).max_by_key(|(_, length)| *length)
}

/// How much of the text says this address, in whatever dots; `None` where it says another.
fn length_of(text: &str, address: &str) -> Option<usize> {
    let mut rest = text;
    for wanted in address.chars() {
        let found = rest.trim_start_matches(['「', '」']).chars().next()?;
        if found != wanted && !(wanted == '.' && is_dot(found)) {
            return None;
        }
        rest = &rest.trim_start_matches(['「', '」'])[found.len_utf8()..];
    }
    rest = rest.trim_start_matches('」');
    let ends = rest.is_empty() || rest.starts_with([' ', '(']);
    (ends && !address.is_empty()).then(|| text.len() - rest.len())
}

fn is_dot(character: char) -> bool {
    matches!(character, '.' | '。' | '·')
}

fn plain_address(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '「' | '」')).map(|c| if is_dot(c) { '.' } else { c }).collect()
}
