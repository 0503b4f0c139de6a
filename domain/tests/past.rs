//! What stays of runs that left the board, for the list of the last nights.

mod support;

#[expect(dead_code, reason = "what the board says of a symbol is asked elsewhere")]
#[path = "support/tell.rs"]
mod tell;

use domain::board::{BESIDE, Board, ENDED_RUNS, PAST_NIGHTS};
use domain::record::{PAST, Record, RunRecord, key};
use domain::time::{DAY, Zone};
use domain::verdict::{RunView, judge};
use domain::wire::Topic;
use proptest::prelude::*;
use support::{board, night};
use tell::{Story, names};

/// Those that stay, the newest first.
fn past(board: &Board) -> Vec<RunRecord> {
    let held = board.changed_since(&Topic::Board, 0).expect("the board").changes;
    let of = |change: &domain::record::Change| {
        let past = key::slot_of(&change.key).is_some_and(|slot| slot >= PAST);
        match change.record.as_deref() {
            Some(Record::Run(run)) if past => Some(run.clone()),
            _ => None,
        }
    };
    let mut runs: Vec<RunRecord> = held.iter().filter_map(of).collect();
    runs.sort_by_key(|run| std::cmp::Reverse((run.night, run.started)));
    runs
}

/// The word that one of them has.
fn word(run: &RunRecord) -> &'static str {
    let view = RunView { slot: PAST, run: run.clone(), phases: vec![], listening: 0 };
    judge(Some(&view), run.heard + DAY).word()
}

#[test]
fn nights_that_left_the_board_stay_in_the_list() {
    let mut story = Story::new();
    for night in 0..40_i64 {
        let failing: &[&str] = if night % 2 == 0 { &["S001", "S002", "S003"] } else { &[] };
        story.import(night, &format!("n{night}"), &names(0..50), failing);
    }
    let kept = past(&story.board);
    assert_eq!(kept.len(), PAST_NIGHTS - ENDED_RUNS);
    let told: Vec<(&str, &str, u32)> =
        kept.iter().take(2).map(|run| (&*run.id, word(run), run.failed.unwrap_or(0))).collect();
    assert_eq!(told, [("n19", "Complete", 0), ("n18", "To retry", 3)]);
    let restored = board_again(&story);
    assert_eq!(past(&restored), kept, "a restart keeps them");
}

fn board_again(story: &Story) -> Board {
    let keyframe = story.board.keyframe(&std::collections::HashMap::new());
    let runs: Vec<String> = keyframe.changed.iter().map(|(.., part)| part.text().expect("text")).collect();
    Board::restored(Zone::utc(), &keyframe.board.text().expect("text"), &runs).expect("a keyframe")
}

#[test]
fn many_small_runs_do_not_push_the_night_away() {
    let mut story = Story::new();
    for night in 0..3 {
        story.import(night, &format!("n{night}"), &names(0..50), &[]);
    }
    for number in 0..40 {
        story.import(2, &format!("small{number}"), &names(0..5), &[]);
    }
    assert_eq!(story.board.tonight(story.at).as_deref(), Some("n2"));
    let kept = past(&story.board);
    let of = |night: i64| kept.iter().filter(|run| run.night == kept[0].night - 2 + night).count();
    assert_eq!([of(0), of(1), of(2)], [1, 1, 1 + BESIDE]);
}

#[test]
fn what_the_store_knows_is_added_once() {
    let mut story = Story::new();
    story.import(0, "mon", &names(0..50), &["S001"]).import(1, "tue", &names(0..50), &[]);
    let view = |run: &str| story.board.run_view(run).expect("the run");
    let (mon, tue) = (view("mon"), view("tue"));
    let mut again = Board::new(Zone::utc());
    for _ in 0..2 {
        again.remember([tue.clone(), mon.clone()]);
        assert_eq!(past(&again).iter().map(|run| &*run.id).collect::<Vec<_>>(), ["tue", "mon"]);
        assert_eq!(again.tonight(story.at), None, "it is on no board");
    }
    story.board.remember([tue, mon]);
    assert_eq!(past(&story.board), [], "it is on the board");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Told without its phases a run has the same verdict and the same figures.
    #[test]
    fn alone_it_says_the_same(events in night(4, 1..150)) {
        let mut board = board();
        for event in &events {
            board.apply(event);
        }
        for view in board.views() {
            let now = view.heard() + DAY;
            let alone = RunView { phases: vec![], run: view.alone(), ..view.clone() };
            prop_assert_eq!(judge(Some(&alone), now).word(), judge(Some(&view), now).word(), "{:?}", view);
            let figures = |view: &RunView| (view.symbols(), view.failed(), view.left());
            prop_assert_eq!(figures(&alone), figures(&view));
        }
    }
}
