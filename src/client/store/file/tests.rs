//! Crashes, full disks, and files that are not as they should be.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::disk::Disk;
use super::*;
use crate::client::store::error::Flaw;
use crate::client::store::tests::{changes, full, temporary};
use crate::client::store::{SecretChange, SecretRow};

/// A disk in memory that says what a crash leaves of it.
#[derive(Debug, Clone, Default)]
struct Model {
    /// The files by name, as programs see them.
    names: BTreeMap<PathBuf, usize>,
    /// The names as they are on the disk.
    synced_names: BTreeMap<PathBuf, usize>,
    /// The contents, and how much of each is on the disk for sure.
    contents: Vec<(Vec<u8>, usize)>,
    begun: Option<usize>,
    /// The steps so far, and the one at which the machine stops or the disk says no.
    steps: usize,
    stop_at: Option<usize>,
    refuse_at: Option<(usize, ErrorKind)>,
    /// The file that cannot be read.
    unreadable: Option<(PathBuf, ErrorKind)>,
    /// The bytes that a write takes at most.
    chunk: usize,
}

#[derive(Debug, Clone)]
struct Shared(Arc<Mutex<Model>>);

impl Shared {
    fn new(chunk: usize) -> Self {
        Self(Arc::new(Mutex::new(Model { chunk, ..Model::default() })))
    }

    fn open(&self) -> Result<FileStore, StoreError> {
        FileStore::on(Path::new("name"), PathBuf::from("session"), Box::new(self.clone()), None)
    }

    /// A step that changes the disk, unless the machine has stopped.
    fn step<T>(&self, act: impl FnOnce(&mut Model) -> io::Result<T>) -> io::Result<T> {
        let mut model = self.0.lock().unwrap();
        model.steps += 1;
        let step = model.steps;
        if model.stop_at.is_some_and(|at| step >= at) {
            return Err(ErrorKind::Other.into());
        }
        match model.refuse_at {
            Some((at, kind)) if step == at => Err(kind.into()),
            _ => act(&mut model),
        }
    }
}

impl Model {
    /// What the machine finds after a crash: contents that were not synced are cut, names that were not synced are the old
    /// or the new ones.
    fn crashed(&self, keep: usize, names_are_new: bool) -> Self {
        let contents = self.contents.iter().map(|(content, synced)| {
            let left = (*synced).max(content.len() * keep / 2);
            (content[..left].to_vec(), left)
        });
        let names = if names_are_new { &self.names } else { &self.synced_names };
        Self {
            names: names.clone(),
            synced_names: names.clone(),
            contents: contents.collect(),
            chunk: self.chunk,
            ..Self::default()
        }
    }
}

impl Disk for Shared {
    fn mode(&mut self, path: &Path) -> io::Result<u32> {
        let model = self.0.lock().unwrap();
        model.names.get(path).map(|_| 0o600).ok_or(ErrorKind::NotFound.into())
    }

    fn read(&mut self, path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
        let model = self.0.lock().unwrap();
        match &model.unreadable {
            Some((unreadable, kind)) if unreadable == path => return Err((*kind).into()),
            _ => {}
        }
        let number = model.names.get(path).ok_or(ErrorKind::NotFound)?;
        Ok(Zeroizing::new(model.contents[*number].0.clone()))
    }

    fn create(&mut self, path: &Path) -> io::Result<()> {
        self.step(|model| {
            assert!(!model.names.contains_key(path), "it is there already");
            model.contents.push((Vec::new(), 0));
            model.names.insert(path.to_owned(), model.contents.len() - 1);
            model.begun = Some(model.contents.len() - 1);
            Ok(())
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.step(|model| {
            let count = bytes.len().min(model.chunk);
            let number = model.begun.ok_or(ErrorKind::NotFound)?;
            model.contents[number].0.extend(&bytes[..count]);
            Ok(count)
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.step(|model| {
            let number = model.begun.take().ok_or(ErrorKind::NotFound)?;
            model.contents[number].1 = model.contents[number].0.len();
            Ok(())
        })
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|model| {
            let number = model.names.remove(from).ok_or(ErrorKind::NotFound)?;
            model.names.insert(to.to_owned(), number);
            Ok(())
        })
    }

    fn sync_folder(&mut self, _: &Path) -> io::Result<()> {
        self.step(|model| {
            model.synced_names = model.names.clone();
            Ok(())
        })
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.step(|model| model.names.remove(path).map(drop).ok_or(ErrorKind::NotFound.into()))
    }
}

#[test]
fn cf_22_a_crash_at_any_step_leaves_the_old_or_the_new_state() {
    for chunk in [64, 1 << 20] {
        let before = Shared::new(chunk);
        before.open().unwrap().apply(&changes()).unwrap();
        let next = [Change::User(None), Change::Home(crate::ids::DcId::test(3))];
        let mut new = full();
        new.apply(&next);
        let mut step = 1;
        loop {
            let disk = Shared(Arc::new(Mutex::new(before.0.lock().unwrap().clone())));
            let mut store = disk.open().unwrap();
            disk.0.lock().unwrap().steps = 0;
            disk.0.lock().unwrap().stop_at = Some(step);
            let result = store.apply(&next);
            for (keep, names_are_new) in
                [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true)]
            {
                let after = disk.0.lock().unwrap().crashed(keep, names_are_new);
                let after = Shared(Arc::new(Mutex::new(after)));
                let mut found = after.open().unwrap();
                let state = found.load().unwrap();
                assert!(state == new || state == full(), "step {step}");
                assert!(result.is_err() || state == new, "step {step}: it was promised");
                // And it goes on from there, whatever lies around.
                found.apply(&next).unwrap();
                assert_eq!(after.open().unwrap().load().unwrap(), new);
            }
            if result.is_ok() {
                break;
            }
            assert_eq!(store.load().unwrap(), full());
            step += 1;
        }
        assert!(step > 6, "{step} steps are too few to be all");
    }
}

/// A witness that is ahead of its session would have chats closed that are as they should be.
#[test]
fn sc_84_a_crash_or_a_refusal_at_any_step_leaves_no_witness_that_is_ahead_of_the_session() {
    let chats = |session: &Snapshot| -> BTreeMap<i32, u64> {
        let rows = session.secrets.iter().filter(|(row, _)| row.kind == 200);
        rows.map(|(row, value)| (row.chat, value.len().try_into().unwrap())).collect()
    };
    // A row says by its length how far its chat is.
    let row = |chat| SecretRow { chat, kind: 200, number: 0 };
    let far = |chat, generation: u64| {
        let value = vec![0; generation.try_into().unwrap()].into();
        let put = Change::Secret(vec![SecretChange::Put(row(chat), value)]);
        [put, Change::Generation { chat, generation: Some(generation) }]
    };
    let over = [
        Change::Secret(vec![SecretChange::Remove(row(1))]),
        Change::Generation { chat: 1, generation: None },
    ];
    // It goes on, one ends while another goes on, one is begun anew, and the login ends.
    let forgotten = [Change::KeyForgotten(crate::ids::DcId::production(2))];
    let nexts = [
        far(1, 6).to_vec(),
        [&over[..], &far(2, 9)].concat(),
        [far(1, 1), far(3, 1)].concat(),
        [&forgotten[..], &far(1, 1)].concat(),
    ];
    for (next, kind) in
        nexts.iter().flat_map(|next| [(next, None), (next, Some(ErrorKind::StorageFull))])
    {
        for step in 1.. {
            let disk = Shared::new(1 << 20);
            let mut store = disk.open().unwrap();
            store.apply(&[&changes()[..], &far(1, 5), &far(2, 8)].concat()).unwrap();
            disk.0.lock().unwrap().steps = 0;
            match kind {
                Some(kind) => disk.0.lock().unwrap().refuse_at = Some((step, kind)),
                None => disk.0.lock().unwrap().stop_at = Some(step),
            }
            let applied = store.apply(next);
            let is_done = disk.0.lock().unwrap().steps < step;
            for (keep, names_are_new) in [(0, false), (0, true), (2, false), (2, true)] {
                let after = disk.0.lock().unwrap().crashed(keep, names_are_new);
                let found = Shared(Arc::new(Mutex::new(after))).open().unwrap().load().unwrap();
                let chats = chats(&found);
                for (chat, known) in &found.generations {
                    let is_behind = chats.get(chat).is_none_or(|now| now < known);
                    assert!(!is_behind, "step {step}: {found:?} {:?}", found.generations);
                }
                assert!(!is_done || found.generations == chats || next[0] == forgotten[0]);
            }
            if is_done {
                assert!(step > 8, "{step} steps are too few to be all");
                assert_eq!(applied, Ok(()));
                break;
            }
        }
    }
}

/// What closes a chat of a copy that was put back is later than the witness. Until the session has it, the witness has what it had.
#[test]
fn sc_84_a_crash_at_any_step_while_a_copy_is_closed_leaves_a_witness_that_gives_it_away() {
    let row = SecretRow { chat: 1, kind: 200, number: 0 };
    let far = |generation: u8| {
        let put = SecretChange::Put(row, vec![0; generation.into()].into());
        [
            Change::Secret(vec![put]),
            Change::Generation { chat: 1, generation: Some(generation.into()) },
        ]
    };
    for step in 1.. {
        let disk = Shared::new(1 << 20);
        let content = |disk: &Shared| {
            let model = disk.0.lock().unwrap();
            model.contents[model.names[Path::new("session")]].clone()
        };
        disk.open().unwrap().apply(&[&changes()[..], &far(5)].concat()).unwrap();
        let copy = content(&disk);
        disk.open().unwrap().apply(&far(10)).unwrap();
        {
            let mut model = disk.0.lock().unwrap();
            let number = model.names[Path::new("session")];
            model.contents[number] = copy;
        }
        let mut store = disk.open().unwrap();
        assert_eq!(store.load().unwrap().generations, [(1, 10)].into());
        disk.0.lock().unwrap().steps = 0;
        disk.0.lock().unwrap().stop_at = Some(step);
        let applied = store.apply(&far(11));
        for (keep, names_are_new) in [(0, false), (0, true), (2, false), (2, true)] {
            let after = disk.0.lock().unwrap().crashed(keep, names_are_new);
            let found = Shared(Arc::new(Mutex::new(after))).open().unwrap().load().unwrap();
            let value =
                found.secrets.iter().find(|(place, _)| *place == row).map(|(_, value)| value.len());
            let is_noticed = found.generations.get(&1).is_some_and(|known| *known > 5);
            assert!(value == Some(11) || is_noticed, "step {step}: {:?}", found.generations);
        }
        if applied.is_ok() && disk.0.lock().unwrap().steps < step {
            assert!(step > 8, "{step} steps are too few to be all");
            break;
        }
    }
}

/// As if there were none, a copy that was put back would pass.
#[test]
fn sc_84_a_witness_that_cannot_be_read_is_told() {
    let disk = Shared::new(1 << 20);
    let far = Change::Generation { chat: 1, generation: Some(5) };
    disk.open().unwrap().apply(&[changes(), vec![far]].concat()).unwrap();
    for kind in [ErrorKind::PermissionDenied, ErrorKind::Other, ErrorKind::FileTooLarge] {
        disk.0.lock().unwrap().unreadable = Some(("session.witness".into(), kind));
        let path = "name.witness".into();
        assert_eq!(disk.open().unwrap_err(), StoreError::Io { doing: "read", path, kind });
    }
    disk.0.lock().unwrap().unreadable = None;
    assert_eq!(disk.open().unwrap().load().unwrap().generations, [(1, 5)].into());
}

#[test]
fn cf_22_a_refusal_at_any_step_is_told_and_nothing_is_lost() {
    for kind in [ErrorKind::StorageFull, ErrorKind::PermissionDenied] {
        for step in 1..=6 {
            let disk = Shared::new(1 << 20);
            let mut store = disk.open().unwrap();
            store.apply(&changes()).unwrap();
            disk.0.lock().unwrap().steps = 0;
            disk.0.lock().unwrap().refuse_at = Some((step, kind));
            let next = [Change::User(None)];
            let Err(StoreError::Io { kind: told, .. }) = store.apply(&next) else {
                panic!("step {step} was not noticed")
            };
            assert_eq!((told, store.load().unwrap()), (kind, full()));
            // When there is room again, it goes on.
            store.apply(&next).unwrap();
            let mut new = full();
            new.apply(&next);
            assert_eq!(disk.open().unwrap().load().unwrap(), new);
        }
    }
}

/// A disk with a session, or with none, and what opening it finds.
fn disks() -> [(Shared, Snapshot); 2] {
    let with = Shared::new(64);
    with.open().unwrap().apply(&changes()).unwrap();
    with.0.lock().unwrap().steps = 0;
    [(Shared::new(64), Snapshot::default()), (with, full())]
}

#[test]
fn cf_22_a_crash_while_it_is_opened_leaves_what_was_there() {
    for (before, state) in disks() {
        for step in 1.. {
            let disk = Shared(Arc::new(Mutex::new(before.0.lock().unwrap().clone())));
            disk.0.lock().unwrap().stop_at = Some(step);
            let opened = disk.open().is_ok();
            for (keep, names_are_new) in [(0, false), (0, true), (1, true), (2, false)] {
                let after = disk.0.lock().unwrap().crashed(keep, names_are_new);
                let after = Shared(Arc::new(Mutex::new(after)));
                assert_eq!(after.open().unwrap().load().as_ref(), Ok(&state), "step {step}");
            }
            if opened {
                assert!(step > 5, "{step} steps are too few to be all");
                break;
            }
        }
    }
}

#[test]
fn what_cannot_be_kept_is_told_when_it_is_opened() {
    for (before, state) in disks() {
        let names = before.0.lock().unwrap().names.keys().cloned().collect::<Vec<_>>();
        for kind in [ErrorKind::StorageFull, ErrorKind::ResourceBusy, ErrorKind::PermissionDenied] {
            for step in 1.. {
                let disk = Shared(Arc::new(Mutex::new(before.0.lock().unwrap().clone())));
                disk.0.lock().unwrap().refuse_at = Some((step, kind));
                let Err(error) = disk.open() else {
                    assert!(step > 5, "{step} steps are too few to be all");
                    break;
                };
                let StoreError::Unwritable { path, why, .. } = &error else { panic!("{error}") };
                assert!(["name", "name.witness"].map(Path::new).contains(&&**path), "{error}");
                assert_eq!(why, &kind.to_string());
                // When it can be, it is.
                assert_eq!(disk.open().unwrap().load().as_ref(), Ok(&state));
                let left = disk.0.lock().unwrap().names.keys().cloned().collect::<Vec<_>>();
                assert_eq!(left, names, "step {step}");
            }
        }
    }
}

#[test]
fn em_15_a_session_is_found_again_and_is_private() {
    let folder = temporary("found-again");
    let path = folder.join("session");
    let mut store = FileStore::open(&path).unwrap();
    assert_eq!(store.load().unwrap(), Snapshot::default());
    store.apply(&changes()).unwrap();
    store.apply(&[]).unwrap();
    drop(store);
    #[cfg(unix)]
    for file in ["session", "session.lock"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert!(!folder.join("session.new").exists());
    assert_eq!(FileStore::open(&path).unwrap().load().unwrap(), full());
}

#[test]
fn two_clients_on_one_file_are_an_error() {
    let folder = temporary("two-clients");
    let path = folder.join("session");
    let first = FileStore::open(&path).unwrap();
    let second = FileStore::open(&path).unwrap_err();
    assert_eq!(second, StoreError::InUse { path: path.clone() });
    drop(first);
    FileStore::open(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused_and_untouched() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temporary("exposed");
    let path = folder.join("session");
    FileStore::open(&path).unwrap().apply(&changes()).unwrap();
    let bytes = fs::read(&path).unwrap();
    for mode in [0o604, 0o640, 0o644, 0o602, 0o777] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = FileStore::open(&path).unwrap_err();
        assert_eq!(error, StoreError::Exposed { path: path.clone(), mode });
        assert!(error.to_string().contains("chmod 600"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(FileStore::open(&path).unwrap().load().unwrap(), full());
}

#[test]
fn a_file_that_is_no_session_is_refused_and_untouched() {
    let folder = temporary("damaged");
    let path = folder.join("session");
    FileStore::open(&path).unwrap().apply(&changes()).unwrap();
    let good = fs::read(&path).unwrap();
    let mut newer = good.clone();
    newer[8] = 9;
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    for (bytes, flaw) in [
        (b"".to_vec(), Flaw::Empty),
        (b"[App data]".to_vec(), Flaw::Kind),
        (good[..good.len() / 2].to_vec(), Flaw::Length),
        (newer, Flaw::Newer { version: 9, known: 3 }),
        (flipped, Flaw::Checksum),
    ] {
        fs::write(&path, &bytes).unwrap();
        let error = FileStore::open(&path).unwrap_err();
        assert_eq!(error, StoreError::Damaged { path: path.clone(), flaw });
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    let most = codec::MAX_BYTES;
    fs::write(&path, vec![0; most + 1]).unwrap();
    let error = FileStore::open(&path).unwrap_err();
    assert_eq!(error, StoreError::Damaged { path, flaw: Flaw::TooLarge { most } });
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = temporary("no-folder");
    let error = FileStore::open(folder.join("none/session")).unwrap_err();
    assert!(matches!(error, StoreError::Io { kind: ErrorKind::NotFound, .. }), "{error}");
}
