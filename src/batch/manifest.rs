//! 批次.json: what a batch says of itself.

use serde::{Deserialize, Serialize};

/// Its name in the folder of a batch.
pub const MANIFEST: &str = "批次.json";

/// Changes when an older program could not read it.
pub const FORMAT: &str = "zhunsheng batch 1";

/// A batch: which period, from what, by what, after which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    /// From 1, without gaps.
    pub number: u32,
    pub period: String,
    /// The day it was frozen, as the caller gave it: `2023-05-06`.
    pub date: String,
    /// The version of the program that wrote it.
    pub program: String,
    /// The batch before; `None` for the first.
    pub previous: Option<Reference>,
    /// The batch of the same period that this one takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Reference>,
    /// Why it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For a longer period: the batches of the months it was put together from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Month>,
    pub rulebook: Rulebook,
    /// 读法, 约定 and 待定.
    pub readings: Vec<Reading>,
    /// What nobody reported, where the rulebook says what holds then.
    pub missing: Vec<Missing>,
    /// Everything else in the folder, by path.
    pub files: Vec<File>,
}

/// Another batch, and the SHA-256 of its 批次.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub batch: String,
    pub sha256: String,
}

/// A month of a longer period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Month {
    pub period: String,
    pub batch: String,
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    pub title: String,
    /// 文号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The fingerprint of what it means.
    pub hash: String,
    /// The newest first, then those that it builds on.
    pub documents: Vec<Document>,
}

/// A document of the rulebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// As 沿用 finds it from where the newest one is.
    pub name: String,
    /// Where the batch keeps it.
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    pub kind: String,
    pub clause: String,
    pub text: String,
}

/// An indicator that a unit did not report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    pub department: String,
    pub clause: String,
    pub label: String,
    pub unit: String,
}

/// A file of the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Within the batch, with `/`.
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    /// `0002-2023-04`
    pub fn batch(&self) -> String {
        batch_name(self.number, &self.period)
    }

    /// The one way in which it is written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("texts, numbers and lists can be written as JSON");
        bytes.push(b'\n');
        bytes
    }

    /// What bytes say, or why they are no manifest.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, String> {
        let manifest: Manifest = serde_json::from_slice(bytes)
            .map_err(|error| format!("第{}行第{}列读不下去", error.line(), error.column()))?;
        if manifest.format != FORMAT {
            return Err(format!("格式是“{}”，这一版程序读的是“{FORMAT}”", manifest.format));
        }
        if manifest.to_bytes() != bytes {
            return Err("不是程序写出的样子".to_owned());
        }
        Ok(manifest)
    }
}

/// The folder of a batch; what no file system takes in a name is left out of the period's.
pub fn batch_name(number: u32, period: &str) -> String {
    let safe = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
    format!("{number:04}-{}", period.chars().map(safe).collect::<String>())
}

/// The number that the name of a folder begins with, where it is that of a batch.
pub fn number_of(name: &str) -> Option<u32> {
    let (digits, period) = name.split_once('-')?;
    // 2023-04 督查室.xlsx: a month, and no batch 2023; periods begin with a year or a word.
    let leading = period.bytes().take_while(u8::is_ascii_digit).count();
    if leading == 2 {
        return None;
    }
    let is_number = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn batches_are_known_by_their_number() {
        assert_eq!(number_of("0012-2023-04"), Some(12));
        assert_eq!(number_of("10000-2023"), Some(10000));
        assert_eq!(number_of("2023"), None);
        assert_eq!(number_of("附件-1"), None);
        assert_eq!(number_of("2023-04 督查室.xlsx"), None);
    }
}
