//! Every constructor and every function, against a second reader and writer that shares nothing with the generated code
//! but the schema: `telewire_codegen::dynamic`.

mod agreement;
mod heap;
mod nesting;
mod sizes;

use telewire_codegen::dynamic::{Codec, Definition, Target, Value};
use telewire_codegen::ir::Schema;
use telewire_codegen::{Exceptions, json, resolve};

use crate::tl::{DecodeError, Deserialize, Identifiable, Serialize};

/// Reads bytes, and gives them as they are written again, and how many that was said to be.
type Through = fn(&[u8]) -> Result<(Vec<u8>, usize), DecodeError>;

/// A generated type. It is a row of a table, so that what is done with it is compiled once.
struct Case {
    id: u32,
    name: &'static str,
    /// Reads a value, and gives its bytes and its `serialized_len`.
    through: Through,
    /// Reads a value and drops it; whether there is one.
    reads: fn(&[u8]) -> bool,
}

impl Case {
    const fn of<T: Identifiable + Serialize + Deserialize>() -> Self {
        let reads = |bytes: &[u8]| T::from_bytes(bytes).is_ok();
        Self { id: T::ID, name: T::NAME, through: through::<T>, reads }
    }
}

fn through<T: Serialize + Deserialize>(bytes: &[u8]) -> Result<(Vec<u8>, usize), DecodeError> {
    let value = T::from_bytes(bytes)?;
    Ok((value.to_bytes(), value.serialized_len()))
}

const MTPROTO: &[Case] = include!(concat!(env!("OUT_DIR"), "/mtproto_cases.rs"));
const WRAPPERS: &[Case] = include!(concat!(env!("OUT_DIR"), "/wrappers_cases.rs"));
#[cfg(feature = "secret")]
const SECRET: &[Case] = include!(concat!(env!("OUT_DIR"), "/secret_cases.rs"));
#[cfg(feature = "api")]
const API: &[Case] = include!(concat!(env!("OUT_DIR"), "/api_cases.rs"));

/// The schemas and what was generated from them, in the same order.
pub(super) struct Family {
    schemas: Vec<Schema>,
    cases: Vec<&'static [Case]>,
}

impl Family {
    pub(super) fn new() -> Self {
        let schemas = vec![
            schema(crate::schema::MTPROTO_JSON, &Exceptions::MTPROTO),
            schema(crate::schema::WRAPPERS_JSON, &Exceptions::NONE),
            #[cfg(feature = "secret")]
            schema(crate::schema::SECRET_JSON, &Exceptions::NONE),
            #[cfg(feature = "api")]
            schema(crate::schema::API_JSON, &Exceptions::NONE),
        ];
        let cases = vec![
            MTPROTO,
            WRAPPERS,
            #[cfg(feature = "secret")]
            SECRET,
            #[cfg(feature = "api")]
            API,
        ];
        Self { schemas, cases }
    }

    /// A codec of the schemas; what is carried as an `Object` stays bytes, as in the generated types.
    pub(super) fn codec(&self) -> Codec<'_> {
        Codec::over(&self.schemas).with_raw_objects()
    }

    /// Each definition with the type generated for it.
    fn members<'a>(&'a self, codec: &'a Codec<'a>) -> Vec<(Definition<'a>, &'a Case)> {
        let cases = self.cases.iter().enumerate();
        let cases = cases.flat_map(|(schema, cases)| cases.iter().map(move |case| (schema, case)));
        let definition_of = |(schema, case): (usize, &'a Case)| {
            let own = |definition: &&Definition<'_>| definition.schema() == schema;
            let definition = *codec.with_id(case.id).iter().find(own).unwrap();
            assert_eq!(definition.name(), case.name);
            (definition, case)
        };
        cases.map(definition_of).collect()
    }
}

fn schema(text: &str, exceptions: &Exceptions) -> Schema {
    resolve::resolve(&json::parse(text).unwrap(), exceptions, &[]).unwrap()
}

/// Reads with the second reader and writes what it read, with replacement characters where text is not UTF-8.
fn through_dynamic(codec: &Codec<'_>, target: &Target<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut value = codec.decode_as(target, bytes).ok()?;
    replace_what_is_no_text(&mut value);
    Some(codec.encode_as(target, &value).unwrap())
}

fn replace_what_is_no_text(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.to_string_lossy().into_owned().into(),
        Value::Vector(items) => items.iter_mut().for_each(replace_what_is_no_text),
        Value::Object(object) => {
            object.fields.iter_mut().for_each(|(_, value)| replace_what_is_no_text(value));
        }
        _ => {}
    }
}

#[test]
fn every_definition_has_a_generated_type_and_no_type_is_without_one() {
    let family = Family::new();
    let codec = family.codec();
    let mut members: Vec<_> =
        family.members(&codec).iter().map(|(d, _)| (d.schema(), d.id())).collect();
    members.sort_unstable();
    members.dedup();
    assert_eq!(members.len(), codec.definitions().len());
    let smallest = if cfg!(feature = "api") { 2_500 } else { 80 };
    let smallest = smallest + if cfg!(feature = "secret") { 85 } else { 0 };
    assert!(members.len() >= smallest, "{}", members.len());
}
