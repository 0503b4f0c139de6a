//! A run of ten thousand symbols: its page, a thousand browsers that come back to it, and what the server holds.

use super::Round;
use crate::client;
use crate::event::{CHANNEL, STATUS, result, start};
use crate::http::{Http, metric};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use crate::stats::Samples;
use crate::{Options, Outcome};
use std::time::{Duration, Instant};

const SYMBOLS: usize = 10_000;
const BROWSERS: usize = 1_000;
const PAGE: &str = "/admin/daily-processing";

/// A server that holds the run, and up to which change, of which epoch, somebody held all of it but the last thousand results.
#[derive(Debug)]
pub struct Large {
    /// The server.
    pub server: Process,
    epoch: String,
    held: u64,
}

/// Of the thousand browsers.
#[derive(Clone, Copy, Debug)]
pub struct Reconnect {
    /// Milliseconds until the last was caught up.
    pub last: f64,
    /// MiB by which the server grew, at its most.
    pub growth: f64,
    /// How often the answer was encoded.
    pub encodings: f64,
}

impl Large {
    /// Starts it and lets the run happen.
    pub async fn start(options: &Options, round: &Round<'_>) -> Outcome<Self> {
        let server = Process::server(Kind::Product, options, round.redis).await?;
        Publisher::to(round.redis).await?.say(STATUS, &start(SYMBOLS)).await?;
        let mut epoch = (String::new(), 0);
        for part in [0..SYMBOLS - 1_000, SYMBOLS - 1_000..SYMBOLS] {
            let last = part.end - 1;
            let messages: Vec<String> = part.map(|number| result(number, 0)).collect();
            let publisher = Publisher::to(round.redis).await?;
            let mut socket = client::open(Kind::Product, &server).await?;
            publisher.say_all(CHANNEL, &messages, 0.0, &Sent::new(messages.len())).await?;
            let at = client::position_of(&mut socket, last).await?;
            if last < SYMBOLS - 1 {
                epoch = at;
            }
        }
        Ok(Self { server, epoch: epoch.0, held: epoch.1 })
    }

    /// MiB with so many connections that hold everything.
    pub async fn memory_with(&self, connections: usize) -> Outcome<f64> {
        let mut held = Vec::new();
        for _ in 0..connections {
            let mut socket = client::open(Kind::Product, &self.server).await?;
            client::settled(Kind::Product, &mut socket).await?;
            held.push(socket);
        }
        Ok(self.server.memory() / 1_024.0)
    }

    /// Milliseconds of one page after the other: 99 of a hundred were sooner.
    pub async fn page_alone(&self, pages: usize) -> Outcome<f64> {
        let mut samples = Samples::default();
        let mut http = Http::to(&self.server).await?;
        for _ in 0..pages {
            let asked = Instant::now();
            page(&mut http).await?;
            samples.add(asked.elapsed().as_micros());
        }
        Ok(samples.percentile(0.99))
    }

    /// The same, of pages that must be rendered anew because the run has gone on.
    pub async fn page_anew(&self, redis: &Process, pages: usize) -> Outcome<f64> {
        let mut samples = Samples::default();
        let mut publisher = Publisher::to(redis).await?;
        let mut http = Http::to(&self.server).await?;
        for number in 0..pages {
            let before = self.metric("pages_rendered_total").await?;
            publisher.say(CHANNEL, &result(number, 1)).await?;
            let asked = Instant::now();
            page(&mut http).await?;
            // One that came before the event was not rendered, and does not count.
            if self.metric("pages_rendered_total").await? > before {
                samples.add(asked.elapsed().as_micros());
            }
        }
        Ok(samples.percentile(0.99))
    }

    /// Pages a second, asked for by eight at a time.
    pub async fn pages_per_second(&self, seconds: f64) -> Outcome<f64> {
        let began = Instant::now();
        let end = began + Duration::from_secs_f64(seconds);
        let one = async || {
            let mut http = Http::to(&self.server).await?;
            let mut pages = 0_u32;
            while Instant::now() < end {
                page(&mut http).await?;
                pages += 1;
            }
            Outcome::Ok(pages)
        };
        let all = futures_util::future::join_all((0..8).map(|_| one())).await;
        let pages = all.into_iter().sum::<Outcome<u32>>()?;
        Ok(f64::from(pages) / began.elapsed().as_secs_f64())
    }

    /// Bytes of the page as it is sent.
    pub async fn page_bytes(&self) -> Outcome<usize> {
        let mut http = Http::to(&self.server).await?;
        page(&mut http).await
    }

    /// A thousand browsers that lack the last thousand results, or everything, ask at once.
    pub async fn reconnect(&self, lack_all: bool) -> Outcome<Reconnect> {
        let before = (self.server.peak(), self.metric("catch_up_encodings_total").await?);
        let held = if lack_all { None } else { Some((self.epoch.as_str(), self.held)) };
        let began = Instant::now();
        let one = async || {
            let mut socket = client::open_after(Kind::Product, &self.server, held).await?;
            client::settled(Kind::Product, &mut socket).await
        };
        let all = futures_util::future::join_all((0..BROWSERS).map(|_| one())).await;
        all.into_iter().collect::<Outcome<Vec<()>>>()?;
        let last = began.elapsed().as_secs_f64() * 1_000.0;
        let encodings = self.metric("catch_up_encodings_total").await? - before.1;
        Ok(Reconnect { last, growth: (self.server.peak() - before.0) / 1_024.0, encodings })
    }

    async fn metric(&self, name: &str) -> Outcome<f64> {
        metric(&self.server, name).await
    }
}

async fn page(http: &mut Http) -> Outcome<usize> {
    http.expect(PAGE, "Accept-Encoding: br\r\n").await
}
