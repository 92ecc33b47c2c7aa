//! The server: accepts, shakes hands, serves, drains.
//!
//! ```text
//! stop -> /ready says no, everything else is served -> the port closes, open requests finish -> gone
//!         |------------- Limits::drain -----------|   |----- Limits::finish at most -----|
//! ```
//! Each connection has a task of its own, handshake included, so that a slow one holds up nobody.

use crate::config::{Config, ConfigError};
use crate::limits::{HEAD_MAX_BYTES, Limits, STREAMS_MAX};
use crate::metrics::Metrics;
use crate::operators::{self, Operators};
use crate::pages::{self, Desk};
use crate::peers;
use crate::publications::{self, Publications};
use crate::state::State;
use crate::store::{OpenError, Store, StoreError};
use crate::tills::{self, Register};
use crate::watched::{Watched, keep_fresh};
use crate::{routes, tls};
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// Pause after the system refused to accept a connection, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How often an HTTP/2 connection is asked whether it still lives, and how long it has to say so.
const H2_PING: Duration = Duration::from_secs(30);

/// Operators are few; a browser opens six connections.
const PAGES_CONNECTIONS_MAX: usize = 256;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration, or a file that it names.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Store(StoreError),
    /// The port.
    #[error("cannot listen on {address} ({source}): free the port, or change `listen`")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<OpenError> for ServeError {
    fn from(error: OpenError) -> ServeError {
        match error {
            OpenError::Config(error) => ServeError::Config(error),
            OpenError::Store(error) => ServeError::Store(error),
        }
    }
}

/// A running service.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    pages_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Where it listens; the port is the real one, also when the configuration says 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Where operators sign on, if they can.
    pub fn pages_addr(&self) -> Option<SocketAddr> {
        self.pages_address
    }

    /// Drains, lets open requests finish, and returns when all is closed, the database too.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the server did not end by itself");
        }
    }
}

/// Starts the service with the usual bounds.
///
/// # Errors
/// [`ServeError`] when it cannot start.
pub async fn serve(config: Config) -> Result<Server, ServeError> {
    serve_with(config, Limits::default()).await
}

/// Starts the service with other bounds, for tests.
///
/// # Errors
/// [`ServeError`] when it cannot start.
pub async fn serve_with(config: Config, limits: Limits) -> Result<Server, ServeError> {
    let tls = tls::server_config(&config)?;
    let register = Register::empty(&config.tills, config.region.clone());
    let register = Arc::new(Watched::new(&config.tills, register, tills::parse));
    register.refresh().map_err(|message| ConfigError::Named { path: config.tills.clone(), message })?;
    let operators = config.operators.as_ref().map(|operators| people(&operators.file)).transpose()?;
    let peers = peers::all(&config)?;
    let store = Store::open(&config).await?;
    let metrics = Arc::new(Metrics::default());
    let publications = Arc::new(Publications::new(&config, store.clone(), metrics.clone())?);
    publications.refresh().await.map_err(ServeError::Store)?;
    let (listener, address) = listen(config.listen).await?;
    tracing::info!(%address, region = %config.region, location = %config.location, pool = %config.pool, "head office serves");
    let pages_at = config.operators.as_ref().map(|operators| operators.listen);
    let state = Arc::new(State::new(config, store, register, publications, metrics));
    let tills = Door { listener, router: routes::router(state.clone(), limits.request) };
    let (mut pages, mut pages_address) = (None, None);
    if let (Some(operators), Some(at)) = (operators, pages_at) {
        let (listener, address) = listen(at).await?;
        tracing::info!(%address, "operators sign on");
        let desk = Arc::new(Desk::new(state.clone(), operators.clone(), peers));
        pages = Some((Door { listener, router: pages::router(desk, limits.request) }, operators));
        pages_address = Some(address);
    }
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(run(tills, pages, TlsAcceptor::from(tls), state, limits, stopping));
    Ok(Server { address, pages_address, stop, task })
}

/// Those who may sign on.
fn people(file: &Path) -> Result<Arc<Watched<Operators>>, ServeError> {
    let people = Arc::new(Watched::new(file, Operators::nobody(file), operators::parse));
    people.refresh().map_err(|message| ConfigError::Named { path: file.to_owned(), message })?;
    Ok(people)
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let refused = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// A port, and what is behind it.
struct Door {
    listener: TcpListener,
    router: Router,
}

/// Serves until it is told to stop, then drains.
async fn run(
    tills: Door,
    pages: Option<(Door, Arc<Watched<Operators>>)>,
    tls: TlsAcceptor,
    state: Arc<State>,
    limits: Limits,
    stopping: watch::Receiver<bool>,
) {
    let mut background = JoinSet::new();
    background.spawn(keep_fresh(state.tills.clone(), limits.reload));
    background.spawn(publications::keep_fresh(state.publications.clone(), limits.reload));
    let (close, closing) = watch::channel(false);
    let mut doors = JoinSet::new();
    doors.spawn(open(tills, tls.clone(), limits, limits.connections, closing.clone()));
    if let Some((pages, operators)) = pages {
        background.spawn(keep_fresh(operators, limits.reload));
        doors.spawn(open(pages, tls, limits, PAGES_CONNECTIONS_MAX, closing));
    }
    drained(state.clone(), stopping, limits.drain).await;
    close.send_replace(true);
    while doors.join_next().await.is_some() {}
    state.store.close().await;
    tracing::info!("head office has stopped");
}

/// Accepts connections until the port is to close, then lets their requests finish.
async fn open(door: Door, tls: TlsAcceptor, limits: Limits, connections_max: usize, closing: watch::Receiver<bool>) {
    let Door { listener, router } = door;
    let mut connections = JoinSet::new();
    let mut closes = closing.clone();
    loop {
        tokio::select! {
            () = told(&mut closes) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                // Beyond the cap the connection is closed at once; the till counts a fault and asks the other location.
                Ok(_) if connections.len() >= connections_max => tracing::warn!("too many connections"),
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, tls.clone(), router.clone(), limits, closing.clone()));
                }
                Err(error) => {
                    tracing::error!(%error, "no connection could be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.finish, all_closed).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    connections.shutdown().await;
}

/// Ends when `word` is true, or whoever could say so is gone.
async fn told(word: &mut watch::Receiver<bool>) {
    let _ = word.wait_for(|word| *word).await;
}

/// Ends when the port may close: asked to stop, and load balancers had time to notice.
async fn drained(state: Arc<State>, mut stopping: watch::Receiver<bool>, notice: Duration) {
    told(&mut stopping).await;
    state.drain();
    sleep(notice).await;
}

/// One connection, from the handshake to its end.
async fn connection(
    stream: TcpStream,
    tls: TlsAcceptor,
    router: Router,
    limits: Limits,
    mut closing: watch::Receiver<bool>,
) {
    // Answers are small and awaited; without this they could wait for a timer of TCP.
    let _ = stream.set_nodelay(true);
    let stream = match timeout(limits.handshake, tls.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(%error, "a handshake failed"),
        Err(_) => return tracing::debug!("a handshake took too long"),
    };
    let h2 = stream.get_ref().1.alpn_protocol() == Some(tls::H2);
    let builder = builder(h2, limits);
    let serving = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        _ = closing.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

/// The protocol is the one that ALPN chose; nothing is guessed from the first bytes, which a mute client never sends.
fn builder(h2: bool, limits: Limits) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = if h2 { builder.http2_only() } else { builder.http1_only() };
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.idle).max_buf_size(4 * HEAD_MAX_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEAD_MAX_BYTES as u32)
        .keep_alive_interval(H2_PING)
        .keep_alive_timeout(H2_PING);
    builder
}
