//! `CONNECT` of HTTP: [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#name-connect).
//!
//! ```text
//!  CONNECT host:port HTTP/1.1 ──>   <──  HTTP/1.1 100 Continue, headers, an empty line     any number of these
//!                                   <──  HTTP/1.1 200 Any reason, headers, an empty line   what follows is the tunnel's
//! ```
//!
//! Of an answer the status line alone is looked at: after a success no header has a meaning, not even one that tells of a
//! body, and proxies write them as they like.

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

/// The longest answer of a proxy that is read, with those before it: eight times what servers allow for requests.
const MAX_HEAD: usize = 64 << 10;

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
            if let Some(head) = read_answer(&answer)? {
                return Ok::<_, DialFault>((head, answer));
            }
            if stream.read_buf(&mut answer).await? == 0 {
                return Err(DialFault::Closed);
            }
        }
    };
    let (Head { code, reason, length }, answer) =
        stages.run(DialStage::ProxyConnect, asked).await?;
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

/// The head of an answer.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    code: u16,
    reason: String,
    /// Where what follows it begins.
    length: usize,
}

/// The head that counts, once it is whole: the first that is not of a preliminary answer (1xx).
fn read_answer(answer: &[u8]) -> Result<Option<Head>, DialFault> {
    let mut from = 0;
    while let Some(head) = read_head(answer.get(from..).unwrap_or_default())? {
        let length = from.saturating_add(head.length);
        if !(100..200).contains(&head.code) || head.code == SWITCHING_PROTOCOLS {
            return Ok(Some(Head { length, ..head }));
        }
        from = length;
    }
    if answer.len() < MAX_HEAD {
        Ok(None)
    } else {
        Err(DialFault::Rubbish("it has no end".to_owned()))
    }
}

/// The one preliminary answer that is the last one.
const SWITCHING_PROTOCOLS: u16 = 101;

/// A head, once it is whole. Its lines may end as they do on Unix.
fn read_head(answer: &[u8]) -> Result<Option<Head>, DialFault> {
    let start = answer.get(..BEGIN.len()).unwrap_or(answer);
    if !start.eq_ignore_ascii_case(BEGIN.get(..start.len()).unwrap_or_default()) {
        return Err(DialFault::Rubbish("it does not begin as HTTP does".to_owned()));
    }
    let mut lines = answer.split_inclusive(|byte| *byte == b'\n');
    let Some(status) = lines.next().filter(|line| line.ends_with(b"\n")) else { return Ok(None) };
    let mut length = status.len();
    let is_whole = lines.any(|line| {
        length = length.saturating_add(line.len());
        matches!(line, b"\n" | b"\r\n")
    });
    if !is_whole {
        return Ok(None);
    }
    // Whatever it is written in, a terminal is to show it.
    let status: String =
        String::from_utf8_lossy(status).chars().filter(|c| !c.is_control()).collect();
    let mut words = status.trim().splitn(3, ' ');
    let code = words.nth(1).filter(|code| code.len() == 3).and_then(|code| code.parse().ok());
    let code =
        code.ok_or_else(|| DialFault::Rubbish("it has no code of three digits".to_owned()))?;
    let reason = words.next().unwrap_or_default().trim().to_owned();
    Ok(Some(Head { code, reason, length }))
}

/// What every answer begins with, before the version.
const BEGIN: &[u8] = b"HTTP/";

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

    fn head(code: u16, reason: &str, length: usize) -> Result<Option<Head>, DialFault> {
        Ok(Some(Head { code, reason: reason.to_owned(), length }))
    }

    #[test]
    fn an_answer_is_read_however_it_is_cut_and_never_without_an_end() {
        for (answer, code, reason) in [
            (&b"HTTP/1.1 403 Not here\r\nVia: a\r\n\r\n"[..], 403, "Not here"),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\nA: b\n\nHTTP/1.1 200 OK\r\n\r\n", 200, "OK"),
        ] {
            for end in 0..answer.len() {
                assert_eq!(read_answer(&answer[..end]), Ok(None), "{end}");
            }
            let longer = [answer, b"rest\r\n\r\n"].concat();
            assert_eq!(read_answer(&longer), head(code, reason, answer.len()));
        }
        let endless = [b"HTTP/1.1 200 OK\r\nA: ".to_vec(), vec![b'a'; MAX_HEAD]].concat();
        let preliminary = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_HEAD / 20);
        for answer in [endless, preliminary, [b"HTTP/".to_vec(), vec![b' '; MAX_HEAD]].concat()] {
            assert_eq!(read_answer(&answer), Err(DialFault::Rubbish("it has no end".to_owned())));
        }
    }

    #[test]
    fn answers_that_proxies_give_are_read() {
        let many: String = (0..200).map(|number| format!("X-{number}: y\r\n")).collect();
        for (answer, code, reason) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", 200, "Connection established"),
            ("HTTP/1.1 200\r\n\r\n", 200, ""),
            ("HTTP/1.1 200 \r\n\r\n", 200, ""),
            ("HTTP/1.0 200 OK\r\n\r\n", 200, "OK"),
            ("HTTP/2 200\r\n\r\n", 200, ""),
            ("http/1.1 200 ok\r\n\r\n", 200, "ok"),
            ("HTTP/1.1 200 OK\n\n", 200, "OK"),
            ("HTTP/1.1 200 OK\r\n\n", 200, "OK"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "OK"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "OK"),
            ("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\tc\r\n\r\n", 200, "OK"),
            ("HTTP/1.1 200 OK\r\nBad Header : x\r\nno colon\r\n: no name\r\n\r\n", 200, "OK"),
            ("HTTP/1.1 200 Соединение\r\nX: é\r\n\r\n", 200, "Соединение"),
            ("HTTP/1.1 502 Bad \u{1b}[31mGateway\r\n\r\n", 502, "Bad [31mGateway"),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, "Switching Protocols"),
            (&format!("HTTP/1.1 200 OK\r\n{many}\r\n"), 200, "OK"),
            (&format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "a".repeat(9_000)), 200, "OK"),
        ] {
            let answer = answer.as_bytes();
            let longer = [answer, b"5\r\nhello\r\n"].concat();
            assert_eq!(read_answer(&longer), head(code, reason, answer.len()));
        }
        let latin = b"HTTP/1.1 200 Verbindung hergestellt \xfc\r\n\r\n";
        assert!(matches!(read_answer(latin), Ok(Some(Head { code: 200, .. }))));
    }

    #[test]
    fn what_is_no_http_is_told_at_its_first_bytes() {
        for answer in ["SSH-2.0-OpenSSH\r\n", "S", "ICY 200 OK\r\n\r\n", "HTTPS", "\u{5}\0"] {
            let error = Err(DialFault::Rubbish("it does not begin as HTTP does".to_owned()));
            assert_eq!(read_answer(answer.as_bytes()), error, "{answer:?}");
        }
        for status in
            ["HTTP/1.1", "HTTP/1.1 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "HTTP/1.1 20 OK"]
        {
            let error = Err(DialFault::Rubbish("it has no code of three digits".to_owned()));
            assert_eq!(read_answer(format!("{status}\r\n\r\n").as_bytes()), error, "{status}");
        }
    }
}
