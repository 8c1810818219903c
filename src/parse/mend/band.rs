//! Bands and steps of a figure as schemes write them: intervals, the rest below a bound, nothing at all, a base.

use super::{Mend, Patient, shown, written};
use crate::parse::numeral::is_figure;
use crate::parse::{Context, TARGETS, top_colon};

/// What falls short of the bound before it.
pub(super) const REST: &[&str] = &[
    "未达到要求的",
    "达不到要求的",
    "未达到的",
    "没有达到的",
    "达不到的",
    "未达标的",
    "不达标的",
    "未完成的",
    "不足的",
    "低于的",
];
/// Points in proportion to what was done.
const IN_PROPORTION: &[&str] =
    &["按实际完成比例", "按实际完成率", "按完成比例", "按完成率", "按实际比例", "按比例折算", "按比例"];

impl Patient<'_> {
    /// `[85,90)得8分`
    pub(super) fn intervals(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let unit = self.unit_of_label(colon);
        let mut plain = self.line.plain.clone();
        let mut first = None;
        for (open, sign) in text.rmatch_indices(['[', '(']).filter(|(at, _)| *at > colon) {
            let Some(close) = text[open..].find([')', ']']).map(|at| open + at) else { continue };
            let Some((low, high)) = text[open + 1..close].split_once(',') else { continue };
            let is_number = |part: &str| part.trim().trim_end_matches('%').parse::<f64>().is_ok();
            if !is_number(low) || !is_number(high) {
                continue;
            }
            let unit = |number: &str| if number.contains('%') || unit == "%" { "" } else { unit };
            let (low, high) = (low.trim(), high.trim());
            let (low, high) = (format!("{low}{}", unit(low)), format!("{high}{}", unit(high)));
            let with = match (sign, &text[close..close + 1]) {
                ("[", ")") => format!("{low}以上不满{high}"),
                ("[", _) => format!("{low}至{high}"),
                (_, ")") => format!("超过{low}且低于{high}"),
                _ => format!("超过{low}且不超过{high}"),
            };
            plain = plain.replaced(open..close + 1, &with);
            first = Some((open..close + 1, with));
        }
        let (range, with) = first?;
        let line = self.with_plain(plain);
        let message = format!("区间“{}”写作“{}”", written(&text[range.clone()]), written(&with));
        self.parses(&line, false).then(|| self.mended("other-words", message, range, line))?
    }

    /// `达到98%得5分，未达到的每低1个百分点扣1分`: below the one bound there is.
    pub(super) fn the_rest(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let (at, word) = REST.iter().find_map(|word| {
            let at = colon + text[colon..].find(word)?;
            text[..at].trim_end().ends_with([',', ';']).then_some((at, *word))
        })?;
        let bounds = self.bounds(colon, at);
        let named = named_bound(&text[colon + 1..at]);
        let bound = match (&bounds[..], named) {
            ([bound], _) => bound,
            ([], Some(named)) => named,
            _ => return None,
        };
        let end = at + word.len();
        let rest = text[end..].trim_start_matches(',');
        let shares = IN_PROPORTION.iter().find_map(|words| rest.strip_prefix(words));
        if let Some(behind) = shares.filter(|behind| !behind.contains([',', ';'])) {
            let behind = behind.trim_end_matches('。');
            let line = matches!(behind, "" | "得分" | "计分" | "给分" | "计算" | "折算" | "折算得分" | "计算得分")
                .then(|| self.parsed(at..text.len(), "其余按比例得分"))??;
            let message = format!("“{}”写作“其余按比例得分”", written(&text[at..]));
            return self.mended("other-words", message, at..text.len(), line);
        }
        let is_share =
            bound.ends_with('%') || bound.ends_with('分') || !bound.starts_with(|c: char| c.is_ascii_digit());
        let below = if is_share { "低于" } else { "少于" };
        let line = self.parsed(at..text.len() - rest.len(), &format!("{below}{bound}的,"))?;
        let message = format!("“{word}”没有写比多少低，前面写的是{bound}");
        self.mended("other-words", message, at..end, line)
    }

    /// `3次以内不扣，超过的每次扣2分`: beyond the one bound there is.
    pub(super) fn beyond_it(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let (at, word) = ["超过的", "超出的", "超过部分", "超出部分"].iter().find_map(|word| {
            let at = colon + text[colon..].find(word)?;
            text[..at].trim_end().ends_with([',', ';']).then_some((at, *word))
        })?;
        let before = &text[colon + 1..at];
        let (within, bound) = ["以内", "以下"].iter().find_map(|word| {
            let end = before.find(word)?;
            let begin = before[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
            let begin = begin.trim_end_matches(is_figure).len();
            Some((*word, before[begin..end].to_owned()))
        })?;
        if before.matches(within).count() > 1 || bound.is_empty() {
            return None;
        }
        let rest = text[at + word.len()..].trim_start_matches(['部', '分', ',']);
        let line = self.parsed(at..text.len(), &format!("超过{bound}的部分,{rest}"))?;
        let message = format!("“{word}”没有写超过多少，前面写的是{bound}");
        self.mended("other-words", message, at..at + word.len(), line)
    }

    /// The numbers with the measure word of the label that bands before `end` begin or end with.
    fn bounds(&self, colon: usize, end: usize) -> Vec<String> {
        let text = self.text();
        let unit = self.unit_of_label(colon);
        let mut found: Vec<String> = Vec::new();
        let mut at = colon + 1;
        while let Some(begin) = text[at..end].find(|c: char| c.is_ascii_digit()).map(|digit| at + digit) {
            let number = text[begin..end].trim_start_matches(is_figure);
            at = end - number.len();
            // Points are given, and steps are no bounds.
            let given = text[..begin].ends_with(['得', '扣', '加', '计', '记', '减']);
            // 每超过1%: what each step is, however it is said.
            let step = text[..begin].rsplit([',', ';', ':']).next().is_some_and(|said| said.contains('每'));
            if given || step || unit.is_empty() || !number.starts_with(unit) {
                continue;
            }
            let bound = format!("{}{unit}", &text[begin..at]);
            if !found.contains(&bound) {
                found.push(bound);
            }
        }
        found
    }

    /// `没有的得10分，每件扣1分`, `零信访得10分`: none of what the line counts.
    pub(super) fn none_of_it(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let unit = self.unit_of_label(colon);
        if unit.is_empty() || unit == "%" {
            return None;
        }
        let label = text[..colon].split('(').next().unwrap_or_default().trim();
        let begins = text.char_indices().filter(|(at, sign)| *at >= colon && matches!(sign, ':' | ',' | ';'));
        for begin in begins.map(|(at, _)| at + 1) {
            let Some(length) = text[begin..].find(['得', '扣', '加', '不', ',']) else { continue };
            let said = text[begin..begin + length].trim();
            let bare = said.trim_end_matches('的');
            let of_label = ["没有发生", "未发生", "没有", "无", "零"].iter().find_map(|word| bare.strip_prefix(word));
            let none = matches!(bare, "为0" | "为零" | "等于0" | "未开展" | "未组织" | "未召开" | "未举办")
                || of_label.is_some_and(|what| what.is_empty() || label.contains(what) || what.contains(label));
            if !none {
                continue;
            }
            let ending = if said.ends_with('的') { "的" } else { "" };
            // 每半年不少于1次，未开展的扣5分: what was asked, and none at all.
            let asked = &text[colon + 1..begin];
            if !asked.is_empty() && !asked.contains(['得', '扣', '加']) {
                let points = text[begin + length..].split([',', ';', '。']).next().unwrap_or_default();
                let head = written(text[..colon].trim());
                let line = self.written_as(&format!("{}:0{unit}{points}", text[..colon].trim()))?;
                let help = format!(
                    "一{unit}也没有才{points}的，写成：{head}：等于0{unit}{points}\n不到要求就{points}的，写成：少于几{unit}的，{points}"
                );
                return self.parses(&line, false).then(|| {
                    let message = format!("“{}”没有读懂，不能当作没有写", written(said));
                    self.told("unread-word", message, begin..begin + length, help)
                })?;
            }
            if let Some(line) = self.parsed(begin..begin + length, &format!("0{unit}{ending}")) {
                let message = format!("“{}”写作“0{unit}”", written(said));
                return self.mended("other-words", message, begin..begin + length, line);
            }
        }
        None
    }

    /// `年均值（微克）：目标70微克，每差1微克扣0.5分`: at least so much, or at most?
    pub(super) fn side_of_a_target(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_start();
        let said = TARGETS.iter().find_map(|name| body.strip_prefix(name))?.trim_start_matches(['为', '是', ' ']);
        let (target, rest) = said.split_once([',', ';'])?;
        let (begin, step) = (text.len() - body.len(), rest.trim_start().strip_prefix("每差")?);
        let line = |bound: &str, each: &str| self.parsed(begin..text.len(), &format!("{bound}{target},{each}{step}"));
        let (least, most) = (line("不低于", "每少")?, line("不超过", "每多")?);
        let range = text.len() - step.len() - "每差".len()..text.len();
        let message = format!("“目标{target}”没有写是起码要到，还是不能超过");
        let help = format!("改成其中一句：\n{}\n{}", shown(&least), shown(&most));
        self.told("missing-convention", message, range, help)
    }

    /// `以95%为基准，每高1个百分点加1分，每低1个百分点扣1分`
    pub(super) fn about_a_base(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_start();
        let (base, steps) = body.strip_prefix('以')?.split_once("为基")?;
        let steps = ["准", "数", "点"].iter().find_map(|word| steps.strip_prefix(word))?.trim_start_matches(',');
        let mut meant = steps.to_owned();
        for (each, bound) in [("每高", "超过"), ("每多", "超过"), ("每低", "低于"), ("每少", "少于")] {
            meant = meant.replace(each, &format!("{bound}{base}的,{each}"));
        }
        let line = self.parsed(text.len() - body.len()..text.len(), &meant)?;
        let end = text.len() - steps.len();
        self.mended(
            "other-words",
            format!("“以{base}为基准”写成超过、低于{base}的"),
            text.len() - body.len()..end,
            line,
        )
    }

    /// `每次得0.5分，超过20次不再加分`, `10分扣完为止`: so often or so much, and no more.
    pub(super) fn no_more(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let mut end = colon;
        for clause in text[colon + 1..].split_inclusive([',', ';', '。']) {
            let begin = if end == colon { colon + 1 } else { end };
            end = begin + clause.len();
            let clause = clause.trim_end_matches([',', ';', '。']);
            let range = begin..begin + clause.len();
            let clause = clause.trim();
            let meant = None
                .or_else(|| {
                    let times = clause.strip_prefix("超过")?.trim_start_matches("的");
                    let digits = times.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                    let (number, rest) = times.split_at(times.len() - digits);
                    let unit = ["的部分不再", "以上不再", "的不再", "后不再", "不再"]
                        .iter()
                        .find_map(|word| Some(&rest[..rest.find(word)?]))?;
                    (!number.is_empty() && unit != "分").then(|| format!("最多计{number}{unit}"))
                })
                .or_else(|| clause.strip_prefix("只计").map(|times| format!("最多计{times}")))
                .or_else(|| {
                    let points = clause.strip_suffix("扣完为止")?.strip_suffix('分')?;
                    points.parse::<f64>().is_ok().then(|| format!("最多扣{points}分"))
                });
            if let Some(meant) = meant
                && let Some(line) = self.parsed(range.clone(), &meant)
            {
                let message = format!("“{}”在这里写作“{meant}”", written(clause));
                return self.mended("other-words", message, range, line);
            }
        }
        None
    }

    /// `允许3处，超出的每处扣0.2分`, `每处扣0.2分，容错3处`: the first ones are free.
    pub(super) fn allowed(&self, colon: usize) -> Option<Mend> {
        const ALLOWS: &[&str] = &["允许有", "允许", "容许", "容错", "可免", "免责", "免扣", "免"];
        const BEYOND: &[&str] =
            &["超出部分", "超过部分", "超出的部分", "超过的部分", "超出的", "超过的", "超出", "超过"];
        let text = self.text();
        let parts: Vec<&str> = text[colon + 1..].trim_end_matches('。').split(',').map(str::trim).collect();
        let free = |part: &str| {
            let many = ALLOWS.iter().find_map(|word| part.strip_prefix(word))?;
            let unit = many.trim_start_matches(|c: char| c.is_ascii_digit());
            (unit.len() < many.len() && (1..=2).contains(&unit.chars().count())).then(|| many.to_owned())
        };
        let (at, many) = parts.iter().enumerate().find_map(|(at, part)| Some((at, free(part)?)))?;
        let rest: Vec<&str> =
            parts.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, part)| *part).collect();
        let (each, rest) = rest.split_first()?;
        let each = BEYOND.iter().find_map(|word| each.strip_prefix(word)).unwrap_or(each);
        // 每超1处 says from where it is counted already.
        let beyond = match ["每超", "每多"].iter().any(|word| each.starts_with(word)) {
            true => format!("不超过{many}"),
            false => format!("超过{many}的部分"),
        };
        let rest = rest.iter().map(|part| format!(",{part}")).collect::<String>();
        let body = format!("{beyond},{}{rest}", each.trim_start_matches(','));
        let line = self.parsed(colon + 1..text.len(), &body).filter(|_| each.starts_with('每'))?;
        let help = format!("写成：{}", shown(&line));
        let begin = parts[at].as_ptr() as usize - text.as_ptr() as usize;
        let range = begin..begin + parts[at].len();
        let message = format!("“{}”在这里写作“{beyond}”", written(parts[at]));
        Some(Mend { code: "other-words", message, range, lines: vec![line], help: Some(help) })
    }

    /// The measure word in the brackets of the label; nothing where it has none.
    fn unit_of_label(&self, colon: usize) -> &str {
        let label = self.text()[..colon].trim();
        label.strip_suffix(')').and_then(|label| label.rsplit_once('(')).map_or("", |(_, unit)| unit.trim())
    }
}

/// 目标 of 超过目标的，每超过1%加0.5分: the one bound of a name that a line begins with.
fn named_bound(before: &str) -> Option<&str> {
    const COMPARED: &[&str] = &["超过", "高于", "达到", "不低于", "不少于"];
    let mut parts = before.split([',', ';']).filter_map(|part| {
        let part = part.trim();
        let named = COMPARED.iter().find_map(|word| part.strip_prefix(word))?;
        Some(named.split(['的', '每', '得', '加', '扣']).next().unwrap_or_default().trim())
    });
    let (named, None) = (parts.next()?, parts.next()) else { return None };
    (!named.is_empty() && !named.contains(|c: char| c.is_ascii_digit())).then_some(named)
}
