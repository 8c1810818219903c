//! What we say where the command line itself is wrong, in Chinese.

use std::error::Error as _;
use std::io::Write;
use std::process::ExitCode;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The order of a help text, without English headings.
pub const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Prints help or version to stdout, a mistake to stderr.
pub fn report(error: &Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is no failure of ours.
            let _ = std::io::stdout().lock().write_all(error.render().to_string().as_bytes());
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = std::io::stderr().lock().write_all(error.render().to_string().as_bytes());
            ExitCode::from(2)
        }
        _ => {
            let _ = std::io::stderr().lock().write_all(message(error).as_bytes());
            ExitCode::from(2)
        }
    }
}

fn message(error: &Error) -> String {
    let text = |kind| error.get(kind).map(value_text).unwrap_or_default();
    let argument = text(ContextKind::InvalidArg);
    let mut lines = vec![match error.kind() {
        ErrorKind::InvalidSubcommand => format!("用法不对：没有命令“{}”", text(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("用法不对：没有选项或多了参数“{argument}”"),
        ErrorKind::MissingRequiredArgument => format!("用法不对：缺少 {argument}"),
        ErrorKind::MissingSubcommand => "用法不对：缺少命令".to_owned(),
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            format!("用法不对：{argument} 后面要写一个值")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("用法不对：{argument} 不能是“{}”", text(ContextKind::InvalidValue))
        }
        ErrorKind::ArgumentConflict if text(ContextKind::PriorArg) == argument => {
            format!("用法不对：{argument} 写了不止一次")
        }
        ErrorKind::ArgumentConflict => format!("用法不对：{argument} 不能和 {} 一起用", text(ContextKind::PriorArg)),
        ErrorKind::NoEquals | ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("用法不对：{argument} 的值的个数不对")
        }
        ErrorKind::InvalidUtf8 => "用法不对：有参数不是UTF-8文字".to_owned(),
        _ => "用法不对".to_owned(),
    }];
    // What we say ourselves of a value is Chinese; what libraries say is not.
    let wanted = error.source().map(|why| why.to_string()).filter(|why| !why.is_ascii());
    lines.extend(wanted.map(|wanted| format!("应为：{wanted}")));
    let allowed = text(ContextKind::ValidValue);
    if !allowed.is_empty() {
        lines.push(format!("可以是：{allowed}"));
    }
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let nearest_first = |kind| match error.get(kind) {
        Some(ContextValue::Strings(list)) => list.iter().rev().cloned().collect::<Vec<_>>().join("、"),
        value => value.map(value_text).unwrap_or_default(),
    };
    for suggestion in suggested.map(nearest_first).iter().filter(|suggestion| !suggestion.is_empty()) {
        lines.push(format!("是不是：{suggestion}"));
    }
    let usage = text(ContextKind::Usage);
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).trim();
    if !usage.is_empty() {
        lines.push(format!("用法：{usage}"));
    }
    lines.push("说明：zhunsheng --help，或 zhunsheng <命令> --help\n".to_owned());
    lines.join("\n")
}

fn value_text(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(list) => list.join("、"),
        ContextValue::None => String::new(),
        other => other.to_string(),
    }
}
