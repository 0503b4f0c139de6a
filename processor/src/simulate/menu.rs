//! The menu of the old simulator: single messages by hand, for whoever wants to see what one does.

use super::{Options, play};
use crate::error::Error;
use crate::night::uuid;
use crate::publish::{Message, Publisher};
use serde_json::json;
use std::io::Write;
use tokio::io::{AsyncBufReadExt, BufReader};

const SOURCE: &str = "TickStockPL-Simulator";
const STATUS: &str = "tickstock:processing:status";
const CHOICES: &str = "
 1  start a run                 5  an error
 2  progress of the run         6  the schedule changes
 3  the run ends well           7  an import of its own
 4  the run fails               8  a whole night
 9  night after night           q  end
> ";

/// Asks, and does, until `q` or the end of input.
pub async fn run(options: &Options, publisher: &mut Publisher) -> Result<(), Error> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut run_id = uuid(rand::random());
    let mut done = 0;
    let total = options.symbols;
    for number in 0.. {
        print!("{CHOICES}");
        std::io::stdout().flush()?;
        let Some(line) = lines.next_line().await? else { return Ok(()) };
        let message = match line.trim() {
            "1" => {
                run_id = uuid(rand::random());
                done = 0;
                let payload = json!({ "run_id": run_id, "symbols_count": total, "trigger_type": "manual" });
                Message::new(STATUS, "daily_processing_started", SOURCE, payload)
            }
            "2" => {
                done = (done + total / 10).min(total);
                let payload = json!({
                    "run_id": run_id, "phase": "data_import", "total_symbols": total, "completed": done, "failed": 0,
                    "processed": done, "percentage": f64::from(done) * 100.0 / f64::from(total.max(1)), "current_symbol": "AAPL"
                });
                Message::new("tickstock:monitoring", "job_progress_update", SOURCE, payload)
            }
            choice @ ("3" | "4") => {
                let status = if choice == "3" { "success" } else { "failed" };
                let payload = json!({ "run_id": run_id, "status": status, "symbols_processed": done, "symbols_failed": 0 });
                Message::new(STATUS, "daily_processing_completed", SOURCE, payload)
            }
            "5" => {
                let payload = json!({
                    "severity": "error", "component": "massive_fetcher", "error_code": "API_RATE_LIMIT",
                    "message": "the provider asked to slow down", "context": { "run_id": run_id, "symbol": "IBM", "phase": "import" }
                });
                Message::new("tickstock:errors", "critical_error", SOURCE, payload)
            }
            "6" => {
                let payload =
                    json!({ "schedule": { "enabled": true, "trigger_time": "16:10", "market_check": true } });
                Message::new("tickstock:processing:schedule", "schedule_updated", SOURCE, payload)
            }
            choice @ ("7" | "8" | "9") => {
                let mut options = options.clone();
                options.phase2 = choice == "7";
                loop {
                    play(&options, number, publisher).await?;
                    if choice != "9" {
                        break;
                    }
                }
                continue;
            }
            "q" => return Ok(()),
            _ => continue,
        };
        publisher.send(&message).await?;
    }
    Ok(())
}
