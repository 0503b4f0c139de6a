//! What a run does: read from a command, written to the store, and read from there again after a crash.

use crate::listen::{Command, Mode, Refusal};
use domain::decode::TIMEFRAMES;
use domain::phase::Phase;
use processor::bar::Frame;
use processor::indicators::{DEFINITIONS, Definition};
use processor::patterns;
use serde_json::{Value, json};

/// What kind of run it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Announced and ended by its own words: a night, a retry, indicators or patterns alone.
    Run,
    /// An import of its own: nobody says that a run begins (contract §3.8).
    Import,
    /// A cache sync of its own, in this mode.
    Sync(Mode),
}

/// What a run does.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What kind.
    pub kind: Kind,
    /// In the order of a night.
    pub phases: Vec<Phase>,
    /// Over whom.
    pub universes: Vec<String>,
    /// Only these; `None`: all of the universes.
    pub symbols: Option<Vec<String>>,
    /// Which indicators.
    pub indicators: Vec<String>,
    /// Which patterns.
    pub patterns: Vec<String>,
    /// Over which bars.
    pub frames: Vec<Frame>,
    /// How far back a symbol is imported that has nothing yet; `None`: all there is.
    pub lookback: Option<u32>,
    /// It was the schedule's: of this day, since 1970-01-01.
    pub night: Option<i64>,
    /// Nobody asked: it was time.
    pub automatic: bool,
    /// Of which run it does once more what was left.
    pub retry_of: Option<String>,
    /// What these have done is done.
    pub resumes: Vec<String>,
    /// How often the source has been asked before, and now: 1 the first time.
    pub asking: u32,
}

impl Plan {
    /// All phases over these universes.
    pub fn night(universes: Vec<String>, frames: &[Frame]) -> Self {
        Self {
            kind: Kind::Run,
            phases: Phase::NIGHT.to_vec(),
            universes,
            symbols: None,
            indicators: DEFINITIONS.iter().map(|known| known.key.to_owned()).collect(),
            patterns: patterns::names().into_iter().map(str::to_owned).collect(),
            frames: frames.to_vec(),
            lookback: None,
            night: None,
            automatic: false,
            retry_of: None,
            resumes: Vec::new(),
            asking: 1,
        }
    }

    /// What a command asks for, where `usual` is a night as it is set. A retry's symbols are its caller's business.
    ///
    /// # Errors
    /// When it names what there is not.
    pub fn of(command: Command, usual: Self) -> Result<Self, Refusal> {
        Ok(match command {
            Command::Night { phases, universe, automatic } => {
                let universes = universe.map_or(usual.universes, |names| split(&names));
                Self { phases, universes, automatic, ..usual }
            }
            Command::Import { universes, timeframes, lookback_days } => {
                let frames: Vec<Frame> = timeframes.iter().filter_map(|name| frame(name)).collect();
                if frames.is_empty() {
                    return Err(Refusal::field("timeframes", known_frames()));
                }
                let (kind, phases, lookback) = (Kind::Import, vec![Phase::Import], Some(lookback_days));
                Self { kind, phases, universes, frames, lookback, ..usual }
            }
            Command::Indicators { timeframe, symbols, indicators } => {
                let find =
                    |name: &String| DEFINITIONS.iter().find(|known| known.key.eq_ignore_ascii_case(name));
                let names = chosen("indicators", indicators, usual.indicators.clone(), |name| {
                    find(name).map(|known| known.key.to_owned())
                })?;
                let frames =
                    vec![frame(&timeframe).ok_or_else(|| Refusal::field("timeframe", known_frames()))?];
                Self { phases: vec![Phase::Indicators], indicators: names, symbols, frames, ..usual }
            }
            Command::Patterns { timeframe, symbols, patterns } => {
                let find = |name: &String| {
                    patterns::names()
                        .into_iter()
                        .find(|known| known.eq_ignore_ascii_case(name))
                        .map(str::to_owned)
                };
                let names = chosen("patterns", patterns, usual.patterns.clone(), find)?;
                let frames =
                    vec![frame(&timeframe).ok_or_else(|| Refusal::field("timeframe", known_frames()))?];
                Self { phases: vec![Phase::Patterns], patterns: names, symbols, frames, ..usual }
            }
            Command::Retry { original, symbols } => Self {
                phases: vec![Phase::Import, Phase::Indicators, Phase::Patterns],
                symbols,
                retry_of: Some(original),
                asking: 2,
                ..usual
            },
            Command::Sync { mode, .. } => {
                Self { kind: Kind::Sync(mode), phases: vec![Phase::CacheSync], ..usual }
            }
            // None of them begins a run.
            Command::Schedule(_) | Command::Cancel | Command::Status => return Err(Refusal::NothingRunning),
        })
    }

    /// The same once more, after the attempt of that id.
    pub fn resumed(mut self, id: &str) -> Self {
        self.resumes.push(id.to_owned());
        self.retry_of = Some(id.to_owned());
        self
    }

    /// Who started it, in the producer's word.
    pub fn trigger(&self) -> &'static str {
        if self.automatic { "automatic" } else { "manual" }
    }

    /// Under which name it names itself.
    pub fn id_field(&self) -> &'static str {
        if matches!(self.kind, Kind::Sync(_)) { "job_id" } else { "run_id" }
    }

    /// The wanted indicators.
    pub fn definitions(&self) -> Vec<&'static Definition> {
        self.indicators.iter().filter_map(|key| Definition::of(key)).collect()
    }

    /// As it is stored.
    pub fn json(&self) -> Value {
        let kind = match self.kind {
            Kind::Run => "run",
            Kind::Import => "import",
            Kind::Sync(mode) => mode.key(),
        };
        json!({
            "kind": kind, "phases": self.phases.iter().map(Phase::key).collect::<Vec<_>>(), "universes": self.universes,
            "symbols": self.symbols, "indicators": self.indicators, "patterns": self.patterns,
            "frames": self.frames.iter().map(|frame| frame.key()).collect::<Vec<_>>(), "lookback": self.lookback,
            "night": self.night, "automatic": self.automatic, "retry_of": self.retry_of, "resumes": self.resumes,
            "asking": self.asking
        })
    }

    /// As it was stored; `None`: by another version, or it is spoiled.
    pub fn read(text: &str) -> Option<Self> {
        let stored: Value = serde_json::from_str(text).ok()?;
        let names = |field: &str| -> Option<Vec<String>> {
            let names = stored[field].as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect()
        };
        let kind = match stored["kind"].as_str()? {
            "run" => Kind::Run,
            "import" => Kind::Import,
            mode => Kind::Sync(Mode::of(mode)?),
        };
        Some(Self {
            kind,
            phases: names("phases")?.iter().map(|name| Phase::parse(name)).collect(),
            universes: names("universes")?,
            symbols: names("symbols"),
            indicators: names("indicators")?,
            patterns: names("patterns")?,
            frames: names("frames")?.iter().filter_map(|name| Frame::of(name)).collect(),
            lookback: stored["lookback"].as_u64().and_then(|days| u32::try_from(days).ok()),
            night: stored["night"].as_i64(),
            automatic: stored["automatic"].as_bool()?,
            retry_of: stored["retry_of"].as_str().map(str::to_owned),
            resumes: names("resumes")?,
            asking: u32::try_from(stored["asking"].as_u64()?).ok()?,
        })
    }
}

/// `sp500, dow30` are two universes.
fn split(names: &str) -> Vec<String> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A timeframe by any of its names.
pub fn frame(name: &str) -> Option<Frame> {
    let name = name.to_ascii_lowercase();
    let known = TIMEFRAMES.iter().find(|(ours, others)| *ours == name || others.contains(&name.as_str()));
    known.and_then(|(ours, _)| Frame::of(ours))
}

/// Which there are, for who named another.
pub fn known_frames() -> String {
    format!("is one of {}", Frame::ALL.map(Frame::key).join(", "))
}

fn chosen(
    field: &'static str,
    asked: Option<Vec<String>>,
    all: Vec<String>,
    find: impl Fn(&String) -> Option<String>,
) -> Result<Vec<String>, Refusal> {
    let Some(asked) = asked else { return Ok(all) };
    let known = |name: &String| {
        find(name).ok_or_else(|| Refusal::field(field, format!("{name:?} is none of {}", all.join(", "))))
    };
    asked.iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again_as_it_was() {
        let night = Plan::night(vec!["sp500".into()], &[Frame::Daily, Frame::Weekly]);
        let sync = Command::Sync { mode: Mode::Themes, force: true };
        let retry = Command::Retry { original: "a".into(), symbols: Some(vec!["A".into()]) };
        let indicators = Command::Indicators {
            timeframe: "1week".into(),
            symbols: None,
            indicators: Some(vec!["RSI_14".into()]),
        };
        for command in [sync, retry, indicators] {
            let plan = Plan::of(command, night.clone()).unwrap().resumed("before");
            assert_eq!(Plan::read(&plan.json().to_string()), Some(plan));
        }
        let night = Plan { night: Some(20_000), automatic: true, lookback: Some(3), ..night };
        assert_eq!(Plan::read(&night.json().to_string()), Some(night));
        assert_eq!(Plan::read("{}"), None);
    }

    #[test]
    fn what_there_is_not_is_refused_by_its_field() {
        let night = Plan::night(vec!["sp500".into()], &[Frame::Daily]);
        let command = |frame: &str, names: &[&str]| Command::Indicators {
            timeframe: frame.into(),
            symbols: None,
            indicators: Some(names.iter().map(ToString::to_string).collect()),
        };
        for (command, field) in
            [(command("hourly", &["rsi_14"]), "timeframe"), (command("daily", &["x"]), "indicators")]
        {
            match Plan::of(command, night.clone()) {
                Err(Refusal::BadRequest { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{other:?}"),
            }
        }
    }
}
