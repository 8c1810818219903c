//! A loss, as schemes say it: 年度亏损的，等级不得高于C级; a profit below zero.

use super::{Mend, Patient};
use crate::parse::Context;

/// How profits are called.
const PROFITS: &[&str] = &["利润总额", "净利润", "归母净利润", "营业利润", "经营利润", "利润"];
/// What may stand before and behind it.
const BEFORE: &[&str] = &["当", "本年度", "年度", "当年", "全年", "经营", "发生", "出现", "企业", "公司", "单位", "为"];
const BEHIND: &[&str] = &["企业", "子公司", "公司", "单位", "的", ","];

impl Patient<'_> {
    pub(super) fn loss(&self) -> Option<Mend> {
        let text = self.text();
        let is_stage = matches!(self.line.context, Context::Grading | Context::Awards | Context::Eligibility);
        let at = text.find("亏损").filter(|_| is_stage && !self.line.opening)?;
        let strip = |text: &str, words: &[&str], from_end: bool| {
            let mut rest = text.trim().to_owned();
            let once = |rest: &str| {
                let cut = |word: &&str| if from_end { rest.strip_suffix(*word) } else { rest.strip_prefix(*word) };
                words.iter().find_map(cut).map(|rest| rest.trim().to_owned())
            };
            while let Some(less) = once(&rest) {
                rest = less;
            }
            rest
        };
        let then = strip(&text[at + "亏损".len()..], BEHIND, false);
        let before = strip(&text[..at], BEFORE, true);
        let known = |name: &str| self.names.longest_at(name) == Some(name);
        let profit = PROFITS.iter().find(|name| known(name) && (before.is_empty() || before == **name));
        let Some(profit) = profit else {
            let help = "写成利润的比较，如：利润总额低于0万元的，…（先在板块里声明：指标 利润总额（万元），写明报的数从负几万元起）";
            return before
                .is_empty()
                .then(|| self.told("unknown-condition", "“亏损”写成利润的比较", 0..text.len(), help))?;
        };
        let sign = if then.starts_with(':') { "" } else { "," };
        let line = self.written_as(&format!("{profit}为负的{sign}{then}"))?;
        self.mended("other-words", "“亏损”写成利润为负", 0..text.len() - then.len(), line)
    }
}
