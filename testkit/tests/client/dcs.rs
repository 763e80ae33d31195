//! Several data centres.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use telewire::client::store::MemoryStore;
use telewire::client::{Error, InvokeOptions, Purpose, StopReason};
use telewire::ids::DcId;
use telewire::rpc::{Execution, RpcError};
use telewire::tl::Repeat;
use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::auth::ExportAuthorization;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::types::NearestDc;
use telewire::tl::wrap::functions::help::GetConfig;

use crate::support::{FOUR, PHONE, Relay, TWO, done, id, patient, world, world_with};

fn nearest(dc: i32) -> NearestDc {
    NearestDc { country: "DE".into(), this_dc: dc, nearest_dc: dc }
}

#[tokio::test]
async fn a_client_begins_where_it_is_told_to() {
    let start = telewire_testkit::World::builder().data_centres(&[FOUR]).start();
    let world = patient(start).await.unwrap();
    let client = patient(world.client().build()).await.unwrap();
    assert_eq!(client.home(), FOUR);
    assert_eq!(patient(client.invoke(&GetConfig)).await.unwrap().this_dc, 4);
}

#[tokio::test]
async fn cf_16_a_login_goes_to_the_data_centre_where_the_account_lives() {
    let world = world().await;
    let ada = world.accounts.add_user(FOUR, PHONE, "Ada");
    let client = world.client().await;
    // The address of the other one is asked for on the way.
    let login = patient(client.send_code(PHONE)).await.unwrap();
    assert_eq!(client.home(), FOUR);
    let step = patient(login.submit(&world.accounts.code(PHONE).unwrap())).await.unwrap();
    assert_eq!(done(step), ada);
    assert_eq!(world.accounts.logins(ada)[0].0, FOUR);
    let kept = client.snapshot();
    assert_eq!(
        (kept.home, kept.is_authorized(FOUR), kept.is_authorized(TWO)),
        (Some(FOUR), true, false)
    );

    // The table was asked for, so that all are known after a restart.
    for dc in [TWO, FOUR] {
        assert_eq!(kept.dcs[&dc].addresses, [world.address(dc)]);
    }

    // A bot is sent on as well, by another error.
    world.accounts.add_bot(FOUR, "777:abc", "Helper");
    let bot = world.client().await;
    patient(bot.log_in_bot("777:abc")).await.unwrap();
    assert_eq!(bot.home(), FOUR);
}

#[tokio::test]
async fn cf_16_a_call_that_belongs_elsewhere_is_made_there_with_the_login_transferred() {
    for message in ["FILE_MIGRATE_4", "STATS_MIGRATE_4"] {
        let world = world_with(|accounts, dc, dispatcher| {
            accounts.on(dc, dispatcher, move |user, request: UpdateStatus| {
                assert!(!request.offline && user == 777);
                match dc.number {
                    2 => Err(RpcError::parse(303, message)),
                    _ => Ok(true),
                }
            });
        })
        .await;
        let client = world.bot().await;
        let status = UpdateStatus { offline: false };
        for _ in 0..2 {
            assert_eq!(patient(client.invoke(&status)).await, Ok(true), "{message}");
        }
        // The account lives where it lived.
        assert_eq!(client.home(), TWO);
        let logins = world.accounts.logins(777);
        assert_eq!(logins.iter().map(|(dc, _)| *dc).collect::<Vec<_>>(), [TWO, FOUR]);
        assert!(client.snapshot().is_authorized(FOUR));
        // A transfer that has ended there is made again.
        world.accounts.revoke(FOUR, logins[1].1, "AUTH_KEY_UNREGISTERED");
        assert_eq!(patient(client.invoke(&status)).await, Ok(true), "{message}");
        assert_eq!(world.accounts.logins(777).len(), 2);
    }
}

#[tokio::test]
async fn cf_16_logging_out_ends_a_login_that_was_transferred() {
    let world = world_with(|accounts, dc, dispatcher| {
        accounts.on(dc, dispatcher, |_, _: UpdateStatus| Ok(true));
    })
    .await;
    let client = world.bot().await;
    patient(client.refresh_config()).await.unwrap();
    let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
    let status = UpdateStatus { offline: false };
    assert_eq!(patient(client.invoke_with(&status, &there)).await, Ok(true));
    let kept = client.snapshot();
    let logins = world.accounts.logins(777);
    assert_eq!(logins.iter().map(|(dc, _)| *dc).collect::<Vec<_>>(), [TWO, FOUR]);
    patient(client.log_out()).await.unwrap();
    assert_eq!(world.accounts.logins(777), []);
    // Whoever kept the keys has nothing of them: refused there, it asks for another transfer, and is refused at home.
    let old = world.client_on(MemoryStore::from(kept)).await;
    assert!(old.snapshot().is_authorized(FOUR));
    let error = patient(old.invoke_with(&status, &there)).await.unwrap_err();
    assert_eq!(error, Error::Stopped(StopReason::LoggedOut));
    assert!(!old.snapshot().is_authorized(FOUR));
}

#[tokio::test]
async fn cf_16_a_circle_of_data_centres_is_left() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let world = world_with(move |_, dc, dispatcher| {
        let count = count.clone();
        dispatcher.on(move |_, _: GetNearestDc| {
            count.fetch_add(1, Ordering::Relaxed);
            let other = if dc == TWO { 4 } else { 2 };
            Err(RpcError::parse(303, &format!("NETWORK_MIGRATE_{other}")))
        });
    })
    .await;
    let client = world.client().await;
    let error = patient(client.invoke(&GetNearestDc)).await.unwrap_err();
    assert_eq!((error, asked.load(Ordering::Relaxed)), (Error::TooManyHops { hops: 3 }, 4));
}

#[tokio::test]
async fn cf_16_numbers_of_no_data_centre_are_an_error() {
    for number in ["0", "9", "101", "70000", "9223372036854775807"] {
        let world = world_with(move |_, _, dispatcher| {
            dispatcher.on(move |_, _: GetNearestDc| {
                Err(RpcError::parse(303, &format!("STATS_MIGRATE_{number}")))
            });
        })
        .await;
        let client = world.builder().build().await.unwrap();
        let error = patient(client.invoke(&GetNearestDc)).await.unwrap_err();
        assert_eq!(error, Error::UnknownDc { number: number.parse().unwrap() });
        assert_eq!(client.home(), TWO);
    }
}

#[tokio::test]
async fn a_slow_data_centre_blocks_no_other_and_uploads_block_no_calls() {
    let world = world_with(|_, dc, dispatcher| {
        dispatcher.on_later(move |_, _: GetNearestDc| {
            let after = if dc == FOUR { Duration::from_secs(3_600) } else { Duration::ZERO };
            (after, Ok(nearest(dc.number.into())))
        });
    })
    .await;
    let client = world.bot().await;
    // Who is logged in is asked over the main connection, whatever the options say.
    let options = InvokeOptions { purpose: Purpose::Upload, ..Default::default() };
    assert_eq!(id(&patient(client.with_options(options).me()).await.unwrap()), 777);
    assert_eq!(world.sessions(TWO), 1);
    // Its address is asked for on the way.
    let slow = client.clone();
    let slow = tokio::spawn(async move {
        let options = InvokeOptions { dc: Some(FOUR), deadline: None, ..Default::default() };
        slow.invoke_with(&GetNearestDc, &options).await
    });
    for purpose in [Purpose::Main, Purpose::Upload, Purpose::Download] {
        let options = InvokeOptions { purpose, ..Default::default() };
        let answer = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap();
        assert_eq!(answer.this_dc, 2);
    }
    assert!(!slow.is_finished());
    // One key, and a session for each purpose.
    assert_eq!(world.sessions(TWO), 3);
    let keys: std::collections::BTreeSet<_> =
        world.data_centre(TWO).sessions().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 1);
    patient(client.close()).await;
    assert!(patient(slow).await.unwrap().is_err());
}

#[tokio::test]
async fn a_data_centre_that_is_silent_holds_nobody_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let builder = world.builder().address(FOUR, silent.local_addr().unwrap());
    let client = builder.build().await.unwrap();
    let there = |deadline| InvokeOptions { dc: Some(FOUR), deadline, ..Default::default() };
    let waiting = client.clone();
    let waiting =
        tokio::spawn(async move { waiting.invoke_with(&GetNearestDc, &there(None)).await });
    // A key is being made there, which never comes to an end.
    let mut socket = patient(silent.accept()).await.unwrap().0;
    patient(tokio::io::AsyncReadExt::read_u8(&mut socket)).await.unwrap();
    // Who comes after it waits as long as it wants to.
    let short = there(Some(Duration::from_millis(50)));
    let error = patient(client.invoke_with(&GetNearestDc, &short)).await.unwrap_err();
    assert_eq!((error.execution(), error), (Execution::Never, Error::NotConnected));
    // All else goes on: a login, and its end.
    patient(client.log_in_bot("777:abc")).await.unwrap();
    patient(client.log_out()).await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    assert!(!waiting.is_finished());
    patient(client.close()).await;
    assert_eq!(patient(waiting).await.unwrap(), Err(Error::Closed));
}

#[tokio::test]
async fn a_key_is_made_to_the_end_though_whoever_wanted_it_has_gone() {
    let world = world().await;
    let client = world.client().await;
    let options = InvokeOptions { deadline: Some(Duration::ZERO), ..Default::default() };
    let error = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap_err();
    assert_eq!(error, Error::NotConnected);
    patient(async {
        while client.snapshot().key(TWO).is_none() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn cf_16_whoever_is_logged_in_stays_so_when_the_account_moves() {
    let world = world_with(|accounts, dc, dispatcher| {
        accounts.on(dc, dispatcher, move |user, _: UpdateStatus| match dc.number {
            2 => Err(RpcError::parse(303, "USER_MIGRATE_4")),
            _ => Ok(user == 777),
        });
    })
    .await;
    let client = world.bot().await;
    assert_eq!(patient(client.invoke(&UpdateStatus { offline: false })).await, Ok(true));
    let kept = client.snapshot();
    assert_eq!((kept.home, client.is_logged_in()), (Some(FOUR), true));
    assert!(kept.is_authorized(FOUR) && kept.key(FOUR).is_some());
    assert_eq!(*client.states().borrow(), telewire::client::State::Online);
}

#[tokio::test]
async fn transfers_of_a_login_wait_and_stop_as_calls_do() {
    for (code, message, times) in
        [(420, "FLOOD_WAIT_1", 2), (420, "FLOOD_WAIT_99", 1), (400, "DC_ID_INVALID", 1)]
    {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let world = world_with(move |_, _, dispatcher| {
            let count = count.clone();
            dispatcher.on(move |_, _: ExportAuthorization| {
                match count.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(RpcError::parse(code, message)),
                    _ => Err(RpcError::parse(400, "DC_ID_INVALID")),
                }
            });
        })
        .await;
        let client = world.bot().await;
        let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
        let error = patient(client.invoke_with(&GetNearestDc, &there)).await.unwrap_err();
        assert!(matches!(error, Error::NotPrepared(_)), "{error}");
        assert_eq!((error.execution(), error.rpc().is_some()), (Execution::Never, true));
        assert_eq!(asked.load(Ordering::Relaxed), times, "{message}");
    }
    // Nobody waits longer for it than for the call.
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let world = world_with(move |_, _, dispatcher| {
        let count = count.clone();
        dispatcher.on(move |_, _: ExportAuthorization| {
            count.fetch_add(1, Ordering::Relaxed);
            Err(RpcError::parse(420, "FLOOD_WAIT_1"))
        });
    })
    .await;
    let client = world.bot().await;
    let options =
        InvokeOptions { dc: Some(FOUR), flood_threshold: Duration::ZERO, ..Default::default() };
    let error = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap_err();
    assert!(error.is("FLOOD_WAIT_X"), "{error}");
    assert_eq!((error.execution(), asked.load(Ordering::Relaxed)), (Execution::Never, 1));
    // A login that has ended is noticed by whatever is asked.
    let world = world_with(|_, _, _| {}).await;
    let client = world.bot().await;
    world.accounts.revoke(TWO, world.accounts.logins(777)[0].1, "SESSION_REVOKED");
    let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
    let error = patient(client.invoke_with(&GetNearestDc, &there)).await.unwrap_err();
    assert_eq!(error, Error::Stopped(StopReason::Revoked));
}

#[tokio::test]
async fn up_88_only_the_main_connection_asks_for_updates() {
    let world = world_with(|_, dc, dispatcher| {
        dispatcher.on(move |caller, _: GetNearestDc| {
            let country = if caller.wants_updates { "updates" } else { "none" }.into();
            Ok(NearestDc { country, ..nearest(dc.number.into()) })
        });
    })
    .await;
    let client = world.bot().await;
    for (dc, purpose, expected) in [
        (TWO, Purpose::Main, "updates"),
        (TWO, Purpose::Upload, "none"),
        (TWO, Purpose::Download, "none"),
        (FOUR, Purpose::Main, "none"),
    ] {
        let options = InvokeOptions { dc: Some(dc), purpose, ..Default::default() };
        for _ in 0..2 {
            let answer = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap();
            assert_eq!(answer.country, expected, "{dc} {purpose:?}");
        }
    }
}

#[tokio::test]
async fn where_a_data_centre_is_may_not_be_told_and_the_call_was_not_sent() {
    let world = world_with(|accounts, dc, dispatcher| {
        dispatcher.on(|_, _: GetConfig| Err(RpcError::parse(500, "INTERNAL")));
        accounts.on(dc, dispatcher, |_, _: UpdateStatus| Ok(true));
    })
    .await;
    let client = world.bot().await;
    let options = InvokeOptions {
        dc: Some(FOUR),
        repeat: Some(Repeat::Once),
        server_error_retries: 0,
        ..Default::default()
    };
    let status = UpdateStatus { offline: false };
    let error = patient(client.invoke_with(&status, &options)).await.unwrap_err();
    assert!(matches!(error, Error::NotPrepared(_)), "{error}");
    assert_eq!(error.execution(), Execution::Never);
}

#[tokio::test]
async fn what_serves_media_alone_is_the_same_data_centre_at_other_addresses() {
    for number in [2, 4] {
        let world = world_with(|accounts, dc, dispatcher| {
            accounts.on(dc, dispatcher, move |user, _: UpdateStatus| {
                assert_eq!(user, 777);
                Ok(dc.number > 0)
            });
        })
        .await;
        let dc = DcId::production(number);
        let media = DcId { is_media: true, ..dc };
        let client = world.bot().await;
        let options =
            InvokeOptions { dc: Some(media), purpose: Purpose::Download, ..Default::default() };
        let status = UpdateStatus { offline: false };
        // Nothing is told of addresses for media alone: it is served at the others.
        assert_eq!(patient(client.invoke_with(&status, &options)).await, Ok(true), "{media}");
        // And then there are some.
        let relay = Relay::new(world.address(dc)).await;
        world.accounts.set_address(media, relay.address());
        patient(client.refresh_config()).await.unwrap();
        assert_eq!(client.addresses(media), [relay.address()]);
        let kept = client.snapshot();
        patient(client.close()).await;
        let client = world.client_on(MemoryStore::from(kept)).await;
        assert_eq!(patient(client.invoke_with(&status, &options)).await, Ok(true), "{media}");
        assert_eq!(relay.dials(), 1);
        // The key and the login are those of the data centre.
        let kept = client.snapshot();
        assert_eq!((kept.key(media), kept.is_authorized(media)), (None, false));
        assert!(kept.is_authorized(dc) && client.is_logged_in());
        assert!(world.accounts.logins(777).len() <= 2);
    }
}

#[tokio::test]
async fn a_key_that_is_not_there_yet_is_made_where_more_than_media_is_served() {
    let world = world().await;
    let media = DcId { is_media: true, ..TWO };
    let relay = Relay::new(world.address(TWO)).await;
    let client = world.builder().address(media, relay.address()).build().await.unwrap();
    let options = InvokeOptions { dc: Some(media), ..Default::default() };
    patient(client.invoke_with(&GetConfig, &options)).await.unwrap();
    let kept = client.snapshot();
    assert!(kept.key(TWO).is_some() && kept.key(media).is_none());
    assert_eq!(relay.dials(), 1);
}

#[tokio::test]
async fn addresses_of_cdns_are_kept_and_no_login_is_taken_there() {
    let world = world().await;
    let cdn = DcId::production(203);
    world.accounts.set_address(cdn, world.address(FOUR));
    let client = world.bot().await;
    patient(client.refresh_config()).await.unwrap();
    assert_eq!(client.addresses(cdn), [world.address(FOUR)]);
    let kept = client.snapshot();
    assert_eq!(kept.dcs[&cdn].addresses, [world.address(FOUR)]);
    let text = telewire::client::store::string::to_text(&kept);
    assert_eq!(telewire::client::store::string::from_text(&text).unwrap(), kept);
    // It is another data centre than it says, so that no key comes about; but nothing was exported for it.
    let options = InvokeOptions {
        dc: Some(cdn),
        deadline: Some(Duration::from_secs(5)),
        ..Default::default()
    };
    let error = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap_err();
    assert!(!error.is("DC_ID_INVALID") && !matches!(error, Error::NotPrepared(_)), "{error}");
    // Nobody is sent there by an error.
    assert!(client.is_logged_in() && client.home() == TWO);
}
