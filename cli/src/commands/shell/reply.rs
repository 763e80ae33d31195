//! What a command gives: a text for people, and a value for programs.

use serde_json::{Value, json};

/// What a command gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// Lines; nothing is said of what simply went well.
    pub(super) text: String,
    pub(super) json: Value,
}

impl Reply {
    /// It went well, and that is all.
    pub(super) fn done() -> Self {
        Self { text: String::new(), json: json!("SUCCESS") }
    }

    /// Nothing was asked for.
    pub(super) fn nothing() -> Self {
        Self { text: String::new(), json: Value::Null }
    }

    /// It went well, and programs may want to know what came of it.
    pub(super) fn silent(json: Value) -> Self {
        Self { text: String::new(), json }
    }

    /// The same for both.
    pub(super) fn said(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { json: json!(text), text }
    }

    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json }
    }
}
