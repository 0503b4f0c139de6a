//! From what the hub applied to rows.

use super::pending::{Entry, RunDelta};
use crate::store::keyframes::{BOARD, Places, board_part, packed};
use crate::store::rows::{
    Batch, EventRow, KeyframeRow, PhaseRow, RunRow, RunRows, SymbolRow, TwinRow, ValueRow,
};
use domain::board::{Keyframe, Mark};
use domain::phase::Phase;
use domain::record::{Change, OutcomeStatus, Record, RunStatus, Symbol, key};
use domain::time::Millis;
use domain::verdict;
use serde::Serialize;
use std::collections::HashMap;

/// The numbers that the store gives: of the next message, and of each run.
#[derive(Debug, Default)]
pub struct Numbers {
    /// The next message's.
    pub next_event: i64,
    /// The next run's.
    pub next_run: i64,
    /// Of runs that are known: by id and start.
    pub runs: HashMap<(String, Millis), i64>,
}

impl Numbers {
    fn of_run(&mut self, id: &str, started: Millis) -> i64 {
        let next = &mut self.next_run;
        *self.runs.entry((id.to_owned(), started)).or_insert_with(|| {
            *next += 1;
            *next - 1
        })
    }
}

/// Messages and runs as rows. The keyframe comes besides ([`keyframe_rows`]).
#[must_use]
pub fn batch_of(entries: Vec<Entry>, runs: &[RunDelta], numbers: &mut Numbers, now: Millis) -> Batch {
    let mut batch = Batch::default();
    let (mut values, mut patterns) = (HashMap::new(), HashMap::new());
    for entry in entries {
        if let Some(id) = &entry.stream_id {
            batch.cursor = Some(id.clone());
        }
        let fingerprint = entry.fingerprint.cast_signed();
        if entry.twin {
            batch.twins.push(TwinRow { at: entry.at, fingerprint, source: entry.way.letter() });
            continue;
        }
        if entry.kind == "value"
            && let Some((pattern, row)) = value_of(&entry)
        {
            let place = (row.symbol.clone(), row.name.clone(), row.frame.clone());
            if pattern {
                patterns.insert((place, row.at), row).is_some()
            } else {
                values.insert(place, row).is_some()
            };
        }
        batch.events.push(event_row(entry, numbers.next_event, fingerprint));
        numbers.next_event += 1;
    }
    batch.indicators = values.into_values().collect();
    batch.patterns = patterns.into_values().collect();
    batch.runs = runs.iter().map(|run| run_rows(run, numbers, now)).collect();
    batch
}

fn event_row(entry: Entry, n: i64, fingerprint: i64) -> EventRow {
    EventRow {
        n,
        at: entry.at,
        source: entry.way.letter(),
        stream_id: entry.stream_id,
        channel: domain::decode::clean(&entry.channel, 128),
        fingerprint,
        kind: entry.kind,
        name: entry.name,
        run: entry.run,
        symbol: entry.symbol,
        length: i64::try_from(entry.length).unwrap_or(i64::MAX),
        raw: entry.raw,
    }
}

/// The value in a message, and whether it is a pattern.
fn value_of(entry: &Entry) -> Option<(bool, ValueRow)> {
    let (value, body) = domain::decode::value_with_body(&entry.channel, &entry.raw, entry.at)?;
    let row = ValueRow {
        symbol: value.symbol,
        name: value.name,
        frame: value.frame,
        at: entry.at,
        confidence: value.confidence,
        run: entry.run.clone(),
        body,
    };
    Some((value.phase == Phase::Patterns, row))
}

fn wire(record: &impl Serialize) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

fn run_rows(delta: &RunDelta, numbers: &mut Numbers, now: Millis) -> RunRows {
    let run = &delta.view.run;
    // While it goes on the word is what its clock says; the page judges anew.
    let judged =
        verdict::judge(Some(&delta.view), if run.status == RunStatus::Running { run.started } else { now });
    let row = RunRow {
        run: numbers.of_run(&run.id, run.started),
        id: run.id.clone(),
        night: run.night,
        started: run.started,
        ended: run.ended,
        status: run.status.as_str().to_owned(),
        verdict: judged.word().to_owned(),
        trigger: run.trigger.map(|trigger| trigger.as_str().to_owned()),
        universes: format!(",{},", run.universes.join(",")),
        symbols: i64::from(delta.view.symbols()),
        failed: i64::from(delta.view.failed()),
        simulated: i64::from(run.simulated),
        record: wire(run),
        sync: None,
    };
    let mut rows = RunRows { run: row, ..RunRows::default() };
    let marks = |phase: &Phase| {
        let wanted = key::marks(delta.view.slot, phase);
        let found = delta.records.iter().find(|change| change.key == wanted)?;
        match found.record.as_deref() {
            Some(Record::Marks(marks)) => Some(wire(marks)),
            _ => None,
        }
    };
    for (position, (phase, progress)) in delta.view.phases.iter().enumerate() {
        rows.phases.push(PhaseRow {
            phase: phase.phase.key().to_owned(),
            position: i64::try_from(position).unwrap_or(0),
            record: wire(phase),
            progress: wire(progress),
            marks: marks(&phase.phase),
        });
    }
    for change in &delta.records {
        match change.record.as_deref() {
            Some(Record::Code(code)) => rows.problems.push(("c", code.code.clone(), wire(code))),
            Some(Record::Problem(problem)) => rows.problems.push(("e", problem.code.clone(), wire(problem))),
            Some(Record::Sync(sync)) => rows.run.sync = Some(wire(sync)),
            _ => {}
        }
    }
    rows.symbols = delta.symbols.iter().filter_map(symbol_row).collect();
    rows
}

fn symbol_row(change: &Change) -> Option<SymbolRow> {
    let Some(Record::Symbol(symbol)) = change.record.as_deref() else { return None };
    let told = symbol.failure().or_else(|| symbol.outcomes.last())?;
    Some(SymbolRow {
        symbol: change.key.get(1..)?.to_owned(),
        failed: i64::from(told.status == OutcomeStatus::Failed),
        newly: i64::from(symbol.newly),
        phase: told.phase.key().to_owned(),
        code: told.code.clone(),
        millis: millis_of(symbol),
        made: symbol.outcomes.first().and_then(|outcome| outcome.made).map_or(0, i64::from),
        record: wire(symbol),
    })
}

fn millis_of(symbol: &Symbol) -> i64 {
    symbol.outcomes.iter().filter_map(|outcome| outcome.millis).map(i64::from).sum()
}

/// A keyframe as rows. `places` says where the parts of unchanged runs are; the changed ones are added to it.
#[must_use]
pub fn keyframe_rows(
    keyframe: &Keyframe,
    n: i64,
    known: &HashMap<u32, (Mark, i64, Millis)>,
) -> Option<Vec<KeyframeRow>> {
    let mut rows = Vec::new();
    let mut places: Places = Vec::new();
    for (slot, _, part) in &keyframe.changed {
        rows.push(KeyframeRow { part: slot.to_string(), body: packed(&part.text().ok()?) });
        places.push((*slot, n));
    }
    let changed: Vec<u32> = places.iter().map(|(slot, _)| *slot).collect();
    for slot in keyframe.runs.iter().filter(|slot| !changed.contains(slot)) {
        let (_, written, _) = known.get(slot)?;
        places.push((*slot, *written));
    }
    let board = board_part(&places, &keyframe.board.text().ok()?);
    rows.push(KeyframeRow { part: BOARD.to_owned(), body: packed(&board) });
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::board::Board;
    use domain::event::{Ending, Event, EventKind, RunEnded, RunStarted, SymbolResult};
    use domain::time::{DAY, Zone};
    use domain::wire::Topic;

    /// 2026-11-20T21:10:00Z.
    const START: Millis = 1_795_209_000_000;

    fn tell(board: &mut Board, at: Millis, run: &str, kind: EventKind) {
        let run = Some(run.to_owned());
        board.apply(&Event { at, reported: None, run, job: None, simulated: false, fingerprint: 0, kind });
    }

    /// A run of these symbols; the second of them fails where `fails`.
    fn import(board: &mut Board, at: Millis, run: &str, names: &[&str], fails: bool) {
        let symbols = u32::try_from(names.len()).ok();
        tell(board, at, run, EventKind::RunStarted(RunStarted { symbols, ..RunStarted::default() }));
        for (number, name) in names.iter().enumerate() {
            let result = SymbolResult {
                phase: Phase::Import,
                symbol: (*name).to_owned(),
                success: !(fails && number == 1),
                made: None,
                millis: None,
                code: None,
                frames: vec![],
            };
            tell(board, at + 1, run, EventKind::SymbolResult(result));
        }
        let end = RunEnded { ending: Ending::Success, processed: None, failed: None, reason: None };
        tell(board, at + 2, run, EventKind::RunEnded(end));
    }

    fn rows_of(board: &Board, run: &str) -> Option<RunRows> {
        let (records, symbols) = board.parts_of(run, 0)?;
        let delta = RunDelta { view: board.run_view(run)?, records, symbols };
        Some(run_rows(&delta, &mut Numbers::default(), START + DAY))
    }

    fn word(board: &Board, run: &str) -> Option<String> {
        rows_of(board, run).map(|rows| rows.run.verdict)
    }

    #[test]
    fn a_retry_changes_the_word_of_the_night_that_it_repairs() {
        let mut board = Board::new(Zone::utc());
        import(&mut board, START, "night", &["A", "B", "C", "D", "E"], true);
        assert_eq!(word(&board, "night").as_deref(), Some("To retry"));
        board.touched();
        import(&mut board, START + 10, "again", &["B"], false);
        assert!(board.touched().contains(&Topic::Run("night".into())), "so it is written again");
        assert_eq!(word(&board, "night").as_deref(), Some("Complete after retry"));
        assert_eq!(word(&board, "again").as_deref(), Some("Complete"));
    }

    /// Of a symbol that is only expected nothing is known.
    #[test]
    fn an_expected_symbol_is_no_row() {
        let mut board = Board::new(Zone::utc());
        let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];
        import(&mut board, START, "night", &names, false);
        import(&mut board, START + DAY, "next", &names[..9], false);
        assert_eq!(board.symbols_kept("next"), 10);
        assert_eq!(rows_of(&board, "next").map(|rows| rows.symbols.len()), Some(9));
    }
}
