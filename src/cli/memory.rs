//! How large the pages are that the system hands out: a month of a few offices is done before the system has cleared
//! four of two megabytes, and millions of rows are found faster in those than in hundreds of thousands of small ones.

/// Bytes of what is read, from which on large pages are worth their clearing.
const MUCH: u64 = 1 << 20;

/// Small pages, until there is much.
pub fn begin() {
    huge_pages(false);
}

/// Says how many bytes are about to be read.
pub fn expect(bytes: u64) {
    if bytes >= MUCH {
        huge_pages(true);
    }
}

/// Only time and memory depend on it, so a system that refuses is left as it is.
#[cfg(target_os = "linux")]
fn huge_pages(are_wanted: bool) {
    let _ = rustix::thread::disable_transparent_huge_pages(!are_wanted);
}

#[cfg(not(target_os = "linux"))]
fn huge_pages(_: bool) {}
