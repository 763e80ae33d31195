//! Logins that have ended, and logins whose answer could not be read, against a data centre of the test's own.

use std::path::PathBuf;

use telewire::crypto::{SeededEntropy, real};
use telewire::ids::DcId;
use telewire::net::Server;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::api::functions::auth::ImportBotAuthorization;
use telewire::tl::{Deserialize, Function, Identifiable, Object, Reader, Repeat, Serialize};
use telewire_testkit::World;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::support::{Process, run, text};

const DC: DcId = DcId::production(2);

/// A data centre with a bot, and the files of who logs in there.
struct Place {
    accounts: World,
    credentials: PathBuf,
    session: PathBuf,
    _folder: TempDir,
    _runtime: Runtime,
}

impl Place {
    fn new(more: impl FnOnce(&World, &mut Dispatcher)) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let accounts = World::new(SeededEntropy::new(1));
        accounts.add_bot(DC, "777:abc", "A bot");
        let mut dispatcher = Dispatcher::new();
        accounts.register(DC, &mut dispatcher);
        more(&accounts, &mut dispatcher);
        let config = exchange::Config::new(DC, vec![embedded_key().unwrap()], real());
        let data_centre = DataCentre::new(config, dispatcher, SeededEntropy::new(2));
        let bound = Server::bind("127.0.0.1:0".parse().unwrap(), data_centre);
        let server = runtime.block_on(bound).unwrap();
        let address = server.local_addr().unwrap();
        accounts.set_address(DC, address);
        runtime.spawn(server.run());
        let folder = tempfile::tempdir().unwrap();
        let (credentials, session) = (folder.path().join("app.ini"), folder.path().join("session"));
        let ini = format!(
            "[App data]\napi_id = 1\napi_hash = 0123456789abcdef0123456789abcdef\nip_address = {}\nport = {}\n",
            address.ip(),
            address.port()
        );
        std::fs::write(&credentials, ini).unwrap();
        Self { accounts, credentials, session, _folder: folder, _runtime: runtime }
    }

    fn options<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let options = ["login", "--credentials", text(&self.credentials), "--rsa", "embedded"];
        [&options[..], &["--session", text(&self.session)], more].concat()
    }

    /// Logs in, typing a bot's token.
    fn log_in(&self) -> crate::support::Ran {
        Process::start_with(&self.options(&[]), "777:abc\n").wait()
    }
}

#[test]
fn a_login_that_has_ended_is_told_and_made_again() {
    for name in
        ["SESSION_REVOKED", "AUTH_KEY_UNREGISTERED", "AUTH_KEY_DUPLICATED", "USER_DEACTIVATED"]
    {
        let place = Place::new(|_, _| {});
        assert!(place.log_in().out.contains("Logged in as A bot"));
        place.accounts.revoke(DC, place.accounts.logins(777)[0].1, name);
        let ran = place.log_in();
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}: {}", ran.out);
        assert!(ran.out.starts_with("The login in the session has ended: "), "{}", ran.out);
        assert!(ran.out.contains("Logged in as A bot, number 777."), "{}", ran.out);
        assert_eq!(place.accounts.logins(777).len(), 1, "{name}");
        // Ended and not made again, it is nobody's.
        place.accounts.revoke(DC, place.accounts.logins(777)[0].1, name);
        let out = run(&place.options(&["--log-out"]));
        assert_eq!((out.code, out.out.as_str()), (0, "The login had ended already.\n"), "{name}");
        assert_eq!(run(&place.options(&["--log-out"])).out, "Nobody was logged in.\n");
    }
}

/// `auth.importBotAuthorization` for a data centre that answers with bytes.
struct Garbled(Object);

impl Identifiable for Garbled {
    const ID: u32 = ImportBotAuthorization::ID;
    const NAME: &'static str = ImportBotAuthorization::NAME;
}

impl Serialize for Garbled {
    fn serialize(&self, out: &mut Vec<u8>) {
        self.0.serialize(out);
    }
}

impl Deserialize for Garbled {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(Self(r.object()))
    }
}

impl Function for Garbled {
    type Return = Object;
    const REPEAT: Repeat = Repeat::Once;
}

/// A data centre of another layer, which logs in and answers with what this one cannot read.
fn garbling() -> Place {
    Place::new(|accounts, dispatcher| {
        let accounts = accounts.clone();
        dispatcher.on(move |caller, _: Garbled| {
            let mut answer = accounts.authorize(DC, caller.key, 777)?.to_bytes();
            answer.truncate(answer.len() - 4);
            Ok(Object::from(answer))
        });
    })
}

#[test]
fn a_login_whose_answer_does_not_decode_may_have_happened_and_can_be_ended() {
    let place = garbling();
    let ran = place.log_in();
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("the login may have happened all the same"), "{}", ran.err);
    assert!(ran.err.contains("--log-out"), "{}", ran.err);
    assert_eq!(place.accounts.logins(777).len(), 1);
    let out = run(&place.options(&["--log-out"]));
    assert_eq!((out.code, out.out.as_str()), (0, "Logged out.\n"), "{}", out.err);
    assert_eq!(place.accounts.logins(777), []);
}

#[test]
fn a_login_whose_answer_does_not_decode_is_found() {
    let place = garbling();
    assert_eq!(place.log_in().code, 1);
    // Nothing is asked.
    let ran = run(&place.options(&[]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with("Logged in as A bot, number 777."), "{}", ran.out);
    assert_eq!(run(&place.options(&["--log-out"])).out, "Logged out.\n");
}
