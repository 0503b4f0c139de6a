//! The app: its contexts, its bar, its pages. Moving between pages keeps the socket, because it belongs to the app.

use crate::browser;
use crate::clock::Clock;
use crate::components::{Bar, Hatches, KeySheet, Toasts};
use crate::live::Live;
use crate::pages::{NotFound, Tonight, Wall};
use domain::wire::Snapshot;
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};
use std::sync::Arc;

/// The root component. Needs `Arc<Snapshot>` in context.
#[component]
pub fn App() -> impl IntoView {
    let snapshot = expect_context::<Arc<Snapshot>>();
    let clock = Clock::new(&snapshot);
    provide_context(clock);
    let live = Live::new(&snapshot, clock);
    provide_context(live);
    // The browser's part begins after hydration: the first client render must equal the server's.
    Effect::new(move |_| browser::start(live, clock));
    view! {
        <Hatches />
        <Router>
            <Frame>
                <Routes fallback=|| view! { <NotFound /> }>
                    <Route path=path!("/admin/daily-processing") view=Tonight ssr=SsrMode::Async />
                    <Route path=path!("/wall") view=Wall ssr=SsrMode::Async />
                </Routes>
            </Frame>
            <Toasts />
            <KeySheet />
        </Router>
    }
}

/// The frame of every page but the wall, which has none.
#[component]
fn Frame(children: Children) -> impl IntoView {
    let location = use_location();
    let wall = Memo::new(move |_| location.pathname.get() == "/wall");
    let live = expect_context::<Live>();
    let unsure = move || !live.link().get().vouched();
    view! {
        <div class="frame" class:wall=wall class:unsure=unsure>
            <Show when=move || !wall.get()>
                <Bar />
            </Show>
            {children()}
        </div>
    }
}
