//! The first start: somebody must be able to sign in.

use super::password::Passwords;
use super::{fit, secret};
use crate::clock;
use crate::config::Config;
use crate::error::StartError;
use crate::store::Store;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::users::User;
use domain::permission::Role;

/// The first user's name.
pub const ADMIN: &str = "admin";

/// Makes `admin` where nobody is: with the password that was set, or with one that is printed once and must be changed.
///
/// # Errors
/// When the password that was set will not do, or the database does not answer.
#[expect(clippy::print_stdout, reason = "a password is for the one who starts the program, and for no log")]
pub async fn make_first(store: &Store, config: &Config) -> Result<(), StartError> {
    let unreadable = |cause| StartError::Rebuild { cause };
    if store.has_users().await.map_err(unreadable)? {
        return Ok(());
    }
    let set = config.admin_password.as_ref().map(|set| set.reveal().to_owned());
    // An empty line in a file of settings sets nothing.
    let set = set.filter(|set| !set.is_empty());
    if let Some(set) = &set {
        fit(set, ADMIN).map_err(|cause| StartError::AdminPassword { cause })?;
    }
    let must_change = set.is_none();
    let password = set.unwrap_or_else(secret::password);
    let hash = Passwords::default().hash(&password).await.ok_or(StartError::Hash)?;
    let now = clock::now();
    let user = User {
        id: secret::id(),
        name: ADMIN.to_owned(),
        role: Role::Admin,
        must_change,
        disabled: false,
        created: now,
    };
    let entry = Entry {
        at: now,
        who: "first start".to_owned(),
        action: "user_add".to_owned(),
        subject: ADMIN.to_owned(),
        outcome: "done".to_owned(),
        after: Some("role admin".to_owned()),
        ..Entry::default()
    };
    // Of two servers that start together one makes it.
    if store.add_user(&user, &hash, &entry).await.map_err(unreadable)? && must_change {
        println!(
            "\n  First start. Sign in as  {ADMIN}  with the password  {password}\n  It is shown once, and must be changed.\n"
        );
    }
    Ok(())
}
