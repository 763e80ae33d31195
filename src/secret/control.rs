//! What the protocol itself says inside of a chat: layers, and the exchanges of new keys (SC-50 to SC-58).

use std::mem;

use crate::crypto::{AuthKey, Entropy, EntropyExt, Secret};
use crate::secret::chat::Chat;
use crate::secret::content::Control;
use crate::secret::event::Event;
use crate::secret::life::State;
use crate::secret::limits::{MAX_REDRAWS, REKEY_AFTER, REKEY_AFTER_TIME};
use crate::secret::record::OldKey;
use crate::secret::rekey::{Deed, Rekey, Word, hear};
use crate::work::{Answer, FirstPower, Job, Powers, SharedKey};

impl Chat {
    /// Takes a control message in its order.
    pub(super) fn take_control(&mut self, control: Control, entropy: &mut dyn Entropy) {
        match control {
            Control::NotifyLayer { layer } => self.learn_layer(layer),
            Control::RequestKey { exchange, g_a } => {
                if self.hear_of_keys(Word::Request { exchange }, entropy) == Deed::Answer {
                    self.answer_request(exchange, &g_a, entropy);
                }
            }
            Control::AcceptKey { exchange, g_b, fingerprint } => {
                if self.hear_of_keys(Word::Accept { exchange }, entropy) == Deed::Derive {
                    self.derive(exchange, &g_b, fingerprint, entropy);
                }
            }
            Control::AbortKey { exchange } => {
                self.hear_of_keys(Word::Abort { exchange }, entropy);
            }
            Control::CommitKey { exchange, fingerprint } => {
                let fits = self.new_key_is(fingerprint);
                self.hear_of_keys(Word::Commit { exchange, fits }, entropy);
            }
            // A resend was served where it has its place in the order.
            Control::Noop | Control::Resend { .. } => {}
        }
    }

    /// Does what a word about keys leads to, but for what needs more than the word.
    pub(super) fn hear_of_keys(&mut self, word: Word, entropy: &mut dyn Entropy) -> Deed {
        let deed = hear(&self.record.rekey, word, self.record.keys.old.is_some());
        match deed {
            Deed::Ignore => self.counts.odd_rekeying += u64::from(word != Word::NewKey),
            Deed::Refuse => {
                self.counts.odd_rekeying += 1;
                if let Word::Request { exchange } | Word::Accept { exchange } = word {
                    self.abort(exchange, entropy);
                }
            }
            Deed::GiveUp => self.set_rekey(Rekey::Idle),
            Deed::Switch | Deed::SwitchAndForget => self.switch(deed, entropy),
            Deed::Forget => {
                self.set_rekey(Rekey::Idle);
                self.forget_old(entropy);
            }
            Deed::Answer | Deed::Derive => {}
        }
        deed
    }

    fn set_rekey(&mut self, rekey: Rekey) {
        self.record.rekey = rekey;
        self.changed();
    }

    /// `AbortKey` (SC-54).
    fn abort(&mut self, exchange: i64, entropy: &mut dyn Entropy) {
        self.control(&Control::AbortKey { exchange }, entropy);
    }

    /// When an exchange is due, in seconds since 1970, if nothing is open (SC-50).
    pub(super) fn rekey_due(&self) -> Option<u64> {
        let keys = &self.record.keys;
        let is_open = self.record.rekey != Rekey::Idle || keys.old.is_some();
        if self.record.state != State::Ready || is_open || keys.uses == 0 {
            return None;
        }
        let by_time = keys.since.saturating_add(REKEY_AFTER_TIME.as_secs());
        Some(if keys.uses > REKEY_AFTER { 0 } else { by_time })
    }

    /// Begins an exchange if it is time. It is no option: forward secrecy is for both sides (SC-50).
    pub(super) fn rekey_if_due(&mut self, entropy: &mut dyn Entropy) {
        if self.rekey_due().is_some_and(|due| due <= self.now.unix.as_secs()) {
            // SC-58: number and exponent are of this exchange and of this chat alone.
            let exchange = i64::from_le_bytes(entropy.array());
            self.redraws = 0;
            self.draw_for(exchange, entropy);
        }
    }

    fn draw_for(&mut self, exchange: i64, entropy: &mut dyn Entropy) {
        let exponent = Box::new(Secret::random(entropy));
        self.set_rekey(Rekey::Drawing { exchange, exponent });
        self.compute_key();
    }

    /// The other side asks: its number is checked, ours is drawn (SC-51).
    fn answer_request(&mut self, exchange: i64, g_a: &[u8], entropy: &mut dyn Entropy) {
        let Some(group) = &self.record.group else { return };
        match group.check_theirs(g_a, None) {
            Ok(theirs) => {
                let exponent = Box::new(Secret::random(entropy));
                self.redraws = 0;
                self.set_rekey(Rekey::Answering { exchange, exponent, theirs: Box::new(theirs) });
                self.compute_key();
            }
            // SC-54: ours was the smaller one, and is given up all the same (SC-53).
            Err(_) => {
                self.set_rekey(Rekey::Idle);
                self.abort(exchange, entropy);
            }
        }
    }

    /// The other side has accepted (SC-51).
    fn derive(&mut self, exchange: i64, g_b: &[u8], claimed: i64, entropy: &mut dyn Entropy) {
        let Rekey::Requested { exponent, ours, .. } = mem::take(&mut self.record.rekey) else {
            return;
        };
        self.changed();
        let theirs = self.record.group.as_ref().map(|group| group.check_theirs(g_b, Some(&ours)));
        match theirs {
            Some(Ok(theirs)) => {
                let theirs = Box::new(theirs);
                self.set_rekey(Rekey::Deriving { exchange, exponent, theirs, claimed });
                self.compute_key();
            }
            _ => self.abort(exchange, entropy),
        }
    }

    /// Has the powers taken that the exchange waits for; also after a restart. Prime and generator are those of the chat.
    pub(super) fn compute_key(&mut self) {
        let Some(group) = &self.record.group else { return };
        let (suite, prime, g) = (self.suite.clone(), *group.prime(), group.base());
        let untested = None;
        let job = match &self.record.rekey {
            Rekey::Drawing { exponent, .. } => {
                let exponent = (**exponent).clone();
                Job::FirstPower(Box::new(FirstPower { suite, prime, untested, g, exponent }))
            }
            Rekey::Answering { exponent, theirs, .. } => {
                let (public, exponent) = (**theirs, (**exponent).clone());
                Job::Powers(Box::new(Powers { suite, prime, untested, g, public, exponent }))
            }
            Rekey::Deriving { exponent, theirs, .. } => {
                let (public, exponent) = (**theirs, (**exponent).clone());
                Job::SharedKey(Box::new(SharedKey { suite, prime, public, exponent }))
            }
            Rekey::Idle
            | Rekey::Requested { .. }
            | Rekey::Accepted { .. }
            | Rekey::Switched { .. } => return,
        };
        self.ask(job);
    }

    /// Takes the powers of an exchange. Those of one that was given up meanwhile have another ticket, or find another state.
    pub(super) fn rekey_done(&mut self, answer: Answer, entropy: &mut dyn Entropy) {
        let is_good =
            |ours: &[u8; 256]| self.record.group.as_ref().is_some_and(|group| group.is_good(ours));
        match (mem::take(&mut self.record.rekey), answer) {
            (Rekey::Drawing { exchange, exponent }, Answer::FirstPower(Ok(ours))) => {
                if is_good(&ours) {
                    let g_a = ours.to_vec();
                    self.set_rekey(Rekey::Requested { exchange, exponent, ours });
                    self.control(&Control::RequestKey { exchange, g_a }, entropy);
                } else if self.may_redraw() {
                    self.draw_for(exchange, entropy);
                }
            }
            (Rekey::Answering { exchange, theirs, .. }, Answer::Powers(Ok(powers))) => {
                if is_good(&powers.ours) && powers.ours != *theirs {
                    self.accept_key(exchange, &powers.ours, powers.key, entropy);
                } else if self.may_redraw() {
                    let exponent = Box::new(Secret::random(entropy));
                    self.set_rekey(Rekey::Answering { exchange, exponent, theirs });
                    self.compute_key();
                } else {
                    self.abort(exchange, entropy);
                }
            }
            (Rekey::Deriving { exchange, claimed, .. }, Answer::SharedKey(Ok(key))) => {
                // SC-54: nobody has the new key yet, so that there is a way back.
                let (id, claimed) = (key.id().to_le_bytes(), claimed.to_le_bytes());
                if self.suite.constant_time_eq(&id, &claimed) {
                    self.commit_key(exchange, *key, entropy);
                } else {
                    self.abort(exchange, entropy);
                }
            }
            (rekey, _) => self.record.rekey = rekey,
        }
        self.changed();
    }

    fn may_redraw(&mut self) -> bool {
        self.redraws += 1;
        self.redraws <= MAX_REDRAWS
    }

    /// `AcceptKey`, under the key of before. From here on the other side may use the new one (SC-52).
    fn accept_key(
        &mut self,
        exchange: i64,
        ours: &[u8; 256],
        key: AuthKey,
        entropy: &mut dyn Entropy,
    ) {
        let fingerprint = key.id().0;
        self.set_rekey(Rekey::Accepted { exchange, key });
        let g_b = ours.to_vec();
        self.control(&Control::AcceptKey { exchange, g_b, fingerprint }, entropy);
    }

    /// `CommitKey`, under the key of before, and nothing under that after it (SC-51).
    fn commit_key(&mut self, exchange: i64, key: AuthKey, entropy: &mut dyn Entropy) {
        let fingerprint = key.id().0;
        let commit = self.record.numbers.made;
        self.control(&Control::CommitKey { exchange, fingerprint }, entropy);
        self.set_rekey(Rekey::Idle);
        self.use_key(key, Some(commit));
    }

    /// The other side has the new key and uses it (SC-51).
    fn switch(&mut self, deed: Deed, entropy: &mut dyn Entropy) {
        let Rekey::Accepted { exchange, key } = mem::take(&mut self.record.rekey) else { return };
        self.use_key(key, None);
        if deed == Deed::Switch {
            // SC-55: what is missing before `CommitKey` may still come under the old one.
            self.set_rekey(Rekey::Switched { exchange });
        } else {
            self.forget_old(entropy);
        }
    }

    /// `CommitKey` was processed, so that nothing under the old key follows. The other side learns that from the next message (SC-55).
    fn forget_old(&mut self, entropy: &mut dyn Entropy) {
        self.record.keys.old = None;
        self.control(&Control::Noop, entropy);
    }

    fn use_key(&mut self, key: AuthKey, commit: Option<u32>) {
        self.event(Event::Rekeyed { key: key.id() });
        let keys = &mut self.record.keys;
        keys.old = keys.current.take().map(|key| OldKey { key, commit });
        keys.current = Some(key);
        keys.since = self.now.unix.as_secs();
        keys.uses = 0;
        self.changed();
    }

    /// A message of the new key came in its order: all before it are here. If the other side has counted our `CommitKey`, none of
    /// the old key follows (SC-55).
    pub(super) fn heard_new_key(&mut self, in_: u32) {
        let commit = self.record.keys.old.as_ref().and_then(|old| old.commit);
        if commit.is_some_and(|commit| in_ > commit) {
            self.record.keys.old = None;
        }
    }

    fn new_key_is(&self, fingerprint: i64) -> bool {
        let key = match &self.record.rekey {
            Rekey::Accepted { key, .. } => Some(key),
            Rekey::Switched { .. } => self.record.keys.current.as_ref(),
            _ => None,
        };
        let fingerprint = fingerprint.to_le_bytes();
        key.is_some_and(|key| self.suite.constant_time_eq(&key.id().to_le_bytes(), &fingerprint))
    }
}
