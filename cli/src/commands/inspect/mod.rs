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
use input::Input;
use tree::Tree;

/// Shows what each byte of a TL value is: where it stands, of which parameter it is, and what it means.
///
/// The value begins with the id of a constructor or a function, unless `--as` says otherwise. What is inside of rpc_result,
/// containers, wrappers and gzip_packed is shown too. What is wrong is told after all that stands before it; what is wrong
/// inside of gzip_packed is told there, and the exit code is 2 as well.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Bytes as text, a file, or `-` for standard input
    ///
    /// As text they are hexadecimal digits with or without 0x, colons, commas or blanks; an array, as {0xec, 0x77} or
    /// [236, 119]; a literal, as b'\xecw'; a dump of xxd, hexdump -C, od -t x1, tcpdump -X or Wireshark; or base64. A file
    /// has the bytes themselves, or such a text. One whose name is such a text is named by a path: `./beef`.
    #[arg(value_name = "BYTES|FILE|-")]
    value: String,
    /// What the bytes are: a type, as `Vector<long>`, or a definition
    #[arg(long = "as", value_name = "TYPE")]
    ty: Option<String>,
    /// A schema to read by, JSON or TL; may be given several times
    ///
    /// Without one, it is Telegram's: MTProto and the API.
    #[arg(long, value_name = "FILE")]
    schema: Vec<PathBuf>,
    /// What the rules of TL do not explain about these schemas, as JSON
    ///
    /// Without it, it is what they do not explain about MTProto, as far as a schema has it. Ids are taken as they are written.
    #[arg(long, value_name = "FILE", requires = "schema")]
    exceptions: Option<PathBuf>,
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
  telewire inspect \"b'\\xecw\\xbez\\x07\\0\\0\\0\\0\\0\\0\\0'\"
  xxd answer.bin | telewire inspect -
  telewire inspect answer.bin --json
  telewire inspect --as 'Vector<int>' 15c4b51c0100000007000000
  telewire inspect --layer 158 update.bin
  telewire inspect --schema my.tl my.bin

Exit code:
  0  all of it was read
  1  standard output takes no more
  2  an option, a file or the bytes are wrong";

/// What is said of a text.
const IS_TEXT: &str = "this is text, in no form of bytes that is known, and no value";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let inputs = [args.value == "-"].into_iter();
    let files = args.schema.iter().chain(&args.exceptions);
    let inputs = inputs.chain(files.map(|file| schema_file::is_stdin(file)));
    if inputs.filter(|is_stdin| *is_stdin).count() > 1 {
        let message = "standard input can be the value or one schema, not several of them";
        return Err(Failure::Input(message.into()));
    }
    let Input { name, bytes } = input::read(&args.value)?;
    let mut tree = match args.layer {
        Some(layer) => by_layer(args, &bytes, layer)?,
        None => by_what_knows_it(args, &bytes)?,
    };
    // Of a text, the number of a constructor that is not known says nothing.
    if tree.tree.is_none() && tree.error.is_some() && input::is_text(&bytes) {
        tree.error = Some(IS_TEXT.to_owned());
    }
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
    let exceptions = schema_file::exceptions(args.exceptions.as_deref())?;
    let schemas = schemas::load(&args.schema, exceptions.as_ref())?;
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
