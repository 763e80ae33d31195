//! `CONNECT` of HTTP.

use std::io;

use base64ct::{Base64, Encoding};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::Target;
use super::stages::Stages;
use crate::connection::{DialError, DialFault, DialStage};
use crate::net::stream::{Io, rewound};
use crate::net::tunnel::Tunnel;

/// The longest answer of a proxy that is read, and the most headers: what servers commonly allow for requests.
const MAX_HEAD: usize = 8 << 10;
const MAX_HEADERS: usize = 64;

/// Asks a proxy to connect to a target: to the first of several addresses, or to a name.
pub(super) async fn ask(
    stages: &Stages,
    tunnel: &Tunnel,
    mut stream: TcpStream,
    target: &Target,
) -> Result<Box<dyn Io>, DialError> {
    let target = match target {
        Target::Host(host, port) => format!("{host}:{port}"),
        Target::Addresses(addresses) => match addresses.first() {
            Some(address) => address.to_string(),
            None => return Err(super::failed(io::ErrorKind::AddrNotAvailable.into())),
        },
    };
    let request = request(tunnel, &target);
    let asked = async {
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        loop {
            if let Some(head) = read_head(&answer)? {
                return Ok::<_, DialFault>((head, answer));
            }
            if stream.read_buf(&mut answer).await? == 0 {
                return Err(DialFault::Closed);
            }
        }
    };
    let ((code, reason, length), answer) = stages.run(DialStage::ProxyConnect, asked).await?;
    let refused = |stage| {
        let fault = DialFault::Refused(format!("{code} {reason}").trim_end().to_owned());
        Err(DialError { stage, fault })
    };
    match code {
        200..300 => {
            Ok(rewound(Box::new(stream), answer.get(length..).unwrap_or_default().to_vec()))
        }
        407 => refused(DialStage::ProxyAuth),
        _ => refused(DialStage::ProxyConnect),
    }
}

fn request(tunnel: &Tunnel, target: &str) -> Zeroizing<String> {
    let mut request = Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"));
    if let Some(credentials) = tunnel.credentials() {
        let both = Zeroizing::new(format!("{}:{}", credentials.name, *credentials.password));
        let encoded = Zeroizing::new(Base64::encode_string(both.as_bytes()));
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&encoded);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    request
}

/// The code, the reason and the length of an answer's head, once it is whole.
fn read_head(answer: &[u8]) -> Result<Option<(u16, String, usize)>, DialFault> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(answer) {
        Ok(httparse::Status::Complete(length)) => {
            let code = response.code.unwrap_or_default();
            Ok(Some((code, response.reason.unwrap_or_default().to_owned(), length)))
        }
        Ok(httparse::Status::Partial) if answer.len() < MAX_HEAD => Ok(None),
        Ok(httparse::Status::Partial) => Err(DialFault::Rubbish("it has no end".to_owned())),
        Err(error) => Err(DialFault::Rubbish(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_target_and_the_user() {
        let tunnel = Tunnel::http("proxy", 1);
        assert_eq!(
            *request(&tunnel, "a.example:443"),
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"
        );
        // RFC 7617, section 2.
        let tunnel = tunnel.with_credentials("Aladdin", "open sesame");
        let request = request(&tunnel, "a:1");
        let header = "\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
        assert!(request.ends_with(header), "{}", *request);
    }

    #[test]
    fn an_answer_is_read_however_it_is_cut_and_never_without_an_end() {
        let answer = b"HTTP/1.1 403 Not here\r\nVia: a\r\n\r\nrest";
        for end in 0..answer.len() - 4 {
            assert_eq!(read_head(&answer[..end]), Ok(None), "{end}");
        }
        let expected = Ok(Some((403, "Not here".to_owned(), answer.len() - 4)));
        assert_eq!(read_head(answer), expected);
        assert!(matches!(read_head(b"SSH-2.0-OpenSSH\r\n"), Err(DialFault::Rubbish(_))));
        let endless = [b"HTTP/1.1 200 OK\r\nA: ".to_vec(), vec![b'a'; MAX_HEAD]].concat();
        assert_eq!(read_head(&endless), Err(DialFault::Rubbish("it has no end".to_owned())));
    }
}
