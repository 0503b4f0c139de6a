//! Complete after retry: what a later run of the same night makes up for.

mod support;

#[path = "support/tell.rs"]
mod tell;

use domain::event::Ending;
use domain::phase::Phase;
use domain::retried::word_of;
use domain::verdict::Verdict;
use proptest::prelude::*;
use support::{board, night};
use tell::{Story, names};

const FAILING: [&str; 5] = ["S001", "S002", "S003", "S004", "S005"];

/// Monday's import of 100 symbols, five of which failed.
fn monday() -> Story {
    let mut story = Story::new();
    story.import(0, "mon", &names(0..100), &FAILING);
    assert_eq!(story.verdict("mon"), Verdict::ToRetry { failed: 5 });
    story
}

#[test]
fn a_retry_that_brings_all_through_completes_the_night() {
    let mut story = monday();
    story.import(0, "again", &names(1..6), &[]);
    assert_eq!(story.record("mon").repaired, 5);
    assert_eq!(story.verdict("mon"), Verdict::CompleteAfterRetry);
    assert_eq!(story.verdict("again"), Verdict::Complete, "it keeps its own");
    assert_eq!(story.board.tonight(story.at).as_deref(), Some("mon"), "which speaks for the night");
}

#[test]
fn what_is_left_is_left_to_retry() {
    let mut story = monday();
    story.import(0, "again", &names(1..6), &["S004", "S005"]);
    assert_eq!(story.record("mon").repaired, 3);
    // Two of a hundred are tolerated, and there is no night before to call them new.
    assert_eq!(story.verdict("mon"), Verdict::CompleteAfterRetry);
    story.import(1, "tue", &names(0..100), &["S001", "S011", "S012", "S013"]);
    assert_eq!(story.verdict("tue"), Verdict::ToRetry { failed: 4 });
    story.import(1, "tue-again", &["S011", "S012"].map(Into::into), &[]);
    assert_eq!((story.record("tue").repaired, story.record("tue").repaired_new), (2, 2));
    assert_eq!(story.verdict("tue"), Verdict::ToRetry { failed: 2 }, "S013 is new");
    story.import(1, "tue-once-more", &["S013".into()], &[]);
    assert_eq!(story.verdict("tue"), Verdict::CompleteAfterRetry, "S001 is known");
}

#[test]
fn a_later_failure_takes_it_back() {
    let mut story = monday();
    story.begin(0, "again", 5, "sp500").phase(&Phase::Import, 5);
    story.results(&Phase::Import, &names(1..6), &[]).phase_end(&Phase::Import);
    assert_eq!(story.record("mon").repaired, 5);
    story.phase(&Phase::Indicators, 5).results(&Phase::Indicators, &names(1..6), &["S002"]);
    assert_eq!(story.record("mon").repaired, 4);
}

#[test]
fn it_must_come_through_where_it_failed() {
    let mut story = Story::new();
    story.begin(0, "mon", 100, "sp500").phase(&Phase::Import, 100);
    story.results(&Phase::Import, &names(0..100), &[]).phase_end(&Phase::Import);
    story.phase(&Phase::Indicators, 100).results(&Phase::Indicators, &names(0..100), &FAILING);
    story.end(Ending::Success);
    story.begin(0, "again", 5, "sp500").phase(&Phase::Import, 5);
    story.results(&Phase::Import, &names(1..6), &[]).phase_end(&Phase::Import);
    assert_eq!(story.record("mon").repaired, 0, "imported, not computed");
    story.phase(&Phase::Indicators, 5).results(&Phase::Indicators, &names(1..6), &[]);
    assert_eq!(story.record("mon").repaired, 5);
}

#[test]
fn another_night_or_a_simulated_run_repairs_nothing() {
    for (night, run) in [(1, "tue"), (0, "sim-again")] {
        let mut story = monday();
        story.import(night, run, &names(1..6), &[]);
        assert_eq!((story.record("mon").repaired, run), (0, run));
    }
    // Nor does the night repair what failed in a run after it.
    let mut story = Story::new();
    story.begin(0, "mon", 100, "sp500").phase(&Phase::Import, 100);
    story.import(0, "beside", &names(1..6), &FAILING);
    story.begin(0, "mon", 100, "sp500").results(&Phase::Import, &names(0..100), &[]);
    assert_eq!(story.record("beside").repaired, 0);
}

#[test]
fn too_few_came_through_until_they_did() {
    let mut story = Story::new();
    let failing: Vec<String> = names(0..30);
    story.import(0, "mon", &names(0..100), &failing.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(story.verdict("mon"), Verdict::Failed { phase: Some(Phase::Import) });
    story.import(0, "again", &failing, &["S000"]);
    assert_eq!(story.verdict("mon"), Verdict::CompleteAfterRetry);
}

#[test]
fn a_failure_by_the_producers_word_stays_one() {
    let mut story = Story::new();
    story.begin(0, "mon", 100, "sp500").phase(&Phase::Import, 100);
    story.results(&Phase::Import, &names(0..100), &FAILING).end(Ending::Failed);
    story.import(0, "again", &names(1..6), &[]);
    assert_eq!((story.record("mon").repaired, story.verdict("mon").word()), (5, "Failed"));
}

#[test]
fn what_was_complete_stays_complete() {
    let mut story = Story::new();
    story.import(0, "mon", &names(0..100), &["S001"]).import(0, "again", &["S001".into()], &[]);
    assert_eq!((story.record("mon").repaired, story.verdict("mon")), (1, Verdict::Complete));
}

#[test]
fn a_retry_tells_of_who_was_missing() {
    let mut story = monday();
    story.import(1, "tue", &names(0..96), &[]);
    assert_eq!((story.record("tue").missing, story.verdict("tue").word()), (4, "To retry"));
    story.import(1, "again", &names(96..99), &[]);
    assert_eq!((story.record("tue").missing, story.record("tue").repaired), (1, 0));
    assert_eq!(story.verdict("tue").word(), "Complete");
    // What the run says itself goes before.
    story.begin(1, "tue", 100, "sp500").one(&Phase::Import, "S097", false);
    assert_eq!((story.record("tue").missing, story.record("tue").failing), (1, 1));
    assert_eq!(
        story.symbol("tue", "S096").map(|symbol| symbol.outcomes.len()),
        Some(0),
        "by the other, not by it"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// No more is repaired than failed, no more missing than expected, and nobody while the import goes on.
    #[test]
    fn figures_keep_their_sense(events in night(4, 1..150)) {
        let mut board = board();
        for event in &events {
            board.apply(event);
            for view in board.run_ids().iter().filter_map(|id| board.run_view(id)) {
                let run = &view.run;
                prop_assert!(run.repaired <= run.failing, "{run:?}");
                prop_assert!(run.repaired_new <= run.repaired.min(run.newly.unwrap_or(0)), "{run:?}");
                prop_assert!(run.missing <= run.expected, "{run:?}");
                let imports = view.phases.iter().any(|(phase, _)| {
                    phase.phase == Phase::Import && phase.status == domain::record::PhaseStatus::Running
                });
                prop_assert!(run.missing == 0 || !imports, "{run:?}");
                prop_assert!(view.left() <= view.failed());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Who looks at what was kept in the end finds the same symbols repaired that the board counted message by message.
    #[test]
    fn the_archive_repairs_what_the_board_repaired(
        first in proptest::collection::vec((0..6_usize, 0..2_usize, any::<bool>()), 1..20),
        later in proptest::collection::vec((0..2_usize, 0..6_usize, 0..2_usize, any::<bool>()), 0..40),
    ) {
        const PHASES: [Phase; 2] = [Phase::Import, Phase::Indicators];
        let mut story = Story::new();
        story.begin(0, "mon", 6, "sp500").phase(&PHASES[0], 6).phase(&PHASES[1], 6);
        let name = |number: usize| format!("S{number:03}");
        for (symbol, phase, done) in &first {
            story.one(&PHASES[*phase], &name(*symbol), *done);
        }
        let runs = ["again", "more"];
        for run in runs {
            story.begin(0, run, 6, "").phase(&PHASES[0], 6).phase(&PHASES[1], 6);
        }
        for (run, symbol, phase, done) in &later {
            story.of(runs[*run]).one(&PHASES[*phase], &name(*symbol), *done);
        }
        let repaired = (0..6).filter(|number| {
            let own = story.symbol("mon", &name(*number)).unwrap_or_default();
            let word = |run: &&str| word_of(&own.outcomes, &story.symbol(run, &name(*number))?);
            own.failure().is_some() && runs.iter().filter_map(word).max().is_some_and(|(_, through)| through)
        });
        prop_assert_eq!(repaired.count(), usize::try_from(story.record("mon").repaired).unwrap_or(0));
    }
}
