//! `tests/spoken`: sentences as people say them, each with what a clerk would count, worked out by hand in its 例.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn sentences_count_as_a_clerk_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spoken");
    let mut books: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    books.sort();
    assert!(!books.is_empty());
    for book in books {
        let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng")).arg("test").arg(&book).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}:\n{said}", book.display());
    }
}
