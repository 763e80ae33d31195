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

use super::kinds::Kind;
use crate::date;
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
    /// A log to standard output, whose lines are JSON or are not.
    pub(super) fn start(is_json: bool) -> Self {
        Self::over(io::stdout, if is_json { lost_as_json } else { lost_as_text })
    }

    fn over<W: Write>(
        open: impl FnOnce() -> W + Send + 'static,
        tell_lost: fn(u64) -> String,
    ) -> Self {
        let (lines, came) = sync_channel::<String>(CAPACITY);
        let (written, done) = sync_channel(0);
        let lost = Arc::new(AtomicU64::new(0));
        let count = lost.clone();
        thread::spawn(move || {
            write(&came, &mut open(), &count, tell_lost);
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

/// What was lost, for people.
fn lost_as_text(count: u64) -> String {
    format!("({count} messages before this one were lost)\n")
}

/// The same for programs.
fn lost_as_json(count: u64) -> String {
    let date = date::rfc3339(date::now());
    let details = format!("{count} lines before this one");
    let line =
        serde_json::json!({ "date": date, "event": LOST, "details": details, "count": count });
    format!("{line}\n")
}

/// The event of lines that were lost.
pub(super) const LOST: &str = Kind::LinesLost.name();

/// Writes what comes until nothing will.
fn write(
    came: &Receiver<String>,
    out: &mut impl Write,
    lost: &AtomicU64,
    tell_lost: fn(u64) -> String,
) {
    let (mut is_broken, mut is_within_line) = (false, false);
    for lines in came {
        let missing = lost.swap(0, Ordering::Relaxed);
        // The beginning of a line may have been written.
        let mut said = if is_within_line { "\n".to_owned() } else { String::new() };
        if missing > 0 {
            said += &tell_lost(missing);
        }
        said += &lines;
        // At once, so that nothing of it stays in a buffer when that fails.
        let (written, result) = write_some(out, said.as_bytes());
        if let Some(last) = written.checked_sub(1).and_then(|last| said.as_bytes().get(last)) {
            is_within_line = *last != b'\n';
        }
        match result {
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

/// Writes all of it, or what can be; says how much that was.
fn write_some(out: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match out.write(rest) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(more) => written = written.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, out.flush())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::Sender;

    use super::*;

    /// A disk that has room for so many bytes, or for all.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Option<usize>, Vec<u8>)>>);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            let room = disk.0.unwrap_or(usize::MAX).min(bytes.len());
            if room == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.0 = disk.0.map(|left| left - room);
            disk.1.extend_from_slice(&bytes[..room]);
            Ok(room)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A log whose lines are told one run after the other, while the disk has room or has none.
    struct Told {
        disk: Disk,
        lost: AtomicU64,
        tell_lost: fn(u64) -> String,
    }

    impl Told {
        /// Tells lines with room for so many bytes, or for all.
        fn say(&self, said: &[&str], room: Option<usize>) {
            self.disk.0.lock().unwrap().0 = room;
            let (lines, came) = sync_channel(9);
            said.iter().for_each(|line| lines.send(format!("{line}\n")).unwrap());
            drop(lines);
            write(&came, &mut self.disk.clone(), &self.lost, self.tell_lost);
        }

        fn text(&self) -> String {
            String::from_utf8(self.disk.0.lock().unwrap().1.clone()).unwrap()
        }
    }

    fn told(tell_lost: fn(u64) -> String) -> Told {
        Told { disk: Disk::default(), lost: AtomicU64::new(0), tell_lost }
    }

    #[test]
    fn what_a_full_disk_loses_is_said_when_it_is_not_full_any_more() {
        let log = told(lost_as_text);
        log.say(&["one"], None);
        log.say(&["two", "three"], Some(0));
        log.say(&["four", "five"], None);
        let text = "one\n(2 messages before this one were lost)\nfour\nfive\n";
        assert_eq!(log.text(), text);
    }

    #[test]
    fn what_was_lost_is_told_to_programs_as_all_else_is() {
        let log = told(lost_as_json);
        log.say(&["{}"], None);
        log.say(&["{}", "{}"], Some(0));
        log.say(&["{}"], None);
        let text = log.text();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!((&lines[1]["event"], &lines[1]["count"]), (&LOST.into(), &2.into()));
        assert!(lines[1]["date"].as_str().unwrap().ends_with('Z'));
    }

    /// A disk on which one write fails after so many bytes.
    struct Failing {
        text: Vec<u8>,
        at: Option<usize>,
    }

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = self.at.map_or(usize::MAX, |at| at - self.text.len());
            if room == 0 {
                self.at = None;
                return Err(io::ErrorKind::StorageFull.into());
            }
            let written = room.min(bytes.len());
            self.text.extend_from_slice(&bytes[..written]);
            Ok(written)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_whose_beginning_is_written_ends_before_the_next() {
        for at in 0..10 {
            let mut out = Failing { text: Vec::new(), at: Some(at) };
            let (lines, came) = sync_channel(9);
            for line in ["1234", "5678", "9"] {
                lines.send(format!("{line}\n")).unwrap();
            }
            drop(lines);
            write(&came, &mut out, &AtomicU64::new(0), |count| format!("{count} lost\n"));
            let whole = "1234\n5678\n";
            let end = if at % 5 == 0 { "" } else { "\n" };
            let rest = if at < 5 { "5678\n9\n" } else { "9\n" };
            let begun: String = whole.chars().take(at).collect();
            let expected = format!("{begun}{end}1 lost\n{rest}");
            assert_eq!(String::from_utf8(out.text).unwrap(), expected, "{at}");
        }
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
        let log = Log::over(move || Blocked(held), lost_as_text);
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
