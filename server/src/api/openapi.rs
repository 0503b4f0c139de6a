//! The description of the API: OpenAPI 3.1, made from what stands beside each handler.
//!
//! `docs/openapi.json` is its committed form; `server/tests/openapi.rs` holds the two together, and the route table to both.

use super::commands::{acts, list as asked, sync};
use super::{
    audit, events, export, history, indicators, market, nights, runs, schedule, status, store_event, symbols,
};
use crate::router::routes;
use axum::Json;
use domain::permission::Permission;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

/// What is described.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Closing Bell",
        description = "The control room for nightly market-data processing. Moments are UTC, nights are dates on the exchange's clock. What is refused has a stable `code` and a sentence.",
        license(name = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    tags(
        (name = "processing", description = "What the old system served, under the same paths"),
        (name = "commands", description = "What is asked of the producer, and what became of it; what changes anything is for operators"),
        (name = "runs", description = "Runs and what belongs to them"),
        (name = "nights", description = "Nights rather than runs"),
        (name = "events", description = "The log of everything that was heard"),
        (name = "audit", description = "Who did what; for admins who are signed in"),
        (name = "operation", description = "For operators")
    ),
    paths(
        status::status, store_event::store_event, history::history, indicators::stats, indicators::latest,
        market::calendar, market::status, schedule::told, schedule::change,
        acts::run, acts::cancel, acts::import, acts::retry, acts::indicators, acts::patterns, acts::accept,
        sync::trigger, sync::status, sync::history, sync::stats, asked::list, asked::one,
        runs::list, runs::one, runs::symbols, runs::problems, events::of_run,
        nights::list, nights::compare, nights::trends, symbols::nights,
        events::list, events::one, audit::list, export::audit_csv, export::audit_jsonl,
        export::runs_csv, export::runs_jsonl, export::nights_csv, export::nights_jsonl,
        export::symbols_csv, export::symbols_jsonl, export::problems_csv, export::problems_jsonl,
        export::events_csv, export::events_jsonl, export::compare_csv, export::compare_jsonl,
        export::trends_csv, export::trends_jsonl, export::symbol_nights_csv, export::symbol_nights_jsonl,
        description, super::healthz, super::readyz, super::metrics
    )
)]
struct Api;

/// The description as it is served and committed.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Api::openapi();
    guarded(&mut document);
    let operations = document.paths.paths.values_mut().filter_map(|item| item.get.as_mut());
    for (status, response) in operations.flat_map(|operation| &mut operation.responses.responses) {
        // What is said of a status everywhere is said here, and not beside each handler.
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = told(status).to_owned();
        }
    }
    document
}

/// Says of each operation who may use it, and how who may not is answered: by the route table, which is what is enforced.
fn guarded(document: &mut utoipa::openapi::OpenApi) {
    const SCHEME: &str = "token";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer));
    let routes = routes();
    for (path, item) in &mut document.paths.paths {
        let Some(route) = routes.iter().find(|route| route.path == path) else { continue };
        let operations = [(item.get.as_mut(), route.permission), (item.post.as_mut(), route.changes)];
        for (operation, permission) in operations {
            let Some(operation) = operation.filter(|_| permission != Permission::Public) else { continue };
            operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
            let needs = format!("It needs {}.", permission.needs());
            for (status, words) in
                [("401", "Nobody is signed in, or the token is none that is good."), ("403", &needs)]
            {
                let content = Content::new(Some(Ref::from_schema_name("Refusal")));
                let response = ResponseBuilder::new().description(words).content("application/json", content);
                let responses = &mut operation.responses.responses;
                responses.entry(status.to_owned()).or_insert_with(|| response.build().into());
            }
        }
    }
}

/// What a status means, wherever it is answered.
fn told(status: &str) -> &'static str {
    match status {
        "400" => "A parameter cannot be understood; `field` names it.",
        "404" => "Nothing of that name is kept.",
        "503" => "The database does not answer now, or the server is stopping.",
        _ => "As asked.",
    }
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "openapi", tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
