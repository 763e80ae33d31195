//! An authorization on its way [to another data centre](https://core.telegram.org/api/datacenter#authorization-transfer).

use std::time::Duration;

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::api::enums::auth::Authorization;
use telewire::tl::api::functions::auth::{ExportAuthorization, ImportAuthorization};
use telewire::tl::api::types::auth::ExportedAuthorization;

use crate::accounts::auth::{FIRST_SEQ, Login, TRANSFER_BYTES, Transfer};
use crate::accounts::login;
use crate::methods::Registry;
use crate::world::{Context, State, invalid};

/// It is imported at once.
const LIFETIME: Duration = Duration::from_secs(60);

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open(export);
    registry.open(import);
}

fn export(
    state: &mut State,
    context: &Context,
    request: &ExportAuthorization,
) -> Result<ExportedAuthorization, RpcError> {
    let user = state.login(context.key)?;
    let by = state.auth.logins.get(&context.key).map_or(context.key, |login| login.by);
    let number = u16::try_from(request.dc_id).unwrap_or(0);
    let to = DcId { number, ..context.dc() };
    if number == 0 || to == context.dc() || !state.auth.addresses.contains_key(&to) {
        return Err(invalid("DC_ID_INVALID"));
    }
    let bytes = state.random::<TRANSFER_BYTES>();
    let expires = context.unix.saturating_add(LIFETIME);
    state.auth.transfers.insert(
        bytes,
        Transfer {
            login: Login { user, by, session: None, seq: FIRST_SEQ, created: 0, active: 0 },
            to,
            expires,
        },
    );
    Ok(ExportedAuthorization { id: user, bytes: bytes.to_vec().into() })
}

fn import(
    state: &mut State,
    context: &Context,
    request: &ImportAuthorization,
) -> Result<Authorization, RpcError> {
    // It is good for one import.
    let bytes = <[u8; TRANSFER_BYTES]>::try_from(&request.bytes[..]).ok();
    let transfer = bytes.and_then(|bytes| state.auth.transfers.remove(&bytes));
    let is_valid = |transfer: &Transfer| {
        transfer.login.user == request.id
            // FI-35: what is for media only is the same data centre.
            && transfer.to == DcId { is_media: false, ..context.dc() }
            && transfer.expires > context.unix
    };
    let transfer = transfer.filter(is_valid).ok_or_else(|| invalid("AUTH_BYTES_INVALID"))?;
    state.transferred(context.key, transfer.login);
    login::authorization(state, context.key, transfer.login.user)
}
