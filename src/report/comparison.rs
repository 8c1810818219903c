//! A comparison with published results, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::json;
use crate::plan::words::points_text;
use crate::published::{Comparison, Difference};
use crate::scored::Scored;
use crate::value::Number;

/// Writes the differences, one a line.
pub fn write(scored: &Scored<'_>, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let (period, compared) = (&scored.period().name, comparison.compared);
    if comparison.differences.is_empty() {
        return writeln!(out, "{period}：{compared}个单位都与公布的一致");
    }
    writeln!(out, "{period}：比对{compared}个单位，{}处不一致", comparison.differences.len())?;
    for difference in &comparison.differences {
        writeln!(out, "  {}", sentence(difference))?;
    }
    comparison.hints.iter().try_for_each(|hint| writeln!(out, "{hint}"))
}

fn sentence(difference: &Difference) -> String {
    let Difference { unit, published, computed } = difference;
    match (published, computed) {
        (Some(told), Some(own)) => format!("{unit}：公布{}，算得{}", result(told), result(own)),
        (Some(told), None) => format!("{unit}：公布{}，本期没有这个单位", result(told)),
        (None, Some(own)) => format!("{unit}：没有公布，算得{}", result(own)),
        (None, None) => unit.clone(),
    }
}

fn result((total, rank): &(Number, Option<u32>)) -> String {
    match rank {
        Some(rank) => format!("{}第{rank}名", points_text(*total)),
        None => points_text(*total),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    period: &'a str,
    compared: usize,
    differences: Vec<Line<'a>>,
    hints: &'a [String],
}

#[derive(Serialize)]
struct Line<'a> {
    unit: &'a str,
    published: Option<Standing>,
    computed: Option<Standing>,
}

#[derive(Serialize)]
struct Standing {
    total: Number,
    rank: Option<u32>,
}

impl Standing {
    fn of(&(total, rank): &(Number, Option<u32>)) -> Standing {
        Standing { total, rank }
    }
}

/// Writes the differences as JSON.
pub fn write_json(scored: &Scored<'_>, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let differences = comparison.differences.iter().map(|difference| Line {
        unit: &difference.unit,
        published: difference.published.as_ref().map(Standing::of),
        computed: difference.computed.as_ref().map(Standing::of),
    });
    let document = Document {
        period: &scored.period().name,
        compared: comparison.compared,
        differences: differences.collect(),
        hints: &comparison.hints,
    };
    json::write_document(out, &document)
}
