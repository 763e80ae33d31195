//! How large the client's tables may be (P4): what belongs to a request goes with it, and what does not has a limit.
//!
//! Those that have a limit keep the last few hundred of what they hold. Twenty requests fill no table that has no limit of its own. So they
//! are looked at where nothing is open any more: what is left there
//! is left by every schedule, and grows for ever in a client that lives longer.

/// A table of a session of the client's.
#[derive(Debug, Clone, Copy)]
struct Table {
    /// The name by which the client tells of it.
    name: &'static str,
    /// How many entries it may have when no request is open.
    at_rest: usize,
    /// How many more for each request that was made.
    each: usize,
}

/// A table that is too large, or one that nobody said anything of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// Its name.
    pub name: &'static str,
    /// Its entries.
    pub entries: usize,
    /// How many it may have.
    pub limit: usize,
}

const fn table(name: &'static str, at_rest: usize, each: usize) -> Table {
    Table { name, at_rest, each }
}

/// All of them.
const TABLES: [Table; 16] = [
    table("calls", 0, 1),
    table("queue", 0, 1),
    table("again", 0, 1),
    // A request is known by all messages that it was in.
    table("by_message", 0, 16),
    table("containers", 0, 16),
    table("contained", 0, 16),
    table("unnamed", 0, 1),
    // Those of requests that ended are tidied a few at a time.
    table("timers", 8, 16),
    // Fifteen wait for company for ten seconds.
    table("acks", 16, 64),
    // What must not be taken twice.
    table("seen", 16_384, 0),
    // Questions that nobody has answered yet or will, as when the answer itself was asked for again, and those that wait.
    table("queries", 64, 1_024),
    table("queried", 1_024, 0),
    // Requests of which no quick acknowledgement came, until the link goes.
    table("quick_acks", 1_024, 0),
    // They are taken at once.
    table("events", 0, 64),
    table("salts", 64, 0),
    // What the server has announced and not sent.
    table("wanted", 256, 0),
];

/// What is kept of a peer that answers nothing, or sends hundreds of packets at once and takes none: the questions until the link goes,
/// and the acknowledgements until it takes a packet. The session's own limits hold.
const UNANSWERED: [Table; 2] = [table("queries", 1_024, 0), table("acks", 16_384, 0)];

/// Whether all tables are as large as they may be, when so many requests are open or were lately. `is_answered` says whether the
/// server answers what it is asked.
///
/// # Errors
///
/// The first that is not.
pub fn check(
    sizes: impl IntoIterator<Item = (&'static str, usize)>,
    calls: usize,
    is_answered: bool,
) -> Result<(), TooLarge> {
    for (name, entries) in sizes {
        let of_name = |table: &&Table| table.name == name;
        let unanswered = UNANSWERED.iter().find(of_name).filter(|_| !is_answered);
        let table = unanswered.or_else(|| TABLES.iter().find(of_name));
        let limit = table.map_or(0, |table| table.at_rest + table.each * calls);
        if entries > limit || table.is_none() {
            return Err(TooLarge { name, entries, limit });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_leaves_behind_is_caught_when_it_has_ended() {
        for Table { name, at_rest, each } in TABLES {
            assert_eq!(check([("calls", 0), (name, at_rest)], 0, true), Ok(()));
            let too_large = TooLarge { name, entries: at_rest + 1, limit: at_rest };
            assert_eq!(check([(name, at_rest + 1)], 0, true), Err(too_large));
            assert_eq!(check([(name, at_rest + each * 3)], 3, true), Ok(()));
            assert!(check([(name, at_rest + each * 3 + 1)], 3, true).is_err());
        }
    }

    #[test]
    fn a_table_that_has_no_limit_is_told() {
        let unknown = TooLarge { name: "another", entries: 0, limit: 0 };
        assert_eq!(check([("another", 0)], 5, true), Err(unknown));
    }

    #[test]
    fn a_server_that_answers_nothing_is_asked_a_limited_number_of_questions() {
        assert!(check([("queries", 65)], 0, true).is_err());
        assert_eq!(check([("queries", 1_024), ("calls", 0)], 0, false), Ok(()));
        assert!(check([("queries", 1_025)], 0, false).is_err());
        assert!(check([("calls", 1)], 0, false).is_err());
    }
}
