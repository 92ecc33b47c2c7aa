//! Sign-on and sign-off. A form is taken only from this service's own page: browsers say where a form comes from.

use super::access::{NAME_SHOWN_MAX_CHARS, Person, now_s};
use super::{Shared, view};
use crate::operators::session::{COOKIE, LASTS_S};
use crate::problem::Refusal;
use crate::store::AuditLine;
use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// A name, a password and their field names.
const FORM_MAX_BYTES: usize = 4 * 1024;

#[derive(Deserialize)]
struct SignOn {
    name: String,
    password: String,
}

/// The form.
pub(super) async fn ask(_: Shared) -> Response {
    view::sign_on(None)
}

/// Takes the form; a right password gets a session.
pub(super) async fn sign_on(desk: Shared, request: Request) -> Result<Response, Refusal> {
    must_be_ours(request.headers(), request.uri())?;
    let body = axum::body::to_bytes(request.into_body(), FORM_MAX_BYTES)
        .await
        .map_err(|_| Refusal::TooLarge { max_bytes: FORM_MAX_BYTES })?;
    let SignOn { name, password } =
        serde_urlencoded::from_bytes(&body).map_err(|error| Refusal::Request(format!("the form: {error}")))?;
    let name: String = name.trim().chars().take(NAME_SHOWN_MAX_CHARS).collect();
    let checked = desk.check(&name, password).await;
    let (what, detail) = match &checked {
        Ok(operator) => ("signed_on", operator.role.to_string()),
        Err(error) => ("refused", error.to_string()),
    };
    desk.state.store.note(AuditLine::now(&name, what, detail)).await?;
    let operator = match checked {
        Ok(operator) => operator,
        Err(error) => return Ok(view::sign_on(Some(error.to_string()))),
    };
    let sealed = desk.operators.current().seal(&operator.name, now_s());
    let sealed = sealed.ok_or_else(|| Refusal::Operator("the operator was removed just now".to_owned()))?;
    Ok(([(SET_COOKIE, cookie(&sealed, LASTS_S))], Redirect::to("/fleet")).into_response())
}

/// Ends the session in this browser.
pub(super) async fn sign_off(
    desk: Shared,
    Person(operator): Person,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    must_be_ours(&headers, &uri)?;
    desk.state.store.note(AuditLine::now(operator.name.as_str(), "signed_off", String::new())).await?;
    Ok(([(SET_COOKIE, cookie("", 0))], Redirect::to("/sign-on")).into_response())
}

fn cookie(value: &str, lasts_s: u64) -> String {
    format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={lasts_s}")
}

/// Refuses a form of another page.
fn must_be_ours(headers: &HeaderMap, uri: &Uri) -> Result<(), Refusal> {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    // HTTP/2 names the host in the address.
    let host = uri.authority().map(|host| host.as_str());
    let host = host.or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok()));
    let ours = host.map(|host| format!("https://{host}"));
    if origin.is_some() && origin == ours.as_deref() {
        return Ok(());
    }
    Err(Refusal::Operator("this form was sent from another page: open the sign-on of head office itself".to_owned()))
}
