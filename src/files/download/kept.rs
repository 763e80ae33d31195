//! What is kept of a download (FI-80, FI-81).

use std::ops::Range;

use super::Download;
use crate::files::journal::{Expected, Journal, Kept};
use crate::files::location::Dc;
use crate::files::output::Begin;
use crate::files::sizes::widen;

impl Download {
    /// FI-81.
    pub(super) fn resume(&mut self, kept: &[u8], temp_length: u64) -> Begin {
        let expected = Expected {
            kind: self.location.kind,
            id: self.location.id,
            variant: &self.location.variant,
            size: self.clip,
            from: self.base,
            to: self.base_end,
            part_size: self.part_size,
            is_chained: self.chain.is_some(),
            temp_length,
        };
        let journal = match Journal::resume(kept, &expected) {
            Ok(journal) => journal,
            Err(why) => return Begin::AnewBecause(why),
        };
        if let Ok(dc) = Dc::new(journal.dc.into()) {
            self.dc = dc;
        }
        // A size that the journal knows and nobody has told anew: a part ends there.
        let end = journal.size.filter(|_| self.clip.is_none()).unwrap_or(u64::MAX);
        for part in journal.written() {
            let span = self.span(part);
            let span = span.start..span.end.min(end);
            for set in [&mut self.taken, &mut self.had, &mut self.written] {
                set.insert(span.clone());
            }
        }
        if let Some((at, iv)) = journal.chain
            && let Some(chain) = &mut self.chain
        {
            chain.resume(iv.clone());
            self.at = at;
            self.ivs.insert(at, iv);
        } else if self.ordered {
            self.at = self.prefix();
        }
        if self.ordered {
            // What lies behind the order's place comes again.
            let behind = self.at..u64::MAX;
            for set in [&mut self.taken, &mut self.had, &mut self.written] {
                set.remove(behind.clone());
            }
        }
        Begin::Resumed { bytes: self.done() }
    }

    /// Up to where everything is written, from the begin.
    pub(super) fn prefix(&self) -> u64 {
        self.written.first_gap(&(self.base..u64::MAX)).map_or(u64::MAX, |gap| gap.start)
    }

    /// FI-80: what is kept of it: parts whose writes have returned.
    pub(crate) fn journal(&self) -> Option<Kept> {
        if !self.has_journal {
            return None;
        }
        let told = [self.base_end, self.clip].into_iter().flatten().min();
        let bound = [told, self.end].into_iter().flatten().min().unwrap_or(u64::MAX);
        let chain = self.chain.as_ref().map(|_| {
            self.ivs.range(..=self.prefix()).next_back().map(|(at, iv)| (*at, iv.clone()))
        });
        let upto = match (&chain, self.ordered) {
            (Some(Some((at, _))), _) => *at,
            (Some(None), _) => self.base,
            (None, true) => self.prefix(),
            (None, false) => self.written.end(),
        };
        let (first, last) = widen(self.base, upto.min(bound), self.part_size);
        let mut parts = vec![0_u8; usize::try_from(last.saturating_sub(first).div_ceil(8)).ok()?];
        let size = u64::from(self.part_size);
        for span in self.written.within(&(self.base..upto.min(bound))) {
            // Whole parts alone; the first begins and the last ends where the journal says that the file does. An end that answers
            // told is not in it.
            let from = if span.start == self.base { first } else { span.start.div_ceil(size) };
            let to = if Some(span.end) == told { last } else { span.end / size };
            set_bits(&mut parts, from.saturating_sub(first)..to.saturating_sub(first));
        }
        let journal = Journal {
            kind: self.location.kind.to_byte(),
            dc: self.dc.number(),
            id: self.location.id,
            variant: self.location.variant.clone(),
            size: self.clip,
            from: self.base,
            to: self.base_end,
            part_size: self.part_size,
            chain: match chain {
                Some(None) => return None,
                Some(at) => at,
                None => None,
            },
            parts,
        };
        Some(journal.to_bytes())
    }

    /// The iv of the journal needs no others before it.
    pub(crate) fn forget_ivs(&mut self) {
        let prefix = self.prefix();
        if let Some(at) = self.ivs.range(..=prefix).next_back().map(|(at, _)| *at) {
            self.ivs = self.ivs.split_off(&at);
        }
    }
}

/// Sets bits of a map, eight at a time where that is possible.
fn set_bits(map: &mut [u8], bits: Range<u64>) {
    let mut at = bits.start;
    while at < bits.end {
        let Some(byte) = usize::try_from(at / 8).ok().and_then(|n| map.get_mut(n)) else { return };
        if at.is_multiple_of(8) && bits.end - at >= 8 {
            *byte = 0xff;
            at += 8;
        } else {
            *byte |= 1 << (at % 8);
            at += 1;
        }
    }
}
