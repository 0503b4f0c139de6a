//! How many symbols a run has brought through: one number, which its last word, the report after a crash and its history all tell.
//!
//! Invariant: it is counted in what is stored, so that it does not matter who asks, when, and how the run ended.

use super::Plan;
use domain::phase::Phase;
use processor::store::{State, Tally};

/// Symbols of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Who came through the furthest phase that it got to.
    pub processed: usize,
    /// Who failed in any.
    pub failed: usize,
}

impl Account {
    /// Of a run with that plan.
    pub fn of(plan: Option<&Plan>, tally: &[Tally]) -> Self {
        let symbols = |wanted: &dyn Fn(&Tally) -> bool| -> usize {
            let counts = tally.iter().filter(|one| wanted(one)).map(|one| usize::try_from(one.symbols));
            counts.map(|count| count.unwrap_or(0)).sum()
        };
        let begun =
            |phase: &&Phase| **phase != Phase::CacheSync && tally.iter().any(|one| one.phase == phase.key());
        let furthest = plan.and_then(|plan| plan.phases.iter().rfind(begun));
        let through =
            |one: &Tally| furthest.is_some_and(|at| one.phase == at.key()) && one.state != State::Failed;
        Self { processed: symbols(&through), failed: symbols(&|one| one.state == State::Failed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use processor::bar::Frame;

    #[test]
    fn who_came_through_the_furthest_phase_that_was_begun_counts() {
        let plan = Plan::night(vec!["sp500".into()], &[Frame::Daily]);
        let one =
            |phase: &Phase, state, symbols| Tally { phase: phase.key().into(), state, symbols, figure: 7 };
        let mut tally = vec![one(&Phase::Import, State::Done, 90), one(&Phase::Import, State::Failed, 10)];
        tally.push(one(&Phase::CacheSync, State::Done, 5));
        let of = |tally: &[Tally]| Account::of(Some(&plan), tally);
        assert_eq!(of(&tally), Account { processed: 90, failed: 10 });
        tally.extend([one(&Phase::Indicators, State::Done, 40), one(&Phase::Indicators, State::Skipped, 2)]);
        tally.push(one(&Phase::Indicators, State::Failed, 1));
        assert_eq!(of(&tally), Account { processed: 42, failed: 11 });
        assert_eq!(of(&[]), Account::default());
    }
}
