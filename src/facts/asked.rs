//! What a row says: 数量 and the cells beyond it, as its input asks for them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::plan::{Input, InputId, InputKind, Needs, Role, SymbolId, Type};

use super::judge::Row;
use super::report::short;
use super::scan::Scan;
use super::sheet::signed;
use super::text::{self, fold, shown};
use super::typed::{bad_date, bad_number, typed_cell, wrong_kind};
use super::{Cell, Detail};

impl Scan<'_, '_> {
    /// 认定: whether the row counts.
    pub(super) fn standing(&mut self, row: &Row<'_, '_>) -> bool {
        match row.cell(Role::Standing) {
            "" | "认定" => true,
            "待核" | "驳回" => false,
            other => {
                self.wrong(row, || {
                    let finding =
                        row.error("unknown-standing", Role::Standing, format!("认定不能写“{}”", short(other)));
                    finding.expected("认定、待核、驳回或空着")
                });
                true
            }
        }
    }

    /// 数量; the outer `None` where it is wrong, the inner for 不适用.
    pub(super) fn quantity(&mut self, row: &Row<'_, '_>, input: &Input) -> Option<Option<Decimal>> {
        let written = row.cell(Role::Quantity);
        let cell = row.at(Role::Quantity);
        let name = &input.label;
        if written.is_empty() {
            if matches!(input.kind, InputKind::Event | InputKind::Grade { .. }) {
                return Some(Some(Decimal::ONE));
            }
            self.wrong(row, || {
                let finding = row.error("missing-quantity", Role::Quantity, format!("“{name}”没有写数量"));
                match input.kind {
                    InputKind::Indicator => finding.help("补上数量；这个单位不适用的，写“不适用”"),
                    _ => finding.help("补上数量"),
                }
            });
            return None;
        }
        let plain = fold(written);
        if plain == "不适用" {
            if input.kind == InputKind::Indicator {
                return Some(None);
            }
            self.wrong(row, || {
                let finding =
                    row.error("inapplicable-event", Role::Quantity, format!("“{name}”不是指标，不能写“不适用”"));
                finding.help("没有发生的，删去这一行")
            });
            return None;
        }
        let may_be_negative = input.range.0.is_none_or(|least| least.is_sign_negative());
        let amount = match if may_be_negative { signed(&plain) } else { text::amount(&plain) } {
            Ok(amount) => amount,
            Err(wrong) => {
                self.wrong(row, || {
                    let finding = bad_number(&row.spot, cell, name, wrong);
                    match may_be_lost(&input.kind).filter(|_| wrong == text::NotNumber::Negative) {
                        Some(declared) => finding.help(format!(
                            "写不小于0的数；真会是负数的（亏损、下降），在方案里声明时写上范围，如：{declared}，-100000至100000"
                        )),
                        None => finding,
                    }
                });
                return None;
            }
        };
        if let Some(wrong) = wrong_kind(&input.quantity, &amount, name) {
            self.wrong(row, || wrong.at(&row.spot, cell));
            return None;
        }
        let (least, most) = input.range;
        if least.is_some_and(|least| amount.value < least) || most.is_some_and(|most| amount.value > most) {
            self.wrong(row, || {
                if (least, most) == (Some(Decimal::ONE), Some(Decimal::ONE)) {
                    let message = format!("“{name}”一行只记一次，数量不能写{}", short(written));
                    let finding = row.error("quantity-out-of-range", Role::Quantity, message).expected("1，或空着");
                    return finding.help("有几次就写几行，没有的删去这一行");
                }
                let percent = input.quantity == Type::Percent;
                let show = |value: Decimal| match percent {
                    true => format!("{}%", shown(value.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(value))),
                    false => shown(value),
                };
                let range = match (least, most) {
                    (Some(least), Some(most)) => format!("{}至{}", show(least), show(most)),
                    (Some(least), None) => format!("不小于{}", show(least)),
                    (None, Some(most)) => format!("不大于{}", show(most)),
                    (None, None) => String::new(),
                };
                let message = format!("“{name}”的{}超出范围", short(written));
                let as_percent = amount.value.checked_div(Decimal::ONE_HUNDRED).filter(|share| {
                    percent && most.is_some_and(|most| *share <= most) && least.is_none_or(|least| *share >= least)
                });
                // 180% is more than all, 9550% a figure that got a sign too many.
                let is_slip = amount.value >= Decimal::TEN || !written.contains(['%', '％']);
                let help = match as_percent.filter(|_| is_slip) {
                    None if percent && most == Some(Decimal::ONE) && amount.value > Decimal::ONE => {
                        "核对数量；可以超过100%的，在方案里写明最高是多少，如：指标 完成率（%），0%至200%".to_owned()
                    }
                    // 95.5 typed into a cell that shows percentages.
                    Some(share) => format!("核对数量；是{0}的，写成{0}", show(share)),
                    None => "核对数量".to_owned(),
                };
                row.error("quantity-out-of-range", Role::Quantity, message).expected(range).help(help)
            });
            return None;
        }
        Some(Some(amount.value))
    }

    /// 数量 of a row whose 条款 or 情形 is wrong: what is no number is wrong for all of them.
    pub(super) fn number_of_unknown(&mut self, row: &Row<'_, '_>) {
        let plain = fold(row.cell(Role::Quantity));
        if plain.is_empty() || plain == "不适用" {
            return;
        }
        if let Err(wrong) = text::amount(&plain) {
            self.wrong(row, || bad_number(&row.spot, row.at(Role::Quantity), Role::Quantity.name(), wrong));
        }
    }

    /// The cells with a fixed meaning beyond 数量, each checked even where nobody asks for it.
    pub(super) fn detail(&mut self, row: &Row<'_, '_>, counted: bool) -> Detail {
        let mut detail = Detail { counted, ..Detail::empty(self.shared.plan.columns.len()) };
        detail.deadline = self.date(row, Role::Deadline);
        detail.completed = self.date(row, Role::Completed);
        detail.occurred = self.date(row, Role::Occurred);
        detail.found = self.date(row, Role::Found);
        detail.repaired = self.date(row, Role::Repaired);
        if let (Some(repaired), Some(known)) = (detail.repaired, detail.found.or(detail.occurred))
            && repaired < known
        {
            self.wrong(row, || {
                let message = "整改日期早于发现（发生）日期";
                row.error("repaired-before-found", Role::Repaired, message).help("核对这两个日期")
            });
        }
        detail.points = self.number(row, Role::Points, "分");
        detail.coefficient = self.number(row, Role::Coefficient, "");
        detail.place = self.number(row, Role::Place, "位");
        detail.people = self.number(row, Role::People, "人");
        detail.scale = self.number(row, Role::Scale, "分");
        if detail.coefficient.is_some_and(|value| value > Decimal::ONE) {
            self.wrong(row, || {
                let finding = row.error("coefficient-out-of-range", Role::Coefficient, "系数不能大于1");
                finding.expected("0至1").help("核对系数")
            });
        }
        for (role, value) in [(Role::Place, detail.place), (Role::People, detail.people)] {
            if value.is_some_and(|value| !value.fract().is_zero() || value < Decimal::ONE) {
                self.wrong(row, || {
                    let message = format!("“{}”要写1以上的整数", role.name());
                    row.error("fractional-count", role, message).expected("1、2、3这样的整数")
                });
            }
        }
        if let (Some(place), Some(people)) = (detail.place, detail.people)
            && place > people
        {
            self.wrong(row, || {
                let message = format!("位次{}超过人数{}", shown(place), shown(people));
                row.error("place-out-of-range", Role::Place, message).help("核对位次和人数")
            });
        }
        if detail.scale.is_some_and(|scale| scale.is_zero()) {
            self.wrong(row, || row.error("scale-out-of-range", Role::Scale, "原满分不能是0").help("核对原满分"));
        }
        detail
    }

    pub(super) fn date(&mut self, row: &Row<'_, '_>, role: Role) -> Option<NaiveDate> {
        let written = row.cell(role);
        if written.is_empty() {
            return None;
        }
        match text::date(&fold(written)) {
            Ok(date) => Some(date),
            Err(wrong) => {
                self.wrong(row, || bad_date(&row.spot, row.at(role), role.name(), wrong, self.shared.plan));
                None
            }
        }
    }

    pub(super) fn number(&mut self, row: &Row<'_, '_>, role: Role, word: &str) -> Option<Decimal> {
        let written = row.cell(role);
        if written.is_empty() {
            return None;
        }
        let plain = fold(written);
        match text::amount(&plain) {
            Ok(amount)
                if (!amount.percent || role == Role::Coefficient)
                    && (amount.word.is_empty() || amount.word == word) =>
            {
                Some(amount.value)
            }
            Ok(_) => {
                self.wrong(row, || bad_number(&row.spot, row.at(role), role.name(), text::NotNumber::Other));
                None
            }
            Err(wrong) => {
                self.wrong(row, || bad_number(&row.spot, row.at(role), role.name(), wrong));
                None
            }
        }
    }

    /// Reports needed cells that are empty, and points that nobody asked for.
    pub(super) fn needs(&mut self, row: &Row<'_, '_>, input: &Input, detail: &Detail) {
        let needs = &input.needs;
        match (needs.points, detail.points) {
            (Some((least, most)), Some(points)) if points < least || points > most => self.wrong(row, || {
                let message = format!("“{}”的分值{}超出范围", input.label, shown(points));
                let range = format!("{}至{}分", shown(least), shown(most));
                row.error("points-out-of-range", Role::Points, message).expected(range).help("在范围内酌定分值")
            }),
            (None, Some(_)) => self.wrong(row, || {
                let message = format!("“{}”的分值由方案定，不能写", input.label);
                row.error("unexpected-points", Role::Points, message).help("清空分值")
            }),
            _ => {}
        }
        self.rater_group(row, input);
        if *needs == Needs::default() {
            return;
        }
        let empty = |role: Role| row.cell(role).is_empty();
        for (code, role) in needed(needs) {
            let missing = match role {
                Role::Rater => empty(Role::Rater) && empty(Role::RaterGroup),
                _ => empty(role),
            };
            if missing {
                self.wrong(row, || {
                    let name = role.name();
                    let help = match role {
                        Role::Completed => "补上完成日期；还没有完成的，完成以后再报".to_owned(),
                        Role::Note if needs.points.is_some() => "在备注里写明酌定的理由".to_owned(),
                        _ => format!("补上{name}"),
                    };
                    row.error(code, role, format!("“{}”没有写{name}", input.label)).help(help)
                });
            }
        }
    }

    /// A rating by groups takes no mark of any other: it would count nowhere.
    fn rater_group(&mut self, row: &Row<'_, '_>, input: &Input) {
        let plan = self.shared.plan;
        let groups = &input.raters;
        let role = if row.cell(Role::Rater).is_empty() { Role::RaterGroup } else { Role::Rater };
        let written = fold(row.cell(role));
        if groups.is_empty() || written.is_empty() {
            return;
        }
        let known = || groups.iter().map(|group| plan.symbols.text(*group));
        if !known().any(|group| group == written) {
            self.wrong(row, || {
                let message = format!("“{}”没有“{}”这一组", input.label, short(&written));
                let finding = row.error("unknown-rater-group", role, message);
                let finding = finding.expected(known().collect::<Vec<_>>().join("、"));
                match crate::suggest::nearest(&written, known()) {
                    Some(nearest) => finding.help(format!("是不是“{nearest}”？")),
                    None => finding.help("写评分人所在的组"),
                }
            });
        }
    }

    /// Declared columns, and the texts of the fixed ones.
    pub(super) fn columns(&mut self, row: &Row<'_, '_>, input: InputId, asked: &Input, detail: &mut Detail) {
        let shared = self.shared;
        let gate = shared.gates.gate(input);
        for (at, place) in row.sheet.columns.declared.iter().enumerate() {
            let column = &shared.plan.columns[at];
            let written = place.map_or("", |cell| row.spot.cells.get(usize::from(cell)));
            if written.is_empty() {
                let needed = asked.columns.iter().any(|id| id.index() == at);
                if needed {
                    let cell = place.map_or(0, usize::from);
                    self.wrong(row, || {
                        let label = &asked.label;
                        let message = format!("“{label}”没有写{}", column.name);
                        row.spot.error("missing-column-value", cell, message).help(format!("补上{}", column.name))
                    });
                }
                continue;
            }
            let cell = usize::from(place.unwrap_or(0));
            let value = typed_cell(shared.plan, &shared.words, &row.spot, cell, column, false, &mut self.found.reports);
            self.sound &= value != Cell::Empty;
            detail.columns[at] = value;
        }
        if gate.additive || (gate.single && gate.plain) || self.watch.is_some() {
            return;
        }
        let symbol = |text: &str| -> Option<SymbolId> { (!text.is_empty()).then(|| shared.words.id(text)) };
        detail.matter = symbol(row.cell(Role::Matter));
        detail.person = symbol(row.cell(Role::Person));
        detail.rater = symbol(row.cell(Role::Rater)).or_else(|| symbol(row.cell(Role::RaterGroup)));
        detail.evidence = symbol(row.cell(Role::Evidence));
        if shared.keep_entries {
            let text = |role: Role| Some(row.cell(role)).filter(|text| !text.is_empty()).map(Box::from);
            detail.note = text(Role::Note);
            detail.basis = text(Role::Basis);
        }
    }
}

/// How what may come to less than nothing is declared, as an example.
fn may_be_lost(kind: &InputKind) -> Option<&'static str> {
    match kind {
        InputKind::Parameter { .. } => Some("参数 利润目标（万元）：每单位每年一个"),
        InputKind::Indicator => Some("指标 利润（万元）"),
        _ => None,
    }
}

/// The cells that a row must fill, with the code for each; points that were given freely want a reason.
fn needed(needs: &Needs) -> impl Iterator<Item = (&'static str, Role)> {
    let explained = needs.points.is_some();
    let cells = needs.cells().into_iter();
    cells.filter(move |(asked, role)| *asked || explained && *role == Role::Note).map(|(_, role)| (missing(role), role))
}

/// What its empty cell is told as.
fn missing(role: Role) -> &'static str {
    match role {
        Role::Points => "missing-points",
        Role::Matter => "missing-matter",
        Role::Person => "missing-person",
        Role::Basis => "missing-basis",
        Role::Note => "missing-note",
        Role::Rater => "missing-rater",
        Role::Coefficient => "missing-coefficient",
        Role::Place | Role::People => "missing-share",
        Role::Evidence => "missing-evidence",
        Role::Scale => "missing-scale",
        _ => "missing-date",
    }
}
