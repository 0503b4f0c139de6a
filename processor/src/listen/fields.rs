//! Fields of a command: read strictly and bounded. What cannot be used is refused by its name.

use super::refusal::Refusal;
use domain::phase::Phase;
use serde_json::{Map, Value};

/// Most symbols of a command.
const MOST_SYMBOLS: usize = 10_000;
/// Most other names of a command: universes, timeframes, indicators.
const MOST_NAMES: usize = 100;
/// Longest name.
const LONGEST: usize = 32;
/// Longest id.
const LONGEST_ID: usize = 64;

/// The parameters of a command. `null` is what is not there.
#[derive(Clone, Copy)]
pub struct Fields<'a>(pub &'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn get(self, field: &str) -> Option<&'a Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// Refuses a field that is none of these: whoever wrote it expects something of it. (The id of a run may stand beside any.)
    pub fn only(self, known: &[&str]) -> Result<(), Refusal> {
        let stranger = |(name, value): &(&String, &Value)| {
            !value.is_null() && name.as_str() != "run_id" && !known.contains(&name.as_str())
        };
        match self.0.iter().find(stranger) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
                Err(Refusal::field(name, format!("cannot be set here; what can is {}", known.join(", "))))
            }
        }
    }

    /// Yes or no.
    pub fn flag(self, field: &'static str) -> Result<bool, Refusal> {
        Ok(self.said(field)?.unwrap_or(false))
    }

    /// Yes or no, where it is said.
    pub fn said(self, field: &'static str) -> Result<Option<bool>, Refusal> {
        let flag = |value: &Value| value.as_bool().ok_or_else(|| Refusal::field(field, "is true or false"));
        self.get(field).map(flag).transpose()
    }

    /// A whole number between two.
    pub fn count(self, field: &'static str, otherwise: u64, low: u64, high: u64) -> Result<u64, Refusal> {
        match self.get(field) {
            None => Ok(otherwise),
            Some(value) => value
                .as_u64()
                .filter(|count| (low..=high).contains(count))
                .ok_or_else(|| Refusal::field(field, format!("is a whole number from {low} to {high}"))),
        }
    }

    /// A name.
    pub fn name(self, field: &'static str) -> Result<Option<String>, Refusal> {
        self.get(field).map(|value| text(field, value, LONGEST)).transpose()
    }

    /// The id of a run or a job.
    pub fn id(self, field: &'static str) -> Result<Option<String>, Refusal> {
        self.get(field).map(|value| text(field, value, LONGEST_ID)).transpose()
    }

    /// Symbols.
    pub fn symbols(self) -> Result<Option<Vec<String>>, Refusal> {
        self.list("symbols", MOST_SYMBOLS)
    }

    /// Other names.
    pub fn names(self, field: &'static str) -> Result<Option<Vec<String>>, Refusal> {
        self.list(field, MOST_NAMES)
    }

    /// Phases, in the order of a night; none named or `all`: all.
    pub fn phases(self) -> Result<Vec<Phase>, Refusal> {
        let Some(names) = self.names("phases")? else { return Ok(Phase::NIGHT.to_vec()) };
        let mut asked = Vec::new();
        for name in names {
            match Phase::parse(&name) {
                Phase::Other(all) if all == "all" => return Ok(Phase::NIGHT.to_vec()),
                Phase::Other(_) => {
                    let known = Phase::NIGHT.each_ref().map(Phase::key).join(", ");
                    return Err(Refusal::field("phases", format!("{name:?} is none of all, {known}")));
                }
                phase => asked.push(phase),
            }
        }
        Ok(Phase::NIGHT.into_iter().filter(|phase| asked.contains(phase)).collect())
    }

    fn list(self, field: &'static str, most: usize) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let values = value.as_array().ok_or_else(|| Refusal::field(field, "is a list of names"))?;
        if values.is_empty() || values.len() > most {
            return Err(Refusal::field(field, format!("is a list of 1 to {most} names")));
        }
        values.iter().map(|value| text(field, value, LONGEST)).collect::<Result<_, _>>().map(Some)
    }
}

fn text(field: &'static str, value: &Value, longest: usize) -> Result<String, Refusal> {
    let text = value.as_str().map(str::trim).unwrap_or_default();
    if text.is_empty() || text.chars().count() > longest || text.chars().any(char::is_control) {
        return Err(Refusal::field(field, format!("a name has 1 to {longest} characters")));
    }
    Ok(text.to_owned())
}
