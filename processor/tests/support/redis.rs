//! A real Redis of one test alone.

use std::hash::BuildHasher;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What is expected comes within this, or the test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// It forgets everything when the test is over.
pub struct Redis {
    child: Child,
    pub port: u16,
    pub folder: PathBuf,
}

impl Redis {
    pub fn start() -> Self {
        Self::at(port())
    }

    /// It is gone, and has written down what it knew.
    pub fn stop(&mut self) {
        let mut connection = self.client().get_connection().unwrap();
        // It does not live to answer.
        let _ = redis::cmd("SHUTDOWN").arg("SAVE").exec(&mut connection);
        self.child.wait().unwrap();
    }

    /// It is back.
    pub fn back(&mut self) {
        self.child = spawn(self.port, &self.folder);
        self.answers();
    }

    fn at(port: u16) -> Self {
        let folder =
            std::env::temp_dir().join(format!("closing-bell-processor-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let redis = Self { child: spawn(port, &folder), port, folder };
        redis.answers();
        redis
    }

    fn answers(&self) {
        let asked = Instant::now();
        while self.client().get_connection().is_err() {
            assert!(asked.elapsed() < PATIENCE, "Redis does not answer");
            std::thread::yield_now();
        }
    }

    pub fn client(&self) -> redis::Client {
        redis::Client::open(format!("redis://127.0.0.1:{}", self.port)).unwrap()
    }
}

/// A free port that no connection is given for its own end: who asks again and again whether somebody listens there could be
/// connected with itself, and Redis would find its port taken.
pub fn port() -> u16 {
    let seed = std::collections::hash_map::RandomState::new();
    let ports = (0_u16..).map(|step| 12_000 + u16::try_from(seed.hash_one(step) % 20_000).unwrap());
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().unwrap()
}

fn spawn(port: u16, folder: &Path) -> Child {
    let program = std::env::var("CLOSING_BELL_TEST_REDIS_SERVER").unwrap_or_else(|_| "redis-server".into());
    let mut command = Command::new(program);
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
    // The listener is slower than the processor, and all of a night may wait for it.
    command.args(["--client-output-buffer-limit", "pubsub 0 0 0", "--dir"]).arg(folder);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    child.expect("Redis is not installed: cargo xtask test installs it or names it")
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
