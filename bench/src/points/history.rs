//! Years of nights: how soon a server is there, how soon pages and answers come, what it holds in memory, and a step of looking back.

use super::Round;
use crate::http::Http;
use crate::past::{self, Size, run_id};
use crate::process::{Kind, Process};
use crate::stats::{Samples, spread};
use crate::table::Table;
use crate::{Options, Outcome};
use std::time::Instant;

/// Requests of each kind.
const REQUESTS: i64 = 100;
/// Two months: as much as fills every first page, so that only what lies behind them differs.
const SHORT: Size = Size { runs: 120, events: 30_000 };

/// What is asked for: for people, and for programs. `{id}` stands for a run, another one each time.
const ASKED: [&str; 7] = [
    "/admin/history",
    "/admin/runs/{id}",
    "/admin/events",
    "/api/nights",
    "/api/runs",
    "/api/runs/{id}/symbols",
    "/api/events",
];

/// Measures all of it.
pub async fn measure(options: &Options, round: &Round<'_>, table: &mut Table) -> Outcome {
    let size = if options.quick {
        Size { runs: 200, events: 30_000 }
    } else {
        Size { runs: 2_000, events: 300_000 }
    };
    let (long, short) = (past::of(options, size).await?, past::of(options, SHORT).await?);
    let name = format!("{} runs, {} results, {} messages", size.runs, size.runs * 1_000, size.events);
    let mut starts = Vec::new();
    for _ in 0..if options.quick { 1 } else { 3 } {
        let begun = Instant::now();
        let server = Process::keeper(options, round.redis, &long.file).await?;
        server.answering().await?;
        starts.push(begun.elapsed().as_secs_f64() * 1_000.0);
        server.stop().await?;
    }
    table.goal(&name, "from start to the first answer, ms", spread(&starts).median, "≤ 1,000");
    let server = Process::keeper(options, round.redis, &long.file).await?;
    server.answering().await?;
    for asked in ASKED {
        match p95(&server, |number| named(asked, number, size)).await? {
            Some(p95) => table.goal(&name, &format!("{asked}, p95 ms"), p95, "≤ 50"),
            None => eprintln!("{name}: {asked} is not served"),
        }
    }
    let holds = server.memory() / 1_024.0;
    let step = |number: i64| {
        let (from, to) = long.last;
        format!("/admin/daily-processing?at={}", from + (to - from) * number / REQUESTS)
    };
    let back = p95(&server, step).await?.ok_or("a night cannot be looked back at")?;
    table.goal(&name, "a step of looking back, p95 ms", back, "≤ 100");
    server.stop().await?;
    let server = Process::keeper(options, round.redis, &short.file).await?;
    server.answering().await?;
    ask_all(&server, SHORT).await?;
    let least = server.memory() / 1_024.0;
    server.stop().await?;
    let empty = Process::server(Kind::Product, options, round.redis).await?;
    empty.answering().await?;
    ask_all(&empty, SHORT).await?;
    table.goal(&name, "memory after all that, MiB", holds, "");
    table.goal(&name, &format!("memory, × of a server with {} runs", SHORT.runs), holds / least, "≤ 1.3");
    table.goal(&name, "memory, × of a server with none", holds / (empty.memory() / 1_024.0), "");
    Ok(())
}

/// A path with another run each time.
fn named(asked: &str, number: i64, size: Size) -> String {
    asked.replace("{id}", &run_id(number * 7 % size.runs))
}

/// The same requests as of a long past; of what is not there the answer is that.
async fn ask_all(server: &Process, size: Size) -> Outcome {
    let mut http = Http::to(server).await?;
    for asked in ASKED {
        for number in 0..REQUESTS {
            http.get(&named(asked, number, size), "").await?;
        }
    }
    Ok(())
}

/// Milliseconds within which 95 of a hundred answers came, one asked for after the other; `None`: there is no such page.
async fn p95(server: &Process, path: impl Fn(i64) -> String) -> Outcome<Option<f64>> {
    let (mut http, mut samples) = (Http::to(server).await?, Samples::default());
    for number in 0..REQUESTS {
        let path = path(number);
        let asked = Instant::now();
        let status = http.get(&path, "").await?.status;
        match status {
            200 => samples.add(asked.elapsed().as_micros()),
            404 if number == 0 => return Ok(None),
            other => return Err(format!("{path} answers {other}")),
        }
    }
    Ok(Some(samples.percentile(0.95)))
}
