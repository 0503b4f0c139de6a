//! The page of an address under which there is nothing.

use crate::location::{Link, Page};
use crate::view::part;
use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    part(view! {
        <main>
            <section class="verdict tone-ink" aria-label="Not found">
                <div>
                    <h1><span class="w">"Not here"</span></h1>
                    <p class="say">"There is nothing under this address. " <Link to=Page::TONIGHT label="Tonight’s run" /> " is."</p>
                </div>
            </section>
        </main>
    })
}
