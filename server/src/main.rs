//! `closing-bell`: reads its settings, then listens, then serves until told to stop.
//!
//! The order is the point: Redis is subscribed (or known to be away) before the first page is served, so that no page is older
//! than the first message that was missed.

use clap::Parser;
use server::config::{Config, Task};
use server::error::StartError;
use server::journal::{self, Rebuilt};
use server::state::App;
use server::store::Store;
use server::{
    assets, auth, clock, commands, ingest, live, manage, pages, reconcile, record, schedule, serve, shutdown,
    telemetry,
};
use std::process::ExitCode;
use std::sync::Arc;

/// Gives back what a burst needed: `Cargo.toml` has the figures.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
        Some(Task::User(asked)) => manage::user(&config, asked).await,
        Some(Task::Token(asked)) => manage::token(&config, asked).await,
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
    if config.is_bare() {
        tracing::warn!(addr = %config.addr, "others can reach this address without TLS: put a proxy before it and name it in CLOSING_BELL_TRUSTED_PROXIES (docs/operating.md)");
    }
    // A socket is a file. Where more may be open than at first, more are; where not, it is less that can be.
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) if files < 4_096 => tracing::warn!(files, "few files may be open: few sockets, too"),
        Ok(_) => {}
        Err(cause) => tracing::debug!(%cause, "the limit of open files stays as it is"),
    }
    ::app::location::set_base(config.base_path.clone());
    let assets = Arc::new(assets::load(&config.site).under(&config.base_path));
    let stop = shutdown::signal();
    let listener = tokio::net::TcpListener::bind(config.addr)
        .await
        .map_err(|cause| StartError::Listen { addr: config.addr, cause })?;
    let bound = listener.local_addr().map_err(|cause| StartError::Listen { addr: config.addr, cause })?;
    let store = Store::open(&config.database_url).await?;
    auth::make_first(&store, &config).await?;
    let listening = clock::now();
    let unreadable = |cause| StartError::Rebuild { cause };
    let (rebuilt, resume) =
        tokio::try_join!(journal::rebuild(&store, listening), journal::resume(&store, listening))
            .map_err(unreadable)?;
    let Rebuilt { mut board, n, .. } = rebuilt;
    journal::remember(&store, &mut board, listening).await.map_err(unreadable)?;
    tracing::info!(events = n, took_ms = clock::now() - listening, "the board was rebuilt from the database");
    let (app, posted) = App::start(config, bound, assets, (store, board), stop.clone())?;
    pages::use_executor();
    reconcile::start(&app);
    ingest::start(&app, posted, resume)?;
    commands::start(&app).await;
    schedule::start(&app).await;
    live::start_beats(&app);
    auth::start_checks(&app);
    app.link.first_answer().await;
    let journal = journal::start(&app, n);
    let served = serve::serve(listener, app, stop).await;
    // What was heard last is written before the process ends.
    let _ = journal.await;
    served
}
