//! One word about the producer's messages: are they understood?

use super::states;
use crate::format::{plural, thousands};
use crate::live::{Live, use_live};
use crate::view::{part, text};
use leptos::prelude::*;

/// What the page says, worked out once for word, tone and sentence.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    messages: u64,
    channels: usize,
    decoded: u64,
    apart: u64,
    unknown: u64,
    refused: u64,
    names: usize,
    fields: usize,
    lost: u64,
    gaps: usize,
}

fn tally(live: Live) -> Tally {
    let mut tally =
        Tally { names: live.of_channels('n').len(), fields: live.of_channels('u').len(), ..Tally::default() };
    for state in states(live) {
        tally.channels += 1;
        tally.messages += state.messages();
        tally.decoded += state.decoded;
        tally.apart += state.apart;
        tally.unknown += state.unknown;
        tally.refused += state.refused;
    }
    tally.lost = live.ingest().map_or(0, |ingest| ingest.dropped);
    tally.gaps = live.gaps().len();
    tally
}

impl Tally {
    fn word(&self) -> (&'static str, &'static str) {
        let missed = self.unknown + self.refused;
        match (self.messages, missed, self.lost, self.gaps) {
            (0, ..) => ("Nothing heard", "tone-ink"),
            (_, 0, 0, 0) => ("Understood", "tone-green"),
            _ if missed > self.decoded => ("Not understood", "tone-red"),
            _ if missed > 0 => ("Mostly understood", "tone-amber"),
            _ => ("Understood", "tone-amber"),
        }
    }

    fn sentence(&self) -> String {
        if self.messages == 0 {
            return "No message has come over any of the watched channels yet.".to_owned();
        }
        let mut said = vec![match self.unknown + self.refused {
            0 => format!("All {} messages were understood", thousands(self.messages)),
            missed => format!("{} of {} messages were not", thousands(missed), thousands(self.messages)),
        }];
        if self.refused > 0 {
            said.push(format!("{} could not be read", thousands(self.refused)));
        }
        if self.names > 0 {
            said.push(format!("{} {} new to us", self.names, are(self.names, "name")));
        }
        if self.fields > 0 {
            said.push(format!("{} {} new to us and passed over", self.fields, are(self.fields, "field")));
        }
        if self.lost > 0 {
            said.push(format!("{} were lost unread", thousands(self.lost)));
        }
        if self.gaps > 0 {
            let gaps = u32::try_from(self.gaps).unwrap_or(u32::MAX);
            said.push(format!("{} {} in what was heard", self.gaps, plural(gaps, "gap")));
        }
        format!("{}.", said.join("; "))
    }
}

/// "name is", "names are".
fn are(number: usize, noun: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", plural(u32::try_from(number).unwrap_or(u32::MAX), noun))
}

/// The word, its sentence, and the figures behind it. Written as text: nothing in it can be pressed.
#[component]
pub fn Understood() -> impl IntoView {
    let live = use_live();
    let class = text(move || format!("verdict {}", tally(live).word().1));
    let words = text(move || {
        let tally = tally(live);
        let heard = u64::try_from(tally.channels).unwrap_or(u64::MAX);
        let figures = [
            (tally.decoded, "of the night"),
            (tally.apart, "of other components"),
            (heard, "channels heard"),
        ];
        let figures: String = figures
            .iter()
            .map(|(number, what)| format!("<span><b>{}</b> {what}</span>", thousands(*number)))
            .collect();
        let (word, sentence) = (tally.word().0, tally.sentence());
        format!(
            "<h1><span class=\"w\">{word}</span></h1><p class=\"say\">{sentence}</p><p class=\"figs\">{figures}</p>"
        )
    });
    part(view! {
        <section class=class aria-label="Is the producer understood?">
            <div inner_html=words></div>
        </section>
    })
}
