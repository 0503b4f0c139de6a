//! Connections that are cut once a second while events come: each comes back with what it holds, and must end with everything,
//! and be told nothing twice.

use super::Round;
use crate::Options;
use crate::Outcome;
use crate::client;
use crate::event::{CHANNEL, STATUS, Shape, find, result, start};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use futures_util::StreamExt;
use std::time::{Duration, Instant};

const CONNECTIONS: u32 = 20;
const PER_SECOND: f64 = 500.0;

/// Of all connections together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// How often one was cut.
    pub cuts: f64,
    /// Symbols of which a connection never saw the result.
    pub missed: f64,
    /// Results that a connection was told again.
    pub twice: f64,
}

/// What one connection holds.
struct Held {
    /// Of each symbol, the number of its last change.
    symbols: Vec<u64>,
    epoch: String,
    /// Up to which change everything is held.
    to: u64,
    twice: u32,
}

/// The product, for so many seconds.
pub async fn product(options: &Options, round: &Round<'_>, seconds: f64) -> Outcome<Figures> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand")]
    let events = (PER_SECOND * seconds) as usize;
    let server = Process::server(Kind::Product, options, round.redis).await?;
    Publisher::to(round.redis).await?.say(STATUS, &start(events)).await?;
    let messages: Vec<String> = (0..events).map(|number| result(number, 0)).collect();
    let sent = Sent::new(events);
    let publish =
        async { Publisher::to(round.redis).await?.say_all(CHANNEL, &messages, PER_SECOND, &sent).await };
    let all = (0..CONNECTIONS).map(|number| connection(&server, events, number));
    let (published, held) = tokio::join!(publish, futures_util::future::join_all(all));
    published?;
    let mut figures = Figures::default();
    for one in held {
        let (held, cuts) = one?;
        figures.cuts += f64::from(cuts);
        figures.twice += f64::from(held.twice);
        figures.missed += held.symbols.iter().filter(|changed| **changed == 0).map(|_| 1.0).sum::<f64>();
    }
    Ok(figures)
}

/// Watches until it holds all, cut at a moment of its own in every second. Returns what it holds, and how often it was cut.
async fn connection(server: &Process, events: usize, number: u32) -> Outcome<(Held, u32)> {
    let mut held = Held { symbols: vec![0; events], epoch: String::new(), to: 0, twice: 0 };
    let begin = Instant::now() + Duration::from_millis(u64::from(number) * 50);
    let (mut cuts, mut silent) = (0_u32, false);
    while !silent && held.symbols.contains(&0) {
        let place = (held.to > 0).then_some((held.epoch.as_str(), held.to));
        let mut socket = client::open_after(Kind::Product, server, place).await?;
        cuts += 1;
        let end = begin + Duration::from_secs(u64::from(cuts));
        let mut heard = Instant::now();
        while Instant::now() < end && held.symbols.contains(&0) {
            let next = tokio::time::timeout_at(end.into(), socket.next()).await;
            let Ok(Some(Ok(message))) = next else { break };
            if let Ok(text) = message.to_text() {
                heard = Instant::now();
                held.take(text);
            }
        }
        // Long after the last event there is nothing more to wait for.
        silent = cuts > 60 || heard.elapsed() > Duration::from_secs(4);
    }
    Ok((held, cuts.saturating_sub(1)))
}

impl Held {
    fn take(&mut self, text: &str) {
        if let Some(epoch) = text_after(text, r#""epoch":""#) {
            epoch.clone_into(&mut self.epoch);
        }
        if !text.contains(r#""f":"run/"#) {
            return;
        }
        let mut twice = 0;
        Shape::Frame.symbols(text.as_bytes(), |number, rest| {
            // What follows is `",17,{…`.
            let digits = rest.get(2..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit());
            let changed = digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
            if let Some(known) = self.symbols.get_mut(number) {
                twice += u32::from(changed <= *known);
                *known = changed.max(*known);
            }
        });
        self.twice += twice;
        if let Some(to) = find(text.as_bytes(), br#""z":"#).and_then(|at| text.get(at + 4..)) {
            let digits: String = to.chars().take_while(char::is_ascii_digit).collect();
            self.to = digits.parse().unwrap_or(self.to);
        }
    }
}

fn text_after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark)?.1.split('"').next()
}
