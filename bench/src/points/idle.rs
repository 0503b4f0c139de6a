//! What an idle connection holds of the server's memory.

use super::Round;
use crate::client;
use crate::process::{Kind, Process};
use crate::{Options, Outcome};

/// How many connections there can be: both ends of each are files of a process.
pub fn connections(wanted: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let limit = line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok()).unwrap_or(1_024_usize);
    wanted.min(limit.saturating_sub(200))
}

/// KiB for each of so many.
pub async fn server(kind: Kind, options: &Options, round: &Round<'_>, connections: usize) -> Outcome<f64> {
    let server = Process::server(kind, options, round.redis).await?;
    // The first connections bring what all share.
    let mut held = Vec::new();
    for _ in 0..50 {
        held.push(client::open(kind, &server).await?);
    }
    let before = server.memory();
    for _ in 0..connections {
        let mut socket = client::open(kind, &server).await?;
        if kind == Kind::Bridge {
            client::settled(kind, &mut socket).await?;
        }
        held.push(socket);
    }
    // Whatever was on its way has arrived when the last one answers.
    if let Some(last) = held.last_mut() {
        client::answered(last).await?;
    }
    #[expect(clippy::cast_precision_loss, reason = "few connections")]
    let each = (server.memory() - before) / connections as f64;
    Ok(each)
}
