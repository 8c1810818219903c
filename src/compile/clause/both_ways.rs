//! 全年最多加5分 of a line that also takes off or gives: what it limits has to stand by itself.

use super::limit::{Limited, gives};
use super::reach::{Part, parts};
use super::step::percent_text;
use super::{Draft, Way, verb_of, verbs_of};
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// A limit over rows, or over longer than the line's own cycle, is of the sum of what the line gives: where that goes
/// both ways it would let what goes one way make room for the other.
pub(super) fn of_a_sum(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    pair: &Pair<'_, Token>,
    limited: Limited,
) -> bool {
    let verbs = verbs_of(&site.statement.pair);
    let (deducts, adds) = (verbs.contains(&Token::DEDUCT), verbs.contains(&Token::ADD));
    let is_mixed = match limited {
        Limited::Taken => deducts && (adds || gives(site)),
        Limited::Added => deducts || adds && gives(site),
        Limited::Given => false,
    };
    if !is_mixed {
        return false;
    }
    let written = scope.original(site.statement, pair);
    let verb = if limited == Limited::Taken { "扣" } else { "加" };
    let help = match scope.in_row {
        Some(_) => format!("{verb}分的单写一行，另用一个情形，后面写：，{written}"),
        None => lines(scope, site, draft, pair, limited)
            .unwrap_or_else(|| format!("{verb}分的单写一行，后面写：，{written}")),
    };
    let message = format!("“{written}”限的是合起来的数，这一句不只{verb}分，会把别的分也算进去");
    let finding = scope.at(site.statement, pair, "unclear-limit", message).help(help);
    scope.blame(finding);
    true
}

/// What the limit is of in a line by itself; of 得20分，每少1件扣1分 the full marks are the item's.
fn lines(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    pair: &Pair<'_, Token>,
    limited: Limited,
) -> Option<String> {
    let body = site.statement.body();
    let wanted = if limited == Limited::Taken { Token::DEDUCT } else { Token::ADD };
    let all = parts(scope, site, &body);
    let verb = |part: &Part<'_>| part.phrase.child(Token::outcome).and_then(|outcome| verb_of(&outcome));
    let given = all.iter().find(|part| verb(part) == Some(Token::GAIN));
    if let (Limited::Taken, Some(part)) = (limited, given) {
        let outcome = part.phrase.child(Token::outcome)?;
        let full = scope.plan.nodes[site.node.index()].full.clone()?;
        let is_full = draft.arms.iter().any(|arm| arm.verb == Some(Token::GAIN) && arm.points == full);
        // 不少于30件得10分，每少1件扣1分 keeps the bound that its steps go by; of 0件得10分，每件扣2分 nothing is left.
        const STEPS: &[&str] = &["每少", "每低", "每差", "每缺", "每降", "每多", "每高", "每超"];
        let next = all.iter().find(|part| part.phrase.as_span().start() > outcome.as_span().start());
        let has_steps = next.is_some_and(|next| STEPS.iter().any(|word| next.text.starts_with(word)));
        let line = match has_steps {
            true => scope.line_with(site.statement, &outcome, ""),
            false => {
                let line = scope.line_with(site.statement, &part.phrase, "");
                ["：，", "：；", ":,", ":;"].iter().fold(line, |line, sign| line.replacen(sign, "：", 1))
            }
        };
        return is_full.then(|| format!("写成：{line}"));
    }
    let is_own = |part: &&Part<'_>| {
        part.phrase.as_span().start() > pair.as_span().start() || part.phrase.as_span().end() <= pair.as_span().start()
    };
    let (wanted_parts, others): (Vec<&Part<'_>>, Vec<&Part<'_>>) =
        all.iter().filter(is_own).partition(|part| verb(part) == Some(wanted));
    let (head, label) = (scope.original(site.statement, &site.statement.inner()), site.statement.label());
    let inner = site.statement.inner();
    let unit = inner.child(Token::head).unwrap_or(inner).child(Token::head_unit)?;
    let written = scope.original(site.statement, pair);
    let written_as = |parts: &[&Part<'_>], limit: &str| {
        let begins = parts.first()?.phrase.as_span().start() == all.first()?.phrase.as_span().start();
        let mut text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("，");
        // What each is more or less than was said in the other line.
        if !begins && text.starts_with('每') {
            let verb = verb(parts.first()?);
            let arm = draft.arms.iter().find(|arm| arm.steps.is_some() && arm.verb == verb)?;
            let range = arm.range.as_ref()?;
            let (word, end) = match arm.steps? {
                Way::Down => ("低于", &range.high),
                Way::Up => ("超过", &range.low),
            };
            let Some((Expr::Number(end), _)) = end else { return None };
            let end = if unit.as_str() == "%" { percent_text(*end) } else { format!("{end}{}", unit.as_str().trim()) };
            text = format!("{word}{end}的，{text}");
        }
        Some((!begins, format!("{}：{text}{limit}", if begins { &head } else { &label })))
    };
    let mut lines = [written_as(&wanted_parts, &format!("，{written}"))?, written_as(&others, "")?];
    lines.sort();
    Some(format!("分成两行写：\n{}", lines.map(|(_, line)| line).join("\n")))
}
