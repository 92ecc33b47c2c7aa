//! The machine token check.

use crate::http::problem::{ApiProblem, TOKEN};
use crate::http::token::{MachineToken, TOKEN_FILE};
use axum::http::{HeaderMap, StatusCode, header};

const SCHEME: &[u8] = b"Bearer ";

/// Exactly one `Authorization: Bearer` with the token.
pub(super) fn check(token: &MachineToken, headers: &HeaderMap) -> Result<(), ApiProblem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let offered = match (values.next(), values.next()) {
        (Some(value), None) => value.as_bytes().split_at_checked(SCHEME.len()),
        _ => None,
    };
    match offered {
        Some((scheme, secret)) if scheme.eq_ignore_ascii_case(SCHEME) && token.matches(secret) => Ok(()),
        _ => {
            let detail =
                format!("send `Authorization: Bearer` with the content of {TOKEN_FILE} in the till's data folder");
            Err(ApiProblem::new(TOKEN, "The machine token is missing or wrong", StatusCode::UNAUTHORIZED, detail))
        }
    }
}
