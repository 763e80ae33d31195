//! The known answers of `tests/vectors/samples-auth-key.json`, for tests.

use std::sync::LazyLock;

use serde_json::Value;

/// The value at a path such as `synthetic.client_to_server_ping.packet`.
pub(crate) fn value(path: &str) -> &'static Value {
    static ALL: LazyLock<Value> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../tests/vectors/samples-auth-key.json")).unwrap()
    });
    path.split('.').fold(&*ALL, |value, name| &value[name])
}

/// The text at a path.
pub(crate) fn text(path: &str) -> &'static str {
    value(path).as_str().unwrap_or_else(|| panic!("no text at {path}"))
}

/// The bytes written in hex at a path.
pub(crate) fn bytes(path: &str) -> Vec<u8> {
    hex::decode(text(path)).unwrap_or_else(|error| panic!("no hex at {path}: {error}"))
}

/// As [`bytes`], of a known length.
pub(crate) fn array<const N: usize>(path: &str) -> [u8; N] {
    bytes(path).try_into().unwrap_or_else(|_| panic!("not {N} bytes at {path}"))
}

/// The text at a path of `tests/vectors/secret-chats.json`.
#[cfg(feature = "secret")]
pub(crate) fn secret(path: &str) -> &'static str {
    static ALL: LazyLock<Value> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../tests/vectors/secret-chats.json")).unwrap()
    });
    let value = path.split('.').fold(&*ALL, |value, name| &value[name]);
    value.as_str().unwrap_or_else(|| panic!("no text at {path}"))
}
