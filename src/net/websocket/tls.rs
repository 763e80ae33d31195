//! TLS, by rustls on ring.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, Error, RootCertStore};

use super::WebSocketUrl;

/// What a client needs for the host of a URL.
pub(crate) fn client(
    url: &WebSocketUrl,
) -> Result<(Arc<ClientConfig>, ServerName<'static>), Error> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for authority in url.authorities() {
        roots.add(CertificateDer::from(authority.clone()))?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = url.host();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = ServerName::try_from(bare.to_owned());
    let name = name.map_err(|error| Error::General(format!("{host}: {error}")))?;
    Ok((Arc::new(config), name))
}

#[cfg(feature = "server")]
mod server {
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::PrivateKeyDer;
    use zeroize::Zeroizing;

    use super::{Arc, CertificateDer, Error, ring};

    /// What a server proves with who it is.
    #[derive(Clone)]
    pub struct Certificate {
        chain: Vec<Vec<u8>>,
        key: Zeroizing<Vec<u8>>,
    }

    impl Certificate {
        /// The certificates as DER, the server's own first, and its key as DER in PKCS#8, PKCS#1 or SEC1.
        #[must_use]
        pub fn new(chain: Vec<Vec<u8>>, key: Vec<u8>) -> Self {
            Self { chain, key: Zeroizing::new(key) }
        }

        pub(crate) fn config(&self) -> Result<Arc<ServerConfig>, Error> {
            let key = PrivateKeyDer::try_from(self.key.to_vec());
            let key = key.map_err(|error| Error::General(error.to_owned()))?;
            let chain = self.chain.iter().cloned().map(CertificateDer::from).collect();
            let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
            Ok(Arc::new(config))
        }
    }

    /// Without the key.
    impl std::fmt::Debug for Certificate {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "Certificate({} in the chain)", self.chain.len())
        }
    }
}

#[cfg(feature = "server")]
pub use server::Certificate;

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::server::Acceptor;

    use crate::crypto::{Secret, SeededEntropy};
    use crate::framing::fake_tls::Greeting;

    /// rustls, written by others, reads the ClientHello that fake TLS sends: it is one.
    #[test]
    fn a_fake_client_hello_is_read_by_a_tls_library() {
        for seed in 0..50 {
            let mut entropy = SeededEntropy::new(seed);
            let key = Secret::from([1; 16]);
            let (_, hello) = Greeting::new(&key, "front.example", 1, &mut entropy);
            let mut acceptor = Acceptor::default();
            acceptor.read_tls(&mut &hello[..]).unwrap();
            let accepted = acceptor.accept().map_err(|(error, _)| error).unwrap().unwrap();
            let hello = accepted.client_hello();
            assert_eq!(hello.server_name(), Some("front.example"));
            assert_eq!(hello.alpn().unwrap().collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
        }
    }
}
