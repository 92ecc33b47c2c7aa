//! How the pages look: templates that are checked when they are compiled. Names and texts of tills are escaped.

use crate::completeness::compare::{Answer, Comparison};
use crate::config::Config;
use crate::fleet::{StoreLine, TillState, Totals};
use crate::operators::session::SignedOn;
use crate::peers::published::Compared;
use crate::problem::Refusal;
use crate::store::AuditLine;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use evertill_domain::ids::StoreId;

/// What the fleet page shows beside its lines.
pub(super) struct Fleet {
    /// Stores that the search finds.
    pub(super) found: usize,
    /// Stores that are shown at most.
    pub(super) stores_max: usize,
    /// The whole fleet.
    pub(super) totals: Totals,
    /// What was searched.
    pub(super) sought: String,
}

#[derive(Template)]
#[template(path = "sign_on.html", config = "assets/askama.toml")]
struct SignOnPage {
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "fleet.html", config = "assets/askama.toml")]
struct FleetPage<'a> {
    place: String,
    who: &'a SignedOn,
    shown: Fleet,
    lines: &'a [StoreLine],
}

#[derive(Template)]
#[template(path = "store.html", config = "assets/askama.toml")]
struct StorePage<'a> {
    place: String,
    who: &'a SignedOn,
    store: &'a StoreId,
    tills: &'a [TillState],
    now: jiff::Timestamp,
}

#[derive(Template)]
#[template(path = "completeness.html", config = "assets/askama.toml")]
struct CompletenessPage<'a> {
    place: String,
    who: &'a SignedOn,
    store: &'a str,
    day: &'a str,
    answer: Option<Result<Comparison, String>>,
}

#[derive(Template)]
#[template(path = "audit.html", config = "assets/askama.toml")]
struct AuditPage<'a> {
    place: String,
    who: &'a SignedOn,
    lines: &'a [AuditLine],
}

#[derive(Template)]
#[template(path = "publications.html", config = "assets/askama.toml")]
struct PublicationsPage<'a> {
    place: String,
    who: &'a SignedOn,
    compared: &'a Compared,
}

pub(super) fn sign_on(wrong: Option<String>) -> Response {
    page(&SignOnPage { wrong })
}

pub(super) fn fleet(config: &Config, who: &SignedOn, shown: Fleet, lines: &[StoreLine]) -> Response {
    page(&FleetPage { place: place(config), who, shown, lines })
}

pub(super) fn store(
    config: &Config,
    who: &SignedOn,
    store: &StoreId,
    tills: &[TillState],
    now: jiff::Timestamp,
) -> Response {
    page(&StorePage { place: place(config), who, store, tills, now })
}

pub(super) fn completeness(
    config: &Config,
    who: &SignedOn,
    store: &str,
    day: &str,
    answer: Option<Result<Comparison, String>>,
) -> Response {
    page(&CompletenessPage { place: place(config), who, store, day, answer })
}

pub(super) fn audit(config: &Config, who: &SignedOn, lines: &[AuditLine]) -> Response {
    page(&AuditPage { place: place(config), who, lines })
}

pub(super) fn publications(config: &Config, who: &SignedOn, compared: &Compared) -> Response {
    page(&PublicationsPage { place: place(config), who, compared })
}

/// Where one is, as `eu / fra`.
fn place(config: &Config) -> String {
    format!("{} / {}", config.region, config.location)
}

fn page(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            Refusal::Internal.into_response()
        }
    }
}
