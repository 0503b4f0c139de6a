//! Whose sockets are open. Once a second it is looked whether each may still be.
//!
//! Invariant: a right that was taken away, here or by another server, closes that one's sockets within a second and a bit. While the
//! database is away nobody is thrown out: nobody can have lost a right then.

use super::why::{goes_on, is_good};
use super::{Caller, Key, Why};
use crate::clock;
use crate::state::App;
use crate::store::StoreError;
use domain::permission::Permission;
use domain::time::Millis;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often it is looked.
const EACH: Duration = Duration::from_millis(900);

/// Whose sockets are open.
#[derive(Clone, Debug, Default)]
pub struct Presence {
    open: Arc<Mutex<HashMap<Key, Open>>>,
    look: Arc<Notify>,
}

#[derive(Debug)]
struct Open {
    caller: Caller,
    sockets: u32,
    end: watch::Sender<Option<Why>>,
}

/// A socket of somebody, for as long as it is open.
#[derive(Debug)]
pub struct Seated {
    presence: Presence,
    key: Key,
    end: watch::Receiver<Option<Why>>,
}

impl Presence {
    /// One more socket of a caller. `None`: they have as many as they may.
    #[must_use]
    pub fn enter(&self, caller: &Caller, most: u32) -> Option<Seated> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = open.values().filter(|open| open.caller.holder() == caller.holder());
        if theirs.map(|open| open.sockets).sum::<u32>() >= most {
            return None;
        }
        let entry = open.entry(caller.key.clone()).or_insert_with(|| Open {
            caller: caller.clone(),
            sockets: 0,
            end: watch::channel(None).0,
        });
        entry.sockets += 1;
        Some(Seated { presence: self.clone(), key: caller.key.clone(), end: entry.end.subscribe() })
    }

    /// Looks now.
    pub fn look(&self) {
        self.look.notify_one();
    }

    fn callers(&self) -> Vec<Caller> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().map(|open| open.caller.clone()).collect()
    }

    fn end(&self, key: &Key, why: Why) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // Who comes back meanwhile is somebody new.
        if let Some(gone) = open.remove(key) {
            gone.end.send_replace(Some(why));
        }
    }
}

impl Seated {
    /// Waits until it must end.
    pub async fn over(&mut self) -> Why {
        match self.end.wait_for(Option::is_some).await {
            Ok(why) => why.unwrap_or(Why::Unknown),
            Err(_) => Why::Unknown,
        }
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        let mut open = self.presence.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = open.get_mut(&self.key)
            && entry.end.subscribe().same_channel(&self.end)
        {
            entry.sockets = entry.sockets.saturating_sub(1);
            if entry.sockets == 0 {
                open.remove(&self.key);
            }
        }
    }
}

/// Looks for as long as the server runs.
pub fn start_checks(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        loop {
            // Asked or not, a second is the longest.
            let _ = tokio::time::timeout(EACH, app.auth.presence.look.notified()).await;
            let callers = app.auth.presence.callers();
            if callers.is_empty() {
                continue;
            }
            match ended(&app, &callers, clock::now()).await {
                Ok(ended) if ended.is_empty() => {}
                Ok(ended) => {
                    // What was known of them a moment ago lets nobody in either.
                    app.auth.known.forget();
                    ended.iter().for_each(|(key, why)| app.auth.presence.end(key, *why));
                }
                Err(cause) => tracing::debug!(code = cause.code(), "rights could not be looked at"),
            }
        }
    });
}

/// Those who may not any more, and why.
async fn ended(app: &App, callers: &[Caller], now: Millis) -> Result<Vec<(Key, Why)>, StoreError> {
    let ids = |wanted: fn(&Key) -> Option<&String>| -> Vec<String> {
        callers.iter().filter_map(|caller| wanted(&caller.key).cloned()).collect()
    };
    let people = ids(|key| if let Key::SignIn(id) = key { Some(id) } else { None });
    let programs = ids(|key| if let Key::Token(id) = key { Some(id) } else { None });
    let mut now_known: HashMap<Key, Result<Caller, Why>> = HashMap::new();
    for sign_in in app.store.sign_ins(&people).await? {
        let known = goes_on(&sign_in, now).map(|()| Caller::person(&sign_in));
        now_known.insert(Key::SignIn(sign_in.id), known);
    }
    for token in app.store.tokens_of(&programs).await? {
        let known = is_good(&token, now).and_then(|()| Caller::program(&token).ok_or(Why::Unknown));
        now_known.insert(Key::Token(token.id), known);
    }
    let why = |caller: &Caller| match now_known.remove(&caller.key) {
        None => Some(Why::Unknown),
        Some(Err(why)) => Some(why),
        // A role that is another one: the page is loaded again, and shows what it may.
        Some(Ok(is)) if is.grant != caller.grant || !is.may(Permission::View) => Some(Why::Rights),
        Some(Ok(_)) => None,
    };
    let mut why = why;
    Ok(callers.iter().filter_map(|caller| why(caller).map(|why| (caller.key.clone(), why))).collect())
}
