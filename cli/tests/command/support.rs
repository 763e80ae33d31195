//! Running the command.

use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Nothing here takes this long, however slow the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether something happened.
pub(crate) const LOOK: Duration = Duration::from_millis(10);

/// What a run of the command left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Its output as lines of JSON.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one line of JSON with this step.
    pub(crate) fn step(&self, step: &str) -> Value {
        let lines: Vec<_> = self.lines().into_iter().filter(|line| line["step"] == step).collect();
        assert_eq!(lines.len(), 1, "{step} in {}", self.out);
        lines[0].clone()
    }
}

/// A process that does not outlive the test.
pub(crate) struct Process {
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts the command. Its output goes to files, so that nobody has to read it for it to go on.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_with(options, "")
    }

    pub(crate) fn start_with(options: &[&str], input: &str) -> Self {
        let (_folder, path) = folder_with("in", input);
        Self::spawn(options, File::open(path).unwrap().into(), &[])
    }

    /// Starts the command for somebody who [says](Self::say) what it asks for when it asks.
    pub(crate) fn talk(options: &[&str]) -> Self {
        Self::talk_with(options, &[])
    }

    /// The same, with variables of the environment.
    pub(crate) fn talk_with(options: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::spawn(options, Stdio::piped(), variables)
    }

    fn spawn(options: &[&str], input: Stdio, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| File::create(folder.path().join(name)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_telewire"))
            .args(options)
            .envs(variables.iter().copied())
            .stdin(input)
            .stdout(file("out"))
            .stderr(file("err"))
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    /// Types a line, once it has printed something.
    pub(crate) fn answer(&mut self, question: &str, line: &str) {
        self.wait_for(question);
        self.say(line);
    }

    /// Types a line.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Has it read the end of its input.
    pub(crate) fn end_input(&mut self) {
        drop(self.child.stdin.take());
    }

    /// What it has printed.
    pub(crate) fn out(&self) -> String {
        self.text("out")
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Waits until it has printed something.
    pub(crate) fn wait_for(&mut self, what: &str) -> String {
        let start = Instant::now();
        loop {
            let out = self.out();
            if out.contains(what) {
                return out;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {out}{}", self.text("err"));
            assert!(start.elapsed() < PATIENCE, "no {what:?} in {out}");
            sleep(LOOK);
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ran {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let code = status.code().expect("no signal ends it");
                return Ran { code, out: self.text("out"), err: self.text("err") };
            }
            assert!(start.elapsed() < PATIENCE, "still running: {}", self.out());
            sleep(LOOK);
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the command to its end.
pub(crate) fn run(options: &[&str]) -> Ran {
    Process::start(options).wait()
}

/// A data centre in a process of its own.
pub(crate) struct Served {
    process: Process,
    pub(crate) address: SocketAddr,
    /// What it said at its start.
    pub(crate) introduction: String,
}

impl Served {
    pub(crate) fn start(options: &[&str]) -> Self {
        let mut process = Process::talk(&[&["serve"], options].concat());
        let introduction = process.wait_for("Ctrl-C ends it.");
        let first = introduction.lines().next().unwrap();
        let address = first.rsplit(' ').next().unwrap().parse().unwrap();
        Self { process, address, introduction }
    }

    /// Exchanges keys with it.
    pub(crate) fn handshake(&self, options: &[&str]) -> Ran {
        let address = self.address.to_string();
        run(&[&["handshake", "--address", &address], options].concat())
    }

    pub(crate) fn wait_for(&mut self, what: &str) -> String {
        self.process.wait_for(what)
    }

    pub(crate) fn say(&mut self, line: &str) {
        self.process.say(line);
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// The first login code that it shows for a phone number.
    pub(crate) fn code(&mut self, phone: &str) -> String {
        self.code_by("Sms", phone)
    }

    /// The first one that is sent in this way.
    pub(crate) fn code_by(&mut self, kind: &str, phone: &str) -> String {
        let end = format!("for {phone} ({kind})\n");
        let said = self.wait_for(&end);
        let line = said.lines().find(|line| line.ends_with(end.trim_end())).unwrap();
        line.split_whitespace().nth(3).unwrap().to_owned()
    }

    /// Where each of its data centres listens.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        let lines = self.introduction.lines().filter(|line| line.starts_with("Data centre "));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
    }

    pub(crate) fn end(self, signal: Signal) -> Ran {
        self.process.signal(signal);
        self.process.wait()
    }
}

/// A folder with a file.
pub(crate) fn folder_with(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// A file of credentials for a data centre.
pub(crate) fn credentials(served: &Served) -> (TempDir, PathBuf) {
    let (ip, port) = (served.address.ip(), served.address.port());
    folder_with(
        "credentials",
        &format!(
            "[App data]\napi_id = 1\napi_hash = 0123456789abcdef0123456789abcdef\n\
             ip_address = {ip}\nport = {port}\n"
        ),
    )
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A port on which nobody listens, for a while at least.
pub(crate) fn dead_address() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Starts a process whose output nobody reads, and gives its exit code and what it says of that.
pub(crate) fn run_without_reader(options: &[&str]) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_telewire"))
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // It ends by its own --timeout at the latest.
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}
