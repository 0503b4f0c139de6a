//! The phases of a night, under every name that producers use for them.
//!
//! A phase that nobody knows keeps the name its producer gave: it takes a row of its own and is never refused.

use crate::wire::{Read, Reader};
use serde::{Serialize, Serializer};

/// A phase of a run. The wire name is [`Phase::key`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Prices are fetched and stored, symbol by symbol.
    Import,
    /// Universes are brought up to date, in a few named steps.
    CacheSync,
    /// Indicators are computed for each symbol.
    Indicators,
    /// Patterns are looked for in each symbol.
    Patterns,
    /// Any other phase, by the producer's own name.
    Other(String),
}

/// Every spelling of contract.md §7.1 that means one of the four known phases.
pub static ALIASES: &[(&str, Phase)] = &[
    ("import", Phase::Import),
    ("data_import", Phase::Import),
    ("phase 2", Phase::Import),
    ("cache_sync", Phase::CacheSync),
    ("cache", Phase::CacheSync),
    ("phase 2.5", Phase::CacheSync),
    ("indicators", Phase::Indicators),
    ("indicator", Phase::Indicators),
    ("indicator_processing", Phase::Indicators),
    ("indicator_calculation", Phase::Indicators),
    ("phase 3", Phase::Indicators),
    ("patterns", Phase::Patterns),
    ("pattern", Phase::Patterns),
    ("pattern_detection", Phase::Patterns),
    ("pattern_processing", Phase::Patterns),
    ("phase 4", Phase::Patterns),
];

impl Phase {
    /// The four phases of a full night, in order.
    pub const NIGHT: [Phase; 4] = [Phase::Import, Phase::CacheSync, Phase::Indicators, Phase::Patterns];

    /// Understands any spelling; an unknown one is kept, shortened to 64 characters.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let lower = name.trim().to_ascii_lowercase();
        ALIASES
            .iter()
            .find(|(alias, _)| *alias == lower)
            .map_or_else(|| Phase::Other(lower.chars().take(64).collect()), |(_, phase)| phase.clone())
    }

    /// The short name used in keys and on the wire.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Phase::Import => "import",
            Phase::CacheSync => "cache_sync",
            Phase::Indicators => "indicators",
            Phase::Patterns => "patterns",
            Phase::Other(name) => name,
        }
    }

    /// What a person reads in the phase's row.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Phase::Import => "Data import".into(),
            Phase::CacheSync => "Cache sync".into(),
            Phase::Indicators => "Indicators".into(),
            Phase::Patterns => "Patterns".into(),
            Phase::Other(name) => {
                let words = name.replace('_', " ");
                let mut letters = words.chars();
                letters.next().map_or_else(String::new, |first| {
                    std::iter::once(first.to_ascii_uppercase()).chain(letters).collect()
                })
            }
        }
    }

    /// What the run does in this phase, as the start of a sentence: "Computing indicators".
    #[must_use]
    pub fn doing(&self) -> String {
        match self {
            Phase::Import => "Importing prices".into(),
            Phase::CacheSync => "Syncing caches".into(),
            Phase::Indicators => "Computing indicators".into(),
            Phase::Patterns => "Detecting patterns".into(),
            Phase::Other(_) => self.label(),
        }
    }

    /// The phase within a sentence: "indicators".
    #[must_use]
    pub fn noun(&self) -> String {
        match self {
            Phase::Import => "import".into(),
            _ => self.label().to_ascii_lowercase(),
        }
    }

    /// Expected minutes of 90, from the contract's figures: the share of a night that a phase is, until history knows better.
    #[must_use]
    pub fn weight(&self) -> f64 {
        match self {
            Phase::Import => 35.0,
            Phase::CacheSync | Phase::Patterns => 20.0,
            Phase::Indicators | Phase::Other(_) => 15.0,
        }
    }

    /// Place in a night: known phases in their order, others after them.
    #[must_use]
    pub fn rank(&self) -> usize {
        Self::NIGHT.iter().position(|known| known == self).unwrap_or(Self::NIGHT.len())
    }
}

impl Serialize for Phase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl Read for Phase {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.text().map(|name| Phase::parse(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_and_strangers_keep_their_name() {
        assert_eq!(Phase::parse("indicator_calculation"), Phase::Indicators);
        assert_eq!(Phase::parse(" Data_Import "), Phase::Import);
        assert_eq!(Phase::parse("alert_generation").label(), "Alert generation");
    }

    #[test]
    fn every_known_phase_survives_its_own_key() {
        for phase in Phase::NIGHT {
            assert_eq!(Phase::parse(phase.key()), phase);
        }
    }
}
