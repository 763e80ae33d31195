//! What the server answers to logins has names, and what is secret of them is in no `Debug`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire::client::store::{MemoryStore, StringStore, string};
use telewire::client::{Client, FutureAuthToken, LoginError, QrStep, Step};
use telewire::rpc::RpcError;
use telewire::tl::api::enums::auth::{Authorization, SentCode};
use telewire::tl::api::enums::{MessageEntity, User};
use telewire::tl::api::functions::auth::{
    CheckPassword, ImportBotAuthorization, ImportLoginToken, LogOut, ReportMissingCode, ResendCode,
    ResetLoginEmail, SendCode, SignIn, SignUp,
};
use telewire::tl::api::types;
use telewire::tl::api::types::help::TermsOfService;
use telewire::tl::{Deserialize, Function, Identifiable, Object, Reader, Repeat, Serialize};
use telewire_testkit::CodeKind;

use crate::support::{API_HASH, FOUR, PHONE, Served, TWO, id, patient, world, world_with};

fn code(world: &Served) -> String {
    world.accounts.code(PHONE).unwrap()
}

fn flood(seconds: u64) -> LoginError {
    LoginError::Flood { wait: Duration::from_secs(seconds) }
}

/// Has the next call of a function refused, and gives what a step makes of it.
async fn refused<F: Function, T: std::fmt::Debug>(
    world: &Served,
    (code, name): (i32, &str),
    step: impl AsyncFn() -> Result<T, LoginError>,
) -> LoginError {
    // Twice, for a step that begins anew by itself.
    let times = if name.starts_with("AUTH_RESTART") { 2 } else { 1 };
    for _ in 0..times {
        world.accounts.refuse_next::<F>(RpcError::parse(code, name));
    }
    let error = patient(step()).await.unwrap_err();
    // What was not asked for is not left for the next.
    if times == 2 && std::any::type_name::<F>() != std::any::type_name::<SendCode>() {
        patient(step()).await.unwrap_err();
    }
    error
}

#[tokio::test]
async fn what_telegram_answers_to_logins_has_names() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.set_password(ada, "secret", "");
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client().await;
    for (answer, expected) in [
        ((400, "API_ID_INVALID"), LoginError::ApiInvalid),
        ((400, "API_ID_PUBLISHED_FLOOD"), LoginError::ApiPublished),
        ((500, "AUTH_RESTART"), LoginError::Restart),
        ((500, "AUTH_RESTART_0"), LoginError::Restart),
        ((400, "PHONE_NUMBER_APP_SIGNUP_FORBIDDEN"), LoginError::SignUpForbidden),
        ((400, "PHONE_NUMBER_BANNED"), LoginError::PhoneBanned),
        ((400, "PHONE_NUMBER_FLOOD"), LoginError::PhoneFlood),
        ((406, "PHONE_NUMBER_INVALID"), LoginError::PhoneInvalid),
        ((406, "PHONE_PASSWORD_FLOOD"), LoginError::PasswordFlood),
        ((400, "PHONE_PASSWORD_PROTECTED"), LoginError::PhoneProtected),
        ((400, "SMS_CODE_CREATE_FAILED"), LoginError::CodeNotSent),
        ((406, "UPDATE_APP_TO_LOGIN"), LoginError::UpdateApp),
        ((420, "FLOOD_WAIT_3600"), flood(3_600)),
    ] {
        let error = refused::<SendCode, _>(&world, answer, async || client.send_code(PHONE).await);
        assert_eq!(error.await, expected, "{answer:?}");
    }
    let login = patient(client.send_code(PHONE)).await.unwrap();
    for (answer, expected) in [
        ((400, "SEND_CODE_UNAVAILABLE"), LoginError::NoOtherWay),
        ((400, "PHONE_CODE_EXPIRED"), LoginError::CodeExpired),
        ((420, "FLOOD_WAIT_31"), flood(31)),
    ] {
        let error = refused::<ResendCode, _>(&world, answer, async || login.resend().await);
        assert_eq!(error.await, expected, "{answer:?}");
    }
    for (answer, expected) in [
        ((500, "AUTH_RESTART"), LoginError::Restart),
        ((500, "SIGN_IN_FAILED"), LoginError::SignInFailed),
        ((400, "PHONE_NUMBER_UNOCCUPIED"), LoginError::PhoneUnoccupied),
        ((400, "PHONE_CODE_INVALID"), LoginError::CodeInvalid),
        ((401, "USER_DEACTIVATED"), LoginError::Deactivated),
        ((401, "USER_DEACTIVATED_BAN"), LoginError::Deactivated),
        ((420, "FLOOD_WAIT_31"), flood(31)),
        ((420, "FLOOD_PREMIUM_WAIT_31"), flood(31)),
    ] {
        let error = refused::<SignIn, _>(&world, answer, async || login.submit("x").await);
        assert_eq!(error.await, expected, "{answer:?}");
    }
    let Step::Password(step) = patient(login.submit(&code(&world))).await.unwrap() else {
        panic!()
    };
    for (answer, expected) in [
        ((400, "PASSWORD_HASH_INVALID"), LoginError::PasswordInvalid),
        ((420, "FLOOD_WAIT_31"), flood(31)),
        ((406, "PHONE_PASSWORD_FLOOD"), LoginError::PasswordFlood),
    ] {
        let error =
            refused::<CheckPassword, _>(&world, answer, async || step.submit("secret").await);
        assert_eq!(error.await, expected, "{answer:?}");
    }
    for (answer, expected) in [
        ((400, "ACCESS_TOKEN_INVALID"), LoginError::TokenInvalid),
        ((400, "ACCESS_TOKEN_EXPIRED"), LoginError::TokenInvalid),
        ((400, "API_ID_PUBLISHED_FLOOD"), LoginError::ApiPublished),
        ((420, "FLOOD_WAIT_31"), flood(31)),
    ] {
        let bot = async || client.log_in_bot("777:abc").await;
        let error = refused::<ImportBotAuthorization, _>(&world, answer, bot).await;
        assert_eq!(error, expected, "{answer:?}");
    }
    // A number that nobody has.
    let new = patient(client.send_code("+99 966 2 0009")).await.unwrap();
    let typed = world.accounts.code("+99 966 2 0009").unwrap();
    let Step::SignUp(step) = patient(new.submit(&typed)).await.unwrap() else { panic!() };
    for (answer, expected) in [
        ((400, "FIRSTNAME_INVALID"), LoginError::FirstNameInvalid),
        ((400, "LASTNAME_INVALID"), LoginError::LastNameInvalid),
        ((400, "PHONE_NUMBER_OCCUPIED"), LoginError::PhoneOccupied),
        ((400, "PHONE_NUMBER_FLOOD"), LoginError::PhoneFlood),
    ] {
        let error = refused::<SignUp, _>(&world, answer, async || step.submit("New", "").await);
        assert_eq!(error.await, expected, "{answer:?}");
    }
    assert!(!client.is_logged_in());
}

#[tokio::test]
async fn a_scanned_code_that_is_not_valid_any_more_is_told_and_another_shown() {
    for name in ["AUTH_TOKEN_EXPIRED", "AUTH_TOKEN_INVALID", "AUTH_TOKEN_ALREADY_ACCEPTED"] {
        let world = world().await;
        let ada = world.accounts.add_user(FOUR, PHONE, "Ada");
        let client = world.client().await;
        let mut login = patient(client.qr_login()).await.unwrap();
        let QrStep::Show { url, .. } = patient(login.next()).await.unwrap() else { panic!() };
        world.accounts.approve_link(ada, &url, world.now(TWO).unix).unwrap();
        world.deliver();
        world.accounts.refuse_next::<ImportLoginToken>(RpcError::parse(400, name));
        assert_eq!(patient(login.next()).await.unwrap_err(), LoginError::QrExpired, "{name}");
        let step = patient(login.next()).await.unwrap();
        let QrStep::Show { url, .. } = step else { panic!("{step:?}") };
        world.accounts.approve_link(ada, &url, world.now(FOUR).unix).unwrap();
        world.deliver();
        let step = patient(login.next()).await.unwrap();
        assert!(matches!(&step, QrStep::Done(done) if id(&done.user) == ada), "{step:?}");
    }
}

const TOKEN: &[u8] = b"a token of the future";

/// What logins are asked with.
type Asked = Arc<Mutex<Vec<Option<Vec<Vec<u8>>>>>>;

/// A world that gives all that Telegram may give with a login and its end.
async fn generous_world() -> (Served, Asked) {
    let asked = Asked::default();
    let seen = asked.clone();
    let world = world_with(move |accounts, dc, dispatcher| {
        let here = accounts.clone();
        dispatcher.on(move |caller, _: ImportBotAuthorization| {
            let answer = here.authorize(dc, caller.key, 777)?;
            let Authorization::Authorization(mut answer) = answer else { return Ok(answer) };
            answer.otherwise_relogin_days = Some(7);
            answer.future_auth_token = Some(TOKEN.into());
            Ok(Authorization::Authorization(answer))
        });
        let here = accounts.clone();
        dispatcher.on(move |caller, _: LogOut| {
            here.user_of(dc, caller.key)
                .ok_or_else(|| RpcError::parse(401, "AUTH_KEY_UNREGISTERED"))?;
            here.revoke(dc, caller.key, "AUTH_KEY_UNREGISTERED");
            Ok(types::auth::LoggedOut { future_auth_token: Some([TOKEN, b"!"].concat().into()) })
        });
        let seen = seen.clone();
        dispatcher.on(move |_, request: SendCode| {
            let tokens = request.settings.logout_tokens;
            let tokens = tokens.map(|all| all.iter().map(|token| token.to_vec()).collect());
            seen.lock().unwrap().push(tokens);
            Err::<SentCode, _>(RpcError::parse(400, "PHONE_NUMBER_INVALID"))
        });
    })
    .await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    (world, asked)
}

#[tokio::test]
async fn tokens_for_the_next_login_are_kept_and_sent() {
    let (world, asked) = generous_world().await;
    let client = world.client().await;
    patient(client.send_code(PHONE)).await.unwrap_err();
    let login = patient(client.log_in_bot("777:abc")).await.unwrap();
    assert_eq!(login.otherwise_relogin_days, Some(7));
    assert_eq!(login.future_auth_token.as_ref().unwrap().as_bytes(), TOKEN);
    let out = patient(client.log_out()).await.unwrap();
    let last = [TOKEN, b"!"].concat();
    assert_eq!(out.future_auth_token.unwrap().as_bytes(), last);
    patient(client.send_code(PHONE)).await.unwrap_err();
    // The next program.
    let tokens = client.future_auth_tokens();
    let next = world.builder().future_auth_tokens(tokens).build().await.unwrap();
    patient(next.send_code(PHONE)).await.unwrap_err();
    let both = Some(vec![TOKEN.to_vec(), last]);
    assert_eq!(*asked.lock().unwrap(), [None, both.clone(), both]);
    // No more than the server takes: the newest.
    let many = (0..30).map(|number| FutureAuthToken::from(vec![number])).collect();
    let next = world.builder().future_auth_tokens(many).build().await.unwrap();
    let kept = next.future_auth_tokens();
    assert_eq!((kept.len(), kept[0].as_bytes()), (20, &[10][..]));
}

#[tokio::test]
async fn terms_come_with_their_entities_and_an_age_to_confirm() {
    let world = world_with(|_, _, dispatcher| {
        dispatcher.on(|_, _: SignIn| {
            let bold = types::MessageEntityBold { offset: 0, length: 2 };
            let terms = TermsOfService {
                popup: true,
                id: types::DataJson { data: "{}".into() },
                text: "Be kind.".into(),
                entities: vec![bold.into()],
                min_age_confirm: Some(16),
            };
            let terms_of_service = Some(Box::new(terms));
            Ok(types::auth::AuthorizationSignUpRequired { terms_of_service }.into())
        });
    })
    .await;
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    let Step::SignUp(step) = patient(login.submit("1")).await.unwrap() else { panic!() };
    assert_eq!((step.terms_of_service(), step.min_age_confirm()), (Some("Be kind."), Some(16)));
    let terms = step.terms().unwrap();
    assert!(terms.popup && matches!(terms.entities[..], [MessageEntity::MessageEntityBold(_)]));
}

#[tokio::test]
async fn a_lost_mailbox_and_a_code_that_did_not_come_are_told_to_the_server() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    let world = world_with(move |_, _, dispatcher| {
        let missing = seen.clone();
        dispatcher.on(move |_, request: ReportMissingCode| {
            missing.lock().unwrap().push(request.mnc);
            Ok(true)
        });
        let times = Arc::new(Mutex::new(0));
        dispatcher.on(move |_, request: ResetLoginEmail| {
            let mut times = times.lock().unwrap();
            *times += 1;
            if *times > 1 {
                return Err(RpcError::parse(400, "TASK_ALREADY_EXISTS"));
            }
            let sms = types::auth::SentCodeTypeSms { length: 5 };
            let sent = types::auth::SentCode::new(sms.into(), request.phone_code_hash);
            Ok(SentCode::SentCode(Box::new(sent)))
        });
    })
    .await;
    world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.set_code_kinds(&[CodeKind::Email]);
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    patient(login.report_missing("02")).await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["02"]);
    let next = patient(login.reset_email()).await.unwrap();
    assert!(matches!(
        next.kind(),
        Some(telewire::tl::api::enums::auth::SentCodeType::SentCodeTypeSms(_))
    ));
    assert_eq!(patient(login.reset_email()).await.unwrap_err(), LoginError::EmailResetPending);
}

/// Every form in which `Debug` could show bytes.
fn forms(secret: &[u8]) -> Vec<String> {
    let mut forms = vec![hex::encode(secret), hex::encode_upper(secret), format!("{secret:?}")];
    forms.extend(std::str::from_utf8(secret).map(str::to_owned));
    forms.push(format!("{secret:?}").trim_matches(['[', ']']).to_owned());
    forms
}

fn assert_hidden(secrets: &[Vec<u8>], values: &[(&str, &dyn std::fmt::Debug)]) {
    for (name, value) in values {
        for shown in [format!("{value:?}"), format!("{value:#?}")] {
            for form in secrets.iter().flat_map(|secret| forms(secret)) {
                assert!(!shown.contains(&form), "{name} shows {form}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn no_debug_shows_a_secret() {
    let (phone, digits) = ("+99966200019", "99966200019");
    let seen = Arc::new(Mutex::new(Vec::<String>::new()));
    let hashes = seen.clone();
    let world = world_with(move |_, _, dispatcher| {
        let hashes = hashes.clone();
        dispatcher.on(move |_, request: ReportMissingCode| {
            hashes.lock().unwrap().push(request.phone_code_hash);
            Ok(true)
        });
    })
    .await;
    let ada = world.accounts.add_user(TWO, phone, "Ada");
    world.accounts.set_password(ada, "my password", "my hint");
    let client =
        world.builder().future_auth_tokens(vec![TOKEN.to_vec().into()]).build().await.unwrap();
    let mut qr = patient(client.qr_login()).await.unwrap();
    let show = patient(qr.next()).await.unwrap();
    let QrStep::Show { url, .. } = &show else { panic!() };
    let qr_token = url.trim_start_matches("tg://login?token=").to_owned();
    world.accounts.set_code_kinds(&[CodeKind::SetUpEmail, CodeKind::App]);
    let first = patient(client.send_code(phone)).await.unwrap();
    let email = patient(first.set_up_email("ada@example.com")).await.unwrap();
    world.accounts.set_code_kinds(&[CodeKind::Sms]);
    let login = patient(client.send_code(phone)).await.unwrap();
    patient(login.report_missing("")).await.unwrap();
    let code = world.accounts.code(phone).unwrap();
    let step = patient(login.submit(&code)).await.unwrap();
    let Step::Password(password) = &step else { panic!() };
    let done = patient(password.submit("my password")).await.unwrap();
    let ended = Step::Done(done.clone());
    let shown = QrStep::Done(done.clone());
    let new = world.client().await;
    let sign_up = patient(new.send_code("+99966200029")).await.unwrap();
    let typed = world.accounts.code("+99966200029").unwrap();
    let sign_up = patient(sign_up.submit(&typed)).await.unwrap();
    let key = client.snapshot().key(TWO).unwrap().auth_key.expose().to_vec();
    let (snapshot, tokens) = (client.snapshot(), client.future_auth_tokens());
    let text = string::to_text(&snapshot);
    let builder = Client::builder(12_345, API_HASH).store(MemoryStore::from(snapshot.clone()));
    let User::User(user) = &done.user else { panic!() };
    assert_eq!(user.phone.as_deref(), Some(digits));
    let secrets = [
        digits.as_bytes(),
        b"99966200029",
        seen.lock().unwrap()[0].clone().as_bytes(),
        qr_token.as_bytes(),
        code.as_bytes(),
        b"my password",
        b"my hint",
        API_HASH.as_bytes(),
        TOKEN,
        &key,
        &key[..8],
        text.as_bytes(),
    ]
    .map(<[u8]>::to_vec);
    let store = MemoryStore::from(snapshot.clone());
    let string_store = StringStore::new(&text).unwrap();
    let states = client.states().borrow().clone();
    assert_hidden(
        &secrets,
        &[
            ("Client", &client),
            ("ClientBuilder", &builder),
            ("CodeLogin", &login),
            ("EmailStep", &email),
            ("PasswordStep", password),
            ("Step::Password", &step),
            ("Step::Done", &ended),
            ("Step::SignUp", &sign_up),
            ("LoggedIn", &done),
            ("LoggedOut", &telewire::client::LoggedOut::default()),
            ("QrLogin", &qr),
            ("QrStep::Show", &show),
            ("QrStep::Done", &shown),
            ("FutureAuthToken", &tokens),
            ("Snapshot", &snapshot),
            ("MemoryStore", &store),
            ("StringStore", &string_store),
            ("State", &states),
        ],
    );
}

/// `auth.importBotAuthorization` for a server that answers with bytes.
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

#[tokio::test]
async fn an_answer_to_a_login_that_does_not_decode_keeps_its_secrets_and_says_that_it_may_be_one() {
    let world = world_with(|accounts, dc, dispatcher| {
        let here = accounts.clone();
        dispatcher.on(move |caller, _: Garbled| {
            let mut answer = here.authorize(dc, caller.key, 777)?.to_bytes();
            answer.truncate(answer.len() - 4);
            Ok(Object::from(answer))
        });
    })
    .await;
    world.accounts.add_bot(TWO, "777:abc", "Secretive");
    let client = world.client().await;
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    let LoginError::Client(inner) = &error else { panic!("{error:?}") };
    assert_eq!(inner.execution(), telewire::rpc::Execution::Ran);
    assert_hidden(&[b"Secretive".to_vec()], &[("LoginError", &error)]);
    // It is found, or ended.
    assert_eq!(id(&patient(client.log_in_bot("777:abc")).await.unwrap().user), 777);
    assert!(patient(client.log_out()).await.unwrap().was_logged_in);
}
