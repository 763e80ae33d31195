//! What is marked in a text: by whoever wrote it, and by the server itself: <https://core.telegram.org/api/entities>.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::MessageEntity;
use telewire::tl::api::types;

use crate::world::{Caller, State, invalid, is_username};

/// Marks of one text.
const MAX_ENTITIES: usize = 100;

/// Characters of a command.
const MAX_COMMAND: usize = 64;

impl State {
    /// The marks of a text as all see them: who is mentioned by an access hash is told by number, and links, commands, usernames and
    /// hashtags are found. They are in the order of the text.
    ///
    /// # Errors
    ///
    /// `ENTITIES_TOO_LONG`, `ENTITY_BOUNDS_INVALID`, `ENTITY_MENTION_USER_INVALID`.
    pub(crate) fn entities(
        &self,
        caller: &Caller,
        text: &str,
        given: Vec<MessageEntity>,
    ) -> Result<Vec<MessageEntity>, RpcError> {
        if given.len() > MAX_ENTITIES {
            return Err(invalid("ENTITIES_TOO_LONG"));
        }
        let end = length(text);
        let mut all = Vec::new();
        for entity in given {
            let (offset, length) = (entity.offset(), entity.length());
            let is_inside = offset >= 0
                && length > 0
                && offset.checked_add(length).is_some_and(|last| last <= end);
            if !is_inside {
                return Err(invalid("ENTITY_BOUNDS_INVALID"));
            }
            all.push(match entity {
                MessageEntity::InputMessageEntityMentionName(mention) => {
                    let user = self.input_user(caller, &mention.user_id);
                    let user_id = user.map_err(|_| invalid("ENTITY_MENTION_USER_INVALID"))?;
                    types::MessageEntityMentionName { offset, length, user_id }.into()
                }
                entity => entity,
            });
        }
        let found = found(text);
        let is_free = |new: &MessageEntity| {
            all.iter().all(|old| {
                let ends = |entity: &MessageEntity| entity.offset().saturating_add(entity.length());
                ends(old) <= new.offset() || ends(new) <= old.offset()
            })
        };
        let mut found: Vec<_> = found.into_iter().filter(is_free).collect();
        all.append(&mut found);
        all.sort_by_key(MessageEntity::offset);
        Ok(all)
    }
}

/// How long a text is as marks count it: in units of UTF-16.
fn length(text: &str) -> i32 {
    i32::try_from(text.encode_utf16().count()).unwrap_or(i32::MAX)
}

/// What the server marks by itself.
fn found(text: &str) -> Vec<MessageEntity> {
    let mut all = Vec::new();
    let mut offset = 0_i32;
    for word in text.split_inclusive(char::is_whitespace) {
        all.extend(mark(word.trim_end(), offset));
        offset = offset.saturating_add(length(word));
    }
    all
}

/// A word that is marked.
fn mark(word: &str, offset: i32) -> Option<MessageEntity> {
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let length = length(word);
    let is_of_word = |part: &str| part.chars().all(|one| one.is_alphanumeric() || one == '_');
    if let Some(command) = word.strip_prefix('/') {
        let (name, bot) = command.split_once('@').unwrap_or((command, "a_bot"));
        let is_name = !name.is_empty() && name.len() <= MAX_COMMAND && name.is_ascii();
        let is_command = is_name && is_of_word(name) && is_username(bot);
        return is_command.then(|| types::MessageEntityBotCommand { offset, length }.into());
    }
    if let Some(name) = word.strip_prefix('@') {
        return is_username(name).then(|| types::MessageEntityMention { offset, length }.into());
    }
    if let Some(tag) = word.strip_prefix('#') {
        let is_tag = is_of_word(tag) && tag.chars().any(char::is_alphabetic);
        return is_tag.then(|| types::MessageEntityHashtag { offset, length }.into());
    }
    let rest = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"))?;
    rest.starts_with(char::is_alphanumeric)
        .then(|| types::MessageEntityUrl { offset, length }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<(&'static str, i32, i32)> {
        let kind = |entity: &MessageEntity| match entity {
            MessageEntity::MessageEntityBotCommand(_) => "command",
            MessageEntity::MessageEntityMention(_) => "mention",
            MessageEntity::MessageEntityHashtag(_) => "hashtag",
            MessageEntity::MessageEntityUrl(_) => "url",
            other => panic!("{other:?}"),
        };
        let all = found(text);
        all.iter().map(|entity| (kind(entity), entity.offset(), entity.length())).collect()
    }

    #[test]
    fn the_server_marks_commands_names_tags_and_links() {
        for (text, expected) in [
            ("/start", vec![("command", 0, 6)]),
            ("/start@echo_bot now", vec![("command", 0, 15)]),
            ("a /start", vec![("command", 2, 6)]),
            ("ask @lovelace, please", vec![("mention", 4, 9)]),
            ("#tea #1 #2b", vec![("hashtag", 0, 4), ("hashtag", 8, 3)]),
            ("see https://example.com/a?b=c.", vec![("url", 4, 25)]),
            // In units of UTF-16.
            ("😀 /go", vec![("command", 3, 3)]),
            ("ä\n/go", vec![("command", 2, 3)]),
            ("and/or 1/2 / a@b @x # https:// /@echo_bot /a-b", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(marks(text), expected, "{text}");
        }
    }
}
