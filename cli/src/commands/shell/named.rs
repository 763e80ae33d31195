//! Those whom a command names in ways of before: `First_Last`, as telegram-cli printed people, and numbers of those who were met in
//! another process.

use telewire::client::{Error, PeerError, PeerRef};
use telewire::updates::PeerId;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::secret::name;
use crate::commands::shell::show::typed;

/// How many chats are looked through for a name.
const LOOKED_THROUGH: usize = 200;

impl Shell {
    /// Finds whom a command names, before anything of it is done. Names that Telegram has cost the call that the command would make.
    pub(super) async fn find_peers(&mut self, given: &mut Given) -> Result<(), Fault> {
        for word in given.peer_words() {
            self.find_peer(word).await?;
        }
        Ok(())
    }

    /// The same of one name.
    pub(super) async fn find_peer(&mut self, word: &mut String) -> Result<(), Fault> {
        if name::read(word).is_some() {
            return Ok(());
        }
        match PeerRef::read(word) {
            // Whoever was met is known; users who were not may be in the address book.
            Ok(PeerRef::Id(PeerId::User(_))) => {
                if let Err(Error::Peer(PeerError::Unknown { .. })) =
                    self.client.resolve(&*word).await
                {
                    let contacts = self.client.contacts().await?;
                    self.names.learn(&contacts, &[]);
                }
            }
            Ok(PeerRef::Username(_)) if is_bare(word) => {
                let unknown = match self.client.resolve(&*word).await {
                    Err(Error::Peer(error @ PeerError::Nobody { .. })) => error,
                    _ => return Ok(()),
                };
                *word = self.called(word).await?.ok_or(unknown)?;
            }
            Err(error) => *word = self.called(word).await?.ok_or(error)?,
            Ok(_) => {}
        }
        Ok(())
    }

    /// Who is called so, among those whom one writes with and who are in the address book.
    async fn called(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let found = self.one_called(name)?;
        if found.is_some() {
            return Ok(found);
        }
        let contacts = self.client.contacts().await?;
        self.names.learn(&contacts, &[]);
        let mut dialogs = self.client.dialogs().limit(LOOKED_THROUGH);
        while dialogs.next().await?.is_some() {
            let peers = dialogs.peers();
            self.names.learn(&peers.users, &peers.chats);
        }
        self.one_called(name)
    }

    pub(super) fn one_called(&self, name: &str) -> Result<Option<String>, Fault> {
        let all = self.names.iter().filter(|(_, named)| print_name(&named.name) == name);
        let mut all: Vec<_> = all.map(|(id, _)| typed(*id)).collect();
        all.sort();
        match &all[..] {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            several => {
                Err(Fault::Usage(format!("several are called {name}: {}", several.join(", "))))
            }
        }
    }
}

/// `First_Last` or `Title`: blanks, controls, `#`, `$` and `@` are `_`.
pub(super) fn print_name(name: &str) -> String {
    let replaced = |char: char| char.is_whitespace() || char.is_control() || "#$@".contains(char);
    name.chars().map(|char| if replaced(char) { '_' } else { char }).collect()
}

/// Whether a word has none of the marks by which names are told from other words.
pub(super) fn is_bare(word: &str) -> bool {
    let marks = ['@', '+', '#', '/', ':', '$'];
    !word.contains(marks)
        && !word.contains(char::is_whitespace)
        && word.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_printed_as_telegram_cli_did() {
        for (name, printed) in [
            ("Ada Lovelace", "Ada_Lovelace"),
            ("a#b$c@d\te", "a_b_c_d_e"),
            ("Ада", "Ада"),
            ("", ""),
        ] {
            assert_eq!(print_name(name), printed);
        }
        for (word, bare) in [
            ("Ada_Lovelace", true),
            ("Ада", true),
            ("@ada", false),
            ("t.me/ada", false),
            ("user#5", false),
            ("+99966", false),
            ("12", false),
            ("two words", false),
            ("", false),
        ] {
            assert_eq!(is_bare(word), bare, "{word}");
        }
    }
}
