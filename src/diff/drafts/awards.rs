//! Awards that came, went or became others.

use rustc_hash::FxHashSet;

use super::Work;
use crate::canonical::{Called, Canonical};
use crate::diff::book::Saying;
use crate::diff::change::{About, Section, Subject};
use crate::diff::pairs::likeliest;
use crate::diff::pieces::Piece;
use crate::diff::sentence;
use crate::meaning::joined_places;
use crate::plan::{Award, AwardTo, Plan};

impl<'w, 'c> Work<'w, 'c> {
    /// The line of the other book that gives what else an award's own line gives.
    fn line_beside(&self, subject: &Subject, is_old: bool) -> Option<Vec<Saying>> {
        let Subject::Award(index) = subject else { return None };
        let none = Called::default();
        let (own, other) = if is_old { (self.old, self.new) } else { (self.new, self.old) };
        let (own_called, other_called) = if is_old { (&none, &self.pairs.called) } else { (&self.pairs.called, &none) };
        let line = own.plan.awards[*index].line;
        let siblings = own.plan.awards.iter().enumerate().filter(|(at, award)| at != index && award.line == line);
        siblings.into_iter().find_map(|(_, sibling)| {
            let form = Canonical::form(own.plan, own_called, sibling);
            let same = other.plan.awards.iter().find(|it| Canonical::form(other.plan, other_called, *it) == form)?;
            let lines: Vec<Saying> =
                other.others.iter().filter(|saying| saying.line == same.line as usize).cloned().collect();
            (!lines.is_empty()).then_some(lines)
        })
    }

    /// 奖惩, and of which period where a book has such of several.
    fn award_title(&self, subject: &Subject, is_old: bool) -> String {
        let of_several = |plan: &Plan| plan.awards.iter().any(|award| award.cycle != plan.awards[0].cycle);
        let plan = if is_old { self.old.plan } else { self.new.plan };
        match subject {
            Subject::Award(index) if of_several(self.old.plan) || of_several(self.new.plan) => {
                format!("奖惩 {}", plan.awards[*index].cycle.title())
            }
            _ => "奖惩".to_owned(),
        }
    }

    /// Takes out what is given for the same places as before, and only divided among lines and parts otherwise: that is
    /// wording.
    pub(super) fn divided_otherwise<'p>(
        &mut self,
        mut gone: Vec<&'p Piece>,
        mut come: Vec<&'p Piece>,
    ) -> (Vec<&'p Piece>, Vec<&'p Piece>) {
        let none = Called::default();
        let of = |piece: &Piece, plan: &'c Plan| match piece.subject {
            Subject::Award(index) => Some(&plan.awards[index]),
            _ => None,
        };
        let (old, new) = (self.old.plan, self.new.plan);
        let left = joined_places(gone.iter().filter_map(|piece| of(piece, old)));
        let right = joined_places(come.iter().filter_map(|piece| of(piece, new)));
        let right: Vec<String> = right.iter().map(|award| Canonical::form(new, &self.pairs.called, award)).collect();
        for whole in left {
            let form = Canonical::form(old, &none, &whole);
            if !right.contains(&form) {
                continue;
            }
            // Those that are a part of it are the same but for their places.
            let taken = |list: &mut Vec<&'p Piece>, plan: &'c Plan, called: &Called| {
                let is_part = |piece: &&Piece| {
                    of(piece, plan).is_some_and(|award| {
                        let inside = match (&award.to, &whole.to) {
                            (AwardTo::Places { first, last, .. }, AwardTo::Places { first: from, last: to, .. }) => {
                                from <= first && last <= to
                            }
                            _ => false,
                        };
                        let as_whole = Award { to: whole.to.clone(), ..award.clone() };
                        inside && Canonical::form(plan, called, &as_whole) == form
                    })
                };
                let parts: Vec<&Piece> = list.extract_if(.., |piece| is_part(&&**piece)).collect();
                let mut lines: Vec<Saying> = Vec::new();
                for line in parts.iter().flat_map(|piece| &piece.lines) {
                    if !lines.iter().any(|known| known.line == line.line) {
                        lines.push(line.clone());
                    }
                }
                (lines, parts.first().map(|piece| piece.subject.clone()))
            };
            let (before, subject) = taken(&mut gone, old, &none);
            let (after, other) = taken(&mut come, new, &self.pairs.called);
            let about = About { old: subject, new: other, follows: Vec::new() };
            self.divided(&before, &after, about);
        }
        (gone, come)
    }

    /// Prizes that are as they were, on lines that say it otherwise: what shares a line is told together.
    pub(super) fn on_other_lines(&mut self, prizes: &[(&Piece, &Piece)]) {
        let mut groups: Vec<(Vec<Saying>, Vec<Saying>, About)> = Vec::new();
        let put = |lines: &mut Vec<Saying>, more: &[Saying]| {
            for line in more {
                if !lines.iter().any(|known| known.line == line.line) {
                    lines.push(line.clone());
                }
            }
        };
        for (old, new) in prizes {
            let meet = |own: &[Saying], other: &[Saying]| own.iter().any(|a| other.iter().any(|b| a.line == b.line));
            let known = groups.iter_mut().find(|(a, b, _)| meet(a, &old.lines) || meet(b, &new.lines));
            match known {
                Some((a, b, _)) => {
                    put(a, &old.lines);
                    put(b, &new.lines);
                }
                None => {
                    let about =
                        About { old: Some(old.subject.clone()), new: Some(new.subject.clone()), follows: Vec::new() };
                    groups.push((old.lines.clone(), new.lines.clone(), about));
                }
            }
        }
        for (before, after, about) in groups {
            self.divided(&before, &after, about);
        }
    }

    /// The same prizes on other lines.
    fn divided(&mut self, before: &[Saying], after: &[Saying], about: About) {
        let said = match (before, after) {
            ([a], [b]) => sentence::becomes(&a.text, &b.text),
            _ => format!("由{}行改为{}行", before.len(), after.len()),
        };
        let title = about.old.as_ref().map_or_else(|| "奖惩".to_owned(), |subject| self.award_title(subject, true));
        self.draft(Section::Wording, title, &said, (before, after), about);
    }

    /// Returns those whose own line is as it was.
    pub(super) fn awards(&mut self, gone: &[&Piece], come: &[&Piece]) -> Vec<(Subject, Subject, String)> {
        // What one line says of several places comes and goes together.
        let grouped = |list: &[&Piece]| {
            let mut groups: Vec<(Vec<Saying>, Subject)> = Vec::new();
            for piece in list.iter().filter(|piece| matches!(piece.subject, Subject::Award(_))) {
                let same = |lines: &[Saying]| lines.first().map(|it| it.line) == piece.lines.first().map(|it| it.line);
                if !groups.iter().any(|(lines, _)| same(lines)) {
                    groups.push((piece.lines.clone(), piece.subject.clone()));
                }
            }
            groups
        };
        let (mut left, mut right) = (grouped(gone), grouped(come));
        let text = |lines: &[Saying]| lines.first().map(|it| it.text.clone()).unwrap_or_default();
        // Equal lines mean something else because of another line: 不予奖励, 递补, a grade.
        let mut follows = Vec::new();
        left.retain(|(lines, subject)| {
            let Some(at) = right.iter().position(|(other, _)| text(other) == text(lines)) else { return true };
            let (_, other) = right.remove(at);
            follows.push((subject.clone(), other, "奖惩".to_owned()));
            false
        });
        let places = |text: &str| text.split(':').next().map(str::to_owned);
        let mut all: Vec<(u64, usize, usize)> = Vec::new();
        for (i, (a, _)) in left.iter().enumerate() {
            for (j, (b, _)) in right.iter().enumerate() {
                let (a, b) = (text(a), text(b));
                let prize = |text: &str| text.split_once(':').map(|(_, prize)| prize.to_owned());
                let same_prize = prize(&a).is_some() && prize(&a) == prize(&b);
                let likeness = strsim::normalized_levenshtein(&a, &b) + if same_prize { 0.5 } else { 0.0 };
                // Other places and another prize are another award.
                if same_prize || places(&a) == places(&b) || likeness >= 0.8 {
                    all.push(((likeness * 1e6) as u64, i, j));
                }
            }
        }
        let pairs = likeliest(all);
        let used_left: FxHashSet<usize> = pairs.iter().map(|(i, _)| *i).collect();
        let used_right: FxHashSet<usize> = pairs.iter().map(|(_, j)| *j).collect();
        for (i, j) in pairs {
            let ((a, old), (b, new)) = (&left[i], &right[j]);
            let about = About { old: Some(old.clone()), new: Some(new.clone()), follows: Vec::new() };
            let title = match given_to(&text(a), &text(b)) {
                Some(whom) => format!("{} {}", self.award_title(old, true), sentence::wide(&whom)),
                None => self.award_title(old, true),
            };
            self.draft(Section::Awards, title, &sentence::becomes(&text(a), &text(b)), (a, b), about);
        }
        for (_, (lines, subject)) in left.iter().enumerate().filter(|(at, _)| !used_left.contains(at)) {
            if let Some(other) = self.line_beside(subject, true).filter(|other| text(other) != text(lines)) {
                let about = About { old: Some(subject.clone()), ..About::default() };
                let said = sentence::becomes(&text(lines), &text(&other));
                self.draft(Section::Awards, self.award_title(subject, true), &said, (lines, &other), about);
                continue;
            }
            let about = About { old: Some(subject.clone()), ..About::default() };
            let said = format!("取消“{}”", sentence::wide(&text(lines)));
            let title = self.award_title(subject, true);
            self.draft(Section::Awards, title, &said, (lines, &[]), about);
        }
        for (_, (lines, subject)) in right.iter().enumerate().filter(|(at, _)| !used_right.contains(at)) {
            if let Some(other) = self.line_beside(subject, false).filter(|other| text(other) != text(lines)) {
                let about = About { new: Some(subject.clone()), ..About::default() };
                let said = sentence::becomes(&text(&other), &text(lines));
                self.draft(Section::Awards, self.award_title(subject, false), &said, (&other, lines), about);
                continue;
            }
            let about = About { new: Some(subject.clone()), ..About::default() };
            let said = format!("增加“{}”", sentence::wide(&text(lines)));
            let title = self.award_title(subject, false);
            self.draft(Section::Awards, title, &said, (&[], lines), about);
        }
        follows
    }
}

/// To whom the award is given that two lines say otherwise; `None` where they differ in that, or in several.
fn given_to(old: &str, new: &str) -> Option<String> {
    let parts = |text: &str| {
        let mut whom = String::new();
        let part = |part: &str| {
            let (head, prize) = part.split_once(':').unwrap_or((&whom, part));
            let (head, prize) = (head.to_owned(), prize.to_owned());
            whom.clone_from(&head);
            (head, prize)
        };
        text.split(';').map(part).collect::<Vec<(String, String)>>()
    };
    let (left, right) = (parts(old), parts(new));
    let first = |list: &[(String, String)]| list.first().map(|(whom, _)| whom.clone());
    if left.len() != right.len() {
        let is_one = left.iter().chain(&right).all(|(whom, _)| first(&left).as_ref() == Some(whom));
        return first(&left).filter(|_| is_one);
    }
    let mut differing = left.into_iter().zip(right).filter(|(a, b)| a != b);
    let ((whom, _), (other, _)) = differing.next()?;
    (whom == other && differing.all(|((own, _), (its, _))| own == whom && its == whom)).then_some(whom)
}
