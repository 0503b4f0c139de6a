//! Settings: one struct, each readable as a flag or an environment variable.
//!
//! `.env.example` is made from it (`closing-bell --print-env-example`) and a test holds the two together.

use crate::error::StartError;
use crate::store::retention::Retention;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// What to do instead of serving.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Writes down what comes over the watched channels, one JSON object a line, until stopped.
    Record(Recording),
}

/// Options of `record`.
#[derive(Args, Clone, Debug)]
pub struct Recording {
    /// The file; without it the recording goes to standard output.
    #[arg(long)]
    pub out: Option<PathBuf>,

    /// Ends after so many seconds, at most a week.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub seconds: Option<u64>,

    /// Ends before the recording grows above so many MiB.
    #[arg(long, default_value_t = 1_024, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub max_mib: u64,
}

/// A setting that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What it is.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// The control room for nightly market-data processing.
#[derive(Clone, Debug, Parser)]
#[command(name = "closing-bell", version)]
pub struct Config {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub task: Option<Task>,

    /// Where to listen. Only loopback addresses until sign-in exists; port 0 takes a free one.
    #[arg(long, env = "CLOSING_BELL_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// A label for the bar, so that production is not mistaken for staging: PROD, STAGING …
    #[arg(long, env = "CLOSING_BELL_ENVIRONMENT")]
    pub environment: Option<String>,

    /// Where the producer publishes.
    #[arg(long, env = "REDIS_URL", default_value = "redis://127.0.0.1:6379", global = true)]
    pub redis_url: String,

    /// Where everything is kept: sqlite://FILE or postgres://USER@HOST/NAME.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://data/closing-bell.db")]
    pub database_url: String,

    /// The producer's HTTP API, which is asked at the start and when a run is silent; unset: nobody is asked.
    #[arg(long, env = "PROCESSOR_URL")]
    pub processor_url: Option<String>,

    /// The key of the producer's API, if it wants one. A secret: better set here than given as a flag, which others on the machine can read.
    #[arg(long, env = "PROCESSOR_API_KEY", hide_env_values = true)]
    pub processor_api_key: Option<Secret>,

    /// Takes events posted to /api/admin/processing/store-event from this machine. Off until there are tokens.
    #[arg(long, env = "CLOSING_BELL_STORE_EVENT")]
    pub store_event: bool,

    /// Days for which messages are kept, and with them looking back at a night.
    #[arg(long, env = "CLOSING_BELL_KEEP_EVENTS_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(7..=3_650))]
    pub keep_events_days: u32,

    /// Days for which results of single symbols are kept. Runs are kept for ever.
    #[arg(long, env = "CLOSING_BELL_KEEP_SYMBOLS_DAYS", default_value_t = 400, value_parser = clap::value_parser!(u32).range(30..=3_650))]
    pub keep_symbols_days: u32,

    /// Keeps messages about single values too, up to 180,000 a night; without, they are counted and only the latest value is kept.
    #[arg(long, env = "CLOSING_BELL_KEEP_VALUES")]
    pub keep_values: bool,

    /// Channels to watch instead of the built-in list, separated by commas; one with a `*` is a pattern.
    #[arg(long, env = "CLOSING_BELL_CHANNELS", value_delimiter = ',', global = true)]
    pub channels: Vec<String>,

    /// The folder with the built assets and their manifest.
    #[arg(long, env = "CLOSING_BELL_SITE", default_value = "target/site")]
    pub site: PathBuf,

    /// Most sockets at a time; further ones are told to come back.
    #[arg(long, env = "CLOSING_BELL_MAX_CONNECTIONS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_connections: u32,

    /// How logs are written.
    #[arg(long, env = "CLOSING_BELL_LOG", value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,

    /// Prints the settings as an example file, and ends.
    #[arg(long)]
    pub print_env_example: bool,
}

impl Config {
    /// How long things are kept.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention {
            events_days: self.keep_events_days,
            symbols_days: self.keep_symbols_days,
            keep_values: self.keep_values,
        }
    }

    /// Until sign-in exists nobody but this machine may reach the server.
    ///
    /// # Errors
    /// When the address is not a loopback address.
    pub fn refuse_public_address(&self) -> Result<(), StartError> {
        if self.addr.ip().is_loopback() { Ok(()) } else { Err(StartError::PublicAddress { addr: self.addr }) }
    }
}

/// The text of `.env.example`.
#[must_use]
pub fn env_example() -> String {
    let mut text = String::from("# Settings of closing-bell; each is also a flag of the same name.\n");
    for argument in Config::command().get_arguments() {
        let Some(variable) = argument.get_env() else { continue };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
        text.push_str(&format!(
            "\n# {help}\n# {}={}\n",
            variable.to_string_lossy(),
            default.unwrap_or_default()
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_is_up_to_date() {
        let committed = include_str!("../../.env.example");
        assert_eq!(
            committed,
            env_example(),
            "run: cargo run -p server -- --print-env-example > .env.example"
        );
    }

    #[test]
    fn a_public_address_is_refused() {
        let config = Config::parse_from(["closing-bell", "--addr", "0.0.0.0:3000"]);
        assert_eq!(config.refuse_public_address().map_err(|error| error.code()), Err("public_address"));
    }
}
