//! Several grades, places and the rest in one line of 奖惩: each part goes to its own.

use super::award::{graded_by_name, places, prizes};
use super::award_misread::misread;
use super::award_said;
use super::expression::Site;
use super::scope::{Scope, name_of};
use crate::calendar::Cycle;
use crate::plan::*;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::Number;

/// Who has been spoken of so far in a line.
pub(super) struct Spoken {
    to: Vec<(AwardTo, Condition)>,
}

impl Spoken {
    pub(super) fn of(to: impl IntoIterator<Item = (AwardTo, Condition)>) -> Spoken {
        Spoken { to: to.into_iter().collect() }
    }

    /// The further parts of a line: 优秀：奖励2万元；不合格：约谈.
    pub(super) fn go_on(mut self, scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, cycle: Cycle) {
        let parts = pair.children(Token::further_award);
        for (index, part) in parts.iter().enumerate() {
            if let Some(places_part) = part.child(Token::place_prizes) {
                let places_pair = places_part.child(Token::places).expect("an award has places");
                if let Some(who) = places(scope, site, &places_pair, cycle, &Condition::Always) {
                    self.give(scope, site, &places_part, cycle, who);
                }
                continue;
            }
            let to = match part.child(Token::REST_OR_GRADE) {
                // 其他：约谈, where 其他 is what a grade is called.
                Some(rest) => match graded_by_name(scope, cycle, &[rest.as_str().trim().to_owned()]) {
                    Some(to) => Some((to, Condition::Always)),
                    // 其余：约谈；不合格：暂停补贴: not all has been spoken of.
                    None if index + 1 < parts.len() => None,
                    None => self.the_rest(scope),
                },
                None => {
                    let names: Vec<String> = part.children(Token::further_name).iter().map(name_of).collect();
                    graded_by_name(scope, cycle, &names).map(|to| (to, Condition::Always))
                }
            };
            let Some(to) = to else { return self.tell(scope, site, part) };
            let begin = scope.plan.awards.len();
            let places: Vec<AwardTo> = self.places().cloned().collect();
            self.give(scope, site, part, cycle, to);
            if part.has(Token::REST_OR_GRADE) {
                scope.plan.awards[begin..].iter_mut().for_each(|award| award.rest_of.clone_from(&places));
            }
        }
    }

    fn give(
        &mut self,
        scope: &mut Scope<'_>,
        site: Site<'_, '_>,
        part: &Pair<'_, Token>,
        cycle: Cycle,
        to: (AwardTo, Condition),
    ) {
        prizes(scope, site, &part.child(Token::prizes).expect("what"), cycle, to.clone());
        self.to.push(to);
    }

    /// 第1名, 第2名至第3名
    fn places(&self) -> impl Iterator<Item = &AwardTo> {
        self.to.iter().map(|(to, _)| to).filter(|to| matches!(to, AwardTo::Places { .. }))
    }

    /// 其余: who has not been spoken of; `None` where it is not known who that is.
    fn the_rest(&self, scope: &Scope<'_>) -> Option<(AwardTo, Condition)> {
        let mut grades: Option<(u16, Vec<String>)> = None;
        let mut others = Vec::new();
        for (to, when) in &self.to {
            let of_place = |figure: Expr, comparison: Comparison, place: u32| {
                let place = Expr::Number(Number::whole(i64::from(place)));
                Condition::Compare(Box::new(figure), comparison, Box::new(place))
            };
            match to {
                AwardTo::Graded { grading, grades: names } => {
                    let (known, all) = grades.get_or_insert_with(|| (*grading, Vec::new()));
                    if known != grading {
                        return None;
                    }
                    all.extend(names.iter().cloned());
                }
                AwardTo::Meeting => others.push(when.clone()),
                // 当 得分不低于90分，第1名：奖励3000元；其余：约谈: is a first with 85分 one of the rest?
                AwardTo::Places { .. } | AwardTo::Bottom { .. } if *when != Condition::Always => return None,
                AwardTo::Places { ranking, first, last } => {
                    let own = || Expr::Rank(*ranking);
                    let from = of_place(own(), Comparison::AtLeast, *first);
                    others.push(Condition::All(vec![from, of_place(own(), Comparison::AtMost, *last)]));
                }
                AwardTo::Bottom { ranking, count } => {
                    others.push(of_place(Expr::RankFromLast(*ranking), Comparison::AtMost, *count));
                }
            }
        }
        match grades {
            Some((grading, named)) if others.is_empty() => {
                let all = scope.plan.gradings[usize::from(grading)].grades.iter().map(|grade| grade.name.clone());
                let grades: Vec<String> = all.filter(|name| !named.contains(name)).collect();
                (!grades.is_empty()).then_some((AwardTo::Graded { grading, grades }, Condition::Always))
            }
            Some((grading, named)) => {
                others.push(Condition::Graded(grading, named));
                Some((AwardTo::Meeting, Condition::Not(Box::new(Condition::Any(others)))))
            }
            None => {
                let said = if others.len() == 1 { others.swap_remove(0) } else { Condition::Any(others) };
                Some((AwardTo::Meeting, Condition::Not(Box::new(said))))
            }
        }
    }

    /// A part that is for nobody who is known.
    fn tell(&self, scope: &mut Scope<'_>, site: Site<'_, '_>, part: &Pair<'_, Token>) {
        if award_said::prize(scope, site, part) || misread(scope, site, part) {
            return;
        }
        let written = scope.original(site.statement, part);
        let narrowed = self.to.iter().find_map(|(to, when)| match to {
            AwardTo::Places { first: 1, last, .. } if *when != Condition::Always => Some(last + 1),
            _ => None,
        });
        let help = match (part.has(Token::REST_OR_GRADE), narrowed) {
            (true, Some(next)) => {
                let prizes = part.child(Token::prizes).map(|prizes| scope.original(site.statement, &prizes));
                let line = format!("当 名次为第{next}名及以后：{}", prizes.unwrap_or_default());
                format!("前面的名次有条件，够不上的算不算其余，没有写；只给其后各名的，另起一行：{line}")
            }
            (true, None) => "“其余”写在这一行的最后；前面说到的要是同一套等次、名次或条件".to_owned(),
            (false, _) => {
                format!("给某一等的，冒号前面照“等次”里的名字写；只是一句话的，加引号：「{written}」")
            }
        };
        let finding = scope.at(site.statement, part, "unread-award", format!("“{written}”写在同一行，说不清给谁"));
        scope.blame(finding.help(help));
    }
}

/// Whether words are a line of 奖惩 with a condition: 当 得分低于60分：约谈.
pub(super) fn case_of_its_own(text: &str) -> bool {
    text.contains(':')
        && syntax::parse(Token::award_line, text)
            .is_ok_and(|line| line.into_inner().next().is_some_and(|inner| inner.as_rule() == Token::award_when))
}

/// 优秀：奖励2万元；当 得分低于60分：约谈: a case of its own among the words of another, told with a line for each; whether
/// it is one.
pub(super) fn begins_anew(scope: &mut Scope<'_>, site: Site<'_, '_>, words: &Pair<'_, Token>) -> bool {
    let text = words.as_str().trim();
    let mut grades = scope.plan.gradings.iter().flat_map(|grading| &grading.grades);
    let separators = ['的', ' ', ',', '等', '次'];
    let of_grade = grades.find_map(|grade| {
        let rest = text.strip_prefix(grade.name.as_str()).filter(|rest| rest.starts_with(separators))?;
        Some((grade.name.clone(), rest.trim_start_matches(separators).to_owned()))
    });
    if !text.contains(':') && of_grade.is_none() {
        return false;
    }
    let statement = site.statement;
    let written = scope.original(statement, words);
    let first = piece(scope, site, 0..words.as_span().start());
    let second = match of_grade.filter(|_| !text.contains(':')) {
        Some((grade, rest)) => format!("{grade}：{rest}"),
        None => written.clone(),
    };
    // 不合格：要求：整改: nothing stands before it.
    let lines = match first.ends_with(['：', ':']) {
        true => "冒号只写一个".to_owned(),
        false => format!("另有等次、名次、条件的，另起一行：\n{first}\n{second}"),
    };
    let message = format!("“{written}”写在这里只是一句话，不会另分给谁");
    let finding = scope
        .at(statement, words, "unread-award", message)
        .help(format!("{lines}\n只是一句话的，加引号：「{written}」"));
    scope.report(finding);
    true
}

/// Part of a line as written, without the signs around it.
pub(super) fn piece(scope: &Scope<'_>, site: Site<'_, '_>, range: std::ops::Range<usize>) -> String {
    let text = &scope.source.text[site.statement.code.span(range)];
    text.trim_matches(['；', ';', '，', ',', '。', ' ', '　']).to_owned()
}
