//! Windows, connections, waits: how much is under way, as the data centre counts it.

use super::*;

const LARGE: u64 = 4 * MIB;

fn spec(id: i64, size: u64) -> DownloadSpec {
    DownloadSpec::new(document(id), home(), Some(size))
}

fn lane(direction: Direction, class: Class) -> Lane {
    Lane { dc: home(), direction, class }
}

/// The bytes that wait for their answers, as the data centre counts them.
fn in_flight(rig: &Rig, of: Lane) -> u64 {
    rig.sent.iter().filter(|o| o.link.lane == of).map(|o| u64::from(o.request.part_bytes())).sum()
}

#[test]
fn fi_70_the_window_is_one_of_bytes_over_all_files_of_a_data_centre_and_direction() {
    for part_size in [65_536, 131_072, 524_288, 1_048_576] {
        for window in [MIB, 3 * MIB / 2, 2 * MIB] {
            let mut rig = Rig::new(Limits { up_window: window, down_window: window, ..limits() });
            let content = random(LARGE, 1);
            let mut files = Vec::new();
            for id in 0..3 {
                files.push(rig.download(&DownloadSpec { part_size, ..spec(id, LARGE) }));
                rig.upload(
                    &UploadSpec { part_size: part_size.min(524_288), ..UploadSpec::new(LARGE) },
                    &content,
                );
            }
            let (up, down) =
                (lane(Direction::Up, Class::Large), lane(Direction::Down, Class::Large));
            let mut peak = (0, 0);
            for _ in 0..10_000 {
                let counted = (in_flight(&rig, up), in_flight(&rig, down));
                peak = (peak.0.max(counted.0), peak.1.max(counted.1));
                assert_eq!(rig.planner.under_way(down).0, counted.1);
                let Some(outgoing) = rig.sent.pop_front() else { break };
                let reply = match outgoing.link.lane.direction {
                    Direction::Up => Ok(Answer::Saved(true)),
                    Direction::Down => honest(&content, &outgoing),
                };
                rig.reply(&outgoing, reply);
            }
            // As many whole parts as fit, and no more.
            let fits = |part: u64| window / part * part;
            assert_eq!(peak, (fits(u64::from(part_size).min(524_288)), fits(part_size.into())));
            assert!(files.iter().all(|file| rig.end(*file) == Some(End::Done)));
        }
    }
}

#[test]
fn fi_70_each_data_centre_and_each_direction_has_a_window_of_its_own() {
    let mut rig = Rig::new(Limits { down_window: MIB, up_window: MIB, ..limits() });
    rig.download(&spec(1, LARGE));
    rig.download(&DownloadSpec { dc: other(), ..spec(2, LARGE) });
    rig.upload(&UploadSpec::new(LARGE), &random(LARGE, 1));
    for of in [
        lane(Direction::Down, Class::Large),
        Lane { dc: other(), ..lane(Direction::Down, Class::Large) },
        lane(Direction::Up, Class::Large),
    ] {
        assert_eq!(in_flight(&rig, of), MIB);
    }
}

#[test]
fn fi_71_small_files_do_not_wait_behind_large_ones() {
    let mut rig = Rig::new(Limits { down_window: MIB, ..limits() });
    rig.download(&spec(1, LARGE));
    assert_eq!(in_flight(&rig, lane(Direction::Down, Class::Large)), MIB);
    for (size, class) in
        [(1, Class::Small), (SMALL_FILE, Class::Small), (SMALL_FILE + 1, Class::Large)]
    {
        let before = rig.sent.len();
        rig.download(&DownloadSpec { part_size: 131_072, ..spec(9, size) });
        // No large one fits any more.
        assert_eq!(rig.sent.len() - before, usize::from(class == Class::Small), "{size}");
    }
    assert!(rig.sent.iter().rev().take(2).all(|outgoing| outgoing.link.lane.class == Class::Small));
}

#[test]
fn fi_72_so_many_files_at_a_time_for_each_kind_of_size() {
    let limits =
        Limits { small_files: 3, large_files: 2, ..Limits { spaced: false, ..Limits::default() } };
    let mut rig = Rig::new(limits);
    for id in 0..10 {
        rig.download(&spec(id, SMALL_QUEUE));
        rig.download(&spec(100 + id, SMALL_QUEUE + 1));
    }
    let content = random(SMALL_QUEUE + 1, 1);
    let begun = |rig: &Rig| {
        let ids: std::collections::BTreeSet<i64> = rig
            .sent
            .iter()
            .map(|outgoing| match &outgoing.request {
                Request::GetFile { location, .. } => location.id,
                other => panic!("{other:?}"),
            })
            .collect();
        (ids.iter().filter(|id| **id < 100).count(), ids.iter().filter(|id| **id >= 100).count())
    };
    for _ in 0..1_000 {
        let (small, large) = begun(&rig);
        assert!(small <= 3 && large <= 2);
        let Some(outgoing) = rig.sent.pop_front() else { break };
        rig.reply(&outgoing, honest(&content, &outgoing));
    }
    let ended = rig
        .events
        .iter()
        .filter(|event| matches!(event, Event::Ended { end: End::Done, .. }))
        .count();
    assert_eq!(ended, 20);
}

#[test]
fn fi_73_the_first_requests_of_a_file_are_spaced_if_that_is_asked_for() {
    let content = random(64 * 4_096, 1);
    for spaced in [false, true] {
        let mut rig = Rig::new(Limits { spaced, ..limits() });
        let begun = rig.now.mono;
        rig.download(&DownloadSpec { part_size: 4_096, ..spec(1, 64 * 4_096) });
        let mut times = Vec::new();
        while let Some(at) =
            rig.planner.poll_timeout(rig.now).filter(|at| *at < begun + Duration::from_secs(1))
        {
            times.extend(std::iter::repeat_n(rig.now.mono - begun, rig.sent.len() - times.len()));
            rig.pass(at - rig.now.mono);
        }
        times.extend(std::iter::repeat_n(rig.now.mono - begun, rig.sent.len() - times.len()));
        assert_eq!(times.len(), 64);
        if !spaced {
            assert!(times.iter().all(Duration::is_zero));
            continue;
        }
        let gaps: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps[..3], [50_000, 40_000, 32_000].map(Duration::from_micros));
        let first = gaps.iter().position(Duration::is_zero).unwrap();
        assert!(gaps[..first].iter().all(|gap| *gap >= Duration::from_millis(3)));
        assert!(gaps[first..].iter().all(Duration::is_zero));
        rig.serve(|outgoing| honest(&content, outgoing));
    }
}

#[test]
fn fi_74_the_connection_with_the_least_takes_the_next_part() {
    let content = random(LARGE, 1);
    for connections in [1, 2, 3, 4, 8] {
        let mut rig = Rig::new(Limits { connections, down_window: 2 * MIB, ..limits() });
        rig.download(&DownloadSpec { part_size: 65_536, ..spec(1, LARGE) });
        let mut random = SeededEntropy::new(connections as u64);
        for _ in 0..1_000 {
            let mut loads = vec![0_usize; connections];
            rig.sent.iter().for_each(|outgoing| loads[outgoing.link.connection] += 1);
            // The answers come over any of them: what is asked then goes where there is least.
            let least = *loads.iter().min().unwrap();
            let mut number = [0; 2];
            random.fill(&mut number);
            if rig.sent.is_empty() {
                break;
            }
            let at = usize::from(u16::from_le_bytes(number)) % rig.sent.len();
            let outgoing = rig.sent.remove(at).unwrap();
            loads[outgoing.link.connection] -= 1;
            let least = least.min(loads[outgoing.link.connection]);
            let before = rig.sent.len();
            rig.reply(&outgoing, honest(&content, &outgoing));
            if let Some(new) = rig.sent.get(before) {
                assert_eq!(loads[new.link.connection], least, "{loads:?}");
            }
        }
    }
}

#[test]
fn fi_75_a_wait_pauses_the_direction_of_the_data_centre_and_nothing_else() {
    for message in ["FLOOD_WAIT_7", "FLOOD_PREMIUM_WAIT_7"] {
        let content = random(LARGE, 1);
        let mut rig = Rig::new(Limits { down_window: MIB, up_window: MIB, ..limits() });
        let file = rig.download(&spec(1, LARGE));
        let sibling = rig.download(&spec(2, 100_000));
        let elsewhere = rig.download(&DownloadSpec { dc: other(), ..spec(3, LARGE) });
        let up = rig.upload(&UploadSpec::new(LARGE), &content);
        let refused = rig.next();
        assert_eq!(refused.file, file);
        rig.reply(&refused, rpc(420, message));
        let until = rig.now.mono + Duration::from_secs(7);
        let waiting = Event::Waiting { dc: home(), direction: Direction::Down, until };
        assert_eq!(
            rig.events
                .iter()
                .filter(|event| matches!(event, Event::Waiting { .. }))
                .collect::<Vec<_>>(),
            [&waiting]
        );
        // Siblings in flight are not cancelled; they may be refused too, which is the same wait.
        assert!(!rig.controls.iter().any(|control| matches!(control, Control::Drop(_))));
        let siblings: Vec<Outgoing> = rig.sent.drain(..).collect();
        rig.pass(Duration::from_millis(300));
        for outgoing in &siblings {
            let reply = match (outgoing.file, outgoing.link.lane.direction) {
                (_, Direction::Up) => Ok(Answer::Saved(true)),
                (of, _) if of == elsewhere => honest(&content, outgoing),
                (of, _) if of == sibling => honest(&content[..100_000], outgoing),
                _ => rpc(420, message),
            };
            rig.reply(outgoing, reply);
        }
        assert_eq!(
            rig.events.iter().filter(|event| matches!(event, Event::Waiting { .. })).count(),
            1
        );
        assert_eq!(rig.end(sibling), Some(End::Done));
        // Others go on, this one does not, whatever time passes before its end.
        let of = |rig: &Rig, file| rig.sent.iter().filter(|outgoing| outgoing.file == file).count();
        assert!(of(&rig, elsewhere) > 0 && of(&rig, up) > 0);
        let late = rig.download(&spec(4, 4_096));
        rig.pass(Duration::from_millis(6_699));
        assert_eq!((of(&rig, file), of(&rig, late)), (0, 0));
        rig.pass(Duration::from_millis(700));
        assert!(of(&rig, file) > 0 && of(&rig, late) > 0);
        // The same part, at the same offset.
        let again = rig.sent.iter().find(|outgoing| outgoing.file == file).unwrap();
        assert_eq!(again.request, refused.request);
    }
}

#[test]
fn fi_75_waiting_counts_as_no_retry_and_has_no_end_unless_one_is_set() {
    let content = random(20_000, 1);
    for max_wait in [None, Some(Duration::from_secs(1_000)), Some(Duration::from_secs(150))] {
        let mut rig = Rig::plain();
        let file = rig.download(&DownloadSpec { max_wait, ..spec(1, 20_000) });
        let mut waits = 0;
        rig.serve(|outgoing| {
            waits += 1;
            if waits <= 30 { rpc(420, "FLOOD_PREMIUM_WAIT_20") } else { honest(&content, outgoing) }
        });
        match max_wait.map(|wait| wait.as_secs()) {
            Some(150) => assert_eq!((rig.error(file), waits), (FileError::Wait { seconds: 20 }, 8)),
            _ => {
                assert_eq!(rig.end(file), Some(End::Done));
                let told = rig
                    .events
                    .iter()
                    .filter(|event| matches!(event, Event::Waiting { .. }))
                    .count();
                assert_eq!(told, 30);
            }
        }
        rig.assert_idle();
    }
}

#[test]
fn fi_75_a_wait_that_no_server_orders_is_an_error() {
    let mut rig = Rig::plain();
    let file = rig.download(&spec(1, 20_000));
    rig.serve(|_| rpc(420, "FLOOD_WAIT_1209601"));
    assert_eq!(rig.error(file), FileError::Wait { seconds: 1_209_601 });
}

#[test]
fn fi_76_a_connection_over_which_nothing_comes_is_replaced_and_its_parts_move() {
    let content = random(LARGE, 1);
    let mut rig = Rig::new(Limits { down_window: 2 * MIB, connections: 2, ..limits() });
    let file = rig.download(&spec(1, LARGE));
    let silent: Vec<Outgoing> =
        rig.sent.iter().filter(|outgoing| outgoing.link.connection == 0).cloned().collect();
    let stall = Limits::default().stall_after;
    // Something comes over the other one, and a few bytes over the first: no stall yet.
    rig.pass(stall - Duration::from_secs(1));
    rig.planner.handle_heard(rig.now, silent[0].link);
    rig.pass(Duration::from_secs(2));
    let replaced = |rig: &Rig| {
        rig.controls
            .iter()
            .filter_map(
                |c| if let Control::Replace(link) = c { Some(link.connection) } else { None },
            )
            .collect::<Vec<_>>()
    };
    assert_eq!(replaced(&rig), [1]);
    rig.pass(stall);
    assert_eq!(replaced(&rig)[..2], [1, 0]);
    // What was under way is asked again; what was asked first is not waited for.
    for outgoing in &silent {
        assert!(!rig.sent.iter().any(|other| other.token == outgoing.token));
        assert!(rig.sent.iter().any(|other| other.request == outgoing.request));
        rig.planner.handle_answer(rig.now, outgoing.token, Ok(Answer::File { bytes: vec![0; 3] }));
    }
    rig.serve(|outgoing| honest(&content, outgoing));
    assert_eq!(rig.end(file), Some(End::Done));
    assert!(rig.finished[&file] == content);
    rig.assert_idle();
}

#[test]
fn fi_76_a_wait_is_no_stall_and_stalls_without_end_are_an_error() {
    let mut rig = Rig::new(Limits { down_window: MIB, ..limits() });
    let file = rig.download(&spec(1, LARGE));
    let outgoing = rig.next();
    rig.reply(&outgoing, rpc(420, "FLOOD_WAIT_100"));
    rig.pass(Duration::from_secs(99));
    assert!(!rig.controls.iter().any(|control| matches!(control, Control::Replace(_))));
    for _ in 0..100 {
        rig.pass(Duration::from_secs(20));
        if rig.end(file).is_some() {
            break;
        }
    }
    assert!(matches!(rig.error(file), FileError::Stalled { .. }));
    rig.assert_idle();
}
