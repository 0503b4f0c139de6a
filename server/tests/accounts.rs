//! Accounts by the real process, as a browser without script uses them: signing in, one's own password and sign-ins, users, tokens,
//! and the lines of the audit log that tell of each.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "accounts/admin.rs"]
mod admin;
#[path = "accounts/audit.rs"]
mod audit;
#[path = "accounts/browser.rs"]
mod browser;
mod support;

use browser::Browser;
use support::{PASSWORD, Redis, Server, command_line};

const CHOSEN: &str = "a choice of my own, long";

async fn stage() -> (Redis, Server) {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    (redis, server)
}

/// Somebody who was added by the command line and has chosen a password.
async fn somebody<'a>(server: &'a Server, name: &str, role: &str) -> Browser<'a> {
    let made = command_line(&server.database, &["user", "add", name, "--role", role]).await;
    let browser = Browser::signed_in(server, name, &made).await;
    let fields = [("current", made.as_str()), ("new", CHOSEN), ("again", CHOSEN)];
    assert_eq!(browser.post("/account/password", &fields).await.leads_to(), "/account?done=password");
    browser
}

#[tokio::test]
async fn who_was_given_a_password_chooses_another_before_anything_else() {
    let (_redis, server) = stage().await;
    let made = command_line(&server.database, &["user", "add", "ann", "--role", "viewer"]).await;
    let ann = Browser::signed_in(&server, "ann", &made).await;
    assert_eq!(ann.get("/admin/history").await.leads_to(), "/account?choose=1");
    let page = ann.get("/account?choose=1").await;
    page.says(200, "Choose a password");
    assert!(!page.body.contains("id=\"snapshot\""), "nothing of the board is in it");
    // Each field says what is wrong with it, and nothing is changed.
    for (fields, wrong) in [
        ([made.as_str(), "short", "short"], "It must have at least 12 characters."),
        ([made.as_str(), CHOSEN, "another one entirely"], "It is not the same as the one above."),
        ([made.as_str(), &made, &made], "It must be another one than until now."),
        (["wrong", CHOSEN, CHOSEN], "It is wrong."),
        (["", CHOSEN, CHOSEN], "It is needed."),
    ] {
        let [current, new, again] = fields;
        let fields = [("current", current), ("new", new), ("again", again)];
        let answer = ann.post("/account/password", &fields).await;
        answer.says(400, wrong);
        assert!(!answer.body.contains(CHOSEN) && !answer.body.contains(&made), "no password is in a page");
    }
    let fields = [("current", made.as_str()), ("new", CHOSEN), ("again", CHOSEN)];
    assert_eq!(ann.post("/account/password", &fields).await.leads_to(), "/account?done=password");
    ann.get("/account?done=password").await.says(200, "Your password is changed.");
    ann.get("/admin/history").await.says(200, "History");
    Browser::signed_in(&server, "ann", CHOSEN).await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sign_ins_and_only_those() {
    let (_redis, server) = stage().await;
    let here = somebody(&server, "ann", "viewer").await;
    let there = Browser::signed_in(&server, "ann", CHOSEN).await;
    let new = "and now another one";
    let fields = [("current", CHOSEN), ("new", new), ("again", new)];
    assert_eq!(here.post("/account/password", &fields).await.leads_to(), "/account?done=password");
    here.get("/account").await.says(200, "1 browser");
    assert!(there.get("/account").await.leads_to().ends_with("why=password"));
}

#[tokio::test]
async fn guessing_one_s_own_password_is_slowed_like_signing_in() {
    let (_redis, server) = stage().await;
    let ann = somebody(&server, "ann", "viewer").await;
    let mut slowed = None;
    for _ in 0..20 {
        let fields =
            [("current", "a guess of many"), ("new", "what I would like"), ("again", "what I would like")];
        let answer = ann.post("/account/password", &fields).await;
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
        answer.says(400, "It is wrong.");
    }
    let slowed = slowed.unwrap();
    slowed.says(429, "Too many tries.");
    assert!(slowed.head.to_lowercase().contains("retry-after: "));
}

#[tokio::test]
async fn one_s_own_sign_ins_are_listed_and_ended() {
    let (_redis, server) = stage().await;
    let here = somebody(&server, "ann", "viewer").await;
    let [one, two, three] = [
        Browser::signed_in(&server, "ann", CHOSEN).await,
        Browser::signed_in(&server, "ann", CHOSEN).await,
        Browser::signed_in(&server, "ann", CHOSEN).await,
    ];
    let page = here.get("/account").await;
    page.says(200, "4 browsers");
    page.says(200, "this one");
    // The newest is the third.
    let id = page.body.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(here.post("/account/sign-ins", &[("id", &id)]).await.leads_to(), "/account?done=signed-out");
    assert!(three.get("/account").await.leads_to().ends_with("why=signed_out"));
    one.get("/account").await.says(200, "3 browsers");
    // Somebody else's is not one's own, and neither is what there is not.
    let bob = somebody(&server, "bob", "viewer").await;
    let page = here.get("/account").await;
    let id = page.body.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    bob.post("/account/sign-ins", &[("id", &id)]).await.says(404, "Nothing is kept under that name.");
    here.post("/account/sign-ins", &[]).await.says(404, "Nothing is kept under that name.");
    assert_eq!(
        here.post("/account/sign-ins", &[("all", "yes")]).await.leads_to(),
        "/account?done=signed-out-all"
    );
    assert_eq!(here.post("/account/sign-ins", &[("all", "yes")]).await.leads_to(), "/account?done=alone");
    for gone in [one, two] {
        assert!(gone.get("/account").await.leads_to().ends_with("why=signed_out"));
    }
    bob.get("/account").await.says(200, "1 browser");
    assert_eq!(here.post("/logout", &[]).await.leads_to(), "/login");
    assert!(here.get("/account").await.leads_to().starts_with("/login"));
}

#[tokio::test]
async fn a_page_of_elsewhere_changes_nothing() {
    let (_redis, server) = stage().await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    let answer =
        admin.post_from("http://evil.example", "/admin/users", &[("name", "mallory"), ("role", "admin")]);
    answer.await.says(403, "A page of another server may not post here.");
    assert!(!admin.get("/admin/users").await.body.contains("mallory"));
}
