//! The `Host` check against DNS rebinding: a page of `evil.example`, whose name is made to resolve to 127.0.0.1, is of
//! the same origin as this API in the eyes of a browser; only the name it asked for gives it away.

use crate::http::problem::{ApiProblem, HOST};
use axum::extract::Request;
use axum::http::{StatusCode, header};

/// The names under which this API is reached, with its port.
pub(in crate::http) struct OwnNames([String; 3]);

impl OwnNames {
    pub(in crate::http) fn new(port: u16) -> OwnNames {
        OwnNames([format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")])
    }

    pub(super) fn contains(&self, name: &[u8]) -> bool {
        self.0.iter().any(|own| own.as_bytes().eq_ignore_ascii_case(name))
    }
}

/// Exactly one `Host`, and one of ours; the same for the host of an absolute request target, which outranks the header.
pub(super) fn check(names: &OwnNames, request: &Request) -> Result<(), ApiProblem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        let detail = "a request names its host exactly once";
        return Err(ApiProblem::new(HOST, "No single Host", StatusCode::BAD_REQUEST, detail));
    };
    let target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    if names.contains(host.as_bytes()) && target.is_none_or(|target| names.contains(target)) {
        return Ok(());
    }
    let detail = format!("this till answers as {} only", names.0.join(", "));
    Err(ApiProblem::new(HOST, "Foreign Host", StatusCode::MISDIRECTED_REQUEST, detail))
}
