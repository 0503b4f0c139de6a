//! A PostgreSQL of one test alone, on 127.0.0.1 and a port of its own, without a password. What it committed outlives
//! [`Postgres::kill`]: it writes before it answers, it only does not wait for the disk.
//!
//! Making a cluster takes half a second, on a busy machine two. It is made once per target folder and copied, which takes a fifth of
//! that. PostgreSQL refuses to run as root: there it runs as `nobody`, whose the folder then is.

use super::{free_port, locked, within};
use std::fs::DirEntry;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const MISSING: &str =
    "PostgreSQL is missing: cargo xtask test installs it or names it (Debian: apt-get install postgresql)";
const USER: &str = "closing_bell";
/// After this long a dropped one is left alone.
const FAREWELL: Duration = Duration::from_secs(5);

/// A PostgreSQL of this test alone.
pub struct Postgres {
    pub port: u16,
    child: Option<Child>,
    folder: PathBuf,
}

impl Postgres {
    pub async fn start() -> Self {
        let port = free_port();
        let folder =
            std::env::temp_dir().join(format!("closing-bell-postgres-{}-{port}", std::process::id()));
        copy(&template().await, &folder).await;
        let mut postgres = Self { port, child: None, folder };
        postgres.again().await;
        postgres
    }

    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Asks it to stop: connections are closed, everything is written. Waits until it has.
    pub async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // SIGINT is its "fast" shutdown.
            let asked = Command::new("kill").args(["-INT", &child.id().unwrap().to_string()]).status().await;
            assert!(asked.unwrap().success(), "PostgreSQL is not there any more");
            within("PostgreSQL ends", child.wait()).await.unwrap();
        }
    }

    /// Ends it as a crash does.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }

    /// Starts it (again) on its port, and waits until it accepts connections.
    pub async fn again(&mut self) {
        let ready = async {
            loop {
                match self.once().await {
                    Ok(child) => return child,
                    // The processes of a killed one take a moment to notice that they are alone.
                    Err(log) if log.contains("shared memory block") => tokio::task::yield_now().await,
                    Err(log) => panic!("PostgreSQL ended before it was ready:\n{log}"),
                }
            }
        };
        self.child = Some(within("PostgreSQL is ready", ready).await);
    }

    /// Its process once it is ready, or what it said when it ended instead.
    async fn once(&self) -> Result<Child, String> {
        let mut command = command(&bin().join("postgres"), owner(&self.folder));
        command.arg("-D").arg(&self.folder).arg("-k").arg(&self.folder);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        // No test survives a power cut. Few buffers: there are many of these at a time.
        command.args(["-c", "fsync=off", "-c", "shared_buffers=16MB"]);
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().expect(MISSING);
        let mut log = lines(&mut child);
        let mut said = String::new();
        while let Some(line) = log.recv().await {
            said.push_str(&line);
            said.push('\n');
            if line.contains("ready to accept connections") {
                return Ok(child);
            }
        }
        Err(said)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let asked = Instant::now();
        if let Some(child) = &mut self.child
            && let Some(id) = child.id()
        {
            // SIGQUIT, and not SIGKILL: it takes its processes along, which would otherwise write into the folder a while.
            let _ = std::process::Command::new("kill").args(["-QUIT", &id.to_string()]).status();
            while matches!(child.try_wait(), Ok(None)) && asked.elapsed() < FAREWELL {
                std::thread::yield_now();
            }
        }
        // Those of a killed one may write on for a moment.
        while std::fs::remove_dir_all(&self.folder).is_err()
            && self.folder.exists()
            && asked.elapsed() < FAREWELL
        {
            std::thread::yield_now();
        }
    }
}

/// What it says, line by line, read for as long as it lives: it would wait at a full pipe.
fn lines(child: &mut Child) -> UnboundedReceiver<String> {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (tell, log) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            let _ = tell.send(line);
        }
    });
    log
}

/// The folder of its programs: as told, else where `initdb` is on PATH, else the newest that Debian keeps beside PATH.
fn bin() -> PathBuf {
    if let Some(told) = std::env::var_os("CLOSING_BELL_TEST_POSTGRES_BIN") {
        return PathBuf::from(told);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    let kept = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
        let servers = versions.filter(|version| version.path().join("bin/initdb").exists());
        let number = |version: &DirEntry| version.file_name().to_str()?.parse::<u32>().ok();
        servers.max_by_key(number).map(|newest| newest.path().join("bin"))
    };
    on_path.or_else(kept).expect(MISSING)
}

/// A cluster to copy, made if this is the first to need it. An upgraded PostgreSQL makes another one.
async fn template() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let version = Command::new(bin().join("postgres")).arg("--version").output().await.expect(MISSING);
    let version =
        String::from_utf8_lossy(&version.stdout).replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let template = target.join(version);
    let _lock = locked("postgres.lock").await;
    if !template.exists() {
        // Made where another user can come to, which the target folder need not be.
        let made = std::env::temp_dir().join(format!("closing-bell-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&made).unwrap();
        give_away(&made).await;
        let mut initdb = command(&bin().join("initdb"), owner(&made));
        initdb.arg("-D").arg(&made).args([
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale",
            "C",
            "--no-sync",
        ]);
        // The smallest log is copied fastest.
        initdb.args(["--wal-segsize", "1"]);
        let output = within("a cluster is made", initdb.output()).await.expect(MISSING);
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        // Half a copy has another name.
        let half = target.join("postgres.half");
        let _ = std::fs::remove_dir_all(&half);
        copy(&made, &half).await;
        std::fs::rename(&half, &template).unwrap();
        std::fs::remove_dir_all(&made).unwrap();
    }
    template
}

/// Copies a folder with its owner.
async fn copy(from: &Path, to: &Path) {
    let mut cp = Command::new("cp");
    let copied = within("a folder is copied", cp.arg("-a").arg(from).arg(to).status()).await.unwrap();
    assert!(copied.success(), "{} could not be copied", from.display());
}

/// Root's folder becomes that of `nobody`; anyone else's stays.
async fn give_away(folder: &Path) {
    if owner(folder).0 == 0 {
        let given = Command::new("chown").arg("nobody:").arg(folder).status().await.unwrap();
        assert!(given.success(), "{} could not be given to nobody", folder.display());
    }
}

/// Whose a folder is: user and group.
fn owner(folder: &Path) -> (u32, u32) {
    let folder = std::fs::metadata(folder).unwrap();
    (folder.uid(), folder.gid())
}

/// A program that runs as this user and group. Only root can be, and is, somebody else than itself.
fn command(program: &Path, (user, group): (u32, u32)) -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let mut command = if root {
        let mut other = Command::new("setpriv");
        other
            .arg(format!("--reuid={user}"))
            .arg(format!("--regid={group}"))
            .arg("--clear-groups")
            .arg(program);
        other
    } else {
        Command::new(program)
    };
    // Ours may be closed to it, and it is told what it needs.
    command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
    for name in ["PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
        command.env_remove(name);
    }
    command
}
