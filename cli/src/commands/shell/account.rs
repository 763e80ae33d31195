//! The account that commands are for: a session that `telewire login` made.

use telewire::client::Client;
use telewire::client::store::Seal;

use super::args::Account;
use crate::commands::handshake::target::Target;
use crate::credentials::Credentials;
use crate::failure::Failure;
use crate::session;

/// Opens it; its seal, if the session is encrypted.
pub(super) async fn open(account: &Account) -> Result<(Client, Option<Seal>), Failure> {
    let credentials = Credentials::read(&account.credentials()?)?;
    if account.is_new_profile()? {
        return Err(nobody(account)?);
    }
    let address = account.address.unwrap_or(credentials.address);
    let target = Target::at(address, account.rsa.as_deref(), account.dc)?;
    let store = session::open(&account.session()?, account.encrypted)?;
    let seal = store.seal();
    let mut builder = Client::builder(credentials.api_id, &credentials.api_hash)
        .store(store)
        .home(target.dc)
        .address(target.dc, address);
    if account.rsa.is_some() {
        builder = builder.keys(target.keys);
    }
    let client = builder.build().await.map_err(|error| Failure::Run(error.to_string()))?;
    if !client.is_logged_in() {
        client.close().await;
        return Err(nobody(account)?);
    }
    Ok((client, seal))
}

/// That there is no login.
fn nobody(account: &Account) -> Result<Failure, Failure> {
    let (session, login) = (account.session()?, account.login()?);
    let session = session.display();
    Ok(Failure::Input(format!("nobody is logged in with {session}: `{login}` does that")))
}
