//! Rows of 历史.csv that no line looks at: under a name that none asks for, or of periods that none goes back to.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Cycle;
use crate::diagnostic::{Finding, Place};
use crate::eval::earlier_names;
use crate::facts::Store;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::{Expr, Plan};

/// How a line looks at 历史.csv.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// So many periods back.
    Earlier { cycle: Cycle, back: u32 },
    /// 历年
    Past(Cycle),
}

/// A reminder for each name none of whose rows is looked at, whatever is scored.
pub fn remind(plan: &Plan, store: &Store) -> Vec<Finding> {
    let names = store.history_names();
    if names.is_empty() {
        return Vec::new();
    }
    let asked = asked(plan);
    let unused = names.into_iter().filter_map(|(name, periods)| {
        let written = periods.iter().copied().collect::<Vec<_>>().join("、");
        let Some(ways) = asked.get(name) else {
            let known = asked.keys().map(String::as_str).collect::<Vec<_>>().join("、");
            let help = match known.is_empty() {
                true => "规则书里没有一句看以前各期；不用的，删去这些行".to_owned(),
                false => format!("规则书里看的是：{known}；写错的改正名称，不用的删去这些行"),
            };
            return Some((format!("历史数据里的“{name}”没有一句用到"), help));
        };
        let wanted: BTreeSet<String> = ways.iter().flat_map(|way| periods_of(plan, *way)).collect();
        let is_past = |period: &&str| ways.iter().any(|way| matches!(way, Asked::Past(cycle) if cycle.is_name(period)));
        if periods.iter().any(|period| wanted.contains(*period) || is_past(period)) {
            return None;
        }
        let wanted = wanted.into_iter().collect::<Vec<_>>();
        let few = if wanted.len() > 3 { format!("{}这样的", wanted[0]) } else { wanted.join("、") };
        Some((
            format!("历史数据里的“{name}”没有一行用得上：期间写的是{written}，要看的是{few}"),
            "改正期间；不用的，删去这些行".to_owned(),
        ))
    });
    let place = || Place { file: "历史.csv".to_owned(), line: 0, column: 0 };
    unused.map(|(message, help)| Finding::warning("unused-history", place(), message).help(help)).collect()
}

/// What the lines of a plan ask for, by name.
fn asked(plan: &Plan) -> BTreeMap<String, BTreeSet<Asked>> {
    let mut asked: BTreeMap<String, BTreeSet<Asked>> = BTreeMap::new();
    let mut see = |expr: &Expr| {
        let way = match expr {
            Expr::Earlier { back, cycle, name, .. } => Some((name, Asked::Earlier { cycle: *cycle, back: *back })),
            Expr::Past { name, cycle, .. } => Some((name, Asked::Past(*cycle))),
            _ => None,
        };
        if let Some((name, way)) = way {
            asked.entry(name.clone()).or_default().insert(way);
        }
        true
    };
    plan.values().for_each(|value| walk(value, &mut see));
    plan.conditions().for_each(|condition| walk_condition(condition, &mut see));
    asked
}

fn periods_of(plan: &Plan, way: Asked) -> Vec<String> {
    match way {
        Asked::Earlier { cycle, back } => earlier_names(&plan.calendar, cycle, back),
        Asked::Past(_) => Vec::new(),
    }
}
