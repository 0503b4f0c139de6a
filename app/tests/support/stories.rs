//! Nights that the pages are rendered from.

use super::Night;
use domain::event::Ending;
use domain::phase::Phase;
use domain::time::{MINUTE, SECOND};

/// Symbols that look like tickers, A to Z.
pub fn tickers(count: usize) -> Vec<String> {
    let letter = |index: usize| char::from(b'A' + u8::try_from(index % 26).unwrap());
    let mut names: Vec<String> = (0..count)
        .map(|index| {
            let place = index * 17_576 / count.max(1);
            let mut name: String =
                [letter(place / 676), letter(place / 26 + index), letter(place)].into_iter().collect();
            if index % 3 == 1 {
                name.push(letter(index / 3));
            }
            name
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The phases of a whole night of 505 symbols, up to and including `phases` of them.
pub fn through(night: &mut Night, names: &[String], phases: usize, failing: &[(usize, &str)]) {
    let total = u32::try_from(names.len()).unwrap();
    night.begin(total);
    if phases > 0 {
        night.phase(&Phase::Import, total).symbols(&Phase::Import, names, 11 * MINUTE + 30 * SECOND, &[]);
        night.phase_end(&Phase::Import, Ending::Success, 183_204);
    }
    if phases > 1 {
        night.phase(&Phase::CacheSync, 0).steps(3 * MINUTE).phase_end(&Phase::CacheSync, Ending::Success, 0);
    }
    if phases > 2 {
        night.phase(&Phase::Indicators, total).symbols(&Phase::Indicators, names, 27 * MINUTE, failing);
        night.phase_end(&Phase::Indicators, Ending::Success, 7_545);
    }
    if phases > 3 {
        night.phase(&Phase::Patterns, total).symbols(&Phase::Patterns, names, 9 * MINUTE, &[]);
        night.phase_end(&Phase::Patterns, Ending::Success, 1_250);
    }
}

/// A night of 505 symbols, running, in indicators.
pub fn running() -> Night {
    let names = tickers(505);
    let mut night = Night::new();
    night.history();
    through(&mut night, &names, 2, &[]);
    night.phase(&Phase::Indicators, 505);
    let failing = [(37, "INSUFFICIENT_DATA"), (118, "INSUFFICIENT_DATA"), (263, "NETWORK_TIMEOUT")];
    night.symbols(&Phase::Indicators, &names[..312], 16 * MINUTE + 40 * SECOND, &failing);
    night
}

pub fn ended(ending: Ending, failing: &[(usize, &str)], reason: Option<&str>) -> Night {
    let names = tickers(505);
    let mut night = Night::new();
    night.history();
    through(&mut night, &names, 4, failing);
    night.wait(2 * SECOND).end(ending, u32::try_from(failing.len()).unwrap(), reason).wait(5 * MINUTE);
    night
}
