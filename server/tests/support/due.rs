//! Entries of the schedule that are due, written into the database of a server that has not been started or has ended.

use super::stored::Stage;
use domain::calendar::XNYS;
use domain::schedule::{Days, Entry, Missed};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use server::clock;
use server::schedule::{BY, PAUSED};
use server::store::Store;
use server::store::accounts::audit::Entry as Line;
use server::store::schedule::StoredEntry;
use server::store::settings::Setting;

/// An entry that was due so many minutes ago, rounded up, on whatever day this is.
pub fn due(minutes: i64, missed: Missed) -> Entry {
    let at = clock::now() - minutes * MINUTE;
    let minute = u16::try_from(at.rem_euclid(DAY) / MINUTE).unwrap();
    let (zone, days) = ("UTC".to_owned(), Days::Weekdays(0b111_1111));
    Entry { minute, zone, days, market_check: false, missed, ..Entry::nightly() }
}

/// Whether a night has begun within so many minutes: then what was due before that is last night's, and no longer told of.
pub fn night_is_young(minutes: i64) -> bool {
    let (nights, now) = (XNYS.nights(clock::now()), clock::now());
    nights.of(now) != nights.of(now - minutes * MINUTE)
}

/// Everybody of the past: who writes, and since when.
fn since() -> (Line, Millis) {
    let at = clock::now() - 12 * HOUR;
    (Line { at, who: "ann".to_owned(), ..Line::default() }, at)
}

fn stored(id: &str, entry: Entry) -> StoredEntry {
    let (line, at) = since();
    StoredEntry { id: id.to_owned(), entry, since: at, made: at, who: line.who }
}

async fn set(store: &Store, name: &str, value: &str) {
    let (line, changed) = since();
    let setting = Setting { value: value.to_owned(), changed, who: line.who.clone() };
    store.set_setting(name, &setting, &line).await.unwrap();
}

/// The server fires, by this entry and no other.
pub async fn ours(url: String, entry: Entry) {
    let stage = Stage::at(url).await;
    set(&stage.store, BY, "server").await;
    stage.store.first_entry(&stored("first", entry)).await.unwrap();
    stage.leave().await;
}

/// Another entry beside the first.
pub async fn another(url: String, entry: Entry) {
    let stage = Stage::at(url).await;
    let (line, _) = since();
    assert!(stage.store.add_entry(&stored("another", entry), &line).await.unwrap());
    stage.leave().await;
}

/// All of it is paused; also behind the back of a server that runs.
pub async fn paused(url: &str) {
    let store = Store::open(url).await.unwrap();
    set(&store, PAUSED, "yes").await;
    store.close().await;
}
