//! Interned texts: what a value of a column or attribute, a matter or a person is compared by.

use rustc_hash::FxHashMap;

use super::SymbolId;

/// The texts that have ids, each once; ids count up from 0 and never change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbols {
    texts: Vec<String>,
    ids: FxHashMap<String, SymbolId>,
}

impl Symbols {
    /// The id of a text, which is kept where it is new.
    pub fn intern(&mut self, text: &str) -> SymbolId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = SymbolId(self.texts.len() as u32);
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }

    /// The id of a text that is known.
    pub fn find(&self, text: &str) -> Option<SymbolId> {
        self.ids.get(text).copied()
    }

    /// What an id of these symbols stands for.
    pub fn text(&self, id: SymbolId) -> &str {
        &self.texts[id.index()]
    }

    /// All of them, in the order of their ids.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// How many there are; the next new one gets this number.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
