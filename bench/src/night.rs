//! Nights as a producer tells them: a run that starts, the result of every symbol in every phase, progress and heartbeats between
//! them, and its end. So long that what is measured is the server, and never the same twice, because messages are known by their bytes.

use crate::event::{CHANNEL, PHASES, STATUS, result_of};
use serde_json::{Value, json};

/// A channel and a message.
pub type Told = (&'static str, String);

/// So many results come between two reports of progress, and between two heartbeats.
const PROGRESS: usize = 25;
const HEARTBEAT: usize = 100;

/// A night of one run: a little more than four messages for each symbol.
pub fn night(run: &str, symbols: usize) -> Vec<Told> {
    let mut told = vec![(
        STATUS,
        message(
            "processing_started",
            &json!({ "run_id": run, "symbols_count": symbols, "trigger_type": "automatic", "phases": PHASES, "universes": ["sp500"] }),
        ),
    )];
    for phase in 0..PHASES.len() {
        for symbol in 0..symbols {
            // One in fifty fails, in the import: what fails is told in the columns of its row.
            let failed = phase == 0 && symbol % 50 == 7;
            told.push((CHANNEL, if failed { failure(run, symbol) } else { result_of(run, symbol, phase) }));
            if symbol % PROGRESS == PROGRESS - 1 {
                told.extend(progress(run, phase, symbol, symbols));
            }
            if symbol % HEARTBEAT == 0 {
                let beat = json!({ "status": "healthy", "run": run, "beat": phase * symbols + symbol });
                told.push(("tickstock:monitoring", message("heartbeat", &beat)));
            }
        }
    }
    let ended = json!({ "run_id": run, "status": "success", "symbols_processed": symbols, "symbols_failed": symbols / 50 });
    told.push((STATUS, message("processing_completed", &ended)));
    told
}

/// Nights of five thousand symbols, one after the other, until there are so many messages.
pub fn nights(messages: usize) -> Vec<Told> {
    let mut told = Vec::new();
    for number in 0.. {
        if told.len() >= messages {
            break;
        }
        told.extend(night(&format!("night-{number}"), 5_000));
    }
    told.truncate(messages);
    told
}

fn failure(run: &str, symbol: usize) -> String {
    let payload = json!({ "run_id": run, "symbol": format!("S{symbol}"), "phase": "import", "success": false, "processing_time_ms": 1_204, "error_code": "API_RATE_LIMIT", "message": "the source asked to slow down" });
    message("symbol_processing_complete", &payload)
}

fn progress(run: &str, phase: usize, symbol: usize, symbols: usize) -> Option<Told> {
    let (channel, event) = match phase {
        0 => (CHANNEL, "import_progress"),
        1 => ("tickstock:indicators:progress", "indicator_progress"),
        2 => ("tickstock:patterns:progress", "pattern_progress"),
        // The alerts have no progress of their own.
        _ => return None,
    };
    let payload = json!({ "run_id": run, "total_symbols": symbols, "completed_symbols": symbol + 1, "current_symbol": format!("S{symbol}") });
    Some((channel, message(event, &payload)))
}

fn message(event: &str, payload: &Value) -> String {
    json!({ "event": event, "source": "bench", "version": "1.0", "timestamp": "2026-11-20T21:10:00Z", "payload": payload }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_messages_of_a_night_are_the_same_and_there_are_as_many_as_asked_for() {
        let told = night("7f3a", 100);
        assert_eq!(told.iter().collect::<HashSet<_>>().len(), told.len());
        assert_eq!(told.len(), 2 + 4 * (100 + 1) + 3 * 4);
        assert_eq!(nights(50_000).len(), 50_000);
    }
}
