//! All commands: one table of names, arguments and help, from which words are read, help is printed and names are completed.

use std::future::Future;
use std::pin::Pin;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::verbs;

/// A command.
pub(super) struct Command {
    /// The name that it has had since telegram-cli.
    pub(super) name: &'static str,
    /// Others for the same. `-` may stand for `_` in all of them.
    pub(super) also: &'static [&'static str],
    pub(super) takes: &'static [Arg],
    /// What it does, in a line.
    pub(super) help: &'static str,
    /// Whether it means something to a process that runs one command.
    pub(super) alone: bool,
    pub(super) act: Act,
}

/// What a command does.
pub(super) type Act = for<'a> fn(&'a mut Shell, Given) -> Doing<'a>;

/// A command under way.
pub(super) type Doing<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + 'a>>;

/// What a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arg {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// How many.
    pub(super) count: Count,
}

/// How many of an argument there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    /// One, or none.
    Maybe,
    /// One or more.
    Some,
    /// Any number.
    Any,
    /// One or none, anywhere, with its name before it: `--png FILE`.
    Named,
}

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anybody, any group, any channel.
    Peer,
    User,
    Chat,
    Channel,
    SecretChat,
    Message,
    File,
    /// A whole number between two, these too.
    Number(i64, i64),
    /// A number of degrees.
    Degrees,
    /// One word.
    Word,
    /// The rest of the line.
    Text,
}

/// One of a kind.
pub(super) const fn one(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::One }
}

/// One of a kind, or none.
pub(super) const fn maybe(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Maybe }
}

/// One or more of a kind.
pub(super) const fn some(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Some }
}

/// Any number of a kind.
pub(super) const fn any(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Any }
}

/// One of a kind, or none, which is written with its name: `--name value`.
pub(super) const fn named(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Named }
}

/// How many items of a list.
pub(super) const LIMIT: Arg = maybe("limit", Kind::Number(1, 100_000));

/// How many of them are passed over first.
pub(super) const OFFSET: Arg = maybe("offset", Kind::Number(0, 1_000_000));

/// A table of a subject: `"name" | "alias" (arguments) "help" => function;`, and `"name" within (…)` for what means nothing alone.
macro_rules! commands {
    ($($name:literal $(| $also:literal)* $(, $within:ident)? ($($arg:expr),* $(,)?) $help:literal => $act:expr;)*) => {
        pub(in crate::commands::shell) const COMMANDS: &[$crate::commands::shell::table::Command] = &[$(
            $crate::commands::shell::table::Command {
                name: $name,
                also: &[$($also),*],
                takes: &[$($arg),*],
                help: $help,
                alone: commands!(@alone $($within)?),
                act: |shell, given| Box::pin(($act)(shell, given)),
            },
        )*];
    };
    (@alone) => { true };
    (@alone within) => { false };
}
pub(super) use commands;

/// The subjects, in the order of the help.
pub(super) const SUBJECTS: [(&str, &[Command]); 9] = [
    ("Text", verbs::text::COMMANDS),
    ("Files", verbs::files::COMMANDS),
    ("Chats and messages", verbs::dialogs::COMMANDS),
    ("Groups", verbs::groups::COMMANDS),
    ("Channels", verbs::channels::COMMANDS),
    ("Users", verbs::users::COMMANDS),
    ("Secret chats", verbs::secret::COMMANDS),
    ("Oneself", verbs::own::COMMANDS),
    ("The shell", verbs::tool::COMMANDS),
];

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Command> {
    SUBJECTS.iter().flat_map(|(_, commands)| commands.iter())
}

/// The one of a name.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    let name = name.replace('-', "_");
    all().find(|command| command.name == name || command.also.contains(&name.as_str()))
}

impl Command {
    /// How it is written: `msg <peer> <text…>`.
    pub(super) fn usage(&self) -> String {
        let mut usage = self.name.to_owned();
        for arg in self.takes {
            let name = arg.name;
            let dots = if arg.kind == Kind::Text { "…" } else { "" };
            usage.push_str(&match arg.count {
                Count::One => format!(" <{name}{dots}>"),
                Count::Maybe => format!(" [{name}{dots}]"),
                Count::Some => format!(" <{name}>…"),
                Count::Any => format!(" [{name}]…"),
                Count::Named => format!(" [--{name} {}]", self.value_name(arg)),
            });
        }
        usage
    }

    /// What stands behind the name of an argument that is written with it.
    pub(super) fn value_name(&self, arg: &Arg) -> &'static str {
        if arg.kind == Kind::File { "FILE" } else { "VALUE" }
    }

    /// What is wrong with how it was written.
    pub(super) fn misused(&self, why: &str) -> Fault {
        Fault::Usage(format!("{}: {why}; it is written `{}`", self.name, self.usage()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The commands of telegram-cli 1.4.1 (<https://github.com/vysheng/tg>, `interface.c`).
    const OF_TELEGRAM_CLI: &str = "
        msg post post_text post_photo post_file post_document post_audio post_video post_location reply reply_photo reply_file
        reply_document reply_audio reply_video reply_contact reply_location msg_kbd send_text broadcast fwd fwd_media
        send_photo send_video send_audio send_document send_file send_contact send_location load_photo load_video load_audio
        load_document load_file load_video_thumb load_document_thumb load_file_thumb view_photo view_video view_audio view_document
        view_file view_video_thumb view_document_thumb view_file_thumb view load_user_photo load_chat_photo load_channel_photo
        view_user_photo view_chat_photo view_channel_photo dialog_list channel_list contact_list history search get_message
        mark_read delete_msg restore_msg send_typing send_typing_abort chat_with_peer chat_info chat_add_user chat_del_user
        rename_chat chat_set_photo create_group_chat chat_upgrade export_chat_link import_chat_link channel_info channel_join
        channel_leave channel_get_members channel_get_admins channel_invite channel_kick channel_set_admin channel_set_about
        channel_set_username channel_set_photo rename_channel create_channel export_channel_link import_channel_link user_info
        get_self resolve_username contact_search add_contact rename_contact del_contact block_user unblock_user export_card
        import_card start_bot create_secret_chat accept_secret_chat set_ttl visualize_key set_profile_photo set_profile_name
        set_username set_phone_number set_password status_online status_offline get_terms_of_service help version show_license stats
        set main_session clear quit safe_quit";

    /// Those of the shell of telepy (<https://github.com/griganton/telepy_old>, `classes/shell.py`).
    const OF_TELEPY: &str = "
        msg send_text fwd fwd_media send_photo send_video load_photo load_video load_audio load_document load_video_thumb
        load_document_thumb view_photo view_video view_audio view_document view_video_thumb view_document_thumb dialog_list
        contact_list suggested_contacts history search global_search mark_read delete_msg restore_msg chat_with_peer chat_info
        chat_add_user chat_del_user chat_rename chat_set_photo create_group_chat user_info add_contact rename_contact export_card
        import_card create_secret_chat accept_secret_chat set_ttl visualize_key set_profile_photo stats quit_force quit shell";

    #[test]
    fn no_command_of_those_before_is_missing() {
        let telegram_cli: BTreeSet<_> = OF_TELEGRAM_CLI.split_whitespace().collect();
        // `contact_search` and `resolve_username` are one command.
        assert_eq!(telegram_cli.len(), 121);
        let telepy: BTreeSet<_> = OF_TELEPY.split_whitespace().collect();
        assert_eq!(telepy.len(), 48);
        let missing: Vec<_> =
            telegram_cli.union(&telepy).filter(|name| find(name).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_name_is_one_commands_and_has_help() {
        let mut names = BTreeSet::new();
        for command in all() {
            for name in [command.name].iter().chain(command.also) {
                assert!(names.insert(*name), "{name}");
                assert!(
                    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                    "{name}"
                );
                assert_eq!(find(&name.replace('_', "-")).unwrap().name, command.name);
            }
            let help = command.help;
            assert!(!help.is_empty() && help.len() <= 70 && !help.ends_with('.'), "{help}");
        }
        assert!(find("").is_none() && find("nope").is_none() && find("MSG").is_none());
    }

    #[test]
    fn arguments_can_be_told_apart() {
        for command in all() {
            let takes = command.takes;
            for (place, arg) in takes.iter().enumerate() {
                let rest = &takes[place + 1..];
                let is_open = matches!(arg.count, Count::Some | Count::Any);
                // Only a text may follow what has no end, and nothing follows a text.
                assert!(
                    !is_open || rest.iter().all(|arg| arg.kind == Kind::Text),
                    "{}",
                    command.name
                );
                assert!(arg.kind != Kind::Text || rest.is_empty(), "{}", command.name);
                assert!(arg.kind != Kind::Text || !is_open, "{}", command.name);
            }
        }
    }

    #[test]
    fn none_is_to_come() {
        for command in all() {
            assert!(!command.help.contains("not there yet"), "{}", command.name);
        }
    }
}
