//! The publisher: raw commands to Redis, at a pace or all at once, on a channel or on the stream; notes when each event left.

use crate::Outcome;
use crate::night::Told;
use crate::process::Process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The stream that outlives a restart of the server.
const STREAM: &str = "closing-bell:events";

/// When each event left, by its number.
#[derive(Debug)]
pub struct Sent {
    base: Instant,
    at: Vec<AtomicU64>,
}

impl Sent {
    /// Room for so many events.
    pub fn new(events: usize) -> Self {
        Self { base: Instant::now(), at: (0..events).map(|_| AtomicU64::new(0)).collect() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    fn note(&self, number: usize) {
        let now = u64::try_from(self.base.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if let Some(at) = self.at.get(number) {
            at.store(now, Ordering::Relaxed);
        }
    }

    /// Microseconds since that event left; nothing, if it has not.
    pub fn since(&self, number: usize) -> Option<u128> {
        let at = self.at.get(number)?.load(Ordering::Relaxed);
        (at > 0).then(|| self.base.elapsed().saturating_sub(Duration::from_nanos(at)).as_micros())
    }
}

/// A connection that publishes.
#[derive(Debug)]
pub struct Publisher {
    stream: TcpStream,
}

impl Publisher {
    /// To that Redis.
    pub async fn to(redis: &Process) -> Outcome<Self> {
        let stream =
            TcpStream::connect(("127.0.0.1", redis.port)).await.map_err(|cause| cause.to_string())?;
        stream.set_nodelay(true).map_err(|cause| cause.to_string())?;
        Ok(Self { stream })
    }

    /// Publishes one and waits for Redis. Returns how many heard it.
    pub async fn say(&mut self, channel: &str, message: &str) -> Outcome<usize> {
        self.write(&command(channel, message)).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n") {
            let byte = self.stream.read_u8().await.map_err(|cause| cause.to_string())?;
            answer.push(byte);
        }
        String::from_utf8_lossy(&answer)
            .trim()
            .trim_start_matches(':')
            .parse()
            .map_err(|_| "Redis refused".to_owned())
    }

    /// Publishes all, each when its moment comes, and notes when it left. `per_second` 0: all at once.
    pub async fn say_all(
        mut self,
        channel: &str,
        messages: &[String],
        per_second: f64,
        sent: &Sent,
    ) -> Outcome {
        let publish = |message: &String| command(channel, message);
        self.send(messages, per_second, 1, publish, |number| sent.note(number)).await.map(|_| ())
    }

    /// Adds all to the stream, each when its moment comes; `per_second` 0: all at once. Returns the id of the last.
    pub async fn add_all(&mut self, messages: &[Told], per_second: f64) -> Outcome<String> {
        // An answer is two lines: how long the id is, and the id.
        self.send(messages, per_second, 2, |(channel, message)| addition("*", channel, message), |_| {}).await
    }

    /// Adds all as if they had come a millisecond apart from a moment on.
    pub async fn add_since(&mut self, messages: &[Told], first: i64) -> Outcome<String> {
        let timed: Vec<(i64, &Told)> = (first..).zip(messages).collect();
        let one = |(at, (channel, message)): &(i64, &Told)| addition(&format!("{at}-0"), channel, message);
        self.send(&timed, 0.0, 2, one, |_| {}).await
    }

    /// Sends a command for each message and reads its answer, of so many lines. Returns the last line.
    async fn send<M>(
        &mut self,
        messages: &[M],
        per_second: f64,
        lines: usize,
        command: impl Fn(&M) -> Vec<u8>,
        mut leaves: impl FnMut(usize),
    ) -> Outcome<String> {
        let (mut answers, mut sender) = self.stream.split();
        // A connection that is closed before its answers were read takes its last commands with it.
        let drain = async {
            let mut buffer = [0; 4_096];
            let (mut left, mut last) = (messages.len() * lines, Vec::new());
            while left > 0 {
                let count = answers.read(&mut buffer).await.map_err(|cause| cause.to_string())?;
                if count == 0 {
                    return Err("Redis closed the connection".to_owned());
                }
                for byte in buffer.get(..count).unwrap_or_default() {
                    match byte {
                        b'\n' if left > 1 => last.clear(),
                        b'\r' | b'\n' => {}
                        other => last.push(*other),
                    }
                    left = left.saturating_sub(usize::from(*byte == b'\n'));
                }
            }
            Ok(String::from_utf8_lossy(&last).into_owned())
        };
        let send = async {
            let begin = Instant::now();
            let mut number = 0;
            for batch in messages.chunks(if per_second > 0.0 { 1 } else { 64 }) {
                if per_second > 0.0 {
                    #[expect(clippy::cast_precision_loss, reason = "few events")]
                    let due = begin + Duration::from_secs_f64(number as f64 / per_second);
                    tokio::time::sleep_until(due.into()).await;
                }
                let bytes: Vec<u8> = batch.iter().flat_map(&command).collect();
                for _ in batch {
                    leaves(number);
                    number += 1;
                }
                sender.write_all(&bytes).await.map_err(|cause| cause.to_string())?;
            }
            Ok(())
        };
        tokio::try_join!(send, drain).map(|((), last)| last)
    }

    async fn write(&mut self, bytes: &[u8]) -> Outcome {
        self.stream.write_all(bytes).await.map_err(|cause| cause.to_string())
    }
}

fn command(channel: &str, message: &str) -> Vec<u8> {
    format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n{message}\r\n", channel.len(), message.len())
        .into_bytes()
}

fn addition(id: &str, channel: &str, message: &str) -> Vec<u8> {
    format!(
        "*7\r\n$4\r\nXADD\r\n${}\r\n{STREAM}\r\n${}\r\n{id}\r\n$7\r\nchannel\r\n${}\r\n{channel}\r\n$7\r\nmessage\r\n${}\r\n{message}\r\n",
        STREAM.len(),
        id.len(),
        channel.len(),
        message.len()
    )
    .into_bytes()
}
