//! A provider's API in the manner of Massive (formerly Polygon): aggregates per symbol.
//!
//! Raw and adjusted prices are two questions, because a provider that gives both in one answer does not say which is which. They must
//! tell of the same days. `adjusted` is what the provider adjusts for: Massive for splits, not for dividends.
//!
//! A day is told only when it is final: some minutes after its closing bell, and fifteen more where the provider says that it is late.
//!
//! Invariant: all that was asked for, or an error. Where there are no bars, it is found out why: there is no such ticker, it is not
//! traded any more, it is called otherwise now.

mod answer;
mod ask;
mod options;
mod pace;

use super::columns::is_symbol;
use super::folder::listed_in;
use super::sorted::MOST;
use super::{Listed, Source, SourceError};
use crate::bar::{Bar, Day, iso, parse};
use crate::listed::Kind;
use crate::sessions;
use answer::{Aggregate, Aggregates, Events, Ticker, TickerOnly, Tickers};
use ask::Asker;
use domain::time::{MINUTE, Millis};
pub use options::{Key, MASSIVE, Options, wants_key};
use std::path::PathBuf;

/// Bars of a page.
const PAGE: &str = "50000";
/// Most pages of one answer.
const PAGES: usize = 50;
/// How much later bars are that are said to be late.
const LATE: Millis = 15 * MINUTE;

/// A provider's API as a source.
#[derive(Debug)]
pub struct RestSource {
    asker: Asker,
    settles: Millis,
    oldest: Day,
    universes: Option<PathBuf>,
    clock: fn() -> Millis,
}

impl RestSource {
    /// By options.
    ///
    /// # Errors
    /// When the address or the key cannot be one: a sentence.
    pub fn new(options: &Options) -> Result<Self, String> {
        Ok(Self {
            asker: Asker::new(options)?,
            settles: Millis::try_from(options.settles.as_millis()).unwrap_or(Millis::MAX),
            oldest: options.oldest,
            universes: options.universes.clone(),
            clock: options.clock,
        })
    }

    /// The bars of all pages, and whether they come late.
    async fn aggregates(
        &self,
        symbol: &str,
        from: Day,
        to: Day,
        adjusted: bool,
    ) -> Result<(Vec<Aggregate>, bool), SourceError> {
        let (from, to) = (iso(from), iso(to));
        let mut url = self.asker.address(&["v2", "aggs", "ticker", symbol, "range", "1", "day", &from, &to]);
        let adjusted = if adjusted { "true" } else { "false" };
        url.query_pairs_mut().extend_pairs([("adjusted", adjusted), ("sort", "asc"), ("limit", PAGE)]);
        let (mut bars, mut late): (Vec<Aggregate>, bool) = (Vec::new(), false);
        for _ in 0..PAGES {
            let page: Aggregates = self.asker.ask(&url).await?;
            let next = page.next_url.clone();
            let (some, is_late) = page.bars()?;
            bars.extend(some);
            late |= is_late;
            if bars.len() > MOST {
                return Err(SourceError::Corrupt(format!("there are more than {MOST} bars")));
            }
            match next {
                Some(next) => url = self.asker.following(&next)?,
                None => return Ok((bars, late)),
            }
        }
        Err(endless())
    }

    /// Why there are no bars of a symbol, if there is a reason.
    async fn why(&self, symbol: &str) -> Option<SourceError> {
        let url = self.asker.address(&["v3", "reference", "tickers", symbol]);
        let found = match self.asker.ask::<TickerOnly>(&url).await {
            Ok(found) if found.results.active.unwrap_or(found.results.delisted_utc.is_none()) => return None,
            Ok(_) => SourceError::Delisted,
            Err(cause) => cause,
        };
        if !matches!(found, SourceError::Delisted | SourceError::NotFound) {
            return Some(found);
        }
        // It may go on under another name. Whoever cannot tell does not change what is known.
        let mut url = self.asker.address(&["vX", "reference", "tickers", symbol, "events"]);
        url.query_pairs_mut().append_pair("types", "ticker_change");
        let Ok(Events { results }) = self.asker.ask(&url).await else { return Some(found) };
        let changes =
            results.events.into_iter().filter_map(|event| Some((event.date, event.ticker_change?.ticker)));
        let last =
            changes.max().map(|(_, ticker)| ticker).filter(|ticker| ticker != symbol && is_symbol(ticker));
        Some(last.map_or(found, SourceError::Renamed))
    }

    /// Every stock and fund that is traded.
    async fn all(&self) -> Result<Vec<Listed>, SourceError> {
        let mut url = self.asker.address(&["v3", "reference", "tickers"]);
        let query = [
            ("market", "stocks"),
            ("active", "true"),
            ("sort", "ticker"),
            ("order", "asc"),
            ("limit", "1000"),
        ];
        url.query_pairs_mut().extend_pairs(query);
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let page: Tickers = self.asker.ask(&url).await?;
            all.extend(page.results.into_iter().filter_map(listed));
            match page.next_url {
                Some(next) => url = self.asker.following(&next)?,
                None => {
                    all.sort_by(|a, b| a.symbol.cmp(&b.symbol));
                    all.dedup_by(|a, b| a.symbol == b.symbol);
                    return Ok(all);
                }
            }
        }
        Err(endless())
    }
}

impl Source for RestSource {
    fn name(&self) -> &'static str {
        "rest"
    }

    async fn universe(&self, name: &str) -> Result<Vec<Listed>, SourceError> {
        if let Some(folder) = self.universes.clone() {
            let name = name.to_owned();
            let read = tokio::task::spawn_blocking(move || listed_in(&folder, &name)).await;
            if let Some(listed) = read.map_err(|cause| SourceError::Corrupt(cause.to_string()))? {
                return listed;
            }
        }
        if name == "all" { self.all().await } else { Err(SourceError::UnknownUniverse(name.to_owned())) }
    }

    async fn bars(&self, symbol: &str, from: Day, to: Day, _: u32) -> Result<Vec<Bar>, SourceError> {
        if !is_symbol(symbol) {
            return Err(SourceError::NotFound);
        }
        let final_by =
            |late: Millis| sessions::finished((self.clock)() - self.settles - late).unwrap_or(Day::MIN);
        let (from, to) = (from.max(self.oldest).max(0), to.min(final_by(0)));
        if from > to {
            return Ok(Vec::new());
        }
        let (raw, adjusted) =
            tokio::join!(self.aggregates(symbol, from, to, false), self.aggregates(symbol, from, to, true));
        let ((raw, late), (adjusted, later)) = match (raw, adjusted) {
            (Err(SourceError::NotFound), _) | (_, Err(SourceError::NotFound)) => {
                return Err(self.why(symbol).await.unwrap_or(SourceError::NotFound));
            }
            (raw, adjusted) => (raw?, adjusted?),
        };
        let to = if late || later { to.min(final_by(LATE)) } else { to };
        let bars = together(&raw, &adjusted, from, to)?;
        // Of a day on which the exchange was open there should be a bar.
        if bars.is_empty()
            && !sessions::between(from..=to).is_empty()
            && let Some(why) = self.why(symbol).await
        {
            return Err(why);
        }
        Ok(bars)
    }
}

/// Raw bars with their adjusted closes. Both tell of the same days, or something is wrong with one of them.
fn together(raw: &[Aggregate], adjusted: &[Aggregate], from: Day, to: Day) -> Result<Vec<Bar>, SourceError> {
    let corrupt = |what: String| SourceError::Corrupt(what);
    let days = |bars: &[Aggregate]| -> Result<Vec<(Day, Aggregate)>, SourceError> {
        let day = |bar: &Aggregate| Some((bar.day()?, *bar));
        let mut bars: Vec<(Day, Aggregate)> = bars
            .iter()
            .map(|bar| day(bar).ok_or_else(|| corrupt("a bar has no day".to_owned())))
            .collect::<Result<_, _>>()?;
        bars.retain(|(day, _)| (from..=to).contains(day));
        bars.sort_by_key(|(day, _)| *day);
        Ok(bars)
    };
    let (raw, adjusted) = (days(raw)?, days(adjusted)?);
    let other = raw
        .iter()
        .zip(&adjusted)
        .find(|(raw, adjusted)| raw.0 != adjusted.0)
        .map(|(raw, adjusted)| raw.0.min(adjusted.0));
    let longer = if raw.len() > adjusted.len() { &raw } else { &adjusted };
    let beyond = longer.get(raw.len().min(adjusted.len())).map(|(day, _)| *day);
    if let Some(day) = other.or(beyond) {
        return Err(corrupt(format!("of {} there is only a raw or only an adjusted bar", iso(day))));
    }
    let bar = |((day, raw), (_, adjusted)): (&(Day, Aggregate), &(Day, Aggregate))| {
        let volume = super::columns::volume(raw.v)
            .ok_or_else(|| corrupt(format!("of {} the volume is no number of shares", iso(*day))))?;
        Ok(Bar {
            day: *day,
            open: raw.o,
            high: raw.h,
            low: raw.l,
            close: raw.c,
            volume,
            adjusted: adjusted.c,
        })
    };
    raw.iter().zip(&adjusted).map(bar).collect()
}

fn listed(ticker: Ticker) -> Option<Listed> {
    let kind = match ticker.kind.as_deref() {
        Some("CS" | "ADRC") => Kind::Stock,
        Some("ETF" | "ETN" | "ETV" | "ETS") => Kind::Fund,
        // Warrants, rights, units and preferred shares are no companies of their own.
        _ => return None,
    };
    let day = |text: Option<String>| text.and_then(|text| parse(text.get(..10)?));
    is_symbol(&ticker.ticker).then(|| Listed {
        name: ticker.name.map(|name| name.chars().take(200).collect()),
        kind,
        market_cap: ticker.market_cap.filter(|worth| worth.is_finite()),
        listed: day(ticker.list_date),
        delisted: day(ticker.delisted_utc),
        ..Listed::new(&ticker.ticker)
    })
}

fn endless() -> SourceError {
    SourceError::Corrupt(format!("the answer has more than {PAGES} pages"))
}
