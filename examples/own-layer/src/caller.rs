//! A client of this layer: it says who speaks before it calls, and keeps its key.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use telewire::connection::{self, Event};
use telewire::crypto::{RsaPublicKey, real};
use telewire::ids::DcId;
use telewire::net::{Config, Events, Handle, Notice, connect};
use telewire::rpc::CallError;
use telewire::tl::Function;
use telewire::tl::wrap::functions::{InitConnection, InvokeWithLayer};
use tokio::task::JoinHandle;

use crate::{API_ID, LAYER, session};

/// Where a data centre is, and by which key it is known.
pub(crate) struct Target {
    pub(crate) dc: DcId,
    pub(crate) address: SocketAddr,
    pub(crate) key: RsaPublicKey,
}

/// A connection whose calls are of this layer.
pub(crate) struct Caller {
    handle: Handle,
    /// Whether the server was told who speaks.
    is_known: AtomicBool,
    driver: JoinHandle<()>,
}

impl Caller {
    /// Goes on with the session of a file, or makes a key and keeps it there.
    pub(crate) fn connect(target: &Target, file: &Path) -> Result<Self, Box<dyn Error>> {
        let mut config = connection::Config::new(target.dc, vec![target.key.clone()], real());
        config.stored = session::load(file)?;
        // A key that cannot be kept is not used: a login would be lost with it.
        config.hold_new_key = true;
        let (handle, events, driver) = connect(Config::new(config, vec![target.address]))?;
        tokio::spawn(keep(events, handle.clone(), file.to_owned()));
        let driver = tokio::spawn(async {
            driver.run().await;
        });
        Ok(Self { handle, is_known: AtomicBool::new(false), driver })
    }

    /// Calls a function. The first says the layer and who speaks; so does one that finds the server to have forgotten it.
    pub(crate) async fn call<F: Function + Clone>(
        &self,
        function: &F,
    ) -> Result<F::Return, CallError> {
        if self.is_known.load(Ordering::Relaxed) {
            match self.handle.invoke(function).await {
                Err(CallError::Rpc(error)) if error.name == "CONNECTION_NOT_INITED" => {}
                answer => return answer,
            }
        }
        let query = InitConnection {
            api_id: API_ID,
            device_model: "an example".into(),
            system_version: "1".into(),
            app_version: "1".into(),
            system_lang_code: "en".into(),
            lang_pack: String::new(),
            lang_code: "en".into(),
            proxy: None,
            params: None,
            query: function.clone(),
        };
        let answer = self.handle.invoke(&InvokeWithLayer { layer: LAYER, query }).await;
        self.is_known.store(!matches!(answer, Err(CallError::Closed { .. })), Ordering::Relaxed);
        answer
    }

    pub(crate) async fn close(self) {
        self.handle.close().await;
        // Whatever ended it, it is over.
        let _ = self.driver.await;
    }
}

/// Keeps the key when it is made, and shows what else the connection tells.
async fn keep(mut events: Events, handle: Handle, file: PathBuf) {
    while let Some(notice) = events.next().await {
        match notice {
            Notice::Event(Event::KeyCreated(key)) => match session::save(&file, &key) {
                Ok(()) => {
                    println!("a key was made and kept");
                    handle.key_kept().await;
                }
                Err(error) => println!("the key cannot be kept: {error}"),
            },
            Notice::Event(Event::Over(error)) => println!("the connection is over: {error}"),
            // Updates are among these.
            _ => {}
        }
    }
}
