//! A page as the server renders it, and the words on it.

use app::clock::Clock;
use app::components::{Bar, Hatches};
use app::live::{Live, ViewState};
use app::location::{Location, Page, use_location};
use app::pages::Tonight;
use app::shell::{Assets, document};
use domain::wire::Snapshot;
use leptos::prelude::*;
use std::sync::Arc;

/// Writes a page where it can be looked at.
pub fn keep(name: &str, html: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("states");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
}

/// The whole document of a snapshot.
pub fn page(name: &str, snapshot: &Snapshot) -> String {
    render(name, "/admin/daily-processing", snapshot)
}

pub fn render(name: &str, path: &str, snapshot: &Snapshot) -> String {
    let html = Owner::new().with(|| {
        provide_context(Location::at(path));
        provide_context(Arc::new(snapshot.clone()));
        provide_context(Arc::new(Assets { css: "style.css".into(), ..Assets::default() }));
        document().to_html()
    });
    keep(name, &html);
    html
}

/// The page in a view state that only a browser gets into.
pub fn page_in(name: &str, snapshot: &Snapshot, state: ViewState, after: i64) -> String {
    let body = Owner::new().with(|| {
        provide_context(Location::at(Page::TONIGHT));
        let clock = Clock::new(snapshot);
        provide_context(clock);
        let live = Live::new(snapshot, clock, use_location());
        provide_context(live);
        clock.tick(snapshot.now + after, state.vouched());
        live.link().set(state);
        let unsure = !state.vouched();
        view! {
            <Hatches />
            <div class="frame" class:unsure=unsure><Bar /><Tonight /></div>
        }
        .to_html()
    });
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>\
         <link rel=stylesheet href=style.css><body>{body}</body></html>"
    );
    keep(name, &html);
    html
}

/// The words of a page, without its markup.
fn words(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let body = body.split("<script").next().unwrap_or_default();
    let mut text = String::new();
    let mut inside = false;
    for letter in body.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    text.replace("&amp;", "&").split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

pub fn says(html: &str, sentences: &[&str]) {
    let words = words(html);
    for sentence in sentences {
        assert!(words.contains(sentence), "{sentence:?} is missing in: {words}");
    }
}

pub fn says_not(html: &str, sentences: &[&str]) {
    let words = words(html);
    for sentence in sentences {
        assert!(!words.contains(sentence), "{sentence:?} has no source, in: {words}");
    }
}
