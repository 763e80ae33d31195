//! Login by a code that another device scans.

use std::time::Duration;

use telewire::client::{Client, LoginError, QrStep};
use telewire::server::Fault;
use telewire::tl::api::functions::auth::AcceptLoginToken;

use crate::support::{FOUR, PHONE, Served, TWO, id, patient, world};

/// Scans what is shown, with another device that is logged in.
async fn scan(world: &Served, scanner: &Client, url: &str) {
    assert!(url.starts_with("tg://login?token="), "{url}");
    let token = world.accounts.shown_tokens().remove(0);
    patient(scanner.invoke(&AcceptLoginToken { token: token.into() })).await.unwrap();
    world.deliver();
}

async fn logged_in(world: &Served) -> Client {
    let client = world.client().await;
    let login = patient(client.send_code(PHONE)).await.unwrap();
    patient(login.submit(&world.accounts.code(PHONE).unwrap())).await.unwrap();
    client
}

#[tokio::test]
async fn a_code_that_was_scanned_logs_in() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let scanner = logged_in(&world).await;
    let client = world.client().await;
    let mut login = patient(client.qr_login()).await.unwrap();
    let step = patient(login.next()).await.unwrap();
    let QrStep::Show { url, .. } = step else { panic!("{step:?}") };
    scan(&world, &scanner, &url).await;
    let step = patient(login.next()).await.unwrap();
    let QrStep::Done(done) = step else { panic!("{step:?}") };
    assert_eq!(id(&done.user), ada);
    assert_eq!(id(&patient(client.me()).await.unwrap()), ada);
    assert_eq!(world.accounts.logins(ada).len(), 2);
}

#[tokio::test]
async fn cf_16_a_code_of_an_account_that_lives_elsewhere_logs_in_there() {
    let world = world().await;
    let ada = world.accounts.add_user(FOUR, PHONE, "Ada");
    let scanner = logged_in(&world).await;
    assert_eq!(scanner.home(), FOUR);
    let client = world.client().await;
    let mut login = patient(client.qr_login()).await.unwrap();
    let step = patient(login.next()).await.unwrap();
    let QrStep::Show { url, .. } = step else { panic!("{step:?}") };
    scan(&world, &scanner, &url).await;
    let step = patient(login.next()).await.unwrap();
    let QrStep::Done(done) = step else { panic!("{step:?}") };
    assert_eq!((id(&done.user), client.home()), (ada, FOUR));
    assert_eq!(id(&patient(client.me()).await.unwrap()), ada);
}

#[tokio::test]
async fn a_code_of_an_account_with_a_password_asks_for_it() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let scanner = logged_in(&world).await;
    world.accounts.set_password(ada, "secret", "");
    let client = world.client().await;
    let mut login = patient(client.qr_login()).await.unwrap();
    let step = patient(login.next()).await.unwrap();
    let QrStep::Show { url, .. } = step else { panic!("{step:?}") };
    scan(&world, &scanner, &url).await;
    let step = patient(login.next()).await.unwrap();
    let QrStep::Password(password) = step else { panic!("{step:?}") };
    assert_eq!(password.hint(), None);
    assert_eq!(id(&patient(password.submit("secret")).await.unwrap().user), ada);
}

#[tokio::test]
async fn a_code_is_shown_for_its_lifetime_however_wrong_the_clock_is() {
    // The clock of this machine is an hour ahead of the server's, and behind it.
    for seconds in [-3_600, 3_600] {
        let world = world().await;
        let ada = world.accounts.add_user(TWO, PHONE, "Ada");
        // Those of all data centres: the world has the latest time of them.
        for dc in [TWO, FOUR] {
            let now = world.now(dc);
            world.data_centre(dc).inject(now, Fault::SkewClock { seconds });
        }
        let client = world.client().await;
        let mut login = patient(client.qr_login()).await.unwrap();
        let step = patient(login.next()).await.unwrap();
        let QrStep::Show { url, valid_for } = step else { panic!("{step:?}") };
        // By the clock of this machine it would be one second, the least there is.
        assert!(valid_for > Duration::from_secs(1), "{valid_for:?}");
        // It was shown in time by the server's clock.
        let skew = Duration::from_secs(3_600);
        let unix = world.now(TWO).unix;
        let server = if seconds < 0 { unix - skew } else { unix + skew };
        world.accounts.approve_link(ada, &url, server).unwrap();
        world.deliver();
        let step = patient(login.next()).await.unwrap();
        assert!(matches!(step, QrStep::Done(_)), "{step:?}");
    }
}

#[tokio::test]
async fn a_code_that_has_expired_is_replaced_by_another() {
    let world = world().await;
    let ada = world.accounts.add_user(TWO, PHONE, "Ada");
    let scanner = logged_in(&world).await;
    let client = world.client().await;
    world.accounts.set_qr_lifetime(Duration::ZERO);
    let mut login = patient(client.qr_login()).await.unwrap();
    let mut shown = Vec::new();
    for _ in 0..2 {
        let step = patient(login.next()).await.unwrap();
        let QrStep::Show { url, valid_for } = step else { panic!("{step:?}") };
        // Whatever the clocks say, there is time to draw it.
        assert_eq!(valid_for, Duration::from_secs(1));
        assert!(!shown.contains(&url), "{url}");
        shown.push(url);
    }
    // The next one stays, and is scanned.
    world.accounts.set_qr_lifetime(Duration::from_secs(3_600));
    let step = patient(login.next()).await.unwrap();
    let QrStep::Show { url, valid_for } = step else { panic!("{step:?}") };
    assert_eq!((shown.contains(&url), valid_for), (false, Duration::from_secs(30)));
    assert_eq!(world.accounts.shown_tokens().len(), 1);
    scan(&world, &scanner, &url).await;
    let step = patient(login.next()).await.unwrap();
    let QrStep::Done(done) = step else { panic!("{step:?}") };
    assert_eq!(id(&done.user), ada);
}

#[tokio::test]
async fn cf_16_a_code_of_an_account_elsewhere_with_a_password_asks_for_it_there() {
    let world = world().await;
    let ada = world.accounts.add_user(FOUR, PHONE, "Ada");
    let scanner = logged_in(&world).await;
    world.accounts.set_password(ada, "secret", "hint");
    let client = world.client().await;
    let mut login = patient(client.qr_login()).await.unwrap();
    let step = patient(login.next()).await.unwrap();
    let QrStep::Show { url, .. } = step else { panic!("{step:?}") };
    scan(&world, &scanner, &url).await;
    let step = patient(login.next()).await.unwrap();
    let QrStep::Password(password) = step else { panic!("{step:?}") };
    assert_eq!(
        (password.hint(), client.home(), client.is_logged_in()),
        (Some("hint"), FOUR, false)
    );
    let error = patient(password.submit("x")).await.unwrap_err();
    assert_eq!(error, LoginError::PasswordInvalid);
    assert_eq!(id(&patient(password.submit("secret")).await.unwrap().user), ada);
    let kept = client.snapshot();
    assert_eq!(
        (kept.home, kept.is_authorized(FOUR), kept.is_authorized(TWO)),
        (Some(FOUR), true, false)
    );
    assert_eq!(id(&patient(client.me()).await.unwrap()), ada);
}
