//! Candlestick patterns: TA-Lib says where they are; how sure they are is ours.
//!
//! All bars are given to the library whatever day is asked for: its sums run along the bars, and a border case must not depend on
//! where they began.

use super::{Found, RESISTANCE, SUPPORT, Series};
use crate::indicators::Prices;
use ta_lib::{Core, OutRange, RetCode};

/// How much of the body before a star the close after it must take back: TA-Lib's own default.
const PENETRATION: f64 = 0.3;
/// Bars over which the trend before a pattern is measured.
const TREND: usize = 10;

/// What TA-Lib says on every bar (0, or ±80, ±100); `None`: that is no pattern of candles, or there are too few bars.
#[must_use]
pub fn signals(prices: &Prices, name: &str) -> Option<Vec<i32>> {
    let last = prices.close.len().checked_sub(1)?;
    let mut out = vec![0; prices.close.len()];
    let range = call(prices, name, last, &mut out)?.ok()?;
    let count = range.count.min(out.len() - range.beg_idx.min(out.len()));
    out.copy_within(..count, range.beg_idx);
    out[..range.beg_idx].fill(0);
    Some(out)
}

fn call(prices: &Prices, name: &str, last: usize, out: &mut [i32]) -> Option<Result<OutRange, RetCode>> {
    let Prices { open, high, low, close } = prices;
    let core = Core::new();
    Some(match name {
        "Doji" => core.cdldoji(0, last, open, high, low, close, out),
        "Hammer" => core.cdlhammer(0, last, open, high, low, close, out),
        "HangingMan" => core.cdlhangingman(0, last, open, high, low, close, out),
        "ShootingStar" => core.cdlshootingstar(0, last, open, high, low, close, out),
        "BullishEngulfing" | "BearishEngulfing" => core.cdlengulfing(0, last, open, high, low, close, out),
        "Harami" => core.cdlharami(0, last, open, high, low, close, out),
        "MorningStar" => core.cdlmorningstar(0, last, open, high, low, close, PENETRATION, out),
        "EveningStar" => core.cdleveningstar(0, last, open, high, low, close, PENETRATION, out),
        _ => return None,
    })
}

/// Bars of a pattern.
fn length(name: &str) -> usize {
    match name {
        "Doji" | "Hammer" | "HangingMan" => 1,
        "MorningStar" | "EveningStar" => 3,
        _ => 2,
    }
}

pub(super) fn find(series: &Series<'_>, name: &'static str, first: usize, found: &mut Vec<Found>) {
    let Some(signals) = signals(&series.prices, name) else {
        return;
    };
    let wanted = |signal: i32| match name {
        "BullishEngulfing" => signal > 0,
        "BearishEngulfing" => signal < 0,
        _ => signal != 0,
    };
    let days = (first..signals.len()).filter(|at| wanted(signals[*at]));
    // A doji says that nobody won, whatever sign the library gives it.
    found.extend(days.map(|at| one(series, name, at, if name == "Doji" { 0 } else { signals[at].signum() })));
}

fn one(series: &Series<'_>, name: &'static str, at: usize, signum: i32) -> Found {
    let start = (at + 1).saturating_sub(length(name));
    let (low, high) = series.ends(start..=at);
    let entry = series.prices.close[at];
    let (stop, target) = match signum {
        1 => (low, entry + 2.0 * (entry - low)),
        -1 => (high, (entry - 2.0 * (high - entry)).max(0.0)),
        _ => (low, high),
    };
    let trend = trend(series, start);
    // A pattern that turns a trend needs one to turn; of a doji any will do.
    let turned = match signum {
        1 => -trend,
        -1 => trend,
        _ => trend.abs(),
    };
    Found {
        pattern: name,
        day: series.bars[at].day,
        start: series.bars[start].day,
        confidence: 0.6 + 0.25 * turned.clamp(0.0, 1.0) + 0.15 * series.volume(at),
        direction: i8::try_from(signum).unwrap_or(0),
        levels: vec![(SUPPORT, low), (RESISTANCE, high)],
        entry,
        stop,
        target,
    }
}

/// How far the close moved in the bars before, in three usual ranges of a bar: about 1 is a clear trend up, -1 one down.
fn trend(series: &Series<'_>, start: usize) -> f64 {
    let Some(from) = start.checked_sub(TREND + 1) else {
        return 0.0;
    };
    let Prices { high, low, close, .. } = &series.prices;
    let ranges: f64 = (from..start).map(|at| high[at] - low[at]).sum();
    #[expect(clippy::cast_precision_loss, reason = "ten")]
    let usual = ranges / (start - from) as f64;
    if usual > 0.0 { (close[start - 1] - close[from]) / (3.0 * usual) } else { 0.0 }
}
