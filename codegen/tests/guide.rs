//! The guide of `telewire::tl` shows TL beside Rust: here each fragment of Rust is held against what its TL gives.
//!
//! After a change of the generator, `UPDATE_GOLDEN=1 cargo test -p telewire-codegen --test guide` rewrites them. To add a
//! fragment, name its items (`pub struct Post;`, `impl Post {}`) and let them be rewritten.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::path::Path;
use std::{env, fs};

use telewire_codegen::{Exceptions, Options, generate, resolve, tl_text};

/// The functions of the guide that are safe to repeat.
const SAFE: [&str; 1] = ["notes.list"];

#[test]
fn the_guide_shows_what_is_generated() {
    // Published alone, the package has no guide.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/tl/guide.md");
    let Ok(guide) = fs::read_to_string(&path) else { return };
    let mut page = String::new();
    let (mut tl, mut fragments) = (String::new(), 0);
    let mut rest = guide.as_str();
    while let Some((before, after)) = rest.split_once("```") {
        let (kind, after) = after.split_once('\n').unwrap();
        let (fence, after) = after.split_once("```").unwrap();
        let mut fence = fence.to_owned();
        match kind {
            "tl" => tl.clone_from(&fence),
            "rust,ignore" => {
                fence = generated(&tl, &fence);
                fragments += 1;
            }
            other => panic!("a fence of `{other}`"),
        }
        page.push_str(&format!("{before}```{kind}\n{fence}```"));
        rest = after;
    }
    page.push_str(rest);
    assert!(fragments >= 6, "{fragments} fragments");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
        return;
    }
    for (line, (shown, now)) in guide.lines().zip(page.lines()).enumerate() {
        assert_eq!(
            shown,
            now,
            "{}:{}: run UPDATE_GOLDEN=1 cargo test -p telewire-codegen --test guide",
            path.display(),
            line + 1
        );
    }
    assert_eq!(guide.lines().count(), page.lines().count());
}

/// The items that a fragment shows, as the TL before it gives them.
fn generated(tl: &str, fragment: &str) -> String {
    let mut raw = tl_text::parse(tl).unwrap();
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    let is_there = |name: &&str| raw.functions.iter().any(|function| function.name == *name);
    let safe: Vec<&str> = SAFE.into_iter().filter(|name| is_there(name)).collect();
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &safe).unwrap();
    let code = generate(&schema, &Options::default()).unwrap();
    let mut items = Vec::new();
    flatten(syn::parse_file(&code).unwrap().items, &mut items);
    let shown = syn::parse_file(fragment).unwrap().items;
    let texts = shown.iter().map(|item| {
        let mut same = items.iter().filter(|other| key(other) == key(item));
        let found = same.next().unwrap_or_else(|| panic!("nothing generated is {}", key(item)));
        assert!(same.next().is_none(), "{}", key(item));
        let mut file = syn::parse_file("").unwrap();
        file.items.push(found.clone());
        undocumented(&prettyplease::unparse(&file))
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn flatten(items: Vec<syn::Item>, out: &mut Vec<syn::Item>) {
    for item in items {
        match item {
            syn::Item::Mod(inner) => flatten(inner.content.unwrap().1, out),
            item => out.push(item),
        }
    }
}

/// What an item is, whatever is in it: `impl Function for List`.
fn key(item: &syn::Item) -> String {
    match item {
        syn::Item::Struct(item) => format!("struct {}", item.ident),
        syn::Item::Enum(item) => format!("enum {}", item.ident),
        syn::Item::Impl(item) => {
            let of = item.trait_.as_ref().map(|(path, _)| last(path)).unwrap_or_default();
            let syn::Type::Path(ty) = &*item.self_ty else { panic!("an odd type") };
            format!("impl {of} for {}", last(&ty.path))
        }
        _ => "something else".to_owned(),
    }
}

/// The last part of a path, with its arguments cut in the same way.
fn last(path: &syn::Path) -> String {
    let segment = path.segments.last().unwrap();
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(args) => match args.args.first() {
            Some(syn::GenericArgument::Type(syn::Type::Path(inner))) => {
                format!("{}<{}>", segment.ident, last(&inner.path))
            }
            _ => segment.ident.to_string(),
        },
        _ => segment.ident.to_string(),
    }
}

/// Code without its documentation.
fn undocumented(code: &str) -> String {
    let mut text = String::new();
    let mut in_block = false;
    for line in code.lines() {
        let start = line.trim_start();
        in_block |= start.starts_with("/**");
        if !in_block && !start.starts_with("///") {
            text.push_str(line);
            text.push('\n');
        }
        in_block &= !line.ends_with("*/");
    }
    text
}
