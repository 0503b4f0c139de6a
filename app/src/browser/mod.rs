//! The browser: everything that touches `web_sys`, behind functions that do nothing on the server.
//!
//! Components call these and never ask where they run. It is the only place with a twin per side, so `cfg` stays here.

#[cfg(feature = "hydrate")]
mod hydrated;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
mod socket;
#[cfg(feature = "hydrate")]
pub use hydrated::{
    copy, focus, hydrate, is_hidden, key_of_event, next_paint, now, on_key, press, push_path, reload,
    replace_path, set_icon, set_theme, set_title, sign_in_again, single_keys, start, store_single_keys,
    theme,
};

#[cfg(not(feature = "hydrate"))]
mod server;
#[cfg(not(feature = "hydrate"))]
pub use server::{
    copy, focus, hydrate, is_hidden, key_of_event, next_paint, now, on_key, press, push_path, reload,
    replace_path, set_icon, set_theme, set_title, sign_in_again, single_keys, start, store_single_keys,
    theme,
};
