//! What a world takes of the heap.

use super::Script;

/// Bytes of a message of 100 characters, in both boxes, with all that tells later that it came.
const MESSAGE: i64 = 1_024;

#[test]
fn a_message_of_a_hundred_characters_takes_a_kibibyte_at_most() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let text = "x".repeat(100);
    let count = 5_000;
    let info = allocation_counter::measure(|| {
        for _ in 0..count {
            script.send(ada, bob.user, &text);
            script.told();
        }
    });
    assert_eq!(script.pts(bob), 5_001);
    let each = info.bytes_current / count;
    assert!((100..=MESSAGE).contains(&each), "{each}");
}
