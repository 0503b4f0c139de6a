//! Connections: taken, limited, and closed in order.
//!
//! Invariant: a connection that waits, for its first request or its next, makes room for whoever comes. So half-open and idle sockets,
//! however many and however slowly they speak, keep nobody out: there are at most [`IDLE`], and who waits longest goes first. Who is
//! being answered is counted, and told to come back where there are too many.
//!
//! Tests: `server/tests/attacks.rs`.

use crate::error::StartError;
use crate::router::build;
use crate::shutdown::Stop;
use crate::state::App;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use hyper::body::{Body as _, Incoming};
use hyper::{Request, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tower::ServiceExt;

/// Connections that wait for a request.
const IDLE: usize = 2_048;
/// Connections besides sockets.
const REQUESTS: usize = 4_096;
/// The head of a request comes within this; a connection that waits for its next request is closed after it, too.
const HEAD: Duration = Duration::from_secs(20);
/// A head is at most this large, and has at most so many headers.
const HEAD_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// How often it is said that there are too many.
const MINUTE: Duration = Duration::from_mins(1);
/// When the system has no more to give, so long is waited before it is asked again.
const BREATH: Duration = Duration::from_millis(50);

/// Connections that wait for their first or next request, the longest waiting first.
#[derive(Clone, Debug, Default)]
struct Idle(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    all: BTreeMap<u64, AbortHandle>,
}

impl Idle {
    /// One waits from now on. Returns its number on the list.
    fn put(&self, connection: AbortHandle) -> u64 {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.next += 1;
        let number = waiting.next;
        waiting.all.insert(number, connection);
        if waiting.all.len() > IDLE
            && let Some((_, longest)) = waiting.all.pop_first()
        {
            longest.abort();
        }
        number
    }

    fn remove(&self, number: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all.remove(&number);
    }
}

/// One connection's place on that list.
#[derive(Debug)]
struct Wait {
    idle: Idle,
    number: AtomicU64,
    connection: OnceLock<AbortHandle>,
}

impl Wait {
    /// It has asked for something.
    fn ends(&self) {
        self.idle.remove(self.number.swap(0, Ordering::AcqRel));
    }

    /// It was answered, and waits again.
    fn begins(&self) {
        if let Some(connection) = self.connection.get() {
            let number = self.idle.put(connection.clone());
            self.idle.remove(self.number.swap(number, Ordering::AcqRel));
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.ends();
    }
}

/// Serves until told to stop. Says so on the log when it is ready, which is what scripts and tests wait for.
///
/// # Errors
/// None at present; what fails concerns one connection and ends it.
pub async fn serve(listener: TcpListener, app: App, mut stop: Stop) -> Result<(), StartError> {
    let router = build(app.clone());
    let room = REQUESTS + usize::try_from(app.config.max_connections).unwrap_or(usize::MAX / 2);
    let (places, idle) = (Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))), Idle::default());
    let graceful = GracefulShutdown::new();
    let mut told = Instant::now() - MINUTE;
    tracing::info!("listening on http://{}{}", app.bound, app.config.base_path);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    tracing::warn!(%cause, "a connection could not be taken");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
            () = stop.wait() => break,
        };
        // More than all sockets and requests that there may be: it is closed, which says it.
        let Ok(place) = places.clone().try_acquire_owned() else {
            if told.elapsed() >= MINUTE {
                told = Instant::now();
                tracing::warn!(room, "more connections than there may be: some are closed");
            }
            continue;
        };
        let wait =
            Arc::new(Wait { idle: idle.clone(), number: AtomicU64::new(0), connection: OnceLock::new() });
        let connection = connection(stream, peer, router.clone(), wait.clone(), &graceful);
        // Known before it runs: it takes itself off the list.
        let (ready, go) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let _place = place;
            if go.await.is_ok() {
                connection.await;
            }
        });
        // It is new: nothing stands there yet.
        let _ = wait.connection.set(task.abort_handle());
        wait.begins();
        let _ = ready.send(());
    }
    drop(listener);
    graceful.shutdown().await;
    // Upgraded connections are no requests any more: each still says goodbye. (`shutdown.rs` bounds the wait.)
    while app.sockets.load(Ordering::Acquire) > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Answers the requests of one connection.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    wait: Arc<Wait>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    // A frame is small and must leave at once.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request: Request<Incoming>| {
        wait.ends();
        let wait = wait.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = router.clone().oneshot(request);
        async move {
            let response = answered.await?;
            // What is still being sent is no waiting, and neither is a socket.
            let sent = response.body().size_hint().exact().is_some();
            if sent && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                wait.begins();
            }
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    let served = builder.serve_connection_with_upgrades(TokioIo::new(stream), answer).into_owned();
    let served = graceful.watch(served);
    async move {
        // A browser that went away in mid-request is nothing to write down.
        if let Err(cause) = served.await {
            tracing::debug!(%cause, "a connection ended");
        }
    }
}
