//! Why somebody is not let in any more, in a word for programs and a sentence for people.

use crate::store::accounts::sign_ins::SignIn;
use crate::store::accounts::tokens::Token;
use domain::time::{HOUR, MINUTE, Millis};
use serde::{Deserialize, Serialize};

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// Nothing was asked for so long.
    Idle(Millis),
    /// It has lasted as long as one may.
    Expired,
    /// Signed out, here or from another browser.
    SignedOut,
    /// The password was changed.
    Password,
    /// The user may not sign in any more.
    Disabled,
    /// The rights are other ones now.
    Rights,
    /// A token was revoked.
    Revoked,
    /// It is not known, or not any more.
    Unknown,
}

impl Why {
    /// A word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Idle(_) => "idle",
            Self::Expired => "expired",
            Self::SignedOut => "signed_out",
            Self::Password => "password",
            Self::Disabled => "disabled",
            Self::Rights => "rights",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }

    /// What stands behind "You are signed out".
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Idle(span) if span >= HOUR => format!("idle for {} h", span / HOUR),
            Self::Idle(span) => format!("idle for {} min", span / MINUTE),
            Self::Expired => "signed in for too long".to_owned(),
            Self::SignedOut => "signed out elsewhere".to_owned(),
            Self::Password => "the password was changed".to_owned(),
            Self::Disabled => "the account was disabled".to_owned(),
            Self::Rights => "your rights were changed".to_owned(),
            Self::Revoked => "the token was revoked".to_owned(),
            Self::Unknown => "the sign-in is not known any more".to_owned(),
        }
    }
}

/// Whether a sign-in goes on at that moment.
pub(super) fn goes_on(sign_in: &SignIn, now: Millis) -> Result<(), Why> {
    if sign_in.user.disabled {
        return Err(Why::Disabled);
    }
    match sign_in.ended.as_deref() {
        None => {}
        Some("password") => return Err(Why::Password),
        Some(_) => return Err(Why::SignedOut),
    }
    if now >= sign_in.until {
        return Err(Why::Expired);
    }
    if sign_in.idle > 0 && now >= sign_in.seen.saturating_add(sign_in.idle) {
        return Err(Why::Idle(sign_in.idle));
    }
    Ok(())
}

/// Whether a token is good at that moment.
///
/// # Errors
/// Why it is not.
pub fn is_good(token: &Token, now: Millis) -> Result<(), Why> {
    if token.revoked.is_some() {
        Err(Why::Revoked)
    } else if now >= token.until {
        Err(Why::Expired)
    } else if token.scope.is_none() {
        Err(Why::Unknown)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::accounts::users::User;
    use domain::permission::Role;

    #[test]
    fn it_ends_by_itself_or_is_ended_and_says_why() {
        let user = User {
            id: "u".into(),
            name: "Ann".into(),
            role: Role::Viewer,
            must_change: false,
            disabled: false,
            created: 0,
        };
        let open = SignIn {
            id: "s".into(),
            user,
            created: 0,
            seen: 1_000,
            idle: 8 * HOUR,
            until: 100 * HOUR,
            address: String::new(),
            agent: String::new(),
            ended: None,
        };
        assert_eq!(goes_on(&open, 1_000 + 8 * HOUR - 1), Ok(()));
        assert_eq!(goes_on(&open, 1_000 + 8 * HOUR), Err(Why::Idle(8 * HOUR)));
        assert_eq!(Why::Idle(8 * HOUR).words(), "idle for 8 h");
        let for_ever = SignIn { idle: 0, ..open.clone() };
        assert_eq!(goes_on(&for_ever, 100 * HOUR - 1), Ok(()));
        assert_eq!(goes_on(&for_ever, 100 * HOUR), Err(Why::Expired));
        let ended = SignIn { ended: Some("password".into()), ..open.clone() };
        assert_eq!(goes_on(&ended, 1_000), Err(Why::Password));
        let mut disabled = open;
        disabled.user.disabled = true;
        assert_eq!(goes_on(&disabled, 1_000), Err(Why::Disabled));
    }
}
