//! Gives the program a name of its own (`ZHUNSHENG_BUILD`), which changes with anything that it is built from: what one
//! build keeps for its next run no other takes for its own. On Linux it has the program linked for a fixed address.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

const BUILT_FROM: [&str; 5] = ["Cargo.lock", "Cargo.toml", "data", "grammar", "src"];

fn main() {
    let mut hasher = DefaultHasher::new();
    for path in BUILT_FROM {
        println!("cargo:rerun-if-changed={path}");
        add(Path::new(path), &mut hasher);
    }
    println!("cargo:rustc-env=ZHUNSHENG_BUILD={:016x}", hasher.finish());
    link_for_a_fixed_address();
}

/// A program that may be loaded anywhere has its 18,000 pointers set before it starts, which is a tenth of a month's run.
fn link_for_a_fixed_address() {
    let target = |what| std::env::var(what).unwrap_or_default();
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}

fn add(path: &Path, hasher: &mut DefaultHasher) {
    path.hash(hasher);
    if !path.is_dir() {
        fs::read(path).expect("a file of the program can be read").hash(hasher);
        return;
    }
    let entries = fs::read_dir(path).expect("a folder of the program can be read");
    let mut within: Vec<_> = entries.map(|entry| entry.expect("an entry of it").path()).collect();
    within.sort();
    for path in within {
        add(&path, hasher);
    }
}
