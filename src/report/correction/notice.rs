//! A correction as a notice for the word processor.

use std::io;

use super::Corrected;
use super::words::{self, peers, reasons, summary, table};
use crate::calendar::Month;
use crate::report::letter::{Letter, within_title};
use crate::report::paper;
use crate::word::{Align, Column, Document, Style, Table};

/// The bytes of a .docx; `made` is the month that it bears inside.
pub fn write(corrected: &Corrected<'_>, letter: &Letter, made: Month) -> io::Result<Vec<u8>> {
    let Corrected { correction, plan, old, reason, .. } = corrected;
    let period = words::period(plan, correction);
    let mut document = Document::new();
    let within = within_title(&plan.title, &period);
    paper::title(&mut document, &format!("关于更正{}", plan.title), &format!("{within}结果的通知"));
    document.say(Style::Centred, letter.number());
    document.say(Style::Flush, &format!("各{}：", plan.subject));
    let because = reason.map_or(String::new(), |reason| format!("因{}，", reason.trim_end_matches('。')));
    let number = plan.number.as_ref().map_or(String::new(), |number| format!("（{number}）"));
    document.say(
        Style::Body,
        &format!("{because}按《{}》{number}，对{period}已公布的结果作如下更正。{}。", plan.title, summary(correction)),
    );
    let mut part = Parts::default();
    if !correction.objections.is_empty() {
        document.say(Style::Heading, &part.next("异议的处理"));
        let sentences = correction.objections.iter().map(|objection| format!("{}。", objection.sentence));
        sentences.for_each(|sentence| document.say(Style::Body, &sentence));
    }
    let cells = table(correction);
    if !cells.rows.is_empty() {
        document.say(Style::Heading, &part.next("更正的结果"));
        let column = |title: &&str| match *title {
            "单位" => Column::new(title, 5, Align::Left),
            "名次" => Column::new(title, 6, Align::Centre),
            "奖惩" => Column::new(title, 8, Align::Left),
            _ => Column::new(title, 3, Align::Right),
        };
        document.table(&Table { columns: cells.header.iter().map(column).collect(), rows: cells.rows });
    }
    if !correction.moved.is_empty() {
        document.say(Style::Heading, &part.next("更正的理由"));
        for (names, why) in reasons(correction) {
            document.say_led(Style::Body, &format!("{names}："), &format!("{}。", why.join("；")));
        }
        peers(correction).iter().for_each(|peer| document.say(Style::Body, &format!("{peer}。")));
    }
    if letter.objections.is_some() {
        let (within, office) = (letter.objections(), letter.office());
        let words = format!("对更正后的结果有异议的，自本通知印发之日起{within}内，写明条款、事实和理由，报{office}。");
        document.say(Style::Body, &words);
    }
    document.say(Style::Body, &format!("原公布的结果（批次{old}）停止使用，以本通知为准。"));
    paper::sign(&mut document, letter);
    paper::frozen(&mut document, letter);
    document.bytes(made)
}

/// 一、二、三…
#[derive(Default)]
struct Parts(usize);

impl Parts {
    fn next(&mut self, title: &str) -> String {
        const NUMBERS: [&str; 5] = ["一", "二", "三", "四", "五"];
        let number = NUMBERS[self.0.min(NUMBERS.len() - 1)];
        self.0 += 1;
        format!("{number}、{title}")
    }
}
