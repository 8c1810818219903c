//! Values over all units, worked out when somebody first asks for them.

use rustc_hash::FxHashMap;

use crate::calendar::PeriodId;
use crate::eval::expr::{Value, sum};
use crate::eval::program::Program;
use crate::facts::Cell;
use crate::plan::{Grouping, Peer, PeerId, PeerKind, RankingId, SymbolId};
use crate::value::{Inexact, Number};

/// A value over units that somebody needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Demand {
    Peer(PeerId, PeriodId),
    Ranking(RankingId, PeriodId),
    /// The grades of a grading, by its index.
    Grading(u16, PeriodId),
}

/// What is known about cohorts so far.
#[derive(Default)]
pub(super) struct Board {
    peers: FxHashMap<(PeerId, PeriodId), Column>,
    ranks: FxHashMap<(RankingId, PeriodId), Vec<Option<u32>>>,
    grades: FxHashMap<(u16, PeriodId), Vec<Option<String>>>,
}

/// A peer's values in one period.
pub(super) enum Column {
    All(Option<Number>),
    ByGroup(FxHashMap<Option<SymbolId>, Number>),
    /// A rank of each unit.
    ByUnit(Vec<Option<Number>>),
}

impl Board {
    pub fn peer(&self, peer: PeerId, period: PeriodId) -> Option<&Column> {
        self.peers.get(&(peer, period))
    }

    pub fn ranks(&self, ranking: RankingId, period: PeriodId) -> Option<&Vec<Option<u32>>> {
        self.ranks.get(&(ranking, period))
    }

    pub fn grades(&self, grading: u16, period: PeriodId) -> Option<&Vec<Option<String>>> {
        self.grades.get(&(grading, period))
    }

    pub fn has(&self, demand: &Demand) -> bool {
        match demand {
            Demand::Peer(peer, period) => self.peers.contains_key(&(*peer, *period)),
            Demand::Ranking(ranking, period) => self.ranks.contains_key(&(*ranking, *period)),
            Demand::Grading(grading, period) => self.grades.contains_key(&(*grading, *period)),
        }
    }

    pub fn put_peer(&mut self, peer: PeerId, period: PeriodId, column: Column) {
        self.peers.insert((peer, period), column);
    }

    pub fn put_ranks(&mut self, ranking: RankingId, period: PeriodId, ranks: Vec<Option<u32>>) {
        self.ranks.insert((ranking, period), ranks);
    }

    pub fn put_grades(&mut self, grading: u16, period: PeriodId, grades: Vec<Option<String>>) {
        self.grades.insert((grading, period), grades);
    }

    /// Everything that was read, for a trace: name, group and value, in order.
    pub fn shown(&self, program: &Program, requested: PeriodId) -> Vec<(String, String, Number)> {
        let mut keys: Vec<_> = self.peers.keys().copied().collect();
        keys.sort();
        let mut shown = Vec::new();
        for (peer, period) in keys {
            let name = &program.plan.peers[peer.index()].name;
            let name = match period == requested {
                true => name.clone(),
                false => format!("{} {name}", program.plan.calendar.period(period).name),
            };
            match &self.peers[&(peer, period)] {
                Column::All(value) => shown.extend(value.map(|value| (name, String::new(), value))),
                Column::ByGroup(values) => {
                    let mut groups: Vec<(String, Number)> =
                        values.iter().map(|(group, value)| (group_text(program, *group), *value)).collect();
                    groups.sort();
                    shown.extend(groups.into_iter().map(|(group, value)| (name.clone(), group, value)));
                }
                Column::ByUnit(_) => {}
            }
        }
        shown
    }
}

impl Column {
    pub fn of(&self, unit: usize, program: &Program) -> Option<Number> {
        match self {
            Column::All(value) => *value,
            Column::ByGroup(values) => values.get(&group_of(program, unit)).copied(),
            Column::ByUnit(values) => values[unit],
        }
    }
}

/// The group a unit is in, as the rulebook means it.
pub(super) fn group_of(program: &Program, unit: usize) -> Option<SymbolId> {
    let unit = &program.store.roster[unit];
    match program.plan.group? {
        Grouping::Roster => unit.group,
        Grouping::Attribute(id) => match unit.attributes.get(id.index()) {
            Some(Cell::Text(text)) => Some(*text),
            Some(Cell::Empty | Cell::Number(_) | Cell::Date(_)) | None => None,
        },
    }
}

pub(super) fn group_text(program: &Program, group: Option<SymbolId>) -> String {
    group.map_or_else(String::new, |group| program.store.symbol(group).to_owned())
}

/// Brings the values of all units to a column.
pub(super) fn column(program: &Program, peer: &Peer, values: &[Value]) -> Result<Column, Inexact> {
    let mut groups: FxHashMap<Option<SymbolId>, Vec<(usize, Number)>> = FxHashMap::default();
    let mut order = Vec::new();
    for (unit, value) in values.iter().enumerate() {
        let group = if peer.same_group { group_of(program, unit) } else { None };
        if let Some(number) = value.number() {
            groups
                .entry(group)
                .or_insert_with(|| {
                    order.push(group);
                    Vec::new()
                })
                .push((unit, number));
        }
    }
    if let PeerKind::Rank { low_first } = peer.kind {
        let mut ranks = vec![None; values.len()];
        for members in groups.values() {
            rank_members(members, low_first, &mut ranks);
        }
        return Ok(Column::ByUnit(ranks));
    }
    let mut by_group = FxHashMap::default();
    for group in order {
        let members: Vec<Number> = groups[&group].iter().map(|(_, number)| *number).collect();
        by_group.insert(group, over(peer.kind, members)?);
    }
    if peer.same_group {
        return Ok(Column::ByGroup(by_group));
    }
    let nothing = matches!(peer.kind, PeerKind::Sum | PeerKind::Count).then_some(Number::ZERO);
    Ok(Column::All(by_group.get(&None).copied().or(nothing)))
}

fn rank_members(members: &[(usize, Number)], low_first: bool, ranks: &mut [Option<Number>]) {
    let mut sorted = members.to_vec();
    sorted.sort_by(|a, b| if low_first { a.1.cmp(&b.1) } else { b.1.cmp(&a.1) });
    let mut rank = 0;
    for (place, (unit, number)) in sorted.iter().enumerate() {
        if place == 0 || sorted[place - 1].1 != *number {
            rank = place as i64 + 1;
        }
        ranks[*unit] = Some(Number::whole(rank));
    }
}

/// INVARIANT: `members` is not empty.
fn over(kind: PeerKind, mut members: Vec<Number>) -> Result<Number, Inexact> {
    let count = Number::whole(members.len() as i64);
    members.sort();
    Ok(match kind {
        PeerKind::Greatest => members[members.len() - 1],
        PeerKind::Least => members[0],
        PeerKind::Mean => sum(&members)?.divided_by(count)?,
        PeerKind::Sum => sum(&members)?,
        PeerKind::Count | PeerKind::Rank { .. } => count,
        PeerKind::Median => {
            let (low, high) = (members[(members.len() - 1) / 2], members[members.len() / 2]);
            low.plus(high)?.divided_by(Number::whole(2))?
        }
        PeerKind::Deviation => {
            let mean = sum(&members)?.divided_by(count)?;
            let mut squares = Number::ZERO;
            for member in &members {
                let difference = member.minus(mean)?;
                squares = squares.plus(difference.times(difference)?)?;
            }
            squares.divided_by(count)?.square_root()?
        }
        PeerKind::MeanOfBest(best) => {
            let best = &members[members.len().saturating_sub(best as usize)..];
            sum(best)?.divided_by(Number::whole(best.len() as i64))?
        }
    })
}
