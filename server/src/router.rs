//! All routes, in one table of ours: path, method, who may, handler. axum cannot list its routes; this table can, so
//! permissions, documentation and tests all read it.

use crate::api::commands::{acts, sync};
use crate::auth::{self, Gate, guard};
use crate::error::ApiError;
use crate::pages::{accounts, schedule};
use crate::state::App;
use crate::{api, live, pages, security};
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, any, get, post};
use domain::permission::Permission;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// One route.
#[derive(Debug)]
pub struct Route {
    /// Its path.
    pub path: &'static str,
    /// Who may.
    pub permission: Permission,
    /// Who may change something there.
    pub changes: Permission,
    /// The largest body that it takes, in bytes.
    pub body: usize,
    handler: MethodRouter<App>,
}

/// The largest body, unless a route says otherwise.
const BODY: usize = 64 << 10;

/// Every route but static files.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Permission::{Administer, Ingest, Operate, Own, Public, View};
    let route =
        |path, permission, handler| Route { path, permission, changes: permission, body: BODY, handler };
    // What may name symbols.
    let long =
        |path, permission, handler| Route { body: api::commands::BODY, ..route(path, permission, handler) };
    vec![
        // For people.
        route("/", View, get(pages::root)),
        route("/admin/daily-processing", View, get(pages::page)),
        route("/wall", View, get(pages::page)),
        route("/admin/channels", View, get(pages::page)),
        route("/admin/runs/{id}", View, get(pages::page)),
        route("/admin/history", View, get(pages::page)),
        route("/admin/trends", View, get(pages::page)),
        route("/admin/compare", View, get(pages::page)),
        route("/admin/events", View, get(pages::page)),
        route("/admin/symbols/{symbol}", View, get(pages::page)),
        // What was asked of the producer, and asking it.
        route("/admin/commands", View, get(pages::page)),
        Route {
            body: pages::commands::BODY,
            ..route("/admin/commands/new", Operate, get(pages::commands::ask).post(pages::commands::submit))
        },
        route("/admin/commands/{id}", View, get(pages::page)),
        route("/admin/producer/ask", Operate, post(pages::commands::ask_producer)),
        // When runs are due.
        route("/admin/schedule", View, get(pages::page)),
        route("/admin/schedule/entries/new", Administer, get(schedule::edit::new).post(schedule::edit::add)),
        route(
            "/admin/schedule/entries/{id}",
            Administer,
            get(schedule::edit::edit).post(schedule::edit::change),
        ),
        route("/admin/schedule/preview", Administer, get(schedule::edit::preview)),
        route("/admin/schedule/skip", Administer, get(schedule::skip::ask).post(schedule::skip::submit)),
        route("/admin/schedule/all", Administer, post(schedule::acts::all).get(schedule::home)),
        route("/admin/schedule/by", Administer, post(schedule::acts::by).get(schedule::home)),
        route("/admin/schedule/producer", Administer, post(schedule::acts::producer).get(schedule::home)),
        // For whoever is nobody yet, and for their own account.
        route("/login", Public, get(accounts::login::page).post(accounts::login::sign_in)),
        route("/logout", Own, post(accounts::login::sign_out)),
        route("/account", Own, get(accounts::account::page)),
        route("/account/password", Own, post(accounts::account::password).get(accounts::account::home)),
        route("/account/sign-ins", Own, post(accounts::account::sign_ins).get(accounts::account::home)),
        // For admins.
        route("/admin/users", Administer, get(pages::page).post(accounts::users::add)),
        route("/admin/users/{id}", Administer, post(accounts::users::change).get(accounts::users::home)),
        route("/admin/tokens", Administer, post(accounts::tokens::create).get(accounts::users::home)),
        route("/admin/tokens/{id}", Administer, post(accounts::tokens::revoke).get(accounts::users::home)),
        route("/admin/audit", Administer, get(pages::page)),
        // For the browser.
        route("/live", View, get(live::open)),
        // For programs that knew the old system.
        route("/api/processing/daily/status", View, get(api::status)),
        route("/api/processing/daily/history", View, get(api::history::history)),
        route("/api/processing/market/status", View, get(api::market::status)),
        route("/api/processing/market/calendar", View, get(api::market::calendar)),
        Route {
            changes: Administer,
            ..route(
                "/api/processing/daily/schedule",
                View,
                get(api::schedule::told).post(api::schedule::change),
            )
        },
        route("/api/processing/indicators/stats", View, get(api::indicators::stats)),
        route("/api/processing/indicators/latest/{symbol}", View, get(api::indicators::latest)),
        route("/api/processing/cache-sync/status/{job_id}", View, get(sync::status)),
        route("/api/processing/cache-sync/history", View, get(sync::history)),
        route("/api/processing/cache-sync/stats", View, get(sync::stats)),
        route("/api/processing/daily/trigger", Operate, post(acts::run)),
        route("/api/processing/daily/cancel", Operate, post(acts::cancel)),
        route("/api/processing/import/trigger", Operate, post(acts::import)),
        long("/api/processing/import/retry", Operate, post(acts::retry)),
        long("/api/processing/indicators/trigger", Operate, post(acts::indicators)),
        long("/api/processing/patterns/trigger", Operate, post(acts::patterns)),
        route("/api/processing/cache-sync/trigger", Operate, post(sync::trigger)),
        // For programs.
        route("/api/runs/{id}/accept", Operate, post(acts::accept)),
        route("/api/commands", View, get(api::commands::list::list)),
        route("/api/commands/{id}", View, get(api::commands::list::one)),
        route("/api/runs", View, get(api::runs::list)),
        route("/api/runs/{id}", View, get(api::runs::one)),
        route("/api/runs/{id}/symbols", View, get(api::runs::symbols)),
        route("/api/runs/{id}/problems", View, get(api::runs::problems)),
        route("/api/runs/{id}/events", View, get(api::events::of_run)),
        route("/api/nights", View, get(api::nights::list)),
        route("/api/compare", View, get(api::nights::compare)),
        route("/api/trends", View, get(api::nights::trends)),
        route("/api/symbols/{symbol}", View, get(api::symbols::nights)),
        route("/api/events", View, get(api::events::list)),
        route("/api/events/{n}", View, get(api::events::one)),
        route("/api/openapi.json", View, get(api::openapi::description)),
        route("/api/audit", Administer, get(api::audit::list)),
        // As files.
        route("/api/runs.csv", View, get(api::export::runs_csv)),
        route("/api/runs.jsonl", View, get(api::export::runs_jsonl)),
        route("/api/nights.csv", View, get(api::export::nights_csv)),
        route("/api/nights.jsonl", View, get(api::export::nights_jsonl)),
        route("/api/runs/{id}/symbols.csv", View, get(api::export::symbols_csv)),
        route("/api/runs/{id}/symbols.jsonl", View, get(api::export::symbols_jsonl)),
        route("/api/runs/{id}/problems.csv", View, get(api::export::problems_csv)),
        route("/api/runs/{id}/problems.jsonl", View, get(api::export::problems_jsonl)),
        route("/api/events.csv", View, get(api::export::events_csv)),
        route("/api/events.jsonl", View, get(api::export::events_jsonl)),
        route("/api/compare.csv", View, get(api::export::compare_csv)),
        route("/api/compare.jsonl", View, get(api::export::compare_jsonl)),
        route("/api/trends.csv", View, get(api::export::trends_csv)),
        route("/api/trends.jsonl", View, get(api::export::trends_jsonl)),
        route("/api/symbols/{symbol}/nights.csv", View, get(api::export::symbol_nights_csv)),
        route("/api/symbols/{symbol}/nights.jsonl", View, get(api::export::symbol_nights_jsonl)),
        route("/api/audit.csv", Administer, get(api::export::audit_csv)),
        route("/api/audit.jsonl", Administer, get(api::export::audit_jsonl)),
        Route {
            // As large as a message on a channel may be.
            body: domain::decode::MAX_BYTES,
            ..route("/api/admin/processing/store-event", Ingest, post(api::store_event))
        },
        // For operators.
        route("/healthz", Public, get(api::healthz)),
        route("/readyz", View, get(api::readyz)),
        route("/metrics", View, get(api::metrics)),
    ]
}

/// The whole application.
pub fn build(app: App) -> Router {
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    let files =
        |folder: &str| ServeDir::new(app.config.site.join(folder)).precompressed_br().precompressed_gzip();
    let hashed = tower::ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, forever))
        .service(files("pkg"));
    let cookie_path =
        if app.config.base_path.is_empty() { "/".to_owned() } else { app.config.base_path.clone() };
    let mut router = Router::new();
    for route in routes() {
        let limit = RequestBodyLimitLayer::new(route.body);
        let gate = Gate { app: app.clone(), permission: route.permission, changes: route.changes };
        let guarded = route.handler.layer(limit).layer(middleware::from_fn_with_state(gate, guard));
        router = router.route(route.path, guarded);
    }
    let gate = Gate { app: app.clone(), permission: Permission::View, changes: Permission::View };
    let nothing = any(pages::not_found).layer(middleware::from_fn_with_state(gate, guard));
    // For JSON, and pages for the few who do not take brotli: those of all others are compressed once (`pages/shared.rs`).
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(6));
    let inner = router
        .layer(compression)
        .nest_service("/pkg", hashed)
        .nest_service("/fonts", files("fonts"))
        .fallback_service(nothing.with_state(app.clone()))
        .layer(middleware::map_response(in_our_words))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(auth::layer(&app.store, &app.auth, cookie_path))
        .layer(middleware::from_fn_with_state(app.clone(), security::add_headers))
        .layer(middleware::from_fn_with_state(app.clone(), security::check_host));
    under_base(inner, &app).with_state(app)
}

/// The application where a proxy offers it: everything below its path, and nothing elsewhere.
fn under_base(inner: Router<App>, app: &App) -> Router<App> {
    let base = app.config.base_path.as_str();
    if base.is_empty() {
        return inner;
    }
    let home = app.at("/");
    let outside = get(move || async move { Redirect::to(&home) });
    Router::new()
        .nest(base, inner)
        .route("/", outside)
        // As a proxy passes its location on; without the slash it is the nested `/`.
        .route(&format!("{base}/"), get(pages::root))
        .fallback(async || ApiError::NotFound)
        .layer(middleware::from_fn_with_state(app.clone(), security::add_headers))
        .layer(middleware::from_fn_with_state(app.clone(), security::check_host))
}

/// Who sends too much is told so as in every other case: as JSON with a code.
async fn in_our_words(response: Response) -> Response {
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::TooLarge.into_response();
    }
    response
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let said = cause.downcast_ref::<&str>().map(ToString::to_string);
    let said = said.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(said, "a request panicked");
    ApiError::Internal.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signing_in_and_the_health_check_are_public() {
        let public: Vec<_> = routes()
            .into_iter()
            .filter(|route| route.permission == Permission::Public)
            .map(|route| route.path)
            .collect();
        assert_eq!(public, ["/login", "/healthz"]);
    }
}
