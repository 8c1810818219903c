//! Texts that rows hold, each kept once and shared by all threads.

use std::sync::Mutex;

use rustc_hash::FxHashMap;

use crate::plan::{Plan, SymbolId};

use super::text::fold_letters;

/// Texts by id, growing while files are read.
pub struct Words {
    inside: Mutex<Inside>,
}

struct Inside {
    texts: Vec<Box<str>>,
    ids: FxHashMap<Box<str>, SymbolId>,
    /// How many of the texts are the plan's.
    given: usize,
}

impl Words {
    /// INVARIANT: the ids of the plan stay as they are.
    pub fn new(plan: &Plan) -> Words {
        let texts: Vec<Box<str>> =
            (0..plan.symbols.len()).map(|id| plan.symbols.text(SymbolId(id as u32)).into()).collect();
        let mut ids = FxHashMap::default();
        for (id, text) in texts.iter().enumerate() {
            ids.entry(fold_letters(text).into()).or_insert(SymbolId(id as u32));
        }
        let given = texts.len();
        Words { inside: Mutex::new(Inside { texts, ids, given }) }
    }

    pub fn id(&self, text: &str) -> SymbolId {
        let text = fold_letters(text);
        let mut inside = self.inside.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(id) = inside.ids.get(&*text) {
            return *id;
        }
        let id = SymbolId(inside.texts.len() as u32);
        inside.texts.push((&*text).into());
        inside.ids.insert((&*text).into(), id);
        id
    }

    pub fn text(&self, id: SymbolId) -> String {
        let inside = self.inside.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        inside.texts[id.index()].to_string()
    }

    /// The texts in an order that does not depend on threads, and where each id went.
    pub fn settle(self) -> (Vec<Box<str>>, Vec<u32>) {
        let inside = self.inside.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        drop(inside.ids);
        let mut order: Vec<u32> = (0..inside.texts.len() as u32).collect();
        order[inside.given..].sort_by(|a, b| inside.texts[*a as usize].cmp(&inside.texts[*b as usize]));
        let mut moved = vec![0; order.len()];
        for (to, from) in order.iter().enumerate() {
            moved[*from as usize] = to as u32;
        }
        let mut texts = inside.texts;
        let sorted = order.iter().map(|from| std::mem::take(&mut texts[*from as usize])).collect();
        (sorted, moved)
    }
}
