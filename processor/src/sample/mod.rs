//! The sample universe: five real symbols and five hundred generated ones (or up to ten thousand), each marked as what it is.
//!
//! It behaves as a source does. In each night twelve of the generated symbols misbehave when they are first asked for (a bad bar, a
//! hole, a provider that is slow or says *later*), and are well when they are asked again: that failures and retries can be seen
//! and tried. Which twelve, the day decides.
//!
//! Invariant: the same seed has the same bars, whenever it is asked; a new one every trading day, and the past never changes.

mod companies;
mod generated;
pub mod real;
mod trouble;

use crate::bar::{Bar, Day};
use crate::listed::Listed;
use crate::sessions;
use std::time::Duration;
pub use trouble::{TROUBLED, Trouble};

/// Generated symbols of the sample universe, unless another number is asked for; and how many there can be.
pub const GENERATED: usize = companies::SERIES;
/// The most of them.
pub const MOST_GENERATED: usize = 10_000;
/// Bars that a generated symbol has.
pub const BARS: usize = 3_000;

/// The universes there are; each class of worth from so many dollars on, below the one before (contract.md §10).
pub const CLASSES: [(&str, f64); 5] =
    [("mega_cap", 2e11), ("large_cap", 1e10), ("mid_cap", 2e9), ("small_cap", 3e8), ("micro_cap", 5e7)];
/// All symbols.
pub const ALL: [&str; 2] = ["sp500", "sample"];
/// The hundred that are worth most.
pub const TOP: &str = "top_100";

/// Why it did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such symbol.
    NotFound,
    /// There is no such universe.
    UnknownUniverse,
    /// It took too long.
    Timeout,
    /// Too much was asked: later.
    RateLimited(Duration),
}

/// The sample universe.
#[derive(Clone, Debug)]
pub struct Sample {
    seed: u64,
    listed: Vec<Listed>,
    /// Where in the list the generated ones are.
    generated: Vec<usize>,
    /// Whether some misbehave.
    troubled: bool,
}

impl Sample {
    /// The universe of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::sized(seed, GENERATED)
    }

    /// The universe of a seed with so many generated symbols, at most [`MOST_GENERATED`]. Those of a smaller one are in a larger one
    /// with the same bars.
    #[must_use]
    pub fn sized(seed: u64, size: usize) -> Self {
        let mut listed = companies::listed(seed, size.min(MOST_GENERATED));
        listed.extend(real::listed());
        listed.sort_by(|a, b| a.symbol.cmp(&b.symbol));
        let generated = (0..listed.len()).filter(|at| listed[*at].generated).collect();
        Self { seed, listed, generated, troubled: true }
    }

    /// The same, and nothing misbehaves.
    #[must_use]
    pub fn well(seed: u64) -> Self {
        Self { troubled: false, ..Self::new(seed) }
    }

    /// Every symbol, A to Z.
    #[must_use]
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// Who belongs to a universe, A to Z.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn universe(&self, name: &str) -> Result<Vec<Listed>, Refused> {
        let worth = |listed: &Listed| listed.market_cap.unwrap_or(0.0);
        if ALL.contains(&name) {
            return Ok(self.listed.clone());
        }
        if name == TOP {
            let mut top = self.listed.clone();
            top.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
            top.truncate(100);
            top.sort_by(|a, b| a.symbol.cmp(&b.symbol));
            return Ok(top);
        }
        let class = CLASSES.iter().position(|(class, _)| *class == name).ok_or(Refused::UnknownUniverse)?;
        let most = if class == 0 { f64::INFINITY } else { CLASSES[class - 1].1 };
        let in_it = |listed: &&Listed| (CLASSES[class].1..most).contains(&worth(listed));
        Ok(self.listed.iter().filter(in_it).cloned().collect())
    }

    /// A symbol's bars from one day to another, both included, ascending. `to` is the night that decides who misbehaves;
    /// `attempt` counts from one.
    ///
    /// # Errors
    /// When there is no such symbol, or it misbehaves.
    pub fn bars(&self, symbol: &str, from: Day, to: Day, attempt: u32) -> Result<Vec<Bar>, Refused> {
        if let Some(bars) = real::bars(symbol) {
            let first = bars.partition_point(|bar| bar.day < from);
            let after = bars.partition_point(|bar| bar.day <= to);
            return Ok(bars.get(first..after).unwrap_or_default().to_vec());
        }
        let found = self.listed.binary_search_by(|listed| listed.symbol.as_str().cmp(symbol));
        let number = found.map_err(|_| Refused::NotFound)?;
        let trouble = (self.troubled && attempt <= 1).then(|| self.trouble(number, to)).flatten();
        match trouble {
            Some(Trouble::Timeout) => return Err(Refused::Timeout),
            Some(Trouble::RateLimited(after)) => return Err(Refused::RateLimited(after)),
            _ => {}
        }
        let first = sessions::last(BARS, to).first().copied().unwrap_or(to).max(from);
        let mut bars = generated::bars(self.seed, companies::number(symbol), to);
        bars.drain(..bars.partition_point(|bar| bar.day < first));
        trouble::spoil(&mut bars, trouble);
        Ok(bars)
    }

    /// Who misbehaves in a night, and how: for tests, and for who wants to know what to expect.
    #[must_use]
    pub fn troubles(&self, night: Day) -> Vec<(&str, Trouble)> {
        let of = |number: usize| Some((self.listed[number].symbol.as_str(), self.trouble(number, night)?));
        (0..self.listed.len()).filter_map(of).collect()
    }

    fn trouble(&self, number: usize, night: Day) -> Option<Trouble> {
        let chosen = trouble::chosen(self.seed, night, self.generated.len());
        let at = self.generated.binary_search(&number).ok()?;
        chosen.iter().position(|chosen| *chosen == at).map(|kind| TROUBLED[kind])
    }
}

#[cfg(test)]
mod tests;
