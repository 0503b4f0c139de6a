//! What tonight made: indicator values and patterns, up to 200,000 of them, counted by kind and never kept one by one.
//!
//! A value is told from its repetition by whose run, which symbol, which kind and which timeframe it is of. That memory is
//! bounded for the night as a whole; that there was more is said. Another night begins anew, and
//! what then still comes of an earlier one is heard and not counted, so that nothing is ever counted twice.

use super::Board;
use super::topic::TopicState;
use crate::event::{Event, ValueReport};
use crate::phase::Phase;
use crate::record::{IndicatorType, Indicators, Line, PatternsFound, Record, key};
use crate::time;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Most values of a night that are told apart.
pub const VALUES: usize = 400_000;
/// Most types of indicators that get a record of their own.
pub const TYPES: usize = 64;

/// What is remembered of a night's values besides their records.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptMade {
    night: i64,
    seen: HashSet<u64>,
    types: HashMap<String, HashSet<u64>>,
    symbols: HashSet<u64>,
    pattern_symbols: HashSet<u64>,
}

/// One type of indicator.
#[derive(Debug, Default)]
struct Type {
    symbols: HashSet<u64>,
    record: IndicatorType,
}

/// Tonight, as far as values go.
#[derive(Debug, Default)]
pub(super) struct Made {
    seen: HashSet<u64>,
    types: HashMap<String, Type>,
    symbols: HashSet<u64>,
    pattern_symbols: HashSet<u64>,
    indicators: Indicators,
    patterns: PatternsFound,
}

impl Made {
    pub(super) fn kept(&self) -> KeptMade {
        KeptMade {
            night: self.indicators.night,
            seen: self.seen.clone(),
            types: self.types.iter().map(|(name, one)| (name.clone(), one.symbols.clone())).collect(),
            symbols: self.symbols.clone(),
            pattern_symbols: self.pattern_symbols.clone(),
        }
    }

    /// Takes back what was kept; the counts are those of the records.
    pub(super) fn restore(&mut self, kept: KeptMade, topic: &TopicState) {
        let record = |key: &str| topic.get(key).map(AsRef::as_ref);
        self.indicators.night = kept.night;
        self.patterns.night = kept.night;
        if let Some(Record::Indicators(indicators)) = record("xindicators") {
            self.indicators = indicators.clone();
        }
        if let Some(Record::Patterns(patterns)) = record("xpatterns") {
            self.patterns = patterns.clone();
        }
        for (name, symbols) in kept.types {
            if let Some(Record::IndicatorType(one)) = record(&key::indicator(&name)) {
                self.types.insert(name, Type { symbols, record: one.clone() });
            }
        }
        (self.seen, self.symbols, self.pattern_symbols) = (kept.seen, kept.symbols, kept.pattern_symbols);
    }

    /// Whether this value is news; if there is room to tell.
    fn first_time(&mut self, value: &ValueReport, slot: u32) -> Option<bool> {
        let hash = hash(&(slot, &value.phase, &value.symbol, &value.name, &value.frame));
        if self.seen.contains(&hash) {
            return Some(false);
        }
        if self.seen.len() >= VALUES {
            return None;
        }
        Some(self.seen.insert(hash))
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Board {
    pub(super) fn value(&mut self, event: &Event, value: &ValueReport) -> Option<Line> {
        // One that names no run is tonight's all the same, and of the run in progress if there is one.
        let slot = self.run_of(event, true);
        let night = time::night_of(event.at, &self.exchange);
        let tonight = self.made.indicators.night.max(self.made.patterns.night);
        if let Some(slot) = slot {
            self.value_of_run(slot, event, value, night >= tonight);
        } else if night >= tonight {
            self.count_value(event, value, 0, night);
        }
        None
    }

    fn value_of_run(&mut self, slot: u32, event: &Event, value: &ValueReport, current: bool) {
        let night = time::night_of(event.at, &self.exchange);
        let new = current && self.count_value(event, value, slot, night);
        let Some(run) = self.runs.get_mut(&slot) else { return };
        run.heard = run.heard.max(event.at);
        if new {
            let [_, values, patterns] = &mut run.told;
            let (told, figure) = match value.phase {
                Phase::Patterns => (patterns, &mut run.record.patterns),
                _ => (values, &mut run.record.indicators),
            };
            *told = told.saturating_add(1);
            *figure = (*figure).max(*told);
        }
        if let Some(index) = run.phase_index(&value.phase)
            && let Some(state) = run.phases.get_mut(index).filter(|state| state.record.started.is_some())
        {
            state.progress.3 = state.progress.3.max(event.at);
            self.publish_progress(slot, index);
        }
        self.publish_run(slot);
    }

    /// Counts a value if it is news.
    fn count_value(&mut self, event: &Event, value: &ValueReport, slot: u32, night: i64) -> bool {
        if night > self.made.indicators.night {
            self.begin_night(night);
        }
        let made = &mut self.made;
        let symbol = hash(&value.symbol);
        let first = made.first_time(value, slot);
        match (first, &value.phase) {
            (Some(false), _) => return false,
            (None, Phase::Patterns) => made.patterns.more = true,
            (None, _) => made.indicators.more = true,
            (Some(true), Phase::Patterns) => {
                made.pattern_symbols.insert(symbol);
                made.patterns.symbols = size(&made.pattern_symbols);
                *made.patterns.class(value.confidence) += 1;
                made.patterns.last = made.patterns.last.max(event.at);
            }
            (Some(true), _) => self.count_indicator(event, value, symbol),
        }
        if value.phase == Phase::Patterns {
            let record = Record::Patterns(self.made.patterns.clone());
            self.put_board(&"xpatterns".into(), record);
        } else {
            let record = Record::Indicators(self.made.indicators.clone());
            self.put_board(&"xindicators".into(), record);
        }
        first == Some(true)
    }

    fn count_indicator(&mut self, event: &Event, value: &ValueReport, symbol: u64) {
        let made = &mut self.made;
        made.symbols.insert(symbol);
        made.indicators.symbols = size(&made.symbols);
        made.indicators.calculations = made.indicators.calculations.saturating_add(1);
        made.indicators.last = made.indicators.last.max(event.at);
        if made.types.len() >= TYPES && !made.types.contains_key(&value.name) {
            return;
        }
        let one = made.types.entry(value.name.clone()).or_default();
        one.symbols.insert(symbol);
        one.record.symbols = size(&one.symbols);
        one.record.calculations = one.record.calculations.saturating_add(1);
        one.record.last = one.record.last.max(event.at);
        let record = Record::IndicatorType(one.record.clone());
        made.indicators.types = u32::try_from(made.types.len()).unwrap_or(u32::MAX);
        self.put_board(&key::indicator(&value.name), record);
    }

    /// Another night: what an earlier one made leaves the board.
    fn begin_night(&mut self, night: i64) {
        let before = std::mem::take(&mut self.made);
        for name in before.types.keys() {
            self.remove_board(&key::indicator(name));
        }
        self.remove_board("xindicators");
        self.remove_board("xpatterns");
        self.made.indicators.night = night;
        self.made.patterns.night = night;
    }
}

fn size(set: &HashSet<u64>) -> u32 {
    u32::try_from(set.len()).unwrap_or(u32::MAX)
}
