//! 等次为优秀: which grades a condition names, and of which grading.

use super::expression::Site;
use super::ranking;
use super::scope::{Scope, name_of};
use super::streak::in_so_many;
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{Context, earlier};
use crate::plan::*;
use crate::syntax::{self, Pair, Rule as Token};

/// The grades that a condition names.
pub fn graded_names(pair: &Pair<'_, Token>) -> Vec<String> {
    match pair.child(Token::grade_upto) {
        Some(upto) => vec![name_of(&upto)],
        None => {
            let values = pair.child(Token::values);
            values.iter().flat_map(|values| values.children(Token::value)).map(|value| name_of(&value)).collect()
        }
    }
}

/// 等次为优秀, 等次良好以上, 基本合格及以下
pub fn graded(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let names = graded_names(pair);
    let said = pair.child(Token::grading_said).map(|said| name_of(&said));
    if let Some(title) = said.as_ref().filter(|title| !scope.plan.gradings.iter().any(|it| it.name == **title)) {
        let finding = unknown_grading(scope, site, pair, title, &names);
        scope.blame(finding);
        return Condition::Always;
    }
    let found = match grading_asked(scope, site, pair, (said.as_deref(), &names)) {
        Ok(found) => found,
        Err(several) => {
            let finding = which_grading(scope, site, pair, &several);
            scope.report(finding);
            return Condition::Always;
        }
    };
    let Some(index) = found else {
        let finding = scope
            .at(site.statement, pair, "unknown-grade", format!("没有名为“{}”的等次", names.join("、")))
            .help(match scope.plan.gradings.is_empty() {
                true => "先写“等次 年终”，列出各等次；月度的等次另写“等次 月度”".to_owned(),
                false => {
                    let known = scope.plan.gradings.iter().flat_map(|grading| &grading.grades);
                    let known: Vec<&str> = known.map(|grade| grade.name.as_str()).collect();
                    format!("列出的等次是：{}", known.join("、"))
                }
            });
        scope.report(finding);
        return Condition::Always;
    };
    let found = &scope.plan.gradings[index];
    if let Some(mut message) = grade_out_of_reach(scope, found.cycle) {
        // 累计3次以上被评为红旗, where only quarters are graded.
        let line = scope.line_text(site.statement);
        if let Some(meant) = by_periods(&line, found.cycle).filter(|_| scope.stage != Some(found.cycle)) {
            message.1 = format!("写成：{meant}");
        }
        let finding = scope.at(site.statement, pair, "grade-of-another-period", message.0).help(message.1);
        scope.report(finding);
        return Condition::Always;
    }
    let grading = index as u16;
    // 等次良好以上: every grade down to it, best first; 基本合格及以下: it and every grade below.
    let at = found.grades.iter().position(|grade| names.contains(&grade.name)).unwrap_or_default();
    let names_of = |grades: &[Grade]| grades.iter().map(|grade| grade.name.clone()).collect();
    let names = match () {
        _ if pair.has(Token::OR_MORE) => names_of(&found.grades[..=at]),
        _ if pair.has(Token::OR_LOWER) => names_of(&found.grades[at..]),
        _ => names,
    };
    let condition = Condition::Graded(grading, names);
    if pair.has(Token::IS_NOT) || pair.has(Token::NOT_GRADED) { Condition::Not(Box::new(condition)) } else { condition }
}

/// The one that is named, that of its own block, or that which is just called by the period; else any that knows the
/// grades. Those that may be meant where it is not said which.
fn grading_asked(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (said, names): (Option<&str>, &[String]),
) -> Result<Option<usize>, Vec<String>> {
    let all = &scope.plan.gradings;
    let cycle = pair.child(Token::cycle);
    let asked = cycle.as_ref().map(|cycle| scope.cycle_said(cycle)).or(scope.stage);
    let is_meant = |grading: &Grading| said.is_none_or(|title| grading.name == title);
    let has_all = |grading: &Grading| is_meant(grading) && names.iter().all(|name| grading.has(name));
    let knows = |grading: &Grading| is_meant(grading) && names.iter().any(|name| grading.has(name));
    let is_then = |grading: &Grading| asked.is_none_or(|asked| grading.cycle == asked);
    // 等次为优秀或良好: of two that have 优秀 the one that has both.
    let has_both = all.iter().any(|grading| is_then(grading) && has_all(grading));
    let of_period = |grading: &Grading| is_then(grading) && if has_both { has_all(grading) } else { knows(grading) };
    let is_called = |grading: &Grading| of_period(grading) && asked.is_some_and(|asked| grading.name == asked.title());
    // 年终等次, 月度等次: whatever block speaks of it.
    let word = cycle.as_ref().map(name_of);
    let is_named = |grading: &Grading| {
        word.is_some() && (of_period(grading) && word.as_ref() == Some(&grading.name) || is_called(grading))
    };
    let is_self = |grading: &Grading| scope.stage_title.as_ref() == Some(&grading.name);
    // A grading goes by itself only where no other knows the grades.
    let in_grading = site.statement.line.context == Context::Grading;
    let is_own = |grading: &Grading| of_period(grading) && is_self(grading) && !in_grading;
    let is_other = |grading: &Grading| of_period(grading) && !(in_grading && is_self(grading));
    // A block of the period itself speaks of the one that is just called by it.
    let of_block = scope.stage_title.as_deref().map(|title| ranking::cycle_of_heading(scope, title));
    let is_usual = |grading: &Grading| of_block == asked && is_called(grading);
    let first = |is_it: &dyn Fn(&Grading) -> bool| all.iter().position(is_it);
    // 当 等次为优秀，等次升1档, where the block itself and another have 优秀: what has been settled there, or so far here?
    let knowing = || all.iter().filter(|grading| of_period(grading));
    let in_rule = site.statement.inner().as_rule() == Token::grade_rule;
    if in_rule && said.is_none() && cycle.is_none() && knowing().any(is_self) && knowing().count() > 1 {
        return Err(knowing().map(|grading| grading.name.clone()).collect());
    }
    if let Some(index) = first(&is_named).or_else(|| first(&is_own)).or_else(|| first(&is_usual)) {
        return Ok(Some(index));
    }
    let several: Vec<String> =
        all.iter().filter(|grading| is_other(grading)).map(|grading| grading.name.clone()).collect();
    match several.len() {
        2.. if asked.is_some() => Err(several),
        _ => Ok(first(&is_other).or_else(|| first(&of_period)).or_else(|| first(&knows))),
    }
}

/// 月数（等次为优秀）, where the months have two gradings.
fn which_grading(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, several: &[String]) -> Finding {
    let written = scope.original(site.statement, pair);
    // 年度等次 of 年度考核: its name stands in the place of the period.
    let bare = pair.child(Token::cycle).map_or_else(String::new, |cycle| scope.original(site.statement, &cycle));
    let bare = written.strip_prefix(&bare).unwrap_or(&written);
    let lines = several.iter().map(|name| scope.line_with(site.statement, pair, &format!("{name}{bare}")));
    let help = format!("写成其中一行：\n{}", lines.collect::<Vec<_>>().join("\n"));
    let message = format!("“{written}”没有写是哪一套等次：{}都有", several.join("、"));
    scope.at(site.statement, pair, "missing-convention", message).help(help)
}

/// 单位等次为优秀, where the gradings are called otherwise.
fn unknown_grading(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    title: &str,
    names: &[String],
) -> Finding {
    let said = pair.child(Token::grading_said).expect("asked by the caller");
    let message = format!("没有叫“{title}”的一套等次");
    let finding = scope.at(site.statement, &said, "unknown-grade", message);
    let line = |with: &str| scope.line_with(site.statement, &said, with);
    if let Some((_, word)) = earlier(title) {
        return finding.help(format!("写成：{}", line(word)));
    }
    if let Some(help) = scope.of_periods(site.statement, &said, title) {
        return finding.help(help);
    }
    // 连续季度等次为一般: of periods that are counted in other words.
    let cycles = [Cycle::Quarter, Cycle::Month, Cycle::Half, Cycle::Year];
    let counted = cycles.into_iter().find(|cycle| title.contains(cycle.word()));
    let knows = |grading: &&Grading| names.iter().all(|name| grading.has(name));
    // 2026年等次为五星 of a term: each of its years has one.
    let is_within = |grading: &Grading| scope.stage.is_some_and(|stage| grading.cycle < stage);
    let (within, known): (Vec<&Grading>, Vec<&Grading>) =
        scope.plan.gradings.iter().filter(knows).partition(|grading| is_within(grading));
    let so_many = |cycle: Cycle, count: &str| in_so_many(cycle, &format!("等次为{}", names.join("、")), count);
    if let (Some(within), true) = (within.first(), known.is_empty()) {
        return finding.help(format!("写明有几个，如：{}", so_many(within.cycle.min(Cycle::Year), "1")));
    }
    let known: Vec<String> = known.into_iter().map(|grading| line(&grading.name)).collect();
    finding.help(match counted {
        Some(cycle) if ["任", "每", "各", "连续", "有"].iter().any(|word| title.contains(word)) => {
            format!("数有几个的，写成：当 {}", so_many(cycle, "几"))
        }
        _ if known.is_empty() => {
            format!("名册里填的，先在开头声明：单位属性 {title}等次：{}/其他", names.join("/"))
        }
        _ => format!("写成其中一行：\n{}", known.join("\n")),
    })
}

/// What a period is called: of a scheme of several years the whole is no year.
pub(super) fn title_of(scope: &Scope<'_>, cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Year if !scope.plan.calendar.is_one_year() => "年度",
        Cycle::Term if !scope.plan.calendar.is_one_year() => "任期",
        _ => cycle.title(),
    }
}

/// Why the grades of a cycle cannot be read here, and the way out; `None` where they can.
fn grade_out_of_reach(scope: &Scope<'_>, cycle: Cycle) -> Option<(String, String)> {
    let word = title_of(scope, cycle);
    if scope.grades_below.is_some_and(|limit| cycle >= limit) {
        let message = format!("{word}的等次要等{word}的得分和名次出来以后才有，这里还用不到");
        let help = "等次可以写进更长期间的得分，如：年终得分 = 各月得分平均 + 月数（等次为优秀）× 1分；或写在“奖惩”里";
        return Some((message, help.to_owned()));
    }
    let stage = scope.stage.filter(|stage| *stage != cycle)?;
    Some(if cycle < stage {
        let message = format!("这是{word}的等次，{}里有好几个", title_of(scope, stage));
        let so_many = in_so_many(cycle.min(Cycle::Year), "等次为…", "2");
        (message, format!("写明有几个，如：{so_many}；或 连续2{}等次为…", cycle.counted()))
    } else if scope.plan.gradings.iter().any(|grading| grading.cycle >= Cycle::Year) && stage >= Cycle::Year {
        // 连续2年等次为D级: there is a grading of the year, but this book knows no other year.
        if !scope.plan.calendar.is_one_year() {
            let message = "本方案管几年，等次却是全期的，没有每年的等次".to_owned();
            return Some((message, "每年评一次等次的，写成每年一期：考评周期 每年；等次 每期".to_owned()));
        }
        let message = "规则书只管一年，往年的等次它不知道".to_owned();
        (message, "上一年的在 历史.csv 里，“名称”写 等次，“数值”写是哪一等，再写：当 等次为…且上年等次为…".to_owned())
    } else {
        let message = format!("这是{word}的等次，{}还没有", stage.title());
        (message, format!("另写“等次 {}”，列出各等次", stage.title()))
    })
}

/// 当 累计3个季度被评为红旗, for 当 年内累计3次以上被评为红旗: in how many periods, of grades that are given in them.
fn by_periods(line: &str, cycle: Cycle) -> Option<String> {
    if !matches!(cycle, Cycle::Month | Cycle::Quarter) {
        return None;
    }
    let unit = cycle.counted();
    let at = line.find('次')?;
    let count = line[..at].trim_end_matches(crate::parse::is_numeral);
    let word = ["累计", "连续"].into_iter().find(|word| count.ends_with(word)).filter(|_| count.len() < at)?;
    let before = count.strip_suffix(word)?;
    let within = syntax::end(Token::WITHIN_YEAR, before).unwrap_or_default();
    let before = &before[..before.len() - within.len()];
    let behind = line[at + '次'.len_utf8()..].trim_start_matches('及').trim_start_matches("以上");
    Some(format!("{before}{word}{}{unit}{behind}", &line[count.len()..at]))
}
