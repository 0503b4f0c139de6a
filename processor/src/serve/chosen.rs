//! The source that was chosen.

use processor::bar::{Bar, Day};
use processor::sample::Sample;
use processor::source::sample::SampleSource;
use processor::source::{Listed, Source, SourceError};
use std::str::FromStr;

/// The seed of the sample universe: the same bars wherever it is used.
const SEED: u64 = 42;

/// A source by its name.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// The sample universe.
    Sample(SampleSource),
}

impl FromStr for Chosen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sample" => Ok(Self::Sample(SampleSource::new(Sample::new(SEED)))),
            _ => Err("is sample".to_owned()),
        }
    }
}

impl Source for Chosen {
    fn name(&self) -> &str {
        match self {
            Self::Sample(sample) => sample.name(),
        }
    }

    async fn universe(&self, name: &str) -> Result<Vec<Listed>, SourceError> {
        match self {
            Self::Sample(sample) => sample.universe(name).await,
        }
    }

    async fn bars(&self, symbol: &str, from: Day, to: Day, attempt: u32) -> Result<Vec<Bar>, SourceError> {
        match self {
            Self::Sample(sample) => sample.bars(symbol, from, to, attempt).await,
        }
    }
}
