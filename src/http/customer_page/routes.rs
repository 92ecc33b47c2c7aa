//! The customer's page. It shows what anybody sees who stands before the till, so it asks nobody who they are; it has no
//! form and changes nothing.

use super::screen::screen;
use crate::http::routes::Shared;
use crate::page::customer;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;

/// The page's address.
pub(in crate::http) const CUSTOMER_PATH: &str = "/customer";
/// The part that changes.
pub(in crate::http) const VIEW_PATH: &str = "/customer/view";

pub(in crate::http) fn router() -> Router<Shared> {
    Router::new().route(CUSTOMER_PATH, get(whole)).route(VIEW_PATH, get(view))
}

async fn whole(State(context): State<Shared>) -> Html<String> {
    let book = context.api.counter.book().ok();
    let (screen, language) = screen(&context.api.customer.borrow(), book.as_deref());
    Html(customer::render(&screen, language))
}

async fn view(State(context): State<Shared>) -> Html<String> {
    let book = context.api.counter.book().ok();
    let (screen, language) = screen(&context.api.customer.borrow(), book.as_deref());
    Html(customer::render_main(&screen, language))
}
