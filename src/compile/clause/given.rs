//! 评分 and 外部得分 are points by themselves: bands of the same name would give points for them once more.

use super::verbs_of;
use crate::compile::expression::Site;
use crate::compile::scope::{Meaning, Scope};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 点位得分：评分，…; 点位得分：85分以上得15分: the mean counts, and what it is worth counts as well. Told by `true`.
pub(super) fn given_twice(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, body: &Pair<'_, Token>) -> bool {
    let Some(Meaning::Input(id)) = scope.declared_here(site.node, name) else { return false };
    if !scope.given.contains(&id) || !verbs_of(body).contains(&Token::GAIN) {
        return false;
    }
    let text = scope.line_text(site.statement);
    let rest = text.split_once(['：', ':']).map_or("", |(_, rest)| rest);
    let (what, help) = match scope.plan.inputs[id.index()].kind {
        InputKind::Rating => {
            let mean = format!("{name}平均 = 各条平均（{name}），保留2位小数，四舍五入\n{name}平均：{rest}");
            let rows =
                format!("评分只用来分档、自己不计分的，评分那一行改成：\n{name}：每分扣0分\n这一行写成：\n{mean}");
            ("评分", format!("{rows}\n两样都计的，评分那一行不改，这一行写成上面这两行"))
        }
        _ => (
            "外部得分",
            format!(
                "只用来分档、自己不计分的，外部得分那一行改成：\n指标 {name}（分）\n两样都计的，另报一个指标，这一行换它的名称"
            ),
        ),
    };
    let message = format!("“{name}”是{what}，自己就计分，这一行又照它得分，说不清是不是两样都计");
    let finding = scope.at_line(site.statement.line.number, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}
