//! What is left of a night that broke off, and that its retries belong to it, however large they are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/asked.rs"]
mod asked;

#[expect(dead_code, reason = "what the board says of a symbol is asked elsewhere")]
#[path = "support/tell.rs"]
mod tell;

use asked::command;
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, NOT_PROCESSED};
use domain::event::{Ending, EventKind, RunStarted};
use domain::phase::Phase;
use domain::verdict::Verdict;
use tell::{Story, names};

/// A night that was cancelled when ten of its hundred symbols had their indicators; one failed in the import.
fn broken_off() -> Story {
    let mut story = Story::new();
    let all = names(0..100);
    story.begin(0, "mon", 100, "sp500").phase(&Phase::Import, 100);
    story.results(&Phase::Import, &all, &["S099"]).phase_end(&Phase::Import);
    story.phase(&Phase::Indicators, 99).results(&Phase::Indicators, &all[..10], &[]).end(Ending::Cancelled);
    story
}

fn retry(story: &mut Story, run: &str, symbols: &[String], failing: &[&str]) {
    let total = u32::try_from(symbols.len()).unwrap();
    story.begin(0, run, total, "sp500");
    story.tell(EventKind::RunStarted(RunStarted { retry_of: Some("mon".into()), ..RunStarted::default() }));
    for phase in [Phase::Import, Phase::Indicators] {
        story.phase(&phase, total).results(&phase, symbols, failing).phase_end(&phase);
    }
    story.end(Ending::Success);
}

#[test]
fn a_night_is_its_run_however_large_its_retry_is() {
    let mut story = broken_off();
    assert_eq!(story.record("mon").left, Some((90, 90)));
    retry(&mut story, "again", &names(10..100), &[]);
    assert_eq!(story.board.tonight(story.at).as_deref(), Some("mon"), "the retry of most of it is beside it");
    assert_eq!(story.record("mon").left, Some((90, 0)));
    assert_eq!(story.verdict("mon"), Verdict::CompleteAfterRetry);
}

#[test]
fn what_a_retry_left_is_left() {
    let mut story = broken_off();
    retry(&mut story, "again", &names(10..60), &["S020"]);
    let (_, left) = story.board.left("mon").unwrap();
    assert_eq!(story.record("mon").left, Some((90, 41)), "{left:?}");
    assert!(matches!(story.verdict("mon"), Verdict::Cancelled { .. }));
    assert!(left.iter().any(|one| one.symbol == "S020") && !left.iter().any(|one| one.symbol == "S021"));
    retry(&mut story, "once more", &["S020".to_owned()], &[]);
    assert_eq!(story.record("mon").left, Some((90, 40)));
}

#[test]
fn what_never_began_is_left_to_all_and_who_has_no_name_is_not_counted() {
    let mut story = Story::new();
    let plan = vec![Phase::Import, Phase::CacheSync, Phase::Indicators];
    story.begin(0, "mon", 100, "sp500");
    story.tell(EventKind::RunStarted(RunStarted { phases: plan, ..RunStarted::default() }));
    story
        .phase(&Phase::Import, 100)
        .results(&Phase::Import, &names(0..100), &["S001"])
        .phase_end(&Phase::Import);
    story.end(Ending::Cancelled);
    let (_, left) = story.board.left("mon").unwrap();
    assert_eq!((left.len(), story.record("mon").left), (100, Some((100, 100))));
    let unprocessed: Vec<_> = left.iter().filter(|one| one.code == NOT_PROCESSED).collect();
    assert!(unprocessed.len() == 99 && unprocessed.iter().all(|one| one.phase == Phase::Indicators));

    let mut early = Story::new();
    early.begin(0, "tue", 100, "sp500").phase(&Phase::Import, 100);
    early.results(&Phase::Import, &names(0..5), &["S001"]).end(Ending::Cancelled);
    assert_eq!(early.record("tue").left, None, "95 of them have no name");
    assert!(matches!(early.verdict("tue"), Verdict::Cancelled { .. }));
}

#[test]
fn whose_retry_it_is_says_the_command_where_the_producer_does_not() {
    let mut story = broken_off();
    let asked = CommandRecord {
        state: CommandState::Accepted,
        run: Some("again".into()),
        of: Some("mon".into()),
        asked: story.at,
        since: story.at,
        ..command(CommandKind::Retry, CommandWay::Http)
    };
    story.board.set_command(story.at, asked);
    let some = names(10..100);
    story.begin(0, "again", 90, "sp500").phase(&Phase::Indicators, 90).results(
        &Phase::Indicators,
        &some,
        &[],
    );
    story.phase_end(&Phase::Indicators).end(Ending::Success);
    assert_eq!(story.record("again").retry_of.as_deref(), Some("mon"));
    assert_eq!(story.board.tonight(story.at).as_deref(), Some("mon"));
    // Of the one that failed in the import nothing was said.
    assert_eq!(story.record("mon").left, Some((90, 1)));
}
