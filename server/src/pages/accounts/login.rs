//! Signing in and out, without script.

use super::{Posted, from_where, retry_after};
use crate::auth::{self, Caller, Refusal, SigningIn};
use crate::clock;
use crate::pages::{cookie, unkept};
use crate::state::App;
use ::app::accounts::{Login, login};
use axum::body::Bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use tower_sessions::Session;

/// Where one goes who does not say where.
const HOME: &str = "/";
/// An address to go back to is no longer than this.
const LONGEST: usize = 1_000;

/// The page.
pub async fn page(State(app): State<App>, caller: Option<Extension<Caller>>, request: Request) -> Response {
    let query = Posted::read(&Bytes::copy_from_slice(request.uri().query().unwrap_or_default().as_bytes()));
    let to = local(query.get("to"));
    if caller.is_some() {
        return Redirect::to(&app.at(&to)).into_response();
    }
    let why = match query.get("why") {
        "idle" => {
            Some(auth::Why::Idle(i64::from(app.config.sign_in_idle_minutes) * domain::time::MINUTE).words())
        }
        "expired" => Some(auth::Why::Expired.words()),
        "signed_out" => Some(auth::Why::SignedOut.words()),
        "password" => Some(auth::Why::Password.words()),
        "disabled" => Some(auth::Why::Disabled.words()),
        _ => None,
    };
    answer(&app, request.headers(), StatusCode::OK, Login { to, why, ..Login::default() })
}

/// Signs in, and goes where one wanted to go.
pub async fn sign_in(State(app): State<App>, session: Session, request: Request) -> Response {
    let address = from_where(&app, request.extensions(), request.headers());
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 16 << 10).await else {
        return crate::error::ApiError::BrokenBody.into_response();
    };
    let form = Posted::read(&body);
    let to = local(form.get("to"));
    let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let asked = SigningIn {
        name: form.get("name").to_owned(),
        password: form.get("password").to_owned(),
        stays: form.get("stays") == "yes",
        address,
        agent: agent.unwrap_or_default().to_owned(),
    };
    let name = domain::decode::clean(asked.name.trim(), 64);
    let Err(refusal) = auth::sign_in(&app, &session, asked, clock::now()).await else {
        return Redirect::to(&app.at(&to)).into_response();
    };
    let status = match refusal {
        Refusal::Wrong => StatusCode::UNAUTHORIZED,
        Refusal::Slow(_) => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let page = Login { to, wrong: Some(refusal.to_string()), name, ..Login::default() };
    let mut response = answer(&app, &parts.headers, status, page);
    if let Refusal::Slow(wait) = refusal {
        retry_after(&mut response, wait);
    }
    response
}

/// Signs out, and shows where one can sign in again.
pub async fn sign_out(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    session: Session,
    request: Request,
) -> Response {
    let address = from_where(&app, request.extensions(), request.headers());
    let entry = caller.did(address, "sign_out", "");
    auth::sign_out(&app, &session, &caller, entry).await;
    Redirect::to(&app.at("/login")).into_response()
}

/// An address of ours to go to: nothing that a browser could read as one of elsewhere.
fn local(to: &str) -> String {
    let plain = to.len() <= LONGEST && to.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/login");
    if plain && ours { to.to_owned() } else { HOME.to_owned() }
}

fn answer(app: &App, headers: &HeaderMap, status: StatusCode, page: Login) -> Response {
    let theme = cookie(headers, "cb_theme").filter(|theme| matches!(theme.as_str(), "light" | "dark"));
    let environment = app.config.environment.clone().map(|label| domain::decode::clean(&label, 16));
    let page = Login { theme, environment, ..page };
    unkept(app, (status, Html(login(&page, &app.assets))))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(local("/admin/history?verdict=failed"), "/admin/history?verdict=failed");
        for other in [
            "",
            "admin",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a b",
            "/login?to=/login",
            "/a\r\nSet-Cookie: x",
            "\\\\evil.example",
            "/\u{e9}",
        ] {
            assert_eq!(local(other), "/", "{other}");
        }
    }
}
