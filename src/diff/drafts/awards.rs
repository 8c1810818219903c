//! Awards that came, went or became others.

use rustc_hash::FxHashSet;

use super::Work;
use crate::diff::book::Saying;
use crate::diff::change::{About, Section, Subject};
use crate::diff::pairs::likeliest;
use crate::diff::pieces::Piece;
use crate::diff::sentence;

impl<'w, 'c> Work<'w, 'c> {
    ///
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
        let mut all: Vec<(u64, usize, usize)> = Vec::new();
        for (i, (a, _)) in left.iter().enumerate() {
            for (j, (b, _)) in right.iter().enumerate() {
                let (a, b) = (text(a), text(b));
                let prize = |text: &str| text.split_once(':').map(|(_, prize)| prize.to_owned());
                let same_prize = prize(&a).is_some() && prize(&a) == prize(&b);
                let places = |text: &str| text.split(':').next().map(str::to_owned);
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
            self.draft(Section::Awards, "奖惩".to_owned(), &sentence::becomes(&text(a), &text(b)), (a, b), about);
        }
        for (_, (lines, subject)) in left.iter().enumerate().filter(|(at, _)| !used_left.contains(at)) {
            let about = About { old: Some(subject.clone()), ..About::default() };
            let said = format!("取消“{}”", sentence::wide(&text(lines)));
            self.draft(Section::Awards, "奖惩".to_owned(), &said, (lines, &[]), about);
        }
        for (_, (lines, subject)) in right.iter().enumerate().filter(|(at, _)| !used_right.contains(at)) {
            let about = About { new: Some(subject.clone()), ..About::default() };
            let said = format!("增加“{}”", sentence::wide(&text(lines)));
            self.draft(Section::Awards, "奖惩".to_owned(), &said, (&[], lines), about);
        }
        follows
    }
}
