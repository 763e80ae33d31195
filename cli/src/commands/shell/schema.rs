//! What programs may expect: the JSON Schema of what commands print for them. Tests hold it against what is really printed.

/// It is printed by `telewire shell --schema`.
pub(super) const OUTPUT: &str = include_str!("output.schema.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::commands::shell::table;

    #[test]
    fn each_command_has_a_form_and_no_other_has() {
        let schema: Value = serde_json::from_str(OUTPUT).unwrap();
        let results = schema["$defs"]["results"]["properties"].as_object().unwrap();
        let described: BTreeSet<_> = results.keys().map(String::as_str).collect();
        let commands: BTreeSet<_> = table::all().map(|command| command.name).collect();
        assert_eq!(described, commands);
    }
}
