//! A disk that outlives its programs. Some of its writes fail, and one may be the last thing that a program does.

use std::collections::BTreeSet;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "sqlite")]
use telewire::client::store::SqliteStore;
use telewire::client::store::{Change, FileStore, MemoryStore, Snapshot, Store, StoreError};
use telewire::crypto::{EntropyExt, KeyId, SeededEntropy};
use telewire::ids::DcId;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// Clones are the same disk.
#[derive(Clone)]
pub(super) struct Disk(Arc<Mutex<Platter>>);

struct Platter {
    seed: u64,
    medium: Medium,
    /// What the program at hand writes to.
    store: Box<dyn Store>,
    /// What must be on the disk: all that took effect, and nothing else.
    kept: Snapshot,
    /// Every key that was ever kept.
    keys: BTreeSet<(DcId, KeyId)>,
    entropy: SeededEntropy,
    is_sound: bool,
    failures: u32,
    /// The number of the program that may write.
    program: u32,
    /// A state that must never be on a disk.
    torn: Option<Snapshot>,
}

enum Medium {
    Memory,
    File(TempDir),
    #[cfg(feature = "sqlite")]
    Sqlite(TempDir),
}

/// The write that ends a program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crash {
    /// How many writes come before it.
    pub(super) after: u8,
    /// Whether it takes effect.
    pub(super) is_kept: bool,
}

/// The disk as a program has it.
pub(super) struct Head {
    disk: Disk,
    program: u32,
    crash: Option<Crash>,
    /// Told when the program is to end.
    crashed: Option<oneshot::Sender<()>>,
    /// Closed when it has ended.
    gone: Receiver<()>,
}

impl Disk {
    pub(super) fn new(seed: u64, mut entropy: SeededEntropy) -> Self {
        // Files take much longer.
        let medium = match entropy.array::<1>()[0] {
            0..16 => Medium::File(tempfile::tempdir().unwrap()),
            #[cfg(feature = "sqlite")]
            16..32 => Medium::Sqlite(tempfile::tempdir().unwrap()),
            _ => Medium::Memory,
        };
        Self(Arc::new(Mutex::new(Platter {
            seed,
            medium,
            store: Box::new(MemoryStore::new()),
            kept: Snapshot::default(),
            keys: BTreeSet::new(),
            entropy,
            is_sound: true,
            failures: 0,
            program: 0,
            torn: None,
        })))
    }

    /// The disk for the next program; writes of the one before take no effect any more.
    pub(super) fn next_program(
        &self,
        is_sound: bool,
        crash: Option<Crash>,
        crashed: oneshot::Sender<()>,
        gone: Receiver<()>,
    ) -> Head {
        let mut platter = self.lock();
        platter.is_sound = is_sound;
        platter.program += 1;
        platter.open();
        let program = platter.program;
        Head { disk: self.clone(), program, crash, crashed: Some(crashed), gone }
    }

    /// A program has ended: it writes no more.
    pub(super) fn end_program(&self) {
        let mut platter = self.lock();
        platter.program += 1;
        assert_eq!(platter.torn, None, "seed {}: half of a login was kept", platter.seed);
    }

    pub(super) fn kept(&self) -> Snapshot {
        self.lock().kept.clone()
    }

    pub(super) fn was_kept(&self, dc: DcId, key: KeyId) -> bool {
        self.lock().keys.contains(&(dc, key))
    }

    /// How many writes have failed.
    pub(super) fn failures(&self) -> u32 {
        self.lock().failures
    }

    fn lock(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Platter {
    fn open(&mut self) {
        // Closed first: a store locks its file.
        self.store = Box::new(MemoryStore::from(self.kept.clone()));
        match &self.medium {
            Medium::Memory => {}
            Medium::File(folder) => {
                self.store = Box::new(FileStore::open(folder.path().join("session")).unwrap());
            }
            #[cfg(feature = "sqlite")]
            Medium::Sqlite(folder) => {
                self.store = Box::new(SqliteStore::open(folder.path().join("session")).unwrap());
            }
        }
        let found = self.store.load().unwrap();
        assert_eq!(found, self.kept, "seed {}: the disk holds something else", self.seed);
    }

    fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if !self.is_sound && self.entropy.array::<1>()[0] < 24 {
            self.failures += 1;
            return Err(StoreError::Other("the disk is full".into()));
        }
        self.take(changes);
        Ok(())
    }

    fn take(&mut self, changes: &[Change]) {
        self.store.apply(changes).unwrap();
        self.kept.apply(changes);
        for change in changes {
            if let Change::Key { dc, key } = change {
                self.keys.insert((*dc, key.auth_key.id()));
            }
        }
        // A login is kept whole: that there is one, and whose.
        let kept = &self.kept;
        let is_login = kept.home.is_some_and(|home| kept.is_authorized(home));
        if is_login != kept.user.is_some() {
            self.torn = Some(kept.clone());
        }
    }
}

impl Head {
    /// Counts a write; whether it is the last, and whether it takes effect.
    fn count(&mut self) -> Option<bool> {
        let crash = self.crash.as_mut()?;
        let is_last = crash.after == 0;
        crash.after = crash.after.saturating_sub(1);
        is_last.then_some(crash.is_kept)
    }
}

impl Store for Head {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.disk.kept())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let ended = || StoreError::Other("the program has ended".into());
        let last = self.count();
        let mut platter = self.disk.lock();
        if platter.program != self.program {
            return Err(ended());
        }
        let Some(is_kept) = last else { return platter.write(changes) };
        if is_kept {
            platter.take(changes);
        }
        platter.program += 1;
        drop(platter);
        // The write does not return before its program is gone.
        if let Some(crashed) = self.crashed.take() {
            let _ = crashed.send(());
        }
        let _ = self.gone.recv();
        Err(ended())
    }
}
