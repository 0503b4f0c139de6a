//! Signing in and out.
//!
//! A wrong name, a wrong password and a disabled account are one answer, and take as long. Every try is in the audit log; of those
//! that were not even looked at, how many there were.

use super::sessions::{Opening, open};
use super::{Caller, Key, Slowed, password};
use crate::state::App;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::users;
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use thiserror::Error;
use tower_sessions::Session;

/// A name that is longer is nobody's.
const LONGEST_NAME: usize = 64;
/// What browsers say of themselves is cut to this.
const LONGEST_AGENT: usize = 200;
/// One that stays signed in does so for this long.
const STAYS: Millis = 30 * DAY;

/// When too many passwords wait to be looked at.
const BUSY: Millis = 2 * SECOND;

/// What was asked for.
#[derive(Debug)]
pub struct SigningIn {
    /// The name as typed.
    pub name: String,
    /// The password as typed.
    pub password: String,
    /// A screen on a wall: it does not end by being idle.
    pub stays: bool,
    /// From where.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
}

/// Why somebody was not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Whatever of it.
    #[error("Name or password is wrong.")]
    Wrong,
    /// Too many tries.
    #[error("Too many tries. The next one is looked at in {} s.", (.0 + 999) / 1_000)]
    Slow(Millis),
    /// The database is away.
    #[error("Nobody can be signed in at the moment: the database does not answer.")]
    Unavailable,
}

/// Signs a browser in.
///
/// # Errors
/// See [`Refusal`].
pub async fn sign_in(app: &App, session: &Session, asked: SigningIn, now: Millis) -> Result<(), Refusal> {
    let name = asked.name.trim();
    let account = users::key(&domain::decode::clean(name, LONGEST_NAME));
    let familiar = match guess(app, &account, &asked.address, now).await {
        Ok(familiar) => familiar,
        Err(wait) => {
            if let Some(count) = app.auth.throttle.slowed(&asked.address, now) {
                note(app, &asked, None, now, &format!("slowed: {count} not looked at")).await;
            }
            return Err(Refusal::Slow(wait));
        }
    };
    let unavailable = |_| Refusal::Unavailable;
    let found = app.store.user_named(name).await.map_err(unavailable)?;
    let kept = found.as_ref().map(|(_, kept)| kept.as_str());
    // Of a password that nobody can have only the beginning is worth the work.
    let typed: String = asked.password.chars().take(password::LONGEST + 1).collect();
    let verified = app.auth.passwords.verify(&typed, kept, familiar).await;
    let right = verified.ok_or(Refusal::Slow(BUSY))?;
    let known = found.as_ref().map(|(user, _)| user.name.clone());
    let user = found.map(|(user, _)| user).filter(|user| right && !user.disabled);
    let Some(user) = user else {
        note(app, &asked, known.as_deref(), now, if right { "disabled" } else { "wrong" }).await;
        return Err(Refusal::Wrong);
    };
    let hours = i64::from(app.config.sign_in_hours) * HOUR;
    let idle = i64::from(app.config.sign_in_idle_minutes) * MINUTE;
    let opening = Opening {
        user: user.id,
        name: user.name,
        role: user.role.word().to_owned(),
        idle: if asked.stays { 0 } else { idle },
        until: now + if asked.stays { STAYS } else { hours },
        address: asked.address.clone(),
        agent: domain::decode::clean(&asked.agent, LONGEST_AGENT),
    };
    open(session, &opening, asked.stays).await.map_err(|()| Refusal::Unavailable)?;
    app.auth.throttle.succeeded(&account, &asked.address, now);
    Ok(())
}

/// Whether a guess is looked at. Somebody else's guesses at an account keep nobody out who comes from where they always come from.
///
/// # Errors
/// Milliseconds to wait.
pub async fn guess(app: &App, account: &str, address: &str, now: Millis) -> Result<bool, Millis> {
    let wait = match app.auth.throttle.guess(account, address, now) {
        Ok(familiar) => return Ok(familiar),
        Err(Slowed::Address(wait)) => return Err(wait),
        Err(Slowed::Account(wait)) => wait,
    };
    if app.store.has_signed_in_from(account, address).await.unwrap_or(false) {
        app.auth.throttle.is_familiar(account, address, now);
        return Ok(true);
    }
    Err(wait)
}

/// Writes down a try in vain. A name that nobody has is not written down: passwords are typed there, too.
async fn note(app: &App, asked: &SigningIn, known: Option<&str>, now: Millis, outcome: &str) {
    let entry = Entry {
        at: now,
        who: known.unwrap_or("(unknown)").to_owned(),
        address: asked.address.clone(),
        action: "sign_in".to_owned(),
        outcome: outcome.to_owned(),
        ..Entry::default()
    };
    tracing::warn!(who = entry.who, address = entry.address, outcome, "a sign-in was refused");
    // It is in the log of the process in any case.
    let _ = app.store.audit(&entry).await;
}

/// Signs a browser out.
pub async fn sign_out(app: &App, session: &Session, caller: &Caller, entry: Entry) {
    if let (Key::SignIn(id), Some(user)) = (&caller.key, &caller.user) {
        let ended = app.store.end_sign_in((id, user), "signed_out", &entry).await;
        if let Err(cause) = ended {
            tracing::warn!(code = cause.code(), "a sign-out could not be written down");
        }
    }
    // The cookie goes in any case.
    let _ = session.flush().await;
    app.auth.changed();
}
