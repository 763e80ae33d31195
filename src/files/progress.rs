//! FI-86: how far a transfer is, as it is told.

/// How far a transfer is: bytes that a server has acknowledged, or that were written and, if that was asked for, verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes are done. It never falls, and is never more than all.
    pub done: u64,
    /// How many there are, if anybody knows; never 0 for that.
    pub total: Option<u64>,
}

/// What was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Teller {
    told: Option<Progress>,
}

impl Teller {
    /// What to tell, if it is more than before. What has to be done again is not told as less.
    pub(crate) fn tell(&mut self, done: u64, total: Option<u64>) -> Option<Progress> {
        let before = self.told.map_or(0, |told| told.done);
        // FI-38: another picture has taken the place of a larger one.
        if total.is_some_and(|total| total < before) {
            return None;
        }
        let done = done.max(before).min(total.unwrap_or(u64::MAX));
        let progress = Progress { done, total };
        if self.told == Some(progress) {
            return None;
        }
        self.told = Some(progress);
        Some(progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi_86_progress_never_falls_and_never_exceeds_the_size() {
        let mut teller = Teller::default();
        let mut last = 0;
        for (done, total) in [
            (0, None),
            (5, None),
            (3, None),
            (3, Some(20)),
            (12, Some(20)),
            (0, Some(20)),
            (25, Some(20)),
        ] {
            if let Some(progress) = teller.tell(done, total) {
                assert!(progress.done >= last && progress.done <= total.unwrap_or(u64::MAX));
                assert_eq!(progress.total, total);
                last = progress.done;
            }
        }
        assert_eq!(teller.tell(20, Some(20)), None);
        assert_eq!(teller.tell(5, Some(10)), None);
        assert_eq!(last, 20);
    }

    #[test]
    fn fi_86_what_is_unknown_is_told_as_unknown() {
        let mut teller = Teller::default();
        assert_eq!(teller.tell(0, None), Some(Progress { done: 0, total: None }));
        assert_eq!(teller.tell(7, None), Some(Progress { done: 7, total: None }));
        assert_eq!(teller.tell(7, None), None);
        assert_eq!(teller.tell(7, Some(7)), Some(Progress { done: 7, total: Some(7) }));
    }
}
