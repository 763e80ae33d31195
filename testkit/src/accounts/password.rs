//! Two-step verification: a password besides the code, by [SRP](https://core.telegram.org/api/srp).

use telewire::crypto::Secret;
use telewire::crypto::dh::KNOWN_PRIME;
use telewire::crypto::srp::{SrpParams, SrpServer};
use telewire::rpc::RpcError;
use telewire::tl::api::functions::account::{GetPassword, UpdatePasswordSettings};
use telewire::tl::api::functions::auth::CheckPassword;
use telewire::tl::api::{enums, groups, types};

use crate::accounts::auth::Password;
use crate::accounts::login;
use crate::methods::Registry;
use crate::world::{Caller, Context, State, invalid, unauthorized};

/// The generator that Telegram sends with the known prime.
const G: i32 = 3;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(get_password);
    registry.open_but_to_bots(check_password);
    registry.people(update_password_settings);
}

impl State {
    pub(super) fn set_password(&mut self, user: i64, password: &str, hint: &str) {
        let (salt1, salt2) = (self.random::<40>().to_vec(), self.random::<16>().to_vec());
        let params = SrpParams::new(salt1.clone(), salt2.clone(), G, &KNOWN_PRIME, &mut self.dice);
        // The group is the known one, so that nothing of it is refused.
        let Ok(params) = params else { return };
        let Ok(verifier) = params.verifier(password.as_bytes()) else { return };
        if let Some(user) = self.people.user_mut(user) {
            let hint = hint.to_owned();
            user.password = Some(Password { params, salt1, salt2, verifier, hint });
        }
    }
}

fn get_password(
    state: &mut State,
    context: &Context,
    _: &GetPassword,
) -> Result<types::account::Password, RpcError> {
    let user = state.auth.pending.get(&context.key).copied();
    let user = user.map_or_else(|| state.login(context.key), Ok)?;
    let account = state.people.user(user).ok_or_else(|| unauthorized("USER_DEACTIVATED"))?;
    let random = |state: &mut State| state.random::<32>().to_vec();
    let mut answer = types::account::Password {
        has_recovery: false,
        has_secure_values: false,
        current_algo: None,
        hint: None,
        email_unconfirmed_pattern: None,
        new_algo: algo(&[], &[]),
        new_secure_algo: enums::SecurePasswordKdfAlgo::SecurePasswordKdfAlgoUnknown,
        secure_random: [].into(),
        pending_reset_date: None,
        login_email_pattern: None,
    };
    if let Some(password) = &account.password {
        let (params, verifier) = (password.params.clone(), password.verifier.clone());
        let current_algo = algo(&password.salt1, &password.salt2);
        answer.hint = Some(password.hint.clone()).filter(|hint| !hint.is_empty());
        let question = SrpServer::new(params, verifier, &mut state.dice)
            .map_err(|_| RpcError::parse(500, "AUTH_RESTART"))?;
        let srp_id = i64::from_le_bytes(state.random());
        answer.current_algo = Some(Box::new(groups::account::PasswordCurrentAlgo {
            current_algo,
            srp_b: question.public().to_vec().into(),
            srp_id,
        }));
        state.auth.questions.insert(context.key, (srp_id, user, question));
    }
    let (salt1, salt2) = (random(state), random(state));
    answer.new_algo = algo(&salt1, &salt2);
    state.auth.offered.insert(context.key, (salt1, salt2));
    answer.secure_random = random(state).into();
    Ok(answer)
}

fn check_password(
    state: &mut State,
    context: &Context,
    request: &CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let Some(user) = state.auth.pending.get(&context.key).copied() else {
        return state
            .login(context.key)
            .and_then(|user| login::authorization(state, context.key, user));
    };
    state.prove_password(context, user, &request.password)?;
    state.logged_in(context.key, user);
    login::authorization(state, context.key, user)
}

impl State {
    /// Whether the question of a key was answered by somebody who knows the password.
    fn prove_password(
        &mut self,
        context: &Context,
        user: i64,
        proof: &enums::InputCheckPasswordSrp,
    ) -> Result<(), RpcError> {
        let enums::InputCheckPasswordSrp::InputCheckPasswordSrp(proof) = proof else {
            return Err(invalid("PASSWORD_HASH_INVALID"));
        };
        // A question is answered once, rightly or not.
        let question = self.auth.questions.remove(&context.key);
        let question = question.filter(|(id, of, _)| (*id, *of) == (proof.srp_id, user));
        let (_, _, question) = question.ok_or_else(|| invalid("SRP_ID_INVALID"))?;
        if !question.verify(&proof.a, &proof.m1) {
            return Err(invalid("PASSWORD_HASH_INVALID"));
        }
        Ok(())
    }

    /// What is kept of a new password, whose salts are those that were offered, the first with bytes of the client's behind it.
    fn new_password(
        &mut self,
        context: &Context,
        of: &types::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow,
        hash: &[u8],
        hint: String,
    ) -> Result<Password, RpcError> {
        if (of.g, &of.p[..]) != (G, &KNOWN_PRIME[..]) {
            return Err(invalid("NEW_SETTINGS_INVALID"));
        }
        let offered = self.auth.offered.remove(&context.key);
        let (salt1, salt2) = offered.ok_or_else(|| invalid("NEW_SALT_INVALID"))?;
        let added = of.salt1.strip_prefix(&salt1[..]).map_or(0, <[u8]>::len);
        if added < MIN_ADDED || of.salt2[..] != salt2[..] {
            return Err(invalid("NEW_SALT_INVALID"));
        }
        let hash = hash.try_into().map_err(|_| invalid("NEW_SETTINGS_INVALID"))?;
        let verifier = (*Secret::boxed(hash)).clone();
        let (salt1, salt2) = (of.salt1.to_vec(), of.salt2.to_vec());
        let params = SrpParams::new(salt1.clone(), salt2.clone(), G, &KNOWN_PRIME, &mut self.dice);
        let params = params.map_err(|_| invalid("NEW_SETTINGS_INVALID"))?;
        Ok(Password { params, salt1, salt2, verifier, hint })
    }
}

/// Bytes that a client adds to the salt: <https://core.telegram.org/api/srp#setting-a-new-2fa-password> says that it adds some.
const MIN_ADDED: usize = 8;

/// Sets, changes or takes away the password of an account. Addresses for its recovery are not modelled.
fn update_password_settings(
    state: &mut State,
    caller: &Caller,
    request: UpdatePasswordSettings,
) -> Result<bool, RpcError> {
    let (me, context) = (caller.me, &caller.context);
    if state.people.user(me).is_some_and(|user| user.password.is_some()) {
        state.prove_password(context, me, &request.password)?;
    }
    let new = request.new_settings;
    if new.email.is_some_and(|email| !email.is_empty()) {
        return Err(invalid("EMAIL_INVALID"));
    }
    let group = new.new_algo.ok_or_else(|| invalid("NEW_SETTINGS_EMPTY"))?;
    let groups::account::PasswordInputSettingsNewAlgo { new_algo, new_password_hash: hash, hint } =
        *group;
    let password = match new_algo {
        enums::PasswordKdfAlgo::PasswordKdfAlgoUnknown if hash.is_empty() => None,
        enums::PasswordKdfAlgo::PasswordKdfAlgoUnknown => {
            return Err(invalid("NEW_SETTINGS_INVALID"));
        }
        enums::PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(
            of,
        ) => Some(state.new_password(context, &of, &hash, hint)?),
        _ => return Err(invalid("NEW_SETTINGS_INVALID")),
    };
    if let Some(user) = state.people.user_mut(me) {
        user.password = password;
    }
    // What was asked about the one before is not asked any more.
    state.auth.questions.retain(|(_, of, _)| *of != me);
    Ok(true)
}

fn algo(salt1: &[u8], salt2: &[u8]) -> enums::PasswordKdfAlgo {
    types::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow {
        salt1: salt1.to_vec().into(),
        salt2: salt2.to_vec().into(),
        g: G,
        p: KNOWN_PRIME.to_vec().into(),
    }
    .into()
}
