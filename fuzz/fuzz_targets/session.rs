//! The target `session` of `tests/fuzz_corpus/talk.rs`.

#![no_main]

#[path = "../../tests/fuzz_corpus/talk.rs"]
#[allow(dead_code, reason = "it has the other targets too")]
mod talk;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| talk::session(bytes));
