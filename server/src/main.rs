//! `closing-bell`: reads its settings, then listens, then serves until told to stop.
//!
//! The order is the point: Redis is subscribed (or known to be away) before the first page is served, so that no page is older
//! than the first message that was missed.

use clap::Parser;
use domain::time::Millis;
use server::config::{Config, Task};
use server::error::StartError;
use server::journal::{self, Rebuilt};
use server::state::App;
use server::store::Store;
use server::{assets, clock, ingest, live, pages, reconcile, record, router, shutdown, telemetry};
use std::process::ExitCode;
use std::sync::Arc;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if config.print_env_example {
        print_example();
        return ExitCode::SUCCESS;
    }
    telemetry::start(config.log);
    let done = match config.task.clone() {
        Some(Task::Record(recording)) => record::record(&config, &recording).await,
        None => run(config).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(code = error.code(), "{error}");
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stdout, reason = "the one command whose output is its purpose")]
fn print_example() {
    print!("{}", server::config::env_example());
}

async fn run(config: Config) -> Result<(), StartError> {
    config.refuse_public_address()?;
    let assets = Arc::new(assets::load(&config.site));
    let stop = shutdown::signal();
    let listener = tokio::net::TcpListener::bind(config.addr)
        .await
        .map_err(|cause| StartError::Listen { addr: config.addr, cause })?;
    let bound = listener.local_addr().map_err(|cause| StartError::Listen { addr: config.addr, cause })?;
    let store = Store::open(&config.database_url).await?;
    let listening = clock::now();
    let unreadable = |cause| StartError::Rebuild { cause };
    let Rebuilt { mut board, n, .. } =
        journal::rebuild(&store, Millis::MAX, listening).await.map_err(unreadable)?;
    journal::remember(&store, &mut board, listening).await.map_err(unreadable)?;
    let resume = journal::resume(&store, listening).await.map_err(unreadable)?;
    tracing::info!(events = n, took_ms = clock::now() - listening, "the board was rebuilt from the database");
    let (app, posted) = App::start(config, bound, assets, (store, board), stop.clone());
    pages::use_executor();
    reconcile::start(&app)?;
    ingest::start(&app, posted, resume)?;
    live::start_beats(&app);
    app.link.first_answer().await;
    let journal = journal::start(&app, n);
    let served = router::serve(listener, app, stop).await;
    // What was heard last is written before the process ends.
    let _ = journal.await;
    served
}
