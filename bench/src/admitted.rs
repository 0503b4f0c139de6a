//! Who measures must be let in: a token for what asks by hand, a sign-in for the browser, written into the database before its
//! server starts. The way in itself is measured with everything else, because every request goes it.

use crate::Outcome;
use crate::process::database_url;
use domain::permission::{Role, Scope};
use domain::time::{DAY, Millis};
use server::auth::secret;
use server::store::Store;
use server::store::accounts::audit::Entry;
use server::store::accounts::sign_ins::SignIn;
use server::store::accounts::tokens::Token;
use server::store::accounts::users::User;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// What asks by hand carries this.
pub const TOKEN: &str = "cb_measures";
/// The browser's cookie: its name and its value, an id of the sessions library.
pub const COOKIE: (&str, &str) = ("cb_sign_in", "YmVuY2htYXJrYmVuY2htYQ");

/// Lets both in.
pub async fn admit(database: &Path) -> Outcome {
    let said = |cause: &dyn std::fmt::Display| cause.to_string();
    let store = Store::open(&database_url(database)).await.map_err(|cause| said(&cause))?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|cause| said(&cause))?;
    let now = Millis::try_from(since.as_millis()).map_err(|cause| said(&cause))?;
    let hash = secret::hash(TOKEN);
    if store.token_hashed(&hash).await.map_err(|cause| said(&cause))?.is_none() {
        let entry = Entry { at: now, who: "bench".into(), action: "token_create".into(), ..Entry::default() };
        let token = Token {
            id: secret::id(),
            name: "bench".into(),
            scope: Some(Scope::Read),
            made_by: "bench".into(),
            created: now,
            until: now + 30 * DAY,
            revoked: None,
            used: None,
        };
        store.add_token(&token, &hash, &entry).await.map_err(|cause| said(&cause))?;
        let user = User {
            id: secret::id(),
            name: "bench".into(),
            role: Role::Viewer,
            must_change: false,
            disabled: false,
            created: now,
        };
        store.add_user(&user, "no password", &entry).await.map_err(|cause| said(&cause))?;
        let sign_in = SignIn {
            id: secret::hash(COOKIE.1),
            user,
            created: now,
            seen: now,
            idle: 0,
            until: now + 30 * DAY,
            address: "127.0.0.1".into(),
            agent: "bench".into(),
            ended: None,
        };
        store.open_sign_in(&sign_in, &entry).await.map_err(|cause| said(&cause))?;
    }
    store.close().await;
    Ok(())
}
