//! What an account looks like, and the few calls of the API that show who is logged in.

use crate::ids::DcId;
use crate::rpc::RpcError;
use crate::server::Dispatcher;
use crate::server::accounts::state::{State, User};
use crate::server::accounts::{Accounts, Context, invalid, seconds};
use crate::tl::Deserialize;
use crate::tl::api::functions::auth::LogOut;
use crate::tl::api::functions::updates::{GetDifference, GetState};
use crate::tl::api::functions::users::GetUsers;
use crate::tl::api::types::{auth, updates};
use crate::tl::api::{enums, types};

pub(super) fn register(accounts: &Accounts, dc: DcId, dispatcher: &mut Dispatcher) {
    accounts.handle(dc, dispatcher, get_users);
    accounts.handle(dc, dispatcher, get_state);
    accounts.handle(dc, dispatcher, get_difference);
    accounts.handle(dc, dispatcher, log_out);
}

/// The answer to a login.
pub(super) fn authorization(
    state: &State,
    user: i64,
) -> Result<enums::auth::Authorization, RpcError> {
    let user = state.users.get(&user).ok_or_else(|| invalid("USER_DEACTIVATED"))?;
    let authorization = auth::Authorization {
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user: user_of(user, true).ok_or_else(|| RpcError::parse(500, "INTERNAL"))?,
    };
    Ok(authorization.into())
}

fn get_users(
    state: &mut State,
    context: &Context,
    request: &GetUsers,
) -> Result<Vec<enums::User>, RpcError> {
    let me = state.login(context.key)?;
    let users = request.id.iter().filter_map(|user| {
        let id = match user {
            enums::InputUser::InputUserSelf => me,
            enums::InputUser::InputUser(user) => user.user_id,
            _ => return None,
        };
        user_of(state.users.get(&id)?, id == me)
    });
    Ok(users.collect())
}

fn get_state(
    state: &mut State,
    context: &Context,
    _: &GetState,
) -> Result<updates::State, RpcError> {
    state.login(context.key)?;
    Ok(updates::State { pts: 1, qts: 0, date: seconds(context.unix), seq: 1, unread_count: 0 })
}

/// Nothing ever happens here.
fn get_difference(
    state: &mut State,
    context: &Context,
    _: &GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    state.login(context.key)?;
    Ok(updates::DifferenceEmpty { date: seconds(context.unix), seq: 1 }.into())
}

fn log_out(state: &mut State, context: &Context, _: &LogOut) -> Result<auth::LoggedOut, RpcError> {
    state.login(context.key)?;
    state.log_out(context.key);
    Ok(auth::LoggedOut { future_auth_token: None })
}

/// Constructor, flags and number of an account: what all optional fields add to.
///
/// ```tl
/// user#31774388 flags:# … bot:flags.14?true … flags2:# … id:long access_hash:flags.0?long first_name:flags.1?string …
/// ```
/// The type has sixty fields, of which an account has six, so that it is shorter to write the bytes.
fn user_of(user: &User, is_self: bool) -> Option<enums::User> {
    use crate::tl::{Identifiable, Serialize};
    let is_bot = user.phone.is_none();
    let flag = |bit: u32, is_set: bool| u32::from(is_set) << bit;
    let flags = flag(0, true)
        | flag(1, true)
        | flag(2, user.last_name.is_some())
        | flag(4, !is_bot)
        | flag(10, is_self)
        | flag(14, is_bot);
    let mut out = Vec::new();
    out.extend(types::User::ID.to_le_bytes());
    out.extend(flags.to_le_bytes());
    out.extend(0_u32.to_le_bytes());
    user.id.serialize(&mut out);
    access_hash(user.id).serialize(&mut out);
    user.first_name.serialize(&mut out);
    if let Some(name) = &user.last_name {
        name.serialize(&mut out);
    }
    if let Some(phone) = &user.phone {
        phone.serialize(&mut out);
    }
    if is_bot {
        1_i32.serialize(&mut out);
    }
    enums::User::from_bytes(&out).ok()
}

/// A number that goes with the account's.
fn access_hash(id: i64) -> i64 {
    id.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed())
}
