//! What the server writes reads back as it was, and nothing else that arrives does any harm.

mod support;

use domain::phase::Phase;
use domain::record::{Change, Line, LineKind, Moment, MomentKind, Plan, ProducerApi, Schedule, Severity};
use domain::record::{
    Gap, GapKind, Ingest, Marks, Outcome, OutcomeStatus, Record, Redis, ServerInfo, Symbol,
};
use domain::time::Zone;
use domain::wire::{Beat, Frame, Hello, RunChanges, ServerMessage, Snapshot, Topic, WireError, read};
use proptest::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use support::{START, board, night};

fn written(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("our own messages encode")
}

fn change(key: &str, record: Record) -> Change {
    Change { key: key.into(), changed: 7, record: Some(Arc::new(record)) }
}

fn frame(changes: Vec<Change>) -> ServerMessage {
    ServerMessage::Frame(Frame {
        topic: Topic::Board,
        epoch: "e".into(),
        from: 1,
        to: 9,
        changes,
        full: true,
        skipped: 3,
        more: true,
    })
}

fn api(up: Option<bool>) -> ProducerApi {
    let reason = (up == Some(false)).then(|| "nobody answers".to_owned());
    ProducerApi { up, since: START, address: "127.0.0.1:8080".into(), reason, asked: up.map(|_| START) }
}

/// A text with everything that JSON escapes, and letters of more than one unit.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just("\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}é\u{2028}😀<b>".to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_frame_of_any_night_reads_back_as_it_was(events in night(3, 1..80), after in 0_u64..60) {
        let mut board = board();
        for event in &events { board.apply(event); }
        for topic in [Topic::Board, Topic::Feed, Topic::Run("run-0".into())] {
            let Some(delta) = board.changed_since(&topic, after) else { continue };
            let (changes, full, skipped) = (delta.changes, delta.full, delta.skipped);
            let frame = Frame { topic, epoch: "e".into(), from: after, to: board.seq(), changes, full, skipped, more: false };
            let message = ServerMessage::Frame(frame);
            prop_assert_eq!(ServerMessage::parse(&written(&message)), Some(message));
        }
    }

    #[test]
    fn a_snapshot_reads_back_as_it_was(events in night(2, 1..60), zone in any_text(), number in any::<i64>()) {
        let mut board = board();
        for event in &events { board.apply(event); }
        let changes = |topic| board.changed_since(&topic, 0).map(|delta| delta.changes).unwrap_or_default();
        let snapshot = Snapshot {
            protocol: 1, build: "b".into(), epoch: "e".into(), seq: board.seq(), now: START,
            board: changes(Topic::Board), feed: changes(Topic::Feed),
            run: Some(("run-0".into(), RunChanges::new(changes(Topic::Run("run-0".into()))))),
            channels: Some(changes(Topic::Channels)), raw: Some(("c".into(), changes(Topic::Raw("c".into())))),
            replay: Some(number > 0),
            exchange: Zone { name: zone.clone(), label: zone, offsets: vec![(i64::MIN, -300), (START, -240)] },
            who: ("Ann".into(), 2), viewer: None, theme: Some("dark".into()),
        };
        let text = serde_json::to_string(&snapshot).expect("it encodes").replace('<', "\\u003c");
        // Symbols that fit into no column come before the others.
        let back = read::<Snapshot>(&text).map(|mut back| {
            back.run = back.run.map(|(id, run)| (id, RunChanges::new(run.all().to_vec())));
            back
        });
        prop_assert_eq!(back, Some(snapshot));
    }

    #[test]
    fn any_text_reads_back_as_it_was(text in any_text(), number in any::<i64>()) {
        let line = Line {
            at: number, source: text.clone(), kind: LineKind::Server, symbol: Some(text.clone()), text: text.clone(),
            run: None, severity: Some(Severity::Critical),
        };
        let message = frame(vec![change("l1", Record::Line(line))]);
        prop_assert_eq!(ServerMessage::parse(&written(&message)), Some(message));
        let error = ServerMessage::Error(WireError { error: text.clone(), message: text });
        prop_assert_eq!(ServerMessage::parse(&written(&error)), Some(error));
    }

    /// As serde_json understands it: fields in any order, unknown ones between, white space anywhere.
    #[test]
    fn unknown_fields_are_passed_over(extra in any_json(), beat in any::<u32>()) {
        let text = serde_json::to_string_pretty(&serde_json::json!({ "more": extra, "now": 5, "beat": beat, "zz": extra })).expect("it encodes");
        prop_assert_eq!(read::<Beat>(&text), Some(Beat { beat: u64::from(beat), now: 5 }));
    }

    #[test]
    fn arbitrary_text_never_breaks_it(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = ServerMessage::parse(&text);
        let _ = read::<Snapshot>(&String::from_utf8_lossy(&bytes));
    }

    /// A message cut anywhere, or with a byte changed, is refused or is another message: never a panic.
    #[test]
    fn a_broken_message_never_breaks_it(events in night(1, 1..20), cut in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let mut board = board();
        for event in &events { board.apply(event); }
        let changes = board.changed_since(&Topic::Board, 0).map(|delta| delta.changes).unwrap_or_default();
        let text = written(&frame(changes));
        let place = cut.index(text.len());
        if text.is_char_boundary(place) {
            prop_assert_eq!(ServerMessage::parse(&text[..place]), None, "a part is no whole");
        }
        let mut bytes = text.into_bytes();
        bytes[place] = byte;
        let _ = ServerMessage::parse(&String::from_utf8_lossy(&bytes));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any_text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn records_that_no_event_makes_read_back_too() {
    let outcome = |made, millis, code: Option<&str>| Outcome {
        phase: Phase::Other("sectors".into()),
        status: OutcomeStatus::Skipped,
        at: START,
        made,
        millis,
        code: code.map(ToOwned::to_owned),
    };
    let outcomes = vec![
        outcome(None, None, None),
        outcome(Some(1), None, None),
        outcome(None, Some(2), None),
        outcome(None, None, Some("C")),
        outcome(Some(1), Some(2), Some("C")),
    ];
    let schedule = Schedule {
        enabled: Some(false),
        time: Some("16:10".into()),
        market_check: Some(true),
        next_run: None,
        zone: None,
        universes: vec!["sp500".into()],
        at: 1,
    };
    let changes = vec![
        change("sA", Record::Symbol(Symbol { outcomes, newly: true, first: true, nights: 3 })),
        change("xapi", Record::Api(api(None))),
        change("xapi", Record::Api(api(Some(true)))),
        change("xapi", Record::Api(api(Some(false)))),
        change("xredis", Record::Redis(Redis { up: true, since: 1, address: "r".into(), channels: 22 })),
        change(
            "xingest",
            Record::Ingest(Ingest {
                messages: u64::from(u32::MAX) + 1,
                refused: 0,
                dropped: 2,
                homeless: 1,
                last: None,
            }),
        ),
        change(
            "xserver",
            Record::Server(ServerInfo { started: 1, version: "0".into(), environment: Some("PROD".into()) }),
        ),
        change("g1", Record::Gap(Gap { kind: GapKind::Overflow, from: 1, to: Some(2), lost: 9 })),
        change("dproducer", Record::Schedule(schedule)),
        // Of what is not known nothing is said; a page that could not read that would stay dead.
        change("xplan", Record::Plan(Plan::default())),
        change("xplan", Record::Plan(plan())),
        change(
            "m1.import",
            Record::Marks(Marks { failed: vec![1], earlier: vec![(1, 2)], steps: vec![(3, "x".into())] }),
        ),
        Change { key: "r1".into(), changed: 8, record: None },
    ];
    let messages = [
        frame(changes),
        ServerMessage::Hello(Hello { hello: 1, build: "b".into(), epoch: "e".into(), seq: 4, now: START }),
        ServerMessage::Beat(Beat { beat: 4, now: START }),
    ];
    for message in messages {
        assert_eq!(ServerMessage::parse(&written(&message)), Some(message));
    }
}

/// All that a plan can say.
fn plan() -> Plan {
    let moment =
        |kind, words: Option<&str>| Moment { at: START, kind, day: 20_777, words: words.map(str::to_owned) };
    let kinds = [
        MomentKind::Night,
        MomentKind::Closed,
        MomentKind::Open,
        MomentKind::Close,
        MomentKind::Early,
        MomentKind::Due,
        MomentKind::Skip,
        MomentKind::Refused,
    ];
    Plan {
        ours: true,
        paused: Some("Ann".into()),
        check: true,
        universe: "sp500".into(),
        note: Some("both would start a run".into()),
        moments: kinds.into_iter().flat_map(|kind| [moment(kind, None), moment(kind, Some("why"))]).collect(),
    }
}

#[test]
fn depth_costs_no_stack() {
    let deep = format!(r#"{{"more":{}1{},"beat":1,"now":2}}"#, "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(read::<Beat>(&deep), Some(Beat { beat: 1, now: 2 }));
}

#[test]
fn what_is_missing_or_wrong_is_refused() {
    for text in [
        "",
        "{}",
        "[]",
        r#"{"beat":-1,"now":1}"#,
        r#"{"beat":1.5,"now":1}"#,
        r#"{"beat":"1","now":1}"#,
        r#"{"beat":1,"now":1}x"#,
    ] {
        assert_eq!(
            read::<Beat>(text),
            if text == "{}" { Some(Beat { beat: 0, now: 0 }) } else { None },
            "{text}"
        );
    }
    assert_eq!(ServerMessage::parse(r#"{"f":"nowhere","e":"e","a":0,"z":0,"s":[]}"#), None);
    assert_eq!(ServerMessage::parse(r#"{"f":"board","e":"e","a":0,"z":1,"s":[["?",1,{}]]}"#), None);
}
