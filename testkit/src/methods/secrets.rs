//! Secret chats: who asks whom, and packets from one login to the other. What is in them is theirs alone.

use telewire::crypto::dh::{KNOWN_PRIME, check_public};
use telewire::rpc::RpcError;
use telewire::tl::api::enums::messages::{DhConfig, SentEncryptedMessage};
use telewire::tl::api::enums::{self, EncryptedChat, InputEncryptedFile};
use telewire::tl::api::functions::messages::{
    AcceptEncryption, DiscardEncryption, GetDhConfig, ReadEncryptedHistory, ReceivedQueue,
    RequestEncryption, SendEncrypted, SendEncryptedFile, SendEncryptedService, SetEncryptedTyping,
};
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, Key, Posted, SecretChat, Stage, State, Viewer, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(get_dh_config);
    registry.people(request_encryption);
    registry.people(accept_encryption);
    registry.people(discard_encryption);
    registry.people(send_encrypted);
    registry.people(send_encrypted_file);
    registry.people(send_encrypted_service);
    registry.people(read_encrypted_history);
    registry.people(set_encrypted_typing);
    registry.people(received_queue);
}

/// The version of the one prime and generator that there are.
const DH_VERSION: i32 = 3;

const GENERATOR: i32 = 3;

/// Random bytes that a client may ask for.
const MAX_RANDOM: i32 = 1_024;

/// The largest packet: what a message of the protocol carries.
const MAX_DATA: usize = 1 << 20;

fn get_dh_config(
    state: &mut State,
    _: &Caller,
    request: GetDhConfig,
) -> Result<DhConfig, RpcError> {
    if !(0..=MAX_RANDOM).contains(&request.random_length) {
        return Err(invalid("RANDOM_LENGTH_INVALID"));
    }
    let mut random = Vec::new();
    while random.len() < usize::try_from(request.random_length).unwrap_or(0) {
        random.extend(state.random::<32>());
    }
    random.truncate(usize::try_from(request.random_length).unwrap_or(0));
    let random = random.into();
    if request.version == DH_VERSION {
        return Ok(types::messages::DhConfigNotModified { random }.into());
    }
    let (p, g, version) = (KNOWN_PRIME.to_vec().into(), GENERATOR, DH_VERSION);
    Ok(types::messages::DhConfig { g, p, version, random }.into())
}

/// SC-04: the number is the asker's; who asks again with the same is answered as before.
fn request_encryption(
    state: &mut State,
    caller: &Caller,
    request: RequestEncryption,
) -> Result<EncryptedChat, RpcError> {
    let user = state.input_user(caller, &request.user_id)?;
    if user == caller.me || state.is_bot(user) {
        return Err(invalid("USER_ID_INVALID"));
    }
    check_public(&request.g_a, &KNOWN_PRIME).map_err(|_| invalid("DH_G_A_INVALID"))?;
    let (id, key, date) = (request.random_id, caller.context.key, caller.date());
    if let Some(chat) = state.secrets.chats.get(&id) {
        if chat.admin != (caller.me, key) || chat.participant != user {
            return Err(RpcError::parse(500, "RANDOM_ID_DUPLICATE"));
        }
        return Ok(state.secret_chat(caller.viewer(), key, id));
    }
    let chat = SecretChat::asked((caller.me, key), user, request.g_a.into_vec(), date);
    state.secrets.chats.insert(id, chat);
    state.secrets.begin(key);
    for key in state.logins_at_home(user) {
        state.tell_secret_chat(user, key, id, date);
    }
    Ok(state.secret_chat(caller.viewer(), key, id))
}

/// SC-07: one login takes it, and the others hear that it is over.
fn accept_encryption(
    state: &mut State,
    caller: &Caller,
    request: AcceptEncryption,
) -> Result<EncryptedChat, RpcError> {
    let (id, key, date) = (request.peer.chat_id, caller.context.key, caller.date());
    let is_named = state.secret_hash(caller.viewer(), id) == request.peer.access_hash;
    let chat = state.secrets.chats.get_mut(&id);
    let chat = chat.filter(|chat| is_named && chat.participant == caller.me);
    let chat = chat.ok_or_else(|| invalid("CHAT_ID_INVALID"))?;
    let g_a = match &chat.stage {
        Stage::Asked { g_a } => g_a.clone(),
        Stage::Open { .. } => return Err(invalid("ENCRYPTION_ALREADY_ACCEPTED")),
        Stage::Over { .. } => return Err(invalid("ENCRYPTION_ALREADY_DECLINED")),
    };
    let (g_b, fingerprint) = (request.g_b.into_vec(), request.key_fingerprint);
    let (admin, asker) = chat.admin;
    chat.becomes(Stage::Open { by: key, g_a, g_b, fingerprint }, date);
    state.secrets.begin(key);
    state.tell_secret_chat(admin, asker, id, date);
    for other in state.logins_at_home(caller.me).into_iter().filter(|other| *other != key) {
        state.tell_secret_chat(caller.me, other, id, date);
    }
    Ok(state.secret_chat(caller.viewer(), key, id))
}

/// SC-11: by either end, and while it is asked for by any login of who was asked.
fn discard_encryption(
    state: &mut State,
    caller: &Caller,
    request: DiscardEncryption,
) -> Result<bool, RpcError> {
    let (id, key, date) = (request.chat_id, caller.context.key, caller.date());
    if id == 0 {
        return Err(invalid("CHAT_ID_EMPTY"));
    }
    let chat = state.secrets.chats.get_mut(&id).filter(|chat| chat.is_of(caller.me, key));
    let chat = chat.ok_or_else(|| invalid("ENCRYPTION_ID_INVALID"))?;
    let by = match &chat.stage {
        Stage::Asked { .. } => None,
        Stage::Open { by, .. } => Some(*by),
        Stage::Over { .. } => return Err(invalid("ENCRYPTION_ALREADY_DECLINED")),
    };
    let ((admin, asker), participant) = (chat.admin, chat.participant);
    chat.becomes(Stage::Over { history_deleted: request.delete_history, by }, date);
    let theirs = match by {
        Some(by) => vec![by],
        None => state.logins_at_home(participant),
    };
    let theirs = theirs.into_iter().map(|key| (participant, key));
    for (user, other) in theirs.chain([(admin, asker)]).filter(|(_, other)| *other != key) {
        state.tell_secret_chat(user, other, id, date);
    }
    Ok(true)
}

fn send_encrypted(
    state: &mut State,
    caller: &Caller,
    request: SendEncrypted,
) -> Result<SentEncryptedMessage, RpcError> {
    let SendEncrypted { peer, random_id, data, .. } = request;
    let packet = Packet { peer, random_id, data: data.into_vec(), kind: Kind::Message };
    post(state, caller, packet)
}

/// SC-76: a packet with a file beside it.
fn send_encrypted_file(
    state: &mut State,
    caller: &Caller,
    request: SendEncryptedFile,
) -> Result<SentEncryptedMessage, RpcError> {
    let SendEncryptedFile { peer, random_id, data, file, .. } = request;
    let packet = Packet { peer, random_id, data: data.into_vec(), kind: Kind::File(file) };
    post(state, caller, packet)
}

fn send_encrypted_service(
    state: &mut State,
    caller: &Caller,
    request: SendEncryptedService,
) -> Result<SentEncryptedMessage, RpcError> {
    let SendEncryptedService { peer, random_id, data } = request;
    post(state, caller, Packet { peer, random_id, data: data.into_vec(), kind: Kind::Service })
}

/// Something that one end sends to the other.
struct Packet {
    peer: types::InputEncryptedChat,
    random_id: i64,
    data: Vec<u8>,
    kind: Kind,
}

enum Kind {
    Message,
    File(InputEncryptedFile),
    Service,
}

/// A packet, from one end to the other, once for each number of the sender's.
fn post(
    state: &mut State,
    caller: &Caller,
    packet: Packet,
) -> Result<SentEncryptedMessage, RpcError> {
    let Packet { peer, random_id, data, kind } = packet;
    if data.is_empty() || data.len() > MAX_DATA {
        return Err(invalid("DATA_INVALID"));
    }
    let unknown = match kind {
        Kind::Message | Kind::File(_) => "CHAT_ID_INVALID",
        Kind::Service => "ENCRYPTION_ID_INVALID",
    };
    let (user, other) = open(state, caller, &peer, unknown)?;
    let (key, date) = (caller.context.key, caller.date());
    let chat = state.secrets.chats.get(&peer.chat_id);
    if let Some(sent) = chat.and_then(|chat| chat.sent.get(&(key, random_id))) {
        return Ok(answer(state, caller, *sent));
    }
    let file = match &kind {
        Kind::File(file) => Some(state.input_encrypted_file(caller, file)?),
        _ => None,
    };
    let sent = Posted { date, file };
    if let Some(chat) = state.secrets.chats.get_mut(&peer.chat_id) {
        chat.sent.insert((key, random_id), sent);
    }
    let (chat_id, bytes) = (peer.chat_id, data.into());
    let message: enums::EncryptedMessage = match kind {
        Kind::Service => types::EncryptedMessageService { random_id, chat_id, date, bytes }.into(),
        Kind::Message | Kind::File(_) => {
            let by = state.auth.logins.get(&other).map(|login| login.by);
            let file = file.zip(by).map(|(id, by)| state.encrypted_file(Viewer { user, by }, id));
            let file = file.unwrap_or(enums::EncryptedFile::EncryptedFileEmpty);
            types::EncryptedMessage { random_id, chat_id, date, bytes, file }.into()
        }
    };
    let qts = state.secrets.post(other, random_id, message.clone());
    state.tell_key(user, other, date, |_, _| {
        types::UpdateNewEncryptedMessage { message: message.clone(), qts }.into()
    });
    Ok(answer(state, caller, sent))
}

fn answer(state: &State, caller: &Caller, sent: Posted) -> SentEncryptedMessage {
    let Posted { date, file } = sent;
    match file {
        None => types::messages::SentEncryptedMessage { date }.into(),
        Some(id) => {
            let file = state.encrypted_file(caller.viewer(), id);
            types::messages::SentEncryptedFile { date, file }.into()
        }
    }
}

/// The other end of a chat that is open, and that the caller is in.
fn open(
    state: &State,
    caller: &Caller,
    peer: &types::InputEncryptedChat,
    unknown: &str,
) -> Result<(i64, Key), RpcError> {
    let is_named = state.secret_hash(caller.viewer(), peer.chat_id) == peer.access_hash;
    let chat = state.secrets.chats.get(&peer.chat_id);
    let is_of = |chat: &&SecretChat| is_named && chat.is_of(caller.me, caller.context.key);
    let chat = chat.filter(is_of).ok_or_else(|| invalid(unknown))?;
    match chat.stage {
        Stage::Over { .. } => Err(invalid("ENCRYPTION_DECLINED")),
        _ => chat.other(caller.context.key).ok_or_else(|| invalid(unknown)),
    }
}

fn read_encrypted_history(
    state: &mut State,
    caller: &Caller,
    request: ReadEncryptedHistory,
) -> Result<bool, RpcError> {
    let (user, other) = open(state, caller, &request.peer, "MSG_WAIT_FAILED")?;
    let (chat_id, max_date, date) = (request.peer.chat_id, request.max_date, caller.date());
    state.tell_key(user, other, date, |_, _| {
        types::UpdateEncryptedMessagesRead { chat_id, max_date, date }.into()
    });
    Ok(true)
}

fn set_encrypted_typing(
    state: &mut State,
    caller: &Caller,
    request: SetEncryptedTyping,
) -> Result<bool, RpcError> {
    let (user, other) = open(state, caller, &request.peer, "CHAT_ID_INVALID")?;
    if request.typing {
        let chat_id = request.peer.chat_id;
        state.tell_key(user, other, caller.date(), |_, _| {
            types::UpdateEncryptedChatTyping { chat_id }.into()
        });
    }
    Ok(true)
}

/// SC-80: what a login has confirmed is kept no longer.
fn received_queue(
    state: &mut State,
    caller: &Caller,
    request: ReceivedQueue,
) -> Result<Vec<i64>, RpcError> {
    let key = caller.context.key;
    if !(0..=state.secrets.qts(key)).contains(&request.max_qts) {
        return Err(invalid("MAX_QTS_INVALID"));
    }
    Ok(state.secrets.confirm(key, request.max_qts))
}

impl State {
    /// The logins of an account where it lives: those that were carried elsewhere have no updates.
    fn logins_at_home(&self, user: i64) -> Vec<Key> {
        let home = self.people.user(user).map(|user| user.home);
        let keys = self.auth.logins_of(user).map(|(key, _)| key);
        keys.filter(|key| Some(key.dc) == home).collect()
    }
}
