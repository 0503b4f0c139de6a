//! The API as its description says, asked by everybody: requests made of `docs/openapi.json`, good and bad ones. No answer is a fault of
//! the server's, and none has a status that is not described.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::json;
use support::people::Asker;
use support::{Redis, Server, python};

#[tokio::test]
async fn nobody_gets_an_answer_that_is_not_described() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    redis.run_started("night-1", 505).await;
    redis
        .event(
            "tickstock:processing:status",
            "processing_completed",
            json!({ "run_id": "night-1", "success": true }),
        )
        .await;
    server.saves().await;
    let url = format!("http://127.0.0.1:{}", server.port);
    let everybody = [
        Asker::anonymous(),
        server.person("viewer", "viewer").await,
        server.person("operator", "operator").await,
        server.admin().await,
        server.token("read", "read").await,
        server.token("operate", "operate").await,
        server.token("ingest", "ingest").await,
    ];
    for asker in &everybody {
        python::schemathesis(&url, asker).await;
    }
}
