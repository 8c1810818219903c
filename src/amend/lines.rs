//! Amendments of single lines: a scoring line, a cap, a convention, a line of the head.

use super::apply::{Amender, Change};
use super::book::{Block, Entry, Text};
use super::edits;
use super::key::Key;
use super::statement::{Follower, Verb, at_line};
use crate::calendar::Month;
use crate::diagnostic::{Finding, Severity};
use crate::parse::fold::Folded;
use crate::parse::{self, Context, InForce, Line};
use crate::source::Origin;
use crate::suggest;

impl Amender<'_> {
    pub(super) fn amend_line(&mut self, block: usize, rest: &Folded, change: &Change<'_>) {
        let (verb, line) = (change.statement.verb, change.statement.line);
        let Some(written) = change.lines.first() else { return self.drop_line(block, rest, change) };
        let here = &self.book.blocks[block];
        if verb == Verb::Insert && parse::parse_line(written).is_err() && !rest.text.contains([':', '=']) {
            let message = format!("“{}”已经有了", here.called());
            return self.report(line, "amendment-target-exists", message, self.free_number(block));
        }
        let Some(key) = self.key_of(written) else { return };
        if self.is_over(block, change) {
            return;
        }
        let about = |fits: &dyn Fn(&Key) -> bool| -> Vec<usize> {
            self.current(here, change.since).filter(|(_, entry)| fits(&entry.key)).map(|(at, _)| at).collect()
        };
        let mut found = about(&|known| *known == key);
        // 修改 扣分封顶 每月30分 where the cap says no period; 修改 当 … with another condition.
        if found.is_empty() {
            found = about(&|known| {
                known.is_akin(&key) && (verb == Verb::Change || !key.many && !known.stands_beside(&key))
            });
        }
        if verb == Verb::Change && self.have_ended(here, &found) {
            return self.tell_missing(block, &key.name, rest, change);
        }
        // What this document takes out leaves its place; of several factors one more is no second.
        if verb == Verb::Insert {
            let several = key.follows_others() && found.len() > 1;
            found.retain(|at| !several && !self.edits.is_gone(here.entries[*at].from));
        }
        match (verb, &found[..]) {
            (Verb::Insert, [first, ..]) if !key.many => {
                let at = self.book.lines[here.entries[*first].from].origin;
                let message = format!("“{}”里已经有这一句（{}）", here.called(), self.place(at));
                self.report(line, "amendment-target-exists", message, "要改的写“修改 …”");
            }
            (Verb::Insert, _) => self.put_line(block, &key, change),
            // What the older head does not say is simply added.
            (Verb::Own, []) => self.put_line(block, &key, change),
            (_, []) => self.tell_missing(block, &key.name, rest, change),
            (_, found) if !key.is_label() && stand_side_by_side(here, found) => {
                let message = format!("“{}”里这样的句子有{}句，说不准改哪一句", here.called(), found.len());
                let texts = found.iter().map(|at| here.entries[*at].plain.trim());
                let lines: Vec<String> =
                    texts.map(|text| format!("删除 {} {}", here.called(), parse::written(text))).collect();
                let help = format!("要改的那一句先删去，再写“增加 …”：\n{}", lines.join("\n"));
                self.report(line, "ambiguous-amendment", message, help);
            }
            (_, found) => self.replace(block, &key, found, change),
        }
    }

    /// Whether lines end inside the term, and none goes on: a new text would bring back what was stopped.
    fn have_ended(&self, block: &Block, found: &[usize]) -> bool {
        let ends = |at: &usize| self.ends_inside(block.entries[*at].in_force);
        !found.is_empty() && found.iter().all(ends)
    }

    fn ends_inside(&self, in_force: InForce) -> bool {
        in_force.last.zip(self.term).is_some_and(|(last, (_, end))| last < end)
    }

    /// Lines that are in force in any month that the change is about: an earlier document may have given a line
    /// several texts, one after the other.
    pub(super) fn current<'b>(
        &self,
        block: &'b Block,
        since: Option<Month>,
    ) -> impl Iterator<Item = (usize, &'b Entry)> + Clone + use<'b> {
        let from = since.or(self.term.map(|(first, _)| first));
        let has_ended =
            move |entry: &Entry| matches!((entry.in_force.last, from), (Some(last), Some(from)) if last < from);
        block.entries.iter().enumerate().filter(move |(_, entry)| !has_ended(entry))
    }

    /// 修改: the new line stands where the old one stood.
    pub(super) fn replace(&mut self, block: usize, key: &Key, found: &[usize], change: &Change<'_>) {
        let here = &self.book.blocks[block];
        let line = change.statement.line;
        if change.statement.verb == Verb::Own
            && self.touched.iter().any(|(name, other, _)| name == &here.name && other.as_ref() == Some(key))
        {
            return self.report(line, "duplicate-line", "这一行写了两次", "只留一行");
        }
        if change.since.is_some() && !self.may_vary(here, key, line) {
            return;
        }
        let entry = &here.entries[found[0]];
        let same = |line: &Line| line.plain.text.replace(' ', "") == entry.plain.replace(' ', "");
        if change.statement.verb == Verb::Change
            && change.lines.len() == 1
            && found.len() == 1
            && entry.to == entry.from + 1
            && change.lines.iter().all(same)
        {
            let finding = at_line(self.source, line, "amendment-without-change", "和原来的一样，没有改动");
            self.findings.push(Finding { severity: Severity::Warning, ..finding }.help("删去这一行，或写上新的内容"));
        }
        if !self.touch(&here.name.clone(), Some(key), line) {
            return;
        }
        for at in found {
            self.end(&self.book.blocks[block].entries[*at], change.since);
        }
        let last = found.last().expect("something was found");
        self.put_line_at((self.book.blocks[block].entries[*last].to, 0, Vec::new()), block, change);
    }

    /// Takes a line out, or marks it as in force until then.
    pub(super) fn end(&mut self, entry: &Entry, since: Option<Month>) {
        let until = since.map(|since| entry.in_force.and(InForce::before(since)));
        match until.filter(|until| !until.is_never()) {
            Some(until) => self.edits.mark(entry.from, until),
            None => self.edits.remove(entry.from..entry.to),
        }
    }

    pub(super) fn put_line(&mut self, block: usize, key: &Key, change: &Change<'_>) {
        let here = &self.book.blocks[block];
        if change.since.is_some() && !self.may_vary(here, key, change.statement.line) {
            return;
        }
        let replaces = here.entries.iter().any(|entry| entry.key == *key && self.edits.is_gone(entry.from));
        if !key.many && !replaces && !self.touch(&here.name.clone(), Some(key), change.statement.line) {
            return;
        }
        let at = here.last().map_or(0, |last| last + 1);
        self.put_line_at((at, 0, Vec::new()), block, change);
    }

    pub(super) fn put_line_at(&mut self, slot: edits::Slot, block: usize, change: &Change<'_>) {
        let here = &self.book.blocks[block];
        let sample = here.entries.first().map(|entry| self.book.lines[entry.from].text.as_str());
        let indent = match sample {
            Some(sample) => sample[..sample.len() - sample.trim_start().len()].to_owned(),
            None => default_indent(here).to_owned(),
        };
        let mut texts = Vec::new();
        if let Some(first) = change.lines.first() {
            texts.push(self.text_from(change.statement.line, first.plain.map[0] as usize, &indent));
        }
        texts.extend(self.body_of(change));
        self.mark_new(&mut texts, change);
        self.edits.insert(slot, texts);
    }

    /// What follows a statement, as written.
    pub(super) fn body_of(&self, change: &Change<'_>) -> Vec<Text> {
        let text = |follower: &Follower| Text {
            text: follower.text.clone(),
            origin: Origin { document: self.number, line: follower.number, shift: 0 },
        };
        change.statement.body.iter().map(text).collect()
    }

    /// Marks new lines, but for the rows of tables, which belong to the line before them.
    pub(super) fn mark_new(&self, texts: &mut [Text], change: &Change<'_>) {
        let Some(since) = change.since else { return };
        for line in change.lines {
            let is_row = parse::parse_line(line).is_ok_and(|statement| Key::of(&statement).is_row());
            let text = texts.iter_mut().find(|text| text.origin.line == line.number);
            if let Some(text) = text.filter(|_| !is_row) {
                edits::mark(text, line.in_force.and(InForce::since(since)));
            }
        }
    }

    /// The document's text from a byte on to the end of the line, behind an indent.
    pub(super) fn text_from(&self, line: usize, from: usize, indent: &str) -> Text {
        let (_, column) = self.source.place(from);
        let written: String = self.source.line(line).chars().skip(column - 1).collect();
        let shift = column as i32 - 1 - indent.chars().count() as i32;
        let text = format!("{indent}{}", written.trim_end());
        Text { text, origin: Origin { document: self.number, line, shift } }
    }

    /// 删除, 停用 of lines.
    pub(super) fn drop_line(&mut self, block: usize, rest: &Folded, change: &Change<'_>) {
        let here = &self.book.blocks[block];
        let (verb, line) = (change.statement.verb, change.statement.line);
        let plain = |text: &str| text.replace([' ', '「', '」'], "");
        // 事实列 级别 names the declaration, 缺项 the scoring line, 扣分封顶 every line that begins so.
        let said = rest.text.trim_end_matches('。');
        let name =
            ["事实列", "单位属性", "参数", "指标"].iter().find_map(|word| said.strip_prefix(word)).unwrap_or(said);
        let current = self.current(here, change.since);
        let named: Vec<usize> =
            current.clone().filter(|(_, entry)| entry.key.matches_name(name.trim())).map(|(at, _)| at).collect();
        let begins = |entry: &Entry| plain(&entry.plain).starts_with(&plain(said));
        let found = match named.is_empty() {
            false => named,
            true => current.filter(|(_, entry)| begins(entry)).map(|(at, _)| at).collect(),
        };
        let keys: Vec<Key> = found.iter().map(|at| here.entries[*at].key.clone()).collect();
        let Some(key) = keys.first() else { return self.tell_missing(block, said, rest, change) };
        // Two factors, or two caps, are two lines; a line that was changed inside the year is one.
        let are_several =
            |other: &Key| other.name != key.name || other != key && (key.name.is_empty() || key.is_cap()) || key.many;
        let side_by_side = || key.follows_others() && stand_side_by_side(here, &found);
        if keys.len() > 1 && (keys.iter().any(are_several) || side_by_side()) {
            let message = format!("“{}”里有{}句以“{said}”开头，说不准是哪一句", here.called(), keys.len());
            let texts = found.iter().map(|at| here.entries[*at].plain.trim());
            let lines: Vec<String> =
                texts.map(|text| format!("{} {} {}", verb.word(), here.called(), parse::written(text))).collect();
            let help = format!("把那一句写全：\n{}", lines.join("\n"));
            return self.report(line, "ambiguous-amendment", message, help);
        }
        if change.since.is_some() && !self.may_vary(here, key, line) || !self.touch(&here.name.clone(), Some(key), line)
        {
            return;
        }
        for at in found {
            let entry = &self.book.blocks[block].entries[at];
            match verb {
                Verb::Stop if change.since.is_none() => {
                    let stopped = InForce { stopped: true, ..InForce::ALWAYS };
                    (entry.from..entry.to).for_each(|at| self.edits.mark(at, stopped));
                }
                _ => self.end(entry, change.since),
            }
        }
    }

    /// Whether the item of a line is none any more when the change is to hold, or stops inside the term: what is written
    /// there means nothing, or would bring back what was stopped.
    pub(super) fn is_over(&mut self, block: usize, change: &Change<'_>) -> bool {
        let Some(from) = change.since.or(self.term.map(|(first, _)| first)) else { return false };
        let here = &self.book.blocks[block];
        if here.context != Context::Node {
            return false;
        }
        let is_around = |other: &&Block| {
            let rest = here.name.strip_prefix(other.name.as_str());
            other.context == Context::Node && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let has_ended = |other: &Block| {
            let InForce { stopped, last, .. } = other.in_force;
            stopped || last.is_some_and(|last| last < from) || self.ends_inside(other.in_force)
        };
        let Some(over) = self.book.blocks.iter().filter(is_around).find(|other| has_ended(other)) else { return false };
        let message = match over.in_force.last {
            Some(last) => {
                format!("“{}”到{}年{}月为止，以后没有这一条，改了也不起作用", over.name, last.year(), last.number())
            }
            None => format!("“{}”已停用，改了也不起作用", over.name),
        };
        let place = self.book.blocks.iter().position(|other| other.name == over.name).unwrap_or(block);
        let help = match over.name.rsplit_once('.') {
            _ if over.in_force.stopped => format!("要恢复的，整条改写：修改 {}，下面写全各句", over.name),
            Some(_) => {
                let free = self.free_number(place);
                let free = free.split('；').next().unwrap_or_default();
                format!("要恢复的，整条另写一个序号，“增加”一行下面写全各句；{free}")
            }
            None => "要恢复的，另写一个板块：增加 板块 …".to_owned(),
        };
        self.report(change.statement.line, "amendment-of-nothing", message, help);
        true
    }

    pub(super) fn tell_missing(&mut self, block: usize, name: &str, rest: &Folded, change: &Change<'_>) {
        let here = &self.book.blocks[block];
        let called = here.called();
        // 缺项, which ended in April, is not there in September.
        let ended =
            here.entries.iter().filter(|entry| entry.key.matches_name(name)).find_map(|entry| entry.in_force.last);
        if let Some(last) = ended {
            let message = format!("“{called}”里的“{name}”到{}年{}月为止，以后没有这一句", last.year(), last.number());
            let since = match (change.since, last.plus(1)) {
                (None, next) if self.ends_inside(InForce::before(next)) => {
                    format!("自{}年{}月起，", next.year(), next.number())
                }
                _ => String::new(),
            };
            let help = match change.statement.verb {
                Verb::Change => format!("要恢复的，写：{since}增加 {called} {}", parse::written(rest.text.trim())),
                _ => "已经停了的，不必再写".to_owned(),
            };
            return self.report(change.statement.line, "amendment-of-nothing", message, help);
        }
        let said = if name.is_empty() { rest.text.split_whitespace().next().unwrap_or_default() } else { name };
        let names = || here.entries.iter().filter(|entry| entry.key.is_named()).map(|entry| entry.key.name.as_str());
        let elsewhere = self.book.blocks.iter().find(|other| {
            other.context == Context::Node && other.entries.iter().any(|entry| entry.key.matches_name(name))
        });
        let help = match (suggest::nearest(name, names()), elsewhere) {
            (Some(nearest), _) => format!("是不是“{nearest}”？"),
            (None, Some(other)) => format!("“{said}”在“{}”里", other.name),
            (None, None) => format!("要新加一句的写：增加 {} …", if block == 0 { "" } else { called.as_str() }.trim()),
        };
        self.report(change.statement.line, "amendment-of-nothing", format!("“{called}”里没有“{said}”"), help);
    }

    /// Whether such a line may be one thing in some months and another in others.
    pub(super) fn may_vary(&mut self, block: &Block, key: &Key, line: usize) -> bool {
        let in_place = matches!(block.context, Context::Node | Context::Conventions);
        if in_place && key.may_vary(block.context) || block.context == Context::Example {
            return true;
        }
        let (message, help) = match in_place {
            true => ("这一句不能从年中某月起改", "移到“自…起”之前，全期都按新的；或另写一个条目、一个情形"),
            false => ("开头、排名、等次、奖惩不能从年中某月起改", "移到“自…起”之前：全期都按新的"),
        };
        self.report(line, "cannot-change-midyear", message, help);
        false
    }

    pub(super) fn place(&self, origin: Origin) -> String {
        if origin.document == self.number {
            format!("第{}行", origin.line)
        } else {
            format!("被沿用的第{}行", origin.line)
        }
    }

    /// What numbers are taken around a block.
    pub(super) fn free_number(&self, block: usize) -> String {
        let Some((parent, _)) = self.book.blocks[block].name.rsplit_once('.') else {
            let called = self.book.blocks[block].called();
            return format!("要加一句的，后面写全那一句；要整个重写的，写“修改 {called}”，下面几行写全新的内容");
        };
        let depth = self.book.blocks[block].name.matches('.').count();
        let numbers = self.book.blocks.iter().filter_map(|other| {
            let rest = other.name.strip_prefix(parent)?.strip_prefix('.')?;
            (other.context == Context::Node && other.name.matches('.').count() == depth)
                .then(|| rest.parse::<u32>().ok())?
        });
        let next = numbers.max().unwrap_or(0) + 1;
        format!("没有用过的序号：{parent}.{next}；要改原来的写“修改 …”")
    }
}

/// Whether two of these lines are in force in one month.
fn stand_side_by_side(block: &Block, lines: &[usize]) -> bool {
    let in_force = |at: &usize| block.entries[*at].in_force;
    lines.iter().enumerate().any(|(at, line)| {
        let others = &lines[at + 1..];
        others.iter().any(|other| !in_force(line).and(in_force(other)).is_never())
    })
}

fn default_indent(block: &Block) -> &'static str {
    match block.context {
        Context::Header => "",
        Context::Node if block.name.contains('.') => "     ",
        _ => "  ",
    }
}
