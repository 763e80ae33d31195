//! Connections to data centres: where they are, keys for them, and the login taken there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::client::cdn::is_cdn;
use crate::client::core::{Client, Inner};
use crate::client::error::{Error, StopReason};
use crate::client::invoke::Course;
use crate::client::keeper::{Origin, Standing, keys_of};
use crate::client::link::{Link, Listeners};
use crate::client::policy::Role;
use crate::client::runtime::{self, Here};
use crate::client::store::Change;
use crate::connection::{self, ConnectionError};
use crate::crypto::real;
use crate::ids::{CDN_NUMBERS, DC_NUMBERS, DcId};
use crate::net::Config;
use crate::tl::api::functions::auth::{ExportAuthorization, ImportAuthorization};
use crate::tl::wrap::functions::help::GetConfig;
use crate::tl::wrap::types::DcOption;

impl Client {
    /// Asks where the data centres are (`help.getConfig`), and keeps it: their addresses come before those that are built in.
    ///
    /// A client asks by itself after each login, and for a data centre without a known address. A program that runs for months
    /// asks now and then.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn refresh_config(&self) -> Result<(), Error> {
        let config = self.invoke(&GetConfig).await?;
        let kept = self.inner.keep_config(&config.dc_options, config.test_mode).await;
        kept.map_err(Error::of_what_may_have_run)
    }

    /// Where this client looks for a data centre, the preferred first: the addresses that were given, or what the server told and
    /// behind it Telegram's own. Empty if it knows of none.
    #[must_use]
    pub fn addresses(&self, dc: DcId) -> Vec<SocketAddr> {
        self.inner.addresses(dc)
    }
}

impl Inner {
    /// The data centre of a number that the server named, in the environment at hand.
    pub(super) async fn dc(
        self: &Arc<Self>,
        number: i64,
        course: &Course<'_>,
    ) -> Result<DcId, Error> {
        let unknown = Error::UnknownDc { number };
        if !DC_NUMBERS.contains(&number) {
            return Err(unknown);
        }
        let number = u16::try_from(number).map_err(|_| unknown)?;
        let dc = DcId { number, is_test: self.home().is_test, is_media: false };
        self.locate(dc, course).await?;
        Ok(dc)
    }

    /// Asks for the address of a data centre, if none is known and one is needed: at home, or where a client begins that does not
    /// know where its home is. Another program may have been told that.
    pub(super) async fn locate(
        self: &Arc<Self>,
        dc: DcId,
        course: &Course<'_>,
    ) -> Result<(), Error> {
        let needs = self.settings.needs_addresses();
        let knows = |dc: &DcId| !needs || !self.addresses(*dc).is_empty();
        if !knows(&dc)
            && let Some(asked) = [self.home(), self.first].into_iter().find(knows)
        {
            let config = self.ask(asked, &GetConfig, course).await?.0;
            self.keep_config(&config.dc_options, config.test_mode).await?;
        }
        // One that has no addresses for media alone serves media at the others.
        match knows(&dc) || knows(&keys_of(dc)) {
            true => Ok(()),
            false => Err(Error::UnknownDc { number: dc.number.into() }),
        }
    }

    fn addresses(&self, dc: DcId) -> Vec<SocketAddr> {
        let told = |kept: &crate::client::store::Snapshot| {
            kept.dcs.get(&dc).map(|record| record.addresses.clone()).unwrap_or_default()
        };
        self.settings.addresses(dc, &self.keeper.read(told))
    }

    async fn keep_config(&self, options: &[DcOption], is_test: bool) -> Result<(), Error> {
        let mut table: std::collections::BTreeMap<DcId, Vec<SocketAddr>> = Default::default();
        for (dc, address) in options.iter().filter_map(|option| address(option, is_test)) {
            table.entry(dc).or_default().push(address);
        }
        let is_new = |(dc, addresses): &(DcId, Vec<SocketAddr>)| {
            self.keeper
                .read(|kept| kept.dcs.get(dc).is_none_or(|record| record.addresses != *addresses))
        };
        let changes: Vec<Change> = table
            .into_iter()
            .filter(is_new)
            .map(|(dc, addresses)| Change::Addresses { dc, addresses })
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        Ok(self.keeper.apply(changes).await?)
    }

    /// The connection at hand, if it can be used from here and nobody has to log in before.
    pub(super) fn ready(
        &self,
        dc: DcId,
        is_home: bool,
        role: Role,
        here: Here,
    ) -> Option<Arc<Link>> {
        if !is_home && self.needs_transfer(dc) {
            return None;
        }
        self.links.ready((dc, role), here)
    }

    /// A connection with a key: the one at hand, or a new one. Nobody has to wait for it to be made to the end.
    pub(super) async fn link(&self, dc: DcId, role: Role) -> Result<Arc<Link>, Error> {
        let here = runtime::here()?;
        loop {
            let has_key = || self.keeper.read(|kept| kept.key(keys_of(dc)).is_some());
            // What serves media alone has the key that the data centre made, and makes none.
            let to = if has_key() { dc } else { keys_of(dc) };
            let open = || self.open(to, role);
            let (link, is_it) = self.links.begin((to, role), here, has_key, open)?;
            match link.made().await {
                Ok(()) if is_it && to == dc => return Ok(link),
                // Now there is a key for others.
                Ok(()) => {}
                // With the client, because somebody logged out, or because another key was kept first.
                Err(Error::Connection(ConnectionError::Closed)) => self.check()?,
                Err(error) => return Err(error),
            }
        }
    }

    fn open(&self, dc: DcId, role: Role) -> Result<Arc<Link>, Error> {
        // FI-57, FI-58.
        let is_cdn = is_cdn(dc);
        let keys = if is_cdn { self.cdn.of(dc) } else { self.settings.keys(dc) };
        let mut config = connection::Config::new(dc, keys, real());
        config.stored = self.keeper.read(|kept| kept.key(keys_of(dc)).cloned());
        config.hold_new_key = true;
        config.pfs = self.settings.pfs.filter(|_| !is_cdn);
        let is_main = role == Role::MAIN && dc == self.home();
        let listeners = Listeners {
            dc,
            keeper: self.keeper.clone(),
            scans: self.scans.clone(),
            hub: self.hub.clone(),
            links: Arc::downgrade(&self.links),
            role,
            is_main,
            idle: (!is_main).then_some(self.settings.idle),
        };
        let mut addresses = self.addresses(dc);
        if addresses.is_empty() {
            addresses = self.addresses(keys_of(dc));
        }
        Link::open(self.settings.net(Config::new(config, addresses)), listeners)
    }

    /// A connection is over: whether another is to be tried.
    pub(super) async fn mourn(self: &Arc<Self>, dc: DcId, link: &Link) -> Result<(), Error> {
        let dc = keys_of(dc);
        match link.ended().await {
            // It was idle, or its handle is gone.
            ConnectionError::Closed => self.check(),
            ConnectionError::KeyUnknown => {
                // Whoever heard it first has ended the login.
                self.check()?;
                match link.key().filter(|key| self.keeper.is_of_the_login(dc, Some(*key))) {
                    Some(key) => {
                        Err(self.stop(Some(Origin { dc, key }), StopReason::KeyUnknown).await)
                    }
                    // Nobody is logged in with it here, or the login comes from elsewhere: another key will do.
                    None => Ok(self.keeper.forget_key(dc, link.key()).await?),
                }
            }
            error => Err(error.into()),
        }
    }

    /// The account lives in this data centre, as was told to who stood so; whether it still stands so. To the end, even if nobody
    /// waits for it.
    pub(super) async fn move_home(
        self: &Arc<Self>,
        since: Standing,
        dc: DcId,
    ) -> Result<bool, Error> {
        let inner = self.clone();
        let moving = async move {
            let old = since.home;
            if old == dc {
                return Ok(true);
            }
            let has_moved = inner.keeper.keep_home(since, dc).await?;
            if has_moved {
                inner.moved(old, dc);
            }
            Ok(has_moved)
        };
        tokio::spawn(moving).await.unwrap_or(Err(Error::Closed))
    }

    /// The old home has no updates for us any more; what is at the new one already gets a main connection of its own. Calls that are
    /// under way end over the connection that they were made on.
    pub(super) fn moved(&self, old: DcId, new: DcId) {
        if old != new {
            self.links.replace(&[(old, Role::MAIN), (new, Role::MAIN)]);
        }
    }

    /// Whether somebody is logged in at home, and this data centre does not know of it yet.
    fn needs_transfer(&self, dc: DcId) -> bool {
        let dc = keys_of(dc);
        // FI-58: a CDN knows of nobody.
        if is_cdn(dc) {
            return false;
        }
        self.keeper.read(|kept| {
            let standing = Standing::of(kept, self.first);
            dc != standing.home && standing.is_logged_in && !kept.is_authorized(dc)
        })
    }

    /// Takes the login to another data centre, if somebody is logged in at home and not yet there.
    pub(super) async fn authorize(
        self: &Arc<Self>,
        dc: DcId,
        course: &Course<'_>,
    ) -> Result<(), Error> {
        let dc = keys_of(dc);
        if !self.needs_transfer(dc) {
            return Ok(());
        }
        let transfer = self.transfer(dc);
        let transferring = transfer.lock().await;
        for _ in 0..MAX_TRANSFERS {
            // Another call may have done it meanwhile.
            if !self.needs_transfer(dc) {
                return Ok(());
            }
            self.take_login_to(dc, course).await?;
        }
        drop(transferring);
        // It changes faster than it can be taken there.
        match self.needs_transfer(dc) {
            true => Err(Error::NotConnected.of_a_preparation()),
            false => Ok(()),
        }
    }

    async fn take_login_to(self: &Arc<Self>, dc: DcId, course: &Course<'_>) -> Result<(), Error> {
        let export = ExportAuthorization { dc_id: dc.number.into() };
        let home = self.home();
        self.locate(home, course).await.map_err(Error::of_a_preparation)?;
        let (exported, from) = self.ask(home, &export, course).await?;
        let import = ImportAuthorization { id: exported.id, bytes: exported.bytes };
        let (_, to) = self.ask(dc, &import, course).await?;
        if !self.keeper.keep_transfer(from, to).await? {
            // Another login has taken the place of the one that was exported. With this key, it would answer as that one.
            self.keeper.forget_key(dc, Some(to.key)).await?;
            self.links.leave(dc);
        }
        Ok(())
    }
}

/// How often a login is taken to a data centre for one call, if another takes its place each time.
const MAX_TRANSFERS: u32 = 3;

/// What an option says, if a client like this can use it: no obfuscation with a secret of its own. Those of CDNs have numbers of their
/// own.
fn address(option: &DcOption, is_test: bool) -> Option<(DcId, SocketAddr)> {
    if option.tcpo_only || option.secret.is_some() {
        return None;
    }
    let numbers = if option.cdn { CDN_NUMBERS } else { DC_NUMBERS };
    let number = u16::try_from(option.id).ok().filter(|n| numbers.contains(&i64::from(*n)))?;
    let ip: IpAddr = option.ip_address.parse().ok()?;
    let port = u16::try_from(option.port).ok().filter(|port| *port > 0)?;
    Some((DcId { number, is_test, is_media: option.media_only }, SocketAddr::new(ip, port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option() -> DcOption {
        DcOption {
            ipv6: false,
            media_only: false,
            tcpo_only: false,
            cdn: false,
            r#static: false,
            this_port_only: true,
            id: 2,
            ip_address: "127.0.0.1".into(),
            port: 443,
            secret: None,
        }
    }

    #[test]
    fn options_that_can_be_used_are_told_from_others() {
        let expected = (DcId::test(2), "127.0.0.1:443".parse().unwrap());
        assert_eq!(address(&option(), true), Some(expected));
        let media = DcOption { media_only: true, ..option() };
        assert!(address(&media, false).unwrap().0.is_media);
        let cdn = DcOption { cdn: true, id: 203, ..option() };
        assert_eq!(address(&cdn, false).unwrap().0, DcId::production(203));
        for other in [
            DcOption { cdn: true, ..option() },
            DcOption { cdn: true, id: 1_000, ..option() },
            DcOption { id: 203, ..option() },
            DcOption { tcpo_only: true, ..option() },
            DcOption { secret: Some([1].into()), ..option() },
            DcOption { id: 0, ..option() },
            DcOption { id: -2, ..option() },
            DcOption { id: 101, ..option() },
            DcOption { id: i32::MAX, ..option() },
            DcOption { port: 0, ..option() },
            DcOption { port: 65_536, ..option() },
            DcOption { ip_address: "localhost".into(), ..option() },
        ] {
            assert_eq!(address(&other, false), None, "{other:?}");
        }
    }
}
