//! Signing in, staying so, and what ends it: through the real process, by the forms and sockets that people and programs use.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::Value;
use std::time::{Duration, Instant};
use support::database::{database, number};
use support::people::{Asker, cookie_of, header_of, status};
use support::{PASSWORD, Redis, Server, Socket};

async fn sees(server: &Server, who: &Asker) -> bool {
    let (head, _) = server.request("/admin/history", &[("Accept", "text/html"), who.header()]).await;
    status(&head) == 200
}

async fn change(server: &Server, statement: &str) {
    let pool = database(&server.database).await;
    assert!(sqlx::query(statement).execute(&pool).await.unwrap().rows_affected() > 0, "{statement}");
    pool.close().await;
}

#[tokio::test]
async fn whoever_signs_in_comes_back_to_where_they_were_and_whoever_signs_out_is_out() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let nobody = Asker::anonymous();
    let html = ("Accept", "text/html");
    let (head, _) = server.request("/admin/history?verdict=failed", &[html, nobody.header()]).await;
    assert_eq!(header_of(&head, "location"), Some("/login?to=%2Fadmin%2Fhistory%3Fverdict%3Dfailed"));
    let (head, page) =
        server.request("/login?to=%2Fadmin%2Fhistory%3Fverdict%3Dfailed", &[html, nobody.header()]).await;
    assert_eq!(status(&head), 200);
    assert!(page.contains(r#"name="to" value="/admin/history?verdict=failed""#), "{page}");
    assert!(!page.contains("<script"), "it needs none: {page}");
    let to = [("to", "/admin/history?verdict=failed")];
    let typed = [("name", "admin"), ("password", "not the password")];
    let (head, page) = server.submit("/login", &nobody, &[&typed[..], &to[..]].concat()).await;
    assert_eq!((status(&head), cookie_of(&head)), (401, None));
    assert!(page.contains("Name or password is wrong.") && page.contains(r#"value="admin""#), "{page}");
    let typed = [("name", " Admin "), ("password", PASSWORD)];
    let (head, _) = server.submit("/login", &nobody, &[&typed[..], &to[..]].concat()).await;
    assert_eq!((status(&head), header_of(&head, "location")), (303, Some("/admin/history?verdict=failed")));
    let set = header_of(&head, "set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
    assert!(!set.contains("Max-Age"), "it goes with the browser: {set}");
    let admin = Asker::cookie("admin", &cookie_of(&head).unwrap());
    assert!(sees(&server, &admin).await);
    // Its own, told apart by more than chance: neither a changed cookie nor one of the table is worth anything.
    let pool = database(&server.database).await;
    let kept: String = sqlx::query_scalar("SELECT id FROM sign_ins").fetch_one(&pool).await.unwrap();
    pool.close().await;
    assert!(!sees(&server, &Asker::cookie("thief", &kept)).await, "what is kept is no key");
    let held = admin.header.1.trim_start_matches("cb_sign_in=").to_owned();
    for tampered in
        [format!("{held}A"), held.to_lowercase(), held[1..].to_owned(), format!("{held}; cb_sign_in=x")]
    {
        if tampered != held {
            let _ = sees(&server, &Asker::cookie("tampered", &tampered)).await;
        }
    }
    assert!(!sees(&server, &Asker::cookie("tampered", &held[1..])).await);
    let (head, _) = server.submit("/logout", &admin, &[]).await;
    assert_eq!((status(&head), header_of(&head, "location")), (303, Some("/login")));
    assert!(header_of(&head, "set-cookie").unwrap().contains("Max-Age=0"), "{head}");
    assert!(!sees(&server, &admin).await, "also for whoever kept the cookie");
}

#[tokio::test]
async fn a_cookie_that_was_planted_is_not_the_one_that_is_signed_in() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let planted = Asker::cookie("planted", "YmVuY2htYXJrYmVuY2htYQ");
    let (head, _) = server.submit("/login", &planted, &[("name", "admin"), ("password", PASSWORD)]).await;
    let given = cookie_of(&head).unwrap();
    assert_ne!(given, "YmVuY2htYXJrYmVuY2htYQ");
    assert!(!sees(&server, &planted).await);
    assert!(sees(&server, &Asker::cookie("admin", &given)).await);
    // Whoever signs in again has another, and the first is over.
    let first = Asker::cookie("admin", &given);
    let (head, _) = server.submit("/login", &first, &[("name", "admin"), ("password", PASSWORD)]).await;
    let second = Asker::cookie("admin", &cookie_of(&head).unwrap());
    assert!(sees(&server, &second).await);
    let pool = database(&server.database).await;
    assert_eq!(number(&pool, "SELECT COUNT(*) FROM sign_ins WHERE ended IS NULL").await, 1);
    pool.close().await;
}

/// Opens a socket, does something, and returns the code with which it is closed and how long that took.
async fn closes(server: &Server, who: &Asker, act: impl AsyncFnOnce()) -> (u64, Duration) {
    let name = if who.header.0 == "Cookie" { "cookie" } else { "authorization" };
    let mut socket = Socket::open(server.port, None, &[(name, &who.header.1)]).await.unwrap();
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.frame("board").await;
    act().await;
    let since = Instant::now();
    loop {
        if let Some(code) = socket.next().await["closed"].as_u64() {
            return (code, since.elapsed());
        }
    }
}

#[tokio::test]
async fn what_takes_a_right_away_closes_the_sockets_within_a_second_and_says_why() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    // The machine may be busy; a second is what the server waits at most.
    let soon = Duration::from_secs(4);
    let token = server.token("reader", "read").await;
    let listed = server.command(&["token", "list"]).await;
    let id =
        listed.lines().find(|line| line.ends_with("reader")).unwrap().split(' ').next().unwrap().to_owned();
    let (code, took) = closes(&server, &token, async || {
        server.command(&["token", "revoke", &id]).await;
    })
    .await;
    assert!(code == 4401 && took < soon, "{code} after {took:?}");
    let ann = server.person("ann", "operator").await;
    let (code, took) = closes(&server, &ann, async || {
        server.command(&["user", "role", "ann", "viewer"]).await;
    })
    .await;
    assert!(code == 4403 && took < soon, "other rights: the page is loaded again. {code} after {took:?}");
    assert!(sees(&server, &ann).await, "with what she still may");
    let (code, took) = closes(&server, &ann, async || {
        server.command(&["user", "disable", "ann"]).await;
    })
    .await;
    assert!(code == 4403 && took < soon, "{code} after {took:?}");
    assert!(!sees(&server, &ann).await);
    let bob = server.person("bob", "viewer").await;
    let (code, took) = closes(&server, &bob, async || {
        change(&server, "UPDATE sign_ins SET seen = 1, until = until + 1 WHERE user_id = (SELECT id FROM users WHERE key = 'bob')").await;
    })
    .await;
    assert!(code == 4401 && took < soon, "idle: {code} after {took:?}");
    let (head, _) = server.request("/admin/history", &[("Accept", "text/html"), bob.header()]).await;
    assert_eq!(header_of(&head, "location"), Some("/login?to=%2Fadmin%2Fhistory&why=idle"));
    let (_, page) = server.request("/login?why=idle", &[support::ANONYMOUS]).await;
    assert!(page.contains("You are signed out (idle for 8 h)."), "{page}");
    let (code, _) = closes(&server, &server.admin().await, async || {
        change(
            &server,
            "UPDATE sign_ins SET until = 1 WHERE user_id = (SELECT id FROM users WHERE key = 'admin')",
        )
        .await;
    })
    .await;
    assert_eq!(code, 4401);
}

#[tokio::test]
async fn the_first_password_is_printed_once_and_must_be_changed() {
    let redis = Redis::start().await;
    let (server, printed) = Server::start_first(&redis).await;
    let words: Vec<&str> = printed.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "password").unwrap();
    let admin = Asker::cookie("admin", &server.sign_in("admin", words[at + 1]).await);
    let (head, _) = server.request("/admin/history", &[("Accept", "text/html"), admin.header()]).await;
    assert_eq!(header_of(&head, "location"), Some("/account?choose=1"), "{head}");
    let (head, body) = server.request("/api/runs", &[admin.header()]).await;
    assert!(status(&head) == 403 && body.contains("must_change_password"), "{body}");
    let refused = Socket::open(server.port, None, &[("cookie", &admin.header.1)]).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_page_of_elsewhere_changes_nothing() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let admin = server.admin().await;
    let own = format!("http://127.0.0.1:{}", server.port);
    let told: [&[(&str, &str)]; 6] = [
        &[],
        &[("Origin", "http://evil.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", &own)],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "none")],
    ];
    for headers in told {
        let headers = [headers, &[admin.header()]].concat();
        let (head, body) = server.post("/logout", &headers, b"").await;
        assert!(status(&head) == 403 && body.contains("cross_site"), "{headers:?}: {head}");
        let login = [&headers[..headers.len() - 1], &[support::ANONYMOUS]].concat();
        let (head, _) = server.post("/login", &login, b"name=admin&password=x").await;
        assert_eq!(status(&head), 403, "nobody is signed in as somebody else: {headers:?}");
    }
    assert!(sees(&server, &admin).await);
    // Opened by a page of elsewhere, a socket would be read by it.
    let held = admin.header.1.clone();
    let opened = Socket::open(server.port, Some("http://evil.example"), &[("cookie", &held)]).await;
    assert!(opened.is_err());
}
