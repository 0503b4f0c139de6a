//! What every request and socket shares: settings, the hub's door, the link's state, metrics.

use crate::clock;
use crate::config::Config;
use crate::hub::{self, HubHandle};
use crate::ingest::Link;
use crate::live;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::security::page_policy;
use crate::shutdown::Stop;
use app::shell::Assets;
use axum::http::HeaderValue;
use domain::record::ServerInfo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

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
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Sockets that are open.
    pub sockets: Arc<AtomicU32>,
    /// Turns true when the server is to stop.
    pub stop: Stop,
}

impl App {
    /// Starts the hub and gathers what requests share.
    #[must_use]
    pub fn start(config: Config, bound: SocketAddr, assets: Arc<Assets>, stop: Stop) -> Self {
        let metrics = Arc::new(Metrics::default());
        let server = ServerInfo {
            started: clock::now(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            environment: config.environment.clone().map(|label| domain::decode::clean(&label, 16)),
        };
        let (hub, ends) = hub::start(server, metrics.clone());
        let policy = page_policy(&assets.starter());
        live::start_writers(ends, &hub, &metrics);
        Self {
            config: Arc::new(config),
            bound,
            assets,
            hub,
            policy,
            pages: Arc::default(),
            link: Arc::new(Link::default()),
            metrics,
            sockets: Arc::new(AtomicU32::new(0)),
            stop,
        }
    }
}
