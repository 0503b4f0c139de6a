//! The forms of accounts: each reads what was posted, asks `auth` or the store to do it, and answers with a page or an address.

pub mod login;

use axum::body::Bytes;

/// Fields of a form.
const MOST: usize = 16;

/// What was posted, field by field. What cannot be read is not there.
pub(super) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Reads a form as browsers post it.
    pub(super) fn read(body: &Bytes) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        Self(pairs.into_iter().take(MOST).collect())
    }

    /// A field's value; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}
