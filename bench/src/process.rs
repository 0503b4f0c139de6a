//! The processes of a round: Redis, and the server that is measured; what they used, as the system tells.

use crate::{Options, Outcome};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
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

/// A process of ours; it ends with this.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Where it listens.
    pub port: u16,
}

/// A free port. (Somebody could take it before it is used; then the process says so.)
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|cause| cause.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|cause| cause.to_string())
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

    /// A server that listens to that Redis.
    pub async fn server(kind: Kind, options: &Options, redis: &Self) -> Outcome<Self> {
        let port = free_port()?;
        let url = redis.url();
        let mut command = match kind {
            Kind::Bridge => {
                let own = std::env::current_exe().map_err(|cause| cause.to_string())?;
                let mut command = Command::new(own);
                command.args(["bridge", "--port", &port.to_string(), "--redis", &url]);
                command
            }
            Kind::Product => {
                let mut command = Command::new(&options.server);
                command
                    .args(["--addr", &format!("127.0.0.1:{port}"), "--redis-url", &url, "--site"])
                    .arg(&options.site);
                command
            }
        };
        command.env("RUST_LOG", "warn");
        Self::start(command, port).await
    }

    async fn start(mut command: Command, port: u16) -> Outcome<Self> {
        let named = command.as_std().get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().map_err(|cause| format!("{named}: {cause}"))?;
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(Self { child, port });
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!("{named} does not listen after 10 s"))
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
