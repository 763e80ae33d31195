//! Cryptography of MTProto 2.0.
