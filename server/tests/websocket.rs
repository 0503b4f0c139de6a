//! The socket as a protocol, through the real process: what RFC 6455 asks of us, and what we do with what it forbids.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::{Redis, Server, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

/// A stream on which a socket was asked for, and what was sent along with that.
async fn asked(server: &Server, along: &[u8]) -> TcpStream {
    let request = format!(
        "GET /live HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.port, server.token,
    );
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    stream.write_all(&[request.as_bytes(), along].concat()).await.unwrap();
    stream
}

/// A text frame as a browser sends it, masked with zeros.
fn masked(text: &str, first: u8) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126, "a short message");
    [&[first, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// What comes until this is in it.
async fn until(stream: &mut TcpStream, wanted: &[u8]) -> Vec<u8> {
    let mut got = Vec::new();
    within("an answer on the bare stream", async {
        while !got.windows(wanted.len()).any(|part| part == wanted) {
            assert!(
                stream.read_buf(&mut got).await.unwrap() > 0,
                "ended: {:?}",
                String::from_utf8_lossy(&got)
            );
        }
    })
    .await;
    got
}

#[tokio::test]
async fn a_plain_request_is_told_what_is_opened_here() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let (head, body) = server.request("/live", &[]).await;
    assert!(head.starts_with("HTTP/1.1 426"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["code"], "no_socket");
}

#[tokio::test]
async fn a_message_that_comes_with_the_request_or_in_pieces_is_heard() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut stream = asked(&server, &masked(r#"{"watch":["feed"]}"#, 0x81)).await;
    until(&mut stream, br#"{"f":"feed""#).await;
    // A message in two fragments, the second byte by byte.
    stream.write_all(&masked(r#"{"watch":["ch"#, 0x01)).await.unwrap();
    for byte in masked(r#"annels"]}"#, 0x80) {
        stream.write_all(&[byte]).await.unwrap();
    }
    until(&mut stream, br#"{"f":"channels""#).await;
}

#[tokio::test]
async fn pings_are_answered_and_a_goodbye_too() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut stream = asked(&server, &[]).await;
    until(&mut stream, b"\"hello\"").await;
    stream.write_all(&masked("are you there", 0x89)).await.unwrap();
    until(&mut stream, b"\x8a\x0dare you there").await;
    stream.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]).await.unwrap();
    until(&mut stream, &[0x88, 0x02, 0x03, 0xe8]).await;
    assert_eq!(stream.read(&mut [0; 64]).await.unwrap(), 0, "and then it is closed");
}

#[tokio::test]
async fn what_the_protocol_forbids_ends_the_socket_with_a_reason() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut calm = server.socket().await;
    let mut large = server.socket().await;
    large.send_raw(Message::text("x".repeat(9_000))).await;
    assert_eq!(large.next().await, json!({ "closed": 1009 }));
    let mut stream = asked(&server, &[]).await;
    // Not masked.
    stream.write_all(b"\x81\x02{}").await.unwrap();
    until(&mut stream, &1002_u16.to_be_bytes()).await;
    calm.watch(&["board"], &Value::Null, 0).await;
    calm.frame("board").await;
}

#[tokio::test]
async fn who_leaves_is_not_counted_any_more() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let stays = server.socket().await;
    for _ in 0..20 {
        drop(server.socket().await);
    }
    within("the others are gone", async {
        while server.metric("connections").await != 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    drop(stays);
}
