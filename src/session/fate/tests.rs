//! Every cell of the table, and what the table does not show: evidence that is older, requests that were taken back, and budgets
//! that are spent.

use super::*;

/// A message of the server's before what a state rests on, that itself, and one after it.
const EARLIER: MessageId = MessageId(5);
const HEARD: MessageId = MessageId(9);
const LATER: MessageId = MessageId(13);

const CLASSES: [Repeat; 3] = [Repeat::Once, Repeat::Keyed, Repeat::Safe];

/// A message in a state, as it comes there.
fn fate(state: State) -> Fate {
    let open = match state {
        State::Pending | State::Refused => 0,
        State::Retransmitted => 2,
        _ => 1,
    };
    let heard = match state {
        State::Acknowledged | State::Answered | State::Reclaim | State::InDoubt => HEARD,
        _ => MessageId(0),
    };
    Fate { state, open, heard, is_doubtful: state == State::InDoubt, ..Fate::PENDING }
}

/// What is said in one message is said at one time: of two words in it, the later counts, as of two messages.
#[test]
fn h2_a_denial_in_the_message_of_an_acknowledgement_counts() {
    for state in [State::Acknowledged, State::Answered, State::Reclaim] {
        for word in [Word::StateUnknown, Word::StateNotReceived, Word::StateNotYet] {
            let acts = [EARLIER, HEARD, LATER].map(|at| fate(state).hear(Repeat::Safe, word, at).1);
            assert_eq!(acts, [Act::AwaitSoon, Act::Repeat, Act::Repeat], "{state:?}, {word:?}");
        }
    }
}

/// What a cell shows.
fn shown(before: Fate, (after, act): (Fate, Act)) -> String {
    let state = (after.state != before.state).then(|| format!("{:?}", after.state));
    let act = match act {
        Act::Nothing => None,
        Act::Ask => Some("ask"),
        Act::Question => Some("ask now"),
        Act::Await => Some("wait"),
        Act::AwaitSoon => Some("wait briefly"),
        Act::Claim => Some("claim"),
        Act::Resend => Some("count"),
        Act::Renew => Some("renew"),
        Act::Repeat => Some("repeat"),
        Act::Drop => Some("drop"),
        Act::End(Ending::Answer) => Some("end"),
        Act::End(Ending::Unknown) => Some("end: unknown"),
        Act::End(Ending::Cancelled) => Some("end: cancelled"),
        Act::End(Ending::Deadline) => Some("end: deadline"),
        Act::End(Ending::Closed) => Some("end: closed"),
    };
    let parts: Vec<String> = state.into_iter().chain(act.map(str::to_owned)).collect();
    if parts.is_empty() { "·".to_owned() } else { parts.join(", ") }
}

fn cell(state: State, word: Word) -> String {
    let before = fate(state);
    let [once, keyed, safe] = CLASSES.map(|repeat| shown(before, before.hear(repeat, word, LATER)));
    assert_eq!(keyed, safe, "{state:?}, {word:?}");
    if once == safe { once } else { format!("{once} / {safe}") }
}

fn table() -> String {
    let states = State::ALL.map(|state| format!(" {state:?} |")).concat();
    let mut table = format!("| |{states}\n|---|{}\n", "---|".repeat(State::ALL.len()));
    for word in Word::ALL {
        let cells = State::ALL.map(|state| format!(" {} |", cell(state, word))).concat();
        table += &format!("| {word:?} |{cells}\n");
    }
    table
}

#[test]
fn the_table_is_what_the_machine_does_cell_by_cell() {
    let written = include_str!("table.md");
    for (expected, line) in table().lines().zip(written.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(table().lines().count(), written.lines().count(), "in table.md:\n{}", table());
}

#[test]
fn architecture_shows_the_same_table() {
    let text = include_str!("../../../ARCHITECTURE.md");
    assert!(text.contains(include_str!("table.md").trim_end()), "copy src/session/fate/table.md");
}

#[test]
fn p2_what_must_not_run_twice_goes_again_only_when_the_server_says_that_it_did_not_run() {
    let says_so = |word| {
        let refused = [
            Word::StateNotReceived,
            Word::StateNotYet,
            Word::StateTooOld,
            Word::BadSalt,
            Word::SessionBegun,
            Word::ErrorUnbound,
        ];
        refused.contains(&word)
            || (Word::Bad16..=Word::BadOther).contains(&word)
                && ![Word::Bad19, Word::Bad20].contains(&word)
    };
    for state in State::ALL {
        for word in Word::ALL {
            for at in [EARLIER, HEARD, LATER] {
                let before = fate(state);
                let (after, act) = before.hear(Repeat::Once, word, at);
                let goes = after.is_copy_due() && !before.is_copy_due()
                    || matches!(act, Act::Renew | Act::Repeat);
                // What was refused, and has not gone again, may go in another session.
                let is_free = state == State::Refused;
                assert!(!goes || says_so(word) || is_free, "{state:?}, {word:?}: {act:?}");
                let has_it = [State::Acknowledged, State::Answered, State::Reclaim, State::InDoubt];
                let is_unbound = word == Word::ErrorUnbound;
                assert!(!goes || !has_it.contains(&state) || is_unbound, "{state:?}, {word:?}");
            }
        }
    }
}

#[test]
fn h2_what_is_older_than_an_acknowledgement_says_nothing_against_it() {
    let denials =
        [Word::StateUnknown, Word::StateNotReceived, Word::StateNotYet, Word::StateTooOld];
    for state in [State::Acknowledged, State::Answered, State::Reclaim] {
        for repeat in CLASSES {
            for word in denials {
                let before = fate(state);
                assert_eq!(before.hear(repeat, word, EARLIER), (before, Act::AwaitSoon));
                let (_, act) = before.hear(repeat, word, LATER);
                let is_once = repeat == Repeat::Once;
                let lost = if is_once { Act::End(Ending::Unknown) } else { Act::Repeat };
                assert_eq!(act, lost, "{state:?}, {word:?}: it has forgotten");
            }
        }
    }
}

#[test]
fn h2_an_acknowledgement_that_is_older_than_a_denial_shows_that_the_server_forgot() {
    for repeat in CLASSES {
        let (denied, _) = fate(State::InFlight).hear(repeat, Word::StateNotReceived, HEARD);
        assert_eq!(denied.state(), State::RetransmitDue);
        let (doubted, act) = denied.hear(repeat, Word::Ack, EARLIER);
        assert_eq!((doubted.state(), act), (State::InDoubt, Act::Ask));
        assert!(!doubted.is_certain(), "it may have run in what was forgotten");
        let (taken, _) = denied.hear(repeat, Word::Ack, LATER);
        assert_eq!(taken.state(), State::Acknowledged, "H3: the copy is taken back");
        // The copy has gone out meanwhile.
        let (sent, _) = denied.hear(repeat, Word::Sent, MessageId(0));
        assert_eq!(sent.hear(repeat, Word::Ack, EARLIER).0.state(), State::InDoubt);
        assert_eq!(sent.hear(repeat, Word::Ack, LATER).0.state(), State::Acknowledged);
    }
}

#[test]
fn h1_what_was_said_of_a_session_before_it_was_forgotten_does_not_count() {
    for repeat in CLASSES {
        let doubted = fate(State::InDoubt);
        for word in [Word::Ack, Word::AllInfoReceived, Word::DetailedInfo] {
            assert_eq!(doubted.hear(repeat, word, EARLIER), (doubted, Act::Nothing), "{word:?}");
            assert_eq!(doubted.hear(repeat, word, LATER).0.state(), State::Acknowledged);
        }
        assert_eq!(doubted.hear(repeat, Word::StateNotYet, EARLIER), (doubted, Act::AwaitSoon));
        let here = fate(State::Acknowledged);
        // It was acknowledged after the session began, and the notice comes late.
        let (still, act) = here.hear(repeat, Word::SessionForgotten, EARLIER);
        assert_eq!((still.state(), act), (State::Acknowledged, Act::Nothing));
        assert!(!still.is_certain(), "it may have run before that too");
        let (there, act) = here.hear(repeat, Word::SessionForgotten, LATER);
        assert_eq!((there.state(), act), (State::InDoubt, Act::Ask));
    }
}

#[test]
fn sm_x3_what_was_taken_back_goes_nowhere_and_is_not_asked_about() {
    for state in State::ALL {
        for repeat in CLASSES {
            let (cancelled, act) = fate(state).hear(repeat, Word::Cancel, MessageId(0));
            if matches!(state, State::Pending | State::Refused) {
                assert_eq!(act, Act::End(Ending::Cancelled), "{state:?}");
                continue;
            }
            assert!(act == Act::Drop && !cancelled.is_copy_due(), "{state:?}");
            for word in Word::ALL {
                let (next, act) = cancelled.hear(repeat, word, LATER);
                let is_over = matches!(act, Act::End(_));
                assert!(is_over || act == Act::Nothing, "{state:?}, {word:?}: {act:?}");
                assert!(is_over || !next.is_copy_due(), "{state:?}, {word:?}");
            }
        }
    }
}

/// What is paid: words that would be repeated for ever.
#[test]
fn p5_no_word_said_again_and_again_keeps_a_request_without_an_end() {
    for state in State::ALL {
        for repeat in CLASSES {
            for word in Word::ALL {
                let mut fate = fate(state);
                let mut rounds = 0;
                // The word comes between the questions, whenever it does most.
                let ended = loop {
                    rounds += 1;
                    if rounds > 10_000 {
                        break false;
                    }
                    let words = [word, Word::Sent, Word::Due, Word::Silence];
                    let mut is_over = false;
                    for word in words {
                        let (next, act) = fate.hear(repeat, word, LATER);
                        fate = next;
                        is_over |= matches!(act, Act::End(_) | Act::Renew | Act::Repeat);
                    }
                    if is_over {
                        break true;
                    }
                };
                assert!(ended, "{state:?}, {word:?}");
            }
        }
    }
}

#[test]
fn h6_a_postponement_is_paid_like_a_question() {
    let mut fate = fate(State::InFlight);
    let mut postponed = 0;
    for round in 0..1_000_i64 {
        let at = |offset| MessageId(1_000 + 8 * round + offset);
        let (doubted, _) = fate.hear(Repeat::Once, Word::SessionForgotten, at(0));
        let (acknowledged, act) = doubted.hear(Repeat::Once, Word::Ack, at(4));
        postponed += i32::from(act == Act::Await);
        fate = acknowledged;
    }
    assert_eq!(postponed, 30);
    assert_eq!(fate.hear(Repeat::Once, Word::Due, LATER).1, Act::End(Ending::Unknown));
}

#[test]
fn p4_the_server_has_a_message_sent_again_three_times_at_most() {
    for state in [State::InFlight, State::Acknowledged] {
        let mut fate = fate(state);
        let mut copies = 0;
        for _ in 0..100 {
            (fate, _) = fate.hear(Repeat::Safe, Word::ResendReq, LATER);
            copies += i32::from(fate.is_copy_due());
            (fate, _) = fate.hear(Repeat::Safe, Word::Sent, MessageId(0));
        }
        assert_eq!(copies, 3, "{state:?}");
    }
}

#[test]
fn a_message_is_certain_until_the_server_forgets_a_session_and_never_again() {
    for state in State::ALL {
        let (after, _) = fate(state).hear(Repeat::Safe, Word::SessionForgotten, LATER);
        let is_certain = matches!(state, State::Pending | State::Refused);
        assert_eq!(after.is_certain(), is_certain, "{state:?}");
        let (after, _) = after.hear(Repeat::Safe, Word::StateReceived, MessageId(17));
        assert_eq!(after.is_certain(), is_certain, "{state:?}");
        let may_have_run = !matches!(state, State::Pending | State::Refused);
        assert_eq!(fate(state).may_have_run(), may_have_run, "{state:?}");
    }
    let (refused, _) = fate(State::InFlight).hear(Repeat::Once, Word::Bad16, LATER);
    assert!(!refused.may_have_run());
}
