//! From a value of one layer to the nearest one of another.
//!
//! ```text
//!  bytes of layer 230 ── Codec::decode ──> Value ── translate ──> Value ── Codec::encode ──> bytes of layer 158
//! ```
//!
//! The other layer's definitions say what is made; names say of what:
//!
//! * A parameter that the other layer has not is left out. One that it wants, and that is not there, is empty: zero, no text, no
//!   items, `false`, and of a type the constructor that says least; or what several parameters said before.
//! * A parameter whose type is another now gets what is meant, by the shapes and rules in `rules`: an `int` where a `long` was, one
//!   item where a vector is, a text where there are entities too.
//! * A constructor that the other layer has not becomes the nearest one that it has, by `rules`. If there is none, the object is
//!   dropped: from its vector, from an optional parameter, or else together with the object around it. What is left of the
//!   whole then is an error that says so.

mod functions;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::dynamic::MAX_DEPTH;
use crate::dynamic::codec::Codec;
use crate::dynamic::definition::Definition;
use crate::dynamic::target::{Goal, Target};
use crate::dynamic::value::{Object, Text, Value};
use crate::ir::{Bit, ConstructorIndex, Param, ParamKind, Ty, TypeIndex};

/// Why a value has none that is like it in another layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranslateError {
    /// The schema that the value is of does not have it.
    #[error("the value's own schema has no `{name}`")]
    Unknown {
        /// The definition.
        name: String,
    },
    /// The other schema has neither the function nor, of a constructor, the type.
    #[error("the other layer has no `{name}`, nor a type `{ty}` in which something is like it")]
    NoDefinition {
        /// The definition.
        name: String,
        /// The type that it is of, or returns.
        ty: String,
    },
    /// Nothing of the type that is wanted is like the value.
    #[error("the other layer has no `{ty}` that is like `{name}`")]
    Nothing {
        /// What is to be translated: a definition, or a kind of value.
        name: String,
        /// The type.
        ty: String,
    },
    /// The value is deeper than [`MAX_DEPTH`], or has more in it than anybody sends.
    #[error("the value is too deep or too large")]
    TooLarge,
}

/// Makes of a constructor or a function, of the first codec's schema, what is nearest to it in the second's.
///
/// ```
/// use telewire_codegen::dynamic::{Codec, translate};
/// use telewire_codegen::layers::Layers;
///
/// let text = "// LAYERS 1 2\n1 1 a#11111111 x:int y:int = A;\n2 2 a#22222222 x:long z:Vector<int> = A;";
/// let layers = Layers::parse(text)?;
/// let (one, two) = (layers.codec(1)?, layers.codec(2)?);
/// let value = one.decode(&[0x11, 0x11, 0x11, 0x11, 7, 0, 0, 0, 8, 0, 0, 0])?;
/// assert_eq!(translate(&value, &one, &two)?.to_string(), "a { x: 7, z: [] }");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the second schema has nothing that is like the whole.
pub fn translate(value: &Value, from: &Codec<'_>, to: &Codec<'_>) -> Result<Value, TranslateError> {
    let mut translator = Translator::new(from, to, value);
    let made = translator.any(value);
    translator.end(made, value, "Object")
}

/// As [`translate`], of what is known to be wanted: what a function returns, as [`Codec::result_of`] of the second codec tells.
///
/// # Errors
///
/// When nothing that is wanted is like the whole.
pub fn translate_as(
    value: &Value,
    from: &Codec<'_>,
    to: &Codec<'_>,
    target: &Target<'_>,
) -> Result<Value, TranslateError> {
    let mut translator = Translator::new(from, to, value);
    let made = match &target.goal {
        Goal::Ty(schema, ty) => translator.value(*schema, ty, value),
        Goal::Definition(schema, id) => match (value, to.own_with_id(*schema, *id)) {
            (Value::Object(object), Some(definition)) => translator.object(definition, object),
            _ => None,
        },
    };
    translator.end(made, value, target.text)
}

/// The function of a schema that does what one of another layer does, under its name or what it is called there.
///
/// ```
/// use telewire_codegen::dynamic::{Codec, function};
/// use telewire_codegen::layers::Layers;
///
/// let text = "// LAYERS 1 2\n---functions---\n1 1 channels.getForumTopics#11111111 = Bool;\n\
///             2 2 messages.getForumTopics#22222222 = Bool;";
/// let layers = Layers::parse(text)?;
/// let newer = layers.codec(2)?;
/// let found = function("channels.getForumTopics", &newer).map(|found| found.id());
/// assert_eq!(found, Some(0x2222_2222));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn function<'t>(name: &str, to: &Codec<'t>) -> Option<Definition<'t>> {
    let of_name = |name| to.named(name).iter().find(|definition| definition.is_function());
    functions::called(name).find_map(of_name).copied()
}

/// Objects that are made at most for each value that is given, with those of which nothing comes. What is lost deep inside is
/// tried again in what is around it, and a value of somebody's choosing must not cost more than its size.
const MADE_FOR_EACH: usize = 64;

/// And for what is empty.
const MADE_FOR_NOTHING: usize = 4096;

/// How many objects may be made of a value.
fn limit(value: &Value) -> usize {
    let (mut waiting, mut count) = (vec![value], 0_usize);
    while let Some(value) = waiting.pop() {
        count = count.saturating_add(1);
        match value {
            Value::Vector(items) => waiting.extend(items),
            Value::Object(object) => waiting.extend(object.fields.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    count.saturating_mul(MADE_FOR_EACH).saturating_add(MADE_FOR_NOTHING)
}

/// `None` is what is lost. Why, is noted for the last of it, which is the one around all others.
struct Translator<'c, 'f, 't> {
    from: &'c Codec<'f>,
    to: &'c Codec<'t>,
    depth: usize,
    /// How many objects may still be made.
    left: usize,
    lost: Option<TranslateError>,
}

impl<'c, 'f, 't> Translator<'c, 'f, 't> {
    fn new(from: &'c Codec<'f>, to: &'c Codec<'t>, value: &Value) -> Self {
        Self { from, to, depth: 0, left: limit(value), lost: None }
    }

    fn end(self, made: Option<Value>, value: &Value, ty: &str) -> Result<Value, TranslateError> {
        match (made, self.lost) {
            // Some of it may have been dropped because it was too large, and who asked would not know.
            (_, Some(TranslateError::TooLarge)) => Err(TranslateError::TooLarge),
            (Some(value), _) => Ok(value),
            (None, Some(lost)) => Err(lost),
            (None, None) => {
                let (name, ty) = (name_of(value).to_owned(), ty.to_owned());
                Err(TranslateError::Nothing { name, ty })
            }
        }
    }

    fn lose<T>(&mut self, name: &str, ty: &str) -> Option<T> {
        if self.lost != Some(TranslateError::TooLarge) {
            let (name, ty) = (name.to_owned(), ty.to_owned());
            self.lost = Some(TranslateError::Nothing { name, ty });
        }
        None
    }

    /// What stands where anything may.
    fn any(&mut self, value: &Value) -> Option<Value> {
        let object = match value {
            Value::Object(object) => object,
            Value::Vector(items) => {
                return Some(Value::Vector(items.iter().filter_map(|v| self.any(v)).collect()));
            }
            plain => return Some(plain.clone()),
        };
        let Some(own) = self.from.first_with_id(object.id) else {
            self.lost = Some(TranslateError::Unknown { name: object.name.clone() });
            return None;
        };
        let same = if own.is_function() {
            function(&object.name, self.to)
        } else {
            self.to.named(&object.name).iter().find(|d| !d.is_function()).copied()
        };
        if let Some(definition) = same.filter(Definition::is_function) {
            // What was lost is in it: a function that is not there, inside of another.
            return self.object(definition, object);
        }
        let schemas = 0..self.to.schemas().len();
        let mut types = schemas.filter_map(|s| Some((s, self.to.type_named(s, own.ty())?.0)));
        match types.next().filter(|_| !own.is_function()) {
            Some((schema, ty)) => self.boxed(schema, ty, object),
            None => {
                let (name, ty) = (object.name.clone(), own.ty().to_owned());
                self.lost = Some(TranslateError::NoDefinition { name, ty });
                same.and_then(|definition| self.object(definition, object))
            }
        }
    }

    fn value(&mut self, schema: usize, ty: &Ty, value: &Value) -> Option<Value> {
        match (ty, value) {
            (Ty::Object | Ty::Variable, value) => self.any(value),
            (Ty::Vector { item, .. }, Value::Vector(items)) => {
                let items = items.iter().filter_map(|value| self.value(schema, item, value));
                Some(Value::Vector(items.collect()))
            }
            (Ty::Vector { .. }, Value::Object(object))
                if matches!(main(object), Some(Value::Vector(_))) =>
            {
                self.value(schema, ty, main(object)?)
            }
            // One became many, or the other way round.
            (Ty::Vector { item, .. }, one) => {
                Some(Value::Vector(vec![self.value(schema, item, one)?]))
            }
            (Ty::Boxed(index), Value::Object(object)) => self.boxed(schema, *index, object),
            (Ty::Bare(index), Value::Object(object)) => {
                self.object(self.to.constructor(schema, *index)?, object)
            }
            (ty, Value::Vector(items)) => {
                let wrapped = match ty {
                    Ty::Boxed(index) => self.wrapped(schema, *index, value),
                    _ => None,
                };
                let first =
                    wrapped.or_else(|| items.iter().find_map(|v| self.value(schema, ty, v)));
                first.or_else(|| items.is_empty().then(|| self.empty(schema, ty)).flatten())
            }
            (Ty::Boxed(index), plain) => self.wrapped(schema, *index, plain),
            (ty, Value::Object(object)) => match (ty, rules::said_by(&object.name)) {
                (Ty::Bool, Some(said)) => Some(Value::Bool(said)),
                _ => self.value(schema, ty, main(object)?),
            },
            (ty, plain) => number_or_text(ty, plain),
        }
    }

    /// A value of a type: of the constructor with the object's name, or of the nearest.
    fn boxed(&mut self, schema: usize, ty: TypeIndex, object: &Object) -> Option<Value> {
        let name = self.to.type_at(schema, ty)?.name.tl.as_str();
        if let Some(other) = self.button(schema, ty, object) {
            return self.deeper(|this| this.boxed(schema, ty, &other));
        }
        let near = self.named_one_of(schema, ty, object, rules::near(&object.name));
        if near.is_some() {
            return near;
        }
        // What is in it, or it in something.
        let made = main(object).and_then(|inner| match inner {
            Value::Object(inner) => self.deeper(|this| this.boxed(schema, ty, inner)),
            plain => self.wrapped(schema, ty, plain),
        });
        made.or_else(|| self.named_one_of(schema, ty, object, rules::fallback(name)))
            .or_else(|| self.wrapped(schema, ty, &Value::Object(object.clone())))
            .or_else(|| self.lose(&object.name, name))
    }

    /// The first of some constructors of a type that an object can become.
    fn named_one_of(
        &mut self,
        schema: usize,
        ty: TypeIndex,
        object: &Object,
        names: impl Iterator<Item = impl AsRef<str>>,
    ) -> Option<Value> {
        for name in names {
            let made = self.of_type(schema, ty, name.as_ref());
            let made = made.and_then(|near| self.object(near, object));
            if made.is_some() {
                return made;
            }
        }
        None
    }

    /// A button whose type says what it does, where its name does, and the other way round.
    fn button(&self, schema: usize, ty: TypeIndex, object: &Object) -> Option<Object> {
        // Whether a button of that name is there, and has a type.
        let typed = |button: &Object| {
            let params = &self.of_type(schema, ty, &button.name)?.body().params;
            Some(params.iter().any(|param| param.name == "type"))
        };
        let apart = rules::button_apart(object).filter(|other| typed(other) == Some(false));
        let together = || rules::button_together(object).filter(|other| typed(other) == Some(true));
        apart.or_else(together)
    }

    /// A value in the constructor of a type that has little more than such a value.
    fn wrapped(&mut self, schema: usize, ty: TypeIndex, value: &Value) -> Option<Value> {
        if let Some(said) = said(value) {
            let name = self.to.type_at(schema, ty)?.name.tl.as_str();
            let definition = self.of_type(schema, ty, rules::saying(name, said)?)?;
            return self.object(definition, &Object::of(definition, Vec::new()));
        }
        for (name, field) in rules::MAIN {
            let Some(definition) = self.of_type(schema, ty, name) else { continue };
            let param = definition.body().params.iter().find(|param| param.name == *field)?;
            let is_like = match (&param.kind, value) {
                (ParamKind::Required(ty) | ParamKind::Optional { ty, .. }, value) => {
                    self.is_like(schema, ty, value)
                }
                _ => false,
            };
            if is_like {
                let fields = vec![((*field).to_owned(), value.clone())];
                let made =
                    self.deeper(|this| this.object(definition, &Object::of(definition, fields)));
                if made.is_some() {
                    return made;
                }
            }
        }
        None
    }

    /// Whether a value may become one of a type without more wrapping.
    fn is_like(&self, schema: usize, ty: &Ty, value: &Value) -> bool {
        match (ty, value) {
            (Ty::Boxed(ty), Value::Object(object)) => {
                rules::near(&object.name).any(|near| self.of_type(schema, *ty, near).is_some())
            }
            (Ty::Vector { .. }, Value::Vector(_)) => true,
            (ty, plain) => number_or_text(ty, plain).is_some(),
        }
    }

    fn of_type(&self, schema: usize, ty: TypeIndex, name: &str) -> Option<Definition<'t>> {
        let constructors = self.to.type_at(schema, ty)?.constructors.iter();
        let mut definitions = constructors.filter_map(|index| self.to.constructor(schema, *index));
        definitions.find(|definition| definition.name() == name)
    }

    fn deeper<T>(&mut self, make: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let left = self.left.checked_sub(1).filter(|_| self.depth < MAX_DEPTH);
        let Some(left) = left else {
            self.lost = Some(TranslateError::TooLarge);
            return None;
        };
        self.left = left;
        self.depth += 1;
        let made = make(self);
        self.depth -= 1;
        made
    }

    /// A value of a definition, of what an object has.
    fn object(&mut self, definition: Definition<'t>, object: &Object) -> Option<Value> {
        self.deeper(|this| this.params(definition, object))
    }

    fn params(&mut self, definition: Definition<'t>, object: &Object) -> Option<Value> {
        let given: HashMap<&str, &Value> =
            object.fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let params = &definition.body().params;
        let mut made = Vec::with_capacity(params.len());
        for param in params {
            made.push(self.param(definition, param, object, &given)?);
        }
        self.agree(definition, &mut made);
        let named = params.iter().zip(made);
        let fields = named.filter_map(|(param, value)| Some((param.name.clone(), value?)));
        Some(Value::Object(Object::of(definition, fields.collect())))
    }

    /// A parameter. It may be absent; `None` is that there can be no such object.
    fn param(
        &mut self,
        definition: Definition<'t>,
        param: &Param,
        object: &Object,
        given: &HashMap<&str, &Value>,
    ) -> Option<Option<Value>> {
        let schema = definition.schema();
        let own = functions::right_answers(&object.name, param, given)
            .or_else(|| functions::understood(definition.name(), param, given))
            .or_else(|| given.get(param.name.as_str()).map(|value| (*value).clone()));
        let value = own.or_else(|| rules::renamed(&object.name, definition.name(), param, given));
        match (&param.kind, value) {
            (ParamKind::Word(_) | ParamKind::Length, _) => Some(None),
            (ParamKind::Required(ty), Some(value)) => self.value(schema, ty, &value).map(Some),
            (ParamKind::Required(ty), None) => self.empty(schema, ty).map(Some),
            (ParamKind::Measured, Some(value)) => self.any(&value).map(Some),
            (ParamKind::Measured, None) => None,
            (ParamKind::Optional { ty, .. }, value) => {
                Some(value.and_then(|value| self.value(schema, ty, &value)))
            }
            (ParamKind::Flag(_), value) => {
                let is_set = value.and_then(|value| self.value(schema, &Ty::Bool, &value));
                Some((is_set == Some(Value::Bool(true))).then_some(Value::True))
            }
        }
    }

    /// Parameters that share a bit are all there or all absent: those that are not, are made empty.
    fn agree(&mut self, definition: Definition<'t>, made: &mut [Option<Value>]) {
        let params = &definition.body().params;
        let bit_of = |param: &Param| match &param.kind {
            ParamKind::Flag(bit) | ParamKind::Optional { bit, .. } => Some(*bit),
            _ => None,
        };
        let mut bits: HashMap<Bit, bool> = HashMap::new();
        for (param, value) in params.iter().zip(made.iter_mut()) {
            if let Some(bit) = bit_of(param) {
                *bits.entry(bit).or_default() |= value.is_some();
            }
        }
        for (param, value) in params.iter().zip(made.iter_mut()) {
            let is_set = bit_of(param).is_some_and(|bit| bits.get(&bit) == Some(&true));
            if is_set && value.is_none() {
                *value = match &param.kind {
                    ParamKind::Optional { ty, .. } => self.empty(definition.schema(), ty),
                    _ => Some(Value::True),
                };
            }
        }
    }

    /// The value of a type that says least.
    fn empty(&mut self, schema: usize, ty: &Ty) -> Option<Value> {
        Some(match ty {
            Ty::Int => Value::Int(0),
            Ty::Long => Value::Long(0),
            Ty::Double => Value::Double(0.0),
            Ty::Int128 => Value::Int128([0; 16]),
            Ty::Int256 => Value::Int256([0; 32]),
            Ty::Int512 => Value::Int512(Box::new([0; 64])),
            Ty::String => Value::String(Text::default()),
            Ty::Bytes => Value::Bytes(Vec::new()),
            Ty::Bool => Value::Bool(false),
            Ty::Vector { .. } => Value::Vector(Vec::new()),
            // Nothing is as good as any other.
            Ty::Object | Ty::Variable => return self.lose("nothing", "Object"),
            Ty::Bare(index) => return self.emptied(schema, *index),
            Ty::Boxed(index) => {
                let ty = self.to.type_at(schema, *index)?;
                let fallback = rules::empty(&ty.name.tl);
                let fallback = fallback.filter_map(|name| self.of_type(schema, *index, name));
                let least = |index: &&ConstructorIndex| self.to.min_len(schema, &Ty::Bare(**index));
                let definition = fallback.into_iter().next().or_else(|| {
                    self.to.constructor(schema, *ty.constructors.iter().min_by_key(least)?)
                })?;
                return self.object(definition, &Object::of(definition, Vec::new()));
            }
        })
    }

    fn emptied(&mut self, schema: usize, index: ConstructorIndex) -> Option<Value> {
        let definition = self.to.constructor(schema, index)?;
        self.object(definition, &Object::of(definition, Vec::new()))
    }
}

impl Object {
    fn of(definition: Definition<'_>, fields: Vec<(String, Value)>) -> Self {
        Self { name: definition.name().to_owned(), id: definition.id(), fields }
    }
}

/// What a value of two says.
fn said(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(said) => Some(*said),
        Value::True => Some(true),
        _ => None,
    }
}

/// What an object says in the end, if the rules know it to be little more than that.
fn main(object: &Object) -> Option<&Value> {
    object.field(rules::main_field(&object.name)?)
}

fn name_of(value: &Value) -> &str {
    match value {
        Value::Object(object) => &object.name,
        other => other.kind(),
    }
}

/// A value without values inside, as another of that kind.
fn number_or_text(ty: &Ty, value: &Value) -> Option<Value> {
    Some(match (ty, value) {
        (Ty::Long, Value::Int(number)) => Value::Long((*number).into()),
        // The nearest: a size that an old client cannot count is shown as the largest that it can.
        (Ty::Int, Value::Long(number)) => {
            let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
            Value::Int((*number).clamp(*range.start(), *range.end()).try_into().ok()?)
        }
        (Ty::Double, Value::Int(number)) => Value::Double((*number).into()),
        (Ty::Int, Value::Double(number)) => Value::Int(whole(*number)),
        (Ty::Bool, Value::True) => Value::Bool(true),
        // Places in a list, which nobody else looks into.
        (Ty::String, Value::Int(number)) => Value::String(number.to_string().into()),
        (Ty::Int, Value::String(text)) => Value::Int(text.to_str()?.parse().ok()?),
        (Ty::String, Value::Bytes(bytes)) => Value::String(bytes.clone().into()),
        (Ty::Bytes, Value::String(text)) => Value::Bytes(text.as_bytes().to_vec()),
        (Ty::Int, Value::Int(_))
        | (Ty::Long, Value::Long(_))
        | (Ty::Double, Value::Double(_))
        | (Ty::Int128, Value::Int128(_))
        | (Ty::Int256, Value::Int256(_))
        | (Ty::Int512, Value::Int512(_))
        | (Ty::String, Value::String(_))
        | (Ty::Bytes, Value::Bytes(_))
        | (Ty::Bool, Value::Bool(_)) => value.clone(),
        _ => return None,
    })
}

/// A number without what is behind the point: the nearest of its range, and 0 for what is none.
fn whole(number: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "that is what a cast does")]
    let whole = number as i32;
    whole
}
