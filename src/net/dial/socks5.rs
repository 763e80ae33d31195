//! SOCKS5: [RFC 1928](https://www.rfc-editor.org/rfc/rfc1928), and [RFC 1929](https://www.rfc-editor.org/rfc/rfc1929) for names
//! and passwords.
//!
//! ```text
//!  ProxyGreeting   05, count, methods         ──>    <──  05, method
//!  ProxyAuth       01, name, password         ──>    <──  any version, 00          method 02 alone
//!  ProxyConnect    05 01 00, kind, place, port ─>    <──  05, code, any, kind, place, port
//! ```
//!
//! Each step is sent and read here, so that an error is of the step that failed. What is not needed of an answer is not looked
//! at: proxies write versions, reserved bytes and bound addresses as they like.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use super::Target;
use super::stages::Stages;
use crate::connection::{DialError, DialFault, DialStage};
use crate::net::tunnel::{Credentials, Tunnel};

/// Asks a proxy to connect to a target: to the first of several addresses, or to a name.
pub(super) async fn ask(
    stages: &Stages,
    tunnel: &Tunnel,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    target: &Target,
) -> Result<(), DialError> {
    let credentials = tunnel.credentials();
    let greeted = greet(&mut stream, credentials.is_some());
    let method = stages.run(DialStage::ProxyGreeting, greeted).await?;
    match (method, credentials) {
        (NO_LOGIN, _) => {}
        (LOGIN, Some(credentials)) => {
            stages.run(DialStage::ProxyAuth, log_in(&mut stream, credentials)).await?;
        }
        // It takes none of the methods that it was offered.
        (NO_METHOD, _) => {
            let why = match credentials {
                Some(_) => "it takes no name and password",
                None => "it wants a name and a password, or another proof of who asks",
            };
            let fault = DialFault::Refused(why.to_owned());
            return Err(DialError { stage: DialStage::ProxyAuth, fault });
        }
        (method, _) => {
            let fault = rubbish(&format!("the method {method:#04x}, which it was not offered"));
            return Err(DialError { stage: DialStage::ProxyGreeting, fault });
        }
    }
    stages.run(DialStage::ProxyConnect, connect(&mut stream, target)).await
}

/// Offers methods; the one that is taken.
async fn greet(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    has_credentials: bool,
) -> Result<u8, DialFault> {
    let greeting: &[u8] =
        if has_credentials { &[VERSION, 2, NO_LOGIN, LOGIN] } else { &[VERSION, 1, NO_LOGIN] };
    stream.write_all(greeting).await?;
    // What is no SOCKS5 may say no more than this.
    version(stream).await?;
    Ok(stream.read_u8().await?)
}

async fn log_in(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    credentials: &Credentials,
) -> Result<(), DialFault> {
    let Credentials { name, password } = credentials;
    let too_long = || DialFault::Refused("its name or password has more than 255 bytes".to_owned());
    let lengths = (u8::try_from(name.len()), u8::try_from(password.len()));
    let (Ok(name_length), Ok(password_length)) = lengths else { return Err(too_long()) };
    // As large as it becomes, so that nothing is left behind where it grew.
    let mut login = Zeroizing::new(Vec::with_capacity(3 + name.len() + password.len()));
    login.extend_from_slice(&[LOGIN_VERSION, name_length]);
    login.extend_from_slice(name.as_bytes());
    login.push(password_length);
    login.extend_from_slice(password.as_bytes());
    stream.write_all(&login).await?;
    // Some write the version of SOCKS, or none.
    let [_, status] = read(stream).await?;
    match status {
        0 => Ok(()),
        status => Err(DialFault::Refused(format!("name or password are wrong (status {status})"))),
    }
}

async fn connect(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    target: &Target,
) -> Result<(), DialFault> {
    let mut request = vec![VERSION, CONNECT, 0];
    match target {
        Target::Host(host, port) => {
            let length = u8::try_from(host.len())
                .map_err(|_| DialFault::Refused("the host name has more than 255 bytes".into()))?;
            request.extend_from_slice(&[NAME, length]);
            request.extend_from_slice(host.as_bytes());
            request.extend_from_slice(&port.to_be_bytes());
        }
        Target::Addresses(addresses) => {
            let none = || io::Error::from(io::ErrorKind::AddrNotAvailable);
            match addresses.first().ok_or_else(none)? {
                SocketAddr::V4(address) => {
                    request.push(IPV4);
                    request.extend_from_slice(&address.ip().octets());
                    request.extend_from_slice(&address.port().to_be_bytes());
                }
                SocketAddr::V6(address) => {
                    request.push(IPV6);
                    request.extend_from_slice(&address.ip().octets());
                    request.extend_from_slice(&address.port().to_be_bytes());
                }
            }
        }
    }
    stream.write_all(&request).await?;
    version(stream).await?;
    let code = stream.read_u8().await?;
    // What refuses may say no more than this.
    if code != 0 {
        let why = REFUSALS.iter().find(|(known, _)| *known == code).map(|(_, why)| *why);
        return Err(DialFault::Refused(match why {
            Some(why) => format!("{why} (code {code})"),
            None => format!("code {code}, of which SOCKS5 knows no meaning"),
        }));
    }
    let [_reserved, kind] = read(stream).await?;
    let bound = match kind {
        IPV4 => 4,
        IPV6 => 16,
        NAME => usize::from(stream.read_u8().await?),
        kind => return Err(rubbish(&format!("an address of type {kind}"))),
    };
    // Where the proxy's own socket is, which nobody here needs, and its port.
    let mut place = vec![0; bound + 2];
    stream.read_exact(&mut place).await?;
    Ok(())
}

async fn version(stream: &mut (impl AsyncRead + Unpin)) -> Result<(), DialFault> {
    match stream.read_u8().await? {
        VERSION => Ok(()),
        version => Err(rubbish(&format!("it begins with {version:#04x} and not with 0x05"))),
    }
}

async fn read<const N: usize>(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn rubbish(what: &str) -> DialFault {
    DialFault::Rubbish(what.to_owned())
}

const VERSION: u8 = 5;
const LOGIN_VERSION: u8 = 1;
const CONNECT: u8 = 1;

// Methods of logging in.
const NO_LOGIN: u8 = 0;
const LOGIN: u8 = 2;
const NO_METHOD: u8 = 0xff;

// Kinds of addresses.
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// Section 6 of RFC 1928.
const REFUSALS: [(u8, &str); 8] = [
    (1, "it failed"),
    (2, "its rules do not allow it"),
    (3, "the network cannot be reached"),
    (4, "the host cannot be reached"),
    (5, "the host refused the connection"),
    (6, "the host did not answer in time"),
    (7, "it does not take CONNECT"),
    (8, "it does not take this kind of address"),
];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use DialStage::{ProxyAuth, ProxyConnect, ProxyGreeting};
    use tokio::io::DuplexStream;

    use super::*;

    /// What is asked of a proxy that sends these bytes at once and closes, and how that ends.
    async fn asked(
        tunnel: &Tunnel,
        target: &Target,
        answers: &[u8],
    ) -> (Vec<u8>, Result<(), DialError>) {
        let (near, mut far): (DuplexStream, DuplexStream) = tokio::io::duplex(1 << 12);
        far.write_all(answers).await.unwrap();
        far.shutdown().await.unwrap();
        let stages = Stages::start(Duration::from_secs(60));
        let result = ask(&stages, tunnel, near, target).await;
        let mut heard = Vec::new();
        far.read_to_end(&mut heard).await.unwrap();
        (heard, result)
    }

    fn tunnel() -> Tunnel {
        Tunnel::socks5("proxy", 1)
    }

    fn target() -> Target {
        Target::Addresses(vec!["127.0.0.1:443".parse().unwrap()])
    }

    const OK: &[u8] = b"\x05\0\0\x01\x7f\0\0\x01\0\x01";

    /// Examples of the RFCs' layouts, byte by byte.
    #[tokio::test]
    async fn what_is_asked_is_laid_out_as_the_rfcs_say() {
        let user = tunnel().with_credentials("al", "pw");
        let nameless = tunnel().with_credentials("al", "");
        let v6 = Target::Addresses(vec!["[2001:db8::1]:80".parse().unwrap()]);
        let host = Target::Host("a.example".into(), 443);
        for (tunnel, target, answers, expected) in [
            (&tunnel(), &target(), [b"\x05\0", OK].concat(), "050100 050100017f00000101bb"),
            (&tunnel(), &host, [b"\x05\0", OK].concat(), "050100 0501000309612e6578616d706c6501bb"),
            (
                &tunnel(),
                &v6,
                [b"\x05\0", OK].concat(),
                "050100 0501000420010db80000000000000000000000010050",
            ),
            (
                &user,
                &target(),
                [b"\x05\x02\x01\0", OK].concat(),
                "05020002 0102616c027077 050100017f00000101bb",
            ),
            // A name without a password.
            (
                &nameless,
                &target(),
                [b"\x05\x02\x01\0", OK].concat(),
                "05020002 0102616c00 050100017f00000101bb",
            ),
            // A proxy that wants no login after all.
            (&user, &target(), [b"\x05\0", OK].concat(), "05020002 050100017f00000101bb"),
        ] {
            let (heard, result) = asked(tunnel, target, &answers).await;
            assert_eq!(result, Ok(()));
            assert_eq!(hex::encode(heard), expected.replace(' ', ""));
        }
    }

    #[tokio::test]
    async fn answers_that_proxies_give_are_taken() {
        let user = tunnel().with_credentials("al", "pw");
        for (tunnel, begin) in [
            (&tunnel(), &b"\x05\0"[..]),
            (&user, b"\x05\0"),
            (&user, b"\x05\x02\x01\0"),
            (&user, b"\x05\x02\x05\0"),
            (&user, b"\x05\x02\0\0"),
        ] {
            for end in [
                OK,
                b"\x05\0\x01\x01\0\0\0\0\0\0",
                b"\x05\0\0\x03\0\0\0",
                b"\x05\0\0\x03\x09localhost\0\0",
                b"\x05\0\0\x03\x02\xff\xfe\0\0",
                &[&b"\x05\0\0\x04"[..], &[0; 18]].concat(),
            ] {
                let (_, result) = asked(tunnel, &target(), &[begin, end].concat()).await;
                assert_eq!(result, Ok(()), "{begin:x?} {end:x?}");
            }
        }
    }

    #[tokio::test]
    async fn each_answer_that_is_wrong_is_blamed_on_its_stage() {
        let user = tunnel().with_credentials("al", "pw");
        let refused = |text: &str| DialFault::Refused(text.to_owned());
        for (tunnel, answers, stage, fault) in [
            (&tunnel(), &b""[..], ProxyGreeting, DialFault::Closed),
            (&tunnel(), b"\x05", ProxyGreeting, DialFault::Closed),
            (&tunnel(), b"HTTP", ProxyGreeting, rubbish("it begins with 0x48 and not with 0x05")),
            (
                &tunnel(),
                b"\x05\x01",
                ProxyGreeting,
                rubbish("the method 0x01, which it was not offered"),
            ),
            (
                &tunnel(),
                b"\x05\x02",
                ProxyGreeting,
                rubbish("the method 0x02, which it was not offered"),
            ),
            (
                &tunnel(),
                b"\x05\xff",
                ProxyAuth,
                refused("it wants a name and a password, or another proof of who asks"),
            ),
            (&user, b"\x05\xff", ProxyAuth, refused("it takes no name and password")),
            (&user, b"\x05\x02", ProxyAuth, DialFault::Closed),
            (&user, b"\x05\x02\x01", ProxyAuth, DialFault::Closed),
            (
                &user,
                b"\x05\x02\x01\x01",
                ProxyAuth,
                refused("name or password are wrong (status 1)"),
            ),
            (&user, b"\x05\x02\x01\0", ProxyConnect, DialFault::Closed),
            // The same without a login: what is missing is the answer to the request.
            (&user, b"\x05\0", ProxyConnect, DialFault::Closed),
            (&user, b"\x05\0\x05", ProxyConnect, DialFault::Closed),
            (
                &tunnel(),
                b"\x05\0\0\x5a\0\0\0\0\0\0",
                ProxyConnect,
                rubbish("it begins with 0x00 and not with 0x05"),
            ),
            (&tunnel(), b"\x05\0\x05\0\0\x01", ProxyConnect, DialFault::Closed),
            (
                &tunnel(),
                b"\x05\0\x05\0\0\0\0\0\0\0\0\0",
                ProxyConnect,
                rubbish("an address of type 0"),
            ),
            (
                &tunnel(),
                b"\x05\0\x05\x04",
                ProxyConnect,
                refused("the host cannot be reached (code 4)"),
            ),
            (
                &tunnel(),
                b"\x05\0\x05\x5b\0\x01",
                ProxyConnect,
                refused("code 91, of which SOCKS5 knows no meaning"),
            ),
        ] {
            let (_, result) = asked(tunnel, &target(), answers).await;
            assert_eq!(result, Err(DialError { stage, fault }), "{answers:x?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_refused_before_it_is() {
        let long = "n".repeat(256);
        for (name, password) in [(long.as_str(), "p"), ("n", &long)] {
            let tunnel = tunnel().with_credentials(name, password);
            let (_, result) = asked(&tunnel, &target(), b"\x05\x02").await;
            assert_eq!(result.unwrap_err().stage, ProxyAuth);
        }
        let (_, result) = asked(&tunnel(), &Target::Host(long, 1), b"\x05\0").await;
        assert_eq!(result.unwrap_err().stage, ProxyConnect);
        let (_, result) = asked(&tunnel(), &Target::Addresses(vec![]), b"\x05\0").await;
        let fault = DialFault::Io(io::ErrorKind::AddrNotAvailable);
        assert_eq!(result, Err(DialError { stage: ProxyConnect, fault }));
    }
}
