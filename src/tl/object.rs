//! `Object`: one boxed value of any type, kept as its bytes until somebody knows what it is.

use std::fmt;

use byteorder::{ByteOrder, LittleEndian};

use crate::tl::bytes::write_hex;
use crate::tl::{DecodeError, Deserialize, Reader, Serialize};

/// A boxed value of a type that is not known here.
///
/// Nothing marks its end on the wire, so it reaches to the end of what holds it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Object(Vec<u8>);

impl Object {
    /// Holds a value.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Self {
        let mut bytes = Vec::new();
        value.serialize(&mut bytes);
        Self(bytes)
    }

    /// The value's constructor id; `None` if there are not even four bytes.
    pub fn id(&self) -> Option<u32> {
        self.0.first_chunk::<4>().map(|id| LittleEndian::read_u32(id))
    }

    /// Decodes the value as a type.
    ///
    /// # Errors
    ///
    /// When it is of another type.
    pub fn decode<T: Deserialize>(&self) -> Result<T, DecodeError> {
        T::from_bytes(&self.0)
    }

    /// The value's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The value's bytes, without copying them.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl From<Vec<u8>> for Object {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Serialize for Object {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    fn serialized_len(&self) -> usize {
        self.0.len()
    }
}

impl Deserialize for Object {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(r.object())
    }
}

impl Reader<'_> {
    /// `Object`: everything that is left, an id at least.
    #[inline(never)]
    pub fn object(&mut self) -> Object {
        let rest = self.remaining();
        self.constructor_id();
        if self.is_failed() {
            return Object(Vec::new());
        }
        self.take_rest();
        Object(rest.to_vec())
    }

    /// An `Object` of known length.
    #[inline(never)]
    pub fn measured_object(&mut self, length: usize) -> Object {
        Object(self.take_slice(length).to_vec())
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object(")?;
        write_hex(f, &self.0)?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::DecodeErrorKind;
    use crate::tl::mtproto::types::{Message, Pong, RpcResult};

    const PONG: Pong = Pong { msg_id: 1, ping_id: 2 };

    #[test]
    fn in_rpc_result_it_reaches_to_the_end() {
        let result = RpcResult { req_msg_id: 7, result: Object::new(&PONG) };
        let back = RpcResult::from_bytes(&result.to_bytes()).unwrap();
        assert_eq!(back.result.id(), Some(0x347773c5));
        assert_eq!(back.result.decode(), Ok(PONG));
    }

    #[test]
    fn in_message_the_length_is_written_and_obeyed() {
        let message = Message { msg_id: 1, seqno: 2, body: Object::new(&PONG) };
        let mut wire = message.to_bytes();
        assert_eq!(wire[16..20], 20_i32.to_le_bytes());
        assert_eq!(Message::from_bytes(&wire), Ok(message));
        wire[16] = 16;
        let kind = Message::from_bytes(&wire).unwrap_err().kind();
        assert_eq!(kind, DecodeErrorKind::TrailingBytes { count: 4 });
        wire[16] = 24;
        let kind = Message::from_bytes(&wire).unwrap_err().kind();
        assert_eq!(kind, DecodeErrorKind::Truncated { needed: 24, left: 20 });
    }

    #[test]
    fn it_has_an_id_at_least() {
        assert!(Object::from_bytes(&[0; 3]).is_err());
        assert_eq!(Object::from_bytes(&[1, 0, 0, 0]).unwrap().id(), Some(1));
        assert_eq!(Object::from(vec![]).id(), None);
    }
}
