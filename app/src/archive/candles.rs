//! A symbol's candles, as its producer has them: adjusted prices, averages over them, relative strength below, patterns marked.
//!
//! Nothing here is computed: bars, values and patterns are the producer's own. What it does not have is not drawn. Shapes that stretch
//! with the page are in a drawing of their own whose strokes do not stretch; what has a shape of its own stands at its place.

use super::chart::place;
use super::marked::{Marked, found, key, shape, shapes};
use super::parts::number;
use crate::format::{count, night, plural};
use crate::view::{Part, escaped, part};
use leptos::prelude::*;
use std::fmt::Write;

/// Height of the candles.
const HIGH: f64 = 240.0;
/// Where the strength's drawing begins, and how high it is.
const BELOW: (f64, f64) = (268.0, 56.0);
/// One bar's width in the drawing that stretches.
const STEP: f64 = 10.0;
/// Lines over the candles, and how they are drawn and called.
const LINES: [(&[&str], &str, &str); 4] = [
    (&["bb_upper", "bb_lower"], "l-outline", "Bollinger bands"),
    (&["sma_20"], "l-blue", "20 days"),
    (&["sma_50"], "l-amber", "50 days"),
    (&["sma_200"], "l-violet", "200 days"),
];

/// A bar, adjusted for splits and dividends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candle {
    /// Days since 1970-01-01.
    pub day: i64,
    /// First price.
    pub open: f64,
    /// Highest.
    pub high: f64,
    /// Lowest.
    pub low: f64,
    /// Last price.
    pub close: f64,
}

/// What the producer has of a symbol.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candles {
    /// What it is called.
    pub name: Option<String>,
    /// Made up, and not of any market.
    pub generated: bool,
    /// The last day that traded.
    pub last_trading_day: Option<i64>,
    /// How many days have traded since the newest bar.
    pub behind: u32,
    /// Oldest first.
    pub bars: Vec<Candle>,
    /// Series by name, each as long as the bars; `None` where there is no value yet.
    pub lines: Vec<(String, Vec<Option<f64>>)>,
    /// Newest first.
    pub marks: Vec<Marked>,
}

impl Candles {
    fn line(&self, name: &str) -> Option<&[Option<f64>]> {
        let found =
            self.lines.iter().find(|(known, values)| known == name && values.len() == self.bars.len());
        found.map(|(_, values)| values.as_slice())
    }

    /// "The newest bar is of Fri 27 Nov, the last trading day."
    fn sentence(&self) -> String {
        let Some(last) = self.bars.last() else { return "The producer has no bars of it.".to_owned() };
        let made = if self.generated { "Generated, of no market. " } else { "" };
        // "Apple Inc." has its full stop.
        let named =
            self.name.as_ref().map(|name| format!("{}. ", name.trim_end_matches('.'))).unwrap_or_default();
        let fresh = match self.last_trading_day {
            Some(day) if day == last.day => ", the last trading day".to_owned(),
            Some(day) if day > last.day => {
                let (days, behind) = (plural(self.behind, "trading day"), count(self.behind));
                format!(", {behind} {days} behind: the last one was {}", dated(day))
            }
            _ => String::new(),
        };
        format!("{named}{made}The newest bar is of {}{fresh}.", dated(last.day))
    }

    /// The lowest and the highest price.
    fn range(&self) -> (f64, f64) {
        let low = self.bars.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
        let high = self.bars.iter().map(|bar| bar.high).fold(f64::NEG_INFINITY, f64::max);
        if high > low { (low, high) } else { (low - 1.0, low + 1.0) }
    }

    fn y(&self, price: f64) -> f64 {
        let (low, high) = self.range();
        8.0 + (HIGH - 16.0) * (1.0 - (price - low) / (high - low))
    }

    fn width(&self) -> f64 {
        place(self.bars.len().max(20)) * STEP
    }

    /// Middle of a bar, in the drawing that stretches.
    fn x(index: usize) -> f64 {
        (place(index) + 0.5) * STEP
    }

    /// Candles and averages.
    fn stretched(&self) -> String {
        let mut wicks = String::new();
        let (mut up, mut down) = (String::new(), String::new());
        for (index, bar) in self.bars.iter().enumerate() {
            let (x, top, bottom) =
                (Self::x(index), self.y(bar.open.max(bar.close)), self.y(bar.open.min(bar.close)));
            // Writing into a String cannot fail.
            let _ = write!(wicks, "M{x} {:.1}V{:.1}", self.y(bar.high), self.y(bar.low));
            let body = if bar.close >= bar.open { &mut up } else { &mut down };
            let _ = write!(body, "M{} {top:.1}h6v{:.1}h-6z", x - 3.0, (bottom - top).max(1.0));
        }
        let mut svg = format!(
            "<path class=\"l-outline nofill\" d=\"{wicks}\"/><path class=\"f-ground l-ink3\" d=\"{up}\"/><path class=\"f-done l-ink3\" d=\"{down}\"/>"
        );
        for (name, class) in
            LINES.iter().flat_map(|(names, class, _)| names.iter().map(move |name| (name, class)))
        {
            if let Some(values) = self.line(name) {
                let _ = write!(
                    svg,
                    "<path class=\"nofill {class}\" d=\"{}\"/>",
                    trace(values, |value| self.y(value).clamp(0.0, HIGH))
                );
            }
        }
        svg
    }

    /// Relative strength, and the two lines that it is held against.
    fn strength(&self) -> Option<String> {
        let values = self.line("rsi_14")?;
        let y = |value: f64| BELOW.1 * (1.0 - value / 100.0);
        let wide = self.width();
        Some(format!(
            "<path class=\"nofill l-hair\" d=\"M0 {a:.1}H{wide}M0 {b:.1}H{wide}\"/><path class=\"nofill l-ink3\" d=\"{}\"/>",
            trace(values, y),
            a = y(70.0),
            b = y(30.0)
        ))
    }

    /// Marks, labels and dates: they keep their shape.
    fn fixed(&self) -> String {
        let share = |index: usize| 100.0 * Self::x(index) / self.width();
        let mut svg = String::new();
        for mark in &self.marks {
            let Some(index) = self.bars.iter().position(|bar| bar.day == mark.day) else { continue };
            let bar = self.bars[index];
            // Above the bar or below it, away from its wick.
            let y = match mark.direction {
                1.. => self.y(bar.low) + 4.0,
                0 => self.y(bar.high) - 10.0,
                _ => self.y(bar.high) - 12.0,
            };
            let shape = shape(mark.direction);
            let name =
                escaped(&format!("{}, {}, confidence {:.2}", mark.pattern, dated(mark.day), mark.confidence));
            let _ = write!(
                svg,
                "<svg class=\"free\" x=\"{:.2}%\" y=\"{y:.1}\" width=\"1\" height=\"1\"><title>{name}</title>{shape}</svg>",
                share(index)
            );
        }
        let step = self.bars.len().div_ceil(6).max(1);
        for (nth, index) in (0..self.bars.len()).rev().step_by(step).enumerate() {
            let x = share(index);
            let anchor = if x > 95.0 {
                "end"
            } else if x < 4.0 {
                "start"
            } else {
                "middle"
            };
            let class = if nth % 3 > 0 { " class=\"wide-only\"" } else { "" };
            let day = dated(self.bars[index].day);
            let _ = write!(svg, "<text{class} x=\"{x:.2}%\" y=\"256\" text-anchor=\"{anchor}\">{day}</text>");
        }
        svg
    }

    /// Prices at the left.
    fn axis(&self) -> String {
        let (low, high) = self.range();
        let mut svg = String::new();
        for price in [high, f64::midpoint(low, high), low] {
            let _ = write!(
                svg,
                "<text x=\"48\" y=\"{:.1}\" text-anchor=\"end\">{price:.2}</text>",
                self.y(price) + 4.0
            );
        }
        if self.line("rsi_14").is_some() {
            for level in [70.0, 30.0] {
                let y = BELOW.0 + BELOW.1 * (1.0 - level / 100.0) + 4.0;
                let _ = write!(svg, "<text x=\"48\" y=\"{y:.1}\" text-anchor=\"end\">{level}</text>");
            }
        }
        svg
    }
}

/// A line through what has a value, broken where there is none.
fn trace(values: &[Option<f64>], y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (index, value) in values.iter().enumerate() {
        match value {
            Some(value) => {
                let _ = write!(path, "{pen}{} {:.1}", Candles::x(index), y(*value));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    path
}

/// "Fri 1 Mar 2013".
pub(super) fn dated(day: i64) -> String {
    let year = domain::time::Civil::from_utc(day * domain::time::DAY).year;
    format!("{} {year}", night(day))
}

/// The section; `Err`: why the producer could not be asked.
pub(super) fn section(candles: Result<&Candles, &str>) -> Part {
    let candles = match candles {
        Ok(candles) => candles,
        Err(why) => {
            let words = format!("The producer was asked for its bars: {why}.");
            return part(
                view! { <section class="candles"><div class="head rule"><h2>"Bars"</h2></div><p class="quiet">{words}</p></section> },
            );
        }
    };
    let sentence = candles.sentence();
    if candles.bars.is_empty() {
        return part(
            view! { <section class="candles"><div class="head rule"><h2>"Bars"</h2></div><p class="quiet">{sentence}</p></section> },
        );
    }
    let stroke = |class: &str| format!("<path class=\"nofill {class}\" stroke-width=\"2\" d=\"M0 8h16\"/>");
    let drawn: Vec<Part> = LINES
        .iter()
        .filter(|(names, ..)| names.iter().any(|name| candles.line(name).is_some()))
        .map(|(_, class, words)| key(stroke(class), (*words).to_owned()))
        .collect();
    let relative = candles.line("rsi_14").map(|_| key(stroke("l-ink3"), "RSI 14, below".to_owned()));
    let stale = candles.last_trading_day.zip(candles.bars.last()).is_some_and(|(day, last)| day > last.day);
    let view = format!("0 0 {} {HIGH}", candles.width());
    let strength = candles.strength();
    let high = if strength.is_some() { BELOW.0 + BELOW.1 } else { 262.0 }.to_string();
    let below = strength.map(|svg| {
        format!(
            "<svg class=\"stretch\" y=\"{}\" width=\"100%\" height=\"{}\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">{svg}</svg>",
            BELOW.0, BELOW.1, candles.width(), BELOW.1
        )
    });
    let drawing = format!(
        "<svg class=\"stretch\" width=\"100%\" height=\"{HIGH}\" viewBox=\"{view}\" preserveAspectRatio=\"none\">{}</svg>{}{}",
        candles.stretched(),
        below.unwrap_or_default(),
        candles.fixed()
    );
    let last = candles.bars.last().map(|bar| format!("{:.2}", bar.close)).unwrap_or_default();
    let said = format!("{} daily bars, adjusted; last close {last}", count(number(candles.bars.len())));
    let label = format!("Candles of the last {} days. {sentence}", candles.bars.len());
    part(view! {
        <section class="candles">
            <div class="head rule"><h2>"Bars"</h2><span class="quiet">{said}</span></div>
            <p class="quiet" class:warn=stale>{sentence}</p>
            <div class="plot">
                <svg class="axis" width="56" height=high.clone() aria-hidden="true" inner_html=candles.axis()></svg>
                <svg class="free" width="100%" height=high role="img" aria-label=label inner_html=drawing></svg>
            </div>
            <ul class="legend">{drawn}{relative}{shapes(&candles.marks)}</ul>
            {found(&candles.marks)}
        </section>
    })
}

#[cfg(test)]
#[path = "candles_tests.rs"]
mod tests;
