//! Nothing secret of a login is told to subscribers, whatever they want to hear.

use base64ct::{Base64, Base64Url, Encoding};
use telewire::client::{Client, Step};
use telewire::crypto::{SeededEntropy, real};
use telewire::ids::DcId;
use telewire::net::Server;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire_testkit::{CodeKind, World};

use crate::notes::Notes;

const PHONE: &str = "+99 966 2 0001";
const PASSWORD: &str = "correct horse";

#[tokio::test]
async fn em_15_neither_the_code_nor_the_password_nor_the_key_of_a_login_is_told() {
    // Of all threads: passwords are proved on one of their own.
    let notes = Notes::of_all();
    tracing::subscriber::set_global_default(notes.clone()).unwrap();
    let (dc, key) = (DcId::production(2), embedded_key().unwrap());
    let accounts = World::new(SeededEntropy::new(1));
    let ada = accounts.add_user(dc, PHONE, "Ada");
    accounts.set_password(ada, PASSWORD, "");
    // A word, which no number that is told contains by chance.
    accounts.set_code_kinds(&[CodeKind::Word]);
    let mut dispatcher = Dispatcher::new();
    accounts.register(dc, &mut dispatcher);
    let exchange = exchange::Config::new(dc, vec![key.clone()], real());
    let centre = DataCentre::new(exchange, dispatcher, SeededEntropy::new(1));
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), centre).await.unwrap();
    let address = server.local_addr().unwrap();
    accounts.set_address(dc, address);
    tokio::spawn(server.run());

    let client = Client::builder(1, "0123456789abcdef0123456789abcdef")
        .keys(vec![key.public().clone()])
        .address(dc, address)
        .build()
        .await
        .unwrap();
    let login = client.send_code(PHONE).await.unwrap();
    let code = accounts.code(PHONE).unwrap();
    let Step::Password(password) = login.submit(&code).await.unwrap() else {
        panic!("no password is asked for")
    };
    password.submit("wrong horse").await.unwrap_err();
    password.submit(PASSWORD).await.unwrap();
    client.me().await.unwrap();
    let snapshot = client.snapshot();
    client.close().await;

    let told = notes.lines().join("\n");
    // The first call too is told by its own name, and not by those of its wrappers.
    for function in ["auth.sendCode", "auth.signIn", "auth.checkPassword", "users.getUsers"] {
        assert!(told.contains(&format!("function=\"{function}\"")), "{function}: {told}");
    }
    for secret in [&*code, PASSWORD, "wrong horse"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    for form in forms(snapshot.key(dc).unwrap().auth_key.expose()) {
        assert!(!told.contains(&form), "{form}: {told}");
    }
}

/// Each part of a key in each form that it could be printed in.
fn forms(key: &[u8]) -> Vec<String> {
    let form = |part: &[u8]| {
        let numbers = |printed: String| printed.trim_matches(['[', ']']).to_owned();
        [
            hex::encode(part),
            hex::encode_upper(part),
            Base64::encode_string(part),
            Base64Url::encode_string(part),
            numbers(format!("{part:?}")),
            numbers(format!("{part:x?}")),
            numbers(format!("{part:02x?}")),
        ]
    };
    // Nine bytes, so that base64 has no padding.
    key.windows(9).flat_map(form).collect()
}

#[test]
fn parts_of_a_key_are_found_wherever_they_stand() {
    let key: Vec<u8> = (0..=255).map(|byte: u8| byte.wrapping_mul(37)).collect();
    let is_found = |told: String| forms(&key).iter().any(|form| told.contains(form));
    for part in [&key[..], &key[5..60], &key[7..27]] {
        assert!(is_found(hex::encode(part)) && is_found(format!("key={part:?}")));
        assert!(is_found(Base64::encode_string(part)) && is_found(Base64Url::encode_string(part)));
    }
    assert!(!is_found("key=0011223344".to_owned()));
}
