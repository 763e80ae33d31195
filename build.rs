//! Generates `tl::mtproto`, `tl::wrap`, `tl::secret`, `tl::api` and `rpc::known` from `schema/*.json` into `OUT_DIR`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use telewire_codegen::ir::Schema;
use telewire_codegen::{
    Boxes, Exceptions, Facts, Links, Lock, Options, Serde, enum_paths, errors, generate, json,
    resolve, struct_paths,
};

fn main() -> ExitCode {
    let each = || Links::Each("https://core.telegram.org".into());
    let page = Links::Page("https://core.telegram.org/schema/mtproto".into());
    let mut schemas =
        vec![("mtproto", Exceptions::MTPROTO, page), ("wrappers", Exceptions::NONE, each())];
    if env::var_os("CARGO_FEATURE_SECRET").is_some() {
        let page = Links::Page("https://core.telegram.org/schema/end-to-end".into());
        schemas.push(("secret", Exceptions::NONE, page));
    }
    if env::var_os("CARGO_FEATURE_API").is_some() {
        schemas.push(("api", Exceptions::NONE, each()));
    }
    let facts = match facts() {
        Ok(facts) => facts,
        Err(message) => {
            eprintln!("schema/methods.json: {message}");
            return ExitCode::FAILURE;
        }
    };
    for (name, exceptions, links) in schemas {
        // Nothing is known of the protocol's own functions but what their schema says, and secret chats have none.
        let facts = (!["mtproto", "secret"].contains(&name)).then(|| facts.clone());
        if let Err(message) = build(name, &exceptions, links, facts) {
            // cargo shows what a failed build script prints.
            eprintln!("schema/{name}.json: {message}");
            return ExitCode::FAILURE;
        }
    }
    if let Err(message) = known_errors() {
        eprintln!("schema/errors.json: {message}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn build(
    name: &str,
    exceptions: &Exceptions,
    links: Links,
    facts: Option<Facts>,
) -> Result<(), String> {
    let source = format!("schema/{name}.json");
    println!("cargo::rerun-if-changed={source}");
    println!("cargo::rerun-if-changed=schema/repeat.json");
    let text = fs::read_to_string(&source).map_err(|error| error.to_string())?;
    let mut raw = json::parse(&text).map_err(|error| error.to_string())?;
    // The protocol itself has no layers, and secret chats have one for each definition.
    if !["mtproto", "secret"].contains(&name) {
        raw.layer = Some(layer()?);
    }
    let safe = safe_to_repeat(name)?;
    let safe: Vec<&str> = safe.iter().map(String::as_str).collect();
    let lock = if name == "api" { lock()? } else { Lock::default() };
    let schema = resolve::resolve_locked(&raw, exceptions, &safe, &lock)
        .map_err(|error| error.to_string())?;
    // The other schemas are parts of this one.
    if let Some(facts) = facts.as_ref().filter(|_| name == "api") {
        let checked = facts.check(&schema, &known_names()?);
        checked.map_err(|error| format!("schema/methods.json: {error}"))?;
        write("boxes", &boxes(&schema)?)?;
    }
    let options = Options {
        runtime: "crate::tl".into(),
        links,
        server_feature: Some("server".into()),
        serde: Serde::Feature("serde".into()),
        facts,
    };
    let code = generate(&schema, &options).map_err(|error| error.to_string())?;
    write(name, &code)?;
    write(&format!("{name}_cases"), &cases(name, &schema))?;
    write(&format!("{name}_enums"), &enums(name, &schema))
}

/// A list of all structs of a schema, for the unit tests of `tl::family`.
fn cases(name: &str, schema: &Schema) -> String {
    let module = module(name);
    let paths = struct_paths(schema, "crate::tl::Object");
    let cases = paths.iter().map(|path| format!("Case::of::<crate::tl::{module}::{path}>(),\n"));
    format!("&[\n{}]\n", cases.collect::<String>())
}

/// A list of all enums of a schema with their sizes, for the same.
fn enums(name: &str, schema: &Schema) -> String {
    let module = module(name);
    let enums = enum_paths(schema);
    let sizes = enums
        .iter()
        .map(|path| format!("(\"{path}\", size_of::<crate::tl::{module}::{path}>()),\n"));
    format!("&[\n{}]\n", sizes.collect::<String>())
}

/// What `src/tl/mod.rs` calls the module of a schema.
fn module(name: &str) -> &str {
    if name == "wrappers" { "wrap" } else { name }
}

/// The constants of `rpc::known`.
fn known_errors() -> Result<(), String> {
    println!("cargo::rerun-if-changed=schema/errors.json");
    let text = fs::read_to_string("schema/errors.json").map_err(|error| error.to_string())?;
    write("errors", &errors::generate(&text).map_err(|error| error.to_string())?)
}

/// UP-01: the classifier of updates, for `updates::classify`.
fn boxes(schema: &Schema) -> Result<String, String> {
    println!("cargo::rerun-if-changed=schema/boxes.json");
    let text = fs::read_to_string("schema/boxes.json").map_err(|error| error.to_string())?;
    let boxes = Boxes::parse(&text).and_then(|boxes| boxes.generate(schema));
    boxes.map_err(|error| format!("schema/boxes.json: {error}"))
}

/// The names of all known errors.
fn known_names() -> Result<BTreeSet<String>, String> {
    let text = fs::read_to_string("schema/errors.json").map_err(|error| error.to_string())?;
    errors::names(&text).map_err(|error| format!("schema/errors.json: {error}"))
}

/// What is known of the API's functions.
fn facts() -> Result<Facts, String> {
    println!("cargo::rerun-if-changed=schema/methods.json");
    let text = fs::read_to_string("schema/methods.json").map_err(|error| error.to_string())?;
    Facts::parse(&text).map_err(|error| error.to_string())
}

fn write(name: &str, code: &str) -> Result<(), String> {
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&out).join(format!("{name}.rs")), code).map_err(|error| error.to_string())
}

/// The layer of the API's schema, which the JSON form does not say.
fn layer() -> Result<u32, String> {
    println!("cargo::rerun-if-changed=schema/api.layer");
    let text = fs::read_to_string("schema/api.layer").map_err(|error| error.to_string())?;
    text.trim().parse().map_err(|_| format!("schema/api.layer: `{}` is not a number", text.trim()))
}

/// The layout of the API's types, which stays as it was from layer to layer.
fn lock() -> Result<Lock, String> {
    println!("cargo::rerun-if-changed=schema/api.lock.json");
    let text = fs::read_to_string("schema/api.lock.json")
        .map_err(|error| format!("schema/api.lock.json: {error}"))?;
    Lock::parse(&text).map_err(|error| format!("schema/api.lock.json: {error}"))
}

/// The functions of a schema that `schema/repeat.json` lists as safe to repeat.
fn safe_to_repeat(schema: &str) -> Result<Vec<String>, String> {
    let text = fs::read_to_string("schema/repeat.json").map_err(|error| error.to_string())?;
    resolve::parse_safe_list(&text, schema).map_err(|error| format!("schema/repeat.json: {error}"))
}
