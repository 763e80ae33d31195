//! Login by a QR code in the terminal.

use std::io::{self, Write};

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use telewire::client::{Client, LoggedIn, QrStep};

use super::embedded::Embedded;
use super::{Questions, prove, refused};
use crate::failure::Failure;

pub(super) async fn log_in(
    client: &Client,
    embedded: Option<&Embedded>,
) -> Result<LoggedIn, Failure> {
    if embedded.is_some() {
        return Err(Failure::Input(
            "--qr: nobody can scan a code of the data centre inside this program; name another \
             with --credentials"
                .to_owned(),
        ));
    }
    let mut login = client.qr_login().await.map_err(|error| refused(&error))?;
    loop {
        match login.next().await.map_err(|error| refused(&error))? {
            QrStep::Show { url, valid_for } => {
                let drawn = draw(&url).ok_or_else(|| {
                    Failure::Run("the server's token does not fit into a QR code".to_owned())
                })?;
                let seconds = valid_for.as_secs();
                writeln!(
                    io::stdout(),
                    "{drawn}\nScan it with a device that is logged in (Settings, Devices) within \
                     {seconds} seconds, or open:\n{url}"
                )?;
            }
            QrStep::Password(step) => return prove(&mut Questions::new(), &step).await,
            QrStep::Done(done) => return Ok(done),
            _ => return Err(Failure::Run("the server wants a step that is not known".into())),
        }
    }
}

/// A QR code of half blocks, light on dark as terminals mostly are.
fn draw(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    let mut render = code.render::<Dense1x2>();
    Some(render.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_square_of_half_blocks() {
        let drawn = draw("tg://login?token=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY").unwrap();
        let lines: Vec<&str> = drawn.lines().collect();
        let width = lines[0].chars().count();
        assert!(lines.iter().all(|line| line.chars().count() == width));
        assert_eq!(lines.len(), width.div_ceil(2));
        assert!(drawn.chars().all(|c| " ▀▄█\n".contains(c)));
        assert_eq!(draw(&"x".repeat(10_000)), None);
    }
}
