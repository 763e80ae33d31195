//! One session, one client: of text as of files.

use telewire::client::store::{Store, StoreError, StringStore, string};
use telewire::client::{Client, Error};

use crate::support::{after, folder, kinds, login};

fn in_use() -> StoreError {
    StoreError::InUse { path: "the session of this text".into() }
}

#[test]
fn clones_of_a_text_are_in_use_while_one_is_open() {
    let store = StringStore::from(after(101));
    let (mut first, mut second) = (store.clone(), store.clone());
    assert_eq!(first.load(), Ok(after(101)));
    assert_eq!(second.load(), Err(in_use()));
    assert_eq!(second.apply(&login(102)), Err(in_use()));
    // A clone of the one that is open is not open.
    assert_eq!(first.clone().load(), Err(in_use()));
    first.apply(&login(103)).unwrap();
    // Whoever only asks for the text gets it.
    assert_eq!(string::from_text(&store.to_text()), Ok(after(103)));
    drop(first);
    assert_eq!(second.load(), Ok(after(103)));
}

#[test]
fn one_text_is_in_use_however_often_it_is_read() {
    let text = string::to_text(&after(104));
    let [mut first, mut second] = [0; 2].map(|_| StringStore::new(&text).unwrap());
    first.load().unwrap();
    assert_eq!(second.load(), Err(in_use()));
    // So is a later text of the same key, and one that has it for another data centre beside its own.
    first.apply(&login(105)).unwrap();
    let later = first.to_text();
    assert_eq!(second.load(), Ok(after(104)));
    assert_eq!(StringStore::new(&later).unwrap().load(), Err(in_use()));
    drop(first);
    assert_eq!(StringStore::new(&later).unwrap().load(), Ok(after(105)));
}

#[test]
fn texts_without_a_key_are_no_session_of_anybodys() {
    let mut stores = [0; 3].map(|_| StringStore::new("").unwrap());
    for store in &mut stores {
        store.load().unwrap();
    }
}

/// Opens one session.
type Open = Box<dyn Fn() -> Result<Box<dyn Store>, StoreError>>;

#[tokio::test]
async fn a_second_client_is_refused_until_the_first_is_closed_or_dropped() {
    let (_guard, folder) = folder();
    let text = string::to_text(&after(106));
    let mut stores: Vec<Open> =
        vec![Box::new(move || Ok(Box::new(StringStore::new(&text).unwrap())))];
    let shared = StringStore::from(after(107));
    stores.push(Box::new(move || Ok(Box::new(shared.clone()))));
    for kind in kinds() {
        let path = folder.join(kind.name);
        stores.push(Box::new(move || kind.open(&path)));
    }
    for open in stores {
        let build = async || match open() {
            Ok(store) => Client::builder(1, "").store(store).build().await,
            Err(error) => Err(error.into()),
        };
        for is_closed in [true, false, true] {
            let client = build().await.unwrap();
            let error = build().await.unwrap_err();
            assert!(matches!(error, Error::Store(StoreError::InUse { .. })), "{error}");
            if is_closed {
                client.close().await;
            } else {
                drop(client);
            }
        }
        build().await.unwrap();
    }
}

/// A process that is being started has a copy of all that is open until its own program runs. The copy keeps nothing locked.
#[cfg(unix)]
#[test]
fn a_file_that_was_let_go_is_free_while_processes_are_started() {
    let (_guard, folder) = folder();
    for kind in kinds() {
        // The lock of what was never kept does not stay.
        (kind.open)(&folder.join(kind.name)).unwrap().apply(&login(108)).unwrap();
    }
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let started = std::process::Command::new("true").status();
                    assert!(started.unwrap().success());
                }
            });
        }
        let opened: Vec<_> = kinds()
            .iter()
            .flat_map(|kind| (0..300).map(move |_| kind))
            .map(|kind| (kind.open)(&folder.join(kind.name)).map(drop))
            .collect();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(opened.into_iter().find(Result::is_err), None);
    });
}
