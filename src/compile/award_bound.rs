//! Words of 奖惩 that bind a prize or bound a grade: 须无漏报, 有漏报的取消, 年度不高于合格.

use super::award_parts::piece;
use super::expression::Site;
use super::scope::{Meaning, Scope};
use crate::calendar::Cycle;
use crate::parse::is_numeral;
use crate::plan::{Grading, InputKind, NodeId};
use crate::syntax::{self, Pair, Rule as Token};

/// What to write of a condition that stands among words.
pub(super) const HOW: &str = "条件写在冒号前面，另起一行：当 得分不低于几分，第1名：奖励…；不给哪些单位的，写在钱后面：但发生某情形的除外、但得分低于几分的除外；只是一句话的，加引号";

/// 有漏报的取消, 须无漏报, where 漏报 is what lines count: told, with the line that leaves out who had one.
pub(super) fn by_event(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let text = pair.as_str();
    let Some(Spoken { event, before, behind }) = event_of(scope, text) else { return false };
    let written = scope.original(site.statement, pair);
    let follows_money = follows_money(site, pair);
    let says = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
    let is_denied = says(&["取消", "不予", "不得", "不享受", "不再", "不奖", "不发", "除外", "顺延", "递补"], &behind);
    let is_asked = says(&["须", "需", "应", "方可", "方能", "才", "前提"], text);
    let lacks = ["无", "未", "没有"].iter().any(|word| before.ends_with(word));
    // 须无漏报, 有漏报的取消: who had one has no prize. Of 须有走访, 未走访的取消 it is who had none.
    let excludes = if lacks { is_asked && !is_denied } else { is_denied && !is_asked };
    if !excludes {
        return (is_denied || is_asked) && follows_money && tell(scope, site, pair, HOW.to_owned());
    }
    let help = match follows_money {
        true => {
            let line = scope.line_with(site.statement, pair, &format!("但发生{event}的除外"));
            let passed = ["顺延", "递补"].iter().any(|word| written.contains(word));
            let passed = if passed {
                "\n名次由后面的补上的，另起一行：不予奖励的名次依次递补"
            } else {
                ""
            };
            format!("有{event}的不给的，写成：{line}{passed}\n只是一句话的，加引号：「{}」", written.trim())
        }
        false => format!("条件写在冒号前面，另起一行：当 发生{event}：…；只是一句话的，加引号：「{}」", written.trim()),
    };
    tell(scope, site, pair, help)
}

/// A case that words speak of, with the words before and behind it.
struct Spoken {
    event: String,
    before: String,
    behind: String,
}

/// The case that words speak of as having been or not.
fn event_of(scope: &Scope<'_>, text: &str) -> Option<Spoken> {
    const HAPPENS: &[&str] = &["有", "无", "未", "发生", "出现", "存在", "凡"];
    let mut rest = text;
    while let Some((plain, marked)) = rest.split_once('\u{E000}') {
        let (name, behind) = marked.split_once('\u{E001}')?;
        let is_event = || match scope.find(NodeId(0), name) {
            Ok(Meaning::Input(id)) => scope.plan.inputs[id.index()].kind == InputKind::Event,
            _ => false,
        };
        if HAPPENS.iter().any(|word| plain.ends_with(word)) && is_event() {
            let (event, before, behind) = (name.to_owned(), plain.to_owned(), behind.to_owned());
            return Some(Spoken { event, before, behind });
        }
        rest = behind;
    }
    None
}

/// 奖励1万元，须达到80分: what money is bound to, and not what it is for.
pub(super) fn behind_money(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    const BINDS: &[&str] = &["须", "需", "必须", "应当", "前提", "条件"];
    const MERE: &[&str] = &["用于", "专款", "专项", "通报", "公示", "公开", "备案"];
    let text = pair.as_str().trim();
    let binds = BINDS.iter().any(|word| text.starts_with(word)) && !MERE.iter().any(|word| text.contains(word));
    binds && follows_money(site, pair) && tell(scope, site, pair, HOW.to_owned())
}

/// Whether what is given before is money.
fn follows_money(site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let all = site.statement.inner().into_inner().flatten();
    let before = all.filter(|inner| inner.as_span().end() <= pair.as_span().start());
    before.filter(|inner| inner.as_rule() == Token::prize).last().is_some_and(|prize| {
        prize.into_inner().any(|inner| matches!(inner.as_rule(), Token::money_prize | Token::respective))
    })
}

/// 第1名：奖励1000元，年内最多奖励2次 of each month: who has had it twice before has it no more.
pub(super) fn so_often(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<String> {
    let counter = scope.stage.filter(|stage| *stage < Cycle::Year)?.counter()?;
    let text = pair.as_str().trim();
    let before = text[..text.rfind('次')?].trim_end();
    let times = &before[before.trim_end_matches(is_numeral).len()..];
    let first = piece(scope, site, 0..pair.as_span().start());
    // 每季度最多奖励1次 counts within another time.
    let around = format!("{} {text}", first.rsplit(['，', ',', '；', ';']).next().unwrap_or_default());
    if ["季", "半年", "每月", "当月"].iter().any(|word| around.contains(word)) {
        return None;
    }
    let (who, _) = first.split_once(['：', ':'])?;
    let is_place = who.starts_with(['第', '前']) && who.ends_with('名');
    let line = format!("当 {counter}（名次为{who}）不超过{times}，{first}");
    (is_place && !times.is_empty()).then(|| format!("一年里给几次以内的，写成：{line}\n只是一句话的，加引号"))
}

fn tell(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, help: String) -> bool {
    let written = scope.original(site.statement, pair);
    let message = format!("“{}”写在这里只是一句话，不起作用", written.trim());
    let finding = scope.at(site.statement, pair, "unread-award", message).help(help);
    scope.report(finding);
    true
}

/// 当 …：约谈，不得评优, 不合格：不参与年度评优, as the line of 等次 that says so.
pub(super) fn not_best(scope: &Scope<'_>, site: Site<'_, '_>, text: &str) -> Option<String> {
    // 不得评为优秀以外的等次
    if text.contains("以外") {
        return None;
    }
    let grading = grading_meant(scope, text)?;
    let names = || grading.grades.iter().map(|grade| grade.name.as_str());
    let said = names().filter(|name| text.contains(&format!("评{name}")) || text.contains(&format!("评为{name}")));
    let best = said.max_by_key(|name| name.len()).or(names().next())?;
    as_rule(scope, site, grading, &format!("不得评为{best}"))
}

/// 年度不高于合格, as the line of 等次 that says so.
pub(super) fn at_most(scope: &Scope<'_>, site: Site<'_, '_>, text: &str) -> Option<String> {
    const MOST: &[&str] = &["不高于", "不超过", "最高为", "最高"];
    let grading = grading_meant(scope, text)?;
    let names = grading.grades.iter().map(|grade| grade.name.as_str());
    let said = names.filter(|name| MOST.iter().any(|most| text.contains(&format!("{most}{name}"))));
    as_rule(scope, site, grading, &format!("等次不得高于{}", said.max_by_key(|name| name.len())?))
}

/// The grading that words speak of: that of the year where they say so, else that of the period itself.
fn grading_meant<'a>(scope: &'a Scope<'_>, text: &str) -> Option<&'a Grading> {
    let of_year = ["年度", "年终", "全年", "当年", "本年"].iter().any(|word| text.contains(word));
    let stage = scope.stage?;
    let of = |cycle: Cycle| scope.plan.gradings.iter().find(move |grading| grading.cycle == cycle);
    match of_year && stage < Cycle::Year {
        true => of(Cycle::Year).or_else(|| of(Cycle::Term)),
        false => of(stage),
    }
}

/// Who a line of 奖惩 is for, as a rule of a grading; of a shorter period, as soon as it was so once.
fn as_rule(scope: &Scope<'_>, site: Site<'_, '_>, grading: &Grading, effect: &str) -> Option<String> {
    let stage = scope.stage?;
    let line = &site.statement.line.plain.text;
    let who = line[..crate::parse::top_colon(line)?].trim();
    let who = who.strip_suffix('的').unwrap_or(who);
    let who = who.strip_prefix('当').map_or(who, str::trim_start);
    let is_grade = |name: &str| scope.plan.gradings.iter().any(|grading| grading.cycle == stage && grading.has(name));
    let of_grades = who.split('、').all(is_grade);
    // No grade is changed by itself.
    if of_grades && grading.cycle <= stage {
        return None;
    }
    let when = match () {
        _ if of_grades => format!("等次为{who}"),
        _ if who == "末位" || who.ends_with('名') && !who.contains('次') => format!("排名{who}"),
        _ => who.to_owned(),
    };
    let when = match grading.cycle <= stage {
        true => when,
        false => format!("{}({when})不少于1", stage.counter()?),
    };
    let rule = format!("当 {when},{effect}");
    syntax::is(Token::grade_rule, &rule).then(|| {
        let shown = crate::parse::written(&rule);
        format!(
            "等次在“等次”里改，奖惩里只是一句话。在“等次 {}”里加一行：\n{shown}\n只是一句话的，加引号",
            grading.name
        )
    })
}
