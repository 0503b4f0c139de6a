//! Nights for the archive: those that the board was told, and many more like them.

use crate::support::night::{START, exchange};
use crate::support::page::keep;
use crate::support::{Night, berlin, ended};
use app::archive::{self, Archived, EventRow, Facts, History, Night as Archive, Source, SymbolNight};
use app::live::views_of;
use app::location::Location;
use app::pages::ArchiveHtml;
use app::shell::{Assets, document};
use domain::event::Ending;
use domain::phase::Phase;
use domain::record::{Outcome, OutcomeStatus, RunStatus, Symbol};
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use domain::verdict::RunView;
use leptos::prelude::*;
use std::sync::{Arc, LazyLock};

/// An hour after the last night.
pub const NOW: Millis = START + 2 * HOUR;

/// Both clocks differ: all times are told twice.
pub fn facts() -> Facts {
    Facts { now: NOW, exchange: exchange(), viewer: Some(berlin()) }
}

/// The page within its document, also written where it can be looked at.
pub fn rendered(name: &str, address: &str, page: &Archived) -> String {
    let html = archive::html(page, &facts());
    let mut snapshot = Night::new().snapshot();
    snapshot.viewer = Some(berlin());
    snapshot.now = NOW;
    let html = Owner::new().with(|| {
        provide_context::<ArchiveHtml>(html);
        provide_context(Location::at(address));
        provide_context(Arc::new(snapshot));
        provide_context(Arc::new(Assets { css: "style.css".into(), ..Assets::default() }));
        document().to_html()
    });
    keep(&format!("archive-{name}"), &html);
    html
}

/// A whole night of 505 symbols with two failures, one of them new.
pub fn told() -> RunView {
    static TOLD: LazyLock<RunView> = LazyLock::new(tell);
    TOLD.clone()
}

fn tell() -> RunView {
    let night = ended(Ending::Success, &[(37, "INSUFFICIENT_DATA"), (118, "NETWORK_TIMEOUT")], None);
    views_of(&night.snapshot().board).pop().unwrap()
}

/// A night like it, `back` nights before, without weekends.
pub fn before(back: i64) -> RunView {
    let mut view = told();
    // Five nights a week: the last is a Friday's.
    let days = back + back / 5 * 2;
    let shift = days * DAY;
    let run = &mut view.run;
    (run.night, run.id) = (run.night - days, format!("{:04x}91c2", 0x7f3a - back * 17));
    let slower = (back * 37 % 11 - 4) * MINUTE + back % 7 * 9 * SECOND;
    (run.started, run.heard) = (run.started - shift, run.heard - shift);
    run.ended = run.ended.map(|end| end - shift + slower);
    for (phase, _) in &mut view.phases {
        phase.started = phase.started.map(|at| at - shift);
        phase.ended = phase.ended.map(|at| at - shift + slower / 4);
    }
    run.newly = Some(0);
    match back {
        7 | 41 => {
            run.failing = 188;
            run.status = RunStatus::Failed;
        }
        12 => (run.failing, run.newly) = (17, Some(12)),
        23 => run.status = RunStatus::Cancelled,
        _ => run.failing = u32::try_from(back * 7 % 5).unwrap(),
    }
    run.failed = None;
    for (_, progress) in &mut view.phases {
        progress.1 = 0;
    }
    view
}

/// That many nights, newest first.
pub fn nights(count: i64) -> Vec<RunView> {
    (0..count).map(before).collect()
}

/// A full page of history, with a retry and more behind it.
pub fn history() -> History {
    let views = nights(60);
    let retry = |of: &RunView| {
        let mut run = of.clone();
        (run.run.id, run.run.symbols, run.run.failing) = (format!("{}-retry", of.run.id), 188, 0);
        run.run.status = RunStatus::Success;
        run.run.trigger = Some(domain::record::Trigger::Manual);
        (run.run.started, run.run.ended) =
            (of.run.started + 3 * HOUR, Some(of.run.started + 3 * HOUR + 14 * MINUTE));
        run.phases.truncate(1);
        run.phases[0].0.total = 188;
        run
    };
    let night = |(index, view): (usize, &RunView)| Archive {
        runs: if view.run.status == RunStatus::Failed {
            vec![view.clone(), retry(view)]
        } else {
            vec![view.clone()]
        },
        usual: (index < 45).then_some(48 * MINUTE),
        before: views.get(index + 1).map(|view| view.run.night),
    };
    History {
        last: views[..30].to_vec(),
        nights: views[..50].iter().enumerate().map(night).collect(),
        older: views.get(49).map(|view| view.run.night),
        universes: vec!["sp500".into(), "nasdaq100".into()],
        ..History::default()
    }
}

/// What became of a symbol in a night.
pub fn symbol_night(back: i64) -> SymbolNight {
    let view = before(back);
    let outcome = |phase: Phase, made, code: Option<&str>| Outcome {
        phase,
        status: if code.is_some() { OutcomeStatus::Failed } else { OutcomeStatus::Done },
        at: view.run.started,
        made,
        millis: Some(126),
        code: code.map(ToOwned::to_owned),
    };
    let failing = (back < 3 || back == 11).then_some("INSUFFICIENT_DATA");
    let outcomes = vec![
        outcome(Phase::Import, Some(2_304), None),
        outcome(Phase::Indicators, failing.is_none().then_some(15), failing),
        outcome(Phase::Patterns, Some(2), None),
    ];
    let symbol = (back != 17).then_some(Symbol { outcomes, newly: back == 2, ..Symbol::default() });
    SymbolNight { night: view.run.night, run: view.run.id, symbol, retry: None }
}

/// A row of the log.
pub fn event(back: u64) -> EventRow {
    let symbol = ["HON", "BRK.B", "AAPL"][usize::try_from(back % 3).unwrap()];
    let failed = back % 7 == 3;
    let (name, says) = if back.is_multiple_of(20) {
        ("data_import_progress", "Import 61 %: 312 of 505, 3 failed, now HON".to_owned())
    } else if failed {
        ("symbol_processing_complete", format!("{symbol} import failed: rate limited"))
    } else {
        ("symbol_processing_complete", format!("{symbol} import done, 2 304 records in 126 ms"))
    };
    EventRow {
        number: 48_213 - back,
        at: NOW - HOUR - i64::try_from(back).unwrap() * 311_017,
        source: [Source::Channel, Source::Stream, Source::Http]
            [usize::try_from(back % 9 / 4).unwrap().min(2)],
        channel: "tickstock:import:progress".into(),
        name: name.into(),
        run: (back % 11 != 5).then(|| "7f3a91c2".into()),
        symbol: (!back.is_multiple_of(20)).then(|| symbol.into()),
        says,
    }
}
