//! What goes wrong on a command's way, and what is said of it then: never more than is known, and nothing twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay};
use serde_json::{Value, json};
use server::store::accounts::audit::Entry;
use server::store::commands::{Only, StoredCommand};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use support::producer::{By, STILL, Told, asks, became, heard};
use support::stored::Stage;
use support::{Redis, Server, free_port, within};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

const QUICK: [&str; 4] = ["--symbols", "40", "--speed", "1000000"];
const TRIGGER: &str = "/api/processing/daily/trigger";

/// What is kept of a command, and why.
async fn kept(stage: &Told, told: &Value) -> (String, String) {
    let command = stage.command(&told["command"]).await;
    let text = |field: &str| command[field].as_str().unwrap_or_default().to_owned();
    (text("state"), text("reason"))
}

/// What is answered over HTTP while this is wrong with the producer, and what is kept.
async fn over_http(fault: &str) -> (Told, u16, Value, (String, String)) {
    let stage = Told::start(By::Http, &QUICK).await;
    stage.producer.fault(fault, 1).await;
    let (status, told) = stage.ask("daily/trigger", &Value::Null).await;
    let kept = kept(&stage, &told).await;
    (stage, status, told, kept)
}

#[tokio::test]
async fn an_answer_that_is_none_leaves_open_whether_it_began() {
    for (fault, why) in [
        ("internal-error", "the producer answered 500: whether it began is not known"),
        ("html", "its answer cannot be read: whether it began is not known"),
        ("closes", "its answer broke off: whether it began is not known"),
    ] {
        let (stage, status, told, kept) = over_http(fault).await;
        assert_eq!((status, &told["code"]), (502, &json!("no_answer")), "{fault}: {told}");
        assert_eq!((&*kept.0, &*kept.1), ("no_answer", why), "{fault}");
        assert_eq!(told["message"], format!("{why}."), "{fault}");
        assert!(stage.producer.runs().await.is_empty(), "{fault}");
        // It waits for nothing and stands in nobody's way.
        stage.played("import/trigger", Value::Null).await;
    }
}

#[tokio::test]
async fn a_refusal_is_one_and_says_why() {
    for (fault, why) in
        [("unauthorised", "the producer refuses our key (401)"), ("refuses", "is in progress")]
    {
        let (stage, status, told, kept) = over_http(fault).await;
        assert_eq!((status, &told["code"], &*kept.0), (409, &json!("refused"), "refused"), "{told}");
        assert!(kept.1.contains(why), "{fault}: {}", kept.1);
        assert!(stage.producer.runs().await.is_empty(), "{fault}");
    }
}

#[tokio::test]
async fn half_an_answer_is_none_and_the_run_that_began_is_found_all_the_same() {
    let (stage, status, told, _) = over_http("half-json").await;
    assert_eq!((status, &told["code"]), (502, &json!("no_answer")), "{told}");
    let command = stage.became(&told["command"], "started").await;
    assert_eq!(command["run"], stage.producer.runs().await[0]["run_id"]);
}

#[tokio::test]
async fn a_producer_that_is_slow_is_not_waited_for_and_the_run_that_it_began_is_found() {
    let (stage, status, told, _) = over_http("slow").await;
    assert_eq!((status, &told["code"]), (502, &json!("no_answer")), "{told}");
    assert_eq!(told["message"], "no answer within 10 s: whether it began is not known.");
    let command = stage.became(&told["command"], "started").await;
    assert_eq!(command["run"], stage.producer.runs().await[0]["run_id"]);
}

#[tokio::test]
async fn a_run_of_another_id_than_was_said_is_the_answer_and_that_is_told() {
    let (stage, status, told, _) = over_http("other-run-id").await;
    assert_eq!((status, &told["status"]), (200, &json!("triggered")), "{told}");
    let command = stage.became(&told["command"], "started").await;
    let began = stage.producer.runs().await[0]["run_id"].clone();
    assert!(command["run"] == began && told["run_id"] != began, "{command} {told}");
    let reason = command["reason"].as_str().unwrap();
    assert!(reason.contains(" was agreed on, and ") && reason.ends_with(" began"), "{reason}");
}

#[tokio::test]
async fn nobody_there_is_told_as_not_sent_and_the_api_is_no_longer_said_to_answer() {
    let mut stage = Told::start(By::Http, &QUICK).await;
    let mut socket = stage.server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["asked"].is_u64() && record["up"] == true).await;
    stage.producer.kill().await;
    let (status, told) = stage.ask("daily/trigger", &Value::Null).await;
    assert_eq!((status, &told["code"]), (502, &json!("not_sent")), "{told}");
    let (state, why) = kept(&stage, &told).await;
    assert_eq!((&*state, why), ("not_sent", format!("nobody answers at 127.0.0.1:{}", stage.producer.port)));
    socket.until("board", 'x', |record| record["asked"].is_u64() && record["up"] == false).await;
    assert_eq!(stage.ask("daily/trigger", &Value::Null).await.0, 502, "it holds no lane");
}

#[tokio::test]
async fn a_redis_that_went_away_between_the_look_and_the_press_got_nothing() {
    let mut stage = Told::start(By::Redis, &QUICK).await;
    stage.redis.kill().await;
    let (status, told) = stage.ask("daily/trigger", &Value::Null).await;
    assert_eq!((status, &told["code"]), (502, &json!("not_sent")), "{told}");
    assert_eq!(kept(&stage, &told).await, ("not_sent".into(), "Redis is not reachable".into()));
}

#[tokio::test]
async fn where_nobody_listens_on_redis_it_is_refused() {
    let mut stage = Told::start(By::Redis, &QUICK).await;
    stage.producer.kill().await;
    let (status, told) = within("Redis knows that nobody listens", async {
        loop {
            let answer = stage.ask("daily/trigger", &Value::Null).await;
            if answer.0 == 409 && answer.1["message"] != Value::Null {
                return answer;
            }
        }
    })
    .await;
    assert_eq!((status, &told["code"]), (409, &json!("refused")), "{told}");
}

#[tokio::test]
async fn a_refusal_over_redis_is_heard_and_opens_no_run() {
    let stage = Told::start(By::Redis, &QUICK).await;
    stage.producer.fault("refuses", 1).await;
    let told = stage.taken("daily/trigger", Value::Null).await;
    let command = stage.became(&told["command"], "refused").await;
    assert!(command["reason"].as_str().unwrap().contains("is in progress"), "{command}");
    let board = stage.server.json("/api/runs").await;
    assert_eq!(board["runs"], json!([]), "no ghost");
    stage.played("import/trigger", Value::Null).await;
}

/// The waiting is over by what is written down, not by a clock that is waited for: the server dies, and time passes.
#[tokio::test]
async fn who_says_yes_and_never_starts_is_told_as_that() {
    for (by, seconds, state, why) in [
        (By::Http, 61, "not_started", "nothing was heard of it for 60 s"),
        (By::Redis, 31, "no_answer", "no answer for 30 s"),
    ] {
        let mut stage = Told::start(by, &QUICK).await;
        stage.producer.fault("never-starts", 1).await;
        let told = stage.taken("daily/trigger", Value::Null).await;
        let (waits, _) = kept(&stage, &told).await;
        assert_eq!(waits, if by == By::Http { "accepted" } else { "sent" });
        let (status, again) = stage.ask("import/trigger", &Value::Null).await;
        assert_eq!(status, 409, "while it waits nothing else is asked: {again}");
        written(&stage, &told, &waits).await;
        stage.dies_and_comes_back(seconds).await;
        let command = stage.became(&told["command"], state).await;
        assert_eq!(command["reason"], why, "{by:?}");
        written(&stage, &told, state).await;
        stage.played("import/trigger", Value::Null).await;
    }
}

/// Waits until the database says so.
async fn written(stage: &Told, told: &Value, state: &str) {
    let pool = support::database::database(&stage.server.database).await;
    let id = told["command"].as_str().unwrap();
    let question = format!("SELECT COUNT(*) FROM commands WHERE id = '{id}' AND state = '{state}'");
    support::database::until_number(&pool, &question, 1).await;
    pool.close().await;
}

#[tokio::test]
async fn a_cancel_that_is_ignored_is_told_as_that_and_the_run_goes_on() {
    for by in [By::Http, By::Redis] {
        let mut stage = Told::start(by, &STILL).await;
        let told = stage.taken("daily/trigger", Value::Null).await;
        let run = stage.became(&told["command"], "started").await["run"].clone();
        stage.producer.fault("ignores-cancel", 1).await;
        let cancel = stage.taken("daily/cancel", Value::Null).await;
        heard(&stage.server, |record| record["id"] == run && record["cancel"].is_object()).await;
        let (status, again) = stage.ask("daily/cancel", &Value::Null).await;
        assert_eq!(
            (status, &again["message"]),
            (409, &json!("Refused: token operator has asked for its end."))
        );
        written(&stage, &cancel, if by == By::Http { "accepted" } else { "sent" }).await;
        stage.server.saves().await;
        stage.dies_and_comes_back(61).await;
        let command = stage.became(&cancel["command"], "no_answer").await;
        assert_eq!(command["reason"], "the producer has not ended it for 60 s: the run goes on", "{by:?}");
        let goes_on = heard(&stage.server, |record| record["id"] == run && record.get("cancel").is_none());
        assert_eq!(goes_on.await["status"], "running", "{by:?}");
        // It can be asked again, and is obeyed.
        let cancel = stage.taken("daily/cancel", Value::Null).await;
        stage.became(&cancel["command"], "done").await;
    }
}

/// The server died between writing a command down and sending it.
#[tokio::test]
async fn what_was_written_down_and_not_sent_is_never_sent() {
    let redis = Redis::start().await;
    let before = Stage::at(redis.database_url()).await;
    let minute_ago = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let asked = i64::try_from(minute_ago.as_millis()).unwrap() - 60_000;
    let record = CommandRecord {
        id: "c1".into(),
        kind: CommandKind::Run,
        what: "Full run".into(),
        who: "Ann".into(),
        asked,
        way: CommandWay::Http,
        state: CommandState::Asked,
        since: asked,
        run: None,
        of: None,
        reason: None,
        count: 0,
    };
    let command =
        StoredCommand { record, role: "operator".into(), address: String::new(), parameters: "{}".into() };
    let only = Only { key: "c1", lane: Some("start"), until: asked + 180_000 };
    assert!(before.store.add_command(&command, &only, &Entry::default()).await.unwrap());
    before.leave().await;
    let stage = Told::start_on(By::Http, redis, &QUICK).await;
    let record = became(&stage.server, "c1", "not_sent").await;
    assert_eq!(record["reason"], "the server stopped before it was sent");
    written(&stage, &json!({ "command": "c1" }), "not_sent").await;
    assert!(stage.producer.runs().await.is_empty(), "the producer got nothing");
    stage.played("import/trigger", Value::Null).await;
}

/// The server died while it was sending: whether it arrived is not known, and it is not sent again.
#[tokio::test]
async fn what_was_being_sent_is_not_sent_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (got, count) = (Arc::new(AtomicU32::new(0)), Arc::new(tokio::sync::Notify::new()));
    let (counter, told) = (got.clone(), count.clone());
    // It takes what is posted, and never answers.
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut first = [0; 4];
            if stream.read_exact(&mut first).await.is_ok() && &first == b"POST" {
                counter.fetch_add(1, Ordering::SeqCst);
                told.notify_one();
            }
            open.push(stream);
        }
    });
    let redis = Redis::start().await;
    let url = format!("http://127.0.0.1:{port}");
    let mut server = Server::start_on(&redis, free_port(), &["--processor-url", &url]).await;
    let operator = server.token("operator", "operate").await;
    let asking = asks(&server, &operator, TRIGGER, &Value::Null, None);
    tokio::select! {
        answer = asking => panic!("nobody answers: {answer:?}"),
        () = within("the producer got it", count.notified()) => {}
    }
    server.kill().await;
    let pool = support::database::database(&server.database).await;
    assert_eq!(
        support::database::number(&pool, "SELECT COUNT(*) FROM commands WHERE state = 'sending'").await,
        1
    );
    sqlx::query("UPDATE commands SET asked = asked - 16000, since = since - 16000")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let server = Server::start_on(&redis, 0, &["--processor-url", &url]).await;
    let id = server.json("/api/commands").await["commands"][0]["id"].as_str().unwrap().to_owned();
    let record = became(&server, &id, "no_answer").await;
    assert_eq!(record["reason"], "the server stopped while sending it: whether it arrived is not known");
    assert_eq!(got.load(Ordering::SeqCst), 1, "exactly one");
}
