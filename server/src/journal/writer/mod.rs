//! The journal's task. Whose turn it is to write is in [`holding`].

mod holding;

use super::pending::{Entry, Harvest, Wanted};
use super::rows::{Numbers, batch_of, keyframe_rows};
use crate::clock;
use crate::hub::Command;
use crate::state::App;
use crate::store::keyframes::PART_AGE;
use crate::store::lease::{Lease, RENEWAL};
use crate::store::rows::Batch;
use crate::store::{Store, StoreError};
use domain::board::Mark;
use domain::record::{GapKind, Saving};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// What comes within this is written together.
const GATHER: Duration = Duration::from_millis(40);
/// How long a process that is to end tries to write the last.
const LAST_TRIES: Duration = Duration::from_secs(3);
/// A keyframe after so many messages, so that a moment between two is soon rebuilt.
const KEYFRAME_EVENTS: usize = 4_000;
/// A keyframe after this long, if there was anything.
const KEYFRAME_AGE: Millis = MINUTE;
/// How far back runs are looked up by id.
const RUNS_BACK: Millis = 400 * DAY;

/// A batch that is to be written, and what follows from its having been.
struct Ready {
    batch: Batch,
    /// Messages in it, also those that came twice.
    messages: usize,
    /// Where runs were at its keyframe.
    marks: Option<Vec<(u32, Mark)>>,
}

pub(super) struct Writer {
    app: App,
    store: Store,
    holder: String,
    lease: Option<Lease>,
    numbers: Numbers,
    /// The last message that this server knows to be in the log.
    loaded: i64,
    /// While another writes: what it may not have written.
    held: Vec<Entry>,
    ready: Option<Ready>,
    known: HashMap<u32, (Mark, i64, Millis)>,
    /// Messages since the last keyframe, and when that was.
    unkept: usize,
    kept_at: Millis,
    /// A run has ended since.
    ended: bool,
    /// Every run is to be written: another wrote before.
    all: bool,
    running: HashSet<String>,
    saving: Saving,
    told: bool,
    lost: u64,
    /// The last moment of what was written.
    heard: Millis,
    /// Since when this process listens.
    began: Millis,
    swept_at: Millis,
}

impl Writer {
    pub(super) fn new(app: App, loaded: i64) -> Self {
        let now = clock::now();
        let holder = format!("{}/{}", std::process::id(), app.hub.epoch());
        let saving = Saving { since: now, engine: app.store.engine().to_owned(), ..Saving::default() };
        Self {
            store: app.store.clone(),
            app,
            holder,
            lease: None,
            numbers: Numbers::default(),
            loaded,
            held: Vec::new(),
            ready: None,
            known: HashMap::new(),
            unkept: 0,
            kept_at: now,
            ended: false,
            all: true,
            running: HashSet::new(),
            saving,
            lost: 0,
            told: false,
            heard: 0,
            began: now,
            swept_at: now - HOUR,
        }
    }

    pub(super) async fn run(mut self) {
        let mut renewal = tokio::time::interval(Duration::from_millis(RENEWAL.unsigned_abs()));
        renewal.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (backlog, mut stop) = (self.app.journal.clone(), self.app.stop.clone());
        loop {
            tokio::select! {
                () = stop.wait() => return self.finish().await,
                _ = renewal.tick() => self.hold().await,
                () = backlog.grown() => {
                    tokio::time::sleep(GATHER).await;
                    self.save().await;
                }
            }
        }
    }

    /// Writes what waits, until nothing does or it fails.
    async fn save(&mut self) {
        let Some(lease) = self.lease.clone() else { return };
        loop {
            if self.ready.is_none() {
                self.prepare().await;
            }
            let Some(ready) = &self.ready else { break };
            match self.store.write(&lease, &ready.batch).await {
                Ok(()) => self.written().await,
                Err(StoreError::NotHolder) => {
                    self.lose();
                    return;
                }
                Err(error) => return self.fail(error).await,
            }
            if self.app.journal.waiting() == 0 {
                break;
            }
        }
        self.tell(|saving| (saving.on, saving.follows, saving.reason) = (true, false, None)).await;
    }

    async fn prepare(&mut self) {
        let now = clock::now();
        // With those of this turn: who comes back to a long stream takes many at a time.
        let due = self.unkept + self.app.journal.waiting() >= KEYFRAME_EVENTS
            || (self.unkept > 0 && now - self.kept_at > KEYFRAME_AGE);
        let keyframe = (due || self.ended || self.all).then(|| {
            let fresh = self.known.iter().filter(|(_, (_, _, at))| now - at < PART_AGE);
            fresh.map(|(slot, (mark, ..))| (*slot, *mark)).collect()
        });
        let wanted = Wanted { all: self.all, keyframe };
        let Some(mut harvest) = self.harvest(wanted).await else { return };
        let mut entries = std::mem::take(&mut self.held);
        entries.append(&mut harvest.entries);
        if entries.is_empty() && harvest.runs.is_empty() && !(self.ended && self.unkept > 0) {
            return;
        }
        let messages = entries.len();
        self.heard = entries.iter().map(|entry| entry.at).fold(self.heard, Millis::max);
        for run in harvest.runs.iter().map(|delta| &delta.view.run) {
            if run.status.ended() {
                self.ended |= self.running.remove(&run.id);
            } else {
                self.running.insert(run.id.clone());
            }
        }
        let mut batch = batch_of(entries, &harvest.runs, &mut self.numbers, now);
        let n = self.numbers.next_event - 1;
        let mut marks = None;
        if let Some(keyframe) = &harvest.keyframe
            && let Some(rows) = keyframe_rows(keyframe, n, &self.known)
        {
            // By the clock of what it holds: however far writing is behind, nothing in it was received later.
            batch.keyframe = Some((n, self.heard, rows));
            marks = Some(keyframe.changed.iter().map(|(slot, mark, _)| (*slot, *mark)).collect());
        }
        self.ready = Some(Ready { batch, messages, marks });
    }

    async fn written(&mut self) {
        let Some(Ready { batch, messages, marks }) = self.ready.take() else { return };
        let now = clock::now();
        self.all = false;
        self.loaded = self.numbers.next_event - 1;
        self.unkept += messages;
        if let (Some(marks), Some((n, at, _))) = (marks, &batch.keyframe) {
            self.known.extend(marks.into_iter().map(|(slot, mark)| (slot, (mark, *n, *at))));
            (self.unkept, self.kept_at, self.ended) = (0, now, false);
        }
        self.app.metrics.saved.inc_by(u64::try_from(messages).unwrap_or(0));
        self.app.journal.written(messages);
    }

    async fn harvest(&mut self, wanted: Wanted) -> Option<Harvest> {
        let harvest = self.app.hub.ask(|reply| Command::Harvest(wanted, reply)).await?;
        if harvest.lost > 0 {
            self.lost += harvest.lost;
            let now = clock::now();
            let gap =
                Command::Gap { kind: GapKind::Unsaved, from: self.saving.since, to: now, lost: harvest.lost };
            self.app.hub.tell(gap).await;
        }
        Some(harvest)
    }

    async fn fail(&mut self, error: StoreError) {
        if self.saving.on || self.saving.reason.is_none() {
            tracing::warn!(code = error.code(), "the journal is not being saved: {}", error.reason());
        }
        self.tell(|saving| (saving.on, saving.reason) = (false, Some(error.reason().to_owned()))).await;
    }

    /// Tells the page how saving goes, if that changed.
    async fn tell(&mut self, change: impl FnOnce(&mut Saving)) {
        let mut saving = self.saving.clone();
        change(&mut saving);
        saving.waiting = if saving.on { 0 } else { u64::try_from(self.app.journal.waiting()).unwrap_or(0) };
        saving.lost = self.lost;
        if saving.on != self.saving.on {
            saving.since = clock::now();
            tracing::info!(on = saving.on, "saving");
        }
        if saving != self.saving || !self.told {
            self.told = true;
            self.saving = saving.clone();
            self.app.hub.tell(Command::Saving(saving)).await;
        }
    }

    /// Forgets what is old, in small batches, never while a run goes on.
    async fn sweep(&mut self) {
        let now = clock::now();
        let Some(lease) = &self.lease else { return };
        if !self.running.is_empty() || now - self.swept_at < HOUR {
            return;
        }
        match self.store.forget(lease, self.app.config.retention(), now).await {
            Ok(true) => {}
            Ok(false) => self.swept_at = now,
            Err(error) => tracing::warn!(code = error.code(), "what is old could not be forgotten"),
        }
    }
}
