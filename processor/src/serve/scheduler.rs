//! The schedule: one run per trading day, at its time; a day without one is said to be without, and why.
//!
//! What a day came to is in the store, so a restart does not begin a day's run twice, and a night whose time passed while nobody ran is
//! caught up, up to twelve hours late. What was due before the schedule was first kept is nobody's.

use super::desk::Office;
use crate::publish::now;
use crate::run::tell::ended;
use crate::run::{End, Plan};
use crate::uuid::uuid;
use domain::calendar::XNYS;
use domain::schedule::{Entry, LATE, Occurrence, day_in};
use domain::time::{DAY, MINUTE, Millis};
use processor::source::Source;
use processor::store::{RunRow, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait between two looks at the clock: it may have been set.
const LOOK: Millis = 15_000;
/// Days of the past whose runs are looked through.
const BACK: Millis = 3 * DAY;
/// Most of them.
const MOST: u32 = 1_000;
const MISSED: &str = "its time passed while nobody could begin it";

/// Watches the clock for ever.
pub async fn watch<S: Source>(desk: Arc<Office<S>>) {
    loop {
        if let Err(cause) = look(&desk, now()).await {
            eprintln!("processor: the schedule cannot be looked after: {cause}");
        }
        let next = next(desk.timetable().entry(), now()).map_or(LOOK, |at| (at - now()).clamp(100, LOOK));
        tokio::time::sleep(Duration::from_millis(next.unsigned_abs())).await;
    }
}

/// What a day comes to.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    /// A run.
    Run,
    /// None, and why.
    Skip(String),
}

/// Yesterday, today and tomorrow, by the entry's clock.
fn around(entry: &Entry, now: Millis) -> Vec<Occurrence> {
    let Some(today) = day_in(&entry.zone, now).filter(|_| entry.enabled) else { return Vec::new() };
    (today - 1..=today + 1).filter_map(|day| entry.occurrence(&XNYS, day)).collect()
}

/// The next one.
fn next(entry: &Entry, now: Millis) -> Option<Millis> {
    around(entry, now).into_iter().map(|one| one.at).filter(|at| *at > now).min()
}

/// What is due, for a schedule that counts since then; `had`: days that have come to something already.
fn due(entry: &Entry, since: Millis, had: &BTreeSet<i64>, now: Millis) -> Vec<(i64, Due)> {
    let passed = around(entry, now)
        .into_iter()
        .filter(|one| one.at <= now && one.at > since && !had.contains(&one.day));
    let judged = passed.map(|one| match one.skip {
        Some(why) => (one.day, Due::Skip(why)),
        None if now - one.at > i64::from(LATE) * MINUTE => (one.day, Due::Skip(MISSED.to_owned())),
        None => (one.day, Due::Run),
    });
    judged.collect()
}

async fn look<S: Source>(desk: &Arc<Office<S>>, now: Millis) -> Result<(), StoreError> {
    let rows = desk.store.runs(now - BACK, MOST).await?;
    let had = rows.iter().filter_map(|row| Plan::read(&row.plan)?.night).collect();
    for (day, due) in due(desk.timetable().entry(), desk.since, &had, now) {
        match due {
            Due::Skip(why) => skip(desk, day, &why).await?,
            // While another run is in progress its turn has not come; that is looked at again.
            Due::Run => {
                let _ = desk.begin(&uuid(rand::random()), 1, desk.night(day)).await;
            }
        }
    }
    Ok(())
}

/// A day without a run: said, and remembered.
async fn skip<S: Source>(desk: &Office<S>, day: i64, why: &str) -> Result<(), StoreError> {
    let (plan, id, at) = (desk.night(day), uuid(rand::random()), now());
    let end = End::because("skipped", why);
    desk.say(ended("run_id", &id, &end, 0.0)).await;
    let text = plan.json().to_string();
    let who = plan.trigger().to_owned();
    let row = RunRow {
        id: id.clone(),
        attempt: 1,
        plan: text,
        who,
        began: at,
        ended: None,
        status: None,
        message: None,
    };
    desk.store.begin_run(&row).await?;
    desk.store.end_run(&id, 1, "skipped", at, Some(why)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{HOUR, days_of};

    /// Wednesday before Thanksgiving 2026; the exchange closes at 21:00 UTC.
    const WEDNESDAY: i64 = days_of(2026, 11, 25);

    fn at(day: i64, hour: i64, minute: i64) -> Millis {
        day * DAY + hour * HOUR + minute * MINUTE
    }

    fn told(since: Millis, had: &[i64], now: Millis) -> Vec<(i64, Due)> {
        due(&Entry::nightly(), since, &had.iter().copied().collect(), now)
    }

    #[test]
    fn a_trading_day_has_one_run_at_ten_past_four_in_new_york() {
        assert_eq!(told(0, &[WEDNESDAY - 1], at(WEDNESDAY, 21, 9)), []);
        assert_eq!(told(0, &[WEDNESDAY - 1], at(WEDNESDAY, 21, 10)), [(WEDNESDAY, Due::Run)]);
        assert_eq!(told(0, &[WEDNESDAY - 1, WEDNESDAY], at(WEDNESDAY, 21, 11)), []);
        assert_eq!(next(&Entry::nightly(), at(WEDNESDAY, 12, 0)), Some(at(WEDNESDAY, 21, 10)));
    }

    #[test]
    fn a_holiday_is_skipped_by_its_name_and_a_weekend_goes_without_saying() {
        let closed = Due::Skip("closed for Thanksgiving".into());
        assert_eq!(told(0, &[WEDNESDAY], at(WEDNESDAY + 1, 21, 10)), [(WEDNESDAY + 1, closed)]);
        assert_eq!(told(0, &[WEDNESDAY + 2], at(WEDNESDAY + 3, 23, 0)), []);
    }

    #[test]
    fn the_server_understands_that_a_day_is_skipped_and_why() {
        let message = ended("run_id", "a", &End::because("skipped", "closed for Thanksgiving"), 0.0);
        let mut board = domain::board::Board::new(domain::time::Zone::utc());
        let at = at(WEDNESDAY + 1, 21, 10);
        board.apply(&domain::decode::decode(&message.channel, &message.bytes(at), at).unwrap());
        let view = board.run_view("a").unwrap();
        assert_eq!(view.run.status, domain::record::RunStatus::Skipped);
        assert_eq!(view.run.reason.as_deref(), Some("closed for Thanksgiving"));
    }

    #[test]
    fn what_was_missed_is_caught_up_for_twelve_hours_and_then_said_to_be_missed() {
        let late = at(WEDNESDAY, 21, 10) + i64::from(LATE) * MINUTE;
        assert_eq!(told(0, &[WEDNESDAY - 1], late), [(WEDNESDAY, Due::Run)]);
        assert_eq!(told(0, &[WEDNESDAY - 1], late + 1), [(WEDNESDAY, Due::Skip(MISSED.into()))]);
        // Nobody had a schedule then.
        assert_eq!(told(at(WEDNESDAY, 22, 0), &[], late), []);
    }

    #[test]
    fn a_schedule_that_is_off_does_nothing() {
        let off = Entry { enabled: false, ..Entry::nightly() };
        assert_eq!(due(&off, 0, &BTreeSet::new(), at(WEDNESDAY, 21, 10)), []);
        assert_eq!(next(&off, at(WEDNESDAY, 12, 0)), None);
    }
}
