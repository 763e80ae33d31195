//! Framing: a byte stream to packets and back.
