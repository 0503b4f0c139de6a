//! Each route of the table, asked by everybody there is, against `domain::permission`: what the table does not allow is refused, and
//! what it allows is not. A route without a permission does not compile; one that is not guarded fails here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::permission::{Grant, Permission, Role, Scope};
use server::router::routes;
use support::people::{Asker, status};
use support::{Redis, Server};

/// What each asker may by the rules; `None`: nothing.
type Asked = (Asker, Option<Grant>);

async fn everybody(server: &Server) -> Vec<Asked> {
    let gone = |asker: Asker| (asker, None);
    let revoked = server.token("revoked", "operate").await;
    let listed = server.command(&["token", "list"]).await;
    let id = listed.lines().find(|line| line.ends_with("revoked")).unwrap().split(' ').next().unwrap();
    server.command(&["token", "revoke", id]).await;
    let expired = server.token("expired", "operate").await;
    let signed_out = server.person("leaver", "admin").await;
    let disabled = server.person("disabled", "admin").await;
    let pool = support::database::database(&server.database).await;
    for statement in [
        "UPDATE tokens SET until = 1 WHERE name = 'expired'",
        "UPDATE sign_ins SET until = 1 WHERE user_id = (SELECT id FROM users WHERE key = 'leaver')",
        "UPDATE users SET disabled = 1 WHERE key = 'disabled'",
    ] {
        assert_eq!(sqlx::query(statement).execute(&pool).await.unwrap().rows_affected(), 1, "{statement}");
    }
    pool.close().await;
    vec![
        gone(Asker::anonymous()),
        gone(Asker::bearer("unknown token", "cb_0123456789012345678901234567890123456789012")),
        gone(Asker::cookie("unknown cookie", "YmVuY2htYXJrYmVuY2htYQ")),
        gone(revoked),
        gone(expired),
        gone(signed_out),
        gone(disabled),
        (server.person("viewer", "viewer").await, Some(Grant::Role(Role::Viewer))),
        (server.person("operator", "operator").await, Some(Grant::Role(Role::Operator))),
        (server.admin().await, Some(Grant::Role(Role::Admin))),
        (server.token("read", "read").await, Some(Grant::Scope(Scope::Read))),
        (server.token("operate", "operate").await, Some(Grant::Scope(Scope::Operate))),
        (server.token("ingest", "ingest").await, Some(Grant::Scope(Scope::Ingest))),
    ]
}

/// Whether an answer says that one may not.
fn is_refusal(status: u16, head: &str) -> bool {
    let to_sign_in = status == 303
        && support::people::header_of(head, "location").is_some_and(|to| to.starts_with("/login"));
    to_sign_in || matches!(status, 401 | 403)
}

#[tokio::test]
async fn every_route_is_for_those_whom_the_table_names_and_for_nobody_else() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let everybody = everybody(&server).await;
    let origin = format!("http://127.0.0.1:{}", server.port);
    for route in routes() {
        // What ends the asker's own sign-in is tried by tests of its own.
        if route.path == "/logout" {
            continue;
        }
        let path = route
            .path
            .replace("{id}", "none")
            .replace("{job_id}", "none")
            .replace("{symbol}", "NONE")
            .replace("{n}", "1");
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            for (asker, grant) in &everybody {
                let needed = if method == "GET" { route.permission } else { route.changes };
                let may = needed == Permission::Public || grant.is_some_and(|grant| grant.may(needed));
                let headers = [
                    ("Accept", "application/json"),
                    ("Origin", origin.as_str()),
                    ("Sec-Fetch-Site", "same-origin"),
                    ("Content-Length", "0"),
                    asker.header(),
                ];
                let (head, _) = server.send(method, &path, &headers, b"").await;
                let status = status(&head);
                // Posting to `/login` without a password is refused as such, and a socket must be asked for as one.
                let login = route.path == "/login";
                // A browser's socket is opened to say so (`4401`), but this is no socket.
                let refused = is_refusal(status, &head) || (path == "/live" && status == 426 && !may);
                // A bad token is refused also where nobody need hold one.
                let bad = asker.header.0 == "Authorization" && grant.is_none();
                if may && !login && !bad {
                    assert!(!refused, "{method} {path} by {}: {head}", asker.name);
                    assert!(status < 500 || status == 503, "{method} {path} by {}: {head}", asker.name);
                }
                if !may {
                    assert!(refused, "{method} {path} by {}: {head}", asker.name);
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_in_the_table_is_there_for_nobody_and_tells_nobody_anything() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let (nobody, viewer) = (Asker::anonymous(), server.person("viewer", "viewer").await);
    let tricks = [
        "//admin/daily-processing",
        "/admin//daily-processing",
        "/admin/../admin/history",
        "/login/../admin/history",
        "/healthz/../admin/history",
        "/%61dmin/history",
        "/admin/history/",
        "/admin/history.json",
        "/ADMIN/HISTORY",
        "/Admin/History",
        "/admin/history;x=1",
        "/admin%2fhistory",
        "/admin/%2e%2e/admin/history",
        "/pkg/../admin/history",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/fonts/..%2f..%2fCargo.toml",
        "/login%00",
        "/api/runs%3f",
        "/sf/anything",
        "/.env",
        "/data/closing-bell.db",
    ];
    for path in tricks {
        let (head, body) = server.request(path, &[nobody.header()]).await;
        assert!(matches!(status(&head), 401 | 404 | 400), "{path}: {head}");
        assert!(!body.contains("snapshot") && !body.contains("[package]"), "{path}: {body}");
        let (head, _) = server.request(path, &[viewer.header()]).await;
        // `%61` is an `a` to everybody, also to the table.
        assert!(matches!(status(&head), 404 | 400 | 200), "{path}: {head}");
    }
    // A method that hides in a header, and one that hides in a form.
    for (name, value) in
        [("X-HTTP-Method-Override", "POST"), ("X-Original-URL", "/healthz"), ("X-Rewrite-URL", "/healthz")]
    {
        let (head, _) = server.request("/admin/history", &[nobody.header(), (name, value)]).await;
        assert!(is_refusal(status(&head), &head), "{name}: {head}");
    }
    // A token counts in its header and nowhere else.
    let token = server.token.clone();
    for path in [format!("/api/runs?token={token}"), format!("/api/runs?access_token={token}")] {
        let (head, _) = server.request(&path, &[nobody.header()]).await;
        assert_eq!(status(&head), 401, "{path}");
    }
}

#[tokio::test]
async fn a_socket_and_each_topic_of_it_are_for_those_who_may_see() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let origin = format!("http://127.0.0.1:{}", server.port);
    for (asker, grant) in everybody(&server).await {
        let may = grant.is_some_and(|grant| grant.may(Permission::View));
        for topic in ["board", "feed", "channels", "run/none", "raw/tickstock:monitoring"] {
            let (name, value) = asker.header();
            let name = match name {
                "Authorization" => "authorization",
                "Cookie" => "cookie",
                _ => "x-nobody",
            };
            let opened = support::Socket::open(server.port, None, &[(name, value)]).await;
            assert_eq!(opened.is_ok(), may, "{} on {topic}", asker.name);
            if let Ok(mut socket) = opened {
                socket.watch(&[topic], &serde_json::Value::Null, 0).await;
                let frame = socket.frame(topic).await;
                assert_eq!(frame["f"], topic, "{}", asker.name);
            }
        }
        if !may && asker.name.ends_with("anonymous") {
            let code = support::Socket::turned_away(server.port, Some(&origin), &[]).await;
            assert_eq!(code, 4401, "a page is told by the socket itself");
        }
    }
}
