//! Timeframes: `1day`, `day` and `daily` are one (contract.md §3.9).

use super::clean;

/// Ours, and every other spelling of it.
pub static TIMEFRAMES: &[(&str, &[&str])] = &[
    ("1min", &["1m", "minute", "1minute"]),
    ("hourly", &["hour", "1hour", "1h"]),
    ("daily", &["day", "1day", "1d"]),
    ("weekly", &["week", "1week", "1w"]),
    ("monthly", &["month", "1month"]),
];

/// Our spelling; a stranger keeps its own.
pub(super) fn timeframe(name: &str) -> String {
    let name = clean(name, 16).to_lowercase();
    let known = TIMEFRAMES.iter().find(|(ours, others)| *ours == name || others.contains(&name.as_str()));
    known.map_or(name, |(ours, _)| (*ours).to_owned())
}

#[cfg(test)]
mod tests {
    use super::timeframe;

    #[test]
    fn spellings_meet_and_strangers_keep_theirs() {
        assert_eq!(
            ["1day", "Day", "daily", "1week", "5min"].map(timeframe),
            ["daily", "daily", "daily", "weekly", "5min"]
        );
    }
}
