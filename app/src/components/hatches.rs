//! The patterns that hatched areas are filled with: one hidden SVG for the whole page (not `display: none`, which would
//! make the patterns vanish as well).

use crate::view::part;
use leptos::prelude::*;

/// Patterns `h-blue` and `h-amber`.
#[component]
pub fn Hatches() -> impl IntoView {
    let stripes = "M-1 7L7 -1M-1 1L1 -1M5 7L7 5";
    part(view! {
        <svg class="defs" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern id="h-blue" width="6" height="6" patternUnits="userSpaceOnUse">
                    <path d=stripes class="l-blue" stroke-width="1.2" />
                </pattern>
                <pattern id="h-amber" width="6" height="6" patternUnits="userSpaceOnUse">
                    <path d=stripes class="l-amber" stroke-width="1.2" />
                </pattern>
            </defs>
        </svg>
    })
}
