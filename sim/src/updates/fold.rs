//! What an application makes of updates: how each chat stands, by what it was told alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use telewire::tl::Deserialize;
use telewire::tl::api::enums::updates::{ChannelDifference, Difference};
use telewire::tl::api::enums::{self, EncryptedMessage, Message, Peer, Update};
use telewire::tl::api::functions::{channels, messages};
use telewire::updates::{BoxId, Checkpoint, Event, Kept, Mark, Why};

use crate::updates::town::{Messages, Town, numbers, said};

/// What is known of the boxes. A box that was never met is not in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Fold {
    pub(super) common: Option<Messages>,
    /// What was said in the secret chat, by the numbers of texts.
    pub(super) qts: Option<Messages>,
    pub(super) channels: BTreeMap<i64, Messages>,
    /// Channels of which it was told that they cannot be asked for. Where they were is kept, for the day when they can.
    pub(super) unnamed: BTreeSet<i64>,
    /// What it has deleted itself.
    deleted: BTreeSet<(BoxId, i32)>,
}

impl Fold {
    fn line(&mut self, line: BoxId) -> Option<&mut Messages> {
        match line {
            BoxId::Common => self.common.as_mut(),
            BoxId::Channel(id) => self.channels.get_mut(&id),
            BoxId::Qts => self.qts.as_mut(),
        }
    }

    /// What was deleted by the application itself is not there, whatever it is told of before.
    fn forget_deleted(&mut self, line: BoxId) {
        let deleted = std::mem::take(&mut self.deleted);
        if let Some(known) = self.line(line) {
            known.retain(|id, _| !deleted.contains(&(line, *id)));
        }
        self.deleted = deleted;
    }

    /// Takes what happened. What was lost is asked for as whoever has lost something does it.
    fn apply(&mut self, line: BoxId, event: &Event, town: &Town) {
        match (event, line) {
            // It is told once, and stands for all boxes: they begin where the next checkpoint says.
            (Event::Lost { why: Why::Skipped, .. }, _) => {
                self.channels.clear();
                self.qts = None;
            }
            (Event::ChannelGone { error }, BoxId::Channel(id)) => {
                self.channels.remove(&id);
                self.unnamed.extend(error.is_some().then_some(id));
            }
            _ => {}
        }
        let Some(known) = self.line(line) else { return };
        known.extend(secret(event).map(|number| (number, number.to_string())));
        match told(event) {
            Told::Message(message) => {
                known.extend(said(message).map(|(id, text, _)| (id, text)));
            }
            Told::Gone(ids) => known.retain(|id, _| !ids.contains(id)),
            Told::Lost { from, to } => town.heal(line, known, from, to),
            Told::Other => {}
        }
        self.forget_deleted(line);
    }
}

enum Told<'a> {
    Message(&'a Message),
    Gone(&'a [i32]),
    /// What happened between two positions.
    Lost {
        from: i32,
        to: i32,
    },
    Other,
}

fn told(event: &Event) -> Told<'_> {
    match event {
        Event::Message(message) => Told::Message(message),
        Event::Update(Update::UpdateNewMessage(new)) => Told::Message(&new.message),
        Event::Update(Update::UpdateNewChannelMessage(new)) => Told::Message(&new.message),
        Event::Update(Update::UpdateEditMessage(edit)) => Told::Message(&edit.message),
        Event::Update(Update::UpdateEditChannelMessage(edit)) => Told::Message(&edit.message),
        Event::Update(Update::UpdateDeleteMessages(gone)) => Told::Gone(&gone.messages),
        Event::Update(Update::UpdateDeleteChannelMessages(gone)) => Told::Gone(&gone.messages),
        Event::Lost { from, to, .. } | Event::ChannelTooLong { from, to, .. } => {
            Told::Lost { from: *from, to: *to }
        }
        _ => Told::Other,
    }
}

/// The number of a text of the secret chat. A packet is what was said in it, and the world does not look at it.
fn secret(event: &Event) -> Option<i32> {
    let message = match event {
        Event::Encrypted(message) => message,
        Event::Update(Update::UpdateNewEncryptedMessage(new)) => &new.message,
        _ => return None,
    };
    let EncryptedMessage::EncryptedMessage(message) = message else { return None };
    std::str::from_utf8(&message.bytes).ok()?.parse().ok()
}

/// The new message of an event.
fn new(event: &Event) -> Option<&Message> {
    match event {
        Event::Message(message) => Some(message),
        Event::Update(Update::UpdateNewMessage(new)) => Some(&new.message),
        Event::Update(Update::UpdateNewChannelMessage(new)) => Some(&new.message),
        _ => None,
    }
}

/// Whether a box ends with it, and begins anew where something is kept of it later.
fn is_end(event: &Event) -> bool {
    matches!(event, Event::ChannelGone { .. } | Event::Lost { why: Why::Skipped, .. })
}

/// A delivery that was taken.
#[derive(Debug)]
struct Taken {
    mark: Mark,
    event: Event,
    is_committed: bool,
}

/// The application: what it knows, what of that it has on its disk, and what it has seen in this life.
#[derive(Debug, Default)]
pub(super) struct Application {
    pub(super) now: Fold,
    kept: Fold,
    /// What was taken of each box, and is not on the disk.
    taken: BTreeMap<BoxId, VecDeque<Taken>>,
    /// What it was told is gone.
    gone: BTreeSet<(BoxId, i32)>,
    /// The last new message of each box, and the version of each text.
    last: BTreeMap<BoxId, i32>,
    versions: BTreeMap<(BoxId, i32), u32>,
    /// The versions that differences had. They have a message as it is, and not as it was where they end (UM-06): what was held of before
    /// then comes after it, an older version among it, and the newer one again.
    ahead: BTreeMap<(BoxId, i32), u32>,
}

impl Application {
    /// Takes a delivery. UM-13 (a): what is told of a box comes in its order, and once.
    pub(super) fn take(
        &mut self,
        line: BoxId,
        event: Event,
        mark: Mark,
        town: &Town,
    ) -> Result<(), String> {
        if let Some(message) = new(&event) {
            let last = self.last.insert(line, message.id()).unwrap_or(0);
            if message.id() <= last {
                return Err(format!("{line:?}: message {} came after {last}", message.id()));
            }
        }
        if let Some(number) = secret(&event) {
            let last = self.last.insert(line, number).unwrap_or(0);
            if number <= last {
                return Err(format!("{line:?}: text {number} came after {last}"));
            }
        }
        if let Told::Message(message) = told(&event)
            && let Some((id, text, _)) = said(message)
            && let Some((_, version)) = numbers(&text)
        {
            let old = self.versions.insert((line, id), version).unwrap_or(0);
            let ahead = self.ahead.get(&(line, id)).copied().unwrap_or(0);
            if version < old && ahead < old {
                return Err(format!(
                    "{line:?}: version {version} of message {id} came after {old}"
                ));
            }
        }
        if let Told::Gone(ids) = told(&event) {
            self.gone.extend(ids.iter().map(|id| (line, *id)));
        }
        self.now.apply(line, &event, town);
        self.taken.entry(line).or_default().push_back(Taken { mark, event, is_committed: false });
        Ok(())
    }

    /// The server has answered a difference.
    pub(super) fn is_answered(&mut self, answer: &[u8]) {
        let (new, others) = match Difference::from_bytes(answer) {
            Ok(Difference::Difference(all)) => (all.new_messages, all.other_updates),
            Ok(Difference::DifferenceSlice(part)) => (part.new_messages, part.other_updates),
            _ => match ChannelDifference::from_bytes(answer) {
                Ok(ChannelDifference::ChannelDifference(part)) => {
                    (part.new_messages, part.other_updates)
                }
                _ => return,
            },
        };
        let others = others.into_iter().map(Event::Update);
        for event in new.into_iter().map(Event::Message).chain(others) {
            if let Told::Message(message) = told(&event)
                && let Some((id, text, _)) = said(message)
                && let Some((_, version)) = numbers(&text)
            {
                let line = match message.peer_id() {
                    Some(Peer::PeerChannel(of)) => BoxId::Channel(of.channel_id),
                    _ => BoxId::Common,
                };
                let ahead = self.ahead.entry((line, id)).or_default();
                *ahead = (*ahead).max(version);
            }
        }
    }

    /// A call of its own was answered. Of what was deleted by it nobody tells it: the answer says where the box is, and it knows the rest.
    pub(super) fn has_called(&mut self, call: &[u8]) {
        let (line, gone) = if let Ok(call) = messages::DeleteMessages::from_bytes(call) {
            (BoxId::Common, call.id)
        } else if let Ok(call) = channels::DeleteMessages::from_bytes(call) {
            let enums::InputChannel::InputChannel(channel) = call.channel else { return };
            (BoxId::Channel(channel.channel_id), call.id)
        } else {
            return;
        };
        // What was told before may be read after it.
        for fold in [&mut self.now, &mut self.kept] {
            fold.deleted.extend(gone.iter().map(|id| (line, *id)));
            self.gone.extend(gone.iter().map(|id| (line, *id)));
            fold.forget_deleted(line);
        }
    }

    /// Marks that are not committed.
    pub(super) fn open(&self) -> Vec<Mark> {
        let all = self.taken.values().flatten().filter(|taken| !taken.is_committed);
        all.map(|taken| taken.mark).collect()
    }

    pub(super) fn commit(&mut self, mark: Mark) {
        for taken in self.taken.values_mut().flatten().filter(|taken| taken.mark == mark) {
            taken.is_committed = true;
        }
    }

    /// The engine has told what to keep: boxes that are new begin where it says, with what was taken of them since.
    pub(super) fn met(&mut self, checkpoint: &Checkpoint, town: &Town) {
        let before = self.now.clone();
        // What is kept of a box whose end was told and is not dealt with is of before it.
        let is_ending = |line: BoxId| {
            self.taken.get(&line).is_some_and(|taken| {
                let end = taken.iter().rposition(|taken| is_end(&taken.event));
                end.is_some_and(|end| taken.iter().take(end + 1).any(|taken| !taken.is_committed))
            })
        };
        begin(&mut self.now, checkpoint, town, is_ending);
        for (line, taken) in &self.taken {
            let is_new = match line {
                BoxId::Common => before.common.is_none(),
                BoxId::Channel(id) => !before.channels.contains_key(id),
                BoxId::Qts => before.qts.is_none(),
            };
            // One that has ended in this life begins anew.
            let begins = taken.iter().rposition(|taken| is_end(&taken.event));
            let since = taken.iter().skip(begins.map_or(0, |at| at + 1));
            for taken in since.filter(|_| is_new) {
                self.now.apply(*line, &taken.event, town);
            }
        }
    }

    /// It is on the disk, and with it what the application has made of all that was committed.
    pub(super) fn written(&mut self, checkpoint: &Checkpoint, town: &Town) {
        // What ends boxes, and what came before, comes before they begin anew.
        let (mut before, mut since) = (Vec::new(), Vec::new());
        for (line, taken) in &mut self.taken {
            let mut done = VecDeque::new();
            while let Some(first) = taken.pop_front_if(|first| first.is_committed) {
                done.push_back((*line, first.event));
            }
            let begins = done.iter().rposition(|(_, event)| is_end(event));
            since.extend(done.split_off(begins.map_or(0, |at| at + 1)));
            before.extend(done);
        }
        for (line, event) in before {
            self.kept.apply(line, &event, town);
        }
        begin(&mut self.kept, checkpoint, town, |_| false);
        for (line, event) in since {
            self.kept.apply(line, &event, town);
        }
    }

    /// The program ends, and with it what is not on the disk. UM-13 (d): all up to the position that is kept was told. What is beyond it is
    /// told again; it is let go, for what is gone by then is not.
    pub(super) fn crash(&mut self, disk: &Kept, town: &Town) -> Result<(), String> {
        let common = disk.common.map(|state| (BoxId::Common, state.pts));
        let channels = disk.channels.iter().map(|(id, state)| (BoxId::Channel(*id), state.pts));
        let qts = disk.common.map(|state| (BoxId::Qts, state.qts));
        for (line, pts) in common.into_iter().chain(qts).chain(channels) {
            let gone = self.gone.clone();
            let (Some(known), Some(stood)) = (self.kept.line(line), town.at(line, pts)) else {
                continue;
            };
            // A difference has what is left, and not what was (UM-06): of what was deleted since, its deletion alone comes, and of several
            // texts the last.
            let left = town.newest(line);
            let is_told = |id: i32, text: &str| match known.get(&id) {
                Some(known) => version(known) >= version(text),
                None => gone.contains(&(line, id)),
            };
            let is_missing = |(id, text): &(&i32, &String)| {
                left.is_some_and(|left| left.contains_key(id)) && !is_told(**id, text)
            };
            // What is known and was not there yet is beyond the position.
            let is_stale = |id: &&i32| !stood.contains_key(id) && town.was_before(line, pts, **id);
            if town.is_known(line, pts) {
                if let Some((id, text)) = stood.iter().find(is_missing) {
                    return Err(format!(
                        "{line:?}: {pts} is kept, and {text:?} of message {id} was never told"
                    ));
                }
                if let Some(id) = known.keys().find(is_stale) {
                    return Err(format!(
                        "{line:?}: {pts} is kept, and that message {id} was deleted was never told"
                    ));
                }
            }
            known.clone_from(stood);
            self.kept.forget_deleted(line);
        }
        let (kept, gone) = (std::mem::take(&mut self.kept), std::mem::take(&mut self.gone));
        *self = Self { now: kept.clone(), kept, gone, ..Self::default() };
        Ok(())
    }
}

/// How often a text was edited; what happened stays as it is.
fn version(text: &str) -> Option<u32> {
    numbers(text).map(|(_, version)| version)
}

/// Boxes that were not met before stand as they stood then.
fn begin(fold: &mut Fold, checkpoint: &Checkpoint, town: &Town, is_ending: impl Fn(BoxId) -> bool) {
    if let (None, Some(state)) = (&fold.common, checkpoint.common) {
        fold.common = town.at(BoxId::Common, state.pts).cloned();
        fold.forget_deleted(BoxId::Common);
    }
    if let (None, Some(state)) = (&fold.qts, checkpoint.common) {
        fold.qts = town.at(BoxId::Qts, state.qts).cloned();
    }
    for (id, state) in &checkpoint.channels {
        // One that is not anywhere yet is only to be asked for.
        if let Some(state) = state.filter(|state| state.pts > 0)
            && !fold.channels.contains_key(id)
            && !is_ending(BoxId::Channel(*id))
            && !(state.is_dirty && fold.unnamed.contains(id))
            && let Some(all) = town.at(BoxId::Channel(*id), state.pts)
        {
            fold.channels.insert(*id, all.clone());
            fold.unnamed.remove(id);
            fold.forget_deleted(BoxId::Channel(*id));
        }
    }
}
