//! The operators' pages: the fleet, a store, what is complete, what was done. HTML made here, which htmx keeps fresh; the same
//! facts as JSON for programs; and the metrics.
//!
//! They listen apart from the tills, so that a firewall can tell them apart. Everything but the sign-on, the look of the
//! page and the metrics wants a session, or a name and a password with the request (`Authorization: Basic`, for programs).
//!
//! | room | what |
//! |---|---|
//! | [`access`] | who asks |
//! | [`forms`] | sign-on and sign-off |
//! | [`looks`] | the pages and their JSON |
//! | [`publications`] | what is published, here and elsewhere |
//! | [`view`] | how the pages look |

mod access;
mod forms;
mod looks;
mod publications;
mod view;

pub use publications::Listed;

use crate::operators::Operators;
use crate::operators::session::Tries;
use crate::peers::Peer;
use crate::problem::Refusal;
use crate::state::State;
use crate::watched::Watched;
use access::Person;
use axum::Router;
use axum::extract::{Path, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// A price book of 50,000 items over a line of 2 Mbit/s takes a minute to come.
const UPLOAD_MAX: Duration = Duration::from_secs(120);
/// Comparing a password takes 19 MiB and a core for a while; so many at once, the others wait.
const PASSWORDS_MAX: usize = 2;
/// Nothing but what this service serves itself: no script but htmx, no frame around it, no form that leads elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: browsers then hide where a form comes from, and a form of this page looks like a stranger's.
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

/// What the pages' requests see.
#[derive(Debug)]
pub struct Desk {
    /// The service.
    pub state: Arc<State>,
    /// Who may sign on.
    pub operators: Arc<Watched<Operators>>,
    /// Other locations, to compare with.
    pub peers: Vec<Peer>,
    tries: Tries,
    passwords: Semaphore,
    /// A clock that only runs.
    began: Instant,
}

impl Desk {
    /// The desk of an instance that just starts.
    pub fn new(state: Arc<State>, operators: Arc<Watched<Operators>>, peers: Vec<Peer>) -> Desk {
        let passwords = Semaphore::new(PASSWORDS_MAX);
        Desk { state, operators, peers, tries: Tries::default(), passwords, began: Instant::now() }
    }
}

/// The shared desk, as handlers take it.
type Shared = axum::extract::State<Arc<Desk>>;

/// All pages, with the deadline, the net under panics and the headers that browsers obey.
pub fn router(desk: Arc<Desk>, deadline: Duration) -> Router {
    let pages = Router::new()
        .route("/", get(async || Redirect::to("/fleet")))
        .route("/sign-on", get(forms::ask).post(forms::sign_on))
        .route("/sign-off", post(forms::sign_off))
        .route("/fleet", get(looks::fleet))
        .route("/stores/{store}", get(looks::store))
        .route("/completeness", get(looks::completeness))
        .route("/audit", get(looks::audit))
        .route("/v1/fleet", get(looks::fleet_json))
        .route("/v1/completeness", get(looks::completeness_json))
        .route("/v1/completeness/everywhere", get(looks::everywhere_json))
        .route("/metrics", get(looks::metrics))
        .route("/assets/{file}", get(asset))
        .route("/publications", get(publications::page))
        .route("/v1/publications/{subject}/{version}", get(publications::bytes))
        .fallback(|| async { Refusal::NoRoute });
    let uploads = Router::new().route("/v1/publications", get(publications::list).post(publications::take));
    let pages = within(pages, deadline)
        .merge(within(uploads, UPLOAD_MAX))
        .with_state(desk)
        .layer(CatchPanicLayer::custom(|_| Refusal::Internal.into_response()));
    HEADERS.into_iter().fold(pages, |pages, (name, value)| {
        pages.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    })
}

/// The routes with a deadline.
fn within(routes: Router<Arc<Desk>>, deadline: Duration) -> Router<Arc<Desk>> {
    routes.layer(from_fn(move |request: Request, next: Next| async move {
        let answer = tokio::time::timeout(deadline, next.run(request)).await;
        answer.unwrap_or_else(|_| Refusal::Late.into_response())
    }))
}

/// The look, which head office and the till's page share.
async fn asset(Path(file): Path<String>) -> Response {
    let (kind, content) = match file.as_str() {
        "till.css" => ("text/css; charset=utf-8", include_str!("../../../assets/page/till.css")),
        "fleet.css" => ("text/css; charset=utf-8", include_str!("../../assets/fleet.css")),
        "htmx.min.js" => ("text/javascript; charset=utf-8", include_str!("../../../assets/page/htmx.min.js")),
        "till.svg" => ("image/svg+xml", include_str!("../../../assets/page/till.svg")),
        _ => return Refusal::NoRoute.into_response(),
    };
    (StatusCode::OK, [(CONTENT_TYPE, kind)], content).into_response()
}
