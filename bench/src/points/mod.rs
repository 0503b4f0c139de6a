//! The points that are measured, in interleaved rounds.

mod burst;
mod cut;
mod history;
mod idle;
mod killed;
mod large;
mod latency;
mod page;
mod parsed;
mod produced;
mod saved;
mod small;
mod stalled;

use crate::process::{Kind, Process};
use crate::stats::spread;
use crate::table::Table;
use crate::{Options, Outcome};
use large::Large;
use latency::{Figures, Load};

/// What the targets of a round share.
#[derive(Debug)]
pub struct Round<'a> {
    /// The Redis that all listen to.
    pub redis: &'a Process,
}

/// Measures everything and prints the table.
pub async fn all(options: &Options) -> Outcome {
    let redis = Process::redis(options).await?;
    let round = Round { redis: &redis };
    let rounds = if options.quick { 1 } else { 3 };
    let mut table = Table::default();
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| name.contains(only));
    for (name, connections, per_second, events) in [
        ("1 connection, 500/s", 1, 500.0, 4_000),
        ("100 connections, 200/s", 100, 200.0, 1_600),
        ("1,000 connections, 20/s", 1_000, 20.0, 160),
    ] {
        if !wanted(name) {
            continue;
        }
        let load = Load { connections, per_second, events: if options.quick { events / 2 } else { events } };
        let (mut floor, mut bridge, mut product) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            floor.push(latency::floor(&round, load).await?);
            bridge.push(latency::server(Kind::Bridge, options, &round, load).await?);
            product.push(latency::server(Kind::Product, options, &round, load).await?);
        }
        let of = |all: &[Figures], pick: fn(&Figures) -> f64| all.iter().map(pick).collect::<Vec<f64>>();
        let columns = |pick: fn(&Figures) -> f64| [of(&floor, pick), of(&bridge, pick), of(&product, pick)];
        table.compare(name, "p50, ms", columns(|figures| figures.p50));
        table.compare(name, "p99, ms", columns(|figures| figures.p99));
        table.compare(name, "lost, %", columns(|figures| figures.lost * 100.0));
        table.compare(name, "CPU per delivery, µs", columns(|figures| figures.cpu));
    }
    if wanted("20,000 at once") {
        let (mut bridge, mut product) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            bridge.push(burst::server(Kind::Bridge, options, &round).await?);
            product.push(burst::server(Kind::Product, options, &round).await?);
        }
        let columns = |pick: fn(&burst::Figures) -> f64| {
            [Vec::new(), bridge.iter().map(pick).collect(), product.iter().map(pick).collect()]
        };
        let name = "20,000 events about 5,000 symbols at once, 50 connections";
        table.compare(name, "last has all, ms", columns(|figures| figures.last));
        table.compare(name, "never had all, %", columns(|figures| figures.without));
        table.compare(name, "CPU, ms", columns(|figures| figures.cpu));
    }
    if wanted("idle") {
        let connections = idle::connections(if options.quick { 1_000 } else { 5_000 });
        let bridge = idle::server(Kind::Bridge, options, &round, connections).await?;
        let product = idle::server(Kind::Product, options, &round, connections).await?;
        table.compare(
            &format!("{connections} idle connections"),
            "KiB each",
            [Vec::new(), vec![bridge], vec![product]],
        );
    }
    if wanted("small") {
        #[expect(clippy::cast_precision_loss, reason = "a frame is small")]
        table.goal(
            "one change of progress",
            "bytes",
            small::progress_bytes(options, &round).await? as f64,
            "≤ 120",
        );
        table.goal("the server at rest", "memory, MiB", small::at_rest(options, &round).await?, "≤ 30");
    }
    if wanted("10,000 symbols") {
        let large = Large::start(options, &round).await?;
        let name = "a run of 10,000 symbols";
        table.goal(name, "memory with 100 connections, MiB", large.memory_with(100).await?, "≤ 60");
        table.goal(name, "page alone, p99 ms", large.page_alone(200).await?, "≤ 10");
        table.goal(name, "page of a new state, p99 ms", large.page_anew(&redis, 200).await?, "≤ 10");
        table.goal(name, "pages a second", large.pages_per_second(3.0).await?, "≥ 1,000");
        #[expect(clippy::cast_precision_loss, reason = "a page is small")]
        table.goal(name, "page, kB", large.page_bytes().await? as f64 / 1_000.0, "");
        let missed = large.reconnect(false).await?;
        table.goal(name, "1,000 come back, 1,000 results missed: last, ms", missed.last, "≤ 2,000");
        table.goal(name, "their encodings, of two topics", missed.encodings, "2");
        table.goal(name, "memory grows by, MiB", missed.growth, "≤ 64");
        let all = large.reconnect(true).await?;
        table.goal(name, "1,000 come with nothing: last, ms", all.last, "≤ 2,000");
        table.goal(name, "memory grows by, MiB, then", all.growth, "≤ 64");
    }
    if wanted("browser") {
        let seconds = options.watch.unwrap_or(if options.quick { 10 } else { 60 });
        for symbols in [500, 10_000] {
            let figures = page::dashboard(options, &round, symbols, seconds).await?;
            let name = format!("a browser on a run of {symbols} symbols, 200/s, {seconds} s");
            table.goal(&name, "first load, kB", figures.load, "≤ 260");
            table.goal(&name, "main thread, % of a core", figures.busy, "≤ 20");
            table.goal(&name, "longest task above 50 ms, ms", figures.longest, "0");
            table.goal(&name, "heap grows by, KiB a minute", figures.growth, "flat");
            table.goal(&name, "nodes", figures.nodes, "");
        }
    }
    if wanted("cut") {
        let seconds = if options.quick { 3.0 } else { 8.0 };
        let cut = cut::product(options, &round, seconds).await?;
        let name = "20 connections, each cut once a second, 500/s";
        table.goal(name, "cuts", cut.cuts, "");
        table.goal(name, "results missed", cut.missed, "0");
        table.goal(name, "results told twice", cut.twice, "0");
    }
    if wanted("stop reading") {
        let events = if options.quick { 2_000 } else { 6_000 };
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            without.push(stalled::server(Kind::Product, options, &round, false, events).await?);
            with.push(stalled::server(Kind::Product, options, &round, true, events).await?);
        }
        let name = "5 of 20 connections stop reading, 2,000/s";
        let p99 = |all: &[stalled::Figures]| {
            spread(&all.iter().map(|figures| figures.p99).collect::<Vec<f64>>()).median
        };
        let worst = |pick: fn(&stalled::Figures) -> f64| with.iter().map(pick);
        table.goal(name, "p99 of the others, × of without", p99(&with) / p99(&without), "≤ 1.1");
        table.goal(
            name,
            "queued for one of them, KiB",
            worst(|figures| figures.queued).fold(0.0, f64::max),
            "≤ 256",
        );
        table.goal(
            name,
            "right once they read again, of 5",
            worst(|figures| figures.right).fold(5.0, f64::min),
            "5",
        );
    }
    if wanted("saved") {
        saved::measure(options, &mut table).await?;
    }
    if wanted("history") {
        history::measure(options, &round, &mut table).await?;
    }
    if wanted("parsed") {
        parsed::measure(options, &mut table).await?;
    }
    if wanted("produced") {
        produced::measure(options, &mut table).await?;
    }
    if wanted("killed") {
        killed::measure(options, &mut table).await?;
    }
    println!("Machine: {}", machine());
    table.print();
    // A single round is for looking; what is kept or compared must be worth it.
    table.sound().or_else(|void| {
        eprintln!("bench: {void}");
        if options.keep || options.check { Err(void) } else { Ok(()) }
    })?;
    if options.keep {
        table.keep(&options.ratios)?;
    }
    if options.check { table.check(&options.ratios) } else { Ok(()) }
}

/// How busy the machine is, and how many cores it has.
fn machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores, load {}", load.split_whitespace().next().unwrap_or("unknown"))
}
