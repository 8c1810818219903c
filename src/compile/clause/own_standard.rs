//! A standard for some units behind that of all: everybody falls into what stands before it.

use super::{Arm, Draft, Subject};
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 不少于10件得20分，每少1件扣2分；类别为乡镇的，不少于6件得20分: whoever the second is for falls into the first before.
pub(super) fn behind_all(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &Draft) {
    if !matches!(subject, Subject::Value(_)) {
        return;
    }
    let of_units = |when: &Condition| when.any_expr(|expr| matches!(expr, Expr::Attribute(_)));
    let hidden = draft.arms.iter().enumerate().find(|(at, arm)| {
        let hides = |earlier: &&Arm| earlier.steps.is_some() || earlier.points != arm.points;
        let before = || draft.arms[..*at].iter().filter(|earlier| earlier.range.is_some() && !of_units(&earlier.when));
        arm.range.is_none() && of_units(&arm.when) && before().any(|earlier| hides(&earlier))
    });
    let Some((at, arm)) = hidden else { return };
    let body = site.statement.body();
    let parts = || body.clone().into_inner().flatten();
    let attributes: Vec<&str> = scope.plan.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    let text_of = |pair: &Pair<'_, Token>| scope.original(site.statement, pair);
    let conditions = parts().filter(|inner| inner.as_rule() == Token::condition).map(|pair| text_of(&pair));
    let said = conditions.filter(|text| attributes.iter().any(|name| text.contains(name))).last();
    let Some(said) = said.map(|text| text.trim_start_matches('当').trim_end_matches(['的', '，']).trim().to_owned())
    else {
        return;
    };
    let ranges: Vec<String> =
        parts().filter(|inner| inner.as_rule() == Token::range).map(|pair| text_of(&pair)).collect();
    let text = scope.line_text(site.statement);
    let one_line = match (&ranges[..], draft.arms.first()) {
        ([first, .., last], Some(all)) if at + 1 == draft.arms.len() && all.points == arm.points => {
            chosen(&text, &said, (first, last))
        }
        _ => None,
    };
    let way = match one_line {
        Some(line) => format!("只有标准不同的，写成：{line}\n别的也不同的，"),
        None => String::new(),
    };
    let message = format!("“{said}”的写在后面，轮不到：前面没有分类，先按前面算了");
    let finding = scope
        .at_line(site.statement.line.number, "overlapping-bands", message)
        .help(format!("{way}分成两条写，一条写 适用 {said}的，另一条写其他的：适用 …"));
    scope.report(finding);
}

/// 件数（件）：不少于（当 类别为乡镇，6件；其余 10件）得20分，每少1件扣2分
fn chosen(text: &str, said: &str, (first, last): (&str, &str)) -> Option<String> {
    let split = |range: &str| {
        range
            .find(|c: char| c.is_ascii_digit())
            .map(|at| (range[..at].trim().to_owned(), range[at..].trim().to_owned()))
    };
    let ((word, all), (same, own)) = (split(first)?, split(last)?);
    let is_plain =
        |figure: &str| figure.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '%' || c.is_alphabetic());
    if word.is_empty() || word != same || !is_plain(&all) || !is_plain(&own) {
        return None;
    }
    let all_of_it = text.split(said).next()?.trim_end_matches(['；', ';', '，', ' ', '当']);
    Some(all_of_it.replacen(first, &format!("{word}（当 {said}，{own}；其余 {all}）"), 1))
}
