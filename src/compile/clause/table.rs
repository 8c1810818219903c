//! 查表: the rows below a line become the cases of its rule.

use super::grid::bar_row;
use super::key::key_condition;
use super::step::percent_text;
use super::subject_value;
use super::{Draft, Subject, Table, at_odds};
use crate::compile::body;
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::number;
use crate::compile::scope::{Scope, name_of};
use crate::compile::table_cover;
use crate::parse::Statement;
use crate::plan::walk::{self, Inside};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn lookup(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    pair: &Pair<'_, Token>,
) {
    let mut keys = Vec::new();
    if !pair.has(Token::name) {
        keys.push(subject_value(scope, subject));
    }
    for name in pair.children(Token::name) {
        match name_of(&name).as_str() {
            "人数" if scope.in_row.is_some() => {
                keys.push(Typed::new(Expr::Row(RowField::People), Type::Count("人".to_owned())))
            }
            "位次" if scope.in_row.is_some() => keys.push(Typed::new(Expr::Row(RowField::Place), Type::Place)),
            "数量" if scope.in_row.is_some() => {
                let kind = scope.in_row.map_or(Type::Bare, |input| scope.plan.inputs[input.index()].quantity.clone());
                keys.push(Typed::new(Expr::Row(RowField::Quantity), kind));
            }
            _ => match scope.require_name(site.statement, &name, site.node) {
                Some(meaning) => {
                    let meaning = scope.cell_of_row(meaning);
                    keys.push(expression::of_meaning(scope, site, &name, meaning));
                }
                None => draft.refused = true,
            },
        }
    }
    if keys.len() > 3 {
        let finding = scope.at(site.statement, pair, "too-many-keys", "查表最多用三个项目").help("把表拆成几行");
        scope.report(finding);
    }
    if draft.refused {
        keys.clear();
    }
    let verb = pair.child(Token::verb).expect("查表 has a verb");
    draft.gains |= verb.has(Token::GAIN);
    draft.adds |= verb.has(Token::ADD);
    let sign = if verb.has(Token::DEDUCT) { -1 } else { 1 };
    draft.table = Some((keys, sign));
}

/// A row of the table that the line before began.
pub fn table_row(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    node: NodeId,
    table: &mut Table,
) {
    let site = Site { statement, node };
    if let Some(row) = pair.child(Token::bar_row) {
        let mut cells = row.children(Token::bar_cell);
        // The bar that closes a row opens no cell.
        if row.as_str().trim_end().ends_with('|') {
            cells.pop();
        }
        bar_row(scope, site, &row, cells, table);
        return;
    }
    let keys = pair.child(Token::table_keys).expect("a table row has keys").children(Token::table_key);
    let amount = pair.child(Token::amount).expect("a table row has points");
    let points = body::amount(scope, site, &amount);
    if table.sign != 0 && against_its_table(scope, site, pair, &amount, (&points, table.sign)) {
        table.refused = true;
        return;
    }
    let points = signed(points, table.sign);
    if table.refused && table.keys.is_empty() {
        return;
    }
    if keys.len() == 1 && keys[0].has(Token::OTHERWISE) {
        if table.otherwise.is_some() {
            let finding = scope.at(statement, pair, "duplicate-table-row", "表里已有“其余”一行").help("只留一行");
            scope.report(finding);
        }
        table.otherwise = Some(points);
        return;
    }
    // 国家级、省级 10分 of a table with one key: either of them.
    if let [subject @ Typed { kind: Type::Text, .. }] = &table.keys[..]
        && keys.len() > 1
        && !keys.iter().any(|key| key.has(Token::OTHERWISE))
    {
        let subject = subject.clone();
        for key in &keys {
            let condition = key_condition(scope, site, key, &subject);
            push_arm(scope, site, pair, table, vec![condition], points.clone());
        }
        return;
    }
    if keys.len() != table.keys.len() {
        table.refused = true;
        let message = format!("这张表按{}个项目查，这一行写了{}个", table.keys.len(), keys.len());
        let finding = scope.at(statement, pair, "wrong-number-of-keys", message).help("各项目之间用“、”隔开");
        scope.report(finding);
        return;
    }
    let mut all = Vec::new();
    for (key, subject) in keys.iter().zip(table.keys.clone()) {
        if key.has(Token::OTHERWISE) {
            continue;
        }
        all.push(key_condition(scope, site, key, &subject));
    }
    push_arm(scope, site, pair, table, all, points);
}

/// 省级 -3分 below 查表扣分, 国家级 加5分 below 查表扣分: the line above says which way the points go.
fn against_its_table(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    row: &Pair<'_, Token>,
    amount: &Pair<'_, Token>,
    (points, sign): (&Expr, i64),
) -> bool {
    let (said, other) = if sign < 0 { ("扣分", "加分") } else { ("加分", "扣分") };
    let verb = row.child(Token::verb);
    let turned = verb.as_ref().is_some_and(|verb| verb.has(Token::DEDUCT) != (sign < 0));
    let is_negative = matches!(points, Expr::Number(points) if *points < Number::ZERO);
    if !turned && !is_negative {
        return false;
    }
    let written = scope.original(site.statement, amount);
    let (code, message, help) = match verb.filter(|_| turned) {
        Some(verb) => (
            "gains-and-deducts",
            format!("上面写的是查表{said}，这一行写了“{}”", verb.as_str().trim()),
            format!("是{said}的，去掉“{}”；是{other}的，另写一张查表{other}的表", verb.as_str().trim()),
        ),
        None => (
            "sign-said-twice",
            format!("上面写的是查表{said}，“{written}”又写了负号，成了{other}"),
            if sign < 0 {
                format!("去掉负号：{}", written.trim_start_matches(['-', '−', '－', '—', '–']))
            } else {
                "是扣分的，另写一张查表扣分的表".to_owned()
            },
        ),
    };
    let finding = scope.at(site.statement, amount, code, message).help(help);
    scope.report(finding);
    true
}

/// 两人：60%、40%: what each place of a team of so many gets.
pub fn share_row(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    node: NodeId,
    table: Option<&mut Table>,
) {
    let site = Site { statement, node };
    let Some(table) = table.filter(|table| table.sign == 0) else {
        let finding = scope
            .at(statement, pair, "row-without-table", "前面没有“按位次分摊”的计分句")
            .help("在它前面写：团队成果：每项加6分，按位次分摊");
        scope.report(finding);
        return;
    };
    let mut team = Vec::new();
    if let Some(people) = pair.child(Token::number) {
        let people = Expr::Number(Number::from(number::number(scope, site, &people)));
        let comparison = match (pair.has(Token::OR_MORE), pair.has(Token::OR_LESS)) {
            (true, _) => Comparison::AtLeast,
            (_, true) => Comparison::AtMost,
            _ => Comparison::Equal,
        };
        team.push(Condition::Compare(Box::new(table.keys[0].expr.clone()), comparison, Box::new(people)));
    }
    let mut total = Number::ZERO;
    for (index, percent) in pair.children(Token::percent).iter().enumerate() {
        let share = number::percent_of(scope, site, percent).expr;
        if let Expr::Number(share) = &share {
            total = total.plus(*share).unwrap_or(total);
        }
        let place = Expr::Number(Number::whole(index as i64 + 1));
        let mut all = team.clone();
        all.push(Condition::Compare(Box::new(table.keys[1].expr.clone()), Comparison::Equal, Box::new(place)));
        push_arm(scope, site, pair, table, all, share);
    }
    if total > Number::ONE {
        let message = format!("各位次加起来是{}，超过100%", percent_text(total));
        let finding = scope.at(statement, pair, "weights-not-100", message).expected("加起来不超过100%");
        scope.report(finding);
    }
}

pub(super) fn signed(points: Expr, sign: i64) -> Expr {
    if sign < 0 { expression::negative(points) } else { points }
}

pub(super) fn push_arm(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    table: &mut Table,
    mut all: Vec<Condition>,
    points: Expr,
) {
    let condition = if all.len() == 1 { all.swap_remove(0) } else { Condition::All(all) };
    if table.arms.iter().any(|(known, _)| *known == condition) {
        let finding =
            scope.at(site.statement, pair, "duplicate-table-row", "表里已有同样的一行").help("删去重复的一行");
        scope.report(finding);
    }
    table.arms.push((condition, points));
}

/// Stands for what a table gives until its rows are read: a choice without any case is nothing else.
pub(super) fn from_table() -> Expr {
    Expr::Case { arms: Vec::new(), otherwise: Box::new(zero()) }
}

/// Puts what the table gives wherever it was waited for.
fn put_table(part: Inside<'_>, case: &Expr) {
    match part {
        Inside::Expr(points) if *points == from_table() => *points = case.clone(),
        Inside::Expr(points) => walk::parts_of(points, &mut |inner| put_table(inner, case)),
        Inside::Condition(when) => walk::parts_of_condition(when, &mut |inner| put_table(inner, case)),
    }
}

/// Who did it alone has all of it, unless a row says otherwise: 其余：40%、30% speaks of teams.
fn with_all_for_one(mut table: Table) -> Table {
    let (0, [people, ..]) = (table.sign, &table.keys[..]) else { return table };
    let alone =
        Condition::Compare(Box::new(people.expr.clone()), Comparison::Equal, Box::new(Expr::Number(Number::ONE)));
    // 一人：80%, 两人及以下：60%、40%
    let speaks_of_one =
        |part: &Condition| matches!(part, Condition::Compare(of, ..) if **of == people.expr) && alone.implies(part);
    let is_said =
        table.arms.iter().any(|(when, _)| matches!(when, Condition::All(all) if all.iter().any(speaks_of_one)));
    if !table.arms.is_empty() && !is_said {
        table.arms.insert(0, (alone, Expr::Number(Number::ONE)));
    }
    table
}

/// All rows are read: the rule gets its points.
pub fn close_table(scope: &mut Scope<'_>, table: Table) {
    let line = scope.plan.rules[table.rule.index()].line as usize;
    if table.arms.is_empty() && !table.refused && !scope.is_broken_below(line) {
        let finding = scope.at_line(line, "empty-table", "查表的下面没有表").help("在下面逐行写：国家级、一等奖 几分");
        scope.report(finding);
    }
    let table = with_all_for_one(table);
    table_cover::unlisted(scope, line, &table);
    table_cover::bands(scope, line, &table);
    at_odds::rows_above_limits(scope, &table);
    let by_quantity = table.keys.iter().any(|key| key.expr == Expr::Row(RowField::Quantity));
    let case = Expr::Case { arms: table.arms, otherwise: Box::new(table.otherwise.unwrap_or_else(zero)) };
    let rule = &mut scope.plan.rules[table.rule.index()];
    if table.sign == 0 {
        rule.points = Expr::Multiply(Box::new([std::mem::replace(&mut rule.points, Expr::NotAssessed), case]));
        return;
    }
    // 按 数量 查表: the table says what so many give together.
    let each = match table.by_row && !by_quantity {
        true => Expr::Multiply(Box::new([case, Expr::Row(RowField::Quantity)])),
        false => case,
    };
    put_table(Inside::Expr(&mut rule.points), &each);
}
