//! Small proxies. They do what is asked of them and remember it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::support::LOOPBACK;

/// Where a proxy was asked to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Address(SocketAddr),
    Name(String, u16),
}

type Log = Arc<Mutex<Vec<Asked>>>;

type User = Option<(&'static str, &'static str)>;

/// A SOCKS5 proxy, RFC 1928 and 1929.
pub(crate) async fn socks5_proxy(user: User) -> (SocketAddr, Log) {
    serve(move |client, log| socks5(client, user, log)).await
}

/// An HTTP proxy.
pub(crate) async fn http_proxy(user: User) -> (SocketAddr, Log) {
    serve(move |client, log| http(client, user, log)).await
}

async fn serve<F>(each: impl Fn(TcpStream, Log) -> F + Send + 'static) -> (SocketAddr, Log)
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Log::default();
    let copy = log.clone();
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            tokio::spawn(each(client, copy.clone()));
        }
    });
    (address, log)
}

async fn socks5(mut client: TcpStream, user: User, log: Log) -> std::io::Result<()> {
    let [version, count] = read(&mut client).await?;
    assert_eq!(version, 5);
    let mut methods = vec![0; usize::from(count)];
    client.read_exact(&mut methods).await?;
    let method = if user.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        return client.write_all(&[5, 0xff]).await;
    }
    client.write_all(&[5, method]).await?;
    if let Some((name, password)) = user {
        let [version] = read(&mut client).await?;
        assert_eq!(version, 1);
        let given = (text(&mut client).await?, text(&mut client).await?);
        let is_right = given == (name.to_owned(), password.to_owned());
        client.write_all(&[1, u8::from(!is_right)]).await?;
        if !is_right {
            return Ok(());
        }
    }
    let [version, command, 0, kind] = read(&mut client).await? else { panic!("a reserved byte") };
    assert_eq!((version, command), (5, 1));
    let asked = match kind {
        1 => {
            let ip: [u8; 4] = read(&mut client).await?;
            Asked::Address((ip, client.read_u16().await?).into())
        }
        3 => Asked::Name(text(&mut client).await?, client.read_u16().await?),
        kind => panic!("an address of type {kind}"),
    };
    let mut there = connect(&asked, &log).await?;
    client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 1]).await?;
    copy_bidirectional(&mut client, &mut there).await.map(drop)
}

async fn http(mut client: TcpStream, user: User, log: Log) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.strip_prefix("CONNECT ").unwrap().split_once(" HTTP/1.1\r\n").unwrap().0;
    assert!(head.contains(&format!("\r\nHost: {target}\r\n")), "{head}");
    // "alice:open sesame", by another encoder.
    let proof = "\r\nProxy-Authorization: Basic YWxpY2U6b3BlbiBzZXNhbWU=\r\n";
    if user.is_some() != head.contains(proof) {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
        return client.write_all(refusal.as_bytes()).await;
    }
    let asked = match target.parse() {
        Ok(address) => Asked::Address(address),
        Err(_) => {
            let (host, port) = target.rsplit_once(':').unwrap();
            Asked::Name(host.to_owned(), port.parse().unwrap())
        }
    };
    let mut there = connect(&asked, &log).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\nVia: a test\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut there).await.map(drop)
}

/// `localhost` is the one name that these look up.
async fn connect(asked: &Asked, log: &Log) -> std::io::Result<TcpStream> {
    log.lock().unwrap().push(asked.clone());
    let address = match asked {
        Asked::Address(address) => *address,
        Asked::Name(name, port) => {
            assert_eq!(name, "localhost");
            ([127, 0, 0, 1], *port).into()
        }
    };
    assert!(address.ip().is_loopback());
    TcpStream::connect(address).await
}

async fn read<const N: usize>(client: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn text(client: &mut TcpStream) -> std::io::Result<String> {
    let length = client.read_u8().await?;
    let mut text = vec![0; usize::from(length)];
    client.read_exact(&mut text).await?;
    Ok(String::from_utf8(text).unwrap())
}
