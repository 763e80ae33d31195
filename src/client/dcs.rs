//! Connections to data centres: where they are, keys for them, and the login taken there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::client::core::{Client, Inner};
use crate::client::error::{Error, StopReason};
use crate::client::invoke::Until;
use crate::client::link::{Link, Listeners};
use crate::client::policy::Purpose;
use crate::client::store::Change;
use crate::connection::{self, ConnectionError};
use crate::crypto::real;
use crate::ids::DcId;
use crate::net::Config;
use crate::tl::api::functions::auth::{ExportAuthorization, ImportAuthorization};
use crate::tl::wrap::functions::help::GetConfig;
use crate::tl::wrap::types::DcOption;
use crate::tl::{Function, Repeat};

/// CF-16: numbers that data centres have. Telegram has five; a hundred leaves room.
const NUMBERS: std::ops::RangeInclusive<i64> = 1..=100;

impl Client {
    /// Asks where the data centres are (`help.getConfig`), and keeps it.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn refresh_config(&self) -> Result<(), Error> {
        let config = self.invoke(&GetConfig).await?;
        self.inner.keep_config(&config.dc_options, config.test_mode).await
    }
}

impl Inner {
    /// The data centre of a number that the server named, in the environment at hand.
    pub(super) async fn dc(&self, number: i64, until: Until) -> Result<DcId, Error> {
        let unknown = Error::UnknownDc { number };
        if !NUMBERS.contains(&number) {
            return Err(unknown);
        }
        let number = u16::try_from(number).map_err(|_| unknown.clone())?;
        let dc = DcId { number, is_test: self.home().is_test, is_media: false };
        if self.addresses(dc).is_empty() {
            let (home, request) = (self.home(), GetConfig);
            let config = self.ask_once(home, &request, until).await?;
            self.keep_config(&config.dc_options, config.test_mode).await?;
        }
        if self.addresses(dc).is_empty() { Err(unknown) } else { Ok(dc) }
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

    /// The connection at hand, if it can be used and nobody has to log in before.
    pub(super) fn ready(&self, dc: DcId, purpose: Purpose) -> Option<Arc<Link>> {
        if self.needs_transfer(dc) {
            return None;
        }
        self.at_hand(dc, purpose)
    }

    /// A connection: the one at hand, or a new one.
    pub(super) async fn link(&self, dc: DcId, purpose: Purpose) -> Result<Arc<Link>, Error> {
        let slot = self.slot(dc, purpose);
        let mut place = slot.link.lock().await;
        if let Some(link) = place.as_ref().filter(|link| !link.is_over()) {
            return Ok(link.clone());
        }
        *place = None;
        self.check()?;
        let link = tokio::select! {
            link = self.open(dc, purpose) => link?,
            ended = self.ended() => return Err(ended),
        };
        // It may have ended while this was waiting for a key.
        if let Err(ended) = self.check() {
            link.close().await;
            return Err(ended);
        }
        *place = Some(link.clone());
        Ok(link)
    }

    async fn open(&self, dc: DcId, purpose: Purpose) -> Result<Arc<Link>, Error> {
        let guards = self.guards(dc);
        // One key for all connections to a data centre: whoever comes later uses it.
        let making = guards.key.lock().await;
        let mut config = connection::Config::new(dc, self.settings.keys(dc), real());
        config.stored = self.keeper.read(|kept| kept.key(dc).cloned());
        config.hold_new_key = true;
        config.pfs = self.settings.pfs;
        let has_key = config.stored.is_some();
        let is_main = purpose == Purpose::Main && dc == self.home();
        let listeners = Listeners {
            dc,
            keeper: self.keeper.clone(),
            main: is_main.then(|| (self.states.clone(), self.updates.clone())),
            idle: (!is_main).then_some(self.settings.idle),
        };
        let addresses = self.addresses(dc);
        let config = self.settings.net(Config::new(config, addresses));
        let (link, is_made) = Link::open(config, listeners)?;
        if !has_key {
            is_made.await.unwrap_or(Err(ConnectionError::Closed.into()))?;
        }
        drop(making);
        Ok(link)
    }

    /// A connection is over: whether another is to be tried.
    pub(super) async fn mourn(&self, dc: DcId, link: &Link) -> Result<(), Error> {
        match link.ended().await {
            // It was idle, or its handle is gone.
            ConnectionError::Closed => self.check(),
            ConnectionError::KeyUnknown if dc == self.home() && self.is_logged_in() => {
                Err(self.stop(StopReason::KeyUnknown).await)
            }
            // Nobody is logged in with it here, or the login comes from elsewhere: another key will do.
            ConnectionError::KeyUnknown => {
                Ok(self.keeper.apply(vec![Change::KeyForgotten(dc)]).await?)
            }
            error => Err(error.into()),
        }
    }

    /// The account lives in this data centre.
    pub(super) async fn move_home(&self, dc: DcId) -> Result<(), Error> {
        let old = self.home();
        if old == dc {
            return Ok(());
        }
        self.keeper.apply(vec![Change::Home(dc)]).await?;
        // The old one has no updates for us any more; what is here already gets a main connection of its own.
        for dc in [old, dc] {
            let link = self.slot(dc, Purpose::Main).link.lock().await.take();
            if let Some(link) = link {
                link.close().await;
            }
        }
        Ok(())
    }

    /// Whether somebody is logged in at home, and this data centre does not know of it yet.
    fn needs_transfer(&self, dc: DcId) -> bool {
        self.keeper.read(|kept| {
            let home = kept.home.unwrap_or(self.first);
            dc != home
                && kept.home.is_some_and(|home| kept.is_authorized(home))
                && !kept.is_authorized(dc)
        })
    }

    /// Takes the login to another data centre, if somebody is logged in at home and not yet there.
    pub(super) async fn authorize(&self, dc: DcId, until: Until) -> Result<(), Error> {
        if !self.needs_transfer(dc) {
            return Ok(());
        }
        let guards = self.guards(dc);
        let transferring = guards.transfer.lock().await;
        // Another call may have done it meanwhile.
        if !self.needs_transfer(dc) {
            return Ok(());
        }
        let export = ExportAuthorization { dc_id: dc.number.into() };
        let exported = self.ask_once(self.home(), &export, until).await?;
        let import = ImportAuthorization { id: exported.id, bytes: exported.bytes };
        self.ask_once(dc, &import, until).await?;
        self.keeper.apply(vec![Change::Authorized { dc, is_authorized: true }]).await?;
        drop(transferring);
        Ok(())
    }

    /// A call of the client's own: no policy, one attempt over the main connection.
    pub(super) async fn ask_once<F: Function>(
        &self,
        dc: DcId,
        function: &F,
        until: Until,
    ) -> Result<F::Return, Error> {
        let mut left = 2_u32;
        loop {
            let link = until.within(self.link(dc, Purpose::Main)).await?;
            match self.attempt(&link, function.to_bytes(), Repeat::Once, until.left()).await {
                Ok(answer) => return super::invoke::decode::<F>(answer),
                // The connection had been idle and was closed just now.
                Err(error) if left > 0 && super::invoke::is_reopened(&error) => {
                    left -= 1;
                    self.mourn(dc, &link).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What an option says, if a client like this can use it: no CDN, no obfuscation with a secret of its own.
fn address(option: &DcOption, is_test: bool) -> Option<(DcId, SocketAddr)> {
    if option.cdn || option.tcpo_only || option.secret.is_some() {
        return None;
    }
    let number = u16::try_from(option.id).ok().filter(|n| NUMBERS.contains(&i64::from(*n)))?;
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
        for other in [
            DcOption { cdn: true, ..option() },
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
