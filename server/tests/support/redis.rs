//! A Redis of one test alone, and what is published on it or added to its stream: one event after the other, or as fast as it
//! takes them.

use super::{free_port, within};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// The stream that producers may add to (`docs/stream.md`).
pub const STREAM: &str = "closing-bell:events";

/// A Redis of this test alone.
pub struct Redis {
    pub port: u16,
    child: Option<Child>,
    folder: PathBuf,
    durable: bool,
}

/// What an entry of the stream holds.
pub type Fields = Vec<(String, Vec<u8>)>;

/// An entry of the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: String,
    pub fields: Fields,
}

impl Redis {
    /// One that forgets everything when it is killed.
    pub async fn start() -> Self {
        Self::of(false).await
    }

    /// One that has written down what it acknowledged: [`Redis::kill`] and [`Redis::again`] lose nothing.
    pub async fn start_durable() -> Self {
        Self::of(true).await
    }

    async fn of(durable: bool) -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("closing-bell-test-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut redis = Self { port, child: None, folder, durable };
        redis.again().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A database of this test alone.
    pub fn database_url(&self) -> String {
        format!("sqlite://{}/closing-bell.db", self.folder.display())
    }

    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }

    /// Starts it (again) on its port.
    pub async fn again(&mut self) {
        let program =
            std::env::var("CLOSING_BELL_TEST_REDIS_SERVER").unwrap_or_else(|_| "redis-server".into());
        let port = self.port.to_string();
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1", "--port", &port, "--save", ""]);
        let appendonly = if self.durable { "yes" } else { "no" };
        command.args(["--appendonly", appendonly, "--appendfsync", "always", "--dir"]);
        command.arg(&self.folder).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        self.child =
            Some(command.spawn().expect("Redis is not installed: cargo xtask test installs it or names it"));
        let answers = async {
            loop {
                if let Ok(client) = redis::Client::open(self.url())
                    && let Ok(mut connection) = client.get_multiplexed_async_connection().await
                    && redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok()
                {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        within("Redis answers", answers).await;
    }

    /// One command, on a connection of its own.
    pub async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> T {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        command.query_async(&mut connection).await.unwrap()
    }

    /// Publishes a message. Returns how many heard it.
    pub async fn publish(&self, channel: &str, message: &[u8]) -> i64 {
        self.ask(redis::cmd("PUBLISH").arg(channel).arg(message)).await
    }

    /// Publishes an event as the old simulator spells it.
    pub async fn event(&self, channel: &str, event: &str, payload: Value) {
        self.publish(channel, &spelled(event, &payload)).await;
    }

    /// Adds a message to the stream, as `docs/stream.md` says. Returns the entry's id.
    pub async fn add(&self, channel: &str, message: &[u8]) -> String {
        let mut add = redis::cmd("XADD");
        add.arg(STREAM).arg("MAXLEN").arg("~").arg(1_000_000).arg("*");
        self.ask(add.arg("channel").arg(channel).arg("message").arg(message)).await
    }

    /// Adds an event to the stream: the same bytes as [`Redis::event`] publishes. Returns the entry's id.
    pub async fn add_event(&self, channel: &str, event: &str, payload: Value) -> String {
        self.add(channel, &spelled(event, &payload)).await
    }

    /// Forgets all entries of the stream but the newest, exactly. Returns how many it forgot.
    pub async fn trim(&self, maxlen: u64) -> u64 {
        self.ask(redis::cmd("XTRIM").arg(STREAM).arg("MAXLEN").arg("=").arg(maxlen)).await
    }

    /// Everything in the stream, oldest first.
    pub async fn entries(&self) -> Vec<Entry> {
        let all: Vec<(String, Fields)> = self.ask(redis::cmd("XRANGE").arg(STREAM).arg("-").arg("+")).await;
        all.into_iter().map(|(id, fields)| Entry { id, fields }).collect()
    }

    /// A run starts.
    pub async fn run_started(&self, run: &str, symbols: u32) {
        let payload = json!({ "run_id": run, "symbols_count": symbols, "trigger_type": "manual", "phases": ["import"] });
        self.event("tickstock:processing:status", "processing_started", payload).await;
    }

    /// An import says how far it is.
    pub async fn import_progress(&self, run: &str, done: u32, total: u32) {
        let payload = json!({ "run_id": run, "symbols_total": total, "symbols_completed": done, "symbols_failed": 0, "current_symbol": "AAPL" });
        self.event("tickstock:import:progress", "import_progress", payload).await;
    }
}

/// An event's bytes, as the old simulator spells it.
fn spelled(event: &str, payload: &Value) -> Vec<u8> {
    let message =
        json!({ "event": event, "timestamp": "2026-11-20T21:10:00Z", "source": "tests", "payload": payload });
    message.to_string().into_bytes()
}

/// Publishes as fast as Redis takes: commands are written without waiting for their answers, which are read beside.
pub struct Pipeline {
    commands: Vec<u8>,
    count: usize,
    sender: tokio::net::tcp::OwnedWriteHalf,
    answers: BufReader<tokio::net::tcp::OwnedReadHalf>,
}

impl Pipeline {
    pub async fn to(redis: &Redis) -> Self {
        let (answers, sender) = TcpStream::connect(("127.0.0.1", redis.port)).await.unwrap().into_split();
        Self { commands: Vec::new(), count: 0, sender, answers: BufReader::new(answers) }
    }

    pub fn publish(&mut self, channel: &str, message: &[u8]) {
        let head =
            format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n", channel.len(), message.len());
        self.commands.extend(head.as_bytes());
        self.commands.extend(message);
        self.commands.extend(b"\r\n");
        self.count += 1;
    }

    /// Sends what was written so far, if it is more than this many bytes.
    pub async fn flush_above(&mut self, bytes: usize) {
        if self.commands.len() > bytes {
            self.send_times(1).await;
            self.commands.clear();
            self.count = 0;
        }
    }

    /// Sends what was written so far, and waits for the last answer.
    pub async fn finish(mut self) {
        self.send_times(1).await;
    }

    /// Sends what was written so far, again and again, as fast as Redis takes it, and waits for the last answer.
    pub async fn send_times(&mut self, times: usize) {
        self.send_paced(times, Duration::ZERO).await;
    }

    /// Sends what was written so far once in every `pace`, and waits for the last answer.
    pub async fn send_paced(&mut self, times: usize, pace: Duration) {
        let (sender, commands, answers) = (&mut self.sender, &self.commands, &mut self.answers);
        let expected = self.count * times;
        let send = async {
            let mut tick = (!pace.is_zero()).then(|| tokio::time::interval(pace));
            for _ in 0..times {
                if let Some(tick) = &mut tick {
                    tick.tick().await;
                }
                sender.write_all(commands).await.unwrap();
            }
        };
        let read = async {
            let mut answer = String::new();
            for _ in 0..expected {
                answer.clear();
                answers.read_line(&mut answer).await.unwrap();
                assert!(answer.starts_with(':'), "{answer}");
            }
        };
        tokio::join!(send, read);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
