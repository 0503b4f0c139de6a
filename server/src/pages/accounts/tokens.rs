//! Programs: which there are, another one, and the end of one.

use super::{Done, Post, users};
use crate::auth::address::by_tls;
use crate::auth::{is_good, secret};
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use crate::store::StoreError;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::tokens::Token;
use ::app::accounts::{Secret, TokenRow, TokenState, Typed};
use ::app::location::Page;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::Response;
use domain::decode::clean;
use domain::permission::Scope;
use domain::time::DAY;

/// Characters of a token's name.
const LONGEST: usize = 64;
/// Days that one may last.
const DAYS: std::ops::RangeInclusive<i64> = 1..=3_650;

/// Those that there are.
pub(super) async fn read(app: &App) -> Result<Vec<TokenRow>, StoreError> {
    let now = clock::now();
    let row = |token: Token| TokenRow {
        state: match (token.revoked, is_good(&token, now)) {
            (Some(_), _) => TokenState::Revoked,
            (None, Ok(())) => TokenState::Good,
            (None, Err(_)) => TokenState::Expired,
        },
        id: token.id,
        name: token.name,
        scope: token.scope,
        made_by: token.made_by,
        since: token.created,
        until: token.until,
        used: token.used,
    };
    Ok(app.store.tokens().await?.into_iter().map(row).collect())
}

/// Makes one.
pub async fn create(post: Post) -> Response {
    let done = created(&post).await;
    post.answer(done).await
}

async fn created(post: &Post) -> Result<Done, ApiError> {
    let (name, scope, days) = (post.form.get("name"), post.form.get("scope"), post.form.get("days"));
    let called = clean(name, LONGEST);
    let known = Scope::of(scope);
    let lasts = days.trim().parse::<i64>().ok().filter(|days| DAYS.contains(days));
    let mut typed = Typed::default();
    if called.is_empty() || called != name.trim() {
        typed.refuse("name", "It must have 1 to 64 characters that can be read.");
    }
    if known.is_none() {
        typed.refuse("scope", "It is read, operate or ingest.");
    }
    if lasts.is_none() {
        typed.refuse("days", "It must be a whole number from 1 to 3650.");
    }
    typed.values =
        vec![("name", clean(name, users::SHOWN)), ("scope", clean(scope, 16)), ("days", clean(days, 16))];
    let (Some(scope), Some(days), true) = (known, lasts, typed.wrong.is_empty()) else {
        return users::shown(post, StatusCode::BAD_REQUEST, |page| page.create = typed).await;
    };
    let (token, now) = (secret::token(), clock::now());
    let kept = Token {
        id: secret::id(),
        name: called,
        scope: Some(scope),
        made_by: post.caller.who(),
        created: now,
        until: now + days * DAY,
        revoked: None,
        used: None,
    };
    let told = Some(format!("{}, {days} days", scope.word()));
    let entry = Entry { after: told, ..post.entry("token_create", &kept.name) };
    if !post.app.store.add_token(&kept, &secret::hash(&token), &entry).await? {
        typed.refuse("name", "There are as many tokens as there may be. Revoke some first.");
        return users::shown(post, StatusCode::BAD_REQUEST, |page| page.create = typed).await;
    }
    let shown = Secret::Token { name: kept.name, token, scope, origin: origin(post) };
    users::shown(post, StatusCode::OK, |page| page.secret = Some(shown)).await
}

/// The server's own address, as the browser has it: of a host that was checked.
fn origin(post: &Post) -> String {
    let parts = post.parts();
    let tls = by_tls(&post.app.config.trusted_proxies, &parts.extensions, &parts.headers);
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http{}://{host}{}", if tls { "s" } else { "" }, post.app.config.base_path)
}

/// Ends one.
pub async fn revoke(Path(id): Path<String>, post: Post) -> Response {
    let done = revoked(&post, &id).await;
    post.answer(done).await
}

async fn revoked(post: &Post, id: &str) -> Result<Done, ApiError> {
    let found = post.app.store.tokens_of(&[id.to_owned()]).await?;
    let token = found.into_iter().next().ok_or(ApiError::NotKept)?;
    let before = token.scope.map(|scope| scope.word().to_owned());
    let entry =
        Entry { before, after: Some("revoked".to_owned()), ..post.entry("token_revoke", &token.name) };
    let met = post.app.store.revoke_token(id, clock::now(), &entry).await?;
    Ok(Done::To(Page::USERS, if met { "revoked" } else { "same" }))
}
