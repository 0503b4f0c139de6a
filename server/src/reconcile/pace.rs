//! When the producer is asked again. Given runs and a moment, so that it is tested without waiting.

use domain::backoff::Backoff;
use domain::silence;
use domain::time::{MINUTE, Millis};
use domain::verdict::RunView;
use std::collections::BTreeSet;

/// While a run stays silent, or the API does not answer: 1, 2, 4, 8 and then every 15 minutes.
const AGAIN: Backoff = Backoff { base: MINUTE, cap: 15 * MINUTE };

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask.
    Ask,
    /// Look at the board again after so many milliseconds.
    Wait(Millis),
}

/// What was asked, and why.
#[derive(Debug, Default)]
pub struct Pace {
    /// Runs whose silence the producer was asked about.
    silent: BTreeSet<String>,
    /// When it was asked last.
    asked: Millis,
    /// True: that got no answer.
    failed: bool,
    /// How often it was asked again.
    tries: u32,
}

impl Pace {
    /// The producer was asked.
    pub fn asked(&mut self, now: Millis, answered: bool) {
        (self.asked, self.failed) = (now, !answered);
    }

    /// There is something new to ask about.
    pub fn restart(&mut self) {
        self.tries = 0;
    }

    /// Looks at the board. The next look is when the first run will fall silent, and never later than a run which begins only now
    /// could.
    pub fn look(&mut self, runs: &[RunView], now: Millis) -> Step {
        let running = runs.iter().filter(|view| !view.run.status.ended());
        let (quiet, heard): (Vec<&RunView>, Vec<&RunView>) =
            running.partition(|view| view.silent(now).is_some());
        let silent: BTreeSet<String> = quiet.iter().map(|view| view.run.id.clone()).collect();
        let news = !silent.is_subset(&self.silent);
        self.silent = silent;
        if news {
            self.tries = 0;
            return Step::Ask;
        }
        let next = heard.iter().map(|view| view.silent_from()).min().unwrap_or(Millis::MAX);
        let next = next.min(now + silence::patience(None, None));
        if self.silent.is_empty() && !self.failed {
            self.tries = 0;
            return wait(next, now);
        }
        let due = self.asked + AGAIN.delay(self.tries, 0.0);
        if due <= now {
            self.tries = self.tries.saturating_add(1);
            return Step::Ask;
        }
        wait(next.min(due), now)
    }
}

fn wait(until: Millis, now: Millis) -> Step {
    Step::Wait(until.saturating_sub(now).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::board::Board;
    use domain::decode::decode;
    use domain::time::{SECOND, Zone};

    /// 2026-11-20T21:10:00Z.
    const T: Millis = 1_795_209_000_000;

    fn hear(board: &mut Board, at: Millis, run: &str, done: u32) {
        let message = format!(
            r#"{{"event":"import_progress","payload":{{"run_id":"{run}","completed_symbols":{done}}}}}"#
        );
        board.apply(&decode("tickstock:import:progress", message.as_bytes(), at).expect("it is JSON"));
    }

    /// When the producer is asked from a moment on, in seconds after it, until `end`.
    fn asks(pace: &mut Pace, board: &Board, from: Millis, end: Millis, answers: bool) -> Vec<Millis> {
        let (mut now, mut asks) = (from, Vec::new());
        while now < end {
            match pace.look(&board.views(), now) {
                Step::Ask => {
                    asks.push((now - from) / SECOND);
                    pace.asked(now, answers);
                }
                Step::Wait(wait) => now += wait,
            }
        }
        asks
    }

    #[test]
    fn a_silent_run_is_asked_about_once_and_then_ever_more_rarely() {
        let mut board = Board::new(Zone::utc());
        hear(&mut board, T, "a", 1);
        let mut pace = Pace::default();
        pace.asked(T, true);
        let minutes = |minute: i64| 120 + minute * 60;
        let expected = [0, 1, 3, 7, 15, 30, 45].map(minutes);
        assert_eq!(asks(&mut pace, &board, T, T + 60 * MINUTE, true), expected);
    }

    #[test]
    fn a_run_that_is_heard_is_asked_about_by_nobody_and_its_next_silence_at_once() {
        let mut board = Board::new(Zone::utc());
        let mut pace = Pace::default();
        pace.asked(T, true);
        for minute in 0..60 {
            let at = T + minute * MINUTE;
            hear(&mut board, at, "a", u32::try_from(minute).expect("small") + 1);
            assert_eq!(asks(&mut pace, &board, at, at + MINUTE, true), [0; 0]);
        }
        let last = T + 59 * MINUTE;
        assert_eq!(asks(&mut pace, &board, last, last + 150 * SECOND, true), [120]);
        hear(&mut board, last + 150 * SECOND, "a", 99);
        assert_eq!(asks(&mut pace, &board, last + 150 * SECOND, last + 280 * SECOND, true), [120]);
    }

    #[test]
    fn without_a_run_nobody_is_asked_unless_there_was_no_answer() {
        let board = Board::new(Zone::utc());
        let mut pace = Pace::default();
        pace.asked(T, true);
        assert_eq!(asks(&mut pace, &board, T, T + 600 * MINUTE, true), [0; 0]);
        pace.asked(T, false);
        assert_eq!(asks(&mut pace, &board, T, T + 20 * MINUTE, false), [60, 180, 420, 900]);
        assert_eq!(
            asks(&mut pace, &board, T + 60 * MINUTE, T + 90 * MINUTE, true),
            [0],
            "and then it answers"
        );
    }

    #[test]
    fn a_second_run_that_falls_silent_is_asked_about_at_once() {
        let mut board = Board::new(Zone::utc());
        hear(&mut board, T, "a", 1);
        hear(&mut board, T + 8 * MINUTE, "b", 1);
        let mut pace = Pace::default();
        pace.asked(T, true);
        let times = asks(&mut pace, &board, T + 8 * MINUTE, T + 11 * MINUTE, true);
        assert_eq!(times, [0, 60, 120], "a at once and after a minute, b when it falls silent");
    }
}
