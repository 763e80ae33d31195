//! Where methods are named, and who may call them.

use std::collections::VecDeque;

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::server::{self, Answer, Dispatcher};
use telewire::tl::{Deserialize, Function, Serialize, api};

use crate::world::{Caller, Context, Counts, PATIENCE, State, World, invalid};

/// Where methods are named.
#[derive(Debug)]
pub(crate) struct Registry<'a> {
    dispatcher: &'a mut Dispatcher,
    gate: Gate,
    /// Who may call what, by its constructor.
    named: Vec<(u32, Who)>,
}

/// Who may call a method: Telegram says so of each, and refuses the others before it looks at the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Those who are not logged in too.
    Anybody,
    /// The same, but no bots.
    AnybodyButBots,
    /// People and bots that are logged in.
    Accounts,
    /// People that are logged in.
    People,
    /// Bots that are logged in.
    Bots,
}

/// What each call passes.
#[derive(Debug, Clone)]
struct Gate {
    world: World,
    dc: DcId,
}

impl Gate {
    /// Does what a call asks for, at the world's time, unless a script or the rules about callers refuse it.
    fn call<F: Function, T>(
        &self,
        who: Who,
        caller: &server::Caller,
        work: impl FnOnce(&mut State, &Context) -> Result<T, RpcError>,
    ) -> Result<T, RpcError> {
        let context = Context::new(self.dc, caller);
        self.world.with(|state| {
            let context = state.at(context);
            state.record(context.key, F::ID);
            let refusal = state.auth.refusals.get_mut(&F::ID).and_then(VecDeque::pop_front);
            let admitted = refusal.map_or_else(|| state.admit(&context, who), Err);
            let answer = admitted.and_then(|()| work(state, &context));
            // After it, since it may have been the login.
            state.auth.seen(&context);
            let Counts { answered, refused, .. } = &mut state.counts;
            let count = if answer.is_ok() { answered } else { refused };
            *count = count.saturating_add(1);
            answer
        })
    }
}

impl<'a> Registry<'a> {
    pub(crate) fn new(world: &World, dc: DcId, dispatcher: &'a mut Dispatcher) -> Self {
        let gate = Gate { world: world.clone(), dc };
        Self { dispatcher, gate, named: Vec::new() }
    }

    /// A method for people and bots that are logged in.
    #[track_caller]
    pub(crate) fn on<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.logged_in(Who::Accounts, method);
    }

    /// A method for people who are logged in.
    #[track_caller]
    pub(crate) fn people<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.logged_in(Who::People, method);
    }

    /// A method for bots that are logged in.
    #[track_caller]
    pub(crate) fn bots<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.logged_in(Who::Bots, method);
    }

    /// A method for people that a bot answers: what is given is the number of the question, to which
    /// [`State::answer_query`] has the answer.
    #[track_caller]
    pub(crate) fn on_query<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<i64, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        let (gate, who) = self.name::<F>(Who::People);
        self.dispatcher.on_token(move |caller, request: F| {
            let asked = gate.call::<F, _>(who, caller, |state, context| {
                let caller = state.caller(context)?;
                method(state, &caller, request)
            });
            match asked {
                Ok(query) => Answer::Later {
                    token: query.cast_unsigned(),
                    within: PATIENCE,
                    otherwise: invalid("BOT_RESPONSE_TIMEOUT"),
                },
                Err(error) => Answer::Now(Err(error)),
            }
        });
    }

    /// A method that anybody may call.
    #[track_caller]
    pub(crate) fn open<F>(
        &mut self,
        method: fn(&mut State, &Context, &F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.answer(Who::Anybody, move |state, context, request: F| {
            method(state, context, &request)
        });
    }

    /// A method that anybody may call who is not logged in as a bot.
    #[track_caller]
    pub(crate) fn open_but_to_bots<F>(
        &mut self,
        method: fn(&mut State, &Context, &F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.answer(Who::AnybodyButBots, move |state, context, request: F| {
            method(state, context, &request)
        });
    }

    #[track_caller]
    fn logged_in<F>(
        &mut self,
        who: Who,
        method: fn(&mut State, &Caller, F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.answer(who, move |state, context, request| {
            let caller = state.caller(context)?;
            method(state, &caller, request)
        });
    }

    #[track_caller]
    fn answer<F>(
        &mut self,
        who: Who,
        method: impl Fn(&mut State, &Context, F) -> Result<F::Return, RpcError> + Send + 'static,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        let (gate, who) = self.name::<F>(who);
        self.dispatcher.on(move |caller, request: F| {
            gate.call::<F, _>(who, caller, |state, context| method(state, context, request))
        });
    }

    fn name<F: Function>(&mut self, who: Who) -> (Gate, Who) {
        self.named.push((F::ID, who));
        (self.gate.clone(), who)
    }

    /// What is not modelled is refused as what Telegram does not have, and counted.
    pub(crate) fn count_the_rest(self) {
        let world = self.gate.world;
        self.dispatcher.otherwise(move |_, id, _| {
            let name = api::name_of(id).map_or_else(|| format!("{id:#010x}"), str::to_owned);
            world.with(|state| state.count_unmodelled(&name));
            Err(invalid("INPUT_METHOD_INVALID"))
        });
    }
}

impl State {
    /// # Errors
    ///
    /// `BOT_METHOD_INVALID`: it is for people; `USER_BOT_REQUIRED`: it is for bots; and what is said to those who are not logged in.
    fn admit(&self, context: &Context, who: Who) -> Result<(), RpcError> {
        let is_bot = match who {
            Who::Anybody => return Ok(()),
            Who::AnybodyButBots => self.login(context.key).is_ok_and(|me| self.is_bot(me)),
            Who::Accounts | Who::People | Who::Bots => self.is_bot(self.login(context.key)?),
        };
        match who {
            Who::People | Who::AnybodyButBots if is_bot => Err(invalid("BOT_METHOD_INVALID")),
            Who::Bots if !is_bot => Err(invalid("USER_BOT_REQUIRED")),
            _ => Ok(()),
        }
    }

    /// Whoever is logged in where a call came from.
    fn caller(&self, context: &Context) -> Result<Caller, RpcError> {
        let me = self.login(context.key)?;
        let by = self.auth.logins.get(&context.key).map_or(context.key, |login| login.by);
        Ok(Caller { me, by, context: *context })
    }
}

/// All methods by their names, and who may call each.
#[cfg(test)]
pub(crate) fn named() -> std::collections::BTreeMap<&'static str, (u32, Who)> {
    use telewire::crypto::SeededEntropy;
    let (world, mut dispatcher) = (World::new(SeededEntropy::new(1)), Dispatcher::new());
    let mut registry = Registry::new(&world, crate::world::HOME, &mut dispatcher);
    crate::methods::name_all(&mut registry);
    let mut named = std::collections::BTreeMap::new();
    for (id, who) in &registry.named {
        let name = api::name_of(*id).unwrap();
        assert_eq!(named.insert(name, (*id, *who)), None, "{name} is registered twice");
    }
    named
}

#[cfg(test)]
mod tests {
    use telewire_codegen::{Caller, Facts};

    use super::{Who, named};

    /// What is known of who may call what.
    const FACTS: &str = include_str!("../../../schema/methods.json");

    /// Registered for others than the facts say, and why.
    const OTHERWISE: [(&str, Who, &str); 1] = [(
        "bots.resetBotCommands",
        Who::Bots,
        "the facts have no word on it, and people have none",
    )];

    #[test]
    fn each_method_is_registered_for_those_who_may_call_it() {
        let facts = Facts::parse(FACTS).unwrap().functions;
        let named = named();
        let mut wrong = Vec::new();
        for (name, (_, who)) in &named {
            let said = OTHERWISE.iter().find(|(other, ..)| other == name);
            let is_right = match facts.get(*name).map(|fact| fact.who) {
                _ if said.is_some() => said.is_some_and(|(_, other, _)| other == who),
                Some(Caller::Users) => matches!(who, Who::People | Who::AnybodyButBots),
                Some(Caller::Bots) => *who == Who::Bots,
                Some(Caller::Both) => matches!(who, Who::Accounts | Who::Anybody),
                // Younger than the facts.
                None => true,
            };
            if !is_right {
                wrong.push((name, who));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(named.len() > 150, "{}", named.len());
    }
}
