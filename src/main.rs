//! Read the arguments, run the command, exit.

fn main() -> std::process::ExitCode {
    zhunsheng::cli::main()
}
