//! The stage of these tests: the real `closing-bell` process, a real Redis of its own, and real sockets. Everything on 127.0.0.1,
//! on ports that the system chose; nothing sleeps: a test waits for what it expects and fails when that does not come.

#![allow(dead_code, reason = "each test file uses its part")]

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// What is expected comes within this, or the test fails. Long, because machines are slow; nothing waits for it in vain.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something to happen, and says what when it does not.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("did not happen: {what}"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

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

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The server's process.
pub struct Server {
    pub port: u16,
    child: Child,
    pub log: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Server {
    pub async fn start(redis: &Redis) -> Self {
        Self::start_on(redis, 0, &[]).await
    }

    pub async fn start_on(redis: &Redis, port: u16, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_closing-bell"));
        command.args(["--addr", &format!("127.0.0.1:{port}"), "--redis-url", &redis.url()]).args(arguments);
        command.env("NO_COLOR", "1").env_remove("RUST_LOG").stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (tell, mut log) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let _ = tell.send(line);
            }
        });
        let port = within("the server listens", async {
            while let Some(line) = log.recv().await {
                if let Some((_, address)) = line.split_once("listening on http://127.0.0.1:") {
                    return address.trim().parse().unwrap();
                }
            }
            panic!("the server ended before it listened");
        })
        .await;
        Self { port, child, log }
    }

    /// Asks it to stop, as an operator's system does, and waits until it has.
    pub async fn stop(&mut self) -> std::process::ExitStatus {
        let id = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        within("the server ends", self.child.wait()).await.unwrap()
    }

    /// One request, by hand, so that any header can be sent. Returns status line with headers, and body.
    pub async fn request(&self, path: &str, headers: &[(&str, &str)]) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        let mut request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.push_str(&format!("Host: {host}\r\n"));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        within("an answer", stream.read_to_end(&mut answer)).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        (head.to_owned(), body.to_owned())
    }

    pub async fn json(&self, path: &str) -> Value {
        let (_, body) = self.request(path, &[]).await;
        serde_json::from_str(&body).unwrap_or_else(|_| panic!("no JSON: {body}"))
    }

    /// A number of `/metrics`.
    pub async fn metric(&self, name: &str) -> u64 {
        let (_, text) = self.request("/metrics", &[]).await;
        let line = text.lines().find(|line| line.starts_with(&format!("closing_bell_{name} ")));
        let value =
            line.and_then(|line| line.split(' ').nth(1)).unwrap_or_else(|| panic!("no {name} in {text}"));
        value.parse::<f64>().unwrap() as u64
    }

    pub async fn socket(&self) -> Socket {
        self.socket_from(Some(&format!("http://127.0.0.1:{}", self.port))).await.unwrap()
    }

    pub async fn socket_from(&self, origin: Option<&str>) -> Result<Socket, Error> {
        let mut request = format!("ws://127.0.0.1:{}/live", self.port).into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Socket { stream, hello: Value::Null }.greeted().await)
    }
}

/// A socket on `/live`.
pub struct Socket {
    stream: tokio_tungstenite::WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub hello: Value,
}

impl Socket {
    async fn greeted(mut self) -> Self {
        self.hello = self.next().await;
        assert!(self.hello["hello"].is_u64(), "the first message is the hello: {}", self.hello);
        self
    }

    pub async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    pub async fn send_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Watches topics from where it holds them.
    pub async fn watch(&mut self, topics: &[&str], epoch: &Value, after: u64) {
        self.send(&json!({ "watch": topics, "epoch": epoch, "after": after }).to_string()).await;
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        within("a message on the socket", async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Close(close))) => {
                        return json!({ "closed": close.map(|close| u16::from(close.code)) });
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return json!({ "broken": error.to_string() }),
                    None => return json!({ "closed": null }),
                }
            }
        })
        .await
    }

    /// The next frame of a topic.
    pub async fn frame(&mut self, topic: &str) -> Value {
        within(&format!("a frame of {topic}"), self.next_of(topic)).await
    }

    async fn next_of(&mut self, topic: &str) -> Value {
        loop {
            let message = self.next().await;
            assert!(message.get("closed").is_none() && message.get("broken").is_none(), "{message}");
            if message["f"] == topic {
                return message;
            }
        }
    }

    /// The first frame of a topic that holds a record under a key of this kind which `wanted` accepts, and that record. What
    /// came instead is said when it does not come.
    pub async fn until(
        &mut self,
        topic: &str,
        kind: char,
        wanted: impl Fn(&Value) -> bool,
    ) -> (Value, Value) {
        let mut latest = Value::Null;
        let search = async {
            loop {
                let frame = self.next_of(topic).await;
                let changes = frame["s"].as_array().unwrap();
                let found = changes
                    .iter()
                    .find(|change| change[0].as_str().unwrap().starts_with(kind) && wanted(&change[2]));
                if let Some(found) = found {
                    let record = found[2].clone();
                    return (frame, record);
                }
                latest = frame;
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.unwrap_or_else(|_| panic!("no such record of {kind} in {topic}; the latest frame was {latest}"))
    }
}
