//! Where fresh file references come from (FI-63).

/// What a file came with, and so what brings a fresh [reference](https://core.telegram.org/api/file-references) to it. The numbers are
/// the program's: the planner passes them on, and prints none (FI-62).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// What kind of thing it came with.
    pub origin: Origin,
    /// What the one who fetches it needs to know.
    pub key: Vec<u8>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({:?})", self.origin)
    }
}

macro_rules! origins {
    ($($(#[$doc:meta])* $name:ident: $method:literal;)*) => {
        /// What a file came with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Origin {
            $($(#[$doc])* $name,)*
        }

        impl Origin {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The method that brings it again. Where it has a hash, that is 0: "not modified" would bring nothing.
            #[must_use]
            pub fn method(self) -> &'static str {
                match self {
                    $(Self::$name => $method,)*
                }
            }
        }
    };
}

origins! {
    /// A message of a person or a basic group.
    Message: "messages.getMessages";
    /// A message of a channel or supergroup.
    ChannelMessage: "channels.getMessages";
    /// A message that is to be sent later.
    ScheduledMessage: "messages.getScheduledMessages";
    /// A message of a quick reply.
    QuickReply: "messages.getQuickReplyMessages";
    /// A story.
    Story: "stories.getStoriesByID";
    /// An album of stories.
    StoryAlbum: "stories.getAlbums";
    /// A web page, by its URL.
    WebPage: "messages.getWebPage";
    /// A photo of a user, by its id.
    UserPhoto: "photos.getUserPhotos";
    /// What a user's profile has.
    User: "users.getFullUser";
    /// What a basic group has.
    Chat: "messages.getFullChat";
    /// What a channel has.
    Channel: "channels.getFullChannel";
    /// A set of stickers.
    StickerSet: "messages.getStickerSet";
    /// The account's GIFs.
    SavedGifs: "messages.getSavedGifs";
    /// The account's ringtones.
    Ringtones: "account.getSavedRingtones";
    /// A wallpaper.
    WallPaper: "account.getWallPaper";
    /// A theme.
    Theme: "account.getTheme";
    /// The reactions that there are.
    Reactions: "messages.getAvailableReactions";
    /// The effects that there are.
    Effects: "messages.getAvailableEffects";
    /// What promotes Premium.
    PremiumPromo: "help.getPremiumPromo";
    /// A bot's app.
    BotApp: "messages.getBotApp";
    /// A bot in the menu of attachments.
    AttachMenuBot: "messages.getAttachMenuBot";
    /// Pictures that show what a bot does.
    PreviewMedias: "bots.getPreviewMedias";
    /// The same, in a language.
    PreviewInfo: "bots.getPreviewInfo";
    /// Paid media of a message.
    PaidMedia: "messages.getExtendedMedia";
    /// Music of a profile.
    SavedMusic: "users.getSavedMusicByID";
    /// A transaction of stars.
    StarsTransaction: "payments.getStarsTransactionsByID";
    /// An event of a channel's log.
    AdminLog: "channels.getAdminLog";
    /// A document that is known by its SHA-256.
    ByHash: "messages.getDocumentByHash";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi_63_every_source_has_a_method_of_the_api() {
        let schema = include_str!("../../schema/api.json");
        for origin in Origin::ALL {
            let method = format!("\"method\":\"{}\"", origin.method());
            assert!(schema.contains(&method), "{origin:?}: {method}");
        }
    }

    #[test]
    fn fi_62_a_source_is_printed_without_what_it_names() {
        let source = Source { origin: Origin::Message, key: b"secret".to_vec() };
        assert_eq!(format!("{source:?}"), "Source(Message)");
    }
}
