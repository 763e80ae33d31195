//! Generates each golden case into `OUT_DIR`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use telewire_codegen::{Exceptions, Options, Serde, generate, json, resolve};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed=../tests/golden");
    for entry in fs::read_dir("../tests/golden")? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let case = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let exceptions = match case.as_str() {
            "object_measured" => Exceptions::NONE.with_measured("message", "bytes", "body"),
            "function_without_result" => Exceptions::NONE.with_no_result("http_wait"),
            _ => Exceptions::NONE,
        };
        let schema =
            resolve::resolve(&json::parse(&fs::read_to_string(&path)?)?, &exceptions, &[])?;
        let options = Options {
            server_feature: Some("server".into()),
            serde: Serde::Feature("serde".into()),
            ..Options::default()
        };
        fs::write(Path::new(&out).join(format!("{case}.rs")), generate(&schema, &options)?)?;
    }
    Ok(())
}
