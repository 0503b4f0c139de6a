//! Figures from samples.

/// Latencies of deliveries, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<u32>);

impl Samples {
    /// Adds one.
    pub fn add(&mut self, micros: u128) {
        self.0.push(u32::try_from(micros).unwrap_or(u32::MAX));
    }

    /// Adds those of another.
    pub fn take(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The value below which that share lies, in milliseconds.
    pub fn percentile(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts are small"
        )]
        let at = ((self.0.len() as f64 - 1.0) * share).max(0.0) as usize;
        self.0.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }
}

/// The middle of several rounds, and the ends.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The middle.
    pub median: f64,
    /// The lowest.
    pub least: f64,
    /// The highest.
    pub most: f64,
}

/// Of these; `NaN` of none.
pub fn spread(values: &[f64]) -> Spread {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    Spread { median: at(sorted.len() / 2), least: at(0), most: at(sorted.len().saturating_sub(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_medians() {
        let mut samples = Samples::default();
        (1..=1_000).rev().for_each(|micros| samples.add(micros * 1_000));
        assert_eq!(
            (samples.percentile(0.5), samples.percentile(0.99), samples.percentile(1.0)),
            (500.0, 990.0, 1_000.0)
        );
        let Spread { median, least, most } = spread(&[3.0, 1.0, 2.0]);
        assert_eq!((median, least, most), (2.0, 1.0, 3.0));
    }
}
