//! The app: its contexts, its bar, its pages. Moving between pages keeps the socket, because it belongs to the app.

use crate::browser;
use crate::clock::{Clock, use_clock};
use crate::components::{Bar, Hatches, KeySheet, Toasts, Vouch, follow_in_tab};
use crate::live::Live;
use crate::location::{Location, Page, use_location};
use crate::pages::{Archive, Channels, NotFound, Run, Tonight, Wall};
use crate::sentences::link::wording;
use crate::view::{flag, part, when};
use domain::verdict::{Verdict, judge};
use domain::wire::Snapshot;
use leptos::prelude::*;
use std::sync::Arc;

/// The root component. Needs `Arc<Snapshot>` and [`Location`] in context.
#[component]
pub fn App() -> impl IntoView {
    let snapshot = expect_context::<Arc<Snapshot>>();
    let clock = Clock::new(&snapshot);
    provide_context(clock);
    let location: Location = use_location();
    let live = Live::new(&snapshot, clock, location);
    provide_context(live);
    // The browser's part begins after hydration: the first client render must equal the server's.
    Effect::new(move |_| browser::start(live, clock, location));
    follow_in_tab();
    part(view! {
        <Hatches />
        <Frame />
        <Toasts />
        <KeySheet />
    })
}

/// The page, with the bar over it. The wall has none.
#[component]
fn Frame() -> impl IntoView {
    let (live, location) = (expect_context::<Live>(), use_location());
    let snapshot = expect_context::<Arc<Snapshot>>();
    // Of which moment this is, for browsers without script.
    let clock = use_clock();
    let rendered = wording(&live.link().get_untracked(), 0, None, &clock.zone());
    // What was does not become newer.
    let newer = if snapshot.replay == Some(true) { "" } else { " Reload for a newer one." };
    let unscripted = format!("<p class=\"noscript\">{rendered}.{newer}</p>");
    let page: Arc<dyn Fn() -> Page + Send + Sync> = Arc::new(move || location.page_of(&snapshot));
    let is = move |wanted: Page| {
        let page = page.clone();
        flag(move || page() == wanted)
    };
    let (wall, run, archive) = (is(Page::Wall), is(Page::Run), is(Page::Archive));
    let (tonight, channels, nothing) = (is(Page::Tonight), is(Page::Channels), is(Page::NotFound));
    let unsure = flag(move || !live.link().get().vouched());
    let calm = flag(move || {
        // Also of last night, while the next one is waited for.
        let well = |verdict: &Verdict| matches!(verdict, Verdict::Complete | Verdict::CompleteAfterRetry);
        let then = || {
            live.view().with(|view| view.as_ref().is_some_and(|view| well(&judge(Some(view), view.heard()))))
        };
        live.verdict().with(|verdict| well(verdict) || verdict.is_before() && then())
    });
    part(view! {
        <div class="frame" class:wall=wall class:unsure=unsure class:calm=calm>
            {when(move || !wall.get(), || view! { <Bar /> })}
            <noscript inner_html=unscripted></noscript>
            {when(move || run.get() || archive.get(), || view! { <Vouch /> })}
            {when(move || tonight.get(), || view! { <Tonight /> })}
            {when(move || channels.get(), || view! { <Channels /> })}
            {when(move || run.get(), || view! { <Run /> })}
            {when(move || archive.get(), || view! { <Archive /> })}
            {when(move || wall.get(), || view! { <Wall /> })}
            {when(move || nothing.get(), || view! { <NotFound /> })}
        </div>
    })
}
