//! What a peer can do wrong in a session: a variant for each rule.

use crate::ids::SessionId;
use crate::message_id::MessageId;
use crate::tl::DecodeError;

/// Defines the enum, and from it the list of its variants' names and their places.
macro_rules! rules {
    (
        $(#[$outer:meta])*
        pub enum $enum:ident {
            $( $(#[$meta:meta])* $name:ident $( ( $($tuple:tt)* ) )? $( { $($fields:tt)* } )? , )*
        }
    ) => {
        $(#[$outer])*
        pub enum $enum {
            $( $(#[$meta])* $name $( ( $($tuple)* ) )? $( { $($fields)* } )? , )*
        }

        /// The variants without what they hold.
        #[derive(Clone, Copy)]
        enum Rule { $($name,)* }

        impl $enum {
            /// The rules by name, in the order of the variants.
            pub const NAMES: [&'static str; [$(Rule::$name),*].len()] = [$(stringify!($name)),*];

            fn rule(&self) -> Rule {
                match self { $(Self::$name { .. } => Rule::$name,)* }
            }
        }
    };
}

rules! {
    /// A rule that the peer broke.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[non_exhaustive]
    pub enum Violation {
        /// EM-02: the packet has an impossible size, or another key, or was changed. It is one error, so that nobody can learn
        /// which.
        #[error("a packet is not authentic")]
        NotAuthentic,
        /// EM-03: the length of the message is negative, not divisible by 4, or more than there is.
        #[error("a message cannot have {length} bytes")]
        Length {
            /// The length as the message gives it.
            length: i32,
        },
        /// EM-03: there is too little padding or too much.
        #[error("a message cannot have {length} bytes of padding")]
        Padding {
            /// How much there is.
            length: usize,
        },
        /// EM-04: the packet belongs to another session of the same key.
        #[error("a packet belongs to the session {0}")]
        SessionId(SessionId),
        /// EM-05: the message has the id of a client's message.
        #[error("{0} is not the id of a server's message")]
        MessageId(MessageId),
        /// EM-05: the message is too old or from the future.
        #[error("the message {0} is too old or from the future")]
        Time(MessageId),
        /// EM-06: the message is older than all that are remembered, so nobody can say whether it came before.
        #[error("the message {0} is older than all that are remembered")]
        Forgotten(MessageId),
        /// EM-09: the sequence number of a container is less than that of a message in it, or its id is not greater.
        #[error("the container {0} is older than a message in it")]
        ContainerOrder(MessageId),
        /// EM-10: a container claims more messages than it has.
        #[error("a container of {left} bytes cannot hold {count} messages")]
        ContainerCount {
            /// How many it claims.
            count: i32,
            /// The bytes for them.
            left: usize,
        },
        /// EM-10: a message in a container has an impossible length, or bytes are left after the last.
        #[error("a message in a container has {length} of {left} bytes")]
        ChildLength {
            /// Its length.
            length: i32,
            /// The bytes left.
            left: usize,
        },
        /// TL-04: a container is in a container.
        #[error("a container is in a container")]
        NestedContainer,
        /// TL-06: something compressed is in something compressed.
        #[error("something compressed is in something compressed")]
        NestedGzip,
        /// TL-07: the compressed data is malformed or has the wrong checksum.
        #[error("compressed data is malformed")]
        Gzip,
        /// TL-07: the data would become larger than anything that is sent.
        #[error("compressed data would have more than {limit} bytes")]
        GzipLimit {
            /// The most it may have.
            limit: usize,
        },
        /// A service message is malformed.
        #[error("a service message is malformed: {0}")]
        Decode(#[from] DecodeError),
        /// A message that only a client sends, or that no one may send alone.
        #[error("constructor {id:08x} cannot come from a server")]
        NotForClients {
            /// The constructor.
            id: u32,
        },
        /// SM: an answer about the state of messages has another number of bytes than there were ids.
        #[error("{told} states were told of {asked} messages")]
        StateCount {
            /// How many messages there were.
            asked: usize,
            /// How many states.
            told: usize,
        },
        /// EM-10: a message names more messages than one may.
        #[error("a message about messages cannot name {count} of them")]
        TooManyIds {
            /// How many it names.
            count: usize,
        },
        /// SM: an answer to the request 0.
        #[error("an answer names no request")]
        NoRequest,
    }
}

impl Violation {
    /// The rule's name, which is that of the variant.
    #[must_use]
    pub fn name(&self) -> &'static str {
        Self::NAMES.get(self.place()).copied().unwrap_or("")
    }

    /// The rule's place in [`NAMES`](Self::NAMES).
    pub(super) fn place(&self) -> usize {
        self.rule() as usize
    }

    /// Whether the connection must be closed (EM-07). Otherwise what broke the rule is dropped and counted: it may be an
    /// honest packet that went astray or came late, or one message of many.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(
            self,
            Self::SessionId(_)
                | Self::MessageId(_)
                | Self::Time(_)
                | Self::Gzip
                | Self::GzipLimit { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_called_as_its_variant() {
        for (place, violation) in [
            (0, Violation::NotAuthentic),
            (3, Violation::SessionId(SessionId(1))),
            (13, Violation::GzipLimit { limit: 1 }),
            (Violation::NAMES.len() - 1, Violation::NoRequest),
        ] {
            let shown = format!("{violation:?}");
            let name = shown.split([' ', '(']).next();
            assert_eq!((name, violation.place()), (Some(violation.name()), place));
        }
    }

    #[test]
    fn em_07_what_may_be_an_honest_peers_costs_no_link() {
        assert!(Violation::NotAuthentic.is_fatal() && Violation::NestedGzip.is_fatal());
        assert!(!Violation::Gzip.is_fatal() && !Violation::Time(MessageId(1)).is_fatal());
    }
}
