//! Two-step verification: a password besides the code, by [SRP](https://core.telegram.org/api/srp).

use telewire::crypto::dh::KNOWN_PRIME;
use telewire::crypto::srp::{SrpParams, SrpServer};
use telewire::rpc::RpcError;
use telewire::tl::api::functions::account::GetPassword;
use telewire::tl::api::functions::auth::CheckPassword;
use telewire::tl::api::{enums, groups, types};

use crate::accounts::auth::Password;
use crate::accounts::login;
use crate::methods::Registry;
use crate::world::{Context, State, invalid, unauthorized};

/// The generator that Telegram sends with the known prime.
const G: i32 = 3;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(get_password);
    registry.open_but_to_bots(check_password);
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
    answer.new_algo = algo(&random(state), &random(state));
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
    let enums::InputCheckPasswordSrp::InputCheckPasswordSrp(proof) = &request.password else {
        return Err(invalid("PASSWORD_HASH_INVALID"));
    };
    // A question is answered once, rightly or not.
    let question = state.auth.questions.remove(&context.key);
    let question = question.filter(|(id, of, _)| (*id, *of) == (proof.srp_id, user));
    let (_, _, question) = question.ok_or_else(|| invalid("SRP_ID_INVALID"))?;
    if !question.verify(&proof.a, &proof.m1) {
        return Err(invalid("PASSWORD_HASH_INVALID"));
    }
    state.logged_in(context.key, user);
    login::authorization(state, context.key, user)
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
