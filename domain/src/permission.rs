//! Who may do what: roles of people, scopes of tokens, and what each allows, in one table.
//!
//! Every route, every action and every topic of the socket names a [`Permission`]; whoever asks holds a [`Grant`]; and
//! [`Grant::may`] is the only place that brings the two together. The server enforces it, pages show what it says.
//!
//! Invariant: closed by default. A permission that no line of the table names is held by nobody.

use serde::{Deserialize, Serialize};

/// What a person may do. Each role may what the one before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything but people and keys.
    Viewer,
    /// Runs, cancels, retries.
    Operator,
    /// Also schedules, and manages users, tokens and settings.
    Admin,
}

/// What a program may do with its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reads what a viewer sees.
    Read,
    /// Reads, and runs what an operator runs.
    Operate,
    /// Tells of the night, and reads nothing.
    Ingest,
}

/// What something needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nothing at all: signing in, and whether the server is up.
    Public,
    /// To be a person who is signed in: one's own account.
    Own,
    /// To see.
    View,
    /// To run.
    Operate,
    /// To schedule, and to manage users, tokens and settings.
    Administer,
    /// To tell of the night.
    Ingest,
}

/// By what somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Grant {
    /// A person, by role.
    Role(Role),
    /// A program, by its token's scope.
    Scope(Scope),
}

/// The table: what each permission is held by.
const TABLE: [(Permission, &[Grant]); 5] = [
    (Permission::Own, &[VIEWER, OPERATOR, ADMIN]),
    (Permission::View, &[VIEWER, OPERATOR, ADMIN, READ, OPERATE]),
    (Permission::Operate, &[OPERATOR, ADMIN, OPERATE]),
    (Permission::Administer, &[ADMIN]),
    (Permission::Ingest, &[INGEST]),
];
const VIEWER: Grant = Grant::Role(Role::Viewer);
const OPERATOR: Grant = Grant::Role(Role::Operator);
const ADMIN: Grant = Grant::Role(Role::Admin);
const READ: Grant = Grant::Scope(Scope::Read);
const OPERATE: Grant = Grant::Scope(Scope::Operate);
const INGEST: Grant = Grant::Scope(Scope::Ingest);

impl Grant {
    /// Whether whoever holds this may.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        permission == Permission::Public
            || TABLE.iter().any(|(named, held)| *named == permission && held.contains(&self))
    }

    /// Its word, as it is stored and shown: "operator", "read token".
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Role(role) => role.word(),
            Self::Scope(Scope::Read) => "read token",
            Self::Scope(Scope::Operate) => "operate token",
            Self::Scope(Scope::Ingest) => "ingest token",
        }
    }
}

impl Permission {
    /// Who has it, as the end of a sentence: "… needs the role operator".
    #[must_use]
    pub fn needs(self) -> &'static str {
        match self {
            Self::Public => "nothing",
            Self::Own => "somebody who is signed in",
            Self::View => "the role viewer or a token of scope read",
            Self::Operate => "the role operator or a token of scope operate",
            Self::Administer => "the role admin",
            Self::Ingest => "a token of scope ingest",
        }
    }
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Ingest];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Ingest => "ingest",
        }
    }

    /// The scope of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_before_it_may_and_a_token_never_administers() {
        let all = [
            Permission::Public,
            Permission::Own,
            Permission::View,
            Permission::Operate,
            Permission::Administer,
            Permission::Ingest,
        ];
        for permission in all {
            for pair in Role::ALL.windows(2) {
                let [less, more] = [pair[0], pair[1]].map(|role| Grant::Role(role).may(permission));
                assert!(!less || more, "{permission:?} {pair:?}");
            }
        }
        for scope in Scope::ALL {
            let grant = Grant::Scope(scope);
            assert!(!grant.may(Permission::Administer) && !grant.may(Permission::Own), "{scope:?}");
            assert_eq!(grant.may(Permission::Ingest), scope == Scope::Ingest);
        }
        assert!(
            !VIEWER.may(Permission::Operate)
                && !INGEST.may(Permission::View)
                && !READ.may(Permission::Operate)
        );
    }

    #[test]
    fn words_are_read_back() {
        assert!(Role::ALL.into_iter().all(|role| Role::of(role.word()) == Some(role)));
        assert!(Scope::ALL.into_iter().all(|scope| Scope::of(scope.word()) == Some(scope)));
        assert_eq!((Role::of("Admin"), Scope::of("")), (None, None));
    }
}
