//! The codec: an index of definitions by id and by name, and the ways in.

use std::collections::HashMap;

use crate::dynamic::decode::Decoder;
use crate::dynamic::definition::Definition;
use crate::dynamic::encode::Encoder;
use crate::dynamic::error::Error;
use crate::dynamic::node::Annotated;
use crate::dynamic::target::Target;
use crate::dynamic::value::Value;
use crate::ir::{Schema, Ty, Type, TypeIndex};
use crate::least::Least;
use crate::min_len;

/// Reads and writes values of one schema or of several.
///
/// With several, the first that has an id decides what it is. Types belong to the schema of their definition, so that
/// `message` may mean another thing in each of two.
#[derive(Debug, Clone)]
pub struct Codec<'s> {
    schemas: Vec<&'s Schema>,
    /// For each schema, the least bytes of its values.
    min_lens: Vec<Least>,
    types: Vec<HashMap<&'s str, TypeIndex>>,
    by_id: HashMap<u32, Vec<Definition<'s>>>,
    by_name: HashMap<&'s str, Vec<Definition<'s>>>,
    definitions: Vec<Definition<'s>>,
    /// Whether an `Object` stays the bytes that it is.
    pub(super) raw_objects: bool,
}

impl<'s> Codec<'s> {
    /// A codec for a schema.
    pub fn new(schema: &'s Schema) -> Self {
        Self::over([schema])
    }

    /// A codec for several schemas, in the order in which ids and names are looked for.
    pub fn over(schemas: impl IntoIterator<Item = &'s Schema>) -> Self {
        let mut codec = Self {
            schemas: Vec::new(),
            min_lens: Vec::new(),
            types: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            definitions: Vec::new(),
            raw_objects: false,
        };
        for schema in schemas {
            codec.add(schema);
        }
        codec
    }

    /// Keeps an `Object` and a function's query as their bytes instead of reading them, as the generated types do.
    #[must_use]
    pub fn with_raw_objects(self) -> Self {
        Self { raw_objects: true, ..self }
    }

    fn add(&mut self, schema: &'s Schema) {
        let place = self.schemas.len();
        let constructors = schema.constructors.iter().enumerate();
        let constructors = constructors.map(|(i, c)| Definition::constructor(place, i, c));
        let functions = schema.functions.iter().map(|f| Definition::function(place, f));
        for definition in constructors.chain(functions) {
            self.by_id.entry(definition.id()).or_default().push(definition);
            self.by_name.entry(definition.name()).or_default().push(definition);
            self.definitions.push(definition);
        }
        let types = schema.types.iter().enumerate();
        self.types.push(types.map(|(i, ty)| (ty.name.tl.as_str(), TypeIndex(i))).collect());
        self.min_lens.push(min_len::of_constructors(schema));
        self.schemas.push(schema);
    }

    /// The schemas.
    pub fn schemas(&self) -> &[&'s Schema] {
        &self.schemas
    }

    /// All constructors and functions, schema by schema.
    pub fn definitions(&self) -> &[Definition<'s>] {
        &self.definitions
    }

    /// What has this id: one definition a schema at most, in the order of the schemas.
    pub fn with_id(&self, id: u32) -> &[Definition<'s>] {
        self.by_id.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What has this name: in each schema a constructor, a function or both.
    pub fn named(&self, name: &str) -> &[Definition<'s>] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Reads one value of any constructor or function, or a `Bool`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn decode(&self, bytes: &[u8]) -> Result<Value, Error> {
        self.decode_annotated(bytes).into_value()
    }

    /// Reads one value of what it is known to be.
    ///
    /// ```
    /// # use telewire_codegen::dynamic::{Codec, Value};
    /// # use telewire_codegen::{Exceptions, resolve, tl_text};
    /// # let mut raw = tl_text::parse("---functions---\nids = Vector<int>;")?;
    /// # resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    /// # let schema = resolve::resolve(&raw, &Exceptions::NONE, &[])?;
    /// let codec = Codec::new(&schema);
    /// let bytes = [0x15, 0xc4, 0xb5, 0x1c, 1, 0, 0, 0, 7, 0, 0, 0];
    /// let value = codec.decode_as(&codec.result_of("ids")?, &bytes)?;
    /// assert_eq!(value, Value::Vector(vec![Value::Int(7)]));
    /// assert_eq!(codec.decode_as(&codec.target("Vector<int>")?, &bytes)?, value);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn decode_as(&self, target: &Target<'_>, bytes: &[u8]) -> Result<Value, Error> {
        self.decode_annotated_as(target, bytes).into_value()
    }

    /// As [`decode`](Self::decode), but tells what each byte is, and keeps what was read before something was wrong.
    pub fn decode_annotated(&self, bytes: &[u8]) -> Annotated<'s> {
        Decoder::new(self, bytes).run(None)
    }

    /// As [`decode_as`](Self::decode_as), but tells what each byte is, and keeps what was read before something was wrong.
    pub fn decode_annotated_as<'t>(&self, target: &'t Target<'_>, bytes: &[u8]) -> Annotated<'t>
    where
        's: 't,
    {
        Decoder::new(self, bytes).run(Some(target))
    }

    /// Writes a constructor, a function or a `Bool`, with its id. Raw bytes are written as they are.
    ///
    /// # Errors
    ///
    /// When the value is not what its definition says.
    pub fn encode(&self, value: &Value) -> Result<Vec<u8>, Error> {
        Encoder::new(self).run(None, value)
    }

    /// Writes a value of what it is known to be.
    ///
    /// # Errors
    ///
    /// When the value is not what its type says.
    pub fn encode_as(&self, target: &Target<'_>, value: &Value) -> Result<Vec<u8>, Error> {
        Encoder::new(self).run(Some(target), value)
    }

    /// The first definition that has this id.
    pub(super) fn first_with_id(&self, id: u32) -> Option<Definition<'s>> {
        self.with_id(id).first().copied()
    }

    /// The definition with this id in one of the schemas.
    pub(super) fn own_with_id(&self, schema: usize, id: u32) -> Option<Definition<'s>> {
        self.with_id(id).iter().find(|definition| definition.schema() == schema).copied()
    }

    /// A constructor by its place in one of the schemas.
    pub(super) fn constructor(
        &self,
        schema: usize,
        index: crate::ir::ConstructorIndex,
    ) -> Option<Definition<'s>> {
        let constructor = self.schemas.get(schema)?.constructors.get(index.0)?;
        Some(Definition::constructor(schema, index.0, constructor))
    }

    /// A type of one of the schemas.
    pub(super) fn type_at(&self, schema: usize, index: TypeIndex) -> Option<&'s Type> {
        self.schemas.get(schema)?.types.get(index.0)
    }

    /// A type of one of the schemas, by its name.
    pub(super) fn type_named(&self, schema: usize, name: &str) -> Option<(TypeIndex, &'s Type)> {
        let index = *self.types.get(schema)?.get(name)?;
        Some((index, self.type_at(schema, index)?))
    }

    /// The least bytes of a value of a type of one of the schemas.
    pub(super) fn min_len(&self, schema: usize, ty: &Ty) -> usize {
        self.min_lens.get(schema).map_or(0, |lens| min_len::of_ty(lens, ty))
    }
}
