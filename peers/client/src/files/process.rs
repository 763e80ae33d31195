//! Processes: on which core they run, what they take, and lines between them.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The core of the data centre, and that of clients.
pub(crate) const DC_CORE: &str = "0";
pub(crate) const CLIENT_CORE: &str = "1";

/// What this process has taken of the processor, in all of its threads.
pub(crate) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// Kibibytes of this process that a line of its status tells: `VmRSS`, `VmHWM`.
pub(crate) fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|one| one.starts_with(line)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How many connections a server on the loopback interface has.
pub(crate) fn connections(server: SocketAddr) -> usize {
    const ESTABLISHED: &str = "01";
    let own = format!("0100007F:{:04X}", server.port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let is_open = |line: &&str| {
        let mut words = line.split_whitespace().skip(1);
        words.next() == Some(&own) && words.nth(1) == Some(ESTABLISHED)
    };
    table.lines().filter(is_open).count()
}

/// A process that is spoken with line by line, on a core of its own. It ends when this is dropped.
pub(crate) struct Other {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Other {
    pub(crate) fn start(core: &str, program: &Path, arguments: &[String]) -> Self {
        let mut command = Command::new("taskset");
        command.args(["-c", core]).arg(program).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, to, from: BufReader::new(from) }
    }

    /// Another process of this program.
    pub(crate) fn own(core: &str, words: &[String]) -> Self {
        let words: Vec<String> =
            std::iter::once("files".to_owned()).chain(words.to_vec()).collect();
        Self::start(core, &std::env::current_exe().unwrap(), &words)
    }

    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.to, "{line}").unwrap();
    }

    /// The words of its next line.
    pub(crate) fn hear(&mut self) -> Vec<String> {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the process has ended: {:?}", self.child.try_wait());
        line.split_whitespace().map(str::to_owned).collect()
    }

    pub(crate) fn ask(&mut self, line: &str) -> Vec<String> {
        self.say(line);
        self.hear()
    }

    /// The same about one number.
    pub(crate) fn number(&mut self, line: &str) -> u64 {
        self.ask(line).first().unwrap().parse().unwrap()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
