//! Changes in the rulebook's own words: what stands in both lines is said once, what differs as 由…改为….

use super::book::Saying;
use crate::fmt::full;
use crate::parse::InForce;

/// What a change of one line into another says: `每项由扣1分改为扣2分`.
pub fn becomes(old: &str, new: &str) -> String {
    let (left, right) = (split(old), split(new));
    let head = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let most = left.len().min(right.len()) - head;
    let tail = left.iter().rev().zip(right.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (old, new) = (&left[head..left.len() - tail], &right[head..right.len() - tail]);
    match (old, new) {
        ([], []) => "文字相同".to_owned(),
        ([], added) => format!("增加“{}”", joined(added)),
        (removed, []) => format!("删去“{}”", joined(removed)),
        // Figures alone do not say what they are of.
        ([was], [is]) if head > 0 && [was, is].iter().all(|it| !it.text.contains(char::is_alphabetic)) => {
            format!("{}，由{}改为{}", wide(left[head - 1].text), wide(was.text), wide(is.text))
        }
        ([old], [new]) => {
            let (shared, old, new) = cut(old.text, new.text);
            match shared.is_empty() && old.chars().count().max(new.chars().count()) > PLAIN {
                true => format!("由“{}”改为“{}”", wide(old), wide(new)),
                false => format!("{}由{}改为{}", wide(shared), wide(old), wide(new)),
            }
        }
        (old, new) => format!("由“{}”改为“{}”", joined(old), joined(new)),
    }
}

/// Longer phrases stand in quotes.
const PLAIN: usize = 12;

/// A phrase, and the sign behind it.
#[derive(Clone, Copy, Eq)]
struct Phrase<'t> {
    text: &'t str,
    sign: &'t str,
}

impl PartialEq for Phrase<'_> {
    fn eq(&self, other: &Phrase<'_>) -> bool {
        self.text == other.text
    }
}

fn split(text: &str) -> Vec<Phrase<'_>> {
    let mut phrases = Vec::new();
    let mut start = 0;
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' | ';' | ':' if depth == 0 => {
                phrases.push(Phrase { text: &text[start..at], sign: &text[at..at + 1] });
                start = at + 1;
            }
            _ => {}
        }
    }
    phrases.push(Phrase { text: &text[start..], sign: "" });
    phrases.retain(|phrase| !phrase.text.is_empty());
    phrases
}

fn joined(phrases: &[Phrase<'_>]) -> String {
    let mut out = String::new();
    for (index, phrase) in phrases.iter().enumerate() {
        out.push_str(phrase.text);
        if index + 1 < phrases.len() {
            out.push_str(phrase.sign);
        }
    }
    wide(&out)
}

/// What both begin with, up to where a phrase of its own begins, and the rests.
fn cut<'t>(old: &'t str, new: &'t str) -> (&'t str, &'t str, &'t str) {
    const STARTS: &[&str] = &[
        "扣",
        "加",
        "得",
        "不少于",
        "不超过",
        "不低于",
        "不高于",
        "不足",
        "不满",
        "低于",
        "高于",
        "超过",
        "最多",
        "最低",
        "奖励",
        "每月",
        "每季",
        "每年",
        "每半年",
        "酌情",
        "一票否决",
        "取消",
        "等次",
        "发放",
        "使用",
        "其后",
    ];
    const BEFORE_FIGURES: &[&str] = &["扣", "加", "得", "最多", "最低", "奖励", "其后"];
    let is_figure = |character: char| character.is_ascii_digit() || "一二两三四五六七八九十百".contains(character);
    // The words that lines without a colon begin with.
    const KEYS: &[&str] = &[
        "方案",
        "文号",
        "施行",
        "考评对象",
        "考评周期",
        "依据",
        "读法",
        "责任股室",
        "责任部门",
        "权重",
        "满分",
        "适用",
        "分组",
    ];
    let same: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    // Some begin a phrase only before a figure: 得10分, and not 得分; and none behind 不.
    let is_start = |at: usize| {
        // What begins in one line alone is cut in the middle of the other: 每人扣1分, 每人次扣1分.
        let begins =
            |word: &&&str| [old, new].iter().all(|text| text.get(at..).is_some_and(|rest| rest.starts_with(**word)));
        let fits = |word: &&str| !BEFORE_FIGURES.contains(word) || old[at + word.len()..].starts_with(is_figure);
        // Nothing is cut inside brackets.
        let opened = old[..at].matches('(').count();
        STARTS.iter().filter(begins).any(fits)
            && !old[..at].ends_with(['不', '未', '没'])
            && !old[..at].ends_with("不得")
            && opened == old[..at].matches(')').count()
    };
    let key = KEYS.iter().find(|key| same >= key.len() && old.starts_with(**key)).map(|key| key.len());
    let edge = old.char_indices().map(|(at, _)| at).take_while(|at| *at <= same).filter(|at| is_start(*at)).last();
    let edge = edge.max(key).unwrap_or(0);
    (&old[..edge], &old[edge..], &new[edge..])
}

/// Signs as clerks write them.
pub fn wide(text: &str) -> String {
    text.chars().map(full).collect()
}

/// A line without the label that the sentence begins with, and without what only facts need to know.
pub fn without_label<'t>(text: &'t str, label: Option<&str>) -> &'t str {
    let Some(label) = label else { return text };
    let folded = crate::meaning::folded_text(label);
    let rest = text.strip_prefix('「').unwrap_or(text);
    match rest.strip_prefix(&folded) {
        Some(rest) => match crate::parse::top_colon(rest) {
            Some(at) => &rest[at + 1..],
            None => text,
        },
        // 督察等次：优秀得10分；一般得8分
        None => match crate::parse::top_colon(text) {
            Some(at) if text[at..].contains(folded.as_str()) => &text[at + 1..],
            _ => text,
        },
    }
}

/// What the lines of a piece say now and said before.
pub struct Told {
    pub text: String,
    /// The lines that differ.
    pub old: Vec<Saying>,
    pub new: Vec<Saying>,
}

/// Holds two lots of lines against each other. `None` where they are the same lines.
pub fn tell(old: &[Saying], new: &[Saying], label: (Option<&str>, Option<&str>)) -> Option<Told> {
    let (mut left, mut right): (Vec<&Saying>, Vec<&Saying>) = (old.iter().collect(), new.iter().collect());
    let strip_old = |saying: &Saying| without_label(&saying.text, label.0).to_owned();
    let strip_new = |saying: &Saying| without_label(&saying.text, label.1).to_owned();
    let mut parts = Vec::new();
    let (mut told_old, mut told_new) = (Vec::new(), Vec::new());
    // The very same lines first, then those that only came or went at another time.
    let mut ended: Vec<(&Saying, &Saying)> = Vec::new();
    for by_time in [true, false] {
        left.retain(|a| {
            let same = |b: &&&Saying| strip_old(a) == strip_new(b) && (!by_time || a.in_force == b.in_force);
            let Some(at) = right.iter().position(|b| same(&b)) else { return true };
            let b = right.remove(at);
            if !by_time {
                ended.push((a, b));
            }
            false
        });
    }
    for (a, b) in ended {
        // What came in its place from then on tells of the end.
        let next = right.iter().position(|next| match (b.in_force.last, next.in_force.first) {
            (Some(last), Some(first)) => last.plus(1) == first,
            _ => false,
        });
        told_old.push(a.clone());
        match next {
            Some(at) if a.in_force == InForce::ALWAYS => {
                let next = right.remove(at);
                let text = becomes(&strip_old(a), &strip_new(next));
                parts.push(format!("{}，{text}", since(next.in_force)));
                told_new.push(next.clone());
            }
            _ => {
                parts.push(time(a.in_force, b.in_force));
                told_new.push(b.clone());
            }
        }
    }
    // The likest of what is left, in order.
    for a in left {
        let (old_text, likest) =
            (strip_old(a), |b: &&Saying| strsim::normalized_levenshtein(&strip_old(a), &strip_new(b)));
        let best = right.iter().enumerate().max_by(|(i, x), (j, y)| likest(x).total_cmp(&likest(y)).then(j.cmp(i)));
        match best.map(|(at, _)| at) {
            Some(at) => {
                let b = right.remove(at);
                let from = if b.in_force == a.in_force { String::new() } else { format!("{}，", since(b.in_force)) };
                parts.push(format!("{from}{}", becomes(&old_text, &strip_new(b))));
                told_new.push(b.clone());
            }
            None => parts.push(format!("删去“{}”", wide(&old_text))),
        }
        told_old.push(a.clone());
    }
    for b in right {
        let from = if b.in_force == InForce::ALWAYS { String::new() } else { format!("{}，", since(b.in_force)) };
        parts.push(format!("{from}增加“{}”", wide(&strip_new(b))));
        told_new.push(b.clone());
    }
    (!parts.is_empty()).then(|| Told { text: parts.join("；"), old: told_old, new: told_new })
}

/// The same lines in another order, where that is what they differ by.
pub fn reordered(old: &[Saying], new: &[Saying]) -> Option<Told> {
    let is_same = old.iter().map(|saying| &saying.text).eq(new.iter().map(|saying| &saying.text));
    let differing = |own: &[Saying], other: &[Saying]| -> Vec<Saying> {
        let moved = own.iter().zip(other).filter(|(a, b)| a.text != b.text);
        moved.map(|(saying, _)| saying.clone()).collect()
    };
    (!is_same)
        .then(|| Told { text: "各句的次序改了".to_owned(), old: differing(old, new), new: differing(new, old) })
}

/// 自2023年7月起
fn since(in_force: InForce) -> String {
    in_force.to_string().trim_matches(['〔', '〕']).to_owned()
}

/// How a line that stayed as it is came into force or went out of it.
pub fn time(old: InForce, new: InForce) -> String {
    match (new.stopped, new.last, new.first) {
        (true, ..) => "停用".to_owned(),
        (_, Some(last), _) if old.last.is_none() => {
            let next = InForce::since(last.plus(1));
            format!("{}停用", since(next))
        }
        (_, _, Some(_)) if old == InForce::ALWAYS => format!("改为{}施行", since(new)),
        _ if new == InForce::ALWAYS => "改为整个施行期都施行".to_owned(),
        _ => format!("施行时间由{}改为{}", shown(old), shown(new)),
    }
}

fn shown(in_force: InForce) -> String {
    match since(in_force) {
        text if text.is_empty() => "整个施行期".to_owned(),
        text => text,
    }
}

#[cfg(test)]
mod tests {
    use super::becomes;

    #[test]
    fn what_both_say_is_said_once() {
        assert_eq!(becomes("每项扣1分", "每项扣2分"), "每项由扣1分改为扣2分");
        assert_eq!(becomes("不少于30件,每少1件扣1分", "不少于36件,每少1件扣1分"), "由不少于30件改为不少于36件");
        assert_eq!(becomes("待定,原文残缺", "扣2分"), "由“待定，原文残缺”改为“扣2分”");
        assert_eq!(becomes("扣5分", "扣5分,最多扣10分"), "增加“最多扣10分”");
        assert_eq!(becomes("系数:当岗位为兼任,0.8;其余1", "系数:当岗位为兼任,0.9;其余1"), "当岗位为兼任，由0.8改为0.9");
        assert_eq!(
            becomes("奖励月数(总分不低于80分)×50000元", "奖励月数(总分不低于80分)×60000元"),
            "由“奖励月数（总分不低于80分）×50000元”改为“奖励月数（总分不低于80分）×60000元”"
        );
        assert_eq!(becomes("每人扣1分", "每人次扣1分"), "由每人扣1分改为每人次扣1分");
        assert_eq!(becomes("超过1加2分", "超过1.5加2分"), "由超过1加2分改为超过1.5加2分");
        assert_eq!(becomes("等次不得高于一般", "等次不得高于较差"), "由等次不得高于一般改为等次不得高于较差");
        assert_eq!(becomes("扣分封顶每月40分", "扣分封顶每月50分"), "扣分封顶由每月40分改为每月50分");
    }
}
