//! Indicators, by TA-Lib's official Rust port, over adjusted closes (so that a split is no crash).

use ta_lib::{Core, RetCode};

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Simple moving average.
    Sma,
    /// Exponential moving average.
    Ema,
    /// Relative strength, Wilder's.
    Rsi,
}

/// An indicator and over how many bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicator {
    kind: Kind,
    /// Its period, in bars.
    pub period: i32,
}

/// Those of a small night.
pub const INDICATORS: [Indicator; 5] = [
    Indicator { kind: Kind::Sma, period: 20 },
    Indicator { kind: Kind::Sma, period: 50 },
    Indicator { kind: Kind::Sma, period: 200 },
    Indicator { kind: Kind::Ema, period: 20 },
    Indicator { kind: Kind::Rsi, period: 14 },
];

impl Indicator {
    /// `SMA 200`.
    #[must_use]
    pub fn name(&self) -> String {
        let kind = match self.kind {
            Kind::Sma => "SMA",
            Kind::Ema => "EMA",
            Kind::Rsi => "RSI",
        };
        format!("{kind} {}", self.period)
    }

    /// Bars that one value needs.
    #[must_use]
    pub fn needs(&self) -> usize {
        let period = usize::try_from(self.period).unwrap_or(0);
        if self.kind == Kind::Rsi { period + 1 } else { period }
    }

    /// All its values, the newest last; none when there are too few bars.
    ///
    /// # Errors
    /// When the library refuses the input.
    pub fn compute(&self, closes: &[f64]) -> Result<Vec<f64>, RetCode> {
        if closes.len() < self.needs() {
            return Ok(Vec::new());
        }
        let core = Core::new();
        let mut values = vec![0.0; closes.len()];
        let last = closes.len() - 1;
        let range = match self.kind {
            Kind::Sma => core.sma(0, last, closes, self.period, &mut values)?,
            Kind::Ema => core.ema(0, last, closes, self.period, &mut values)?,
            Kind::Rsi => core.rsi(0, last, closes, self.period, &mut values)?,
        };
        values.truncate(range.count);
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::night::bars::built_in;

    fn closes(symbol: &str) -> Vec<f64> {
        let all = built_in().expect("they are in the program");
        let series = all.into_iter().find(|series| series.symbol == symbol).expect("it is there");
        series.bars.iter().map(|bar| bar.adjusted).collect()
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6 * b.abs().max(1.0)
    }

    #[test]
    fn averages_are_the_averages() {
        let closes = closes("AAPL");
        for indicator in INDICATORS.iter().filter(|indicator| indicator.kind == Kind::Sma) {
            let values = indicator.compute(&closes).expect("it computes");
            let period = indicator.needs();
            let by_hand = closes[closes.len() - period..].iter().sum::<f64>() / f64::from(indicator.period);
            assert!(near(*values.last().expect("a value"), by_hand), "{}", indicator.name());
            assert_eq!(values.len(), closes.len() - period + 1);
        }
    }

    #[test]
    fn the_exponential_average_follows_its_definition() {
        let closes = closes("IBM");
        let values = INDICATORS[3].compute(&closes).expect("it computes");
        let mut by_hand = closes[..20].iter().sum::<f64>() / 20.0;
        for close in &closes[20..] {
            by_hand += (close - by_hand) * 2.0 / 21.0;
        }
        assert!(near(*values.last().expect("a value"), by_hand));
    }

    #[test]
    fn relative_strength_is_wilders() {
        let closes = closes("MSFT");
        let values = INDICATORS[4].compute(&closes).expect("it computes");
        let moves: Vec<f64> = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (mut up, mut down) = moves[..14]
            .iter()
            .fold((0.0, 0.0), |(up, down), step| (up + step.max(0.0), down - step.min(0.0)));
        (up, down) = (up / 14.0, down / 14.0);
        for step in &moves[14..] {
            up = (up * 13.0 + step.max(0.0)) / 14.0;
            down = (down * 13.0 - step.min(0.0)) / 14.0;
        }
        assert!(near(*values.last().expect("a value"), 100.0 * up / (up + down)));
    }

    #[test]
    fn facebook_is_too_young_for_two_hundred_days() {
        let closes = closes("FB");
        assert_eq!(INDICATORS[2].compute(&closes), Ok(Vec::new()));
        assert!(!INDICATORS[1].compute(&closes).expect("it computes").is_empty());
    }
}
