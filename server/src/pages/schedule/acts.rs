//! Who fires, whether anything does, and another schedule for the producer.

use super::post::{Done, Post};
use super::read;
use crate::commands::{self, Asker, CommandError, KEY};
use crate::error::ApiError;
use crate::schedule::{BY, PAUSED, Settings};
use crate::store::accounts::audit::Entry as Line;
use crate::store::settings::Setting;
use ::app::schedule::Schedules;
use axum::http::StatusCode;
use axum::response::Response;
use domain::command::{Invalid, Order, Wanted};
use domain::schedule::read_change;

/// Fields of the producer's form that are none of its schedule's.
const OURS: [&str; 2] = ["key", "do"];

/// Pauses all, or lets it fire again.
pub async fn all(post: Post) -> Response {
    let done = paused(&post).await;
    post.answer(done).await
}

async fn paused(post: &Post) -> Result<Done, ApiError> {
    let pause = match post.form.get("do") {
        "pause" => true,
        "resume" => false,
        _ => return Err(unclear("pause or resume")),
    };
    let before = Settings::read(&post.app.store).await?;
    if before.paused.is_some() == pause {
        return Ok(Done::To("same"));
    }
    let action = if pause { "schedule_pause" } else { "schedule_resume" };
    let value = if pause { "yes" } else { "" };
    set(post, PAUSED, value, post.line(action, "all entries")).await?;
    Ok(Done::Changed(if pause { "paused" } else { "resumed" }))
}

/// Lets this server fire, or the producer.
pub async fn by(post: Post) -> Response {
    let done = fired_by(&post).await;
    post.answer(done).await
}

async fn fired_by(post: &Post) -> Result<Done, ApiError> {
    let (word, code) = match post.form.get("do") {
        "server" => ("server", "server"),
        "producer" => ("producer", "producer"),
        _ => return Err(unclear("server or producer")),
    };
    let before = Settings::read(&post.app.store).await?;
    let was = if before.ours { "server" } else { "producer" };
    if was == word {
        return Ok(Done::To("same"));
    }
    let line = post.line("schedule_by", "who fires");
    let line = Line { before: Some(was.to_owned()), after: Some(word.to_owned()), ..line };
    set(post, BY, word, line).await?;
    Ok(Done::Changed(code))
}

async fn set(post: &Post, name: &str, value: &str, line: Line) -> Result<(), ApiError> {
    let setting = Setting { value: value.to_owned(), changed: post.now, who: post.caller.who() };
    Ok(post.app.store.set_setting(name, &setting, &line).await?)
}

fn unclear(words: &str) -> ApiError {
    ApiError::BadParameter { field: "do".to_owned(), message: format!("must be {words}") }
}

/// Asks the producer for another schedule of its own.
pub async fn producer(post: Post) -> Response {
    let done = asked(&post).await;
    post.answer(done).await
}

async fn asked(post: &Post) -> Result<Done, ApiError> {
    let key = Some(post.form.get("key").to_owned()).filter(|key| !key.is_empty() && key.len() <= KEY);
    let asker = Asker { caller: post.caller.clone(), address: post.address.clone(), key };
    let change = match read_change(&post.form.fields(&OURS)) {
        Ok(change) => change,
        Err(wrong) => return refused(post, Some(wrong), None).await,
    };
    match commands::ask(&post.app, &asker, Wanted::Order(Order::Schedule(change))).await {
        Ok(taken) => {
            // What is answered at once is seen at once.
            taken.sent().await;
            Ok(Done::To("asked"))
        }
        Err(CommandError::Invalid(wrong)) => refused(post, Some(wrong), None).await,
        Err(why @ CommandError::Unavailable) => refused(post, None, Some(why.to_string())).await,
        Err(other) => Err(other.into()),
    }
}

/// The page, which says beside the form why nothing was asked.
async fn refused(post: &Post, wrong: Option<Invalid>, failed: Option<String>) -> Result<Done, ApiError> {
    let status =
        if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut page = read::overview(&post.app, &post.caller, post.now).await?;
    let key = post.form.get("key").chars().take(KEY).collect();
    let given = post.form.given(&OURS);
    page.producer = ::app::schedule::Producer { wrong, failed, key, given, ..page.producer };
    Ok(Done::Page(status, Box::new(Schedules::Overview(Box::new(page)))))
}
