//! The folder of an export: what is in it says where to go on.
//!
//! * `export.json` says of which chat it is, and for whom. While an export runs, it is locked.
//! * `messages.jsonl` has a line for each message, in their order. A last line without its end is of a run that was killed, and goes.
//! * `files/12/` has the file of message 12, under the name that its sender gave it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commands::shell::fault::Fault;

/// What it is an export of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// Whose it is.
    pub(super) account: String,
    pub(super) peer: String,
    /// With files.
    pub(super) media: bool,
}

/// A folder that an export is being written into.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lines: File,
    last: i32,
    messages: u64,
    files: u64,
    /// Locked until this is dropped.
    _about: File,
}

/// The most that `export.json` may have.
const MAX_ABOUT: u64 = 64 << 10;

const ABOUT: &str = "export.json";
const LINES: &str = "messages.jsonl";

impl Folder {
    /// Opens it, and looks how far it is. A new one is private.
    pub(super) fn open(path: &Path, about: &About) -> Result<Self, Fault> {
        let wrong =
            |why: &dyn std::fmt::Display| Fault::Usage(format!("{}: {why}", path.display()));
        make(path).map_err(|error| wrong(&error))?;
        let header = options().open(path.join(ABOUT)).map_err(|error| wrong(&error))?;
        match header.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(wrong(&"another export runs there")),
            Err(TryLockError::Error(error)) => return Err(wrong(&error)),
        }
        let mut text = String::new();
        let read = (&header).take(MAX_ABOUT).read_to_string(&mut text);
        read.map_err(|error| wrong(&error))?;
        if text.is_empty() {
            if path.join(LINES).exists() {
                return Err(wrong(&"there is something else in it: choose another folder"));
            }
            let text = serde_json::to_string_pretty(about).map_err(Fault::failed)?;
            (&header).write_all(text.as_bytes()).map_err(|error| wrong(&error))?;
        } else {
            let found: About = serde_json::from_str(&text)
                .map_err(|_| wrong(&"it is no folder of an export: choose another"))?;
            if found != *about {
                let how = if found.media { "with" } else { "without" };
                let why = format!(
                    "it is of {}, for {}, {how} files: choose another folder",
                    found.peer, found.account
                );
                return Err(wrong(&why));
            }
        }
        let lines = options().open(path.join(LINES)).map_err(|error| wrong(&error))?;
        let mut folder =
            Self { path: path.to_owned(), lines, last: 0, messages: 0, files: 0, _about: header };
        folder.look().map_err(|error| wrong(&error))?;
        Ok(folder)
    }

    /// Counts what is there, and takes away what is no whole line.
    fn look(&mut self) -> io::Result<()> {
        let (mut input, mut line, mut whole) = (BufReader::new(&self.lines), Vec::new(), 0_u64);
        let (mut last, mut messages, mut files) = (0, 0_u64, 0_u64);
        loop {
            line.clear();
            let count = input.read_until(b'\n', &mut line)?;
            if count == 0 || line.last() != Some(&b'\n') {
                break;
            }
            let bad = || io::Error::new(io::ErrorKind::InvalidData, "a line of it is broken");
            let value: Value = serde_json::from_slice(&line).map_err(|_| bad())?;
            let id = value.pointer("/raw/id").and_then(Value::as_i64);
            last = id.and_then(|id| i32::try_from(id).ok()).ok_or_else(bad)?;
            messages = messages.saturating_add(1);
            files = files.saturating_add(u64::from(value.get("file").is_some()));
            whole = whole.saturating_add(u64::try_from(count).unwrap_or_default());
        }
        (self.last, self.messages, self.files) = (last, messages, files);
        self.lines.set_len(whole)?;
        self.lines.seek(io::SeekFrom::Start(whole)).map(drop)
    }

    /// The last message that is there; 0 without any.
    pub(super) fn last(&self) -> i32 {
        self.last
    }

    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    pub(super) fn files(&self) -> u64 {
        self.files
    }

    /// A folder for the file of a message.
    pub(super) fn place_for(&self, id: i32) -> Result<PathBuf, Fault> {
        let path = self.path.join("files").join(id.to_string());
        make(&path).map_err(|error| Fault::Failed(format!("{}: {error}", path.display())))?;
        Ok(path)
    }

    /// A file's name within this folder.
    pub(super) fn name_of(&self, file: &Path) -> String {
        file.strip_prefix(&self.path).unwrap_or(file).display().to_string()
    }

    /// Adds a message.
    pub(super) fn append(&mut self, id: i32, line: &Value) -> Result<(), Fault> {
        let mut text = line.to_string();
        text.push('\n');
        self.lines.write_all(text.as_bytes()).map_err(|error| {
            Fault::Failed(format!("{}: {error}", self.path.join(LINES).display()))
        })?;
        self.last = id;
        self.messages = self.messages.saturating_add(1);
        self.files = self.files.saturating_add(u64::from(line.get("file").is_some()));
        Ok(())
    }

    /// All that is there, a line for each message.
    pub(super) fn lines(&self) -> io::Result<impl Iterator<Item = io::Result<String>>> {
        Ok(BufReader::new(File::open(self.path.join(LINES))?).lines())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    match fs::metadata(path)?.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn about(peer: &str) -> About {
        About { account: "user#1".into(), peer: peer.into(), media: true }
    }

    fn line(id: i32) -> Value {
        json!({"text": "a\nb", "raw": {"id": id}, "file": "files/1/a"})
    }

    #[test]
    fn a_folder_goes_on_after_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/export");
        let mut open = Folder::open(&path, &about("user#5")).unwrap();
        assert_eq!((open.last(), open.messages(), open.files()), (0, 0, 0));
        for id in [3, 7] {
            open.append(id, &line(id)).unwrap();
        }
        drop(open);
        let lines = path.join(LINES);
        let whole = fs::read_to_string(&lines).unwrap();
        for torn in ["", "{", "{\"raw\": {\"id\": 9}}"] {
            fs::write(&lines, format!("{whole}{torn}")).unwrap();
            let mut open = Folder::open(&path, &about("user#5")).unwrap();
            assert_eq!((open.last(), open.messages(), open.files()), (7, 2, 2), "{torn}");
            open.append(8, &json!({"raw": {"id": 8}})).unwrap();
            let all: Vec<_> = open.lines().unwrap().map(Result::unwrap).collect();
            assert_eq!((all.len(), &*all[2]), (3, "{\"raw\":{\"id\":8}}"), "{torn}");
        }
    }

    #[test]
    fn what_is_another_export_or_none_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let open = Folder::open(path, &about("user#5")).unwrap();
        let why = |about: &About| Folder::open(path, about).unwrap_err().to_string();
        assert!(why(&about("user#5")).ends_with("another export runs there"));
        drop(open);
        assert!(why(&about("user#6")).contains("it is of user#5, for user#1, with files"));
        fs::write(path.join(ABOUT), "{}").unwrap();
        assert!(why(&about("user#5")).ends_with("it is no folder of an export: choose another"));
        fs::remove_file(path.join(ABOUT)).unwrap();
        fs::write(path.join(LINES), "mine").unwrap();
        assert!(why(&about("user#5")).contains("there is something else in it"));
        assert_eq!(fs::read_to_string(path.join(LINES)).unwrap(), "mine");
        fs::write(path.join(ABOUT), serde_json::to_string(&about("user#5")).unwrap()).unwrap();
        fs::write(path.join(LINES), "no json\n").unwrap();
        assert!(why(&about("user#5")).ends_with("a line of it is broken"));
        assert!(Folder::open(&path.join(LINES), &about("user#5")).is_err());
    }
}
