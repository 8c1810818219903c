//! For every change the smallest facts for which the books differ, scored by both; or why there are none.
//!
//! Candidates come from the limits of both lines and of what is around them. They are scored side by side over the part
//! of each book that they are about; what differs there is scored once more by the whole books, alone, before it is
//! shown.

mod alone;
mod beyond;
mod candidates;
mod cohort;
mod cycles;
mod hidden;
mod level;
mod levers;
mod owed;
mod reach;
mod reading;
mod real;
mod reason;
mod scope;
mod small;
mod staged;
mod told;
mod uneven;
mod whole;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Comparison;
use super::change::{Change, Direction, Pair, Section, Subject};
use super::single::{Alignment, translated};
use super::trial::{Prepared, Result, Row, Side, Translate, Trial, Unit};
use crate::calendar::{Cycle, Month};
use crate::canonical::{Called, Canonical};
use crate::compile::Compiled;
use crate::plan::*;
use crate::value::Number;
use beyond::months;
use candidates::is_known_to_both;
use reach::Levers;
pub use reading::{readers, reads};
pub use real::{Movers, in_facts};
use scope::Scope;

/// Units that are scored for one change at most in each way to look for it, from either book, where none of them shows
/// it: nobody waits longer.
const MOST_SCORED: usize = 3_000;

/// As much as a main thread usually has.
const STACK: usize = 8 << 20;

/// What facts make of a change.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Facts for which the books come to different results.
    Shown(Box<Witness>),
    /// There are none.
    None { reason: String },
    /// None were found: there may be some.
    NotFound { tried: usize, reason: String },
}

impl Default for Effect {
    fn default() -> Effect {
        Effect::NotFound { tried: 0, reason: String::new() }
    }
}

/// Facts, and what each book makes of them.
#[derive(Clone, Debug, Serialize)]
pub struct Witness {
    /// `3项：旧 -3，新 -6`
    pub brief: String,
    /// As either office would report them.
    pub old_facts: String,
    pub new_facts: String,
    /// What comes out that is not the same: `社区矫正工作.1 -3分`.
    pub old: String,
    pub new: String,
    /// The facts themselves, so that they can be scored again.
    #[serde(skip)]
    pub trial: Trial,
    #[serde(skip)]
    pub month: u32,
    #[serde(skip)]
    pub term: bool,
    /// What `term` stands for: the whole term, or a period that is put together.
    #[serde(skip)]
    pub longer: Cycle,
    /// Whether this change alone makes the difference; `None` where the old book with nothing but it cannot be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<bool>,
    /// Whether other changes have a part in what is told of the new book.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mixed: bool,
    /// The points with this change alone, where others have a part.
    #[serde(skip)]
    pub single: Option<Number>,
    /// The points that are told, where points are what differs.
    #[serde(skip)]
    pub points: Option<(Number, Number)>,
}

impl Witness {
    /// Whether what the change makes of the points is what its direction says never happens; of what other changes have a
    /// part in it is told what this one does.
    pub fn is_against(&self, direction: Direction) -> bool {
        let Some((old, new)) = self.points.map(|(old, new)| (old, self.single.unwrap_or(new))) else { return false };
        match direction {
            Direction::NeverMore => new > old,
            Direction::NeverFewer => new < old,
            Direction::Unknown => false,
        }
    }

    /// The same facts where the books change places: what comes of them is scored anew.
    fn turned(&self) -> Witness {
        let mut turned = self.clone();
        for row in turned.trial.units.iter_mut().flat_map(|(_, rows)| rows) {
            std::mem::swap(&mut row.old, &mut row.new);
        }
        turned
    }
}

/// Gives every change its effect; at most so many threads look for them, each for one change after another.
pub fn find(comparison: &mut Comparison<'_>, threads: usize) {
    let turned = comparison.turned();
    let (shared, other, next) = (Shared::new(comparison), Shared::new(&turned), AtomicUsize::new(0));
    let run = || {
        let (mut search, mut back, mut found) = (Search::new(&shared), Search::new(&other), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(change) = shared.comparison.changes.get(at) else { return found };
            found.push((at, either_way((&mut search, change), (&mut back, &other.comparison.changes[at]))));
        }
    };
    let found: Vec<(usize, Effect)> = std::thread::scope(|scope| {
        let more = 1..threads.min(shared.comparison.changes.len());
        let others: Vec<_> =
            more.filter_map(|_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok()).collect();
        let mut found = run();
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    for (at, effect) in found {
        comparison.changes[at].effect = effect;
    }
}

/// The effect of a change, looked for from the one book to the other and back: first always from the same of the two, so
/// that what shows a change shows it too where the books change places.
fn either_way<'c>(
    (own, change): (&mut Search<'c>, &'c Change),
    (back, turned): (&mut Search<'c>, &'c Change),
) -> Effect {
    let mut effect = None;
    // What is decided over all units is looked for alike from either side.
    let is_over_all = matches!(
        change.about.old.as_ref().or(change.about.new.as_ref()),
        Some(Subject::Award(_) | Subject::Ranking(_) | Subject::Grading(_))
    );
    if own.shared.is_first {
        match own.effect_of(change) {
            Effect::NotFound { tried, reason } if tried > 0 && !is_over_all => {
                effect = Some(Effect::NotFound { tried, reason });
            }
            effect => return effect,
        }
    }
    match back.effect_of(turned) {
        Effect::Shown(witness) => {
            if let Some(shown) = own.accept(change, &witness.turned()) {
                return Effect::Shown(Box::new(shown));
            }
        }
        Effect::NotFound { tried, reason } if tried > 0 && is_over_all => return Effect::NotFound { tried, reason },
        Effect::NotFound { .. } | Effect::None { .. } => {}
    }
    effect.unwrap_or_else(|| own.effect_of(change))
}

/// Scores a witness once more: whether the books still differ.
pub fn confirm(comparison: &Comparison<'_>, witness: &Witness) -> bool {
    let (old, new) = (Side::new(&comparison.old.plan, true), Side::new(&comparison.new.plan, false));
    old.longer.set(witness.longer);
    new.longer.set(witness.longer);
    let a = old.whole_result(&witness.trial, old.month(witness.month), witness.term);
    let b = new.whole_result(&witness.trial, new.month(witness.month), witness.term);
    a.zip(b).is_some_and(|(a, b)| differ(&a, &b))
}

fn differ(a: &[Result], b: &[Result]) -> bool {
    a.iter()
        .zip(b)
        .any(|(a, b)| a.differs_alone(b) || a.ranks != b.ranks || a.grades != b.grades || a.awards != b.awards)
}

/// What a unit is given, whichever lines say so.
fn prizes(result: &Result) -> Vec<(&str, Option<Number>)> {
    let mut prizes: Vec<_> = result.awards.iter().map(|(_, text, money)| (text.as_str(), *money)).collect();
    prizes.sort();
    prizes
}

/// Whether a unit comes to the same, whatever the ids of what it comes to it by.
fn comes_to_the_same(a: &Result, b: &Result) -> bool {
    let (ranks, other_ranks) = (a.ranks.iter().map(|it| it.1), b.ranks.iter().map(|it| it.1));
    let (grades, other_grades) = (a.grades.iter().map(|it| &it.1), b.grades.iter().map(|it| &it.1));
    !a.differs_alone(b) && ranks.eq(other_ranks) && grades.eq(other_grades) && prizes(a) == prizes(b)
}

/// What the search for every change goes by.
struct Shared<'c> {
    comparison: &'c Comparison<'c>,
    back: FxHashMap<InputId, InputId>,
    /// By input of either book (true: of the old one), the number of the change of its clause.
    touched: FxHashMap<(bool, InputId), usize>,
    alignment: Option<Alignment>,
    is_only: bool,
    /// Of this comparison and its other side, the one in which facts are looked for first.
    is_first: bool,
}

impl<'c> Shared<'c> {
    fn new(comparison: &'c Comparison<'c>) -> Shared<'c> {
        let (old, new) = (&comparison.old.plan, &comparison.new.plan);
        let mut touched = FxHashMap::default();
        for change in comparison.changes.iter().filter(|change| is_computed(change)) {
            for (a, b) in change.all() {
                for (subject, plan, is_old) in [(a, old, true), (b, new, false)] {
                    let Some(Subject::Clause { node, label }) = subject else { continue };
                    let input = plan.inputs.iter().position(|it| it.node == node && it.label == label);
                    touched.extend(input.map(|at| ((is_old, InputId(at as u16)), change.number)));
                }
            }
        }
        Shared {
            comparison,
            back: comparison.pairs.inputs.iter().map(|(old, new)| (*new, *old)).collect(),
            touched,
            alignment: Alignment::new(comparison),
            is_only: comparison.meant().count() == 1,
            is_first: old.hash() <= new.hash(),
        }
    }
}

fn is_computed(change: &Change) -> bool {
    !matches!(change.section, Section::Wording | Section::Notes | Section::Moved)
}

struct Search<'c> {
    shared: &'c Shared<'c>,
    old: Side<'c>,
    new: Side<'c>,
    /// What is being looked at.
    change: Option<&'c Change>,
    /// The old book with nothing but that change.
    single: Option<Between>,
    /// The new book with all but that change; made where it is asked for.
    rest: OnceCell<Option<Between>>,
    /// Units of which everything is reported, and the month they are of.
    full: Option<(u32, Vec<Unit>)>,
    /// What single facts add to a total, by the period that they are of.
    levers: FxHashMap<(u32, bool), Levers>,
    /// What lines do beside their points is looked for, and not the points.
    by_effects: bool,
    /// A witness of that change by itself for which others make a difference too.
    mixed: Option<Witness>,
    /// A witness for which the books differ because of that change, and not of it alone.
    together: Option<Witness>,
    /// How many smaller witnesses were tried.
    smaller: usize,
    /// How many trials were looked at.
    tried: usize,
    /// Facts that make a node differ, which nothing outside of it shows; and the month of each book.
    hidden: Option<(Trial, Month, Month)>,
}

/// A book between the two.
struct Between {
    plan: Plan,
    prepared: Rc<Prepared>,
}

impl Between {
    fn new(compiled: Compiled) -> Between {
        Between { plan: compiled.plan, prepared: Rc::default() }
    }
}

/// Whether trials are looked at over the longer period: only in the month, or then over the period too.
const MONTH: &[bool] = &[false];
const BOTH: &[bool] = &[false, true];

fn shown(witness: Witness) -> Effect {
    Effect::Shown(Box::new(witness))
}

impl<'c> Search<'c> {
    fn new(shared: &'c Shared<'c>) -> Search<'c> {
        let (old, new) = (&shared.comparison.old.plan, &shared.comparison.new.plan);
        Search {
            shared,
            old: Side::new(old, true),
            new: Side::new(new, false),
            change: None,
            single: None,
            rest: OnceCell::new(),
            full: None,
            levers: FxHashMap::default(),
            by_effects: false,
            mixed: None,
            together: None,
            smaller: 0,
            tried: 0,
            hidden: None,
        }
    }

    /// Whether so much was tried in the way at hand that no more is.
    fn is_spent(&self, scope: &Scope) -> bool {
        // What is decided over all units takes many to show, and a total has to be brought to where it is.
        let most = if scope.cohort { 4 * MOST_SCORED } else { MOST_SCORED };
        scope.limits.is_empty() && self.old.scored.get() > most
    }

    fn effect_of(&mut self, change: &'c Change) -> Effect {
        self.look_at(change);
        let mut effect = self.effect(change);
        if let Effect::Shown(witness) = &mut effect {
            witness.alone = witness.alone.or(self.shared.is_only.then_some(true));
        }
        effect
    }

    fn look_at(&mut self, change: &'c Change) {
        self.change = Some(change);
        self.old.scored.set(0);
        let longer = match change.subject.as_str() {
            "季度得分" => Cycle::Quarter,
            "半年得分" => Cycle::Half,
            _ => Cycle::Term,
        };
        self.old.longer.set(longer);
        self.new.longer.set(longer);
        let alignment = self.shared.alignment.as_ref().filter(|_| is_computed(change));
        let single = alignment.and_then(|alignment| alignment.with_only(self.shared.comparison, change));
        self.single = single.map(Between::new);
        (self.rest, self.mixed, self.together) = (OnceCell::new(), None, None);
        (self.tried, self.hidden) = (0, None);
    }

    /// What facts that show a change from the other side show of it from this one.
    fn accept(&mut self, change: &'c Change, witness: &Witness) -> Option<Witness> {
        self.look_at(change);
        let scope = self.scope_of(change);
        self.by_effects = !scope.cohort && self.effects_differ(&scope);
        let mut shown = self.show(&scope, &witness.trial, witness.month, witness.term);
        if self.by_effects {
            self.by_effects = false;
            shown = shown.or_else(|| self.show(&scope, &witness.trial, witness.month, witness.term));
        }
        let mut shown = shown.or_else(|| self.mixed.take()).or_else(|| self.together.take())?;
        shown.alone = shown.alone.or(self.shared.is_only.then_some(true));
        Some(shown)
    }

    fn scope_of(&self, change: &Change) -> Scope {
        let mut scope = self.scope(&change.all());
        if change.subject == "分组" {
            self.compare_groups(&mut scope);
        }
        scope
    }

    fn effect(&mut self, change: &Change) -> Effect {
        let all = change.all();
        if let Some(effect) = self.without_trial(change, &all) {
            return effect;
        }
        if let Some(reason) = self.hidden_by_limit(&all) {
            return Effect::None { reason };
        }
        let scope = self.scope_of(change);
        let effect = match self.sought(change, &scope, &all) {
            Effect::Shown(witness) => {
                let small = self.smallest(&scope, *witness);
                shown(self.with_owed(&scope, small))
            }
            effect => effect,
        };
        self.by_effects = false;
        effect
    }

    /// What is found by trying facts.
    fn sought(&mut self, change: &Change, scope: &Scope, all: &[Pair]) -> Effect {
        if change.subject == "施行" {
            return self.effect_of_terms(scope);
        }
        let (mut trials, months) = (self.trials(scope), self.months(scope));
        // Facts of clauses that changed too would show their change.
        let is_others = |row: &Row| {
            let of_another = |key: Option<(bool, InputId)>| {
                key.and_then(|key| self.shared.touched.get(&key)).is_some_and(|number| *number != change.number)
            };
            of_another(row.old.map(|id| (true, id))) || of_another(row.new.map(|id| (false, id)))
        };
        let rows = |trial: &Trial| trial.units.iter().flat_map(|(_, rows)| rows.clone()).collect::<Vec<Row>>();
        let mut entangled: Vec<Trial> = trials.extract_if(.., |trial| rows(trial).iter().any(is_others)).collect();
        // Those that the other change does not make by itself first.
        entangled.sort_by_key(|trial| rows(trial).iter().all(is_others));
        if !scope.cohort
            && let Some(effect) = self.effect_alone(scope, all, &trials, &months)
        {
            return effect;
        }
        self.old.scored.set(0);
        if let Some(witness) = self.cohorts(scope, &trials, months[0]) {
            return shown(witness);
        }
        if let Some(witness) = self.mixed.take().or_else(|| self.together.take()) {
            return shown(witness);
        }
        // Only together with another change: it is told so.
        self.old.scored.set(0);
        let entangled = self.alone(scope, &entangled, months[0], MONTH);
        if let Some(witness) = entangled.or_else(|| self.mixed.take()).or_else(|| self.together.take()) {
            return shown(witness);
        }
        let seen = self.hidden.take().and_then(|hidden| self.hidden_by(scope, &hidden));
        let seen = seen.unwrap_or_else(|| "两本方案的结果都一样".to_owned());
        Effect::NotFound { tried: self.tried, reason: format!("试了{}组事实，{seen}", self.tried) }
    }

    /// What is known without any facts.
    fn without_trial(&self, change: &Change, all: &[Pair]) -> Option<Effect> {
        let none = |reason: &str| Effect::None { reason: reason.to_owned() };
        match change.section {
            Section::Wording => return Some(none("只是文字不同，意思没有变")),
            Section::Notes if matches!(change.about.old, Some(Subject::Clause { .. })) => {
                return Some(none("得分不变；由谁研究认定，两本方案不同"));
            }
            Section::Notes => return Some(none("只是说明，不影响计分")),
            _ => {}
        }
        if let [(Some(Subject::Header), _) | (_, Some(Subject::Header))] = all {
            match change.subject.as_str() {
                "施行" if self.has_one_term() => return Some(none("施行的月份没有变，只是叫法不同")),
                "方案名称" | "文号" | "考评对象" => return Some(none("只影响名称，不影响计分")),
                "施行" | "分组" | "考评周期" => {}
                _ if !change.follows.is_empty() => {
                    let reason = "同一个数两本方案算得一样；单位换了，照新的单位填的数，用到它的各句就不同";
                    return Some(none(reason));
                }
                _ => return Some(none("只影响事实怎样填写，不影响已有各句的计分")),
            }
        }
        match change.about.old {
            Some(Subject::Corrections) => return Some(none("只在更正已公布的月份时用到，不影响各期的计分")),
            Some(Subject::Due) => return Some(none("只影响什么时候算迟报，不影响计分")),
            _ => {}
        }
        if let [(Some(Subject::RollUp), None) | (None, Some(Subject::RollUp)), ..] = all {
            return Some(none("只多出或少了这一种期间的得分和名次，其他各期的结果不变"));
        }
        if change.section == Section::Moved {
            let is_same = |other: &&Change| other.about.old == change.about.old && other.number != change.number;
            let also = self.shared.comparison.meant().find(is_same);
            return Some(none(&match also {
                Some(other) => format!("改的是叫法，分数的改动在第{}处；事实里要按新方案的写", other.number),
                None => "得分不变；事实里的条款或情形要按新方案的写".to_owned(),
            }));
        }
        if !all.is_empty() && all.iter().all(|pair| self.differs_in_missing(pair)) {
            return Some(none("报齐了的得分不变；缺报的，一本方案停止计算，另一本照算"));
        }
        if !all.is_empty() && all.iter().all(|pair| self.differs_in_whose(pair)) {
            return Some(none("各单位填得一样的，结果不变；只是一本方案统一填一个，另一本每单位各填一个"));
        }
        None
    }

    /// What becomes of the whole term where it has other months.
    fn effect_of_terms(&mut self, scope: &Scope) -> Effect {
        let trials = self.trials(scope);
        let units = self.complete(self.old.plan.calendar.last().number());
        if let Some((month, list)) = self.around_terms(&trials, &units)
            && let Some(witness) = self.alone(scope, &list, month, &[true])
        {
            return shown(witness);
        }
        let reason = "施行的月份不同：计入全期的月份、按施行月数折算的都可能随之不同".to_owned();
        Effect::NotFound { tried: self.tried, reason }
    }

    /// What one unit by itself shows, the simplest facts first; or why it cannot show anything.
    fn effect_alone(&mut self, scope: &Scope, all: &[Pair], trials: &[Trial], months: &[u32]) -> Option<Effect> {
        let first = months[0];
        if self.effects_differ(scope) {
            self.by_effects = true;
            if let Some(witness) = self.alone(scope, trials, first, BOTH) {
                return Some(shown(witness));
            }
            self.by_effects = false;
            (self.mixed, self.together) = (None, None);
        }
        let over_cycles = self.over_cycles(scope);
        if let Some(witness) = self.alone(scope, &over_cycles, first, BOTH) {
            return Some(shown(witness));
        }
        let filled = self.filled(trials);
        for month in months {
            for list in [trials, &filled] {
                if let Some(witness) = self.alone(scope, list, *month, MONTH) {
                    return Some(shown(witness));
                }
            }
        }
        if let Some(witness) = self.mixed.take() {
            return Some(shown(witness));
        }
        if let Some(reason) = self.no_effect(scope, all) {
            return Some(Effect::None { reason });
        }
        // A term in which one of the books knows of no facts at all has no total.
        let by_both: Vec<Trial> = trials.iter().filter(|trial| is_known_to_both(trial)).cloned().collect();
        for list in [&by_both, &filled] {
            if let Some(witness) = self.alone(scope, list, first, BOTH) {
                return Some(shown(witness));
            }
        }
        self.by_more(scope, trials, first).map(shown)
    }

    /// What one unit shows with more facts than the change needs.
    fn by_more(&mut self, scope: &Scope, trials: &[Trial], first: u32) -> Option<Witness> {
        self.old.scored.set(0);
        let units = self.complete(first);
        let mut completed = self.uneven(&units);
        completed.extend(self.completed(trials, &units));
        if let Some(witness) = self.alone(scope, &completed, first, BOTH) {
            return Some(witness);
        }
        self.old.scored.set(0);
        let aimed = match units.first() {
            Some(base) if !scope.facets.is_empty() => {
                let aims = self.aims(scope);
                let empty = (Vec::new(), Vec::new());
                let brought = [base, &empty].map(|base| self.brought(&aims, base, first)).concat();
                brought.into_iter().map(|unit| Trial { units: vec![unit] }).collect()
            }
            _ => Vec::new(),
        };
        let in_turn = self.in_turn(scope, trials, &units, first);
        let under = self.under_limits(scope, trials);
        for list in [aimed, in_turn, under, self.boosted(scope, trials), self.shifted(scope, trials, &units)] {
            self.old.scored.set(0);
            let list = self.supplied(list, &units);
            if let Some(witness) = self.alone(scope, &list, first, BOTH) {
                return Some(witness);
            }
        }
        self.old.scored.set(0);
        let past = self.supplied(self.with_past(scope, trials), &units);
        for month in [first, self.old.plan.calendar.first().number()] {
            if let Some(witness) = self.alone(scope, &past, month, MONTH) {
                return Some(witness);
            }
        }
        self.old.scored.set(0);
        let newcomers = self.supplied(self.newcomers(trials), &units);
        self.alone(scope, &newcomers, first, BOTH)
    }

    fn has_one_term(&self) -> bool {
        let (old, new) = (&self.old.plan.calendar, &self.new.plan.calendar);
        (old.first(), old.last()) == (new.first(), new.last())
    }

    /// What facts show of a change that makes the difference by itself, as far as that can be known, and to which no other
    /// change adds. What others have a part in is kept for want of better.
    fn show(&mut self, scope: &Scope, trial: &Trial, month: u32, term: bool) -> Option<Witness> {
        let before = self.old.whole_result(trial, self.old.month(month), term)?;
        let after = self.new.whole_result(trial, self.new.month(month), term)?;
        let pairs = before.iter().zip(&after).enumerate();
        let (unit, told) = pairs.into_iter().find_map(|(unit, (a, b))| Some((unit, self.told(scope, a, b, term)?)))?;
        let mut witness = self.witness(trial, month, term, unit, told);
        let Some(single) = &self.single else { return Some(witness) };
        let alone = self.made_of(single, &witness);
        let own = alone.as_ref().map(|alone| std::slice::from_ref(&alone[unit]));
        let own_points = |own: &[Result]| witness.points.is_none() || own[0].total != before[unit].total;
        let is_alone = own.is_some_and(|own| differ(std::slice::from_ref(&before[unit]), own) && own_points(own));
        witness.alone = Some(is_alone);
        witness.mixed = !alone.as_ref().is_some_and(|alone| comes_to_the_same(&alone[unit], &after[unit]));
        if let (Some((points, _)), Some(alone)) = (witness.points, &alone)
            && is_alone
        {
            let gain = alone[unit].total.minus(before[unit].total).ok();
            witness.single = gain.and_then(|gain| points.plus(gain).ok());
        }
        if is_alone && !witness.mixed {
            return Some(witness);
        }
        if is_alone {
            self.mixed.get_or_insert(witness);
        } else if self.together.is_none()
            && self.change.is_none_or(|change| !witness.is_against(change.direction))
            && self.has_a_part(&witness, &after)
        {
            self.together = Some(witness);
        }
        None
    }

    /// Whether the lines that changed do something else beside their points: 一票否决, 取消资格.
    fn effects_differ(&self, scope: &Scope) -> bool {
        let effects = |plan: &Plan, rules: &[RuleId]| {
            let effects = rules.iter().flat_map(|rule| &plan.rules[rule.index()].effects);
            let mut forms: Vec<String> =
                effects.map(|effect| Canonical::form(plan, &Called::default(), effect)).collect();
            forms.sort_unstable();
            forms.dedup();
            forms
        };
        !scope.old_rules.is_empty()
            && !scope.new_rules.is_empty()
            && effects(self.old.plan, &scope.old_rules) != effects(self.new.plan, &scope.new_rules)
    }

    /// Whether taking the change back makes a difference to what the new book makes of a witness.
    fn has_a_part(&self, witness: &Witness, after: &[Result]) -> bool {
        let rest = self.rest.get_or_init(|| {
            let alignment = self.shared.alignment.as_ref()?;
            alignment.without(self.shared.comparison, self.change?).map(Between::new)
        });
        let Some(rest) = rest else { return true };
        self.made_of(rest, witness).is_none_or(|rest| differ(&rest, after))
    }

    /// What a book between the two makes of a witness.
    fn made_of(&self, Between { plan, prepared }: &Between, witness: &Witness) -> Option<Vec<Result>> {
        let trial = translated(&witness.trial, (self.old.plan, self.new.plan), plan);
        let side = Side::prepared(plan, false, Rc::clone(prepared));
        side.longer.set(witness.longer);
        side.whole_result(&trial, side.month(witness.month), witness.term)
    }

    fn say(&self, is_old: bool) -> Translate<'_, 'c> {
        let plan = if is_old { self.old.plan } else { self.new.plan };
        Translate { plan, is_old, matched: &self.shared.comparison.pairs, back: &self.shared.back }
    }
}
