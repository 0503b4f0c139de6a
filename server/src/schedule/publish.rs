//! What somebody changed is told: to the keeper, to other servers, and to whoever listens for the schedule.

use crate::commands;
use crate::state::App;
use domain::command::SOURCE;
use domain::time::{Millis, iso};
use serde_json::{Value, json};
use std::time::Duration;

/// Redis takes a message within this.
const PATIENCE: Duration = Duration::from_secs(2);
/// Where schedules are told.
const CHANNEL: &str = "tickstock:processing:schedule";

/// Something of the schedule was changed and is written down.
pub async fn changed(app: &App) {
    app.hub.planned().notify_one();
    commands::tell_others(app);
    let now = crate::clock::now();
    let Ok(Some(outlook)) = super::outlook(app, now).await else { return };
    if !outlook.settings.ours {
        // The producer's counts: what it is now is asked.
        app.link.look_again();
        return;
    }
    let message = message(&outlook, now).to_string();
    let told = async {
        let client = redis::Client::open(app.config.redis_url.as_str())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PUBLISH").arg(CHANNEL).arg(message).query_async::<u64>(&mut connection).await
    };
    if !matches!(tokio::time::timeout(PATIENCE, told).await, Ok(Ok(_))) {
        tracing::warn!("the schedule could not be published: Redis is not reachable");
    }
}

/// Our schedule in the producer's spelling (contract.md §3.2): of several entries the one that is due next.
fn message(outlook: &super::Outlook, now: Millis) -> Value {
    let next = outlook.next(now);
    let first = || outlook.entries.iter().find(|stored| stored.entry.enabled).or(outlook.entries.first());
    let entry = next.as_ref().map(|(stored, _)| *stored).or_else(first).map(|stored| &stored.entry);
    let due = next.as_ref().map(|(_, due)| due.at).filter(|_| outlook.settings.fires());
    json!({
        "event": "schedule_updated", "timestamp": iso(now), "source": SOURCE, "version": "1.0",
        "payload": { "schedule": {
            "enabled": outlook.settings.fires() && outlook.entries.iter().any(|stored| stored.entry.enabled),
            "trigger_time": entry.map(domain::schedule::Entry::time),
            "timezone": entry.map(|entry| entry.zone.clone()),
            "market_check": entry.map(|entry| entry.market_check),
            "universes": entry.map(|entry| entry.universe.iter().collect::<Vec<_>>()),
            "next_run": due.map(iso),
        } },
    })
}
