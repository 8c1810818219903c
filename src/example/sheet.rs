//! Examples as rows of a table: facts and expected results side by side, one row a case or several.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::read::{EXPECTED, expected, fact_columns, period_column};
use super::{Example, Expectation, Row};
use crate::compile::Compiled;
use crate::diagnostic::{Finding, Findings, Place};
use crate::facts;
use crate::parse::fold::fold_name;
use crate::plan::{Input, InputKind, NodeId, Plan};
use crate::suggest;

/// A table as it was read; the first row that holds anything names the columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub name: String,
    /// In the order of their lines.
    pub rows: Vec<SheetRow>,
}

/// More rows nobody compares with a scheme's text; each may be a case that is scored by itself.
const MOST_ROWS: usize = 20_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetRow {
    /// From 1.
    pub line: usize,
    pub cells: Vec<Cell>,
}

/// What a cell shows, and whether its file says that it is a date.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    /// 2023-04-28
    Date(String),
}

impl Cell {
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Date(text) => text.trim(),
        }
    }
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
enum Role {
    /// 例
    Name,
    /// 月份 or 期间
    Period,
    Unit,
    Clause,
    Label,
    Quantity,
    /// 事项, 备注, a declared 事实列…
    Column(String),
    /// A declared 单位属性, 分组…
    Attribute(String),
    /// `基层工作.2 录入件数`: the cell is its 数量.
    Fact(String, String),
    /// `则`: a whole sentence.
    Sentence,
    /// `则 总分`: the cell is the figure.
    Result(String),
    /// 说明, and columns without a name.
    Ignored,
}

/// `D5`, as a spreadsheet calls it.
pub(super) fn cell_name(column: usize, line: usize) -> String {
    let (mut letters, mut left) = (String::new(), column);
    while left > 0 {
        letters.insert(0, char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    format!("{letters}{line}")
}

impl Sheet {
    /// What the row of this number holds.
    pub(super) fn row(&self, line: usize) -> Option<&SheetRow> {
        self.rows.binary_search_by_key(&line, |row| row.line).ok().map(|at| &self.rows[at])
    }

    fn at(&self, line: usize, column: usize, code: &'static str, message: String) -> Finding {
        let cell = self.row(line).and_then(|row| row.cells.get(column.wrapping_sub(1)));
        let place = Place { file: self.name.clone(), line, column: 0 };
        let message = if column > 0 { format!("{}格：{message}", cell_name(column, line)) } else { message };
        Finding::error(code, place, message).text(cell.map_or("", Cell::text))
    }
}

/// Makes examples of a table; each mistake in it is a finding.
pub fn read_sheet(compiled: &Compiled, sheet: Sheet) -> (Vec<Example>, Findings) {
    let sheet = Arc::new(sheet);
    let mut reading = Reading {
        plan: &compiled.plan,
        sheet: &sheet,
        examples: Vec::new(),
        names: FxHashMap::default(),
        at: Vec::new(),
        findings: Findings::default(),
    };
    if let Some(row) = sheet.rows.get(MOST_ROWS) {
        let message = format!("表太长，超过{MOST_ROWS}行");
        let finding = sheet.at(row.line, 0, "file-too-large", message).help("分成几个文件，或者看看是不是写错了文件名");
        let mut findings = Findings::default();
        findings.push(finding);
        return (Vec::new(), findings);
    }
    let is_filled = |row: &&SheetRow| row.cells.iter().any(|cell| !cell.text().is_empty());
    let mut rows = sheet.rows.iter().filter(is_filled);
    let Some(header) = rows.next() else { return (Vec::new(), Findings::default()) };
    let roles: Vec<Role> = (0..header.cells.len()).map(|column| reading.role(header, column)).collect();
    let has = |wanted: fn(&Role) -> bool| roles.iter().any(wanted);
    if !has(|role| matches!(role, Role::Sentence | Role::Result(_))) && reading.findings.is_empty() {
        let finding = sheet.at(header.line, 0, "example-without-expectation", "表里没有写结果的一列".to_owned());
        reading.findings.push(finding.help("加一列“则 总分”、“则 板块.序号”、“则 名次”，或一列“则”写整句"));
    }
    if !reading.findings.is_empty() {
        return (Vec::new(), reading.findings);
    }
    let is_named = has(|role| *role == Role::Name);
    let mut mistaken = BTreeSet::new();
    for row in rows {
        let told = reading.findings.len();
        let case = reading.row(row, &roles, is_named);
        if reading.findings.len() > told {
            mistaken.insert(case);
        }
    }
    let Reading { mut examples, mut findings, .. } = reading;
    // What a row with a mistake was to say is not missing.
    let mut index = 0;
    examples.retain(|_| {
        index += 1;
        !mistaken.contains(&(index - 1))
    });
    for example in examples.iter().filter(|example| example.expectations.is_empty()) {
        let message = format!("例“{}”没有写结果", example.name);
        let finding = sheet.at(example.line, 0, "example-without-expectation", message);
        findings.push(finding.help("在“则 …”的列里写上应得的数"));
    }
    examples.retain(|example| !example.expectations.is_empty());
    examples.iter_mut().for_each(|example| example.sheet = Some(sheet.clone()));
    (examples, findings)
}

struct Reading<'a> {
    plan: &'a Plan,
    sheet: &'a Sheet,
    examples: Vec<Example>,
    /// Which example has a name.
    names: FxHashMap<String, usize>,
    /// By example: the period, unit and clause of its last row.
    at: Vec<(String, String, String)>,
    findings: Findings,
}

impl Reading<'_> {
    fn tell(&mut self, line: usize, column: usize, code: &'static str, message: String, help: String) {
        self.findings.push(self.sheet.at(line, column + 1, code, message).help(help));
    }

    fn find_address(&self, address: &str) -> Option<NodeId> {
        let address = facts::address(address);
        let nodes = &self.plan.nodes;
        nodes.iter().position(|node| node.parent.is_some() && node.address == address).map(|at| NodeId(at as u16))
    }

    fn input(&self, node: Option<NodeId>, label: &str) -> Option<&Input> {
        self.plan.inputs.iter().find(|input| {
            let is_parameter = matches!(input.kind, InputKind::Parameter { .. });
            input.label == label && node.map_or(is_parameter, |node| input.node == node && !is_parameter)
        })
    }

    /// What the column under a heading holds; where nobody knows, a finding.
    fn role(&mut self, header: &SheetRow, column: usize) -> Role {
        let name = fold_name(header.cells[column].text());
        let plan = self.plan;
        match name.as_str() {
            "例" => return Role::Name,
            "月份" | "期间" => return Role::Period,
            "单位" => return Role::Unit,
            "条款" => return Role::Clause,
            "情形" => return Role::Label,
            "数量" => return Role::Quantity,
            "则" => return Role::Sentence,
            "说明" | "" => return Role::Ignored,
            _ => {}
        }
        if let Some(result) = name.strip_prefix("则").map(str::trim) {
            let find = |address: &str| self.find_address(address);
            if expected(&find, result).is_some() || expected(&find, &format!("{result} 1")).is_some() {
                return Role::Result(result.to_owned());
            }
            let message = format!("“{name}”不是能对照的结果");
            let finding = self.sheet.at(header.line, column + 1, "unknown-expectation", message);
            self.findings.push(finding.expected(format!("“则”加上：{EXPECTED}中的名称")));
            return Role::Ignored;
        }
        if fact_columns().any(|column| column == name) || plan.columns.iter().any(|column| column.name == name) {
            return Role::Column(name);
        }
        if ["分组", "启用月份", "停用月份"].contains(&name.as_str()) || plan.attributes.iter().any(|it| it.name == name)
        {
            return Role::Attribute(name);
        }
        if let Some((address, label)) = name.split_once(' ') {
            let (node, label) = (self.find_address(address), label.trim());
            if (node.is_some() || address == "参数") && self.input(node, label).is_some() {
                return Role::Fact(facts::address(address).into_owned(), label.to_owned());
            }
        }
        let inputs =
            plan.inputs.iter().map(|input| format!("{} {}", plan.nodes[input.node.index()].address, input.label));
        let known: Vec<String> = ["例", "月份", "期间", "单位", "条款", "情形", "数量", "则"]
            .into_iter()
            .chain(fact_columns())
            .map(str::to_owned)
            .chain(plan.columns.iter().chain(&plan.attributes).map(|column| column.name.clone()))
            .chain(inputs)
            .collect();
        let help = suggest::nearest(&name, known.iter().map(String::as_str)).map_or_else(
            || "列名可以是：例、月份、期间、单位、条款、情形、数量，事实表的其他列、单位属性，“板块.序号 情形”，“则 …”；不用的列叫“说明”".to_owned(),
            |near| format!("是不是“{near}”？"),
        );
        self.tell(header.line, column, "unknown-case-column", format!("没有叫“{name}”的列"), help);
        Role::Ignored
    }

    /// Reads a row, and says which case it is of.
    fn row(&mut self, row: &SheetRow, roles: &[Role], is_named: bool) -> usize {
        let cells = || roles.iter().zip(&row.cells).enumerate().filter(|(_, (_, cell))| !cell.text().is_empty());
        let cell =
            |wanted: &Role| cells().find(|(_, (role, _))| *role == wanted).map(|(column, (_, cell))| (column, cell));
        let case = match cell(&Role::Name) {
            Some((_, name)) => self.case(fold_name(name.text()), row.line),
            None if is_named && !self.examples.is_empty() => self.examples.len() - 1,
            None => self.case(format!("第{}行", row.line), row.line),
        };
        if let Some((column, written)) = cell(&Role::Period) {
            let Some(name) = self.period(written) else {
                let calendar = &self.plan.calendar;
                let help =
                    format!("写{}至{}间的月份，或 2024-Q2、2024年上半年、2024", calendar.first(), calendar.last());
                let message = format!("施行期内没有“{}”", written.text());
                self.tell(row.line, column, "month-out-of-force", message, help);
                return case;
            };
            self.at[case].0 = name;
        }
        if let Some((_, unit)) = cell(&Role::Unit) {
            self.at[case].1 = fold_name(unit.text());
        }
        if let Some((column, clause)) = cell(&Role::Clause) {
            let address = facts::address(clause.text());
            if address != "参数" && self.find_address(&address).is_none() {
                let known = self.plan.nodes.iter().map(|node| node.address.as_str()).filter(|known| !known.is_empty());
                let help = suggest::nearest(&address, known)
                    .map_or_else(|| "写成：板块.序号".to_owned(), |near| format!("是不是“{near}”？"));
                self.tell(row.line, column, "unknown-clause", format!("方案里没有条款“{address}”"), help);
                return case;
            }
            self.at[case].2 = address.into_owned();
        }
        let (period, unit, clause) = self.at[case].clone();
        if period.is_empty() || unit.is_empty() {
            let finding = self.sheet.at(row.line, 0, "example-without-unit", "这一行没有写哪个月、哪个单位".to_owned());
            self.findings.push(finding.help("“月份”（或“期间”）和“单位”两列，例的第一行要写"));
            return case;
        }
        let attributes = cells().filter_map(|(_, (role, cell))| match role {
            Role::Attribute(name) => Some((name.clone(), cell.text().to_owned())),
            _ => None,
        });
        let attributes: Vec<(String, String)> = attributes.collect();
        self.examples[case].add_unit(&unit, attributes);
        let extra: Vec<(String, String)> = cells()
            .filter_map(|(_, (role, cell))| match role {
                Role::Column(name) => Some((name.clone(), cell.text().to_owned())),
                _ => None,
            })
            .collect();
        let (label, quantity) = (cell(&Role::Label), cell(&Role::Quantity));
        if label.is_some() || quantity.is_some() {
            let label = label.map_or_else(String::new, |(_, label)| fold_name(label.text()));
            let place = (period.as_str(), unit.as_str(), clause.as_str());
            self.fact(case, row.line, place, &label, quantity.map(|(_, cell)| cell), extra.clone());
        }
        for (_, (role, cell)) in cells() {
            if let Role::Fact(address, label) = role {
                let place = (period.as_str(), unit.as_str(), address.as_str());
                self.fact(case, row.line, place, label, Some(cell), extra.clone());
            }
        }
        for (column, (role, cell)) in cells() {
            match role {
                Role::Sentence => {
                    let text = crate::parse::fold::fold(cell.text(), 0).text;
                    let text = text.strip_prefix("则").unwrap_or(&text).trim().trim_end_matches('。').to_owned();
                    for part in text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
                        self.expect(case, (row.line, column), (&period, &unit), part.to_owned());
                    }
                }
                Role::Result(name) if is_flag(name) => match fold_name(cell.text()).as_str() {
                    "是" | "√" | "1" => self.expect(case, (row.line, column), (&period, &unit), name.clone()),
                    other => {
                        let message = format!("“则 {name}”的列里写了“{other}”");
                        self.tell(row.line, column, "unknown-expectation", message, "写“是”，不对照的空着".to_owned());
                    }
                },
                Role::Result(name) => {
                    let text = format!("{name} {}", crate::parse::fold::fold(cell.text(), 0).text);
                    self.expect(case, (row.line, column), (&period, &unit), text);
                }
                _ => {}
            }
        }
        case
    }

    /// The example of a name; rows of one need not stand together.
    fn case(&mut self, name: String, line: usize) -> usize {
        if let Some(known) = self.names.get(&name) {
            return *known;
        }
        self.names.insert(name.clone(), self.examples.len());
        self.examples.push(Example { name, line, ..Example::default() });
        self.at.push(Default::default());
        self.examples.len() - 1
    }

    fn period(&self, cell: &Cell) -> Option<String> {
        let mut text = fold_name(cell.text());
        // A spreadsheet makes the first of April of 2023-4.
        if let Cell::Date(date) = cell {
            text = date.get(..7)?.to_owned();
        }
        let calendar = &self.plan.calendar;
        facts::period_named(calendar, &text).map(|period| calendar.period(period).name.clone())
    }

    fn fact(
        &mut self,
        case: usize,
        line: usize,
        (period, unit, address): (&str, &str, &str),
        label: &str,
        quantity: Option<&Cell>,
        extra: Vec<(String, String)>,
    ) {
        let node = self.find_address(address);
        let input = self.input(node, label);
        let is_global = input.is_some_and(|input| input.kind == (InputKind::Parameter { global: true }));
        let quantity = quantity.map_or_else(String::new, |cell| cell.text().to_owned());
        let mut cells = vec![
            (period_column(period).to_owned(), period.to_owned()),
            ("单位".to_owned(), if is_global { String::new() } else { unit.to_owned() }),
            ("条款".to_owned(), address.to_owned()),
            ("情形".to_owned(), label.to_owned()),
            ("数量".to_owned(), quantity),
        ];
        cells.extend(extra);
        let example = &mut self.examples[case];
        node.into_iter().for_each(|node| example.name_node(node));
        example.rows.push(Row { cells, line });
    }

    fn expect(&mut self, case: usize, (line, column): (usize, usize), (period, unit): (&str, &str), text: String) {
        match expected(&|address| self.find_address(address), &text) {
            Some(what) => self.examples[case].expectations.push(Expectation {
                line,
                column: column + 1,
                text,
                period: period.to_owned(),
                unit: unit.to_owned(),
                what,
            }),
            None => {
                let finding =
                    self.sheet.at(line, column + 1, "unknown-expectation", format!("“{text}”不是能对照的结果"));
                self.findings.push(finding.expected(EXPECTED));
            }
        }
    }
}

/// A result that is there or not.
fn is_flag(name: &str) -> bool {
    matches!(name, "一票否决" | "不予奖励" | "不参评") || name.starts_with("取消")
}

#[cfg(test)]
mod tests {
    use super::cell_name;

    #[test]
    fn cells_are_called_as_in_a_spreadsheet() {
        assert_eq!(
            [cell_name(1, 2), cell_name(26, 3), cell_name(27, 4), cell_name(703, 5)],
            ["A2", "Z3", "AA4", "AAA5"]
        );
    }
}
