//! What can stop the processor. (A bad bar stops only its symbol.)

use std::net::SocketAddr;
use thiserror::Error;

/// Why the processor gives up.
#[derive(Debug, Error)]
pub enum Error {
    /// The address of Redis cannot be read, or Redis stayed away for ten minutes.
    #[error("Redis is not reachable: {0}")]
    Redis(#[from] redis::RedisError),
    /// Redis is there and will not take what is published.
    #[error("Redis refuses what is published ({0}); --via channels does without the stream")]
    Refused(redis::RedisError),
    /// What was named can be no source.
    #[error("--source: {0}")]
    Source(String),
    /// The store failed.
    #[error("{0}")]
    Kept(processor::store::StoreError),
    /// The recording cannot be read.
    #[error("the recording cannot be read: {0}")]
    Recording(String),
    /// The address is taken, or none of this machine.
    #[error("{0} cannot be listened on: {1}; --listen 127.0.0.1:0 takes a free port")]
    Listen(SocketAddr, std::io::Error),
    /// The terminal is gone.
    #[error("the menu cannot be read: {0}")]
    Menu(#[from] std::io::Error),
}
