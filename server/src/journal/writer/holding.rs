//! Whose turn it is to write: holding the lease, asking for it, following who holds it, and giving it back.

use super::super::takeover::{trim, unwritten};
use super::{GATHER, LAST_TRIES, Numbers, RUNS_BACK, Writer};
use crate::clock;
use crate::hub::Command;
use crate::journal::Wanted;
use crate::store::StoreError;
use domain::record::GapKind;

impl Writer {
    /// Renews the lease, or asks for it.
    pub(super) async fn hold(&mut self) {
        let held = match &self.lease {
            Some(lease) => self.store.renew_lease(lease).await.map(|held| held.then_some(())),
            None => self.take().await,
        };
        match held {
            Ok(Some(())) => {
                self.save().await;
                self.sweep().await;
            }
            Ok(None) => {
                if self.lease.is_some() {
                    tracing::warn!("another server writes now; this one follows");
                    self.lose();
                }
                self.follow().await;
            }
            Err(error) => self.fail(error).await,
        }
    }

    pub(super) async fn take(&mut self) -> Result<Option<()>, StoreError> {
        let Some((lease, before)) = self.store.take_lease(&self.holder).await? else { return Ok(None) };
        let now = clock::now();
        let runs = self.store.run_numbers(now - RUNS_BACK).await?;
        self.numbers = Numbers {
            next_event: self.store.newest_event().await? + 1,
            next_run: self.store.newest_run().await? + 1,
            runs: runs.into_iter().map(|(id, started, run)| ((id, started), run)).collect(),
        };
        let logged = self.store.logged_since(self.loaded).await?;
        let cursor = self.store.cursor().await?;
        let mine = std::mem::take(&mut self.held);
        let before_that = mine.len();
        self.held = unwritten(mine, &logged, cursor.as_deref());
        self.app.journal.written(before_that - self.held.len());
        tracing::info!(waiting = self.held.len(), "this server writes the journal");
        // Who wrote last may have heard until later than it renewed its right.
        let heard = self.store.newest_moment().await?;
        self.heard = self.heard.max(heard.unwrap_or(now));
        if let Some(from) = before.max(heard).filter(|alive| before.is_some() && *alive < self.began) {
            // What was only published while nobody listened is missing.
            let gap = Command::Gap { kind: GapKind::Restart, from, to: self.began, lost: 0 };
            self.app.hub.tell(gap).await;
        }
        (self.lease, self.all) = (Some(lease), true);
        self.known.clear();
        Ok(Some(()))
    }

    /// Another writes: keep only what it may not have written.
    pub(super) async fn follow(&mut self) {
        self.all = true;
        if let Some(harvest) = self.harvest(Wanted::default()).await {
            self.held.extend(harvest.entries);
        }
        match self.store.cursor().await {
            Ok(cursor) => {
                let gone = trim(&mut self.held, cursor.as_deref(), clock::now());
                self.app.journal.written(gone);
                self.tell(|saving| (saving.on, saving.follows, saving.reason) = (true, true, None)).await;
            }
            Err(error) => self.fail(error).await,
        }
    }

    /// Another writes now. What was ready is in its log as well, or will be: it heard the same.
    pub(super) fn lose(&mut self) {
        self.lease = None;
        if let Some(ready) = self.ready.take() {
            self.app.journal.written(ready.messages);
        }
    }

    /// The last that was heard is written, and another need not wait for us.
    pub(super) async fn finish(mut self) {
        self.ended = true;
        let began = std::time::Instant::now();
        loop {
            // Stopped before it was our turn: now it may be.
            if self.lease.is_none() {
                let _ = self.take().await;
            }
            self.save().await;
            let written = self.lease.is_some() && self.ready.is_none() && self.app.journal.waiting() == 0;
            if written || began.elapsed() > LAST_TRIES {
                break;
            }
            tokio::time::sleep(GATHER).await;
        }
        if let Some(lease) = &self.lease {
            let _ = self.store.release_lease(lease).await;
        }
        self.store.close().await;
    }
}
