//! What a scheme says in one breath and the language says apart: a limit, a verb, the points of each of several.

use super::mend::{Mend, Patient, shown, written};

/// 发生一起越级上访 as a case that is counted: 越级上访 and 每起.
pub(super) fn counted_case(case: &str) -> Option<(String, String)> {
    let rest = ["发生", "发现", "出现"].iter().find_map(|word| case.strip_prefix(word)).unwrap_or(case);
    let rest = rest.strip_prefix(['一', '1']).or_else(|| rest.strip_prefix("有一"))?;
    let unit = ["人次", "起", "次", "件", "例", "处", "项", "个", "宗"].iter().find(|unit| rest.starts_with(**unit))?;
    let label = rest[unit.len()..].trim();
    (label.chars().count() >= 2).then(|| (label.to_owned(), format!("每{unit}")))
}

impl Patient<'_> {
    /// `每项扣1分，扣5分封顶`
    pub(super) fn capped(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let at = text.find("分封顶").filter(|at| *at > colon)?;
        let number = text[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let verb = text[..number].chars().next_back().filter(|verb| ['扣', '加', '得'].contains(verb))?;
        let begin = number - verb.len_utf8();
        if number == at || !text[..begin].ends_with([',', ';']) {
            return None;
        }
        let end = at + "分封顶".len();
        let line = self.parsed(begin..end, &format!("最多{}分", &text[begin..at]))?;
        let message = format!("“{}”在这里写作“最多{}分”", &text[begin..end], &text[begin..at]);
        self.mended("other-words", message, begin..end, line)
    }

    /// `满意度×10分`: what is given, without a verb.
    pub(super) fn product_without_verb(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_end_matches('。');
        let product = body.strip_suffix('分')?;
        if !product.contains(['×', '÷', '*']) || product.contains([',', ';']) {
            return None;
        }
        let line = self.parsed(colon + 1..text.len(), &format!("得 {}", product.trim()))?;
        self.mended("missing-word", "算式前面少了“得”", colon + 1..text.len(), line)
    }

    /// `国家级、省级、市级分别加5分、3分、1分`
    pub(super) fn respectively(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let at = text.find("分别").filter(|at| *at > colon)?;
        let (cases, gives) = (&text[colon + 1..at], &text[at + "分别".len()..]);
        let verb = gives.chars().next().filter(|verb| ['扣', '加', '得', '计'].contains(verb))?;
        let points: Vec<&str> = gives[verb.len_utf8()..].split(['、', ',']).map(|part| part.trim()).collect();
        let cases: Vec<&str> = cases.trim_end_matches(',').trim_end_matches('的').split('、').map(str::trim).collect();
        let is_number = |part: &&str| part.trim_end_matches('分').parse::<rust_decimal::Decimal>().is_ok();
        if cases.len() != points.len() || cases.len() < 2 || !points.iter().all(is_number) {
            return None;
        }
        // 获国家级、省级、市级表彰: what stands around the first and behind the last is said of each.
        let before = ["获得", "获", "受到", "受", "被"].iter().find(|word| cases[0].starts_with(**word)).copied();
        let first = cases[0].trim_start_matches(before.unwrap_or(""));
        let last = cases[cases.len() - 1];
        let level = ["级", "等奖", "等"].iter().find_map(|word| Some(last.find(word)? + word.len()));
        let behind = level.map_or("", |end| &last[end..]);
        let lines = cases.iter().zip(&points).enumerate().map(|(index, (case, points))| {
            let case = if index == 0 { first } else { case.trim_end_matches(behind) };
            let case = if index == 0 { case.trim_end_matches(behind) } else { case };
            format!("{case}{behind}：{verb}{}分", points.trim_end_matches('分'))
        });
        let help = format!("一种情形一行：\n{}", lines.collect::<Vec<_>>().join("\n"));
        self.told("unknown-condition", "几种情形各是几分，不能写在一行", colon + 1..text.len(), help)
    }

    /// `每发生1起进京上访，扣2分`: what is counted stands behind its measure word.
    pub(super) fn each_of_what(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let body = text[colon + 1..].trim_start();
        let (case, gives) = body.strip_prefix('每')?.split_once(',')?;
        let case = ["发生", "发现", "出现"].iter().find_map(|word| case.strip_prefix(word)).unwrap_or(case);
        let case = if case.starts_with(['1', '一']) { case.to_owned() } else { format!("一{case}") };
        let (label, each) = counted_case(&case)?;
        let line = self.with_plain(super::fold::fold(&format!("{label}:{each}{}", gives.trim_start()), 0));
        if !self.parses(&line, false) {
            return None;
        }
        let help = format!("“{label}”是一种情形，写在冒号前面：{}", shown(&line));
        let begin = text.len() - body.len();
        let end = begin + body.find(',')?;
        self.told("unknown-condition", format!("说不清“{}”是哪一种情形", written(&text[begin..end])), begin..end, help)
    }
}
