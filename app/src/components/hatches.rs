//! The patterns that hatched areas are filled with: one hidden SVG for the whole page (not `display: none`, which would
//! make the patterns vanish as well).

use crate::view::part;
use leptos::prelude::*;

/// As text: an element each would be code each.
const PATTERNS: &str = concat!(
    r#"<defs><pattern id="h-blue" width="6" height="6" patternUnits="userSpaceOnUse">"#,
    r#"<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" class="l-blue" stroke-width="1.2"/></pattern>"#,
    r#"<pattern id="h-amber" width="6" height="6" patternUnits="userSpaceOnUse">"#,
    r#"<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" class="l-amber" stroke-width="1.2"/></pattern></defs>"#
);

/// Patterns `h-blue` and `h-amber`.
#[component]
pub fn Hatches() -> impl IntoView {
    part(view! { <svg class="defs" width="0" height="0" aria-hidden="true" inner_html=PATTERNS></svg> })
}
