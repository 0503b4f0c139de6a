//! The server's side of [`crate::browser`]: there is no browser, so nothing happens.

use crate::clock::Clock;
use crate::live::Live;
use crate::location::Location;
use domain::time::Millis;

/// Nothing to hydrate.
pub fn hydrate() {}

/// Nothing to start.
pub fn start(_live: Live, _clock: Clock, _location: Location) {}

/// No history.
pub fn push_path(_path: &str) {}

/// No address.
pub fn replace_path(_path: &str) {}

/// No clock of a browser.
#[must_use]
pub fn now() -> Millis {
    0
}

/// No title to set: the document has it.
pub fn set_title(_title: &str) {}

/// No icon to set: the document has it.
pub fn set_icon(_url: &str) {}

/// The theme is the cookie's.
#[must_use]
pub fn theme() -> Option<String> {
    None
}

/// Nobody is signed out while a page is rendered.
#[must_use]
pub fn sign_in_again() -> String {
    String::new()
}

/// No theme to set.
pub fn set_theme(_theme: &str) {}

/// Nothing to copy to.
pub fn copy(_text: &str) {}

/// Nothing to focus.
pub fn focus(_id: &str) {}

/// Nothing to press.
pub fn press(_id: &str) {}

/// No keys are pressed.
pub fn on_key(_act: impl Fn(&str) -> bool + 'static) {}

/// No key was pressed.
#[must_use]
pub fn key_of_event(_event: &leptos::ev::KeyboardEvent) -> String {
    String::new()
}

/// Nothing is painted.
pub fn next_paint(_act: impl FnOnce() + 'static) {}

/// Nothing is reloaded.
pub fn reload() {}

/// Nothing is hidden.
#[must_use]
pub fn is_hidden() -> bool {
    false
}

/// Single keys are on.
#[must_use]
pub fn single_keys() -> bool {
    true
}

/// Nothing is remembered.
pub fn store_single_keys(_on: bool) {}
