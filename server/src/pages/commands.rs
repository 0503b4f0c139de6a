//! The pages of commands: what would be done (`/admin/commands/new`), the form that asks for it, and what was asked.
//!
//! A page that asks is for the one who asks and is never kept: its key makes two presses one command. A script that opens it in a
//! dialog says so in a header, and gets the part alone; so does the answer to its form.
//!
//! Invariant: what is posted is decided anew. How many symbols somebody saw when they pressed is posted too, and if there are others
//! by then nothing is sent: they are shown what it is now.
//!
//! Tests: `server/tests/asked.rs`, `end2end/tests/act.spec.ts`.

use super::accounts::{Posted, from_where};
use super::form::{Form, PART, part_or_page};
use crate::auth::{Caller, secret};
use crate::commands::{self, Asker, CommandError, Decided, KEY, known, known_one, plan_of};
use crate::error::ApiError;
use crate::state::App;
use crate::store::StoreError;
use crate::store::commands::CommandFilter;
use app::archive::Facts;
use app::commands::{Ask, Commands, List, One, html};
use app::location::Page;
use app::pages::ArchiveHtml;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::command::{CommandKind, Wanted, read};
use domain::permission::Permission;
use domain::wire::Snapshot;
use serde_json::Value;

/// The largest form: ten thousand symbols.
pub const BODY: usize = 256 << 10;
/// Rows of a page.
const ROWS: u32 = 100;
/// Longest address to come back to.
const BACK: usize = 512;

/// Fields of the form that are no fields of the command.
const OURS: [&str; 6] = ["do", "key", "back", "seen", "act", "at"];

/// Whether an address is one of these.
pub(super) fn is_one(path: &str) -> bool {
    path.split('?').next().unwrap_or_default().starts_with(Page::COMMANDS)
}

/// The list, or one of them.
pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    snapshot: &Snapshot,
    address: &str,
) -> (StatusCode, ArchiveHtml) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let found = match path.strip_prefix(Page::COMMANDS).and_then(|rest| rest.strip_prefix('/')) {
        None => list(app, caller, query).await,
        Some(id) => one(app, caller, id).await,
    };
    let (status, page) = found.unwrap_or_else(|cause| {
        tracing::warn!(code = cause.code(), "commands could not be read from the store");
        let words = format!("They cannot be read at the moment: {}.", cause.reason());
        (StatusCode::SERVICE_UNAVAILABLE, Commands::Sentence("Commands".to_owned(), words))
    });
    (status, html(&page, &Facts::of(snapshot)))
}

async fn list(app: &App, caller: &Caller, query: &str) -> Result<(StatusCode, Commands), StoreError> {
    let asked = Posted::read(&Bytes::copy_from_slice(query.as_bytes()));
    let run = Some(asked.get("run").to_owned()).filter(|run| !run.is_empty());
    let before =
        asked.get("before").split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let filter = CommandFilter { kind: None, run: run.clone(), before };
    let mut found = known(app, &filter, ROWS + 1).await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let commands: Vec<_> = found.into_iter().map(|command| command.record).collect();
    let next = commands.last().filter(|_| more).map(|last| format!("{}.{}", last.asked, last.id));
    let may = caller.may(Permission::Operate);
    Ok((StatusCode::OK, Commands::List(List { commands, run, next, may })))
}

async fn one(app: &App, caller: &Caller, id: &str) -> Result<(StatusCode, Commands), StoreError> {
    let Some(found) = known_one(app, id).await? else {
        let words = "Nothing is kept under that name.".to_owned();
        return Ok((StatusCode::NOT_FOUND, Commands::Sentence("Command".to_owned(), words)));
    };
    let address = caller.may(Permission::Administer).then_some(found.address);
    let one = One { command: found.record, role: found.role, address, parameters: found.parameters };
    Ok((StatusCode::OK, Commands::One(Box::new(one))))
}

fn kind_of(form: &Form) -> CommandKind {
    CommandKind::of(form.get("do")).unwrap_or(CommandKind::Run)
}

/// What would be done.
pub async fn ask(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let form = Form::read(parts.uri.query().unwrap_or_default().as_bytes());
    let was = form.get("seen").parse().ok();
    match asked(&app, &form, &parts, false).await {
        Ok(ask) => shown(&app, &parts, StatusCode::OK, Ask { was, ..ask }).await,
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Asks for it.
pub async fn submit(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY).await else {
        return ApiError::BrokenBody.into_response();
    };
    let form = Form::read(&body);
    match submitted(&app, &form, &parts).await {
        Ok(None) if parts.headers.contains_key(PART) => StatusCode::NO_CONTENT.into_response(),
        Ok(None) => Redirect::to(&app.at(&back(&app, &form, &parts.headers))).into_response(),
        Ok(Some((status, ask))) => shown(&app, &parts, status, ask).await,
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Asks the producer how it is doing, where it has an address: what it says comes as messages.
pub async fn ask_producer(State(app): State<App>, request: Request) -> Response {
    app.link.look_again();
    let form = Form::default();
    Redirect::to(&app.at(&back(&app, &form, request.headers()))).into_response()
}

/// `Some`: nothing was taken, and the page says why.
async fn submitted(app: &App, form: &Form, parts: &Parts) -> Result<Option<(StatusCode, Ask)>, CommandError> {
    let Some(caller) = parts.extensions.get::<Caller>().cloned() else { return Err(CommandError::Stopping) };
    let key = Some(form.get("key").to_owned()).filter(|key| !key.is_empty() && key.len() <= KEY);
    let asker = Asker { caller, address: from_where(app, &parts.extensions, &parts.headers), key };
    // Pressed twice: the first press was taken, whatever there is to be seen by now.
    if commands::is_repeated(app, &asker).await? {
        return Ok(None);
    }
    let decided = match read(kind_of(form), &form.fields(&OURS)) {
        Ok(wanted) => commands::decide(app, wanted).await,
        Err(wrong) => Err(CommandError::Invalid(wrong)),
    };
    let decided = match decided {
        Ok(decided) => decided,
        Err(CommandError::Invalid(_)) => {
            return Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, asked(app, form, parts, true).await?)));
        }
        Err(other) => return Err(other),
    };
    if let Ok(seen) = form.get("seen").parse::<u32>()
        && seen != decided.count
    {
        let ask = asked(app, form, parts, true).await?;
        return Ok(Some((StatusCode::CONFLICT, Ask { was: Some(seen), ..ask })));
    }
    match commands::submit(app, &asker, decided).await {
        Ok(_) => Ok(None),
        Err(CommandError::Unavailable) => {
            let ask = asked(app, form, parts, true).await?;
            let failed = Some(CommandError::Unavailable.to_string());
            Ok(Some((StatusCode::SERVICE_UNAVAILABLE, Ask { failed, ..ask })))
        }
        Err(other) => Err(other),
    }
}

/// What the page shows of what was filled in.
async fn asked(app: &App, form: &Form, parts: &Parts, posted: bool) -> Result<Ask, CommandError> {
    let kind = kind_of(form);
    let mut fields = form.fields(&OURS);
    // Nobody has written a note before they see the form.
    let unwritten = !posted && kind == CommandKind::Accept && !fields.contains_key("note");
    if unwritten {
        fields.insert("note".to_owned(), Value::String("-".to_owned()));
    }
    let wanted = read(kind, &fields);
    let (mut wrong, mut plan, mut of) = (None, None, None);
    match wanted {
        Err(invalid) => wrong = Some(invalid),
        Ok(wanted) => match planned(app, wanted).await {
            Ok((decided, told)) => (plan, of) = (Some(told), decided.of),
            Err(CommandError::Invalid(invalid)) => wrong = Some(invalid),
            Err(other) => return Err(other),
        },
    }
    let key = form.get("key");
    Ok(Ask {
        kind,
        given: form.given(&OURS),
        wrong,
        plan,
        of,
        way: app.commands.way().told(),
        key: if key.is_empty() { secret::id() } else { key.chars().take(KEY).collect() },
        back: back(app, form, &parts.headers),
        was: None,
        failed: None,
    })
}

async fn planned(app: &App, wanted: Wanted) -> Result<(Decided, app::commands::Plan), CommandError> {
    let decided = commands::decide(app, wanted).await?;
    let plan = plan_of(app, &decided).await?;
    Ok((decided, plan))
}

/// Where one goes afterwards: where one came from, if that is ours.
fn back(app: &App, form: &Form, headers: &HeaderMap) -> String {
    let base = app.config.base_path.as_str();
    let ours = |path: &str| {
        let plain = path.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
        let there = path.starts_with("/admin/") && !path.starts_with("/admin/commands/new");
        plain && there && path.len() <= BACK
    };
    let asked = form.get("back");
    if ours(asked) {
        return asked.to_owned();
    }
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| Some(&rest[rest.find('/')?..]));
    let path = path.and_then(|path| path.strip_prefix(base)).unwrap_or_default();
    if ours(path) { path.to_owned() } else { Page::TONIGHT.to_owned() }
}

/// The page, or for a script the part alone.
async fn shown(app: &App, parts: &Parts, status: StatusCode, ask: Ask) -> Response {
    let page = Commands::Ask(Box::new(ask));
    part_or_page(app, parts, status, |facts| html(&page, facts)).await
}
