//! The known name nearest to a wrong one of a rulebook or a command: by strokes of the pen, by sound, by edit distance.

use pinyin::ToPinyin;

/// Characters that are easily taken for one another, a group each.
pub const LOOK_ALIKES: &[&str] = &[
    "井丼开",
    "日曰目",
    "未末朱",
    "己已巳",
    "人入八",
    "士土",
    "干千于",
    "太大犬",
    "司可",
    "庙苗",
    "芦庐卢",
    "牛午",
    "候侯",
    "暑署",
    "刀力",
    "天夫无",
    "王玉主",
    "木本术",
    "贝见",
    "几九",
    "办为",
    "历厉",
    "免兔",
    "冶治",
    "处外",
    "准淮",
    "晴睛",
    "析折拆",
    "拔拨",
    "侍待",
    "情清请",
    "斯期",
    "亳毫",
    "谯醮",
    "淝肥",
    "涡祸",
    "薛薜",
    "沙纱",
    "顶项须",
    "扣扪和",
    "列例",
    "底低",
    "标际",
    "建健",
    "酌的",
    "弟第",
    "徒陡徙",
    "辨辩辫",
    "代伐",
    "今令",
    "申甲由",
    "戊戌戍",
];

/// The nearest of `known`, if it is near enough to be meant.
pub fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let length = wrong.chars().count();
    let sound = sound_of(wrong);
    known
        .filter(|name| *name != wrong)
        .map(|name| (distance(wrong, &sound, name), name))
        .filter(|(distance, name)| {
            let longest = length.max(name.chars().count());
            // A third of the characters may differ; of two characters, one.
            *distance <= (longest.max(2) * 4).div_ceil(3).max(2)
        })
        .min_by(|a, b| a.cmp(b))
        .map(|(_, name)| name)
}

/// In quarters of a character: a look-alike costs 1, the same sound 2, any other difference 4.
fn distance(wrong: &str, sound: &str, name: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (wrong.chars().collect(), name.chars().collect());
    let edits = if a.len() == b.len() {
        let swapped = a.iter().zip(&b).filter(|(x, y)| x != y).map(|(x, y)| cost(*x, *y)).sum::<usize>();
        swapped.min(strsim::damerau_levenshtein(wrong, name) * 4)
    } else {
        strsim::damerau_levenshtein(wrong, name) * 4
    };
    if edits > 2 && sound == sound_of(name) { 2 } else { edits }
}

/// In quarters of a character: how unlike two characters are, by look and by sound.
pub fn cost(left: char, right: char) -> usize {
    if LOOK_ALIKES.iter().any(|group| group.contains(left) && group.contains(right)) {
        return 1;
    }
    match (left.to_pinyin(), right.to_pinyin()) {
        (Some(a), Some(b)) if a.plain() == b.plain() => 2,
        _ => 4,
    }
}

fn sound_of(text: &str) -> String {
    text.chars().map(|c| c.to_pinyin().map_or_else(|| c.to_string(), |sound| sound.plain().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_and_sounds_are_near() {
        let offices = ["古井司法所", "芦庙司法所", "华佗司法所"];
        assert_eq!(nearest("古丼司法所", offices.into_iter()), Some("古井司法所"));
        assert_eq!(nearest("古景司法所", offices.into_iter()), Some("古井司法所"));
        assert_eq!(nearest("完全不同的名字", offices.into_iter()), None);
        assert_eq!(nearest("计蒜", ["计算"].into_iter()), Some("计算"));
        assert_eq!(cost('申', '甲'), 1);
    }
}
