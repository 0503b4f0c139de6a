//! What is usual: how long comparable nights took.
//!
//! "47 min, 3 min more than usual" is only worth reading if the nights behind it did the same work. So a night is compared with
//! nights of the same phases and universes and of about as many symbols, and with too few of them it is compared with none.
//! Nights that failed, were cancelled or skipped, or whose start nobody heard say nothing about how long the work takes.

use crate::record::RunStatus;
use crate::time::Millis;
use crate::verdict::RunView;

/// Most nights that are compared with: older ones were another world.
pub const NIGHTS: usize = 20;
/// With fewer there is no "usual".
pub const FEWEST: usize = 5;
/// By how much the number of symbols may differ, in percent.
const LIKE_PERCENT: u64 = 10;

/// What a run had to do, as far as it decides how long that takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    phases: Vec<String>,
    universes: Vec<String>,
    symbols: u32,
    simulated: bool,
}

impl Work {
    /// Of a run.
    #[must_use]
    pub fn of(view: &RunView) -> Self {
        let mut phases: Vec<_> = view.phases.iter().map(|(phase, _)| phase.phase.key().to_owned()).collect();
        let mut universes = view.run.universes.clone();
        phases.sort_unstable();
        universes.sort_unstable();
        Self { phases, universes, symbols: view.symbols(), simulated: view.run.simulated }
    }

    /// Whether both did the same: the same phases and universes, and symbols within ten percent of the larger.
    #[must_use]
    pub fn compares_with(&self, other: &Self) -> bool {
        let apart = u64::from(self.symbols.abs_diff(other.symbols)) * 100;
        let larger = u64::from(self.symbols.max(other.symbols));
        self.simulated == other.simulated
            && self.phases == other.phases
            && self.universes == other.universes
            && apart <= larger * LIKE_PERCENT
    }
}

/// How long a run took, if that says how long its work takes: it succeeded, and its start was heard.
#[must_use]
pub fn took(view: &RunView) -> Option<Millis> {
    let counts = view.run.status == RunStatus::Success && !view.run.adopted;
    view.run.ended.filter(|_| counts).map(|ended| ended - view.run.started)
}

/// The median of the last comparable nights, which come newest first; `None` with too few.
#[must_use]
pub fn usual<'a>(work: &Work, nights: impl IntoIterator<Item = (&'a Work, Millis)>) -> Option<Millis> {
    let like = nights.into_iter().filter(|(other, _)| work.compares_with(other));
    let mut took: Vec<Millis> = like.map(|(_, took)| took).take(NIGHTS).collect();
    if took.len() < FEWEST {
        return None;
    }
    took.sort_unstable();
    let middle = took.len() / 2;
    let (upper, lower) = (took.get(middle)?, took.get(middle - 1)?);
    Some(if took.len() % 2 == 1 { *upper } else { (upper + lower) / 2 })
}

/// The median of some spans, and what four of five kept within; `None` without any.
#[must_use]
pub fn spread(spans: &mut [Millis]) -> Option<(Millis, Millis)> {
    spans.sort_unstable();
    let last = spans.len().checked_sub(1)?;
    Some((*spans.get(last / 2)?, *spans.get(last * 4 / 5)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn work(symbols: u32) -> Work {
        let phases = vec!["import".to_owned()];
        Work { phases, universes: vec!["sp500".to_owned()], symbols, simulated: false }
    }

    #[test]
    fn four_nights_are_too_few_and_five_are_not() {
        let night = work(500);
        let nights = |count: usize| (1..=count).map(|n| (&night, n as Millis)).collect::<Vec<_>>();
        assert_eq!(usual(&night, nights(4)), None);
        assert_eq!(usual(&night, nights(5)), Some(3));
        assert_eq!(usual(&night, nights(6)), Some(3));
        assert_eq!(usual(&night, nights(40)), Some(10), "only the newest twenty count");
    }

    #[test]
    fn only_the_same_work_is_compared() {
        let night = work(500);
        assert!(night.compares_with(&work(450)) && night.compares_with(&work(555)));
        assert!(!night.compares_with(&work(449)) && !night.compares_with(&work(556)));
        assert!(!night.compares_with(&Work { universes: vec!["dow30".to_owned()], ..work(500) }));
        assert!(!night.compares_with(&Work { phases: Vec::new(), ..work(500) }));
        assert!(!night.compares_with(&Work { simulated: true, ..work(500) }));
        assert!(work(0).compares_with(&work(0)), "nobody knows how many, on either side");
    }

    proptest! {
        #[test]
        fn comparing_does_not_depend_on_who_asks(a in 0_u32..2_000, b in 0_u32..2_000) {
            prop_assert_eq!(work(a).compares_with(&work(b)), work(b).compares_with(&work(a)));
        }

        #[test]
        fn usual_lies_between_the_shortest_and_the_longest(took in proptest::collection::vec(1_i64..100_000, 5..20)) {
            let night = work(500);
            let found = usual(&night, took.iter().map(|took| (&night, *took)));
            prop_assert!(found >= took.iter().min().copied() && found <= took.iter().max().copied());
        }
    }
}
