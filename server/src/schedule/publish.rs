//! What somebody changed is told: to the keeper, to other servers, and to whoever listens for the schedule.

use crate::commands;
use crate::state::App;
use domain::command::SOURCE;
use domain::record::MomentKind;
use domain::time::{Civil, Millis};
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
    let due = outlook.plan.next(now, |kind| kind == MomentKind::Due).map(|moment| moment.at);
    let entry = outlook.entries.iter().map(|stored| &stored.entry).find(|entry| entry.enabled);
    let entry = entry.or_else(|| outlook.entries.first().map(|stored| &stored.entry));
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

/// An instant as messages have it.
pub(crate) fn iso(at: Millis) -> String {
    let civil = Civil::from_utc(at);
    format!("{:04}-{:02}-{:02}T{}Z", civil.year, civil.month, civil.day, civil.hms())
}
