//! Each error, of each function.

use super::*;

fn react(code: i32, message: &str, asked: Asked) -> Reaction {
    let kind = (asked != Asked::SavePart && asked != Asked::Send).then_some(Kind::Document);
    reaction(&RpcError::parse(code, message), Context { asked, kind, is_home: false })
}

fn seconds(seconds: u64) -> Reaction {
    Reaction::Pause(Duration::from_secs(seconds))
}

/// The table of the module, row by row; a column for each function.
#[test]
fn cf_21_every_error_does_what_the_table_says_at_every_function() {
    use Reaction::*;
    const F: Reaction = Reaction::Fail;
    // SavePart, Send, GetFile, Hashes, CdnFile, OfToken
    let table: [(i32, &str, [Reaction; 6]); 34] = [
        (420, "FLOOD_WAIT_7", [seconds(7); 6]),
        (420, "FLOOD_PREMIUM_WAIT_7", [seconds(7); 6]),
        (500, "INTERNAL", [Again; 6]),
        (500, "CDN_UPLOAD_TIMEOUT", [Again; 6]),
        (500, "VOLUME_LOC_NOT_FOUND", [Again; 6]),
        (400, "VOLUME_LOC_NOT_FOUND", [F; 6]),
        (-503, "Timeout", [Again; 6]),
        (500, "WORKER_BUSY_TOO_LONG_RETRY", [Again; 6]),
        (303, "FILE_MIGRATE_4", [F, F, Migrate(4), Migrate(4), F, F]),
        (303, "USER_MIGRATE_4", [F; 6]),
        (400, "FILE_REFERENCE_EXPIRED", [F, Refresh, Refresh, Refresh, F, F]),
        (400, "FILE_REFERENCE_INVALID", [F, Refresh, Refresh, Refresh, F, F]),
        (400, "FILE_REFERENCE_EMPTY", [F, Refresh, Refresh, Refresh, F, F]),
        (400, "FILE_REFERENCE_3_EXPIRED", [F, Refresh, Refresh, Refresh, F, F]),
        (400, "FILE_REFERENCE_ATTACH_0_EXPIRED", [F, Refresh, Refresh, Refresh, F, F]),
        (400, "FILE_REFERENCE_COVER_0_INVALID", [F, Refresh, Refresh, Refresh, F, F]),
        (406, "FILEREF_UPGRADE_NEEDED", [F, Refresh, Refresh, Refresh, F, F]),
        (400, "FILEREF_UPGRADE_NEEDED", [F; 6]),
        (406, "FILE_REFERENCE_EXPIRED", [F; 6]),
        (400, "FILE_TOKEN_INVALID", [F, F, F, F, RenewToken, RenewToken]),
        (400, "REQUEST_TOKEN_INVALID", [F, F, F, F, RenewToken, RenewToken]),
        (400, "FILE_PART_3_MISSING", [F, SendPart(3), F, F, F, F]),
        (400, "FILE_PART_INVALID", [F, SendAll, F, F, F, F]),
        (400, "FILE_PART_LENGTH_INVALID", [F, SendAll, F, F, F, F]),
        (400, "FILE_PART_SIZE_CHANGED", [SendAll, SendAll, F, F, F, F]),
        (400, "FILE_PART_SIZE_INVALID", [F; 6]),
        (400, "FILE_PART_TOO_BIG", [F; 6]),
        (400, "FILE_PART_TOO_SMALL", [F; 6]),
        (400, "FILE_PART_EMPTY", [F; 6]),
        (400, "FILE_PARTS_INVALID", [F; 6]),
        (400, "MD5_CHECKSUM_INVALID", [F; 6]),
        (
            401,
            "AUTH_KEY_UNREGISTERED",
            [TransferLogin, TransferLogin, TransferLogin, TransferLogin, F, TransferLogin],
        ),
        (403, "MTPROTO_CLUSTER_INVALID", [AskConfig; 6]),
        (403, "FILE_REFERENCE_EXPIRED", [F; 6]),
    ];
    for (code, message, reactions) in table {
        for (asked, expected) in Asked::ALL.into_iter().zip(reactions) {
            assert_eq!(react(code, message, asked), expected, "{code} {message} {asked:?}");
        }
    }
    for message in [
        "OFFSET_INVALID",
        "LIMIT_INVALID",
        "CDN_METHOD_INVALID",
        "FILE_ID_INVALID",
        "LOCATION_INVALID",
        "CHANNEL_PRIVATE",
        "CHANNEL_INVALID",
        "NEVER_HEARD_OF",
        "",
        "FILE_REFERENC",
        "FLOOD_WAIT_7",
    ] {
        for asked in Asked::ALL {
            assert_eq!(react(400, message, asked), F, "{message} {asked:?}");
        }
    }
}

#[test]
fn fi_75_waits_are_those_that_servers_order() {
    for asked in Asked::ALL {
        assert_eq!(react(420, "FLOOD_WAIT_0", asked), seconds(1));
        assert_eq!(react(420, "FLOOD_WAIT_1209600", asked), seconds(1_209_600));
        assert_eq!(react(420, "FLOOD_WAIT_1209601", asked), Reaction::WaitTooLong(1_209_601));
        assert_eq!(
            react(420, "FLOOD_WAIT_9223372036854775807", asked),
            Reaction::WaitTooLong(i64::MAX)
        );
        for other in ["FLOOD_WAIT_X", "FLOOD_WAIT", "SLOWMODE_WAIT_7", "TAKEOUT_INIT_DELAY_7"] {
            assert_eq!(react(420, other, asked), Reaction::Fail, "{other}");
        }
        let negative = RpcError { value: Some(-1), ..RpcError::parse(420, "FLOOD_WAIT_1") };
        let context = Context { asked, kind: None, is_home: true };
        assert_eq!(reaction(&negative, context), Reaction::WaitTooLong(-1));
    }
}

#[test]
fn fi_60_one_reaction_for_every_error_about_a_reference_of_what_has_one() {
    for kind in Kind::ALL {
        for (code, message) in [
            (400, "FILE_REFERENCE_EXPIRED"),
            (400, "FILE_REFERENCE_7_INVALID"),
            (406, "FILEREF_UPGRADE_NEEDED"),
        ] {
            let context = Context { asked: Asked::GetFile, kind: Some(kind), is_home: true };
            let expected = if kind.has_reference() { Reaction::Refresh } else { Reaction::Fail };
            assert_eq!(reaction(&RpcError::parse(code, message), context), expected, "{kind:?}");
        }
    }
}

#[test]
fn fi_38_only_what_names_a_peer_or_a_set_is_looked_up_again() {
    for kind in Kind::ALL {
        for message in ["FILE_ID_INVALID", "LOCATION_INVALID"] {
            let context = Context { asked: Asked::GetFile, kind: Some(kind), is_home: true };
            let expected = if kind.is_reloaded() { Reaction::Reload } else { Reaction::Fail };
            assert_eq!(reaction(&RpcError::parse(400, message), context), expected, "{kind:?}");
        }
    }
}

#[test]
fn fi_40_a_live_stream_waits_for_nothing() {
    let context = Context { asked: Asked::GetFile, kind: Some(Kind::GroupCall), is_home: true };
    let flood = RpcError::parse(420, "FLOOD_WAIT_3");
    assert_eq!(reaction(&flood, context), Reaction::Late(3));
}

#[test]
fn cf_21_at_home_a_login_that_has_ended_is_not_mended_here() {
    for asked in Asked::ALL {
        let context = Context { asked, kind: None, is_home: true };
        assert_eq!(
            reaction(&RpcError::parse(401, "AUTH_KEY_UNREGISTERED"), context),
            Reaction::Fail
        );
    }
}

#[test]
fn waits_after_the_servers_own_errors_double_up_to_a_minute() {
    let waits: Vec<u64> = (1..=9).map(|times| backoff(times).as_secs()).collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(
        (backoff(0).as_secs(), backoff(63).as_secs(), backoff(u32::MAX).as_secs()),
        (1, 60, 60)
    );
}
