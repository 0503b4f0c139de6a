//! Who may: signing in, one's own account, users, tokens and the audit log. Rendered on the server only; every form is a plain POST
//! that works without script, and says beside its fields what is wrong.
//!
//! Invariant: a password is in no page but the one that answers its making, and what somebody typed is escaped everywhere.
//!
//! Tests: `app/tests/accounts.rs`, `server/tests/auth.rs`.

mod login;

pub use login::{Login, login, refused};
