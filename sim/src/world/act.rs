//! Steps that are done, and what the client tells.

use telewire::rpc::Request;
use telewire::server;

use crate::api::Update;
use crate::client::Told;
use crate::fault::Fault;
use crate::oracle::shown;
use crate::plan::Action;
use crate::world::{IDLE, World};

impl World<'_> {
    pub(super) fn act(&mut self, action: Action) {
        self.say(|| format!("{action:?}"));
        match action {
            Action::Call { run, repeat, deadline } => {
                let request = Request::new(&run).with_repeat(repeat);
                match self.client.call(self.client_now(), request, deadline) {
                    Ok(call) => self.oracle.accepted(call, run, repeat, deadline.is_some()),
                    Err(error) => self.say(|| format!("not accepted: {error}")),
                }
            }
            Action::Cancel { number } => {
                if let Some(call) = self.oracle.open_call(number) {
                    self.oracle.cancelled(call);
                    self.client.cancel(self.client_now(), call);
                }
            }
            Action::Push { number, is_large } => {
                let now = self.server_now();
                if let Some((key, session)) = self.session.filter(|_| !self.is_over)
                    && self.dc.push(now, key, session, &Update { number, is_large })
                {
                    self.oracle.pushed(number);
                }
            }
            Action::Fault(fault) => self.fail(fault),
        }
    }

    pub(super) fn fail(&mut self, fault: Fault) {
        let mono = self.mono;
        match fault {
            Fault::Cut => self.cut(),
            Fault::Dials { count, hang } => self.bad_dials = (count, hang),
            Fault::Clock { seconds } => self.clock += seconds,
            Fault::LongIdle => self.delay += IDLE,
            Fault::Server(fault) => {
                let forgets_updates =
                    matches!(fault, server::Fault::ForgetAnswers | server::Fault::ForgetKeys);
                if forgets_updates {
                    self.oracle.excused();
                }
                if fault == server::Fault::ForgetSessions {
                    // What is under way over links that were left would otherwise begin the session once more, and nobody
                    // could tell that it ran before.
                    for wire in std::mem::take(&mut self.old) {
                        self.server_hears_the_end(&wire.end);
                    }
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

    /// The last fault is over.
    pub(super) fn heal(&mut self) {
        self.say(|| "the last step is done".to_owned());
        self.dc.heal();
        if !self.plan.heals && self.plan.faults().any(|fault| fault.kind() == "ignore-state") {
            let fault = server::Fault::IgnoreStateRequests(true);
            self.dc.inject(self.server_now(), fault);
        }
        self.bad_dials = (0, false);
        if self.plan.is_rogue {
            self.cut();
            self.settle();
        }
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
            Told::Gap => {
                self.oracle.excused();
                self.say(|| "updates may be missing".to_owned());
            }
            Told::Over(why) => {
                self.is_over = true;
                self.oracle.excused();
                self.say(|| format!("over: {why}"));
            }
            Told::Key(key) => {
                if let Some(trace) = &mut self.trace {
                    trace.peek.know(key.auth_key.clone());
                }
                self.key = Some(key.auth_key);
            }
            Told::Other(words) => self.say(|| words),
        }
    }
}
