//! What two layers say with the same bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::dynamic::codec::Codec;
use crate::dynamic::translate::function;
use crate::ir::{Body, FunctionResult, ParamKind, Schema, Ty};

/// The calls and results that need no translation between a client of one layer and a server of another: the other side has the
/// same definitions, of the whole and of all that can be in it. It may have more.
///
/// ```
/// use telewire_codegen::dynamic::Common;
/// use telewire_codegen::layers::Layers;
///
/// let text = "// LAYERS 1 2\n1 1 a#11111111 = A;\n2 2 a#22222222 x:int = A;\n\
///             ---functions---\n1 2 get#33333333 x:long = A;\n1 2 set#44444444 a:A = Bool;";
/// let layers = Layers::parse(text)?;
/// let common = Common::of(&layers.codec(1)?, &layers.codec(2)?);
/// assert_eq!((common.has_call(0x33333333), common.has_result(0x33333333)), (true, false));
/// assert_eq!((common.has_call(0x44444444), common.has_result(0x44444444)), (false, true));
/// # Ok::<(), telewire_codegen::layers::LayersError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common {
    calls: HashSet<u32>,
    results: HashSet<u32>,
}

impl Common {
    /// What clients of one codec's schema and a server of the other's have in common; of the first schema of each.
    pub fn of(client: &Codec<'_>, server: &Codec<'_>) -> Self {
        let (Some(theirs), Some(ours)) = (client.schemas().first(), server.schemas().first())
        else {
            return Self::default();
        };
        let (said, told) = (Changed::of(theirs, ours), Changed::of(ours, theirs));
        let mut common = Self::default();
        for definition in client.definitions().iter().filter(|d| d.schema() == 0 && d.is_function())
        {
            let id = definition.id();
            let is_there = server.with_id(id).iter().any(|d| d.tl() == definition.tl());
            if is_there && !said.is_in(theirs, definition.body()) {
                common.calls.insert(id);
            }
            let own = function(definition.name(), server).filter(|d| d.ty() == definition.ty());
            if let Some(FunctionResult::Value(ty)) = own.and_then(|own| own.result())
                && !told.has(ours, ty)
            {
                common.results.insert(id);
            }
        }
        common
    }

    /// Whether a server may read a client's call of the function with this id as it is.
    pub fn has_call(&self, id: u32) -> bool {
        self.calls.contains(&id)
    }

    /// Whether a client may be sent the result as it is, of the function that it calls by this id.
    pub fn has_result(&self, id: u32) -> bool {
        self.results.contains(&id)
    }
}

/// The types of a schema that have values which another cannot read.
struct Changed<'s>(HashSet<&'s str>);

impl<'s> Changed<'s> {
    fn of(one: &'s Schema, other: &'s Schema) -> Self {
        let theirs = lines(other);
        let has_all = |(name, lines): &(&str, BTreeSet<&str>)| {
            theirs.get(name).is_some_and(|theirs| lines.is_subset(theirs))
        };
        let changed = lines(one).into_iter().filter(|ty| !has_all(ty)).map(|(name, _)| name);
        let mut changed = Self(changed.collect());
        // What may be around a type.
        let mut around: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut waiting: Vec<&str> = changed.0.iter().copied().collect();
        for ty in &one.types {
            let constructors = ty.constructors.iter().filter_map(|i| one.constructors.get(i.0));
            let name = ty.name.tl.as_str();
            for inner in constructors.flat_map(|constructor| inner(one, &constructor.body)) {
                match inner {
                    Some(inner) => around.entry(inner).or_default().push(name),
                    // Anything may be in it.
                    None => waiting.extend(changed.0.insert(name).then_some(name)),
                }
            }
        }
        while let Some(name) = waiting.pop() {
            for name in around.remove(name).unwrap_or_default() {
                waiting.extend(changed.0.insert(name).then_some(name));
            }
        }
        changed
    }

    fn is_in(&self, schema: &Schema, body: &Body) -> bool {
        inner(schema, body).any(|inner| inner.is_none_or(|name| self.0.contains(name)))
    }

    fn has(&self, schema: &Schema, ty: &Ty) -> bool {
        types(schema, ty).is_some_and(|inner| inner.is_none_or(|name| self.0.contains(name)))
    }
}

/// The constructors of each type.
fn lines(schema: &Schema) -> BTreeMap<&str, BTreeSet<&str>> {
    let of = |ty: &'_ crate::ir::Type| {
        let constructors = ty.constructors.iter().filter_map(|i| schema.constructors.get(i.0));
        constructors.map(|constructor| constructor.tl.as_str()).collect()
    };
    schema.types.iter().map(|ty| (ty.name.tl.as_str(), of(ty))).collect()
}

/// The types of parameters; `None` for what may be of any.
fn inner<'s>(schema: &'s Schema, body: &'s Body) -> impl Iterator<Item = Option<&'s str>> {
    body.params.iter().filter_map(|param| match &param.kind {
        ParamKind::Required(ty) | ParamKind::Optional { ty, .. } => types(schema, ty),
        ParamKind::Measured => Some(None),
        ParamKind::Word(_) | ParamKind::Length | ParamKind::Flag(_) => None,
    })
}

/// The type that a value has or its items have; `None` if it is built in, `Some(None)` if it may be any.
fn types<'s>(schema: &'s Schema, ty: &Ty) -> Option<Option<&'s str>> {
    let name =
        |index: crate::ir::TypeIndex| schema.types.get(index.0).map(|ty| ty.name.tl.as_str());
    match ty {
        Ty::Object | Ty::Variable => Some(None),
        Ty::Vector { item, .. } => types(schema, item),
        Ty::Boxed(index) => Some(name(*index)),
        Ty::Bare(index) => Some(schema.constructors.get(index.0)?.ty.and_then(name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamic::Arbitrary;
    use crate::layers::Layers;
    use crate::layers::tests::HISTORY;

    /// What is said to be the same is: bytes of one layer, for each such call and result, are read by the other and written back.
    #[test]
    fn what_is_common_to_two_layers_is_the_same_to_the_last_byte() {
        let layers = Layers::parse(HISTORY).unwrap();
        let newest = layers.codec(230).unwrap();
        let mut seed = 1_u64;
        let mut random = move || {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            seed >> 11
        };
        for (layer, calls, results) in [(135, 290, 170), (198, 580, 330), (229, 790, 530)] {
            let codec = layers.codec(layer).unwrap();
            let common = Common::of(&codec, &newest);
            assert!(common.calls.len() > calls, "{layer}: {} calls", common.calls.len());
            assert!(common.results.len() > results, "{layer}: {} results", common.results.len());
            let (arbitrary, answers) = (Arbitrary::new(&codec), Arbitrary::new(&newest));
            for function in codec.definitions().iter().filter(|d| d.is_function()) {
                for _ in 0..3 {
                    if common.has_call(function.id()) {
                        let value = arbitrary.value(*function, &mut random, 40);
                        let bytes = codec.encode(&value).unwrap();
                        assert_eq!(newest.decode(&bytes), codec.decode(&bytes));
                    }
                }
                if !common.has_result(function.id()) {
                    continue;
                }
                let own = super::function(function.name(), &newest).unwrap();
                let ours = newest.result_of(own.name()).unwrap();
                let theirs = codec.result_of(function.name()).unwrap();
                for _ in 0..3 {
                    let value = answers.target(&ours, &mut random, 40).unwrap();
                    let bytes = newest.encode_as(&ours, &value).unwrap();
                    assert_eq!(codec.decode_as(&theirs, &bytes), newest.decode_as(&ours, &bytes));
                }
            }
        }
    }

    #[test]
    fn what_is_in_what_is_in_it_counts() {
        let text = "// LAYERS 1 2\n1 2 a#00000001 b:Vector<B> = A;\n1 2 b#00000002 c:flags.0?C = B;\n\
                    1 1 c#00000003 = C;\n2 2 c#00000004 = C;\n1 2 d#00000005 = D;\n1 2 e#00000006 = E;\n\
                    2 2 f#00000007 = E;\n---functions---\n1 2 one#00000008 a:A = D;\n1 2 two#00000009 d:D = Vector<E>;\n1 2 three#0000000a e:E = Bool;";
        let text = text.replace("b#00000002 c", "b#00000002 flags:# c");
        let layers = Layers::parse(&text).unwrap();
        for (client, server) in [(1, 2), (2, 1)] {
            let (client_codec, server) =
                (layers.codec(client).unwrap(), layers.codec(server).unwrap());
            let common = Common::of(&client_codec, &server);
            assert_eq!((common.has_call(8), common.has_result(8)), (false, true));
            // A server may have more to be told, a client more that it can be told.
            assert_eq!((common.has_call(9), common.has_result(9)), (true, client == 2));
            assert_eq!((common.has_call(10), common.has_result(10)), (client == 1, true));
        }
    }
}
