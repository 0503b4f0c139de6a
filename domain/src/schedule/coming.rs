//! What comes of several entries together: in their order, with what the clocks do in between, and where two come into each other's way.

use super::{Entry, Occurrence, day_in, preview};
use crate::calendar::{Exchange, zone};
use crate::time::{DAY, Millis};

/// What comes, of one of several entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// Which of them.
    pub entry: usize,
    /// What it comes to.
    pub occurrence: Occurrence,
    /// The entry's clock has been changed since the one before it, or since now.
    pub changed: Option<Changed>,
}

/// A change of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// On which day, since 1970-01-01.
    pub day: i64,
    /// By how many minutes it goes forward; less than none: back.
    pub minutes: i64,
}

/// What comes after a moment of all of these together: so many occurrences that will fire, with those between that will not.
#[must_use]
pub fn coming(entries: &[&Entry], exchange: &Exchange, after: Millis, fires: usize) -> Vec<Coming> {
    let of = |(at, entry): (usize, &&Entry)| one(at, entry, exchange, after, fires);
    let mut all: Vec<Coming> = entries.iter().enumerate().flat_map(of).collect();
    all.sort_by_key(|coming| (coming.occurrence.at, coming.entry));
    let mut fired = 0;
    all.retain(|coming| {
        let shown = fired < fires;
        fired += usize::from(coming.occurrence.skip.is_none());
        shown
    });
    all
}

fn one(at: usize, entry: &Entry, exchange: &Exchange, after: Millis, fires: usize) -> Vec<Coming> {
    let Some(today) = day_in(&entry.zone, after) else { return Vec::new() };
    let offset = |moment| zone(&entry.zone, moment).map_or(0, |zone| i64::from(zone.offset_at(moment)));
    let mut before = (today, offset(after));
    let coming = |occurrence: Occurrence| {
        let (day, minutes) = (occurrence.day, occurrence.offset - before.1);
        // By which morning it was so: clocks are changed at night.
        let changed = (minutes != 0).then(|| {
            let mut days = before.0..=day;
            let day = days.find(|day| offset(day * DAY + DAY - occurrence.offset * 60_000 - 1) != before.1);
            Changed { day: day.unwrap_or(occurrence.day), minutes }
        });
        before = (day, occurrence.offset);
        Coming { entry: at, occurrence, changed }
    };
    preview(entry, exchange, after, fires).into_iter().map(coming).collect()
}

/// Two entries of which one comes while the run of the other is likely to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Which fires first, and when.
    pub first: (usize, Millis),
    /// Which comes into its way, and when.
    pub second: (usize, Millis),
}

/// Where entries come into each other's way, each two of them once. `fires` are what will fire, ascending: which entry, and when;
/// `takes` is how long a run of each takes.
#[must_use]
pub fn clashes(fires: &[(usize, Millis)], takes: &[Millis]) -> Vec<Clash> {
    let mut found: Vec<Clash> = Vec::new();
    for (number, first) in fires.iter().enumerate() {
        let until = first.1 + takes.get(first.0).copied().unwrap_or(0);
        let within = fires.iter().skip(number + 1).take_while(|second| second.1 < until);
        for second in within.filter(|second| second.0 != first.0) {
            let known = |clash: &Clash| (clash.first.0, clash.second.0) == (first.0, second.0);
            if !found.iter().any(known) {
                found.push(Clash { first: *first, second: *second });
            }
        }
    }
    found
}
