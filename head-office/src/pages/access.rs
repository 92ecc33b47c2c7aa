//! Who asks: the session of a browser, or a program's name and password with each request.

use super::Desk;
use crate::operators::OperatorName;
use crate::operators::password::MAX_BYTES;
use crate::operators::session::{COOKIE, SignedOn};
use crate::problem::Refusal;
use crate::store::AuditLine;
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE as COOKIES};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use evertill_domain::lockout::Locked;
use std::sync::Arc;

/// As much of a name that was given as the audit log keeps.
pub(super) const NAME_SHOWN_MAX_CHARS: usize = 40;

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum AccessError {
    /// The name or the password is wrong; which of them is not told.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many wrong passwords.
    #[error("too many wrong passwords for this name: try again in {} s", .0.remaining_ms.div_ceil(1_000))]
    Locked(Locked),
    /// Passwords are being compared for many others.
    #[error("too many sign-ons at once: try again in a moment")]
    Busy,
}

impl Desk {
    /// Compares `password` with that of `name`.
    pub(super) async fn check(&self, name: &str, password: String) -> Result<SignedOn, AccessError> {
        let Ok(name) = name.parse::<OperatorName>() else { return Err(AccessError::Wrong) };
        let now_ms = || u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let operator = self.operators.current().get(&name).cloned();
        self.tries.may_try(&name, operator.is_some(), now_ms()).map_err(AccessError::Locked)?;
        let _place = self.passwords.acquire().await.map_err(|_| AccessError::Busy)?;
        let is_right = tokio::task::spawn_blocking(move || match operator {
            Some(operator) => operator.password.is(&password).then_some(operator.role),
            None => {
                // As long as for a name that is known, so that nobody learns the names by the clock.
                let _ = crate::operators::password::hash(&format!("{password:12}"));
                None
            }
        });
        let role = is_right.await.ok().flatten();
        self.tries.tried(&name, role.is_some(), now_ms());
        role.map(|role| SignedOn { name, role }).ok_or(AccessError::Wrong)
    }

    fn session(&self, headers: &HeaderMap) -> Option<SignedOn> {
        let cookies = headers.get_all(COOKIES).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
        self.operators.current().open(value, now_s())
    }
}

/// Seconds of Unix time.
pub(super) fn now_s() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}

/// A name and a password of `Authorization: Basic` (RFC 7617).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    if value.len() > 2 * MAX_BYTES {
        return None;
    }
    let text = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(value).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

/// Somebody in a browser; anybody else is led to the sign-on.
pub(super) struct Person(pub(super) SignedOn);

impl FromRequestParts<Arc<Desk>> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Person, Response> {
        desk.session(&parts.headers).map(Person).ok_or_else(|| {
            // A page that keeps itself fresh would put the sign-on into its own middle.
            let is_part = parts.headers.contains_key("hx-request");
            if is_part { [("hx-refresh", "true")].into_response() } else { Redirect::to("/sign-on").into_response() }
        })
    }
}

/// A program, or somebody in a browser who looks at the JSON.
pub(super) struct Program(pub(super) SignedOn);

impl FromRequestParts<Arc<Desk>> for Program {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Program, Refusal> {
        // What changes something is never taken on a cookie alone, which a browser sends by itself.
        if parts.method == Method::GET
            && let Some(who) = desk.session(&parts.headers)
        {
            return Ok(Program(who));
        }
        let (name, password) =
            basic(&parts.headers).ok_or_else(|| Refusal::Operator("send a name and a password".to_owned()))?;
        match desk.check(&name, password).await {
            Ok(who) => Ok(Program(who)),
            Err(error) => {
                let name: String = name.chars().take(NAME_SHOWN_MAX_CHARS).collect();
                desk.state.store.note(AuditLine::now(&name, "refused", error.to_string())).await?;
                Err(Refusal::Operator(error.to_string()))
            }
        }
    }
}
