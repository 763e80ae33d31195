//! Prints what was measured, and puts it where it is read.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files::measure::{Measured, Plan};
use crate::files::{aims, chart, table};

const BEGIN: &str = "<!-- peers/client files -->";
const END: &str = "<!-- /peers/client files -->";

pub(crate) fn all(plan: &Plan, measured: &Measured) {
    let short = table::short(&aims::all(measured));
    let full = format!("{}\n\n{}\n{short}", about(plan, measured), table::full(plan, measured));
    println!("{full}");
    if plan.writes {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::write(here.join("files.svg"), chart::picture(measured)).unwrap();
        put(here.join("README.md"), &full);
        put(here.join("../../README.md"), &short);
    }
}

/// Between the markers.
fn put(path: PathBuf, text: &str) {
    let whole = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = whole.split_once(BEGIN).expect("the marker is there");
    let (_, after) = rest.split_once(END).expect("the other marker is there");
    std::fs::write(path, format!("{before}{BEGIN}\n{text}{END}{after}")).unwrap();
}

/// How, how often and on what.
fn about(plan: &Plan, measured: &Measured) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "Medians of {} rounds, of 3 where answers are late; {:.0} minutes in all, on {cores} cores of \"{}\", {}.",
        plan.rounds,
        (measured.took.as_secs_f64() / 60.0).ceil(),
        processor(),
        compiler(),
    )
}

fn processor() -> String {
    let all = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = all.lines().find_map(|line| line.strip_prefix("model name"));
    name.and_then(|name| name.split_once(": ")).map_or("a processor", |(_, name)| name).to_owned()
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    text.split(" (").next().unwrap_or_default().trim().to_owned()
}
