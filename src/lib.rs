//! Zhunsheng 准绳: a rule language for written assessment schemes (考评方案).

pub mod amend;
pub mod analysis;
pub mod calendar;
pub mod citation;
pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod eval;
pub mod example;
pub mod explain;
pub mod facts;
pub mod fmt;
pub mod kind;
pub mod lint;
pub mod meaning;
pub mod outcome;
pub mod parse;
pub mod plan;
pub mod published;
pub mod report;
pub mod scored;
pub mod signs;
pub mod source;
pub mod suggest;
pub mod syntax;
pub mod value;
