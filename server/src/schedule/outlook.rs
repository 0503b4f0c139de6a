//! What is due, for the board and for pages: entries (or the producer's schedule), what became of their days, and where ours and the
//! producer's disagree.

use super::Settings;
use crate::hub::Command;
use crate::state::App;
use crate::store::StoreError;
use crate::store::schedule::{DayState, StoredDay, StoredEntry};
use domain::calendar::XNYS;
use domain::command::{CommandRecord, became};
use domain::record::{MomentKind, Plan, Schedule};
use domain::schedule::{Entry, Occurrence, Outcome, Scheduled, adopted, moments, preview};
use domain::time::{DAY, MINUTE, Millis};

/// What became of days is looked at so far back.
const BACK: Millis = 10 * DAY;
/// The next day of an entry that nobody has taken out is looked for among so many that fire.
const AHEAD: usize = 40;
/// Two schedules that differ by less agree.
const AGREES: Millis = 5 * MINUTE;

/// What is due.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// As it stands on the board.
    pub plan: Plan,
    /// Who fires, and whether anything does.
    pub settings: Settings,
    /// Ours.
    pub entries: Vec<StoredEntry>,
    /// What became of their days, newest first.
    pub days: Vec<StoredDay>,
    /// The producer's own, as it reported it.
    pub told: Option<Schedule>,
}

impl Outlook {
    /// When an entry of ours fires next, if it is on.
    #[must_use]
    pub fn next_of(&self, stored: &StoredEntry, now: Millis) -> Option<Occurrence> {
        first_open(&stored.id, &stored.entry, &self.days, now)
    }

    /// Which of ours fires next, and when.
    #[must_use]
    pub fn next(&self, now: Millis) -> Option<(&StoredEntry, Occurrence)> {
        let next = |stored| Some((stored, self.next_of(stored, now)?));
        self.entries.iter().filter_map(next).min_by_key(|(_, due)| due.at)
    }

    /// Whether nobody has said anything about a day that is still to come and would fire.
    #[must_use]
    pub fn is_open(&self, stored: &StoredEntry, due: &Occurrence, now: Millis) -> bool {
        is_open(&stored.id, due, &self.days, now)
    }
}

fn is_open(id: &str, due: &Occurrence, days: &[StoredDay], now: Millis) -> bool {
    // What somebody does not want has a row before it is due.
    let has_row = days.iter().any(|known| known.entry == id && known.day == due.day);
    due.at > now && due.skip.is_none() && !has_row
}

fn first_open(id: &str, entry: &Entry, days: &[StoredDay], now: Millis) -> Option<Occurrence> {
    let ahead = entry.enabled.then(|| preview(entry, &XNYS, now, AHEAD))?;
    ahead.into_iter().find(|due| is_open(id, due, days, now))
}

/// Reads it. `None`: the server is ending.
///
/// # Errors
/// What the database says.
pub async fn outlook(app: &App, now: Millis) -> Result<Option<Outlook>, StoreError> {
    let settings = Settings::read(&app.store).await?;
    let entries = app.store.schedule().await?;
    let days = app.store.schedule_days(now - BACK).await?;
    let (Some(told), Some(commands)) =
        (app.hub.ask(Command::Schedule).await, app.hub.ask(Command::Commands).await)
    else {
        return Ok(None);
    };
    let plan = plan(&settings, &entries, &days, told.as_ref(), &commands, now);
    Ok(Some(Outlook { plan, settings, entries, days, told }))
}

fn plan(
    settings: &Settings,
    entries: &[StoredEntry],
    days: &[StoredDay],
    told: Option<&Schedule>,
    commands: &[CommandRecord],
    now: Millis,
) -> Plan {
    let scheduled: Vec<Scheduled> = if settings.ours {
        let counts = |entry: &StoredEntry| entry.since.max(settings.since);
        let scheduled = |entry: &StoredEntry| Scheduled {
            id: entry.id.clone(),
            entry: entry.entry.clone(),
            since: counts(entry),
        };
        entries.iter().map(scheduled).collect()
    } else {
        let producers = told.and_then(|told| Some((adopted(told)?, told.at)));
        producers.into_iter().map(|(entry, since)| Scheduled { id: String::new(), entry, since }).collect()
    };
    let outcomes: Vec<Outcome> = days.iter().filter_map(|day| outcome(day, commands)).collect();
    let mut moments = moments(&XNYS, &XNYS.nights(now), &scheduled, &outcomes, now);
    if let Some(paused) = settings.paused.as_ref().filter(|_| settings.ours) {
        // What is due while all pauses is left out, and says by whom.
        for moment in &mut moments {
            if moment.kind == MomentKind::Due && moment.at > paused.changed {
                moment.kind = MomentKind::Skip;
                moment.words = Some(format!("paused by {}", paused.who));
            }
        }
    }
    let next = scheduled
        .iter()
        .filter_map(|scheduled| {
            Some((first_open(&scheduled.id, &scheduled.entry, days, now)?.at, &scheduled.entry))
        })
        .min_by_key(|(at, _)| *at);
    Plan {
        ours: settings.ours,
        paused: settings.paused.as_ref().map(|paused| paused.who.clone()).filter(|_| settings.ours),
        check: next.is_some_and(|(_, entry)| entry.market_check),
        universe: next.and_then(|(_, entry)| entry.universe.clone()).unwrap_or_default(),
        note: told.and_then(|told| disagreement(settings, told, next.map(|(at, _)| at), now)),
        moments,
    }
}

/// What became of a day, as it is shown.
fn outcome(day: &StoredDay, commands: &[CommandRecord]) -> Option<Outcome> {
    let (kind, words) = match (day.state, failed(day, commands)) {
        (DayState::Taken, _) => return None,
        (DayState::Skip | DayState::Skipped, _) => (MomentKind::Skip, day.because()),
        (DayState::Refused | DayState::Missed, _) => (MomentKind::Refused, day.because()),
        (DayState::Fired, Some(command)) => (MomentKind::Refused, Some(became(command))),
        (DayState::Fired, None) => (MomentKind::Due, None),
    };
    Some(Outcome { entry: day.entry.clone(), day: day.day, due: day.due, kind, words })
}

/// What a day that fired led to, where that came to nothing.
#[must_use]
pub fn failed<'a>(day: &StoredDay, commands: &'a [CommandRecord]) -> Option<&'a CommandRecord> {
    let id = day.command.as_ref().filter(|_| day.state == DayState::Fired)?;
    commands.iter().find(|known| known.id == *id && app::sentences::command::is_bad(known))
}

/// Where our schedule and the producer's disagree.
fn disagreement(settings: &Settings, told: &Schedule, next: Option<Millis>, now: Millis) -> Option<String> {
    let on = told.enabled.unwrap_or(true);
    let time = told.time.clone().unwrap_or_else(|| "a time that it does not say".to_owned());
    if settings.ours {
        return (on && settings.paused.is_none())
            .then(|| format!("The producer has a schedule of its own, at {time}: both would start a run."));
    }
    if !on {
        return Some("Nothing will start by itself: the producer fires, and its schedule is off.".to_owned());
    }
    let its = told.next_run.filter(|its| *its > now)?;
    let (next, at) = (next?, |at: Millis| {
        let there = domain::calendar::exchange(at).civil(at);
        format!("{} {}", there.day_label(), there.hm())
    });
    ((its - next).abs() > AGREES).then(|| {
        format!(
            "The producer says that it runs next at {} ET; by its own time of day, {time}, that is {} ET.",
            at(its),
            at(next)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{DAY, MomentKind, Schedule, Settings, StoredDay, StoredEntry, plan};
    use crate::store::schedule::DayState;
    use crate::store::settings::Setting;
    use domain::schedule::{Days, EarlyClose, Entry, Missed};

    fn entry(id: &str, minute: u16, market_check: bool) -> StoredEntry {
        let entry = Entry {
            name: id.to_owned(),
            enabled: true,
            minute,
            zone: "America/New_York".to_owned(),
            days: Days::Trading,
            market_check,
            universe: Some(id.to_owned()),
            phases: Vec::new(),
            early: EarlyClose::Same,
            missed: Missed::Skip,
        };
        StoredEntry { id: id.to_owned(), entry, since: 0, made: 0, who: "ann".to_owned() }
    }

    #[test]
    fn what_is_said_of_the_next_run_is_of_the_next_that_is_wanted() {
        // Monday 30 November 2026, before anything of it.
        let (monday, settings) = (20_787, Settings { ours: true, paused: None, since: 0 });
        let now = monday * DAY;
        let entries = [entry("early", 16 * 60 + 10, false), entry("late", 17 * 60, true)];
        let of = |days: &[StoredDay]| {
            let plan = plan(&settings, &entries, days, None, &[], now);
            (plan.check, plan.universe)
        };
        assert_eq!(of(&[]), (false, "early".to_owned()));
        let skipped = StoredDay {
            entry: "early".to_owned(),
            day: monday,
            name: "early".to_owned(),
            due: now + 21 * 3_600_000,
            state: DayState::Skip,
            at: now,
            who: Some("ann".to_owned()),
            reason: None,
            command: None,
        };
        assert_eq!(of(std::slice::from_ref(&skipped)), (true, "late".to_owned()));

        // It fired today at ten past four; that its entry is at five since then makes it due no second time.
        let five = now + 22 * 3_600_000;
        let moved = [entry("early", 17 * 60, false)];
        let fired = StoredDay { state: DayState::Fired, ..skipped };
        let (day, at) = (std::slice::from_ref(&fired), fired.due + 60_000);
        let moments = plan(&settings, &moved, day, None, &[], at).moments;
        let due: Vec<i64> =
            moments.iter().filter(|found| found.kind == MomentKind::Due).map(|found| found.at).collect();
        assert!(due.contains(&fired.due) && !due.contains(&five), "{due:?}");
        let said =
            |told: &Schedule, settings: &Settings| plan(settings, &moved, &[], Some(told), &[], at).note;
        let off = Schedule { enabled: Some(false), ..Schedule::default() };
        let on = Schedule { enabled: Some(true), time: Some("16:10".to_owned()), ..Schedule::default() };
        let theirs = Settings { ours: false, ..settings.clone() };
        let setting = Setting { value: "yes".to_owned(), changed: 0, who: "ann".to_owned() };
        let paused = Settings { paused: Some(setting), ..settings.clone() };
        assert!(said(&off, &theirs).is_some_and(|note| note.starts_with("Nothing will start by itself")));
        assert!(said(&on, &settings).is_some_and(|note| note.ends_with("both would start a run.")));
        assert_eq!([said(&off, &settings), said(&on, &paused)], [None, None]);
    }
}
