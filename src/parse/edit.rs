//! Small changes of a folded line that keep the way back to the source.

use super::fold::Folded;

impl Folded {
    /// The line with a range of it replaced; what is put in stands at the place of what it replaces.
    pub fn replaced(&self, range: std::ops::Range<usize>, with: &str) -> Folded {
        let mut map = self.map[..range.start].to_vec();
        map.resize(range.start + with.len(), self.map[range.start]);
        map.extend_from_slice(&self.map[range.end..]);
        let text = format!("{}{with}{}", &self.text[..range.start], &self.text[range.end..]);
        Folded { text, map }
    }

    /// Folded again, where what was taken as it is turns out to be no quoted text.
    pub fn refolded(&self) -> Folded {
        let mut out = Folded::open(self.text.len());
        for (at, character) in self.text.char_indices() {
            out.put(super::fold::fold_character(character), self.map[at]);
        }
        out.close(*self.map.last().expect("a map has an end"));
        out
    }

    pub fn inserted(&self, at: usize, with: &str) -> Folded {
        self.replaced(at..at, with)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn what_was_not_changed_keeps_its_place() {
        let line = fold("缺项 每项扣1分", 0);
        let space = line.text.find(' ').expect("a space");
        let changed = line.replaced(space..space + 1, ":");
        assert_eq!(changed.text, "缺项:每项扣1分");
        let at = changed.text.find('扣').expect("the verb");
        assert_eq!(&"缺项 每项扣1分"[changed.span(at..at + 3)], "扣");
    }
}
