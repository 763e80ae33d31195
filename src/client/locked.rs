//! A file that is locked for as long as one has it.

use std::fs::{File, TryLockError};
use std::ops::Deref;

/// A file that this program alone has, until it is dropped.
///
/// It is unlocked then and not merely closed: a process that another thread is just starting has a copy of all that is open until
/// it runs its own program, and the copy would keep the lock.
#[derive(Debug)]
pub(super) struct Locked(File);

impl Locked {
    /// Locks a file, if nobody else has.
    pub(super) fn new(file: File) -> Result<Self, TryLockError> {
        file.try_lock().map(|()| Self(file))
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // What cannot be unlocked is unlocked by closing it.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_copy_of_what_was_open_does_not_keep_it_locked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let open = || File::options().create(true).append(true).open(&path).unwrap();
        let locked = Locked::new(open()).unwrap();
        // As a process that is being started has it.
        let copy = locked.try_clone().unwrap();
        assert!(matches!(Locked::new(open()), Err(TryLockError::WouldBlock)));
        drop(locked);
        let again = Locked::new(open()).unwrap();
        drop(copy);
        assert!(matches!(Locked::new(open()), Err(TryLockError::WouldBlock)));
        drop(again);
    }
}
