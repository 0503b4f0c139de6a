//! Keys: `?` shows them. No key starts or stops work, and single keys can be switched off.

use crate::browser;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

const KEYS: [(&str, &str); 7] = [
    ("T", "tonight"),
    ("F", "failures"),
    ("/", "filter the feed"),
    ("P", "pause the feed"),
    ("W", "wall view"),
    ("D", "dark or light"),
    ("?", "these keys"),
];

/// Listens for keys, and shows what they do.
#[component]
pub fn KeySheet() -> impl IntoView {
    let open = RwSignal::new(false);
    let on = RwSignal::new(true);
    let navigate = use_navigate();
    let location = use_location();
    Effect::new(move |_| on.set(browser::single_keys()));
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let pathname = location.pathname;
        browser::on_key(move |key| {
            let act = on.get_untracked();
            match key {
                "Escape" if open.get_untracked() => open.set(false),
                "?" => open.update(|open| *open = !*open),
                "t" if act => navigate("/admin/daily-processing", NavigateOptions::default()),
                "w" if act => {
                    let wall = pathname.get_untracked() == "/wall";
                    navigate(if wall { "/admin/daily-processing" } else { "/wall" }, NavigateOptions::default());
                }
                "d" if act => {
                    browser::set_theme(if browser::theme().as_deref() == Some("dark") { "light" } else { "dark" });
                }
                "f" if act => browser::focus("failures"),
                "p" if act => browser::press("feed-pause"),
                "/" if act => browser::focus("feed-filter"),
                _ => return false,
            }
            true
        });
    });
    let toggle = move |_| {
        on.update(|on| *on = !*on);
        browser::store_single_keys(on.get_untracked());
    };
    view! {
        <Show when=move || open.get()>
            <div class="sheet" role="dialog" aria-label="Keys">
                <h2>"Keys"</h2>
                <dl>
                    {KEYS.map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> }).collect_view()}
                </dl>
                <label><input type="checkbox" prop:checked=on on:change=toggle /> " Single keys are on"</label>
                <button type="button" class="act" on:click=move |_| open.set(false)>"Close"</button>
            </div>
        </Show>
    }
    .into_any()
}
