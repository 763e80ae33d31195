//! Steps of a login that are rare: an email address first, no code at all, a question that is old, a sign-up that comes late.

use telewire::client::{Client, CodeLogin, LoginError, PasswordStep, SignUpStep, Step};
use telewire::rpc::RpcError;
use telewire::server::Caller;
use telewire::tl::api::enums::auth::SentCode;
use telewire::tl::api::functions::account::{SendVerifyEmailCode, VerifyEmail};
use telewire::tl::api::functions::auth::{CheckPassword, ResendCode, SendCode};
use telewire::tl::api::types::account::EmailVerified;
use telewire::tl::api::types::auth::{SentCodePaymentRequired, SentCodeSuccess};
use telewire_testkit::{CodeKind, World};

use crate::support::{PHONE, Served, TWO, done, id, patient, world, world_with};

fn code(world: &Served) -> String {
    world.accounts.code(PHONE).expect("no code was sent")
}

#[tokio::test]
async fn an_email_address_is_set_up_and_the_login_goes_on() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.set_code_kinds(&[CodeKind::SetUpEmail, CodeKind::App]);
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    assert!(login.is_email_required());
    assert_eq!(patient(login.submit("12345")).await.unwrap_err(), LoginError::EmailRequired);
    assert_eq!(patient(login.resend()).await.unwrap_err(), LoginError::NoOtherWay);
    let error = patient(login.set_up_email("nobody")).await.unwrap_err();
    assert_eq!(error, LoginError::EmailInvalid);
    world.accounts.refuse_next::<SendVerifyEmailCode>(RpcError::parse(400, "EMAIL_NOT_ALLOWED"));
    let error = patient(login.set_up_email("ada@example.com")).await.unwrap_err();
    assert_eq!(error, LoginError::EmailNotAllowed);
    let email = patient(login.set_up_email(" ada@example.com ")).await.unwrap();
    assert_eq!((email.pattern(), email.length()), ("a***@example.com", 6));
    assert_eq!(patient(email.submit(" ")).await.unwrap_err(), LoginError::CodeEmpty);
    assert_eq!(patient(email.submit("wrong")).await.unwrap_err(), LoginError::CodeInvalid);
    let typed = format!(" {}\n", code(&world));
    let next = patient(email.submit(&typed)).await.unwrap();
    assert!(!next.is_email_required() && !client.is_logged_in());
    // It was set up, and cannot be again.
    assert_eq!(patient(email.submit(&typed)).await.unwrap_err(), LoginError::CodeExpired);
    let error = patient(login.set_up_email("ada@example.com")).await.unwrap_err();
    assert_eq!(error, LoginError::CodeExpired);
    assert_eq!(done(patient(next.submit(&code(&world))).await.unwrap()), ada);
    assert_eq!(id(&patient(client.me()).await.unwrap()), ada);
}

#[tokio::test]
async fn an_email_address_that_is_verified_without_a_code_has_the_login_begin_anew() {
    let world = world_with(|_, _, dispatcher| {
        dispatcher
            .on(|_, _: VerifyEmail| Ok(EmailVerified { email: "ada@example.com".into() }.into()));
    })
    .await;
    world.accounts.set_code_kinds(&[CodeKind::SetUpEmail]);
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    let email = patient(login.set_up_email("ada@example.com")).await.unwrap();
    assert_eq!(patient(email.submit("123456")).await.unwrap_err(), LoginError::Restart);
}

/// Logs a bot in, without a code.
fn success(accounts: &World, caller: &Caller) -> Result<SentCode, RpcError> {
    let authorization = accounts.authorize(TWO, caller.key, 777)?;
    Ok(SentCodeSuccess { authorization }.into())
}

#[tokio::test]
async fn a_login_that_needs_no_code_is_a_login() {
    // At once, or instead of another code.
    for at_once in [true, false] {
        let world = world_with(move |accounts, _, dispatcher| {
            let here = accounts.clone();
            if at_once {
                dispatcher.on(move |caller, _: SendCode| success(&here, caller));
            } else {
                dispatcher.on(move |caller, _: ResendCode| success(&here, caller));
            }
        })
        .await;
        world.accounts.add_bot(TWO, "777:abc", "Helper");
        let client = world.client().await;
        let mut login = patient(client.send_code(PHONE)).await.unwrap();
        if !at_once {
            assert_eq!((login.done(), client.is_logged_in()), (None, false));
            login = patient(login.resend()).await.unwrap();
        }
        assert_eq!(login.done().map(|done| id(&done.user)), Some(777));
        assert_eq!((login.kind(), login.next_kind(), login.resend_after()), (None, None, None));
        assert!(client.is_logged_in() && client.user().unwrap().id == 777);
        assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
        // Who does not know of it types something, and is told the same.
        for typed in ["", "12345"] {
            assert_eq!(done(patient(login.submit(typed)).await.unwrap()), 777);
        }
        assert_eq!(patient(login.resend()).await.unwrap_err(), LoginError::CodeExpired);
        let error = patient(login.set_up_email("ada@example.com")).await.unwrap_err();
        assert_eq!(error, LoginError::CodeExpired);
        assert_eq!(patient(login.cancel()).await.unwrap_err(), LoginError::CodeExpired);
    }
}

#[tokio::test]
async fn a_code_that_is_to_be_paid_for_is_told() {
    let world = world_with(|_, _, dispatcher| {
        dispatcher.on(|_, _: SendCode| {
            let required = SentCodePaymentRequired {
                store_product: "code".into(),
                phone_code_hash: "00".into(),
                support_email_address: "help@example.com".into(),
                support_email_subject: "code".into(),
                premium_days: 7,
                currency: "EUR".into(),
                amount: 100,
            };
            Ok(required.into())
        });
    })
    .await;
    let client = world.client().await;
    let error = patient(client.send_code(PHONE)).await.unwrap_err();
    assert_eq!((error, client.is_logged_in()), (LoginError::PaymentRequired, false));
}

#[tokio::test]
async fn numbers_that_are_banned_and_tokens_that_were_replaced_are_told() {
    let world = world().await;
    world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.ban(PHONE);
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    world.accounts.expire_token("777:abc");
    let client = world.client().await;
    let error = patient(client.send_code(PHONE)).await.unwrap_err();
    assert_eq!(error, LoginError::PhoneBanned);
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    assert_eq!(error, LoginError::TokenInvalid);
    assert!(!client.is_logged_in());
}

/// A login up to the question for the password.
async fn asked(world: &Served, client: &Client) -> PasswordStep {
    let login = patient(client.send_code(PHONE)).await.unwrap();
    match patient(login.submit(&code(world))).await.unwrap() {
        Step::Password(step) => step,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_question_that_is_old_is_asked_for_anew_and_not_for_ever() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.set_password(ada, "secret", "");
    let client = world.client().await;
    let step = asked(&world, &client).await;
    for name in ["SRP_ID_INVALID", "SRP_PASSWORD_CHANGED", "SRP_ID_INVALID"] {
        world.accounts.refuse_next::<CheckPassword>(RpcError::parse(400, name));
    }
    let error = patient(step.submit("secret")).await.unwrap_err();
    assert_eq!((error, client.is_logged_in()), (LoginError::PasswordOutdated, false));
    for name in ["SRP_ID_INVALID", "SRP_PASSWORD_CHANGED"] {
        world.accounts.refuse_next::<CheckPassword>(RpcError::parse(400, name));
    }
    assert_eq!(id(&patient(step.submit("secret")).await.unwrap().user), ada);
    // A wrong password is told at once, without another try.
    let other = world.client().await;
    let step = asked(&world, &other).await;
    world.accounts.refuse_next::<CheckPassword>(RpcError::parse(400, "SRP_ID_INVALID"));
    assert_eq!(patient(step.submit("x")).await.unwrap_err(), LoginError::PasswordInvalid);
}

/// A login up to the question for a name.
async fn proved(world: &Served, client: &Client) -> (CodeLogin, SignUpStep) {
    let login = patient(client.send_code(PHONE)).await.unwrap();
    match patient(login.submit(&code(world))).await.unwrap() {
        Step::SignUp(step) => (login, step),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_sign_up_with_a_code_that_is_not_valid_any_more_is_told() {
    let world = world().await;
    let client = world.client().await;
    // It was cancelled meanwhile, replaced by another, or has expired.
    let (login, step) = proved(&world, &client).await;
    patient(login.cancel()).await.unwrap();
    assert_eq!(patient(step.submit("Ada", "")).await.unwrap_err(), LoginError::CodeExpired);
    let (login, step) = proved(&world, &client).await;
    patient(login.resend()).await.unwrap();
    assert_eq!(patient(step.submit("Ada", "")).await.unwrap_err(), LoginError::CodeExpired);
    let (_, step) = proved(&world, &client).await;
    world.accounts.expire_codes();
    assert_eq!(patient(step.submit("Ada", "")).await.unwrap_err(), LoginError::CodeExpired);
    assert!(!client.is_logged_in());
    let (_, step) = proved(&world, &client).await;
    patient(step.submit("Ada", "")).await.unwrap();
    assert!(client.is_logged_in());
}
