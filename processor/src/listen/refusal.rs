//! Why a command is refused: one code and one sentence, over HTTP and over Redis.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::borrow::Cow;
use thiserror::Error;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// One run at a time.
    #[error("run {0} is in progress; cancel it or wait for its end")]
    AlreadyRunning(String),
    /// There is nothing to cancel.
    #[error("nothing is in progress")]
    NothingRunning,
    /// Something is in progress, and not that.
    #[error("run {0} is not in progress")]
    NotThat(String),
    /// A field cannot be used.
    #[error("{field}: {why}")]
    BadRequest {
        /// Which.
        field: Cow<'static, str>,
        /// What it should be.
        why: String,
    },
    /// Nothing of this name is asked for there: who asks means something that is not done.
    #[error("{name:?} is no parameter of this address; it has {known}")]
    UnknownParameter {
        /// Its name, cut.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// Nobody knows such a command.
    #[error("{0:?} is no command of the contract")]
    Unknown(String),
    /// No such job among those that are remembered.
    #[error("no cache sync {0} is remembered")]
    UnknownJob(String),
    /// No such address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address is asked in another way.
    #[error("this address is asked with another method")]
    Method,
    /// The key is missing or another.
    #[error("X-API-Key is missing or not the right one")]
    Unauthorised,
    /// Pages have no business here: any page can make a browser ask this machine.
    #[error("requests of web pages are not answered")]
    FromAPage,
    /// More than is read.
    #[error("more than 1 MiB")]
    TooLarge,
    /// Too much is waiting.
    #[error("too many commands wait")]
    Busy,
    /// What it needs cannot be read or written.
    #[error("{0}")]
    Storage(String),
    /// Nothing is known of it.
    #[error("nothing is known of {0}")]
    UnknownSymbol(String),
    /// It is known, and that was not computed of it.
    #[error("{0}")]
    NotComputed(String),
    /// The fault of this name.
    #[error("internal error")]
    Internal,
}

impl Refusal {
    /// A field cannot be used.
    pub fn field(field: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self::BadRequest { field: field.into(), why: why.into() }
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        self.kind().1
    }

    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::AlreadyRunning(_) => (StatusCode::CONFLICT, "already_running"),
            Self::NothingRunning | Self::NotThat(_) => (StatusCode::CONFLICT, "nothing_running"),
            Self::BadRequest { .. } | Self::UnknownParameter { .. } => {
                (StatusCode::BAD_REQUEST, "bad_request")
            }
            Self::Unknown(_) => (StatusCode::BAD_REQUEST, "unknown_command"),
            Self::UnknownJob(_) => (StatusCode::NOT_FOUND, "unknown_job"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Unauthorised => (StatusCode::UNAUTHORIZED, "unauthorised"),
            Self::FromAPage => (StatusCode::FORBIDDEN, "from_a_page"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Storage(_) => (StatusCode::SERVICE_UNAVAILABLE, "storage_failed"),
            Self::UnknownSymbol(_) => (StatusCode::NOT_FOUND, "unknown_symbol"),
            Self::NotComputed(_) => (StatusCode::NOT_FOUND, "not_computed"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
        }
    }

    /// What is answered.
    pub fn answer(&self) -> (StatusCode, Value) {
        let (status, code) = self.kind();
        let mut body = json!({ "success": false, "code": code, "message": self.to_string() });
        match self {
            Self::AlreadyRunning(run) => body["run_id"] = run.clone().into(),
            Self::BadRequest { field, .. } => body["field"] = field.as_ref().into(),
            Self::UnknownParameter { name, .. } => body["field"] = name.clone().into(),
            _ => {}
        }
        (status, body)
    }
}

impl From<processor::store::StoreError> for Refusal {
    fn from(cause: processor::store::StoreError) -> Self {
        Self::Storage(cause.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, body) = self.answer();
        (status, Json(body)).into_response()
    }
}
