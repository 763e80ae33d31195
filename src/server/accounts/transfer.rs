//! An authorization on its way [to another data centre](https://core.telegram.org/api/datacenter#authorization-transfer).

use std::time::Duration;

use crate::ids::DcId;
use crate::rpc::RpcError;
use crate::server::Dispatcher;
use crate::server::accounts::state::{Login, State, Transfer};
use crate::server::accounts::{Accounts, Context, invalid, profile};
use crate::tl::api::enums::auth::Authorization;
use crate::tl::api::functions::auth::{ExportAuthorization, ImportAuthorization};
use crate::tl::api::types::auth::ExportedAuthorization;

/// It is imported at once.
const LIFETIME: Duration = Duration::from_secs(60);

pub(super) fn register(accounts: &Accounts, dc: DcId, dispatcher: &mut Dispatcher) {
    accounts.handle(dc, dispatcher, export);
    accounts.handle(dc, dispatcher, import);
}

fn export(
    state: &mut State,
    context: &Context,
    request: &ExportAuthorization,
) -> Result<ExportedAuthorization, RpcError> {
    let user = state.login(context.key)?;
    let by = state.logins.get(&context.key).map_or(context.key, |login| login.by);
    let number = u16::try_from(request.dc_id).unwrap_or(0);
    let to = DcId { number, ..context.dc() };
    if number == 0 || to == context.dc() || !state.addresses.contains_key(&to) {
        return Err(invalid("DC_ID_INVALID"));
    }
    let bytes = state.random::<32>().to_vec();
    let expires = context.unix.saturating_add(LIFETIME);
    state.transfers.retain(|_, transfer| transfer.expires > context.unix);
    state.transfers.insert(bytes.clone(), Transfer { login: Login { user, by }, to, expires });
    Ok(ExportedAuthorization { id: user, bytes: bytes.into() })
}

fn import(
    state: &mut State,
    context: &Context,
    request: &ImportAuthorization,
) -> Result<Authorization, RpcError> {
    // It is good for one import.
    let transfer = state.transfers.remove(&request.bytes[..]);
    let is_valid = |transfer: &Transfer| {
        transfer.login.user == request.id
            && transfer.to == context.dc()
            && transfer.expires > context.unix
    };
    let transfer = transfer.filter(is_valid).ok_or_else(|| invalid("AUTH_BYTES_INVALID"))?;
    state.transferred(context.key, transfer.login);
    profile::authorization(state, transfer.login.user)
}
