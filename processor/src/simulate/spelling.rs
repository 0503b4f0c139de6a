//! The same night in another spelling: what TickStockPL wrote before (`legacy`), what its team says it writes (`current`), and
//! everything any of them ever wrote, mixed.
//!
//! The mixed spelling takes each field's other names from the contract's table in `domain`; so a name that is added there is
//! played here. What it may not change is the meaning: counts of steps stay counts of steps.

use super::legacy::legacy;
use crate::publish::{Envelope, Message, Stamp};
use clap::ValueEnum;
use domain::decode::{self, EVERYWHERE, TIMEFRAMES};
use domain::phase;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

/// A spelling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Spelling {
    /// The first scheme: `daily_processing_*`, one channel for the import, errors as records, local time labelled Z.
    Legacy,
    /// The final word of its team.
    #[default]
    Current,
    /// Any spelling of the contract, another one in each message.
    Mixed,
}

/// Spells messages one after another.
pub struct Speller {
    spelling: Spelling,
    random: ChaCha8Rng,
}

/// Names that say that steps are counted, or that only one producer means.
const STEPS: [&str; 3] = ["total_items", "total_steps", "current_task"];

impl Speller {
    /// The same seed spells the same.
    pub fn new(spelling: Spelling, seed: u64) -> Self {
        Self { spelling, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// The message as it is published.
    pub fn spell(&mut self, message: Message) -> Message {
        if matches!(message.envelope, Envelope::Raw(_)) {
            return message;
        }
        match self.spelling {
            Spelling::Current => message,
            Spelling::Legacy => legacy(message),
            Spelling::Mixed => {
                let old = self.random.random_bool(0.5);
                let message = if old { legacy(message) } else { message };
                self.mix(message)
            }
        }
    }

    fn mix(&mut self, mut message: Message) -> Message {
        message.stamp = Stamp::ALL[self.random.random_range(0..Stamp::ALL.len())];
        if message.envelope == Envelope::Standard {
            let envelopes =
                [Envelope::Standard, Envelope::Flat, Envelope::Typed, Envelope::Data, Envelope::Service];
            message.envelope = envelopes[self.random.random_range(0..envelopes.len())].clone();
        }
        if let (Some(row), Value::Object(fields)) = (decode::event(&message.event), &message.payload) {
            let mut renamed = Map::new();
            for (name, value) in fields {
                let known = row.fields.iter().copied().flatten().chain(EVERYWHERE);
                let field = known.clone().find(|field| field.spellings.contains(&name.as_str()));
                let spellings = field.map_or(&[][..], |field| field.spellings);
                let open = |other: &&&str| !STEPS.contains(other) && !STEPS.contains(&name.as_str());
                let others: Vec<&&str> = spellings.iter().filter(open).collect();
                let name = if others.is_empty() {
                    name.as_str()
                } else {
                    others[self.random.random_range(0..others.len())]
                };
                renamed.insert(name.to_owned(), self.value(name, value));
            }
            message.payload = Value::Object(renamed);
        }
        message
    }

    /// A phase or timeframe under another of its names.
    fn value(&mut self, name: &str, value: &Value) -> Value {
        let text = value.as_str().unwrap_or_default();
        match name {
            "phase" => {
                let phase = phase::Phase::parse(text);
                let names: Vec<&str> = phase::ALIASES
                    .iter()
                    .filter(|(_, other)| *other == phase)
                    .map(|(name, _)| *name)
                    .collect();
                if names.is_empty() {
                    value.clone()
                } else {
                    names[self.random.random_range(0..names.len())].into()
                }
            }
            "timeframe" => self.timeframe(text).into(),
            "timeframes" | "timeframes_processed" => {
                let frames = value.as_array().map(Vec::as_slice).unwrap_or_default();
                frames
                    .iter()
                    .map(|frame| Value::from(self.timeframe(frame.as_str().unwrap_or_default())))
                    .collect()
            }
            _ => value.clone(),
        }
    }

    fn timeframe(&mut self, name: &str) -> String {
        let row = TIMEFRAMES.iter().find(|(ours, others)| *ours == name || others.contains(&name));
        row.map_or(name, |(_, others)| others[self.random.random_range(0..others.len())]).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{Ending, Night, Provider, script};
    use super::*;
    use domain::board::Board;
    use domain::record::{Change, Record};
    use domain::time::Zone;
    use domain::wire::Topic;
    use serde_json::json;

    /// What the server makes of a night: everything about it but its id, its announced plan and the producer's own percentages.
    fn made_of(spelling: Spelling, ending: Ending, seed: u64) -> Vec<(String, Option<Record>)> {
        let night = Night {
            symbols: 60,
            seed,
            number: 0,
            ending,
            failures: 2,
            import_only: false,
            provider: Provider::RateLimited,
            play: 0,
            asked: None,
        };
        let mut speller = Speller::new(spelling, seed);
        let mut board = Board::new(Zone::utc());
        let mut run = String::new();
        let mut at = 1_795_209_000_000;
        for step in script(&night) {
            #[expect(clippy::cast_possible_truncation, reason = "a night is short")]
            let due = 1_795_209_000_000 + (step.seconds * 1_000.0) as i64;
            for message in step.messages() {
                at = due.max(at + 1);
                let message = speller.spell(message);
                let bytes = message.bytes(at);
                let reading = domain::decode::read(&message.channel, &bytes, at).expect("it decodes");
                let text = String::from_utf8_lossy(&bytes);
                assert!(reading.strange.is_empty(), "{:?} in {text}", reading.strange);
                if let Some(id) = &reading.event.run {
                    run.clone_from(id);
                }
                board.apply(&reading.event);
            }
        }
        assert_eq!(board.run_view(&run).map(|view| view.run.status.ended()), Some(true));
        let topics = [Topic::Board, Topic::Run(run.clone())];
        let changes = topics.iter().flat_map(|topic| board.changed_since(topic, 0).expect("known").changes);
        // A phase that was announced and never began is known only from who announces.
        let view = board.run_view(&run).expect("known");
        let begun = |phase: &str| {
            view.phases.iter().any(|(known, _)| known.phase.key() == phase && known.started.is_some())
        };
        let told = |change: &Change| {
            !change.key.starts_with(['p', 'q']) || domain::record::key::tail_of(&change.key).is_none_or(begun)
        };
        let mut all: Vec<(String, Option<Record>)> = changes.filter(told).map(comparable).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    fn comparable(change: Change) -> (String, Option<Record>) {
        let mut record = change.record.map(|record| (*record).clone());
        if let Some(Record::Run(run)) = &mut record {
            run.plan.clear();
            run.percent = None;
            run.reported_start = None;
        }
        (change.key.to_string(), record)
    }

    #[test]
    fn a_night_in_each_spelling_gives_the_same_board_symbol_for_symbol() {
        for (ending, seed) in
            [(Ending::Success, 7), (Ending::Success, 8), (Ending::Failed, 9), (Ending::Cancelled, 10)]
        {
            let current = made_of(Spelling::Current, ending, seed);
            assert!(current.iter().filter(|(key, _)| key.starts_with('s')).count() >= 60);
            for spelling in [Spelling::Legacy, Spelling::Mixed] {
                let other = made_of(spelling, ending, seed);
                let keys = |all: &[(String, Option<Record>)]| {
                    all.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()
                };
                assert_eq!(keys(&current), keys(&other), "{spelling:?}");
                for (one, two) in current.iter().zip(&other) {
                    assert_eq!(one, two, "{spelling:?}");
                }
            }
        }
    }

    #[test]
    fn the_mixed_spelling_mixes() {
        let message = || {
            Message::new("c", "import_progress", "s", json!({ "completed_symbols": 1, "total_symbols": 2 }))
        };
        let mut speller = Speller::new(Spelling::Mixed, 1);
        let all: std::collections::HashSet<Vec<u8>> =
            (0..50).map(|_| speller.spell(message()).bytes(0)).collect();
        assert!(all.len() > 20, "{}", all.len());
    }
}
