//! Commands as they are kept, on both engines: one row per key, one per lane, also in a race; a lane whose holder died is free; one
//! command is taken for sending once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay};
use domain::time::MINUTE;
use server::store::accounts::audit::{AuditFilter, Entry};
use server::store::commands::{CommandFilter, MOST, Only, StoredCommand};
use std::sync::Arc;
use support::stored::{Stage, on_both, sizes};
use tokio::task::JoinSet;

on_both! {
    a_key_is_one_command
    a_lane_is_held_by_one_until_it_ends
    of_twenty_at_once_one_holds_the_lane
    of_twenty_at_once_one_has_the_key
    whoever_died_holds_no_lane
    it_is_taken_for_sending_once
    it_reads_back_as_it_was_written
    the_list_is_paged_and_filtered
}

const START: &str = "start";

fn command(id: &str, asked: i64) -> StoredCommand {
    let record = CommandRecord {
        id: id.to_owned(),
        kind: CommandKind::Run,
        what: "Full run".to_owned(),
        who: "Ann".to_owned(),
        asked,
        way: CommandWay::Redis,
        state: CommandState::Asked,
        since: asked,
        run: None,
        of: None,
        reason: None,
        count: 0,
    };
    let parameters = r#"{"phases":["all"]}"#.to_owned();
    StoredCommand { record, role: "operator".into(), address: "127.0.0.1".into(), parameters }
}

fn entry(command: &StoredCommand) -> Entry {
    Entry { at: command.record.asked, who: "Ann".into(), action: "command_run".into(), ..Entry::default() }
}

async fn add(stage: &Stage, command: &StoredCommand, key: &str, lane: Option<&str>) -> bool {
    let only = Only { key, lane, until: command.record.asked + MINUTE };
    stage.store.add_command(command, &only, &entry(command)).await.unwrap()
}

async fn audited(stage: &Stage) -> usize {
    stage.store.audit_log(&AuditFilter::default(), 100).await.unwrap().entries.len()
}

async fn a_key_is_one_command(stage: Stage) {
    assert!(add(&stage, &command("1", 10), "ann click", None).await);
    assert!(!add(&stage, &command("2", 11), "ann click", None).await);
    let kept = stage.store.command_of_key("ann click").await.unwrap().unwrap();
    assert_eq!(kept.record.id, "1");
    assert_eq!(audited(&stage).await, 1, "what was not taken is not in the log");
    assert_eq!(stage.store.command("2").await.unwrap(), None);
}

async fn a_lane_is_held_by_one_until_it_ends(stage: Stage) {
    let mut first = command("1", 10);
    assert!(add(&stage, &first, "a", Some(START)).await);
    assert!(!add(&stage, &command("2", 11), "b", Some(START)).await);
    assert!(add(&stage, &command("3", 11), "c", Some("cancel r")).await, "another lane");
    assert!(add(&stage, &command("4", 11), "d", None).await, "a refusal holds none");
    assert_eq!(stage.store.command_in(START).await.unwrap().unwrap().record.id, "1");
    for state in [CommandState::Sending, CommandState::Sent, CommandState::Accepted] {
        first.record.state = state;
        stage.store.command_became(&first.record).await.unwrap();
        assert!(!add(&stage, &command("5", 12), "e", Some(START)).await, "{state:?} waits");
    }
    first.record.state = CommandState::Started;
    stage.store.command_became(&first.record).await.unwrap();
    assert_eq!(stage.store.command_in(START).await.unwrap(), None);
    assert!(add(&stage, &command("5", 12), "e", Some(START)).await);
}

/// Twenty at once; how many were taken.
async fn at_once(stage: Stage, of: impl Fn(usize) -> (String, Option<&'static str>)) -> (Arc<Stage>, usize) {
    let stage = Arc::new(stage);
    let mut all = JoinSet::new();
    for number in 0..20 {
        let (stage, (key, lane)) = (stage.clone(), of(number));
        all.spawn(async move { add(&stage, &command(&number.to_string(), 10), &key, lane).await });
    }
    let taken = all.join_all().await.into_iter().filter(|taken| *taken).count();
    (stage, taken)
}

async fn of_twenty_at_once_one_holds_the_lane(stage: Stage) {
    let (stage, taken) = at_once(stage, |number| (number.to_string(), Some(START))).await;
    assert_eq!((taken, audited(&stage).await), (1, 1));
}

async fn of_twenty_at_once_one_has_the_key(stage: Stage) {
    let (stage, taken) = at_once(stage, |_| ("click".to_owned(), None)).await;
    assert_eq!((taken, audited(&stage).await), (1, 1));
}

async fn whoever_died_holds_no_lane(stage: Stage) {
    assert!(add(&stage, &command("1", 10), "a", Some(START)).await);
    assert!(!add(&stage, &command("2", 10 + MINUTE), "b", Some(START)).await, "to the last moment");
    assert!(add(&stage, &command("3", 11 + MINUTE), "c", Some(START)).await);
    assert_eq!(stage.store.command_in(START).await.unwrap().unwrap().record.id, "3");
    assert_eq!(stage.store.command("1").await.unwrap().unwrap().record.state, CommandState::Asked);
}

async fn it_is_taken_for_sending_once(stage: Stage) {
    assert!(add(&stage, &command("1", 10), "a", None).await);
    let stage = Arc::new(stage);
    let mut all = JoinSet::new();
    for number in 0..20 {
        let stage = stage.clone();
        all.spawn(async move { stage.store.begin_sending("1", 20 + number).await.unwrap() });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
    let kept = stage.store.command("1").await.unwrap().unwrap().record;
    assert!(kept.state == CommandState::Sending && kept.since >= 20, "{kept:?}");
    assert!(!stage.store.begin_sending("none", 1).await.unwrap());
}

async fn it_reads_back_as_it_was_written(stage: Stage) {
    let states = CommandState::ALL.into_iter().zip(CommandKind::ALL.into_iter().cycle());
    for (number, (state, kind)) in states.enumerate() {
        let mut command = command(&number.to_string(), 10);
        let ways = [CommandWay::Http, CommandWay::Redis, CommandWay::Here];
        command.record = CommandRecord {
            kind,
            state,
            way: ways[number % 3],
            run: (number % 2 == 0).then(|| "r".to_owned()),
            of: (number % 3 == 0).then(|| "o".to_owned()),
            reason: (number % 4 == 0).then(|| "weil’s so ist".to_owned()),
            count: 10_000,
            ..command.record
        };
        assert!(add(&stage, &command, &number.to_string(), None).await);
        assert_eq!(stage.store.command(&command.record.id).await.unwrap(), Some(command));
    }
}

async fn the_list_is_paged_and_filtered(stage: Stage) {
    for number in 0..30_i64 {
        let mut command = command(&format!("{number:02}"), 100 + number / 3);
        command.record.kind = if number % 2 == 0 { CommandKind::Run } else { CommandKind::Cancel };
        command.record.run = (number % 5 == 0).then(|| "r".to_owned());
        command.record.of = (number % 7 == 0).then(|| "r".to_owned());
        assert!(add(&stage, &command, &number.to_string(), None).await);
    }
    let ids = |found: &[StoredCommand]| -> Vec<i64> {
        found.iter().map(|command| command.record.id.parse().unwrap()).collect()
    };
    let mut walked = Vec::new();
    let mut filter = CommandFilter::default();
    for size in sizes() {
        let page = stage.store.commands(&filter, u32::try_from(size).unwrap()).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some((last.record.asked, last.record.id.clone()));
        walked.extend(ids(&page));
    }
    assert_eq!(walked, (0..30).rev().collect::<Vec<_>>());
    let of_run = CommandFilter { run: Some("r".to_owned()), ..CommandFilter::default() };
    let expected = (0..30).rev().filter(|number| number % 5 == 0 || number % 7 == 0);
    assert_eq!(ids(&stage.store.commands(&of_run, MOST).await.unwrap()), expected.collect::<Vec<_>>());
    let cancels = CommandFilter { kind: Some(CommandKind::Cancel), ..of_run };
    let expected = [25, 21, 15, 7, 5];
    assert_eq!(ids(&stage.store.commands(&cancels, MOST).await.unwrap()), expected);
}
