//! History, Trends and Compare: pages of nights.

use crate::asked;
use crate::state::App;
use crate::store::StoreError;
use crate::store::read::nights::StoredNight;
use app::archive::{Compare, Facts, Filter, FilterError, History, Night, Pair, Span, Trends};
use domain::differences::Names;
use domain::verdict::RunView;

/// Nights that the strip of squares shows.
const STRIP: i64 = 30;
/// Universes that can be asked for.
const UNIVERSES: usize = 50;

/// The run that speaks for each of the last nights, newest first.
async fn last(app: &App, nights: i64, facts: &Facts) -> Result<Vec<RunView>, StoreError> {
    let nights = app.store.nights_alone(None, nights, facts.now).await?;
    Ok(nights.iter().filter_map(|night| night.speaking().map(|run| run.view.clone())).collect())
}

pub(super) async fn history(
    app: &App,
    filter: &Filter,
    errors: &[FilterError],
    facts: &Facts,
) -> Result<History, StoreError> {
    let most = i64::try_from(History::NIGHTS).unwrap_or(i64::MAX);
    let fits = |night: &StoredNight| asked::fits(filter, night, facts.now);
    let found = app.store.nights(asked::stretch(filter), most, facts.now, fits).await?;
    Ok(History {
        filter: filter.clone(),
        errors: errors.to_vec(),
        last: last(app, STRIP, facts).await?,
        nights: found.nights.into_iter().map(night).collect(),
        older: found.older,
        universes: app.store.universes(UNIVERSES).await?,
    })
}

/// Its runs, first the one that speaks for it.
fn night(stored: StoredNight) -> Night {
    let StoredNight { mut runs, speaks, usual, before, .. } = stored;
    if let Some(first) = runs.get_mut(..=speaks) {
        first.rotate_right(1);
    }
    Night { runs: runs.into_iter().map(|run| run.view).collect(), usual, before }
}

pub(super) async fn trends(
    app: &App,
    asked: Span,
    errors: &[FilterError],
    facts: &Facts,
) -> Result<Trends, StoreError> {
    let nights = last(app, asked.nights.into(), facts).await?;
    Ok(Trends { asked, errors: errors.to_vec(), nights })
}

pub(super) async fn compare(
    app: &App,
    asked: Pair,
    errors: &[FilterError],
    facts: &Facts,
) -> Result<Compare, StoreError> {
    let mut sides = [None, None];
    for (side, night) in sides.iter_mut().zip([asked.a, asked.b]) {
        if let Some(night) = night {
            *side = app.store.night(night, facts.now).await?;
        }
    }
    let symbols = match &sides {
        [Some(a), Some(b)] => app.store.differences(a, b, Names::MOST).await?,
        _ => None,
    };
    let [a, b] = sides.map(|side| side?.main().map(|run| run.view.clone()));
    Ok(Compare { asked, errors: errors.to_vec(), a, b, symbols })
}
