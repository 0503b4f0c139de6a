//! Commands: what a person or a program asks of the producer, by a button, a form or the API.
//!
//! A command is decided ([`decide`]), written down with its line of the audit log, then sent once by the [`Way`] that is set, by a task
//! of its own: whoever asked may go away. What becomes of it is on the board like everything else, because the answer comes back as
//! events (`domain/src/board/commands.rs`); [`follow`] writes that down and ends the waiting.
//!
//! Invariants: nothing is sent that is not written down, and nothing twice: a command is taken for sending in the database. One
//! that would start something while something is in progress, or is being started, is refused by name, also in a race: who starts
//! holds the only lane.
//!
//! Tests: `server/tests/commands.rs`, `server/tests/commands_faults.rs`.

mod decide;
mod error;
mod follow;
mod left;
mod others;
mod plan;
mod way;

pub use decide::{Decided, decide};
pub use error::CommandError;
pub use follow::start;
pub use left::{LeftOf, left_of};
pub use plan::plan_of;
pub use way::{Http, Letter, Outcome, Redis, Way};

use crate::auth::{Caller, secret};
use crate::clock;
use crate::config::Config;
use crate::error::StartError;
use crate::hub::Command;
use crate::producer::Client;
use crate::state::App;
use crate::store::accounts::audit::Entry;
use crate::store::commands::{Only, StoredCommand};
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, Order};
use domain::time::{MINUTE, Millis};
use tokio::sync::oneshot;

/// The lane of all that start something.
const START: &str = "start";
/// A lane is held no longer than this: a command has its answer by then, or none.
const LANE: Millis = 3 * MINUTE;
/// Longest key by which a repetition is known.
pub const KEY: usize = 128;

/// The way to the producer, and the producer where it can be asked.
#[derive(Debug)]
pub struct Commands {
    way: Box<dyn Way>,
    producer: Option<Client>,
}

/// Who asks, from where, and what makes it the only one.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub caller: Caller,
    /// From where.
    pub address: String,
    /// A repetition with the same key is the same command.
    pub key: Option<String>,
}

/// A command that was taken.
#[derive(Debug)]
pub struct Taken {
    /// As it was then.
    pub record: CommandRecord,
    /// True: it had been asked before.
    pub again: bool,
    /// Tells when it was sent, or could not be.
    sent: Option<oneshot::Receiver<CommandRecord>>,
}

impl Taken {
    /// As it is once it was sent, or could not be.
    pub async fn sent(self) -> CommandRecord {
        match self.sent {
            Some(sent) => sent.await.unwrap_or(self.record),
            None => self.record,
        }
    }
}

impl Commands {
    /// The way that the settings name.
    ///
    /// # Errors
    /// When `PROCESSOR_URL`, `PROCESSOR_API_KEY` or `REDIS_URL` cannot be used.
    pub fn new(config: &Config) -> Result<Self, StartError> {
        let url = config.processor_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let Some(url) = url else {
            let client = redis::Client::open(config.redis_url.as_str());
            let client = client.map_err(|cause| StartError::RedisUrl { cause })?;
            return Ok(Self { way: Box::new(Redis { client }), producer: None });
        };
        let client = Client::new(url, config.processor_api_key.as_ref())?;
        Ok(Self { way: Box::new(Http(client.clone())), producer: Some(client) })
    }

    /// The producer's API, where it has one.
    #[must_use]
    pub fn producer(&self) -> Option<Client> {
        self.producer.clone()
    }

    /// Which way commands take.
    #[must_use]
    pub fn way(&self) -> &dyn Way {
        &*self.way
    }
}

/// Takes a command: writes it down, and sends it. A refusal is written down too.
///
/// # Errors
/// See [`CommandError`]; of one that was refused the record says so.
pub async fn submit(app: &App, asker: &Asker, decided: Decided) -> Result<Taken, CommandError> {
    let key = asker.key.as_ref().map(|key| format!("{} {key}", asker.caller.holder()));
    if let Some(key) = &key
        && let Some(known) = app.store.command_of_key(key).await?
    {
        return Ok(Taken { record: known.record, again: true, sent: None });
    }
    let now = clock::now();
    let id = secret::id();
    let key = key.unwrap_or_else(|| id.clone());
    let (command, order) = written(app, asker, decided, id, now);
    let lane = match &command.record {
        record if !record.state.open() => None,
        record if record.kind.starts() => Some(START.to_owned()),
        record => record.of.as_ref().map(|run| format!("cancel {run}")),
    };
    let only = Only { key: &key, lane: lane.as_deref(), until: now + LANE };
    if !app.store.add_command(&command, &only, &entry(asker, &command)).await? {
        return beaten(app, asker, command, &key, lane.as_deref()).await;
    }
    let record = command.record;
    app.hub.tell(Command::Asked(record.clone())).await;
    others::tell(app);
    let Some(order) = order.filter(|_| record.state.open()) else {
        return Ok(Taken { record, again: false, sent: None });
    };
    let (told, sent) = oneshot::channel();
    let (app, first) = (app.clone(), record.clone());
    // Whoever asked may go away: it is sent all the same.
    tokio::spawn(async move {
        let _ = told.send(send(&app, first, &order).await);
    });
    Ok(Taken { record, again: false, sent: Some(sent) })
}

/// The row of a command.
fn written(
    app: &App,
    asker: &Asker,
    decided: Decided,
    id: String,
    now: Millis,
) -> (StoredCommand, Option<Order>) {
    let Decided { kind, what, of, count, parameters, order, refused, note } = decided;
    let ours = kind == CommandKind::Accept;
    let way = if ours { CommandWay::Here } else { app.commands.way.word() };
    let (state, reason) = match (refused, ours) {
        (Some(why), _) => (CommandState::Refused, Some(why)),
        (None, true) => (CommandState::Done, note),
        (None, false) => (CommandState::Asked, None),
    };
    // Over Redis nobody tells which id a run got: it is given one.
    let chosen = state.open() && way == CommandWay::Redis && kind.starts();
    let run = chosen.then(|| uuid(rand::random()));
    let who = asker.caller.who();
    let record =
        CommandRecord { id, kind, what, who, asked: now, way, state, since: now, run, of, reason, count };
    let role = asker.caller.grant.word().to_owned();
    (StoredCommand { record, role, address: asker.address.clone(), parameters }, order)
}

/// Somebody was first: the same command again, or another one that is under way.
async fn beaten(
    app: &App,
    asker: &Asker,
    mut command: StoredCommand,
    key: &str,
    lane: Option<&str>,
) -> Result<Taken, CommandError> {
    if let Some(known) = app.store.command_of_key(key).await? {
        return Ok(Taken { record: known.record, again: true, sent: None });
    }
    let first = match lane {
        Some(lane) => app.store.command_in(lane).await?,
        None => None,
    };
    let why = first.map_or_else(
        || "another one has just been asked".to_owned(),
        |first| format!("{} was just asked by {}", first.record.what, first.record.who),
    );
    let record = &mut command.record;
    (record.state, record.reason, record.run) = (CommandState::Refused, Some(why), None);
    let only = Only { key, lane: None, until: 0 };
    if !app.store.add_command(&command, &only, &entry(asker, &command)).await? {
        let known = app.store.command_of_key(key).await?;
        return known
            .map(|known| Taken { record: known.record, again: true, sent: None })
            .ok_or(CommandError::Unavailable);
    }
    app.hub.tell(Command::Asked(command.record.clone())).await;
    Ok(Taken { record: command.record, again: false, sent: None })
}

/// Sends a command that is written down; returns what became of it.
async fn send(app: &App, record: CommandRecord, order: &Order) -> CommandRecord {
    let now = clock::now();
    match app.store.begin_sending(&record.id, now).await {
        Ok(true) => {}
        Ok(false) => return record,
        Err(error) => {
            tracing::warn!(code = error.code(), id = record.id, "a command could not be taken to be sent");
            let why = Outcome::NotSent(format!("{}: it could not be written down", error.reason()));
            return became(app, record, why).await;
        }
    }
    let sending = CommandRecord { state: CommandState::Sending, since: now, ..record };
    app.hub.tell(Command::Asked(sending.clone())).await;
    let run = sending.run.clone().unwrap_or_default();
    let letter = Letter { order, key: &sending.id, run: &run, at: now };
    let outcome = app.commands.way.send(letter).await;
    tracing::info!(id = sending.id, what = sending.what, ?outcome, "a command was sent");
    became(app, sending, outcome).await
}

async fn became(app: &App, record: CommandRecord, outcome: Outcome) -> CommandRecord {
    let (state, run, reason) = match outcome {
        Outcome::Accepted(run) => (CommandState::Accepted, run, None),
        Outcome::Delivered => (CommandState::Sent, record.run.clone(), None),
        Outcome::Refused(why) => (CommandState::Refused, None, Some(why)),
        Outcome::NotSent(why) => (CommandState::NotSent, None, Some(why)),
        Outcome::Unclear(why) => (CommandState::NoAnswer, record.run.clone(), Some(why)),
    };
    let run = if record.kind.starts() { run } else { None };
    let record = CommandRecord { state, since: clock::now(), run, reason, ..record };
    app.hub.tell(Command::Asked(record.clone())).await;
    record
}

fn entry(asker: &Asker, command: &StoredCommand) -> Entry {
    let record = &command.record;
    Entry {
        n: 0,
        at: record.asked,
        who: record.who.clone(),
        role: command.role.clone(),
        address: asker.address.clone(),
        action: format!("command_{}", record.kind.word()),
        subject: record.what.clone(),
        outcome: match (&record.reason, record.state) {
            (Some(why), CommandState::Refused) => format!("refused: {why}"),
            _ => "done".to_owned(),
        },
        before: record.of.clone(),
        after: Some(command.parameters.clone()),
    }
}

/// An id as producers make them.
fn uuid(bits: u128) -> String {
    let bits = (bits & !(0xf << 76) | 4 << 76) & !(3 << 62) | 2 << 62;
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
