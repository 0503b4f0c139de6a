//! Several servers on one database: what became of a command here is news there.
//!
//! The database is the truth; a word on `closing-bell:changes` only says that it has changed. Whoever hears it, or comes back to Redis,
//! reads the newest commands again, and the board takes of them what it does not know. So a word that is lost, forged or comes twice
//! does no harm. With SQLite there are no others, and nobody listens.

use crate::hub::Command;
use crate::ingest::Source;
use crate::state::App;
use domain::backoff::Backoff;
use domain::board::COMMANDS;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Where servers tell each other that something of theirs has changed.
const CHANGES: &str = "closing-bell:changes";
/// Redis takes a word within this.
const PATIENCE: Duration = Duration::from_secs(2);

/// Listens for the others, if there can be any.
pub(super) fn listen(app: &App) {
    if alone(app) {
        return;
    }
    let Ok(source) = Source::new(&app.config.redis_url, &[CHANGES.to_owned()]) else { return };
    let news = Arc::new(Notify::new());
    tokio::spawn(subscribe(app.clone(), source, news.clone()));
    let (app, mut stop) = (app.clone(), app.stop.clone());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = news.notified() => {
                    put_on_board(&app).await;
                    app.hub.planned().notify_one();
                }
                () = stop.wait() => return,
            }
        }
    });
}

async fn subscribe(app: App, source: Source, news: Arc<Notify>) {
    let mut stop = app.stop.clone();
    let mut tries = 0;
    loop {
        let heard = news.clone();
        if let Ok(subscription) = source.subscribe(move |_, _| heard.notify_one()).await {
            tries = 0;
            // What was said meanwhile was not heard.
            news.notify_one();
            tokio::select! {
                _ = subscription.ended() => {}
                () = stop.wait() => return,
            }
        }
        let wait = Backoff::LINK.delay(tries, rand::random::<f64>());
        tries = tries.saturating_add(1);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())) => {}
            () = stop.wait() => return,
        }
    }
}

/// The newest commands, as the database has them.
pub(super) async fn put_on_board(app: &App) {
    let most = u32::try_from(COMMANDS).unwrap_or(u32::MAX);
    match app.store.commands(&Default::default(), most).await {
        Ok(commands) => {
            for command in commands.into_iter().rev() {
                app.hub.tell(Command::Asked(command.record)).await;
            }
        }
        Err(error) => tracing::warn!(code = error.code(), "commands could not be read again"),
    }
}

/// Tells the others that something was written down.
pub fn tell(app: &App) {
    if alone(app) {
        return;
    }
    let url = app.config.redis_url.clone();
    tokio::spawn(async move {
        let told = async {
            let client = redis::Client::open(url)?;
            let mut connection = client.get_multiplexed_async_connection().await?;
            redis::cmd("PUBLISH").arg(CHANGES).arg("commands").query_async::<u64>(&mut connection).await
        };
        if !matches!(tokio::time::timeout(PATIENCE, told).await, Ok(Ok(_))) {
            tracing::debug!("other servers were not told of a command; they read it when they come back");
        }
    });
}

fn alone(app: &App) -> bool {
    app.store.engine() != "PostgreSQL"
}
