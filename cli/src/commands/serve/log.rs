//! Standard output as a log that never holds the server up: whoever reads it may be slow, gone, or a full disk.
//!
//! ```text
//!  the server ── lines ──> CAPACITY of them wait ──> a thread ──> standard output
//!                └─ more are counted                  └─ what cannot be written is counted
//! ```
//!
//! What was lost is said as soon as something can be written again.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::failure::warn;

/// How many lines wait for whoever reads them.
const CAPACITY: usize = 1_024;

/// How long the last lines may take when the server ends.
const LAST: Duration = Duration::from_secs(1);

/// A log.
pub(super) struct Log {
    lines: SyncSender<String>,
    lost: Arc<AtomicU64>,
    /// It is closed when all is written.
    done: Receiver<()>,
}

impl Log {
    /// A log to standard output.
    pub(super) fn start() -> Self {
        Self::over(io::stdout)
    }

    fn over<W: Write>(open: impl FnOnce() -> W + Send + 'static) -> Self {
        let (lines, came) = sync_channel::<String>(CAPACITY);
        let (written, done) = sync_channel(0);
        let lost = Arc::new(AtomicU64::new(0));
        let count = lost.clone();
        thread::spawn(move || {
            write(&came, &mut open(), &count);
            drop(written);
        });
        Self { lines, lost, done }
    }

    /// Says something: a line, or several. It never waits.
    pub(super) fn say(&self, lines: &str) {
        if self.lines.try_send(format!("{lines}\n")).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes what is left, if that goes soon.
    pub(super) fn finish(self) {
        drop(self.lines);
        // Whether it was written or not, it is over.
        let _ = self.done.recv_timeout(LAST);
    }
}

/// Writes what comes until nothing will.
fn write(came: &Receiver<String>, out: &mut impl Write, lost: &AtomicU64) {
    let mut is_broken = false;
    for lines in came {
        let missing = lost.swap(0, Ordering::Relaxed);
        let said = match missing {
            0 => lines,
            // The beginning of a line may have been written.
            _ => format!("\n({missing} messages before this one were lost)\n{lines}"),
        };
        // At once and as a whole, so that nothing of it stays in a buffer when that fails.
        match out.write_all(said.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => is_broken = false,
            Err(error) => {
                lost.fetch_add(missing.saturating_add(1), Ordering::Relaxed);
                if !is_broken {
                    warn(&format!("cannot write to standard output: {error}; serving goes on"));
                }
                is_broken = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::Sender;

    use super::*;

    /// A disk that is full, or not.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(bool, Vec<u8>)>>);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            if disk.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_full_disk_loses_is_said_when_it_is_not_full_any_more() {
        let disk = Disk::default();
        let lost = AtomicU64::new(0);
        let say = |said: &[&str]| {
            let (lines, came) = sync_channel(9);
            said.iter().for_each(|line| lines.send(format!("{line}\n")).unwrap());
            drop(lines);
            write(&came, &mut disk.clone(), &lost);
        };
        say(&["one"]);
        disk.0.lock().unwrap().0 = true;
        say(&["two", "three"]);
        disk.0.lock().unwrap().0 = false;
        say(&["four", "five"]);
        let written = String::from_utf8(disk.0.lock().unwrap().1.clone()).unwrap();
        assert_eq!(written, "one\n\n(2 messages before this one were lost)\nfour\nfive\n");
    }

    /// A reader that does not read: writing to it waits until this is dropped.
    struct Blocked(Receiver<()>);

    impl Write for Blocked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_reader_that_does_not_read() {
        let (hold, held): (Sender<()>, _) = std::sync::mpsc::channel();
        let log = Log::over(move || Blocked(held));
        for _ in 0..3 * CAPACITY {
            log.say("a line");
        }
        // What does not wait is counted; the writer may have some of that in its hands.
        let lost = log.lost.load(Ordering::Relaxed);
        assert!((1..=2 * CAPACITY as u64).contains(&lost), "{lost}");
        log.finish();
        drop(hold);
    }
}
