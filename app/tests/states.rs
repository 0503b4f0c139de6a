//! What a person reads in every state that can occur: the page is rendered as the server renders it, from a board that was
//! told a night's events, and its words are looked at.
//!
//! Each page is also written to the test's own folder under `target/tmp/states/`, beside the compiled style sheet it is a
//! picture to look at. What happens after hydration is tested in a browser (`end2end/`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "states/before.rs"]
mod before;
#[path = "states/retries.rs"]
mod retries;
mod support;

use app::live::ViewState;
use domain::event::Ending;
use domain::phase::Phase;
use domain::record::{ProducerApi, Redis, Severity};
use domain::time::{MINUTE, SECOND};
use support::{Night, berlin, ended, page, page_in, render, running, says, says_not, through, tickers};

#[test]
fn listening() {
    let html = page("listening", &Night::new().snapshot());
    says(
        &html,
        &[
            "Listening",
            "No run has been heard yet. Connected to Redis at redis://127.0.0.1:6379; 22 channels watched, 0 messages.",
            "Redis answers",
            "cargo simulate --auto --speed 60",
        ],
    );
    says_not(&html, &["Phases", "Symbols", "Failures", "Last nights", "Feed", "Market", "SIMULATED"]);
    // The bar leads to a page of that name.
    says_not(&html[html.find("<main").unwrap()..], &["Schedule"]);
}

#[test]
fn listening_with_a_producer_at_hand_offers_a_run_to_who_may_start_one() {
    let mut night = Night::new();
    let address = "127.0.0.1:8090".to_owned();
    night.board.set_api(ProducerApi { up: Some(true), since: night.at, address, reason: None, asked: None });
    let mut snapshot = night.snapshot();
    snapshot.who.1 = 1;
    let html = page("listening-with-producer", &snapshot);
    says(&html, &["Listening", "No run has been heard yet.", "Run now…"]);
    says_not(&html, &["cargo simulate"]);
    snapshot.who.1 = 0;
    says_not(&page("listening-viewer", &snapshot), &["Run now…", "cargo simulate"]);
}

#[test]
fn running_says_how_far_and_until_when() {
    let html = page("running", &running().snapshot());
    says(
        &html,
        &[
            "Running",
            "Computing indicators, done about ",
            ", from this run’s pace.",
            "312 of 505 processed",
            "3 failed",
        ],
    );
    says(&html, &["18/min", "31 min elapsed", "312 / 505", "not enough history", "timed out"]);
    says_not(&html, &["usual", "Market", "Cancel"]);
}

#[test]
fn a_short_simulated_night_in_two_zones() {
    let names = tickers(5);
    let mut night = Night::new();
    night.simulated().begin(5).phase(&Phase::Import, 5).symbols(&Phase::Import, &names, 14 * SECOND, &[]);
    night.phase_end(&Phase::Import, Ending::Success, 12_154).phase(&Phase::CacheSync, 0).steps(8 * SECOND);
    night.phase_end(&Phase::CacheSync, Ending::Success, 0).phase(&Phase::Indicators, 5);
    night.symbols(&Phase::Indicators, &names[..3], 9 * SECOND, &[(1, "INSUFFICIENT_DATA")]);
    let mut snapshot = night.snapshot();
    snapshot.viewer = Some(berlin());
    let html = page("short", &snapshot);
    says(&html, &["SIMULATED", "22:10:31 (16:10:31 ET)", "3 of 5 processed", "22:10:30"]);
}

#[test]
fn too_early_and_adopted_runs_do_not_guess() {
    let mut night = Night::new();
    night.begin(505).phase(&Phase::Import, 505).symbols(&Phase::Import, &tickers(6), 12 * SECOND, &[]);
    says(&page("early", &night.snapshot()), &["Importing prices, too early to say when it will be done."]);
    let mut night = Night::new();
    night.wait(10 * MINUTE).gap(17 * SECOND);
    night.symbols(&Phase::Import, &tickers(40), 3 * MINUTE, &[]);
    let html = page("adopted", &night.snapshot());
    says(
        &html,
        &[
            "seen since 16:20",
            "Not connected to Redis for 17 s: messages of that time were missed",
            "16:20:00 to 16:20:17",
        ],
    );
    says_not(&html, &["done about"]);
}

#[test]
fn silent_turns_from_amber_to_red() {
    let mut night = running();
    night.wait(4 * MINUTE);
    let html = page("silent", &night.snapshot());
    says(&html, &["Silent", "4 min", "This phase is normally quiet for up to 2 min."]);
    assert!(html.contains("tone-amber"));
    night.wait(12 * MINUTE);
    let html = page("silent-dead", &night.snapshot());
    says(&html, &["Nothing for 16 min. The producer has probably died; symbols processed so far are kept."]);
    assert!(html.contains("tone-red"));
}

#[test]
fn complete() {
    // One that also failed the night before: nothing new.
    let known = tickers(2).remove(0);
    let index = tickers(505).iter().position(|name| *name == known).unwrap();
    let html = page("complete", &ended(Ending::Success, &[(index, "INSUFFICIENT_DATA")], None).snapshot());
    says(
        &html,
        &[
            "Friday’s data is complete: 505 symbols, 50 min.",
            "1\u{2009}163\u{2009}520 records",
            "7\u{2009}545 indicators",
        ],
    );
    assert!(html.contains("tone-green"));
}

#[test]
fn to_retry() {
    let failing: Vec<(usize, &str)> = [2, 65, 118, 207, 304, 331, 402, 410, 411, 412, 413]
        .into_iter()
        .map(|at| (at, "API_RATE_LIMIT"))
        .collect();
    let mut night = ended(Ending::Success, &failing, None);
    night.schedule();
    let html = page("retry", &night.snapshot());
    says(&html, &["To retry", "494 of 505 complete", "rate limited"]);
    says_not(&html, &["Retry all", "Accept"]);
}

#[test]
fn failed() {
    let names = tickers(505);
    let failing: Vec<(usize, &str)> = (317..505).map(|index| (index, "STORAGE_FAILED")).collect();
    let mut night = Night::new();
    night.history();
    through(&mut night, &names, 2, &[]);
    night.phase(&Phase::Indicators, 505).symbols(&Phase::Indicators, &names, 33 * MINUTE, &failing);
    for _ in 0..3 {
        night.problem(
            Severity::Critical,
            "STORAGE_FAILED",
            "could not write: no space left on device",
            &Phase::Indicators,
        );
    }
    night.phase_end(&Phase::Indicators, Ending::Failed, 0);
    night.end(Ending::Failed, 188, Some("indicators stopped after 188 write errors")).wait(6 * MINUTE);
    let html = page("failed", &night.snapshot());
    says(
        &html,
        &["Failed", "Indicators stopped: could not write (188 times). Import and cache sync are complete."],
    );
    says(&html, &["188 symbols", "no space left on device"]);
    assert!(html.contains("tone-red"));
}

#[test]
fn cancelled_and_skipped() {
    let mut night = running();
    night.end(Ending::Cancelled, 3, None).wait(MINUTE);
    says(&page("cancelled", &night.snapshot()), &["Cancelled", "193 symbols were not processed."]);
    let mut night = Night::new();
    night.begin(505).wait(SECOND).end(Ending::Skipped, 0, Some("Closed for Thanksgiving.")).wait(MINUTE);
    says(&page("skipped", &night.snapshot()), &["Skipped", "Closed for Thanksgiving."]);
}

#[test]
fn ten_thousand_symbols() {
    let names = tickers(10_000);
    let total = u32::try_from(names.len()).unwrap();
    let mut night = Night::new();
    night.begin(total).phase(&Phase::Import, total);
    let failing: Vec<(usize, &str)> = (0..41).map(|index| (index * 97 + 13, "API_RATE_LIMIT")).collect();
    night.symbols(&Phase::Import, &names[..6_178], 20 * MINUTE, &failing);
    let html = page("tenk", &night.snapshot());
    assert!(html.len() < 2_500_000, "{}", html.len());
}

#[test]
fn two_runs_at_once() {
    let mut night = running();
    night.run("99aa").tell(domain::event::EventKind::RunStarted(domain::event::RunStarted {
        symbols: Some(102),
        phases: vec![Phase::Import],
        universes: vec!["nasdaq100".into()],
        ..Default::default()
    }));
    night.phase(&Phase::Import, 102).symbols(&Phase::Import, &tickers(62), 40 * SECOND, &[]);
    says(&page("two", &night.snapshot()), &["Also running: import of nasdaq100, 62 of 102"]);
}

#[test]
fn view_states() {
    let night = running();
    let (snapshot, now) = (night.snapshot(), night.at);
    let lost = ViewState::Lost { since: now, next_try: now + 137 * SECOND };
    let html = page_in("lost", &snapshot, lost, 133 * SECOND);
    says(
        &html,
        &["Not live since 16:41:10. Trying again in 4 s", "Try now", "as of 16:41:10", "31 min elapsed"],
    );
    let html = page_in("offline", &snapshot, ViewState::Offline { since: now }, MINUTE);
    says(&html, &["This device is offline since 16:41:10"]);
    says_not(&html, &["Trying again"]);
    let html = page_in("blocked", &snapshot, ViewState::Blocked { since: now, tries: 6 }, MINUTE);
    says(
        &html,
        &[
            "Snapshot of 16:41:10. The live link is blocked between this browser and the server (try 6)",
            "Reload",
        ],
    );
    let html = page_in("restarted", &snapshot, ViewState::Restarted { at: now }, SECOND);
    says(&html, &["Server restarted 16:41; all data sent again"]);
    let html = page_in("live", &snapshot, ViewState::Live, 0);
    says(&html, &["Live · just now"]);
}

#[test]
fn redis_down_is_said_where_it_matters() {
    let mut night = running();
    let at = night.at;
    night.board.set_redis(Redis {
        up: false,
        since: at,
        address: "redis://127.0.0.1:6379".into(),
        channels: 22,
    });
    let html = page_in("redis-down", &night.snapshot(), ViewState::RedisDown { since: at }, MINUTE);
    says(
        &html,
        &[
            "Server is up; Redis not reachable since 16:41:10. Events published now may be lost, those on the stream will be caught up",
            "not reachable",
        ],
    );
}

#[test]
fn the_wall() {
    let mut night = running();
    let html = render("wall", "/wall", &night.snapshot());
    says(&html, &["Running", "Computing indicators", "failed"]);
    says_not(&html, &["finish by"]);
    // Where the exchange's days are known it has the night line, too.
    says(&render("wall-line", "/wall", &night.planned(&[]).snapshot()), &["16:00 close", "finish by"]);
}

#[test]
fn a_run_known_from_the_log_says_since_when_nothing_was_heard() {
    let mut night = running();
    let heard = night.at;
    night.at += 90 * SECOND;
    let redis = Redis {
        up: true,
        since: heard + 60 * SECOND,
        address: "redis://127.0.0.1:6379".into(),
        channels: 22,
    };
    night.board.set_redis(redis);
    says(
        &page("since-restart", &night.snapshot()),
        &["as of ", "nothing was heard of it since listening began again at "],
    );
    let mut night = running();
    night.at += 90 * SECOND;
    says_not(&page("no-restart", &night.snapshot()), &["began again"]);
}
