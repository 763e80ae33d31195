//! Signals that end what runs until it is ended, in order: with nothing left behind.

use std::future::Future;

use crate::failure::Failure;

/// Ends when somebody wants the program to end; with the exit code that shells give to what a signal ended.
#[cfg(unix)]
pub(super) fn listen() -> Result<impl Future<Output = Failure>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::Run(format!("signals cannot be heard: {error}")))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Failure::Interrupted,
            // 128, and the numbers of SIGTERM and SIGHUP.
            _ = terminate.recv() => Failure::Told(143),
            _ = hangup.recv() => Failure::Told(129),
        }
    })
}

/// The same, of Ctrl-C alone.
#[cfg(not(unix))]
pub(super) fn listen() -> Result<impl Future<Output = Failure>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Failure::Interrupted
    })
}
