//! Bytes that are carried, and links that come and go.

use telewire::connection::Disconnected;
use telewire::crypto::KeyId;
use telewire::ids::SessionId;
use telewire::server::{DcEvent, LinkId, Tally};
use telewire::time::Now;

use crate::oracle::Violation;
use crate::pipe::Frame;
use crate::rogue::Rogue;
use crate::watch::FrameId;
use crate::wire::{End, Wire};
use crate::world::{UNIX, World, at};

impl World<'_> {
    /// Lets the bytes arrive that are due, on all links.
    pub(super) fn carry(&mut self) {
        let mut wires = std::mem::take(&mut self.old);
        wires.retain_mut(|wire| {
            self.arrive_up(wire);
            let is_over = wire.is_over(self.mono);
            if is_over {
                self.over(wire);
            }
            !is_over
        });
        self.old.append(&mut wires);
        let Some(mut wire) = self.wire.take() else { return };
        self.arrive_up(&mut wire);
        let now = self.client_now();
        while let Some((bytes, _)) = wire.down.pop(self.mono, &mut self.dice) {
            if self.client.wants_link() {
                self.client.input(now, &bytes);
                let is_taken = self.client.wants_link();
                for number in self.watch.reached(self.mono, &bytes, is_taken) {
                    self.oracle.arrived(number);
                }
            }
        }
        let is_closed = !self.is_open(&wire.end) && wire.down.is_empty();
        if is_closed && !wire.down.is_silent() || wire.is_broken(self.mono) {
            self.over(&wire);
            self.watch.disconnected();
            self.say(|| "the link broke".to_owned());
            if self.client.wants_link() {
                self.client.disconnected(now, Disconnected::Eof);
            }
        } else {
            self.wire = Some(wire);
        }
    }

    fn arrive_up(&mut self, wire: &mut Wire) {
        let now = self.server_now();
        while let Some((bytes, ends)) = wire.up.pop(self.mono, &mut self.dice) {
            match &mut wire.end {
                End::DataCentre(link) if self.dc.is_open(*link) => {
                    self.arrive(now, *link, &bytes, ends);
                }
                End::DataCentre(_) => {}
                End::Rogue(rogue) => rogue.input(now.unix, &bytes, &mut self.dice),
            }
        }
    }

    /// Lets bytes arrive at the data centre, and looks what that makes of them if a frame ends with them.
    fn arrive(&mut self, now: Now, link: LinkId, bytes: &[u8], ends: Option<FrameId>) {
        let Some(frame) = ends else { return self.dc.handle_input(now, link, bytes) };
        let numbers: Vec<i32> = self.watch.late.requests(frame).collect();
        let before = self.oracle.counts(&numbers);
        let refusals = self.refusals();
        self.dc.handle_input(now, link, bytes);
        let was_refused = self.refusals() > refusals;
        for number in self.watch.late.arrived(frame, was_refused) {
            self.oracle.excuse_copy(number, &before);
        }
    }

    fn refusals(&self) -> u64 {
        self.dc.tally().refusals.values().sum()
    }

    /// Takes all that client and server have to say, until both are quiet.
    pub(super) fn settle(&mut self) {
        // Each turn of it makes somebody speak, who does not speak for ever without time passing.
        for _ in 0..1_000 {
            if !self.settle_once() {
                return;
            }
        }
        self.oracle.violated(Violation::Restless { what: "the client, at one moment," });
    }

    fn settle_once(&mut self) -> bool {
        let (client_now, server_now) = (self.client_now(), self.server_now());
        let mut is_busy = false;
        if self.client.wants_dial(client_now) {
            is_busy = true;
            self.leave_link();
            self.dialing = None;
            self.dial();
        }
        if !self.client.wants_link() {
            self.leave_link();
        }
        is_busy |= self.send_up(client_now);
        while let Some(work) = self.client.work() {
            self.client.worked(client_now, work.run());
            is_busy = true;
        }
        while let Some((link, work)) = self.dc.poll_work() {
            self.dc.handle_work(server_now, link, work.run());
            is_busy = true;
        }
        is_busy |= self.send_down(server_now);
        while let Some(told) = self.client.told() {
            is_busy = true;
            self.hear(told);
        }
        if let Some(Wire { end: End::DataCentre(link), .. }) = &self.wire {
            let session = self.dc.session_of(*link);
            self.spoken_in(session);
        }
        for event in self.dc.take_events() {
            // Temporary keys too: the client does not tell those.
            if let DcEvent::KeyCreated(id) = &event
                && let Some(key) = self.dc.auth_key(*id)
            {
                self.watch.know(key.clone());
                if let Some(trace) = &mut self.trace {
                    trace.peek.know(key.clone());
                }
            }
            if let DcEvent::SessionCreated(key, session) = event {
                self.spoken_in(Some((key, session)));
            }
            self.say(|| format!("server: {event:?}"));
        }
        self.check_bounds();
        is_busy
    }

    /// The server has heard of a session. It is the client's from then on, if it is the one that the client uses: a packet that was
    /// overtaken is of one that the client has given up, and that does not become its own again.
    fn spoken_in(&mut self, session: Option<(KeyId, SessionId)>) {
        let Some((_, id)) = session else { return };
        let is_used = self.client.session().is_none_or(|used| used == id);
        if is_used && session != self.session {
            self.former.extend(self.session);
            self.session = session;
        }
    }

    fn send_up(&mut self, now: Now) -> bool {
        let mut is_busy = false;
        loop {
            let mut frame = Vec::new();
            if !self.client.transmit(now, &mut frame) {
                return is_busy;
            }
            is_busy = true;
            self.packets += 1;
            if let Some(trace) = &mut self.trace {
                let seen = trace.peek.up(&frame);
                trace.lines.extend(seen.into_iter().map(|line| at(self.mono, &line)));
            }
            let id = match self.watch.sent(&frame) {
                Ok(id) => Some(id),
                Err(broken) => {
                    self.oracle.violated(Violation::Wire(broken));
                    None
                }
            };
            if let Some(wire) = &mut self.wire {
                wire.up.push(self.mono, Frame { bytes: frame, id }, &mut self.dice);
            }
        }
    }

    fn send_down(&mut self, now: Now) -> bool {
        let mut is_busy = false;
        for wire in &mut self.old {
            // Nobody listens any more.
            if let End::DataCentre(link) = wire.end {
                while self.dc.poll_transmit(now, link).is_some() {}
            }
        }
        let Some(wire) = &mut self.wire else { return false };
        loop {
            let frame = match &mut wire.end {
                End::DataCentre(link) => self.dc.poll_transmit(now, *link),
                End::Rogue(rogue) => rogue.output(),
            };
            let Some(frame) = frame else { return is_busy };
            is_busy = true;
            self.said += u64::from(matches!(wire.end, End::Rogue(_)));
            if let Some(trace) = &mut self.trace {
                let seen = trace.peek.down(&frame);
                trace.lines.extend(seen.into_iter().map(|line| at(self.mono, &line)));
            }
            wire.down.push(self.mono, Frame { bytes: frame, id: None }, &mut self.dice);
        }
    }

    pub(super) fn dial(&mut self) {
        let (count, hang) = self.bad_dials;
        if count > 0 {
            self.bad_dials.0 -= 1;
            self.meet(if hang { "dial-hangs" } else { "dial-fails" });
            self.say(|| format!("a dial fails (hangs: {hang})"));
            if !hang {
                let why = Disconnected::Io(std::io::ErrorKind::ConnectionRefused);
                self.client.disconnected(self.client_now(), why);
            }
            return;
        }
        self.dialing = Some(self.mono + self.plan.latency * 2 + self.dice.time(self.plan.jitter));
    }

    pub(super) fn connect(&mut self) {
        let end = match &self.key {
            Some(key) if self.is_rogue_now() => {
                let gossips = self.plan.rogue.is_some_and(|rogue| rogue.gossips);
                End::Rogue(Box::new(Rogue::new(self.suite.clone(), key.clone(), gossips)))
            }
            _ => End::DataCentre(self.dc.handle_connected()),
        };
        self.wire = Some(Wire::new(self.plan, end));
        if let Some(trace) = &mut self.trace {
            trace.peek.connected(self.plan.framing);
        }
        self.watch.connected(self.mono, self.plan.framing);
        self.say(|| "connected".to_owned());
        self.client.connected(self.client_now(), self.plan.framing);
    }

    pub(super) fn leave_link(&mut self) {
        if let Some(mut wire) = self.wire.take() {
            self.say(|| "the client closed the link".to_owned());
            wire.close(self.mono, &mut self.dice);
            self.old.push(wire);
            self.watch.disconnected();
        }
    }

    /// The link breaks, and both notice.
    pub(super) fn cut(&mut self) {
        let Some(wire) = self.wire.take() else { return };
        self.over(&wire);
        self.watch.disconnected();
        if self.client.wants_link() {
            self.client.disconnected(self.client_now(), Disconnected::Eof);
        }
    }

    /// A link is over, and the server hears of it.
    pub(super) fn over(&mut self, wire: &Wire) {
        for kind in wire.met() {
            self.meet(kind);
        }
        match &wire.end {
            End::DataCentre(link) => self.dc.handle_disconnected(*link),
            End::Rogue(rogue) => {
                for (id, count) in rogue.sent() {
                    *self.rogues.entry(*id).or_default() += count;
                }
            }
        }
    }

    /// What was sent to the client.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = self.dc.tally().clone();
        for (id, count) in &self.rogues {
            *tally.messages.entry(*id).or_default() += count;
        }
        tally
    }

    /// Whether whoever answers a dial is one that sends anything at all.
    pub(super) fn is_rogue_now(&self) -> bool {
        let time = self.mono.saturating_sub(self.delay);
        self.plan.rogue.is_some_and(|rogue| rogue.is_at(time))
    }

    /// The peer is another from some times on: then the link to the one before breaks. A rogue speaks unasked.
    pub(super) fn change_peers(&mut self) {
        let is_rogue = self.is_rogue_now();
        let Some(wire) = &mut self.wire else { return };
        if matches!(wire.end, End::Rogue(_)) != is_rogue {
            self.say(|| "the peer is another".to_owned());
            return self.cut();
        }
        let unix = UNIX + self.mono;
        if let End::Rogue(rogue) = &mut wire.end {
            rogue.speak(self.mono, unix, &mut self.dice);
        }
    }

    fn is_open(&self, end: &End) -> bool {
        match end {
            End::DataCentre(link) => self.dc.is_open(*link),
            End::Rogue(rogue) => rogue.is_open(),
        }
    }
}
