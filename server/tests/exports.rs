//! Exports by the real process: what a spreadsheet or a program gets, line by line, also over more than one page.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::Value;
use support::archive::{RUN, a_night};
use support::redis::Pipeline;
use support::{Redis, Server};

/// The body of an answer that is sent in chunks.
fn unchunked(body: &str) -> String {
    let (mut whole, mut rest) = (String::new(), body);
    while let Some((length, chunk)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.push_str(&chunk[..length]);
        rest = chunk[length..].strip_prefix("\r\n").unwrap();
    }
    panic!("it was not sent to its end")
}

async fn file(server: &Server, path: &str) -> (String, Vec<String>) {
    let (head, body) = server.request(path, &[]).await;
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
    (head, unchunked(&body).lines().map(ToOwned::to_owned).collect())
}

#[tokio::test]
async fn each_list_is_a_table_and_a_file_of_objects() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    a_night(&redis, &server).await;
    let nights = server.json("/api/nights").await;
    let night = nights["nights"][0]["night"].as_str().unwrap();
    let expected = [
        ("/api/runs", "runs", "run_id,night,verdict", 1),
        ("/api/nights", "nights", "night,verdict,run_id", 1),
        (&format!("/api/runs/{RUN}/symbols"), "symbols", "symbol,state,phase", 6),
        (&format!("/api/runs/{RUN}/problems"), "problems", "kind,code,count", 2),
        (&format!("/api/events?run={RUN}&channel=tickstock:import:progress"), "events", "n,at,way", 6),
        ("/api/trends?nights=5", "trends", "night,verdict,run_id", 1),
        (&format!("/api/compare?a={night}&b={night}"), "compare", "difference,symbol", 1),
        ("/api/symbols/BRK.B/nights", "symbol", "night,run_id,state,repaired_by", 1),
    ];
    for (path, name, columns, rows) in expected {
        let (path, query) =
            path.split_once('?').map_or((path, String::new()), |(path, query)| (path, format!("?{query}")));
        let (head, lines) = file(&server, &format!("{path}.csv{query}")).await;
        assert!(head.contains("content-type: text/csv; charset=utf-8"), "{head}");
        assert!(
            head.contains(&format!("content-disposition: attachment; filename=\"closing-bell-{name}.csv\"")),
            "{head}"
        );
        assert!(lines[0].starts_with(columns), "{lines:?}");
        assert_eq!(lines.len(), rows + 1, "{path}: {lines:#?}");
        let (head, lines) = file(&server, &format!("{path}.jsonl{query}")).await;
        assert!(head.contains(&format!("filename=\"closing-bell-{name}.jsonl\"")), "{head}");
        assert_eq!(lines.len(), rows, "{path}");
        assert!(lines.iter().all(|line| serde_json::from_str::<Value>(line).unwrap().is_object()));
    }
    let (_, lines) = file(&server, &format!("/api/compare.csv?a={night}&b={night}")).await;
    assert_eq!(lines[1], "still_failing,BRK.B");
    let (_, lines) = file(&server, "/api/symbols/BRK.B/nights.csv").await;
    assert!(lines[1].starts_with(&format!("{night},{RUN},failed,,import,RATE_LIMIT,")), "{lines:?}");
    // A symbol that would be a formula is none.
    let (_, lines) = file(&server, &format!("/api/runs/{RUN}/symbols.csv")).await;
    assert!(lines.iter().any(|line| line.starts_with("'=SUM,done,import,")), "{lines:?}");
    let (_, lines) = file(&server, &format!("/api/runs/{RUN}/symbols.csv?state=failed")).await;
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn a_long_file_has_every_row_once() {
    const MESSAGES: usize = 2_500;
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut pipeline = Pipeline::to(&redis).await;
    for number in 0..MESSAGES {
        let message = format!(
            "{{\"event\":\"import_progress\",\"payload\":{{\"run_id\":\"r\",\"number\":\"{number}\"}}}}"
        );
        pipeline.publish("tickstock:import:progress", message.as_bytes());
    }
    pipeline.finish().await;
    let last = format!("/api/events?limit=1&q=%22{}%22", MESSAGES - 1);
    server.until(&last, |answer| !answer["events"].as_array().unwrap().is_empty()).await;
    let (_, lines) = file(&server, "/api/events.jsonl?channel=tickstock:import:progress").await;
    assert_eq!(lines.len(), MESSAGES);
    for (number, line) in lines.iter().enumerate() {
        assert!(
            line.contains(&format!("\\\"number\\\":\\\"{number}\\\"")),
            "oldest first, each once: {line}"
        );
    }
}

/// Every browser takes them compressed: what compresses a file asks once more after its end, and that broke it off.
#[tokio::test]
async fn a_compressed_file_is_sent_to_its_end() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    a_night(&redis, &server).await;
    for path in ["/api/events.csv", "/api/trends.jsonl?nights=1", "/api/nights.csv"] {
        for coding in ["gzip", "br"] {
            let (head, body) = server.request(path, &[("Accept-Encoding", coding)]).await;
            let head = head.to_lowercase();
            assert!(head.contains(&format!("content-encoding: {coding}")), "{path}: {head}");
            assert!(body.ends_with("0\r\n\r\n"), "{path} in {coding} was not sent to its end");
        }
    }
}
