//! 引进项目：1亿元加1分 beside a declared 投资额（亿元）: for each of 数量, or of the column?

use crate::compile::expression::Site;
use crate::compile::scope::{Scope, name_of};
use crate::parse::steps_of;
use crate::plan::{InputId, Type};
use crate::syntax::{Pair, Rule as Token};

/// Asks which figure a line counts by whose measure word is that of a column it does not name; whether it was asked.
pub(super) fn ask(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>, event: InputId) -> bool {
    let counted = &scope.plan.inputs[event.index()].quantity;
    if !matches!(counted, Type::Quantity(_) | Type::Money) {
        return false;
    }
    let line = scope.line_text(site.statement);
    let column = scope.plan.columns.iter().find(|column| column.kind == *counted && !line.contains(&column.name));
    let Some(column) = column.map(|column| column.name.clone()) else { return false };
    let phrases = body.children(Token::phrase);
    let part = phrases.iter().find_map(|phrase| phrase.child(Token::part_rule));
    let said = part.as_ref().map(|part| format!("，{}", scope.original(site.statement, part))).unwrap_or_default();
    let mut before = None;
    let each = phrases.into_iter().find_map(|phrase| {
        let Some(outcome) = phrase.child(Token::outcome) else {
            before = phrase.child(Token::range);
            return None;
        };
        let exact = phrase.child(Token::range).filter(|range| range.as_str().starts_with(|c: char| c.is_ascii_digit()));
        let step = phrase.child(Token::per).or_else(|| phrase.child(Token::happens)).or(exact)?;
        let kind = step.child(Token::per_kind).and_then(|kind| kind.into_inner().next());
        let step = name_of(&step).trim_start_matches(['每', '一']).to_owned();
        let step = kind.as_ref().and_then(|kind| step.strip_prefix(kind.as_str().trim())).unwrap_or(&step).to_owned();
        let steps = |figure: &str| steps_of(figure, &format!("每{step}{}{said}", outcome.as_str().trim()));
        // 超过60秒的，每超10秒扣1分: of what is beyond.
        let from = kind.filter(|kind| kind.as_rule() == Token::OVER).and(before.as_ref());
        let beyond = from.and_then(|from| {
            let bound = name_of(from).strip_prefix("超过")?.to_owned();
            Some((from.clone(), bound.clone(), steps(&format!("{column} - {bound}"))?))
        });
        let steps = steps(&column);
        before = phrase.child(Token::range);
        Some((phrase, steps?, beyond))
    });
    let Some((phrase, steps, beyond)) = each else { return false };
    let written = scope.original(site.statement, &phrase);
    let message = format!("“{written}”没有写按“{column}”算，还是按这一行事实的“数量”算");
    // What is left of a step is said within the formula.
    let line = scope.line_with(site.statement, &phrase, "\u{0}").replacen(&said, "", 1);
    let line = match &beyond {
        Some((from, bound, steps)) => {
            let from = scope.original(site.statement, from);
            line.replacen(&format!("{from}的"), &from, 1)
                .replacen(&from, &format!("当 {column}超过{bound}"), 1)
                .replacen('\u{0}', steps, 1)
        }
        None => line.replacen('\u{0}', &steps, 1),
    };
    let open = if said.is_empty() {
        "\n零头不是不计的，“步数”里写：不足…的按比例计，或 不足…的按一整步计"
    } else {
        ""
    };
    let finding = scope
        .at(site.statement, &phrase, "missing-convention", message)
        .help(format!("按“{column}”算的，写成：{line}{open}\n按“数量”算的，开头不声明“{column}”，这一行不改"));
    scope.blame(finding);
    true
}
