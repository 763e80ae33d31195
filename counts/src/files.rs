//! The planner of files.

use std::time::Duration;

use telewire::crypto::toy;
use telewire::files::{
    Answer, Dc, DiskDone, DownloadSpec, End, Event, Kind, Limits, Location, Planner,
};
use telewire::time::Now;

use crate::{Result, counted_here};

/// As small as a part may be, so that bytes that are moved do not hide what is planned.
const PART: u32 = 4_096;
const PARTS: u64 = 256;

/// A download of many parts over four connections, each part asked for, taken and written.
pub(crate) fn planner() -> Result<()> {
    let now = Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_700_000_000) };
    let home = Dc::new(2)?;
    let limits = Limits { spaced: false, ..Limits::default() };
    let mut planner = Planner::new(toy(), home, limits);
    for is_counted in [false, true] {
        let location = Location::new(Kind::Document, 1, "", vec![1; 32]);
        let size = Some(PARTS * u64::from(PART));
        let spec = DownloadSpec { part_size: PART, ..DownloadSpec::new(location, home, size) };
        // Who fills the parts is not counted.
        let mut parts: Vec<Vec<u8>> = (0..PARTS).map(|_| vec![0x5a; PART as usize]).collect();
        let done = match is_counted {
            true => counted_here(|| download(&mut planner, now, &spec, &mut parts)),
            false => download(&mut planner, now, &spec, &mut parts),
        };
        if !done? {
            return Err("it does not end".into());
        }
    }
    Ok(())
}

fn download(
    planner: &mut Planner,
    now: Now,
    spec: &DownloadSpec,
    parts: &mut Vec<Vec<u8>>,
) -> Result<bool> {
    planner.add_download(spec)?;
    loop {
        let mut is_at_rest = true;
        while let Some(request) = planner.poll_disk() {
            planner.handle_disk(request.token, Ok(DiskDone::Done));
            is_at_rest = false;
        }
        while planner.poll_control().is_some() {}
        if let Some(outgoing) = planner.poll_request(now) {
            let bytes = parts.pop().ok_or("it asks for more than there is")?;
            planner.handle_answer(now, outgoing.token, Ok(Answer::File { bytes }));
            is_at_rest = false;
        }
        while let Some(event) = planner.poll_event() {
            if let Event::Ended { end, .. } = event {
                return Ok(end == End::Done);
            }
        }
        if is_at_rest {
            return Ok(false);
        }
    }
}
