//! The ledger: every message is counted, what is new is kept with an example, and all of it is bounded and reads back.

use domain::board::{Board, Heard, RAW, REFUSED, STRANGERS};
use domain::decode::{MAX_BYTES, Refused, read};
use domain::record::{Change, Record};
use domain::wire::{Frame, ServerMessage, Topic};

/// 2026-11-20T21:10:00Z.
const START: i64 = 1_795_209_000_000;

fn board() -> Board {
    Board::new(domain::time::Zone::utc())
}

fn hear(board: &mut Board, at: i64, channel: &str, bytes: &[u8]) {
    let reading = if bytes.len() > MAX_BYTES { Err(Refused::TooLarge) } else { read(channel, bytes, at) };
    board.hear(&Heard { channel, bytes, length: bytes.len(), at, reading: &reading });
    if let Ok(reading) = &reading {
        board.apply(&reading.event);
    }
}

fn held(board: &mut Board, topic: &Topic) -> Vec<Change> {
    board.settle();
    board.changed_since(topic, 0).map(|delta| delta.changes).unwrap_or_default()
}

fn of_kind(changes: &[Change], kind: char) -> Vec<Record> {
    let of = changes.iter().filter(|change| change.key.starts_with(kind));
    of.filter_map(|change| change.record.as_deref().cloned()).collect()
}

const STATUS: &str = "tickstock:processing:status";

#[test]
fn what_became_of_each_message_is_counted_by_channel() {
    let mut board = board();
    hear(
        &mut board,
        START,
        STATUS,
        br#"{"event":"processing_started","payload":{"run_id":"a","moon":"full"}}"#,
    );
    hear(&mut board, START + 1, STATUS, br#"{"event":"moon_phase","payload":{}}"#);
    hear(&mut board, START + 2, STATUS, b"no json\x00\xff");
    hear(&mut board, START + 3, STATUS, br#"{"command":"request_status"}"#);
    let changes = held(&mut board, &Topic::Channels);
    let [Record::Channel(state)] = &of_kind(&changes, 'h')[..] else { panic!("{changes:?}") };
    assert_eq!((state.decoded, state.unknown, state.refused, state.apart, state.messages()), (1, 1, 1, 1, 4));
    assert_eq!((state.last, state.what.as_str()), (START + 3, "request_status"));
    let [Record::Stranger(field)] = &of_kind(&changes, 'u')[..] else { panic!("{changes:?}") };
    assert_eq!(
        (field.name.as_str(), field.field.as_str(), field.example.as_str()),
        ("processing_started", "moon", "full")
    );
    let [Record::Stranger(name)] = &of_kind(&changes, 'n')[..] else { panic!("{changes:?}") };
    assert_eq!((name.name.as_str(), name.count), ("moon_phase", 1));
    let [Record::Refused(refused)] = &of_kind(&changes, 'j')[..] else { panic!("{changes:?}") };
    assert_eq!(
        (refused.code.as_str(), refused.bytes, refused.begins.as_str()),
        ("not_utf8", 9, "no json\\u{0}\\xff")
    );
    assert_eq!(held(&mut board, &Topic::Raw(STATUS.into())).len(), 4);
    assert_eq!(held(&mut board, &Topic::Raw("elsewhere".into())), []);
}

#[test]
fn it_reads_back_as_it_was_whatever_was_heard() {
    let mut board = board();
    board.set_watched(vec![STATUS.into(), "tickstock:import:*".into()]);
    for (number, text) in ["<b>\u{202e}\"\\", "\u{0}\u{7}", "é😀", ""].iter().enumerate() {
        let name = serde_json::json!({ "event": text, "payload": { "a": text } }).to_string();
        let field =
            serde_json::json!({ "event": "import_progress", "payload": { *text: text, "run_id": "a" } })
                .to_string();
        let at = START + i64::try_from(number).expect("small");
        for bytes in [name.as_bytes(), field.as_bytes(), text.as_bytes()] {
            hear(&mut board, at, text, bytes);
        }
    }
    let raw = Topic::Raw("é😀".into());
    for topic in [Topic::Channels, raw] {
        let changes = held(&mut board, &topic);
        assert!(!changes.is_empty(), "{topic}");
        for change in &changes {
            let frame = Frame {
                topic: topic.clone(),
                epoch: "e".into(),
                from: 0,
                to: 99,
                changes: vec![change.clone()],
                full: true,
                skipped: 0,
                more: false,
            };
            let message = ServerMessage::Frame(frame);
            let text = serde_json::to_string(&message).expect("it encodes");
            assert_eq!(ServerMessage::parse(&text), Some(message), "{text}");
        }
    }
}

#[test]
fn strangers_refused_messages_and_channels_are_bounded() {
    let mut board = board();
    for number in 0..2_000 {
        let name = format!(r#"{{"event":"news-{number}"}}"#);
        hear(&mut board, START + number, &format!("tickstock:import:{number}"), name.as_bytes());
        hear(&mut board, START + number, STATUS, b"{");
    }
    let changes = held(&mut board, &Topic::Channels);
    assert_eq!(of_kind(&changes, 'n').len(), STRANGERS);
    assert_eq!(of_kind(&changes, 'j').len(), REFUSED);
    let channels = of_kind(&changes, 'h');
    assert!(
        channels.len() <= domain::board::CHANNELS + domain::decode::CHANNELS.len() + 1,
        "{}",
        channels.len()
    );
    let count: u64 = channels
        .iter()
        .map(|record| if let Record::Channel(state) = record { state.messages() } else { 0 })
        .sum();
    assert_eq!(count, 4_000, "nothing is uncounted");
    assert_eq!(held(&mut board, &Topic::Raw(STATUS.into())).len(), RAW);
}
