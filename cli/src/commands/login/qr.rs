//! Login by a QR code in the terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use telewire::client::{Client, LoggedIn, QrStep};
use telewire::rpc::known;
use tokio::task::{JoinHandle, spawn_blocking};

use super::ask::{Questions, unheard};
use super::embedded::Embedded;
use super::{prove, refused};
use crate::failure::Failure;

pub(super) async fn log_in(
    client: &Client,
    embedded: Option<&Embedded>,
) -> Result<LoggedIn, Failure> {
    let mut login = client.qr_login().await.map_err(|error| refused(&error))?;
    let mut scanner = embedded.map(|embedded| Scanner { embedded, shown: None, enter: None });
    loop {
        let step = tokio::select! {
            step = login.next() => step.map_err(|error| refused(&error))?,
            scanned = scan(&mut scanner) => {
                scanned?;
                continue;
            }
        };
        match step {
            QrStep::Show { url, valid_for } => {
                show(&url, valid_for)?;
                if let Some(scanner) = &mut scanner {
                    scanner.show(url)?;
                }
            }
            QrStep::Password(step) => return prove(&mut Questions::new(), &step).await,
            QrStep::Done(done) => return Ok(done),
            _ => return Err(Failure::Run("the server wants a step that is not known".into())),
        }
    }
}

fn show(url: &str, valid_for: Duration) -> Result<(), Failure> {
    let drawn = draw(url)
        .ok_or_else(|| Failure::Run("the server's token does not fit into a QR code".to_owned()))?;
    let seconds = valid_for.as_secs();
    Ok(writeln!(
        io::stdout(),
        "{drawn}\nScan it with a device that is logged in (Settings, Devices) within {seconds} \
         seconds, or open:\n{url}"
    )?)
}

/// No device is logged in to the data centre inside this program, so that it scans the code itself: when Enter is pressed, or
/// at once where there is no terminal.
struct Scanner<'a> {
    embedded: &'a Embedded,
    /// The code that is shown and was not scanned.
    shown: Option<String>,
    /// Enter, waited for on a thread of its own.
    enter: Option<JoinHandle<io::Result<usize>>>,
}

impl Scanner<'_> {
    fn show(&mut self, url: String) -> io::Result<()> {
        self.shown = Some(url);
        let is_terminal = io::stdin().is_terminal();
        let when = if is_terminal { "when you press Enter" } else { "now" };
        let said = format!("No device is: the data centre inside this program scans it {when}.");
        writeln!(io::stdout(), "{said}")?;
        if is_terminal && self.enter.is_none() {
            self.enter = Some(spawn_blocking(|| io::stdin().lock().read_line(&mut String::new())));
        }
        Ok(())
    }
}

/// Ends when the code was scanned, and never if nobody is to scan it here.
async fn scan(scanner: &mut Option<Scanner<'_>>) -> Result<(), Failure> {
    let Some(Scanner { embedded, shown: shown @ Some(_), enter }) = scanner else {
        return std::future::pending().await;
    };
    if let Some(pressed) = enter {
        let pressed = pressed.await.unwrap_or(Ok(0));
        *enter = None;
        if pressed.map_err(|error| unheard(&error))? == 0 {
            return Err(Failure::Input("nobody pressed Enter".to_owned()));
        }
    }
    let url = shown.take().unwrap_or_default();
    let said = match embedded.scan(&url) {
        Ok(()) => "Scanned: approved for an account that is made up.",
        // Another is about to be shown.
        Err(error) if error.name == known::AUTH_TOKEN_EXPIRED => "It has just expired.",
        Err(error) => return Err(Failure::Run(format!("it is not approved: {error}"))),
    };
    Ok(writeln!(io::stdout(), "{said}")?)
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
