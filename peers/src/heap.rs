//! Prints what decoding requests of the heap, and the sizes of types: a line each, `name<TAB>telewire<TAB>grammers`.

use dhat::{HeapStats, Profiler};
use telewire_peers::{Result, input, ours, theirs};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> Result<()> {
    let _profiler = Profiler::builder().testing().build();
    let (our_bytes, our_count) = requested(|| ours::decode(input::MESSAGES))?;
    let (their_bytes, their_count) = requested(|| theirs::decode(input::MESSAGES))?;
    println!("heap/bytes\t{our_bytes}\t{their_bytes}");
    println!("heap/allocations\t{our_count}\t{their_count}");
    let names = ["Message", "User", "Chat", "Update"];
    for ((name, ours), theirs) in names.iter().zip(ours::sizes()).zip(theirs::sizes()) {
        println!("size/{name}\t{ours}\t{theirs}");
    }
    Ok(())
}

/// Bytes requested and requests made, those to grow included, while a value is made.
fn requested<T, E>(make: impl FnOnce() -> std::result::Result<T, E>) -> Result<(u64, u64)>
where
    E: std::error::Error + 'static,
{
    let before = HeapStats::get();
    let value = make()?;
    let after = HeapStats::get();
    drop(value);
    Ok((after.total_bytes - before.total_bytes, after.total_blocks - before.total_blocks))
}
