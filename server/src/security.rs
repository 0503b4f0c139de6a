//! Who may ask at all: the Host check on every request, the Origin check on the socket and on what is posted, and the headers of
//! every answer.
//!
//! Loopback is not private: any web page can make a browser ask 127.0.0.1, by its own name (DNS rebinding) or from its own
//! origin. So a request is answered only under a name of ours, and the socket only to a page of ours.

use crate::auth::address::by_tls;
use crate::error::ApiError;
use crate::state::App;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};

/// Refuses requests for a host that this server is not.
pub async fn check_host(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = named.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    if named.is_some_and(|host| is_ours(host, app.bound) || is_named(host, &app.config.hosts)) {
        next.run(request).await
    } else {
        ApiError::WrongHost.into_response()
    }
}

/// A loopback name or address with our port, or the very address that we listen on.
fn is_ours(host: &str, bound: SocketAddr) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name, digits.parse::<u16>().ok())
        }
        _ => (host, Some(80)),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    let ours = address.is_ok_and(|address| address.is_loopback() || address == bound.ip());
    given == Some(bound.port()) && (ours || bare.eq_ignore_ascii_case("localhost"))
}

/// A name that a setting gives us: with its port, or under any.
fn is_named(host: &str, names: &[String]) -> bool {
    let bare = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let bare = bare.map_or(host, |(name, _)| name);
    names
        .iter()
        .map(|name| name.trim())
        .any(|name| !name.is_empty() && (name.eq_ignore_ascii_case(host) || name.eq_ignore_ascii_case(bare)))
}

/// Whether a request comes from a page of ours. No Origin at all is a script on this machine, not a page.
#[must_use]
pub fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match (origin.to_str(), host) {
        (Ok(origin), Some(host)) => origin.split_once("://").is_some_and(|(scheme, rest)| {
            matches!(scheme, "http" | "https") && rest.eq_ignore_ascii_case(host)
        }),
        _ => false,
    }
}

/// Whether what changes something comes from a page of ours, by the browser's word. Who says neither where from nor how is no
/// browser of this age: refused.
#[must_use]
pub fn from_our_page(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin") => same_origin(headers),
        Some(_) => false,
        None => headers.contains_key(header::ORIGIN) && same_origin(headers),
    }
}

/// Headers of every answer. Pages bring their own Content-Security-Policy. Scripts, styles and fonts are no
/// documents: what is about framing and loading says nothing about them, and would be a tenth of their first bytes.
pub async fn add_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    const FIXED: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let file = ["/pkg/", "/fonts/"].iter().any(|folder| request.uri().path().starts_with(folder));
    let tls = by_tls(&app.config.trusted_proxies, request.extensions(), request.headers());
    let mut response = next.run(request).await;
    if tls {
        secure(response.headers_mut());
    }
    if file && response.status().is_success() {
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        return response;
    }
    for (name, value) in FIXED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let headers = response.headers_mut();
    // What somebody may see stays with nobody who signs out.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
    }
    response
}

/// The browser speaks TLS with a proxy of ours: it shall do so from now on, and our cookies go no other way.
fn secure(headers: &mut HeaderMap) {
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    );
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let secured =
            cookie.to_str().ok().and_then(|text| HeaderValue::from_str(&format!("{text}; Secure")).ok());
        headers.append(header::SET_COOKIE, secured.unwrap_or(cookie));
    }
}

/// The policy of our pages. The one inline script is named by its hash: a page that is handed to many has no secret in it,
/// and nothing that finds its way into a page can be that script.
#[must_use]
pub fn page_policy(script: &str) -> HeaderValue {
    let hash = BASE64.encode(Sha256::digest(script));
    let policy = format!(
        "default-src 'none'; script-src 'self' 'sha256-{hash}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    // Base64 and words: always a header. Without one nothing at all could be loaded, which is safe.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_ours() {
        let bound = SocketAddr::from(([127, 0, 0, 1], 3000));
        for ours in ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000", "127.0.0.2:3000"] {
            assert!(is_ours(ours, bound), "{ours}");
        }
        for other in [
            "evil.example:3000",
            "127.0.0.1:3001",
            "127.0.0.1",
            "localhost.evil.example:3000",
            "",
            "10.0.0.1:3000",
        ] {
            assert!(!is_ours(other, bound), "{other}");
        }
    }

    #[test]
    fn an_origin_must_be_the_host() {
        let headers = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:3000"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            headers
        };
        assert!(same_origin(&headers(None)));
        assert!(same_origin(&headers(Some("http://127.0.0.1:3000"))));
        for other in ["http://evil.example", "null", "http://127.0.0.1:3001", "file://127.0.0.1:3000"] {
            assert!(!same_origin(&headers(Some(other))), "{other}");
        }
    }

    #[test]
    fn names_of_ours_are_settings() {
        let names = ["bell.example.com".to_owned(), " other.example.com:8443".to_owned(), String::new()];
        for ours in ["bell.example.com", "BELL.example.com:443", "other.example.com:8443"] {
            assert!(is_named(ours, &names), "{ours}");
        }
        for other in ["other.example.com", "bell.example.com.evil.example", "", "evil.example", ":80"] {
            assert!(!is_named(other, &names), "{other}");
        }
    }

    #[test]
    fn what_changes_something_comes_from_a_page_of_ours() {
        let told = |pairs: &[(&'static str, &'static str)]| {
            let mut headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1:3000"))]);
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            headers
        };
        let ours = ("origin", "http://127.0.0.1:3000");
        assert!(from_our_page(&told(&[("sec-fetch-site", "same-origin"), ours])));
        assert!(from_our_page(&told(&[ours])), "a browser without Sec-Fetch-Site");
        assert!(!from_our_page(&told(&[])), "both are missing");
        assert!(!from_our_page(&told(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://evil.example")
        ])));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!from_our_page(&told(&[("sec-fetch-site", site), ours])), "{site}");
        }
    }
}
