//! The events: one symbol's result of one run each, about 400 bytes; and how their effect is found in what comes out.

use serde_json::json;

/// Where they are published.
pub const CHANNEL: &str = "tickstock:import:progress";
/// Where the run is announced.
pub const STATUS: &str = "tickstock:processing:status";
/// The run.
pub const RUN: &str = "bench";

/// A run of so many symbols starts.
pub fn start(symbols: usize) -> String {
    let payload =
        json!({ "run_id": RUN, "symbols_count": symbols, "trigger_type": "manual", "phases": ["import"] });
    json!({ "event": "processing_started", "timestamp": "2026-11-20T21:10:00Z", "source": "bench", "version": "1.0", "payload": payload }).to_string()
}

/// The phases that a symbol goes through; the last tells its final state from another.
pub const PHASES: [&str; 4] = ["import", "indicators", "patterns", "alerts"];

/// The result of a symbol in a phase.
pub fn result(symbol: usize, phase: usize) -> String {
    result_of(RUN, symbol, phase)
}

/// The same of another run.
pub fn result_of(run: &str, symbol: usize, phase: usize) -> String {
    let phase = PHASES.get(phase).copied().unwrap_or_default();
    // Written out, because what is looked for must follow the symbol.
    format!(
        r#"{{"event":"symbol_processing_complete","timestamp":"2026-11-20T21:10:00.000000Z","source":"bench","version":"1.0","payload":{{"run_id":"{run}","symbol":"S{symbol}","phase":"{phase}","success":true,"timeframes_processed":["hourly","daily","weekly","monthly"],"processing_time_ms":412,"message":"imported without a fault, all four timeframes are complete and stored; nothing is to be done again"}}}}"#
    )
}

/// What a message is looked through for: where a symbol's number follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The event itself.
    Event,
    /// A frame of records.
    Frame,
}

impl Shape {
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Event => br#""symbol":"S"#,
            Self::Frame => br#"["sS"#,
        }
    }

    /// Whether what follows a symbol's number says that it came through its last phase.
    pub fn is_final(self, rest: &[u8]) -> bool {
        let last = PHASES.last().copied().unwrap_or_default().as_bytes();
        // `","phase":"alerts","success"…` and `",17,{"a":[["import","d",1],…,["alerts","d",4]]}],["sS5",…`
        let end: &[u8] = if self == Self::Event { b",\"success" } else { b"}]" };
        let own = find(rest, end).and_then(|end| rest.get(..end));
        own.is_some_and(|own| find(own, last).is_some())
    }

    /// Calls `found` with the number of each symbol whose result is in the text, and what follows. Returns how much of it was looked through to its
    /// end: what follows may be the beginning of another.
    pub fn symbols(self, text: &[u8], mut found: impl FnMut(usize, &[u8])) -> usize {
        let mark = self.mark();
        let mut at = 0;
        while let Some(next) = find(text.get(at..).unwrap_or_default(), mark) {
            let digits = at + next + mark.len();
            let rest = text.get(digits..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == rest.len() {
                return at + next;
            }
            let number =
                rest.iter().take(length).fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
            found(number, rest.get(length..).unwrap_or_default());
            at = digits + length;
        }
        text.len().saturating_sub(mark.len()).max(at)
    }
}

/// The place of a part within bytes.
pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let first = *part.first()?;
    let mut at = 0;
    while let Some(next) = text.get(at..)?.iter().position(|byte| *byte == first) {
        at += next;
        if text.get(at..)?.starts_with(part) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_found_in_both_shapes() {
        let event = result(17, 0);
        assert!((380..460).contains(&event.len()), "{}", event.len());
        let found = |shape: Shape, text: &str| {
            let mut all = Vec::new();
            shape.symbols(text.as_bytes(), |number, _| all.push(number));
            all
        };
        assert_eq!(found(Shape::Event, &format!("{event}{event}")), [17, 17]);
        let frame = r#"{"f":"run/bench","s":[["sS4",7,{}],["q1.import",7,[1]],["sS512",8,{}]]}"#;
        assert_eq!(found(Shape::Frame, frame), [4, 512]);
        assert_eq!(found(Shape::Event, r#"… "symbol":"S12"#), [0; 0], "more digits may follow");
    }
}
