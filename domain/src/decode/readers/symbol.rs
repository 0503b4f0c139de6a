//! What is said about one symbol: its result, a value computed for it, an error that names it.

use super::{SENTENCE, SYMBOL, unknown};
use crate::decode::envelope::Message;
use crate::decode::fields::{
    COMPONENT, CONFIDENCE, CONTEXT, ERROR_CODE, FRAME, INDICATOR, MESSAGE, MILLIS, PATTERN, PATTERNS_FOUND,
    PHASE, RECORDS, RECOVERY, SEVERITY, SUCCESS, SYMBOL as NAME, VALUE,
};
use crate::decode::timeframe::timeframe;
use crate::decode::values;
use crate::event::{EventKind, ProblemReport, SymbolResult, ValueReport};
use crate::phase::Phase;
use crate::record::Severity;
use serde_json::Map;

pub(in crate::decode) fn symbol_result(message: &Message) -> EventKind {
    let body = message.body;
    let Some(symbol) = NAME.text(body, SYMBOL) else { return unknown(message) };
    // The contract's message is about the import; our own processor names the phase where it is another.
    let phase = PHASE.text(body, 64).map_or(Phase::Import, |name| Phase::parse(&name));
    let made = [&RECORDS, &VALUE, &PATTERNS_FOUND];
    EventKind::SymbolResult(SymbolResult {
        phase,
        symbol,
        success: SUCCESS.of(body).and_then(values::flag).unwrap_or(true),
        made: made.iter().find_map(|field| field.count(body)),
        millis: MILLIS.count(body),
        code: ERROR_CODE.text(body, 64),
        frames: super::work::frames(message),
    })
}

pub(in crate::decode) fn value(message: &Message, phase: Phase) -> EventKind {
    let body = message.body;
    let name = if phase == Phase::Patterns { &PATTERN } else { &INDICATOR };
    let (Some(symbol), Some(name)) = (NAME.text(body, SYMBOL), name.text(body, 48)) else {
        return unknown(message);
    };
    let frame = FRAME.text(body, 16).map(|name| timeframe(&name)).unwrap_or_default();
    let confidence = CONFIDENCE.of(body).and_then(values::number);
    // One validator of the contract allows 0 to 100.
    let confidence = confidence.map(|number| if number > 1.0 { number / 100.0 } else { number });
    let confidence = confidence.filter(|number| (0.0..=1.0).contains(number));
    EventKind::Value(ValueReport { phase, symbol, name, frame, confidence })
}

pub(in crate::decode) fn problem(message: &Message) -> EventKind {
    let body = message.body;
    let empty = Map::new();
    let context = CONTEXT.of(body).and_then(|context| context.as_object()).unwrap_or(&empty);
    let either = |field: &crate::decode::Field, longest| {
        field.text(body, longest).or_else(|| field.text(context, longest))
    };
    EventKind::Problem(ProblemReport {
        severity: severity(&SEVERITY.text(body, 16).unwrap_or_default()),
        component: either(&COMPONENT, 64).unwrap_or_default(),
        code: ERROR_CODE.text(body, 64),
        message: MESSAGE.text(body, SENTENCE).unwrap_or_default(),
        symbol: NAME.text(context, SYMBOL).or_else(|| NAME.text(body, SYMBOL)),
        phase: either(&PHASE, 64).map(|name| Phase::parse(&name)),
        retrying: RECOVERY.text(body, 64).as_deref() == Some("automatic_retry"),
    })
}

/// A severity or an alert's level.
pub(super) fn severity(word: &str) -> Severity {
    match word.to_lowercase().as_str() {
        "critical" | "emergency" => Severity::Critical,
        "warning" | "warn" => Severity::Warning,
        "info" | "debug" => Severity::Info,
        _ => Severity::Error,
    }
}
