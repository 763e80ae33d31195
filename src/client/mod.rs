//! A client that logs in, and calls functions of Telegram's API.
//!
//! ```text
//!  Client ── invoke ──> Attempts ──┬── a link of the home ──────────── net::Handle ── Driver
//!                 what an error    ├── a link of another data centre
//!                 asks for         └── (a key made, an authorization transferred, as needed)
//!  Keeper ── Store                     what must survive: keys, who is logged in, where the data centres are
//! ```
//!
//! From nothing to a login that survives restarts, with [`store::FileStore`]:
//!
//! ```no_run
//! use telewire::client::{Client, Step, store::FileStore};
//!
//! # async fn example(api_id: i32, api_hash: &str, read_line: fn(&str) -> String) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder(api_id, api_hash).store(FileStore::open("me.session")?).build().await?;
//! if !client.is_logged_in() {
//!     let login = client.send_code(&read_line("phone number")).await?;
//!     if let Step::Password(password) = login.submit(&read_line("code")).await? {
//!         password.submit(&read_line("password")).await?;
//!     }
//! }
//! println!("{:?}", client.me().await?);
//! # Ok(())
//! # }
//! ```
//!
//! # What it takes care of
//!
//! * The first call of each session goes inside of `invokeWithLayer` and `initConnection`.
//! * Links that break are mended by the connection below; what became of a call is known as well as it can be
//!   ([`Error::execution`]).
//! * Updates come in their order, and none is lost in silence ([`Client::updates`]).
//! * Waits that the server orders are waited up to a threshold ([`InvokeOptions`], CF-15), by all calls of the same function in their
//!   order; errors of the server's own are tried again where that is safe.
//! * Calls that belong to another data centre go there (CF-16), with the login transferred.
//! * A login that the server has ended stops the client with the reason, instead of trying for ever (CF-17), and is kept as ended.
//! * One login at a time: while somebody is logged in, beginning another is an error, and steps of several logins wait for each other.
//!
//! It runs on tokio, from within a runtime with its drivers for I/O and time: see [`Client`].
//! * A new key is in the store before it is used, and what happens together is stored together (CF-22).

pub mod addresses;
mod builder;
mod cdn;
mod core;
mod dcs;
mod error;
pub mod files;
mod floods;
mod invoke;
mod keeper;
mod link;
mod links;
mod locked;
mod login;
mod peers;
mod policy;
mod runtime;
#[cfg(feature = "secret")]
#[cfg_attr(docsrs, doc(cfg(feature = "secret")))]
pub mod secret;
mod state;
pub mod store;
pub mod text;
mod updates;
pub mod verbs;

pub use self::core::Client;
pub use builder::{ClientBuilder, Device};
pub use error::{Error, StopReason};
pub use login::{
    CodeLogin, EmailStep, FutureAuthToken, LoggedIn, LoggedOut, LoginError, PasswordStep, QrLogin,
    QrStep, SignUpStep, Step,
};
pub use peers::{KEEP_NAMES, PeerError, PeerKind, PeerRef};
pub use policy::{InvokeOptions, Purpose};
pub use state::State;
pub use updates::Updates;
