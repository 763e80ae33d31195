//! Moving an account to another phone number: <https://core.telegram.org/method/account.changePhone>.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::account::{ChangePhone, SendChangePhoneCode};
use telewire::tl::api::{enums, types};

use crate::accounts::code::{CodeKind, checked};
use crate::methods::Registry;
use crate::world::{Caller, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(send_change_phone_code);
    registry.people(change_phone);
}

impl State {
    /// A number that an account may move to.
    fn free_phone(&self, phone: &str) -> Result<String, RpcError> {
        let phone = checked(phone)?;
        if self.auth.banned.contains(&phone) {
            return Err(invalid("PHONE_NUMBER_BANNED"));
        }
        match self.user_by_phone(&phone) {
            Some(_) => Err(invalid("PHONE_NUMBER_OCCUPIED")),
            None => Ok(phone),
        }
    }
}

fn send_change_phone_code(
    state: &mut State,
    caller: &Caller,
    request: SendChangePhoneCode,
) -> Result<enums::auth::SentCode, RpcError> {
    let phone = state.free_phone(&request.phone_number)?;
    // The number is to be proved: a mail does not.
    let mut kinds = state.auth.kinds.clone();
    kinds.retain(|kind| !matches!(kind, CodeKind::Email | CodeKind::SetUpEmail));
    Ok(state.send(caller.context.unix, phone, &kinds))
}

fn change_phone(
    state: &mut State,
    caller: &Caller,
    request: ChangePhone,
) -> Result<enums::User, RpcError> {
    let phone = state.free_phone(&request.phone_number)?;
    if request.phone_code.is_empty() {
        return Err(invalid("PHONE_CODE_EMPTY"));
    }
    state.check_code(&caller.context, &phone, &request.phone_code_hash, &request.phone_code)?;
    state.auth.codes.remove(&phone);
    let me = caller.me;
    state.set_phone(me, phone.clone());
    let knows = |other: &i64| {
        state.contact(*other, me).is_some_and(|contact| contact.has_phone)
            || state.contact(me, *other).is_some()
    };
    let others = state.acquainted(me).into_iter().filter(knows).collect();
    state.tell_about(caller, others, &types::UpdateUserPhone { user_id: me, phone }.into());
    state.view(caller.viewer()).user(me).ok_or_else(|| invalid("USER_ID_INVALID"))
}
