//! How long packets are made, so that their length says little about what is in them (EM-11).

use std::ops::RangeInclusive;

use super::entropy::{Entropy, EntropyExt};

/// The padding that a packet may have (EM-03, SC-21). Less would not hide the length, more could hide something else.
pub(crate) const PADDING: RangeInclusive<usize> = 12..=1024;

/// The lengths of plaintexts up to which they are filled, those that
/// [TDLib](https://github.com/tdlib/td/blob/0adcac246adef771d5a97c44dde6ebbcc01030ac/td/mtproto/Transport.cpp#L157) has,
/// so that packets look like those of the official clients.
const SIZES: [usize; 9] = [64, 128, 192, 256, 384, 512, 768, 1024, 1280];

/// The distance of the lengths after the last of [`SIZES`], as TDLib has it.
const STEP: usize = 448;

/// How long packets are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Padding {
    /// One of a few lengths: a message that is sent again and again gives no more away than when it is sent once.
    #[default]
    Sizes,
    /// A random length: few lengths that come all the time would be how an observer recognises the protocol. For framings
    /// that hide it.
    Random,
}

impl Padding {
    /// The padding after a plaintext of this length: 12 to 1024 bytes (EM-03), so that both have whole blocks of 16 bytes.
    pub(crate) fn after(self, length: usize, entropy: &mut dyn Entropy) -> usize {
        let least = length + *PADDING.start();
        let whole = match self {
            Self::Sizes => {
                let last = SIZES.last().copied().unwrap_or_default();
                let step = || last + (least - last).next_multiple_of(STEP);
                SIZES.into_iter().find(|size| *size >= least).unwrap_or_else(step)
            }
            Self::Random => {
                let [random] = entropy.array();
                (least + usize::from(random)).next_multiple_of(16)
            }
        };
        whole - length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{FixedEntropy, SeededEntropy};

    #[test]
    fn em_11_lengths_are_those_of_the_list_and_then_steps() {
        let mut nothing = FixedEntropy::new::<Vec<u8>>([]);
        for (length, whole) in [
            (32, 64),
            (52, 64),
            (53, 128),
            (180, 192),
            (181, 256),
            (1_268, 1_280),
            (1_269, 1_728),
            (1_716, 1_728),
            (1_717, 2_176),
            (1 << 20, 1_280 + 448 * 2_338),
        ] {
            assert_eq!(length + Padding::Sizes.after(length, &mut nothing), whole, "{length}");
        }
    }

    #[test]
    fn em_11_random_lengths_are_spread() {
        let mut entropy = SeededEntropy::new(1);
        let mut lengths: Vec<_> =
            (0..1_000).map(|_| Padding::Random.after(44, &mut entropy)).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let all: Vec<usize> = (20..=276).step_by(16).collect();
        assert_eq!(lengths, all);
    }

    #[test]
    fn em_03_padding_has_its_limits_and_makes_whole_blocks() {
        let mut entropy = SeededEntropy::new(2);
        for length in (32..6_000).step_by(4) {
            for padding in [Padding::Sizes, Padding::Random] {
                let bytes = padding.after(length, &mut entropy);
                assert!((12..=1_024).contains(&bytes), "{padding:?} {length}: {bytes}");
                assert_eq!((length + bytes) % 16, 0);
            }
        }
    }
}
