//! What corrected facts change under the same rulebook: every unit that moved, and why.

mod carry;
mod entries;
pub mod why;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

pub use carry::{Before, Carried, Still, beyond, carried, carried_by, carry, still};
pub use entries::{Change, EntryChange, Side};

use crate::diff::{Standing, standing};
use crate::objection::{Objection, State};
use crate::outcome::{EffectOutcome, Status, UnitOutcome};
use crate::plan::InputId;
use crate::scored::{Scored, full_name};
use crate::value::Number;

/// Two outcomes of one period, before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Correction {
    pub period: String,
    /// How many units are in either.
    pub units: usize,
    /// What was decided on objections since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Decided>,
    /// In the order of the new places; units that are gone come last.
    pub moved: Vec<Moved>,
    /// Values over several units that are not the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<PeerMoved>,
    /// Vetoes, lost titles and the like that came or went, which no points tell.
    #[serde(skip)]
    pub effects: Vec<EffectMoved>,
}

/// A veto, a lost title… of one outcome alone.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectMoved {
    pub unit: String,
    pub clause: String,
    pub label: String,
    /// 一票否决、取消评先资格…
    pub effect: String,
    /// Whether it is of the later outcome.
    pub came: bool,
}

/// An objection that was decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decided {
    pub number: String,
    pub unit: String,
    pub clause: String,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    pub state: State,
    pub decided: Option<NaiveDate>,
    pub sentence: String,
    /// Whether it was upheld and nothing is left of the row.
    #[serde(skip)]
    strikes_out: bool,
}

/// A unit whose result or entries are not the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    pub unit: String,
    /// What it was called in the earlier outcome, where that was something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former: Option<String>,
    /// `None` where it was not there before.
    pub old: Option<Result>,
    /// `None` where it is not there any more.
    pub new: Option<Result>,
    /// Of the totals.
    pub difference: Number,
    /// Top-level nodes whose points are not the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionMoved>,
    /// Entries that came, went or changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryChange>,
    /// In sentences.
    pub why: Vec<String>,
    /// So many of them are of its own points; the others are of places among units.
    #[serde(skip)]
    own: usize,
}

impl Moved {
    /// Why its own points are others.
    pub fn own(&self) -> &[String] {
        &self.why[..self.own]
    }

    /// The unit as reports name it.
    pub fn name(&self) -> String {
        full_name(&self.unit, self.former.as_deref())
    }
}

/// What a unit comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Result {
    #[serde(flatten)]
    pub standing: Standing,
    pub status: Status,
    pub vetoed: bool,
    /// Titles lost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disqualified: Vec<String>,
}

/// A section of one unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SectionMoved {
    pub section: String,
    pub old: Number,
    pub new: Number,
}

/// A value over several units: 全体平均（成功率）.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeerMoved {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    pub old: Option<Number>,
    pub new: Option<Number>,
}

impl Correction {
    /// Puts two traced outcomes side by side; both are of one rulebook.
    pub fn between(old: &Scored<'_>, new: &Scored<'_>) -> Correction {
        // A unit that was renamed since is one: what it was goes by the name that it has.
        let renamed = new.store.renamed();
        let now = |unit| renamed.get(old.name(unit)).copied().unwrap_or(old.name(unit));
        // Who is on the roster in other periods alone has nothing to do with this one.
        let (was, is) = (old.units_on_roster(), new.units_on_roster());
        let before: BTreeMap<&str, &UnitOutcome> = was.iter().map(|unit| (now(unit), *unit)).collect();
        let after: BTreeMap<&str, &UnitOutcome> = is.iter().map(|unit| (new.name(unit), *unit)).collect();
        let gone = was.iter().map(|unit| now(unit)).filter(|name| !after.contains_key(name));
        let names: Vec<&str> = is.iter().map(|unit| new.name(unit)).chain(gone).collect();
        let side = Sides { old, new };
        let mut moved: Vec<Moved> = names
            .iter()
            .filter_map(|name| side.unit(name, before.get(name).copied(), after.get(name).copied()))
            .collect();
        let objections = decided(old, new);
        for objection in objections.iter().filter(|it| it.state == State::Upheld) {
            let unit = moved.iter_mut().find(|moved| moved.unit == objection.unit);
            let entries = unit.into_iter().flat_map(|moved| &mut moved.entries);
            entries.filter(|entry| entry.is_about(objection)).for_each(|entry| entry.decide(objection));
        }
        let peers = peers(old, new);
        let is_grouped = |unit: &&UnitOutcome| unit.rankings.first().is_some_and(|place| place.group.is_some());
        why::tell(&mut moved, &peers, is.iter().any(is_grouped), parameters(old) == parameters(new));
        let effects =
            names.iter().flat_map(|name| side.effects(name, before.get(name).copied(), after.get(name).copied()));
        let effects = effects.collect();
        Correction { period: new.period().name.clone(), units: names.len(), objections, moved, peers, effects }
    }

    /// Objections against entries that were upheld, and yet no entry changed with them.
    pub fn without_change(&self) -> impl Iterator<Item = &Decided> {
        let led = |it: &Decided| {
            self.moved.iter().flat_map(|moved| &moved.entries).any(|entry| entry.objection.as_ref() == Some(&it.number))
        };
        self.objections.iter().filter(move |it| it.state == State::Upheld && !it.label.is_empty() && !led(it))
    }

    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.moved.is_empty() && self.peers.is_empty()
    }

    /// Those whose total, place, grade or awards are not the same.
    pub fn results(&self) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(|moved| moved.old != moved.new)
    }
}

/// Both scores.
struct Sides<'s, 'a> {
    old: &'s Scored<'a>,
    new: &'s Scored<'a>,
}

impl<'a> Sides<'_, 'a> {
    fn unit(&self, name: &str, old: Option<&'a UnitOutcome>, new: Option<&'a UnitOutcome>) -> Option<Moved> {
        let total = |unit: Option<&UnitOutcome>| unit.map_or(Number::ZERO, |unit| unit.total);
        let moved = Moved {
            unit: name.to_owned(),
            former: old.map(|unit| self.old.name(unit)).filter(|former| *former != name).map(str::to_owned),
            old: old.map(|unit| result(self.old, unit)),
            new: new.map(|unit| result(self.new, unit)),
            difference: total(new).minus(total(old)).unwrap_or_default(),
            sections: self.sections(old, new),
            entries: entries::changes(self.old, old, self.new, new),
            why: Vec::new(),
            own: 0,
        };
        let is_same = moved.old == moved.new && moved.sections.is_empty() && moved.entries.is_empty();
        (!is_same).then_some(moved)
    }

    fn effects(&self, name: &str, old: Option<&'a UnitOutcome>, new: Option<&'a UnitOutcome>) -> Vec<EffectMoved> {
        let of = |scored: &Scored<'a>, unit: Option<&'a UnitOutcome>, came: bool| -> Vec<EffectMoved> {
            let moved = |effect: &EffectOutcome| {
                let rule = &scored.plan.rules[effect.rule.index()];
                let label = effect.input.map_or(&rule.label, |id| &scored.plan.inputs[id.index()].label);
                EffectMoved {
                    unit: name.to_owned(),
                    clause: scored.plan.nodes[rule.node.index()].address.clone(),
                    label: label.clone(),
                    effect: effect.effect.clone(),
                    came,
                }
            };
            unit.into_iter().flat_map(|unit| unit.effects.iter().map(moved)).collect()
        };
        let (mut was, mut is) = (of(self.old, old, false), of(self.new, new, true));
        was.retain(|old| {
            let same = is.iter().position(|new| EffectMoved { came: false, ..new.clone() } == *old);
            same.map(|at| is.remove(at)).is_none()
        });
        was.extend(is);
        was
    }

    fn sections(&self, old: Option<&'a UnitOutcome>, new: Option<&'a UnitOutcome>) -> Vec<SectionMoved> {
        let points = |scored: &Scored<'a>, unit: Option<&'a UnitOutcome>, id| {
            unit.and_then(|unit| scored.node(unit, id)).map_or(Number::ZERO, |node| node.points())
        };
        let sections = self.new.sections().iter().map(|id| SectionMoved {
            section: self.new.plan.nodes[id.index()].address.clone(),
            old: points(self.old, old, *id),
            new: points(self.new, new, *id),
        });
        sections.filter(|section| section.old != section.new).collect()
    }
}

fn result(scored: &Scored<'_>, unit: &UnitOutcome) -> Result {
    Result {
        standing: standing(scored, unit),
        status: unit.status,
        vetoed: unit.vetoed,
        disqualified: unit.disqualified.clone(),
    }
}

/// Objections of the period that are decided now and were not before.
fn decided(old: &Scored<'_>, new: &Scored<'_>) -> Vec<Decided> {
    let was = |it: &Objection| {
        let same = |before: &&Objection| {
            before.state == it.state && before.fact == it.fact && before.changes() == it.changes()
        };
        old.store.objections.iter().any(|before| before.number == it.number && same(&before))
    };
    let calendar = &new.plan.calendar;
    let within = |it: &&Objection| new.period().contains(calendar.period(it.period));
    let all = new.store.objections.iter().filter(within);
    let decided = all.filter(|it| it.state != State::Open && !was(it)).map(|it| Decided {
        number: it.number.clone(),
        unit: it.unit.clone(),
        clause: it.clause.clone(),
        label: it.label.clone(),
        fact: it.fact.clone(),
        state: it.state,
        decided: it.decided,
        sentence: it.sentence(),
        strikes_out: it.state == State::Upheld && it.fact.is_some() && it.quantity.is_none() && it.points.is_none(),
    });
    decided.collect()
}

/// Numbers that are one for all units, under names like those of peers.
fn parameters(scored: &Scored<'_>) -> Vec<((String, String), Number)> {
    let (calendar, own) = (&scored.plan.calendar, scored.period());
    let mut told = Vec::new();
    for (at, input) in scored.plan.inputs.iter().enumerate() {
        for fact in scored.store.globals(InputId(at as u16)) {
            let period = calendar.period(fact.period);
            if (own.contains(period) || period.contains(own))
                && let Some(value) = fact.quantity
            {
                told.push(((format!("{}{}", period.spoken(), input.label), String::new()), Number::from(value)));
            }
        }
    }
    told
}

fn peers(old: &Scored<'_>, new: &Scored<'_>) -> Vec<PeerMoved> {
    let of = |scored: &Scored<'_>| -> BTreeMap<(String, String), Number> {
        let peers = scored.outcome.peers.iter().map(|(name, group, value)| ((name.clone(), group.clone()), *value));
        peers.chain(parameters(scored)).collect()
    };
    let (before, after) = (of(old), of(new));
    let mut names: Vec<&(String, String)> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let moved = names.into_iter().map(|key| PeerMoved {
        name: key.0.clone(),
        group: key.1.clone(),
        old: before.get(key).copied(),
        new: after.get(key).copied(),
    });
    moved.filter(|peer| peer.old != peer.new).collect()
}
