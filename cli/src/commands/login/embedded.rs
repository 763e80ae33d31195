//! The data centre inside this program, with accounts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use telewire::crypto::real;
use telewire::ids::DcId;
use telewire::net::{OsEntropy, Server, SharedDc};
use telewire::rpc::RpcError;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire_testkit::World;
use tokio::task::JoinHandle;

/// What it takes for an application's.
pub(super) const API_HASH: &str = "00000000000000000000000000000000";

/// The token of the one bot there is.
pub(super) const BOT: &str = "1:embedded";

/// The phone number of whoever scans QR codes.
const SCANNER: &str = "9996620001";

/// A data centre that runs until it is dropped.
pub(super) struct Embedded {
    pub(super) address: SocketAddr,
    pub(super) accounts: World,
    dc: DcId,
    data_centre: SharedDc,
    task: JoinHandle<io::Result<()>>,
}

impl Embedded {
    /// Starts it on a free port of the loopback interface.
    pub(super) async fn start(dc: DcId) -> io::Result<Self> {
        let accounts = World::new(OsEntropy::new()?);
        accounts.add_bot(dc, BOT, "A bot");
        let mut dispatcher = Dispatcher::new();
        accounts.register(dc, &mut dispatcher);
        let key = embedded_key().map_err(io::Error::other)?;
        let config = exchange::Config::new(dc, vec![key], real());
        let data_centre = DataCentre::new(config, dispatcher, OsEntropy::new()?);
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), data_centre).await?;
        let address = server.local_addr()?;
        accounts.set_address(dc, address);
        let data_centre = server.data_centre();
        let task = tokio::spawn(server.run());
        Ok(Self { address, accounts, dc, data_centre, task })
    }

    /// Approves a QR code, as the phone of somebody would who scans it: an account that is made up for it.
    pub(super) fn scan(&self, link: &str) -> Result<(), RpcError> {
        let user = self.accounts.user_by_phone(SCANNER);
        let user = user.unwrap_or_else(|| self.accounts.add_user(self.dc, SCANNER, "Somebody"));
        let now = self.data_centre.now();
        self.accounts.approve_link(user, link, now.unix)?;
        self.accounts.deliver(self.dc, &mut self.data_centre.lock(), now);
        Ok(())
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.task.abort();
    }
}
