//! A close beyond a price at which it had turned more than once: breakout of resistance (up) or of support (down).

use super::shape::{RADIUS, Shape};
use super::{Found, RESISTANCE, SUPPORT, Series};

/// Turns are looked for in so many bars before.
const WINDOW: usize = 100;
/// Turns within two percent are turns at one price.
const ALIKE: f64 = 1.02;
/// The first bar on which one can be found is this one.
pub const NEEDS: usize = 3 * RADIUS + 3;

pub(super) fn find(series: &Series<'_>, first: usize, found: &mut Vec<Found>) {
    for sign in [1.0, -1.0] {
        let shape = Shape::of(series, sign);
        let from = first.saturating_sub(WINDOW);
        let pivots: Vec<usize> = (from..series.bars.len()).filter(|at| shape.pivot(*at)).collect();
        found.extend((first.max(1)..series.bars.len()).filter_map(|at| one(series, &shape, &pivots, at)));
    }
}

fn one(series: &Series<'_>, shape: &Shape, pivots: &[usize], at: usize) -> Option<Found> {
    // A turn is known when the bars after it are there.
    let known = pivots.partition_point(|pivot| pivot + RADIUS < at);
    let seen = pivots[..known].partition_point(|pivot| pivot + WINDOW < at);
    let pivots = &pivots[seen..known];
    let level = pivots.iter().map(|pivot| shape.top[*pivot]).fold(f64::NEG_INFINITY, f64::max);
    if shape.close[at] <= level || shape.close[at - 1] > level {
        return None;
    }
    let mut turns = pivots.iter().filter(|pivot| level - shape.top[**pivot] <= ALIKE.ln());
    let begin = *turns.next()?;
    let more = turns.count();
    let held = shape.close[begin..at].iter().all(|close| *close <= level);
    if more == 0 || !held {
        return None;
    }
    let foot = shape.foot[begin..at].iter().copied().fold(f64::INFINITY, f64::min);
    let (level, foot) = (shape.price(level), shape.price(foot));
    let up = shape.sign > 0.0;
    Some(Found {
        pattern: "SRBreakout",
        day: series.bars[at].day,
        start: series.bars[begin].day,
        confidence: 0.6 + if more > 1 { 0.2 } else { 0.1 } + 0.2 * series.volume(at),
        direction: if up { 1 } else { -1 },
        levels: vec![(if up { RESISTANCE } else { SUPPORT }, level)],
        entry: series.prices.close[at],
        // It went back through the price that it broke, by the whole bar.
        stop: if up { series.prices.low[at].min(level) } else { series.prices.high[at].max(level) },
        // As far beyond it as the price had moved below it.
        target: (level + (level - foot)).max(0.0),
    })
}
