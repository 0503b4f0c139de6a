//! One phase: its name, its line of time, its counts.

use super::drawing::Drawn;
use super::{Axis, drawing};
use crate::clock::use_clock;
use crate::components::paced::paced;
use crate::format::{count, duration, duration_exact, plural};
use crate::live::use_live;
use crate::view::{flag, part, text};
use domain::forecast;
use domain::phase::Phase;
use domain::record::{PhaseRecord, PhaseStatus, Progress, Unit};
use domain::time::Millis;
use leptos::prelude::*;

/// A row of the phases.
#[component]
pub(super) fn PhaseRow(run: u32, phase: String, axis: Memo<Option<Axis>>) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    // (A prop named `slot` would mean something else to the framework.)
    let slot = run;
    let label = Phase::parse(&phase).label();
    // By its key, because texts are stored elsewhere too: another kind of stored value is half a kilobyte.
    let key = StoredValue::new(phase);
    let phase = move || key.with_value(|key| Phase::parse(key));
    let record = move || live.phase(slot, &phase());
    let progress = move || live.progress(slot, &phase()).unwrap_or_default();
    let to_come = move || record().is_none_or(|record| record.started.is_none());
    let current = paced(move || {
        let running = record().is_some_and(|record| record.status == PhaseStatus::Running);
        progress().current().filter(|_| running).map(ToOwned::to_owned).unwrap_or_default()
    });
    let processed = text(move || if to_come() { String::new() } else { count(progress().processed()) });
    let of = text(move || {
        let total = record().filter(|record| record.started.is_some()).map_or(0, |record| record.total);
        if total > 0 { format!(" / {}", count(total)) } else { String::new() }
    });
    let failed =
        text(move || Some(progress().failed()).filter(|failed| *failed > 0).map(count).unwrap_or_default());
    let took = text(move || record().map(|record| took(&record, clock.work().get())).unwrap_or_default());
    let name = label.clone();
    let spoken = text(move || {
        record().map(|record| spoken(&name, &record, &progress(), clock.work().get())).unwrap_or_default()
    });
    let line = text(move || {
        let (Some(axis), Some(mut record)) = (axis.get(), record()) else { return String::new() };
        let came = progress();
        if record.status == PhaseStatus::Done && came.failed() > 0 && came.done() + came.skipped() == 0 {
            // It ended, and not one symbol came through: it did no work.
            record.status = PhaseStatus::Failed;
        }
        let problems = live
            .problems(Some(slot))
            .into_iter()
            .filter(|problem| problem.phase.as_ref() == Some(&record.phase));
        let problems: Vec<Millis> = problems.map(|problem| problem.first).collect();
        let marks = live.marks(slot, &record.phase);
        // The cause that most of its symbols failed for is what it failed of.
        let worst =
            || live.codes(slot).into_iter().find(|code| code.phase == record.phase).map(|code| code.first);
        let fatal =
            worst().or(marks.failed.first().copied()).filter(|_| record.status == PhaseStatus::Failed);
        // Of an adopted run the beginning was not seen, so its pace is not known.
        let paced = live.run(slot).is_some_and(|run| !run.adopted && run.ended.is_none());
        let expected = forecast::phase_end(&record, &progress()).filter(|_| paced);
        let drawn = Drawn { record: &record, marks: &marks, problems: &problems, expected, fatal };
        drawing::line(&axis, &drawn)
    });
    part(view! {
        <div class="prow">
            <div class="pn" class:todo=flag(to_come)>{label}<small>{current}</small></div>
            <svg height="40" role="img" aria-label=spoken inner_html=line></svg>
            <div class="rest">
                <div class="c num">{processed}<i>{of}</i></div>
                <div class="f num">{failed}</div>
                <div class="d num">{took}</div>
            </div>
        </div>
    })
}

fn took(record: &PhaseRecord, now: Millis) -> String {
    match (record.status, record.started) {
        (PhaseStatus::Stopped, None) => "did not start".to_owned(),
        (_, None) => String::new(),
        (_, Some(started)) => duration_exact(record.ended.unwrap_or(now).max(started) - started),
    }
}

/// "Indicators, running, 312 of 505, 3 failed, 14 min".
fn spoken(name: &str, record: &PhaseRecord, progress: &Progress, now: Millis) -> String {
    let state = match record.status {
        PhaseStatus::Waiting => return format!("{name}, to come"),
        PhaseStatus::Running => "running",
        PhaseStatus::Done => "done",
        PhaseStatus::Failed => "failed",
        PhaseStatus::Stopped => "stopped",
    };
    let unit = if record.unit == Unit::Steps {
        plural(record.total.max(2), "step")
    } else {
        plural(record.total.max(2), "symbol")
    };
    let span =
        record.started.map(|started| duration(record.ended.unwrap_or(now) - started)).unwrap_or_default();
    format!(
        "{name}, {state}, {} of {} {unit}, {} failed, {span}",
        progress.processed(),
        record.total,
        progress.failed()
    )
}
