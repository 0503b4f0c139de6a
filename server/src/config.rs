//! Settings: one struct, each readable as a flag or an environment variable.
//!
//! `.env.example` is made from it (`closing-bell --print-env-example`) and a test holds the two together.

use crate::auth::address::network;
use crate::manage;
use crate::store::retention::Retention;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
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
    /// Adds and changes users; the server need not run.
    #[command(subcommand)]
    User(manage::UserTask),
    /// Makes, lists and revokes tokens for programs; the server need not run.
    #[command(subcommand)]
    Token(manage::TokenTask),
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

    /// Where to listen; port 0 takes a free one. An address that others can reach wants a proxy with TLS before it.
    #[arg(long, env = "CLOSING_BELL_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// A label for the bar, so that production is not mistaken for staging: PROD, STAGING …
    #[arg(long, env = "CLOSING_BELL_ENVIRONMENT")]
    pub environment: Option<String>,

    /// Where the producer publishes.
    #[arg(long, env = "REDIS_URL", default_value = "redis://127.0.0.1:6379", global = true)]
    pub redis_url: String,

    /// Where everything is kept: sqlite://FILE or postgres://USER@HOST/NAME.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://data/closing-bell.db", global = true)]
    pub database_url: String,

    /// The producer's HTTP API: commands go there, and it is asked at the start and when a run is silent; unset: commands go over Redis, and nobody is asked.
    #[arg(long, env = "PROCESSOR_URL")]
    pub processor_url: Option<String>,

    /// The key of the producer's API, if it wants one. A secret: better set here than given as a flag, which others on the machine can read.
    #[arg(long, env = "PROCESSOR_API_KEY", hide_env_values = true)]
    pub processor_api_key: Option<Secret>,

    /// The password of `admin`, on the first start only; unset: one is made and printed once. A secret.
    #[arg(long, env = "CLOSING_BELL_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<Secret>,

    /// Names under which browsers reach this server, separated by commas: bell.example.com, or with a port. This machine's own always count.
    #[arg(long, env = "CLOSING_BELL_HOSTS", value_delimiter = ',')]
    pub hosts: Vec<String>,

    /// Under which path a proxy offers this server, like /bell; unset: under the root.
    #[arg(long, env = "CLOSING_BELL_BASE_PATH", default_value = "", value_parser = base_path)]
    pub base_path: String,

    /// Proxies whose word about client and TLS counts (X-Forwarded-For, X-Forwarded-Proto): addresses or networks, separated by commas.
    #[arg(long, env = "CLOSING_BELL_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Minutes without a request after which somebody is signed out.
    #[arg(long, env = "CLOSING_BELL_SIGN_IN_IDLE_MINUTES", default_value_t = 480, value_parser = clap::value_parser!(u32).range(1..=43_200))]
    pub sign_in_idle_minutes: u32,

    /// Hours after which somebody must sign in again in any case.
    #[arg(long, env = "CLOSING_BELL_SIGN_IN_HOURS", default_value_t = 168, value_parser = clap::value_parser!(u32).range(1..=2_160))]
    pub sign_in_hours: u32,

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

    /// Most sockets of one user or token at a time.
    #[arg(long, env = "CLOSING_BELL_MAX_CONNECTIONS_EACH", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_connections_each: u32,

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

    /// Whether others can reach the server without a proxy of ours before it: then nobody's password is safe on the way.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        !self.addr.ip().is_loopback() && self.trusted_proxies.is_empty()
    }
}

/// A path like `/bell`, or nothing.
fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte))
    };
    let fits = path.is_empty() || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(part));
    let fits = fits && path.len() <= 64;
    fits.then(|| path.to_owned())
        .ok_or_else(|| "a base path is letters, digits, - and _ behind a slash, like /bell".to_owned())
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
    fn a_public_address_without_a_proxy_is_bare_and_a_base_path_is_a_path() {
        let bare = |arguments: &[&str]| Config::parse_from([&["closing-bell"], arguments].concat()).is_bare();
        assert!(bare(&["--addr", "0.0.0.0:3000"]) && !bare(&[]));
        assert!(!bare(&["--addr", "0.0.0.0:3000", "--trusted-proxies", "10.0.0.1"]));
        assert_eq!(base_path("/bell/"), Ok("/bell".to_owned()));
        for wrong in ["bell", "/a//b", "/a b", "/..", "/a?b"] {
            assert!(base_path(wrong).is_err(), "{wrong}");
        }
    }
}
