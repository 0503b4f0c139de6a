//! A night that is told event by event to the real board, so that no fixture can say what a board would not.

use super::tickers;
use domain::board::Board;
use domain::calendar::XNYS;
use domain::event::{
    Counts, Ending, Event, EventKind, PhaseEnded, PhaseStarted, ProblemReport, RunEnded, RunStarted,
    SymbolResult,
};
use domain::phase::Phase;
use domain::record::{GapKind, Ingest, Redis, ServerInfo, Severity, Trigger, Unit};
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, Zone};
use domain::wire::{PROTOCOL, RunChanges, Snapshot, Topic};

/// Friday 20 November 2026, 16:10 in New York.
pub const START: Millis = 1_795_209_000_000;

/// New York in winter.
pub fn exchange() -> Zone {
    Zone { name: "America/New_York".into(), label: "ET".into(), offsets: vec![(Millis::MIN, -300)] }
}

/// Berlin in winter.
pub fn berlin() -> Zone {
    Zone { name: "Europe/Berlin".into(), label: "Berlin".into(), offsets: vec![(Millis::MIN, 60)] }
}

/// A board that is being told a story.
pub struct Night {
    /// The board.
    pub board: Board,
    /// The story's clock.
    pub at: Millis,
    run: String,
    simulated: bool,
    told: u64,
}

impl Night {
    /// Before anything: Redis answers, the server is up.
    pub fn new() -> Self {
        let mut board = Board::new(XNYS.nights(START));
        board.set_server(ServerInfo {
            started: START - 4 * DAY - 8 * HOUR,
            version: "0.1.0".into(),
            environment: Some("PROD".into()),
        });
        board.set_redis(Redis {
            up: true,
            since: START - 4 * DAY - 8 * HOUR,
            address: "redis://127.0.0.1:6379".into(),
            channels: 22,
        });
        board.set_ingest(Ingest::default());
        Self { board, at: START, run: "7f3a91c2".into(), simulated: false, told: 0 }
    }

    /// Says whose events follow.
    pub fn run(&mut self, id: &str) -> &mut Self {
        self.run = id.to_owned();
        self
    }

    /// Says that the events that follow are simulated.
    pub fn simulated(&mut self) -> &mut Self {
        self.simulated = true;
        self
    }

    /// Moves the clock.
    pub fn wait(&mut self, span: Millis) -> &mut Self {
        self.at += span;
        self
    }

    /// Tells an event.
    pub fn tell(&mut self, kind: EventKind) -> &mut Self {
        self.told += 1;
        self.board.apply(&Event {
            at: self.at,
            reported: None,
            run: Some(self.run.clone()),
            job: None,
            simulated: self.simulated,
            fingerprint: self.told,
            kind,
        });
        self.board.set_ingest(Ingest {
            messages: self.told,
            refused: 0,
            dropped: 0,
            homeless: 0,
            last: Some(self.at),
        });
        self
    }

    /// The run begins.
    pub fn begin(&mut self, symbols: u32) -> &mut Self {
        self.tell(EventKind::RunStarted(RunStarted {
            trigger: Some(Trigger::Schedule),
            symbols: Some(symbols),
            phases: Phase::NIGHT.to_vec(),
            universes: vec!["sp500".into()],
            retry_of: None,
        }))
    }

    /// A phase begins.
    pub fn phase(&mut self, phase: &Phase, total: u32) -> &mut Self {
        self.tell(EventKind::PhaseStarted(PhaseStarted::of(phase.clone(), Some(total))))
    }

    /// Symbols come through a phase within `span`; `failing` says which ones do not, and why.
    pub fn symbols(
        &mut self,
        phase: &Phase,
        names: &[String],
        span: Millis,
        failing: &[(usize, &str)],
    ) -> &mut Self {
        let (begun, each) = (self.at, i64::try_from(names.len().max(1)).unwrap());
        for (index, name) in names.iter().enumerate() {
            let step = i64::try_from(index).unwrap() + 1;
            self.at = begun + span * step / each;
            let code =
                failing.iter().find(|(failed, _)| *failed == index).map(|(_, code)| (*code).to_owned());
            let made = match phase {
                Phase::Import => 2_304,
                Phase::Indicators => 15,
                _ => 2,
            };
            self.tell(EventKind::SymbolResult(SymbolResult {
                phase: phase.clone(),
                symbol: name.clone(),
                success: code.is_none(),
                made: code.is_none().then_some(made),
                millis: Some(96 + u32::try_from(index * 37 % 80).unwrap()),
                code,
                frames: vec![],
            }));
            let done = u32::try_from(index + 1).unwrap();
            self.tell(EventKind::PhaseProgress {
                phase: phase.clone(),
                progress: Counts { processed: Some(done), current: Some(name.clone()), ..Counts::default() },
            });
        }
        self
    }

    /// The steps of a cache sync, each of the same length.
    pub fn steps(&mut self, span: Millis) -> &mut Self {
        for (index, name) in
            ["sp500", "nasdaq100", "dow30", "etf_core", "russell3000"].into_iter().enumerate()
        {
            self.tell(EventKind::PhaseProgress {
                phase: Phase::CacheSync,
                progress: Counts {
                    total: Some(5),
                    processed: Some(u32::try_from(index).unwrap()),
                    current: Some(name.into()),
                    unit: Unit::Steps,
                    ..Counts::default()
                },
            });
            self.at += span / 5;
        }
        self
    }

    /// A phase ends.
    pub fn phase_end(&mut self, phase: &Phase, ending: Ending, made: u64) -> &mut Self {
        self.tell(EventKind::PhaseEnded(PhaseEnded {
            frame: None,
            universes: vec![],
            tasks: vec![],
            phase: phase.clone(),
            ending,
            progress: Counts {
                unit: if *phase == Phase::CacheSync { Unit::Steps } else { Unit::Symbols },
                ..Counts::default()
            },
            failed_symbols: vec![],
            made: Some(made),
            reason: None,
        }))
    }

    /// An error message.
    pub fn problem(&mut self, severity: Severity, code: &str, message: &str, phase: &Phase) -> &mut Self {
        self.tell(EventKind::Problem(ProblemReport {
            severity,
            component: "storage".into(),
            code: Some(code.into()),
            message: message.into(),
            symbol: None,
            phase: Some(phase.clone()),
            retrying: true,
        }))
    }

    /// The run ends.
    pub fn end(&mut self, ending: Ending, failed: u32, reason: Option<&str>) -> &mut Self {
        let kind =
            RunEnded { ending, processed: None, failed: Some(failed), reason: reason.map(ToOwned::to_owned) };
        self.tell(EventKind::RunEnded(kind))
    }

    /// A whole night of that many symbols, which began `days` before [`START`].
    pub fn earlier(&mut self, days: i64, id: &str, symbols: u32, ending: Ending, failed: u32) -> &mut Self {
        self.at = START - days * DAY;
        self.run(id).begin(symbols).phase(&Phase::Import, symbols);
        let names = tickers(usize::try_from(failed.max(1)).unwrap());
        let failing: Vec<(usize, &str)> =
            (0..usize::try_from(failed).unwrap()).map(|index| (index, "API_RATE_LIMIT")).collect();
        self.symbols(&Phase::Import, &names, 10 * MINUTE, &failing).wait(37 * MINUTE + days * 40 * SECOND);
        self.end(ending, failed, None)
    }

    /// The run's symbols go through an import alone, in ten minutes, and the run ends well.
    pub fn import(&mut self, names: &[String], failing: &[(usize, &str)]) -> &mut Self {
        let total = u32::try_from(names.len()).unwrap();
        self.tell(EventKind::RunStarted(RunStarted {
            symbols: Some(total),
            phases: vec![Phase::Import],
            universes: vec!["sp500".into()],
            ..RunStarted::default()
        }));
        self.phase(&Phase::Import, total).symbols(&Phase::Import, names, 10 * MINUTE, failing);
        let failed = u32::try_from(failing.len()).unwrap();
        self.phase_end(&Phase::Import, Ending::Success, 1_000).end(Ending::Success, failed, None).wait(MINUTE)
    }

    /// Nights before tonight, one of them with a retry.
    pub fn history(&mut self) -> &mut Self {
        self.earlier(4, "a1c0", 505, Ending::Success, 2).earlier(3, "b2d4", 504, Ending::Success, 1);
        self.earlier(2, "c3e8", 505, Ending::Failed, 188);
        self.at = START - 2 * DAY + 3 * HOUR;
        let left = tickers(188);
        self.run("c3e9").tell(EventKind::RunStarted(RunStarted {
            trigger: Some(Trigger::Manual),
            symbols: Some(188),
            phases: vec![Phase::Import],
            universes: vec![],
            retry_of: None,
        }));
        self.phase(&Phase::Import, 188).symbols(&Phase::Import, &left, 14 * MINUTE, &[]);
        self.end(Ending::Success, 0, None).earlier(1, "d4f1", 505, Ending::Success, 2);
        self.at = START;
        self.run("7f3a91c2")
    }

    /// A stretch without Redis.
    pub fn gap(&mut self, span: Millis) -> &mut Self {
        let number = self.board.open_gap(GapKind::Disconnected, self.at, 0);
        self.at += span;
        self.board.close_gap(number, self.at, 0);
        self
    }

    /// The snapshot of this moment.
    pub fn snapshot(&self) -> Snapshot {
        let changes =
            |topic: &Topic| self.board.changed_since(topic, 0).map(|delta| delta.changes).unwrap_or_default();
        Snapshot {
            channels: None,
            replay: None,
            raw: None,
            protocol: PROTOCOL,
            build: "test".into(),
            epoch: "e".into(),
            seq: self.board.seq(),
            now: self.at,
            board: changes(&Topic::Board),
            feed: changes(&Topic::Feed),
            run: self
                .board
                .tonight(self.at)
                .map(|id| (id.clone(), RunChanges::new(changes(&Topic::Run(id))))),
            exchange: exchange(),
            who: ("Ann".to_owned(), 0),
            viewer: None,
            theme: None,
        }
    }
}
