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
    /// What the rules of TL do not explain about these schemas, as JSON
    ///
    /// Without it, it is what they do not explain about MTProto, as far as a schema has it. Ids are taken as they are written.
    #[arg(long, value_name = "FILE", requires = "schema")]
    exceptions: Option<PathBuf>,
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
  telewire inspect --schema my.tl my.bin";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let inputs = [args.value == "-"].into_iter();
    let files = args.schema.iter().chain(&args.exceptions);
    let inputs = inputs.chain(files.map(|file| schema_file::is_stdin(file)));
    if inputs.filter(|is_stdin| *is_stdin).count() > 1 {
        let message = "standard input can be the value or one schema, not several of them";
        return Err(Failure::Input(message.into()));
    }
    let (name, bytes) = input::read(&args.value)?;
    let exceptions = schema_file::exceptions(args.exceptions.as_deref())?;
    let schemas = schemas::load(&args.schema, exceptions.as_ref())?;
    let codec = Codec::over(&schemas);
    let target = args.ty.as_deref().map(|ty| codec.target(ty)).transpose();
    let target = target.map_err(|error| Failure::Input(format!("--as: {error}")))?;
    let annotated = match &target {
        Some(target) => codec.decode_annotated_as(target, &bytes),
        None => codec.decode_annotated(&bytes),
    };
    let tree = Tree::new(&codec, &annotated, &bytes);
    let mut out = io::stdout().lock();
    out.write_all(if args.json { json::print(&tree)? } else { text::print(&tree) }.as_bytes())?;
    out.flush()?;
    match tree.mistake() {
        Some(mistake) => Err(Failure::Input(format!("{name}: {mistake}"))),
        None => Ok(()),
    }
}
