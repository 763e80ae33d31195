//! `call`: any method of the API, by its name, with JSON. The schema says what goes where.
//!
//! * An object has its constructor's name as `"_"`; where that takes nothing, the name alone will do.
//! * Where a peer, a user or a channel is expected, a text names it as in other commands.
//! * Bytes are base64; a `long` may be a text. What is left out is 0, where it is a number; a `random_id` is drawn.

mod json;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use telewire::client::PeerRef;
use telewire::crypto::Entropy;
use telewire::net::OsEntropy;
use telewire::schema::API_JSON;
use telewire::tl::{Deserialize, Function, Identifiable, Reader, Serialize};
use telewire_codegen::Lock;
use telewire_codegen::dynamic::Codec;
use telewire_codegen::ir::Schema;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::schema_file;
use json::{Named, Reading};

/// A request and an answer as bytes. What it is called is not known when this is compiled.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl Deserialize for Bytes {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(Self(r.take_rest().to_vec()))
    }
}

impl Identifiable for Bytes {
    // No definition has it: waits that the server orders are those of all such calls.
    const ID: u32 = 0;
    const NAME: &'static str = "call";
}

impl Function for Bytes {
    type Return = Self;
}

pub(super) async fn call(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let method = given.text(0);
    let text = given.word(1).unwrap_or("{}");
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| Fault::Usage(format!("call: this is no JSON: {error}")))?;
    let codec = codec()?;
    let definition = codec.named(&method).iter().find(|one| one.is_function());
    let definition = definition.ok_or_else(|| {
        Fault::Usage(format!(
            "call: the API has no method `{}`",
            crate::commands::shell::show::clean_line(&method)
        ))
    })?;
    let mut entropy = OsEntropy::new().map_err(Fault::failed)?;
    // What is named is asked for between two readings.
    let mut named = Named::default();
    let request = loop {
        let mut random = || {
            let mut bytes = [0; 8];
            entropy.fill(&mut bytes);
            i64::from_le_bytes(bytes)
        };
        let mut reading =
            Reading { codec, named: &named, unknown: BTreeSet::new(), random: &mut random };
        let value = reading.function(definition, &value);
        let unknown = std::mem::take(&mut reading.unknown);
        if unknown.is_empty() {
            let value = value.map_err(|why| Fault::Usage(format!("call: {why}")))?;
            break codec.encode(&value).map_err(|error| Fault::Usage(format!("call: {error}")))?;
        }
        let mut found = HashMap::new();
        for name in unknown {
            let peer = shell.client.resolve(PeerRef::from(&name)).await?;
            found.insert(name, peer);
        }
        named.extend(found);
    };
    let answer = shell.client.invoke(&Bytes(request)).await?;
    let target = codec.result_of(&method).map_err(Fault::failed)?;
    let value = codec.decode_as(&target, &answer.0).map_err(Fault::failed)?;
    let json = json::shown(&value);
    let text = serde_json::to_string_pretty(&json).map_err(Fault::failed)?;
    Ok(Reply::new(text, json))
}

/// A value of a type of the API, as `call` shows it.
pub(in crate::commands::shell) fn to_json(
    bytes: &[u8],
    ty: &str,
) -> Result<serde_json::Value, Fault> {
    let codec = codec()?;
    let target = codec.target(ty).map_err(Fault::failed)?;
    Ok(json::shown(&codec.decode_as(&target, bytes).map_err(Fault::failed)?))
}

/// What reads and writes the API's values. The schema is read once, when something is asked of it.
fn codec() -> Result<&'static Codec<'static>, Fault> {
    static SCHEMA: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
        let schema = schema_file::parse(API_JSON, None);
        let schema = schema.and_then(|raw| schema_file::resolve(&raw, &Lock::default(), None));
        schema.map_err(|error| error.to_string())
    });
    static CODEC: LazyLock<Result<Codec<'static>, &'static String>> =
        LazyLock::new(|| SCHEMA.as_ref().map(Codec::new));
    CODEC.as_ref().map_err(Fault::failed)
}
