//! Everything a browser shows, rendered on the server first and then kept alive by the socket.
//!
//! [`live`] holds one signal per record and the state of the link; [`clock`] the server's time and the zones; [`pages`] and
//! [`components`] only read them. Everything that touches a browser is in [`browser`], the only place with a twin for the
//! server. Nothing here knows that Redis, a database or an event exists.
//!
//! Tests: beside the pure parts (`live`, `format`, `components/phases/axis.rs`), and in `end2end/` for what a person sees.

pub mod app;
pub mod browser;
pub mod clock;
pub mod components;
pub mod format;
pub mod live;
pub mod location;
pub mod pages;
pub mod sentences;
pub mod shell;
pub mod view;

pub use app::App;
pub use browser::hydrate;
