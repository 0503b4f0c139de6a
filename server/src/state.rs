//! What every request and socket shares: settings, the hub's door, the link's state, metrics.

use crate::auth::Auth;
use crate::clock;
use crate::commands::Commands;
use crate::config::Config;
use crate::error::StartError;
use crate::hub::{self, HubHandle};
use crate::ingest::{Link, Posted};
use crate::journal::{Backlog, Past};
use crate::live;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::security::page_policy;
use crate::shutdown::Stop;
use crate::store::Store;
use app::shell::Assets;
use axum::http::HeaderValue;
use domain::board::Board;
use domain::record::ServerInfo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use tokio::sync::mpsc;

/// Posted messages that may wait.
const POSTED: usize = 64;

/// The shared state. Cloning it is cloning pointers.
#[derive(Clone, Debug)]
pub struct App {
    /// The settings.
    pub config: Arc<Config>,
    /// Where we really listen.
    pub bound: SocketAddr,
    /// The built assets.
    pub assets: Arc<Assets>,
    /// The door to the hub.
    pub hub: HubHandle,
    /// How the link to Redis is.
    pub link: Arc<Link>,
    /// What pages may load and run.
    pub policy: HeaderValue,
    /// Pages that were rendered last.
    pub pages: Arc<Pages>,
    /// The database.
    pub store: Store,
    /// Where one has looked back.
    pub past: Arc<Past>,
    /// How much waits to be written to it.
    pub journal: Arc<Backlog>,
    /// Where posted messages go.
    pub posted: mpsc::Sender<Posted>,
    /// The way to the producer.
    pub commands: Arc<Commands>,
    /// Who may.
    pub auth: Arc<Auth>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Sockets that are open.
    pub sockets: Arc<AtomicU32>,
    /// Turns true when the server is to stop.
    pub stop: Stop,
}

impl App {
    /// Starts the hub with a board and gathers what requests share. Returns besides where posted messages come out.
    ///
    /// # Errors
    /// When the way to the producer that is set cannot be used.
    pub fn start(
        config: Config,
        bound: SocketAddr,
        assets: Arc<Assets>,
        (store, board): (Store, Board),
        stop: Stop,
    ) -> Result<(Self, mpsc::Receiver<Posted>), StartError> {
        let commands = Arc::new(Commands::new(&config)?);
        let metrics = Arc::new(Metrics::default());
        let journal = Arc::new(Backlog::default());
        let (posted, posts) = mpsc::channel(POSTED);
        let server = ServerInfo {
            started: clock::now(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            environment: config.environment.clone().map(|label| domain::decode::clean(&label, 16)),
        };
        let (hub, ends) = hub::start(board, server, journal.clone(), metrics.clone());
        let policy = page_policy(&assets.starter());
        live::start_writers(ends, &hub, &metrics);
        let app = Self {
            config: Arc::new(config),
            bound,
            assets,
            hub,
            policy,
            pages: Arc::default(),
            link: Arc::new(Link::default()),
            store,
            past: Arc::default(),
            journal,
            posted,
            commands,
            auth: Arc::default(),
            metrics,
            sockets: Arc::new(AtomicU32::new(0)),
            stop,
        };
        Ok((app, posts))
    }

    /// An address of ours, as a browser has it: behind the base path.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        app::location::at(path)
    }
}
