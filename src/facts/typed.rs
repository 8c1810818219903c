//! A cell of a declared column: read by its type.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::Cycle;
use crate::diagnostic::{Finding, workbook};
use crate::plan::{Column, Plan, Type};

use super::Cell;
use super::report::{Reports, Spot, short};
use super::sheet::signed;
use super::suggest;
use super::text::{self, NotDate, NotNumber, fold, shown};
use super::words::Words;

/// Reads a declared column's cell; a mistake is reported and reads as empty.
pub fn typed_cell(
    plan: &Plan,
    words: &Words,
    spot: &Spot<'_>,
    cell: usize,
    column: &Column,
    may_be_negative: bool,
    reports: &mut Reports,
) -> Cell {
    let written = spot.cells.get(cell);
    if written.is_empty() {
        return Cell::Empty;
    }
    let plain = fold(written);
    match &column.kind {
        Type::Text => {
            let symbol = words.id(written);
            let Some(values) = column.values.as_ref().filter(|values| !values.contains(&symbol)) else {
                return Cell::Text(symbol);
            };
            let known: Vec<&str> = values.iter().map(|value| plan.symbols.text(*value)).collect();
            let message = match suggest::nearest(written, known.iter().copied()) {
                Some(meant) => format!("“{}”没有“{}”这一项，是不是“{meant}”？", column.name, short(written)),
                None => format!("“{}”没有“{}”这一项", column.name, short(written)),
            };
            let finding = spot.error("unknown-value", cell, message).expected(known.join("、"));
            reports.push(spot.rank, finding);
            Cell::Empty
        }
        Type::Date => match text::date(&plain) {
            Ok(date) => Cell::Date(date),
            Err(wrong) => {
                reports.push(spot.rank, bad_date(spot, cell, &column.name, wrong, plan));
                Cell::Empty
            }
        },
        kind => {
            let amount = if may_be_negative { signed(&plain) } else { text::amount(&plain) };
            let finding = match amount {
                Ok(amount) => match wrong_kind(kind, &amount, &column.name) {
                    None => return Cell::Number(amount.value),
                    Some(wrong) => wrong.at(spot, cell),
                },
                Err(wrong) => bad_number(spot, cell, &column.name, wrong),
            };
            reports.push(spot.rank, finding);
            Cell::Empty
        }
    }
}

/// What is wrong with a number for its type.
pub struct WrongKind {
    code: &'static str,
    message: String,
    expected: String,
    help: String,
}

impl WrongKind {
    pub fn at(self, spot: &Spot<'_>, cell: usize) -> Finding {
        let help = match self.code {
            "bare-percentage" if is_old_workbook(spot.file) => {
                "在表格软件里把它另存为.xlsx，放回来代替.xls；.xls里不说哪些数是百分比".to_owned()
            }
            _ => self.help,
        };
        spot.error(self.code, cell, self.message).expected(self.expected).help(help)
    }
}

/// Whether a sheet is of a workbook that does not say which of its numbers are percentages.
pub fn is_old_workbook(file: &str) -> bool {
    workbook::sheet(file).is_some_and(|(sheet, _)| sheet.to_ascii_lowercase().contains(".xls "))
}

/// The word that may stand behind a number of a type.
pub fn measure_word(kind: &Type) -> &str {
    match kind {
        Type::Count(word) | Type::Quantity(word) => word,
        Type::Points => "分",
        Type::Money => "元",
        Type::Place => "名",
        Type::Days => "天",
        Type::Percent | Type::Bare | Type::Date | Type::Text => "",
    }
}

/// Checks percent sign, measure word and whole numbers; `name` is what the number is of.
pub fn wrong_kind(kind: &Type, amount: &text::Amount<'_>, name: &str) -> Option<WrongKind> {
    let wrong = |code, message: String, expected: &str, help: String| {
        Some(WrongKind { code, message, expected: expected.to_owned(), help })
    };
    let word = measure_word(kind);
    let value = amount.value;
    if *kind == Type::Percent {
        if amount.percent {
            return None;
        }
        if !amount.word.is_empty() {
            let message = format!("“{name}”是百分比，不能用“{}”", amount.word);
            return wrong("wrong-measure-word", message, "89.9%这样的百分比", "写成百分比".to_owned());
        }
        let message = format!("“{name}”是百分比，要写百分号");
        let as_share = value.checked_mul(Decimal::ONE_HUNDRED).filter(|_| value < Decimal::ONE && !value.is_zero());
        let help = match as_share {
            Some(percent) => format!("写成{}%", shown(percent)),
            // A spreadsheet shows 100% as 1 where its cell has lost the look of a percentage.
            None if value == Decimal::ONE => "百分之百的写成100%，百分之一的写成1%".to_owned(),
            None => format!("写成{}%", shown(value)),
        };
        return wrong("bare-percentage", message, "89.9%这样的百分比", help);
    }
    // Days are whole, or halves where the rulebook says so.
    let halves = matches!(kind, Type::Quantity(unit) if unit == "天");
    let value_of_steps = if halves { value * Decimal::TWO } else { value };
    let whole = halves || matches!(kind, Type::Count(_) | Type::Place | Type::Days);
    // 超过10日的，每超1日 is reported in 日 as well.
    let is_word = amount.word == word || word == "天" && amount.word == "日";
    let suits = !amount.percent && (amount.word.is_empty() || is_word);
    if suits && (!whole || value_of_steps.fract().is_zero()) {
        return None;
    }
    let example = if word.is_empty() { "28这样的数".to_owned() } else { format!("以“{word}”计的数") };
    if amount.percent {
        let message = if word.is_empty() {
            format!("“{name}”不是百分比，不能用百分号")
        } else {
            format!("“{name}”以“{word}”计，不能用百分号")
        };
        return wrong("unexpected-percentage", message, &example, "去掉百分号，写出数目".to_owned());
    }
    if !amount.word.is_empty() && !is_word {
        let message = if word.is_empty() {
            format!("“{name}”没有单位，不能用“{}”", amount.word)
        } else {
            format!("“{name}”以“{word}”计，不能用“{}”", amount.word)
        };
        let help = match in_another(value, amount.word, word) {
            Some(value) => format!("写成{}{word}", shown(value)),
            None if word.is_empty() => format!("核对后写成{}", shown(value)),
            // 28条 of 件: people call the same things by either.
            None if [word, amount.word].iter().all(|word| THINGS.contains(word)) => {
                format!("核对后写成{}{word}", shown(value))
            }
            None => format!("核对是不是这个数；是的，按“{word}”填写"),
        };
        return wrong("wrong-measure-word", message, &example, help);
    }
    if halves {
        let message = format!("“{name}”报到半天，{}天不是整天也不是半天", shown(value));
        return wrong("fractional-count", message, "整天或半天，如：1.5天", "改为整天或半天".to_owned());
    }
    let message = format!("“{name}”以“{word}”计，{}{word}不是整数", shown(value));
    let help = match kind {
        Type::Days => "改为整数；平均天数这样有小数的，规则书里另用一个量词，如：平均住院日（日均）",
        _ => "改为整数",
    };
    wrong("fractional-count", message, "整数", help.to_owned())
}

/// Measure words of things, which may stand for one another; 人, 天 and 元 are of something else.
const THINGS: &[&str] = &["件", "条", "项", "个", "起", "例", "宗", "处", "次", "份", "篇", "期"];

/// 350000元 in 万元: the same amount by another measure word.
fn in_another(value: Decimal, from: &str, to: &str) -> Option<Decimal> {
    const TIMES: &[(&str, &str, i64)] = &[
        ("万元", "元", 10_000),
        ("亿元", "元", 100_000_000),
        ("亿元", "万元", 10_000),
        ("小时", "分钟", 60),
        ("公里", "米", 1000),
    ];
    TIMES.iter().find_map(|(large, small, times)| match (from, to) {
        _ if (from, to) == (*large, *small) => value.checked_mul(Decimal::from(*times)),
        _ if (from, to) == (*small, *large) => {
            let other = value.checked_div(Decimal::from(*times))?.normalize();
            (other.checked_mul(Decimal::from(*times)) == Some(value)).then_some(other)
        }
        _ => None,
    })
}

/// A finding for what is no number.
pub fn bad_number(spot: &Spot<'_>, cell: usize, name: &str, wrong: NotNumber) -> Finding {
    let text = short(spot.cells.get(cell));
    let (code, message, help) = match wrong {
        NotNumber::Other => ("not-a-number", format!("“{name}”的“{text}”不是数"), "写成28、2.5或89.9%这样的数"),
        NotNumber::Negative => {
            ("negative-number", format!("“{name}”不能小于0：{text}"), "写不小于0的数；扣分由方案决定，不写负号")
        }
        NotNumber::Exponent => {
            ("number-with-exponent", format!("“{name}”不能用科学记数法：{text}"), "把数写全，如12000")
        }
        NotNumber::Thousands => ("thousands-separator", format!("“{name}”不能用千分位逗号：{text}"), "去掉数里的逗号"),
        NotNumber::TooManyDigits => ("too-many-digits", format!("“{name}”的位数太多：{text}"), "一个数最多28位"),
    };
    spot.error(code, cell, message).expected("不小于0的十进制数").help(help)
}

/// A finding for what is no date.
pub fn bad_date(spot: &Spot<'_>, cell: usize, name: &str, wrong: NotDate, plan: &Plan) -> Finding {
    let text = short(spot.cells.get(cell));
    let meant = matches!(wrong, NotDate::Form).then(|| meant_date(&text, plan)).flatten();
    let (code, message) = match wrong {
        NotDate::Form => ("bad-date", format!("“{name}”的“{text}”不是日期")),
        NotDate::Impossible => ("impossible-date", format!("“{name}”的{text}不存在")),
    };
    spot.error(code, cell, message)
        .expected(format!("{}-10这样的日期", plan.calendar.first()))
        .help(meant.unwrap_or_else(|| "改为日历上有的日期".to_owned()))
}

/// What is likely meant by something that is no date: one without its year, with 号 for 日, or the number that a
/// spreadsheet keeps for it.
fn meant_date(text: &str, plan: &Plan) -> Option<String> {
    let read = |text: &str| text::date(&text::fold(text)).ok();
    let with_day = text.replace('号', "日");
    if let Some(date) = read(&with_day) {
        return Some(format!("写成{date}"));
    }
    let month: String = text::fold(text).chars().take_while(char::is_ascii_digit).collect();
    let mut months = plan.calendar.each(Cycle::Month).map(|id| plan.calendar.period(id).first);
    let year = months.find(|it| Ok(it.number()) == month.parse()).map(|it| it.year());
    let dotted = with_day.replace(['.', '/'], "-");
    let with_year = |year: i32| read(&format!("{year}年{with_day}")).or_else(|| read(&format!("{year}-{dotted}")));
    if let Some(date) = year.and_then(with_year) {
        return Some(format!("写上年份：{date}"));
    }
    let days: u64 = text.parse().ok().filter(|days| (30_000..60_000).contains(days))?;
    let date = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(days))?;
    Some(format!("单元格不是日期格式：把格式改为日期，显示{date}"))
}
