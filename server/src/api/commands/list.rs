//! What was asked, and what became of it.

use super::Refusal;
use crate::api::params::{Named, Params};
use crate::api::places::{NoPlace, place_of};
use crate::api::shapes::iso_exact;
use crate::auth::Caller;
use crate::commands::{known, known_one};
use crate::error::ApiError;
use crate::state::App;
use crate::store::commands::{CommandFilter, MOST, StoredCommand};
use axum::extract::State;
use axum::{Extension, Json};
use domain::command::{CommandKind, NAME, sentence};
use domain::permission::Permission;
use domain::time::Millis;
use serde::Serialize;
use serde_json::Value;
use std::str::FromStr;
use utoipa::ToSchema;

/// A command.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandOf {
    /// Its id.
    id: String,
    /// run, import, indicators, patterns, `cache_sync`, retry, cancel or accept.
    kind: &'static str,
    /// The same in words.
    what: String,
    /// What became of it, in a sentence.
    message: String,
    /// Who asked: a user's name, or `token NAME`.
    who: String,
    /// By which role or scope.
    role: String,
    /// From which address; for whoever may administer, null for everybody else.
    address: Option<String>,
    /// When.
    asked: String,
    /// http, redis, or here: nothing was asked of the producer.
    way: &'static str,
    /// asked, sending, sent, accepted, started, done, refused, `not_sent`, `no_answer` or `not_started`.
    state: &'static str,
    /// Since when.
    since: String,
    /// The run that it leads to.
    run_id: Option<String>,
    /// The run that it is about.
    of_run: Option<String>,
    /// Why not; of an acceptance its note.
    reason: Option<String>,
    /// How many symbols it names; 0: it names none.
    symbols: u32,
    /// What was asked, as it goes to the producer.
    parameters: Value,
}

impl CommandOf {
    fn of(stored: StoredCommand, caller: &Caller) -> Self {
        let StoredCommand { record, role, address, parameters } = stored;
        Self {
            kind: record.kind.word(),
            message: sentence(&record),
            asked: iso_exact(record.asked),
            way: record.way.word(),
            state: record.state.word(),
            since: iso_exact(record.since),
            role,
            address: caller.may(Permission::Administer).then_some(address),
            parameters: serde_json::from_str(&parameters).unwrap_or_default(),
            id: record.id,
            what: record.what,
            who: record.who,
            run_id: record.run,
            of_run: record.of,
            reason: record.reason,
            symbols: record.count,
        }
    }
}

/// A page of commands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandList {
    success: bool,
    /// Newest first.
    commands: Vec<CommandOf>,
    /// Where the next page begins (`before`); null: there is none.
    next: Option<String>,
}

/// Where a page goes on.
struct Place(Millis, String);

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (asked, id) = place_of(text, NAME)?;
        Ok(Self(asked, id))
    }
}

/// Commands, newest first.
#[utoipa::path(get, path = "/api/commands", operation_id = "commands", tag = "commands",
    params(
        ("kind" = Option<String>, Query, description = "run, import, indicators, patterns, cache_sync, retry, cancel or accept"),
        ("run" = Option<String>, Query, max_length = 64, description = "those that led to this run, or are about it"),
        ("before" = Option<String>, Query, description = "what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "50 unless told")
    ),
    responses((status = 200, body = CommandList), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Json<CommandList>, ApiError> {
    params.only(&["kind", "run", "before", "limit"])?;
    let kind = params.word("kind", &CommandKind::ALL.map(CommandKind::word))?.and_then(CommandKind::of);
    let before = params.place::<Place>("before")?.map(|Place(asked, id)| (asked, id));
    let filter = CommandFilter { kind, run: params.text("run", NAME)?, before };
    let limit = params.whole("limit", 1..=i64::from(MOST))?.and_then(|limit| u32::try_from(limit).ok());
    let limit = limit.unwrap_or(50);
    let mut found = known(&app, &filter, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| more);
    let next = last.map(|last| format!("{}.{}", last.record.asked, last.record.id));
    let commands = found.into_iter().map(|stored| CommandOf::of(stored, &caller)).collect();
    Ok(Json(CommandList { success: true, commands, next }))
}

/// One command.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneCommand {
    success: bool,
    command: CommandOf,
}

/// A command, as it is at this moment.
#[utoipa::path(get, path = "/api/commands/{id}", operation_id = "command", tag = "commands", params(("id" = String, Path, description = "its id")),
    responses((status = 200, body = OneCommand), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn one(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Result<Json<OneCommand>, ApiError> {
    let stored = known_one(&app, &id).await?.ok_or(ApiError::NotKept)?;
    Ok(Json(OneCommand { success: true, command: CommandOf::of(stored, &caller) }))
}
