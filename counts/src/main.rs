//! What is done all day, a row each: `counts/measure` has callgrind count the instructions of the part that is measured.
//!
//! There is no AES and no SHA in it: the suite is [`Toy`](telewire::crypto::Toy), so that a count does not depend on what the processor has.

mod files;
mod session;
mod updates;
mod values;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Prepares a row, does it once so that tables and buffers have grown, and once more to be counted.
type Row = fn() -> Result<()>;

const ROWS: [(&str, Row); 10] = [
    ("decode", values::decode),
    ("write", values::write),
    ("resPQ", values::res_pq),
    ("frames", session::frames),
    ("container", session::container),
    ("call", session::call),
    ("calls", session::calls),
    ("turn", session::turn),
    ("boxes", updates::boxes),
    ("planner", files::planner),
];

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        for (name, _) in ROWS {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let Some((_, row)) = ROWS.into_iter().find(|(row, _)| *row == name) else {
        eprintln!("error: no row {name}; without a name they are listed");
        return ExitCode::from(2);
    };
    match row() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What callgrind counts: it looks for the name.
#[inline(never)]
fn counted_here<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}
