//! What somebody wants becomes an order, or a refusal that says why. Nothing is written or sent here, so that it can be shown before it
//! is asked.

use super::{CommandError, LeftOf, left_of};
use crate::clock;
use crate::hub::Command;
use crate::state::App;
use domain::command::left::{chosen, from};
use domain::command::{CommandKind, Invalid, Left, Order, Wanted, in_progress};
use domain::phase::Phase;
use domain::time::Millis;
use domain::verdict::{RunView, Verdict, judge};
use domain::words::{plural, short_id, thousands};
use serde_json::{Value, json};

/// What it comes to.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Its kind.
    pub kind: CommandKind,
    /// In words.
    pub what: String,
    /// The run that it is about.
    pub of: Option<String>,
    /// How many symbols.
    pub count: u32,
    /// What is asked, as it is kept.
    pub parameters: String,
    /// What goes to the producer. `None`: nothing does.
    pub order: Option<Order>,
    /// Why not.
    pub refused: Option<String>,
    /// Why a night is accepted.
    pub note: Option<String>,
}

/// Decides.
///
/// # Errors
/// When a field names something that there is not, or database or server are away.
pub async fn decide(app: &App, wanted: Wanted) -> Result<Decided, CommandError> {
    let views = app.hub.ask(Command::Runs).await.ok_or(CommandError::Stopping)?;
    let now = clock::now();
    match wanted {
        Wanted::Order(order) => {
            // Another schedule comes into no run's way.
            let refused = blocked(&views, now).filter(|_| order.kind().starts());
            Ok(Decided { refused, ..of_order(order) })
        }
        Wanted::Retry { run, phase, code, symbols } => {
            let found = left_of(app, run.as_deref()).await?;
            let Some(LeftOf { view, left }) = found else {
                return Err(nothing_there(run.as_deref()));
            };
            let some = chosen(&left, phase.as_ref(), code.as_deref(), &symbols).map_err(|stranger| {
                invalid("symbols", format!("names {stranger}, of which nothing is left in this run"))
            })?;
            // Of a cause or a phase that is none of them somebody meant another one.
            if some.is_empty() && !left.is_empty() {
                let field = if code.is_some() { "code" } else { "phase" };
                return Err(invalid(field, "names none of those for which something is left in this run"));
            }
            Ok(retry(&view, &some, blocked(&views, now)))
        }
        Wanted::Cancel { run } => Ok(cancel(&views, run, now)),
        Wanted::Accept { run, note } => {
            let found = left_of(app, Some(&run)).await?;
            let Some(LeftOf { view, .. }) = found else { return Err(nothing_there(Some(&run))) };
            let known = views.iter().any(|other| other.run.id == view.run.id);
            Ok(accept(&view, note, known, now))
        }
    }
}

fn invalid(field: &str, message: impl Into<String>) -> CommandError {
    CommandError::Invalid(Invalid { field: field.to_owned(), message: message.into() })
}

fn nothing_there(run: Option<&str>) -> CommandError {
    let what = run.map_or_else(
        || "is needed: no run is known yet".to_owned(),
        |run| format!("names a run that is not kept: {}", domain::decode::clean(run, 64)),
    );
    invalid("run_id", what)
}

/// The run in whose way it would come.
fn blocked(views: &[RunView], now: Millis) -> Option<String> {
    let run = &in_progress(views, now)?.run;
    Some(format!("a run is in progress: {}", short_id(&run.id)))
}

/// The same at this moment.
pub(super) async fn in_the_way(app: &App) -> Result<Option<String>, CommandError> {
    let views = app.hub.ask(Command::Runs).await.ok_or(CommandError::Stopping)?;
    Ok(blocked(&views, clock::now()))
}

fn of_order(order: Order) -> Decided {
    let parameters = order.call().body.unwrap_or(Value::Null);
    Decided {
        kind: order.kind(),
        what: order.what(),
        of: order.of().map(ToOwned::to_owned),
        count: order.count(),
        parameters: parameters.to_string(),
        order: Some(order),
        refused: None,
        note: None,
    }
}

fn retry(view: &RunView, some: &[Left], blocked: Option<String>) -> Decided {
    let symbols: Vec<String> = some.iter().map(|left| left.symbol.clone()).collect();
    let empty = symbols.is_empty();
    let from = if empty { Phase::Import } else { from(some) };
    let decided = of_order(Order::Retry { of: view.run.id.clone(), from, symbols });
    let nothing = format!("nothing of run {} is left to retry", short_id(&view.run.id));
    Decided { refused: if empty { Some(nothing) } else { blocked }, ..decided }
}

fn cancel(views: &[RunView], run: Option<String>, now: Millis) -> Decided {
    let named = run.as_ref().and_then(|id| views.iter().find(|view| view.run.id == *id));
    let going = |view: &&RunView| !view.run.status.ended();
    let found = match &run {
        Some(_) => named.filter(going),
        None => in_progress(views, now).or_else(|| views.iter().find(going)),
    };
    let why = match (&run, named, found) {
        (_, _, Some(view)) => view.run.cancel.as_ref().map(|by| format!("{} has asked for its end", by.who)),
        (Some(_), Some(view), None) => Some(format!("run {} has ended", short_id(&view.run.id))),
        (Some(id), None, None) => Some(format!("run {} is not in progress", short_id(id))),
        (None, ..) => Some("nothing is in progress".to_owned()),
    };
    let id = found.map(|view| view.run.id.clone()).or(run).unwrap_or_default();
    let decided = of_order(Order::Cancel { run: id.clone() });
    let what = if id.is_empty() { "Cancel".to_owned() } else { format!("Cancel of run {}", short_id(&id)) };
    let parameters = json!({ "run_id": id }).to_string();
    Decided { what, parameters, of: Some(id).filter(|id| !id.is_empty()), refused: why, ..decided }
}

fn accept(view: &RunView, note: String, known: bool, now: Millis) -> Decided {
    let failed = match judge(Some(view), now) {
        Verdict::ToRetry { failed } => Some(failed),
        _ => None,
    };
    let count = failed.unwrap_or(0);
    let refused = match (failed, known) {
        (None, _) => Some(format!("run {} has nothing that could be accepted", short_id(&view.run.id))),
        (_, false) => Some("it is too long ago: it has left the board".to_owned()),
        _ => None,
    };
    Decided {
        kind: CommandKind::Accept,
        what: format!("{} {} accepted", thousands(u64::from(count)), plural(count, "failure")),
        of: Some(view.run.id.clone()),
        count,
        parameters: json!({ "run_id": view.run.id, "note": note }).to_string(),
        order: None,
        refused,
        note: Some(note),
    }
}
