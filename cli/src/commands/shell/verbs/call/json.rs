//! JSON to values of the schema, and back.

use std::collections::{BTreeSet, HashMap};

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value as Json, json};
use telewire::tl::api::enums::InputPeer;
use telewire_codegen::dynamic::{Codec, Definition, MAX_DEPTH, Object, Value};
use telewire_codegen::ir::{ParamKind, Ty};

/// Who is meant by what was written.
pub(super) type Named = HashMap<String, InputPeer>;

/// Reads JSON as what the schema expects.
pub(super) struct Reading<'a, 's> {
    pub(super) codec: &'a Codec<'s>,
    pub(super) named: &'a Named,
    /// Who is not known yet: the value is of use only if there is nobody.
    pub(super) unknown: BTreeSet<String>,
    pub(super) random: &'a mut dyn FnMut() -> i64,
}

/// The types of those who are named.
const INPUT_PEER: &str = "InputPeer";
const INPUT_USER: &str = "InputUser";
const INPUT_CHANNEL: &str = "InputChannel";

impl<'s> Reading<'_, 's> {
    pub(super) fn function(&mut self, of: &Definition<'s>, json: &Json) -> Result<Value, String> {
        let Json::Object(fields) = json else {
            return Err(format!("{} takes an object", of.name()));
        };
        self.object(of, fields, 0)
    }

    fn object(
        &mut self,
        of: &Definition<'s>,
        json: &Map<String, Json>,
        depth: usize,
    ) -> Result<Value, String> {
        if depth >= MAX_DEPTH {
            return Err("this is too deep".to_owned());
        }
        let name = of.name();
        let params = &of.body().params;
        let known = |field: &&String| {
            field.as_str() != "_" && !params.iter().any(|param| param.name == **field)
        };
        if let Some(field) = json.keys().find(known) {
            return Err(format!("{name} has no `{field}`; it is {}", of.tl()));
        }
        let mut fields = Vec::new();
        for param in params {
            let (ty, is_needed) = match &param.kind {
                ParamKind::Required(ty) => (ty, true),
                ParamKind::Optional { ty, .. } => (ty, false),
                ParamKind::Flag(_) => {
                    match json.get(&param.name) {
                        Some(Json::Bool(true)) => fields.push((param.name.clone(), Value::True)),
                        Some(Json::Bool(false) | Json::Null) | None => {}
                        Some(_) => return Err(format!("{name}.{} is true or false", param.name)),
                    }
                    continue;
                }
                ParamKind::Word(_) | ParamKind::Length => continue,
                ParamKind::Measured => return Err(format!("{name} is not taken from JSON")),
            };
            let value = match json.get(&param.name).filter(|value| !value.is_null()) {
                Some(value) => self
                    .value(of.schema(), ty, value, depth.saturating_add(1))
                    .map_err(|why| format!("{name}.{}: {why}", param.name))?,
                None if !is_needed => continue,
                None if param.name == "random_id" && *ty == Ty::Long => {
                    Value::Long((self.random)())
                }
                None if *ty == Ty::Int => Value::Int(0),
                None if *ty == Ty::Long => Value::Long(0),
                None => return Err(format!("{name} needs `{}`; it is {}", param.name, of.tl())),
            };
            fields.push((param.name.clone(), value));
        }
        Ok(Value::Object(Object { name: name.to_owned(), id: of.id(), fields }))
    }

    fn value(
        &mut self,
        schema: usize,
        ty: &Ty,
        json: &Json,
        depth: usize,
    ) -> Result<Value, String> {
        let wrong = |expected: &str| format!("expected {expected}");
        match ty {
            Ty::Int => {
                let number = json.as_i64().and_then(|number| i32::try_from(number).ok());
                number.map(Value::Int).ok_or_else(|| wrong("a number of 32 bits"))
            }
            Ty::Long => {
                let number = json.as_i64().or_else(|| json.as_str()?.parse().ok());
                number.map(Value::Long).ok_or_else(|| wrong("a number of 64 bits"))
            }
            Ty::Double => json.as_f64().map(Value::Double).ok_or_else(|| wrong("a number")),
            Ty::String => {
                json.as_str().map(|text| Value::String(text.into())).ok_or_else(|| wrong("a text"))
            }
            Ty::Bool => json.as_bool().map(Value::Bool).ok_or_else(|| wrong("true or false")),
            Ty::Bytes => {
                let bytes = json.as_str().and_then(|text| Base64::decode_vec(text).ok());
                bytes.map(Value::Bytes).ok_or_else(|| wrong("base64"))
            }
            Ty::Int128 => {
                fixed(json).map(Value::Int128).ok_or_else(|| wrong("32 hexadecimal digits"))
            }
            Ty::Int256 => {
                fixed(json).map(Value::Int256).ok_or_else(|| wrong("64 hexadecimal digits"))
            }
            Ty::Int512 => fixed(json)
                .map(|bytes| Value::Int512(Box::new(bytes)))
                .ok_or_else(|| wrong("128 hexadecimal digits")),
            Ty::Vector { item, .. } => {
                let items = json.as_array().ok_or_else(|| wrong("an array"))?;
                let items =
                    items.iter().map(|one| self.value(schema, item, one, depth.saturating_add(1)));
                Ok(Value::Vector(items.collect::<Result<_, _>>()?))
            }
            Ty::Boxed(index) => {
                let all = self.codec.schemas().get(schema);
                let ty = all.map(|schema| schema.ty(*index).name.tl.as_str());
                self.boxed(ty.unwrap_or_default(), json, depth)
            }
            Ty::Bare(index) => {
                let all = self.codec.schemas().get(schema);
                let name = all.map(|schema| schema.constructor(*index).name.tl.clone());
                self.constructor(&name.unwrap_or_default(), json, depth)
            }
            Ty::Object | Ty::Variable => {
                let name = json
                    .get("_")
                    .and_then(Json::as_str)
                    .ok_or_else(|| wrong("an object with `_`"))?;
                self.constructor(name, json, depth)
            }
        }
    }

    fn boxed(&mut self, ty: &str, json: &Json, depth: usize) -> Result<Value, String> {
        let name = match json {
            Json::Object(fields) => fields.get("_").and_then(Json::as_str),
            Json::String(name) if [INPUT_PEER, INPUT_USER, INPUT_CHANNEL].contains(&ty) => {
                return self.peer(ty, name);
            }
            Json::String(name) => Some(name.as_str()),
            _ => None,
        };
        let name =
            name.ok_or_else(|| format!("expected a {ty}, as {{\"_\": \"its constructor\", …}}"))?;
        let is_of = self.codec.named(name).iter().any(|one| !one.is_function() && one.ty() == ty);
        if !is_of {
            return Err(format!("`{name}` is no {ty}"));
        }
        self.constructor(name, json, depth)
    }

    fn constructor(&mut self, name: &str, json: &Json, depth: usize) -> Result<Value, String> {
        let found = self
            .codec
            .named(name)
            .iter()
            .find(|one| !one.is_function() || json.is_object())
            .copied();
        let of = found.ok_or_else(|| format!("there is no `{name}`"))?;
        let none = Map::new();
        self.object(&of, json.as_object().unwrap_or(&none), depth)
    }

    /// Somebody as a command names them.
    fn peer(&mut self, ty: &str, name: &str) -> Result<Value, String> {
        let Some(peer) = self.named.get(name) else {
            self.unknown.insert(name.to_owned());
            return Ok(Value::True);
        };
        let of = |name: &str, id: &str, number, hash| json!({"_": name, id: number, "access_hash": hash});
        let json = match (ty, peer) {
            (INPUT_PEER, InputPeer::InputPeerSelf) => json!({"_": "inputPeerSelf"}),
            (INPUT_USER, InputPeer::InputPeerSelf) => json!({"_": "inputUserSelf"}),
            (INPUT_PEER, InputPeer::InputPeerChat(chat)) => {
                json!({"_": "inputPeerChat", "chat_id": chat.chat_id})
            }
            (INPUT_PEER, InputPeer::InputPeerUser(user)) => {
                of("inputPeerUser", "user_id", user.user_id, user.access_hash)
            }
            (INPUT_USER, InputPeer::InputPeerUser(user)) => {
                of("inputUser", "user_id", user.user_id, user.access_hash)
            }
            (INPUT_PEER, InputPeer::InputPeerChannel(channel)) => {
                of("inputPeerChannel", "channel_id", channel.channel_id, channel.access_hash)
            }
            (INPUT_CHANNEL, InputPeer::InputPeerChannel(channel)) => {
                of("inputChannel", "channel_id", channel.channel_id, channel.access_hash)
            }
            _ => return Err(format!("`{name}` is no {ty}")),
        };
        self.boxed(ty, &json, 0)
    }
}

fn fixed<const N: usize>(json: &Json) -> Option<[u8; N]> {
    hex::decode(json.as_str()?).ok()?.try_into().ok()
}

/// A value as JSON.
pub(super) fn shown(value: &Value) -> Json {
    match value {
        Value::Int(number) => json!(number),
        Value::Long(number) => json!(number),
        Value::Double(number) => json!(number),
        Value::Int128(bytes) => json!(hex::encode(bytes)),
        Value::Int256(bytes) => json!(hex::encode(bytes)),
        Value::Int512(bytes) => json!(hex::encode(**bytes)),
        Value::String(text) => json!(text.to_string_lossy()),
        Value::Bytes(bytes) | Value::Raw(bytes) => json!(Base64::encode_string(bytes)),
        Value::Bool(value) => json!(value),
        Value::True => json!(true),
        Value::Vector(items) => items.iter().map(shown).collect(),
        Value::Object(object) => {
            let name = std::iter::once(("_".to_owned(), json!(object.name)));
            let fields = object.fields.iter().map(|(name, value)| (name.clone(), shown(value)));
            Json::Object(name.chain(fields).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use telewire::tl::Serialize;
    use telewire::tl::api::functions::messages;
    use telewire::tl::api::types;

    use super::*;

    fn bytes(method: &str, json: &Json, named: &Named) -> Result<Vec<u8>, String> {
        let codec = crate::commands::shell::verbs::call::codec().unwrap();
        let of = *codec.named(method).iter().find(|one| one.is_function()).unwrap();
        let mut random = || 7;
        let mut reading = Reading { codec, named, unknown: BTreeSet::new(), random: &mut random };
        let value = reading.function(&of, json)?;
        match reading.unknown.pop_first() {
            Some(name) => Err(format!("asks for {name}")),
            None => codec.encode(&value).map_err(|error| error.to_string()),
        }
    }

    #[test]
    fn what_is_read_is_what_the_generated_types_write() {
        let bob = types::InputPeerUser { user_id: 5, access_hash: -6 };
        let named = Named::from([("@bob".to_owned(), bob.clone().into())]);
        let expected = messages::SendMessage {
            silent: true,
            reply_to: Some(types::InputReplyToMessage::new(3).into()),
            entities: Some(vec![types::MessageEntityBold { offset: 0, length: 2 }.into()]),
            ..messages::SendMessage::new(bob.into(), "hé".into(), 7)
        };
        let json = json!({
            "silent": true, "peer": "@bob", "message": "hé", "no_webpage": false,
            "reply_to": {"_": "inputReplyToMessage", "reply_to_msg_id": 3},
            "entities": [{"_": "messageEntityBold", "length": 2}],
        });
        assert_eq!(bytes("messages.sendMessage", &json, &named), Ok(expected.to_bytes()));
    }

    #[test]
    fn whoever_is_named_is_asked_for() {
        let json = json!({"peer": "@bob", "limit": 5});
        let asked = bytes("messages.getHistory", &json, &Named::new());
        assert_eq!(asked, Err("asks for @bob".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        for (method, json, error) in [
            ("messages.getHistory", json!([]), "messages.getHistory takes an object"),
            ("messages.getHistory", json!({"x": 1}), "messages.getHistory has no `x`; it is"),
            ("messages.getHistory", json!({}), "messages.getHistory needs `peer`; it is"),
            (
                "messages.getHistory",
                json!({"peer": 5}),
                "messages.getHistory.peer: expected a InputPeer",
            ),
            (
                "messages.getHistory",
                json!({"peer": {"_": "inputUserSelf"}}),
                "messages.getHistory.peer: `inputUserSelf` is no InputPeer",
            ),
            (
                "messages.getHistory",
                json!({"peer": {"_": "inputPeerSelf"}, "limit": 4_294_967_296_i64}),
                "messages.getHistory.limit: expected a number of 32 bits",
            ),
            (
                "users.getUsers",
                json!({"id": [{"_": "inputUserSelf"}, "nope#"], }),
                "asks for nope#",
            ),
            (
                "account.updateStatus",
                json!({"offline": "x"}),
                "account.updateStatus.offline: expected true",
            ),
        ] {
            let found = bytes(method, &json, &Named::new()).unwrap_err();
            assert!(found.starts_with(error), "{found}");
        }
    }
}
