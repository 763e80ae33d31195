//! What to tell the user when a connection is over.

use telewire::connection::{ConnectionError, Disconnected};
use telewire::crypto::RsaPublicKey;
use telewire::handshake;

use super::target::Target;

/// A sentence that says what happened and what to do.
pub(super) fn sentence(error: &ConnectionError, target: &Target) -> String {
    let server = addresses(target);
    match error {
        ConnectionError::Handshake(handshake::Error::NoKnownKey) => format!(
            "{server} has none of the keys that it should have ({}): give its public key with \
             --rsa FILE, or its environment with --dc test:N",
            fingerprints(&target.keys),
        ),
        ConnectionError::Handshake(
            error @ (handshake::Error::Refused | handshake::Error::RefusedWithoutProof),
        ) => format!("{server}: {error}: see that --dc names this data centre ({})", target.dc),
        ConnectionError::Handshake(error @ handshake::Error::Deadline { .. }) => {
            format!("{server}: {error}: try again, or another server")
        }
        ConnectionError::Handshake(error) => format!(
            "no key could be exchanged with {server}: {error}: what the server sends breaks a rule \
             of the protocol; record it with --record FILE to see all of it"
        ),
        ConnectionError::Refused(error) => format!(
            "{server} refused the key exchange: {error}: see that --dc names this data centre \
             ({}), and --rsa its key",
            target.dc,
        ),
        ConnectionError::WrongDc => {
            format!("{server} is not the data centre {}: name the right one with --dc", target.dc)
        }
        ConnectionError::KeyUnknown => {
            format!("{server} does not know the key that it made just before: try again")
        }
        ConnectionError::Closed => format!("the connection to {server} was closed: try again"),
        error => format!("{server}: {error}"),
    }
}

/// Where it was not done in time, why links ended there, and what to do.
pub(super) fn unfinished(ended: Option<&(Disconnected, u32)>, target: &Target) -> String {
    let server = addresses(target);
    let why = match ended {
        None => String::new(),
        Some((why, 1)) => format!(" ({why})"),
        Some((why, count)) => format!(" ({why}, {count} times)"),
    };
    let advice = match ended {
        // It is there, and says no.
        Some((Disconnected::Transport(_), _)) => {
            format!("see that --dc names this data centre ({}), and --rsa its key", target.dc)
        }
        _ => "see that this server is there and answers".to_owned(),
    };
    format!("{server}{why}: {advice}, or allow more time with --timeout")
}

/// `A`, or `A or B`.
pub(super) fn addresses(target: &Target) -> String {
    target.places().join(" or ")
}

fn fingerprints(keys: &[RsaPublicKey]) -> String {
    let fingerprints: Vec<_> = keys.iter().map(|key| key.fingerprint().to_string()).collect();
    fingerprints.join(", ")
}

#[cfg(test)]
mod tests {
    use telewire::crypto::keys;
    use telewire::framing::TransportError;
    use telewire::ids::DcId;

    use super::super::target::Server;
    use super::super::way::Way;
    use super::*;

    fn target() -> Target {
        Target {
            server: Server::Given,
            dc: DcId::production(2),
            addresses: vec!["127.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap()],
            keys: keys::production_keys(),
            way: Way::default(),
        }
    }

    #[test]
    fn what_came_again_and_again_until_the_time_was_over_is_named() {
        let refused = Disconnected::Transport(TransportError::AUTH_KEY_NOT_FOUND);
        for (ended, parts) in [
            (None, &["127.0.0.1:1 or [::1]:2: see that this server is there"][..]),
            (Some((Disconnected::Eof, 1)), &["(", "): see that this server is there"]),
            (Some((Disconnected::Eof, 7)), &[", 7 times): see that this server is there"]),
            (
                Some((refused, 3)),
                &["-404", ", 3 times): see that --dc names", "(prod:2), and --rsa"],
            ),
        ] {
            let said = unfinished(ended.as_ref(), &target());
            assert!(parts.iter().all(|part| said.contains(part)), "{said}");
            assert!(said.ends_with("or allow more time with --timeout"), "{said}");
        }
    }

    #[test]
    fn each_end_of_a_connection_has_its_sentence() {
        let target = target();
        for (error, part) in [
            (
                handshake::Error::NoKnownKey.into(),
                "(d09d1d85de64fd85): give its public key with --rsa",
            ),
            (handshake::Error::Refused.into(), "see that --dc names this data centre (prod:2)"),
            (handshake::Error::AnswerHash.into(), "breaks a rule of the protocol"),
            (ConnectionError::Refused(TransportError::AUTH_KEY_NOT_FOUND), "and --rsa its key"),
            (ConnectionError::WrongDc, "is not the data centre prod:2: name the right one"),
            (ConnectionError::KeyUnknown, "try again"),
            (ConnectionError::Closed, "was closed"),
        ] {
            let sentence = sentence(&error, &target);
            assert!(sentence.contains(part), "{sentence}");
            assert!(sentence.contains("127.0.0.1:1 or [::1]:2"), "{sentence}");
        }
    }
}
