//! Each option of a call reaches the server, as the field that it is.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{ChannelParticipantsFilter, InputMedia, InputPeer, MessagesFilter};
use telewire::tl::api::functions::channels::{GetAdminLog, GetParticipants};
use telewire::tl::api::functions::messages::{
    DeleteHistory, EditMessage, ExportChatInvite, ForwardMessages, GetChatInviteImporters,
    GetDialogs, GetForumTopics, GetHistory, Search, SearchGlobal, SendMedia, SendMessage,
    SetBotCallbackAnswer, SetInlineBotResults, UpdatePinnedMessage,
};
use telewire::tl::api::types::{self, InputReplyToMessage};
use telewire::tl::{Deserialize, Function, Object};

use super::*;

/// A client, and the latest call of those functions that a test is about, each of which is refused.
struct Asked {
    client: Client,
    call: Arc<Mutex<Option<Object>>>,
    _world: Running,
}

macro_rules! asked {
    ($($function:ty),+ $(,)?) => {
        async fn asked() -> Asked {
            let call = Arc::<Mutex<Option<Object>>>::default();
            let latest = call.clone();
            let start = World::builder().start_with(move |_, _, dispatcher| {
                $(
                    let seen = latest.clone();
                    dispatcher.on(move |_, call: $function| {
                        *seen.lock().unwrap() = Some(Object::new(&call));
                        Err::<<$function as Function>::Return, _>(RpcError::parse(400, "SEEN"))
                    });
                )+
            });
            let world = patient(start).await.unwrap();
            let ada = world.user("Ada");
            let client = log_in(&world, &ada).await;
            Asked { client, call, _world: world }
        }
    };
}

asked!(
    DeleteHistory,
    EditMessage,
    ExportChatInvite,
    ForwardMessages,
    GetAdminLog,
    GetChatInviteImporters,
    GetDialogs,
    GetForumTopics,
    GetHistory,
    GetParticipants,
    Search,
    SearchGlobal,
    SendMedia,
    SendMessage,
    SetBotCallbackAnswer,
    SetInlineBotResults,
    UpdatePinnedMessage,
);

impl Asked {
    /// What was asked of the server by a call.
    async fn by<F: Deserialize + Debug, T>(
        &self,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> F {
        let error = refused(call).await;
        assert!(error.is("SEEN"), "{error}");
        let call = self.call.lock().unwrap().take().expect("nothing was asked");
        F::from_bytes(call.as_bytes()).unwrap()
    }
}

const ME: InputPeer = InputPeer::InputPeerSelf;

/// A channel that nobody looks at.
fn channel() -> InputPeer {
    types::InputPeerChannel { channel_id: 5, access_hash: 6 }.into()
}

#[tokio::test]
async fn what_is_said_of_a_message() {
    let asked = asked().await;
    let send = || asked.client.send_message(ME, "hello").random_id(7);
    let new = || SendMessage::new(ME, "hello".into(), 7);
    let markup = types::ReplyKeyboardHide { selective: true };
    let topic = InputReplyToMessage { top_msg_id: Some(3), ..InputReplyToMessage::new(3) };
    let both = InputReplyToMessage { top_msg_id: Some(3), ..InputReplyToMessage::new(9) };
    let options = [
        (send(), new()),
        (
            send().reply_to(9),
            SendMessage { reply_to: Some(InputReplyToMessage::new(9).into()), ..new() },
        ),
        (send().in_topic(3), SendMessage { reply_to: Some(topic.into()), ..new() }),
        (send().in_topic(3).reply_to(9), SendMessage { reply_to: Some(both.into()), ..new() }),
        (send().silent(), SendMessage { silent: true, ..new() }),
        (send().schedule(8), SendMessage { schedule_date: Some(8), ..new() }),
        (send().without_preview(), SendMessage { no_webpage: true, ..new() }),
        (
            send().keyboard(markup.clone()),
            SendMessage { reply_markup: Some(markup.into()), ..new() },
        ),
        (send().send_as(channel()), SendMessage { send_as: Some(channel()), ..new() }),
        (send().clear_draft(), SendMessage { clear_draft: true, ..new() }),
        (send().protected(), SendMessage { noforwards: true, ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<SendMessage, _>(call).await, expected);
    }
}

#[tokio::test]
async fn what_is_said_of_a_message_with_media() {
    let asked = asked().await;
    let media = || InputMedia::from(types::InputMediaDice { emoticon: "🎲".into() });
    let send = || asked.client.send_message(ME, "hello").random_id(7).media(media());
    let new = || SendMedia::new(ME, media(), "hello".into(), 7);
    let markup = types::ReplyKeyboardHide { selective: true };
    let options = [
        (send(), new()),
        (
            send().reply_to(9),
            SendMedia { reply_to: Some(InputReplyToMessage::new(9).into()), ..new() },
        ),
        (send().silent(), SendMedia { silent: true, ..new() }),
        (send().schedule(8), SendMedia { schedule_date: Some(8), ..new() }),
        (send().keyboard(markup.clone()), SendMedia { reply_markup: Some(markup.into()), ..new() }),
        (send().send_as(channel()), SendMedia { send_as: Some(channel()), ..new() }),
        (send().clear_draft(), SendMedia { clear_draft: true, ..new() }),
        (send().protected(), SendMedia { noforwards: true, ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<SendMedia, _>(call).await, expected);
    }
}

#[tokio::test]
async fn what_is_said_of_a_change_and_of_a_pin() {
    let asked = asked().await;
    let edit = || asked.client.edit_message(ME, 4, "hello");
    let new = || EditMessage { message: Some("hello".into()), ..EditMessage::new(ME, 4) };
    let media = || InputMedia::from(types::InputMediaDice { emoticon: "🎲".into() });
    let markup = types::ReplyKeyboardHide { selective: true };
    let options = [
        (edit(), new()),
        (edit().media(media()), EditMessage { media: Some(media()), ..new() }),
        (
            edit().keyboard(markup.clone()),
            EditMessage { reply_markup: Some(markup.into()), ..new() },
        ),
        (edit().without_preview(), EditMessage { no_webpage: true, ..new() }),
        (edit().schedule(8), EditMessage { schedule_date: Some(8), ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<EditMessage, _>(call).await, expected);
    }
    let pin = || asked.client.pin_message(ME, 4);
    let new = || UpdatePinnedMessage { silent: true, ..UpdatePinnedMessage::new(ME, 4) };
    let options = [
        (pin(), new()),
        (pin().notifying(), UpdatePinnedMessage { silent: false, ..new() }),
        (pin().for_me(), UpdatePinnedMessage { pm_oneside: true, ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<UpdatePinnedMessage, _>(call).await, expected);
    }
}

#[tokio::test]
async fn what_is_said_of_what_is_forwarded() {
    let asked = asked().await;
    let forward = || asked.client.forward_messages(ME, channel(), [4, 5]);
    // Each message has a number of its own, by chance.
    let new = || ForwardMessages::new(channel(), vec![4, 5], vec![], ME);
    let options = [
        (forward(), new()),
        (forward().silent(), ForwardMessages { silent: true, ..new() }),
        (forward().without_author(), ForwardMessages { drop_author: true, ..new() }),
        (
            forward().without_captions(),
            ForwardMessages { drop_author: true, drop_media_captions: true, ..new() },
        ),
        (forward().in_topic(3), ForwardMessages { top_msg_id: Some(3), ..new() }),
        (forward().schedule(8), ForwardMessages { schedule_date: Some(8), ..new() }),
        (forward().protected(), ForwardMessages { noforwards: true, ..new() }),
    ];
    for (call, expected) in options {
        let mut call: ForwardMessages = asked.by(call).await;
        let numbers = std::mem::take(&mut call.random_id);
        assert!(numbers.len() == 2 && numbers[0] != numbers[1]);
        assert_eq!(call, expected);
    }
}

#[tokio::test]
async fn what_a_bot_says_of_its_answers() {
    let asked = asked().await;
    let answer = || asked.client.answer_callback(4);
    let new = || SetBotCallbackAnswer::new(4, 0);
    let text = || Some("hello".into());
    let options = [
        (answer(), new()),
        (answer().text("hello"), SetBotCallbackAnswer { message: text(), ..new() }),
        (answer().alert("hello"), SetBotCallbackAnswer { alert: true, message: text(), ..new() }),
        (answer().url("hello"), SetBotCallbackAnswer { url: text(), ..new() }),
        (answer().cached(9), SetBotCallbackAnswer { cache_time: 9, ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<SetBotCallbackAnswer, _>(call).await, expected);
    }
    let answer = || asked.client.answer_inline(4, []);
    let new = || SetInlineBotResults::new(4, vec![], 300);
    let options = [
        (answer(), new()),
        (answer().gallery(), SetInlineBotResults { gallery: true, ..new() }),
        (answer().personal(), SetInlineBotResults { private: true, ..new() }),
        (answer().cached(9), SetInlineBotResults { cache_time: 9, ..new() }),
        (answer().next_offset("hello"), SetInlineBotResults { next_offset: text(), ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<SetInlineBotResults, _>(call).await, expected);
    }
}

#[test]
fn what_is_said_of_a_button() {
    use telewire::client::verbs::{Button, inline_keyboard};
    let callback =
        types::InlineButtonTypeCallback { requires_password: false, data: vec![1].into() };
    let url = types::InlineButtonTypeUrl { url: "https://example.org".into() };
    let kinds = [
        (Button::callback("hello", [1]), callback.into()),
        (Button::url("hello", "https://example.org"), url.into()),
        (
            Button::switch_inline("hello", "query"),
            types::InlineButtonTypeSwitchInline::new("query".into()).into(),
        ),
    ];
    for (button, kind) in kinds {
        let button_of = types::KeyboardInlineButton::new("hello".into(), kind);
        let rows = vec![types::KeyboardInlineButtonRow { buttons: vec![button_of] }];
        let expected = types::ReplyInlineMarkup { force_reply: false, rows };
        assert_eq!(inline_keyboard([[button]]), expected.into());
    }
}

#[tokio::test]
async fn what_is_said_of_a_link() {
    let asked = asked().await;
    let export = || asked.client.export_invite(channel());
    let new = || ExportChatInvite::new(channel());
    let title = Some("hello".into());
    let options = [
        (export(), new()),
        (export().titled("hello"), ExportChatInvite { title, ..new() }),
        (export().until(9), ExportChatInvite { expire_date: Some(9), ..new() }),
        (export().uses(9), ExportChatInvite { usage_limit: Some(9), ..new() }),
        (export().with_approval(), ExportChatInvite { request_needed: true, ..new() }),
    ];
    for (call, expected) in options {
        assert_eq!(asked.by::<ExportChatInvite, _>(call).await, expected);
    }
    for is_request in [false, true] {
        let call = asked.client.importers(channel(), is_request);
        let call: GetChatInviteImporters = asked.by(call).await;
        assert_eq!((call.peer, call.requested), (channel(), is_request));
    }
    for for_all in [false, true] {
        let call: DeleteHistory = asked.by(asked.client.delete_history(ME, for_all)).await;
        assert_eq!((call.peer, call.revoke), (ME, for_all));
    }
}

/// Where a list begins, how much it takes at a time, and what it leaves out.
#[tokio::test]
async fn what_is_said_of_a_list_of_messages() {
    let asked = asked().await;
    let list = || asked.client.history(ME);
    let new = || GetHistory {
        peer: ME,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 100,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let options = [
        (list(), new()),
        (list().limit(3), GetHistory { limit: 3, ..new() }),
        (list().limit(300), new()),
        (list().from(9), GetHistory { offset_id: 9, ..new() }),
        (list().before(9), GetHistory { offset_date: 9, ..new() }),
        (list().newer_than(9), GetHistory { min_id: 9, ..new() }),
    ];
    for (mut list, expected) in options {
        assert_eq!(asked.by::<GetHistory, _>(list.next()).await, expected);
    }
    let list = || asked.client.search(ME, "hello");
    let new = || Search {
        peer: ME,
        q: "hello".into(),
        from_id: None,
        saved_peer_id: None,
        saved_reaction: None,
        top_msg_id: None,
        filter: MessagesFilter::InputMessagesFilterEmpty,
        min_date: 0,
        max_date: 0,
        offset_id: 0,
        add_offset: 0,
        limit: 100,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let filter = || MessagesFilter::InputMessagesFilterPhotos;
    let options = [
        (list(), new()),
        (list().filter(filter()), Search { filter: filter(), ..new() }),
        (list().sent_by(ME), Search { from_id: Some(ME), ..new() }),
        (list().in_topic(3), Search { top_msg_id: Some(3), ..new() }),
        (list().since(9), Search { min_date: 9, ..new() }),
        (list().until(9), Search { max_date: 9, ..new() }),
        (list().from(9), Search { offset_id: 9, ..new() }),
    ];
    for (mut list, expected) in options {
        assert_eq!(asked.by::<Search, _>(list.next()).await, expected);
    }
    let mut list = asked.client.search_everywhere("hello").filter(filter());
    let call: SearchGlobal = asked.by(list.next()).await;
    assert_eq!((call.q.as_str(), call.filter), ("hello", filter()));
}

#[tokio::test]
async fn what_is_said_of_other_lists() {
    let asked = asked().await;
    let mut list = asked.client.dialogs().in_folder(1);
    let call: GetDialogs = asked.by(list.next()).await;
    let new = GetDialogs::new(0, 0, InputPeer::InputPeerEmpty, 100, 0);
    assert_eq!(call, GetDialogs { folder_id: Some(1), ..new });
    let mut list = asked.client.topics(channel()).named("hello");
    let call: GetForumTopics = asked.by(list.next()).await;
    let new = GetForumTopics::new(channel(), 0, 0, 0, 100);
    assert_eq!(call, GetForumTopics { q: Some("hello".into()), ..new });
    use ChannelParticipantsFilter as Filter;
    let list = || asked.client.participants(channel());
    for (mut list, filter) in [
        (list(), Filter::ChannelParticipantsRecent),
        (list().admins(), Filter::ChannelParticipantsAdmins),
        (list().bots(), Filter::ChannelParticipantsBots),
        (list().kicked(), types::ChannelParticipantsKicked { q: String::new() }.into()),
        (list().restricted(), types::ChannelParticipantsBanned { q: String::new() }.into()),
        (list().named("hello"), types::ChannelParticipantsSearch { q: "hello".into() }.into()),
    ] {
        let call: GetParticipants = asked.by(list.next()).await;
        assert_eq!((call.filter, call.offset, call.limit), (filter, 0, 200));
    }
    let list = || asked.client.admin_log(channel());
    let filter = types::ChannelAdminLogEventsFilter { ban: true, ..Default::default() };
    for (mut list, query, filter, has_admins) in [
        (list(), "", None, false),
        (list().about("hello"), "hello", None, false),
        (list().filter(filter.clone()), "", Some(filter), false),
        (list().done_by([ME]), "", None, true),
    ] {
        let call: GetAdminLog = asked.by(list.next()).await;
        assert_eq!((call.q.as_str(), call.events_filter), (query, filter));
        assert_eq!(call.admins.is_some_and(|admins| admins.len() == 1), has_admins);
    }
}
