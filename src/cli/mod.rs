//! The command line: the only place that reads files, the terminal and the environment.

mod archive;
mod cases;
mod check;
mod diff;
#[cfg(feature = "office")]
mod example_book;
mod explain;
mod fmt;
mod folder;
#[cfg(feature = "office")]
mod form;
mod git;
mod history;
mod kept;
mod load;
mod memory;
mod new;
mod objected;
mod reports;
mod rulebook;
mod score;
mod session;
mod show;
mod status;
#[cfg(feature = "office")]
mod tables;
mod test;
mod usage;

use std::process::ExitCode;

use clap::{ArgAction, Parser, Subcommand};

use crate::diagnostic::Style;
use session::{Session, Status};

/// 准绳：把考评方案写成方案文件，按事实计分、排名、说明理由。
#[derive(Parser)]
#[command(
    name = "zhunsheng",
    version,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng <命令> [选项]",
    subcommand_help_heading = "命令",
    next_help_heading = "选项",
    after_help = "退出码：0 正常；1 方案、事实、例或比对有问题；2 用法不对或文件读写不了。\n每个命令的说明：zhunsheng <命令> --help"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// 问题怎样列出：human 给人看，json 给程序看，short 每行一处（默认 human）
    #[arg(
        long,
        global = true,
        value_name = "样式",
        default_value = "human",
        hide_default_value = true,
        hide_possible_values = true
    )]
    diagnostics: Style,
    /// 显示说明
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// 显示版本
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Fmt(fmt::Fmt),
    Show(show::Show),
    #[cfg(feature = "office")]
    Form(form::Form),
    Status(status::Report),
    Score(score::Score),
    Verify(archive::Verify),
    Correct(archive::Correct),
    Explain(explain::Explain),
    Test(test::Test),
    Diff(diff::Diff),
    New(new::New),
}

/// Reads the arguments and runs the command.
pub fn main() -> ExitCode {
    memory::begin();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error),
    };
    let mut session = Session::new(cli.diagnostics);
    let result = match cli.command {
        Command::Check(command) => command.run(&mut session),
        Command::Fmt(command) => command.run(&mut session),
        Command::Show(command) => command.run(&mut session),
        #[cfg(feature = "office")]
        Command::Form(command) => command.run(&mut session),
        Command::Status(command) => command.run(&mut session),
        Command::Score(command) => command.run(&mut session),
        Command::Verify(command) => command.run(&mut session),
        Command::Correct(command) => command.run(&mut session),
        Command::Explain(command) => command.run(&mut session),
        Command::Test(command) => command.run(&mut session),
        Command::Diff(command) => command.run(&mut session),
        Command::New(command) => command.run(&mut session),
    };
    // Either way it is how the run ended; `Err` only says that it ended early.
    let (Ok(status) | Err(status)) = result;
    session.finish();
    ExitCode::from(status as u8)
}

/// A command's end; `Err` where it could not go on, with the reason already reported.
type Ended<T> = Result<T, Status>;

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn help_has_no_english_headings() {
        let mut command = super::Cli::command();
        command.build();
        for command in std::iter::once(&mut command.clone()).chain(command.get_subcommands_mut()) {
            let help = command.render_long_help().to_string();
            for word in ["Usage", "Options", "Arguments", "Commands", "possible", "default:", "Print"] {
                assert!(!help.contains(word), "{word}: {help}");
            }
        }
    }
}
