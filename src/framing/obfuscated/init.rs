//! The 64 bytes that an obfuscated stream begins with.

use super::ciphers::{Keys, keys};
use crate::crypto::{Entropy, EntropyExt, Secret};
use crate::framing::Framing;
use crate::ids::DcId;

/// How many bytes an obfuscated stream begins with.
pub const INIT: usize = 64;

/// The first four bytes that no init may have: a server, or whoever watches, would take the stream for another one.
///
/// The page names the tags of the framings and the methods of HTTP; `16 03 01 02` begins a ClientHello of TLS.
const FORBIDDEN: [[u8; 4]; 7] =
    [*b"HEAD", *b"POST", *b"GET ", *b"OPTI", [0xee; 4], [0xdd; 4], [0x16, 0x03, 0x01, 0x02]];

/// The first byte of the abridged framing.
const ABRIDGED: u8 = 0xef;

/// The bytes of which the keys are made: 32 of key and 16 of the counter's start.
pub(super) const KEYS: std::ops::Range<usize> = 8..56;

/// Where the tag of the framing stands.
const TAG: std::ops::Range<usize> = 56..60;

/// Where the data centre stands.
const DC: std::ops::Range<usize> = 60..62;

/// What an init says, once it is decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The framing inside.
    pub framing: Framing,
    /// The data centre, as [`DcId::to_wire`] has it. Only proxies look at it; some clients that know of none leave random
    /// bytes there.
    pub dc: i16,
}

/// Whether a server could take a stream that begins so for another one.
pub(super) fn is_forbidden(init: &[u8; INIT]) -> bool {
    let [a, b, c, d, second @ .., _, _, _, _] = init.first_chunk::<12>().unwrap_or(&[0; 12]);
    *a == ABRIDGED || FORBIDDEN.contains(&[*a, *b, *c, *d]) || second == &[0; 4]
}

/// Draws an init until it is an allowed one, and gives it as it is sent, with the keys that it agrees on. `None` for
/// [`Framing::Full`], which has no tag to be told by.
pub(super) fn draw(
    framing: Framing,
    dc: DcId,
    secret: Option<&Secret<16>>,
    entropy: &mut dyn Entropy,
) -> Option<([u8; INIT], Keys)> {
    let mut plain = [0; INIT];
    // Of 2^8 draws one is refused. A source that gives nothing else is broken; after so many draws its last is
    // made an allowed one.
    for _ in 0..DRAWS {
        plain = entropy.array();
        if !is_forbidden(&plain) {
            break;
        }
    }
    if is_forbidden(&plain) {
        plain = [1; INIT];
    }
    plain.get_mut(TAG)?.copy_from_slice(&tag(framing)?);
    // Data centres have numbers of five digits at most.
    let dc = i16::try_from(dc.to_wire()).unwrap_or_default();
    plain.get_mut(DC)?.copy_from_slice(&dc.to_le_bytes());
    let mut keys = keys(&plain, secret)?;
    let mut sent = plain;
    // The keystream goes on after the init, and of the init only the tag and the data centre are sent encrypted.
    keys.client.apply(&mut sent);
    sent.get_mut(..TAG.start)?.copy_from_slice(plain.get(..TAG.start)?);
    Some((sent, keys))
}

/// How often an init is drawn.
const DRAWS: usize = 64;

/// Reads an init as it was sent; `None` when it says no framing, so that the secret is another or the stream is no
/// obfuscated one.
pub(super) fn read(init: &[u8; INIT], secret: Option<&Secret<16>>) -> Option<(Opening, Keys)> {
    let mut keys = keys(init, secret)?;
    let mut plain = *init;
    keys.client.apply(&mut plain);
    let found = plain.get(TAG)?;
    let framing =
        Framing::ALL.into_iter().find(|framing| tag(*framing).is_some_and(|tag| tag == found))?;
    let dc = i16::from_le_bytes(plain.get(DC)?.try_into().ok()?);
    Some((Opening { framing, dc }, keys))
}

/// The tag inside of an init: four bytes always.
fn tag(framing: Framing) -> Option<[u8; 4]> {
    framing.tag().first().map(|byte| [*byte; 4])
}
