//! What changes in universes: written down, and told.
//!
//! Invariant: a universe is replaced whole, by one write, before a word is said of it.

use super::Run;
use crate::publish::now;
use processor::bar::iso;
use processor::source::{Listed, Source};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Who tells it.
pub const JOB: &str = "daily_cache_sync_job";
/// Why somebody is taken out of every universe.
pub const NOT_TRADED: &str = "not traded any more";
/// Changes of one universe that are told one by one; more are told as a number.
const ONE_BY_ONE: usize = 200;

/// What a sync has changed so far.
#[derive(Default)]
pub struct Sum {
    /// Symbols that came into a universe or left one.
    pub changes: usize,
    /// Universes that changed.
    pub updated: BTreeSet<String>,
    /// Steps that are done, and their changes.
    pub tasks: BTreeMap<&'static str, usize>,
}

/// What is known of a symbol; nothing, of one that is in it no more.
fn about(listed: Option<&Listed>) -> Value {
    let mut metadata = json!({});
    if let Some(sector) = listed.and_then(|listed| listed.sector.clone()) {
        metadata["sector"] = sector.into();
    }
    if let Some(day) = listed.and_then(|listed| listed.listed) {
        metadata["listing_date"] = iso(day).into();
    }
    metadata
}

/// Replaces a universe, and tells what changed.
pub async fn put<S: Source>(
    run: &Run<S>,
    name: &str,
    mut members: Vec<Listed>,
    reason: &str,
    sum: &mut Sum,
) -> Result<(), String> {
    members.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    let put = run.store.put_universe(name, &members, now()).await;
    let changes = put.map_err(|cause| cause.to_string())?;
    let of: BTreeMap<&str, &Listed> = members.iter().map(|listed| (listed.symbol.as_str(), listed)).collect();
    let count = changes.added.len() + changes.removed.len();
    if count == 0 {
        return Ok(());
    }
    sum.changes += count;
    sum.updated.insert(name.to_owned());
    if name == "recent_ipos" {
        for symbol in changes.added.iter().take(ONE_BY_ONE) {
            let metadata = about(of.get(symbol.as_str()).copied());
            let payload =
                json!({ "symbol": symbol, "universe": name, "reason": reason, "metadata": metadata });
            run.teller.say("tickstock:cache:ipo_assignment", "ipo_assignment", JOB, payload).await;
        }
    }
    if reason == NOT_TRADED {
        let symbols: Vec<&String> = changes.removed.iter().take(ONE_BY_ONE).collect();
        let payload = json!({
            "universe": name, "removed_count": changes.removed.len(), "symbols": symbols, "reason": reason
        });
        run.teller.say("tickstock:cache:delisting_cleanup", "delisting_cleanup", JOB, payload).await;
        return Ok(());
    }
    let each = |symbols: &Vec<String>, action: &'static str| {
        symbols.iter().map(move |symbol| (symbol.clone(), action)).collect::<Vec<_>>()
    };
    let all = [each(&changes.added, "added"), each(&changes.removed, "removed")].concat();
    for (symbol, action) in all.iter().take(ONE_BY_ONE) {
        let mut metadata = about(of.get(symbol.as_str()).copied());
        metadata["count"] = members.len().into();
        let payload = json!({
            "universe": name, "action": action, "symbol": symbol, "reason": reason, "metadata": metadata
        });
        run.teller.say("tickstock:universe:updated", "universe_updated", JOB, payload).await;
    }
    if count > ONE_BY_ONE {
        let payload = json!({
            "universe": name, "action": "updated", "reason": reason, "metadata": { "count": members.len(), "changes": count }
        });
        run.teller.say("tickstock:universe:updated", "universe_updated", JOB, payload).await;
    }
    Ok(())
}
