//! Plays what was asked for, one run after the other, and stops within a step when it is cancelled.
//!
//! A night that is asked for is shaped by the options of `simulate` (failures, scenario, spelling, speed), as one by its schedule.

use super::obey::{Play, Played};
use crate::error::Error;
use crate::listen::tell;
use crate::publish::{Message, Publisher, now};
use crate::simulate::script::{Night, Step, Task, ended, script};
use crate::simulate::{BATCH, Options, Speller, flush, scenario, speed};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Plays until nobody asks any more.
///
/// # Errors
/// When Redis stays away.
pub async fn play(
    options: &Options,
    desk: &Arc<Played>,
    mut plays: mpsc::Receiver<Play>,
    publisher: &mut Publisher,
) -> Result<(), Error> {
    while let Some(play) = plays.recv().await {
        let id = play.asked.run_id.clone();
        tell(&format!("Run {id} begins"));
        let cancelled = one(options, desk, play, publisher).await?;
        desk.book().end(cancelled);
        tell(&format!("Run {id} is {}", if cancelled { "cancelled" } else { "over" }));
    }
    Ok(())
}

/// Plays a run. Returns whether it was cancelled.
async fn one(
    options: &Options,
    desk: &Played,
    mut play: Play,
    publisher: &mut Publisher,
) -> Result<bool, Error> {
    let id = play.asked.run_id.clone();
    let mut speller = Speller::new(options.spelling, options.seed ^ play.number);
    let steps = steps(options, &play);
    let (speed, began) = (speed(options), Instant::now());
    let end = steps.last().map_or(0.0, |step| step.seconds);
    let mut batch: Vec<Message> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let due = Duration::from_secs_f64(step.seconds / speed);
        if let Some(wait) = due.checked_sub(began.elapsed()) {
            flush(&mut batch, publisher).await?;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = play.cancelled.wait_for(|cancelled| *cancelled) => {}
            }
        }
        // What is cancelled before its first word says that one all the same: an end needs a beginning.
        if index > 0 && *play.cancelled.borrow() {
            flush(&mut batch, publisher).await?;
            let message = cancelled(desk, &id, began.elapsed().as_secs_f64() * speed);
            publisher.send(&speller.spell(message)).await?;
            return Ok(true);
        }
        batch.extend(step.messages().into_iter().map(|message| speller.spell(message)));
        if batch.len() >= BATCH {
            flush(&mut batch, publisher).await?;
        }
        desk.book().hear(step, share(index + 1, steps.len()), now() + left(end - step.seconds, speed));
    }
    flush(&mut batch, publisher).await?;
    Ok(false)
}

/// The script of what was asked for.
fn steps(options: &Options, play: &Play) -> Vec<Step> {
    let night = Night { asked: Some(play.asked.clone()), import_only: false, ..options.night(play.number) };
    match play.asked.task {
        Task::Night { .. } => scenario::steps(options.scenario, night),
        _ => script(&scenario::shaped(options.scenario, night)),
    }
}

/// The end of a cancelled run, by its figures.
fn cancelled(desk: &Played, id: &str, seconds: f64) -> Message {
    let book = desk.book();
    let tally = book.current.as_ref().map(|current| &current.run.tally);
    let (through, failed) = tally.map_or((0, 0), |tally| (tally.through, tally.failing.len()));
    ended(id, "cancelled", seconds, usize::try_from(through).unwrap_or(usize::MAX), failed)
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn share(told: usize, all: usize) -> f64 {
    told as f64 / all.max(1) as f64
}

#[expect(clippy::cast_possible_truncation, reason = "at most days")]
fn left(seconds: f64, speed: f64) -> i64 {
    (seconds * 1_000.0 / speed) as i64
}
