//! Parameters that have the form of another type: `inputPeerUser` where `inputUser` is expected.
//!
//! `InputPeer`, `InputUser` and `InputChannel` name the same things with other constructors, whose fields are the same. Clients
//! mix them up, and Telegram takes that.
//!
//! ```tl
//! inputPeerUser#dde8a54c user_id:long access_hash:long = InputPeer;
//! inputUser#f21158c6 user_id:long access_hash:long = InputUser;
//! ```

use std::borrow::Cow;

use crate::tl::{DecodeError, DecodeErrorKind, Deserialize};

/// The constructors that say the same as `InputPeer`, `InputUser` and `InputChannel`; zero where a type has none.
const FORMS: [[u32; 3]; 6] = [
    // Empty.
    [0x7f3b_18ea, 0xb988_86cf, 0xee8c_1e86],
    // Self.
    [0x7da0_7ec9, 0xf7c1_b13f, 0],
    // User.
    [0xdde8_a54c, 0xf211_58c6, 0],
    [0xa87b_0a1c, 0x1da4_48e2, 0],
    // Channel.
    [0x27bc_bbfc, 0, 0xf35a_ec28],
    [0xbd2a_0840, 0, 0x5b93_4f9d],
];

/// The types, in the order of [`FORMS`].
const TYPES: [&str; 3] = ["InputPeer", "InputUser", "InputChannel"];

/// How many bytes are read again at most. A function is read again after each form that is replaced, so that many of them in a
/// long function would take the square of its length; 400 users of `users.getUsers` stay within it.
const REREAD: usize = 4 << 20;

/// A constructor that is none of the type that is expected in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misplaced<'e> {
    /// How many bytes stand before it.
    pub offset: usize,
    /// The constructor.
    pub id: u32,
    /// The name of the type.
    pub expected: &'e str,
}

/// Reads a value, and reads it again with each form replaced that is another type's, as [lenient](crate::server::Strictness) data
/// centres do.
///
/// `read` reads all of the bytes; `misplaced` tells of an error what stands in the wrong place, if it is that. No more than `limit`
/// bytes are read again, all times together: many forms in a long call take the square of its length.
///
/// # Errors
///
/// As `read`: what is wrong besides forms.
pub fn reread<T, E>(
    bytes: &[u8],
    limit: usize,
    mut read: impl FnMut(&[u8]) -> Result<T, E>,
    misplaced: impl Fn(&E) -> Option<Misplaced<'_>>,
) -> Result<T, E> {
    let mut bytes = Cow::Borrowed(bytes);
    let mut left = limit;
    loop {
        let error = match read(&bytes) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let Some(place) = misplaced(&error) else { return Err(error) };
        let Some(form) = place.form() else { return Err(error) };
        let Some(reread) = left.checked_sub(bytes.len()) else { return Err(error) };
        left = reread;
        let (start, end) = (place.offset, place.offset.saturating_add(4));
        let Some(id) = bytes.to_mut().get_mut(start..end) else { return Err(error) };
        id.copy_from_slice(&form.to_le_bytes());
    }
}

/// Reads a function, and reads it again with each form replaced that is another type's.
///
/// # Errors
///
/// As reading it: what is wrong besides forms.
pub(super) fn read<F: Deserialize>(body: &[u8]) -> Result<F, DecodeError> {
    reread(body, REREAD, F::from_bytes, |error| {
        let DecodeErrorKind::UnexpectedConstructor { id } = error.kind() else { return None };
        Some(Misplaced { offset: error.offset(), id, expected: error.type_name()? })
    })
}

impl Misplaced<'_> {
    /// The constructor that says the same, of the type that is expected.
    fn form(&self) -> Option<u32> {
        let place = TYPES.iter().position(|known| *known == self.expected)?;
        let forms = FORMS.iter().find(|forms| forms.contains(&self.id))?;
        // What the type has none for is no other form of it.
        forms.get(place).copied().filter(|form| *form != 0 && *form != self.id)
    }
}

#[cfg(all(test, feature = "api"))]
mod tests {
    use super::*;
    use crate::tl::api::enums::{InputChannel, InputPeer, InputUser};
    use crate::tl::api::functions::{channels, messages, users};
    use crate::tl::{Identifiable, Serialize};

    const VECTOR: u32 = 0x1cb5_c415;

    /// What stands behind each constructor of [`FORMS`].
    fn fields() -> [Vec<u8>; 6] {
        let by_hash = [1_i64.to_le_bytes(), 2_i64.to_le_bytes()].concat();
        // The peer is myself, or anybody in the form of another type.
        let in_message = |peer: [u32; 5]| {
            let peer: Vec<u8> = peer.iter().flat_map(|word| word.to_le_bytes()).collect();
            [&peer[..], &7_i32.to_le_bytes(), &2_i64.to_le_bytes()].concat()
        };
        let [_, _, user, _, channel, _] = FORMS;
        [
            vec![],
            vec![],
            by_hash.clone(),
            in_message([user[0], 1, 0, 2, 0]),
            by_hash,
            in_message([channel[0], 1, 0, 2, 0]),
        ]
    }

    fn value(id: u32, fields: &[u8]) -> Vec<u8> {
        [&id.to_le_bytes()[..], fields].concat()
    }

    fn read_as<T: Deserialize + Serialize>(bytes: &[u8]) -> Option<Vec<u8>> {
        read::<T>(bytes).ok().map(|value| value.to_bytes())
    }

    #[test]
    fn every_form_of_every_type_is_read_as_all_that_say_the_same_and_as_nothing_else() {
        for (forms, fields) in FORMS.iter().zip(fields()) {
            for given in forms.iter().filter(|form| **form != 0) {
                let given = value(*given, &fields);
                let read = [
                    read_as::<InputPeer>(&given),
                    read_as::<InputUser>(&given),
                    read_as::<InputChannel>(&given),
                ];
                let expected = forms.map(|form| (form != 0).then(|| value(form, &fields)));
                assert_eq!(read, expected);
            }
        }
        // A chat is neither a user nor a channel, and what nobody knows is nothing.
        for id in [0x35a9_5cb9_u32, 0x0bad_c0de] {
            let chat = value(id, &5_i64.to_le_bytes());
            assert_eq!(read_as::<InputUser>(&chat), None);
            assert_eq!(read_as::<InputChannel>(&chat), None);
        }
    }

    #[test]
    fn forms_are_replaced_in_vectors_in_other_values_and_several_in_a_function() {
        let [empty, myself, user, user_in, channel, _] = FORMS;
        let [_, _, by_hash, in_message, ..] = fields();
        // users.getUsers id:Vector<InputUser>
        let function = |forms: [u32; 4]| {
            let mut bytes = users::GetUsers::ID.to_le_bytes().to_vec();
            bytes.extend([VECTOR, 4].iter().flat_map(|word| word.to_le_bytes()));
            bytes.extend(value(forms[0], &[]));
            bytes.extend(value(forms[1], &[]));
            bytes.extend(value(forms[2], &by_hash));
            bytes.extend(value(forms[3], &in_message));
            bytes
        };
        let given = function([empty[0], myself[0], user[0], user_in[0]]);
        let expected = function([empty[1], myself[1], user[1], user_in[1]]);
        assert_eq!(read_as::<users::GetUsers>(&given), Some(expected.clone()));
        assert_eq!(read_as::<users::GetUsers>(&expected), Some(expected));
        // channels.inviteToChannel channel:InputChannel users:Vector<InputUser>
        let function = |channel: u32, user: u32| {
            let mut bytes = channels::InviteToChannel::ID.to_le_bytes().to_vec();
            bytes.extend(value(channel, &by_hash));
            bytes.extend([VECTOR, 2].iter().flat_map(|word| word.to_le_bytes()));
            bytes.extend(value(user, &by_hash).repeat(2));
            bytes
        };
        let given = function(channel[0], user[0]);
        let expected = function(channel[2], user[1]);
        assert_eq!(read_as::<channels::InviteToChannel>(&given), Some(expected));
        // messages.setTyping flags:# peer:InputPeer top_msg_id:flags.0?int action:SendMessageAction
        let function = |peer: u32| {
            let mut bytes = messages::SetTyping::ID.to_le_bytes().to_vec();
            bytes.extend(0_u32.to_le_bytes());
            bytes.extend(value(peer, &by_hash));
            // sendMessageTypingAction
            bytes.extend(0x16bf_744e_u32.to_le_bytes());
            bytes
        };
        for form in [user[1], channel[2]] {
            let expected = function(if form == user[1] { user[0] } else { channel[0] });
            assert_eq!(read_as::<messages::SetTyping>(&function(form)), Some(expected));
        }
    }

    #[test]
    fn what_else_is_wrong_stays_wrong() {
        let [_, _, user, ..] = FORMS;
        let [_, _, by_hash, ..] = fields();
        let mut bytes = users::GetUsers::ID.to_le_bytes().to_vec();
        bytes.extend([VECTOR, 1].iter().flat_map(|word| word.to_le_bytes()));
        bytes.extend(value(user[0], &by_hash));
        for cut in 0..bytes.len() {
            assert_eq!(read_as::<users::GetUsers>(&bytes[..cut]), None, "{cut}");
        }
        bytes.push(0);
        assert_eq!(read_as::<users::GetUsers>(&bytes), None);
    }

    #[test]
    fn a_function_full_of_forms_is_not_read_again_for_ever() {
        let [_, _, user, ..] = FORMS;
        let [_, _, by_hash, ..] = fields();
        let function = |count: u32| {
            let mut bytes = users::GetUsers::ID.to_le_bytes().to_vec();
            bytes.extend([VECTOR, count].iter().flat_map(|word| word.to_le_bytes()));
            bytes.extend(value(user[0], &by_hash).repeat(count as usize));
            bytes
        };
        assert!(read::<users::GetUsers>(&function(400)).is_ok());
        for count in [1_000, 100_000] {
            assert!(read::<users::GetUsers>(&function(count)).is_err());
        }
    }
}
