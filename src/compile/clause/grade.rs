//! 等次 in lines: points by grade, and what a line does to a grade.

use super::outcome::{outcome_of, points_of};
use super::{Draft, Outcome};
use crate::calendar::Cycle;
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site};
use crate::compile::number::integer;
use crate::compile::scope::{Meaning, Scope, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 月度等次定为D级: a word before 等次 is the name of a grading.
pub fn require_grading(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    if meant(scope, pair).is_none()
        && let Some(named) = named(pair)
    {
        let name = grading_of(pair);
        let names: Vec<&str> = scope.plan.gradings.iter().map(|grading| grading.name.as_str()).collect();
        let lines: Vec<String> = names.iter().map(|name| scope.line_with(site.statement, &named, name)).collect();
        let finding = scope
            .at(site.statement, &named, "unread-word", format!("“{name}”没有读懂，没有叫这个名字的等次"))
            .expected(names.join("、"))
            .help(format!("说的是有的一套的，写成：\n{}\n另有一套的，先写“等次 {name}”，列出各等次", lines.join("\n")));
        scope.blame(finding);
        return;
    }
    // 年终等次降一等, and no 等次 at all.
    if scope.plan.gradings.is_empty() && scope.broken.is_empty() && pair.child(Token::grade_not).is_none() {
        let said = scope.original(site.statement, pair);
        let message = format!("“{said}”不起作用：方案里没有等次");
        let finding = scope.at(site.statement, pair, "unknown-grade", message);
        scope.blame(finding.help("先写“等次 年终”，从最好的起一行一等，列出各等次"));
        return;
    }
    require_highest(scope, site, pair);
}

/// 等次定为不合格, where a month and a year both have such a grade: which is it?
pub fn ask_which_grading(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, effect: &Effect) {
    let grade = match effect {
        Effect::SetGrade { grade, .. } | Effect::GradeAtMost { grade, .. } => Some(grade),
        _ => None,
    };
    let fits = |grading: &&Grading| grade.is_none_or(|grade| grading.has(grade));
    let names: Vec<String> = scope.plan.gradings.iter().filter(fits).map(|grading| grading.name.clone()).collect();
    if names.len() < 2 || effect.grading().is_none_or(|named| !named.is_empty()) {
        return;
    }
    let said = scope.original(site.statement, pair);
    let lines: Vec<String> = names
        .iter()
        .map(|name| format!("{name}{}{said}", if said.starts_with("等次") { "" } else { "等次" }))
        .collect();
    let both = lines.join("，");
    let message = format!("“{said}”没有写是哪一套等次：{}都有", names.join("、"));
    let help = format!("改成其中一句：\n{}\n{both}", lines.join("\n"));
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
}

/// 县委通报：每次扣1分，年终等次降1档, by the month: asks whether two of a year lower the grade once or twice. It would hang
/// on their months; a grading can say it.
pub fn ask_how_often(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, effect: &Effect) {
    let Effect::LowerGrade { grading: of, steps } = effect else { return };
    let own = scope.plan.nodes[site.node.index()].cycle;
    let meant = scope.plan.gradings.iter().find(|grading| of.is_empty() || grading.name == *of);
    let Some(grading) = meant.filter(|grading| grading.cycle > own) else { return };
    if scope.plan.calendar.each(own).len() < 2 {
        return;
    }
    let (name, steps) = (grading.name.clone(), *steps);
    let said = scope.original(site.statement, pair);
    let label = site.statement.label();
    let input = match scope.find(site.node, &label) {
        Ok(Meaning::Input(id)) => Some(&scope.plan.inputs[id.index()]),
        _ => None,
    };
    // 情节为严重的等次降1档, 第2次起等次降1档: which rows are meant no grading can tell.
    let body = site.statement.pair.child(Token::body);
    let is_plain = body.is_some_and(|body| {
        let phrases = body.children(Token::phrase);
        !phrases.iter().any(|phrase| {
            [Token::condition, Token::WHEN, Token::ordinal, Token::range].iter().any(|kind| phrase.has(*kind))
        })
    });
    let counted = input.filter(|_| is_plain).map(|input| match &input.quantity {
        Type::Count(unit) if !unit.is_empty() => unit.clone(),
        _ => "次".to_owned(),
    });
    let help = match counted {
        Some(unit) => format!(
            "这一句去掉它，在“等次 {name}”下面写。不论几{unit}一共降{steps}档的，写：\n当 {label}不少于1{unit}，等次降{steps}档\n一{unit}降{steps}档的，再加几行：\n当 {label}不少于2{unit}，等次降{steps}档"
        ),
        None => {
            format!("这一句去掉它，在“等次 {name}”下面写明有几次的降几档，如：当 某情形不少于几次，等次降{steps}档")
        }
    };
    let message = format!("“{said}”在几期里都有的，没有写一共降几档");
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
}

/// The words before 等次 or 考核 that name a grading.
fn named<'a>(pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let not = pair.child(Token::grade_not);
    let term = || pair.child(Token::grading_term).or_else(|| not.as_ref()?.child(Token::grading_term));
    pair.child(Token::grading_name).or_else(term)
}

/// 年度 of 年度考核等次定为不合格; empty where none is named.
fn grading_of(pair: &Pair<'_, Token>) -> String {
    let name = named(pair).map(|name| name_of(&name)).unwrap_or_default();
    let judged = ["考核结果", "考评结果", "考核", "考评"].iter().find_map(|word| name.strip_suffix(word));
    judged.unwrap_or(&name).to_owned()
}

/// The name of the grading that is meant, empty where all are: by its own name, or as the only one of 年度, 当月 and the
/// like; `None` where there is no such one.
fn meant(scope: &Scope<'_>, pair: &Pair<'_, Token>) -> Option<String> {
    const YEARLY: &[&str] = &["年终", "年度", "本年度", "当年", "本年", "全年"];
    const MONTHLY: &[&str] = &["月度", "当月", "本月"];
    const QUARTERLY: &[&str] = &["季度", "当季", "本季", "本季度"];
    let name = grading_of(pair);
    let gradings = &scope.plan.gradings;
    if name.is_empty() || gradings.is_empty() || gradings.iter().any(|grading| grading.name == name) {
        return Some(name);
    }
    let says = |words: &[&str]| words.contains(&name.as_str());
    let is_meant = |grading: &&Grading| match grading.cycle {
        Cycle::Month => says(MONTHLY),
        Cycle::Quarter => says(QUARTERLY),
        Cycle::Half => says(&["半年", "本半年"]),
        Cycle::Year | Cycle::Term => says(YEARLY),
    };
    let all: Vec<&Grading> = gradings.iter().filter(is_meant).collect();
    // Of 年终 and 年终进步 it is the one that has no more than the word for its name.
    let plain = || {
        all.iter()
            .find(|grading| [YEARLY, MONTHLY, QUARTERLY].iter().any(|words| words.contains(&grading.name.as_str())))
    };
    match &all[..] {
        [only] => Some(only.name.clone()),
        _ => plain().map(|grading| grading.name.clone()),
    }
}

/// The gradings that may be meant: those of the name, and else the one whose line it is, or all.
fn around<'s>(scope: &'s Scope<'_>, of: &str) -> Vec<&'s Grading> {
    let own = scope.stage_title.as_deref().filter(|title| scope.plan.gradings.iter().any(|it| it.name == **title));
    let of = if of.is_empty() { own } else { Some(of) };
    scope.plan.gradings.iter().filter(|grading| of.is_none_or(|of| grading.name == of)).collect()
}

/// 不得评为优秀: the grade below it is the highest that is left; `None` where that is not known.
fn grade_below(scope: &Scope<'_>, pair: &Pair<'_, Token>) -> Option<Effect> {
    let [said] = &pair.child(Token::grade_not)?.children(Token::value)[..] else { return None };
    let said = name_of(said);
    let said = ["等次", "等级"].iter().find_map(|word| said.strip_suffix(word)).unwrap_or(&said);
    let begins = |name: &str| name == said || said == "优" && name.starts_with(said);
    let of = meant(scope, pair).unwrap_or_default();
    let mut below = around(scope, &of).into_iter().filter_map(|grading| match &grading.grades[..] {
        [first, next, ..] if begins(&first.name) => Some(next.name.clone()),
        _ => None,
    });
    let grade = below.next()?;
    below.all(|other| other == grade).then_some(Effect::GradeAtMost { grading: of, grade })
}

/// 不得评为良好: may one still be 优秀?
fn require_highest(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let Some(not) = pair.child(Token::grade_not) else { return };
    if grade_below(scope, pair).is_some() {
        return;
    }
    let bare = |said: &Pair<'_, Token>| {
        let said = name_of(said);
        ["等次", "等级"].iter().find_map(|word| said.strip_suffix(word)).unwrap_or(&said).to_owned()
    };
    let several: Vec<String> = not.children(Token::value).iter().map(bare).collect();
    let said = several.last().cloned().unwrap_or_default();
    let of = meant(scope, pair).unwrap_or_default();
    // 不得评为A级、B级: the best ones, so at most the next.
    if several.len() > 1
        && let Some(best) = around(scope, &of).into_iter().find_map(|grading| grading.grades.get(..=several.len()))
        && best[..several.len()].iter().all(|grade| several.contains(&grade.name))
    {
        let most = format!("等次不得高于{}", best[several.len()].name);
        let written = scope.original(site.statement, &not);
        let finding = scope
            .at(site.statement, &not, "other-words", format!("“{}”在这里写作“{most}”", written.trim()))
            .help(format!("写成：{}", scope.line_with(site.statement, &not, &most)));
        scope.blame(finding);
        return;
    }
    let names = |grading: &Grading| grading.grades.iter().map(|grade| grade.name.clone()).collect::<Vec<_>>();
    let with = |name: &str| around(scope, &of).into_iter().find(|grading| grading.has(name)).map(names);
    let least = ["及以上", "以上"].iter().find_map(|word| said.strip_suffix(word)).unwrap_or_default().to_owned();
    let (up_from, known) = (with(&least), with(&said));
    // 不得评为良好及以上等次: at most the next.
    if let Some(grades) = up_from
        && let Some(next) = grades.iter().position(|name| *name == least).and_then(|at| grades.get(at + 1))
    {
        let written = scope.original(site.statement, &not);
        let finding = scope
            .at(site.statement, &not, "other-words", format!("“{}”在这里写作“等次不得高于{next}”", written.trim()))
            .help(format!("写成：{}", scope.line_with(site.statement, &not, &format!("等次不得高于{next}"))));
        scope.blame(finding);
        return;
    }
    let written = scope.original(site.statement, &not);
    let finding = match known {
        Some(grades) => {
            let at = grades.iter().position(|name| *name == said).unwrap_or(0);
            let help = match grades.get(at + 1) {
                Some(next) => {
                    format!("写成：{}", scope.line_with(site.statement, &not, &format!("等次不得高于{next}")))
                }
                None => "写明最高到哪一等，如：等次不得高于合格".to_owned(),
            };
            let message = format!("“{written}”说不清比“{said}”高的还能不能评");
            scope.at(site.statement, &not, "unclear-grade", message).help(help)
        }
        None => {
            let known: Vec<String> = scope.plan.gradings.iter().flat_map(names).collect();
            let finding = scope.at(site.statement, &not, "unknown-grade", format!("没有名为“{said}”的等次"));
            let finding = if known.is_empty() { finding } else { finding.expected(known.join("、")) };
            finding.help("不得评先评优的写：取消评先资格；等次写在“等次”里，如：优秀：几分以上")
        }
    };
    scope.blame(finding);
}

pub fn grade_effect(scope: &Scope<'_>, pair: &Pair<'_, Token>) -> Option<Effect> {
    if pair.has(Token::grade_not) {
        return grade_below(scope, pair);
    }
    let grading = meant(scope, pair).unwrap_or_else(|| grading_of(pair));
    pair.clone().into_inner().find_map(|inner| {
        let grade = || {
            let name = inner.child(Token::value).map(|value| name_of(&value)).unwrap_or_default();
            // 不合格等次
            ["等次", "等级"].iter().find_map(|word| name.strip_suffix(word)).unwrap_or(&name).to_owned()
        };
        let steps = || inner.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
        match inner.as_rule() {
            Token::grade_set => Some(Effect::SetGrade { grading: grading.clone(), grade: grade() }),
            Token::grade_most => Some(Effect::GradeAtMost { grading: grading.clone(), grade: grade() }),
            Token::grade_down => Some(Effect::LowerGrade { grading: grading.clone(), steps: steps() }),
            _ => None,
        }
    })
}

pub(super) fn grade(scope: &mut Scope<'_>, site: Site<'_, '_>, phrase: &Pair<'_, Token>) {
    let (Some(name), Some(outcome)) = (phrase.child(Token::name), phrase.child(Token::outcome)) else {
        let finding = scope.at(site.statement, phrase, "unknown-condition", "等次的后面只能再写等次");
        // 无投诉得10分，每发生1起扣2分: what is counted is a figure.
        let unit = phrase.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::unit);
        let head = site.statement.inner().child(Token::head_name);
        if let (Some(unit), Some(head)) = (unit, head) {
            let figure = format!("{}（{}）", name_of(&head), unit.as_str().trim());
            let line = scope.line_with(site.statement, &head, &figure);
            scope.blame(finding.help(format!("按报的数算的，在名称后面写量词：{line}")));
            return;
        }
        scope.report(finding.help("另起一行写"));
        return;
    };
    let label = name_of(&name);
    let Some(Meaning::Input(input)) = scope.declared_here(site.node, &label) else { return };
    let mut draft = Draft::default();
    let points = match outcome_of(scope, site, &mut draft, &outcome, &Condition::Always) {
        Outcome::Points(points) => points,
        Outcome::NoMarks => zero(),
        _ => {
            let finding = scope
                .at(site.statement, &outcome, "points-expected", "等次后面要写得几分")
                .help("写成：优秀得10分；一般得8分");
            scope.report(finding);
            return;
        }
    };
    let id = add_rule(scope, site, &label, Basis::Once(input), points);
    scope.gains.insert(id);
}

pub(super) fn is_attribute(scope: &Scope<'_>, node: NodeId, name: &str) -> bool {
    matches!(scope.find(node, name), Ok(Meaning::Attribute(_)))
}

/// Adds a line that says nothing but its points to its node.
pub fn add_rule(scope: &mut Scope<'_>, site: Site<'_, '_>, label: &str, basis: Basis, points: Expr) -> RuleId {
    let id = RuleId(scope.plan.rules.len() as u16);
    let text = scope.line_text(site.statement);
    let node = &mut scope.plan.nodes[site.node.index()];
    node.rules.push(id);
    scope.plan.rules.push(Rule {
        node: site.node,
        label: label.to_owned(),
        text,
        line: site.statement.line.number as u32,
        cycle: node.cycle,
        basis,
        points,
        row_rules: Vec::new(),
        limits: Vec::new(),
        most_times: None,
        same_matter: None,
        refund: None,
        valid_months: None,
        effects: Vec::new(),
        in_force: None,
    });
    id
}

/// 当 件数低于10件，扣5分: a line of the item that needs no label.
pub fn points_when(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    when: Condition,
    verb: &Pair<'_, Token>,
    action: &Pair<'_, Token>,
) {
    let points = points_of(scope, site, &action.child(Token::amount).expect("a verb has an amount"), verb);
    let points = if verb.has(Token::DEDUCT) { expression::negative(points) } else { points };
    let case = Expr::Case { arms: vec![(when, points)], otherwise: Box::new(zero()) };
    let id = add_rule(scope, site, &scope.line_text(site.statement), Basis::Period, case);
    if verb.has(Token::GAIN) {
        scope.gains.insert(id);
    } else if verb.has(Token::ADD) {
        scope.adds.insert(id);
    }
}
