//! The producer's API, played by a real HTTP server: what was missed is repaired by its word, and whatever it answers does no harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use support::{Redis, Server, Socket};

/// How the producer answers.
#[derive(Clone)]
enum Answers {
    /// A status, and a history.
    Well(Value, Value),
    /// The same, to who sends this key.
    ToKey(&'static str),
    /// This status and this text.
    As(u16, &'static str, String),
    /// Not at all: the connection stays open.
    Never,
}

#[derive(Clone)]
struct Play {
    answers: Arc<Mutex<Answers>>,
    /// Its schedule, where it has one.
    schedule: Arc<Mutex<Option<Value>>>,
    /// Paths that were asked for, in their order.
    asked: Arc<Mutex<Vec<String>>>,
}

/// A producer's API on a port of its own.
struct Producer {
    url: String,
    play: Play,
}

impl Producer {
    async fn start(answers: Answers) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (schedule, asked) = (Arc::default(), Arc::default());
        let play = Play { answers: Arc::new(Mutex::new(answers)), schedule, asked };
        let router = Router::new().fallback(answer).with_state(play.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, play }
    }

    fn now(&self, answers: Answers) {
        *self.play.answers.lock().unwrap() = answers;
    }

    fn asked(&self) -> Vec<String> {
        self.play.asked.lock().unwrap().clone()
    }
}

async fn answer(State(play): State<Play>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    play.asked.lock().unwrap().push(uri.to_string());
    let answers = play.answers.lock().unwrap().clone();
    let schedule = play.schedule.lock().unwrap().clone();
    let of = |status: Value, history: Value| match uri.path() {
        "/api/processing/status" => axum::Json(status).into_response(),
        "/api/processing/history" => axum::Json(history).into_response(),
        "/api/processing/schedule" if schedule.is_some() => axum::Json(schedule).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    match answers {
        Answers::Well(status, history) => of(status, history),
        Answers::ToKey(key) if headers.get("x-api-key").is_some_and(|sent| sent == key) => {
            of(idle(), runs(&[]))
        }
        Answers::ToKey(_) => StatusCode::UNAUTHORIZED.into_response(),
        Answers::As(status, kind, text) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Answers::Never => std::future::pending().await,
    }
}

fn idle() -> Value {
    json!({ "is_running": false, "run_id": null, "current_phase": null, "progress": 0 })
}

fn runs(rows: &[(&str, &str)]) -> Value {
    let row = |(id, status): &(&str, &str)| {
        json!({ "run_id": id, "run_date": "2026-11-20", "start_time": "2026-11-20T21:10:00Z", "end_time": "2026-11-20T22:31:00Z",
            "status": status, "symbols_processed": 505, "patterns_detected": 812, "indicators_calculated": 9_090, "duration_seconds": 4_860 })
    };
    json!({ "runs": rows.iter().map(row).collect::<Vec<_>>() })
}

async fn server(redis: &Redis, arguments: &[&str]) -> (Server, Socket) {
    let server = Server::start_on(redis, 0, arguments).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    (server, socket)
}

/// How the API is, once it has been asked.
async fn api(socket: &mut Socket) -> Value {
    socket.until("board", 'x', |record| record["asked"].is_u64()).await.1
}

#[tokio::test]
async fn a_run_that_ended_while_we_were_down_is_closed_and_stays_closed() {
    let redis = Redis::start().await;
    let (mut first, mut socket) = server(&redis, &[]).await;
    redis.run_started("7f3a", 505).await;
    redis.import_progress("7f3a", 251, 505).await;
    socket.until("board", 'q', |record| record[0] == 251).await;
    first.saves().await;
    first.stop().await;
    let producer =
        Producer::start(Answers::Well(idle(), runs(&[("8c1b", "completed"), ("7f3a", "completed")]))).await;
    let (mut second, mut socket) = server(&redis, &["--processor-url", &producer.url]).await;
    let (_, run) =
        socket.until("board", 'r', |record| record["id"] == "7f3a" && record["status"] != "running").await;
    assert_eq!((&run["status"], &run["processed"]), (&json!("success"), &json!(505)), "{run}");
    let frame = board(&second).await;
    assert!(!frame.to_string().contains("8c1b"), "what was never heard of is not made up: {frame}");
    let asked = ["/api/processing/status", "/api/processing/history?days=7", "/api/processing/schedule"];
    assert_eq!(producer.asked(), asked, "asked once");
    second.saves().await;
    second.stop().await;
    // From the log alone: nobody is asked.
    let (_third, mut socket) = server(&redis, &[]).await;
    let (frame, _) =
        socket.until("board", 'r', |record| record["id"] == "7f3a" && record["status"] == "success").await;
    assert!(!frame.to_string().contains("xapi"), "without an address there is no such record: {frame}");
}

/// All of the board.
async fn board(server: &Server) -> Value {
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.frame("board").await
}

#[tokio::test]
async fn a_run_in_progress_that_began_unheard_is_opened_where_it_is() {
    let redis = Redis::start().await;
    let status = json!({ "success": true, "status": { "is_running": true, "run_id": "7f3a", "phase": "indicator_processing", "progress": 40.2,
        "symbols_completed": 203, "symbols_total": 505, "current_symbol": "NVDA" } });
    let producer = Producer::start(Answers::Well(status, json!({ "success": true, "history": [] }))).await;
    let (_server, mut socket) = server(&redis, &["--processor-url", &producer.url]).await;
    let (_, run) =
        socket.until("board", 'r', |record| record["id"] == "7f3a" && record["percent"] == 40).await;
    assert_eq!((&run["adopted"], &run["symbols"]), (&json!(true), &json!(505)), "{run}");
}

#[tokio::test]
async fn after_a_gap_the_producer_is_asked_what_was_missed() {
    let mut redis = Redis::start().await;
    let producer = Producer::start(Answers::Well(idle(), runs(&[]))).await;
    let (server, mut socket) = server(&redis, &["--processor-url", &producer.url]).await;
    let state = api(&mut socket).await;
    assert_eq!((&state["up"], state.get("reason")), (&json!(true), None), "{state}");
    assert!(producer.url.ends_with(state["address"].as_str().unwrap()), "{state}");
    redis.run_started("7f3a", 505).await;
    socket.until("board", 'r', |record| record["id"] == "7f3a").await;
    redis.kill().await;
    socket.until("board", 'x', |record| record["up"] == false && record["channels"].is_u64()).await;
    producer.now(Answers::Well(idle(), runs(&[("7f3a", "failed")])));
    redis.again().await;
    socket.until("board", 'r', |record| record["id"] == "7f3a" && record["status"] == "failed").await;
    let questions: Vec<String> = producer.asked();
    let runs = questions.iter().filter(|asked| !asked.ends_with("schedule")).count();
    assert_eq!(runs, 4, "at the start and after the gap, two questions each");
    let (_, html) = server.request("/admin/daily-processing", &[]).await;
    assert!(html.contains("Producer API") && html.contains("answers"), "the page says so");
}

#[tokio::test]
async fn whatever_it_answers_the_board_says_how_it_is_and_changes_no_run() {
    let text = |status, kind, text: &str| Answers::As(status, kind, text.to_owned());
    let cases = [
        (Answers::Never, "no answer within 2 s"),
        (text(500, "text/plain", "boom"), "it answers 500"),
        (text(302, "text/plain", ""), "it answers 302"),
        (text(200, "text/html", "<!doctype html><p>Sign in"), "its answer is not JSON"),
        (text(200, "application/json", "{\"is_running\":false,\"run_id\":\"7f"), "its answer is not JSON"),
        (
            text(200, "application/json", "{\"detail\":\"Not Found\"}"),
            "its answer is JSON, but not what was asked for",
        ),
        (
            Answers::As(200, "application/json", format!("[{}1]", "1,".repeat(600_000))),
            "its answer is larger than 1 MiB",
        ),
        (Answers::ToKey("another"), "it refuses our key (401)"),
    ];
    let redis = Redis::start().await;
    redis.add_event("tickstock:processing:status", "processing_started", json!({ "run_id": "7f3a" })).await;
    for (answers, reason) in cases {
        let producer = Producer::start(answers).await;
        let (mut server, mut socket) = server(&redis, &["--processor-url", &producer.url]).await;
        let state = api(&mut socket).await;
        assert_eq!((&state["up"], &state["reason"]), (&json!(false), &json!(reason)), "{state}");
        let frame = board(&server).await;
        let changes = frame["s"].as_array().unwrap();
        let run =
            changes.iter().find(|change| change[2]["id"] == "7f3a").unwrap_or_else(|| panic!("{frame}"));
        assert_eq!(run[2]["status"], "running", "{reason}");
        server.stop().await;
    }
}

#[tokio::test]
async fn nobody_there_is_a_state_that_the_page_shows() {
    let redis = Redis::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://user:geheim@{}", listener.local_addr().unwrap());
    drop(listener);
    let (mut server, mut socket) = server(&redis, &["--processor-url", &url]).await;
    let state = api(&mut socket).await;
    assert_eq!((&state["up"], &state["reason"]), (&json!(false), &json!("nobody answers")), "{state}");
    let (_, html) = server.request("/admin/daily-processing", &[]).await;
    assert!(
        html.contains("Producer API") && html.contains("not reachable") && html.contains("nobody answers")
    );
    assert!(!html.contains("geheim"));
    server.stop().await;
    while let Some(line) = server.log.recv().await {
        assert!(!line.contains("geheim"), "{line}");
    }
}

#[tokio::test]
async fn the_key_is_sent_and_an_address_that_is_none_ends_the_start() {
    let redis = Redis::start().await;
    let producer = Producer::start(Answers::ToKey("geheim")).await;
    let arguments = ["--processor-url", &producer.url, "--processor-api-key", "geheim"];
    let (_server, mut socket) = server(&redis, &arguments).await;
    assert_eq!(api(&mut socket).await["up"], true);
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_closing-bell"));
    command.args([
        "--addr",
        "127.0.0.1:0",
        "--redis-url",
        &redis.url(),
        "--processor-url",
        "https://example.com",
    ]);
    let ended = command.args(["--database-url", &redis.database_url()]).env("NO_COLOR", "1").output();
    let output = support::within("it ends", ended).await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("PROCESSOR_URL"), "{output:?}");
}

#[tokio::test]
async fn the_producers_schedule_is_adopted_at_the_start_and_after_a_gap_and_none_is_said_once() {
    let mut redis = Redis::start().await;
    let producer = Producer::start(Answers::Well(idle(), runs(&[]))).await;
    let told = |time| json!({ "enabled": true, "trigger_time": time, "timezone": "America/New_York", "universes": ["sp500"] });
    *producer.play.schedule.lock().unwrap() = Some(told("16:10"));
    let (mut server, mut socket) = server(&redis, &["--processor-url", &producer.url]).await;
    let (_, known) = socket.until("board", 'd', |record| record["time"] == "16:10").await;
    assert_eq!((&known["enabled"], &known["zone"]), (&json!(true), &json!("America/New_York")), "{known}");
    let mut gap = async |schedule: Option<Value>| {
        *producer.play.schedule.lock().unwrap() = schedule;
        let before = producer.asked().len();
        redis.kill().await;
        socket.until("board", 'x', |record| record["up"] == false && record["channels"].is_u64()).await;
        redis.again().await;
        support::within("it is asked again", async {
            while producer.asked().len() < before + 3 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    gap(None).await;
    gap(None).await;
    gap(Some(told("16:25"))).await;
    socket.until("board", 'd', |record| record["time"] == "16:25").await;
    server.saves().await;
    server.stop().await;
    let mut said = 0;
    while let Some(line) = server.log.recv().await {
        said += usize::from(line.contains("tells no schedule"));
    }
    assert_eq!(said, 1, "one that has none is left alone");
}
