//! Markdown of what was measured.

use std::fmt::Write as _;

use crate::files::aims::{self, Aim, number};
use crate::files::measure::{Measured, Plan, median};
use crate::files::rows::{GROUPS, ROWS};

/// What is to be reached, in a few columns.
pub(crate) fn short(aims: &[Aim]) -> String {
    let mut text = String::from("| what | telewire | beside | ratio | aim |\n");
    text.push_str("| --- | ---: | ---: | ---: | ---: |\n");
    for Aim { what, ours, other, ratio, aim, is_held } in aims {
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let missed = if *is_held { "" } else { " missed" };
        writeln!(text, "| {what} | {ours} | {other} | {ratio} | {aim}{missed} |").unwrap();
    }
    text
}

/// All rows.
pub(crate) fn full(plan: &Plan, measured: &Measured) -> String {
    let mut text = String::from(
        "| what | MiB/s | files/s | of the cipher | client's core, s/GiB | peak above idle, MiB | connections | the data centre's core |\n",
    );
    text.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (name, which) in [("sealing", 0), ("opening", 1)] {
        let rates = measured.cipher.iter().map(|both| both[which]);
        let rate = median(rates.collect()).unwrap_or_default();
        let (rate, cpu) = (number(rate / 1_048_576.0), number(1_073_741_824.0 / rate));
        writeln!(text, "| **the packet cipher**: {name} | {rate} | | 1 | {cpu} | | | |").unwrap();
    }
    for (group, says) in GROUPS {
        let rows = ROWS.iter().filter(|row| {
            let rest = row.id.strip_prefix(group);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let rows: Vec<_> = rows.filter(|row| measured.samples.contains_key(row.id)).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(text, "| **{}** | | | | | | | |", title(plan, group, says)).unwrap();
        for row in rows {
            let of = |what: fn(&_) -> f64| measured.of(row.id, what).unwrap();
            let files = if row.is_small() { number(of(aims::files)) } else { String::new() };
            writeln!(
                text,
                "| {} | {} | {files} | {:.2} | {} | {:.1} | {:.0} | {:.0} % |",
                row.says,
                number(of(aims::rate)),
                of(aims::of_cipher),
                number(of(aims::cpu)),
                of(|sample| sample.peak),
                of(|sample| sample.connections as f64),
                of(aims::dc_share) * 100.0,
            )
            .unwrap();
        }
    }
    text
}

fn title(plan: &Plan, group: &str, says: &str) -> String {
    match group.starts_with("small") {
        true => format!("{} {says}", thousands(plan.small)),
        false => format!("{} MiB {says}", plan.mebibytes),
    }
}

fn thousands(number: u32) -> String {
    match number {
        1_000.. => format!("{},{:03}", number / 1_000, number % 1_000),
        _ => number.to_string(),
    }
}
