//! Where the viewer is: one path, the page it stands for, and links that change it without leaving the page.
//!
//! A few addresses without parts: a router of its own would be a tenth of the WASM. The server says the path of the request;
//! in the browser a link sets it and the back button brings it back. The socket belongs to the app and stays.

use crate::browser;
use crate::view::{Press, part, text};
use leptos::prelude::*;

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Tonight's run.
    Tonight,
    /// The same for a wall.
    Wall,
    /// Nothing has this address.
    NotFound,
}

impl Page {
    /// Address of [`Page::Tonight`].
    pub const TONIGHT: &'static str = "/admin/daily-processing";
    /// Address of [`Page::Wall`].
    pub const WALL: &'static str = "/wall";

    /// The page under an address.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path {
            Self::TONIGHT => Self::Tonight,
            Self::WALL => Self::Wall,
            _ => Self::NotFound,
        }
    }
}

/// The path of the request or of the browser, in context.
#[derive(Clone, Copy, Debug)]
pub struct Location {
    path: RwSignal<String>,
}

impl Location {
    /// At this path.
    #[must_use]
    pub fn at(path: &str) -> Self {
        Self { path: RwSignal::new(path.to_owned()) }
    }

    /// The page there.
    #[must_use]
    pub fn page(self) -> Page {
        self.path.with(|path| Page::of(path))
    }

    /// Goes to another page; the browser's history has both.
    pub fn go(self, path: &str) {
        if self.path.get_untracked() != path {
            browser::push_path(path);
            self.path.set(path.to_owned());
        }
    }

    /// The browser has gone back or forth.
    pub fn went(self, path: String) {
        self.path.set(path);
    }
}

/// The place of this page.
#[must_use]
pub fn use_location() -> Location {
    expect_context::<Location>()
}

/// A link to a page of ours. Without script it is a plain one.
#[component]
pub fn Link(
    /// Address of the page.
    to: &'static str,
    /// Its name.
    label: &'static str,
) -> impl IntoView {
    let location = use_location();
    let current = text(move || if location.page() == Page::of(to) { "page" } else { "false" }.to_owned());
    let follow: Press = Box::new(move |event| {
        // With a modifier or another button it is the browser's: a new tab, a download.
        let plain = event.button() == 0
            && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
        if plain {
            event.prevent_default();
            location.go(to);
        }
    });
    part(view! { <a href=to aria-current=current on:click=follow>{label}</a> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_ours_has_its_page_and_no_other_has() {
        assert_eq!(
            [Page::TONIGHT, Page::WALL, "/", "/wall/"].map(Page::of),
            [Page::Tonight, Page::Wall, Page::NotFound, Page::NotFound]
        );
    }
}
