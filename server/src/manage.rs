//! `closing-bell user …` and `closing-bell token …`: the same changes as on the page *Users*, from a command line on the server's
//! machine. For the first hour, for scripts, and for the day on which nobody remembers a password.
//!
//! Invariant: each is in the audit log. A running server notices within a second.

use crate::auth::{Passwords, secret};
use crate::clock;
use crate::config::Config;
use crate::error::StartError;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::tokens::Token;
use crate::store::accounts::users::User;
use crate::store::{Store, StoreError};
use clap::Subcommand;
use domain::permission::{Role, Scope};
use domain::time::DAY;

/// What to do with users.
#[derive(Clone, Debug, Subcommand)]
pub enum UserTask {
    /// Adds one, and prints a password that must be changed.
    Add {
        /// The name to sign in with.
        name: String,
        /// viewer, operator or admin.
        #[arg(long, default_value = "viewer", value_parser = role)]
        role: Role,
    },
    /// Lists them.
    List,
    /// Gives one another role.
    Role {
        /// Whose.
        name: String,
        /// viewer, operator or admin.
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Prints a new password, which must be changed, and ends that user's sign-ins.
    Password {
        /// Whose.
        name: String,
    },
    /// Lets one sign in no more.
    Disable {
        /// Whom.
        name: String,
    },
    /// Lets one sign in again.
    Enable {
        /// Whom.
        name: String,
    },
}

/// What to do with tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenTask {
    /// Makes one, and prints it: once.
    Create {
        /// read, operate or ingest.
        #[arg(long, value_parser = scope)]
        scope: Scope,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
        /// Days until it ends.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3_650))]
        days: u32,
    },
    /// Lists them, without their secrets.
    List,
    /// Ends one.
    Revoke {
        /// Its id, as the list has it.
        id: String,
    },
}

fn role(word: &str) -> Result<Role, String> {
    Role::of(word).ok_or_else(|| "it is viewer, operator or admin".to_owned())
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::of(word).ok_or_else(|| "it is read, operate or ingest".to_owned())
}

#[expect(clippy::print_stdout, reason = "commands whose output is their purpose")]
fn say(words: &str) {
    println!("{words}");
}

fn entry(action: &str, subject: &str, after: Option<String>) -> Entry {
    Entry {
        at: clock::now(),
        who: "command line".to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        outcome: "done".to_owned(),
        after,
        ..Entry::default()
    }
}

fn failed(cause: StoreError) -> StartError {
    StartError::Rebuild { cause }
}

/// Does it.
///
/// # Errors
/// When the database does not answer, or it cannot be done.
pub async fn user(config: &Config, asked: UserTask) -> Result<(), StartError> {
    let store = Store::open(&config.database_url).await?;
    match asked {
        UserTask::Add { name, role } => add(&store, &name, role).await?,
        UserTask::List => {
            for user in store.users().await.map_err(failed)? {
                let state = if user.disabled { "  disabled" } else { "" };
                say(&format!("{:<32}  {:<8}{state}", user.name, user.role.word()));
            }
        }
        UserTask::Role { name, role } => {
            let user = named(&store, &name).await?;
            let mut entry = entry("user_role", &user.name, Some(role.word().to_owned()));
            entry.before = Some(user.role.word().to_owned());
            changed(store.change_user(&user.id, role, user.disabled, &entry).await)?;
        }
        UserTask::Password { name } => {
            let user = named(&store, &name).await?;
            let (password, hash) = password().await?;
            let entry = entry("user_password", &user.name, None);
            changed(store.set_password(&user.id, (&hash, true), None, &entry).await)?;
            say(&password);
        }
        UserTask::Disable { name } => disable(&store, &name, true).await?,
        UserTask::Enable { name } => disable(&store, &name, false).await?,
    }
    store.close().await;
    Ok(())
}

async fn add(store: &Store, name: &str, role: Role) -> Result<(), StartError> {
    let name = crate::auth::fit_name(name).map_err(|why| StartError::Manage(format!("The name {why}.")))?;
    let (password, hash) = password().await?;
    let user =
        User { id: secret::id(), name, role, must_change: true, disabled: false, created: clock::now() };
    let entry = entry("user_add", &user.name, Some(role.word().to_owned()));
    if !store.add_user(&user, &hash, &entry).await.map_err(failed)? {
        return Err(StartError::Manage("There is a user of that name, or there are too many.".to_owned()));
    }
    say(&password);
    Ok(())
}

async fn disable(store: &Store, name: &str, disabled: bool) -> Result<(), StartError> {
    let user = named(store, name).await?;
    let action = if disabled { "user_disable" } else { "user_enable" };
    changed(store.change_user(&user.id, user.role, disabled, &entry(action, &user.name, None)).await)
}

async fn named(store: &Store, name: &str) -> Result<User, StartError> {
    let found = store.user_named(name).await.map_err(failed)?;
    found.map(|(user, _)| user).ok_or_else(|| StartError::Manage(format!("There is no user {name}.")))
}

async fn password() -> Result<(String, String), StartError> {
    let password = secret::password();
    let hash = Passwords::default().hash(&password).await.ok_or(StartError::Hash)?;
    Ok((password, hash))
}

fn changed(done: Result<bool, StoreError>) -> Result<(), StartError> {
    if done.map_err(failed)? {
        Ok(())
    } else {
        Err(StartError::Manage("Nothing was changed: somebody must be left who administers.".to_owned()))
    }
}

/// Does it.
///
/// # Errors
/// When the database does not answer, or it cannot be done.
pub async fn token(config: &Config, asked: TokenTask) -> Result<(), StartError> {
    let store = Store::open(&config.database_url).await?;
    match asked {
        TokenTask::Create { scope, name, days } => {
            let (secret, now) = (secret::token(), clock::now());
            let token = Token {
                id: secret::id(),
                name: domain::decode::clean(&name, 64),
                scope: Some(scope),
                made_by: "command line".to_owned(),
                created: now,
                until: now + i64::from(days) * DAY,
                revoked: None,
                used: None,
            };
            let told = format!("{}, {days} days", scope.word());
            let entry = entry("token_create", &token.name, Some(told));
            if !store.add_token(&token, &secret::hash(&secret), &entry).await.map_err(failed)? {
                return Err(StartError::Manage("There are too many tokens. Revoke some first.".to_owned()));
            }
            say(&secret);
        }
        TokenTask::List => {
            let now = clock::now();
            for token in store.tokens().await.map_err(failed)? {
                let state = match token.revoked {
                    Some(_) => "revoked",
                    None if token.until <= now => "expired",
                    None => "good",
                };
                let scope = token.scope.map_or("?", Scope::word);
                say(&format!("{}  {scope:<8}  {state:<8}  {}", token.id, token.name));
            }
        }
        TokenTask::Revoke { id } => {
            let entry = entry("token_revoke", &id, None);
            if !store.revoke_token(&id, clock::now(), &entry).await.map_err(failed)? {
                return Err(StartError::Manage("There is no such token that is good.".to_owned()));
            }
        }
    }
    store.close().await;
    Ok(())
}
