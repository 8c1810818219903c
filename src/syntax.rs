//! The generated parser.

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/zhunsheng.pest"]
pub struct Grammar;
