//! What a person reads before a night's run, and instead of one: waiting, due, not started, left out; the market on every kind of day.

use super::support::night::START;
use super::support::{Night, page, running, says, says_not, through, tickers};
use domain::event::{Ending, EventKind, HealthReport};
use domain::record::{MomentKind, Redis};
use domain::schedule::Outcome;
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, days_of};

/// A whole night of 505 symbols, of so many days before.
fn whole(night: &mut Night, days: i64, id: &str) {
    night.at = START - days * DAY;
    let failing = [(37, "INSUFFICIENT_DATA"), (118, "INSUFFICIENT_DATA")];
    night.run(id);
    through(night, &tickers(505), 4, &failing);
    night.end(Ending::Success, 2, None);
}

/// Nights of the days before, and then so long before or after tonight's run was due.
fn at(from_due: Millis) -> Night {
    let mut night = Night::new();
    whole(&mut night, 2, "c3e8");
    whole(&mut night, 1, "d4f1");
    night.at = START + from_due;
    night
}

/// The page, as an administrator sees it.
fn seen(name: &str, night: &Night) -> String {
    let mut snapshot = night.snapshot();
    snapshot.who.1 = 2;
    page(name, &snapshot)
}

/// What became of tonight's run.
fn became(kind: MomentKind, words: &str) -> Outcome {
    let words = Some(words.to_owned());
    Outcome { entry: "nightly".into(), day: days_of(2026, 11, 20), due: START, kind, words }
}

#[test]
fn waiting() {
    let mut night = at(-3 * HOUR - 12 * MINUTE);
    let html = seen("waiting", night.planned(&[]));
    says(&html, &["Waiting", "16:10", "Tonight’s run starts in 3 h 12 min. Last night was complete at"]);
    says(
        &html,
        &[
            "last night",
            "503 of 505 done",
            "2 failures",
            "Thu 19 Nov newest data",
            "Run now…",
            "Skip tonight…",
        ],
    );
    says_not(&html, &["tonight, ", "also last night"]);
    says(&html, &["2 failed last night, none new"]);
    says(&html, &["last night, Thu 19 Nov", "this server", "New Yorkopen"]);
    assert!(html.contains("16:10 next"), "the title");
}

#[test]
fn an_early_close_and_a_holiday_are_named() {
    // Thanksgiving, and the Friday after it.
    let mut night = at(6 * DAY - 4 * HOUR);
    whole(&mut night, -5, "e5a2");
    night.at = START + 6 * DAY - 4 * HOUR;
    let html = seen("holiday", night.planned(&[]));
    says(&html, &["Waiting", "Closed for Thanksgiving. Next run Fri 27 Nov 16:10 ET (early close 13:00)."]);
    says(&html, &["New Yorkclosedfor Thanksgiving", "OpensFri 27 Nov 09:30 ET"]);
    night.at += DAY;
    let html = seen("early-close", night.planned(&[]));
    says(&html, &["Tonight’s run starts in 4 h 00 min.", "New Yorkopenearly close today"]);
}

#[test]
fn due_soon_says_what_is_ready() {
    let mut night = at(-12 * MINUTE);
    let html = seen("due", night.planned(&[]));
    says(
        &html,
        &["Due in 12 min", "Tonight’s run starts at 16:10 ET.", "reachable Redis", "open until 16:00 market"],
    );
    says(&html, &["505 symbols", "nothing left to retry", "Start now…", "Skip tonight…"]);
    assert!(html.contains("Due 16:10"), "the title");
    night.wait(4 * MINUTE);
    says(&seen("due-closed", night.planned(&[])), &["closed on time market"]);
}

#[test]
fn a_run_of_which_nothing_is_heard_did_not_start() {
    let mut night = at(MINUTE);
    let html = seen("due-now", night.planned(&[]));
    says(&html, &["Due now", "Tonight’s run was due at 16:10 ET; nothing was heard of it yet."]);
    night.wait(3 * MINUTE);
    let html = seen("did-not-start", night.planned(&[]));
    says(
        &html,
        &[
            "Did not start due 16:10",
            "Nothing was heard of tonight’s run for 4 min. The producer was last heard at Thu 19 Nov 17:00 ET.",
            "Start now…",
        ],
    );
    says_not(&html, &["Running"]);
    assert!(html.contains("! Not started"), "the title");
    let refused = became(MomentKind::Refused, "refused: a run is in progress");
    let html = seen("refused", night.planned(&[refused]));
    says(&html, &["Did not start", "The schedule says: refused: a run is in progress."]);
}

#[test]
fn whoever_cannot_hear_does_not_say_that_nothing_began() {
    let mut night = at(20 * MINUTE);
    let address = "redis://127.0.0.1:6379".to_owned();
    night.board.set_redis(Redis { up: false, since: START - MINUTE, address: address.clone(), channels: 0 });
    let html = seen("deaf", night.planned(&[]));
    says(&html, &["Due", "Redis is not reachable: whether it has begun can’t be seen."]);
    // Back for a minute: it still may be under way.
    night.board.set_redis(Redis { up: true, since: night.at - MINUTE, address, channels: 22 });
    says_not(&seen("hears-again", night.planned(&[])), &["Did not start"]);
    night.wait(61 * SECOND);
    says(&seen("heard-nothing", night.planned(&[])), &["Did not start"]);
}

#[test]
fn a_night_that_somebody_does_not_want_is_skipped() {
    let skip = became(MomentKind::Skip, "by admin: the vendor is down");
    // That is known before it would have been due.
    for from_due in [-2 * HOUR, 20 * MINUTE] {
        let mut night = at(from_due);
        let html = seen("skipped", night.planned(std::slice::from_ref(&skip)));
        says(&html, &["Skipped", "Tonight’s run was skipped by admin: the vendor is down."]);
        says_not(&html, &["Did not start", "Skip tonight…"]);
    }
}

#[test]
fn where_a_producer_is_heard_and_no_run_yet_one_can_be_started() {
    let mut night = Night::new();
    let beat = EventKind::Health(HealthReport::default());
    let html = seen("listening-producer", night.tell(beat));
    says(&html, &["Listening", "No run has been heard yet.", "Run now…"]);
    says_not(&html, &["cargo simulate"]);
}

#[test]
fn the_night_line_is_in_every_state() {
    let mut night = running();
    let html = seen("line-running", night.planned(&[]));
    says(&html, &["16:00 close", "open Mon 23 Nov 09:30", "finish by", "weekend", "done about"]);
    let mut alone = Night::new();
    says(&page("line-listening", &alone.planned(&[]).snapshot()), &["16:00 close", "open Mon 23 Nov 09:30"]);
}
