//! A clause's meaning as a text that does not change when others are added around it.

use std::fmt::{Debug, Write as _};

use crate::plan::*;

/// The debug form of a piece of a plan, with names instead of ids.
pub fn meaning(plan: &Plan, piece: &dyn Debug) -> String {
    let shown = format!("{piece:?}");
    let mut out = String::with_capacity(shown.len());
    let mut rest = shown.as_str();
    while let Some(at) = rest.find("Id(") {
        let (before, after) = rest.split_at(at);
        let kind_at = before.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
        let (before, kind) = before.split_at(kind_at);
        let digits = after[3..].find(')').unwrap_or(0);
        let name = after[3..3 + digits].parse::<usize>().ok().and_then(|id| name_of(plan, kind, id));
        out.push_str(before);
        match name {
            Some(name) => _ = write!(out, "{name:?}"),
            None => out.push_str(&after[3..3 + digits]),
        }
        rest = &after[(3 + digits + 1).min(after.len())..];
    }
    out + rest
}

fn name_of(plan: &Plan, kind: &str, id: usize) -> Option<String> {
    let under = |node: NodeId, name: &str| Some(format!("{}·{name}", plan.nodes.get(node.index())?.address));
    match kind {
        "Node" => plan.nodes.get(id).map(|node| node.address.clone()),
        "Input" => plan.inputs.get(id).and_then(|input| under(input.node, &input.label)),
        "Measure" => plan.measures.get(id).and_then(|measure| under(measure.node, &measure.name)),
        "Rule" => plan.rules.get(id).and_then(|rule| under(rule.node, &rule.label)),
        "Column" => plan.columns.get(id).map(|column| column.name.clone()),
        "Attribute" => plan.attributes.get(id).map(|column| column.name.clone()),
        "Symbol" => (id < plan.symbols.len()).then(|| plan.symbols.text(SymbolId(id as u32)).to_owned()),
        "Peer" => plan.peers.get(id).map(|peer| peer.name.clone()),
        "Ranking" => plan.rankings.get(id).map(|ranking| ranking.name.clone()),
        _ => None,
    }
}
