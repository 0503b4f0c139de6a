//! The one table of channels (contract.md §1): what each is for, what nameless messages on it mean, whether it is watched.
//!
//! A family is subscribed either by name or by pattern, never both: Redis delivers a message once per matching subscription.
//! **Channels on which the application sends commands are not watched**: who publishes there takes the number of listeners for
//! an acknowledgement, and we would be one.

use crate::event::Component;
use crate::phase::Phase;

/// What travels on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Events of the night; a message without a name is about this phase, if any.
    Night(Option<Phase>),
    /// Universes that change; a message without a name is such a change.
    Universes,
    /// Errors.
    Errors,
    /// Values or detections of a phase; a message without a name is one.
    Values(Phase),
    /// Not the night's.
    Apart(Component),
}

/// A channel, or a family of them.
#[derive(Debug)]
pub struct Channel {
    /// Its name; one that ends in `*` is a family.
    pub name: &'static str,
    /// What travels on it.
    pub traffic: Traffic,
    /// Whether it is subscribed to unless the settings say otherwise.
    pub watched: bool,
    /// What it is for.
    pub purpose: &'static str,
}

impl Channel {
    /// Whether this row is about that channel.
    #[must_use]
    pub fn covers(&self, channel: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(family) => channel.starts_with(family),
            None => channel == self.name,
        }
    }

    /// Whether it belongs to the night.
    #[must_use]
    pub fn of_the_night(&self) -> bool {
        !matches!(self.traffic, Traffic::Apart(_))
    }
}

macro_rules! channels {
    ($($watched:ident $name:literal $traffic:expr, $purpose:literal;)+) => {
        /// Every channel of the contract; the first row that covers a name is its.
        pub static CHANNELS: &[Channel] = &[$(Channel { name: $name, traffic: $traffic, watched: channels!(@ $watched), purpose: $purpose }),+];
    };
    (@ watch) => { true };
    (@ known) => { false };
}

use Component::{AppJobs, Commands, DataLoad, EndOfDay, Streaming, Universes as Upkeep};
use Traffic::{Apart, Errors, Night, Universes, Values};

channels! {
    watch "tickstock:processing:status" Night(None), "a run starts, moves, ends";
    watch "tickstock:processing:schedule" Night(None), "the producer's schedule; also commands to change it";
    watch "tickstock:monitoring" Night(None), "progress of jobs; health, metrics and alerts of the producer";
    watch "tickstock:errors" Errors, "errors of every severity";
    watch "tickstock:data:import:status" Night(Some(Phase::Import)), "the import, first scheme";
    watch "tickstock:data:import:errors" Errors, "errors of the import";
    known "tickstock:import:started" Night(Some(Phase::Import)), "the import starts";
    known "tickstock:import:progress" Night(Some(Phase::Import)), "the import moves; each symbol's result";
    known "tickstock:import:completed" Night(Some(Phase::Import)), "the import ends";
    watch "tickstock:import:*" Night(Some(Phase::Import)), "the import, second scheme";
    known "tickstock:cache:started" Night(Some(Phase::CacheSync)), "the cache sync starts";
    known "tickstock:cache:progress" Night(Some(Phase::CacheSync)), "the cache sync moves";
    known "tickstock:cache:completed" Night(Some(Phase::CacheSync)), "the cache sync ends";
    known "tickstock:cache:sync_triggered" Night(Some(Phase::CacheSync)), "a cache sync was accepted";
    known "tickstock:cache:sync_complete" Night(Some(Phase::CacheSync)), "a cache sync ended";
    known "tickstock:cache:ipo_assignment" Universes, "a newly listed symbol was put into a universe";
    known "tickstock:cache:delisting_cleanup" Universes, "delisted symbols were taken out";
    known "tickstock:cache:invalidation" Apart(Upkeep), "named, never used";
    watch "tickstock:cache:*" Night(Some(Phase::CacheSync)), "the cache sync";
    watch "tickstock:universe:updated" Universes, "a universe changed";
    known "tickstock:indicators:started" Night(Some(Phase::Indicators)), "the indicators start";
    known "tickstock:indicators:progress" Night(Some(Phase::Indicators)), "the indicators move";
    known "tickstock:indicators:completed" Night(Some(Phase::Indicators)), "the indicators end";
    known "tickstock:indicators:calculated" Values(Phase::Indicators), "one value of one symbol";
    known "tickstock:indicators:daily" Values(Phase::Indicators), "the same, earliest scheme";
    known "tickstock:indicators:updates" Values(Phase::Indicators), "the same, earliest scheme";
    known "tickstock:indicators:intraday" Apart(Streaming), "values while the market is open";
    known "tickstock:indicators:streaming" Apart(Streaming), "values while the market is open";
    watch "tickstock:indicators:*" Night(Some(Phase::Indicators)), "the indicators";
    known "tickstock:patterns:started" Night(Some(Phase::Patterns)), "the patterns start";
    known "tickstock:patterns:progress" Night(Some(Phase::Patterns)), "the patterns move";
    known "tickstock:patterns:completed" Night(Some(Phase::Patterns)), "the patterns end";
    known "tickstock:patterns:detected" Values(Phase::Patterns), "one pattern found; streaming shares it";
    known "tickstock:patterns:daily" Values(Phase::Patterns), "the same, earliest scheme";
    known "tickstock:patterns:alerts" Values(Phase::Patterns), "the same, earliest scheme";
    known "tickstock:patterns:intraday" Apart(Streaming), "patterns while the market is open";
    known "tickstock:patterns:streaming" Apart(Streaming), "patterns while the market is open";
    watch "tickstock:patterns:*" Night(Some(Phase::Patterns)), "the patterns";
    watch "tickstock.cache.sync_complete" Night(Some(Phase::CacheSync)), "a cache sync ended, dotted";
    watch "tickstock.universe.updated" Universes, "a universe changed, dotted";
    watch "tickstock.cache.ipo_assignment" Universes, "a newly listed symbol, dotted";
    watch "tickstock.cache.delisting_cleanup" Universes, "delisted symbols, dotted";
    watch "cache_updates" Night(Some(Phase::CacheSync)), "a cache was rebuilt";
    watch "universe_updates" Universes, "a universe changed";
    watch "admin_notifications" Night(Some(Phase::CacheSync)), "a cache was rebuilt, told to admins";
    watch "cache_sync_complete" Night(Some(Phase::CacheSync)), "a cache sync ended, planned name";
    watch "universe_updated" Universes, "a universe changed, planned name";
    watch "tickstock.processing.daily" Night(None), "runs, by another setting's default";
    known "tickstock.events.processing" Night(None), "runs, by another setting's default";
    known "tickstock.events.indicators" Apart(Streaming), "older stream of indicators";
    watch "tickstock.events.*" Apart(Streaming), "older streams of patterns";
    watch "tickstock:streaming:*" Apart(Streaming), "sessions and health while the market is open";
    watch "tickstock:alerts:*" Apart(Streaming), "alerts while the market is open";
    watch "tickstock:eod:completion" Apart(EndOfDay), "the application's end of day";
    watch "eod_complete" Apart(EndOfDay), "the application's end of day, planned name";
    watch "tickstock.etf.correlation_update" Apart(Upkeep), "correlations of ETFs";
    watch "tickstock.universe.validation_complete" Apart(Upkeep), "universes were checked";
    watch "tickstock:events:analysis_complete" Apart(AppJobs), "an analysis of one symbol";
    watch "job_progress_update" Apart(AppJobs), "progress of the application's jobs";
    watch "job_status_update" Apart(AppJobs), "state of the application's jobs";
    watch "enterprise_jobs_complete" Apart(AppJobs), "the application's jobs ended";
    known "tickstock:commands:*" Apart(Commands), "commands: trigger, cancel, status, retry";
    known "tickstock.commands.*" Apart(Commands), "the same, dotted";
    known "tickstock.processing.schedule" Apart(Commands), "commands to change the schedule, dotted";
    known "tickstock:processing:control" Apart(Commands), "commands of an earlier scheme";
    known "tickstock:monitoring:control" Apart(Commands), "commands to the producer's monitor";
    known "tickstock.jobs.data_load" Apart(DataLoad), "loads of historical data";
    known "tickstock.jobs.control" Apart(DataLoad), "cancels of such loads";
    known "tickstock.jobs.backtest" Apart(DataLoad), "backtests";
    known "tickstock:market:ticks" Apart(Streaming), "ticks";
    known "tickstock.all_ticks" Apart(Streaming), "ticks";
    known "tickstock.data.raw" Apart(Streaming), "ticks";
    known "tickstock:data:realtime" Apart(Streaming), "updates while the market is open";
}

/// The row of a channel.
#[must_use]
pub fn channel(name: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|row| row.covers(name))
}

/// What is subscribed to unless the settings say otherwise: names, and patterns.
#[must_use]
pub fn watched() -> (Vec<String>, Vec<String>) {
    let names = CHANNELS.iter().filter(|row| row.watched).map(|row| row.name.to_owned());
    let (patterns, channels) = names.partition(|name| name.ends_with('*'));
    (channels, patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_subscribed_twice() {
        let (channels, patterns) = watched();
        for name in &channels {
            let family = patterns.iter().find(|pattern| name.starts_with(pattern.trim_end_matches('*')));
            assert_eq!(family, None, "{name}");
        }
    }

    #[test]
    fn no_channel_whose_listeners_are_counted_is_watched() {
        let counted = |row: &Channel| matches!(row.traffic, Apart(Commands | DataLoad));
        assert_eq!(CHANNELS.iter().filter(|row| counted(row) && row.watched).count(), 0);
        let (_, patterns) = watched();
        for row in CHANNELS.iter().filter(|row| counted(row)) {
            let heard = patterns.iter().any(|pattern| row.name.starts_with(pattern.trim_end_matches('*')));
            assert!(!heard, "{}", row.name);
        }
    }

    #[test]
    fn a_row_is_reachable() {
        for (index, row) in CHANNELS.iter().enumerate() {
            let probe = row.name.replace('*', "probe");
            let found = CHANNELS.iter().position(|other| other.covers(&probe));
            assert_eq!(found, Some(index), "{} is hidden by an earlier row", row.name);
        }
    }
}
