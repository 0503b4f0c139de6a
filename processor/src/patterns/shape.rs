//! Prices as heights: logarithms, turned over for what happens at the bottom. What is said of tops then holds for bottoms, too.

use super::Series;

/// Bars on each side of a pivot that it is higher than.
pub const RADIUS: usize = 5;

/// Heights of each bar.
pub struct Shape {
    /// How far it went up.
    pub top: Vec<f64>,
    /// How far it went down.
    pub foot: Vec<f64>,
    /// Where it ended.
    pub close: Vec<f64>,
    /// 1: as it was; -1: turned over.
    pub sign: f64,
}

impl Shape {
    pub fn of(series: &Series<'_>, sign: f64) -> Self {
        let heights = |prices: &[f64]| prices.iter().map(|price| sign * price.ln()).collect();
        let (top, foot) = match sign > 0.0 {
            true => (&series.prices.high, &series.prices.low),
            false => (&series.prices.low, &series.prices.high),
        };
        Self { top: heights(top), foot: heights(foot), close: heights(&series.prices.close), sign }
    }

    /// The price at a height.
    pub fn price(&self, height: f64) -> f64 {
        (self.sign * height).exp()
    }

    /// Whether a bar is higher than those before it.
    pub fn rises(&self, at: usize) -> bool {
        at >= RADIUS && self.top[at - RADIUS..at].iter().all(|before| *before < self.top[at])
    }

    /// Whether a bar is higher than those before and after it: known only when those are there.
    pub fn pivot(&self, at: usize) -> bool {
        let after = self.top.get(at + 1..=at + RADIUS);
        self.rises(at) && after.is_some_and(|after| after.iter().all(|later| *later < self.top[at]))
    }
}
