//! What to tell the user when a connection is over.

use telewire::connection::ConnectionError;
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

    #[test]
    fn each_end_of_a_connection_has_its_sentence() {
        let target = Target {
            server: Server::Given,
            dc: DcId::production(2),
            addresses: vec!["127.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap()],
            keys: keys::production_keys(),
            way: Way::default(),
        };
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
