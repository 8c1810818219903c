//! The known name nearest to a cell, which is folded first: by characters, by sound and by looks, among many thousands
//! too. Unlike `crate::suggest` it measures likeness.

use pinyin::ToPinyin;
use rustc_hash::FxHashMap;

use crate::suggest::LOOK_ALIKES;

/// Names are compared up to this many characters.
const LONGEST: usize = 64;

/// The nearest of the known names, if any is near.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = looks(text);
    let sound = sound(text);
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let near = likeness(&wanted, &sound, name);
        if near >= 0.5 && best.is_none_or(|(so_far, _)| near > so_far) {
            best = Some((near, name));
        }
    }
    best.map(|(_, name)| name)
}

fn likeness(wanted: &str, wanted_sound: &str, name: &str) -> f64 {
    let name_looks = looks(name);
    if name_looks == wanted {
        return 1.0;
    }
    let by_looks = strsim::normalized_damerau_levenshtein(wanted, &name_looks);
    if by_looks < 0.95 && !wanted_sound.is_empty() && sound(name) == wanted_sound {
        return 0.95;
    }
    by_looks
}

/// Whether two names are taken for one another by ear or by eye.
pub fn sounds_or_looks_alike(left: &str, right: &str) -> bool {
    likeness(&looks(left), &sound(left), right) >= 0.95
}

fn looks(text: &str) -> String {
    // The first of a group stands for all.
    let same = |c: char| LOOK_ALIKES.iter().find(|group| group.contains(c)).and_then(|group| group.chars().next());
    let start: String = text.chars().take(LONGEST).collect();
    super::text::fold(&start).chars().filter(|c| !c.is_whitespace()).map(|c| same(c).unwrap_or(c)).collect()
}

fn sound(text: &str) -> String {
    let mut sound = String::new();
    for c in text.chars().take(40) {
        match c.to_pinyin() {
            Some(syllable) => {
                sound.push_str(syllable.plain());
                sound.push(' ');
            }
            None => sound.push(c),
        }
    }
    sound
}

/// Names in great number, prepared for many questions.
pub struct Crowd {
    names: Vec<Box<str>>,
    /// What most of them end in, 司法所: it makes no name like another.
    ending: String,
    /// Which characters a name has, hashed to bits, and how many.
    signs: Vec<(u64, u8)>,
    by_sound: FxHashMap<Box<str>, u32>,
}

impl Crowd {
    pub fn new<'a>(names: impl Iterator<Item = &'a str>) -> Crowd {
        let names: Vec<Box<str>> = names.map(Box::from).collect();
        let mut crowd = Crowd { ending: ending(&names), names, signs: Vec::new(), by_sound: FxHashMap::default() };
        for (at, name) in (0..).zip(&crowd.names) {
            crowd.by_sound.entry(sound(name).into()).or_insert(at);
        }
        crowd.signs = crowd.names.iter().map(|name| signs(&crowd.own(name))).collect();
        crowd
    }

    /// What a name has for itself.
    fn own(&self, name: &str) -> String {
        looks(name.strip_suffix(self.ending.as_str()).unwrap_or(name))
    }

    pub fn nearest(&self, text: &str) -> Option<&str> {
        /// So many names are looked at closely: those that share most characters.
        const MOST_CLOSELY: usize = 300;
        if let Some(same) = self.by_sound.get(sound(text).as_str()) {
            return Some(&self.names[*same as usize]);
        }
        let wanted = self.own(text);
        let (bits, length) = signs(&wanted);
        let mut near: Vec<(u32, usize)> = self
            .signs
            .iter()
            .enumerate()
            .filter(|(_, (_, other))| length.abs_diff(*other) <= length.max(*other) / 2)
            .map(|(at, (other, _))| ((bits ^ other).count_ones(), at))
            .filter(|(differing, _)| *differing <= u32::from(length.max(2)))
            .collect();
        if near.len() > MOST_CLOSELY {
            near.select_nth_unstable(MOST_CLOSELY);
            near.truncate(MOST_CLOSELY);
        }
        near.sort_unstable();
        let mut best: Option<(f64, usize)> = None;
        for (_, at) in near {
            let likeness = strsim::normalized_damerau_levenshtein(&wanted, &self.own(&self.names[at]));
            if likeness >= 0.5 && best.is_none_or(|(so_far, _)| likeness > so_far) {
                best = Some((likeness, at));
            }
        }
        best.map(|(_, at)| &*self.names[at])
    }
}

/// The longest ending that most names have, and that is the whole of none.
fn ending(names: &[Box<str>]) -> String {
    /// So many names show what they have in common, and an ending has no more characters.
    const ENOUGH: usize = 1000;
    const LONGEST_ENDING: usize = 16;
    let names = &names[..names.len().min(ENOUGH)];
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for name in names {
        let before = name.chars().count().saturating_sub(LONGEST_ENDING).max(1);
        for (at, _) in name.char_indices().skip(before) {
            *counts.entry(&name[at..]).or_default() += 1;
        }
    }
    let most = counts.into_iter().filter(|(_, count)| *count > 1 && *count * 2 > names.len());
    most.map(|(ending, _)| ending).max_by_key(|ending| ending.len()).unwrap_or_default().to_owned()
}

fn signs(text: &str) -> (u64, u8) {
    let bits = text.chars().fold(0, |bits, c| bits | 1 << ((c as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58));
    (bits, text.chars().count().min(255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_near_by_looks_by_sound_and_by_characters() {
        assert_eq!(nearest("古丼司法所", ["芦庙司法所", "古井司法所"]), Some("古井司法所"));
        assert_eq!(nearest("计蒜", ["统计", "计算"]), Some("计算"));
        assert_eq!(nearest("完成日斯", ["截止日期", "完成日期"]), Some("完成日期"));
        assert_eq!(nearest("完全无关", ["录入件数"]), None);
        assert!(sounds_or_looks_alike("际准分", "标准分"));
        let crowd = Crowd::new((0..500).map(|_| "某某司法所").chain(["古井司法所"]));
        assert_eq!(crowd.nearest("古丼司法所"), Some("古井司法所"));
        // What they all end in makes nobody like anybody.
        let crowd = Crowd::new(["古井司法所", "芦庙司法所", "十八里司法所"].into_iter());
        let told = ["立德司法所", "十八甲司法所", "芦庙", "芦庙所"].map(|name| crowd.nearest(name));
        assert_eq!(told, [None, Some("十八里司法所"), Some("芦庙司法所"), Some("芦庙司法所")]);
    }
}
