//! What a route takes from a request: the idempotency key and the JSON body, each parsed once.

use super::problem::{ApiProblem, DEADLINE, KEY, MEDIA_TYPE};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use evertill_domain::ids::IdempotencyKey;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use std::time::Duration;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Most bytes of a request's body. A tender has under 200.
pub(super) const BODY_MAX_BYTES: usize = 64 * 1024;
/// A body arrives in this time, or not at all.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The caller's key of the act.
pub(super) struct Key(pub(super) IdempotencyKey);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Key, ApiProblem> {
        let refused = |detail: String| ApiProblem::new(KEY, "No idempotency key", StatusCode::BAD_REQUEST, detail);
        let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            let remedy = "send one Idempotency-Key header: 8 to 64 of A-Z, a-z, 0-9, - and _, new for each act, the same when it is repeated";
            return Err(refused(remedy.to_owned()));
        };
        let text = value.to_str().map_err(|_| refused("the Idempotency-Key is not ASCII".to_owned()))?;
        text.parse().map(Key).map_err(|error| refused(format!("{error}")))
    }
}

impl utoipa::IntoParams for Key {
    fn into_params(_parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(8))
            .max_length(Some(64))
            .pattern(Some("^[A-Za-z0-9_-]+$"));
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "New for each act, the same when it is repeated: the same key gets the first result again",
            ))
            .schema(Some(text));
        vec![parameter.build()]
    }
}

/// A JSON body.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _state: &S) -> Result<JsonBody<T>, ApiProblem> {
        // A page of another origin can send text and forms without asking first, but never JSON.
        if !says_json(&request) {
            let detail = "send the body as Content-Type: application/json";
            return Err(ApiProblem::new(MEDIA_TYPE, "Not JSON", StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        serde_json::from_slice(&collect_body(request.into_body()).await?)
            .map(JsonBody)
            .map_err(|error| ApiProblem::request(format!("the body is not what this route takes: {error}")))
    }
}

/// All of a body, within its cap and its time.
pub(super) async fn collect_body(body: Body) -> Result<Bytes, ApiProblem> {
    let limited = Limited::new(body, BODY_MAX_BYTES);
    let collected = tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await.map_err(|_| {
        let detail = format!("the body did not arrive within {} s", BODY_TIMEOUT.as_secs());
        ApiProblem::new(DEADLINE, "The body is too slow", StatusCode::REQUEST_TIMEOUT, detail)
    })?;
    let bytes = collected.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => ApiProblem::too_large(format!("the body has more than {BODY_MAX_BYTES} bytes")),
        None => ApiProblem::request(format!("the body broke off: {error}")),
    })?;
    Ok(bytes.to_bytes())
}

fn says_json(request: &Request) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    value.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json")
}
