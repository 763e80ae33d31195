//! How secret chats are typed: `secret_chat#5`, or `!Ada_Lovelace` as telegram-cli had it.

use telewire::client::secret::SecretChatId;

/// A secret chat as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands::shell) enum ChatName {
    Number(i32),
    /// By whom it is with: as others name them.
    With(String),
}

/// What the names begin with that are numbers.
pub(in crate::commands::shell) const START: &str = "secret_chat#";

/// Reads a name; `None` if it is that of something else.
pub(in crate::commands::shell) fn read(word: &str) -> Option<ChatName> {
    if let Some(number) = word.strip_prefix(START) {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|number: &i32| is_number && *number > 0);
        return number.map(ChatName::Number);
    }
    let with = word.strip_prefix('!').filter(|with| !with.is_empty())?;
    Some(ChatName::With(with.to_owned()))
}

/// A secret chat as commands name it.
pub(in crate::commands::shell) fn typed(chat: SecretChatId) -> String {
    format!("{START}{}", chat.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_shown_and_others_are_none() {
        for number in [1, 7, i32::MAX] {
            assert_eq!(read(&typed(SecretChatId(number))), Some(ChatName::Number(number)));
        }
        assert_eq!(read("!Ada_Lovelace"), Some(ChatName::With("Ada_Lovelace".into())));
        for word in [
            "",
            "!",
            "secret_chat#",
            "secret_chat#0",
            "secret_chat#-1",
            "secret_chat#+1",
            "secret_chat#x",
            "secret_chat#2147483648",
            "chat#1",
            "@ada",
        ] {
            assert_eq!(read(word), None, "{word}");
        }
    }
}
