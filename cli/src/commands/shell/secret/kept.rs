//! What was said in secret chats, as the server has none of it: a file beside the session, which nobody else may read. Messages have
//! numbers in their chat, by which they are typed.
//!
//! ```text
//!  SESSION.secret: a line of JSON for each chat and each message; a later line of the same takes its place.
//!  What is deleted is not in the file any more: it is written anew. Beside an encrypted session each line is sealed (SC-86).
//! ```

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use telewire::client::store::Seal;
use telewire::secret::ServerFile;
use telewire::tl::Serialize as _;
use telewire::tl::secret::enums::DecryptedMessageMedia;

use super::line::{Line, Read as Found};

/// The messages of a chat that are kept: the oldest go.
const MAX_MESSAGES: usize = 10_000;

/// The longest file that is read: as much as nobody has said.
const MAX_FILE: u64 = 256 << 20;

/// A message, or what somebody did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::commands::shell) struct Said {
    pub(in crate::commands::shell) chat: i32,
    pub(in crate::commands::shell) number: u32,
    pub(in crate::commands::shell) random_id: i64,
    /// In seconds since 1970, as the server says; as this machine does, until that has it.
    pub(in crate::commands::shell) date: i32,
    pub(in crate::commands::shell) out: bool,
    pub(in crate::commands::shell) state: Sending,
    pub(in crate::commands::shell) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands::shell) reply: Option<i64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(in crate::commands::shell) ttl: i32,
    /// `DecryptedMessageMedia` in its bytes, as hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands::shell) media: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands::shell) file: Option<At>,
    /// What was done, instead of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands::shell) action: Option<Done>,
    /// Whether a message with a timer was opened.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(in crate::commands::shell) is_opened: bool,
}

/// How far a message of ours has come; those that came are [`There`](Self::There).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands::shell) enum Sending {
    Waiting,
    Sent,
    There,
    Read,
    Failed,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands::shell) enum Done {
    SetTtl(i32),
    Screenshot,
    /// Something of a layer that is not understood.
    Unsupported {
        layer: i32,
    },
}

/// Where a file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::commands::shell) struct At {
    id: i64,
    access_hash: i64,
    size: i64,
    dc_id: i32,
    key_fingerprint: i32,
}

/// What is known of a chat besides what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::commands::shell) struct About {
    pub(in crate::commands::shell) chat: i32,
    /// Whom it is with.
    pub(in crate::commands::shell) peer: i64,
    /// What the server calls it, once that has told: another chat is another one, whatever its number.
    pub(in crate::commands::shell) server: Option<i32>,
    /// The same, of whom it is with.
    pub(in crate::commands::shell) name: Option<String>,
    /// Why it has ended.
    pub(in crate::commands::shell) ended: Option<String>,
}

#[derive(Debug)]
struct Chat {
    about: About,
    said: BTreeMap<u32, Said>,
    numbers: HashMap<i64, u32>,
}

/// What became of something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands::shell) enum Outcome {
    Sent { date: i32 },
    Failed(String),
}

/// All of it.
#[derive(Debug)]
pub(in crate::commands::shell) struct Kept {
    path: PathBuf,
    /// The session's, if that is encrypted.
    seal: Option<Seal>,
    chats: BTreeMap<i32, Chat>,
    /// Since the program began: what is said may be there before its line is.
    pub(in crate::commands::shell) outcomes: HashMap<(i32, i64), Outcome>,
    /// What people were called in what came.
    pub(in crate::commands::shell) met: HashMap<i64, String>,
    /// Why nothing more can be kept.
    pub(in crate::commands::shell) broken: Option<String>,
    /// Whether the file may have half a line at its end, or what was deleted: it is written anew before anything else is.
    is_behind: bool,
}

impl Kept {
    /// Beside a session, with its seal if it is encrypted. What was there before it was is sealed by that.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] for what another session has sealed, which is left as it is.
    pub(in crate::commands::shell) fn load(session: &Path, seal: Option<Seal>) -> io::Result<Self> {
        let mut name = session.as_os_str().to_owned();
        name.push(".secret");
        let path = PathBuf::from(name);
        let (outcomes, met) = (HashMap::new(), HashMap::new());
        let mut kept = Self {
            path,
            seal,
            chats: BTreeMap::new(),
            outcomes,
            met,
            broken: None,
            is_behind: false,
        };
        let mut bytes = Vec::new();
        match File::open(&kept.path) {
            Ok(file) => file.take(MAX_FILE.saturating_add(1)).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(kept),
            Err(error) => return Err(error),
        };
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let (mut lines, mut records) = (0_usize, 0_usize);
        // A line that was not written to its end was not kept: its event comes again.
        let mut is_whole = bytes.is_empty() || bytes.ends_with(b"\n");
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (line, has_end) = match line.strip_suffix(b"\n") {
                Some(b"") => continue,
                Some(line) => (line, true),
                None => (line, false),
            };
            lines = lines.saturating_add(1);
            match Line::read(line, kept.seal.as_ref()) {
                Found::Line(line) => kept.take(line),
                Found::Plain(line) => {
                    kept.take(line);
                    is_whole = false;
                }
                // Half of what is sealed looks so.
                Found::Foreign if has_end => {
                    let why = format!("{} was sealed for another session", kept.path.display());
                    return Err(io::Error::new(io::ErrorKind::InvalidData, why));
                }
                Found::Broken | Found::Foreign => is_whole = false,
            }
        }
        for chat in kept.chats.values_mut() {
            while chat.said.len() > MAX_MESSAGES {
                if let Some((_, said)) = chat.said.pop_first() {
                    chat.numbers.remove(&said.random_id);
                }
            }
            records = records.saturating_add(chat.said.len()).saturating_add(1);
        }
        if !is_whole || lines > records.saturating_mul(2) {
            kept.write_all()?;
        }
        Ok(kept)
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::About(about) => match self.chats.get_mut(&about.chat) {
                Some(chat) => chat.about = about,
                None => {
                    let (said, numbers) = (BTreeMap::new(), HashMap::new());
                    self.chats.insert(about.chat, Chat { about, said, numbers });
                }
            },
            Line::Said(said) => {
                if let Some(chat) = self.chats.get_mut(&said.chat) {
                    chat.numbers.insert(said.random_id, said.number);
                    chat.said.insert(said.number, said);
                }
            }
        }
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        if self.is_behind {
            self.rewrite()?;
        }
        let appended = self.try_append(line);
        // Nothing may stand behind half a line.
        self.is_behind = appended.is_err();
        appended
    }

    fn try_append(&self, line: &Line) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(&line.to_bytes(self.seal.as_ref())?)?;
        file.sync_data()
    }

    /// Has the file be as what is here, now or with the next change.
    fn rewrite(&mut self) -> io::Result<()> {
        self.is_behind = true;
        self.write_all()?;
        self.is_behind = false;
        Ok(())
    }

    /// Writes the file anew, without what was deleted.
    fn write_all(&self) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        for chat in self.chats.values() {
            let about = [Line::About(chat.about.clone())];
            let said = chat.said.values().map(|said| Line::Said(said.clone()));
            for line in about.into_iter().chain(said) {
                file.write_all(&line.to_bytes(self.seal.as_ref())?)?;
            }
        }
        file.as_file().sync_all()?;
        file.persist(&self.path).map(drop).map_err(|error| error.error)
    }

    pub(in crate::commands::shell) fn about(&self, chat: i32) -> Option<&About> {
        self.chats.get(&chat).map(|chat| &chat.about)
    }

    /// All chats that are known, those too that have ended.
    pub(in crate::commands::shell) fn chats(&self) -> impl Iterator<Item = &About> {
        self.chats.values().map(|chat| &chat.about)
    }

    /// A chat stands so. What was kept of another one with its number goes.
    pub(in crate::commands::shell) fn set_about(&mut self, mut about: About) -> io::Result<()> {
        if let Some(old) = self.chats.get(&about.chat).map(|chat| &chat.about) {
            let is_same = old.server.is_some() && old.server == about.server;
            // What has ended is never there again: whatever is, has its number after another login.
            if is_same && about.ended.is_none() {
                about.ended.clone_from(&old.ended);
            }
            let is_other = old.peer != about.peer
                || old.server.zip(about.server).is_some_and(|(old, new)| old != new)
                || old.ended.is_some() && about.ended.is_none();
            if is_other {
                self.chats.remove(&about.chat);
                self.take(Line::About(about));
                return self.rewrite();
            }
            about.server = about.server.or(old.server);
            about.name = about.name.or_else(|| old.name.clone());
            if about == *old && !self.is_behind {
                return Ok(());
            }
        }
        self.append(&Line::About(about.clone()))?;
        self.take(Line::About(about));
        Ok(())
    }

    /// Messages of a chat in their order.
    pub(in crate::commands::shell) fn said(
        &self,
        chat: i32,
    ) -> impl DoubleEndedIterator<Item = &Said> {
        self.chats.get(&chat).into_iter().flat_map(|chat| chat.said.values())
    }

    pub(in crate::commands::shell) fn one(&self, chat: i32, number: u32) -> Option<&Said> {
        self.chats.get(&chat)?.said.get(&number)
    }

    pub(in crate::commands::shell) fn number_of(&self, chat: i32, random_id: i64) -> Option<u32> {
        self.chats.get(&chat)?.numbers.get(&random_id).copied()
    }

    /// Keeps something that was said, with the next number of its chat; as it was, if it is there.
    pub(in crate::commands::shell) fn add(&mut self, mut said: Said) -> io::Result<Option<Said>> {
        let Some(chat) = self.chats.get(&said.chat) else { return Ok(None) };
        if let Some(number) = chat.numbers.get(&said.random_id) {
            return Ok(chat.said.get(number).cloned());
        }
        let last = chat.said.last_key_value().map_or(0, |(last, _)| *last);
        said.number = last.saturating_add(1);
        match self.outcomes.get(&(said.chat, said.random_id)) {
            Some(Outcome::Sent { date }) => (said.state, said.date) = (Sending::Sent, *date),
            Some(Outcome::Failed(_)) => said.state = Sending::Failed,
            None => {}
        }
        self.append(&Line::Said(said.clone()))?;
        self.take(Line::Said(said.clone()));
        Ok(Some(said))
    }

    /// Changes what is kept of a message.
    pub(in crate::commands::shell) fn change(
        &mut self,
        chat: i32,
        random_id: i64,
        change: impl FnOnce(&mut Said),
    ) -> io::Result<()> {
        let Some(number) = self.number_of(chat, random_id) else { return Ok(()) };
        let Some(said) = self.one(chat, number) else { return Ok(()) };
        let mut new = said.clone();
        change(&mut new);
        if new == *said {
            return Ok(());
        }
        self.append(&Line::Said(new.clone()))?;
        self.take(Line::Said(new));
        Ok(())
    }

    /// Deletes messages, also from the file; gives their numbers.
    pub(in crate::commands::shell) fn delete(
        &mut self,
        chat: i32,
        goes: impl Fn(&Said) -> bool,
    ) -> io::Result<Vec<u32>> {
        let Some(of) = self.chats.get_mut(&chat) else { return Ok(Vec::new()) };
        // The last number stays used, so that a name never means another message.
        let gone: Vec<u32> = of
            .said
            .values()
            .filter(|said| !said.is_gone() && goes(said))
            .map(|said| said.number)
            .collect();
        let last = of.said.last_key_value().map(|(last, _)| *last);
        for number in &gone {
            let Some(said) = of.said.remove(number) else { continue };
            of.numbers.remove(&said.random_id);
            if last == Some(*number) {
                of.said.insert(*number, said.emptied());
            }
        }
        // SC-86: also what could not be deleted from the file before.
        if !gone.is_empty() || self.is_behind {
            self.rewrite()?;
        }
        Ok(gone)
    }
}

impl Said {
    /// Something that we say, before it has a number.
    pub(in crate::commands::shell) fn ours(
        chat: i32,
        random_id: i64,
        now: i64,
        text: &str,
        media: Option<&DecryptedMessageMedia>,
    ) -> Self {
        Self {
            chat,
            number: 0,
            random_id,
            date: i32::try_from(now).unwrap_or(i32::MAX),
            out: true,
            state: Sending::Waiting,
            text: text.to_owned(),
            reply: None,
            ttl: 0,
            media: media.map(|media| hex::encode(media.to_bytes())),
            file: None,
            action: None,
            is_opened: false,
        }
    }

    /// What is left of a message that was deleted, for its number alone.
    fn emptied(self) -> Self {
        Self { number: self.number, ..Self::ours(self.chat, 0, 0, "", None) }
    }

    /// Whether it is nothing but its number.
    pub(in crate::commands::shell) fn is_gone(&self) -> bool {
        self.random_id == 0
    }
}

impl From<ServerFile> for At {
    fn from(file: ServerFile) -> Self {
        let ServerFile { id, access_hash, size, dc_id, key_fingerprint } = file;
        Self { id, access_hash, size, dc_id, key_fingerprint }
    }
}

impl From<At> for ServerFile {
    fn from(at: At) -> Self {
        let At { id, access_hash, size, dc_id, key_fingerprint } = at;
        Self { id, access_hash, size, dc_id, key_fingerprint }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &i32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(is: &bool) -> bool {
    !is
}

#[cfg(test)]
mod tests;
