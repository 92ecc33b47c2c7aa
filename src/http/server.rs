//! The accept loop: HTTP/1.1 on one loopback port, with caps that a misbehaving program on this machine cannot exceed.

use super::bind::{HttpError, require_loopback};
use super::counter_page::Sessions;
use super::guard::{Guard, answer_headers, deadline, guard};
use super::problem::ApiProblem;
use super::state::{Api, Context};
use super::stream::Stream;
use super::token::MachineToken;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_http::catch_panic::CatchPanicLayer;

/// Most bytes of a request's head.
const HEAD_MAX_BYTES: usize = 32 * 1024;
/// Most headers of a request.
const HEADERS_MAX: usize = 64;
/// Pause after the system refused to accept a connection, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// On shutdown, open requests have this long to be answered.
const CLOSING: Duration = Duration::from_secs(5);
/// What a connection beyond the cap hears.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The caps that a test may want otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most open connections.
    pub connections: usize,
    /// A request's head arrives in this time; so an idle connection lives this long, too.
    pub head: Duration,
    /// A request is answered in this time, and an answer begins to be taken in this time; event streams are bound by
    /// the latter only.
    pub request: Duration,
    /// Most requests a second, of trusted callers and of all others each. A cashier with a fast scanner makes five.
    pub requests_per_second: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 64,
            head: Duration::from_secs(10),
            request: Duration::from_secs(10),
            requests_per_second: 200,
        }
    }
}

/// Serves the API on `listener` until `shutdown` resolves, then lets open requests finish for 5 s.
///
/// # Errors
/// [`HttpError::NotLoopback`] when the listener could be reached from other machines; [`HttpError::Listener`] when it has no address.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    token: MachineToken,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), HttpError> {
    let address = listener.local_addr().map_err(HttpError::Listener)?;
    require_loopback(address)?;
    let (close, closing) = watch::channel(false);
    let pages = Arc::new(Sessions::default());
    let context = Arc::new(Context::new(api, pages.clone(), closing.clone()));
    let checks = Guard::new(address.port(), token, pages, limits.requests_per_second);
    let router = protect(super::routes::router(context), checks, limits);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) if connections.len() >= limits.connections => refuse(&stream),
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), limits, closing.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection to the local API");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    close.send_replace(true);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(CLOSING, finished).await.is_err() {
        tracing::warn!("requests to the local API were cut off by the shutdown");
    }
    Ok(())
}

/// The routes behind every check. What is added last is met first.
fn protect(routes: Router, checks: Guard, limits: Limits) -> Router {
    routes
        .layer(from_fn_with_state(limits.request, deadline))
        .layer(from_fn_with_state(Arc::new(checks), guard))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn(answer_headers))
}

fn after_panic(_: Box<dyn Any + Send>) -> Response {
    // The panic hook has logged it; the caller learns no more than that it was not its fault.
    ApiProblem::internal("the till met an error of its own: see its log, then repeat with the same Idempotency-Key")
        .into_response()
}

fn refuse(stream: &TcpStream) {
    tracing::warn!("too many connections to the local API");
    // A new socket has room for these bytes; should it not, closing it says the same.
    let _ = stream.try_write(FULL);
}

async fn connection(stream: TcpStream, router: Router, limits: Limits, mut closing: watch::Receiver<bool>) {
    // Answers are small and the cashier waits for them: nothing is gained by collecting them.
    let _ = stream.set_nodelay(true);
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_header_size(HEAD_MAX_BYTES)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(Stream::new(stream, limits.request)), TowerToHyperService::new(router));
    tokio::pin!(served);
    let result = tokio::select! {
        result = served.as_mut() => result,
        () = async { drop(closing.wait_for(|closing| *closing).await) } => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection to the local API ended");
    }
}
