//! The commands of the contract (§4.1, §4.2), in one reading: by HTTP a path is a command's name and the body its parameters.

use super::fields::Fields;
use super::refusal::Refusal;
use super::timetable::Change;
use domain::phase::Phase;
use serde_json::{Map, Value};

/// What a cache sync does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything.
    Full,
    /// Market values.
    MarketCap,
    /// Themes.
    Themes,
    /// New listings.
    Ipos,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Full, Self::MarketCap, Self::Themes, Self::Ipos];

    /// Its name on the wire.
    pub fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::MarketCap => "market_cap",
            Self::Themes => "themes",
            Self::Ipos => "ipos",
        }
    }

    /// The mode of that name.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.key() == key)
    }
}

/// A command, checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A night, or some phases of it; whether a schedule asks for it.
    Night { phases: Vec<Phase>, universe: Option<String>, automatic: bool },
    /// An import of its own.
    Import { universes: Vec<String>, timeframes: Vec<String>, lookback_days: u32 },
    /// Indicators alone.
    Indicators { timeframe: String, symbols: Option<Vec<String>>, indicators: Option<Vec<String>> },
    /// Patterns alone.
    Patterns { timeframe: String, symbols: Option<Vec<String>>, patterns: Option<Vec<String>> },
    /// What failed in a run, once more.
    Retry { original: String, symbols: Option<Vec<String>> },
    /// A cache sync of its own.
    Sync { mode: Mode, force: bool },
    /// Another schedule.
    Schedule(Change),
    /// Stop. Its `run_id` says what, nothing says what is in progress.
    Cancel,
    /// How far is it?
    Status,
}

impl Command {
    /// Reads a command.
    ///
    /// # Errors
    /// When nobody knows it, or a field cannot be used.
    pub fn read(name: &str, parameters: &Map<String, Value>) -> Result<Self, Refusal> {
        let fields = Fields(parameters);
        let timeframe = || Ok::<_, Refusal>(fields.name("timeframe")?.unwrap_or_else(|| "daily".into()));
        let or = |names: Option<Vec<String>>, otherwise: &[&str]| {
            names.unwrap_or_else(|| otherwise.iter().map(ToString::to_string).collect())
        };
        Ok(match name {
            "trigger_daily_processing" => {
                // Whoever commands is obeyed at any hour (only a schedule asks for the market): the field is checked and changes nothing.
                fields.flag("skip_market_check")?;
                let automatic = fields.name("trigger_type")?.as_deref() == Some("automatic");
                Self::Night { phases: fields.phases()?, universe: fields.name("universe")?, automatic }
            }
            "trigger_data_import" => Self::Import {
                universes: or(fields.names("universes")?, &["sp500"]),
                timeframes: or(fields.names("timeframes")?, &["daily", "weekly"]),
                lookback_days: u32::try_from(fields.count("lookback_days", 30, 1, 36_500)?).unwrap_or(30),
            },
            "trigger_indicator_processing" => Self::Indicators {
                timeframe: timeframe()?,
                symbols: fields.symbols()?,
                indicators: fields.names("indicators")?,
            },
            "trigger_pattern_processing" => Self::Patterns {
                timeframe: timeframe()?,
                symbols: fields.symbols()?,
                patterns: fields.names("patterns")?,
            },
            "retry_failed_imports" => {
                let original = fields.id("original_run_id")?;
                let missing =
                    || Refusal::field("original_run_id", "names the run whose failures are retried");
                Self::Retry { original: original.ok_or_else(missing)?, symbols: fields.symbols()? }
            }
            "trigger_cache_sync" => {
                let asked = fields.name("mode")?.unwrap_or_else(|| "full".into());
                let known = Mode::ALL.map(Mode::key).join(", ");
                let mode = Mode::of(&asked);
                let mode = mode.ok_or_else(|| Refusal::field("mode", format!("is one of {known}")))?;
                Self::Sync { mode, force: fields.flag("force")? }
            }
            "update_schedule" => Self::Schedule(Change::read(parameters)?),
            "cancel_processing" => Self::Cancel,
            "request_status" => Self::Status,
            other => return Err(Refusal::Unknown(other.chars().take(64).collect())),
        })
    }

    /// Whether a run follows from it.
    pub fn starts(&self) -> bool {
        !matches!(self, Self::Schedule(_) | Self::Cancel | Self::Status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(name: &str, parameters: &Value) -> Result<Command, Refusal> {
        Command::read(name, parameters.as_object().expect("an object"))
    }

    #[test]
    fn phases_are_understood_in_any_spelling_and_put_in_order() {
        let asked = json!({ "phases": ["patterns", "data_import"], "skip_market_check": true });
        let command = read("trigger_daily_processing", &asked).expect("a command");
        let night = |phases| Command::Night { phases, universe: None, automatic: false };
        assert_eq!(command, night(vec![Phase::Import, Phase::Patterns]));
        for all in [json!({}), json!({ "phases": null }), json!({ "phases": ["all"] })] {
            assert_eq!(read("trigger_daily_processing", &all), Ok(night(Phase::NIGHT.to_vec())));
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_its_name() {
        let symbols: Vec<String> = (0..10_001).map(|number| format!("S{number}")).collect();
        for (name, parameters, field) in [
            ("trigger_daily_processing", json!({ "phases": ["dinner"] }), "phases"),
            ("trigger_daily_processing", json!({ "phases": [] }), "phases"),
            ("trigger_daily_processing", json!({ "skip_market_check": "yes" }), "skip_market_check"),
            ("trigger_daily_processing", json!({ "universe": 7 }), "universe"),
            ("trigger_data_import", json!({ "universes": "sp500" }), "universes"),
            ("trigger_data_import", json!({ "lookback_days": 0 }), "lookback_days"),
            ("trigger_indicator_processing", json!({ "symbols": ["A".repeat(33)] }), "symbols"),
            ("trigger_indicator_processing", json!({ "symbols": symbols }), "symbols"),
            ("trigger_indicator_processing", json!({ "indicators": [] }), "indicators"),
            ("trigger_pattern_processing", json!({ "timeframe": "a\nb" }), "timeframe"),
            ("retry_failed_imports", json!({}), "original_run_id"),
            ("retry_failed_imports", json!({ "original_run_id": "a", "symbols": [1] }), "symbols"),
            ("trigger_cache_sync", json!({ "mode": "some" }), "mode"),
            ("trigger_cache_sync", json!({ "force": 1 }), "force"),
        ] {
            match read(name, &parameters) {
                Err(Refusal::BadRequest { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{name} {field}: {other:?}"),
            }
        }
        assert_eq!(read("dance", &json!({})), Err(Refusal::Unknown("dance".into())));
    }
}
