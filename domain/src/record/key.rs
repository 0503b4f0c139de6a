//! Makes and takes apart the keys of records.

use super::Key;
use crate::phase::Phase;

/// Key of a run.
#[must_use]
pub fn run(slot: u32) -> Key {
    format!("r{slot}").into()
}

/// Key of what is fixed about a phase.
#[must_use]
pub fn phase(slot: u32, phase: &Phase) -> Key {
    format!("p{slot}.{}", phase.key()).into()
}

/// Key of what moves in a phase.
#[must_use]
pub fn progress(slot: u32, phase: &Phase) -> Key {
    format!("q{slot}.{}", phase.key()).into()
}

/// Key of the moments in a phase.
#[must_use]
pub fn marks(slot: u32, phase: &Phase) -> Key {
    format!("m{slot}.{}", phase.key()).into()
}

/// Key of a cause of failure.
#[must_use]
pub fn code(slot: u32, code: &str) -> Key {
    format!("c{slot}.{code}").into()
}

/// Key of a problem.
#[must_use]
pub fn problem(slot: u32, code: &str) -> Key {
    format!("e{slot}.{code}").into()
}

/// Key of a symbol, in the topic of its run.
#[must_use]
pub fn symbol(symbol: &str) -> Key {
    format!("s{symbol}").into()
}

/// Key of a gap.
#[must_use]
pub fn gap(number: u64) -> Key {
    format!("g{number}").into()
}

/// Key of what a run's cache sync changed.
#[must_use]
pub fn sync(slot: u32) -> Key {
    format!("y{slot}").into()
}

/// Key of a type of indicator.
#[must_use]
pub fn indicator(name: &str) -> Key {
    format!("i{name}").into()
}

/// Key of an alert.
#[must_use]
pub fn alert(id: &str) -> Key {
    format!("a{id}").into()
}

/// Key of a command.
#[must_use]
pub fn command(id: &str) -> Key {
    format!("o{id}").into()
}

/// Key of a line of the feed.
#[must_use]
pub fn line(number: u64) -> Key {
    format!("l{number}").into()
}

/// The slot in a key that has one: 3 in `q3.indicators`.
#[must_use]
pub fn slot_of(key: &str) -> Option<u32> {
    let rest = key.get(1..)?;
    rest.split('.').next()?.parse().ok()
}

/// The part after the slot: `indicators` in `q3.indicators`.
#[must_use]
pub fn tail_of(key: &str) -> Option<&str> {
    key.split_once('.').map(|(_, tail)| tail)
}
