//! The data centre inside this program.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use telewire::crypto::real;
use telewire::ids::DcId;
use telewire::net::{OsEntropy, Server};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use tokio::task::JoinHandle;

/// A data centre that runs until it is dropped.
pub(super) struct Embedded {
    pub(super) address: SocketAddr,
    task: JoinHandle<io::Result<()>>,
}

impl Embedded {
    /// Starts it on a free port of the loopback interface.
    pub(super) async fn start(dc: DcId) -> io::Result<Self> {
        let key = embedded_key().map_err(io::Error::other)?;
        let config = exchange::Config::new(dc, vec![key], real());
        let data_centre = DataCentre::new(config, Dispatcher::new(), OsEntropy::new()?);
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), data_centre).await?;
        let address = server.local_addr()?;
        Ok(Self { address, task: tokio::spawn(server.run()) })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.task.abort();
    }
}
