//! Two layers of the API: what is generated for them, and what differs between them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;

use telewire_codegen::diff::semver::{self, Impact, What};
use telewire_codegen::diff::surface::{Enum, Item, Struct, Surface, surface};
use telewire_codegen::diff::{self, Definitions};
use telewire_codegen::ir::{Body, Field, FieldKind, ParamKind, Schema};
use telewire_codegen::raw::RawSchema;
use telewire_codegen::{Exceptions, Lock, Options, generate, json, resolve};

const LAYER_225: &str = include_str!("schemas/api-layer225.json");
const LAYER_230: &str = include_str!("../../schema/api.json");
const LOCK: &str = include_str!("../../schema/api.lock.json");

fn raw(text: &str) -> RawSchema {
    json::parse(text).unwrap()
}

fn resolved(text: &str) -> Schema {
    resolve::resolve(&raw(text), &Exceptions::NONE, &[]).unwrap()
}

/// The items of generated code, read back from its text.
fn emitted(schema: &Schema) -> Surface {
    let code = generate(schema, &Options::default()).unwrap();
    let mut items = Surface::new();
    collect(&syn::parse_file(&code).unwrap().items, "", &mut items);
    items
}

fn collect(items: &[syn::Item], module: &str, surface: &mut Surface) {
    for item in items {
        match item {
            syn::Item::Mod(inner) => {
                let name = format!("{module}{}::", plain(&inner.ident));
                collect(&inner.content.as_ref().unwrap().1, &name, surface);
            }
            syn::Item::Struct(item) => {
                let fields = item
                    .fields
                    .iter()
                    .map(|field| (plain(field.ident.as_ref().unwrap()), type_text(&field.ty)));
                let item_of = Struct { fields: fields.collect(), ..Struct::default() };
                let path = format!("{module}{}", plain(&item.ident));
                assert_eq!(surface.insert(path.clone(), Item::Struct(item_of)), None, "{path}");
            }
            syn::Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| {
                    let held = variant.fields.iter().next().map(|field| type_text(&field.ty));
                    (plain(&variant.ident), held)
                });
                let path = format!("{module}{}", plain(&item.ident));
                let item_of = Enum { variants: variants.collect(), ..Enum::default() };
                let item_of = Item::Enum(item_of);
                assert_eq!(surface.insert(path.clone(), item_of), None, "{path}");
            }
            syn::Item::Impl(item) => implementation(item, module, surface),
            _ => {}
        }
    }
}

/// What stands in the implementations of a struct: its id, its result, its methods.
fn implementation(item: &syn::ItemImpl, module: &str, surface: &mut Surface) {
    let syn::Type::Path(path) = &*item.self_ty else { return };
    let path = format!("{module}{}", plain(&path.path.segments.last().unwrap().ident));
    let of = match surface.get_mut(&path) {
        Some(Item::Struct(of)) => of,
        Some(Item::Enum(of)) if item.trait_.is_none() => return accessors(item, of),
        _ => return,
    };
    for inner in &item.items {
        match inner {
            syn::ImplItem::Const(inner) if inner.ident == "ID" => {
                let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(id), .. }) = &inner.expr
                else {
                    panic!("{path}");
                };
                of.id = Some(id.base10_parse().unwrap());
            }
            syn::ImplItem::Type(inner) if inner.ident == "Return" => {
                of.returns = Some(type_text(&inner.ty));
            }
            syn::ImplItem::Fn(inner) if item.trait_.is_none() && inner.sig.ident == "new" => {
                let arguments = inner.sig.inputs.iter().map(|argument| {
                    let syn::FnArg::Typed(argument) = argument else { panic!("{path}") };
                    let syn::Pat::Ident(name) = &*argument.pat else { panic!("{path}") };
                    (plain(&name.ident), type_text(&argument.ty))
                });
                of.new = Some(arguments.collect());
            }
            syn::ImplItem::Fn(inner) if item.trait_.is_none() => {
                of.methods.push(plain(&inner.sig.ident));
            }
            _ => {}
        }
    }
}

/// The methods of an enum.
fn accessors(item: &syn::ItemImpl, of: &mut Enum) {
    for inner in &item.items {
        let syn::ImplItem::Fn(inner) = inner else { panic!("no method") };
        let syn::ReturnType::Type(_, ty) = &inner.sig.output else { panic!("no value") };
        of.accessors.insert(plain(&inner.sig.ident), type_text(ty));
    }
}

fn plain(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// A type as the surface writes it.
fn type_text(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Array(array) => {
            let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(length), .. }) = &array.len else {
                panic!("an array of an odd length");
            };
            format!("[{}; {length}]", type_text(&array.elem))
        }
        syn::Type::Reference(to) => format!("&{}", type_text(&to.elem)),
        syn::Type::Slice(of) => format!("[{}]", type_text(&of.elem)),
        syn::Type::Path(path) => {
            let segments = &path.path.segments;
            let runtime = segments.iter().any(|segment| segment.ident == "telewire");
            let mut parts: Vec<String> =
                segments.iter().map(|s| plain(&s.ident)).filter(|s| s != "super").collect();
            if ["std", "core"].contains(&parts[0].as_str()) {
                parts.drain(..parts.len() - 1);
            } else if runtime {
                parts.remove(0);
            }
            let mut text = parts.join("::");
            if let syn::PathArguments::AngleBracketed(args) = &segments.last().unwrap().arguments
                && let Some(syn::GenericArgument::Type(inner)) = args.args.first()
            {
                text.push_str(&format!("<{}>", type_text(inner)));
            }
            text
        }
        _ => panic!("an odd type"),
    }
}

#[test]
fn layer_225_is_generated_completely() {
    let schema = resolved(LAYER_225);
    let items = emitted(&schema);
    let count = |module: &str| items.keys().filter(|path| path.starts_with(module)).count();
    // `boolFalse`, `boolTrue` and `vector` are built in.
    assert_eq!((count("types::"), count("functions::")), (1573 - 3, 783));
    assert_eq!(count("enums::"), schema.types.iter().filter(|ty| ty.is_enum()).count());
    assert!(count("enums::") > 200 && count("groups::") > 20, "{} items", items.len());
    for constructor in &raw(LAYER_225).constructors {
        let ids = items.values().filter(|item| match item {
            Item::Struct(item) => item.id == constructor.id,
            Item::Enum(_) => false,
        });
        let is_built_in = ["boolFalse", "boolTrue", "vector"].contains(&constructor.name.as_str());
        assert_eq!(ids.count(), usize::from(!is_built_in), "{}", constructor.name);
    }
}

#[test]
fn each_variant_is_called_like_its_struct() {
    let layers = [
        (LAYER_225, Exceptions::NONE),
        (LAYER_230, Exceptions::NONE),
        (include_str!("../../schema/wrappers.json"), Exceptions::NONE),
        (include_str!("../../schema/mtproto.json"), Exceptions::MTPROTO),
    ];
    let mut enums = 0;
    for (text, exceptions) in layers {
        let schema = resolve::resolve(&raw(text), &exceptions, &[]).unwrap();
        for ty in schema.types.iter().filter(|ty| ty.is_enum()) {
            enums += 1;
            for index in &ty.constructors {
                let constructor = schema.constructor(*index);
                assert_eq!(constructor.variant, constructor.name.ident, "{}", ty.name.tl);
            }
        }
    }
    assert!(enums > 450, "{enums}");
}

#[test]
fn each_struct_of_a_definition_has_new_with_what_is_always_there() {
    let schema = resolved(LAYER_230);
    let items = emitted(&schema);
    let mut none = 0;
    for (path, item) in &items {
        let Item::Struct(item) = item else { continue };
        if path.starts_with("groups::") {
            assert_eq!(item.new, None, "{path}");
            continue;
        }
        let new = item.new.as_ref().unwrap_or_else(|| panic!("{path} has no `new`"));
        let required = |ty: &String| !ty.starts_with("Option<") && ty != "bool";
        let expected = item.fields.iter().filter(|(_, ty)| required(ty)).count();
        // `bool` is a bit, or a value that is always there.
        assert!(new.iter().filter(|(_, ty)| required(ty)).count() == expected, "{path}");
        none += usize::from(new.is_empty());
    }
    assert!(none > 500, "{none}");
}

#[test]
fn the_surface_is_that_of_the_emitted_code() {
    let schema = resolved(LAYER_230);
    let (expected, actual) = (surface(&schema), emitted(&schema));
    assert_eq!(expected.len(), actual.len());
    for (path, item) in &actual {
        assert_eq!(expected.get(path), Some(item), "{path}");
    }
}

#[test]
fn the_difference_between_layers_225_and_230_is_found() {
    let difference = diff::compare(&raw(LAYER_225), &raw(LAYER_230)).unwrap();
    let count = |these: &Definitions| (these.added.len(), these.removed.len(), these.changed.len());
    assert_eq!(count(&difference.constructors), (148, 17, 30));
    assert_eq!(count(&difference.functions), (67, 0, 13));
    let named = |name: &str| {
        let mut changed = difference.constructors.changed.iter();
        let changed = changed.find(|changed| changed.name == name).unwrap();
        changed.changes.iter().skip(1).map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(named("message"), ["+ rich_message:flags2.13?RichMessage"]);
    assert_eq!(named("botVerification"), ["~ description: string -> TextWithEntities"]);
}

#[test]
fn a_layer_does_not_differ_from_itself() {
    assert!(diff::compare(&raw(LAYER_230), &raw(LAYER_230)).unwrap().is_empty());
    let schema = resolved(LAYER_230);
    assert_eq!(semver::impact(&schema, &schema), Impact::default());
}

/// The parameters that share a bit, for each bit that is shared, and the fields that their definition has for it.
fn shared_bits(body: &Body) -> Vec<(Vec<&ParamKind>, Vec<&Field>)> {
    let mut bits: BTreeMap<(usize, u8), Vec<&ParamKind>> = BTreeMap::new();
    for param in &body.params {
        if let ParamKind::Flag(bit) | ParamKind::Optional { bit, .. } = &param.kind {
            bits.entry((bit.word, bit.bit)).or_default().push(&param.kind);
        }
    }
    let shared = bits.into_iter().filter(|(_, params)| params.len() > 1);
    let fields = |bit: (usize, u8)| {
        let is_own = |f: &&Field| f.bit.is_some_and(|own| (own.word, own.bit) == bit);
        body.fields.iter().filter(is_own).collect()
    };
    shared.map(|(bit, params)| (params, fields(bit))).collect()
}

#[test]
fn parameters_that_share_a_bit_are_one_field_and_cannot_disagree() {
    let schema = resolved(LAYER_230);
    let bodies = schema.constructors.iter().map(|c| &c.body);
    let bodies = bodies.chain(schema.functions.iter().map(|f| &f.body));
    let shared: Vec<_> = bodies.flat_map(shared_bits).collect();
    let params = shared.iter().map(|(params, _)| params.len()).sum::<usize>();
    // As they were counted in the text of the schema by other means.
    assert_eq!((shared.len(), params), (89, 200));
    let is_flag = |param: &&&ParamKind| matches!(param, ParamKind::Flag(_));
    let mixed = shared.iter().filter(|(params, _)| params.iter().any(|p| is_flag(&p)));
    assert_eq!(mixed.count(), 22);
    for (params, fields) in &shared {
        let [field] = fields[..] else { panic!("{params:?}: {fields:?}") };
        let values = params.iter().filter(|param| !is_flag(param)).count();
        match &field.kind {
            FieldKind::Flag => assert_eq!(values, 0),
            FieldKind::Optional(_) => assert_eq!(values, 1),
            FieldKind::Group { members, .. } => {
                assert!(values > 1);
                assert_eq!(values, members.len());
            }
            FieldKind::Required(_) => panic!("{field:?}"),
        }
    }
}

/// The effects that a box alone makes: the same type, behind a `Box` or not.
fn flips(old: &Schema, new: &Schema) -> Vec<String> {
    let without_box = |ty: &str| ty.replace("Box<", "").replace('>', "");
    let breaking = semver::impact(old, new).breaking.into_iter();
    let flips = breaking.filter(|effect| match &effect.what {
        What::FieldChanged { old, new, .. } => without_box(old) == without_box(new),
        What::VariantChanged { old: Some(old), new: Some(new), .. } => {
            without_box(old) == without_box(new)
        }
        _ => false,
    });
    flips.map(|effect| effect.to_string()).collect()
}

#[test]
fn under_the_lock_of_layer_225_layer_230_flips_no_box() {
    let old = resolved(LAYER_225);
    let free = flips(&old, &resolved(LAYER_230));
    assert_eq!(free.len(), 2, "{free:#?}");
    let lock = Lock::of(&old);
    let locked = resolve::resolve_locked(&raw(LAYER_230), &Exceptions::NONE, &[], &lock).unwrap();
    assert_eq!(flips(&old, &locked), [""; 0]);
    // All that the old lock decided about what is left stands in the new one.
    let after = Lock::of(&locked).print().unwrap();
    assert_ne!(after, lock.print().unwrap());
    let again = Lock::parse(&after).unwrap();
    let again = resolve::resolve_locked(&raw(LAYER_230), &Exceptions::NONE, &[], &again).unwrap();
    assert_eq!(again, locked);
}

#[test]
fn the_lock_of_the_api_is_up_to_date() {
    let lock = Lock::parse(LOCK).unwrap();
    let schema = resolve::resolve_locked(&raw(LAYER_230), &Exceptions::NONE, &[], &lock).unwrap();
    assert!(
        Lock::of(&schema).print().unwrap() == LOCK,
        "run `telewire schema lock schema/api.json --lock schema/api.lock.json` and read the difference"
    );
}
