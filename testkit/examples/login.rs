//! A login with a code and a password, kept in a file and found again by the next client: all of it against an embedded data
//! centre. With a terminal it asks for what a user would type, and does not show it; without one it types it itself.
//!
//! ```sh
//! cargo run -p telewire-testkit --example login
//! ```

use std::error::Error;
use std::io::{self, IsTerminal};

use telewire::client::store::FileStore;
use telewire::client::{Client, Step};
use telewire::crypto::real;
use telewire::ids::DcId;
use telewire::net::{OsEntropy, Server};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::api::enums::User;
use telewire_testkit::World;

const PHONE: &str = "+99 966 2 0001";
const PASSWORD: &str = "correct horse";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A data centre with one account, which has a password.
    let (dc, key) = (DcId::production(2), embedded_key()?);
    let accounts = World::new(OsEntropy::new()?);
    let ada = accounts.add_user(dc, PHONE, "Ada");
    accounts.set_password(ada, PASSWORD, "the animal and what it is");
    let mut dispatcher = Dispatcher::new();
    accounts.register(dc, &mut dispatcher);
    let config = exchange::Config::new(dc, vec![key.clone()], real());
    let data_centre = DataCentre::new(config, dispatcher, OsEntropy::new()?);
    let server = Server::bind("127.0.0.1:0".parse()?, data_centre).await?;
    let address = server.local_addr()?;
    tokio::spawn(server.run());

    // With Telegram, `home`, `address` and `keys` are not needed, and the credentials are those of my.telegram.org.
    let folder = tempfile::tempdir()?;
    let session = folder.path().join("me.session");
    let build = |store| {
        Client::builder(12_345, "0123456789abcdef0123456789abcdef")
            .store(store)
            .home(dc)
            .address(dc, address)
            .keys(vec![key.public().clone()])
            .build()
    };

    let client = build(FileStore::open(&session)?).await?;
    let login = client.send_code(PHONE).await?;
    if let Some(kind) = login.kind() {
        println!("a code was sent: {kind:?}");
    }
    let code = accounts.code(PHONE).unwrap_or_default();
    println!("the phone of this made-up account shows: {code}");
    let step = login.submit(ask("code", &code)?.trim()).await?;
    if let Step::Password(step) = step {
        println!("a password is needed; its hint: {:?}", step.hint());
        step.submit(&ask("password (`PASSWORD` in this example)", PASSWORD)?).await?;
    }
    println!("logged in as {}", name(&client.me().await?));
    client.close().await;

    // The next program has the file.
    let client = build(FileStore::open(&session)?).await?;
    println!("found again: {}", client.is_logged_in());
    println!("still {}", name(&client.me().await?));
    client.log_out().await?;
    println!("logged out; devices that are logged in: {}", accounts.logins(ada).len());
    client.close().await;
    Ok(())
}

/// What a user types, which is not shown; without a terminal, `answer`.
fn ask(question: &str, answer: &str) -> io::Result<String> {
    if !io::stdin().is_terminal() {
        println!("{question}: typed by the example");
        return Ok(answer.to_owned());
    }
    rpassword::prompt_password(format!("{question}: "))
}

fn name(user: &User) -> String {
    match user {
        User::User(user) => user.first_name.clone().unwrap_or_default(),
        other => format!("{other:?}"),
    }
}
