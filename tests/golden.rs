//! Every folder of `tests/cases` is a claim about a construct: `tests/cases/<construct>/<claim>/rulebook.zs`.
//!
//! A folder with `diagnostics.txt` holds a rulebook that is refused (or noted) with exactly these findings, one for each
//! line that ends in `# ✗`; any other must be in order. `UPDATE_EXPECT=1 cargo test` rewrites what is expected.

mod scratch;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use zhunsheng::compile::{Compiled, compile_text, compile_with};
use zhunsheng::diagnostic::Style;
use zhunsheng::example;

use scratch::{compile, folders, otherwise, rulebooks};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// Lines that say of themselves that they are broken.
fn broken_lines(text: &str) -> BTreeSet<usize> {
    text.lines().enumerate().filter(|(_, line)| line.trim_end().ends_with("# ✗")).map(|(index, _)| index + 1).collect()
}

/// The rulebooks of a case by name: one that builds on others has them beside it.
fn documents(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder of a case").map(|entry| entry.expect("a readable entry"));
    let texts = entries
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "zs"))
        .filter(|entry| entry.file_name() != "formatted.zs");
    texts
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).unwrap()))
        .collect()
}

/// A plan without what tells where its lines were written.
fn meaning(mut compiled: Compiled) -> String {
    compiled.plan.lines.clear();
    format!("{:#?}", compiled.plan)
}

/// What is wrong with a rulebook made of several documents: its text is as `consolidated.txt` has it and means the
/// same by itself, and its examples come out.
fn judge_consolidated(folder: &Path, compiled: &Compiled) -> Option<String> {
    if compiled.source.documents.is_empty() {
        return None;
    }
    let (_, differences) = example::run(compiled);
    if !differences.is_empty() {
        return Some(format!("its examples come out otherwise:\n{}", differences.render(Style::Human)));
    }
    let text = compiled.source.text.clone();
    let (alone, findings) = compile_text("consolidated.txt", &text);
    let Some(alone) = alone else { return Some(format!("alone it is refused:\n{}", findings.render(Style::Human))) };
    let mut read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|_| "没有这个文件".to_owned());
    let again = fs::read_to_string(folder.join("rulebook.zs")).expect("a case has a rulebook.zs");
    let (again, _) = compile_with("rulebook.zs", &again, &mut read);
    if again.map(meaning) != Some(meaning(alone)) {
        return Some("alone it means something else".to_owned());
    }
    otherwise(&folder.join("consolidated.txt"), &text)
}

/// What is wrong with a case, if anything.
fn judge(folder: &Path) -> Option<String> {
    let name = folder.strip_prefix(root()).unwrap_or(folder).display().to_string();
    let text = fs::read_to_string(folder.join("rulebook.zs")).expect("a case has a rulebook.zs");
    let mut read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|_| "没有这个文件".to_owned());
    let (compiled, findings) = compile_with("rulebook.zs", &text, &mut read);
    let shown = findings.render(Style::Short);
    let expected = folder.join("diagnostics.txt");
    if !expected.exists() {
        if compiled.is_none() || !findings.is_empty() {
            return Some(format!("{name}: should be in order, but:\n{}", findings.render(Style::Human)));
        }
        let compiled = compiled?;
        let (_, differences) = example::run(&compiled);
        if !differences.is_empty() {
            return Some(format!("{name}: its examples come out otherwise:\n{}", differences.render(Style::Human)));
        }
        return judge_consolidated(folder, &compiled).map(|why| format!("{name}: {why}"));
    }
    let told: BTreeSet<(String, usize)> =
        findings.iter().map(|finding| (finding.place.file.clone(), finding.place.line)).collect();
    let broken: BTreeSet<(String, usize)> = documents(folder)
        .iter()
        .flat_map(|(file, text)| broken_lines(text).into_iter().map(|line| (file.clone(), line)))
        .collect();
    if told != broken || findings.len() != broken.len() {
        return Some(format!("{name}: lines {broken:?} are marked as broken, but the findings are:\n{shown}"));
    }
    otherwise(&expected, &shown)
}

#[test]
fn every_case_holds() {
    let cases: Vec<PathBuf> = folders(&root()).iter().flat_map(|page| folders(page)).collect();
    assert!(cases.len() >= 200, "there are only {} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|folder| judge(folder)).collect();
    assert!(wrong.is_empty(), "{} cases do not hold:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_construct_has_a_valid_and_a_rejected_case() {
    for page in folders(&root()) {
        let cases = folders(&page);
        let rejected = cases.iter().filter(|folder| folder.join("diagnostics.txt").exists()).count();
        assert!(rejected > 0, "{} has no rejected case", page.display());
        assert!(rejected < cases.len(), "{} has no valid case", page.display());
    }
}

#[test]
fn every_rulebook_is_in_order() {
    for path in rulebooks("rulebooks") {
        let (compiled, findings) = compile(&path);
        assert!(findings.is_empty(), "{}", findings.render(Style::Human));
        let (_, differences) = example::run(&compiled.expect("in order"));
        assert!(differences.is_empty(), "{}", differences.render(Style::Human));
    }
}
