//! One login at a time: every two things that begin, go on with, or end a login, one after the other and at once.

use std::time::Duration;

use telewire::client::{Client, InvokeOptions, LoginError, QrStep, Step};
use telewire::rpc::RpcError;
use telewire::tl::api::enums::InputUser;
use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::auth::SendCode;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::functions::users::GetUsers;
use telewire::tl::api::types::NearestDc;

use crate::support::{FOUR, PHONE, Served, TWO, done, id, patient, world, world_with};

const OTHER_PHONE: &str = "+99 966 2 0002";
const NEW_PHONE: &str = "+99 966 2 0003";
const SCANNER: &str = "+99 966 2 0004";

/// What may happen to a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// A code, for an account that lives elsewhere.
    Code,
    /// A code and a password.
    Password,
    SignUp,
    Bot,
    /// A QR code, scanned by an account of this data centre.
    Qr,
    /// A QR code, scanned by one of another.
    Import,
    LogOut,
    /// A call that is sent to another data centre.
    Migrate,
}

const DEEDS: [Deed; 8] = [
    Deed::Code,
    Deed::Password,
    Deed::SignUp,
    Deed::Bot,
    Deed::Qr,
    Deed::Import,
    Deed::LogOut,
    Deed::Migrate,
];

/// With a password for Bob, if one of these asks for it: it takes a while to make.
async fn full_world(deeds: &[Deed]) -> Served {
    let world = world_with(|_, dc, dispatcher| {
        dispatcher.on(move |_, _: GetNearestDc| match dc.number {
            2 => Err(RpcError::parse(303, "NETWORK_MIGRATE_4")),
            _ => Ok(NearestDc { country: String::new(), this_dc: 4, nearest_dc: 4 }),
        });
    })
    .await;
    let accounts = &world.accounts;
    accounts.add_user(FOUR, PHONE, "Ada");
    let other = accounts.add_user(TWO, OTHER_PHONE, "Bob");
    if deeds.contains(&Deed::Password) {
        accounts.set_password(other, "secret", "");
    }
    // A scan that is not delivered, as the code was shown by a connection that has gone, is noticed when the code expires.
    accounts.set_qr_lifetime(Duration::from_secs(1));
    accounts.add_user(TWO, SCANNER, "Eve");
    accounts.add_bot(TWO, "777:abc", "Helper");
    accounts.set_home_of_new(TWO);
    world
}

impl Deed {
    fn is_login(self) -> bool {
        !matches!(self, Self::LogOut | Self::Migrate)
    }

    async fn happen(self, world: &Served, client: &Client) -> Result<(), LoginError> {
        match self {
            Self::Code => by_code(world, client, PHONE).await,
            Self::Password => by_code(world, client, OTHER_PHONE).await,
            Self::SignUp => by_code(world, client, NEW_PHONE).await,
            Self::Bot => client.log_in_bot("777:abc").await.map(drop),
            Self::Qr => by_qr(world, client, SCANNER).await,
            Self::Import => by_qr(world, client, PHONE).await,
            Self::LogOut => client.log_out().await.map(drop).map_err(LoginError::Client),
            Self::Migrate => {
                client.invoke(&GetNearestDc).await.map(drop).map_err(LoginError::Client)
            }
        }
    }
}

async fn by_code(world: &Served, client: &Client, phone: &str) -> Result<(), LoginError> {
    let login = client.send_code(phone).await?;
    let code = world.accounts.code(phone).ok_or(LoginError::CodeExpired)?;
    match login.submit(&code).await? {
        Step::Done(_) => {}
        Step::Password(step) => drop(step.submit("secret").await?),
        Step::SignUp(step) => drop(step.submit("New", "").await?),
        other => panic!("{other:?}"),
    }
    Ok(())
}

async fn by_qr(world: &Served, client: &Client, phone: &str) -> Result<(), LoginError> {
    let user = world.accounts.user_by_phone(phone).unwrap();
    let mut login = client.qr_login().await?;
    loop {
        match login.next().await? {
            QrStep::Show { url, .. } => {
                let dc = client.home();
                // It may be approved already, or have been shown at another data centre.
                let _ = world.accounts.approve_link(user, &url, world.now(dc).unix);
                world.deliver();
            }
            QrStep::Done(_) => return Ok(()),
            other => panic!("{other:?}"),
        }
    }
}

/// What is kept is what the servers know, in every data centre.
async fn check(world: &Served, client: &Client, what: &str) {
    let kept = client.snapshot();
    let user = client.user().map(|user| user.id);
    assert_eq!(client.is_logged_in(), user.is_some(), "{what}");
    for (dc, record) in &kept.dcs {
        let Some(key) = &record.key else { continue };
        let server = world.accounts.user_of(*dc, key.auth_key.id());
        // With no key of this client anybody else is logged in.
        assert!(server.is_none() || server == user, "{what}: {server:?} at {dc}, not {user:?}");
        if record.is_authorized {
            assert_eq!(server, user, "{what}: at {dc}");
        }
    }
    let Some(user) = user else {
        let error = patient(client.me()).await.unwrap_err();
        assert!(
            error.is("AUTH_KEY_UNREGISTERED") || error.is("SESSION_PASSWORD_NEEDED"),
            "{what}: {error}"
        );
        return;
    };
    assert!(kept.is_authorized(client.home()), "{what}");
    // The same call answers as the same account, wherever it is made.
    for dc in [TWO, FOUR] {
        let request = GetUsers { id: vec![InputUser::InputUserSelf] };
        let options = InvokeOptions { dc: Some(dc), ..Default::default() };
        let users = patient(client.invoke_with(&request, &options)).await.unwrap();
        assert_eq!(id(&users[0]), user, "{what}: at {dc}");
    }
    assert_eq!(id(&patient(client.me()).await.unwrap()), user, "{what}");
}

#[tokio::test]
async fn every_two_deeds_one_after_the_other_leave_one_login() {
    for first in DEEDS {
        for second in DEEDS {
            let what = format!("{first:?}, then {second:?}");
            let world = full_world(&[first, second]).await;
            let client = world.client().await;
            patient(first.happen(&world, &client)).await.unwrap();
            check(&world, &client, &what).await;
            let (was, user, home) = (client.is_logged_in(), client.user(), client.home());
            assert_eq!(was, first.is_login(), "{what}");
            let result = patient(second.happen(&world, &client)).await;
            let expected = match was && second.is_login() {
                true => Err(LoginError::AlreadyLoggedIn),
                false => Ok(()),
            };
            assert_eq!(result, expected, "{what}");
            if was && second != Deed::LogOut {
                // Whoever is logged in is so where they were.
                assert_eq!((client.user(), client.home()), (user, home), "{what}");
            }
            check(&world, &client, &what).await;
        }
    }
}

#[tokio::test]
async fn every_two_deeds_at_once_leave_one_login() {
    for (place, first) in DEEDS.into_iter().enumerate() {
        for second in DEEDS.into_iter().skip(place) {
            let what = format!("{first:?} and {second:?}");
            let world = full_world(&[first, second]).await;
            let client = world.client().await;
            let (one, two) = patient(async {
                tokio::join!(first.happen(&world, &client), second.happen(&world, &client))
            })
            .await;
            let logins = [first, second].into_iter().filter(|deed| deed.is_login()).count();
            let won = [(first, &one), (second, &two)]
                .into_iter()
                .filter(|(deed, result)| deed.is_login() && result.is_ok())
                .count();
            let has_log_out = first == Deed::LogOut || second == Deed::LogOut;
            for (deed, result) in [(first, &one), (second, &two)] {
                match result {
                    Ok(()) => {}
                    Err(LoginError::AlreadyLoggedIn) if deed.is_login() => {}
                    // Two codes for one number: the first is not valid any more. And a log-out takes the key that a password was asked for.
                    Err(LoginError::CodeExpired) if first == second => {}
                    Err(_) if has_log_out && deed.is_login() => {}
                    Err(error) => panic!("{what}: {deed:?}: {error}"),
                }
            }
            assert!(won <= 1 || has_log_out, "{what}");
            assert!(logins == 0 || won >= 1 || has_log_out, "{what}: nobody is logged in");
            check(&world, &client, &what).await;
        }
    }
}

#[tokio::test]
async fn a_bot_does_not_take_over_what_was_transferred() {
    let world = world_with(|accounts, dc, dispatcher| {
        accounts.on(dc, dispatcher, |_, _: UpdateStatus| Ok(true));
    })
    .await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    done(patient(login.submit(&world.accounts.code(PHONE).unwrap())).await.unwrap());
    let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
    let status = UpdateStatus { offline: false };
    patient(client.invoke_with(&status, &there)).await.unwrap();
    assert!(client.snapshot().is_authorized(FOUR));
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    assert_eq!(error, LoginError::AlreadyLoggedIn);
    assert_eq!(client.user().unwrap().id, ada);
    check(&world, &client, "a bot that was refused").await;
    patient(client.log_out()).await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    patient(client.invoke_with(&status, &there)).await.unwrap();
    check(&world, &client, "a bot").await;
    assert_eq!(client.user().unwrap().id, 777);
}

#[tokio::test]
async fn a_login_goes_on_where_it_was_begun() {
    let world = full_world(&[]).await;
    let client = world.client().await;
    let ada = world.accounts.user_by_phone(PHONE).unwrap();
    let (one, two) =
        patient(async { tokio::join!(client.send_code(PHONE), client.send_code(OTHER_PHONE)) })
            .await;
    let (one, _two) = (one.unwrap(), two.unwrap());
    // The second has gone to the data centre of its number.
    assert_eq!(client.home(), TWO);
    let code = world.accounts.code(PHONE).unwrap();
    assert_eq!(done(patient(one.submit(&code)).await.unwrap()), ada);
    assert_eq!(client.home(), FOUR);
    check(&world, &client, "the first").await;
}

#[tokio::test]
async fn a_raw_call_for_a_number_that_lives_elsewhere_moves_nobody() {
    let world = full_world(&[]).await;
    let client = world.client().await;
    // Bots may not ask for codes.
    let other = "9996620077";
    world.accounts.add_user(TWO, other, "Bob");
    let login = patient(client.send_code(other)).await.unwrap();
    patient(login.submit(&world.accounts.code(other).unwrap())).await.unwrap();
    let request = SendCode {
        phone_number: PHONE.into(),
        api_id: 1,
        api_hash: crate::support::API_HASH.into(),
        settings: telewire::tl::api::types::CodeSettings {
            allow_flashcall: false,
            current_number: false,
            allow_app_hash: false,
            allow_missed_call: false,
            allow_firebase: false,
            unknown_number: false,
            logout_tokens: None,
            token: None,
        },
    };
    patient(client.invoke(&request)).await.unwrap();
    assert_eq!(client.home(), TWO);
    check(&world, &client, "a person").await;
}

#[tokio::test]
async fn srp_passwords_that_are_submitted_at_once_are_proved_one_after_the_other() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    world.accounts.set_password(ada, "secret", "");
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    let step = patient(login.submit(&world.accounts.code(PHONE).unwrap())).await.unwrap();
    let Step::Password(step) = step else { panic!("{step:?}") };
    let (one, two) = patient(async { tokio::join!(step.submit("x"), step.submit("y")) }).await;
    assert_eq!(one.unwrap_err(), LoginError::PasswordInvalid);
    assert_eq!(two.unwrap_err(), LoginError::PasswordInvalid);
    let (one, two, three) = patient(async {
        tokio::join!(step.submit("x"), step.submit("secret"), step.submit("secret"))
    })
    .await;
    assert_eq!(one.unwrap_err(), LoginError::PasswordInvalid);
    assert_eq!(id(&two.unwrap().user), ada);
    assert_eq!(three.unwrap_err(), LoginError::AlreadyLoggedIn);
    check(&world, &client, "a password").await;
}
