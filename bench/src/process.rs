//! The processes of a round: Redis, and the server that is measured; what they used, as the system tells.

use crate::admitted::admit;
use crate::http::Http;
use crate::{Options, Outcome};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The tuned bridge.
    Bridge,
    /// Closing Bell.
    Product,
}

/// A process of ours; it ends with this, and what it kept goes with it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    named: String,
    /// Where it listens.
    pub port: u16,
    _kept: Option<Folder>,
}

/// A folder that is there as long as this.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub fn new() -> Outcome<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("closing-bell-bench-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
        Ok(Self(path))
    }

    /// The database in it.
    pub fn database(&self) -> PathBuf {
        self.0.join("closing-bell.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind it would only be in the way of nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A free port. (Somebody could take it before it is used; then the process says so.)
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|cause| cause.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|cause| cause.to_string())
}

/// The address of a database in a file.
pub fn database_url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

impl Process {
    /// A Redis that keeps nothing.
    pub async fn redis(options: &Options) -> Outcome<Self> {
        let port = free_port()?;
        let mut command = Command::new(&options.redis);
        command.args([
            "--bind",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--save",
            "",
            "--appendonly",
            "no",
            "--maxclients",
            "20000",
        ]);
        // No limit on what a subscriber may be behind: what is measured is the server, not when Redis gives it up.
        command.args(["--client-output-buffer-limit", "pubsub", "0", "0", "0"]);
        command.current_dir(std::env::temp_dir());
        Self::start(command, port).await
    }

    /// A server that listens to that Redis; the product with a new database of its own.
    pub async fn server(kind: Kind, options: &Options, redis: &Self) -> Outcome<Self> {
        match kind {
            Kind::Bridge => {
                let port = free_port()?;
                let own = std::env::current_exe().map_err(|cause| cause.to_string())?;
                let mut command = Command::new(own);
                command.args(["bridge", "--port", &port.to_string(), "--redis", &redis.url()]);
                Self::start(command, port).await
            }
            Kind::Product => {
                let folder = Folder::new()?;
                let mut server = Self::keeper(options, redis, &folder.database()).await?;
                server._kept = Some(folder);
                server.listening().await
            }
        }
    }

    /// The product on a database that stays, and of which nothing is forgotten. It need not listen yet.
    pub async fn keeper(options: &Options, redis: &Self, database: &Path) -> Outcome<Self> {
        admit(database).await?;
        let port = free_port()?;
        let mut command = Command::new(&options.server);
        command.args(["--addr", &format!("127.0.0.1:{port}"), "--redis-url", &redis.url(), "--site"]);
        command.arg(&options.site).arg("--database-url").arg(database_url(database));
        command.args(["--keep-values", "--keep-events-days", "3650", "--keep-symbols-days", "3650"]);
        // A thousand browsers are one user here.
        command.args(["--max-connections-each", "100000"]);
        command.env("RUST_LOG", "warn");
        Self::spawned(command, port)
    }

    async fn start(command: Command, port: u16) -> Outcome<Self> {
        Self::spawned(command, port)?.listening().await
    }

    fn spawned(mut command: Command, port: u16) -> Outcome<Self> {
        let named = command.as_std().get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().map_err(|cause| format!("{named}: {cause}"))?;
        Ok(Self { child, named, port, _kept: None })
    }

    /// Waits until it listens.
    async fn listening(self) -> Outcome<Self> {
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return Ok(self);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!("{} does not listen after 10 s", self.named))
    }

    /// Waits until it answers: it takes connections before its board is there.
    pub async fn answering(&self) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if let Ok(mut http) = Http::to(self).await {
                return http.expect("/healthz", "").await.map(|_| ());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(format!("{} does not answer after a minute", self.named))
    }

    /// Kills it, without a chance to say goodbye.
    pub async fn kill(mut self) -> Outcome {
        self.child.kill().await.map_err(|cause| cause.to_string())
    }

    /// Asks it to stop, and waits until it has written the last.
    pub async fn stop(mut self) -> Outcome {
        let id = self.child.id().unwrap_or_default().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await;
        asked.map_err(|cause| cause.to_string())?;
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        ended.map_err(|_| format!("{} does not stop", self.named))?.map_err(|cause| cause.to_string())?;
        Ok(())
    }

    /// Its address as a Redis.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Microseconds of CPU that it has used.
    pub fn cpu(&self) -> f64 {
        let stat = self.read("stat").unwrap_or_default();
        // The name in brackets may hold blanks.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        // User and system time, in ticks of 10 ms.
        (ticks(11) + ticks(12)) * 10_000.0
    }

    /// Memory that it holds, in KiB.
    pub fn memory(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most memory that it ever held, in KiB.
    pub fn peak(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> f64 {
        let status = self.read("status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(f64::NAN)
    }

    fn read(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(Path::new("/proc").join(self.child.id()?.to_string()).join(name)).ok()
    }
}
