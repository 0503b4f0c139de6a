//! What `/metrics` tells Prometheus.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Counters of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Messages received from Redis.
    pub received: Counter,
    /// Messages that could not be read.
    pub refused: Counter,
    /// Messages dropped because our queue was full.
    pub dropped: Counter,
    /// Events that changed the board.
    pub applied: Counter,
    /// Messages that were written to the database.
    pub saved: Counter,
    /// Number of the newest change.
    pub seq: Gauge,
    /// 1 while subscribed to Redis.
    pub redis_up: Gauge,
    /// Open sockets.
    pub connections: Gauge,
    /// Frames written to sockets.
    pub frames_sent: Counter,
    /// Bytes of frames written to sockets.
    pub bytes_sent: Counter,
    /// Times a socket had fallen behind and was caught up.
    pub lagged: Counter,
    /// Catch-ups answered.
    pub catch_ups: Counter,
    /// Catch-ups that had to be encoded anew.
    pub encodings: Counter,
    /// Pages rendered: one may be handed to many.
    pub pages_rendered: Counter,
    /// Seconds until a page was handed out.
    pub page_seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("closing_bell"),
            received: Counter::default(),
            refused: Counter::default(),
            dropped: Counter::default(),
            applied: Counter::default(),
            saved: Counter::default(),
            seq: Gauge::default(),
            redis_up: Gauge::default(),
            connections: Gauge::default(),
            frames_sent: Counter::default(),
            bytes_sent: Counter::default(),
            lagged: Counter::default(),
            catch_ups: Counter::default(),
            encodings: Counter::default(),
            pages_rendered: Counter::default(),
            page_seconds: Histogram::new(exponential_buckets(0.000_5, 2.0, 12)),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("messages_received", "Messages received from Redis", self.received.clone());
        registry.register("messages_refused", "Messages that could not be read", self.refused.clone());
        registry.register(
            "messages_dropped",
            "Messages dropped because the queue was full",
            self.dropped.clone(),
        );
        registry.register("messages_saved", "Messages written to the database", self.saved.clone());
        registry.register("events_applied", "Events that changed the board", self.applied.clone());
        registry.register("change", "Number of the newest change", self.seq.clone());
        registry.register("redis_up", "1 while subscribed to Redis", self.redis_up.clone());
        registry.register("connections", "Open sockets", self.connections.clone());
        registry.register("frames_sent", "Frames written to sockets", self.frames_sent.clone());
        registry.register("frame_bytes_sent", "Bytes of frames written to sockets", self.bytes_sent.clone());
        registry.register("connections_lagged", "Times a socket fell behind", self.lagged.clone());
        registry.register("catch_ups", "Catch-ups answered", self.catch_ups.clone());
        registry.register("catch_up_encodings", "Catch-ups encoded anew", self.encodings.clone());
        registry.register("pages_rendered", "Pages rendered", self.pages_rendered.clone());
        registry.register("page_seconds", "Seconds until a page was handed out", self.page_seconds.clone());
        self
    }

    /// The text of `/metrics`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail; an empty answer would be the honest one if it did.
        if encode(&mut text, &self.registry).is_err() {
            text.clear();
        }
        text
    }
}
