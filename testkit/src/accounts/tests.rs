//! Every step with what is wrong, empty, expired or used twice.

mod email;
mod password;

use std::time::Duration;

use telewire::crypto::srp::SrpParams;
use telewire::crypto::{KeyId, SeededEntropy};
use telewire::ids::{DcId, SessionId};
use telewire::rpc::RpcError;
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::functions::{account, auth, updates, users};
use telewire::tl::api::types::CodeSettings;
use telewire::tl::api::{enums, types};
use telewire::tl::wrap::functions::help;
use telewire::tl::{Deserialize, Function};

use crate::accounts::{CodeKind, SentCode, code, qr};
use crate::world::{Key, World};

const HOME: DcId = DcId::production(2);
const OTHER: DcId = DcId::production(4);
const PHONE: &str = "+99 966 2 0001";

/// Two data centres and their clock.
struct Script {
    accounts: World,
    here: Dispatcher,
    other: Dispatcher,
    unix: Duration,
}

fn world() -> Script {
    let accounts = World::new(SeededEntropy::new(1));
    let (mut here, mut other) = (Dispatcher::new(), Dispatcher::new());
    accounts.set_address(HOME, "127.0.0.1:2".parse().unwrap());
    accounts.set_address(OTHER, "127.0.0.1:4".parse().unwrap());
    accounts.register(HOME, &mut here);
    accounts.register(OTHER, &mut other);
    Script { accounts, here, other, unix: Duration::from_secs(1_700_000_000) }
}

impl Script {
    fn ask<F: Function>(&mut self, key: i64, request: &F) -> Result<F::Return, String> {
        Self::call(&mut self.here, self.unix, key, request)
    }

    fn ask_other<F: Function>(&mut self, key: i64, request: &F) -> Result<F::Return, String> {
        Self::call(&mut self.other, self.unix, key, request)
    }

    fn call<F: Function>(
        dispatcher: &mut Dispatcher,
        unix: Duration,
        key: i64,
        request: &F,
    ) -> Result<F::Return, String> {
        let now = Now { mono: unix, unix };
        let caller = Caller {
            key: KeyId(key),
            session: SessionId(1),
            now,
            layer: None,
            wants_updates: true,
        };
        let result = dispatcher.answer(caller, &request.to_bytes());
        result
            .map(|bytes| F::Return::from_bytes(&bytes).unwrap())
            .map_err(|error| format!("{} {}", error.code, error.message()))
    }

    /// Sends a code; its hash and itself.
    fn code(&mut self, phone: &str) -> (String, String) {
        let hash = self.hash(phone);
        (hash, self.accounts.code(phone).unwrap())
    }

    fn hash(&mut self, phone: &str) -> String {
        let sent = self.ask(1, &send(phone)).unwrap();
        let enums::auth::SentCode::SentCode(sent) = sent else { panic!("{sent:?}") };
        sent.phone_code_hash
    }
}

fn send(phone: &str) -> auth::SendCode {
    auth::SendCode {
        phone_number: phone.into(),
        api_id: 1,
        api_hash: "0123456789abcdef0123456789abcdef".into(),
        settings: CodeSettings {
            allow_flashcall: false,
            current_number: false,
            allow_app_hash: false,
            allow_missed_call: false,
            allow_firebase: false,
            unknown_number: false,
            logout_tokens: None,
            token: None,
        },
    }
}

fn sign_in(hash: &str, code: &str) -> auth::SignIn {
    let phone_code = Some(code.to_owned());
    auth::SignIn { phone_code, ..auth::SignIn::new(PHONE.into(), hash.into()) }
}

fn myself() -> users::GetUsers {
    users::GetUsers { id: vec![enums::InputUser::InputUserSelf] }
}

fn id_of(user: &enums::User) -> i64 {
    match user {
        enums::User::User(user) => user.id,
        other => panic!("{other:?}"),
    }
}

fn token(shown: enums::auth::LoginToken) -> auth::ImportLoginToken {
    match shown {
        enums::auth::LoginToken::LoginToken(shown) => auth::ImportLoginToken { token: shown.token },
        enums::auth::LoginToken::LoginTokenMigrateTo(to) => {
            auth::ImportLoginToken { token: to.token }
        }
        other => panic!("{other:?}"),
    }
}

fn export_token() -> auth::ExportLoginToken {
    auth::ExportLoginToken {
        api_id: 1,
        api_hash: "0123456789abcdef0123456789abcdef".into(),
        except_ids: vec![],
    }
}

#[test]
fn a_code_logs_in_once_and_logging_out_ends_it() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    assert_eq!(world.ask(1, &myself()), Err("401 AUTH_KEY_UNREGISTERED".into()));
    let (hash, code) = world.code(PHONE);
    let sent = world.accounts.take_codes();
    let phone = "9996620001".to_owned();
    assert_eq!(sent, [SentCode { phone, code: code.clone(), kind: CodeKind::Sms }]);
    let signed = world.ask(1, &sign_in(&hash, &code)).unwrap();
    let enums::auth::Authorization::Authorization(signed) = signed else { panic!("{signed:?}") };
    assert_eq!(id_of(&signed.user), user);
    let enums::User::User(me) = world.ask(1, &myself()).unwrap().remove(0) else { panic!() };
    assert_eq!((me.first_name.as_deref(), me.phone.as_deref()), (Some("Ada"), Some("9996620001")));
    assert!(me.self_ && world.ask(1, &updates::GetState).is_ok());
    let difference = world.ask(1, &updates::GetDifference::new(1, 1, 0)).unwrap();
    assert!(matches!(difference, enums::updates::Difference::DifferenceEmpty(_)), "{difference:?}");
    // Another key is another device.
    assert_eq!(world.ask(2, &myself()), Err("401 AUTH_KEY_UNREGISTERED".into()));
    // A code that was used is used up.
    let again = world.ask(2, &sign_in(&hash, &code));
    assert_eq!(again, Err("400 PHONE_CODE_EXPIRED".into()));
    assert_eq!(world.accounts.logins(user), [(HOME, KeyId(1))]);
    world.ask(1, &auth::LogOut).unwrap();
    assert_eq!(world.ask(1, &myself()), Err("401 AUTH_KEY_UNREGISTERED".into()));
    assert_eq!(world.accounts.user_of(HOME, KeyId(1)), None);
}

#[test]
fn codes_that_are_wrong_empty_expired_or_cancelled_have_their_names() {
    let mut world = world();
    world.accounts.add_user(HOME, PHONE, "Ada");
    let (hash, code) = world.code(PHONE);
    for (hash, code, name) in [
        (hash.as_str(), "", "400 PHONE_CODE_EMPTY"),
        ("", code.as_str(), "400 PHONE_CODE_EMPTY"),
        ("0000", code.as_str(), "400 PHONE_CODE_EXPIRED"),
        (hash.as_str(), "wrong", "400 PHONE_CODE_INVALID"),
    ] {
        assert_eq!(world.ask(1, &sign_in(hash, code)), Err(name.into()));
    }
    // Too many wrong ones cost the code.
    for _ in 0..4 {
        let wrong = world.ask(1, &sign_in(&hash, "wrong"));
        assert_eq!(wrong, Err("400 PHONE_CODE_INVALID".into()));
    }
    assert_eq!(world.ask(1, &sign_in(&hash, &code)), Err("400 PHONE_CODE_EXPIRED".into()));

    let (hash, code) = world.code(PHONE);
    world.unix += Duration::from_secs(300);
    assert_eq!(world.ask(1, &sign_in(&hash, &code)), Err("400 PHONE_CODE_EXPIRED".into()));

    let (hash, code) = world.code(PHONE);
    let cancel = auth::CancelCode { phone_number: PHONE.into(), phone_code_hash: hash.clone() };
    assert_eq!(world.ask(1, &cancel), Ok(true));
    assert_eq!(world.ask(1, &sign_in(&hash, &code)), Err("400 PHONE_CODE_EXPIRED".into()));
    assert_eq!(world.ask(1, &cancel), Err("400 PHONE_CODE_EXPIRED".into()));
}

#[test]
fn a_resend_takes_the_next_kind_until_there_is_none() {
    let mut world = world();
    // An email address that is to be set up cannot be gone round.
    world.accounts.set_code_kinds(&[CodeKind::SetUpEmail, CodeKind::Call]);
    let set_up = world.hash(PHONE);
    let resend = auth::ResendCode::new(PHONE.into(), set_up.clone());
    assert_eq!(world.ask(1, &resend), Err("406 SEND_CODE_UNAVAILABLE".into()));
    assert_eq!(world.ask(1, &sign_in(&set_up, "12345")), Err("400 PHONE_CODE_INVALID".into()));
    assert_eq!(world.accounts.take_codes(), []);
    for first in CodeKind::ALL.into_iter().filter(|kind| *kind != CodeKind::SetUpEmail) {
        world.accounts.set_code_kinds(&[first, CodeKind::Call]);
        let (hash, old) = world.code(PHONE);
        let resend = auth::ResendCode::new(PHONE.into(), hash.clone());
        let sent = world.ask(1, &resend).unwrap();
        let enums::auth::SentCode::SentCode(sent) = sent else { panic!("{sent:?}") };
        assert!(matches!(sent.r#type, enums::auth::SentCodeType::SentCodeTypeCall(_)), "{first:?}");
        let kinds: Vec<_> = world.accounts.take_codes().iter().map(|code| code.kind).collect();
        assert_eq!(kinds, [first, CodeKind::Call]);
        // The code before is not valid any more.
        assert_eq!(world.ask(1, &sign_in(&hash, &old)), Err("400 PHONE_CODE_EXPIRED".into()));
        let resend = auth::ResendCode::new(PHONE.into(), sent.phone_code_hash);
        assert_eq!(world.ask(1, &resend), Err("406 SEND_CODE_UNAVAILABLE".into()));
    }
}

#[test]
fn a_number_that_nobody_has_signs_up() {
    let mut world = world();
    let (hash, code) = world.code(PHONE);
    let up = |name: &str| auth::SignUp::new(PHONE.into(), hash.clone(), name.into(), "L".into());
    // Not before the code was typed.
    assert_eq!(world.ask(1, &up("Ada")), Err("400 PHONE_CODE_INVALID".into()));
    let answer = world.ask(1, &sign_in(&hash, &code)).unwrap();
    assert!(
        matches!(answer, enums::auth::Authorization::AuthorizationSignUpRequired(_)),
        "{answer:?}"
    );
    assert_eq!(world.ask(1, &up(" ")), Err("400 FIRSTNAME_INVALID".into()));
    world.ask(1, &up("Ada")).unwrap();
    let enums::User::User(me) = world.ask(1, &myself()).unwrap().remove(0) else { panic!() };
    assert_eq!((me.first_name.as_deref(), me.last_name.as_deref()), (Some("Ada"), Some("L")));
    assert_eq!(world.ask(1, &up("Eve")), Err("400 PHONE_NUMBER_OCCUPIED".into()));
}

#[test]
fn a_sign_up_comes_too_late_for_a_code_that_has_expired() {
    let mut world = world();
    let (hash, code) = world.code(PHONE);
    world.ask(1, &sign_in(&hash, &code)).unwrap();
    world.unix += Duration::from_secs(300);
    let up = auth::SignUp::new(PHONE.into(), hash, "Ada".into(), String::new());
    assert_eq!(world.ask(1, &up), Err("400 PHONE_CODE_EXPIRED".into()));
}

#[test]
fn refusals_wait_in_line_for_one_function() {
    let mut world = world();
    for name in ["AUTH_RESTART", "PHONE_PASSWORD_FLOOD"] {
        world.accounts.refuse_next::<auth::SendCode>(RpcError::parse(500, name));
    }
    assert_eq!(world.ask(1, &myself()), Err("401 AUTH_KEY_UNREGISTERED".into()));
    assert_eq!(world.ask_other(1, &send(PHONE)), Err("500 AUTH_RESTART".into()));
    assert_eq!(world.ask(1, &send(PHONE)), Err("500 PHONE_PASSWORD_FLOOD".into()));
    world.ask(1, &send(PHONE)).unwrap();
}

#[test]
fn numbers_and_applications_are_looked_at() {
    let mut world = world();
    for phone in ["", "1234", "+", "1234567890123456"] {
        assert_eq!(world.ask(1, &send(phone)), Err("400 PHONE_NUMBER_INVALID".into()));
    }
    world.accounts.ban(PHONE);
    assert_eq!(world.ask(1, &send("9996620001")), Err("400 PHONE_NUMBER_BANNED".into()));
    for (api_id, api_hash) in [(0, "0123456789abcdef0123456789abcdef"), (1, "0123")] {
        let request = auth::SendCode { api_id, api_hash: api_hash.into(), ..send(PHONE) };
        assert_eq!(world.ask(1, &request), Err("400 API_ID_INVALID".into()));
    }
}

#[test]
fn a_password_is_proved_once_and_by_the_question_at_hand() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    world.accounts.set_password(user, "secret", "what is hidden");
    let (hash, code) = world.code(PHONE);
    let needed = "401 SESSION_PASSWORD_NEEDED";
    assert_eq!(world.ask(1, &sign_in(&hash, &code)), Err(needed.into()));
    assert_eq!(world.ask(1, &myself()), Err(needed.into()));
    let mut entropy = SeededEntropy::new(9);
    let mut proof = |world: &mut Script, password: &str| {
        let asked = world.ask(1, &account::GetPassword).unwrap();
        assert_eq!(asked.hint.as_deref(), Some("what is hidden"));
        let question = *asked.current_algo.unwrap();
        let enums::PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(algo) =
            question.current_algo
        else {
            panic!()
        };
        let (salt1, salt2) = (algo.salt1.to_vec(), algo.salt2.to_vec());
        let params = SrpParams::new(salt1, salt2, algo.g, &algo.p, &mut entropy).unwrap();
        let proof = params.prove(password.as_bytes(), &question.srp_b, &mut entropy).unwrap();
        let (a, m1) = (proof.g_a.to_vec().into(), proof.m1.to_vec().into());
        let proof = types::InputCheckPasswordSrp { srp_id: question.srp_id, a, m1 };
        auth::CheckPassword { password: proof.into() }
    };
    let empty =
        auth::CheckPassword { password: enums::InputCheckPasswordSrp::InputCheckPasswordEmpty };
    assert_eq!(world.ask(1, &empty), Err("400 PASSWORD_HASH_INVALID".into()));
    let wrong = proof(&mut world, "Secret");
    assert_eq!(world.ask(1, &wrong), Err("400 PASSWORD_HASH_INVALID".into()));
    // A question is not answered twice.
    assert_eq!(world.ask(1, &wrong), Err("400 SRP_ID_INVALID".into()));
    let old = proof(&mut world, "secret");
    let right = proof(&mut world, "secret");
    assert_eq!(world.ask(1, &old), Err("400 SRP_ID_INVALID".into()));
    assert_eq!(world.ask(1, &right), Err("400 SRP_ID_INVALID".into()));
    let right = proof(&mut world, "secret");
    world.ask(1, &right).unwrap();
    assert_eq!(id_of(&world.ask(1, &myself()).unwrap()[0]), user);
}

#[test]
fn a_bot_logs_in_with_its_token() {
    let mut world = world();
    let bot = world.accounts.add_bot(HOME, "777:abc", "Helper");
    assert_eq!(bot, 777);
    let import = |token: &str| auth::ImportBotAuthorization {
        flags: 0,
        api_id: 1,
        api_hash: "0123456789abcdef0123456789abcdef".into(),
        bot_auth_token: token.into(),
    };
    for token in ["", "777", "777:abd"] {
        assert_eq!(world.ask(1, &import(token)), Err("400 ACCESS_TOKEN_INVALID".into()));
    }
    assert_eq!(world.ask_other(1, &import("777:abc")), Err("303 USER_MIGRATE_2".into()));
    world.accounts.expire_token("777:old");
    assert_eq!(world.ask(1, &import("777:old")), Err("400 ACCESS_TOKEN_EXPIRED".into()));
    world.ask(1, &import("777:abc")).unwrap();
    let enums::User::User(me) = world.ask(1, &myself()).unwrap().remove(0) else { panic!() };
    assert!(me.bot_info_version.is_some() && me.phone.is_none());
}

#[test]
fn a_number_is_sent_to_the_data_centre_where_it_lives() {
    let mut world = world();
    world.accounts.add_user(OTHER, PHONE, "Ada");
    assert_eq!(world.ask(1, &send(PHONE)), Err("303 PHONE_MIGRATE_4".into()));
    world.ask_other(1, &send(PHONE)).unwrap();
    world.accounts.set_home_of_new(HOME);
    assert_eq!(world.ask_other(1, &send("123456")), Err("303 PHONE_MIGRATE_2".into()));
}

#[test]
fn an_authorization_is_transferred_once_to_the_data_centre_named() {
    let mut world = world();
    let bot = world.accounts.add_bot(HOME, "777:abc", "Helper");
    world.accounts.state().logged_in(Key { dc: HOME, key: KeyId(1) }, bot);
    let export = |dc_id| auth::ExportAuthorization { dc_id };
    assert_eq!(world.ask(2, &export(4)), Err("401 AUTH_KEY_UNREGISTERED".into()));
    for dc in [0, 2, 3, -4, 70_000] {
        assert_eq!(world.ask(1, &export(dc)), Err("400 DC_ID_INVALID".into()), "{dc}");
    }
    let exported = world.ask(1, &export(4)).unwrap();
    let import = auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
    let forged = auth::ImportAuthorization { bytes: [1].into(), ..import.clone() };
    assert_eq!(world.ask_other(5, &forged), Err("400 AUTH_BYTES_INVALID".into()));
    world.ask_other(5, &import).unwrap();
    assert_eq!(id_of(&world.ask_other(5, &myself()).unwrap()[0]), bot);
    assert_eq!(world.ask_other(6, &import), Err("400 AUTH_BYTES_INVALID".into()));
    // Late, or for another data centre.
    let exported = world.ask(1, &export(4)).unwrap();
    let import = auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
    assert_eq!(world.ask(5, &import), Err("400 AUTH_BYTES_INVALID".into()));
    let exported = world.ask(1, &export(4)).unwrap();
    let import = auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
    world.unix += Duration::from_secs(60);
    assert_eq!(world.ask_other(5, &import), Err("400 AUTH_BYTES_INVALID".into()));
}

#[test]
fn logging_out_ends_the_login_in_every_data_centre_and_no_other() {
    // Whichever of its keys asks for it.
    for asks_here in [true, false] {
        let mut world = world();
        let bot = world.accounts.add_bot(HOME, "777:abc", "Helper");
        let transfer = |world: &mut Script, from, to| {
            world.accounts.state().logged_in(Key { dc: HOME, key: KeyId(from) }, bot);
            let exported = world.ask(from, &auth::ExportAuthorization { dc_id: 4 }).unwrap();
            let import = auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
            world.ask_other(to, &import).unwrap();
        };
        transfer(&mut world, 1, 5);
        transfer(&mut world, 2, 6);
        let exported = world.ask(1, &auth::ExportAuthorization { dc_id: 4 }).unwrap();
        let waits = auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
        let exported = world.ask(2, &auth::ExportAuthorization { dc_id: 4 }).unwrap();
        let valid = auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
        if asks_here {
            world.ask(1, &auth::LogOut).unwrap();
        } else {
            world.ask_other(5, &auth::LogOut).unwrap();
        }
        let ended = Err("401 AUTH_KEY_UNREGISTERED".into());
        assert_eq!(
            (world.ask(1, &myself()), world.ask_other(5, &myself())),
            (ended.clone(), ended)
        );
        assert_eq!(world.ask_other(7, &waits), Err("400 AUTH_BYTES_INVALID".into()));
        // The other device stays.
        assert_eq!(world.accounts.logins(bot), [(HOME, KeyId(2)), (OTHER, KeyId(6))]);
        world.ask_other(7, &valid).unwrap();
    }
}

#[test]
fn a_qr_code_is_accepted_once_in_time_and_logs_in_at_home() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    world.accounts.state().logged_in(Key { dc: HOME, key: KeyId(1) }, user);
    // Shown by a new device; the same until it expires.
    let shown = token(world.ask(2, &export_token()).unwrap());
    assert_eq!(token(world.ask(2, &export_token()).unwrap()), shown);
    let accept = auth::AcceptLoginToken { token: shown.token.clone() };
    assert_eq!(world.ask(3, &accept), Err("401 AUTH_KEY_UNREGISTERED".into()));
    let other = auth::AcceptLoginToken { token: [1].into() };
    assert_eq!(world.ask(1, &other), Err("400 AUTH_TOKEN_INVALID".into()));
    assert_eq!(world.ask(2, &shown), Err("400 AUTH_TOKEN_INVALID".into()));
    world.unix += Duration::from_secs(30);
    assert_eq!(world.ask(1, &accept), Err("400 AUTH_TOKEN_EXPIRED".into()));

    let shown = token(world.ask(2, &export_token()).unwrap());
    assert_eq!(world.accounts.shown_tokens(), [shown.token.to_vec()]);
    let accept = auth::AcceptLoginToken { token: shown.token };
    world.ask(1, &accept).unwrap();
    assert_eq!(world.ask(1, &accept), Err("400 AUTH_TOKEN_ALREADY_ACCEPTED".into()));
    let pushes = world.accounts.take_pushes(HOME);
    assert_eq!((pushes.len(), pushes[0].key), (1, KeyId(2)));
    let done = world.ask(2, &export_token()).unwrap();
    assert!(matches!(done, enums::auth::LoginToken::LoginTokenSuccess(_)), "{done:?}");
    assert_eq!(id_of(&world.ask(2, &myself()).unwrap()[0]), user);
}

#[test]
fn a_qr_code_of_an_account_that_lives_elsewhere_is_imported_there() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    let shown = token(world.ask_other(2, &export_token()).unwrap());
    world.accounts.approve(user, &shown.token, world.unix).unwrap();
    let migrate = world.ask_other(2, &export_token()).unwrap();
    assert!(matches!(&migrate, enums::auth::LoginToken::LoginTokenMigrateTo(to) if to.dc_id == 2));
    let import = token(migrate);
    let done = world.ask(8, &import).unwrap();
    assert!(matches!(done, enums::auth::LoginToken::LoginTokenSuccess(_)), "{done:?}");
    assert_eq!(world.ask(9, &import), Err("400 AUTH_TOKEN_INVALID".into()));
}

#[test]
fn a_qr_code_that_was_accepted_waits_no_longer_than_its_lifetime() {
    for (waited, is_in_time) in [(29, true), (30, false)] {
        let mut world = world();
        let user = world.accounts.add_user(HOME, PHONE, "Ada");
        // Accepted at its last moment, for a device here and one elsewhere.
        let here = token(world.ask(2, &export_token()).unwrap());
        let elsewhere = token(world.ask_other(3, &export_token()).unwrap());
        world.unix += Duration::from_secs(29);
        for token in [&here, &elsewhere] {
            world.accounts.approve(user, &token.token, world.unix).unwrap();
        }
        world.unix += Duration::from_secs(waited);
        let expected = if is_in_time { Ok(()) } else { Err("400 AUTH_TOKEN_EXPIRED".into()) };
        assert_eq!(world.ask(4, &elsewhere).map(|_| ()), expected);
        let answer = world.ask(2, &export_token()).unwrap();
        assert_eq!(matches!(answer, enums::auth::LoginToken::LoginTokenSuccess(_)), is_in_time);
        assert_eq!(world.accounts.user_of(HOME, KeyId(2)).is_some(), is_in_time);
    }
}

#[test]
fn a_qr_code_is_approved_by_its_link_for_the_account_of_a_number() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    assert_eq!(world.accounts.user_by_phone("+999662-0001"), Some(user));
    assert_eq!(world.accounts.user_by_phone("999662000"), None);
    let shown = token(world.ask(2, &export_token()).unwrap());
    let encoded = <base64ct::Base64UrlUnpadded as base64ct::Encoding>::encode_string(&shown.token);
    let link = format!("tg://login?token={encoded}");
    for wrong in [
        "",
        &encoded,
        "tg://login?token=",
        "tg://login?token=*",
        link.get(..link.len() - 4).unwrap(),
    ] {
        let refused = world.accounts.approve_link(user, wrong, world.unix).unwrap_err();
        assert_eq!(refused.name, "AUTH_TOKEN_INVALID", "{wrong}");
    }
    world.accounts.approve_link(user, &link, world.unix).unwrap();
    world.ask(2, &export_token()).unwrap();
    assert_eq!(world.accounts.user_of(HOME, KeyId(2)), Some(user));
}

#[test]
fn what_has_expired_is_forgotten() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    for key in 0..100 {
        let shown = token(world.ask(key, &export_token()).unwrap());
        if key % 2 == 0 {
            world.accounts.approve(user, &shown.token, world.unix).unwrap();
        }
        world.code(&format!("99966{key:04}"));
    }
    let count = |world: &Script| {
        let state = world.accounts.state();
        (state.auth.tokens.len(), state.auth.codes.len())
    };
    assert_eq!(count(&world), (100, 100));
    world.unix += Duration::from_secs(30);
    world.ask(100, &export_token()).unwrap();
    assert_eq!(count(&world), (1, 100));
    world.unix += Duration::from_secs(270);
    world.code(PHONE);
    assert_eq!(count(&world), (1, 1));
}

#[test]
fn what_waits_is_bounded_and_the_oldest_goes() {
    let mut world = world();
    let first = token(world.ask(0, &export_token()).unwrap()).token.to_vec();
    let second = token(world.ask(1, &export_token()).unwrap()).token.to_vec();
    let (hash, code) = world.code(PHONE);
    // Each is a little younger.
    let more = u64::try_from(qr::MAX_TOKENS.max(code::MAX_CODES)).unwrap() - 1;
    for n in 1..=more {
        world.unix += Duration::from_millis(1);
        world.ask(i64::try_from(n).unwrap() + 1, &export_token()).unwrap();
        world.code(&format!("99967{n:04}"));
    }
    let shown = world.accounts.shown_tokens();
    assert_eq!(shown.len(), qr::MAX_TOKENS);
    assert!(!shown.contains(&first) && shown.contains(&second));
    assert_eq!(world.accounts.state().auth.codes.len(), code::MAX_CODES);
    // One more, and the first of the codes goes too.
    world.code("999680000");
    assert_eq!(world.accounts.state().auth.codes.len(), code::MAX_CODES);
    assert_eq!(world.ask(1, &sign_in(&hash, &code)), Err("400 PHONE_CODE_EXPIRED".into()));
    assert!(world.accounts.code("999670001").is_some());
}

#[test]
fn a_login_that_was_revoked_is_told_by_its_name() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    for (name, told) in [
        ("SESSION_REVOKED", "401 SESSION_REVOKED"),
        ("AUTH_KEY_DUPLICATED", "406 AUTH_KEY_DUPLICATED"),
    ] {
        world.accounts.state().logged_in(Key { dc: HOME, key: KeyId(1) }, user);
        world.accounts.revoke(HOME, KeyId(1), name);
        assert_eq!(world.ask(1, &myself()), Err(told.into()));
    }
    assert_eq!(world.accounts.logins(user), []);
}

#[test]
fn the_configuration_names_the_data_centres_of_the_environment() {
    let mut world = world();
    world.accounts.set_address(DcId::test(1), "127.0.0.1:1".parse().unwrap());
    world.accounts.set_address(DcId::production(5), "[::1]:5".parse().unwrap());
    let config = world.ask_other(1, &help::GetConfig).unwrap();
    let options: Vec<_> = config
        .dc_options
        .iter()
        .map(|option| (option.id, option.ip_address.as_str(), option.port, option.ipv6))
        .collect();
    assert_eq!(
        options,
        [(2, "127.0.0.1", 2, false), (4, "127.0.0.1", 4, false), (5, "::1", 5, true)]
    );
    assert_eq!((config.this_dc, config.test_mode), (4, false));
}

#[test]
fn handlers_of_ones_own_hear_who_calls() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    let accounts = world.accounts.clone();
    accounts.on(HOME, &mut world.here, move |who, _: account::UpdateStatus| Ok(who == user));
    let request = account::UpdateStatus { offline: true };
    assert_eq!(world.ask(1, &request), Err("401 AUTH_KEY_UNREGISTERED".into()));
    world.accounts.state().logged_in(Key { dc: HOME, key: KeyId(1) }, user);
    assert_eq!(world.ask(1, &request), Ok(true));
}
