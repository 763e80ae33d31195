//! The wire format of TL.
