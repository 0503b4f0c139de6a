//! TA-Lib over a symbol's bars. The library computes; ours is that each value stands beside its day.

use super::{Definition, Formula, Table};
use crate::bar::Bar;
use ta_lib::{Core, MAType, OutRange, RetCode};

/// Adjusted prices in columns, as TA-Lib wants them.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Adjusted opens.
    pub open: Vec<f64>,
    /// Adjusted highs.
    pub high: Vec<f64>,
    /// Adjusted lows.
    pub low: Vec<f64>,
    /// Adjusted closes.
    pub close: Vec<f64>,
}

impl Prices {
    /// Of these bars.
    #[must_use]
    pub fn of(bars: &[Bar]) -> Self {
        let mut prices = Self::default();
        for column in [&mut prices.open, &mut prices.high, &mut prices.low, &mut prices.close] {
            column.reserve_exact(bars.len());
        }
        for bar in bars {
            let [open, high, low, close] = bar.adjusted_prices();
            prices.open.push(open);
            prices.high.push(high);
            prices.low.push(low);
            prices.close.push(close);
        }
        prices
    }
}

/// Computes what is wanted over adjusted prices.
#[must_use]
pub fn compute(bars: &[Bar], wanted: &[&Definition]) -> Table {
    let mut table = Table::of(bars.iter().map(|bar| bar.day).collect());
    fill(&mut table, &Prices::of(bars), wanted);
    table
}

/// Fills the columns of what is wanted. An indicator that needs more bars than there are has a column without a value.
pub fn fill(table: &mut Table, prices: &Prices, wanted: &[&Definition]) {
    for definition in wanted {
        for (place, values) in definition.columns().zip(one(prices, definition)) {
            table.columns[place] = values;
        }
    }
}

/// The columns of one indicator.
fn one(prices: &Prices, definition: &Definition) -> Vec<Vec<f64>> {
    let length = prices.close.len();
    let mut columns = vec![vec![f64::NAN; length]; definition.values.len()];
    if length < definition.needs {
        return columns;
    }
    match call(prices, definition.formula, &mut columns) {
        Ok(range) => columns.iter_mut().for_each(|column| align(column, range)),
        // It refuses only what it cannot be given here (a range, a period). A column without a value is never a wrong value.
        Err(_) => columns.iter_mut().for_each(|column| column.fill(f64::NAN)),
    }
    columns
}

fn call(prices: &Prices, formula: Formula, columns: &mut [Vec<f64>]) -> Result<OutRange, RetCode> {
    let Prices { high, low, close, .. } = prices;
    let (core, last) = (Core::new(), close.len() - 1);
    match (formula, columns) {
        (Formula::Sma(bars), [out]) => core.sma(0, last, close, bars.into(), out),
        (Formula::Ema(bars), [out]) => core.ema(0, last, close, bars.into(), out),
        (Formula::Rsi, [out]) => core.rsi(0, last, close, 14, out),
        (Formula::Macd, [line, signal, histogram]) => {
            core.macd(0, last, close, 12, 26, 9, line, signal, histogram)
        }
        (Formula::Bollinger, [upper, middle, lower]) => {
            core.bbands(0, last, close, 20, 2.0, 2.0, MAType::SMA, upper, middle, lower)
        }
        (Formula::Stochastic, [k, d]) => core.stochf(0, last, high, low, close, 14, 3, MAType::SMA, k, d),
        (Formula::Atr, [out]) => core.atr(0, last, high, low, close, 14, out),
        (Formula::Adx, [out]) => core.adx(0, last, high, low, close, 14, out),
        _ => Err(RetCode::BadParam),
    }
}

/// TA-Lib writes its first value at the beginning; its place is beside the bar it belongs to.
fn align(column: &mut [f64], range: OutRange) {
    let count = range.count.min(column.len().saturating_sub(range.beg_idx));
    column.copy_within(..count, range.beg_idx);
    column[..range.beg_idx].fill(f64::NAN);
    column[range.beg_idx + count..].fill(f64::NAN);
}
