//! A private Redis: on a free port of this machine, with its file where we say, gone when we go.

use crate::Outcome;
use crate::child::Children;
use crate::tools;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A free port. (Somebody could take it before we use it; then Redis says so.)
pub fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|cause| format!("no free port: {cause}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|cause| format!("no free port: {cause}"))
}

/// The program: found, installed where that is ours to do, or named.
pub fn program() -> Outcome<PathBuf> {
    tools::debian(&["redis-server", "valkey-server"], "redis-server")
}

/// Starts Redis or Valkey with an append-only file in `folder`. Returns its URL.
pub fn start(children: &mut Children, folder: &Path) -> Outcome<String> {
    let server = program()?;
    let named = |cause: std::io::Error| format!("{}: {cause}", folder.display());
    std::fs::create_dir_all(folder).map_err(named)?;
    // Two servers would write the same file. The lock is the process's: it goes when we go.
    let lock = File::create(folder.join("lock")).map_err(named)?;
    if lock.try_lock().is_err() {
        return Err(format!("another run keeps its Redis in {}; end it, or set REDIS_URL", folder.display()));
    }
    std::mem::forget(lock);
    let port = free_port()?;
    let mut command = Command::new(server);
    command.args([
        "--bind",
        "127.0.0.1",
        "--port",
        &port.to_string(),
        "--appendonly",
        "yes",
        "--save",
        "",
        "--dir",
    ]);
    command.arg(folder).stdout(Stdio::null());
    children.start("Redis", &mut command)?;
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_secs(20) {
        if answers(port) {
            return Ok(format!("redis://127.0.0.1:{port}"));
        }
        if let Some((name, status)) = children.ended() {
            return Err(format!("{name} ended at once with {status}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err("Redis does not answer after 20 s".to_owned())
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
        && stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && &answer == b"+PONG"
}
