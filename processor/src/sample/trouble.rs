//! What goes wrong with a symbol when it is first asked for in a night.

use crate::bar::{Bar, Day};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The newest bar's high is below its low.
    BadBar,
    /// A day is left out; of a single day there are two bars.
    Hole,
    /// The provider does not answer in time.
    Timeout,
    /// The provider says *later*, and when.
    RateLimited(Duration),
}

/// What goes wrong in every night: one symbol each. They are more than a night of all symbols may lose and still count as complete
/// (`domain::verdict::TOLERANCE_PERCENT`), so that there is something to retry.
pub const TROUBLED: [Trouble; 12] = [
    Trouble::BadBar,
    Trouble::BadBar,
    Trouble::Hole,
    Trouble::Hole,
    Trouble::Timeout,
    Trouble::RateLimited(Duration::from_secs(2)),
    Trouble::RateLimited(Duration::from_secs(1)),
    Trouble::BadBar,
    Trouble::Hole,
    Trouble::Timeout,
    Trouble::Timeout,
    Trouble::RateLimited(Duration::from_secs(3)),
];

/// Who is chosen in a night, of so many: a different one for each trouble.
pub(super) fn chosen(seed: u64, night: Day, of: usize) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x0bad);
    random.set_stream(u64::from(night.unsigned_abs()));
    let mut chosen = Vec::with_capacity(TROUBLED.len());
    while chosen.len() < TROUBLED.len().min(of) {
        let one = random.random_range(0..of);
        if !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    chosen
}

/// Does it to what would have been delivered.
pub(super) fn spoil(bars: &mut Vec<Bar>, trouble: Option<Trouble>) {
    match (trouble, bars.as_mut_slice()) {
        (Some(Trouble::BadBar), [.., last]) => (last.high, last.low) = (last.low - 0.01, last.high),
        (Some(Trouble::Hole), [_, _, .., _]) => {
            bars.remove(bars.len() / 2);
        }
        (Some(Trouble::Hole), [.., last]) => {
            let last = *last;
            bars.push(last);
        }
        _ => {}
    }
}
