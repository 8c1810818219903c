//! What lines of 奖惩 say in other words: 各组第一名, 良好以上, 每分奖励10元, 约谈，其中末位：扣发500元.

use super::expression::Site;
use super::said_of_results::mean_said;
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::parse::is_figure;
use crate::syntax::{self, Pair, Rule as Token};

/// Told of words that are given, where what they say is known.
pub(super) fn prize(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let written = scope.original(site.statement, pair);
    let line = scope.line_text(site.statement);
    let help = of_which(&line, written.trim()).or_else(|| by_the_point(&line, written.trim()));
    let help = help.or_else(|| respectively(&line, written.trim()));
    let help = help.or_else(|| for_each_person(scope, &line, written.trim()));
    let help = help.or_else(|| of_another_time(written.trim()).map(str::to_owned));
    let Some(help) = help else {
        return false;
    };
    let message = format!("“{}”写在这里只是一句话，不起作用", written.trim());
    let finding = scope.at(site.statement, pair, "unread-award", message).help(help);
    scope.blame(finding);
    true
}

/// 后三名：约谈，其中末位：扣发500元: one of them is a line of its own.
fn of_which(line: &str, written: &str) -> Option<String> {
    let at = written.find("其中")?;
    let own = written[at + "其中".len()..].trim();
    own.contains(['：', ':']).then_some(())?;
    let rest = line.replacen(&written[at..], "", 1);
    let rest = rest.trim_end_matches(['，', ',', '；', ';', ' ']);
    Some(format!("分成两行：\n{rest}\n{own}"))
}

/// 前三名：奖励3万元、2万元、1万元: a sum for each place.
fn respectively(line: &str, written: &str) -> Option<String> {
    let sums = ["奖励", "发放", "扣发"].iter().find_map(|verb| written.strip_prefix(verb))?;
    let is_sum =
        |sum: &str| sum.strip_suffix('元').is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()));
    let is_several = sums.contains('、') && sums.split('、').all(is_sum);
    is_several.then(|| format!("几个名次几个数的，写成：{}", line.replacen(written, &format!("分别{written}"), 1)))
}

/// 补发未兑现的绩效, 退回季度奖金: money of other periods, which is neither given nor kept here.
fn of_another_time(written: &str) -> Option<&'static str> {
    const MONEY: &[&str] = &["奖", "绩效", "补贴", "补助", "津贴", "扣款", "元"];
    let is_money = MONEY.iter().any(|word| written.contains(word)) || written.ends_with("兑现");
    let says = |words: &[&str]| words.iter().any(|word| written.contains(word));
    if !is_money {
        return None;
    }
    if says(&["补发", "发还", "返还", "补兑", "未发", "未兑现"]) {
        return Some("以前没有发的还不能补发；这里另发的写成算式，如：发放 几元；只是一句话的，加引号");
    }
    if says(&["退回", "追回", "收回已发"]) {
        return Some("已经发了的还不能要回来；这里少发的写成算式，如：扣发 几元；只是一句话的，加引号");
    }
    says(&["不再兑现", "暂不兑现", "不兑现", "不得兑现", "不能兑现", "停止兑现"])
        .then_some("一概不给的，另起一行，如：得分低于几分的，不予奖励；只是一句话的，加引号")
}

/// 每人奖励200元, 每人发放 奖金基数 × 1.2: so much for each, of how many.
fn for_each_person(scope: &Scope<'_>, line: &str, written: &str) -> Option<String> {
    let said = written.trim_start_matches("奖励").trim_start();
    let each = ["每人发放", "每人奖励", "人均发放", "人均奖励", "每人"]
        .iter()
        .find_map(|word| said.strip_prefix(word))?
        .trim();
    let is_sum = each.strip_suffix('元').is_some_and(|number| number.chars().all(is_figure));
    if !is_sum && !each.contains(['×', '÷']) {
        return None;
    }
    let people = scope.plan.inputs.iter().map(|input| input.label.as_str());
    let mut people = people.chain(scope.plan.attributes.iter().map(|it| it.name.as_str()));
    let declared = people.find(|name| name.ends_with("人数"));
    let people = declared.unwrap_or("人数");
    let times = if each.contains(people) { String::new() } else { format!(" × {people}") };
    let line = line.replacen(written, &format!("奖励 {each}{times}"), 1);
    Some(match declared {
        Some(_) => format!("写成：{line}"),
        None => {
            format!("写成：{line}\n人数要有：在开头声明，如：单位属性 人数（人）；或 参数 人数（人）：每单位每年一个")
        }
    })
}

/// 得分90分以上的，每分奖励10元: for each point beyond ninety; 每低1分扣减1% of an amount that is not said.
pub(super) fn by_the_point(line: &str, written: &str) -> Option<String> {
    const EACH: &[&str] =
        &["每多1分", "每高1分", "每超1分", "每超过1分", "每低1分", "每少1分", "每1分", "每一分", "每分"];
    const TAKES: &[&str] = &["扣减", "核减", "少发", "下浮", "减发", "减少", "扣除", "扣", "减"];
    let each = EACH.iter().find(|each| written.starts_with(**each))?;
    let given = &written[each.len()..];
    let of_money = || ["奖励", "发放", "扣发"].iter().find_map(|verb| Some((*verb, given.strip_prefix(verb)?)));
    let share = given.strip_suffix('%').and_then(|given| TAKES.iter().find_map(|word| given.strip_prefix(word)));
    let (verb, money) = match share.filter(|share| !share.is_empty() && share.chars().all(is_figure)) {
        Some(share) => ("扣发", format!("几元 × {share}%")),
        None => {
            let (verb, money) = of_money()?;
            money.strip_suffix('元').filter(|number| number.chars().all(is_figure))?;
            (verb, money.to_owned())
        }
    };
    let head = line.split(written).next()?.trim_end_matches(['，', ',', '：', ':', ' ']);
    let bound = head.trim_start_matches("当").trim().trim_end_matches(['的', '时']);
    let bound = ["得分", "总分"].iter().find_map(|of| bound.strip_prefix(of)).unwrap_or(bound);
    const ABOVE: &[&str] = &["超过", "高于", "不低于", "达到"];
    const BELOW: &[&str] = &["低于", "不足", "不满"];
    let strip = |words: &[&str]| words.iter().find_map(|word| bound.strip_prefix(word));
    let (end, is_above) = match (bound.strip_suffix("以上"), bound.strip_suffix("以下"), strip(ABOVE), strip(BELOW))
    {
        (Some(end), ..) | (_, _, Some(end), _) => (end, true),
        (_, Some(end), ..) | (.., Some(end)) => (end, false),
        _ => return None,
    };
    end.strip_suffix('分').filter(|number| !number.is_empty() && number.chars().all(is_figure))?;
    // 90分以上的：每低1分 speaks of the other side.
    let turned = if is_above { ['低', '少'] } else { ['高', '超'] };
    if each.contains(turned) || !is_above && each.contains('多') {
        return None;
    }
    let apart = if is_above { format!("得分 - {end}") } else { format!("{end} - 得分") };
    let (by_part, whole) = (
        format!("{head}：{verb} （{apart}） × {money}"),
        format!("{head}：{verb} 步数（{apart}，每1分，不足1分的不计） × {money}"),
    );
    Some(match share {
        Some(_) => format!("“几元”换成全额：\n零头按比例的：{by_part}\n不足1分不计的：{whole}"),
        None => format!("零头按比例的，写成：{by_part}\n不足1分不计的，写成：{whole}"),
    })
}

/// The line to write for 良好以上：…, 各组第一名：… and 季度第一名：… in 奖惩 季度, which nobody is graded as.
pub(super) fn whose(line: &str, cycle: Cycle, grades: &[&str]) -> Option<String> {
    let (who, given) = line.split_once(['：', ':'])?;
    let who = who.trim();
    if let Some(condition) = crate::parse::places_so_often(who) {
        return Some(format!("写成：当 {condition}：{given}"));
    }
    if let Some(place) = crate::parse::place_said(who) {
        return Some(format!("写成：{place}：{given}"));
    }
    let bare = who.trim_end_matches('的');
    // 低于全县平均分的：约谈
    if let Some(compares) = syntax::begin(Token::comparator, bare)
        && let Some(mean) = mean_said(&bare[compares.len()..], "得分")
    {
        return Some(format!("写成：当 得分{compares}{mean}：{given}"));
    }
    // 首次末位：提醒；再次末位：约谈
    let times: Option<Vec<String>> = line.split(['；', ';']).map(crate::parse::time_of_a_place).collect();
    if let Some(lines) = times {
        return Some(crate::parse::times_of_places(&lines));
    }
    if ["各单位", "所有单位", "全体单位", "每个单位", "各参评单位"].contains(&bare) {
        return Some(format!("人人都有的，写成：当 得分不低于0分：{}", given.trim()));
    }
    for side in ["及以上", "以上", "及以下", "以下"] {
        let Some(rest) = bare.strip_suffix(side) else { continue };
        let grade = rest.strip_prefix("等次").or(rest.strip_suffix("等次")).unwrap_or(rest);
        if grades.contains(&grade) {
            return Some(format!("写成：当 等次{grade}{side}：{given}"));
        }
    }
    let own: &[&str] = match cycle {
        Cycle::Month => &["月度", "当月", "本月"],
        Cycle::Quarter => &["季度", "当季", "本季度"],
        Cycle::Half => &["半年", "半年度"],
        Cycle::Year | Cycle::Term => &["年度", "年终", "全年", "当年"],
    };
    let place = |words: &[&str]| {
        let place = words.iter().find_map(|word| bare.strip_prefix(word))?;
        let place = place.strip_prefix("排名").or(place.strip_prefix('的')).unwrap_or(place);
        let is_place = place == "末位"
            || place.starts_with(['第', '前', '后']) && place.ends_with('名')
            || place.starts_with("倒数") && place.ends_with('名');
        is_place.then(|| format!("写成：{place}：{given}"))
    };
    place(own).or_else(|| {
        let line = place(&["各组", "每组", "各小组", "本组", "组内", "同组", "各类别", "各类"])?;
        Some(format!("{line}\n名次按组排的，“排名”里写：分组排名"))
    })
}
