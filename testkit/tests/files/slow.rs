//! A slow link is no stalled one.

use std::time::Duration;

use telewire::client::Client;
use telewire::files::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::support::{TWO, bytes, patient, two};

/// Passes on what comes from a server, in pieces.
async fn slow(to: std::net::SocketAddr) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (mut client_reads, mut client_writes) = client.into_split();
            let server = TcpStream::connect(to).await.unwrap();
            let (mut server_reads, mut server_writes) = server.into_split();
            tokio::spawn(async move { copy(&mut client_reads, &mut server_writes).await });
            tokio::spawn(async move {
                let mut piece = vec![0; 8_192];
                while let Ok(count @ 1..) = server_reads.read(&mut piece).await {
                    client_writes.write_all(&piece[..count]).await.unwrap_or_default();
                    sleep(Duration::from_millis(20)).await;
                }
            });
        }
    });
    address
}

/// A part takes more than twice as long as a connection may be silent, and is asked for once.
#[tokio::test]
async fn fi_76_a_part_that_is_long_on_its_way_is_no_stall() {
    let two = two().await;
    let bot = two.world.bot("Echo");
    let through = slow(two.running.addr()).await;
    let limits = Limits { stall_after: Duration::from_millis(500), ..Limits::default() };
    let client = Client::builder(1, "0123456789abcdef0123456789abcdef")
        .keys(vec![two.running.key()])
        .home(TWO)
        .address(TWO, through)
        .file_limits(limits);
    let client = patient(client.build()).await.unwrap();
    patient(client.log_in_bot(bot.token().unwrap())).await.unwrap();
    let mut updates = client.updates();
    let content = bytes(524_288);
    let message = two.sent_to(bot.id(), &mut updates, content.clone()).await;
    let before = two.world.counts().parts_down;
    assert!(patient(client.download(&message).to_bytes()).await.unwrap() == content);
    assert_eq!(two.world.counts().parts_down - before, 1);
}
