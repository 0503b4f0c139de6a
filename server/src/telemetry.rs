//! Logs: text for people or one JSON object a line, to standard error; `RUST_LOG` chooses what.

use crate::config::LogFormat;
use tracing_subscriber::EnvFilter;

/// Starts logging. Called once.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,tower_sessions_core=error,tower_sessions=error"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().init(),
    }
}
