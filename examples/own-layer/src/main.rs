//! Another layer of Telegram's API than the one that telewire has types of: `build.rs` generates those of `layer-198.tl`, and
//! the session below carries them, whatever they are. A key is made and kept in a file, `initConnection` says the layer, a code
//! logs in, and the next program has the file and is logged in still.
//!
//! ```sh
//! cargo run -p own-layer
//! ```
//!
//! What answers is the embedded data centre, with handlers of the same layer (`server.rs`); nothing else is different with
//! Telegram: its address, its key, and the credentials of my.telegram.org.

mod caller;
mod server;
mod session;

use std::error::Error;

use telewire::tl::Function;

use crate::api::functions::auth::{LogOut, SendCode, SignIn};
use crate::api::functions::users::GetUsers;
use crate::api::types;
use crate::caller::Caller;

/// What `build.rs` made of `layer-198.tl`.
#[allow(clippy::enum_variant_names, reason = "the names are the schema's")]
mod api {
    include!(concat!(env!("OUT_DIR"), "/layer_198.rs"));
}

/// The layer of the types above.
const LAYER: i32 = 198;

const PHONE: &str = "9996620001";
const API_ID: i32 = 12_345;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (target, phone) = server::start().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("me.session");

    let caller = Caller::connect(&target, &file)?;
    let settings = types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
    };
    let (phone_number, api_hash) =
        (PHONE.to_owned(), "0123456789abcdef0123456789abcdef".to_owned());
    let request = SendCode { phone_number, api_id: API_ID, api_hash, settings };
    let sent = types::auth::SentCode::try_from(caller.call(&request).await?);
    let sent = sent.map_err(|other| format!("no code, but {other:?}"))?;
    println!("a code was sent: {:?}", sent.r#type);
    let request =
        SignIn { phone_code: phone.last(), ..SignIn::new(PHONE.into(), sent.phone_code_hash) };
    let authorization = types::auth::Authorization::try_from(caller.call(&request).await?);
    let authorization = authorization.map_err(|other| format!("no login, but {other:?}"))?;
    let me = types::User::try_from(authorization.user);
    let me = me.map_err(|other| format!("nobody, but {other:?}"))?;
    println!("logged in as {:?}", me.first_name);
    caller.close().await;

    // The next program has the file.
    let caller = Caller::connect(&target, &file)?;
    let (user_id, access_hash) = (me.id, me.access_hash.unwrap_or_default());
    let myself = types::InputUser { user_id, access_hash };
    let request = GetUsers { id: vec![myself.into()] };
    println!("users.getUsers may be sent again: {:?}", GetUsers::REPEAT);
    println!("found again: {:?}", caller.call(&request).await?.len());
    caller.call(&LogOut {}).await?;
    match caller.call(&request).await {
        Ok(users) => println!("still there: {users:?}"),
        Err(error) => println!("logged out: {error}"),
    }
    caller.close().await;
    Ok(())
}
