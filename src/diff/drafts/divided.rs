//! Awards that are as they were, said by other lines.

use super::Work;
use crate::canonical::{Called, Canonical};
use crate::diff::book::Saying;
use crate::diff::change::{About, Section, Subject};
use crate::diff::pieces::Piece;
use crate::diff::sentence;
use crate::meaning::joined_places;
use crate::plan::{Award, AwardTo, Plan};

impl<'w, 'c> Work<'w, 'c> {
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
        let title = match about.old {
            Some(Subject::Award(index)) => self.award_title(index, true),
            _ => "奖惩".to_owned(),
        };
        self.draft(Section::Wording, title, &said, (before, after), about);
    }
}
