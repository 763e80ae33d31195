//! `telewire serve` whose output nobody takes: a reader that is slow or gone, a disk that is full.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{LOOK, PATIENCE, run};

/// A server that does not outlive its test.
struct Server(Child);

impl Server {
    fn start(options: &[&str], out: impl Into<Stdio>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_telewire"));
        command.arg("serve").args(options).stdin(Stdio::null()).stdout(out).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// Ends it; its code, and what it said of errors.
    fn end(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end");
            sleep(LOOK);
        };
        let mut said = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (status.code(), said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_served(address: SocketAddr) {
    let start = Instant::now();
    loop {
        let address = address.to_string();
        let ran = run(&[
            "handshake",
            "--address",
            &address,
            "--rsa",
            "embedded",
            "--pings",
            "1",
            "--salts",
            "0",
        ]);
        if ran.code == 0 {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{}", ran.err);
    }
}

/// Ports that nobody else has just now.
fn port() -> SocketAddr {
    crate::support::dead_address().parse().unwrap()
}

#[test]
fn it_serves_on_and_ends_when_its_reader_has_gone() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start(&[], Stdio::piped());
        let mut out = BufReader::new(server.0.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let address = first.trim().rsplit(' ').next().unwrap().parse().unwrap();
        drop(out);
        for _ in 0..2 {
            is_served(address);
        }
        let (code, said) = server.end(signal);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(said.matches("warning: cannot write to standard output: ").count(), 1, "{said}");
    }
}

#[test]
fn it_ends_when_its_reader_does_not_read() {
    let mut server = Server::start(&[], Stdio::piped());
    let mut out = BufReader::new(server.0.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    let address: SocketAddr = first.trim().rsplit(' ').next().unwrap().parse().unwrap();
    // The pipe is full already: what is left of its room is taken by another writer.
    let path = format!("/proc/{}/fd/1", server.0.id());
    let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
    let flags = rustix::fs::fcntl_getfl(&pipe).unwrap();
    rustix::fs::fcntl_setfl(&pipe, flags | rustix::fs::OFlags::NONBLOCK).unwrap();
    while std::io::Write::write(&mut pipe, &[b'x'; 512]).is_ok() {}
    while std::io::Write::write(&mut pipe, b"x").is_ok() {}
    for _ in 0..2 {
        is_served(address);
    }
    let (code, said) = server.end(Signal::TERM);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    drop(out);
}

#[test]
fn it_serves_on_and_ends_when_its_disk_is_full() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let address = port();
    let server = Server::start(&["--port", &address.port().to_string()], full);
    is_served(address);
    let (code, said) = server.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("warning: cannot write to standard output: ").count(), 1, "{said}");
}
