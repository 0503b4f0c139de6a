//! A board that was put away and taken out again is the same board: cut anywhere, told the rest, it shows what one shows that
//! was told everything.

mod support;

use domain::board::{Board, Extent, Keyframe};
use domain::event::{Event, EventKind, RunStarted, ValueReport};
use domain::phase::Phase;
use domain::record::{Key, Record};
use domain::time::{Millis, Zone};
use domain::wire::Topic;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use support::{START, board, night};

type Seen = BTreeMap<Key, Arc<Record>>;

fn seen(board: &Board, topic: &Topic) -> Option<Seen> {
    let changes = board.changed_since(topic, 0)?.changes;
    Some(changes.into_iter().filter_map(|change| Some((change.key, change.record?))).collect())
}

fn texts(keyframe: &Keyframe) -> Option<(String, BTreeMap<u32, String>)> {
    let runs = keyframe.changed.iter().map(|(slot, _, part)| Some((*slot, part.text().ok()?)));
    Some((keyframe.board.text().ok()?, runs.collect::<Option<_>>()?))
}

/// The first two lines.
fn head(text: &str) -> String {
    text.split('\n').take(2).collect::<Vec<_>>().join("\n")
}

/// A run's part as earlier builds wrote it: symbols among the records.
fn of_before(text: &str) -> Option<String> {
    let mut lines = text.split('\n');
    let state = lines.next()?;
    let within = |line: &str| Some(line.strip_prefix('[')?.strip_suffix(']')?.to_owned());
    let lists = lines.map(within).collect::<Option<Vec<_>>>()?;
    let all: Vec<String> = lists.into_iter().filter(|list| !list.is_empty()).collect();
    Some(format!("{state}\n[{}]\n[]", all.join(",")))
}

fn exchange() -> Zone {
    Zone { name: "America/New_York".into(), label: "ET".into(), offsets: vec![(Millis::MIN, -300)] }
}

fn all_but_numbers_agree(one: &Board, other: &Board) -> Result<(), TestCaseError> {
    let runs = (0..40).map(|run| Topic::Run(format!("run-{run}")));
    for topic in [Topic::Board, Topic::Feed, Topic::Run("job-0".into())].into_iter().chain(runs) {
        prop_assert_eq!(seen(one, &topic), seen(other, &topic), "topic {}", topic);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn restored_and_told_the_rest_it_is_the_same(events in night(30, 1..150), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(events.len());
        let mut whole = board();
        let mut first = board();
        for event in &events { whole.apply(event); }
        for event in &events[..cut] { first.apply(event); }
        let (text, runs) = texts(&first.keyframe(&HashMap::new())).ok_or_else(|| TestCaseError::fail("no text"))?;
        let runs: Vec<String> = runs.into_values().collect();
        let mut again = Board::restored(exchange(), &text, &runs).ok_or_else(|| TestCaseError::fail("not read"))?;
        all_but_numbers_agree(&first, &again)?;
        for event in &events[cut..] { again.apply(event); }
        all_but_numbers_agree(&whole, &again)?;
        // And what it was told before is still no news.
        for event in &events { prop_assert!(!again.apply(event), "applied twice: {event:?}"); }
    }

    /// Parts of runs that have not changed need not be written again.
    #[test]
    fn old_parts_of_unchanged_runs_are_good(events in night(30, 2..150), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(events.len());
        let mut whole = board();
        let tell = |board: &mut Board, events: &[Event]| for event in events { board.apply(event); };
        tell(&mut whole, &events[..cut]);
        let early = whole.keyframe(&HashMap::new());
        let marks = early.changed.iter().map(|(slot, mark, _)| (*slot, *mark)).collect();
        let (_, mut parts) = texts(&early).ok_or_else(|| TestCaseError::fail("no text"))?;
        tell(&mut whole, &events[cut..]);
        let late = whole.keyframe(&marks);
        let (text, changed) = texts(&late).ok_or_else(|| TestCaseError::fail("no text"))?;
        parts.extend(changed);
        let runs: Vec<String> = late.runs.iter().filter_map(|slot| parts.get(slot).cloned()).collect();
        prop_assert_eq!(runs.len(), late.runs.len());
        let again = Board::restored(exchange(), &text, &runs).ok_or_else(|| TestCaseError::fail("not read"))?;
        all_but_numbers_agree(&whole, &again)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// What earlier builds have written is read all the same.
    #[test]
    fn a_keyframe_of_an_earlier_build_is_the_same_board(events in night(30, 1..150)) {
        let mut whole = board();
        for event in &events { whole.apply(event); }
        let now = events.last().map_or(0, |event| event.at);
        let (text, runs) = texts(&whole.keyframe(&HashMap::new())).ok_or_else(|| TestCaseError::fail("no text"))?;
        let runs = runs.values().map(|run| of_before(run)).collect::<Option<Vec<_>>>();
        let runs = runs.ok_or_else(|| TestCaseError::fail("no part"))?;
        let again = Board::restored(exchange(), &text, &runs).ok_or_else(|| TestCaseError::fail("not read"))?;
        all_but_numbers_agree(&whole, &again)?;
        let read = |text: &String, extent| Some(if extent == Extent::Head { head(text) } else { text.clone() });
        let sketch = Board::sketched(exchange(), &text, &runs, read, now).ok_or_else(|| TestCaseError::fail("not read"))?;
        prop_assert_eq!(seen(&whole, &Topic::Board), seen(&sketch, &Topic::Board));
    }

    /// For looking at, a board lacks nothing but symbols of runs that nobody looks at.
    #[test]
    fn a_sketch_shows_the_same_board_and_the_night(events in night(30, 1..150)) {
        let mut whole = board();
        for event in &events { whole.apply(event); }
        let now = events.last().map_or(0, |event| event.at);
        let (text, runs) = texts(&whole.keyframe(&HashMap::new())).ok_or_else(|| TestCaseError::fail("no text"))?;
        let runs: Vec<String> = runs.into_values().collect();
        let read = |text: &String, extent| Some(if extent == Extent::Head { head(text) } else { text.clone() });
        let sketch = Board::sketched(exchange(), &text, &runs, read, now).ok_or_else(|| TestCaseError::fail("not read"))?;
        prop_assert_eq!(seen(&whole, &Topic::Board), seen(&sketch, &Topic::Board));
        prop_assert_eq!(seen(&whole, &Topic::Feed), seen(&sketch, &Topic::Feed));
        prop_assert_eq!(whole.tonight(now), sketch.tonight(now));
        for id in whole.run_ids() {
            let (one, other) = (seen(&whole, &Topic::Run(id.clone())), seen(&sketch, &Topic::Run(id.clone())));
            if whole.tonight(now).as_ref() == Some(&id) { prop_assert_eq!(&one, &other, "tonight's {}", id); }
            let but_symbols = |seen: Option<Seen>| seen.map(|seen| seen.into_iter().filter(|(key, _)| !key.starts_with('s')).collect::<Seen>());
            prop_assert_eq!(but_symbols(one), but_symbols(other), "{}", id);
        }
    }
}

#[test]
fn what_is_no_keyframe_is_none() {
    for text in ["", "{}", "{}\n[]\n[]", "null\n[]\n[]", "\u{0}"] {
        assert!(Board::restored(exchange(), text, &[]).is_none(), "{text:?}");
    }
}

/// Tells of a run's RSI, and whether it was news.
fn tell_value(board: &mut Board, symbol: &str, frame: &str) -> bool {
    let (name, symbol) = ("RSI".into(), symbol.into());
    let value = ValueReport { phase: Phase::Indicators, symbol, name, frame: frame.into(), confidence: None };
    tell(board, EventKind::Value(value))
}

fn tell(board: &mut Board, kind: EventKind) -> bool {
    let run = Some("night".to_owned());
    board.apply(&Event { at: START, reported: None, run, job: None, simulated: false, fingerprint: 0, kind })
}

fn calculated(board: &Board) -> Option<(u32, u32, bool)> {
    match &**seen(board, &Topic::Board)?.get("xindicators")? {
        Record::Indicators(made) => Some((made.calculations, made.symbols, made.more)),
        _ => None,
    }
}

fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Earlier builds kept every value of a night by a hash of its own.
#[test]
fn values_that_an_earlier_build_kept_one_by_one_are_no_news() -> Result<(), Box<dyn std::error::Error>> {
    let mut whole = board();
    tell(&mut whole, EventKind::RunStarted(RunStarted { symbols: Some(2), ..RunStarted::default() }));
    assert!(tell_value(&mut whole, "AAA", "daily") && tell_value(&mut whole, "BBB", "daily"));
    let (text, runs) = texts(&whole.keyframe(&HashMap::new())).ok_or("no text")?;
    let (state, rest) = text.split_once('\n').ok_or("one line")?;
    let mut state: serde_json::Value = serde_json::from_str(state)?;
    let one = |symbol: &str| {
        hashed((1_u32, Phase::Indicators, symbol.to_owned(), "RSI".to_owned(), "daily".to_owned()))
    };
    let symbols = [hashed("AAA"), hashed("BBB")];
    state["made"] = serde_json::json!({
        "night": state["made"]["night"], "seen": [one("AAA"), one("BBB")], "types": { "RSI": symbols },
        "symbols": symbols, "pattern_symbols": [],
    });
    let runs: Vec<String> = runs.into_values().collect();
    let mut again = Board::restored(exchange(), &format!("{state}\n{rest}"), &runs).ok_or("not read")?;
    // And so it is after another restart in the same night.
    for _ in 0..2 {
        assert_eq!(calculated(&again), Some((2, 2, false)));
        assert!(!tell_value(&mut again, "AAA", "daily") && !tell_value(&mut again, "BBB", "daily"));
        let (text, runs) = texts(&again.keyframe(&HashMap::new())).ok_or("no text")?;
        let runs: Vec<String> = runs.into_values().collect();
        again = Board::restored(exchange(), &text, &runs).ok_or("not read")?;
    }
    assert!(tell_value(&mut again, "AAA", "weekly") && tell_value(&mut again, "CCC", "daily"));
    assert_eq!(calculated(&again), Some((4, 3, false)));
    Ok(())
}

/// A night of 10,000 symbols is 180,000 values: what is kept of them grows with symbols and kinds, not with values.
#[test]
fn what_is_kept_of_a_great_night_is_small() {
    let mut board = board();
    tell(&mut board, EventKind::RunStarted(RunStarted::default()));
    let symbols: Vec<String> = (0..2_000).map(|number| format!("SYM{number}")).collect();
    let mut length = Vec::new();
    for frame in ["1m", "5m", "15m", "1h", "daily", "weekly"] {
        for symbol in &symbols {
            assert!(tell_value(&mut board, symbol, frame), "{symbol} {frame}");
        }
        length.push(board.keyframe(&HashMap::new()).board.text().map_or(0, |text| text.len()));
    }
    assert!(length[0] < 40_000, "sixteen digits a symbol: {length:?}");
    assert!(length[5] - length[0] < 5 * 600, "a bit a value: {length:?}");
    assert_eq!(calculated(&board), Some((12_000, 2_000, false)));
}
