//! The page's paths. A form changes something and is answered with what is the case then; a GET only shows.

use super::act::{self, Act, Unreadable};
use super::panels::Ask;
use super::perform::{Said, perform, refused_scan};
use super::session::Session;
use super::show::Showing;
use super::writing::Manner;
use crate::http::events::{self, Event};
use crate::http::extract::collect_body;
use crate::http::problem::ApiProblem;
use crate::http::routes::{Shared, picture};
use crate::page::forms::{ASSETS_PATH, EVENTS_PATH, PAGE_PATH, VIEW_PATH};
use crate::page::notice::Notice;
use crate::page::{self, Language};
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use evertill_domain::role::{self, Role};
use std::collections::BTreeMap;

/// Assets change only with the agent, and the agent's answers are never kept: the page of an older version is none.
pub(in crate::http) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(async || Redirect::to(PAGE_PATH)))
        .route(PAGE_PATH, get(whole))
        .route(VIEW_PATH, get(view))
        .route(EVENTS_PATH, get(live))
        .route(&format!("{ASSETS_PATH}{{*path}}"), get(asset))
        .route("/counter/receipts/{file}", get(receipt))
        .route("/counter/{*act}", post(submit))
}

async fn whole(State(context): State<Shared>, headers: HeaderMap) -> Result<Response, ApiProblem> {
    answer(&context, &headers, Said::default(), false).await
}

async fn view(
    State(context): State<Shared>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let ask = Ask::read(&query);
    let said = match report_needs(&context, &ask).await {
        // Reading the day's totals needs a role; somebody else may allow it, and then it is printed.
        Some(needs) => {
            context.pages.change(|session| session.pending = Some(Act::XReport));
            Said { needs: Some(needs), ask: Ask::Menu, ..Said::default() }
        }
        None => match session(&context, &headers).await.and(context.pages.take_refused_scan()) {
            Some((code, refusal)) => refused_scan(&context, ask, &code, refusal).await,
            None => Said { ask, ..Said::default() },
        },
    };
    answer(&context, &headers, said, is_part(&headers)).await
}

/// The role that the totals need, when the cashier has a lesser one.
async fn report_needs(context: &Shared, ask: &Ask) -> Option<Role> {
    let (needs, cashier) = (role::Act::XReport.needs(), context.api.counter.cashier_view().await?);
    (*ask == Ask::XReport && cashier.role < needs).then_some(needs)
}

async fn submit(
    State(context): State<Shared>,
    Path(path): Path<String>,
    request: Request,
) -> Result<Response, ApiProblem> {
    let (parts, body) = request.into_parts();
    // A browser says where a form comes from; a page that hides it is none of ours.
    if !parts.headers.contains_key(header::ORIGIN) {
        return Err(ApiProblem::request("a form names its origin"));
    }
    let body = collect_body(body).await?;
    let session = session(&context, &parts.headers).await;
    let said = match context.api.counter.book() {
        Ok(book) => {
            let manner = Manner::of(&book);
            match act::read(&path, &body, &manner) {
                Ok(asked) => perform(&context, session.as_ref(), &manner, asked).await,
                Err(Unreadable::Stale) => Said::notice(Notice::StalePage),
                Err(Unreadable::Field(notice)) => Said { ask: ask_of(&path, &body), ..Said::notice(notice) },
            }
        }
        Err(_) => Said::default(),
    };
    answer(&context, &parts.headers, said, is_part(&parts.headers)).await
}

/// The panel that a form with a wrong field stands on.
fn ask_of(path: &str, body: &[u8]) -> Ask {
    let fields: BTreeMap<String, String> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let panel = match path {
        "quantity" => "line",
        "discount" => "discount",
        "tender" => "tender",
        "refund" => "refund",
        "sell-voucher" => "sell-voucher",
        "cash-movement" => "cash",
        "no-sale" => "no-sale",
        "close-shift" => "close-shift",
        _ => "",
    };
    let mut query = fields;
    query.insert("panel".to_owned(), panel.to_owned());
    Ask::read(&query)
}

/// Whether htmx asks, which swaps only a part of the page.
fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// The session of this browser, while the cashier who signed on in it is the one who is signed on at the till.
async fn session(context: &Shared, headers: &HeaderMap) -> Option<Session> {
    let session = context.pages.find(headers)?;
    let cashier = context.api.counter.cashier_view().await?;
    (cashier.number == session.cashier).then_some(session)
}

async fn answer(context: &Shared, headers: &HeaderMap, said: Said, part: bool) -> Result<Response, ApiProblem> {
    let Ok(book) = context.api.counter.book() else { return Ok(waiting(context)) };
    let manner = Manner::of(&book);
    let cookie = said.cookie.clone();
    let session = match &cookie {
        // The browser has it from this answer on.
        Some(_) => Some(Session { cashier: 0, ..Session::default() }),
        None => session(context, headers).await,
    };
    let cashier = context.api.counter.cashier_view().await;
    let mut said = said;
    if !context.api.counter.must_sign_on() {
        said.notices.push(Notice::NoCashiers);
    }
    let showing = Showing { context, book: &book, manner, session, cashier };
    let screen = showing.screen(said).await?;
    let language = manner.language();
    let html = if part { page::render_main(&screen, language) } else { page::render(&screen, language) };
    let mut response = Html(html).into_response();
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Before the first price book there is neither a language nor anything to sell.
fn waiting(context: &Shared) -> Response {
    let screen = super::show::without_price_book(context);
    let mut response = Html(page::render(&screen, Language::default())).into_response();
    response.headers_mut().insert("refresh", HeaderValue::from_static("3"));
    response
}

/// Tells every page that something changed, and nothing of what: the strip is true before anybody signed on, too.
async fn live(State(context): State<Shared>) -> Result<Response, ApiProblem> {
    let place = context.streams.clone().try_acquire_owned();
    let place = place.map_err(|_| ApiProblem::busy("there are as many event streams as this till serves"))?;
    let pages = context.pages.clone();
    let hear = move |event: &Event| {
        if let Event::Scan { code, refusal: Some(refusal) } = event {
            pages.change(|session| session.refused_scan = Some((code.clone(), refusal.clone())));
        }
    };
    Ok(Sse::new(events::changes(&context, place, hear)).keep_alive(KeepAlive::default()).into_response())
}

async fn asset(Path(path): Path<String>) -> Response {
    match page::asset(&path) {
        Some((content_type, bytes)) => ([(header::CONTENT_TYPE, content_type)], bytes).into_response(),
        None => ApiProblem::not_found("the page has no such file").into_response(),
    }
}

async fn receipt(
    State(context): State<Shared>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let number = file.strip_suffix(".png").and_then(|number| number.parse().ok());
    match (session(&context, &headers).await, number) {
        (Some(_), Some(number)) => picture(&context, number).await,
        _ => Err(ApiProblem::not_found("there is no such receipt for this browser")),
    }
}
