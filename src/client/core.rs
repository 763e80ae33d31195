//! The client: what it is made of, and how it ends.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio::time::timeout;

use crate::client::builder::{ClientBuilder, Settings};
use crate::client::cdn::CdnKeys;
use crate::client::error::{Error, StopReason};
use crate::client::files::Transfers;
use crate::client::floods::Floods;
use crate::client::keeper::{Keeper, Origin, Standing};
use crate::client::links::Links;
use crate::client::login::{Logins, Scans};
use crate::client::peers::Cache;
use crate::client::policy::InvokeOptions;
use crate::client::runtime;
use crate::client::state::State;
use crate::client::store::{SessionUser, Snapshot, Store};
use crate::client::updates::{Hub, Login};
use crate::crypto::{Entropy, EntropyExt};
use crate::ids::DcId;
use crate::net::OsEntropy;
use crate::updates::Account;

/// A client of Telegram's. Clones share it; when the last is dropped, its connections are closed, and its store is let go once
/// what is being kept is kept. Nobody waits for either then: [`close`](Self::close) does.
///
/// # The runtime
///
/// Its calls are made from within a runtime of tokio's that has its drivers for I/O and time (`enable_all`, as `#[tokio::main]` and
/// `#[tokio::test]` do); elsewhere they end with [`Error::NoRuntime`] at once. A connection lives in the runtime of the call that
/// opened it. When that runtime ends, calls under way over it end, and say whether they may have run; the next call, from
/// another runtime, opens another connection. A runtime of one thread moves nothing while nobody blocks on it, so that calls
/// from another runtime do not use its connections: each side opens its own, one after the other. A program that makes calls
/// from several such runtimes at a time should have a client for each, or one runtime of several threads.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
    /// What calls are made with that bring no options of their own.
    pub(super) options: Arc<InvokeOptions>,
}

/// What all clones share.
pub(super) struct Inner {
    pub(super) settings: Settings,
    pub(super) keeper: Keeper,
    /// What is made of what the server sends on its own.
    pub(super) hub: Arc<Hub>,
    /// What of it logins by QR code wait for.
    pub(super) scans: Scans,
    pub(super) links: Arc<Links>,
    /// The waits that the server has ordered.
    pub(super) floods: Floods,
    /// Who was met by calls, and whom names mean.
    pub(super) peers: Cache,
    /// Whose turn it is to log in or out.
    pub(super) logins: Logins,
    /// The keys of CDNs.
    pub(super) cdn: CdnKeys,
    /// Files under way.
    pub(super) transfers_of_files: Transfers,
    /// The secret chats, while somebody has them.
    #[cfg(feature = "secret")]
    pub(super) secrets: crate::client::secret::Slot,
    /// Held while the login is taken to a data centre.
    transfers: Mutex<HashMap<DcId, Arc<AsyncMutex<()>>>>,
    entropy: Mutex<OsEntropy>,
    /// The data centre to begin with.
    pub(super) first: DcId,
}

/// Who closes waits so long for a store that another program has, to keep how far updates were dealt with.
const SAVE_WITHIN: Duration = Duration::from_secs(5);

impl Client {
    /// Begins with the credentials of an application, as <https://my.telegram.org> shows them.
    #[must_use]
    pub fn builder(api_id: i32, api_hash: &str) -> ClientBuilder {
        ClientBuilder::new(api_id, api_hash.to_owned())
    }

    pub(super) async fn load(
        settings: Settings,
        store: Box<dyn Store>,
        first: DcId,
    ) -> Result<Self, Error> {
        runtime::here()?;
        let entropy = OsEntropy::new().map_err(|error| Error::Io(error.kind()))?;
        let options = Arc::new(settings.options.clone());
        let logins = Logins::new(settings.future_auth_tokens.clone());
        let keeper = Keeper::load(store).await?;
        let inner = Inner {
            settings,
            keeper,
            hub: Arc::default(),
            scans: Scans::default(),
            links: Arc::new(Links::new()),
            floods: Floods::default(),
            peers: Cache::default(),
            logins,
            cdn: CdnKeys::default(),
            transfers_of_files: Transfers::default(),
            #[cfg(feature = "secret")]
            secrets: crate::client::secret::Slot::default(),
            transfers: Mutex::default(),
            entropy: Mutex::new(entropy),
            first,
        };
        Ok(Self { inner: Arc::new(inner), options })
    }

    /// The same client, whose calls and logins are made with other options: a deadline of their own, for example. What belongs to
    /// single calls ([`dc`](InvokeOptions::dc), [`purpose`](InvokeOptions::purpose), [`repeat`](InvokeOptions::repeat),
    /// [`shares_waits`](InvokeOptions::shares_waits)) does not count for logins.
    #[must_use]
    pub fn with_options(&self, options: InvokeOptions) -> Self {
        Self { inner: self.inner.clone(), options: Arc::new(options) }
    }

    /// How the client stands, and how it stands next: a stream of states, of which the latest counts.
    #[must_use]
    pub fn states(&self) -> watch::Receiver<State> {
        self.inner.links.states()
    }

    /// Whether the store knows of a login. Whether the server still does, a call will tell: once it has said that it does not, this
    /// is false, also for the next program. Once the client was closed, it says how it was then.
    #[must_use]
    pub fn is_logged_in(&self) -> bool {
        self.inner.is_logged_in()
    }

    /// Who is logged in, as the store knows. It may know of a login and not of whom, after the import of another library's
    /// session: [`me`](Self::me) asks the server.
    #[must_use]
    pub fn user(&self) -> Option<SessionUser> {
        let user = self.inner.keeper.read(|kept| kept.user);
        user.filter(|_| self.is_logged_in())
    }

    /// The data centre that the account lives in, as far as that is known.
    #[must_use]
    pub fn home(&self) -> DcId {
        self.inner.home()
    }

    /// What is kept, as it is now: to be exported by [`store::string`](crate::client::store::string). Whoever has it has the
    /// account. A client that was closed has no keys any more.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.inner.keeper.read(Clone::clone)
    }

    /// Closes all connections and waits for their tasks, some seconds at most; then lets the store go, for another client to
    /// have it, and wipes the keys. Calls that are under way end as closed, and say whether they ran. This holds for all clones. Outside of a runtime it
    /// closes them without waiting.
    pub async fn close(&self) {
        // What was dealt with is kept; what cannot be comes again.
        if runtime::here().is_ok() {
            let _ = timeout(SAVE_WITHIN, self.inner.hub.save(&self.inner.keeper)).await;
        }
        self.inner.links.end(State::Closed).await;
        self.inner.keeper.close().await;
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.keeper.release();
    }
}

impl Inner {
    pub(super) fn home(&self) -> DcId {
        self.keeper.read(|kept| kept.home).unwrap_or(self.first)
    }

    /// Where the account lives, and whether anybody is logged in, at one moment.
    pub(super) fn standing(&self) -> Standing {
        self.keeper.read(|kept| Standing::of(kept, self.first))
    }

    /// Whose updates come, and what is kept at that moment.
    pub(super) fn login_with<T>(&self, read: impl FnOnce(&Snapshot) -> T) -> (Login, T) {
        let account = |user: SessionUser| Account { id: Some(user.id), is_bot: user.is_bot };
        let unknown = Account { id: None, is_bot: false };
        let (number, (account, read)) = self.keeper.read_login(|kept| {
            let is_kept = Standing::of(kept, self.first).is_logged_in;
            (is_kept.then(|| kept.user.map_or(unknown, account)), read(kept))
        });
        (Login { number, account: account.filter(|_| self.is_logged_in()) }, read)
    }

    pub(super) fn is_logged_in(&self) -> bool {
        let is_kept = self.keeper.was_logged_in().unwrap_or_else(|| self.standing().is_logged_in);
        is_kept && !matches!(self.check(), Err(Error::Stopped(_)))
    }

    /// An error, once the client has ended.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.links.check()
    }

    /// Waits until the client has ended.
    pub(super) async fn ended(&self) -> Error {
        let mut states = self.links.states();
        let is_end = |state: &State| matches!(state, State::Stopped(_) | State::Closed);
        // The sender lives as long as the client.
        let _ = states.wait_for(is_end).await;
        self.check().err().unwrap_or(Error::Closed)
    }

    /// CF-17: nothing is tried any more, and the login of this key is kept as ended. To the end, even if nobody waits for it.
    pub(super) async fn stop(
        self: &Arc<Self>,
        origin: Option<Origin>,
        reason: StopReason,
    ) -> Error {
        let (inner, why) = (self.clone(), reason.clone());
        let stopping = tokio::spawn(async move {
            let kept = async {
                if let Some(origin) = origin {
                    // If it cannot be kept, the next program hears the same from the server.
                    let _ = inner.keeper.end_login(origin, &why).await;
                }
            };
            // From the first on, nobody uses the keys that are forgotten then.
            tokio::join!(inner.links.end(State::Stopped(why.clone())), kept);
        });
        // A runtime that shuts down ends it, and this with it.
        let _ = stopping.await;
        Error::Stopped(reason)
    }

    pub(super) fn transfer(&self, dc: DcId) -> Arc<AsyncMutex<()>> {
        lock(&self.transfers).entry(dc).or_default().clone()
    }

    /// A random byte.
    pub(super) fn jitter(&self) -> u8 {
        let [byte] = lock(&self.entropy).array();
        byte
    }

    /// Random bytes.
    pub(super) fn random<const N: usize>(&self) -> [u8; N] {
        lock(&self.entropy).array()
    }

    /// A seed for work that needs randomness on another thread.
    pub(super) fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        lock(&self.entropy).fill(&mut seed);
        seed
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({}, {:?})", self.home(), *self.inner.links.states().borrow())
    }
}
