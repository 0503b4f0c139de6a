//! What is asked of the producer, once it is decided.

use super::CommandKind;
use crate::phase::Phase;
use crate::time::Millis;
use crate::verdict::RunView;
use crate::words::{plural, thousands};

/// What a cache sync looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncMode {
    /// Everything.
    Full,
    /// Market caps.
    MarketCap,
    /// Themes.
    Themes,
    /// Newly listed symbols.
    Ipos,
}

impl SyncMode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Full, Self::MarketCap, Self::Themes, Self::Ipos];

    /// The producer's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::MarketCap => "market_cap",
            Self::Themes => "themes",
            Self::Ipos => "ipos",
        }
    }
}

/// What somebody wants, before it is known what that comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This.
    Order(Order),
    /// What failed in a run, once more.
    Retry {
        /// Which run; `None`: the one that has the verdict.
        run: Option<String>,
        /// Only what failed in this phase.
        phase: Option<Phase>,
        /// Only what failed for this cause.
        code: Option<String>,
        /// Only these. Empty: all of them.
        symbols: Vec<String>,
    },
    /// The end of a run; `None`: of the one in progress.
    Cancel {
        /// Which.
        run: Option<String>,
    },
    /// A night as it is.
    Accept {
        /// Which run.
        run: String,
        /// Why.
        note: String,
    },
}

/// What is asked of the producer. An empty list is all there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// A run.
    Run {
        /// Which phases, in their order; empty: all.
        phases: Vec<Phase>,
        /// Over which universe; `None`: as the producer is set.
        universe: Option<String>,
        /// Also when the market is open, or was closed.
        skip_market_check: bool,
        /// The schedule asks, nobody else.
        scheduled: bool,
    },
    /// An import.
    Import {
        /// Over which universes; never empty.
        universes: Vec<String>,
        /// Which timeframes, in our spelling; never empty.
        timeframes: Vec<&'static str>,
        /// How many days.
        lookback_days: u32,
    },
    /// Indicators.
    Indicators {
        /// Of which symbols.
        symbols: Vec<String>,
        /// Which.
        indicators: Vec<String>,
        /// In which timeframe, in our spelling.
        timeframe: &'static str,
    },
    /// Patterns.
    Patterns {
        /// In which symbols.
        symbols: Vec<String>,
        /// Which.
        patterns: Vec<String>,
        /// In which timeframe, in our spelling.
        timeframe: &'static str,
    },
    /// A cache sync.
    CacheSync {
        /// What it looks at.
        mode: SyncMode,
        /// Also what did not change.
        force: bool,
    },
    /// Symbols of a run, once more.
    Retry {
        /// Which run.
        of: String,
        /// From which phase on.
        from: Phase,
        /// Which; never empty.
        symbols: Vec<String>,
    },
    /// The end of a run.
    Cancel {
        /// Which.
        run: String,
    },
    /// Another schedule of the producer's own.
    Schedule(ScheduleChange),
}

/// What is changed of the producer's schedule; what is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleChange {
    /// Whether it fires.
    pub enabled: Option<bool>,
    /// When, in minutes of its day.
    pub minute: Option<u16>,
    /// Whether it looks at the market.
    pub market_check: Option<bool>,
    /// Over which universes.
    pub universes: Option<Vec<String>>,
}

impl ScheduleChange {
    /// Its time: "16:10".
    #[must_use]
    pub fn time(&self) -> Option<String> {
        self.minute.map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60))
    }

    /// In words: "Schedule of the producer: on, 16:10".
    fn what(&self) -> String {
        let flag = |on: Option<bool>, yes: &str, no: &str| on.map(|on| if on { yes } else { no }.to_owned());
        let universes = self.universes.as_ref().map(|names| format!("over {}", names.join(", ")));
        let parts = [
            flag(self.enabled, "on", "off"),
            self.time(),
            flag(self.market_check, "with a market check", "without a market check"),
            universes,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("Schedule of the producer: {}", parts.join(", "))
    }
}

impl Order {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> CommandKind {
        match self {
            Self::Run { .. } => CommandKind::Run,
            Self::Import { .. } => CommandKind::Import,
            Self::Indicators { .. } => CommandKind::Indicators,
            Self::Patterns { .. } => CommandKind::Patterns,
            Self::CacheSync { .. } => CommandKind::CacheSync,
            Self::Retry { .. } => CommandKind::Retry,
            Self::Cancel { .. } => CommandKind::Cancel,
            Self::Schedule(_) => CommandKind::Schedule,
        }
    }

    /// The run that it is about.
    #[must_use]
    pub fn of(&self) -> Option<&str> {
        match self {
            Self::Retry { of: run, .. } | Self::Cancel { run } => Some(run),
            _ => None,
        }
    }

    /// How many symbols it names.
    #[must_use]
    pub fn count(&self) -> u32 {
        let symbols = match self {
            Self::Indicators { symbols, .. }
            | Self::Patterns { symbols, .. }
            | Self::Retry { symbols, .. } => symbols.len(),
            _ => 0,
        };
        u32::try_from(symbols).unwrap_or(u32::MAX)
    }

    /// In words: "Retry of 5 symbols".
    #[must_use]
    pub fn what(&self) -> String {
        let symbols = || format!("{} {}", thousands(u64::from(self.count())), plural(self.count(), "symbol"));
        let of =
            |work: &str| if self.count() == 0 { work.to_owned() } else { format!("{work} of {}", symbols()) };
        match self {
            Self::Run { phases, universe, .. } => {
                let over = universe.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
                let nouns: Vec<String> = phases.iter().map(Phase::noun).collect();
                if nouns.is_empty() {
                    format!("Full run{over}")
                } else {
                    format!("Run{over}: {}", nouns.join(", "))
                }
            }
            Self::Import { universes, .. } => format!("Import of {}", universes.join(", ")),
            Self::Indicators { .. } => of("Indicators"),
            Self::Patterns { .. } => of("Patterns"),
            Self::CacheSync { mode, .. } => format!("Cache sync, {}", mode.word().replace('_', " ")),
            Self::Retry { .. } => of("Retry"),
            Self::Cancel { .. } => "Cancel".to_owned(),
            Self::Schedule(change) => change.what(),
        }
    }

    /// The phases that it goes through, as far as we know.
    #[must_use]
    pub fn phases(&self) -> Vec<Phase> {
        match self {
            Self::Run { phases, .. } if phases.is_empty() => Phase::NIGHT.to_vec(),
            Self::Run { phases, .. } => phases.clone(),
            Self::Import { .. } => vec![Phase::Import],
            Self::Indicators { .. } => vec![Phase::Indicators],
            Self::Patterns { .. } => vec![Phase::Patterns],
            Self::CacheSync { .. } => vec![Phase::CacheSync],
            Self::Retry { from, .. } => vec![from.clone()],
            Self::Cancel { .. } | Self::Schedule(_) => Vec::new(),
        }
    }
}

/// From which phase on a retry must go so that it makes up for failures in these: the earliest. What failed in a phase that cannot be
/// asked for by itself is done again from the import on.
#[must_use]
pub fn earliest<'a>(failed_in: impl IntoIterator<Item = &'a Phase>) -> Phase {
    let asked = |phase: &Phase| match phase {
        Phase::Indicators | Phase::Patterns => phase.clone(),
        _ => Phase::Import,
    };
    failed_in.into_iter().map(asked).min_by_key(Phase::rank).unwrap_or(Phase::Import)
}

/// The run in whose way another one would come: one in progress, unless nothing was heard of it for so long that its producer has
/// probably died. Of several the one that began first.
#[must_use]
pub fn in_progress(views: &[RunView], now: Millis) -> Option<&RunView> {
    let goes_on = |view: &&RunView| {
        let dead = view.silent(now).is_some_and(|quiet| quiet >= crate::silence::DEAD);
        !view.run.status.ended() && !view.faded(now) && !dead
    };
    views.iter().filter(goes_on).min_by_key(|view| (view.run.started, view.slot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_says_what_it_is() {
        let retry = |symbols: &[&str]| Order::Retry {
            of: "a".into(),
            from: Phase::Import,
            symbols: symbols.iter().map(|symbol| (*symbol).to_owned()).collect(),
        };
        assert_eq!(retry(&["A"]).what(), "Retry of 1 symbol");
        assert_eq!(retry(&["A", "B"]).what(), "Retry of 2 symbols");
        let run = |phases: Vec<Phase>| Order::Run {
            phases,
            universe: None,
            skip_market_check: false,
            scheduled: false,
        };
        assert_eq!(run(Vec::new()).what(), "Full run");
        assert_eq!(run(vec![Phase::Import, Phase::CacheSync]).what(), "Run: import, cache sync");
        assert_eq!(run(Vec::new()).phases().len(), 4);
    }

    #[test]
    fn a_retry_begins_where_the_first_failed() {
        assert_eq!(earliest([&Phase::Patterns, &Phase::Indicators]), Phase::Indicators);
        assert_eq!(earliest([&Phase::Patterns, &Phase::CacheSync]), Phase::Import);
        assert_eq!(earliest([&Phase::Other("alerts".into())]), Phase::Import);
    }
}
