//! The binding of a temporary key to the permanent one:
//! [`auth.bindTempAuthKey`](https://core.telegram.org/method/auth.bindTempAuthKey), sent over the temporary key's session
//! with a message inside that only the owner of the permanent key can have made (EM-14).
//!
//! ```text
//!  encrypted_message = perm_auth_key_id: 8 | msg_key: 16 | IGE, by the derivation of MTProto 1.0
//!                      ( random: 16 | msg_id: 8 | seqno = 0: 4 | length = 40: 4 | bind_auth_key_inner: 40 | padding: 8 )
//! ```
//!
//! The message inside has the id of the message that it goes in, so it is made anew for each.

use std::time::Duration;

use crate::crypto::{AuthKey, CryptoSuite, Entropy, EntropyExt, KeyId, message_key_v1};
use crate::ids::SessionId;
use crate::message_id::MessageId;
use crate::rpc::RpcError;
use crate::tl::mtproto::types;
use crate::tl::wrap::functions::auth::BindTempAuthKey;
use crate::tl::{DecodeError, Deserialize, Identifiable, Object, Serialize};

/// How long the server may take to answer before it is asked again. Binding the same key twice does no harm.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How often it is asked over one link. After that minute the key is not worth waiting for.
const MAX_SENT: usize = 6;

/// Why a temporary key was not bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The server answered with an error.
    #[error("the server answered {0}")]
    Rpc(#[from] RpcError),
    /// The server answered false.
    #[error("the server answered that it is not bound")]
    False,
    /// The answer is not a `Bool`.
    #[error("the answer is malformed: {0}")]
    Decode(#[from] DecodeError),
    /// No answer came, or none but that the message was not taken, several times.
    #[error("the server does not answer")]
    Silence,
}

/// How far the binding of a session's key has come.
pub(super) struct Binding {
    permanent: AuthKey,
    /// The server's time at which the temporary key expires, in seconds.
    expires_at: i32,
    state: State,
    /// The messages that it went out in over this link.
    sent: Vec<MessageId>,
    outcome: Option<Result<(), BindError>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is to be sent.
    Wanted,
    /// It was sent, and is sent again at this time.
    Sent { again_at: Duration },
    /// The server has answered, or never will.
    Answered { is_bound: bool },
}

impl Binding {
    pub(super) fn new(permanent: AuthKey, expires_at: i32) -> Self {
        let (state, sent) = (State::Wanted, Vec::new());
        Self { permanent, expires_at, state, sent, outcome: None }
    }

    /// Whether an answer is still waited for.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Answered { .. })
    }

    /// Whether requests have to wait for it. They also do when it failed, for another key.
    pub(super) fn holds_requests(&self) -> bool {
        self.state != State::Answered { is_bound: true }
    }

    /// Whether what came of it is still to be looked at.
    pub(super) fn has_outcome(&self) -> bool {
        self.outcome.is_some()
    }

    /// Whether a message is to be made for it now.
    pub(super) fn is_wanted(&self) -> bool {
        self.state == State::Wanted
    }

    /// It is to be sent, again if need be: over another link, in another session, or because the server says that the key
    /// is not bound.
    pub(super) fn want(&mut self) {
        self.state = State::Wanted;
        self.sent.clear();
        self.outcome = None;
    }

    /// The server did not take a message; whether it was one of these.
    pub(super) fn refuse(&mut self, message: MessageId) {
        if self.is_open() && self.sent.contains(&message) {
            self.state = State::Wanted;
            self.give_up_after_many();
        }
    }

    /// When it is sent again.
    pub(super) fn due(&self) -> Option<Duration> {
        match self.state {
            State::Sent { again_at } => Some(again_at),
            State::Wanted | State::Answered { .. } => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, mono: Duration) {
        if self.due().is_some_and(|at| at <= mono) {
            self.state = State::Wanted;
            self.give_up_after_many();
        }
    }

    fn give_up_after_many(&mut self) {
        if self.sent.len() >= MAX_SENT {
            self.conclude(Err(BindError::Silence));
        }
    }

    /// Whether it was sent as this message.
    pub(super) fn is_it(&self, message: MessageId) -> bool {
        self.sent.contains(&message)
    }

    /// The answer came.
    pub(super) fn answer(&mut self, result: &Object) {
        if self.is_open() {
            self.conclude(read(result));
        }
    }

    fn conclude(&mut self, outcome: Result<(), BindError>) {
        self.state = State::Answered { is_bound: outcome.is_ok() };
        self.outcome = Some(outcome);
    }

    /// What came of it, once.
    pub(super) fn poll_outcome(&mut self) -> Option<Result<(), BindError>> {
        self.outcome.take()
    }

    /// The request, as the body of this message.
    pub(super) fn make(
        &mut self,
        suite: &dyn CryptoSuite,
        temporary: KeyId,
        session: SessionId,
        message: MessageId,
        mono: Duration,
        entropy: &mut dyn Entropy,
    ) -> Vec<u8> {
        self.sent.push(message);
        self.state = State::Sent { again_at: mono.saturating_add(ANSWER_WITHIN) };
        let nonce = i64::from_le_bytes(entropy.array());
        let inner = types::BindAuthKeyInner {
            nonce,
            temp_auth_key_id: temporary.0,
            perm_auth_key_id: self.permanent.id().0,
            temp_session_id: session.0,
            expires_at: self.expires_at,
        };
        let encrypted = seal(suite, &self.permanent, message, &inner, entropy);
        BindTempAuthKey {
            perm_auth_key_id: self.permanent.id().0,
            nonce,
            expires_at: self.expires_at,
            encrypted_message: encrypted.into(),
        }
        .to_bytes()
    }
}

fn read(result: &Object) -> Result<(), BindError> {
    if result.id() == Some(types::RpcError::ID) {
        let error: types::RpcError = result.decode()?;
        return Err(RpcError::parse(error.error_code, &error.error_message).into());
    }
    if bool::from_bytes(result.as_bytes())? { Ok(()) } else { Err(BindError::False) }
}

/// The message inside, encrypted with the permanent key.
fn seal(
    suite: &dyn CryptoSuite,
    permanent: &AuthKey,
    message: MessageId,
    inner: &types::BindAuthKeyInner,
    entropy: &mut dyn Entropy,
) -> Vec<u8> {
    let inner = inner.to_bytes();
    let mut plain = entropy.array::<16>().to_vec();
    message.0.serialize(&mut plain);
    0_i32.serialize(&mut plain);
    i32::try_from(inner.len()).unwrap_or(i32::MAX).serialize(&mut plain);
    plain.extend_from_slice(&inner);
    // The key is that of the message without its padding.
    let msg_key = message_key_v1::message_key(suite, &plain);
    let length = plain.len();
    plain.resize(length.next_multiple_of(16), 0);
    if let Some(padding) = plain.get_mut(length..) {
        entropy.fill(padding);
    }
    // These are whole blocks.
    let _ = message_key_v1::derive(suite, permanent, &msg_key).encrypt(suite, &mut plain);
    [&permanent.id().to_le_bytes()[..], &msg_key.0, &plain].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{FixedEntropy, Real, SeededEntropy, vectors};

    fn field(name: &str) -> Vec<u8> {
        vectors::bytes(&format!("synthetic.bind_temp_auth_key.{name}"))
    }

    fn long(name: &str) -> i64 {
        i64::from_le_bytes(field(name).try_into().unwrap())
    }

    fn permanent() -> AuthKey {
        AuthKey::from_bytes(vectors::array("recorded_2023_rsa_pad.auth_key"))
    }

    #[test]
    fn em_14_the_binding_of_the_known_answer_byte_for_byte() {
        let drawn = ["nonce", "random_int128", "padding"].map(field);
        let mut entropy = FixedEntropy::new(drawn);
        let mut binding = Binding::new(permanent(), 1_705_841_277);
        let temporary = KeyId(long("temp_auth_key_id"));
        let session = SessionId(long("temp_session_id"));
        let message = MessageId(long("msg_id").swap_bytes());
        let body = binding.make(&Real, temporary, session, message, Duration::ZERO, &mut entropy);
        let expected = BindTempAuthKey {
            perm_auth_key_id: long("perm_auth_key_id"),
            nonce: long("nonce"),
            expires_at: 1_705_841_277,
            encrypted_message: field("encrypted_message").into(),
        };
        assert_eq!(body, expected.to_bytes());
        assert_eq!(entropy.left(), 0);
    }

    fn sent_once() -> Binding {
        let mut binding = Binding::new(permanent(), 5);
        send(&mut binding, 4, 0);
        binding
    }

    fn send(binding: &mut Binding, message: i64, seconds: u64) {
        let (message, mono) = (MessageId(message), Duration::from_secs(seconds));
        let entropy = &mut SeededEntropy::new(1);
        binding.make(&Real, KeyId(1), SessionId(2), message, mono, entropy);
    }

    #[test]
    fn pfs_only_true_binds_and_each_other_answer_has_its_error() {
        let error = types::RpcError { error_code: 400, error_message: "A_7".to_owned() };
        let source = bool::from_bytes(&[1, 2, 3, 4]).unwrap_err();
        for (answer, outcome) in [
            (Object::new(&true), Ok(())),
            (Object::new(&false), Err(BindError::False)),
            (Object::new(&error), Err(RpcError::parse(400, "A_7").into())),
            (Object::from(vec![1, 2, 3, 4]), Err(source.into())),
        ] {
            let mut binding = sent_once();
            assert!(binding.is_open() && binding.is_it(MessageId(4)));
            binding.answer(&answer);
            assert_eq!(binding.poll_outcome(), Some(outcome));
            assert!(!binding.is_open() && binding.poll_outcome().is_none());
        }
    }

    #[test]
    fn pfs_a_silent_server_is_asked_six_times() {
        let mut binding = Binding::new(permanent(), 5);
        for time in 0..6 {
            assert!(binding.is_wanted());
            send(&mut binding, 4 * i64::try_from(time).unwrap(), time * 10);
            assert_eq!(binding.due(), Some(Duration::from_secs(time * 10 + 10)));
            binding.handle_timeout(Duration::from_secs(time * 10 + 9));
            assert!(!binding.is_wanted());
            binding.handle_timeout(Duration::from_secs(time * 10 + 10));
        }
        assert_eq!(binding.poll_outcome(), Some(Err(BindError::Silence)));
    }

    #[test]
    fn a_message_that_was_refused_is_made_anew() {
        let mut binding = sent_once();
        binding.refuse(MessageId(8));
        assert!(!binding.is_wanted());
        binding.refuse(MessageId(4));
        assert!(binding.is_wanted());
        send(&mut binding, 8, 1);
        // The answer to either counts.
        assert!(binding.is_it(MessageId(4)) && binding.is_it(MessageId(8)));
    }
}
