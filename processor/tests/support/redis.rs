//! A real Redis of one test alone.

use std::net::TcpListener;
use std::path::PathBuf;
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
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder =
            std::env::temp_dir().join(format!("closing-bell-processor-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let program =
            std::env::var("CLOSING_BELL_TEST_REDIS_SERVER").unwrap_or_else(|_| "redis-server".into());
        let mut command = Command::new(program);
        command.args([
            "--bind",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        // The listener is slower than the processor, and all of a night may wait for it.
        command.args(["--client-output-buffer-limit", "pubsub 0 0 0", "--dir"]).arg(&folder);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("Redis is not installed: cargo xtask test installs it or names it");
        let redis = Self { child, port, folder };
        let asked = Instant::now();
        while redis.client().get_connection().is_err() {
            assert!(asked.elapsed() < PATIENCE, "Redis does not answer");
            std::thread::yield_now();
        }
        redis
    }

    pub fn client(&self) -> redis::Client {
        redis::Client::open(format!("redis://127.0.0.1:{}", self.port)).unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
