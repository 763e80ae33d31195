//! The logins of an account, and their end from elsewhere.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::account::{GetAuthorizations, ResetAuthorization};
use telewire::tl::api::functions::auth::ResetAuthorizations;
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, Key, Peer, State, Viewer, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(get_authorizations);
    registry.people(reset_authorization);
    registry.people(reset_authorizations);
}

impl State {
    /// What a login is called by its owner's others.
    fn hash_of(&self, user: i64, by: Key) -> i64 {
        self.access_hash(Viewer { user, by }, Peer::User(user))
    }

    /// The logins of an account, without those that were carried to other data centres.
    fn own_logins(&self, user: i64) -> Vec<(Key, (i32, i32))> {
        let logins = self.auth.logins_of(user).filter(|(key, login)| login.by == *key);
        logins.map(|(key, login)| (key, (login.created, login.active))).collect()
    }
}

fn get_authorizations(
    state: &mut State,
    caller: &Caller,
    _: GetAuthorizations,
) -> Result<types::account::Authorizations, RpcError> {
    let logins = state.own_logins(caller.me).into_iter();
    let shown = logins.map(|(key, (date_created, date_active))| {
        let is_current = key == caller.by;
        types::Authorization {
            current: is_current,
            official_app: false,
            password_pending: false,
            encrypted_requests_disabled: false,
            call_requests_disabled: false,
            unconfirmed: false,
            hash: if is_current { 0 } else { state.hash_of(caller.me, key) },
            // What clients say of themselves is not kept.
            device_model: String::new(),
            platform: String::new(),
            system_version: String::new(),
            api_id: 0,
            app_name: String::new(),
            app_version: String::new(),
            date_created,
            date_active,
            ip: "127.0.0.1".into(),
            country: String::new(),
            region: String::new(),
        }
    });
    let authorizations = shown.collect();
    Ok(types::account::Authorizations { authorization_ttl_days: TTL_DAYS, authorizations })
}

/// How long logins last that are not used, as Telegram's do unless it is said. Here they last.
const TTL_DAYS: i32 = 183;

fn reset_authorization(
    state: &mut State,
    caller: &Caller,
    request: ResetAuthorization,
) -> Result<bool, RpcError> {
    let logins = state.own_logins(caller.me);
    let other = logins.into_iter().map(|(key, _)| key).filter(|key| *key != caller.by);
    let found = other.into_iter().find(|key| state.hash_of(caller.me, *key) == request.hash);
    state.log_out(found.ok_or_else(|| invalid("HASH_INVALID"))?);
    Ok(true)
}

fn reset_authorizations(
    state: &mut State,
    caller: &Caller,
    _: ResetAuthorizations,
) -> Result<bool, RpcError> {
    for (key, _) in state.own_logins(caller.me) {
        if key != caller.by {
            state.log_out(key);
        }
    }
    Ok(true)
}
