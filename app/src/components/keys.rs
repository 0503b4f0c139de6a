//! Keys: `?` shows them. No key starts or stops work, and single keys can be switched off.

use crate::browser;
use crate::location::{Page, use_location};
use crate::view::{flag, press, when};
use leptos::prelude::*;

const KEYS: [(&str, &str); 8] = [
    ("T", "tonight"),
    ("H", "history"),
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
    let location = use_location();
    Effect::new(move |_| on.set(browser::single_keys()));
    Effect::new(move |_| {
        if open.get() {
            browser::next_paint(|| browser::focus("keys-close"));
        }
    });
    Effect::new(move |_| {
        browser::on_key(move |key| {
            let act = on.get_untracked();
            match key {
                "Escape" if open.get_untracked() => open.set(false),
                "?" => open.update(|open| *open = !*open),
                "t" if act => location.go(Page::TONIGHT),
                "h" if act => location.go(Page::HISTORY),
                "w" if act => location.go(if untrack(|| location.page()) == Page::Wall {
                    Page::TONIGHT
                } else {
                    Page::WALL
                }),
                "d" if act => {
                    browser::set_theme(if browser::theme().as_deref() == Some("dark") {
                        "light"
                    } else {
                        "dark"
                    });
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
    let list: String = KEYS
        .iter()
        .map(|(key, what)| format!("<div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>"))
        .collect();
    when(
        move || open.get(),
        move || {
            view! {
                <div class="sheet" role="dialog" aria-label="Keys">
                    <h2>"Keys"</h2>
                    <dl inner_html=list.clone()></dl>
                    <label><input type="checkbox" prop:checked=flag(move || on.get()) on:change=toggle /> " Single keys are on"</label>
                    <button type="button" class="act" id="keys-close" on:click=press(move || open.set(false))>"Close"</button>
                </div>
            }
        },
    )
}
