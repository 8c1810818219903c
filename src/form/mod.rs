//! Forms (报送表): what a department reports for a period, as a workbook that goes out empty and comes back filled in.

#[cfg(feature = "office")]
mod changed;
#[cfg(feature = "office")]
mod layout;
#[cfg(feature = "office")]
mod read;
#[cfg(feature = "office")]
mod write;

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::{Finding, Place};
#[cfg(feature = "office")]
use crate::plan::Needs;
use crate::plan::{DayKind, Due, Input, InputId, InputKind, NodeId, Plan};
use crate::workdays::Workdays;

#[cfg(feature = "office")]
pub use read::{Found, find, tables, without_mark};
#[cfg(feature = "office")]
pub use write::workbook;

/// Who answers for what the rulebook gives to nobody.
pub const OFFICE: &str = "考评办公室";

/// The day of the next month by which is to be reported.
pub const DUE_DAY: u32 = 5;

/// What a department is asked for one base period.
pub struct Form<'p> {
    /// What asks.
    pub plan: &'p Plan,
    /// The base period.
    pub period: PeriodId,
    /// 责任股室, or [`OFFICE`].
    pub department: String,
    /// Asked of every unit.
    pub indicators: Vec<InputId>,
    /// Reported where they happened; and parameters for all units.
    pub events: Vec<InputId>,
}

/// A form that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file.
    pub name: String,
    /// The base period.
    pub period: PeriodId,
    /// 责任股室, or [`OFFICE`].
    pub department: String,
    /// Rows of events.
    pub events: usize,
    /// 有 or 无, as the department chose.
    pub any_events: Option<bool>,
    /// Cells of indicators that are empty, by unit.
    pub blanks: Vec<(String, InputId, PeriodId, Place)>,
    /// What it leaves open; no mistake before its period is scored.
    pub owed: Option<Finding>,
}

/// The forms of a base period, in the order of the rulebook.
pub fn forms(plan: &Plan, period: PeriodId) -> Vec<Form<'_>> {
    let mut forms: Vec<Form<'_>> = Vec::new();
    for index in 0..plan.inputs.len() {
        let id = InputId(index as u16);
        let Some(input) = asked(plan, id, period) else { continue };
        let department = department(plan, input.node);
        let at = forms.iter().position(|form| form.department == department).unwrap_or_else(|| {
            let department = department.to_owned();
            forms.push(Form { plan, period, department, indicators: Vec::new(), events: Vec::new() });
            forms.len() - 1
        });
        match input.kind {
            InputKind::Indicator | InputKind::Parameter { global: false } => forms[at].indicators.push(id),
            _ => forms[at].events.push(id),
        }
    }
    forms
}

/// An input as it is asked for in a base period; `None` where it is not.
fn asked(plan: &Plan, id: InputId, period: PeriodId) -> Option<&Input> {
    let calendar = &plan.calendar;
    let base = calendar.period(period);
    let input = plan.input_in(id, base)?;
    // A longer cycle is reported for its last month, a parameter for its first.
    let around = |cycle: Cycle| calendar.around(cycle, base.last).map(|id| calendar.period(id));
    // What counts at the year's end is one number for its cycle; of an event a row may name its month.
    let in_any_month = input.any_month && (input.kind == InputKind::Event || !plan.is_year_end(input.node));
    let due = match input.kind {
        InputKind::Pending(_) => false,
        InputKind::Parameter { .. } => around(input.cycle).is_none_or(|cycle| base.first <= cycle.first),
        _ if in_any_month => true,
        _ => around(input.cycle).is_none_or(|cycle| cycle.last <= base.last),
    };
    let months = (0..base.months()).map(|back| base.last.plus(-back).number());
    let open = input.only_months.is_empty() || months.into_iter().any(|month| input.only_months.contains(&month));
    (due && open).then_some(input)
}

/// 责任股室 of a node, or of what it is in.
pub fn department(plan: &Plan, node: NodeId) -> &str {
    let mut at = Some(node);
    while let Some(node) = at.and_then(|id| plan.nodes.get(id.index())) {
        if let Some(department) = &node.department {
            return department;
        }
        at = node.parent;
    }
    OFFICE
}

/// 报送期限 of a period: the fifth of the next month, unless the rulebook says otherwise.
pub fn due(plan: &Plan, period: PeriodId, workdays: &Workdays) -> NaiveDate {
    let next = plan.calendar.period(period).last.plus(1).first_day();
    match plan.due {
        Some(Due { day, workdays: DayKind::Statutory }) => workdays.nth_from(next, day),
        Some(Due { day, workdays: DayKind::Weekdays }) => Workdays::default().nth_from(next, day),
        due => {
            let day = due.map_or(DUE_DAY, |due| due.day);
            next + chrono::Days::new(u64::from(day) - 1)
        }
    }
}

impl Form<'_> {
    fn input(&self, id: InputId) -> &Input {
        let period = self.plan.calendar.period(self.period);
        self.plan.input_in(id, period).unwrap_or(&self.plan.inputs[id.index()])
    }

    /// The indicators, each with the periods that it is asked for: the form's own, each shorter one that it is assessed by,
    /// or the longer one at whose end it counts.
    #[cfg(feature = "office")]
    fn asked_of_units(&self) -> Vec<(InputId, PeriodId)> {
        self.indicators.iter().flat_map(|id| self.periods(*id).into_iter().map(|period| (*id, period))).collect()
    }

    fn periods(&self, id: InputId) -> Vec<PeriodId> {
        let (input, calendar) = (self.input(id), &self.plan.calendar);
        let base = calendar.period(self.period);
        if !matches!(input.kind, InputKind::Indicator) {
            return vec![self.period];
        }
        if self.plan.is_year_end(input.node) {
            return vec![calendar.around(input.cycle, base.last).unwrap_or(self.period)];
        }
        match input.cycle < base.cycle {
            true => calendar.within(self.period, input.cycle).collect(),
            false => vec![self.period],
        }
    }

    /// The months that events may name, where some are assessed by a shorter period than the form's.
    #[cfg(feature = "office")]
    fn months_to_choose(&self) -> Vec<&str> {
        let calendar = &self.plan.calendar;
        let own = calendar.period(self.period).cycle;
        let is_shorter = |id: &InputId| {
            let input = self.input(*id);
            !matches!(input.kind, InputKind::Parameter { .. }) && input.cycle < own
        };
        match self.events.iter().any(is_shorter) {
            true => calendar.within(self.period, Cycle::Month).map(|id| calendar.period(id).name.as_str()).collect(),
            false => Vec::new(),
        }
    }

    /// The 条款 that facts name it by.
    pub fn address(&self, id: InputId) -> &str {
        let input = self.input(id);
        match input.kind {
            InputKind::Parameter { .. } => "参数",
            _ => &self.plan.nodes[input.node.index()].address,
        }
    }

    /// What any of the events asks for.
    #[cfg(feature = "office")]
    fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        self.events.iter().for_each(|id| needs.join(&self.input(*id).needs));
        needs
    }

    /// A fingerprint of what is asked: an amendment that leaves it alone leaves the form good.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut tell = |text: &str| {
            hasher.update(text.as_bytes());
            hasher.update(&[0]);
        };
        tell(&self.plan.title);
        tell(&self.plan.calendar.period(self.period).name);
        tell(&self.department);
        for id in self.indicators.iter().chain(&self.events) {
            let input = self.input(*id);
            tell(self.address(*id));
            tell(&input.label);
            // Ids move where an amendment adds lines elsewhere.
            let kind = match input.kind {
                InputKind::Grade { group } => format!("Grade {}", self.plan.inputs[group.index()].label),
                ref kind => format!("{kind:?}"),
            };
            tell(&format!("{kind}{:?}{:?}{:?}", input.quantity, input.range, input.needs));
            self.rules(input.node).for_each(&mut tell);
            let others = self.periods(*id).into_iter().filter(|period| *period != self.period);
            others.for_each(|period| tell(&self.plan.calendar.period(period).name));
        }
        // Every form with events has the declared columns.
        let columns = self.plan.columns.iter().filter(|_| !self.events.is_empty());
        for column in columns {
            tell(&column.name);
            tell(&format!("{:?}", column.kind));
            column.values.iter().flatten().for_each(|value| tell(self.plan.symbols.text(*value)));
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// The lines of a clause in force, as the rulebook writes them.
    fn rules(&self, node: NodeId) -> impl Iterator<Item = &str> {
        let period = self.plan.calendar.period(self.period);
        let rules = self.plan.nodes[node.index()].rules.iter().map(|id| &self.plan.rules[id.index()]);
        rules.filter(|rule| rule.in_force.is_none_or(|months| months.hold(period))).map(|rule| rule.text.trim())
    }

    /// `2023年5月5日`; with 次月第3个工作日 before it where the rulebook counts working days.
    pub fn due(&self) -> String {
        let day = due(self.plan, self.period, Workdays::statutory());
        let date = format!("{}年{}月{}日", day.year(), day.month(), day.day());
        match self.plan.due {
            Some(due) if due.workdays != DayKind::All => format!("次月第{}个工作日（{date}）", due.day),
            _ => date,
        }
    }
}
