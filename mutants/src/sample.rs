//! A sample that depends on a seed alone.

/// `count` of the items in random order, or all of them if there are fewer.
pub(crate) fn sample<T>(mut items: Vec<T>, count: u32, seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut drawn = Vec::new();
    while !items.is_empty() && drawn.len() < count as usize {
        // The remainder favours some items by less than 2^-50.
        let place = next(&mut state) % items.len() as u64;
        drawn.push(items.swap_remove(place as usize));
    }
    drawn
}

/// The generator splitmix64: <https://prng.di.unimi.it/splitmix64.c>.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::{next, sample};

    #[test]
    fn equal_seeds_draw_equal_samples_and_others_do_not() {
        let draw = |seed| sample((0..100).collect(), 10, seed);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn nothing_is_drawn_twice_and_no_more_than_there_is() {
        for count in [0, 1, 50, 100, 1000] {
            let mut drawn = sample((0..100).collect(), count, 3);
            assert_eq!(drawn.len(), 100.min(count as usize));
            drawn.sort_unstable();
            drawn.dedup();
            assert_eq!(drawn.len(), 100.min(count as usize));
        }
    }

    #[test]
    fn every_item_is_drawn_by_some_seed() {
        let mut seen = [0; 10];
        for seed in 0..1000 {
            seen[sample((0..10).collect(), 1, seed)[0]] += 1;
        }
        assert!(seen.iter().all(|count| (50..200).contains(count)), "{seen:?}");
    }

    /// The first outputs for the seed 0, from the generator's page.
    #[test]
    fn the_generator_is_the_published_one() {
        let mut state = 0;
        assert_eq!(next(&mut state), 0xe220_a839_7b1d_cdaf);
        assert_eq!(next(&mut state), 0x6e78_9e6a_a1b9_65f4);
    }
}
