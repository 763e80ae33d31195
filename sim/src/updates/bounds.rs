//! What the engine costs (UM-13 (e), (f)): after a schedule, while nothing goes wrong but what is done here on purpose.
//!
//! * Who is told everything asks for nothing.
//! * A gap is what was lost in one box, and shown by what follows it there. It costs two differences at most, each of them with all its
//!   slices: one for it, and one for what came while that was made.
//! * What is remembered is bounded: after many events it is as much as after as many more.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use telewire::tl::Deserialize;
use telewire::tl::api::enums::InputChannel;
use telewire::tl::api::enums::updates::{ChannelDifference, Difference};
use telewire::updates::{BoxId, Engine, Request};
use telewire_testkit::PushFaults;

use crate::updates::client::Client;
use crate::updates::quiet;
use crate::updates::town::Town;

/// One for what was missing, and one for what came while that was made.
const FOR_A_GAP: u64 = 2;

/// So late no answer comes any more, nor what waits for one.
const ANSWERED: Duration = Duration::from_secs(30);

/// So many times something is said in each box, and so much in the secret chat each time: more than is remembered (UP-85), which is a
/// hundred new messages, and a thousand of secret chats.
const MANY: usize = 40;
const WHISPERS: usize = 25;

/// Of which box a difference is whole with this answer: no part of it follows.
pub(super) fn whole(request: &Request, answer: &[u8]) -> Option<BoxId> {
    let (line, is_part) = match request {
        Request::Difference(_) => {
            let answer = Difference::from_bytes(answer);
            (BoxId::Common, matches!(answer, Ok(Difference::DifferenceSlice(_))))
        }
        Request::ChannelDifference(asked) => {
            let InputChannel::InputChannel(channel) = &asked.channel else { return None };
            let is_part = match ChannelDifference::from_bytes(answer) {
                Ok(ChannelDifference::ChannelDifference(part)) => !part.r#final,
                _ => false,
            };
            (BoxId::Channel(channel.channel_id), is_part)
        }
        _ => return None,
    };
    (!is_part).then_some(line)
}

/// Goes on with a town in which everything is quiet and known.
pub(super) fn check(town: &mut Town, client: &mut Client, is_long: bool) -> Result<(), String> {
    // What nothing has shown so far is shown by this.
    say(town, client)?;
    costs(client);
    say(town, client)?;
    if let Some((line, count)) = costs(client).pop_first() {
        return Err(format!(
            "nothing was missing, and {count} differences of {line:?} were asked for"
        ));
    }
    town.world.set_push_faults(PushFaults { drop: 1_000, ..PushFaults::default() });
    say(town, client)?;
    town.world.set_push_faults(PushFaults::default());
    say(town, client)?;
    for (line, count) in costs(client) {
        if count > FOR_A_GAP {
            return Err(format!("one gap of {line:?}, and {count} differences of it"));
        }
    }
    if !is_long {
        return Ok(());
    }
    let mut sizes = [0; 2];
    for size in &mut sizes {
        for _ in 0..MANY {
            town.last_whispers(WHISPERS);
            say(town, client)?;
        }
        *size = client.engine().map(elements).unwrap_or_default();
    }
    let [before, after] = sizes;
    if after > before {
        return Err(format!(
            "{before} things are remembered, and {after} after {MANY} more in each box"
        ));
    }
    Ok(())
}

/// Something is said in each box, and all that follows from it is done.
fn say(town: &mut Town, client: &mut Client) -> Result<(), String> {
    town.last_words();
    quiet(town, client, ANSWERED)
}

fn costs(client: &mut Client) -> BTreeMap<BoxId, u64> {
    std::mem::take(&mut client.whole)
}

/// How many things an engine has in it: fields, and members of its tables, as they are printed. Numbers grow longer, and are no more.
fn elements(engine: &Engine) -> usize {
    let mut commas = Commas(0);
    // It never fails: nothing is written anywhere.
    let _ = write!(commas, "{engine:?}");
    commas.0
}

struct Commas(usize);

impl fmt::Write for Commas {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.bytes().filter(|byte| *byte == b',').count();
        Ok(())
    }
}
