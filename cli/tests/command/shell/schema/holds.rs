//! Whether a value is what a JSON Schema says: the keywords that `shell --schema` uses, and a panic for any other. A crate that knows
//! them all takes longer to compile than the program does.

use serde_json::Value;

/// # Errors
///
/// What does not fit, and where.
pub(super) fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let keywords = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(keywords) => keywords,
        other => panic!("this is no schema: {other}"),
    };
    let fits = |schema: &Value| check(root, schema, value).is_ok();
    for (keyword, of) in keywords {
        let is_right = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "contentEncoding" => true,
            "$ref" => {
                let place = of.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(place).unwrap(), value)?;
                true
            }
            "const" => value == of,
            "enum" => of.as_array().unwrap().contains(value),
            "type" => match of {
                Value::Array(types) => types.iter().any(|of| is_of(of, value)),
                of => is_of(of, value),
            },
            "pattern" => value.as_str().is_none_or(|text| matches(of.as_str().unwrap(), text)),
            "not" => !fits(of),
            "anyOf" => of.as_array().unwrap().iter().any(fits),
            "oneOf" => of.as_array().unwrap().iter().filter(|of| fits(of)).count() == 1,
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(root, of, item)?;
                }
                true
            }
            "required" => {
                let names = of.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                value
                    .as_object()
                    .is_none_or(|value| names.into_iter().all(|name| value.contains_key(name)))
            }
            "properties" => {
                for (name, of) in of.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(root, of, value).map_err(|why| format!("{name}: {why}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(*of, Value::Bool(false));
                let known = keywords["properties"].as_object().unwrap();
                value
                    .as_object()
                    .is_none_or(|value| value.keys().all(|name| known.contains_key(name)))
            }
            other => panic!("nothing checks `{other}`"),
        };
        if !is_right {
            return Err(format!("{keyword} {of} is not so of {value}"));
        }
    }
    Ok(())
}

fn is_of(ty: &Value, value: &Value) -> bool {
    match ty.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("there is no type {other}"),
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        "^(user|chat|channel|secret_chat)#-?[0-9]+$" => {
            text.split_once('#').is_some_and(|(kind, id)| {
                matches!(kind, "user" | "chat" | "channel" | "secret_chat")
                    && is_number(id.strip_prefix('-').unwrap_or(id))
            })
        }
        "^((channel|secret_chat)#[0-9]+/)?[0-9]+$" => match text.split_once('/') {
            Some((place, id)) => {
                let number = place.strip_prefix("channel#");
                let number = number.or_else(|| place.strip_prefix("secret_chat#"));
                number.is_some_and(is_number) && is_number(id)
            }
            None => is_number(text),
        },
        "^(update|encryptedMessage)" => {
            text.starts_with("update") || text.starts_with("encryptedMessage")
        }
        other => panic!("nothing checks the pattern {other}"),
    }
}

#[test]
fn each_keyword_can_fail() {
    use serde_json::json;
    let root = json!({"$defs": {"number": {"type": "integer"}}});
    for (schema, right, wrong) in [
        (json!({"const": 1}), json!(1), json!(2)),
        (json!({"enum": [1, 2]}), json!(2), json!(3)),
        (json!({"type": ["string", "null"]}), json!(null), json!(1)),
        (json!({"$ref": "#/$defs/number"}), json!(1), json!("1")),
        (json!({"not": {"const": 1}}), json!(2), json!(1)),
        (json!({"anyOf": [{"const": 1}, {"type": "integer"}]}), json!(1), json!("x")),
        (json!({"oneOf": [{"const": 1}, {"type": "integer"}]}), json!(2), json!(1)),
        (json!({"items": {"type": "integer"}}), json!([1]), json!([1, "x"])),
        (json!({"required": ["a"]}), json!({"a": 1}), json!({"b": 1})),
        (json!({"properties": {"a": {"const": 1}}}), json!({"b": 2}), json!({"a": 2})),
        (
            json!({"properties": {"a": true}, "additionalProperties": false}),
            json!({"a": 2}),
            json!({"b": 2}),
        ),
        (
            json!({"pattern": "^((channel|secret_chat)#[0-9]+/)?[0-9]+$"}),
            json!("channel#1/2"),
            json!("user#1/2"),
        ),
        (
            json!({"pattern": "^(user|chat|channel|secret_chat)#-?[0-9]+$"}),
            json!("user#-1"),
            json!("user#"),
        ),
    ] {
        assert_eq!(check(&root, &schema, &right), Ok(()), "{schema}");
        assert!(check(&root, &schema, &wrong).is_err(), "{schema}");
    }
}
