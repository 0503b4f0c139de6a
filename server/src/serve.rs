//! Connections: taken, limited, and closed in order.
//!
//! Invariant: whoever has not asked for anything yet makes room for whoever comes. So half-open sockets, however many and however
//! slowly they speak, keep nobody out: of those that have said nothing whole there are at most [`UNASKED`], and the oldest goes first.
//! Who has asked is counted, and told to come back where there are too many.
//!
//! Tests: `server/tests/attacks.rs`.

use crate::error::StartError;
use crate::router::build;
use crate::shutdown::Stop;
use crate::state::App;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::{Request, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tower::ServiceExt;

/// Connections that have asked for nothing yet.
const UNASKED: usize = 1_024;
/// Connections besides sockets.
const REQUESTS: usize = 4_096;
/// The head of a request comes within this; a connection that waits for its next request is closed after it, too.
const HEAD: Duration = Duration::from_secs(20);
/// A head is at most this large, and has at most so many headers.
const HEAD_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// When the system has no more to give, so long is waited before it is asked again.
const BREATH: Duration = Duration::from_millis(50);

/// Connections that have asked for nothing yet, the oldest first.
#[derive(Clone, Debug, Default)]
struct Unasked(Arc<Mutex<VecDeque<(u64, AbortHandle)>>>);

impl Unasked {
    fn put(&self, number: u64, connection: AbortHandle) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back((number, connection));
        if all.len() > UNASKED
            && let Some((_, oldest)) = all.pop_front()
        {
            oldest.abort();
        }
    }

    fn remove(&self, number: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // They come in order.
        if let Ok(index) = all.binary_search_by_key(&number, |(known, _)| *known) {
            all.remove(index);
        }
    }
}

/// Serves until told to stop. Says so on the log when it is ready, which is what scripts and tests wait for.
///
/// # Errors
/// None at present; what fails concerns one connection and ends it.
pub async fn serve(listener: TcpListener, app: App, mut stop: Stop) -> Result<(), StartError> {
    let router = build(app.clone());
    let room = REQUESTS + usize::try_from(app.config.max_connections).unwrap_or(usize::MAX / 2);
    let (places, unasked) = (Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))), Unasked::default());
    let graceful = GracefulShutdown::new();
    let mut number = 0;
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
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        number += 1;
        let (router, unasked_here) = (router.clone(), unasked.clone());
        let connection = connection(stream, peer, router, (number, unasked_here), &graceful);
        // Known before it runs: it takes itself off the list.
        let (ready, go) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let _place = place;
            if go.await.is_ok() {
                connection.await;
            }
        });
        unasked.put(number, task.abort_handle());
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
    (number, unasked): (u64, Unasked),
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    // A frame is small and must leave at once.
    let _ = stream.set_nodelay(true);
    let waiting = AtomicBool::new(true);
    let at_end = unasked.clone();
    let answer = service_fn(move |request: Request<Incoming>| {
        if waiting.swap(false, Ordering::Relaxed) {
            unasked.remove(number);
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
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
        at_end.remove(number);
    }
}
