//! What we say of ourselves on the board: the link to Redis, gaps, what was asked here, and what is due. The same for what happens now and for what is told again
//! from the log.

use domain::board::Board;
use domain::record::{Gap, Line, LineKind, Record, Redis, Severity};
use domain::time::Millis;

/// Applies a record of ours.
pub fn apply(board: &mut Board, at: Millis, record: &Record) {
    match record {
        Record::Redis(redis) => redis_changed(board, redis.clone()),
        Record::Gap(gap) => gap_known(board, at, gap),
        Record::Plan(plan) => _ = board.set_plan(plan.clone()),
        Record::Command(command) => _ = board.set_command(at, command.clone()),
        _ => {}
    }
}

fn redis_changed(board: &mut Board, redis: Redis) {
    let text = match (board.redis().map(|was| was.up), redis.up) {
        (Some(true), false) | (None, false) => Some(("Redis is not reachable", Some(Severity::Error))),
        (Some(false), true) => Some(("Redis is reachable again", None)),
        (None, true) => Some(("Connected to Redis", None)),
        _ => None,
    };
    if let Some((text, severity)) = text {
        say(board, redis.since, text.to_owned(), severity);
    }
    board.set_redis(redis);
}

fn gap_known(board: &mut Board, at: Millis, gap: &Gap) {
    let number = board.open_gap(gap.kind, gap.from, gap.lost);
    board.close_gap(number, gap.to.unwrap_or(gap.from), gap.lost);
    say(board, at, gap.sentence(), Some(Severity::Warning));
}

/// A line of ours in the feed.
pub fn say(board: &mut Board, at: Millis, text: String, severity: Option<Severity>) {
    let source = "server".to_owned();
    board.say(Line { at, source, kind: LineKind::Server, symbol: None, text, run: None, severity });
}
