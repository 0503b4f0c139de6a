//! A store on each engine: a SQLite file and a PostgreSQL, both of one test alone.

#![allow(dead_code, reason = "each test file uses its part")]

/// The server's tests have one, too: the same.
#[path = "../../../server/tests/support/postgres.rs"]
pub mod postgres;

use postgres::Postgres;
use processor::store::Store;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    let lock = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    lock.await.unwrap().unwrap()
}

/// A folder that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("closing-bell-store-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// The address of a database in it (in a folder that is not there yet).
    pub fn url(&self) -> String {
        format!("sqlite://{}/made/processor.db", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Does the same with a store on each engine.
pub async fn on_both(test: impl AsyncFn(&Store, &str)) {
    let folder = Folder::new();
    let postgres = Postgres::start().await;
    for url in [folder.url(), postgres.url()] {
        let store = Store::open(&url).await.unwrap();
        test(&store, &url).await;
        store.close().await;
    }
}
