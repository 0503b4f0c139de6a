//! The bar: name, environment, pages that exist and may be seen, view state, clocks, theme, who is signed in. On the phone the last ones are in its menu.

use super::ViewBadge;
use crate::browser;
use crate::clock::use_clock;
use crate::live::{Live, use_live};
use crate::location::{Link, Page};
use crate::view::{flag, memo, part, press, text, when};
use leptos::prelude::*;

/// The pages of the navigation. A page is listed when it exists.
const PAGES: [(&str, &str); 6] = [
    (Page::TONIGHT, "Tonight"),
    (Page::HISTORY, "History"),
    (Page::TRENDS, "Trends"),
    (Page::EVENTS, "Events"),
    (Page::SCHEDULE, "Schedule"),
    (Page::CHANNELS, "Channels"),
];

/// And those for who administers.
const OFFICE: [(&str, &str); 2] = [(Page::USERS, "Users"), (Page::AUDIT, "Audit")];

/// Three lines, for the menu.
const LINES: &str = r#"<path class="f-ink px" d="M0 0h20v2h-20zM0 6h20v2h-20zM0 12h20v2h-20z"/>"#;

/// Links to every page that whoever looks may see.
fn links(live: Live) -> impl IntoView {
    let office = if live.who().1 > 1 { &OFFICE[..] } else { &[] };
    PAGES.iter().chain(office).map(|(path, name)| view! { <Link to=*path label=*name /> }).collect_view()
}

/// The bar on top of every page.
#[component]
pub fn Bar() -> impl IntoView {
    let live = use_live();
    let environment = text(move || live.server().and_then(|server| server.environment).unwrap_or_default());
    let simulated = memo(move || {
        let run = live.view().with(|view| view.as_ref().is_some_and(|view| view.run.simulated));
        run || live.producer().is_some_and(|producer| producer.simulated)
    });
    part(view! {
        <header class="bar">
            <span class="name">"Closing Bell"</span>
            {when(move || !environment.get().is_empty(), move || view! { <span class="env">{environment}</span> })}
            {when(move || simulated.get(), || view! { <span class="env">"SIMULATED"</span> })}
            <nav class="wide-only" aria-label="Pages">
                {links(live)}
            </nav>
            <div class="right">
                <ViewBadge />
                <span class="clock wide-only"><Clocks /></span>
                <span class="wide-only"><ThemeButton /></span>
                <span class="wide-only"><Link to=Page::ACCOUNT label=live.who().0 /></span>
                <details class="menu narrow-only">
                    <summary aria-label="Menu">
                        <svg width="20" height="14" aria-hidden="true" inner_html=LINES></svg>
                    </summary>
                    <div class="drawer">
                        <nav aria-label="Pages, menu">
                            {links(live)}
                            <Link to=Page::ACCOUNT label=live.who().0 />
                        </nav>
                        <span class="clock"><Clocks /></span>
                        <ThemeButton />
                    </div>
                </details>
            </div>
        </header>
    })
}

/// Switches between light and dark. Without script it can't, and is not shown; its place is kept.
#[component]
fn ThemeButton() -> impl IntoView {
    let live = use_live();
    let toggle = press(move || {
        let dark = browser::theme().as_deref() == Some("dark");
        browser::set_theme(if dark { "light" } else { "dark" });
    });
    let waiting = flag(move || !live.hydrated().get());
    part(view! {
        <button type="button" class="themer quiet" class:waiting=waiting on:click=toggle title="Switch between light and dark">
            "Theme"
        </button>
    })
}

/// The viewer's clock with the exchange's beside it, or one where they agree: "22:41:07 (16:41:07 ET)".
#[component]
fn Clocks() -> impl IntoView {
    let clock = use_clock();
    let both = memo(move || !clock.zone().agrees_with(&clock.exchange(), clock.now().get()));
    let here = text(move || clock.zone().civil(clock.now().get()).hms());
    let there = text(move || {
        let exchange = clock.exchange();
        let label = &exchange.label;
        if both.get() {
            format!(" ({} {label})", exchange.civil(clock.now().get()).hms())
        } else {
            format!(" {label}")
        }
    });
    part(view! { <b>{here}</b> {there} })
}
