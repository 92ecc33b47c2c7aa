//! The checks against pages of other origins (CSRF). Browsers say where a request comes from; other programs say nothing.

use super::host::OwnNames;
use crate::http::problem::{ApiProblem, ORIGIN};
use axum::http::{HeaderMap, StatusCode, header};

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Every `Origin` is ours (`null`, which sandboxed frames and local files send, is not), and every `Sec-Fetch-Site` says
/// that the request comes from our own page or was typed. `same-site` is refused with the rest: a site has no port, so
/// another program's page on this machine is of our site but not ours.
pub(super) fn check(names: &OwnNames, headers: &HeaderMap) -> Result<(), ApiProblem> {
    let own_origin = |origin: &[u8]| origin.strip_prefix(b"http://").is_some_and(|name| names.contains(name));
    if !headers.get_all(header::ORIGIN).iter().all(|origin| own_origin(origin.as_bytes())) {
        return Err(refused("the request comes from a page of another origin"));
    }
    let own_site = |site: &[u8]| matches!(site, b"same-origin" | b"none");
    if !headers.get_all(SEC_FETCH_SITE).iter().all(|site| own_site(site.as_bytes())) {
        return Err(refused("the browser says that the request comes from another site"));
    }
    Ok(())
}

fn refused(what: &str) -> ApiProblem {
    let detail = format!("{what}; this API serves its own page and programs of this machine");
    ApiProblem::new(ORIGIN, "Foreign origin", StatusCode::FORBIDDEN, detail)
}
