//! Commands and questions, over HTTP and over Redis: read, checked, and taken to a [`Desk`]. The simulator has one, whose answers can
//! be wrong on purpose; `serve` has one that really works.
//!
//! Invariants: what waits is bounded; it listens on this machine only; a command means the same whichever way it came.

pub mod asked;
mod command;
mod door;
mod fault;
mod fields;
pub mod http;
pub mod redis;
mod refusal;
mod timetable;

pub use command::{Command, Mode};
pub use door::Door;
pub use fault::{Fault, Faults, MOST_TIMES};
pub use fields::Fields;
pub use refusal::Refusal;
pub use timetable::{Change, Timetable};

use domain::time::Millis;
use serde_json::{Value, json};
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::publish::Message;

/// Where errors and refusals are said.
pub const ERRORS: &str = "tickstock:errors";
/// The name of an error of whatever severity, in its producer's own words (contract §3.6 B).
pub const ERROR: &str = "error";

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// This run has begun.
    Started(String),
    /// This run was asked for under the same id before: nothing begins.
    Known(String),
    /// This run is cancelled.
    Cancelled(String),
    /// The schedule is this from now on.
    Scheduled(Value),
    /// It was answered on the channels.
    Told,
}

/// Where commands are obeyed and questions answered (contract §4.2).
pub trait Desk: Send + Sync + 'static {
    /// Obeys. `id`: of the run that is to begin, or to be cancelled. `fault`: what is to go wrong.
    ///
    /// # Errors
    /// When it cannot be done now, or not at all.
    fn obey(
        &self,
        command: Command,
        id: Option<String>,
        fault: Option<Fault>,
    ) -> impl Future<Output = Result<Done, Refusal>> + Send;
    /// Whoever asked over Redis hears that it is not done, and why.
    fn refuse(&self, command: &str, id: Option<&str>, refusal: &Refusal);
    /// How it is doing.
    fn status(&self) -> impl Future<Output = Result<Value, Refusal>> + Send;
    /// What it did since then, newest first.
    fn history(&self, since: Millis) -> impl Future<Output = Result<Value, Refusal>> + Send;
    /// A cache sync of its own; `None`: it is not remembered.
    fn job(&self, id: &str) -> impl Future<Output = Result<Option<Value>, Refusal>> + Send;
    /// A page of the cache syncs, newest first.
    fn jobs(&self, limit: usize, offset: usize) -> impl Future<Output = Result<Value, Refusal>> + Send;
    /// The caches.
    fn stats(&self) -> impl Future<Output = Result<Value, Refusal>> + Send;
    /// When a night would begin.
    fn schedule(&self) -> Value;
    /// Whether it lives. `redis`: whether commands are heard there.
    fn health(&self, redis: bool) -> Value;
    /// What goes wrong with this command on purpose: nothing, unless it is a simulator's.
    fn fault(&self, _command: &Command) -> Option<Fault> {
        None
    }
    /// How slow the fault `slow` is.
    fn slow(&self) -> Duration {
        Duration::ZERO
    }
}

/// That a command is not done, and why.
pub fn refused(source: &'static str, command: &str, id: Option<&str>, refusal: &Refusal) -> Message {
    let payload = json!({
        "severity": "warning", "component": "command_listener", "error_code": "COMMAND_REFUSED",
        "message": refusal.to_string(), "context": { "command": command, "run_id": id, "reason": refusal.code() }
    });
    Message::new(ERRORS, ERROR, source, payload)
}

/// Anybody who reaches it may start runs, so nobody else does.
///
/// # Errors
/// When it is no address of this machine.
pub fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "is an address and a port, such as 127.0.0.1:8080")?;
    if !address.ip().is_loopback() {
        return Err("the processor listens on this machine only: 127.0.0.1 or [::1]".to_owned());
    }
    Ok(address)
}

/// The key that was given; an empty one is none.
pub fn key_of(given: Option<&str>) -> Option<Arc<str>> {
    given.map(str::trim).filter(|key| !key.is_empty()).map(Arc::from)
}

/// A line for whoever started it. They may read the first, for the port, and go: that stops nothing.
pub fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
