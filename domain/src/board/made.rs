//! What tonight made: indicator values and patterns, up to 200,000 of them, counted by kind and never kept one by one.
//!
//! A value is told from its repetition by whose run, which symbol, which kind and which timeframe it is of: for each of these kinds
//! the symbols are remembered that it was told of (`told.rs`). That memory is bounded for the night as a whole, in kinds and in
//! symbols; that there was more is said. Another night begins anew, and what then still comes of an earlier one is heard and not
//! counted, so that nothing is ever counted twice.

use super::Board;
use super::told::{KeptTold, Numbers, Told, Words, hash};
use super::topic::TopicState;
use crate::event::{Event, ValueReport};
use crate::phase::Phase;
use crate::record::{IndicatorType, Indicators, Line, PatternsFound, Record, key};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Most kinds of values of a night that are told apart.
pub const KINDS: usize = 4_096;
/// Most types of indicators that get a record of their own.
pub const TYPES: usize = 64;

/// What is remembered of a night's values besides their records.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptMade {
    night: i64,
    #[serde(default)]
    numbers: Words,
    #[serde(default)]
    kinds: HashMap<u64, KeptTold>,
    types: HashMap<String, KeptTold>,
    symbols: KeptTold,
    pattern_symbols: KeptTold,
    #[serde(default, skip_serializing_if = "HashSet::is_empty")]
    seen: HashSet<u64>,
}

/// One type of indicator.
#[derive(Debug, Default)]
struct Type {
    symbols: Told,
    record: IndicatorType,
}

/// Tonight, as far as values go.
#[derive(Debug, Default)]
pub(super) struct Made {
    numbers: Numbers,
    /// By whose run, what and which timeframe: the symbols.
    kinds: HashMap<u64, Told>,
    types: HashMap<String, Type>,
    symbols: Told,
    pattern_symbols: Told,
    /// Values one by one, as earlier builds kept them: until the night is over during which one was replaced by this.
    seen: HashSet<u64>,
    indicators: Indicators,
    patterns: PatternsFound,
}

impl Made {
    pub(super) fn kept(&self) -> KeptMade {
        KeptMade {
            night: self.indicators.night,
            numbers: self.numbers.kept(),
            kinds: self.kinds.iter().map(|(kind, told)| (*kind, told.kept())).collect(),
            types: self.types.iter().map(|(name, one)| (name.clone(), one.symbols.kept())).collect(),
            symbols: self.symbols.kept(),
            pattern_symbols: self.pattern_symbols.kept(),
            seen: self.seen.clone(),
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
        let mut numbers = Numbers::restored(kept.numbers);
        let mut told = |kept| Told::restored(kept, &mut numbers);
        for (name, symbols) in kept.types {
            if let Some(Record::IndicatorType(one)) = record(&key::indicator(&name)) {
                self.types.insert(name, Type { symbols: told(symbols), record: one.clone() });
            }
        }
        self.kinds = kept.kinds.into_iter().map(|(kind, symbols)| (kind, told(symbols))).collect();
        (self.symbols, self.pattern_symbols) = (told(kept.symbols), told(kept.pattern_symbols));
        (self.numbers, self.seen) = (numbers, kept.seen);
    }

    /// Whether this value is news, and the number of its symbol; if there is room to tell.
    fn first_time(&mut self, value: &ValueReport, slot: u32) -> Option<(bool, usize)> {
        let ValueReport { phase, symbol, name, frame, .. } = value;
        let number = self.numbers.of(hash(symbol))?;
        if !self.seen.is_empty() && self.seen.contains(&hash(&(slot, phase, symbol, name, frame))) {
            return Some((false, number));
        }
        let kind = hash(&(slot, phase, name, frame));
        if self.kinds.len() >= KINDS && !self.kinds.contains_key(&kind) {
            return None;
        }
        Some((self.kinds.entry(kind).or_default().insert(number), number))
    }
}

impl Board {
    pub(super) fn value(&mut self, event: &Event, value: &ValueReport) -> Option<Line> {
        // One that names no run is tonight's all the same, and of the run in progress if there is one.
        let slot = self.run_of(event, true);
        let night = self.nights.of(event.at);
        let tonight = self.made.indicators.night.max(self.made.patterns.night);
        if let Some(slot) = slot {
            self.value_of_run(slot, event, value, night >= tonight);
        } else if night >= tonight {
            self.count_value(event, value, 0, night);
        }
        None
    }

    fn value_of_run(&mut self, slot: u32, event: &Event, value: &ValueReport, current: bool) {
        let night = self.nights.of(event.at);
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
        let first = made.first_time(value, slot);
        match (first, &value.phase) {
            (Some((false, _)), _) => return false,
            (None, Phase::Patterns) => made.patterns.more = true,
            (None, _) => made.indicators.more = true,
            (Some((true, symbol)), Phase::Patterns) => {
                made.pattern_symbols.insert(symbol);
                made.patterns.symbols = made.pattern_symbols.size();
                *made.patterns.class(value.confidence) += 1;
                made.patterns.last = made.patterns.last.max(event.at);
            }
            (Some((true, symbol)), _) => self.count_indicator(event, value, symbol),
        }
        if value.phase == Phase::Patterns {
            let record = Record::Patterns(self.made.patterns.clone());
            self.put_board(&"xpatterns".into(), record);
        } else {
            let record = Record::Indicators(self.made.indicators.clone());
            self.put_board(&"xindicators".into(), record);
        }
        first.is_some()
    }

    fn count_indicator(&mut self, event: &Event, value: &ValueReport, symbol: usize) {
        let made = &mut self.made;
        made.symbols.insert(symbol);
        made.indicators.symbols = made.symbols.size();
        made.indicators.calculations = made.indicators.calculations.saturating_add(1);
        made.indicators.last = made.indicators.last.max(event.at);
        if made.types.len() >= TYPES && !made.types.contains_key(&value.name) {
            return;
        }
        let one = made.types.entry(value.name.clone()).or_default();
        one.symbols.insert(symbol);
        one.record.symbols = one.symbols.size();
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
