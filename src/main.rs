//! Read the arguments, run the command, exit.

/// Reading a rulebook makes and drops many small things: a fifth of the time goes otherwise into making room for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    zhunsheng::cli::main()
}
