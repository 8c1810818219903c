//! The shell of a web page that needs nothing else: its style and script are named by hash, and nothing else runs.

use std::io::{self, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{DOCTYPE, PreEscaped, html};
use sha2::{Digest, Sha256};

/// How all our pages look.
const BASE_STYLE: &str = include_str!("base.css");

/// What stands around a page's content.
pub struct Shell {
    pub title: String,
    /// Beyond what all pages have.
    pub style: &'static str,
    /// Empty for a page without.
    pub script: &'static str,
}

impl Shell {
    /// Writes all that comes before the content.
    pub fn open(&self, out: &mut dyn Write) -> io::Result<()> {
        let style = format!("{BASE_STYLE}{}", self.style);
        let head = html! {
            meta charset="UTF-8";
            // Nothing is fetched and nothing else runs, whatever a name may hold.
            meta http-equiv="Content-Security-Policy" content=(self.policy(&style));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            title { (self.title) }
            style { (PreEscaped(&style)) }
        };
        writeln!(out, "{}<html lang=\"zh-CN\"><head>{}</head><body>", DOCTYPE.into_string(), head.into_string())
    }

    /// Writes all that comes after it.
    pub fn close(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.script.is_empty() {
            writeln!(out, "<script>{}</script>", self.script)?;
        }
        writeln!(out, "</body></html>")
    }

    fn policy(&self, style: &str) -> String {
        let script = if self.script.is_empty() { "'none'".to_owned() } else { source(self.script) };
        let style = source(style);
        format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
    }
}

/// A text as a content security policy names it.
fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}
