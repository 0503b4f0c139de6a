//! Who asks, and whether they may.
//!
//! One request's way: [`guard()`] (before every handler) → a token in its header, or the sign-in of its cookie ([`sessions`]) →
//! a [`Caller`] → `domain::permission` says whether → the handler finds the caller beside the request. Open sockets are looked at
//! again every second ([`presence`]). What people and programs hold is kept as hashes (`store/accounts/`).
//!
//! Invariants: every route has a permission, and nothing is answered before it was checked. A token counts in the header
//! `Authorization` and nowhere else. No answer says whether a name exists.
//!
//! Tests: `server/tests/auth.rs`, `server/tests/matrix.rs`.

pub mod address;
mod caller;
mod first;
mod guard;
mod known;
mod password;
mod presence;
pub mod secret;
mod sessions;
mod sign_in;
mod throttle;
mod why;

pub use caller::{Caller, Key};
pub use first::make_first;
pub use guard::{Gate, guard, wants_page};
pub use password::{LONGEST as LONGEST_PASSWORD, Passwords, Unfit, fit, fit_name};
pub use presence::{Presence, Seated, start_checks};
pub use sessions::{Sessions, layer};
pub use sign_in::{Refusal, SigningIn, guess, sign_in, sign_out};
use throttle::Slowed;
pub use throttle::Throttle;
pub use why::{Why, is_good};

use known::Known;

/// What signing in and staying signed in share.
#[derive(Debug, Default)]
pub struct Auth {
    known: Known,
    /// Who has tried how often.
    pub throttle: Throttle,
    /// Whose sockets are open.
    pub presence: Presence,
    /// The work of hashing.
    pub passwords: Passwords,
}

impl Auth {
    /// Somebody's rights were changed here: nothing that was known counts any more, and sockets are looked at now.
    pub fn changed(&self) {
        self.known.forget();
        self.presence.look();
    }
}
