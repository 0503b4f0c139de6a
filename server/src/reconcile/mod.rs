//! Reconciling with the producer: what may have been missed is asked for, and goes into the log as the messages that it was.
//!
//! With `PROCESSOR_URL` set the producer's API is asked at the start, after every gap, when a run in progress falls silent, and
//! again, ever more rarely, while it stays silent or the API does not answer ([`Pace`]). Nobody is polled: a run that is heard is
//! asked about by nobody. What the answers mean is `domain::reconcile`'s; its messages go through `App::posted`, so they are
//! decoded, applied, logged and told again like all others. No end is invented here. Where the producer fires, its schedule is asked for
//! too: at the start, after a gap, and when it answers again; one that has none is left alone.
//!
//! Invariant: ingestion never waits for the producer. Tests: `server/tests/reconcile.rs`, `domain/tests/reconcile.rs`.

mod pace;

pub use pace::{Pace, Step};

use crate::clock;
use crate::hub::Command;
use crate::ingest::Posted;
use crate::producer::{AskError, Client};
use crate::schedule::Settings;
use crate::state::App;
use domain::decode::{self, Past, Status};
use domain::reconcile::{Findings, reconcile};
use domain::record::ProducerApi;
use domain::time::Millis;
use domain::verdict::RunView;
use std::time::Duration;

/// Under which name these messages stand in the log and on the page *Channels*.
const CHANNEL: &str = "closing-bell:reconcile";
/// How long what is on the stream may take to be read before the producer is asked all the same.
const CATCHING_UP: Duration = Duration::from_secs(30);

/// Starts the task, if there is an address to ask.
pub fn start(app: &App) {
    let Some(client) = app.commands.producer() else { return };
    let address = client.address();
    let state = ProducerApi { up: None, since: clock::now(), address, reason: None, asked: None };
    let (app, pace, told) = (app.clone(), Pace::default(), Vec::new());
    let task = Reconciler { app, client, state, pace, told, schedule: true, none: None };
    tokio::spawn(task.run());
}

struct Reconciler {
    app: App,
    client: Client,
    /// As it is on the board.
    state: ProducerApi,
    pace: Pace,
    /// Runs that the producer does not know, as the log was told last.
    told: Vec<String>,
    /// Whether its schedule is to be asked for.
    schedule: bool,
    /// Why it told none, as the log was told last.
    none: Option<AskError>,
}

impl Reconciler {
    async fn run(mut self) {
        self.app.hub.tell(Command::Api(self.state.clone())).await;
        self.app.link.first_answer().await;
        let (link, mut stop) = (self.app.link.clone(), self.app.stop.clone());
        let mut ask = true;
        loop {
            if std::mem::take(&mut ask) {
                tokio::select! {
                    answered = self.ask() => self.pace.asked(clock::now(), answered),
                    () = stop.wait() => return,
                }
            }
            let Some(runs) = self.app.hub.ask(Command::Runs).await else { return };
            let wait = match self.pace.look(&runs, clock::now()) {
                Step::Ask => {
                    ask = true;
                    continue;
                }
                Step::Wait(wait) => Duration::from_millis(wait.unsigned_abs()),
            };
            tokio::select! {
                () = link.missed() => {
                    self.pace.restart();
                    (ask, self.schedule) = (true, true);
                }
                () = tokio::time::sleep(wait) => {}
                () = stop.wait() => return,
            }
        }
    }

    /// Asks, tells the board how that went, and posts what was missed. Returns whether the producer answered.
    async fn ask(&mut self) -> bool {
        // What is on the stream says more than an answer can, and says when.
        let _ = tokio::time::timeout(CATCHING_UP, self.app.link.caught_up()).await;
        let asked = clock::now();
        let status = self.status().await;
        let history = match &status {
            Err(AskError::Unreachable | AskError::Slow(_)) => None,
            // Asked after the status, so that a run which ends between the two is not in neither.
            _ => Some(self.history().await),
        };
        let failed = status.as_ref().err().or(history.as_ref().and_then(|history| history.as_ref().err()));
        self.note(asked, failed.copied()).await;
        let answered = failed.is_none();
        let history = history.and_then(Result::ok);
        if status.is_ok() || history.is_some() {
            // The board as it is now, not as it was when we asked: answers are older than what was heard meanwhile.
            let Some(runs) = self.app.hub.ask(Command::Runs).await else { return answered };
            let found = reconcile(status.as_ref().ok(), history.as_deref(), &runs, asked);
            self.post(found, &runs).await;
        }
        if answered && std::mem::take(&mut self.schedule) {
            self.adopt().await;
        }
        answered
    }

    /// Asks for the producer's schedule, where that is the one that counts.
    async fn adopt(&mut self) {
        if Settings::read(&self.app.store).await.is_ok_and(|settings| settings.ours) {
            return;
        }
        let told = match self.client.get("schedule", None).await {
            Ok(body) => decode::schedule(&body, clock::now()).map_err(AskError::from),
            Err(cause) => Err(cause),
        };
        let told = match told {
            Ok(told) => told,
            Err(cause) => {
                if self.none != Some(cause) {
                    tracing::info!(code = cause.code(), "the producer's API tells no schedule: {cause}");
                }
                self.none = Some(cause);
                return;
            }
        };
        self.none = None;
        let Some(known) = self.app.hub.ask(Command::Schedule).await else { return };
        if let Some(message) = domain::reconcile::schedule(&told, known.as_ref()) {
            self.tell(message).await;
        }
    }

    async fn status(&self) -> Result<Status, AskError> {
        let body = self.client.get("status", None).await?;
        Ok(decode::status(&body)?)
    }

    async fn history(&self) -> Result<Vec<Past>, AskError> {
        let body = self.client.get("history", Some("days=7")).await?;
        Ok(decode::history(&body)?)
    }

    async fn note(&mut self, asked: Millis, failed: Option<AskError>) {
        let up = Some(failed.is_none());
        if up != self.state.up {
            self.state.since = asked;
            // Back again, it may have another one.
            self.schedule = true;
            match failed {
                None => tracing::info!(address = self.state.address, "the producer's API answers"),
                Some(error) => {
                    tracing::warn!(
                        address = self.state.address,
                        code = error.code(),
                        "the producer's API: {error}"
                    );
                }
            }
        }
        (self.state.up, self.state.asked) = (up, Some(asked));
        self.state.reason = failed.map(|error| error.to_string());
        self.app.hub.tell(Command::Api(self.state.clone())).await;
    }

    async fn post(&mut self, found: Findings, runs: &[RunView]) {
        if !found.messages.is_empty() {
            tracing::info!(
                messages = found.messages.len(),
                runs = runs.len(),
                "the producer told what was missed"
            );
        }
        for message in found.messages {
            self.tell(message).await;
        }
        if found.unaccounted != self.told {
            for run in &found.unaccounted {
                tracing::warn!(
                    run,
                    "in progress here, and the producer tells of neither that nor its end; nothing is changed"
                );
            }
            self.told = found.unaccounted;
        }
    }

    /// A message goes the way of all others.
    async fn tell(&self, message: String) {
        let (posted, taken) = Posted::new(CHANNEL, message.into_bytes(), clock::now());
        if self.app.posted.send(posted).await.is_err() {
            return;
        }
        if let Ok(Err(refused)) = taken.await {
            tracing::error!(code = refused.code(), "a message of ours could not be read");
        }
    }
}
