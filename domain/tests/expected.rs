//! Who is expected tonight, who of them was not reported, and who has failed for how many nights.

#[path = "support/tell.rs"]
mod tell;

use domain::event::{Ending, EventKind, RunStarted};
use domain::phase::Phase;
use domain::record::Symbol;
use domain::verdict::Verdict;
use tell::{Story, names};

/// Monday's import of 100 symbols.
fn monday() -> Story {
    let mut story = Story::new();
    story.import(0, "mon", &names(0..100), &["S007"]);
    story
}

#[test]
fn the_names_of_the_night_before_are_expected_at_once() {
    let mut story = monday();
    story.begin(1, "tue", 100, "sp500");
    assert_eq!(story.symbol("tue", "S042"), Some(Symbol::default()), "waiting, with its name");
    assert_eq!((story.record("tue").expected, story.record("tue").missing), (100, 0));
    story.phase(&Phase::Import, 100).one(&Phase::Import, "NEW", true).one(&Phase::Import, "S042", true);
    assert_eq!(story.symbol("tue", "NEW").map(|symbol| symbol.first), Some(true));
    assert_eq!(story.symbol("tue", "S042").map(|symbol| symbol.first), Some(false));
    assert_eq!(story.record("mon").expected, 0, "before it was no night");
    assert_eq!(story.symbol("mon", "S042").map(|symbol| symbol.first), Some(false));
}

#[test]
fn they_are_expected_too_where_only_the_import_tells_the_size() {
    let mut story = monday();
    story.begin(1, "tue", 0, "");
    assert_eq!(story.record("tue").expected, 0);
    story.phase(&Phase::Import, 104);
    assert_eq!(story.record("tue").expected, 100);
}

#[test]
fn who_is_expected_is_decided_once() {
    let mut story = Story::new();
    story.begin(1, "tue", 100, "sp500").import(1, "other", &names(0..5), &[]);
    // A night that is told late is no news for one that has begun.
    story.import(0, "late", &names(0..100), &[]);
    story.begin(1, "tue", 100, "sp500");
    assert_eq!(story.record("tue").expected, 0);
}

#[test]
fn nobody_is_expected_without_a_comparable_night() {
    let expected = |symbols: u32, universe: &str, run: &str| {
        let mut story = monday();
        story.begin(1, run, symbols, universe);
        story.record(run).expected
    };
    assert_eq!(expected(100, "sp500", "tue"), 100);
    assert_eq!(expected(7, "sp500", "tue"), 0, "a retry");
    assert_eq!(expected(120, "sp500", "tue"), 0, "more than a tenth larger");
    assert_eq!(expected(100, "nasdaq100", "tue"), 0, "of another universe");
    assert_eq!(expected(100, "", "tue"), 100, "it does not say of which");
    assert_eq!(expected(100, "sp500", "sim-tue"), 0, "simulated beside real");
}

#[test]
fn the_retry_of_last_night_is_no_night_to_expect_from() {
    let mut story = monday();
    story.import(0, "mon-retry", &names(0..7), &[]);
    story.import(1, "tue", &names(0..100), &["S001"]);
    story.begin(1, "tue-retry", 7, "sp500");
    assert_eq!(story.record("tue-retry").expected, 0);
}

#[test]
fn a_night_that_broke_off_says_nothing_about_who_is_expected() {
    let mut story = monday();
    story.begin(1, "tue", 100, "sp500").phase(&Phase::Import, 100);
    story.results(&Phase::Import, &names(0..30), &[]).end(Ending::Failed);
    assert_eq!(story.record("tue").missing, 0, "it did not come that far");
    story.begin(2, "wed", 100, "sp500");
    assert_eq!(story.record("wed").expected, 100, "Monday's");
}

#[test]
fn silence_is_a_failure_once_the_import_is_done() {
    let mut story = monday();
    story.begin(1, "tue", 100, "sp500").phase(&Phase::Import, 100);
    story.results(&Phase::Import, &names(0..97), &[]);
    assert_eq!(story.record("tue").missing, 0, "it goes on");
    story.phase_end(&Phase::Import);
    assert_eq!(story.record("tue").missing, 3);
    story.one(&Phase::Import, "S098", true);
    assert_eq!(story.record("tue").missing, 2, "a late word takes it off");
    story.end(Ending::Success);
    assert_eq!(story.verdict("tue"), Verdict::Complete, "two of a hundred are tolerated");
}

#[test]
fn more_than_is_tolerated_is_to_retry_and_never_failed() {
    let mut story = monday();
    story.import(1, "tue", &names(0..97), &[]);
    let all = story.board.run_view("tue").map(|view| view.symbols());
    assert_eq!((story.record("tue").missing, all), (3, Some(100)), "although it announced 97");
    assert_eq!(story.verdict("tue"), Verdict::ToRetry { failed: 3 });
    let mut story = monday();
    story.begin(1, "tue", 100, "sp500").phase(&Phase::Import, 100);
    story.results(&Phase::Import, &names(0..40), &["S007"]).phase_end(&Phase::Import).end(Ending::Success);
    assert_eq!(story.verdict("tue"), Verdict::ToRetry { failed: 61 });
}

#[test]
fn a_producer_that_only_counts_leaves_nobody_out() {
    let mut story = monday();
    let counts = |processed| domain::event::Counts { processed: Some(processed), ..Default::default() };
    story.begin(1, "tue", 100, "sp500").phase(&Phase::Import, 100).one(&Phase::Import, "S003", false);
    story.tell(EventKind::PhaseProgress { phase: Phase::Import, progress: counts(100) });
    story.phase_end(&Phase::Import).end(Ending::Success);
    assert_eq!((story.record("tue").expected, story.record("tue").missing), (100, 0));
}

#[test]
fn nights_in_a_row_are_counted() {
    let mut story = monday();
    story.import(1, "tue", &names(0..100), &["S007", "S008"]);
    story.import(2, "wed", &names(0..100), &["S007", "S009"]);
    let nights = |run: &str, name: &str| story.symbol(run, name).map(|symbol| (symbol.nights, symbol.newly));
    assert_eq!(nights("mon", "S007"), Some((0, false)), "nothing is known of the night before");
    assert_eq!(nights("tue", "S007"), Some((2, false)));
    assert_eq!(nights("wed", "S007"), Some((3, false)));
    assert_eq!(nights("wed", "S009"), Some((0, true)));
    assert_eq!(nights("wed", "S008"), Some((0, false)), "it came through");
}

#[test]
fn a_repeated_start_expects_nobody_anew() {
    let mut story = monday();
    story.begin(1, "tue", 100, "sp500").phase(&Phase::Import, 100).one(&Phase::Import, "S001", true);
    let seq = story.board.seq();
    story.tell(EventKind::RunStarted(RunStarted::default()));
    assert_eq!(story.record("tue").expected, 100);
    assert!(story.board.seq() <= seq + 1, "heard, and nothing else");
}
