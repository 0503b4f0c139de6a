//! Errors at the two boundaries: starting, and answering a request.
//!
//! A stable code and a sentence that helps. Causes are logged once, here, and never shown to a browser.

use crate::auth::{Unfit, Why};
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::decode::Refused;
use domain::permission::Permission;
use serde_json::json;
use std::net::SocketAddr;
use thiserror::Error;

/// Why the server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The password of the first user will not do.
    #[error("CLOSING_BELL_ADMIN_PASSWORD {cause}.")]
    AdminPassword {
        /// Why not.
        cause: Unfit,
    },
    /// A password could not be hashed.
    #[error("A password could not be hashed; there may be too little memory.")]
    Hash,
    /// What a command line asks for cannot be done.
    #[error("{0}")]
    Manage(String),
    /// The address could not be taken.
    #[error(
        "Cannot listen on {addr}: {cause}. Another program may hold the port; choose another with --addr 127.0.0.1:0."
    )]
    Listen {
        /// What was asked for.
        addr: SocketAddr,
        /// Why not.
        cause: std::io::Error,
    },
    /// The address of Redis cannot be read.
    #[error("REDIS_URL is not an address of Redis: {cause}. It looks like redis://127.0.0.1:6379.")]
    RedisUrl {
        /// Why not.
        cause: redis::RedisError,
    },
    /// The address of the producer's API cannot be read.
    #[error(
        "PROCESSOR_URL is not an address of the producer's API. It looks like http://127.0.0.1:8080; https is for a proxy on this machine."
    )]
    ProcessorUrl,
    /// The key of the producer's API cannot be sent.
    #[error("PROCESSOR_API_KEY has characters that no header can carry.")]
    ProcessorKey,
    /// The address of the database cannot be read.
    #[error(
        "DATABASE_URL is not an address of SQLite or PostgreSQL. It looks like sqlite://data/closing-bell.db or postgres://user@host/name."
    )]
    DatabaseUrl,
    /// The folder of the database cannot be made.
    #[error("The folder of the database cannot be made: {cause}. Choose another with DATABASE_URL.")]
    DatabaseFolder {
        /// Why not.
        cause: std::io::Error,
    },
    /// The database does not answer.
    #[error("The database does not answer: {cause}. Is it running, and may we use it (DATABASE_URL)?")]
    Database {
        /// Why not.
        cause: sqlx::Error,
    },
    /// The tables cannot be brought up to date.
    #[error(
        "The tables of the database cannot be brought up to date: {cause}. It may belong to a newer version."
    )]
    Migration {
        /// Why not.
        cause: sqlx::migrate::MigrateError,
    },
    /// What was kept cannot be read.
    #[error("What was kept cannot be read. {cause}")]
    Rebuild {
        /// Why not.
        cause: StoreError,
    },
    /// The recording cannot be written.
    #[error("The recording cannot be written: {cause}.")]
    Recording {
        /// Why not.
        cause: std::io::Error,
    },
    /// Serving ended with an error.
    #[error("Serving ended: {cause}")]
    Serve {
        /// Why.
        cause: std::io::Error,
    },
}

impl StartError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AdminPassword { .. } => "admin_password",
            Self::Hash => "hash",
            Self::Manage(_) => "manage",
            Self::Listen { .. } => "cannot_listen",
            Self::RedisUrl { .. } => "redis_url",
            Self::ProcessorUrl => "processor_url",
            Self::ProcessorKey => "processor_api_key",
            Self::DatabaseUrl => "database_url",
            Self::DatabaseFolder { .. } => "database_folder",
            Self::Database { .. } => "database",
            Self::Migration { .. } => "migration",
            Self::Rebuild { .. } => "rebuild",
            Self::Recording { .. } => "recording",
            Self::Serve { .. } => "serve",
        }
    }
}

/// Why a request is not answered as asked. Each variant's first line is its status.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// 403. The Host header names something that this server is not.
    #[error("This server does not answer under that name. Open it by its own address.")]
    WrongHost,
    /// 403. The page that asks comes from elsewhere.
    #[error("Only this server's own pages may open its live link.")]
    WrongOrigin,
    /// 403. A page of elsewhere posts.
    #[error("A page of another server may not post here.")]
    CrossSite,
    /// 401. Nobody says who it is.
    #[error("Sign in first, or send a token: Authorization: Bearer cb_…")]
    SignedOut,
    /// 401. The token is none that is good.
    #[error("This token is not good: {}.", .0.words())]
    BadToken(Why),
    /// 403. Known, and not allowed.
    #[error("This needs {}.", .0.needs())]
    Forbidden(Permission),
    /// 403. A password must be chosen first.
    #[error("Choose a password of your own first, on the page of your account.")]
    MustChange,
    /// 408. The body did not come.
    #[error("The request's body did not come within half a minute.")]
    TooSlow,
    /// 429. Too many changes.
    #[error("Too many changes in a short time. Try again in a moment.")]
    TooFast,
    /// 400. Nothing was posted.
    #[error("There is no event in the request's body.")]
    EmptyBody,
    /// 400. What was posted could not be read, or not to its end.
    #[error("The request's body broke off.")]
    BrokenBody,
    /// 400. What was posted is no event; one that is too large: 413.
    #[error("{0}")]
    Unreadable(Refused),
    /// 413. The body is larger than this address takes.
    #[error("The request's body is too large.")]
    TooLarge,
    /// 503. So much waits that nothing more is taken.
    #[error("Too much waits to be taken. Send it again in a moment.")]
    Busy,
    /// 426. A plain request where a socket is opened.
    #[error("This is the live link: a WebSocket (version 13) is opened here, and nothing else.")]
    NoSocket,
    /// 404. No such page or endpoint.
    #[error("There is nothing under this address.")]
    NotFound,
    /// 404. Nothing of that name is kept.
    #[error("Nothing is kept under that name.")]
    NotKept,
    /// 400. A parameter is none that can be understood.
    #[error("`{field}` {message}.")]
    BadParameter {
        /// Which.
        field: String,
        /// What is wrong with it: "must be …".
        message: String,
    },
    /// 503. The store does not answer.
    #[error("The database does not answer now. What is live is shown all the same.")]
    Unavailable,
    /// 503. A command could not be written down, so it is not sent.
    #[error("The database does not answer now: what cannot be written down is not sent.")]
    NotWritten,
    /// 409. A command was refused; it is kept under this id.
    #[error("Refused: {why}.")]
    Refused {
        /// Why.
        why: String,
        /// The command.
        command: String,
    },
    /// 502. A command was sent, or not, and what became of it is not a yes.
    #[error("{why}.")]
    NotConfirmed {
        /// What became of it: `not_sent`, `no_answer`.
        state: &'static str,
        /// Why.
        why: String,
        /// The command.
        command: String,
    },
    /// 503. Too many sockets.
    #[error("Too many live links are open. Try again in a moment.")]
    TooManyConnections,
    /// 503. The hub does not answer: the server is stopping.
    #[error("The server is stopping.")]
    Stopping,
    /// 500. A fault of ours.
    #[error("Something went wrong here. It has been logged.")]
    Internal,
}

impl ApiError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongHost => "wrong_host",
            Self::WrongOrigin => "wrong_origin",
            Self::CrossSite => "cross_site",
            Self::SignedOut => "signed_out",
            Self::BadToken(_) => "bad_token",
            Self::Forbidden(_) => "forbidden",
            Self::MustChange => "must_change_password",
            Self::TooSlow => "too_slow",
            Self::TooFast => "too_fast",
            Self::EmptyBody => "empty_body",
            Self::BrokenBody => "broken_body",
            Self::Unreadable(refused) => refused.code(),
            Self::TooLarge => "too_large",
            Self::Busy => "busy",
            Self::NoSocket => "no_socket",
            Self::NotFound => "not_found",
            Self::NotKept => "not_kept",
            Self::BadParameter { .. } => "bad_parameter",
            Self::Unavailable | Self::NotWritten => "unavailable",
            Self::Refused { .. } => "refused",
            Self::NotConfirmed { state, .. } => state,
            Self::TooManyConnections => "too_many_connections",
            Self::Stopping => "stopping",
            Self::Internal => "internal",
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::WrongHost | Self::WrongOrigin | Self::CrossSite | Self::Forbidden(_) | Self::MustChange => {
                StatusCode::FORBIDDEN
            }
            Self::SignedOut | Self::BadToken(_) => StatusCode::UNAUTHORIZED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooFast => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge | Self::Unreadable(Refused::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::EmptyBody | Self::BrokenBody | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::NoSocket => StatusCode::UPGRADE_REQUIRED,
            Self::NotFound | Self::NotKept => StatusCode::NOT_FOUND,
            Self::BadParameter { .. } => StatusCode::BAD_REQUEST,
            Self::TooManyConnections | Self::Stopping | Self::Unavailable | Self::NotWritten | Self::Busy => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Refused { .. } => StatusCode::CONFLICT,
            Self::NotConfirmed { .. } => StatusCode::BAD_GATEWAY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Why the store did not answer is logged, and not told.
impl From<StoreError> for ApiError {
    fn from(cause: StoreError) -> Self {
        tracing::warn!(code = cause.code(), "a request could not be answered from the store");
        Self::Unavailable
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({ "success": false, "code": self.code(), "message": self.to_string() });
        if let Self::BadParameter { field, .. } = &self {
            body["field"] = json!(field);
        }
        if let Self::Refused { command, .. } | Self::NotConfirmed { command, .. } = &self {
            body["command"] = json!(command);
        }
        let mut response = (self.status(), Json(body)).into_response();
        if self.status() == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
