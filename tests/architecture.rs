//! Modules depend on one another in the order of ARCHITECTURE.md's table, but for the pairs that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module, and one that it reads.
type Pair = (String, String);

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// `plan/` and `value.rs` of the first column; `report/book/` is a part of one.
fn module(cell: &str) -> Option<&str> {
    let name = cell.strip_suffix('/').or(cell.strip_suffix(".rs"))?;
    (!name.contains('/')).then_some(name)
}

/// The modules in the order of the table, and the pairs against it.
fn said() -> (Vec<String>, BTreeSet<Pair>) {
    let page = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let modules =
        rows.flat_map(|cell| quoted(&format!("`{cell}")).filter_map(module).map(str::to_owned).collect::<Vec<_>>());
    let mut against = BTreeSet::new();
    for (from, others) in page.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(" → ")) {
        let from = quoted(from).next().unwrap();
        against.extend(quoted(others).map(|to| (from.to_owned(), to.to_owned())));
    }
    (modules.collect(), against)
}

/// Who reads whom outside of tests, and where.
fn read(folder: &Path, of: Option<&str>, found: &mut BTreeMap<Pair, String>, modules: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name == "tests" || of.is_none() && matches!(name, "lib" | "main") {
            continue;
        }
        let module = of.unwrap_or(name);
        modules.insert(module.to_owned());
        if path.is_dir() {
            read(&path, Some(module), found, modules);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            for other in lines.flat_map(|line| line.split("crate::").skip(1)) {
                let other: String = other.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if other != module {
                    found.entry((module.to_owned(), other)).or_insert_with(|| path.display().to_string());
                }
            }
        }
    }
}

#[test]
fn modules_depend_on_earlier_ones() {
    let (order, against) = said();
    let (mut found, mut modules) = (BTreeMap::new(), BTreeSet::new());
    read(&Path::new(ROOT).join("src"), None, &mut found, &mut modules);
    assert_eq!(order.iter().cloned().collect::<BTreeSet<_>>(), modules, "a row of the table for each module");
    assert_eq!(order.len(), modules.len(), "one row for a module");
    let place = |name: &String| order.iter().position(|known| known == name);
    found.retain(|(from, to), _| place(to).is_none_or(|to| place(from) < Some(to)));
    let unsaid: Vec<_> = found.iter().filter(|(pair, _)| !against.contains(*pair)).collect();
    assert!(unsaid.is_empty(), "not in the order of ARCHITECTURE.md: {unsaid:#?}");
    let gone: Vec<_> = against.iter().filter(|pair| !found.contains_key(pair)).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md names what is no more: {gone:#?}");
}
