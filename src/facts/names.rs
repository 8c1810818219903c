//! From 条款 and 情形 to the input they name: prepared once, asked for every row.

use rustc_hash::FxHashMap;

use crate::parse::fold::{fold_name, fold_quotes};
use crate::plan::{InputId, InputKind, NodeId, Plan};

use super::suggest;
use super::text::{address, fold, trim};

/// The 条款 of declared 参数.
const PARAMETERS: &str = "参数";

/// An address and label as files have them.
pub struct Pair {
    /// `社区矫正工作.2,录入件数,`
    pub bytes: Box<[u8]>,
    pub input: InputId,
}

/// All addresses and labels of a plan.
pub struct Names {
    pub pairs: Vec<Pair>,
    by_bytes: FxHashMap<Box<[u8]>, u32>,
    /// The addresses of sections.
    sections: Vec<String>,
}

/// Why a row addresses nothing.
pub enum Unknown {
    /// No 板块 has this name; the nearest, if any.
    Section { name: String, meant: Option<String> },
    /// The 板块 has no such 条目; the nearest, and all there are.
    Item { section: String, meant: Option<String>, known: Vec<String> },
    /// The 条目 has no such 情形.
    Label { address: String, meant: Option<String>, known: Vec<String>, elsewhere: Option<String> },
}

impl Names {
    pub fn new(plan: &Plan) -> Names {
        let sections = plan.nodes.iter().map(|node| address(&node.address));
        let sections = sections.filter(|address| !address.is_empty() && !address.contains('.'));
        let mut names = Names {
            pairs: Vec::new(),
            by_bytes: FxHashMap::default(),
            sections: sections.map(|text| text.into_owned()).collect(),
        };
        let mut own = (NodeId(0), address(&plan.nodes[0].address));
        for (at, input) in plan.inputs.iter().enumerate() {
            // The inputs of a node stand together.
            if own.0 != input.node {
                own = (input.node, address(&plan.nodes[input.node.index()].address));
            }
            let addresses: &[&str] = match input.kind {
                InputKind::Parameter { .. } => &[PARAMETERS, ""],
                _ => &[&own.1],
            };
            let label = fold(trim(&input.label));
            for clause in addresses {
                let bytes = joined(clause, &label);
                // Inputs that share their name are the same thing: the first stands for all.
                names.by_bytes.entry(bytes[..bytes.len() - 1].into()).or_insert_with(|| {
                    names.pairs.push(Pair { bytes, input: InputId(at as u16) });
                    names.pairs.len() as u32 - 1
                });
            }
        }
        names
    }

    /// The pair that a file writes exactly so: `条款,情形`.
    pub fn exact(&self, bytes: &[u8]) -> Option<usize> {
        self.by_bytes.get(bytes).map(|pair| *pair as usize)
    }

    /// The input of two trimmed cells; `buffer` is reused.
    pub fn find(&self, clause: &str, label: &str, buffer: &mut Vec<u8>) -> Option<InputId> {
        let mut exact = |clause: &str, label: &str| {
            buffer.clear();
            buffer.extend_from_slice(clause.as_bytes());
            buffer.push(b',');
            buffer.extend_from_slice(label.as_bytes());
            self.exact(buffer)
        };
        let pair = exact(clause, label)
            .or_else(|| exact(&address(clause), &fold(label)))
            // 落实“第一议题”制度: quotes as the scheme has them.
            .or_else(|| exact(&fold_quotes(&address(clause)), &fold_name(label)))?;
        Some(self.pairs[pair].input)
    }

    /// `，如“社区矫正工作.1”`: an address of the plan, where it has any.
    pub fn such_as(&self) -> String {
        let labels = self.labels();
        let mut addresses = labels.iter().map(|(address, _)| *address);
        let item = addresses.find(|address| address.contains('.'));
        item.map_or(String::new(), |address| format!("，如“{address}”"))
    }

    /// The labels of each address, in the order of the plan.
    fn labels(&self) -> Vec<(&str, Vec<&str>)> {
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        let mut labels: Vec<(&str, Vec<&str>)> = Vec::new();
        for pair in &self.pairs {
            // INVARIANT: `joined` wrote it, and no address has a comma.
            let text = std::str::from_utf8(&pair.bytes).unwrap_or_default();
            let (clause, label) = text.split_once(',').unwrap_or_default();
            let place = *places.entry(clause).or_insert_with(|| {
                labels.push((clause, Vec::new()));
                labels.len() - 1
            });
            labels[place].1.push(label.strip_suffix(',').unwrap_or(label));
        }
        labels
    }

    /// The input that two cells mean that name none.
    pub fn meant(&self, clause: &str, label: &str) -> Option<InputId> {
        let (clause, label) = match self.explain(clause, label) {
            Unknown::Label { meant: Some(meant), .. } => (clause, meant),
            Unknown::Item { meant: Some(meant), .. } => return self.find(&meant, label, &mut Vec::new()),
            _ => return None,
        };
        self.find(clause, &label, &mut Vec::new())
    }

    /// Why two cells name nothing.
    pub fn explain(&self, clause: &str, label: &str) -> Unknown {
        let clause = address(clause);
        let label = fold(label);
        let labels = self.labels();
        let meant =
            |known: &mut dyn Iterator<Item = &str>, text: &str| suggest::nearest(text, known).map(str::to_owned);
        if let Some((_, known)) = labels.iter().find(|(address, _)| *address == clause) {
            let elsewhere = labels.iter().find(|(_, labels)| labels.iter().any(|known| *known == label));
            return Unknown::Label {
                address: if clause.is_empty() { PARAMETERS.to_owned() } else { clause.into_owned() },
                meant: meant(&mut known.iter().copied(), &label),
                known: known.iter().map(|label| (*label).to_owned()).collect(),
                elsewhere: elsewhere.map(|(address, _)| (*address).to_owned()).filter(|address| !address.is_empty()),
            };
        }
        let section = clause.split('.').next().unwrap_or_default();
        let sections = || {
            let of_nodes = self.sections.iter().map(String::as_str);
            of_nodes.chain(labels.iter().filter_map(|(address, _)| address.split('.').next()))
        };
        if !sections().any(|known| known == section) {
            let known = &mut sections().filter(|name| !name.is_empty());
            return Unknown::Section { name: section.to_owned(), meant: meant(known, section) };
        }
        let inside = |known: &&str| known.split('.').next() == Some(section) && !known.is_empty();
        let known: Vec<String> = labels.iter().map(|(known, _)| *known).filter(inside).map(str::to_owned).collect();
        // Among numbers that are all alike, the label tells first which was meant.
        let of_label = labels.iter().filter(|(at, labels)| inside(at) && labels.iter().any(|known| *known == label));
        let mut meant: Option<(f64, &str)> = None;
        for (address, _) in of_label {
            let near = strsim::normalized_damerau_levenshtein(&clause, address);
            if meant.is_none_or(|(nearest, _)| near > nearest) {
                meant = Some((near, address));
            }
        }
        let meant = meant.map(|(_, address)| address.to_owned());
        Unknown::Item { section: section.to_owned(), meant, known }
    }
}

fn joined(clause: &str, label: &str) -> Box<[u8]> {
    [clause, ",", label, ","].concat().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_may_be_of_any_kind() {
        let mut plan = crate::facts::tests::plan();
        plan.inputs[0].label = "落实「第一议题」制度".to_owned();
        plan.inputs[1].label = "三会一课".to_owned();
        let names = Names::new(&plan);
        let clause = |input: usize| plan.nodes[plan.inputs[input].node.index()].address.clone();
        let find = |input: usize, label: &str| names.find(&clause(input), label, &mut Vec::new());
        for label in ["落实“第一议题”制度", "落实\"第一议题\"制度", "落实『第一议题』制度"]
        {
            assert_eq!(find(0, label), Some(InputId(0)), "{label}");
        }
        assert_eq!(find(1, "“三会一课”"), Some(InputId(1)));
        assert_eq!(find(1, "“三会两课”"), None);
    }
}
