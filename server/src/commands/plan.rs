//! What a command would come to, told before it is asked: how many symbols, which phases, how long.

use super::{CommandError, Decided, left_of};
use crate::clock;
use crate::schedule::{Outlook, outlook};
use crate::state::App;
use app::commands::{Plan, Usual};
use domain::command::left::about;
use domain::command::{CommandKind, Left, Order};
use domain::phase::Phase;
use domain::record::MomentKind;
use domain::time::{DAY, Millis};
use domain::usual::{FEWEST, NIGHTS, spread, took};
use domain::verdict::RunView;
use std::collections::HashMap;

/// Nights that are looked through for comparable runs.
const LOOKED_THROUGH: i64 = 60;
/// Parts that are offered at most.
const PARTS: usize = 8;
/// Symbols that are named at most.
const NAMED: usize = 12;

/// The plan of what was decided.
///
/// # Errors
/// When database or server are away.
pub async fn plan_of(app: &App, decided: &Decided) -> Result<Plan, CommandError> {
    let mut plan = Plan {
        count: decided.count,
        symbols: Vec::new(),
        parts: Vec::new(),
        phases: decided.order.as_ref().map(Order::phases).unwrap_or_default(),
        usual: None,
        blocked: decided.refused.clone(),
        due: None,
    };
    if decided.kind == CommandKind::Run {
        let now = clock::now();
        let due = |seen: Outlook| seen.plan.next(now, |kind| kind == MomentKind::Due).map(|due| due.at);
        plan.due = outlook(app, now).await?.and_then(due).filter(|due| due - now < DAY);
    }
    match (&decided.order, decided.kind) {
        (Some(Order::Retry { of, from, symbols }), _) => {
            if let Some(found) = left_of(app, Some(of)).await? {
                let codes: HashMap<&str, &str> =
                    found.left.iter().map(|left| (left.symbol.as_str(), left.code.as_str())).collect();
                let named = symbols.iter().take(NAMED);
                let named = named.map(|name| {
                    let code = codes.get(name.as_str()).copied().unwrap_or_default();
                    (name.clone(), code.to_owned())
                });
                plan.symbols = named.collect();
                plan.parts = parts_of(&found.left);
                plan.usual = about(&found.view, from, decided.count).map(Usual::Pace);
            }
        }
        (Some(order), kind) if kind.starts() => {
            (plan.usual, plan.count) = match usual_of(app, order).await? {
                Some((usual, symbols)) => (Some(usual), plan.count.max(symbols)),
                None => (None, plan.count),
            };
        }
        (None, CommandKind::Accept) => {
            if let Some(found) = left_of(app, decided.of.as_deref()).await? {
                let named = found.left.into_iter().take(NAMED);
                plan.symbols = named.map(|left| (left.symbol, left.code)).collect();
            }
        }
        _ => {}
    }
    if decided.kind == CommandKind::Cancel {
        plan.phases.clear();
    }
    Ok(plan)
}

/// What is left by cause and by phase, the greatest first.
fn parts_of(left: &[Left]) -> Vec<(&'static str, String, u32)> {
    let mut parts: HashMap<(&'static str, &str), u32> = HashMap::new();
    for one in left {
        *parts.entry(("code", &one.code)).or_default() += 1;
        *parts.entry(("phase", one.phase.key())).or_default() += 1;
    }
    // One that is all of them is no part.
    let all = u32::try_from(left.len()).unwrap_or(u32::MAX);
    let some = parts.into_iter().filter(|(_, count)| *count < all);
    let mut some: Vec<_> = some.map(|((field, value), count)| (field, value.to_owned(), count)).collect();
    some.sort_by(|a, b| (a.0, b.2, &a.1).cmp(&(b.0, a.2, &b.1)));
    some.truncate(PARTS);
    some
}

/// How long runs took that did the same, the newest of them, and how many symbols the last of them had.
///
/// # Errors
/// When the database is away.
pub async fn usual_of(app: &App, order: &Order) -> Result<Option<(Usual, u32)>, CommandError> {
    let nights = app.store.nights_alone(None, LOOKED_THROUGH, clock::now()).await?;
    let alike = nights.iter().flat_map(|night| &night.runs).filter(|run| does(order, &run.view));
    let took: Vec<(Millis, u32)> =
        alike.filter_map(|run| Some((took(&run.view)?, run.view.symbols()))).take(NIGHTS).collect();
    let Some((last, symbols)) = took.first().copied() else { return Ok(None) };
    let mut spans: Vec<Millis> = took.into_iter().map(|(span, _)| span).collect();
    let runs = spans.len();
    let usual = match spread(&mut spans) {
        Some((median, late)) if runs >= FEWEST => Usual::Of(median, late, runs),
        _ => Usual::Last(last),
    };
    Ok(Some((usual, symbols)))
}

/// Whether a run did what is asked: the same phases, over the same universes where both are known.
fn does(order: &Order, view: &RunView) -> bool {
    let began = view.phases.iter().filter(|(phase, _)| phase.started.is_some());
    let mut did: Vec<Phase> = began.map(|(phase, _)| phase.phase.clone()).collect();
    did.sort_by_key(Phase::rank);
    let over = &view.run.universes;
    let universes = match order {
        Order::Run { universe: Some(universe), .. } => over.is_empty() || over.contains(universe),
        Order::Import { universes, .. } => {
            over.is_empty() || over.iter().any(|name| universes.contains(name))
        }
        Order::Indicators { symbols, .. } | Order::Patterns { symbols, .. } => {
            // Of a few symbols nobody knows how long they take.
            symbols.is_empty()
        }
        _ => true,
    };
    did == order.phases() && universes
}
