//! What functions of older layers are by now: those with another name, and parameters that were said in another way. Each rule has a
//! test.

use std::collections::HashMap;

use crate::dynamic::translate::rules;
use crate::dynamic::value::{Object, Value};
use crate::ir::Param;

/// Functions that have another name since.
pub(super) const CALLED: &[(&str, &str)] = &[
    ("account.addNoPaidMessagesException", "account.toggleNoPaidMessagesException"),
    ("channels.clickSponsoredMessage", "messages.clickSponsoredMessage"),
    ("channels.createForumTopic", "messages.createForumTopic"),
    ("channels.deleteTopicHistory", "messages.deleteTopicHistory"),
    ("channels.editCreator", "messages.editChatCreator"),
    ("channels.editForumTopic", "messages.editForumTopic"),
    ("channels.getForumTopics", "messages.getForumTopics"),
    ("channels.getForumTopicsByID", "messages.getForumTopicsByID"),
    ("channels.getFutureCreatorAfterLeave", "messages.getFutureChatCreatorAfterLeave"),
    ("channels.getSponsoredMessages", "messages.getSponsoredMessages"),
    ("channels.reorderPinnedForumTopics", "messages.reorderPinnedForumTopics"),
    ("channels.reportSponsoredMessage", "messages.reportSponsoredMessage"),
    ("channels.updatePinnedForumTopic", "messages.updatePinnedForumTopic"),
    ("channels.viewSponsoredMessage", "messages.viewSponsoredMessage"),
    ("contacts.toggleStoriesHidden", "stories.togglePeerStoriesHidden"),
    ("payments.canPurchasePremium", "payments.canPurchaseStore"),
    ("payments.getUserStarGift", "payments.getSavedStarGift"),
    ("payments.getUserStarGifts", "payments.getSavedStarGifts"),
    ("stories.getAllReadUserStories", "stories.getAllReadPeerStories"),
    ("stories.getBoostersList", "premium.getBoostsList"),
    ("stories.getBoostsStatus", "premium.getBoostsStatus"),
    ("stories.getUserStories", "stories.getPeerStories"),
    ("users.getIsPremiumRequiredToContact", "users.getRequirementsToContact"),
];

/// Parameters of a function that are one value by now.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The parameter.
    pub(super) param: &'static str,
    /// The constructor of its value.
    pub(super) constructor: &'static str,
    /// What the value has, and the first of what it is that was there.
    pub(super) parts: &'static [(&'static str, &'static [&'static str])],
    /// In which functions.
    pub(super) of: &'static [&'static str],
}

pub(super) const GATHERED: &[Gathered] = &[
    Gathered {
        param: "reply_to",
        constructor: "inputReplyToMessage",
        // What goes to a topic and answers nothing in it answers the message that it begins with.
        parts: &[
            ("reply_to_msg_id", &["reply_to_msg_id", "top_msg_id"]),
            ("top_msg_id", &["top_msg_id"]),
        ],
        of: &[
            "messages.prolongWebView",
            "messages.requestWebView",
            "messages.saveDraft",
            "messages.sendInlineBotResult",
            "messages.sendMedia",
            "messages.sendMessage",
            "messages.sendMultiMedia",
        ],
    },
    Gathered {
        param: "color",
        constructor: "peerColor",
        parts: &[("color", &["color"]), ("background_emoji_id", &["background_emoji_id"])],
        of: &["account.updateColor"],
    },
    Gathered {
        param: "invoice",
        constructor: "inputInvoiceMessage",
        parts: &[("peer", &["peer"]), ("msg_id", &["msg_id"])],
        of: &[
            "payments.getPaymentForm",
            "payments.sendPaymentForm",
            "payments.validateRequestedInfo",
        ],
    },
    Gathered {
        param: "verification",
        constructor: "emailVerificationCode",
        parts: &[("code", &["code"])],
        of: &["account.verifyEmail"],
    },
];

/// What functions meant that did not say of whom: oneself.
pub(super) const MEANT: &[(&str, &str, &str)] = &[
    ("stories.canSendStory", "peer", "inputPeerSelf"),
    ("stories.deleteStories", "peer", "inputPeerSelf"),
    ("stories.editStory", "peer", "inputPeerSelf"),
    ("stories.getStoriesArchive", "peer", "inputPeerSelf"),
    ("stories.getStoriesViews", "peer", "inputPeerSelf"),
    ("stories.getStoryViewsList", "peer", "inputPeerSelf"),
    ("stories.sendStory", "peer", "inputPeerSelf"),
    ("stories.togglePinned", "peer", "inputPeerSelf"),
];

/// What a function is called elsewhere, its own name first.
pub(super) fn called(name: &str) -> impl Iterator<Item = &str> {
    rules::pairs(CALLED, name)
}

/// The value of a parameter that several made before, or that nothing said since it was clear.
pub(super) fn understood(
    function: &str,
    param: &Param,
    given: &HashMap<&str, &Value>,
) -> Option<Value> {
    let object =
        |name: &str, fields| Value::Object(Object { name: name.to_owned(), id: 0, fields });
    let of_param = |of: &&Gathered| of.param == param.name && of.of.contains(&function);
    if let Some(rule) = GATHERED.iter().find(of_param) {
        let part = |(name, from): &(&str, &[&str])| {
            let value = from.iter().find_map(|from| given.get(from))?;
            Some(((*name).to_owned(), (*value).clone()))
        };
        let fields: Vec<_> = rule.parts.iter().filter_map(part).collect();
        // By now it is one value.
        let is_whole = matches!(given.get(param.name.as_str()), Some(Value::Object(_)));
        return (!is_whole && !fields.is_empty()).then(|| object(rule.constructor, fields));
    }
    let is_meant = |(of, name, _): &&(&str, &str, &str)| *of == function && *name == param.name;
    let meant = MEANT.iter().find(is_meant).filter(|_| !given.contains_key(param.name.as_str()));
    meant.map(|(_, _, constructor)| object(constructor, Vec::new()))
}

/// The right answers of a quiz: until layer 223 as the bytes that each answer has, since then as their places.
pub(super) fn right_answers(
    name: &str,
    param: &Param,
    given: &HashMap<&str, &Value>,
) -> Option<Value> {
    if name != "inputMediaPoll" || param.name != "correct_answers" {
        return None;
    }
    let (Value::Vector(right), Some(Value::Vector(answers))) =
        (given.get("correct_answers")?, given.get("poll")?.field("answers"))
    else {
        return None;
    };
    let right: Vec<&[u8]> = right.iter().map(bytes).collect::<Option<_>>()?;
    // Both lists are a stranger's: looking through one for each of the other would be the square of a call's length.
    let mut places: HashMap<&[u8], i32> = HashMap::with_capacity(answers.len());
    for (place, answer) in (0..).zip(answers) {
        if let Some(option) = answer.field("option").and_then(bytes) {
            // Of equal ones the first is meant.
            places.entry(option).or_insert(place);
        }
    }
    // What is no answer has no place.
    let places = right.iter().filter_map(|option| places.get(option));
    Some(Value::Vector(places.copied().map(Value::Int).collect()))
}

fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}
