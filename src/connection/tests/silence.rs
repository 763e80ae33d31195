//! Silence is no refusal: whatever swallows an exchange, it is tried again, ever more rarely and for ever. What somebody has said
//! counts.

use super::pfs::{stored, with};
use super::*;
use crate::connection::Pfs;
use crate::connection::link::Link;

/// Whatever may be without a key.
fn nets(framing: Framing) -> Vec<Net> {
    let pfs = Some(Pfs::default());
    let with_stored = Some(stored());
    let mut nets = vec![Net::with(framing, |_| {}), Net::with(framing, |config| config.pfs = pfs)];
    nets.extend([None, with_stored].map(|stored| {
        let mut net = with(|config| config.stored = stored).0;
        net.framing = framing;
        net
    }));
    nets
}

impl Net {
    /// A link on which nothing comes but what is given, until it is given up.
    fn link_with(&mut self, bytes: &[u8]) {
        self.dial();
        self.close_link();
        let mut turns = Turns::default();
        while turns.count(self.connection.poll_transmit(self.now, &mut Vec::new())) {}
        self.connection.handle_input(self.now, bytes);
        let mut turns = Turns::default();
        while turns.count(self.connection.is_link_wanted()) {
            let mut turns = Turns::default();
            while turns.count(self.connection.poll_work().is_some()) {}
            self.wake();
        }
        let mut turns = Turns::default();
        while let Some(event) = turns.count(self.connection.poll_event()) {
            self.events.push(event);
        }
    }

    /// The network works again: what was asked is answered.
    fn recover(&mut self, call: CallId) {
        self.wait(Duration::from_secs(61));
        assert_eq!((self.over(), self.answer(call).is_some()), (None, true));
        assert_eq!(self.echoed(call), 4);
    }
}

#[test]
fn kx_20_a_network_that_swallows_everything_for_a_day_ends_no_connection() {
    for framing in Framing::ALL {
        for mut net in nets(framing) {
            let call = net.echo(4);
            let until = net.now.mono + Duration::from_secs(24 * 3_600);
            let mut turns = Turns::default();
            while turns.count(net.now.mono < until) {
                net.link_with(&[]);
                assert_eq!(net.over(), None, "after {:?}", net.now.mono);
            }
            // A minute each, and up to another between them.
            assert!((720..1_450).contains(&net.dials.len()), "{} dials", net.dials.len());
            net.recover(call);
        }
    }
}

#[test]
fn cf_18_an_exchange_that_hears_nothing_is_tried_ever_more_rarely() {
    let mut net = Net::new();
    let mut waits = Vec::new();
    for _ in 0..20 {
        let before = net.now.mono;
        net.dial();
        waits.push(net.now.mono - before);
        net.wait_for_silence();
    }
    assert!(waits[1] <= Duration::from_millis(50), "{waits:?}");
    assert!(waits[19] >= Duration::from_secs(30), "{waits:?}");
}

impl Net {
    fn wait_for_silence(&mut self) {
        self.close_link();
        let mut turns = Turns::default();
        while turns.count(self.connection.is_link_wanted()) {
            self.wake();
        }
    }
}

#[test]
fn kx_20_an_exchange_that_falls_silent_or_is_cut_at_any_step_is_tried_again() {
    for is_cut in [true, false] {
        for turns in 0..9 {
            for mut net in nets(Framing::Intermediate) {
                let call = net.echo(4);
                for round in 0..12 {
                    net.dial();
                    for _ in 0..turns {
                        net.turn();
                    }
                    if net.answer(call).is_some() {
                        break;
                    }
                    if is_cut {
                        net.cut();
                    } else {
                        net.wait_for_silence();
                    }
                    assert_eq!(net.over(), None, "{turns} turns, round {round}");
                }
                if net.answer(call).is_none() {
                    net.recover(call);
                }
            }
        }
    }
}

/// What portals answer to whatever they get.
const PORTAL: &[u8] =
    b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n";

/// Frames of the framing, of which none is of the protocol.
fn rubbish(framing: Framing) -> Vec<Vec<u8>> {
    let frame = |body: &[u8]| {
        let mut out = Vec::new();
        let mut encoder = crate::framing::Encoder::new(framing, crate::framing::Side::Server);
        encoder.encode(body, false, &mut SeededEntropy::new(7), &mut out).unwrap();
        out
    };
    let mut plain = vec![0; 40];
    plain[8..16].copy_from_slice(&0x65a0_0000_0000_0001_u64.to_le_bytes());
    plain[16] = 20;
    let mut all = vec![PORTAL.repeat(8), PORTAL.to_vec(), b"SSH-2.0-OpenSSH_9.6\r\n".repeat(30)];
    all.extend([frame(&[7; 40]), frame(&[0; 40]), frame(&plain), frame(&[7; 12])]);
    all
}

#[test]
fn kx_21_who_answers_rubbish_is_no_server_that_refuses() {
    for framing in Framing::ALL {
        for bytes in rubbish(framing) {
            for mut net in nets(framing) {
                let call = net.echo(4);
                for _ in 0..30 {
                    net.link_with(&bytes);
                    assert_eq!(net.over(), None, "{framing:?} {:?}", net.events.last());
                }
                net.recover(call);
            }
        }
    }
}

#[test]
fn rubbish_at_one_address_does_not_keep_another_from_being_used() {
    for framing in Framing::ALL {
        for bytes in rubbish(framing) {
            let mut net = Net::with(framing, |_| {});
            let call = net.echo(4);
            // Of two addresses, the dials begin with one and the other; that of the server breaks for now.
            for _ in 0..20 {
                net.link_with(&bytes);
                net.dial();
                net.cut();
            }
            net.link_with(&bytes);
            net.recover(call);
        }
    }
}

#[test]
fn kx_10_who_answers_our_nonce_and_breaks_rules_is_believed_after_five_times() {
    let mut net = Net::new();
    let call = net.echo(4);
    for round in 1..=5 {
        assert_eq!(net.over(), None, "{round}");
        net.dial();
        // resPQ came, and after it a packet with a wrong nonce.
        let mut turns = Turns::default();
        while turns.count(!net.is_exchanging_here()) {
            net.turn();
        }
        let mut wrong = vec![0; 20];
        wrong.extend_from_slice(&0xd0e8_075c_u32.to_le_bytes());
        wrong.resize(20 + 4 + 16 + 16 + 4 + 4, 3);
        wrong[8..16].copy_from_slice(&0x65a0_0000_0000_0001_u64.to_le_bytes());
        wrong[16] = 44;
        let frame = [&u32::try_from(wrong.len()).unwrap().to_le_bytes()[..], &wrong].concat();
        net.connection.handle_input(net.now, &frame);
        net.close_link();
        let mut turns = Turns::default();
        while let Some(event) = turns.count(net.connection.poll_event()) {
            net.events.push(event);
        }
    }
    assert!(matches!(net.over(), Some(ConnectionError::Handshake(_))), "{:?}", net.over());
    assert!(matches!(net.answer(call), Some(Err(CallError::Closed { .. }))));
}

impl Net {
    fn is_exchanging_here(&self) -> bool {
        matches!(&self.connection.link, Link::Up(wire) if wire.has_exchanged())
    }
}

#[test]
fn pfs_a_server_that_never_answers_a_binding_ends_no_connection() {
    let mut dispatcher = Dispatcher::new();
    dispatcher.script_bindings();
    let never = Duration::from_secs(1_000_000);
    dispatcher
        .on_later(move |_, _: crate::tl::wrap::functions::auth::BindTempAuthKey| (never, Ok(true)));
    let mut net = Net::with_dispatcher(Framing::Intermediate, dispatcher, |config| {
        config.pfs = Some(Pfs::default());
        config.stored = Some(stored());
    });
    let call = net.echo(4);
    net.wait(Duration::from_secs(3_600));
    assert_eq!((net.over(), net.answer(call)), (None, None));
    assert_eq!(net.disconnections(), Vec::<&Disconnected>::new());
}
