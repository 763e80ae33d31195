//! A schema of one's own: `build.rs` generates the types of `notes.tl`, a client calls its functions, and the handlers of
//! the embedded data centre answer them.
//!
//! ```sh
//! cargo run -p own-schema
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use telewire::connection;
use telewire::crypto::real;
use telewire::ids::DcId;
use telewire::net::{Config, OsEntropy, Server, connect};
use telewire::rpc::RpcError;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};

use crate::notes::enums::Notes;
use crate::notes::functions::notes::{Add, List};
use crate::notes::types::{self, Note};

/// What `build.rs` made of `notes.tl`.
mod notes {
    include!(concat!(env!("OUT_DIR"), "/notes.rs"));
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (dc, key) = (DcId::production(2), embedded_key()?);
    let config = exchange::Config::new(dc, vec![key.clone()], real());
    let data_centre = DataCentre::new(config, dispatcher(), OsEntropy::new()?);
    let server = Server::bind("127.0.0.1:0".parse()?, data_centre).await?;
    let address = server.local_addr()?;
    tokio::spawn(server.run());

    let connection = connection::Config::new(dc, vec![key.public().clone()], real());
    let config = Config::new(connection, vec![address]);
    let (handle, _events, driver) = connect(config)?;
    let driver = tokio::spawn(driver.run());

    let topic = String::from("tea");
    println!("at first: {:?}", handle.invoke(&List { topic: topic.clone() }).await?);
    let note = Note { pinned: true, ..Note::new("three minutes".into()) };
    println!("added: {}", handle.invoke(&Add { topic: topic.clone(), note }).await?);
    match handle.invoke(&List { topic }).await? {
        Notes::Notes(notes) => println!("then: {:?}", notes.items),
        other => println!("then: {other:?}"),
    }
    let nowhere = Add { topic: String::new(), note: Note::new("lost".into()) };
    if let Err(error) = handle.invoke(&nowhere).await {
        println!("without a topic: {error}");
    }

    handle.close().await;
    println!("the driver ended: {}", driver.await?);
    Ok(())
}

/// Of more notes than that, the last ones are given.
const LAST: usize = 10;

/// What the data centre answers: a handler for each function of the schema.
fn dispatcher() -> Dispatcher {
    let kept: Arc<Mutex<HashMap<String, Vec<Note>>>> = Arc::default();
    let mut dispatcher = Dispatcher::new();
    let notes = Arc::clone(&kept);
    dispatcher.on(move |_caller, Add { topic, note }| {
        if topic.is_empty() {
            return Err(RpcError::parse(400, "TOPIC_INVALID"));
        }
        let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.entry(topic).or_default().push(note);
        Ok(true)
    });
    dispatcher.on(move |_caller, List { topic }| {
        let notes = kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match notes.get(&topic) {
            Some(all) => match all.split_last_chunk::<LAST>() {
                Some((rest, last)) if !rest.is_empty() => {
                    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
                    types::NotesSlice { count, items: last.to_vec() }.into()
                }
                _ => types::Notes { items: all.clone() }.into(),
            },
            None => Notes::NotesEmpty,
        })
    });
    dispatcher
}
