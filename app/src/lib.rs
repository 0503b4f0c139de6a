//! Everything a browser shows, rendered on the server first and then kept alive by the socket.
//!
//! Except `archive`, `accounts`, `commands` and `schedule`: what they show does not change under the eye, so their pages are rendered on the server only, and the
//! `cfg(feature` below keep them out of the WASM, which is at its size limit.
//!
//! [`live`] holds one signal per record and the state of the link; [`clock`] the server's time and the zones; [`pages`] and
//! [`components`] only read them. Everything that touches a browser is in [`browser`], the only place with a twin for the
//! server. Nothing here knows that Redis or a database exists.
//!
//! Tests: beside the pure parts (`live`, `format`, `components/phases/axis.rs`), and in `end2end/` for what a person sees.

#[cfg(feature = "ssr")]
pub mod accounts;
mod address;
pub mod app;
#[cfg(feature = "ssr")]
pub mod archive;
pub mod browser;
pub mod clock;
#[cfg(feature = "ssr")]
pub mod commands;
pub mod components;
pub mod format;
pub mod live;
pub mod location;
mod marks;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod schedule;
pub mod sentences;
pub mod shell;
pub mod view;

pub use app::App;
pub use browser::hydrate;
