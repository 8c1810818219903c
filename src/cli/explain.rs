//! `zhunsheng explain`: why a unit has its points.

use clap::Args;

use super::Ended;
use super::load::{Loaded, Subject};
use super::session::{self, Session, Status};
use super::show::TextFormat;
use super::usage;
use crate::diagnostic::{Finding, Place};
use crate::explain::Explainer;
use crate::outcome::UnitOutcome;
use crate::plan::NodeId;
use crate::report;
use crate::scored::Scored;
use crate::suggest;

/// 说明一个单位的得分、名次和奖惩是怎么来的
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng explain <方案文件> <数据文件夹> --period <期间> --unit <单位> [--clause <条款>]",
    next_help_heading = "选项"
)]
pub struct Explain {
    #[command(flatten)]
    subject: Subject,
    /// 单位
    #[arg(long, value_name = "单位")]
    unit: String,
    /// 只说明一个板块或条目：社区矫正工作.2
    #[arg(long, value_name = "条款")]
    clause: Option<String>,
    /// 格式：text 或 json（默认 text）
    #[arg(long, value_name = "格式", default_value = "text", hide_default_value = true, hide_possible_values = true)]
    format: TextFormat,
}

impl Explain {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let loaded = self.subject.load(true, session)?;
        let clause = match &self.clause {
            Some(clause) => Some(find_clause(&loaded, clause, session)?),
            None => None,
        };
        require_unit(&loaded, &self.unit, session)?;
        let outcome = self.subject.evaluate(&loaded, true, session)?;
        let months = loaded.base_periods(&outcome, session)?;
        let scored = Scored { plan: &loaded.compiled.plan, store: &loaded.store, outcome: &outcome };
        let found = outcome.units.iter().find(|unit| loaded.store.roster[unit.unit].is_called(self.unit.trim()));
        let unit: &UnitOutcome = found.ok_or_else(|| {
            let message = format!("“{}”在{}不在册", self.unit, scored.period().name);
            session.unable(Finding::error("unit-not-on-roster", Place::default(), message))
        })?;
        let explainer = Explainer::new(scored, &months);
        let tree = match clause {
            Some(node) => explainer.clause(unit, node),
            None => explainer.unit(unit),
        };
        session.print(|out| match self.format {
            TextFormat::Text => tree.write(session::width(), out),
            TextFormat::Json => report::write_explanation(&scored, unit, &tree, out),
        })?;
        Ok(Status::Fine)
    }
}

/// A unit that nobody knows is told before anything is scored.
fn require_unit(loaded: &Loaded, name: &str, session: &mut Session) -> Ended<()> {
    let known = || loaded.store.roster.iter().map(|unit| unit.name.as_str());
    if loaded.store.roster.iter().any(|unit| unit.is_called(name.trim())) {
        return Ok(());
    }
    let finding = Finding::error("unknown-unit", Place::default(), format!("单位名册里没有“{name}”")).text(name);
    Err(session.unable(with_suggestion(finding, name, known())))
}

fn find_clause(loaded: &Loaded, address: &str, session: &mut Session) -> Ended<NodeId> {
    let nodes = &loaded.compiled.plan.nodes;
    let wanted = address.trim().replace(['。', '．', '·', '、'], ".");
    if let Some(index) = nodes.iter().position(|node| node.parent.is_some() && node.address == wanted) {
        return Ok(NodeId(index as u16));
    }
    let finding =
        Finding::error("unknown-clause", Place::default(), format!("方案里没有条款“{address}”")).text(address);
    let known = || nodes.iter().map(|node| node.address.as_str()).filter(|known| !known.is_empty());
    // Whoever gave a number means an item of that number.
    let number = wanted.split_once('.').map(|(_, number)| number);
    let same_number = known().filter(|known| known.split_once('.').map(|(_, number)| number) == number);
    if suggest::nearest(&wanted, same_number.clone()).is_some() {
        return Err(session.unable(with_suggestion(finding, &wanted, same_number)));
    }
    Err(session.unable(with_suggestion(finding, &wanted, known())))
}

/// The nearest known name, or else those that the given one is a part of.
fn with_suggestion<'k>(finding: Finding, wrong: &str, known: impl Iterator<Item = &'k str> + Clone) -> Finding {
    if let Some(near) = suggest::nearest(wrong, known.clone()) {
        return finding.help(format!("是不是“{near}”"));
    }
    let containing: Vec<&str> = known.filter(|name| name.contains(wrong.trim())).take(3).collect();
    if containing.is_empty() || wrong.trim().is_empty() {
        return finding;
    }
    finding.help(format!("是不是“{}”", containing.join("”、“")))
}
