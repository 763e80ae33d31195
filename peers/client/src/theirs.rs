//! The other library's client.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::sync::Arc;

use grammers_client::Client;
use grammers_mtsender::SenderPool;
use grammers_session::Session;
use grammers_session::storages::MemorySession;
use grammers_session::types::DcOption;
use grammers_tl_types::{enums, functions};

use crate::serve::{THEIRS, key};

pub(crate) struct Caller {
    client: Client,
    _updates: tokio::task::JoinHandle<()>,
}

impl Caller {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        let SocketAddr::V4(ipv4) = server else { panic!("the data centre listens on IPv4") };
        let ipv6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, server.port(), 0, 0);
        let auth_key = Some(*key(THEIRS).expose());
        let session = MemorySession::default();
        session.set_home_dc_id(2).await.unwrap();
        session.set_dc_option(&DcOption { id: 2, ipv4, ipv6, auth_key }).await.unwrap();
        let SenderPool { runner, handle, mut updates } = SenderPool::new(Arc::new(session), 1);
        let client = Client::new(handle);
        tokio::spawn(runner.run());
        let updates = tokio::spawn(async move { while updates.recv().await.is_some() {} });
        client.invoke(&functions::help::GetNearestDc {}).await.unwrap();
        Self { client, _updates: updates }
    }

    pub(crate) async fn call(&self, calls: usize, at_a_time: usize) {
        let tasks: Vec<_> = (0..at_a_time)
            .map(|_| {
                let client = self.client.clone();
                tokio::spawn(async move {
                    for _ in 0..calls / at_a_time {
                        let answer = client.invoke(&functions::help::GetNearestDc {}).await;
                        let enums::NearestDc::Dc(nearest) = answer.unwrap();
                        assert_eq!(nearest.this_dc, 2);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}
