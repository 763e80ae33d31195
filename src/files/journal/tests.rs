//! Journals that fit, that do not, and that were torn.

use super::*;

fn journal() -> Journal {
    Journal {
        kind: Kind::Document.to_byte(),
        dc: 4,
        id: -7,
        variant: "m".into(),
        size: Some(1_000_000),
        from: 0,
        to: Some(1_000_000),
        part_size: 65_536,
        chain: None,
        parts: vec![0b1010_0101, 0b10],
    }
}

fn expected() -> Expected<'static> {
    Expected {
        kind: Kind::Document,
        id: -7,
        variant: "m",
        size: Some(1_000_000),
        from: 0,
        to: Some(1_000_000),
        part_size: 65_536,
        is_chained: false,
        temp_length: 1_000_000,
    }
}

fn upload() -> UploadState {
    UploadState {
        file_id: 7,
        part_size: 524_288,
        size: 20_000_000,
        modified: -5,
        is_big: true,
        begun: Duration::from_secs(1_000_000),
        ready: 9,
    }
}

#[test]
fn fi_80_a_journal_comes_back_as_it_was() {
    let chained =
        Journal { chain: Some((65_536, [9; 32].into())), size: None, to: None, ..journal() };
    for journal in
        [journal(), chained, Journal { parts: vec![], variant: String::new(), ..journal() }]
    {
        assert_eq!(Journal::from_bytes(&journal.to_bytes()), Ok(journal));
    }
    assert_eq!(journal().written().collect::<Vec<_>>(), [0, 2, 5, 7, 9]);
    let later = Journal { from: 65_536 * 3 + 1, ..journal() };
    assert_eq!(later.written().collect::<Vec<_>>(), [3, 5, 8, 10, 12]);
}

/// A journal whose write was cut short, or whose bytes a disk has changed, is never taken for another one.
#[test]
fn fi_80_every_truncation_and_every_flipped_bit_of_a_journal_is_told() {
    let (down, up) = (journal().to_bytes(), upload().to_bytes());
    for length in 0..down.len() {
        assert_eq!(Journal::from_bytes(&down[..length]), Err(JournalError::Torn), "{length}");
    }
    for length in 0..up.len() {
        assert_eq!(UploadState::from_bytes(&up[..length]), Err(JournalError::Torn), "{length}");
    }
    for bit in 0..8 {
        for at in 0..down.len() {
            let mut flipped = down.to_vec();
            flipped[at] ^= 1 << bit;
            assert_eq!(Journal::from_bytes(&flipped), Err(JournalError::Torn), "{at} {bit}");
        }
        for at in 0..up.len() {
            let mut flipped = up.to_vec();
            flipped[at] ^= 1 << bit;
            assert_eq!(UploadState::from_bytes(&flipped), Err(JournalError::Torn), "{at} {bit}");
        }
    }
    assert_eq!(Journal::from_bytes(&up), Err(JournalError::Torn));
    assert_eq!(UploadState::from_bytes(&down), Err(JournalError::Torn));
    let longer = [&down[..], &[0]].concat();
    assert_eq!(Journal::from_bytes(&longer), Err(JournalError::Torn));
}

/// A checksum that fits protects no reader from what is said: lengths are those of what is there.
#[test]
fn fi_80_no_field_is_trusted_because_the_checksum_fits() {
    let body = journal().to_bytes();
    let body = &body[..body.len() - 4];
    for at in 0..body.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = body.to_vec();
            changed[at] = value;
            let bytes = sealed(changed);
            if let Ok(journal) = Journal::from_bytes(&bytes) {
                assert_eq!(journal.to_bytes(), bytes);
            }
            let _ = Journal::resume(&bytes, &expected());
        }
        assert!(Journal::from_bytes(&sealed(body[..at].to_vec())).is_err());
    }
}

#[test]
fn fi_81_a_download_is_gone_on_with_only_if_all_fits() {
    let bytes = journal().to_bytes();
    assert_eq!(Journal::resume(&bytes, &expected()), Ok(journal()));
    for other in [
        Expected { kind: Kind::Photo, ..expected() },
        Expected { id: 7, ..expected() },
        Expected { variant: "", ..expected() },
        Expected { size: Some(999_999), ..expected() },
        Expected { size: Some(1_000_001), ..expected() },
        Expected { from: 65_536, ..expected() },
        Expected { to: Some(65_536), ..expected() },
    ] {
        assert_eq!(Journal::resume(&bytes, &other), Err(JournalError::OtherFile), "{other:?}");
    }
    for other in [
        Expected { part_size: 131_072, ..expected() },
        Expected { part_size: 32_768, ..expected() },
        Expected { is_chained: true, ..expected() },
    ] {
        assert_eq!(Journal::resume(&bytes, &other), Err(JournalError::OtherParts), "{other:?}");
    }
    // Part 9 is the last that was written.
    let end = 10 * 65_536;
    for (temp_length, resumed) in
        [(0, false), (end - 1, false), (end, true), (end + 1, true), (u64::MAX, true)]
    {
        let resume = Journal::resume(&bytes, &Expected { temp_length, ..expected() });
        assert_eq!(resume.is_ok(), resumed, "{temp_length}");
        assert!(resumed || resume == Err(JournalError::TooShort));
    }
    // The last part of a file ends with it.
    let last = Journal { parts: vec![0, 0b1000_0000], ..journal() };
    for (temp_length, resumed) in [(999_999, false), (1_000_000, true)] {
        let expected = Expected { temp_length, ..expected() };
        assert_eq!(Journal::resume(&last.to_bytes(), &expected).is_ok(), resumed);
    }
}

#[test]
fn fi_81_another_version_begins_anew() {
    for version in (0..=u8::MAX).filter(|version| *version != VERSION) {
        for whole in [journal().to_bytes(), upload().to_bytes()] {
            let mut body = whole[..whole.len() - 4].to_vec();
            body[3] = version;
            let bytes = sealed(body);
            let refused = JournalError::Version(version);
            match bytes[2] {
                b'D' => assert_eq!(Journal::resume(&bytes, &expected()), Err(refused)),
                _ => assert_eq!(UploadState::from_bytes(&bytes), Err(refused)),
            }
        }
    }
}

/// With an iv and the longest variant it fits into what is made room for, so that no copy of it is left behind.
#[test]
fn fi_39_a_journal_has_room_from_the_begin() {
    let chain = Some((65_536, [9; 32].into()));
    for parts in [0, 1, 1_000] {
        let variant = "v".repeat(300);
        let longest = Journal { chain: chain.clone(), variant, parts: vec![1; parts], ..journal() };
        assert!(longest.to_bytes().len() <= HEAD + 255 + parts);
    }
}

#[test]
fn fi_40_a_live_stream_is_not_gone_on_with() {
    let kind = Kind::GroupCall;
    let live = Journal { kind: kind.to_byte(), ..journal() };
    let expected = Expected { kind, ..expected() };
    assert_eq!(Journal::resume(&live.to_bytes(), &expected), Err(JournalError::OtherFile));
}

#[test]
fn fi_84_an_upload_is_gone_on_with_only_if_file_and_parts_are_the_same() {
    let (state, now) = (upload(), Duration::from_secs(1_000_060));
    let bytes = state.to_bytes();
    assert_eq!(
        UploadState::resume(&bytes, state.size, state.modified, state.part_size, now),
        Ok(state)
    );
    for (size, modified) in [(state.size - 1, -5), (state.size + 1, -5), (state.size, -4)] {
        let resumed = UploadState::resume(&bytes, size, modified, state.part_size, now);
        assert_eq!(resumed, Err(JournalError::SourceChanged));
    }
    let resumed = UploadState::resume(&bytes, state.size, state.modified, 262_144, now);
    assert_eq!(resumed, Err(JournalError::OtherParts));
    let no_id = UploadState { file_id: 0, ..state };
    let resumed = UploadState::resume(&no_id.to_bytes(), state.size, -5, state.part_size, now);
    assert_eq!(resumed, Err(JournalError::OtherParts));
}

#[test]
fn fi_13_parts_are_taken_for_kept_a_day_or_an_hour_and_a_half() {
    for (is_big, kept) in [(true, 86_400), (false, 5_400)] {
        let state = UploadState { is_big, ..upload() };
        for (age, resumed) in
            [(-1, false), (0, true), (kept - 1, true), (kept, true), (kept + 1, false)]
        {
            let now = Duration::from_secs(1_000_000_u64.checked_add_signed(age).unwrap());
            let resume =
                UploadState::resume(&state.to_bytes(), state.size, -5, state.part_size, now);
            assert_eq!(
                resume,
                if resumed { Ok(state) } else { Err(JournalError::TooOld) },
                "{is_big} {age}"
            );
        }
    }
}
