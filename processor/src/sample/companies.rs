//! Five hundred companies that do not exist: what they are called, what they do, what they are worth.
//!
//! A ticker is a word's first letters, its trade's first letter, and a G: nothing is traded under such a ticker, and who has real
//! symbols in the same store never takes one for the other.

use crate::bar::day_of;
use crate::listed::{Kind, Listed};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many there are.
pub const COUNT: usize = WORDS.len() * TRADES.len();

const WORDS: [&str; 25] = [
    "Alder", "Basalt", "Cobalt", "Delphin", "Ember", "Falcon", "Granite", "Harbour", "Indigo", "Juniper",
    "Kestrel", "Lantern", "Meridian", "Northway", "Orchard", "Pioneer", "Quarry", "Riverton", "Summit",
    "Tallow", "Umber", "Vantage", "Willow", "Yarrow", "Zenith",
];

/// What a company does, and its sector.
const TRADES: [(&str, &str); 20] = [
    ("Analytics", "Technology"),
    ("Bancorp", "Financials"),
    ("Chemicals", "Materials"),
    ("Devices", "Health Care"),
    ("Energy", "Energy"),
    ("Foods", "Consumer Staples"),
    ("Gas & Electric", "Utilities"),
    ("Hotels", "Consumer Discretionary"),
    ("Insurance", "Financials"),
    ("Journals", "Communication Services"),
    ("Kitchens", "Consumer Discretionary"),
    ("Logistics", "Industrials"),
    ("Motors", "Consumer Discretionary"),
    ("Networks", "Communication Services"),
    ("Outfitters", "Consumer Discretionary"),
    ("Properties", "Real Estate"),
    ("Rails", "Industrials"),
    ("Systems", "Technology"),
    ("Therapeutics", "Health Care"),
    ("Water", "Utilities"),
];

/// The largest is worth so many dollars; each rank is a constant fraction less, down to [`LEAST`].
const MOST: f64 = 1.9e12;
const LEAST: f64 = 6.0e7;

/// All of them, A to Z, the same for the same seed.
#[must_use]
pub fn listed(seed: u64) -> Vec<Listed> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x00c0_4fa1);
    // Who is worth what: the ranks, dealt out.
    let mut ranks: Vec<u32> = (0..).take(COUNT).collect();
    for at in (1..ranks.len()).rev() {
        ranks.swap(at, random.random_range(0..=at));
    }
    let step = (LEAST / MOST).ln() / f64::from(u32::try_from(COUNT - 1).unwrap_or(1));
    let mut all: Vec<Listed> = (WORDS.iter().flat_map(|word| TRADES.iter().map(move |trade| (word, trade))))
        .zip(ranks)
        .map(|((word, (trade, sector)), rank)| Listed {
            symbol: ticker(word, trade),
            generated: true,
            name: Some(format!("{word} {trade}")),
            kind: Kind::Stock,
            market_cap: Some((MOST * (step * f64::from(rank)).exp()).round()),
            sector: Some((*sector).to_owned()),
            listed: Some(day_of(1962, 1, 2) + random.random_range(0..17_000)),
            delisted: None,
        })
        .collect();
    all.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    all
}

fn ticker(word: &str, trade: &str) -> String {
    let letters = word.chars().take(3).chain(trade.chars().take(1)).chain(['G']);
    letters.collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn there_are_five_hundred_and_each_class_has_some() {
        let all = listed(1);
        assert_eq!(all.iter().map(|listed| &listed.symbol).collect::<HashSet<_>>().len(), 500);
        assert_eq!(all, listed(1));
        let between = |least: f64, most: f64| {
            all.iter()
                .filter(|listed| listed.market_cap.is_some_and(|cap| (least..most).contains(&cap)))
                .count()
        };
        for (least, most) in [(2e11, 1e13), (1e10, 2e11), (2e9, 1e10), (3e8, 2e9), (5e7, 3e8)] {
            assert!(between(least, most) > 50, "{least}: {}", between(least, most));
        }
    }
}
