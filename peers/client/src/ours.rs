//! telewire's client.

use std::net::SocketAddr;

use telewire::client::Client;
use telewire::client::store::{Change, MemoryStore, Snapshot};
use telewire::connection::StoredKey;
use telewire::server::embedded_key;
use telewire::tl::api::functions::help::GetNearestDc;

use crate::serve::{DC, SALT, key};

pub(crate) struct Caller {
    client: Client,
}

impl Caller {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        Self::with_key(server, 0).await
    }

    /// A client with the key of this number, after its first answer.
    pub(crate) async fn with_key(server: SocketAddr, number: u16) -> Self {
        let key = StoredKey { auth_key: key(number), salt: SALT, time_offset: 0 }.into();
        let mut snapshot = Snapshot::default();
        snapshot.apply(&[Change::Home(DC), Change::Key { dc: DC, key }]);
        let public = embedded_key().unwrap().public().clone();
        let builder = Client::builder(1, "hash").home(DC).address(DC, server).keys(vec![public]);
        let client = builder.store(MemoryStore::from(snapshot)).build().await.unwrap();
        client.invoke(&GetNearestDc).await.unwrap();
        Self { client }
    }

    pub(crate) async fn call(&self, calls: usize, at_a_time: usize) {
        let tasks: Vec<_> = (0..at_a_time)
            .map(|_| {
                let client = self.client.clone();
                tokio::spawn(async move {
                    for _ in 0..calls / at_a_time {
                        assert_eq!(client.invoke(&GetNearestDc).await.unwrap().this_dc, 2);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}
