//! QR codes that are approved by their links: standard input says which, a line each.

use std::io::{self, BufRead};
use std::thread;
use std::time::Duration;

use telewire_testkit::World;

use super::kinds::Kind;
use super::tell::Happened;
use tokio::sync::mpsc;

/// Lines that wait to be looked at. Whoever types more waits.
const CAPACITY: usize = 16;

/// Reads standard input on a thread of its own: nothing else can be waited for meanwhile. It ends with the input, or with the
/// program.
pub(super) fn lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(CAPACITY);
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Does what a line says, and tells how that went; nothing of an empty one. The account is that of the number after the link,
/// or `first`.
pub(super) fn approve(
    accounts: &World,
    first: Option<i64>,
    line: &str,
    unix: Duration,
) -> Option<Happened> {
    let line = line.trim();
    let (link, phone) = match line.split_once(char::is_whitespace) {
        Some((link, phone)) => (link, Some(phone)),
        None => (line, None),
    };
    if link.is_empty() {
        return None;
    }
    let user = phone.map_or(first, |phone| accounts.user_by_phone(phone));
    let Some(user) = user else {
        let why = if phone.is_some() { "nobody has this number" } else { "no account is named" };
        let help = "type a link, a space and the number of an account";
        return Some(Happened::new(Kind::CodeRefused, format!("{why}; {help}")));
    };
    Some(match accounts.approve_link(user, link, unix) {
        Ok(()) => Happened::new(Kind::CodeApproved, format!("for number {user}")),
        Err(error) => Happened::new(Kind::CodeRefused, error.name),
    })
}

#[cfg(test)]
mod tests {
    use telewire::crypto::SeededEntropy;
    use telewire::ids::DcId;

    use super::*;

    #[test]
    fn lines_that_name_no_code_or_no_account_are_told() {
        let accounts = World::new(SeededEntropy::new(1));
        let ada = accounts.add_user(DcId::production(2), "99966", "Ada");
        let say = |first, line| approve(&accounts, first, line, Duration::ZERO);
        for line in ["", " ", "\t"] {
            assert_eq!(say(Some(ada), line), None);
        }
        for line in ["hello", "tg://login?token=AQID", "tg://login?token=AQID +999 66"] {
            let refused = Happened::new(Kind::CodeRefused, "AUTH_TOKEN_INVALID".into());
            assert_eq!(say(Some(ada), line), Some(refused), "{line}");
        }
        for (first, line, why) in [
            (None, "tg://login?token=AQID", "no account is named"),
            (Some(ada), "tg://login?token=AQID 9", "nobody has this number"),
        ] {
            let said = format!("{:?}", say(first, line));
            assert!(said.contains("QR code refused") && said.contains(why), "{said}");
        }
    }
}
