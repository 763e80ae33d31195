//! What to do about an error: wait, try again, go elsewhere, or give up. It only decides; nothing is done here.

use std::time::Duration;

use crate::ids::DcId;
use crate::rpc::{CallError, Execution, RpcError, known};
use crate::tl::Repeat;

/// How a call is made. [`Default`] suits most calls. A client's own are set by
/// [`ClientBuilder::invoke_options`](crate::client::ClientBuilder::invoke_options) and
/// [`Client::with_options`](crate::client::Client::with_options).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvokeOptions {
    /// How long it may take in all, waits and new attempts among them; `None` for as long as it takes. A minute by default.
    pub deadline: Option<Duration>,
    /// How long may be waited, in all, because the server says so: `FLOOD_WAIT_X`, `FLOOD_PREMIUM_WAIT_X` and
    /// `SLOWMODE_WAIT_X`, whether it said so to this call or to another one of the same function. Half a minute by default. A
    /// longer wait is the call's error.
    pub flood_threshold: Duration,
    /// How often it is made again after an error of the server's own (500 and above, and negative codes), if it may be made
    /// twice: a call that must not run twice is never made again. Twice by default.
    pub server_error_retries: u32,
    /// Whether it may be made twice, if you know better than the schema's list.
    pub repeat: Option<Repeat>,
    /// The data centre to ask; by default the one that the account lives in.
    pub dc: Option<DcId>,
    /// Which of the data centre's connections carries it.
    pub purpose: Purpose,
    /// Whether a wait that the server orders is one for all calls of the same function, as most are: while one waits, the others
    /// wait behind it, in their order, and then begin one after the other, as fast as the server was seen to take them. True by
    /// default. False for a call whose waits concern what it names alone, as one chat of many: it waits for itself.
    pub shares_waits: bool,
}

/// What a connection is for. Large transfers have connections of their own, so that nothing waits behind them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Calls and updates.
    #[default]
    Main,
    /// Parts of files, up.
    Upload,
    /// Parts of files, down.
    Download,
}

/// What a connection is for, and which of those it is: parts of files have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Role {
    pub(super) purpose: Purpose,
    /// From 0.
    pub(super) number: u8,
}

impl Role {
    /// Calls and updates have one connection.
    pub(super) const MAIN: Self = Self { purpose: Purpose::Main, number: 0 };
}

/// The first of its purpose.
impl From<Purpose> for Role {
    fn from(purpose: Purpose) -> Self {
        Self { purpose, number: 0 }
    }
}

impl Default for InvokeOptions {
    fn default() -> Self {
        Self {
            deadline: Some(Duration::from_secs(60)),
            flood_threshold: Duration::from_secs(30),
            server_error_retries: 2,
            repeat: None,
            dc: None,
            purpose: Purpose::Main,
            shares_waits: true,
        }
    }
}

impl InvokeOptions {
    /// What of them is meant for a step of a login, which knows itself where it goes, and how often.
    pub(super) fn of_a_login(&self) -> Self {
        Self { repeat: None, dc: None, purpose: Purpose::Main, shares_waits: false, ..self.clone() }
    }
}

/// CF-16: the most data centres that a call is sent on to.
pub(super) const MAX_HOPS: u32 = 3;

/// The first wait after an error of the server's own; they double.
const SERVER_WAIT: Duration = Duration::from_millis(500);

/// How often a call whose connection ended is made again over another one.
const MAX_REOPENED: u32 = 3;

/// The attempts of a call so far.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    repeat: Repeat,
    threshold: Duration,
    server_errors_left: u32,
    waited: Duration,
    server_wait: Duration,
    hops: u32,
    reopened: u32,
    is_initialised_again: bool,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: the error is the call's.
    Fail,
    /// The same again after a wait.
    After(Duration),
    /// The same at another data centre.
    Migrate {
        /// Its number.
        number: i64,
        /// What it says of the home.
        home: Home,
    },
    /// The call was sent on too often.
    TooManyHops,
    /// The same, with `initConnection` around it.
    Initialise,
    /// The same over another connection.
    Reopen,
}

/// What a call's being sent elsewhere says of the data centre that the account lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// Nothing: the call alone belongs there.
    Stays,
    /// The account lives there.
    Account,
    /// It is there, if nobody is logged in.
    Nobodys,
}

impl Attempts {
    pub(super) fn new(options: &InvokeOptions, repeat: Repeat) -> Self {
        Self {
            repeat,
            threshold: options.flood_threshold,
            server_errors_left: options.server_error_retries,
            waited: Duration::ZERO,
            server_wait: SERVER_WAIT,
            hops: 0,
            reopened: 0,
            is_initialised_again: false,
        }
    }

    /// Decides. `jitter` is random.
    pub(super) fn next(&mut self, error: &CallError, jitter: u8) -> Next {
        match error {
            CallError::Rpc(error) => self.after_answer(error, jitter),
            // What the first one did is not known, so the answer to the second helps only who may make a third.
            CallError::RpcRepeated(error) if self.repeat != Repeat::Once => {
                self.after_answer(error, jitter)
            }
            CallError::Closed { execution, .. }
                if self.reopened < MAX_REOPENED
                    && (*execution == Execution::Never || self.repeat != Repeat::Once) =>
            {
                self.reopened += 1;
                Next::Reopen
            }
            _ => Next::Fail,
        }
    }

    fn after_answer(&mut self, error: &RpcError, jitter: u8) -> Next {
        if let Some(wait) = error.ordered_wait() {
            // CF-15: it is waited once, as long as all waits together stay below the threshold.
            return if self.wait_behind(wait) { Next::After(wait) } else { Next::Fail };
        }
        match (error.code, error.name.as_str(), error.value) {
            (303, known::FILE_MIGRATE_X | known::STATS_MIGRATE_X, Some(number)) => {
                self.hop(number, Home::Stays)
            }
            (303, known::USER_MIGRATE_X, Some(number)) => self.hop(number, Home::Account),
            // Of a number, or of an address on the network: it says nothing of who is logged in.
            (303, known::PHONE_MIGRATE_X | known::NETWORK_MIGRATE_X, Some(number)) => {
                self.hop(number, Home::Nobodys)
            }
            (400, known::CONNECTION_NOT_INITED | known::CONNECTION_LAYER_INVALID, _)
                if !self.is_initialised_again =>
            {
                self.is_initialised_again = true;
                Next::Initialise
            }
            // SM-X4: it ran.
            (_, known::RANDOM_ID_DUPLICATE, _) => Next::Fail,
            // A login begins anew by itself alone.
            (500, known::AUTH_RESTART | super::login::AUTH_RESTART_X, _) => Next::Fail,
            (500.. | ..0, _, _) => self.server_failed(jitter),
            _ => Next::Fail,
        }
    }

    /// CF-15: a wait that the server has ordered another call is waited as one's own is.
    pub(super) fn wait_behind(&mut self, wait: Duration) -> bool {
        let waited = self.waited.saturating_add(wait);
        let may = waited <= self.threshold;
        if may {
            self.waited = waited;
        }
        may
    }

    /// CF-16.
    fn hop(&mut self, number: i64, home: Home) -> Next {
        self.hops += 1;
        if self.hops > MAX_HOPS { Next::TooManyHops } else { Next::Migrate { number, home } }
    }

    fn server_failed(&mut self, jitter: u8) -> Next {
        if self.repeat == Repeat::Once || self.server_errors_left == 0 {
            return Next::Fail;
        }
        self.server_errors_left -= 1;
        let wait = self.server_wait;
        self.server_wait = wait.saturating_mul(2);
        // Between half of it and all, so that not everybody comes back at once.
        Next::After(wait / 2 + wait * u32::from(jitter) / 512)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc(code: i32, message: &str) -> CallError {
        RpcError::parse(code, message).into()
    }

    fn attempts(repeat: Repeat) -> Attempts {
        Attempts::new(&InvokeOptions::default(), repeat)
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_login_goes_where_it_knows_and_as_often() {
        let given = InvokeOptions {
            deadline: None,
            flood_threshold: SECOND,
            server_error_retries: 7,
            repeat: Some(Repeat::Safe),
            dc: Some(DcId::production(4)),
            purpose: Purpose::Upload,
            shares_waits: true,
        };
        let of = given.of_a_login();
        assert_eq!((of.deadline, of.flood_threshold, of.server_error_retries), (None, SECOND, 7));
        assert_eq!((of.repeat, of.dc, of.purpose), (None, None, Purpose::Main));
        assert!(!of.shares_waits);
    }

    #[test]
    fn cf_15_waits_up_to_the_threshold_are_waited_whatever_the_call() {
        for message in [
            "FLOOD_WAIT_10",
            "FLOOD_PREMIUM_WAIT_10",
            "SLOWMODE_WAIT_10",
            "FLOOD_TEST_PHONE_WAIT_10",
        ] {
            let mut attempts = attempts(Repeat::Once);
            for _ in 0..3 {
                assert_eq!(attempts.next(&rpc(420, message), 0), Next::After(10 * SECOND));
            }
            // Half a minute is over.
            assert_eq!(attempts.next(&rpc(420, message), 0), Next::Fail);
            assert_eq!(attempts.next(&rpc(420, "FLOOD_WAIT_1"), 0), Next::Fail);
        }
    }

    #[test]
    fn cf_15_waits_that_are_long_or_make_no_sense_are_errors() {
        for message in
            ["FLOOD_WAIT_31", "FLOOD_WAIT_9223372036854775807", "FLOOD_WAIT_X", "FLOOD_WAIT"]
        {
            assert_eq!(attempts(Repeat::Safe).next(&rpc(420, message), 0), Next::Fail, "{message}");
        }
        let flood = RpcError { value: Some(-1), ..RpcError::parse(420, "FLOOD_WAIT_1") };
        assert_eq!(attempts(Repeat::Safe).next(&flood.into(), 0), Next::Fail);
        let mut zero = attempts(Repeat::Safe);
        assert_eq!(zero.next(&rpc(420, "FLOOD_WAIT_0"), 0), Next::After(SECOND));
        // The same name with another code is not that error.
        assert_eq!(attempts(Repeat::Safe).next(&rpc(400, "FLOOD_WAIT_1"), 0), Next::Fail);
    }

    #[test]
    fn cf_15_waits_of_other_calls_count_as_ones_own() {
        let mut attempts = attempts(Repeat::Once);
        assert_eq!(attempts.next(&rpc(420, "FLOOD_WAIT_10"), 0), Next::After(10 * SECOND));
        assert!(attempts.wait_behind(20 * SECOND));
        assert!(!attempts.wait_behind(Duration::from_millis(1)));
        assert_eq!(attempts.next(&rpc(420, "FLOOD_WAIT_1"), 0), Next::Fail);
    }

    #[test]
    fn cf_16_three_hops_are_followed() {
        let mut attempts = attempts(Repeat::Once);
        for (message, home) in [
            ("PHONE_MIGRATE_4", Home::Nobodys),
            ("USER_MIGRATE_4", Home::Account),
            ("FILE_MIGRATE_4", Home::Stays),
        ] {
            let next = attempts.next(&rpc(303, message), 0);
            assert_eq!(next, Next::Migrate { number: 4, home });
        }
        assert_eq!(attempts.next(&rpc(303, "STATS_MIGRATE_4"), 0), Next::TooManyHops);
        assert_eq!(self::attempts(Repeat::Once).next(&rpc(303, "NEVER_MIGRATE_4"), 0), Next::Fail);
    }

    #[test]
    fn a_call_that_must_not_run_twice_is_never_made_again_blindly() {
        for error in [
            rpc(500, "INTERNAL"),
            rpc(-503, "Timeout"),
            CallError::Unknown,
            CallError::Deadline { execution: Execution::Maybe },
            CallError::Closed { execution: Execution::Maybe, why: crate::rpc::CloseReason::Closed },
        ] {
            assert_eq!(attempts(Repeat::Once).next(&error, 0), Next::Fail, "{error}");
        }
    }

    #[test]
    fn others_are_made_again_with_growing_waits_and_jitter() {
        for repeat in [Repeat::Safe, Repeat::Keyed] {
            let mut attempts = attempts(repeat);
            let wait = |next| match next {
                Next::After(wait) => wait,
                other => panic!("{other:?}"),
            };
            let first = wait(attempts.clone().next(&rpc(500, "INTERNAL"), 0));
            let jittered = wait(attempts.next(&rpc(500, "INTERNAL"), 255));
            assert!(first >= SERVER_WAIT / 2 && jittered <= SERVER_WAIT && jittered > first);
            assert!(wait(attempts.next(&rpc(-503, "Timeout"), 0)) >= SERVER_WAIT);
            assert_eq!(attempts.next(&rpc(500, "INTERNAL"), 0), Next::Fail);
        }
    }

    #[test]
    fn errors_that_answer_a_repetition_are_followed_unless_there_must_be_none() {
        let repeated = |code, message: &str| CallError::RpcRepeated(RpcError::parse(code, message));
        for (code, message) in [(420, "FLOOD_WAIT_1"), (303, "FILE_MIGRATE_4"), (500, "INTERNAL")] {
            let first = attempts(Repeat::Keyed).next(&rpc(code, message), 0);
            assert_eq!(attempts(Repeat::Keyed).next(&repeated(code, message), 0), first);
            assert_ne!(first, Next::Fail);
            assert_eq!(attempts(Repeat::Once).next(&repeated(code, message), 0), Next::Fail);
        }
    }

    #[test]
    fn sm_x4_a_random_id_that_the_server_knows_is_never_sent_again() {
        let duplicate = rpc(500, "RANDOM_ID_DUPLICATE");
        assert_eq!(attempts(Repeat::Keyed).next(&duplicate, 0), Next::Fail);
        assert_eq!(duplicate.execution(), Execution::Ran);
    }

    #[test]
    fn what_surely_did_not_run_goes_over_another_connection() {
        let mut attempts = attempts(Repeat::Once);
        let closed =
            CallError::Closed { execution: Execution::Never, why: crate::rpc::CloseReason::Closed };
        for _ in 0..3 {
            assert_eq!(attempts.next(&closed, 0), Next::Reopen);
        }
        assert_eq!(attempts.next(&closed, 0), Next::Fail);
        // What may run twice does not have to know.
        let closed =
            CallError::Closed { execution: Execution::Maybe, why: crate::rpc::CloseReason::Closed };
        assert_eq!(self::attempts(Repeat::Safe).next(&closed, 0), Next::Reopen);
    }

    #[test]
    fn a_session_that_the_server_has_forgotten_is_initialised_once_more() {
        let mut attempts = attempts(Repeat::Once);
        let error = rpc(400, "CONNECTION_NOT_INITED");
        assert_eq!(attempts.next(&error, 0), Next::Initialise);
        assert_eq!(attempts.next(&error, 0), Next::Fail);
    }
}
