//! The browser's side of [`crate::browser`].

use super::socket;
use crate::app::App;
use crate::clock::Clock;
use crate::live::Live;
use crate::location::{Location, at, base, encoded, set_base};
use domain::time::{DAY, Millis, Zone};
use domain::wire::Snapshot;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

/// Takes over the page that the server rendered, from the very snapshot that it carries.
pub fn hydrate() {
    if let Some(base) = document().document_element().and_then(|root| root.get_attribute("data-base")) {
        set_base(base);
    }
    let embedded = document().get_element_by_id("snapshot").and_then(|element| element.text_content());
    let parsed = embedded.and_then(|json| domain::wire::read::<Snapshot>(&json));
    // Without a readable snapshot the page stays what it is: a true picture of the moment it names.
    let Some(snapshot) = parsed else { return };
    let snapshot = Arc::new(snapshot);
    leptos::mount::hydrate_body(move || {
        provide_context(snapshot.clone());
        provide_context(Location::at(&path()));
        view! { <App /> }
    });
}

/// Starts what only a browser has: the socket, the clock, the viewer's zone.
pub fn start(live: Live, clock: Clock, location: Location) {
    let zone = viewer_zone();
    if clock.viewer_untracked().is_none_or(|known| known.name != zone.name) {
        set_cookie("cb_zone", &zone.name.replace('/', "%2F"));
        clock.set_viewer(zone);
    }
    let wide = live.wide();
    wide.set(Some(is_wide()));
    listen("resize", move || {
        if wide.get_untracked() != Some(is_wide()) {
            wide.set(Some(is_wide()));
        }
    });
    // Paper has its own width: for it both are drawn.
    listen("beforeprint", move || wide.set(None));
    listen("afterprint", move || wide.set(Some(is_wide())));
    // The slider over a night, whose every moment is a page of its own. It stays for the page's life.
    let _ = window_event_listener(leptos::ev::change, |event| {
        if event_target::<web_sys::Element>(&event).id() == "scrubbed" {
            press("scrub");
        }
    });
    listen("popstate", move || location.went(path()));
    live.hydrated().set(true);
    socket::start(live, clock, location);
}

/// The path of this page, with its query.
fn path() -> String {
    let location = window().location();
    let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    path.strip_prefix(base()).map(ToOwned::to_owned).unwrap_or(path)
}

/// Where one signs in and comes back from to this page.
#[must_use]
pub fn sign_in_again() -> String {
    at("/login?to=") + &encoded(&path())
}

/// Another path, as a step in the browser's history, at the top of the page.
pub fn push_path(path: &str) {
    let window = window();
    let pushed =
        window.history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&at(path))));
    if pushed.is_ok() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// The address of the same page, without a step in the browser's history.
pub fn replace_path(path: &str) {
    let _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&at(path))));
}

/// The browser's clock in UTC milliseconds.
#[must_use]
pub fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of today are far below 2^53")]
    let now = js_sys::Date::now() as Millis;
    now
}

/// Sets the tab's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets the tab's icon.
pub fn set_icon(url: &str) {
    if let Some(icon) = document().get_element_by_id("icon") {
        let _ = icon.set_attribute("href", url);
    }
}

/// The theme in force: `light` or `dark`.
#[must_use]
pub fn theme() -> Option<String> {
    let chosen = document().document_element()?.get_attribute("data-theme");
    chosen.or_else(|| Some(if matches("(prefers-color-scheme: dark)") { "dark" } else { "light" }.to_owned()))
}

/// Chooses a theme, here and for the next first paint.
pub fn set_theme(theme: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
    }
    set_cookie("cb_theme", theme);
}

/// Copies text to the clipboard.
pub fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Focuses an element.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Presses a button for a key.
pub fn press(id: &str) {
    if let Some(element) = element(id) {
        element.click();
    }
}

fn element(id: &str) -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(id).and_then(|element| element.dyn_into().ok())
}

/// Calls `act` with each key pressed outside a field and without a modifier. True: the key was used.
pub fn on_key(act: impl Fn(&str) -> bool + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        let key = event.key();
        if !modified && (!typing || key == "Escape") && act(&key) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// The name of the key that was pressed.
#[must_use]
pub fn key_of_event(event: &leptos::ev::KeyboardEvent) -> String {
    event.key()
}

/// Calls `act` before the next paint; never while the tab is hidden.
pub fn next_paint(act: impl FnOnce() + 'static) {
    request_animation_frame(act);
}

/// Loads the page again.
pub fn reload() {
    let _ = window().location().reload();
}

/// Whether the page has the desk's width; the same limit as in the style sheet.
fn is_wide() -> bool {
    matches("(min-width: 1181px)")
}

/// Whether nobody sees this tab.
#[must_use]
pub fn is_hidden() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Hidden
}

/// Whether single keys are on.
#[must_use]
pub fn single_keys() -> bool {
    let stored = window()
        .local_storage()
        .ok()
        .flatten()
        .and_then(|storage| storage.get_item("cb_keys").ok().flatten());
    stored.as_deref() != Some("off")
}

/// Remembers whether single keys are on.
pub fn store_single_keys(on: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item("cb_keys", if on { "on" } else { "off" });
    }
}

fn matches(query: &str) -> bool {
    // `matchMedia` through js-sys: one call does not earn a whole binding.
    let function = js_sys::Reflect::get(&window(), &"matchMedia".into()).ok();
    let function = function.and_then(|function| function.dyn_into::<js_sys::Function>().ok());
    let answer = function.and_then(|function| function.call1(&window(), &query.into()).ok());
    answer
        .and_then(|list| js_sys::Reflect::get(&list, &"matches".into()).ok())
        .and_then(|found| found.as_bool())
        .unwrap_or(false)
}

fn set_cookie(name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&cookie);
    }
}

/// The viewer's zone as a table: the browser's own clock is asked for its offset, week by week, and the changes are found
/// by halving. So the WASM needs no time zone database.
fn viewer_zone() -> Zone {
    let offset = |at: Millis| {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this century are exact")]
        let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
        #[expect(clippy::cast_possible_truncation, reason = "at most 14 hours")]
        let east = -date.get_timezone_offset() as i32;
        east
    };
    let now = now();
    let (mut at, end) = (now - 400 * DAY, now + 400 * DAY);
    let mut offsets = vec![(at, offset(at))];
    while at < end {
        let next = at + 7 * DAY;
        if offset(at) != offset(next) {
            let (mut low, mut high) = (at, next);
            while high - low > 1_000 {
                let middle = i64::midpoint(low, high);
                if offset(middle) == offset(low) { low = middle } else { high = middle }
            }
            offsets.push((high - high.rem_euclid(1_000), offset(next)));
        }
        at = next;
    }
    let name = zone_name().unwrap_or_else(|| "local".to_owned());
    let label = if name == "America/New_York" {
        "ET".to_owned()
    } else {
        name.rsplit('/').next().unwrap_or(&name).replace('_', " ")
    };
    Zone { name, label, offsets }
}

fn zone_name() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

/// A listener on the window that stays for the page's life.
pub(super) fn listen(name: &str, act: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(act);
    let _ = window().add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    // Belongs to the page: there is nothing to give it back to.
    closure.forget();
}

/// The same on the document.
pub(super) fn listen_document(name: &str, act: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(act);
    let _ = document().add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}
