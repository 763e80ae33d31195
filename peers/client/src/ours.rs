//! telewire's client.

use std::net::SocketAddr;

use telewire::client::Client;
use telewire::client::store::{Change, MemoryStore, Snapshot, Store};
use telewire::connection::StoredKey;
use telewire::server::embedded_key;
use telewire::tl::api::functions::help::GetNearestDc;

use crate::serve::{DC, SALT, key};

/// What is stored of a key.
pub(crate) fn login(number: u16) -> [Change; 2] {
    let key = StoredKey { auth_key: key(number), salt: SALT, time_offset: 0 }.into();
    [Change::Home(DC), Change::Key { dc: DC, key }]
}

pub(crate) struct Caller {
    client: Client,
}

impl Caller {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        Self::with_key(server, 0).await
    }

    /// A client with the key of this number, after its first answer.
    pub(crate) async fn with_key(server: SocketAddr, number: u16) -> Self {
        let mut snapshot = Snapshot::default();
        snapshot.apply(&login(number));
        Self::on(server, MemoryStore::from(snapshot)).await
    }

    /// A client that goes on from what is stored, after its first answer.
    pub(crate) async fn on(server: SocketAddr, store: impl Store) -> Self {
        let public = embedded_key().unwrap().public().clone();
        let builder = Client::builder(1, "hash").home(DC).address(DC, server).keys(vec![public]);
        let client = builder.store(store).build().await.unwrap();
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
