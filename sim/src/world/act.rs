//! Steps that are done, and what the client tells.

use std::ops::Range;
use std::time::Duration;

use telewire::ids::SessionId;
use telewire::rpc::{CallError, Request};
use telewire::server;
use telewire::tl::mtproto::functions;
use telewire::tl::{Function, Repeat};

use crate::api::{Run, Update};
use crate::client::Told;
use crate::fault::Fault;
use crate::oracle::shown;
use crate::other;
use crate::plan::Action;
use crate::world::{IDLE, World};

/// The numbers of a flood's requests: more than a client takes.
const FLOOD: Range<i32> = 1_000..20_000;

/// How many are not taken until a flood ends.
const REFUSED: u64 = 50;

/// Of what the data centre answers itself, some answers name no request and may be lost: these end in time.
const OTHER: Duration = Duration::from_secs(60);

impl World<'_> {
    pub(super) fn act(&mut self, action: Action) {
        self.say(|| format!("{action:?}"));
        match action {
            Action::Call { run, repeat, deadline, after, quick_ack } => {
                let mut request = Request::new(&run).with_repeat(repeat);
                if let Some(before) = after.and_then(|number| self.oracle.call(number)) {
                    request = request.after(before);
                }
                if quick_ack {
                    request = request.with_quick_ack();
                }
                match self.client.call(self.client_now(), request, deadline) {
                    Ok(call) => {
                        let has_deadline = deadline.is_some();
                        if repeat == Repeat::Once {
                            self.watch.must_run_once(run.number);
                        }
                        self.oracle.accepted(call, run, repeat, has_deadline, after);
                    }
                    Err(error) => self.say(|| format!("not accepted: {error}")),
                }
            }
            Action::Flood => self.flood(),
            Action::DestroySession { is_there } => {
                let session_id = self.dice.number().cast_signed();
                if let Some(key) = self.key.as_ref().filter(|_| is_there) {
                    let now = self.server_now();
                    other::begin(&mut self.dc, now, &self.suite, key, SessionId(session_id));
                }
                self.call_other(&functions::DestroySession { session_id });
            }
            Action::DestroyKey => {
                self.oracle.key_given_up();
                self.call_other(&functions::DestroyAuthKey {});
            }
            Action::Cancel { number } => {
                if let Some(call) = self.oracle.open_call(number) {
                    self.oracle.cancelled(call);
                    self.client.cancel(self.client_now(), call);
                }
            }
            Action::Push { number, is_large, is_former } => {
                self.push(&Update { number, is_large }, is_former);
            }
            Action::Fault(fault) => self.fail(fault),
        }
    }

    /// The server sends an update, to the client's session or to the one before.
    fn push(&mut self, update: &Update, is_former: bool) {
        let now = self.server_now();
        let former = self.former.last().copied().filter(|_| is_former);
        let place = former.or(self.session).filter(|_| !self.is_over);
        if let Some((key, session)) = place
            && self.dc.push(now, key, session, update)
        {
            self.oracle.pushed(update.number, former.is_none());
        }
    }

    /// Requests until one is not taken, and a few more.
    fn flood(&mut self) {
        let mut refused = 0;
        for number in FLOOD {
            let run = Run { number, is_keyed: false, is_refused: false, bytes: 0, after: 0 };
            let request = Request::new(&run).with_repeat(Repeat::Safe);
            match self.client.call(self.client_now(), request, None) {
                Ok(call) => self.oracle.accepted(call, run, Repeat::Safe, false, None),
                Err(CallError::Full) => refused += 1,
                // It is over.
                Err(_) => return,
            }
            if refused > REFUSED {
                break;
            }
        }
        self.seen.full += refused;
    }

    fn call_other(&mut self, function: &impl Function) {
        let request = Request::new(function).with_repeat(Repeat::Safe);
        if let Ok(call) = self.client.call(self.client_now(), request, Some(OTHER)) {
            self.oracle.accepted_other(call);
        }
    }

    pub(super) fn fail(&mut self, fault: Fault) {
        let mono = self.mono;
        let kind = fault.kind();
        match fault {
            Fault::Cut => {
                if self.wire.is_some() {
                    self.meet(kind);
                }
                self.cut();
            }
            Fault::Dials { count, hang } => self.bad_dials = (count, hang),
            Fault::Clock { seconds } => {
                self.clock += seconds;
                if !self.is_over {
                    self.meet(kind);
                }
            }
            Fault::LongIdle => {
                self.delay += IDLE;
                if !self.is_over {
                    self.meet(kind);
                }
            }
            Fault::Server(fault) => {
                let forgets_updates =
                    matches!(fault, server::Fault::ForgetAnswers | server::Fault::ForgetKeys);
                if forgets_updates {
                    self.oracle.forgot_updates();
                    self.watch.late.lost_notices();
                }
                if fault == server::Fault::ForgetSessions {
                    self.watch.late.forgot();
                }
                self.dc.inject(self.server_now(), fault);
            }
            _ => {
                if let Some(wire) = &mut self.wire {
                    wire.fail(mono, fault);
                }
            }
        }
    }

    pub(super) fn meet(&mut self, kind: &'static str) {
        *self.met.entry(kind).or_default() += 1;
    }

    /// The last fault is over.
    pub(super) fn heal(&mut self) {
        self.say(|| "the last step is done".to_owned());
        self.dc.heal();
        if !self.plan.heals && self.plan.faults().any(|fault| fault.kind() == "ignore-state") {
            let fault = server::Fault::IgnoreStateRequests(true);
            self.dc.inject(self.server_now(), fault);
        }
        self.bad_dials = (0, false);
    }

    pub(super) fn hear(&mut self, told: Told) {
        match told {
            Told::Answer(call, result) => {
                let end = self.trace.is_some().then(|| shown(&result));
                let number = self.oracle.ended(call, result);
                self.say(|| format!("request {number} ended: {}", end.unwrap_or_default()));
            }
            Told::Update(update) => {
                self.oracle.delivered(&update);
                self.say(|| "an update".to_owned());
            }
            Told::Gap { is_new_session } => {
                self.oracle.gap(is_new_session);
                if is_new_session {
                    self.watch.late.told();
                }
                self.say(|| "updates may be missing".to_owned());
            }
            Told::Over(why) => {
                self.is_over = true;
                self.oracle.gap(false);
                self.say(|| format!("over: {why}"));
            }
            Told::Key(key) => {
                if let Some(trace) = &mut self.trace {
                    trace.peek.know(key.auth_key.clone());
                }
                self.watch.know(key.auth_key.clone());
                self.key = Some(key.auth_key);
            }
            Told::Bound => {
                self.seen.bound += 1;
                self.say(|| "a temporary key was bound".to_owned());
            }
            Told::QuickAck(call) => {
                self.seen.quick_acks += 1;
                self.say(|| format!("{call:?} was received"));
            }
            Told::Other(words) => self.say(|| words),
        }
    }
}
