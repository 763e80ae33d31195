//! The other side: an embedded data centre with one account, whose handlers are of this layer too.

use std::collections::HashSet;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use telewire::crypto::{EntropyExt, KeyId, real};
use telewire::ids::DcId;
use telewire::net::{OsEntropy, Server};
use telewire::rpc::RpcError;
use telewire::server::{Caller, DataCentre, Dispatcher, embedded_key, exchange};

use crate::LAYER;
use crate::api::functions::auth::{LogOut, SendCode, SignIn};
use crate::api::functions::users::GetUsers;
use crate::api::types;
use crate::caller::Target;

const ADA: i64 = 7;

/// The phone that codes are sent to: it has the last one.
#[derive(Clone, Default)]
pub(crate) struct Phone(Arc<Mutex<Option<Code>>>);

/// A code, and what tells it from others.
#[derive(Clone, PartialEq)]
struct Code {
    digits: String,
    hash: String,
}

impl Phone {
    /// The last code that came.
    pub(crate) fn last(&self) -> Option<String> {
        self.code().as_ref().map(|code| code.digits.clone())
    }

    fn code(&self) -> MutexGuard<'_, Option<Code>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys that are logged in.
#[derive(Clone, Default)]
struct Logins(Arc<Mutex<HashSet<KeyId>>>);

impl Logins {
    fn keys(&self) -> MutexGuard<'_, HashSet<KeyId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, caller: &Caller) -> Result<(), RpcError> {
        let is_in = self.keys().contains(&caller.key);
        if is_in { Ok(()) } else { Err(RpcError::parse(401, "AUTH_KEY_UNREGISTERED")) }
    }
}

/// Starts it, on a free port.
pub(crate) async fn start() -> Result<(Target, Phone), Box<dyn Error>> {
    let (dc, key) = (DcId::production(2), embedded_key()?);
    let config = exchange::Config::new(dc, vec![key.clone()], real());
    let phone = Phone::default();
    let dispatcher = dispatcher(&phone, OsEntropy::new()?);
    let data_centre = DataCentre::new(config, dispatcher, OsEntropy::new()?);
    let server = Server::bind("127.0.0.1:0".parse()?, data_centre).await?;
    let address = server.local_addr()?;
    tokio::spawn(server.run());
    Ok((Target { dc, address, key: key.public().clone() }, phone))
}

fn dispatcher(phone: &Phone, mut entropy: OsEntropy) -> Dispatcher {
    let logins = Logins::default();
    let mut dispatcher = Dispatcher::new();
    let sent = phone.clone();
    dispatcher.on(move |caller, _: SendCode| {
        // As Telegram does to whoever has not said its layer.
        if caller.layer != Some(LAYER) {
            return Err(RpcError::parse(400, "CONNECTION_NOT_INITED"));
        }
        let r#type = types::auth::SentCodeTypeSms { length: 5 }.into();
        let [digits, hash] = [(); 2].map(|()| u32::from_le_bytes(entropy.array()));
        let code = Code { digits: format!("{:05}", digits % 100_000), hash: format!("{hash:08x}") };
        let hash = code.hash.clone();
        *sent.code() = Some(code);
        Ok(types::auth::SentCode::new(r#type, hash).into())
    });
    let (known, sent) = (logins.clone(), phone.clone());
    dispatcher.on(move |caller, request: SignIn| {
        let (digits, hash) = (request.phone_code.unwrap_or_default(), request.phone_code_hash);
        // A code is good for one login.
        if sent.code().take_if(|code| *code == Code { digits, hash }).is_none() {
            return Err(RpcError::parse(400, "PHONE_CODE_INVALID"));
        }
        known.keys().insert(caller.key);
        let authorization = types::auth::Authorization::new(ada().into());
        Ok(authorization.into())
    });
    let known = logins.clone();
    dispatcher.on(move |caller, _: GetUsers| {
        known.check(caller)?;
        Ok(vec![ada().into()])
    });
    dispatcher.on(move |caller, _: LogOut| {
        logins.check(caller)?;
        logins.keys().remove(&caller.key);
        Ok(types::auth::LoggedOut { future_auth_token: None })
    });
    dispatcher
}

fn ada() -> types::User {
    types::User { access_hash: Some(11), first_name: Some("Ada".into()), ..types::User::new(ADA) }
}
