//! Read the arguments, run the command, exit.

/// Reading a rulebook makes and drops many small things: a fifth of the time goes otherwise into making room for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` in mimalloc 2: after how many milliseconds memory that was freed goes back to the system.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

fn main() -> std::process::ExitCode {
    // Never: a run ends soon, and what one phase frees the next one takes, which the system would clear again first.
    // SAFETY: it only stores a number, which the allocator reads when it next frees.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) };
    zhunsheng::cli::main()
}
