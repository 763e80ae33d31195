//! The boxes of updates.

use std::time::Duration;

use telewire::time::Now;
use telewire::tl::Serialize;
use telewire::tl::api::enums::{Message, Peer, Updates};
use telewire::tl::api::types;
use telewire::updates::{Account, CatchUp, ChannelState, CommonState, Engine, Kept};

use crate::{Result, counted_here};

const CHANNELS: i32 = 50;
const UPDATES: i32 = 1_000;

/// A thousand updates of fifty channels: read, put in order, told, committed.
pub(crate) fn boxes() -> Result<()> {
    let state = ChannelState { pts: 1, is_dirty: false };
    let kept = Kept {
        common: Some(CommonState { pts: 1, qts: 1, date: 1, seq: 1 }),
        channels: (0..CHANNELS).map(|id| (id.into(), state)).collect(),
        ..Kept::default()
    };
    let account = Account { id: Some(1), is_bot: true };
    let mut engine = Engine::new(Some(account), CatchUp::SinceCommit, kept);
    take(&mut engine, &of(0));
    let updates = of(UPDATES);
    let told = counted_here(|| take(&mut engine, &updates));
    (told == updates.len()).then_some(()).ok_or_else(|| format!("{told} were told").into())
}

fn of(first: i32) -> Vec<Vec<u8>> {
    (first..first + UPDATES).map(|number| update(number).to_bytes()).collect()
}

fn update(number: i32) -> Updates {
    let (channel_id, pts) = (i64::from(number % CHANNELS), number / CHANNELS + 2);
    let peer = Peer::PeerChannel(types::PeerChannel { channel_id });
    let message = types::Message::new(pts, peer, 1, "a message as short as most".into());
    let new = types::UpdateNewChannelMessage::new(Message::from(message), pts, 1);
    types::UpdateShort { update: new.into(), date: 1 }.into()
}

fn take(engine: &mut Engine, updates: &[Vec<u8>]) -> usize {
    let now = Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_700_000_000) };
    let mut told = 0;
    for update in updates {
        engine.handle_updates(now, update);
        while let Some(delivery) = engine.poll_update() {
            engine.commit(delivery.mark);
            told += 1;
        }
    }
    if engine.poll_checkpoint().is_some() {
        engine.checkpoint_kept();
    }
    told
}
