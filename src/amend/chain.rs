//! The documents of a rulebook: the one that was asked for, and those it builds on by 沿用.

use crate::diagnostic::{Finding, Findings};
use crate::parse::{self, fold};
use crate::source::Source;
use crate::syntax::{self, Rule as Token};

/// The most documents that may build on one another.
pub const MOST_DOCUMENTS: usize = 16;

/// Gives the text of another document by its name, or says why it cannot.
pub type Read<'r> = dyn FnMut(&str) -> Result<String, String> + 'r;

/// A 沿用 line: the other document as written, and where.
pub struct Follows {
    pub line: usize,
    pub path: String,
}

/// The documents from the oldest to the one asked for; fewer, with a finding, where one is missing.
pub fn gather(name: &str, text: &str, read: &mut Read<'_>) -> (Vec<Source>, Findings) {
    let mut findings = Findings::default();
    let mut documents = vec![Source::new(name, text)];
    loop {
        let newest = documents.last().expect("begins with one document");
        let Some(follows) = follows(newest) else { break };
        let path = beside(&newest.name, &follows.path);
        let refuse = |code, message: String| Finding::at_line(newest, follows.line, code, message);
        if documents.iter().any(|known| simple(&known.name) == path) {
            let message = format!("沿用绕成了圈：“{}”又回到了自己", follows.path);
            findings.push(refuse("circular-base", message).help("改为沿用更早的、不沿用本文件的规则书"));
            break;
        }
        if documents.len() == MOST_DOCUMENTS {
            let message = format!("沿用得太深，超过{MOST_DOCUMENTS}层");
            findings.push(refuse("base-too-deep", message).help("用 zhunsheng show 打出合并后的规则书，从它开始"));
            break;
        }
        match read(&path) {
            Ok(text) => documents.push(Source::new(path, text)),
            Err(why) => {
                let message = format!("找不到沿用的“{}”：{why}", follows.path);
                findings
                    .push(refuse("missing-base", message).help("路径从本文件所在的文件夹写起，如：沿用 「2023.zs」"));
                break;
            }
        }
    }
    documents.reverse();
    (documents, findings)
}

/// The first 沿用 line of a document.
pub fn follows(source: &Source) -> Option<Follows> {
    for (index, line) in source.text.split('\n').enumerate() {
        // Folding is dear; few lines begin so.
        if line.len() > parse::LONGEST_LINE || !line.trim_start().starts_with("沿用") {
            continue;
        }
        let folded = fold::fold(line, 0);
        let Ok(parsed) = syntax::parse(Token::amend_line, &folded.text) else { continue };
        let pair = parsed.child(Token::follows)?;
        let path = pair.child(Token::quoted).or_else(|| pair.child(Token::rest))?;
        // A path is taken as written: folding would change its letters.
        let written = &line[folded.span(path.as_span().start()..path.as_span().end())];
        let quotes = |c: char| "「」『』“”\"＂".contains(c);
        let path = written.trim().trim_matches(quotes).trim();
        return (!path.is_empty()).then(|| Follows { line: index + 1, path: path.to_owned() });
    }
    None
}

/// A path written in a document, seen from where that document is.
fn beside(document: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    if path.starts_with('/') {
        return simple(&path);
    }
    match document.rsplit_once(['/', '\\']) {
        Some((folder, _)) => simple(&format!("{folder}/{path}")),
        None => simple(&path),
    }
}

/// Without `.` and `..` where they can be done without.
fn simple(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_document() {
        assert_eq!(beside("rulebooks/2024.zs", "2023.zs"), "rulebooks/2023.zs");
        assert_eq!(beside("2024.zs", "./旧/2023.zs"), "旧/2023.zs");
        assert_eq!(beside("a/b/2024.zs", "../2023.zs"), "a/2023.zs");
        assert_eq!(beside("2024.zs", "../2023.zs"), "../2023.zs");
        assert_eq!(beside("a/2024.zs", "/b/2023.zs"), "/b/2023.zs");
    }
}
