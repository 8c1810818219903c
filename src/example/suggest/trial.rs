//! Proposed examples are run behind the rulebook before anybody sees them.

use std::collections::BTreeSet;

use crate::compile::{Compiled, compile_beside};
use crate::example::Example;
use crate::example::run::{Ran, reading, run_one};

/// How the made-up file of examples is called.
const FILE: &str = "建议";

/// Each text compiled behind the rulebook and run; `None` where it does not compile.
pub(super) fn run(compiled: &Compiled, texts: &[&str]) -> Vec<Option<Ran>> {
    let mut ran: Vec<Option<Ran>> = texts.iter().map(|_| None).collect();
    let mut kept: Vec<usize> = (0..texts.len()).collect();
    // Each round leaves out what was refused; what is refused once the rest is gone is not tried again.
    for _ in 0..4 {
        if kept.is_empty() {
            return ran;
        }
        let (mut file, mut starts) = (String::new(), Vec::new());
        for index in &kept {
            starts.push(file.lines().count() + 1);
            file.push_str(texts[*index]);
            file.push('\n');
        }
        let beside = [(FILE.to_owned(), file)];
        let source = &compiled.source;
        let alone = compile_beside(&source.name, &source.text, &beside, &mut |_| Err("没有这个文件".to_owned()));
        if let (Some(joined), _) = alone {
            let mine = joined.examples.iter().filter(|example| is_ours(&joined, example));
            let reading = reading(&joined.plan);
            for (index, example) in kept.iter().zip(mine) {
                ran[*index] = Some(run_one(&joined, &reading, example, false));
            }
            return ran;
        }
        let errors = alone.1.iter().filter(|finding| finding.place.file == FILE).map(|finding| finding.place.line);
        let refused: BTreeSet<usize> =
            errors.map(|line| starts.partition_point(|start| *start <= line).saturating_sub(1)).collect();
        if refused.is_empty() {
            return ran;
        }
        let mut at = 0;
        kept.retain(|_| {
            at += 1;
            !refused.contains(&(at - 1))
        });
    }
    ran
}

fn is_ours(joined: &Compiled, example: &Example) -> bool {
    joined.source.origin(example.line).is_some_and(|(document, _)| document.name == FILE)
}
