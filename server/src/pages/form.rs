//! What an address or a form says, field by field, and its answer: the page, or for a script the part alone.

use super::{cookie, once, snapshot, unkept};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::hub;
use crate::state::App;
use app::archive::Facts;
use app::pages::ArchiveHtml;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value};

/// How a script says that it wants the part alone.
pub(super) const PART: &str = "x-part";
/// Fields of a form.
const MOST: usize = 64;

/// What somebody wants, as an address or a form says it.
#[derive(Debug, Default)]
pub(super) struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    /// Reads it as browsers write it. What cannot be read is not there.
    pub(super) fn read(text: &[u8]) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(text).unwrap_or_default();
        Self { pairs: pairs.into_iter().take(MOST).collect() }
    }

    /// A field's value; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What was filled in, but for these.
    pub(super) fn given(&self, but: &[&str]) -> Vec<(String, String)> {
        let other = |name: &str| !but.contains(&name);
        self.pairs.iter().filter(|(name, value)| other(name) && !value.is_empty()).cloned().collect()
    }

    /// The same as fields; one that came twice is a list.
    pub(super) fn fields(&self, but: &[&str]) -> Map<String, Value> {
        let mut fields: Map<String, Value> = Map::new();
        for (name, value) in self.given(but) {
            let joined = match fields.get(&name).and_then(Value::as_str) {
                Some(known) => format!("{known},{value}"),
                None => value,
            };
            fields.insert(name, Value::String(joined));
        }
        fields
    }
}

/// By what whoever asks is told, which the board alone knows.
pub(super) async fn facts_of(app: &App, parts: &Parts) -> Result<Facts, ApiError> {
    let board = app.hub.ask(hub::Command::Snapshot).await.ok_or(ApiError::Stopping)?;
    let caller = parts.extensions.get::<Caller>().ok_or(ApiError::SignedOut)?;
    let zone = cookie(&parts.headers, "cb_zone");
    let who = (caller.name.clone(), caller.grant);
    Ok(Facts::of(&snapshot(app, &board, &who, (zone.as_deref(), None))))
}

/// The page, or for a script the part alone.
pub(super) async fn part_or_page(
    app: &App,
    parts: &Parts,
    status: StatusCode,
    write: impl FnOnce(&Facts) -> ArchiveHtml,
) -> Response {
    if !parts.headers.contains_key(PART) {
        let request = Request::from_parts(parts.clone(), Body::empty());
        return once(app, request, status, write).await.unwrap_or_else(IntoResponse::into_response);
    }
    let facts = match facts_of(app, parts).await {
        Ok(facts) => facts,
        Err(refusal) => return refusal.into_response(),
    };
    let ArchiveHtml(part) = write(&facts);
    let sheet = &app.assets.archive;
    let sheet =
        if sheet.is_empty() { String::new() } else { format!("<link rel=\"stylesheet\" href=\"{sheet}\">") };
    unkept(app, (status, Html(format!("{sheet}{part}"))))
}
