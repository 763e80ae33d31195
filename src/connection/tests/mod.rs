//! A connection and a data centre, both without I/O, and a wire between them that a test can cut.

mod kept;
mod memory;
mod pfs;
mod silence;

use std::time::Duration;

use super::*;
use crate::crypto::{RsaPrivateKey, SeededEntropy, test_key, toy};
use crate::framing::{FrameError, Framing, TransportError};
use crate::handshake::Step;
use crate::ids::DcId;
use crate::rpc::{CallError, CallId, CloseReason, Execution, Request};
use crate::server::{DataCentre, DcEvent, Dispatcher, LinkId, exchange};
use crate::session;
use crate::time::Now;
use crate::tl::mtproto::{functions, types};
use crate::tl::{Bytes, Function, Object, Repeat, Serialize};
use crate::turns::Turns;

/// A function of an API that nobody has: it returns what it is given.
#[derive(Debug, Clone, PartialEq)]
struct Echo(Bytes);

impl crate::tl::Identifiable for Echo {
    const ID: u32 = 0x0ec0_0ec0;
    const NAME: &'static str = "echo";
}

impl Serialize for Echo {
    fn serialize(&self, out: &mut Vec<u8>) {
        crate::tl::codec::write_word(<Self as crate::tl::Identifiable>::ID, out);
        self.0.serialize(out);
    }
}

impl crate::tl::Deserialize for Echo {
    fn read(r: &mut crate::tl::Reader<'_>) -> Option<Self> {
        let outer = r.begin(<Self as crate::tl::Identifiable>::ID, "echo");
        let bytes = r.bytes();
        r.end(outer);
        Some(Self(bytes))
    }
}

impl Function for Echo {
    type Return = Bytes;
    const REPEAT: Repeat = Repeat::Once;
}

struct Net {
    connection: Connection,
    dc: DataCentre,
    link: Option<LinkId>,
    framing: Framing,
    now: Now,
    /// How many bytes go at once, in both directions.
    piece: usize,
    events: Vec<Event>,
    dials: Vec<Now>,
}

impl Net {
    fn new() -> Self {
        Self::with(Framing::Intermediate, |_| {})
    }

    fn with(framing: Framing, change: impl FnOnce(&mut Config)) -> Self {
        let mut dispatcher = Dispatcher::new();
        dispatcher.on(|_, Echo(bytes)| Ok(bytes));
        Self::with_dispatcher(framing, dispatcher, change)
    }

    fn with_dispatcher(
        framing: Framing,
        dispatcher: Dispatcher,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
        let dc_id = DcId::production(2);
        let now = Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_705_754_876) };
        let mut config = Config::new(dc_id, vec![key.public().clone()], toy());
        change(&mut config);
        let connection = Connection::new(config, now, Box::new(SeededEntropy::new(1)));
        let config = exchange::Config::new(dc_id, vec![key], toy());
        let dc = DataCentre::new(config, dispatcher, SeededEntropy::new(2));
        let (events, dials) = (Vec::new(), Vec::new());
        Self { connection, dc, link: None, framing, now, piece: usize::MAX, events, dials }
    }

    /// Carries bytes until both sides are quiet.
    fn run(&mut self) {
        for _ in 0..10_000 {
            if !self.turn() {
                return;
            }
        }
        panic!("they never end");
    }

    fn turn(&mut self) -> bool {
        let mut is_busy = false;
        if self.connection.poll_connect(self.now).is_some() {
            self.dials.push(self.now);
            self.close_link();
            self.link = Some(self.dc.handle_connected());
            self.connection.handle_connected(self.now, self.framing);
            is_busy = true;
        }
        let mut bytes = Vec::new();
        let mut turns = Turns::default();
        while turns.count(self.connection.poll_transmit(self.now, &mut bytes)) {
            is_busy = true;
        }
        if let Some(link) = self.link {
            for piece in bytes.chunks(self.piece) {
                self.dc.handle_input(self.now, link, piece);
            }
            let mut turns = Turns::default();
            while let Some((link, work)) = turns.count(self.dc.poll_work()) {
                self.dc.handle_work(self.now, link, work.run());
            }
            let mut turns = Turns::default();
            while let Some(frame) = turns.count(self.dc.poll_transmit(self.now, link)) {
                is_busy = true;
                for piece in frame.chunks(self.piece) {
                    self.connection.handle_input(self.now, piece);
                }
            }
            if !self.dc.is_open(link) {
                self.cut();
            }
        }
        if let Some(work) = self.connection.poll_work() {
            self.connection.handle_work(self.now, work.run());
            is_busy = true;
        }
        let mut turns = Turns::default();
        while let Some(event) = turns.count(self.connection.poll_event()) {
            self.events.push(event);
        }
        if !self.connection.is_link_wanted() {
            self.close_link();
        }
        is_busy
    }

    /// Time passes up to what is due next, and nothing is carried yet.
    fn wake(&mut self) {
        let due = self.connection.poll_timeout().unwrap().max(self.now.mono);
        self.now = self.now.after(due.saturating_sub(self.now.mono));
        self.connection.handle_timeout(self.now);
    }

    /// There is a link, over which nothing is carried yet.
    fn dial(&mut self) {
        let mut turns = Turns::default();
        while turns.count(self.connection.poll_connect(self.now).is_none()) {
            self.wake();
        }
        self.dials.push(self.now);
        self.close_link();
        self.link = Some(self.dc.handle_connected());
        self.connection.handle_connected(self.now, self.framing);
    }

    /// Lets time pass, and does what is due.
    fn wait(&mut self, passed: Duration) {
        let end = self.now.after(passed);
        let mut turns = Turns::default();
        while let Some(due) =
            turns.count(self.connection.poll_timeout().filter(|due| *due <= end.mono))
        {
            self.now = self.now.after(due.saturating_sub(self.now.mono));
            self.connection.handle_timeout(self.now);
            self.run();
        }
        self.now = end;
        self.run();
    }

    fn close_link(&mut self) {
        if let Some(link) = self.link.take() {
            self.dc.handle_disconnected(link);
        }
    }

    /// The socket breaks.
    fn cut(&mut self) {
        self.close_link();
        self.connection.handle_disconnected(self.now, Disconnected::Eof);
    }

    fn call(&mut self, function: &impl Function) -> CallId {
        self.connection.call(self.now, Request::new(function)).unwrap()
    }

    fn answer(&self, call: CallId) -> Option<Result<Object, CallError>> {
        let mut answers = self.events.iter().filter_map(|event| match event {
            Event::Session(session::Event::Answer { call: of, result }) if *of == call => {
                Some(result.clone())
            }
            _ => None,
        });
        let answer = answers.next();
        assert!(answers.next().is_none(), "answered twice");
        answer
    }

    fn echo(&mut self, length: usize) -> CallId {
        self.call(&Echo(vec![7; length].into()))
    }

    fn echoed(&self, call: CallId) -> usize {
        self.answer(call).expect("an answer").expect("a result").decode::<Bytes>().unwrap().len()
    }

    fn over(&self) -> Option<&ConnectionError> {
        self.events.iter().find_map(|event| match event {
            Event::Over(error) => Some(error),
            _ => None,
        })
    }

    fn disconnections(&self) -> Vec<&Disconnected> {
        let mut all = Vec::new();
        for event in &self.events {
            if let Event::Disconnected { why } = event {
                all.push(why);
            }
        }
        all
    }
}

#[test]
fn a_key_is_exchanged_and_requests_that_waited_for_it_are_answered() {
    for framing in Framing::ALL {
        let mut net = Net::with(framing, |_| {});
        let calls: Vec<CallId> = (0..10).map(|length| net.echo(length)).collect();
        net.run();
        for (length, call) in calls.into_iter().enumerate() {
            assert_eq!(net.echoed(call), length);
        }
        assert!(net.events.iter().any(|e| matches!(e, Event::KeyCreated(_))));
        let steps = net.events.iter().filter(|e| matches!(e, Event::Step(_))).count();
        // Seven that have a name, and the six packets.
        assert_eq!(steps, 7 + 6);
        assert_eq!(net.connection.session().unwrap().calls_in_flight(), 0);
    }
}

#[test]
fn cf_03_bytes_may_come_one_by_one() {
    for framing in Framing::ALL {
        let mut net = Net::with(framing, |_| {});
        net.piece = 1;
        let call = net.echo(1_000);
        net.run();
        assert_eq!(net.echoed(call), 1_000);
    }
}

#[test]
fn a_stored_key_is_used_without_an_exchange() {
    let mut first = Net::new();
    first.run();
    let stored = first.events.iter().find_map(|event| match event {
        Event::KeyCreated(stored) => Some((**stored).clone()),
        _ => None,
    });
    let mut second = Net::with(Framing::Abridged, |config| config.stored = stored);
    second.dc = first.dc;
    let call = second.echo(5);
    second.run();
    assert_eq!(second.echoed(call), 5);
    assert!(!second.events.iter().any(|e| matches!(e, Event::Step(_) | Event::KeyCreated(_))));
}

#[test]
fn large_and_many_requests_are_answered() {
    let mut net = Net::new();
    let large = net.echo(1 << 19);
    let many: Vec<CallId> = (0..3_000).map(|_| net.echo(8)).collect();
    net.run();
    assert_eq!(net.echoed(large), 1 << 19);
    assert!(many.into_iter().all(|call| net.echoed(call) == 8));
}

#[test]
fn service_functions_are_answered_too() {
    let mut net = Net::new();
    let ping = net.call(&functions::Ping { ping_id: 77 });
    let salts = net.call(&functions::GetFutureSalts { num: 5 });
    let none = net.call(&functions::GetFutureSalts { num: 0 });
    net.run();
    let pong: types::Pong = net.answer(ping).unwrap().unwrap().decode().unwrap();
    assert_eq!(pong.ping_id, 77);
    let salts: types::FutureSalts = net.answer(salts).unwrap().unwrap().decode().unwrap();
    assert_eq!(salts.salts.len(), 5);
    assert!(net.answer(none).unwrap().is_ok());
}

#[test]
fn an_unknown_function_is_an_error_of_the_servers() {
    let mut net = Net::new();
    let call =
        net.connection.call(net.now, Request::from_bytes(vec![1, 2, 3, 4], Repeat::Safe)).unwrap();
    net.run();
    let Some(Err(CallError::Rpc(error))) = net.answer(call) else { panic!("no error") };
    assert_eq!((error.code, error.name.as_str()), (400, "INPUT_METHOD_INVALID"));
}

#[test]
fn cf_02_a_broken_link_is_mended_and_the_session_goes_on() {
    let mut net = Net::new();
    net.run();
    let session = net.connection.session().unwrap().id();
    net.cut();
    let call = net.echo(4);
    net.wait(Duration::from_secs(1));
    assert_eq!(net.echoed(call), 4);
    assert_eq!(net.connection.session().unwrap().id(), session);
    let sessions = net.dc.take_events();
    let created = sessions.iter().filter(|e| matches!(e, DcEvent::SessionCreated(..))).count();
    assert_eq!(created, 1);
}

#[test]
fn a_link_that_breaks_during_the_exchange_begins_another_with_another_nonce() {
    let mut net = Net::new();
    net.turn();
    net.cut();
    net.wait(Duration::from_secs(1));
    let nonces: Vec<[u8; 16]> = net
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Step(step) => match **step {
                Step::ReqPq { nonce } => Some(nonce),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(nonces.len(), 2);
    assert_ne!(nonces[0], nonces[1]);
    assert!(net.connection.session().is_some());
}

#[test]
fn cf_18_dials_that_fail_become_rare() {
    let mut net = Net::new();
    let mut times = Vec::new();
    for _ in 0..20 {
        let mut turns = Turns::default();
        while turns.count(net.connection.poll_connect(net.now).is_none()) {
            let due = net.connection.poll_timeout().unwrap();
            net.now = net.now.after(due.saturating_sub(net.now.mono));
            net.connection.handle_timeout(net.now);
        }
        times.push(net.now.mono);
        let refused = Disconnected::Io(std::io::ErrorKind::ConnectionRefused);
        net.connection.handle_disconnected(net.now, refused);
    }
    let waits: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits[0] <= Duration::from_millis(50), "{waits:?}");
    assert!(waits[18] >= Duration::from_secs(30) && waits[18] <= Duration::from_secs(60));
}

#[test]
fn a_dial_that_takes_too_long_is_given_up() {
    let mut net = Net::new();
    assert!(net.connection.poll_connect(net.now).is_some());
    assert_eq!(net.connection.poll_timeout(), Some(net.now.mono + Duration::from_secs(10)));
    net.now = net.now.after(Duration::from_secs(10));
    net.connection.handle_timeout(net.now);
    assert_eq!(
        net.connection.poll_event(),
        Some(Event::Disconnected { why: Disconnected::DialTimeout })
    );
}

#[test]
fn bytes_that_are_no_frames_break_the_link() {
    let mut net = Net::new();
    net.run();
    net.connection.handle_input(net.now, &[0, 0, 0, 0]);
    net.run();
    assert_eq!(net.disconnections(), [&Disconnected::Framing(FrameError::Empty)]);
    let call = net.echo(4);
    net.wait(Duration::from_secs(1));
    assert_eq!(net.echoed(call), 4);
}

#[test]
fn em_07_a_packet_that_is_not_authentic_breaks_the_link_and_the_session_goes_on() {
    let mut net = Net::new();
    net.run();
    let garbage = [&80_u32.to_le_bytes()[..], &[7; 80]].concat();
    net.connection.handle_input(net.now, &garbage);
    net.run();
    let violation = session::Violation::NotAuthentic;
    assert_eq!(net.disconnections(), [&Disconnected::Violation(violation)]);
    net.wait(Duration::from_secs(1));
    let call = net.echo(4);
    net.run();
    assert_eq!(net.echoed(call), 4);
}

fn transport_error(code: TransportError) -> Vec<u8> {
    [4_i32.to_le_bytes(), code.0.to_le_bytes()].concat()
}

#[test]
fn cf_04_four_bytes_do_not_cost_a_key_but_over_two_links_they_are_believed() {
    let mut net = Net::new();
    net.run();
    let error = transport_error(TransportError::AUTH_KEY_NOT_FOUND);
    // A key that was made just now may not be known everywhere, however often that is said.
    for _ in 0..3 {
        net.connection.handle_input(net.now, &error);
        net.wait(Duration::from_secs(1));
        assert_eq!(net.over(), None);
    }
    net.wait(Duration::from_secs(60));
    // Over the link on which the key has spoken it is known.
    for _ in 0..10 {
        net.connection.handle_input(net.now, &error);
        let call = net.echo(4);
        net.wait(Duration::from_secs(2));
        assert_eq!((net.echoed(call), net.over()), (4, None));
    }
    net.cut();
    for is_over in [false, true] {
        net.dial();
        net.connection.handle_input(net.now, &error);
        // The server hangs up, as it does: nothing else will come.
        net.cut();
        net.run();
        assert_eq!(net.over().is_some(), is_over);
    }
    assert_eq!(net.over(), Some(&ConnectionError::KeyUnknown));
    assert!(net.connection.is_over() && net.connection.poll_timeout().is_none());
}

fn key_of(net: &Net) -> crate::crypto::KeyId {
    net.connection.session().unwrap().key_id()
}

#[test]
fn cf_04_other_transport_errors_cost_the_link_and_never_the_key() {
    for (error, at_least) in [
        (TransportError::FORBIDDEN, Duration::ZERO),
        // Of a data centre that has answered as the one named.
        (TransportError::INVALID_DC, Duration::ZERO),
        // CF-15: too many of us, so that the next dial is one of seconds.
        (TransportError::FLOOD, Duration::from_secs(3)),
    ] {
        let mut net = Net::new();
        net.run();
        net.wait(Duration::from_secs(60));
        let (key, dials, before) = (key_of(&net), net.dials.len(), net.now);
        net.connection.handle_input(net.now, &transport_error(error));
        let call = net.echo(4);
        net.wait(Duration::from_secs(10));
        assert_eq!((net.echoed(call), net.over(), key_of(&net)), (4, None, key), "{error}");
        let waited = net.dials[dials].mono - before.mono;
        assert!(waited >= at_least && waited <= Duration::from_secs(10), "{error}: {waited:?}");
    }
}

#[test]
fn kx_09_the_wrong_data_centre_is_the_end() {
    let mut net = Net::new();
    net.turn();
    net.connection.handle_input(net.now, &transport_error(TransportError::INVALID_DC));
    net.run();
    assert_eq!(net.over(), Some(&ConnectionError::WrongDc));
}

#[test]
fn kx_09_a_refused_exchange_is_tried_five_times() {
    let mut net = Net::with(Framing::Intermediate, |config| config.dc = DcId::production(3));
    let call = net.echo(4);
    net.wait(Duration::from_secs(60));
    let error = ConnectionError::Refused(TransportError::AUTH_KEY_NOT_FOUND);
    assert_eq!((net.over(), net.dials.len()), (Some(&error), 5));
    let closed = CallError::Closed { execution: Execution::Never, why: CloseReason::NoKey };
    assert_eq!(net.answer(call), Some(Err(closed)));
}

#[test]
fn kx_04_a_key_that_the_server_has_not_is_the_end_at_once() {
    let keys = crate::crypto::keys::production_keys();
    let mut net = Net::with(Framing::Intermediate, |config| config.keys = keys);
    net.wait(Duration::from_secs(60));
    let error = ConnectionError::Handshake(crate::handshake::Error::NoKnownKey);
    assert_eq!((net.over(), net.dials.len()), (Some(&error), 1));
}

#[test]
fn cf_20_closing_ends_everything_and_nothing_follows() {
    let mut net = Net::new();
    net.run();
    let call = net.echo(4);
    net.connection.close(net.now);
    net.run();
    let closed = CallError::Closed { execution: Execution::Never, why: CloseReason::Closed };
    assert_eq!(net.answer(call), Some(Err(closed.clone())));
    assert_eq!(net.over(), Some(&ConnectionError::Closed));
    assert_eq!(net.connection.call(net.now, Request::new(&Echo(Bytes::default()))), Err(closed));
    assert!(!net.connection.is_link_wanted() && net.connection.poll_timeout().is_none());
    net.connection.close(net.now);
    assert_eq!(net.connection.poll_event(), None);
}

#[test]
fn equal_inputs_give_equal_outputs() {
    let run = || {
        let mut net = Net::new();
        for length in 0..50 {
            net.echo(length);
        }
        net.run();
        net.cut();
        net.wait(Duration::from_secs(5));
        format!("{:?}", net.events)
    };
    assert_eq!(run(), run());
}

#[test]
fn hours_pass_and_salts_change() {
    let mut net = Net::new();
    net.run();
    for _ in 0..50 {
        net.wait(Duration::from_secs(1_000));
        let call = net.echo(3);
        net.run();
        assert_eq!(net.echoed(call), 3);
    }
    // The salts to come were known, so that none was refused.
    assert_eq!(net.connection.session().unwrap().counters().resent, 0);
    assert_eq!(net.over(), None);
}

#[test]
fn dials_are_counted_and_a_connection_is_over_only_when_it_ends() {
    let mut net = Net::new();
    for attempt in 0..4 {
        let mut turns = Turns::default();
        let dial = loop {
            turns.count(());
            match net.connection.poll_connect(net.now) {
                Some(dial) => break dial,
                None => net.wake(),
            }
        };
        assert_eq!((dial.attempt, net.connection.is_over()), (attempt, false));
        assert_eq!(net.connection.poll_connect(net.now), None, "it is being dialled");
        net.connection.handle_disconnected(net.now, Disconnected::Eof);
    }
    net.connection.close(net.now);
    assert!(net.connection.is_over());
    assert_eq!(net.connection.poll_connect(net.now), None);
}
