//! The page of an address under which there is nothing.

use leptos::prelude::*;
use leptos_router::components::A;

/// Says so, and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <main>
            <section class="verdict tone-ink" aria-label="Not found">
                <div>
                    <h1><span class="w">"Not here"</span></h1>
                    <p class="say">"There is nothing under this address. " <A href="/admin/daily-processing">"Tonight’s run"</A> " is."</p>
                </div>
            </section>
        </main>
    }
}
