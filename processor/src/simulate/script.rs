//! The script of a night: what is said when. Pure and deterministic; the pictures of the screens are such a night.
//!
//! A symbol that fails in the import is not in the later phases' totals. Counts never fall, percentages are of the counts, and
//! lists of failures are those that were reported one by one.

use super::symbols::symbols;
use crate::night::uuid;
use crate::publish::Message;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who says it: the name tells everybody that it is simulated.
const SOURCE: &str = "TickStockPL-Simulator";
const STATUS: &str = "tickstock:processing:status";
const MONITORING: &str = "tickstock:monitoring";
const ERRORS: &str = "tickstock:errors";
const STEPS: [&str; 5] = [
    "market_cap_recalculation",
    "ipo_assignment",
    "delisted_cleanup",
    "theme_rebalancing",
    "etf_universe_maintenance",
];

/// How a night ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    Success,
    /// Its indicators stop: nothing can be written.
    Failed,
    /// Somebody cancels it in its indicators.
    Cancelled,
}

/// Which night.
#[derive(Clone, Debug)]
pub struct Night {
    /// How many symbols.
    pub symbols: u32,
    /// The family of nights.
    pub seed: u64,
    /// Which of the family.
    pub number: u64,
    /// How it ends.
    pub ending: Ending,
    /// Symbols that fail in the import, besides the two that always do.
    pub failures: u32,
    /// Only an import, of its own.
    pub import_only: bool,
}

/// A message and its moment, in seconds from the night's start at speed 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub seconds: f64,
    /// What.
    pub message: Message,
}

/// A phase of symbols: its names on the wire, its share of the night in seconds.
struct Work {
    phase: &'static str,
    channels: [&'static str; 3],
    events: [&'static str; 3],
    seconds: f64,
}

const IMPORT: Work = Work {
    phase: "import",
    channels: ["tickstock:import:started", "tickstock:import:progress", "tickstock:import:completed"],
    events: ["data_import_started", "import_progress", "data_import_completed"],
    seconds: 660.0,
};
const INDICATORS: Work = Work {
    phase: "indicators",
    channels: [
        "tickstock:indicators:started",
        "tickstock:indicators:progress",
        "tickstock:indicators:completed",
    ],
    events: ["indicator_processing_started", "indicator_progress", "indicator_processing_completed"],
    seconds: 1_500.0,
};
const PATTERNS: Work = Work {
    phase: "patterns",
    channels: ["tickstock:patterns:started", "tickstock:patterns:progress", "tickstock:patterns:completed"],
    events: ["pattern_processing_started", "pattern_progress", "pattern_processing_completed"],
    seconds: 540.0,
};

struct Writer {
    random: ChaCha8Rng,
    run_id: String,
    now: f64,
    steps: Vec<Step>,
}

impl Writer {
    fn say(&mut self, channel: &'static str, event: &'static str, mut payload: Value) {
        if let Some(fields) = payload.as_object_mut() {
            fields.insert("run_id".into(), self.run_id.clone().into());
        }
        self.steps.push(Step { seconds: self.now, message: Message::new(channel, event, SOURCE, payload) });
    }

    fn between(&mut self, low: u32, high: u32) -> u32 {
        self.random.random_range(low..=high)
    }

    fn problem(&mut self, phase: &str, symbol: &str, code: &str, retrying: bool) {
        let message = match code {
            "API_RATE_LIMIT" => "the provider asked to slow down",
            "SYMBOL_NOT_FOUND" => "the provider does not know this ticker",
            "INSUFFICIENT_DATA" => "fewer bars than the longest indicator needs",
            "STORAGE_FAILED" => "no space left on device",
            _ => "the provider did not answer in time",
        };
        let mut payload = json!({
            "severity": if retrying { "warning" } else { "error" }, "component": "massive_fetcher", "error_code": code,
            "message": message, "context": { "symbol": symbol, "run_id": self.run_id, "phase": phase }
        });
        if retrying {
            payload["recovery_action"] = "automatic_retry".into();
        }
        self.say(ERRORS, "critical_error", payload);
    }
}

/// The whole night.
pub fn script(night: &Night) -> Vec<Step> {
    let seed = night.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ night.number;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let run_id = uuid(random.random());
    let mut writer = Writer { random, run_id, now: 0.0, steps: Vec::new() };
    let names = symbols(night.symbols);
    let failing = failing(night, &names, &mut writer);
    if night.import_only {
        import(&mut writer, &names, &failing);
        return writer.steps;
    }
    let payload = json!({
        "run_date": "2026-11-20", "phases": ["import", "cache_sync", "indicators", "patterns"], "universe": "sp500",
        "symbols_count": names.len(), "trigger_type": "automatic"
    });
    writer.say(STATUS, "processing_started", payload);
    writer.now += 2.0;
    let good = import(&mut writer, &names, &failing);
    cache_sync(&mut writer);
    let short =
        if night.failures > 0 { good.iter().step_by(211).take(1).cloned().collect() } else { Vec::new() };
    match night.ending {
        Ending::Success => {
            let good = indicators(&mut writer, &good, &short);
            let found = patterns(&mut writer, &good);
            end(&mut writer, "success", found, names.len() - found);
        }
        Ending::Failed => {
            let (done, failed) = storage_fails(&mut writer, &good);
            end(&mut writer, "failed", done, failed);
        }
        Ending::Cancelled => {
            let done = good.len() * 3 / 5;
            partial(&mut writer, &INDICATORS, &good, done);
            end(&mut writer, "cancelled", done, names.len() - good.len());
        }
    }
    writer.steps
}

/// Who fails in the import, and why. Two fail every night of a family; the rest differ.
fn failing(night: &Night, names: &[String], writer: &mut Writer) -> BTreeMap<String, &'static str> {
    let mut failing = BTreeMap::new();
    if night.failures == 0 || names.len() < 20 {
        return failing;
    }
    let mut family = ChaCha8Rng::seed_from_u64(night.seed);
    for _ in 0..2 {
        let index = family.random_range(0..names.len());
        failing.insert(names[index].clone(), "SYMBOL_NOT_FOUND");
    }
    let codes = ["API_RATE_LIMIT", "NETWORK_TIMEOUT"];
    for number in 0..night.failures {
        let index = writer.random.random_range(0..names.len());
        failing.entry(names[index].clone()).or_insert(codes[usize::try_from(number).unwrap_or(0) % 2]);
    }
    failing
}

fn import(writer: &mut Writer, names: &[String], failing: &BTreeMap<String, &'static str>) -> Vec<String> {
    let payload = json!({
        "universe_names": ["sp500"], "total_symbols": names.len(), "timeframes": ["hourly", "daily", "weekly", "monthly"],
        "lookback_days": { "hourly": 90, "daily": 365, "weekly": 730, "monthly": 1825 }
    });
    writer.say(IMPORT.channels[0], IMPORT.events[0], payload);
    let (mut good, mut failed, mut records) = (Vec::new(), Vec::new(), 0_u64);
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(IMPORT.seconds, names.len());
        let code = failing.get(name);
        if let Some(code) = code {
            if *code == "API_RATE_LIMIT" {
                writer.problem("import", name, code, true);
            }
            writer.problem("import", name, code, false);
            failed.push(name.clone());
        } else {
            good.push(name.clone());
        }
        let made = if code.is_some() { 0 } else { writer.between(250, 480) };
        records += u64::from(made);
        let took = writer.between(80, 260);
        let result = json!({
            "symbol": name, "success": code.is_none(), "timeframes_processed": ["hourly", "daily", "weekly", "monthly"],
            "records_imported": made, "processing_time_ms": took
        });
        writer.say(IMPORT.channels[1], "symbol_processing_complete", result);
        if told(index, names.len()) {
            let progress = json!({
                "phase": "data_import", "total_symbols": names.len(), "completed": good.len(), "failed": failed.len(),
                "processed": index + 1, "remaining": names.len() - index - 1, "percentage": percent(index + 1, names.len()),
                "current_symbol": name, "avg_processing_time_ms": 130
            });
            writer.say(MONITORING, "job_progress_update", progress);
        }
    }
    let payload = json!({
        "duration_seconds": 660, "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": failed,
        "total_records_imported": records, "success_rate": percent(good.len(), names.len())
    });
    writer.say(IMPORT.channels[2], IMPORT.events[2], payload);
    good
}

fn cache_sync(writer: &mut Writer) {
    for (index, step) in STEPS.iter().enumerate() {
        let payload = json!({
            "phase": "cache_sync", "total_items": STEPS.len(), "completed": index, "current_task": step,
            "percentage": percent(index, STEPS.len())
        });
        writer.say(MONITORING, "job_progress_update", payload);
        writer.now += 36.0;
    }
    let payload = json!({
        "status": "completed", "mode": "full", "total_changes": 87, "universes_updated": ["mega_cap", "top_500"], "duration_seconds": 180.0
    });
    writer.say("tickstock:cache:sync_complete", "cache_sync_completed", payload);
}

fn indicators(writer: &mut Writer, names: &[String], short: &[String]) -> Vec<String> {
    begin(
        writer,
        &INDICATORS,
        names.len(),
        json!({ "total_indicators": 15, "timeframes": ["daily", "weekly", "monthly"] }),
    );
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(INDICATORS.seconds, names.len());
        let fails = short.contains(name);
        if fails {
            writer.problem("indicators", name, "INSUFFICIENT_DATA", false);
        }
        symbol(writer, &INDICATORS, name, !fails, 15);
        progress(writer, &INDICATORS, index, names.len(), name);
    }
    let good: Vec<String> = names.iter().filter(|name| !short.contains(name)).cloned().collect();
    let payload = json!({
        "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": short,
        "total_indicators": names.len() * 15, "successful_indicators": good.len() * 15, "failed_indicators": short.len() * 15,
        "success_rate": percent(good.len(), names.len()), "duration_seconds": 1_500
    });
    writer.say(INDICATORS.channels[2], INDICATORS.events[2], payload);
    good
}

/// Returns how many symbols came through.
fn patterns(writer: &mut Writer, names: &[String]) -> usize {
    begin(
        writer,
        &PATTERNS,
        names.len(),
        json!({ "total_patterns": 16, "timeframes": ["1hour", "1day", "1week"], "min_confidence": 0.7 }),
    );
    let mut found = 0_u64;
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(PATTERNS.seconds, names.len());
        let here = writer.between(0, 5);
        found += u64::from(here);
        symbol(writer, &PATTERNS, name, true, here);
        progress(writer, &PATTERNS, index, names.len(), name);
    }
    let payload = json!({
        "total_symbols": names.len(), "successful_symbols": names.len(), "failed_symbols": 0,
        "total_patterns_checked": names.len() * 48, "patterns_detected": found, "patterns_failed": 0,
        "success_rate": 100.0, "duration_seconds": 540
    });
    writer.say(PATTERNS.channels[2], PATTERNS.events[2], payload);
    names.len()
}

/// The indicators of a night whose disk is full: a third works, then everything fails. Returns (done, failed).
fn storage_fails(writer: &mut Writer, names: &[String]) -> (usize, usize) {
    begin(writer, &INDICATORS, names.len(), json!({ "total_indicators": 15, "timeframes": ["daily"] }));
    let works = names.len() * 2 / 3;
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(INDICATORS.seconds, names.len());
        if index >= works {
            writer.problem("indicators", name, "STORAGE_FAILED", false);
        }
        symbol(writer, &INDICATORS, name, index < works, 15);
        progress(writer, &INDICATORS, index, names.len(), name);
    }
    let payload = json!({
        "status": "failed", "total_symbols": names.len(), "successful_symbols": works, "failed_symbols": names.len() - works,
        "message": "indicators stopped after write errors", "duration_seconds": 1_500
    });
    writer.say(INDICATORS.channels[2], INDICATORS.events[2], payload);
    (works, names.len() - works)
}

/// The first `done` symbols of a phase that does not end.
fn partial(writer: &mut Writer, work: &Work, names: &[String], done: usize) {
    begin(writer, work, names.len(), json!({}));
    for (index, name) in names.iter().take(done).enumerate() {
        writer.now += pace(work.seconds, names.len());
        symbol(writer, work, name, true, 15);
        progress(writer, work, index, names.len(), name);
    }
}

fn begin(writer: &mut Writer, work: &Work, total: usize, mut payload: Value) {
    payload["total_symbols"] = total.into();
    writer.say(work.channels[0], work.events[0], payload);
}

fn symbol(writer: &mut Writer, work: &Work, name: &str, success: bool, made: u32) {
    let took = writer.between(60, 180);
    let payload = json!({
        "symbol": name, "phase": work.phase, "success": success, "values": if success { made } else { 0 }, "processing_time_ms": took
    });
    writer.say(work.channels[1], "symbol_processing_complete", payload);
}

fn progress(writer: &mut Writer, work: &Work, index: usize, total: usize, name: &str) {
    if told(index, total) {
        let left = pace(work.seconds, total) * seconds_of(total - index - 1);
        let payload = json!({
            "completed_symbols": index + 1, "total_symbols": total, "percent_complete": percent(index + 1, total),
            "current_symbol": name, "eta_seconds": left.round()
        });
        writer.say(work.channels[1], work.events[1], payload);
    }
}

fn end(writer: &mut Writer, status: &str, processed: usize, failed: usize) {
    writer.now += 1.0;
    let payload = json!({
        "status": status, "duration_seconds": writer.now.round(), "symbols_processed": processed, "symbols_failed": failed
    });
    writer.say(STATUS, "processing_completed", payload);
}

/// Progress is told about a hundred times a phase, and at its last symbol.
fn told(index: usize, total: usize) -> bool {
    (index + 1).is_multiple_of((total / 100).max(1)) || index + 1 == total
}

fn pace(seconds: f64, total: usize) -> f64 {
    if total == 0 { 0.0 } else { seconds / seconds_of(total) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
fn seconds_of(count: usize) -> f64 {
    count as f64
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { (seconds_of(part) * 10_000.0 / seconds_of(whole)).round() / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::board::Board;
    use domain::record::{PhaseStatus, RunStatus};
    use domain::time::Zone;
    use domain::verdict::{RunView, Verdict, judge};

    fn night(ending: Ending) -> Night {
        Night { symbols: 60, seed: 7, number: 0, ending, failures: 1, import_only: false }
    }

    /// The night as the server would understand it.
    fn understood(night: &Night) -> RunView {
        let mut board = Board::new(Zone::utc());
        let mut id = String::new();
        for step in script(night) {
            #[expect(clippy::cast_possible_truncation, reason = "a night is short")]
            let at = 1_795_209_000_000 + (step.seconds * 1_000.0) as i64;
            let text = step.message.text(&crate::publish::stamp(at));
            let event =
                domain::decode::decode(step.message.channel, text.as_bytes(), at).expect("it decodes");
            assert!(event.simulated, "{text}");
            id = event.run.clone().expect("it names its run");
            board.apply(&event);
        }
        board.run_view(&id).expect("the run is on the board")
    }

    #[test]
    fn the_same_seed_is_the_same_night_and_another_is_not() {
        let same = script(&night(Ending::Success));
        assert_eq!(same, script(&night(Ending::Success)));
        assert_ne!(same, script(&Night { seed: 8, ..night(Ending::Success) }));
        assert_ne!(same, script(&Night { number: 1, ..night(Ending::Success) }));
        assert!(same.windows(2).all(|pair| pair[0].seconds <= pair[1].seconds));
    }

    #[test]
    fn a_good_night_is_understood_to_its_last_symbol() {
        let view = understood(&night(Ending::Success));
        assert_eq!(view.run.status, RunStatus::Success);
        assert_eq!((view.phases.len(), view.symbols()), (4, 60));
        assert!(view.phases.iter().all(|(phase, _)| phase.status == PhaseStatus::Done), "{:?}", view.phases);
        let (import, progress) = &view.phases[0];
        assert_eq!((import.total, progress.processed()), (60, 60));
        assert_eq!(view.failed(), view.run.failing, "what the end says and what was seen are the same");
        assert!(view.run.failing >= 2 && view.run.records > 0 && view.run.indicators > 0);
    }

    #[test]
    fn a_bad_night_is_understood_as_failed_and_a_cancelled_one_as_cancelled() {
        let failed = understood(&night(Ending::Failed));
        let verdict = judge(Some(&failed), failed.heard());
        assert_eq!(verdict, Verdict::Failed { phase: Some(domain::phase::Phase::Indicators) });
        let cancelled = understood(&night(Ending::Cancelled));
        assert_eq!(cancelled.run.status, RunStatus::Cancelled);
    }

    #[test]
    fn an_import_of_its_own_is_a_run_of_its_own() {
        let view = understood(&Night { import_only: true, ..night(Ending::Success) });
        assert_eq!((view.phases.len(), view.run.status), (1, RunStatus::Success));
    }
}
