//! What telewire is to reach, and whether it does.

use telewire::files::Limits;

use crate::files::measure::{Measured, Sample};
use crate::files::serve::DELAYS;

/// A row: telewire's number beside another, their ratio, and what that is to be.
pub(crate) struct Aim {
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) other: String,
    pub(crate) ratio: Option<f64>,
    pub(crate) aim: String,
    pub(crate) is_held: bool,
}

/// From this share on a core is full.
const FULL: f64 = 0.95;

const MEBIBYTE: f64 = 1_048_576.0;
const GIBIBYTE: f64 = 1024.0 * MEBIBYTE;

pub(crate) fn rate(sample: &Sample) -> f64 {
    sample.bytes / sample.seconds / MEBIBYTE
}

pub(crate) fn files(sample: &Sample) -> f64 {
    sample.files / sample.seconds
}

/// Seconds of the client's core for a gibibyte.
pub(crate) fn cpu(sample: &Sample) -> f64 {
    sample.cpu / sample.bytes * GIBIBYTE
}

/// The part of the cipher's rate.
pub(crate) fn of_cipher(sample: &Sample) -> f64 {
    sample.bytes / sample.seconds * sample.cipher
}

/// How much more than the cipher the client takes of its core.
pub(crate) fn cpu_of_cipher(sample: &Sample) -> f64 {
    sample.cpu / sample.bytes / sample.cipher
}

pub(crate) fn dc_share(sample: &Sample) -> f64 {
    sample.dc / sample.seconds
}

/// All of them that were measured.
pub(crate) fn all(measured: &Measured) -> Vec<Aim> {
    let mut aims = Vec::new();
    for (id, what) in [("down", "download"), ("up", "upload")] {
        aims.extend(by_cipher(measured, id, what).into_iter().flatten());
        for (other, name, aim) in
            [("grammers", "grammers-client", 2.0), ("telethon", "Telethon", 5.0)]
        {
            let ids = [id, &format!("{id}/{other}")];
            let what = format!("{what}, beside {name}, MiB/s");
            aims.extend(at_least(measured, ids, what, aim, rate));
        }
        aims.extend(cpu_beside(measured, id, what));
        aims.extend(memory(measured, id, what));
    }
    for delay in DELAYS {
        for (id, what) in [("down", "download"), ("up", "upload")] {
            aims.extend(late(measured, id, what, delay));
        }
    }
    let small = [
        ("small/down", "small files down, into files"),
        ("small/read", "small files down, into memory"),
        ("small/up", "small files up"),
    ];
    for (id, what) in small {
        for (other, name) in [("grammers", "grammers-client"), ("telethon", "Telethon")] {
            let ids = [id, &format!("{id}/{other}")];
            aims.extend(at_least(
                measured,
                ids,
                format!("{what}, beside {name}, files/s"),
                2.0,
                files,
            ));
        }
    }
    aims
}

/// Where the data centre's core is full, what the client's core does counts, and not the rate.
fn by_cipher(measured: &Measured, id: &str, what: &str) -> Option<[Aim; 2]> {
    let (rate_is, share) = (measured.of(id, of_cipher)?, measured.of(id, dc_share)?);
    let cpu_is = measured.of(id, cpu_of_cipher)?;
    let is_full = share >= FULL;
    let load = format!("the data centre's core: {:.0} %", share * 100.0);
    let cipher = measured.of(id, |sample| 1.0 / sample.cipher / MEBIBYTE)?;
    let by_rate = Aim {
        what: format!("{what}, beside the packet cipher, MiB/s; {load}"),
        ours: number(measured.of(id, rate)?),
        other: number(cipher),
        ratio: Some(rate_is),
        aim: if is_full { "the next row's".to_owned() } else { "≥ 0.8".to_owned() },
        is_held: is_full || rate_is >= 0.8,
    };
    let by_cpu = Aim {
        what: format!("{what}, the client's core, beside the cipher's, s/GiB"),
        ours: number(measured.of(id, cpu)?),
        other: number(measured.of(id, |sample| sample.cipher * GIBIBYTE)?),
        ratio: Some(cpu_is),
        aim: if is_full { "≤ 1.25".to_owned() } else { "".to_owned() },
        is_held: !is_full || cpu_is <= 1.25,
    };
    Some([by_rate, by_cpu])
}

fn at_least(
    measured: &Measured,
    ids: [&str; 2],
    what: String,
    aim: f64,
    of: fn(&Sample) -> f64,
) -> Option<Aim> {
    let ratio = measured.ratio(ids, of)?;
    let [ours, other] = [measured.of(ids[0], of)?, measured.of(ids[1], of)?].map(number);
    Some(Aim {
        what,
        ours,
        other,
        ratio: Some(ratio),
        aim: format!("≥ {aim}"),
        is_held: ratio >= aim,
    })
}

fn cpu_beside(measured: &Measured, id: &str, what: &str) -> Option<Aim> {
    let ids = [id, &format!("{id}/grammers")];
    let ratio = measured.ratio(ids, cpu)?;
    let [ours, other] = [measured.of(ids[0], cpu)?, measured.of(ids[1], cpu)?].map(number);
    let what = format!("{what}, the client's core, beside grammers-client's, s/GiB");
    let is_held = ratio <= 0.6;
    Some(Aim { what, ours, other, ratio: Some(ratio), aim: "≤ 0.6".to_owned(), is_held })
}

fn memory(measured: &Measured, id: &str, what: &str) -> Option<Aim> {
    let peak = |sample: &Sample| sample.peak;
    let ours = measured.of(id, peak)?;
    let other = measured.of(&format!("{id}/grammers"), peak).map_or_else(String::new, number);
    let what = format!("{what}, peak above the idle client, beside grammers-client's, MiB");
    let (aim, is_held) = ("< 32 MiB".to_owned(), ours < 32.0);
    Some(Aim { what, ours: number(ours), other, ratio: None, aim, is_held })
}

fn late(measured: &Measured, id: &str, what: &str, delay: u64) -> Option<Aim> {
    let limits = Limits::default();
    let window = if id == "up" { limits.up_window } else { limits.down_window };
    let bound = window as f64 / MEBIBYTE / (delay as f64 / 1e3);
    let ours = measured.of(&format!("{id}@{delay}"), rate)?;
    let ratio = ours / bound;
    Some(Aim {
        what: format!("{what}, answers {delay} ms late, beside window / delay, MiB/s"),
        ours: number(ours),
        other: number(bound),
        ratio: Some(ratio),
        aim: "≥ 0.9".to_owned(),
        is_held: ratio >= 0.9,
    })
}

/// Three digits.
pub(crate) fn number(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
