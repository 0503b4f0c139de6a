//! A small real night: what is shown was done.
//!
//! Import: each bar of each symbol is checked and stored. Indicators: computed over the stored closes. Every step is published
//! when it is done, symbol by symbol, paced so that a person can watch.

mod bars;
mod indicators;
mod store;

use crate::error::Error;
use crate::publish::{Message, Publisher, date, now};
use crate::uuid::uuid;
use bars::Series;
use clap::Args;
use indicators::{INDICATORS, Indicator};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use store::Store;

const IMPORT: &str = "daily_import_job";
const ENGINE: &str = "indicator_calculation_engine";
const JOB: &str = "daily_indicator_job";
const SCHEDULER: &str = "daily_scheduler";

/// Options of `run`.
#[derive(Args)]
pub struct Options {
    /// How slowly: 1 takes about a minute, 0 as fast as it goes.
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// Where the bars are stored.
    #[arg(long, default_value = "data/processor.db")]
    db: PathBuf,
    /// Other bars than those in the program: a CSV of the same columns.
    #[arg(long)]
    data: Option<PathBuf>,
}

struct Night<'a> {
    publisher: &'a mut Publisher,
    run_id: String,
    pace: f64,
    total: usize,
}

/// Does one night.
///
/// # Errors
/// When the data cannot be read, the store fails, or Redis stays away.
pub async fn run(options: &Options, publisher: &mut Publisher) -> Result<(), Error> {
    let series = match &options.data {
        Some(path) => {
            bars::read(&std::fs::read_to_string(path).map_err(|cause| Error::Data(cause.to_string()))?)?
        }
        None => bars::built_in()?,
    };
    let store = Store::open(&options.db).await?;
    let began = Instant::now();
    let run_id = uuid(rand::random());
    let mut night = Night { publisher, run_id, pace: options.pace.clamp(0.0, 100.0), total: series.len() };
    night.begin().await?;
    let imported = night.import(&series, &store).await?;
    night.indicators(&imported, &store).await?;
    night.end(imported.len(), began).await
}

impl Night<'_> {
    async fn send(
        &mut self,
        channel: &'static str,
        event: &'static str,
        source: &'static str,
        mut payload: serde_json::Value,
    ) -> Result<(), Error> {
        if let Some(fields) = payload.as_object_mut() {
            fields.insert("run_id".into(), self.run_id.clone().into());
        }
        self.publisher.send(&Message::new(channel, event, source, payload)).await
    }

    /// A pause in which nothing is done, so that a person can follow.
    async fn breathe(&self, seconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds * self.pace)).await;
    }

    async fn begin(&mut self) -> Result<(), Error> {
        println!("Night {}: {} symbols", self.run_id, self.total);
        let payload = json!({
            "run_date": date(now()), "phases": ["import", "indicators"], "universe": "sample",
            "symbols_count": self.total, "trigger_type": "manual"
        });
        self.send("tickstock:processing:status", "processing_started", SCHEDULER, payload).await?;
        self.breathe(1.5).await;
        Ok(())
    }

    /// Checks and stores each symbol's bars; a bad symbol fails with its reason, the others go on.
    async fn import<'s>(&mut self, series: &'s [Series], store: &Store) -> Result<Vec<&'s Series>, Error> {
        let began = Instant::now();
        let payload =
            json!({ "universe_names": ["sample"], "total_symbols": self.total, "timeframes": ["daily"] });
        self.send("tickstock:import:started", "data_import_started", IMPORT, payload).await?;
        let (mut good, mut failed, mut records) = (Vec::new(), Vec::new(), 0);
        for (index, symbol) in series.iter().enumerate() {
            self.breathe(4.0).await;
            let taken = Instant::now();
            let checked = bars::check(&symbol.bars);
            let success = checked.is_ok();
            let mut result =
                json!({ "symbol": symbol.symbol, "success": success, "timeframes_processed": ["daily"] });
            match checked {
                Ok(()) => {
                    store.put_bars(&symbol.symbol, &symbol.bars).await?;
                    records += symbol.bars.len();
                    good.push(symbol);
                    result["records_imported"] = symbol.bars.len().into();
                }
                Err(reason) => {
                    failed.push(symbol.symbol.clone());
                    result["records_imported"] = 0.into();
                    let problem = json!({
                        "severity": "error", "component": "data_import", "error_code": "BAD_BAR", "message": reason,
                        "context": { "symbol": symbol.symbol, "run_id": self.run_id, "phase": "import" }
                    });
                    self.send("tickstock:errors", "critical_error", IMPORT, problem).await?;
                }
            }
            result["processing_time_ms"] = millis(taken).into();
            self.send("tickstock:import:progress", "symbol_processing_complete", IMPORT, result).await?;
            let progress = json!({
                "phase": "data_import", "total_symbols": self.total, "completed": good.len(), "failed": failed.len(),
                "processed": index + 1, "remaining": self.total - index - 1,
                "percentage": percent(index + 1, self.total), "current_symbol": symbol.symbol
            });
            self.send("tickstock:monitoring", "job_progress_update", "job_progress_tracker", progress)
                .await?;
        }
        println!("Import: {records} bars of {} symbols, {} failed", good.len(), failed.len());
        let payload = json!({
            "duration_seconds": began.elapsed().as_secs(), "total_symbols": self.total, "successful_symbols": good.len(),
            "failed_symbols": failed, "total_records_imported": records, "success_rate": percent(good.len(), self.total)
        });
        self.send("tickstock:import:completed", "data_import_completed", IMPORT, payload).await?;
        Ok(good)
    }

    /// Computes every indicator of every imported symbol. One that is too short for an indicator goes without it, and says so.
    async fn indicators(&mut self, series: &[&Series], store: &Store) -> Result<(), Error> {
        let began = Instant::now();
        let payload = json!({ "total_symbols": series.len(), "total_indicators": INDICATORS.len(), "timeframes": ["daily"] });
        self.send("tickstock:indicators:started", "indicator_processing_started", JOB, payload).await?;
        let (mut computed, mut skipped) = (0, 0);
        for (index, symbol) in series.iter().enumerate() {
            let taken = Instant::now();
            let closes = store.closes(&symbol.symbol).await?;
            let mut values = 0;
            for indicator in &INDICATORS {
                self.breathe(0.8).await;
                if self.indicator(&symbol.symbol, indicator, &closes, store).await? {
                    values += 1;
                } else {
                    skipped += 1;
                }
            }
            computed += values;
            let result = json!({
                "symbol": symbol.symbol, "phase": "indicators", "success": true, "values": values, "processing_time_ms": millis(taken)
            });
            self.send("tickstock:indicators:progress", "symbol_processing_complete", JOB, result).await?;
            let progress = json!({
                "completed_symbols": index + 1, "total_symbols": series.len(),
                "percent_complete": percent(index + 1, series.len()), "current_symbol": symbol.symbol
            });
            self.send("tickstock:indicators:progress", "indicator_progress", JOB, progress).await?;
        }
        println!("Indicators: {computed} computed, {skipped} skipped for want of bars");
        let payload = json!({
            "total_symbols": series.len(), "successful_symbols": series.len(), "failed_symbols": 0,
            "total_indicators": series.len() * INDICATORS.len(), "successful_indicators": computed, "failed_indicators": 0,
            "success_rate": 100.0, "duration_seconds": began.elapsed().as_secs()
        });
        self.send("tickstock:indicators:completed", "indicator_processing_completed", JOB, payload).await
    }

    /// One indicator of one symbol. False: it has too few bars.
    async fn indicator(
        &mut self,
        symbol: &str,
        indicator: &Indicator,
        closes: &[f64],
        store: &Store,
    ) -> Result<bool, Error> {
        let values = indicator
            .compute(closes)
            .map_err(|code| Error::Data(format!("{}: {code:?}", indicator.name())))?;
        let Some(latest) = values.last().copied() else {
            let (needed, has) = (indicator.needs(), closes.len());
            let problem = json!({
                "severity": "warning", "component": "indicator_engine", "error_code": "INSUFFICIENT_DATA",
                "message": format!("{} needs {needed} bars, {symbol} has {has}", indicator.name()),
                "context": {
                    "symbol": symbol, "run_id": self.run_id, "phase": "indicators", "indicator": indicator.name(),
                    "data_points": has, "required_points": needed
                }
            });
            self.send("tickstock:errors", "critical_error", ENGINE, problem).await?;
            return Ok(false);
        };
        store.put_indicator(symbol, &indicator.name(), &values).await?;
        let payload = json!({
            "symbol": symbol, "indicator": indicator.name(), "timeframe": "daily", "values": { "value": latest },
            "metadata": { "period": indicator.period, "data_points": closes.len(), "price": "adjusted close" }
        });
        self.send("tickstock:indicators:calculated", "indicator_calculated", ENGINE, payload).await?;
        Ok(true)
    }

    async fn end(&mut self, succeeded: usize, began: Instant) -> Result<(), Error> {
        let failed = self.total - succeeded;
        // Four in five must have come through (contract.md §7.4).
        let status = if succeeded * 5 >= self.total * 4 { "success" } else { "failed" };
        let payload = json!({
            "status": status, "duration_seconds": began.elapsed().as_secs(), "symbols_processed": succeeded, "symbols_failed": failed
        });
        println!("Night over: {status}");
        self.send("tickstock:processing:status", "processing_completed", SCHEDULER, payload).await
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
    let percent = if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 };
    percent
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
