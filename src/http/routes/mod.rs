//! The routes, one noun a file, and the OpenAPI document that comes from them.

mod act;
mod basket;
mod cashier;
mod changes;
mod drawer;
mod live;
mod receipts;
mod refunds;
mod reports;
mod sales;
mod status;
mod suspended;

use super::OPENAPI_PATH;
use super::problem::{ApiProblem, METHOD};
use super::state::Context;
use axum::Router;
use axum::http::StatusCode;
use std::sync::Arc;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApiBuilder, SecurityRequirement};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use act::carry_out;
pub(super) use receipts::picture;

pub(super) type Shared = Arc<Context>;

const BEARER: &str = "machine_token";

/// The routes of the API, without their guard.
pub(super) fn router(context: Shared) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .merge(super::counter_page::router())
        .merge(super::customer_page::router())
        .method_not_allowed_fallback(async || {
            let detail = "this route takes another method; see /v1/openapi.json";
            ApiProblem::new(METHOD, "Wrong method", StatusCode::METHOD_NOT_ALLOWED, detail)
        })
        .fallback(async || ApiProblem::not_found("there is no such route; see /v1/openapi.json"))
        .with_state(context)
}

/// The OpenAPI document of the API as JSON, for docs/openapi.json and [`OPENAPI_PATH`].
pub fn openapi() -> String {
    let (_, document) = described().split_for_parts();
    document.to_pretty_json().expect("the document holds only text and numbers")
}

fn described() -> OpenApiRouter<Shared> {
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Evertill till API")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "The local API of a till, on loopback only. Send the content of `api.token` in the till's data folder as \
                     bearer token, and an `Idempotency-Key` with every POST: the same key gets the first result again.",
                ))
                .build(),
        )
        .security(Some([SecurityRequirement::new(BEARER, [""; 0])]))
        .build();
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, scheme);
    components.schemas.insert(ApiProblem::name().into_owned(), ApiProblem::schema());
    OpenApiRouter::with_openapi(document)
        .routes(routes!(status::status))
        .routes(routes!(basket::show))
        .routes(routes!(basket::scan))
        .routes(routes!(basket::void_line))
        .routes(routes!(basket::tender))
        .routes(routes!(basket::abandon))
        .routes(routes!(changes::search))
        .routes(routes!(changes::quantity))
        .routes(routes!(changes::discount))
        .routes(routes!(changes::no_discount))
        .routes(routes!(changes::age))
        .routes(routes!(changes::voucher))
        .routes(routes!(suspended::list))
        .routes(routes!(suspended::suspend))
        .routes(routes!(suspended::recall))
        .routes(routes!(cashier::show))
        .routes(routes!(cashier::sign_on))
        .routes(routes!(cashier::sign_off))
        .routes(routes!(cashier::unlock))
        .routes(routes!(drawer::open))
        .routes(routes!(drawer::cash))
        .routes(routes!(drawer::no_sale))
        .routes(routes!(drawer::close))
        .routes(routes!(refunds::refund))
        .routes(routes!(refunds::void))
        .routes(routes!(reports::show))
        .routes(routes!(reports::x))
        .routes(routes!(reports::z))
        .routes(routes!(reports::z_copy))
        .routes(routes!(sales::sale))
        .routes(routes!(receipts::receipt))
        .routes(routes!(receipts::copy))
        .routes(routes!(receipts::settle_paper))
        .routes(routes!(live::events))
        .route(OPENAPI_PATH, axum::routing::get(status::document))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_post_asks_for_an_idempotency_key_and_no_get_does() {
        let document: serde_json::Value = serde_json::from_str(&openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.len() >= 9, "{}", paths.len());
        for (path, methods) in paths {
            for (method, operation) in methods.as_object().unwrap() {
                let asks = operation["parameters"].to_string().contains("Idempotency-Key");
                assert_eq!(asks, method == "post", "{method} {path}");
                assert!(matches!(method.as_str(), "get" | "post"), "{method} {path}");
            }
        }
    }
}
