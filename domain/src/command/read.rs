//! What somebody filled in becomes what is wanted, or the field that will not do is named.

use super::{CommandKind, LOOKBACK, NAME, NOTE, Order, SYMBOL, SYMBOLS, SyncMode, TYPES, UNIVERSES, Wanted};
use crate::decode::TIMEFRAMES;
use crate::given::{Fields, Invalid, invalid};
use crate::phase::{ALIASES, Phase};
use serde_json::{Map, Value};

/// Reads what is wanted of a kind.
///
/// # Errors
/// When a field will not do, or is none of this kind: a misspelt one must not ask for more than was meant.
pub fn read(kind: CommandKind, given: &Map<String, Value>) -> Result<Wanted, Invalid> {
    let fields = Fields(given);
    fields.only(known(kind))?;
    let order = match kind {
        CommandKind::Run => Order::Run {
            phases: fields.phases()?,
            universe: fields.name("universe")?,
            skip_market_check: fields.yes("skip_market_check")?,
            scheduled: false,
        },
        CommandKind::Import => Order::Import {
            universes: fields.universes()?,
            timeframes: fields.timeframes()?,
            lookback_days: fields.days()?,
        },
        CommandKind::Indicators => Order::Indicators {
            symbols: fields.symbols("symbols")?,
            indicators: fields.names("indicators", TYPES, NAME)?,
            timeframe: fields.timeframe()?,
        },
        CommandKind::Patterns => Order::Patterns {
            symbols: fields.symbols("symbols")?,
            patterns: fields.names("patterns", TYPES, NAME)?,
            timeframe: fields.timeframe()?,
        },
        CommandKind::CacheSync => Order::CacheSync { mode: fields.mode()?, force: fields.yes("force")? },
        CommandKind::Retry => {
            return Ok(Wanted::Retry {
                run: fields.run()?,
                phase: fields.phase()?,
                code: fields.name("code")?,
                symbols: fields.names("symbols", SYMBOLS, SYMBOL)?,
            });
        }
        // It wants more than to run, and has a page of its own.
        CommandKind::Schedule => {
            return Err(invalid("do", "must be something that runs: the schedule has a page of its own"));
        }
        CommandKind::Cancel => return Ok(Wanted::Cancel { run: fields.run()? }),
        CommandKind::Accept => {
            let run = fields.run()?.ok_or_else(|| invalid("run_id", "is needed: which run is accepted"))?;
            let note = || invalid("note", "is needed: why it may stay as it is");
            return Ok(Wanted::Accept { run, note: fields.text("note", NOTE)?.ok_or_else(note)? });
        }
    };
    Ok(Wanted::Order(order))
}

/// The fields of each kind.
fn known(kind: CommandKind) -> &'static [&'static str] {
    match kind {
        CommandKind::Run => &["phases", "universe", "skip_market_check"],
        CommandKind::Import => &["universes", "universe", "timeframes", "lookback_days"],
        CommandKind::Indicators => &["symbols", "indicators", "timeframe"],
        CommandKind::Patterns => &["symbols", "patterns", "timeframe"],
        CommandKind::CacheSync => &["mode", "force"],
        CommandKind::Retry => &["run_id", "phase", "code", "symbols"],
        CommandKind::Cancel => &["run_id"],
        CommandKind::Accept => &["run_id", "note"],
        CommandKind::Schedule => &[],
    }
}

impl Fields<'_> {
    /// An id, which is what the producer made it.
    fn run(&self) -> Result<Option<String>, Invalid> {
        self.text("run_id", NAME)
    }

    fn symbols(&self, name: &str) -> Result<Vec<String>, Invalid> {
        let names = self.names(name, SYMBOLS, SYMBOL)?;
        Ok(names.into_iter().map(|name| name.to_ascii_uppercase()).collect())
    }

    fn universes(&self) -> Result<Vec<String>, Invalid> {
        let mut names = self.names("universes", UNIVERSES, NAME)?;
        if names.is_empty() {
            names = self.names("universe", UNIVERSES, NAME)?;
        }
        Ok(if names.is_empty() { vec!["sp500".to_owned()] } else { names })
    }

    fn days(&self) -> Result<u32, Invalid> {
        self.number("lookback_days", 30, 1..=LOOKBACK)
    }

    pub(crate) fn phases(&self) -> Result<Vec<Phase>, Invalid> {
        let names = self.names("phases", 16, NAME)?;
        if names.iter().any(|name| name.eq_ignore_ascii_case("all")) {
            return Ok(Vec::new());
        }
        let mut phases = names.iter().map(|name| phase(name, "phases")).collect::<Result<Vec<_>, _>>()?;
        phases.sort_by_key(Phase::rank);
        phases.dedup();
        // All of them by name are all of them.
        Ok(if phases.len() == Phase::NIGHT.len() { Vec::new() } else { phases })
    }

    /// Also one that we do not know: a failure in it can be retried like any other.
    fn phase(&self) -> Result<Option<Phase>, Invalid> {
        Ok(self.text("phase", NAME)?.map(|name| Phase::parse(&name)))
    }

    fn timeframe(&self) -> Result<&'static str, Invalid> {
        let name = self.name("timeframe")?;
        name.map_or(Ok("daily"), |name| timeframe(&name, "timeframe"))
    }

    fn timeframes(&self) -> Result<Vec<&'static str>, Invalid> {
        let names = self.names("timeframes", 16, NAME)?;
        if names.is_empty() {
            return Ok(vec!["daily", "weekly"]);
        }
        let mut frames: Vec<&'static str> = Vec::new();
        for name in names {
            let frame = timeframe(&name, "timeframes")?;
            if !frames.contains(&frame) {
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    fn mode(&self) -> Result<SyncMode, Invalid> {
        let Some(name) = self.name("mode")? else { return Ok(SyncMode::Full) };
        let words = SyncMode::ALL.map(SyncMode::word).join(", ");
        let found = SyncMode::ALL.into_iter().find(|mode| mode.word().eq_ignore_ascii_case(&name));
        found.ok_or_else(|| invalid("mode", format!("must be one of: {words}")))
    }
}

fn phase(name: &str, field: &str) -> Result<Phase, Invalid> {
    let name = name.to_ascii_lowercase();
    let found = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, phase)| phase.clone());
    let words: Vec<&str> = Phase::NIGHT.iter().map(Phase::key).collect();
    found.ok_or_else(|| invalid(field, format!("must be of: {}, all", words.join(", "))))
}

fn timeframe(name: &str, field: &str) -> Result<&'static str, Invalid> {
    let name = name.to_ascii_lowercase();
    let found = TIMEFRAMES.iter().find(|(ours, others)| *ours == name || others.contains(&&*name));
    let words: Vec<&str> = TIMEFRAMES.iter().map(|(ours, _)| *ours).collect();
    found.map(|(ours, _)| *ours).ok_or_else(|| invalid(field, format!("must be of: {}", words.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wanted(kind: CommandKind, given: Value) -> Result<Wanted, Invalid> {
        let Value::Object(given) = given else { unreachable!("an object") };
        read(kind, &given)
    }

    #[test]
    fn nothing_filled_in_is_what_the_contract_has_by_default() {
        let import = wanted(CommandKind::Import, json!({ "lookback_days": null }));
        let (universes, timeframes) = (vec!["sp500".to_owned()], vec!["daily", "weekly"]);
        assert_eq!(import, Ok(Wanted::Order(Order::Import { universes, timeframes, lookback_days: 30 })));
        let run =
            Order::Run { phases: Vec::new(), universe: None, skip_market_check: false, scheduled: false };
        assert_eq!(wanted(CommandKind::Run, json!({ "phases": ["all"] })), Ok(Wanted::Order(run)));
    }

    #[test]
    fn a_form_and_json_mean_the_same() {
        let typed = json!({ "universes": "sp500, dow30", "timeframes": "1day Week", "lookback_days": "7" });
        let told =
            json!({ "universes": ["sp500", "dow30"], "timeframes": ["daily", "weekly"], "lookback_days": 7 });
        assert_eq!(wanted(CommandKind::Import, typed), wanted(CommandKind::Import, told));
    }

    #[test]
    fn what_will_not_do_is_named() {
        let field = |kind, given| wanted(kind, given).err().map(|wrong| wrong.field).unwrap_or_default();
        assert_eq!(field(CommandKind::Run, json!({ "phases": ["imports"] })), "phases");
        assert_eq!(field(CommandKind::Run, json!({ "skip_market_check": 3 })), "skip_market_check");
        assert_eq!(field(CommandKind::Run, json!({ "phase": "import" })), "phase");
        for days in [json!(0), json!(3_651), json!("x"), json!(-1), json!(1.5), json!([])] {
            assert_eq!(field(CommandKind::Import, json!({ "lookback_days": days })), "lookback_days");
        }
        assert_eq!(field(CommandKind::Import, json!({ "timeframes": ["5min"] })), "timeframes");
        assert_eq!(field(CommandKind::Indicators, json!({ "symbols": [1] })), "symbols");
        assert_eq!(field(CommandKind::Indicators, json!({ "symbols": ["X".repeat(33)] })), "symbols");
        assert_eq!(field(CommandKind::CacheSync, json!({ "mode": "some" })), "mode");
        assert_eq!(field(CommandKind::Accept, json!({ "run_id": "a", "note": " " })), "note");
        let many: Vec<String> = (0..=SYMBOLS).map(|number| format!("S{number}")).collect();
        assert_eq!(field(CommandKind::Retry, json!({ "symbols": many })), "symbols");
    }
}
