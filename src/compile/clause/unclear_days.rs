//! Days of which a line does not say whether they are those of each matter, or of all together.

use super::per::Each;
use super::{Line, Subject};
use crate::compile::condition::Range;
use crate::compile::scope::{Scope, name_of};
use crate::plan::*;
use crate::syntax::Rule as Token;
use crate::value::Number;

/// Labels whose days are those of a person or a place, one like the other: 旷工 of two rows adds up.
const ADDED_UP: &[&str] = &["旷工", "假", "勤", "岗", "停", "学习", "培训", "值班", "驻"];

/// 移送：超过10日的，每超1日扣0.05分: two matters of nine days are not eighteen days of one. Whether it was told.
pub(super) fn days_of_each_matter(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    each: &Each<'_, '_>,
    range: &Range,
) -> bool {
    let (Subject::Event(_), Some((Expr::Number(low), _))) = (line.subject, &range.low) else { return false };
    let statement = line.site.statement;
    let label = statement.label();
    if each.step.kind != Type::Days || ADDED_UP.iter().any(|word| label.contains(word)) {
        return false;
    }
    let unit = each.pair.child(Token::unit).map_or_else(|| "天".to_owned(), |unit| name_of(&unit));
    let gives = scope.original(statement, each.outcome);
    let text = scope.line_text(statement);
    let total = text.replacen(&label, &format!("{label}（{unit}）"), 1);
    let rest = text.split_once(&gives).map(|(_, rest)| rest).unwrap_or_default();
    let amount = gives.strip_prefix(['扣', '加']).filter(|amount| amount.ends_with('分'));
    let one = match (amount, &each.step.expr, range.high.is_none()) {
        (Some(amount), Expr::Number(step), true) if *step == Number::ONE => {
            let verb = &gives[..'扣'.len_utf8()];
            format!(
                "再写：{label}：当 用时超过{low}{unit}，{verb} （用时 - {low}{unit}） ÷ {step}{unit} × {amount}{rest}"
            )
        }
        _ => format!("再用算式写，如：扣 （用时 - {low}{unit}） × 每{unit}几分"),
    };
    let message = format!("没有写是每件各超过{low}{unit}，还是几件的天数加在一起");
    let finding = scope.at(statement, each.pair, "missing-convention", message);
    scope.blame(finding.help(format!(
        "每件各算的，先在开头声明一列：事实列 用时（{unit}）\n{one}\n加在一起的，每期报一个合计，写成：{total}"
    )));
    true
}
