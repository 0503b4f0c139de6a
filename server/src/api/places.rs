//! Where a page of a list goes on, as text: what an answer gives as `next`, and takes as `before` or `after`.

use super::params::digits;
use crate::store::read::runs::RunPlace;
use crate::store::read::symbols::SymbolPlace;
use std::str::FromStr;

/// Most characters of a symbol's name.
pub const SYMBOL: usize = 32;

impl RunPlace {
    /// As text.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}.{}.{}", self.night, self.started, self.run)
    }
}

/// It is no text that an answer gave.
#[derive(Debug)]
pub struct NoPlace;

impl FromStr for RunPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut parts = text.splitn(3, '.').map(digits);
        match (parts.next().flatten(), parts.next().flatten(), parts.next().flatten()) {
            (Some(night), Some(started), Some(run)) => Ok(Self { night, started, run }),
            _ => Err(NoPlace),
        }
    }
}

impl SymbolPlace {
    /// As text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.millis, self.symbol)
    }
}

impl FromStr for SymbolPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (millis, symbol) = place_of(text, SYMBOL)?;
        Ok(Self { symbol, millis })
    }
}

/// A number and a name of at most so many characters.
pub(super) fn place_of(text: &str, longest: usize) -> Result<(i64, String), NoPlace> {
    let (number, name) = text.split_once('.').ok_or(NoPlace)?;
    let plain = name.chars().count() <= longest && !name.chars().any(char::is_control);
    let number = digits(number).filter(|_| plain).ok_or(NoPlace)?;
    Ok((number, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_as_it_was() {
        let run = RunPlace { night: 20_777, started: 1_795_209_000_000, run: 12 };
        assert_eq!(run.text().parse::<RunPlace>().ok(), Some(run));
        let symbol = SymbolPlace { symbol: "BRK.B".to_owned(), millis: 126 };
        assert_eq!(symbol.text().parse::<SymbolPlace>().ok(), Some(symbol));
        for garbage in ["", "1.2", "1.2.x", "garbage", "1.2.3.4"] {
            assert!(garbage.parse::<RunPlace>().is_err(), "{garbage}");
        }
    }
}
