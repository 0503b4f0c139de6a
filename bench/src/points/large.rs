//! A run of ten thousand symbols: its page, a thousand browsers that come back to it, and what the server holds.

use super::Round;
use crate::client;
use crate::event::{CHANNEL, STATUS, find, result, start};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use crate::stats::Samples;
use crate::{Options, Outcome};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
        let mut stream = self.connect().await?;
        for _ in 0..pages {
            let asked = Instant::now();
            self.page(&mut stream).await?;
            samples.add(asked.elapsed().as_micros());
        }
        Ok(samples.percentile(0.99))
    }

    /// The same, of pages that must be rendered anew because the run has gone on.
    pub async fn page_anew(&self, redis: &Process, pages: usize) -> Outcome<f64> {
        let mut samples = Samples::default();
        let mut publisher = Publisher::to(redis).await?;
        let mut stream = self.connect().await?;
        for number in 0..pages {
            let before = self.metric("pages_rendered_total").await?;
            publisher.say(CHANNEL, &result(number, 1)).await?;
            let asked = Instant::now();
            self.page(&mut stream).await?;
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
            let mut stream = self.connect().await?;
            let mut pages = 0_u32;
            while Instant::now() < end {
                self.page(&mut stream).await?;
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
        let mut stream = self.connect().await?;
        self.page(&mut stream).await
    }

    async fn connect(&self) -> Outcome<TcpStream> {
        TcpStream::connect(("127.0.0.1", self.server.port)).await.map_err(|cause| cause.to_string())
    }

    /// Asks for the page and reads it to its end. Returns its length.
    async fn page(&self, stream: &mut TcpStream) -> Outcome<usize> {
        let request = format!(
            "GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept-Encoding: br\r\n\r\n",
            self.server.port
        );
        stream.write_all(request.as_bytes()).await.map_err(|cause| cause.to_string())?;
        let mut answer = Vec::with_capacity(64 << 10);
        loop {
            let count = stream.read_buf(&mut answer).await.map_err(|cause| cause.to_string())?;
            if count == 0 {
                return Err("the page ended early".to_owned());
            }
            let Some(head) = find(&answer, b"\r\n\r\n") else { continue };
            let words = String::from_utf8_lossy(answer.get(..head).unwrap_or_default()).to_ascii_lowercase();
            if !words.starts_with("http/1.1 200") {
                return Err(format!("the page is not served: {words}"));
            }
            let length =
                words.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let complete = match length {
                Some(length) => answer.len() >= head + 4 + length,
                None => answer.ends_with(b"0\r\n\r\n"),
            };
            if complete {
                return Ok(answer.len() - head - 4);
            }
        }
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
        let mut stream = self.connect().await?;
        let request = format!(
            "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.server.port
        );
        stream.write_all(request.as_bytes()).await.map_err(|cause| cause.to_string())?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.map_err(|cause| cause.to_string())?;
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("closing_bell_{name} ")));
        line.and_then(|value| value.trim().parse().ok()).ok_or_else(|| format!("no metric {name}"))
    }
}
