//! Openings that open nothing, and lines of one part of the rulebook in another.

use super::{Mend, Patient, shown, written};
use crate::parse::fold::Folded;
use crate::parse::{Context, Line, is_keyword_head, mark, opening, parse_line, top_colon, top_level};
use crate::syntax::{self, Rule as Token};

impl Patient<'_> {
    /// `板块：工作`, `排名` without a name, `1 台账`, `① 台账`.
    pub(super) fn opening(&self) -> Option<Mend> {
        let text = self.text();
        let opens = |plain: Folded, context: Context| {
            let opened = syntax::is(Token::opening_line, &plain.text);
            (opened && opening(&plain.text) == Some(context)).then(|| Line {
                opening: true,
                context,
                code: plain.clone(),
                plain,
                entry: Token::opening_line,
                ..self.line.clone()
            })
        };
        for (word, context, example) in [
            ("板块", Context::Node, "基层工作"),
            ("排名", Context::Ranking, "年终"),
            ("等次", Context::Grading, "年终"),
            ("奖惩", Context::Awards, "年终"),
        ] {
            let Some(rest) = text.strip_prefix(word) else { continue };
            if rest.trim().is_empty() {
                let line = opens(self.line.plain.inserted(text.len(), &format!(" {example}")), context)?;
                let message = format!("“{word}”后面没有写名称");
                return self.mended("missing-title", message, 0..text.len(), line);
            }
            // 排名：每提升1位加1分 is a line of points whose name says something else here.
            if let Some(body) = rest.strip_prefix(':')
                && gives_points(body)
            {
                let help = format!("换一个名称，如：全县{word}{}", written(rest));
                return self.told("keyword-as-name", format!("“{word}”是语言里的词，不能作名称"), 0..word.len(), help);
            }
            if rest.starts_with(':') {
                let line = opens(self.line.plain.replaced(word.len()..word.len() + 1, " "), context)?;
                let message = format!("“{word}”后面不写冒号");
                return self.mended("wrong-sign", message, word.len()..word.len() + 1, line);
            }
        }
        if !matches!(self.line.context, Context::Node | Context::Conventions) {
            return None;
        }
        let first = text.chars().next()?;
        let title = |at: usize| text[at..].trim_start_matches(['.', '、', ' ']);
        let (number, end) = match first {
            '①'..='⑳' => (first as u32 - '①' as u32 + 1, first.len_utf8()),
            'Ⅰ'..='Ⅻ' => (first as u32 - 'Ⅰ' as u32 + 1, first.len_utf8()),
            '1'..='9' => {
                let end = text.find(|c: char| !c.is_ascii_digit())?;
                (text[..end].parse().ok()?, end)
            }
            _ => return None,
        };
        if first.is_ascii_digit() && text[end..].starts_with('.') {
            // `1.` alone
            return title(end).is_empty().then(|| {
                let line = opens(self.line.plain.inserted(text.len(), " 台账"), Context::Node)?;
                self.mended("missing-title", "序号后面没有写条目的名称", 0..text.len(), line)
            })?;
        }
        let heading = title(end);
        if heading.is_empty() || heading.contains(['分', '%']) && first.is_ascii_digit() {
            return None;
        }
        let keep = text.len() - heading.len();
        let line = opens(self.line.plain.replaced(0..keep, &format!("{number}. ")), Context::Node)?;
        self.mended("wrong-item-number", "序号的写法认不得", 0..end, line)
    }

    /// `优秀：占20%`: a quota, or the best of a ranking?
    pub(super) fn share_of_all(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text).filter(|_| self.line.context == Context::Grading)?;
        let at = text.find('占').filter(|at| *at > colon)?;
        let percent = text[at + "占".len()..].trim();
        let is_share = percent.strip_suffix('%').is_some_and(|number| number.parse::<f64>().is_ok());
        let grade = written(&text[..colon]);
        let before = written(&text[colon + 1..at]);
        let help = format!(
            "够条件的不超过这个比例的，写：{grade}：{before}不超过{percent}；按名次取前面这些的，写：{grade}：{before}前{percent}"
        );
        is_share.then(|| self.told("other-words", format!("“占{percent}”说不清怎么取"), at..text.len(), help))?
    }

    /// A line of one part of the rulebook that stands in another.
    pub(super) fn misplaced(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        const PARTS: &[(Context, &str)] = &[
            (Context::Header, "开头"),
            (Context::Conventions, "约定"),
            (Context::Node, "板块"),
            (Context::Awards, "奖惩"),
            (Context::Ranking, "排名"),
            (Context::Grading, "等次"),
            (Context::Eligibility, "参评"),
        ];
        let whole = 0..self.text().len();
        // 基本分 = 收入 ÷ 任务: no formula is called by a word of the language.
        if self.line.context == Context::Node
            && let Some(word) = top_level(self.text(), '=').map(|equals| self.text()[..equals].trim())
            && is_keyword_head(word)
        {
            let help = format!("换一个名称，如：{word}数 = …");
            return self.told("keyword-as-name", format!("“{word}”是语言里的词，不能作名称"), 0..word.len(), help);
        }
        for (context, part) in PARTS.iter().filter(|(context, _)| *context != self.line.context) {
            let mut line = self.with_plain(self.line.plain.clone());
            line.context = *context;
            line.settle();
            line.code = mark::mark(&line, self.names);
            if !self.parses(&line, false) {
                continue;
            }
            // What may be anything in 奖惩, and what is no scoring line where there can be none.
            let early = matches!(self.line.context, Context::Header | Context::Conventions);
            if *context == Context::Awards && is_any_words(&line) || *context == Context::Node && !early {
                continue;
            }
            if *context == Context::Node && top_colon(self.text()).is_some() {
                let help = "在它前面加一行：板块 名称";
                return self.told("line-outside-section", "计分句前面没有板块", whole, help);
            }
            // 等次系数 = （当 等次为优秀，1.2；…）, and grades come after all formulas.
            if self.line.context == Context::Awards
                && let Some(equals) = top_level(self.text(), '=')
                && self.text()[equals..].contains("等次")
            {
                let (name, formula) = (self.text()[..equals].trim(), self.text()[equals + 1..].trim());
                let help = format!("奖励的算式里直接写它，不另取名称：奖励 … × {}", super::written(formula));
                return self.told("misplaced-line", format!("等次定了才有“{name}”，别处的算式用不到"), whole, help);
            }
            let message = format!("这一行要写在“{part}”里");
            let help = match context {
                Context::Header => "移到开头，第一个“约定”或“板块”的前面".to_owned(),
                Context::Node => "移到某个板块或条目下面".to_owned(),
                _ => format!("移到“{part}”那一行的下面"),
            };
            return Some(Mend { code: "misplaced-line", message, range: whole, lines: vec![line], help: Some(help) });
        }
        None
    }

    /// `取消资格`: which one.
    pub(super) fn title(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find("取消资格")? + "取消".len();
        let line = self.parsed(at..at, "评先")?;
        let help = format!("例如：{}", shown(&line));
        self.told("missing-title", "没有写取消什么资格", at - "取消".len()..at + "资格".len(), help)
    }
}

/// Whether words say how many points something comes to: 每次扣1分.
fn gives_points(text: &str) -> bool {
    text.match_indices('分').any(|(at, _)| {
        let verb = text[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        verb.len() < at && verb.ends_with(['扣', '加', '得', '减', '计'])
    })
}

/// Whether a line of 奖惩 gives words to whoever has a name or meets a condition: almost any line would.
fn is_any_words(line: &Line) -> bool {
    parse_line(line)
        .is_ok_and(|statement| matches!(statement.inner().as_rule(), Token::award_named | Token::award_when))
}
