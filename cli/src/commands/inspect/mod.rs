//! `telewire inspect`: what each byte of a value is.

mod gzip;
mod input;
mod json;
mod schemas;
mod text;
mod tree;

use std::io::{self, Write};
use std::path::PathBuf;

use telewire_codegen::dynamic::Codec;

use crate::failure::Failure;
use crate::schema_file;
use tree::Tree;

/// Shows what each byte of a TL value is: where it stands, of which parameter it is, and what it means.
///
/// The value begins with the id of a constructor or a function, unless `--as` says otherwise. What is inside of rpc_result,
/// containers, wrappers and gzip_packed is shown too. What is wrong is told after all that stands before it; what is wrong
/// inside of gzip_packed is told there, and the exit code is 2 as well.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Hexadecimal digits, a file, or `-` for standard input
    ///
    /// A file has the bytes themselves, or hexadecimal digits and spaces. One whose name is made of hexadecimal digits
    /// alone is named by a path: `./beef`.
    #[arg(value_name = "HEX|FILE|-")]
    value: String,
    /// What the bytes are: a type, as `Vector<long>`, or a definition
    #[arg(long = "as", value_name = "TYPE")]
    ty: Option<String>,
    /// A schema to read by, JSON or TL; may be given several times
    ///
    /// Without one, it is Telegram's: MTProto and the API.
    #[arg(long, value_name = "FILE")]
    schema: Vec<PathBuf>,
    /// The layer of Telegram's API to read by
    ///
    /// Without it, it is the newest, and what that does not know is read by the latest of the older layers that does.
    #[arg(long, value_name = "N", conflicts_with = "schema")]
    layer: Option<u32>,
    /// Prints one JSON object, for programs
    ///
    /// It has a `tree` and an `error`. A `long`, a `double` and bytes are strings, as JSON has no numbers of their size.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  telewire inspect ec77be7a0700000000000000
  telewire inspect answer.bin --json
  telewire inspect --as 'Vector<int>' 15c4b51c0100000007000000
  telewire inspect --layer 158 update.bin
  telewire inspect --schema my.tl my.bin";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let inputs = [args.value == "-"].into_iter();
    let inputs = inputs.chain(args.schema.iter().map(|file| schema_file::is_stdin(file)));
    if inputs.filter(|is_stdin| *is_stdin).count() > 1 {
        let message = "standard input can be the value or one schema, not several of them";
        return Err(Failure::Input(message.into()));
    }
    let (name, bytes) = input::read(&args.value)?;
    let tree = match args.layer {
        Some(layer) => by_layer(args, &bytes, layer)?,
        None => by_what_knows_it(args, &bytes)?,
    };
    let mut out = io::stdout().lock();
    out.write_all(if args.json { json::print(&tree)? } else { text::print(&tree) }.as_bytes())?;
    out.flush()?;
    match tree.mistake() {
        Some(mistake) => Err(Failure::Input(format!("{name}: {mistake}"))),
        None => Ok(()),
    }
}

/// By the schemas that were named. By Telegram's, if the newest has not an id, by the latest layer that has it.
fn by_what_knows_it(args: &Args, bytes: &[u8]) -> Result<Tree, Failure> {
    let schemas = schemas::load(&args.schema)?;
    let tree = read(args, bytes, &Codec::over(&schemas))?;
    let Some(id) = tree.unknown.filter(|_| args.schema.is_empty()) else { return Ok(tree) };
    let Some(layer) = schemas::layers()?.latest_with_id(id) else { return Ok(tree) };
    let older = by_layer(args, bytes, layer)?;
    let is_better = older.mistake().is_none() || tree.mistake().is_some();
    Ok(if is_better { Tree { layer: Some(layer), ..older } } else { tree })
}

fn by_layer(args: &Args, bytes: &[u8], layer: u32) -> Result<Tree, Failure> {
    let layers = schemas::layers()?;
    let api = layers.at(layer).map_err(|error| Failure::Input(format!("--layer: {error}")))?;
    read(args, bytes, &Codec::over([&schemas::protocol()?, api]))
}

/// What bytes are by a codec.
fn read(args: &Args, bytes: &[u8], codec: &Codec<'_>) -> Result<Tree, Failure> {
    let target = args.ty.as_deref().map(|ty| codec.target(ty)).transpose();
    let target = target.map_err(|error| Failure::Input(format!("--as: {error}")))?;
    let annotated = match &target {
        Some(target) => codec.decode_annotated_as(target, bytes),
        None => codec.decode_annotated(bytes),
    };
    Ok(Tree::new(codec, &annotated, bytes))
}
