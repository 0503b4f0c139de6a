//! `/live`: the WebSocket. A task per connection reads, one writer per core writes, one timer makes all beats.
//!
//! A connection says what it watches (`{"watch":["board"],"epoch":"…","after":n}`); what it lacks is sent, then every frame of
//! those topics. Nothing is queued per connection: who is too slow is left out and then caught up after the number it holds,
//! so a stalled tab costs a socket buffer and nothing else.
//!
//! One frame's way: [`crate::hub`] → its outlets → `writer` (frames it once, for all) → each socket. Tests: `server/tests/live.rs`.

mod connection;
mod member;
mod place;
pub(crate) mod websocket;
mod writer;

use crate::auth::{Caller, Why};
use crate::clock;
use crate::error::ApiError;
use crate::hub::{HubHandle, Order};
use crate::metrics::Metrics;
use crate::security;
use crate::state::App;
use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use domain::wire::{BEAT, Beat, ServerMessage};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Counts a socket for as long as it is open.
#[derive(Debug)]
pub struct Seat {
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

/// Opens a socket, for pages of our own and for programs with a token.
pub async fn open(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    if !security::same_origin(request.headers()) {
        return ApiError::WrongOrigin.into_response();
    }
    let (answer, switch) = match websocket::accept(request) {
        Ok(accepted) => accepted,
        Err(refused) => return refused.into_response(),
    };
    let Some(seat) = Seat::take(&app) else { return ApiError::TooManyConnections.into_response() };
    let Some(seated) = app.auth.presence.enter(&caller, app.config.max_connections_each) else {
        return ApiError::TooManyConnections.into_response();
    };
    tokio::spawn(connection::serve(switch, app, seat, seated));
    answer
}

/// Tells a page whose browser is not signed in so, by the only thing that its script gets to see: a socket that closes with a code.
pub fn turn_away(app: &App, request: Request, why: Why) -> Response {
    let Some(seat) = Seat::take(app) else { return ApiError::TooManyConnections.into_response() };
    match websocket::accept(request) {
        Ok((answer, switch)) => {
            tokio::spawn(async move {
                let _seat = seat;
                if let Some((stream, _)) = switch.stream().await {
                    websocket::last_words(stream, connection::signed_out(why)).await;
                }
            });
            answer
        }
        Err(refused) => refused.into_response(),
    }
}

/// Starts a writer at each end of the hub's outlets.
pub fn start_writers(ends: Vec<mpsc::Receiver<Order>>, hub: &HubHandle, metrics: &Arc<Metrics>) {
    for end in ends {
        tokio::spawn(writer::Writer::new(hub.clone(), metrics.clone()).run(end));
    }
}

/// Starts the one timer that makes the beats of all connections.
pub fn start_beats(app: &App) {
    let hub = app.hub.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(BEAT.unsigned_abs()));
        loop {
            tick.tick().await;
            let beat = Beat { beat: hub.seq(), now: clock::now() };
            hub.outlets().beat(websocket::text(&ServerMessage::Beat(beat))).await;
        }
    });
}
