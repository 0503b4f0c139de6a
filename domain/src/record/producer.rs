//! The producer, as far as its messages tell: when it was heard, how it says it is, what its monitor complains of. And its API,
//! where we were told to ask it.

use super::Severity;
use crate::time::Millis;
use crate::wire::readable;
use serde::Serialize;

/// The producer of the night.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Producer {
    /// When it was last heard, to the second.
    pub heard: Millis,
    /// True when its messages say that they are simulated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// Its health in its own word, if it reports one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Its health from 0 to 100, if it reports one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// When it reported its health.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_at: Option<Millis>,
    /// What it says it is doing ("running").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Its last heartbeat: any message of its monitor, to the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beat: Option<Millis>,
}

/// The producer's API, which is asked what was missed. Without an address of it there is no such record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProducerApi {
    /// Whether it answers; `None`: it was not asked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up: Option<bool>,
    /// Since when this is so.
    pub since: Millis,
    /// Its host and port, without credentials, for people.
    pub address: String,
    /// Why it does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was asked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Millis>,
}

/// An alert of the producer's monitor. Resolved ones stay a while, so that a repeated alert does not come back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alert {
    /// Its id; where it has none, its component.
    pub id: String,
    /// How bad.
    pub severity: Severity,
    /// Who raised it; may be empty.
    pub component: String,
    /// What it says; may be empty.
    pub message: String,
    /// When it was raised.
    pub at: Millis,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Millis>,
}

impl Alert {
    /// Whether it still holds.
    #[must_use]
    pub fn open(&self) -> bool {
        self.resolved.is_none_or(|resolved| resolved < self.at)
    }
}

readable!(Producer { heard, simulated, health, score, health_at, state, beat });
readable!(ProducerApi { up, since, address, reason, asked });
readable!(Alert { id, severity, component, message, at, resolved });
