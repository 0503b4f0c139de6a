//! Stopping in order: one signal that everything which runs for long listens to.
//!
//! Sockets are told "going away" and close, requests in hand are finished, and after 5 seconds the process ends in any case.

use tokio::sync::watch;

/// Turns true when the server is to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Waits until the server is to stop.
    pub async fn wait(&mut self) {
        // An error means that the sender is gone, which is a stop as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

/// Listens for SIGTERM and Ctrl-C.
#[must_use]
pub fn signal() -> Stop {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        let _ = sender.send(true);
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        tracing::warn!("requests are still open after 5 s; ending anyway");
        std::process::exit(0);
    });
    Stop(receiver)
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
