//! Passwords: argon2id, a few at a time. A guess costs the server as much for a name that exists as for one that does not.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::command::THE_SCHEDULE;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use thiserror::Error;
use tokio::sync::Semaphore;

/// Hashed at a time: each takes 19 MiB and a core for some 20 ms.
const TOGETHER: usize = 2;
/// And waiting for their turn: who comes to more is told to come back, instead of everybody waiting ever longer.
const WAITING: u32 = 32;
/// Letters that a password may have: more is no password but a load.
pub const LONGEST: usize = 128;
/// And must have.
pub const SHORTEST: usize = 12;

/// Why a password will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// Too short.
    #[error("must have at least 12 characters")]
    Short,
    /// Too long.
    #[error("must have at most 128 characters")]
    Long,
    /// One letter, or the name.
    #[error("is too easy to guess: not the name, and not the same few characters")]
    Easy,
}

/// Whether a password will do. Length is what counts; what kinds of letters there are does not.
///
/// # Errors
/// Why not.
pub fn fit(password: &str, name: &str) -> Result<(), Unfit> {
    let letters = password.chars().count();
    if letters < SHORTEST {
        return Err(Unfit::Short);
    }
    if letters > LONGEST {
        return Err(Unfit::Long);
    }
    let lower = password.to_lowercase();
    let kinds: std::collections::BTreeSet<char> = lower.chars().collect();
    let rest = lower.replace(&name.to_lowercase(), "");
    if kinds.len() < 5 || (!name.is_empty() && rest.chars().count() < SHORTEST / 2) {
        return Err(Unfit::Easy);
    }
    Ok(())
}

/// A user's name as it is kept: what people read, and nothing that only looks like it.
///
/// # Errors
/// Why it will not do: "must …".
pub fn fit_name(name: &str) -> Result<String, &'static str> {
    let name = name.trim();
    let plain = |letter: char| letter.is_alphanumeric() || "._-@ ".contains(letter);
    if name.is_empty() || name.chars().count() > 64 {
        return Err("must have 1 to 64 characters");
    }
    if !name.chars().all(plain) || name.contains("  ") {
        return Err("may have letters, digits, spaces and . _ - @");
    }
    // What the audit log calls others.
    if ["command line", "first start", THE_SCHEDULE].contains(&name.to_lowercase().as_str())
        || name.to_lowercase().starts_with("token ")
    {
        return Err("must be nobody else's");
    }
    Ok(name.to_owned())
}

/// The work of hashing, bounded.
#[derive(Debug)]
pub struct Passwords {
    turns: Semaphore,
    waiting: AtomicU32,
    /// For those who come from where they always come from: strangers' guesses are not before them.
    familiar: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Semaphore::new(TOGETHER), waiting: AtomicU32::new(0), familiar: Semaphore::new(1) }
    }
}

/// What a guess at a name that nobody has is compared with.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hashed("nobody has this"));

fn hashed(password: &str) -> Option<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.inspect_err(|cause| tracing::error!(%cause, "a password could not be hashed"))
        .ok()
        .map(|hash| hash.to_string())
}

impl Passwords {
    /// What is kept of a password. `None`: it could not be made, which is logged.
    pub async fn hash(&self, password: &str) -> Option<String> {
        let _turn = self.turns.acquire().await.ok()?;
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || hashed(&password)).await.ok()?
    }

    /// Whether it is the password; `None`: too many wait. `kept`: what is kept of the real one; `None`: there is no such user, which
    /// takes as long. `familiar`: they come from where they always do.
    pub async fn verify(&self, password: &str, kept: Option<&str>, familiar: bool) -> Option<bool> {
        let _turn = if familiar {
            self.familiar.acquire().await.ok()?
        } else {
            if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING {
                self.waiting.fetch_sub(1, Ordering::AcqRel);
                return None;
            }
            let turn = self.turns.acquire().await;
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            turn.ok()?
        };
        let (password, kept) = (password.to_owned(), kept.map(str::to_owned));
        let compared = tokio::task::spawn_blocking(move || {
            let exists = kept.is_some();
            let Some(kept) = kept.or_else(|| NOBODY.clone()) else { return false };
            let same = PasswordHash::new(&kept)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            same && exists
        });
        Some(compared.await.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_the_name_does_not() {
        assert_eq!(fit("short", "ann"), Err(Unfit::Short));
        assert_eq!(fit(&"x".repeat(129), "ann"), Err(Unfit::Long));
        assert_eq!(fit("aaaaaaaaaaaa", "ann"), Err(Unfit::Easy));
        assert_eq!(fit("administrator1", "administrator"), Err(Unfit::Easy));
        assert_eq!(fit("correct horse battery", "ann"), Ok(()));
    }

    #[tokio::test]
    async fn only_the_password_is_the_password() {
        let passwords = Passwords::default();
        let kept = passwords.hash("correct horse battery").await.unwrap();
        assert!(kept.starts_with("$argon2id$"));
        let verify = async |password, kept| passwords.verify(password, kept, false).await;
        assert_eq!(verify("correct horse battery", Some(kept.as_str())).await, Some(true));
        assert_eq!(passwords.verify("correct horse battery", Some(&kept), true).await, Some(true));
        assert_eq!(verify("correct horse batterz", Some(kept.as_str())).await, Some(false));
        assert_eq!(verify("nobody has this", None).await, Some(false));
        assert_eq!(verify("", Some("no hash")).await, Some(false));
        // A flood waits for nobody, and keeps nobody waiting who is familiar.
        let many = futures_util::future::join_all((0..100).map(|_| passwords.verify("x", None, false)));
        let (many, familiar) = futures_util::future::join(many, passwords.verify("x", None, true)).await;
        assert!(many.iter().filter(|verified| verified.is_none()).count() >= 60, "{many:?}");
        assert_eq!(familiar, Some(false));
    }
}
