//! Awards whose lines came, went or say something else.

use rustc_hash::FxHashSet;

use super::Work;
use crate::canonical::{Called, Canonical};
use crate::diff::book::{Book, Saying};
use crate::diff::change::{About, Pair, Section, Subject};
use crate::diff::pairs::likeliest;
use crate::diff::pieces::Piece;
use crate::diff::sentence;
use crate::plan::{Award, AwardTo, Condition, Plan};

/// A line, and those of its awards that are not as they were.
struct Prizes {
    lines: Vec<Saying>,
    given: Vec<Given>,
}

/// An award as its line says it: to whom, and what.
struct Given {
    index: usize,
    whom: String,
    prize: String,
}

impl Prizes {
    /// What one line says of several comes and goes together.
    fn of(list: &[&Piece], plan: &Plan) -> Vec<Prizes> {
        let mut all: Vec<Prizes> = Vec::new();
        for piece in list {
            let Subject::Award(index) = piece.subject else { continue };
            let line = |lines: &[Saying]| lines.first().map(|saying| saying.line);
            let at = all.iter().position(|prizes| line(&prizes.lines) == line(&piece.lines)).unwrap_or_else(|| {
                all.push(Prizes { lines: piece.lines.clone(), given: Vec::new() });
                all.len() - 1
            });
            let given = Given::of(index, &all[at].text(), plan);
            all[at].given.push(given);
        }
        all
    }

    fn text(&self) -> String {
        self.lines.first().map(|saying| saying.text.clone()).unwrap_or_default()
    }

    /// The first that both have and say otherwise, by what is given or to whom.
    fn main<'p>(&'p self, other: &'p Prizes) -> (&'p Given, &'p Given) {
        let all = || self.given.iter().flat_map(|own| other.given.iter().map(move |its| (own, its)));
        let differing = || all().filter(|(own, its)| !own.says_as(its));
        let by_prize = differing().find(|(own, its)| own.prize == its.prize);
        let found = by_prize.or_else(|| differing().find(|(own, its)| own.whom == its.whom));
        found.or_else(|| differing().next()).or_else(|| all().next()).expect("a line has awards")
    }
}

impl Given {
    fn of(index: usize, text: &str, plan: &Plan) -> Given {
        let line = plan.awards[index].line;
        let siblings: Vec<usize> = (0..plan.awards.len()).filter(|at| plan.awards[*at].line == line).collect();
        let parts = parts(text);
        let own = siblings.iter().position(|at| *at == index).filter(|_| parts.len() == siblings.len());
        let (whom, prize) = own.map_or_else(|| head(text), |at| parts[at].clone());
        Given { index, whom, prize }
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::Award(self.index))
    }

    fn says_as(&self, other: &Given) -> bool {
        self.whom == other.whom && self.prize == other.prize
    }
}

impl<'w, 'c> Work<'w, 'c> {
    /// Returns those whose own words are as they were.
    pub(super) fn awards(&mut self, gone: &[&Piece], come: &[&Piece]) -> Vec<(Subject, Subject, String)> {
        let (mut left, mut right) = (Prizes::of(gone, self.old.plan), Prizes::of(come, self.new.plan));
        let follows = self.unsaid(&mut left, &mut right);
        self.merged(&mut left, &mut right);
        let mut all: Vec<(u64, usize, usize)> = Vec::new();
        for (i, own) in left.iter().enumerate() {
            for (j, its) in right.iter().enumerate() {
                let any = |is_it: &dyn Fn(&Given, &Given) -> bool| {
                    own.given.iter().any(|own| its.given.iter().any(|its| is_it(own, its)))
                };
                let same_prize = any(&|own, its| !own.prize.is_empty() && own.prize == its.prize);
                let likeness =
                    strsim::normalized_levenshtein(&own.text(), &its.text()) + if same_prize { 0.5 } else { 0.0 };
                // Other places and another prize are another award.
                if same_prize || any(&|own, its| own.whom == its.whom) || likeness >= 0.8 {
                    all.push(((likeness * 1e6) as u64, i, j));
                }
            }
        }
        let pairs = likeliest(all);
        let used_left: FxHashSet<usize> = pairs.iter().map(|(i, _)| *i).collect();
        let used_right: FxHashSet<usize> = pairs.iter().map(|(_, j)| *j).collect();
        for (i, j) in pairs {
            let (own, its) = (&left[i], &right[j]);
            let (a, b) = own.main(its);
            let gone = own.given.iter().filter(|it| it.index != a.index).map(|it| (it.subject(), None));
            let come = its.given.iter().filter(|it| it.index != b.index).map(|it| (None, it.subject()));
            let about = About { old: a.subject(), new: b.subject(), follows: gone.chain(come).collect() };
            let title = match given_to(&own.text(), &its.text()) {
                Some(whom) => format!("{} {}", self.award_title(a.index, true), sentence::wide(&whom)),
                None => self.award_title(a.index, true),
            };
            let said = sentence::becomes(&own.text(), &its.text());
            self.draft(Section::Awards, title, &said, (&own.lines, &its.lines), about);
        }
        let gone = left.iter().enumerate().filter(|(at, _)| !used_left.contains(at));
        gone.for_each(|(_, prizes)| self.alone(prizes, true));
        let come = right.iter().enumerate().filter(|(at, _)| !used_right.contains(at));
        come.for_each(|(_, prizes)| self.alone(prizes, false));
        follows
    }

    /// Takes out what means something else because of another line: 不予奖励, 递补, a grade.
    fn unsaid(&self, left: &mut Vec<Prizes>, right: &mut Vec<Prizes>) -> Vec<(Subject, Subject, String)> {
        let none = Called::default();
        // To whom it is given may hang on what else its line gives: 其余.
        let beside = |award: &Award| Award {
            to: AwardTo::Meeting,
            when: Condition::Always,
            rest_of: Vec::new(),
            ..award.clone()
        };
        let (old, new) = (self.old.plan, self.new.plan);
        let differs = |own: &Given, its: &Given| {
            let (a, b) = (beside(&old.awards[own.index]), beside(&new.awards[its.index]));
            Canonical::form(old, &none, &a) != Canonical::form(new, &self.pairs.called, &b)
        };
        let mut follows = Vec::new();
        for by_line in [true, false] {
            for own in left.iter_mut() {
                let text = own.text();
                for its in right.iter_mut().filter(|its| !by_line || its.text() == text) {
                    own.given.retain(|a| {
                        let is_it = |b: &Given| a.says_as(b) && (by_line || differs(a, b));
                        let Some(at) = its.given.iter().position(is_it) else { return true };
                        let b = its.given.remove(at);
                        follows.push((Subject::Award(a.index), Subject::Award(b.index), "奖惩".to_owned()));
                        false
                    });
                }
            }
        }
        left.retain(|prizes| !prizes.given.is_empty());
        right.retain(|prizes| !prizes.given.is_empty());
        follows
    }

    /// Takes out lines that became one, and one that became several: what is given place by place to the same places.
    fn merged(&mut self, left: &mut Vec<Prizes>, right: &mut Vec<Prizes>) {
        for is_merged in [true, false] {
            let (wholes, parts) = if is_merged { (&mut *right, &mut *left) } else { (&mut *left, &mut *right) };
            let (whole_plan, part_plan) =
                if is_merged { (self.new.plan, self.old.plan) } else { (self.old.plan, self.new.plan) };
            let mut at = 0;
            while at < wholes.len() {
                let inside = places(&wholes[at], whole_plan).map(|whole| tiles(whole, parts, part_plan));
                let Some(inside) = inside.filter(|inside| inside.len() > 1) else {
                    at += 1;
                    continue;
                };
                let whole = wholes.remove(at);
                let mut own: Vec<Prizes> = Vec::new();
                for place in inside.iter().rev() {
                    own.insert(0, parts.remove(*place));
                }
                own.sort_by_key(|prizes| prizes.lines.first().map(|saying| saying.line));
                let lines: Vec<Saying> = own.iter().flat_map(|prizes| prizes.lines.clone()).collect();
                let said = own.iter().map(|prizes| format!("“{}”", sentence::wide(&prizes.text())));
                let (said, all) = (said.collect::<String>(), sentence::wide(&whole.text()));
                let (one, given) = (whole.given[0].subject(), own.iter().flat_map(|prizes| &prizes.given));
                let mut given = given.map(Given::subject);
                let first = given.next().flatten();
                if is_merged {
                    let follows: Vec<Pair> = given.map(|it| (it, None)).collect();
                    let title = self.award_title(whole.given[0].index, false);
                    let about = About { old: first, new: one, follows };
                    let said = format!("{said}并为“{all}”");
                    self.draft(Section::Awards, title, &said, (&lines, &whole.lines), about);
                } else {
                    let follows: Vec<Pair> = given.map(|it| (None, it)).collect();
                    let title = self.award_title(whole.given[0].index, true);
                    let about = About { old: one, new: first, follows };
                    let said = format!("“{all}”分为{said}");
                    self.draft(Section::Awards, title, &said, (&whole.lines, &lines), about);
                }
            }
        }
    }

    /// What one of the books gives and the other does not.
    fn alone(&mut self, prizes: &Prizes, is_old: bool) {
        let given = &prizes.given[0];
        let more = prizes.given[1..].iter().map(Given::subject);
        let about = match is_old {
            true => About { old: given.subject(), new: None, follows: more.map(|it| (it, None)).collect() },
            false => About { old: None, new: given.subject(), follows: more.map(|it| (None, it)).collect() },
        };
        let title = self.award_title(given.index, is_old);
        let text = |lines: &[Saying]| lines.first().map(|saying| saying.text.clone()).unwrap_or_default();
        let beside = self.line_beside(given.index, is_old).filter(|other| text(other) != prizes.text());
        let (said, other) = match (beside, is_old) {
            (Some(other), true) => (sentence::becomes(&prizes.text(), &text(&other)), other),
            (Some(other), false) => (sentence::becomes(&text(&other), &prizes.text()), other),
            (None, true) => (format!("取消“{}”", sentence::wide(&prizes.text())), Vec::new()),
            (None, false) => (format!("增加“{}”", sentence::wide(&prizes.text())), Vec::new()),
        };
        let lines: (&[Saying], &[Saying]) = if is_old { (&prizes.lines, &other) } else { (&other, &prizes.lines) };
        self.draft(Section::Awards, title, &said, lines, about);
    }

    /// The line of the other book that gives what else an award's own line gives.
    fn line_beside(&self, index: usize, is_old: bool) -> Option<Vec<Saying>> {
        let (own, other) = if is_old { (self.old, self.new) } else { (self.new, self.old) };
        let said = |book: &Book<'_>, at: usize| {
            let is_it = |saying: &&Saying| saying.line == book.plan.awards[at].line as usize;
            let lines: Vec<Saying> = book.others.iter().filter(is_it).cloned().collect();
            let given = Given::of(at, &lines.first()?.text, book.plan);
            Some((lines, given))
        };
        let awards = &own.plan.awards;
        let siblings = (0..awards.len()).filter(|at| *at != index && awards[*at].line == awards[index].line);
        siblings.filter_map(|at| said(own, at)).find_map(|(_, sibling)| {
            let same_cycle = |at: &usize| other.plan.awards[*at].cycle == awards[index].cycle;
            let all = (0..other.plan.awards.len()).filter(same_cycle).filter_map(|at| said(other, at));
            all.into_iter().find(|(_, given)| given.says_as(&sibling)).map(|(lines, _)| lines)
        })
    }

    /// 奖惩, and of which period where a book has such of several.
    pub(super) fn award_title(&self, index: usize, is_old: bool) -> String {
        let of_several = |plan: &Plan| plan.awards.iter().any(|award| award.cycle != plan.awards[0].cycle);
        let plan = if is_old { self.old.plan } else { self.new.plan };
        match of_several(self.old.plan) || of_several(self.new.plan) {
            true => format!("奖惩 {}", plan.awards[index].cycle.title()),
            false => "奖惩".to_owned(),
        }
    }
}

/// The only places that a line is about.
fn places(prizes: &Prizes, plan: &Plan) -> Option<(u32, u32)> {
    match (prizes.given.as_slice(), prizes.given.first().map(|given| &plan.awards[given.index].to)) {
        ([_], Some(AwardTo::Places { first, last, .. })) => Some((*first, *last)),
        _ => None,
    }
}

/// Lines that leave out none of these places, speak of none twice and of no other, by place in the list.
fn tiles((first, last): (u32, u32), lines: &[Prizes], plan: &Plan) -> Vec<usize> {
    let own = lines.iter().enumerate().filter_map(|(at, prizes)| Some((places(prizes, plan)?, at)));
    let mut own: Vec<((u32, u32), usize)> = own.filter(|((from, to), _)| first <= *from && *to <= last).collect();
    own.sort_unstable();
    let mut next = first;
    let is_next = |((from, to), _): &((u32, u32), usize)| *from == std::mem::replace(&mut next, to + 1);
    if !own.iter().all(is_next) || next != last + 1 {
        return Vec::new();
    }
    let mut places: Vec<usize> = own.into_iter().map(|(_, at)| at).collect();
    places.sort_unstable();
    places
}

/// What a line says of each that it gives.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut whom = String::new();
    let part = |part: &str| {
        let (head, prize) = part.split_once(':').unwrap_or((&whom, part));
        let (head, prize) = (head.to_owned(), prize.to_owned());
        whom.clone_from(&head);
        (head, prize)
    };
    text.split(';').map(part).collect()
}

/// Of a line whose parts cannot be told from one another.
fn head(text: &str) -> (String, String) {
    let (whom, prize) = text.split_once(':').unwrap_or((text, ""));
    (whom.to_owned(), prize.to_owned())
}

/// To whom the award is given that two lines say otherwise; `None` where they differ in that, or in several.
fn given_to(old: &str, new: &str) -> Option<String> {
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
