//! Commands over HTTP: what the old system's dashboard asked of the producer (contract.md §5, rows 3, 8, 9, 10, 13; §4.2), under the same
//! paths, and what became of it.
//!
//! Invariant: nothing is called triggered that the producer has not confirmed. What it confirmed is 200, what was sent and not answered
//! yet 202, what was refused 409, and what was not sent or not understood 502; each names the command under which it is kept.
//!
//! Tests: `server/tests/commands_api.rs`, `server/tests/commands.rs`, `server/tests/commands_faults.rs`.

pub mod acts;
pub mod list;
pub mod sync;

use super::shapes::Refusal;
use crate::auth::{Caller, address};
use crate::commands::{Asker, CommandError, KEY, ask};
use crate::error::ApiError;
use crate::state::App;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use domain::command::{CommandKind, CommandRecord, CommandState, Order, Wanted, read};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

/// The largest body of a command that may name symbols: ten thousand of the longest.
pub const BODY: usize = 512 << 10;
/// The header by which a repetition is known.
const HEADER: &str = "idempotency-key";

/// What is asked, by whom.
#[derive(Debug)]
pub struct Asking {
    pub(super) app: App,
    pub(super) asker: Asker,
    pub(super) fields: Map<String, Value>,
}

impl FromRequest<App> for Asking {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let caller = request.extensions().get::<Caller>().cloned().ok_or(ApiError::SignedOut)?;
        let address = address::written(&app.config.trusted_proxies, request.extensions(), request.headers());
        let key = key(request.headers())?;
        let body = Bytes::from_request(request, app).await;
        let fields = fields(&body.map_err(|rejection| unread(&rejection))?)?;
        Ok(Self { app: app.clone(), asker: Asker { caller, address, key }, fields })
    }
}

pub(super) fn bad(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::BadParameter { field: field.to_owned(), message: message.into() }
}

fn unread(rejection: &BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::BrokenBody,
    }
}

/// The key of the request. Two of them, or a strange one, would make of one click two commands.
fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut given = headers.get_all(HEADER).iter();
    let Some(first) = given.next() else { return Ok(None) };
    let plain =
        |key: &&str| (1..=KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = first.to_str().ok().filter(plain).filter(|_| given.next().is_none());
    let message = || format!("must be one header of 1 to {KEY} plain characters");
    key.map(|key| Some(key.to_owned())).ok_or_else(|| bad("Idempotency-Key", message()))
}

/// What the body says. An empty one leaves all as it is by default.
fn fields(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(bad("body", "must be a JSON object, or empty")),
    }
}

/// A command that was taken: the answer's status, and what became of it so far.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) status: StatusCode,
    pub(super) record: CommandRecord,
    /// What goes to the producer, where that is all that was asked.
    order: Option<Order>,
}

impl Given {
    /// What a program that knew the old system looks for.
    pub(super) fn word(&self) -> &'static str {
        match self.record.state {
            CommandState::Accepted | CommandState::Started if self.record.kind.starts() => "triggered",
            state => state.word(),
        }
    }
}

impl Asking {
    /// Asks it, and waits until it was sent or could not be.
    async fn asked(&self, kind: CommandKind) -> Result<Given, ApiError> {
        let wanted = read(kind, &self.fields).map_err(CommandError::from)?;
        self.want(kind, wanted).await
    }

    /// Asks for what was read elsewhere.
    pub(super) async fn want(&self, kind: CommandKind, wanted: Wanted) -> Result<Given, ApiError> {
        let order = match &wanted {
            Wanted::Order(order) => Some(order.clone()),
            _ => None,
        };
        let taken = ask(&self.app, &self.asker, wanted).await?;
        if taken.record.kind != kind {
            return Err(bad("Idempotency-Key", "was the key of another command"));
        }
        given(taken.sent().await, order)
    }
}

fn given(record: CommandRecord, order: Option<Order>) -> Result<Given, ApiError> {
    let (command, why) = (record.id.clone(), record.reason.clone().unwrap_or_default());
    let status = match record.state {
        CommandState::Accepted | CommandState::Started | CommandState::Done => StatusCode::OK,
        CommandState::Asked | CommandState::Sending | CommandState::Sent => StatusCode::ACCEPTED,
        CommandState::Refused => return Err(ApiError::Refused { why, command }),
        state @ (CommandState::NotSent | CommandState::NoAnswer | CommandState::NotStarted) => {
            return Err(ApiError::NotConfirmed { state: state.word(), why, command });
        }
    };
    Ok(Given { status, record, order })
}

/// How a command is answered that is not taken.
pub(super) struct Refusals;

impl utoipa::IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let told = [
            ("400", "The body, one of its fields or the key cannot be understood; `field` names it."),
            ("408", "The body did not come in time."),
            ("409", "Refused, by what goes on or by the producer; `message` says why, `command` is kept."),
            ("413", "The body is too large."),
            ("429", "Too many changes in a short time."),
            (
                "502",
                "Not confirmed by the producer: `code` says whether it was `not_sent`, whether there was `no_answer`, or whether it was accepted and `not_started`; `command` is kept.",
            ),
            ("503", "The database does not answer now, so nothing was sent; or the server is stopping."),
        ];
        let response = |words: &str| {
            let content = Content::new(Some(Ref::from_schema_name("Refusal")));
            ResponseBuilder::new().description(words).content("application/json", content).build()
        };
        told.into_iter().map(|(status, words)| (status.to_owned(), response(words).into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_an_object_or_nothing() {
        assert_eq!(fields(b" \n").ok(), Some(Map::new()));
        assert_eq!(fields(b"{}").ok(), Some(Map::new()));
        for wrong in [&b"[]"[..], b"null", b"{", b"1", b"\xff", b"phases=import", b"{} {}"] {
            let field = match fields(wrong) {
                Err(ApiError::BadParameter { field, .. }) => field,
                other => format!("{other:?}"),
            };
            assert_eq!(field, "body", "{wrong:?}");
        }
    }

    #[test]
    fn a_key_is_one_and_plain() {
        let of = |keys: &[&str]| {
            let mut headers = HeaderMap::new();
            for key in keys {
                headers.append(HEADER, key.parse().unwrap_or_else(|_| unreachable!("a header")));
            }
            key(&headers).map_err(|error| error.code().to_owned())
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["a-1"]), Ok(Some("a-1".to_owned())));
        let long = "x".repeat(KEY + 1);
        for wrong in [&["a", "b"][..], &[""], &["a b"], &["ä"], &[&long]] {
            assert_eq!(of(wrong), Err("bad_parameter".to_owned()), "{wrong:?}");
        }
    }
}
