//! Each way to log in, and each wrong step on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use telewire::client::{CodeLogin, LoginError, Step};
use telewire::rpc::RpcError;
use telewire::tl::api::enums::auth::SentCodeType;
use telewire::tl::api::functions::auth::SendCode;
use telewire_testkit::CodeKind;

use crate::support::{API_HASH, PHONE, Served, TWO, done, id, patient, world, world_with};

fn code(world: &Served) -> String {
    world.accounts.code(PHONE).expect("no code was sent")
}

#[tokio::test]
async fn a_code_logs_in_and_logging_out_ends_it() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let client = world.client().await;
    assert!(!client.is_logged_in());
    let login = patient(client.send_code(PHONE)).await.unwrap();
    assert!(matches!(login.kind(), Some(SentCodeType::SentCodeTypeSms(_))));
    assert_eq!((login.resend_after(), login.next_kind().is_some()), (Some(60), true));
    assert_eq!(done(patient(login.submit(&code(&world))).await.unwrap()), ada);
    assert!(client.is_logged_in());
    assert_eq!(client.user().map(|user| (user.id, user.is_bot)), Some((ada, false)));
    assert_eq!(id(&patient(client.me()).await.unwrap()), ada);
    assert_eq!(world.accounts.logins(ada).len(), 1);

    patient(client.log_out()).await.unwrap();
    assert_eq!((client.is_logged_in(), client.user()), (false, None));
    assert_eq!(world.accounts.logins(ada), []);
    let error = patient(client.me()).await.unwrap_err();
    assert!(error.is("AUTH_KEY_UNREGISTERED"), "{error}");
    // Logging out of nothing is no error, and logging in works again.
    patient(client.log_out()).await.unwrap();
    let login = patient(client.send_code(PHONE)).await.unwrap();
    assert_eq!(done(patient(login.submit(&code(&world))).await.unwrap()), ada);
}

#[tokio::test]
async fn every_kind_of_code_is_typed_in_and_another_can_be_sent() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let client = world.client().await;
    for kind in CodeKind::ALL {
        world.accounts.set_code_kinds(&[kind]);
        let mut login = patient(client.send_code(PHONE)).await.unwrap();
        assert_eq!(kind_of(&login), kind);
        assert_eq!(login.next_kind(), None);
        assert_eq!(login.is_email_required(), kind == CodeKind::SetUpEmail);
        if login.is_email_required() {
            let email = patient(login.set_up_email("ada@example.com")).await.unwrap();
            login = patient(email.submit(&code(&world))).await.unwrap();
            assert_eq!(kind_of(&login), CodeKind::Email);
        }
        let none = patient(login.resend()).await.unwrap_err();
        assert_eq!(none, LoginError::NoOtherWay);
        // With spaces around it, as people copy it.
        let typed = format!(" {} \n", code(&world));
        assert_eq!(done(patient(login.submit(&typed)).await.unwrap()), ada, "{kind:?}");
        patient(client.log_out()).await.unwrap();
    }
    world.accounts.set_code_kinds(&[CodeKind::App, CodeKind::Call]);
    let login = patient(client.send_code(PHONE)).await.unwrap();
    let old = code(&world);
    let next = patient(login.resend()).await.unwrap();
    assert!(matches!(next.kind(), Some(SentCodeType::SentCodeTypeCall(_))));
    assert_eq!(patient(login.submit(&old)).await.unwrap_err(), LoginError::CodeExpired);
    assert_eq!(done(patient(next.submit(&code(&world))).await.unwrap()), ada);
}

/// The kind that a client was told.
fn kind_of(login: &CodeLogin) -> CodeKind {
    match login.kind().expect("no code was sent") {
        SentCodeType::SentCodeTypeApp(_) => CodeKind::App,
        SentCodeType::SentCodeTypeSms(_) => CodeKind::Sms,
        SentCodeType::SentCodeTypeCall(_) => CodeKind::Call,
        SentCodeType::SentCodeTypeFlashCall(_) => CodeKind::FlashCall,
        SentCodeType::SentCodeTypeMissedCall(_) => CodeKind::MissedCall,
        SentCodeType::SentCodeTypeEmailCode(_) => CodeKind::Email,
        SentCodeType::SentCodeTypeSetUpEmailRequired(_) => CodeKind::SetUpEmail,
        SentCodeType::SentCodeTypeFragmentSms(_) => CodeKind::Fragment,
        SentCodeType::SentCodeTypeFirebaseSms(_) => CodeKind::Firebase,
        SentCodeType::SentCodeTypeSmsWord(_) => CodeKind::Word,
        SentCodeType::SentCodeTypeSmsPhrase(_) => CodeKind::Phrase,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn codes_that_are_empty_wrong_expired_cancelled_or_used_are_told() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    assert_eq!(patient(login.submit("")).await.unwrap_err(), LoginError::CodeEmpty);
    assert_eq!(patient(login.submit(" ")).await.unwrap_err(), LoginError::CodeEmpty);
    assert_eq!(patient(login.submit("nonsense")).await.unwrap_err(), LoginError::CodeInvalid);
    assert!(!client.is_logged_in());
    // A wrong one costs nothing.
    let right = code(&world);
    assert_eq!(done(patient(login.submit(&right)).await.unwrap()), ada);
    let other = world.client().await;
    assert_eq!(patient(login.submit(&right)).await.unwrap_err(), LoginError::CodeExpired);
    let login = patient(other.send_code(PHONE)).await.unwrap();
    let right = code(&world);
    patient(login.clone().cancel()).await.unwrap();
    assert_eq!(patient(login.submit(&right)).await.unwrap_err(), LoginError::CodeExpired);
    assert_eq!(patient(login.resend()).await.unwrap_err(), LoginError::CodeExpired);
    assert_eq!(patient(login.cancel()).await.unwrap_err(), LoginError::CodeExpired);
    world.accounts.set_code_lifetime(Duration::ZERO);
    let login = patient(other.send_code(PHONE)).await.unwrap();
    assert_eq!(patient(login.submit(&code(&world))).await.unwrap_err(), LoginError::CodeExpired);
}

#[tokio::test]
async fn numbers_and_credentials_that_are_none_are_told() {
    let world = world().await;
    let client = world.client().await;
    for phone in ["", "12", "not a number"] {
        let error = patient(client.send_code(phone)).await.unwrap_err();
        assert_eq!(error, LoginError::PhoneInvalid);
    }
    for (api_id, api_hash) in [(0, API_HASH), (1, "x")] {
        let client = world.builder_as(api_id, api_hash).build().await.unwrap();
        let error = patient(client.send_code(PHONE)).await.unwrap_err();
        assert_eq!(error, LoginError::ApiInvalid);
        let error = patient(client.log_in_bot("1:x")).await.unwrap_err();
        assert_eq!(error, LoginError::ApiInvalid);
    }
}

#[tokio::test]
async fn a_number_that_nobody_has_signs_up() {
    let world = world().await;
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    let step = patient(login.submit(&code(&world))).await.unwrap();
    let Step::SignUp(sign_up) = step else { panic!("{step:?}") };
    assert_eq!(sign_up.terms_of_service(), Some("Be kind."));
    assert!(!client.is_logged_in());
    let error = patient(sign_up.submit("", "")).await.unwrap_err();
    assert_eq!(error, LoginError::FirstNameInvalid);
    let user = patient(sign_up.submit("Ada", "L")).await.unwrap().user;
    assert_eq!(client.user().unwrap().id, id(&user));
    assert_eq!(id(&patient(client.me()).await.unwrap()), id(&user));
}

#[tokio::test]
async fn srp_a_password_is_asked_for_and_proved() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.set_password(ada, "correct horse", "an animal");
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    let step = patient(login.submit(&code(&world))).await.unwrap();
    let Step::Password(password) = step else { panic!("{step:?}") };
    assert_eq!(password.hint(), Some("an animal"));
    assert!(!client.is_logged_in());
    for wrong in ["", "Correct horse"] {
        let error = patient(password.submit(wrong)).await.unwrap_err();
        assert_eq!(error, LoginError::PasswordInvalid);
    }
    let user = patient(password.submit("correct horse")).await.unwrap().user;
    assert_eq!(id(&user), ada);
    assert_eq!(id(&patient(client.me()).await.unwrap()), ada);
}

#[tokio::test]
async fn a_bot_logs_in_with_its_token() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client().await;
    for wrong in ["", "777:abd"] {
        let error = patient(client.log_in_bot(wrong)).await.unwrap_err();
        assert_eq!(error, LoginError::TokenInvalid);
    }
    let user = patient(client.log_in_bot(" 777:abc ")).await.unwrap().user;
    assert_eq!(id(&user), 777);
    assert!(client.user().unwrap().is_bot);
}

#[tokio::test]
async fn auth_restart_once_is_not_noticed() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let client = world.client().await;
    world.accounts.refuse_next::<SendCode>(RpcError::parse(500, "AUTH_RESTART"));
    let login = patient(client.send_code(PHONE)).await.unwrap();
    assert_eq!(done(patient(login.submit(&code(&world))).await.unwrap()), ada);
}

#[tokio::test]
async fn auth_restart_has_the_code_sent_once_more() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let world = world_with(move |_, _, dispatcher| {
        let count = count.clone();
        dispatcher.on(move |_, _: SendCode| {
            count.fetch_add(1, Ordering::Relaxed);
            Err(RpcError::parse(500, "AUTH_RESTART"))
        });
    })
    .await;
    let client = world.client().await;
    let error = patient(client.send_code(PHONE)).await.unwrap_err();
    assert_eq!((error, asked.load(Ordering::Relaxed)), (LoginError::Restart, 2));
}
