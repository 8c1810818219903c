//! What compiling only notes: each says how it is accepted (认可), and what is accepted is not told again.

use serde::Serialize;

use super::scope::Scope;
use crate::analysis::{Acceptance, accept_line, fingerprint, lapsed, meaning};
use crate::diagnostic::{Finding, Findings, Severity};
use crate::parse::Statement;
use crate::plan::{Expr, Plan};
use crate::source::Source;
use crate::syntax::Rule as Token;

/// What may be meant as it stands: the finding's stable name and its Chinese one for 认可.
pub const NOTED: &[(&str, &str)] = &[
    ("gap-between-bands", "分档的空当"),
    ("gap-between-grades", "等次的空当"),
    ("gap-between-awards", "奖惩的空当"),
    ("table-leaves-out", "表里没写全"),
    ("started-twice", "起算两遍"),
    ("full-marks-differ", "满分对不上"),
    ("shares-not-100", "比例不是100%"),
    ("unused-measure", "算了没用"),
    ("too-few-parts", "项数不够"),
    ("empty-item", "空条目"),
    ("figures-left-out", "不参评的数"),
];

fn title(code: &str) -> Option<&'static str> {
    NOTED.iter().find(|(known, _)| *known == code).map(|(_, title)| *title)
}

/// 认可 空条目（3f2a）： and no reason: whoever reads it later is to know why.
pub fn require_reasons(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    for statement in statements {
        let pair = statement.inner();
        if pair.as_rule() == Token::accepted
            && pair.child(Token::rest).is_none_or(|reason| reason.as_str().trim().is_empty())
        {
            let finding = scope
                .at(statement, &pair, "unfinished-line", "认可没有写理由")
                .help("在冒号后面写明为什么就是要这样的");
            scope.report(finding);
        }
    }
}

/// Takes out what is accepted, says of the rest how to, and tells acceptances that have lapsed.
pub fn settle(plan: &Plan, source: &Source, accepted: &[Acceptance], findings: &mut Findings) {
    if findings.has_errors() {
        return;
    }
    let mut used = vec![false; accepted.len()];
    let mut open: Vec<(&str, String)> = Vec::new();
    findings.retain(|finding| {
        let Some(title) = title(finding.code).filter(|_| finding.severity == Severity::Warning) else { return true };
        let print = fingerprint(finding.code, &about(plan, finding));
        let mut is_accepted = false;
        for (acceptance, used) in accepted.iter().zip(&mut used) {
            if [title, finding.code].contains(&acceptance.name.as_str()) && acceptance.print == print {
                (is_accepted, *used) = (true, true);
            }
        }
        if !is_accepted {
            let line = accept_line(plan, finding.place.line, title, &print);
            finding.help = Some(match finding.help.take() {
                Some(help) => format!("{help}\n{line}"),
                None => line,
            });
            open.push((title, print));
        }
        !is_accepted
    });
    for (acceptance, _) in accepted.iter().zip(&used).filter(|(_, used)| !**used) {
        let known = NOTED.iter().find(|(code, title)| [*code, *title].contains(&acceptance.name.as_str()));
        if let Some((_, title)) = known {
            let still = open.iter().find(|(of, _)| of == title).map(|(_, print)| print.as_str());
            findings.push(lapsed(source, acceptance, title, still));
        }
    }
}

/// The meaning of what a finding is about, and its figures: two gaps of one line are two.
fn about(plan: &Plan, finding: &Finding) -> String {
    let line = finding.place.line;
    let figures: String =
        finding.message.chars().map(|c| if c.is_ascii_digit() || ".%-".contains(c) { c } else { ' ' }).collect();
    let mut parts: Vec<String> = figures.split_whitespace().map(str::to_owned).collect();
    let mut put = |piece: &dyn Fn() -> String| parts.push(piece());
    fn of<T: Serialize>(plan: &Plan, piece: &T) -> String {
        meaning(plan, piece)
    }
    match finding.code {
        "gap-between-grades" => {
            for grading in &plan.gradings {
                let bands: Vec<_> = grading.grades.iter().map(|grade| (&grade.name, &grade.condition)).collect();
                put(&|| of(plan, &bands));
            }
        }
        "gap-between-awards" => {
            let bands: Vec<_> = plan.awards.iter().map(|award| (award.cycle, &award.when)).collect();
            put(&|| of(plan, &bands));
        }
        "figures-left-out" => put(&|| of(plan, &plan.excluded)),
        "shares-not-100" => put(&|| of(plan, &plan.rollups)),
        "started-twice" => {
            let root = &plan.nodes[0];
            let parts: Vec<(&str, &Option<Expr>)> = root
                .children
                .iter()
                .map(|child| &plan.nodes[child.index()])
                .map(|child| (child.address.as_str(), &child.full))
                .collect();
            put(&|| of(plan, &(&root.start, &parts)));
        }
        _ => {}
    }
    for rule in plan.rules.iter().filter(|rule| rule.line as usize == line) {
        put(&|| of(plan, &(&plan.nodes[rule.node.index()].address, &rule.label, &rule.points)));
    }
    for measure in plan.measures.iter().filter(|measure| measure.line as usize == line) {
        put(&|| of(plan, &(&measure.name, &measure.expr)));
    }
    for node in plan.nodes.iter().filter(|node| node.line as usize == line) {
        let parts: Vec<(&str, &Option<Expr>)> = node
            .children
            .iter()
            .map(|child| &plan.nodes[child.index()])
            .map(|child| (child.address.as_str(), &child.full))
            .collect();
        put(&|| of(plan, &(&node.address, &node.full, &node.combine, &parts)));
    }
    if parts.iter().all(|part| !part.contains(['{', '(', '['])) {
        let above = plan.nodes.iter().filter(|node| node.line as usize <= line).max_by_key(|node| node.line);
        parts.extend(above.map(|node| node.address.clone()));
    }
    parts.join("\n")
}
