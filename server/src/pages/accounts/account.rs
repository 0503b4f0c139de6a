//! One's own account: its password, and the browsers that are signed in.

use super::{Done, Post};
use crate::auth::{self, Caller, Key, fit};
use crate::clock;
use crate::error::ApiError;
use crate::pages::{self, cookie, unkept};
use crate::state::App;
use crate::store::StoreError;
use crate::store::accounts::audit::Entry;
use crate::store::accounts::users;
use ::app::accounts::{Account, Accounts, OwnSignIn, Typed, choose};
use ::app::location::Page;
use axum::extract::{Extension, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::permission::{Grant, Role};

/// An id of a sign-in is no longer than this.
const LONGEST_ID: usize = 64;

/// What the page shows.
pub(super) async fn read(app: &App, caller: &Caller) -> Result<Account, StoreError> {
    let user = caller.user.as_deref().unwrap_or_default();
    let this = own_key(caller);
    let found = app.store.sign_ins_of(user, clock::now()).await?;
    let sign_ins = found.into_iter().map(|sign_in| OwnSignIn {
        this: sign_in.id == this,
        id: sign_in.id,
        since: sign_in.created,
        seen: sign_in.seen,
        address: sign_in.address,
        agent: sign_in.agent,
    });
    let role = match caller.grant {
        Grant::Role(role) => role,
        Grant::Scope(_) => Role::Viewer,
    };
    Ok(Account {
        name: caller.name.clone(),
        role,
        choose: false,
        typed: Typed::default(),
        sign_ins: sign_ins.collect(),
        done: None,
    })
}

/// The id of the sign-in that asks.
fn own_key(caller: &Caller) -> &str {
    match &caller.key {
        Key::SignIn(id) | Key::Token(id) => id,
        Key::Schedule => "",
    }
}

/// The page. Who must choose a password gets nothing but the form for it.
pub async fn page(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    if caller.must_change {
        let theme = cookie(request.headers(), "cb_theme");
        let document = choose(&caller.name, &Typed::default(), &app.assets, theme);
        return unkept(&app, (StatusCode::OK, Html(document)));
    }
    pages::page(State(app), request).await
}

/// What a form posts to is no page: who asks for it wants the page that it is on.
pub async fn home(State(app): State<App>) -> Response {
    Redirect::to(&app.at(Page::ACCOUNT)).into_response()
}

/// Chooses a password.
pub async fn password(post: Post) -> Response {
    let done = chosen(&post).await;
    post.answer(done).await
}

async fn chosen(post: &Post) -> Result<Done, ApiError> {
    let Post { app, caller, form, address, .. } = post;
    let (current, new, again) = (form.get("current"), form.get("new"), form.get("again"));
    let mut typed = Typed::default();
    if let Err(unfit) = fit(new, &caller.name) {
        typed.refuse("new", format!("It {unfit}."));
    } else if new == current {
        typed.refuse("new", "It must be another one than until now.");
    }
    if new != again {
        typed.refuse("again", "It is not the same as the one above.");
    }
    if current.is_empty() {
        typed.refuse("current", "It is needed.");
    }
    if !typed.wrong.is_empty() {
        return wrong(post, typed).await;
    }
    let (account, now) = (users::key(&caller.name), clock::now());
    // A guess like any other: a browser that was left open is no place to try them all.
    if let Err(wait) = auth::guess(app, &account, address, now).await {
        if let Some(count) = app.auth.throttle.slowed(address, now) {
            let outcome = format!("slowed: {count} not looked at");
            app.store.audit(&Entry { outcome, ..post.entry("password", &caller.name) }).await?;
        }
        typed.refuse("current", auth::Refusal::Slow(wait).to_string());
        return Ok(Done::Slow(wait, shown(post, typed).await?));
    }
    let found = app.store.user_named(&caller.name).await?;
    let (user, kept) = found.ok_or(ApiError::SignedOut)?;
    let tried: String = current.chars().take(auth::LONGEST_PASSWORD + 1).collect();
    // Whoever is signed in is no stranger.
    if app.auth.passwords.verify(&tried, Some(&kept), true).await != Some(true) {
        let outcome = "wrong".to_owned();
        app.store.audit(&Entry { outcome, ..post.entry("password", &caller.name) }).await?;
        typed.refuse("current", "It is wrong.");
        return wrong(post, typed).await;
    }
    app.auth.throttle.succeeded(&account, address, now);
    let hash = app.auth.passwords.hash(new).await.ok_or(ApiError::Internal)?;
    let entry = post.entry("password", &caller.name);
    if !app.store.set_password(&user.id, (&hash, false), Some(own_key(caller)), &entry).await? {
        return Err(ApiError::NotKept);
    }
    Ok(Done::To(Page::ACCOUNT, "password"))
}

async fn shown(post: &Post, typed: Typed) -> Result<Box<Accounts>, ApiError> {
    let page = read(&post.app, &post.caller).await?;
    Ok(Box::new(Accounts::Account(Box::new(Account { typed, ..page }))))
}

async fn wrong(post: &Post, typed: Typed) -> Result<Done, ApiError> {
    Ok(Done::Page(StatusCode::BAD_REQUEST, shown(post, typed).await?))
}

/// Ends sign-ins of one's own: one of them, or all others.
pub async fn sign_ins(post: Post) -> Response {
    let done = ended(&post).await;
    post.answer(done).await
}

async fn ended(post: &Post) -> Result<Done, ApiError> {
    let Post { app, caller, form, .. } = post;
    let user = caller.user.as_deref().ok_or(ApiError::SignedOut)?;
    let entry = post.entry("sign_in_end", &caller.name);
    if form.get("all") == "yes" {
        let entry = Entry { after: Some("all others".to_owned()), ..entry };
        let met = app.store.end_sign_ins(user, Some(own_key(caller)), "signed_out", &entry).await?;
        return Ok(Done::To(Page::ACCOUNT, if met { "signed-out-all" } else { "alone" }));
    }
    let id = form.get("id");
    let known = app.store.sign_ins_of(user, clock::now()).await?;
    let one = known.into_iter().find(|one| id.len() <= LONGEST_ID && one.id == id);
    let one = one.ok_or(ApiError::NotKept)?;
    let entry = Entry { before: Some(format!("{}, {}", one.address, one.agent)), ..entry };
    if !app.store.end_sign_in((&one.id, user), "signed_out", &entry).await? {
        return Err(ApiError::NotKept);
    }
    Ok(Done::To(Page::ACCOUNT, "signed-out"))
}
