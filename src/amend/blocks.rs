//! Amendments of whole blocks: an item, a section, a stage, an example.

use super::apply::{Amender, Change, Removed};
use super::book::{Block, Entry, Text, word_of};
use super::edits;
use super::key::Key;
use super::statement::{Verb, at_line};
use super::target::New;
use crate::diagnostic::{Finding, Severity};
use crate::parse::fold::Folded;
use crate::parse::{self, Context, InForce};
use crate::source::Origin;

impl Amender<'_> {
    pub(super) fn amend_whole(&mut self, block: usize, title: Option<Folded>, change: &Change<'_>) {
        let (verb, line) = (change.statement.verb, change.statement.line);
        let here = &self.book.blocks[block];
        let called = here.called();
        if verb == Verb::Insert {
            return self.report(
                line,
                "amendment-target-exists",
                format!("“{called}”已经有了"),
                self.free_number(block),
            );
        }
        if block == 0 || here.context == Context::Conventions {
            let help = format!("一句一句写，如：{} 约定 每月基础分 0分", verb.word());
            return self.report(line, "amendment-of-too-much", format!("“{called}”不能整个{}", verb.word()), help);
        }
        let vary = matches!(here.context, Context::Node | Context::Example);
        if change.since.is_some() && (!vary || title.is_some()) {
            let message = "这一处不能从年中某月起改";
            return self.report(line, "cannot-change-midyear", message, "移到“自…起”之前：全期都按新的");
        }
        if verb == Verb::Change && title.is_none() && change.lines.is_empty() {
            let help = format!("后面写改成什么，如：修改 {called} 缺项：每项扣2分；或在下面几行写全新的内容");
            return self.report(line, "unfinished-amendment", "没有写改成什么", help);
        }
        let may_be_over = change.since.is_some() || here.in_force.last.is_some() && !change.lines.is_empty();
        if verb == Verb::Change && may_be_over && self.is_over(block, change) {
            return;
        }
        // A new title leaves the lines to other statements.
        let key = (title.is_some() && change.lines.is_empty()).then(Key::heading);
        if !self.touch(&called_name(here), key.as_ref(), line) {
            return;
        }
        match verb {
            Verb::Change => self.rewrite(block, title, change),
            Verb::Stop | Verb::Remove => self.drop_whole(block, change),
            Verb::Own | Verb::Insert => {}
        }
    }

    pub(super) fn drop_whole(&mut self, block: usize, change: &Change<'_>) {
        let blocks = self.book.whole(block);
        let here = &self.book.blocks[block];
        let Some(opening) = here.opening else { return };
        let until = change.since.map(|since| here.in_force.and(InForce::before(since)));
        match (until.filter(|until| !until.is_never()), change.statement.verb) {
            (Some(until), _) if here.context == Context::Node => self.edits.mark(opening, until),
            (_, Verb::Stop) => self.edits.mark(opening, InForce { stopped: true, ..InForce::ALWAYS }),
            _ => {
                for gone in &self.book.blocks[blocks.clone()] {
                    self.removed.push(Removed { address: gone.name.clone(), title: gone.title.clone() });
                }
                let mut lines = self.book.text_of(blocks);
                // One empty line goes with it.
                if lines.start > 0 && self.book.lines[lines.start - 1].text.trim().is_empty() {
                    lines.start -= 1;
                }
                self.edits.remove(lines);
            }
        }
    }

    /// 修改 of a whole block: a new title, new lines, or both.
    pub(super) fn rewrite(&mut self, block: usize, title: Option<Folded>, change: &Change<'_>) {
        let here = &self.book.blocks[block];
        let (Some(opening), line) = (here.opening, change.statement.line) else { return };
        if let Some(title) = title {
            let old = &self.book.lines[opening].text;
            let from = self.source.place(title.map[0] as usize).1;
            let written: String = self.source.line(line).chars().skip(from - 1).collect();
            let kept = match title.text.starts_with('(') {
                true => old.split(['(', '（', '#', '＃']).next().unwrap_or(old).trim_end().to_owned(),
                false => before_title(old),
            };
            let text = format!("{kept}{}", written.trim_end());
            let shift = from as i32 - 1 - kept.chars().count() as i32;
            self.edits.remove(opening..opening + 1);
            let origin = Origin { document: self.number, line, shift };
            self.edits.insert((opening + 1, 0, vec![]), [Text { text, origin }]);
        }
        if change.lines.is_empty() {
            return;
        }
        let blocks = self.book.whole(block);
        if change.since.is_some() && (blocks.len() > 1 || change.lines.iter().any(|line| line.opening)) {
            let help = "一条一条写：修改 板块.序号 …";
            return self.report(line, "cannot-change-midyear", "里面还有小项的，不能从年中某月起整个改", help);
        }
        let Some(since) = change.since else {
            // What was stopped is there again, as it is written now.
            let mark = self.book.blocks[block].in_force;
            if mark.stopped {
                self.edits.mark(opening, InForce { stopped: false, ..mark });
            }
            let gone = self.book.text_of(blocks);
            self.edits.remove(opening + 1..gone.end);
            let body = self.body_of(change);
            return self.edits.insert((gone.end, 0, vec![1]), body);
        };
        // What both texts say goes on.
        let plain = |text: &str| text.replace(' ', "");
        let stays = |entry: &Entry| {
            let goes_on = entry.in_force.last.is_none() && entry.in_force.first.is_none_or(|first| first <= since);
            goes_on
                && entry.to == entry.from + 1
                && change.lines.iter().any(|line| plain(&line.plain.text) == plain(&entry.plain))
        };
        let ending = self.current(here, change.since).filter(|(_, entry)| !stays(entry));
        let ended: Vec<usize> = ending.map(|(at, _)| at).collect();
        for at in &ended {
            let key = self.book.blocks[block].entries[*at].key.clone();
            if !self.may_vary(&self.book.blocks[block], &key, line) {
                return;
            }
        }
        for at in ended {
            self.end(&self.book.blocks[block].entries[at], Some(since));
        }
        let here = &self.book.blocks[block];
        let known: Vec<String> =
            here.entries.iter().filter(|entry| stays(entry)).map(|entry| plain(&entry.plain)).collect();
        let mut texts = self.body_of(change);
        self.mark_new(&mut texts, change);
        let is_known = |text: &Text| {
            change.lines.iter().any(|line| line.number == text.origin.line && known.contains(&plain(&line.plain.text)))
        };
        texts.retain(|text| !is_known(text));
        let at = here.last().map_or(opening + 1, |last| last + 1);
        self.edits.insert((at, 0, vec![1]), texts);
    }

    /// 增加 of an item, a section, a stage, an example.
    pub(super) fn add_block(&mut self, new: &New, change: &Change<'_>) {
        let line = change.statement.line;
        let vary = matches!(new.context, Context::Node | Context::Example) || new.context == Context::Conventions;
        if change.since.is_some() && !vary {
            let message = "排名、等次、奖惩、参评不能从年中某月起增加";
            return self.report(line, "cannot-change-midyear", message, "移到“自…起”之前：全期都按新的");
        }
        if new.context == Context::Node && new.heading.text.is_empty() {
            let help = format!("如：增加 {} 名称", new.name);
            return self.report(line, "unfinished-amendment", "没有写新条目的名称", help);
        }
        let is_item = new.parent.is_some();
        if is_item && new.heading.text.contains(':') {
            let message = format!("被沿用的规则书里没有“{}”，不能给它加一句", new.name);
            let help = format!("先写“增加 {} 名称”，这一句写在它下面", new.name);
            return self.report(line, "amendment-of-nothing", message, help);
        }
        let name = match new.context {
            Context::Node => new.name.clone(),
            context => format!("{} {}", word_of(context), new.name),
        };
        let was = self.removed.iter().find(|removed| removed.address == new.name && new.context == Context::Node);
        let title = new.heading.text.split('(').next().unwrap_or_default().trim();
        if let Some(was) = was.filter(|was| was.title != title) {
            let message = format!("“{}”原来是“{}”，现在成了“{title}”：序号换了意思", new.name, was.title);
            let help = "换一个没有用过的序号，以前的事实、结果和引用才不会弄混；确实要这样的，不用管这条提醒";
            let finding = at_line(self.source, line, "number-changes-meaning", message).help(help);
            self.findings.push(Finding { severity: Severity::Warning, ..finding });
            if change.since.is_some() {
                let message = "年中不能让序号换一个意思";
                return self.report(line, "cannot-change-midyear", message, "换一个没有用过的序号");
            }
        }
        // The removal of what had the number before is no conflict.
        self.touched.retain(|(other, key, _)| !(was.is_some() && *other == name && key.is_none()));
        if !self.touch(&name, None, line) {
            return;
        }
        let mut texts = Vec::new();
        let slot = match new.parent {
            Some(parent) => {
                let title_at = new.heading.map[0] as usize;
                let number = new.path.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
                let indent = if new.path.len() > 1 { format!("  {number} ") } else { format!("  {number}. ") };
                texts.push(self.text_from(line, title_at, &indent));
                self.slot_of_item(parent, &new.path)
            }
            None => {
                let from = new.heading.map[0] as usize;
                match new.context {
                    Context::Conventions | Context::Eligibility => {
                        let origin = Origin { document: self.number, line, shift: 0 };
                        texts.push(Text { text: word_of(new.context).to_owned(), origin });
                    }
                    _ => texts.push(self.text_from(line, from, "")),
                }
                self.slot_of_block(new.context)
            }
        };
        if let Some(since) = change.since.filter(|_| new.context == Context::Node) {
            edits::mark(&mut texts[0], InForce::since(since));
        }
        if let Some(first) = &new.first {
            texts.push(self.text_from(line, first.map[0] as usize, "  "));
        }
        texts.extend(self.body_of(change));
        let empty = Text { text: String::new(), origin: Origin { document: self.number, line, shift: 0 } };
        self.edits.insert(slot, std::iter::once(empty).chain(texts));
    }

    /// Behind the item with the next lower number.
    pub(super) fn slot_of_item(&self, parent: usize, path: &[u32]) -> edits::Slot {
        let outer = &self.book.blocks[parent];
        let section = outer.name.split('.').next().unwrap_or_default().len();
        let mut lower = self.book.whole(parent).skip(1).filter(|at| {
            let name = &self.book.blocks[*at].name;
            parse::item_path(&name[section..]).as_slice() < path
        });
        let at = match lower.next_back() {
            Some(before) => self.book.text_of(self.book.whole(before)).end,
            None => outer.last().map_or(0, |last| last + 1),
        };
        (at, 1, path.to_vec())
    }

    /// Behind the last block that comes before one of this kind.
    pub(super) fn slot_of_block(&self, context: Context) -> edits::Slot {
        let order = |context| ORDER.iter().position(|known| *known == context).unwrap_or(0);
        let before = self.book.blocks.iter().rposition(|block| order(block.context) <= order(context)).unwrap_or(0);
        let at = self.book.blocks[before].last().map_or(0, |last| last + 1);
        (at, 2, vec![order(context) as u32])
    }
}

/// The order in which a rulebook has its parts.
const ORDER: &[Context] = &[
    Context::Header,
    Context::Conventions,
    Context::Node,
    Context::Eligibility,
    Context::Ranking,
    Context::Grading,
    Context::Awards,
    Context::Example,
];

/// Blocks are told apart by their address, or by their word and title.
fn called_name(block: &Block) -> String {
    match block.context {
        Context::Node => block.name.clone(),
        context => format!("{} {}", word_of(context), block.name),
    }
}

/// `  2. ` of `  2. 标题`, `板块 ` of `板块 标题`.
fn before_title(opening: &str) -> String {
    let bare = opening.split_once('〕').map_or(opening, |(_, bare)| bare).trim_start();
    let indent = opening.len() - bare.len();
    let rest = bare;
    let number = rest.find(|c: char| !(c.is_numeric() || "．.、（）()零一二三四五六七八九十百".contains(c)));
    let number = match rest.strip_prefix("板块") {
        Some(_) => "板块".len(),
        None => number.unwrap_or(rest.len()),
    };
    format!("{} ", &opening[..indent + number])
}
