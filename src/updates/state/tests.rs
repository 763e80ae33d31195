use super::*;

/// A cell as the table has it.
fn cell(state: State, word: Word) -> String {
    let (next, act) = state.hear(word);
    let moved = (next != state).then(|| format!("{next:?}"));
    let done = match act {
        Act::Nothing => None,
        Act::Begin => Some("begin"),
        Act::Deliver => Some("deliver"),
        Act::DeliverOnce => Some("deliver once"),
        Act::Hold => Some("hold"),
        Act::Drop => Some("drop"),
        Act::Clear => Some("clear"),
    };
    match (moved, done) {
        (None, None) => "·".to_owned(),
        (Some(moved), None) => moved,
        (None, Some(done)) => done.to_owned(),
        (Some(moved), Some(done)) => format!("{moved}, {done}"),
    }
}

fn table() -> String {
    let mut out = String::from("| |");
    for state in State::ALL {
        out += &format!(" {state:?} |");
    }
    out += "\n|---|";
    out += &"---|".repeat(State::ALL.len());
    for word in Word::ALL {
        out += &format!("\n| {word:?} |");
        for state in State::ALL {
            out += &format!(" {} |", cell(state, word));
        }
    }
    out + "\n"
}

#[test]
fn the_table_is_the_function() {
    assert_eq!(include_str!("table.md"), table());
}

#[test]
fn up_27_and_up_58_whatever_comes_while_a_difference_runs_is_held_or_known() {
    for state in [State::Asking, State::Again] {
        for word in [Word::First, Word::Early, Word::Next, Word::Same, Word::Overlap, Word::Ahead] {
            assert_eq!(state.hear(word), (state, Act::Hold), "{word:?}");
        }
        assert_eq!(state.hear(Word::Old), (state, Act::Drop));
    }
}

#[test]
fn what_is_missing_is_asked_for_from_every_state() {
    // However a box stands, some time after a hole it has asked: nothing waits for ever.
    for state in State::ALL {
        for word in
            [Word::Overlap, Word::Ahead, Word::Shed, Word::Flooded, Word::Wanted, Word::Early]
        {
            let (next, _) = state.hear(word);
            let (due, _) = next.hear(Word::Late);
            let asks = due == State::Due || due.is_asking();
            assert!(
                asks || (state == State::Unknown && next == State::Unknown),
                "{state:?} {word:?}"
            );
        }
    }
}

#[test]
fn every_state_leads_to_level_and_back() {
    for state in State::ALL {
        let path = [Word::Late, Word::Wanted, Word::Asked, Word::Final, Word::Asked, Word::Final];
        let end = path.into_iter().fold(state, |state, word| state.hear(word).0);
        assert_eq!(end, State::Level, "from {state:?}");
    }
}
