//! A symbol as a source lists it: what it is, and whether its bars were traded or generated.

use crate::bar::Day;

/// What a symbol stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A share of a company.
    Stock,
    /// A fund that is traded.
    Fund,
}

impl Kind {
    /// `stock`, as the store spells it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Fund => "fund",
        }
    }

    /// The kind of that key; what is unknown is a stock.
    #[must_use]
    pub fn of(key: &str) -> Self {
        if key == "fund" { Self::Fund } else { Self::Stock }
    }
}

/// A symbol as a source lists it. What a source does not know is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its ticker.
    pub symbol: String,
    /// Whether its bars are made up, which is said wherever they are shown.
    pub generated: bool,
    /// What it is called.
    pub name: Option<String>,
    /// What it stands for.
    pub kind: Kind,
    /// What the company is worth, in dollars.
    pub market_cap: Option<f64>,
    /// Its sector.
    pub sector: Option<String>,
    /// First day on the exchange.
    pub listed: Option<Day>,
    /// Last day on the exchange.
    pub delisted: Option<Day>,
}

impl Listed {
    /// A symbol of which nothing else is known.
    #[must_use]
    pub fn new(symbol: &str) -> Self {
        Self {
            symbol: symbol.to_owned(),
            generated: false,
            name: None,
            kind: Kind::Stock,
            market_cap: None,
            sector: None,
            listed: None,
            delisted: None,
        }
    }
}
