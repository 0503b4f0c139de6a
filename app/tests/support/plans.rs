//! What is due, as the server and the producer say it to a board.

use super::night::{Night, START};
use domain::calendar::XNYS;
use domain::event::EventKind;
use domain::record::{Plan, Schedule};
use domain::schedule::{Entry, Outcome, Scheduled, moments};
use domain::time::DAY;

impl Night {
    /// The server says what comes, by the schedule that it begins with.
    pub fn planned(&mut self, outcomes: &[Outcome]) -> &mut Self {
        let id = "nightly".to_owned();
        let nightly = Scheduled { id, entry: Entry::nightly(), since: START - 30 * DAY };
        let moments = moments(&XNYS, &XNYS.nights(self.at), &[nightly], outcomes, self.at);
        self.board.set_plan(Plan {
            ours: true,
            check: true,
            universe: "sp500".into(),
            moments,
            ..Plan::default()
        });
        self
    }

    /// The producer reports its schedule.
    pub fn schedule(&mut self) -> &mut Self {
        let at = self.at;
        self.tell(EventKind::Schedule(Schedule {
            enabled: Some(true),
            time: Some("16:10".into()),
            market_check: Some(true),
            next_run: Some(START + 3 * DAY),
            zone: Some("America/New_York".into()),
            universes: vec!["sp500".into()],
            at,
        }))
    }
}
