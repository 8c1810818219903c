//! 得分前3名, 办结率前2名: places beside what is no place, where three points or two percent would be read.

use super::expression::{Site, Typed};
use super::scope::Scope;
use super::units::{describe, word_of};
use crate::plan::{Expr, InputKind, Type};
use crate::syntax::{Pair, Rule as Token};

/// The places that a range says, but for those that something is measured against: 低于第1名.
pub fn among<'a>(range: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let bounds = range.clone().into_inner().filter(|bound| !bound.has(Token::comparator));
    bounds.flat_map(|bound| bound.into_inner().flatten()).find(is_places)
}

fn is_places(pair: &Pair<'_, Token>) -> bool {
    matches!(pair.as_rule(), Token::first_places | Token::place)
}

/// Whether a value may be held against places.
pub fn has_places(kind: &Type) -> bool {
    matches!(kind, Type::Place | Type::Bare)
}

/// Told of the figure of the line itself; an event that wants a measure word is told elsewhere.
pub fn told(scope: &mut Scope<'_>, site: Site<'_, '_>, places: &Pair<'_, Token>, subject: &Typed) -> bool {
    let of_event = match subject.expr {
        Expr::Input { input, .. } => scope.plan.inputs[input.index()].kind == InputKind::Event,
        _ => false,
    };
    let has_head = site.statement.inner().child(Token::head_name).is_some();
    if has_places(&subject.kind) || !has_head || of_event {
        return false;
    }
    refuse(scope, site, places, subject, None);
    true
}

/// The finding; `left` is what the line compares, its own figure where there is none.
pub fn refuse(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    places: &Pair<'_, Token>,
    subject: &Typed,
    left: Option<&Pair<'_, Token>>,
) {
    let said = scope.original(site.statement, places);
    let of = match left {
        Some(left) => scope.original(site.statement, left),
        None => site.statement.label(),
    };
    let message = match of.is_empty() {
        true => format!("“{said}”是名次，前面{}", describe(&subject.kind)),
        false => format!("“{said}”是名次，“{of}”{}", describe(&subject.kind)),
    };
    let stem = of.trim_end_matches("得分率").trim_end_matches("得分");
    let stem = if stem.chars().all(char::is_alphabetic) { stem } else { "它的" };
    let place = format!("{stem}位次");
    let help = match left {
        _ if subject.kind == Type::Text => "名次按数排，文字排不出先后；总分的名次写“排名前几名”".to_owned(),
        Some(left) if subject.expr == Expr::Total && scope.stage.is_some() => {
            format!("写成：{}", scope.line_with(site.statement, left, "排名"))
        }
        Some(left) => format!(
            "{}加一行，再看它的位次：\n{place} = 名次（{of}）\n{}\n数小的在前的，写：名次（{of}，由低到高）",
            if scope.stage.is_some() { "在约定里" } else { "前面" },
            scope.line_with(site.statement, left, &place),
        ),
        None => {
            let line = scope.line_text(site.statement);
            let body = line.split_once(['：', ':']).map_or("", |(_, body)| body.trim()).to_owned();
            format!(
                "由本方案算名次的，先算出来再分档：\n指标 {of}（{}）\n{place} = 名次（{of}）\n{place}：{body}\n数小的在前的，写：名次（{of}，由低到高）",
                word_of(&subject.kind),
            )
        }
    };
    let finding = scope.at(site.statement, places, "wrong-measure-word", message).help(help);
    scope.blame(finding);
}
