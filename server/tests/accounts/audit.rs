//! What the audit log tells of all of it: as a page, as JSON and as files.

use crate::admin::{token, user};
use crate::support::PASSWORD;
use crate::{Browser, CHOSEN, somebody, stage};
use serde_json::Value;

async fn lines(admin: &Browser<'_>, query: &str) -> Vec<Value> {
    let answer = admin.get(&format!("/api/audit{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let list: Value = serde_json::from_str(&answer.body).unwrap();
    list["audit"].as_array().unwrap().clone()
}

#[tokio::test]
async fn each_change_has_its_line_with_before_and_after() {
    let (_redis, server) = stage().await;
    let ann = somebody(&server, "ann", "viewer").await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    let address = user(&server, "ann").await;
    let own = user(&server, "admin").await;
    ann.post("/account/password", &[("current", "wrong"), ("new", PASSWORD), ("again", PASSWORD)]).await;
    admin.post(&address, &[("do", "role"), ("role", "operator")]).await;
    admin.post(&own, &[("do", "role"), ("role", "viewer")]).await;
    admin.post(&address, &[("do", "disable")]).await;
    admin.post(&address, &[("do", "enable")]).await;
    admin.post(&address, &[("do", "password")]).await.secret();
    admin.post("/admin/users", &[("name", "bob"), ("role", "viewer")]).await.secret();
    admin.post("/admin/tokens", &[("name", "ci"), ("scope", "ingest"), ("days", "7")]).await.secret();
    let token = token(&server, "ci").await;
    admin.post(&token, &[("do", "revoke")]).await;
    let null = || Value::Null;
    for (action, who, subject, outcome, before, after) in [
        ("password", "ann", "ann", "wrong", null(), null()),
        ("user_role", "admin", "ann", "done", "viewer".into(), "operator".into()),
        (
            "user_role",
            "admin",
            "admin",
            "somebody must be left who administers",
            "admin".into(),
            "viewer".into(),
        ),
        ("user_disable", "admin", "ann", "done", "enabled".into(), "disabled".into()),
        ("user_enable", "admin", "ann", "done", "disabled".into(), "enabled".into()),
        ("user_password", "admin", "ann", "done", null(), null()),
        ("user_add", "admin", "bob", "done", null(), "viewer".into()),
        ("token_create", "admin", "ci", "done", null(), "ingest, 7 days".into()),
        ("token_revoke", "admin", "ci", "done", "ingest".into(), "revoked".into()),
    ] {
        let found = lines(&admin, &format!("?action={action}&who={who}")).await;
        let line = found.iter().find(|line| line["subject"] == subject && line["outcome"] == outcome);
        let line = line.unwrap_or_else(|| panic!("no {action} of {subject}: {found:?}"));
        assert_eq!((&line["before"], &line["after"]), (&before, &after), "{action}");
        assert_eq!(line["address"], "127.0.0.1", "{action}");
    }
    let all = admin.get("/api/audit?limit=500").await.body;
    assert!(!all.contains(CHOSEN) && !all.contains(PASSWORD), "no password is in the log");
    let refused = admin.get("/admin/audit?action=password").await;
    refused.says(200, "change of the password refused: wrong");
    admin.get("/admin/audit?q=BOB").await.says(200, "added a user");
    admin.get("/admin/audit?action=warp").await.says(400, "Not an action that is written down");
}

#[tokio::test]
async fn pages_and_files_of_the_log_have_every_line_once() {
    let (_redis, server) = stage().await;
    let admin = Browser::signed_in(&server, "admin", PASSWORD).await;
    for number in 0..7 {
        let name = format!("=user {number}");
        admin.post("/admin/tokens", &[("name", &name), ("scope", "read"), ("days", "1")]).await.secret();
    }
    let all = lines(&admin, "?action=token_create&who=admin").await;
    assert_eq!(all.len(), 7);
    let (mut paged, mut before) = (Vec::new(), String::new());
    loop {
        let answer = admin.get(&format!("/api/audit?action=token_create&who=admin&limit=3{before}")).await;
        let list: Value = serde_json::from_str(&answer.body).unwrap();
        paged.extend(list["audit"].as_array().unwrap().clone());
        let Some(next) = list["next"].as_str() else { break };
        before = format!("&before={next}");
    }
    assert_eq!(paged, all);
    let file = admin.get("/api/audit.jsonl?action=token_create&who=admin").await;
    // A stream comes in pieces, each with its length before it.
    let rows = file.body.lines().filter(|line| line.starts_with('{')).count();
    assert_eq!((file.status, rows), (200, 7));
    let table = admin.get("/api/audit.csv?action=token_create&who=admin").await;
    assert!(table.head.contains("closing-bell-audit.csv"), "{}", table.head);
    assert!(table.body.contains("n,at,who,role,address,action,subject,outcome,before,after\r\n"));
    assert_eq!(table.body.matches(",'=user ").count(), 7, "no cell is a formula: {}", table.body);
    for wrong in ["limit=0", "limit=501", "action=warp", "before=x", "dayz=1", "from=soon"] {
        let answer = admin.get(&format!("/api/audit?{wrong}")).await;
        let refused: Value = serde_json::from_str(&answer.body).unwrap();
        let field = wrong.split('=').next().unwrap();
        assert_eq!((answer.status, refused["field"].as_str()), (400, Some(field)), "{wrong}");
    }
}
