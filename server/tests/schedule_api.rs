//! The schedule over HTTP, through the real process: told, changed and refused by name; ours written down and published, the producer's
//! asked of it by either way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::schedule::Entry;
use serde_json::{Value, json};
use support::due::{ours, paused};
use support::ear::Ear;
use support::people::{Asker, status};
use support::producer::{By, STILL, Told, asks, became, heard};
use support::{Redis, Server};

const PATH: &str = "/api/processing/daily/schedule";
const CHANNEL: &str = "tickstock:processing:schedule";

/// A server that fires, and somebody who may say when.
async fn firing() -> (Redis, Server, Asker) {
    let redis = Redis::start().await;
    ours(redis.database_url(), Entry::nightly()).await;
    let server = Server::start(&redis).await;
    let admin = server.admin().await;
    (redis, server, admin)
}

async fn posts(server: &Server, who: &Asker, body: &Value) -> (u16, Value) {
    asks(server, who, PATH, body, None).await
}

async fn audited(server: &Server, admin: &Asker, action: &str) -> Vec<Value> {
    let (_, body) = server.request("/api/audit?limit=500", &[admin.header()]).await;
    let told: Value = serde_json::from_str(&body).unwrap();
    told["audit"].as_array().unwrap().iter().filter(|line| line["action"] == action).cloned().collect()
}

#[tokio::test]
async fn ours_is_told_changed_written_down_and_published() {
    let (redis, server, admin) = firing().await;
    let before = server.json(PATH).await["schedule"].clone();
    let (next, mut expected) = (before["next_run"].clone(), before.clone());
    assert!(next.as_str().is_some_and(|next| next.ends_with(":10:00Z")), "{before}");
    expected["next_run"] = Value::Null;
    assert_eq!(
        expected,
        json!({ "enabled": true, "trigger_time": "16:10", "market_check": true, "next_run": null, "timezone": "America/New_York",
            "universes": [], "by": "server" })
    );
    let mut ear = Ear::on(&redis, CHANNEL).await;
    let (status, told) =
        posts(&server, &admin, &json!({ "trigger_time": "16:25", "universes": ["dow30"] })).await;
    assert_eq!((status, &told["success"], &told["status"]), (200, &json!(true), &json!("done")), "{told}");
    let after = server.json(PATH).await["schedule"].clone();
    assert_eq!(told["schedule"], after);
    assert_eq!(
        (&after["trigger_time"], &after["universes"], &after["market_check"]),
        (&json!("16:25"), &json!(["dow30"]), &json!(true)),
        "what is not said stays"
    );
    let said = ear.next().await;
    assert_eq!((&said["event"], &said["source"]), (&json!("schedule_updated"), &json!("ClosingBell")));
    for field in ["enabled", "trigger_time", "timezone", "market_check", "universes", "next_run"] {
        assert_eq!(said["payload"]["schedule"][field], after[field], "{field}: {said}");
    }
    let (status, told) = posts(&server, &admin, &json!({ "trigger_time": "16:25" })).await;
    assert_eq!((status, &told["message"]), (200, &json!("It was so already.")), "{told}");
    let lines = audited(&server, &admin, "schedule_change").await;
    assert_eq!(
        (lines.len(), &lines[0]["who"], &lines[0]["subject"]),
        (1, &json!("admin"), &json!("Nightly"))
    );
    let minute =
        |of: &str| serde_json::from_str::<Value>(lines[0][of].as_str().unwrap()).unwrap()["minute"].clone();
    assert_eq!((minute("before"), minute("after")), (json!(970), json!(985)));
    // What is due is on the board at once, and what was due before counts for nobody.
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["universe"] == "dow30").await;
    let pool = support::database::database(&server.database).await;
    let moved = "SELECT COUNT(*) FROM schedule_entries WHERE since > made + 3600000";
    assert_eq!(support::database::number(&pool, moved).await, 1);

    let (status, told) = posts(&server, &admin, &json!({ "enabled": false, "universes": [] })).await;
    assert_eq!((status, &told["schedule"]["next_run"]), (200, &Value::Null), "{told}");
    assert_eq!(told["schedule"]["universes"], json!([]));
    assert_eq!(ear.next().await["payload"]["schedule"]["enabled"], false);
}

#[tokio::test]
async fn what_cannot_be_understood_is_named_and_changes_nothing() {
    let (redis, server, admin) = firing().await;
    let before = server.json(PATH).await;
    let mut ear = Ear::on(&redis, CHANNEL).await;
    let many: Vec<String> = (0..1_000).map(|number| format!("u{number}")).collect();
    for (body, field, why) in [
        (json!({}), "enabled", "nothing is to be changed"),
        (json!({ "enabled": null }), "enabled", "nothing is to be changed"),
        (json!({ "enabled": 7 }), "enabled", "true or false"),
        (json!({ "enabled": "perhaps" }), "enabled", "true or false"),
        (json!({ "trigger_time": "25:00" }), "trigger_time", "from 00:00 to 23:59"),
        (json!({ "trigger_time": "9:5" }), "trigger_time", "from 00:00 to 23:59"),
        (json!({ "trigger_time": "16:10:00" }), "trigger_time", "from 00:00 to 23:59"),
        (json!({ "trigger_time": "+6:10" }), "trigger_time", "from 00:00 to 23:59"),
        (json!({ "trigger_time": 970 }), "trigger_time", "text"),
        (json!({ "trigger_time": ["16:10"] }), "trigger_time", "text"),
        (json!({ "trigger_time": "02:30" }), "trigger_time", "makes it never fire: before the close"),
        (json!({ "trigger_time": "12:00", "market_check": true }), "trigger_time", "before the close"),
        (json!({ "market_check": {} }), "market_check", "true or false"),
        (json!({ "universes": 3 }), "universes", "names"),
        (json!({ "universes": [3] }), "universes", "names"),
        (json!({ "universes": ["<script>"] }), "universes", "names"),
        (json!({ "universes": ["x".repeat(65)] }), "universes", "names"),
        (json!({ "universes": many }), "universes", "at most 20 names"),
        (json!({ "universes": ["sp500", "dow30"] }), "universes", "make an entry for each"),
        (json!({ "timezone": "Mars/Olympus" }), "timezone", "not known here"),
        (json!({ "zone": "Europe/Berlin" }), "zone", "not known here"),
        (json!({ "next_run": "now", "enabled": true }), "next_run", "not known here"),
        (json!([{ "enabled": true }]), "body", "JSON object"),
    ] {
        let (status, told) = posts(&server, &admin, &body).await;
        assert_eq!(
            (status, &told["code"], &told["field"]),
            (400, &json!("bad_parameter"), &json!(field)),
            "{body}: {told}"
        );
        assert!(told["message"].as_str().unwrap().contains(why), "{body}: {told}");
    }
    let headers = [admin.header(), ("Origin", &*format!("http://127.0.0.1:{}", server.port))];
    let (head, _) = server.post(PATH, &headers, &vec![b' '; (64 << 10) + 1]).await;
    assert_eq!(status(&head), 413);
    assert_eq!(server.json(PATH).await, before);
    assert!(ear.rest(&redis).await.is_empty(), "nothing was told");
    assert!(audited(&server, &admin, "schedule_change").await.is_empty());
    // Without the market's check the clock's own hour will do, also the one that a spring day does not have.
    let night = json!({ "trigger_time": "02:30", "market_check": false });
    assert_eq!(posts(&server, &admin, &night).await.0, 200);
    let (_, told) = posts(&server, &admin, &json!({ "market_check": true })).await;
    assert_eq!(told["field"], "market_check", "{told}");
}

#[tokio::test]
async fn everybody_who_sees_is_told_and_only_an_admin_changes() {
    let (_redis, server, admin) = firing().await;
    let before = server.json(PATH).await;
    for (who, sees, changes) in [
        (Asker::anonymous(), 401, 401),
        (server.token("tells", "ingest").await, 403, 403),
        (server.token("reads", "read").await, 200, 403),
        (server.token("runs", "operate").await, 200, 403),
        (server.person("viewer", "viewer").await, 200, 403),
        (server.person("operator", "operator").await, 200, 403),
    ] {
        let (head, _) = server.request(PATH, &[who.header()]).await;
        assert_eq!(status(&head), sees, "{}", who.name);
        let (status, told) = posts(&server, &who, &json!({ "enabled": false })).await;
        assert_eq!(status, changes, "{}: {told}", who.name);
    }
    assert_eq!(server.json(PATH).await, before);
    assert_eq!(posts(&server, &admin, &json!({ "enabled": false })).await.0, 200);
}

#[tokio::test]
async fn what_is_paused_has_no_next_run_and_without_an_entry_there_is_nothing_to_change() {
    let (_redis, server, admin) = firing().await;
    paused(&server.database).await;
    let told = server.json(PATH).await;
    assert_eq!((&told["schedule"]["enabled"], &told["schedule"]["next_run"]), (&json!(true), &Value::Null));
    assert_eq!(told["message"], "ann has paused it.");
    let pool = support::database::database(&server.database).await;
    sqlx::query("DELETE FROM schedule_entries").execute(&pool).await.unwrap();
    let told = server.json(PATH).await;
    assert_eq!((&told["success"], &told["schedule"]), (&json!(true), &Value::Null));
    assert!(told["message"].as_str().unwrap().starts_with("There is no entry."), "{told}");
    let (status, told) = posts(&server, &admin, &json!({ "enabled": true })).await;
    assert_eq!((status, &told["code"]), (404, &json!("not_kept")), "{told}");
}

#[tokio::test]
async fn the_producers_is_asked_of_it_and_is_what_it_says() {
    for by in [By::Http, By::Redis] {
        let stage = Told::start(by, &STILL).await;
        let admin = stage.server.admin().await;
        // Over HTTP it was asked at the start; over Redis nobody has said anything yet.
        let known = match by {
            By::Http => {
                let mut socket = stage.server.socket().await;
                socket.watch(&["board"], &Value::Null, 0).await;
                socket.until("board", 'd', |record| record["time"] == "16:10").await;
                let told = stage.server.json(PATH).await["schedule"].clone();
                assert_eq!((&told["by"], &told["enabled"]), (&json!("producer"), &json!(false)), "{told}");
                true
            }
            By::Redis => stage.server.json(PATH).await["schedule"].is_object(),
        };
        assert_eq!(known, by == By::Http);
        // It is nobody's run, so none is in its way.
        stage.taken("daily/trigger", Value::Null).await;
        heard(&stage.server, |run| run["status"] == "running").await;
        let mut ear = Ear::on(&stage.redis, CHANNEL).await;
        let change = json!({ "enabled": true, "trigger_time": "16:25", "universes": ["sp500", "dow30"] });
        let (status, told) = posts(&stage.server, &admin, &change).await;
        let expected = if by == By::Http { (200, "done") } else { (202, "sent") };
        assert_eq!((status, told["status"].as_str().unwrap()), expected, "{by:?} {told}");
        became(&stage.server, told["command"].as_str().unwrap(), "done").await;
        if by == By::Redis {
            let said = ear.next().await;
            assert_eq!(
                (&said["command"], &said["parameters"]),
                (&json!("update_schedule"), &change),
                "{said}"
            );
        }
        let mut socket = stage.server.socket().await;
        socket.watch(&["board"], &Value::Null, 0).await;
        socket.until("board", 'd', |record| record["time"] == "16:25").await;
        let now = stage.server.json(PATH).await["schedule"].clone();
        assert_eq!(
            (&now["by"], &now["universes"]),
            (&json!("producer"), &json!(["sp500", "dow30"])),
            "{now}"
        );
        assert!(now["enabled"] == true && now["next_run"].is_string(), "{now}");
        // It says no in its own words.
        let never = json!({ "trigger_time": "12:00" });
        let (status, told) = posts(&stage.server, &admin, &never).await;
        assert_eq!(status, if by == By::Http { 409 } else { 202 }, "{by:?} {told}");
        let refused = became(&stage.server, told["command"].as_str().unwrap(), "refused").await;
        assert!(refused["reason"].as_str().unwrap().contains("before the close"), "{by:?} {refused}");
        assert_eq!(stage.server.json(PATH).await["schedule"]["trigger_time"], "16:25");
        let lines = audited(&stage.server, &admin, "command_schedule").await;
        assert_eq!(lines.len(), 2, "{lines:?}");
    }
}
