//! One million updates of 50 channels through the engine, as they come: read, in containers of one, in the order of each channel. Its
//! throughput is the updates.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

use telewire::time::Now;
use telewire::tl::api::enums::{Message, Peer, Update, Updates};
use telewire::tl::api::types;
use telewire::updates::{Account, CatchUp, ChannelState, CommonState, Engine, Kept};

const CHANNELS: i32 = 50;
const UPDATES: i32 = 1_000_000;

/// Of a batch: all at once would take gigabytes.
const BATCH: i32 = 10_000;

fn engine() -> Engine {
    let state = ChannelState { pts: 1, is_dirty: false };
    let kept = Kept {
        common: Some(CommonState { pts: 1, qts: 1, date: 1, seq: 1 }),
        channels: (0..CHANNELS).map(|id| (id.into(), state)).collect(),
        ..Kept::default()
    };
    // A bot does not look who is mentioned (UP-71), which is no part of the other library's boxes.
    let account = Account { id: Some(1), is_bot: true };
    Engine::new(Some(account), CatchUp::SinceCommit, kept)
}

/// A new message of a channel.
fn update(number: i32) -> Updates {
    let (channel_id, pts) = (i64::from(number % CHANNELS), number / CHANNELS + 2);
    let peer = Peer::PeerChannel(types::PeerChannel { channel_id });
    let message = types::Message::new(pts, peer, 1, "a message as short as most".into());
    let new = types::UpdateNewChannelMessage::new(Message::from(message), pts, 1);
    let update = Update::UpdateNewChannelMessage(Box::new(new));
    Updates::from(types::UpdateShort { update, date: 1 })
}

fn updates(c: &mut Criterion) {
    let now = Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_700_000_000) };
    let mut group = c.benchmark_group("updates");
    group.throughput(Throughput::Elements(UPDATES.unsigned_abs().into()));
    group.sample_size(10);
    group.bench_function("one_million_of_50_channels", |b| {
        b.iter_custom(|iterations| {
            let mut taken = Duration::ZERO;
            for _ in 0..iterations {
                let mut engine = engine();
                let mut told = 0;
                for first in (0..UPDATES).step_by(BATCH as usize) {
                    let batch: Vec<Updates> = (first..first + BATCH).map(update).collect();
                    let began = std::time::Instant::now();
                    for updates in batch {
                        engine.handle_typed(now, updates, 100);
                        while let Some(delivery) = engine.poll_update() {
                            engine.commit(delivery.mark);
                            told += 1;
                            black_box(delivery);
                        }
                    }
                    black_box(engine.poll_checkpoint());
                    engine.checkpoint_kept();
                    taken += began.elapsed();
                }
                assert_eq!(told, UPDATES, "some are missing");
            }
            taken
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("decode_one", |b| {
        let bytes = telewire::tl::Serialize::to_bytes(&update(1));
        b.iter_batched(
            || bytes.clone(),
            |bytes| <Updates as telewire::tl::Deserialize>::from_bytes(&bytes),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, updates);
criterion_main!(benches);
