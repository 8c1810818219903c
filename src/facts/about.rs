//! What a row is about: month, unit and clause, and whether they go together.

use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::Finding;
use crate::plan::{InputId, InputKind, Plan, Role};

use super::gate::{Misplaced, place};
use super::history::unknown_unit;
use super::judge::{Row, Who};
use super::names::{Names, Unknown};
use super::report::short;
use super::scan::{Scan, WrongMonth};
use super::suggest;
use super::text::{self, NotDate, fold};

impl Scan<'_, '_> {
    /// 月份, or 期间 in its place.
    pub(super) fn period(&mut self, row: &Row<'_, '_>) -> Option<PeriodId> {
        let (month, period) = (row.cell(Role::Month), row.cell(Role::Period));
        match (month.is_empty(), period.is_empty()) {
            (true, true) => {
                let role = if row.sheet.columns.place(Role::Month).is_some() { Role::Month } else { Role::Period };
                self.wrong(row, || {
                    let first = self.shared.plan.calendar.first();
                    let finding = row.error("missing-month", role, "这一行没有写月份");
                    finding.expected(format!("{first}这样的月份")).help("补上月份")
                });
                None
            }
            (false, true) => match self.month(month) {
                Ok(period) => Some(period),
                Err(wrong) => {
                    let calendar = &self.shared.plan.calendar;
                    let (first, last) = (calendar.first(), calendar.last());
                    self.wrong(row, || {
                        let month = short(month);
                        match wrong {
                            WrongMonth::Unreadable(NotDate::Form) => {
                                row.error("bad-month", Role::Month, format!("“{month}”不是月份")).help(format!(
                                    "写成{first}、{0}年{1}月或{0}{1:02}这样的月份",
                                    first.year(),
                                    first.number()
                                ))
                            }
                            WrongMonth::Unreadable(NotDate::Impossible) => row
                                .error("impossible-month", Role::Month, format!("没有“{month}”这个月份"))
                                .help("改正月份"),
                            WrongMonth::OutOfForce => {
                                let is_earlier = text::month(&fold(row.cell(Role::Month))).is_ok_and(|it| it < first);
                                row.error("month-out-of-force", Role::Month, format!("{month}不在施行期间内")).help(
                                    if is_earlier {
                                        "改正月份；施行以前的数据写进历史.csv"
                                    } else {
                                        "改正月份，或删去这一行"
                                    },
                                )
                            }
                        }
                        .expected(format!("{first}至{last}之间的月份"))
                    });
                    None
                }
            },
            (true, false) => {
                let calendar = &self.shared.plan.calendar;
                let found = text::period(calendar, &fold(period));
                if found.is_none() {
                    self.wrong(row, || {
                        let message = format!("“{}”不是施行期间内的期间", short(period));
                        let name = |id: PeriodId| calendar.period(id).name.as_str();
                        let mut such: Vec<&str> =
                            Cycle::ALL.iter().filter_map(|cycle| calendar.each(*cycle).next()).map(name).collect();
                        such.push(name(calendar.term()));
                        such.reverse();
                        such.dedup();
                        row.error("unknown-period", Role::Period, message)
                            .expected(format!("{}这样的期间", such.join("、")))
                            .help("改正期间；施行以前的数据写进历史.csv")
                    });
                }
                found
            }
            (false, false) => {
                self.wrong(row, || {
                    let finding = row.error("month-and-period", Role::Period, "月份和期间只能写一个");
                    finding.help("说的是一个月的留月份，说的是更长一段的留期间")
                });
                None
            }
        }
    }

    pub(super) fn input(&mut self, row: &Row<'_, '_>) -> Option<InputId> {
        let (clause, label) = (row.cell(Role::Clause), row.cell(Role::Label));
        let shared = self.shared;
        if label.is_empty() {
            self.wrong(row, || row.error("missing-label", Role::Label, "这一行没有写情形").help("补上情形"));
            return None;
        }
        let found = shared.names.find(clause, label, &mut self.scratch);
        if found.is_none() {
            self.wrong(row, || {
                if clause.is_empty() {
                    return row
                        .error("missing-clause", Role::Clause, "这一行没有写条款")
                        .help(format!("补上条款{}", shared.names.such_as()));
                }
                unknown_input(row, &shared.names.explain(clause, label), shared.names)
            });
        }
        found
    }

    /// 单位 or 对象分组.
    pub(super) fn who(&mut self, row: &Row<'_, '_>, input: Option<InputId>) -> Option<Who> {
        let (unit, group) = (row.cell(Role::Unit), row.cell(Role::Group));
        let shared = self.shared;
        let global = input.is_some_and(|input| {
            matches!(shared.plan.inputs[input.index()].kind, InputKind::Parameter { global: true })
        });
        if global {
            if (unit.is_empty() || fold(unit) == "全体") && group.is_empty() {
                return Some(Who::All);
            }
            self.wrong(row, || {
                let finding = row.error(
                    "unit-of-global",
                    Role::Unit,
                    format!("“{}”对全体是同一个数，不能写单位", row.cell(Role::Label)),
                );
                finding.help("单位留空，或写“全体”")
            });
            return None;
        }
        match (unit.is_empty(), group.is_empty()) {
            (true, true) => {
                self.wrong(row, || row.error("missing-unit", Role::Unit, "这一行没有写单位").help("补上单位名称"));
                None
            }
            (false, false) => {
                self.wrong(row, || {
                    row.error("unit-and-group", Role::Group, "单位和对象分组只能写一个").help("只留一个")
                });
                None
            }
            (false, true) => {
                let found = shared.roster.find(unit);
                if found.is_none() && shared.roster.units.is_empty() {
                    // Without a roster, which was reported, every unit would be unknown.
                    self.sound = false;
                    return None;
                }
                if found.is_none() {
                    self.wrong(row, || {
                        unknown_unit(&row.spot, row.at(Role::Unit), &shared.roster, &shared.plan.subject)
                    });
                }
                found.map(Who::Unit)
            }
            (true, false) => {
                let found = shared.roster.groups.get(&shared.words.id(group));
                if found.is_none() {
                    self.wrong(row, || {
                        let mut known: Vec<String> =
                            shared.roster.groups.keys().map(|id| shared.words.text(*id)).collect();
                        known.sort();
                        let meant = suggest::nearest(group, known.iter().map(String::as_str));
                        let ending = meant.map_or(String::new(), |meant| format!("，是不是“{meant}”？"));
                        let message = format!("单位.csv里没有分组“{}”{ending}", short(group));
                        row.error("unknown-group", Role::Group, message).expected(known.join("、"))
                    });
                }
                found.cloned().map(Who::Group)
            }
        }
    }

    pub(super) fn active_units(&mut self, row: &Row<'_, '_>, who: Who, period: PeriodId) -> Option<Vec<u32>> {
        let shared = self.shared;
        match who {
            Who::All => None,
            Who::Group(units) => {
                Some(units.into_iter().filter(|unit| shared.roster.active(*unit, period, shared.gates)).collect())
            }
            Who::Unit(unit) => {
                if !shared.roster.active(unit, period, shared.gates) {
                    self.wrong(row, || {
                        let unit = &shared.roster.units[unit as usize];
                        let when = &shared.plan.calendar.period(period).name;
                        let months = match (unit.first, unit.last) {
                            (Some(first), Some(last)) => format!("{first}至{last}"),
                            (Some(first), None) => format!("{first}起"),
                            (None, Some(last)) => format!("到{last}为止"),
                            (None, None) => String::new(),
                        };
                        let renamed = match &unit.former {
                            Some(_) => "；只是改了名的，启用月份照原来的",
                            None => "",
                        };
                        row.error("unit-not-active", Role::Unit, format!("“{}”{when}不在册", unit.name))
                            .expected(format!("单位.csv说它在册的时间：{months}"))
                            .help(format!("改正月份或单位，或改单位.csv里的启用月份、停用月份{renamed}"))
                    });
                }
                Some(vec![unit])
            }
        }
    }

    /// Whether a month is the last in which the unit is on the roster.
    fn leaves_in(&self, who: Option<&Who>, month: PeriodId) -> bool {
        let Some(Who::Unit(unit)) = who else { return false };
        let units = &self.shared.roster.units;
        units.get(*unit as usize).and_then(|unit| unit.last) == Some(self.shared.plan.calendar.period(month).last)
    }

    /// The period under which the row is kept.
    pub(super) fn place(
        &mut self,
        row: &Row<'_, '_>,
        input: InputId,
        given: PeriodId,
        who: Option<&Who>,
    ) -> Option<PeriodId> {
        let plan = self.shared.plan;
        let misplaced = match place(plan, input, given) {
            Ok(period) => return Some(period),
            // Of a unit that leaves inside the cycle it is its last month that is assessed.
            Err(Misplaced::NotLastMonth) if self.leaves_in(who, given) => return Some(given),
            Err(misplaced) => misplaced,
        };
        if misplaced == Misplaced::NotInForce {
            self.wrong(row, || not_in_force(row, plan, input, given));
            return None;
        }
        self.wrong(row, || {
            let calendar = &plan.calendar;
            let (input, when) = (&plan.inputs[input.index()], &calendar.period(given).name);
            let role = if row.cell(Role::Month).is_empty() { Role::Period } else { Role::Month };
            let ends = calendar.each(input.cycle).map(|id| calendar.period(id).last);
            let (message, right) = match misplaced {
                Misplaced::NotLastMonth => {
                    let right: Vec<String> = ends.map(|month| month.to_string()).collect();
                    let which = match input.cycle {
                        Cycle::Quarter => "季度末月份",
                        _ => "考评周期的最后一个月",
                    };
                    (format!("“{}”只在{which}考评，{when}不是", input.label), right)
                }
                Misplaced::NotInThisMonth => {
                    let months: Vec<String> = input.only_months.iter().map(|month| format!("{month}月")).collect();
                    let right = calendar.each(Cycle::Month).map(|id| calendar.period(id));
                    let right = right.filter(|period| input.only_months.contains(&period.last.number()));
                    let right = right.map(|period| period.name.clone()).collect();
                    (format!("“{}”只在{}考评，{when}不是", input.label, months.join("、")), right)
                }
                Misplaced::TooLong | Misplaced::NotInForce => {
                    let right = calendar.each(input.cycle).map(|id| calendar.period(id).name.clone()).collect();
                    let does = match input.cycle < plan.nodes[input.node.index()].cycle {
                        true => "计",
                        false => "考评",
                    };
                    (format!("“{}”按{}{does}，{when}太长", input.label, input.cycle.word()), right)
                }
            };
            let mut shown: Vec<String> = right;
            shown.truncate(12);
            let help = match misplaced {
                // What happened earlier is no mistake: it counts where the cycle ends.
                Misplaced::NotLastMonth => "期内别的月份发生的，月份写考评的那个月，哪天发生的写在“发生日期”或备注里",
                _ => "月份写错的，改正月份；不是这一期的事，删去这一行",
            };
            row.error("wrong-month", role, message).expected(shown.join("、")).help(help)
        });
        None
    }
}

/// A label that was stopped, or that came in or went out inside the term.
fn not_in_force(row: &Row<'_, '_>, plan: &Plan, input: InputId, given: PeriodId) -> Finding {
    let input = &plan.inputs[input.index()];
    let address = &plan.nodes[input.node.index()].address;
    let versions = input.versions.as_deref().unwrap_or_default();
    let months: Vec<String> = versions
        .iter()
        .map(|version| version.months)
        .map(|months| format!("{}至{}", months.first, months.last))
        .collect();
    let role = if row.cell(Role::Month).is_empty() { Role::Period } else { Role::Month };
    if months.is_empty() {
        let message = format!("“{address}”的“{}”已停用", input.label);
        return row.error("not-in-force", Role::Label, message).help("删去这一行");
    }
    let when = &plan.calendar.period(given).name;
    let message = format!("“{address}”的“{}”在{when}不施行", input.label);
    row.error("not-in-force", role, message).expected(months.join("、")).help("改正月份，或删去这一行")
}

fn unknown_input(row: &Row<'_, '_>, unknown: &Unknown, names: &Names) -> Finding {
    let ending = |meant: &Option<String>| meant.as_ref().map_or(String::new(), |meant| format!("，是不是“{meant}”？"));
    let several = |known: &[String]| {
        let mut shown = known.iter().take(20).cloned().collect::<Vec<_>>().join("、");
        if known.len() > 20 {
            shown.push('等');
        }
        shown
    };
    match unknown {
        Unknown::Section { name, meant } => {
            let message = format!("方案里没有“{}”板块{}", short(name), ending(meant));
            let help = format!("改为方案里的板块和序号{}", names.such_as());
            row.error("unknown-section", Role::Clause, message).help(help)
        }
        Unknown::Item { section, meant, known } => {
            let written = short(row.cell(Role::Clause));
            let message = match text::address(&written) == *section {
                true => format!("“{written}”是板块，没有写序号{}", ending(meant)),
                false => format!("“{section}”里没有“{written}”{}", ending(meant)),
            };
            row.error("unknown-item", Role::Clause, message).expected(several(known)).help("改为方案里有的条款")
        }
        Unknown::Label { address, meant, known, elsewhere } => {
            let message = format!("“{address}”里没有“{}”{}", short(row.cell(Role::Label)), ending(meant));
            let help = match (elsewhere, meant) {
                (Some(elsewhere), None) => format!("“{}”在{elsewhere}里，核对条款", short(row.cell(Role::Label))),
                _ => "改为方案里有的情形".to_owned(),
            };
            row.error("unknown-label", Role::Label, message).expected(several(known)).help(help)
        }
    }
}
