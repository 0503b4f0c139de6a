//! The form of an entry: a new one or one that is changed, and what it comes to while it is filled in.

use super::post::{Done, Post};
use super::read::fires;
use crate::auth::secret;
use crate::error::ApiError;
use crate::pages::form::facts_of;
use crate::pages::unkept;
use crate::store::accounts::audit::Entry as Line;
use crate::store::schedule::StoredEntry;
use ::app::schedule::{Edit, Preview, Schedules, given, never};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::calendar::XNYS;
use domain::command::Invalid;
use domain::schedule::{ENTRIES, Entry, read};
use domain::time::Millis;
use serde_json::{Map, Value};

/// Fields of the form that are none of the entry's.
const OURS: [&str; 1] = ["do"];

/// The form of a new one.
pub async fn new(post: Post) -> Response {
    let done = Ok(shown(&post, StatusCode::OK, None, Stands::Filled));
    post.answer(done).await
}

/// The form of one that there is.
pub async fn edit(Path(id): Path<String>, post: Post) -> Response {
    let done = match stored(&post, &id).await {
        Ok(entry) => Ok(shown(&post, StatusCode::OK, Some(&entry), Stands::Filled)),
        Err(refusal) => Err(refusal),
    };
    post.answer(done).await
}

/// What it comes to, alone.
pub async fn preview(post: Post) -> Response {
    let facts = match facts_of(&post.app, &post.parts).await {
        Ok(facts) => facts,
        Err(refusal) => return refusal.into_response(),
    };
    let preview = match looked_at(&post) {
        Ok(entry) => comes_to(&entry, &post),
        Err(wrong) => Preview::Nothing(in_words(&wrong)),
    };
    let html = ::app::schedule::preview(&preview, &facts);
    unkept(&post.app, Html(html.0.to_string()))
}

/// Adds one.
pub async fn add(post: Post) -> Response {
    let done = added(&post).await;
    post.answer(done).await
}

/// Changes one, or takes it away.
pub async fn change(Path(id): Path<String>, post: Post) -> Response {
    let done = changed(&post, &id).await;
    post.answer(done).await
}

async fn stored(post: &Post, id: &str) -> Result<StoredEntry, ApiError> {
    let found = post.app.store.schedule().await?.into_iter().find(|stored| stored.id == id);
    found.ok_or(ApiError::NotKept)
}

/// What was filled in, if it fires at all, and under a name that no other entry has: by that people know it.
async fn entry_of(post: &Post, own: Option<&str>) -> Result<Result<Entry, Invalid>, ApiError> {
    let entry = match entry_from(&post.form.fields(&OURS), post.now) {
        Ok(entry) => entry,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let others = post.app.store.schedule().await?;
    let name = entry.name.to_lowercase();
    let taken = others.iter().any(|other| Some(&*other.id) != own && other.entry.name.to_lowercase() == name);
    let wrong = || Invalid { field: "name".to_owned(), message: "is that of another entry".to_owned() };
    Ok(if taken { Err(wrong()) } else { Ok(entry) })
}

/// The same while it is filled in: what it comes to does not hang on its name.
fn looked_at(post: &Post) -> Result<Entry, Invalid> {
    let mut fields = post.form.fields(&OURS);
    fields.entry("name").or_insert_with(|| "-".into());
    entry_from(&fields, post.now)
}

fn entry_from(fields: &Map<String, Value>, now: Millis) -> Result<Entry, Invalid> {
    let entry = read(fields, now)?;
    let wrong = |why: String| Invalid { field: "trigger_time".to_owned(), message: never(&why) };
    entry.check(&XNYS, now).map_err(wrong)?;
    Ok(entry)
}

async fn added(post: &Post) -> Result<Done, ApiError> {
    let entry = match entry_of(post, None).await? {
        Ok(entry) => entry,
        Err(wrong) => return Ok(shown(post, StatusCode::UNPROCESSABLE_ENTITY, None, Stands::Wrong(wrong))),
    };
    let line = post.line("schedule_add", &entry.name);
    let line = Line { after: Some(kept(&entry)), ..line };
    let (id, who) = (secret::id(), post.caller.who());
    let stored = StoredEntry { id, entry, since: post.now, made: post.now, who };
    if post.app.store.add_entry(&stored, &line).await? {
        return Ok(Done::Changed("added"));
    }
    let why = format!("There are {ENTRIES} entries, as many as there can be: remove one first.");
    Ok(shown(post, StatusCode::CONFLICT, None, Stands::Failed(why)))
}

async fn changed(post: &Post, id: &str) -> Result<Done, ApiError> {
    let before = stored(post, id).await?;
    if post.form.get("do") == "remove" {
        let line = post.line("schedule_remove", &before.entry.name);
        let line = Line { before: Some(kept(&before.entry)), ..line };
        let there = post.app.store.remove_entry(id, &line).await?;
        return if there { Ok(Done::Changed("removed")) } else { Err(ApiError::NotKept) };
    }
    let entry = match entry_of(post, Some(id)).await? {
        Ok(entry) => entry,
        Err(wrong) => {
            return Ok(shown(post, StatusCode::UNPROCESSABLE_ENTITY, Some(&before), Stands::Wrong(wrong)));
        }
    };
    if entry == before.entry {
        return Ok(Done::To("same"));
    }
    let line = post.line("schedule_change", &before.entry.name);
    let line = Line { before: Some(kept(&before.entry)), after: Some(kept(&entry)), ..line };
    // What was due before is not made up for by a time that nobody had set then.
    let stored = StoredEntry { entry, since: post.now, who: post.caller.who(), ..before };
    let there = post.app.store.change_entry(&stored, &line).await?;
    if there { Ok(Done::Changed("changed")) } else { Err(ApiError::NotKept) }
}

/// An entry as the audit log has it.
fn kept(entry: &Entry) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}

/// How the form stands.
enum Stands {
    /// As it is filled in so far, or as the entry is.
    Filled,
    /// Posted, and a field will not do.
    Wrong(Invalid),
    /// Posted, and could not be taken.
    Failed(String),
}

/// The form: as it was filled in, or as the entry is.
fn shown(post: &Post, status: StatusCode, stored: Option<&StoredEntry>, stands: Stands) -> Done {
    let filled = post.form.given(&OURS);
    let looked = !matches!(stands, Stands::Filled) || !filled.is_empty();
    let (posted, failed) = match stands {
        Stands::Filled => (None, None),
        Stands::Wrong(wrong) => (Some(wrong), None),
        Stands::Failed(why) => (None, Some(why)),
    };
    let usual = Entry { name: String::new(), ..Entry::nightly() };
    let before = stored.map_or(&usual, |stored| &stored.entry);
    let (preview, wrong) = if looked {
        match posted.map_or_else(|| looked_at(post), Err) {
            Ok(entry) => (comes_to(&entry, post), None),
            Err(wrong) => (Preview::Nothing(in_words(&wrong)), Some(wrong)),
        }
    } else {
        (comes_to(before, post), None)
    };
    let page = Edit {
        id: stored.map(|stored| stored.id.clone()),
        name: stored.map(|stored| stored.entry.name.clone()).unwrap_or_default(),
        given: if looked { filled } else { given(before) },
        wrong,
        failed,
        preview,
        script: post.app.assets.schedule.clone(),
    };
    Done::Page(status, Box::new(Schedules::Edit(Box::new(page))))
}

/// What an entry comes to, also while it is off: that is what it would be switched on for.
fn comes_to(entry: &Entry, post: &Post) -> Preview {
    match entry.check(&XNYS, post.now) {
        Ok(()) => Preview::Fires(fires(&[("", entry)], &[], post.now)),
        Err(why) => Preview::Nothing(format!("It {}.", never(&why))),
    }
}

/// What is wrong, where the field is not in sight.
fn in_words(wrong: &Invalid) -> String {
    let field = match wrong.field.as_str() {
        // It is not the time alone.
        "trigger_time" if wrong.message.starts_with("would") => "It",
        "trigger_time" => "The time",
        "early_minutes" | "late_minutes" => "The number of minutes",
        "weekdays" => "The choice of days",
        "name" => "The name",
        "zone" => "The zone",
        other => return format!("{other} {}.", wrong.message),
    };
    format!("{field} {}.", wrong.message)
}
