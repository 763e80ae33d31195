//! [`auth.bindTempAuthKey`](https://core.telegram.org/method/auth.bindTempAuthKey): a temporary key begins to act for a
//! permanent one.
//!
//! ```text
//! perm_auth_key_id: 8 | msg_key: 16 | IGE( random: 16 | msg_id: 8 | seqno: 4 | length: 4 | inner | padding: 0..15 )
//! ```

use std::time::Duration;

use byteorder::{ByteOrder, LittleEndian};

use crate::crypto::{AuthKey, CryptoSuite, KeyId, MessageKey, message_key_v1};
use crate::message_id::MessageId;
use crate::rpc::RpcError;
use crate::server::dc::{DataCentre, DcEvent};
use crate::server::service::Origin;
use crate::tl::Deserialize;
use crate::tl::mtproto::types::BindAuthKeyInner;
use crate::tl::wrap::functions::auth::BindTempAuthKey;

/// What stands before the inner data: 16 random bytes, id, sequence number and length.
const HEADER: usize = 32;

/// The most padding that fills a block.
const MAX_PADDING: usize = 15;

/// A binding that is valid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding {
    temp: KeyId,
    perm: KeyId,
    expires_at: Duration,
}

impl DataCentre {
    /// Whether a client shows to have the permanent key that it wants the key of its session bound to.
    pub(super) fn verify_binding(
        &self,
        origin: Origin,
        id: MessageId,
        request: &BindTempAuthKey,
    ) -> Result<Binding, RpcError> {
        let (temp_id, perm_id) = (origin.key, KeyId(request.perm_auth_key_id));
        let temp = self.keys.get(&temp_id).filter(|key| key.is_temporary());
        let temp = temp.ok_or_else(|| refused("TEMP_AUTH_KEY_EMPTY"))?;
        if temp.perm.is_some_and(|perm| perm != perm_id) {
            return Err(refused("TEMP_AUTH_KEY_ALREADY_BOUND"));
        }
        let invalid = || refused("ENCRYPTED_MESSAGE_INVALID");
        let perm = self.keys.get(&perm_id);
        let perm = perm.filter(|key| !key.is_temporary() && !key.is_destroyed);
        let perm = perm.ok_or_else(invalid)?;
        let opened = open(&*self.config.suite, &perm.key, &request.encrypted_message);
        let (inner_id, inner) = opened.ok_or_else(invalid)?;
        let expected = BindAuthKeyInner {
            nonce: request.nonce,
            temp_auth_key_id: temp_id.0,
            perm_auth_key_id: perm_id.0,
            temp_session_id: origin.session.0,
            expires_at: request.expires_at,
        };
        if inner_id != id || inner != expected {
            return Err(invalid());
        }
        let expires_at = Duration::from_secs(u64::try_from(request.expires_at).unwrap_or(0));
        if expires_at <= origin.now.unix {
            return Err(refused("EXPIRES_AT_INVALID"));
        }
        Ok(Binding { temp: temp_id, perm: perm_id, expires_at })
    }

    /// Binds a temporary key. The permanent one had another until now perhaps, which is unbound then, as
    /// [`auth.bindTempAuthKey`](https://core.telegram.org/method/auth.bindTempAuthKey) says. With Telegram it is not: mtcute and
    /// TDLib have several connections at once, each with a temporary key of its own.
    pub(super) fn bind(&mut self, Binding { temp, perm, expires_at }: Binding) {
        if !self.config.strictness.is_lenient() {
            for key in self.keys.values_mut().filter(|key| key.perm == Some(perm)) {
                key.perm = None;
            }
        }
        if let Some(key) = self.keys.get_mut(&temp) {
            key.perm = Some(perm);
            key.expires_at = key.expires_at.map(|end| end.min(expires_at));
        }
        self.event(DcEvent::KeyBound { temp, perm });
    }
}

/// What a temporary key that is not bound gets for other calls.
pub(super) fn unbound() -> RpcError {
    RpcError::parse(401, "AUTH_KEY_PERM_EMPTY")
}

/// Opens the message that was encrypted with the permanent key (EM-14): its id, and what it says.
fn open(
    suite: &dyn CryptoSuite,
    perm: &AuthKey,
    encrypted: &[u8],
) -> Option<(MessageId, BindAuthKeyInner)> {
    let (key_id, rest) = encrypted.split_first_chunk::<8>()?;
    let (msg_key, data) = rest.split_first_chunk::<16>()?;
    if KeyId::from_le_bytes(*key_id) != perm.id() {
        return None;
    }
    let (msg_key, mut data) = (MessageKey(*msg_key), data.to_vec());
    message_key_v1::derive(suite, perm, &msg_key).decrypt(suite, &mut data).ok()?;
    let length = LittleEndian::read_i32(data.get(28..HEADER)?);
    let end = HEADER.checked_add(usize::try_from(length).ok()?)?;
    let (message, padding) = data.split_at_checked(end)?;
    let computed = message_key_v1::message_key(suite, message);
    if !computed.matches(suite, &msg_key) || padding.len() > MAX_PADDING {
        return None;
    }
    let id = MessageId(LittleEndian::read_i64(message.get(16..24)?));
    // The sequence number of it is zero.
    let is_first = LittleEndian::read_i32(message.get(24..28)?) == 0;
    let inner = BindAuthKeyInner::from_bytes(message.get(HEADER..)?).ok()?;
    is_first.then_some((id, inner))
}

fn refused(name: &str) -> RpcError {
    RpcError::parse(400, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Real, vectors};

    fn vector(name: &str) -> Vec<u8> {
        vectors::bytes(&format!("synthetic.bind_temp_auth_key.{name}"))
    }

    fn perm() -> AuthKey {
        AuthKey::from_bytes(vectors::array("recorded_2023_rsa_pad.auth_key"))
    }

    #[test]
    fn em_14_the_message_of_the_vectors_is_opened() {
        let (id, inner) = open(&Real, &perm(), &vector("encrypted_message")).unwrap();
        let temp = AuthKey::from_bytes(vectors::array("new_official_2024.auth_key"));
        let expected = BindAuthKeyInner {
            nonce: i64::from_le_bytes(vector("nonce").try_into().unwrap()),
            temp_auth_key_id: temp.id().0,
            perm_auth_key_id: perm().id().0,
            temp_session_id: i64::from_le_bytes(vector("temp_session_id").try_into().unwrap()),
            expires_at: 1_705_841_277,
        };
        assert_eq!((id, inner), (MessageId(0x65ab_c0fe_0000_0004), expected));
    }

    #[test]
    fn em_14_a_changed_message_is_not_opened() {
        let message = vector("encrypted_message");
        for place in 0..message.len() {
            let mut changed = message.clone();
            changed[place] ^= 1;
            // The padding is not authentic: a change of the last block may leave what stands before it.
            let last_block = message.len() - 16;
            assert!(place >= last_block || open(&Real, &perm(), &changed).is_none(), "{place}");
        }
        for cut in 0..message.len() {
            assert_eq!(open(&Real, &perm(), &message[..cut]), None, "{cut}");
        }
    }
}
