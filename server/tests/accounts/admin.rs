//! What an admin does with users and tokens, and what nobody else may.

use crate::support::database::database;
use crate::support::{ANONYMOUS, PASSWORD, Server};
use crate::{Browser, somebody, stage};
use sqlx::Row;

/// The form of a user.
pub async fn user(server: &Server, name: &str) -> String {
    format!("/admin/users/{}", id(server, "users", name).await)
}

/// The form of a token.
pub async fn token(server: &Server, name: &str) -> String {
    format!("/admin/tokens/{}", id(server, "tokens", name).await)
}

/// From the database: where nothing can be done the page has no form.
async fn id(server: &Server, table: &str, name: &str) -> String {
    let question = format!("SELECT id FROM {table} WHERE name = '{name}'");
    sqlx::query(&question).fetch_one(&database(&server.database).await).await.unwrap().get(0)
}

async fn status_with(server: &Server, token: &str) -> u16 {
    let authorization = format!("Bearer {token}");
    let (head, _) = server.request("/api/runs", &[("Authorization", &authorization)]).await;
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_user_is_added_given_a_role_disabled_and_let_in_again() {
    let (_redis, server) = stage().await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    for (name, role, wrong) in [
        ("", "viewer", "It must have 1 to 64 characters."),
        ("a<b>", "viewer", "It may have letters, digits, spaces"),
        ("token x", "viewer", "It must be nobody else"),
        ("ADMIN", "viewer", "There is somebody of that name"),
        ("ann", "king", "It is viewer, operator or admin."),
    ] {
        admin.post("/admin/users", &[("name", name), ("role", role)]).await.says(400, wrong);
    }
    let added = admin.post("/admin/users", &[("name", "ann"), ("role", "viewer")]).await;
    let password = added.secret();
    assert!(!admin.get("/admin/users").await.body.contains(&password), "it was shown once");
    let ann = Browser::signed_in(&server, "ann", &password).await;
    assert_eq!(ann.get("/admin/users").await.leads_to(), "/account?choose=1");
    let address = user(&server, "ann").await;
    let fields = [("do", "role"), ("role", "operator")];
    assert_eq!(admin.post(&address, &fields).await.leads_to(), "/admin/users?done=role");
    assert_eq!(admin.post(&address, &fields).await.leads_to(), "/admin/users?done=same");
    admin.get("/admin/users?done=role").await.says(200, "The role is changed.");
    // A new password ends what there was.
    let second = admin.post(&address, &[("do", "password")]).await.secret();
    assert!(ann.get("/account").await.leads_to().ends_with("why=password"));
    let ann = Browser::signed_in(&server, "ann", &second).await;
    assert_eq!(admin.post(&address, &[("do", "disable")]).await.leads_to(), "/admin/users?done=disabled");
    assert!(ann.get("/account").await.leads_to().ends_with("why=disabled"));
    assert_eq!(admin.post(&address, &[("do", "enable")]).await.leads_to(), "/admin/users?done=enabled");
    assert!(ann.get("/account").await.leads_to().contains("why="), "what was ended stays ended");
    Browser::signed_in(&server, "ann", &second).await;
    admin.post(&address, &[("do", "role"), ("role", "king")]).await.says(400, "The role is viewer");
    admin.post(&address, &[("do", "erase")]).await.says(400, "The form does not say what to do");
    admin.post("/admin/users/nobody", &[("do", "disable")]).await.says(404, "Nothing is kept");
    assert_eq!(admin.get(&address).await.leads_to(), "/admin/users");
}

#[tokio::test]
async fn who_is_disabled_or_given_another_role_is_cut_off_while_the_page_is_open() {
    let (_redis, server) = stage().await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    let ann = somebody(&server, "ann", "viewer").await;
    let address = user(&server, "ann").await;
    for task in ["role", "disable"] {
        let mut socket = ann.socket().await;
        admin.post(&address, &[("do", task), ("role", "operator")]).await.leads_to();
        let closed = loop {
            let message = socket.next().await;
            if message.get("closed").is_some() || message.get("broken").is_some() {
                break message;
            }
        };
        assert_eq!(closed["closed"], 4403, "{task}: the page is to be loaded again");
    }
}

#[tokio::test]
async fn somebody_is_left_who_administers() {
    let (_redis, server) = stage().await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    let address = user(&server, "admin").await;
    admin.post(&address, &[("do", "disable")]).await.says(400, "You can’t disable yourself.");
    admin.post(&address, &[("do", "password")]).await.says(400, "Your own password is chosen");
    let demote = [("do", "role"), ("role", "viewer")];
    admin.post(&address, &demote).await.says(400, "somebody must be left who administers");
    let other = somebody(&server, "zoe", "admin").await;
    // Of two each may go, and then not the other.
    assert_eq!(other.post(&address, &demote).await.leads_to(), "/admin/users?done=role");
    admin.get("/admin/users").await.says(403, "This needs the role admin.");
    let own = user(&server, "zoe").await;
    other.post(&own, &demote).await.says(400, "somebody must be left who administers");
}

#[tokio::test]
async fn a_token_is_made_used_and_revoked() {
    let (_redis, server) = stage().await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    for (name, scope, days, wrong) in [
        ("", "read", "90", "It must have 1 to 64 characters"),
        ("ci", "admin", "90", "It is read, operate or ingest."),
        ("ci", "read", "0", "It must be a whole number from 1 to 3650."),
        ("ci", "read", "3651", "It must be a whole number from 1 to 3650."),
        ("ci", "read", "", "It must be a whole number from 1 to 3650."),
    ] {
        let fields = [("name", name), ("scope", scope), ("days", days)];
        admin.post("/admin/tokens", &fields).await.says(400, wrong);
    }
    let made = admin.post("/admin/tokens", &[("name", "ci"), ("scope", "read"), ("days", "30")]).await;
    let secret = made.secret();
    made.says(
        200,
        &format!("curl -H 'Authorization: Bearer {secret}' 'http://127.0.0.1:{}/api", server.port),
    );
    assert_eq!(status_with(&server, &secret).await, 200);
    assert!(!admin.get("/admin/users").await.body.contains(&secret), "it was shown once");
    let address = token(&server, "ci").await;
    assert_eq!(admin.post(&address, &[("do", "revoke")]).await.leads_to(), "/admin/users?done=revoked");
    assert_eq!(status_with(&server, &secret).await, 401);
    assert_eq!(admin.post(&address, &[("do", "revoke")]).await.leads_to(), "/admin/users?done=same");
    admin.post("/admin/tokens/none", &[("do", "revoke")]).await.says(404, "Nothing is kept");
}

#[tokio::test]
async fn nobody_else_manages() {
    let (_redis, server) = stage().await;
    let address = user(&server, "admin").await;
    let posts = ["/admin/users", address.as_str(), "/admin/tokens", "/admin/tokens/x"];
    let pages = ["/admin/users", "/admin/audit", "/api/audit", "/api/audit.csv", "/api/audit.jsonl"];
    for (name, role) in [("ann", "viewer"), ("oscar", "operator")] {
        let somebody = somebody(&server, name, role).await;
        for path in posts {
            assert_eq!(somebody.post(path, &[("do", "disable")]).await.status, 403, "{role} {path}");
        }
        for path in pages {
            assert_eq!(somebody.get(path).await.status, 403, "{role} {path}");
        }
    }
    for path in pages {
        let (head, _) = server.request(path, &[]).await;
        assert!(head.starts_with("HTTP/1.1 403"), "a token at {path}: {head}");
        let (head, _) = server.request(path, &[ANONYMOUS]).await;
        assert!(head.starts_with("HTTP/1.1 401"), "nobody at {path}: {head}");
    }
    for path in ["/account", "/account/password"] {
        let (head, _) = server.post(path, &[], b"").await;
        assert!(!head.starts_with("HTTP/1.1 2"), "a token is nobody's account: {head}");
    }
}
