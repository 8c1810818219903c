//! Parts of documents that several of them have: the signature, an outline, the annex of readings.

use super::letter::Letter;
use crate::explain::Tree;
use crate::scored::Scored;
use crate::word::{Align, Column, Document, Style, Table};

/// A title; one that needs two lines is broken where its sense is: 关于…综合考评, 4月结果的通报.
pub fn title(document: &mut Document, about: &str, what: &str) {
    const LINE: usize = 18;
    if about.chars().count() + what.chars().count() <= LINE {
        document.say(Style::Title, &format!("{about}{what}"));
    } else {
        document.say(Style::Title, about);
        document.say(Style::Title, what);
    }
}

/// 落款
pub fn sign(document: &mut Document, letter: &Letter) {
    document.say(Style::Signed, "");
    document.say(Style::Signed, letter.issuer.as_deref().unwrap_or("（印发单位）"));
    document.say(Style::Signed, &letter.date());
}

/// Sentences under sentences as an outline.
pub fn outline(document: &mut Document, tree: &Tree, level: u8) {
    document.say(Style::Point(level), &format!("{} {}", if level == 0 { "·" } else { "–" }, tree.text));
    if !tree.branches.is_empty() {
        document.keep_with_next();
    }
    for branch in &tree.branches {
        outline(document, branch, level.saturating_add(1).min(6));
    }
}

/// 约定、读法、待定: what the numbers rest on beyond the scheme's text.
pub fn readings(document: &mut Document, scored: &Scored<'_>, letter: &Letter) {
    let plan = scored.plan;
    document.say(Style::Title, "约定、读法和待定");
    let words = "方案原文没有写明、计分时要用到的约定，对原文的理解（读法），以及原文残缺或者未定、没有计分的条款（待定），全部列在这里。";
    document.say(Style::Body, words);
    let rows = plan.readings.iter().map(|reading| {
        let clause = if reading.clause.is_empty() { "全文" } else { reading.clause.as_str() };
        vec![reading.kind.to_owned(), clause.to_owned(), reading.text.clone()]
    });
    document.table(&Table {
        columns: vec![
            Column::new("种类", 8, Align::Centre),
            Column::new("条款", 26, Align::Left),
            Column::new("内容", 66, Align::Left),
        ],
        rows: rows.collect(),
    });
    document.say(Style::Remark, &format!("方案指纹 {}", plan.hash()));
    frozen(document, letter);
}

/// Which batch holds the results.
pub fn frozen(document: &mut Document, letter: &Letter) {
    if let Some(frozen) = &letter.frozen {
        document.say(Style::Remark, &format!("{}。", frozen.words()));
    }
}
