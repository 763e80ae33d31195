//! How a data centre treats clients that break its rules.
//!
//! Clients that work with Telegram break some of the documented rules, and Telegram takes what they send. A
//! [lenient](Strictness::Lenient) data centre does so too; a [strict](Strictness::Strict) one, for tests of one's own client,
//! does not. Nothing that protects anybody is among it: keys, `msg_key`, duplicates, salts, times and limits are the same in both.
//!
//! What a client gets for what it breaks, and which client needs to be spared:
//!
//! | rule | strict | lenient | who needs it |
//! | --- | --- | --- | --- |
//! | a stream begins as those of a framing do | closed | closed | |
//! | a frame is no longer than packets are | closed | closed | |
//! | a frame is no shorter than a message is | closed | closed | |
//! | without padding, a frame has whole words | closed | closed | |
//! | frames of the full framing come in their order | closed | closed | |
//! | frames of the full framing have their checksum | closed | closed | |
//! | a plain message has an id: not 0 | -404 | taken | TDLib, which sends 0 |
//! | the id of a plain message is divisible by 4 | -404 | -404 | |
//! | a plain message has nothing behind its value | -404 | taken | TDLib and Telegram Desktop, which pad with up to 255 bytes |
//! | a plain message has no more than 256 bytes behind its value | -404 | -404 | |
//! | an exchange is not begun in the midst of one | -404 | taken | Telegram Desktop, which tries a link with a `req_pq`; Telethon, which tries again after an error |
//! | an exchange that failed is not gone on with | -404 | -404 | |
//! | factors are in their shortest form | -404 | -404 | |
//! | the encrypted data has the padding of 2021 | -404 | taken | Telethon, pyrogram, kurigram |
//! | a query of an exchange repeats the nonces | -404 | -404 | |
//! | an exchange uses a key of the server's | -404 | -404 | |
//! | the encrypted data has 256 bytes | -404 | -404 | |
//! | the encrypted data repeats `pq` and its factors | -404 | -404 | |
//! | a key is made for this data centre | -404 | -404 | |
//! | a temporary key lives for a week at most | -404 | -404 | |
//! | the client's half is authentic | -404 | -404 | |
//! | the client's number is within its bounds | -404 | -404 | |
//! | the first half names no key that was refused | -404 | -404 | |
//! | a packet has a key that is known | -404 | -404 | |
//! | a packet has the `msg_key` of its content | -404 | -404 | |
//! | the salt is valid | 48 | 48 | |
//! | a message is not older than 300 s | 16 | 16 | |
//! | a message is not from the future | 17 | 17 | |
//! | the id of a message is divisible by 4 | 18 | 18 | |
//! | a container has an id of its own | 19 | 19 | |
//! | a message is not older than what is remembered | 20 | 20 | |
//! | the number of a message is not below that of an older one | 32 | 32 | |
//! | the number of a message is not above that of a younger one | 33 | 33 | |
//! | an acknowledgement has an even number | 34 | taken | mtcute, for which all but containers is content-related |
//! | an acknowledgement in a container has an even number | 34 | taken | mtcute |
//! | a packed acknowledgement has an even number | 34 | taken | mtcute |
//! | a container has an even number | 34 | taken | what numbers its acknowledgements so; the number says no more than that one is wanted back |
//! | a call has an odd number | 35 | 35 | |
//! | a container holds no other | 64 | 64 | |
//! | a container is not packed | 64 | 64 | |
//! | a container is whole | 64 | 64 | |
//! | a container is younger than its messages | 64 | 64 | |
//! | packed data is whole | 64 | 64 | |
//! | a container has 1024 messages at most | -429 | -429 | |
//! | a message names 8192 ids at most | -429 | -429 | |
//! | a parameter has a form of its own type | INPUT_REQUEST_INVALID | taken | kurigram, with `inputPeerUser` for `inputUser` |
//! | a function is one that is known | INPUT_METHOD_INVALID | INPUT_METHOD_INVALID | |
//! | a function is whole | INPUT_REQUEST_INVALID | INPUT_REQUEST_INVALID | |
//! | a permanent key has one temporary key | AUTH_KEY_PERM_EMPTY | taken | mtcute and TDLib, of whose connections each has one |
//!
//! 16 to 20, 32, 33 and 35 are no less strict than Telegram: users of clients that break them report to get them from it
//! ([32](https://github.com/LonamiWebs/Telethon/issues/225), [33](https://github.com/AmarnathCJD/gogram/pull/110),
//! [35](https://github.com/LonamiWebs/Telethon/issues/54), [16 and 17](https://github.com/sochix/TLSharp/issues/257)).

/// Whether what clients get wrong, and Telegram takes, is refused: see `src/server/strictness.rs` for each rule.
///
/// | | strict | lenient |
/// | --- | --- | --- |
/// | plain messages with the id 0, or padded inside | refused | taken |
/// | `req_pq` in the midst of an exchange | refused | begins another |
/// | the RSA padding of before 2021 | refused | taken |
/// | acknowledgements and containers with odd numbers | refused with 34 | taken |
/// | `inputPeerUser` for `inputUser`, and their kin | `INPUT_REQUEST_INVALID` | taken |
/// | several temporary keys for a permanent one | the last is bound | all are |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strictness {
    /// Every rule counts: for tests of one's own client.
    #[default]
    Strict,
    /// As Telegram: for clients that others wrote.
    Lenient,
}

impl Strictness {
    /// Whether it is [`Lenient`](Self::Lenient).
    pub(super) fn is_lenient(self) -> bool {
        self == Self::Lenient
    }
}
