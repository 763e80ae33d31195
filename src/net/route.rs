//! What goes over the socket.

use crate::framing::Framing;
use crate::framing::mtproxy::ProxyLink;
use crate::net::config::ConfigError;
#[cfg(feature = "ws")]
use crate::net::websocket::WebSocketUrl;

/// What goes over the socket, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Route {
    /// Frames, to the data centre.
    #[default]
    Direct,
    /// Frames that are [obfuscated](crate::framing::obfuscated), to the data centre.
    Obfuscated,
    /// Through an [MTProto proxy](crate::framing::mtproxy), which knows the data centre by its number.
    MtProxy(ProxyLink),
    /// Obfuscated frames in a [WebSocket](https://core.telegram.org/mtproto/transports#websocket).
    #[cfg(feature = "ws")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ws")))]
    WebSocket(WebSocketUrl),
}

impl Route {
    /// The framing that is used when another is not demanded.
    pub(super) fn framing(&self, asked: Framing) -> Result<Framing, ConfigError> {
        let framing = match self {
            Self::Direct => return Ok(asked),
            Self::MtProxy(link) => link.secret.framing().unwrap_or(asked),
            _ => asked,
        };
        if framing == Framing::Full {
            return Err(ConfigError::FullObfuscated);
        }
        Ok(framing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_demands_padding_gets_it_and_full_is_not_obfuscated() {
        let route = |secret: &str| {
            let link = format!("tg://proxy?server=a&port=1&secret={secret}{}", "00".repeat(16));
            Route::MtProxy(link.parse().unwrap())
        };
        for (route, asked, framing) in [
            (Route::Direct, Framing::Full, Ok(Framing::Full)),
            (Route::Obfuscated, Framing::Abridged, Ok(Framing::Abridged)),
            (Route::Obfuscated, Framing::Full, Err(ConfigError::FullObfuscated)),
            (route(""), Framing::Full, Err(ConfigError::FullObfuscated)),
            (route(""), Framing::Abridged, Ok(Framing::Abridged)),
            (route("dd"), Framing::Full, Ok(Framing::PaddedIntermediate)),
        ] {
            assert_eq!(route.framing(asked), framing, "{route:?} {asked}");
        }
    }
}
