//! `/live`: the WebSocket. One task a connection, one ring of frames for all, one timer for all beats.
//!
//! A connection says what it watches (`{"watch":["board"],"epoch":"…","after":n}`); what it lacks is sent, then every frame of
//! those topics. Nothing is queued per connection: who is too slow loses its place in the ring and is caught up after the
//! number it holds, so a stalled tab costs a socket buffer and nothing else.
//!
//! Tests: `server/tests/live.rs`.

mod connection;
mod place;

use crate::clock;
use crate::error::ApiError;
use crate::security;
use crate::state::App;
use axum::extract::ws::{Utf8Bytes, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use domain::wire::{BEAT, Beat, ServerMessage};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Largest message that a browser may send.
const MESSAGE: usize = 8 << 10;

/// Counts a socket for as long as it is open.
#[derive(Debug)]
struct Seat {
    sockets: Arc<AtomicU32>,
    gauge: prometheus_client::metrics::gauge::Gauge,
}

impl Seat {
    fn take(app: &App) -> Option<Self> {
        let taken = app.sockets.fetch_add(1, Ordering::AcqRel);
        if taken >= app.config.max_connections {
            app.sockets.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        let gauge = app.metrics.connections.clone();
        gauge.inc();
        Some(Self { sockets: app.sockets.clone(), gauge })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.sockets.fetch_sub(1, Ordering::AcqRel);
        self.gauge.dec();
    }
}

/// Opens a socket, for pages of our own and for scripts on this machine.
pub async fn open(State(app): State<App>, request: Request) -> Response {
    if !security::same_origin(request.headers()) {
        return ApiError::WrongOrigin.into_response();
    }
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &app).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let Some(seat) = Seat::take(&app) else { return ApiError::TooManyConnections.into_response() };
    // 4 KiB: the default of 128 KiB is zeroed at every read, which is most of a connection's cost.
    upgrade
        .read_buffer_size(4 << 10)
        .write_buffer_size(4 << 10)
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE)
        .on_upgrade(move |socket| async move {
            connection::serve(socket, app).await;
            drop(seat);
        })
}

/// Starts the one timer that makes the beats of all connections.
pub fn start_beats(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(BEAT.unsigned_abs()));
        loop {
            tick.tick().await;
            // An error means that nobody is connected.
            let _ = app.beats.send(beat(&app));
        }
    });
}

fn beat(app: &App) -> Utf8Bytes {
    text(&ServerMessage::Beat(Beat { beat: app.hub.seq(), now: clock::now() }))
}

fn text(message: &ServerMessage) -> Utf8Bytes {
    // Our own messages always encode.
    serde_json::to_string(message).unwrap_or_default().into()
}
