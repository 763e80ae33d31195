//! Addresses for media alone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use telewire::ids::DcId;
use telewire_testkit::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{FOUR, TWO, bytes, patient, with_both};

const MEDIA: DcId = DcId { is_media: true, ..FOUR };

/// A way to an address, and how many bytes came from there.
async fn counted(to: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::<AtomicU64>::default();
    let counting = count.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let counting = counting.clone();
            tokio::spawn(async move {
                let (mut hears, mut says) = client.split();
                let mut server = TcpStream::connect(to).await.unwrap();
                let (mut answers, mut asks) = server.split();
                let mut buffer = vec![0; 1 << 16];
                let down = async {
                    loop {
                        match answers.read(&mut buffer).await.unwrap_or(0) {
                            0 => break says.shutdown().await,
                            read => {
                                counting.fetch_add(read as u64, Ordering::Relaxed);
                                says.write_all(&buffer[..read]).await?;
                            }
                        }
                    }
                };
                let (up, down) = tokio::join!(copy(&mut hears, &mut asks), down);
                // Either side may end it.
                let _ = (up, down);
            });
        }
    });
    (address, count)
}

#[tokio::test]
async fn fi_35_files_come_from_where_media_alone_is_served() {
    const SIZE: usize = 3_000_000;
    let running =
        patient(World::builder().data_centres(&[TWO, MEDIA, FOUR]).start()).await.unwrap();
    let (main, of_main) = counted(running.addr_of(FOUR).unwrap()).await;
    let (media, of_media) = counted(running.addr_of(MEDIA).unwrap()).await;
    running.set_address(FOUR, main);
    running.set_address(MEDIA, media);
    let two = with_both(running).await;
    let content = bytes(SIZE);
    let (_, message) = two.sent(FOUR, "far.bin", content.clone()).await;
    assert_eq!(patient(two.bobs.download(&message).to_bytes()).await.unwrap(), content);
    // The key and the login are those of the data centre.
    let [of_media, of_main] = [of_media, of_main].map(|count| count.load(Ordering::Relaxed));
    assert!(of_media >= SIZE as u64, "{of_media} from where media alone is served");
    assert!(of_main < 100_000, "{of_main} from the other address");
}

#[tokio::test]
async fn an_address_for_media_alone_is_of_a_data_centre_that_is_there() {
    let error = World::builder().data_centres(&[TWO, MEDIA]).start().await.unwrap_err();
    assert!(error.to_string().contains("media alone"), "{error}");
}
