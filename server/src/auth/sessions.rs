//! Sign-ins behind the sessions library: it owns cookie, id and fixation, our table owns what is true.
//!
//! What a request reads of its session is made from the table each time, so that a role which was changed counts at once; nothing
//! but the id travels in the cookie.

use super::why::goes_on;
use super::{Auth, Caller, Why, secret};
use crate::clock;
use crate::store::Store;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::sign_ins::SignIn;
use async_trait::async_trait;
use domain::time::{MINUTE, Millis};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// The cookie's name.
pub const COOKIE: &str = "cb_sign_in";
/// Under this a request finds who asks.
const SEEN: &str = "seen";
/// Under this a handler says who signs in.
const OPENING: &str = "opening";
/// That a browser asked for something is written down once in so long.
const TOUCH: Millis = MINUTE;

/// Sign-ins as the library sees them.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
    auth: Arc<Auth>,
}

/// What a request finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Seen {
    /// Somebody is signed in.
    In(Caller),
    /// Somebody was.
    Out(Why),
}

/// Who signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Opening {
    pub(super) user: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) idle: Millis,
    pub(super) until: Millis,
    pub(super) address: String,
    pub(super) agent: String,
}

/// The layer that gives every request its session.
#[must_use]
pub fn layer(store: &Store, auth: &Arc<Auth>, path: String) -> SessionManagerLayer<Sessions> {
    let sessions = Sessions { store: store.clone(), auth: auth.clone() };
    // `Secure` is added where a proxy of ours says that the browser speaks TLS (`security.rs`).
    SessionManagerLayer::new(sessions)
        .with_name(COOKIE)
        .with_path(path)
        .with_same_site(SameSite::Lax)
        .with_secure(false)
        .with_expiry(Expiry::OnSessionEnd)
}

/// Who asks by this session.
pub(super) async fn seen(session: &tower_sessions::Session) -> std::result::Result<Option<Seen>, ()> {
    session.get(SEEN).await.map_err(|cause| tracing::warn!(%cause, "a sign-in could not be looked up"))
}

/// Signs the browser in: a new id, whatever it came with.
pub(super) async fn open(
    session: &tower_sessions::Session,
    opening: &Opening,
    stays: bool,
) -> std::result::Result<(), ()> {
    let failed = |cause| tracing::warn!(%cause, "a sign-in could not be written down");
    session.flush().await.map_err(failed)?;
    session.insert(OPENING, opening).await.map_err(failed)?;
    if stays {
        let until = time::OffsetDateTime::from_unix_timestamp(opening.until / 1_000);
        session.set_expiry(until.ok().map(Expiry::AtDateTime));
    }
    session.save().await.map_err(failed)
}

pub(super) fn key(id: &Id) -> String {
    secret::hash(&id.to_string())
}

fn record(id: Id, seen: &Seen) -> Result<Option<Record>> {
    let value = serde_json::to_value(seen).map_err(|cause| Error::Encode(cause.to_string()))?;
    // When it ends says the table and not the library.
    let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::days(1);
    Ok(Some(Record { id, data: HashMap::from([(SEEN.to_owned(), value)]), expiry_date }))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let opening = record.data.get(OPENING).cloned().unwrap_or_default();
        let opening: Opening =
            serde_json::from_value(opening).map_err(|cause| Error::Decode(cause.to_string()))?;
        let now = clock::now();
        let user = self.store.user_named(&opening.name).await.map_err(unreadable)?;
        let (user, _) = user.ok_or_else(|| Error::Backend("the user is gone".to_owned()))?;
        // Always a new one: what a browser came with, or was planted in it, is never what it leaves with.
        record.id = Id::default();
        let sign_in = SignIn {
            id: key(&record.id),
            user,
            created: now,
            seen: now,
            idle: opening.idle,
            until: opening.until,
            address: opening.address.clone(),
            agent: opening.agent,
            ended: None,
        };
        let entry = Entry {
            at: now,
            who: opening.name,
            role: opening.role,
            address: opening.address,
            action: "sign_in".to_owned(),
            outcome: "done".to_owned(),
            ..Entry::default()
        };
        self.store.open_sign_in(&sign_in, &entry).await.map_err(unreadable)
    }

    async fn save(&self, _: &Record) -> Result<()> {
        // Nothing is kept in it.
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (key, now) = (key(id), clock::now());
        if let Some(caller) = self.auth.known.fresh(&key, now) {
            return record(*id, &Seen::In(caller));
        }
        let found = match self.store.sign_ins(std::slice::from_ref(&key)).await {
            Ok(found) => found.into_iter().next(),
            Err(cause) => {
                let lately = self.auth.known.lately(&key, now);
                return lately
                    .map_or_else(|| Err(unreadable(cause)), |caller| record(*id, &Seen::In(caller)));
            }
        };
        let Some(sign_in) = found else { return Ok(None) };
        if let Err(why) = goes_on(&sign_in, now) {
            self.auth.known.drop_one(&key);
            return record(*id, &Seen::Out(why));
        }
        let caller = Caller::person(&sign_in);
        self.auth.known.put(&key, &caller, now);
        if now - sign_in.seen > TOUCH {
            // Behind the answer; who is signed out a minute early by a failure signs in again.
            let store = self.store.clone();
            tokio::spawn(async move { store.touch_sign_in(&key, now).await });
        }
        record(*id, &Seen::In(caller))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let key = key(id);
        self.auth.known.drop_one(&key);
        self.store.drop_sign_in(&key).await.map_err(unreadable)
    }
}

fn unreadable(cause: crate::store::StoreError) -> Error {
    Error::Backend(cause.code().to_owned())
}
