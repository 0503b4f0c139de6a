//! The sample universe as a source. Its bars are made when they are asked for, which is work: it is done apart.

use super::{Listed, Source, SourceError};
use crate::bar::{Bar, Day};
use crate::sample::{Refused, Sample};
use std::sync::Arc;

/// The sample universe.
#[derive(Clone, Debug)]
pub struct SampleSource(Arc<Sample>);

impl SampleSource {
    /// Of this universe.
    #[must_use]
    pub fn new(sample: Sample) -> Self {
        Self(Arc::new(sample))
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
