//! From a value to bytes.

use std::collections::HashMap;

use crate::dynamic::codec::Codec;
use crate::dynamic::definition::Definition;
use crate::dynamic::error::{Error, ErrorKind};
use crate::dynamic::path::{Path, Segment};
use crate::dynamic::target::{Goal, Target};
use crate::dynamic::value::{Object, Value};
use crate::dynamic::{FALSE_ID, MAX_DEPTH, TRUE_ID, VECTOR_ID};
use crate::ir::{Bit, Body, Param, ParamKind, Ty};

/// Writes one value.
pub(super) struct Encoder<'c, 's, 'v> {
    codec: &'c Codec<'s>,
    out: Vec<u8>,
    depth: usize,
    path: Path<'v>,
}

/// The parameters of an object that are given, by name.
type Given<'v> = HashMap<&'v str, &'v Value>;

impl<'c, 's: 'v, 'v> Encoder<'c, 's, 'v> {
    pub(super) fn new(codec: &'c Codec<'s>) -> Self {
        Self { codec, out: Vec::new(), depth: 0, path: Path::default() }
    }

    /// Writes a value as what it is to be; as any definition, if nothing says.
    pub(super) fn run(
        mut self,
        target: Option<&Target<'v>>,
        value: &'v Value,
    ) -> Result<Vec<u8>, Error> {
        match target.map(|target| (&target.goal, target.text)) {
            None => self.any(value, false)?,
            Some((Goal::Ty(schema, ty), text)) => {
                self.path.push(Segment::Root(text));
                self.value(*schema, ty, value)?;
            }
            Some((Goal::Definition(schema, id), text)) => {
                let object = self.expect_object(value, text)?;
                match self.codec.own_with_id(*schema, *id).filter(|_| object.id == *id) {
                    Some(definition) => self.object(definition, true, object)?,
                    None => return Err(self.unexpected(object.id, text)),
                }
            }
        }
        Ok(self.out)
    }

    fn value(&mut self, schema: usize, ty: &Ty, value: &'v Value) -> Result<(), Error> {
        match (ty, value) {
            (Ty::Object, value) => self.any(value, false),
            (Ty::Variable, value) => self.any(value, true),
            (Ty::Vector { bare, item }, Value::Vector(items)) => {
                self.vector(schema, *bare, item, items)
            }
            (Ty::Bare(_) | Ty::Boxed(_), Value::Object(object)) => {
                let definition = self.definition_of(schema, ty, object)?;
                self.object(definition, matches!(ty, Ty::Boxed(_)), object)
            }
            (ty, value) => self.plain(schema, ty, value),
        }
    }

    /// A value without values inside. It is apart from those that have them, which keeps the stack small that they need.
    fn plain(&mut self, schema: usize, ty: &Ty, value: &Value) -> Result<(), Error> {
        match (ty, value) {
            (Ty::Int, Value::Int(number)) => self.out.extend(number.to_le_bytes()),
            (Ty::Long, Value::Long(number)) => self.out.extend(number.to_le_bytes()),
            (Ty::Double, Value::Double(number)) => self.out.extend(number.to_le_bytes()),
            (Ty::Int128, Value::Int128(bytes)) => self.out.extend(bytes),
            (Ty::Int256, Value::Int256(bytes)) => self.out.extend(bytes),
            (Ty::Int512, Value::Int512(bytes)) => self.out.extend(bytes.iter()),
            (Ty::String, Value::String(text)) => self.string(text.as_bytes()),
            (Ty::Bytes, Value::Bytes(bytes)) => self.string(bytes),
            (Ty::Bool, Value::Bool(value)) => self.boolean(*value),
            (ty, value) => return Err(self.wrong_kind(value, self.name_of(schema, ty))),
        }
        Ok(())
    }

    /// The definition of an object, which must be one of the type's.
    fn definition_of(
        &self,
        schema: usize,
        ty: &Ty,
        object: &Object,
    ) -> Result<Definition<'s>, Error> {
        let definition = self.codec.own_with_id(schema, object.id).filter(|own| match ty {
            Ty::Boxed(index) => own.is_of(*index),
            ty => own.bare().as_ref() == Some(ty),
        });
        definition.ok_or_else(|| self.unexpected(object.id, &self.name_of(schema, ty)))
    }

    /// One value of any definition, or of a function only.
    fn any(&mut self, value: &'v Value, is_query: bool) -> Result<(), Error> {
        let expected = if is_query { "a function" } else { "a constructor or a function" };
        match value {
            Value::Raw(bytes) => self.out.extend(bytes),
            Value::Bool(value) if !is_query => self.boolean(*value),
            value => {
                let object = self.expect_object(value, expected)?;
                match self.codec.first_with_id(object.id) {
                    Some(definition) if is_query && !definition.is_function() => {
                        return Err(self.unexpected(object.id, expected));
                    }
                    Some(definition) => return self.object(definition, true, object),
                    None => return Err(self.error(ErrorKind::UnknownId { id: object.id })),
                }
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        definition: Definition<'s>,
        is_boxed: bool,
        object: &'v Object,
    ) -> Result<(), Error> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        if object.name != definition.name() {
            let (id, found) = (object.id, object.name.clone());
            let expected = definition.name().to_owned();
            return Err(self.error(ErrorKind::WrongName { id, expected, found }));
        }
        self.depth += 1;
        if self.path.is_empty() {
            self.path.push(Segment::Root(definition.name()));
        }
        if is_boxed {
            self.out.extend(definition.id().to_le_bytes());
        }
        self.params(definition, object)?;
        self.depth -= 1;
        Ok(())
    }

    fn params(&mut self, definition: Definition<'s>, object: &'v Object) -> Result<(), Error> {
        let body = definition.body();
        let given = self.given(body, object)?;
        let words = self.words(body, &given)?;
        let mut length_at = 0;
        for param in &body.params {
            self.path.push(Segment::Param(&param.name));
            let value = given.get(param.name.as_str()).copied();
            match (&param.kind, value) {
                (ParamKind::Word(word), _) => {
                    self.out.extend(words.get(*word).copied().unwrap_or_default().to_le_bytes());
                }
                (ParamKind::Length, _) => {
                    length_at = self.out.len();
                    self.out.extend([0; 4]);
                }
                (ParamKind::Required(ty) | ParamKind::Optional { ty, .. }, Some(value)) => {
                    self.value(definition.schema(), ty, value)?;
                }
                (ParamKind::Measured, Some(value)) => {
                    self.any(value, false)?;
                    self.measure(length_at)?;
                }
                (ParamKind::Flag(_), Some(Value::True)) => {}
                (ParamKind::Flag(_), Some(value)) => {
                    return Err(self.wrong_kind(value, param.ty.clone()));
                }
                (ParamKind::Flag(_) | ParamKind::Optional { .. }, None) => {}
                (ParamKind::Required(_) | ParamKind::Measured, None) => {
                    let param = param.name.clone();
                    return Err(self.error(ErrorKind::MissingParam { param }));
                }
            }
            self.path.pop();
        }
        Ok(())
    }

    /// The parameters given, each once and none that does not exist or is computed.
    fn given(&self, body: &Body, object: &'v Object) -> Result<Given<'v>, Error> {
        let kinds: HashMap<&str, &ParamKind> =
            body.params.iter().map(|param| (param.name.as_str(), &param.kind)).collect();
        let mut given = HashMap::new();
        for (name, value) in &object.fields {
            let param = name.clone();
            match kinds.get(name.as_str()) {
                None => return Err(self.error(ErrorKind::UnknownParam { param })),
                Some(ParamKind::Word(_) | ParamKind::Length) => {
                    return Err(self.error(ErrorKind::ComputedParam { param }));
                }
                Some(_) if given.insert(name.as_str(), value).is_some() => {
                    return Err(self.error(ErrorKind::RepeatedParam { param }));
                }
                Some(_) => {}
            }
        }
        Ok(given)
    }

    /// The flags words. Parameters that share a bit must agree.
    fn words(&self, body: &Body, given: &Given<'_>) -> Result<Vec<u32>, Error> {
        let mut words = vec![0; body.words];
        let mut first_of: HashMap<Bit, (&Param, bool)> = HashMap::new();
        for param in &body.params {
            let (ParamKind::Flag(bit) | ParamKind::Optional { bit, .. }) = &param.kind else {
                continue;
            };
            let is_there = given.contains_key(param.name.as_str());
            let (first, first_is_there) = *first_of.entry(*bit).or_insert((param, is_there));
            if is_there != first_is_there {
                let (present, absent) = if is_there { (param, first) } else { (first, param) };
                let (present, absent) = (present.name.clone(), absent.name.clone());
                return Err(self.error(ErrorKind::SharedBit { present, absent }));
            }
            if let Some(word) = words.get_mut(bit.word)
                && is_there
            {
                *word |= 1u32.wrapping_shl(bit.bit.into());
            }
        }
        Ok(words)
    }

    /// Writes how many bytes were written since the place of the length.
    fn measure(&mut self, length_at: usize) -> Result<(), Error> {
        let length = self.out.len().saturating_sub(length_at).saturating_sub(4);
        match (i32::try_from(length), self.out.get_mut(length_at..)) {
            (Ok(bytes), Some(place)) if length.is_multiple_of(4) => {
                for (place, byte) in place.iter_mut().zip(bytes.to_le_bytes()) {
                    *place = byte;
                }
                Ok(())
            }
            _ => {
                let length = i64::try_from(length).unwrap_or(i64::MAX);
                Err(self.error(ErrorKind::ObjectLength { length }))
            }
        }
    }

    fn vector(
        &mut self,
        schema: usize,
        is_bare: bool,
        item: &Ty,
        items: &'v [Value],
    ) -> Result<(), Error> {
        let count = items.len();
        let count =
            i32::try_from(count).map_err(|_| self.error(ErrorKind::TooManyItems { count }))?;
        if !is_bare {
            self.out.extend(VECTOR_ID.to_le_bytes());
        }
        self.out.extend(count.to_le_bytes());
        for (index, value) in items.iter().enumerate() {
            self.path.push(Segment::Item(index));
            self.value(schema, item, value)?;
            self.path.pop();
        }
        Ok(())
    }

    fn boolean(&mut self, value: bool) {
        self.out.extend(if value { TRUE_ID } else { FALSE_ID }.to_le_bytes());
    }

    /// The length in its shortest form, the bytes, zeros up to a multiple of 4 (TL-10).
    fn string(&mut self, bytes: &[u8]) {
        let start = self.out.len();
        // No memory holds 2^56 bytes, so the seven lowest bytes of a length are all of it.
        let length = bytes.len().to_le_bytes();
        match bytes.len() {
            0..254 => self.out.extend(length.iter().take(1)),
            254..0x100_0000 => self.out.extend([254].iter().chain(length.iter().take(3))),
            _ => {
                let seven = length.iter().chain(&[0; 8]).take(7);
                self.out.extend([255].iter().chain(seven));
            }
        }
        self.out.extend(bytes);
        let written = self.out.len().saturating_sub(start);
        self.out.extend(std::iter::repeat_n(0, written.wrapping_neg() & 3));
    }

    fn expect_object(&self, value: &'v Value, expected: &str) -> Result<&'v Object, Error> {
        match value {
            Value::Object(object) => Ok(object),
            other => Err(self.wrong_kind(other, expected.to_owned())),
        }
    }

    /// The name of a type, for errors.
    fn name_of(&self, schema: usize, ty: &Ty) -> String {
        match ty {
            Ty::Int => "an int",
            Ty::Long => "a long",
            Ty::Double => "a double",
            Ty::Int128 => "an int128",
            Ty::Int256 => "an int256",
            Ty::Int512 => "an int512",
            Ty::String => "a string",
            Ty::Bytes => "bytes",
            Ty::Bool => "a Bool",
            Ty::Object => "a constructor or a function",
            Ty::Variable => "a function",
            Ty::Vector { .. } => "a vector",
            Ty::Bare(index) => self.codec.constructor(schema, *index).map_or("", |d| d.name()),
            Ty::Boxed(index) => self.codec.type_at(schema, *index).map_or("", |ty| &ty.name.tl),
        }
        .to_owned()
    }

    fn wrong_kind(&self, value: &Value, expected: String) -> Error {
        self.error(ErrorKind::WrongKind { expected, found: value.kind() })
    }

    fn unexpected(&self, id: u32, expected: &str) -> Error {
        let name = self.codec.first_with_id(id).map(|definition| definition.name().to_owned());
        self.error(ErrorKind::UnexpectedId { id, name, expected: expected.to_owned() })
    }

    /// What is wrong, here.
    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.out.len(), &self.path)
    }
}
