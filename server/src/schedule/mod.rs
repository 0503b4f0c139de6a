//! The schedule: entries that fire once per day, or the producer's own that is looked at and changed; what is due stands on the board.
//!
//! One task looks at it ([`turn()`]) when something is due, when somebody has changed something, and when the clock has jumped. What it
//! takes it asks for as any command is asked for (`crate::commands`), under a key of its own, so that a server that dies in between
//! asks for nothing twice. Who fires is a setting ([`Settings`]): this server, or the producer.
//!
//! Tests: `server/tests/schedule_year.rs`, `server/tests/schedule_process.rs`.

mod outlook;
mod publish;
mod settings;
mod turn;

pub use outlook::{Outlook, outlook};
pub use publish::changed;
pub use settings::{BY, PAUSED, Settings};
pub use turn::{Found, turn};

use crate::auth::Caller;
use crate::clock;
use crate::commands::{self, Asker};
use crate::hub::Command;
use crate::state::App;
use crate::store::schedule::{DayState, StoredDay, StoredEntry};
use domain::calendar::XNYS;
use domain::command::{CommandState, Wanted};
use domain::record::Plan;
use domain::schedule::Entry;
use domain::time::{HOUR, Millis, SECOND};
use std::time::{Duration, Instant};

/// Whether the clock has jumped is looked at this often.
const LOOK: Duration = Duration::from_secs(5);
/// A difference that is a jump and no drift.
const JUMP: Millis = 2 * SECOND;
/// What failed is tried again after this.
const AGAIN: Millis = 2 * SECOND;

/// Makes the first entry, and starts the task.
pub async fn start(app: &App) {
    let now = clock::now();
    let (entry, id) = (Entry::nightly(), "nightly".to_owned());
    let first = StoredEntry { id, entry, since: now, made: now, who: "the first start".to_owned() };
    if let Err(error) = app.store.first_entry(&first).await {
        tracing::warn!(code = error.code(), "the first entry of the schedule could not be made");
    }
    let mut keeper = Keeper { app: app.clone(), shown: None };
    // Pages that are rendered first know what is due.
    keeper.show().await;
    tokio::spawn(keeper.run());
}

struct Keeper {
    app: App,
    /// What is on the board.
    shown: Option<Plan>,
}

impl Keeper {
    async fn run(mut self) {
        let (changed, mut stop) = (self.app.hub.planned(), self.app.stop.clone());
        // Until Redis has answered nobody knows what goes on.
        self.app.link.first_answer().await;
        loop {
            let next = self.look().await;
            self.show().await;
            tokio::select! {
                () = changed.notified() => {}
                () = due(next) => {}
                () = stop.wait() => return,
            }
        }
    }

    /// Takes what is due and asks for it. Returns when to look again.
    async fn look(&self) -> Millis {
        let now = clock::now();
        match turn(&self.app.store, &XNYS, now).await {
            Ok(found) => {
                for (entry, day) in found.fire {
                    fire(&self.app, &entry, day).await;
                }
                found.next.unwrap_or(Millis::MAX).min(now + HOUR)
            }
            Err(error) => {
                tracing::warn!(code = error.code(), "the schedule could not be read");
                now + AGAIN
            }
        }
    }

    /// Puts what is due on the board.
    async fn show(&mut self) {
        match outlook(&self.app, clock::now()).await {
            Ok(Some(outlook)) if self.shown.as_ref() != Some(&outlook.plan) => {
                self.app.hub.tell(Command::Plan(outlook.plan.clone())).await;
                self.shown = Some(outlook.plan);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(code = error.code(), "what is due could not be read"),
        }
    }
}

/// Waits until a moment of the wall's clock, also when that jumps.
async fn due(at: Millis) {
    let (began, monotonic) = (clock::now(), Instant::now());
    loop {
        let now = clock::now();
        let passed = Millis::try_from(monotonic.elapsed().as_millis()).unwrap_or(Millis::MAX);
        if now >= at || (now - began - passed).abs() > JUMP {
            return;
        }
        tokio::time::sleep(LOOK.min(Duration::from_millis((at - now).unsigned_abs()))).await;
    }
}

/// Asks for a day that was taken.
async fn fire(app: &App, entry: &StoredEntry, day: StoredDay) {
    let key = Some(format!("{} {}", day.entry, day.day));
    let asker = Asker { caller: Caller::schedule(), address: String::new(), key };
    let taken = match commands::ask(app, &asker, Wanted::Order(entry.entry.order())).await {
        Ok(taken) => taken.record,
        Err(error) => {
            // It is taken, and will be asked for again.
            tracing::error!(cause = %error, entry = day.name, "a run that is due could not be asked for");
            return;
        }
    };
    tracing::info!(
        entry = day.name,
        command = taken.id,
        late = day.reason,
        "a run that is due was asked for"
    );
    let refused = taken.state == CommandState::Refused;
    let state = if refused { DayState::Refused } else { DayState::Fired };
    let reason = if refused { taken.reason } else { day.reason.clone() };
    let fired = StoredDay { state, at: clock::now(), reason, command: Some(taken.id), ..day };
    if let Err(error) = app.store.day_became(&fired, DayState::Taken).await {
        tracing::warn!(code = error.code(), "that a run was asked for is not written down");
    }
}
