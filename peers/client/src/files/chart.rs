//! A picture of the rates: three bars for each piece of work, and a line where the packet cipher is.

use std::fmt::Write as _;

use crate::files::aims::{files, number, of_cipher, rate};
use crate::files::measure::Measured;

const LEFT: f64 = 150.0;
const WIDTH: f64 = 420.0;
const BAR: f64 = 14.0;

/// The rows of which there are bars, and what they are called; small files count as files.
const GROUPS: [(&str, &str); 4] = [
    ("down", "256 MiB down, MiB/s"),
    ("up", "256 MiB up, MiB/s"),
    ("small/down", "4 KiB files down, files/s"),
    ("small/up", "4 KiB files up, files/s"),
];

const PEERS: [(&str, &str, &str); 3] = [
    ("", "telewire", "#3b82d6"),
    ("/grammers", "grammers", "#8b949e"),
    ("/telethon", "Telethon", "#c9a227"),
];

pub(crate) fn picture(measured: &Measured) -> String {
    let (mut parts, mut y) = (String::new(), 4.0);
    for (id, says) in GROUPS {
        let of = if id.starts_with("small") { files } else { rate };
        let bars = PEERS.iter().filter_map(|(peer, name, colour)| {
            Some((*name, *colour, measured.of(&format!("{id}{peer}"), of)?))
        });
        let bars: Vec<_> = bars.collect();
        let cipher = bars.first().and_then(|(_, _, ours)| {
            let part = measured.of(id, of_cipher)?;
            (!id.starts_with("small")).then_some(ours / part)
        });
        let most = bars.iter().map(|bar| bar.2).chain(cipher).fold(1.0, f64::max);
        y += 18.0;
        writeln!(parts, r#"<text x="{LEFT}" y="{y}" font-weight="600">{says}</text>"#).unwrap();
        let top = y + 5.0;
        for (name, colour, value) in bars {
            y += BAR + 6.0;
            let (x, width, middle) = (LEFT - 8.0, value / most * WIDTH, y - 2.0);
            writeln!(parts, r#"<text x="{x}" y="{middle}" text-anchor="end">{name}</text>"#)
                .unwrap();
            let bar_top = y - BAR;
            writeln!(
                parts,
                r#"<rect x="{LEFT}" y="{bar_top}" width="{width:.1}" height="{BAR}" rx="2" fill="{colour}"/>"#
            )
            .unwrap();
            let x = LEFT + width + 6.0;
            let value = number(value);
            writeln!(parts, r#"<text x="{x:.1}" y="{middle}">{value}</text>"#).unwrap();
        }
        if let Some(cipher) = cipher {
            let x = LEFT + cipher / most * WIDTH;
            writeln!(
                parts,
                r#"<line x1="{x:.1}" x2="{x:.1}" y1="{top}" y2="{y}" stroke="{}" stroke-width="2"/>"#,
                "#d29922"
            )
            .unwrap();
        }
        y += 8.0;
    }
    let (width, height) = (LEFT + WIDTH + 70.0, y + 8.0);
    // Colours that can be read on white and on black: what shows the picture may not say on which it stands.
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" \
         font-size=\"13\" role=\"img\" aria-label=\"Rates of telewire, grammers and Telethon; more is better\">\n\
         <style>text{{fill:#727a83}}</style>\n{parts}</svg>\n"
    )
}
