//! HTTP, spelled by hand: so that a test sees an answer that breaks off, and a connection that closes without one.

use super::redis::PATIENCE;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// 0: nothing came.
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The body, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|cause| panic!("{cause}: {self:?}"))
    }

    /// The status and the code of a refusal.
    pub fn refused(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(body["success"], false, "{self:?}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{self:?}");
        (self.status, body["code"].as_str().unwrap().to_owned())
    }
}

/// A request that was sent and is not answered yet.
pub struct Sent(TcpStream);

/// Sends a request.
pub fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Sent {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{more}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Who refuses a long body does not read all of it.
    let _ = stream.write_all(body);
    Sent(stream)
}

impl Sent {
    /// Everything until the connection ends.
    pub fn answer(mut self) -> Answer {
        let mut bytes = Vec::new();
        if let Err(cause) = self.0.read_to_end(&mut bytes) {
            assert!(cause.kind() == std::io::ErrorKind::ConnectionReset, "{cause}");
        }
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }
}
