//! The terminal as it was. A hidden prompt has it show nothing, and a signal that ends the program must not leave it so.

use crate::failure::Failure;

/// From here on, a signal that ends the program puts the terminal back as it is now, and the exit code is 128 and the signal's
/// number, as shells have it. To be called in a runtime; without a terminal signals do what they ever did.
pub(crate) fn keep() -> Result<(), Failure> {
    keep_at(true)
}

/// The same, where Ctrl-C means something else.
pub(crate) fn keep_but_interrupt() -> Result<(), Failure> {
    keep_at(false)
}

#[cfg(unix)]
fn keep_at(interrupt: bool) -> Result<(), Failure> {
    use std::fs::OpenOptions;
    use std::io::{self, Write};
    use std::sync::Arc;

    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    use tokio::signal::unix::{SignalKind, signal};

    // That of the program, wherever its input and output go.
    let Ok(terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") else {
        return Ok(());
    };
    let Ok(before) = tcgetattr(&terminal) else { return Ok(()) };
    let kept = Arc::new((terminal, before));
    let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
    for kind in interrupt.then(SignalKind::interrupt).into_iter().chain(kinds) {
        let mut signal = signal(kind)
            .map_err(|error| Failure::Run(format!("signals cannot be heard: {error}")))?;
        let kept = kept.clone();
        tokio::spawn(async move {
            signal.recv().await;
            let (terminal, before) = &*kept;
            // Where it cannot be put back, there is no terminal any more.
            let _ = tcsetattr(terminal, OptionalActions::Now, before);
            let _ = writeln!(io::stderr());
            std::process::exit(128_i32.saturating_add(kind.as_raw_value()));
        });
    }
    Ok(())
}

/// Nothing to put back: the prompts' library does it there.
#[cfg(not(unix))]
fn keep_at(_: bool) -> Result<(), Failure> {
    Ok(())
}
