//! A command is taken: written down, then sent by a task of its own. Of two that want the same, one is.

use super::decide::in_the_way;
use super::flight::Landing;
use super::{Asker, CommandError, Decided, Letter, Outcome, decide, others};
use crate::auth::secret;
use crate::clock;
use crate::hub::Command;
use crate::state::App;
use crate::store::accounts::audit::Entry;
use crate::store::commands::{Only, StoredCommand};
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, Order, Wanted};
use domain::time::{MINUTE, Millis};

/// The lane of all that start something.
const START: &str = "start";
/// A lane is held no longer than this: a command has its answer by then, or none.
const LANE: Millis = 3 * MINUTE;

/// A command that was taken.
#[derive(Debug)]
pub struct Taken {
    /// As it was then.
    pub record: CommandRecord,
    /// True: it had been asked before.
    pub again: bool,
    /// Tells when it was sent, or could not be.
    sent: Option<Landing>,
}

impl Taken {
    /// As it is once it was sent, or could not be.
    pub async fn sent(self) -> CommandRecord {
        let Some(mut sent) = self.sent else { return self.record };
        // Whoever sends it may end without a word.
        let told = sent.wait_for(Option::is_some).await.ok().and_then(|told| told.clone());
        told.unwrap_or(self.record)
    }
}

/// Decides and takes what is wanted, unless it is a repetition: then it is what the first one came to, whatever holds by now.
///
/// # Errors
/// See [`CommandError`].
pub async fn ask(app: &App, asker: &Asker, wanted: Wanted) -> Result<Taken, CommandError> {
    if let Some(key) = key_of(asker)
        && let Some(known) = app.store.command_of_key(&key).await?
    {
        return again(app, known.record).await;
    }
    let decided = decide(app, wanted).await?;
    submit(app, asker, decided).await
}

/// Whether it is a repetition of one that was taken.
///
/// # Errors
/// When the database is away.
pub async fn is_repeated(app: &App, asker: &Asker) -> Result<bool, CommandError> {
    let Some(key) = key_of(asker) else { return Ok(false) };
    Ok(app.store.command_of_key(&key).await?.is_some())
}

/// What makes a repetition one: keys of two who ask are two.
fn key_of(asker: &Asker) -> Option<String> {
    asker.key.as_ref().map(|key| format!("{} {key}", asker.caller.holder()))
}

/// One that was asked before, as it is now.
async fn again(app: &App, first: CommandRecord) -> Result<Taken, CommandError> {
    let sent = app.commands.flights.of(&first.id);
    // What became of it is on the board before it is written down.
    let board = app.hub.ask(Command::Commands).await.ok_or(CommandError::Stopping)?;
    let record = board.into_iter().find(|known| known.id == first.id).unwrap_or(first);
    Ok(Taken { record, again: true, sent })
}

/// Takes a command: writes it down, and sends it. A refusal is written down too.
///
/// # Errors
/// See [`CommandError`]; of one that was refused the record says so.
pub async fn submit(app: &App, asker: &Asker, decided: Decided) -> Result<Taken, CommandError> {
    let now = clock::now();
    let id = secret::id();
    let key = key_of(asker).unwrap_or_else(|| id.clone());
    let (command, order) = written(app, asker, decided, id, now);
    let lane = match &command.record {
        record if !record.state.open() => None,
        record if record.kind.starts() => Some(START.to_owned()),
        record => record.of.as_ref().map(|run| format!("cancel {run}")),
    };
    let only = Only { key: &key, lane: lane.as_deref(), until: now + LANE };
    // In the air before it is written down: whoever finds it there must find where it lands.
    let flight = Flight::begin(app, &command.record.id);
    let line = entry(asker, &command);
    let mut added = app.store.add_command(&command, &only, &line).await?;
    if !added && given_back(app, lane.as_deref()).await? {
        added = app.store.add_command(&command, &only, &line).await?;
    }
    if !added {
        drop(flight);
        return beaten(app, asker, command, &key, lane.as_deref()).await;
    }
    let mut record = command.record;
    // It was decided before it held the lane: whoever held it before gave it back when its run had begun.
    if lane.as_deref() == Some(START)
        && let Some(why) = in_the_way(app).await?
    {
        (record.state, record.reason, record.run) = (CommandState::Refused, Some(why), None);
        let refused = StoredCommand {
            record: record.clone(),
            role: command.role,
            address: command.address,
            parameters: command.parameters,
        };
        app.store.audit(&entry(asker, &refused)).await?;
    }
    app.hub.tell(Command::Asked(record.clone())).await;
    others::tell(app);
    let Some(order) = order.filter(|_| record.state.open()) else {
        flight.land(record.clone());
        return Ok(Taken { record, again: false, sent: None });
    };
    let (first, sent) = (record.clone(), Some(flight.landing.clone()));
    // Whoever asked may go away: it is sent all the same.
    tokio::spawn(async move {
        let record = send(&flight.app, first, &order).await;
        flight.land(record);
    });
    Ok(Taken { record, again: false, sent })
}

/// A command in the air. It lands when this is dropped, with a word or without.
struct Flight {
    app: App,
    id: String,
    told: tokio::sync::watch::Sender<Option<CommandRecord>>,
    landing: Landing,
}

impl Flight {
    fn begin(app: &App, id: &str) -> Self {
        let (told, landing) = app.commands.flights.begin(id);
        Self { app: app.clone(), id: id.to_owned(), told, landing }
    }

    fn land(self, record: CommandRecord) {
        let _ = self.told.send(Some(record));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.app.commands.flights.end(&self.id);
    }
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

/// Whether a lane is held by a command that waits no longer: that it does not is on the board before it is written down.
async fn given_back(app: &App, lane: Option<&str>) -> Result<bool, CommandError> {
    let Some(lane) = lane else { return Ok(false) };
    let Some(holder) = app.store.command_in(lane).await? else { return Ok(true) };
    let board = app.hub.ask(Command::Commands).await.ok_or(CommandError::Stopping)?;
    let known = board.into_iter().find(|known| known.id == holder.record.id);
    let Some(known) = known.filter(|known| !known.state.open()) else { return Ok(false) };
    app.store.command_became(&known).await?;
    Ok(true)
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
        return again(app, known.record).await;
    }
    let first = match lane {
        Some(lane) => app.store.command_in(lane).await?,
        None => None,
    };
    let why = match first {
        Some(first) => format!("{} was just asked by {}", first.record.what, first.record.who),
        None => in_the_way(app).await?.unwrap_or_else(|| "another one has just been asked".to_owned()),
    };
    let record = &mut command.record;
    (record.state, record.reason, record.run) = (CommandState::Refused, Some(why), None);
    let only = Only { key, lane: None, until: 0 };
    if !app.store.add_command(&command, &only, &entry(asker, &command)).await? {
        let known = app.store.command_of_key(key).await?.ok_or(CommandError::Unavailable)?;
        return again(app, known.record).await;
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
        // Another schedule has come to its end with the producer's word.
        Outcome::Accepted(_) if record.kind == CommandKind::Schedule => (CommandState::Done, None, None),
        Outcome::Accepted(run) => (CommandState::Accepted, run, None),
        Outcome::Delivered => (CommandState::Sent, record.run.clone(), None),
        Outcome::Refused(why) => (CommandState::Refused, None, Some(why)),
        Outcome::NotSent(why) => (CommandState::NotSent, None, Some(why)),
        Outcome::Unclear(why) => (CommandState::NoAnswer, record.run.clone(), Some(why)),
    };
    if record.way == CommandWay::Http && matches!(state, CommandState::NotSent | CommandState::NoAnswer) {
        // Whether the API answers is no longer what it was when it was asked last.
        app.link.look_again();
    }
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
            (Some(why), CommandState::Refused) => why.clone(),
            // The asking is; whether what was asked is done the command says, once the producer has.
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
