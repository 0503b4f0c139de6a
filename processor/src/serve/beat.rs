//! That the producer lives: told while it does, also when it has nothing to do. It is not kept while Redis is away: it is about now.

use crate::outbox::Outbox;
use crate::publish::Message;
use crate::run::tell::{MONITORING, SCHEDULER};
use serde_json::json;
use std::time::{Duration, Instant};

/// How often.
const EVERY: Duration = Duration::from_secs(30);

/// Tells it for ever.
pub async fn beat(outbox: Outbox) {
    let began = Instant::now();
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let payload = json!({ "status": "running", "uptime_seconds": began.elapsed().as_secs() });
        outbox.mention(Message::new(MONITORING, "heartbeat", SCHEDULER, payload));
    }
}
