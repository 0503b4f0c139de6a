//! The script of a night: what is said when. Pure and deterministic; the pictures of the screens are such a night.
//!
//! A symbol that fails in the import is not in the later phases' totals. Counts never fall, percentages are of the counts, and
//! lists of failures are those that were reported one by one.

mod asked;
mod phases;
mod plan;
mod values;
mod writer;

pub use asked::{Asked, Task};
pub use values::Values;
pub use writer::{MONITORING, SOURCE, ended};

use super::symbols::symbols;
use crate::publish::Message;
use crate::uuid::uuid;
use plan::Plan;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use writer::Writer;

/// Who fails, and why.
type Failing = BTreeMap<String, &'static str>;

/// How a night ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    Success,
    /// Its indicators stop: nothing can be written.
    Failed,
    /// Somebody cancels it in its indicators.
    Cancelled,
}

/// How the provider of prices does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provider {
    /// It answers.
    #[default]
    Well,
    /// It asks to slow down, again and again; one symbol in twenty fails for it.
    RateLimited,
    /// It does not answer at all.
    Down,
}

/// Which night.
#[derive(Clone, Debug)]
pub struct Night {
    /// How many symbols.
    pub symbols: u32,
    /// The family of nights.
    pub seed: u64,
    /// Which of the family.
    pub number: u64,
    /// How it ends.
    pub ending: Ending,
    /// Symbols that fail in the import, besides the two that always do.
    pub failures: u32,
    /// Only an import, of its own.
    pub import_only: bool,
    /// How the provider does.
    pub provider: Provider,
    /// Makes the run's id another one and changes nothing else: the same night may be played twice.
    pub play: u64,
    /// What somebody asked for; `None`: the night is played as its schedule would.
    pub asked: Option<Asked>,
}

/// What is said at a moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Say {
    /// A message.
    One(Message),
    /// The values of a symbol, one message each.
    Values(Values),
}

/// What is said, and its moment in seconds from the night's start at speed 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub seconds: f64,
    /// What.
    pub say: Say,
}

impl Step {
    /// Its messages.
    pub fn messages(&self) -> Vec<Message> {
        match &self.say {
            Say::One(message) => vec![message.clone()],
            Say::Values(values) => values.messages(),
        }
    }
}

/// The whole night.
pub fn script(night: &Night) -> Vec<Step> {
    let seed = night.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ night.number;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let id: u128 = random.random();
    let run_id = uuid(id ^ u128::from(night.play));
    let mut writer = Writer::new(random, run_id);
    let names = symbols(night.symbols);
    let failing = failing(night, &names, &mut writer);
    match &night.asked {
        Some(asked) => asked::tell(&mut writer, asked, night, names, failing),
        None if night.import_only => plan::import(&mut writer, &Plan::of(night, names, failing)),
        None => plan::night(&mut writer, &Plan::of(night, names, failing)),
    }
    writer.steps
}

/// Who fails in the import, and why. Two fail every night of a family; the rest differ.
fn failing(night: &Night, names: &[String], writer: &mut Writer) -> Failing {
    let mut failing = unlisted(night, names);
    if failing.is_empty() {
        return failing;
    }
    let codes = ["API_RATE_LIMIT", "NETWORK_TIMEOUT"];
    if night.provider == Provider::RateLimited {
        for name in names.iter().skip(7).step_by(20) {
            failing.entry(name.clone()).or_insert("API_RATE_LIMIT");
        }
    }
    for number in 0..night.failures {
        let index = writer.random.random_range(0..names.len());
        failing.entry(names[index].clone()).or_insert(codes[usize::try_from(number).unwrap_or(0) % 2]);
    }
    failing
}

/// The two that the provider does not know, the same in every night of a family.
fn unlisted(night: &Night, names: &[String]) -> Failing {
    if night.failures == 0 || names.len() < 20 {
        return Failing::new();
    }
    let mut family = ChaCha8Rng::seed_from_u64(night.seed);
    (0..2).map(|_| (names[family.random_range(0..names.len())].clone(), "SYMBOL_NOT_FOUND")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::board::Board;
    use domain::record::{PhaseStatus, RunStatus};
    use domain::time::Zone;
    use domain::verdict::{RunView, Verdict, judge};

    fn night(ending: Ending) -> Night {
        Night {
            symbols: 60,
            seed: 7,
            number: 0,
            ending,
            failures: 1,
            import_only: false,
            provider: Provider::Well,
            play: 0,
            asked: None,
        }
    }

    /// The night as the server would understand it.
    fn understood(night: &Night) -> RunView {
        let mut board = Board::new(Zone::utc());
        let mut id = String::new();
        for step in script(night) {
            #[expect(clippy::cast_possible_truncation, reason = "a night is short")]
            let at = 1_795_209_000_000 + (step.seconds * 1_000.0) as i64;
            for message in step.messages() {
                let reading =
                    domain::decode::read(&message.channel, &message.bytes(at), at).expect("it decodes");
                assert!(reading.event.simulated && reading.strange.is_empty(), "{reading:?}");
                id = reading.event.run.clone().expect("it names its run");
                board.apply(&reading.event);
            }
        }
        board.run_view(&id).expect("the run is on the board")
    }

    #[test]
    fn the_same_seed_is_the_same_night_and_another_is_not() {
        let same = script(&night(Ending::Success));
        assert_eq!(same, script(&night(Ending::Success)));
        assert_ne!(same, script(&Night { seed: 8, ..night(Ending::Success) }));
        assert_ne!(same, script(&Night { number: 1, ..night(Ending::Success) }));
        assert!(same.windows(2).all(|pair| pair[0].seconds <= pair[1].seconds));
    }

    /// Every byte of a night, in one number (FNV-1a).
    fn bytes_of(night: &Night) -> u64 {
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for byte in bytes {
                sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for step in script(night) {
            add(&step.seconds.to_bits().to_le_bytes());
            for message in step.messages() {
                add(message.channel.as_bytes());
                add(&message.bytes(1_795_209_000_000));
            }
        }
        sum
    }

    /// Nights of a seed are compared with each other over months: what commands added to the script may not move a byte of them.
    #[test]
    fn a_night_by_its_schedule_is_what_it_always_was() {
        let well = night(Ending::Success);
        let nights = [
            well.clone(),
            night(Ending::Failed),
            night(Ending::Cancelled),
            Night { import_only: true, ..well.clone() },
            Night { provider: Provider::Down, ..well.clone() },
            Night { provider: Provider::RateLimited, failures: 9, symbols: 505, ..well },
        ];
        assert_eq!(
            nights.each_ref().map(bytes_of),
            [
                5_387_918_000_380_516_681,
                9_628_505_433_657_521_557,
                7_265_681_326_482_547_527,
                10_291_112_090_716_682_605,
                7_732_284_660_095_250_293,
                2_785_951_772_458_752_075,
            ]
        );
    }

    #[test]
    fn a_good_night_is_understood_to_its_last_symbol() {
        let view = understood(&night(Ending::Success));
        assert_eq!(view.run.status, RunStatus::Success);
        assert_eq!((view.phases.len(), view.symbols()), (4, 60));
        assert!(view.phases.iter().all(|(phase, _)| phase.status == PhaseStatus::Done), "{:?}", view.phases);
        let (import, progress) = &view.phases[0];
        assert_eq!((import.total, progress.processed()), (60, 60));
        assert_eq!(view.failed(), view.run.failing, "what the end says and what was seen are the same");
        assert!(view.run.failing >= 2 && view.run.records > 0 && view.run.indicators > 0);
    }

    #[test]
    fn a_bad_night_is_understood_as_failed_and_a_cancelled_one_as_cancelled() {
        let failed = understood(&night(Ending::Failed));
        let verdict = judge(Some(&failed), failed.heard());
        assert_eq!(verdict, Verdict::Failed { phase: Some(domain::phase::Phase::Indicators) });
        let cancelled = understood(&night(Ending::Cancelled));
        assert_eq!(cancelled.run.status, RunStatus::Cancelled);
    }

    #[test]
    fn an_import_of_its_own_is_a_run_of_its_own() {
        let view = understood(&Night { import_only: true, ..night(Ending::Success) });
        assert_eq!((view.phases.len(), view.run.status), (1, RunStatus::Success));
    }
}
