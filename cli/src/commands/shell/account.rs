//! The account that commands are for: a session that `telewire login` made.

use telewire::client::Client;
use telewire::client::store::FileStore;

use super::Options;
use crate::commands::handshake::target::Target;
use crate::credentials::Credentials;
use crate::failure::Failure;

/// Opens it.
pub(super) async fn open(options: &Options) -> Result<Client, Failure> {
    let credentials = Credentials::read(&options.credentials)?;
    let address = options.address.unwrap_or(credentials.address);
    let target = Target::at(address, options.rsa.as_deref(), options.dc)?;
    let session = &options.session;
    let store = FileStore::open(session).map_err(|error| Failure::Input(error.to_string()))?;
    let mut builder = Client::builder(credentials.api_id, &credentials.api_hash)
        .store(store)
        .home(target.dc)
        .address(target.dc, address);
    if options.rsa.is_some() {
        builder = builder.keys(target.keys);
    }
    let client = builder.build().await.map_err(|error| Failure::Run(error.to_string()))?;
    if !client.is_logged_in() {
        client.close().await;
        let (session, credentials) = (session.display(), options.credentials.display());
        return Err(Failure::Input(format!(
            "nobody is logged in with {session}: `telewire login --credentials {credentials} --session {session}` does that"
        )));
    }
    Ok(client)
}
