//! The sample universe as a source. Its bars are made when they are asked for, which is work: it is done apart.

use super::{Listed, Source, SourceError};
use crate::bar::{Bar, Day};
use crate::sample::{Refused, Sample};
use std::sync::Arc;
use std::time::Duration;

/// The sample universe, and how long it takes to answer.
#[derive(Clone, Debug)]
pub struct SampleSource(Arc<Sample>, Duration);

impl SampleSource {
    /// Of this universe.
    #[must_use]
    pub fn new(sample: Sample) -> Self {
        Self(Arc::new(sample), Duration::ZERO)
    }

    /// The same, answering for a symbol as late as a provider would: a night that one can watch.
    #[must_use]
    pub fn after(self, latency: Duration) -> Self {
        Self(self.0, latency)
    }
}

impl Source for SampleSource {
    fn name(&self) -> &'static str {
        "sample"
    }

    async fn universe(&self, name: &str) -> Result<Vec<Listed>, SourceError> {
        self.0.universe(name).map_err(|_| SourceError::UnknownUniverse(name.to_owned()))
    }

    async fn bars(&self, symbol: &str, from: Day, to: Day, attempt: u32) -> Result<Vec<Bar>, SourceError> {
        tokio::time::sleep(self.1).await;
        let (sample, symbol) = (self.0.clone(), symbol.to_owned());
        let made = tokio::task::spawn_blocking(move || sample.bars(&symbol, from, to, attempt)).await;
        made.map_err(|cause| SourceError::Corrupt(cause.to_string()))?.map_err(|refused| match refused {
            Refused::NotFound => SourceError::NotFound,
            Refused::UnknownUniverse => SourceError::UnknownUniverse(String::new()),
            Refused::Timeout => SourceError::Timeout,
            Refused::RateLimited(after) => SourceError::RateLimited { after: Some(after) },
        })
    }
}
