//! FI-85: a transfer is cancelled in each of its states.

use super::*;

/// Cancels after so many steps of whatever happens next; what is late is told afterwards.
fn cancel_after(
    steps: usize,
    keep: bool,
    begin: impl Fn(&mut Rig) -> FileId,
    content: &[u8],
) -> bool {
    let mut rig = Rig::plain();
    rig.disk_works = false;
    let file = begin(&mut rig);
    for step in 0..steps {
        // By turns the disk and the server.
        let disk_first = step % 2 == 0;
        if (disk_first || rig.sent.is_empty()) && !rig.disk.is_empty() {
            let request = rig.disk.pop_front().unwrap();
            rig.do_disk(request);
        } else if let Some(outgoing) = rig.sent.pop_front() {
            let reply = match (&outgoing.request, step % 5) {
                (_, 4) => rpc(500, "INTERNAL"),
                (Request::GetFile { .. }, _) => honest(content, &outgoing),
                _ => Ok(Answer::Saved(true)),
            };
            rig.reply(&outgoing, reply);
        } else if let Some(at) = rig.planner.poll_timeout(rig.now) {
            rig.pass(at.saturating_sub(rig.now.mono));
        } else if rig.uploaded(file).is_some() && rig.end(file).is_none() {
            rig.planner.handle_sent(file);
        }
        rig.pump();
    }
    let (sent, disk): (Vec<_>, Vec<_>) =
        (rig.sent.drain(..).collect(), rig.disk.drain(..).collect());
    let is_over = rig.end(file).is_some();
    let is_finishing = disk.iter().any(|request| matches!(request.what, Disk::Finish { .. }));
    assert_eq!(rig.planner.cancel(file, keep), !is_over && !is_finishing, "{steps}");
    rig.pump();
    if is_over {
        return false;
    }
    if is_finishing {
        return true;
    }
    assert_eq!(rig.end(file), Some(End::Cancelled));
    // Nothing is sent, and each request is dropped.
    assert!(rig.sent.is_empty());
    for outgoing in &sent {
        assert!(rig.controls.contains(&Control::Drop(outgoing.token)));
    }
    let discards = rig.disk.drain(..).map(|request| request.what).collect::<Vec<_>>();
    assert_eq!(discards, if keep { vec![] } else { vec![Disk::Discard] });
    // What comes late changes nothing.
    let events = rig.events.len();
    for outgoing in &sent {
        rig.planner.handle_answer(rig.now, outgoing.token, rpc(420, "FLOOD_WAIT_5"));
    }
    for request in disk {
        rig.planner.handle_disk(request.token, Err(DiskError::Full));
    }
    rig.planner.handle_location(rig.now, file, None);
    rig.planner.handle_sent(file);
    rig.pass(Duration::from_secs(1_000));
    assert_eq!(rig.events.len(), events);
    assert_eq!(rig.planner.poll_timeout(rig.now), None);
    rig.assert_idle();
    true
}

#[test]
fn fi_85_a_download_is_cancelled_in_each_of_its_states() {
    let content = random(20_000, 1);
    let begin = |rig: &mut Rig| {
        let spec = DownloadSpec::new(document(1), home(), Some(20_000));
        rig.download(&DownloadSpec { part_size: 4_096, journal: true, ..spec })
    };
    for keep in [true, false] {
        let steps =
            (0..200).take_while(|steps| cancel_after(*steps, keep, begin, &content)).count();
        assert!((10..199).contains(&steps), "{steps}");
    }
}

#[test]
fn fi_85_an_upload_is_cancelled_in_each_of_its_states() {
    let content = random(5_000, 1);
    for known in [true, false] {
        let begin = |rig: &mut Rig| {
            let spec = if known { UploadSpec::new(5_000) } else { UploadSpec::stream() };
            rig.upload(&UploadSpec { part_size: 1_024, journal: true, ..spec }, &content)
        };
        for keep in [true, false] {
            let steps =
                (0..200).take_while(|steps| cancel_after(*steps, keep, begin, &content)).count();
            assert!((10..199).contains(&steps), "{steps}");
        }
    }
}

#[test]
fn fi_85_what_is_under_way_for_others_is_left_alone() {
    let content = random(20_000, 1);
    let mut rig = Rig::plain();
    let spec = |id| DownloadSpec {
        part_size: 4_096,
        ..DownloadSpec::new(document(id), home(), Some(20_000))
    };
    let files: Vec<FileId> = (0..4).map(|id| rig.download(&spec(id))).collect();
    assert!(rig.planner.cancel(files[1], true));
    assert!(!rig.planner.cancel(files[1], true));
    rig.serve(|outgoing| {
        assert_ne!(outgoing.file, files[1]);
        honest(&content, outgoing)
    });
    for (at, file) in files.iter().enumerate() {
        assert_eq!(rig.end(*file), Some(if at == 1 { End::Cancelled } else { End::Done }));
    }
}
