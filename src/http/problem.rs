//! Refusals of the loopback API, as RFC 9457 problems. Every answer that is no success is one of these.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use evertill_domain::wire::{PROBLEM_JSON, Problem};
use std::collections::BTreeMap;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{ContentBuilder, KnownFormat, Ref, RefOr, ResponseBuilder, SchemaFormat};

/// 400 or 421: the `Host` header is missing, doubled or not this till's.
pub const HOST: &str = "urn:evertill:problem:host";
/// 403: the request comes from a page of another origin.
pub const ORIGIN: &str = "urn:evertill:problem:origin";
/// 401: the machine token is missing or wrong.
pub const TOKEN: &str = "urn:evertill:problem:token";
/// 429: too many requests at once.
pub const RATE: &str = "urn:evertill:problem:rate";
/// 400: `Idempotency-Key` is missing or malformed. 422: it was used for another act.
pub const KEY: &str = "urn:evertill:problem:idempotency-key";
/// 404: no such route, sale or receipt.
pub const NOT_FOUND: &str = "urn:evertill:problem:not-found";
/// 405: the route takes another method.
pub const METHOD: &str = "urn:evertill:problem:method";
/// 408 or 503: the request took too long to arrive or to be answered.
pub const DEADLINE: &str = "urn:evertill:problem:deadline";
/// 415: the body is not JSON.
pub const MEDIA_TYPE: &str = "urn:evertill:problem:media-type";
/// 422: the code was misread or mistyped, or the quantity before it is none; nothing was added.
pub const CODE: &str = "urn:evertill:problem:code";
/// 422: no item has the code; nothing was added.
pub const UNKNOWN_ITEM: &str = "urn:evertill:problem:unknown-item";
/// 422: the item is sold by weight and no weight was given; nothing was added.
pub const WEIGHT: &str = "urn:evertill:problem:weight";
/// 422: the item is expired or recalled, or its label cannot be charged; nothing was added.
pub const NOT_SOLD: &str = "urn:evertill:problem:not-sold";
/// 409: nothing is known of items and prices yet.
pub const NO_PRICE_BOOK: &str = "urn:evertill:problem:no-price-book";
/// 403: somebody must sign on first.
pub const SIGN_ON: &str = "urn:evertill:problem:sign-on";
/// 403 or 429: number or PIN is wrong, or was too often; nothing was done.
pub const PIN: &str = "urn:evertill:problem:pin";
/// 403: the cashier's role does not allow it; a second person's permission does.
pub const PERMISSION: &str = "urn:evertill:problem:permission";
/// 409: the shop's rules refuse the act in this state; the basket is as it was.
pub const REFUSED: &str = "urn:evertill:problem:refused";
/// 507: no room on the disk, or a bad disk; nothing was recorded.
pub const DISK: &str = "urn:evertill:problem:disk";

/// A problem on its way to the caller; boxed, because most results carry none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiProblem(pub Box<Problem>);

impl ApiProblem {
    /// A problem of `kind`, one of this room's or of [`Problem`]'s constants.
    pub fn new(kind: &str, title: &str, status: StatusCode, detail: impl Into<String>) -> ApiProblem {
        ApiProblem(Box::new(Problem::new(kind, title, status.as_u16(), detail)))
    }

    /// 400: the request is not what the route takes.
    pub fn request(detail: impl Into<String>) -> ApiProblem {
        ApiProblem::new(Problem::REQUEST, "The request is malformed", StatusCode::BAD_REQUEST, detail)
    }

    /// 404: no such thing.
    pub fn not_found(detail: impl Into<String>) -> ApiProblem {
        ApiProblem::new(NOT_FOUND, "Not found", StatusCode::NOT_FOUND, detail)
    }

    /// 413: more bytes than the caps allow.
    pub fn too_large(detail: impl Into<String>) -> ApiProblem {
        ApiProblem::new(Problem::TOO_LARGE, "The body is too large", StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// 500: a fault of the agent.
    pub fn internal(detail: impl Into<String>) -> ApiProblem {
        ApiProblem::new(Problem::INTERNAL, "The till failed", StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// 503: not now.
    pub fn busy(detail: impl Into<String>) -> ApiProblem {
        ApiProblem::new(Problem::BUSY, "Not now", StatusCode::SERVICE_UNAVAILABLE, detail)
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let ApiProblem(problem) = self;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).expect("a problem holds only text and numbers");
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        let headers = response.headers_mut();
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

// Written by hand because `Problem` lives in the domain, which knows nothing of OpenAPI.
impl utoipa::PartialSchema for ApiProblem {
    fn schema() -> RefOr<Schema> {
        let text = |description: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(description));
        ObjectBuilder::new()
            .description(Some("A refusal (RFC 9457)."))
            .property("type", text("Which problem: a URN that programs compare."))
            .required("type")
            .property("title", text("A short name for people."))
            .required("title")
            .property(
                "status",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                    .description(Some("HTTP status.")),
            )
            .required("status")
            .property("detail", text("What happened and what to do."))
            .required("detail")
            .into()
    }
}

impl utoipa::IntoResponses for ApiProblem {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let schema = Ref::from_schema_name(<ApiProblem as utoipa::ToSchema>::name());
        let response = ResponseBuilder::new()
            .description("Refused: nothing was changed, unless the problem says that this is not known")
            .content(PROBLEM_JSON, ContentBuilder::new().schema(Some(schema)).build())
            .build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}

impl utoipa::ToSchema for ApiProblem {
    fn name() -> std::borrow::Cow<'static, str> {
        "Problem".into()
    }
}
