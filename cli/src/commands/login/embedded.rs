//! The data centre inside this program, with accounts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use telewire::crypto::real;
use telewire::ids::DcId;
use telewire::net::{OsEntropy, Server};
use telewire::server::accounts::Accounts;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use tokio::task::JoinHandle;

/// What it takes for an application's.
pub(super) const API_HASH: &str = "00000000000000000000000000000000";

/// The token of the one bot there is.
pub(super) const BOT: &str = "1:embedded";

/// A data centre that runs until it is dropped.
pub(super) struct Embedded {
    pub(super) address: SocketAddr,
    pub(super) accounts: Accounts,
    task: JoinHandle<io::Result<()>>,
}

impl Embedded {
    /// Starts it on a free port of the loopback interface.
    pub(super) async fn start(dc: DcId) -> io::Result<Self> {
        let accounts = Accounts::new(OsEntropy::new()?);
        accounts.add_bot(dc, BOT, "A bot");
        let mut dispatcher = Dispatcher::new();
        accounts.register(dc, &mut dispatcher);
        let key = embedded_key().map_err(io::Error::other)?;
        let config = exchange::Config::new(dc, vec![key], real());
        let data_centre = DataCentre::new(config, dispatcher, OsEntropy::new()?);
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), data_centre).await?;
        let address = server.local_addr()?;
        accounts.set_address(dc, address);
        Ok(Self { address, accounts, task: tokio::spawn(server.run()) })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.task.abort();
    }
}
