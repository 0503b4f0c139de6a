//! The gate between the channels and the decoder: closed from before a subscription until the stream has been read to its end.
//!
//! What was published while nobody listened is on the stream, and comes before what is published now.

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Open: messages of the channels go on.
#[derive(Debug, Default)]
pub(super) struct Gate {
    open: AtomicBool,
    opened: Notify,
    renewed: Notify,
}

impl Gate {
    /// Closes it, and asks the stream's reader to read to the end.
    pub(super) fn close(&self) {
        self.open.store(false, Ordering::Release);
        self.renewed.notify_one();
    }

    /// The stream has been read to its end, or cannot be read.
    pub(super) fn open(&self) {
        self.open.store(true, Ordering::Release);
        self.opened.notify_waiters();
    }

    /// Waits until it is open.
    pub(super) async fn passed(&self) {
        loop {
            let opened = self.opened.notified();
            if self.open.load(Ordering::Acquire) {
                return;
            }
            opened.await;
        }
    }

    /// Waits until it was closed again.
    pub(super) async fn renewed(&self) {
        self.renewed.notified().await;
    }
}
