//! A run that left the board is told from the store by the very records that it had on the board.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use server::store::Store;
use std::collections::BTreeMap;
use support::archive::{RUN, a_night};
use support::{Redis, Server};

/// Records by key, as on the wire, with the slot that those of the store have.
fn by_key<'a>(changes: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, Value> {
    let record = |change: &Value| {
        let key = change[0].as_str().unwrap();
        let slotted = key.starts_with(['r', 'p', 'q', 'm', 'c', 'e', 'y']);
        let tail = key.split_once('.').map(|(_, tail)| format!(".{tail}")).unwrap_or_default();
        let key = if slotted { format!("{}0{tail}", &key[..1]) } else { key.to_owned() };
        (key, change[2].clone())
    };
    changes.into_iter().map(record).collect()
}

#[tokio::test]
async fn the_store_tells_a_run_as_the_board_did() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    a_night(&redis, &server).await;
    let topic = format!("run/{RUN}");
    let mut socket = server.socket().await;
    socket.watch(&[&topic], &Value::Null, 0).await;
    let frame = socket.frame(&topic).await;
    let board = by_key(frame["s"].as_array().unwrap());
    for kind in ["r0", "p0.import", "q0.import", "c0.RATE_LIMIT", "e0.SLOW", "sBRK.B", "s=SUM"] {
        assert!(board.contains_key(kind), "{kind} is missing: {board:?}");
    }
    let store = Store::open(&redis.database_url()).await.unwrap();
    let kept = json!(store.run_changes(RUN, 1).await.unwrap().unwrap());
    assert_eq!(by_key(kept.as_array().unwrap()), board);
    store.close().await;
}
