//! The frame of a page of the archive: whatever the server has written stands in it, and stays.
//!
//! In the browser nothing is known of these pages: it adopts the element and leaves its content as it is (hydration does not set
//! `inner_html` again). That is why every way to such a page loads it, see `location`.

use crate::view::part;
use leptos::prelude::*;
use std::sync::Arc;

/// What stands on a page of the archive, in context on the server; made by `archive::html`, which escapes what came from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveHtml(pub Arc<str>);

/// What stands above a page that is alive, where the server has written anything there.
#[component]
pub fn Above() -> impl IntoView {
    let html = use_context::<ArchiveHtml>().map(|html| html.0).unwrap_or_default();
    part(view! { <div class="above" inner_html=html></div> })
}

/// The page.
#[component]
pub fn Archive() -> impl IntoView {
    let html = use_context::<ArchiveHtml>().map(|html| html.0).unwrap_or_default();
    part(view! { <main class="archive" inner_html=html></main> })
}
