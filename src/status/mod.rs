//! Who has reported a period: by department what was asked, what came, what is missing, and whether it was in time.

mod matrix;
mod receipts;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;
use serde::Serialize;

pub use matrix::{Asked, Cell, Mark};
pub use receipts::{Receipt, read as read_receipts};

use crate::calendar::PeriodId;
use crate::diagnostic::Finding;
use crate::eval::Missing;
use crate::facts::Store;
use crate::form::{self, Form, Kept};
use crate::objection::{self, Objection};
use crate::plan::{InputId, InputKind, Plan, WhenMissing};

/// All that is known when the question is asked.
pub struct Known<'k> {
    pub plan: &'k Plan,
    pub store: &'k Store,
    pub period: PeriodId,
    /// What scoring the period would ask for in vain.
    pub missing: &'k [Missing],
    pub forms: &'k [Kept],
    pub receipts: &'k [Receipt],
    pub objections: &'k [Objection],
    pub due: NaiveDate,
    pub today: NaiveDate,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    pub period: String,
    pub due: NaiveDate,
    pub today: NaiveDate,
    /// In the order of the rulebook.
    pub departments: Vec<Department>,
    /// Objections against the period that are not decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Pending>,
    /// By department, then by unit; only where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<Cell>,
}

/// An objection that is not decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pending {
    pub number: String,
    pub unit: String,
    pub clause: String,
    pub label: String,
    /// What it is against, where that is a longer period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filed: Option<NaiveDate>,
    pub reason: String,
}

/// What one department owes and brought.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Department {
    pub department: String,
    pub state: State,
    /// Handed in, or missing still, behind the deadline.
    pub late: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<NaiveDate>,
    /// The form that came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    pub indicators: Vec<Indicator>,
    /// Rows of events.
    pub events: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Everything that was asked is there.
    Reported,
    /// It said that nothing happened.
    Nil,
    /// Something is there, and something is not.
    Partial,
    /// Nothing is there.
    Missing,
}

/// An indicator that was asked of every unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Indicator {
    pub clause: String,
    pub label: String,
    /// How many units have it.
    pub reported: usize,
    /// Units that lack it; with the month, where it is not the period's own.
    pub missing: Vec<String>,
}

impl Status {
    /// Whether anybody owes anything.
    pub fn lacks(&self) -> bool {
        self.departments.iter().any(|it| matches!(it.state, State::Partial | State::Missing))
    }
}

/// The departments that a rulebook names, for any period.
pub fn departments(plan: &Plan) -> Vec<&str> {
    let mut names: Vec<&str> = plan.inputs.iter().map(|input| form::department(plan, input.node)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What the forms of a period leave open, but where the office noted that nothing happened.
pub fn owed(plan: &Plan, period: PeriodId, forms: &[Kept], receipts: &[Receipt]) -> Vec<Finding> {
    let (calendar, span) = (&plan.calendar, plan.calendar.period(period));
    let of_it = forms.iter().filter(|form| span.contains(calendar.period(form.period)));
    of_it.filter(|form| !is_nil(receipts, form)).filter_map(|form| form.owed.clone()).collect()
}

/// What is noted in 报送.csv of the period and can hardly be: a day before it began or that is not yet, and 零报送 where
/// something happened.
pub fn doubts(known: &Known<'_>, status: &Status) -> Vec<Finding> {
    let period = known.plan.calendar.period(known.period);
    let mut findings = Vec::new();
    for receipt in known.receipts.iter().filter(|it| it.period == known.period) {
        let (name, begins) = (format!("{}{}", receipt.department, period.name), period.first.first_day());
        let odd = match receipt.received {
            Some(day) if day < begins => Some(format!("{name}的收到日期{day}在这一期以前")),
            Some(day) if day > known.today => Some(format!("{name}的收到日期{day}还没有到（今天{}）", known.today)),
            _ => None,
        };
        findings.extend(odd.map(|message| {
            let finding = Finding::warning("odd-receipt", receipt.place.clone(), message);
            finding.help("核对收到日期的年、月；迟没有迟，是按它算的")
        }));
        let events = status.departments.iter().find(|it| it.department == receipt.department).map_or(0, |it| it.events);
        if receipt.nil && events > 0 {
            let message = format!("{name}登记了零报送，事实里却有{events}件事项");
            let finding = Finding::warning("nil-return-with-events", receipt.place.clone(), message);
            findings.push(finding.help("有事项的，“情况”空着或写“有事项”；事项不是这个部门报的，核对条款"));
        }
    }
    findings
}

/// Whether 零报送 was noted of a form's department.
fn is_nil(receipts: &[Receipt], form: &Kept) -> bool {
    receipts.iter().any(|it| it.nil && it.period == form.period && it.department == form.department)
}

/// Puts together what is known; with every cell where `matrix`.
pub fn status(known: &Known<'_>, matrix: bool) -> Status {
    let mut lacking: BTreeMap<InputId, Vec<&Missing>> = BTreeMap::new();
    known.missing.iter().for_each(|missing| lacking.entry(missing.input).or_default().push(missing));
    let lacked: FxHashSet<(InputId, usize)> = known.missing.iter().map(|it| (it.input, it.unit)).collect();
    let (mut departments, mut cells) = (Vec::new(), Vec::new());
    let for_all = (0..known.plan.inputs.len()).map(|at| InputId(at as u16)).filter(|id| known.is_lacked_now(*id));
    for form in asked(known, lacking.keys().copied().chain(for_all)) {
        let mut asked = form.indicators.clone();
        // Ratings and the like are among the events of a form, and may be owed all the same; so is one number for all.
        asked.extend(form.events.iter().filter(|id| lacking.contains_key(id) || known.is_for_all(**id)));
        let department = known.department(&form, &asked, &lacking);
        if matrix {
            cells.extend(known.cells(&form, &asked, &lacked, &department));
        }
        departments.push(department);
    }
    Status {
        period: known.plan.calendar.period(known.period).name.clone(),
        due: known.due,
        today: known.today,
        departments,
        objections: known.pending(),
        cells,
    }
}

/// The forms of the period, and with them what scoring lacks that was asked for earlier: a target of the year.
fn asked<'p>(known: &Known<'p>, lacking: impl Iterator<Item = InputId>) -> Vec<Form<'p>> {
    let (plan, period) = (known.plan, known.period);
    let mut forms = form::forms(plan, period);
    for id in lacking {
        if forms.iter().any(|form| form.indicators.contains(&id) || form.events.contains(&id)) {
            continue;
        }
        let department = form::department(plan, plan.inputs[id.index()].node);
        match forms.iter_mut().find(|form| form.department == department) {
            Some(form) => form.indicators.push(id),
            None => {
                let department = department.to_owned();
                forms.push(Form { plan, period, department, indicators: vec![id], events: Vec::new() });
            }
        }
    }
    forms
}

/// Units by name, each once, with the months that are not the period's own.
fn by_unit(known: &Known<'_>, lacking: &[&Missing]) -> Vec<String> {
    let calendar = &known.plan.calendar;
    let own = calendar.period(known.period);
    let (mut units, mut whole): (Vec<(usize, Vec<&str>)>, Vec<usize>) = (Vec::new(), Vec::new());
    for missing in lacking {
        let period = calendar.period(missing.period);
        let at = units.iter().position(|(unit, _)| *unit == missing.unit).unwrap_or_else(|| {
            units.push((missing.unit, Vec::new()));
            units.len() - 1
        });
        if !own.contains(period) {
            units[at].1.push(&period.name);
        } else if known.plan.is_year_end(known.plan.inputs[missing.input.index()].node) {
            whole.push(at);
        }
    }
    // Nothing at all of what is one number for the year.
    whole.into_iter().for_each(|at| units[at].1.clear());
    let name = |unit: usize| known.store.roster.get(unit).map_or("", |unit| unit.name.as_str());
    let told = units.into_iter().map(|(unit, months)| match &months[..] {
        [] => name(unit).to_owned(),
        [first, _, _, _, ..] => format!("{}（{first}等{}期）", name(unit), months.len()),
        months => format!("{}（{}）", name(unit), months.join("、")),
    });
    told.collect()
}

impl Known<'_> {
    fn pending(&self) -> Vec<Pending> {
        // Against a longer result they are told with its last period.
        let calendar = &self.plan.calendar;
        let (own, of) = (calendar.period(self.period), |it: &&Objection| calendar.period(it.period));
        let open = self.objections.iter().filter(|it| it.state == objection::State::Open);
        let open = open.filter(|it| of(it).contains(own) && of(it).last == own.last);
        let pending = open.map(|it| Pending {
            number: it.number.clone(),
            unit: it.unit.clone(),
            clause: it.clause.clone(),
            label: it.label.clone(),
            period: (it.period != self.period).then(|| calendar.period(it.period).name.clone()),
            filed: it.filed,
            reason: it.reason.clone(),
        });
        pending.collect()
    }

    fn department(&self, form: &Form<'_>, asked: &[InputId], lacking: &BTreeMap<InputId, Vec<&Missing>>) -> Department {
        let kept = self.forms.iter().find(|it| it.period == self.period && it.department == form.department);
        let receipt = self.receipts.iter().find(|it| it.period == self.period && it.department == form.department);
        let indicators: Vec<Indicator> =
            asked.iter().map(|id| self.indicator(form, *id, lacking.get(id).map_or(&[][..], Vec::as_slice))).collect();
        let events = form.events.iter().filter(|id| !self.is_for_all(**id)).map(|id| self.rows(*id)).sum();
        let left_open = kept.is_some_and(|it| it.owed.is_some() && !is_nil(self.receipts, it));
        let owes = left_open || indicators.iter().any(|it| !it.missing.is_empty());
        let has_rows = events > 0 || indicators.iter().any(|it| it.reported > 0);
        let said_nil = receipt.is_some_and(|it| it.nil) || kept.is_some_and(|it| it.any_events == Some(false));
        let state = match (owes, has_rows) {
            (true, true) => State::Partial,
            (true, false) => State::Missing,
            (false, true) => State::Reported,
            // Nothing is asked of every unit, and no event is there: silence is no report.
            (false, false) if said_nil => State::Nil,
            (false, false) if receipt.is_some() => State::Reported,
            (false, false) => State::Missing,
        };
        let received = receipt.and_then(|it| it.received);
        let owing = matches!(state, State::Partial | State::Missing);
        Department {
            department: form.department.clone(),
            state,
            late: received.map_or(owing && self.today > self.due, |day| day > self.due),
            received,
            form: kept.map(|it| it.name.clone()),
            indicators,
            events,
        }
    }

    fn indicator(&self, form: &Form<'_>, id: InputId, lacking: &[&Missing]) -> Indicator {
        let (reported, missing) = match self.is_for_all(id) {
            true if self.is_lacked(id) => (0, vec!["全体".to_owned()]),
            true => (self.rows(id).min(1), Vec::new()),
            false => (self.units(id), by_unit(self, lacking)),
        };
        let label = self.plan.inputs[id.index()].label.clone();
        Indicator { clause: form.address(id).to_owned(), label, reported, missing }
    }

    /// Whether it is one number for all units that is not there, and for which none stands in.
    fn is_lacked(&self, id: InputId) -> bool {
        self.is_for_all(id) && self.rows(id) == 0 && self.plan.inputs[id.index()].missing == WhenMissing::Error
    }

    /// The same, where it is one for a longer period that this one is in.
    fn is_lacked_now(&self, id: InputId) -> bool {
        let input = &self.plan.inputs[id.index()];
        let base = self.plan.calendar.period(self.period);
        self.is_lacked(id) && self.plan.calendar.around(input.cycle, base.last).is_some()
    }

    /// Whether it is one number for all units.
    fn is_for_all(&self, id: InputId) -> bool {
        self.plan.inputs[id.index()].kind == InputKind::Parameter { global: true }
    }

    /// Units that have a row of an input in the period.
    fn units(&self, id: InputId) -> usize {
        (0..self.store.roster.len()).filter(|unit| self.rows_of(*unit, id) > 0).count()
    }

    fn rows(&self, id: InputId) -> usize {
        let of_all = self.store.globals(id).filter(|fact| self.is_for(id, fact.period)).count();
        (0..self.store.roster.len()).map(|unit| self.rows_of(unit, id)).sum::<usize>() + of_all
    }

    fn rows_of(&self, unit: usize, id: InputId) -> usize {
        let facts = self.store.unit_facts(unit);
        facts.of(id).filter(|fact| self.is_for(id, fact.period)).map(|fact| fact.rows as usize).sum()
    }

    /// Whether a row of some period is of this one; a parameter is asked for once, at the beginning of what it is for.
    fn is_for(&self, id: InputId, period: PeriodId) -> bool {
        let is_parameter = matches!(self.plan.inputs[id.index()].kind, InputKind::Parameter { .. });
        let calendar = &self.plan.calendar;
        is_parameter && calendar.period(period).contains(calendar.period(self.period)) || self.is_within(period)
    }

    /// A longer period that the fact names is reported with its last month.
    fn is_within(&self, period: PeriodId) -> bool {
        let calendar = &self.plan.calendar;
        let (fact, own) = (calendar.period(period), calendar.period(self.period));
        own.first <= fact.last && fact.last <= own.last
    }
}
