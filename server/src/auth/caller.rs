//! Who asks, once that is known.

use crate::clock;
use crate::store::accounts::audit::Entry as Line;
use crate::store::accounts::sign_ins::SignIn;
use crate::store::accounts::tokens::Token;
use domain::command::THE_SCHEDULE;
use domain::permission::{Grant, Permission, Scope};
use serde::{Deserialize, Serialize};

/// By what somebody is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A browser's sign-in.
    SignIn(String),
    /// A program's token.
    Token(String),
    /// The schedule, which asks for what is due.
    Schedule,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// By what they are known.
    pub key: Key,
    /// The user, if it is a person.
    pub user: Option<String>,
    /// The user's or the token's name.
    pub name: String,
    /// By what they may.
    pub grant: Grant,
    /// A person who must choose a password before anything else.
    pub must_change: bool,
}

impl Caller {
    /// Of a sign-in that goes on.
    #[must_use]
    pub fn person(sign_in: &SignIn) -> Self {
        Self {
            key: Key::SignIn(sign_in.id.clone()),
            user: Some(sign_in.user.id.clone()),
            name: sign_in.user.name.clone(),
            grant: Grant::Role(sign_in.user.role),
            must_change: sign_in.user.must_change,
        }
    }

    /// Of a token that is good. `None`: its scope is unknown.
    #[must_use]
    pub fn program(token: &Token) -> Option<Self> {
        let grant = Grant::Scope(token.scope?);
        let key = Key::Token(token.id.clone());
        Some(Self { key, user: None, name: token.name.clone(), grant, must_change: false })
    }

    /// The schedule: it runs what is due, and no more.
    #[must_use]
    pub fn schedule() -> Self {
        let (name, grant) = (THE_SCHEDULE.to_owned(), Grant::Scope(Scope::Operate));
        Self { key: Key::Schedule, user: None, name, grant, must_change: false }
    }

    /// Whether they may. Who must choose a password may see to that alone.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let chosen = !self.must_change || matches!(permission, Permission::Own | Permission::Public);
        chosen && self.grant.may(permission)
    }

    /// As the audit log names them.
    #[must_use]
    pub fn who(&self) -> String {
        match self.key {
            Key::SignIn(_) | Key::Schedule => self.name.clone(),
            Key::Token(_) => format!("token {}", self.name),
        }
    }

    /// A line of the audit log: they did something, now, from there.
    #[must_use]
    pub fn did(&self, address: String, action: &str, subject: &str) -> Line {
        Line {
            at: clock::now(),
            who: self.who(),
            role: self.grant.word().to_owned(),
            address,
            action: action.to_owned(),
            subject: subject.to_owned(),
            outcome: "done".to_owned(),
            ..Line::default()
        }
    }

    /// Whose sockets count together.
    #[must_use]
    pub fn holder(&self) -> &str {
        match (&self.user, &self.key) {
            (Some(user), _) => user,
            (None, Key::SignIn(id) | Key::Token(id)) => id,
            (None, Key::Schedule) => "schedule",
        }
    }
}
