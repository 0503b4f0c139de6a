//! The source that was chosen, and how a provider is asked.
//!
//! Invariant: what cannot be a source is refused at the start, by its option; what can be one and is away is waited for, run by run.

use crate::error::Error;
use clap::Args;
use processor::bar::{Bar, Day, parse};
use processor::sample::{GENERATED, MOST_GENERATED, Sample};
use processor::source::folder::FolderSource;
use processor::source::rest::{self, Key, RestSource};
use processor::source::sample::SampleSource;
use processor::source::{Listed, Source, SourceError};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The seed of the sample universe: the same bars wherever it is used.
const SEED: u64 = 42;

/// Options of sources.
#[derive(Args)]
pub struct Asked {
    /// Where bars come from: `sample` (five real symbols and generated ones), `rest` (a provider's API; its key is MASSIVE_API_KEY
    /// or POLYGON_API_KEY in the environment), or the path of a folder, an archive or a file (docs/sources.md).
    #[arg(long, default_value = "sample", value_name = "SOURCE")]
    source: Kind,
    /// Generated symbols of the sample universe.
    #[arg(long, default_value_t = GENERATED, value_name = "N", value_parser = generated)]
    sample_size: usize,
    /// Milliseconds that the sample takes to answer for a symbol, as a provider would.
    #[arg(long, default_value_t = 0, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=10_000))]
    sample_latency: u64,
    /// The provider's address.
    #[arg(long, default_value = rest::MASSIVE, value_name = "URL")]
    rest_url: String,
    /// Requests that it is sent a minute.
    #[arg(long, default_value_t = 3_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    rest_per_minute: u32,
    /// Seconds within which it must answer.
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    rest_timeout: u64,
    /// The oldest day that it is asked for, where a plan has no older ones: 2021-11-29.
    #[arg(long, value_name = "DATE", value_parser = day)]
    rest_oldest: Option<Day>,
    /// A folder with lists of universes, universes/NAME.txt or .csv; without it there is `all`.
    #[arg(long, value_name = "FOLDER")]
    rest_universes: Option<PathBuf>,
}

/// What `--source` names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Sample,
    Rest,
    Files(PathBuf),
}

impl FromStr for Kind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "sample" => Ok(Self::Sample),
            "rest" => Ok(Self::Rest),
            // A path may be away at the moment; a word is more likely a slip.
            path if path.contains(['/', '.']) || PathBuf::from(path).exists() => Ok(Self::Files(path.into())),
            _ => Err("is sample, rest, or a path that is there or has a / in it, such as ./bars"),
        }
    }
}

fn generated(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|size| (1..=MOST_GENERATED).contains(size));
    size.ok_or_else(|| format!("is a number from 1 to {MOST_GENERATED}"))
}

fn day(text: &str) -> Result<Day, &'static str> {
    parse(text).ok_or("is a date such as 2021-11-29")
}

/// A source by its name.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// The sample universe.
    Sample(SampleSource),
    /// A folder, an archive or a file.
    Files(FolderSource),
    /// A provider's API.
    Rest(Arc<RestSource>),
}

impl Chosen {
    /// By options.
    ///
    /// # Errors
    /// When they name what can be no source.
    pub fn open(options: &Asked) -> Result<Self, Error> {
        match &options.source {
            Kind::Sample => {
                let sample = SampleSource::new(Sample::sized(SEED, options.sample_size));
                Ok(Self::Sample(sample.after(Duration::from_millis(options.sample_latency))))
            }
            Kind::Files(path) => {
                if !path.exists() {
                    eprintln!("processor: {} is not there; until it is, nobody has bars", path.display());
                }
                FolderSource::open(path).map(Self::Files).map_err(Error::Source)
            }
            Kind::Rest => {
                let key = Key::of_environment();
                if key.is_none() && rest::wants_key(&options.rest_url) {
                    return Err(Error::Source(
                        "rest: this provider answers nobody without a key; put yours into MASSIVE_API_KEY in the environment"
                            .to_owned(),
                    ));
                }
                if key.is_none() {
                    eprintln!(
                        "processor: warning: the provider is asked without a key; MASSIVE_API_KEY would have it"
                    );
                }
                let asking = rest::Options {
                    base: options.rest_url.clone(),
                    key,
                    per_minute: options.rest_per_minute,
                    timeout: Duration::from_secs(options.rest_timeout),
                    oldest: options.rest_oldest.unwrap_or(Day::MIN),
                    universes: options.rest_universes.clone(),
                    ..rest::Options::default()
                };
                RestSource::new(&asking).map(|rest| Self::Rest(Arc::new(rest))).map_err(Error::Source)
            }
        }
    }
}

impl Source for Chosen {
    fn name(&self) -> &str {
        match self {
            Self::Sample(sample) => sample.name(),
            Self::Files(files) => files.name(),
            Self::Rest(rest) => rest.name(),
        }
    }

    async fn universe(&self, name: &str) -> Result<Vec<Listed>, SourceError> {
        match self {
            Self::Sample(sample) => sample.universe(name).await,
            Self::Files(files) => files.universe(name).await,
            Self::Rest(rest) => rest.universe(name).await,
        }
    }

    async fn bars(&self, symbol: &str, from: Day, to: Day, attempt: u32) -> Result<Vec<Bar>, SourceError> {
        match self {
            Self::Sample(sample) => sample.bars(symbol, from, to, attempt).await,
            Self::Files(files) => files.bars(symbol, from, to, attempt).await,
            Self::Rest(rest) => rest.bars(symbol, from, to, attempt).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_no_path_and_a_path_may_be_away() {
        assert_eq!("sample".parse(), Ok(Kind::Sample));
        assert_eq!("rest".parse(), Ok(Kind::Rest));
        assert!("sampel".parse::<Kind>().is_err());
        assert_eq!("./sampel".parse(), Ok(Kind::Files("./sampel".into())));
        assert_eq!("bars.zip".parse(), Ok(Kind::Files("bars.zip".into())));
    }

    #[test]
    fn sizes_and_days_are_bounded() {
        assert_eq!((generated("500"), generated("10000")), (Ok(500), Ok(10_000)));
        assert!(generated("0").is_err() && generated("10001").is_err() && generated("-1").is_err());
        assert!(day("2021-11-29").is_ok() && day("2021-02-30").is_err());
    }
}
