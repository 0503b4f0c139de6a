//! People: who there is, another one, and what can be done with one.

use super::{Done, Post, tokens};
use crate::auth::{Caller, fit_name, secret};
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use crate::store::StoreError;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::users::User;
use ::app::accounts::{Accounts, Secret, Typed, UserRow, Users};
use ::app::location::Page;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::permission::Role;

/// Of what was typed so much is shown again.
pub(super) const SHOWN: usize = 128;
/// Why the last one who administers stays.
const LAST: &str = "Nothing was changed: somebody must be left who administers. Make another admin first.";

/// What the page shows.
pub(super) async fn read(app: &App, caller: &Caller) -> Result<Users, StoreError> {
    let users = app.store.users().await?.into_iter().map(|user| UserRow {
        id: user.id,
        name: user.name,
        role: user.role,
        since: user.created,
        disabled: user.disabled,
        must_change: user.must_change,
    });
    Ok(Users {
        me: caller.user.clone().unwrap_or_default(),
        users: users.collect(),
        tokens: tokens::read(app).await?,
        ..Users::default()
    })
}

/// The page with something besides.
pub(super) async fn shown(
    post: &Post,
    status: StatusCode,
    with: impl FnOnce(&mut Users),
) -> Result<Done, ApiError> {
    let mut page = read(&post.app, &post.caller).await?;
    with(&mut page);
    Ok(Done::Page(status, Box::new(Accounts::Users(Box::new(page)))))
}

/// What a form posts to is no page: who asks for it wants the page that it is on.
pub async fn home(State(app): State<App>) -> Response {
    Redirect::to(&app.at(Page::USERS)).into_response()
}

/// Adds one.
pub async fn add(post: Post) -> Response {
    let done = added(&post).await;
    post.answer(done).await
}

async fn added(post: &Post) -> Result<Done, ApiError> {
    let (name, role) = (post.form.get("name"), post.form.get("role"));
    let (fit, known) = (fit_name(name), Role::of(role));
    let mut typed = Typed::default();
    if let Err(why) = &fit {
        typed.refuse("name", format!("It {why}."));
    }
    if known.is_none() {
        typed.refuse("role", "It is viewer, operator or admin.");
    }
    typed.values =
        vec![("name", domain::decode::clean(name, SHOWN)), ("role", domain::decode::clean(role, 16))];
    let (Ok(name), Some(role)) = (fit, known) else {
        return shown(post, StatusCode::BAD_REQUEST, |page| page.add = typed).await;
    };
    let (password, hash) = made(post).await?;
    let user =
        User { id: secret::id(), name, role, must_change: true, disabled: false, created: clock::now() };
    let entry = Entry { after: Some(role.word().to_owned()), ..post.entry("user_add", &user.name) };
    if !post.app.store.add_user(&user, &hash, &entry).await? {
        typed.refuse("name", "There is somebody of that name, or there are as many users as there may be.");
        return shown(post, StatusCode::BAD_REQUEST, |page| page.add = typed).await;
    }
    let name = user.name;
    shown(post, StatusCode::OK, |page| page.secret = Some(Secret::Password { name, password })).await
}

/// A password, and what is kept of it.
async fn made(post: &Post) -> Result<(String, String), ApiError> {
    let password = secret::password();
    let hash = post.app.auth.passwords.hash(&password).await.ok_or(ApiError::Internal)?;
    Ok((password, hash))
}

/// Does something with one.
pub async fn change(Path(id): Path<String>, post: Post) -> Response {
    let done = changed(&post, &id).await;
    post.answer(done).await
}

async fn changed(post: &Post, id: &str) -> Result<Done, ApiError> {
    // There are no more than fit on the page: so one is found as the page finds it.
    let user = post.app.store.users().await?.into_iter().find(|user| user.id == id);
    let user = user.ok_or(ApiError::NotKept)?;
    let me = post.caller.user.as_deref() == Some(id);
    match post.form.get("do") {
        "role" => {
            let Some(role) = Role::of(post.form.get("role")) else {
                return refuse(post, id, "The role is viewer, operator or admin.").await;
            };
            let words = |role: Role| Some(role.word().to_owned());
            let entry = post.entry("user_role", &user.name);
            let entry = Entry { before: words(user.role), after: words(role), ..entry };
            set(post, &user, (role, user.disabled), entry, "role").await
        }
        "disable" if me => refuse(post, id, "You can’t disable yourself.").await,
        "disable" => door(post, &user, true).await,
        "enable" => door(post, &user, false).await,
        "password" if me => {
            refuse(post, id, "Your own password is chosen on the page of your account.").await
        }
        "password" => {
            let (password, hash) = made(post).await?;
            let entry = post.entry("user_password", &user.name);
            if !post.app.store.set_password(&user.id, (&hash, true), None, &entry).await? {
                return Err(ApiError::NotKept);
            }
            post.app.auth.changed();
            let name = user.name;
            shown(post, StatusCode::OK, |page| page.secret = Some(Secret::Password { name, password })).await
        }
        _ => refuse(post, id, "The form does not say what to do: role, disable, enable or password.").await,
    }
}

/// Lets one in, or no more.
async fn door(post: &Post, user: &User, disabled: bool) -> Result<Done, ApiError> {
    let (action, code) = if disabled { ("user_disable", "disabled") } else { ("user_enable", "enabled") };
    let words = |disabled: bool| Some(if disabled { "disabled" } else { "enabled" }.to_owned());
    let entry = post.entry(action, &user.name);
    let entry = Entry { before: words(user.disabled), after: words(disabled), ..entry };
    set(post, user, (user.role, disabled), entry, code).await
}

async fn set(
    post: &Post,
    user: &User,
    (role, disabled): (Role, bool),
    entry: Entry,
    code: &'static str,
) -> Result<Done, ApiError> {
    if (role, disabled) == (user.role, user.disabled) {
        return Ok(Done::To(Page::USERS, "same"));
    }
    if post.app.store.change_user(&user.id, role, disabled, &entry).await? {
        return Ok(Done::To(Page::USERS, code));
    }
    let outcome = "somebody must be left who administers".to_owned();
    post.app.store.audit(&Entry { outcome, ..entry }).await?;
    refuse(post, &user.id, LAST).await
}

/// The page, which says why something was not done with one.
async fn refuse(post: &Post, id: &str, why: &str) -> Result<Done, ApiError> {
    let refused = Some((id.to_owned(), why.to_owned()));
    shown(post, StatusCode::BAD_REQUEST, |page| page.refused = refused).await
}
