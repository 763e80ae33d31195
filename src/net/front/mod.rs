//! What stands before a data centre: it finds out what a stream is, from its first bytes, and takes the wrapping off.
//!
//! ```text
//!  ef, ee ee ee ee, … ─────────────────────────────────────────────> frames
//!  64 random bytes ── a secret or none gives a tag ────────────────> frames
//!  16 03 01 … ── the digest is of a secret ── ServerHello ── 64 … ─> frames
//!             └─ a certificate ── TLS ─┐
//!  GET … Upgrade: websocket ───────────┴─ 101 ── 64 … ─────────────> frames
//!  anything else ─────────────────────────────────────────────────── the fallback
//! ```

mod fallback;
mod reading;
#[cfg(feature = "ws")]
mod websocket;

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::crypto::Secret;
use crate::framing::fake_tls::{Records, ReplayGuard, answer, verify};
use crate::framing::mtproxy::ProxySecret;
use crate::framing::obfuscated::{INIT, Opening};
use crate::framing::{Encoder, Framing, Look, Obfuscation, Side, TransportError, Wrapper, look};
use crate::ids::DcId;
use crate::net::entropy::OsEntropy;
use crate::net::serve::{OPENING, Refusal, Told};
use crate::net::stream::{Io, Stream};
#[cfg(feature = "ws")]
use crate::net::websocket::tls::Certificate;

use fallback::Fallback;
use reading::Reading;

/// How a data centre is reached besides by plain frames, obfuscated ones, and WebSockets: for [`Server::with_front`].
///
/// [`Server::with_front`]: crate::net::Server::with_front
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Front {
    /// It is an MTProto proxy too, with these secrets.
    pub secrets: Vec<ProxySecret>,
    /// It is an MTProto proxy and nothing else: whoever knows no secret is handed to the fallback.
    pub demands_secret: bool,
    /// Where streams go that it cannot make sense of, with all their bytes: to the website that it hides behind. Without one
    /// they are closed.
    pub fallback: Option<SocketAddr>,
    /// With this it takes WebSockets over TLS too.
    #[cfg(feature = "ws")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ws")))]
    pub certificate: Option<Certificate>,
}

/// A front at work, for all links.
#[derive(Debug)]
pub(super) struct Gate {
    front: Front,
    guard: Mutex<ReplayGuard>,
    fallback: Fallback,
    #[cfg(feature = "ws")]
    tls: Option<std::sync::Arc<tokio_rustls::rustls::ServerConfig>>,
}

/// Nothing that the front knows: the socket, what was read of it, and why it is none of ours.
struct Stranger {
    io: Box<dyn Io>,
    first: Vec<u8>,
    why: Refusal,
}

/// How a stream is refused.
enum Refused {
    /// It is handed on.
    Stranger(Stranger),
    /// It is closed.
    Closed(Refusal),
    /// It went by itself.
    Gone,
}

impl From<io::Error> for Refused {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Gate {
    /// A front begins its work.
    pub(super) fn new(front: Front) -> io::Result<Self> {
        #[cfg(feature = "ws")]
        let tls = match &front.certificate {
            Some(certificate) => Some(certificate.config().map_err(io::Error::other)?),
            None => None,
        };
        Ok(Self {
            fallback: Fallback::new(front.fallback),
            front,
            guard: Mutex::default(),
            #[cfg(feature = "ws")]
            tls,
        })
    }

    /// The frames of a stream to a data centre. `None` when it has none: it was handed on, or closed, and that is told.
    pub(super) async fn open(&self, io: Box<dyn Io>, dc: DcId, told: &Told) -> Option<Stream> {
        match timeout(OPENING, self.recognise(Reading::new(io), dc)).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(Refused::Stranger(stranger))) => {
                told.note(stranger.why.clone());
                self.fallback.hand_on(stranger).await;
            }
            Ok(Err(Refused::Closed(why))) => told.note(why),
            Ok(Err(Refused::Gone)) => {}
            Err(_) => told.note(Refusal::Silent),
        }
        None
    }

    async fn recognise(&self, mut reading: Reading, dc: DcId) -> Result<Stream, Refused> {
        let found = loop {
            match look(reading.bytes()) {
                Some(found) => break found,
                None => reading.more().await?,
            }
        };
        let is_public = !self.front.demands_secret;
        match found {
            Look::Frames if is_public => {
                let (io, first) = reading.into_parts();
                Ok(Stream::new(io, Wrapper::default(), &first)?)
            }
            Look::Obfuscated => self.obfuscated(reading, dc).await,
            Look::Tls => self.tls(reading, dc).await,
            #[cfg(feature = "ws")]
            Look::Http if is_public => {
                let messages = websocket::accept(reading).await?;
                Self::inside(messages).await
            }
            Look::Frames | Look::Http => Err(reading.stranger()),
        }
    }

    /// An obfuscated stream: of a proxy's client, or a client of the data centre itself.
    async fn obfuscated(&self, mut reading: Reading, dc: DcId) -> Result<Stream, Refused> {
        if !reading.reach(INIT).await? {
            return Err(reading.stranger());
        }
        let Some(init) = reading.bytes().first_chunk() else { return Err(reading.stranger()) };
        // Each secret has a stream of its own; there is no telling before.
        let with_secret = self.front.secrets.iter().find_map(|secret| {
            let is_looked_for = secret.domain().is_none();
            let found = is_looked_for.then(|| Obfuscation::server(init, Some(secret.key())))?;
            found.filter(|(_, opening)| {
                secret.framing().is_none_or(|framing| framing == opening.framing)
            })
        });
        let found = match with_secret {
            Some((obfuscation, opening)) => Some((obfuscation, Some(opening))),
            None if self.front.demands_secret => None,
            None => Obfuscation::server(init, None).map(|(obfuscation, _)| (obfuscation, None)),
        };
        let Some((obfuscation, opening)) = found else { return Err(reading.stranger()) };
        let (io, first) = reading.into_parts();
        let wrapper = Wrapper::obfuscated(obfuscation);
        let stream = Stream::new(io, wrapper, first.get(INIT..).unwrap_or_default())?;
        match opening {
            Some(opening) => at_dc(stream, opening, dc).await,
            None => Ok(stream),
        }
    }

    /// TLS, or what looks like it.
    async fn tls(&self, mut reading: Reading, dc: DcId) -> Result<Stream, Refused> {
        let length = loop {
            match crate::framing::fake_tls::hello_len(reading.bytes()) {
                Ok(Some(length)) => break length,
                Ok(None) => reading.more().await?,
                Err(_) => return Err(reading.stranger()),
            }
        };
        if !reading.reach(length).await? {
            return Err(reading.stranger());
        }
        let record = reading.bytes().get(..length).unwrap_or_default();
        let known = self.front.secrets.iter().filter(|secret| secret.domain().is_some());
        let found = known.into_iter().find_map(|secret| {
            let hello = verify(secret.key(), record).ok()?;
            Some((secret.key(), hello))
        });
        if let Some((key, hello)) = found {
            let taken =
                self.guard.lock().unwrap_or_else(PoisonError::into_inner).take(&hello, unix());
            if let Err(error) = taken {
                return Err(reading.refused(Refusal::Hello(error)));
            }
            let answer = answer(key, &hello, &mut OsEntropy::new()?);
            return fake_tls(reading, length, key, &answer, dc).await;
        }
        #[cfg(feature = "ws")]
        if let Some(tls) = self.tls.as_ref().filter(|_| !self.front.demands_secret) {
            let (io, first) = reading.into_parts();
            let tls = tokio_rustls::TlsAcceptor::from(tls.clone());
            let io = tls.accept(crate::net::stream::rewound(io, first)).await?;
            let messages = websocket::accept(Reading::new(Box::new(io))).await;
            // There is no handing on any more: the fallback cannot read what was encrypted for us.
            return Self::inside(messages.map_err(|_| UNKNOWN)?).await;
        }
        Err(reading.stranger())
    }

    /// The obfuscated stream inside of a WebSocket.
    #[cfg(feature = "ws")]
    async fn inside(messages: Box<dyn Io>) -> Result<Stream, Refused> {
        let mut reading = Reading::new(messages);
        if !reading.reach(INIT).await? {
            return Err(UNKNOWN);
        }
        let init = reading.bytes().first_chunk().ok_or(UNKNOWN)?;
        let (obfuscation, _) = Obfuscation::server(init, None).ok_or(UNKNOWN)?;
        let (io, first) = reading.into_parts();
        let wrapper = Wrapper::obfuscated(obfuscation);
        Ok(Stream::new(io, wrapper, first.get(INIT..).unwrap_or_default())?)
    }
}

/// Answers a ClientHello, and takes what follows it.
async fn fake_tls(
    reading: Reading,
    length: usize,
    key: &Secret<16>,
    answer: &[u8],
    dc: DcId,
) -> Result<Stream, Refused> {
    let (mut io, first) = reading.into_parts();
    io.write_all(answer).await?;
    io.flush().await?;
    let mut records = Records::server();
    let mut inside = Vec::new();
    let mut came = first.get(length..).unwrap_or_default().to_vec();
    loop {
        let mut input = came.as_slice();
        while let Some(data) = records.open(&mut input).map_err(|_| UNKNOWN)? {
            inside.extend_from_slice(data);
        }
        if inside.len() >= INIT {
            break;
        }
        came = reading::some(&mut io).await?.ok_or(Refused::Gone)?;
    }
    let init = inside.first_chunk().ok_or(UNKNOWN)?;
    let (mut obfuscation, opening) = Obfuscation::server(init, Some(key)).ok_or(UNKNOWN)?;
    if opening.framing != Framing::PaddedIntermediate {
        return Err(UNKNOWN);
    }
    let mut frames = Vec::new();
    obfuscation.open(inside.get(INIT..).unwrap_or_default(), &mut frames);
    let stream = Stream::with_frames(io, Wrapper::fake_tls(records, obfuscation), frames);
    at_dc(stream, opening, dc).await
}

/// A proxy's stream, if it is for the data centre that stands behind it; another is told so (-444), as a proxy does.
async fn at_dc(mut stream: Stream, opening: Opening, dc: DcId) -> Result<Stream, Refused> {
    // The media servers of a data centre are the same one here.
    if i32::from(opening.dc).abs() == dc.to_wire().abs() {
        return Ok(stream);
    }
    let mut frame = Vec::new();
    let mut encoder = Encoder::new(opening.framing, Side::Server);
    encoder.encode_error(TransportError::INVALID_DC.0, &mut frame);
    stream.write_all(&frame).await?;
    stream.shutdown().await?;
    Err(Refused::Closed(Refusal::OtherDc))
}

fn unix() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Nothing that is known, where it cannot be handed on any more.
const UNKNOWN: Refused = Refused::Closed(Refusal::Unknown);
