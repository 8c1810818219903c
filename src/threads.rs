//! Work shared out among threads; answers come in the order of the work, whatever the number of threads.

use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// How many threads this machine runs at once; asked of the system once, which reads several files for the answer.
pub fn available() -> usize {
    static AVAILABLE: OnceLock<usize> = OnceLock::new();
    *AVAILABLE.get_or_init(|| available_parallelism().map_or(1, usize::from))
}

/// The answers of so many threads, this one among them, each of which is told its number.
pub fn on_each<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let work = &work;
    scope(|scope| {
        let others: Vec<_> =
            (1..threads).map(|number| (number, Builder::new().spawn_scoped(scope, move || work(number)))).collect();
        let mut answers = vec![work(0)];
        for (number, other) in others {
            answers.push(match other {
                // Half an answer must not pass for a whole one.
                Ok(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // Where no thread is to be had this one does the work.
                Err(_) => work(number),
            });
        }
        answers
    })
}

/// The answers to equal parts of a range from 0, a part for each thread.
pub fn in_parts<T: Send>(length: usize, threads: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let threads = threads.clamp(1, length.max(1));
    on_each(threads, |number| work(length * number / threads..length * (number + 1) / threads))
}

/// Something done to each of many things, equal parts of which go to each thread.
pub fn to_each<T: Send>(things: &mut [T], threads: usize, work: impl Fn(&mut T) + Sync) {
    let part = things.len().div_ceil(threads.max(1)).max(1);
    // Each thread takes its own part out of what all of them see; of no things there is none.
    let parts: Vec<Mutex<&mut [T]>> = things.chunks_mut(part).map(Mutex::new).collect();
    on_each(parts.len(), |number| {
        let Some(part) = parts.get(number) else { return };
        part.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(&work);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole_in_order() {
        for (length, threads) in [(0, 1), (0, 4), (1, 4), (7, 3), (1000, 8), (5, 0)] {
            let parts = in_parts(length, threads, |part| part.collect::<Vec<usize>>());
            assert_eq!(parts.concat(), (0..length).collect::<Vec<usize>>(), "{length} {threads}");
        }
    }

    #[test]
    fn each_is_done_once() {
        for (length, threads) in [(0, 2), (1, 4), (7, 3), (8, 2), (5, 0)] {
            let mut things = vec![0; length];
            to_each(&mut things, threads, |thing| *thing += 1);
            assert_eq!(things, vec![1; length], "{length} {threads}");
        }
    }

    #[test]
    #[should_panic(expected = "half")]
    fn a_thread_that_panics_leaves_no_answer() {
        on_each(3, |number| assert!(number != 2, "half"));
    }
}
