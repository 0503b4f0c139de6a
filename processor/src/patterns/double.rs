//! Double tops, and double bottoms, which are double tops upside down.
//!
//! Two tops of about the same height with a valley between them, and then a close below the valley: on that bar the pattern is
//! complete, and not before.

use super::shape::{RADIUS, Shape};
use super::{Found, RESISTANCE, SUPPORT, Series};

/// The tops are so many bars apart, at least and at most.
const APART: (usize, usize) = (10, 60);
/// So many bars after the second top the valley must be broken.
const BREAK: usize = 40;
/// The tops differ by at most three percent,
const ALIKE: f64 = 1.03;
/// and are at least ten percent above the valley.
const DEEP: f64 = 1.10;
/// The first bar on which one can be complete is this one.
pub const NEEDS: usize = RADIUS + APART.0 + 2;

pub(super) fn find(series: &Series<'_>, name: &'static str, sign: f64, first: usize, found: &mut Vec<Found>) {
    let shape = Shape::of(series, sign);
    let bars = series.bars.len();
    let mut best: Vec<Option<Found>> = vec![None; bars - first];
    for second in first.saturating_sub(BREAK)..bars {
        let Some((one, valley)) = tops(&shape, second) else {
            continue;
        };
        // A higher one, and it was no second top.
        let later =
            (second + 1..bars.min(second + 1 + BREAK)).take_while(|at| shape.top[*at] < shape.top[second]);
        let Some(at) = later.into_iter().find(|at| shape.close[*at] < valley).filter(|at| *at >= first)
        else {
            continue;
        };
        let new = complete(series, &shape, name, [one, second, at], valley);
        let place = &mut best[at - first];
        if place.as_ref().is_none_or(|old| old.confidence < new.confidence) {
            *place = Some(new);
        }
    }
    found.extend(best.into_iter().flatten());
}

/// The nearest top before one that makes a pair with it, and the height of the valley between them.
fn tops(shape: &Shape, second: usize) -> Option<(usize, f64)> {
    if !shape.rises(second) {
        return None;
    }
    let nearest = second.checked_sub(APART.0)?;
    let pair = (second.saturating_sub(APART.1)..=nearest)
        .rev()
        .find(|one| shape.pivot(*one) && (shape.top[*one] - shape.top[second]).abs() <= ALIKE.ln())?;
    let between = pair + 1..second;
    let valley = shape.foot[between.clone()].iter().copied().fold(f64::INFINITY, f64::min);
    let highest = shape.top[between].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (lower, higher) = (shape.top[pair].min(shape.top[second]), shape.top[pair].max(shape.top[second]));
    (highest <= higher && lower - valley >= DEEP.ln()).then_some((pair, valley))
}

fn complete(
    series: &Series<'_>,
    shape: &Shape,
    name: &'static str,
    [one, second, at]: [usize; 3],
    valley: f64,
) -> Found {
    let differ = (shape.top[one] - shape.top[second]).abs() / ALIKE.ln();
    let (higher, valley) = (shape.price(shape.top[one].max(shape.top[second])), shape.price(valley));
    let (tops, feet) = if shape.sign > 0.0 { (RESISTANCE, SUPPORT) } else { (SUPPORT, RESISTANCE) };
    Found {
        pattern: name,
        day: series.bars[at].day,
        start: series.bars[one].day,
        confidence: 0.6 + 0.2 * (1.0 - differ).clamp(0.0, 1.0) + 0.2 * series.volume(at),
        direction: if shape.sign > 0.0 { -1 } else { 1 },
        levels: vec![(tops, higher), (feet, valley)],
        entry: series.prices.close[at],
        stop: higher,
        // As far beyond the valley as the tops are from it.
        target: (valley - (higher - valley)).max(0.0),
    }
}
