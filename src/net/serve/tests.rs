//! The listener against sockets that a test writes by hand.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::connection;
use crate::crypto::{AuthKey, SeededEntropy, toy};
use crate::framing::{Encoder, FrameError, Framing, Side};
use crate::ids::{DcId, Salt};
use crate::server::{DcEvent, Dispatcher, LinkRefusal, embedded_key, exchange};
use crate::tl::mtproto::functions::Ping;
use crate::turns::Turns;

/// Nothing on the loopback interface takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

fn data_centre() -> SharedDc {
    let config = exchange::Config::new(DcId::production(2), vec![], toy());
    SharedDc::new(DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(1)))
}

/// Without proxies' secrets and certificates.
fn gate() -> Arc<Gate> {
    Arc::new(Gate::new(Front::default()).unwrap())
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A packet of a key that nobody has, which gets -404.
fn stranger(encoder: &mut Encoder) -> Vec<u8> {
    let mut frame = Vec::new();
    encoder.encode(&[1; 88], false, &mut SeededEntropy::new(2), &mut frame).unwrap();
    frame
}

#[tokio::test]
async fn what_cannot_be_accepted_ends_nothing_and_is_tried_again() {
    let (listener, address) = listener().await;
    let tries = AtomicUsize::new(0);
    let (tries, listener) = (&tries, &listener);
    let accept = || async move {
        // Too many open files, twice; then a client that went before it was accepted.
        match tries.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Err(io::Error::from_raw_os_error(24)),
            2 => Err(io::ErrorKind::ConnectionAborted.into()),
            _ => listener.accept().await.map(|(stream, _)| stream),
        }
    };
    let (dc, refusals) = (data_centre(), Refusals::default());
    let client = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let frame = stranger(&mut Encoder::new(Framing::Intermediate, Side::Client));
        stream.write_all(&frame).await.unwrap();
        let mut answer = [0; 8];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer[4..], (-404_i32).to_le_bytes());
    };
    tokio::select! {
        ended = serve_all(&dc, gate(), accept, 1, &refusals) => panic!("it ended: {ended:?}"),
        answered = tokio::time::timeout(PATIENCE, client) => answered.unwrap(),
    }
    assert!(tries.load(Ordering::Relaxed) >= 4);
    // What came of it is told with whose doing it was.
    let refused = (DcEvent::PacketRefused, Some(IpAddr::from([127, 0, 0, 1])));
    assert_eq!(dc.lock().take_events_with_peers(), [refused]);
}

#[tokio::test]
async fn what_can_never_be_accepted_does_not_burn_the_processor() {
    let tries = AtomicUsize::new(0);
    let counter = &tries;
    let accept = || async move {
        counter.fetch_add(1, Ordering::Relaxed);
        Err(io::Error::from_raw_os_error(24))
    };
    let (dc, refusals) = (data_centre(), Refusals::default());
    let run = serve_all(&dc, gate(), accept, 1, &refusals);
    assert!(tokio::time::timeout(Duration::from_millis(200), run).await.is_err());
    // Five in that time, or fewer on a machine that has no time.
    assert!((1..=6).contains(&tries.load(Ordering::Relaxed)), "{tries:?}");
}

#[tokio::test]
async fn cf_14_a_client_that_does_not_read_is_heard_until_too_much_waits_for_it() {
    let (listener, address) = listener().await;
    let listener = &listener;
    let accept = || async move { listener.accept().await.map(|(stream, _)| stream) };
    let (dc, refusals) = (data_centre(), Refusals::default());
    let client = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
        let mut frames = stranger(&mut encoder);
        let frame = stranger(&mut encoder);
        for _ in 0..1_000 {
            frames.extend_from_slice(&frame);
        }
        // A server that waits for it to read would let it write no more at some point, for ever.
        let mut turns = Turns::default();
        while turns.count(stream.write_all(&frames).await.is_ok()) {
            frames = frame.repeat(1_000);
        }
    };
    tokio::select! {
        ended = serve_all(&dc, gate(), accept, 1, &refusals) => panic!("it ended: {ended:?}"),
        refused = tokio::time::timeout(PATIENCE, client) => refused.unwrap(),
    }
}

/// A request that is not whole: for a WebSocket, or of those who begin as a ClientHello does.
const BEGUN: &[u8] = if cfg!(feature = "ws") { b"GET / HT" } else { &[0x16, 3, 1] };

/// What a link is told of.
fn told() -> Told {
    Told { refusals: Refusals::default(), ip: Some([127, 0, 0, 1].into()) }
}

/// One refusal of somebody at the loopback interface.
fn refused(why: Refusal, count: u64) -> Vec<Refused> {
    vec![Refused { address: Some([127, 0, 0, 1].into()), why, count }]
}

/// A client that makes a key and keeps its link.
async fn client(address: SocketAddr) -> (crate::net::Handle, crate::net::Events) {
    let key = embedded_key().unwrap().public().clone();
    let connection = connection::Config::new(DcId::production(2), vec![key], toy());
    let config = crate::net::Config::new(connection, vec![address]);
    let (handle, events, driver) = crate::net::connect(config).unwrap();
    tokio::spawn(driver.run());
    (handle, events)
}

/// It is answered.
async fn is_served((handle, _events): &(crate::net::Handle, crate::net::Events)) {
    let ping = handle.invoke(&Ping { ping_id: 7 });
    assert_eq!(tokio::time::timeout(PATIENCE, ping).await.unwrap().unwrap().ping_id, 7);
}

/// A server with so many places; it ends with the test.
async fn server(places: usize) -> (SocketAddr, Refusals) {
    let config = exchange::Config::new(DcId::production(2), vec![embedded_key().unwrap()], toy());
    let dc = DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(1));
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), dc).await.unwrap();
    let server = server.with_max_links(places);
    let told = (server.local_addr().unwrap(), server.refusals());
    tokio::spawn(server.run());
    told
}

/// Links that begin and then say no more.
async fn idle(address: SocketAddr, count: usize, first: &[u8]) -> Vec<TcpStream> {
    let mut links = Vec::new();
    for _ in 0..count {
        let mut link = TcpStream::connect(address).await.unwrap();
        link.write_all(first).await.unwrap();
        links.push(link);
    }
    links
}

#[tokio::test]
async fn links_that_only_take_places_keep_nobody_out() {
    for first in [&b""[..], &[0xee], &[0xee; 4], BEGUN, &[0x16, 3, 1, 2, 0, 1, 0, 1], &[7; 63]] {
        let (address, refusals) = server(20).await;
        let before = client(address).await;
        is_served(&before).await;
        let _idle = idle(address, 50, first).await;
        let after = client(address).await;
        is_served(&after).await;
        // Who has a key was not touched.
        is_served(&before).await;
        let displaced: u64 = refusals.take().iter().map(|refused| refused.count).sum();
        assert!((31..=32).contains(&displaced), "{displaced} of {first:x?}");
    }
}

/// As many as there are places by default, and more: each with one byte, or with a frame that says it is long.
#[tokio::test]
async fn a_thousand_idle_links_keep_nobody_out() {
    let (address, refusals) = server(MAX_LINKS).await;
    let _bytes = idle(address, MAX_LINKS, &[0xef]).await;
    let _frames = idle(address, 300, &[0xee, 0xee, 0xee, 0xee, 0, 0, 0x10, 0, 1, 2, 3]).await;
    let client = client(address).await;
    is_served(&client).await;
    assert_eq!(refusals.take(), refused(Refusal::Displaced, 301));
}

#[tokio::test]
async fn with_keys_in_all_places_another_waits_until_one_goes() {
    let (address, refusals) = server(1).await;
    let first = client(address).await;
    is_served(&first).await;
    let second = client(address).await;
    let waiting = std::pin::pin!(second.0.invoke(&Ping { ping_id: 8 }));
    // It is not accepted, so that nothing can come of it; the first goes on.
    for _ in 0..3 {
        is_served(&first).await;
    }
    assert!(futures(waiting).is_pending());
    first.0.close().await;
    is_served(&second).await;
    assert_eq!(refusals.take(), []);
}

fn futures<F: Future>(mut waiting: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    waiting.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

/// What a link gets that sends this and nothing more, on a clock that is turned; and why it was dropped.
async fn visit(first: &[u8]) -> (Vec<u8>, Vec<Refused>) {
    let (near, mut far) = tokio::io::duplex(64 << 10);
    let (dc, told) = (data_centre(), told());
    let visit = tokio::spawn(serve(dc, near, gate(), Guests::default().enter(), told.clone()));
    far.write_all(first).await.unwrap();
    let mut heard = Vec::new();
    // It ends, whenever that is.
    far.read_to_end(&mut heard).await.unwrap();
    visit.await.unwrap();
    (heard, told.refusals.take())
}

#[tokio::test(start_paused = true)]
async fn a_link_that_does_not_say_what_it_is_has_seconds() {
    for first in [&b""[..], &[0xee], BEGUN, &[0x16, 3, 1, 2, 0, 1, 0, 1], &[7; 63]] {
        let start = Instant::now();
        let (heard, why) = visit(first).await;
        assert_eq!((heard, why), (vec![], refused(Refusal::Silent, 1)), "{first:x?}");
        assert_eq!(start.elapsed().as_secs(), OPENING.as_secs(), "{first:x?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_makes_no_key_has_seconds() {
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
    let whole = stranger(&mut encoder);
    for first in [&whole[..4], &whole[..20]] {
        let start = Instant::now();
        let (heard, why) = visit(first).await;
        assert_eq!((heard, why), (vec![], refused(Refusal::NoKey, 1)), "{first:x?}");
        assert_eq!(start.elapsed().as_secs(), KEYLESS.as_secs(), "{first:x?}");
    }
    // What is refused is no key either.
    let (heard, why) = visit(&whole).await;
    assert_eq!(heard[4..], (-404_i32).to_le_bytes());
    let packet = Refusal::Link(LinkRefusal::Packet);
    assert_eq!(why, [refused(packet, 1), refused(Refusal::NoKey, 1)].concat());
}

#[tokio::test(start_paused = true)]
async fn a_long_frame_of_a_key_that_is_not_known_is_refused_before_it_is_there() {
    for (id, is_refused) in [([0; 8], true), ([9; 8], true)] {
        let length = 1_000_000_u32;
        let first = [&[0xee; 4][..], &length.to_le_bytes(), &id, &[1; 100]].concat();
        let (heard, why) = visit(&first).await;
        let long = LinkRefusal::LongFrame { length: 1_000_000 };
        assert_eq!(why, refused(long.into(), 1), "{is_refused}");
        assert_eq!(heard, [&[4, 0, 0, 0][..], &(-404_i32).to_le_bytes()].concat());
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_frame_of_a_key_that_is_known_is_waited_for() {
    let dc = data_centre();
    let key = AuthKey::from_bytes([3; 256]);
    dc.lock().add_key(dc.now(), key.clone(), Salt(1), None);
    let (near, mut far) = tokio::io::duplex(64 << 10);
    let told = told();
    tokio::spawn(serve(dc, near, gate(), Guests::default().enter(), told.clone()));
    let length = 300_000_u32 + 24;
    far.write_all(&[0xee; 4]).await.unwrap();
    far.write_all(&length.to_le_bytes()).await.unwrap();
    far.write_all(&key.id().to_le_bytes()).await.unwrap();
    far.write_all(&[1; 300_016]).await.unwrap();
    // It was taken as a whole, and is not authentic.
    let mut answer = [0; 8];
    far.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer[4..], (-404_i32).to_le_bytes());
    assert_eq!(told.refusals.take(), refused(LinkRefusal::Packet.into(), 1));
}

#[tokio::test]
async fn frames_and_hellos_that_break_a_rule_are_told_with_their_address() {
    let (address, refusals) = server(10).await;
    for (first, why) in [
        (
            &b"SSH-2.0-OpenSSH_9.9\r\n and more of the sixty-four bytes that are looked at"[..],
            Refusal::Unknown,
        ),
        (
            &[0xee, 0xee, 0xee, 0xee, 0xff, 0xff, 0xff, 0x7f],
            Refusal::Link(LinkRefusal::Frame(FrameError::TooLong {
                length: 0x7fff_ffff,
                limit: SERVER_LIMIT,
            })),
        ),
    ] {
        let mut links = idle(address, 2, first).await;
        for link in &mut links {
            let mut heard = Vec::new();
            // Closed, or reset since there was something unread.
            let _ = tokio::time::timeout(PATIENCE, link.read_to_end(&mut heard)).await.unwrap();
        }
        assert_eq!(refusals.take(), refused(why, 2));
    }
}

/// What all of it takes of the heap, on the server's side and on that of the clients.
#[test]
fn a_link_without_a_key_takes_a_few_kilobytes() {
    const LINKS: usize = 100;
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
    let frame = stranger(&mut encoder);
    let query = [&[0; 8][..], &[1; 1_900]].concat();
    let mut half = Vec::new();
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
    encoder.encode(&query, false, &mut SeededEntropy::new(2), &mut half).unwrap();
    half.pop();
    let long = [&[0xee; 4][..], &1_000_000_u32.to_le_bytes(), &[9; 60_000]].concat();
    let obfuscated = {
        let mut entropy = SeededEntropy::new(3);
        let dc = DcId::production(2);
        let end =
            crate::framing::Obfuscation::client(Framing::Intermediate, dc, None, &mut entropy);
        let mut wrapper = crate::framing::Wrapper::obfuscated(end.unwrap());
        let mut out = Vec::new();
        wrapper.seal(&half, &mut out);
        out
    };
    for (name, first) in [
        ("a byte", &[0xef][..]),
        ("a frame", &frame),
        ("half a frame", &half),
        ("a long one", &long),
        ("obfuscated", &obfuscated),
    ] {
        let taken = |links: usize| {
            let taken = allocation_counter::measure(|| {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let (address, _refusals) = server(LINKS * 2).await;
                    let links = idle(address, links, first).await;
                    // All were looked at: those that came before this one were.
                    is_served(&client(address).await).await;
                    drop(links);
                });
            });
            taken.bytes_max
        };
        let each = (taken(LINKS).saturating_sub(taken(0))) / LINKS as u64;
        assert!(each < 16 << 10, "{each} bytes for {name}");
    }
}
