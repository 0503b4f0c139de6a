//! Bars that nobody traded, and that look as if somebody had.
//!
//! A company's price follows its own slow trend, drawn back to it when it strays; its volatility comes in clusters (what moved
//! yesterday moves today); a part of every day's move is the market's; four times a year there is news. Volume goes with movement.
//! A price that has grown tall is split, two to four for one, in years before [`LAST_SPLIT`]: later splits would change adjusted
//! closes that were told already.
//!
//! Invariant: the bars up to a day are the same whenever they are asked for, and however many come after them.

use crate::bar::{Bar, Day, date_of, plain};
use crate::sessions;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::LazyLock;

/// The first day of every company.
const FIRST: Day = day_const(2012, 1, 3);
/// No splits from this day on.
const LAST_SPLIT: Day = day_const(2026, 1, 1);
/// A price that is higher is split at the beginning of a month.
const TALL: f64 = 240.0;
/// Part of a day's variance that happens while the exchange is closed.
const OVERNIGHT: f64 = 0.25;
/// No day moves further (as a logarithm): the exchange would have halted it.
const MOST: f64 = 0.24;
/// Days between two times of news.
const QUARTER: usize = 63;

const fn day_const(year: i32, month: u8, day: u8) -> Day {
    // Days of this century fit.
    domain::time::days_of(year, month, day) as Day
}

/// The market's part of each day, which all companies share.
static MARKET: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let mut random = ChaCha8Rng::seed_from_u64(0x5150);
    let mut variance = 0.008_f64.powi(2);
    let step = |_: &Day| {
        let moved = variance.sqrt() * normal(&mut random);
        variance = 0.03 * 0.008_f64.powi(2) + 0.09 * moved.powi(2) + 0.88 * variance;
        moved
    };
    sessions::between(FIRST..=Day::MAX).iter().map(step).collect()
});

/// A day before it is known by how much later splits divide its prices.
struct Traded {
    bar: Bar,
    /// Shares for one, from this day on.
    split: f64,
}

/// All bars of a company up to a day.
#[must_use]
pub fn bars(seed: u64, number: u64, to: Day) -> Vec<Bar> {
    let mut company = Company::new(seed, number);
    let days = sessions::between(FIRST..=to.max(LAST_SPLIT));
    let traded: Vec<Traded> = days
        .iter()
        .zip(MARKET.iter())
        .enumerate()
        .map(|(at, (day, market))| company.day(at, *day, *market))
        .collect();
    let mut later = 1.0;
    let mut bars: Vec<Bar> = traded
        .iter()
        .rev()
        .map(|day| {
            let bar = Bar { adjusted: plain(day.bar.close / later), ..day.bar };
            later *= day.split;
            bar
        })
        .collect();
    bars.reverse();
    bars.truncate(bars.partition_point(|bar| bar.day <= to));
    bars
}

struct Company {
    random: ChaCha8Rng,
    /// How much of the market's move is its own, and its usual variance.
    beta: f64,
    usual: f64,
    drift: f64,
    /// Dollars traded on a usual day.
    money: f64,
    /// The day of the quarter on which it has news.
    news: usize,
    price: f64,
    trend: f64,
    variance: f64,
    mood: f64,
    month: (i32, u8),
}

impl Company {
    fn new(seed: u64, number: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number + 1);
        let price = (2.9 + 1.9 * random.random::<f64>()).exp();
        let usual = (0.008 + 0.014 * random.random::<f64>()).powi(2);
        Self {
            beta: 0.4 + random.random::<f64>(),
            usual,
            drift: (0.10 * random.random::<f64>() - 0.01) / 252.0,
            money: (16.0 + 4.5 * random.random::<f64>()).exp(),
            news: random.random_range(0..QUARTER),
            price,
            trend: price.ln(),
            variance: usual,
            mood: 0.0,
            month: (0, 0),
            random,
        }
    }

    fn day(&mut self, at: usize, day: Day, market: f64) -> Traded {
        let split = self.split(day);
        self.price /= split;
        self.trend += self.drift - split.ln();
        let news = if at % QUARTER == self.news { 0.045 * normal(&mut self.random) } else { 0.0 };
        let own = self.variance.sqrt();
        let back = 0.002 * (self.trend - self.price.ln());
        let night = (OVERNIGHT.sqrt() * own * normal(&mut self.random) + 0.3 * self.beta * market + news)
            .clamp(-MOST / 2.0, MOST / 2.0);
        let daily =
            (1.0 - OVERNIGHT).sqrt() * own * normal(&mut self.random) + 0.7 * self.beta * market + back;
        let daily = daily.clamp(-MOST / 2.0, MOST / 2.0);
        let open = cents(self.price * night.exp());
        let exact = self.price * (night + daily).exp();
        let close = cents(exact);
        // How far it went beyond both ends on its way.
        let (above, below) = (normal(&mut self.random).abs(), normal(&mut self.random).abs());
        let high = cents(open.max(close) * (0.45 * own * above).exp()).max(open.max(close));
        let low = cents(open.min(close) * (-0.45 * own * below).exp()).min(open.min(close));
        self.mood = 0.8 * self.mood + 0.25 * normal(&mut self.random);
        let moved = (night + daily).abs() / self.usual.sqrt();
        let shares = self.money * (self.mood + 0.25 * moved.min(6.0)).exp() / exact;
        let step = night - news + daily - self.beta * market;
        self.variance = 0.05 * self.usual + 0.10 * step.powi(2).min(25.0 * self.usual) + 0.85 * self.variance;
        self.price = exact;
        #[expect(clippy::cast_possible_truncation, reason = "millions of shares, in hundreds")]
        let volume = (shares / 100.0).ceil() as i64 * 100;
        Traded { bar: Bar { day, open, high, low, close, volume, adjusted: close }, split }
    }

    /// How many shares there are for one from this day on.
    fn split(&mut self, day: Day) -> f64 {
        let (year, month, _) = date_of(day);
        let begins = std::mem::replace(&mut self.month, (year, month)) != (year, month);
        let tall = self.price / TALL;
        match tall {
            _ if !begins || tall <= 1.0 || day >= LAST_SPLIT => 1.0,
            tall if tall > 2.0 => 4.0,
            tall if tall > 1.4 => 3.0,
            _ => 2.0,
        }
    }
}

fn cents(price: f64) -> f64 {
    ((price * 100.0).round() / 100.0).max(0.01)
}

/// A normally distributed number (the polar method).
fn normal(random: &mut impl Rng) -> f64 {
    loop {
        let (x, y) = (2.0 * random.random::<f64>() - 1.0, 2.0 * random.random::<f64>() - 1.0);
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return x * (-2.0 * square.ln() / square).sqrt();
        }
    }
}
