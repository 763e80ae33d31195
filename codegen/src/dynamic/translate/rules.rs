//! What Telegram has called otherwise, put into something, or taken out of it. Each rule goes both ways, holds for the layers in
//! which it finds something, and has a test.

use std::collections::HashMap;

use crate::dynamic::value::{Object, Value};
use crate::ir::Param;

/// Constructors that stand for each other where only one is there: what it was called before, or what says nearly the same. Of
/// several, the first that is there.
pub(super) const NEAREST: &[(&str, &str)] = &[
    // A user where a peer is taken by now.
    ("inputUser", "inputPeerUser"),
    ("inputUserSelf", "inputPeerSelf"),
    ("inputUserEmpty", "inputPeerEmpty"),
    ("inputUserFromMessage", "inputPeerUserFromMessage"),
    ("inputChannel", "inputPeerChannel"),
    ("inputChannelEmpty", "inputPeerEmpty"),
    ("inputChannelFromMessage", "inputPeerChannelFromMessage"),
    ("messageUserVote", "messagePeerVote"),
    ("messageUserVoteInputOption", "messagePeerVoteInputOption"),
    ("messageUserVoteMultiple", "messagePeerVoteMultiple"),
    ("messageUserReaction", "messagePeerReaction"),
    ("userStories", "peerStories"),
    ("stories.userStories", "stories.peerStories"),
    ("stories.boostsStatus", "premium.boostsStatus"),
    ("stories.boostersList", "premium.boostsList"),
    ("booster", "boost"),
    ("payments.userStarGifts", "payments.savedStarGifts"),
    ("userStarGift", "savedStarGift"),
    ("inputStorePaymentStars", "inputStorePaymentStarsTopup"),
    // Split, or put together.
    ("businessRecipients", "businessBotRecipients"),
    ("inputBusinessRecipients", "inputBusinessBotRecipients"),
    ("keyboardButtonRow", "keyboardInlineButtonRow"),
    ("messageInteractionCounters", "postInteractionCountersMessage"),
    ("simpleWebViewResultUrl", "webViewResultUrl"),
    ("appWebViewResultUrl", "webViewResultUrl"),
    ("emojiStatusUntil", "emojiStatus"),
    // More of a kind.
    ("stickerSetFullCovered", "stickerSetMultiCovered"),
    ("stickerSetNoCovered", "stickerSetMultiCovered"),
    ("community", "channel"),
    ("communityForbidden", "channelForbidden"),
    ("communityFull", "channelFull"),
    ("messageEntityDiffInsert", "messageEntityUnderline"),
    ("messageEntityDiffDelete", "messageEntityStrike"),
    // An update that is not there: a batch without it.
    ("updateShort", "updates"),
];

/// What a value of a type becomes of which there is nothing nearer: the constructor of the type that is for this, or says least.
pub(super) const FALLBACK: &[(&str, &str)] = &[
    ("BotInlineMessage", "botInlineMessageText"),
    ("EmojiStatus", "emojiStatusEmpty"),
    ("InputMedia", "inputMediaEmpty"),
    ("InputStickerSet", "inputStickerSetEmpty"),
    ("KeyboardButton", "keyboardButton"),
    ("MessageAction", "messageActionEmpty"),
    ("MessageEntity", "messageEntityUnknown"),
    ("MessageMedia", "messageMediaUnsupported"),
    ("MessagesFilter", "inputMessagesFilterEmpty"),
    ("PageBlock", "pageBlockUnsupported"),
    ("PhoneCallDiscardReason", "phoneCallDiscardReasonHangup"),
    ("ReportReason", "inputReportReasonOther"),
    ("SendMessageAction", "sendMessageTypingAction"),
    ("auth.CodeType", "auth.codeTypeSms"),
    ("auth.SentCodeType", "auth.sentCodeTypeSms"),
];

/// What stands for a value that is not there at all, where something has to: of other types the shortest value.
const EMPTY: &[(&str, &str)] = &[
    ("ButtonType", "buttonTypeDefault"),
    ("ChatReactions", "chatReactionsNone"),
    // There was nothing else that an address was verified for.
    ("EmailVerifyPurpose", "emailVerifyPurposePassport"),
    ("InputPeer", "inputPeerEmpty"),
    ("InputUser", "inputUserEmpty"),
    ("Peer", "peerUser"),
    ("RichText", "textEmpty"),
    ("StarsAmount", "starsAmount"),
];

/// Constructors with one parameter that says it all: a value of that stands for the object, and the object for the value.
pub(super) const MAIN: &[(&str, &str)] = &[
    ("chatReactionsSome", "reactions"),
    ("chatTheme", "emoticon"),
    ("help.appConfig", "config"),
    ("inputChatTheme", "emoticon"),
    ("inputReplyToMessage", "reply_to_msg_id"),
    ("inputSavedStarGiftUser", "msg_id"),
    ("messages.chatInviteJoinResultOk", "updates"),
    ("messages.dialogFilters", "filters"),
    ("messages.invitedUsers", "updates"),
    ("messages.webPage", "webpage"),
    ("messages.webPagePreview", "media"),
    ("peerColor", "color"),
    ("peerUser", "user_id"),
    ("reactionEmoji", "emoticon"),
    ("readParticipantDate", "user_id"),
    ("recentStory", "max_id"),
    ("sendAsPeer", "peer"),
    ("starGiftAttributeRarity", "permille"),
    ("starsAmount", "amount"),
    ("textPlain", "text"),
    ("textWithEntities", "text"),
    ("username", "username"),
];

/// As [`MAIN`], but what says it is no such object without the rest of it.
pub(super) const SAID_BY: &[(&str, &str)] = &[("textCustomEmoji", "alt"), ("textMath", "source")];

/// What a `Bool` says where a type of its own says it by now: the type, whether it is true, the constructor. Of several that say
/// the same, a `Bool` becomes the first.
pub(super) const SAYING: &[(&str, bool, &str)] = &[
    ("RequirementToContact", true, "requirementToContactPremium"),
    ("RequirementToContact", false, "requirementToContactEmpty"),
    ("RequirementToContact", false, "requirementToContactPaidMessages"),
    ("PaidReactionPrivacy", true, "paidReactionPrivacyAnonymous"),
    ("PaidReactionPrivacy", false, "paidReactionPrivacyDefault"),
    ("ReportResult", true, "reportResultReported"),
    ("ReportResult", false, "reportResultAddComment"),
    ("ReportResult", false, "reportResultChooseOption"),
    ("Updates", true, "updates"),
    ("Updates", true, "updatesCombined"),
    ("Updates", true, "updatesTooLong"),
    ("Updates", true, "updateShort"),
    ("Updates", true, "updateShortChatMessage"),
    ("Updates", true, "updateShortMessage"),
    ("Updates", true, "updateShortSentMessage"),
    ("account.EmailVerified", true, "account.emailVerified"),
    ("account.EmailVerified", true, "account.emailVerifiedLogin"),
    ("stories.CanSendStoryCount", true, "stories.canSendStoryCount"),
];

/// A parameter that has another name elsewhere.
#[derive(Debug)]
pub(super) struct Renamed {
    /// The names before and since.
    pub(super) names: (&'static str, &'static str),
    /// How many of the later make one of the earlier; 1 for what is no number.
    pub(super) times: i32,
    /// In which definitions.
    pub(super) of: &'static [&'static str],
}

pub(super) const RENAMED: &[Renamed] = &[
    Renamed {
        names: ("user_id", "peer"),
        times: 1,
        of: &[
            "inputInvoiceStarGift",
            "inputMediaStory",
            "inputReplyToStory",
            "messageMediaStory",
            "messagePeerVote",
            "messagePeerVoteInputOption",
            "messagePeerVoteMultiple",
            "messageReplyStoryHeader",
            "payments.getUserStarGifts",
            "peerStories",
            "stories.exportStoryLink",
            "stories.getPinnedStories",
            "stories.getStoriesByID",
            "stories.getUserStories",
            "stories.incrementStoryViews",
            "stories.readStories",
            "stories.report",
            "stories.sendReaction",
            "updateMessagePollVote",
            "updateReadStories",
            "updateSentStoryReaction",
            "updateStory",
            "webPageAttributeStory",
        ],
    },
    Renamed { names: ("user_id", "peer_id"), times: 1, of: &["messagePeerReaction"] },
    Renamed {
        names: ("channel", "peer"),
        times: 1,
        of: &[
            "channels.createForumTopic",
            "channels.deleteTopicHistory",
            "channels.editCreator",
            "channels.editForumTopic",
            "channels.getForumTopics",
            "channels.getForumTopicsByID",
            "channels.getFutureCreatorAfterLeave",
            "channels.getSponsoredMessages",
            "channels.reorderPinnedForumTopics",
            "channels.updatePinnedForumTopic",
            "stats.getBroadcastRevenueStats",
            "stats.getBroadcastRevenueTransactions",
            "stats.getBroadcastRevenueWithdrawalUrl",
        ],
    },
    Renamed { names: ("peer", "peers"), times: 1, of: &["messageActionRequestedPeer"] },
    Renamed {
        names: ("requested_peer", "requested_peers"),
        times: 1,
        of: &["messages.sendBotRequestedPeer"],
    },
    Renamed { names: ("user_stories", "peer_stories"), times: 1, of: &["stories.allStories"] },
    Renamed {
        names: ("emoticon", "theme"),
        times: 1,
        of: &["messageActionSetChatTheme", "messages.setChatTheme"],
    },
    Renamed { names: ("username", "usernames"), times: 1, of: &["updateUserName"] },
    Renamed {
        names: ("msg_id", "stargift"),
        times: 1,
        of: &[
            "inputInvoiceStarGiftTransfer",
            "inputInvoiceStarGiftUpgrade",
            "payments.convertStarGift",
            "payments.getUserStarGift",
            "payments.saveStarGift",
            "payments.transferStarGift",
            "payments.upgradeStarGift",
        ],
    },
    Renamed {
        names: ("resell_stars", "resell_amount"),
        times: 1,
        of: &["payments.updateStarGiftPrice"],
    },
    Renamed { names: ("stars", "amount"), times: 1, of: &["starsTransaction"] },
    Renamed {
        names: ("rarity_permille", "rarity"),
        times: 1,
        of: &["starGiftAttributeBackdrop", "starGiftAttributeModel", "starGiftAttributePattern"],
    },
    Renamed {
        names: ("reply_to_msg_id", "reply_to"),
        times: 1,
        of: &[
            "draftMessage",
            "messages.prolongWebView",
            "messages.requestWebView",
            "messages.saveDraft",
            "messages.sendInlineBotResult",
            "messages.sendMedia",
            "messages.sendMessage",
            "messages.sendMultiMedia",
            "messages.sendScreenshotNotification",
        ],
    },
    Renamed { names: ("id", "peer"), times: 1, of: &["contacts.toggleStoriesHidden"] },
    Renamed { names: ("msg_id", "id"), times: 1, of: &["messages.translateText"] },
    Renamed { names: ("theme_emoticon", "theme"), times: 1, of: &["userFull"] },
    Renamed { names: ("boosters", "boosts"), times: 1, of: &["premium.boostsList"] },
    Renamed { names: ("recent_reactons", "recent_reactions"), times: 1, of: &["messageReactions"] },
    Renamed {
        names: ("enabled", "signatures_enabled"),
        times: 1,
        of: &["channels.toggleSignatures"],
    },
    Renamed {
        names: ("recent_message_interactions", "recent_posts_interactions"),
        times: 1,
        of: &["stats.broadcastStats"],
    },
    Renamed {
        names: ("months", "days"),
        times: 30,
        of: &["messageActionGiftCode", "messageActionGiftPremium", "payments.checkedGiftCode"],
    },
];

/// A name, and those that may stand for it.
pub(super) fn near(name: &str) -> impl Iterator<Item = &str> {
    pairs(NEAREST, name)
}

/// A name, and what it is one of two with.
pub(super) fn pairs<'n>(
    rows: &'static [(&'static str, &'static str)],
    name: &'n str,
) -> impl Iterator<Item = &'n str> {
    let other = move |(one, other): &(&'n str, &'n str)| match name {
        name if name == *one => Some(*other),
        name if name == *other => Some(*one),
        _ => None,
    };
    std::iter::once(name).chain(rows.iter().filter_map(other))
}

pub(super) fn fallback(ty: &str) -> impl Iterator<Item = &str> {
    FALLBACK.iter().filter(move |(of, _)| *of == ty).map(|(_, name)| *name)
}

pub(super) fn empty(ty: &str) -> impl Iterator<Item = &str> {
    EMPTY.iter().filter(move |(of, _)| *of == ty).map(|(_, name)| *name).chain(fallback(ty))
}

pub(super) fn main_field(name: &str) -> Option<&'static str> {
    let main = MAIN.iter().chain(SAID_BY).find(|(of, _)| *of == name).map(|(_, field)| *field);
    // Each kind of text in a page has one inside.
    main.or(name.starts_with("text").then_some("text"))
}

pub(super) fn saying(ty: &str, said: bool) -> Option<&'static str> {
    let mut rows = SAYING.iter().filter(|(of, says, _)| *of == ty && *says == said);
    rows.next().map(|(_, _, name)| *name)
}

pub(super) fn said_by(name: &str) -> Option<bool> {
    SAYING.iter().find(|(_, _, of)| *of == name).map(|(_, says, _)| *says)
}

/// The value of a parameter by the name that it has elsewhere.
pub(super) fn renamed(
    from: &str,
    to: &str,
    param: &Param,
    given: &HashMap<&str, &Value>,
) -> Option<Value> {
    for rule in RENAMED.iter().filter(|rule| rule.of.contains(&from) || rule.of.contains(&to)) {
        let (before, since) = rule.names;
        let (is_since, other) = match param.name.as_str() {
            name if name == before => (false, since),
            name if name == since => (true, before),
            _ => continue,
        };
        let value = given.get(other)?;
        return Some(match value {
            Value::Int(number) if is_since => Value::Int(number.saturating_mul(rule.times)),
            // What was begun counts.
            Value::Int(number) if rule.times > 1 => {
                let rest = i32::from(number.checked_rem(rule.times).is_some_and(|rest| rest > 0));
                Value::Int(number.checked_div(rule.times)?.saturating_add(rest))
            }
            value => (*value).clone(),
        });
    }
    None
}

/// Until layer 228 a button's constructor says what it does; since 229 its `type` does, which is another for those below a message.
/// The button, what the names of its types begin with, and what its own name began with.
const BUTTONS: &[(&str, &str, &str)] = &[
    ("keyboardButton", "buttonType", "keyboardButton"),
    ("keyboardButton", "inputButtonType", "inputKeyboardButton"),
    ("keyboardInlineButton", "inlineButtonType", "keyboardButton"),
    ("keyboardInlineButton", "inputInlineButtonType", "inputKeyboardButton"),
];

/// A button of layer 229 as one that says itself what it does.
pub(super) fn button_apart(object: &Object) -> Option<Object> {
    let Some(Value::Object(ty)) = object.field("type") else { return None };
    let mut rows = BUTTONS.iter().filter(|(name, _, _)| *name == object.name);
    let (before, kind) =
        rows.find_map(|(_, prefix, before)| Some((before, ty.name.strip_prefix(prefix)?)))?;
    // One that does nothing but to be pressed.
    let kind = if kind == "Default" || kind == "Disabled" { "" } else { kind };
    let fields = object.fields.iter().filter(|(name, _)| name != "type").chain(&ty.fields);
    Some(Object { name: format!("{before}{kind}"), id: 0, fields: fields.cloned().collect() })
}

/// A button that says itself what it does, as one of layer 229. Which of the two it is, its kind shows.
pub(super) fn button_together(object: &Object) -> Option<Object> {
    if object.field("type").is_some() {
        return None;
    }
    let ((name, prefix, _), kind) = BUTTONS.iter().find_map(|row| {
        let kind = object.name.strip_prefix(row.2)?;
        let is_inline = row.0 == "keyboardInlineButton";
        (is_inline == INLINE.contains(&kind)).then_some((row, kind))
    })?;
    let kind = if kind.is_empty() { "Default" } else { kind };
    let (mut fields, of_type): (Vec<_>, Vec<_>) =
        object.fields.iter().cloned().partition(|(name, _)| name == "text" || name == "style");
    let ty = Object { name: format!("{prefix}{kind}"), id: 0, fields: of_type };
    fields.push(("type".to_owned(), Value::Object(ty)));
    Some(Object { name: (*name).to_owned(), id: 0, fields })
}

/// Buttons that stand below messages.
const INLINE: &[&str] = &[
    "Buy",
    "Callback",
    "Copy",
    "Game",
    "SwitchInline",
    "Url",
    "UrlAuth",
    "UserProfile",
    "WebView",
];
