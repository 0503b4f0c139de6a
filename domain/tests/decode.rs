//! Decoding: every sample of the contract means what it should, and nothing whatever breaks the decoder.

use domain::decode::{EVENTS, FIELDS, MAX_BYTES, Refused, decode, read};
use domain::event::{Ending, EventKind};
use domain::phase::Phase;
use domain::record::{Severity, Trigger, Unit};
use proptest::prelude::*;
use serde_json::Value;

const AT: i64 = 1_759_435_800_000;

/// The contract's sample messages, by number.
fn sample(number: u64) -> EventKind {
    let lines = include_str!("../../contract/samples.jsonl").lines();
    let samples = lines.map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let found = samples.into_iter().find(|sample| sample["n"] == number).expect("the sample exists");
    let channel = found["channel"].as_str().expect("it has a channel");
    decode(channel, found["message"].as_str().expect("a message").as_bytes(), AT).expect("it decodes").kind
}

#[test]
fn no_sample_has_a_name_or_a_field_that_is_new_to_us() {
    for line in include_str!("../../contract/samples.jsonl").lines() {
        let sample: Value = serde_json::from_str(line).expect("a line of JSON");
        let (Some(channel), Some(message)) = (sample["channel"].as_str(), sample["message"].as_str()) else {
            continue;
        };
        let reading = read(channel, message.as_bytes(), AT).expect("it decodes");
        let unknown = matches!(reading.event.kind, EventKind::Unknown { .. });
        // 43 is noise on purpose.
        assert_eq!((unknown, reading.strange), (sample["n"] == 43, vec![]), "{line}");
    }
}

#[test]
fn runs_begin_in_both_families_and_flat() {
    let EventKind::RunStarted(guide) = sample(1) else { panic!("{:?}", sample(1)) };
    assert_eq!((guide.symbols, guide.trigger), (Some(503), Some(Trigger::Schedule)));
    let EventKind::RunStarted(current) = sample(2) else { panic!("{:?}", sample(2)) };
    assert_eq!(current.phases, Phase::NIGHT);
    assert_eq!((current.universes, current.trigger), (vec!["sp500".to_owned()], Some(Trigger::Manual)));
    let EventKind::RunStarted(flat) = sample(3) else { panic!("{:?}", sample(3)) };
    assert_eq!(flat.symbols, Some(30));
}

#[test]
fn runs_move_and_end() {
    let EventKind::RunProgress { phase, progress } = sample(4) else { panic!("{:?}", sample(4)) };
    assert_eq!(phase, Some(Phase::Indicators));
    assert_eq!((progress.processed, progress.total), (Some(251), Some(503)));
    let EventKind::RunEnded(failed) = sample(6) else { panic!("{:?}", sample(6)) };
    assert_eq!((failed.ending, failed.processed, failed.failed), (Ending::Failed, Some(503), Some(105)));
    let EventKind::RunEnded(ended) = sample(7) else { panic!("{:?}", sample(7)) };
    assert_eq!((ended.ending, ended.failed), (Ending::Success, Some(0)));
}

#[test]
fn import_in_both_schemes() {
    let EventKind::PhaseStarted(started) = sample(10) else { panic!("{:?}", sample(10)) };
    assert_eq!((&started.phase, started.total, started.universes.len()), (&Phase::Import, Some(503), 2));
    assert_eq!(started.frames, ["hourly", "daily", "weekly", "monthly"]);
    let EventKind::PhaseProgress { progress, .. } = sample(11) else { panic!("{:?}", sample(11)) };
    assert_eq!((progress.processed, progress.current.as_deref()), (Some(164), Some("GE")));
    let EventKind::PhaseProgress { progress, .. } = sample(12) else { panic!("{:?}", sample(12)) };
    assert_eq!((progress.done, progress.failed, progress.processed), (Some(186), Some(3), Some(189)));
    let EventKind::PhaseProgress { phase, progress } = sample(13) else { panic!("{:?}", sample(13)) };
    assert_eq!((phase, progress.unit, progress.processed), (Phase::CacheSync, Unit::Steps, Some(2)));
    let EventKind::SymbolResult(symbol) = sample(14) else { panic!("{:?}", sample(14)) };
    assert_eq!((symbol.symbol.as_str(), symbol.success, symbol.made), ("HON", false, Some(251)));
    let EventKind::PhaseEnded(as_int) = sample(15) else { panic!("{:?}", sample(15)) };
    assert_eq!(
        (as_int.progress.failed, as_int.progress.done, as_int.made),
        (Some(4), Some(499), Some(421_966))
    );
    let EventKind::PhaseEnded(as_list) = sample(16) else { panic!("{:?}", sample(16)) };
    assert_eq!(
        (as_list.progress.failed, as_list.failed_symbols),
        (Some(2), vec!["BRK.B".into(), "BF.B".into()])
    );
}

#[test]
fn cache_indicators_and_patterns() {
    assert!(matches!(sample(18), EventKind::PhaseStarted(started) if started.phase == Phase::CacheSync));
    assert!(matches!(sample(19), EventKind::PhaseEnded(ended) if ended.made == Some(87)));
    assert!(
        matches!(sample(25), EventKind::PhaseStarted(started) if started.phase == Phase::Indicators && started.total == Some(503))
    );
    assert!(
        matches!(sample(26), EventKind::PhaseProgress { phase: Phase::Indicators, progress } if progress.processed == Some(201))
    );
    assert!(
        matches!(sample(27), EventKind::Value(value) if (&*value.name, &*value.frame) == ("MACD", "daily"))
    );
    assert!(
        matches!(sample(28), EventKind::PhaseEnded(ended) if ended.progress.done == Some(500) && ended.made == Some(8_998))
    );
    assert!(
        matches!(sample(31), EventKind::Value(value) if value.symbol == "KO" && value.confidence == Some(0.83))
    );
    assert!(matches!(sample(33), EventKind::PhaseEnded(ended) if ended.made == Some(1_183)));
}

#[test]
fn problems_schedules_health_and_neighbours() {
    let EventKind::Problem(limit) = sample(35) else { panic!("{:?}", sample(35)) };
    assert_eq!(
        (limit.severity, limit.retrying, limit.symbol.as_deref()),
        (Severity::Error, true, Some("IBM"))
    );
    let EventKind::Problem(record) = sample(37) else { panic!("{:?}", sample(37)) };
    assert_eq!((record.severity, record.component.as_str()), (Severity::Critical, "OHLCVStorage"));
    let EventKind::Schedule(schedule) = sample(8) else { panic!("{:?}", sample(8)) };
    assert_eq!((schedule.time.as_deref(), schedule.market_check), (Some("16:25"), Some(true)));
    assert!(
        matches!(sample(39), EventKind::Health(report) if report.health.as_deref() == Some("healthy") && report.score == Some(93))
    );
    for neighbour in [9, 32, 40, 41] {
        assert!(matches!(sample(neighbour), EventKind::Apart(_)), "{neighbour}: {:?}", sample(neighbour));
    }
    assert!(matches!(sample(43), EventKind::Unknown { name } if name == "test"));
}

#[test]
fn what_is_no_object_is_refused_by_name() {
    assert_eq!(decode("c", b"\xff", AT), Err(Refused::NotUtf8));
    assert_eq!(decode("c", b"{", AT), Err(Refused::NotJson));
    assert_eq!(decode("c", b"[1]", AT), Err(Refused::NotAnObject));
    assert_eq!(decode("c", &vec![b' '; MAX_BYTES + 1], AT), Err(Refused::TooLarge));
    let deep = format!("{{\"payload\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(decode("c", deep.as_bytes(), AT), Err(Refused::TooDeep));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,80}".prop_map(Value::from),
        prop::sample::select(vec!["success", "failed", "12", "AAPL", "2025-10-02T20:10:00Z"])
            .prop_map(Value::from),
    ];
    let spellings = FIELDS.iter().flat_map(|field| field.spellings.iter().copied());
    let names: Vec<&str> = ["event", "type", "payload", "data", "timestamp", "nobody_knows_this"]
        .into_iter()
        .chain(spellings)
        .collect();
    let names = prop::sample::select(names);
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

fn any_name() -> impl Strategy<Value = &'static str> {
    let names = EVENTS.iter().flat_map(|row| row.names.iter().copied());
    prop::sample::select(names.chain(["HEALTH_CHECK", "nobody_knows_this"]).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_break_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode("tickstock:errors", &bytes, AT);
    }

    #[test]
    fn arbitrary_json_decodes_and_what_is_kept_is_bounded_and_clean(name in any_name(), body in any_json()) {
        let message = serde_json::json!({ "event": name, "payload": body }).to_string();
        let reading = read("tickstock:monitoring", message.as_bytes(), AT).expect("an object always decodes");
        prop_assert!(reading.strange.len() <= 8);
        for (name, value) in &reading.strange {
            prop_assert!(name.chars().count() <= 48 && value.chars().count() <= 80, "{name}: {value}");
            prop_assert!(!name.contains(char::is_control) && !value.contains(char::is_control));
        }
        let event = reading.event;
        let shown = format!("{event:?}");
        prop_assert!(shown.chars().all(|letter| !letter.is_control()), "{shown}");
        prop_assert!(event.run.is_none_or(|id| id.chars().count() <= 64));
        match event.kind {
            EventKind::PhaseProgress { progress, .. } | EventKind::RunProgress { progress, .. } => {
                prop_assert!(progress.percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)));
                prop_assert!(progress.current.is_none_or(|text| text.chars().count() <= 64));
            }
            EventKind::SymbolResult(result) => prop_assert!(result.symbol.chars().count() <= 32),
            EventKind::Problem(problem) => prop_assert!(problem.message.chars().count() <= 500),
            EventKind::RunStarted(started) => prop_assert!(started.phases.len() <= 64 && started.universes.len() <= 32),
            _ => {}
        }
    }
}
