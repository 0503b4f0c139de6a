//! The real processor, simulating and obeying (`docs/simulator.md`), and a server that may tell it something by one of the two ways.

use super::people::{Asker, status};
use super::{PATIENCE, Redis, Server, Socket, locked, within};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Which way commands go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Http,
    Redis,
}

/// A night in a moment, of which more than ten fail; two of them nobody lists.
pub const FAST: [&str; 6] = ["--symbols", "200", "--speed", "1000000", "--scenario", "rate-limited"];
/// A night that has said that it begins, and says nothing more for minutes.
pub const STILL: [&str; 4] = ["--symbols", "40", "--speed", "0.01"];

/// The processor's process.
pub struct Producer {
    pub port: u16,
    child: Child,
}

/// The processor, made of the same sources as the server that is tested.
async fn built() -> std::path::PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_closing-bell")).with_file_name("processor");
    let _one = locked("processor").await;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "processor", "--target-dir"]);
    let folder = program.parent().and_then(Path::parent).unwrap();
    build.arg(folder).current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().await.unwrap().success(), "the processor is built");
    program
}

impl Producer {
    pub async fn start(redis: &Redis, options: &[&str]) -> Self {
        let mut command = Command::new(built().await);
        command.args(["simulate", "--listen", "127.0.0.1:0"]).args(options).env("REDIS_URL", redis.url());
        command.env_remove("PROCESSOR_API_KEY").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = within("the producer listens", lines.next_line()).await.unwrap().unwrap();
        let port = line.strip_prefix("Listening for commands at http://127.0.0.1:").unwrap();
        let port = port.split(' ').next().unwrap().parse().unwrap();
        // Nobody reads the rest, and it must not wait for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { port, child }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        within("the producer answers", stream.read_to_string(&mut answer)).await.unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// What goes wrong with the next commands.
    pub async fn fault(&self, fault: &str, times: u32) {
        self.ask("POST", "/simulate/fault", &json!({ "fault": fault, "times": times }).to_string()).await;
    }

    /// The runs that it has played or plays, newest first.
    pub async fn runs(&self) -> Vec<Value> {
        let told = self.ask("GET", "/api/processing/history?days=1", "").await;
        told["runs"].as_array().unwrap().clone()
    }

    /// Waits until it would play another.
    pub async fn idle(&self) {
        within("the producer is idle", async {
            while self.ask("GET", "/api/processing/status", "").await["is_running"] == true {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// A producer, and a server that tells it something by one way.
pub struct Told {
    pub redis: Redis,
    pub producer: Producer,
    pub server: Server,
    pub operator: Asker,
    pub by: By,
}

impl Told {
    pub async fn start(by: By, options: &[&str]) -> Self {
        Self::start_on(by, Redis::start().await, options).await
    }

    pub async fn start_on(by: By, redis: Redis, options: &[&str]) -> Self {
        let producer = Producer::start(&redis, options).await;
        let server = serve(by, &redis, &producer).await;
        let operator = server.token("operator", "operate").await;
        Self { redis, producer, server, operator, by }
    }

    /// The server dies. What it holds in its database grows older by so many seconds, and it is started again.
    pub async fn dies_and_comes_back(&mut self, seconds: i64) {
        self.server.kill().await;
        let pool = super::database::database(&self.server.database).await;
        let statement = "UPDATE commands SET asked = asked - $1, since = since - $1";
        sqlx::query(statement).bind(seconds * 1_000).execute(&pool).await.unwrap();
        pool.close().await;
        self.server = serve(self.by, &self.redis, &self.producer).await;
    }

    /// Asks for something; the answer's status, and what it says.
    pub async fn ask(&self, what: &str, body: &Value) -> (u16, Value) {
        asks(&self.server, &self.operator, &format!("/api/processing/{what}"), body, None).await
    }

    /// Asks for something that is taken, by the status that this way has; what is answered.
    pub async fn taken(&self, what: &str, body: Value) -> Value {
        let (status, told) = self.ask(what, &body).await;
        let (expected, word) = match self.by {
            By::Http => (200, "triggered"),
            By::Redis => (202, "sent"),
        };
        let expected = if what == "cache-sync/trigger" { 202 } else { expected };
        assert_eq!((status, &told["success"]), (expected, &json!(true)), "{what}: {told}");
        let word = if what == "daily/cancel" && self.by == By::Http { "accepted" } else { word };
        assert_eq!(told["status"], word, "{what}: {told}");
        told
    }

    /// Asks for a run that is taken, and waits until it is over. Returns what was answered, and the run.
    pub async fn played(&self, what: &str, body: Value) -> (Value, Value) {
        let told = self.taken(what, body).await;
        let command = self.became(&told["command"], "started").await;
        let id = if told["run_id"].is_string() { &told["run_id"] } else { &told["job_id"] };
        assert_eq!(&command["run"], id, "{what}: {told}");
        let run = over(&self.server, id.as_str().unwrap()).await;
        self.producer.idle().await;
        (told, run)
    }

    /// Waits until this became of a command; its record.
    pub async fn became(&self, command: &Value, state: &str) -> Value {
        became(&self.server, command.as_str().unwrap(), state).await
    }

    /// A command, by the API.
    pub async fn command(&self, id: &Value) -> Value {
        self.server.json(&format!("/api/commands/{}", id.as_str().unwrap())).await["command"].clone()
    }
}

async fn serve(by: By, redis: &Redis, producer: &Producer) -> Server {
    let url = producer.url();
    let arguments: &[&str] = if by == By::Http { &["--processor-url", &url] } else { &[] };
    Server::start_on(redis, 0, arguments).await
}

/// Posts JSON.
pub async fn asks(server: &Server, who: &Asker, path: &str, body: &Value, key: Option<&str>) -> (u16, Value) {
    let origin = format!("http://127.0.0.1:{}", server.port);
    let mut headers = vec![who.header(), ("Content-Type", "application/json"), ("Origin", &origin)];
    headers.extend(key.map(|key| ("Idempotency-Key", key)));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (head, told) = server.post(path, &headers, body.as_bytes()).await;
    (status(&head), serde_json::from_str(&told).unwrap_or_else(|_| panic!("no JSON: {head} {told}")))
}

async fn board(server: &Server) -> Socket {
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket
}

/// Waits until this became of a command; its record.
pub async fn became(server: &Server, command: &str, state: &str) -> Value {
    let wanted = |record: &Value| record["id"] == command && record["state"] == state;
    board(server).await.until("board", 'o', wanted).await.1
}

/// Waits until a run is over; its record.
pub async fn over(server: &Server, run: &str) -> Value {
    let wanted = |record: &Value| record["id"] == run && record["status"] != "running";
    board(server).await.until("board", 'r', wanted).await.1
}

/// Waits until a run is heard of; its record.
pub async fn heard(server: &Server, wanted: impl Fn(&Value) -> bool) -> Value {
    board(server).await.until("board", 'r', wanted).await.1
}
