//! A million mutations of the contract's samples into the decoder and the board, and a million of what a socket may be sent.
//!
//! The same cases in every run, so a failure can be looked at: it names its case. Half of them are broken as bytes and
//! mostly refused; half are broken as JSON, so that they are read and reach the board.

use domain::board::{Board, Heard};
use domain::decode::{Refused, read};
use domain::time::{Millis, Zone};
use domain::wire::{Frame, ServerMessage, Topic, Watch};
use serde_json::{Value, json};

/// 2026-11-20T21:10:00Z.
const START: Millis = 1_795_209_000_000;
const CASES: u64 = 1_000_000;
/// What a screen is never sent.
const TURNING: [char; 12] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}', '\u{200e}', '\u{200f}', '\u{61c}',
];

/// SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).expect("it fits")).expect("it is below")
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Values that a field should not have.
fn nasty() -> Vec<Value> {
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    let mut all = vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(-0.0),
        json!(1e300),
        json!(-1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!(1e19),
        json!(""),
        json!("0"),
        json!("-5"),
        json!("NaN"),
        json!("1e309"),
        json!("99999999999999999999"),
        json!("0000-01-01T00:00:00Z"),
        json!("+275760-09-13T00:00:00Z"),
        json!("2025-13-45T99:99:99Z"),
        json!("Thu, 02 Oct 2025 99:10:00 GMT"),
        json!("success"),
        json!("failed"),
        json!("running"),
        json!("\u{0}\u{7}\u{1b}[31m"),
        json!("<script>alert(1)</script>"),
        json!("ÄÖ漢字🂡".repeat(40)),
        json!("x".repeat(2_000)),
        json!([]),
        json!({}),
        json!([null, 1, "a", {}]),
        json!(vec!["S"; 300]),
        json!({ "percentage": "x", "symbol": [1] }),
        deep,
    ];
    all.extend(TURNING.map(|letter| json!(format!("a{letter}b"))));
    all
}

/// Breaks one place of a message as JSON.
fn break_value(dice: &mut Dice, message: &mut Value, nasty: &[Value], names: &[String]) {
    match message {
        Value::Object(fields) if !fields.is_empty() && dice.below(32) > 0 => {
            let at = dice.below(fields.len());
            let name = fields.keys().nth(at).expect("it has as many").clone();
            match dice.below(12) {
                0 => drop(fields.remove(&name)),
                1 => {
                    let value = fields.remove(&name).expect("it is there");
                    fields.insert(dice.of(names).clone(), value);
                }
                2 => drop(fields.insert(dice.of(names).clone(), dice.of(nasty).clone())),
                _ => break_value(dice, fields.get_mut(&name).expect("it is there"), nasty, names),
            }
        }
        Value::Array(items) if !items.is_empty() && dice.below(4) > 0 => {
            let at = dice.below(items.len());
            break_value(dice, &mut items[at], nasty, names);
        }
        other => *other = dice.of(nasty).clone(),
    }
}

/// What JSON has no room for, or hardly.
const WORDS: &[&str] = &["NaN", "1e309", "-Infinity", "\\u0000", "\\ud800", "null"];

/// Breaks a few places of a message as bytes; `other` is what it may be crossed with.
fn break_bytes(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let end = (at + dice.below(16)).min(bytes.len());
        match dice.below(7) {
            0 => bytes.truncate(at),
            1 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            2 => bytes.insert(at, *dice.of(b"{}[]\",:0\\\x00\xff\xc3-e")),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let twice = bytes[at..end].to_vec();
                bytes.splice(at..at, twice);
            }
            5 => {
                let cut = dice.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[cut..]);
            }
            _ => {
                let word = dice.of(WORDS);
                bytes.splice(at..end, word.bytes());
            }
        }
    }
}

fn samples() -> Vec<(String, Value)> {
    let lines = include_str!("../../contract/samples.jsonl").lines();
    lines
        .map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line of JSON");
            let channel = line["channel"].as_str().unwrap_or("tickstock:monitoring").to_owned();
            (channel, serde_json::from_str(line["message"].as_str().expect("a message")).expect("it is JSON"))
        })
        .collect()
}

/// What a newcomer would be sent is bounded, clean, and reads back as it was.
fn holds(board: &mut Board, case: u64) {
    board.settle();
    for (topic, most) in [(Topic::Board, 4_000_000), (Topic::Feed, 200_000), (Topic::Channels, 1_000_000)] {
        let delta = board.changed_since(&topic, 0).expect("it is always there");
        let frame = Frame {
            topic: topic.clone(),
            epoch: "e".to_owned(),
            from: 0,
            to: board.seq(),
            changes: delta.changes,
            full: true,
            skipped: 0,
            more: false,
        };
        let text = serde_json::to_string(&frame).expect("it can be written");
        assert!(text.len() < most, "case {case}: {topic} takes {} bytes", text.len());
        clean(&serde_json::from_str(&text).expect("it is JSON"), case);
        assert_eq!(ServerMessage::parse(&text), Some(ServerMessage::Frame(frame)), "case {case}: {topic}");
    }
}

/// No text turns the direction of reading or has a control character.
fn clean(value: &Value, case: u64) {
    match value {
        Value::String(text) => {
            let foul = |letter: char| letter.is_control() || TURNING.contains(&letter);
            assert!(!text.contains(foul), "case {case}: {text:?}");
        }
        Value::Array(items) => items.iter().for_each(|item| clean(item, case)),
        Value::Object(fields) => fields.values().for_each(|field| clean(field, case)),
        _ => {}
    }
}

#[test]
fn a_million_broken_messages_neither_break_it_nor_stay() {
    let (samples, nasty) = (samples(), nasty());
    let texts: Vec<Vec<u8>> = samples.iter().map(|(_, message)| message.to_string().into_bytes()).collect();
    let spellings = domain::decode::FIELDS.iter().flat_map(|field| field.spellings);
    let events = domain::decode::EVENTS.iter().flat_map(|row| row.names);
    let names: Vec<String> = spellings.map(|name| (*name).to_owned()).collect();
    let events: Vec<Value> = events.map(|name| json!(name)).collect();
    let mut dice = Dice(42);
    let mut board = Board::new(Zone::utc());
    let (mut decoded, mut refused) = (0_u64, 0_u64);
    for case in 0..CASES {
        let at = START + i64::try_from(case).expect("it fits") * 5;
        let (channel, message) = dice.of(&samples);
        let bytes = if case % 2 == 0 {
            let mut bytes = message.to_string().into_bytes();
            break_bytes(&mut dice, &mut bytes, dice_of(&texts, case));
            bytes
        } else {
            let mut message = message.clone();
            if dice.below(4) == 0 && message.get("event").is_some() {
                message["event"] = dice.of(&events).clone();
            }
            for _ in 0..=dice.below(3) {
                break_value(&mut dice, &mut message, &nasty, &names);
            }
            message.to_string().into_bytes()
        };
        let reading = read(channel, &bytes, at);
        board.hear(&Heard { channel, bytes: &bytes, length: bytes.len(), at, reading: &reading });
        match &reading {
            Ok(reading) => {
                decoded += 1;
                board.apply(&reading.event);
            }
            Err(Refused::TooLarge) => panic!("case {case}: none is that large"),
            Err(_) => refused += 1,
        }
        if case % 25_000 == 24_999 {
            holds(&mut board, case);
        }
    }
    // Were almost all refused, nothing would have been tried.
    assert!(decoded > CASES / 2 && refused > CASES / 10, "{decoded} read, {refused} refused");
}

fn dice_of(texts: &[Vec<u8>], case: u64) -> &[u8] {
    let count = u64::try_from(texts.len()).expect("it fits");
    &texts[usize::try_from(case / 2 % count).expect("it is below")]
}

#[test]
fn a_million_broken_client_messages_are_understood_or_refused() {
    let messages: Vec<Vec<u8>> = [
        json!({ "watch": ["board", "feed"], "epoch": "1f3a", "after": 17 }),
        json!({ "watch": ["board", "run/7c1f0d52", "channels", "raw/tickstock:errors"], "epoch": "e", "after": 0 }),
        json!({ "watch": [], "epoch": "", "after": u64::MAX }),
        json!({ "watch": vec!["feed"; 16] }),
        json!({ "watch": vec!["feed"; 17], "after": -1 }),
        json!({}),
    ]
    .iter()
    .map(|message| message.to_string().into_bytes())
    .collect();
    let mut dice = Dice(7);
    let mut understood = 0_u64;
    for case in 0..CASES {
        let mut bytes = dice.of(&messages).clone();
        break_bytes(&mut dice, &mut bytes, dice_of(&messages, case));
        // The socket hands over text: what is no UTF-8 ends before.
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(watch) = Watch::parse(&text) {
            understood += 1;
            assert!(watch.watch.len() <= 16, "case {case}: {text}");
        }
    }
    assert!(understood > CASES / 100 && understood < CASES, "{understood}");
}
