//! The names of the errors that are known, with their codes, generated. A server may answer with others at any time.
//!
//! ```
//! use telewire::rpc::{RpcError, known};
//!
//! let error = RpcError::parse(420, "FLOOD_WAIT_42");
//! match error.name.as_str() {
//!     known::FLOOD_WAIT_X => assert_eq!(error.value, Some(42)),
//!     other => unreachable!("{other}"),
//! }
//! ```
//!
//! A constant is called as its error, in upper case, with `_` for what an identifier cannot have and before a digit:
//! `Timeout` is [`TIMEOUT`], `2FA_CONFIRM_WAIT_X` is [`_2FA_CONFIRM_WAIT_X`].

include!(concat!(env!("OUT_DIR"), "/errors.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::RpcError;

    const LIST: &str = include_str!("../../schema/errors.json");

    /// The code and the name of each error of the list.
    fn list() -> Vec<(i32, String)> {
        let entries: Vec<serde_json::Value> = serde_json::from_str(LIST).unwrap();
        let entry = |entry: &serde_json::Value| {
            let code = entry["code"].as_i64().unwrap().try_into().unwrap();
            (code, entry["name"].as_str().unwrap().to_owned())
        };
        entries.iter().map(entry).collect()
    }

    /// The message of an error with this number.
    fn message(name: &str, number: i64) -> String {
        let number = |part: &str| match part {
            "X" => number.to_string(),
            "XMIN" => format!("{number}MIN"),
            _ => part.to_owned(),
        };
        name.split('_').map(number).collect::<Vec<_>>().join("_")
    }

    #[test]
    fn every_message_gives_its_name_and_number_and_back() {
        for (code, name) in list() {
            for number in [0, 7, 86_400, i64::MAX] {
                let message = message(&name, number);
                let error = RpcError::parse(code, &message);
                let value = (message != name).then_some(number);
                assert_eq!(error, RpcError { code, name: name.clone(), value });
                assert_eq!(error.message(), message);
            }
        }
    }

    #[test]
    fn there_are_numbers_at_the_end_and_within() {
        let numbered = |name: &&str| message(name, 7) != **name;
        let names = [FLOOD_WAIT_X, FILE_PART_X_MISSING, PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_XMIN];
        assert!(names.iter().all(numbered));
        assert_eq!((TIMEOUT, _2FA_CONFIRM_WAIT_X), ("Timeout", "2FA_CONFIRM_WAIT_X"));
        assert_eq!(list().iter().filter(|(_, name)| numbered(&name.as_str())).count(), 28);
    }

    #[test]
    fn a_name_that_nobody_knows_is_kept() {
        assert!(!LIST.contains("NEVER_HEARD_OF"));
        let error = RpcError::parse(499, "NEVER_HEARD_OF_9");
        let name = "NEVER_HEARD_OF_X".to_owned();
        assert_eq!(error, RpcError { code: 499, name, value: Some(9) });
    }
}
