//! The stage of these tests: the real `closing-bell` process, a real Redis and PostgreSQL of its own, and real sockets. Everything on
//! 127.0.0.1, on ports that the system chose; nothing sleeps: a test waits for what it expects and fails when that does not come.

#![allow(dead_code, unused_imports, unused_macros, reason = "each test file uses its part")]

pub mod archive;
pub mod database;
pub mod due;
pub mod ear;
pub mod nights;
pub mod people;
pub mod postgres;
pub mod producer;
pub mod python;
pub mod redis;
pub mod socket;
pub mod stored;
pub mod through;

pub use self::redis::Redis;
pub use socket::Socket;
pub use through::Through;

use serde_json::Value;
use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Error;

/// The password of `admin`.
pub const PASSWORD: &str = "opening bell at nine";

/// Given as a header: the request says nothing of who asks.
pub const ANONYMOUS: (&str, &str) = ("anonymous", "");

/// What is expected comes within this, or the test fails. Long, because machines are slow; nothing waits for it in vain.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something to happen, and says what when it does not.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("did not happen: {what}"))
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A lock among all test programs of this target folder: what is made once there is made by one of them. Held while the file is.
async fn locked(name: &str) -> File {
    let file = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap();
    // Elsewhere: who holds it may be waiting on this very thread.
    let lock = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    lock.await.unwrap().unwrap()
}

/// What the binary prints that does something else than serving.
pub async fn command_line(database: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_closing-bell"));
    command.args(arguments).args(["--database-url", database]).env("NO_COLOR", "1");
    let output = within("the command ends", command.output()).await.unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A token for a database: one for all servers that are started on it.
async fn token_of(database: &str) -> String {
    static TOKENS: tokio::sync::Mutex<Vec<(String, String)>> = tokio::sync::Mutex::const_new(Vec::new());
    let mut tokens = TOKENS.lock().await;
    if let Some((_, token)) = tokens.iter().find(|(known, _)| known == database) {
        return token.clone();
    }
    let token = command_line(database, &["token", "create", "--scope", "read", "--name", "tests"]).await;
    tokens.push((database.to_owned(), token.clone()));
    token
}

/// The server's process.
pub struct Server {
    pub port: u16,
    /// A token that reads, which every request carries that carries nothing else.
    pub token: String,
    /// Where it keeps everything.
    pub database: String,
    child: Child,
    pub log: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Server {
    pub async fn start(redis: &Redis) -> Self {
        Self::start_on(redis, 0, &[]).await
    }

    /// One that may not make a file larger than so many KiB: its disk is full there.
    pub async fn start_limited(redis: &Redis, kib: u32) -> Self {
        let mut command = Command::new("bash");
        let script = format!("trap '' XFSZ; ulimit -S -f {kib}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_closing-bell")]);
        Self::run(command, redis, 0, &[]).await
    }

    /// Its disk has room again.
    pub async fn unlimit(&self) {
        let id = self.child.id().unwrap().to_string();
        let status =
            Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited:"]).status().await.unwrap();
        assert!(status.success());
    }

    pub async fn start_on(redis: &Redis, port: u16, arguments: &[&str]) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_closing-bell")), redis, port, arguments).await
    }

    /// One on a database in which nobody is, with no password set; and what it prints.
    pub async fn start_first(redis: &Redis) -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_closing-bell"));
        command.env("CLOSING_BELL_ADMIN_PASSWORD", "").stdout(Stdio::piped());
        let mut server = Self::run(command, redis, 0, &[]).await;
        let mut lines = BufReader::new(server.child.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        while !printed.contains("password") {
            printed.push_str(&within("a line", lines.next_line()).await.unwrap().unwrap());
        }
        (server, printed)
    }

    async fn run(mut command: Command, redis: &Redis, port: u16, arguments: &[&str]) -> Self {
        command.args(["--addr", &format!("127.0.0.1:{port}"), "--redis-url", &redis.url()]).args(arguments);
        // A database beside its Redis: a server that is started again finds what was kept.
        // And what is counted there stays to be counted.
        command.arg("--keep-values");
        let named = arguments.iter().position(|argument| *argument == "--database-url");
        let named = named.and_then(|at| arguments.get(at + 1));
        let database = named.map_or_else(|| redis.database_url(), |url| (*url).to_owned());
        if named.is_none() {
            command.args(["--database-url", &database]);
        }
        let token = token_of(&database).await;
        let set = command.as_std().get_envs().any(|(name, _)| name == "CLOSING_BELL_ADMIN_PASSWORD");
        if !set {
            command.env("CLOSING_BELL_ADMIN_PASSWORD", PASSWORD);
        }
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
                    return address.trim().split('/').next().unwrap().parse().unwrap();
                }
            }
            panic!("the server ended before it listened");
        })
        .await;
        Self { port, token, database, child, log }
    }

    /// The most memory that it ever held, in KiB, where the system tells.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// The refused messages that it shows, oldest first.
    pub async fn refused(&self) -> Vec<Value> {
        let mut socket = self.socket().await;
        socket.watch(&["channels"], &Value::Null, 0).await;
        let frame = socket.frame("channels").await;
        let number = |change: &Value| change[0].as_str()?.strip_prefix('j')?.parse::<u64>().ok();
        let changes = frame["s"].as_array().unwrap().iter();
        let mut refused: Vec<(u64, Value)> =
            changes.filter_map(|change| Some((number(change)?, change[2].clone()))).collect();
        refused.sort_by_key(|(number, _)| *number);
        refused.into_iter().map(|(_, record)| record).collect()
    }

    /// Kills it, without a chance to say goodbye.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until it writes: what it heard will then be there when it has stopped.
    pub async fn saves(&self) {
        let mut socket = self.socket().await;
        socket.watch(&["board"], &Value::Null, 0).await;
        socket.until("board", 'x', |record| record["on"] == true && record["engine"].is_string()).await;
    }

    /// Asks it to stop, as an operator's system does, and waits until it has.
    pub async fn stop(&mut self) -> std::process::ExitStatus {
        let id = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        within("the server ends", self.child.wait()).await.unwrap()
    }

    /// The same server, asked through something that listens before it.
    pub fn through(&self, port: u16) -> Through<'_> {
        Through::new(self, port)
    }

    /// One request, by hand, so that any header can be sent. Returns status line with headers, and body.
    pub async fn request(&self, path: &str, headers: &[(&str, &str)]) -> (String, String) {
        self.send("GET", path, headers, b"").await
    }

    /// Posts a body, whose length is told unless the headers tell another.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (String, String) {
        self.through(self.port).post(path, headers, body).await
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (String, String) {
        self.through(self.port).send(method, path, headers, body).await
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
        Socket::open(self.port, origin, &[("authorization", &format!("Bearer {}", self.token))]).await
    }
}
