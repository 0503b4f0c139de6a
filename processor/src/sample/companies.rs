//! Companies that do not exist, in series of five hundred: what they are called, what they do, what they are worth.
//!
//! A ticker is a word's first letters, its trade's first letter, a G, and from the second series on its number: nothing is traded under
//! such a ticker, and who has real symbols in the same store never takes one for the other.
//!
//! Invariant: what a company is depends on the seed and on itself, not on how many there are.

use crate::bar::day_of;
use crate::listed::{Kind, Listed};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many there are in a series.
pub const SERIES: usize = WORDS.len() * TRADES.len();

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

/// So many of them, the same for the same seed.
#[must_use]
pub fn listed(seed: u64, size: usize) -> Vec<Listed> {
    (1..).take(size.div_ceil(SERIES)).flat_map(|series| one_series(seed, series)).take(size).collect()
}

fn one_series(seed: u64, series: u32) -> Vec<Listed> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x00c0_4fa1);
    random.set_stream(u64::from(series - 1));
    // Who is worth what: the ranks, dealt out.
    let mut ranks: Vec<u32> = (0..).take(SERIES).collect();
    for at in (1..ranks.len()).rev() {
        ranks.swap(at, random.random_range(0..=at));
    }
    let step = (LEAST / MOST).ln() / f64::from(u32::try_from(SERIES - 1).unwrap_or(1));
    let after = if series == 1 { String::new() } else { series.to_string() };
    (WORDS.iter().flat_map(|word| TRADES.iter().map(move |trade| (word, trade))))
        .zip(ranks)
        .map(|((word, (trade, sector)), rank)| Listed {
            symbol: format!("{}{after}", ticker(word, trade)),
            generated: true,
            name: Some(format!("{word} {trade} {after}").trim_end().to_owned()),
            kind: Kind::Stock,
            market_cap: Some((MOST * (step * f64::from(rank)).exp()).round()),
            sector: Some((*sector).to_owned()),
            listed: Some(day_of(1962, 1, 2) + random.random_range(0..17_000)),
            delisted: None,
        })
        .collect()
}

fn ticker(word: &str, trade: &str) -> String {
    let letters = word.chars().take(3).chain(trade.chars().take(1)).chain(['G']);
    letters.collect::<String>().to_uppercase()
}

/// A number that no other company has: its ticker, read as one.
#[must_use]
pub fn number(ticker: &str) -> u64 {
    ticker.bytes().fold(0, |number, letter| (number << 8) | u64::from(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn there_are_five_hundred_and_each_class_has_some() {
        let all = listed(1, SERIES);
        assert_eq!(all.iter().map(|listed| &listed.symbol).collect::<HashSet<_>>().len(), 500);
        assert_eq!(all, listed(1, SERIES));
        let between = |least: f64, most: f64| {
            all.iter()
                .filter(|listed| listed.market_cap.is_some_and(|cap| (least..most).contains(&cap)))
                .count()
        };
        for (least, most) in [(2e11, 1e13), (1e10, 2e11), (2e9, 1e10), (3e8, 2e9), (5e7, 3e8)] {
            assert!(between(least, most) > 50, "{least}: {}", between(least, most));
        }
    }
    #[test]
    fn who_is_in_a_small_universe_is_the_same_in_a_large_one() {
        let most = listed(1, crate::sample::MOST_GENERATED);
        assert_eq!(listed(1, 700), most[..700]);
        let numbers: HashSet<u64> = most.iter().map(|listed| number(&listed.symbol)).collect();
        assert_eq!(numbers.len(), most.len(), "each has a number of its own");
        assert_eq!(most[SERIES].name.as_deref(), Some("Alder Analytics 2"));
    }
}
