//! How fast a provider is asked: so many requests at a time, so many a second, and none while it has said *later*.
//!
//! Invariant: requests begin no closer together than the pace allows, whoever makes them; a *later* counts for all.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// The pace of all who ask.
#[derive(Debug)]
pub struct Pace {
    at_a_time: Semaphore,
    apart: Duration,
    /// When the next request may begin.
    next: Mutex<Instant>,
}

impl Pace {
    /// So many at a time, beginning so far apart.
    pub fn new(at_a_time: usize, apart: Duration) -> Self {
        Self { at_a_time: Semaphore::new(at_a_time), apart, next: Mutex::new(Instant::now()) }
    }

    /// Waits for its turn. Keep what it gives as long as the request lasts.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.at_a_time.acquire().await.ok();
        // Meanwhile it may have been said *later*: then it waits again, and its turn is taken when it comes.
        while let Some(at) = self.take() {
            sleep_until(at).await;
        }
        permit
    }

    /// Takes the turn if it has come; otherwise says when to look again.
    fn take(&self) -> Option<Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if *next > now {
            return Some(*next);
        }
        // Lost time is not made up for, but for what a timer is late.
        *next = (*next).max(now.checked_sub(self.apart).unwrap_or(now)) + self.apart;
        None
    }

    /// Nobody asks before so much time has passed.
    pub fn later(&self, wait: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + wait);
    }
}
