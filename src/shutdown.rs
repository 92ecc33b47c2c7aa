//! Being asked to stop: Ctrl-C, SIGTERM from a service manager, or the closing console on Windows.

use tokio::sync::watch;

/// Becomes true once, when the agent is asked to stop.
pub type Shutdown = watch::Receiver<bool>;

/// Waits in the background for the request to stop, and tells everyone who holds the receiver.
pub fn listen() -> std::io::Result<Shutdown> {
    let (asked, receiver) = watch::channel(false);
    let wait = requested()?;
    tokio::spawn(async move {
        wait.await;
        tracing::info!("asked to stop");
        asked.send_replace(true);
        // The channel stays open: a receiver that looks later must find `true`, not an error.
        asked.closed().await;
    });
    Ok(receiver)
}

/// Ends when `shutdown` says so.
pub async fn asked(mut shutdown: Shutdown) {
    // An error means that the sender is gone, which only happens when the runtime ends.
    let _ = shutdown.wait_for(|asked| *asked).await;
}

#[cfg(unix)]
fn requested() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn requested() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut interrupt, mut close, mut shutdown) = (ctrl_c()?, ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}
