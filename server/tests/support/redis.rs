//! A Redis of one test alone, and what is published on it: one event after the other, or as fast as it takes them.

use super::{free_port, within};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A Redis of this test alone.
pub struct Redis {
    pub port: u16,
    child: Option<Child>,
    folder: PathBuf,
}

impl Redis {
    pub async fn start() -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("closing-bell-test-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut redis = Self { port, child: None, folder };
        redis.again().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
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
        command.args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no", "--dir"]);
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

    /// Publishes a message. Returns how many heard it.
    pub async fn publish(&self, channel: &str, message: &[u8]) -> i64 {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("PUBLISH").arg(channel).arg(message).query_async(&mut connection).await.unwrap()
    }

    /// Publishes an event as the old simulator spells it.
    pub async fn event(&self, channel: &str, event: &str, payload: Value) {
        let message = json!({ "event": event, "timestamp": "2026-11-20T21:10:00Z", "source": "tests", "payload": payload });
        self.publish(channel, message.to_string().as_bytes()).await;
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
