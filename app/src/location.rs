//! Where the viewer is: one path, the page it stands for, and links that change it without leaving the page.
//!
//! A few addresses without parts: a router of its own would be a tenth of the WASM. The server says the path of the request;
//! in the browser a link sets it and the back button brings it back. The socket belongs to the app and stays.
//!
//! The pages of the archive are the server's alone: whatever leads to one of them loads it.

use crate::address::{NAME, asked, asking, decoded, without_query};
pub use crate::address::{at, base, encoded, set_base};
use crate::browser;
use crate::view::{Press, part, text};
use domain::wire::Snapshot;
use leptos::prelude::*;

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Tonight's run.
    Tonight,
    /// The same for a wall.
    Wall,
    /// What came over each channel.
    Channels,
    /// One run, going on or ended.
    Run,
    /// What was: nights, trends, events. Rendered on the server only.
    Archive,
    /// Nothing has this address.
    NotFound,
}

impl Page {
    /// Address of [`Page::Tonight`].
    pub const TONIGHT: &'static str = "/admin/daily-processing";
    /// Address of [`Page::Wall`].
    pub const WALL: &'static str = "/wall";

    /// Address of [`Page::Channels`].
    pub const CHANNELS: &'static str = "/admin/channels";
    /// Address of the nights that were.
    pub const HISTORY: &'static str = "/admin/history";
    /// Address of their figures over time.
    pub const TRENDS: &'static str = "/admin/trends";
    /// Address of two nights side by side.
    pub const COMPARE: &'static str = "/admin/compare";
    /// Address of the log of events.
    pub const EVENTS: &'static str = "/admin/events";
    /// Address of one's own account.
    pub const ACCOUNT: &'static str = "/account";
    /// Address of users and tokens.
    pub const USERS: &'static str = "/admin/users";
    /// Where a token is made: a form of [`Page::USERS`] posts there.
    pub const TOKENS: &'static str = "/admin/tokens";
    /// Address of what was asked of the producer.
    pub const COMMANDS: &'static str = "/admin/commands";
    /// Address of the schedule.
    pub const SCHEDULE: &'static str = "/admin/schedule";
    /// Address of the audit log.
    pub const AUDIT: &'static str = "/admin/audit";
    /// What the address of a run begins with; its id follows.
    pub const RUNS: &'static str = "/admin/runs/";
    /// What the address of a symbol begins with; its name follows.
    pub const SYMBOLS: &'static str = "/admin/symbols/";

    /// The page under an address; what stands behind a `?` chooses within a page.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match without_query(path) {
            Self::TONIGHT => Self::Tonight,
            Self::WALL => Self::Wall,
            Self::CHANNELS => Self::Channels,
            Self::HISTORY | Self::TRENDS | Self::COMPARE | Self::EVENTS => Self::Archive,
            path if path.strip_prefix(Self::RUNS).is_some_and(names_one) => Self::Run,
            path if path.strip_prefix(Self::SYMBOLS).is_some_and(names_one) => Self::Archive,
            // And what their forms post to: the answer to a wrong one is the page again.
            path if [
                Self::ACCOUNT,
                Self::USERS,
                Self::TOKENS,
                Self::AUDIT,
                Self::COMMANDS,
                Self::SCHEDULE,
            ]
            .into_iter()
            .any(|of| within(path, of)) =>
            {
                Self::Archive
            }
            _ => Self::NotFound,
        }
    }
}

/// Whether a path is that address or lies below it.
fn within(path: &str, address: &str) -> bool {
    path.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The rest of an address that is one name.
fn names_one(rest: &str) -> bool {
    !rest.is_empty() && !rest.contains('/')
}

/// The channel in `/admin/channels?channel=…`.
#[must_use]
pub fn channel_of(path: &str) -> Option<String> {
    asked(path, "channel").filter(|name| name.chars().count() <= NAME)
}

/// The id in `/admin/runs/…`.
#[must_use]
pub fn run_of(path: &str) -> Option<String> {
    decoded(without_query(path).strip_prefix(Page::RUNS)?, NAME)
}

/// Address of the page Channels that shows this channel as it comes.
#[must_use]
pub fn address_of(channel: &str) -> String {
    format!("{}?channel={}", Page::CHANNELS, encoded(channel))
}

/// The path of the request or of the browser, in context.
#[derive(Clone, Copy, Debug)]
pub struct Location {
    path: RwSignal<String>,
}

impl Location {
    /// At this path, with its query if it has one.
    #[must_use]
    pub fn at(path: &str) -> Self {
        Self { path: RwSignal::new(path.to_owned()) }
    }

    /// The channel that the page Channels is asked to show as it comes.
    #[must_use]
    pub fn channel(self) -> Option<String> {
        self.path.with(|path| channel_of(path))
    }

    /// What its query says under a name.
    #[must_use]
    pub fn asked(self, name: &str) -> String {
        self.path.with(|path| asked(path, name)).unwrap_or_default()
    }

    /// Says this besides, which is no step in the browser's history.
    pub fn ask(self, name: &str, value: &str) {
        let path = asking(&self.path.get_untracked(), name, value);
        browser::replace_path(&path);
        self.path.set(path);
    }

    /// The run that the page is about, if it names one.
    #[must_use]
    pub fn run(self) -> Option<String> {
        self.path.with(|path| run_of(path))
    }

    /// The page there.
    #[must_use]
    pub fn page(self) -> Page {
        self.path.with(|path| Page::of(path))
    }

    /// The page there, of this snapshot: where there is no board of the moment that was asked for, the server's sentence stands
    /// in its place.
    #[must_use]
    pub fn page_of(self, snapshot: &Snapshot) -> Page {
        if snapshot.replay == Some(false) { Page::Archive } else { self.page() }
    }

    /// What a link to that address says of itself: `page`, `true` where it chooses within this page, or `false`.
    #[must_use]
    pub fn leads_to(self, address: &str) -> &'static str {
        let there = channel_of(address);
        // By address and not by page: those of the archive are many under one page.
        let here = self.path.with(|path| without_query(path) == without_query(address));
        match (here, &there) {
            (true, None) => "page",
            (true, Some(_)) if there == self.channel() => "true",
            _ => "false",
        }
    }

    /// Goes to another page; the browser's history has both.
    pub fn go(self, path: &str) {
        if self.path.get_untracked() != path {
            browser::push_path(path);
            self.went(path.to_owned());
        }
    }

    /// The browser has gone there, back or forth. Of the archive there is nothing here, nor of what stands above a run or a board
    /// as it was: the server has it. (A step within a page, to an anchor, is no other path.)
    pub fn went(self, path: String) {
        let held = |path: &str| matches!(Page::of(path), Page::Archive | Page::Run) || path.contains("?at=");
        let before = self.path.get_untracked();
        if before != path && (held(&path) || before.contains("?at=")) {
            browser::reload();
        } else {
            self.path.set(path);
        }
    }
}

/// The place of this page.
#[must_use]
pub fn use_location() -> Location {
    expect_context::<Location>()
}

/// A link to a page of ours. Without script it is a plain one, and so it is always to a page of the archive.
#[component]
pub fn Link(
    /// Address of the page.
    #[prop(into)]
    to: String,
    /// Its name.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let location = use_location();
    // One that chooses within a page is current only while it is chosen.
    let target = to.clone();
    let current = text(move || location.leads_to(&target).to_owned());
    let (there, address) = (at(&to), to);
    let follow: Press = Box::new(move |event| {
        // With a modifier or another button it is the browser's: a new tab, a download.
        let plain = Page::of(&address) != Page::Archive
            && event.button() == 0
            && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
        if plain {
            event.prevent_default();
            location.go(&address);
        }
    });
    part(view! { <a href=there aria-current=current on:click=follow>{label}</a> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_of_any_name_has_an_address() {
        for name in ["tickstock:monitoring", "a b&c=?%", "…<x>", "(other channels)"] {
            assert_eq!(channel_of(&address_of(name)).as_deref(), Some(name));
        }
        for wrong in
            ["/admin/channels", "/admin/channels?channel=", "/admin/channels?channel=%", "/x?channel=%ff"]
        {
            assert_eq!(channel_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn of_two_pages_of_the_archive_one_is_current() {
        let there = Owner::new().with(|| {
            let location = Location::at("/admin/history?verdict=failed");
            [Page::HISTORY, Page::TRENDS, Page::TONIGHT].map(|address| location.leads_to(address))
        });
        assert_eq!(there, ["page", "false", "false"]);
    }

    #[test]
    fn every_address_of_ours_has_its_page_and_no_other_has() {
        assert_eq!(
            [Page::TONIGHT, Page::WALL, "/admin/channels?channel=x", "/", "/wall/"].map(Page::of),
            [Page::Tonight, Page::Wall, Page::Channels, Page::NotFound, Page::NotFound]
        );
        for archived in
            [Page::HISTORY, Page::TRENDS, Page::COMPARE, "/admin/events?q=x", "/admin/symbols/BRK.B"]
        {
            assert_eq!(Page::of(archived), Page::Archive, "{archived}");
        }
        for of_accounts in [
            "/account?choose=1",
            "/account/password",
            Page::USERS,
            "/admin/users/7f3a",
            Page::TOKENS,
            Page::AUDIT,
            Page::SCHEDULE,
            "/admin/schedule/entries/new?name=x",
        ] {
            assert_eq!(Page::of(of_accounts), Page::Archive, "{of_accounts}");
        }
        for none in [
            "/accounts",
            "/admin/usersx",
            "/admin/symbols/",
            "/admin/symbols/A/B",
            "/admin/symbols",
            "/admin/history/",
        ] {
            assert_eq!(Page::of(none), Page::NotFound, "{none}");
        }
    }
}
