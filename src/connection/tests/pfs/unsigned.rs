//! Four bytes that nobody signed, in every state that a connection can be in when they come.

use super::*;
use crate::connection::link::Link;
use crate::connection::unsigned::{HEAR_OUT, Standing};

const STANDINGS: [Standing; 11] = [
    Standing::NoKey,
    Standing::Unkept,
    Standing::Never,
    Standing::Young,
    Standing::Before,
    Standing::Here,
    Standing::First,
    Standing::Next,
    Standing::Beside,
    Standing::Binding,
    Standing::BindingNext,
];

const CODES: [i32; 8] = [-404, -444, -429, -403, -1, -500, i32::MIN, -405];

/// How often whoever is on the way tries it.
const INSISTENT: usize = 40;

impl Net {
    fn standing(&self) -> Standing {
        let Link::Up(wire) = &self.connection.link else { panic!("no link") };
        self.connection.keys.standing(wire, self.now)
    }

    fn inject(&mut self, code: i32) {
        self.connection.handle_input(self.now, &transport_error(TransportError(code)));
        let mut turns = Turns::default();
        while let Some(event) = turns.count(self.connection.poll_event()) {
            self.events.push(event);
        }
    }

    /// Time passes without anything being carried.
    fn be_mute(&mut self, passed: Duration) {
        self.close_link();
        let end = self.now.after(passed);
        let mut turns = Turns::default();
        while let Some(due) =
            turns.count(self.connection.poll_timeout().filter(|due| *due <= end.mono))
        {
            if !self.connection.is_link_wanted() {
                break;
            }
            self.now = self.now.after(due.saturating_sub(self.now.mono));
            self.connection.handle_timeout(self.now);
            let mut turns = Turns::default();
            while turns.count(self.connection.poll_transmit(self.now, &mut Vec::new())) {}
            let mut turns = Turns::default();
            while turns.count(self.connection.poll_work().is_some()) {}
        }
        let mut turns = Turns::default();
        while let Some(event) = turns.count(self.connection.poll_event()) {
            self.events.push(event);
        }
    }

    fn turn_until(&mut self, is_so: impl Fn(&Self) -> bool) {
        let mut turns = Turns::default();
        while turns.count(!is_so(self)) {
            if !self.turn() {
                self.wake();
            }
        }
    }

    fn is_binding(&self) -> bool {
        self.connection.session().is_some_and(session::Session::is_binding)
    }

    fn is_temporary(&self) -> bool {
        self.connection.keys.temporary.is_some()
    }
}

/// A connection that stands so, with the link at hand; each in the ways there are.
fn nets(standing: Standing) -> Vec<Net> {
    let temporary = |seconds| lived(seconds).0;
    let made = |passed: u64| {
        let mut net = Net::new();
        net.wait_seconds(passed);
        net
    };
    let again = |mut net: Net| {
        net.cut();
        net.dial();
        net
    };
    let mut nets = match standing {
        Standing::NoKey => {
            let mut nets = vec![Net::new(), temporary(1_000), Net::new()];
            for net in &mut nets {
                net.dial();
            }
            // Whatever was answered before.
            nets[2].turn();
            nets
        }
        Standing::Unkept => {
            let hold = |config: &mut Config| config.hold_new_key = true;
            let mut nets = vec![Net::with(Framing::Intermediate, hold), with(hold).0];
            for net in &mut nets {
                net.run();
            }
            nets
        }
        Standing::Never => {
            let mut first = made(100);
            let stored = first.created().pop();
            let mut second = Net::with(Framing::Intermediate, |config| config.stored = stored);
            (second.dc, second.now) = (first.dc, first.now);
            first.events.clear();
            second.dial();
            vec![second]
        }
        Standing::Young => vec![again(made(1))],
        Standing::Before => {
            let mut renewed = temporary(1_000);
            renewed.wait_seconds(2_000);
            let mut nets = vec![made(100), temporary(1_000), renewed];
            nets[1].run();
            nets.into_iter().map(again).collect()
        }
        Standing::Here => {
            let mut bound = temporary(1_000);
            bound.run();
            let mut again = again(made(100));
            again.run();
            vec![made(0), made(100), bound, again]
        }
        Standing::First => {
            let mut net = with(|config| config.stored = Some(stored())).0;
            net.dial();
            vec![net]
        }
        Standing::Next => {
            let mut net = temporary(100);
            net.run();
            net.cut();
            net.now = net.now.after(Duration::from_secs(101));
            net.connection.handle_timeout(net.now);
            net.dial();
            vec![net]
        }
        Standing::Beside => {
            let mut net = temporary(1_000);
            net.wait_for_renewal();
            vec![net]
        }
        Standing::Binding => {
            let mut proven = temporary(1_000);
            let mut stored = with(|config| config.stored = Some(stored())).0;
            for net in [&mut proven, &mut stored] {
                net.turn_until(Net::is_binding);
            }
            vec![again(proven), again(stored)]
        }
        Standing::BindingNext => {
            let mut net = temporary(1_000);
            net.wait_for_renewal();
            net.turn_until(Net::is_binding);
            vec![again(net)]
        }
    };
    for net in &mut nets {
        let mut turns = Turns::default();
        while let Some(event) = turns.count(net.connection.poll_event()) {
            net.events.push(event);
        }
        assert_eq!(net.standing(), standing);
    }
    nets
}

/// How a connection that stands so ends, if over every link nothing comes but this, and after how many links at least.
fn end_of(standing: Standing, net: &Net, code: i32) -> Option<(ConnectionError, usize)> {
    let refused = ConnectionError::Refused(TransportError(-404));
    let is_proven = net.connection.keys.is_proven;
    match (standing, code) {
        (Standing::NoKey, -404) => Some((refused, 5)),
        (Standing::NoKey, -444) => Some((ConnectionError::WrongDc, 1)),
        (Standing::First, -404) => Some((refused, 5)),
        (Standing::First, -444) => Some((ConnectionError::WrongDc, 5)),
        (Standing::Never, -404) => Some((ConnectionError::KeyUnknown, 2)),
        (Standing::Never, -444) => Some((ConnectionError::WrongDc, 2)),
        // Two for the key that was made, and four for those that were to follow.
        (Standing::Binding, -404) if !is_proven => Some((refused, 6)),
        // A permanent key that was known may have been destroyed.
        (Standing::Before, -404) if !net.is_temporary() => Some((ConnectionError::KeyUnknown, 2)),
        (Standing::Here, -404) if !net.is_temporary() => Some((ConnectionError::KeyUnknown, 3)),
        (Standing::Young, -404) => Some((ConnectionError::KeyUnknown, 3)),
        _ => None,
    }
}

/// One word, and then the server: nothing ends but the link, no key is lost, and what was under way is answered.
#[test]
fn cf_04_four_bytes_cost_nothing_in_any_state() {
    for standing in STANDINGS {
        for code in CODES {
            if (standing, code) == (Standing::NoKey, -444) {
                continue;
            }
            for mut net in nets(standing) {
                let (created, bound) = (net.created(), net.bound());
                let is_used = standing == Standing::Here;
                let key = is_used.then(|| net.key());
                let once = is_used.then(|| net.lost(Repeat::Once));
                let call = net.echo(4);
                net.inject(code);
                assert_eq!(net.over(), None, "{standing:?} {code}");
                net.connection.key_kept(net.now);
                net.wait_seconds(70);
                assert_eq!((net.over(), net.echoed(call)), (None, 4), "{standing:?} {code}");
                assert!(net.created().len() <= 1 && net.created().starts_with(&created));
                if let (Some(key), Some(once)) = (key, once) {
                    assert_eq!((net.key(), net.echoed(once)), (key, 4), "{code}");
                    assert_eq!(net.bound(), bound);
                }
            }
        }
    }
}

/// They come over every link before anything else, and the server answers all the same: they decide nothing.
#[test]
fn cf_04_bytes_that_are_only_injected_end_nothing_however_often() {
    for standing in STANDINGS {
        for code in CODES {
            if (standing, code) == (Standing::NoKey, -444) {
                continue;
            }
            for mut net in nets(standing) {
                let created = net.created();
                net.inject(code);
                net.run();
                for _ in 0..INSISTENT {
                    if net.connection.is_link_wanted() {
                        net.run();
                        net.cut();
                    }
                    net.dial();
                    net.inject(code);
                    net.run();
                    assert_eq!(net.over(), None, "{standing:?} {code}");
                }
                net.connection.key_kept(net.now);
                let call = net.echo(4);
                net.wait_seconds(130);
                assert_eq!((net.over(), net.echoed(call)), (None, 4), "{standing:?} {code}");
                assert!(net.created().len() <= 1 && net.created().starts_with(&created));
            }
        }
    }
}

/// Nothing comes but these bytes: a server that really does not know a key is believed in the end, where the table says so.
#[test]
fn cf_04_what_nobody_contradicts_is_believed_where_the_table_says_so() {
    for standing in STANDINGS {
        for code in CODES {
            for mut net in nets(standing) {
                let expected = end_of(standing, &net, code);
                // Nothing is counted while other servers need not know the key yet.
                let is_exact = net.is_temporary() || !net.connection.keys.is_young(net.now.mono);
                let mut links = 0;
                let mut turns = Turns::default();
                while turns.count(net.over().is_none() && links < INSISTENT) {
                    if links > 0 {
                        net.dial();
                    }
                    links += 1;
                    net.inject(code);
                    net.be_mute(HEAR_OUT);
                    if net.over().is_none() && net.connection.is_link_wanted() {
                        net.cut();
                    }
                }
                let ended = net.over().cloned();
                let expected_error = expected.as_ref().map(|(error, _)| error.clone());
                assert_eq!(ended, expected_error, "{standing:?} {code} after {links}");
                if let Some((_, at_least)) = expected {
                    let is_right = if is_exact { links == at_least } else { links > at_least };
                    assert!(is_right, "{standing:?} {code} after {links}");
                }
            }
        }
    }
}

/// What the server says is believed at once if it hangs up, and else after a while, of which the timer knows.
#[test]
fn cf_04_what_decides_is_heard_out() {
    let mut net = nets(Standing::Never).remove(0);
    net.inject(-404);
    net.dial();
    net.inject(-404);
    assert!(net.connection.is_link_wanted());
    assert_eq!(net.connection.poll_timeout().map(|due| due <= net.now.mono + HEAR_OUT), Some(true));
    // Others change nothing, and do not lengthen it.
    let end = net.now.mono + HEAR_OUT;
    for code in CODES {
        net.inject(code);
    }
    let mut turns = Turns::default();
    while turns.count(net.over().is_none()) {
        net.be_mute(Duration::from_millis(100));
        net.now = net.now.after(Duration::from_millis(50));
        assert!(net.now.mono <= end + Duration::from_millis(200));
    }
    let unknown = ConnectionError::KeyUnknown;
    assert_eq!((net.over(), net.disconnections().len()), (Some(&unknown), 2));
    // A packet that is not authentic is no contrary, and no proof.
    let mut net = nets(Standing::Never).remove(0);
    net.inject(-404);
    net.dial();
    net.inject(-404);
    let mut garbage = vec![80, 0, 0, 0];
    garbage.resize(84, 7);
    net.connection.handle_input(net.now, &garbage);
    let call = net.echo(4);
    net.wait_seconds(5);
    assert_eq!((net.over(), net.echoed(call)), (None, 4));
}

/// How a link ends over which nothing is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// The server says that it knows no such key, and hangs up.
    Disowned,
    /// It hangs up.
    Silent,
}

/// Every way to two words against a key, with at most two silent links before each.
fn ways() -> Vec<Vec<End>> {
    let with = |before: usize, between: usize| {
        let silent = |count| std::iter::repeat_n(End::Silent, count);
        let first = silent(before).chain([End::Disowned]);
        first.chain(silent(between)).chain([End::Disowned]).collect()
    };
    (0..9).map(|n| with(n / 3, n % 3)).collect()
}

impl Net {
    /// Links that end so; a request goes out over one of them, and is lost.
    fn end_links(&mut self, ends: &[End], at: usize, repeat: Repeat) -> CallId {
        let mut call = None;
        for (number, end) in ends.iter().enumerate() {
            if number > 0 {
                self.dial();
            }
            if number == at {
                call = Some(self.lost(repeat));
            }
            // Whatever else goes out is lost.
            let mut turns = Turns::default();
            while turns.count(self.connection.poll_transmit(self.now, &mut Vec::new())) {}
            if *end == End::Disowned {
                self.inject(-404);
            }
            if self.connection.is_link_wanted() {
                self.cut();
            }
        }
        let mut turns = Turns::default();
        while let Some(event) = turns.count(self.connection.poll_event()) {
            self.events.push(event);
        }
        call.unwrap()
    }

    fn closed_by_a_key_that_is_unknown(&self, call: CallId) -> Option<Execution> {
        match self.answer(call)? {
            Err(CallError::Closed { execution, why: CloseReason::KeyUnknown }) => Some(execution),
            other => panic!("{other:?}"),
        }
    }
}

/// What went over links alone over which the server did not know the key was read by nobody. Of a link that ended without a word
/// nobody knows that. And what must not run twice waits for the session's first word, if there was none.
#[test]
fn cf_04_what_went_over_disowned_links_alone_did_not_run() {
    for standing in [Standing::Never, Standing::Before] {
        for repeat in [Repeat::Once, Repeat::Keyed, Repeat::Safe] {
            for ends in ways() {
                for at in 0..ends.len() {
                    let mut net = nets(standing).remove(0);
                    let call = net.end_links(&ends, at, repeat);
                    let is_sent = standing != Standing::Never || repeat != Repeat::Once;
                    let is_sure = !is_sent || ends[at..].iter().all(|end| *end == End::Disowned);
                    let execution = if is_sure { Execution::Never } else { Execution::Maybe };
                    assert_eq!(
                        net.closed_by_a_key_that_is_unknown(call),
                        Some(execution),
                        "{standing:?} {repeat:?} {ends:?} {at}"
                    );
                }
            }
        }
    }
}

/// Where the key has spoken, it was known when the request went out.
#[test]
fn cf_04_what_went_over_a_link_on_which_the_key_spoke_may_have_run() {
    for (at, execution) in [(0, Execution::Maybe), (1, Execution::Never), (2, Execution::Never)] {
        // A key of a hundred seconds, that has spoken here.
        let mut net = nets(Standing::Here).remove(3);
        let call = net.end_links(&[End::Disowned; 3], at, Repeat::Once);
        assert_eq!(net.closed_by_a_key_that_is_unknown(call), Some(execution), "{at}");
    }
}

/// While a key is young, nothing is made of the word; but the message was not read.
#[test]
fn cf_04_what_a_young_key_sent_over_disowned_links_did_not_run_either() {
    for (first, execution) in [(End::Disowned, Execution::Never), (End::Silent, Execution::Maybe)] {
        let mut net = nets(Standing::Young).remove(0);
        let call = net.end_links(&[first], 0, Repeat::Once);
        assert_eq!(net.over(), None);
        net.now = net.now.after(Duration::from_secs(61));
        net.connection.handle_timeout(net.now);
        net.dial();
        net.end_links(&[End::Disowned; 2], 0, Repeat::Safe);
        assert_eq!(net.closed_by_a_key_that_is_unknown(call), Some(execution), "{first:?}");
    }
}

/// Of several packets the server may have read the first and lost the key then, and its errors overtake its answers. What goes out after
/// the word is not meant by it.
#[test]
fn cf_04_of_several_packets_over_a_link_nobody_knows_which_was_refused() {
    for repeat in [Repeat::Once, Repeat::Keyed, Repeat::Safe] {
        for packets in 1..4 {
            let mut net = nets(Standing::Before).remove(0);
            let first = net.lost(repeat);
            for _ in 1..packets {
                net.lost(Repeat::Safe);
            }
            net.inject(-404);
            if net.connection.is_link_wanted() {
                net.cut();
            }
            net.dial();
            net.end_links(&[End::Disowned], 0, Repeat::Safe);
            let execution = if packets == 1 { Execution::Never } else { Execution::Maybe };
            let said = net.closed_by_a_key_that_is_unknown(first);
            assert_eq!(said, Some(execution), "{repeat:?}, {packets} packets");
        }
    }
}

impl Net {
    /// A request goes out over the link at hand, and the server has it: what it sends, frame after frame, which has not arrived.
    fn taken(&mut self, repeat: Repeat) -> (CallId, Vec<Vec<u8>>) {
        let request = Request::new(&Echo(vec![7; 4].into())).with_repeat(repeat).with_quick_ack();
        let call = self.connection.call(self.now, request).unwrap();
        let (link, mut bytes) = (self.link.unwrap(), Vec::new());
        let mut turns = Turns::default();
        while turns.count(self.connection.poll_transmit(self.now, &mut bytes)) {}
        self.dc.handle_input(self.now, link, &bytes);
        let mut turns = Turns::default();
        (call, std::iter::from_fn(|| turns.count(self.dc.poll_transmit(self.now, link))).collect())
    }
}

/// Errors overtake answers: what the server has answered has run, though it says of the key then that it does not know it. So the word is
/// heard out wherever that would follow from it, as soon as it comes.
#[test]
fn cf_04_an_answer_that_was_overtaken_by_four_bytes_is_heard() {
    for standing in [Standing::Never, Standing::Before, Standing::Young] {
        for code in [-404, -444] {
            let mut net = nets(standing).remove(0);
            let ended = net.disconnections().len();
            let (call, frames) = net.taken(Repeat::Safe);
            net.inject(code);
            net.now = net.now.after(HEAR_OUT / 2);
            for frame in frames {
                net.connection.handle_input(net.now, &frame);
            }
            net.wait_seconds(5);
            assert_eq!(net.echoed(call), 4, "{standing:?} {code}");
            assert_eq!(net.disconnections().len(), ended, "{standing:?} {code}");
        }
    }
}

/// Only who has the key can name a packet by its token.
#[test]
fn cf_04_what_was_acknowledged_quickly_may_have_run() {
    for standing in [Standing::Never, Standing::Before] {
        for is_ours in [true, false] {
            let mut net = nets(standing).remove(0);
            let (call, frames) = net.taken(Repeat::Safe);
            let mut token = frames[0].clone();
            assert_eq!(token.len(), 4);
            token[3] ^= u8::from(!is_ours);
            net.connection.handle_input(net.now, &token);
            net.inject(-404);
            if net.connection.is_link_wanted() {
                net.cut();
            }
            net.dial();
            net.end_links(&[End::Disowned], 0, Repeat::Safe);
            let execution = if is_ours { Execution::Maybe } else { Execution::Never };
            assert_eq!(
                net.closed_by_a_key_that_is_unknown(call),
                Some(execution),
                "{standing:?} {is_ours}"
            );
        }
    }
}

/// While the word is heard out, more goes out: that is not meant by it.
#[test]
fn cf_04_what_went_out_after_the_word_may_have_run() {
    for links in 1..3 {
        let mut net = nets(Standing::Before).remove(0);
        let before = net.lost(Repeat::Safe);
        net.inject(-404);
        let after = net.lost(Repeat::Safe);
        net.cut();
        for _ in 0..links {
            if net.over().is_none() {
                net.dial();
                net.end_links(&[End::Disowned], 0, Repeat::Safe);
            }
        }
        assert_eq!(net.closed_by_a_key_that_is_unknown(before), Some(Execution::Never));
        assert_eq!(net.closed_by_a_key_that_is_unknown(after), Some(Execution::Maybe));
    }
}
